//! Choice of a profile where a command names none, or a provider alone: `AUTHTUI_PROFILE`, else a rule.

use std::fmt;

use url::Url;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::domain::name::StoreId;
use crate::domain::rules::{Rule, Rules};
use crate::shell::rules::{self, Here};
use crate::shell::store_files::file::shown;
use crate::shell::{Services, environment};

/// The variable that names the profile where a command names none.
const PROFILE_VARIABLE: &str = "AUTHTUI_PROFILE";

/// A profile that was chosen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Choice {
    /// As a command takes it.
    pub(in crate::cli) name: String,
    pub(in crate::cli) by: ChosenBy,
}

/// What chose it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum ChosenBy {
    Variable,
    Rule {
        /// The folder, remote or address, as it is written.
        place: String,
        file: String,
        line: u32,
    },
}

impl fmt::Display for ChosenBy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Variable => f.write_str(PROFILE_VARIABLE),
            Self::Rule { place, file, line } => write!(f, "the rule for {place} in line {line} of {file}"),
        }
    }
}

/// The profile that is meant here.
///
/// # Errors
/// The number to end with where none is, once that was said.
pub(in crate::cli) fn here(services: &Services) -> Result<Choice, Exit> {
    if let Some(name) = environment::text(PROFILE_VARIABLE) {
        return Ok(Choice { name, by: ChosenBy::Variable });
    }
    if let Some(choice) = by_rule(services, |_| true)? {
        return Ok(choice);
    }
    say(&format!(
        "name a profile, or set {PROFILE_VARIABLE}, or write a rule for this folder; authtui list shows what is there."
    ));
    Err(Exit::Usage)
}

/// The profile of `provider` that is meant here, if one is.
///
/// # Errors
/// The number to end with where the rules are no help, once that was said.
pub(in crate::cli) fn of_provider(services: &Services, provider: &str) -> Result<Option<Choice>, Exit> {
    let is_of = |name: &str| StoreId::split(name).1.split_once('/').is_some_and(|(of, _)| of == provider);
    if let Some(name) = environment::text(PROFILE_VARIABLE).filter(|name| is_of(name)) {
        return Ok(Some(Choice { name, by: ChosenBy::Variable }));
    }
    by_rule(services, |rule| rule.profile.provider() == provider)
}

/// The profile that a rule names for `address`, if one does.
///
/// # Errors
/// The number to end with where the rules are no help, once that was said.
pub(in crate::cli) fn of_address(services: &Services, address: &Url) -> Result<Option<Choice>, Exit> {
    let rules = read(services)?;
    chosen(services, rules.for_address(address))
}

/// What the rules say here, of those that `fit`.
fn by_rule(services: &Services, fits: impl Fn(&Rule) -> bool) -> Result<Option<Choice>, Exit> {
    let rules = Rules(read(services)?.0.into_iter().filter(fits).collect());
    if rules.0.is_empty() {
        return Ok(None);
    }
    let here = Here::now();
    chosen(services, rules.most_specific(|rule| here.rank(rule)))
}

fn read(services: &Services) -> Result<Rules, Exit> {
    rules::read(&services.paths.rules).map_err(|why| {
        say(&format!("{why}. Correct the file, or write the whole name of a profile."));
        Exit::Failure
    })
}

fn chosen(services: &Services, found: Result<Option<&Rule>, Vec<&Rule>>) -> Result<Option<Choice>, Exit> {
    let file = shown(&services.paths.rules);
    match found {
        Ok(rule) => Ok(rule.map(|rule| {
            let by = ChosenBy::Rule { place: rule.place.to_string(), file, line: rule.line };
            Choice { name: rule.exact(), by }
        })),
        Err(rules) => {
            let all: Vec<String> =
                rules.iter().map(|rule| format!("{} (line {})", rule.exact(), rule.line)).collect();
            say(&format!(
                "more than one rule in {file} fits here: {}. Write one of these names.",
                all.join(", ")
            ));
            Err(Exit::NotFound)
        }
    }
}
