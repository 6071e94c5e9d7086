//! Outcome of `resolve`: the credential that a request would carry, or why there is none.

use crate::cli::exit::Exit;
use crate::cli::resolve::request::ResolveRequest;
use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::environment::CredentialSource;
use crate::domain::resolve::{Candidate, Lookup, Resolution};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::form::{self, Form};

/// How the looking ended.
pub(super) struct ResolveOutcome {
    /// What a request would carry.
    pub(super) used: Option<Profile>,
    pub(super) refreshed: bool,
    /// The kind of the failure as scripts read it, and the failure in words.
    pub(super) error: Option<(&'static str, String)>,
    pub(super) exit: Exit,
}

impl ResolveOutcome {
    pub(super) fn used(provider: &Provider, profile: &Profile, refreshed: bool) -> Self {
        if form::preview(Form::Header, profile, Some(provider)).is_none() {
            let words = format!("the token of {} has characters that no token may have.", profile.id.name);
            return Self::error("unusable", words, Exit::Failure);
        }
        Self { used: Some(profile.clone()), refreshed, error: None, exit: Exit::Done }
    }

    pub(super) fn error(kind: &'static str, words: String, exit: Exit) -> Self {
        Self { used: None, refreshed: false, error: Some((kind, words)), exit }
    }

    pub(super) fn failed(trouble: &Trouble) -> Self {
        match trouble.kind {
            FailureKind::Temporary(_) => Self::error("passing", trouble.to_string(), Exit::Temporary),
            FailureKind::NeedsLogin | FailureKind::NeedsFix(_) | FailureKind::NothingToDo => {
                Self::error("failure", trouble.to_string(), Exit::Failure)
            }
        }
    }

    /// The new token is worth more printed than lost.
    pub(super) fn unsaved(profile: Profile) -> Self {
        let words = format!("the new tokens of {} could not be saved.", profile.id.name);
        Self { used: Some(profile), refreshed: true, error: Some(("unsaved", words)), exit: Exit::Failure }
    }

    pub(super) fn logged_out(profile: &Profile) -> Self {
        let name = &profile.id.name;
        let words = format!("the login of {name} has ended: authtui login {name}");
        Self::error("expired", words, Exit::NeedsLogin)
    }

    pub(super) fn unusable(variable: &str, chain: &Resolution<'_>) -> Self {
        let why = match chain.taken().map(|candidate| &candidate.found) {
            Some(Lookup::Unusable(why)) => format!(" ({why})"),
            Some(_) | None => String::new(),
        };
        let words = format!("{variable} comes first and cannot be used{why}: set it again, or unset it.");
        Self::error("unusable", words, Exit::Failure)
    }

    pub(super) fn missing(request: &ResolveRequest<'_>, stores: &[Snapshot]) -> Self {
        let provider = &request.provider.name;
        let unread = |snapshot: &Snapshot| snapshot.writable.is_err() && snapshot.rows.is_empty();
        if stores.iter().any(|snapshot| snapshot.store.may_be_written() && unread(snapshot)) {
            let words = "what is stored cannot be read, and no variable is set.".to_owned();
            return Self::error("unread", words, Exit::Failure);
        }
        let key = request.unseen_key(stores);
        let words = match (key, request.order.program_name()) {
            (None, _) => format!("no API key, token or login for {provider}"),
            (Some(key), "") => format!("this order does not look at stored keys, such as {key}"),
            (Some(key), program) => format!("{program} does not look at stored keys, such as {key}"),
        };
        let steps = request.remedies(key, stores);
        let words = if steps.is_empty() { words + "." } else { format!("{words}: {}", steps.join(", or ")) };
        Self::error("missing", words, Exit::NotFound)
    }

    /// The outcome where a variable is meant and a request would not carry it: another credential is
    /// never the answer to its name.
    pub(super) fn passed_by(
        request: &ResolveRequest<'_>,
        chain: &Resolution<'_>,
        now: DateTime<Utc>,
    ) -> Option<Self> {
        let name = request.variable_meant()?;
        let source = CredentialSource::Variable(name.to_owned());
        let provider = &request.provider.name;
        let Some(candidate) = chain.candidates.iter().find(|candidate| candidate.source == source) else {
            let words =
                format!("this order does not look at {name}; authtui token {provider}/{name} prints it.");
            return Some(Self::error("not_used", words, Exit::Failure));
        };
        if !candidate.found.ends_the_search() {
            let words = format!("{name} is {}: set it in your shell.", candidate.words(now));
            return Some(Self::error("missing", words, Exit::NotFound));
        }
        let first = chain.taken().filter(|taken| taken.source != source).map(Candidate::label)?;
        let words = format!(
            "{name} is set, but {first} comes first, and a request carries that; authtui token {provider}/{name} prints {name}."
        );
        Some(Self::error("not_used", words, Exit::Failure))
    }
}
