//! What the sources themselves promise: who imports whom, how long a file is, what it may be
//! called, and where a secret is opened.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

/// Each layer and what it may import of this crate beside itself.
const LAYERS: [(&str, &[&str]); 7] = [
    ("domain", &[]),
    ("stored", &["domain"]),
    ("oauth", &["domain"]),
    ("tui", &["domain", "oauth"]),
    ("shell", &["domain", "stored", "oauth", "tui"]),
    ("cli", &["domain", "stored", "oauth", "tui", "shell", "demo"]),
    ("demo", &["domain", "stored", "oauth", "tui", "shell", "cli"]),
];

/// The files that may open a secret, and why they must.
const OPENS_SECRETS: [&str; 27] = [
    // The demo's server reads what it was sent and writes what it gives.
    "demo/authority/code.rs",
    "demo/authority/consent.rs",
    "demo/authority/device.rs",
    "demo/authority/index_page.rs",
    "demo/authority/platform.rs",
    "demo/authority/request.rs",
    "demo/authority/token.rs",
    "demo/serve.rs",
    // The authorization URL and the challenge are made of secrets.
    "oauth/authorization.rs",
    // What is copied is made.
    "oauth/form.rs",
    // A person runs the request with their own session.
    "oauth/curl.rs",
    // The short link carries its random name.
    "oauth/login/doors.rs",
    // What people pasted, and what a callback brought, is read.
    "oauth/pasted.rs",
    "oauth/query.rs",
    // Bodies are parsed and written.
    "oauth/reply.rs",
    "oauth/reply/date.rs",
    "oauth/reply/refusal.rs",
    "oauth/request.rs",
    // Here secrets leave the program: clipboard, standard output, screen, network.
    "shell/terminal/clipboard.rs",
    "shell/terminal/console.rs",
    "shell/http.rs",
    "shell/terminal.rs",
    // An answer to a question is read from the same lines as a pasted code.
    "shell/terminal/console/prompter.rs",
    "cli/login/prompter.rs",
    "cli/login/pastes.rs",
    // Here they reach the store's file.
    "stored/config_file/fields.rs",
    // A paste is written into its field.
    "tui/field.rs",
];

/// The most lines a file has above its tests.
const LONGEST: usize = 400;

/// Names that say nothing of what is in a file.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helpers", "common", "manager", "types"];

#[test]
fn every_layer_imports_only_what_lies_below_it() {
    let faults = each_file(|file, fault| {
        let layer = file.layer();
        let Some((_, allowed)) = LAYERS.iter().find(|(name, _)| *name == layer) else {
            // lib.rs and main.rs wire everything.
            return;
        };
        let above_tests = file.above_the_tests().count();
        for (number, line) in file.lines() {
            for import in imports(line) {
                // Providers for the tests of every layer are read from files.
                let is_test = number > above_tests && import == "stored";
                if import != layer && !is_test && !allowed.contains(&import.as_str()) {
                    fault(number, format!("{layer} may import {allowed:?}, and not {import}"));
                }
            }
        }
    });
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_file_climbs_out_of_its_module_twice() {
    let faults = each_file(|file, fault| {
        for (number, line) in file.lines() {
            if line.contains("super::super") {
                fault(number, "write crate::… instead of super::super".to_owned());
            }
        }
    });
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn no_file_is_too_long_to_hold_one_noun() {
    let faults = each_file(|file, fault| {
        let length = file.above_the_tests().count();
        if length > LONGEST {
            fault(length, format!("{length} lines above the tests; {LONGEST} is the most"));
        }
    });
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn every_module_has_a_name_that_says_what_is_in_it() {
    let faults = each_file(|file, fault| {
        let stem = Path::new(&file.path).file_stem().and_then(|stem| stem.to_str()).unwrap_or_default();
        if EMPTY_NAMES.contains(&stem) {
            fault(1, format!("“{stem}” does not say what is in it"));
        }
        if stem == "mod" {
            fault(1, "name.rs beside name/, no mod.rs".to_owned());
        }
        for (number, line) in file.lines() {
            let name = line.trim().trim_start_matches("pub ").strip_prefix("mod ");
            let name = name.map(|rest| rest.trim_end_matches([';', '{', ' ']));
            if name.is_some_and(|name| EMPTY_NAMES.contains(&name)) {
                fault(number, format!("“{}” does not say what is in it", name.unwrap_or_default()));
            }
        }
    });
    assert!(faults.is_empty(), "{faults:#?}");
}

#[test]
fn a_secret_is_opened_only_in_the_listed_files() {
    let mut opening = BTreeSet::new();
    let faults = each_file(|file, fault| {
        for (number, line) in file.above_the_tests() {
            let comment = line.trim_start().starts_with("//");
            if !comment && (line.contains(".expose()") || line.contains("Secret::expose")) {
                opening.insert(file.path.clone());
                if !OPENS_SECRETS.contains(&file.path.as_str()) {
                    fault(number, "a secret is opened in a file that is not listed here".to_owned());
                }
            }
        }
    });
    assert!(faults.is_empty(), "{faults:#?}");
    let listed: BTreeSet<String> = OPENS_SECRETS.iter().map(|path| (*path).to_owned()).collect();
    assert_eq!(opening, listed, "a file is listed that opens no secret");
}

#[test]
fn the_checks_see_what_they_look_for() {
    let found = |line: &str| imports(line).collect::<Vec<_>>();
    assert_eq!(found("use crate::shell::Services;"), ["shell"]);
    assert_eq!(found("    crate::oauth::login::Login, crate::domain::x"), ["oauth", "domain"]);
    assert_eq!(found("use authtui::tui::view;"), ["tui"]);
    assert_eq!(found("use crate::{cli, domain::name};"), ["cli", "domain"]);
    assert!(found("pub(crate) use other_crate::shell;").is_empty());
    let file = Source {
        path: "domain/x.rs".to_owned(),
        text: "a\nb\n#[cfg(test)]\n#[cfg(unix)]\nmod tests {\n    c\n}\n".to_owned(),
    };
    assert_eq!(file.above_the_tests().count(), 2);
    assert_eq!((file.lines().count(), file.layer()), (7, "domain"));
    let mut all = 0;
    assert!(each_file(|_, _| all += 1).is_empty());
    assert!(all > 100, "only {all} files were read");
}

/// A source file below `src`.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// The first part of the path: `tui` of `tui.rs` and of `tui/view.rs`.
    fn layer(&self) -> &str {
        let first = self.path.split('/').next().unwrap_or_default();
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// Every line with its number.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// The lines before the module of tests.
    fn above_the_tests(&self) -> impl Iterator<Item = (usize, &str)> {
        let lines: Vec<_> = self.lines().collect();
        // Other attributes may stand between the two.
        let is_tests = |at: usize| {
            let mut below = lines.iter().skip(at).map(|(_, line)| line.trim());
            below.next() == Some("#[cfg(test)]")
                && below
                    .find(|line| !line.starts_with("#["))
                    .is_some_and(|line| line.starts_with("mod tests"))
        };
        let end = (0..lines.len()).find(|at| is_tests(*at)).unwrap_or(lines.len());
        lines.into_iter().take(end)
    }
}

/// The layers that a line names: `crate::NAME`, `authtui::NAME`, and the first parts of the names
/// in `crate::{…}`.
fn imports(line: &str) -> impl Iterator<Item = String> {
    let after = |root: &'static str| {
        line.match_indices(root).filter_map(move |(at, _)| {
            let before = line.get(..at)?.chars().next_back();
            let whole = before.is_none_or(|char| !char.is_alphanumeric() && char != '_');
            line.get(at + root.len()..).filter(|_| whole)
        })
    };
    let name = |text: &str| {
        text.trim_start()
            .chars()
            .take_while(|char| char.is_alphanumeric() || *char == '_')
            .collect::<String>()
    };
    let names = |rest: &str| match rest.strip_prefix('{') {
        Some(group) => group.split(',').map(name).collect::<Vec<_>>(),
        None => vec![name(rest)],
    };
    let all: Vec<String> = after("crate::").chain(after("authtui::")).flat_map(names).collect();
    all.into_iter().filter(|name| !name.is_empty())
}

/// Shows every source file to `check` and gathers its faults as `path:line: rule`.
fn each_file(mut check: impl FnMut(&Source, &mut dyn FnMut(usize, String))) -> Vec<String> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut faults = Vec::new();
    for file in sources(&root, &root) {
        check(&file, &mut |line, rule| faults.push(format!("src/{}:{line}: {rule}", file.path)));
    }
    faults
}

fn sources(root: &Path, folder: &Path) -> Vec<Source> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(folder).expect("a folder") {
        let path = entry.expect("an entry").path();
        if path.is_dir() {
            sources.extend(self::sources(root, &path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let below = path.strip_prefix(root).expect("below src");
            let parts: Vec<_> = below.iter().map(|part| part.to_string_lossy()).collect();
            let text = fs::read_to_string(&path).expect("text");
            sources.push(Source { path: parts.join("/"), text });
        }
    }
    sources.sort_by(|one, other| one.path.cmp(&other.path));
    sources
}
