//! File of a login's transcript, for a bug report: private to its owner, and never in the place of
//! another.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use crate::domain::clock::Now;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::{make_folder, open_private, shown};

/// A file that waits for the end of its login.
#[derive(Debug)]
pub struct TranscriptFile {
    path: PathBuf,
    file: File,
}

impl TranscriptFile {
    /// Makes the file at `path`.
    ///
    /// # Errors
    /// A [`Trouble`] when it is there already, or cannot be made.
    pub fn create(path: &Path) -> Result<Self, Trouble> {
        let file = open_private(OpenOptions::new().write(true).create_new(true), path);
        file.map(|file| Self { path: path.to_owned(), file }).map_err(|error| cannot_write(path, &error))
    }

    /// Writes the `lines` of a login's transcript; where nothing was sent, no file is left.
    ///
    /// # Errors
    /// A [`Trouble`] when it cannot be written.
    pub fn write(mut self, provider: &str, lines: &[String]) -> Result<(), Trouble> {
        if lines.is_empty() {
            return fs::remove_file(&self.path).map_err(|error| cannot_write(&self.path, &error));
        }
        let head = format!(
            "authtui {}, a login to {provider}. Secrets and e-mail addresses are hidden.\n\n",
            env!("CARGO_PKG_VERSION")
        );
        let text = head + &lines.join("\n") + "\n";
        let written = self.file.write_all(text.as_bytes()).and_then(|()| self.file.sync_all());
        written.map_err(|error| cannot_write(&self.path, &error))
    }
}

/// Writes the `lines` of a login's transcript to a new file of `folder` and gives its path, as shown to
/// people.
///
/// # Errors
/// A [`Trouble`] when it cannot be written.
pub fn save(folder: &Path, provider: &str, lines: &[String], now: Now) -> Result<String, Trouble> {
    let at = now.wall.format("%Y%m%dT%H%M%S%3fZ");
    let path = folder.join(format!("login-{provider}-{at}.txt"));
    make_folder(&path)?;
    TranscriptFile::create(&path)?.write(provider, lines)?;
    Ok(shown(&path))
}

fn cannot_write(path: &Path, error: &io::Error) -> Trouble {
    let is_taken = error.kind() == io::ErrorKind::AlreadyExists;
    let next = if is_taken {
        "choose another name"
    } else {
        "check the rights of the folder and the room on the disk"
    };
    let what = format!("cannot write {}", shown(path));
    Trouble::untouched(what, error.to_string(), FailureKind::NeedsFix(next.to_owned())).without_tokens()
}
