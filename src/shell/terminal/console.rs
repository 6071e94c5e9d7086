//! Standard input and output of the commands.

mod input;
mod line;
mod paragraph;
mod prompter;
mod secret;
mod styled;

use std::io::{self, BufWriter, IsTerminal, StdoutLock, Write};

use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text;
pub use crate::shell::terminal::console::paragraph::paragraph_from_input;
pub use crate::shell::terminal::console::prompter::{Prompter, is_yes};
pub use crate::shell::terminal::console::secret::{
    secret_from_descriptor, secret_from_first_line, secret_from_input,
};
pub use crate::shell::terminal::console::styled::{StyledOutput, columns};

/// The longest line that is said, in characters: an authorization address has a few hundred.
const TEXT_LIMIT: usize = 8192;

/// How many bytes are written at a time; a pipe takes as many.
const PIECE_LENGTH: usize = 64 * 1024;

/// Prints data. A reader that has gone away is no failure.
///
/// # Errors
/// When standard output cannot be written to for another reason.
pub fn print(data: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    printed(out.write_all(data.as_bytes()).and_then(|()| out.flush()))
}

/// Prints data that `write` writes in many small pieces, without holding all of it.
///
/// # Errors
/// As [`print()`].
pub fn print_in_pieces(
    write: impl FnOnce(&mut BufWriter<StdoutLock<'static>>) -> io::Result<()>,
) -> io::Result<()> {
    let mut out = BufWriter::with_capacity(PIECE_LENGTH, io::stdout().lock());
    let written = write(&mut out).and_then(|()| out.flush());
    // What could not be written is not tried again when it is dropped.
    drop(out.into_parts());
    printed(written)
}

fn printed(written: io::Result<()>) -> io::Result<()> {
    match written {
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
        let _ = writeln!(err, "{}", text::clean(line, TEXT_LIMIT));
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

/// Puts a question to the person; the answer follows on the same line.
fn prompt(question: &str) {
    let mut err = io::stderr().lock();
    // A closed standard error leaves nobody to ask.
    let _ = write!(err, "{} ", text::clean(question, TEXT_LIMIT)).and_then(|()| err.flush());
}
