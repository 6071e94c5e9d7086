//! Changes that another program made to a store, in words.

use std::collections::BTreeSet;

use crate::domain::change::Snapshot;
use crate::domain::event::{self, GrantHistory};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::store_diff::{self, DiffKind, ProfileDiff};
use crate::domain::tokens::RefreshTokenId;
use crate::tui::model::Model;
use crate::tui::running::NewerTokens;
use crate::tui::status::{ReportSubject, Tone};

/// The words for what is different in `after`, which was read and not written by us.
#[must_use]
pub fn changes_by_others(model: &Model, after: &Snapshot) -> Option<(ReportSubject, String, Tone)> {
    let before = model.stores.get(&after.store)?;
    if !after.store.may_be_written() {
        // Its programs do what they do.
        return None;
    }
    match (unread(before), unread(after)) {
        (false, true) if after.store != StoreId::Own => return None,
        (false, true) => {
            let text = format!(
                "{} cannot be read since another program changed it. Its profiles come back when the \
                 file is repaired.",
                after.place
            );
            return Some((ReportSubject::Store(after.store), text, Tone::Bad));
        }
        (true, false) => {
            let text = format!("{} can be read again.", after.place);
            return Some((ReportSubject::Store(after.store), text, Tone::Good));
        }
        (true, true) => return None,
        (false, false) => {}
    }
    // A change of ours is on its way, and no row tells which.
    if model.saving > 0 {
        return None;
    }
    let ours = ours(model, before);
    let found = store_diff::between(before, after);
    let is_ours = |name: &ProfileName| {
        let held = after.profile(name).and_then(|profile| profile.held.fingerprint());
        let id = ProfileId { store: after.store, name: name.clone() };
        ours.contains(&name.to_string()) || (held.is_some() && held == model.running(&id).logged_in)
    };
    let theirs: Vec<&ProfileDiff> = found.iter().filter(|difference| !is_ours(&difference.name)).collect();
    let text = match theirs.as_slice() {
        [] => return None,
        [one] if is_older(model, after, one) => format!(
            "{} has older tokens again, stored by another program. The next refresh looks for the newer \
             ones first.",
            one.name
        ),
        [one] => sentence(one),
        many => format!("Another program changed {} profiles: {}.", many.len(), counts(many)),
    };
    Some((ReportSubject::Nothing, text, Tone::Plain))
}

/// The profiles whose tokens are older ones again in `after`, as they were before: nobody else holds the
/// newer pair any more.
#[must_use]
pub fn outdated(model: &Model, after: &Snapshot) -> Vec<NewerTokens> {
    let Some(before) = model.stores.get(&after.store).filter(|_| after.store.may_be_written()) else {
        return Vec::new();
    };
    let are = after.by_name();
    let is_outdated = |newer: &&Profile| {
        let now = are.get(&newer.id.name).filter(|now| now.held != newer.held);
        let grant = now.and_then(|now| now.refresh_token_id());
        grant.is_some_and(|grant| {
            Some(&grant) != newer.refresh_token_id().as_ref()
                && matches!(event::grant_history(&model.events, &grant), GrantHistory::Spent { .. })
        })
    };
    let older = |newer: &Profile| after.profile(&newer.id.name)?.held.fingerprint();
    let outdated = before.profiles().filter(is_outdated);
    outdated.filter_map(|newer| Some(NewerTokens { profile: newer.clone(), older: older(newer)? })).collect()
}

fn unread(snapshot: &Snapshot) -> bool {
    snapshot.writable.is_err() && snapshot.rows.is_empty()
}

/// The profiles that we ourselves are about to change: those that are refreshed here, those with the
/// same grant, and the one of a login.
fn ours(model: &Model, before: &Snapshot) -> BTreeSet<String> {
    let refreshing = || before.profiles().filter(|profile| model.running(&profile.id).refresh.is_some());
    let grants: BTreeSet<RefreshTokenId> = refreshing().filter_map(Profile::refresh_token_id).collect();
    let twins = before.profiles().filter(|profile| {
        !grants.is_empty() && profile.refresh_token_id().is_some_and(|grant| grants.contains(&grant))
    });
    let login = model.login.iter().map(|login| login.plan().id.name.to_string());
    refreshing().chain(twins).map(|profile| profile.id.name.to_string()).chain(login).collect()
}

/// Whether the log knows that what is stored was refreshed since.
fn is_older(model: &Model, after: &Snapshot, one: &ProfileDiff) -> bool {
    let grant = after.profile(&one.name).and_then(Profile::refresh_token_id);
    one.how == DiffKind::NewTokens
        && grant.is_some_and(|grant| {
            matches!(event::grant_history(&model.events, &grant), GrantHistory::Spent { .. })
        })
}

fn sentence(one: &ProfileDiff) -> String {
    let text = one.to_string();
    let mut letters = text.chars();
    match letters.next() {
        // A name is written as it is.
        Some(first) if !text.starts_with(&one.name.to_string()) => {
            format!("{}{}.", first.to_uppercase(), letters.as_str())
        }
        Some(_) | None => format!("{text}."),
    }
}

/// `2 added, 1 removed`.
fn counts(many: &[&ProfileDiff]) -> String {
    let words = [
        (DiffKind::Added, "added"),
        (DiffKind::Removed, "deleted"),
        (DiffKind::Broken, "unreadable"),
        (DiffKind::Erased, "without tokens"),
        (DiffKind::NewTokens, "with new tokens"),
        (DiffKind::NotRefreshed, "not refreshed"),
        (DiffKind::Changed, "changed"),
    ];
    let count = |how| many.iter().filter(|difference| difference.how == how).count();
    let parts = words.into_iter().map(|(how, word)| (count(how), word)).filter(|(count, _)| *count > 0);
    parts.map(|(count, word)| format!("{count} {word}")).collect::<Vec<_>>().join(", ")
}
