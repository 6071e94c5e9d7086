//! Refresh of a profile's tokens: when one is needed, what it asks, and what its answer means.
//!
//! The shell holds the grant's lock around all of it; here is only the judgement, so that it
//! can be tried without a clock, a file or a server.

use std::time::Duration;

use crate::domain::change::{RefreshedTokens, Snapshot};
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, local, span};
use crate::domain::profile::{ClockDiffers, EndBy, Kind, LastRefresh, Profile, RefreshResult};
use crate::domain::provider::meaning::{Meaning, Meanings};
use crate::domain::provider::request_template::Placeholder;
use crate::domain::provider::{Provider, RefreshScope};
use crate::domain::refreshability::{NotRefreshable, Refreshable, refreshability};
use crate::domain::schedule;
use crate::domain::secret::{Fingerprint, Secret};
use crate::domain::tokens::{Expiry, RefreshTokenId, Tokens};
use crate::domain::trouble::{Stored, Trouble};
use crate::oauth::reply::{self, Refusal, Remedy, TokenResponse};
use crate::oauth::request::{Bindings, Reply, Request};

/// Said where the answer to a refresh was lost.
const SPENT: &str = "the refresh token may already be used up; if so, you will have to log in again";

/// How a refresh ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refreshed {
    /// New tokens are stored.
    Done(Snapshot),
    /// The stored token will do, or somebody else has just stored another one.
    Enough(Snapshot),
    /// New tokens came and could not be stored in the place of the pair they were asked for.
    Unsaved(Box<RefreshedTokens>, Fingerprint, Trouble),
    /// No new tokens; the store as it is after what happened was written down.
    Failed(Option<Snapshot>, Trouble),
}

/// What somebody wants of a profile's access token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// That it is good for at least so long.
    Valid {
        /// How long.
        for_at_least: Duration,
    },
    /// The same, wished by nobody in particular: a provider that is to be asked later is not asked now.
    Due {
        /// How long.
        within: Duration,
    },
    /// A new one.
    New,
    /// A new one, unless the provider has said that the grant is over.
    NewUnlessDead,
}

/// What follows from a wish.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Decision {
    /// The stored token will do.
    Enough,
    /// This request must be sent.
    Ask(Box<Request>),
    /// Nothing is to be asked yet: what the last refresh was told still stands.
    Known(LastRefresh),
    /// No refresh can help.
    Cannot(NotRefreshable),
}

/// Decides what `wish` needs. `seen` is the pair of tokens that was there before the lock was
/// taken: another pair now means that somebody else has just refreshed, and theirs is taken.
#[must_use]
pub fn decide(
    profile: &Profile,
    provider: Option<&Provider>,
    seen: Option<&Fingerprint>,
    wish: Wish,
    now: Now,
) -> Decision {
    let Some(tokens) = profile.held.tokens() else { return Decision::Cannot(NotRefreshable::NoTokens) };
    let adopted = profile.kind == Kind::OAuth && seen.is_some_and(|seen| *seen != tokens.fingerprint());
    if adopted || is_enough(profile, wish, now.wall) {
        return Decision::Enough;
    }
    let last = profile.last_refresh_of_this_grant().filter(|last| stands(last, now.wall));
    match (request(profile, provider, wish, now.wall), wish, last) {
        (Err(why), ..) => Decision::Cannot(why),
        (Ok(_), Wish::Due { .. }, Some(last)) => Decision::Known(last.clone()),
        (Ok(request), ..) => Decision::Ask(Box::new(request)),
    }
}

/// Whether what `last` was told would be told again: the grant is over, nothing was changed since, or
/// its pause is not over. A pause that was counted by a clock which has since been set back means
/// nothing.
#[must_use]
pub fn stands(last: &LastRefresh, now: DateTime<Utc>) -> bool {
    match &last.result {
        RefreshResult::Done => false,
        RefreshResult::Dead { .. } | RefreshResult::Refused { retry_at: None, .. } => true,
        RefreshResult::Passing { retry_at, .. } | RefreshResult::Refused { retry_at: Some(retry_at), .. } => {
            *retry_at > now && !schedule::is_in_the_future(last.at, now)
        }
    }
}

/// Whether the access token fulfils `wish`. The time asked for never counts for more than half
/// the token's life, so that a token of ten seconds is not refreshed for ever. An end that was
/// counted by a clock which has since been set back proves nothing.
fn is_enough(profile: &Profile, wish: Wish, now: DateTime<Utc>) -> bool {
    let for_at_least = match wish {
        Wish::Valid { for_at_least } => for_at_least,
        Wish::Due { within } => within,
        Wish::New | Wish::NewUnlessDead => return false,
    };
    let life = &profile.life;
    let Some(end) = life.expires_at.filter(|_| profile.kind == Kind::OAuth) else { return true };
    if life.obtained_at.is_some_and(|from| schedule::is_in_the_future(from, now)) {
        return false;
    }
    // The provider tells of every token that it has ended already: another one would be no better.
    if life.obtained_at.is_some_and(|from| end <= from && now - from < schedule::MIN_REFRESH_GAP) {
        return true;
    }
    let half = life.obtained_at.map(|from| (end - from) / 2);
    let margin = half.map_or(span(for_at_least), |half| half.min(span(for_at_least)));
    end > now && end - now >= margin
}

fn request(
    profile: &Profile,
    provider: Option<&Provider>,
    wish: Wish,
    now: DateTime<Utc>,
) -> Result<Request, NotRefreshable> {
    let Refreshable { tokens, refresh_token, provider, call, .. } = refreshability(profile, provider, now)?;
    // A person who asks for a new token is not told what an earlier answer was.
    if wish != Wish::New
        && let Some(LastRefresh { result: RefreshResult::Dead { why }, .. }) =
            profile.last_refresh_of_this_grant()
    {
        return Err(NotRefreshable::GrantDead(why.clone()));
    }
    let id = profile.client_id.as_deref().or(provider.client.id.as_deref()).unwrap_or_default();
    let mut request =
        Bindings::from_client(&provider.client.authentication, id, profile.login.client_secret.as_ref())
            .with(Placeholder::Refresh, refresh_token.clone())
            .with(Placeholder::Scope, Secret::new(scope(profile, provider)))
            .fill(call)
            .map_err(|_| NotRefreshable::BadAddress)?;
    // It is not sent, but the provider knows it.
    request.secrets.push(tokens.access.clone());
    Ok(request)
}

/// What fills `{scope}` of a refresh.
fn scope(profile: &Profile, provider: &Provider) -> String {
    let scopes = match provider.refresh_scope {
        RefreshScope::Granted if !profile.scopes.is_empty() => &*profile.scopes,
        RefreshScope::Granted | RefreshScope::Default => &*provider.scopes.default,
        RefreshScope::None => return String::new(),
    };
    scopes.join(&provider.scopes.separator)
}

/// What a reply to a refresh means.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshVerdict {
    /// New tokens, to be stored before anything else happens.
    Refreshed(Box<RefreshedTokens>),
    /// A new refresh token without an access token that could be used: to be stored all the same,
    /// with the old access token, because the old refresh token is spent.
    Rotated(Box<RefreshedTokens>),
    /// It did not work; this is to be written down.
    Failed(LastRefresh),
}

/// Judges the reply to a refresh of `profile`.
#[must_use]
pub fn judge(
    profile: &Profile,
    provider: &Provider,
    reply: Result<&Reply, &Trouble>,
    now: Now,
) -> RefreshVerdict {
    let clock_ahead = reply.ok().and_then(|reply| reply.clock_ahead(now));
    let context = RefreshContext { profile, provider, now, clock_ahead };
    let reply = match reply {
        Ok(reply) => reply,
        Err(trouble) => return context.unanswered(trouble),
    };
    match reply::read(&provider.reply, &provider.meanings, reply) {
        Ok(granted) => context.refreshed(granted),
        Err(refusal) if refusal.is_odd_success() => context.odd_success(&refusal, reply),
        Err(refusal) => context.refused(&refusal),
    }
}

/// What the reply to a refresh is judged by.
struct RefreshContext<'a> {
    profile: &'a Profile,
    provider: &'a Provider,
    now: Now,
    clock_ahead: Option<TimeDelta>,
}

impl RefreshContext<'_> {
    /// The request was not answered.
    fn unanswered(&self, trouble: &Trouble) -> RefreshVerdict {
        if trouble.stored == Stored::PerhapsSpent {
            self.failed(self.passing(format!("{}; {SPENT}", trouble.why), None), self.lost_now())
        } else {
            self.failed(self.passing(trouble.why.clone(), None), self.lost_before())
        }
    }

    /// The answer refuses the refresh.
    fn refused(&self, refusal: &Refusal) -> RefreshVerdict {
        let lost = self.lost_before();
        let more = lost.map_or_else(String::new, |at| after_lost_answer(at, self.now));
        self.failed(self.refusal_result(refusal, &more), lost)
    }

    /// The answer is a success without an access token that can be used.
    fn odd_success(&self, refusal: &Refusal, reply: &Reply) -> RefreshVerdict {
        let Some(tokens) = rotated(self.profile, self.provider, reply) else {
            return self.failed(self.refusal_result(refusal, &format!("; {SPENT}")), self.lost_now());
        };
        let result = self.refusal_result(refusal, "");
        let record = LastRefresh {
            clock_differs: self.clock_differs(EndBy::Ours),
            ..LastRefresh::new(self.now.wall, result, grant_id(&tokens))
        };
        let (life, origins) = (self.profile.life, self.provider.origins());
        RefreshVerdict::Rotated(Box::new(RefreshedTokens { tokens, life, scopes: None, record, origins }))
    }

    /// The answer has new tokens.
    ///
    /// RFC 6749 §6: a reply without a refresh token leaves the old one, and its end, in force. So
    /// does one with a new token where the file says how long a grant lives: that counts from the
    /// login.
    fn refreshed(&self, granted: TokenResponse) -> RefreshVerdict {
        let lasting = granted.tokens.refresh.is_none() || self.provider.grant_life.is_some();
        let refresh = granted.tokens.refresh.or_else(|| self.profile.refresh_token().cloned());
        let old_end = lasting.then_some(self.profile.life.grant_ends_at).flatten();
        let grant_ends_at = granted.life.grant_ends_at.or(old_end);
        let tokens = Tokens { access: granted.tokens.access, refresh };
        let record = LastRefresh {
            clock_differs: self.clock_differs(granted.end_by),
            odd: (!granted.notes.is_empty()).then(|| granted.notes.join("; ")),
            ..LastRefresh::new(self.now.wall, RefreshResult::Done, grant_id(&tokens))
        };
        RefreshVerdict::Refreshed(Box::new(RefreshedTokens {
            tokens,
            life: Expiry { grant_ends_at, ..granted.life },
            scopes: granted.scopes,
            record,
            origins: self.provider.origins(),
        }))
    }

    fn failed(&self, result: RefreshResult, lost_at: Option<DateTime<Utc>>) -> RefreshVerdict {
        RefreshVerdict::Failed(LastRefresh {
            clock_differs: self.clock_differs(EndBy::Ours),
            lost_at,
            ..LastRefresh::new(self.now.wall, result, self.profile.refresh_token_id())
        })
    }

    fn clock_differs(&self, end_by: EndBy) -> Option<ClockDiffers> {
        self.clock_ahead.map(|ahead| ClockDiffers { ahead, end_by })
    }

    /// When the answer to an earlier refresh with the same token was lost.
    fn lost_before(&self) -> Option<DateTime<Utc>> {
        self.profile.last_refresh_of_this_grant().and_then(|last| last.lost_at)
    }

    /// The same, now that another answer was lost: a refresh token that is good once (RFC 9700
    /// §4.14.2) is gone with the first.
    fn lost_now(&self) -> Option<DateTime<Utc>> {
        self.lost_before().or(Some(self.now.wall))
    }

    /// How a refresh ended that was refused; `more` is said beside what the provider says.
    fn refusal_result(&self, refusal: &Refusal, more: &str) -> RefreshResult {
        let cause = match refusal.remedy() {
            Remedy::Wait => return self.passing(refusal.words_alone() + more, refusal.retry_after),
            Remedy::LogIn => return RefreshResult::Dead { why: refusal_words(refusal) + more },
            Remedy::Change(cause) => cause,
        };
        let times = match self.profile.last_refresh_of_this_grant().map(|last| &last.result) {
            Some(RefreshResult::Refused { times, .. }) => times.saturating_add(1),
            Some(RefreshResult::Done | RefreshResult::Passing { .. } | RefreshResult::Dead { .. }) | None => {
                1
            }
        };
        let pause = schedule::pause_after_refusal(times).filter(|_| !refusal.is_certain());
        let next = cause.check(self.provider, "endpoints.token");
        let next = next.unwrap_or_else(|| "try again later; if it is refused again, log in again".to_owned());
        let why = refusal_words(refusal) + more;
        RefreshResult::Refused { why, next, times, retry_at: pause.map(|pause| self.now.wall + span(pause)) }
    }

    /// A failure that passes: the server's own pause, else 30 seconds doubling to 15 minutes.
    fn passing(&self, why: String, pause: Option<Duration>) -> RefreshResult {
        let before = match self.profile.last_refresh_of_this_grant().map(|last| &last.result) {
            Some(RefreshResult::Passing { times, .. }) => *times,
            Some(RefreshResult::Done | RefreshResult::Refused { .. } | RefreshResult::Dead { .. }) | None => {
                0
            }
        };
        let pause = pause.unwrap_or_else(|| schedule::pause(before));
        RefreshResult::Passing { why, times: before.saturating_add(1), retry_at: self.now.wall + span(pause) }
    }
}

/// What a refusal means after a refresh with the same token whose answer was lost.
fn after_lost_answer(at: DateTime<Utc>, now: Now) -> String {
    let at = local(at, now.offset);
    format!("; the answer to the refresh of {at} was lost, so the refresh token may already be used up")
}

/// The pair that is held once a reply holds a new refresh token and nothing else of use.
fn rotated(profile: &Profile, provider: &Provider, reply: &Reply) -> Option<Tokens> {
    let refresh = reply::refresh_token(&provider.reply, reply)?;
    let held = profile.held.tokens().filter(|held| held.refresh.as_ref() != Some(&refresh))?;
    Some(Tokens { access: held.access.clone(), refresh: Some(refresh) })
}

/// What the grant of `tokens` is called.
fn grant_id(tokens: &Tokens) -> Option<RefreshTokenId> {
    tokens.refresh.as_ref().map(RefreshTokenId::from_token)
}

/// The codes of RFC 6749 §5.2 and what they mean of a refresh.
const CODE_MEANINGS: [(&str, &str); 6] = [
    ("invalid_grant", "the refresh token has expired, was revoked, or was already used"),
    ("invalid_client", "the provider does not accept this client id or its secret; check client in its file"),
    ("unauthorized_client", "the provider does not let this client refresh tokens"),
    ("unsupported_grant_type", "the provider does not refresh tokens this way"),
    ("invalid_scope", "the provider no longer gives these scopes"),
    ("invalid_request", "the provider does not understand the request from its provider file"),
];

/// `refusal` as it is written down: what was said, and what that means. What the provider's file says
/// of it counts more than the standard.
fn refusal_words(refusal: &Refusal) -> String {
    let code = refusal.body.code();
    let by_file = refusal.meaning != Meanings::default().meaning_of(refusal.status, code);
    let standard = CODE_MEANINGS.iter().find(|(known, _)| Some(*known) == code).filter(|_| !by_file);
    let meaning = match (standard, refusal.meaning) {
        (Some((_, meaning)), _) => meaning,
        (None, Some(Meaning::GrantDead)) => "the login is over",
        (None, Some(Meaning::Denied)) => "access was denied",
        (None, Some(Meaning::Expired)) => "what it was asked with has expired",
        (None, Some(Meaning::Pending | Meaning::SlowDown | Meaning::Passing)) => "it may work after a while",
        (None, None) if code.is_some() => "a code that authtui does not know",
        (None, None) => return refusal.words_alone(),
    };
    let source = if by_file { ", as its provider file says" } else { "" };
    format!("{} ({meaning}{source})", refusal.words_alone())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::at_seconds;
    use crate::domain::fixtures::{at, empty_profile, now, tokens};

    use crate::domain::provider::reply::Pointers;
    use crate::domain::secret::Secret;
    use crate::domain::tokens::StoredTokens;
    use crate::domain::trouble::FailureKind;
    use crate::oauth::fixtures::reply;
    use crate::stored::provider_file;

    fn provider() -> Provider {
        let text = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\nclient: { id: c }\n";
        provider_file::load("acme", text).expect("a provider")
    }

    /// A profile of 100 s of life with `left` of them to go.
    fn profile(left: i64) -> Profile {
        let held = StoredTokens::Present(tokens("a1", Some("r1")));
        let end = |seconds| Some(at(seconds));
        let life = Expiry { obtained_at: end(left - 100), expires_at: end(left), grant_ends_at: end(9000) };
        Profile { held, life, ..empty_profile("acme/ana", Kind::OAuth) }
    }

    const MINUTE: Wish = Wish::Valid { for_at_least: Duration::from_mins(1) };
    const DUE: Wish = Wish::Due { within: Duration::from_mins(1) };

    #[test]
    fn a_token_is_refreshed_when_less_is_left_than_wished_or_than_half_its_life() {
        for (left, wish, asks) in [
            (100, MINUTE, false),
            (51, MINUTE, false),
            (49, MINUTE, true),
            (0, MINUTE, true),
            (-5, MINUTE, true),
            (100, Wish::New, true),
            (11, Wish::Valid { for_at_least: Duration::from_secs(10) }, false),
        ] {
            let decision = decide(&profile(left), Some(&provider()), None, wish, now());
            assert_eq!(matches!(decision, Decision::Ask(_)), asks, "{left} {wish:?}");
        }
    }

    #[test]
    fn tokens_that_another_process_stored_meanwhile_are_taken() {
        let before = profile(-5).held.fingerprint().expect("tokens");
        let mut profile = profile(-5);
        profile.held =
            StoredTokens::Present(Tokens { access: Secret::new("a2"), refresh: Some(Secret::new("r1")) });
        assert_eq!(decide(&profile, Some(&provider()), Some(&before), Wish::New, now()), Decision::Enough);
    }

    #[test]
    fn what_no_refresh_can_help_is_said() {
        let provider = provider();
        let mut nothing = profile(-5);
        nothing.held = StoredTokens::None;
        let mut once = profile(-5);
        once.held = StoredTokens::Present(Tokens { access: Secret::new("a1"), refresh: None });
        let never = Provider { refresh: None, ..provider.clone() };
        let example = Provider { example: true, ..provider.clone() };
        for (profile, provider, cannot) in [
            (&nothing, Some(&provider), NotRefreshable::NoTokens),
            (&once, Some(&provider), NotRefreshable::NoRefreshToken),
            (&profile(-5), None, NotRefreshable::NoProviderFile),
            (&profile(-5), Some(&example), NotRefreshable::Example),
            (&profile(-5), Some(&never), NotRefreshable::NotOffered),
        ] {
            assert_eq!(decide(profile, provider, None, MINUTE, now()), Decision::Cannot(cannot));
        }
    }

    #[test]
    fn a_dead_grant_is_asked_again_only_by_a_person() {
        let mut profile = profile(-5);
        let result = RefreshResult::Dead { why: "invalid_grant".into() };
        profile.last_refresh =
            Some(Box::new(LastRefresh::new(now().wall, result, profile.refresh_token_id())));
        let dead = Decision::Cannot(NotRefreshable::GrantDead("invalid_grant".into()));
        for wish in [MINUTE, DUE, Wish::NewUnlessDead] {
            assert_eq!(decide(&profile, Some(&provider()), None, wish, now()), dead, "{wish:?}");
        }
        assert!(matches!(decide(&profile, Some(&provider()), None, Wish::New, now()), Decision::Ask(_)));
    }

    #[test]
    fn a_pause_keeps_back_what_nobody_in_particular_wishes_until_it_is_over() {
        for (at, retry_at, is_kept) in
            [(-1, 3600, true), (-1, 1, true), (-60, 0, false), (-60, -1, false), (3600, 7200, false)]
        {
            let mut profile = profile(-5);
            let moment = |seconds: i64| at_seconds(1_800_000_000 + seconds).expect("in range");
            let result = RefreshResult::Passing { why: "503".into(), times: 1, retry_at: moment(retry_at) };
            let last = LastRefresh::new(moment(at), result, profile.refresh_token_id());
            profile.last_refresh = Some(Box::new(last.clone()));
            let due = decide(&profile, Some(&provider()), None, DUE, now());
            assert_eq!(due == Decision::Known(last), is_kept, "{at} {retry_at}: {due:?}");
            for wish in [MINUTE, Wish::New, Wish::NewUnlessDead] {
                let decision = decide(&profile, Some(&provider()), None, wish, now());
                assert!(matches!(decision, Decision::Ask(_)), "{wish:?}");
            }
        }
    }

    #[test]
    fn the_refresh_request_of_anthropic_is_exactly_its_json() {
        let catalog = provider_file::catalog([]);
        let decision = decide(&profile(-5), catalog.get("anthropic"), None, Wish::New, now());
        let Decision::Ask(request) = decision else { panic!("not asked: {decision:?}") };
        assert_eq!(
            request.body.expect("a body").1.expose(),
            r#"{"grant_type":"refresh_token","client_id":"9d1c250a-e61b-44d9-88ed-5944d1962f5e","refresh_token":"r1"}"#
        );
    }

    #[test]
    fn a_lost_answer_may_have_spent_the_refresh_token() {
        let trouble = Trouble::untouched("cannot ask a.test", "it broke", FailureKind::Temporary(None));
        for (stored, said) in [(Stored::Untouched, false), (Stored::PerhapsSpent, true)] {
            let trouble = Trouble { stored, ..trouble.clone() };
            let verdict = judge(&profile(-5), &provider(), Err(&trouble), now());
            let RefreshVerdict::Failed(LastRefresh { result: RefreshResult::Passing { why, .. }, .. }) =
                verdict
            else {
                panic!("no temporary failure")
            };
            assert_eq!(why.contains("may already be used up"), said, "{why}");
        }
    }

    #[test]
    fn a_new_refresh_token_is_kept_even_where_no_access_token_of_use_comes_with_it() {
        for body in [
            r#"{"refresh_token":"r2","expires_in":60}"#,
            r#"{"access_token":"","refresh_token":"r2"}"#,
            r#"{"access_token":"a\nb","refresh_token":"r2"}"#,
            r#"{"access_token":"a2","token_type":"mac","refresh_token":"r2"}"#,
        ] {
            let verdict = judge(&profile(-5), &provider(), Ok(&reply(200, body)), now());
            let RefreshVerdict::Rotated(new_tokens) = verdict else { panic!("{body}: {verdict:?}") };
            let tokens = Tokens { access: Secret::new("a1"), refresh: Some(Secret::new("r2")) };
            assert_eq!((new_tokens.tokens, new_tokens.life), (tokens.clone(), profile(-5).life), "{body}");
            assert_eq!(new_tokens.record.grant, grant_id(&tokens));
            let RefreshResult::Refused { next, .. } = &new_tokens.record.result else { panic!("{body}") };
            assert!(next.starts_with("check reply in the provider file"), "{next}");
        }
        // Nobody knows what became of the old one where nothing of use came, unless it was refused.
        for (status, body, is_spent) in [
            (200, r#"{"refresh_token":"r1"}"#, true),
            (200, r#"{"access_token":"a2"x}"#, true),
            (200, "<html>", true),
            (200, r#"{"refresh_token":"r\n2"}"#, true),
            (503, r#"{"refresh_token":"r2"}"#, false),
        ] {
            let verdict = judge(&profile(-5), &provider(), Ok(&reply(status, body)), now());
            let RefreshVerdict::Failed(last) = verdict else { panic!("{body}: {verdict:?}") };
            let (RefreshResult::Passing { why, .. } | RefreshResult::Refused { why, .. }) = &last.result
            else {
                panic!("{body}: {last:?}")
            };
            assert_eq!((why.contains(SPENT), last.lost_at.is_some()), (is_spent, is_spent), "{body}: {why}");
        }
    }

    #[test]
    fn a_reply_without_a_refresh_token_keeps_the_old_one_and_its_end() {
        let body = r#"{"access_token":"a2","expires_in":60}"#;
        let RefreshVerdict::Refreshed(new_tokens) =
            judge(&profile(-5), &provider(), Ok(&reply(200, body)), now())
        else {
            panic!("refused")
        };
        assert_eq!(new_tokens.tokens, Tokens { access: Secret::new("a2"), refresh: Some(Secret::new("r1")) });
        assert_eq!(new_tokens.life.grant_ends_at, profile(-5).life.grant_ends_at);
    }

    #[test]
    fn a_new_refresh_token_brings_its_own_end_or_none() {
        let body = r#"{"access_token":"a2","refresh_token":"r2"}"#;
        let RefreshVerdict::Refreshed(new_tokens) =
            judge(&profile(-5), &provider(), Ok(&reply(200, body)), now())
        else {
            panic!("refused")
        };
        assert_eq!(new_tokens.life.grant_ends_at, None);
    }

    #[test]
    fn a_grant_whose_life_the_file_knows_ends_when_it_did_before_the_refresh() {
        let year = Some(TimeDelta::days(365));
        let provider = Provider { grant_life: year, ..provider() };
        for body in [r#"{"access_token":"a2"}"#, r#"{"access_token":"a2","refresh_token":"r2"}"#] {
            let verdict = judge(&profile(-5), &provider, Ok(&reply(200, body)), now());
            let RefreshVerdict::Refreshed(new_tokens) = verdict else { panic!("refused") };
            assert_eq!(new_tokens.life.grant_ends_at, profile(-5).life.grant_ends_at, "{body}");
        }
    }

    #[test]
    fn the_providers_file_says_which_refusals_end_a_grant() {
        let errors = [("refresh_token_reused", Meaning::GrantDead), ("locked", Meaning::SlowDown)];
        let errors = errors.map(|(code, meaning)| (code.to_owned(), meaning)).to_vec();
        let meanings = Meanings { errors, statuses: Vec::new() };
        let provider = Provider { meanings, ..provider() };
        for (status, body, dead) in [
            (429, r#"{"error":"refresh_token_reused"}"#, true),
            (400, r#"{"error":"locked"}"#, false),
            (400, r#"{"error":"invalid_grant"}"#, true),
        ] {
            let RefreshVerdict::Failed(last) =
                judge(&profile(-5), &provider, Ok(&reply(status, body)), now())
            else {
                panic!("passed")
            };
            assert_eq!(matches!(last.result, RefreshResult::Dead { .. }), dead, "{status} {body}");
        }
    }

    #[test]
    fn a_refusal_is_explained_by_the_providers_file_before_the_standard() {
        let errors = [("invalid_client", Meaning::GrantDead), ("no_more", Meaning::Denied)];
        let errors = errors.map(|(code, meaning)| (code.to_owned(), meaning)).to_vec();
        let meanings = Meanings { errors, statuses: vec![(410, Meaning::GrantDead)] };
        let provider = Provider { meanings, ..provider() };
        for (status, code, meaning) in [
            (401, "invalid_client", "(the login is over, as its provider file says)"),
            (410, "invalid_scope", "(the login is over, as its provider file says)"),
            (410, "oops", "(the login is over, as its provider file says)"),
            (400, "no_more", "(access was denied, as its provider file says)"),
            (400, "access_denied", "(access was denied)"),
            (400, "token_expired", "(what it was asked with has expired)"),
            (400, "invalid_grant", "(the refresh token has expired, was revoked, or was already used)"),
            (400, "invalid_scope", "(the provider no longer gives these scopes)"),
            (400, "oops", "(a code that authtui does not know)"),
        ] {
            let reply = reply(status, &format!(r#"{{"error":"{code}"}}"#));
            let verdict = judge(&profile(-5), &provider, Ok(&reply), now());
            let RefreshVerdict::Failed(last) = verdict else { panic!("{code}: {verdict:?}") };
            let (RefreshResult::Dead { why } | RefreshResult::Refused { why, .. }) = &last.result else {
                panic!("{code}: {last:?}")
            };
            assert!(why.ends_with(meaning), "{status} {code}: {why}");
        }
    }

    #[test]
    fn a_refusal_that_is_not_the_end_says_what_to_check_and_is_not_asked_again_for_ever() {
        let client = "check client.id in the provider file: authtui providers show acme";
        let again = "try again later; if it is refused again, log in again";
        for (status, body, words, pauses) in [
            (401, r#"{"error":"invalid_client"}"#, client, &[None][..]),
            (400, r#"{"error":"unauthorized_client"}"#, client, &[None]),
            (400, r#"{"error":"invalid_scope"}"#, "check scopes in", &[None]),
            (400, r#"{"error":"invalid_request"}"#, "check the request in", &[None]),
            (400, r#"{"error":"unsupported_grant_type"}"#, "check the request in", &[None]),
            (401, "", client, &[Some(60), Some(600), Some(3600), None, None]),
            (400, r#"{"error":17}"#, again, &[Some(60), Some(600), Some(3600), None]),
            (400, r#"{"status":"BAD_REFRESH_TOKEN","message":"invalid"}"#, again, &[Some(60), Some(600)]),
            (403, "<html>", again, &[Some(60)]),
            (404, "", "check endpoints.token in", &[Some(60)]),
            (302, "", "check endpoints.token in", &[Some(60)]),
            (200, "{}", "check reply in", &[Some(60)]),
        ] {
            let mut profile = profile(-5);
            for (before, pause) in (0..).zip(pauses) {
                let verdict = judge(&profile, &provider(), Ok(&reply(status, body)), now());
                let RefreshVerdict::Failed(last) = verdict else { panic!("{body}: {verdict:?}") };
                let RefreshResult::Refused { next, times, retry_at, .. } = &last.result else {
                    panic!("{body}: {last:?}")
                };
                assert!(next.contains(words), "{status} {body}: {next}");
                let wait = retry_at.map(|at| (at - now().wall).num_seconds());
                assert_eq!((*times, wait), (before + 1, *pause), "{status} {body}");
                assert!(stands(&last, now().wall), "{status} {body}");
                profile.last_refresh = Some(Box::new(last.clone()));
                // Whoever asks for a token is heard all the same.
                for wish in [MINUTE, Wish::New, Wish::NewUnlessDead] {
                    let decision = decide(&profile, Some(&provider()), None, wish, now());
                    assert!(matches!(decision, Decision::Ask(_)), "{wish:?}");
                }
                assert_eq!(decide(&profile, Some(&provider()), None, DUE, now()), Decision::Known(last));
            }
        }
    }

    #[test]
    fn a_refusal_after_an_answer_that_was_lost_says_so() {
        let lost = Trouble {
            stored: Stored::PerhapsSpent,
            ..Trouble::untouched("", "it broke", FailureKind::Temporary(None))
        };
        let offline = Trouble::untouched("", "no route", FailureKind::Temporary(None));
        let (busy, page) = (reply(503, ""), reply(200, "<html>"));
        let gone = reply(400, r#"{"error":"invalid_grant"}"#);
        for (before, is_said) in [
            (vec![Err(&lost)], true),
            (vec![Err(&lost), Err(&offline), Ok(&busy)], true),
            (vec![Ok(&page)], true),
            (vec![Err(&offline), Ok(&busy)], false),
            (vec![], false),
        ] {
            let mut profile = profile(-5);
            for reply in before {
                let RefreshVerdict::Failed(last) = judge(&profile, &provider(), reply, now()) else {
                    panic!()
                };
                profile.last_refresh = Some(Box::new(last));
            }
            let RefreshVerdict::Failed(last) = judge(&profile, &provider(), Ok(&gone), now()) else {
                panic!()
            };
            let RefreshResult::Dead { why } = last.result else { panic!("{last:?}") };
            assert_eq!(why.contains("15 Jan 2027 08:00 +00:00 was lost"), is_said, "{why}");
        }
    }

    #[test]
    fn what_is_odd_beside_new_tokens_is_kept_with_them() {
        let body = r#"{"access_token":"a2","refresh_token":"r2","error":"invalid_grant","token_type":"bot"}"#;
        for status in [200, 400, 401, 500] {
            let verdict = judge(&profile(-5), &provider(), Ok(&reply(status, body)), now());
            let RefreshVerdict::Refreshed(new_tokens) = verdict else { panic!("{status}: {verdict:?}") };
            let tokens = Tokens { access: Secret::new("a2"), refresh: Some(Secret::new("r2")) };
            assert_eq!((new_tokens.tokens, &new_tokens.record.result), (tokens, &RefreshResult::Done));
            let odd = new_tokens.record.odd.expect("a note");
            assert!(odd.contains("invalid_grant") && odd.contains(r#""bot""#), "{odd}");
        }
    }

    #[test]
    fn a_token_that_had_ended_when_it_came_is_not_replaced_by_another_at_once() {
        for (age, asks) in [(0, false), (29, false), (30, true), (4000, true), (-100, false), (-301, true)] {
            let mut profile = profile(-5);
            let at = at_seconds(1_800_000_000 - age);
            profile.life = Expiry { obtained_at: at, expires_at: at, grant_ends_at: None };
            let decision = decide(&profile, Some(&provider()), None, MINUTE, now());
            assert_eq!(matches!(decision, Decision::Ask(_)), asks, "{age}");
        }
    }

    #[test]
    fn a_server_that_quotes_what_it_was_sent_is_not_repeated() {
        let long = format!("rt/{}", "0123456789".repeat(20));
        let mut profile = profile(-5);
        profile.login.client_secret = Some(Secret::new("hunter2+hunter2"));
        profile.held = StoredTokens::Present(Tokens {
            access: Secret::new("ACCESS/1"),
            refresh: Some(Secret::new(long.as_str())),
        });
        let Decision::Ask(request) = decide(&profile, Some(&provider()), None, MINUTE, now()) else {
            panic!("not asked")
        };
        for (status, said, shown) in [
            (400, format!("token {long} of hunter2%2Bhunter2 is unknown"), "token … of … is unknown"),
            (400, "ACCESS/1 lives on".to_owned(), "… lives on"),
            (
                503,
                format!("token {} of hunter2+hunter2 waits", long.replace('/', "%2f")),
                "token … of … waits",
            ),
        ] {
            let body = serde_json::json!({ "error": "invalid_grant", "error_description": said }).to_string();
            let reply = Reply { secrets: request.secrets.clone(), ..reply(status, &body) };
            let RefreshVerdict::Failed(last) = judge(&profile, &provider(), Ok(&reply), now()) else {
                panic!("passed")
            };
            let (RefreshResult::Dead { why } | RefreshResult::Passing { why, .. }) = &last.result else {
                panic!("done")
            };
            assert!(why.contains(shown), "{why}");
            assert!(!why.contains("0123") && !why.contains("hunter2"), "{why}");
        }
    }

    #[test]
    fn pauses_double_up_to_a_quarter_of_an_hour_and_yield_to_the_server() {
        let offline = Trouble::untouched("cannot ask", "no route", FailureKind::Temporary(None));
        let mut profile = profile(-5);
        let mut pauses = Vec::new();
        for _ in 0..7 {
            let RefreshVerdict::Failed(last) = judge(&profile, &provider(), Err(&offline), now()) else {
                panic!("passed")
            };
            let RefreshResult::Passing { retry_at, .. } = &last.result else { panic!("final: {last:?}") };
            pauses.push((*retry_at - now().wall).num_seconds());
            profile.last_refresh = Some(Box::new(last));
        }
        assert_eq!(pauses, [30, 60, 120, 240, 480, 900, 900]);
        let mut busy = reply(503, "");
        busy.headers.push(("retry-after".into(), Secret::new("7")));
        let RefreshVerdict::Failed(last) = judge(&profile, &provider(), Ok(&busy), now()) else {
            panic!("passed")
        };
        let RefreshResult::Passing { retry_at, times, .. } = last.result else { panic!("final") };
        assert_eq!(((retry_at - now().wall).num_seconds(), times), (7, 8));
    }

    #[test]
    fn a_token_from_a_time_that_has_not_come_is_refreshed_once_a_clock_was_set_back() {
        for (left, asks) in [(100, false), (100 + 300, false), (100 + 301, true), (3 * 3600, true)] {
            let decision = decide(&profile(left), Some(&provider()), None, MINUTE, now());
            assert_eq!(matches!(decision, Decision::Ask(_)), asks, "{left}");
        }
    }

    #[test]
    fn a_server_whose_clock_is_far_from_ours_is_written_down_with_who_told_the_end() {
        let mut provider = provider();
        provider.reply.expires_at = Pointers(vec!["/expires_at".to_owned()]);
        let (ours, theirs) = (EndBy::Ours, EndBy::Theirs);
        let life = r#"{"access_token":"a2","expires_in":60}"#;
        let point = r#"{"access_token":"a2","expires_at":1800000060}"#;
        for (status, body, date, differs) in [
            (200, life, "Fri, 15 Jan 2027 08:04:00 GMT", None),
            (200, life, "Fri, 15 Jan 2027 08:07:00 GMT", Some((420, ours))),
            (200, point, "Fri, 15 Jan 2027 08:07:00 GMT", Some((420, theirs))),
            (200, point, "Fri, 15 Jan 2027 01:00:00 GMT", Some((-25_200, theirs))),
            (200, point, "never", None),
            (503, "", "Fri, 15 Jan 2027 08:07:00 GMT", Some((420, ours))),
            (400, r#"{"error":"invalid_grant"}"#, "Fri, 15 Jan 2027 08:07:00 GMT", Some((420, ours))),
        ] {
            let mut reply = reply(status, body);
            reply.headers.push(("date".into(), Secret::new(date)));
            let last = match judge(&profile(-5), &provider, Ok(&reply), now()) {
                RefreshVerdict::Refreshed(new_tokens) | RefreshVerdict::Rotated(new_tokens) => {
                    new_tokens.record
                }
                RefreshVerdict::Failed(last) => last,
            };
            let found = last.clock_differs.map(|differs| (differs.ahead.num_seconds(), differs.end_by));
            assert_eq!(found, differs, "{status} {body} {date}");
        }
        let offline = Trouble::untouched("cannot ask", "no route", FailureKind::Temporary(None));
        let RefreshVerdict::Failed(last) = judge(&profile(-5), &provider, Err(&offline), now()) else {
            panic!("passed")
        };
        assert_eq!(last.clock_differs, None);
    }

    #[test]
    fn the_servers_pause_is_kept_in_both_forms_and_whatever_our_clock_says() {
        for (after, date, seconds) in [
            ("120", None, 120),
            ("Fri, 15 Jan 2027 08:02:00 GMT", None, 120),
            ("Fri, 15 Jan 2027 15:02:00 GMT", Some("Fri, 15 Jan 2027 15:00:00 GMT"), 120),
            ("Fri, 15 Jan 2027 01:02:00 GMT", Some("Fri, 15 Jan 2027 01:00:00 GMT"), 120),
            ("1000000000", None, 3600),
            ("-5", None, 30),
            ("1.5", None, 30),
        ] {
            let mut busy = reply(429, "");
            busy.headers.push(("retry-after".into(), Secret::new(after)));
            busy.headers.extend(date.map(|date| ("date".into(), Secret::new(date))));
            let RefreshVerdict::Failed(last) = judge(&profile(-5), &provider(), Ok(&busy), now()) else {
                panic!("passed")
            };
            let RefreshResult::Passing { retry_at, .. } = last.result else { panic!("final") };
            assert_eq!((retry_at - now().wall).num_seconds(), seconds, "{after} {date:?}");
        }
    }
}
