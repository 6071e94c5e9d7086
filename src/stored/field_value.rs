//! Fields of a file, whichever reader has read it: the tree that can be changed, or the quick one.

use either::Either;
use serde_yaml::value::TaggedValue;
use serde_yaml::{Mapping, Number, Value};

use crate::domain::secret::Secret;
use crate::stored::plain_reader::{PlainPart, PlainValue};

/// The value of a field.
#[derive(Debug, Clone)]
pub(in crate::stored) enum FieldValue<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(&'a str),
    List(FieldList<'a>),
    Map(FieldMap<'a>),
    /// A value with a tag, which none of ours has.
    Tagged(&'a TaggedValue),
}

/// A list of values.
#[derive(Debug, Clone, Copy)]
pub(in crate::stored) enum FieldList<'a> {
    Tree(&'a [Value]),
    Plain(PlainPart<'a>),
}

/// Fields by their names.
#[derive(Debug, Clone, Copy)]
pub(in crate::stored) enum FieldMap<'a> {
    Tree(&'a Mapping),
    Plain(PlainPart<'a>),
}

impl<'a> FieldValue<'a> {
    pub(in crate::stored) fn is_null(&self) -> bool {
        matches!(self, Self::Null)
    }

    pub(in crate::stored) fn as_text(&self) -> Option<&'a str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub(in crate::stored) fn as_map(&self) -> Option<FieldMap<'a>> {
        if let Self::Map(map) = self { Some(*map) } else { None }
    }

    pub(in crate::stored) fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(value) = self { Some(*value) } else { None }
    }

    /// The same as a value that can be kept.
    pub(in crate::stored) fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(value) => Value::from(*value),
            Self::Number(number) => Value::Number(number.clone()),
            Self::Text(text) => Value::from(*text),
            Self::Tagged(tagged) => Value::Tagged(Box::new((*tagged).clone())),
            Self::List(FieldList::Tree(list)) => Value::Sequence(list.to_vec()),
            Self::Map(FieldMap::Tree(map)) => Value::Mapping((*map).clone()),
            Self::List(FieldList::Plain(part)) | Self::Map(FieldMap::Plain(part)) => part.to_value(),
        }
    }

    pub(in crate::stored) fn as_number(&self) -> Option<&Number> {
        if let Self::Number(number) = self { Some(number) } else { None }
    }
}

impl<'a> From<&'a Value> for FieldValue<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.clone()),
            Value::String(text) => Self::Text(text),
            Value::Sequence(list) => Self::List(FieldList::Tree(list)),
            Value::Mapping(map) => Self::Map(FieldMap::Tree(map)),
            Value::Tagged(tagged) => Self::Tagged(tagged),
        }
    }
}

impl<'a> From<PlainPart<'a>> for FieldValue<'a> {
    fn from(part: PlainPart<'a>) -> Self {
        match part.value() {
            PlainValue::Null => Self::Null,
            PlainValue::Bool(value) => Self::Bool(value),
            PlainValue::Number(number) => Self::Number(number.into()),
            PlainValue::Text(text) => Self::Text(text),
            PlainValue::List => Self::List(FieldList::Plain(part)),
            PlainValue::Map => Self::Map(FieldMap::Plain(part)),
        }
    }
}

impl<'a> From<&'a Mapping> for FieldMap<'a> {
    fn from(map: &'a Mapping) -> Self {
        Self::Tree(map)
    }
}

impl<'a> FieldList<'a> {
    pub(in crate::stored) fn iter(self) -> impl Iterator<Item = FieldValue<'a>> {
        match self {
            Self::Tree(list) => Either::Left(list.iter().map(FieldValue::from)),
            Self::Plain(part) => Either::Right(part.parts().map(|(_, part)| part.into())),
        }
    }
}

impl<'a> FieldMap<'a> {
    /// The field of that name.
    pub(in crate::stored) fn get(self, key: &str) -> Option<FieldValue<'a>> {
        match self {
            Self::Tree(map) => map.get(key).map(FieldValue::from),
            Self::Plain(part) => part.get(key).map(FieldValue::from),
        }
    }

    /// The secret that `text` of one of them is.
    pub(in crate::stored) fn secret(self, text: &str) -> Secret {
        match self {
            Self::Tree(_) => Secret::new(text),
            Self::Plain(part) => part.secret(text),
        }
    }

    /// Every field with its name, where that is a text.
    pub(in crate::stored) fn iter(self) -> impl Iterator<Item = (Option<&'a str>, FieldValue<'a>)> {
        match self {
            Self::Tree(map) => Either::Left(map.iter().map(|(key, value)| (key.as_str(), value.into()))),
            Self::Plain(part) => Either::Right(part.parts().map(|(key, part)| (Some(key), part.into()))),
        }
    }
}
