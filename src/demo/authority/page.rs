//! The pages a person sees in the browser. Everything from outside is escaped; nothing runs.
//!
//! `assets/consent.html` is the consent page as it can be opened in a browser; the other pages
//! borrow its frame and put their own words between `<main>` and `</main>`.

use crate::demo::authority::exchange::Answer;
use crate::demo::authority::parameter::Parameters;

const CONSENT: &str = include_str!("../../../assets/consent.html");

/// Without `form-action`: browsers apply it to the redirect that follows the form as well, and
/// that one leads to the client.
const POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'; base-uri 'none'";

/// What the consent page shows.
pub(super) struct Shown<'a> {
    pub(super) consent: &'a str,
    pub(super) client: &'a str,
    pub(super) scopes: Vec<&'a (&'static str, &'static str)>,
    pub(super) login: &'a str,
    pub(super) redirect: &'a str,
}

/// Who asks, for what, and the person's answer.
pub(super) fn consent(shown: &Shown<'_>) -> Answer {
    let scope = |(name, meaning): &&(&str, &str)| {
        format!("<li>{} <code>{}</code></li>\n", escaped(meaning), escaped(name))
    };
    let scopes: String = shown.scopes.iter().map(scope).collect();
    html(
        200,
        &filled(
            CONSENT,
            &[
                ("client", &escaped(shown.client)),
                ("scopes", &scopes),
                ("login", &escaped(shown.login)),
                ("redirect", &escaped(shown.redirect)),
                ("consent", &escaped(shown.consent)),
            ],
        ),
    )
}

/// Shows the answer for copying, where no callback can reach the program.
pub(super) fn paste(parameters: &Parameters) -> Answer {
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
        (None, None) => trouble(400, "This page shows the code at the end of a login. There is none."),
    }
}

/// Says that something is wrong, and what to do.
pub(super) fn trouble(status: u16, why: &str) -> Answer {
    let main = format!("<p>{}</p>\n<p>Go back to authtui and start the login again.</p>", escaped(why));
    framed(status, "This does not work", &main)
}

/// What this server is.
pub(super) fn index(issuer: &str) -> Answer {
    let main = format!(
        "<p>This authorization server runs inside <code>authtui demo</code> at <code>{}</code>. It knows \
         nobody, keeps nothing, and ends with the program.</p>",
        escaped(issuer)
    );
    framed(200, "authtui demo", &main)
}

fn framed(status: u16, title: &str, main: &str) -> Answer {
    let (head, rest) = CONSENT.split_once("<main>").unwrap_or_default();
    let (_, foot) = rest.split_once("</main>").unwrap_or_default();
    html(status, &format!("{head}<main>\n<h1>{}</h1>\n{main}\n</main>{foot}", escaped(title)))
}

fn html(status: u16, page: &str) -> Answer {
    Answer::new(status, "text/html; charset=utf-8", page)
        .with("Content-Security-Policy", POLICY)
        .with("Referrer-Policy", "no-referrer")
        .with("X-Content-Type-Options", "nosniff")
}

/// `template` with every `{{name}}` filled in, in one pass: a value that looks like a slot stays
/// what it is.
fn filled(template: &str, values: &[(&str, &str)]) -> String {
    let mut pieces = template.split("{{");
    let mut page = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let (name, rest) = piece.split_once("}}").unwrap_or(("", piece));
        let value = values.iter().find(|(slot, _)| *slot == name);
        page.push_str(value.map_or("", |(_, value)| value));
        page.push_str(rest);
    }
    page
}

fn escaped(text: &str) -> String {
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

    #[test]
    fn a_value_that_looks_like_markup_or_a_slot_stays_text() {
        let hostile = "<b>'\"&{{consent}}";
        let shown =
            Shown { consent: "id", client: hostile, scopes: Vec::new(), login: hostile, redirect: "x" };
        let page = consent(&shown);
        let page = page.body.expose();
        assert!(page.contains("&lt;b&gt;&#39;&quot;&amp;{{consent}}"));
        assert!(!page.contains("<b>"));
    }

    #[test]
    fn every_slot_of_the_consent_page_is_filled_and_nothing_in_it_runs() {
        let shown = Shown {
            consent: "id-of-this-consent",
            client: "Some program",
            scopes: vec![&("profile", "See your name")],
            login: "ana@demo.test",
            redirect: "127.0.0.1",
        };
        let page = consent(&shown);
        let page = page.body.expose();
        for needle in ["id-of-this-consent", "Some program", "See your name", "ana@demo.test", "127.0.0.1"] {
            assert!(page.contains(needle), "{needle}");
        }
        for needle in ["{{", "<script", "http://", "https://"] {
            assert!(!page.contains(needle), "{needle}");
        }
    }

    #[test]
    fn the_other_pages_have_the_frame_without_the_form() {
        let page = index("http://127.0.0.1:1");
        assert!(page.body.expose().contains("<style>"));
        assert!(page.body.expose().ends_with("</html>\n"));
        assert!(!page.body.expose().contains("<form"));
    }
}
