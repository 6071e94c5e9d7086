//! Rights of a file and of the folder that it lies in. Where the system knows no owners and no modes, all
//! of it belongs to the person alone.

use std::fs::{self, Metadata};
use std::io;
use std::path::Path;

use crate::domain::change::StoreNotice;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::{cannot, folder, shown};

/// Whether a replacement of `target` could work as far as rights tell. Who asks before tokens are
/// spent does not lose what comes for them.
///
/// # Errors
/// A [`Trouble`] when it could not.
pub fn may_replace(target: &Path) -> Result<(), Trouble> {
    match fs::metadata(target) {
        Ok(found) => protected(target, &found)?,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {}
        Err(error) => return Err(cannot("write", target, &error)),
    }
    #[cfg(unix)]
    match rustix::fs::access(folder(target), rustix::fs::Access::WRITE_OK) {
        // A folder that is missing is made by the first save.
        Ok(()) | Err(rustix::io::Errno::NOENT) => {}
        Err(error) => return Err(cannot("write to the folder of", target, &error.into())),
    }
    Ok(())
}

/// What a person should know about the rights of `target`, or why it must not be replaced:
/// renaming over a file would also replace one that was protected against writing.
pub(super) fn notices(target: &Path) -> Result<Vec<StoreNotice>, Trouble> {
    let mut notices: Vec<StoreNotice> = folder_notice(target).into_iter().collect();
    match fs::metadata(target) {
        Ok(found) => {
            protected(target, &found)?;
            if is_loose(&found) {
                notices.push(StoreNotice::WasReadable(shown(target)));
            }
            Ok(notices)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(notices),
        Err(error) => Err(cannot("write", target, &error)),
    }
}

fn protected(target: &Path, found: &Metadata) -> Result<(), Trouble> {
    let refusal = |why: &str, remedy: String| {
        Err(Trouble::untouched(format!("cannot write {}", shown(target)), why, FailureKind::NeedsFix(remedy)))
    };
    if found.permissions().readonly() {
        return refusal("it is protected against writing", format!("chmod u+w {}", shown(target)));
    }
    if !is_own(found) {
        return refusal("it belongs to another user", "run authtui as that user".to_owned());
    }
    Ok(())
}

/// What a person should know about a file that is only read.
#[must_use]
pub fn reading_notices(target: &Path) -> Vec<StoreNotice> {
    let loose = fs::metadata(target).is_ok_and(|found| is_loose(&found));
    loose.then(|| StoreNotice::Readable(shown(target))).into_iter().chain(folder_notice(target)).collect()
}

fn folder_notice(target: &Path) -> Option<StoreNotice> {
    let is_shared = others_may_write(&fs::metadata(folder(target)).ok()?);
    is_shared.then(|| StoreNotice::SharedFolder(shown(folder(target))))
}

/// Takes the rights on a file from other users, and the right to write to its folder.
///
/// # Errors
/// A [`Trouble`] that says what stays open to them.
#[cfg(unix)]
pub fn make_private(target: &Path) -> Result<(), Trouble> {
    use std::os::unix::fs::PermissionsExt;
    for (path, taken) in [(target, 0o077), (folder(target), 0o022)] {
        let mode = fs::metadata(path).map_err(|error| cannot("look at", path, &error))?.permissions().mode();
        if mode & taken != 0 {
            let private = fs::Permissions::from_mode(mode & 0o7777 & !taken);
            fs::set_permissions(path, private).map_err(|error| cannot("make private:", path, &error))?;
        }
    }
    Ok(())
}

/// Elsewhere no rights are known.
///
/// # Errors
/// None.
#[cfg(not(unix))]
pub fn make_private(_target: &Path) -> Result<(), Trouble> {
    Ok(())
}

/// Whether other users may read, write or run it.
fn is_loose(found: &Metadata) -> bool {
    mode(found) & 0o077 != 0
}

/// Whether other users may write to it.
pub(in crate::shell) fn others_may_write(found: &Metadata) -> bool {
    mode(found) & 0o022 != 0
}

/// Whether other users may replace files in a folder; a sticky bit keeps them from those that are not theirs.
pub(in crate::shell) fn others_may_replace(folder: &Metadata) -> bool {
    others_may_write(folder) && mode(folder) & 0o1000 == 0
}

/// Whether it belongs to us.
pub(super) fn is_own(found: &Metadata) -> bool {
    owner(found).is_none_or(|(owner, us)| owner == us)
}

/// Whether it belongs to another user who is not the system's own.
pub(in crate::shell) fn is_foreign(found: &Metadata) -> bool {
    owner(found).is_some_and(|(owner, us)| owner != us && owner != 0)
}

#[cfg(unix)]
fn mode(found: &Metadata) -> u32 {
    std::os::unix::fs::MetadataExt::mode(found)
}

#[cfg(not(unix))]
fn mode(_found: &Metadata) -> u32 {
    0
}

/// Whom it belongs to, and who we are.
#[cfg(unix)]
fn owner(found: &Metadata) -> Option<(u32, u32)> {
    Some((std::os::unix::fs::MetadataExt::uid(found), rustix::process::geteuid().as_raw()))
}

#[cfg(not(unix))]
fn owner(_found: &Metadata) -> Option<(u32, u32)> {
    None
}
