//! Report of `resolve`: a chain for people, or JSON.

use color_eyre::eyre::Result;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::cli::output::{self, JSON_VERSION};
use crate::cli::profile_arg::choice::ChosenBy;
use crate::cli::resolve::outcome::ResolveOutcome;
use crate::cli::resolve::request::ResolveRequest;
use crate::domain::change::{BrokenRow, Row, Snapshot};
use crate::domain::clock::{DateTime, Utc};
use crate::domain::provider::environment::CredentialSource;
use crate::domain::resolve::{Candidate, Lookup, Resolution};
use crate::domain::text;
use crate::oauth::form::{self, Form};

/// The longest line, in characters.
const LINE_LIMIT: usize = 400;

/// What there is to print.
pub(super) struct ResolveReport<'a> {
    pub(super) request: &'a ResolveRequest<'a>,
    pub(super) chain: &'a Resolution<'a>,
    pub(super) stores: &'a [Snapshot],
    pub(super) outcome: &'a ResolveOutcome,
    pub(super) now: DateTime<Utc>,
}

/// What scripts read; what is not known is null.
#[derive(Serialize)]
struct ResolveJson<'a> {
    version: u32,
    provider: &'a str,
    order: &'a str,
    program: Option<&'a str>,
    used: Option<UsedJson<'a>>,
    chain: Vec<CandidateJson<'a>>,
    hints: Vec<String>,
    error: Option<ErrorJson<'a>>,
    chosen_by: Option<ChosenByJson<'a>>,
}

/// What chose the login, where the command line named none: `variable`, or a `rule`.
#[derive(Serialize)]
struct ChosenByJson<'a> {
    by: &'static str,
    place: Option<&'a str>,
    file: Option<&'a str>,
    line: Option<u32>,
}

impl<'a> ChosenByJson<'a> {
    fn new(chosen: &'a ChosenBy) -> Self {
        match chosen {
            ChosenBy::Variable => Self { by: "variable", place: None, file: None, line: None },
            ChosenBy::Rule { place, file, line } => {
                Self { by: "rule", place: Some(place), file: Some(file), line: Some(*line) }
            }
        }
    }
}

#[derive(Serialize)]
struct UsedJson<'a> {
    name: &'a str,
    store: String,
    /// The header's name.
    header: &'a str,
    /// Its value, with a mask in the place of the secret.
    value: &'a str,
    refreshed: bool,
}

#[derive(Serialize)]
struct CandidateJson<'a> {
    source: &'static str,
    name: Option<&'a str>,
    state: &'static str,
    why: String,
    used: bool,
}

#[derive(Serialize)]
struct ErrorJson<'a> {
    kind: &'a str,
    why: &'a str,
}

impl ResolveReport<'_> {
    /// The chain as people read it.
    pub(super) fn text(&self) -> String {
        let ResolveRequest { order, provider, .. } = self.request;
        let mut lines = vec![match order.program.as_str() {
            "" => format!("{} has no set order; using the usual one:", provider.name),
            _ => format!("{} takes the first of these that holds something:", provider.name),
        }];
        let labels: Vec<String> = self.chain.candidates.iter().map(Candidate::label).collect();
        let widest = labels.iter().map(|label| label.width()).max().unwrap_or_default();
        for (index, (candidate, label)) in self.chain.candidates.iter().zip(&labels).enumerate() {
            let mark = if self.chain.end() == Some(index) { '>' } else { ' ' };
            let padding = " ".repeat(widest.saturating_sub(label.width()));
            lines.push(format!("{mark} {} {label}{padding}  {}", index + 1, self.why(index, candidate)));
        }
        if let Some(by) = &self.request.meant.by {
            lines.push(format!("{} was chosen by {by}.", self.request.meant.name));
        }
        lines.push(match self.masked() {
            Some(header) => format!("Header: {header}"),
            None => "Header: none".to_owned(),
        });
        let others =
            provider.orders.iter().map(|other| other.name.as_str()).filter(|name| *name != order.name);
        let others: Vec<&str> = others.collect();
        if !others.is_empty() {
            lines.push(format!("Order: {}. Others for --order: {}", order.name, others.join(", ")));
        }
        lines.extend(self.hints().iter().map(|hint| format!("Hint: {hint}.")));
        lines.iter().map(|line| text::clean(line, LINE_LIMIT) + "\n").collect()
    }

    /// Prints the same as scripts read it.
    pub(super) fn print_json(&self) -> Result<()> {
        let order = &self.request.order;
        let masked = self.masked();
        let header = masked.as_deref().and_then(|header| header.split_once(": "));
        let used = self.outcome.used.as_ref().zip(header).map(|(profile, (header, value))| UsedJson {
            name: profile.id.name.name(),
            store: profile.id.store.to_string(),
            header,
            value,
            refreshed: self.outcome.refreshed,
        });
        output::print_json(&ResolveJson {
            version: JSON_VERSION,
            provider: &self.request.provider.name,
            order: &order.name,
            program: Some(order.program.as_str()).filter(|program| !program.is_empty()),
            used,
            chain: self
                .chain
                .candidates
                .iter()
                .enumerate()
                .map(|(index, candidate)| self.item(index, candidate))
                .collect(),
            hints: self.hints(),
            chosen_by: self.request.meant.by.as_ref().map(ChosenByJson::new),
            error: self.outcome.error.as_ref().map(|(kind, why)| ErrorJson { kind, why }),
        })
    }

    /// What was seen beside the chain.
    pub(super) fn hints(&self) -> Vec<String> {
        let hints = self.chain.hints.iter().map(ToString::to_string);
        hints.chain(self.passed_over()).collect()
    }

    /// What is wrong with entries that are not looked at because they cannot be understood.
    fn passed_over(&self) -> impl Iterator<Item = String> {
        let files = self.stores.iter().filter(|snapshot| snapshot.store.may_be_written());
        files.flat_map(|snapshot| &*snapshot.rows).filter_map(|row| match row {
            Row::Broken(broken) if broken.name.split('/').next() == Some(&self.request.provider.name) => {
                let BrokenRow { name, at, why } = &**broken;
                Some(format!("{name} is not looked at, its entry cannot be understood: {at}: {why}"))
            }
            Row::Broken(_) | Row::Profile(_) => None,
        })
    }

    fn masked(&self) -> Option<String> {
        form::preview(Form::Header, self.outcome.used.as_ref()?, Some(self.request.provider))
    }

    fn item<'a>(&self, index: usize, candidate: &'a Candidate<'_>) -> CandidateJson<'a> {
        let stored = candidate.found.profile().map(|profile| profile.id.name.name());
        let (source, name) = match &candidate.source {
            CredentialSource::Variable(name) => ("variable", Some(name.as_str())),
            CredentialSource::Login => ("login", stored),
            CredentialSource::Key => ("key", stored),
        };
        let used = self.outcome.used.is_some() && self.chain.end() == Some(index);
        CandidateJson { source, name, state: state(&candidate.found), why: self.why(index, candidate), used }
    }

    /// Why the source is used or not: what it holds, and what stands before it.
    fn why(&self, index: usize, candidate: &Candidate<'_>) -> String {
        let words = candidate.words(self.now);
        match self.chain.end() {
            Some(end) if end == index && self.outcome.refreshed => format!("refreshed just now, {words}"),
            Some(end) if end < index && candidate.found.ends_the_search() => {
                let first = self.chain.taken().map(Candidate::label).unwrap_or_default();
                format!("{words}; {first} comes first")
            }
            Some(_) | None => words,
        }
    }
}

fn state(found: &Lookup<'_>) -> &'static str {
    match found {
        Lookup::NotSet => "not_set",
        Lookup::Empty => "empty",
        Lookup::Unusable(_) => "unusable",
        Lookup::Value(_) => "set",
        Lookup::NotStored => "not_stored",
        Lookup::Erased(_) => "erased",
        Lookup::Good(_) => "good",
        Lookup::Expired(_) => "ended",
        Lookup::NeedsLogin(_) => "over",
    }
}
