//! What must be known before a login begins, or before an API key is stored.
//!
//! [`Needs`] holds what is known. [`Needs::next`] says what to ask, in the one order there is,
//! and each answer is taken or refused with a sentence for people. Who asks, the wizard or the
//! command line, only carries answers over; at the end there is a [`Plan`], or a [`Change`].

mod name;
mod question;

use crate::domain::change::{Change, Edit, Snapshot};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::secret::Secret;
use crate::domain::tokens::{Held, Tokens};
pub use crate::oauth::login::needs::name::{free_name, is_taken};
pub use crate::oauth::login::needs::question::{Goal, Question};
use crate::oauth::login::{Plan, Ways};

/// What is known so far.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Needs {
    provider: Box<Provider>,
    goal: Goal,
    name: Option<ProfileName>,
    known: Option<Box<Profile>>,
    client_id: Option<String>,
    client_secret: Option<Secret>,
    scopes: Option<Vec<String>>,
    key: Option<Secret>,
    agreed: bool,
}

impl Needs {
    /// A new profile at `provider`.
    #[must_use]
    pub fn new(provider: &Provider, goal: Goal) -> Self {
        Self {
            provider: Box::new(provider.clone()),
            goal,
            name: None,
            known: None,
            client_id: None,
            client_secret: None,
            scopes: None,
            key: None,
            agreed: false,
        }
    }

    /// A stored profile again: what is known of it is not asked.
    ///
    /// # Errors
    /// When the profile is of another kind.
    pub fn again(profile: &Profile, provider: &Provider, goal: Goal) -> Result<Self, String> {
        let name = &profile.id.name;
        match (goal, profile.kind) {
            (Goal::Login, Kind::OAuth) | (Goal::Key, Kind::ApiKey) => {}
            (Goal::Login, Kind::ApiKey) => return Err(format!("{name} is an API key; choose another name")),
            (_, Kind::Environment) => {
                return Err(format!("{name} is an environment variable; choose another name"));
            }
            (Goal::Key, Kind::OAuth) => return Err(format!("{name} is a login; choose another name")),
        }
        Ok(Self {
            name: Some(name.clone()),
            client_id: profile.client_id.clone(),
            client_secret: profile.client_secret.clone(),
            known: Some(Box::new(profile.clone())),
            ..Self::new(provider, goal)
        })
    }

    /// What to ask now; nothing once all is known.
    #[must_use]
    pub fn next(&self) -> Option<Question> {
        self.goal.questions().iter().copied().find(|question| self.is_open(*question))
    }

    fn is_open(&self, question: Question) -> bool {
        let provider = &self.provider;
        match question {
            Question::Name => self.name.is_none(),
            Question::ClientId => self.client_id.is_none() && provider.client.id.is_none(),
            Question::ClientSecret => {
                provider.client.authentication.has_secret() && self.client_secret.is_none()
            }
            Question::Scopes => {
                let choice = !provider.scopes.offered.is_empty() || provider.scopes.list.is_some();
                choice && self.scopes.is_none() && self.known.is_none()
            }
            Question::Notice => provider.notice.is_some() && !self.agreed,
            Question::Replace => {
                self.known.as_ref().is_some_and(|known| known.held != Held::Nothing) && !self.agreed
            }
            Question::Key => self.key.is_none(),
        }
    }

    /// What a new profile is called unless the person says otherwise.
    #[must_use]
    pub fn usual_name(&self) -> &'static str {
        match self.goal {
            Goal::Login => "default",
            Goal::Key => "key",
        }
    }

    /// Takes the name of a new profile.
    ///
    /// # Errors
    /// When it breaks a rule, is kept for something else, or is taken.
    pub fn name(&mut self, text: &str, snapshot: &Snapshot) -> Result<(), String> {
        self.name = Some(name::new(&self.provider.name, text, self.goal, snapshot)?);
        Ok(())
    }

    /// Takes the client id. A stored secret belongs to the id it was stored with.
    ///
    /// # Errors
    /// When it is empty or has a character that no id has (RFC 6749 Appendix A.1).
    pub fn client_id(&mut self, text: &str) -> Result<(), String> {
        if text.is_empty() {
            return Err("The provider gave you a client id when you registered there".to_owned());
        }
        if !text.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ') {
            return Err("A client id has visible ASCII characters only".to_owned());
        }
        let before = self.client_id.as_deref().or(self.provider.client.id.as_deref());
        if before != Some(text) {
            self.client_secret = None;
        }
        self.client_id = Some(text.to_owned());
        Ok(())
    }

    /// Says whether the provider takes a client's secret.
    ///
    /// # Errors
    /// When it takes none.
    pub fn takes_client_secret(&self) -> Result<(), String> {
        if self.provider.client.authentication.has_secret() {
            return Ok(());
        }
        Err(format!(
            "{} takes no client secret: its provider file wants none (client.authentication: none)",
            self.provider.title
        ))
    }

    /// Takes the client's secret, also in place of a stored one.
    ///
    /// # Errors
    /// When the provider takes none, or it is empty or has a character that no secret has.
    pub fn client_secret(&mut self, secret: Secret) -> Result<(), String> {
        self.takes_client_secret()?;
        if secret.is_empty() {
            return Err("This provider wants the client's secret".to_owned());
        }
        if !secret.is_client_secret() {
            return Err(
                "A client secret is one line of visible ASCII characters; this one holds others".to_owned()
            );
        }
        self.client_secret = Some(secret);
        Ok(())
    }

    /// What is asked for unless the person says otherwise: the provider's usual scopes, and what
    /// was granted before.
    #[must_use]
    pub fn usual_scopes(&self) -> Vec<String> {
        let granted = self.known.iter().flat_map(|known| &known.scopes);
        union(self.provider.scopes.default.iter().chain(granted))
    }

    /// Takes what is asked for.
    ///
    /// # Errors
    /// At the first text that is no scope (RFC 6749 §3.3).
    pub fn scopes(&mut self, scopes: &[String]) -> Result<(), String> {
        let separator = &self.provider.scopes.separator;
        let fine = |scope: &str| {
            let one = separator.is_empty() || !scope.contains(separator.as_str());
            let spelled = scope.bytes().all(|byte| byte.is_ascii_graphic() && !b"\"\\".contains(&byte));
            !scope.is_empty() && one && spelled
        };
        if !scopes.iter().all(|scope| fine(scope)) {
            return Err("A scope is one word of visible ASCII characters; name several one by one".to_owned());
        }
        self.scopes = Some(union(scopes));
        Ok(())
    }

    /// Takes a yes: to the provider's notice, or to the end of the stored key.
    pub fn agree(&mut self) {
        self.agreed = true;
    }

    /// Takes the API key.
    ///
    /// # Errors
    /// When it is empty or could not stand in a header.
    pub fn key(&mut self, key: Secret) -> Result<(), String> {
        if key.is_empty() {
            return Err("There is no key".to_owned());
        }
        if !key.is_bearer() {
            return Err(
                "A key is one line of visible ASCII characters without spaces; this one holds others"
                    .to_owned(),
            );
        }
        self.key = Some(key);
        Ok(())
    }

    /// The login that follows; nothing while something must still be asked.
    #[must_use]
    pub fn plan(&self, place: &str, ways: Ways) -> Option<Plan> {
        if self.goal != Goal::Login || self.next().is_some() {
            return None;
        }
        Some(Plan {
            id: ProfileId { store: StoreId::Own, name: self.name.clone()? },
            client_id: self.client_id.clone().or_else(|| self.provider.client.id.clone())?,
            client_secret: self.client_secret.clone(),
            scopes: self.scopes.clone().unwrap_or_else(|| self.usual_scopes()),
            known: self.known.clone(),
            place: place.to_owned(),
            ways,
            provider: self.provider.clone(),
        })
    }

    /// The change that stores the key; nothing while something must still be asked.
    #[must_use]
    pub fn kept_key(&self) -> Option<Change> {
        if self.goal != Goal::Key || self.next().is_some() {
            return None;
        }
        let name = self.name.clone()?;
        let id = ProfileId { store: StoreId::Own, name: name.clone() };
        let before = self.known.as_deref().cloned();
        let mut profile = before.unwrap_or_else(|| Profile::new(id, Kind::ApiKey));
        profile.held = Held::Here(Tokens { access: self.key.clone()?, refresh: None });
        let expects = self.known.as_ref().and_then(|known| known.held.fingerprint());
        let profile = Box::new(profile);
        // A new key takes nobody's place.
        let edit = if self.known.is_some() { Edit::Keep(profile) } else { Edit::Add(profile) };
        Some(Change { name, expects, edit })
    }
}

fn union<'a>(scopes: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for scope in scopes {
        if !all.contains(scope) {
            all.push(scope.clone());
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Row;
    use crate::domain::provider::file;
    use crate::domain::provider::scopes::Offered;
    use crate::oauth::login::Seat;

    /// A provider that must be told everything.
    fn acme() -> Provider {
        let text = "name: acme\ntitle: Acme\nnotice: Acme wants a yes.\n\
                    endpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                    client: { authentication: post }\nscopes: { default: [read] }\n";
        let mut provider = file::load("acme", text).expect("a provider");
        provider.scopes.offered = vec![Offered { name: "write".into(), title: None }];
        provider
    }

    fn named(name: &str) -> ProfileName {
        ProfileName::new("acme", name).expect("a name")
    }

    fn stored(name: &str, kind: Kind) -> Profile {
        let mut profile = Profile::new(ProfileId { store: StoreId::Own, name: named(name) }, kind);
        profile.client_id = (kind == Kind::OAuth).then(|| "old".into());
        profile.client_secret = (kind == Kind::OAuth).then(|| Secret::new("old secret"));
        profile.held = Held::Here(Tokens { access: Secret::new("access"), refresh: None });
        profile.scopes = vec!["write".into(), "read".into()];
        profile.account = Some("Build".into());
        profile
    }

    fn snapshot(profiles: &[Profile]) -> Snapshot {
        let rows = profiles.iter().cloned().map(|profile| Row::Profile(Box::new(profile))).collect();
        Snapshot { store: StoreId::Own, place: "x".into(), rows, writable: Ok(()), notices: Vec::new() }
    }

    fn ways() -> Ways {
        Ways::of(&acme(), Seat::Here)
    }

    #[test]
    fn a_new_login_is_asked_everything_in_order_and_then_is_a_plan() {
        let mut needs = Needs::new(&acme(), Goal::Login);
        assert_eq!(needs.next(), Some(Question::Name));
        needs.name(needs.usual_name(), &snapshot(&[])).expect("a name");
        assert_eq!(needs.next(), Some(Question::ClientId));
        needs.client_id("id").expect("an id");
        assert_eq!(needs.next(), Some(Question::ClientSecret));
        needs.client_secret(Secret::new("a+/&=% b")).expect("a secret");
        assert_eq!(needs.next(), Some(Question::Scopes));
        needs.scopes(&["write".into(), "read".into(), "write".into()]).expect("scopes");
        assert_eq!(needs.next(), Some(Question::Notice));
        assert_eq!(needs.plan("here", ways()), None);
        needs.agree();

        let plan = needs.plan("here", ways()).expect("a plan");

        assert_eq!((plan.id.name, plan.client_id.as_str()), (named("default"), "id"));
        assert_eq!(
            (plan.client_secret, plan.scopes),
            (Some(Secret::new("a+/&=% b")), vec!["write".to_owned(), "read".to_owned()])
        );
        assert_eq!((plan.place.as_str(), needs.kept_key()), ("here", None));
    }

    #[test]
    fn a_login_again_is_asked_for_its_notice_alone_and_keeps_what_was_granted() {
        let mut needs = Needs::again(&stored("work", Kind::OAuth), &acme(), Goal::Login).expect("a login");
        assert_eq!(needs.next(), Some(Question::Notice));
        needs.agree();
        let plan = needs.plan("", ways()).expect("a plan");
        assert_eq!((plan.client_id.as_str(), plan.client_secret), ("old", Some(Secret::new("old secret"))));
        assert_eq!(plan.scopes, ["read", "write"]);
    }

    #[test]
    fn a_stored_secret_is_used_unless_it_or_its_client_is_another_now() {
        let again = || Needs::again(&stored("work", Kind::OAuth), &acme(), Goal::Login).expect("a login");
        let mut needs = again();
        needs.client_id("old").expect("the same id");
        assert_eq!(needs.next(), Some(Question::Notice));
        needs.client_id("new").expect("another id");
        assert_eq!(needs.next(), Some(Question::ClientSecret));
        let mut needs = again();
        needs.client_secret(Secret::new("rotated")).expect("a secret");
        needs.agree();
        assert_eq!(needs.plan("", ways()).and_then(|plan| plan.client_secret), Some(Secret::new("rotated")));
    }

    #[test]
    fn a_key_is_stored_under_its_name_and_an_old_one_is_replaced_only_after_a_yes() {
        let mut needs = Needs::new(&acme(), Goal::Key);
        needs.name(needs.usual_name(), &snapshot(&[])).expect("a name");
        assert_eq!((needs.next(), needs.kept_key()), (Some(Question::Key), None));
        needs.key(Secret::new("sk-1")).expect("a key");
        let change = needs.kept_key().expect("a change");
        assert_eq!((change.name, change.expects), (named("key"), None));

        let old = stored("ci", Kind::ApiKey);
        let mut needs = Needs::again(&old, &acme(), Goal::Key).expect("a key");
        assert_eq!(needs.next(), Some(Question::Replace));
        needs.agree();
        needs.key(Secret::new("sk-2")).expect("a key");
        let change = needs.kept_key().expect("a change");
        let held = Held::Here(Tokens { access: Secret::new("sk-2"), refresh: None });
        assert_eq!(change.expects, old.held.fingerprint());
        assert_eq!(change.edit, Edit::Keep(Box::new(Profile { held, ..old })));
        assert_eq!(needs.plan("", ways()), None);
    }

    #[test]
    fn an_answer_that_cannot_be_taken_is_refused_with_the_reason() {
        let there = snapshot(&[stored("work", Kind::OAuth)]);
        for (goal, name, reason) in [
            (Goal::Login, "key", "kept for API keys"),
            (Goal::Login, "key-3", "kept for API keys"),
            (Goal::Key, "key-3", "kept for a list of keys"),
            (Goal::Login, "work", "is there already"),
            (Goal::Key, "a/b", "no slash"),
        ] {
            let said = Needs::new(&acme(), goal).name(name, &there).expect_err(name);
            assert!(said.contains(reason), "{name}: {said}");
        }
        let mut needs = Needs::new(&acme(), Goal::Login);
        for id in ["", "a\u{e9}", "a\n"] {
            assert!(needs.client_id(id).is_err(), "{id:?}");
        }
        for secret in ["", "a\nb", "a\tb", "\u{200b}", "\u{e9}"] {
            assert!(needs.client_secret(Secret::new(secret)).is_err(), "{secret:?}");
            assert!(needs.key(Secret::new(secret)).is_err(), "{secret:?}");
        }
        assert!(needs.key(Secret::new("a b")).is_err());
        for scope in ["", "a b", "a\"", "\u{e9}"] {
            assert!(needs.scopes(&[scope.to_owned()]).is_err(), "{scope:?}");
        }
        let mut public = acme();
        public.client.authentication = crate::domain::provider::Authentication::None;
        let said = Needs::new(&public, Goal::Login).client_secret(Secret::new("s")).expect_err("no secret");
        assert_eq!(
            said,
            "Acme takes no client secret: its provider file wants none (client.authentication: none)"
        );
        for (kind, goal, reason) in [
            (Kind::ApiKey, Goal::Login, "acme/work is an API key; choose another name"),
            (Kind::OAuth, Goal::Key, "acme/work is a login; choose another name"),
        ] {
            assert_eq!(Needs::again(&stored("work", kind), &acme(), goal), Err(reason.to_owned()));
        }
    }
}
