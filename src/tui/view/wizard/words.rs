//! Words of the wizard's pages.

use url::Url;

use crate::domain::clock::{Now, local};
use crate::domain::countdown::countdown;
use crate::domain::name::StoreId;
use crate::domain::provider::registration::RegistrationRecipe;
use crate::domain::typed_end;
use crate::oauth::login::preflight::{self, Preflight};
use crate::tui::field::Field;
use crate::tui::text_layout;
use crate::tui::wizard::form::{FormField, ServerForm};
use crate::tui::wizard::key_page::{KeyField, KeyPage};
use crate::tui::wizard::{ListQuestion, Page, TextQuestion, Wizard, WizardContext, Work};

/// The answers of the page about the way in.
pub(super) const HOW: [&str; 2] = ["Log in with a browser", "Store an API key"];

/// The same behind a label.
const HOW_CHOSEN: [&str; 2] = ["log in with a browser", "store an API key"];

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
    let store = wizard.preflight.as_ref().map_or(StoreId::Own, Preflight::store);
    let kept = (store != StoreId::Own).then(|| ("Kept in", store.title().to_owned()));
    let is_named = wizard.passed.iter().any(|page| matches!(page, Page::Text(TextQuestion::Name, _)));
    let answers = wizard.passed.iter().filter_map(answered);
    answers.chain(kept.filter(|_| is_named)).collect()
}

fn answered(page: &Page) -> Option<(&'static str, String)> {
    Some(match page {
        Page::Text(question, field) => {
            let label = match question {
                TextQuestion::Name => "Profile",
                TextQuestion::ClientId => "Client id",
                TextQuestion::ClientSecret => "Secret",
            };
            let answer = match (field.is_empty(), question.is_secret()) {
                (true, _) => "none".to_owned(),
                (false, true) => "entered".to_owned(),
                (false, false) => text_layout::safe(field.text()),
            };
            (label, answer)
        }
        Page::Choice(ListQuestion::LoginOrKey, marked) => {
            ("How", HOW_CHOSEN.get(*marked).copied()?.to_owned())
        }
        Page::Scopes(picker) => ("Scopes", format!("{} selected", picker.asked().len())),
        Page::Provider(_) | Page::Server(_) | Page::Form(_) | Page::Key(_) | Page::Notice | Page::Ready => {
            return None;
        }
    })
}

fn name(wizard: &Wizard) -> String {
    let key = wizard.wants_key();
    let name = wizard.preflight.as_ref().and_then(Preflight::profile_name);
    let server = wizard.form().map(|form| form.typed(FormField::Provider));
    match (name, wizard.provider(), server) {
        (Some(name), ..) if key => format!("Store the key {name}"),
        (Some(name), ..) => format!("Log in to {name}"),
        (None, Some(provider), _) if key => format!("New key for {}", provider.name),
        (None, Some(provider), _) => format!("New login at {}", provider.name),
        (None, None, Some(server)) if !server.is_empty() => {
            format!("New server {}", text_layout::safe(server))
        }
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
        Page::Key(_) => {
            let page = provider.and_then(|provider| provider.key_page.as_ref());
            let page = page.map(|url| format!(" Create one at {}", text_layout::safe(url.as_str())));
            format!("Your API key for {named}.{}", page.unwrap_or_default())
        }
        Page::Choice(ListQuestion::LoginOrKey, _) => "How do you want to log in?".to_owned(),
        Page::Notice => {
            text_layout::safe(provider.and_then(|provider| provider.notice.as_deref()).unwrap_or_default())
        }
        // These pages have words of their own.
        Page::Provider(_) | Page::Server(_) | Page::Form(_) | Page::Scopes(_) | Page::Ready => String::new(),
    }
}

/// What is asked for a text; `named` is the provider.
fn question_text(wizard: &Wizard, question: TextQuestion, named: &str) -> String {
    match question {
        TextQuestion::Name if wizard.wants_key() => "Name this key, for example work or home.".to_owned(),
        TextQuestion::Name => "Name this profile, for example work or home.".to_owned(),
        TextQuestion::ClientId => {
            client_id(wizard.provider().and_then(|provider| provider.registration.as_ref()), named)
        }
        TextQuestion::ClientSecret
            if let Some(words) = wizard.preflight.as_ref().and_then(Preflight::ended_secret) =>
        {
            text_layout::safe(&words)
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
        false => format!("Then enter the client id that {named} gives you."),
    };
    let lines = recipe.iter().map(|line| text_layout::safe(line));
    lines.chain([last]).collect::<Vec<_>>().join("\n")
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
        TextQuestion::ClientId => "id: ",
        TextQuestion::ClientSecret => "secret: ",
    };
    words.to_owned()
}

/// What stands before each field of the page of a key, in one width.
pub(super) const KEY_PROMPTS: [&str; 2] = ["key:             ", "ends (optional): "];

/// What a person should know about what they typed.
pub(super) fn note(wizard: &Wizard, question: TextQuestion, field: &Field) -> Option<String> {
    let trimmed = || (question.is_secret() && field.is_trimmed()).then(|| preflight::TRIMMED.to_owned());
    working(wizard.work).or_else(trimmed)
}

/// The same of a key.
pub(super) fn key_note(wizard: &Wizard, page: &KeyPage) -> Option<String> {
    working(wizard.work)
        .or_else(|| page.key.is_trimmed().then(|| "Spaces around the key are removed.".to_owned()))
}

/// When the key ends, as it is typed, or what can be typed; or what is wrong with it.
pub(super) fn key_end(page: &KeyPage, now: Now) -> Option<Result<String, String>> {
    if page.ends.is_empty() {
        return (page.focus == KeyField::Ends)
            .then(|| Ok(format!("{}.", text_layout::capital(typed_end::FORMS))));
    }
    Some(match page.end(now) {
        Ok(Some(end)) => {
            Ok(format!("The key ends on {} (in {}).", local(end, now.offset), countdown(end - now.wall).0))
        }
        Ok(None) => Ok("The key has no end.".to_owned()),
        Err(why) => Err(complaint(&why)),
    })
}

fn working(work: Work) -> Option<String> {
    let words = match work {
        Work::Testing => "Testing it.",
        Work::Probing => "Asking the keyring. It may ask you for its password.",
        Work::Saving => "Saving it.",
        Work::Idle => return None,
    };
    Some(words.to_owned())
}

/// Where the new profile is kept, and the key that chooses another store, where there is one.
pub(super) fn kept(wizard: &Wizard, context: WizardContext<'_>) -> Option<String> {
    let (chosen, next) = wizard.store_choice(context)?;
    Some(format!("Kept in: {} · Tab: {}", chosen.title(), next.title()))
}

/// Why an answer was not taken, as a sentence.
pub(in crate::tui::view) fn complaint(why: &str) -> String {
    let why = text_layout::capital(&text_layout::safe(why));
    if why.ends_with(['.', '?', '!']) { why } else { format!("{why}.") }
}

/// What a field of the form is, in one sentence.
pub(super) fn of_field(form: &ServerForm, field: FormField) -> String {
    let words = match field {
        FormField::LoginPage => "The page where you log in (authorization endpoint).",
        FormField::Token => "Where authtui gets its tokens (token endpoint).",
        FormField::Revocation => "Optional: signing out ends the login there too (RFC 7009).",
        FormField::Device => "Optional: for logins without a browser (RFC 8628).",
        FormField::ClientId if let Some(recipe) = &form.recipe => {
            return client_id(Some(recipe), "the server");
        }
        FormField::ClientId => {
            return format!(
                "The id that the server gives authtui when you register it with the redirect {}",
                form.redirect()
            );
        }
        FormField::ClientSecret => {
            "Optional: only if the server gave you one. It is stored with the profile, never in the file."
        }
        FormField::Authentication => {
            "How the client secret is sent: not at all, in the form, or as HTTP Basic."
        }
        FormField::Pkce => "Protects the login code (RFC 7636). Turn it off only if the server rejects it.",
        FormField::Scopes => "Optional: what the login may do, separated by spaces.",
        FormField::Redirect => "Register exactly this address at the server: the login comes back to it.",
        FormField::Provider => {
            "The first half of each profile's name, as in acme/work. The file is named after it."
        }
        FormField::Profile => "Name this profile, for example work or home.",
        FormField::LogIn => "",
    };
    words.to_owned()
}
