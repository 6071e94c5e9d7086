//! Terminal of the screen: taken, given back on every way out, and lent to the shell on Ctrl-Z.

pub mod background;
pub mod clipboard;
pub mod console;
pub mod crash;
pub mod editor;
mod frame_writer;
pub mod keyboard;
mod links;
mod window;

use std::env;
use std::io::{self, Write, stdout};
use std::mem::{self, ManuallyDrop};

use crossterm::cursor::{Hide, Show};
use crossterm::event::{DisableBracketedPaste, EnableBracketedPaste};
use crossterm::terminal::{EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode};
use crossterm::{execute, queue};
use ratatui::backend::Backend;
use ratatui::buffer::Buffer;
use ratatui::layout::Rect;
use ratatui::{Terminal, TerminalOptions, Viewport};

use crate::domain::secret::Secret;
use crate::domain::text;
use crate::shell::signals;
use crate::shell::terminal::frame_writer::FrameWriter;
use crate::shell::terminal::links::LinkWriter;
use crate::shell::terminal::window::WindowWriter;
use crate::tui::screen_map::ScreenMap;
use crate::tui::theme::palette::{Background, ColorDepth};
use crate::tui::theme::terminal::TerminalTraits;
use crate::tui::theme::{Letters, Shape};
use crate::tui::window::Window;

/// The terminal while it is ours. Dropping it gives the terminal back, also while unwinding.
pub struct TerminalScreen {
    // Never dropped: ratatui would print there what it cannot restore, and printing to a terminal
    // that is gone panics, in the very moment in which tokens may still have to be saved.
    terminal: ManuallyDrop<Terminal<FrameWriter>>,
    /// What the terminal shows, nothing where it is blank, and the buffer of the next frame. ratatui has none of
    /// its own: it would compare them once more.
    shown: Option<Buffer>,
    next: Buffer,
    lent: Option<LentTo>,
    resized: Option<(u16, u16)>,
    window: WindowWriter,
    links: LinkWriter,
}

/// Who has the terminal meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum LentTo {
    /// Lines that were printed; keys still come to us.
    Lines,
    /// An editor, which has the keys too.
    Editor,
}

impl TerminalScreen {
    /// Takes the terminal of `size` columns and rows.
    ///
    /// # Errors
    /// When standard output is none.
    pub fn take(size: (u16, u16)) -> io::Result<Self> {
        let options = TerminalOptions { viewport: Viewport::Fixed(Rect::ZERO) };
        let terminal = ManuallyDrop::new(Terminal::with_options(FrameWriter::default(), options)?);
        crash::screen_begins();
        let screen = Self {
            terminal,
            shown: None,
            next: blank(size),
            lent: None,
            resized: None,
            window: WindowWriter::default(),
            links: LinkWriter::default(),
        };
        window::begin()?;
        enter()?;
        Ok(screen)
    }

    /// Draws a frame in `window`, unless the terminal is lent; `map` says where the cursor belongs.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn draw(
        &mut self,
        window: Window,
        map: &ScreenMap,
        view: impl FnOnce(&mut ratatui::Frame<'_>),
    ) -> io::Result<()> {
        if self.lent.is_some() {
            return Ok(());
        }
        // The clipboard writes from another thread; its sequence must not fall into a frame.
        let _whole = stdout().lock();
        if let Some(size) = self.resized.take() {
            self.terminal.backend_mut().erase()?;
            (self.shown, self.next) = (None, blank(size));
        }
        let Self { shown, next, .. } = self;
        self.terminal.draw(|frame| {
            mem::swap(frame.buffer_mut(), next);
            view(frame);
            mem::swap(frame.buffer_mut(), next);
        })?;
        let links = self.links.changes(next, &window.links);
        let writer = self.terminal.backend_mut();
        writer.change(shown.as_ref(), next)?;
        links::write(writer, &links)?;
        // It is not seen, but it is where screen readers read and where a magnifier looks.
        if let Some(cursor) = map.cursor() {
            writer.set_cursor_position(cursor)?;
        }
        writer.send()?;
        self.window.write(window)?;
        // The frame before last is free; behind the first one there is none.
        let free = shown.take().map_or_else(
            || Buffer::empty(next.area),
            |mut old| {
                old.reset();
                old
            },
        );
        *shown = Some(mem::replace(next, free));
        Ok(())
    }

    /// Takes it that the terminal has another size, from the next frame on.
    pub fn resize(&mut self, size: (u16, u16)) {
        self.resized = Some(size);
    }

    /// Forgets what is on the terminal, so that the next frame draws everything.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn clear(&mut self) -> io::Result<()> {
        self.shown = None;
        self.terminal.backend_mut().erase()
    }

    /// Takes the terminal anew, as after another program had it, and draws everything in the next frame.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn retake(&mut self) -> io::Result<()> {
        if self.lent == Some(LentTo::Editor) {
            return Ok(());
        }
        disable_raw_mode()?;
        keyboard::enter_raw_mode()?;
        if self.lent.is_some() {
            return Ok(());
        }
        enter()?;
        self.forget();
        self.clear()
    }

    /// Leaves the screen and prints texts on lines of their own, so that a mouse can select them
    /// whole. Keys still come to us.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn lend_to(&mut self, texts: &[(&'static str, Secret)]) -> io::Result<()> {
        self.lent = Some(LentTo::Lines);
        window::give_mouse()?;
        self.forget();
        execute!(stdout(), LeaveAlternateScreen, Show)?;
        let mut out = stdout().lock();
        for (label, text) in texts {
            write!(out, "\r\n{label}\r\n{}\r\n", text::clean(text.expose(), usize::MAX))?;
        }
        write!(out, "\r\nPress any key to return to authtui.\r\n")?;
        out.flush()
    }

    /// Whether the terminal is lent to printed lines.
    #[must_use]
    pub fn is_lent(&self) -> bool {
        self.lent == Some(LentTo::Lines)
    }

    /// Whether an editor has the terminal.
    #[must_use]
    pub fn is_with_editor(&self) -> bool {
        self.lent == Some(LentTo::Editor)
    }

    /// Comes back after lending.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn come_back(&mut self) -> io::Result<()> {
        self.lent = None;
        execute!(stdout(), EnterAlternateScreen, Hide)?;
        self.clear()
    }

    /// Gives the terminal back, stops this process, and takes the terminal again when the
    /// person brings it to the foreground.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn suspend(&mut self) -> io::Result<()> {
        if self.lent == Some(LentTo::Editor) {
            signals::stop();
            return Ok(());
        }
        leave()?;
        signals::stop();
        self.take_back()
    }

    /// Gives the terminal to an editor, which has the keys too.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn lend_to_editor(&mut self) -> io::Result<()> {
        self.lent = Some(LentTo::Editor);
        signals::leave_interrupts_to_another(true);
        leave()
    }

    /// Takes the terminal from whoever had it, and draws everything in the next frame.
    ///
    /// # Errors
    /// When the terminal cannot be written to.
    pub fn take_back(&mut self) -> io::Result<()> {
        signals::leave_interrupts_to_another(false);
        window::begin()?;
        enter()?;
        self.lent = None;
        self.forget();
        self.clear()
    }

    fn forget(&mut self) {
        self.window.forget();
        self.links.forget();
    }
}

impl Drop for TerminalScreen {
    fn drop(&mut self) {
        // A terminal that is gone cannot be restored; one that an editor has is not ours.
        if self.lent != Some(LentTo::Editor) {
            let _ = leave();
        }
        crash::screen_ends();
    }
}

fn blank((columns, rows): (u16, u16)) -> Buffer {
    Buffer::empty(Rect::new(0, 0, columns, rows))
}

fn enter() -> io::Result<()> {
    keyboard::enter_raw_mode()?;
    execute!(stdout(), EnterAlternateScreen, EnableBracketedPaste, Hide)
}

fn leave() -> io::Result<()> {
    let mut sequences = Vec::new();
    window::end(&mut sequences)?;
    queue!(sequences, DisableBracketedPaste, LeaveAlternateScreen, Show)?;
    let mut out = stdout().lock();
    let written = out.write_all(&sequences).and_then(|()| out.flush());
    // One that fails must not keep the other from being tried.
    disable_raw_mode()?;
    written
}

/// What the terminal can show, as its variables say it: `NO_COLOR` keeps bold and reverse, a locale that
/// is not UTF-8 gets ASCII. `shape` is what the command line asks for.
#[must_use]
pub fn traits(shape: Shape) -> TerminalTraits {
    let text = |name| env::var(name).ok().filter(|value: &String| !value.is_empty());
    // The first that is set decides (POSIX).
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(text).unwrap_or_default().to_lowercase();
    let utf8 = locale.contains("utf-8") || locale.contains("utf8") || cfg!(any(windows, target_os = "macos"));
    TerminalTraits {
        shape,
        depth: if text("NO_COLOR").is_some() { ColorDepth::None } else { depth(text) },
        letters: if utf8 { Letters::Unicode } else { Letters::Ascii },
        background: text("COLORFGBG").as_deref().and_then(Background::of_variable),
    }
}

/// How many colours the variables promise. GNU screen has no more than 256, and hands on what the
/// terminal around it said of itself.
fn depth(text: impl Fn(&'static str) -> Option<String>) -> ColorDepth {
    let term = text("TERM").unwrap_or_default();
    if term == "dumb" || term.starts_with("vt1") || term.starts_with("vt2") {
        return ColorDepth::None;
    }
    let promised = text("COLORTERM").filter(|_| text("STY").is_none()).unwrap_or_default();
    let is_direct = matches!(promised.as_str(), "truecolor" | "24bit") || term.ends_with("-direct");
    let has_its_own_name = ["xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm"];
    if is_direct || has_its_own_name.iter().any(|name| term.starts_with(name)) || text("WT_SESSION").is_some()
    {
        return ColorDepth::Direct;
    }
    if term.contains("256color") { ColorDepth::Indexed } else { ColorDepth::Sixteen }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_as_many_as_the_variables_promise() {
        for (variables, wanted) in [
            (&[("TERM", "dumb"), ("COLORTERM", "truecolor")][..], ColorDepth::None),
            (&[("TERM", "vt100")], ColorDepth::None),
            (&[("TERM", "linux")], ColorDepth::Sixteen),
            (&[("TERM", "xterm")], ColorDepth::Sixteen),
            (&[("TERM", "xterm-256color")], ColorDepth::Indexed),
            (&[("TERM", "xterm-256color"), ("COLORTERM", "truecolor")], ColorDepth::Direct),
            (&[("TERM", "tmux-256color"), ("COLORTERM", "24bit")], ColorDepth::Direct),
            (
                &[("TERM", "screen.xterm-256color"), ("COLORTERM", "truecolor"), ("STY", "1.a")],
                ColorDepth::Indexed,
            ),
            (&[("TERM", "xterm-kitty")], ColorDepth::Direct),
            (&[], ColorDepth::Sixteen),
        ] {
            let text = |name| {
                variables.iter().find(|(variable, _)| *variable == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(depth(text), wanted, "{variables:?}");
        }
    }
}
