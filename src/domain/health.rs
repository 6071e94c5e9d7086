//! Health of a profile at one instant.

use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::owner::Owner;
use crate::domain::profile::{Kind, Profile, RefreshResult};
use crate::domain::provider::Provider;
use crate::domain::refreshability::{
    NotRefreshable, has_live_grant, refreshability, refreshability_by_profile,
};
use crate::domain::schedule::When;

/// How a profile stands at one instant.
///
/// Computed on every frame and stored nowhere, so that a countdown can never be stale. An
/// access token past its end with a live grant is healthy: it is `Due`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Health {
    /// A key or a token of which no end is known.
    NoExpiry,
    /// Plenty of time left until the given end.
    Fresh(DateTime<Utc>),
    /// Less than a fifth of its life, or less than five minutes, left until the given end.
    Expiring(DateTime<Utc>),
    /// Past its end; a refresh gets another one.
    Due,
    /// The last refresh failed; the next one is planned, and makes sense from then on.
    Retrying(DateTime<Utc>),
    /// The last refresh failed, and none is planned; one makes sense from then on.
    Failed(DateTime<Utc>),
    /// Nothing but a login helps.
    NeedsLogin,
    /// The provider refused the token or key when it was last tested.
    Refused,
    /// The profile is kept, its tokens were erased here.
    SignedOut,
    /// A refresh is running.
    Refreshing,
    /// The entry of the file cannot be understood.
    Unreadable,
}

/// So long before its end a key is expiring, unless that is more than a fifth of its life.
const KEY_NOTICE: TimeDelta = TimeDelta::days(7);

/// Whether a refresh of the profile is running in this program.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Activity {
    Idle,
    /// A refresh is running.
    Refreshing,
}

impl Health {
    /// Judges `profile` at `now`. The worst that is true wins.
    #[must_use]
    pub fn of(profile: &Profile, activity: Activity, now: DateTime<Utc>) -> Self {
        if activity == Activity::Refreshing {
            return Self::Refreshing;
        }
        if let Some(owner) = &profile.owner {
            return borrowed(profile, owner, now);
        }
        if profile.held.tokens().is_none() {
            return if profile.revoked_at.is_some() { Self::SignedOut } else { Self::NeedsLogin };
        }
        if profile.kind != Kind::OAuth {
            return of_key(profile, now);
        }
        let ended = profile.life.expires_at.is_some_and(|end| end <= now);
        match profile.last_refresh_of_this_grant().map(|last| (last.at, &last.result)) {
            Some((_, RefreshResult::Dead { .. })) => return Self::NeedsLogin,
            _ if ended && !has_live_grant(profile, now) => return Self::NeedsLogin,
            // Past its end it would be refused anyway: what was tested is over.
            _ if !ended && profile.is_refused() => return Self::Refused,
            Some((_, RefreshResult::Passing { retry_at, .. })) => return failed(profile, *retry_at, now),
            Some((at, RefreshResult::Refused { retry_at, .. })) => {
                return failed(profile, retry_at.unwrap_or(at), now);
            }
            Some((_, RefreshResult::Done)) | None => {}
        }
        by_expiry(profile, now)
    }

    /// When tokens that work now end; nothing where they do not, or where no end is known.
    #[must_use]
    pub fn good_until(self) -> Option<DateTime<Utc>> {
        match self {
            Self::Fresh(end) | Self::Expiring(end) => Some(end),
            Self::NoExpiry
            | Self::Due
            | Self::Retrying(_)
            | Self::Failed(_)
            | Self::NeedsLogin
            | Self::Refused
            | Self::SignedOut
            | Self::Refreshing
            | Self::Unreadable => None,
        }
    }

    /// Whether the tokens work as they are, as far as anybody knows.
    #[must_use]
    pub fn works(self) -> bool {
        self == Self::NoExpiry || self.good_until().is_some()
    }

    /// Whether the token has ended, or the last refresh failed, and another may help.
    #[must_use]
    pub fn is_overdue(self) -> bool {
        match self {
            Self::Due | Self::Retrying(_) | Self::Failed(_) => true,
            Self::NoExpiry
            | Self::Fresh(_)
            | Self::Expiring(_)
            | Self::NeedsLogin
            | Self::Refused
            | Self::SignedOut
            | Self::Refreshing
            | Self::Unreadable => false,
        }
    }

    /// The state once it is known what `provider` says: no refresh ends it where that one names another server.
    #[must_use]
    pub fn with_provider<'a>(
        self,
        provider: impl FnOnce() -> Option<&'a Provider>,
        profile: &Profile,
        now: DateTime<Utc>,
    ) -> Self {
        if !self.is_overdue() {
            return self;
        }
        match refreshability(profile, provider(), now) {
            Err(NotRefreshable::OtherOrigin(_)) => Self::NeedsLogin,
            Ok(_) | Err(_) => self,
        }
    }

    /// When this state of `profile` will next be another by the passing of time alone.
    #[must_use]
    pub fn changes_at(self, profile: &Profile, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        match self {
            Self::Fresh(end) if profile.kind == Kind::OAuth || profile.owner.is_some() => {
                Some(end - margin(profile.life.obtained_at, end))
            }
            Self::Fresh(end) => Some(end - key_notice(profile.life.obtained_at, end)),
            Self::Expiring(end) => Some(end),
            Self::Due => profile.life.grant_ends_at,
            Self::Retrying(_) | Self::Failed(_) | Self::Refused => {
                profile.life.expires_at.into_iter().chain(profile.life.grant_ends_at).find(|at| *at > now)
            }
            Self::NoExpiry | Self::NeedsLogin | Self::SignedOut | Self::Refreshing | Self::Unreadable => None,
        }
    }

    /// The name of the state of `profile`: nothing of what another program keeps is due here, and nobody
    /// logs in to a key.
    #[must_use]
    pub fn word_for(self, profile: &Profile) -> &'static str {
        let is_ended_key = self == Self::NeedsLogin && profile.kind == Kind::ApiKey;
        let is_due_elsewhere = self == Self::Due && profile.owner.is_some();
        if is_due_elsewhere || is_ended_key && profile.held.tokens().is_some() {
            "expired"
        } else {
            self.word()
        }
    }

    /// The state's name as people read it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::NoExpiry => "no expiry",
            Self::Fresh(_) => "fresh",
            Self::Expiring(_) => "expiring",
            Self::Due => "due",
            Self::Retrying(_) => "retrying",
            Self::Failed(_) => "failed",
            Self::NeedsLogin => "needs login",
            Self::Refused => "refused",
            Self::SignedOut => "signed out",
            Self::Refreshing => "refreshing",
            Self::Unreadable => "unreadable",
        }
    }
}

/// The state of a key or a value: nobody but a person gets another one.
fn of_key(profile: &Profile, now: DateTime<Utc>) -> Health {
    match profile.life.expires_at {
        Some(end) if end <= now => Health::NeedsLogin,
        _ if profile.is_refused() => Health::Refused,
        Some(end) if end - now > key_notice(profile.life.obtained_at, end) => Health::Fresh(end),
        Some(end) => Health::Expiring(end),
        None => Health::NoExpiry,
    }
}

fn key_notice(obtained_at: Option<DateTime<Utc>>, end: DateTime<Utc>) -> TimeDelta {
    let life = obtained_at.map(|from| end - from).filter(|life| *life > TimeDelta::zero());
    life.map_or(KEY_NOTICE, |life| KEY_NOTICE.min(life / 5))
}

/// The state of what another program keeps: no refresh of ours ends it or mends it.
fn borrowed(profile: &Profile, owner: &Owner, now: DateTime<Utc>) -> Health {
    if profile.held.tokens().is_none() {
        return if owner.elsewhere.is_some() { Health::NoExpiry } else { Health::SignedOut };
    }
    let login_ended = profile.life.grant_ends_at.is_some_and(|end| end <= now);
    let health = by_expiry(profile, now);
    let is_over = login_ended || profile.refresh_token().is_none();
    if health == Health::Due && is_over { Health::NeedsLogin } else { health }
}

/// The state by the end of the token alone.
fn by_expiry(profile: &Profile, now: DateTime<Utc>) -> Health {
    match profile.life.expires_at {
        None => Health::NoExpiry,
        Some(end) if end <= now => Health::Due,
        Some(end) if end - now > margin(profile.life.obtained_at, end) => Health::Fresh(end),
        Some(end) => Health::Expiring(end),
    }
}

/// Whether `profile` is a login that works, which another login would only replace.
#[must_use]
pub fn is_working_login(profile: &Profile, provider: &Provider, now: DateTime<Utc>) -> bool {
    let health = Health::of(profile, Activity::Idle, now);
    profile.kind == Kind::OAuth && health.works() && profile.agrees_to_all(provider).is_ok()
}

/// The state after a refresh that failed, where another makes sense from `retry_at` on.
fn failed(profile: &Profile, retry_at: DateTime<Utc>, now: DateTime<Utc>) -> Health {
    match refreshability_by_profile(profile, now) {
        Ok(When::At(_)) => Health::Retrying(retry_at),
        Ok(When::OnRequest(_)) | Err(_) => Health::Failed(retry_at),
    }
}

/// How much time left still counts as aging. Never more than half the life, so that a
/// token of ten seconds is fresh for five.
fn margin(obtained_at: Option<DateTime<Utc>>, end: DateTime<Utc>) -> TimeDelta {
    let five_minutes = TimeDelta::minutes(5);
    match obtained_at.map(|from| end - from).filter(|life| *life > TimeDelta::zero()) {
        None => five_minutes,
        Some(life) => five_minutes.min(life / 2).max(life / 5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::fixtures::{at, empty_profile, tokens};

    use crate::domain::profile::{AutoRefresh, LastRefresh, LastTest, TestResult};
    use crate::domain::secret::Secret;
    use crate::domain::tokens::{Expiry, StoredTokens, Tokens};

    fn profile(refresh: bool, obtained: Option<i64>, expires: Option<i64>) -> Profile {
        let held = StoredTokens::Present(tokens("access", refresh.then_some("refresh")));
        let life = Expiry { obtained_at: obtained.map(at), expires_at: expires.map(at), grant_ends_at: None };
        Profile { held, life, ..empty_profile("demo/ana", Kind::OAuth) }
    }

    fn idle(profile: &Profile) -> &'static str {
        Health::of(profile, Activity::Idle, at(0)).word()
    }

    #[test]
    fn the_clock_decides_between_fresh_aging_due_and_needs_login() {
        for (refresh, obtained, expires, word) in [
            (true, Some(-3600), Some(3600), "fresh"),
            (true, Some(-3600), Some(901), "fresh"),
            (true, Some(-3600), Some(900), "expiring"),
            (true, Some(-5), Some(6), "fresh"),
            (true, Some(-5), Some(5), "expiring"),
            (true, None, Some(301), "fresh"),
            (true, None, Some(300), "expiring"),
            (true, Some(-3600), Some(0), "due"),
            (false, Some(-3600), Some(0), "needs login"),
            (false, Some(-3600), Some(3600), "fresh"),
            (true, None, None, "no expiry"),
        ] {
            assert_eq!(
                idle(&profile(refresh, obtained, expires)),
                word,
                "{refresh} {obtained:?} {expires:?}"
            );
        }
    }

    #[test]
    fn the_worst_that_is_true_wins() {
        let mut profile = profile(true, Some(-3600), Some(-1));
        let passing = RefreshResult::Passing { why: "503".into(), times: 1, retry_at: at(30) };
        profile.last_refresh = Some(Box::new(LastRefresh::new(at(-1), passing, profile.refresh_token_id())));
        assert_eq!(idle(&profile), "retrying");
        profile.auto_refresh = AutoRefresh::Off;
        assert_eq!(idle(&profile), "failed");
        profile.auto_refresh = AutoRefresh::On;
        let (why, next) = ("400".into(), "check client.id".into());
        let refused = RefreshResult::Refused { why, next, times: 1, retry_at: None };
        profile.last_refresh = Some(Box::new(LastRefresh::new(at(-1), refused, profile.refresh_token_id())));
        assert_eq!(Health::of(&profile, Activity::Idle, at(0)), Health::Failed(at(-1)));
        profile.life.grant_ends_at = Some(at(-1));
        assert_eq!(idle(&profile), "needs login");
        profile.held = StoredTokens::None;
        assert_eq!(idle(&profile), "needs login");
        profile.revoked_at = Some(at(-1));
        assert_eq!(idle(&profile), "signed out");
        assert_eq!(Health::of(&profile, Activity::Refreshing, at(0)), Health::Refreshing);
    }

    #[test]
    fn a_token_that_a_test_refused_stays_refused_until_it_ends_or_another_is_there() {
        let refused = |profile: &Profile| {
            let token = profile.token_fingerprint();
            let (result, token) = (TestResult::Refused, token.unwrap_or_default());
            Some(Box::new(LastTest { at: at(-1), result, status: 401, token }))
        };
        let mut login = profile(true, Some(-3600), Some(3600));
        login.last_test = refused(&login);
        assert_eq!(idle(&login), "refused");
        assert_eq!(Health::of(&login, Activity::Idle, at(0)).changes_at(&login, at(0)), Some(at(3600)));
        assert_eq!(Health::of(&login, Activity::Idle, at(3600)), Health::Due);
        login.held = StoredTokens::Present(Tokens { access: Secret::new("another"), refresh: None });
        assert_eq!(idle(&login), "fresh");

        let mut key = profile(false, None, None);
        key.kind = Kind::ApiKey;
        key.last_test = refused(&key);
        assert_eq!(idle(&key), "refused");
        key.last_test = key.last_test.map(|last| Box::new(LastTest { result: TestResult::Works, ..*last }));
        assert_eq!(idle(&key), "no expiry");
    }

    #[test]
    fn a_key_with_an_end_is_expiring_a_week_before_and_then_another_one_is_needed() {
        const DAY: i64 = 86_400;
        for (obtained, expires, word) in [
            (None, 8 * DAY, "fresh"),
            (None, 7 * DAY, "expiring"),
            (None, 1, "expiring"),
            (Some(0), 2 * DAY, "fresh"),
            (Some(-8 * DAY), 2 * DAY, "expiring"),
            (None, 0, "expired"),
            (None, -DAY, "expired"),
        ] {
            let key = Profile { kind: Kind::ApiKey, ..profile(false, obtained, Some(expires)) };
            let word_now = Health::of(&key, Activity::Idle, at(0)).word_for(&key);
            assert_eq!(word_now, word, "{obtained:?} {expires}");
        }
        let key = Profile { kind: Kind::ApiKey, ..profile(false, None, Some(8 * DAY)) };
        assert_eq!(Health::of(&key, Activity::Idle, at(0)).changes_at(&key, at(0)), Some(at(DAY)));
        assert_eq!(Health::of(&key, Activity::Idle, at(DAY)).changes_at(&key, at(DAY)), Some(at(8 * DAY)));
    }

    #[test]
    fn a_dead_grant_needs_a_login_until_another_grant_is_there() {
        let mut profile = profile(true, Some(-3600), Some(3600));
        let dead = RefreshResult::Dead { why: "invalid_grant".into() };
        profile.last_refresh = Some(Box::new(LastRefresh::new(at(-1), dead, profile.refresh_token_id())));
        assert_eq!(idle(&profile), "needs login");
        profile.held =
            StoredTokens::Present(Tokens { access: Secret::new("a"), refresh: Some(Secret::new("another")) });
        assert_eq!(idle(&profile), "fresh");
    }

    #[test]
    fn the_moment_of_change_is_the_moment_of_another_health() {
        let profile = profile(true, Some(-3600), Some(3600));
        let change = Health::of(&profile, Activity::Idle, at(0))
            .changes_at(&profile, at(0))
            .expect("a fresh token ages");
        let before = Health::of(&profile, Activity::Idle, change - TimeDelta::seconds(1));
        let after = Health::of(&profile, Activity::Idle, change);
        assert_ne!(before.word(), after.word());
    }
}
