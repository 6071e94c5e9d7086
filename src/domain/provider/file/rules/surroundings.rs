//! What a file says of the world around a login: headers of keys, environment variables, and
//! the orders in which programs look.

use std::collections::BTreeSet;

use crate::domain::provider::Authentication;
use crate::domain::provider::file::rules::{Broken, doubled, holes, is_word, rule};
use crate::domain::provider::file::written::Written;

/// Words in an order that are no variables.
const STORED: [&str; 2] = ["login", "key"];

/// The first rule that is broken here.
pub(super) fn broken(written: &Written) -> Option<Broken> {
    headers(written).or_else(|| variables(written)).or_else(|| orders(written)).or_else(|| export(written))
}

fn headers(written: &Written) -> Option<Broken> {
    let header = |path: &[&str], name: &str| rule(path, bad_header(name)?);
    let client = match &written.client.authentication {
        // There the scheme comes first (RFC 6749 §2.3.1).
        Authentication::Header(name) if name.eq_ignore_ascii_case("authorization") => rule(
            &["client", "authentication", "header"],
            "no server takes a bare secret in authorization; say authentication: basic",
        ),
        Authentication::Header(name) => header(&["client", "authentication", "header"], name),
        Authentication::None | Authentication::Post | Authentication::Basic | Authentication::BasicRaw => {
            None
        }
    };
    client.or_else(|| header(&["key", "header"], written.key.header.as_deref()?))
}

/// Why no credential travels in the header `name`.
fn bad_header(name: &str) -> Option<String> {
    let accept = || format!("{name} says what answers are understood; no secret belongs there");
    holes::bad_name(name).or_else(|| name.eq_ignore_ascii_case("accept").then(accept))
}

fn variables(written: &Written) -> Option<Broken> {
    for (index, variable) in written.environment.iter().enumerate() {
        let (index, variable) = (index.to_string(), &variable.0);
        let at = |field: &str, words: &str| rule(&["environment", &index, field], words);
        if !is_variable(&variable.name) {
            // A name alone has no fields; then its line is that of the entry.
            return at("name", NO_VARIABLE);
        }
        if let Some(words) = variable.header.as_deref().and_then(bad_header) {
            return at("header", &words);
        }
        if !variable.prefixes.iter().all(|prefix| is_word(prefix)) {
            return at("prefixes", "a prefix is visible ASCII characters without spaces");
        }
    }
    let names = names(written);
    let (index, name) = doubled(&names)?;
    rule(&["environment", &index.to_string()], format!("{name} stands there twice"))
}

fn orders(written: &Written) -> Option<Broken> {
    let known: BTreeSet<&str> = names(written).into_iter().collect();
    for (index, order) in written.orders.iter().enumerate() {
        let index = index.to_string();
        let at = |field: &str, words: &str| rule(&["orders", &index, field], words);
        if !is_word(&order.name) {
            return at("name", "the name of an order is one word");
        }
        if order.program.trim().is_empty() {
            return at("program", "program says whose order it is");
        }
        if order.sources.is_empty() {
            return at("sources", "an order names at least one source");
        }
        let sources: Vec<&str> = order.sources.iter().map(String::as_str).collect();
        let unknown = |source: &&&str| !STORED.contains(*source) && !known.contains(*source);
        if let Some(source) = sources.iter().find(unknown) {
            let words = format!("{source} is no variable of environment, nor login or key");
            return at("sources", &words);
        }
        if let Some((_, source)) = doubled(&sources) {
            return at("sources", &format!("{source} stands there twice"));
        }
    }
    let names: Vec<&str> = written.orders.iter().map(|order| order.name.as_str()).collect();
    let (index, name) = doubled(&names)?;
    rule(&["orders", &index.to_string()], format!("there are two orders {name}"))
}

fn export(written: &Written) -> Option<Broken> {
    let name = written.export.as_deref()?;
    if is_variable(name) { None } else { rule(&["export"], format!("export: {NO_VARIABLE}")) }
}

fn names(written: &Written) -> Vec<&str> {
    written.environment.iter().map(|variable| variable.0.name.as_str()).collect()
}

const NO_VARIABLE: &str = "the name of an environment variable is A to Z, 0 to 9 and _, no digit first";

fn is_variable(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && !name.starts_with(|char: char| char.is_ascii_digit()) && name.bytes().all(word)
}
