//! Presets of providers where a person registers an app: the requests that differ from the standard, and every shape
//! of answer.

use authtui::domain::provider::meaning::Meaning;
use authtui::domain::provider::request_template::{Method, Placeholder};
use authtui::domain::provider::{LoginMethod, Pkce, Provider, Rotation};
use authtui::oauth::identity::Identity;
use authtui::oauth::reply::{Refusal, Remedy, TokenResponse, read};
use authtui::stored::provider_file::PRESETS;
use serde_json::json;

use super::{body, filled, headers, preset, query, sent, text};
use crate::harness::{now, reply};

#[test]
fn whoever_is_asked_for_a_client_id_is_told_how_to_get_one() {
    let told =
        PRESETS.map(|(name, _)| preset(name)).into_iter().filter(|provider| provider.registration.is_some());
    let told: Vec<Provider> = told.collect();
    assert_eq!(told.len(), 17);
    for provider in told {
        let name = &provider.name;
        let recipe = provider.registration.as_ref().expect("a recipe");
        let is_own = provider.address.is_some();
        assert!((recipe.page.is_some() || is_own) && !recipe.steps.is_empty(), "{name}");
        let longest = recipe.steps.iter().map(|step| step.chars().count()).max();
        assert!(longest.is_some_and(|longest| longest <= 100), "{name}: {longest:?}");
        assert_eq!(provider.client.id, None, "{name}");
        assert!(provider.homepage.is_some(), "{name}");
        // Only a desktop app of Google, and a device code, need no redirect.
        let needs_none = ["google", "google-device"].contains(&name.as_str());
        assert_eq!(recipe.redirect.is_none(), needs_none, "{name}");
        let lines = recipe.lines();
        let head = if is_own && recipe.page.is_none() { ":" } else { " at https://" };
        assert!(lines[0].starts_with(&format!("Register an app of your own{head}")), "{lines:?}");
    }
}

#[test]
fn github_needs_no_secret_with_a_device_code_and_one_in_the_browser() {
    let device = preset("github");
    assert_eq!(device.flows, [LoginMethod::Device]);
    let asked = sent(device.device.as_ref().map(|device| &device.authorize));
    assert_eq!(text(&asked), "client_id=cid&scope=a+b");
    assert_eq!(headers(&asked), [("accept", "application/json")]);
    let ended = filled(device.revoke.as_ref(), &[]);
    assert_eq!(ended.method, Method::Post);
    let web = preset("github-web");
    assert!(text(&sent(web.exchange.as_ref())).contains("client_secret=s3cret"));
    let ended = sent(web.revoke.as_ref());
    assert_eq!(
        (ended.method, ended.url.as_str()),
        (Method::Delete, "https://api.github.com/applications/cid/token")
    );
    assert!(query(&web).contains("code_challenge_method=S256"));
    assert_eq!(web.redirect.ports().last(), Some(&0), "any port");
    assert_eq!(device.meanings.meaning_of(200, Some("token_expired")), Some(Meaning::Expired));
}

#[test]
fn what_each_provider_wants_beyond_the_standard_is_in_its_addresses() {
    for (name, parts) in [
        ("slack", &["user_scope=users%3Aread", "code_challenge="][..]),
        ("linear", &["scope=read", "prompt=consent"]),
        ("google", &["access_type=offline", "prompt=consent", "scope=openid+email+profile"]),
        ("atlassian", &["audience=api.atlassian.com", "prompt=consent", "offline_access"]),
        ("microsoft", &["scope=openid+profile+email+offline_access"]),
        ("notion", &["owner=user"]),
    ] {
        let query = query(&preset(name));
        for part in parts {
            assert!(query.contains(part), "{name}: {part} in {query}");
        }
        assert!(name != "slack" || !query.split('&').any(|pair| pair.starts_with("scope=")), "{query}");
    }
    assert_eq!((preset("atlassian").pkce, preset("notion").pkce), (Pkce::Off, Pkce::Off));
}

#[test]
fn token_requests_are_as_each_provider_wants_them() {
    let again = text(&sent(preset("gitlab").refresh.as_ref()));
    assert!(again.ends_with("&redirect_uri=http%3A%2F%2F127.0.0.1%3A8765%2Fcallback"), "{again}");
    let atlassian = body(&sent(preset("atlassian").refresh.as_ref()));
    assert_eq!(
        atlassian,
        json!({ "grant_type": "refresh_token", "client_id": "cid", "client_secret": "s3cret", "refresh_token": "rt" })
    );
    let notion = filled(preset("notion").exchange.as_ref(), &[Placeholder::Code, Placeholder::Redirect]);
    assert_eq!(
        body(&notion),
        json!({ "grant_type": "authorization_code", "code": "c0de", "redirect_uri": "there" })
    );
    assert!(headers(&notion).contains(&("authorization", "Basic Y2lkOnMzY3JldA==")));
    let google = sent(preset("google-device").device.as_ref().map(|device| &device.authorize));
    assert_eq!(text(&google), "client_id=cid&scope=a+b");
    let linear = sent(preset("linear").revoke.as_ref());
    assert_eq!(
        (linear.url.as_str(), text(&linear).as_str()),
        ("https://api.linear.app/oauth/revoke", "refresh_token=rt")
    );
    assert_eq!(preset("google").rotation, Rotation::Reusable);
}

#[test]
fn tokens_are_found_in_every_shape_of_answer() {
    for (name, answer, refresh, scopes) in [
        ("github", "access_token=at&scope=repo%2Cgist&token_type=bearer".to_owned(), None, &["repo", "gist"][..]),
        ("github", json!({ "access_token": "at", "scope": "", "token_type": "bearer" }).to_string(), None, &[]),
        (
            "slack",
            json!({ "ok": true, "authed_user": {
                "id": "U1", "scope": "users:read,chat:write", "access_token": "at", "token_type": "user",
                "refresh_token": "rt", "expires_in": 43200,
            }, "team": { "id": "T1", "name": "Acme" } })
            .to_string(),
            Some("rt"),
            &["users:read", "chat:write"],
        ),
        (
            "slack",
            json!({ "ok": true, "access_token": "at", "token_type": "user", "refresh_token": "rt", "expires_in": 43200,
                    "scope": "users:read" })
            .to_string(),
            Some("rt"),
            &["users:read"],
        ),
        ("linear", json!({ "access_token": "at", "refresh_token": "rt", "scope": ["read"] }).to_string(), Some("rt"), &["read"]),
        ("google", json!({ "access_token": "at", "expires_in": 3599, "scope": "openid" }).to_string(), None, &["openid"]),
        (
            "gitlab",
            json!({ "access_token": "at", "refresh_token": "rt", "expires_in": 7200, "created_at": 1_800_000_000,
                    "scope": "read_user" })
            .to_string(),
            Some("rt"),
            &["read_user"],
        ),
        ("microsoft", json!({ "access_token": "at", "expires_in": "3599", "scope": "a b" }).to_string(), None, &["a", "b"]),
    ] {
        let came = granted(name, &answer);
        assert_eq!(came.tokens.access.expose(), "at", "{name}");
        assert_eq!(came.tokens.refresh.as_ref().map(|token| token.expose()), refresh, "{name}");
        assert_eq!(came.scopes.unwrap_or_default(), scopes, "{name}");
        assert_eq!(came.notes, Vec::<String>::new(), "{name}");
    }
}

#[test]
fn who_logged_in_is_read_where_the_provider_says_it() {
    let slack = granted("slack", r#"{"ok":true,"authed_user":{"id":"U1","access_token":"at"}}"#);
    assert_eq!(slack.subject.as_deref(), Some("U1"));
    let asana = granted("asana", r#"{"access_token":"at","data":{"gid":"7","email":"ana@acme.test"}}"#);
    assert_eq!((asana.subject.as_deref(), asana.account.as_deref()), (Some("7"), Some("ana@acme.test")));
    let person = json!({ "access_token": "at", "bot_id": "b", "workspace_name": "Acme",
                         "owner": { "user": { "id": "7", "person": { "email": "ana@acme.test" } } } });
    let notion = granted("notion", &person.to_string());
    assert_eq!((notion.subject.as_deref(), notion.account.as_deref()), (Some("7"), Some("ana@acme.test")));
    for (name, answer, subject, account) in [
        ("github", r#"{"login":"ana","id":7,"email":null}"#, "7", "ana"),
        ("gitlab", r#"{"id":7,"username":"ana"}"#, "7", "ana"),
        ("spotify", r#"{"id":"ana7","email":"ana@acme.test","display_name":"Ana"}"#, "ana7", "ana@acme.test"),
        ("slack", r#"{"ok":true,"user":"ana","user_id":"U1","team":"Acme"}"#, "U1", "ana"),
        ("google", r#"{"sub":"7","email":"ana@acme.test"}"#, "7", "ana@acme.test"),
        ("huggingface", r#"{"sub":"7","preferred_username":"ana"}"#, "7", "ana"),
        ("atlassian", r#"{"account_id":"7","email":"ana@acme.test"}"#, "7", "ana@acme.test"),
        ("asana", r#"{"data":{"gid":"7","email":"ana@acme.test"}}"#, "7", "ana@acme.test"),
    ] {
        let provider = preset(name);
        assert!(provider.userinfo.is_some(), "{name}");
        let identity = Identity::of_userinfo(&provider.reply, &reply(200, answer, now()));
        assert_eq!(
            (identity.subject.as_deref(), identity.account.as_deref()),
            (Some(subject), Some(account)),
            "{name}"
        );
    }
    let refused =
        Identity::of_userinfo(&preset("slack").reply, &reply(200, r#"{"ok":false,"error":"x"}"#, now()));
    assert_eq!((refused.subject, refused.account), (None, None));
}

#[test]
fn a_refusal_is_read_whatever_its_status_and_says_what_helps() {
    for (name, status, answer, code) in [
        ("github", 200, r#"{"error":"authorization_pending"}"#, "authorization_pending"),
        (
            "github",
            200,
            "error=incorrect_client_credentials&error_description=x",
            "incorrect_client_credentials",
        ),
        ("google-device", 428, r#"{"error":"authorization_pending"}"#, "authorization_pending"),
        ("slack", 200, r#"{"ok":false,"error":"invalid_code"}"#, "invalid_code"),
        (
            "microsoft",
            400,
            r#"{"error":"authorization_declined","error_codes":[70016]}"#,
            "authorization_declined",
        ),
        ("atlassian", 403, r#"{"error":"invalid_grant","error_description":"spent"}"#, "invalid_grant"),
        ("asana", 400, r#"{"error":"invalid_grant"}"#, "invalid_grant"),
    ] {
        assert_eq!(refused(name, status, answer).body.code(), Some(code), "{name}");
    }
    for (name, status, code, meaning) in [
        ("github", 200, "authorization_pending", Meaning::Pending),
        ("github", 200, "slow_down", Meaning::SlowDown),
        ("github", 200, "token_expired", Meaning::Expired),
        ("google-device", 428, "authorization_pending", Meaning::Pending),
        ("google-device", 403, "access_denied", Meaning::Denied),
        ("microsoft", 400, "authorization_declined", Meaning::Denied),
        ("microsoft", 400, "bad_verification_code", Meaning::Expired),
    ] {
        assert_eq!(preset(name).meanings.meaning_of(status, Some(code)), Some(meaning), "{name} {code}");
    }
    let spent = refused("atlassian", 403, r#"{"error":"invalid_grant"}"#);
    assert_eq!(spent.remedy(), Remedy::LogIn);
    let ended = refused("slack", 200, r#"{"ok":false,"error":"invalid_refresh_token"}"#);
    assert_eq!(ended.remedy(), Remedy::LogIn);
}

fn granted(name: &str, answer: &str) -> TokenResponse {
    let provider = preset(name);
    let read = read(&provider.reply, &provider.meanings, &reply(200, answer, now()));
    read.unwrap_or_else(|refusal| panic!("{name}: {refusal:?}"))
}

fn refused(name: &str, status: u16, answer: &str) -> Refusal {
    let provider = preset(name);
    read(&provider.reply, &provider.meanings, &reply(status, answer, now())).expect_err(name)
}
