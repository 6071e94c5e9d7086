//! Standard input and output of the commands.

use std::io::{self, BufRead, IsTerminal, Write};
use std::thread;

use crossterm::event::{Event, KeyCode, KeyEventKind, KeyModifiers};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};
use zeroize::Zeroizing;

use crate::domain::secret::Secret;
use crate::domain::text;

/// The longest line that is said, in characters: an authorization address has a few hundred.
const LONGEST_LINE: usize = 8192;

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
    let answer = ask(&format!("{question} [y/N]"))?;
    Ok(matches!(answer.to_lowercase().as_str(), "y" | "yes"))
}

/// Asks for a line.
///
/// # Errors
/// When standard input cannot be read.
pub fn ask(question: &str) -> io::Result<String> {
    let mut err = io::stderr().lock();
    write!(err, "{question} ")?;
    err.flush()?;
    let mut line = String::new();
    io::stdin().lock().read_line(&mut line)?;
    Ok(line.trim().to_owned())
}

/// Asks for a secret; what is typed is not shown.
///
/// # Errors
/// When the terminal cannot be used, or the person presses Ctrl-C or Esc.
pub fn ask_secret(question: &str) -> io::Result<Secret> {
    let mut err = io::stderr().lock();
    // Before the question: who answers at once must not be echoed.
    crossterm::terminal::enable_raw_mode()?;
    let typed = write!(err, "{question} ").and_then(|()| err.flush()).and_then(|()| read_unseen());
    crossterm::terminal::disable_raw_mode()?;
    writeln!(err)?;
    typed
}

fn read_unseen() -> io::Result<Secret> {
    let mut typed = Zeroizing::new(String::new());
    loop {
        let Event::Key(key) = crossterm::event::read()? else { continue };
        if key.kind == KeyEventKind::Release {
            continue;
        }
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        if key.code == KeyCode::Enter {
            return Ok(Secret::new(typed.trim()));
        } else if key.code == KeyCode::Esc || (ctrl && key.code == KeyCode::Char('c')) {
            return Err(io::Error::new(io::ErrorKind::Interrupted, "nothing was typed"));
        } else if key.code == KeyCode::Backspace {
            typed.pop();
        } else if let KeyCode::Char(char) = key.code
            && !ctrl
            && !text::is_hostile(char)
        {
            typed.push(char);
        }
    }
}

/// The lines that a person types, or a pipe brings, while something else goes on.
#[must_use]
pub fn lines() -> UnboundedReceiver<Secret> {
    let (sender, receiver) = unbounded_channel();
    let reader = thread::Builder::new().name("lines".to_owned());
    let reading = reader.spawn(move || {
        for line in io::stdin().lock().lines() {
            let Ok(line) = line else { return };
            if sender.send(Secret::new(line.trim())).is_err() {
                return;
            }
        }
    });
    // Without the thread a paste is not read; the callback still is.
    drop(reading);
    receiver
}
