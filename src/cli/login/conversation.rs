//! Conversation of one login on the command line: asks performed, progress shown, questions asked.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::time::{sleep_until, timeout};

use crate::cli::exit::Exit;
use crate::cli::login::answers::AccountAnswer;
use crate::cli::login::kept::KeptFile;
use crate::cli::login::outcome;
use crate::cli::login::pastes::{LINE_GAP, Pastes};
use crate::cli::login::progress::{LoginProgress, Pasting};
use crate::cli::output::say;
use crate::domain::name::{ProfileName, StoreId};
use crate::oauth::LoginId;
use crate::oauth::login::{
    ConfirmReason, Input, Login, LoginPlan, Outcome, Output, SaveDecision, Stage, WantedAccount,
};
use crate::oauth::transcript::Transcript;
use crate::shell::store_files::file;
use crate::shell::terminal::console::{self, Prompter};
use crate::shell::{Services, login};

/// How a conversation ended.
pub(super) enum ConversationEnd {
    /// With its login.
    Over(Exit),
    /// The page refused the client of the login, which is to be another one. Who answers goes on.
    PageRefused(Box<(LoginPlan, Prompter)>),
}

/// A login and those who take part in it.
pub(super) struct Conversation<'a> {
    services: &'a Arc<Services>,
    login: Login,
    asks: Vec<Output>,
    tell: UnboundedSender<Input>,
    told: UnboundedReceiver<Input>,
    prompter: Prompter,
    progress: LoginProgress,
    pasting: Pasting,
    pastes: Pastes,
    /// Whether something was pasted, which did not work if the login still waits.
    pasted: bool,
    /// Whether the person said that the page refused the client.
    page_refused: bool,
    kept: KeptFile,
}

impl<'a> Conversation<'a> {
    pub(super) fn begin(
        services: &'a Arc<Services>,
        plan: LoginPlan,
        (prompter, pasting): (Prompter, Pasting),
        kept: KeptFile,
    ) -> Self {
        let (tell, told) = unbounded_channel();
        let (login, asks) = Login::begin(plan, LoginId(1), services.clock.now());
        let (progress, pastes) = (LoginProgress::default(), Pastes::default());
        Self {
            services,
            login,
            asks,
            tell,
            told,
            prompter,
            progress,
            pasting,
            pastes,
            pasted: false,
            page_refused: false,
            kept,
        }
    }

    /// Drives the login until it is over or its page refused the client, and gives its `requests`.
    pub(super) async fn finish(mut self, requests: &mut Transcript) -> ConversationEnd {
        let exit = self.drive().await;
        requests.clone_from(self.login.transcript());
        match exit {
            Some(exit) => ConversationEnd::Over(exit),
            None => ConversationEnd::PageRefused(Box::new((self.login.plan().clone(), self.prompter))),
        }
    }

    /// The number that the login ends with; nothing where its page refused the client.
    async fn drive(&mut self) -> Option<Exit> {
        loop {
            for ask in std::mem::take(&mut self.asks) {
                self.perform(ask);
            }
            self.progress.show(&self.login, self.pasting, self.services.clock.now());
            if let Some(outcome) = self.login.outcome() {
                return Some(outcome::end(outcome, &self.login, &self.kept, self.services.clock.now()));
            }
            let heard = match self.decision().await {
                Some(answer) => answer,
                None => match self.next().await {
                    Some(heard) => heard,
                    None => return Some(outcome::unanswered(self.pasted)),
                },
            };
            self.page_refused &= !matches!(heard, Input::Cancelled);
            let is_refusal = matches!(heard, Input::Typed(_)) && self.page_refused;
            let heard = if is_refusal { Input::Cancelled } else { heard };
            self.asks = self.login.advance(heard, self.services.clock.now());
            // While a device code is being asked about, tokens may still come.
            if self.page_refused && self.login.outcome() == Some(&Outcome::Cancelled) {
                for ask in std::mem::take(&mut self.asks) {
                    self.perform(ask);
                }
                return None;
            }
            if !matches!(self.login.stage(), Stage::Waiting(_)) {
                self.pastes.worked();
            }
        }
    }

    fn perform(&self, ask: Output) {
        let (services, tell) = (Arc::clone(self.services), self.tell.clone());
        let login_id = self.login.id();
        // Nobody is told once the login is over.
        let tell: login::Tell = Arc::new(move |heard| drop(tell.send(heard)));
        login::start(&services, login_id, ask, tell, drop);
    }

    /// Whether only what is pasted can bring the login on.
    fn wants_paste_alone(&self) -> bool {
        let Some(methods) = self.login.methods() else { return false };
        let can_paste = methods.callback.is_some() || methods.paste.is_some() || methods.curl.is_some();
        let other = methods.callback.is_some() || methods.device.may_open();
        can_paste && (self.pasting == Pasting::Wanted || !other)
    }

    /// Waits for what happens next; nothing when nothing can happen any more but the end of time.
    async fn next(&mut self) -> Option<Input> {
        let never = self.services.clock.now().steady.after(Duration::from_secs(3600));
        let wake = self.services.clock.instant(self.login.wakes_at().unwrap_or(never));
        // A line that comes when nothing can be pasted answers a later question.
        let waiting = matches!(self.login.stage(), Stage::Waiting(_));
        let alone = waiting && self.wants_paste_alone();
        let person = async {
            if !waiting {
                self.prompter.ends().await;
                return Some(Input::Cancelled);
            }
            while !self.pastes.are_coming() {
                let said =
                    if alone { self.prompter.line().await } else { self.prompter.line_or_signal().await };
                match said {
                    Some(line) => drop(self.pastes.add(line)),
                    None if alone && !self.prompter.is_open() => return None,
                    None => {
                        self.services.give_up();
                        return Some(Input::Cancelled);
                    }
                }
            }
            // A line that is broken in two comes in two.
            while let Ok(next) = timeout(LINE_GAP, self.prompter.line_or_signal()).await {
                let Some(line) = next else { return Some(Input::Cancelled) };
                if !self.pastes.add(line) {
                    break;
                }
            }
            self.page_refused = self.pastes.say_refused() && self.progress.offers_next_way;
            self.pasted = true;
            Some(Input::Typed(self.pastes.take()))
        };
        tokio::select! {
            // What came already counts before the end of what can be pasted.
            biased;
            Some(heard) = self.told.recv() => Some(heard),
            heard = person => heard,
            () = sleep_until(wake) => Some(Input::Woke),
        }
    }

    /// What the person decides when the login stops to ask. Without a person, or an answer, what
    /// is stored stays as it is.
    async fn decision(&mut self) -> Option<Input> {
        match self.login.stage() {
            Stage::Confirming(
                profile,
                doubt @ (ConfirmReason::OtherAccount { .. } | ConfirmReason::Taken),
            ) => {
                let name = &profile.id.name;
                let plan = self.login.plan();
                let is_new = plan.known.is_none();
                let is_named = matches!(&plan.wanted, WantedAccount::Named(_));
                let what = match doubt {
                    ConfirmReason::OtherAccount { stored, came } if is_new => {
                        say(&format!("{came} logged in, but you named {stored}. Nothing is saved yet."));
                        return Some(self.keep("Save this login anyway?").await);
                    }
                    ConfirmReason::OtherAccount { stored, came } if is_named && stored != came => {
                        format!("{came} logged in, but you named {stored}")
                    }
                    ConfirmReason::OtherAccount { stored, came } => {
                        format!("{came} logged in, but {stored} is stored under this name")
                    }
                    ConfirmReason::Taken | ConfirmReason::Cancelled => {
                        format!("{name} was stored by another program meanwhile")
                    }
                };
                say(&format!("{what}. Nothing is saved yet."));
                let free = self.services.read_now(profile.id.store).free_name(name);
                Some(Input::Decided(self.account(free).await))
            }
            Stage::Confirming(_, ConfirmReason::Cancelled) => {
                Some(self.keep("The tokens have come all the same. Save them?").await)
            }
            Stage::Unsaved(profile, trouble) => {
                say(&trouble.to_string());
                Some(self.save_again(profile.id.store).await)
            }
            Stage::Naming(profile) if profile.account.is_none() => Some(self.whose().await),
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Identifying(_)
            | Stage::Saving(_)
            | Stage::Testing(..)
            | Stage::Naming(_)
            | Stage::Over(_) => None,
        }
    }

    async fn account(&mut self, free: Option<ProfileName>) -> SaveDecision {
        let beside = free.as_ref().map_or_else(String::new, |name| format!("keep it as {name} [k], "));
        let question = format!("[r]eplace what is stored, {beside}or [d]iscard the new tokens?");
        loop {
            let Some(answer) = self.asked(&question).await else {
                let free = free.map_or_else(|| "PROVIDER/NAME".to_owned(), |name| name.to_string());
                say(&format!("nobody answered. To keep both, run: authtui login {free}"));
                return SaveDecision::Discard;
            };
            match (AccountAnswer::parse(&answer), &free) {
                (Some(AccountAnswer::Replace), _) => return SaveDecision::Keep,
                (Some(AccountAnswer::Keep), Some(name)) => return SaveDecision::KeepAs(name.clone()),
                (Some(AccountAnswer::Discard), _) => return SaveDecision::Discard,
                // A pipe may hold anything; a person mistypes.
                (Some(AccountAnswer::Keep) | None, _) if console::can_ask() => {}
                (Some(AccountAnswer::Keep) | None, _) => return SaveDecision::Discard,
            }
        }
    }

    /// What becomes of tokens that could not be saved.
    async fn save_again(&mut self, store: StoreId) -> Input {
        if store != StoreId::Keyring || !console::can_ask() {
            return self.keep("Try to save again?").await;
        }
        let answer = self.asked("Try to save again, or keep them in our [o]wn file? [y/N/o]").await;
        if matches!(answer.as_deref(), Some("o" | "O" | "own")) {
            let place = file::shown(self.services.place(StoreId::Own));
            return Input::Decided(SaveDecision::KeepIn(StoreId::Own, place));
        }
        let is_yes = answer.is_some_and(|answer| console::is_yes(&answer));
        Input::Decided(if is_yes { SaveDecision::Keep } else { SaveDecision::Discard })
    }

    async fn keep(&mut self, question: &str) -> Input {
        let answer = self.asked(&format!("{question} [y/N]")).await;
        let is_yes = answer.is_some_and(|answer| console::is_yes(&answer));
        Input::Decided(if is_yes { SaveDecision::Keep } else { SaveDecision::Discard })
    }

    /// Whose account it is, where a person can be asked. The tokens are saved whatever they say.
    async fn whose(&mut self) -> Input {
        if !console::can_ask() {
            return Input::Named(String::new());
        }
        let title = &self.login.plan().provider.title;
        let question = format!("Whose account is this? {title} does not say (Enter leaves it empty):");
        Input::Named(self.prompter.ask(&question).await.unwrap_or_default())
    }

    /// The answer to `question`, which may have come by a pipe already.
    async fn asked(&mut self, question: &str) -> Option<String> {
        match self.pastes.early() {
            Some(answer) => {
                console::say(&format!("{question} {answer}"));
                Some(answer)
            }
            None => self.prompter.ask(question).await,
        }
    }
}
