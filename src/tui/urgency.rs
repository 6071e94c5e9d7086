//! Urgency of a row: what it needs of a person, which key helps, and until when that is so.

use crate::domain::change::{Row, Where};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::health::{self, Health};
use crate::domain::profile::{Kind, Profile};
use crate::domain::refreshability::has_live_grant;
use crate::domain::residual_validity::Validity;
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::{auto_refresh, state};

/// What `row` needs. A refresh that runs changes nothing of it, so that no row moves while one does.
#[must_use]
pub fn need(model: &Model, row: &Row, now: Now) -> Need {
    let profile = match row {
        Row::Profile(profile) => profile,
        Row::Broken { .. } => return Need::Unreadable,
    };
    if model.running(&profile.id).unsaved.is_some() {
        return Need::NotSaved;
    }
    let health = model.health_at_rest(profile, now.wall);
    match health {
        Health::NeedsLogin => Need::Login,
        Health::Refused => Need::Refused,
        Health::Unreadable => Need::Unreadable,
        Health::SignedOut => Need::SignedOut,
        Health::Failed(_) => Need::Failed,
        Health::NoExpiry
        | Health::Fresh(_)
        | Health::Expiring(_)
        | Health::Due
        | Health::Retrying(_)
        | Health::Refreshing
            if state::grant_ends_soon(profile, now).is_some() =>
        {
            Need::LoginEnds
        }
        Health::Retrying(_) => Need::Retrying,
        Health::Expiring(_) | Health::Due if ends_for_good(model, profile, now) => Need::TokenEnds,
        Health::Expiring(_) => Need::Expiring,
        Health::Due => Need::Due,
        Health::NoExpiry | Health::Fresh(_) | Health::Refreshing => Need::Nothing,
    }
}

/// Whether no refresh comes after the token of `profile`, and a person can log in instead.
fn ends_for_good(model: &Model, profile: &Profile, now: Now) -> bool {
    let refreshes = model.refreshability(profile, now.wall).is_ok() && has_live_grant(profile, now.wall);
    !refreshes && can_log_in(model, profile)
}

fn can_log_in(model: &Model, profile: &Profile) -> bool {
    let is_usable = || model.provider(profile).is_some_and(|provider| !provider.example);
    profile.kind == Kind::OAuth && (model.catalog.is_none() || is_usable())
}

/// The action that helps `row`, and the word for it there; nothing where none does, or none is needed.
#[must_use]
pub fn remedy(model: &Model, row: &Row, need: Need, now: Now) -> Option<(Action, &'static str)> {
    let profile = match row {
        Row::Profile(profile) => profile,
        Row::Broken { at: Where::Line(_), .. } => return Some((Action::Edit, "edit")),
        Row::Broken { at: Where::Variable { .. }, .. } => return None,
    };
    if model.running(&profile.id).refresh.is_some() {
        return None;
    }
    let can_refresh = || model.refreshability(profile, now.wall).is_ok() && has_live_grant(profile, now.wall);
    let planned = || auto_refresh::planned(model, profile, now).is_some();
    let log_in = || can_log_in(model, profile).then_some((Action::LogIn, "log in"));
    match need {
        Need::Refused if profile.kind == Kind::ApiKey => Some((Action::LogIn, "new key")),
        Need::Refused if can_refresh() => Some((Action::Refresh, "refresh")),
        Need::Login | Need::Refused | Need::LoginEnds | Need::TokenEnds => log_in(),
        Need::NotSaved => Some((Action::Refresh, "save")),
        Need::Failed => can_refresh().then_some((Action::Refresh, "retry")),
        Need::Retrying | Need::Expiring | Need::Due => {
            (can_refresh() && !planned()).then_some((Action::Refresh, "refresh"))
        }
        Need::Unreadable | Need::Nothing | Need::SignedOut => None,
    }
}

/// When the need of `profile`, or its state, will next be another by the passing of time alone.
#[must_use]
pub fn changes_at(profile: &Profile, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let login_end = Validity::of_login(profile, now).and_then(Validity::end);
    let soon = login_end.and_then(|end| end.checked_sub_signed(state::SOON));
    let moments = health::changes_at(profile, now).into_iter().chain(login_end).chain(soon);
    moments.filter(|at| *at > now).min()
}
