//! The person who logs in, or the pipe that stands in for them.

use std::io;
use std::pin::Pin;

use crate::domain::secret::Secret;
use crate::shell::console::{self, Lines};
use crate::shell::signals;

/// Who is asked, and who may want everything to end at any time.
pub(super) struct Person {
    /// What they type; nothing where standard input has ended, or was read for something else.
    lines: Option<Lines>,
    ending: Pin<Box<dyn Future<Output = ()>>>,
}

/// Whether standard input can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Input {
    /// It can.
    Free,
    /// A secret was read from it.
    Spent,
}

impl Person {
    /// Somebody who may answer by standard input, if it is free. From here on no signal ends the
    /// program by itself.
    pub(super) fn new(input: Input) -> Self {
        let lines = match input {
            Input::Free => Some(console::lines()),
            Input::Spent => None,
        };
        Self { lines, ending: ending() }
    }

    /// Whether something can be pasted.
    pub(super) fn can_paste(&self) -> bool {
        self.lines.is_some()
    }

    /// Asks for a line that is no secret. Nothing where nobody can answer, or somebody wants
    /// everything to end.
    pub(super) async fn asked(&mut self, question: &str) -> Option<String> {
        console::prompt(question);
        self.answer().await.map(|line| line.expose().to_owned())
    }

    /// Asks a question whose safe answer is no.
    pub(super) async fn agrees(&mut self, question: &str) -> bool {
        let answer = self.asked(&format!("{question} [y/N]")).await;
        answer.is_some_and(|answer| ["y", "yes"].contains(&answer.to_lowercase().as_str()))
    }

    /// Asks for a secret, unseen. Nothing when the person does not want to give it.
    pub(super) async fn asked_unseen(&mut self, question: &str) -> io::Result<Option<Secret>> {
        tokio::select! {
            secret = console::ask_secret(question) => secret,
            () = &mut self.ending => {
                self.ending = ending();
                Ok(None)
            }
        }
    }

    /// The next line; nothing once there are no more, or when somebody wants everything to end.
    async fn answer(&mut self) -> Option<Secret> {
        let lines = self.lines.as_mut()?;
        let line = tokio::select! {
            line = lines.next() => line,
            () = &mut self.ending => {
                self.ending = ending();
                return None;
            }
        };
        if line.is_none() {
            self.lines = None;
        }
        line
    }

    /// Waits for what they say while something else goes on; nothing means that they want it to
    /// end. A pipe that has ended says nothing any more, and a signal may yet come, unless nothing
    /// but what they say is awaited (`alone`).
    pub(super) async fn says(&mut self, alone: bool) -> Option<Secret> {
        if self.lines.is_some() {
            let line = self.answer().await;
            if line.is_some() || self.lines.is_some() {
                return line;
            }
        }
        if alone { None } else { self.ends().await }
    }

    /// Waits until somebody wants everything to end, whatever else they say meanwhile.
    pub(super) async fn ends(&mut self) -> Option<Secret> {
        (&mut self.ending).await;
        self.ending = ending();
        None
    }
}

/// The next signal that wants everything to end.
fn ending() -> Pin<Box<dyn Future<Output = ()>>> {
    let ending = signals::ending();
    Box::pin(async {
        ending.await;
    })
}
