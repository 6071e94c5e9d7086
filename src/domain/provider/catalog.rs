//! Catalog of every provider that is known, and of the files that could not be read.

use std::borrow::Cow;
use std::fmt;
use std::sync::OnceLock;

use foldhash::HashMap;

use crate::domain::provider::Provider;

/// Every provider that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    /// By name: every row asks for its provider, whenever the rows are ordered.
    providers: HashMap<String, ProviderSource>,
    /// What is wrong with files that could not be read.
    pub errors: Vec<CatalogError>,
    /// Nobody knows what there is: the folder of the person's files cannot be read.
    is_unreadable: bool,
}

/// A provider and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogEntry {
    pub provider: Provider,
    /// The file's path; absent: it comes with the program.
    pub path: Option<String>,
    /// The file's text.
    pub text: Cow<'static, str>,
    /// What the file says together with all it extends; absent where it extends nothing.
    pub merged: Option<String>,
}

/// Reads the text of a file that comes with the program. A test proves that all of them can be read.
type ReadPreset = fn(name: &'static str, text: &'static str) -> Option<CatalogEntry>;

/// Where a provider comes from.
#[derive(Debug, Clone)]
enum ProviderSource {
    /// With the program. It is read when it is first used, and most are never used.
    Preset {
        name: &'static str,
        text: &'static str,
        read: ReadPreset,
        entry: OnceLock<Option<Box<CatalogEntry>>>,
    },
    File(Box<CatalogEntry>),
}

impl ProviderSource {
    fn text(&self) -> &str {
        match self {
            Self::Preset { text, .. } => text,
            Self::File(entry) => &entry.text,
        }
    }

    fn entry(&self) -> Option<&CatalogEntry> {
        match self {
            Self::Preset { name, text, read, entry } => {
                entry.get_or_init(|| read(name, text).map(Box::new)).as_deref()
            }
            Self::File(entry) => Some(entry),
        }
    }
}

/// They are the same where they say the same, read or not.
impl PartialEq for ProviderSource {
    fn eq(&self, other: &Self) -> bool {
        self.entry() == other.entry()
    }
}

impl Eq for ProviderSource {}

/// What is wrong with a provider file, or with their folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CatalogError {
    pub path: String,
    /// The line, counted from 1, where it is known.
    pub line: Option<u32>,
    /// The rule that is broken, for people.
    pub rule: String,
}

impl fmt::Display for CatalogError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.path, self.rule),
            None => write!(f, "{}: {}", self.path, self.rule),
        }
    }
}

impl CatalogEntry {
    /// The file's text; of a file that extends another one, what they say together.
    #[must_use]
    pub fn whole_text(&self) -> &str {
        self.merged.as_deref().unwrap_or(&self.text)
    }
}

impl Catalog {
    /// No provider at all, because the folder of the person's files cannot be read: any preset
    /// could be replaced by a file in it.
    #[must_use]
    pub fn unreadable(error: CatalogError) -> Self {
        Self { providers: HashMap::default(), errors: vec![error], is_unreadable: true }
    }

    /// Adds a provider that comes with the program; `read` is called when it is first used.
    pub fn insert_preset(&mut self, name: &'static str, text: &'static str, read: ReadPreset) {
        let preset = ProviderSource::Preset { name, text, read, entry: OnceLock::new() };
        self.providers.insert(name.to_owned(), preset);
    }

    /// Adds the provider of a file, in the place of one of its name.
    pub fn insert(&mut self, entry: CatalogEntry) {
        self.providers.insert(entry.provider.name.clone(), ProviderSource::File(Box::new(entry)));
    }

    /// Notes a file that cannot be used. It leaves no preset of its name behind: a refresh token of
    /// the person would go to the server of the preset.
    pub fn refuse(&mut self, error: CatalogError) {
        self.providers.remove(file_stem(&error.path));
        self.errors.push(error);
    }

    /// Takes out what stands beside a file that cannot be used: of NAME.yaml and NAME.yml, the bad one
    /// stands for both.
    pub fn drop_refused(&mut self) {
        let refused: Vec<&str> = self.errors.iter().map(|error| file_stem(&error.path)).collect();
        self.providers.retain(|name, _| !refused.contains(&name.as_str()));
    }

    /// The provider of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Provider> {
        self.entry(name).map(|entry| &entry.provider)
    }

    /// The provider of that name, with its file.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&CatalogEntry> {
        self.providers.get(name)?.entry()
    }

    /// Why there is no provider of that name, though a file should describe it.
    #[must_use]
    pub fn error(&self, name: &str) -> Option<&CatalogError> {
        let of_file = self.errors.iter().find(|error| file_stem(&error.path) == name);
        let of_folder = || self.errors.first().filter(|_| self.is_unreadable);
        if self.get(name).is_some() { None } else { of_file.or_else(of_folder) }
    }

    /// What to do where the provider of that name is an example, to which nothing is sent.
    #[must_use]
    pub fn example_remedy(&self, name: &str) -> Option<String> {
        let entry = self.entry(name).filter(|entry| entry.provider.example)?;
        Some(match &entry.path {
            Some(path) => format!("take the line `example: true` out of {path}"),
            None if let Some(address) = &entry.provider.address => {
                format!("log in by the address of your own server: authtui login {address}")
            }
            None => format!(
                "copy the example to a provider file of your own (authtui providers show {name} prints \
                 it), then log in there"
            ),
        })
    }

    /// All entries by name.
    pub fn entries(&self) -> impl Iterator<Item = &CatalogEntry> {
        self.sources().filter_map(ProviderSource::entry)
    }

    /// The entries of files that do not come with the program.
    pub fn files(&self) -> impl Iterator<Item = &CatalogEntry> {
        self.sources().filter_map(|source| match source {
            ProviderSource::Preset { .. } => None,
            ProviderSource::File(entry) => Some(&**entry),
        })
    }

    /// Where the providers come from, by name.
    fn sources(&self) -> impl Iterator<Item = &ProviderSource> {
        let mut sources: Vec<_> = self.providers.iter().collect();
        sources.sort_unstable_by_key(|(name, _)| *name);
        sources.into_iter().map(|(_, source)| source)
    }

    /// The example to describe any server by; the one that comes with the program, where it is there.
    #[must_use]
    pub fn template(&self) -> Option<&Provider> {
        let is_template = |entry: &&CatalogEntry| entry.provider.example && entry.provider.address.is_none();
        let template = self.entries().filter(is_template).min_by_key(|entry| entry.path.is_some())?;
        Some(&template.provider)
    }

    /// The providers that one can log in with, by name.
    pub fn usable(&self) -> impl Iterator<Item = &Provider> {
        self.usable_by_text(|_| true)
    }

    /// The same, but only those whose text `may_matter`; no other is read.
    pub fn usable_by_text(&self, may_matter: impl Fn(&str) -> bool) -> impl Iterator<Item = &Provider> {
        let sources = self.sources().filter(move |source| may_matter(source.text()));
        let providers = sources.filter_map(|source| Some(&source.entry()?.provider));
        providers.filter(|provider| !provider.example)
    }
}

/// The file's name without folder and ending.
#[must_use]
pub fn file_stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_preset_that_nobody_looks_at_is_never_read() {
        let mut catalog = Catalog::default();
        catalog.insert_preset("acme", "name: acme", |name, _| panic!("{name} was read"));
        assert_eq!(catalog.files().count(), 0);
        assert_eq!(catalog.usable_by_text(|text| text.contains("environment")).count(), 0);
        assert!(catalog.get("other").is_none() && catalog.error("other").is_none());
        let refused = CatalogError { path: "acme.yaml".to_owned(), line: None, rule: String::new() };
        catalog.refuse(refused);
        assert!(catalog.get("acme").is_none() && catalog.error("acme").is_some());
    }
}
