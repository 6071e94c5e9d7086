//! Revocation of a grant: its request, and what the answer means (RFC 7009).

use std::fmt;

use crate::domain::change::Snapshot;
use crate::domain::origins::OtherOrigin;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::provider::meaning::Meaning;
use crate::domain::provider::request_template::{Placeholder, RequestTemplate};
use crate::domain::secret::Secret;
use crate::domain::tokens::Tokens;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::reply::{self, Refusal, Remedy};
use crate::oauth::request::{Bindings, Reply, Request};

/// The server ends tokens, but none of this kind (RFC 7009 §2.2.1).
const OTHER_KIND: &str = "unsupported_token_type";

/// How a request to end a grant ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Revoked {
    /// The grant is over, and its tokens are erased here.
    Done(Snapshot),
    /// It is not over, as far as anybody knows; the tokens are as they were.
    NotEnded(Trouble),
    /// It is over, and its tokens could not be erased here.
    NotErased(Trouble),
}

/// Why a profile cannot be revoked at its provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NotRevocable {
    NoTokens,
    ApiKey,
    EnvironmentVariable,
    NoProviderFile,
    /// The provider file is an example to copy.
    Example,
    /// The provider file names no revocation.
    NotOffered,
    /// The provider file's request wants a token of a kind that is not held.
    TokenNotHeld,
    /// The address in the provider file cannot be filled in.
    BadAddress,
    /// The provider file names a server that the login did not agree to.
    OtherOrigin(OtherOrigin),
}

impl fmt::Display for NotRevocable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words = match self {
            Self::NoTokens => "it has no tokens",
            Self::ApiKey => "API keys cannot be revoked from here",
            Self::EnvironmentVariable => "environment variables cannot be revoked from here",
            Self::NoProviderFile => "there is no provider file for it",
            Self::Example => "its provider is only an example",
            Self::NotOffered => "its provider file names no revocation address",
            Self::TokenNotHeld => "this provider ends a login by a token that is not held here",
            Self::BadAddress => "the revocation address in the provider file cannot be filled in",
            Self::OtherOrigin(other) => return other.fmt(f),
        };
        f.write_str(words)
    }
}

/// The request that ends the grant of `profile`: by its refresh token, which ends the access token
/// too (RFC 7009 §2.1), or by the access token where there is no other.
///
/// # Errors
/// [`NotRevocable`] when nobody can be asked.
pub fn request(profile: &Profile, provider: Option<&Provider>) -> Result<Request, NotRevocable> {
    let tokens = profile.held.tokens().ok_or(NotRevocable::NoTokens)?;
    match profile.kind {
        Kind::OAuth => {}
        Kind::ApiKey => return Err(NotRevocable::ApiKey),
        Kind::Environment => return Err(NotRevocable::EnvironmentVariable),
    }
    let provider = provider.ok_or(NotRevocable::NoProviderFile)?;
    if provider.example {
        return Err(NotRevocable::Example);
    }
    let call = provider.revoke.as_ref().ok_or(NotRevocable::NotOffered)?;
    profile.agrees_to(call).map_err(NotRevocable::OtherOrigin)?;
    let id = profile.client_id.as_deref().or(provider.client.id.as_deref()).unwrap_or_default();
    let (token, hint) = match &tokens.refresh {
        Some(refresh) => (refresh, "refresh_token"),
        None => (&tokens.access, "access_token"),
    };
    let mut bindings =
        Bindings::from_client(&provider.client.authentication, id, profile.login.client_secret.as_ref())
            .with(Placeholder::Token, token.clone())
            .with(Placeholder::TokenHint, Secret::new(hint))
            .with(Placeholder::Access, tokens.access.clone());
    if let Some(refresh) = &tokens.refresh {
        bindings = bindings.with(Placeholder::Refresh, refresh.clone());
    }
    if !carries_one_of(call, tokens) {
        return Err(NotRevocable::TokenNotHeld);
    }
    bindings.fill(call).map_err(|_| NotRevocable::BadAddress)
}

/// Whether any of the tokens has a place in `call`.
fn carries_one_of(call: &RequestTemplate, tokens: &Tokens) -> bool {
    call.placeholders().iter().any(|placeholder| match placeholder {
        Placeholder::Refresh => tokens.refresh.is_some(),
        Placeholder::Token | Placeholder::Access => true,
        Placeholder::ClientId
        | Placeholder::ClientSecret
        | Placeholder::Basic
        | Placeholder::Code
        | Placeholder::State
        | Placeholder::Redirect
        | Placeholder::Challenge
        | Placeholder::Verifier
        | Placeholder::TokenHint
        | Placeholder::DeviceCode
        | Placeholder::Scope
        | Placeholder::Account => false,
    })
}

/// What a person can do where the provider is not asked or does not do it: `end the grant at …`.
#[must_use]
pub fn by_hand(profile: &Profile, provider: Option<&Provider>) -> String {
    let (what, page) = match profile.kind {
        Kind::OAuth => ("revoke it", provider.and_then(|provider| provider.revoke_page.as_ref())),
        Kind::ApiKey => ("delete the key", provider.and_then(|provider| provider.key_page.as_ref())),
        Kind::Environment => ("delete it", None),
    };
    match (page, provider) {
        (Some(page), _) => format!("{what} at {page}"),
        (None, Some(provider)) => format!("{what} on the web pages of {}", provider.title),
        (None, None) => format!("{what} on the provider's web pages"),
    }
}

/// Judges what came of asking. Any 2xx is a success, also for a token that was not known (RFC 7009
/// §2.2), unless its body names an error or is a web page.
///
/// # Errors
/// A [`Trouble`] that says why the grant may still live.
pub fn judge(profile: &Profile, provider: &Provider, reply: Result<&Reply, &Trouble>) -> Result<(), Trouble> {
    let title = &provider.title;
    let failed = |why: String, stored, kind| {
        let what = format!("cannot sign out of {} at its provider", profile.id.name);
        Err(Trouble { what, why, stored, kind })
    };
    let reply = match reply {
        Ok(reply) => reply,
        Err(lost) => {
            let why = if lost.stored == Stored::PerhapsSpent {
                format!("{}; the login may or may not have ended; trying again does no harm", lost.why)
            } else {
                lost.why.clone()
            };
            return failed(format!("{title}: {why}"), lost.stored, FailureKind::Temporary(None));
        }
    };
    let refusal = Refusal::of(&provider.reply, &provider.meanings, reply, "no confirmation");
    if (200..300).contains(&reply.status) && refusal.body.code().is_none() && !reply::is_page(reply) {
        return Ok(());
    }
    let why = format!("{title} {refusal}{}{}", explained(&refusal), refusal.pause_words());
    let by_hand = || FailureKind::NeedsFix(by_hand(profile, Some(provider)));
    let kind = match refusal.remedy() {
        _ if refusal.body.code() == Some(OTHER_KIND) => by_hand(),
        Remedy::Wait => refusal.temporary(),
        Remedy::LogIn => by_hand(),
        Remedy::Change(cause) => match cause.check(provider, "endpoints.revoke") {
            Some(check) => {
                FailureKind::NeedsFix(format!("{check}; or {}", self::by_hand(profile, Some(provider))))
            }
            None => by_hand(),
        },
    };
    failed(why, Stored::Untouched, kind)
}

/// What the refusal means, where its words do not say so.
fn explained(refusal: &Refusal) -> &'static str {
    if refusal.body.code() == Some(OTHER_KIND) {
        ": it does not revoke tokens of this kind"
    } else if refusal.meaning == Some(Meaning::GrantDead) {
        "; the login seems to have ended already"
    } else {
        ""
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::fixtures::{empty_profile, tokens};

    use crate::domain::tokens::StoredTokens;
    use crate::oauth::fixtures::reply;
    use crate::stored::provider_file;

    const FILE: &str = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t', \
        revoke: 'https://a.test/r' }\nclient: { id: c, authentication: post }\n";

    fn provider(text: &str) -> Provider {
        provider_file::load("acme", text).expect(text)
    }

    fn profile(refresh: Option<&str>) -> Profile {
        let held = StoredTokens::Present(tokens("a1", refresh));
        Profile { held, ..empty_profile("acme/ana", Kind::OAuth) }
            .with_login(|login| login.client_secret = Some(Secret::new("s")))
    }

    /// A provider that differs from the shortest one by these lines.
    fn own(authentication: &str, calls: &str) -> Provider {
        let text = FILE.replace(", revoke: 'https://a.test/r'", "");
        provider(&format!("{}{calls}", text.replace("authentication: post", authentication)))
    }

    /// The request as one text: method, address, headers beside `accept`, body.
    fn sent(profile: &Profile, provider: &Provider) -> String {
        let request = request(profile, Some(provider)).expect("a request");
        let headers = request.headers.iter().filter(|(name, _)| name != "accept");
        let headers: String = headers.map(|(name, value)| format!("{name}={} ", value.expose())).collect();
        let body = request.body.as_ref().map_or("", |(_, body)| body.expose());
        format!("{:?} {} {headers}{body}", request.method, request.url)
    }

    #[test]
    fn the_refresh_token_goes_first_and_the_hint_says_which_it_is() {
        let provider = provider(FILE);
        let form = "Post https://a.test/r token=";
        assert_eq!(
            sent(&profile(Some("r1")), &provider),
            format!("{form}r1&token_type_hint=refresh_token&client_id=c&client_secret=s")
        );
        assert_eq!(
            sent(&profile(None), &provider),
            format!("{form}a1&token_type_hint=access_token&client_id=c&client_secret=s")
        );
    }

    #[test]
    fn the_client_proves_itself_as_at_the_token_endpoint() {
        let start = "Post https://a.test/r ";
        let form = "token=r1&token_type_hint=refresh_token";
        for (authentication, expected) in [
            ("none", format!("{start}{form}&client_id=c")),
            ("post", format!("{start}{form}&client_id=c&client_secret=s")),
            ("basic", format!("{start}authorization=Basic Yzpz {form}")),
            ("{ header: x-key }", format!("{start}x-key=s {form}&client_id=c")),
        ] {
            let text = FILE.replace("authentication: post", &format!("authentication: {authentication}"));
            assert_eq!(sent(&profile(Some("r1")), &provider(&text)), expected, "{authentication}");
        }
        let json =
            r#"Post https://a.test/r {"token":"r1","token_type_hint":"refresh_token","client_id":"c"}"#;
        let text = format!("{}body: json\n", FILE.replace("authentication: post", "authentication: none"));
        assert_eq!(sent(&profile(Some("r1")), &provider(&text)), json);
    }

    #[test]
    fn every_form_in_use_is_a_few_lines_of_a_file() {
        const PUBLIC: &str = "authentication: none";
        const SECRET: &str = "authentication: post";
        let revoke = |lines: &str| format!("calls: {{ revoke: {{ {lines} }} }}\n");
        for (name, authentication, lines, with, without) in [
            (
                "Google",
                PUBLIC,
                "post: 'https://oauth2.googleapis.com/revoke', form: { token: '{token}' }",
                "Post https://oauth2.googleapis.com/revoke token=r1",
                "Post https://oauth2.googleapis.com/revoke token=a1",
            ),
            (
                "GitLab",
                SECRET,
                "post: 'https://gitlab.com/oauth/revoke', form: { client_id: '{client_id}', client_secret: \
                 '{client_secret}', token: '{token}' }",
                "Post https://gitlab.com/oauth/revoke client_id=c&client_secret=s&token=r1",
                "Post https://gitlab.com/oauth/revoke client_id=c&client_secret=s&token=a1",
            ),
            (
                "OpenAI",
                PUBLIC,
                "post: 'https://auth.openai.com/oauth/revoke', json: { token: '{token}', token_type_hint: \
                 '{token_hint}', client_id: '{client_id}' }",
                r#"Post https://auth.openai.com/oauth/revoke {"token":"r1","token_type_hint":"refresh_token","client_id":"c"}"#,
                r#"Post https://auth.openai.com/oauth/revoke {"token":"a1","token_type_hint":"access_token","client_id":"c"}"#,
            ),
            (
                "Linear",
                PUBLIC,
                "post: 'https://api.linear.app/oauth/revoke', form: { refresh_token: '{refresh}' }",
                "Post https://api.linear.app/oauth/revoke refresh_token=r1",
                "",
            ),
            (
                "Slack",
                PUBLIC,
                "post: 'https://slack.com/api/auth.revoke', headers: { authorization: 'Bearer {access}' }",
                "Post https://slack.com/api/auth.revoke authorization=Bearer a1 ",
                "Post https://slack.com/api/auth.revoke authorization=Bearer a1 ",
            ),
            (
                "GitHub, with a secret",
                SECRET,
                "delete: 'https://api.github.com/applications/{client_id}/token', headers: { authorization: \
                 'Basic {basic}' }, json: { access_token: '{access}' }",
                r#"Delete https://api.github.com/applications/c/token authorization=Basic Yzpz {"access_token":"a1"}"#,
                r#"Delete https://api.github.com/applications/c/token authorization=Basic Yzpz {"access_token":"a1"}"#,
            ),
            (
                "GitHub, without",
                PUBLIC,
                "post: 'https://api.github.com/credentials/revoke', json: { credentials: ['{refresh}', \
                 '{access}'] }",
                r#"Post https://api.github.com/credentials/revoke {"credentials":["r1","a1"]}"#,
                r#"Post https://api.github.com/credentials/revoke {"credentials":["a1"]}"#,
            ),
        ] {
            let provider = own(authentication, &revoke(lines));
            assert_eq!(sent(&profile(Some("r1")), &provider), with, "{name}");
            if !without.is_empty() {
                assert_eq!(sent(&profile(None), &provider), without, "{name}");
            }
        }
    }

    #[test]
    fn a_request_that_would_carry_no_token_is_not_sent() {
        let lines = "calls: { revoke: { post: 'https://a.test/r', form: { refresh_token: '{refresh}' } } }\n";
        let provider = own("authentication: none", lines);
        assert!(request(&profile(Some("r1")), Some(&provider)).is_ok());
        assert_eq!(request(&profile(None), Some(&provider)), Err(NotRevocable::TokenNotHeld));
    }

    #[test]
    fn who_cannot_be_asked_is_said_and_what_can_be_done_by_hand() {
        let silent = own("authentication: none", "revoke: { page: 'https://a.test/programs' }\n");
        let pageless =
            own("authentication: none", "title: Acme & Sons\nkey: { page: 'https://a.test/keys' }\n");
        let erased = Profile { held: StoredTokens::None, ..profile(None) };
        let of_kind = |kind| Profile { kind, ..profile(None) };
        for (profile, provider, why, by) in [
            (erased, Some(&silent), NotRevocable::NoTokens, "revoke it at https://a.test/programs"),
            (
                of_kind(Kind::ApiKey),
                Some(&pageless),
                NotRevocable::ApiKey,
                "delete the key at https://a.test/keys",
            ),
            (
                of_kind(Kind::ApiKey),
                Some(&silent),
                NotRevocable::ApiKey,
                "delete the key on the web pages of acme",
            ),
            (
                of_kind(Kind::Environment),
                Some(&silent),
                NotRevocable::EnvironmentVariable,
                "delete it on the web pages of acme",
            ),
            (profile(None), None, NotRevocable::NoProviderFile, "revoke it on the provider's web pages"),
            (profile(None), Some(&silent), NotRevocable::NotOffered, "revoke it at https://a.test/programs"),
            (
                profile(None),
                Some(&pageless),
                NotRevocable::NotOffered,
                "revoke it on the web pages of Acme & Sons",
            ),
        ] {
            assert_eq!(request(&profile, provider), Err(why));
            assert_eq!(by_hand(&profile, provider), by);
        }
    }

    #[test]
    fn only_a_plain_success_is_one_and_every_other_answer_says_what_it_means() {
        let provider = provider(&format!("{FILE}meaning: [{{ error: gone_already, is: grant_dead }}]\n"));
        let done = Ok(());
        let again = |words| Err((FailureKind::Temporary(None).to_string(), words));
        let by_hand = "revoke it on the web pages of acme";
        let fix = |words| Err((FailureKind::NeedsFix(by_hand.to_owned()).to_string(), words));
        let check = |what: &str| {
            let check = format!("check {what} in the provider file: authtui providers show acme");
            let secret = if what == "client.id" { "; a new login asks for the client secret" } else { "" };
            Err((FailureKind::NeedsFix(format!("{check}{secret}; or {by_hand}")).to_string(), ""))
        };
        for (status, body, expected) in [
            (200, "", done.clone()),
            (200, "{}", done.clone()),
            (200, "OK", done.clone()),
            (204, "", done.clone()),
            (200, r#"{"ok":true,"revoked":true}"#, done.clone()),
            (200, r#"{"status":"revoked","message":"done","code":200}"#, done),
            (200, r#"{"ok":false,"error":"invalid_auth"}"#, fix("refused with invalid_auth")),
            (200, " <html>Sign in to this network first.", again("answered 200 with a web page")),
            (400, r#"{"error":"unsupported_token_type"}"#, fix("it does not revoke tokens of this kind")),
            (400, r#"{"error":"gone_already"}"#, fix("the login seems to have ended already")),
            (400, r#"{"error":17}"#, fix("refused with 17")),
            (401, r#"{"error":"invalid_client"}"#, check("client.id")),
            (400, r#"{"error":"invalid_request","error_description":"no token"}"#, check("the request")),
            (401, "", check("client.id")),
            (404, "", check("endpoints.revoke")),
            (405, "", check("endpoints.revoke")),
            (302, "", check("endpoints.revoke")),
            (400, r#"{"error":"rate_limited"}"#, again("rate_limited")),
            (429, "", again("is busy (429)")),
            (500, "", again("is having trouble (500)")),
            (503, "", again("is having trouble (503)")),
        ] {
            let judged = judge(&profile(Some("r1")), &provider, Ok(&reply(status, body)));
            match (judged, expected) {
                (Ok(()), Ok(())) => {}
                (Err(trouble), Err((kind, words))) => {
                    assert_eq!((trouble.what.as_str(), trouble.stored), (WHAT, Stored::Untouched), "{body}");
                    let why = &trouble.why;
                    assert!(why.starts_with("acme ") && why.contains(words), "{status} {body}: {why}");
                    assert_eq!(trouble.kind.to_string(), kind, "{status} {body}");
                }
                (said, _) => panic!("{status} {body}: {said:?}"),
            }
        }
    }

    const WHAT: &str = "cannot sign out of acme/ana at its provider";

    #[test]
    fn a_pause_that_is_asked_for_is_said() {
        let headers = vec![("retry-after".to_owned(), Secret::new("120"))];
        let busy = Reply { headers, ..reply(503, "") };
        let trouble = judge(&profile(Some("r1")), &provider(FILE), Ok(&busy)).expect_err("busy");
        assert_eq!(trouble.why, "acme is having trouble (503); it asks to wait 2m00s");
        assert_eq!(trouble.kind.to_string(), "try again in 2m00s");
    }

    #[test]
    fn an_answer_that_was_lost_leaves_the_end_of_the_grant_open() {
        for (stored, words) in [
            (
                Stored::PerhapsSpent,
                "acme: lost; the login may or may not have ended; trying again does no harm",
            ),
            (Stored::Untouched, "acme: lost"),
        ] {
            let lost = Trouble {
                stored,
                ..Trouble::untouched("cannot ask a.test", "lost", FailureKind::NothingToDo)
            };
            let trouble = judge(&profile(Some("r1")), &provider(FILE), Err(&lost)).expect_err("lost");
            assert_eq!(
                trouble,
                Trouble { what: WHAT.into(), why: words.into(), stored, kind: FailureKind::Temporary(None) }
            );
        }
    }
}
