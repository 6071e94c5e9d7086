//! The one rule for addresses that secrets may go to.

use std::fmt;

use url::{Host, Url};

use crate::domain::text;

/// Reads an address that secrets may go to: `https`, or `http` on loopback; no user, no
/// password, no fragment (RFC 6749 §3.1, §3.2).
///
/// # Errors
/// A [`BadEndpoint`] that names the address and the rule.
pub fn parse(written: &str) -> Result<Url, BadEndpoint> {
    let bad = |rule| BadEndpoint { written: text::clean(written, 80), rule };
    if written.chars().any(|char| char.is_whitespace() || text::is_hostile(char)) {
        return Err(bad("no spaces and no control characters"));
    }
    let url =
        Url::parse(written).map_err(|_| bad("an absolute address such as https://id.example.org/token"))?;
    if !url.username().is_empty() || url.password().is_some() {
        // The password is not shown.
        let host = url.host_str().unwrap_or_default();
        let written = text::clean(&format!("{}://…@{host}{}", url.scheme(), url.path()), 80);
        return Err(BadEndpoint { written, rule: "no user name and no password in it" });
    }
    if !is_safe(&url) {
        return Err(bad("https, or http on 127.0.0.1, [::1] or localhost"));
    }
    if url.fragment().is_some() {
        return Err(bad("no fragment (the part after #)"));
    }
    Ok(url)
}

/// Whether nobody on the network can read or change what goes to `url`.
#[must_use]
pub fn is_safe(url: &Url) -> bool {
    match url.scheme() {
        "https" => url.host().is_some(),
        "http" => is_loopback(url),
        _ => false,
    }
}

/// Whether `url` points at this machine.
#[must_use]
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => ip.is_loopback(),
        Some(Host::Ipv6(ip)) => ip.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEndpoint {
    written: String,
    rule: &'static str,
}

impl fmt::Display for BadEndpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot use the address “{}”: it must have {}", self.written, self.rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_addresses_nobody_can_listen_to_are_taken() {
        for fine in [
            "https://id.example.org/token?tenant=1",
            "http://127.0.0.1:9400/token",
            "http://localhost/token",
            "http://[::1]:1/t",
        ] {
            assert!(parse(fine).is_ok(), "{fine}");
        }
        for bad in [
            "http://id.example.org/token",
            "http://127.0.0.1.evil.test/token",
            "http://localhost.evil.test/",
            "https://user@id.example.org/",
            "https://u:p@id.example.org/",
            "https://id.example.org/#x",
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "token",
            "",
            "https:// id.example.org",
            "https://id.example.org/\n",
        ] {
            assert!(parse(bad).is_err(), "{bad}");
        }
    }
}
