//! Leftovers of a save that was interrupted, beside the file.
//!
//! A program that is killed between writing its temporary file and the rename may leave the only copy of
//! tokens that came with a refresh. So a leftover is looked at before it is removed: one that holds the
//! tokens of a later refresh than the file is set aside, and goes when the file has caught up.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use zeroize::Zeroizing;

use crate::domain::change::Row;
use crate::domain::name::ProfileId;
use crate::domain::profile::{Kind, LastRefresh, Profile, RefreshResult};
use crate::shell::store_files::file::{self, temporary};
use crate::stored::config_file::{self, ConfigFile, Content, FileSchema};
use crate::stored::yaml_reader;

/// The profiles of which something left beside `target` holds the tokens of a later refresh than `now`.
pub(super) fn newer(file: ConfigFile, target: &Path, now: Option<&Content>) -> Vec<Arc<Profile>> {
    temporary::leftovers(target).iter().flat_map(|path| later(file, path, now)).collect()
}

/// Whether something was left beside `target`.
pub(super) fn is_there(target: &Path) -> bool {
    !temporary::leftovers(target).is_empty()
}

/// Sets aside what holds such tokens, and removes what was set aside and holds none any more. The caller
/// holds the lock of `target`.
pub(super) fn set_aside(file: ConfigFile, target: &Path, now: Option<&Content>) {
    for path in temporary::leftovers(target) {
        if later(file, &path, now).is_empty() {
            // Another program may have removed it already.
            let _ = std::fs::remove_file(path);
        } else {
            // Where it cannot be renamed, the tokens are lost with it, as they were before.
            let _ = temporary::set_aside(&path);
        }
    }
}

fn later(file: ConfigFile, path: &Path, now: Option<&Content>) -> Vec<Arc<Profile>> {
    let Ok(Some(mut bytes)) = file::read(path, yaml_reader::SIZE_LIMIT) else { return Vec::new() };
    let text = String::from_utf8(std::mem::take(&mut *bytes)).map(Zeroizing::new).unwrap_or_default();
    let Ok(left) = config_file::read(file, &text) else { return Vec::new() };
    // By their ids: a large file has no time to look at every pair.
    let now: BTreeMap<&ProfileId, &Profile> =
        now.iter().flat_map(|now| profiles(now)).map(|now| (&now.id, &**now)).collect();
    let is_later_than = |left: &Profile, now: &Profile| match file.schema {
        FileSchema::Ours => is_later_refresh(left, now),
        FileSchema::Shared => lasts_longer(left, now),
    };
    let is_later =
        |left: &&Arc<Profile>| now.get(&left.id).is_some_and(|now| is_later_than(left.as_ref(), now));
    profiles(&left).filter(is_later).cloned().collect()
}

fn profiles(content: &Content) -> impl Iterator<Item = &Arc<Profile>> {
    content.rows.iter().filter_map(|row| match row {
        Row::Profile(profile) => Some(profile),
        Row::Broken(_) => None,
    })
}

/// Whether `left` holds other tokens than `now`, which end later. The file has no field that says more.
fn lasts_longer(left: &Profile, now: &Profile) -> bool {
    let has_tokens = now.held.tokens().is_some() && left.held.tokens().is_some();
    has_tokens
        && left.kind == Kind::OAuth
        && left.refresh_token_id() != now.refresh_token_id()
        && left.life.expires_at.zip(now.life.expires_at).is_some_and(|(left, now)| left > now)
}

/// Whether `left` is `now` after one more refresh. What was erased here, or logged in to since, does
/// not come back.
pub(in crate::shell) fn is_later_refresh(left: &Profile, now: &Profile) -> bool {
    let is_done = |last: &LastRefresh| last.result == RefreshResult::Done && last.grant.is_some();
    left.kind == Kind::OAuth
        && now.held.tokens().is_some()
        && left.held.fingerprint() != now.held.fingerprint()
        && left.refresh_count > now.refresh_count
        && left.life.obtained_at >= now.life.obtained_at
        && left.last_refresh_of_this_grant().is_some_and(is_done)
}
