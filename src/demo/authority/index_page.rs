//! Index page of the server: what it is, and buttons for what goes wrong next.

use crate::demo::authority::client::{RegisteredClient, SecretTransport};
use crate::demo::authority::fault;
use crate::demo::authority::page::{self, escaped, framed};
use crate::demo::authority::request::IncomingRequest;
use crate::demo::authority::resource::KEY;
use crate::demo::authority::response::HttpResponse;
use crate::demo::authority::{Authority, DEFAULT_LOGIN, DEVICE_PAGE, REVOKE};

/// Where the buttons plan faults.
pub(super) const FAULTS_PATH: &str = "/demo/faults";

/// The faults that have a button.
const FAULT_BUTTONS: [&str; 14] = [
    "authorize=denied",
    "device=503",
    "device=expired",
    "poll=slow_down",
    "poll=denied",
    "poll=503",
    "token=503",
    "token=slow",
    "token=html",
    "token=lost",
    "token=dead",
    "revoke=503",
    "revoke=lost",
    "scopes=500",
];

impl Authority {
    /// What this server is, its clients with their secret, the faults that can be planned, and what came
    /// of the button that was pressed.
    pub(super) fn index(&self, status: u16, outcome: Option<String>) -> HttpResponse {
        let outcome = outcome.iter().map(|done| format!("<p><strong>{}</strong></p>", escaped(done)));
        let issuer = escaped(&self.issuer);
        let about = [
            format!(
                "<p>This authorization server runs inside <code>authtui demo</code> at <code>{issuer}</code>. It \
                 knows nobody, keeps nothing, and ends with the program.</p>"
            ),
            format!("<p>The code of a device is typed <a href=\"{DEVICE_PAGE}\">on this page</a>.</p>"),
            format!("<p>A token ends its grant at <code>{REVOKE}</code> (RFC 7009).</p>"),
            "<p>These clients may log in:</p>".to_owned(),
            format!("<ul>\n{}</ul>", self.clients.iter().map(row).collect::<String>()),
        ];
        let secret = self.clients.iter().find_map(|client| client.secret.as_ref());
        let secret = secret.map(|secret| copied("The secret of those that have one:", secret.expose()));
        let key = copied("An API key that works:", KEY);
        let rest = [key, faults(self.faults.left()), withdrawal()];
        let main: Vec<String> = outcome.chain(about).chain(secret).chain(rest).collect();
        framed(status, "authtui demo", &main.join("\n"))
    }

    /// Does what a button of the index page asks, and nothing for other pages.
    pub(super) fn press_button(&mut self, request: &IncomingRequest<'_>) -> HttpResponse {
        if request.http.header("Origin").is_some_and(|origin| origin != self.issuer) {
            return page::error(403, "Another page asked for this.");
        }
        if request.parameters.get("forget").is_some() {
            self.faults.clear();
            return self.index(200, Some("Nothing goes wrong by plan.".to_owned()));
        }
        if let Some(account) = request.parameters.get("withdraw") {
            self.withdraw(account);
            return self.index(200, Some(format!("Every login of {account} has ended.")));
        }
        let written = request.parameters.get("fault").unwrap_or_default();
        match fault::parse(written) {
            Ok(fault) => {
                self.faults.add(fault);
                self.index(200, Some(format!("Planned: {written}")))
            }
            Err(error) => self.index(400, Some(error.to_string())),
        }
    }
}

fn row(client: &RegisteredClient) -> String {
    let ways: Vec<&str> =
        client.transports.iter().map(|transport| SecretTransport::word(*transport)).collect();
    let how = if ways.is_empty() { "no secret".to_owned() } else { format!("secret: {}", ways.join(", ")) };
    format!("<li><code>{}</code> <span class=\"quiet\">{how}</span></li>\n", escaped(&client.id))
}

fn copied(label: &str, value: &str) -> String {
    format!("<p>{label}</p>\n<pre class=\"copy\">{}</pre>", escaped(value))
}

fn faults(planned: u32) -> String {
    let buttons = FAULT_BUTTONS.iter().map(|fault| button("fault", fault, fault));
    let forget = button("forget", "all", "forget them all");
    form(
        &format!("What the next such request meets ({planned} still to come):"),
        &buttons.chain([forget]).collect::<String>(),
    )
}

fn withdrawal() -> String {
    let words = format!("Ends every grant of {DEFAULT_LOGIN}, as at a page for connected programs:");
    form(&words, &button("withdraw", DEFAULT_LOGIN, "withdraw consent"))
}

fn form(label: &str, buttons: &str) -> String {
    format!(
        "<p>{label}</p>\n<form method=\"post\" action=\"{FAULTS_PATH}\" class=\"faults\">\n{buttons}</form>"
    )
}

fn button(name: &str, value: &str, words: &str) -> String {
    format!("<button type=\"submit\" name=\"{name}\" value=\"{value}\">{words}</button>\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::authority::tests::{TestUser, text};
    use crate::demo::authority::{USERINFO, client};

    #[test]
    fn every_button_is_a_fault() {
        for written in FAULT_BUTTONS {
            assert!(fault::parse(written).is_ok(), "{written}");
        }
    }

    #[test]
    fn the_index_page_tells_the_secret_and_plans_faults_for_itself_alone() {
        let mut user = TestUser::new();
        let page = user.ask("GET /", &[], "");
        for needle in [client::CONFIDENTIAL_SECRET, client::PLATFORM, KEY, "value=\"token=lost\""] {
            assert!(page.body.expose().contains(needle), "{needle}");
        }
        let press = |user: &mut TestUser, origin: &str, body: &str| {
            let headers = [("Content-Type", "application/x-www-form-urlencoded"), ("Origin", origin)];
            user.ask(&format!("POST {}", FAULTS_PATH), &headers, body).status
        };
        let ours = "http://127.0.0.1:4000";
        assert_eq!(press(&mut user, "https://evil.test", "fault=token%3D503"), 403);
        assert_eq!(press(&mut user, ours, "fault=token%3D1"), 400);
        assert_eq!(user.authority.faults.left(), 0);
        assert_eq!(press(&mut user, ours, "fault=token%3D503"), 200);
        assert_eq!(user.refresh("any").status, 503);
        press(&mut user, ours, "fault=token%3Dlost");
        press(&mut user, ours, "forget=all");
        assert_eq!(user.authority.faults.left(), 0);
        let tokens = user.tokens();
        press(&mut user, ours, "withdraw=bo%40demo.test");
        assert_eq!(user.get(USERINFO, text(&tokens, "/access_token")).status, 401);
    }
}
