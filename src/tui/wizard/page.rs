//! Pages of the wizard: what each asks, and what the person has chosen or typed there.

use crate::domain::provider::draft;
use crate::oauth::login::preflight;
use crate::tui::field::{Field, Sight};
use crate::tui::list_search::ListSearch;
use crate::tui::wizard::picker::Picker;
use crate::tui::wizard::server::ServerDiscovery;

/// What every address begins with; it stands in its field already.
const HTTPS: &str = "https://";

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Page {
    /// The provider, found by what is typed.
    Provider(ListSearch),
    /// How one logs in to the server at the address that was typed.
    Server(Box<ServerDiscovery>),
    /// A choice; the marked answer by its place.
    Choice(ListQuestion, usize),
    Text(TextQuestion, Field),
    /// Whether the new provider's file is to be saved, shown from that line on.
    Preview(usize),
    /// What the login asks for.
    Scopes(Box<Picker>),
    /// Whether to go on in spite of the provider's notice, or of a key that is replaced.
    Notice,
    /// Nothing more.
    Ready,
}

/// The address in a field that begins with its scheme: nothing where that is all, and a whole one that
/// was pasted behind it.
pub(super) fn address(field: &Field) -> &str {
    let typed = field.text().trim();
    let rest = typed.strip_prefix(HTTPS).unwrap_or(typed);
    let is_whole = rest.is_empty() || rest.contains("://");
    if is_whole { rest } else { typed }
}

/// A question with a list of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListQuestion {
    /// Whether the new provider knows PKCE.
    Pkce,
    /// Whether to log in or to keep an API key.
    LoginOrKey,
}

/// A question that is answered with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextQuestion {
    /// A part of a new provider's file.
    Draft(draft::DraftQuestion),
    /// What the profile is to be called.
    Name,
    Key,
    ClientId,
    ClientSecret,
    /// The id of the person's own client at a server that registers none.
    ServerClientId,
    ServerClientSecret,
}

impl TextQuestion {
    /// Whether its answer is an address.
    #[must_use]
    pub fn is_address(self) -> bool {
        matches!(self, Self::Draft(question) if question.is_address())
    }

    /// Whether its answer is a secret.
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(
            self,
            Self::Key
                | Self::ClientSecret
                | Self::ServerClientSecret
                | Self::Draft(draft::DraftQuestion::ClientSecret)
        )
    }
}

impl Page {
    /// A page for a text, on which nothing was typed.
    #[must_use]
    pub fn text(question: TextQuestion) -> Self {
        let sight = if question.is_secret() { Sight::Masked } else { Sight::Clear };
        let usual = if question.is_address() { HTTPS } else { "" };
        Self::Text(question, Field::new(usual, sight))
    }

    /// Leaves in the field of an address what was taken: a whole one that was pasted behind the scheme.
    pub(super) fn tidy(&mut self) {
        if let Self::Text(question, field) = self
            && question.is_address()
        {
            let taken = address(field).to_owned();
            if !taken.is_empty() {
                *field = Field::new(&taken, Sight::Clear);
            }
        }
    }

    /// Whether `other` asks the same, whatever is chosen or typed there.
    #[must_use]
    pub fn asks_the_same_as(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Choice(one, _), Self::Choice(other, _)) => one == other,
            (Self::Text(one, _), Self::Text(other, _)) => one == other,
            (one, other) => std::mem::discriminant(one) == std::mem::discriminant(other),
        }
    }

    /// Which of the questions before a login it asks.
    #[must_use]
    pub fn preflight_question(&self) -> Option<preflight::PreflightQuestion> {
        match self {
            Self::Text(TextQuestion::Name, _) => Some(preflight::PreflightQuestion::Name),
            Self::Text(TextQuestion::Key, _) => Some(preflight::PreflightQuestion::Key),
            Self::Text(TextQuestion::ClientId, _) => Some(preflight::PreflightQuestion::ClientId),
            Self::Text(TextQuestion::ClientSecret, _) => Some(preflight::PreflightQuestion::ClientSecret),
            Self::Scopes(_) => Some(preflight::PreflightQuestion::Scopes),
            Self::Notice => Some(preflight::PreflightQuestion::Notice),
            Self::Provider(_)
            | Self::Server(_)
            | Self::Text(
                TextQuestion::Draft(_) | TextQuestion::ServerClientId | TextQuestion::ServerClientSecret,
                _,
            )
            | Self::Choice(..)
            | Self::Preview(_)
            | Self::Ready => None,
        }
    }

    /// Its text field, if one is open.
    #[must_use]
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Provider(search) => Some(&search.field),
            Self::Text(_, field) => Some(field),
            Self::Scopes(picker) => picker.typing.as_ref(),
            Self::Server(_) | Self::Choice(..) | Self::Preview(_) | Self::Notice | Self::Ready => None,
        }
    }

    /// The same, to be typed into.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        match self {
            Self::Provider(search) => Some(&mut search.field),
            Self::Text(_, field) => Some(field),
            Self::Scopes(picker) => picker.typing.as_mut(),
            Self::Server(_) | Self::Choice(..) | Self::Preview(_) | Self::Notice | Self::Ready => None,
        }
    }

    /// Its scopes, where those are chosen on it.
    pub fn picker_mut(&mut self) -> Option<&mut Picker> {
        if let Self::Scopes(picker) = self { Some(picker) } else { None }
    }
}
