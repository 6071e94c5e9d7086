//! Refresh notes: what people are told about the refreshes of a profile beside its state.

use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::grant_status::GrantStatus;
use crate::domain::profile::{ClockDiffers, EndBy, Profile};
use crate::domain::refreshability::{has_live_grant, refreshability_by_profile};
use crate::domain::schedule::{OnRequest, When};
use crate::tui::auto_refresh::{self, NoAutoRefresh, outlook};
use crate::tui::message::Action;
use crate::tui::model::{Model, OffBy};
use crate::tui::{state, text_layout};

/// How long before its end the secret of a client is spoken of.
const CLIENT_SECRET_NOTICE: TimeDelta = TimeDelta::days(14);

/// Sentences about what `profile` holds since a refresh; `scopes` are those it had before.
#[must_use]
pub fn after_refresh(scopes: &[String], profile: &Profile, now: Now) -> Vec<String> {
    let lost: Vec<&str> =
        scopes.iter().filter(|scope| !profile.scopes.contains(scope)).map(String::as_str).collect();
    let narrower = (!lost.is_empty()).then(|| {
        let lost = text_layout::safe(&lost.join(" "));
        format!("The provider removed scopes: {lost}. A new login asks for them again.")
    });
    let has_ended = profile.life.expires_at.is_some_and(|end| end <= now.wall);
    let ended = has_ended.then(|| "The provider says the new token has already expired.".to_owned());
    let odd = profile.last_refresh_of_this_grant().and_then(|last| last.odd.as_deref());
    let odd = odd.map(|odd| format!("The answer was unusual: {}.", text_layout::safe(odd)));
    let clock = clock(profile, now).filter(|_| !has_ended).map(|clock| text_layout::safe(&clock));
    let endless = profile
        .life
        .expires_at
        .is_none()
        .then(|| "The provider gives no expiry for the new token, so auto-refresh skips it.".to_owned());
    narrower.into_iter().chain(odd).chain(ended).chain(endless).chain(clock).collect()
}

/// What is known of the grant of `profile`, and what is said of it.
#[must_use]
pub fn grant_history<'a>(model: &'a Model, profile: &Profile, now: Now) -> Option<(GrantStatus<'a>, String)> {
    if model.running(&profile.id).refresh.is_some() {
        return None;
    }
    let known = GrantStatus::of(&model.events, profile, model.provider(profile), &model.asking)?;
    let words = text_layout::capital(&known.words(now, state::moment));
    let text = match (known, &profile.owner) {
        (GrantStatus::UnderWay(_) | GrantStatus::Survived(_), _) => format!("{words}."),
        (GrantStatus::Interrupted(_) | GrantStatus::Outdated(_), Some(owner)) => {
            format!("{words}. {}.", text_layout::safe(&owner.may_ask()))
        }
        (GrantStatus::Interrupted(_), None) => {
            let (refresh, log_in) = (model.keys.key(Action::Refresh), model.keys.key(Action::LogIn));
            let next = match auto_refresh::planned(model, profile, now) {
                Some(at) if at > now.wall => {
                    format!("authtui tries again in {}", state::left_by_settings(model, at, now))
                }
                Some(_) => "authtui tries again".to_owned(),
                None => format!("{refresh} tries again"),
            };
            format!(
                "{words}. Stored tokens are unchanged. Next: {next}; if the provider refuses it, log in \
                 again ({log_in})."
            )
        }
        (GrantStatus::Outdated(_), None) => {
            format!("{words}. The next refresh looks for the newer ones; these are never sent.")
        }
    };
    Some((known, text))
}

/// Why `profile` has no auto-refresh, and what refreshes it; nothing where it has, or where its state
/// says it all.
#[must_use]
pub fn no_auto_refresh(model: &Model, profile: &Profile, now: Now) -> Option<String> {
    if !has_live_grant(profile, now.wall) {
        return None;
    }
    let refresh = model.keys.key(Action::Refresh);
    let words = match outlook(model, profile, now).err()? {
        NoAutoRefresh::Off(OffBy::CommandLine) => {
            "auto-refresh is off (started with --no-auto-refresh)".to_owned()
        }
        NoAutoRefresh::Off(OffBy::Settings) => {
            "auto-refresh is off (automatic_refresh in settings.yaml)".to_owned()
        }
        NoAutoRefresh::Off(OffBy::ReadOnly) => {
            "auto-refresh is off: authtui is read-only (settings)".to_owned()
        }
        NoAutoRefresh::Off(OffBy::Unreadable) => {
            "auto-refresh is off: settings.yaml cannot be read".to_owned()
        }
        NoAutoRefresh::Unwritable => "auto-refresh is off: the file cannot be written".to_owned(),
        NoAutoRefresh::OnRequest(OnRequest::TurnedOff) => {
            format!("auto-refresh is off; {} turns it on", model.keys.key(Action::ToggleAutoRefresh))
        }
        NoAutoRefresh::OnRequest(OnRequest::NoExpiry) => {
            format!("only {refresh} refreshes it: the provider gives no expiry")
        }
        NoAutoRefresh::OnRequest(OnRequest::ShortLived(life)) => {
            format!("only {refresh} refreshes it: the token lasts only {}", state::span(life))
        }
        NoAutoRefresh::OnRequest(OnRequest::WrongClock) => {
            format!("only {refresh} refreshes it: a clock is wrong")
        }
        NoAutoRefresh::OnRequest(OnRequest::GrantDead | OnRequest::GrantExpired | OnRequest::Refused)
        | NoAutoRefresh::NotRefreshable(_)
        | NoAutoRefresh::NotNow => return None,
    };
    Some(words)
}

/// That the client's secret ends soon, or has ended: without it nothing is refreshed.
#[must_use]
pub fn client_secret(model: &Model, profile: &Profile, now: Now) -> Option<String> {
    let end = client_secret_ends(model, profile)?;
    let day = state::day(end, now);
    if end <= now.wall {
        return Some(format!("The client's secret expired on {day}: register the client again."));
    }
    let is_soon = end - now.wall <= CLIENT_SECRET_NOTICE;
    is_soon.then(|| format!("The client's secret expires on {day}: register the client again before then."))
}

/// When the secret of the client that `profile` was logged in with ends, as the provider file says.
#[must_use]
pub fn client_secret_ends(model: &Model, profile: &Profile) -> Option<DateTime<Utc>> {
    let client = &model.provider(profile)?.client;
    let is_its = client.id.is_none() || client.id == profile.client_id;
    client.secret_ends.filter(|_| is_its && profile.login.client_secret.is_some())
}

/// What is wrong with a clock, where the last answer of the profile's provider showed that.
#[must_use]
pub fn clock(profile: &Profile, now: Now) -> Option<String> {
    let name = profile.id.name.provider();
    let last = profile.last_refresh_of_this_grant();
    if let Some(ClockDiffers { ahead, end_by }) = last.and_then(|last| last.clock_differs) {
        // To the minute: the answer was on its way for some seconds.
        let by = state::span(TimeDelta::minutes((ahead.num_seconds().saturating_abs() + 30) / 60));
        let side = if ahead < TimeDelta::zero() { "behind" } else { "ahead of" };
        let end = match end_by {
            EndBy::Ours => "",
            EndBy::Theirs => " The expiry it gives may be wrong.",
        };
        return Some(format!("The clock of {name} is {by} {side} this machine's.{end}"));
    }
    let wrong = refreshability_by_profile(profile, now.wall) == Ok(When::OnRequest(OnRequest::WrongClock));
    wrong.then(|| {
        format!(
            "{name} gave a token that has expired by this machine's clock: one of the \
            clocks is wrong."
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::fixtures::{at, empty_profile, now};

    use crate::domain::profile::Kind;

    #[test]
    fn scopes_that_went_and_an_end_at_once_or_unknown_are_said_and_nothing_else() {
        let mut profile = empty_profile("acme/ana", Kind::OAuth);
        profile.scopes = ["a".to_owned()].into();
        profile.life.expires_at = Some(at(300));
        let said = |before: &[&str], profile: &Profile| {
            let before: Vec<String> = before.iter().map(|scope| (*scope).to_owned()).collect();
            after_refresh(&before, profile, now())
        };
        assert_eq!(said(&["a"], &profile), [""; 0]);
        assert_eq!(said(&[], &profile), [""; 0]);
        let lost = said(&["a", "b", "c"], &profile);
        assert_eq!(lost, ["The provider removed scopes: b c. A new login asks for them again."]);
        profile.life.expires_at = Some(at(0));
        assert!(said(&["a"], &profile)[0].contains("has already expired"));
        profile.life.expires_at = None;
        assert!(said(&["a"], &profile)[0].contains("gives no expiry"));
    }
}
