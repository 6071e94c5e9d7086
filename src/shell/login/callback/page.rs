//! Pages that the browser shows. Every word is ours: nothing of a request is repeated, so nothing in
//! one can become markup.

use tiny_http::{HTTPVersion, Header, Response, StatusCode};

use crate::oauth::callback::{AuthorizationResponse, CallbackVerdict, Ignored};

const TEMPLATE: &str = include_str!("../../../../assets/page.html");

/// What every response says of itself: not to be kept, not to name its address to other sites,
/// and to load nothing.
const HEADERS: [(&str, &str); 5] = [
    ("Content-Type", "text/html; charset=utf-8"),
    ("Cache-Control", "no-store"),
    ("Referrer-Policy", "no-referrer"),
    ("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'"),
    ("X-Content-Type-Options", "nosniff"),
];

/// Whether the page itself is sent; a `HEAD` has only its headers.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum PageBody {
    Sent,
    LeftOut,
}

/// The whole response, as the bytes that go out.
///
/// It is one of HTTP/1.0 because then the connection closes after it: tiny_http drops a
/// `Connection` header, and a browser that keeps its connection would meet the next login with it.
pub(super) fn render(verdict: &CallbackVerdict, body: PageBody) -> Vec<u8> {
    let (status, title, words) = text(verdict);
    let html = TEMPLATE.replace("{{title}}", title).replace("{{words}}", words);
    let mut headers = HEADERS.to_vec();
    if status == 405 {
        headers.push(("Allow", "GET"));
    }
    if let CallbackVerdict::Redirect { to, .. } = verdict {
        headers.push(("Location", to.as_str()));
    }
    let headers = headers.into_iter().filter_map(|(name, value)| Header::from_bytes(name, value).ok());
    let response =
        Response::new(StatusCode(status), headers.collect(), html.as_bytes(), Some(html.len()), None);
    let mut bytes = Vec::with_capacity(html.len() + 1024);
    let written = response.raw_print(&mut bytes, HTTPVersion(1, 0), &[], body == PageBody::LeftOut, None);
    if written.is_ok() { bytes } else { Vec::new() }
}

fn text(verdict: &CallbackVerdict) -> (u16, &'static str, &'static str) {
    match verdict {
        CallbackVerdict::Answer(AuthorizationResponse::Untrusted(_)) => (
            400,
            "This answer was refused",
            "It does not come from the server that was asked. Return to authtui; nothing was sent.",
        ),
        CallbackVerdict::Answer(
            AuthorizationResponse::Code { .. } | AuthorizationResponse::Denied { .. },
        ) => (200, "Return to authtui", "Your answer has arrived. You can close this tab."),
        CallbackVerdict::Finished => (
            200,
            "This login is finished",
            "Its answer arrived earlier. Return to authtui; you can close this tab.",
        ),
        CallbackVerdict::Redirect { .. } => (302, "Opening the login page", "Your browser continues there."),
        CallbackVerdict::Rejected { ignored: Some(Ignored::NoQuery), .. } => (
            400,
            "No answer in this address",
            "If the address of this page has a # in it, copy the whole address and paste it into authtui.",
        ),
        CallbackVerdict::Rejected { ignored: Some(Ignored::Posted), .. } => (
            405,
            "Sent by POST",
            "The answer was sent by POST, which authtui does not read. Return to authtui: it says what to do.",
        ),
        CallbackVerdict::Rejected { status: 403, .. } => (
            403,
            "Sent by another user",
            "authtui accepts answers only from the user who runs it. If this is your browser, copy its address and paste it into authtui.",
        ),
        CallbackVerdict::Rejected { status: 410, .. } => (
            410,
            "This link was used before",
            "It works once. If you did not open it before, somebody else did: cancel the login in authtui.",
        ),
        CallbackVerdict::Rejected { status: 400, .. } => (
            400,
            "This was not the answer",
            "authtui ignored it, and nothing was changed. Return to authtui to continue your login.",
        ),
        CallbackVerdict::Rejected { status: 405, .. } => {
            (405, "Method not allowed", "This address can only be opened.")
        }
        CallbackVerdict::Rejected { status: 431, .. } => {
            (431, "Too long", "authtui did not read this request.")
        }
        CallbackVerdict::Rejected { status, .. } => {
            (*status, "Nothing is here", "This is where authtui waits for a login. Return to authtui.")
        }
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;
    use crate::domain::secret::Secret;
    use crate::oauth::callback::IssuerError;

    #[test]
    fn every_page_is_whole_and_closes_the_connection() {
        for (verdict, status) in pages() {
            let page = String::from_utf8(render(&verdict, PageBody::Sent)).expect("text");
            let (head, html) = page.split_once("\r\n\r\n").expect("a head");
            assert!(head.starts_with(&format!("HTTP/1.0 {status} ")), "{head}");
            for (name, value) in HEADERS {
                assert_eq!(head.matches(&format!("\r\n{name}: {value}")).count(), 1, "{name} in {head}");
            }
            assert!(head.contains(&format!("\r\nContent-Length: {}", html.len())), "{head}");
            assert!(!head.contains("Access-Control") && !head.contains("Set-Cookie"), "{head}");
            assert!(html.starts_with("<!doctype html>") && html.ends_with("</html>\n"), "{html}");
            assert!(html.contains("authtui") && !html.contains("{{"), "{html}");
        }
    }

    #[test]
    fn a_page_has_no_script_and_loads_nothing() {
        for trace in ["<script", "src=", "href=", "url(", "@import", "http:", "https:", "//"] {
            assert!(!TEMPLATE.contains(trace), "{trace}");
        }
    }

    #[test]
    fn no_page_repeats_what_the_request_said() {
        for (verdict, _) in pages() {
            let page = String::from_utf8(render(&verdict, PageBody::Sent)).expect("text");
            let html = page.split_once("\r\n\r\n").expect("a head").1;
            assert!(!html.contains("payload"), "{html}");
        }
    }

    #[test]
    fn a_head_request_has_no_page() {
        let page = render(&CallbackVerdict::Rejected { status: 404, ignored: None }, PageBody::LeftOut);
        assert!(page.ends_with(b"\r\n\r\n"));
    }

    fn pages() -> Vec<(CallbackVerdict, u16)> {
        let denied = AuthorizationResponse::Denied {
            error: "<payload>".to_owned(),
            description: Some("<img onerror=payload>".to_owned()),
        };
        let code = AuthorizationResponse::Code {
            code: Secret::new("payload"),
            issuer: Some("https://payload.test".to_owned()),
        };
        let go = Url::parse("https://as.test/authorize?state=payload").expect("a URL");
        let stray = |status| (CallbackVerdict::Rejected { status, ignored: None }, status);
        let told = |status, ignored| (CallbackVerdict::Rejected { status, ignored: Some(ignored) }, status);
        let mut pages = vec![
            (CallbackVerdict::Answer(code), 200),
            (CallbackVerdict::Answer(denied), 200),
            (CallbackVerdict::Answer(AuthorizationResponse::Untrusted(IssuerError::Other)), 400),
            (CallbackVerdict::Finished, 200),
            (CallbackVerdict::Redirect { to: go, link: Some(Secret::new("payload")) }, 302),
            told(400, Ignored::NoQuery),
            told(400, Ignored::Refusal(Some("payload".to_owned()))),
            told(405, Ignored::Posted),
        ];
        pages.extend([400, 403, 404, 405, 410, 431].map(stray));
        pages
    }
}
