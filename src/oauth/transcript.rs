//! Transcript of a login and of its discovery: each request and its answer, to be looked at and sent to
//! somebody.
//!
//! It never holds a secret: a value is shown only where its name is known to carry none, and of
//! every other one only the length. It also hides e-mail addresses.

use std::time::Duration;

use serde_json::Value;
use url::{Url, form_urlencoded};

use crate::domain::clock::{DateTime, Now, Steady, Utc};
use crate::domain::provider::request_template::Method;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::trouble::Trouble;
use crate::oauth::RequestId;
use crate::oauth::request::{Reply, Request};

/// The most exchanges that are kept; older ones go first.
const ENTRY_LIMIT: usize = 64;
/// The longest value that is shown, in characters.
const VALUE_LIMIT: usize = 300;
/// The most lines of one body.
const LINE_LIMIT: usize = 200;
/// How far the parts of an exchange are indented.
const INDENT: &str = "    ";

/// The fields whose values are shown, in small letters.
const SHOWN_FIELDS: [&str; 42] = [
    "account_type",
    "application_type",
    "audience",
    "auth_time",
    "client_id",
    "client_name",
    "code_challenge_method",
    "code_challenge_methods_supported",
    "error",
    "error_code",
    "error_description",
    "error_uri",
    "exp",
    "expires_at",
    "expires_in",
    "grant_type",
    "grant_types",
    "iat",
    "interval",
    "iss",
    "issuer",
    "jsonrpc",
    "message",
    "method",
    "ok",
    "prompt",
    "protocolversion",
    "redirect_uri",
    "redirect_uris",
    "refresh_expires_in",
    "resource",
    "resource_name",
    "response_mode",
    "response_type",
    "response_types",
    "scope",
    "scopes",
    "status",
    "token_endpoint_auth_method",
    "token_type",
    "token_type_hint",
    "type",
];
/// What the names of fields of metadata end with: their values are public.
const SHOWN_ENDINGS: [&str; 5] = ["_endpoint", "_supported", "_servers", "_uri", "_required"];
/// The headers whose values are shown, in small letters.
const SHOWN_HEADERS: [&str; 12] = [
    "accept",
    "cache-control",
    "content-length",
    "content-type",
    "date",
    "location",
    "mcp-protocol-version",
    "retry-after",
    "server",
    "user-agent",
    "www-authenticate",
    "x-request-id",
];

/// All exchanges, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Transcript(Vec<TranscriptEntry>);

/// A request and what came of it, or something that happened in the browser.
#[derive(Debug, Clone, PartialEq, Eq)]
struct TranscriptEntry {
    /// Absent where nothing was sent from here.
    id: Option<RequestId>,
    at: DateTime<Utc>,
    sent: Steady,
    request: Vec<String>,
    answer: Option<Vec<String>>,
    took: Duration,
    /// How often the same was asked and answered in a row, as by the polls of a device code.
    times: usize,
}

impl Transcript {
    /// Takes down what `others` holds too, after what there is.
    pub fn append(&mut self, others: &Self) {
        self.0.extend(others.0.iter().cloned());
        let more = self.0.len().saturating_sub(ENTRY_LIMIT);
        self.0.drain(..more);
    }

    /// Takes down that `request` goes out.
    pub fn sent(&mut self, id: RequestId, request: &Request, now: Now) {
        let masks = Masks(&request.secrets);
        let mut lines = vec![format!("{} {}", verb(request.method), masks.address(&request.url))];
        lines.extend(masks.headers(&request.headers));
        if let Some((kind, body)) = &request.body {
            lines.push(format!("{INDENT}content-type: {kind}"));
            lines.extend(masks.body(kind, body, true));
        }
        self.push(Some(id), lines, now);
    }

    /// Takes down that the browser was sent to `page`.
    pub fn opened(&mut self, page: &Url, now: Now) {
        self.note(&format!("the browser opened {}", Masks(&[]).address(page)), now);
    }

    /// Takes down what happened without a request from here; `what` holds no secret.
    pub fn note(&mut self, what: &str, now: Now) {
        self.push(None, vec![what.to_owned()], now);
    }

    fn push(&mut self, id: Option<RequestId>, request: Vec<String>, now: Now) {
        if self.0.len() >= ENTRY_LIMIT {
            self.0.remove(0);
        }
        let (at, sent) = (now.wall, now.steady);
        let took = Duration::ZERO;
        self.0.push(TranscriptEntry { id, at, sent, request, answer: None, took, times: 1 });
    }

    /// Takes down what came of it.
    pub fn answered(&mut self, id: RequestId, reply: &Result<Reply, Trouble>, now: Now) {
        let Some(place) = self.0.iter().rposition(|entry| entry.id == Some(id)) else { return };
        let before = place.checked_sub(1).and_then(|before| self.0.get(before)).cloned();
        let Some(entry) = self.0.get_mut(place) else { return };
        entry.took = entry.sent.until(now.steady);
        let answer = answer(reply);
        if let Some(before) = before
            && before.request == entry.request
            && before.answer.as_ref() == Some(&answer)
        {
            entry.times += before.times;
            entry.at = before.at;
            entry.answer = Some(answer);
            self.0.remove(place - 1);
            return;
        }
        entry.answer = Some(answer);
    }

    /// Whether nothing was sent.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The exchanges as lines to show, an empty one between two.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let mut lines = Vec::new();
        for entry in &self.0 {
            if !lines.is_empty() {
                lines.push(String::new());
            }
            entry.write(&mut lines);
        }
        lines
    }
}

impl TranscriptEntry {
    fn write(&self, lines: &mut Vec<String>) {
        let times = if self.times > 1 { format!(", {} times in a row", self.times) } else { String::new() };
        let at = self.at.format("%H:%M:%S UTC");
        lines.push(match (self.id, &self.answer) {
            (None, _) => at.to_string(),
            (Some(_), Some(_)) => format!("{at}, answered after {} ms{times}", self.took.as_millis()),
            (Some(_), None) => format!("{at}, not answered yet"),
        });
        lines.extend(self.request.iter().cloned());
        lines.extend(self.answer.iter().flatten().cloned());
    }
}

fn verb(method: Method) -> &'static str {
    match method {
        Method::Get => "GET",
        Method::Post => "POST",
        Method::Delete => "DELETE",
    }
}

fn answer(reply: &Result<Reply, Trouble>) -> Vec<String> {
    let reply = match reply {
        Ok(reply) => reply,
        Err(trouble) => return vec![format!("no answer: {}", text::clean(&trouble.why, VALUE_LIMIT))],
    };
    let masks = Masks(&reply.secrets);
    let mut lines = vec![format!("answer {}", reply.status)];
    lines.extend(masks.headers(&reply.headers));
    let kind = reply.header("content-type").map(Secret::expose).unwrap_or_default();
    lines.extend(masks.body(kind, &reply.body, reply.status >= 400));
    lines
}

/// What is hidden wherever it stands: the secrets that went out with the request.
struct Masks<'a>(&'a [Secret]);

impl Masks<'_> {
    fn headers(&self, headers: &[(String, Secret)]) -> Vec<String> {
        let line = |(name, value): &(String, Secret)| {
            let name = name.to_ascii_lowercase();
            let value = match SHOWN_HEADERS.contains(&name.as_str()) {
                true if name == "location" => self.location(value.expose()),
                true => self.text(value.expose()),
                false => hidden(value.expose()),
            };
            format!("{INDENT}{}: {value}", text::clean(&name, VALUE_LIMIT))
        };
        headers.iter().map(line).collect()
    }

    /// An address whose query and fragment are shown as fields.
    fn address(&self, url: &Url) -> String {
        let mut page = url.clone();
        page.set_query(None);
        page.set_fragment(None);
        let fields = |text: Option<&str>| text.map(|text| self.fields(text).join("&"));
        let query = fields(url.query()).map_or_else(String::new, |query| format!("?{query}"));
        let fragment = fields(url.fragment()).map_or_else(String::new, |fragment| format!("#{fragment}"));
        format!("{}{query}{fragment}", self.text(page.as_str()))
    }

    fn location(&self, text: &str) -> String {
        Url::parse(text).map_or_else(|_| hidden(text), |url| self.address(&url))
    }

    /// A body by its media type; of a text that is neither a form nor JSON the beginning where it
    /// `is_harmless`, because a text may be a token.
    fn body(&self, kind: &str, body: &Secret, is_harmless: bool) -> Vec<String> {
        let body = body.expose().trim();
        let lines: Vec<String> = if body.is_empty() {
            Vec::new()
        } else if let Ok(json) = serde_json::from_str::<Value>(body) {
            let shown = serde_json::to_string_pretty(&self.json("", json)).unwrap_or_default();
            shown.lines().map(str::to_owned).collect()
        } else if kind.starts_with("application/x-www-form-urlencoded") {
            self.fields(body)
        } else if is_harmless {
            vec![self.text(body)]
        } else {
            vec![hidden(body)]
        };
        let more = lines.len().saturating_sub(LINE_LIMIT);
        let cut = (more > 0).then(|| format!("{INDENT}… {more} more lines"));
        lines.into_iter().take(LINE_LIMIT).map(|line| format!("{INDENT}{line}")).chain(cut).collect()
    }

    /// The fields of a form or a query, one `name=value` each.
    fn fields(&self, form: &str) -> Vec<String> {
        form_urlencoded::parse(form.as_bytes())
            .map(|(name, value)| format!("{}={}", text::clean(&name, VALUE_LIMIT), self.value(&name, &value)))
            .collect()
    }

    /// `json` where it is the value of the field `name`, with what may be a secret hidden.
    fn json(&self, name: &str, json: Value) -> Value {
        match json {
            Value::String(value) => Value::String(self.value(name, &value)),
            Value::Array(items) => {
                Value::Array(items.into_iter().map(|item| self.json(name, item)).collect())
            }
            Value::Object(fields) => {
                let field = |(name, value): (String, Value)| {
                    let value = self.json(&name, value);
                    (text::clean(&name, VALUE_LIMIT), value)
                };
                Value::Object(fields.into_iter().map(field).collect())
            }
            // A number may be a code that was sent by mail.
            Value::Number(number) if !is_shown(name) => Value::String(hidden(&number.to_string())),
            other @ (Value::Number(_) | Value::Bool(_) | Value::Null) => other,
        }
    }

    fn value(&self, name: &str, value: &str) -> String {
        match (is_shown(name), Url::parse(value)) {
            (false, _) => hidden(value),
            (true, Ok(url)) if url.has_host() => self.address(&url),
            (true, _) => self.text(value),
        }
    }

    /// A text on one line, without the secrets that went out and without e-mail addresses.
    fn text(&self, shown: &str) -> String {
        let struck = self.0.iter().fold(shown.to_owned(), |text, secret| secret.struck_from(&text));
        let words: Vec<&str> =
            struck.split(' ').map(|word| if word.contains('@') { "…@…" } else { word }).collect();
        text::clean(&words.join(" "), VALUE_LIMIT)
    }
}

/// Whether the value of a field is shown.
fn is_shown(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SHOWN_FIELDS.contains(&name.as_str()) || SHOWN_ENDINGS.iter().any(|ending| name.ends_with(ending))
}

/// What stands in the place of a value that may be a secret.
fn hidden(value: &str) -> String {
    match value.chars().count() {
        0 => String::new(),
        1 => "… (1 character)".to_owned(),
        length => format!("… ({length} characters)"),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::domain::fixtures;

    const CANARY: &str = "canary-0123456789-abcdef";

    #[test]
    fn an_exchange_reads_as_it_went_with_every_secret_hidden() {
        let request = Request {
            method: Method::Post,
            url: url("https://id.test/token?client_id=me&state=5tate"),
            headers: vec![
                header("accept", "application/json"),
                header("authorization", "Basic bWU6aHVzaA=="),
            ],
            body: Some((
                "application/x-www-form-urlencoded",
                Secret::new(format!("grant_type=authorization_code&code={CANARY}&code_verifier=v3rifier")),
            )),
            secrets: vec![Secret::new(CANARY)],
            must_be_public: false,
        };
        let reply = Reply {
            status: 200,
            headers: vec![header("content-type", "application/json"), header("set-cookie", "session=1")],
            body: Secret::new(format!(
                r#"{{"access_token":"{CANARY}","expires_in":3600,"scope":"read","account":{{"email":"ana@demo.test","pin":4711}},"note":"x"}}"#
            )),
            sent: now(0),
            secrets: vec![Secret::new(CANARY)],
        };
        let mut transcript = Transcript::default();
        transcript.sent(RequestId(1), &request, now(0));
        transcript.answered(RequestId(1), &Ok(reply), now(2));
        let text = transcript.lines().join("\n");
        insta::assert_snapshot!(text, @r##"
        08:00:00 UTC, answered after 2000 ms
        POST https://id.test/token?client_id=me&state=… (5 characters)
            accept: application/json
            authorization: … (18 characters)
            content-type: application/x-www-form-urlencoded
            grant_type=authorization_code
            code=… (24 characters)
            code_verifier=… (8 characters)
        answer 200
            content-type: application/json
            set-cookie: … (9 characters)
            {
              "access_token": "… (24 characters)",
              "expires_in": 3600,
              "scope": "read",
              "account": {
                "email": "… (13 characters)",
                "pin": "… (4 characters)"
              },
              "note": "… (1 character)"
            }
        "##);
    }

    #[test]
    fn answers_of_a_device_code_that_repeat_are_counted() {
        let mut transcript = Transcript::default();
        for poll in 1..=5 {
            transcript.sent(RequestId(poll), &get("https://id.test/token"), now(0));
            let body = if poll == 5 {
                r#"{"error":"access_denied"}"#
            } else {
                r#"{"error":"authorization_pending"}"#
            };
            transcript.answered(RequestId(poll), &Ok(reply(400, "application/json", body)), now(0));
        }
        let lines = transcript.lines();
        assert!(lines.iter().any(|line| line.ends_with("4 times in a row")), "{lines:?}");
        assert_eq!(lines.iter().filter(|line| line.starts_with("answer")).count(), 2);
    }

    #[test]
    fn a_text_is_shown_where_it_refuses_and_hidden_where_it_may_be_a_token() {
        for (status, shown) in [(403, true), (200, false)] {
            let mut transcript = Transcript::default();
            transcript.sent(RequestId(1), &get("https://id.test/register"), now(0));
            transcript.answered(RequestId(1), &Ok(reply(status, "text/plain", "not on the list")), now(0));
            assert_eq!(transcript.lines().join("\n").contains("not on the list"), shown);
        }
    }

    proptest! {
        #[test]
        fn a_secret_is_hidden_in_every_place(
            name in "(access_token|code|x|device_code|refresh|id_token|client_secret|password|key)",
            place in 0_usize..5,
        ) {
            let mut request = get("https://id.test/a");
            let mut reply = reply(200, "application/json", "{}");
            match place {
                0 => request.url = url(&format!("https://id.test/a?{name}={CANARY}")),
                1 => request.headers = vec![header(&name, CANARY)],
                2 => reply.body = Secret::new(format!(r#"{{"a":{{"{name}":["{CANARY}"]}}}}"#)),
                3 => reply.headers = vec![header("location", &format!("http://127.0.0.1/cb?{name}={CANARY}#{name}={CANARY}"))],
                _ => {
                    request.secrets = vec![Secret::new(CANARY)];
                    reply.secrets = vec![Secret::new(CANARY)];
                    reply.body = Secret::new(format!(r#"{{"error_description":"bad token {CANARY}"}}"#));
                }
            }
            let mut transcript = Transcript::default();
            transcript.sent(RequestId(1), &request, now(0));
            transcript.answered(RequestId(1), &Ok(reply), now(0));
            let text = transcript.lines().join("\n");
            prop_assert!(!text.contains(CANARY), "{text}");
        }
    }

    fn url(text: &str) -> Url {
        Url::parse(text).expect("a URL")
    }

    fn header(name: &str, value: &str) -> (String, Secret) {
        (name.to_owned(), Secret::new(value))
    }

    fn get(address: &str) -> Request {
        Request {
            method: Method::Get,
            url: url(address),
            headers: Vec::new(),
            body: None,
            secrets: Vec::new(),
            must_be_public: false,
        }
    }

    fn reply(status: u16, kind: &str, body: &str) -> Reply {
        let headers = vec![header("content-type", kind)];
        Reply { status, headers, body: Secret::new(body), sent: now(0), secrets: Vec::new() }
    }

    fn now(seconds: u64) -> Now {
        let begin = fixtures::now();
        Now { steady: begin.steady.after(Duration::from_secs(seconds)), ..begin }
    }
}
