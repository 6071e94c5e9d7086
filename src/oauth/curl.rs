//! Command line of a request that a person runs with their own browser's session.

use crate::domain::provider::request_template::Method;
use crate::domain::text;
use crate::oauth::request::Request;

/// What stands where the person puts their session cookie.
const COOKIE: &str = "PUT-YOUR-SESSION-COOKIE-HERE";

/// Prints the address in the headers of an answer, whatever its status, or else the status.
const ADDRESS: &str = r#"tr -d '\r' | awk 'tolower($1) == "location:" { print $2; found = 1 } /^HTTP/ { status = $0 } END { if (!found) print status }'"#;

/// A command for a POSIX shell that makes `request` with the session of a browser and prints the
/// address that the answer leads to, or its status where it leads nowhere. None where a part of it could steer a terminal.
///
/// Whoever calls this shows the command, so `request` must hold nothing that is worth stealing.
#[must_use]
pub fn with_session(request: &Request) -> Option<String> {
    let method = match (request.method, &request.body) {
        (Method::Post, None) => " -X POST",
        (Method::Delete, _) => " -X DELETE",
        (Method::Post, Some(_)) | (Method::Get, _) => "",
    };
    let headers = request.headers.iter().map(|(name, value)| format!("{name}: {}", value.expose()));
    let kind = request.body.as_ref().map(|(kind, _)| format!("content-type: {kind}"));
    let headers: String = headers.chain(kind).map(|header| format!(" -H {}", quoted(&header))).collect();
    let body = request.body.as_ref().map(|(_, body)| format!(" --data-raw {}", quoted(body.expose())));
    let command = format!(
        "curl -gsS -o /dev/null -D -{method} -b '{COOKIE}'{headers}{} {} | {ADDRESS}",
        body.unwrap_or_default(),
        quoted(request.url.as_str())
    );
    (!command.chars().any(text::is_hostile)).then_some(command)
}

/// `text` as one word of a POSIX shell.
pub(super) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::domain::secret::Secret;

    fn request(body: &str) -> Request {
        Request {
            secrets: Vec::new(),
            must_be_public: false,
            method: Method::Post,
            url: Url::parse("https://api.cal.test/v2/oauth/it's/authorize?a=1&b=$(id)").expect("a URL"),
            headers: vec![("accept".to_owned(), Secret::new("*/*"))],
            body: Some(("application/json", Secret::new(body))),
        }
    }

    #[test]
    fn every_part_is_one_word_of_the_shell() {
        assert_eq!(
            with_session(&request(r#"{"redirectUri":"it's $HOME `id`"}"#)).expect("a command"),
            r#"curl -gsS -o /dev/null -D - -b 'PUT-YOUR-SESSION-COOKIE-HERE' -H 'accept: */*' -H 'content-type: application/json' --data-raw '{"redirectUri":"it'\''s $HOME `id`"}' 'https://api.cal.test/v2/oauth/it'\''s/authorize?a=1&b=$(id)' | tr -d '\r' | awk 'tolower($1) == "location:" { print $2; found = 1 } /^HTTP/ { status = $0 } END { if (!found) print status }'"#
        );
        let bare = Request { body: None, headers: Vec::new(), ..request("") };
        let command = with_session(&bare).expect("a command");
        assert!(command.contains("-X POST -b"), "{command}");
    }

    #[test]
    fn what_could_steer_a_terminal_becomes_no_command() {
        for body in ["a\nb", "a\u{1b}[2J", "\u{202e}"] {
            assert_eq!(with_session(&request(body)), None, "{body:?}");
        }
    }
}
