//! The pages of the wizard, and their kinds.

use crate::domain::provider::draft::Question;
use crate::oauth::login::needs;
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
    /// Whether to go on in spite of the provider's notice, or of a key that is replaced.
    Notice,
    /// Nothing more.
    Ready,
}

/// The kind of a page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Which provider.
    Provider,
    /// A part of a new provider's file.
    Draft(Question),
    /// Whether the new provider knows PKCE.
    Pkce,
    /// Whether the new provider's file is to be saved.
    Preview,
    /// Whether to log in or to keep an API key.
    How,
    /// What the login or the key needs.
    Asked(needs::Question),
    /// Nothing more.
    Ready,
}

/// The pages that describe a new provider, in their order.
pub(super) const DESCRIBING: [Step; 9] = [
    Step::Draft(Question::Name),
    Step::Draft(Question::Authorize),
    Step::Draft(Question::Token),
    Step::Draft(Question::Device),
    Step::Draft(Question::ClientId),
    Step::Draft(Question::ClientSecret),
    Step::Draft(Question::Scopes),
    Step::Pkce,
    Step::Preview,
];

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
            Self::Name(_) => Step::Asked(needs::Question::Name),
            Self::Key(_) => Step::Asked(needs::Question::Key),
            Self::ClientId(_) => Step::Asked(needs::Question::ClientId),
            Self::ClientSecret(_) => Step::Asked(needs::Question::ClientSecret),
            Self::Scopes(_) => Step::Asked(needs::Question::Scopes),
            Self::Notice => Step::Asked(needs::Question::Notice),
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
