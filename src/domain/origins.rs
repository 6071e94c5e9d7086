//! Origins: the servers that a profile's secrets may go to.
//!
//! A provider file says where tokens go, and it may be changed. The servers that it named at the
//! login are stored with the profile, and its secrets go to no other: logging in again is the yes
//! to another one. An entry that holds none, of another program say, learns them at its next refresh.

use std::fmt;

use url::Url;

use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::endpoint;
use crate::domain::provider::request_template::RequestTemplate;
use crate::domain::text;

/// The longest text of servers that is shown, in characters.
const TEXT_LIMIT: usize = 200;

/// A server that a profile's login did not agree to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherOrigin {
    agreed: String,
    named: String,
}

impl fmt::Display for OtherOrigin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { agreed, named } = self;
        write!(f, "the provider file now names {named}, but the login was made with {agreed}")
    }
}

impl Provider {
    /// The servers that its requests carry secrets to, as origins (`https://id.example.org`).
    #[must_use]
    pub fn origins(&self) -> Vec<String> {
        let mut origins: Vec<String> = self.secret_calls().filter_map(origin).collect();
        origins.sort();
        origins.dedup();
        origins
    }

    /// The hosts of a discovered server whose names are public, other than the one that the person typed: what
    /// they lead to must be public too.
    pub fn public_hosts(&self) -> impl Iterator<Item = String> {
        let source = self.discovered.as_ref().filter(|source| !source.private_network);
        let origins = source.map(|_| self.origins()).unwrap_or_default();
        let urls = origins.into_iter().filter_map(|origin| Url::parse(&origin).ok());
        let is_doubted = move |url: &Url| {
            !endpoint::is_private(url) && source.is_some_and(|source| source.from.host() != url.host())
        };
        urls.filter(is_doubted).filter_map(|url| url.domain().map(str::to_owned))
    }

    fn secret_calls(&self) -> impl Iterator<Item = &RequestTemplate> {
        let device = self.device.iter().flat_map(|device| [&device.authorize, &device.poll]);
        let probe = self.probe.iter().map(|probe| &probe.call);
        let tokens = self.exchange.iter().chain(&self.refresh).chain(&self.revoke);
        tokens.chain(device).chain(probe).chain(&self.userinfo)
    }
}

impl Profile {
    /// Whether its secrets may go where `call` leads.
    ///
    /// # Errors
    /// [`OtherOrigin`] when that is a server that the login did not agree to.
    pub fn agrees_to(&self, call: &RequestTemplate) -> Result<(), OtherOrigin> {
        if self.login.origins.is_empty() || self.login.origins.iter().any(|agreed| begins_with(call, agreed))
        {
            return Ok(());
        }
        match origin(call) {
            Some(named) if !self.login.origins.contains(&named) => {
                let agreed = text::clean(&self.login.origins.join(", "), TEXT_LIMIT);
                Err(OtherOrigin { agreed, named: text::clean(&named, TEXT_LIMIT) })
            }
            Some(_) | None => Ok(()),
        }
    }

    /// Whether its secrets may go to every server of `provider`.
    ///
    /// # Errors
    /// The first [`OtherOrigin`].
    pub fn agrees_to_all(&self, provider: &Provider) -> Result<(), OtherOrigin> {
        provider.secret_calls().try_for_each(|call| self.agrees_to(call))
    }
}

/// Whether the address of `call` is seen to lead to `origin` without being taken apart.
fn begins_with(call: &RequestTemplate, origin: &str) -> bool {
    let rest = call.url.texts().next().and_then(|url| url.strip_prefix(origin));
    rest.is_some_and(|rest| rest.starts_with('/'))
}

/// The server that `call` leads to: no placeholder stands in or before the host of an address.
fn origin(call: &RequestTemplate) -> Option<String> {
    let address = Url::parse(call.url.texts().next()?).ok()?;
    Some(address.origin().ascii_serialization())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::empty_profile;

    use crate::domain::profile::Kind;
    use crate::stored::provider_file::load;

    const ACME: &str = "name: acme
endpoints: { authorize: 'https://page.test/a', token: 'https://id.test/t', revoke: 'https://id.test/r' }
probe: { get: 'https://api.test:8443/me' }
";

    fn acme(text: &str) -> Provider {
        load("acme", text).unwrap_or_else(|fault| panic!("{fault:?}"))
    }

    fn profile(origins: Vec<String>) -> Profile {
        empty_profile("acme/ana", Kind::OAuth).with_login(|login| login.origins = origins)
    }

    #[test]
    fn secrets_go_only_to_the_servers_that_the_login_was_made_with() {
        let before = acme(ACME);
        assert_eq!(before.origins(), ["https://api.test:8443", "https://id.test"]);
        let profile = profile(before.origins());
        for (change, fine) in [
            (("id.test/t", "id.test/other/{client_id}"), true),
            (("https://page.test", "https://other.test"), true),
            (("id.test/t", "ID.test:443/t"), true),
            (("id.test/t", "evil.test/t"), false),
            (("id.test/t", "id.test.evil.test/t"), false),
            (("id.test/t", "id.test:444/t"), false),
            (("https://id.test/t", "http://127.0.0.1/t"), false),
            (("id.test/r", "evil.test/r"), false),
            (("api.test:8443", "api.test"), false),
        ] {
            let mut text = ACME.replacen(change.0, change.1, 1);
            if change.1.contains('{') {
                text = format!(
                    "{ACME}calls: {{ refresh: {{ post: 'https://{}', form: {{ a: '{{refresh}}' }} }} }}\n",
                    change.1
                );
            }
            assert_eq!(profile.agrees_to_all(&acme(&text)).is_ok(), fine, "{change:?}");
        }
        let calls =
            "calls: { refresh: { post: 'https://evil.test/{client_id}', form: { a: '{refresh}' } } }\n";
        let said = profile.agrees_to_all(&acme(&format!("{ACME}{calls}"))).expect_err("another server");
        let words = "the provider file now names https://evil.test, but the login was made with \
                     https://api.test:8443, https://id.test";
        assert_eq!(said.to_string(), words);
    }

    #[test]
    fn a_login_on_this_machine_is_bound_to_its_port_and_one_without_servers_to_nothing() {
        let local = |port| acme(&ACME.replace("https://id.test/", &format!("http://127.0.0.1:{port}/")));
        let profile_of = |provider: &Provider| profile(provider.origins());
        assert!(profile_of(&local(4000)).agrees_to_all(&local(4000)).is_ok());
        assert!(profile_of(&local(4000)).agrees_to_all(&local(4001)).is_err());
        assert!(profile(Vec::new()).agrees_to_all(&local(4001)).is_ok());
    }
}
