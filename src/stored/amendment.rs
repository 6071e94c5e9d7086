//! Amendments of a YAML tree by path.

use serde_yaml::{Mapping, Value};

use crate::stored::yaml_path::{PathStep, find, find_mut, shown};

/// One amendment. It holds secrets, so it has no `Debug`.
#[derive(Clone, PartialEq)]
pub enum YamlAmendment {
    /// Puts a value at a path; maps on the way are made when they are missing.
    Set(Vec<PathStep>, Value),
    /// Adds an item to the list at a path, which is made when it is missing.
    Append(Vec<PathStep>, Value),
    /// Takes away what is at a path, if there is something.
    Remove(Vec<PathStep>),
}

/// The amendment with every part of its path in place, or nothing when it is made already.
pub fn settled(tree: &Value, amendment: YamlAmendment) -> Result<Option<YamlAmendment>, String> {
    match amendment {
        YamlAmendment::Append(path, item) => match find(tree, &path) {
            Some(Value::Sequence(list)) if !list.is_empty() => Ok(Some(YamlAmendment::Append(path, item))),
            None | Some(Value::Null | Value::Sequence(_)) => {
                settled(tree, YamlAmendment::Set(path, Value::Sequence(vec![item])))
            }
            Some(_) => Err(format!("{} is no list", shown(&path))),
        },
        YamlAmendment::Remove(path) => Ok(find(tree, &path).is_some().then_some(YamlAmendment::Remove(path))),
        YamlAmendment::Set(path, value) if find(tree, &path) == Some(&value) => Ok(None),
        YamlAmendment::Set(mut path, mut value) => {
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
            Ok(Some(YamlAmendment::Set(path, value)))
        }
    }
}

pub fn amend_tree(tree: &mut Value, amendment: YamlAmendment) -> Option<()> {
    match amendment {
        YamlAmendment::Set(path, value) => match path.split_last()? {
            (PathStep::Key(key), around) => {
                find_mut(tree, around)?.as_mapping_mut()?.insert(Value::String(key.clone()), value);
            }
            (PathStep::Nth(index), around) => *find_mut(tree, around)?.get_mut(*index)? = value,
        },
        YamlAmendment::Append(path, item) => find_mut(tree, &path)?.as_sequence_mut()?.push(item),
        YamlAmendment::Remove(path) => match path.split_last()? {
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
