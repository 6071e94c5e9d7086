//! A login's end: tokens come, are confirmed, saved, and only then tested.

use crate::domain::change::{Change, Edit};
use crate::domain::clock::Now;
use crate::domain::profile::{Kind, Profile};
use crate::domain::tokens::Held;
use crate::domain::trouble::{Next, Stored, Trouble};
use crate::oauth::Errand;
use crate::oauth::login::step::Step;
use crate::oauth::login::{Ask, Choice, Doubt, Exchange, Login, Outcome, Stage, Turn};
use crate::oauth::probe;
use crate::oauth::reply::{self, Granted, Refusal};
use crate::oauth::request::Reply;

impl Login {
    pub(super) fn replied(
        &mut self,
        stage: Stage,
        errand: Errand,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Turn {
        match stage {
            Stage::Exchanging(exchange) if exchange.errand == errand => self.exchanged(exchange, reply, now),
            Stage::Testing(awaited, profile) if awaited == errand => self.tested(profile, reply, now),
            // A reply to a question that nobody waits for any more carries no tokens.
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Over(_) => Turn::to(stage),
        }
    }

    fn exchanged(&mut self, exchange: Exchange, reply: Result<Reply, Trouble>, now: Now) -> Turn {
        let reply = match reply {
            Ok(reply) => reply,
            Err(trouble) => return self.not_redeemed(exchange, trouble, now),
        };
        let granted = match reply::read(&self.plan.provider.reply, &reply) {
            Ok(granted) => granted,
            Err(refusal) => {
                let trouble = self.refused(&refusal);
                return self.not_redeemed(exchange, trouble, now);
            }
        };
        let host = self.steps.note(Step::Exchange).to_owned();
        self.steps.done(Step::Exchange, format!("{host} answered {}", reply.status), now.steady);
        for note in &granted.notes {
            self.notice(format!("Odd in the answer: {note}."));
        }
        let mut profile = Box::new(self.profile(granted));
        // Whose tokens they are comes first: a cancelled login must not replace another account.
        let doubt = self.other_account(&profile).or(exchange.cancelled);
        match doubt {
            Some(doubt) => Turn::to(Stage::Confirming(profile, doubt)).asking([Ask::CloseListener]),
            None => {
                self.keep_identity(&mut profile);
                self.save(profile, now).asking([Ask::CloseListener])
            }
        }
    }

    fn refused(&self, refusal: &Refusal) -> Trouble {
        let name = &self.plan.provider.name;
        let next = if refusal.is_misplaced() {
            Next::Fix(format!("check endpoints.token in the provider file: authtui providers show {name}"))
        } else {
            Next::LogIn
        };
        Trouble::untouched(
            "cannot exchange the code",
            format!("{} {refusal}", self.plan.provider.title),
            next,
        )
    }

    fn profile(&self, granted: Granted) -> Profile {
        Profile {
            client_id: Some(self.plan.client_id.clone()),
            client_secret: self.plan.client_secret.clone(),
            held: Held::Here(granted.tokens),
            life: granted.life,
            // RFC 6749 §5.1: scopes that the reply leaves out are as asked.
            scopes: granted.scopes.unwrap_or_else(|| self.plan.scopes.clone()),
            issuer: self.plan.provider.issuer.clone(),
            subject: granted.subject,
            account: granted.account,
            ..Profile::new(self.plan.id.clone(), Kind::OAuth)
        }
    }

    /// Keeps what was known of the account where the answer neither says nor contradicts it.
    fn keep_identity(&self, profile: &mut Profile) {
        let Some(known) = self.plan.known.as_deref() else { return };
        profile.subject = profile.subject.take().or_else(|| known.subject.clone());
        profile.account = profile.account.take().or_else(|| known.account.clone());
    }

    /// The stable id tells accounts apart; where one is missing, the name people see.
    fn other_account(&self, came: &Profile) -> Option<Doubt> {
        let stored = self.plan.known.as_deref()?;
        let differ = |one: &Option<String>, other: &Option<String>| match (one, other) {
            (Some(one), Some(other)) => Some(one != other),
            (None, _) | (_, None) => None,
        };
        let other = differ(&stored.subject, &came.subject).or_else(|| differ(&stored.account, &came.account));
        let shown = |profile: &Profile| {
            profile
                .account
                .clone()
                .or_else(|| profile.subject.clone())
                .unwrap_or_else(|| "somebody".to_owned())
        };
        (other == Some(true)).then(|| Doubt::OtherAccount { stored: shown(stored), came: shown(came) })
    }

    fn save(&mut self, profile: Box<Profile>, now: Now) -> Turn {
        self.steps.begin(Step::Save, self.plan.place.clone(), now.steady);
        let change =
            Change { name: profile.id.name.clone(), expects: None, edit: Edit::Keep(profile.clone()) };
        let store = profile.id.store;
        Turn::to(Stage::Saving(profile)).asking([Ask::Save(store, Box::new(change))])
    }

    pub(super) fn decided(&mut self, stage: Stage, choice: Choice, now: Now) -> Turn {
        let (Stage::Confirming(mut profile, _) | Stage::Unsaved(mut profile, _)) = stage else {
            return Turn::to(stage);
        };
        match choice {
            Choice::Keep => self.save(profile, now),
            Choice::KeepAs(name) => {
                profile.id.name = name;
                self.save(profile, now)
            }
            Choice::Discard => Turn::over(Outcome::Discarded),
        }
    }

    pub(super) fn saved(&mut self, stage: Stage, saved: Result<(), Trouble>, now: Now) -> Turn {
        let Stage::Saving(profile) = stage else {
            return Turn::to(stage);
        };
        if let Err(trouble) = saved {
            self.steps.failed(Step::Save, trouble.why.clone(), now.steady);
            let trouble = Trouble { stored: Stored::NewOnesInMemory, ..trouble };
            return Turn::to(Stage::Unsaved(profile, trouble));
        }
        self.steps.done(Step::Save, self.plan.place.clone(), now.steady);
        let tokens = profile.held.tokens();
        let Some(request) =
            tokens.and_then(|tokens| probe::request(&self.plan.provider, profile.kind, &tokens.access))
        else {
            self.steps.skip(Step::Test, "the provider file names no test");
            return Turn::over(Outcome::Done(profile));
        };
        self.steps.begin(Step::Test, request.url.host_str().unwrap_or_default(), now.steady);
        let errand = self.next_errand();
        Turn::to(Stage::Testing(errand, profile)).asking([Ask::Send(errand, Box::new(request))])
    }

    /// A test says how the token fares; the login is done whatever it says.
    fn tested(&mut self, profile: Box<Profile>, reply: Result<Reply, Trouble>, now: Now) -> Turn {
        match reply {
            Ok(reply) => {
                let reading = probe::reading(self.plan.provider.probe.as_ref(), reply.status);
                self.steps.done(Step::Test, reading, now.steady);
            }
            Err(trouble) => {
                self.steps.failed(Step::Test, format!("{}; the token is saved", trouble.why), now.steady)
            }
        }
        Turn::over(Outcome::Done(profile))
    }
}
