//! Status file: what `authtui status` prints, for as long as nobody changes a store.
//!
//! It holds moments, so that the line stays right as time passes, and the stamp of each store, by which a
//! change is noticed. It holds no secret.

use serde::{Deserialize, Serialize};

use crate::domain::text;

/// The form of the file.
const VERSION: u32 = 1;
/// How many moments to come are kept of each kind; what lies behind them is read from the store again.
const MOMENTS: usize = 32;
/// How far back a clock may be set before nothing counts that was written then, in seconds.
const SET_BACK: i64 = 300;
/// How soon an end must come to be told, in seconds.
const SOON: i64 = 86_400;

/// What is known of the stores. All times are seconds since 1970.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusFile {
    version: u32,
    /// The program that wrote it.
    program: String,
    /// The stamps of what is no store and counts all the same.
    settings: String,
    made_at: i64,
    pub stores: Vec<StoreStatus>,
}

/// What the profiles of a store need.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoreStatus {
    pub store: String,
    pub stamp: String,
    /// How many need a person already.
    needs: usize,
    /// When others will.
    needs_from: Vec<i64>,
    /// The next ends of what only a person replaces, and the names of the profiles.
    ends: Vec<(i64, String)>,
    /// Until when this is all; absent: for good.
    until: Option<i64>,
}

/// What a profile needs, as far as nobody changes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Moments {
    pub name: String,
    pub needs_from: Option<i64>,
    pub ends_at: Option<i64>,
}

/// What is said of all profiles at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusSummary {
    /// That moment, in seconds since 1970.
    pub at: i64,
    pub need_you: usize,
    /// The next end of what only a person replaces, where it comes soon.
    pub next: Option<(i64, String)>,
}

impl StoreStatus {
    /// The status of a store with these profiles, at `now`.
    #[must_use]
    pub fn new(store: &str, stamp: String, profiles: Vec<Moments>, now: i64) -> Self {
        let needs = profiles.iter().filter(|one| one.needs_from.is_some_and(|from| from <= now)).count();
        let mut needs_from: Vec<i64> =
            profiles.iter().filter_map(|one| one.needs_from).filter(|from| *from > now).collect();
        let ends = profiles.into_iter().filter_map(|one| Some((one.ends_at?, one.name)));
        let mut ends: Vec<(i64, String)> = ends.filter(|(end, _)| *end > now).collect();
        needs_from.sort_unstable();
        ends.sort_unstable();
        let last_need = needs_from.get(MOMENTS - 1).copied().filter(|_| needs_from.len() > MOMENTS);
        let last_end = ends.get(MOMENTS - 1).map(|(end, _)| *end).filter(|_| ends.len() > MOMENTS);
        needs_from.truncate(MOMENTS);
        ends.truncate(MOMENTS);
        let until = last_need.into_iter().chain(last_end).min();
        Self { store: store.to_owned(), stamp, needs, needs_from, ends, until }
    }

    /// Whether it is still all that is to be said of a store with that stamp.
    #[must_use]
    pub fn holds(&self, stamp: &str, now: i64) -> bool {
        self.stamp == stamp && self.until.is_none_or(|until| now < until)
    }
}

impl StatusFile {
    #[must_use]
    pub fn new(program: &str, settings: String, stores: Vec<StoreStatus>, now: i64) -> Self {
        Self { version: VERSION, program: program.to_owned(), settings, made_at: now, stores }
    }

    /// Reads a file that `program` wrote where the `settings` were the same; no other is understood.
    #[must_use]
    pub fn read(bytes: &[u8], program: &str, settings: &str, now: i64) -> Option<Self> {
        let read: Self = serde_json::from_slice(bytes).ok()?;
        let is_ours = read.version == VERSION && read.program == program && read.settings == settings;
        let mut names = read.stores.iter().flat_map(|store| &store.ends).map(|(_, name)| name);
        // authtui writes no such names; a terminal shows them.
        let is_ours = is_ours && !names.any(|name| name.chars().any(text::is_hostile));
        (is_ours && read.made_at <= now.saturating_add(SET_BACK)).then_some(read)
    }

    /// The text of the file; nothing where it cannot be JSON.
    #[must_use]
    pub fn text(&self) -> Option<String> {
        serde_json::to_string(self).ok()
    }

    /// What is to be said at `now`.
    #[must_use]
    pub fn summary(&self, now: i64) -> StatusSummary {
        let since = |store: &StoreStatus| store.needs_from.iter().filter(|from| **from <= now).count();
        let counts = self.stores.iter().map(|store| store.needs.saturating_add(since(store)));
        let need_you = counts.fold(0, usize::saturating_add);
        let ends = self.stores.iter().flat_map(|store| &store.ends);
        let next =
            ends.filter(|(end, _)| (now.saturating_add(1)..now.saturating_add(SOON)).contains(end)).min();
        StatusSummary { at: now, need_you, next: next.cloned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_authtui_never_wrote_is_not_repeated_and_breaks_nothing() {
        let read = |file: &StatusFile| StatusFile::read(file.text()?.as_bytes(), "authtui 1", "s", 1000);
        let steering = file(vec![moments("a/\u{1b}[31m\n\u{202e}", None, Some(2000))]);
        assert_eq!(read(&steering), None);
        let mut much = file(vec![moments("a/over", Some(1000), None)]);
        let store = StoreStatus { needs: usize::MAX, ..much.stores.remove(0) };
        much.stores = vec![store.clone(), store];
        assert_eq!(read(&much).expect("understood").summary(1000).need_you, usize::MAX);
    }

    fn moments(name: &str, needs_from: Option<i64>, ends_at: Option<i64>) -> Moments {
        Moments { name: name.to_owned(), needs_from, ends_at }
    }

    fn file(profiles: Vec<Moments>) -> StatusFile {
        let store = StoreStatus::new("own", "7".to_owned(), profiles, 1000);
        StatusFile::new("authtui 1", "s".to_owned(), vec![store], 1000)
    }

    #[test]
    fn the_line_is_right_as_time_passes_without_a_look_at_the_store() {
        let file = file(vec![
            moments("a/over", Some(1000), None),
            moments("a/well", None, None),
            moments("a/ben", Some(1500), Some(2000)),
            moments("a/late", Some(900_000), Some(1_000_000)),
        ]);
        let next = |end, name: &str| Some((end, name.to_owned()));
        for (now, need_you, next) in [
            (1000, 1, next(2000, "a/ben")),
            (1500, 2, next(2000, "a/ben")),
            (2000, 2, None),
            (950_000, 3, next(1_000_000, "a/late")),
        ] {
            assert_eq!(file.summary(now), StatusSummary { at: now, need_you, next }, "{now}");
        }
        let text = file.text().expect("JSON");
        assert_eq!(StatusFile::read(text.as_bytes(), "authtui 1", "s", 1000), Some(file));
        for (program, settings, now) in
            [("authtui 2", "s", 1000), ("authtui 1", "t", 1000), ("authtui 1", "s", 600)]
        {
            assert_eq!(
                StatusFile::read(text.as_bytes(), program, settings, now),
                None,
                "{program} {settings} {now}"
            );
        }
    }

    #[test]
    fn of_many_profiles_the_next_moments_are_kept_and_the_store_is_read_again_behind_them() {
        let many = (1..=100).map(|at| moments("a/b", Some(1000 + at), Some(2000 + at))).collect();
        let store = file(many).stores.remove(0);
        assert_eq!((store.needs_from.len(), store.ends.len(), store.until), (MOMENTS, MOMENTS, Some(1032)));
        assert!(store.holds("7", 1031) && !store.holds("7", 1032) && !store.holds("8", 1000));
        let few = (1..=32).map(|at| moments("a/b", Some(1000 + at), None)).collect();
        assert!(file(few).stores.remove(0).holds("7", i64::MAX));
    }
}
