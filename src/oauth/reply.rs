//! Reply of a token endpoint: tokens, or a refusal.
//!
//! The status proves nothing: servers send errors with 200 and progress with 400. Only a token
//! makes a success (RFC 6749 §5.1), and one that came is kept whatever is odd beside it; that is
//! noted. Without one the body's error is read before the status is looked at, and
//! [`Refusal::remedy`] says what helps.

mod refusal;

use std::collections::BTreeMap;

use serde_json::Value;
use serde_json::value::RawValue;
use url::form_urlencoded;
use zeroize::Zeroizing;

use crate::domain::claims::{Claims, FactSource};
use crate::domain::clock::{Zone, is_writable};
use crate::domain::expiry::{self, RawTime};
use crate::domain::profile::EndBy;
use crate::domain::provider::meaning::Meanings;
use crate::domain::provider::reply::{Pointers, ReplyMap};
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::tokens::{Expiry, Tokens};
pub use crate::oauth::reply::refusal::{Cause, Refusal, RefusalBody, Remedy};
use crate::oauth::request::Reply;

/// What a token endpoint gave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenResponse {
    /// The tokens.
    pub tokens: Tokens,
    /// Both clocks.
    pub life: Expiry,
    /// By whose clock the end of the access token was told.
    pub end_by: EndBy,
    /// The scopes; absent: as asked (RFC 6749 §5.1).
    pub scopes: Option<Vec<String>>,
    /// The account's name.
    pub account: Option<String>,
    /// The account's stable id.
    pub subject: Option<String>,
    /// The ID token, where there is one.
    pub id_token: Option<Secret>,
    /// The issuer of the ID token, once it was read.
    pub issuer: Option<String>,
    /// Who says subject and account, where that is not the reply itself.
    pub subject_from: Option<FactSource>,
    pub account_from: Option<FactSource>,
    /// What the ID token says, once it was read.
    pub claims: Option<Box<Claims>>,
    /// Whom an ID token names that must not be believed.
    pub unverified: Option<String>,
    /// What in the reply was odd though the tokens are good.
    pub notes: Vec<String>,
}

/// The types of tokens that are worth nothing without a key which the client has proved to hold
/// (RFC 9449 and the drafts before it). No request from here proves one, so there is no such key.
const BOUND: [&str; 3] = ["dpop", "mac", "pop"];

/// Reads a reply by the provider's `map`; `meanings` say what its refusals mean.
///
/// # Errors
/// A [`Refusal`] when there is no token that could be used.
pub fn read(map: &ReplyMap, meanings: &Meanings, reply: &Reply) -> Result<TokenResponse, Refusal> {
    let tree = tree(reply);
    let reply = &guarded(map, tree.as_ref(), reply);
    let Some((tree, access)) = tree.as_ref().and_then(|tree| Some((tree, map.access.find(tree)?))) else {
        return Err(Refusal::of(map, meanings, reply, "no token in it"));
    };
    let odd = |what: String| Refusal::odd(meanings, reply, what);
    let access = token(access).map_err(|why| odd(format!("an access token that {why}")))?;
    let mut notes = refusal::beside_tokens(map, tree, reply);
    if is_mended(reply) {
        notes.push("parts of it are no JSON, so they were left out".to_owned());
    }
    if let Some(kind) = map.token_type.find(tree).filter(|kind| !is_of_type(kind, &["bearer"])) {
        let shown = text::clean(&reply.unquoted(&kind.to_string()), 40);
        if is_of_type(kind, &BOUND) {
            return Err(odd(format!("a token of type {shown}, which does not work without a key")));
        }
        notes.push(format!("the token is of type {shown}; it is used like a Bearer token"));
    }
    let refresh = match map.refresh.find(tree) {
        None => None,
        Some(Value::String(empty)) if empty.is_empty() => None,
        Some(value) => match token(value) {
            Ok(refresh) => Some(refresh),
            Err(why) => {
                notes.push(format!("its refresh token {why}, so it was left out"));
                None
            }
        },
    };
    Ok(TokenResponse {
        tokens: Tokens { access, refresh },
        life: life(map, tree, reply, &mut notes),
        end_by: end_by(map, tree),
        scopes: map.scope.find(tree).map(|value| scopes(value, reply)),
        account: words(&map.account, tree, |text| reply.unquoted(text)),
        subject: words(&map.subject, tree, |text| reply.unquoted(text)),
        id_token: id_token(tree).map(Secret::new),
        issuer: None,
        subject_from: None,
        account_from: None,
        claims: None,
        unverified: None,
        notes,
    })
}

/// The ID token (OpenID Connect Core §3.1.3.3).
fn id_token(tree: &Value) -> Option<&str> {
    tree.get("id_token").and_then(Value::as_str).filter(|token| !token.is_empty())
}

/// `reply`, none of whose words may repeat the tokens that it brings.
fn guarded(map: &ReplyMap, tree: Option<&Value>, reply: &Reply) -> Reply {
    let came = [&map.access, &map.refresh].into_iter().filter_map(|at| at.find(tree?)?.as_str());
    let came = came.chain(tree.and_then(id_token));
    let came = came.map(|token| Secret::new(token.trim())).filter(|token| !token.is_empty());
    Reply { secrets: reply.secrets.iter().cloned().chain(came).collect(), ..reply.clone() }
}

/// The refresh token of a success whose access token is missing or cannot be used. It has taken the
/// place of the one it was asked with.
#[must_use]
pub fn refresh_token(map: &ReplyMap, reply: &Reply) -> Option<Secret> {
    let tree = tree(reply).filter(|_| (200..300).contains(&reply.status))?;
    token(map.refresh.find(&tree)?).ok()
}

/// JSON, or a form read into the same tree, as GitHub sends unless asked otherwise.
pub(super) fn tree(reply: &Reply) -> Option<Value> {
    match json(reply) {
        Some(object @ Value::Object(_)) => return Some(object),
        Some(_) => return None,
        None => {}
    }
    let body = body(reply);
    let is_form = body.contains('=') && !body.contains(['<', '{', ' ', '\n']);
    let pairs = form_urlencoded::parse(body.as_bytes());
    is_form.then(|| {
        Value::Object(pairs.map(|(key, value)| (key.into_owned(), value.into_owned().into())).collect())
    })
}

/// Any JSON; of an object that is not well-formed throughout, what can be read.
pub(super) fn json(reply: &Reply) -> Option<Value> {
    let body = body(reply);
    serde_json::from_str(body).ok().or_else(|| members(body))
}

/// The object that `body` begins with. A member that cannot be read is null and costs no other, nor
/// does what comes after the object.
fn members(body: &str) -> Option<Value> {
    let text = Zeroizing::new(body.replace(char::is_control, " "));
    let mut objects = serde_json::Deserializer::from_str(&text).into_iter::<BTreeMap<String, &RawValue>>();
    let members = objects.next()?.ok()?.into_iter();
    let read = |value: &RawValue| serde_json::from_str(value.get()).unwrap_or(Value::Null);
    Some(Value::Object(members.map(|(name, value)| (name, read(value))).collect()))
}

/// Whether parts of an object could not be read.
fn is_mended(reply: &Reply) -> bool {
    let body = body(reply);
    body.starts_with('{') && serde_json::from_str::<Value>(body).is_err()
}

fn body(reply: &Reply) -> &str {
    reply.body.expose().trim_start_matches('\u{feff}').trim()
}

/// Whether it is a web page, as something on the way may send.
pub(super) fn is_page(reply: &Reply) -> bool {
    body(reply).starts_with('<')
}

fn token(value: &Value) -> Result<Secret, &'static str> {
    let Value::String(text) = value else { return Err("is no text") };
    let text = text.trim();
    let secret = Secret::new(text);
    if text.is_empty() {
        return Err("is empty");
    }
    // RFC 6750 §2.1: anything else could break out of a header, a file or a terminal.
    secret.is_bearer().then_some(secret).ok_or("holds characters no token may have")
}

fn is_of_type(kind: &Value, types: &[&str]) -> bool {
    kind.as_str().is_some_and(|kind| types.iter().any(|one| kind.eq_ignore_ascii_case(one)))
}

/// Both clocks. An end that cannot be read is unknown: the tokens are good all the same, and
/// the old ones may be spent.
fn life(map: &ReplyMap, tree: &Value, reply: &Reply, notes: &mut Vec<String>) -> Expiry {
    let sent = reply.sent.wall;
    let mut end = |life: &Pointers, at: &Pointers, what: &str| {
        let after = |span| sent.checked_add_signed(span).filter(|end| is_writable(*end));
        let span = life.find(tree).map(|value| expiry::life(written(value)));
        let span = span.map(|span| span.map(|span| span.and_then(after)));
        let point = || at.find(tree).map(|value| expiry::moment(written(value)));
        let read = span.or_else(|| {
            point().map(|point| {
                let moment = point?;
                if moment.is_some_and(|moment| moment.zone == Zone::Assumed) {
                    notes.push(format!("{what} has no time zone and is taken as UTC"));
                }
                Ok(moment.map(|moment| moment.at))
            })
        });
        match read {
            None => None,
            Some(Ok(end)) => end,
            Some(Err(bad)) => {
                notes.push(format!("{what} is unknown: {}", reply.unquoted(&bad.to_string())));
                None
            }
        }
    };
    let expires_at = end(&map.life, &map.expires_at, "the expiry of the token");
    // A grant that was just given has not ended: 0 is how servers say that it has no end.
    let grant_ends_at =
        end(&map.grant_life, &map.grant_ends_at, "the expiry of the login").filter(|end| *end > sent);
    Expiry { obtained_at: Some(sent), expires_at, grant_ends_at }
}

/// A life is counted from the request on by our clock; a point in time is the server's.
fn end_by(map: &ReplyMap, tree: &Value) -> EndBy {
    match (map.life.find(tree), map.expires_at.find(tree)) {
        (None, Some(_)) => EndBy::Theirs,
        (Some(_), Some(_) | None) | (None, None) => EndBy::Ours,
    }
}

pub(super) fn written(value: &Value) -> RawTime<'_> {
    match value {
        Value::Null => RawTime::Absent,
        Value::Number(number) => RawTime::Number(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => RawTime::Text(text),
        Value::Bool(_) => RawTime::Text("true or false"),
        Value::Array(_) => RawTime::Text("a list"),
        Value::Object(_) => RawTime::Text("an object"),
    }
}

/// A text separated by spaces or commas, or a list.
fn scopes(value: &Value, reply: &Reply) -> Vec<String> {
    let text = |text: &str| -> Vec<String> {
        text.split([' ', ','])
            .filter(|scope| !scope.is_empty())
            .map(|scope| text::clean(&reply.unquoted(scope), 200))
            .collect()
    };
    match value {
        Value::Array(list) => list.iter().filter_map(Value::as_str).flat_map(text).collect(),
        Value::String(words) => text(words),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => Vec::new(),
    }
}

/// The text there, `amended` while it is whole: a cut would leave half of what is to be struck out.
pub(super) fn words(pointers: &Pointers, tree: &Value, amended: impl Fn(&str) -> String) -> Option<String> {
    let text = match pointers.find(tree)? {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => return None,
    };
    Some(text::clean(&amended(&text.split_whitespace().collect::<Vec<_>>().join(" ")), 120))
        .filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::provider::meaning::Meaning;
    use crate::oauth::fixtures::reply;

    fn granted(body: &str) -> TokenResponse {
        read(&ReplyMap::default(), &Meanings::default(), &reply(200, body)).expect(body)
    }

    fn refused(status: u16, body: &str) -> Refusal {
        read(&ReplyMap::default(), &Meanings::default(), &reply(status, body)).expect_err(body)
    }

    #[test]
    fn the_standard_reply_is_read_whole() {
        let body = r#"{"access_token":"a","refresh_token":"r","token_type":"BEARER","expires_in":3600,
            "refresh_token_expires_in":"7200","scope":"one two"}"#;
        let granted = granted(body);
        let end = |seconds: i64| at_seconds(1_800_000_000 + seconds);
        assert_eq!(granted.tokens, Tokens { access: Secret::new("a"), refresh: Some(Secret::new("r")) });
        assert_eq!(
            granted.life,
            Expiry { obtained_at: end(0), expires_at: end(3600), grant_ends_at: end(7200) }
        );
        assert_eq!(granted.scopes, Some(vec!["one".to_owned(), "two".to_owned()]));
    }

    #[test]
    fn a_form_reply_and_scopes_of_every_shape_are_read() {
        let form = granted("access_token=gho_a&scope=repo%2Cgist&token_type=bearer");
        assert_eq!(form.scopes, Some(vec!["repo".to_owned(), "gist".to_owned()]));
        assert_eq!(
            granted(r#"{"access_token":"a","scope":["x","y z"]}"#).scopes.map(|list| list.len()),
            Some(3)
        );
        assert_eq!(granted(r#"{"access_token":"a"}"#).scopes, None);
    }

    #[test]
    fn a_life_is_counted_by_our_clock_and_a_point_in_time_is_the_servers() {
        let map = ReplyMap { expires_at: Pointers(vec!["/expires_at".to_owned()]), ..ReplyMap::default() };
        for (fields, end_by) in [
            ("", EndBy::Ours),
            (r#","expires_in":60"#, EndBy::Ours),
            (r#","expires_at":1800000060"#, EndBy::Theirs),
            (r#","expires_in":60,"expires_at":1800000060"#, EndBy::Ours),
        ] {
            let body = format!(r#"{{"access_token":"a"{fields}}}"#);
            let granted = read(&map, &Meanings::default(), &reply(200, &body)).expect("tokens");
            assert_eq!(granted.end_by, end_by, "{fields}");
        }
    }

    #[test]
    fn an_end_that_cannot_be_read_is_unknown_and_never_costs_the_tokens() {
        for life in [r#""soon""#, "true", "[]"] {
            let granted = granted(&format!(r#"{{"access_token":"a","expires_in":{life}}}"#));
            assert_eq!((granted.life.expires_at, granted.notes.len()), (None, 1), "{life}");
        }
        for life in ["null", "1e300", "-1", "0", "9223372036854775808", r#""60""#] {
            assert_eq!(
                granted(&format!(r#"{{"access_token":"a","expires_in":{life}}}"#)).notes.len(),
                0,
                "{life}"
            );
        }
    }

    #[test]
    fn what_is_no_bearer_token_is_refused() {
        for body in [
            r#"{"access_token":""}"#,
            r#"{"access_token":7}"#,
            r#"{"access_token":["a"]}"#,
            r#"{"access_token":"a b"}"#,
            r#"{"access_token":"a\r\nb"}"#,
            r#"{"access_token":"a\u001b[2J"}"#,
            r#"{"access_token":"a","token_type":"mac"}"#,
            r#"{"access_token":"a","token_type":"DPoP"}"#,
            r#"{"access_token":"#,
            "null",
            "[]",
            "",
            "<html>sign in</html>",
            "{}",
        ] {
            let refusal = refused(200, body);
            assert!(matches!(refusal.body, RefusalBody::Odd(_) | RefusalBody::Page), "{body}: {refusal}");
        }
    }

    #[test]
    fn tokens_are_taken_whatever_is_odd_beside_them_and_that_is_noted() {
        for (status, fields, note) in [
            (200, r#""token_type":"bot""#, r#"of type "bot""#),
            (200, r#""token_type":"user""#, r#"of type "user""#),
            (200, r#""token_type":1"#, "of type 1"),
            (400, r#""error":"invalid_grant","error_description":"spent""#, "invalid_grant: spent"),
            (401, r#""error":{"code":"nope"}"#, "nope"),
            (500, r#""error":"server_error""#, "server_error"),
            (200, r#""error":17"#, "17"),
            (500, r#""scope":"one""#, "status 500"),
            (200, r#""refresh_token":7"#, "refresh token is no text"),
            (200, r#""refresh_token":"a\nb""#, "refresh token holds characters"),
        ] {
            let body = format!(r#"{{"access_token":"a",{fields}}}"#);
            let granted = read(&ReplyMap::default(), &Meanings::default(), &reply(status, &body));
            let granted = granted.expect(&body);
            assert_eq!(granted.tokens, Tokens { access: Secret::new("a"), refresh: None }, "{body}");
            let [said] = granted.notes.as_slice() else { panic!("{body}: {:?}", granted.notes) };
            assert!(said.contains(note), "{body}: {said}");
        }
        for fields in [r#""error":null"#, r#""error":"""#, r#""error":0"#, r#""status":"ok","code":200"#] {
            let body = format!(r#"{{"access_token":"a",{fields}}}"#);
            assert_eq!(granted(&body).notes, [""; 0], "{body}");
        }
    }

    #[test]
    fn what_is_no_json_beside_the_tokens_costs_none_of_them() {
        let deep = format!(r#","x":{}{}}}"#, "[".repeat(200), "]".repeat(200));
        for rest in [
            "}\n<!-- served by cache 7 -->",
            r#"}{"access_token":"b"}"#,
            r#","name":"\ud83d"}"#,
            ",\"name\":\"a\tb\nc\"}",
            r#","expires_in":1e999}"#,
            &format!(r#","expires_in":1{}}}"#, "0".repeat(400)),
            &deep,
        ] {
            let granted = granted(&format!(r#"{{"access_token":"a","refresh_token":"r"{rest}"#));
            let tokens = Tokens { access: Secret::new("a"), refresh: Some(Secret::new("r")) };
            assert_eq!(granted.tokens, tokens, "{rest}");
            assert_eq!(granted.notes, ["parts of it are no JSON, so they were left out"], "{rest}");
        }
        let refusal = refused(400, "{\"error\":\"invalid_grant\",\"trace\":\"a\nb\"}");
        assert_eq!(refusal.remedy(), Remedy::LogIn);
        assert_eq!(granted(r#"{"access_token":" a\n"}"#).tokens.access, Secret::new("a"));
    }

    #[test]
    fn no_word_beside_new_tokens_repeats_them() {
        let body = r#"{"access_token":"NEWACCESS-12345678","refresh_token":"NEWREFRESH-12345678",
            "error":"NEWREFRESH-12345678","error_description":"NEWACCESS-12345678","scope":"NEWACCESS-12345678",
            "token_type":"NEWREFRESH-12345678","expires_in":"NEWACCESS-12345678"}"#;
        let granted = granted(body);
        assert!(!format!("{:?}{:?}", granted.notes, granted.scopes).contains("12345678"), "{granted:?}");
        let refusal =
            refused(400, r#"{"refresh_token":"NEWREFRESH-12345678","error":"NEWREFRESH-12345678"}"#);
        assert!(!refusal.to_string().contains("12345678"), "{refusal}");
    }

    #[test]
    fn a_grant_whose_life_is_told_as_nothing_has_no_end_that_is_known() {
        for life in ["0", "-1", "0.4", r#""0""#, r#"" 0 ""#, r#""-7""#, r#""""#, "null"] {
            for field in ["refresh_expires_in", "refresh_token_expires_in"] {
                let granted =
                    granted(&format!(r#"{{"access_token":"a","refresh_token":"r","{field}":{life}}}"#));
                assert_eq!((granted.life.grant_ends_at, granted.notes), (None, Vec::new()), "{field} {life}");
            }
        }
        let map = ReplyMap { grant_ends_at: Pointers(vec!["/until".to_owned()]), ..ReplyMap::default() };
        let body = r#"{"access_token":"a","until":1500000000}"#;
        let granted = read(&map, &Meanings::default(), &reply(200, body)).expect("tokens");
        assert_eq!(granted.life.grant_ends_at, None);
    }

    #[test]
    fn a_refusal_means_a_pause_the_end_of_the_grant_or_a_change() {
        let change = Remedy::Change;
        for (status, body, remedy) in [
            (200, r#"{"error":"invalid_grant"}"#, Remedy::LogIn),
            (400, r#"{"error":"invalid_grant"}"#, Remedy::LogIn),
            (403, r#"{"error":"invalid_grant"}"#, Remedy::LogIn),
            (403, r#"{"error":"rate_limit_exceeded"}"#, Remedy::Wait),
            (400, r#"{"error":"too_many_requests"}"#, Remedy::Wait),
            (200, r#"{"ok":false,"error":"ratelimited"}"#, Remedy::Wait),
            (400, r#"{"error":{"type":"api_error"}}"#, Remedy::Wait),
            (400, r#"{"error":{"code":429,"message":"slow"}}"#, Remedy::Wait),
            (400, r#"{"error":"slow_down"}"#, Remedy::Wait),
            (429, r#"{"error":"rate"}"#, Remedy::Wait),
            (503, "{}", Remedy::Wait),
            (200, "<html>sign in</html>", Remedy::Wait),
            (400, r#"{"error":17}"#, change(Cause::Unknown)),
            (400, r#"{"error":"access_denied"}"#, change(Cause::Unknown)),
            (400, r#"{"status":"BAD_REFRESH_TOKEN"}"#, change(Cause::Unknown)),
            (400, "<p>", change(Cause::Unknown)),
            (400, "{}", change(Cause::Unknown)),
            (400, r#"{"error":"invalid_request"}"#, change(Cause::Request)),
            (400, r#"{"error":"unsupported_grant_type"}"#, change(Cause::Request)),
            (400, r#"{"error":"invalid_scope"}"#, change(Cause::Scopes)),
            (401, r#"{"error":"invalid_client"}"#, change(Cause::Client)),
            (400, r#"{"error":"unauthorized_client"}"#, change(Cause::Client)),
            (401, "", change(Cause::Client)),
            (404, r#"{"error":{"type":"not_found_error"}}"#, change(Cause::Address)),
            (405, "", change(Cause::Address)),
            (302, "", change(Cause::Address)),
            (200, "{}", change(Cause::Reading)),
            (200, r#"{"access_token":"a","token_type":"mac"}"#, change(Cause::Reading)),
        ] {
            assert_eq!(refused(status, body).remedy(), remedy, "{status} {body}");
        }
        let mut pause = reply(403, r#"{"error":"nope"}"#);
        pause.headers.push(("retry-after".into(), Secret::new("7")));
        let refusal = read(&ReplyMap::default(), &Meanings::default(), &pause).expect_err("no tokens");
        assert_eq!(refusal.remedy(), Remedy::Wait);
    }

    #[test]
    fn the_servers_words_are_shown_in_whatever_field_they_stand() {
        for (status, body, words) in [
            (
                400,
                r#"{"error":"invalid_grant","error_description":"spent\u001b"}"#,
                "refused with invalid_grant: spent�",
            ),
            (
                400,
                r#"{"error":{"type":"invalid_request_error","message":"no"}}"#,
                "refused with invalid_request_error: no",
            ),
            (
                400,
                r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token"}"#,
                "refused with BAD_REFRESH_TOKEN: missing or invalid refresh token",
            ),
            (400, r#"{"errorCode":"E0000021","errorSummary":"no"}"#, "refused with E0000021: no"),
            (400, r#"{"error":true,"message":"gone"}"#, "answered 400: gone"),
            (400, r#"{"errors":[{"code":"x1","detail":"bad"}]}"#, "refused with x1: bad"),
            (
                400,
                r#"{"title":"Bad","status":400,"detail":"no such token"}"#,
                "refused with Bad: no such token",
            ),
            (200, r#"{"ok":false,"message":"gone"}"#, "answered 200: gone"),
            (400, r#"{"status":400}"#, "answered 400 with no token in it"),
        ] {
            assert_eq!(refused(status, body).to_string(), words, "{status} {body}");
        }
    }

    #[test]
    fn the_providers_file_says_what_passes_and_what_is_over() {
        let errors = [("refresh_token_reused", Meaning::GrantDead), ("locked", Meaning::Passing)];
        let meanings = Meanings {
            errors: errors.map(|(code, meaning)| (code.to_owned(), meaning)).to_vec(),
            statuses: vec![(403, Meaning::SlowDown), (400, Meaning::GrantDead)],
        };
        for (status, body, remedy) in [
            (429, r#"{"error":"refresh_token_reused"}"#, Remedy::LogIn),
            (401, r#"{"error":"locked"}"#, Remedy::Wait),
            (403, "", Remedy::Wait),
            (403, r#"{"error":"rate"}"#, Remedy::Wait),
            (403, r#"{"error":"invalid_grant"}"#, Remedy::LogIn),
            (400, "<html>", Remedy::LogIn),
        ] {
            let refusal = read(&ReplyMap::default(), &meanings, &reply(status, body)).expect_err("no tokens");
            assert_eq!(refusal.remedy(), remedy, "{status} {body}");
        }
    }

    #[test]
    fn the_pause_is_read_in_both_forms_and_capped() {
        for (value, seconds) in [
            ("7", Some(7)),
            ("1000000000", Some(3600)),
            ("999999999999999999999", Some(3600)),
            ("-1", None),
            ("Fri, 15 Jan 2027 08:00:30 GMT", Some(30)),
            ("Friday, 15-Jan-27 08:00:30 GMT", Some(30)),
            ("Fri Jan 15 08:00:30 2027", Some(30)),
            ("Fri, 15 Jan 2027 07:00:00 GMT", Some(0)),
            ("soon", None),
        ] {
            let mut reply = reply(503, "");
            reply.headers.push(("retry-after".into(), Secret::new(value)));
            assert_eq!(pause(&reply), seconds, "{value}");
        }
    }

    #[test]
    fn the_date_of_a_pause_is_counted_from_the_servers_own_clock() {
        for (date, seconds) in [
            ("Fri, 15 Jan 2027 01:00:00 GMT", Some(3600)),
            ("Fri, 15 Jan 2027 15:00:00 GMT", Some(120)),
            ("Friday, 15-Jan-27 15:01:00 GMT", Some(60)),
            ("Fri, 15 Jan 2027 16:00:00 GMT", Some(0)),
            ("no date", Some(3600)),
        ] {
            let mut reply = reply(429, "");
            reply.headers.push(("retry-after".into(), Secret::new("Fri, 15 Jan 2027 15:02:00 GMT")));
            reply.headers.push(("date".into(), Secret::new(date)));
            assert_eq!(pause(&reply), seconds, "{date}");
        }
    }

    /// How long a refusal wants us to wait, in seconds.
    fn pause(reply: &Reply) -> Option<u64> {
        let refusal = read(&ReplyMap::default(), &Meanings::default(), reply).expect_err("no tokens");
        refusal.retry_after.map(|pause| pause.as_secs())
    }

    #[test]
    fn a_redirect_is_named_and_not_followed() {
        let mut reply = reply(307, "");
        reply.headers.push(("location".into(), Secret::new("https://evil.test/token?x=1")));
        let refusal = read(&ReplyMap::default(), &Meanings::default(), &reply).expect_err("no tokens");
        assert_eq!(refusal.body, RefusalBody::Elsewhere { host: "evil.test".into() });
    }
}
