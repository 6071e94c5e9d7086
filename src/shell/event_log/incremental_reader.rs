//! Incremental reader of the event log: only what was added since is read.
//!
//! The log is only ever added to or replaced as a whole. The file that was read stays open, so that
//! no other can get its number meanwhile: the same number is the same file, and what was read of it
//! stands in it still.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::Path;

use crate::domain::event::Event;
use crate::domain::tokens::RefreshTokenId;
use crate::shell::store_files::file::open_private;
use crate::stored::event_log;

/// What was read of the event log, by grant.
#[derive(Debug, Default)]
pub(super) struct IncrementalReader {
    file: Option<File>,
    length: u64,
    grants: BTreeMap<RefreshTokenId, Vec<Event>>,
}

impl IncrementalReader {
    /// What the log at `path` says of `grant`, oldest first; no more than the last `most` bytes of it
    /// are read at once.
    pub(super) fn about(&mut self, path: &Path, most: u64, grant: &RefreshTokenId) -> io::Result<Vec<Event>> {
        self.catch_up(path, most)?;
        Ok(self.grants.get(grant).cloned().unwrap_or_default())
    }

    fn catch_up(&mut self, path: &Path, most: u64) -> io::Result<()> {
        let is_same = self.file.as_ref().is_some_and(|file| is_it(file, path, self.length));
        if !is_same {
            *self = Self::default();
            match open_private(OpenOptions::new().read(true), path) {
                Ok(file) => self.file = Some(file),
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                Err(error) => return Err(error),
            }
        }
        let Some(mut file) = self.file.as_ref() else { return Ok(()) };
        let from = file.metadata()?.len().saturating_sub(most);
        if from > self.length {
            // What is passed over may have ended what was read.
            self.grants.clear();
            self.length = file.seek(SeekFrom::Start(from))?;
        }
        let mut added = Vec::new();
        file.take(most).read_to_end(&mut added)?;
        let text = String::from_utf8_lossy(&added);
        for event in event_log::events(&text) {
            if let Some(grant) = event.what.grant() {
                self.grants.entry(grant.clone()).or_default().push(event);
            }
        }
        self.length = self.length.saturating_add(u64::try_from(added.len()).unwrap_or(u64::MAX));
        // A line that was cut off is read again when it is whole.
        if !added.is_empty() && !added.ends_with(b"\n") {
            self.file = None;
        }
        Ok(())
    }
}

/// Whether `path` leads to `file` still, and nothing was taken from it.
#[cfg(unix)]
fn is_it(file: &File, path: &Path, length: u64) -> bool {
    use std::os::unix::fs::MetadataExt;
    let (Ok(ours), Ok(there)) = (file.metadata(), std::fs::metadata(path)) else { return false };
    (ours.dev(), ours.ino()) == (there.dev(), there.ino()) && there.len() >= length
}

/// Elsewhere a file has no number that could be asked for.
#[cfg(not(unix))]
fn is_it(_file: &File, _path: &Path, _length: u64) -> bool {
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::event::{Author, GrantEvent};
    use crate::domain::fixtures::event;

    fn asked(grant: &str, process: u32) -> Event {
        let by = Author { program: "authtui".into(), process };
        Event { by, ..event(GrantEvent::RefreshStarted { grant: grant.into() }) }
    }

    #[test]
    fn what_is_added_replaced_or_cut_off_is_noticed() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("events.jsonl");
        let (one, two, three) = (asked("g", 1), asked("g", 2), asked("other", 3));
        let [first, second, third] = [&one, &two, &three].map(event_log::line);
        let cut = &second[..40];
        let mut reader = IncrementalReader::default();
        let mut look = |grant: &str| reader.about(&path, 4096, &grant.into()).expect("readable");
        assert_eq!(look("g"), []);
        for (text, found) in [
            (first.clone(), vec![&one]),
            (format!("{first}{third}"), vec![&one]),
            (format!("{first}{third}{cut}"), vec![&one]),
            (format!("{first}{third}{second}"), vec![&one, &two]),
            (second.clone(), vec![&two]),
        ] {
            std::fs::write(&path, text).expect("written");
            assert_eq!(look("g").iter().collect::<Vec<_>>(), found);
        }
        let newer = folder.path().join("newer");
        std::fs::write(&newer, format!("{first}{first}{second}")).expect("written");
        std::fs::rename(&newer, &path).expect("replaced");
        assert_eq!(look("g"), [one.clone(), one, two]);
    }
}
