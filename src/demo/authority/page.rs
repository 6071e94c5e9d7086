//! Pages that a person sees in the browser. Everything from outside is escaped; nothing runs.
//!
//! `assets/consent.html` is the consent page as it can be opened in a browser; the other pages
//! borrow its frame and put their own words between `<main>` and `</main>`.

use crate::demo::authority::DEVICE_PAGE;
use crate::demo::authority::dialect::Scope;
use crate::demo::authority::request::RequestParameters;
use crate::demo::authority::response::HttpResponse;

const CONSENT: &str = include_str!("../../../assets/consent.html");

/// Without `form-action`: browsers apply it to the redirect that follows the form as well, and
/// that one leads to the client.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// What the consent page shows.
pub(super) struct ConsentPage<'a> {
    /// The id that comes back with the decision.
    pub(super) consent: &'a str,
    /// Where the decision is posted.
    pub(super) action: &'a str,
    pub(super) client: &'a str,
    pub(super) scopes: Vec<&'a Scope>,
    pub(super) login: &'a str,
    pub(super) receiver: &'a str,
}

/// Who asks, for what, and the person's answer.
pub(super) fn consent(shown: &ConsentPage<'_>) -> HttpResponse {
    let scope = |(name, meaning): &&Scope| {
        let (name, meaning) = (escaped(name), escaped(meaning));
        format!(
            "<li><label><input type=\"checkbox\" name=\"scope\" value=\"{name}\" checked>{meaning}</label> \
             <code>{name}</code></li>\n"
        )
    };
    let scopes: String = shown.scopes.iter().map(scope).collect();
    html(
        200,
        &filled(
            CONSENT,
            &[
                ("action", &escaped(shown.action)),
                ("client", &escaped(shown.client)),
                ("scopes", &scopes),
                ("login", &escaped(shown.login)),
                ("receiver", &escaped(shown.receiver)),
                ("consent", &escaped(shown.consent)),
            ],
        ),
    )
}

/// Shows the answer for copying, where no callback can reach the program.
pub(super) fn paste(parameters: &RequestParameters) -> HttpResponse {
    let state = parameters.get("state").unwrap_or_default();
    match (parameters.get("code"), parameters.get("error")) {
        (_, Some(error)) => framed(
            200,
            "Login not completed",
            &format!("<p>The answer was <code>{}</code>. You can close this window.</p>", escaped(error)),
        ),
        (Some(code), None) => {
            let both = escaped(&format!("{code}#{state}"));
            let main =
                format!("<p>Copy this and paste it into authtui:</p>\n<pre class=\"copy\">{both}</pre>");
            framed(200, "Almost there", &main)
        }
        (None, None) => error(400, "This page shows the code at the end of a login. There is none."),
    }
}

/// Tells that something is wrong, and what to do.
pub(super) fn error(status: u16, why: &str) -> HttpResponse {
    let main = format!("<p>{}</p>\n<p>Go back to authtui and start the login again.</p>", escaped(why));
    framed(status, "This does not work", &main)
}

/// Where a person types the code that a device shows (RFC 8628 §3.3).
///
/// An address may bring the code along; the person still presses the button, because the code
/// may be somebody else's (RFC 8628 §5.4).
pub(super) fn device(status: u16, typed: &str, trouble: Option<&str>) -> HttpResponse {
    let trouble = trouble.map(|why| format!("<p>{}</p>\n", escaped(why))).unwrap_or_default();
    let main = format!(
        "{trouble}<form method=\"post\" action=\"{page}\">\n<label for=\"user_code\">The code that your \
         device or program shows</label>\n<input type=\"text\" id=\"user_code\" name=\"user_code\" \
         value=\"{typed}\" maxlength=\"40\" autocomplete=\"off\" autocapitalize=\"characters\" \
         spellcheck=\"false\" autofocus>\n<div class=\"choice\"><button type=\"submit\" \
         class=\"yes\">Continue</button></div>\n</form>\n<p class=\"quiet\">Go on only if you began this login \
         yourself.</p>",
        page = DEVICE_PAGE,
        typed = escaped(typed),
    );
    framed(status, "Connect a device", &main)
}

/// Tells that the device learns of the decision.
pub(super) fn decided(allowed: bool) -> HttpResponse {
    let (title, what) = if allowed {
        ("Connected", "The device or program that shows the code continues on its own.")
    } else {
        ("Not connected", "The device or program that shows the code is told that you said no.")
    };
    framed(200, title, &format!("<p>{what} You can close this window.</p>"))
}

pub(super) fn framed(status: u16, title: &str, main: &str) -> HttpResponse {
    let (head, rest) = CONSENT.split_once("<main>").unwrap_or_default();
    let (_, foot) = rest.split_once("</main>").unwrap_or_default();
    html(status, &format!("{head}<main>\n<h1>{}</h1>\n{main}\n</main>{foot}", escaped(title)))
}

fn html(status: u16, page: &str) -> HttpResponse {
    HttpResponse::new(status, "text/html; charset=utf-8", page)
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", "no-referrer")
        .with("X-Content-Type-Options", "nosniff")
}

/// `template` with every `{{name}}` filled in, in one pass: a value that looks like a
/// placeholder stays what it is.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        let value = values.iter().find(|(placeholder, _)| *placeholder == name);
        page.push_str(value.map_or("", |(_, value)| value));
        page.push_str(rest);
    }
    page
}

pub(super) fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for char in text.chars() {
        match char {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            '"' => safe.push_str("&quot;"),
            '\'' => safe.push_str("&#39;"),
            _ => safe.push(char),
        }
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::PASTE;
    use crate::demo::authority::tests::{TestUser, between};

    #[test]
    fn a_value_that_looks_like_markup_or_a_placeholder_stays_text() {
        let hostile = "<b>'\"&{{consent}}";
        let shown = ConsentPage {
            consent: "id",
            action: "/a",
            client: hostile,
            scopes: Vec::new(),
            login: hostile,
            receiver: "x",
        };
        let page = consent(&shown);
        let page = page.body.expose();
        assert!(page.contains("&lt;b&gt;&#39;&quot;&amp;{{consent}}"));
        assert!(!page.contains("<b>"));
    }

    #[test]
    fn every_placeholder_of_the_consent_page_is_filled_and_nothing_in_it_runs() {
        let shown = ConsentPage {
            consent: "id-of-this-consent",
            action: "/oauth2/auth",
            client: "Some program",
            scopes: vec![&("profile", "See your name")],
            login: "ana@demo.test",
            receiver: "127.0.0.1",
        };
        let page = consent(&shown);
        let page = page.body.expose();
        for needle in [
            "id-of-this-consent",
            "action=\"/oauth2/auth\"",
            "Some program",
            "See your name",
            "value=\"profile\" checked",
            "ana@demo.test",
            "127.0.0.1",
        ] {
            assert!(page.contains(needle), "{needle}");
        }
        for needle in ["{{", "<script", "http://", "https://"] {
            assert!(!page.contains(needle), "{needle}");
        }
    }

    #[test]
    fn the_other_pages_have_the_frame_without_the_form() {
        let page = error(404, "There is nothing here.");
        assert!(page.body.expose().contains("<style>"));
        assert!(page.body.expose().ends_with("</html>\n"));
        assert!(!page.body.expose().contains("<form"));
    }
    #[test]
    fn what_was_typed_as_a_code_comes_back_as_text() {
        let page = device(400, "\"><script>", Some("Not known."));
        assert!(page.body.expose().contains("value=\"&quot;&gt;&lt;script&gt;\""));
        assert!(page.body.expose().contains("<p>Not known.</p>"));
    }

    #[test]
    fn the_paste_page_shows_code_and_state_as_text() {
        let mut user = TestUser::new();
        let page = user.ask(&format!("GET {PASTE}?code=a%3Cb%3E&state=s%26t"), &[], "");
        assert_eq!(between(page.body.expose(), "<pre class=\"copy\">", "<"), "a&lt;b&gt;#s&amp;t");
        let page = user.ask(&format!("GET {PASTE}?error=access_denied&state=s"), &[], "");
        assert!(page.body.expose().contains("access_denied"));
    }
}
