//! Texts in the fields of an entry.

use crate::stored::field_value::FieldValue;

/// Why a field is not understood, and its entry neither. Of several the least is told, whatever the order of the
/// fields: first a placeholder, which stands for a token that is kept elsewhere, then what is sent to a server.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum FieldFault {
    Placeholder(String),
    Credential(String),
    Other(String),
}

impl FieldFault {
    pub(super) fn into_words(self) -> String {
        match self {
            Self::Placeholder(words) | Self::Credential(words) | Self::Other(words) => words,
        }
    }
}

impl From<String> for FieldFault {
    fn from(words: String) -> Self {
        Self::Other(words)
    }
}

/// The text that is the `value` of the field `name`; empty and absent are the same.
pub(in crate::stored) fn text<'a>(name: &str, value: &FieldValue<'a>) -> Result<Option<&'a str>, String> {
    match value {
        FieldValue::Null => Ok(None),
        FieldValue::Text(text) => Ok(Some(*text).filter(|text| !text.is_empty())),
        FieldValue::Bool(_)
        | FieldValue::Number(_)
        | FieldValue::List(_)
        | FieldValue::Map(_)
        | FieldValue::Tagged(_) => Err(format!("{name} must be quoted text")),
    }
}

/// The same of a field that is sent to a server, which a placeholder must never be.
pub(super) fn credential<'a>(name: &str, value: &FieldValue<'a>) -> Result<Option<&'a str>, FieldFault> {
    let text = text(name, value).map_err(FieldFault::Credential)?;
    text.map_or(Ok(None), |text| filled(name, text).map(Some).map_err(FieldFault::Placeholder))
}

/// `text`, unless it has a placeholder such as `${ACME_KEY}`, which the program that reads the same file
/// fills in from its environment.
pub(super) fn filled<'a>(field: &str, text: &'a str) -> Result<&'a str, String> {
    let placeholder = || text.split_once("${").and_then(|(_, rest)| rest.split_once('}'));
    let Some((name, _)) = memchr::memchr(b'$', text.as_bytes()).and_then(|_| placeholder()) else {
        return Ok(text);
    };
    let is_name = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = if is_name { format!("${{{name}}}") } else { "${…}".to_owned() };
    Err(format!(
        "{field} is the placeholder {name}, which authtui does not fill in: write the value there, or name \
         the variable in the provider's file, under environment"
    ))
}

/// A list of texts, or a text with blanks between them.
pub(super) fn texts(name: &str, value: &FieldValue<'_>) -> Result<Vec<String>, String> {
    let list = match value {
        FieldValue::Null => return Ok(Vec::new()),
        FieldValue::Text(text) => return Ok(text.split_whitespace().map(str::to_owned).collect()),
        FieldValue::List(list) => list,
        FieldValue::Bool(_) | FieldValue::Number(_) | FieldValue::Map(_) | FieldValue::Tagged(_) => {
            return Err(format!("{name} must be a list"));
        }
    };
    // Made with its whole capacity: when a list grows, the memory that it leaves is wiped.
    let mut texts = Vec::with_capacity(list.iter().count());
    for value in list.iter() {
        let text = value.as_text().ok_or_else(|| format!("each of {name} must be quoted text"))?;
        texts.push(text.to_owned());
    }
    Ok(texts)
}
