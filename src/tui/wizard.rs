//! What must be known before a login begins, or a key is kept, asked page by page.
//!
//! What is asked, in which order, and which answers are taken is the business of [`Needs`]; a
//! wizard has the pages on which it is asked, and before them those about the provider. A page
//! that was answered is remembered with its text, and so is one that was left by going back:
//! nothing that was typed is lost on the way.

mod answer;
mod order;
pub mod page;
pub mod picker;

use crate::domain::change::Snapshot;
use crate::domain::profile::LastTest;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::draft::{self, Draft};
use crate::domain::secret::Secret;
use crate::oauth::login::needs::{Goal, Needs};
use crate::oauth::login::{Plan, Seat, Ways};
use crate::tui::keymap::Place;
pub use crate::tui::wizard::page::{Page, Step};

/// What is known so far, and what is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Wizard {
    /// What the login or the key needs, once its provider is chosen and has a file.
    pub needs: Option<Needs>,
    /// The provider's file, where the person is describing a new one.
    pub draft: Option<Draft>,
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
    /// What came of the test of the key that was typed last.
    pub tested: Option<KeyTest>,
}

/// What came of the test of a key before it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTest {
    /// The short fingerprint of the key.
    pub key: String,
    /// What the provider said of it, for people.
    pub words: String,
    /// What is to be remembered of it; nothing where it could not be tested.
    pub last: Option<LastTest>,
}

/// Whether something that was typed is being saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The person is asked.
    Idle,
    /// A key is being tested; Esc ends that.
    Testing,
    /// It is on its way to the disk; keys wait.
    Saving,
}

/// What has been read by the time a page is answered.
#[derive(Debug, Clone, Copy, Default)]
pub struct WizardContext<'a> {
    /// Our own store.
    pub own: Option<&'a Snapshot>,
    pub catalog: Option<&'a Catalog>,
}

impl Wizard {
    /// A login to a new profile.
    #[must_use]
    pub fn new() -> Self {
        Self {
            needs: None,
            draft: None,
            page: Page::Provider(0),
            complaint: None,
            passed: Vec::new(),
            ahead: Vec::new(),
            work: Work::Idle,
            tested: None,
        }
    }

    /// A login to a stored profile again.
    #[must_use]
    pub fn again(needs: Needs) -> Self {
        let mut wizard = Self { needs: Some(needs), ..Self::new() };
        wizard.page = wizard.fresh(wizard.next(Step::How), WizardContext::default());
        wizard
    }

    /// The provider, once it is chosen and has a file.
    #[must_use]
    pub fn provider(&self) -> Option<&Provider> {
        self.needs.as_ref().map(Needs::provider)
    }

    /// Whether a key is to be kept, and not a login begun.
    #[must_use]
    pub fn wants_key(&self) -> bool {
        self.needs.as_ref().is_some_and(|needs| needs.goal() == Goal::Key)
    }

    /// Goes on with a provider whose file was just written from the draft.
    pub fn described(&mut self, provider: &Provider, context: WizardContext<'_>) {
        let mut needs = Needs::new(provider, Goal::Login);
        // What is not taken here is asked for.
        if let Some(secret) = self.described_secret() {
            needs.client_secret(&secret).ok();
        }
        if let Some(snapshot) = context.own
            && let Some(usual) = needs.usual_name(snapshot)
        {
            needs.name(usual.name(), snapshot).ok();
        }
        self.needs = Some(needs);
        self.complaint = None;
        self.work = Work::Idle;
        // The file is there: what it was made of is not asked again.
        self.passed.clear();
        self.ahead.clear();
        self.page = self.fresh(self.next(Step::Preview), context);
    }

    /// The client's secret that was typed beside the draft, which never holds it.
    fn described_secret(&self) -> Option<Secret> {
        let step = Step::Draft(draft::Question::ClientSecret);
        let field = self.passed.iter().find(|page| page.step() == step)?.field()?;
        (!field.is_empty()).then(|| field.secret())
    }

    /// Goes one page back, which is as it was left; nothing where this is the first one.
    #[must_use]
    pub fn back(mut self) -> Option<Self> {
        let page = self.passed.pop()?;
        if let (Step::Asked(question), Some(needs)) = (page.step(), &mut self.needs) {
            needs.reopen(question);
        }
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
            Page::Provider(_) | Page::Pkce(_) | Page::How(_) => Some(Place::Lists),
            Page::Draft(..)
            | Page::Preview(_)
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
        self.needs.as_ref().and_then(Needs::client).unwrap_or_default().to_owned()
    }

    /// What follows from what was asked, once the page is [`Page::Ready`].
    #[must_use]
    pub fn plan(&self, place: &str, seat: Seat) -> Option<Plan> {
        let needs = self.needs.as_ref()?;
        needs.plan(place, Ways::of(needs.provider(), seat))
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
