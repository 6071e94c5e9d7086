//! Asking a provider to end a grant, and what its answer means (RFC 7009).

use std::time::Duration;

use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::provider::call::Slot;
use crate::domain::secret::Secret;
use crate::domain::trouble::{Next, Trouble};
use crate::oauth::reply::Refusal;
use crate::oauth::request::{Filling, Reply, Request};

/// Why nobody can be asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mute {
    /// No tokens are held.
    NoTokens,
    /// It is no login.
    NoLogin,
    /// No provider file says where to ask.
    NoProvider,
    /// The provider has no way that is known.
    NoWay,
    /// The provider file's address cannot be made.
    Unfilled,
}

impl std::fmt::Display for Mute {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NoTokens => "it holds no tokens",
            Self::NoLogin => "it is no login; delete the key at the provider",
            Self::NoProvider => "no provider file says where to ask",
            Self::NoWay => "the provider offers no way that is known; end it on its own pages",
            Self::Unfilled => "the address in the provider file cannot be made",
        })
    }
}

/// The request that ends the grant of `profile`: by its refresh token, which ends the access token
/// too (RFC 7009 §2.1), or by the access token where there is no other.
///
/// # Errors
/// [`Mute`] when nobody can be asked.
pub fn request(profile: &Profile, provider: Option<&Provider>) -> Result<Request, Mute> {
    let tokens = profile.held.tokens().ok_or(Mute::NoTokens)?;
    if profile.kind != Kind::OAuth {
        return Err(Mute::NoLogin);
    }
    let provider = provider.ok_or(Mute::NoProvider)?;
    let call = provider.revoke.as_ref().ok_or(Mute::NoWay)?;
    let id = profile.client_id.as_deref().or(provider.client.id.as_deref()).unwrap_or_default();
    let (token, hint) = match &tokens.refresh {
        Some(refresh) => (refresh, "refresh_token"),
        None => (&tokens.access, "access_token"),
    };
    let mut filling = Filling::of_client(id, profile.client_secret.as_ref())
        .with(Slot::Token, token.clone())
        .with(Slot::TokenHint, Secret::new(hint))
        .with(Slot::Access, tokens.access.clone());
    if let Some(refresh) = &tokens.refresh {
        filling = filling.with(Slot::Refresh, refresh.clone());
    }
    filling.fill(call).map_err(|_| Mute::Unfilled)
}

/// Judges the answer. Any 200 is a success, also for a token that was not known (RFC 7009 §2.2);
/// so is any other 2xx, unless its body names an error.
///
/// # Errors
/// A [`Trouble`] that says why the grant may still live.
pub fn judge(profile: &Profile, provider: &Provider, reply: &Reply) -> Result<(), Trouble> {
    let refusal = Refusal::of(&provider.reply, &provider.meanings, reply, "no word of success");
    if (200..300).contains(&reply.status) && refusal.said.code().is_none() {
        return Ok(());
    }
    let what = format!("cannot revoke {} at {}", profile.id.name, provider.title);
    let pause = refusal.retry_after.unwrap_or(Duration::ZERO).as_secs();
    let later = if pause > 0 { format!("; it asks to be left alone for {pause} s") } else { String::new() };
    let next = if refusal.is_passing() {
        Next::Retry
    } else {
        Next::Fix("end it on the provider's own pages, or erase it here".to_owned())
    };
    Err(Trouble::untouched(what, format!("it {refusal}{later}"), next))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::{FixedOffset, Now, Steady, at_seconds};
    use crate::domain::name::{ProfileId, ProfileName, StoreId};
    use crate::domain::provider::file;
    use crate::domain::tokens::{Held, Tokens};

    const FILE: &str = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t', \
        revoke: 'https://a.test/r' }\nclient: { id: c, authentication: post }\n";

    fn provider(text: &str) -> Provider {
        file::load("acme", text).expect(text)
    }

    fn profile(refresh: Option<&str>) -> Profile {
        let id = ProfileId { store: StoreId::Own, name: ProfileName::parse("acme/ana").expect("a name") };
        let held = Held::Here(Tokens { access: Secret::new("a1"), refresh: refresh.map(Secret::new) });
        Profile { held, client_secret: Some(Secret::new("s")), ..Profile::new(id, Kind::OAuth) }
    }

    fn body(profile: &Profile, provider: &Provider) -> String {
        let request = request(profile, Some(provider)).expect("a request");
        request.body.expect("a body").1.expose().to_owned()
    }

    fn reply(status: u16, body: &str) -> Reply {
        let offset = FixedOffset::east_opt(0).expect("in range");
        let wall = at_seconds(1_800_000_000).expect("in range");
        let sent = Now { wall, steady: Steady::default(), offset };
        Reply { status, headers: Vec::new(), body: Secret::new(body), sent }
    }

    #[test]
    fn the_refresh_token_goes_first_and_the_hint_says_which_it_is() {
        let provider = provider(FILE);
        assert_eq!(
            body(&profile(Some("r1")), &provider),
            "token=r1&token_type_hint=refresh_token&client_id=c&client_secret=s"
        );
        assert_eq!(
            body(&profile(None), &provider),
            "token=a1&token_type_hint=access_token&client_id=c&client_secret=s"
        );
    }

    #[test]
    fn a_provider_may_want_it_in_another_form() {
        let text = format!(
            "{FILE}calls: {{ revoke: {{ post: 'https://a.test/x', json: {{ credentials: ['{{access}}', '{{refresh}}'] }} }} }}\n"
        );
        let provider = provider(&text);
        assert_eq!(body(&profile(Some("r1")), &provider), r#"{"credentials":["a1","r1"]}"#);
        assert_eq!(body(&profile(None), &provider), r#"{"credentials":["a1"]}"#);
    }

    #[test]
    fn who_cannot_be_asked_is_said() {
        let silent =
            provider(&FILE.replace(", revoke: 'https://a.test/r'", "").replace(", \\\n        ", ""));
        let erased = Profile { held: Held::Nothing, ..profile(None) };
        let key = Profile { kind: Kind::ApiKey, ..profile(None) };
        for (profile, provider, why) in [
            (erased, Some(&silent), Mute::NoTokens),
            (key, Some(&silent), Mute::NoLogin),
            (profile(None), None, Mute::NoProvider),
            (profile(None), Some(&silent), Mute::NoWay),
        ] {
            assert_eq!(request(&profile, provider), Err(why));
        }
    }

    #[test]
    fn only_a_plain_success_is_one() {
        let provider = provider(FILE);
        for (status, body, is_done) in [
            (200, "", true),
            (200, "{}", true),
            (204, "", true),
            (200, r#"{"error":"invalid_client"}"#, false),
            (400, r#"{"error":"unsupported_token_type"}"#, false),
            (302, "", false),
            (404, "", false),
            (503, "", false),
        ] {
            let judged = judge(&profile(Some("r1")), &provider, &reply(status, body));
            assert_eq!(judged.is_ok(), is_done, "{status} {body}: {judged:?}");
            let next = judged.err().map(|trouble| trouble.next);
            assert_eq!(
                next == Some(Next::Retry),
                status == 503 || status == 404 || status == 302,
                "{status}"
            );
        }
    }
}
