//! One login on the command line: its asks performed, its steps printed, its questions asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::sleep_until;

use crate::cli::exit::Exit;
use crate::cli::login::outcome;
use crate::domain::secret::Secret;
use crate::oauth::Attempt;
use crate::oauth::login::step::{Mark, Step};
use crate::oauth::login::{Ask, Choice, Doubt, Heard, Login, Plan, Stage};
use crate::shell::{Hands, console, login, signals};

/// A login and those who take part in it.
pub(super) struct Conversation<'a> {
    hands: &'a Arc<Hands>,
    login: Login,
    asks: Vec<Ask>,
    tell: UnboundedSender<Heard>,
    told: UnboundedReceiver<Heard>,
    /// The steps that were printed, as they were.
    printed: Vec<(Step, Mark)>,
    /// How many notices were printed.
    noticed: usize,
}

impl<'a> Conversation<'a> {
    pub(super) fn begin(hands: &'a Arc<Hands>, plan: Plan) -> Self {
        let (tell, told) = unbounded_channel();
        let (login, asks) = Login::begin(plan, Attempt(1), hands.clock.now());
        Self { hands, login, asks, tell, told, printed: Vec::new(), noticed: 0 }
    }

    /// Drives the login until it is over.
    pub(super) async fn finish(mut self) -> Exit {
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
                return outcome::say(outcome, self.login.plan(), self.hands.clock.now());
            }
            if let Some((question, yes)) = self.question() {
                console::say(&format!("{question} [y/N]"));
                let answer = tokio::select! {
                    answer = line(&mut lines) => answer,
                    _ = &mut ending, if !ended => None,
                };
                // Without a person, or a yes, what is stored stays as it is.
                let agreed = answer
                    .is_some_and(|answer| ["y", "yes"].contains(&answer.expose().to_lowercase().as_str()));
                self.hear(Heard::Decided(if agreed { yes } else { Choice::Discard }));
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
                Some(line) = pasted(&mut lines) => Heard::Typed(line),
                () = sleep_until(wake) => Heard::Woke,
                _ = &mut ending, if !ended => {
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
        let fresh = self.login.noticed().saturating_sub(self.noticed);
        let kept = self.login.notices().len();
        for notice in self.login.notices().iter().skip(kept.saturating_sub(fresh)) {
            console::say(&format!("  {notice}"));
        }
        self.noticed = self.login.noticed();
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

    /// What is asked when the login stops to ask, and what a yes means.
    fn question(&self) -> Option<(&'static str, Choice)> {
        match self.login.stage() {
            Stage::Confirming(_, Doubt::OtherAccount { stored, came }) => {
                console::say(&format!(
                    "authtui: {came} logged in, but {stored} is stored under this name. Nothing is saved yet."
                ));
                Some(("Replace the stored account?", Choice::Keep))
            }
            Stage::Confirming(_, Doubt::Cancelled) => {
                Some(("The tokens have come all the same. Save them?", Choice::Keep))
            }
            Stage::Unsaved(_, trouble) => {
                console::say(&format!("authtui: {trouble}"));
                Some(("Try to save again?", Choice::Keep))
            }
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Saving(_)
            | Stage::Testing(..)
            | Stage::Over(_) => None,
        }
    }
}

/// The next line a person typed; nothing where there is no person.
async fn line(lines: &mut Option<UnboundedReceiver<Secret>>) -> Option<Secret> {
    lines.as_mut()?.recv().await
}

/// The next line that holds something; waits for ever where there is no person.
async fn pasted(lines: &mut Option<UnboundedReceiver<Secret>>) -> Option<Secret> {
    loop {
        match line(lines).await {
            Some(line) if !line.is_empty() => return Some(line),
            Some(_) => {}
            None => std::future::pending().await,
        }
    }
}
