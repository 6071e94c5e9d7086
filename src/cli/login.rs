//! `authtui login PROVIDER[/NAME]`: the steps of the panel, printed.
//!
//! The same [`Login`] as on the screen: its asks are performed, what happened is told to it, and
//! the steps that changed are printed.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep_until;

use crate::cli::exit::{self, Exit};
use crate::cli::{screen, target};
use crate::domain::change::Snapshot;
use crate::domain::clock::local;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::{Authentication, Provider};
use crate::domain::secret::Secret;
use crate::domain::trouble::{Next, Trouble};
use crate::oauth::Attempt;
use crate::oauth::login::step::{Mark, Step};
use crate::oauth::login::{Ask, Choice, Doubt, Heard, Login, Outcome, Plan, Stage};
use crate::shell::{Hands, console, login, signals};

#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// Where to log in, and the profile's name: anthropic, or anthropic/work
    profile: String,
    /// Accept the provider's notice without being asked
    #[arg(long, short)]
    yes: bool,
}

pub(super) fn run(hands: &Arc<Hands>, arguments: Arguments) -> Result<Exit> {
    let name = match target::name(&arguments.profile) {
        Ok(name) => name,
        Err(exit) => return Ok(exit),
    };
    if name.is_reserved() {
        console::say(&format!("authtui: “{}” is kept for API keys; choose another name.", name.name()));
        return Ok(Exit::Usage);
    }
    let runtime = screen::runtime()?;
    let catalog = runtime.block_on(hands.catalog());
    let provider = match provider(hands, &catalog, &name) {
        Ok(provider) => provider,
        Err(exit) => return Ok(exit),
    };
    let snapshot = hands.read_now(StoreId::Own);
    if let Err(trouble) = &snapshot.writable {
        // Better now than when the tokens are there and cannot be kept.
        return Ok(exit::trouble(trouble, &name.to_string()));
    }
    match plan(provider, name, &snapshot, arguments.yes)? {
        Ok(plan) => Ok(runtime.block_on(Conversation::begin(hands, plan).finish())),
        Err(exit) => Ok(exit),
    }
}

fn provider<'a>(hands: &Hands, catalog: &'a Catalog, name: &ProfileName) -> Result<&'a Provider, Exit> {
    let wanted = name.provider();
    if let Some(complaint) = catalog.complaints.iter().find(|complaint| complaint.path.contains(wanted)) {
        console::say(&format!("authtui: not used: {complaint}"));
    }
    match catalog.get(wanted) {
        Some(provider) if provider.example => {
            let folder = crate::shell::file::shown(&hands.paths.providers);
            console::say(&format!(
                "authtui: {wanted} is an example to copy: authtui providers show {wanted} > {folder}/NAME.yaml"
            ));
            Err(Exit::Usage)
        }
        Some(provider) => Ok(provider),
        None => {
            let known: Vec<&str> = catalog.usable().map(|provider| provider.name.as_str()).collect();
            console::say(&format!(
                "authtui: there is no provider {wanted}. Known are: {}.",
                known.join(", ")
            ));
            Err(Exit::NotFound)
        }
    }
}

/// Gathers what the login needs, as the wizard of the screen does.
fn plan(
    provider: &Provider,
    name: ProfileName,
    snapshot: &Snapshot,
    yes: bool,
) -> io::Result<Result<Plan, Exit>> {
    if let Some(notice) = &provider.notice {
        console::say(notice);
        if !yes && !console::can_ask() {
            console::say("authtui: nobody can be asked here; add --yes.");
            return Ok(Err(Exit::Usage));
        }
        if !yes && !console::confirm("Go on?")? {
            console::say("authtui: nothing was changed.");
            return Ok(Err(Exit::Failure));
        }
    }
    let known = snapshot.profile(&name).cloned();
    let asked = |what: &str| {
        console::say(&format!("authtui: {} wants {what}, and nobody can be asked here.", provider.title));
        Exit::Usage
    };
    let stored = known.as_ref().and_then(|profile| profile.client_id.clone());
    let client_id = match stored.or_else(|| provider.client.id.clone()) {
        Some(id) => id,
        None if console::can_ask() => console::ask("Client id:")?,
        None => return Ok(Err(asked("a client id"))),
    };
    if client_id.is_empty() {
        console::say("authtui: the provider gave you a client id when you registered there.");
        return Ok(Err(Exit::Usage));
    }
    let stored = known.as_ref().and_then(|profile| profile.client_secret.clone());
    let client_secret = match (provider.client.authentication, stored) {
        (Authentication::None, secret) => secret,
        (Authentication::Post | Authentication::Basic, Some(secret)) => Some(secret),
        (Authentication::Post | Authentication::Basic, None) if console::can_ask() => {
            Some(console::ask_secret("Client secret (not shown):")?)
        }
        (Authentication::Post | Authentication::Basic, None) => return Ok(Err(asked("a client secret"))),
    };
    Ok(Ok(Plan {
        id: ProfileId { store: StoreId::Own, name },
        client_id,
        client_secret,
        scopes: provider.scopes.default.clone(),
        known: known.map(Box::new),
        place: snapshot.place.clone(),
        provider: Box::new(provider.clone()),
    }))
}

/// A login and those who take part in it.
struct Conversation<'a> {
    hands: &'a Arc<Hands>,
    login: Login,
    asks: Vec<Ask>,
    tell: UnboundedSender<Heard>,
    told: UnboundedReceiver<Heard>,
    /// The steps that were printed, as they were.
    printed: Vec<(Step, Mark)>,
    notices: usize,
}

impl<'a> Conversation<'a> {
    fn begin(hands: &'a Arc<Hands>, plan: Plan) -> Self {
        let (tell, told) = unbounded_channel();
        let (login, asks) = Login::begin(plan, Attempt(1), hands.clock.now());
        Self { hands, login, asks, tell, told, printed: Vec::new(), notices: 0 }
    }

    async fn finish(mut self) -> Exit {
        let mut lines = None;
        let ending = signals::ending();
        tokio::pin!(ending);
        let (mut ended, mut addressed) = (false, false);
        loop {
            for ask in std::mem::take(&mut self.asks) {
                self.perform(ask);
            }
            self.print();
            if let Stage::Over(outcome) = self.login.stage() {
                return self.result(&outcome.clone());
            }
            if let Some(choice) = self.choice() {
                self.hear(Heard::Decided(choice));
                continue;
            }
            if !addressed && self.login.doors().is_some() {
                addressed = true;
                self.print_addresses();
                lines = Some(console::lines());
            }
            let never = self.hands.clock.now().steady.after(Duration::from_secs(3600));
            let wake = self.hands.clock.instant(self.login.wakes_at().unwrap_or(never));
            let heard = tokio::select! {
                Some(heard) = self.told.recv() => heard,
                Some(line) = line(&mut lines) => Heard::Typed(line),
                () = sleep_until(wake) => Heard::Woke,
                () = &mut ending, if !ended => {
                    ended = true;
                    Heard::Cancelled
                }
            };
            self.hear(heard);
        }
    }

    fn hear(&mut self, heard: Heard) {
        self.asks = self.login.hear(heard, self.hands.clock.now());
    }

    fn perform(&self, ask: Ask) {
        let (hands, tell) = (Arc::clone(self.hands), self.tell.clone());
        let attempt = self.login.attempt();
        // Nobody is told once the login is over.
        let tell: login::Tell = Arc::new(move |heard| drop(tell.send(heard)));
        login::start(&hands, attempt, ask, tell, drop);
    }

    fn print(&mut self) {
        let fresh: Vec<_> =
            self.login.steps().iter().map(|(step, mark, note)| (step, mark, note.to_owned())).collect();
        for (index, (step, mark, note)) in fresh.into_iter().enumerate() {
            let finished = matches!(mark, Mark::Done(_) | Mark::Failed(_) | Mark::Skipped);
            if !finished || self.printed.contains(&(step, mark)) {
                continue;
            }
            self.printed.push((step, mark));
            let (word, taken) = match mark {
                Mark::Failed(taken) => ("failed", format!(" ({:.1} s)", taken.as_secs_f64())),
                Mark::Done(taken) => ("done", format!(" ({:.1} s)", taken.as_secs_f64())),
                Mark::Skipped | Mark::Todo | Mark::Now(_) => ("skipped", String::new()),
            };
            let note = if note.is_empty() { note } else { format!(": {note}") };
            console::say(&format!("{} {} {word}{taken}{note}", index + 1, step.title()));
        }
        for notice in self.login.notices().iter().skip(self.notices) {
            console::say(&format!("  {notice}"));
        }
        self.notices = self.login.notices().len();
    }

    fn print_addresses(&self) {
        let Some(doors) = self.login.doors() else { return };
        if let Some(url) = &doors.callback {
            console::say(&format!("\nAllow access in the browser on this machine:\n{url}"));
        }
        if let Some(url) = &doors.paste {
            console::say(&format!("\nOr in any browser, which then shows a code to paste here:\n{url}"));
        }
        if console::can_ask() {
            console::say(
                "\nWaiting 5 minutes for the answer. You may also paste it here (the address or the code) and press Enter.",
            );
        } else {
            console::say("\nWaiting 5 minutes for the answer.");
        }
    }

    /// What is decided when the login stops to ask. Without a person the stored account is kept.
    fn choice(&self) -> Option<Choice> {
        let (question, yes) = match self.login.stage() {
            Stage::Confirming(_, Doubt::OtherAccount { stored, came }) => {
                console::say(&format!("authtui: {came} logged in, but {stored} is stored under this name."));
                ("Replace the stored account?", Choice::Keep)
            }
            Stage::Confirming(_, Doubt::Cancelled) => {
                ("The tokens have come all the same. Save them?", Choice::Keep)
            }
            Stage::Unsaved(_, trouble) => {
                console::say(&format!("authtui: {trouble}"));
                ("Try to save again?", Choice::Keep)
            }
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Saving(_)
            | Stage::Testing(..)
            | Stage::Over(_) => return None,
        };
        let agreed = console::can_ask() && console::confirm(question).unwrap_or(false);
        Some(if agreed { yes } else { Choice::Discard })
    }

    fn result(&self, outcome: &Outcome) -> Exit {
        let name = self.login.plan().id.name.to_string();
        let say = |text: &str| console::say(&format!("authtui: {text}"));
        match outcome {
            Outcome::Done(profile) => {
                self.summary(profile);
                Exit::Done
            }
            Outcome::Denied(words) => {
                say(&format!(
                    "access was denied ({words}). Stored tokens are as they were. Run it again and choose Allow."
                ));
                Exit::Failure
            }
            Outcome::TimedOut => {
                say("nobody answered within 5 minutes. Stored tokens are as they were. Run it again.");
                Exit::Passing
            }
            Outcome::Cancelled => {
                say("cancelled. Stored tokens are as they were.");
                Exit::Failure
            }
            Outcome::Discarded => {
                say("the new tokens were discarded. Stored tokens are as they were.");
                Exit::Failure
            }
            Outcome::Failed(trouble) => match trouble.next {
                Next::LogIn => exit::trouble(&Trouble { next: Next::LogIn, ..trouble.clone() }, &name),
                Next::Retry | Next::Fix(_) | Next::Nothing => exit::trouble(trouble, &name),
            },
        }
    }

    fn summary(&self, profile: &Profile) {
        let now = self.hands.clock.now();
        let end = |end: Option<_>| {
            end.map_or_else(|| "not told by the provider".to_owned(), |end| local(end, now.offset))
        };
        let plan = self.login.plan();
        console::say(&format!("\nLogged in: {}", profile.id.name));
        if let Some(account) = &profile.account {
            console::say(&format!("  account  {account}"));
        }
        console::say(&format!("  scopes   {}", profile.scopes.join(" ")));
        let missing: Vec<&str> =
            plan.scopes.iter().filter(|scope| !profile.scopes.contains(scope)).map(String::as_str).collect();
        if !missing.is_empty() {
            console::say(&format!("           asked for and not granted: {}", missing.join(" ")));
        }
        console::say(&format!("  access   until {}", end(profile.life.expires_at)));
        console::say(&format!("  grant    until {}", end(profile.life.grant_ends_at)));
        console::say(&format!("  store    {}", plan.place));
    }
}

/// The next line a person typed; waits for ever where there is no person.
async fn line(lines: &mut Option<UnboundedReceiver<Secret>>) -> Option<Secret> {
    match lines {
        Some(receiver) => match receiver.recv().await {
            Some(line) => Some(line).filter(|line| !line.is_empty()),
            None => {
                *lines = None;
                std::future::pending().await
            }
        },
        None => std::future::pending().await,
    }
}
