//! A file's own requests, which replace those of the short forms.

use std::fmt;

use serde::Deserialize;
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::domain::provider::call::{Body, Call, Method, Template, Tree};
use crate::domain::provider::file::standard;
use crate::domain::provider::file::written::pairs::{Pairs, Parameters, Readings, in_order};

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(crate) struct Calls {
    pub(crate) authorize: Option<SentCall>,
    pub(crate) exchange: Option<OwnCall>,
    pub(crate) refresh: Option<OwnCall>,
    pub(crate) device: Option<OwnCall>,
    pub(crate) poll: Option<OwnCall>,
    pub(crate) revoke: Option<OwnCall>,
}

/// A request of the file's own.
#[derive(Deserialize)]
#[serde(try_from = "WrittenCall")]
pub(crate) struct OwnCall(pub(crate) Call);

/// An authorization request that is sent from here.
#[derive(Deserialize)]
#[serde(try_from = "WrittenSentCall")]
pub(crate) struct SentCall {
    pub(crate) call: Call,
    pub(crate) reading: Readings,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
struct WrittenCall {
    get: Option<Template>,
    post: Option<Template>,
    delete: Option<Template>,
    #[serde(default)]
    headers: Pairs<Template>,
    form: Option<Parameters>,
    json: Option<Tree>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
struct WrittenSentCall {
    get: Option<Template>,
    post: Option<Template>,
    delete: Option<Template>,
    #[serde(default)]
    headers: Pairs<Template>,
    form: Option<Parameters>,
    json: Option<Tree>,
    #[serde(default)]
    reading: Readings,
}

impl TryFrom<WrittenCall> for OwnCall {
    type Error = &'static str;

    fn try_from(written: WrittenCall) -> Result<Self, &'static str> {
        let named =
            [(Method::Get, written.get), (Method::Post, written.post), (Method::Delete, written.delete)];
        let mut named = named.into_iter().filter_map(|(method, url)| Some((method, url?)));
        let (Some((method, url)), None) = (named.next(), named.next()) else {
            return Err("a call has exactly one of get, post and delete");
        };
        let body = match (written.form, written.json) {
            (None, None) => Body::Empty,
            (Some(fields), None) => Body::Form(fields.0),
            (None, Some(tree)) => Body::Json(tree),
            (Some(_), Some(_)) => return Err("a call has one body: form or json, not both"),
        };
        if method == Method::Get && body != Body::Empty {
            return Err("a get has no body; write post, or leave form and json out");
        }
        let accept = |(name, _): &(String, Template)| name.eq_ignore_ascii_case(standard::ACCEPT);
        let mut headers = written.headers.0;
        if !headers.iter().any(accept) {
            headers.insert(0, standard::accept());
        }
        Ok(Self(Call { method, url, headers, body }))
    }
}

impl TryFrom<WrittenSentCall> for SentCall {
    type Error = &'static str;

    fn try_from(written: WrittenSentCall) -> Result<Self, &'static str> {
        let WrittenSentCall { get, post, delete, headers, form, json, reading } = written;
        let OwnCall(call) = WrittenCall { get, post, delete, headers, form, json }.try_into()?;
        Ok(Self { call, reading })
    }
}

impl<'de> Deserialize<'de> for Tree {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(AnyValue)
    }
}

struct AnyValue;

impl<'de> Visitor<'de> for AnyValue {
    type Value = Tree;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<Tree, E> {
        Template::parse(text).map(Tree::Text).map_err(E::custom)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Tree, E> {
        Ok(Tree::Fixed(value.into()))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Tree, E> {
        Ok(Tree::Fixed(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Tree, E> {
        Ok(Tree::Fixed(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Tree, E> {
        let number = serde_json::Number::from_f64(value);
        number.map(|number| Tree::Fixed(number.into())).ok_or_else(|| E::custom("JSON has no such number"))
    }

    fn visit_unit<E: Error>(self) -> Result<Tree, E> {
        Ok(Tree::Fixed(serde_json::Value::Null))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Tree, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = list.next_element()? {
            items.push(item);
        }
        Ok(Tree::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Tree, A::Error> {
        in_order(map).map(Tree::Object)
    }
}
