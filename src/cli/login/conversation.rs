//! One login on the command line: its asks performed, its progress shown, its questions asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep_until;

use crate::cli::exit::Exit;
use crate::cli::login::outcome;
use crate::cli::login::person::Person;
use crate::cli::login::shown::{Pasting, Shown};
use crate::domain::name::{ProfileName, StoreId};
use crate::oauth::Attempt;
use crate::oauth::login::{Ask, Choice, Doubt, Heard, Login, Plan, Stage};
use crate::shell::{Hands, console, login};

/// A login and those who take part in it.
pub(super) struct Conversation<'a> {
    hands: &'a Arc<Hands>,
    login: Login,
    asks: Vec<Ask>,
    tell: UnboundedSender<Heard>,
    told: UnboundedReceiver<Heard>,
    person: Person,
    shown: Shown,
    pasting: Pasting,
}

impl<'a> Conversation<'a> {
    pub(super) fn begin(hands: &'a Arc<Hands>, plan: Plan, person: Person, pasting: Pasting) -> Self {
        let (tell, told) = unbounded_channel();
        let (login, asks) = Login::begin(plan, Attempt(1), hands.clock.now());
        Self { hands, login, asks, tell, told, person, shown: Shown::default(), pasting }
    }

    /// Drives the login until it is over.
    pub(super) async fn finish(mut self) -> Exit {
        loop {
            for ask in std::mem::take(&mut self.asks) {
                self.perform(ask);
            }
            self.shown.show(&self.login, self.pasting, self.hands.clock.now());
            if let Stage::Over(outcome) = self.login.stage() {
                return outcome::say(outcome, self.login.plan(), self.hands.clock.now());
            }
            let heard = match self.decision().await {
                Some(choice) => Heard::Decided(choice),
                None => self.next().await,
            };
            self.asks = self.login.hear(heard, self.hands.clock.now());
        }
    }

    fn perform(&self, ask: Ask) {
        let (hands, tell) = (Arc::clone(self.hands), self.tell.clone());
        let attempt = self.login.attempt();
        // Nobody is told once the login is over.
        let tell: login::Tell = Arc::new(move |heard| drop(tell.send(heard)));
        login::start(&hands, attempt, ask, tell, drop);
    }

    /// Waits for what happens next.
    async fn next(&mut self) -> Heard {
        let never = self.hands.clock.now().steady.after(Duration::from_secs(3600));
        let wake = self.hands.clock.instant(self.login.wakes_at().unwrap_or(never));
        // A line that comes when nothing can be pasted answers a later question.
        let waiting = matches!(self.login.stage(), Stage::Waiting(_));
        let person = async {
            loop {
                match if waiting { self.person.says().await } else { self.person.ends().await } {
                    Some(line) if line.is_empty() => {}
                    Some(line) => return Heard::Typed(line),
                    None => return Heard::Cancelled,
                }
            }
        };
        tokio::select! {
            Some(heard) = self.told.recv() => heard,
            heard = person => heard,
            () = sleep_until(wake) => Heard::Woke,
        }
    }

    /// What the person decides when the login stops to ask. Without a person, or an answer, what
    /// is stored stays as it is.
    async fn decision(&mut self) -> Option<Choice> {
        match self.login.stage() {
            Stage::Confirming(profile, doubt @ (Doubt::OtherAccount { .. } | Doubt::Taken)) => {
                let name = &profile.id.name;
                let what = if let Doubt::OtherAccount { stored, came } = doubt {
                    format!("{came} logged in, but {stored} is stored under this name")
                } else {
                    format!("{name} was stored by another program meanwhile")
                };
                console::say(&format!("authtui: {what}. Nothing is saved yet."));
                let free = self.hands.read_now(StoreId::Own).free_name(name);
                Some(self.account(free).await)
            }
            Stage::Confirming(_, Doubt::Cancelled) => {
                Some(self.keep("The tokens have come all the same. Save them?").await)
            }
            Stage::Unsaved(_, trouble) => {
                console::say(&format!("authtui: {trouble}"));
                Some(self.keep("Try to save again?").await)
            }
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Saving(_)
            | Stage::Testing(..)
            | Stage::Over(_) => None,
        }
    }

    async fn account(&mut self, free: Option<ProfileName>) -> Choice {
        let beside = free.as_ref().map_or_else(String::new, |name| format!("keep it as {name} [k], "));
        let question = format!("[r]eplace what is stored, {beside}or [d]iscard the new tokens?");
        loop {
            let Some(answer) = self.person.asked(&question).await else { return Choice::Discard };
            match (answer.to_lowercase().as_str(), &free) {
                ("r" | "replace", _) => return Choice::Keep,
                ("k" | "keep", Some(name)) => return Choice::KeepAs(name.clone()),
                ("d" | "discard", _) => return Choice::Discard,
                // A pipe may hold anything; a person mistypes.
                _ if console::can_ask() => {}
                _ => return Choice::Discard,
            }
        }
    }

    async fn keep(&mut self, question: &str) -> Choice {
        if self.person.agrees(question).await { Choice::Keep } else { Choice::Discard }
    }
}
