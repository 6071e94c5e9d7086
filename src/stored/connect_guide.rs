//! Guide: how another program is told to take tokens from authtui, by its file in `assets/connect`.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// The programs, and the file of each.
pub const PROGRAMS: [(&str, &str); 6] = [
    ("claude", include_str!("../../assets/connect/claude.yaml")),
    ("codex", include_str!("../../assets/connect/codex.yaml")),
    ("opencode", include_str!("../../assets/connect/opencode.yaml")),
    ("vscode", include_str!("../../assets/connect/vscode.yaml")),
    ("git", include_str!("../../assets/connect/git.yaml")),
    ("curl", include_str!("../../assets/connect/curl.yaml")),
];

/// How a program is connected, by what the tokens are for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ConnectGuide {
    pub title: String,
    /// To an MCP server.
    pub server: Option<Snippet>,
    /// To an MCP server that takes a header of its own.
    pub server_with_header: Option<Snippet>,
    /// To a provider of models.
    pub model: Option<Snippet>,
    /// To a host of git.
    pub host: Option<Snippet>,
    /// To anything.
    pub any: Option<Snippet>,
}

/// What the program is told, with `<placeholders>`.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Snippet {
    /// Where it goes: the first of these that is there, or else the first.
    pub files: Vec<String>,
    /// The member of a JSON file.
    pub at: Vec<String>,
    pub json: Option<Value>,
    /// What a person copies.
    pub text: Option<String>,
    /// Commands that do it.
    pub commands: Vec<Vec<String>>,
    /// A command that does it elsewhere.
    pub also: Option<String>,
    /// What to run then.
    pub start: Option<String>,
}

/// What stands for the placeholders.
pub type SnippetValues<'a> = BTreeMap<&'a str, String>;

/// The guide of that program.
#[must_use]
pub fn guide(program: &str) -> Option<ConnectGuide> {
    let (_, text) = PROGRAMS.iter().find(|(name, _)| *name == program)?;
    serde_yaml::from_str(text).ok()
}

impl Snippet {
    /// The same with `values` in it. A text of TOML or JSON has them as parts of its strings.
    #[must_use]
    pub fn filled(&self, values: &SnippetValues<'_>) -> Self {
        let plain = |text: &String| filled(text, values);
        let escaped: SnippetValues<'_> = values.iter().map(|(name, value)| (*name, inner(value))).collect();
        let is_quoted = self.text.as_ref().is_some_and(|text| text.contains("\"<"));
        let json = self.json.as_ref().map(|json| filled_json(json, values));
        let mut more = values.clone();
        let document = json.as_ref().map(Value::to_string).unwrap_or_default();
        more.insert("json", shlex::try_quote(&document).unwrap_or_default().into_owned());
        Self {
            files: self.files.clone(),
            at: self.at.iter().map(plain).collect(),
            json,
            text: self.text.as_ref().map(|text| filled(text, if is_quoted { &escaped } else { values })),
            commands: self.commands.iter().map(|words| words.iter().map(plain).collect()).collect(),
            also: self.also.as_ref().map(|text| filled(text, &more)),
            start: self.start.as_ref().map(plain),
        }
    }

    /// The whole of it, as a person copies it.
    #[must_use]
    pub fn shown(&self) -> String {
        if let Some(text) = &self.text {
            return text.clone();
        }
        let command = |words: &Vec<String>| {
            let words = words.iter().map(String::as_str);
            shlex::try_join(words).unwrap_or_default() + "\n"
        };
        if !self.commands.is_empty() {
            return self.commands.iter().map(command).collect();
        }
        let nest = |value: Value, name: &String| Value::from_iter([(name.clone(), value)]);
        let document = self.at.iter().rev().fold(self.json.clone().unwrap_or_default(), nest);
        format!("{document:#}\n")
    }
}

/// `value` as it stands between the quotes of a string of JSON or TOML.
fn inner(value: &str) -> String {
    let quoted = Value::from(value).to_string();
    quoted.strip_prefix('"').and_then(|rest| rest.strip_suffix('"')).unwrap_or_default().to_owned()
}

fn filled(text: &str, values: &SnippetValues<'_>) -> String {
    let mut filled = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once('<') {
        filled.push_str(before);
        let found = behind.split_once('>').and_then(|(name, after)| Some((values.get(name)?, after)));
        match found {
            Some((value, after)) => {
                filled.push_str(value);
                rest = after;
            }
            None => {
                filled.push('<');
                rest = behind;
            }
        }
    }
    filled + rest
}

fn filled_json(json: &Value, values: &SnippetValues<'_>) -> Value {
    match json {
        Value::String(text) => Value::String(filled(text, values)),
        Value::Array(items) => items.iter().map(|item| filled_json(item, values)).collect(),
        Value::Object(members) => {
            let members = members.iter();
            members.map(|(name, value)| (filled(name, values), filled_json(value, values))).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => json.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values() -> SnippetValues<'static> {
        let names = ["server", "address", "profile", "name", "variable", "header", "prefix", "title"];
        names.into_iter().map(|name| (name, format!("{name}'\"s"))).collect()
    }

    #[test]
    fn every_guide_is_read_and_leaves_no_placeholder() {
        for (program, _) in PROGRAMS {
            let guide = guide(program).expect(program);
            let all = [guide.server, guide.server_with_header, guide.model, guide.host, guide.any];
            let snippets: Vec<Snippet> = all.into_iter().flatten().collect();
            assert!(!snippets.is_empty(), "{program}");
            for snippet in snippets {
                let filled = snippet.filled(&values());
                let all = format!("{} {:?} {:?}", filled.shown(), filled.also, filled.start);
                assert!(!all.contains('<'), "{program}: {all}");
            }
        }
    }

    #[test]
    fn what_a_value_holds_cannot_leave_its_string() {
        for (program, _) in PROGRAMS {
            let guide = guide(program).expect(program);
            for snippet in [guide.server, guide.server_with_header, guide.model].into_iter().flatten() {
                let shown = snippet.filled(&values()).shown();
                match snippet.files.first().is_some_and(|file| file.ends_with(".toml")) {
                    true => assert!(basic_toml::from_str::<Value>(&shown).is_ok(), "{shown}"),
                    false => assert!(serde_json::from_str::<Value>(&shown).is_ok(), "{shown}"),
                }
            }
        }
    }
}
