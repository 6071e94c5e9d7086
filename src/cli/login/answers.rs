//! Answers that a login needs, from the command line or else from the person.

use crate::cli::exit::Exit;
use crate::cli::login::arguments::{LoginArgs, SecretSource};
use crate::cli::output::say;
use crate::domain::change::Snapshot;
use crate::domain::name::ProfileName;
use crate::domain::secret::{Ends, Secret};
use crate::oauth::login::needs::{Needs, Question, TRIMMED};
use crate::shell::terminal::console::{self, Prompter};

/// What a login needs to know, and who can say it.
pub(super) struct LoginQuestions<'a> {
    pub(super) needs: Needs,
    pub(super) args: &'a LoginArgs,
    pub(super) name: &'a ProfileName,
    pub(super) snapshot: &'a Snapshot,
    pub(super) prompter: Prompter,
}

impl<'a> LoginQuestions<'a> {
    /// The questions of a login, those answered that the command line answers.
    ///
    /// # Errors
    /// The number to end with, once the reason was said.
    pub(super) fn new(
        mut needs: Needs,
        args: &'a LoginArgs,
        name: &'a ProfileName,
        snapshot: &'a Snapshot,
    ) -> Result<Self, Exit> {
        if let Some(id) = &args.client_id {
            needs.client_id(id).map_err(refused)?;
        }
        if !args.scope.is_empty() {
            needs.more_scopes(&args.scope).map_err(refused)?;
        }
        if args.yes {
            needs.agree();
        }
        let source = args.secret_source();
        if source.is_some() && !args.wants_key() {
            needs.takes_client_secret().map_err(refused)?;
        }
        let (secret, prompter) = match source {
            // On a terminal a secret would be seen, so it is asked for.
            Some(SecretSource::Input) if console::input_is_terminal() => (None, Prompter::new()),
            Some(SecretSource::Input) => (Some(console::secret_from_input()), Prompter::nobody()),
            Some(SecretSource::Descriptor(number)) => {
                (Some(console::secret_from_descriptor(number)), Prompter::new())
            }
            None => (None, Prompter::new()),
        };
        let mut questions = Self { needs, args, name, snapshot, prompter };
        if let Some(secret) = secret {
            questions.take_secret(&secret.map_err(refused)?)?;
        }
        Ok(questions)
    }

    /// Asks the person for all the rest.
    ///
    /// # Errors
    /// The number to end with, once the reason was said.
    pub(super) async fn ask(&mut self) -> Result<(), Exit> {
        // Asked for on a terminal, it is typed anew, whatever is stored.
        if self.args.secret_source() == Some(SecretSource::Input) && console::input_is_terminal() {
            let what = if self.args.wants_key() { "API key" } else { "Client secret" };
            let secret = unseen(&mut self.prompter, what).await?;
            self.take_secret(&secret)?;
        }
        while let Some(question) = self.needs.next() {
            if question == Question::Notice {
                console::say(self.needs.provider().notice.as_deref().unwrap_or_default());
            }
            if let Some(words) = self.unanswerable(question).filter(|_| !console::can_ask()) {
                say(&format!("{words}. Nothing was changed."));
                return Err(Exit::Usage);
            }
            self.ask_one(question).await?;
        }
        Ok(())
    }

    async fn ask_one(&mut self, question: Question) -> Result<(), Exit> {
        let (needs, prompter) = (&mut self.needs, &mut self.prompter);
        let taken = match question {
            Question::Name => {
                let answer = prompter.ask("Name:").await.ok_or_else(cancelled)?;
                needs.name(&answer, self.snapshot)
            }
            Question::Scopes => needs.scopes(&needs.usual_scopes()),
            Question::ClientId => {
                let answer = prompter.ask("Client id:").await.ok_or_else(cancelled)?;
                needs.client_id(&answer)
            }
            Question::ClientSecret => {
                needs.client_secret(&unseen(prompter, "Client secret").await?).map(say_trimmed)
            }
            Question::Key => {
                let provider = needs.provider();
                if let Some(page) = &provider.key_page {
                    console::say(&format!("{} gives API keys at {page}", provider.title));
                }
                needs.key(&unseen(prompter, "API key").await?).map(say_trimmed)
            }
            Question::Notice => return self.agree("Continue?").await,
            Question::Replace => {
                return self.agree("A key of that name is stored. Replace it?").await;
            }
        };
        taken.map_err(refused)
    }

    async fn agree(&mut self, question: &str) -> Result<(), Exit> {
        if self.prompter.agrees(question).await {
            self.needs.agree();
            return Ok(());
        }
        say(&format!("{}: nothing was changed.", self.name));
        Err(Exit::Failure)
    }

    fn take_secret(&mut self, secret: &Secret) -> Result<(), Exit> {
        let needs = &mut self.needs;
        let taken = if self.args.wants_key() { needs.key(secret) } else { needs.client_secret(secret) };
        taken.map(say_trimmed).map_err(refused)
    }

    /// What is said where nobody can be asked; nothing where nobody needs to be.
    fn unanswerable(&self, question: Question) -> Option<String> {
        let (name, provider) = (self.name, self.name.provider());
        let wants = |what: &str, option: &str| {
            Some(format!("{provider} wants {what}, and nobody can be asked here; {option}"))
        };
        match question {
            Question::Scopes => None,
            Question::Name => wants("a name", "write PROVIDER/NAME"),
            Question::ClientId => wants("a client id", "add --client-id"),
            Question::ClientSecret => {
                wants("a client secret", "add --client-secret-stdin or --client-secret-fd")
            }
            Question::Key => Some(format!(
                "{name} wants an API key, and nobody can be asked here; add --key-stdin or --key-fd"
            )),
            Question::Notice => Some(format!("{provider} has the notice above; accept it with --yes")),
            Question::Replace => Some(format!(
                "{name} is stored already, and nobody can be asked here; add --yes to replace it"
            )),
        }
    }
}

/// What to do with new tokens where others are stored under the name.
pub(super) enum AccountAnswer {
    Replace,
    /// Keep both.
    Keep,
    Discard,
}

impl AccountAnswer {
    pub(super) fn parse(text: &str) -> Option<Self> {
        match text.to_lowercase().as_str() {
            "r" | "replace" => Some(Self::Replace),
            "k" | "keep" => Some(Self::Keep),
            "d" | "discard" => Some(Self::Discard),
            _ => None,
        }
    }
}

/// Says whether something of a secret was left out: nobody sees it.
pub(super) fn say_trimmed(ends: Ends) {
    match ends {
        Ends::Clean => {}
        Ends::Trimmed => say(TRIMMED),
    }
}

pub(super) async fn unseen(prompter: &mut Prompter, what: &str) -> Result<Secret, Exit> {
    prompter.ask_unseen(&format!("{what} (not shown):")).await.ok_or_else(cancelled)
}

pub(super) fn refused(why: String) -> Exit {
    say(&format!("{why}. Nothing was changed."));
    Exit::Usage
}

pub(super) fn cancelled() -> Exit {
    say("cancelled; nothing was changed.");
    Exit::Failure
}
