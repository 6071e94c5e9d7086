//! Every provider that is known, and what is wrong with the files that could not be read.

use std::collections::BTreeMap;

use crate::domain::provider::Provider;
use crate::domain::provider::file::Complaint;
use crate::domain::provider::file::library::{Library, Origin};

/// The provider files that come with the program: name and text.
pub const PRESETS: [(&str, &str); 6] = [
    ("anthropic", include_str!("../../../assets/providers/anthropic.yaml")),
    ("calcom", include_str!("../../../assets/providers/calcom.yaml")),
    ("calcom-platform", include_str!("../../../assets/providers/calcom-platform.yaml")),
    ("oauth2", include_str!("../../../assets/providers/oauth2.yaml")),
    ("qonic", include_str!("../../../assets/providers/qonic.yaml")),
    ("qwen", include_str!("../../../assets/providers/qwen.yaml")),
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
    /// The file's text.
    pub text: String,
    merged: Option<String>,
}

/// A file's path, and its text or why there is none.
pub type File = (String, Result<String, String>);

impl Entry {
    /// The file's text; of a file that extends another one, what they say together.
    #[must_use]
    pub fn whole(&self) -> &str {
        self.merged.as_deref().unwrap_or(&self.text)
    }
}

impl Catalog {
    /// The presets, overridden and added to by `files`: path and text of each.
    ///
    /// A bad file becomes a complaint, and its name means nothing then, not even the preset of that
    /// name: that one leads to another server, which must not see the secrets of the person's own.
    #[must_use]
    pub fn read(files: impl IntoIterator<Item = File>) -> Self {
        let files: Vec<_> = files.into_iter().collect();
        let library = library(&files);
        let mut catalog = Self::default();
        for (name, text) in PRESETS {
            catalog.add(&library, name, None, text);
        }
        catalog.add_files(&library, &files);
        catalog
    }

    /// No provider at all, because the folder of the person's files cannot be read: any preset
    /// could be replaced by a file in it.
    #[must_use]
    pub fn unread(complaint: Complaint) -> Self {
        Self { providers: BTreeMap::new(), complaints: vec![complaint] }
    }

    /// `files` alone: path and text of each. They may extend presets all the same.
    #[must_use]
    pub fn only(files: impl IntoIterator<Item = File>) -> Self {
        let files: Vec<_> = files.into_iter().collect();
        let mut catalog = Self::default();
        catalog.add_files(&library(&files), &files);
        catalog
    }

    /// Adds the person's own files. One that cannot be used leaves no preset of its name behind: a
    /// refresh token of theirs would go to the server of the preset.
    fn add_files(&mut self, library: &Library<'_>, files: &[File]) {
        for (path, text) in files {
            match text {
                Ok(text) => self.add(library, stem(path), Some(path), text),
                Err(why) => {
                    self.providers.remove(stem(path));
                    self.complaints.push(Complaint { path: path.clone(), line: None, rule: why.clone() });
                }
            }
        }
        // Of two files of one name, NAME.yaml and NAME.yml, a bad one stands for both.
        let bad: Vec<&str> = self.complaints.iter().map(|complaint| stem(&complaint.path)).collect();
        self.providers.retain(|name, _| !bad.contains(&name.as_str()));
    }

    fn add(&mut self, library: &Library<'_>, name: &str, path: Option<&String>, text: &str) {
        let origin = if path.is_some() { Origin::Own } else { Origin::Preset };
        match library.load(name, origin, text) {
            Ok(loaded) => {
                let (path, text) = (path.cloned(), text.to_owned());
                let entry = Entry { provider: loaded.provider, path, text, merged: loaded.merged };
                self.providers.insert(name.to_owned(), entry);
            }
            Err(fault) => {
                self.providers.remove(name);
                let path = path.cloned().unwrap_or_else(|| format!("{name}.yaml (built in)"));
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

    /// Why there is no provider of that name, though a file should tell of it.
    #[must_use]
    pub fn complaint(&self, name: &str) -> Option<&Complaint> {
        let of_file = self.complaints.iter().find(|complaint| stem(&complaint.path) == name);
        let of_folder = || self.complaints.first().filter(|_| self.providers.is_empty());
        if self.get(name).is_some() { None } else { of_file.or_else(of_folder) }
    }

    /// What to do where the provider of that name is an example, to which nothing is sent.
    #[must_use]
    pub fn example_remedy(&self, name: &str) -> Option<String> {
        let entry = self.entry(name).filter(|entry| entry.provider.example)?;
        Some(match &entry.path {
            Some(path) => format!("take the line `example: true` out of {path}"),
            None => format!(
                "copy the example to a provider file of your own (authtui providers show {name} prints it), and log in there"
            ),
        })
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

/// All that a file may extend: the presets and `files`.
fn library(files: &[File]) -> Library<'_> {
    let mut library = Library::default();
    for (name, text) in PRESETS {
        library.add(Origin::Preset, name, Ok(text));
    }
    for (path, text) in files {
        library.add(Origin::Own, stem(path), text.as_deref().map_err(String::as_str));
    }
    library
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
    fn a_bad_file_leaves_no_preset_of_its_name_that_tokens_could_go_to() {
        for text in [Ok("name: anthropic\nendpoints: 7\n".to_owned()), Err("permission denied".to_owned())] {
            let catalog = Catalog::read([("/p/anthropic.yaml".to_owned(), text)]);
            assert!(catalog.get("anthropic").is_none() && catalog.complaint("anthropic").is_some());
        }
    }

    #[test]
    fn a_bad_file_is_complained_of_and_the_others_still_work() {
        let bad = ("/p/anthropic.yaml".to_owned(), Ok("name: anthropic\nendpoints: 7\n".to_owned()));
        let unread = ("/p/x.yaml".to_owned(), Err("cannot read it: permission denied".to_owned()));
        let catalog = Catalog::read([bad, unread]);
        assert!(catalog.get("oauth2").is_some());
        assert_eq!(catalog.complaints.len(), 2);
        assert!(catalog.get("qonic").is_some());
        assert_eq!(catalog.complaints[0].line, Some(2));
    }

    #[test]
    fn a_bad_file_takes_the_preset_of_its_name_out_of_force() {
        let good = PRESETS[0].1;
        for files in [
            vec![("/p/anthropic.yaml", Ok("name: anthropic\nendpoints: 7\n"))],
            vec![("/p/anthropic.yaml", Err("cannot read it: permission denied"))],
            vec![("/p/anthropic.yaml", Ok(good)), ("/p/anthropic.yml", Ok("name: ["))],
            vec![("/p/anthropic.yaml", Ok("name: [")), ("/p/anthropic.yml", Ok(good))],
        ] {
            let told = format!("{files:?}");
            let owned = files
                .into_iter()
                .map(|(path, text)| (path.to_owned(), text.map(str::to_owned).map_err(str::to_owned)));
            let catalog = Catalog::read(owned);
            assert_eq!(catalog.get("anthropic"), None, "{told}");
            let complaint = catalog.complaint("anthropic").expect("a complaint");
            assert!(complaint.path.starts_with("/p/anthropic."), "{complaint}");
            assert_eq!((catalog.complaint("oauth2"), catalog.complaint("x")), (None, None), "{told}");
        }
        let unread = Catalog::unread(Complaint {
            path: "/p".to_owned(),
            line: None,
            rule: "permission denied".to_owned(),
        });
        assert_eq!(unread.get("anthropic"), None);
        assert_eq!(unread.complaint("anthropic"), unread.complaints.first());
    }

    #[test]
    fn a_file_may_extend_one_that_is_read_after_it_and_one_that_is_not_in_the_catalog() {
        let file = |name: &str, text: &str| (format!("/p/{name}.yaml"), Ok(text.to_owned()));
        let files = [
            file("a", "name: a\nextends: z\n"),
            file("z", "name: z\nextends: anthropic\nmasks: [z-]\n"),
            file("anthropic", "name: anthropic\nextends: anthropic\nmasks: [own-]\nexport: OWN\n"),
        ];
        for catalog in [Catalog::read(files.clone()), Catalog::only(files.clone())] {
            assert_eq!(catalog.complaints, []);
            let provider = catalog.get("a").expect("a provider");
            assert_eq!(provider.masks, ["z-"]);
            assert_eq!(provider.export.as_deref(), Some("OWN"), "the person's file comes before the preset");
        }
        assert_eq!(Catalog::only(files).entries().count(), 3);
    }

    #[test]
    fn a_broken_parent_is_said_in_the_complaint_of_the_child() {
        let file = |name: &str, text: &str| (format!("/p/{name}.yaml"), Ok(text.to_owned()));
        let parent = file("parent", "name: parent\nextends: anthropic\npkce: maybe\n");
        let catalog = Catalog::read([file("child", "name: child\nextends: parent\n"), parent]);
        let said: Vec<String> = catalog.complaints.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "/p/child.yaml, line 2: pkce: unknown variant `maybe`, expected one of `required`, `plain`, `off` (so says \
                 line 3 of parent.yaml, which this file extends)",
                "/p/parent.yaml, line 3: pkce: unknown variant `maybe`, expected one of `required`, `plain`, `off`",
            ]
        );
    }
}
