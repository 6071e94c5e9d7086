//! Outcome of a login, in words and as a number.

use crate::cli::exit::{self, Exit};
use crate::cli::login::kept::KeptFile;
use crate::cli::output::say;
use crate::domain::clock::Now;
use crate::domain::countdown::countdown;
use crate::domain::profile::{NO_REFRESH_TOKEN, Profile};
use crate::domain::trouble::Stored;
use crate::oauth::login::step::LoginStep;
use crate::oauth::login::{Login, Outcome};
use crate::shell::terminal::console;

/// Says how the login ended and gives its number.
pub(super) fn end(outcome: &Outcome, login: &Login, kept: &KeptFile, now: Now) -> Exit {
    let plan = login.plan();
    let safe = plan.stored().after();
    match outcome {
        Outcome::Done(profile) => {
            summary(profile, login, now);
            Exit::Done
        }
        Outcome::Denied(words) => {
            say(&format!("access was denied ({words}).{safe} Run it again and choose Allow."));
            Exit::Failure
        }
        Outcome::TimedOut => {
            // A page that does not know the client says so to the person alone.
            let anew = plan.provider.new_client_command();
            let anew = anew.map_or_else(String::new, |command| {
                format!(" If the page did not know authtui, run: {command}")
            });
            say(&format!("nobody answered in time.{safe} Run it again.{anew}"));
            Exit::Temporary
        }
        Outcome::Cancelled => {
            say(&format!("cancelled; {}.{safe}", kept.changes()));
            Exit::Failure
        }
        Outcome::Discarded => {
            say(&format!("the new tokens were discarded.{safe}"));
            Exit::Failure
        }
        Outcome::Failed(trouble) if safe.is_empty() => {
            exit::trouble(&trouble.clone().without_tokens(), &plan.id.exact())
        }
        Outcome::Failed(trouble) => exit::trouble(trouble, &plan.id.exact()),
    }
}

/// Says that only a pasted answer could help, and that none can come any more.
pub(super) fn unanswered(pasted: bool) -> Exit {
    let why = if pasted { "what was pasted did not work" } else { "nothing was pasted" };
    say(&format!(
        "cannot log in: {why}, and standard input has ended. {} Next: run it again and paste the answer of that login.",
        Stored::Untouched
    ));
    Exit::Failure
}

/// Says whose login it is, how long it lasts and where it is kept; more only where something is not as was asked.
fn summary(profile: &Profile, login: &Login, now: Now) {
    let (plan, steps) = (login.plan(), login.steps());
    let whose = match &profile.account {
        Some(account) => {
            let remark =
                profile.account_from.map_or_else(String::new, |from| format!(" ({})", from.remark()));
            format!(", as {account}{remark}")
        }
        None => "; the provider does not say whose account it is".to_owned(),
    };
    console::say(&format!("\nLogged in: {}{whose}", profile.id.name));
    let end = |what: &str, end: Option<_>| match end {
        Some(end) => format!("{what} lasts {}", countdown(end - now.wall).0),
        None => format!("{what}: expiry unknown"),
    };
    let token = end("token", profile.life.expires_at);
    let grant = match profile.refresh_token() {
        Some(_) => end("login", profile.life.grant_ends_at),
        None => NO_REFRESH_TOKEN.to_owned(),
    };
    let test = Some(steps.note(LoginStep::Test)).filter(|note| !note.is_empty());
    let test = test.map_or_else(String::new, |note| format!(" · test {note}"));
    console::say(&format!("  {token} · {grant}{test}"));
    let missing: Vec<&str> =
        plan.scopes.iter().filter(|scope| !profile.scopes.contains(scope)).map(String::as_str).collect();
    if !missing.is_empty() {
        console::say(&format!("  not granted: {}", missing.join(" ")));
    }
    console::say(&format!("  saved in {}", plan.place));
    console::say(&format!("Try: authtui token {}", profile.id.name));
}
