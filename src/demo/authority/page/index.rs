//! The front page: who may log in here, and what goes wrong next.

use crate::demo::authority::client::{Client, Proof};
use crate::demo::authority::consent::DEFAULT_LOGIN;
use crate::demo::authority::exchange::Answer;
use crate::demo::authority::front::FAULTS;
use crate::demo::authority::page::{escaped, framed};
use crate::demo::authority::{REVOKE, device, resource, script};

/// What the front page tells.
pub(in crate::demo::authority) struct Told<'a> {
    pub(in crate::demo::authority) issuer: &'a str,
    pub(in crate::demo::authority) clients: &'a [Client],
    /// How many requests will meet a fault.
    pub(in crate::demo::authority) planned: u32,
    /// What came of the button that was pressed.
    pub(in crate::demo::authority) outcome: Option<String>,
}

/// What this server is, its clients with their secret, and the faults that can be planned.
pub(in crate::demo::authority) fn index(status: u16, told: &Told<'_>) -> Answer {
    let outcome = told.outcome.iter().map(|done| format!("<p><strong>{}</strong></p>", escaped(done)));
    let issuer = escaped(told.issuer);
    let about = [
        format!(
            "<p>This authorization server runs inside <code>authtui demo</code> at <code>{issuer}</code>. It \
             knows nobody, keeps nothing, and ends with the program.</p>"
        ),
        format!("<p>The code of a device is typed <a href=\"{}\">on this page</a>.</p>", device::PAGE),
        format!("<p>A token ends its grant at <code>{REVOKE}</code> (RFC 7009).</p>"),
        "<p>These clients may log in:</p>".to_owned(),
        format!("<ul>\n{}</ul>", told.clients.iter().map(row).collect::<String>()),
    ];
    let secret = told.clients.iter().find_map(|client| client.secret.as_ref());
    let secret = secret.map(|secret| copied("The secret of those that have one:", secret.expose()));
    let key = copied("An API key that works:", resource::KEY);
    let main: Vec<String> =
        outcome.chain(about).chain(secret).chain([key, faults(told.planned), withdrawal()]).collect();
    framed(status, "authtui demo", &main.join("\n"))
}

fn row(client: &Client) -> String {
    let proofs: Vec<&str> = client.proofs.iter().map(|proof| Proof::word(*proof)).collect();
    let how =
        if proofs.is_empty() { "no secret".to_owned() } else { format!("secret: {}", proofs.join(", ")) };
    format!("<li><code>{}</code> <span class=\"quiet\">{how}</span></li>\n", escaped(&client.id))
}

fn copied(label: &str, value: &str) -> String {
    format!("<p>{label}</p>\n<pre class=\"copy\">{}</pre>", escaped(value))
}

fn faults(planned: u32) -> String {
    let buttons = script::BUTTONS.iter().map(|fault| button("fault", fault, fault));
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
    format!("<p>{label}</p>\n<form method=\"post\" action=\"{FAULTS}\" class=\"faults\">\n{buttons}</form>")
}

fn button(name: &str, value: &str, words: &str) -> String {
    format!("<button type=\"submit\" name=\"{name}\" value=\"{value}\">{words}</button>\n")
}
