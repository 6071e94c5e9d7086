//! Git hosts: where git may send a token of a provider as a password.

use url::Url;

use crate::domain::provider::endpoint;

/// The user name that most servers take beside a token.
pub const USUAL_USER: &str = "oauth2";

/// The servers whose repositories a token opens, and the user name beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitAccess {
    /// Hosts in small letters, with a port where it is not the usual one.
    pub hosts: Vec<String>,
    pub username: String,
}

impl GitAccess {
    /// Whether a token may go to `host`, as git names it, by `protocol`: exactly a host that is named, over
    /// `https`, or over `http` on this machine.
    #[must_use]
    pub fn serves(&self, protocol: &str, host: &str) -> bool {
        let is_private = match protocol {
            "https" => true,
            "http" => is_loopback(host),
            _ => false,
        };
        is_private && self.hosts.iter().any(|known| known.eq_ignore_ascii_case(host))
    }

    /// The hosts as addresses.
    pub fn addresses(&self) -> impl Iterator<Item = String> {
        self.hosts.iter().map(|host| match is_loopback(host) {
            true => format!("http://{host}"),
            false => format!("https://{host}"),
        })
    }
}

/// Whether `text` is a host as `hosts` has it.
#[must_use]
pub fn is_host(text: &str) -> bool {
    let address = format!("https://{text}/");
    Url::parse(&address)
        .is_ok_and(|url| url.as_str() == address && url.path() == "/" && url.username().is_empty())
}

fn is_loopback(host: &str) -> bool {
    Url::parse(&format!("http://{host}/")).is_ok_and(|url| endpoint::is_loopback(&url))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn access() -> GitAccess {
        let hosts = ["git.acme.test", "git.acme.test:8443", "127.0.0.1:3000", "[::1]:3000"];
        GitAccess { hosts: hosts.map(str::to_owned).to_vec(), username: USUAL_USER.to_owned() }
    }

    #[test]
    fn a_token_goes_to_the_named_hosts_alone_and_in_clear_only_on_this_machine() {
        for (protocol, host) in [
            ("https", "git.acme.test"),
            ("https", "GIT.acme.test"),
            ("https", "git.acme.test:8443"),
            ("http", "127.0.0.1:3000"),
            ("http", "[::1]:3000"),
        ] {
            assert!(access().serves(protocol, host), "{protocol} {host}");
        }
        for (protocol, host) in [
            ("http", "git.acme.test"),
            ("HTTPS", "git.acme.test"),
            ("ssh", "git.acme.test"),
            ("", "git.acme.test"),
            ("https", ""),
            ("https", "git.acme.test:443"),
            ("https", "git.acme.test:80"),
            ("https", "git.acme.test."),
            ("https", "git.acme.test.evil.test"),
            ("https", "evil-git.acme.test"),
            ("https", "acme.test"),
            ("https", "git.acme.test/"),
            ("https", "git.acme.test@evil.test"),
            ("https", "ana@git.acme.test"),
            ("https", "git.acme%2etest"),
            ("http", "localhost:3000"),
            ("http", "127.0.0.1"),
        ] {
            assert!(!access().serves(protocol, host), "{protocol} {host}");
        }
    }

    #[test]
    fn a_host_is_written_as_git_names_it() {
        for host in ["git.acme.test", "git.acme.test:8443", "127.0.0.1:3000", "[::1]:3000", "localhost"] {
            assert!(is_host(host), "{host}");
        }
        for host in [
            "",
            "Git.acme.test",
            "https://git.acme.test",
            "git.acme.test/",
            "git.acme.test:443",
            "a@b.test",
            "a b",
            "a\n",
        ] {
            assert!(!is_host(host), "{host}");
        }
    }
}
