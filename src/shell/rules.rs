//! Rules of the person, read from `rules.yaml`, and which of them holds here.

use std::env;
use std::path::{Path, PathBuf};

use crate::domain::rules::{Rank, Rule, RulePlace, Rules, remote_depth, remote_place};
use crate::shell::store_files::file::{read_text, shown};
use crate::stored::{git_config, rules_file};

/// The longest file that is read, in bytes.
const SIZE_LIMIT: usize = 256 * 1024;

/// The rules at `path`; an absent file has none.
///
/// # Errors
/// A sentence that names the file, and the line where something is wrong.
pub fn read(path: &Path) -> Result<Rules, String> {
    let wrong = |why: String| format!("{}: {why}", shown(path));
    let Some(text) = read_text(path, SIZE_LIMIT).map_err(wrong)? else { return Ok(Rules::default()) };
    rules_file::read(&text).map_err(wrong)
}

/// Where the program was started.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Here {
    folder: PathBuf,
    /// The folder of the repository around it, and where its `origin` lies.
    repository: Option<(PathBuf, String)>,
}

impl Here {
    /// The folder in which the program was started, and the repository around it.
    #[must_use]
    pub fn now() -> Self {
        let folder = env::current_dir().and_then(|folder| folder.canonicalize()).unwrap_or_default();
        let repository = repository(&folder);
        Self { folder, repository }
    }

    /// How specific `rule` is here; nothing where it does not fit. Of a folder and a repository the deeper one
    /// counts, and of the same folder the one that names it.
    #[must_use]
    pub fn rank(&self, rule: &Rule) -> Option<Rank> {
        match &rule.place {
            RulePlace::Folder(written) => {
                let folder = whole(written)?;
                self.folder.starts_with(&folder).then(|| (folder.components().count(), usize::MAX))
            }
            RulePlace::Remote(written) => {
                let (root, remote) = self.repository.as_ref()?;
                Some((root.components().count(), remote_depth(remote, written)?))
            }
            RulePlace::Address(_) => None,
        }
    }
}

/// The folder that a rule names, as the system names it.
fn whole(written: &str) -> Option<PathBuf> {
    let path = match written.strip_prefix('~') {
        Some(rest) => etcetera::home_dir().ok()?.join(rest.trim_start_matches('/')),
        None => PathBuf::from(written),
    };
    // One that is not there holds nobody.
    path.canonicalize().ok()
}

/// The nearest folder above `folder` that is a repository with an `origin`, and where that lies.
fn repository(folder: &Path) -> Option<(PathBuf, String)> {
    let root = folder.ancestors().find(|each| each.join(".git").exists())?;
    let config = read_text(&config_of(root)?, SIZE_LIMIT).ok()??;
    Some((root.to_owned(), remote_place(&git_config::origin(&config)?)?))
}

/// The file with the configuration of the repository at `root`. In a worktree or a submodule `.git` is a file
/// that says where the rest lies.
fn config_of(root: &Path) -> Option<PathBuf> {
    let git = root.join(".git");
    if git.is_dir() {
        return Some(git.join("config"));
    }
    let link = read_text(&git, SIZE_LIMIT).ok()??;
    let folder = root.join(link.lines().next()?.strip_prefix("gitdir:")?.trim());
    let common = read_text(&folder.join("commondir"), SIZE_LIMIT).ok().flatten();
    Some(match common {
        Some(common) => folder.join(common.trim()).join("config"),
        None => folder.join("config"),
    })
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::domain::name::ProfileName;

    fn rule(place: RulePlace) -> Rule {
        Rule { place, store: None, profile: ProfileName::parse("a/b").expect("a name"), line: 1 }
    }

    #[test]
    fn a_deeper_folder_counts_more_than_a_repository_and_that_more_than_one_above() {
        let folder = tempfile::tempdir().expect("a folder");
        let root = folder.path().canonicalize().expect("a folder");
        let app = root.join("app");
        fs::create_dir_all(app.join(".git")).expect("a folder");
        fs::create_dir(app.join("src")).expect("a folder");
        let config = "[remote \"origin\"]\n\turl = git@git.test:acme/app.git\n";
        fs::write(app.join(".git/config"), config).expect("a file");
        let here = |at: &Path| Here { folder: at.to_owned(), repository: repository(at) };
        let at = |path: &Path| rule(RulePlace::Folder(path.display().to_string()));
        let owner = rule(RulePlace::Remote("git.test/acme".to_owned()));
        let rank = |rule: &Rule| here(&app.join("src")).rank(rule);
        assert!(rank(&at(&root)) < rank(&owner) && rank(&owner) < rank(&at(&app)));
        assert!(rank(&at(&app)) < rank(&at(&app.join("src"))));
        assert_eq!(here(&root).rank(&owner), None, "there is no repository");
        assert_eq!(here(&root).rank(&at(&app)), None);
        assert_eq!(rank(&at(&root.join("ap"))), None, "a name that only begins so");

        let tree = root.join("tree");
        fs::create_dir_all(app.join(".git/worktrees/tree")).expect("a folder");
        fs::create_dir(&tree).expect("a folder");
        fs::write(app.join(".git/worktrees/tree/commondir"), "../..\n").expect("a file");
        fs::write(tree.join(".git"), "gitdir: ../app/.git/worktrees/tree\n").expect("a file");
        assert!(here(&tree).rank(&owner).is_some(), "a worktree is of its repository");
    }
}
