//! What the screen knows: snapshots of stores, what is running, and where the person is.

use std::collections::{BTreeMap, BTreeSet};

use crate::domain::change::{self, Snapshot, Where};
use crate::domain::clock::{DateTime, Steady, Utc};
use crate::domain::event::Event;
use crate::domain::health::{Activity, Health};
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::Trouble;
use crate::oauth::login::{Door, Login, Seat};
use crate::tui::automatic::Try;
use crate::tui::dialog::Dialog;
use crate::tui::field::Field;
use crate::tui::wizard::Wizard;

/// Everything the screen knows.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Model {
    /// Columns and rows of the terminal.
    pub size: (u16, u16),
    /// Where the person sits.
    pub seat: Seat,
    /// Whether it is the demo, whose profiles are nobody's.
    pub is_demo: bool,
    /// What each store last said; empty until the first was read.
    pub stores: BTreeMap<StoreId, Snapshot>,
    /// The providers; absent until their files were read.
    pub catalog: Option<Catalog>,
    /// Where the person's provider files lie, as shown to people.
    pub providers: String,
    /// What is looked at.
    pub screen: Screen,
    /// The selected row.
    pub selected: Option<RowId>,
    /// The first row of the list that is on the screen.
    pub offset: usize,
    /// What rows must contain to be shown.
    pub filter: String,
    /// Profiles whose refresh is running.
    pub refreshing: BTreeSet<ProfileId>,
    /// Whether tokens are renewed by themselves.
    pub renewal: Renewal,
    /// When a profile was last renewed by itself, or tried to be.
    pub tried: BTreeMap<ProfileId, Try>,
    /// Profiles whose refresh was begun without anybody asking.
    pub unasked: BTreeSet<ProfileId>,
    /// Profiles whose provider is being asked to end their grant.
    pub revoking: BTreeSet<ProfileId>,
    /// Profiles whose token is being tested.
    pub testing: BTreeSet<ProfileId>,
    /// How many changes are on their way to a store.
    pub saving: usize,
    /// Profiles with tokens that somebody has replaced by the older pair beside them, until they are kept for
    /// the next refresh.
    pub rescuing: Vec<(Profile, Fingerprint)>,
    /// Refreshed tokens that could not be stored: they are here and nowhere else.
    pub unsaved: BTreeMap<ProfileId, (Box<change::Renewal>, Trouble)>,
    /// The stored pair of tokens that each of them is to replace, and no other.
    pub replaces: BTreeMap<ProfileId, Fingerprint>,
    /// What happened to grants on this machine, oldest first.
    pub events: Vec<Event>,
    /// The grants for which somebody was asking when the log was read.
    pub asking: BTreeSet<String>,
    /// The login that is under way, or has just ended.
    pub login: Option<Login>,
    /// Profiles whose last login failed: its client may be the reason.
    pub failed: BTreeSet<ProfileId>,
    /// Which of its doors the person wants to see; absent: the one that can work.
    pub door: Option<Door>,
    /// What was last said to the person.
    pub message: Option<Message>,
    /// Results that are told, or wait until they can be.
    pub reports: Vec<Report>,
    /// How many logins were begun.
    pub attempts: u64,
    /// Whether the person has asked to quit.
    pub leaving: Leaving,
}

/// Whether tokens are renewed by themselves while the screen is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Renewal {
    /// The settings are not read yet.
    #[default]
    Unsettled,
    /// Only when the person asks.
    Off(Off),
    /// Before they end.
    ByItself,
}

/// Who turned automatic renewal off.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Off {
    /// The command line, for as long as the screen is open.
    Asked,
    /// The settings.
    Settings,
    /// Nobody knows: whoever has turned it off in a file that cannot be read would not want it on.
    Unread,
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

/// What is looked at. List and detail lie below everything else.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Screen {
    /// The list, with the detail pane where there is room.
    #[default]
    List,
    /// The selected profile alone.
    Detail,
    /// A filter is being typed.
    Filter(Field),
    /// What to copy is being chosen.
    Copy,
    /// A question.
    Dialog(Dialog),
    /// What a login needs to know before it begins.
    Wizard(Box<Wizard>),
    /// The login panel.
    Login(Panel),
    /// What happened to grants, newest first, scrolled down by so many lines.
    Events(usize),
    /// All keys, scrolled down by so many lines, above another screen.
    Help(usize, Box<Screen>),
}

/// What the person does in the login panel.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Panel {
    /// Watches the steps.
    #[default]
    Steps,
    /// Scans the link from the screen.
    Qr,
    /// Pastes an answer.
    Pasting(Field),
    /// Is asked whether to cancel.
    Cancelling(Dialog),
    /// Is asked what to do with the tokens that came.
    Deciding(Dialog),
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum RowId {
    /// A profile.
    Profile(ProfileId),
    /// An entry that cannot be understood.
    Broken(StoreId, Where),
}

/// What was said to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// The words.
    pub text: String,
    /// How they are meant.
    pub tone: Tone,
    /// When they go; absent: at the next key.
    pub until: Option<Steady>,
    /// Why they are said.
    pub origin: Origin,
}

/// Why something is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// It answers a key.
    Key,
    /// It tells the results that came.
    Reports,
}

/// Something that came to its end, and is told when the row is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// Of one and the same thing the last result counts.
    pub about: About,
    /// Whether the person asked for it.
    pub is_awaited: bool,
    pub end: End,
    /// The whole of it.
    pub text: String,
    /// What is to be known of it beside others; empty where nothing is.
    pub brief: String,
    pub tone: Tone,
}

/// What a result tells the state of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum About {
    /// A profile.
    Profile(ProfileId),
    /// A store as a whole: whether it can be read.
    Store(StoreId),
    /// Something that only happened.
    Nothing,
}

/// What has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// A refresh that brought new tokens.
    Refreshed,
    /// A refresh that did not.
    Failed,
    /// Something else.
    Other,
}

/// How words are meant, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// It worked.
    Good,
    /// Something to know.
    Plain,
    /// Something to mend before it does harm.
    Warn,
    /// Something failed.
    Bad,
}

impl Model {
    /// An empty model on a terminal of `size` columns and rows.
    #[must_use]
    pub fn new(size: (u16, u16)) -> Self {
        Self { size, ..Self::default() }
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
        match self.selected.as_ref()? {
            RowId::Profile(id) => self.profile(id),
            RowId::Broken(..) => None,
        }
    }

    /// The provider of a profile, if there is a file of that name.
    #[must_use]
    pub fn provider(&self, profile: &Profile) -> Option<&Provider> {
        self.catalog.as_ref()?.get(profile.id.name.provider())
    }

    /// What our own store said, once it was read.
    #[must_use]
    pub fn own(&self) -> Option<&Snapshot> {
        self.stores.get(&StoreId::Own)
    }

    /// Whether there is a provider of that name.
    #[must_use]
    pub fn has_provider(&self, name: &str) -> bool {
        self.catalog.as_ref().is_some_and(|catalog| catalog.entry(name).is_some())
    }

    /// Whether a refresh of that profile is running here.
    #[must_use]
    pub fn activity(&self, id: &ProfileId) -> Activity {
        if self.refreshing.contains(id) { Activity::Refreshing } else { Activity::Idle }
    }

    /// How `profile` stands.
    #[must_use]
    pub fn health(&self, profile: &Profile, now: DateTime<Utc>) -> Health {
        Health::of(profile, self.activity(&profile.id), now).by(self.provider(profile), profile)
    }

    /// What is under way that must not be lost by quitting, in words.
    #[must_use]
    pub fn unfinished(&self) -> Option<String> {
        let login = self.login.as_ref().filter(|login| login.is_settling());
        let refreshes = self.refreshing.iter().map(|id| format!("the refresh of {}", id.name));
        let revoked = self.revoking.iter().map(|id| format!("the revocation of {}", id.name));
        let logins = login.map(|login| format!("the tokens of {}", login.plan().id.name));
        let saves = (self.saving > 0).then(|| "a change to be saved".to_owned());
        let rescues = match self.rescuing.as_slice() {
            [] => None,
            [(one, _)] => Some(format!("the newer tokens of {} to be kept", one.id.name)),
            many => Some(format!("the newer tokens of {} profiles to be kept", many.len())),
        };
        let saves = saves.into_iter().chain(rescues);
        let all: Vec<String> = refreshes.chain(revoked).chain(logins).chain(saves).collect();
        (!all.is_empty()).then(|| all.join(", "))
    }

    /// Whether newer tokens of that profile are being kept for its next refresh.
    #[must_use]
    pub fn is_rescuing(&self, id: &ProfileId) -> bool {
        self.rescuing.iter().any(|(newer, _)| newer.id == *id)
    }

    /// Lets go of refreshed tokens: they are stored, or nobody wants them.
    pub fn let_go(&mut self, id: &ProfileId) {
        self.unsaved.remove(id);
        self.replaces.remove(id);
    }

    /// Whether tokens are held here and nowhere else.
    #[must_use]
    pub fn holds_unsaved(&self) -> bool {
        !self.unsaved.is_empty() || self.login.as_ref().is_some_and(|login| login.unsaved().is_some())
    }
}
