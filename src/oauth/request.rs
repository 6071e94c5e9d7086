//! Request ready to be sent, the reply to it, and the random bytes of a login.

use std::collections::BTreeMap;
use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::Value;
use url::{ParseError, Url, form_urlencoded};
use zeroize::Zeroizing;

use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, from_http_date};
use crate::domain::provider::Authentication;
use crate::domain::provider::request_template::{
    JsonTemplate, Method, Placeholder, RequestBody, RequestTemplate, Template, TemplatePart,
};
use crate::domain::secret::Secret;

/// All but the unreserved characters (RFC 3986 §2.3).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// More than this between two clocks is no delay on the way.
const CLOCK_TOLERANCE: TimeDelta = TimeDelta::minutes(5);

/// A request ready to be sent. Whatever may hold a secret is one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// The address; no secret is ever in it.
    pub url: Url,
    /// The headers.
    pub headers: Vec<(String, Secret)>,
    /// The media type and the body.
    pub body: Option<(&'static str, Secret)>,
    /// What fills its placeholders and is secret, the longest first.
    pub secrets: Vec<Secret>,
    /// Whether its host was named by a server and is public, so that it must not lead to a private network.
    pub must_be_public: bool,
}

/// What came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reply {
    /// The status.
    pub status: u16,
    /// The headers, names in small letters.
    pub headers: Vec<(String, Secret)>,
    /// The body.
    pub body: Secret,
    /// When the request was sent: ends are counted from here, so that they are early, never late.
    pub sent: Now,
    /// The secrets that the request carried: no word of the server's may repeat them.
    pub secrets: Vec<Secret>,
}

impl Reply {
    /// `text`, which the server wrote, with `…` for every secret that it was sent.
    #[must_use]
    pub fn unquoted(&self, text: &str) -> String {
        self.secrets.iter().fold(text.to_owned(), |text, secret| secret.struck_from(&text))
    }

    /// When the server's clock says that it answered (RFC 9110 §6.6.1), if it says so readably.
    #[must_use]
    pub fn date(&self) -> Option<DateTime<Utc>> {
        from_http_date(self.header("date")?.expose())
    }

    /// By how much the server's clock was ahead of ours when this reply, which was all here at `now`,
    /// was made; nothing where they differ by 5 minutes at most, or it told no time.
    #[must_use]
    pub fn clock_ahead(&self, now: Now) -> Option<TimeDelta> {
        let date = self.date()?;
        // Made at any moment between the request and now.
        let (first, last) = (self.sent.wall.min(now.wall), now.wall.max(self.sent.wall));
        let ahead = date - date.clamp(first, last);
        (ahead.abs() > CLOCK_TOLERANCE).then_some(ahead)
    }

    /// The value of a header by its name in small letters.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&Secret> {
        self.headers.iter().find(|(key, _)| key == name).map(|(_, value)| value)
    }

    /// Where a success or a redirect points, which is never followed: some servers answer 200 or 201
    /// where others redirect.
    #[must_use]
    pub fn location(&self) -> Option<Result<Url, ParseError>> {
        let location = self.header("location").filter(|_| (200..400).contains(&self.status))?;
        Some(Url::parse(location.expose()))
    }

    /// Where a redirect leads, which is never followed; nothing where the reply is no redirect.
    #[must_use]
    pub fn redirect(&self) -> Option<Result<Url, ParseError>> {
        self.location().filter(|_| self.status >= 300)
    }
}

/// Random bytes for one login.
#[derive(Clone, PartialEq, Eq)]
pub struct Entropy(Zeroizing<[u8; Entropy::BYTES]>);

impl Entropy {
    /// How many bytes a login needs: the longest `state`, a verifier, a short link, and the
    /// verifier of a device code.
    pub const BYTES: usize = 96 + 32 + 12 + 32;

    /// Takes bytes that nobody else has seen.
    #[must_use]
    pub fn new(bytes: [u8; Self::BYTES]) -> Self {
        Self(Zeroizing::new(bytes))
    }

    /// The bytes from `from` on, `count` of them.
    #[must_use]
    pub fn part(&self, from: usize, count: usize) -> &[u8] {
        self.0.get(from..from.saturating_add(count)).unwrap_or_default()
    }
}

impl fmt::Debug for Entropy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Entropy(…)")
    }
}

/// What fills the placeholders of a call.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Bindings(BTreeMap<Placeholder, Secret>);

impl Bindings {
    /// Fills with the client; `{basic}` follows from id and secret.
    #[must_use]
    pub fn from_client(authentication: &Authentication, id: &str, secret: Option<&Secret>) -> Self {
        let bindings = Self::default().with(Placeholder::ClientId, Secret::new(id));
        let Some(secret) = secret else { return bindings };
        let [id, password] = [id, secret.expose()].map(|half| {
            Zeroizing::new(match authentication {
                Authentication::BasicRaw => half.to_owned(),
                Authentication::None
                | Authentication::Post
                | Authentication::Basic
                | Authentication::Header(_) => form_urlencoded::byte_serialize(half.as_bytes()).collect(),
            })
        });
        let pair = Zeroizing::new(format!("{}:{}", *id, *password));
        let basic = Secret::new(STANDARD.encode(pair.as_bytes()));
        bindings.with(Placeholder::ClientSecret, secret.clone()).with(Placeholder::Basic, basic)
    }

    /// The same with `placeholder` filled.
    #[must_use]
    pub fn with(mut self, placeholder: Placeholder, value: Secret) -> Self {
        self.0.insert(placeholder, value);
        self
    }

    /// The request that `call` becomes. A header or field with an empty placeholder is left out.
    ///
    /// # Errors
    /// [`BindingError`] when the address cannot be made.
    pub fn fill(&self, call: &RequestTemplate) -> Result<Request, BindingError> {
        let url = self.address(&call.url)?;
        let filled = |fields: &[(String, Template)]| -> Vec<(String, Zeroizing<String>)> {
            fields.iter().filter_map(|(name, value)| Some((name.clone(), self.text(value)?))).collect()
        };
        let headers = filled(&call.headers).into_iter();
        let body = match &call.body {
            RequestBody::Empty => None,
            RequestBody::Form(fields) => Some(("application/x-www-form-urlencoded", form(&filled(fields)))),
            RequestBody::Json(tree) => {
                let value = self.json(tree).ok_or(BindingError)?;
                Some(("application/json", Secret::new(value.to_string())))
            }
        };
        Ok(Request {
            method: call.method,
            url,
            headers: headers.map(|(name, value)| (name, Secret::new(value.as_str()))).collect(),
            body,
            secrets: self.secrets(),
            must_be_public: false,
        })
    }

    /// What is secret of it. The longest come first, because one may be the beginning of another.
    fn secrets(&self) -> Vec<Secret> {
        let secrets = self.0.iter().filter(|(placeholder, _)| placeholder.is_secret());
        let mut secrets: Vec<_> = secrets.map(|(_, secret)| secret.clone()).collect();
        secrets.sort_by_key(|secret| std::cmp::Reverse(secret.expose().len()));
        secrets
    }

    /// The address that `template` becomes; what fills a placeholder stays within its part of the path or
    /// query.
    fn address(&self, template: &Template) -> Result<Url, BindingError> {
        let mut address = String::new();
        for part in template.parts() {
            match part {
                TemplatePart::Text(words) => address.push_str(words),
                TemplatePart::Placeholder(placeholder) if placeholder.is_secret() => {
                    return Err(BindingError);
                }
                TemplatePart::Placeholder(placeholder) => {
                    let value =
                        self.0.get(placeholder).filter(|value| !value.is_empty()).ok_or(BindingError)?;
                    let value = value.expose();
                    // Encoded or not, these two would climb to another path.
                    if matches!(value, "." | "..") {
                        return Err(BindingError);
                    }
                    address.extend(utf8_percent_encode(value, RESERVED));
                }
            }
        }
        Url::parse(&address).map_err(|_| BindingError)
    }

    /// `tree` with its placeholders filled; nothing where it is a text with an empty one.
    fn json(&self, tree: &JsonTemplate) -> Option<Value> {
        Some(match tree {
            JsonTemplate::Text(template) => self.text(template)?.as_str().into(),
            JsonTemplate::Fixed(value) => value.clone(),
            JsonTemplate::List(items) => items.iter().filter_map(|item| self.json(item)).collect(),
            JsonTemplate::Object(fields) => Value::Object(
                fields.iter().filter_map(|(name, field)| Some((name.clone(), self.json(field)?))).collect(),
            ),
        })
    }

    /// `template` with its placeholders filled; nothing where one is empty.
    pub(super) fn text(&self, template: &Template) -> Option<Zeroizing<String>> {
        let mut text = Zeroizing::new(String::new());
        for part in template.parts() {
            match part {
                TemplatePart::Text(words) => text.push_str(words),
                TemplatePart::Placeholder(placeholder) => {
                    text.push_str(self.0.get(placeholder).filter(|value| !value.is_empty())?.expose());
                }
            }
        }
        Some(text)
    }
}

fn form(fields: &[(String, Zeroizing<String>)]) -> Secret {
    let mut body = form_urlencoded::Serializer::new(String::new());
    for (name, value) in fields {
        body.append_pair(name, value);
    }
    Secret::new(body.finish())
}

/// A call whose address has a placeholder that nothing fills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BindingError;

impl fmt::Display for BindingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(
            "cannot make the address of the request: the provider file names something that is not there",
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{self, at};

    fn object(fields: Vec<(String, Template)>) -> RequestBody {
        RequestBody::Json(JsonTemplate::Object(
            fields.into_iter().map(|(name, text)| (name, JsonTemplate::Text(text))).collect(),
        ))
    }

    fn call(body: fn(Vec<(String, Template)>) -> RequestBody) -> RequestTemplate {
        let field = |name: &str, text: &str| (name.to_owned(), Template::parse(text).expect("a template"));
        RequestTemplate {
            method: Method::Post,
            url: Template::text("https://id.acme.test/token"),
            headers: vec![field("authorization", "Basic {basic}"), field("accept", "application/json")],
            body: body(vec![
                field("grant_type", "refresh_token"),
                field("refresh_token", "{refresh}"),
                field("client_secret", "{client_secret}"),
            ]),
        }
    }

    #[test]
    fn both_halves_of_basic_are_form_encoded_first_unless_the_file_wants_them_raw() {
        for (authentication, id, secret, pair) in [
            (
                Authentication::Basic,
                "my:client",
                "basic secret: 100% + /&=?",
                "my%3Aclient:basic+secret%3A+100%25+%2B+%2F%26%3D%3F",
            ),
            (Authentication::BasicRaw, "my-client", "p%ss$w+rd/=~", "my-client:p%ss$w+rd/=~"),
        ] {
            let bindings = Bindings::from_client(&authentication, id, Some(&Secret::new(secret)));
            let request = bindings.fill(&call(RequestBody::Form)).expect("a request");
            let header = Secret::new(format!("Basic {}", STANDARD.encode(pair)));
            assert_eq!(request.headers[0].1, header, "{authentication:?}");
        }
    }

    #[test]
    fn a_field_or_header_with_an_empty_hole_is_left_out() {
        let bindings = Bindings::from_client(&Authentication::Basic, "id", None)
            .with(Placeholder::Refresh, Secret::new("r+/="));
        let form = bindings.fill(&call(RequestBody::Form)).expect("a request");
        assert_eq!(form.headers.len(), 1);
        assert_eq!(
            form.body.expect("a body").1.expose(),
            "grant_type=refresh_token&refresh_token=r%2B%2F%3D"
        );
        let json = bindings.fill(&call(object)).expect("a request");
        let text = r#"{"grant_type":"refresh_token","refresh_token":"r+/="}"#;
        assert_eq!(json.body.expect("a body").1.expose(), text);
    }

    #[test]
    fn what_fills_an_address_stays_within_its_part() {
        let mut call = call(RequestBody::Form);
        call.url = Template::parse("https://id.acme.test/oauth/{client_id}/token").expect("a template");
        for (id, path) in [
            ("cal_1-x.2", "/oauth/cal_1-x.2/token"),
            ("../../evil?x=1#", "/oauth/..%2F..%2Fevil%3Fx%3D1%23/token"),
        ] {
            let request =
                Bindings::from_client(&Authentication::Basic, id, None).fill(&call).expect("a request");
            assert_eq!(request.url.path(), path);
        }
        for id in [".", ".."] {
            assert_eq!(
                Bindings::from_client(&Authentication::Basic, id, None).fill(&call),
                Err(BindingError),
                "{id}"
            );
        }
        call.url = Template::parse("https://id.acme.test/{refresh}").expect("a template");
        let bindings = Bindings::from_client(&Authentication::Basic, "id", None)
            .with(Placeholder::Refresh, Secret::new("r"));
        assert_eq!(bindings.fill(&call), Err(BindingError));
    }

    #[test]
    fn a_json_body_may_have_any_shape() {
        let mut call = call(RequestBody::Form);
        let placeholder = |placeholder| JsonTemplate::Text(Template::placeholder(placeholder));
        call.body = RequestBody::Json(JsonTemplate::Object(vec![
            (
                "credentials".into(),
                JsonTemplate::List(vec![placeholder(Placeholder::Access), placeholder(Placeholder::Refresh)]),
            ),
            ("all".into(), JsonTemplate::Fixed(true.into())),
        ]));
        let bindings = Bindings::default().with(Placeholder::Access, Secret::new("a"));
        let body = bindings.fill(&call).expect("a request").body.expect("a body").1;
        assert_eq!(body.expose(), r#"{"credentials":["a"],"all":true}"#);
    }

    #[test]
    fn a_request_prints_no_secret() {
        let bindings = Bindings::from_client(&Authentication::Basic, "id", Some(&Secret::new("hunter2")))
            .with(Placeholder::Refresh, Secret::new("hunter2"));
        let request = bindings.fill(&call(RequestBody::Form)).expect("a request");
        assert!(!format!("{request:?} {bindings:?}").contains("hunter2"));
    }

    #[test]
    fn a_clock_is_far_from_ours_beyond_five_minutes_before_the_request_or_after_the_reply() {
        let now = |seconds| Now { wall: at(seconds), ..fixtures::now() };
        for (date, ahead) in [
            ("Fri, 15 Jan 2027 08:00:00 GMT", None),
            ("Fri, 15 Jan 2027 08:00:20 GMT", None),
            ("Fri, 15 Jan 2027 07:55:00 GMT", None),
            ("Fri, 15 Jan 2027 07:54:59 GMT", Some(-301)),
            ("Fri, 15 Jan 2027 08:05:30 GMT", None),
            ("Fri, 15 Jan 2027 08:05:31 GMT", Some(301)),
            ("Friday, 15-Jan-27 15:00:30 GMT", Some(7 * 3600)),
            ("Fri Jan 15 01:00:00 2027", Some(-7 * 3600)),
            ("Thu, 01 Jan 1970 00:00:00 GMT", Some(-1_800_000_000)),
            ("yesterday", None),
            ("", None),
        ] {
            let headers = vec![("date".to_owned(), Secret::new(date))];
            let reply =
                Reply { status: 200, headers, body: Secret::new("{}"), sent: now(0), secrets: Vec::new() };
            let found = reply.clock_ahead(now(30)).map(|ahead| ahead.num_seconds());
            assert_eq!(found, ahead, "{date}");
        }
        let bare = Reply {
            status: 200,
            headers: Vec::new(),
            body: Secret::new("{}"),
            sent: now(0),
            secrets: Vec::new(),
        };
        assert_eq!(bare.clock_ahead(now(30)), None);
    }
}
