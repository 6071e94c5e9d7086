//! Fields of the form, in their order, and the text of one.

use crate::domain::provider::draft::DraftQuestion;
use crate::tui::field::{Field, Sight};

/// What every address begins with where nothing better is known.
pub(super) const HTTPS: &str = "https://";

/// A field of the form, or its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum FormField {
    LoginPage,
    Token,
    Revocation,
    Device,
    ClientId,
    ClientSecret,
    Authentication,
    Pkce,
    Scopes,
    Redirect,
    Provider,
    Profile,
    /// The button that ends the form.
    LogIn,
}

impl FormField {
    /// All of them, as they stand below each other.
    pub const ALL: [Self; 13] = [
        Self::LoginPage,
        Self::Token,
        Self::Revocation,
        Self::Device,
        Self::ClientId,
        Self::ClientSecret,
        Self::Authentication,
        Self::Pkce,
        Self::Scopes,
        Self::Redirect,
        Self::Provider,
        Self::Profile,
        Self::LogIn,
    ];

    /// Its place among all.
    #[must_use]
    pub fn place(self) -> usize {
        Self::ALL.iter().position(|each| *each == self).unwrap_or(0)
    }

    #[must_use]
    pub fn label(self) -> &'static str {
        match self {
            Self::LoginPage => "Login page",
            Self::Token => "Token endpoint",
            Self::Revocation => "Revocation",
            Self::Device => "Device endpoint",
            Self::ClientId => "Client id",
            Self::ClientSecret => "Client secret",
            Self::Authentication => "Authentication",
            Self::Pkce => "PKCE",
            Self::Scopes => "Scopes",
            Self::Redirect => "Redirect",
            Self::Provider => "Provider name",
            Self::Profile => "Profile name",
            Self::LogIn => "Log in",
        }
    }

    #[must_use]
    pub fn is_address(self) -> bool {
        matches!(self, Self::LoginPage | Self::Token | Self::Revocation | Self::Device)
    }

    #[must_use]
    pub fn is_choice(self) -> bool {
        matches!(self, Self::Authentication | Self::Pkce)
    }

    #[must_use]
    pub fn is_text(self) -> bool {
        !self.is_choice() && self != Self::LogIn
    }

    /// What of the provider file it answers.
    #[must_use]
    pub fn question(self) -> Option<DraftQuestion> {
        Some(match self {
            Self::LoginPage => DraftQuestion::Authorize,
            Self::Token => DraftQuestion::Token,
            Self::Revocation => DraftQuestion::Revoke,
            Self::Device => DraftQuestion::Device,
            Self::ClientId => DraftQuestion::ClientId,
            Self::Scopes => DraftQuestion::Scopes,
            Self::Redirect => DraftQuestion::Redirect,
            Self::Provider => DraftQuestion::Name,
            Self::ClientSecret | Self::Authentication | Self::Pkce | Self::Profile | Self::LogIn => {
                return None;
            }
        })
    }
}

/// The text of a field.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct FormText {
    pub(super) field: Field,
    /// The beginning that stands in it already; alone it is no answer.
    proposed: String,
    /// What it had when the form was made.
    first: String,
    /// Whether the server has told that.
    is_told: bool,
}

impl FormText {
    pub(super) fn new(field: FormField, text: &str) -> Self {
        let sight = if field == FormField::ClientSecret { Sight::Masked } else { Sight::Clear };
        let is_name = matches!(field, FormField::Provider | FormField::Profile);
        let input = if is_name { Field::proposing(text) } else { Field::new(text, sight) };
        Self { field: input, proposed: String::new(), first: text.to_owned(), is_told: false }
    }

    /// An address that begins so.
    pub(super) fn proposing(beginning: &str) -> Self {
        let field = Field::new(beginning, Sight::Clear);
        Self { field, proposed: beginning.to_owned(), first: beginning.to_owned(), is_told: false }
    }

    pub(super) fn found(text: &str, is_told: bool) -> Self {
        let field = Field::new(text, Sight::Clear);
        Self { field, proposed: String::new(), first: text.to_owned(), is_told }
    }

    /// What was typed: not what is proposed, and a whole address that was pasted behind that.
    pub(super) fn typed(&self) -> &str {
        let text = self.field.text();
        if self.proposed.is_empty() {
            return text;
        }
        // What is left of a scheme is no address either.
        if HTTPS.starts_with(text) {
            return "";
        }
        let rest = text.strip_prefix(&self.proposed).unwrap_or(text);
        if rest.is_empty() || rest.contains("://") { rest } else { text }
    }

    /// Leaves in the field what counts.
    pub(super) fn tidy(&mut self) {
        let typed = self.typed();
        if !typed.is_empty() && typed != self.field.text() {
            self.field = Field::new(typed, Sight::Clear);
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.field.is_empty() || !self.proposed.is_empty() && self.typed().is_empty()
    }

    /// Whether it still has what it had when the form was made, or was emptied.
    pub(super) fn is_untouched(&self) -> bool {
        self.field.is_empty() || self.field.text() == self.first
    }

    pub(super) fn is_found(&self) -> bool {
        self.is_told && self.field.text() == self.first
    }
}
