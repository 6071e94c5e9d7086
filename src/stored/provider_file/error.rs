//! Errors of a provider file: of the whole text with its line, and of one field with its path.

use crate::domain::text;
use crate::stored::yaml_path::PathStep;

/// What is wrong with the text of a provider file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProviderFileError {
    /// The line, counted from 1, where it is known.
    pub line: Option<u32>,
    /// The rule that is broken, for people.
    pub rule: String,
}

impl ProviderFileError {
    pub(super) fn at(line: Option<u32>, rule: impl Into<String>) -> Self {
        Self { line, rule: rule.into() }
    }

    /// What the YAML parser says, with the place taken out of its words.
    pub(super) fn from_yaml(error: &serde_yaml::Error) -> Self {
        let words = text::without_value(&error.to_string());
        let words = words.rsplit_once(" at line ").map_or(words.as_str(), |(before, _)| before);
        let line = error.location().and_then(|location| u32::try_from(location.line()).ok());
        Self::at(line, words)
    }
}

/// A rule that a field breaks.
pub(super) struct FieldError {
    pub(super) path: Vec<PathStep>,
    pub(super) rule: String,
}

impl FieldError {
    /// `path` has keys, and items of lists by their number.
    pub(super) fn at(path: &[&str], rule: impl Into<String>) -> Self {
        let step = |step: &&str| step.parse().map_or_else(|_| PathStep::key(*step), PathStep::Nth);
        Self { path: path.iter().map(step).collect(), rule: rule.into() }
    }

    /// The first of `rules` that is broken.
    pub(super) fn first_broken(rules: &[FieldRule<'_>]) -> Option<Self> {
        let (_, path, rule) = rules.iter().find(|(is_broken, ..)| *is_broken)?;
        Some(Self::at(path, *rule))
    }
}

/// Whether a rule is broken, the path of the field that breaks it, and the rule for people.
pub(super) type FieldRule<'a> = (bool, &'a [&'a str], &'a str);

/// Why a text, in which nothing is left to be extended, is no provider.
pub(super) enum ReadError {
    Text(ProviderFileError),
    Field(FieldError),
}
