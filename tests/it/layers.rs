//! Promises of the sources themselves: who imports whom, how long a file is, what it may be
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
const OPENS_SECRETS: [&str; 42] = [
    // The demo's server reads what it was sent and writes what it gives.
    "demo/authority/code.rs",
    "demo/authority/consent.rs",
    "demo/authority/device.rs",
    "demo/authority/index_page.rs",
    "demo/authority/platform.rs",
    "demo/authority/registration.rs",
    "demo/authority/request.rs",
    "demo/authority/token.rs",
    "demo/serve.rs",
    // The authorization URL and the challenge are made of secrets.
    "oauth/authorization.rs",
    // What is copied, and what other programs are answered, is made.
    "oauth/form.rs",
    "oauth/helper_answer.rs",
    // The claims of an ID token are read.
    "oauth/identity.rs",
    // A person runs the request with their own session.
    "oauth/curl.rs",
    // The short link carries its random name.
    "oauth/login/methods.rs",
    // What people pasted, and what came to the callback, is read.
    "oauth/pasted.rs",
    "oauth/probe.rs",
    "oauth/query.rs",
    // What a server tells of itself is read.
    "oauth/discovery/challenge.rs",
    "oauth/discovery/document.rs",
    "oauth/registration.rs",
    // Bodies are parsed and written.
    "oauth/reply.rs",
    "oauth/reply/refusal.rs",
    "oauth/request.rs",
    "oauth/transcript.rs",
    // Here secrets leave the program: clipboard, standard output, screen, network.
    "shell/terminal/clipboard.rs",
    "shell/terminal/console.rs",
    "shell/http.rs",
    "shell/terminal.rs",
    // A command that takes our place has them in its environment.
    "shell/successor_program.rs",
    // An answer to a question is read from the same lines as a pasted code.
    "shell/terminal/console/prompter.rs",
    "shell/terminal/console/secret.rs",
    "cli/login/pastes.rs",
    // Here they reach the store's file, or the vault to which it refers.
    "stored/config_file/fields.rs",
    "stored/config_file/put_back.rs",
    "stored/hashed_file.rs",
    "stored/vault_references.rs",
    "shell/vault/encrypted_file.rs",
    "shell/vault/keyring.rs",
    "shell/vault/split_entries.rs",
    // A revealed token is shown.
    "tui/view/reveal.rs",
    // A paste is written into its field.
    "tui/field.rs",
];

/// The most lines a file has above its tests.
const LONGEST: usize = 400;

/// Names that say nothing of what is in a file.
const EMPTY_NAMES: [&str; 6] = ["util", "utils", "helpers", "common", "manager", "types"];

/// Folders in which modules still import each other in a circle.
const CIRCLES_LEFT: [&str; 3] = ["cli::login", "cli::resolve", "oauth"];

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
fn modules_beside_each_other_import_in_one_direction() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let files = sources(&root, &root);
    let modules: BTreeSet<String> = files.iter().map(Source::module).collect();
    let mut imports = BTreeSet::new();
    for file in &files {
        let importing = file.module();
        let code = file.above_the_tests().map(|(_, line)| line);
        let code: Vec<&str> = code.filter(|line| !line.trim_start().starts_with("//")).collect();
        imports.extend(paths(&code.join("\n")).iter().filter_map(|path| beside(&importing, path, &modules)));
    }
    let circles: BTreeSet<&str> = imports
        .iter()
        .filter(|(folder, one, other)| leads(&imports, folder, other, one))
        .map(|(folder, ..)| folder.as_str())
        .filter(|folder| !CIRCLES_LEFT.contains(folder))
        .collect();
    assert_eq!(circles, BTreeSet::new(), "modules of these folders import each other in a circle");
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
    let modules = ["tui", "tui::view", "tui::model"].map(str::to_owned).into();
    let named = paths("use crate::tui::{model::Model, view::{self, x}};\n crate::tui::model::y(crate::cli)");
    assert_eq!(named, ["tui::model::Model", "tui::view::self", "tui::view::x", "tui::model::y", "cli"]);
    let import = |one: &str, other: &str| ("tui".to_owned(), one.to_owned(), other.to_owned());
    assert_eq!(beside("tui::view", &named[0], &modules), Some(import("view", "model")));
    assert_eq!(beside("tui::view", "tui::Model", &modules), None);
    let imports = BTreeSet::from([import("a", "b"), import("b", "c"), import("c", "a"), import("d", "a")]);
    assert!(leads(&imports, "tui", "b", "a") && !leads(&imports, "tui", "a", "d"));
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

/// The modules of one folder of which one imports the other: the folder, and both names.
type Import = (String, String, String);

/// The modules that lie beside each other where `importing` names `path`.
fn beside(importing: &str, path: &str, modules: &BTreeSet<String>) -> Option<Import> {
    let (mine, theirs): (Vec<_>, Vec<_>) = (importing.split("::").collect(), path.split("::").collect());
    let common = mine.iter().zip(&theirs).take_while(|(one, other)| one == other).count();
    // What layers import of each other is the table's business.
    let (one, other) = (mine.get(common).filter(|_| common > 0)?, theirs.get(common)?);
    let folder = mine.get(..common)?.join("::");
    let is_module = modules.contains(&format!("{folder}::{other}"));
    is_module.then(|| (folder, (*one).to_owned(), (*other).to_owned()))
}

/// Whether imports lead from one module of `folder` to another of it.
fn leads(imports: &BTreeSet<Import>, folder: &str, from: &str, to: &str) -> bool {
    let (mut seen, mut next) = (BTreeSet::new(), vec![from]);
    while let Some(module) = next.pop() {
        if module == to {
            return true;
        }
        if seen.insert(module) {
            let here = imports.iter().filter(|(at, one, _)| at == folder && one == module);
            next.extend(here.map(|(.., other)| other.as_str()));
        }
    }
    false
}

/// Every path below `crate` that a text names, those of groups in full.
fn paths(text: &str) -> Vec<String> {
    text.split("crate::").skip(1).flat_map(|rest| expand("", rest)).collect()
}

/// What `rest` begins with: a path, or a path and a group of others behind it.
fn expand(before: &str, rest: &str) -> Vec<String> {
    let end = rest.find(|char: char| !char.is_alphanumeric() && char != '_' && char != ':');
    let (path, rest) = rest.split_at(end.unwrap_or(rest.len()));
    let Some(group) = rest.strip_prefix('{').filter(|_| path.is_empty() || path.ends_with("::")) else {
        return vec![format!("{before}{}", path.trim_end_matches(':'))];
    };
    let (mut depth, mut parts) = (0, vec![String::new()]);
    for char in group.chars() {
        match char {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(String::new());
                continue;
            }
            _ => {}
        }
        parts.last_mut().expect("one at least").push(char);
    }
    let before = format!("{before}{path}");
    parts.iter().flat_map(|part| expand(&before, part.trim_start())).collect()
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

    /// `tui::view` of `tui/view.rs`.
    fn module(&self) -> String {
        self.path.trim_end_matches(".rs").replace('/', "::")
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
