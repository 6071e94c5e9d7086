//! Messages, actions and effects: everything the screen can hear, want and do.

use std::collections::BTreeSet;
use std::sync::Arc;

use crossterm::event::KeyEvent;

use crate::domain::change::{Change, Extent, SignedOut, Snapshot};
use crate::domain::configured_server::ConfiguredServer;
use crate::domain::event::Event;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::rules::Rules;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::setting::{Setting, ValueStep};
use crate::domain::settings::Settings;
use crate::domain::store_presence::Prompting;
use crate::domain::tokens::RefreshTokenId;
use crate::domain::trouble::Trouble;
use crate::oauth::LoginId;
pub use crate::oauth::form::Form;
use crate::oauth::login::{Input, Output};
use crate::oauth::probe::TestVerdict;
use crate::oauth::refresh::{Refreshed, Wish};
use crate::oauth::request::{Reply, Request};
use crate::oauth::revocation::Revoked;
use crate::oauth::scopes::Listed;
pub use crate::tui::clipboard::{ClipboardCleared, Copied, CopySource};
pub use crate::tui::motion::Motion;
use crate::tui::screen_map::{MouseGesture, MouseTarget};
use crate::tui::theme::own::OwnTheme;
use crate::tui::theme::palette::Background;

/// What the person wants.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Action {
    Quit,
    /// Move the selection or scroll.
    Move(Motion),
    /// Open what is selected, or take the choice.
    Enter,
    /// Go back one screen.
    Back,
    /// Let keys act on the list, or on the pane.
    SwitchFocus,
    /// Select another profile, also where the pane is scrolled.
    Select(Motion),
    /// Log in to a new profile.
    NewLogin,
    /// Log in again to the selected profile.
    LogIn,
    /// Choose what the selected profile asks for, and log in to it again.
    Scopes,
    /// Refresh the selected profile's token.
    Refresh,
    /// Refresh all tokens that are due.
    RefreshDue,
    /// Choose what to copy.
    Copy,
    /// Copy it.
    CopyForm(Form),
    /// Mark the selected profile, or no longer, and go down.
    Mark,
    /// Show the selected profile's token for a few seconds.
    Reveal,
    /// Put back what the last sign-out erased here.
    Undo,
    /// Ask how to sign out of the selected profile.
    SignOut,
    /// The same, with its provider being asked too already marked.
    SignOutAtProvider,
    /// Test the selected profile's token.
    Test,
    Filter,
    /// Order the rows by something else.
    Sort,
    /// Go to the next row that needs somebody.
    NextNeed,
    /// Show what happened and what was said.
    Log,
    /// Show the rows as a timeline, or as a list again.
    Timeline,
    /// Show more of the time, or less.
    Zoom(ZoomStep),
    /// Turn a profile's auto-refresh on or off.
    ToggleAutoRefresh,
    /// Give the selected profile another name.
    Rename,
    /// Write down a note about the selected profile.
    Note,
    /// Move the selected profile to another store.
    MoveStore,
    /// Take what other users may do from the store's file.
    MakePrivate,
    /// Show the settings.
    Settings,
    /// Give the marked setting another value.
    ChangeMarked(ValueStep),
    /// Give a setting its next value.
    ChangeSetting(Setting),
    /// Leave out what the demo's tour proposes.
    SkipTour,
    /// Find everything that can be done or gone to.
    Palette,
    /// Show all keys.
    Help,
    /// Open an entry that is not valid in the person's editor.
    Edit,
    /// Unlock what keeps the secrets of rows: enter a passphrase, or ask the keyring.
    Unlock,
    Redraw,
    /// Hand the terminal back to the shell for a while.
    Suspend,
    /// Do something with the login that waits.
    Panel(PanelAction),
    /// Choose among scopes.
    Scope(ScopeAction),
}

impl Action {
    /// Its name in `settings.yaml`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Quit => "quit",
            Self::Move(motion) => motion.name(),
            Self::Enter => "enter",
            Self::Back => "back",
            Self::NewLogin => "new_login",
            Self::LogIn => "log_in",
            Self::Scopes => "scopes",
            Self::Refresh => "refresh",
            Self::RefreshDue => "refresh_due",
            Self::Copy | Self::CopyForm(_) => "copy",
            Self::SignOut => "sign_out",
            Self::SignOutAtProvider => "sign_out_at_provider",
            Self::Undo => "undo",
            Self::Reveal => "reveal",
            Self::Edit => "edit",
            Self::Unlock => "unlock",
            Self::Mark => "mark",
            Self::Test => "test",
            Self::Filter => "filter",
            Self::Sort => "sort",
            Self::NextNeed => "next_need",
            Self::Log => "log",
            Self::ToggleAutoRefresh => "auto_refresh",
            Self::Rename => "rename",
            Self::Note => "note",
            Self::MoveStore => "move_store",
            Self::MakePrivate => "make_private",
            Self::Palette => "palette",
            Self::Help => "help",
            Self::Redraw => "redraw",
            Self::Suspend => "suspend",
            Self::Settings => "settings",
            Self::ChangeMarked(_) | Self::ChangeSetting(_) => "change_setting",
            Self::SkipTour => "skip_hint",
            Self::SwitchFocus => "switch_focus",
            Self::Select(Motion::Up) => "previous_profile",
            Self::Select(_) => "next_profile",
            Self::Timeline => "timeline",
            Self::Zoom(_) => "zoom",
            Self::Panel(_) => "panel",
            Self::Scope(_) => "scope",
        }
    }
}

/// Another stretch of time to look at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ZoomStep {
    Closer,
    Wider,
    /// As it was at first.
    Reset,
}

/// What the person wants of a login that waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PanelAction {
    /// Open the browser again.
    OpenAgain,
    /// Copy the link of the login's method that is shown.
    CopyLink,
    /// Copy the code that is typed at the provider's page.
    CopyUserCode,
    /// Paste the provider's answer.
    Paste,
    /// Show the device code, or the way by the browser again.
    SwitchMethod,
    /// Show the link as a QR code alone, or the steps again.
    ShowQr,
    /// Leave the screen and print the login's addresses and its code.
    PlainUrl,
    /// Show a line for each step, or one for all of them.
    UnfoldSteps,
    /// Show the requests of this login and their answers, or the steps again.
    Exchanges,
    /// Save them for a bug report.
    SaveTranscript,
    /// Log in with another client: the provider's page refuses this one.
    PageRefused,
}

/// What the person wants of the scopes to choose from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScopeAction {
    /// Ask for the marked one, or no longer.
    Toggle,
    /// Type another one.
    Add,
    /// Read the provider's list once more.
    List,
}

/// What happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Msg {
    /// A key was pressed.
    Key(KeyEvent),
    /// The mouse did something to what was seen where it points, if to anything.
    Mouse(MouseGesture, Option<MouseTarget>),
    /// The terminal pasted a text.
    Pasted(Secret),
    /// The terminal has another size: columns, rows.
    Resized(u16, u16),
    /// Time has passed.
    Woke,
    /// A signal asks the program to end.
    Terminated,
    /// A signal asks the program to stop until it is continued.
    Stopped,
    /// The program goes on after a stop.
    Continued,
    /// The terminal is gone, or a signal says so.
    HungUp,
    /// The provider files were read.
    Catalogued(Arc<Catalog>),
    /// The grants for which somebody asks at this moment, as the event log and their locks say.
    Asking(BTreeSet<RefreshTokenId>),
    /// The refresh of a profile waits for another program, which is named.
    Waits(ProfileId, String),
    /// The event log was read, or cannot be, and why.
    Events(Result<Vec<Event>, String>),
    /// The settings were read, or cannot be, and why.
    Settled(Result<Settings, String>),
    /// The rules for names in commands were read, or cannot be, and why.
    Ruled(Result<Rules, String>),
    /// The theme file that the settings name was read, or cannot be, and why.
    Themed(Result<OwnTheme, String>),
    /// The terminal has said what lies behind its text.
    BackgroundTold(Background),
    /// Settings were saved, or could not be.
    SettingsSaved(Result<(), Trouble>),
    /// Somebody may have written the settings.
    SettingsTouched,
    /// Somebody may have written a store.
    Touched(StoreId),
    /// A store has its passphrase, or it is another one.
    PassphraseTaken(StoreId, Result<(), Trouble>),
    /// A store was read, or written and read.
    Stored(Snapshot),
    /// A login's ask was performed.
    Login(LoginId, Input),
    /// A refresh ended.
    Refreshed(ProfileId, Refreshed),
    /// Tokens were kept for the next refresh of their profiles, or could not be.
    Rescued(Vec<(Profile, Result<(), Trouble>)>),
    /// A change of a profile was applied, or could not be.
    Changed(ProfileId, Result<Snapshot, Trouble>),
    /// A profile has another name or store, and this is what each store holds; or it could not get it.
    Relocated(ProfileId, ProfileId, Result<Vec<Snapshot>, Trouble>),
    /// The borrowed login of that name was moved here, or could not be.
    TakenOver(ProfileId, Result<(ProfileId, Refreshed), Trouble>),
    /// A profile was erased here, or could not be.
    SignedOut(ProfileId, Result<SignedOut, Trouble>),
    /// The provider was asked to end a grant.
    Revoked(ProfileId, Revoked),
    /// The store's file is private, or could not be made so.
    MadePrivate(Result<(), Trouble>),
    /// Something was copied, or could not be.
    Copied(CopySource, Result<Copied, Trouble>),
    /// A secret was read, to be shown, or could not be.
    Revealed(ProfileId, Form, Result<Secret, Trouble>),
    /// The clipboard was to be cleared.
    ClipboardCleared(ClipboardCleared),
    /// The person has left their editor, or there is none.
    Edited(Result<(), Trouble>),
    /// A token was tested.
    Tested(ProfileId, Result<TestVerdict, Trouble>),
    /// A new key, known by its short fingerprint, was tested before it is saved, or could not be.
    KeyTested(String, Result<TestVerdict, Trouble>),
    /// A store has said whether it would take new tokens, or without asking a person whether it is there.
    Probed(StoreId, Prompting, Result<(), Trouble>),
    /// The scopes that the provider of that name lists were read, or could not be.
    Scopes(String, Result<Listed, Trouble>),
    /// The requests of a login or of a discovery were saved, in the file of that path, or could not be.
    TranscriptSaved(Result<String, Trouble>),
    /// A request of a discovery was answered, or could not be sent.
    Discovered(LoginId, Result<Reply, Trouble>),
    /// The configurations of other programs were looked through for MCP servers.
    ServersFound(Vec<ConfiguredServer>),
    /// The file of the provider of that name was written, or could not be.
    Described(String, Result<(), Trouble>),
}

/// What must be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Perform a login's ask.
    Login(LoginId, Output),
    /// Refresh a token.
    Refresh(ProfileId, Wish),
    /// Apply a change to a profile.
    Change(ProfileId, Box<Change>),
    /// Give the first profile the name, or the store, of the second.
    Relocate(ProfileId, ProfileId),
    /// Keep a profile in that store, with tokens that its own does not take; there it holds that pair.
    KeepIn(StoreId, Box<Profile>, Fingerprint),
    /// Move a borrowed login here, under that name, and refresh it at once.
    TakeOver(ProfileId, ProfileName),
    /// Erase so much of a profile here; its provider is not notified.
    SignOut(ProfileId, Extent),
    /// Ask the provider to end a grant, then erase so much of the profile here.
    Revoke(ProfileId, Extent),
    /// Keep these tokens for the next refresh: their store holds the older pairs again.
    Rescue(Vec<Profile>),
    /// Copy something of a profile; the secret itself is fetched where it is copied.
    Copy(ProfileId, Form),
    /// Copy a text of a login: what it is, and the text, which may carry its state.
    CopyText(&'static str, Secret),
    /// Read a secret of a profile, to be shown.
    Reveal(ProfileId, Form),
    /// Clear the clipboard, where it still holds the secret that was copied.
    ClearClipboard,
    /// The same when the program ends.
    ClearClipboardAtEnd,
    /// Test a profile's token.
    Test(ProfileId),
    /// Test the new key of this profile, which is not saved yet.
    TestKey(Box<Profile>),
    /// Ask a store whether it would take new tokens, or without asking a person whether it is there.
    Probe(StoreId, Prompting),
    /// Read the scopes that the provider of that name lists for a client of that id.
    Scopes(String, String),
    /// Send a request of a discovery.
    Discover(LoginId, Box<Request>),
    /// Write the provider file of a server that was discovered, and read all of them again.
    KeepServer(Box<DiscoveredServer>),
    /// Write the file of a new provider, name and text, and read all of them again.
    Describe(String, String),
    /// Save the requests of a login to that provider, or of a discovery at that host, line by line.
    SaveTranscript(String, Vec<String>),
    /// Take what other users may do from the files of these stores and their folders.
    MakePrivate(Vec<StoreId>),
    /// Read the event log.
    ReadEvents,
    /// Save settings, each as it is written.
    SaveSettings(Vec<(Setting, String)>),
    /// Read the settings, and the theme file that they name.
    ReadSettings,
    /// Give a store the passphrase that it waits for.
    GivePassphrase(StoreId, Secret),
    /// Look through the configurations of other programs for MCP servers.
    FindServers,
    /// Read a store.
    Read(StoreId),
    /// Open the profiles' file in the person's editor, at a line where one is known.
    Edit(Option<u32>),
    /// Leave the screen, print labelled texts on lines of their own, and come back on a key.
    Print(Vec<(&'static str, Secret)>),
    /// Draw everything anew.
    Redraw,
    /// Stop until the person brings the program to the foreground again.
    Suspend,
    /// End the program, as soon as nothing that must be kept is under way.
    Quit,
}
