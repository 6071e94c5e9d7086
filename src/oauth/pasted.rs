//! Paste of an answer that a person carried over.
//!
//! Where no browser can reach the listener, people paste what they have: the whole address the
//! browser ended at, its query, `code#state` as some providers show it, or the code alone. All
//! but the last pass the very checks of the callback. A code alone cannot be checked, so it is
//! not [proven](Pasted::is_proven) and whoever shows the login says so.
//!
//! Anything around an answer is left out: quotes, a label, the rest of a line, characters that
//! nobody sees, line ends that a terminal put in. Where more than one reading is possible, the state
//! decides; a code alone is taken only if it is all there is.

mod error;

use percent_encoding::percent_decode_str;
use url::Url;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text;
use crate::oauth::callback::{AuthorizationResponse, CallbackError, ExpectedAnswer, prove};
use crate::oauth::query::Query;
use crate::oauth::redirects::{Redirects, page};

pub use error::PasteError;

/// The longest paste that is read, in bytes: as much as the listener takes.
const LONGEST: usize = 16 * 1024;
/// The longest part of a foreign address that is shown, in characters.
const SHOWN: usize = 80;
/// What people and programs put around an address or a code.
const QUOTES: [char; 12] = ['"', '\'', '`', '<', '>', '“', '”', '‘', '’', '«', '»', '„'];
/// What a sentence or a list puts behind an address.
const STOPS: [char; 4] = [',', ';', ')', ']'];
/// What Facebook puts behind every answer.
const EMPTY_FRAGMENT: &str = "#_=_";

/// An answer, and the redirect URI its code belongs to (RFC 6749 §4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pasted {
    /// What the provider said.
    pub answer: AuthorizationResponse,
    /// What the token request must say as `redirect_uri`.
    pub redirect: Url,
    /// Whether its state is the one that was sent. A code alone has none, nor has an answer of a
    /// provider that returns no state.
    pub is_proven: bool,
    /// Whether the code was decoded, as it stands in an address.
    pub decoded: bool,
}

/// Reads what a person pasted as the answer that is `expected`.
///
/// An address uses the redirect it begins with. A query alone was cut from an address, so it
/// uses the loopback redirect if there is one; `code#state` and a code alone come from the
/// provider's page and use the paste redirect if there is one.
///
/// # Errors
/// A [`PasteError`] that says what was pasted instead.
pub fn read(text: &Secret, expected: &ExpectedAnswer, redirects: &Redirects) -> Result<Pasted, PasteError> {
    if text.expose().len() > LONGEST {
        return Err(PasteError::TooLong);
    }
    let text = visible(text)?;
    let words: Vec<&str> = text.split_whitespace().collect();
    let whole = Zeroizing::new(words.concat());
    let is_whole = words.len() <= 1;
    let reading = PasteReader { expected, redirects, is_whole, is_code: true };
    let is_proven = |pasted: &Pasted| pasted.is_proven;
    // What stands behind an empty line was pasted later, and need not be the rest of what was before.
    if let Some((_, last)) = text.rsplit_once("\n\n") {
        let last = Zeroizing::new(last.split_whitespace().collect::<String>());
        if let Ok(proven) =
            reading.of(&last).and_then(|read| Some(read).filter(is_proven).ok_or(PasteError::Broken))
        {
            return Ok(proven);
        }
    }
    // A line end may have been put into a code; a blank stands behind something else.
    let is_one =
        text.lines().all(|line| line.split_whitespace().count() <= 1) && whole.matches('#').count() <= 1;
    let is_code = is_whole || is_one;
    let read = PasteReader { is_code, ..reading }.of(&whole);
    // A link that starts a login has the state too.
    if read.as_ref().is_ok_and(is_proven) || read == Err(PasteError::OwnLink) {
        return read;
    }
    let parts = words.into_iter().flat_map(|word| [Some(word), redirects.within(word)]);
    let mut proven = parts
        .chain([redirects.within(&whole)])
        .flatten()
        .filter_map(|part| reading.of(part).ok().filter(is_proven));
    proven.next().map_or(read, Ok)
}

/// The text without what nobody sees.
fn visible(text: &Secret) -> Result<Zeroizing<String>, PasteError> {
    let mut visible = Zeroizing::new(String::with_capacity(text.expose().len()));
    let is_seen = |char: &char| char.is_whitespace() || char.is_control() || !text::is_hostile(*char);
    visible.extend(text.expose().chars().filter(is_seen));
    if visible.trim().is_empty() {
        return Err(PasteError::Empty);
    }
    if visible.chars().any(|char| char.is_control() && !char.is_whitespace()) {
        return Err(PasteError::Unreadable);
    }
    Ok(visible)
}

/// How a text without white space is read.
#[derive(Clone, Copy)]
struct PasteReader<'a> {
    expected: &'a ExpectedAnswer,
    redirects: &'a Redirects,
    /// Whether the text is all that was pasted, as it was pasted.
    is_whole: bool,
    /// Whether it may be a code.
    is_code: bool,
}

impl PasteReader<'_> {
    fn of(&self, text: &str) -> Result<Pasted, PasteError> {
        let text = text.trim_matches(QUOTES).trim_end_matches(EMPTY_FRAGMENT);
        if text.is_empty() {
            return Err(PasteError::Empty);
        }
        let text = unescaped(text);
        if let Some(address) = address(&text, self.redirects) {
            let address =
                Url::parse(address.trim_end_matches(is_around)).map_err(|_| PasteError::Unreadable)?;
            let Some(redirect) = self.redirects.of(&address) else {
                return Err(foreign(&address, self.redirects));
            };
            return self.query(answer_of(&address), redirect);
        }
        if let Some((redirect, query)) = self.redirects.targeted(&text) {
            return self.query(query, redirect);
        }
        let query = text.trim_start_matches(['?', '#', '&']);
        if is_query(query) {
            let query = query.split('#').next().unwrap_or_default().trim_end_matches(is_around);
            let parameters = Query::read(query)?;
            if is_own_link(&parameters) {
                return Err(PasteError::OwnLink);
            }
            let redirect = self.redirects.both().next().ok_or(PasteError::NoRedirect)?;
            return match (self.query(query, redirect), parameters.exact("code")?) {
                // Nobody copies a code with its name, and nothing else, but on purpose.
                (Err(PasteError::Unusable(CallbackError::NoState)), Some(code))
                    if self.is_whole && !code.is_empty() && !query.contains('&') =>
                {
                    self.unproven(code.clone(), redirect)
                }
                (read, _) => read,
            };
        }
        let redirects = self.redirects;
        let redirect = redirects.paste.as_ref().or(redirects.loopback.as_ref());
        self.bare(&text, redirect.ok_or(PasteError::NoRedirect)?)
    }

    /// The parameters of an answer.
    fn query(&self, query: &str, redirect: &Url) -> Result<Pasted, PasteError> {
        let query = Query::read(query)?;
        let answer = prove(&query, self.expected)?;
        let is_proven = query.has_value("state");
        Ok(Pasted { answer, redirect: redirect.clone(), is_proven, decoded: false })
    }

    /// A code with its name, and nothing else.
    fn unproven(&self, code: Secret, redirect: &Url) -> Result<Pasted, PasteError> {
        self.expected.check_issuer(None).map_err(CallbackError::Issuer)?;
        let answer = AuthorizationResponse::Code { code, issuer: None };
        Ok(Pasted { answer, redirect: redirect.clone(), is_proven: false, decoded: false })
    }

    /// `code#state`, or the code alone.
    fn bare(&self, text: &str, redirect: &Url) -> Result<Pasted, PasteError> {
        if !self.is_code {
            return Err(PasteError::Broken);
        }
        // A code is printable ASCII (RFC 6749 appendix A.11).
        if !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            return Err(PasteError::Unreadable);
        }
        let encoded = decoded(text);
        let text = encoded.as_deref().map_or(text, String::as_str);
        let (code, is_proven) = match text.rsplit_once('#') {
            Some((_, "")) => return Err(CallbackError::NoState.into()),
            Some((code, theirs)) => {
                let state = decoded(theirs);
                let theirs = Secret::new(state.as_deref().map_or(theirs, String::as_str));
                if theirs != self.expected.state {
                    return Err(CallbackError::ForeignState.into());
                }
                (code, true)
            }
            None if self.is_whole => (text, false),
            None => return Err(PasteError::Broken),
        };
        if code.is_empty() {
            return Err(CallbackError::NoCode.into());
        }
        self.expected.check_issuer(None).map_err(CallbackError::Issuer)?;
        let plain = decoded(code);
        let answer = AuthorizationResponse::Code {
            code: Secret::new(plain.as_deref().map_or(code, String::as_str)),
            issuer: None,
        };
        let decoded = encoded.is_some() || plain.is_some();
        Ok(Pasted { answer, redirect: redirect.clone(), is_proven, decoded })
    }
}

/// Whether `char` stands around an address and is no part of it.
fn is_around(char: char) -> bool {
    QUOTES.contains(&char) || STOPS.contains(&char)
}

/// `text` as it was before a page escaped its `&`, or an address carried it as a value.
fn unescaped(text: &str) -> Zeroizing<String> {
    let head = text.get(..16).unwrap_or(text).to_ascii_lowercase();
    let is_encoded = !head.contains("://") && head.contains("%3a%2f%2f");
    let whole =
        Some(text).filter(|_| is_encoded).and_then(|text| percent_decode_str(text).decode_utf8().ok());
    let mut text = Zeroizing::new(whole.map_or_else(|| text.to_owned(), Into::into));
    for escape in ["&amp;", "&#38;", "&#x26;"] {
        if text.contains(escape) {
            text = Zeroizing::new(text.replace(escape, "&"));
        }
    }
    text
}

/// A code as it was before it was written into an address, where it was: nothing but what an
/// address leaves as it is, and escapes.
fn decoded(code: &str) -> Option<Zeroizing<String>> {
    let is_of_address = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~*+%".contains(&byte);
    let escapes = code.split('%').skip(1).map(|rest| rest.as_bytes());
    let mut escapes =
        escapes.map(|rest| matches!(rest, [a, b, ..] if a.is_ascii_hexdigit() && b.is_ascii_hexdigit()));
    if !code.contains('%') || !code.bytes().all(is_of_address) || !escapes.all(|fine| fine) {
        return None;
    }
    let plain = Zeroizing::new(percent_decode_str(code).decode_utf8().ok()?.into_owned());
    plain.bytes().all(|byte| byte.is_ascii_graphic()).then_some(plain)
}

/// The part of a redirect that carries the answer: its query, or its fragment where that has it
/// (`response_mode=fragment`).
fn answer_of(address: &Url) -> &str {
    let query = address.query().unwrap_or_default();
    match address.fragment() {
        Some(fragment) if !is_query(query) && is_query(fragment) => fragment,
        Some(_) | None => query,
    }
}

/// The text as an address, if it is one: `scheme://…`, or a redirect without its scheme.
fn address(text: &str, redirects: &Redirects) -> Option<Zeroizing<String>> {
    let (scheme, _) = text.split_once("://").unwrap_or_default();
    let is_scheme = |scheme: &str| {
        scheme.starts_with(|char: char| char.is_ascii_alphabetic())
            && scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte))
    };
    // `com.acme.app:/callback?…` and `urn:…?…` have no slashes behind the scheme.
    let is_redirect = || redirects.both().any(|redirect| text.starts_with(&format!("{redirect}?")));
    if is_scheme(scheme) || is_redirect() {
        return Some(Zeroizing::new(text.to_owned()));
    }
    redirects.completed(text)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::provider::IssuerInAnswers;
    use crate::oauth::callback::{IssuerError, StateCheck};
    use crate::oauth::query::QueryError;

    const LOOPBACK: &str = "http://localhost:8765/callback";
    const PASTE: &str = "https://as.test/oauth/code/callback";

    #[test]
    fn an_answer_is_read_in_every_form_people_have_it_in() {
        for (text, code, redirect, proven) in [
            ("http://localhost:8765/callback?code=a%2Fb&state=5tate", "a/b", LOOPBACK, true),
            ("  http://localhost:8765/callback?code=c0de&st\r\n   ate=5tate\n", "c0de", LOOPBACK, true),
            ("localhost:8765/callback?code=c0de&state=5tate", "c0de", LOOPBACK, true),
            ("https://as.test/oauth/code/callback?code=c0de&state=5tate#x", "c0de", PASTE, true),
            ("HTTPS://AS.test:443/oauth/code/callback?code=c0de&state=5tate", "c0de", PASTE, true),
            ("?code=c0de&state=5tate", "c0de", LOOPBACK, true),
            ("state=5tate&code=c0de&iss=https://as.test", "c0de", LOOPBACK, true),
            ("c0de#5tate", "c0de", PASTE, true),
            ("c0\n  de#5ta\nte\n", "c0de", PASTE, true),
            ("c0de==", "c0de==", PASTE, false),
            (" 4/0Aa%2F+~_\n", "4/0Aa%2F+~_", PASTE, false),
            ("4%2F0Ab%3D", "4/0Ab=", PASTE, false),
            ("100%", "100%", PASTE, false),
            ("4%2F0Ab%3D#5tate", "4/0Ab=", PASTE, true),
            ("4%2F0Ab%3D%235tate", "4/0Ab=", PASTE, true),
            ("c0de#%35tate", "c0de", PASTE, true),
            ("c0de#5tate#_=_", "c0de", PASTE, true),
            ("\"c0de\"", "c0de", PASTE, false),
            ("‘c0de#5tate’", "c0de", PASTE, true),
            ("c\u{200b}0de\u{feff}", "c0de", PASTE, false),
            ("code=c0%2Fde", "c0/de", LOOPBACK, false),
            ("?state=5tate&code=c0de#_=_", "c0de", LOOPBACK, true),
            ("#code=c0de&state=5tate", "c0de", LOOPBACK, true),
            ("code=c0de&amp;state=5tate", "c0de", LOOPBACK, true),
            ("<http://localhost:8765/callback?code=c0de&amp;state=5tate>,", "c0de", LOOPBACK, true),
            ("http://localhost:8765/callback#code=c0de&state=5tate", "c0de", LOOPBACK, true),
            ("http://localhost:8765/callback?code=c0de&state=5tate#_=_", "c0de", LOOPBACK, true),
            (
                "http%3A%2F%2Flocalhost%3A8765%2Fcallback%3Fcode%3Dc%252Fd%26state%3D5tate",
                "c/d",
                LOOPBACK,
                true,
            ),
            ("//localhost:8765/callback?code=c0de&state=5tate", "c0de", LOOPBACK, true),
            ("/callback?code=c0de&state=5tate", "c0de", LOOPBACK, true),
            ("GET /callback?code=c0de&state=5tate HTTP/1.1", "c0de", LOOPBACK, true),
            (
                "< Location: http://localhost:8765/callback?code=c0de&state=5tate\r\n< Date: now",
                "c0de",
                LOOPBACK,
                true,
            ),
            ("it says localhost:8765/callback?code=c0de&state=5tate; is that it?", "c0de", LOOPBACK, true),
            ("what went wrong\n\nc0de#5tate", "c0de", PASTE, true),
            ("wrong\n\nc0\nde#5tate", "c0de", PASTE, true),
            ("http://localhost:8765/callback?code=c0de&st\n\nate=5tate", "c0de", LOOPBACK, true),
            ("Your code: c0de#5tate", "c0de", PASTE, true),
            ("c0de#other\nc0de#5tate\n", "c0de", PASTE, true),
        ] {
            let pasted = read_one(text).unwrap_or_else(|error| panic!("{text}: {error}"));
            let AuthorizationResponse::Code { code: read, .. } = pasted.answer else {
                panic!("{text} is no code")
            };
            assert_eq!(
                (read.expose(), pasted.redirect.as_str(), pasted.is_proven),
                (code, redirect, proven),
                "{text}"
            );
        }
    }

    #[test]
    fn an_address_without_state_is_read_and_unproven_where_the_provider_returns_none() {
        let read = |text: &str| read(&Secret::new(text), &expected(StateCheck::Waived), &redirects());
        for (text, proven) in [
            ("http://localhost:8765/callback?code=c0de", false),
            ("?code=c0de&state=", false),
            ("http://localhost:8765/callback?code=c0de&state=5tate", true),
            ("c0de", false),
            ("c0de#5tate", true),
        ] {
            assert_eq!(read(text).map(|pasted| pasted.is_proven), Ok(proven), "{text}");
        }
        for text in ["http://localhost:8765/callback?code=c0de&state=other", "c0de#other"] {
            assert_eq!(read(text), Err(CallbackError::ForeignState.into()), "{text}");
        }
        assert!(matches!(read("http://localhost:9/callback?code=c0de"), Err(PasteError::OtherPage { .. })));
    }

    #[test]
    fn an_answer_to_an_own_scheme_or_out_of_band_is_read() {
        for (paste, text) in [
            ("myapp://cb", "myapp://cb?code=c0de&state=5tate"),
            ("myapp://cb", "myapp://cb?state=5tate&code=c0de#_=_"),
            ("myapp://cb", "c0de#5tate"),
            ("com.acme.app:/cb", "com.acme.app:/cb?code=c0de&state=5tate"),
            ("urn:ietf:wg:oauth:2.0:oob", "c0de"),
            ("urn:ietf:wg:oauth:2.0:oob", "urn:ietf:wg:oauth:2.0:oob?code=c0de&state=5tate"),
        ] {
            let paste = Some(Url::parse(paste).expect("an address"));
            let pasted = read_with(text, &Redirects { loopback: None, paste: paste.clone() });
            let pasted = pasted.unwrap_or_else(|error| panic!("{text}: {error}"));
            let AuthorizationResponse::Code { code, .. } = pasted.answer else { panic!("{text} is no code") };
            assert_eq!((code.expose(), Some(pasted.redirect)), ("c0de", paste), "{text}");
        }
        let paste = Url::parse("myapp://cb").ok();
        let foreign = read_with("other://cb?code=c0de&state=5tate", &Redirects { loopback: None, paste });
        assert!(matches!(foreign, Err(PasteError::OtherPage { .. })), "{foreign:?}");
    }

    #[test]
    fn a_pasted_refusal_counts_only_with_our_state() {
        let text = "http://localhost:8765/callback?error=access_denied&error_description=no&state=5tate";
        let denied = AuthorizationResponse::Denied {
            error: "access_denied".to_owned(),
            description: Some("no".to_owned()),
        };
        assert_eq!(read_one(text).map(|pasted| pasted.answer), Ok(denied));
        assert_eq!(read_one("?error=access_denied"), Err(PasteError::Unusable(CallbackError::NoState)));
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
            ("my code is c0de", PasteError::Broken),
            ("c0\nde", PasteError::Broken),
            ("code=c0\nde", CallbackError::NoState.into()),
            ("http://localhost:8765/callback?code=c0de&st\nate=other", CallbackError::ForeignState.into()),
            ("\u{200b}", PasteError::Empty),
            ("\"\"", PasteError::Empty),
            ("code=", CallbackError::NoState.into()),
            ("code=c0de&scope=a", CallbackError::NoState.into()),
            ("/other?code=c0de&state=other", CallbackError::ForeignState.into()),
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
            ("http://localhost:8765/callback?code=c0de", CallbackError::NoState.into()),
            ("?code=c0de&state=other", CallbackError::ForeignState.into()),
            (
                "?code=c0de&state=5tate&iss=https://evil.test",
                CallbackError::Issuer(IssuerError::Other).into(),
            ),
            ("http://localhost:8765/callback?state=5tate", CallbackError::NoCode.into()),
            ("code=a&code=b&state=5tate", QueryError::Doubled("code").into()),
            ("code=a%0Ab&state=5tate", QueryError::Damaged.into()),
            ("c0de#other", CallbackError::ForeignState.into()),
            ("c0de#", CallbackError::NoState.into()),
            ("#5tate", CallbackError::NoCode.into()),
        ] {
            assert_eq!(read_one(text), Err(error), "{text}");
        }
    }

    #[test]
    fn a_pasted_answer_must_name_its_server_where_every_answer_does() {
        let promised =
            ExpectedAnswer { issuer_in_answers: IssuerInAnswers::Promised, ..expected(StateCheck::Required) };
        let read = |text: &str| read(&Secret::new(text), &promised, &redirects());
        for text in
            ["?code=c0de&state=5tate", "?error=access_denied&state=5tate", "c0de#5tate", "c0de", "code=c0de"]
        {
            assert_eq!(read(text), Err(CallbackError::Issuer(IssuerError::Missing).into()), "{text}");
        }
        for answer in ["code=c0de", "error=access_denied"] {
            let other = read(&format!("?{answer}&state=5tate&iss=https://evil.test"));
            assert_eq!(other, Err(CallbackError::Issuer(IssuerError::Other).into()), "{answer}");
            assert!(
                read(&format!("{LOOPBACK}?{answer}&state=5tate&iss=https://as.test")).is_ok(),
                "{answer}"
            );
        }
    }

    #[test]
    fn a_code_that_was_decoded_is_said_to_be() {
        for (text, decoded) in
            [("4%2F0Ab", true), ("4/0Ab%2F", false), ("4%2F0Ab#5tate", true), ("c0de", false)]
        {
            assert_eq!(read_one(text).map(|pasted| pasted.decoded), Ok(decoded), "{text}");
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
        read(&Secret::new(text), &expected(StateCheck::Required), redirects)
    }

    fn expected(state_check: StateCheck) -> ExpectedAnswer {
        ExpectedAnswer {
            state: Secret::new("5tate"),
            state_check,
            issuer: Some("https://as.test".to_owned()),
            issuer_in_answers: IssuerInAnswers::Optional,
        }
    }

    fn redirects() -> Redirects {
        let url = |text| Url::parse(text).expect("a URL");
        Redirects { loopback: Some(url(LOOPBACK)), paste: Some(url(PASTE)) }
    }
}
