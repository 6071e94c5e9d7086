//! Shapes that a shared file may have, and the lines of each that a refresh changes.

use crate::domain::change::{Change, Edit, RefreshedTokens, Row};
use crate::domain::fixtures::{self, at};
use crate::domain::name::StoreId;
use crate::domain::profile::{LastRefresh, RefreshResult};
use crate::domain::tokens::Expiry;
use crate::stored::AmendError;
use crate::stored::config_file::read;

/// What a shape is, its text, and the difference that a refresh of its first login makes, or why none is
/// made.
const SHAPES: &[(&str, &str, &[&str])] = &[
    (
        "plain, as ai-provider-kit documents it",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: \"2026-01-02T03:04:05-07:00\"\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: \"2026-01-02T03:04:05-07:00\"\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T02:00:00-07:00\"\n",
        ],
    ),
    (
        "comments at every place",
        "# mine\nproviders: # all\n  # the demo\n  demo:\n    oauth_credentials:\n      # first\n      - id: ana # me\n        # secret\n        access_token: old # one\n        refresh_token: r   # two\n        expires_at: '2026-01-02T03:04:05-07:00' # three\n# end\n",
        &[
            "-        access_token: old # one\n",
            "-        refresh_token: r   # two\n",
            "-        expires_at: '2026-01-02T03:04:05-07:00' # three\n",
            "+        access_token: \"new\" # one\n",
            "+        refresh_token: \"r2\"   # two\n",
            "+        expires_at: \"2027-01-15T02:00:00-07:00\" # three\n",
        ],
    ),
    (
        "other anchors and aliases",
        "x: &n note\nproviders:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        note: *n\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "an alias of the token itself",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: &t old\n        refresh_token: r\ncopy: *t\n",
        &[
            "the file says it in a way that cannot be changed safely (an anchor, an alias, a merge key or a tag); change it in an editor",
        ],
    ),
    (
        "CRLF",
        "providers:\r\n  demo:\r\n    oauth_credentials:\r\n      - id: ana\r\n        access_token: old\r\n        refresh_token: r\r\n        expires_at: \"2026-01-02T03:04:05-07:00\"\r\n",
        &[
            "-        access_token: old\r\n",
            "-        refresh_token: r\r\n",
            "-        expires_at: \"2026-01-02T03:04:05-07:00\"\r\n",
            "+        access_token: \"new\"\r\n",
            "+        refresh_token: \"r2\"\r\n",
            "+        expires_at: \"2027-01-15T02:00:00-07:00\"\r\n",
        ],
    ),
    (
        "a byte order mark",
        "\u{feff}providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: \"2026-01-02T03:04:05-07:00\"\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: \"2026-01-02T03:04:05-07:00\"\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T02:00:00-07:00\"\n",
        ],
    ),
    (
        "a map in braces",
        "providers:\n  demo:\n    oauth_credentials:\n      - {id: ana, access_token: old, refresh_token: r, expires_at: \"2026-01-02T03:04:05Z\"}\n",
        &[
            "-      - {id: ana, access_token: old, refresh_token: r, expires_at: \"2026-01-02T03:04:05Z\"}\n",
            "+      - {id: ana, access_token: \"new\", refresh_token: \"r2\", expires_at: \"2027-01-15T09:00:00Z\"}\n",
        ],
    ),
    (
        "all in one line",
        "providers: {demo: {oauth_credentials: [{id: ana, access_token: old, refresh_token: r}]}, enabled: [demo]}\n",
        &[
            "-providers: {demo: {oauth_credentials: [{id: ana, access_token: old, refresh_token: r}]}, enabled: [demo]}\n",
            "+providers: {demo: {oauth_credentials: [{id: ana, access_token: \"new\", refresh_token: \"r2\", expires_at: \"2027-01-15T09:00:00Z\"}]}, enabled: [demo]}\n",
        ],
    ),
    (
        "tags",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: !!str ana\n        access_token: !!str old\n        refresh_token: r\n",
        &[
            "-        access_token: !!str old\n",
            "-        refresh_token: r\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "block scalars",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: |-\n          old\n        refresh_token: >-\n          r\n        note: |\n          a: b\n          # no comment\n",
        &[
            "-        access_token: |-\n",
            "-          old\n",
            "-        refresh_token: >-\n",
            "-          r\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "blank values",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        client_secret:\n        access_token: old\n        refresh_token: r\n        expires_at: \"\"\n        scopes:\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: \"\"\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "the flat form of mcp-code-api",
        "providers:\n  gemini:\n    model: pro\n    access_token: old\n    refresh_token: r\n    token_expiry: \"2026-01-02T03:04:05+02:00\"\n    display_name: Ana\n    project_id: p-1\n  preferred_order: [gemini]\n",
        &[
            "-    access_token: old\n",
            "-    refresh_token: r\n",
            "-    token_expiry: \"2026-01-02T03:04:05+02:00\"\n",
            "+    access_token: \"new\"\n",
            "+    refresh_token: \"r2\"\n",
            "+    token_expiry: \"2027-01-15T11:00:00+02:00\"\n",
        ],
    ),
    (
        "both schemas and every section",
        "server:\n  name: mcp\n  timeout: 30s\nproviders:\n  anthropic:\n    client_id: app\n    client_secret: s\n    redirect_uri: http://localhost:8080/callback\n    oauth_credentials:\n      - id: default\n        access_token: old\n        refresh_token: r\n        expires_at: \"2026-01-02T03:04:05-07:00\"\n  gemini:\n    access_token: g\n    refresh_token: gr\n  racing: {models: [a, b]}\nauth:\n  token_store: {type: file}\nlogging: {level: info}\nmetrics: {enabled: true, port: 9090}\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: \"2026-01-02T03:04:05-07:00\"\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T02:00:00-07:00\"\n",
        ],
    ),
    (
        "as yaml.v3 of Go writes it",
        "providers:\n    enabled:\n        - demo\n    custom:\n        demo:\n            type: openai\n            oauth_credentials:\n                - id: ana\n                  client_id: c\n                  access_token: old\n                  refresh_token: r\n                  expires_at: \"2026-01-02T03:04:05+05:30\"\n                  scopes:\n                    - a\n",
        &[
            "-                  access_token: old\n",
            "-                  refresh_token: r\n",
            "-                  expires_at: \"2026-01-02T03:04:05+05:30\"\n",
            "+                  access_token: \"new\"\n",
            "+                  refresh_token: \"r2\"\n",
            "+                  expires_at: \"2027-01-15T14:30:00+05:30\"\n",
        ],
    ),
    (
        "as yaml.v2 of Go writes it",
        "providers:\n  demo:\n    oauth_credentials:\n    - id: ana\n      access_token: old\n      refresh_token: r\n      expires_at: \"2026-01-02T03:04:05-07:00\"\n    - id: ben\n      access_token: b\n",
        &[
            "-      access_token: old\n",
            "-      refresh_token: r\n",
            "-      expires_at: \"2026-01-02T03:04:05-07:00\"\n",
            "+      access_token: \"new\"\n",
            "+      refresh_token: \"r2\"\n",
            "+      expires_at: \"2027-01-15T02:00:00-07:00\"\n",
        ],
    ),
    (
        "tabs after keys",
        "providers:\n  demo:\n    oauth_credentials:\n      - id:\tana\n        access_token:\told\t# one\n        refresh_token:\tr\n",
        &[
            "-        access_token:\told\t# one\n",
            "-        refresh_token:\tr\n",
            "+        access_token:\t\"new\"\t# one\n",
            "+        refresh_token:\t\"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "an odd order and quoted keys",
        "metrics: {}\nproviders:\n  'demo':\n    oauth_credentials:\n      - 'expires_at': \"2026-01-02T03:04:05-07:00\"\n        \"refresh_token\": r\n        access_token: 'old'\n        id: ana\n    type: oauth\n",
        &[
            "-      - 'expires_at': \"2026-01-02T03:04:05-07:00\"\n",
            "-        \"refresh_token\": r\n",
            "-        access_token: 'old'\n",
            "+      - 'expires_at': \"2027-01-15T02:00:00-07:00\"\n",
            "+        \"refresh_token\": \"r2\"\n",
            "+        access_token: \"new\"\n",
        ],
    ),
    (
        "unknown fields, ids and providers",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ben\n        access_token: b\n      - id: ana\n        colour: red\n        access_token: old\n        refresh_token: r\n        shape: {round: true}\n  other:\n    api_key: sk-1\n    models: {a: 1}\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "no end of the last line",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        refresh_token: r\n        access_token: old",
        &[
            "-        refresh_token: r\n",
            "-        access_token: old",
            "+        refresh_token: \"r2\"\n",
            "+        access_token: \"new\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"",
        ],
    ),
    (
        "a text over several lines",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: \"o\\\n          ld\"\n        refresh_token: r\n",
        &[
            "-        access_token: \"o\\\n",
            "-          ld\"\n",
            "-        refresh_token: r\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "a document with its marks",
        "%YAML 1.2\n---\nproviders:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: \"2026-01-02T03:04:05-07:00\"\n...\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: \"2026-01-02T03:04:05-07:00\"\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T02:00:00-07:00\"\n",
        ],
    ),
    (
        "an end in milliseconds",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: 1767323045000\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: 1767323045000\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: 1800003600000\n",
        ],
    ),
    (
        "an end in seconds, as a text",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: \"1767323045\"\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: \"1767323045\"\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"1800003600\"\n",
        ],
    ),
    (
        "an end of Go's zero time",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: \"0001-01-01T00:00:00Z\"\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: \"0001-01-01T00:00:00Z\"\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "a merge key that brings the tokens",
        "base: &b\n  access_token: old\n  refresh_token: r\nproviders:\n  demo:\n    oauth_credentials:\n      - id: ana\n        <<: *b\n",
        &[
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T09:00:00Z\"\n",
        ],
    ),
    (
        "a key twice",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        access_token: older\n        refresh_token: r\n",
        &["line 6: “access_token” stands here and in line 5"],
    ),
    (
        "two documents",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: \"2026-01-02T03:04:05-07:00\"\n---\nproviders:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: \"2026-01-02T03:04:05-07:00\"\n",
        &["line 8: a second document begins; only one is read"],
    ),
    (
        "a placeholder",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: ${DEMO_TOKEN}\n        refresh_token: r\n",
        &[
            "the entry demo/ana cannot be understood: access_token is the placeholder ${DEMO_TOKEN}, which authtui does not fill in: write the value there, or name the variable in the provider's file, under environment",
        ],
    ),
    (
        "tabs before keys",
        "providers:\n\tdemo:\n\t\toauth_credentials:\n\t\t\t- id: ana\n\t\t\t  access_token: old\n",
        &[
            "line 2: this is no valid YAML: found character that cannot start any token at line 2 column 1, while scanning for the next token",
        ],
    ),
    (
        "a name twice",
        "providers:\n  demo:\n    oauth_credentials:\n      - id: ana\n        access_token: old\n        refresh_token: r\n        expires_at: \"2026-01-02T03:04:05-07:00\"\n      - id: ana\n        access_token: other\n",
        &[
            "-        access_token: old\n",
            "-        refresh_token: r\n",
            "-        expires_at: \"2026-01-02T03:04:05-07:00\"\n",
            "+        access_token: \"new\"\n",
            "+        refresh_token: \"r2\"\n",
            "+        expires_at: \"2027-01-15T02:00:00-07:00\"\n",
        ],
    ),
];

/// A refresh of the first login of `text`, or of the one that would be there.
fn refresh(text: &str) -> Change {
    let rows = read(StoreId::Shared, text).map(|content| content.rows).unwrap_or_default();
    let held = rows.iter().find_map(|row| match row {
        Row::Profile(profile) if profile.refresh_token().is_some() => Some(profile.id.name.clone()),
        Row::Profile(_) | Row::Broken(_) => None,
    });
    let name = held.unwrap_or_else(|| fixtures::profile("demo/ana").id.name);
    let record = LastRefresh::new(at(0), RefreshResult::Done, Some("1234abcd".into()));
    let life = Expiry { obtained_at: Some(at(0)), expires_at: Some(at(3600)), grant_ends_at: Some(at(7200)) };
    let tokens = fixtures::tokens("new", Some("r2"));
    let origins = vec!["https://id.test".to_owned()];
    let refreshed = RefreshedTokens { tokens, life, scopes: None, record, origins };
    Change { name, expects: None, edit: Edit::Refresh(Box::new(refreshed)) }
}

/// The lines of `before` that are gone and those of `after` that are new, with their ends.
fn difference(before: &str, after: &str) -> Vec<String> {
    let lines = |text: &str| text.split_inclusive('\n').map(str::to_owned).collect::<Vec<_>>();
    let (before, after) = (lines(before), lines(after));
    let gone = before.iter().filter(|line| !after.contains(line)).map(|line| format!("-{line}"));
    let new = after.iter().filter(|line| !before.contains(line)).map(|line| format!("+{line}"));
    gone.chain(new).collect()
}

#[test]
fn a_refresh_changes_only_its_own_lines_in_every_shape_and_refuses_what_is_not_safe() {
    for (title, text, expected) in SHAPES {
        let why = |why: AmendError| match why {
            AmendError::Impossible(why) => vec![why],
            AmendError::Yaml(fault) => vec![format!("line {}: {}", fault.line, fault.why)],
            AmendError::Change(moved) => vec![moved.to_string()],
        };
        let amended = read(StoreId::Shared, text)
            .map_err(AmendError::Yaml)
            .and_then(|content| content.amend_each(StoreId::Shared, text, &[refresh(text)]));
        let done = match amended {
            Ok((amended, refused)) => match refused.into_iter().flatten().next() {
                None => difference(text, &amended.text),
                Some(refusal) => {
                    assert_eq!(amended.text, *text, "{title}");
                    why(refusal)
                }
            },
            Err(refusal) => why(refusal),
        };
        assert_eq!(done, *expected, "{title}");
    }
}
