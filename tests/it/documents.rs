//! What the pages say is what the program does.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::{env, fs};

use authtui::stored::provider_file::{self, PRESETS};
use authtui::tui::keymap::{self, Binding, KeyContext};

const ARCHITECTURE: &str = include_str!("../../src/lib.rs");
const FORMAT: &str = include_str!("../../docs/providers.md");

/// What the shortest file that works has beside its name.
const ENDPOINTS: &str = "endpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n";

#[test]
fn the_page_of_keys_names_every_key_and_no_other() {
    let expected: String = keymap::all().map(|(context, binding)| row(context, binding)).collect();
    assert_page_has(
        "docs/keys.md",
        "| key | what it does | name in `settings.yaml` |\n|---|---|---|\n",
        "\n\n",
        expected.trim_end(),
    );
}

fn row(context: KeyContext, binding: &Binding) -> String {
    let keys: Vec<String> = binding.keys.iter().map(|key| format!("`{}`", key.word())).collect();
    let is_changeable = context == KeyContext::Profiles;
    let place = if is_changeable { String::new() } else { format!("{}: ", context.place()) };
    let name = if is_changeable { format!("`{}`", binding.action.name()) } else { String::new() };
    format!("| {} | {place}{} | {name} |\n", keys.join(" "), binding.words)
}

/// Where the reader takes fields, and how a file writes one there: `%`.
const MAPS: [(&str, &str); 31] = [
    ("", "%"),
    ("endpoints", "endpoints: { % }"),
    ("discovered", "discovered: { % }"),
    ("client", "client: { % }"),
    ("registration", "registration: { % }"),
    ("client.authentication", "client: { authentication: { % } }"),
    ("scopes", "scopes: { % }"),
    ("scopes.offered", "scopes: { offered: [{ % }] }"),
    ("scopes.list", "scopes: { list: { % } }"),
    ("redirect", "redirect: { % }"),
    ("pkce", "pkce: { % }"),
    ("state", "state: { % }"),
    ("device", "device: { % }"),
    (
        "device.pkce",
        "endpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t', device: 'https://a.test/d' }\ndevice: { pkce: { % } }",
    ),
    ("device.reply", "device: { reply: { % } }"),
    ("refresh", "refresh: { % }"),
    ("revoke", "revoke: { % }"),
    ("calls", "calls: { % }"),
    ("calls.authorize", "calls: { authorize: { % } }"),
    ("calls.exchange", "calls: { exchange: { % } }"),
    ("calls.refresh", "calls: { refresh: { % } }"),
    ("calls.device", "calls: { device: { % } }"),
    ("calls.poll", "calls: { poll: { % } }"),
    ("calls.revoke", "calls: { revoke: { % } }"),
    ("reply", "reply: { % }"),
    ("meaning", "meaning: [{ % }]"),
    ("probe", "probe: { % }"),
    ("key", "key: { % }"),
    ("environment", "environment: [{ % }]"),
    ("orders", "orders: [{ % }]"),
    ("git", "git: { hosts: [a.test], % }"),
];

#[test]
fn the_format_of_provider_files_is_documented_field_by_field() {
    let mut read: BTreeSet<String> = MAPS.iter().flat_map(|(map, text)| fields(map, text)).collect();
    // The calls share their fields, and are described once.
    for call in ["authorize", "exchange", "refresh", "device", "poll", "revoke"] {
        for field in ["get", "post", "delete", "headers", "form", "json"] {
            assert!(read.remove(&format!("calls.{call}.{field}")), "calls.{call} takes no {field}");
            read.insert(format!("calls.*.{field}"));
        }
    }
    let documented: BTreeSet<String> = rows().map(|row| row.0.to_owned()).collect();
    assert_eq!(rows().count(), documented.len(), "a field is described twice");
    assert_eq!(documented, read, "the table of fields in docs/providers.md");
}

#[test]
fn every_map_that_the_reader_takes_has_its_fields_looked_at() {
    let maps: BTreeSet<&str> = MAPS.iter().map(|(map, _)| *map).collect();
    let mut looked_at = 0;
    for (field, _) in rows() {
        let (parent, name) = field.rsplit_once('.').unwrap_or(("", field));
        let Some((_, text)) = MAPS.iter().find(|(map, _)| *map == parent) else { continue };
        // A map of fields, or a list of them, asks for one.
        for value in ["7", "[7]"] {
            let complaint = complaint(&text.replace('%', &format!("{name}: {value}")));
            let asks = ["a map of fields", "a map with a name", "struct ", "{ header"];
            let asks = asks.iter().any(|words| complaint.contains(words));
            looked_at += usize::from(asks);
            assert!(!asks || maps.contains(field), "{field} has fields that nobody looks at: {complaint}");
        }
    }
    assert!(looked_at > MAPS.len(), "only {looked_at} maps asked for their fields");
}

/// The rows of the table of fields: name and meaning.
fn rows() -> impl Iterator<Item = (&'static str, &'static str)> {
    let table = FORMAT.split("| field | meaning | if left out |\n|---|---|---|\n").nth(1);
    let rows = table.expect("a table of fields").lines().take_while(|line| line.starts_with('|'));
    rows.filter_map(|row| row.strip_prefix("| `")?.split_once("` |"))
}

/// What is wrong with the shortest file and `more`.
fn complaint(more: &str) -> String {
    let endpoints = if more.starts_with("endpoints") { "" } else { ENDPOINTS };
    let loaded = provider_file::load("acme", &format!("name: acme\n{endpoints}{more}\n"));
    loaded.err().map(|fault| fault.rule).unwrap_or_default()
}

/// The fields that the reader takes in `map`, as its complaint about another one names them.
fn fields(map: &str, text: &str) -> Vec<String> {
    let rule = complaint(&text.replace('%', "zzz: 1"));
    let (_, expected) = rule.split_once("expected ").unwrap_or_else(|| panic!("{map}: {rule}"));
    let names = expected.split('`').skip(1).step_by(2);
    names.map(|name| if map.is_empty() { name.to_owned() } else { format!("{map}.{name}") }).collect()
}

#[test]
fn every_example_on_the_page_of_the_format_can_be_used_as_it_stands() {
    let blocks = FORMAT.split("```yaml\n").skip(1).map(|rest| rest.split("```").next().expect("an end"));
    let files: Vec<(String, Result<String, String>)> =
        blocks.map(|text| (path_of(text), Ok(text.to_owned()))).collect();
    assert!(files.len() >= 3, "{files:?}");
    let catalog = provider_file::catalog(files.clone());
    assert_eq!(catalog.errors, []);
    let own = catalog.entries().filter(|entry| entry.path.is_some() && !entry.provider.example);
    assert_eq!(own.count(), files.len(), "two examples have one name");
    let staging = catalog.entry("acme-staging").expect("an example that extends another");
    assert_eq!(staging.provider.reply.access.0, ["/data/token"]);
    assert_eq!(staging.provider.meanings.statuses, []);
    assert!(staging.whole_text().contains("renewal"), "{}", staging.whole_text());
}

fn path_of(text: &str) -> String {
    let name = text.lines().find_map(|line| line.strip_prefix("name: ")).expect("a name");
    format!("{name}.yaml")
}

#[test]
fn what_the_format_says_of_defaults_is_what_a_short_file_gets() {
    let provider = provider_file::load("acme", &format!("name: acme\n{ENDPOINTS}")).expect("a provider");
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
    let provider = provider_file::load("acme", &copied).expect("a provider");
    assert!(!provider.example);
}

#[test]
fn every_link_between_the_pages_leads_somewhere() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut links = 0;
    for page in ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs"].map(|name| root.join(name)) {
        let pages = if page.is_dir() { files_in(&page) } else { vec![page] };
        for page in pages.into_iter().filter(|page| page.is_file()) {
            let text = fs::read_to_string(&page).expect("a page");
            let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')'));
            for target in targets.map(|(target, _)| target).filter(|target| !target.starts_with("http")) {
                let (file, heading) = target.split_once('#').unwrap_or((target, ""));
                let file = if file.is_empty() { page.clone() } else { page.with_file_name(file) };
                assert!(file.exists(), "{}: {target}", page.display());
                assert!(heading.is_empty() || headings(&file).any(|at| at == heading), "{target}");
                links += 1;
            }
        }
    }
    assert!(links > 10, "only {links} links were looked at");
}

#[test]
fn the_script_that_measures_finds_its_marks_and_has_made_the_table_and_the_plot() {
    let (page, script) =
        (include_str!("../../docs/performance.md"), include_str!("../../benches/measure.py"));
    let marks = ["<!-- figures -->\n", "<!-- end of figures -->\n"];
    for mark in marks {
        assert_eq!(page.matches(mark).count(), 1, "{mark}");
        assert!(script.contains(&mark.replace('\n', "\\n")), "the script does not know {mark}");
    }
    let (_, rest) = page.split_once(marks[0]).expect("a first mark");
    let (figures, _) = rest.split_once(marks[1]).expect("a last mark behind it");
    assert!(figures.contains("| authtui | 10 | 1,000 | 10,000 | goal |\n"), "{figures}");
    let plot = include_str!("../../docs/performance.svg");
    assert!(plot.starts_with("<svg ") && plot.ends_with("</svg>\n"), "{plot}");
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path()).collect()
}

/// The anchors that a page's headings have.
fn headings(page: &Path) -> impl Iterator<Item = String> {
    let text = fs::read_to_string(page).expect("a page");
    let heads: Vec<String> = text.lines().filter(|line| line.starts_with('#')).map(str::to_owned).collect();
    heads.into_iter().map(|head| {
        let kept = head.trim_start_matches(['#', ' ']).to_lowercase();
        kept.chars()
            .filter(|char| char.is_alphanumeric() || *char == ' ' || *char == '-')
            .collect::<String>()
            .replace(' ', "-")
    })
}

#[test]
fn the_page_of_the_architecture_has_no_long_line() {
    for (number, line) in (1..).zip(ARCHITECTURE.lines()) {
        assert!(line.chars().count() <= 100, "src/lib.rs:{number} is longer than 100 characters");
    }
}

#[test]
fn the_pages_for_builders_name_files_that_are_there() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let pages = [ARCHITECTURE, include_str!("../../CONTRIBUTING.md")].join("\n");
    let quoted = pages.lines().flat_map(|line| line.split('`').skip(1).step_by(2));
    let mut files = 0;
    let mut folder = PathBuf::new();
    for file in quoted.filter(|name| name.ends_with(".rs") && !name.contains("NAME")) {
        // A name alone is a neighbour of the file before it.
        let paths = [root.join(file), root.join("src").join(file), folder.join(file)];
        let path = paths.iter().find(|path| path.exists()).unwrap_or_else(|| panic!("{file} is not there"));
        folder = path.parent().map(Path::to_owned).unwrap_or_default();
        files += 1;
    }
    assert!(files > 20, "only {files} files were looked at");
}

/// Holds that a page has `text` after the first `before`, up to the next `after`. As with snapshots,
/// `INSTA_UPDATE=always` writes the page instead.
pub(crate) fn assert_page_has(page: &str, before: &str, after: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
    let whole = fs::read_to_string(&path).expect(page);
    let (head, rest) = whole.split_once(before).expect("where the text begins");
    let (written, tail) = rest.split_once(after).expect("where the text ends");
    if env::var("INSTA_UPDATE").is_ok_and(|update| update == "always") && written != text {
        return fs::write(&path, format!("{head}{before}{text}{after}{tail}")).expect(page);
    }
    assert_eq!(written, text, "{page}; INSTA_UPDATE=always writes it");
}
