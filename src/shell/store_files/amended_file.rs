//! Amended file: what changes make of a file as it is at that moment.

use std::path::Path;
use std::sync::Arc;

use crate::domain::change::{Change, ChangeError, Edit};
use crate::domain::secret::SecretText;
use crate::domain::trouble::Trouble;
use crate::shell::store_files::StoreFile;
use crate::shell::store_files::file::{FileStamp, MOMENT};
use crate::shell::store_files::parsed_cache::ParsedText;
use crate::shell::store_files::trouble::{cut, missing, whole};
use crate::stored::AmendError;
use crate::stored::config_file::{self, Content};

/// A file, and what changes make of it.
pub(super) struct AmendedFile {
    pub(super) before: Option<Arc<ParsedText>>,
    pub(super) after: SecretText,
    pub(super) content: Content,
    /// For each change why it was not made, if it was not.
    pub(super) refused: Vec<Option<AmendError>>,
}

impl StoreFile {
    /// What `changes` make of the file as it is now; nothing where somebody is just writing it.
    pub(super) fn amend_settled(
        &self,
        target: &Path,
        changes: &[Change],
    ) -> Result<Option<AmendedFile>, Trouble> {
        let stamp = FileStamp::of(target);
        let is_settled = || {
            // Nobody tells when a writer is done: a file that stays as it is for a moment is taken to be whole.
            std::thread::sleep(MOMENT);
            FileStamp::of(target) == stamp
        };
        match self.amend(target, changes) {
            Ok(amendment) if changes.iter().zip(&amendment.refused).any(has_gone) => {
                // The beginning of a file may well be a file. New tokens are not dropped for that.
                let is_cut = |before: &Arc<ParsedText>| self.cache.begins_with(&before.text);
                if !is_settled() {
                    return Ok(None);
                }
                if amendment.before.as_ref().is_some_and(is_cut) {
                    Err(cut(&self.path))
                } else {
                    Ok(Some(amendment))
                }
            }
            Ok(amendment) => Ok(Some(amendment)),
            // Half of what an editor writes in place, or nothing while it renames, is no fault of the
            // file's: the next look has it all.
            Err(trouble) if is_settled() && stamp.is_some() => Err(trouble),
            Err(_) => Ok(None),
        }
    }

    pub(super) fn amend(&self, target: &Path, changes: &[Change]) -> Result<AmendedFile, Trouble> {
        let before = self.parsed(target)?;
        if before.is_none() && !self.may_create(changes) {
            return Err(missing(&self.path));
        }
        let amended = match &before {
            Some(parsed) => parsed.content.amend_each(self.file, &parsed.text, changes),
            None => config_file::amend_each(self.file, None, changes),
        };
        let (amended, refused) = amended.map_err(|why| whole(&self.path, why))?;
        Ok(AmendedFile { before, after: SecretText::new(amended.text), content: amended.content, refused })
    }
}

/// Whether new tokens found nothing that they could take the place of.
fn has_gone((change, why): (&Change, &Option<AmendError>)) -> bool {
    let has_moved = matches!(
        why,
        Some(AmendError::Change(ChangeError::Gone | ChangeError::Erased | ChangeError::Replaced))
    );
    has_moved && matches!(change.edit, Edit::Refresh(_))
}
