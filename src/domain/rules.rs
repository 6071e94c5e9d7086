//! Rules that say which profile is meant where: by folder, by the owner of a repository, or by an address.
//!
//! They are asked only where a command names no profile, or a provider alone. The most specific that fits
//! wins; of two that are as specific neither does.

use std::fmt;

use url::Url;

use crate::domain::name::{ProfileName, StoreId};
use crate::domain::provider::resource;

/// The rules, in the order of their file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rules(pub Vec<Rule>);

/// One rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    pub place: RulePlace,
    /// The store that it names, if it does.
    pub store: Option<StoreId>,
    pub profile: ProfileName,
    /// Its line in the file.
    pub line: u32,
}

/// Where a rule holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RulePlace {
    /// In that folder and below it, as it is written.
    Folder(String),
    /// In repositories whose `origin` lies there: `github.com/acme`, in small letters.
    Remote(String),
    /// For that address and those below it.
    Address(Url),
}

/// How specific a rule is where it fits: the greater counts.
pub type Rank = (usize, usize);

impl Rule {
    /// The profile as a command takes it.
    #[must_use]
    pub fn exact(&self) -> String {
        let name = self.profile.exact();
        self.store.map_or_else(|| name.clone(), |store| format!("{store}:{name}"))
    }
}

impl fmt::Display for RulePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Folder(text) | Self::Remote(text) => f.write_str(text),
            Self::Address(url) => f.write_str(url.as_str()),
        }
    }
}

impl Rules {
    /// The rule for `address`.
    ///
    /// # Errors
    /// The rules of which none is more specific than another.
    pub fn for_address(&self, address: &Url) -> Result<Option<&Rule>, Vec<&Rule>> {
        self.most_specific(|rule| match &rule.place {
            RulePlace::Address(above) => {
                resource::depth(above, address).map(|depth| (depth, above.as_str().len()))
            }
            RulePlace::Folder(_) | RulePlace::Remote(_) => None,
        })
    }

    /// The rule of the highest rank among those that have one.
    ///
    /// # Errors
    /// The rules of which none is more specific than another, where they name several profiles.
    pub fn most_specific(&self, rank: impl Fn(&Rule) -> Option<Rank>) -> Result<Option<&Rule>, Vec<&Rule>> {
        let ranked: Vec<(Rank, &Rule)> = self.0.iter().filter_map(|rule| Some((rank(rule)?, rule))).collect();
        let Some(best) = ranked.iter().map(|(rank, _)| *rank).max() else { return Ok(None) };
        let best: Vec<&Rule> =
            ranked.into_iter().filter(|(rank, _)| *rank == best).map(|(_, rule)| rule).collect();
        match best.as_slice() {
            [first, others @ ..] if others.iter().all(|other| other.exact() == first.exact()) => {
                Ok(Some(*first))
            }
            _ => Err(best),
        }
    }
}

/// Where a git remote lies, `github.com/acme/app`, whichever way it is written; nothing for a path.
#[must_use]
pub fn remote_place(url: &str) -> Option<String> {
    let (host, path) = match url.split_once("://") {
        Some(("file", _)) => return None,
        Some(_) => {
            let url = Url::parse(url).ok()?;
            (url.host_str()?.to_owned(), url.path().to_owned())
        }
        // The short form of ssh: `git@github.com:acme/app.git`.
        None => {
            let (host, path) = url.split_once(':').filter(|(host, _)| !host.contains('/'))?;
            (host.rsplit('@').next()?.to_owned(), path.to_owned())
        }
    };
    let path = path.trim_matches('/');
    let path = path.strip_suffix(".git").unwrap_or(path);
    // A server may take `acme/../other` for another owner than a rule does.
    let is_plain = path.split('/').all(|part| !matches!(part, "" | "." | ".."));
    (!host.is_empty() && is_plain).then(|| format!("{host}/{path}").to_lowercase())
}

/// How many parts of `remote`, from [`remote_place`], a rule for `written` names, where it fits.
#[must_use]
pub fn remote_depth(remote: &str, written: &str) -> Option<usize> {
    let rest = remote.strip_prefix(written)?;
    (rest.is_empty() || rest.starts_with('/')).then(|| written.split('/').count())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(url: &str, name: &str) -> Rule {
        let profile = ProfileName::parse(name).expect("a name");
        let place = RulePlace::Address(Url::parse(url).expect("an address"));
        Rule { place, store: None, profile, line: 1 }
    }

    #[test]
    fn of_the_addresses_that_fit_the_longest_wins_and_another_server_never_does() {
        let rules = Rules(vec![
            address("https://mcp.test/", "a/all"),
            address("https://mcp.test/team", "a/team"),
            address("https://mcp.test:8443/", "a/port"),
        ]);
        for (asked, name) in [
            ("https://mcp.test/mcp", Some("a/all")),
            ("https://mcp.test/team", Some("a/team")),
            ("https://mcp.test/team/mcp", Some("a/team")),
            ("https://mcp.test/teammate", Some("a/all")),
            ("https://mcp.test/team/..%2Fmcp", Some("a/all")),
            ("https://mcp.test:8443/team", Some("a/port")),
            ("http://mcp.test/team", None),
            ("https://mcp.test.evil/team", None),
        ] {
            let found = rules.for_address(&Url::parse(asked).expect("an address")).expect("one at most");
            assert_eq!(found.map(Rule::exact).as_deref(), name, "{asked}");
        }
    }

    #[test]
    fn of_two_that_are_as_specific_neither_wins_unless_they_mean_the_same() {
        let two = |one: &str, other: &str| {
            Rules(vec![address("https://mcp.test/", one), address("https://mcp.test/", other)])
        };
        let asked = Url::parse("https://mcp.test/mcp").expect("an address");
        assert_eq!(two("a/b", "a/c").for_address(&asked).map_err(|all| all.len()), Err(2));
        assert!(two("a/b", "a/b").for_address(&asked).expect("one").is_some());
    }

    #[test]
    fn a_remote_lies_at_one_place_whichever_way_it_is_written() {
        for url in [
            "git@github.com:Acme/app.git",
            "ssh://git@github.com:22/acme/app",
            "https://user@GitHub.com/acme/app.git/",
            "github.com:acme/app",
        ] {
            assert_eq!(remote_place(url).as_deref(), Some("github.com/acme/app"), "{url}");
        }
        for path in
            ["/srv/git/app.git", "../app", "file:///srv/app", "./a:b", "", "git@github.com:acme/../evil/app"]
        {
            assert_eq!(remote_place(path), None, "{path}");
        }
    }

    #[test]
    fn an_owner_is_whole_parts_of_a_remote() {
        let remote = "github.com/acme/app";
        for (rule, depth) in [
            ("github.com", Some(1)),
            ("github.com/acme", Some(2)),
            (remote, Some(3)),
            ("github.com/ac", None),
            ("gitlab.com/acme", None),
        ] {
            assert_eq!(remote_depth(remote, rule), depth, "{rule}");
        }
    }
}
