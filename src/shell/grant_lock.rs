//! The lock of a grant, across processes.
//!
//! It is named by the first bits of the refresh token's salted fingerprint, so that the same
//! grant in two files is one, and so that the name tells nobody anything. Two grants on one
//! lock merely wait for each other. Lock files are never deleted.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use rand::TryRng;
use rand::rngs::SysRng;

use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::trouble::{Next, Trouble};
use crate::shell::lock::{self, Hold, NotHeld};

/// How long a refresh waits for another one of the same grant: a whole call and some more.
const WITHIN: Duration = Duration::from_secs(35);

/// Takes the lock of the grant that `refresh` belongs to.
///
/// # Errors
/// A [`Trouble`] that says for whom it waited, or why the state folder cannot be used.
pub async fn hold(state: &Path, what: &str, refresh: &Secret) -> Result<Hold, Trouble> {
    let failed = |error: io::Error| {
        let next = Next::Fix(format!("make the folder {} writable", state.display()));
        Trouble::untouched(what, format!("the state folder cannot be used: {error}"), next)
    };
    let path = path(state, refresh).map_err(failed)?;
    lock::hold(&path, WITHIN).await.map_err(|not_held| match not_held {
        NotHeld::Busy(_) => Trouble::untouched(what, not_held.to_string(), Next::Retry),
        NotHeld::Failed(error) => failed(error),
    })
}

fn path(state: &Path, refresh: &Secret) -> io::Result<PathBuf> {
    let locks = state.join("locks");
    make_folder(&locks)?;
    let salt = salt(&state.join("salt"))?;
    Ok(locks.join(Fingerprint::salted(&salt, refresh).bucket()))
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The salt of this machine: whoever comes first makes it, the others read it.
fn salt(path: &Path) -> io::Result<[u8; 32]> {
    if let Some(salt) = read(path)? {
        return Ok(salt);
    }
    let mut salt = [0; 32];
    SysRng.try_fill_bytes(&mut salt).map_err(io::Error::other)?;
    // Written whole under another name first: nobody ever reads half a salt.
    let folder = path.parent().unwrap_or(path);
    let mut temporary = tempfile::Builder::new().prefix(".salt.").tempfile_in(folder)?;
    temporary.write_all(&salt)?;
    temporary.as_file().sync_all()?;
    match temporary.persist_noclobber(path) {
        Ok(_) => Ok(salt),
        Err(_) => read(path)?.ok_or_else(|| io::Error::other("the salt vanished")),
    }
}

fn read(path: &Path) -> io::Result<Option<[u8; 32]>> {
    let mut options = OpenOptions::new();
    options.read(true);
    let mut file: File = match options.open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error),
    };
    let mut salt = [0; 32];
    file.read_exact(&mut salt)?;
    Ok(Some(salt))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_process_of_this_machine_finds_the_same_lock() {
        let folder = tempfile::tempdir().expect("a folder");
        let token = Secret::new("drt_1");
        let first = path(folder.path(), &token).expect("a path");
        assert_eq!(path(folder.path(), &token).expect("a path"), first);
        let elsewhere = tempfile::tempdir().expect("a folder");
        let other = path(elsewhere.path(), &token).expect("a path");
        assert_ne!(
            fs::read(folder.path().join("salt")).expect("a salt"),
            fs::read(elsewhere.path().join("salt")).expect("a salt")
        );
        assert_eq!(
            other.parent().expect("a folder").file_name(),
            first.parent().expect("a folder").file_name()
        );
    }
}
