//! A home in which eight programs keep their logins.

use std::fs;
use std::path::PathBuf;

use authtui::domain::clock::{TimeDelta, rfc3339};
use authtui::shell::clock::Clock;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::home::Home;

/// What no list shows.
pub(super) const SECRETS: [&str; 6] =
    ["sk-ant-oat01-claude", "sk-ant-ort01-claude", "gho_ana", "sk-opencode", "glab-token", "aws-token"];

/// Where each program keeps its file below the folder of the test, and what it writes there.
fn contents() -> Vec<(&'static str, String)> {
    let now = Clock::start().now().wall;
    let (later, ago) = (now + TimeDelta::hours(2), now - TimeDelta::hours(2));
    vec![
        (
            "home/.claude/.credentials.json",
            format!(
                r#"{{"claudeAiOauth": {{"accessToken": "sk-ant-oat01-claude", "refreshToken": "sk-ant-ort01-claude",
                    "expiresAt": {0}, "scopes": ["user:inference"], "subscriptionType": "max"}},
                   "mcpOAuth": {{"linear|1": {{"serverName": "linear", "serverUrl": "https://mcp.linear.app/mcp",
                    "accessToken": "lin", "refreshToken": "lin-r", "expiresAt": {0}}},
                    "other|2": {{"serverName": "other", "serverUrl": "https://other.test", "accessToken": "", "expiresAt": 0}}}}}}"#,
                later.timestamp_millis()
            ),
        ),
        ("home/.codex/auth.json", codex("ana@example.org")),
        ("home/.codex/config.toml", "[mcp_servers.a]\nurl = \"https://mcp.example.com/mcp\"\n".to_owned()),
        (
            "home/.gemini/oauth_creds.json",
            format!(
                r#"{{"access_token": "ya29.a", "refresh_token": "1//r", "scope": "openid email", "expiry_date": {}}}"#,
                ago.timestamp_millis()
            ),
        ),
        (
            "config/gh/hosts.yml",
            "github.com:\n    users:\n        ana:\n            oauth_token: gho_ana\n        bot:\n    \
             user: ana\n    oauth_token: gho_ana\n"
                .to_owned(),
        ),
        (
            "config/glab-cli/config.yml",
            format!(
                "hosts:\n    gitlab.com:\n        api_host: gitlab.com\n        is_oauth2: \"true\"\n        \
                 token: !!null glab-token\n        oauth2_refresh_token: r\n        oauth2_expiry_date: {}\n",
                later.format("%d %b %y %H:%M GMT")
            ),
        ),
        (
            "home/.config/gcloud/application_default_credentials.json",
            r#"{"type": "authorized_user", "client_id": "c", "client_secret": "s", "refresh_token": "1//g"}"#
                .to_owned(),
        ),
        (
            "home/.local/share/opencode/auth.json",
            r#"{"openai": {"type": "api", "key": "sk-opencode"}}"#.to_owned(),
        ),
        (
            "home/.aws/sso/cache/0123.json",
            format!(
                r#"{{"startUrl": "https://acme.awsapps.com/start", "accessToken": "aws-token", "refreshToken": "r",
                    "expiresAt": "{}UTC"}}"#,
                rfc3339(ago).trim_end_matches('Z')
            ),
        ),
        ("home/.aws/sso/cache/botocore-client-id-eu-west-1.json", r#"{"clientId": "c"}"#.to_owned()),
    ]
}

/// What Codex writes: no expiry but that of the token itself.
pub(super) fn codex(email: &str) -> String {
    let end = Clock::start().now().wall + TimeDelta::days(9);
    let jwt = |payload: &str| format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload));
    format!(
        r#"{{"OPENAI_API_KEY": null, "tokens": {{"id_token": "{}", "access_token": "{}", "refresh_token": "codex-refresh"}}}}"#,
        jwt(&format!(r#"{{"email": "{email}"}}"#)),
        jwt(&format!(r#"{{"exp": {}}}"#, end.timestamp()))
    )
}

/// The home with all of it.
pub(super) fn home() -> Home {
    let home = Home::new();
    for (path, text) in contents() {
        let path = home.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }
    home
}

/// What lies where now.
pub(super) fn files(home: &Home) -> Vec<(PathBuf, Vec<u8>)> {
    let read = |(path, _): (&str, String)| {
        let path = home.path(path);
        (path.clone(), fs::read(path).expect("it is there"))
    };
    contents().into_iter().map(read).collect()
}
