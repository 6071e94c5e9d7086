//! Client that another profile of the provider was logged in with: it is registered, or asked for, once.

use crate::domain::change::Snapshot;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::oauth::login::preflight::{Preflight, PreflightGoal};

impl Preflight {
    /// Takes client id and secret over from another profile, as far as they are not known. A secret goes
    /// only to servers that it was stored for.
    pub(super) fn take_known_client(&mut self, snapshot: &Snapshot) {
        if self.goal == PreflightGoal::Key {
            return;
        }
        let Some(known) = known_client(&self.provider, self.client(), snapshot) else { return };
        if self.client().is_none() {
            self.client_id.clone_from(&known.client_id);
        }
        if self.client_secret.is_none() && self.provider.client.authentication.has_secret() {
            self.client_secret.clone_from(&known.login.client_secret);
        }
    }
}

/// The profile whose login is the last of those with the client `id`, or with any where none is known. One
/// with a secret comes first.
fn known_client<'a>(provider: &Provider, id: Option<&str>, snapshot: &'a Snapshot) -> Option<&'a Profile> {
    let is_issuer = |issuer: &String| provider.issuer.as_ref().is_none_or(|ours| ours == issuer);
    let fits = |profile: &&Profile| {
        profile.kind == Kind::OAuth
            && profile.id.name.provider() == provider.name
            && !profile.login.origins.is_empty()
            && profile.agrees_to_all(provider).is_ok()
            && profile.login.issuer.iter().all(is_issuer)
            && profile.client_id.as_deref().is_some_and(|theirs| id.is_none_or(|id| id == theirs))
    };
    let known = snapshot.profiles().filter(fits);
    known.max_by_key(|profile| (profile.login.client_secret.is_some(), profile.life.obtained_at))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::change::Row;
    use crate::domain::fixtures::{at, profile, snapshot};
    use crate::domain::secret::Secret;
    use crate::oauth::login::preflight::PreflightQuestion;
    use crate::stored::provider_file::load;

    fn acme(more: &str) -> Provider {
        let text = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n";
        load("acme", &format!("{text}{more}\n")).expect("a provider")
    }

    /// A login with the client `id`, in the second `obtained`.
    fn stored(name: &str, id: &str, secret: Option<&str>, obtained: i64) -> Profile {
        let mut profile = profile(name);
        profile.client_id = Some(id.to_owned());
        profile.login.client_secret = secret.map(Secret::new);
        profile.login.origins = vec!["https://a.test".to_owned()];
        profile.life.obtained_at = Some(at(obtained));
        profile
    }

    /// What a new login is asked after its name, with the client that it takes over.
    fn begun(
        provider: &Provider,
        profiles: &[Profile],
    ) -> (Vec<PreflightQuestion>, Option<String>, Option<Secret>) {
        let rows = profiles.iter().cloned().map(|profile| Row::Profile(Arc::new(profile)));
        let mut preflight = Preflight::new(provider, PreflightGoal::Login);
        preflight.name("second", &snapshot(rows.collect())).expect("a name");
        let asked = preflight.open_questions().collect();
        (asked, preflight.client().map(str::to_owned), preflight.client_secret)
    }

    #[test]
    fn a_second_account_takes_the_client_of_the_first_and_nothing_is_asked() {
        let provider = acme("client: { authentication: post }");
        let first = stored("acme/first", "c1", Some("s1"), 1);
        let known = (Vec::new(), Some("c1".to_owned()), Some(Secret::new("s1")));
        assert_eq!(begun(&provider, std::slice::from_ref(&first)), known);
        let later = stored("acme/later", "c2", Some("s2"), 2);
        let bare = stored("acme/bare", "c3", None, 3);
        let both = (Vec::new(), Some("c2".to_owned()), Some(Secret::new("s2")));
        assert_eq!(begun(&provider, &[first.clone(), later.clone(), bare.clone()]), both);
        let secret = (vec![PreflightQuestion::ClientSecret], Some("c3".to_owned()), None);
        assert_eq!(begun(&provider, &[bare]), secret);
        // The file's own client counts more than that of any profile.
        let own = acme("client: { id: c1, authentication: post }");
        assert_eq!(begun(&own, &[first, later]), known);
        let public = (Vec::new(), Some("c1".to_owned()), None);
        assert_eq!(begun(&acme(""), &[stored("acme/first", "c1", None, 1)]), public);
    }

    #[test]
    fn a_client_of_other_servers_or_of_another_issuer_is_not_taken_over() {
        let provider = acme("client: { authentication: post }\nissuer: 'https://a.test'");
        let first = stored("acme/first", "c1", Some("s1"), 1);
        let origins = |origins: &[&str]| {
            let origins = origins.iter().map(|origin| (*origin).to_owned()).collect();
            first.clone().with_login(|login| login.origins = origins)
        };
        let issuer = |issuer: &str| first.clone().with_login(|login| login.issuer = Some(issuer.to_owned()));
        for (profile, is_taken) in [
            (first.clone(), true),
            (issuer("https://a.test"), true),
            (issuer("https://b.test"), false),
            (origins(&["https://b.test"]), false),
            (origins(&[]), false),
            (stored("other/first", "c1", Some("s1"), 1), false),
            (Profile { kind: Kind::ApiKey, ..first.clone() }, false),
            (Profile { client_id: None, ..first.clone() }, false),
        ] {
            let (asked, id, secret) = begun(&provider, std::slice::from_ref(&profile));
            assert_eq!(
                (asked.is_empty(), id.is_some(), secret.is_some()),
                (is_taken, is_taken, is_taken),
                "{profile:?}"
            );
        }
    }

    #[test]
    fn another_client_id_leaves_the_secret_of_the_first_one_behind() {
        let provider = acme("client: { authentication: post }");
        let rows = vec![Row::Profile(Arc::new(stored("acme/first", "c1", Some("s1"), 1)))];
        let mut preflight = Preflight::new(&provider, PreflightGoal::Login);
        preflight.name("second", &snapshot(rows)).expect("a name");
        preflight.client_id("c2").expect("an id");
        assert_eq!(preflight.next(), Some(PreflightQuestion::ClientSecret));
    }
}
