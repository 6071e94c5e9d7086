//! Words of the wizard's pages.

use url::Url;

use crate::domain::provider::draft::DraftQuestion;
use crate::domain::provider::registration::RegistrationRecipe;
use crate::oauth::login::preflight::{self, Preflight};
use crate::tui::field::Field;
use crate::tui::text_layout;
use crate::tui::wizard::{ListQuestion, Page, TextQuestion, Wizard, Work};

/// The answers of the page about PKCE.
pub(super) const PKCE: [&str; 2] = [
    "Use PKCE (recommended by RFC 9700)",
    "Do not use PKCE (this server \
    rejects it)",
];
/// The answers of the page about the way in.
pub(super) const HOW: [&str; 2] = ["Log in with a browser", "Store an API key"];

/// The title of every page, and which of how many it is.
pub(super) fn title(wizard: &Wizard) -> String {
    format!("{}{}", name(wizard), progress(wizard))
}

/// Which page it is of how many, behind a title.
pub(in crate::tui::view) fn progress(wizard: &Wizard) -> String {
    wizard.progress().map_or_else(String::new, |(place, count)| format!(" · {place} of {count}"))
}

/// What was answered on the pages before: a label and the answer, never a secret.
pub(super) fn entered(wizard: &Wizard) -> Vec<(&'static str, String)> {
    wizard.passed.iter().filter_map(answered).collect()
}

fn answered(page: &Page) -> Option<(&'static str, String)> {
    Some(match page {
        Page::Text(question, field) => {
            let label = match question {
                TextQuestion::Name => "Profile",
                TextQuestion::Key => "Key",
                TextQuestion::ClientId
                | TextQuestion::ServerClientId
                | TextQuestion::Draft(DraftQuestion::ClientId) => "Client id",
                TextQuestion::ClientSecret
                | TextQuestion::ServerClientSecret
                | TextQuestion::Draft(DraftQuestion::ClientSecret) => "Secret",
                TextQuestion::Draft(DraftQuestion::Name) => "Server",
                TextQuestion::Draft(DraftQuestion::Authorize) => "Login page",
                TextQuestion::Draft(DraftQuestion::Token) => "Tokens",
                TextQuestion::Draft(DraftQuestion::Device) => "Device",
                TextQuestion::Draft(DraftQuestion::Revoke) => "Revocation",
                TextQuestion::Draft(DraftQuestion::Scopes) => "Scopes",
            };
            let is_empty = field.is_empty() || question.is_address() && field.text().ends_with("://");
            let answer = match (is_empty, question.is_secret()) {
                (true, _) => "none".to_owned(),
                (false, true) => "entered".to_owned(),
                (false, false) => text_layout::safe(field.text()),
            };
            (label, answer)
        }
        Page::Choice(ListQuestion::LoginOrKey, marked) => ("How", HOW.get(*marked)?.to_lowercase()),
        Page::Choice(ListQuestion::Pkce, marked) => {
            ("PKCE", if *marked == 0 { "on" } else { "off" }.to_owned())
        }
        Page::Scopes(picker) => ("Scopes", format!("{} selected", picker.asked().len())),
        Page::Provider(_) | Page::Server(_) | Page::Preview(_) | Page::Notice | Page::Ready => return None,
    })
}

fn name(wizard: &Wizard) -> String {
    let key = wizard.wants_key();
    let name = wizard.preflight.as_ref().and_then(Preflight::profile_name);
    match (name, wizard.provider(), &wizard.draft) {
        (Some(name), ..) if key => format!("Store the key {name}"),
        (Some(name), ..) => format!("Log in to {name}"),
        (None, Some(provider), _) if key => format!("New key for {}", provider.name),
        (None, Some(provider), _) => format!("New login at {}", provider.name),
        (None, None, Some(draft)) if !draft.name.is_empty() => format!("New server {}", draft.name),
        (None, None, Some(_)) => "New server".to_owned(),
        (None, None, None) => match &wizard.address {
            Some(address) if !matches!(wizard.page, Page::Provider(_)) => {
                format!("New login at {}", text_layout::safe(address.host_str().unwrap_or_default()))
            }
            Some(_) | None => "New login".to_owned(),
        },
    }
}

/// What is asked, as sentences.
pub(super) fn text(wizard: &Wizard) -> String {
    let provider = wizard.provider();
    let named = provider.map_or_else(String::new, |provider| text_layout::safe(&provider.title));
    match &wizard.page {
        Page::Text(question, _) => question_text(wizard, *question, &named),
        Page::Choice(ListQuestion::Pkce, _) => {
            "PKCE keeps a stolen login code useless (RFC 7636). Servers that do not know it ignore it."
                .to_owned()
        }
        Page::Choice(ListQuestion::LoginOrKey, _) => "How do you want to log in?".to_owned(),
        Page::Notice => {
            text_layout::safe(provider.and_then(|provider| provider.notice.as_deref()).unwrap_or_default())
        }
        // These pages have words of their own.
        Page::Provider(_) | Page::Server(_) | Page::Preview(_) | Page::Scopes(_) | Page::Ready => {
            String::new()
        }
    }
}

/// What is asked for a text; `named` is the provider.
fn question_text(wizard: &Wizard, question: TextQuestion, named: &str) -> String {
    match question {
        TextQuestion::Draft(question) => draft(question).to_owned(),
        TextQuestion::ServerClientId => client_id(wizard.recipe.as_ref(), &named),
        TextQuestion::ServerClientSecret => draft(DraftQuestion::ClientSecret).to_owned(),
        TextQuestion::Name if wizard.wants_key() => "Name this key, for example work or home.".to_owned(),
        TextQuestion::Name => "Name this profile, for example work or home.".to_owned(),
        TextQuestion::Key => {
            let page = wizard.provider().and_then(|provider| provider.key_page.as_ref());
            let page = page.map(|url| format!(" Create one at {}", text_layout::safe(url.as_str())));
            format!("Your API key for {named}.{}", page.unwrap_or_default())
        }
        TextQuestion::ClientId => {
            client_id(wizard.provider().and_then(|provider| provider.registration.as_ref()), &named)
        }
        TextQuestion::ClientSecret
            if wizard.preflight.as_ref().and_then(Preflight::doubted_secret).is_some() =>
        {
            "The last login failed. If the client secret was the reason, type the new one; Enter alone \
             keeps the stored one."
                .to_owned()
        }
        TextQuestion::ClientSecret => {
            format!("The client secret that {named} gave you with the id. It is stored with the profile.")
        }
    }
}

/// How to come to a client id: as the recipe says, where there is one.
fn client_id(recipe: Option<&RegistrationRecipe>, named: &str) -> String {
    let recipe = recipe.map(RegistrationRecipe::lines).unwrap_or_default();
    let last = match recipe.is_empty() {
        true => format!("The client id that {named} gave you when you registered there."),
        false => format!("Then enter the client id that {named} gives it."),
    };
    let lines = recipe.iter().map(|line| text_layout::safe(line));
    lines.chain([last]).collect::<Vec<_>>().join("\n")
}

fn draft(question: DraftQuestion) -> &'static str {
    match question {
        DraftQuestion::Name => {
            "Name the server, for example acme. Its profiles are called acme/…, its file acme.yaml."
        }
        DraftQuestion::Authorize => "Login page (authorization endpoint).",
        DraftQuestion::Token => "Token endpoint.",
        DraftQuestion::Device => {
            "Device authorization endpoint (RFC 8628), for logins without a browser. Leave it empty if \
             there is none."
        }
        DraftQuestion::Revoke => {
            "Revocation endpoint (RFC 7009), so that signing out can end a login at the server too. Leave \
             it empty if there is none."
        }
        DraftQuestion::ClientId => {
            "The client id that the server gave you. There, register http://127.0.0.1:8765/callback as \
             the redirect address."
        }
        DraftQuestion::ClientSecret => {
            "The client secret. Leave it empty if there is none. It is stored with the profile, never \
             in the server's file."
        }
        DraftQuestion::Scopes => "The scopes to request, separated by spaces. Leave it empty for none.",
    }
}

/// How the server at an address is offered.
pub(super) fn at_address(address: &Url) -> String {
    format!("Log in at {}", text_layout::safe(address.as_str()))
}

/// What stands before the field.
pub(super) fn prompt(wizard: &Wizard, question: TextQuestion) -> String {
    let words = match question {
        TextQuestion::Name => {
            return wizard.provider().map_or_else(String::new, |it| format!("{}/", it.name));
        }
        TextQuestion::Draft(DraftQuestion::Name) => "name: ",
        TextQuestion::Draft(DraftQuestion::Authorize) => "authorize: ",
        TextQuestion::Draft(DraftQuestion::Token) => "token: ",
        TextQuestion::Draft(DraftQuestion::Device) => "device: ",
        TextQuestion::Draft(DraftQuestion::Revoke) => "revoke: ",
        TextQuestion::Draft(DraftQuestion::ClientId)
        | TextQuestion::ServerClientId
        | TextQuestion::ClientId => "id: ",
        TextQuestion::Draft(DraftQuestion::ClientSecret)
        | TextQuestion::ServerClientSecret
        | TextQuestion::ClientSecret => "secret: ",
        TextQuestion::Draft(DraftQuestion::Scopes) => "scopes: ",
        TextQuestion::Key => "key: ",
    };
    words.to_owned()
}

/// What a person should know about what they typed.
pub(super) fn note(wizard: &Wizard, question: TextQuestion, field: &Field) -> Option<String> {
    match wizard.work {
        Work::Testing => Some("Testing it.".to_owned()),
        Work::Saving => Some("Saving it.".to_owned()),
        Work::Idle => (question.is_secret() && field.is_trimmed()).then(|| preflight::TRIMMED.to_owned()),
    }
}

/// Why an answer was not taken, as a sentence.
pub(in crate::tui::view) fn complaint(why: &str) -> String {
    let why = text_layout::capital(&text_layout::safe(why));
    if why.ends_with(['.', '?', '!']) { why } else { format!("{why}.") }
}
