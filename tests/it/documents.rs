//! What the pages say is what the program does.

use std::collections::BTreeSet;

use authtui::domain::provider::catalog::PRESETS;
use authtui::domain::provider::file;
use authtui::tui::keymap::{BINDINGS, Binding, Place};

const README: &str = include_str!("../../README.md");
const FORMAT: &str = include_str!("../../assets/providers/README.md");

/// The shortest file that works.
const SHORT: &str = "\
name: acme
endpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }
";

#[test]
fn the_readme_names_every_key_and_no_other() {
    let expected: String = BINDINGS.iter().map(row).collect();
    let table = README.split("| key | what it does |\n|---|---|\n").nth(1).expect("a table of keys");
    let written: String =
        table.lines().take_while(|line| line.starts_with('|')).map(|line| format!("{line}\n")).collect();
    assert_eq!(written, expected, "the table of keys in README.md");
}

fn row(binding: &Binding) -> String {
    let keys: Vec<String> = binding.keys.iter().map(|key| format!("`{}`", key.word())).collect();
    let place = match binding.place {
        Place::Everywhere => "everywhere: ",
        Place::Profiles => "",
        Place::Copy => "while copying: ",
        Place::Login => "while a login waits: ",
        Place::Choices => "in a question: ",
        Place::Scopes => "while choosing scopes: ",
    };
    format!("| {} | {place}{} |\n", keys.join(" "), binding.hint)
}

#[test]
fn the_format_of_provider_files_is_documented_field_by_field() {
    let maps = ["", "endpoints", "client", "scopes", "redirect", "state", "refresh", "reply", "probe"];
    let read: BTreeSet<String> = maps.iter().flat_map(|map| fields(map)).collect();
    let rows = FORMAT.lines().filter_map(|line| line.strip_prefix("| `"));
    let documented: BTreeSet<String> =
        rows.filter_map(|row| row.split('`').next()).map(String::from).collect();
    assert_eq!(documented, read, "the table of fields in assets/providers/README.md");
}

/// The fields that the reader takes in `map`, as its complaint about another one names them.
fn fields(map: &str) -> Vec<String> {
    let text = match map {
        "" => format!("{SHORT}zzz: 1\n"),
        "endpoints" => "name: acme\nendpoints: { zzz: 1 }\n".to_owned(),
        _ => format!("{SHORT}{map}: {{ zzz: 1 }}\n"),
    };
    let rule = file::load("acme", &text).expect_err(map).rule;
    let (_, expected) = rule.split_once("expected ").expect("a list of known fields");
    let names = expected.split('`').skip(1).step_by(2);
    names.map(|name| if map.is_empty() { name.to_owned() } else { format!("{map}.{name}") }).collect()
}

#[test]
fn what_the_format_says_of_defaults_is_what_a_short_file_gets() {
    let provider = file::load("acme", SHORT).expect("a provider");
    assert_eq!(provider.title, "acme");
    assert_eq!(
        (provider.redirect.host.as_str(), provider.redirect.path.as_str()),
        ("127.0.0.1", "/callback")
    );
    assert_eq!((provider.redirect.ports(), provider.state.bytes), (vec![8765, 0], 32));
    assert_eq!(provider.scopes.separator, " ");
}

#[test]
fn the_example_to_copy_works_once_it_is_renamed() {
    let (_, example) = PRESETS.iter().find(|(name, _)| *name == "oauth2").expect("the example");
    let copied = example.replace("name: oauth2", "name: acme").replace("example: true\n", "");
    let provider = file::load("acme", &copied).expect("a provider");
    assert!(!provider.example);
}
