//! Request templates: requests with placeholders, as a provider's file describes them.

use std::fmt;

use crate::domain::text;

/// A request with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RequestTemplate {
    pub method: Method,
    pub url: Template,
    /// The headers; one with an empty placeholder is left out.
    pub headers: Vec<(String, Template)>,
    /// The body; a field with an empty placeholder is left out.
    pub body: RequestBody,
}

impl RequestTemplate {
    /// Every placeholder in address, headers and body.
    #[must_use]
    pub fn placeholders(&self) -> Vec<Placeholder> {
        let mut placeholders: Vec<Placeholder> = self.url.placeholders().collect();
        placeholders.extend(self.headers.iter().flat_map(|(_, value)| value.placeholders()));
        match &self.body {
            RequestBody::Empty => {}
            RequestBody::Form(fields) => {
                placeholders.extend(fields.iter().flat_map(|(_, value)| value.placeholders()))
            }
            RequestBody::Json(tree) => tree.gather(&mut placeholders),
        }
        placeholders
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    Get,
    Post,
    Delete,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RequestBody {
    Empty,
    /// `application/x-www-form-urlencoded`.
    Form(Vec<(String, Template)>),
    /// `application/json`.
    Json(JsonTemplate),
}

/// A JSON value with placeholders.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum JsonTemplate {
    Text(Template),
    /// A number, a truth value or null, as it stands.
    Fixed(serde_json::Value),
    /// A list; an entry with an empty placeholder is left out.
    List(Vec<Self>),
    /// An object; a field with an empty placeholder is left out.
    Object(Vec<(String, Self)>),
}

impl JsonTemplate {
    fn gather(&self, placeholders: &mut Vec<Placeholder>) {
        match self {
            Self::Text(template) => placeholders.extend(template.placeholders()),
            Self::Fixed(_) => {}
            Self::List(items) => items.iter().for_each(|item| item.gather(placeholders)),
            Self::Object(fields) => fields.iter().for_each(|(_, field)| field.gather(placeholders)),
        }
    }
}

/// A placeholder, filled when the request is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Placeholder {
    /// `{client_id}`
    ClientId,
    /// `{client_secret}`
    ClientSecret,
    /// `{basic}`: id and secret, each form-encoded, joined and base64-encoded (RFC 6749 §2.3.1).
    Basic,
    /// `{code}`
    Code,
    /// `{state}`
    State,
    /// `{redirect}`
    Redirect,
    /// `{challenge}`: the `S256` challenge of the verifier (RFC 7636 §4.2).
    Challenge,
    /// `{verifier}`
    Verifier,
    /// `{refresh}`
    Refresh,
    /// `{access}`
    Access,
    /// `{token}`: the refresh token, or the access token where there is no other.
    Token,
    /// `{token_hint}`: which of the two it is (RFC 7009 §2.1).
    TokenHint,
    /// `{device_code}`
    DeviceCode,
    /// `{scope}`: what is asked for, joined as the file says.
    Scope,
    /// `{account}`: the name of the account that is expected to log in.
    Account,
}

impl Placeholder {
    pub const ALL: [Self; 15] = [
        Self::ClientId,
        Self::ClientSecret,
        Self::Basic,
        Self::Code,
        Self::State,
        Self::Redirect,
        Self::Challenge,
        Self::Verifier,
        Self::Refresh,
        Self::Access,
        Self::Token,
        Self::TokenHint,
        Self::DeviceCode,
        Self::Scope,
        Self::Account,
    ];

    /// The word between the braces.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::ClientId => "client_id",
            Self::ClientSecret => "client_secret",
            Self::Basic => "basic",
            Self::Code => "code",
            Self::State => "state",
            Self::Redirect => "redirect",
            Self::Challenge => "challenge",
            Self::Verifier => "verifier",
            Self::Refresh => "refresh",
            Self::Access => "access",
            Self::Token => "token",
            Self::TokenHint => "token_hint",
            Self::DeviceCode => "device_code",
            Self::Scope => "scope",
            Self::Account => "account",
        }
    }

    /// Whether what fills it must not be seen, so that it may not stand in an address.
    #[must_use]
    pub fn is_secret(self) -> bool {
        match self {
            Self::ClientId
            | Self::Redirect
            | Self::Challenge
            | Self::TokenHint
            | Self::Scope
            | Self::Account => false,
            Self::ClientSecret
            | Self::Basic
            | Self::Code
            | Self::State
            | Self::Verifier
            | Self::Refresh
            | Self::Access
            | Self::Token
            | Self::DeviceCode => true,
        }
    }
}

/// A text with placeholders: `Bearer {access}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template(Vec<TemplatePart>);

/// A part of a template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TemplatePart {
    /// Stands as it is.
    Text(String),
    /// Is filled.
    Placeholder(Placeholder),
}

impl Template {
    /// Reads a template.
    ///
    /// # Errors
    /// A [`TemplateError`] for a brace without its partner or an unknown word between braces.
    pub fn parse(written: &str) -> Result<Self, TemplateError> {
        let mut parts = Vec::new();
        let mut rest = written;
        while let Some((before, after)) = rest.split_once('{') {
            let (word, tail) = after.split_once('}').ok_or_else(|| TemplateError(text::clean(after, 40)))?;
            let placeholder = Placeholder::ALL.into_iter().find(|placeholder| placeholder.word() == word);
            parts.extend((!before.is_empty()).then(|| TemplatePart::Text(before.to_owned())));
            parts.push(TemplatePart::Placeholder(
                placeholder.ok_or_else(|| TemplateError(text::clean(word, 40)))?,
            ));
            rest = tail;
        }
        parts.extend((!rest.is_empty()).then(|| TemplatePart::Text(rest.to_owned())));
        Ok(Self(parts))
    }

    /// A template that is one placeholder.
    #[must_use]
    pub fn placeholder(placeholder: Placeholder) -> Self {
        Self(vec![TemplatePart::Placeholder(placeholder)])
    }

    /// A template without placeholders.
    #[must_use]
    pub fn text(text: &str) -> Self {
        Self(vec![TemplatePart::Text(text.to_owned())])
    }

    /// `text` and then one placeholder.
    #[must_use]
    pub fn prefixed(text: &str, placeholder: Placeholder) -> Self {
        Self(vec![TemplatePart::Text(text.to_owned()), TemplatePart::Placeholder(placeholder)])
    }

    /// The parts in their order.
    #[must_use]
    pub fn parts(&self) -> &[TemplatePart] {
        &self.0
    }

    /// What stands between the placeholders.
    pub fn texts(&self) -> impl Iterator<Item = &str> {
        self.0.iter().filter_map(|part| match part {
            TemplatePart::Text(text) => Some(text.as_str()),
            TemplatePart::Placeholder(_) => None,
        })
    }

    /// The placeholders in their order.
    pub fn placeholders(&self) -> impl Iterator<Item = Placeholder> {
        self.0.iter().filter_map(|part| match part {
            TemplatePart::Text(_) => None,
            TemplatePart::Placeholder(placeholder) => Some(*placeholder),
        })
    }
}

/// Why a text is no template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateError(String);

impl fmt::Display for TemplateError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let words: Vec<_> = Placeholder::ALL.into_iter().map(Placeholder::word).collect();
        write!(f, "nothing is known to fill “{{{}}}”; known are {}", self.0, words.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_is_text_and_holes() {
        let template = Template::parse("Bearer {access}").expect("a template");
        assert_eq!(
            template.parts(),
            [TemplatePart::Text("Bearer ".into()), TemplatePart::Placeholder(Placeholder::Access)]
        );
        assert_eq!(Template::parse("plain").expect("a template").placeholders().count(), 0);
    }

    #[test]
    fn an_unknown_or_unclosed_hole_is_refused_with_the_known_words() {
        for written in ["{acces}", "{access", "{}", "a {b} c"] {
            let why = Template::parse(written).expect_err(written).to_string();
            assert!(why.contains("client_id, client_secret"), "{why}");
        }
    }
}
