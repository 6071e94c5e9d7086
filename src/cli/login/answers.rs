//! Answers that a login needs, from the command line or else from the person.

use crate::cli::exit::Exit;
use crate::cli::login::arguments::{LoginArgs, SecretSource};
use crate::cli::login::kept::KeptFile;
use crate::cli::output::say;
use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::health::is_working_login;
use crate::domain::name::ProfileName;
use crate::domain::secret::{Ends, Secret};
use crate::oauth::login::preflight::{Preflight, PreflightQuestion, TRIMMED};
use crate::shell::terminal::console::{self, Prompter};

/// What a login needs to know, and who can say it.
pub(super) struct LoginQuestions<'a> {
    pub(super) preflight: Preflight,
    pub(super) args: &'a LoginArgs,
    pub(super) name: &'a ProfileName,
    pub(super) snapshot: &'a Snapshot,
    pub(super) prompter: Prompter,
    /// What was written before it.
    pub(super) kept: KeptFile,
}

impl<'a> LoginQuestions<'a> {
    /// The questions of a login, those answered that the command line answers.
    ///
    /// # Errors
    /// The number to end with, once the reason was said.
    pub(super) fn new(
        mut preflight: Preflight,
        (args, kept): (&'a LoginArgs, KeptFile),
        name: &'a ProfileName,
        snapshot: &'a Snapshot,
    ) -> Result<Self, Exit> {
        let refused = |why: String| kept.refused(&why);
        if let Some(id) = &args.client_id {
            preflight.client_id(id).map_err(refused)?;
        }
        if !args.scope.is_empty() {
            preflight.more_scopes(&args.scope).map_err(refused)?;
        }
        if args.yes {
            preflight.agree();
        }
        let source = args.secret_source();
        if source.is_some() && !args.wants_key() {
            preflight.takes_client_secret().map_err(refused)?;
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
        let secret = secret.transpose().map_err(refused)?;
        let mut questions = Self { preflight, args, name, snapshot, prompter, kept };
        if let Some(secret) = secret {
            questions.take_secret(&secret)?;
        }
        Ok(questions)
    }

    /// Takes the client of the server that was found, and its secret.
    ///
    /// # Errors
    /// The number to end with, once the reason was said.
    pub(super) fn take_client(&mut self, client: Option<(String, Option<Secret>)>) -> Result<(), Exit> {
        let Some((id, secret)) = client else { return Ok(()) };
        self.preflight.client_id(&id).map_err(|why| self.kept.refused(&why))?;
        match secret {
            Some(secret) => {
                self.preflight.client_secret(&secret).map(drop).map_err(|why| self.kept.refused(&why))
            }
            None => Ok(()),
        }
    }

    /// Asks before a login that works is replaced, unless the command line says what for. Where nobody
    /// can be asked, the login goes on.
    ///
    /// # Errors
    /// The number to end with where the login is to stay.
    pub(super) async fn ask_to_replace(&mut self, now: DateTime<Utc>) -> Result<(), Exit> {
        let is_said = self.args.yes || !self.args.scope.is_empty();
        let provider = self.preflight.provider();
        let works = self.preflight.known().is_some_and(|known| is_working_login(known, provider, now));
        if is_said || !works || !console::can_ask() {
            return Ok(());
        }
        if self.prompter.agrees(&format!("{} is logged in. Log in again?", self.name)).await {
            return Ok(());
        }
        say(&format!("{}: {}.", self.name, self.kept.changes()));
        Err(Exit::Failure)
    }

    /// Asks the person for all the rest.
    ///
    /// # Errors
    /// The number to end with, once the reason was said.
    pub(super) async fn ask(&mut self) -> Result<(), Exit> {
        // Asked for on a terminal, it is typed anew, whatever is stored.
        if self.args.secret_source() == Some(SecretSource::Input) && console::input_is_terminal() {
            let what = if self.args.wants_key() { "API key" } else { "Client secret" };
            let secret = unseen(&mut self.prompter, what).await.ok_or_else(|| self.kept.cancelled())?;
            self.take_secret(&secret)?;
        }
        while let Some(question) = self.preflight.next() {
            if question == PreflightQuestion::Notice {
                console::say(self.preflight.provider().notice.as_deref().unwrap_or_default());
            }
            if let (PreflightQuestion::ClientSecret, Some(words)) = (question, self.preflight.ended_secret())
            {
                console::say(&words);
            }
            let recipe = self.preflight.provider().registration.as_ref();
            if let Some(recipe) = recipe.filter(|_| question == PreflightQuestion::ClientId) {
                console::say(&recipe.lines().join("\n"));
            }
            if let Some(words) = self.unanswerable(question).filter(|_| !console::can_ask()) {
                return Err(self.kept.refused(&words));
            }
            self.ask_one(question).await?;
        }
        Ok(())
    }

    async fn ask_one(&mut self, question: PreflightQuestion) -> Result<(), Exit> {
        let (preflight, prompter) = (&mut self.preflight, &mut self.prompter);
        let taken = match question {
            PreflightQuestion::Name => {
                let answer = prompter.ask("Name:").await.ok_or_else(|| self.kept.cancelled())?;
                preflight.name(&answer, self.snapshot)
            }
            PreflightQuestion::Scopes => preflight.scopes(&preflight.usual_scopes()),
            PreflightQuestion::ClientId => {
                let answer = prompter.ask("Client id:").await.ok_or_else(|| self.kept.cancelled())?;
                preflight.client_id(&answer)
            }
            PreflightQuestion::ClientSecret => {
                let secret = unseen(prompter, "Client secret").await.ok_or_else(|| self.kept.cancelled())?;
                preflight.client_secret(&secret).map(say_trimmed)
            }
            PreflightQuestion::Key => {
                let provider = preflight.provider();
                if let Some(page) = &provider.key_page {
                    console::say(&format!("{} gives API keys at {page}", provider.title));
                }
                let key = unseen(prompter, "API key").await.ok_or_else(|| self.kept.cancelled())?;
                preflight.key(&key).map(say_trimmed)
            }
            PreflightQuestion::Notice => return self.agree("Continue?").await,
            PreflightQuestion::Replace => {
                return self.agree("A key of that name is stored. Replace it?").await;
            }
        };
        taken.map_err(|why| self.kept.refused(&why))
    }

    async fn agree(&mut self, question: &str) -> Result<(), Exit> {
        if self.prompter.agrees(question).await {
            self.preflight.agree();
            return Ok(());
        }
        say(&format!("{}: {}.", self.name, self.kept.changes()));
        Err(Exit::Failure)
    }

    fn take_secret(&mut self, secret: &Secret) -> Result<(), Exit> {
        let preflight = &mut self.preflight;
        let taken =
            if self.args.wants_key() { preflight.key(secret) } else { preflight.client_secret(secret) };
        taken.map(say_trimmed).map_err(|why| self.kept.refused(&why))
    }

    /// What is said where nobody can be asked; nothing where nobody needs to be.
    fn unanswerable(&self, question: PreflightQuestion) -> Option<String> {
        let (name, provider) = (self.name, self.name.provider());
        let wants = |what: &str, option: &str| {
            Some(format!("{provider} wants {what}, and nobody can be asked here; {option}"))
        };
        match question {
            PreflightQuestion::Scopes => None,
            PreflightQuestion::Name => wants("a name", "write PROVIDER/NAME"),
            PreflightQuestion::ClientId => wants("a client id", "add --client-id"),
            PreflightQuestion::ClientSecret => {
                wants("a client secret", "add --client-secret-stdin or --client-secret-fd")
            }
            PreflightQuestion::Key => Some(format!(
                "{name} wants an API key, and nobody can be asked here; add --key-stdin or --key-fd"
            )),
            PreflightQuestion::Notice => {
                Some(format!("{provider} has the notice above; accept it with --yes"))
            }
            PreflightQuestion::Replace => Some(format!(
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
pub(in crate::cli) fn say_trimmed(ends: Ends) {
    match ends {
        Ends::Clean => {}
        Ends::Trimmed => say(TRIMMED),
    }
}

pub(in crate::cli) async fn unseen(prompter: &mut Prompter, what: &str) -> Option<Secret> {
    prompter.ask_unseen(&format!("{what} (not shown):")).await
}

/// Says why the login cannot be, before anything was written.
pub(in crate::cli) fn refused(why: String) -> Exit {
    KeptFile::default().refused(&why)
}

/// Says that the person ended it, before anything was written.
pub(in crate::cli) fn cancelled() -> Exit {
    KeptFile::default().cancelled()
}
