//! What must be known before a login begins, or a key is kept, asked page by page.
//!
//! A page that was answered is remembered with its text, and so is one that was left by going
//! back: nothing that was typed is lost on the way. Which page comes next depends on the
//! provider alone, and on what is stored of a profile that logs in again.

mod answer;
mod order;
pub mod page;
pub mod picker;

use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::draft::Draft;
use crate::domain::secret::Secret;
use crate::domain::tokens::{Held, Tokens};
use crate::oauth::login::{Plan, Seat, Ways};
use crate::tui::keymap::Place;
use crate::tui::model::Model;
use crate::tui::wizard::order::offers_scopes;
pub use crate::tui::wizard::page::{Page, Step};

/// What is known so far, and what is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Wizard {
    /// What it is for.
    pub purpose: Purpose,
    /// The provider, once it is chosen and has a file.
    pub provider: Option<Box<Provider>>,
    /// The provider's file, where the person is describing a new one.
    pub draft: Option<Draft>,
    /// The profile's name, once it is known.
    pub name: Option<ProfileName>,
    /// The client id, once it is known.
    pub client_id: Option<String>,
    /// The client's secret, once it is known.
    pub client_secret: Option<Secret>,
    /// The API key, once it is known.
    pub key: Option<Secret>,
    /// What the login asks for, where that was chosen.
    pub scopes: Option<Vec<String>>,
    /// The profile as it is stored, when it is logged in again.
    pub known: Option<Box<Profile>>,
    /// Whether the client's secret that is stored may be the wrong one.
    pub doubt: Doubt,
    /// What is asked.
    pub page: Page,
    /// Why the last answer could not be taken.
    pub complaint: Option<String>,
    /// The pages that were answered, in their order.
    pub passed: Vec<Page>,
    /// The pages that were left by going back, as they were.
    pub ahead: Vec<Page>,
    /// Whether something that was typed is being saved.
    pub work: Work,
}

/// What a wizard is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A login with the scopes that are usual, or were granted before.
    Login,
    /// A login whose scopes the person chooses.
    Scopes,
    /// An API key.
    Key,
}

/// Whether the client's secret that is stored may be the wrong one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Doubt {
    /// Nothing says so: it is used without a question.
    No,
    /// The last login with it failed: the person may give another one.
    Failed,
}

/// Whether something that was typed is being saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The person is asked.
    Idle,
    /// It is on its way to the disk; keys wait.
    Saving,
}

impl Wizard {
    /// A login to a new profile.
    #[must_use]
    pub fn new() -> Self {
        Self {
            purpose: Purpose::Login,
            provider: None,
            draft: None,
            name: None,
            client_id: None,
            client_secret: None,
            key: None,
            scopes: None,
            known: None,
            doubt: Doubt::No,
            page: Page::Provider(0),
            complaint: None,
            passed: Vec::new(),
            ahead: Vec::new(),
            work: Work::Idle,
        }
    }

    /// A login to `profile` again.
    #[must_use]
    pub fn again(profile: &Profile, provider: &Provider, purpose: Purpose, doubt: Doubt) -> Self {
        let mut wizard = Self {
            purpose,
            provider: Some(Box::new(provider.clone())),
            name: Some(profile.id.name.clone()),
            client_id: profile.client_id.clone(),
            client_secret: profile.client_secret.clone(),
            known: Some(Box::new(profile.clone())),
            doubt,
            ..Self::new()
        };
        wizard.page = wizard.fresh(wizard.next(Step::Provider), None);
        wizard
    }

    /// Goes on with a provider whose file was just written from the draft.
    pub fn described(&mut self, provider: &Provider, model: &Model) {
        self.provider = Some(Box::new(provider.clone()));
        self.name = ProfileName::new(&provider.name, "default").ok().filter(|name| !model.has_profile(name));
        self.complaint = None;
        self.work = Work::Idle;
        // The file is there: what it was made of is not asked again.
        self.passed.clear();
        self.ahead.clear();
        self.page = self.fresh(self.next(Step::Preview), Some(model));
    }

    /// Goes one page back, which is as it was left; nothing where this is the first one.
    #[must_use]
    pub fn back(mut self) -> Option<Self> {
        let page = self.passed.pop()?;
        self.ahead.push(std::mem::replace(&mut self.page, page));
        self.complaint = None;
        Some(self)
    }

    /// The marked choice of the page and how many there are, where `choices` can be chosen first.
    pub fn marked(&mut self, choices: usize) -> Option<(&mut usize, usize)> {
        let lines = self.draft.as_ref().map_or(0, |draft| draft.text().lines().count());
        match &mut self.page {
            Page::Provider(marked) => Some((marked, choices)),
            Page::Pkce(marked) | Page::How(marked) => Some((marked, 2)),
            Page::Preview(from) => Some((from, lines)),
            Page::Scopes(picker) => Some((&mut picker.marked, picker.choices.len())),
            Page::Draft(..)
            | Page::Name(_)
            | Page::Key(_)
            | Page::ClientId(_)
            | Page::ClientSecret(_)
            | Page::Notice
            | Page::Ready => None,
        }
    }

    /// Where keys are looked up; nowhere while a text is being typed.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        match &self.page {
            page if page.field().is_some() => None,
            Page::Scopes(_) => Some(Place::Scopes),
            Page::Provider(_)
            | Page::Draft(..)
            | Page::Pkce(_)
            | Page::Preview(_)
            | Page::How(_)
            | Page::Name(_)
            | Page::Key(_)
            | Page::ClientId(_)
            | Page::ClientSecret(_)
            | Page::Notice
            | Page::Ready => Some(Place::Choices),
        }
    }

    /// The client that asks, as far as it is known.
    #[must_use]
    pub fn client(&self) -> String {
        let usual = self.provider.as_ref().and_then(|provider| provider.client.id.clone());
        self.client_id.clone().or(usual).unwrap_or_default()
    }

    /// The profile that holds the key, once all is known.
    #[must_use]
    pub fn key_profile(&self) -> Option<Box<Profile>> {
        let id = ProfileId { store: StoreId::Own, name: self.name.clone()? };
        let mut profile = Profile::new(id, Kind::ApiKey);
        profile.held = Held::Here(Tokens { access: self.key.clone()?, refresh: None });
        Some(Box::new(profile))
    }

    /// What follows from what was asked, once the page is [`Page::Ready`].
    #[must_use]
    pub fn plan(&self, place: &str, seat: Seat) -> Option<Plan> {
        let provider = self.provider.clone()?;
        Some(Plan {
            id: ProfileId { store: StoreId::Own, name: self.name.clone()? },
            client_id: self.client_id.clone().or_else(|| provider.client.id.clone())?,
            client_secret: self.client_secret.clone(),
            scopes: self.scopes.clone().unwrap_or_else(|| self.usual_scopes(&provider)),
            known: self.known.clone(),
            place: place.to_owned(),
            ways: Ways::of(&provider, seat),
            provider,
        })
    }

    /// What is asked for unless the person chooses: what was granted before, where that may have
    /// been chosen, else what the provider's file says.
    fn usual_scopes(&self, provider: &Provider) -> Vec<String> {
        let granted = self.known.as_deref().map(|profile| &profile.scopes);
        let chosen = granted.filter(|granted| !granted.is_empty() && offers_scopes(provider));
        chosen.unwrap_or(&provider.scopes.default).clone()
    }
}

impl Default for Wizard {
    fn default() -> Self {
        Self::new()
    }
}

/// What can be chosen first: the providers one can log in with, and then the templates of others.
#[must_use]
pub fn choices(catalog: &Catalog) -> Vec<&Provider> {
    let templates = catalog.entries().map(|entry| &entry.provider).filter(|provider| provider.example);
    catalog.usable().chain(templates).collect()
}
