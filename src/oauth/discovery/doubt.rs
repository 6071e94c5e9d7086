//! Doubtful addresses: those that a server names and a person should see before anything is sent there.

use std::fmt;

use url::Url;

use crate::domain::provider::endpoint;
use crate::domain::text;

/// The longest host that is shown, in characters.
const HOST_LIMIT: usize = 80;

/// An address that needs a yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DoubtfulAddress {
    /// What is there: `the token endpoint`.
    what: &'static str,
    url: Url,
    doubt: Doubt,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Doubt {
    /// It lies on this machine or in a private network.
    Private,
    /// It lies at another origin than the server that names it.
    OtherOrigin(String),
}

impl DoubtfulAddress {
    /// The doubt about `url`, which was named while `address`, which the person typed, was asked.
    pub(super) fn of_private(what: &'static str, url: &Url, address: &Url) -> Option<Self> {
        let is_typed = url.host() == address.host() || (is_here(url) && is_here(address));
        let doubtful = !is_typed && endpoint::is_private(url);
        doubtful.then(|| Self { what, url: url.clone(), doubt: Doubt::Private })
    }

    /// The doubt about an endpoint `url` of `issuer`.
    #[must_use]
    pub fn of_endpoint(what: &'static str, url: &Url, issuer: Option<&Url>, address: &Url) -> Option<Self> {
        let elsewhere = || {
            let issuer = issuer.filter(|issuer| issuer.origin() != url.origin())?;
            let doubt = Doubt::OtherOrigin(host(issuer));
            Some(Self { what, url: url.clone(), doubt })
        };
        Self::of_private(what, url, address).or_else(elsewhere)
    }
}

impl fmt::Display for DoubtfulAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (what, at) = (self.what, host(&self.url));
        match &self.doubt {
            Doubt::Private => write!(f, "{what} is at {at}, on this machine or in a private network"),
            Doubt::OtherOrigin(issuer) => write!(f, "{what} is at {at}, and not at {issuer}"),
        }
    }
}

/// Host and port of `url`, as people read it.
pub(super) fn host(url: &Url) -> String {
    let host = url.host_str().unwrap_or_default();
    let host = url.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"));
    text::clean(&host, HOST_LIMIT)
}

fn is_here(url: &Url) -> bool {
    endpoint::is_loopback(url)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn url(text: &str) -> Url {
        Url::parse(text).expect(text)
    }

    #[test]
    fn what_lies_in_a_private_network_needs_a_yes_unless_it_was_typed() {
        for (address, named, doubtful) in [
            ("https://a.test/mcp", "https://id.b.test/", false),
            ("https://a.test/mcp", "https://169.254.169.254/", true),
            ("https://a.test/mcp", "https://10.0.0.7/", true),
            ("https://a.test/mcp", "https://172.16.0.1/", true),
            ("https://a.test/mcp", "https://192.168.1.1/", true),
            ("https://a.test/mcp", "https://100.64.0.1/", true),
            ("https://a.test/mcp", "https://0.0.0.0/", true),
            ("https://a.test/mcp", "http://127.0.0.1:8080/", true),
            ("https://a.test/mcp", "http://localhost:8080/", true),
            ("https://a.test/mcp", "https://[fd00::1]/", true),
            ("https://a.test/mcp", "https://[::ffff:10.0.0.7]/", true),
            ("https://a.test/mcp", "https://[fe80::1]/", true),
            ("https://a.test/mcp", "https://metadata.google.internal/", true),
            ("https://a.test/mcp", "https://intranet/", true),
            ("https://a.test/mcp", "https://8.8.8.8/", false),
            ("https://a.test/mcp", "https://172.32.0.1/", false),
            ("https://10.0.0.7/mcp", "https://10.0.0.7:8443/", false),
            ("https://10.0.0.7/mcp", "https://10.0.0.8/", true),
            ("http://localhost:1/mcp", "http://127.0.0.1:2/", false),
        ] {
            let doubt = DoubtfulAddress::of_private("the token endpoint", &url(named), &url(address));
            assert_eq!(doubt.is_some(), doubtful, "{address} {named}");
        }
    }

    #[test]
    fn an_endpoint_at_another_origin_than_its_issuer_is_named_by_both_hosts() {
        let (address, issuer) = (url("https://a.test/mcp"), url("https://id.test/t"));
        let doubt = |endpoint: &str| {
            let doubt =
                DoubtfulAddress::of_endpoint("the token endpoint", &url(endpoint), Some(&issuer), &address);
            doubt.map(|doubt| doubt.to_string())
        };
        assert_eq!(doubt("https://id.test/token"), None);
        assert_eq!(
            doubt("https://id.test:8443/token").as_deref(),
            Some("the token endpoint is at id.test:8443, and not at id.test")
        );
        assert_eq!(
            doubt("https://10.1.1.1/token").as_deref(),
            Some("the token endpoint is at 10.1.1.1, on this machine or in a private network")
        );
    }
}
