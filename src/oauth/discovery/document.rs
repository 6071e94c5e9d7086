//! Metadata document: how it is asked for, and the JSON of its answer.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::domain::provider::request_template::Method;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::oauth::reply;
use crate::oauth::request::{Reply, Request};

/// The most texts of a list that are read.
const LIST_LIMIT: usize = 500;

/// The request for the document at `url`; it carries no secret.
pub(super) fn request(url: &Url) -> Request {
    let headers = vec![("accept".to_owned(), Secret::new("application/json"))];
    Request {
        method: Method::Get,
        url: url.clone(),
        headers,
        body: None,
        secrets: Vec::new(),
        must_be_public: false,
    }
}

/// The document in `reply`.
///
/// # Errors
/// What came instead, for people.
pub(super) fn read<T: DeserializeOwned>(reply: &Reply) -> Result<T, String> {
    if reply.status != 200 {
        return Err(format!("it answered {}", reply.status));
    }
    if reply::is_page(reply) {
        return Err("it answered with a web page".to_owned());
    }
    let tree = reply::json(reply).filter(Value::is_object).ok_or("its answer is no JSON object")?;
    serde_json::from_value(tree)
        .map_err(|error| format!("its answer: {}", text::clean(&error.to_string(), 120)))
}

/// Where a redirect of `asked` leads, if to the same server: a document may have moved there.
pub(super) fn moved(asked: &Url, reply: &Reply) -> Option<Url> {
    let to = redirect(asked, reply)?;
    (to.origin() == asked.origin() && to != *asked).then_some(to)
}

/// Where the answer of `asked` leads, if it is a redirect.
pub(super) fn redirect(asked: &Url, reply: &Reply) -> Option<Url> {
    let location = reply.header("location").filter(|_| (300..400).contains(&reply.status))?;
    asked.join(location.expose()).ok()
}

/// A list of texts: what is none is left out, and so is a list that is none.
pub(super) fn texts<'de, D: serde::Deserializer<'de>>(from: D) -> Result<Vec<String>, D::Error> {
    let list = match Value::deserialize(from)? {
        Value::Array(list) => list,
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Object(_) => Vec::new(),
    };
    let texts = list.into_iter().filter_map(|value| value.as_str().map(str::to_owned));
    Ok(texts.take(LIST_LIMIT).collect())
}
