//! Model: all the screen knows, namely snapshots of stores, what is running, and where the person is.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use crate::domain::change::{Row, Snapshot, StoreNotice};
use crate::domain::clock::{DateTime, Steady, Utc};
use crate::domain::configured_server::ConfiguredServer;
use crate::domain::event::Event;
use crate::domain::health::{Activity, Health};
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::Profile;
use crate::domain::provider::LoginMethod;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::refreshability::{NotRefreshable, refreshability_with_lead};
use crate::domain::rules::Rules;
use crate::domain::schedule::{REFRESH_LEAD, When};
use crate::domain::setting::Setting;
use crate::domain::settings::Settings;
use crate::domain::tokens::RefreshTokenId;
use crate::oauth::login::{Locality, Login};
use crate::tui::clipboard_timer::ClipboardTimer;
use crate::tui::custom_keys::CustomKeys;
use crate::tui::keymap::KeyContext;
use crate::tui::merged_log::MergedLog;
use crate::tui::palette::PaletteEntry;
use crate::tui::result_table::ResultTable;
pub use crate::tui::row_id::RowId;
use crate::tui::row_order::{RowOrder, SortBy};
use crate::tui::running::{self, NewerTokens, Running, UnsavedTokens};
use crate::tui::screen::Screen;
use crate::tui::status::{AskedBy, MessageHistory, RefreshBatch, StatusMessage, TaskReport};
use crate::tui::store_overlap::StoreOverlap;
use crate::tui::theme::own::OwnTheme;
use crate::tui::theme::terminal::TerminalTraits;
use crate::tui::theme::{Shape, Theme};
use crate::tui::time_axis::Timeline;
use crate::tui::tour::{DemoClient, Tour, TourStop};
use crate::tui::undo::SignOutUndo;
use crate::tui::wizard::WizardContext;

/// Everything the screen knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Where the person sits.
    pub locality: Locality,
    /// Whether it is the demo, whose profiles are nobody's.
    pub is_demo: bool,
    /// What to try next, in the demo.
    pub tour: Option<Tour>,
    /// A client that the demo's server knows, which its pages propose.
    pub demo_client: Option<DemoClient>,
    /// What each store last said; empty until the first was read.
    pub stores: BTreeMap<StoreId, Snapshot>,
    /// The providers.
    pub catalog: Arc<Catalog>,
    /// Where the person's provider files lie, as shown to people.
    pub providers: String,
    pub screen: Screen,
    pub selected: Option<RowId>,
    /// The first line of the list that is on the screen.
    pub offset: usize,
    /// The timeline, where the rows are looked at as one; absent: the list.
    pub timeline: Option<Timeline>,
    /// The first line of the pane that is on the screen while it has the focus.
    pub scroll: usize,
    /// What rows must contain to be shown, in the words of [`filter`](crate::tui::filter).
    pub filter: String,
    pub sort: SortBy,
    /// The rows in the order in which they are shown.
    pub order: RowOrder,
    /// The rows to which something has just happened, until when they show it.
    pub flashes: BTreeMap<ProfileId, Steady>,
    /// What is under way or unfinished, by profile; changed by [`Model::running_mut`] alone.
    pub running: BTreeMap<ProfileId, Running>,
    /// The profiles for which `running` may have changed since the rows were last put in order.
    pub running_changed: BTreeSet<ProfileId>,
    /// As they were last read.
    pub settings: Settings,
    /// Those that a key has changed and that no save has taken yet.
    pub unsaved_settings: BTreeSet<Setting>,
    /// Whether a save of settings is on its way.
    pub is_saving_settings: bool,
    /// Where they lie, as shown to people.
    pub settings_path: String,
    /// The path of the person's own theme, as the settings last said it.
    pub theme_file: Option<String>,
    /// Why they cannot be read now.
    pub settings_fault: Option<String>,
    /// Which profile is meant where, and why the file that says so cannot be read now.
    pub rules: Rules,
    pub rules_fault: Option<String>,
    /// What the terminal can show.
    pub terminal: TerminalTraits,
    /// The theme file of the person's own, as it was last read.
    pub own_theme: Option<OwnTheme>,
    pub auto_refresh: AutoRefreshMode,
    /// The profiles that the person has marked to do something with all of them.
    pub marks: BTreeSet<ProfileId>,
    /// What became, or becomes, of those that were marked.
    pub results: Option<ResultTable>,
    /// What the last sign-out erased here, while it can be put back.
    pub undo: Option<SignOutUndo>,
    /// How many changes are on their way to a store.
    pub saving: usize,
    /// What more than one store holds.
    pub overlap: StoreOverlap,
    /// What happened to grants on this machine, oldest first.
    pub events: Vec<Event>,
    /// How often they were read.
    pub events_read: u64,
    /// Events and messages as the log shows them.
    pub merged_log: MergedLog,
    /// The grants for which somebody was asking when the log was read.
    pub asking: BTreeSet<RefreshTokenId>,
    /// The login that is under way, or has just ended.
    pub login: Option<Login>,
    /// Whether the login panel has a line for each step.
    pub shows_steps: bool,
    /// The provider whose file was written for a login that has no tokens yet.
    pub new_provider: Option<String>,
    /// Which of its methods the person wants to see; absent: the one that can work.
    pub method: Option<LoginMethod>,
    /// When the clipboard is cleared.
    pub clipboard: Option<ClipboardTimer>,
    /// What was last said to the person.
    pub message: Option<StatusMessage>,
    /// What is to be told at the end of the update that is under way.
    pub reports: Vec<TaskReport>,
    /// Refreshes that are told as one, by who asked for them.
    pub batches: BTreeMap<AskedBy, RefreshBatch>,
    /// What was said in this window.
    pub history: MessageHistory,
    /// The keys that the person has chosen.
    pub keys: CustomKeys,
    /// What was last taken from the palette.
    pub recent: Vec<PaletteEntry>,
    /// MCP servers that other programs use, without a login here, as they were last looked for.
    pub configured_servers: Vec<ConfiguredServer>,
    /// How many logins were begun.
    pub attempts: u64,
    /// Whether the person has asked to quit.
    pub leaving: Leaving,
}

/// Whether tokens are refreshed while the screen is open without anybody asking.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoRefreshMode {
    /// The settings are not read yet.
    #[default]
    Unsettled,
    /// Only when the person asks.
    Off(OffBy),
    /// Before they expire.
    On,
}

impl AutoRefreshMode {
    /// What `settings` say of it.
    #[must_use]
    pub fn by_settings(settings: &Settings) -> Self {
        match (settings.read_only, settings.automatic_refresh) {
            (true, _) => Self::Off(OffBy::ReadOnly),
            (false, true) => Self::On,
            (false, false) => Self::Off(OffBy::Settings),
        }
    }
}

/// Who turned auto-refresh off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OffBy {
    /// The command line, for as long as the screen is open.
    CommandLine,
    Settings,
    /// The settings, which let nothing be refreshed or written at all.
    ReadOnly,
    /// Nobody knows: whoever has turned it off in a file that cannot be read would not want it on.
    Unreadable,
}

/// Whether the person has asked to quit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Leaving {
    /// Not yet.
    #[default]
    No,
    /// Only what must not be lost is still awaited; nobody can be asked any more.
    Yes,
}

impl Model {
    /// An empty model on a terminal of `size` columns and rows.
    #[must_use]
    pub fn new(size: (u16, u16)) -> Self {
        Self { size, ..Self::default() }
    }

    /// Where a key is looked up; nowhere while a text is being typed.
    #[must_use]
    pub fn key_context(&self) -> Option<KeyContext> {
        match (&self.screen, self.timeline) {
            (Screen::List, Some(_)) => Some(KeyContext::Timeline),
            (screen, _) => screen.key_context(),
        }
    }

    /// The theme for this terminal and these settings.
    #[must_use]
    pub fn theme(&self) -> Theme {
        self.terminal.theme(&self.settings, self.own_theme.as_ref())
    }

    /// Whether countdowns show minutes alone: whoever hears the screen would hear each second.
    #[must_use]
    pub fn counts_slowly(&self) -> bool {
        self.settings.slow_countdowns || self.terminal.shape == Shape::Words
    }

    /// The profile of that id, as its store last said it.
    #[must_use]
    pub fn profile(&self, id: &ProfileId) -> Option<&Profile> {
        self.stores.get(&id.store)?.profile(&id.name)
    }

    /// The other profiles of the same store that hold tokens of the same grant.
    #[must_use]
    pub fn twins(&self, id: &ProfileId) -> Vec<ProfileId> {
        let Some((store, profile)) = self.stores.get(&id.store).zip(self.profile(id)) else {
            return Vec::new();
        };
        store.twins(profile).map(|twin| twin.id.clone()).collect()
    }

    /// The selected profile, unless nothing or an unreadable entry is selected.
    #[must_use]
    pub fn selected_profile(&self) -> Option<&Profile> {
        let RowId::Profile(id) = self.selected.as_ref()? else { return None };
        // Its place is known until rows change, so that a key need not search all of them.
        match self.order.place.and_then(|place| self.order.row_at(&self.stores, place)) {
            Some((_, Row::Profile(profile))) if profile.id == *id => Some(profile),
            Some(_) | None => self.profile(id),
        }
    }

    /// The provider of a profile, if there is a file of that name.
    #[must_use]
    pub fn provider(&self, profile: &Profile) -> Option<&Provider> {
        self.catalog.get(profile.id.name.provider())
    }

    /// When `profile` is refreshed.
    ///
    /// # Errors
    /// Why it cannot be.
    pub fn refreshability(&self, profile: &Profile, now: DateTime<Utc>) -> Result<When, NotRefreshable> {
        let lead = self.refresh_lead();
        let refreshable = refreshability_with_lead(profile, self.provider(profile), lead, now);
        refreshable.map(|refreshable| refreshable.when())
    }

    /// How long before its end a token is refreshed.
    #[must_use]
    pub fn refresh_lead(&self) -> Duration {
        self.settings.refresh_lead.unwrap_or(REFRESH_LEAD)
    }

    /// What our own store said, once it was read.
    #[must_use]
    pub fn own(&self) -> Option<&Snapshot> {
        self.stores.get(&StoreId::Own)
    }

    /// The stores whose files or folders other users can read or write.
    #[must_use]
    pub fn open_to_others(&self) -> Vec<StoreId> {
        let is_open = |snapshot: &&Snapshot| snapshot.notices.iter().any(StoreNotice::is_open);
        self.stores.values().filter(is_open).map(|snapshot| snapshot.store).collect()
    }

    /// What the wizard looks up.
    #[must_use]
    pub fn wizard_context(&self) -> WizardContext<'_> {
        WizardContext {
            stores: Some(&self.stores),
            catalog: Some(&self.catalog),
            demo_client: self.demo_client.as_ref(),
        }
    }

    /// Ticks off what the person has done, in the demo.
    pub fn tick(&mut self, stop: TourStop) {
        if let Some(tour) = &mut self.tour {
            tour.tick(stop);
        }
    }

    /// What is under way or unfinished for a profile.
    #[must_use]
    pub fn running(&self, id: &ProfileId) -> &Running {
        self.running.get(id).unwrap_or(&running::NOTHING)
    }

    /// The same, to be changed.
    pub fn running_mut(&mut self, id: &ProfileId) -> &mut Running {
        self.running_changed.insert(id.clone());
        self.running.entry(id.clone()).or_default()
    }

    /// The profiles that are being refreshed, with who asked for it.
    pub fn refreshing(&self) -> impl Iterator<Item = (&ProfileId, AskedBy)> {
        self.running.iter().filter_map(|(id, running)| Some((id, running.refresh?)))
    }

    /// The profiles whose sign-out is being saved.
    pub fn erasing(&self) -> impl Iterator<Item = &ProfileId> {
        self.running.iter().filter(|(_, running)| running.erasing.is_some()).map(|(id, _)| id)
    }

    /// Refreshed tokens that are here and nowhere else.
    pub fn unsaved(&self) -> impl Iterator<Item = (&ProfileId, &UnsavedTokens)> {
        self.running.iter().filter_map(|(id, running)| Some((id, running.unsaved.as_ref()?)))
    }

    /// Whether a refresh of that profile is running here.
    #[must_use]
    pub fn activity(&self, id: &ProfileId) -> Activity {
        if self.running(id).refresh.is_some() { Activity::Refreshing } else { Activity::Idle }
    }

    /// How `profile` stands. Nothing is tried again where auto-refresh is off or nothing could be saved.
    #[must_use]
    pub fn health(&self, profile: &Profile, now: DateTime<Utc>) -> Health {
        match self.activity(&profile.id) {
            Activity::Refreshing => Health::Refreshing,
            Activity::Idle => self.health_at_rest(profile, now),
        }
    }

    /// The same, whether or not a refresh is running.
    #[must_use]
    pub fn health_at_rest(&self, profile: &Profile, now: DateTime<Utc>) -> Health {
        let health =
            Health::of(profile, Activity::Idle, now).with_provider(|| self.provider(profile), profile, now);
        let store = self.stores.get(&profile.id.store);
        let can_save = store.is_some_and(|store| store.writable.is_ok());
        if let Health::Retrying(at) = health
            && (self.auto_refresh != AutoRefreshMode::On || !can_save)
        {
            return Health::Failed(at);
        }
        health
    }

    /// What is under way that must not be lost by quitting, in words.
    #[must_use]
    pub fn unfinished(&self) -> Option<String> {
        let login = self.login.as_ref().filter(|login| login.is_settling());
        let refreshes = self.refreshing().map(|(id, _)| format!("the refresh of {}", id.name));
        let revoking = self.running.iter().filter(|(_, running)| running.revoking.is_some());
        let revoked = revoking.map(|(id, _)| format!("the sign-out of {}", id.name));
        let logins = login.map(|login| format!("the tokens of {}", login.plan().id.name));
        let settings = self.is_saving_settings.then(|| "the settings being saved".to_owned());
        let saves = (self.saving > 0).then(|| "a change being saved".to_owned());
        let rescues: Vec<&NewerTokens> = self.running.values().flat_map(|running| &running.rescues).collect();
        let rescues = match rescues.as_slice() {
            [] => None,
            [one] => Some(format!("the newer tokens of {}", one.profile.id.name)),
            many => Some(format!("the newer tokens of {} profiles", many.len())),
        };
        let all: Vec<String> =
            refreshes.chain(revoked).chain(logins).chain(saves).chain(settings).chain(rescues).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// Lets go of refreshed tokens: they are stored, or nobody wants them.
    pub fn forget_unsaved(&mut self, id: &ProfileId) {
        if self.running.contains_key(id) {
            self.running_mut(id).unsaved = None;
        }
    }

    /// Whether tokens are held here and nowhere else.
    #[must_use]
    pub fn holds_unsaved(&self) -> bool {
        self.unsaved().next().is_some() || self.login.as_ref().is_some_and(|login| login.unsaved().is_some())
    }
}
