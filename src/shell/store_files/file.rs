//! A file, read whole and replaced whole.
//!
//! After any fault the file holds all of the old state or all of the new one: a temporary file
//! in the same folder is written and synced, renamed over the target, and the folder is synced.
//! A link to the file stays a link; its target is replaced.

mod content;
pub(in crate::shell) mod rights;
pub mod temporary;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::domain::change::StoreNotice;
use crate::domain::text;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::shell::store_files::file::content::open;
use crate::shell::store_files::file::temporary::TemporaryFile;

pub use crate::shell::store_files::file::content::{FileStamp, holds, read, read_in_pieces, read_text};
pub(super) use crate::shell::store_files::file::content::{MOMENT, is_back};
pub use crate::shell::store_files::file::rights::{make_private, may_replace, reading_notices};

/// How many links to links are followed, as many as Linux follows.
pub(in crate::shell) const LINK_LIMIT: usize = 40;

/// What helps against which fault.
const REMEDIES: &[(io::ErrorKind, &str)] = &[
    (io::ErrorKind::PermissionDenied, "change the rights of the file or of its folder"),
    (io::ErrorKind::StorageFull, "make room on the disk, then try again"),
    (io::ErrorKind::QuotaExceeded, "make room on the disk, then try again"),
    (io::ErrorKind::ReadOnlyFilesystem, "make the file system writable"),
    (io::ErrorKind::NotADirectory, "name another file with --config"),
    (io::ErrorKind::AlreadyExists, "move away the file that is in the place of its folder"),
];

/// How a replacement ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Replaced {
    /// The new bytes are on disk; with notices for people.
    Done(Vec<StoreNotice>),
    /// Somebody else wrote the file meanwhile, so nothing was done.
    Overtaken,
}

/// Where `path` leads once every link is followed; the last part need not exist.
///
/// # Errors
/// A [`Trouble`] when the links lead in a circle or cannot be read.
pub fn target(path: &Path) -> Result<PathBuf, Trouble> {
    let mut target = path.to_owned();
    for _ in 0..LINK_LIMIT {
        match fs::symlink_metadata(&target) {
            Ok(found) if found.is_symlink() => {
                let next = fs::read_link(&target).map_err(|error| cannot("follow", &target, &error))?;
                target = folder(&target).join(next);
            }
            Ok(_) => return fs::canonicalize(&target).map_err(|error| cannot("find", &target, &error)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let around = fs::canonicalize(folder(&target)).unwrap_or_else(|_| folder(&target).to_owned());
                return Ok(target.file_name().map_or(target.clone(), |name| around.join(name)));
            }
            Err(error) => return Err(cannot("find", &target, &error)),
        }
    }
    let remedy = "remove the link and make it again so that it leads to a file";
    let what = format!("cannot follow {}", shown(path));
    Err(Trouble::untouched(what, "its links lead in a circle", FailureKind::NeedsFix(remedy.to_owned())))
}

/// Makes the folder of `target`, private to its owner, where it is missing.
///
/// # Errors
/// A [`Trouble`] when it cannot be made.
pub fn make_folder(target: &Path) -> Result<(), Trouble> {
    private_folder(folder(target)).map_err(|error| cannot("make the folder of", target, &error))
}

/// Makes `folder`, private to its owner, and those above it that are missing.
pub(in crate::shell) fn private_folder(folder: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// Makes `folder`, for everybody to read, and those above it that are missing.
///
/// # Errors
/// The system's own.
pub fn public_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Opens what can only be an ordinary file, private to its owner where it is made: a named pipe would wait
/// for somebody for ever, and a link that was planted lead elsewhere.
pub(in crate::shell) fn open_private(options: &mut fs::OpenOptions, path: &Path) -> io::Result<fs::File> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt;
        let flags = rustix::fs::OFlags::NOFOLLOW | rustix::fs::OFlags::NONBLOCK;
        options.mode(0o600).custom_flags(flags.bits().cast_signed());
    }
    let file = options.open(path)?;
    let is_ordinary = file.metadata()?.is_file();
    is_ordinary
        .then_some(file)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidInput, "it is no ordinary file"))
}

/// Replaces `before`, the bytes that were read from `target`, with `after`, by way of the room that
/// was kept for it. The caller holds the lock of the target.
///
/// # Errors
/// A [`Trouble`]; the file then holds what it held, unless it says [`Stored::Unsynced`].
pub fn replace(
    target: &Path,
    before: Option<&[u8]>,
    after: &[u8],
    kept: Option<TemporaryFile>,
) -> Result<Replaced, Trouble> {
    let failed = |error: io::Error| cannot("write", target, &error);
    let notices = rights::notices(target)?;
    temporary::remove_leftovers(target);
    // One that could not be locked may have been taken for a leftover.
    let kept = kept.filter(TemporaryFile::is_there);
    let mut temporary = kept.map_or_else(|| TemporaryFile::beside(target), Ok).map_err(failed)?;
    temporary.fill(after).map_err(failed)?;
    let is_same = match before {
        Some(before) => holds(target, before)?,
        None => open(target)?.is_none(),
    };
    if !is_same {
        return Ok(Replaced::Overtaken);
    }
    if !temporary.replace_if(target, before).map_err(failed)? {
        return Ok(Replaced::Overtaken);
    }
    sync_folder(target).map_err(|error| {
        let what = format!("cannot sync {}", shown(target));
        Trouble {
            stored: Stored::Unsynced,
            ..Trouble::untouched(what, error.to_string(), FailureKind::Temporary(None))
        }
    })?;
    Ok(Replaced::Done(notices))
}

/// Removes the file at `target`. The caller holds its lock.
///
/// # Errors
/// A [`Trouble`] when it is still there.
pub fn remove(target: &Path) -> Result<(), Trouble> {
    fs::remove_file(target).map_err(|error| cannot("remove", target, &error))
}

/// Keeps room for a replacement of `target` that is at most `more` bytes longer than it is. The
/// caller holds the lock of the target.
///
/// # Errors
/// A [`Trouble`] when there is no room.
pub fn keep_room(target: &Path, more: u64) -> Result<TemporaryFile, Trouble> {
    temporary::remove_leftovers(target);
    let size = fs::metadata(target).map_or(0, |found| found.len());
    TemporaryFile::with_room(target, size.saturating_add(more))
        .map_err(|error| cannot("write", target, &error))
}

#[cfg(unix)]
fn sync_folder(target: &Path) -> io::Result<()> {
    fs::File::open(folder(target))?.sync_all()
}

#[cfg(not(unix))]
fn sync_folder(_target: &Path) -> io::Result<()> {
    Ok(()) // Elsewhere a folder cannot be opened for that.
}

/// The folder a file lies in.
fn folder(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        Some(_) | None => Path::new("."),
    }
}

/// A path as people see it.
#[must_use]
pub fn shown(path: &Path) -> String {
    text::clean(&path.to_string_lossy(), 400)
}

fn cannot(verb: &str, path: &Path, error: &io::Error) -> Trouble {
    let remedy = REMEDIES.iter().find(|(kind, _)| *kind == error.kind());
    let next = remedy
        .map_or(FailureKind::Temporary(None), |(_, remedy)| FailureKind::NeedsFix((*remedy).to_owned()));
    Trouble::untouched(format!("cannot {verb} {}", shown(path)), error.to_string(), next)
}

#[cfg(test)]
#[cfg(unix)]
mod tests {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).expect("there").permissions().mode() & 0o777
    }

    fn set_mode(path: &Path, mode: u32) {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("ours");
    }

    fn names(folder: &Path) -> Vec<String> {
        let entries = fs::read_dir(folder).expect("a folder").flatten();
        let mut names: Vec<_> =
            entries.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_and_its_folder_are_private() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a/b/config.yaml");
        make_folder(&path).expect("made");
        assert_eq!(replace(&path, None, b"new", None).expect("written"), Replaced::Done(Vec::new()));
        assert_eq!(
            (mode(&path), mode(&folder.path().join("a")), mode(&folder.path().join("a/b"))),
            (0o600, 0o700, 0o700)
        );
        assert_eq!(read(&path, 10).expect("readable").expect("there").as_slice(), b"new");
        assert_eq!(names(&folder.path().join("a/b")), ["config.yaml"]);
    }

    #[test]
    fn what_others_may_do_is_told_and_tightened() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.yaml");
        fs::write(&path, "old").expect("written");
        set_mode(&path, 0o644);
        set_mode(folder.path(), 0o777);
        assert_eq!(reading_notices(&path).len(), 2);
        let Replaced::Done(notices) = replace(&path, Some(b"old"), b"new", None).expect("written") else {
            panic!()
        };
        assert_eq!(notices.len(), 2, "{notices:?}");
        assert!(notices.iter().any(|notice| !notice.is_open()), "{notices:?}");
        assert_eq!(mode(&path), 0o600);
        set_mode(folder.path(), 0o700);
        assert_eq!(reading_notices(&path), []);
        set_mode(&path, 0o664);
        set_mode(folder.path(), 0o775);
        make_private(&path).expect("ours");
        assert_eq!((mode(&path), mode(folder.path()), reading_notices(&path)), (0o600, 0o755, Vec::new()));
        assert!(make_private(&folder.path().join("none")).is_err());
    }

    #[test]
    fn a_file_that_somebody_else_wrote_meanwhile_is_not_replaced() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.yaml");
        for (on_disk, before) in [
            (Some("other"), Some("old")),
            (Some("old and more"), Some("old")),
            (Some("x"), None),
            (Some(""), None),
            (None, Some("old")),
        ] {
            let _ = fs::remove_file(&path);
            if let Some(text) = on_disk {
                fs::write(&path, text).expect("written");
            }
            let replaced = replace(&path, before.map(str::as_bytes), b"new", None).expect("no trouble");
            assert_eq!(replaced, Replaced::Overtaken, "{on_disk:?} {before:?}");
            assert_eq!(fs::read_to_string(&path).ok().as_deref(), on_disk);
            assert_eq!(names(folder.path()).len(), usize::from(on_disk.is_some()));
        }
    }

    #[test]
    fn links_are_followed_to_their_end_and_stay_links() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("there");
        let [first, second, real] = ["first", "second", "dotfiles/real.yaml"].map(|name| root.join(name));
        symlink("second", &first).expect("a link");
        symlink(&real, &second).expect("a link");
        assert_eq!(target(&first), Ok(real.clone()));
        make_folder(&real).expect("made");
        replace(&target(&first).expect("a target"), None, b"new", None).expect("written");
        assert_eq!(target(&first), Ok(real.clone()));
        assert_eq!(fs::read_link(&first).expect("a link"), Path::new("second"));
        assert_eq!(fs::read(&real).expect("there"), b"new");
        let circle = root.join("circle");
        symlink("circle", &circle).expect("a link");
        assert!(target(&circle).expect_err("a circle").why.contains("circle"));
    }

    #[test]
    fn what_cannot_be_read_or_written_is_said_with_path_and_remedy() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("config.yaml");
        assert_eq!(read(folder.path(), 10).expect_err("a folder").why, "it is a folder");
        let trouble = read(Path::new("/dev/null"), 10).expect_err("a device");
        assert_eq!(trouble.kind, FailureKind::NeedsFix("name another file with --config".to_owned()));
        fs::write(&path, "old").expect("written");
        set_mode(&path, 0o400);
        let trouble = replace(&path, Some(b"old"), b"new", None).expect_err("protected");
        assert!(
            matches!(&trouble.kind, FailureKind::NeedsFix(remedy) if remedy.starts_with("chmod u+w")),
            "{trouble}"
        );
        let below = path.join("config.yaml");
        let trouble = make_folder(&below).expect_err("a file is in the way");
        assert!(
            trouble.what.contains("config.yaml") && matches!(trouble.kind, FailureKind::NeedsFix(_)),
            "{trouble}"
        );
        assert_eq!(fs::read(&path).expect("there"), b"old");
    }
}
