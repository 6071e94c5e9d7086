//! Words for a store that cannot be read or changed.

use std::mem;
use std::path::Path;

use zeroize::Zeroizing;

use crate::domain::change::{Change, ChangeError};
use crate::domain::name::ProfileName;
use crate::domain::secret::SecretText;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::shown;
use crate::shell::store_files::lock::{self, LockError};
use crate::stored::{AmendError, YamlError};

/// Why a change was not made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplyError {
    /// The profile is no longer what the change was made for.
    Moved(ChangeError),
    /// The store could not be changed.
    Trouble(Trouble),
}

impl ApplyError {
    /// Why, as a part of somebody else's sentence, which says itself what was to be done and what helps.
    #[must_use]
    pub fn why(&self) -> String {
        match self {
            Self::Moved(moved) => moved.to_string(),
            Self::Trouble(trouble) => trouble.why.clone(),
        }
    }
}

/// The text of a store's file.
pub(super) fn decoded(mut bytes: Zeroizing<Vec<u8>>) -> Result<SecretText, YamlError> {
    String::from_utf8(mem::take(&mut *bytes)).map(SecretText::new).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = Zeroizing::new(error.into_bytes());
        let before = bytes.get(..valid).unwrap_or_default();
        let line = before.iter().filter(|byte| **byte == b'\n').count();
        let last = before.rsplit(|byte| *byte == b'\n').next().unwrap_or_default();
        let column = String::from_utf8_lossy(last).chars().count();
        let count = |from_zero| u32::try_from(from_zero).unwrap_or(u32::MAX).saturating_add(1);
        YamlError::at(
            count(line),
            count(column),
            "the file is not UTF-8 text",
            "restore the file from a backup",
        )
    })
}

pub(super) fn unreadable(path: &Path, fault: &YamlError) -> Trouble {
    let what = format!("cannot read {}, line {}, column {}", shown(path), fault.line, fault.column);
    Trouble::untouched(what, fault.why.clone(), FailureKind::NeedsFix(fault.remedy.clone()))
}

pub(super) fn not_written(path: &Path, fault: &YamlError) -> Trouble {
    let what = format!("cannot write {}, line {}, column {}", shown(path), fault.line, fault.column);
    Trouble::untouched(what, fault.why.clone(), FailureKind::NeedsFix(fault.remedy.clone()))
}

/// Why none of several changes was made.
pub(super) fn whole(path: &Path, why: AmendError) -> Trouble {
    match why {
        AmendError::Yaml(fault) => unreadable(path, &fault),
        AmendError::Change(moved) => Trouble::untouched(
            format!("cannot change {}", shown(path)),
            moved.to_string(),
            FailureKind::Temporary(None),
        ),
        AmendError::Impossible(why) => {
            let remedy = FailureKind::NeedsFix(format!("edit {}", shown(path)));
            Trouble::untouched(format!("cannot change {}", shown(path)), why, remedy)
        }
    }
}

pub(in crate::shell) fn failure(path: &Path, change: &Change, why: AmendError) -> ApplyError {
    match why {
        AmendError::Change(moved) => ApplyError::Moved(moved),
        AmendError::Yaml(fault) => ApplyError::Trouble(unreadable(path, &fault)),
        AmendError::Impossible(why) => {
            let what = format!("cannot change {} in {}", change.name, shown(path));
            let remedy = FailureKind::NeedsFix(format!("edit {}", shown(path)));
            ApplyError::Trouble(Trouble::untouched(what, why, remedy))
        }
    }
}

/// A file that was there and is not. Nobody knows what became of the tokens in it.
pub(super) fn missing(path: &Path) -> Trouble {
    let remedy = format!("put {} back; to begin an empty list, close every authtui first", shown(path));
    Trouble::untouched(format!("cannot find {}", shown(path)), "it is gone", FailureKind::NeedsFix(remedy))
}

/// A file that holds no more than the beginning of what it held.
pub(super) fn cut(path: &Path) -> Trouble {
    let remedy = format!("put the whole of {} back", shown(path));
    let what = format!("cannot save to {}", shown(path));
    Trouble::untouched(what, "only its beginning is left", FailureKind::NeedsFix(remedy))
}

/// What is said of a profile whose new tokens lie beside the file.
pub(in crate::shell) fn interrupted_notice(name: &ProfileName) -> String {
    format!("{name}: a save was interrupted, and its new tokens are kept; the next refresh takes them")
}

/// What is said of a store that some authtui has saved to and whose file is not there.
pub(super) fn gone_notice(path: &Path) -> String {
    format!(
        "{} is not there, though authtui has saved to it before; the next save makes a new one",
        shown(path)
    )
}

pub(in crate::shell) fn locked(path: &Path, beside: &Path, why: &LockError) -> Trouble {
    let what = format!("cannot save to {}", shown(path));
    match why {
        LockError::Busy(_) => Trouble::untouched(what, why.to_string(), FailureKind::Temporary(None)),
        LockError::Failed(error) if lock::is_without_locks(error) => {
            let remedy = "name a file on another file system with --config".to_owned();
            Trouble::untouched(what, why.to_string(), FailureKind::NeedsFix(remedy))
        }
        LockError::Failed(_) => {
            let remedy = format!("check the rights of {}", shown(beside));
            Trouble::untouched(what, why.to_string(), FailureKind::NeedsFix(remedy))
        }
    }
}
