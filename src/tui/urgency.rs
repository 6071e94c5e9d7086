//! Urgency of a row: what it needs of a person, and until when that is so.

use crate::domain::change::{Row, Where};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile};
use crate::domain::refreshability::has_live_grant;
use crate::domain::residual_validity::Validity;
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::state;

/// What `row` needs. A refresh that runs changes nothing of it, so that no row moves while one does.
#[must_use]
pub fn need(model: &Model, row: &Row, now: Now) -> Need {
    match row {
        Row::Profile(profile) => need_of(model, profile, model.health_at_rest(profile, now.wall), now),
        Row::Broken(broken) => match &broken.at {
            // Its program mends it, not we.
            Where::Borrowed { .. } => Need::Nothing,
            Where::Line(_) | Where::File(_) | Where::Variable { .. } => Need::Unreadable,
            Where::Vault { .. } => Need::Locked,
        },
    }
}

/// The same of a profile's row, whose state at rest is `health`.
#[must_use]
pub fn need_of(model: &Model, profile: &Profile, health: Health, now: Now) -> Need {
    if model.running(&profile.id).unsaved.is_some() {
        return Need::NotSaved;
    }
    if profile.owner.is_some() {
        // Whatever it needs, its program gets it.
        return if health == Health::SignedOut { Need::SignedOut } else { Need::Nothing };
    }
    match health {
        Health::NeedsLogin if profile.kind == Kind::ApiKey => Need::NewKey,
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
        Health::Expiring(end) if profile.kind == Kind::ApiKey => {
            if end - now.wall <= state::SOON {
                Need::TokenEnds
            } else {
                Need::Expiring
            }
        }
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

/// Whether a person can log in to `profile` again.
#[must_use]
pub fn can_log_in(model: &Model, profile: &Profile) -> bool {
    let is_usable = || model.provider(profile).is_some_and(|provider| !provider.example);
    profile.owner.is_none() && profile.kind == Kind::OAuth && is_usable()
}

/// When the need of `profile`, or its state, will next be another by the passing of time alone.
#[must_use]
pub fn changes_at(profile: &Profile, health: Health, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let login_end = Validity::of_login(profile, now).and_then(Validity::end);
    let key_end = profile.life.expires_at.filter(|_| profile.kind == Kind::ApiKey);
    let soon = login_end.into_iter().chain(key_end).filter_map(|end| end.checked_sub_signed(state::SOON));
    let moments = health.changes_at(profile, now).into_iter().chain(login_end).chain(soon);
    moments.filter(|at| *at > now).min()
}
