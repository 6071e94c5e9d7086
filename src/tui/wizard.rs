//! Wizard: what must be known before a login begins, or a key is kept.
//!
//! What is asked, in which order, and which answers are taken is the business of [`Preflight`]; a
//! wizard has the pages on which it is asked, and before them those about the provider, of which a server
//! that nobody describes has one: a [`ServerForm`]. A page
//! that was answered is remembered with its text, and so is one that was left by going back:
//! nothing that was typed is lost on the way.

mod answer;
pub mod form;
pub mod key_page;
pub mod page;
pub mod picker;
pub mod provider_line;
pub mod server;
pub mod store_choice;

use std::collections::{BTreeMap, BTreeSet};

use url::Url;

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::StoreId;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::secret::Secret;
use crate::oauth::login::preflight::{Preflight, PreflightGoal};
use crate::oauth::login::{Locality, LoginOptions, LoginPlan};
use crate::oauth::probe::TestVerdict;
use crate::oauth::transcript::Transcript;
use crate::tui::keymap::KeyContext;
use crate::tui::list_search::ListSearch;
use crate::tui::tour::DemoClient;
use crate::tui::wizard::form::{FormField, ServerForm};
pub use crate::tui::wizard::page::{ListQuestion, Page, TextQuestion};
use crate::tui::wizard::picker::Picker;
use crate::tui::wizard::store_choice::KeyringAnswer;

/// What is known so far, and what is asked.
#[derive(Debug, Clone, PartialEq)]
pub struct Wizard {
    /// What the login or the key needs, once its provider is chosen and has a file.
    pub preflight: Option<Preflight>,
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
    /// The secret of a client that was registered just now, for a server that is discovered.
    pub client_secret: Option<Secret>,
    /// The address that was asked.
    pub address: Option<Url>,
    /// The requests to find its login server, and their answers.
    pub walk: Transcript,
    /// The login whose page refused its client, until there is another one.
    pub refused: Option<Box<LoginPlan>>,
    pub keyring: KeyringAnswer,
}

/// What came of the test of a key before it is saved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyTest {
    /// The short fingerprint of the key.
    pub key: String,
    pub verdict: TestVerdict,
}

/// Whether something that was typed is being saved.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Work {
    /// The person is asked.
    Idle,
    /// A key is being tested; Esc ends that.
    Testing,
    /// The keyring is asked whether it would take new tokens; Esc ends that.
    Probing,
    /// It is on its way to the disk; keys wait.
    Saving,
}

/// What has been read by the time a page is answered.
#[derive(Debug, Clone, Copy, Default)]
pub struct WizardContext<'a> {
    /// What each store last said.
    pub stores: Option<&'a BTreeMap<StoreId, Snapshot>>,
    pub catalog: Option<&'a Catalog>,
    /// A client that is proposed.
    pub demo_client: Option<&'a DemoClient>,
}

impl<'a> WizardContext<'a> {
    /// What a store last said.
    #[must_use]
    pub fn store(self, store: StoreId) -> Option<&'a Snapshot> {
        self.stores?.get(&store)
    }

    /// What our own store last said.
    #[must_use]
    pub fn own(self) -> Option<&'a Snapshot> {
        self.store(StoreId::Own)
    }

    fn has_provider(self, name: &str) -> bool {
        self.catalog.is_some_and(|catalog| catalog.entry(name).is_some())
    }

    fn provider_names(self) -> BTreeSet<String> {
        let entries = self.catalog.into_iter().flat_map(Catalog::entries);
        entries.map(|entry| entry.provider.name.clone()).collect()
    }
}

impl Wizard {
    /// A login to a new profile.
    #[must_use]
    pub fn new() -> Self {
        Self {
            preflight: None,
            page: Page::Provider(ListSearch::at(0)),
            complaint: None,
            passed: Vec::new(),
            ahead: Vec::new(),
            work: Work::Idle,
            tested: None,
            client_secret: None,
            address: None,
            walk: Transcript::default(),
            refused: None,
            keyring: KeyringAnswer::default(),
        }
    }

    /// A login to a stored profile again.
    #[must_use]
    pub fn again(preflight: Preflight) -> Self {
        let page = Page::Choice(ListQuestion::LoginOrKey, 0);
        let wizard = Self { preflight: Some(preflight), page, ..Self::new() };
        Self { page: wizard.next(WizardContext::default()), ..wizard }
    }

    /// The provider, once it is chosen and has a file.
    #[must_use]
    pub fn provider(&self) -> Option<&Provider> {
        self.preflight.as_ref().map(Preflight::provider)
    }

    /// Whether a key is to be kept, and not a login begun.
    #[must_use]
    pub fn wants_key(&self) -> bool {
        self.preflight.as_ref().is_some_and(|preflight| preflight.goal() == PreflightGoal::Key)
    }

    /// Shows `page`; what was found out about a server is not gone back to.
    pub fn open(&mut self, page: Page) {
        let before = std::mem::replace(&mut self.page, page);
        if !matches!(before, Page::Server(_)) {
            self.passed.push(before);
        }
    }

    /// Shows the first page again.
    pub fn restart(&mut self) {
        if let Some(first) = self.passed.drain(..).next() {
            self.page = first;
        }
    }

    /// The provider whose file is being written.
    #[must_use]
    pub fn saving(&self) -> Option<&str> {
        let name = match (&self.page, self.form()) {
            (Page::Server(server), _) => &server.found()?.name,
            (_, form) => form?.typed(FormField::Provider),
        };
        (self.work == Work::Saving).then_some(name)
    }

    /// Goes on with a provider whose file was just written.
    pub fn described(&mut self, provider: &Provider, context: WizardContext<'_>) {
        let mut preflight = match self.refused.take() {
            Some(plan) => Preflight::with_new_client(&plan, provider),
            None => Preflight::new(provider, PreflightGoal::Login),
        };
        let secret = self.form().and_then(ServerForm::secret);
        // What is not taken here is asked for.
        if let (Some(form), Some(own)) = (self.form(), context.own()) {
            if preflight.profile_name().is_none() {
                preflight.name(form.typed(FormField::Profile), own).ok();
            }
            preflight.scopes(&form.draft().scopes).ok();
        }
        if let Some(secret) = secret.or(self.client_secret.take()) {
            preflight.client_secret(&secret).ok();
        }
        self.preflight = Some(preflight);
        self.complaint = None;
        self.work = Work::Idle;
        // The file is there: what it was made of is not asked again.
        self.passed.clear();
        self.ahead.clear();
        self.page = self.next(context);
    }

    /// The form that describes a server, where that is what is asked.
    #[must_use]
    pub fn form(&self) -> Option<&ServerForm> {
        if let Page::Form(form) = &self.page { Some(form) } else { None }
    }

    /// The same, to be filled in; nothing while it is being saved.
    pub fn form_mut(&mut self) -> Option<&mut ServerForm> {
        match &mut self.page {
            Page::Form(form) if self.work == Work::Idle => Some(form),
            Page::Form(_)
            | Page::Provider(_)
            | Page::Server(_)
            | Page::Choice(..)
            | Page::Text(..)
            | Page::Key(_)
            | Page::Scopes(_)
            | Page::Notice
            | Page::Ready => None,
        }
    }

    /// Shows a form, or the one that was left for the same server, as it was.
    pub fn describe(&mut self, form: ServerForm) {
        let is_left = |page: &Page| matches!(page, Page::Form(left) if left.describes_the_same_as(&form));
        let left = self.ahead.iter().position(is_left);
        let page = left.map_or_else(|| Page::Form(Box::new(form)), |at| self.ahead.remove(at));
        self.preflight = None;
        self.complaint = None;
        self.open(page);
    }

    /// Asks for another secret of the client where the stored one has ended, before a login begins.
    pub fn forget_ended_secret(&mut self, now: DateTime<Utc>) {
        if self.page != Page::Ready {
            return;
        }
        let Some(preflight) = &mut self.preflight else { return };
        preflight.forget_ended_secret(now);
        if preflight.next().is_some() {
            self.page = self.next(WizardContext::default());
        }
    }

    /// Goes one page back, which is as it was left; nothing where this is the first one.
    #[must_use]
    pub fn back(mut self) -> Option<Self> {
        let page = self.passed.pop()?;
        if let (Some(question), Some(preflight)) = (page.preflight_question(), &mut self.preflight) {
            preflight.reopen(question);
        }
        self.ahead.push(std::mem::replace(&mut self.page, page));
        self.complaint = None;
        Some(self)
    }

    /// Which page this is, and of how many, once that is known.
    #[must_use]
    pub fn progress(&self) -> Option<(usize, usize)> {
        let later = match (&self.preflight, &self.page) {
            (_, Page::Provider(_) | Page::Server(_) | Page::Form(_) | Page::Ready) => return None,
            (Some(preflight), page) => {
                let asked = page.preflight_question().is_some() || *page == Page::Notice;
                preflight.open_questions().count().saturating_sub(usize::from(asked))
            }
            (None, _) => 0,
        };
        let place = self.passed.len() + 1;
        (place + later > 1).then_some((place, place + later))
    }

    /// The store in which the new profile is kept, and the one that could be chosen instead, where its name is
    /// asked and there is another one.
    #[must_use]
    pub fn store_choice(&self, context: WizardContext<'_>) -> Option<(StoreId, StoreId)> {
        let (Page::Text(TextQuestion::Name, _), Some(preflight)) = (&self.page, &self.preflight) else {
            return None;
        };
        Some((preflight.store(), self.keyring.next(preflight.store(), context.stores?)?))
    }

    /// The marked choice of the page and how many there are, where the page has no search.
    pub fn marked(&mut self) -> Option<(&mut usize, usize)> {
        match &mut self.page {
            Page::Choice(ListQuestion::LoginOrKey, marked) => Some((marked, 2)),
            Page::Scopes(picker) => Some((&mut picker.marked, picker.choices.len())),
            Page::Server(server) => {
                let count = server.ways().len();
                (count > 0).then_some((&mut server.marked, count))
            }
            Page::Provider(_)
            | Page::Form(_)
            | Page::Text(..)
            | Page::Key(_)
            | Page::Notice
            | Page::Ready => None,
        }
    }

    /// Where keys are looked up; nowhere while a text is being typed.
    #[must_use]
    pub fn key_context(&self) -> Option<KeyContext> {
        if self.page.field().is_some() || self.form().is_some() {
            return None;
        }
        Some(match &self.page {
            Page::Scopes(_) => KeyContext::Scopes,
            Page::Server(server) if server.exchanges.is_some() => KeyContext::Exchanges,
            Page::Server(_) => KeyContext::Server,
            Page::Choice(..) => KeyContext::Lists,
            Page::Provider(_)
            | Page::Form(_)
            | Page::Text(..)
            | Page::Key(_)
            | Page::Notice
            | Page::Ready => KeyContext::Choices,
        })
    }

    /// The scopes, also where the person has gone back or on meanwhile.
    pub fn picker_mut(&mut self) -> Option<&mut Picker> {
        let pages = [&mut self.page].into_iter().chain(&mut self.passed).chain(&mut self.ahead);
        pages.into_iter().find_map(Page::picker_mut)
    }

    /// The client that asks, as far as it is known.
    #[must_use]
    pub fn client(&self) -> String {
        self.preflight.as_ref().and_then(Preflight::client).unwrap_or_default().to_owned()
    }

    /// What follows from what was asked, once the page is [`Page::Ready`].
    #[must_use]
    pub fn plan(&self, place: &str, locality: Locality) -> Option<LoginPlan> {
        let preflight = self.preflight.as_ref()?;
        let plan = preflight.plan(place, LoginOptions::of(preflight.provider(), locality))?;
        Some(LoginPlan { walk: self.walk.clone(), ..plan })
    }
}

impl Default for Wizard {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::now;
    use crate::oauth::login::preflight::PreflightQuestion;
    use crate::stored::provider_file;

    /// A provider that must be told everything.
    const ACME: &str = "name: acme\ntitle: Acme\nnotice: Acme wants a yes.\n\
                        endpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                        client: { authentication: post }\n";

    #[test]
    fn every_open_question_has_its_page_and_the_last_one_is_followed_by_a_plan() {
        let mut try_out = TryOut::new("acme");
        assert_eq!(try_out.wizard.page, text(TextQuestion::Name, "default"));
        for (answer, next) in [
            ("", Page::text(TextQuestion::ClientId)),
            ("my-client", Page::text(TextQuestion::ClientSecret)),
            ("hush", Page::Notice),
            ("", Page::Ready),
        ] {
            assert_eq!(try_out.wizard.plan("accounts.yaml", Locality::Local), None);
            try_out.answer(answer);
            assert_eq!((&try_out.wizard.page, &try_out.wizard.complaint), (&next, &None));
        }
        let plan = try_out.wizard.plan("accounts.yaml", Locality::Local).expect("a plan");
        assert_eq!((plan.client_id.as_str(), plan.client_secret), ("my-client", Some(Secret::new("hush"))));
    }

    #[test]
    fn an_answer_that_is_refused_keeps_its_page_and_says_why() {
        let mut try_out = TryOut::new("acme");
        try_out.answer("");
        try_out.answer("");
        assert!(matches!(try_out.wizard.page, Page::Text(TextQuestion::ClientId, _)));
        assert!(try_out.wizard.complaint.as_ref().is_some_and(|why| why.contains("client id")));
        try_out.answer("my-client");
        assert_eq!(try_out.wizard.complaint, None);
    }

    #[test]
    fn a_page_that_was_left_by_going_back_comes_again_as_it_was() {
        let mut try_out = TryOut::new("acme");
        try_out.answer("");
        try_out.type_in("my-client");
        assert!(try_out.back());
        assert_eq!(try_out.wizard.page, text(TextQuestion::Name, "default"));
        assert_eq!(
            try_out.wizard.preflight.as_ref().and_then(Preflight::next),
            Some(PreflightQuestion::Name),
            "asked again"
        );
        try_out.answer("");
        assert_eq!(try_out.wizard.page, text(TextQuestion::ClientId, "my-client"));
        assert!(try_out.back() && try_out.back() && !try_out.back(), "the first page has none before it");
    }

    #[test]
    fn what_was_typed_for_one_provider_is_not_there_for_another() {
        let mut try_out = TryOut::new("acme");
        try_out.type_in("-mine");
        try_out.back();
        try_out.choose("anthropic");
        assert_eq!(try_out.wizard.ahead, []);
        try_out.back();
        try_out.choose("acme");
        assert_eq!(try_out.wizard.page, text(TextQuestion::Name, "default"));
    }

    #[test]
    fn a_provider_with_logins_and_keys_asks_which_and_names_them_apart() {
        let mut try_out = TryOut::new("anthropic");
        assert_eq!(try_out.wizard.page, Page::Choice(ListQuestion::LoginOrKey, 0));
        try_out.answer("");
        assert_eq!(
            (&try_out.wizard.page, try_out.wizard.wants_key()),
            (&text(TextQuestion::Name, "default"), false)
        );
        try_out.back();
        try_out.mark(1);
        try_out.answer("");
        assert_eq!(
            (&try_out.wizard.page, try_out.wizard.wants_key()),
            (&text(TextQuestion::Name, "key"), true)
        );
        try_out.answer("");
        assert_eq!(try_out.wizard.page, Page::Key(Box::default()));
        try_out.answer("sk-1");
        assert_eq!(try_out.wizard.page, Page::Ready);
        assert!(try_out.wizard.preflight.as_ref().and_then(Preflight::kept_key).is_some());
    }

    #[test]
    fn letters_mean_nothing_but_text_where_a_field_is_open() {
        let page = |page| Wizard { page, ..Wizard::new() }.key_context();
        let mut picker = Picker::for_provider(catalog().get("acme").expect("a provider"), None);
        assert_eq!(page(Page::Scopes(Box::new(picker.clone()))), Some(KeyContext::Scopes));
        picker.open();
        assert_eq!(page(Page::Scopes(Box::new(picker))), None);
        assert_eq!(page(Page::Key(Box::default())), None);
        assert_eq!(page(Page::Choice(ListQuestion::LoginOrKey, 0)), Some(KeyContext::Lists));
        assert_eq!(page(Page::Notice), Some(KeyContext::Choices));
    }

    /// A wizard with what it looks up.
    struct TryOut {
        wizard: Wizard,
        stores: BTreeMap<StoreId, Snapshot>,
        catalog: Catalog,
    }

    impl TryOut {
        /// A wizard in which that provider was chosen.
        fn new(provider: &str) -> Self {
            let mut try_out =
                Self { wizard: Wizard::new(), stores: [(StoreId::Own, own())].into(), catalog: catalog() };
            try_out.choose(provider);
            try_out
        }

        fn choose(&mut self, provider: &str) {
            let provider = self.catalog.entry(provider).expect("a provider").provider.clone();
            let context = WizardContext {
                stores: Some(&self.stores),
                catalog: Some(&self.catalog),
                ..WizardContext::default()
            };
            self.wizard.choose(&provider, context);
        }

        fn type_in(&mut self, typed: &str) {
            if let Some(field) = self.wizard.page.field_mut() {
                field.paste(&Secret::new(typed));
            }
        }

        fn mark(&mut self, place: usize) {
            if let Some((marked, _)) = self.wizard.marked() {
                *marked = place;
            }
        }

        /// Types something and goes on.
        fn answer(&mut self, typed: &str) {
            self.type_in(typed);
            let context = WizardContext {
                stores: Some(&self.stores),
                catalog: Some(&self.catalog),
                ..WizardContext::default()
            };
            self.wizard.submit(context, now());
        }

        /// Goes back, if there is a page before this one.
        fn back(&mut self) -> bool {
            let back = self.wizard.clone().back();
            let has_gone = back.is_some();
            self.wizard = back.unwrap_or(self.wizard.clone());
            has_gone
        }
    }

    fn own() -> Snapshot {
        Snapshot { place: "accounts.yaml".to_owned(), ..Snapshot::empty(StoreId::Own) }
    }

    fn catalog() -> Catalog {
        provider_file::catalog([("acme.yaml".to_owned(), Ok(ACME.to_owned()))])
    }

    fn text(question: TextQuestion, typed: &str) -> Page {
        let mut page = Page::text(question);
        page.field_mut().expect("a field").paste(&Secret::new(typed));
        page
    }
}
