//! File of another program that a person lets us change, and the commands that change such a file.

use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::{env, fs};

use zeroize::Zeroizing;

use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::temporary::TemporaryFile;
use crate::shell::store_files::file::{self, Replaced, shown};

/// The longest file that is changed, in bytes.
const SIZE_LIMIT: usize = 4 * 1024 * 1024;

/// The file as it was read.
pub struct ProgramFile {
    target: PathBuf,
    before: Option<Zeroizing<Vec<u8>>>,
}

impl ProgramFile {
    /// Reads the first of these files of the current folder that is there, or else means to make the first.
    ///
    /// # Errors
    /// A [`Trouble`] when it cannot be read.
    pub fn read(names: &[String]) -> Result<Self, Trouble> {
        let cannot = |error: io::Error| {
            Trouble::untouched(
                "cannot find the current folder",
                error.to_string(),
                FailureKind::Temporary(None),
            )
        };
        let folder = env::current_dir().map_err(cannot)?;
        let there = names.iter().find(|name| fs::symlink_metadata(folder.join(name)).is_ok());
        let name = there.or_else(|| names.first()).map(String::as_str).unwrap_or_default();
        let target = file::target(&folder.join(name))?;
        let before = file::read(&target, SIZE_LIMIT)?;
        Ok(Self { target, before })
    }

    #[must_use]
    pub fn path(&self) -> String {
        shown(&self.target)
    }

    /// Its text; nothing where there is no file.
    ///
    /// # Errors
    /// Why it cannot be understood.
    pub fn text(&self) -> Result<Option<&str>, &'static str> {
        let Some(bytes) = &self.before else { return Ok(None) };
        if bytes.len() > SIZE_LIMIT {
            return Err("it is larger than 4 MiB");
        }
        str::from_utf8(bytes).map(Some).map_err(|_| "it holds no UTF-8 text")
    }

    /// Puts `after` in its place, with its rights, if it still holds what was read.
    ///
    /// # Errors
    /// A [`Trouble`]; the file is then as it was.
    pub fn replace(&self, after: &str) -> Result<Replaced, Trouble> {
        file::make_folder(&self.target)?;
        let failed = |error: io::Error| {
            let what = format!("cannot write {}", self.path());
            Trouble::untouched(what, error.to_string(), FailureKind::Temporary(None))
        };
        let temporary = TemporaryFile::beside(&self.target).map_err(failed)?;
        if self.before.is_some() {
            temporary.take_rights(&self.target).map_err(failed)?;
        }
        let before = self.before.as_ref().map(|bytes| bytes.as_slice());
        file::replace(&self.target, before, after.as_bytes(), Some(temporary))
    }
}

/// Runs `command` and says whether it ended well; what it says goes to the person.
///
/// # Errors
/// When it cannot be run.
pub fn run(command: &[String]) -> io::Result<bool> {
    let [program, arguments @ ..] = command else { return Ok(true) };
    Command::new(program).args(arguments).status().map(|status| status.success())
}
