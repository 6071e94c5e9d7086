//! Reason why a profile is not well, and what helps.

use std::collections::BTreeSet;

use crate::domain::clock::{Now, local};
use crate::domain::countdown::countdown;
use crate::domain::event::Event;
use crate::domain::grant_status::GrantStatus;
use crate::domain::health::{Activity, Health};
use crate::domain::profile::{Kind, Profile, RefreshResult};
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
    let words = |(why, next): (String, String)| format!("{why}. {} Next: {next}", Stored::Untouched);
    if let Err(NotRefreshable::OtherOrigin(other)) = refreshability(profile, provider, now.wall) {
        let next = format!("authtui login {}", profile.id.name);
        return Some(words((format!("{other}, so it is not refreshed"), next)));
    }
    let known = GrantStatus::of(events, profile, provider, asking);
    known
        .and_then(|known| by_history(profile, &known, now).map(words))
        .or_else(|| refused(profile, now))
        .or_else(|| by_last_refresh(profile, now).map(words))
}

/// What the log says of the grant, and what helps.
fn by_history(profile: &Profile, known: &GrantStatus<'_>, now: Now) -> Option<(String, String)> {
    let name = &profile.id.name;
    let next = match known {
        GrantStatus::Interrupted(_) => format!("authtui refresh {name}"),
        GrantStatus::Outdated(_) => format!(
            "authtui refresh {name}, which takes the newer ones if they can be found, and never asks with these"
        ),
        // What went well after all, or is about to, needs nobody.
        GrantStatus::UnderWay(_) | GrantStatus::Survived(_) => return None,
    };
    Some((known.words(now, |at, now| local(at, now.offset)), next))
}

/// How the last refresh failed, and what helps.
fn by_last_refresh(profile: &Profile, now: Now) -> Option<(String, String)> {
    let name = &profile.id.name;
    match &profile.last_refresh_of_this_grant()?.result {
        RefreshResult::Done => None,
        RefreshResult::Dead { why } => Some((cut(why), format!("authtui login {name}"))),
        RefreshResult::Refused { why, next, .. } => Some((cut(why), cut(next))),
        RefreshResult::Passing { why, retry_at, .. } => {
            let when = match countdown(*retry_at - now.wall).0 {
                left if *retry_at > now.wall => format!(" in {left}"),
                _ => String::new(),
            };
            Some((cut(why), format!("authtui refresh {name}{when}")))
        }
    }
}

fn cut(words: &str) -> String {
    text::clean(words, REASON_LIMIT)
}

/// That a test of the token or key was refused, and what helps.
fn refused(profile: &Profile, now: Now) -> Option<String> {
    let last = profile.last_test_of_this_token()?;
    if Health::of(profile, Activity::Idle, now.wall) != Health::Refused {
        return None;
    }
    let name = &profile.id.name;
    let next = match profile.kind {
        Kind::ApiKey => format!("authtui login {name} --key"),
        Kind::Environment => format!("set another value of {}", name.name()),
        Kind::OAuth if has_live_grant(profile, now.wall) => format!("authtui refresh {name}"),
        Kind::OAuth => format!("authtui login {name}"),
    };
    let at = local(last.at, now.offset);
    Some(format!("the provider refused it when it was tested on {at} ({}). Next: {next}", last.status))
}
