//! The rules of a provider's file that reach across fields.

use crate::domain::name;
use crate::domain::provider::call::{Slot, Template};
use crate::domain::provider::endpoint;
use crate::domain::provider::file::written::Written;
use crate::domain::provider::{Flow, PortRule};

/// The parameters of an authorization request that the program itself sends (RFC 6749 §4.1.1,
/// RFC 7636 §4.3).
pub(super) const OURS: [&str; 7] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

/// A rule that a file breaks, and the field where it does.
pub(super) struct Broken {
    pub(super) path: &'static [&'static str],
    pub(super) words: String,
}

/// The first rule that `written`, the content of `name`.yaml, breaks.
pub(super) fn broken(name: &str, written: &Written) -> Option<Broken> {
    identity(name, written)
        .or_else(|| redirect(written))
        .or_else(|| authorization(written))
        .or_else(|| probe(written))
        .or_else(|| display(written))
}

fn rule(path: &'static [&'static str], words: impl Into<String>) -> Option<Broken> {
    Some(Broken { path, words: words.into() })
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

fn authorization(written: &Written) -> Option<Broken> {
    let flows = written.flows();
    if flows.is_empty() {
        return rule(&["flows"], "flows must name at least one of code and paste");
    }
    if flows.contains(&Flow::Paste) && written.redirect.paste.is_none() {
        return rule(
            &["flows"],
            "paste in flows needs redirect.paste, the provider's page that shows the code",
        );
    }
    if !(16..=96).contains(&written.state.bytes) {
        return rule(&["state", "bytes"], "state.bytes must be 16 to 96");
    }
    let asked = |name: &str| written.authorize_parameters.0.iter().any(|(key, _)| key == name);
    if let Some(ours) = OURS.into_iter().find(|ours| asked(ours)) {
        return rule(&["authorize_parameters"], format!("authtui itself sends {ours}; leave it out here"));
    }
    let mut holes = written.authorize_parameters.0.iter().flat_map(|(_, value)| value.slots());
    if let Some(slot) = holes.find(|slot| *slot != Slot::Account) {
        let words = format!("authorize_parameters know {{account}} alone, not {{{}}}", slot.word());
        return rule(&["authorize_parameters"], words);
    }
    let query: Vec<_> =
        written.endpoints.authorize.0.query_pairs().map(|(key, _)| key.into_owned()).collect();
    if let Some(clash) = query.iter().find(|key| OURS.contains(&key.as_str()) || asked(key)) {
        return rule(
            &["endpoints", "authorize"],
            format!("the address already says {clash}, which is sent as well"),
        );
    }
    if written.scopes.default.iter().any(|scope| scope.is_empty() || scope.contains(char::is_whitespace)) {
        return rule(&["scopes", "default"], "a scope is one word; write several as a list");
    }
    None
}

fn probe(written: &Written) -> Option<Broken> {
    let probe = written.probe.as_ref()?;
    let fits = |template: &Template| template.slots().find(|slot| *slot != Slot::Access);
    if probe.get.slots().any(Slot::is_secret) {
        return rule(&["probe", "get"], "a secret may not stand in an address; use a header");
    }
    let spoken: String = probe.get.texts().collect();
    if let Err(bad) = endpoint::parse(&spoken) {
        return rule(&["probe", "get"], bad.to_string());
    }
    let misplaced = probe.headers.0.iter().find_map(|(_, template)| fits(template));
    misplaced.and_then(|slot| {
        rule(&["probe", "headers"], format!("a probe knows {{access}} alone, not {{{}}}", slot.word()))
    })
}

fn display(written: &Written) -> Option<Broken> {
    let header = |name: &str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    if written.key_header.as_deref().is_some_and(|name| !header(name)) {
        return rule(&["key_header"], "key_header must be the name of a header: letters, digits and -");
    }
    let word = |text: &str| {
        text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_')
    };
    if written
        .export
        .as_deref()
        .is_some_and(|name| name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) || !word(name))
    {
        return rule(&["export"], "export must be the name of an environment variable: A to Z, 0 to 9 and _");
    }
    if written.masks.iter().any(|mask| mask.is_empty() || mask.len() > 24) {
        return rule(&["masks"], "a mask is a public prefix of 1 to 24 characters");
    }
    None
}

/// The line, counted from 1, where the field at `path` stands; its parent's where the field
/// itself is left out.
pub(super) fn line_of(text: &str, path: &[&str]) -> Option<usize> {
    let mut found = None;
    let mut rest = text.lines().enumerate();
    for (depth, key) in path.iter().enumerate() {
        let key = format!("{key}:");
        let has = |line: &str| {
            let top = depth == 0 && line.starts_with(&key);
            top || (depth > 0
                && line.split(['{', ',', ' ']).any(|word| word == key || word.starts_with(&key)))
        };
        let here = found.and_then(|index| text.lines().nth(index).filter(|line| depth > 0 && has(line)));
        if here.is_some() {
            continue;
        }
        match rest.by_ref().find(|(_, line)| has(line)) {
            Some((index, _)) => found = Some(index),
            None => break,
        }
    }
    found.map(|index| index + 1)
}
