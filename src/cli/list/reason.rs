//! Reason why a profile is not well, and what helps.

use std::collections::BTreeSet;

use crate::domain::clock::{Now, local};
use crate::domain::countdown::countdown;
use crate::domain::event::Event;
use crate::domain::grant_status::GrantStatus;
use crate::domain::health::{Activity, Health};
use crate::domain::profile::{Kind, Profile, RefreshResult, with_subject};
use crate::domain::provider::Provider;
use crate::domain::refreshability::{NotRefreshable, has_live_grant, refreshability};
use crate::domain::text;
use crate::domain::tokens::RefreshTokenId;
use crate::domain::trouble::Stored;

/// The longest reason, in characters.
const REASON_LIMIT: usize = 400;

/// What a person should know of `profile`, by its last refresh and by what the log says of its grant;
/// its provider is `provider`, where that is known; `asking` are the grants for which somebody asks at
/// this moment.
pub(super) fn of(
    profile: &Profile,
    provider: Option<&Provider>,
    events: &[Event],
    asking: &BTreeSet<RefreshTokenId>,
    now: Now,
) -> Option<String> {
    let words = |(why, next): (String, String)| format!("{why}. {} {next}", Stored::Untouched);
    if let Err(NotRefreshable::OtherOrigin(other)) = refreshability(profile, provider, now.wall) {
        let next = format!("Next: authtui login {}", profile.id.exact());
        return Some(words((format!("{other}, so it is not refreshed"), next)));
    }
    let known = GrantStatus::of(events, profile, provider, asking);
    known
        .filter(|known| !is_followed(known, profile))
        .and_then(|known| by_history(profile, &known, now).map(words))
        .or_else(|| ended_key(profile, now))
        .or_else(|| refused(profile, now))
        .or_else(|| by_last_refresh(profile, now).map(words))
}

/// Whether a later refresh of the grant has failed: that failure is newer than the interruption.
fn is_followed(known: &GrantStatus<'_>, profile: &Profile) -> bool {
    match known {
        GrantStatus::Interrupted(event) => {
            profile.last_refresh_of_this_grant().is_some_and(|last| last.at > event.at)
        }
        GrantStatus::UnderWay(_) | GrantStatus::Survived(_) | GrantStatus::Outdated(_) => false,
    }
}

/// What the log says of the grant, and what helps.
fn by_history(profile: &Profile, known: &GrantStatus<'_>, now: Now) -> Option<(String, String)> {
    let name = profile.id.exact();
    let next = match (known, &profile.owner) {
        (GrantStatus::Interrupted(_) | GrantStatus::Outdated(_), Some(owner)) => {
            format!("{}.", owner.may_ask())
        }
        (GrantStatus::Interrupted(_), None) => format!("Next: authtui refresh {name}"),
        (GrantStatus::Outdated(_), None) => format!(
            "A refresh takes the newer ones if they can be found, and never asks with these. \
             Next: authtui refresh {name}"
        ),
        // What went well after all, or is about to, needs nobody.
        (GrantStatus::UnderWay(_) | GrantStatus::Survived(_), _) => return None,
    };
    Some((known.words(now, |at, now| local(at, now.offset)), next))
}

/// How the last refresh failed, and what helps.
fn by_last_refresh(profile: &Profile, now: Now) -> Option<(String, String)> {
    let name = profile.id.exact();
    match &profile.last_refresh_of_this_grant()?.result {
        RefreshResult::Done => None,
        RefreshResult::Dead { why } => Some((said(why), format!("Next: authtui login {name}"))),
        RefreshResult::Refused { why, next, .. } => Some((said(why), format!("Next: {}", cut(next)))),
        RefreshResult::Passing { why, retry_at, .. } => {
            let when = match countdown(*retry_at - now.wall).0 {
                left if *retry_at > now.wall => format!("Try again in {left}"),
                _ => "Next".to_owned(),
            };
            Some((said(why), format!("{when}: authtui refresh {name}")))
        }
    }
}

/// A reason as it is stored, with its subject.
fn said(why: &str) -> String {
    cut(&with_subject(why, "the provider"))
}

fn cut(words: &str) -> String {
    text::clean(words, REASON_LIMIT)
}

/// That a key has ended, and what helps.
fn ended_key(profile: &Profile, now: Now) -> Option<String> {
    profile.held.tokens()?;
    let end = profile.life.expires_at.filter(|end| *end <= now.wall && profile.kind == Kind::ApiKey)?;
    let at = local(end, now.offset);
    Some(format!("the key expired on {at}. Next: authtui login {} --key", profile.id.name.exact()))
}

/// That a test of the token or key was refused, and what helps.
fn refused(profile: &Profile, now: Now) -> Option<String> {
    let last = profile.last_test_of_this_token()?;
    if Health::of(profile, Activity::Idle, now.wall) != Health::Refused {
        return None;
    }
    let name = profile.id.exact();
    let next = match profile.kind {
        Kind::ApiKey => format!("authtui login {name} --key"),
        Kind::Environment => format!("set another value of {}", profile.id.name.name()),
        Kind::OAuth if has_live_grant(profile, now.wall) => format!("authtui refresh {name}"),
        Kind::OAuth => format!("authtui login {name}"),
    };
    let at = local(last.at, now.offset);
    Some(format!("the provider refused it when it was tested on {at} ({}). Next: {next}", last.status))
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::event::GrantEvent;
    use crate::domain::fixtures::{at, event, now, profile};
    use crate::domain::profile::LastRefresh;

    #[test]
    fn a_command_ends_its_line_and_takes_the_exact_name() {
        let fails = |retry_at| RefreshResult::Passing {
            why: "answered 503".into(),
            times: 1,
            retry_at: at(retry_at),
        };
        let dead = RefreshResult::Dead { why: "gone".into() };
        for (name, result, ends) in [
            ("acme/ana", fails(29), "are unchanged. Try again in 29s: authtui refresh acme/ana"),
            ("acme/ana", fails(-1), "are unchanged. Next: authtui refresh acme/ana"),
            ("acme/\u{430}na", fails(29), ": authtui refresh acme/\u{430}na"),
            ("acme/\u{430}na", dead, "Next: authtui login acme/\u{430}na"),
        ] {
            let mut profile = profile(name);
            let grant = profile.refresh_token_id().expect("a grant");
            profile.last_refresh = Some(Box::new(LastRefresh::new(at(1), result, Some(grant.clone()))));
            // An interruption before it does not hide the newer failure.
            let events = [event(GrantEvent::RefreshStarted { grant })];
            let why = of(&profile, None, &events, &BTreeSet::new(), now()).expect("a reason");
            assert!(why.ends_with(ends), "{why}");
        }
    }
}
