//! Every provider that is known, and what is wrong with the files that could not be read.

use std::collections::BTreeMap;

use crate::domain::provider::Provider;
use crate::domain::provider::file::{self, Complaint};

/// The provider files that come with the program: name and text.
pub const PRESETS: [(&str, &str); 2] = [
    ("anthropic", include_str!("../../../assets/providers/anthropic.yaml")),
    ("oauth2", include_str!("../../../assets/providers/oauth2.yaml")),
];

/// Every provider that is known.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalog {
    providers: BTreeMap<String, Entry>,
    /// What is wrong with files that could not be read.
    pub complaints: Vec<Complaint>,
}

/// A provider and where it was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The provider.
    pub provider: Provider,
    /// The file's path; absent: it comes with the program.
    pub path: Option<String>,
    /// The file's text, to be shown and copied.
    pub text: String,
}

impl Catalog {
    /// The presets, overridden and added to by `files`: path and text of each.
    ///
    /// A bad file becomes a complaint; a preset of the same name then stays in force, so that
    /// nobody is locked out by a slip of the pen.
    #[must_use]
    pub fn read(files: impl IntoIterator<Item = (String, Result<String, String>)>) -> Self {
        let mut catalog = Self::default();
        for (name, text) in PRESETS {
            catalog.add(name, None, text);
        }
        catalog.add_files(files);
        catalog
    }

    /// `files` alone: path and text of each.
    #[must_use]
    pub fn only(files: impl IntoIterator<Item = (String, Result<String, String>)>) -> Self {
        let mut catalog = Self::default();
        catalog.add_files(files);
        catalog
    }

    fn add_files(&mut self, files: impl IntoIterator<Item = (String, Result<String, String>)>) {
        for (path, text) in files {
            match text {
                Ok(text) => self.add(stem(&path), Some(path.clone()), &text),
                Err(why) => self.complaints.push(Complaint { path, line: None, rule: why }),
            }
        }
    }

    fn add(&mut self, name: &str, path: Option<String>, text: &str) {
        match file::load(name, text) {
            Ok(provider) => {
                let entry = Entry { provider, path, text: text.to_owned() };
                self.providers.insert(name.to_owned(), entry);
            }
            Err(fault) => {
                let path = path.unwrap_or_else(|| format!("{name}.yaml (built in)"));
                self.complaints.push(Complaint { path, line: fault.line, rule: fault.rule });
            }
        }
    }

    /// The provider of that name.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Provider> {
        self.providers.get(name).map(|entry| &entry.provider)
    }

    /// The provider of that name, with its file.
    #[must_use]
    pub fn entry(&self, name: &str) -> Option<&Entry> {
        self.providers.get(name)
    }

    /// All entries by name.
    pub fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.providers.values()
    }

    /// The providers that one can log in with, by name.
    pub fn usable(&self) -> impl Iterator<Item = &Provider> {
        self.entries().map(|entry| &entry.provider).filter(|provider| !provider.example)
    }
}

/// The file's name without folder and ending.
#[must_use]
pub fn stem(path: &str) -> &str {
    let name = path.rsplit(['/', '\\']).next().unwrap_or(path);
    name.strip_suffix(".yaml").or_else(|| name.strip_suffix(".yml")).unwrap_or(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_preset_can_be_read() {
        let catalog = Catalog::read([]);
        assert_eq!(catalog.complaints, []);
        assert_eq!(catalog.entries().count(), PRESETS.len());
    }

    #[test]
    fn a_file_of_the_person_replaces_the_preset_of_its_name() {
        let text = PRESETS[0].1.replace(
            "https://platform.claude.com/v1/oauth/token",
            "https://console.anthropic.com/v1/oauth/token",
        );
        let catalog = Catalog::read([("/home/ana/providers/anthropic.yaml".to_owned(), Ok(text))]);
        let exchange = &catalog.get("anthropic").expect("still there").exchange;
        assert!(format!("{exchange:?}").contains("console.anthropic.com"));
    }

    #[test]
    fn a_bad_file_is_complained_of_and_the_others_still_work() {
        let bad = ("/p/anthropic.yaml".to_owned(), Ok("name: anthropic\nendpoints: 7\n".to_owned()));
        let unread = ("/p/x.yaml".to_owned(), Err("cannot read it: permission denied".to_owned()));
        let catalog = Catalog::read([bad, unread]);
        assert!(catalog.get("anthropic").is_some());
        assert_eq!(catalog.complaints.len(), 2);
        assert_eq!(catalog.complaints[0].line, Some(2));
    }
}
