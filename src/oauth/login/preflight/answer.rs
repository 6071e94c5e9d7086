//! The answers to what is asked: taken, refused with a sentence, or taken back.

use crate::domain::change::Snapshot;
use crate::domain::provider::{draft, scopes};
use crate::domain::secret::{Ends, Secret};
use crate::oauth::login::preflight::{Preflight, PreflightQuestion, name};
use crate::oauth::scopes::union;

/// Said of a secret that was [`Ends::Trimmed`].
pub const TRIMMED: &str = "Spaces at both ends are removed.";

impl Preflight {
    /// Takes the name of a new profile.
    ///
    /// # Errors
    /// When it breaks a rule, is kept for something else, or is taken.
    pub fn name(&mut self, text: &str, snapshot: &Snapshot) -> Result<(), String> {
        self.name = Some(name::new(&self.provider, text, self.goal, snapshot)?);
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

    /// Takes an answer back: the question is asked again.
    pub fn reopen(&mut self, question: PreflightQuestion) {
        match question {
            PreflightQuestion::Name => self.name = None,
            PreflightQuestion::ClientId => self.client_id = None,
            PreflightQuestion::ClientSecret => self.client_secret = None,
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
