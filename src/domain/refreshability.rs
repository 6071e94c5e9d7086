//! Refreshability: whether a refresh can bring a profile new tokens, when it is due, or why not.
//!
//! Everything that sends, plans or offers a refresh asks here. A provider file may name another
//! server than the login agreed to; that is checked here too, so that no refresh token goes there.

use std::fmt;
use std::time::Duration;

use crate::domain::clock::{DateTime, Utc};
use crate::domain::origins::OtherOrigin;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::provider::request_template::RequestTemplate;
use crate::domain::schedule::{REFRESH_LEAD, When, after_the_grant, when};
use crate::domain::secret::Secret;
use crate::domain::tokens::Tokens;

/// A profile that can be refreshed, with all that its refresh needs.
#[derive(Debug, Clone, Copy)]
pub struct Refreshable<'a> {
    pub tokens: &'a Tokens,
    pub refresh_token: &'a Secret,
    pub provider: &'a Provider,
    /// The request of the provider file.
    pub call: &'a RequestTemplate,
    profile: &'a Profile,
    lead: Duration,
    now: DateTime<Utc>,
}

impl Refreshable<'_> {
    /// When it is refreshed without anybody asking.
    #[must_use]
    pub fn when(&self) -> When {
        when(self.profile, self.lead, self.now)
    }
}

/// Why a profile cannot be refreshed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRefreshable {
    ApiKey,
    EnvironmentVariable,
    /// Another program keeps it: who renews it.
    Borrowed(String),
    NoProviderFile,
    /// The provider file is an example to copy.
    Example,
    /// The tokens were erased.
    NoTokens,
    NoRefreshToken,
    /// The provider file names no refresh.
    NotOffered,
    /// The provider file names a server that the login did not agree to.
    OtherOrigin(OtherOrigin),
    /// The address in the provider file cannot be filled in.
    BadAddress,
    /// The provider said that the grant is over; only a person asks once more.
    GrantDead(String),
}

impl NotRefreshable {
    /// The reason as scripts read it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::ApiKey => "api_key",
            Self::EnvironmentVariable => "environment",
            Self::Borrowed(_) => "borrowed",
            Self::NoProviderFile => "no_provider_file",
            Self::Example => "example",
            Self::NoTokens => "no_tokens",
            Self::NoRefreshToken => "no_refresh_token",
            Self::NotOffered => "not_offered",
            Self::OtherOrigin(_) => "other_server",
            Self::BadAddress => "bad_address",
            Self::GrantDead(_) => "login_over",
        }
    }
}

impl fmt::Display for NotRefreshable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ApiKey => f.write_str("API keys cannot be refreshed"),
            Self::EnvironmentVariable => f.write_str("environment variables cannot be refreshed"),
            Self::Borrowed(who) => f.write_str(who),
            Self::NoProviderFile => f.write_str("there is no provider file for it"),
            Self::Example => f.write_str("its provider is only an example"),
            Self::NoTokens => f.write_str("its tokens were erased here"),
            Self::NoRefreshToken => f.write_str("the provider gave no refresh token"),
            Self::NotOffered => f.write_str("this provider does not refresh tokens"),
            Self::OtherOrigin(other) => other.fmt(f),
            Self::BadAddress => f.write_str("the token address in the provider file cannot be filled in"),
            Self::GrantDead(why) => write!(f, "the provider ended this login: {why}"),
        }
    }
}

/// Whether `profile` can be refreshed at `provider`, its provider file, and when it is.
///
/// # Errors
/// Why it cannot.
pub fn refreshability<'a>(
    profile: &'a Profile,
    provider: Option<&'a Provider>,
    now: DateTime<Utc>,
) -> Result<Refreshable<'a>, NotRefreshable> {
    refreshability_with_lead(profile, provider, REFRESH_LEAD, now)
}

/// The same where a token is refreshed `lead` before its end.
///
/// # Errors
/// Why it cannot be.
pub fn refreshability_with_lead<'a>(
    profile: &'a Profile,
    provider: Option<&'a Provider>,
    lead: Duration,
    now: DateTime<Utc>,
) -> Result<Refreshable<'a>, NotRefreshable> {
    is_login(profile)?;
    let provider = provider.ok_or(NotRefreshable::NoProviderFile)?;
    if provider.example {
        return Err(NotRefreshable::Example);
    }
    let tokens = tokens(profile)?;
    let call = provider.refresh.as_ref().ok_or(NotRefreshable::NotOffered)?;
    let refresh_token = tokens.refresh.as_ref().ok_or(NotRefreshable::NoRefreshToken)?;
    profile.agrees_to(call).map_err(NotRefreshable::OtherOrigin)?;
    Ok(Refreshable { tokens, refresh_token, provider, call, profile, lead, now })
}

/// The same where nobody has read the provider files yet: as far as `profile` alone can tell.
///
/// # Errors
/// Why it cannot, whatever its provider file says.
pub fn refreshability_by_profile(profile: &Profile, now: DateTime<Utc>) -> Result<When, NotRefreshable> {
    is_login(profile)?;
    tokens(profile)?.refresh.as_ref().ok_or(NotRefreshable::NoRefreshToken)?;
    Ok(when(profile, REFRESH_LEAD, now))
}

/// Whether `profile` holds a refresh token whose grant is not over, as far as it alone can tell.
#[must_use]
pub fn has_live_grant(profile: &Profile, now: DateTime<Utc>) -> bool {
    let is_login = profile.kind == Kind::OAuth && profile.owner.is_none();
    is_login && profile.refresh_token().is_some() && after_the_grant(profile, now).is_none()
}

fn is_login(profile: &Profile) -> Result<(), NotRefreshable> {
    if let Some(owner) = &profile.owner {
        return Err(NotRefreshable::Borrowed(owner.refreshes()));
    }
    match profile.kind {
        Kind::OAuth => Ok(()),
        Kind::ApiKey => Err(NotRefreshable::ApiKey),
        Kind::Environment => Err(NotRefreshable::EnvironmentVariable),
    }
}

fn tokens(profile: &Profile) -> Result<&Tokens, NotRefreshable> {
    profile.held.tokens().ok_or(NotRefreshable::NoTokens)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::{TimeDelta, at_seconds};
    use crate::domain::name::{ProfileId, ProfileName, StoreId};
    use crate::domain::profile::{AutoRefresh, LastRefresh, RefreshResult};
    use crate::domain::schedule::OnRequest;
    use crate::domain::tokens::{Expiry, StoredTokens};
    use crate::stored::provider_file::load;

    const FILE: &str = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                        client: { id: c }\n";

    #[test]
    fn what_cannot_be_refreshed_says_why() {
        let (plain, example) = (provider(), Provider { example: true, ..provider() });
        let none = Provider { refresh: None, ..provider() };
        let bare = StoredTokens::Present(Tokens { access: Secret::new("a"), refresh: None });
        let of = |origin: &str| profile().with_login(|login| login.origins = vec![origin.to_owned()]);
        let (elsewhere, at_home) = (of("https://b.test"), of("https://a.test"));
        for (profile, provider, why) in [
            (profile(), Some(&plain), None),
            (at_home, Some(&plain), None),
            (Profile { kind: Kind::ApiKey, ..profile() }, Some(&plain), Some("API keys cannot be refreshed")),
            (
                Profile { kind: Kind::Environment, ..profile() },
                None,
                Some("environment variables cannot be refreshed"),
            ),
            (profile(), None, Some("there is no provider file for it")),
            (profile(), Some(&example), Some("its provider is only an example")),
            (
                Profile { held: StoredTokens::None, ..profile() },
                Some(&none),
                Some("its tokens were erased here"),
            ),
            (Profile { held: bare, ..profile() }, Some(&plain), Some("the provider gave no refresh token")),
            (profile(), Some(&none), Some("this provider does not refresh tokens")),
            (
                elsewhere,
                Some(&plain),
                Some(
                    "the provider file now names https://a.test, but the login was made with https://b.test",
                ),
            ),
        ] {
            let said = refreshability(&profile, provider, now()).err().map(|why| why.to_string());
            assert_eq!(said.as_deref(), why);
            let alone = refreshability_by_profile(&profile, now()).err();
            let of_the_file = matches!(
                refreshability(&profile, provider, now()),
                Err(NotRefreshable::NoProviderFile
                    | NotRefreshable::Example
                    | NotRefreshable::NotOffered
                    | NotRefreshable::OtherOrigin(_))
            );
            assert_eq!(alone.is_some(), why.is_some() && !of_the_file, "{why:?}");
        }
    }

    #[test]
    fn what_can_be_refreshed_says_when_and_a_grant_that_is_over_only_for_a_person() {
        let ends = |seconds| Some(now() + TimeDelta::seconds(seconds));
        let with = |life| Profile { life, ..profile() };
        let result = RefreshResult::Dead { why: "invalid_grant".into() };
        let last_refresh = Some(Box::new(LastRefresh::new(now(), result, profile().refresh_token_id())));
        let dead = Profile { last_refresh, auto_refresh: AutoRefresh::Off, ..profile() };
        for (profile, when, lives) in [
            (profile(), When::OnRequest(OnRequest::NoExpiry), true),
            (dead, When::OnRequest(OnRequest::GrantDead), false),
            (
                with(Expiry { grant_ends_at: ends(0), ..Expiry::default() }),
                When::OnRequest(OnRequest::GrantExpired),
                false,
            ),
            (
                Profile {
                    auto_refresh: AutoRefresh::Off,
                    ..with(Expiry { expires_at: ends(1), ..Expiry::default() })
                },
                When::OnRequest(OnRequest::TurnedOff),
                true,
            ),
        ] {
            let provider = provider();
            let said = refreshability(&profile, Some(&provider), now()).expect("it can be refreshed");
            assert_eq!((said.when(), has_live_grant(&profile, now())), (when, lives));
            assert_eq!(said.refresh_token, &Secret::new("r"));
        }
        let soon = with(Expiry { expires_at: ends(400), ..Expiry::default() });
        assert!(matches!(refreshability_by_profile(&soon, now()), Ok(When::At(at)) if at > now()));
    }

    fn now() -> DateTime<Utc> {
        at_seconds(1_800_000_000).expect("a time")
    }

    fn provider() -> Provider {
        load("acme", FILE).expect("a provider")
    }

    fn profile() -> Profile {
        let name = ProfileName::parse("acme/ana").expect("a name");
        let tokens = Tokens { access: Secret::new("a"), refresh: Some(Secret::new("r")) };
        let id = ProfileId { store: StoreId::Own, name };
        Profile { held: StoredTokens::Present(tokens), ..Profile::new(id, Kind::OAuth) }
    }
}
