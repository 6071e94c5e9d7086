//! Why a profile is not well, and what helps.

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
use crate::domain::trouble::Stored;

/// The longest reason, in characters.
const LONGEST: usize = 400;

/// What a person should know of `profile`, by its last refresh and by what the log says of its grant;
/// its provider is `provider`,
/// where that is known; `asking` are the grants for which somebody asks at this moment.
pub(super) fn of(
    profile: &Profile,
    provider: Option<&Provider>,
    events: &[Event],
    asking: &BTreeSet<String>,
    now: Now,
) -> Option<String> {
    let (name, safe) = (&profile.id.name, Stored::Untouched);
    if let Err(NotRefreshable::OtherOrigin(other)) = refreshability(profile, provider, now.wall) {
        return Some(format!("{other}, so it is not refreshed. {safe} Next: authtui login {name}"));
    }
    match GrantStatus::of(events, profile, provider, asking) {
        Some(GrantStatus::Interrupted(event)) => {
            return Some(format!(
                "the refresh of {} by {} was interrupted between request and save, so the refresh token may be spent. \
                 {safe} Next: authtui refresh {name}",
                local(event.at, now.offset),
                event.by
            ));
        }
        Some(GrantStatus::Outdated(event)) => {
            return Some(format!(
                "these are older tokens: it was renewed on {} by {}. {safe} Next: authtui refresh {name}, which takes \
                 the newer ones if they can be found, and never asks with these",
                local(event.at, now.offset),
                event.by
            ));
        }
        // What went well after all, or is about to, needs nobody.
        Some(GrantStatus::UnderWay(_) | GrantStatus::Survived(_)) | None => {}
    }
    if let Some(refused) = refused(profile, now) {
        return Some(refused);
    }
    match &profile.last_refresh_of_this_grant()?.result {
        RefreshResult::Done => None,
        RefreshResult::Dead { why } => {
            Some(format!("{}. {safe} Next: authtui login {name}", text::clean(why, LONGEST)))
        }
        RefreshResult::Refused { why, next, .. } => {
            let (why, next) = (text::clean(why, LONGEST), text::clean(next, LONGEST));
            Some(format!("{why}. {safe} Next: {next}"))
        }
        RefreshResult::Passing { why, retry_at, .. } => {
            let when = match countdown(*retry_at - now.wall).0 {
                left if *retry_at > now.wall => format!(" in {left}"),
                _ => String::new(),
            };
            Some(format!("{}. {safe} Next: authtui refresh {name}{when}", text::clean(why, LONGEST)))
        }
    }
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
