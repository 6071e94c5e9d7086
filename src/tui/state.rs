//! State of a profile as it is shown: its glyph, its colour, its clocks, its sentence.
//!
//! List, detail, header and help say the same of the same state because they say it from here.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, local};
use crate::domain::countdown::countdown;
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile, RefreshResult};
use crate::domain::refreshability::{NotRefreshable, has_live_grant};
use crate::domain::residual_validity::Validity;
use crate::domain::secret::Secret;
use crate::tui::auto_refresh;
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::text_layout;
use crate::tui::theme::Theme;

/// Within this time of a login's end a person is asked to log in again.
pub const SOON: TimeDelta = TimeDelta::hours(48);

/// Every state with what it means, in the order in which the header counts them.
pub const MEANINGS: [(Health, &str); 11] = [
    (Health::Fresh(DateTime::<Utc>::MAX_UTC), "plenty of time left"),
    (Health::Expiring(DateTime::<Utc>::MAX_UTC), "5 minutes or a fifth of its life left"),
    (Health::Due, "token expired; a refresh gets a new one"),
    (Health::Refreshing, "a refresh is running"),
    (Health::Retrying(DateTime::<Utc>::MAX_UTC), "refresh failed; tried again soon"),
    (Health::Failed(DateTime::<Utc>::MAX_UTC), "refresh failed; r tries again"),
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
        Need::Login | Need::Refused => (states.needs_login, theme.bad),
        Need::Mending => (states.unreadable, theme.bad),
        Need::Saving => (states.failed, theme.bad),
        Need::Retry | Need::Patience => (states.failed, theme.warn),
        Need::LoginEnds | Need::TokenEnds | Need::Expiring => (states.aging, theme.warn),
        Need::Refresh => (states.due, Style::new()),
        Need::Nothing => (states.fresh, theme.good),
        Need::SignedOut => (states.revoked_here, theme.muted),
    }
}

/// The time left until `end`.
#[must_use]
pub fn left(end: DateTime<Utc>, now: Now) -> String {
    countdown(end - now.wall).0
}

/// A moment on the person's clock, in one piece for [`text_layout::wrap`].
#[must_use]
pub fn moment(at: DateTime<Utc>, now: Now) -> String {
    local(at, now.offset).replace(' ', &text_layout::FIXED_SPACE.to_string())
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
    match Validity::of_login(profile, now.wall)? {
        Validity::Until(end) => (end - now.wall <= SOON).then_some(end),
        Validity::NoEndKnown | Validity::Ended(_) | Validity::Refused => None,
    }
}

/// What people may see of one of a profile's secrets.
#[must_use]
pub fn mask(model: &Model, profile: &Profile, secret: &Secret) -> String {
    text_layout::safe(&secret.mask(model.provider(profile).map_or(&[], |provider| &provider.masks)))
}

/// How the profile stands, and what to do about it.
#[must_use]
pub fn sentence(model: &Model, profile: &Profile, now: Now) -> String {
    let health = model.health(profile, now.wall);
    let words = match health {
        Health::NoExpiry => match profile.kind {
            Kind::OAuth => "the provider gives no expiry",
            Kind::ApiKey => "API keys do not expire on their own",
            Kind::Environment => "set in the environment of authtui",
        }
        .to_owned(),
        Health::Fresh(end) | Health::Expiring(end)
            if let Some(at) = auto_refresh::planned(model, profile, now) =>
        {
            format!("{} left, auto-refresh {}", left(end, now), soon(at, now))
        }
        Health::Due if let Some(at) = auto_refresh::planned(model, profile, now) => {
            format!("token expired, auto-refresh {}", soon(at, now))
        }
        Health::Fresh(end) => format!("{} left", left(end, now)),
        Health::Expiring(end) if !has_live_grant(profile, now.wall) => {
            format!("{} left, then log in again (l)", left(end, now))
        }
        Health::Expiring(end) if can_refresh(model, profile, now) => {
            format!("{} left, r refreshes it", left(end, now))
        }
        Health::Expiring(end) => format!("{} left", left(end, now)),
        Health::Due if can_refresh(model, profile, now) => "token expired, r refreshes it".to_owned(),
        Health::Due => "token expired".to_owned(),
        Health::Retrying(_) | Health::Failed(_) => failed(model, profile, now),
        Health::NeedsLogin => loss(model, profile, now) + log_in(model, profile),
        Health::Refused => refused(model, profile, now),
        Health::SignedOut => {
            let at = profile.revoked_at.map_or_else(String::new, |at| format!(" {}", moment(at, now)));
            format!("tokens erased{at}{}", log_in(model, profile))
        }
        Health::Refreshing => "asking the provider for new tokens".to_owned(),
        Health::Unreadable => String::new(),
    };
    format!("{} · {words}", health.word())
}

/// Why nothing on this machine refreshes the profile, where that is so and its state does not say it.
#[must_use]
pub fn never_refreshed(model: &Model, profile: &Profile, now: Now) -> Option<String> {
    let name = profile.id.name.provider();
    let catalog = model.catalog.as_ref()?;
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
            "{}. Press l to log in again; then authtui refreshes it.",
            text_layout::capital(&text_layout::safe(&other.to_string()))
        )),
        NotRefreshable::NotOffered
        | NotRefreshable::ApiKey
        | NotRefreshable::EnvironmentVariable
        | NotRefreshable::NoTokens
        | NotRefreshable::NoRefreshToken
        | NotRefreshable::BadAddress
        | NotRefreshable::GrantDead(_) => None,
    }
}

/// The way out of a state that only a login ends.
fn log_in(model: &Model, profile: &Profile) -> &'static str {
    let can = model.catalog.is_none() || model.provider(profile).is_some_and(|provider| !provider.example);
    if can && profile.kind == Kind::OAuth { ". Press l to log in again." } else { "." }
}

fn can_refresh(model: &Model, profile: &Profile, now: Now) -> bool {
    model.refreshability(profile, now.wall).is_ok()
}

/// `in 4m12s`, or `now`.
fn soon(at: DateTime<Utc>, now: Now) -> String {
    if at > now.wall { format!("in {}", left(at, now)) } else { "now".to_owned() }
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
    let again = match auto_refresh::planned(model, profile, now) {
        Some(at) => format!("; next try {}", soon(at, now)),
        None if can_refresh(model, profile, now) => "; r tries again".to_owned(),
        None => String::new(),
    };
    match next {
        Some(next) => format!("{why}. Next: {next}{again}"),
        None => format!("{why}{again}"),
    }
}

/// Why a token or key does not work although its end has not come, and the key that helps.
fn refused(model: &Model, profile: &Profile, now: Now) -> String {
    let remedy = match profile.kind {
        Kind::ApiKey => "Press l to enter another key.",
        Kind::Environment => "Set another value in your shell.",
        Kind::OAuth if has_live_grant(profile, now.wall) && can_refresh(model, profile, now) => {
            "Press r for a new token, or l to log in again."
        }
        Kind::OAuth => "Press l to log in again.",
    };
    format!("the provider refused it in the last test. {remedy}")
}

fn loss(model: &Model, profile: &Profile, now: Now) -> String {
    if profile.held.tokens().is_none() {
        return "no tokens are stored".to_owned();
    }
    match profile.last_refresh_of_this_grant().map(|last| &last.result) {
        Some(RefreshResult::Dead { why }) => {
            format!("the provider ended this login ({})", text_layout::safe(why))
        }
        Some(RefreshResult::Done | RefreshResult::Passing { .. } | RefreshResult::Refused { .. }) | None => {
            if matches!(model.refreshability(profile, now.wall), Err(NotRefreshable::OtherOrigin(_))) {
                "the provider file names another server".to_owned()
            } else if profile.refresh_token().is_some() {
                "the login has expired".to_owned()
            } else {
                "the token has expired and there is no refresh token".to_owned()
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
