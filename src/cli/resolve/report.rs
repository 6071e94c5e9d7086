//! What `authtui resolve` prints: a chain for people, or JSON.

use color_eyre::eyre::Result;
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::cli::list::escaped;
use crate::cli::resolve::{Asked, End, passed_over};
use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::provider::environment::Source;
use crate::domain::resolve::{Chain, Found, Link};
use crate::domain::text;
use crate::oauth::form::{self, Form};

/// The longest line, in characters.
const LONGEST: usize = 400;

/// What there is to print.
pub(super) struct Report<'a> {
    pub(super) asked: &'a Asked<'a>,
    pub(super) chain: &'a Chain<'a>,
    pub(super) stores: &'a [Snapshot],
    pub(super) end: &'a End,
    pub(super) now: DateTime<Utc>,
}

/// What scripts read; what is not known is null.
#[derive(Serialize)]
struct Document<'a> {
    version: u32,
    provider: &'a str,
    order: &'a str,
    program: Option<&'a str>,
    used: Option<Used<'a>>,
    chain: Vec<Item<'a>>,
    hints: Vec<String>,
    error: Option<Error<'a>>,
}

#[derive(Serialize)]
struct Used<'a> {
    name: &'a str,
    store: String,
    /// The header's name.
    header: &'a str,
    /// Its value, with a mask in the place of the secret.
    value: &'a str,
    refreshed: bool,
}

#[derive(Serialize)]
struct Item<'a> {
    source: &'static str,
    name: Option<&'a str>,
    state: &'static str,
    why: String,
    used: bool,
}

#[derive(Serialize)]
struct Error<'a> {
    kind: &'a str,
    why: &'a str,
}

impl Report<'_> {
    /// The chain as people read it.
    pub(super) fn text(&self) -> String {
        let order = &self.asked.order;
        let mut lines = vec![match order.program.as_str() {
            "" => {
                format!("No program's order is known for {}; in the usual one:", self.asked.provider.name)
            }
            program => format!("In the order of {program}:"),
        }];
        let labels: Vec<String> = self.chain.links.iter().map(Link::label).collect();
        let widest = labels.iter().map(|label| label.width()).max().unwrap_or_default();
        for (index, (link, label)) in self.chain.links.iter().zip(&labels).enumerate() {
            let mark = if self.chain.end() == Some(index) { '>' } else { ' ' };
            let padding = " ".repeat(widest.saturating_sub(label.width()));
            lines.push(format!("{mark} {label}{padding}  {}", self.why(index, link)));
        }
        lines.push(match self.masked() {
            Some(header) => format!("Header: {header}"),
            None => "Header: none".to_owned(),
        });
        lines.extend(self.hints().iter().map(|hint| format!("Hint: {hint}.")));
        lines.iter().map(|line| text::clean(line, LONGEST) + "\n").collect()
    }

    /// The same as scripts read it.
    pub(super) fn json(&self) -> Result<String> {
        let order = &self.asked.order;
        let masked = self.masked();
        let header = masked.as_deref().and_then(|header| header.split_once(": "));
        let used = self.end.used.as_ref().zip(header).map(|(profile, (header, value))| Used {
            name: profile.id.name.name(),
            store: profile.id.store.to_string(),
            header,
            value,
            refreshed: self.end.refreshed,
        });
        let document = Document {
            version: 1,
            provider: &self.asked.provider.name,
            order: &order.name,
            program: Some(order.program.as_str()).filter(|program| !program.is_empty()),
            used,
            chain: self.chain.links.iter().enumerate().map(|(index, link)| self.item(index, link)).collect(),
            hints: self.hints(),
            error: self.end.error.as_ref().map(|(kind, why)| Error { kind, why }),
        };
        Ok(escaped(&serde_json::to_string(&document)?) + "\n")
    }

    /// What was seen beside the chain.
    pub(super) fn hints(&self) -> Vec<String> {
        let hints = self.chain.hints.iter().map(ToString::to_string);
        hints.chain(passed_over(self.stores, &self.asked.provider.name)).collect()
    }

    fn masked(&self) -> Option<String> {
        form::preview(Form::Header, self.end.used.as_ref()?, Some(self.asked.provider))
    }

    fn item<'a>(&self, index: usize, link: &'a Link<'_>) -> Item<'a> {
        let stored = link.found.profile().map(|profile| profile.id.name.name());
        let (source, name) = match &link.source {
            Source::Variable(name) => ("variable", Some(name.as_str())),
            Source::Login => ("login", stored),
            Source::Key => ("key", stored),
        };
        let used = self.end.used.is_some() && self.chain.end() == Some(index);
        Item { source, name, state: state(&link.found), why: self.why(index, link), used }
    }

    /// Why the source is used or not: what it holds, and what stands before it.
    fn why(&self, index: usize, link: &Link<'_>) -> String {
        let words = link.words(self.now);
        match self.chain.end() {
            Some(end) if end == index && self.end.refreshed => format!("refreshed just now, {words}"),
            Some(end) if end < index && link.found.ends_the_looking() => {
                let first = self.chain.taken().map(Link::label).unwrap_or_default();
                format!("{words}; {first} comes first")
            }
            Some(_) | None => words,
        }
    }
}

fn state(found: &Found<'_>) -> &'static str {
    match found {
        Found::NotSet => "not_set",
        Found::Empty => "empty",
        Found::Unusable(_) => "unusable",
        Found::Value(_) => "set",
        Found::NotStored => "not_stored",
        Found::Erased(_) => "erased",
        Found::Good(_) => "good",
        Found::Ended(_) => "ended",
        Found::Over(_) => "over",
    }
}
