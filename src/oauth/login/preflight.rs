//! Preflight of a login or an API key: what must be known before it begins.
//!
//! [`Preflight`] holds what is known. [`Preflight::next`] says what to ask, in the one order there is,
//! and each answer is taken or refused with a sentence for people, without a full stop. Who asks,
//! the wizard or the command line, only carries answers over; at the end there is a [`LoginPlan`], or
//! a [`Change`].

mod answer;
mod known_client;

use crate::domain::change::{Change, Edit, Snapshot};
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::secret::Secret;
use crate::domain::tokens::{Expiry, StoredTokens, Tokens};
pub use crate::oauth::login::preflight::answer::{TRIMMED, client_secret};
use crate::oauth::login::{LoginOptions, LoginPlan, WantedAccount};
use crate::oauth::scopes::union;
use crate::oauth::transcript::Transcript;

/// What is to be had in the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreflightGoal {
    /// Tokens, by a login that asks for what is usual, or was granted before.
    Login,
    /// Tokens, by a login whose scopes the person chooses.
    Scopes,
    /// A stored API key.
    Key,
}

/// What can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PreflightQuestion {
    /// What the profile is called.
    Name,
    /// The id the provider gave to the client.
    ClientId,
    /// The secret that belongs to it.
    ClientSecret,
    /// What the login asks for.
    Scopes,
    /// Whether to go on in spite of the provider's notice.
    Notice,
    /// Whether the stored key may be replaced.
    Replace,
    /// The API key.
    Key,
}

/// The questions of a login, in their order.
const LOGIN_QUESTIONS: [PreflightQuestion; 5] = [
    PreflightQuestion::Name,
    PreflightQuestion::ClientId,
    PreflightQuestion::ClientSecret,
    PreflightQuestion::Scopes,
    PreflightQuestion::Notice,
];
/// The questions of a key, in their order.
const KEY_QUESTIONS: [PreflightQuestion; 3] =
    [PreflightQuestion::Name, PreflightQuestion::Replace, PreflightQuestion::Key];

impl PreflightGoal {
    /// The questions on the way to it, in their order.
    #[must_use]
    pub fn questions(self) -> &'static [PreflightQuestion] {
        match self {
            Self::Login | Self::Scopes => &LOGIN_QUESTIONS,
            Self::Key => &KEY_QUESTIONS,
        }
    }

    /// What a new profile is called unless the person says otherwise.
    fn usual_name(self) -> &'static str {
        match self {
            Self::Login | Self::Scopes => "default",
            Self::Key => "key",
        }
    }
}

/// What is known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Preflight {
    provider: Box<Provider>,
    goal: PreflightGoal,
    name: Option<ProfileName>,
    known: Option<Box<Profile>>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    scopes: Option<Vec<String>>,
    key: Option<Secret>,
    key_life: Expiry,
    agreed: bool,
    /// Whether the provider has another profile already.
    is_another: bool,
    /// Where the profile will be kept.
    store: StoreId,
    /// Whether the secret was typed, and not stored before.
    has_typed_secret: bool,
    /// When the stored secret ended, which is never tried.
    secret_ended: Option<DateTime<Utc>>,
}

impl Preflight {
    /// A new profile at `provider`.
    #[must_use]
    pub fn new(provider: &Provider, goal: PreflightGoal) -> Self {
        Self {
            provider: Box::new(provider.clone()),
            goal,
            name: None,
            known: None,
            client_id: None,
            client_secret: None,
            scopes: None,
            key: None,
            key_life: Expiry::default(),
            agreed: false,
            is_another: false,
            store: StoreId::Own,
            has_typed_secret: false,
            secret_ended: None,
        }
    }

    /// The same for a new profile that is kept in `store`.
    #[must_use]
    pub fn kept_in(self, store: StoreId) -> Self {
        Self { store, ..self }
    }

    /// A stored profile again: what is known of it is not asked.
    ///
    /// # Errors
    /// Those of [`check_kind`](Self::check_kind).
    pub fn again(profile: &Profile, provider: &Provider, goal: PreflightGoal) -> Result<Self, String> {
        Self::check_kind(profile, goal)?;
        let name = &profile.id.name;
        // The client that the file names now: only a refresh goes on with the one its tokens were given to.
        let client_id = provider.client.id.clone().or_else(|| profile.client_id.clone());
        let is_its = profile.client_id.is_none() || profile.client_id == client_id;
        // A server that the last login did not agree to gets no stored secret: it is asked for.
        let agreed = profile.agrees_to_all(provider).is_ok();
        let client_secret = profile.login.client_secret.clone().filter(|_| agreed && is_its);
        Ok(Self {
            name: Some(name.clone()),
            client_id,
            client_secret: client_secret.clone(),
            known: Some(Box::new(profile.clone().with_login(|login| login.client_secret = client_secret))),
            store: profile.id.store,
            ..Self::new(provider, goal)
        })
    }

    /// Whether [`again`](Self::again) is possible; otherwise, of which other kind the profile is.
    pub fn check_kind(profile: &Profile, goal: PreflightGoal) -> Result<(), String> {
        match (goal, profile.kind) {
            (PreflightGoal::Login | PreflightGoal::Scopes, Kind::OAuth)
            | (PreflightGoal::Key, Kind::ApiKey) => Ok(()),
            (PreflightGoal::Login | PreflightGoal::Scopes, Kind::ApiKey) => Err("an API key"),
            (_, Kind::Environment) => Err("an environment variable"),
            (PreflightGoal::Key, Kind::OAuth) => Err("a login"),
        }
        .map_err(|kind| format!("{} is {kind}; choose another name", profile.id.name))
    }

    /// The login of `plan` once more, with the client that `provider`, its file, has now.
    #[must_use]
    pub fn with_new_client(plan: &LoginPlan, provider: &Provider) -> Self {
        let without_secret =
            |known: &Profile| Box::new(known.clone().with_login(|login| login.client_secret = None));
        Self {
            name: ProfileName::new(&provider.name, plan.id.name.name()).ok(),
            known: plan.known.as_deref().map(without_secret),
            scopes: Some(plan.scopes.clone()),
            agreed: true,
            store: plan.id.store,
            ..Self::new(provider, PreflightGoal::Login)
        }
    }

    /// The profile of that name: the one in `snapshot` again, or a new one.
    ///
    /// # Errors
    /// When there can be no such profile, or it is of another kind.
    pub fn of(
        name: &ProfileName,
        provider: &Provider,
        goal: PreflightGoal,
        snapshot: &Snapshot,
    ) -> Result<Self, String> {
        let Some(profile) = snapshot.profile(name) else {
            let mut preflight = Self::new(provider, goal).kept_in(snapshot.store);
            preflight.name(name.name(), snapshot)?;
            return Ok(preflight);
        };
        Self::again(profile, provider, goal).map(|again| again.with_known_client(snapshot)).map_err(|why| {
            let free = answer::free_name(name, provider, goal, snapshot);
            free.map_or_else(|| why.clone(), |free| format!("{why}, such as {free}"))
        })
    }

    /// With the client of another profile, as far as none is known.
    #[must_use]
    pub fn with_known_client(mut self, snapshot: &Snapshot) -> Self {
        self.take_known_client(snapshot);
        self
    }

    /// Forgets the stored secret of the client where the provider file says that it has ended.
    pub fn forget_ended_secret(&mut self, now: DateTime<Utc>) {
        let client = &self.provider.client;
        let is_of_file = client.id.is_none() || self.client() == client.id.as_deref();
        let has_stored = client.authentication.has_secret() && !self.has_typed_secret;
        let end = client.secret_ends.filter(|end| *end <= now && is_of_file && has_stored);
        if end.is_none() || self.goal == PreflightGoal::Key {
            return;
        }
        self.secret_ended = end;
        self.client_secret = None;
        if let Some(known) = &mut self.known {
            known.login.client_secret = None;
        }
    }

    /// That the stored secret has expired, and what helps; nothing where it has not.
    #[must_use]
    pub fn ended_secret(&self) -> Option<String> {
        let end = self.secret_ended?.date_naive();
        let next = match self.provider.new_client_command() {
            Some(command) => format!("Type a new one, or register anew: {command}"),
            None => {
                let name = &self.provider.name;
                format!("Type the new one, and correct client.secret_ends in {name}.yaml.")
            }
        };
        Some(format!("The client secret expired on {end}. {next}"))
    }

    /// With the stored secret of the client in doubt, since the last login with it failed: it is
    /// asked for, and no answer means the stored one once more.
    #[must_use]
    pub fn doubting(mut self) -> Self {
        self.client_secret = None;
        self
    }

    /// What to ask now; nothing once all is known.
    #[must_use]
    pub fn next(&self) -> Option<PreflightQuestion> {
        self.open_questions().next()
    }

    /// All that is still to be asked, in its order.
    pub fn open_questions(&self) -> impl Iterator<Item = PreflightQuestion> {
        self.goal.questions().iter().copied().filter(|question| self.is_open(*question))
    }

    fn is_open(&self, question: PreflightQuestion) -> bool {
        let provider = &self.provider;
        match question {
            PreflightQuestion::Name => self.name.is_none(),
            PreflightQuestion::ClientId => self.client_id.is_none() && provider.client.id.is_none(),
            PreflightQuestion::ClientSecret => {
                provider.client.authentication.has_secret() && self.client_secret.is_none()
            }
            PreflightQuestion::Scopes => {
                let new = self.known.is_none() && offers_scopes(provider);
                self.scopes.is_none() && (new || self.goal == PreflightGoal::Scopes)
            }
            PreflightQuestion::Notice => provider.notice.is_some() && !self.agreed,
            PreflightQuestion::Replace => {
                self.known.as_ref().is_some_and(|known| known.held != StoredTokens::None) && !self.agreed
            }
            PreflightQuestion::Key => self.key.is_none(),
        }
    }

    /// Where the profile will belong.
    #[must_use]
    pub fn provider(&self) -> &Provider {
        &self.provider
    }

    /// What is to be had in the end.
    #[must_use]
    pub fn goal(&self) -> PreflightGoal {
        self.goal
    }

    /// The profile as it is stored, where it is had again.
    #[must_use]
    pub fn known(&self) -> Option<&Profile> {
        self.known.as_deref()
    }

    /// What the profile is called, once that is known.
    #[must_use]
    pub fn profile_name(&self) -> Option<&ProfileName> {
        self.name.as_ref()
    }

    /// The client that asks, once it is known.
    #[must_use]
    pub fn client(&self) -> Option<&str> {
        self.client_id.as_deref().or(self.provider.client.id.as_deref())
    }

    /// The stored secret of that client, which is used again where the answer is empty.
    #[must_use]
    pub fn doubted_secret(&self) -> Option<&Secret> {
        let known = self.known.as_deref().filter(|_| self.client_secret.is_none())?;
        let before = known.client_id.as_deref().or(self.provider.client.id.as_deref());
        known.login.client_secret.as_ref().filter(|_| before == self.client())
    }

    /// What a new profile is called unless the person says otherwise; nothing where that is taken.
    #[must_use]
    pub fn usual_name(&self, snapshot: &Snapshot) -> Option<ProfileName> {
        answer::new_name(&self.provider, self.goal.usual_name(), self.goal, snapshot).ok()
    }

    /// What is asked for unless the person says otherwise: what was asked for before where they could
    /// choose it, or else the provider's usual scopes and what was asked for before.
    #[must_use]
    pub fn usual_scopes(&self) -> Vec<String> {
        let usual = &self.provider.scopes.default;
        let asked =
            self.known.as_deref().map(|known| asked_before(&self.provider, known)).unwrap_or_default();
        if asked.is_empty() || !offers_scopes(&self.provider) {
            return union(usual, &asked);
        }
        union(&asked, &[])
    }

    /// The login that follows; nothing while something must still be asked.
    #[must_use]
    pub fn plan(&self, place: &str, options: LoginOptions) -> Option<LoginPlan> {
        if self.goal == PreflightGoal::Key || self.next().is_some() {
            return None;
        }
        Some(LoginPlan {
            id: ProfileId { store: self.store, name: self.name.clone()? },
            client_id: self.client()?.to_owned(),
            client_secret: self.client_secret.clone(),
            scopes: self.scopes.clone().unwrap_or_else(|| self.usual_scopes()),
            known: self.known.clone(),
            place: place.to_owned(),
            options,
            wanted: if self.is_another { WantedAccount::Another } else { WantedAccount::Stored },
            walk: Transcript::default(),
            provider: self.provider.clone(),
        })
    }

    /// The change that stores the key; nothing while something must still be asked.
    #[must_use]
    pub fn kept_key(&self) -> Option<Change> {
        if self.goal != PreflightGoal::Key || self.next().is_some() {
            return None;
        }
        let name = self.name.clone()?;
        let id = ProfileId { store: self.store, name: name.clone() };
        let before = self.known.as_deref().cloned();
        let mut profile = before.unwrap_or_else(|| Profile::new(id, Kind::ApiKey));
        profile.held = StoredTokens::Present(Tokens { access: self.key.clone()?, refresh: None });
        profile.login.origins = self.provider.origins();
        profile.last_test = None;
        // What was known of the end of the old key says nothing of this one.
        profile.life = self.key_life;
        let expects = self.known.as_ref().and_then(|known| known.held.fingerprint());
        let profile = Box::new(profile);
        // A new key takes nobody's place.
        let edit = if self.known.is_some() { Edit::Put(profile) } else { Edit::Add(profile) };
        Some(Change { name, expects, edit })
    }
}

/// What the login of `known` asked for. Where nobody wrote it down, what it was granted, as far as the
/// provider's file names it: a server may grant what it never accepts in a request.
#[must_use]
pub fn asked_before(provider: &Provider, known: &Profile) -> Vec<String> {
    if !known.login.asked_scopes.is_empty() {
        return known.login.asked_scopes.clone();
    }
    let scopes = &provider.scopes;
    let is_named = |name: &&String| {
        scopes.default.contains(*name) || scopes.offered.iter().any(|offered| offered.name == **name)
    };
    known.scopes.iter().filter(is_named).cloned().collect()
}

/// Whether there is something to choose among a provider's scopes.
fn offers_scopes(provider: &Provider) -> bool {
    provider.scopes.list.is_some() || !provider.scopes.offered.is_empty()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::change::Row;
    use crate::domain::fixtures::{at, empty_profile, tokens};
    use crate::domain::provider::scopes::OfferedScope;
    use crate::domain::secret::Ends;
    use crate::oauth::login::Locality;
    use crate::stored::provider_file;

    /// A provider that must be told everything.
    fn acme() -> Provider {
        let text = "name: acme\ntitle: Acme\nnotice: Acme wants a yes.\n\
                    endpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                    client: { authentication: post }\nscopes: { default: [read] }\n\
                    environment: [ACME_TOKEN]\n";
        let mut provider = provider_file::load("acme", text).expect("a provider");
        provider.scopes.offered = vec![OfferedScope { name: "write".into(), title: None }];
        provider
    }

    fn named(name: &str) -> ProfileName {
        ProfileName::new("acme", name).expect("a name")
    }

    fn stored(name: &str, kind: Kind) -> Profile {
        let mut profile = empty_profile(&format!("acme/{name}"), kind);
        profile.client_id = (kind == Kind::OAuth).then(|| "old".into());
        profile.login.client_secret = (kind == Kind::OAuth).then(|| Secret::new("old secret"));
        profile.held = StoredTokens::Present(tokens("access", None));
        profile.scopes = ["write".into(), "read".into()].into();
        profile.account = Some("Build".into());
        profile
    }

    fn snapshot(profiles: &[Profile]) -> Snapshot {
        let rows = profiles.iter().cloned().map(|profile| Row::Profile(Arc::new(profile))).collect();
        Snapshot { place: "x".into(), rows, ..Snapshot::empty(StoreId::Own) }
    }

    fn options() -> LoginOptions {
        LoginOptions::of(&acme(), Locality::Local)
    }

    fn named_usually(preflight: &mut Preflight) {
        let usual = preflight.usual_name(&snapshot(&[])).expect("it is free");
        preflight.name(usual.name(), &snapshot(&[])).expect("a name");
    }

    #[test]
    fn a_new_login_is_asked_everything_in_order_and_then_is_a_plan() {
        let mut preflight = Preflight::new(&acme(), PreflightGoal::Login);
        assert_eq!(preflight.next(), Some(PreflightQuestion::Name));
        named_usually(&mut preflight);
        assert_eq!(preflight.next(), Some(PreflightQuestion::ClientId));
        preflight.client_id("id").expect("an id");
        assert_eq!(preflight.next(), Some(PreflightQuestion::ClientSecret));
        preflight.client_secret(&Secret::new("a+/&=% b")).expect("a secret");
        assert_eq!(preflight.next(), Some(PreflightQuestion::Scopes));
        preflight.scopes(&["write".into(), "read".into(), "write".into()]).expect("scopes");
        assert_eq!(preflight.next(), Some(PreflightQuestion::Notice));
        assert_eq!(preflight.plan("here", options()), None);
        preflight.agree();

        let plan = preflight.plan("here", options()).expect("a plan");

        assert_eq!((plan.id.name, plan.client_id.as_str()), (named("default"), "id"));
        assert_eq!(
            (plan.client_secret, plan.scopes),
            (Some(Secret::new("a+/&=% b")), vec!["write".to_owned(), "read".to_owned()])
        );
        assert_eq!((plan.place.as_str(), preflight.kept_key()), ("here", None));
    }

    #[test]
    fn a_login_again_is_asked_for_its_notice_alone_and_keeps_what_was_granted() {
        let mut preflight =
            Preflight::again(&stored("work", Kind::OAuth), &acme(), PreflightGoal::Login).expect("a login");
        assert_eq!(preflight.next(), Some(PreflightQuestion::Notice));
        preflight.agree();
        let plan = preflight.plan("", options()).expect("a plan");
        assert_eq!((plan.client_id.as_str(), plan.client_secret), ("old", Some(Secret::new("old secret"))));
        assert_eq!(plan.scopes, ["write", "read"]);
    }

    #[test]
    fn a_stored_secret_is_used_unless_it_or_its_client_is_another_now() {
        let again = || {
            Preflight::again(&stored("work", Kind::OAuth), &acme(), PreflightGoal::Login).expect("a login")
        };
        let mut preflight = again();
        preflight.client_id("old").expect("the same id");
        assert_eq!(preflight.next(), Some(PreflightQuestion::Notice));
        preflight.client_id("new").expect("another id");
        assert_eq!(preflight.next(), Some(PreflightQuestion::ClientSecret));
        let mut preflight = again();
        preflight.client_secret(&Secret::new("rotated")).expect("a secret");
        preflight.agree();
        assert_eq!(
            preflight.plan("", options()).and_then(|plan| plan.client_secret),
            Some(Secret::new("rotated"))
        );
    }

    #[test]
    fn a_key_is_stored_under_its_name_and_an_old_one_is_replaced_only_after_a_yes() {
        let mut preflight = Preflight::new(&acme(), PreflightGoal::Key);
        named_usually(&mut preflight);
        assert_eq!((preflight.next(), preflight.kept_key()), (Some(PreflightQuestion::Key), None));
        preflight.key(&Secret::new("sk-1")).expect("a key");
        let change = preflight.kept_key().expect("a change");
        assert_eq!((change.name, change.expects), (named("key"), None));

        let old = stored("ci", Kind::ApiKey);
        let mut preflight = Preflight::again(&old, &acme(), PreflightGoal::Key).expect("a key");
        assert_eq!(preflight.next(), Some(PreflightQuestion::Replace));
        preflight.agree();
        preflight.key(&Secret::new("sk-2")).expect("a key");
        let change = preflight.kept_key().expect("a change");
        let held = StoredTokens::Present(Tokens { access: Secret::new("sk-2"), refresh: None });
        assert_eq!(change.expects, old.held.fingerprint());
        let new = Profile { held, ..old }.with_login(|login| login.origins = acme().origins());
        assert_eq!(change.edit, Edit::Put(Box::new(new)));
        assert_eq!(preflight.plan("", options()), None);
    }

    #[test]
    fn an_answer_that_cannot_be_taken_is_refused_with_the_reason() {
        let there = snapshot(&[stored("work", Kind::OAuth)]);
        for (goal, name, reason) in [
            (PreflightGoal::Login, "key", "reserved for API keys"),
            (PreflightGoal::Login, "key-3", "reserved for API keys"),
            (PreflightGoal::Key, "key-3", "reserved for a list of keys"),
            (PreflightGoal::Login, "work", "already exists"),
            (PreflightGoal::Key, "a/b", "no slash"),
            (PreflightGoal::Login, "ACME_TOKEN", "“ACME_TOKEN” is reserved for the environment variable"),
            (PreflightGoal::Key, "ACME_TOKEN", "reserved for the environment variable"),
        ] {
            let said = Preflight::new(&acme(), goal).name(name, &there).expect_err(name);
            assert!(said.contains(reason), "{name}: {said}");
        }
        let mut preflight = Preflight::new(&acme(), PreflightGoal::Login);
        for id in ["", "a\u{e9}", "a\n"] {
            assert!(preflight.client_id(id).is_err(), "{id:?}");
        }
        for secret in ["", "a\nb", "a\tb", "\u{200b}", "\u{e9}"] {
            assert!(preflight.client_secret(&Secret::new(secret)).is_err(), "{secret:?}");
            assert!(preflight.key(&Secret::new(secret)).is_err(), "{secret:?}");
        }
        assert!(preflight.key(&Secret::new("a b")).is_err());
        for scope in ["", "a b", "a\"", "\u{e9}"] {
            assert!(preflight.more_scopes(&[scope.to_owned()]).is_err(), "{scope:?}");
        }
        let mut public = acme();
        public.client.authentication = crate::domain::provider::Authentication::None;
        let said = Preflight::new(&public, PreflightGoal::Login)
            .client_secret(&Secret::new("s"))
            .expect_err("no secret");
        assert_eq!(
            said,
            "Acme takes no client secret: its provider file wants none (client.authentication: none)"
        );
        for (kind, goal, reason) in [
            (Kind::ApiKey, PreflightGoal::Login, "acme/work is an API key; choose another name"),
            (Kind::OAuth, PreflightGoal::Key, "acme/work is a login; choose another name"),
        ] {
            assert_eq!(Preflight::again(&stored("work", kind), &acme(), goal), Err(reason.to_owned()));
        }
    }

    #[test]
    fn a_new_login_takes_the_client_that_the_file_names_now_and_no_secret_of_another() {
        for (named, id, is_kept) in
            [(None, "old", true), (Some("old"), "old", true), (Some("new"), "new", false)]
        {
            let mut provider = acme();
            provider.client.id = named.map(str::to_owned);
            let preflight = Preflight::again(&stored("work", Kind::OAuth), &provider, PreflightGoal::Login);
            let preflight = preflight.expect("a login");
            let known = (preflight.client(), preflight.client_secret.is_some());
            assert_eq!(known, (Some(id), is_kept), "{named:?}");
            // Another profile has the secret of the client that is named now.
            let mut other = stored("other", Kind::OAuth);
            other.client_id = Some("new".to_owned());
            other.login.origins = provider.origins();
            let secret = preflight.with_known_client(&snapshot(&[other])).client_secret;
            assert_eq!(secret, Some(Secret::new("old secret")), "{named:?}");
        }
    }

    #[test]
    fn a_secret_that_has_ended_is_never_tried_and_a_new_one_is_asked_for() {
        let asks = |preflight: &Preflight| {
            preflight.open_questions().any(|question| question == PreflightQuestion::ClientSecret)
        };
        for (id, end, has_ended) in
            [(None, 99, true), (Some("old"), 100, true), (None, 101, false), (Some("old"), 101, false)]
        {
            let mut provider = acme();
            provider.client.id = id.map(str::to_owned);
            provider.client.secret_ends = Some(at(end));
            let preflight = Preflight::again(&stored("work", Kind::OAuth), &provider, PreflightGoal::Login);
            let mut preflight = preflight.expect("a login");
            preflight.forget_ended_secret(at(100));
            assert_eq!((asks(&preflight), preflight.doubted_secret()), (has_ended, None), "{id:?} {end}");
            let words = "The client secret expired on 2027-01-15. Type the new one, and correct \
                         client.secret_ends in acme.yaml.";
            assert_eq!(preflight.ended_secret(), has_ended.then(|| words.to_owned()));
            preflight.client_secret(&Secret::new("new")).expect("a secret");
            preflight.forget_ended_secret(at(100));
            assert!(!asks(&preflight), "what was typed is tried");
        }
    }

    #[test]
    fn a_login_beside_another_profile_of_the_provider_is_one_to_another_account() {
        for (profiles, wanted) in [
            (vec![], WantedAccount::Stored),
            (vec![stored("key", Kind::ApiKey)], WantedAccount::Stored),
            (vec![stored("work", Kind::OAuth)], WantedAccount::Another),
        ] {
            let mut preflight = Preflight::new(&acme(), PreflightGoal::Login);
            preflight.name("home", &snapshot(&profiles)).expect("a name");
            preflight.client_id("id").expect("an id");
            preflight.client_secret(&Secret::new("s")).expect("a secret");
            preflight.scopes(&["read".to_owned()]).expect("scopes");
            preflight.agree();
            assert_eq!(preflight.plan("", options()).expect("a plan").wanted, wanted, "{profiles:?}");
        }
    }

    #[test]
    fn a_secret_in_doubt_is_asked_for_and_no_answer_means_the_stored_one() {
        let doubted = || {
            Preflight::again(&stored("work", Kind::OAuth), &acme(), PreflightGoal::Login)
                .map(Preflight::doubting)
        };
        for (id, typed, used) in [
            ("old", "", Ok(("old secret", Ends::Clean))),
            ("old", " new\n", Ok(("new", Ends::Trimmed))),
            ("new", "", Err("A client secret is required".to_owned())),
        ] {
            let mut preflight = doubted().expect("a login");
            preflight.client_id(id).expect("an id");
            assert_eq!(preflight.next(), Some(PreflightQuestion::ClientSecret), "{id} {typed:?}");
            let taken = preflight.client_secret(&Secret::new(typed));
            let secret = preflight.client_secret.clone().unwrap_or_default();
            let used = used.map(|(used, ends)| (Secret::new(used), ends));
            assert_eq!(taken.map(|ends| (secret, ends)), used, "{id} {typed:?}");
        }
    }

    #[test]
    fn scopes_are_chosen_anew_where_that_is_the_goal_and_may_be_of_any_spelling() {
        let mut preflight =
            Preflight::again(&stored("work", Kind::OAuth), &acme(), PreflightGoal::Scopes).expect("a login");
        assert_eq!(preflight.next(), Some(PreflightQuestion::Scopes));
        assert_eq!(preflight.scopes(&[]), Err("Choose at least one scope".to_owned()));
        preflight.scopes(&[r#"{"key":"x"}"#.to_owned()]).expect("what the provider lists");
        preflight.agree();
        assert_eq!(preflight.plan("", options()).expect("a plan").scopes, [r#"{"key":"x"}"#]);
    }

    #[test]
    fn what_was_asked_for_is_usual_and_what_could_not_be_chosen_is_usual_beside_it() {
        let mut fixed = acme();
        fixed.scopes.offered.clear();
        for (provider, asked, granted, usual) in [
            (acme(), &["write"][..], &["write"][..], &["write"][..]),
            (acme(), &["write", "x"], &["dummy"], &["write", "x"]),
            (acme(), &[], &["write"], &["write"]),
            (acme(), &[], &["dummy", "write"], &["write"]),
            (acme(), &[], &["dummy"], &["read"]),
            (acme(), &[], &[], &["read"]),
            (fixed.clone(), &["write"], &["dummy"], &["read", "write"]),
            (fixed.clone(), &[], &["dummy"], &["read"]),
            (fixed, &[], &[], &["read"]),
        ] {
            let mut profile = stored("work", Kind::OAuth);
            let owned = |scopes: &[&str]| scopes.iter().map(|scope| (*scope).to_owned()).collect::<Vec<_>>();
            (profile.login.asked_scopes, profile.scopes) = (owned(asked), owned(granted).into());
            let mut preflight = Preflight::again(&profile, &provider, PreflightGoal::Login).expect("a login");
            assert_eq!(preflight.usual_scopes(), usual, "{granted:?}");
            preflight.more_scopes(&["admin".to_owned()]).expect("a scope");
            assert_eq!(preflight.scopes.expect("scopes"), [usual, &["admin"]].concat(), "{granted:?}");
        }
    }

    #[test]
    fn an_answer_that_was_taken_back_is_asked_for_again_and_those_before_it_stay() {
        let mut preflight = Preflight::new(&acme(), PreflightGoal::Login);
        named_usually(&mut preflight);
        preflight.client_id("id").expect("an id");
        preflight.client_secret(&Secret::new("s")).expect("a secret");
        for question in
            [PreflightQuestion::ClientSecret, PreflightQuestion::ClientId, PreflightQuestion::Name]
        {
            preflight.reopen(question);
            assert_eq!(preflight.next(), Some(question));
        }
    }

    #[test]
    fn a_name_of_another_kind_comes_with_one_that_is_free() {
        let there =
            snapshot(&[stored("work", Kind::OAuth), stored("key", Kind::ApiKey), stored("ci", Kind::ApiKey)]);
        for (name, goal, said) in [
            (
                "key",
                PreflightGoal::Login,
                "acme/key is an API key; choose another name, such as acme/default",
            ),
            ("work", PreflightGoal::Key, "acme/work is a login; choose another name, such as acme/work-2"),
        ] {
            assert_eq!(Preflight::of(&named(name), &acme(), goal, &there), Err(said.to_owned()));
        }
        let preflight =
            Preflight::of(&named("work"), &acme(), PreflightGoal::Login, &there).expect("a login again");
        assert_eq!(preflight.known().map(|known| &known.id.name), Some(&named("work")));
        let preflight =
            Preflight::of(&named("home"), &acme(), PreflightGoal::Login, &there).expect("a new login");
        assert_eq!((preflight.known(), preflight.profile_name()), (None, Some(&named("home"))));
    }
}
