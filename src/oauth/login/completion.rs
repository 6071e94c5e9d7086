//! Completion of a login: tokens come, are confirmed, saved, and only then tested.

use crate::domain::change::{Change, Edit};
use crate::domain::clock::Now;
use crate::domain::known_login::LoginFacts;
use crate::domain::profile::{AutoRefresh, Kind, Profile};
use crate::domain::tokens::StoredTokens;
use crate::domain::trouble::Trouble;
use crate::oauth::RequestId;
use crate::oauth::identity;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{
    ConfirmReason, DeviceMethod, Login, Outcome, Output, SaveDecision, Stage, Transition, WantedAccount,
};
use crate::oauth::probe::{self, TestVerdict};
use crate::oauth::reply::TokenResponse;
use crate::oauth::request::Reply;

impl Login {
    pub(super) fn replied(
        &mut self,
        stage: Stage,
        request_id: RequestId,
        reply: Result<Reply, Trouble>,
        now: Now,
    ) -> Transition {
        match stage {
            Stage::Opening(opening) if opening.device == DeviceMethod::Requested(request_id) => {
                self.answered_opening(opening, reply, now)
            }
            Stage::Waiting(methods) => self.answered_waiting(methods, request_id, reply, now),
            Stage::Exchanging(exchange) if exchange.request_id == request_id => {
                self.exchanged(exchange, reply, now)
            }
            Stage::Exchanging(exchange) => self.answered_meanwhile(exchange, request_id, reply, now),
            Stage::Identifying(asked) if asked.request_id == request_id => {
                self.userinfo_came(*asked, reply, now)
            }
            Stage::Testing(awaited, profile) if awaited == request_id => self.tested(profile, reply, now),
            // The first tokens have won, or nobody waits for this answer any more.
            Stage::Opening(_)
            | Stage::Identifying(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..)
            | Stage::Naming(_)
            | Stage::Over(_) => Transition::to(stage),
        }
    }

    /// Whose the tokens are is known, or nobody says it.
    pub(super) fn identified(
        &mut self,
        granted: TokenResponse,
        doubt: Option<ConfirmReason>,
        now: Now,
    ) -> Transition {
        if matches!(self.steps.mark(LoginStep::Exchange), StepState::Todo | StepState::Now(_)) {
            self.steps.skip(LoginStep::Exchange, "the tokens came by the device code");
        }
        // What was said of answers that did not count matters no more.
        self.notices.clear();
        for note in &granted.notes {
            self.notice(format!("The answer was unusual: {note}."));
        }
        let unverified = granted.unverified.clone();
        let mut profile = Box::new(self.profile(granted));
        // Whose tokens they are comes first: a cancelled login must not replace another account.
        let other = self.other_account(&profile, unverified.as_deref());
        if other.is_none() {
            self.keep_identity(&mut profile);
        }
        match other.or(doubt) {
            Some(doubt) => Transition::to(Stage::Confirming(profile, doubt)).with([Output::CloseListener]),
            None => self.save(profile, now).with([Output::CloseListener]),
        }
    }

    fn profile(&self, granted: TokenResponse) -> Profile {
        let mut life = granted.life;
        if granted.tokens.refresh.is_some() {
            let lasting = self.plan.provider.grant_life;
            let end = life.obtained_at.zip(lasting).and_then(|(from, life)| from.checked_add_signed(life));
            life.grant_ends_at = life.grant_ends_at.or(end);
        }
        let issuer = self.plan.provider.issuer.clone().or(granted.issuer);
        let known = [issuer.as_deref(), granted.subject.as_deref(), granted.account.as_deref()];
        let id_token = granted.claims.map(|claims| Box::new(claims.beside(&known)));
        let login = LoginFacts {
            client_secret: self.plan.client_secret.clone(),
            asked_scopes: self.plan.scopes.clone(),
            issuer,
            subject: granted.subject,
            subject_from: granted.subject_from,
            id_token: id_token.filter(|claims| !claims.is_empty()),
            origins: self.plan.provider.origins(),
        };
        Profile {
            client_id: Some(self.plan.client_id.clone()),
            held: StoredTokens::Present(granted.tokens),
            life,
            // RFC 6749 §5.1: scopes that the reply leaves out are as asked.
            scopes: granted.scopes.unwrap_or_else(|| self.plan.scopes.clone()).into(),
            account_from: granted.account_from,
            account: granted.account,
            login: login.into(),
            note: self.plan.known.as_ref().and_then(|known| known.note.clone()),
            auto_refresh: self.plan.known.as_ref().map_or(AutoRefresh::On, |known| known.auto_refresh),
            ..Profile::new(self.plan.id.clone(), Kind::OAuth)
        }
    }

    /// The profile that is logged in again was removed meanwhile: nobody's place is taken.
    pub fn known_is_gone(&mut self) {
        self.plan.known = None;
    }

    /// Keeps what was known of the account where the answer neither says nor contradicts it.
    fn keep_identity(&self, profile: &mut Profile) {
        if let (None, WantedAccount::Named(account)) = (&profile.account, &self.plan.wanted) {
            profile.pin_account(account.clone());
        }
        let Some(known) = self.plan.known.as_deref() else { return };
        if profile.login.subject.is_none() {
            profile.login.subject.clone_from(&known.login.subject);
            profile.login.subject_from = known.login.subject_from;
        }
        if profile.account.is_none() {
            profile.account.clone_from(&known.account);
            profile.account_from = known.account_from;
        }
    }

    /// Saves a profile in place of the one that was logged in again; a new one takes nobody's place.
    fn save(&mut self, profile: Box<Profile>, now: Now) -> Transition {
        let is_known = self.plan.known.is_some() && profile.id == self.plan.id;
        let edit = if is_known { Edit::Put(profile.clone()) } else { Edit::Add(profile.clone()) };
        self.save_by(edit, profile, now)
    }

    fn save_by(&mut self, edit: Edit, profile: Box<Profile>, now: Now) -> Transition {
        self.steps.begin(LoginStep::Save, self.plan.place.clone(), now.steady);
        let change = Change { name: profile.id.name.clone(), expects: None, edit };
        let store = profile.id.store;
        Transition::to(Stage::Saving(profile)).with([Output::Save(store, Box::new(change))])
    }

    pub(super) fn decided(&mut self, stage: Stage, choice: SaveDecision, now: Now) -> Transition {
        let (mut profile, is_taken) = match stage {
            Stage::Confirming(profile, doubt) => (profile, doubt == ConfirmReason::Taken),
            Stage::Unsaved(profile, _) => (profile, false),
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Identifying(_)
            | Stage::Saving(_)
            | Stage::Testing(..)
            | Stage::Naming(_)
            | Stage::Over(_) => return Transition::to(stage),
        };
        match choice {
            SaveDecision::Keep if is_taken => self.save_by(Edit::Put(profile.clone()), profile, now),
            SaveDecision::Keep => self.save(profile, now),
            SaveDecision::KeepAs(name) => {
                profile.id.name = name;
                // What was chosen for the other profile says nothing of this one.
                profile.auto_refresh = AutoRefresh::On;
                profile.note = None;
                self.save(profile, now)
            }
            SaveDecision::KeepIn(store, place) => {
                profile.id.store = store;
                self.plan.place = place;
                self.save(profile, now)
            }
            SaveDecision::Discard => Transition::over(Outcome::Discarded),
        }
    }

    /// Somebody stored a profile of that name while the login was under way.
    pub(super) fn taken(&mut self, stage: Stage, now: Now) -> Transition {
        let Stage::Saving(profile) = stage else {
            return Transition::to(stage);
        };
        self.steps.failed(LoginStep::Save, format!("{} was stored meanwhile", profile.id.name), now.steady);
        Transition::to(Stage::Confirming(profile, ConfirmReason::Taken))
    }

    pub(super) fn saved(&mut self, stage: Stage, saved: Result<(), Trouble>, now: Now) -> Transition {
        let profile = match stage {
            Stage::Saving(profile) => profile,
            // What the test said is written down; where it could not be, nothing is lost.
            Stage::Testing(_, profile) => return self.done(profile),
            Stage::Naming(profile) => return self.account_saved(profile, saved),
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Identifying(_)
            | Stage::Confirming(..)
            | Stage::Unsaved(..)
            | Stage::Over(_) => return Transition::to(stage),
        };
        if let Err(trouble) = saved {
            self.steps.failed(LoginStep::Save, trouble.why.clone(), now.steady);
            return Transition::to(Stage::Unsaved(profile, trouble.of_new_tokens()));
        }
        self.steps.done(LoginStep::Save, self.plan.place.clone(), now.steady);
        let tokens = profile.held.tokens();
        let Some(request) =
            tokens.and_then(|tokens| probe::request(&self.plan.provider, profile.kind, &tokens.access))
        else {
            self.steps.skip(LoginStep::Test, "the provider file has no test");
            return self.done(profile);
        };
        self.steps.begin(LoginStep::Test, request.url.host_str().unwrap_or_default(), now.steady);
        let request_id = self.next_request_id();
        Transition::to(Stage::Testing(request_id, profile))
            .with([Output::Send(request_id, Box::new(request))])
    }

    /// A test says how the token fares, and that is written down; the login is done whatever it says.
    fn tested(&mut self, mut profile: Box<Profile>, reply: Result<Reply, Trouble>, now: Now) -> Transition {
        let reply = match reply {
            Ok(reply) => reply,
            Err(trouble) => {
                self.steps.failed(
                    LoginStep::Test,
                    format!("{}; the token is saved", trouble.why),
                    now.steady,
                );
                return self.done(profile);
            }
        };
        let verdict = TestVerdict::of(&self.plan.provider, &profile, reply.status, now.wall);
        if verdict.is_refusal() {
            self.steps.failed(LoginStep::Test, verdict.words, now.steady);
        } else {
            self.steps.done(LoginStep::Test, verdict.words, now.steady);
        }
        let Some(last) = verdict.last else { return self.done(profile) };
        let change = Change::of_test(&profile, last.clone());
        profile.last_test = Some(Box::new(last));
        let store = profile.id.store;
        // Until it is written down the login counts as tested still; no other answer has this request_id.
        let request_id = self.next_request_id();
        Transition::to(Stage::Testing(request_id, profile)).with([Output::Save(store, Box::new(change))])
    }

    /// All is done, but to hear whose account it is where a new one names nobody.
    fn done(&self, profile: Box<Profile>) -> Transition {
        let is_named = profile.account.is_some() || profile.login.subject.is_some();
        if is_named || self.plan.known.is_some() {
            return Transition::over(Outcome::Done(profile));
        }
        Transition::to(Stage::Naming(profile))
    }

    /// The person said whose account it is, or leaves it open.
    pub(super) fn named(&mut self, stage: Stage, text: &str) -> Transition {
        let Stage::Naming(mut profile) = stage else { return Transition::to(stage) };
        let Some(account) = identity::typed_account(text) else {
            return Transition::over(Outcome::Done(profile));
        };
        profile.pin_account(account.clone());
        let (name, store) = (profile.id.name.clone(), profile.id.store);
        let change = Change { name, expects: None, edit: Edit::RecordAccount(account) };
        Transition::to(Stage::Naming(profile)).with([Output::Save(store, Box::new(change))])
    }

    fn account_saved(&mut self, mut profile: Box<Profile>, saved: Result<(), Trouble>) -> Transition {
        if let Err(trouble) = saved {
            (profile.account, profile.account_from) = (None, None);
            self.notice(format!("Whose account it is could not be saved: {}.", trouble.why));
        }
        Transition::over(Outcome::Done(profile))
    }
}
