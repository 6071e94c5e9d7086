//! Fields of an entry, read to a profile and written from one.

use serde_yaml::{Number, Value};

use crate::domain::claims::{Claims, FactSource};
use crate::domain::clock::{DateTime, TimeDelta, Utc, at_seconds, is_writable, rfc3339};
use crate::domain::jwt;
use crate::domain::known_login::{KnownLogin, LoginFacts};
use crate::domain::name::ProfileId;
use crate::domain::profile::{
    AutoRefresh, ClockDiffers, EndBy, Kind, LastRefresh, LastTest, Profile, RefreshResult, TestResult,
};
use crate::domain::secret::Secret;
use crate::domain::tokens::{RefreshTokenId, StoredTokens, Tokens};
use crate::stored::config_file::key_facts;
use crate::stored::config_file::shared_scopes::SharedScopes;
use crate::stored::config_file::texts::{FieldFault, credential, filled, text, texts};
use crate::stored::config_file::times::{at, time};
use crate::stored::field_value::{FieldMap, FieldValue};

/// When the token that `profile` holds ends by its own word, where it is a JWT.
pub(super) fn end_in_token(profile: &Profile) -> Option<DateTime<Utc>> {
    let claims = jwt::payload(profile.held.tokens()?.access.expose())?;
    at_seconds(claims.get("exp")?.as_i64()?).filter(|end| is_writable(*end))
}

/// What is known of a field: its name, and its value unless there is none.
pub(in crate::stored) type KnownField = (&'static str, Option<Value>);

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
    let key = field(fields, "api_key");
    let key = credential("api_key", &key).map_err(FieldFault::into_words)?.unwrap_or_default();
    let mut profile = with_key(id, fields.secret(key));
    profile.account = text("label", &field(fields, "label"))?.map(str::to_owned);
    key_facts::take(&mut profile, fields, notes);
    profile.last_test = fields.get("last_test").and_then(|test| last_test(&test)).map(Box::new);
    let origins = texts("hosts", &field(fields, "hosts"))?;
    profile.login = LoginFacts { origins, ..LoginFacts::default() }.into();
    Ok(profile)
}

fn with_key(id: ProfileId, key: Secret) -> Profile {
    let mut profile = Profile::new(id, Kind::ApiKey);
    if !key.is_empty() {
        profile.held = StoredTokens::Present(Tokens { access: key, refresh: None });
    }
    profile
}

/// Reads `oauth_credentials[n]`, each of its fields once: most have few. What is odd in its times and its history
/// costs nothing but a note: the tokens are good all the same.
pub(in crate::stored) fn login(
    id: ProfileId,
    fields: FieldMap<'_>,
    scopes: &SharedScopes,
    notes: &mut Vec<String>,
) -> Result<Profile, String> {
    let profile = Profile::new(id, Kind::OAuth);
    let mut read = ReadLogin { profile, scopes, access: None, refresh: None, last: None };
    let mut told: Option<FieldFault> = None;
    for (name, value) in fields.iter() {
        let Some(name) = name else { continue };
        if let Err(fault) = read.take(fields, (name, value), notes) {
            told = told.into_iter().chain([fault]).min();
        }
    }
    let ReadLogin { mut profile, access, refresh, last, .. } = read;
    if let Some(access) = access {
        profile.held = StoredTokens::Present(Tokens { access, refresh });
    }
    let obtained_at = profile.life.obtained_at;
    profile.last_refresh = last.and_then(|last| last_refresh(&last, obtained_at, notes)).map(Box::new);
    told.map_or(Ok(profile), |fault| Err(fault.into_words()))
}

/// A login of which some fields are read.
struct ReadLogin<'a> {
    profile: Profile,
    scopes: &'a SharedScopes,
    access: Option<Secret>,
    refresh: Option<Secret>,
    last: Option<FieldValue<'a>>,
}

impl<'a> ReadLogin<'a> {
    fn take(
        &mut self,
        fields: FieldMap<'a>,
        (name, value): (&str, FieldValue<'a>),
        notes: &mut Vec<String>,
    ) -> Result<(), FieldFault> {
        let profile = &mut self.profile;
        let secret = |value| Ok::<_, FieldFault>(credential(name, value)?.map(|text| fields.secret(text)));
        match name {
            "client_id" => profile.client_id = credential(name, &value)?.map(str::to_owned),
            "access_token" => self.access = secret(&value)?,
            "refresh_token" => self.refresh = secret(&value)?,
            "expires_at" => profile.life.expires_at = time(name, &value, notes),
            "obtained_at" => profile.life.obtained_at = time(name, &value, notes),
            "grant_ends_at" => profile.life.grant_ends_at = time(name, &value, notes),
            "scopes" => profile.scopes = self.scopes.read(name, &value)?,
            "account" => profile.account = text(name, &value)?.map(str::to_owned),
            "account_from" => profile.account_from = fact_source(&value),
            "last_refresh" => self.last = Some(value),
            "last_test" => profile.last_test = last_test(&value).map(Box::new),
            "refresh_count" => profile.refresh_count = count(name, &value, notes).unwrap_or(0),
            "revoked_at" => profile.revoked_at = time(name, &value, notes),
            "automatic" => profile.auto_refresh = automatic(&value)?,
            "note" => profile.note = key_facts::note(&value),
            "client_secret" => profile.login.client_secret = secret(&value)?,
            _ => login_fact(&mut profile.login, name, &value)?,
        }
        Ok(())
    }
}

/// Reads the field `name` of `oauth_credentials[n]`, if it says something of how the login was made.
fn login_fact(login: &mut KnownLogin, name: &str, value: &FieldValue<'_>) -> Result<(), String> {
    let owned = || Ok::<_, String>(text(name, value)?.map(str::to_owned));
    match name {
        "asked_scopes" => login.asked_scopes = texts(name, value)?,
        "issuer" => login.issuer = owned()?,
        "subject" => login.subject = owned()?,
        "subject_from" => login.subject_from = fact_source(value),
        "id_token" => login.id_token = claims(value),
        "hosts" => login.origins = texts(name, value)?,
        _ => {}
    }
    Ok(())
}

/// The value of a field, which is null where it is absent.
fn field<'a>(fields: FieldMap<'a>, name: &str) -> FieldValue<'a> {
    fields.get(name).unwrap_or(FieldValue::Null)
}

fn count(name: &str, value: &FieldValue<'_>, notes: &mut Vec<String>) -> Option<u64> {
    let count = value.as_number().and_then(Number::as_u64);
    if count.is_none() && !value.is_null() {
        notes.push(format!("{name} is not a count and is not used"));
    }
    count
}

fn automatic(value: &FieldValue<'_>) -> Result<AutoRefresh, String> {
    match value {
        FieldValue::Null | FieldValue::Bool(true) => Ok(AutoRefresh::On),
        FieldValue::Bool(false) => Ok(AutoRefresh::Off),
        FieldValue::Number(_)
        | FieldValue::Text(_)
        | FieldValue::List(_)
        | FieldValue::Map(_)
        | FieldValue::Tagged(_) => Err("automatic must be true or false".to_owned()),
    }
}

/// How the last refresh ended; nothing, and a note, where that cannot be read. One whose time cannot be
/// read was at the latest time that is known.
fn last_refresh(
    value: &FieldValue<'_>,
    obtained_at: Option<DateTime<Utc>>,
    notes: &mut Vec<String>,
) -> Option<LastRefresh> {
    let fields = match value {
        FieldValue::Null => return None,
        FieldValue::Map(fields) => *fields,
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
    let mut time = |name| time(name, &field(fields, name), notes);
    let (retry_at, at, lost_at) = (time("retry_at"), time("at"), time("lost_at"));
    let at = at.or(retry_at).or(obtained_at).unwrap_or_default();
    let result = match words("result") {
        Some("done") => RefreshResult::Done,
        Some("dead") => RefreshResult::Dead { why: why() },
        Some("passing") => {
            let times = count("times", &field(fields, "times"), notes)
                .map_or(1, |times| u32::try_from(times).unwrap_or(u32::MAX));
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
fn fact_source(value: &FieldValue<'_>) -> Option<FactSource> {
    FactSource::from_word(value.as_text()?)
}

/// What an ID token said. What cannot be read is none: the tokens are good all the same.
fn claims(value: &FieldValue<'_>) -> Option<Box<Claims>> {
    let fields = value.as_map()?;
    let owned = |name| text(name, &field(fields, name)).ok().flatten().map(str::to_owned);
    let mut notes = Vec::new();
    Some(Box::new(Claims {
        name: owned("name"),
        email: owned("email"),
        subject: owned("subject"),
        issuer: owned("issuer"),
        organization: owned("organization"),
        audience: texts("audience", &field(fields, "audience")).unwrap_or_default(),
        auth_time: time("auth_time", &field(fields, "auth_time"), &mut notes),
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
pub(super) fn last_test(value: &FieldValue<'_>) -> Option<LastTest> {
    let fields = value.as_map()?;
    let (result, token) = (field(fields, "result"), field(fields, "token"));
    let result = TestResult::from_word(text("result", &result).ok()??)?;
    // A test is worth no note to the person.
    let mut notes = Vec::new();
    Some(LastTest {
        at: time("at", &field(fields, "at"), &mut notes)?,
        result,
        status: u16::try_from(count("status", &field(fields, "status"), &mut notes)?).ok()?,
        token: text("token", &token).ok()??.to_owned(),
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
