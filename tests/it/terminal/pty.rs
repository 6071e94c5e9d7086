//! A terminal with the program in it, and somebody who reads and types.

use std::io::{Read, Write};
use std::num::NonZeroU16;
use std::process::Command;
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use portable_pty::{Child, CommandBuilder, MasterPty, PtySize, SlavePty, native_pty_system};

use crate::home::{Home, PATIENCE, program};

/// A terminal and the program in it; dropping it ends the program.
pub(crate) struct Pty {
    master: Box<dyn MasterPty + Send>,
    slave: Box<dyn SlavePty + Send>,
    child: Box<dyn Child + Send + Sync>,
    keyboard: Mutex<Box<dyn Write + Send>>,
    seen: Arc<Seen>,
    reader: JoinHandle<()>,
    before: String,
}

/// What has been written to the terminal.
struct Seen {
    screen: Mutex<Written>,
    changed: Condvar,
}

struct Written {
    parser: vt100::Parser,
    raw: Vec<u8>,
}

/// What a program left behind.
pub(crate) struct Left {
    /// Its exit code.
    pub(crate) code: u32,
    /// Everything it wrote.
    pub(crate) raw: Vec<u8>,
    /// What stands on the ordinary screen.
    pub(crate) text: String,
}

impl Pty {
    /// Runs the program with `arguments` in a terminal of `columns` and `rows`.
    pub(crate) fn start(home: &Home, arguments: &[&str], size: (u16, u16)) -> Self {
        let mut command = CommandBuilder::new(program());
        command.args(arguments);
        Self::run(home, command, size)
    }

    /// Runs `script` in a shell that has jobs; `$AUTHTUI` is the program.
    pub(crate) fn shell(home: &Home, script: &str, size: (u16, u16)) -> Self {
        let mut command = CommandBuilder::new("sh");
        command.args(["-c", script]);
        Self::run(home, command, size)
    }

    /// Runs `script` in a shell that ignores the hang-up, and takes the terminal away once the question is
    /// on the screen. `$AUTHTUI` is the program.
    pub(crate) fn vanish_unheard(home: &Home, script: &str, question: &str) -> u32 {
        let mut command = CommandBuilder::new("sh");
        // The shell stays: only the leader of a session is told that its terminal hung up.
        command.args(["-c", &format!("trap '' HUP; {script}; exit $?")]);
        Self::vanish_from(home, command, &[(question, "")], || true)
    }

    /// Runs the program, types each of the `keys` once its words are on the screen, and, as soon as
    /// it is `time`, takes the whole terminal away, as closing its window does. Gives the exit code.
    pub(crate) fn vanish(home: &Home, keys: &[(&str, &str)], time: impl Fn() -> bool) -> u32 {
        Self::vanish_from(home, CommandBuilder::new(program()), keys, time)
    }

    fn vanish_from(
        home: &Home,
        command: CommandBuilder,
        keys: &[(&str, &str)],
        time: impl Fn() -> bool,
    ) -> u32 {
        let pair = native_pty_system().openpty(sized((120, 30))).expect("a terminal");
        let mut output = pair.master.try_clone_reader().expect("a reader");
        // Dropped, it would press Enter: whoever types nothing takes none.
        let mut keyboard = None;
        let mut child = pair.slave.spawn_command(at_home(home, command)).expect("it starts");
        let mut screen = vt100::Parser::new(cells(30), cells(120), 0);
        let mut bytes = [0; 4096];
        for (words, typed) in keys {
            while !screen.screen().contents().contains(words) {
                let count = output.read(&mut bytes).expect("it writes");
                screen.process(bytes.get(..count).expect("what was read"));
            }
            if !typed.is_empty() {
                let taken = keyboard.get_or_insert_with(|| pair.master.take_writer().expect("a keyboard"));
                taken.write_all(typed.as_bytes()).expect("typed");
            }
        }
        let began = Instant::now();
        while !time() {
            assert!(began.elapsed() < PATIENCE, "the time never comes");
            thread::yield_now();
        }
        drop((output, keyboard, pair));
        loop {
            if let Some(status) = child.try_wait().expect("a program") {
                return status.exit_code();
            }
            assert!(began.elapsed() < PATIENCE, "it goes on without a terminal");
            thread::yield_now();
        }
    }

    /// Runs `command` in `home`.
    pub(crate) fn run(home: &Home, command: CommandBuilder, size: (u16, u16)) -> Self {
        let command = at_home(home, command);
        let pair = native_pty_system().openpty(sized(size)).expect("a terminal");
        let before = format!("{:?}", pair.master.get_termios());
        let mut output = pair.master.try_clone_reader().expect("a reader");
        let keyboard = Mutex::new(pair.master.take_writer().expect("a keyboard"));
        let child = pair.slave.spawn_command(command).expect("the program starts");
        let written =
            Written { parser: vt100::Parser::new(cells(size.1), cells(size.0), 0), raw: Vec::new() };
        let seen = Arc::new(Seen { screen: Mutex::new(written), changed: Condvar::new() });
        let shown = Arc::clone(&seen);
        let reader = thread::spawn(move || {
            let mut bytes = [0; 4096];
            // The terminal is gone when nobody has its other end open.
            while let Ok(count @ 1..) = output.read(&mut bytes) {
                let mut written = shown.screen.lock().expect("one writer");
                let new = bytes.get(..count).expect("what was read");
                written.raw.extend_from_slice(new);
                written.parser.process(new);
                shown.changed.notify_all();
            }
        });
        Self { master: pair.master, slave: pair.slave, child, keyboard, seen, reader, before }
    }

    /// Types.
    pub(crate) fn keys(&self, keys: &str) -> &Self {
        let mut keyboard = self.keyboard.lock().expect("one typist");
        keyboard.write_all(keys.as_bytes()).and_then(|()| keyboard.flush()).expect("typed");
        self
    }

    /// Waits until `text` is on the screen, also where a dialog or a pane wraps it.
    pub(crate) fn wait(&self, text: &str) -> &Self {
        self.until(text, |screen| shows(screen, text))
    }

    /// Waits until `there` is true of the screen; `what` is said if it never is.
    pub(crate) fn until(&self, what: &str, there: impl Fn(&vt100::Screen) -> bool) -> &Self {
        let began = Instant::now();
        let mut written = self.written();
        while !there(written.parser.screen()) {
            if began.elapsed() > PATIENCE {
                let screen = written.parser.screen().contents();
                drop(written);
                panic!("no {what} on the screen:\n{screen}");
            }
            written =
                self.seen.changed.wait_timeout(written, Duration::from_millis(50)).expect("one writer").0;
        }
        drop(written);
        self
    }

    /// Waits until `bytes` have been written; what they are is said if they never are.
    pub(crate) fn until_written(&self, bytes: &str) -> &Self {
        let began = Instant::now();
        while !String::from_utf8_lossy(&self.raw()).contains(bytes) {
            assert!(began.elapsed() < PATIENCE, "{bytes:?} is never written: {}", self.contents());
            let written = self.written();
            drop(self.seen.changed.wait_timeout(written, Duration::from_millis(50)).expect("one writer"));
        }
        self
    }

    /// What is on the screen.
    pub(crate) fn contents(&self) -> String {
        self.written().parser.screen().contents()
    }

    /// Everything that was written so far.
    pub(crate) fn raw(&self) -> Vec<u8> {
        self.written().raw.clone()
    }

    /// Changes the size of the terminal.
    pub(crate) fn resize(&self, size: (u16, u16)) {
        self.written().parser.screen_mut().set_size(cells(size.1), cells(size.0));
        self.master.resize(sized(size)).expect("another size");
    }

    /// The number of the program's process.
    pub(crate) fn process(&self) -> u32 {
        self.child.process_id().expect("it runs")
    }

    /// Sends a signal, as `kill` names it.
    pub(crate) fn signal(&self, name: &str) {
        let process = self.process().to_string();
        let sent = Command::new("kill").args(["-s", name, &process]).status().expect("kill runs");
        assert!(sent.success(), "{name}");
    }

    /// Waits for the end of the program. The terminal must then be as it was before.
    pub(crate) fn end(mut self) -> Left {
        let began = Instant::now();
        let status = loop {
            if let Some(status) = self.child.try_wait().expect("a program") {
                break status;
            }
            assert!(began.elapsed() < PATIENCE, "it goes on:\n{}", self.contents());
            let written = self.written();
            drop(self.seen.changed.wait_timeout(written, Duration::from_millis(5)).expect("one writer"));
        };
        let after = format!("{:?}", self.master.get_termios());
        let Self { slave, seen, reader, before, .. } = self;
        // What was written is read to its end once nobody holds the terminal's other side.
        drop(slave);
        reader.join().expect("it was read");
        let written = seen.screen.lock().expect("one writer");
        let screen = written.parser.screen();
        assert_eq!(after, before, "the terminal's settings");
        assert!(!screen.alternate_screen(), "the alternate screen is still there");
        assert!(!screen.hide_cursor(), "the cursor is still hidden");
        assert!(!screen.bracketed_paste(), "pastes are still bracketed");
        assert_eq!(screen.mouse_protocol_mode(), vt100::MouseProtocolMode::None, "the mouse is still taken");
        let raw = String::from_utf8_lossy(&written.raw);
        let (kept, restored) = (raw.matches("\x1b[22;0t").count(), raw.matches("\x1b[23;0t").count());
        let title =
            raw.rsplit_once("\x1b]0;").and_then(|(_, rest)| rest.split_once('\x07')).map(|(title, _)| title);
        assert_eq!((kept, title.unwrap_or_default()), (restored, ""), "the title of the window");
        Left { code: status.exit_code(), raw: written.raw.clone(), text: screen.contents() }
    }

    fn written(&self) -> MutexGuard<'_, Written> {
        self.seen.screen.lock().expect("one writer")
    }
}

fn cells(count: u16) -> NonZeroU16 {
    NonZeroU16::new(count).expect("a size")
}

fn sized((cols, rows): (u16, u16)) -> PtySize {
    PtySize { rows, cols, pixel_width: 0, pixel_height: 0 }
}

/// `command` with the environment of `home` and its own additions.
fn at_home(home: &Home, mut command: CommandBuilder) -> CommandBuilder {
    let added: Vec<_> =
        command.iter_extra_env_as_str().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    command.env_clear();
    command.cwd(home.path(""));
    for (name, value) in home.environment() {
        command.env(name, value);
    }
    command.env("TERM", "xterm-256color");
    command.env("AUTHTUI", program());
    for (name, value) in added {
        // Empty, it is to be unset.
        if value.is_empty() { command.env_remove(name) } else { command.env(name, value) }
    }
    command
}

/// Whether `text` is on the screen, in one row or in rows of one box below each other.
pub(crate) fn shows(screen: &vt100::Screen, text: &str) -> bool {
    let contents = screen.contents();
    let rows: Vec<Vec<&str>> = contents.lines().map(|row| row.split('│').map(str::trim).collect()).collect();
    let boxes = rows.iter().map(Vec::len).max().unwrap_or_default();
    let wrapped = |at| rows.iter().filter_map(|row| row.get(at).copied()).collect::<Vec<_>>().join(" ");
    contents.contains(text) || (0..boxes).any(|at| wrapped(at).contains(text))
}
