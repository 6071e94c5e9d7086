//! Amendments by path, made to a text and to the tree it holds at once.
//!
//! The text is edited where it stands, so that comments, order, unknown keys, anchors and line
//! endings survive. What comes out is parsed again and must equal the tree that was amended
//! beside it; otherwise nothing is written. That is how an anchor shows up whose other uses
//! would have changed as well.

use std::str::FromStr;

use serde_yaml::{Mapping, Value};
use yaml_edit::{AsYaml, Document, MappingBuilder, ScalarValue, SequenceBuilder, YamlFile, YamlNode};

use crate::stored::path::{PathStep, find, find_mut, shown};
use crate::stored::tree;

/// One amendment. It holds secrets, so it has no `Debug`.
#[derive(Clone, PartialEq)]
pub enum Amend {
    /// Puts a value at a path; maps on the way are made when they are missing.
    Set(Vec<PathStep>, Value),
    /// Adds an item to the list at a path, which is made when it is missing.
    Append(Vec<PathStep>, Value),
    /// Takes away what is at a path, if there is something.
    Remove(Vec<PathStep>),
}

/// A text that is being amended, and the tree it holds.
pub struct Amending {
    file: YamlFile,
    tree: Value,
}

impl Amending {
    /// Begins to amend `text`, which holds `tree`.
    ///
    /// # Errors
    /// A sentence that says why the text cannot be amended.
    pub fn begin(text: &str, tree: Value) -> Result<Self, String> {
        Ok(Self { file: YamlFile::from_str(text).map_err(|_| awkward())?, tree })
    }

    /// The tree as it is amended so far.
    #[must_use]
    pub fn tree(&self) -> &Value {
        &self.tree
    }

    /// Makes `amendments`. After an error text and tree are worth nothing any more.
    ///
    /// # Errors
    /// A sentence that says why the text cannot be amended.
    pub fn make(&mut self, amendments: Vec<Amend>) -> Result<(), String> {
        let document = self.file.ensure_document();
        for amendment in amendments {
            let Some(amendment) = settled(&self.tree, amendment)? else { continue };
            amend_text(&document, &amendment).ok_or_else(awkward)?;
            amend_tree(&mut self.tree, amendment).ok_or_else(awkward)?;
        }
        Ok(())
    }

    /// The amended text and its tree, once both agree.
    ///
    /// # Errors
    /// A sentence that says why the text cannot be amended.
    pub fn finish(self) -> Result<(String, Value), String> {
        let text = self.file.to_string();
        match tree::parse_strictly(&text) {
            Ok(written) if written == self.tree => Ok((text, self.tree)),
            Err(fault) if !tree::fits(&text) => {
                Err(format!("after this change {}; take out what it need not hold", fault.why))
            }
            Ok(_) | Err(_) => Err(awkward()),
        }
    }
}

fn awkward() -> String {
    "the file says it in a way that cannot be changed safely (an anchor, an alias, a merge key or a tag); \
     change it in an editor"
        .to_owned()
}

/// The amendment with every part of its path in place, or nothing when it is made already.
pub(super) fn settled(tree: &Value, amendment: Amend) -> Result<Option<Amend>, String> {
    match amendment {
        Amend::Append(path, item) => match find(tree, &path) {
            Some(Value::Sequence(list)) if !list.is_empty() => Ok(Some(Amend::Append(path, item))),
            None | Some(Value::Null | Value::Sequence(_)) => {
                settled(tree, Amend::Set(path, Value::Sequence(vec![item])))
            }
            Some(_) => Err(format!("{} is no list", shown(&path))),
        },
        Amend::Remove(path) => Ok(find(tree, &path).is_some().then_some(Amend::Remove(path))),
        Amend::Set(path, value) if find(tree, &path) == Some(&value) => Ok(None),
        Amend::Set(mut path, mut value) => {
            // An empty map is made anew with its first entry, so that `{}` does not go on in braces.
            while let Some((last, around)) = path.split_last() {
                match (find(tree, around), last) {
                    (Some(Value::Mapping(map)), PathStep::Key(_)) if !map.is_empty() || around.is_empty() => {
                        break;
                    }
                    (Some(Value::Sequence(list)), PathStep::Nth(index)) if *index < list.len() => break,
                    (None | Some(Value::Null | Value::Mapping(_)), PathStep::Key(key)) => {
                        value = Value::Mapping(Mapping::from_iter([(Value::String(key.clone()), value)]));
                        path.pop();
                    }
                    (_, PathStep::Key(_)) => return Err(format!("{} is no map", shown(around))),
                    (_, PathStep::Nth(_)) => return Err(format!("{} is no list", shown(around))),
                }
            }
            Ok(Some(Amend::Set(path, value)))
        }
    }
}

pub(super) fn amend_tree(tree: &mut Value, amendment: Amend) -> Option<()> {
    match amendment {
        Amend::Set(path, value) => match path.split_last()? {
            (PathStep::Key(key), around) => {
                find_mut(tree, around)?.as_mapping_mut()?.insert(Value::String(key.clone()), value);
            }
            (PathStep::Nth(index), around) => *find_mut(tree, around)?.get_mut(*index)? = value,
        },
        Amend::Append(path, item) => find_mut(tree, &path)?.as_sequence_mut()?.push(item),
        Amend::Remove(path) => match path.split_last()? {
            (PathStep::Key(key), around) => {
                find_mut(tree, around)?.as_mapping_mut()?.shift_remove(key.as_str())?;
            }
            (PathStep::Nth(index), around) => {
                let list = find_mut(tree, around)?.as_sequence_mut()?;
                (*index < list.len()).then(|| list.remove(*index))?;
            }
        },
    }
    Some(())
}

fn amend_text(document: &Document, amendment: &Amend) -> Option<()> {
    match amendment {
        Amend::Set(path, value) => match path.split_last()? {
            (PathStep::Key(key), around) => {
                descend(document, around)?.as_mapping()?.set(key.as_str(), &*written(value)?);
            }
            (PathStep::Nth(index), around) => {
                let list = descend(document, around)?;
                list.as_sequence()?.set(*index, &*written(value)?).then_some(())?;
            }
        },
        Amend::Append(path, item) => descend(document, path)?.as_sequence()?.push(&*written(item)?),
        Amend::Remove(path) => match path.split_last()? {
            (PathStep::Key(key), around) => {
                descend(document, around)?.as_mapping()?.remove(key.as_str())?;
            }
            (PathStep::Nth(index), around) => {
                descend(document, around)?.as_sequence()?.remove(*index)?;
            }
        },
    }
    Some(())
}

fn descend(document: &Document, path: &[PathStep]) -> Option<YamlNode> {
    let root = YamlNode::Mapping(document.as_mapping()?);
    path.iter().try_fold(root, |node, step| match step {
        PathStep::Key(key) => node.as_mapping()?.get(key.as_str()),
        PathStep::Nth(index) => node.as_sequence()?.get(*index),
    })
}

/// A value as the text shall say it: every string in double quotes, because other readers take
/// a bare `2026-01-02T03:04:05Z` for a timestamp and `no` for a boolean.
fn written(value: &Value) -> Option<Box<dyn AsYaml>> {
    Some(match value {
        Value::String(text) => Box::new(ScalarValue::double_quoted(text)),
        Value::Number(number) => match number.as_u64() {
            Some(number) => Box::new(number),
            None => Box::new(number.as_i64()?),
        },
        Value::Bool(bool) => Box::new(*bool),
        Value::Sequence(items) => {
            let mut builder = SequenceBuilder::new();
            for item in items {
                builder = builder.item(&*written(item)?);
            }
            Box::new(builder.build_document())
        }
        Value::Mapping(map) => {
            let mut builder = MappingBuilder::new();
            for (key, value) in map {
                builder = builder.pair(key.as_str()?, &*written(value)?);
            }
            Box::new(builder.build_document())
        }
        Value::Null | Value::Tagged(_) => return None,
    })
}
