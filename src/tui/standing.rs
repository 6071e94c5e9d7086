//! Standing of profiles where there is no screen: what each needs of a person, and from when on.

use std::sync::Arc;

use crate::domain::change::{Row, Snapshot};
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::catalog::Catalog;
use crate::domain::refreshability::has_live_grant;
use crate::domain::residual_validity::Validity;
use crate::domain::settings::Settings;
use crate::tui::model::{AutoRefreshMode, Model};
use crate::tui::need::Need;
use crate::tui::rows;
use crate::tui::store_overlap::StoreOverlap;
use crate::tui::urgency;

/// How often the need of one profile may change by the passing of time alone.
const TURNS: usize = 8;

/// A model of `stores` that no screen shows.
#[must_use]
pub fn model(stores: Vec<Snapshot>, catalog: &Arc<Catalog>, settings: Settings) -> Model {
    let stores = stores.into_iter().map(|snapshot| (snapshot.store, snapshot)).collect();
    Model {
        overlap: StoreOverlap::new(&stores),
        stores,
        catalog: Arc::clone(catalog),
        auto_refresh: AutoRefreshMode::by_settings(&settings),
        settings,
        ..Model::default()
    }
}

/// When the login, token or key of `profile` ends, where only a person gets another.
#[must_use]
pub fn ends_at(model: &Model, profile: &Profile, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    profile.held.tokens()?;
    if profile.owner.is_some() || profile.kind == Kind::Environment {
        return None;
    }
    let is_refreshed = is_refreshed(model, profile, now);
    let end = if is_refreshed { Validity::of_login(profile, now)?.end() } else { profile.life.expires_at };
    end.filter(|end| *end > now)
}

/// Whether a refresh gets `profile` new tokens, as far as anybody knows.
#[must_use]
pub fn is_refreshed(model: &Model, profile: &Profile, now: DateTime<Utc>) -> bool {
    model.refreshability(profile, now).is_ok() && has_live_grant(profile, now)
}

/// What `row` needs where an end counts that comes `within` so long; without that the screen's own time.
#[must_use]
pub fn need_within(model: &Model, row: &Row, within: Option<TimeDelta>, now: Now) -> Need {
    let need = urgency::need(model, row, now);
    let (Row::Profile(profile), Some(within)) = (row, within) else { return need };
    let end = ends_at(model, profile, now.wall);
    match need {
        Need::LoginEnds | Need::TokenEnds | Need::Retrying | Need::Expiring | Need::Due | Need::Nothing => {
            let retries = matches!(rows::health(model, row, now.wall), Health::Retrying(_));
            match end {
                Some(end) if end - now.wall <= within => {
                    if is_refreshed(model, profile, now.wall) {
                        Need::LoginEnds
                    } else {
                        Need::TokenEnds
                    }
                }
                Some(_) | None if retries => Need::Retrying,
                // What it needs by the screen's own time comes later than is asked for.
                Some(_) => Need::Nothing,
                None => need,
            }
        }
        Need::Login
        | Need::NewKey
        | Need::Refused
        | Need::Unreadable
        | Need::Locked
        | Need::NotSaved
        | Need::Failed
        | Need::SignedOut => need,
    }
}

/// From when on `row` needs a person, if nobody does anything; that may be `now`.
#[must_use]
pub fn needs_from(model: &Model, row: &Row, now: Now) -> Option<DateTime<Utc>> {
    let mut at = now;
    for _ in 0..TURNS {
        if urgency::need(model, row, at).is_yours() {
            return Some(at.wall);
        }
        let Row::Profile(profile) = row else { return None };
        let health = model.health_at_rest(profile, at.wall);
        let next = urgency::changes_at(profile, health, at.wall)?;
        // The end itself is past, and so is a part of a second that files leave out.
        at = Now { wall: next.checked_add_signed(TimeDelta::seconds(1))?, ..at };
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::sync::Arc;

    use crate::domain::fixtures::{at, now, profile, snapshot, tokens};
    use crate::domain::tokens::StoredTokens;
    use crate::stored::provider_file;

    const DAY: i64 = 86_400;

    /// A model in which `demo/ana` has a token that ends after `token` seconds, and a login that ends after
    /// `login` seconds; without that there is nothing that refreshes it.
    fn ana(token: i64, login: Option<i64>) -> (Model, Row) {
        let mut ana = profile("demo/ana");
        (ana.life.obtained_at, ana.life.expires_at) = (Some(at(-3600)), Some(at(token)));
        ana.life.grant_ends_at = login.map(at);
        ana.held = StoredTokens::Present(tokens("a", login.map(|_| "r")));
        let file = "name: demo\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n";
        let catalog = provider_file::catalog_of_files([("demo.yaml".to_owned(), Ok(file.to_owned()))]);
        let row = Row::Profile(Arc::new(ana));
        (model(vec![snapshot(vec![row.clone()])], &catalog.into(), Settings::default()), row)
    }

    #[test]
    fn only_an_end_that_no_refresh_helps_is_one() {
        for (token, login, end) in [
            (60, Some(9 * DAY), Some(9 * DAY)),
            (60, None, Some(60)),
            (-60, None, None),
            (-60, Some(60), Some(60)),
        ] {
            let (model, row) = ana(token, login);
            let Row::Profile(profile) = &row else { panic!("{row:?}") };
            assert_eq!(ends_at(&model, profile, at(0)), end.map(at), "{token} {login:?}");
        }
    }

    #[test]
    fn an_end_counts_within_the_time_that_is_asked_for_and_not_beyond_it() {
        let days = |days| Some(TimeDelta::days(days));
        for (token, login, within, need) in [
            (60, Some(5 * DAY), None, Need::Expiring),
            (60, Some(5 * DAY), days(7), Need::LoginEnds),
            (3600, Some(DAY), None, Need::LoginEnds),
            (3600, Some(DAY), days(0), Need::Nothing),
            (90_000, None, days(2), Need::TokenEnds),
            (90_000, None, days(1), Need::Nothing),
            (-60, None, days(7), Need::Login),
        ] {
            let (model, row) = ana(token, login);
            assert_eq!(need_within(&model, &row, within, now()), need, "{token} {login:?} {within:?}");
        }
    }

    #[test]
    fn a_need_begins_where_the_screen_would_show_it() {
        let from = |token, login| {
            let (model, row) = ana(token, login);
            needs_from(&model, &row, now())
        };
        assert_eq!(from(-60, None), Some(at(0)));
        assert_eq!(from(60, Some(9 * DAY)), Some(at(7 * DAY + 1)), "two days before the login ends");
        let (model, row) = ana(90_000, None);
        let begins = needs_from(&model, &row, now()).expect("a need");
        let need = |at| urgency::need(&model, &row, Now { wall: at, ..now() });
        assert!(need(begins).is_yours() && !need(begins - TimeDelta::seconds(2)).is_yours(), "{begins}");
    }
}
