//! Scopes that can be asked for, as the provider lists them.
//!
//! Such a list helps a person to choose and decides nothing: its words are made safe to show, it
//! is cut at two hundred entries, and a scope that cannot be shown as it is is left out.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::domain::provider::Provider;
use crate::domain::provider::scopes::{OfferedScope, ScopeList};
use crate::domain::text;
use crate::oauth::reply;
use crate::oauth::request::{BindingError, Bindings, Reply, Request};

/// The most scopes of a list that are taken.
pub const MOST: usize = 200;
/// The longest scope, in characters; a longer one is left out.
const LONGEST: usize = 200;
/// The longest words about a scope that are shown, in characters.
const WORDS: usize = 200;

/// What of a provider's list is taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// What can be asked for.
    pub offered: Vec<OfferedScope>,
    /// How many more the list has, beyond [`MOST`].
    pub left_out: usize,
}

/// The request for the scopes that `provider` lists; it carries no secret.
///
/// # Errors
/// [`BindingError`] when the provider lists none, or the address cannot be made.
pub fn request(provider: &Provider, client_id: &str) -> Result<Request, BindingError> {
    let list = provider.scopes.list.as_ref().ok_or(BindingError)?;
    Bindings::from_client(&provider.client.authentication, client_id, None).fill(&list.call)
}

/// Reads the scopes in the answer to [`request`]: texts, or objects with a name. An object
/// without one is offered as the JSON it is.
///
/// # Errors
/// Why there is no list, for people.
pub fn read(list: &ScopeList, reply: &Reply) -> Result<Listed, String> {
    if !(200..300).contains(&reply.status) {
        return Err(match reply.status {
            status @ 500.. => format!("the server is having trouble ({status})"),
            status => format!("it answered {status}"),
        });
    }
    let tree = reply::json(reply).ok_or("its answer is not JSON")?;
    // An answer may be the list itself.
    let found = if tree.is_array() { Some(&tree) } else { list.at.find(&tree) };
    let Some(Value::Array(entries)) = found else {
        return Err("its answer has no list of scopes".to_owned());
    };
    let mut seen = BTreeSet::new();
    let offered = entries.iter().filter_map(|entry| offered(list, entry));
    let mut offered: Vec<OfferedScope> =
        offered.filter(|offered| seen.insert(offered.name.clone())).collect();
    let left_out = offered.len().saturating_sub(MOST);
    offered.truncate(MOST);
    Ok(Listed { offered, left_out })
}

fn offered(list: &ScopeList, entry: &Value) -> Option<OfferedScope> {
    let (name, title) = match entry {
        Value::String(name) => (name.clone(), None),
        Value::Object(_) => match list.name.find(entry).and_then(words) {
            Some(name) => (name, list.title.find(entry).and_then(words)),
            None => (text::clean(&entry.to_string(), LONGEST), None),
        },
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Array(_) => return None,
    };
    let name = name.trim();
    // What had to be changed to be shown would be another scope when it is asked for.
    let fine = !name.is_empty() && text::clean(name, LONGEST) == name;
    fine.then(|| OfferedScope { name: name.to_owned(), title: title.map(|words| text::clean(&words, WORDS)) })
}

fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => None,
    }
}

/// What is asked for so that nothing is lost that was granted: `granted`, then what of `asked` is
/// not in it.
#[must_use]
pub fn union(granted: &[String], asked: &[String]) -> Vec<String> {
    let mut seen = BTreeSet::new();
    granted.iter().chain(asked).filter(|scope| seen.insert(scope.as_str())).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::provider::reply::Pointers;
    use crate::domain::provider::request_template::{Method, RequestBody, RequestTemplate, Template};

    use crate::oauth::fixtures::reply;

    #[test]
    fn a_list_of_texts_or_of_objects_is_read() {
        let read = |body: &str| -> Vec<(String, Option<String>)> {
            let listed = read(&list(), &reply(200, body)).expect(body);
            listed.offered.into_iter().map(|offered| (offered.name, offered.title)).collect()
        };
        let plain = |name: &str| (name.to_owned(), None);
        assert_eq!(read(r#"{"scopes":["a","b","a",7,null," "]}"#), [plain("a"), plain("b")]);
        assert_eq!(read(r#"["a"]"#), [plain("a")]);
        assert_eq!(
            read(r#"{"scopes":[{"id":"projects:read","description":"Reads\u001b[2J projects"},{"id":7}]}"#),
            [("projects:read".to_owned(), Some("Reads\u{fffd}[2J projects".to_owned())), plain("7")]
        );
        assert_eq!(read(r#"{"scopes":[{"key":"x"}]}"#), [plain(r#"{"key":"x"}"#)]);
        assert_eq!(read(r#"{"scopes":["a\u001b[2J","ok","\u202eb",{"id":"c\u001b"}]}"#), [plain("ok")]);
        assert_eq!(read(&format!(r#"{{"scopes":["{}","ok"]}}"#, "x".repeat(LONGEST + 1))), [plain("ok")]);
    }

    #[test]
    fn a_list_without_end_is_cut() {
        let names: Vec<String> = (0..1000).map(|number| format!("s{number}")).collect();
        let body = serde_json::json!({ "scopes": names }).to_string();
        let listed = read(&list(), &reply(200, &body)).expect("a list");
        assert_eq!((listed.offered.len(), listed.left_out), (MOST, 1000 - MOST));
    }

    #[test]
    fn what_is_no_list_is_named() {
        for (status, body, why) in [
            (404, "{}", "it answered 404"),
            (200, "<html>", "its answer is not JSON"),
            (200, "{}", "its answer has no list of scopes"),
            (200, r#"{"scopes":"a b"}"#, "its answer has no list of scopes"),
        ] {
            assert_eq!(read(&list(), &reply(status, body)), Err(why.to_owned()), "{body}");
        }
    }

    #[test]
    fn what_was_granted_is_asked_for_again() {
        let scopes = |text: &str| text.split(' ').map(String::from).collect::<Vec<_>>();
        assert_eq!(union(&scopes("a b"), &scopes("c b d c")), scopes("a b c d"));
        assert_eq!(union(&[], &scopes("a a")), ["a"]);
    }

    fn list() -> ScopeList {
        let pointers = |texts: &[&str]| Pointers(texts.iter().map(|text| (*text).to_owned()).collect());
        ScopeList {
            call: RequestTemplate {
                method: Method::Get,
                url: Template::text("https://a.test/scopes"),
                headers: Vec::new(),
                body: RequestBody::Empty,
            },
            at: pointers(&["/scopes"]),
            name: pointers(&["/name", "/id"]),
            title: pointers(&["/title", "/description"]),
        }
    }
}
