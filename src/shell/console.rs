//! Standard input and output of the commands.

mod secret;

use std::io::{self, BufRead, IsTerminal, Read, Write};
use std::sync::mpsc;
use std::thread;

use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text;
pub use crate::shell::console::secret::{ask_secret, secret_from_descriptor, secret_from_input};

/// The longest line that is said, in characters: an authorization address has a few hundred.
const LONGEST_LINE: usize = 8192;
/// The most bytes of a line that are read.
const LARGEST_LINE: u64 = 64 * 1024;

/// Prints data. A reader that has gone away is no failure.
///
/// # Errors
/// When standard output cannot be written to for another reason.
pub fn print(data: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    match out.write_all(data.as_bytes()).and_then(|()| out.flush()) {
        Ok(()) => Ok(()),
        Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
        Err(error) => {
            let why = format!("cannot write to standard output: {error}. Stored tokens are safe");
            Err(io::Error::new(error.kind(), why))
        }
    }
}

/// Prints a secret and a newline, exactly.
///
/// # Errors
/// When standard output cannot be written to.
pub fn print_secret(secret: &Secret) -> io::Result<()> {
    print(&Zeroizing::new(format!("{}\n", secret.expose())))
}

/// Says something to the person, on standard error. Whatever a server or a file put into it
/// cannot steer the terminal.
pub fn say(words: &str) {
    let mut err = io::stderr().lock();
    for line in words.split('\n') {
        // A closed standard error leaves nobody to tell.
        let _ = writeln!(err, "{}", text::clean(line, LONGEST_LINE));
    }
}

/// Whether a person can be asked.
#[must_use]
pub fn can_ask() -> bool {
    io::stdin().is_terminal() && io::stderr().is_terminal()
}

/// Whether standard input is a terminal, where what is typed would be seen.
#[must_use]
pub fn input_is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Whether the screen could be drawn.
#[must_use]
pub fn has_terminal() -> bool {
    io::stdin().is_terminal() && io::stdout().is_terminal()
}

/// Asks a question whose safe answer is no.
///
/// # Errors
/// When standard input cannot be read.
pub fn confirm(question: &str) -> io::Result<bool> {
    prompt(&format!("{question} [y/N]"));
    let mut answer = String::new();
    io::stdin().lock().read_line(&mut answer)?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "y" | "yes"))
}

/// Puts a question to the person; the answer follows on the same line.
pub fn prompt(question: &str) {
    let mut err = io::stderr().lock();
    // A closed standard error leaves nobody to ask.
    let _ = write!(err, "{} ", text::clean(question, LONGEST_LINE)).and_then(|()| err.flush());
}

/// The lines that a person types, or a pipe brings. Each is read when it is waited for, so that
/// the terminal can be used otherwise between two.
pub struct Lines {
    ask: mpsc::Sender<()>,
    lines: UnboundedReceiver<Secret>,
    asked: bool,
}

impl Lines {
    /// The next line; nothing once there are no more. Who gives up waiting loses no line.
    pub async fn next(&mut self) -> Option<Secret> {
        // Without the thread nothing is read, and nothing comes.
        self.asked = self.asked || self.ask.send(()).is_ok();
        let line = self.lines.recv().await;
        self.asked = false;
        line
    }
}

/// The lines of standard input.
#[must_use]
pub fn lines() -> Lines {
    let (ask, asked) = mpsc::channel();
    let (sender, lines) = unbounded_channel();
    let reader = thread::Builder::new().name("lines".to_owned());
    let reading = reader.spawn(move || {
        while asked.recv().is_ok() {
            let mut line = Zeroizing::new(String::new());
            let read = io::stdin().lock().take(LARGEST_LINE).read_line(&mut line);
            if !read.is_ok_and(|count| count > 0) || sender.send(Secret::new(line.trim())).is_err() {
                return;
            }
        }
    });
    // Without the thread a paste is not read; the callback still is.
    drop(reading);
    Lines { ask, lines, asked: false }
}
