//! Event log of this machine: written before and after each refresh, by every process.
//!
//! It lies in the state folder, holds no secret, and stays small: when it has grown, most of what is
//! old goes. What was asked and has no answer stays, because it explains a lost grant later, and so do
//! the last two thousand refreshes or so, because they keep an older copy from asking with a spent token.

mod incremental_reader;
mod retention;

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use crate::domain::event::Event;
use crate::domain::tokens::RefreshTokenId;
use crate::shell::event_log::incremental_reader::IncrementalReader;
use crate::shell::event_log::retention::retained;
use crate::shell::store_files::file::temporary::{self, TemporaryFile};
use crate::shell::store_files::file::{open_private, private_folder};
use crate::shell::store_files::lock;
use crate::stored::event_log;

/// From this size on, in bytes, what is old goes.
const SIZE_LIMIT: u64 = 1024 * 1024;
/// How long a writer waits for another one: each writes a line.
const LOCK_WAIT_LIMIT: Duration = Duration::from_secs(5);

/// Whose turn it is in this process: one thread waits for the other processes, the others for it.
static TURN: Mutex<()> = Mutex::new(());

#[derive(Debug, Clone)]
pub struct EventLog {
    path: PathBuf,
    reader: Arc<Mutex<IncrementalReader>>,
    pending: Arc<Mutex<Vec<PendingLines>>>,
}

/// Lines that wait to be written, and what became of it.
#[derive(Debug)]
struct PendingLines {
    text: String,
    outcome: Arc<OnceLock<Result<(), Arc<io::Error>>>>,
}

impl EventLog {
    /// The log in the folder `state`.
    #[must_use]
    pub fn in_folder(state: &Path) -> Self {
        Self { path: state.join("events.jsonl"), reader: Arc::default(), pending: Arc::default() }
    }

    /// Where it lies.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What it says, oldest first; nothing where it is not there. Of one that could not be shortened it
    /// is the end.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn read(&self) -> io::Result<Vec<Event>> {
        Ok(event_log::events(&self.text()?))
    }

    /// What it says of refreshes of `grant`, oldest first; what was read before is not read again.
    ///
    /// # Errors
    /// When it is there and cannot be read.
    pub fn about(&self, grant: &RefreshTokenId) -> io::Result<Vec<Event>> {
        let mut reader = self.reader.lock().unwrap_or_else(PoisonError::into_inner);
        reader.about(&self.path, 2 * SIZE_LIMIT, grant)
    }

    fn text(&self) -> io::Result<String> {
        let mut file = match open_private(OpenOptions::new().read(true), &self.path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(String::new()),
            Err(error) => return Err(error),
        };
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(file.metadata()?.len().saturating_sub(2 * SIZE_LIMIT)))?;
        file.take(2 * SIZE_LIMIT).read_to_end(&mut bytes)?;
        Ok(String::from_utf8_lossy(&bytes).into_owned())
    }

    /// Adds `event` and makes sure that it is on disk. What other threads add meanwhile is written
    /// together with it.
    ///
    /// # Errors
    /// When it cannot be written; the log may then end with half a line, which readers pass over.
    pub fn write(&self, event: &Event) -> io::Result<()> {
        self.write_each(std::slice::from_ref(event))
    }

    /// The same of several events, which are on disk together.
    ///
    /// # Errors
    /// When they cannot be written.
    pub fn write_each(&self, events: &[Event]) -> io::Result<()> {
        let outcome = Arc::default();
        let text = events.iter().map(event_log::line).collect();
        self.pending().push(PendingLines { text, outcome: Arc::clone(&outcome) });
        let turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
        // Whoever had the turn before may have written it; else it is still there.
        if outcome.get().is_none() {
            let together = std::mem::take(&mut *self.pending());
            let text: String = together.iter().map(|line| line.text.as_str()).collect();
            let added = self.add(&text).map_err(Arc::new);
            for line in together {
                let _ = line.outcome.set(added.clone());
            }
        }
        drop(turn);
        let again = |error: &Arc<io::Error>| io::Error::new(error.kind(), error.to_string());
        let lost = || Err(io::Error::other("a part of the program crashed"));
        outcome.get().map_or_else(lost, |added| added.as_ref().copied().map_err(again))
    }

    fn pending(&self) -> MutexGuard<'_, Vec<PendingLines>> {
        self.pending.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Adds `lines` to the file.
    fn add(&self, lines: &str) -> io::Result<()> {
        if let Some(folder) = self.path.parent().filter(|folder| !folder.is_dir()) {
            private_folder(folder)?;
        }
        let beside = self.path.with_extension("lock");
        let _held = lock::hold_blocking(&beside, LOCK_WAIT_LIMIT).map_err(io::Error::from)?;
        let mut file = open_private(OpenOptions::new().create(true).read(true).append(true), &self.path)?;
        let size = file.metadata()?.len();
        // Half a line of a writer that was killed must not swallow this one.
        let broken = size > 0 && !ends_a_line(&mut file, size)?;
        let lines = format!("{}{lines}", if broken { "\n" } else { "" });
        file.write_all(lines.as_bytes())?;
        file.sync_data()?;
        drop(file);
        // The event is written; that an old one could not be dropped changes nothing.
        if size > SIZE_LIMIT {
            drop(self.shorten());
        }
        Ok(())
    }

    /// Drops what is old.
    fn shorten(&self) -> io::Result<()> {
        let text = retained(&self.read()?, SIZE_LIMIT);
        // The lock of the log is held, so whatever is left of such a file belongs to nobody.
        temporary::remove_leftovers(&self.path);
        let mut shorter = TemporaryFile::beside(&self.path)?;
        shorter.fill(text.as_bytes())?;
        shorter.replace(&self.path)
    }
}

fn ends_a_line(file: &mut File, size: u64) -> io::Result<bool> {
    file.seek(SeekFrom::Start(size - 1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::event::GrantEvent;
    use crate::domain::fixtures::event;

    fn asked(grant: &str) -> Event {
        event(GrantEvent::RefreshStarted { grant: grant.into() })
    }

    #[test]
    fn many_writers_lose_no_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let event_log = EventLog::in_folder(folder.path());
        std::thread::scope(|scope| {
            for writer in 0..4 {
                let event_log = &event_log;
                scope.spawn(move || {
                    for number in 0..25 {
                        event_log.write(&asked(&format!("{writer}-{number}"))).expect("written");
                    }
                });
            }
        });
        assert_eq!(event_log.read().expect("events").len(), 100);
    }

    #[test]
    fn half_a_line_of_a_killed_writer_costs_only_itself() {
        let folder = tempfile::tempdir().expect("a folder");
        let event_log = EventLog::in_folder(folder.path());
        event_log.write(&asked("g1")).expect("written");
        let mut text = std::fs::read_to_string(event_log.path()).expect("a log");
        text.push_str("{\"at\":\"20");
        std::fs::write(event_log.path(), text).expect("a broken log");
        event_log.write(&asked("g2")).expect("written");
        assert_eq!(event_log.read().expect("events"), [asked("g1"), asked("g2")]);
    }

    #[test]
    fn it_stays_small_and_keeps_what_has_no_answer() {
        let folder = tempfile::tempdir().expect("a folder");
        let event_log = EventLog::in_folder(folder.path());
        event_log.write(&asked("lost")).expect("written");
        let why = "w".repeat(300);
        let line =
            event_log::line(&event(GrantEvent::RefreshFailed { grant: "g".into(), is_dead: false, why }));
        let mut text = std::fs::read_to_string(event_log.path()).expect("a log");
        text.push_str(&line.repeat(1 + usize::try_from(SIZE_LIMIT).expect("small") / line.len()));
        std::fs::write(event_log.path(), text).expect("a long log");
        event_log.write(&asked("last")).expect("written");
        let events = event_log.read().expect("events");
        assert!(std::fs::metadata(event_log.path()).expect("a log").len() < SIZE_LIMIT * 2 / 3);
        assert_eq!((&events[0], events.last()), (&asked("lost"), Some(&asked("last"))));
    }

    #[test]
    fn a_thousand_renewals_are_all_remembered() {
        let folder = tempfile::tempdir().expect("a folder");
        let event_log = EventLog::in_folder(folder.path());
        let refreshed = |number: u32| {
            let (grant, next) =
                (format!("{number:016x}").into(), format!("{:016x}", number + 100_000).into());
            event(GrantEvent::Refreshed { grant, next, generation: 1 })
        };
        let lines = |number| {
            event_log::line(&asked(&format!("{number:016x}"))) + &event_log::line(&refreshed(number))
        };
        // Some at a time, each of which may shorten it.
        for hundred in 0..40 {
            let some: String = (hundred * 100..(hundred + 1) * 100).map(lines).collect();
            event_log.add(&some).expect("written");
        }
        assert!(std::fs::metadata(event_log.path()).expect("a log").len() < SIZE_LIMIT * 5 / 4);
        for number in 3000..4000 {
            let found = event_log.about(&format!("{number:016x}").into()).expect("readable");
            assert_eq!(found.last(), Some(&refreshed(number)));
        }
    }

    #[test]
    fn of_one_that_cannot_be_shortened_the_end_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let event_log = EventLog::in_folder(folder.path());
        let why = "w".repeat(300);
        let line =
            event_log::line(&event(GrantEvent::RefreshFailed { grant: "g".into(), is_dead: false, why }));
        let long = line.repeat(3 * usize::try_from(SIZE_LIMIT).expect("small") / line.len());
        std::fs::write(event_log.path(), long + &event_log::line(&asked("last"))).expect("a long log");
        assert_eq!(event_log.about(&"last".into()).expect("readable"), [asked("last")]);
        assert_eq!(event_log.read().expect("readable").last(), Some(&asked("last")));
    }

    #[cfg(unix)]
    #[test]
    fn a_pipe_a_folder_or_a_link_in_its_place_is_refused_at_once() {
        let folder = tempfile::tempdir().expect("a folder");
        let event_log = EventLog::in_folder(folder.path());
        let place = event_log.path();
        let put: [&dyn Fn(); 3] = [
            &|| rustix::fs::mkfifoat(rustix::fs::CWD, place, rustix::fs::Mode::RUSR).expect("a pipe"),
            &|| std::fs::create_dir(place).expect("a folder"),
            &|| std::os::unix::fs::symlink("elsewhere", place).expect("a link"),
        ];
        for put in put {
            put();
            assert!(event_log.write(&asked("g")).is_err() && event_log.read().is_err());
            assert!(event_log.about(&"g".into()).is_err());
            let is_folder = std::fs::symlink_metadata(place).expect("something").is_dir();
            let remove = if is_folder { std::fs::remove_dir } else { std::fs::remove_file };
            remove(place).expect("removed");
        }
        assert!(!folder.path().join("elsewhere").exists());
    }

    #[cfg(unix)]
    #[test]
    fn it_is_private() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().expect("a folder");
        let event_log = EventLog::in_folder(folder.path());
        event_log.write(&asked("g")).expect("written");
        let mode = std::fs::metadata(event_log.path()).expect("a log").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
}
