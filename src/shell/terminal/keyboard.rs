//! Keyboard thread, which reads the terminal: keys, pastes, sizes, and that it is gone.

use std::io;
#[cfg(unix)]
use std::io::{Read, Write};
#[cfg(unix)]
use std::os::unix::net::UnixStream;
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use crossterm::event::{self, Event, MouseButton, MouseEvent, MouseEventKind};
#[cfg(unix)]
use rustix::event::{PollFd, PollFlags, Timespec, poll};

use crate::domain::secret::Secret;
use crate::shell::inbox::Inbox;
use crate::shell::terminal::background::{BackgroundAnswer, ReadKey};
use crate::tui::message::Msg;
use crate::tui::screen_map::{MouseGesture, ScreenMap};

/// How long the parser may look for what is there already. For less than a millisecond it does not wait but asks again
/// and again, and so it does at the end of a longer look.
#[cfg(unix)]
const LOOK: Duration = Duration::from_micros(100);
/// When the parser is asked once more after a key: an answer that the system delays may say that there is
/// nothing, although the parser has read a key.
#[cfg(unix)]
const SECOND_LOOK: Timespec = Timespec { tv_sec: 0, tv_nsec: 100_000_000 };
/// How long the parser waits for a key, where nothing else wakes it for a pause.
#[cfg(not(unix))]
const LOOK: Duration = Duration::from_millis(100);

/// How long the thread may take to stop reading.
const PAUSE_LIMIT: Duration = Duration::from_secs(1);

/// What lies where on the frame that is seen.
pub type SharedMap = Arc<Mutex<ScreenMap>>;

/// How the thread is asked for a pause: by what its wait for the terminal can wait for too, where there is such.
#[cfg(unix)]
type PauseSender = UnixStream;
#[cfg(unix)]
type PauseReceiver = UnixStream;
#[cfg(not(unix))]
type PauseSender = Sender<()>;
#[cfg(not(unix))]
type PauseReceiver = Receiver<()>;

/// The thread that reads the terminal, which another program may read meanwhile.
pub struct Keyboard {
    pauses: PauseSender,
    paused: Receiver<()>,
    goes_on: Sender<()>,
}

/// The thread's ends of what it is paused by.
struct Pauses {
    asked: PauseReceiver,
    paused: Sender<()>,
    goes_on: Receiver<()>,
}

impl Keyboard {
    /// Reads nothing any more until [`go_on`](Self::go_on).
    pub fn pause(&self) {
        #[cfg(unix)]
        let is_asked = (&self.pauses).write_all(&[0]).is_ok();
        #[cfg(not(unix))]
        let is_asked = self.pauses.send(()).is_ok();
        // A thread that has ended reads nothing either.
        if is_asked {
            let _ = self.paused.recv_timeout(PAUSE_LIMIT);
        }
    }

    /// Reads again.
    pub fn go_on(&self) {
        let _ = self.goes_on.send(());
    }
}

impl Pauses {
    /// Says that nothing is read, until it may go on.
    fn rest(&self) -> Option<()> {
        self.paused.send(()).ok()?;
        self.goes_on.recv().ok()
    }
}

/// Starts the thread, which looks in `map` what the mouse points at. It ends with the program, or with the terminal.
///
/// # Errors
/// When the system has no more threads.
pub fn start(inbox: &Inbox, map: &SharedMap) -> io::Result<Keyboard> {
    let (told, map) = (inbox.clone(), Arc::clone(map));
    #[cfg(unix)]
    let (pauses, asked) = UnixStream::pair()?;
    #[cfg(not(unix))]
    let (pauses, asked) = channel();
    let ((paused_by_it, paused), (goes_on, go_on)) = (channel(), channel());
    let reader = thread::Builder::new().name("keyboard".to_owned());
    reader.spawn(move || {
        // The loop has ended: nobody is left to be told.
        let _: Option<()> = follow(&told, &map, &Pauses { asked, paused: paused_by_it, goes_on: go_on });
    })?;
    Ok(Keyboard { pauses, paused, goes_on })
}

/// Sends every event, and the terminal's end, until the loop has ended. The parser alone would neither
/// report that the terminal is gone nor sleep then.
#[cfg(unix)]
fn follow(inbox: &Inbox, map: &SharedMap, pauses: &Pauses) -> Option<()> {
    let terminal = io::stdin();
    let gone = PollFlags::HUP | PollFlags::ERR | PollFlags::NVAL;
    let mut is_quiet = true;
    let mut background = BackgroundAnswer::default();
    loop {
        let mut watched = [PollFd::new(&terminal, PollFlags::IN), PollFd::new(&pauses.asked, PollFlags::IN)];
        match poll(&mut watched, (!is_quiet).then_some(&SECOND_LOOK)) {
            Err(rustix::io::Errno::INTR) => continue,
            Ok(_) if !watched.iter().any(|fd| fd.revents().intersects(gone)) => {}
            Ok(_) | Err(_) => return inbox.send(Msg::HungUp).ok(),
        }
        let [_, asked] = &watched;
        if asked.revents().contains(PollFlags::IN) {
            (&pauses.asked).read_exact(&mut [0]).ok()?;
            pauses.rest()?;
            continue;
        }
        is_quiet = true;
        while let Some(event) = next_event(inbox)? {
            is_quiet = false;
            tell(inbox, map, &mut background, event)?;
        }
    }
}

/// Sends every event until the loop has ended.
#[cfg(not(unix))]
fn follow(inbox: &Inbox, map: &SharedMap, pauses: &Pauses) -> Option<()> {
    let mut background = BackgroundAnswer::default();
    loop {
        if pauses.asked.try_recv().is_ok() {
            pauses.rest()?;
        }
        if let Some(event) = next_event(inbox)? {
            tell(inbox, map, &mut background, event)?;
        }
    }
}

/// What the parser has within a [`LOOK`]; `None` around it once nothing can come or be sent any more.
fn next_event(inbox: &Inbox) -> Option<Option<Event>> {
    loop {
        match event::poll(LOOK).and_then(|there| there.then(event::read).transpose()) {
            Ok(event) => return Some(event),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(_) => {
                let _ = inbox.send(Msg::HungUp);
                return None;
            }
        }
    }
}

fn tell(inbox: &Inbox, map: &SharedMap, background: &mut BackgroundAnswer, event: Event) -> Option<()> {
    if let Event::Key(key) = event {
        return match background.read(key) {
            ReadKey::Keys(keys) => keys.into_iter().try_for_each(|key| inbox.send(Msg::Key(key)).ok()),
            ReadKey::Nothing => Some(()),
            ReadKey::Background(background) => inbox.send(Msg::BackgroundTold(background)).ok(),
        };
    }
    message(map, event).map_or(Some(()), |msg| inbox.send(msg).ok())
}

fn message(map: &SharedMap, event: Event) -> Option<Msg> {
    match event {
        Event::Key(key) => Some(Msg::Key(key)),
        Event::Paste(text) => Some(Msg::Pasted(Secret::new(text))),
        Event::Resize(columns, rows) => Some(Msg::Resized(columns, rows)),
        Event::Mouse(mouse) => {
            let target = |map: &ScreenMap| map.at(mouse.column, mouse.row);
            let target = target(&map.lock().unwrap_or_else(PoisonError::into_inner));
            Some(Msg::Mouse(gesture(mouse)?, target))
        }
        Event::FocusGained | Event::FocusLost => None,
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
