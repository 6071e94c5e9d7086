//! Profile: an account at a provider, with its tokens.

use std::fmt;
use std::sync::Arc;

use crate::domain::claims::FactSource;
use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::known_login::{KnownLogin, LoginFacts};
use crate::domain::name::ProfileId;
use crate::domain::owner::Owner;
use crate::domain::provider::Provider;
use crate::domain::secret::Secret;
use crate::domain::tokens::{Expiry, RefreshTokenId, StoredTokens};

/// What is said of a login without a refresh token.
pub const NO_REFRESH_TOKEN: &str = "no refresh token: log in again when it expires";

/// One account at one provider, as its store last said it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    pub id: ProfileId,
    /// What it is a profile of.
    pub kind: Kind,
    /// The client the grant was given to; absent: the provider file's.
    pub client_id: Option<String>,
    /// The tokens or the key.
    pub held: StoredTokens,
    pub life: Expiry,
    /// What the grant allows, as the server said it; many have the same, which they share.
    pub scopes: Arc<[String]>,
    /// The account's e-mail or name, as shown to people.
    pub account: Option<String>,
    /// Who says it; absent: the server's answer, or not written down.
    pub account_from: Option<FactSource>,
    /// What is known of the login besides.
    pub login: KnownLogin,
    /// How the last refresh ended.
    pub last_refresh: Option<Box<LastRefresh>>,
    /// What the last test said of the token or key that was tested.
    pub last_test: Option<Box<LastTest>>,
    /// How often the grant was refreshed.
    pub refresh_count: u64,
    /// When the tokens were erased here.
    pub revoked_at: Option<DateTime<Utc>>,
    pub auto_refresh: AutoRefresh,
    /// What a person wrote down about it.
    pub note: Option<String>,
    /// The program that keeps it, where it is only read here.
    pub owner: Option<Arc<Owner>>,
}

/// Whether a profile is refreshed automatically while the screen is open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AutoRefresh {
    /// As the settings say.
    #[default]
    On,
    /// Not this one.
    Off,
}

impl Profile {
    /// A profile without tokens, clocks or history.
    #[must_use]
    pub fn new(id: ProfileId, kind: Kind) -> Self {
        Self {
            id,
            kind,
            client_id: None,
            held: StoredTokens::None,
            life: Expiry::default(),
            scopes: Arc::default(),
            account: None,
            account_from: None,
            login: KnownLogin::default(),
            last_refresh: None,
            last_test: None,
            refresh_count: 0,
            revoked_at: None,
            auto_refresh: AutoRefresh::On,
            note: None,
            owner: None,
        }
    }

    /// The same with its login as `amend` leaves it.
    #[must_use]
    pub fn with_login(mut self, amend: impl FnOnce(&mut LoginFacts)) -> Self {
        amend(&mut self.login);
        self
    }

    /// Takes from a person whose account it is.
    pub fn pin_account(&mut self, account: String) {
        (self.account, self.account_from) = (Some(account), Some(FactSource::Person));
    }

    /// The refresh token, if there is one.
    #[must_use]
    pub fn refresh_token(&self) -> Option<&Secret> {
        self.held.tokens().and_then(|tokens| tokens.refresh.as_ref())
    }

    #[must_use]
    pub fn refresh_token_id(&self) -> Option<RefreshTokenId> {
        self.refresh_token().map(RefreshTokenId::from_token)
    }

    /// Why there is no token to take, in words.
    #[must_use]
    pub fn why_no_tokens(&self) -> String {
        let elsewhere = self.owner.as_ref().and_then(|owner| owner.elsewhere.clone());
        elsewhere.unwrap_or_else(|| format!("{} has no tokens", self.id.name))
    }

    /// Whether both hold tokens of one grant: what ends it for one ends it for the other.
    #[must_use]
    pub fn shares_grant(&self, other: &Self) -> bool {
        let (Some(mine), Some(theirs)) = (self.held.tokens(), other.held.tokens()) else { return false };
        let logins = self.kind == Kind::OAuth && other.kind == Kind::OAuth;
        logins && (mine.access == theirs.access || mine.refresh.is_some() && mine.refresh == theirs.refresh)
    }

    /// The header that carries its access token, key or value as it is; absent:
    /// `Authorization: Bearer …` (RFC 6750 §2.1).
    #[must_use]
    pub fn header<'a>(&self, provider: &'a Provider) -> Option<&'a str> {
        match self.kind {
            Kind::OAuth => None,
            Kind::ApiKey => provider.key_header.as_deref(),
            Kind::Environment => provider.variable(self.id.name.name())?.header.as_deref(),
        }
    }

    /// Whether the provider has said that the grant is over, whatever end it once gave.
    #[must_use]
    pub fn has_dead_grant(&self) -> bool {
        let last = self.last_refresh_of_this_grant();
        last.is_some_and(|last| matches!(last.result, RefreshResult::Dead { .. }))
    }

    /// The last refresh, if it was one of the grant that is held.
    ///
    /// Another program may have logged in again since; what was said of the old grant says
    /// nothing about the new one.
    #[must_use]
    pub fn last_refresh_of_this_grant(&self) -> Option<&LastRefresh> {
        let last = self.last_refresh.as_deref()?;
        let is_of_this = |grant: &RefreshTokenId| {
            self.refresh_token().is_some_and(|token| token.short() == grant.as_str())
        };
        last.grant.as_ref().is_none_or(is_of_this).then_some(last)
    }

    /// The last test, if it was one of the very token or key that is held.
    #[must_use]
    pub fn last_test_of_this_token(&self) -> Option<&LastTest> {
        self.last_test.as_deref().filter(|last| self.holds(&last.token))
    }

    /// The short fingerprint of the access token, key or value that is held.
    #[must_use]
    pub fn token_fingerprint(&self) -> Option<String> {
        self.held.tokens().map(|tokens| tokens.access.short().to_owned())
    }

    /// Whether `token` is the short fingerprint of the token or key that is held.
    #[must_use]
    pub fn holds(&self, token: &str) -> bool {
        self.held.tokens().is_some_and(|tokens| tokens.access.short() == token)
    }

    /// Whether the provider refused the token or key that is held when it was last tested.
    #[must_use]
    pub fn is_refused(&self) -> bool {
        self.last_test_of_this_token().is_some_and(|last| last.result == TestResult::Refused)
    }
}

/// What the last test said of a token or a key. A test that could not be made is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastTest {
    /// When the provider answered.
    pub at: DateTime<Utc>,
    /// What its answer means.
    pub result: TestResult,
    /// The HTTP status of that answer.
    pub status: u16,
    /// The short fingerprint of the token or key: another one has not been tested.
    pub token: String,
}

/// What a provider's answer to a test means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestResult {
    /// The provider takes the token.
    Works,
    /// The provider refuses the token.
    Refused,
}

impl TestResult {
    /// The word for it on the screen, in JSON and in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Works => "works",
            Self::Refused => "refused",
        }
    }

    /// The result that a file's word means.
    #[must_use]
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::Works, Self::Refused].into_iter().find(|result| result.word() == word)
    }
}

impl fmt::Display for LastTest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.result.word(), self.status)
    }
}

/// What a profile is of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Tokens got by a login.
    OAuth,
    /// A key, which only a person can replace.
    ApiKey,
    /// The value of an environment variable: without a clock, and never written.
    Environment,
}

/// How and when the last refresh ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LastRefresh {
    pub at: DateTime<Utc>,
    pub result: RefreshResult,
    /// The grant that was held after it: the new one where a new refresh token came. Absent: not
    /// written down.
    pub grant: Option<RefreshTokenId>,
    /// The server's clock, where it was far from ours when it answered.
    pub clock_differs: Option<ClockDiffers>,
    /// What was odd in the answer though its tokens are good, for people.
    pub odd: Option<String>,
    /// The first of the requests with this refresh token whose answer was lost: the provider may have
    /// spent the token then.
    pub lost_at: Option<DateTime<Utc>>,
}

impl LastRefresh {
    /// One that was asked for `grant` and of which nothing else is to be said.
    #[must_use]
    pub fn new(at: DateTime<Utc>, result: RefreshResult, grant: Option<RefreshTokenId>) -> Self {
        Self { at, result, grant, clock_differs: None, odd: None, lost_at: None }
    }
}

/// A server's clock that is far from ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockDiffers {
    /// By how much it was ahead of ours; less than zero where it was behind.
    pub ahead: TimeDelta,
    /// By whose clock the end of the new token was told.
    pub end_by: EndBy,
}

/// By whose clock the end of a token was told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EndBy {
    /// The reply told how long it lives (RFC 6749 §5.1), which was counted from the request on.
    Ours,
    /// The reply told a point in time: it means nothing where the clocks differ.
    Theirs,
}

/// `why` a refresh failed, with the `provider` as its subject where it said so: that is stored without one.
#[must_use]
pub fn with_subject(why: &str, provider: &str) -> String {
    let is_said = ["refused ", "answered "].iter().any(|verb| why.starts_with(verb));
    if is_said { format!("{provider} {why}") } else { why.to_owned() }
}

/// How a refresh ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RefreshResult {
    /// New tokens are stored.
    Done,
    /// It failed for a reason that passes.
    Passing {
        /// What happened, for people.
        why: String,
        /// How many times in a row.
        times: u32,
        /// When it makes sense to ask again.
        retry_at: DateTime<Utc>,
    },
    /// It was refused, and the grant is not over: the same again is refused again until somebody
    /// changes something.
    Refused {
        /// What was said, for people.
        why: String,
        /// What to do about it, for people: `check client.id in …`.
        next: String,
        /// How many times in a row.
        times: u32,
        /// When it is asked again without anybody asking; absent: not at all.
        retry_at: Option<DateTime<Utc>>,
    },
    /// The provider says that the grant is over.
    Dead {
        /// What it said, for people.
        why: String,
    },
}
