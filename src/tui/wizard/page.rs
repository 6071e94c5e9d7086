//! The pages of the wizard, and their order.

use crate::domain::provider::draft::Question;
use crate::tui::field::{Field, Sight};
use crate::tui::wizard::picker::Picker;

/// What is asked.
#[derive(Debug, Clone, PartialEq)]
pub enum Page {
    /// Which provider; the marked one by its place in the list.
    Provider(usize),
    /// A part of a new provider's file.
    Draft(Question, Field),
    /// Whether the new provider knows PKCE; the marked answer.
    Pkce(usize),
    /// Whether the new provider's file is to be saved, shown from that line on.
    Preview(usize),
    /// Whether to log in or to keep an API key; the marked answer.
    How(usize),
    /// What the profile is to be called.
    Name(Field),
    /// The API key.
    Key(Field),
    /// The client id.
    ClientId(Field),
    /// The client's secret.
    ClientSecret(Field),
    /// What the login asks for.
    Scopes(Box<Picker>),
    /// Whether to go on in spite of the provider's notice.
    Notice,
    /// Nothing more.
    Ready,
}

/// The kind of a page, in the order in which pages come.
#[expect(missing_docs, reason = "each is the page of its name")]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    Provider,
    Draft(Question),
    Pkce,
    Preview,
    How,
    Name,
    Key,
    ClientId,
    ClientSecret,
    Scopes,
    Notice,
    Ready,
}

impl Step {
    /// Every kind of page, in their order.
    pub const ALL: [Self; 18] = [
        Self::Provider,
        Self::Draft(Question::Name),
        Self::Draft(Question::Authorize),
        Self::Draft(Question::Token),
        Self::Draft(Question::Device),
        Self::Draft(Question::ClientId),
        Self::Draft(Question::ClientSecret),
        Self::Draft(Question::Scopes),
        Self::Pkce,
        Self::Preview,
        Self::How,
        Self::Name,
        Self::Key,
        Self::ClientId,
        Self::ClientSecret,
        Self::Scopes,
        Self::Notice,
        Self::Ready,
    ];
}

impl Page {
    /// Of which kind it is.
    #[must_use]
    pub fn step(&self) -> Step {
        match self {
            Self::Provider(_) => Step::Provider,
            Self::Draft(question, _) => Step::Draft(*question),
            Self::Pkce(_) => Step::Pkce,
            Self::Preview(_) => Step::Preview,
            Self::How(_) => Step::How,
            Self::Name(_) => Step::Name,
            Self::Key(_) => Step::Key,
            Self::ClientId(_) => Step::ClientId,
            Self::ClientSecret(_) => Step::ClientSecret,
            Self::Scopes(_) => Step::Scopes,
            Self::Notice => Step::Notice,
            Self::Ready => Step::Ready,
        }
    }

    /// Its text field, if one is open.
    #[must_use]
    pub fn field(&self) -> Option<&Field> {
        match self {
            Self::Draft(_, field)
            | Self::Name(field)
            | Self::Key(field)
            | Self::ClientId(field)
            | Self::ClientSecret(field) => Some(field),
            Self::Scopes(picker) => picker.typing.as_ref(),
            Self::Provider(_)
            | Self::Pkce(_)
            | Self::Preview(_)
            | Self::How(_)
            | Self::Notice
            | Self::Ready => None,
        }
    }

    /// The same, to be typed into.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        match self {
            Self::Draft(_, field)
            | Self::Name(field)
            | Self::Key(field)
            | Self::ClientId(field)
            | Self::ClientSecret(field) => Some(field),
            Self::Scopes(picker) => picker.typing.as_mut(),
            Self::Provider(_)
            | Self::Pkce(_)
            | Self::Preview(_)
            | Self::How(_)
            | Self::Notice
            | Self::Ready => None,
        }
    }

    /// An empty field for a question about a new provider.
    #[must_use]
    pub fn field_of(question: Question) -> Field {
        let sight = if question == Question::ClientSecret { Sight::Masked } else { Sight::Clear };
        Field::new("", sight)
    }
}
