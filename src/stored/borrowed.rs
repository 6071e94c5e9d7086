//! Borrowed logins: what other programs keep in their files, by a description of each program. Only read.

pub mod configuration;
mod document;
mod field;
pub mod path_pattern;
mod pointer;
pub mod program;
mod reading;

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::domain::change::{Row, Snapshot, Where};
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::{PART_LIMIT, ProfileId, ProfileName, StoreId};
use crate::domain::owner::{self, Owner};
use crate::domain::profile::Profile;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::stored::borrowed::program::{AbsentLogin, FileRule, Program};
use crate::stored::borrowed::reading::{FoundLogin, HeldLogin};

/// What the store is called where others have a path.
const SHOWN_PLACE: &str = "the files of other programs, read only";

/// A file of a program as it was found.
#[derive(Debug, Clone)]
pub struct BorrowedFile<'a> {
    /// Its path as shown to people.
    pub shown: String,
    /// What stands for the last `*` of its path; empty where there is none.
    pub star: String,
    /// When it was written, where the system says it.
    pub written: Option<DateTime<Utc>>,
    /// Its text, or why there is none.
    pub text: Result<&'a str, String>,
}

/// What was found of one program, before its rows have names.
#[derive(Debug, Default)]
pub struct ProgramLogins(Vec<FoundLogin>);

impl ProgramLogins {
    /// Adds what `file` holds, by its `rule`; whether it could be understood as a whole.
    pub fn add(&mut self, program: &Program, rule: &FileRule, file: &BorrowedFile<'_>) -> bool {
        let found = reading::logins(program, rule, file);
        let is_understood = found.iter().all(|found| found.content.is_ok());
        self.0.extend(found);
        is_understood
    }

    /// Adds a login whose file is not there, because its program keeps it elsewhere.
    pub fn add_absent(&mut self, absent: &AbsentLogin, file: String) {
        self.0.push(reading::absent(absent, file));
    }

    /// Adds what was found in other files.
    pub fn join(&mut self, more: Self) {
        self.0.extend(more.0);
    }

    /// Its rows: of a token that lies in two places the first, each with a name of its own.
    #[must_use]
    pub fn rows(self, program: &Program) -> Vec<Row> {
        let mut seen: Vec<Secret> = Vec::new();
        let is_new = |found: &FoundLogin| {
            let access = found.content.as_ref().ok().and_then(|content| content.held.tokens());
            let Some(access) = access.map(|tokens| tokens.access.clone()) else { return true };
            let is_new = !seen.contains(&access);
            seen.push(access);
            is_new
        };
        let found: Vec<FoundLogin> = self.0.into_iter().filter(is_new).collect();
        let found = without_shadows(found);
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for each in &found {
            *counts.entry(each.provider.clone()).or_default() += 1;
        }
        let mut taken: Vec<ProfileName> = Vec::new();
        let rows = found.into_iter().filter_map(|found| {
            let is_alone = counts.get(&found.provider) == Some(&1);
            let account = found.account.as_deref().filter(|_| !is_alone);
            let name = free_name(&found.provider, &program.name, account, &taken)?;
            taken.push(name.clone());
            Some(row(program, found, name))
        });
        rows.collect()
    }
}

/// Leaves out an entry that says its token is elsewhere where another entry holds the token of that account.
fn without_shadows(found: Vec<FoundLogin>) -> Vec<FoundLogin> {
    let whose = |found: &FoundLogin| (found.provider.clone(), found.account.clone());
    let holds =
        |found: &FoundLogin| found.content.as_ref().is_ok_and(|content| content.held.tokens().is_some());
    let holders: Vec<_> = found.iter().filter(|found| holds(found)).map(whose).collect();
    let is_shadow =
        |found: &FoundLogin| !holds(found) && found.content.is_ok() && holders.contains(&whose(found));
    found.into_iter().filter(|found| found.account.is_none() || !is_shadow(found)).collect()
}

/// What all programs hold together.
#[must_use]
pub fn snapshot(rows: Vec<Row>, number: u64) -> Snapshot {
    Snapshot {
        place: SHOWN_PLACE.to_owned(),
        rows: rows.into(),
        writable: Err(owner::read_only()),
        number,
        ..Snapshot::empty(StoreId::Borrowed)
    }
}

fn row(program: &Program, found: FoundLogin, name: ProfileName) -> Row {
    let FoundLogin { account, address, file, content, .. } = found;
    match content {
        Err(why) => {
            let (program, row) = (program.title.clone(), name.exact());
            Row::broken(name.exact(), Where::Borrowed { program, file, row }, why)
        }
        Ok(content) => {
            let HeldLogin { kind, held, life, scopes, client_id, client_secret, elsewhere } = *content;
            let owner = Owner { title: program.title.clone(), file, elsewhere, address };
            let id = ProfileId { store: StoreId::Borrowed, name };
            let profile = Profile {
                held,
                life,
                scopes: scopes.into(),
                client_id,
                account,
                owner: Some(Arc::new(owner)),
                ..Profile::new(id, kind)
            };
            Row::Profile(Arc::new(profile.with_login(|login| login.client_secret = client_secret)))
        }
    }
}

/// A name that none of `taken` is: the program's, with the account where it has several.
fn free_name(
    provider: &str,
    program: &str,
    account: Option<&str>,
    taken: &[ProfileName],
) -> Option<ProfileName> {
    let base = account.map_or_else(|| program.to_owned(), |account| named(program, account));
    let numbered = (2..1000).map(|number| format!("{base}-{number}"));
    let names = std::iter::once(base.clone()).chain(numbered);
    names.filter_map(|name| ProfileName::new(provider, &name).ok()).find(|name| !taken.contains(name))
}

/// `gh-ana`: what stands before the `@` of an address is enough.
fn named(program: &str, account: &str) -> String {
    let account = account.split('@').next().filter(|name| !name.is_empty()).unwrap_or(account);
    let letter = |letter: char| match letter {
        '/' => '-',
        letter if letter.is_whitespace() || text::is_hostile(letter) => '-',
        letter => letter,
    };
    let room = PART_LIMIT.saturating_sub(program.len() + "-999".len() + 1);
    let account: String = account.chars().map(letter).take(room).collect();
    format!("{program}-{account}")
}
