//! Successors: the tokens that somebody else got for a grant that is still stored here.
//!
//! The same grant may lie in two files. Whoever refreshes it first spends the refresh token of both; the
//! event log says who that was and where the new tokens are.

use std::path::Path;
use std::sync::Arc;

use crate::domain::change::{RefreshedTokens, Snapshot};
use crate::domain::event::{self, Event, GrantEvent, GrantHistory};
use crate::domain::lineage::Whereabouts;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::{LastRefresh, Profile, RefreshResult};
use crate::domain::provider::Rotation;
use crate::domain::tokens::RefreshTokenId;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::refresh::rescue;
use crate::shell::{Services, broke};

/// How often a grant may have been refreshed since.
const GENERATION_LIMIT: usize = 64;

/// What the log knows of the grant of `profile`, and what of it matters.
pub(in crate::shell) enum Succession {
    /// Nothing that matters.
    None,
    /// A refresh without an end: nobody knows whether the token is spent.
    Interrupted(Event),
    /// It was refreshed elsewhere; the tokens are still there.
    Successor(Box<RefreshedTokens>),
    /// It was refreshed elsewhere; the tokens have gone.
    Lost(Event),
}

/// Looks for the tokens that were given for the grant of `profile`. A token that stays good is not spent
/// by asking: nothing matters then.
pub(in crate::shell) async fn find(
    services: &Arc<Services>,
    profile: &Profile,
    rotation: Rotation,
) -> Succession {
    if rotation == Rotation::Reusable {
        return Succession::None;
    }
    let (services, profile) = (Arc::clone(services), profile.clone());
    let looking = tokio::task::spawn_blocking(move || look(&services, &profile)).await;
    looking.unwrap_or(Succession::None)
}

/// Keeps the tokens of each of `newer` for its next refresh, where their store, which is one, holds a pair
/// again that they were got for, and says for each why not, if they are not. The store is left as it is.
pub async fn keep(services: &Arc<Services>, newer: Vec<Profile>) -> Vec<(Profile, Result<(), Trouble>)> {
    let Some(store) = newer.first().map(|profile| profile.id.store) else { return Vec::new() };
    let snapshot = services.read(store).await;
    let (mut kept, mut wanted, mut lines) = (Vec::new(), Vec::new(), Vec::new());
    for newer in newer {
        let older = snapshot.profile(&newer.id.name).cloned();
        let (Some(older), Some(next), Some(refreshed)) =
            (older, newer.refresh_token_id(), RefreshedTokens::from_profile(&newer))
        else {
            kept.push((newer, Ok(())));
            continue;
        };
        match older.refresh_token_id().filter(|grant| *grant != next) {
            Some(grant) if leads_to(services, &older, &next).await => {
                lines.push((newer.id.clone(), GrantEvent::NewerKept { grant, next }));
                wanted.push((newer, (older, refreshed)));
            }
            Some(_) | None => kept.push((newer, Ok(()))),
        }
    }
    if wanted.is_empty() {
        return kept;
    }
    kept.extend(rescue_each(services, wanted, lines).await);
    kept
}

/// Rescues the newer tokens of each profile of `wanted`, which stands with the older one and with them, and
/// writes the `lines` by which they are found.
async fn rescue_each(
    services: &Arc<Services>,
    wanted: Vec<(Profile, (Profile, RefreshedTokens))>,
    lines: Vec<(ProfileId, GrantEvent)>,
) -> Vec<(Profile, Result<(), Trouble>)> {
    let (newer, each): (Vec<Profile>, Vec<_>) = wanted.into_iter().unzip();
    let store = newer.first().map_or(StoreId::Own, |profile| profile.id.store);
    let place = rescue::place(&services.paths.state, services.place(store));
    let at = place.clone();
    let rescuing = tokio::task::spawn_blocking(move || rescue::keep_each(&at, each)).await;
    let why: Vec<Option<String>> = match rescuing.unwrap_or_else(|_| Err(broke("cannot keep newer tokens"))) {
        Ok(failures) => {
            // Without its line nobody finds it.
            let lines = lines.iter().map(|(id, line)| (place.as_path(), id, line.clone()));
            let noted = services.note_each(lines).await;
            let unnoted = noted.err().map(|error| format!("the event log cannot be written: {error}"));
            let failures = failures.into_iter().map(|failure| failure.map(|failure| failure.why()));
            failures.map(|failure| failure.or_else(|| unnoted.clone())).collect()
        }
        Err(trouble) => vec![Some(trouble.why); newer.len()],
    };
    let outcome = |(newer, why): (Profile, Option<String>)| {
        let what = format!("cannot keep the newer tokens of {}", newer.id.name);
        let trouble = |why| Trouble::untouched(what, why, FailureKind::Temporary(None)).of_new_tokens();
        (newer, why.map_or(Ok(()), |why| Err(trouble(why))))
    };
    newer.into_iter().zip(why).map(outcome).collect()
}

/// Whether what `profile` holds is the grant `later`, or became it by what the log knows of.
pub(super) async fn leads_to(services: &Arc<Services>, profile: &Profile, later: &RefreshTokenId) -> bool {
    let Some(grant) = profile.refresh_token_id() else { return false };
    let (log, later) = (services.event_log.clone(), later.clone());
    let following = tokio::task::spawn_blocking(move || {
        let mut name = grant;
        for _ in 0..GENERATION_LIMIT {
            if name == later {
                return true;
            }
            let events = log.about(&name).unwrap_or_default();
            let GrantHistory::Spent { next, .. } = event::grant_history(&events, &name) else { return false };
            name = next.clone();
        }
        false
    });
    following.await.unwrap_or(false)
}

fn look(services: &Services, profile: &Profile) -> Succession {
    let Some(grant) = profile.refresh_token_id() else { return Succession::None };
    let provider = profile.id.name.provider();
    // A log that cannot be read says nothing; that it cannot be written is noticed before the request.
    let about = |grant: &RefreshTokenId| services.event_log.about(grant).unwrap_or_default();
    let mut name = grant;
    let (mut last, mut later): (Option<Event>, Vec<RefreshTokenId>) = (None, Vec::new());
    for _ in 0..GENERATION_LIMIT {
        let events = about(&name);
        match (event::grant_history(&events, &name), &last) {
            (GrantHistory::Spent { event, next }, _) if event.profile.provider() == provider => {
                last = Some(event.clone());
                // They may have been put where they belong since, from where they were rescued.
                let (there, here) = (Path::new(&event.store), services.place(profile.id.store));
                let places = [Some(there), Some(here).filter(|here| *here != there)];
                let held = places.into_iter().flatten().find_map(|at| held(services, at, next, provider));
                if let Some(refreshed) = held {
                    return Succession::Successor(Box::new(refreshed));
                }
                later.push(next.clone());
                name = next.clone();
            }
            (GrantHistory::Interrupted(event), None) if event.profile.provider() == provider => {
                // Killed between the save and the line that would have said so.
                return match moved_on(services, event, profile) {
                    Some(refreshed) => Succession::Successor(Box::new(refreshed)),
                    None => Succession::Interrupted(event.clone()),
                };
            }
            (GrantHistory::Plain | GrantHistory::Spent { .. } | GrantHistory::Interrupted(_), _) => break,
        }
    }
    let Some(last) = last else { return Succession::None };
    moved_since(services, &later, provider)
        .map_or(Succession::Lost(last), |refreshed| Succession::Successor(Box::new(refreshed)))
}

/// The tokens of the last of the grants `later` that some store of ours holds: they may have been moved since.
fn moved_since(services: &Services, later: &[RefreshTokenId], provider: &str) -> Option<RefreshedTokens> {
    services.stores.all().find_map(|each| {
        let snapshot = each.read();
        later.iter().rev().find_map(|next| held_in(&snapshot, next, provider))
    })
}

/// The tokens of the grant `next`, if the store at `store` still holds them.
fn held(services: &Services, store: &Path, next: &RefreshTokenId, provider: &str) -> Option<RefreshedTokens> {
    held_in(&services.stores.at(store).read(), next, provider)
}

fn held_in(snapshot: &Snapshot, next: &RefreshTokenId, provider: &str) -> Option<RefreshedTokens> {
    let mut profiles = snapshot.profiles().filter(|profile| profile.id.name.provider() == provider);
    profiles
        .find(|profile| profile.refresh_token_id().as_ref() == Some(next))
        .and_then(RefreshedTokens::from_profile)
}

/// The tokens of the profile that `event` asked for, if they are others by now, refreshed since, and of the
/// same login; also those that were written and never got their place, and those that were rescued without a
/// line in the log.
fn moved_on(services: &Services, event: &Event, older: &Profile) -> Option<RefreshedTokens> {
    let GrantEvent::RefreshStarted { .. } = event.what else { return None };
    // A log that cannot be read proves nothing.
    let events = services.event_log.read().ok()?;
    let asked = events.iter().rposition(|other| other == event)?;
    let now = Whereabouts::after(event, events.iter().skip(asked + 1));
    // What was logged in to or erased since came by another way.
    if !now.is_same_login {
        return None;
    }
    let store = services.stores.at(Path::new(&now.store));
    let place = rescue::place(&services.paths.state, Path::new(&now.store));
    let rescued = rescue::is_there(&place).then(|| services.stores.at(&place).store.read());
    let is_successor = |(profile, is_left): &(&Profile, bool)| {
        let last = profile.last_refresh_of_this_grant();
        // What a save left beside a file that has no field for it came with that refresh all the same.
        let is_untold = *is_left && profile.last_refresh.is_none();
        let is_since = |last: &LastRefresh| {
            last.result == RefreshResult::Done && last.at.timestamp() >= event.at.timestamp()
        };
        profile.id.name == now.name
            && (is_untold || last.is_some_and(is_since))
            && profile.refresh_token_id() != older.refresh_token_id()
            && is_same_account(profile, older)
    };
    let (snapshot, left) = (store.read(), store.store.interrupted());
    let left = left.iter().map(|profile| (&**profile, true));
    let stored = [Some(&snapshot), rescued.as_ref()].into_iter().flatten().flat_map(Snapshot::profiles);
    let mut found = stored.map(|profile| (profile, false)).chain(left);
    found.find(is_successor).and_then(|(profile, _)| RefreshedTokens::from_profile(profile))
}

/// Whether nothing tells the accounts of both apart.
fn is_same_account(one: &Profile, other: &Profile) -> bool {
    let pairs = [(&one.login.subject, &other.login.subject), (&one.account, &other.account)];
    let known = pairs.into_iter().find_map(|(one, other)| Some((one.as_ref()?, other.as_ref()?)));
    known.is_none_or(|(one, other)| one == other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::{Change, Edit};
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::{empty_profile, tokens};
    use crate::domain::name::ProfileName;
    use crate::domain::profile::Kind;
    use crate::domain::tokens::StoredTokens;
    use crate::shell::paths::Paths;
    use crate::shell::relocation;

    fn holder(name: &str, of: &str) -> Profile {
        let held = StoredTokens::Present(tokens(of, Some(&format!("{of}-refresh"))));
        Profile { held, ..empty_profile(name, Kind::OAuth) }
            .with_login(|login| login.subject = Some("1".to_owned()))
    }

    #[tokio::test]
    async fn tokens_of_another_login_are_no_successors_of_an_interrupted_refresh() {
        for (since, subject, is_successor) in [
            (None, "1", true),
            (None, "2", false),
            (Some(GrantEvent::LoggedIn), "1", false),
            (Some(GrantEvent::Erased), "1", false),
            (Some(GrantEvent::NotRevoked { why: "503".to_owned() }), "1", true),
        ] {
            let folder = tempfile::tempdir().expect("a folder");
            let services = Services::new(Paths::below(folder.path()), "authtui");
            let (ana, older) = (holder("demo/ana", "new"), holder("demo/ben", "old"));
            let grant = older.refresh_token_id().expect("a grant");
            services.note(&ana.id, GrantEvent::RefreshStarted { grant }).await.expect("noted");
            if let Some(what) = since.clone() {
                services.note(&ana.id, what).await.expect("noted");
            }
            let at = at_seconds(4_000_000_000).expect("in range");
            let last = LastRefresh::new(at, RefreshResult::Done, ana.refresh_token_id());
            let ana = Profile { last_refresh: Some(Box::new(last)), ..ana };
            let ana = ana.with_login(|login| login.subject = Some(subject.to_owned()));
            let edit = Edit::Put(Box::new(ana.clone()));
            let change = Change { name: ana.id.name.clone(), expects: None, edit };
            services.stores.at(&services.paths.config).store.apply(&change).expect("saved");

            let found = find(&services, &older, Rotation::SingleUse).await;

            let said = format!("{since:?} {subject}");
            match found {
                Succession::Successor(found) => {
                    assert!(is_successor && Some(&found.tokens) == ana.held.tokens(), "{said}")
                }
                Succession::Interrupted(_) => assert!(!is_successor, "{said}"),
                Succession::None | Succession::Lost(_) => panic!("{said}"),
            }
        }
    }

    #[tokio::test]
    async fn an_older_copy_finds_newer_tokens_that_were_moved_and_renamed_since() {
        let folder = tempfile::tempdir().expect("a folder");
        let below = |name: &str| Some(folder.path().join(name));
        let paths =
            Paths { shared: below("shared.yaml"), hashed: below("hashed"), ..Paths::below(folder.path()) };
        let services = Services::new(paths, "authtui");
        let (older, newer) = (holder("demo/ana", "old"), holder("demo/ana", "new"));
        let put = |store, profile: &Profile| {
            let id = ProfileId { store, ..profile.id.clone() };
            let edit = Edit::Put(Box::new(Profile { id, ..profile.clone() }));
            services.apply(store, Change { name: profile.id.name.clone(), expects: None, edit })
        };
        put(StoreId::Shared, &older).await.expect("saved");
        put(StoreId::Own, &newer).await.expect("saved");
        let [grant, next] = [&older, &newer].map(|profile| profile.refresh_token_id().expect("a grant"));
        let refreshed = GrantEvent::Refreshed { grant, next, generation: 1 };
        services.note(&newer.id, refreshed).await.expect("noted");

        let moved = relocation::move_to(&services, &newer.id, StoreId::Hashed).await.expect("moved");
        let there = moved.to.profiles().next().expect("there").id.clone();
        let play = ProfileName::parse("demo/play").expect("a name");
        relocation::rename(&services, &there, play).await.expect("renamed");

        let copy = Profile { id: ProfileId { store: StoreId::Shared, ..older.id.clone() }, ..older };
        let Succession::Successor(found) = find(&services, &copy, Rotation::SingleUse).await else {
            panic!("no successor")
        };
        assert_eq!(Some(&found.tokens), newer.held.tokens());
    }

    #[tokio::test]
    async fn tokens_that_a_killed_save_left_beside_the_file_are_found_until_they_are_stored_or_erased() {
        for is_erased in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let services = Services::new(Paths::below(folder.path()), "authtui");
            let (older, newer) = (holder("demo/ana", "old"), holder("demo/ana", "new"));
            let at = at_seconds(4_000_000_000).expect("in range");
            let last = LastRefresh::new(at, RefreshResult::Done, newer.refresh_token_id());
            let newer = Profile { last_refresh: Some(Box::new(last)), refresh_count: 1, ..newer };
            let change = |edit| Change { name: older.id.name.clone(), expects: None, edit };
            let keep = |profile: &Profile| change(Edit::Put(Box::new(profile.clone())));
            services.apply(StoreId::Own, keep(&older)).await.expect("saved");
            let grant = older.refresh_token_id().expect("a grant");
            services.note(&older.id, GrantEvent::RefreshStarted { grant }).await.expect("noted");
            let config = &services.paths.config;
            let whole = config.with_file_name("whole.yaml");
            services.stores.at(&whole).store.apply(&keep(&newer)).expect("saved");
            std::fs::rename(&whole, config.with_file_name(".config.yaml.aB3dE6.tmp")).expect("renamed");
            let left = || {
                let names =
                    std::fs::read_dir(config.parent().expect("a folder")).expect("a folder").flatten();
                names.filter(|name| name.file_name().to_string_lossy().starts_with(".config")).count()
            };

            let notices = services.read(StoreId::Own).await.notices;
            assert!(
                notices
                    .iter()
                    .any(|notice| format!("{notice:?}").contains("demo/ana: a save was interrupted")),
                "{notices:?}"
            );
            drop(services.reserve(StoreId::Own).await.expect("room"));
            let other = holder("demo/ben", "other");
            let ben = Change { name: other.id.name.clone(), ..keep(&other) };
            services.apply(StoreId::Own, ben).await.expect("saved");
            assert_eq!(left(), 1, "it is not removed while it holds the newest tokens");

            // A login of another profile says nothing of this one.
            let Succession::Successor(refreshed) = find(&services, &older, Rotation::SingleUse).await else {
                panic!("no successor")
            };
            assert_eq!(Some(&refreshed.tokens), newer.held.tokens());
            let edit = if is_erased { Edit::EraseTokens(at) } else { Edit::Refresh(refreshed) };
            services.apply(StoreId::Own, change(edit)).await.expect("saved");
            assert_eq!(left(), 0, "nothing of it stays");
        }
    }

    #[tokio::test]
    async fn rescued_tokens_are_found_where_no_line_could_be_written_about_them() {
        let folder = tempfile::tempdir().expect("a folder");
        let services = Services::new(Paths::below(folder.path()), "authtui");
        let (older, newer) = (holder("demo/ana", "old"), holder("demo/ana", "new"));
        let edit = Edit::Put(Box::new(older.clone()));
        let change = Change { name: older.id.name.clone(), expects: None, edit };
        services.apply(StoreId::Own, change).await.expect("saved");
        let grant = older.refresh_token_id().expect("a grant");
        services.note(&older.id, GrantEvent::RefreshStarted { grant }).await.expect("noted");
        let at = at_seconds(4_000_000_000).expect("in range");
        let last = LastRefresh::new(at, RefreshResult::Done, newer.refresh_token_id());
        let newer = Profile { last_refresh: Some(Box::new(last)), ..newer };
        let refreshed = RefreshedTokens::from_profile(&newer).expect("tokens");
        let place = rescue::place(&services.paths.state, &services.paths.config);
        rescue::keep(&place, &older, refreshed).expect("kept");

        let Succession::Successor(found) = find(&services, &older, Rotation::SingleUse).await else {
            panic!("no successor")
        };
        assert_eq!(Some(&found.tokens), newer.held.tokens());
    }

    #[tokio::test]
    async fn newer_tokens_are_kept_and_found_or_it_is_said_why_not() {
        for is_broken in [false, true] {
            let folder = tempfile::tempdir().expect("a folder");
            let services = Services::new(Paths::below(folder.path()), "authtui");
            let names = ["demo/ana", "demo/ben"];
            let older = names.map(|name| holder(name, "old"));
            let newer = names.map(|name| holder(name, "new"));
            for profile in &older {
                let edit = Edit::Put(Box::new(profile.clone()));
                let change = Change { name: profile.id.name.clone(), expects: None, edit };
                services.stores.at(&services.paths.config).store.apply(&change).expect("saved");
            }
            let [grant, next] = [&older, &newer].map(|[ana, _]| ana.refresh_token_id().expect("a grant"));
            let refreshed = GrantEvent::Refreshed { grant, next, generation: 1 };
            services.note(&newer[0].id, refreshed).await.expect("noted");
            if is_broken {
                std::fs::write(
                    rescue::place(&services.paths.state, &services.paths.config),
                    "providers: [\n",
                )
                .expect("written");
            }

            let kept = keep(&services, newer.to_vec()).await;

            assert_eq!(
                kept.iter().map(|(newer, _)| newer).collect::<Vec<_>>(),
                newer.iter().collect::<Vec<_>>()
            );
            assert!(kept.iter().all(|(_, kept)| kept.is_err() == is_broken), "{kept:?}");
            for older in &older {
                let found = find(&services, older, Rotation::SingleUse).await;
                assert_eq!(matches!(found, Succession::Successor(_)), !is_broken);
            }
            assert_eq!(services.event_log.read().expect("a log").len(), if is_broken { 1 } else { 3 });
        }
    }
}
