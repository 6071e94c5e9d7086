//! Paths into a YAML tree.

use serde_yaml::Value;

/// One step from a node to one below it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum PathStep {
    /// Into a map.
    Key(String),
    /// Into a list, counted from 0.
    Nth(usize),
}

impl PathStep {
    #[must_use]
    pub fn key(key: impl Into<String>) -> Self {
        Self::Key(key.into())
    }
}

/// What is at `path`.
#[must_use]
pub fn find<'a>(tree: &'a Value, path: &[PathStep]) -> Option<&'a Value> {
    path.iter().try_fold(tree, |node, step| match step {
        PathStep::Key(key) => node.as_mapping()?.get(key.as_str()),
        PathStep::Nth(index) => node.as_sequence()?.get(*index),
    })
}

/// The same, to be changed.
pub fn find_mut<'a>(tree: &'a mut Value, path: &[PathStep]) -> Option<&'a mut Value> {
    path.iter().try_fold(tree, |node, step| match step {
        PathStep::Key(key) => node.as_mapping_mut()?.get_mut(key.as_str()),
        PathStep::Nth(index) => node.as_sequence_mut()?.get_mut(*index),
    })
}

/// `path` and one step more.
#[must_use]
pub fn joined(path: &[PathStep], step: PathStep) -> Vec<PathStep> {
    path.iter().cloned().chain([step]).collect()
}

/// The path as people read it: its steps with points between them.
#[must_use]
pub fn shown(path: &[PathStep]) -> String {
    let steps = path.iter().map(|step| match step {
        PathStep::Key(key) => key.clone(),
        PathStep::Nth(index) => index.to_string(),
    });
    steps.collect::<Vec<_>>().join(".")
}
