//! Putting back of what was erased, byte for byte, where its surroundings still are what they were.

use std::sync::Arc;

use crate::domain::change::{Change, Edit, ErasedText};
use crate::domain::profile::Profile;
use crate::domain::secret::Secret;
use crate::stored::config_file::entries::{Entry, entries};
use crate::stored::config_file::{
    Amended, ConfigFile, Content, FileSchema, amend, content, kept, newer, read, tokens, writable,
};
use crate::stored::{AmendError, plain_reader, yaml_reader};

/// How many line ends are kept around a place, to find it again.
const LINES_AROUND: usize = 2;

impl Content {
    /// What `change` takes out of `text`, comments and unknown keys with it.
    #[must_use]
    pub fn erased_text(file: ConfigFile, text: &str, change: &Change) -> Option<ErasedText> {
        difference(file, text, change)
    }
}

/// `text` with `changes` made to it one by one, so that what was erased is put back as it was.
///
/// # Errors
/// [`AmendError::Yaml`], and then nothing must be written.
pub(super) fn amend_each(
    file: ConfigFile,
    text: &str,
    changes: &[Change],
) -> Result<(Amended, Vec<Option<AmendError>>), AmendError> {
    let text = yaml_reader::unmarked(text).to_owned();
    let content = read(file, &text).map_err(AmendError::Yaml)?;
    let (mut amended, mut refused) = (Amended { text, content }, Vec::new());
    for change in changes {
        match put_back(file, &amended.text, change)
            .map_or_else(|| amend(file, Some(&amended.text), change), Ok)
        {
            Ok(next) => {
                amended = next;
                refused.push(None);
            }
            Err(AmendError::Yaml(error)) => return Err(AmendError::Yaml(error)),
            Err(why @ (AmendError::Change(_) | AmendError::Impossible(_))) => refused.push(Some(why)),
        }
    }
    Ok((amended, refused))
}

fn difference(file: ConfigFile, text: &str, change: &Change) -> Option<ErasedText> {
    let text = yaml_reader::unmarked(text);
    let after = amend(file, Some(text), change).ok()?.text;
    let at: usize = text
        .chars()
        .zip(after.chars())
        .take_while(|(was, is)| was == is)
        .map(|(char, _)| char.len_utf8())
        .sum();
    let (before, was) = text.split_at_checked(at)?;
    let (_, is) = after.split_at_checked(at)?;
    let same: usize = was
        .chars()
        .rev()
        .zip(is.chars().rev())
        .take_while(|(was, is)| was == is)
        .map(|(char, _)| char.len_utf8())
        .sum();
    let (was, behind) = was.split_at_checked(was.len().checked_sub(same)?)?;
    let is = is.get(..is.len().checked_sub(same)?)?;
    let from = before.rmatch_indices('\n').nth(LINES_AROUND).map_or(0, |(end, _)| end + 1);
    let to = behind.match_indices('\n').nth(LINES_AROUND).map_or(behind.len(), |(end, _)| end + 1);
    let around = (Secret::new(before.get(from..)?), Secret::new(behind.get(..to)?));
    Some(ErasedText { at, was: Secret::new(was), is: Secret::new(is), around })
}

/// Whether `change` knows the text that it puts back.
pub(super) fn has_text(change: &Change) -> bool {
    matches!(&change.edit, Edit::Restore(_, erased) if erased.text.is_some())
}

/// `text` with what was erased where it was; nothing where `change` is another, where its place is not
/// found, or where that would make more or less of the file than the change wants.
fn put_back(file: ConfigFile, text: &str, change: &Change) -> Option<Amended> {
    let Edit::Restore(_, erased) = &change.edit else { return None };
    let erased = erased.text.as_ref()?;
    let tree = yaml_reader::parse(text).ok()?;
    newer(text, &(&tree).into()).is_none().then_some(())?;
    let before = entries(file, text, &(&tree).into()).ok()?;
    let wanted = change.outcome(profile(&before, change)).ok()??;
    let text = spliced(text, erased)?;
    let tree = yaml_reader::parse_strictly(&text).ok()?;
    let after = entries(file, &text, &(&tree).into()).ok()?;
    let changes = std::slice::from_ref(change);
    let found = profile(&after, change)?;
    let is_it = match file.schema {
        FileSchema::Ours => *found == wanted,
        FileSchema::Shared => tokens(found) == tokens(&wanted),
    };
    (is_it && kept(&after, changes) == kept(&before, changes)).then_some(())?;
    let is_plain = plain_reader::parse(&text).is_some();
    let content = Content { is_plain, ..content(&text, after, None) };
    Some(Amended { text, content })
}

fn profile<'a>(entries: &'a [Entry], change: &Change) -> Option<&'a Profile> {
    writable(entries, &change.name).ok()??.profile.as_ref().ok().map(Arc::as_ref)
}

fn spliced(text: &str, erased: &ErasedText) -> Option<String> {
    let (before, behind) = (erased.around.0.expose(), erased.around.1.expose());
    let is = erased.is.expose();
    let place = format!("{before}{is}{behind}");
    let from = erased.at.checked_sub(before.len())?;
    let from = match text.get(from..).is_some_and(|rest| rest.starts_with(&place)) {
        true => from,
        false => {
            let mut found = text.match_indices(&place);
            let (from, _) = found.next()?;
            found.next().is_none().then_some(from)?
        }
    };
    let (head, tail) = text.split_at_checked(from + before.len())?;
    Some(format!("{head}{}{}", erased.was.expose(), tail.get(is.len()..)?))
}
