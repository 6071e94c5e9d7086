//! Keyboard: what the person does at the terminal, as messages, and that the terminal is gone.

#[cfg(not(unix))]
mod other;
#[cfg(unix)]
mod unix;

use std::collections::VecDeque;
use std::io;

use crossterm::event::{Event, MouseButton, MouseEvent, MouseEventKind};

#[cfg(not(unix))]
use self::other::TerminalEvents;
#[cfg(not(unix))]
pub use self::other::enter_raw_mode;
#[cfg(unix)]
use self::unix::TerminalEvents;
#[cfg(unix)]
pub use self::unix::enter_raw_mode;
use crate::domain::secret::Secret;
use crate::shell::inbox::Inbox;
use crate::shell::terminal::background::{BackgroundAnswer, ReadKey};
use crate::tui::message::Msg;
use crate::tui::screen_map::{MouseGesture, ScreenMap};

/// Reads the terminal, which another program may read meanwhile.
pub struct Keyboard {
    events: TerminalEvents,
    background: BackgroundAnswer,
    /// What was read and not taken yet.
    ready: VecDeque<Msg>,
    /// Whether another program has the keys.
    is_paused: bool,
    /// Whether the terminal is gone.
    is_gone: bool,
}

impl Keyboard {
    /// Begins to read. Where a thread has to read the terminal, it wakes the loop through `inbox`.
    ///
    /// # Errors
    /// When the system has no more files or threads.
    pub fn start(inbox: &Inbox) -> io::Result<Self> {
        Ok(Self {
            events: TerminalEvents::start(inbox)?,
            background: BackgroundAnswer::default(),
            ready: VecDeque::new(),
            is_paused: false,
            is_gone: false,
        })
    }

    /// Reads nothing any more until [`go_on`](Self::go_on).
    pub fn pause(&mut self) {
        self.is_paused = true;
        self.events.pause();
    }

    /// Reads again.
    pub fn go_on(&mut self) {
        self.is_paused = false;
        self.events.go_on();
    }

    /// Whether the terminal is there and nobody else reads it.
    #[must_use]
    pub fn is_read(&self) -> bool {
        !self.is_paused && !self.is_gone
    }

    /// What is there already; `map` says what the mouse points at.
    pub fn try_next(&mut self, map: &ScreenMap) -> Option<Msg> {
        if self.is_paused {
            return None;
        }
        while self.ready.is_empty() && !self.is_gone {
            match self.events.try_next()? {
                Ok(event) => self.queue(event, map),
                Err(_) => {
                    self.is_gone = true;
                    self.ready.push_back(Msg::HungUp);
                }
            }
        }
        self.ready.pop_front()
    }

    /// After how long the terminal is worth another look though nothing has been told of it.
    #[cfg(unix)]
    #[must_use]
    pub fn recheck_after(&self) -> Option<std::time::Duration> {
        self.events.recheck_after().filter(|_| self.is_read())
    }

    fn queue(&mut self, event: Event, map: &ScreenMap) {
        match event {
            Event::Key(key) => match self.background.read(key) {
                ReadKey::Keys(keys) => self.ready.extend(keys.into_iter().map(Msg::Key)),
                ReadKey::Nothing => {}
                ReadKey::Background(background) => self.ready.push_back(Msg::BackgroundTold(background)),
            },
            Event::Paste(text) => self.ready.push_back(Msg::Pasted(Secret::new(text))),
            Event::Resize(columns, rows) => self.ready.push_back(Msg::Resized(columns, rows)),
            Event::Mouse(mouse) => {
                let told = gesture(mouse).map(|gesture| Msg::Mouse(gesture, map.at(mouse.column, mouse.row)));
                self.ready.extend(told);
            }
            Event::FocusGained | Event::FocusLost => {}
        }
    }
}

fn gesture(mouse: MouseEvent) -> Option<MouseGesture> {
    match mouse.kind {
        MouseEventKind::Down(MouseButton::Left) => Some(MouseGesture::Click),
        MouseEventKind::ScrollUp => Some(MouseGesture::WheelUp),
        MouseEventKind::ScrollDown => Some(MouseGesture::WheelDown),
        MouseEventKind::Down(MouseButton::Right | MouseButton::Middle)
        | MouseEventKind::Up(_)
        | MouseEventKind::Drag(_)
        | MouseEventKind::Moved
        | MouseEventKind::ScrollLeft
        | MouseEventKind::ScrollRight => None,
    }
}
