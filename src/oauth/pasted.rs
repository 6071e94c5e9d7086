//! An answer that a person carried over by hand.
//!
//! Where no browser can reach the listener, people paste what they have: the whole address the
//! browser ended at, its query, `code#state` as some providers show it, or the code alone. All
//! but the last pass the very checks of the callback. A code alone cannot be checked, so it is
//! marked [`Proof::None`] and whoever shows the login says so.

mod error;

use url::Url;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text;
use crate::oauth::callback::{Answer, Expected, Refused, prove};
use crate::oauth::query::Query;

pub use error::PasteError;

/// The longest paste that is read, in bytes: as much as the listener takes.
const LONGEST: usize = 16 * 1024;
/// The longest part of a foreign address that is shown, in characters.
const SHOWN: usize = 80;

/// The redirect URIs of one login, exactly as its authorization URLs say them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Redirects {
    /// Our own listener.
    pub loopback: Option<Url>,
    /// The provider's page that shows the code.
    pub paste: Option<Url>,
}

/// An answer, and the redirect URI its code belongs to (RFC 6749 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// What the provider said.
    pub answer: Answer,
    /// What the token request must say as `redirect_uri`.
    pub redirect: Url,
    /// What shows that it is ours.
    pub proven: Proof,
}

/// What shows that an answer is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// Its state is the one we sent.
    State,
    /// Nothing: a code alone, or an address of a provider that returns no state.
    None,
}

impl Redirects {
    /// The redirect that `address` begins with.
    fn of(&self, address: &Url) -> Option<&Url> {
        self.both().find(|redirect| page(redirect) == page(address))
    }

    /// `text` with its scheme, where it is a redirect that a browser showed without one.
    fn completed(&self, text: &str) -> Option<Zeroizing<String>> {
        self.both().find_map(|redirect| {
            let redirect = page(redirect);
            let (scheme, shown) = redirect.as_str().split_once("://")?;
            let rest = text.strip_prefix(shown)?;
            rest.starts_with('?').then(|| Zeroizing::new(format!("{scheme}://{text}")))
        })
    }

    fn both(&self) -> impl Iterator<Item = &Url> {
        self.loopback.iter().chain(&self.paste)
    }
}

/// Reads what a person pasted as the answer that is `expected`.
///
/// An address uses the redirect it begins with. A query alone was cut from an address, so it
/// uses the loopback redirect if there is one; `code#state` and a code alone come from the
/// provider's page and use the paste redirect if there is one.
///
/// # Errors
/// A [`PasteError`] that says what was pasted instead.
pub fn read(text: &Secret, expected: &Expected, redirects: &Redirects) -> Result<Pasted, PasteError> {
    if text.expose().len() > LONGEST {
        return Err(PasteError::TooLong);
    }
    let text = joined(text)?;
    let proven = |query: &Query, redirect: &Url| {
        let answer = prove(query, expected)?;
        let proven = if query.has_value("state") { Proof::State } else { Proof::None };
        Ok(Pasted { answer, redirect: redirect.clone(), proven })
    };
    if let Some(address) = address(&text, redirects) {
        let address = Url::parse(&address).map_err(|_| PasteError::Unreadable)?;
        let Some(redirect) = redirects.of(&address) else {
            return Err(foreign(&address, redirects));
        };
        return proven(&Query::read(address.query().unwrap_or_default())?, redirect);
    }
    let query = text.strip_prefix('?').unwrap_or(&text);
    if is_query(query) {
        let query = Query::read(query)?;
        if is_own_link(&query) {
            return Err(PasteError::OwnLink);
        }
        return proven(&query, redirects.both().next().ok_or(PasteError::NoRedirect)?);
    }
    let redirect = redirects.paste.as_ref().or(redirects.loopback.as_ref()).ok_or(PasteError::NoRedirect)?;
    bare(&text, expected, redirect)
}

/// `code#state`, or the code alone.
fn bare(text: &str, expected: &Expected, redirect: &Url) -> Result<Pasted, PasteError> {
    // A code is printable ASCII (RFC 6749 appendix A.11).
    if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
        return Err(PasteError::Unreadable);
    }
    let (code, proven) = match text.rsplit_once('#') {
        Some((_, "")) => return Err(Refused::NoState.into()),
        Some((_, theirs)) if Secret::new(theirs) != expected.state => {
            return Err(Refused::ForeignState.into());
        }
        Some((code, _)) => (code, Proof::State),
        None => (text, Proof::None),
    };
    if code.is_empty() {
        return Err(Refused::NoCode.into());
    }
    let answer = Answer::Code { code: Secret::new(code), issuer: None };
    Ok(Pasted { answer, redirect: redirect.clone(), proven })
}

/// The text on one line, as it was before a terminal wrapped it.
fn joined(text: &Secret) -> Result<Zeroizing<String>, PasteError> {
    let mut joined = Zeroizing::new(String::with_capacity(text.expose().len()));
    joined.extend(text.expose().chars().filter(|char| !char.is_whitespace()));
    if joined.is_empty() {
        return Err(PasteError::Empty);
    }
    if joined.chars().any(text::is_hostile) {
        return Err(PasteError::Unreadable);
    }
    Ok(joined)
}

/// The text as an address, if it is one: `scheme://…`, or a redirect without its scheme.
fn address(text: &str, redirects: &Redirects) -> Option<Zeroizing<String>> {
    let (scheme, _) = text.split_once("://").unwrap_or_default();
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    if is_scheme(scheme) { Some(Zeroizing::new(text.to_owned())) } else { redirects.completed(text) }
}

/// What to say of an address that is no redirect of ours.
fn foreign(address: &Url, redirects: &Redirects) -> PasteError {
    let query = Query::read(address.query().unwrap_or_default());
    let host = text::clean(address.host_str().unwrap_or("another program"), SHOWN);
    let is_local = matches!(address.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if query.as_ref().is_ok_and(is_own_link) || is_local && address.path().starts_with("/go/") {
        return PasteError::OwnLink;
    }
    if query.is_ok_and(|query| query.has("error")) || address.path().contains("error") {
        return PasteError::ErrorPage { host };
    }
    let expected: Vec<String> = redirects.both().map(|redirect| page(redirect).into()).collect();
    if expected.is_empty() {
        return PasteError::NoRedirect;
    }
    PasteError::OtherPage { host, expected: text::clean(&expected.join(" or "), 3 * SHOWN) }
}

/// Whether these are the parameters of an authorization request (RFC 6749 §4.1.1, RFC 9126 §4).
fn is_own_link(query: &Query) -> bool {
    query.has("response_type")
        || query.has("client_id") && (query.has("redirect_uri") || query.has("request_uri"))
}

fn is_query(text: &str) -> bool {
    let names = ["code=", "state=", "error=", "response_type=", "client_id="];
    text.split('&').any(|pair| names.iter().any(|name| pair.starts_with(name)))
}

/// `url` without query and fragment.
pub(super) fn page(url: &Url) -> Url {
    let mut page = url.clone();
    page.set_query(None);
    page.set_fragment(None);
    page
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::oauth::callback::Echo;
    use crate::oauth::query::Unfit;

    const LOOPBACK: &str = "http://localhost:8765/callback";
    const PASTE: &str = "https://as.test/oauth/code/callback";

    #[test]
    fn an_answer_is_read_in_every_form_people_have_it_in() {
        use Proof::{None as Nothing, State};
        for (text, code, redirect, proven) in [
            ("http://localhost:8765/callback?code=a%2Fb&state=5tate", "a/b", LOOPBACK, State),
            ("  http://localhost:8765/callback?code=c0de&st\r\n   ate=5tate\n", "c0de", LOOPBACK, State),
            ("localhost:8765/callback?code=c0de&state=5tate", "c0de", LOOPBACK, State),
            ("https://as.test/oauth/code/callback?code=c0de&state=5tate#x", "c0de", PASTE, State),
            ("HTTPS://AS.test:443/oauth/code/callback?code=c0de&state=5tate", "c0de", PASTE, State),
            ("?code=c0de&state=5tate", "c0de", LOOPBACK, State),
            ("state=5tate&code=c0de&iss=https://as.test", "c0de", LOOPBACK, State),
            ("c0de#5tate", "c0de", PASTE, State),
            ("c0\n  de#5ta\nte\n", "c0de", PASTE, State),
            ("c0de==", "c0de==", PASTE, Nothing),
            (" 4/0Aa%2F+~_\n", "4/0Aa%2F+~_", PASTE, Nothing),
        ] {
            let pasted = read_one(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let Answer::Code { code: read, .. } = pasted.answer else { panic!("{text} is no code") };
            assert_eq!(
                (read.expose(), pasted.redirect.as_str(), pasted.proven),
                (code, redirect, proven),
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_without_state_is_read_and_unproven_where_the_provider_returns_none() {
        let read = |text: &str| read(&Secret::new(text), &expected(Echo::Waived), &redirects());
        for (text, proven) in [
            ("http://localhost:8765/callback?code=c0de", Proof::None),
            ("?code=c0de&state=", Proof::None),
            ("http://localhost:8765/callback?code=c0de&state=5tate", Proof::State),
            ("c0de", Proof::None),
            ("c0de#5tate", Proof::State),
        ] {
            assert_eq!(read(text).map(|pasted| pasted.proven), Ok(proven), "{text}");
        }
        for text in ["http://localhost:8765/callback?code=c0de&state=other", "c0de#other"] {
            assert_eq!(read(text), Err(Refused::ForeignState.into()), "{text}");
        }
        assert!(matches!(read("http://localhost:9/callback?code=c0de"), Err(PasteError::OtherPage { .. })));
    }

    #[test]
    fn a_pasted_refusal_counts_only_with_our_state() {
        let text = "http://localhost:8765/callback?error=access_denied&error_description=no&state=5tate";
        let denied = Answer::Denied { error: "access_denied".to_owned(), description: Some("no".to_owned()) };
        assert_eq!(read_one(text).map(|pasted| pasted.answer), Ok(denied));
        assert_eq!(read_one("?error=access_denied"), Err(PasteError::Refused(Refused::NoState)));
    }

    #[test]
    fn what_is_no_answer_is_named_for_what_it_is() {
        let other = |host: &str| PasteError::OtherPage {
            host: host.to_owned(),
            expected: format!("{LOOPBACK} or {PASTE}"),
        };
        let error_page = |host: &str| PasteError::ErrorPage { host: host.to_owned() };
        for (text, error) in [
            ("", PasteError::Empty),
            (" \r\n\t", PasteError::Empty),
            (&*"x".repeat(LONGEST + 1), PasteError::TooLong),
            ("c0de\x1b[201~", PasteError::Unreadable),
            ("c\u{200b}0de", PasteError::Unreadable),
            ("cödé", PasteError::Unreadable),
            ("http://", PasteError::Unreadable),
            (
                "https://as.test/authorize?code=true&client_id=i&response_type=code&state=5tate",
                PasteError::OwnLink,
            ),
            ("https://as.test/authorize?client_id=i&request_uri=urn:x", PasteError::OwnLink),
            ("code=true&client_id=i&redirect_uri=x&state=5tate", PasteError::OwnLink),
            ("http://127.0.0.1:8765/go/0123456789abcdef", PasteError::OwnLink),
            ("https://as.test/oauth?error=redirect_uri_mismatch", error_page("as.test")),
            ("https://as.test/signin/oauth/error?client_id=i", error_page("as.test")),
            ("https://as.test/login", other("as.test")),
            ("http://localhost:9999/callback?code=c0de&state=5tate", other("localhost")),
            ("https://localhost:8765/callback?code=c0de&state=5tate", other("localhost")),
            ("about://blank", other("blank")),
            ("http://localhost:8765/callback?code=c0de", Refused::NoState.into()),
            ("?code=c0de&state=other", Refused::ForeignState.into()),
            ("?code=c0de&state=5tate&iss=https://evil.test", Refused::ForeignIssuer.into()),
            ("http://localhost:8765/callback?state=5tate", Refused::NoCode.into()),
            ("code=a&code=b&state=5tate", Unfit::Doubled("code").into()),
            ("code=a%0Ab&state=5tate", Unfit::Damaged.into()),
            ("c0de#other", Refused::ForeignState.into()),
            ("c0de#", Refused::NoState.into()),
            ("#5tate", Refused::NoCode.into()),
        ] {
            assert_eq!(read_one(text), Err(error), "{text}");
        }
    }

    #[test]
    fn the_only_redirect_there_is_takes_every_form() {
        let loopback = Redirects { paste: None, ..redirects() };
        let paste = Redirects { loopback: None, ..redirects() };
        for text in ["c0de", "c0de#5tate", "code=c0de&state=5tate"] {
            assert_eq!(
                read_with(text, &loopback).map(|pasted| pasted.redirect.into()),
                Ok(LOOPBACK.to_owned())
            );
            assert_eq!(read_with(text, &paste).map(|pasted| pasted.redirect.into()), Ok(PASTE.to_owned()));
            let none = Redirects { loopback: None, paste: None };
            assert_eq!(read_with(text, &none), Err(PasteError::NoRedirect));
        }
    }

    #[test]
    fn a_refusal_reads_as_what_is_wrong_and_what_to_paste() {
        for (text, sentence) in [
            (
                "c0de#other",
                "cannot use the paste: it answers another login: its state is not ours; \
              paste the answer to the link of this login",
            ),
            (
                "https://as.test/login",
                "that is a page of as.test: paste the address that begins with \
              http://localhost:8765/callback or https://as.test/oauth/code/callback",
            ),
        ] {
            assert_eq!(read_one(text).expect_err("a refusal").to_string(), sentence);
        }
    }

    fn read_one(text: &str) -> Result<Pasted, PasteError> {
        read_with(text, &redirects())
    }

    fn read_with(text: &str, redirects: &Redirects) -> Result<Pasted, PasteError> {
        read(&Secret::new(text), &expected(Echo::Demanded), redirects)
    }

    fn expected(echo: Echo) -> Expected {
        Expected { state: Secret::new("5tate"), echo, issuer: Some("https://as.test".to_owned()) }
    }

    fn redirects() -> Redirects {
        let url = |text| Url::parse(text).expect("a URL");
        Redirects { loopback: Some(url(LOOPBACK)), paste: Some(url(PASTE)) }
    }
}
