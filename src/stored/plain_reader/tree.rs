//! Tree of a plain text: its nodes in the order of its lines, which they borrow.

use serde_yaml::{Mapping, Value};

use crate::domain::secret::{Secret, SecretText};

/// What stands at one place of a plain text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainNode<'a> {
    /// Its key; empty in a list.
    pub(super) key: &'a str,
    pub(super) value: PlainValue<'a>,
    /// How many nodes it is with those below it.
    pub(super) size: usize,
}

/// A scalar, or what kind of node those below it make.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PlainValue<'a> {
    Null,
    Bool(bool),
    Number(u64),
    Text(&'a str),
    List,
    Map,
}

/// A node, and those below it: never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainTree<'a>(pub(super) Vec<PlainNode<'a>>);

/// A node of a tree, with those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainPart<'a> {
    nodes: &'a [PlainNode<'a>],
    /// The text that it was read from, where secrets are to be shared with it.
    text: Option<&'a SecretText>,
}

impl PlainTree<'_> {
    #[must_use]
    pub fn root(&self) -> PlainPart<'_> {
        PlainPart::of(&self.0)
    }

    /// The same, whose secrets are shared with `text`, which it was read from.
    #[must_use]
    pub fn root_in<'a>(&'a self, text: &'a SecretText) -> PlainPart<'a> {
        PlainPart { text: Some(text), ..self.root() }
    }
}

impl<'a> PlainPart<'a> {
    /// The first of `nodes`, which are those below it.
    pub(super) fn of(nodes: &'a [PlainNode<'a>]) -> Self {
        Self { nodes, text: None }
    }

    /// What stands there.
    #[must_use]
    pub fn value(self) -> PlainValue<'a> {
        self.nodes.first().map_or(PlainValue::Null, |node| node.value)
    }

    /// The parts right below it, each with its key, which is empty in a list.
    pub fn parts(self) -> impl Iterator<Item = (&'a str, Self)> {
        let mut rest = self.nodes.get(1..).unwrap_or_default();
        std::iter::from_fn(move || {
            let node = rest.first()?;
            let (part, others) = rest.split_at_checked(node.size)?;
            rest = others;
            Some((node.key, Self { nodes: part, ..self }))
        })
    }

    /// The part of that key.
    #[must_use]
    pub fn get(self, key: &str) -> Option<Self> {
        self.parts().find(|(own, _)| *own == key).map(|(_, part)| part)
    }

    /// The secret that `text` of this part is.
    #[must_use]
    pub fn secret(self, text: &str) -> Secret {
        self.text.map_or_else(|| Secret::new(text), |whole| whole.secret(text))
    }

    /// The same as a tree that can be changed.
    #[must_use]
    pub fn to_value(self) -> Value {
        match self.value() {
            PlainValue::Null => Value::Null,
            PlainValue::Bool(value) => Value::from(value),
            PlainValue::Number(number) => Value::from(number),
            PlainValue::Text(text) => Value::from(text),
            PlainValue::List => Value::Sequence(self.parts().map(|(_, part)| part.to_value()).collect()),
            PlainValue::Map => {
                let fields = self.parts().map(|(key, part)| (Value::from(key), part.to_value()));
                Value::Mapping(fields.collect::<Mapping>())
            }
        }
    }
}
