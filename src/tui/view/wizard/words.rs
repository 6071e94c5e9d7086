//! What the pages of the wizard say.

use crate::domain::provider::draft::Question;
use crate::oauth::login::needs::{self, Needs};
use crate::tui::field::Field;
use crate::tui::prose;
use crate::tui::wizard::{Page, Step, Wizard, Work};

/// How a template is offered.
pub(super) const OTHER: &str = "Another OAuth 2 server…";
/// The answers of the page about PKCE.
pub(super) const PKCE: [&str; 2] = ["Send it, as RFC 9700 asks for", "Leave it out: the server refuses it"];
/// The answers of the page about the way in.
pub(super) const HOW: [&str; 2] = ["Log in with a browser", "Store an API key"];

/// The title of every page.
pub(super) fn title(wizard: &Wizard) -> String {
    let key = wizard.wants_key();
    let name = wizard.needs.as_ref().and_then(Needs::profile_name);
    match (name, wizard.provider(), &wizard.draft) {
        (Some(name), ..) if key => format!("Store the key {name}"),
        (Some(name), ..) => format!("Log in to {name}"),
        (None, Some(provider), _) if key => format!("New key of {}", provider.name),
        (None, Some(provider), _) => format!("New login at {}", provider.name),
        (None, None, Some(draft)) if !draft.name.is_empty() => format!("New server {}", draft.name),
        (None, None, Some(_)) => "New server".to_owned(),
        (None, None, None) => "New login".to_owned(),
    }
}

/// What is asked, as sentences.
pub(super) fn text(wizard: &Wizard) -> String {
    let provider = wizard.provider();
    let named = provider.map_or_else(String::new, |provider| prose::safe(&provider.title));
    match &wizard.page {
        Page::Draft(question, _) => draft(*question).to_owned(),
        Page::Pkce(_) => {
            "PKCE binds the code of a login to this program (RFC 7636). Servers that do not know it \
                          ignore it."
                .to_owned()
        }
        Page::How(_) => format!("{named} knows two ways in."),
        Page::Name(_) if wizard.wants_key() => {
            format!("A name for this key of {named}, to tell it from your others there.")
        }
        Page::Name(_) => format!("A name for this account at {named}, to tell it from your others there."),
        Page::Key(_) => {
            let page = provider.and_then(|provider| provider.key_page.as_ref());
            let page = page.map(|url| format!(" You get one at {}", prose::safe(url.as_str())));
            format!("The API key of {named}.{}", page.unwrap_or_default())
        }
        Page::ClientId(_) => {
            format!("The client id that {named} gave you when you registered there.")
        }
        Page::ClientSecret(_) if wizard.needs.as_ref().and_then(Needs::doubted_secret).is_some() => {
            "The last login failed. Was the client secret the reason, type the new one; Enter alone uses the \
             stored one again."
                .to_owned()
        }
        Page::ClientSecret(_) => {
            format!("The client secret that belongs to the id, at {named}. It is stored with the profile.")
        }
        Page::Notice => {
            prose::safe(provider.and_then(|provider| provider.notice.as_deref()).unwrap_or_default())
        }
        // These pages have words of their own.
        Page::Provider(_) | Page::Preview(_) | Page::Scopes(_) | Page::Ready => String::new(),
    }
}

fn draft(question: Question) -> &'static str {
    match question {
        Question::Name => {
            "A short name for the server: profiles there are called NAME/…, and its file NAME.yaml."
        }
        Question::Authorize => "The authorization endpoint: the address at which a person logs in.",
        Question::Token => "The token endpoint: the address at which codes become tokens.",
        Question::Device => {
            "The device authorization endpoint (RFC 8628), for logins without a browser here. Leave it empty if \
             there is none."
        }
        Question::ClientId => {
            "The client id that the server gave you. Register http://127.0.0.1:8765/callback there as the \
             redirect address."
        }
        Question::ClientSecret => {
            "The client secret. Leave it empty if the client is public. It is stored with the profile, never in \
             the server's file."
        }
        Question::Scopes => {
            "The scopes to ask for, with spaces between them. Leave it empty to ask for none."
        }
    }
}

/// What stands before the field.
pub(super) fn prompt(wizard: &Wizard) -> String {
    match wizard.page.step() {
        Step::Asked(needs::Question::Name) => {
            wizard.provider().map_or_else(String::new, |it| format!("{}/", it.name))
        }
        Step::Draft(Question::Name) => "name: ".to_owned(),
        Step::Draft(Question::Authorize) => "authorize: ".to_owned(),
        Step::Draft(Question::Token) => "token: ".to_owned(),
        Step::Draft(Question::Device) => "device: ".to_owned(),
        Step::Draft(Question::ClientId) | Step::Asked(needs::Question::ClientId) => "id: ".to_owned(),
        Step::Draft(Question::ClientSecret) | Step::Asked(needs::Question::ClientSecret) => {
            "secret: ".to_owned()
        }
        Step::Draft(Question::Scopes) => "scopes: ".to_owned(),
        Step::Asked(needs::Question::Key) => "key: ".to_owned(),
        Step::Provider
        | Step::Pkce
        | Step::Preview
        | Step::How
        | Step::Asked(needs::Question::Scopes | needs::Question::Notice | needs::Question::Replace)
        | Step::Ready => String::new(),
    }
}

/// What a person should know about what they typed.
pub(super) fn note(wizard: &Wizard, field: &Field) -> Option<String> {
    let hidden = matches!(
        wizard.page.step(),
        Step::Asked(needs::Question::Key | needs::Question::ClientSecret)
            | Step::Draft(Question::ClientSecret)
    );
    match wizard.work {
        Work::Testing => Some("Testing it.".to_owned()),
        Work::Saving => Some("Saving it.".to_owned()),
        Work::Idle => (hidden && field.is_trimmed()).then(|| needs::TRIMMED.to_owned()),
    }
}
