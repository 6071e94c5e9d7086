//! Pages of the wizard: what each asks, and what the person has chosen or typed there.

use crate::oauth::login::preflight;
use crate::tui::field::{Field, Sight};
use crate::tui::list_search::ListSearch;
use crate::tui::wizard::form::ServerForm;
use crate::tui::wizard::key_page::KeyPage;
use crate::tui::wizard::picker::Picker;
use crate::tui::wizard::server::ServerDiscovery;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Page {
    /// The provider, found by what is typed.
    Provider(ListSearch),
    /// How one logs in to the server at the address that was typed.
    Server(Box<ServerDiscovery>),
    /// All about a server that nothing describes.
    Form(Box<ServerForm>),
    /// A choice; the marked answer by its place.
    Choice(ListQuestion, usize),
    Text(TextQuestion, Field),
    /// An API key, and when it ends.
    Key(Box<KeyPage>),
    /// What the login asks for.
    Scopes(Box<Picker>),
    /// Whether to go on in spite of the provider's notice, or of a key that is replaced.
    Notice,
    /// Nothing more.
    Ready,
}

/// A question with a list of answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListQuestion {
    /// Whether to log in or to keep an API key.
    LoginOrKey,
}

/// A question that is answered with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextQuestion {
    /// What the profile is to be called.
    Name,
    ClientId,
    ClientSecret,
}

impl TextQuestion {
    /// Whether its answer is a secret.
    #[must_use]
    pub fn is_secret(self) -> bool {
        matches!(self, Self::ClientSecret)
    }
}

impl Page {
    /// A page for a text, on which nothing was typed.
    #[must_use]
    pub fn text(question: TextQuestion) -> Self {
        let sight = if question.is_secret() { Sight::Masked } else { Sight::Clear };
        Self::Text(question, Field::new("", sight))
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
            Self::Key(_) => Some(preflight::PreflightQuestion::Key),
            Self::Text(TextQuestion::ClientId, _) => Some(preflight::PreflightQuestion::ClientId),
            Self::Text(TextQuestion::ClientSecret, _) => Some(preflight::PreflightQuestion::ClientSecret),
            Self::Scopes(_) => Some(preflight::PreflightQuestion::Scopes),
            Self::Notice => Some(preflight::PreflightQuestion::Notice),
            Self::Provider(_) | Self::Server(_) | Self::Form(_) | Self::Choice(..) | Self::Ready => None,
        }
    }

    /// Its text field, if one is open.
    #[must_use]
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Provider(search) => Some(&search.field),
            Self::Text(_, field) => Some(field),
            Self::Key(page) => Some(page.field()),
            Self::Scopes(picker) => picker.typing.as_ref(),
            Self::Form(form) => form.field(),
            Self::Server(_) | Self::Choice(..) | Self::Notice | Self::Ready => None,
        }
    }

    /// The same, to be typed into.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        match self {
            Self::Provider(search) => Some(&mut search.field),
            Self::Text(_, field) => Some(field),
            Self::Key(page) => Some(page.field_mut()),
            Self::Scopes(picker) => picker.typing.as_mut(),
            Self::Form(form) => form.field_mut(),
            Self::Server(_) | Self::Choice(..) | Self::Notice | Self::Ready => None,
        }
    }

    /// Its scopes, where those are chosen on it.
    pub fn picker_mut(&mut self) -> Option<&mut Picker> {
        if let Self::Scopes(picker) = self { Some(picker) } else { None }
    }
}
