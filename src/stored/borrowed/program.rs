//! Program: where another program keeps its logins, and how they are written there.
//!
//! Each is a file in `assets/borrowed`. A pointer is one of RFC 6901 into the entry; behind a `|` it goes on in
//! the payload of the JWT that was found. A field that names several takes the first that holds something.

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer};

use crate::domain::profile::Kind;
use crate::stored::borrowed::configuration::ConfigurationRule;
use crate::stored::borrowed::field::{Format, OneOrMore, of_system};

/// The programs that are known, by the text of each one's file.
const FILES: [&str; 18] = [
    include_str!("../../../assets/borrowed/claude-code.yaml"),
    include_str!("../../../assets/borrowed/claw-code.yaml"),
    include_str!("../../../assets/borrowed/codex.yaml"),
    include_str!("../../../assets/borrowed/gemini-cli.yaml"),
    include_str!("../../../assets/borrowed/qwen-code.yaml"),
    include_str!("../../../assets/borrowed/opencode.yaml"),
    include_str!("../../../assets/borrowed/pi.yaml"),
    include_str!("../../../assets/borrowed/cliproxyapi.yaml"),
    include_str!("../../../assets/borrowed/gh.yaml"),
    include_str!("../../../assets/borrowed/glab.yaml"),
    include_str!("../../../assets/borrowed/gcloud.yaml"),
    include_str!("../../../assets/borrowed/aws.yaml"),
    include_str!("../../../assets/borrowed/huggingface.yaml"),
    include_str!("../../../assets/borrowed/mcp-remote.yaml"),
    include_str!("../../../assets/borrowed/cursor.yaml"),
    include_str!("../../../assets/borrowed/vscode.yaml"),
    include_str!("../../../assets/borrowed/copilot.yaml"),
    include_str!("../../../assets/borrowed/windsurf.yaml"),
];

/// A program that keeps logins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Program {
    /// As people call it.
    pub title: String,
    /// What its rows are called, with the account behind it where there are several.
    pub name: String,
    #[serde(default)]
    pub files: Vec<FileRule>,
    /// Where it names the MCP servers that it uses.
    #[serde(default)]
    pub configurations: Vec<ConfigurationRule>,
}

/// Files of one form.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct FileRule {
    /// Where they lie: a [path pattern](super::path_pattern).
    path: String,
    /// Where they lie on Windows, if elsewhere.
    windows: Option<String>,
    /// Where they lie on macOS, if elsewhere.
    macos: Option<String>,
    pub format: Format,
    pub logins: Vec<LoginRule>,
    /// What is said on macOS where the file is not there, though its folder is.
    pub absent_on_macos: Option<AbsentLogin>,
}

/// A login that a program keeps where nothing of ours looks.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AbsentLogin {
    pub provider: String,
    /// Where it is, as a sentence without its full stop.
    pub elsewhere: String,
}

impl FileRule {
    /// Where they lie on this system.
    #[must_use]
    pub fn path(&self) -> &str {
        of_system(&self.path, self.windows.as_deref(), self.macos.as_deref())
    }
}

/// Logins in a file that are written in one way.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginRule {
    /// The entries: a pointer, with `*` for every key; absent: the whole file.
    #[serde(default)]
    pub at: String,
    /// What an entry must say.
    #[serde(default)]
    pub when: BTreeMap<String, OneOrMore>,
    /// What an entry must not say.
    #[serde(default)]
    pub unless: BTreeMap<String, OneOrMore>,
    /// What an entry must not have.
    #[serde(default)]
    pub absent: OneOrMore,
    #[serde(default = "login", deserialize_with = "kind")]
    pub kind: Kind,
    /// The provider: a pointer, `$1` for what stands for the first `*` of `at`, or a word. Of an address the host.
    pub provider: OneOrMore,
    /// What the program's words for providers mean here.
    #[serde(default)]
    pub providers: BTreeMap<String, String>,
    /// Whose login it is: like `provider`; `$file` is what stands for the last `*` of the file's path.
    #[serde(default)]
    pub account: OneOrMore,
    #[serde(default)]
    pub access: OneOrMore,
    #[serde(default)]
    pub refresh: OneOrMore,
    /// When the access token ends, in any form that a time has: seconds, milliseconds, RFC 3339, RFC 822.
    #[serde(default)]
    pub expires: OneOrMore,
    /// When it was issued; `$written` is when the file was written.
    #[serde(default)]
    pub issued: OneOrMore,
    /// How many seconds it lasts from then on, where its end is not told.
    #[serde(default)]
    pub lasts: OneOrMore,
    /// When the refresh token ends.
    #[serde(default)]
    pub login_ends: OneOrMore,
    #[serde(default)]
    pub scopes: OneOrMore,
    /// The client that the grant was given to: like `provider`.
    #[serde(default)]
    pub client_id: OneOrMore,
    /// That client's secret.
    #[serde(default)]
    pub client_secret: OneOrMore,
    /// Where the token is if it is not in the entry; absent: the program is logged out then.
    pub elsewhere: Option<String>,
    /// Whether an entry without a token is no login at all.
    #[serde(default)]
    pub skip_without_token: bool,
    /// Whether an expiry of zero means that the program is logged out.
    #[serde(default)]
    pub zero_is_logged_out: bool,
}

fn login() -> Kind {
    Kind::OAuth
}

fn kind<'de, D: Deserializer<'de>>(from: D) -> Result<Kind, D::Error> {
    #[derive(Deserialize)]
    #[serde(rename_all = "snake_case")]
    enum KindYaml {
        Oauth,
        ApiKey,
    }
    Ok(match KindYaml::deserialize(from)? {
        KindYaml::Oauth => Kind::OAuth,
        KindYaml::ApiKey => Kind::ApiKey,
    })
}

/// The programs whose logins are read. A test reads each of their files.
#[must_use]
pub fn programs() -> Vec<Program> {
    FILES.iter().filter_map(|text| serde_yaml::from_str(text).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_of_a_program_can_be_read_and_names_are_told_apart() {
        for text in FILES {
            let read: Result<Program, _> = serde_yaml::from_str(text);
            assert!(read.is_ok(), "{read:?}\n{text}");
        }
        let names: std::collections::BTreeSet<String> =
            programs().into_iter().map(|program| program.name).collect();
        assert_eq!(names.len(), FILES.len());
    }
}
