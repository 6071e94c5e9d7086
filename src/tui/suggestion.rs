//! Suggestion: what helps a profile, the one answer to which key is offered for it.
//!
//! The list, the card, the timeline and the footer ask here, so that they never name different keys.

use crate::domain::change::{Row, Unlock, Where};
use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile};
use crate::domain::refreshability::has_live_grant;
use crate::tui::availability::{login, reach};
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::{auto_refresh, urgency};

/// What helps a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestion {
    pub action: Action,
    /// What it does, where there is a line for it.
    pub words: &'static str,
    /// The same in a row.
    pub brief: &'static str,
    /// Whether nothing gets better without it, so that the row asks for it.
    pub is_needed: bool,
}

/// What helps `row`, the best first; nothing where nothing is needed, or a refresh is under way.
#[must_use]
pub fn suggestions(model: &Model, row: &Row, now: Now) -> Vec<Suggestion> {
    match row {
        Row::Profile(profile) => of_profile(model, profile, now),
        Row::Broken(broken) => of_broken(model, &broken.at),
    }
}

/// The same of an entry that cannot be understood.
fn of_broken(model: &Model, at: &Where) -> Vec<Suggestion> {
    match at {
        Where::Line(_) => {
            let edit = needed(Action::Edit, "open it in your editor", "edit");
            [edit].into_iter().filter(|suggestion| is_allowed(model, suggestion)).collect()
        }
        Where::Vault { unlock, .. } => {
            let words = match unlock {
                Unlock::Passphrase => "enter the passphrase",
                Unlock::Look => "ask the keyring again",
            };
            vec![needed(Action::Unlock, words, "unlock")]
        }
        Where::File(_) | Where::Variable { .. } | Where::Borrowed { .. } => Vec::new(),
    }
}

/// What `row` asks for: the best that helps, where nothing gets better without it.
#[must_use]
pub fn needed_by(model: &Model, row: &Row, now: Now) -> Option<Suggestion> {
    suggestions(model, row, now).first().copied().filter(|suggestion| suggestion.is_needed)
}

/// The same of a profile's row.
#[must_use]
pub fn of_profile(model: &Model, profile: &Profile, now: Now) -> Vec<Suggestion> {
    if model.running(&profile.id).refresh.is_some() {
        return Vec::new();
    }
    let is_planned = auto_refresh::planned(model, profile, now).is_some();
    let can_refresh = model.refreshability(profile, now.wall).is_ok() && has_live_grant(profile, now.wall);
    let log_in =
        || urgency::can_log_in(model, profile).then_some(needed(Action::LogIn, "log in again", "log in"));
    let refresh = |words, brief| {
        let suggestion = Suggestion { is_needed: !is_planned, ..needed(Action::Refresh, words, brief) };
        can_refresh.then_some(suggestion)
    };
    let again = || refresh("try again", "retry");
    let renew = || refresh("refresh it", "refresh");
    let new_key = needed(Action::LogIn, "enter another key", "new key");
    let found = match urgency::need_of(model, profile, model.health_at_rest(profile, now.wall), now) {
        Need::NotSaved => [Some(needed(Action::Refresh, "save the new tokens", "save")), None],
        Need::NewKey | Need::TokenEnds if profile.kind == Kind::ApiKey => [Some(new_key), None],
        Need::Expiring if profile.kind == Kind::ApiKey => {
            [Some(Suggestion { is_needed: false, ..new_key }), None]
        }
        Need::Login | Need::NewKey | Need::TokenEnds => [log_in(), None],
        Need::SignedOut => [log_in().map(|suggestion| Suggestion { is_needed: false, ..suggestion }), None],
        Need::Refused if profile.kind == Kind::ApiKey => [Some(new_key), None],
        Need::Refused => [refresh("get a new token", "refresh"), log_in()],
        Need::Failed | Need::Retrying => [again(), log_in().filter(|_| !can_refresh)],
        Need::LoginEnds => {
            let is_over = matches!(
                model.health_at_rest(profile, now.wall),
                Health::Due | Health::Failed(_) | Health::Retrying(_)
            );
            [log_in(), renew().filter(|_| is_over)]
        }
        Need::Expiring => [renew().filter(|_| !is_planned), None],
        Need::Due => [renew(), None],
        Need::Nothing if profile.owner.is_some() && login::of_borrowed(model, profile).is_ok() => {
            let here = needed(Action::LogIn, "log in here", "log in");
            [Some(Suggestion { is_needed: false, ..here }), None]
        }
        Need::Unreadable | Need::Locked | Need::Nothing => [None, None],
    };
    found.into_iter().flatten().filter(|suggestion| is_allowed(model, suggestion)).collect()
}

/// Whether the settings let it be done.
fn is_allowed(model: &Model, suggestion: &Suggestion) -> bool {
    reach::check(model, suggestion.action).is_ok()
}

fn needed(action: Action, words: &'static str, brief: &'static str) -> Suggestion {
    Suggestion { action, words, brief, is_needed: true }
}
