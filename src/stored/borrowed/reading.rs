//! Reading of one file of another program: its logins, or what is wrong with it.

use serde_json::Value;
use url::Url;

use crate::domain::clock::{DateTime, TimeDelta, Utc};
use crate::domain::expiry::{self, RawTime};
use crate::domain::name;
use crate::domain::profile::Kind;
use crate::domain::provider::endpoint;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::tokens::{Expiry, StoredTokens, Tokens};
use crate::stored::borrowed::field::OneOrMore;
use crate::stored::borrowed::pointer::{self, PointedValue};
use crate::stored::borrowed::program::{AbsentLogin, FileRule, LoginRule, Program};
use crate::stored::borrowed::{BorrowedFile, document};

/// The longest account that is shown, in characters, and the most scopes.
const ACCOUNT_LIMIT: usize = 120;
const SCOPE_LIMIT: usize = 200;
/// What stands for the time at which the file was written.
const WRITTEN: &str = "$written";
/// The longest id of a client.
const CLIENT_LIMIT: usize = 400;

/// A login in a file, or a file that is not understood.
#[derive(Debug)]
pub(super) struct FoundLogin {
    pub(super) provider: String,
    pub(super) account: Option<String>,
    /// The server that it is for, where that is told.
    pub(super) address: Option<Url>,
    /// The file, as shown to people.
    pub(super) file: String,
    /// What it holds, or what is wrong with it.
    pub(super) content: Result<Box<HeldLogin>, String>,
}

/// What an entry holds.
#[derive(Debug)]
pub(super) struct HeldLogin {
    pub(super) kind: Kind,
    pub(super) held: StoredTokens,
    pub(super) life: Expiry,
    pub(super) scopes: Vec<String>,
    pub(super) client_id: Option<String>,
    pub(super) client_secret: Option<Secret>,
    /// Where the token is, if not there.
    pub(super) elsewhere: Option<String>,
}

/// The logins of `file`. One that is not understood as a whole is one that says so.
pub(super) fn logins(program: &Program, rule: &FileRule, file: &BorrowedFile<'_>) -> Vec<FoundLogin> {
    let read = file.text.clone().and_then(|text| document::read(text, rule.format));
    let root = match read {
        Ok(root) => root,
        Err(why) => {
            let named = rule.logins.first().and_then(|login| login.provider.0.first());
            let provider = named.filter(|name| name::provider_part(name).is_ok());
            let provider = provider.unwrap_or(&program.name).clone();
            let file = file.shown.clone();
            return vec![FoundLogin { provider, account: None, address: None, file, content: Err(why) }];
        }
    };
    let of_rule = |login: &LoginRule| -> Vec<FoundLogin> {
        let entries = pointer::entries(&root, &login.at).into_iter();
        let fits =
            |entry: &PointedValue<'_>| pointer::fits(entry.value, &login.when, &login.unless, &login.absent);
        entries.filter(fits).filter_map(|entry| found(program, login, &entry, file)).collect()
    };
    rule.logins.iter().flat_map(of_rule).collect()
}

/// A login whose file is not there.
pub(super) fn absent(absent: &AbsentLogin, file: String) -> FoundLogin {
    let held = HeldLogin {
        kind: Kind::OAuth,
        held: StoredTokens::None,
        life: Expiry::default(),
        scopes: Vec::new(),
        client_id: None,
        client_secret: None,
        elsewhere: Some(absent.elsewhere.clone()),
    };
    let provider = absent.provider.clone();
    FoundLogin { provider, account: None, address: None, file, content: Ok(Box::new(held)) }
}

fn found(
    program: &Program,
    rule: &LoginRule,
    entry: &PointedValue<'_>,
    file: &BorrowedFile<'_>,
) -> Option<FoundLogin> {
    let access = secret(entry.value, &rule.access);
    if access.is_none() && rule.skip_without_token {
        return None;
    }
    let named = told(&rule.provider, entry, file).unwrap_or_else(|| program.name.clone());
    let address = Url::parse(&named).ok().filter(|_| named.contains("://"));
    let named = host(&named).unwrap_or(named);
    let provider = rule.providers.get(&named).map_or_else(|| provider_name(&named), Clone::clone);
    let account = told(&rule.account, entry, file).map(|account| host(&account).unwrap_or(account));
    let account = account.map(|account| text::clean(&account, ACCOUNT_LIMIT));
    Some(FoundLogin {
        provider: if provider.is_empty() { program.name.clone() } else { provider },
        account: account.filter(|account| !account.is_empty()),
        address: address.filter(endpoint::is_safe),
        file: file.shown.clone(),
        content: content(rule, entry, access, file).map(Box::new),
    })
}

fn content(
    rule: &LoginRule,
    pointed: &PointedValue<'_>,
    access: Option<Secret>,
    file: &BorrowedFile<'_>,
) -> Result<HeldLogin, String> {
    let entry = pointed.value;
    let is_zero = rule.zero_is_logged_out
        && pointer::first(entry, &rule.expires).is_some_and(|found| found.as_f64() == Some(0.0));
    let access = access.filter(|_| !is_zero);
    let refresh = secret(entry, &rule.refresh).filter(|_| access.is_some());
    let client_secret = secret(entry, &rule.client_secret);
    if let Some(why) = access.iter().chain(&refresh).chain(&client_secret).find_map(Secret::blemish) {
        return Err(format!("a token of it is none: {why}"));
    }
    let elsewhere = rule.elsewhere.clone().filter(|_| access.is_none());
    let written = file.written.filter(|_| rule.issued.0.iter().any(|from| from == WRITTEN));
    let issued = moment(entry, &rule.issued)?.or(written);
    let life = Expiry {
        obtained_at: issued,
        expires_at: moment(entry, &rule.expires)?.or_else(|| end_by_length(entry, &rule.lasts, issued?)),
        grant_ends_at: moment(entry, &rule.login_ends)?,
    };
    let held = access.map_or(StoredTokens::None, |access| StoredTokens::Present(Tokens { access, refresh }));
    let client_id = told(&rule.client_id, pointed, file);
    let client_id = client_id.filter(|id| *id == text::clean(id, CLIENT_LIMIT));
    let scopes = scopes(entry, &rule.scopes);
    Ok(HeldLogin { kind: rule.kind, held, life, scopes, client_id, client_secret, elsewhere })
}

fn secret(entry: &Value, pointers: &OneOrMore) -> Option<Secret> {
    let text = pointer::first(entry, pointers)?;
    Some(Secret::new(text.as_str()?))
}

/// The end of a token that lasts so many seconds from `issued` on.
fn end_by_length(entry: &Value, lasts: &OneOrMore, issued: DateTime<Utc>) -> Option<DateTime<Utc>> {
    let seconds = pointer::first(entry, lasts)?.as_u64().and_then(|seconds| i64::try_from(seconds).ok())?;
    issued.checked_add_signed(TimeDelta::try_seconds(seconds)?)
}

/// # Errors
/// That it is none. What stands there is not said: it may be a token in the wrong place.
fn moment(entry: &Value, pointers: &OneOrMore) -> Result<Option<DateTime<Utc>>, String> {
    let Some(found) = pointer::first(entry, pointers) else { return Ok(None) };
    let raw = match &found {
        Value::String(text) => RawTime::Text(text),
        Value::Number(number) => RawTime::Number(number.as_f64().unwrap_or_default()),
        Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => RawTime::Absent,
    };
    let read = expiry::moment(raw).map_err(|_| "one of its times cannot be read".to_owned())?;
    Ok(read.map(|parsed| parsed.at))
}

fn scopes(entry: &Value, pointers: &OneOrMore) -> Vec<String> {
    let words: Vec<String> = match pointer::first(entry, pointers) {
        Some(Value::String(text)) => text.split_whitespace().map(str::to_owned).collect(),
        Some(Value::Array(list)) => list.iter().filter_map(Value::as_str).map(str::to_owned).collect(),
        Some(Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_)) | None => Vec::new(),
    };
    words.into_iter().take(SCOPE_LIMIT).collect()
}

/// The first of `templates` that says something: a pointer, a star, or a word.
fn told(templates: &OneOrMore, entry: &PointedValue<'_>, file: &BorrowedFile<'_>) -> Option<String> {
    let one = |template: &String| match template.strip_prefix('$') {
        Some("file") => Some(file.star.clone()),
        Some(number) => {
            let place = number.parse::<usize>().ok()?.checked_sub(1)?;
            entry.stars.get(place).cloned()
        }
        None if template.starts_with('/') => pointer::word(&pointer::find(entry.value, template)?),
        None => Some(template.clone()),
    };
    templates.0.iter().filter_map(one).find(|told| !told.trim().is_empty())
}

fn host(told: &str) -> Option<String> {
    Url::parse(told).ok().filter(|_| told.contains("://"))?.host_str().map(str::to_owned)
}

/// A name that a provider may have.
fn provider_name(told: &str) -> String {
    let letter = |letter: char| match letter {
        letter if letter.is_ascii_alphanumeric() || "-_.".contains(letter) => letter,
        _ => '-',
    };
    let name: String = told.chars().map(letter).take(name::PART_LIMIT).collect();
    let name = name.trim_matches(['.', '-']).to_owned();
    if name::provider_part(&name).is_ok() { name } else { String::new() }
}
