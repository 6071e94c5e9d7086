//! Tree of a plain text: its nodes in the order of its lines, which they borrow.

use serde_yaml::{Mapping, Value};

use crate::domain::secret::{Secret, SecretText};

/// What stands at one place of a plain text: small, because a text of megabytes has a hundred thousand of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainNode {
    kind: NodeKind,
    /// Its key; empty in a list.
    key: Span,
    /// The text or number that it is.
    word: Span,
    /// How many nodes it is with those below it.
    pub(super) size: u32,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum NodeKind {
    Null,
    True,
    False,
    Number,
    Text,
    List,
    Map,
}

/// A part of a text, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Span {
    at: u32,
    length: u32,
}

impl Span {
    /// Where `part`, a slice of `text`, lies in it.
    fn of(text: &str, part: &str) -> Option<Self> {
        Some(Self { at: u32::try_from(place(text, part)?).ok()?, length: u32::try_from(part.len()).ok()? })
    }

    fn of_text(self, text: &str) -> &str {
        let in_bytes = |number| usize::try_from(number).unwrap_or(usize::MAX);
        let at = in_bytes(self.at);
        text.get(at..at.saturating_add(in_bytes(self.length))).unwrap_or_default()
    }
}

impl PlainNode {
    /// One of `text` without anything below it; `word` is what a number was read from.
    pub(super) fn new(text: &str, key: &str, value: PlainValue<'_>, word: &str) -> Option<Self> {
        let (kind, word) = match value {
            PlainValue::Null => (NodeKind::Null, ""),
            PlainValue::Bool(true) => (NodeKind::True, ""),
            PlainValue::Bool(false) => (NodeKind::False, ""),
            PlainValue::Number(_) => (NodeKind::Number, word),
            PlainValue::Text(inner) => (NodeKind::Text, inner),
            PlainValue::List => (NodeKind::List, ""),
            PlainValue::Map => (NodeKind::Map, ""),
        };
        let span = |part: &str| if part.is_empty() { Some(Span::default()) } else { Span::of(text, part) };
        Some(Self { kind, key: span(key)?, word: span(word)?, size: 1 })
    }
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

/// A node of `text`, and those below it: never empty.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PlainTree<'a> {
    pub(super) text: &'a str,
    pub(super) nodes: Vec<PlainNode>,
}

/// A node of a tree, with those below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PlainPart<'a> {
    text: &'a str,
    nodes: &'a [PlainNode],
    /// The same text, where secrets are to be shared with it.
    secrets: Option<&'a SecretText>,
}

impl PlainTree<'_> {
    #[must_use]
    pub fn root(&self) -> PlainPart<'_> {
        PlainPart::of(self.text, &self.nodes)
    }

    /// The same, whose secrets are shared with `text`, which it was read from.
    #[must_use]
    pub fn root_in<'a>(&'a self, text: &'a SecretText) -> PlainPart<'a> {
        self.root().within(text)
    }
}

impl<'a> PlainPart<'a> {
    /// The first of `nodes`, which are of `text`, with those below it.
    pub(super) fn of(text: &'a str, nodes: &'a [PlainNode]) -> Self {
        Self { text, nodes, secrets: None }
    }

    /// The same, whose secrets are shared with `text`, which it was read from.
    #[must_use]
    pub fn within(self, text: &'a SecretText) -> Self {
        Self { secrets: Some(text), ..self }
    }

    /// What stands there.
    #[must_use]
    pub fn value(self) -> PlainValue<'a> {
        let Some(node) = self.nodes.first() else { return PlainValue::Null };
        let word = || node.word.of_text(self.text);
        match node.kind {
            NodeKind::Null => PlainValue::Null,
            NodeKind::True => PlainValue::Bool(true),
            NodeKind::False => PlainValue::Bool(false),
            NodeKind::Number => word().parse().map_or(PlainValue::Null, PlainValue::Number),
            NodeKind::Text => PlainValue::Text(word()),
            NodeKind::List => PlainValue::List,
            NodeKind::Map => PlainValue::Map,
        }
    }

    /// The parts right below it, each with its key, which is empty in a list.
    pub fn parts(self) -> impl Iterator<Item = (&'a str, Self)> {
        self.nodes_below().map(move |nodes| (key(nodes).of_text(self.text), Self { nodes, ..self }))
    }

    /// The nodes of each part right below it.
    fn nodes_below(self) -> impl Iterator<Item = &'a [PlainNode]> {
        let mut rest = self.nodes.get(1..).unwrap_or_default();
        std::iter::from_fn(move || {
            let (part, others) = rest.split_at_checked(usize::try_from(rest.first()?.size).ok()?)?;
            rest = others;
            Some(part)
        })
    }

    /// The part of that key.
    #[must_use]
    pub fn get(self, wanted: &str) -> Option<Self> {
        // Most keys are told apart by their length.
        let length = u32::try_from(wanted.len()).ok()?;
        let is_it = |key: Span| key.length == length && key.of_text(self.text) == wanted;
        let nodes = self.nodes_below().find(|nodes| is_it(key(nodes)))?;
        Some(Self { nodes, ..self })
    }

    /// The secret that `text` of this part is.
    #[must_use]
    pub fn secret(self, text: &str) -> Secret {
        self.secrets.map_or_else(|| Secret::new(text), |whole| whole.secret(text))
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

fn key(nodes: &[PlainNode]) -> Span {
    nodes.first().map(|node| node.key).unwrap_or_default()
}

/// Where `part`, a slice of `text`, begins in it.
pub(super) fn place(text: &str, part: &str) -> Option<usize> {
    part.as_ptr().addr().checked_sub(text.as_ptr().addr())
}
