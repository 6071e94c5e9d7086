//! Texts that are nearly plain, for tests of whatever reads them.

use proptest::prelude::*;

pub(in crate::stored) const PLAIN: &str = "# ours\nversion: 1\nproviders:\n  demo:\n    oauth_credentials:\n      - id: \"ana b\"\n        \
    client_id: 9d1c250a-e61b-44d9-88ed\n        access_token: sk-ant_1/x=\n        expires_at: \
    \"2026-01-02T03:04:05Z\"\n        scopes:\n          - user:profile\n          # more\n          - \"x\"\n        \
    last_refresh:\n          at: \"now\"\n          times: 2\n        refresh_count: 17\n      - id: ben\n\n        \
    scopes:\n        - a\n    api_key: k\n    models:\n  custom:\n    own:\n      keys:\n      - id: ci\n        api_key: c\n        hosts:\n          - h\n  \
    other:\n    api_keys:\n    - a\n    - b\n";

/// As many cases as somebody asks for, and never few.
pub(in crate::stored) fn cases() -> ProptestConfig {
    let asked = ProptestConfig::default();
    ProptestConfig { cases: asked.cases.max(2048), failure_persistence: None, ..asked }
}

/// A text one cut, copy or character away from the plain shape, several times over.
pub(in crate::stored) fn mutant() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(&[
            " ", "  ", "\n", ":", ": ", "- ", "-", "#", " #", "\"", "'", "\\", "0", "1", "x", ".", "~",
            "<<: ", "&a ", "*a", "|", ">", "[", "{", "?", "!", "%", "@", "`", "=", "true", "null", "1e3",
            "0x1", "0o7", "1_000", "\t", "\r", "é", "---\n", "...\n", "+1", "-.inf", "y: z\n", "- q\n",
            "\n  ", "\n      ", "12:30",
        ])
        .prop_map(String::from),
        "[ -~]{0,3}",
    ];
    let change = (any::<proptest::sample::Index>(), 0_usize..12, piece);
    proptest::collection::vec(change, 1..4).prop_map(|changes| {
        let mut text = PLAIN.to_owned();
        for (at, length, piece) in changes {
            let bounds: Vec<_> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
            let from = at.index(bounds.len());
            let to = (from + length).min(bounds.len() - 1);
            text.replace_range(bounds[from]..bounds[to], &piece);
        }
        text
    })
}
