//! Library of the files that a file may extend and is merged with.
//!
//! Files are merged as YAML, before anything is read: maps key by key, everything else replaced,
//! and a field that says `~` taken out. The merged text is written out and read as any other, so
//! that there is one reader; what is wrong in it is then looked up in the files it came from.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_yaml::{Mapping, Value};

use crate::domain::provider::Provider;
use crate::domain::text;
use crate::stored::positions::Positions;
use crate::stored::provider_file::conversion;
use crate::stored::provider_file::error::{FieldError, ProviderFileError, ReadError};
use crate::stored::provider_file::limits::{self, DEPTH_LIMIT};
use crate::stored::provider_file::rules::broken_rule;
use crate::stored::provider_file::schema::ProviderYaml;
use crate::stored::yaml_path::PathStep;

/// How many files may extend each other in a row.
const CHAIN_LIMIT: usize = 8;

/// The longest text that files together may make, in bytes.
const MERGED_LIMIT: usize = 1024 * 1024;

/// The field that names another file.
const EXTENDS: &str = "extends";

/// What is not inherited of an example, because it would be sent, or shown as the person's own.
const NOT_INHERITED_OF_EXAMPLES: [&[&str]; 23] = [
    &["address"],
    &["title"],
    &["homepage"],
    &["issuer"],
    &["issuer_in_answers"],
    &["resource"],
    &["discovered"],
    &["flows"],
    &["endpoints"],
    &["calls"],
    &["probe"],
    &["authorize_parameters"],
    &["prompts"],
    &["client", "id"],
    &["client", "registered"],
    &["client", "secret_ends"],
    &["scopes", "default"],
    &["scopes", "offered"],
    &["scopes", "list"],
    &["redirect", "paste"],
    &["revoke", "page"],
    &["key", "page"],
    &["git"],
];

/// Whose a file is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FileOrigin {
    /// It comes with the program.
    Preset,
    /// It is the person's own.
    Own,
}

/// The files that a file may extend.
#[derive(Debug, Clone, Default)]
pub struct Library<'a> {
    presets: &'a [(&'a str, &'a str)],
    own: BTreeMap<&'a str, Result<&'a str, &'a str>>,
}

/// A provider, and what its file says together with all it extends.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedProvider {
    /// The provider.
    pub provider: Provider,
    /// The merged text; absent where the file extends nothing.
    pub merged: Option<String>,
}

/// A file that another one extends.
struct Ancestor<'a> {
    title: String,
    text: &'a str,
    tree: Mapping,
}

impl Ancestor<'_> {
    fn is_example(&self) -> bool {
        is_example(&self.tree)
    }
}

impl<'a> Library<'a> {
    /// Those that come with the program: name and text.
    #[must_use]
    pub fn of_presets(presets: &'a [(&'a str, &'a str)]) -> Self {
        Self { presets, ..Self::default() }
    }

    /// Adds the person's file `name`.yaml: its text, or why there is none.
    pub fn add(&mut self, name: &'a str, text: Result<&'a str, &'a str>) {
        self.own.insert(name, text);
    }

    /// Reads `text`, the file `name`.yaml, and all it extends.
    ///
    /// # Errors
    /// The first [`ProviderFileError`] found. Its line is one of `text`; one of a file that is
    /// extended names that file.
    pub fn load(
        &self,
        name: &str,
        origin: FileOrigin,
        text: &str,
    ) -> Result<LoadedProvider, ProviderFileError> {
        // A test holds the limits of what comes with the program.
        if origin == FileOrigin::Own {
            limits::check(text)?;
        }
        if !may_extend(text)
            && let Ok(provider) = read(name, text)
        {
            return Ok(LoadedProvider { provider, merged: None });
        }
        limits::count(text)?;
        // What keeps this from being found is wrong for the reader too, which knows the field.
        let Ok(Some(parent)) = extended(text) else {
            let provider = read(name, text).map_err(|error| match error {
                ReadError::Text(error) => error,
                ReadError::Field(FieldError { path, rule }) => {
                    ProviderFileError::at(positions(text).nearest_line(&path), rule)
                }
            })?;
            return Ok(LoadedProvider { provider, merged: None });
        };
        let at_extends = |rule: String| ProviderFileError::at(extends_line(&positions(text)), rule);
        let own = tree(text)?;
        if !own.contains_key("name") {
            return Err(at_extends("name is missing; a file says its own, whatever it extends".to_owned()));
        }
        let ancestors = self.ancestors(name, origin, &parent).map_err(at_extends)?;
        let merged = merged(own, &ancestors).map_err(at_extends)?;
        match read(name, &merged) {
            Ok(provider) => Ok(LoadedProvider { provider, merged: Some(merged) }),
            Err(error) => Err(attributed(error, &merged, text, &ancestors)),
        }
    }

    /// The files that `name` extends through `parent`, the nearest first.
    fn ancestors(&self, name: &str, origin: FileOrigin, parent: &str) -> Result<Vec<Ancestor<'a>>, String> {
        let mut ancestors: Vec<Ancestor<'a>> = Vec::new();
        let (mut origin, mut name) = (origin, name.to_owned());
        let mut seen = BTreeSet::from([(origin, name.clone())]);
        let mut wanted = Some(parent.to_owned());
        while let Some(parent) = wanted.take() {
            let shown = text::clean(&parent, 64);
            let (found, text) = self.found(origin, &name, &parent).ok_or_else(|| {
                format!("{} extends {shown}, but there is no such provider file", title(origin, &name))
            })?;
            let title = title(found, &parent);
            let bad = |fault: ProviderFileError| match fault.line {
                Some(line) => format!("{title}, which this file extends, line {line}: {}", fault.rule),
                None => format!("{title}, which this file extends: {}", fault.rule),
            };
            let text = text.map_err(|why| bad(ProviderFileError::at(None, why)))?;
            if !seen.insert((found, parent.clone())) {
                return Err(format!("{title} extends itself by way of others; a circle has no beginning"));
            }
            if ancestors.len() == CHAIN_LIMIT {
                return Err(format!("more than {CHAIN_LIMIT} files extend each other in a row"));
            }
            limits::check(text).map_err(bad)?;
            wanted = extended(text).map_err(bad)?;
            let tree = tree(text).map_err(bad)?;
            ancestors.push(Ancestor { title: title.clone(), text, tree });
            (origin, name) = (found, parent);
        }
        Ok(ancestors)
    }

    /// The file that `name` means by `parent`: its own name means the preset, any other one the
    /// person's file before the preset.
    fn found(
        &self,
        origin: FileOrigin,
        name: &str,
        parent: &str,
    ) -> Option<(FileOrigin, Result<&'a str, &'a str>)> {
        let is_own_meant = origin == FileOrigin::Own && name != parent;
        let own = self.own.get(parent).filter(|_| is_own_meant).map(|text| (FileOrigin::Own, *text));
        let preset = || self.presets.iter().find(|(name, _)| *name == parent);
        own.or_else(|| preset().map(|(_, text)| (FileOrigin::Preset, Ok(*text))))
    }
}

/// The file as messages name it.
fn title(origin: FileOrigin, name: &str) -> String {
    let name = text::clean(name, 64);
    match origin {
        FileOrigin::Preset => format!("{name}.yaml (built in)"),
        FileOrigin::Own => format!("{name}.yaml"),
    }
}

/// Whether `text` may name a file that it extends: a line that is no comment says so. However else the name of
/// the field is written, there is a backslash.
pub(super) fn may_extend(text: &str) -> bool {
    let is_said = || text.lines().any(|line| line.contains(EXTENDS) && !line.trim_start().starts_with('#'));
    text.contains('\\') || text.contains(EXTENDS) && is_said()
}

/// The name of the file that `text` extends.
fn extended(text: &str) -> Result<Option<String>, ProviderFileError> {
    #[derive(Deserialize)]
    #[serde(expecting = "a map of fields")]
    struct ExtendsYaml {
        extends: Option<String>,
    }
    let head: ExtendsYaml = from_text(text)?;
    Ok(head.extends)
}

fn tree(text: &str) -> Result<Mapping, ProviderFileError> {
    from_text(text)
}

fn from_text<T: DeserializeOwned>(text: &str) -> Result<T, ProviderFileError> {
    serde_yaml::from_str(text).map_err(|error| ProviderFileError::from_yaml(&error))
}

/// The text that `own` and its ancestors make together.
fn merged(own: Mapping, ancestors: &[Ancestor<'_>]) -> Result<String, String> {
    let mut all = Mapping::new();
    let is_example = is_example(&own);
    for ancestor in ancestors.iter().rev() {
        let mut tree = ancestor.tree.clone();
        if ancestor.is_example() && !is_example {
            NOT_INHERITED_OF_EXAMPLES.iter().for_each(|path| take_out(&mut tree, path));
        }
        tree.shift_remove("example");
        drop_hosts_of_another_server(&mut all, &tree);
        lay_over(&mut all, tree);
    }
    drop_hosts_of_another_server(&mut all, &own);
    lay_over(&mut all, own);
    all.shift_remove(EXTENDS);
    let merged = serde_yaml::to_string(&all).map_err(|error| format!("it cannot be merged: {error}"))?;
    if merged.len() > MERGED_LIMIT {
        return Err("with all that the file extends it is larger than 1 MiB".to_owned());
    }
    Ok(merged)
}

/// Takes out where git may send tokens, where `tree` is laid over and has addresses of its own: its tokens are
/// another server's.
fn drop_hosts_of_another_server(all: &mut Mapping, tree: &Mapping) {
    if ["endpoints", "calls"].iter().any(|field| tree.contains_key(*field)) {
        all.shift_remove("git");
    }
}

/// Whether the file is an example, to which nothing is ever sent.
fn is_example(tree: &Mapping) -> bool {
    tree.get("example") == Some(&Value::Bool(true))
}

/// Takes the field at `path` out.
fn take_out(tree: &mut Mapping, path: &[&str]) {
    match path {
        [] => {}
        [field] => drop(tree.shift_remove(field)),
        [field, below @ ..] => {
            if let Some(Value::Mapping(tree)) = tree.get_mut(field) {
                take_out(tree, below);
            }
        }
    }
}

/// Lays `over` over `under`: maps key by key, everything else replaced, null taken out.
fn lay_over(under: &mut Mapping, over: Mapping) {
    for (key, value) in over {
        match (under.get_mut(&key), value) {
            (Some(_), Value::Null) => drop(under.shift_remove(&key)),
            (Some(Value::Mapping(below)), Value::Mapping(above)) => lay_over(below, above),
            (Some(_) | None, value) => drop(under.insert(key, value)),
        }
    }
}

/// Reads `text`, in which nothing is left to be extended.
fn read(name: &str, text: &str) -> Result<Provider, ReadError> {
    let yaml: ProviderYaml = from_text(text).map_err(ReadError::Text)?;
    match broken_rule(name, &yaml) {
        Some(error) => Err(ReadError::Field(error)),
        None => Ok(conversion::provider(yaml)),
    }
}

fn positions(text: &str) -> Positions {
    Positions::from_text(text, DEPTH_LIMIT)
}

fn extends_line(positions: &Positions) -> Option<u32> {
    positions.line(&[PathStep::key(EXTENDS)])
}

/// The error of `merged`, attributed to the file that says what is wrong.
fn attributed(error: ReadError, merged: &str, text: &str, ancestors: &[Ancestor<'_>]) -> ProviderFileError {
    let own = positions(text);
    let (path, rule, is_missing) = match error {
        ReadError::Text(ProviderFileError { line, rule }) => {
            let path = line.and_then(|line| Some(positions(merged).path_at(line)?.to_vec()));
            (path.unwrap_or_default(), rule, false)
        }
        ReadError::Field(FieldError { path, rule }) => {
            let is_missing = [["endpoints"], ["flows"]].map(|field| field.map(PathStep::key));
            let is_missing = is_missing.iter().any(|field| *field == *path);
            (path, rule, is_missing)
        }
    };
    let nearest = || own.nearest_line(&path).or_else(|| extends_line(&own));
    // An example may seem to say what is missing.
    if is_missing && let Some(example) = ancestors.iter().find(|ancestor| ancestor.is_example()) {
        let rule = format!("{rule} ({} is an example: none of its addresses is inherited)", example.title);
        return ProviderFileError::at(nearest(), rule);
    }
    if let Some(line) = own.line(&path) {
        return ProviderFileError::at(Some(line), rule);
    }
    let says = |ancestor: &Ancestor<'_>| {
        let line = positions(ancestor.text).line(&path)?;
        Some(format!("{rule} (so says line {line} of {}, which this file extends)", ancestor.title))
    };
    match ancestors.iter().find_map(says) {
        Some(rule) => ProviderFileError::at(extends_line(&own), rule),
        None => ProviderFileError::at(nearest(), rule),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::provider::{LoginMethod, Pkce, Rotation};

    const BASE: &str = "\
name: base
title: The base
flows: [code, paste]
endpoints: { authorize: 'https://b.test/a', token: 'https://b.test/t' }
redirect: { port: 9000, paste: 'https://b.test/p' }
scopes: { default: [a, b] }
refresh: { rotation: reusable }
probe:
  get: https://b.test/probe
  reading: { 200: works, 403: expected }
export: BASE_TOKEN
";

    /// The file `acme` among `base`, and `more` files of the person.
    fn load(text: &str, more: &[(&str, &str)]) -> Result<LoadedProvider, ProviderFileError> {
        let mut library = Library::of_presets(&[("base", BASE)]);
        for (name, text) in more {
            library.add(name, Ok(text));
        }
        library.add("unread", Err("cannot read it: permission denied"));
        library.load("acme", FileOrigin::Own, text)
    }

    #[test]
    fn maps_are_merged_and_everything_else_is_replaced() {
        let text = "\
extends: base
name: acme
flows: [code]
endpoints: { token: 'https://acme.test/t' }
scopes: { default: [c] }
redirect: { paste: ~ }
probe: { reading: { 403: odd } }
export: ~
pkce: off
";
        let loaded = load(text, &[]).expect("a provider");
        let provider = loaded.provider;
        assert_eq!((provider.name.as_str(), provider.title.as_str()), ("acme", "The base"));
        assert_eq!((provider.flows, provider.pkce), (vec![LoginMethod::Code], Pkce::Off));
        let exchange = format!("{:?} {:?}", provider.authorize, provider.exchange);
        assert!(exchange.contains("b.test") && exchange.contains("acme.test/t"), "{exchange}");
        assert_eq!(provider.scopes.default, ["c"]);
        assert_eq!((provider.redirect.port, provider.redirect.paste), (9000, None));
        let reading = provider.probe.expect("a probe").reading;
        assert_eq!((reading[&200].as_str(), reading[&403].as_str()), ("works", "odd"));
        assert_eq!((provider.rotation, provider.export), (Rotation::Reusable, None));

        let merged = loaded.merged.expect("a merged text");
        assert_eq!(load(&merged, &[]).expect("it stands alone").provider.scopes.default, ["c"]);
    }

    #[test]
    fn nothing_of_an_example_is_ever_sent_anywhere() {
        let example = BASE.replace(
            "name: base",
            "name: example\nexample: true\nclient: { id: its-id }\nissuer: https://b.test",
        );
        let mine = "name: mine\nextends: example\nexample: true\nmasks: [m-]\n";
        let step = "name: step\nextends: example\nmasks: [m-]\nflows: [code]\nendpoints: { token: 'https://step.test/t', authorize: 'https://step.test/a' }\n";
        let files: &[(&str, &str)] = &[("example", &example), ("mine", mine), ("step", step)];
        for parent in ["example", "mine"] {
            for (more, field) in [
                ("", "endpoints.authorize"),
                ("issuer: https://acme.test\n", "endpoints.authorize"),
                ("endpoints: { authorize: 'https://acme.test/a' }\n", "endpoints.token"),
                ("endpoints: { token: 'https://acme.test/t' }\n", "endpoints.authorize"),
                ("endpoints: { device: 'https://acme.test/d' }\n", "endpoints.token"),
                ("flows: [code]\n", "endpoints.authorize"),
            ] {
                let fault = load(&format!("name: acme\nextends: {parent}\n{more}"), files).expect_err(more);
                assert!(fault.rule.contains(field), "{parent} {more}: {fault:?}");
                assert!(
                    fault.rule.contains("is an example: none of its addresses"),
                    "{parent} {more}: {fault:?}"
                );
            }
            let both = "endpoints: { authorize: 'https://acme.test/a', token: 'https://acme.test/t' }\n";
            let loaded = load(&format!("name: acme\nextends: {parent}\n{both}"), files).expect("a provider");
            let provider = loaded.provider;
            assert!(!format!("{provider:?}").contains("b.test"), "{provider:?}");
            assert_eq!((provider.title.as_str(), provider.flows), ("acme", vec![LoginMethod::Code]));
            assert_eq!((provider.client.id, provider.scopes.default, provider.issuer), (None, vec![], None));
            // How its requests are made is what it is an example of.
            assert_eq!((provider.rotation, provider.redirect.port), (Rotation::Reusable, 9000));
        }
        let loaded = load("name: acme\nextends: step\nendpoints: { device: 'https://acme.test/d' }\n", files);
        let provider = loaded.expect("a provider").provider;
        assert!(!format!("{provider:?}").contains("b.test"), "{provider:?}");
        assert!(
            load("name: acme\nextends: example\nexample: true\n", files).is_ok(),
            "an example of an example"
        );
    }

    #[test]
    fn a_chain_may_be_long_but_has_an_end() {
        let names: Vec<String> = (0..10).map(|number| format!("f{number}")).collect();
        let texts: Vec<String> = (0..10)
            .map(|number| format!("name: f{number}\nextends: f{}\nmasks: [m{number}]\n", number + 1))
            .map(|text| text.replace("f7\n", "base\n"))
            .collect();
        let files: Vec<_> = names.iter().map(String::as_str).zip(texts.iter().map(String::as_str)).collect();
        let loaded = load("name: acme\nextends: f1\n", &files).expect("a provider");
        assert_eq!(loaded.provider.masks, ["m1"], "the nearest counts");
        let fault = load("name: acme\nextends: f0\n", &files);
        assert_eq!(fault.map(|loaded| loaded.provider.masks), Ok(vec!["m0".to_owned()]));
        let long: Vec<_> = files.iter().map(|(name, text)| (*name, text.replace("base", "f8"))).collect();
        let long: Vec<_> = long.iter().map(|(name, text)| (*name, text.as_str())).collect();
        let fault = load("name: acme\nextends: f0\n", &long).expect_err("too long");
        assert!(fault.rule.contains("more than 8 files"), "{fault:?}");
    }

    #[test]
    fn a_files_own_name_means_the_preset_and_other_names_the_persons_file_first() {
        let mut library = Library::of_presets(&[("base", BASE)]);
        let own = "extends: base\nname: base\nmasks: [own]\n";
        library.add("base", Ok(own));
        let loaded = library.load("base", FileOrigin::Own, own).expect("a provider");
        assert_eq!((loaded.provider.masks, loaded.provider.title), (vec!["own".into()], "The base".into()));
        let loaded =
            library.load("acme", FileOrigin::Own, "extends: base\nname: acme\n").expect("a provider");
        assert_eq!(loaded.provider.masks, ["own"]);
        // What comes with the program does not change because a person has a file of that name.
        let loaded = library.load("other", FileOrigin::Preset, "extends: base\nname: other\n");
        assert_eq!(loaded.expect("a provider").provider.masks, [""; 0]);
    }

    #[test]
    fn what_cannot_be_extended_is_said_in_the_line_that_extends_it() {
        let more = [
            ("round", "name: round\nextends: about\n"),
            ("about", "name: about\nextends: round\n"),
            ("back", "name: back\nextends: acme\n"),
            ("self", "name: self\nextends: self\n"),
            ("lost", "name: lost\nextends: nowhere\n"),
            ("broken", "name: broken\ntitle: [\n"),
            ("list", "- name: x\n"),
            ("twice", "name: twice\ntitle: x\ntitle: y\n"),
        ];
        for (parent, words) in [
            ("nowhere", "acme.yaml extends nowhere, but there is no such"),
            ("acme", "acme.yaml extends acme, but there is no such"),
            ("lost", "lost.yaml extends nowhere, but there is no such"),
            ("self", "self.yaml extends self, but there is no such"),
            ("round", "round.yaml extends itself by way of others"),
            ("unread", "unread.yaml, which this file extends: cannot read it: permission denied"),
            ("broken", "broken.yaml, which this file extends, line "),
            ("list", "a map of fields"),
            ("twice", "twice.yaml, which this file extends, line 1: duplicate"),
            ("\"\\e[2J\"", "extends \u{fffd}[2J"),
        ] {
            let fault = load(&format!("name: acme\nextends: {parent}\n"), &more).expect_err(parent);
            assert!(fault.rule.contains(words), "{parent}: {}", fault.rule);
            assert_eq!(fault.line, Some(2), "{parent}: {}", fault.rule);
        }
        let fault = load("extends: base\n", &more).expect_err("no name");
        assert!(fault.rule.contains("name is missing"), "{fault:?}");
    }

    #[test]
    fn a_fault_of_merged_files_is_told_of_the_file_that_says_it() {
        let mine = "name: mine\nextends: base\nflows: [paste]\nreply:\n  access: token\n";
        let says = "(so says line 3 of base.yaml (built in), which this file extends)";
        for (more, line, words) in [
            // The field stands in the child's text.
            ("zzz: 1", 3, "unknown field `zzz`"),
            ("title: x\nendpoints:\n  token: http://a.test/", 5, "https"),
            ("redirect:\n  host: example.org", 4, "127.0.0.1"),
            ("probe:\n  headers: { a: '{code}' }", 4, "{code}"),
            ("environment:\n  - ONE\n  - { name: TWO,\n      headr: x }", 6, "unknown field `headr`"),
            ("flows: [device]", 3, "endpoints.device"),
            ("endpoints: 7", 3, "a map of fields"),
            ("state: { bytes: 4 }", 3, "16 to 96"),
            // What the child takes out is missed by the parent's flows.
            ("endpoints: { authorize: ~ }", 1, says),
            ("redirect:\n  paste: ~", 1, says),
        ] {
            let fault = load(&format!("extends: base\nname: acme\n{more}\n"), &[]).expect_err(more);
            assert!(fault.rule.contains(words), "{more}: {}", fault.rule);
            assert_eq!(fault.line, Some(line), "{more}: {}", fault.rule);
        }
        let fault = load("name: acme\nextends: mine\n", &[("mine", mine)]).expect_err("a bad parent");
        assert!(fault.rule.contains("(so says line 5 of mine.yaml, which this file extends)"), "{fault:?}");
        assert_eq!(fault.line, Some(2));
    }

    #[test]
    fn files_that_make_too_much_together_are_refused() {
        // A short text may stand for a long one by its aliases.
        let long = "x".repeat(20_000);
        let of = |count| vec!["*a"; count].join(", ");
        let big = |count| format!("name: big\nnotice: &a {long}\nmasks: [{}]\n", of(count));
        let mine = format!("name: acme\nextends: big\nexport: &a {long}\nflows: [{}]\n", of(30));
        for (mine, big, line) in [
            ("name: acme\nextends: big\n", big(60), "big.yaml, which this file extends, line 2"),
            (&mine, big(30), "with all that the file extends"),
        ] {
            let fault = load(mine, &[("big", &big)]).expect_err("too much");
            assert!(fault.rule.contains("1 MiB") && fault.rule.contains(line), "{fault:?}");
        }
    }
}
