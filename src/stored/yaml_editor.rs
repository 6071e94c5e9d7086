//! Editor of any YAML text: amendments are made to the text and to the tree it holds at once.
//!
//! The text is edited where it stands, so that comments, order, unknown keys, anchors and line
//! endings survive. The edited text is parsed again and must equal the amended tree; otherwise
//! nothing is written. That is how an anchor shows up whose other uses would have changed as well.

use std::str::FromStr;

use serde_yaml::Value;
use yaml_edit::{AsYaml, Document, MappingBuilder, ScalarValue, SequenceBuilder, YamlFile, YamlNode};

use crate::stored::amendment::{YamlAmendment, amend_tree, settled};
use crate::stored::yaml_path::PathStep;
use crate::stored::yaml_reader;

/// A text that is being amended, and the tree it holds.
pub struct YamlEditor {
    file: YamlFile,
    tree: Value,
}

impl YamlEditor {
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
    pub fn make(&mut self, amendments: Vec<YamlAmendment>) -> Result<(), String> {
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
        match yaml_reader::parse_strictly(&text) {
            Ok(written) if written == self.tree => Ok((text, self.tree)),
            Err(fault) if !yaml_reader::fits(&text) => {
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

fn amend_text(document: &Document, amendment: &YamlAmendment) -> Option<()> {
    match amendment {
        YamlAmendment::Set(path, value) => match path.split_last()? {
            (PathStep::Key(key), around) => {
                descend(document, around)?.as_mapping()?.set(key.as_str(), &*written(value)?);
            }
            (PathStep::Nth(index), around) => {
                let list = descend(document, around)?;
                list.as_sequence()?.set(*index, &*written(value)?).then_some(())?;
            }
        },
        YamlAmendment::Append(path, item) => descend(document, path)?.as_sequence()?.push(&*written(item)?),
        YamlAmendment::Remove(path) => match path.split_last()? {
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
