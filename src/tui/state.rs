//! State of a profile as it is shown: its glyph, its colour, its clocks, its sentence.
//!
//! List, pane, header and help say the same of the same state because they say it from here.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::domain::clock::{
    self, DateTime, Now, TimeDelta, Utc, local, local_day, local_minute, until_next_minute,
};
use crate::domain::countdown::countdown;
use crate::domain::health::Health;
use crate::domain::name::StoreId;
use crate::domain::owner::Owner;
use crate::domain::profile::{self, Kind, Profile, RefreshResult};
use crate::domain::refreshability::{NotRefreshable, has_live_grant};
use crate::domain::residual_validity::Validity;
use crate::domain::rules::Rule;
use crate::domain::secret::Secret;
use crate::tui::auto_refresh;
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::text_layout;
use crate::tui::theme::Theme;

/// What is said of an end that nobody told.
pub const UNKNOWN_EXPIRY: &str = "expiry unknown";
/// Within this time of a login's end a person is asked to log in again.
pub const SOON: TimeDelta = TimeDelta::hours(48);

/// Every state with what it means, in the order in which the header counts them.
pub const MEANINGS: [(Health, &str); 11] = [
    (Health::Fresh(DateTime::<Utc>::MAX_UTC), "plenty of time left"),
    (Health::Expiring(DateTime::<Utc>::MAX_UTC), "5 minutes or a fifth of its life left"),
    (Health::Due, "token expired; a refresh gets a new one"),
    (Health::Refreshing, "a refresh is running"),
    (Health::Retrying(DateTime::<Utc>::MAX_UTC), "refresh failed; authtui tries again"),
    (Health::Failed(DateTime::<Utc>::MAX_UTC), "refresh failed; not tried again"),
    (Health::NeedsLogin, "log in again"),
    (Health::Refused, "the provider refused the token or key"),
    (Health::NoExpiry, "an API key, or no known expiry"),
    (Health::SignedOut, "tokens erased, profile kept"),
    (Health::Unreadable, "this entry in the file is not valid"),
];

/// The glyph of a state, in the state's colour.
#[must_use]
pub fn glyph(health: Health, theme: &Theme) -> Span<'static> {
    let states = &theme.glyphs.states;
    let glyph = match health {
        Health::NoExpiry => states.no_clock,
        Health::Fresh(_) => states.fresh,
        Health::Expiring(_) => states.aging,
        Health::Due => states.due,
        Health::Retrying(_) | Health::Failed(_) => states.failed,
        Health::NeedsLogin | Health::Refused => states.needs_login,
        Health::SignedOut => states.revoked_here,
        Health::Refreshing => states.refreshing,
        Health::Unreadable => states.unreadable,
    };
    Span::styled(glyph, style(health, theme))
}

/// The colour of a state.
#[must_use]
pub fn style(health: Health, theme: &Theme) -> Style {
    match health {
        Health::Fresh(_) => theme.good,
        Health::Expiring(_) | Health::Retrying(_) | Health::Failed(_) => theme.warn,
        Health::NeedsLogin | Health::Refused | Health::Unreadable => theme.bad,
        Health::Refreshing => theme.accent,
        Health::Due | Health::NoExpiry | Health::SignedOut => theme.muted,
    }
}

/// The glyph and the colour of what a row needs.
#[must_use]
pub fn sign(need: Need, theme: &Theme) -> (&'static str, Style) {
    let states = &theme.glyphs.states;
    match need {
        Need::Login | Need::NewKey | Need::Refused => (states.needs_login, theme.bad),
        Need::Unreadable | Need::Locked => (states.unreadable, theme.bad),
        Need::NotSaved => (states.failed, theme.bad),
        Need::Failed | Need::Retrying => (states.failed, theme.warn),
        Need::LoginEnds | Need::TokenEnds | Need::Expiring => (states.aging, theme.warn),
        Need::Due => (states.due, Style::new()),
        Need::Nothing => (states.fresh, theme.good),
        Need::SignedOut => (states.revoked_here, theme.muted),
    }
}

/// The time left until `end`.
#[must_use]
pub fn left(end: DateTime<Utc>, now: Now) -> String {
    countdown(end - now.wall).0
}

/// The time left until `end`, as the settings want it.
#[must_use]
pub fn left_by_settings(model: &Model, end: DateTime<Utc>, now: Now) -> String {
    if model.counts_slowly() { minutes_left(end, now) } else { left(end, now) }
}

/// The time left until `end` in minutes of the clock beside it, so that all change at once.
#[must_use]
pub fn minutes_left(end: DateTime<Utc>, now: Now) -> String {
    let minute = now.wall + clock::span(until_next_minute(now.wall)) - TimeDelta::minutes(1);
    match (end - minute).num_minutes() {
        ..1 => "<1m".to_owned(),
        minutes @ 1..60 => format!("{minutes}m"),
        _ => countdown(end - minute).0,
    }
}

/// An account as it may be seen: whole, or in privacy so little that it tells nobody's name.
#[must_use]
pub fn account(model: &Model, account: &str) -> String {
    let whole = text_layout::named(account);
    if !model.settings.privacy {
        return whole;
    }
    let first: String = whole.chars().take(1).collect();
    if whole.contains('@') { format!("{first}…@…") } else { format!("{first}…") }
}

/// The note about a profile as it may be seen.
#[must_use]
pub fn note(model: &Model, profile: &Profile) -> Option<String> {
    let note = profile.note.as_deref()?;
    Some(if model.settings.privacy { "hidden by privacy mode".to_owned() } else { text_layout::safe(note) })
}

/// Whose a borrowed login is: the program that keeps it, and the account where it is known.
#[must_use]
pub fn owned_account(model: &Model, profile: &Profile) -> String {
    let title = profile.owner.as_ref().map(|owner| text_layout::named(&owner.title));
    let account = profile.account.as_deref().map(|of| account(model, of));
    title.into_iter().chain(account).collect::<Vec<_>>().join(" · ")
}

/// A moment on the person's clock, in one piece for [`text_layout::wrap`].
#[must_use]
pub fn moment(at: DateTime<Utc>, now: Now) -> String {
    local(at, now.offset).replace(' ', &text_layout::FIXED_SPACE.to_string())
}

/// A day on the person's clock, with its time where it is near: `17:06`, `30 Nov 17:06`, `28 Oct 2027`.
#[must_use]
pub fn day(at: DateTime<Utc>, now: Now) -> String {
    let (day, minute) = (local_day(at, now.offset), local_minute(at, now.offset));
    let apart = (at - now.wall).abs();
    let text = if apart < TimeDelta::days(1) && day == local_day(now.wall, now.offset) {
        minute
    } else if apart < TimeDelta::days(300) {
        format!("{day} {minute}")
    } else {
        local(at, now.offset).split(' ').take(3).collect::<Vec<_>>().join(" ")
    };
    text.replace(' ', &text_layout::FIXED_SPACE.to_string())
}

/// A span that does not run down: `24h`, `90m`.
#[must_use]
pub fn span(span: TimeDelta) -> String {
    let text = countdown(span).0;
    let short = text.strip_suffix("00m").or_else(|| text.strip_suffix("00s"));
    short.map_or(text.clone(), str::to_owned)
}

/// The end of a profile's grant, where it is so near that it matters more than the token's.
#[must_use]
pub fn grant_ends_soon(profile: &Profile, now: Now) -> Option<DateTime<Utc>> {
    Validity::of_login(profile, now.wall)?.until().filter(|end| *end - now.wall <= SOON)
}

/// Where a rule says that `profile` is meant.
#[must_use]
pub fn ruled_places(model: &Model, profile: &Profile) -> Vec<String> {
    let store = profile.id.store;
    let is_meant =
        |rule: &&Rule| rule.profile == profile.id.name && rule.store.unwrap_or(StoreId::Own) == store;
    let rules = model.rules.0.iter().filter(is_meant);
    rules.map(|rule| text_layout::safe(&rule.place.to_string())).collect()
}

/// What people may see of one of a profile's secrets.
#[must_use]
pub fn mask(model: &Model, profile: &Profile, secret: &Secret) -> String {
    text_layout::safe(&secret.mask(model.provider(profile).map_or(&[], |provider| &provider.masks)))
}

/// How the profile stands, in a sentence or two; [`suggestion`](crate::tui::suggestion) has the keys that help.
#[must_use]
pub fn sentence(model: &Model, profile: &Profile, now: Now) -> String {
    if let Some(owner) = &profile.owner {
        return borrowed(model, profile, owner, now);
    }
    let planned = || auto_refresh::planned(model, profile, now);
    match model.health(profile, now.wall) {
        Health::NoExpiry => match profile.kind {
            Kind::OAuth => "The provider gives no expiry.",
            Kind::ApiKey => "No end of this key is known.",
            Kind::Environment => "It is set in the environment of authtui.",
        }
        .to_owned(),
        Health::Fresh(end) | Health::Expiring(end) if let Some(at) = planned() => {
            format!(
                "Good for {}; authtui refreshes it {}.",
                left_by_settings(model, end, now),
                soon(model, at, now)
            )
        }
        Health::Due if let Some(at) = planned() => {
            format!("The token expired; authtui refreshes it {}.", soon(model, at, now))
        }
        Health::Expiring(end) if profile.kind == Kind::ApiKey => {
            format!("Good for {}; then you need a new key.", left_by_settings(model, end, now))
        }
        Health::Expiring(end) if !has_live_grant(profile, now.wall) => {
            format!("Good for {}; then you have to log in again.", left_by_settings(model, end, now))
        }
        Health::Fresh(end) | Health::Expiring(end) => {
            format!("Good for {}.", left_by_settings(model, end, now))
        }
        Health::Due => "The token expired.".to_owned(),
        Health::Retrying(_) | Health::Failed(_) => failed(model, profile, now),
        Health::NeedsLogin
            if matches!(model.refreshability(profile, now.wall), Err(NotRefreshable::OtherOrigin(_))) =>
        {
            String::new()
        }
        Health::NeedsLogin => format!("{}.", loss(profile)),
        Health::Refused => match profile.kind {
            Kind::ApiKey => "The provider refused this key in the last test.",
            Kind::Environment => "The provider refused it in the last test. Set another value in your shell.",
            Kind::OAuth => "The provider refused the token in the last test.",
        }
        .to_owned(),
        Health::SignedOut => {
            let at = profile.revoked_at.map_or_else(String::new, |at| {
                let day = day(at, now);
                format!(" {} {day}", if day.contains(text_layout::FIXED_SPACE) { "on" } else { "at" })
            });
            format!("The tokens were erased here{at}.")
        }
        Health::Refreshing => "Asking the provider for new tokens.".to_owned(),
        Health::Unreadable => String::new(),
    }
}

/// The same of a login that another program keeps.
fn borrowed(model: &Model, profile: &Profile, owner: &Owner, now: Now) -> String {
    let title = text_layout::safe(&owner.title);
    let refreshes = || format!("{title} refreshes it when it runs.");
    match model.health(profile, now.wall) {
        Health::Fresh(end) | Health::Expiring(end) => {
            let left = left_by_settings(model, end, now);
            match profile.refresh_token() {
                Some(_) => format!("Good for {left}; {}", refreshes()),
                None => format!("Good for {left}."),
            }
        }
        Health::Due => format!("The token expired; {}", refreshes()),
        Health::NeedsLogin => format!("The token expired; log in again in {title}."),
        Health::SignedOut => format!("{title} is logged out."),
        Health::NoExpiry => match (&owner.elsewhere, profile.kind) {
            (Some(elsewhere), _) => format!("{}.", text_layout::safe(elsewhere)),
            (None, Kind::ApiKey) => "API keys do not expire on their own.".to_owned(),
            (None, Kind::OAuth | Kind::Environment) => "The file says no expiry.".to_owned(),
        },
        Health::Retrying(_)
        | Health::Failed(_)
        | Health::Refused
        | Health::Refreshing
        | Health::Unreadable => String::new(),
    }
}

/// Why nothing on this machine refreshes the profile, where that is so and its state does not say it.
#[must_use]
pub fn never_refreshed(model: &Model, profile: &Profile, now: Now) -> Option<String> {
    let name = profile.id.name.provider();
    let catalog = &model.catalog;
    match model.refreshability(profile, now.wall).err()? {
        NotRefreshable::NoProviderFile => Some(match catalog.error(name) {
            Some(complaint) => format!(
                "The provider file “{name}” cannot be used, so authtui can only show this profile. {}",
                text_layout::safe(&complaint.to_string())
            ),
            None => format!("There is no provider file for {name}, so authtui can only show this profile."),
        }),
        NotRefreshable::Example => Some(format!(
            "“{name}” is only an example: authtui sends nothing there. Next: {}.",
            text_layout::safe(&catalog.example_remedy(name).unwrap_or_default())
        )),
        NotRefreshable::NotOffered if profile.refresh_token().is_some() => {
            Some(format!("The provider file “{name}” has no refresh, so this login cannot be refreshed."))
        }
        NotRefreshable::OtherOrigin(other) => Some(format!(
            "{}. Press {} to log in again; then authtui refreshes it.",
            text_layout::capital(&text_layout::safe(&other.to_string())),
            model.keys.key(Action::LogIn)
        )),
        NotRefreshable::NotOffered
        | NotRefreshable::ApiKey
        | NotRefreshable::EnvironmentVariable
        | NotRefreshable::Borrowed(_)
        | NotRefreshable::NoTokens
        | NotRefreshable::NoRefreshToken
        | NotRefreshable::BadAddress
        | NotRefreshable::GrantDead(_) => None,
    }
}

/// `in 4m12s`, or `now`.
fn soon(model: &Model, at: DateTime<Utc>, now: Now) -> String {
    if at > now.wall { format!("in {}", left_by_settings(model, at, now)) } else { "now".to_owned() }
}

/// Why the last refresh failed, what to do about it, and when it is asked again.
fn failed(model: &Model, profile: &Profile, now: Now) -> String {
    let (why, next) = match profile.last_refresh_of_this_grant().map(|last| &last.result) {
        Some(RefreshResult::Passing { why, .. }) => (text_layout::safe(why), None),
        Some(RefreshResult::Refused { why, next, .. }) => {
            (text_layout::safe(why), Some(text_layout::safe(next)))
        }
        Some(RefreshResult::Done | RefreshResult::Dead { .. }) | None => (String::new(), None),
    };
    let again = auto_refresh::planned(model, profile, now)
        .map_or_else(String::new, |at| format!(" authtui tries again {}.", soon(model, at, now)));
    let next = next.map_or_else(String::new, |next| format!(" Next: {next}."));
    let why = profile::with_subject(&why, "the provider");
    format!("{}.{next}{again}", text_layout::capital(&why))
}

fn loss(profile: &Profile) -> String {
    if profile.held.tokens().is_none() {
        return "No tokens are stored".to_owned();
    }
    if profile.kind == Kind::ApiKey {
        return "This key has expired".to_owned();
    }
    match profile.last_refresh_of_this_grant().map(|last| &last.result) {
        Some(RefreshResult::Dead { why }) => {
            let why = text_layout::safe(why);
            format!("The provider ended this login ({})", why.trim_start_matches("refused with "))
        }
        Some(RefreshResult::Done | RefreshResult::Passing { .. } | RefreshResult::Refused { .. }) | None => {
            if profile.refresh_token().is_some() {
                "The login has expired".to_owned()
            } else {
                "The token has expired and there is no refresh token".to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_that_does_not_run_down_leaves_out_what_is_zero() {
        for (seconds, text) in [(86_400, "24h"), (5400, "1h30m"), (300, "5m"), (45, "45s"), (600, "10m")] {
            assert_eq!(span(TimeDelta::seconds(seconds)), text);
        }
    }

    #[test]
    fn every_state_is_explained_once() {
        let mut words = MEANINGS.map(|(health, _)| health.word());
        words.sort_unstable();
        assert_eq!(words.windows(2).filter(|pair| pair[0] == pair[1]).count(), 0);
    }
}
