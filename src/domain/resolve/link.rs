//! One source of an order with what it holds, and how that is said.

use crate::domain::clock::{DateTime, Utc};
use crate::domain::countdown::countdown;
use crate::domain::health::{Activity, Health};
use crate::domain::profile::{Kind, Profile, RefreshResult};
use crate::domain::provider::environment::Source;

/// A source and what it holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link<'a> {
    /// The source.
    pub source: Source,
    /// What it holds.
    pub found: Found<'a>,
}

/// What a source holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found<'a> {
    /// The variable is not set.
    NotSet,
    /// The variable is set to nothing, which counts as not set.
    Empty,
    /// The variable is set to what no header can carry, and why.
    Unusable(&'a str),
    /// The variable's value, or a stored key.
    Value(&'a Profile),
    /// No login, or no key, is stored.
    NotStored,
    /// A login without tokens: erased here, or logged out by another program.
    Erased(&'a Profile),
    /// A login whose access token is good.
    Good(&'a Profile),
    /// A login whose access token has ended and whose grant can renew it.
    Ended(&'a Profile),
    /// A login that nothing but another login helps.
    Over(&'a Profile),
}

impl<'a> Found<'a> {
    /// Whether a program that finds this looks no further.
    #[must_use]
    pub fn ends_the_looking(&self) -> bool {
        match self {
            Self::Unusable(_) | Self::Value(_) | Self::Good(_) | Self::Ended(_) | Self::Over(_) => true,
            Self::NotSet | Self::Empty | Self::NotStored | Self::Erased(_) => false,
        }
    }

    /// Whose it is.
    #[must_use]
    pub fn profile(&self) -> Option<&'a Profile> {
        match self {
            Self::Value(profile)
            | Self::Erased(profile)
            | Self::Good(profile)
            | Self::Ended(profile)
            | Self::Over(profile) => Some(profile),
            Self::NotSet | Self::Empty | Self::Unusable(_) | Self::NotStored => None,
        }
    }
}

impl Link<'_> {
    /// What the source is called: a variable, `login NAME`, `key NAME`.
    #[must_use]
    pub fn label(&self) -> String {
        let of = |word: &str| match self.found.profile() {
            Some(profile) => format!("{word} {}", profile.id.name),
            None => word.to_owned(),
        };
        match &self.source {
            Source::Variable(name) => name.clone(),
            Source::Login => of("login"),
            Source::Key => of("key"),
        }
    }

    /// What was found there, in words.
    #[must_use]
    pub fn words(&self, now: DateTime<Utc>) -> String {
        match &self.found {
            Found::NotSet => "not set".to_owned(),
            Found::Empty => "set but empty, which counts as not set".to_owned(),
            Found::Unusable(why) => format!("set, but {why}"),
            Found::Value(profile) if profile.kind == Kind::Environment => "set".to_owned(),
            Found::Value(_) => "stored".to_owned(),
            Found::NotStored => "none stored".to_owned(),
            Found::Erased(profile) if profile.revoked_at.is_some() => {
                "its tokens were erased here".to_owned()
            }
            Found::Erased(_) => "no tokens are stored".to_owned(),
            Found::Good(profile) => good(profile, now),
            Found::Ended(_) => "its token has ended: refresh first".to_owned(),
            Found::Over(profile) => match profile.last_refresh_of_this_grant().map(|last| &last.result) {
                Some(RefreshResult::Dead { why }) => {
                    format!("it has ended, and its refresh was refused for good: {why}")
                }
                Some(RefreshResult::Done | RefreshResult::Passing { .. } | RefreshResult::Refused { .. })
                | None => "it has ended, and nothing can renew it".to_owned(),
            },
        }
    }
}

/// How long a token that is good stays so: `fresh for 3h12m`.
fn good(profile: &Profile, now: DateTime<Utc>) -> String {
    let Some(end) = profile.life.expires_at else { return "no end known".to_owned() };
    let left = countdown(end - now).0;
    match Health::of(profile, Activity::Idle, now) {
        Health::Fresh(_) => format!("fresh for {left}"),
        health @ (Health::NoClock
        | Health::Aging(_)
        | Health::Due
        | Health::Retrying(_)
        | Health::Failed(_)
        | Health::NeedsLogin
        | Health::Refused
        | Health::RevokedHere
        | Health::Refreshing
        | Health::Unreadable) => format!("{}, {left} left", health.word()),
    }
}
