//! Prompter: the one way to read from the person, or from the pipe that stands in for them.
//!
//! Every question, confirmation, paste and secret is read here, and each ends on the end of input,
//! on a terminal that is gone (also where its hang-up is ignored), and on a signal. From the first
//! question on the terminal neither echoes nor keeps lines; dropping the prompter restores it and
//! throws away what was typed and not read, so that no shell executes it.

use std::io::{self, IsTerminal, Write};
use std::pin::Pin;

use unicode_width::UnicodeWidthChar;
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text;
use crate::shell::signals;
use crate::shell::terminal::console::input::{RawMode, StandardInput};
use crate::shell::terminal::console::line::{InputKind, LineEditor, Typed};
use crate::shell::terminal::console::{prompt, say};

/// What came in answer.
#[derive(Debug, PartialEq, Eq)]
enum PromptReply {
    /// A line, without its end.
    Line(Secret),
    /// The person pressed Esc.
    Refused,
    /// Nothing more can come: the input has ended, or the terminal is gone.
    Closed,
    /// A signal wants everything to end.
    Ending,
}

impl PromptReply {
    fn line(self) -> Option<Secret> {
        match self {
            Self::Line(line) => Some(line),
            Self::Refused | Self::Closed | Self::Ending => None,
        }
    }
}

/// Whether the person sees what they type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Echo {
    Shown,
    Hidden,
}

/// The person, and what they have typed.
pub struct Prompter {
    input: Option<StandardInput>,
    line: LineEditor,
    mode: Option<RawMode>,
    /// Whether the terminal is gone, which is as good as a signal.
    is_gone: bool,
    question: String,
    echoed: Zeroizing<String>,
    ending: SignalWait,
    /// Input from before the first question on: a stop may come between it and the wait for its answer.
    continued: SignalWait,
}

type SignalWait = Pin<Box<dyn Future<Output = ()>>>;

impl Prompter {
    /// Whoever is at standard input. From here on no signal ends the program on its own.
    #[must_use]
    pub fn new() -> Self {
        let kind = if io::stdin().is_terminal() { InputKind::Terminal } else { InputKind::Pipe };
        Self {
            input: Some(StandardInput::new(kind)),
            line: LineEditor::new(kind),
            mode: None,
            is_gone: false,
            question: String::new(),
            echoed: Zeroizing::default(),
            ending: ending(),
            continued: Box::pin(signals::continued()),
        }
    }

    /// Nobody: standard input was read for something else. Signals are heard all the same.
    #[must_use]
    pub fn nobody() -> Self {
        Self { input: None, ..Self::new() }
    }

    /// Whether something may still come.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.input.is_some()
    }

    /// Asks for a line that is no secret, and trims it. Nothing where nobody can answer, or somebody wants
    /// everything to end.
    pub async fn ask(&mut self, question: &str) -> Option<String> {
        self.question(question);
        self.line().await.map(|line| line.expose().to_owned())
    }

    /// Asks for a line that is not shown, and comes as it was typed.
    pub async fn ask_unseen(&mut self, question: &str) -> Option<Secret> {
        self.question(question);
        self.read(Echo::Hidden).await.line()
    }

    /// Asks a question whose safe answer is no.
    pub async fn agrees(&mut self, question: &str) -> bool {
        self.ask(&format!("{question} [y/N]")).await.is_some_and(|answer| is_yes(&answer))
    }

    /// The next line, trimmed; nothing means that none can come, or that somebody wants everything to
    /// end. Who gives up waiting loses no line.
    pub async fn line(&mut self) -> Option<Secret> {
        self.read(Echo::Shown).await.line().map(trimmed)
    }

    /// The same beside other work: a pipe that has ended says nothing any more, and a signal may yet come.
    pub async fn line_or_signal(&mut self) -> Option<Secret> {
        match self.read(Echo::Shown).await {
            PromptReply::Closed => {
                self.ends().await;
                None
            }
            reply @ (PromptReply::Line(_) | PromptReply::Refused | PromptReply::Ending) => {
                reply.line().map(trimmed)
            }
        }
    }

    /// Waits for a signal that wants everything to end.
    pub async fn ends(&mut self) {
        (&mut self.ending).await;
        self.ending = ending();
    }

    fn question(&mut self, question: &str) {
        // Before the question: who answers at once must not be echoed by the terminal.
        self.begin();
        prompt(question);
        question.clone_into(&mut self.question);
    }

    /// Takes the terminal.
    fn begin(&mut self) {
        if let Some(input) = self.input.as_ref().filter(|input| self.mode.is_none() && input.is_terminal()) {
            if input.is_ready() {
                self.line.was_kept();
            }
            self.mode = RawMode::begin();
            if self.mode.is_none() {
                (self.input, self.is_gone) = (None, true);
            }
        }
    }

    async fn read(&mut self, echo: Echo) -> PromptReply {
        self.begin();
        loop {
            let typed = self.line.typed();
            if echo == Echo::Shown {
                match &typed {
                    // It is no longer in the editor, and may have come in one piece with its end.
                    Some(Typed::Line(line)) => self.show(line),
                    Some(Typed::Unusable(_) | Typed::Refused | Typed::Closed | Typed::Stopped) | None => {
                        self.show(&self.line.text());
                    }
                }
            }
            match typed {
                Some(Typed::Line(line)) => {
                    self.end_line();
                    return PromptReply::Line(Secret::new(line.as_str()));
                }
                Some(Typed::Unusable(why)) => {
                    self.end_line();
                    say(&format!("authtui: a line was ignored: {why}."));
                    continue;
                }
                Some(Typed::Refused) if echo == Echo::Hidden => {
                    self.end_line();
                    return PromptReply::Refused;
                }
                Some(Typed::Refused) => continue,
                Some(Typed::Stopped) => {
                    self.stop();
                    continue;
                }
                Some(Typed::Closed) => return self.close(),
                None => {}
            }
            let closed = if self.is_gone { PromptReply::Ending } else { PromptReply::Closed };
            let Some(input) = &mut self.input else { return closed };
            tokio::select! {
                biased;
                () = &mut self.ending => {
                    self.ending = ending();
                    self.end_line();
                    return PromptReply::Ending;
                }
                read = input.read(&mut self.line) => match read {
                    Ok(1..) => {}
                    Ok(0) | Err(_) => return self.ended(),
                },
                () = &mut self.continued => {
                    self.continued = Box::pin(signals::continued());
                    // The shell has the terminal as it likes it.
                    if self.mode.as_ref().is_some_and(|mode| !mode.holds()) {
                        self.take_up_again();
                    }
                }
            }
        }
    }

    /// The input has ended.
    fn ended(&mut self) -> PromptReply {
        if self.mode.is_some() {
            self.close();
            self.is_gone = true;
            return PromptReply::Ending;
        }
        match self.line.last() {
            Some(Typed::Line(line)) => PromptReply::Line(Secret::new(line.as_str())),
            Some(Typed::Unusable(why)) => {
                say(&format!("authtui: a line was ignored: {why}."));
                self.close()
            }
            Some(Typed::Refused | Typed::Closed | Typed::Stopped) | None => self.close(),
        }
    }

    fn close(&mut self) -> PromptReply {
        self.end_line();
        self.input = None;
        PromptReply::Closed
    }

    /// Gives the terminal back and stops, as Ctrl-Z does.
    fn stop(&mut self) {
        write("\n");
        self.mode = None;
        signals::stop();
        self.take_up_again();
    }

    /// Takes the terminal as after a stop, which may have changed it.
    fn take_up_again(&mut self) {
        self.mode = None;
        self.begin();
        self.echoed = Zeroizing::default();
        if !self.question.is_empty() {
            prompt(&self.question);
        }
    }

    /// Shows what was typed, by what differs from what is shown.
    fn show(&mut self, text: &str) {
        if self.mode.is_none() {
            return;
        }
        let text = Zeroizing::new(text::clean(text, usize::MAX));
        let same: usize = text
            .chars()
            .zip(self.echoed.chars())
            .take_while(|(new, old)| new == old)
            .map(|(new, _)| new.len_utf8())
            .sum();
        let (_, gone) = self.echoed.split_at_checked(same).unwrap_or_default();
        let (_, new) = text.split_at_checked(same).unwrap_or_default();
        let width: usize = gone.chars().filter_map(UnicodeWidthChar::width).sum();
        let written = Zeroizing::new(format!("{}{new}", "\x08 \x08".repeat(width)));
        write(&written);
        self.echoed = text;
    }

    fn end_line(&mut self) {
        self.question.clear();
        self.echoed = Zeroizing::default();
        if self.mode.is_some() {
            write("\n");
        }
    }
}

impl Default for Prompter {
    fn default() -> Self {
        Self::new()
    }
}

fn trimmed(line: Secret) -> Secret {
    Secret::new(line.expose().trim())
}

/// Whether an answer is a yes.
#[must_use]
pub fn is_yes(answer: &str) -> bool {
    ["y", "yes"].contains(&answer.to_lowercase().as_str())
}

/// Writes to the terminal, which standard error may not be.
fn write(words: &str) {
    // A terminal that is gone shows nothing.
    let _ = io::stderr().lock().write_all(words.as_bytes());
}

/// The next signal that wants everything to end.
fn ending() -> SignalWait {
    let ending = signals::ending();
    Box::pin(async {
        ending.await;
    })
}
