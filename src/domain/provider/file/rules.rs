//! The rules of a provider's file that reach across fields.

mod calls;
mod flows;
mod holes;
mod surroundings;

use std::collections::BTreeSet;

use crate::domain::name;
use crate::domain::provider::PortRule;
use crate::domain::provider::file::written::Written;

/// A rule that a file breaks, and the field where it does: keys, and entries of lists by their
/// number.
pub(super) struct Broken {
    pub(super) path: Vec<String>,
    pub(super) words: String,
}

/// The first rule that `written`, the content of `name`.yaml, breaks.
pub(super) fn broken(name: &str, written: &Written) -> Option<Broken> {
    identity(name, written)
        .or_else(|| redirect(written))
        .or_else(|| flows::broken(written))
        .or_else(|| authorization(written))
        .or_else(|| calls::broken(written))
        .or_else(|| scopes(written))
        .or_else(|| surroundings::broken(written))
        .or_else(|| meaning(written))
        .or_else(|| masks(written))
}

fn rule(path: &[&str], words: impl Into<String>) -> Option<Broken> {
    Some(Broken { path: path.iter().map(|step| (*step).to_owned()).collect(), words: words.into() })
}

/// The first entry that stands in `all` before.
fn doubled<T: Ord>(all: &[T]) -> Option<(usize, &T)> {
    let mut seen = BTreeSet::new();
    all.iter().enumerate().find(|(_, one)| !seen.insert(*one))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn identity(name: &str, written: &Written) -> Option<Broken> {
    if let Err(bad) = name::provider_part(&written.name) {
        return rule(&["name"], bad.to_string());
    }
    if written.name != name {
        return rule(
            &["name"],
            format!("the file is {name}.yaml, so its name must be {name}, not {}", written.name),
        );
    }
    let visible =
        |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    if !written.client.id.iter().all(visible) {
        return rule(&["client", "id"], "client.id must be visible ASCII characters");
    }
    None
}

fn redirect(written: &Written) -> Option<Broken> {
    let redirect = &written.redirect;
    if !["localhost", "127.0.0.1", "[::1]"].contains(&redirect.host.as_str()) {
        return rule(
            &["redirect", "host"],
            "redirect.host must be localhost, 127.0.0.1 or [::1] (RFC 8252 §7.3)",
        );
    }
    let plain = |char: char| char.is_ascii_alphanumeric() || "/-_.~".contains(char);
    if !redirect.path.starts_with('/') || !redirect.path.chars().all(plain) {
        return rule(
            &["redirect", "path"],
            "redirect.path must begin with a slash and hold letters, digits and /-_.~",
        );
    }
    if redirect.path.starts_with("/go/") {
        return rule(
            &["redirect", "path"],
            "redirect.path must not begin with /go/, which the short link uses",
        );
    }
    let zero = match &redirect.port_rule {
        PortRule::List(ports) => ports.contains(&0),
        PortRule::Fixed | PortRule::Any => false,
    };
    if redirect.port == 0 || zero {
        return rule(&["redirect", "port"], "a port is a number from 1 to 65535");
    }
    None
}

/// The parameters of an authorization request that the program itself sends (RFC 6749 §4.1.1,
/// RFC 7636 §4.3).
const OURS: [&str; 7] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

fn authorization(written: &Written) -> Option<Broken> {
    if !(16..=96).contains(&written.state.bytes) {
        return rule(&["state", "bytes"], "state.bytes must be 16 to 96");
    }
    let parameters = &written.authorize_parameters.0;
    if let Some((name, _)) = parameters.iter().find(|(name, _)| OURS.contains(&name.as_str())) {
        let words = format!("authtui itself sends {name}; leave it out here");
        return rule(&["authorize_parameters", name], words);
    }
    for (name, value) in parameters {
        if let Some(broken) = holes::misplaced("authorize_parameters", value, &holes::ACCOUNT) {
            return rule(&["authorize_parameters", name], broken);
        }
    }
    let sent = |key: &str| OURS.contains(&key) || parameters.iter().any(|(name, _)| name == key);
    let mut query = written.endpoints.authorize.iter().flat_map(|address| address.0.query_pairs());
    let clash = query.find(|(key, _)| sent(key))?.0;
    let words = format!("the address already says {clash}, which is sent as well");
    rule(&["endpoints", "authorize"], words)
}

fn scopes(written: &Written) -> Option<Broken> {
    let scopes = &written.scopes;
    let one_word = |scope: &str| !scope.is_empty() && !scope.contains(char::is_whitespace);
    if !scopes.default.iter().all(|scope| one_word(scope)) {
        return rule(&["scopes", "default"], "a scope is one word; write several as a list");
    }
    if scopes.separator.is_empty() {
        return rule(&["scopes", "separator"], "scopes.separator must not be empty");
    }
    let offered: Vec<&str> = scopes.offered.iter().map(|offered| offered.0.name.as_str()).collect();
    if let Some((index, _)) = offered.iter().enumerate().find(|(_, name)| !one_word(name)) {
        let index = index.to_string();
        return rule(&["scopes", "offered", &index], "a scope is one word; write several as a list");
    }
    let (index, name) = doubled(&offered)?;
    rule(&["scopes", "offered", &index.to_string()], format!("“{name}” is offered twice"))
}

fn meaning(written: &Written) -> Option<Broken> {
    for (index, told) in written.meaning.iter().enumerate() {
        let words = match (told.status, told.error.as_deref()) {
            (Some(100..=599), None) => continue,
            (Some(_), None) => "a status is a number from 100 to 599",
            (None, Some("")) => "an error code must not be empty",
            (None, Some(_)) => continue,
            (Some(_), Some(_)) | (None, None) => "a meaning is that of one status or of one error, not both",
        };
        return rule(&["meaning", &index.to_string()], words);
    }
    let told: Vec<_> = written.meaning.iter().map(|told| (told.status, told.error.as_deref())).collect();
    let (index, _) = doubled(&told)?;
    rule(&["meaning", &index.to_string()], "the same status or error has a meaning already")
}

fn masks(written: &Written) -> Option<Broken> {
    if written.masks.iter().any(|mask| mask.is_empty() || mask.len() > 24) {
        return rule(&["masks"], "a mask is a public prefix of 1 to 24 characters");
    }
    None
}
