//! Valid token: the one way of every command from a profile to a token that still works.
//!
//! A token that lives is there at once, without a runtime. One that has too little time left is
//! refreshed under the lock of its grant; where that fails, the stored one may still be good.

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;

use crate::cli::exit::{self, Exit};
use crate::cli::output::say;
use crate::cli::profile_arg::LIST_HINT;
use crate::cli::runtime::refresh_and_wait;
use crate::domain::clock::{Now, TimeDelta, span};
use crate::domain::duration;
use crate::domain::name::ProfileId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::tokens::StoredTokens;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::refresh::Refreshed;
use crate::oauth::refresh::{Decision, Wish, decide};
use crate::shell::Services;

/// The default of `--min-ttl`.
pub(super) const MIN_TTL: &str = "60s";

/// How long a token must still be good.
#[derive(Debug, Clone, Copy)]
pub(super) enum MinTtl {
    /// It is refreshed first where less is left, but half its life is always enough; one that still works
    /// will do where no other comes.
    Preferred(Duration),
    /// One with less time left is no answer.
    Required(Duration),
}

/// What a command may use.
pub(super) struct ValidToken {
    /// The profile with its token.
    pub(super) profile: Arc<Profile>,
    /// How the command ends at best: with a failure, where the token is new and could not be saved.
    pub(super) exit: Exit,
}

impl MinTtl {
    /// Whether the token can be used as it is: no runtime and no provider file is needed then.
    fn is_met(self, profile: &Profile, now: Now) -> bool {
        match self {
            Self::Preferred(time) => is_good(profile, time, now),
            Self::Required(time) => {
                let left = profile.life.expires_at.map(|end| end - now.wall);
                is_good(profile, Duration::ZERO, now) && left.is_none_or(|left| left >= span(time))
            }
        }
    }

    /// What is wished of a refresh.
    fn wish(self) -> Wish {
        match self {
            Self::Preferred(time) => Wish::Valid { for_at_least: time },
            Self::Required(_) => Wish::NewUnlessDead,
        }
    }

    /// Why no token of `profile` will ever meet it; asking for one would be in vain.
    fn never_met(self, profile: &Profile) -> Option<String> {
        let Self::Required(time) = self else { return None };
        let life = life(profile).filter(|life| *life < span(time))?;
        let life = duration::text(life.to_std().unwrap_or_default());
        let (name, time) = (&profile.id.name, duration::text(time));
        Some(format!(
            "a token of {name} lives for {life}, but --min-ttl asks for {time}. Write a shorter time."
        ))
    }
}

/// How long the stored token lives in all.
pub(super) fn life(profile: &Profile) -> Option<TimeDelta> {
    Some(profile.life.expires_at? - profile.life.obtained_at?)
}

/// A token of `profile` that meets `min_ttl`.
///
/// # Errors
/// The [`Exit`] to end with, once the reason was said.
pub(super) fn valid(services: &Arc<Services>, profile: Arc<Profile>, min_ttl: MinTtl) -> Result<ValidToken> {
    let now = services.clock.now();
    if min_ttl.is_met(&profile, now) {
        return Ok(checked(profile, now)?);
    }
    if let Some(why) = min_ttl.never_met(&profile) {
        say(&why);
        return Err(Exit::Failure.into());
    }
    let (id, name) = (&profile.id, &profile.id.name);
    let trouble = match refresh_and_wait(services, id, min_ttl.wish())? {
        Some(Refreshed::Done(snapshot) | Refreshed::Enough(snapshot)) => match snapshot.profile(&id.name) {
            Some(profile) if profile.held.tokens().is_some() => {
                return refreshed(services, Arc::new(profile.clone()), min_ttl);
            }
            Some(_) | None => {
                let next = FailureKind::NeedsFix(LIST_HINT.to_owned());
                Trouble::untouched(format!("cannot print {name}"), "it was deleted meanwhile", next)
            }
        },
        Some(Refreshed::Unsaved(new, _, trouble)) => {
            // The old token is spent: the new one is worth more used than lost.
            say(&trouble.to_string());
            let held = StoredTokens::Present(new.tokens);
            let profile = Profile { held, life: new.life, ..Profile::clone(&profile) };
            return Ok(ValidToken { profile: Arc::new(profile), exit: Exit::Failure });
        }
        Some(Refreshed::Failed(_, trouble)) => trouble,
        None => return Err(Exit::Failure.into()),
    };
    // A grant may be dead, or a server down, while the access token still works.
    match current(services, id).filter(|_| matches!(min_ttl, MinTtl::Preferred(_))) {
        Some(profile) => {
            say(&format!("{trouble} The stored token is still good."));
            Ok(checked(Arc::new(profile), services.clock.now())?)
        }
        None => Err(exit::trouble(&trouble, &id.exact()).into()),
    }
}

/// The profile as it came from a refresh. A token that the provider says has ended already is printed with a
/// warning; where time is required, it is no answer.
fn refreshed(services: &Services, profile: Arc<Profile>, min_ttl: MinTtl) -> Result<ValidToken> {
    let now = services.clock.now();
    let is_short = matches!(min_ttl, MinTtl::Required(_)) && !min_ttl.is_met(&profile, now);
    if let Some(why) = min_ttl.never_met(&profile).filter(|_| is_short) {
        say(&why);
        return Err(Exit::Failure.into());
    }
    Ok(checked(profile, now)?)
}

/// The profile as it is stored, where its token still works.
fn current(services: &Services, id: &ProfileId) -> Option<Profile> {
    let stored = services.read_now(id.store).profile(&id.name).cloned();
    stored.filter(|profile| is_good(profile, Duration::ZERO, services.clock.now()))
}

fn is_good(profile: &Profile, for_at_least: Duration, now: Now) -> bool {
    decide(profile, None, None, Wish::Valid { for_at_least }, now) == Decision::Enough
}

/// The token, once a person was told what is odd about it.
fn checked(profile: Arc<Profile>, now: Now) -> Result<ValidToken, Exit> {
    let name = &profile.id.name;
    if !profile.held.tokens().is_some_and(|tokens| tokens.access.is_bearer()) {
        say(&format!("the token of {name} has characters that no token may have. Store it again."));
        return Err(Exit::Failure);
    }
    if let Some(last) = profile.last_test_of_this_token().filter(|_| profile.is_refused()) {
        say(&format!("{name}: the provider refused this token when it was last tested ({}).", last.status));
    }
    // Another one would be no better: this is what the provider says of each.
    let has_ended = profile.life.expires_at.is_some_and(|end| end <= now.wall);
    match profile.kind {
        Kind::ApiKey if has_ended => {
            say(&format!("the key of {name} should have expired at its stored date. It may still work."));
        }
        Kind::OAuth | Kind::Environment if has_ended => {
            say(&format!(
                "the provider says that this token of {name} has already expired. It may still work."
            ));
        }
        Kind::OAuth | Kind::Environment | Kind::ApiKey => {}
    }
    Ok(ValidToken { profile, exit: Exit::Done })
}
