//! JSON editor: one member of a document of another program, with every other byte as it was.

use jsonc_parser::ParseOptions;
use jsonc_parser::cst::{CstInputValue, CstObject, CstRootNode};
use serde_json::Value;

/// What some editors put before a text.
const MARK: char = '\u{feff}';

/// JSON with comments and commas at ends; what else some programs let pass, others do not understand.
const OPTIONS: ParseOptions = ParseOptions {
    allow_comments: true,
    allow_trailing_commas: true,
    allow_loose_object_property_names: false,
    allow_missing_commas: false,
    allow_single_quoted_strings: false,
    allow_hexadecimal_numbers: false,
    allow_unary_plus_numbers: false,
    allow_bare_decimal_point_numbers: false,
    allow_non_finite_numbers: false,
    allow_extended_string_escapes: false,
};

/// What a document that is not there yet begins as.
const EMPTY: &str = "{\n}\n";

/// `text` with `value` at the member to which `path` leads; what is missing on the way is made. Comments and
/// commas at ends stay.
///
/// # Errors
/// Why it cannot be changed, in words.
pub fn with_member(text: Option<&str>, path: &[String], value: &Value) -> Result<String, String> {
    let written = text.unwrap_or_default();
    let text = written.strip_prefix(MARK).unwrap_or(written);
    let mark = if text.len() < written.len() { MARK.to_string() } else { String::new() };
    let text = if text.trim().is_empty() { EMPTY } else { text };
    let root = CstRootNode::parse(text, &OPTIONS).map_err(|error| error.to_string())?;
    let Some((last, above)) = path.split_last() else { return Err("no member is named".to_owned()) };
    let mut object = root.object_value().ok_or("it does not hold one object of JSON")?;
    for name in above {
        object = object.object_value_or_create(name).ok_or_else(|| format!("{name} is no object"))?;
    }
    put(&object, last, value);
    let changed = root.to_string();
    let expected = changed_value(text, path, value)?;
    let found: Option<Value> = parsed(&changed)?;
    // Whatever the editor did: all other values are those that were read.
    if found.as_ref() == Some(&expected) {
        Ok(mark + &changed)
    } else {
        Err("it cannot be changed safely".to_owned())
    }
}

fn put(object: &CstObject, name: &str, value: &Value) {
    match object.get(name) {
        Some(member) => member.set_value(input(value)),
        None => drop(object.append(name, input(value))),
    }
}

fn changed_value(text: &str, path: &[String], value: &Value) -> Result<Value, String> {
    let mut whole = parsed(text)?.unwrap_or_default();
    let mut at = &mut whole;
    for name in path {
        let object = at.as_object_mut().ok_or("it holds something else than objects")?;
        at = object.entry(name.clone()).or_insert_with(|| Value::Object(serde_json::Map::new()));
    }
    *at = value.clone();
    Ok(whole)
}

fn parsed(text: &str) -> Result<Option<Value>, String> {
    jsonc_parser::parse_to_serde_value(text, &OPTIONS).map_err(|error| error.to_string())
}

fn input(value: &Value) -> CstInputValue {
    match value {
        Value::Null => CstInputValue::Null,
        Value::Bool(value) => CstInputValue::Bool(*value),
        Value::Number(number) => CstInputValue::Number(number.to_string()),
        Value::String(text) => CstInputValue::String(text.clone()),
        Value::Array(items) => CstInputValue::Array(items.iter().map(input).collect()),
        Value::Object(members) => {
            CstInputValue::Object(members.iter().map(|(name, value)| (name.clone(), input(value))).collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn put_at(text: Option<&str>, path: &[&str]) -> Result<String, String> {
        let path: Vec<String> = path.iter().map(|name| (*name).to_owned()).collect();
        with_member(text, &path, &serde_json::json!({"url": "https://a.test", "on": true}))
    }

    #[test]
    fn a_member_is_added_and_all_other_bytes_stay() {
        let text =
            "{\n  // mine\n  \"mcp\": {\n    \"old\": {\"url\": \"u\"}, // kept\n  },\n\n  \"z\":1.50\n}\n";
        let changed = put_at(Some(text), &["mcp", "new"]).expect("changed");
        for kept in ["// mine\n", "    \"old\": {\"url\": \"u\"}, // kept\n", "\n\n  \"z\":1.50\n}\n"] {
            assert!(changed.contains(kept), "{kept}: {changed}");
        }
        assert!(changed.contains("\"new\": {"), "{changed}");
        assert_eq!(put_at(Some(&changed), &["mcp", "new"]).as_deref(), Ok(changed.as_str()), "twice is once");
    }

    #[test]
    fn a_document_that_is_not_there_is_made() {
        for text in [None, Some(""), Some("\n"), Some("{}")] {
            let made = put_at(text, &["mcp", "new"]).expect("made");
            let value: Value = serde_json::from_str(&made).expect("JSON");
            assert_eq!(value["mcp"]["new"]["url"], "https://a.test", "{made}");
        }
    }

    #[test]
    fn a_mark_before_the_text_and_the_ends_of_lines_stay() {
        let changed = put_at(Some("\u{feff}{\r\n  \"a\": 1\r\n}\r\n"), &["mcp", "new"]).expect("changed");
        assert!(changed.starts_with("\u{feff}{\r\n  \"a\": 1,\r\n"), "{changed}");
        assert_eq!(changed.matches('\n').count(), changed.matches("\r\n").count(), "{changed}");
        assert!(put_at(Some("\u{feff}"), &["mcp", "new"]).expect("made").starts_with("\u{feff}{\n"));
    }

    #[test]
    fn what_is_not_understood_is_not_changed() {
        for text in [
            "{",
            "[]",
            "1",
            "{\"mcp\": []}",
            "{\"mcp\": 1}",
            "{\"mcp\": {}} x",
            "{\"a\": 1 \"b\": 2}",
            "{'a': 1}",
            "{a: 1}",
            "{\"a\": 0x1F}",
            "{\"mcp\": {}, \"mcp\": {}}",
        ] {
            assert!(put_at(Some(text), &["mcp", "new"]).is_err(), "{text}");
        }
    }
}
