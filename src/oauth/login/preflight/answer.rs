//! Answers before a login: taken, refused with a sentence, or taken back.

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::{PART_LIMIT, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::{Provider, draft, scopes};
use crate::domain::secret::{Ends, Secret};
use crate::domain::text;
use crate::domain::tokens::Expiry;
use crate::oauth::login::preflight::{Preflight, PreflightGoal, PreflightQuestion};
use crate::oauth::scopes::union;

/// Said of a secret that was [`Ends::Trimmed`].
pub const TRIMMED: &str = "Spaces at both ends are removed.";

impl Preflight {
    /// Where the profile will be kept.
    #[must_use]
    pub fn store(&self) -> StoreId {
        self.store
    }

    /// Keeps a new profile in `store`.
    pub fn keep_in(&mut self, store: StoreId) {
        self.store = store;
    }

    /// Takes the name of a new profile, and the client of another profile of the provider.
    ///
    /// # Errors
    /// When it breaks a rule, is kept for something else, or is taken.
    pub fn name(&mut self, text: &str, snapshot: &Snapshot) -> Result<(), String> {
        self.name = Some(new_name(&self.provider, text, self.goal, snapshot)?);
        self.take_known_client(snapshot);
        let is_login = |profile: &Profile| {
            profile.kind == Kind::OAuth && profile.id.name.provider() == self.provider.name
        };
        self.is_another = snapshot.profiles().any(is_login);
        Ok(())
    }

    /// Takes the client id. A stored secret belongs to the id it was stored with.
    ///
    /// # Errors
    /// When it is empty or has a character that no id has (RFC 6749 Appendix A.1).
    pub fn client_id(&mut self, text: &str) -> Result<(), String> {
        draft::client_id(text)?;
        if self.client() != Some(text) {
            self.client_secret = None;
        }
        self.client_id = Some(text.to_owned());
        Ok(())
    }

    /// Says whether the provider takes a client's secret.
    ///
    /// # Errors
    /// When it takes none.
    pub fn takes_client_secret(&self) -> Result<(), String> {
        if self.provider.client.authentication.has_secret() {
            return Ok(());
        }
        Err(format!(
            "{} takes no client secret: its provider file wants none (client.authentication: none)",
            self.provider.title
        ))
    }

    /// Takes the client's secret, also in place of a stored one. An empty answer means the stored
    /// one where that is in doubt.
    ///
    /// # Errors
    /// When the provider takes none, or it is empty or has a character that no secret has.
    pub fn client_secret(&mut self, secret: &Secret) -> Result<Ends, String> {
        self.takes_client_secret()?;
        let (trimmed, _) = secret.trimmed();
        let (secret, ends) = match self.doubted_secret() {
            Some(stored) if trimmed.is_empty() => (stored.clone(), Ends::Clean),
            Some(_) | None => client_secret(secret)?,
        };
        self.client_secret = Some(secret);
        self.has_typed_secret = true;
        Ok(ends)
    }

    /// Takes what is asked for, as it was chosen. What a provider lists need not be what the
    /// standard calls a scope.
    ///
    /// # Errors
    /// When it is nothing, though something is usual.
    pub fn scopes(&mut self, chosen: &[String]) -> Result<(), String> {
        if chosen.is_empty() && !self.provider.scopes.default.is_empty() {
            return Err("Choose at least one scope".to_owned());
        }
        self.scopes = Some(union(chosen, &[]));
        Ok(())
    }

    /// Takes what is asked for beside the usual.
    ///
    /// # Errors
    /// At the first text that is no scope (RFC 6749 §3.3).
    pub fn more_scopes(&mut self, more: &[String]) -> Result<(), String> {
        let separator = &self.provider.scopes.separator;
        let is_one = |text: &String| {
            scopes::typed(text, separator).is_ok_and(|typed| typed.as_slice() == [text.as_str()])
        };
        if !more.iter().all(is_one) {
            return Err("A scope is one word of visible ASCII characters; add several one by one".to_owned());
        }
        self.scopes = Some(union(&self.usual_scopes(), more));
        Ok(())
    }

    /// Takes a yes: to the provider's notice, or to the end of the stored key.
    pub fn agree(&mut self) {
        self.agreed = true;
    }

    /// Takes the API key.
    ///
    /// # Errors
    /// When it is empty or could not stand in a header.
    pub fn key(&mut self, key: &Secret) -> Result<Ends, String> {
        let (key, ends) = key.trimmed();
        if key.is_empty() {
            return Err("Enter the API key".to_owned());
        }
        if !key.is_bearer() {
            return Err("A key has only visible ASCII characters: no spaces, line ends or accents".to_owned());
        }
        self.key = Some(key);
        Ok(ends)
    }

    /// Takes when the key ends, where that is known; it is stored `now`.
    pub fn key_ends(&mut self, end: Option<DateTime<Utc>>, now: DateTime<Utc>) {
        self.key_life = Expiry { obtained_at: end.map(|_| now), expires_at: end, grant_ends_at: None };
    }

    /// Takes an answer back: the question is asked again.
    pub fn reopen(&mut self, question: PreflightQuestion) {
        match question {
            PreflightQuestion::Name => self.name = None,
            PreflightQuestion::ClientId => self.client_id = None,
            PreflightQuestion::ClientSecret => (self.client_secret, self.has_typed_secret) = (None, false),
            PreflightQuestion::Scopes => self.scopes = None,
            PreflightQuestion::Notice | PreflightQuestion::Replace => self.agreed = false,
            PreflightQuestion::Key => self.key = None,
        }
    }
}

/// A client's secret without the white space at its ends.
///
/// # Errors
/// When it is empty or has a character that no secret has (RFC 6749 Appendix A.2).
pub fn client_secret(secret: &Secret) -> Result<(Secret, Ends), String> {
    let (secret, ends) = secret.trimmed();
    if secret.is_empty() {
        return Err("A client secret is required".to_owned());
    }
    if !secret.is_client_secret() {
        return Err("A client secret is one line of visible ASCII characters".to_owned());
    }
    Ok((secret, ends))
}

/// The name of a new profile.
pub(super) fn new_name(
    provider: &Provider,
    text: &str,
    goal: PreflightGoal,
    snapshot: &Snapshot,
) -> Result<ProfileName, String> {
    let name = ProfileName::new(&provider.name, text).map_err(|bad| bad.to_string())?;
    if text::looks_like_another(name.name()) {
        let shown = text::distinct(name.name(), PART_LIMIT);
        return Err(format!("“{shown}” has letters that look like others; choose another name"));
    }
    let kept = |what: &str| Err(format!("“{}” is reserved for {what}; choose another name", name.name()));
    match goal {
        PreflightGoal::Login | PreflightGoal::Scopes if name.is_reserved() => return kept("API keys"),
        // The file counts the keys of its list itself.
        PreflightGoal::Key if name.is_reserved() && name.name() != "key" => return kept("a list of keys"),
        PreflightGoal::Login | PreflightGoal::Scopes | PreflightGoal::Key => {}
    }
    // A profile of that name would stand before the variable's own row.
    if provider.environment.iter().any(|variable| variable.name == name.name()) {
        return kept("the environment variable");
    }
    if snapshot.is_taken(&name) {
        return Err(format!("{name} already exists; choose another name"));
    }
    Ok(name)
}

/// A name that a new profile may have where it cannot have `name`.
pub(super) fn free_name(
    name: &ProfileName,
    provider: &Provider,
    goal: PreflightGoal,
    snapshot: &Snapshot,
) -> Option<ProfileName> {
    let beside = snapshot.free_name(name);
    let all = [Some(goal.usual_name()), beside.as_ref().map(ProfileName::name)];
    all.into_iter().flatten().find_map(|text| new_name(provider, text, goal, snapshot).ok())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stored::provider_file;

    #[test]
    fn a_new_name_has_no_letter_that_looks_like_another_and_none_that_nobody_sees() {
        let text = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                    client: { id: c }\n";
        let provider = provider_file::load("acme", text).expect("a provider");
        let snapshot = Snapshot::empty(StoreId::Own);
        for goal in [PreflightGoal::Login, PreflightGoal::Scopes, PreflightGoal::Key] {
            let named = |text: &str| new_name(&provider, text, goal, &snapshot);
            for text in [
                "\u{430}na",
                "w\u{3bf}rk",
                "o\u{fb03}ce",
                "\u{ff41}na",
                "\u{1d41a}na",
                "Jose\u{301}",
                "an\u{a0}a",
                "an\u{200b}a",
                "an\u{ad}a",
                "an\u{2062}a",
                "an\u{e0061}a",
                "\u{202e}ana",
                "\u{430}\u{441}\u{435}",
            ] {
                let why = named(text).expect_err(text);
                assert!(why.chars().all(|char| char.is_ascii() || "“”�␣…".contains(char)), "{why}");
            }
            for text in ["ana", "ANA", "José", "Анна", "日本", "Ana Müller"] {
                assert_eq!(named(text).expect(text).name(), text);
            }
        }
    }
}
