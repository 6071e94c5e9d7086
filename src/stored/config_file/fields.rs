//! Fields of an entry, read to a profile and written from one.

use serde_yaml::{Number, Value};

use crate::domain::claims::{Claims, FactSource};
use crate::domain::clock::{DateTime, TimeDelta, Utc, at_seconds, is_writable, rfc3339};
use crate::domain::jwt;
use crate::domain::known_login::LoginFacts;
use crate::domain::name::ProfileId;
use crate::domain::profile::{
    AutoRefresh, ClockDiffers, EndBy, Kind, LastRefresh, LastTest, Profile, RefreshResult, TestResult,
};
use crate::domain::secret::Secret;
use crate::domain::tokens::{Expiry, RefreshTokenId, StoredTokens, Tokens};
use crate::stored::config_file::key_facts;
use crate::stored::config_file::times::{at, time};
use crate::stored::field_value::{FieldMap, FieldValue};

/// When the token that `profile` holds ends by its own word, where it is a JWT.
pub(super) fn end_in_token(profile: &Profile) -> Option<DateTime<Utc>> {
    let claims = jwt::payload(profile.held.tokens()?.access.expose())?;
    at_seconds(claims.get("exp")?.as_i64()?).filter(|end| is_writable(*end))
}

/// What is known of a field: its name, and its value unless there is none.
pub(in crate::stored) type KnownField = (&'static str, Option<Value>);

/// The text of a field; empty and absent are the same.
pub(in crate::stored) fn text<'a>(fields: FieldMap<'a>, key: &str) -> Result<Option<&'a str>, String> {
    match fields.get(key) {
        None | Some(FieldValue::Null) => Ok(None),
        Some(FieldValue::Text(text)) => Ok(Some(text).filter(|text| !text.is_empty())),
        Some(_) => Err(format!("{key} must be quoted text")),
    }
}

/// The text of a field that is sent to a server, which a placeholder must never be.
fn credential<'a>(fields: FieldMap<'a>, key: &str) -> Result<Option<&'a str>, String> {
    let text = text(fields, key)?;
    text.map_or(Ok(None), |text| filled(key, text).map(Some))
}

/// `text`, unless it has a placeholder such as `${ACME_KEY}`, which the program that reads the same file
/// fills in from its environment.
fn filled<'a>(field: &str, text: &'a str) -> Result<&'a str, String> {
    let placeholder = || text.split_once("${").and_then(|(_, rest)| rest.split_once('}'));
    let Some((name, _)) = memchr::memchr(b'$', text.as_bytes()).and_then(|_| placeholder()) else {
        return Ok(text);
    };
    let is_name = name.len() <= 64 && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let name = if is_name { format!("${{{name}}}") } else { "${…}".to_owned() };
    Err(format!(
        "{field} is the placeholder {name}, which authtui does not fill in: write the value there, or name \
         the variable in the provider's file, under environment"
    ))
}

/// Reads a key written as a bare text.
pub(super) fn plain_key(
    id: Result<ProfileId, String>,
    field: &str,
    value: &FieldValue<'_>,
) -> Result<Profile, String> {
    let FieldValue::Text(key) = value else {
        return Err(format!("{field} must be quoted text"));
    };
    Ok(with_key(id?, Secret::new(filled(field, key)?)))
}

/// Reads `keys[n]`.
pub(in crate::stored) fn named_key(
    id: ProfileId,
    fields: FieldMap<'_>,
    notes: &mut Vec<String>,
) -> Result<Profile, String> {
    let mut profile = with_key(id, fields.secret(credential(fields, "api_key")?.unwrap_or_default()));
    profile.account = text(fields, "label")?.map(str::to_owned);
    key_facts::take(&mut profile, fields, notes);
    profile.last_test = last_test(fields.get("last_test")).map(Box::new);
    profile.login.origins = texts(fields, "hosts")?;
    Ok(profile)
}

fn with_key(id: ProfileId, key: Secret) -> Profile {
    let mut profile = Profile::new(id, Kind::ApiKey);
    if !key.is_empty() {
        profile.held = StoredTokens::Present(Tokens { access: key, refresh: None });
    }
    profile
}

/// Reads `oauth_credentials[n]`. What is odd in its times and its history costs nothing but a note:
/// the tokens are good all the same.
pub(in crate::stored) fn login(
    id: ProfileId,
    fields: FieldMap<'_>,
    notes: &mut Vec<String>,
) -> Result<Profile, String> {
    let secret = |key| Ok::<_, String>(credential(fields, key)?.map(|text| fields.secret(text)));
    let owned = |key| Ok::<_, String>(text(fields, key)?.map(str::to_owned));
    let refresh = secret("refresh_token")?;
    let held = secret("access_token")?
        .map_or(StoredTokens::None, |access| StoredTokens::Present(Tokens { access, refresh }));
    let life = Expiry {
        obtained_at: time(fields, "obtained_at", notes),
        expires_at: time(fields, "expires_at", notes),
        grant_ends_at: time(fields, "grant_ends_at", notes),
    };
    let login = LoginFacts {
        client_secret: secret("client_secret")?,
        asked_scopes: texts(fields, "asked_scopes")?,
        issuer: owned("issuer")?,
        subject: owned("subject")?,
        subject_from: fact_source(fields, "subject_from"),
        id_token: claims(fields.get("id_token")),
        origins: texts(fields, "hosts")?,
    };
    Ok(Profile {
        id,
        kind: Kind::OAuth,
        client_id: credential(fields, "client_id")?.map(str::to_owned),
        held,
        life,
        scopes: texts(fields, "scopes")?,
        account: owned("account")?,
        account_from: fact_source(fields, "account_from"),
        login: login.into(),
        last_refresh: last_refresh(fields, life.obtained_at, notes).map(Box::new),
        last_test: last_test(fields.get("last_test")).map(Box::new),
        refresh_count: count(fields, "refresh_count", notes).unwrap_or(0),
        revoked_at: time(fields, "revoked_at", notes),
        auto_refresh: automatic(fields)?,
        note: key_facts::note(fields),
        owner: None,
    })
}

/// A list of texts, or a text with blanks between them.
fn texts(fields: FieldMap<'_>, key: &str) -> Result<Vec<String>, String> {
    let list = match fields.get(key) {
        None | Some(FieldValue::Null) => return Ok(Vec::new()),
        Some(FieldValue::Text(text)) => return Ok(text.split_whitespace().map(str::to_owned).collect()),
        Some(FieldValue::List(list)) => list,
        Some(_) => return Err(format!("{key} must be a list")),
    };
    let one = |value: FieldValue<'_>| value.as_text().map(str::to_owned);
    let all: Option<_> = list.iter().map(one).collect();
    all.ok_or_else(|| format!("each of {key} must be quoted text"))
}

fn count(fields: FieldMap<'_>, key: &str, notes: &mut Vec<String>) -> Option<u64> {
    let value = fields.get(key).filter(|value| !value.is_null())?;
    let count = value.as_number().and_then(Number::as_u64);
    if count.is_none() {
        notes.push(format!("{key} is not a count and is not used"));
    }
    count
}

fn automatic(fields: FieldMap<'_>) -> Result<AutoRefresh, String> {
    match fields.get("automatic") {
        None | Some(FieldValue::Null | FieldValue::Bool(true)) => Ok(AutoRefresh::On),
        Some(FieldValue::Bool(false)) => Ok(AutoRefresh::Off),
        Some(_) => Err("automatic must be true or false".to_owned()),
    }
}

/// How the last refresh ended; nothing, and a note, where that cannot be read. One whose time cannot be
/// read was at the latest time that is known.
fn last_refresh(
    fields: FieldMap<'_>,
    obtained_at: Option<DateTime<Utc>>,
    notes: &mut Vec<String>,
) -> Option<LastRefresh> {
    let fields = match fields.get("last_refresh")? {
        FieldValue::Null => return None,
        FieldValue::Map(fields) => fields,
        FieldValue::Bool(_)
        | FieldValue::Number(_)
        | FieldValue::Text(_)
        | FieldValue::List(_)
        | FieldValue::Tagged(_) => {
            notes.push("last_refresh is not a map and is not used".to_owned());
            return None;
        }
    };
    let words = |key| fields.get(key).and_then(|value| value.as_text()).filter(|text| !text.is_empty());
    let why = || words("why").unwrap_or_default().to_owned();
    let retry_at = time(fields, "retry_at", notes);
    let at = time(fields, "at", notes).or(retry_at).or(obtained_at).unwrap_or_default();
    let result = match words("result") {
        Some("done") => RefreshResult::Done,
        Some("dead") => RefreshResult::Dead { why: why() },
        Some("passing") => {
            let times =
                count(fields, "times", notes).map_or(1, |times| u32::try_from(times).unwrap_or(u32::MAX));
            // Whoever knows nothing of a refusal that only a change helps reads it as one that passes.
            match words("next").map(str::to_owned) {
                Some(next) => RefreshResult::Refused { why: why(), next, times, retry_at },
                None => RefreshResult::Passing { why: why(), times, retry_at: retry_at.unwrap_or(at) },
            }
        }
        Some(_) | None => {
            notes.push("the result of last_refresh must be done, passing or dead; it is not used".to_owned());
            return None;
        }
    };
    let seconds = |value: FieldValue<'_>| value.as_number()?.as_i64().and_then(TimeDelta::try_seconds);
    let end_by = match fields.get("end_by_their_clock").and_then(|value| value.as_bool()) {
        Some(true) => EndBy::Theirs,
        Some(false) | None => EndBy::Ours,
    };
    let ahead = fields.get("clock_differs").and_then(seconds);
    let clock_differs = ahead.map(|ahead| ClockDiffers { ahead, end_by });
    let owned = |key| words(key).map(str::to_owned);
    let lost_at = time(fields, "lost_at", notes);
    Some(LastRefresh {
        at,
        result,
        grant: words("grant").map(RefreshTokenId::from),
        clock_differs,
        odd: owned("odd"),
        lost_at,
    })
}

/// Who says a fact. What cannot be read is not known.
fn fact_source(fields: FieldMap<'_>, key: &str) -> Option<FactSource> {
    FactSource::from_word(fields.get(key)?.as_text()?)
}

/// What an ID token said. What cannot be read is none: the tokens are good all the same.
fn claims(value: Option<FieldValue<'_>>) -> Option<Box<Claims>> {
    let fields = value?.as_map()?;
    let owned = |key| text(fields, key).ok().flatten().map(str::to_owned);
    let mut notes = Vec::new();
    Some(Box::new(Claims {
        name: owned("name"),
        email: owned("email"),
        subject: owned("subject"),
        issuer: owned("issuer"),
        organization: owned("organization"),
        audience: texts(fields, "audience").unwrap_or_default(),
        auth_time: time(fields, "auth_time", &mut notes),
    }))
}

fn claims_value(claims: &Claims) -> Value {
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    let fields = [
        ("name", text(&claims.name)),
        ("email", text(&claims.email)),
        ("subject", text(&claims.subject)),
        ("issuer", text(&claims.issuer)),
        ("organization", text(&claims.organization)),
        ("audience", list(&claims.audience)),
        ("auth_time", claims.auth_time.filter(|at| is_writable(*at)).map(|at| rfc3339(at).into())),
    ];
    let known = fields.into_iter().filter_map(|(key, value)| Some((Value::from(key), value?)));
    Value::Mapping(known.collect())
}

/// What a test said. One that cannot be read is none: the token counts for more.
pub(super) fn last_test(value: Option<FieldValue<'_>>) -> Option<LastTest> {
    let fields = value?.as_map()?;
    let result = TestResult::from_word(text(fields, "result").ok()??)?;
    // A test is worth no note to the person.
    let mut notes = Vec::new();
    Some(LastTest {
        at: time(fields, "at", &mut notes)?,
        result,
        status: u16::try_from(count(fields, "status", &mut notes)?).ok()?,
        token: text(fields, "token").ok()??.to_owned(),
    })
}

/// What a test said, as a value of the file.
pub(super) fn last_test_value(last: &LastTest) -> Value {
    let fields = [
        ("at", Value::from(rfc3339(last.at))),
        ("result", last.result.word().into()),
        ("status", last.status.into()),
        ("token", last.token.as_str().into()),
    ];
    Value::Mapping(fields.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

/// All fields of `oauth_credentials[n]` without its id, in the order they are written.
pub(in crate::stored) fn all_login_fields(profile: &Profile) -> Vec<KnownField> {
    let tokens = profile.held.tokens();
    let text = |text: &Option<String>| text.as_deref().map(Value::from);
    vec![
        ("client_id", text(&profile.client_id)),
        ("client_secret", profile.login.client_secret.as_ref().map(opened)),
        ("access_token", tokens.map(|tokens| opened(&tokens.access))),
        ("refresh_token", profile.refresh_token().map(opened)),
        ("expires_at", at(profile.life.expires_at)),
        ("scopes", list(&profile.scopes)),
        ("asked_scopes", list(&profile.login.asked_scopes)),
        ("obtained_at", at(profile.life.obtained_at)),
        ("grant_ends_at", at(profile.life.grant_ends_at)),
        ("issuer", text(&profile.login.issuer)),
        ("subject", text(&profile.login.subject)),
        ("subject_from", profile.login.subject_from.map(|source| source.word().into())),
        ("account", text(&profile.account)),
        ("account_from", profile.account_from.map(|source| source.word().into())),
        ("id_token", profile.login.id_token.as_deref().map(claims_value)),
        ("last_refresh", profile.last_refresh.as_deref().map(last_refresh_value)),
        ("last_test", profile.last_test.as_deref().map(last_test_value)),
        ("refresh_count", (profile.refresh_count > 0).then(|| Value::from(profile.refresh_count))),
        ("revoked_at", at(profile.revoked_at)),
        ("automatic", (profile.auto_refresh == AutoRefresh::Off).then_some(Value::Bool(false))),
        ("note", profile.note.as_deref().map(Value::from)),
        ("hosts", list(&profile.login.origins)),
    ]
}

fn list(texts: &[String]) -> Option<Value> {
    let list: Vec<Value> = texts.iter().map(|text| Value::from(text.as_str())).collect();
    (!list.is_empty()).then(|| Value::from(list))
}

fn last_refresh_value(last: &LastRefresh) -> Value {
    let mut fields = vec![("at", Value::from(rfc3339(last.at)))];
    match &last.result {
        RefreshResult::Done => fields.push(("result", "done".into())),
        RefreshResult::Dead { why } => {
            fields.extend([("result", "dead".into()), ("why", why.as_str().into())])
        }
        RefreshResult::Passing { why, times, retry_at } => fields.extend([
            ("result", "passing".into()),
            ("why", why.as_str().into()),
            ("times", (*times).into()),
            ("retry_at", rfc3339(*retry_at).into()),
        ]),
        RefreshResult::Refused { why, next, times, retry_at } => {
            let text = |text: &String| Value::from(text.as_str());
            let known = [("result", "passing".into()), ("why", text(why)), ("next", text(next))];
            fields.extend(known.into_iter().chain([("times", (*times).into())]));
            fields.extend(retry_at.map(|at| ("retry_at", rfc3339(at).into())));
        }
    }
    fields.extend(last.grant.as_ref().map(|grant| ("grant", grant.as_str().into())));
    fields.extend(last.odd.as_deref().map(|odd| ("odd", odd.into())));
    fields.extend(last.lost_at.map(|at| ("lost_at", rfc3339(at).into())));
    if let Some(ClockDiffers { ahead, end_by }) = last.clock_differs {
        fields.push(("clock_differs", ahead.num_seconds().into()));
        fields.extend((end_by == EndBy::Theirs).then(|| ("end_by_their_clock", true.into())));
    }
    Value::Mapping(fields.into_iter().map(|(key, value)| (Value::from(key), value)).collect())
}

/// The fields of `keys[n]` without its id.
pub(in crate::stored) fn key_fields(profile: &Profile) -> Vec<KnownField> {
    let label = profile.account.as_deref().map(Value::from);
    let last_test = profile.last_test.as_deref().map(last_test_value);
    let [expires_at, obtained_at, note] = key_facts::written(profile);
    vec![
        ("api_key", key_text(profile)),
        ("label", label),
        expires_at,
        obtained_at,
        note,
        ("last_test", last_test),
        ("hosts", list(&profile.login.origins)),
    ]
}

/// The key itself.
pub(super) fn key_text(profile: &Profile) -> Option<Value> {
    profile.held.tokens().map(|tokens| opened(&tokens.access))
}

fn opened(secret: &Secret) -> Value {
    Value::from(secret.expose())
}
