//! Relocation of a profile: a new name for it, or another store, and what that store cannot hold.

use crate::domain::change::Snapshot;
use crate::domain::name::{PART_LIMIT, ProfileName, StoreId};
use crate::domain::profile::{AutoRefresh, Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::text;

/// The name that `text` means for `profile`, whose store says `snapshot`: its part after the slash, or all of
/// it with the same provider.
///
/// # Errors
/// Why it cannot have that name, for people.
pub fn new_name(
    profile: &Profile,
    text: &str,
    snapshot: &Snapshot,
    provider: Option<&Provider>,
) -> Result<ProfileName, String> {
    let before = &profile.id.name;
    let own = before.provider();
    let part = match text.split_once('/') {
        Some((named, part)) if named == own => part,
        Some(_) => {
            return Err(format!("{before} belongs to {own}; only the part after the slash can change"));
        }
        None => text,
    };
    if profile.kind == Kind::ApiKey && before.is_reserved() && profile.id.store != StoreId::Hashed {
        return Err(format!("{before} is named for its place in the file and keeps its name"));
    }
    let name = ProfileName::new(own, part).map_err(|bad| bad.to_string())?;
    if name == *before {
        return Err(format!("{name} has that name already"));
    }
    if text::looks_like_another(part) {
        let shown = text::distinct(part, PART_LIMIT);
        return Err(format!("“{shown}” has letters that look like others; choose another name"));
    }
    if name.is_reserved() {
        return Err(format!("“{part}” is reserved for API keys; choose another name"));
    }
    let mut variables = provider.into_iter().flat_map(|provider| &provider.environment);
    if variables.any(|variable| variable.name == part) {
        return Err(format!("“{part}” is reserved for the environment variable; choose another name"));
    }
    if snapshot.is_taken(&name) {
        return Err(format!("{name} already exists; choose another name"));
    }
    Ok(name)
}

/// Which of `stores` the profile may be moved to: not those where another login has its name.
#[must_use]
pub fn stores_for_move<'a>(profile: &Profile, stores: impl Iterator<Item = &'a Snapshot>) -> Vec<StoreId> {
    let name = &profile.id.name;
    let others =
        stores.filter(|snapshot| snapshot.store != profile.id.store && snapshot.store.may_be_written());
    let takes = |snapshot: &&Snapshot| {
        // The same login there is what a move that was ended halfway leaves.
        let there = snapshot.profile(name).map(|there| there.held.fingerprint());
        !snapshot.is_taken(name) || there == Some(profile.held.fingerprint())
    };
    others.filter(takes).map(|snapshot| snapshot.store).collect()
}

/// What of `profile` the store `to` cannot hold, for people.
#[must_use]
pub fn left_behind(profile: &Profile, to: StoreId) -> Vec<&'static str> {
    match to {
        StoreId::Own | StoreId::Hashed | StoreId::Keyring | StoreId::Environment | StoreId::Borrowed => {
            return Vec::new();
        }
        StoreId::Shared => {}
    }
    let parts = [
        ("its account", profile.account.is_some() || profile.login.subject.is_some()),
        ("when its login ends", profile.life.grant_ends_at.is_some()),
        ("the servers it was made with", !profile.login.origins.is_empty()),
        ("that auto-refresh is off", profile.auto_refresh == AutoRefresh::Off),
        ("its note", profile.note.is_some()),
        ("when it ends", profile.kind == Kind::ApiKey && profile.life.expires_at.is_some()),
        ("its history", profile.refresh_count > 0 || profile.last_refresh.is_some()),
    ];
    parts.into_iter().filter_map(|(what, is_there)| is_there.then_some(what)).collect()
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::domain::change::Row;
    use crate::domain::fixtures::{empty_profile, profile};
    use crate::domain::name::ProfileId;
    use crate::domain::tokens::StoredTokens;

    #[test]
    fn a_new_name_is_free_of_the_same_provider_and_readable() {
        let (ana, ben) = (profile("demo/ana"), profile("demo/ben"));
        let rows = [ana.clone(), ben].map(|profile| Row::Profile(Arc::new(profile))).into();
        let snapshot = Snapshot { rows, ..Snapshot::empty(StoreId::Own) };
        let named = |text: &str| new_name(&ana, text, &snapshot, None);
        for text in ["work", "demo/work"] {
            assert_eq!(named(text).map(|name| name.exact()), Ok("demo/work".to_owned()));
        }
        for (text, why) in [
            ("acme/work", "belongs to demo"),
            ("ben", "already exists"),
            ("ana", "that name already"),
            ("key", "reserved"),
            ("key-3", "reserved"),
            ("\u{430}na", "look like others"),
            ("", "enter a name"),
            ("a/b", "belongs to demo"),
        ] {
            let told = named(text).expect_err(text);
            assert!(told.contains(why), "{told}");
        }
        let key = empty_profile("demo/key", Kind::ApiKey);
        assert!(new_name(&key, "ci", &snapshot, None).expect_err("fixed").contains("its place"));
    }

    #[test]
    fn a_move_goes_where_no_other_login_has_the_name() {
        let (ana, ben) = (profile("demo/ana"), profile("demo/ben"));
        let holding = |store, held: &Profile| {
            let id = ProfileId { store, ..held.id.clone() };
            let row = Row::Profile(Arc::new(Profile { id, ..held.clone() }));
            Snapshot { rows: [row].into(), ..Snapshot::empty(store) }
        };
        let erased = Profile { held: StoredTokens::None, ..ana.clone() };
        for (there, stores) in
            [(&ben, vec![StoreId::Shared]), (&ana, vec![StoreId::Shared]), (&erased, vec![])]
        {
            let all = [
                holding(StoreId::Own, &ana),
                holding(StoreId::Shared, there),
                Snapshot::empty(StoreId::Environment),
            ];
            assert_eq!(stores_for_move(&ana, all.iter()), stores);
        }
    }

    #[test]
    fn only_the_shared_file_leaves_something_behind() {
        let mut ana = profile("demo/ana");
        (ana.account, ana.login.origins) = (Some("ana@acme.dev".into()), vec!["https://id.test".into()]);
        ana.life.grant_ends_at = None;
        (ana.refresh_count, ana.last_refresh) = (0, None);
        assert_eq!(left_behind(&ana, StoreId::Shared), ["its account", "the servers it was made with"]);
        assert_eq!(left_behind(&ana, StoreId::Hashed), Vec::<&str>::new());
    }
}
