//! Document of another program, in any of the forms they write.

use serde_json::{Map, Value};

use crate::stored::borrowed::field::Format;
use crate::stored::yaml_reader;

/// How many values may lie in each other.
const DEPTH_LIMIT: usize = 128;

/// The values that `text` holds.
///
/// # Errors
/// What is wrong with it, without a value of it.
pub(super) fn read(text: &str, format: Format) -> Result<Value, String> {
    match format {
        Format::Json => json(text),
        Format::Jsonc => jsonc(text),
        Format::Toml => toml(text),
        Format::Yaml => yaml(text),
        Format::Ini => Ok(ini(text)),
        Format::Text => Ok(Value::String(text.trim().to_owned())),
    }
}

fn json(text: &str) -> Result<Value, String> {
    if text.trim().is_empty() {
        return Err("it is empty".to_owned());
    }
    let read: Result<Value, _> = serde_json::from_str(text.trim_start_matches('\u{feff}'));
    let value = read.map_err(|error| {
        format!("it is not valid JSON (line {}, column {})", error.line(), error.column())
    })?;
    structured(value)
}

fn jsonc(text: &str) -> Result<Value, String> {
    bounded(text)?;
    let options = jsonc_parser::ParseOptions::default();
    let read = jsonc_parser::parse_to_serde_value(text.trim_start_matches('\u{feff}'), &options);
    structured(read.map_err(|_| "it is not valid JSON".to_owned())?)
}

fn toml(text: &str) -> Result<Value, String> {
    bounded(text)?;
    structured(basic_toml::from_str(text).map_err(|_| "it is not valid TOML".to_owned())?)
}

/// # Errors
/// That values lie in each other so deep that a reader without a bound of its own would not come back.
fn bounded(text: &str) -> Result<(), String> {
    let mut depth = 0_usize;
    for letter in text.bytes() {
        match letter {
            b'[' | b'{' => depth += 1,
            b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        if depth > DEPTH_LIMIT {
            return Err("its values lie too deep in each other".to_owned());
        }
    }
    Ok(())
}

fn yaml(text: &str) -> Result<Value, String> {
    // glab marks its texts as nothing.
    let text = text.replace("!!null ", "");
    if text.trim().is_empty() {
        return Ok(Value::Object(Map::new()));
    }
    let tree = yaml_reader::parse(&text).map_err(|error| error.to_string())?;
    if tree.is_null() {
        return Ok(Value::Object(Map::new()));
    }
    structured(serde_json::to_value(tree).map_err(|_| "it has keys that are no text".to_owned())?)
}

/// No program of ours writes a single word.
fn structured(value: Value) -> Result<Value, String> {
    match value {
        Value::Object(_) | Value::Array(_) => Ok(value),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            Err("it is not what its program writes".to_owned())
        }
    }
}

fn ini(text: &str) -> Value {
    let mut sections = Map::new();
    let mut section: Option<String> = None;
    for line in text.lines().map(str::trim).filter(|line| !line.starts_with(['#', ';'])) {
        if let Some(name) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            sections.insert(name.to_owned(), Value::Object(Map::new()));
            section = Some(name.to_owned());
        } else if let Some((key, value)) = line.split_once(['=', ':'])
            && let Some(Value::Object(keys)) = section.as_ref().and_then(|name| sections.get_mut(name))
        {
            keys.insert(key.trim().to_lowercase(), Value::String(value.trim().to_owned()));
        }
    }
    Value::Object(sections)
}
