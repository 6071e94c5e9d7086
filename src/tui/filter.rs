//! Filter language: what a person types behind `/`, and which rows it shows.
//!
//! ```text
//! ana             words: name, account, state, scopes and note contain them
//! state:due       the state begins with the word
//! provider:acme   the provider begins with it
//! store:env       the store begins with it
//! due<1h          the token or key ends within an hour, or has ended
//! login<30d       the login ends within thirty days, or has ended
//! !               somebody is needed
//! ```
//!
//! All parts must hold. A part that is only half typed hides nothing: what is missing is said.

use std::fmt::Write;

use crate::domain::clock::{self, DateTime, TimeDelta, Utc};
use crate::domain::duration;

/// What rows must be to be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filter {
    parts: Vec<FilterPart>,
    /// What is wrong with a part that is left out.
    complaint: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum FilterPart {
    Word(String),
    State(String),
    Provider(String),
    Store(String),
    Ends(EndOf, Bound, TimeDelta),
    NeedsSomebody,
}

/// Whose end is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum EndOf {
    Token,
    Login,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Bound {
    Within,
    Beyond,
}

/// What a row is, for a filter.
#[derive(Debug, Clone, Copy)]
pub struct FilteredRow<'a> {
    /// What words are looked for in, in small letters. A secret never is.
    pub text: &'a str,
    pub state: &'a str,
    pub provider: &'a str,
    pub store: &'a str,
    pub token_end: Option<DateTime<Utc>>,
    pub login_end: Option<DateTime<Utc>>,
    pub needs_somebody: bool,
}

impl Filter {
    /// Reads what was typed; `states` and `stores` are the words there are.
    #[must_use]
    pub fn read(typed: &str, states: &[&str], stores: &[&str]) -> Self {
        let mut filter = Self::default();
        for word in typed.to_lowercase().split_whitespace() {
            match part(word, states, stores) {
                Ok(part) => filter.parts.push(part),
                Err(complaint) => filter.complaint = Some(complaint),
            }
        }
        filter
    }

    /// Whether it shows every row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// What is wrong with a part that is left out.
    #[must_use]
    pub fn complaint(&self) -> Option<&str> {
        self.complaint.as_deref()
    }

    /// Whether `row` is shown.
    #[must_use]
    pub fn shows(&self, row: FilteredRow<'_>, now: DateTime<Utc>) -> bool {
        self.parts.iter().all(|part| match part {
            FilterPart::Word(word) => row.text.contains(word.as_str()),
            FilterPart::State(state) => begins(row.state, state),
            FilterPart::Provider(provider) => begins(row.provider, provider),
            FilterPart::Store(store) => begins(row.store, store),
            FilterPart::NeedsSomebody => row.needs_somebody,
            FilterPart::Ends(end_of, bound, span) => end_of.end(row).is_some_and(|end| match bound {
                Bound::Within => end - now <= *span,
                Bound::Beyond => end - now > *span,
            }),
        })
    }

    /// When time alone shows or hides `row`.
    #[must_use]
    pub fn changes_at(&self, row: FilteredRow<'_>, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        let moments = self.parts.iter().filter_map(|part| match part {
            FilterPart::Ends(end_of, _, span) => end_of.end(row)?.checked_sub_signed(*span),
            FilterPart::Word(_)
            | FilterPart::State(_)
            | FilterPart::Provider(_)
            | FilterPart::Store(_)
            | FilterPart::NeedsSomebody => None,
        });
        moments.filter(|at| *at > now).min()
    }
}

impl EndOf {
    fn end(self, row: FilteredRow<'_>) -> Option<DateTime<Utc>> {
        match self {
            Self::Token => row.token_end,
            Self::Login => row.login_end,
        }
    }
}

fn begins(text: &str, with: &str) -> bool {
    text.get(..with.len()).is_some_and(|head| head.eq_ignore_ascii_case(with))
}

fn part(word: &str, states: &[&str], stores: &[&str]) -> Result<FilterPart, String> {
    if word == "!" {
        return Ok(FilterPart::NeedsSomebody);
    }
    if let Some((field, value)) = word.split_once(':') {
        match field {
            "state" => {
                return Ok(FilterPart::State(one_of("state", &value.replace(['-', '_'], " "), states)?));
            }
            "store" => return Ok(FilterPart::Store(one_of("store", value, stores)?)),
            "provider" if value.is_empty() => {
                return Err("provider: which one? For example provider:acme".to_owned());
            }
            "provider" => return Ok(FilterPart::Provider(value.to_owned())),
            _ => {}
        }
    }
    let found = word.find(['<', '>']).and_then(|at| word.split_at_checked(at));
    let end_of = found.and_then(|(field, rest)| match field {
        "due" | "token" => Some((EndOf::Token, field, rest)),
        "login" => Some((EndOf::Login, field, rest)),
        _ => None,
    });
    match end_of {
        Some((end_of, field, rest)) => {
            let bound = if rest.starts_with('<') { Bound::Within } else { Bound::Beyond };
            let amount = rest.trim_start_matches(['<', '>', '=']);
            let span = duration::parse(amount).map(clock::span);
            let span = span.ok_or_else(|| format!("{field}{rest}: write a time, as in {field}<2h"))?;
            Ok(FilterPart::Ends(end_of, bound, span))
        }
        None => Ok(FilterPart::Word(word.to_owned())),
    }
}

/// `value`, where one of `words` begins with it.
fn one_of(field: &str, value: &str, words: &[&str]) -> Result<String, String> {
    if !value.is_empty() && words.iter().any(|word| begins(word, value)) {
        return Ok(value.to_owned());
    }
    let mut complaint = match value {
        "" => format!("{field}: which one?"),
        _ => format!("There is no {field} “{value}”."),
    };
    for (place, word) in words.iter().enumerate() {
        let between = if place == 0 { " " } else { ", " };
        // A string takes whatever is written to it.
        let _ = write!(complaint, "{between}{}", word.replace(' ', "-"));
    }
    Err(complaint)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::at;

    const STATES: [&str; 4] = ["fresh", "due", "needs login", "no expiry"];
    const STORES: [&str; 2] = ["own", "environment"];

    fn read(typed: &str) -> Filter {
        Filter::read(typed, &STATES, &STORES)
    }

    const ROW: FilteredRow<'_> = FilteredRow {
        text: "acme/work ana@acme.dev fresh profile inference",
        state: "fresh",
        provider: "acme",
        store: "own",
        token_end: None,
        login_end: None,
        needs_somebody: false,
    };

    #[test]
    fn every_part_must_hold() {
        for (typed, shown) in [
            ("", true),
            ("  ", true),
            ("ana", true),
            ("ANA inference", true),
            ("ana ben", false),
            ("state:fresh", true),
            ("state:f ana", true),
            ("state:due", false),
            ("provider:ac", true),
            ("provider:other", false),
            ("store:own", true),
            ("store:env", false),
            ("!", false),
            ("work:home", false),
        ] {
            assert_eq!(read(typed).shows(ROW, at(0)), shown, "{typed}");
            assert_eq!(read(typed).complaint(), None, "{typed}");
        }
        let dead = FilteredRow { state: "needs login", needs_somebody: true, ..ROW };
        for typed in ["!", "state:needs-login", "state:needs_login", "state:needs"] {
            assert!(read(typed).shows(dead, at(0)), "{typed}");
        }
    }

    #[test]
    fn ends_are_compared_with_times() {
        let hour = FilteredRow { token_end: Some(at(3600)), login_end: Some(at(864_000)), ..ROW };
        for (typed, shown) in [
            ("due<1h", true),
            ("due<59m", false),
            ("due<1h30m", true),
            ("due>30m", true),
            ("due>1h", false),
            ("token<2h", true),
            ("login<30d", true),
            ("login<1w", false),
            ("login>1w", true),
            ("due<=3600s", true),
        ] {
            assert_eq!(read(typed).shows(hour, at(0)), shown, "{typed}");
            assert!(!read(typed).shows(ROW, at(0)), "{typed}: without an end");
        }
    }

    #[test]
    fn the_moment_of_change_shows_or_hides_the_row() {
        let row = FilteredRow { token_end: Some(at(7200)), ..ROW };
        for typed in ["due<1h", "due>1h"] {
            let filter = read(typed);
            assert_eq!(filter.changes_at(row, at(0)), Some(at(3600)), "{typed}");
            assert_ne!(filter.shows(row, at(3599)), filter.shows(row, at(3600)), "{typed}");
            assert_eq!(filter.changes_at(row, at(3600)), None, "{typed}");
        }
    }

    #[test]
    fn a_half_typed_part_hides_nothing_and_says_what_is_missing() {
        for (typed, complaint) in [
            ("state:", "state: which one? fresh, due, needs-login, no-expiry"),
            ("state:x", "There is no state “x”. fresh, due, needs-login, no-expiry"),
            ("store:", "store: which one? own, environment"),
            ("provider:", "provider: which one? For example provider:acme"),
            ("due<", "due<: write a time, as in due<2h"),
            ("login<3", "login<3: write a time, as in login<2h"),
            ("due>1x", "due>1x: write a time, as in due<2h"),
            ("due<99999999999999999999h", "due<99999999999999999999h: write a time, as in due<2h"),
        ] {
            let filter = read(typed);
            assert_eq!(filter.complaint(), Some(complaint), "{typed}");
            assert!(filter.is_empty() && filter.shows(ROW, at(0)), "{typed}");
        }
        assert!(!read("state: ben").shows(ROW, at(0)), "the other parts count");
    }
}
