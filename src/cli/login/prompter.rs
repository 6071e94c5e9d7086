//! Prompter of a login: the person who logs in, or the pipe that stands in for them.

use crate::domain::secret::Secret;
use crate::shell::terminal::console::{PromptReply, Prompter};

/// Who is asked, and who may want everything to end at any time.
pub(super) struct LoginPrompter(Prompter);

impl LoginPrompter {
    /// Whoever is at standard input. From here on no signal ends the program by itself.
    pub(super) fn new() -> Self {
        Self(Prompter::new())
    }

    /// Nobody: a secret was read from standard input.
    pub(super) fn nobody() -> Self {
        Self(Prompter::nobody())
    }

    /// Whether something can be pasted.
    pub(super) fn can_paste(&self) -> bool {
        self.0.is_open()
    }

    /// Asks for a line that is no secret. Nothing where nobody can answer, or somebody wants
    /// everything to end.
    pub(super) async fn asked(&mut self, question: &str) -> Option<String> {
        given(self.0.ask(question).await).map(|line| line.expose().to_owned())
    }

    /// Asks a question whose safe answer is no.
    pub(super) async fn agrees(&mut self, question: &str) -> bool {
        self.0.agrees(question).await
    }

    /// Asks for a secret, unseen. Nothing when the person does not give it.
    pub(super) async fn asked_unseen(&mut self, question: &str) -> Option<Secret> {
        given(self.0.ask_unseen(question).await)
    }

    /// Waits for what they say while something else goes on; nothing means that they want it to
    /// end. A pipe that has ended says nothing any more, and a signal may yet come, unless nothing
    /// but what they say is awaited (`alone`).
    pub(super) async fn says(&mut self, alone: bool) -> Option<Secret> {
        match self.0.line().await {
            PromptReply::Line(line) => Some(line),
            PromptReply::Closed if !alone => self.ends().await,
            PromptReply::Closed | PromptReply::Refused | PromptReply::Ending => None,
        }
    }

    /// Waits until somebody wants everything to end, whatever else they say meanwhile.
    pub(super) async fn ends(&mut self) -> Option<Secret> {
        self.0.ends().await;
        None
    }
}

fn given(reply: PromptReply) -> Option<Secret> {
    match reply {
        PromptReply::Line(line) => Some(line),
        PromptReply::Refused | PromptReply::Closed | PromptReply::Ending => None,
    }
}
