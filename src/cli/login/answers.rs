//! What a login needs to know, answered by the command line or else by the person.

use crate::cli::exit::Exit;
use crate::cli::login::arguments::{Arguments, Source};
use crate::cli::login::person::{Input, Person};
use crate::domain::change::Snapshot;
use crate::domain::name::ProfileName;
use crate::domain::provider::Provider;
use crate::domain::secret::{Ends, Secret};
use crate::oauth::login::needs::{Needs, Question, TRIMMED};
use crate::shell::terminal::console;

/// Answers what the command line answers, and says what is left of standard input.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn given(needs: &mut Needs, arguments: &Arguments) -> Result<Input, Exit> {
    if let Some(id) = &arguments.client_id {
        needs.client_id(id).map_err(refused)?;
    }
    if !arguments.scope.is_empty() {
        needs.more_scopes(&arguments.scope).map_err(refused)?;
    }
    if arguments.yes {
        needs.agree();
    }
    let Some(source) = arguments.source() else { return Ok(Input::Free) };
    if !arguments.wants_key() {
        needs.takes_client_secret().map_err(refused)?;
    }
    let (secret, input) = match source {
        // There it would be seen.
        Source::Input if console::input_is_terminal() => return Ok(Input::Free),
        Source::Input => (console::secret_from_input(), Input::Spent),
        Source::Descriptor(number) => (console::secret_from_descriptor(number), Input::Free),
    };
    take(needs, arguments, &secret.map_err(refused)?)?;
    Ok(input)
}

/// Asks the person for all the rest.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) async fn asked(
    needs: &mut Needs,
    arguments: &Arguments,
    provider: &Provider,
    name: &ProfileName,
    snapshot: &Snapshot,
    person: &mut Person,
) -> Result<(), Exit> {
    // Asked for on a terminal, it is typed anew, whatever is stored.
    if arguments.source() == Some(Source::Input) && console::input_is_terminal() {
        let what = if arguments.wants_key() { "API key" } else { "Client secret" };
        let secret = unseen(person, what).await?;
        take(needs, arguments, &secret)?;
    }
    while let Some(question) = needs.next() {
        if question == Question::Notice {
            console::say(provider.notice.as_deref().unwrap_or_default());
        }
        if let Some(instead) = instead(question).filter(|_| !console::can_ask()) {
            let who = match question {
                Question::Key | Question::Replace => name.to_string(),
                Question::Name
                | Question::Scopes
                | Question::ClientId
                | Question::ClientSecret
                | Question::Notice => name.provider().to_owned(),
            };
            console::say(&format!("authtui: {who} {instead}. Nothing was changed."));
            return Err(Exit::Usage);
        }
        let taken = match question {
            Question::Name => {
                let answer = person.asked("Name:").await.ok_or_else(cancelled)?;
                needs.name(&answer, snapshot)
            }
            Question::Scopes => needs.scopes(&needs.usual_scopes()),
            Question::ClientId => {
                let answer = person.asked("Client id:").await.ok_or_else(cancelled)?;
                needs.client_id(&answer)
            }
            Question::ClientSecret => {
                let secret = unseen(person, "Client secret").await?;
                needs.client_secret(&secret).map(said)
            }
            Question::Key => {
                if let Some(page) = &provider.key_page {
                    console::say(&format!("{} gives API keys at {page}", provider.title));
                }
                let key = unseen(person, "API key").await?;
                needs.key(&key).map(said)
            }
            Question::Notice | Question::Replace => {
                let words = if question == Question::Notice {
                    "Go on?"
                } else {
                    "A key of that name is stored. Replace it?"
                };
                if !person.agrees(words).await {
                    console::say(&format!("authtui: {name}: nothing was changed."));
                    return Err(Exit::Failure);
                }
                needs.agree();
                Ok(())
            }
        };
        taken.map_err(refused)?;
    }
    Ok(())
}

/// What to say of the provider or the key where nobody can be asked; nothing where nobody needs to be.
fn instead(question: Question) -> Option<&'static str> {
    match question {
        Question::Scopes => None,
        Question::Name => Some("wants a name, and nobody can be asked here; write PROVIDER/NAME"),
        Question::ClientId => Some("wants a client id, and nobody can be asked here; add --client-id"),
        Question::ClientSecret => Some(
            "wants a client secret, and nobody can be asked here; add --client-secret-stdin or --client-secret-fd",
        ),
        Question::Key => Some("wants an API key, and nobody can be asked here; add --key-stdin or --key-fd"),
        Question::Notice => Some("has a notice to agree to, and nobody can be asked here; add --yes"),
        Question::Replace => Some("is stored already, and nobody can be asked here; add --yes to replace it"),
    }
}

fn take(needs: &mut Needs, arguments: &Arguments, secret: &Secret) -> Result<(), Exit> {
    let taken = if arguments.wants_key() { needs.key(secret) } else { needs.client_secret(secret) };
    taken.map(said).map_err(refused)
}

/// Says whether something of a secret was left out: nobody sees it.
pub(super) fn said(ends: Ends) {
    match ends {
        Ends::Clean => {}
        Ends::Trimmed => console::say(&format!("authtui: {TRIMMED}")),
    }
}

pub(super) async fn unseen(person: &mut Person, what: &str) -> Result<Secret, Exit> {
    person.asked_unseen(&format!("{what} (not shown):")).await.ok_or_else(cancelled)
}

pub(super) fn refused(why: String) -> Exit {
    console::say(&format!("authtui: {why}. Nothing was changed."));
    Exit::Usage
}

pub(super) fn cancelled() -> Exit {
    console::say("authtui: cancelled; nothing was changed.");
    Exit::Failure
}
