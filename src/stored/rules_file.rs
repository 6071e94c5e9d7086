//! Rules file: which profile is meant where.
//!
//! ```yaml
//! folders:
//!   ~/work: anthropic/work
//! remotes:
//!   github.com/acme: [anthropic/acme, github/acme]
//! addresses:
//!   https://mcp.example.org/mcp: linear/work
//! ```

use serde_yaml::Value;
use url::Url;

use crate::domain::name::{ProfileName, StoreId};
use crate::domain::rules::{Rule, RulePlace, Rules};
use crate::stored::positions::Positions;
use crate::stored::yaml_path::{PathStep, joined};
use crate::stored::yaml_reader;

/// How deep a rule lies: its part, its place, and its place in a list.
const DEPTH: usize = 3;

/// Reads the rules of `text`; a text without any is fine.
///
/// # Errors
/// A sentence that says what is wrong, with its line where that is known.
pub fn read(text: &str) -> Result<Rules, String> {
    if text.trim().is_empty() {
        return Ok(Rules::default());
    }
    let tree = yaml_reader::parse(text).map_err(|error| error.to_string())?;
    let positions = Positions::from_text(text, DEPTH);
    let wrong = |path: &[PathStep], why: &str| match positions.nearest_line(path) {
        Some(line) => format!("line {line}: {why}"),
        None => why.to_owned(),
    };
    if tree.is_null() {
        return Ok(Rules::default());
    }
    let parts = tree.as_mapping().ok_or_else(|| wrong(&[], "use only folders, remotes and addresses"))?;
    let mut rules = Vec::new();
    for (part, entries) in parts {
        let part = part.as_str().unwrap_or_default();
        let path = [PathStep::key(part)];
        let read = match part {
            "folders" => folder,
            "remotes" => remote,
            "addresses" => address,
            _ => return Err(wrong(&path, "use only folders, remotes and addresses here")),
        };
        if entries.is_null() {
            continue;
        }
        let entries = entries.as_mapping();
        let entries = entries
            .ok_or_else(|| wrong(&path, &format!("below {part} write lines such as PLACE: provider/name")))?;
        for (key, profiles) in entries {
            let written = key.as_str().unwrap_or_default();
            let path = joined(&path, PathStep::key(written));
            let place = read(written).map_err(|why| wrong(&path, why))?;
            for (path, profile) in profiles_of(&path, profiles) {
                let (store, name) = profile.and_then(whole_name).map_err(|why| wrong(&path, &why))?;
                let line = positions.nearest_line(&path).unwrap_or_default();
                rules.push(Rule { place: place.clone(), store, profile: name, line });
            }
        }
    }
    Ok(Rules(rules))
}

/// The text of each profile that a value names, with its path.
fn profiles_of<'a>(path: &[PathStep], value: &'a Value) -> Vec<(Vec<PathStep>, Result<&'a str, String>)> {
    let text =
        |value: &'a Value| value.as_str().ok_or_else(|| "write a profile here: provider/name".to_owned());
    let Some(list) = value.as_sequence() else { return vec![(path.to_vec(), text(value))] };
    let each = list.iter().enumerate();
    each.map(|(index, value)| (joined(path, PathStep::Nth(index)), text(value))).collect()
}

/// A whole name, and the store that stands before it.
fn whole_name(written: &str) -> Result<(Option<StoreId>, ProfileName), String> {
    let (store, name) = StoreId::split(written);
    // What is written instead may be a secret, and is not repeated.
    let parts = name.split_once('/').ok_or("write a whole name here: provider/name")?;
    let name = ProfileName::new(parts.0, parts.1).map_err(|error| error.to_string())?;
    Ok((store, name))
}

fn folder(written: &str) -> Result<RulePlace, &'static str> {
    let is_whole =
        written == "~" || written.starts_with("~/") || written.starts_with('/') || is_drive(written);
    is_whole.then(|| RulePlace::Folder(written.to_owned())).ok_or("a folder begins with / or ~/")
}

/// Whether a path begins with a drive, as on Windows.
fn is_drive(written: &str) -> bool {
    written.as_bytes().get(1) == Some(&b':') && written.starts_with(|first: char| first.is_ascii_alphabetic())
}

fn remote(written: &str) -> Result<RulePlace, &'static str> {
    let bare = written.trim_end_matches('/');
    let is_place =
        bare.split('/').all(|part| !part.is_empty()) && !bare.contains([':', '@', ' ']) && bare.contains('.');
    is_place
        .then(|| RulePlace::Remote(bare.to_lowercase()))
        .ok_or("a remote is written as host/owner: github.com/acme")
}

fn address(written: &str) -> Result<RulePlace, &'static str> {
    let url =
        Url::parse(written).ok().filter(|url| matches!(url.scheme(), "https" | "http") && url.has_host());
    let url = url.filter(|url| url.username().is_empty() && url.password().is_none());
    url.map(RulePlace::Address).ok_or("an address begins with https:// or http://")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_rule_has_its_place_its_profile_and_its_line() {
        let text = "# mine\nfolders:\n  ~/work: anthropic/work\n  /srv/lab: [anthropic/lab, hashed:github/lab]\n\
                    remotes:\n  github.com/Acme/: github/acme\naddresses:\n  https://mcp.test/mcp: linear/work\n";
        let Rules(rules) = read(text).expect("rules");
        let said: Vec<_> =
            rules.iter().map(|rule| (rule.place.to_string(), rule.exact(), rule.line)).collect();
        let expected = [
            ("~/work", "anthropic/work", 3),
            ("/srv/lab", "anthropic/lab", 4),
            ("/srv/lab", "hashed:github/lab", 4),
            ("github.com/acme", "github/acme", 6),
            ("https://mcp.test/mcp", "linear/work", 8),
        ];
        assert_eq!(said, expected.map(|(place, name, line)| (place.to_owned(), name.to_owned(), line)));
        for text in ["", "# none\n", "folders:\n", "{}"] {
            assert_eq!(read(text), Ok(Rules::default()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_is_said_with_its_line() {
        for (text, words) in [
            ("folders:\n  work: a/b\n", "line 2: a folder begins with"),
            ("folders:\n  ~/w: a/b\n  ~/x: b\n", "line 3: write a whole name here"),
            ("folders:\n  ~/w: [a/b, 7]\n", "line 2: write a profile here"),
            ("remotes:\n  git@github.com:acme: a/b\n", "line 2: a remote is written as"),
            ("addresses:\n  mcp.test: a/b\n", "line 2: an address begins with"),
            ("addresses:\n  https://u:p@mcp.test/: a/b\n", "line 2: an address begins with"),
            ("folder:\n  ~/w: a/b\n", "line 1: use only folders, remotes and addresses here"),
            ("\nfolders: a/b\n", "line 2: below folders write"),
            ("- a\n", "use only folders, remotes and addresses"),
            ("folders:\n  ~/w: a/..\u{202e}\n", "line 2: "),
            ("folders: [\n", "line"),
            ("folders:\n  ~/w: a/b\n  ~/w: a/c\n", "~/w"),
        ] {
            let why = read(text).expect_err(text);
            assert!(why.contains(words), "{text}: {why}");
        }
    }
}
