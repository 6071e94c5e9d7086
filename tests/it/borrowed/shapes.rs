//! What each program writes, and the rows that it becomes.

use authtui::domain::change::Row;
use authtui::domain::clock::{TimeDelta, rfc3339};
use authtui::domain::health::{Activity, Health};
use authtui::stored::borrowed::program::programs;
use authtui::stored::borrowed::{BorrowedFile, ProgramLogins};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::harness::now;

/// The rows that `program` has by what it wrote into the file whose path ends so.
fn told(program: &str, files: &[(&str, &str)]) -> Vec<String> {
    let program = programs().into_iter().find(|known| known.name == program).expect("a program");
    let mut logins = ProgramLogins::default();
    for (path, text) in files {
        let rule = program.files.iter().find(|rule| rule.path().ends_with(path)).expect("a file");
        let file = BorrowedFile {
            shown: (*path).to_owned(),
            star: "0123456789".to_owned(),
            written: Some(now().wall),
            text: Ok(text),
        };
        logins.add(&program, rule, &file);
    }
    let words = |row: &Row| match row {
        Row::Broken(broken) => format!("{}: {}", broken.name, broken.why),
        Row::Profile(profile) => {
            let tokens = profile.held.tokens();
            let access = tokens.map_or("no token", |tokens| tokens.access.expose());
            let refresh = tokens.and_then(|tokens| tokens.refresh.as_ref()).map(|token| token.expose());
            let end = profile.life.expires_at.map_or("no end".to_owned(), rfc3339);
            let health = Health::of(profile, Activity::Idle, now().wall).word_for(profile);
            let owner = profile.owner.as_ref().expect("a program keeps it");
            let account = profile.account.as_deref().unwrap_or("-");
            let elsewhere = owner.elsewhere.as_deref().map_or(String::new(), |words| format!(" ({words})"));
            format!(
                "{} {account} {access} {} {end} {health}{elsewhere}",
                profile.id.name,
                refresh.unwrap_or("-")
            )
        }
    };
    logins.rows(&program).iter().map(words).collect()
}

fn jwt(payload: &str) -> String {
    format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload))
}

#[test]
fn a_blanked_file_of_claude_code_is_a_login_that_ended_there() {
    let path = ".credentials.json";
    let blank = r#"{"claudeAiOauth": {"accessToken": "", "refreshToken": "", "expiresAt": 0, "scopes": []}}"#;
    assert_eq!(
        told("claude-code", &[(path, blank)]),
        ["anthropic/claude-code - no token - no end signed out"]
    );
    let zero = r#"{"claudeAiOauth": {"accessToken": "a", "refreshToken": "r", "expiresAt": 0}}"#;
    assert_eq!(
        told("claude-code", &[(path, zero)]),
        ["anthropic/claude-code - no token - no end signed out"]
    );
    let once = r#"{"claudeAiOauth": {"accessToken": "a", "expiresAt": 4102444800000, "scopes": ["user:inference"]}}"#;
    assert_eq!(
        told("claude-code", &[(path, once)]),
        ["anthropic/claude-code - a - 2100-01-01T00:00:00Z fresh"]
    );
    assert_eq!(
        told("claude-code", &[(path, r#"{"organizationUuid": "x", "claudeAiOauth": null}"#)]),
        [""; 0]
    );
}

#[test]
fn seconds_and_milliseconds_are_told_apart() {
    let seconds = r#"{"other": 1, "oauth": {"accessToken": "a", "refreshToken": "r", "expiresAt": 4102444800, "scopes": []}}"#;
    assert_eq!(
        told("claw-code", &[(".claude}/credentials.json", seconds)]),
        ["anthropic/claw-code - a r 2100-01-01T00:00:00Z fresh"]
    );
    let millis = r#"{"access_token": "a", "refresh_token": "r", "expiry_date": 4102444800000.7791}"#;
    assert_eq!(
        told("qwen-code", &[("oauth_creds.json", millis)]),
        ["qwen/qwen-code - a r 2100-01-01T00:00:00Z fresh"]
    );
}

#[test]
fn the_token_of_codex_says_its_own_end() {
    let (id, access) = (jwt(r#"{"email": "ana@example.org"}"#), jwt(r#"{"exp": 4102444800}"#));
    let text = format!(
        r#"{{"OPENAI_API_KEY": "sk-1", "tokens": {{"id_token": "{id}", "access_token": "{access}", "refresh_token": "r"}}}}"#
    );
    assert_eq!(
        told("codex", &[("auth.json", &text)]),
        [
            format!("openai/codex-ana ana@example.org {access} r 2100-01-01T00:00:00Z fresh"),
            "openai/codex - sk-1 - no end no expiry".to_owned(),
        ]
    );
    let opaque = r#"{"OPENAI_API_KEY": null, "tokens": {"id_token": "x", "access_token": "opaque", "refresh_token": "r"}}"#;
    assert_eq!(told("codex", &[("auth.json", opaque)]), ["openai/codex - opaque r no end no expiry"]);
    assert_eq!(told("codex", &[("auth.json", r#"{"OPENAI_API_KEY": null, "tokens": null}"#)]), [""; 0]);
}

#[test]
fn gh_without_a_token_keeps_it_in_the_keyring() {
    let keyring = "(gh keeps this token in the system's keyring)";
    assert_eq!(
        told(
            "gh",
            &[(
                "hosts.yml",
                "github.com:\n    git_protocol: https\n    users:\n        ana:\n    user: ana\n"
            )]
        ),
        [format!("github/gh ana no token - no end no expiry {keyring}")]
    );
    let two = "github.com: {users: {ana: {oauth_token: a}, bot: {oauth_token: b}}, user: ana, oauth_token: a}\n\
               ghe.example.com: {user: ana, oauth_token: c}\n";
    assert_eq!(
        told("gh", &[("hosts.yml", two)]),
        [
            "github/gh-ana ana a - no end no expiry",
            "github/gh-bot bot b - no end no expiry",
            "ghe.example.com/gh ana c - no end no expiry",
        ]
    );
    let at_host = "github.com:\n    users:\n        ana:\n        bot:\n    user: ana\n    oauth_token: a\n";
    assert_eq!(
        told("gh", &[("hosts.yml", at_host)]),
        [
            format!("github/gh-bot bot no token - no end no expiry {keyring}"),
            "github/gh-ana ana a - no end no expiry".to_owned(),
        ],
        "the token of the host is that of its user"
    );
    assert_eq!(told("gh", &[("hosts.yml", "")]), [""; 0]);
}

#[test]
fn glab_writes_years_of_two_digits_and_marks_its_tokens_as_nothing() {
    let text = "hosts:\n    gitlab.com:\n        is_oauth2: \"true\"\n        token: !!null t\n        \
                oauth2_refresh_token: r\n        oauth2_expiry_date: 13 Mar 23 15:47 GMT\n        user: ana\n    \
                git.acme.test:\n        token: glpat-1\n    idle.test:\n        token:\n    \
                kept.test:\n        use_keyring: \"true\"\n";
    assert_eq!(
        told("glab", &[("config.yml", text)]),
        [
            "kept.test/glab - no token - no end no expiry (glab keeps this token in the system's keyring)",
            "gitlab/glab ana t r 2023-03-13T15:47:00Z expired",
            "git.acme.test/glab - glpat-1 - no end no expiry",
        ]
    );
}

#[test]
fn files_of_many_logins_and_of_none_are_read_as_they_are_meant() {
    let opencode = r#"{"anthropic": {"type": "oauth", "access": "a", "refresh": "r", "expires": 4102444800000},
        "github-copilot": {"type": "oauth", "access": "c", "refresh": "g", "expires": 0},
        "openai": {"type": "api", "key": "k"}, "new": {"type": "other"}}"#;
    let mcp = r#"{"linear": {"tokens": {"accessToken": "l", "expiresAt": 4102444800}, "serverUrl": "https://mcp.linear.app/mcp"},
        "idle": {"oauthState": "s"}}"#;
    assert_eq!(
        told("opencode", &[("/auth.json", opencode), ("mcp-auth.json", mcp)]),
        [
            "anthropic/opencode - a r 2100-01-01T00:00:00Z fresh",
            "github-copilot/opencode - c g no end no expiry",
            "openai/opencode - k - no end no expiry",
            "mcp.linear.app/opencode linear l - 2100-01-01T00:00:00Z fresh",
        ]
    );
    // The token in use is one of those that are stored.
    let stored =
        "[laptop]\nhf_token = hf_a\n\n[ci]\nhf_token = hf_b\nrefresh_token = r\nexpires_at = 4102444800\n";
    assert_eq!(
        told("hf", &[("stored_tokens", stored), ("/token}", "hf_a\n")]),
        [
            "huggingface/hf-laptop laptop hf_a - no end no expiry",
            "huggingface/hf-ci ci hf_b r 2100-01-01T00:00:00Z fresh",
        ]
    );
    let gcloud = r#"{"type": "service_account", "client_email": "robot@acme.test", "private_key": "k"}"#;
    assert_eq!(
        told("gcloud", &[("application_default_credentials.json", gcloud)]),
        ["google/gcloud robot@acme.test no token - no end no expiry \
          (This is the key of a service account, which makes tokens when they are needed)"]
    );
    let aws = r#"{"startUrl": "https://acme.awsapps.com/start", "accessToken": "a", "expiresAt": "2019-11-14T04:05:45UTC"}"#;
    assert_eq!(
        told("aws-sso", &[("*.json", aws), ("*.json", r#"{"clientId": "c", "clientSecret": "s"}"#)]),
        ["aws/aws-sso acme.awsapps.com a - 2019-11-14T04:05:45Z needs login"]
    );
    let proxy = r#"{"type": "claude", "email": "ana@acme.test", "access_token": "a", "refresh_token": "r", "expired": "2100-01-01T02:00:00+02:00"}"#;
    assert_eq!(
        told("cliproxyapi", &[("*.json", proxy)]),
        ["anthropic/cliproxyapi ana@acme.test a r 2100-01-01T00:00:00Z fresh"]
    );
    let pi = r#"{"anthropic": {"type": "oauth", "access": "a", "refresh": "r", "expires": 4102444800000}}"#;
    assert_eq!(told("pi", &[("auth.json", pi)]), ["anthropic/pi - a r 2100-01-01T00:00:00Z fresh"]);
}

#[test]
fn a_login_in_the_keychain_of_macos_is_a_row_that_says_so() {
    let program = programs().into_iter().find(|known| known.name == "claude-code").expect("a program");
    let absent = program.files.iter().find_map(|rule| rule.absent_on_macos.as_ref()).expect("said");
    let mut logins = ProgramLogins::default();
    logins.add_absent(absent, "~/.claude/.credentials.json".to_owned());
    let rows = logins.rows(&program);
    let [Row::Profile(profile)] = &rows[..] else { panic!("{rows:?}") };
    let owner = profile.owner.as_ref().expect("a program keeps it");
    assert_eq!(profile.id.name.exact(), "anthropic/claude-code");
    assert_eq!(owner.elsewhere.as_deref(), Some("On macOS Claude Code keeps its login in the keychain"));
    assert_eq!(Health::of(profile, Activity::Idle, now().wall).word_for(profile), "no expiry");
}

#[test]
fn grants_of_mcp_servers_are_called_by_the_host_of_the_server() {
    let gemini = r#"[{"serverName": "linear", "mcpServerUrl": "https://mcp.linear.app/mcp", "updatedAt": 1,
        "token": {"accessToken": "a", "refreshToken": "r", "expiresAt": 4102444800000, "tokenType": "Bearer", "scope": "read"}}]"#;
    assert_eq!(
        told("gemini-cli", &[("mcp-oauth-tokens.json", gemini)]),
        ["mcp.linear.app/gemini-cli linear a r 2100-01-01T00:00:00Z fresh"]
    );
    let codex = r#"{"x|1": {"server_name": "x", "server_url": "https://x.test/mcp", "client_id": "c", "access_token": "a",
        "expires_at": 4102444800000, "refresh_token": null, "scopes": []}}"#;
    assert_eq!(
        told("codex", &[(".credentials.json", codex)]),
        ["x.test/codex x a - 2100-01-01T00:00:00Z fresh"]
    );
    let remote = r#"{"access_token": "a", "token_type": "bearer", "expires_in": 3600, "refresh_token": "r"}"#;
    assert_eq!(
        told("mcp-remote", &[("*_tokens.json", remote)]),
        [format!("mcp-remote/mcp-remote 0123456789 a r {} fresh", rfc3339(now().wall + TimeDelta::hours(1)))],
        "its file was written when the token came"
    );
}

#[test]
fn what_cannot_be_a_token_or_a_time_is_said_and_not_shown() {
    let path = ".credentials.json";
    for (text, why) in [
        (r#"{"claudeAiOauth": {"accessToken": "two words", "expiresAt": 1}}"#, "a token of it is none"),
        (
            r#"{"claudeAiOauth": {"accessToken": "a", "expiresAt": "secret-in-the-wrong-place"}}"#,
            "one of its times",
        ),
        ("[1", "it is not valid JSON (line 1, column 2)"),
        ("  \n", "it is empty"),
    ] {
        let rows = told("claude-code", &[(path, text)]);
        assert!(rows.len() == 1 && rows[0].starts_with(&format!("anthropic/claude-code: {why}")), "{rows:?}");
        assert!(!rows[0].contains("words") && !rows[0].contains("secret-in"), "{rows:?}");
    }
}
