//! Window of the terminal: its title, and whom the mouse belongs to. Written only where it changes.

use std::env;
use std::io::{self, Write, stdout};

use crossterm::terminal::SetTitle;
use crossterm::{execute, queue};

use crate::tui::window::{MouseUse, Window};

/// Puts the title that the person has aside, where the terminal can (XTWINOPS).
const KEEP_TITLE: &str = "\x1b[22;0t";
/// Takes it back.
const RESTORE_TITLE: &str = "\x1b[23;0t";
/// Buttons and the wheel (1000), told in a form that knows large screens (1006). Not each motion: over a
/// slow line nobody wants to send those.
#[cfg(not(windows))]
const TAKE_MOUSE: &str = "\x1b[?1000h\x1b[?1006h";
#[cfg(not(windows))]
const GIVE_MOUSE: &str = "\x1b[?1006l\x1b[?1000l";

/// What was last written of a window.
#[derive(Default)]
pub(super) struct WindowWriter {
    written: Option<Window>,
}

impl WindowWriter {
    /// Writes what differs from what was written before.
    pub(super) fn write(&mut self, window: Window) -> io::Result<()> {
        if !is_capable() || self.written.as_ref() == Some(&window) {
            return Ok(());
        }
        let before = self.written.take();
        if before.as_ref().is_none_or(|before| before.title != window.title) {
            execute!(stdout(), SetTitle(&window.title))?;
        }
        match (before.map_or(MouseUse::Selects, |before| before.mouse), window.mouse) {
            (MouseUse::Selects, MouseUse::Ours) => take_mouse()?,
            (MouseUse::Ours, MouseUse::Selects) => give_mouse()?,
            (MouseUse::Ours, MouseUse::Ours) | (MouseUse::Selects, MouseUse::Selects) => {}
        }
        self.written = Some(window);
        Ok(())
    }

    /// Writes everything the next time: somebody else had the terminal.
    pub(super) fn forget(&mut self) {
        self.written = None;
    }
}

/// Puts the person's title aside.
pub(super) fn begin() -> io::Result<()> {
    if is_capable() { put(KEEP_TITLE) } else { Ok(()) }
}

/// Gives mouse and title back by what it adds to `out`. A terminal that keeps no titles gets an empty one, as before
/// any program ran.
pub(super) fn end(out: &mut Vec<u8>) -> io::Result<()> {
    if !is_capable() {
        return Ok(());
    }
    #[cfg(windows)]
    queue!(out, crossterm::event::DisableMouseCapture)?;
    #[cfg(not(windows))]
    out.write_all(GIVE_MOUSE.as_bytes())?;
    queue!(out, SetTitle(""))?;
    out.write_all(RESTORE_TITLE.as_bytes())
}

/// Gives the mouse back for a while.
pub(super) fn give_mouse() -> io::Result<()> {
    #[cfg(windows)]
    return execute!(stdout(), crossterm::event::DisableMouseCapture);
    #[cfg(not(windows))]
    put(GIVE_MOUSE)
}

fn take_mouse() -> io::Result<()> {
    #[cfg(windows)]
    return execute!(stdout(), crossterm::event::EnableMouseCapture);
    #[cfg(not(windows))]
    put(TAKE_MOUSE)
}

fn put(sequence: &str) -> io::Result<()> {
    let mut out = stdout().lock();
    out.write_all(sequence.as_bytes())?;
    out.flush()
}

/// Whether the terminal has a title and knows what it does not know: a console prints what it cannot parse.
pub(super) fn is_capable() -> bool {
    let term = env::var("TERM").unwrap_or_default();
    cfg!(windows) || !(term.is_empty() || term == "dumb" || term == "linux" || term.starts_with("vt"))
}
