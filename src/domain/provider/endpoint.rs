//! Endpoints: the one rule for addresses that secrets may go to.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use url::{Host, Url};

use crate::domain::text;

/// Said of what is no address.
const FULL: &str = "enter a full address such as https://id.example.org/oauth";

/// Reads an address that secrets may go to: `https`, or `http` on loopback; no user, no
/// password, no fragment (RFC 6749 §3.1, §3.2).
///
/// # Errors
/// A [`EndpointError`] that names the address and the rule.
pub fn parse(written: &str) -> Result<Url, EndpointError> {
    let url = page(written)?;
    if url.fragment().is_some() {
        let written = text::clean(&harmless(written), 80);
        return Err(EndpointError { written, rule: "leave out the fragment (the part after #)" });
    }
    Ok(url)
}

/// Reads an address that a person types: as [`parse`], and its host has a dot, is a number, or is this
/// computer. A word that was meant for another field is none.
///
/// # Errors
/// A [`EndpointError`] that names the address and the rule.
pub fn whole(written: &str) -> Result<Url, EndpointError> {
    let url = parse(written)?;
    let is_whole = match url.host() {
        Some(Host::Domain(name)) => {
            is_loopback(&url)
                || name.split_once('.').is_some_and(|(name, rest)| !name.is_empty() && rest.len() > 1)
        }
        Some(Host::Ipv4(_) | Host::Ipv6(_)) => true,
        None => false,
    };
    if is_whole {
        Ok(url)
    } else {
        Err(EndpointError { written: text::clean(&harmless(written), 80), rule: FULL })
    }
}

/// Reads an address as a person types it, with or without its scheme: `mcp.acme.test/mcp` is taken as
/// `https`, `localhost:4000` as `http`. Nothing where it looks like no address, as `demo/ana` does.
///
/// # Errors
/// A [`EndpointError`] when it looks like an address that cannot be used.
pub fn typed(text: &str) -> Option<Result<Url, EndpointError>> {
    let text = text.trim();
    if text.contains("://") {
        return Some(parse(text));
    }
    let (authority, _) = text.split_once(['/', '?', '#']).unwrap_or((text, ""));
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit()) => {
            (host, Some(port))
        }
        Some(_) | None => (authority, None),
    };
    let local = Url::parse(&format!("http://{authority}")).ok().filter(is_loopback);
    let is_typed = is_bracketed(host) || is_domain(host) && (port.is_some() || host.contains('.'));
    let scheme = match local {
        Some(_) if is_typed || host == "localhost" => "http",
        None if is_typed => "https",
        Some(_) | None => return None,
    };
    Some(parse(&format!("{scheme}://{text}")))
}

/// Whether `host` is an address of IPv6, as URLs have it.
fn is_bracketed(host: &str) -> bool {
    host.starts_with('[') && host.ends_with(']')
}

/// Whether `host` may be the name of a machine or an address of IPv4. What else has dots may be a secret
/// that was typed in the wrong place, and must go to no resolver.
fn is_domain(host: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last = host.rsplit('.').next().unwrap_or(host);
    let is_last = last.starts_with("xn--")
        || (2..=24).contains(&last.len()) && last.bytes().all(|byte| byte.is_ascii_alphabetic());
    let is_name = host.split('.').all(is_label) && (is_last || !host.contains('.'));
    is_name || host.parse::<Ipv4Addr>().is_ok()
}

/// Reads an address that a browser is sent to: as [`parse`], and it may have a fragment, because pages
/// that are programs have their paths there.
///
/// # Errors
/// A [`EndpointError`] that names the address and the rule.
pub fn page(written: &str) -> Result<Url, EndpointError> {
    let bad = |rule| EndpointError { written: text::clean(&harmless(written), 80), rule };
    let is_odd = |char: char| !char.is_ascii_graphic() && (char.is_whitespace() || text::is_hostile(char));
    if written.chars().any(is_odd) {
        return Err(bad("leave out spaces and control characters"));
    }
    let url = Url::parse(written).map_err(|_| bad(FULL))?;
    if !url.username().is_empty() || url.password().is_some() {
        return Err(bad("leave out user name and password"));
    }
    if !is_safe(&url) {
        return Err(bad("use https, or http on 127.0.0.1, [::1] or localhost"));
    }
    Ok(url)
}

/// `written`, which may be no address, with `…` for the user name, the password and the query in it: some servers
/// take a key there.
fn harmless(written: &str) -> String {
    let (written, query) = written.split_once('?').map_or((written, ""), |(address, _)| (address, "?…"));
    let begin = written.find("://").map_or(0, |at| at + 3);
    match written.rsplit_once('@') {
        Some((user, host)) if user.len() >= begin => {
            format!("{}…@{host}{query}", written.get(..begin).unwrap_or_default())
        }
        Some(_) | None => format!("{written}{query}"),
    }
}

/// The schemes that no program of a person's own is behind.
const NOT_OWN: [&str; 14] = [
    "http",
    "https",
    "ws",
    "wss",
    "ftp",
    "file",
    "data",
    "blob",
    "javascript",
    "vbscript",
    "about",
    "mailto",
    "tel",
    "view-source",
];

/// Reads the address of a page that shows a code to paste. It is only named in requests and never
/// opened, so that it may also be `urn:ietf:wg:oauth:2.0:oob` or of a program's own scheme (RFC 8252 §7.1).
///
/// # Errors
/// A [`EndpointError`] that names the address and the rule.
pub fn paste(written: &str) -> Result<Url, EndpointError> {
    let (scheme, _) = written.split_once(':').unwrap_or_default();
    let is_own = !scheme.is_empty() && !NOT_OWN.iter().any(|other| scheme.eq_ignore_ascii_case(other));
    if !is_own {
        return parse(written);
    }
    let bad = |rule| EndpointError { written: text::clean(written, 80), rule };
    let is_oob =
        |address: &str| ["urn:ietf:wg:oauth:2.0:oob", "urn:ietf:wg:oauth:2.0:oob:auto"].contains(&address);
    if scheme.eq_ignore_ascii_case("urn") && !is_oob(written) {
        return Err(bad(
            "use https, urn:ietf:wg:oauth:2.0:oob, or a scheme of its own such as myapp://callback",
        ));
    }
    // It travels byte for byte as the provider knows it.
    let same = |url: &Url| url.as_str() == written && url.username().is_empty() && url.password().is_none();
    match Url::parse(written) {
        Ok(url) if same(&url) && url.query().is_none() && url.fragment().is_none() => Ok(url),
        Ok(_) | Err(_) => {
            Err(bad("leave out query, fragment and user, and write it as it is sent, in small letters"))
        }
    }
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

/// Whether `url` names this machine, or a machine of a private network.
#[must_use]
pub fn is_private(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(ip)) => is_private_address(ip.into()),
        Some(Host::Ipv6(ip)) => is_private_address(ip.into()),
        Some(Host::Domain(name)) => {
            let name = name.trim_end_matches('.');
            let endings = [".localhost", ".local", ".internal", ".lan", ".home.arpa"];
            !name.contains('.') || endings.iter().any(|ending| name.ends_with(ending))
        }
        None => true,
    }
}

/// Whether `ip` is this machine, or lies in a private network.
#[must_use]
pub fn is_private_address(ip: IpAddr) -> bool {
    match ip.to_canonical() {
        IpAddr::V4(ip) => {
            let [first, second, ..] = ip.octets();
            let is_shared = first == 100 && (64..128).contains(&second);
            ip.is_loopback() || ip.is_private() || ip.is_link_local() || first == 0 || is_shared
        }
        IpAddr::V6(ip) => {
            ip.is_loopback() || ip.is_unspecified() || ip.is_unique_local() || ip.is_unicast_link_local()
        }
    }
}

/// Why an address is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointError {
    written: String,
    rule: &'static str,
}

impl EndpointError {
    /// The rule alone, for somebody who sees the address.
    #[must_use]
    pub fn rule(&self) -> &'static str {
        self.rule
    }

    /// Whether it is no whole address.
    #[must_use]
    pub fn is_incomplete(&self) -> bool {
        self.rule == FULL
    }

    /// The address as it was written, safe to show and without a password.
    #[must_use]
    pub fn written(&self) -> &str {
        &self.written
    }
}

impl fmt::Display for EndpointError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "cannot use the address “{}”: {}", self.written, self.rule)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_or_key_is_never_repeated_whatever_else_is_wrong() {
        for written in
            ["https://ana:hush@id.test/", "https://ana:hu sh@id.test/", "ana:hush@id.test", "//ana:hush@"]
        {
            let said = parse(written).expect_err("refused").to_string();
            assert!(!said.contains("hu") && said.contains("…@"), "{said}");
        }
        for written in ["http://mcp.test/?key=hush", "https://mcp.test/?key=hush#x", "mcp.test?ana:hush@b"] {
            let said = parse(written).expect_err("refused").to_string();
            assert!(!said.contains("hush") && said.contains("?…"), "{said}");
        }
    }

    #[test]
    fn a_page_to_paste_from_may_be_out_of_band_or_of_an_own_scheme_and_nothing_that_a_browser_runs() {
        for fine in [
            "https://id.test/code",
            "http://127.0.0.1:9400/code",
            "urn:ietf:wg:oauth:2.0:oob",
            "urn:ietf:wg:oauth:2.0:oob:auto",
            "myapp://cb",
            "myapp://cb/path",
            "com.acme.app:/oauth2/callback",
        ] {
            assert_eq!(paste(fine).as_ref().map(Url::as_str), Ok(fine));
        }
        for bad in [
            "http://id.test/code",
            "urn:isbn:1",
            "javascript:alert(1)",
            "JavaScript://cb/%0aalert(1)",
            "data:text/html,x",
            "file:///etc/passwd",
            "about:blank",
            "myapp://u:p@cb",
            "myapp://cb#x",
            "myapp://cb?x=1",
            "MyApp://cb",
            "myapp://c b",
            "myapp://cb\n",
            "cb",
            "://cb",
            "",
        ] {
            assert!(paste(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_looks_like_a_host_is_an_address_and_a_word_is_not() {
        for (text, address) in [
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp"),
            (" mcp.acme.test/mcp ", "https://mcp.acme.test/mcp"),
            ("acme.test", "https://acme.test/"),
            ("acme.test?tenant=1", "https://acme.test/?tenant=1"),
            ("10.0.0.8/mcp", "https://10.0.0.8/mcp"),
            ("intranet:8443/mcp", "https://intranet:8443/mcp"),
            ("localhost:4000/mcp", "http://localhost:4000/mcp"),
            ("localhost", "http://localhost/"),
            ("127.0.0.1:8080/mcp", "http://127.0.0.1:8080/mcp"),
            ("[::1]:8080/mcp", "http://[::1]:8080/mcp"),
            ("http://127.0.0.1:4000", "http://127.0.0.1:4000/"),
        ] {
            assert_eq!(typed(text).expect(text).expect(text).as_str(), address, "{text}");
        }
        for text in ["http://acme.test/mcp", "https://ana:hush@acme.test", "acme.test/a b", "acme.test/#x"] {
            assert!(typed(text).is_some_and(|address| address.is_err()), "{text}");
        }
        for text in [
            "",
            "demo",
            "demo/ana",
            "demo/ana.b",
            "demo:ana",
            "acme.",
            ".acme",
            "./acme.yaml",
            "two words.test",
            "ana@acme.test",
            "ana:hush@acme.test",
            "sk-1.a_b",
            "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.dBjftJeZ4CVP-mB92K27uhbUJU1p1r",
        ] {
            assert_eq!(typed(text), None, "{text}");
        }
    }

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
