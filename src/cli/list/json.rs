//! List as JSON; `docs/json.md` says what each field means.

use std::borrow::Cow;
use std::io::{self, Write};

use color_eyre::eyre::Result;
use serde::Serialize;

use crate::cli::list::{health, login_end};
use crate::cli::output::{self, JSON_VERSION, JsonObject};
use crate::domain::change::{Row, Snapshot, Where};
use crate::domain::clock::{DateTime, Utc, rfc3339};
use crate::domain::health::Health;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, LastRefresh, LastTest, Profile, RefreshResult};
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::refreshability::{NotRefreshable, refreshability_with_lead};
use crate::domain::schedule::{REFRESH_LEAD, When};
use crate::domain::settings::Settings;
use crate::shell::terminal::console;

/// A store that is there and may be written, unless something is wrong with it.
#[derive(Serialize)]
struct StoreJson<'a> {
    store: &'static str,
    place: &'a str,
    /// In a word or two: `locked`, `does not answer`, `unreadable` or `read-only`.
    fault: Option<&'static str>,
    why: Option<&'a str>,
}

impl<'a> StoreJson<'a> {
    fn new(snapshot: &'a Snapshot) -> Self {
        let why = snapshot.writable.as_ref().err().map(|trouble| trouble.why.as_str());
        Self { store: snapshot.store.word(), place: &snapshot.place, fault: snapshot.fault(), why }
    }
}

/// What scripts read of a profile. Times are RFC 3339 in UTC; what is not known is null.
#[derive(Default)]
struct ProfileJson<'a> {
    profile: Option<String>,
    provider: &'a str,
    name: &'a str,
    kind: Option<&'a str>,
    state: Cow<'static, str>,
    expires_at: Option<String>,
    grant_ends_at: Option<String>,
    account: Option<&'a str>,
    scopes: &'a [String],
    store: &'static str,
    last_refresh: Option<LastRefreshJson<'a>>,
    last_test: Option<LastTestJson>,
    /// The program that keeps a borrowed login, and the file that it lies in.
    owner: Option<OwnerJson<'a>>,
    /// What a person wrote down about it.
    note: Option<&'a str>,
    subject: Option<&'a str>,
    issuer: Option<&'a str>,
    client_id: Option<&'a str>,
    seconds_left: Option<i64>,
    refreshable: Option<bool>,
    not_refreshable: Option<&'static str>,
    refreshes_at: Option<String>,
}

impl ProfileJson<'_> {
    fn write(&self, out: &mut Vec<u8>) -> io::Result<()> {
        let mut object = JsonObject::begin(out);
        object.text("profile", self.profile.as_deref())?;
        object.text("provider", Some(self.provider))?;
        object.text("name", Some(self.name))?;
        object.text("kind", self.kind)?;
        object.text("state", Some(&self.state))?;
        object.text("expires_at", self.expires_at.as_deref())?;
        object.text("grant_ends_at", self.grant_ends_at.as_deref())?;
        object.text("account", self.account)?;
        object.value("scopes", &self.scopes)?;
        object.text("store", Some(self.store))?;
        object.value("last_refresh", &self.last_refresh)?;
        object.value("last_test", &self.last_test)?;
        object.value("owner", &self.owner)?;
        object.text("note", self.note)?;
        object.text("subject", self.subject)?;
        object.text("issuer", self.issuer)?;
        object.text("client_id", self.client_id)?;
        object.value("seconds_left", &self.seconds_left)?;
        object.value("refreshable", &self.refreshable)?;
        object.text("not_refreshable", self.not_refreshable)?;
        object.text("refreshes_at", self.refreshes_at.as_deref())?;
        object.end();
        Ok(())
    }
}

#[derive(Serialize)]
struct OwnerJson<'a> {
    program: &'a str,
    file: &'a str,
}

/// What the last test of the token or key that is held said: `works` or `refused`.
#[derive(Serialize)]
struct LastTestJson {
    at: String,
    result: &'static str,
    status: u16,
}

impl LastTestJson {
    fn new(last: &LastTest) -> Self {
        Self { at: rfc3339(last.at), result: last.result.word(), status: last.status }
    }
}

/// How the last refresh of the grant ended: `done`, `passing`, `refused` or `dead`.
#[derive(Serialize)]
struct LastRefreshJson<'a> {
    at: String,
    result: &'static str,
    why: Option<&'a str>,
    retry_at: Option<String>,
    clock_ahead_seconds: Option<i64>,
}

impl<'a> LastRefreshJson<'a> {
    fn new(last: &'a LastRefresh) -> Self {
        let (result, why, retry_at) = match &last.result {
            RefreshResult::Done => ("done", None, None),
            RefreshResult::Passing { why, retry_at, .. } => ("passing", Some(why), Some(*retry_at)),
            RefreshResult::Refused { why, retry_at, .. } => ("refused", Some(why), *retry_at),
            RefreshResult::Dead { why } => ("dead", Some(why), None),
        };
        let why = why.map(String::as_str);
        let clock_ahead_seconds = last.clock_differs.map(|differs| differs.ahead.num_seconds());
        Self { at: rfc3339(last.at), result, why, retry_at: retry_at.map(rfc3339), clock_ahead_seconds }
    }
}

/// The automatic refresh of a login by an open screen: its time, or why there is none.
fn refresh_at(
    profile: &Profile,
    provider: Option<&Provider>,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, &'static str> {
    let lead = settings.refresh_lead.unwrap_or(REFRESH_LEAD);
    let refreshable = refreshability_with_lead(profile, provider, lead, now).map_err(|why| why.word())?;
    match refreshable.when() {
        When::At(at) if settings.automatic_refresh && !settings.read_only => Ok(Some(at)),
        when if when.is_after_the_grant() => Err(NotRefreshable::GrantDead(String::new()).word()),
        When::At(_) | When::OnRequest(_) => Ok(None),
    }
}

/// Prints the whole document.
///
/// # Errors
/// When it cannot be JSON, or standard output cannot be written to.
pub(super) fn print<'a>(
    stores: &'a [Snapshot],
    catalog: &'a Catalog,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<()> {
    // Rows of one provider follow each other.
    let mut last: Option<(&str, Option<&Provider>)> = None;
    let mut profile_json = |store: StoreId, row: &'a Row| match row {
        Row::Profile(profile) => {
            let name = profile.id.name.provider();
            let known = last.filter(|(of, _)| *of == name);
            let (_, provider) = *last.insert(known.unwrap_or_else(|| (name, catalog.get(name))));
            of_profile(profile, refresh_at(profile, provider, settings, now), provider, now)
        }
        Row::Broken(broken) => of_broken(store, &broken.name, &broken.at),
    };
    let rows = stores.iter().flat_map(|snapshot| snapshot.rows.iter().map(|row| (snapshot.store, row)));
    let there = stores.iter().filter(|snapshot| snapshot.store.may_be_written() && snapshot.is_there());
    let there: Vec<StoreJson<'_>> = there.map(StoreJson::new).collect();
    console::print_in_pieces(|out| {
        write!(out, r#"{{"version":{JSON_VERSION},"profiles":["#)?;
        let (mut text, mut between) = (Vec::new(), "");
        for (store, row) in rows {
            text.clear();
            text.extend_from_slice(between.as_bytes());
            profile_json(store, row).write(&mut text)?;
            out.write_all(&text)?;
            between = ",";
        }
        out.write_all(br#"],"stores":"#)?;
        output::write_json(out, &there)?;
        out.write_all(b"}\n")
    })?;
    Ok(())
}

fn of_profile<'a>(
    profile: &'a Profile,
    refresh: Result<Option<DateTime<Utc>>, &'static str>,
    provider: Option<&Provider>,
    now: DateTime<Utc>,
) -> ProfileJson<'a> {
    ProfileJson {
        profile: Some(profile.id.exact()),
        provider: profile.id.name.provider(),
        name: profile.id.name.name(),
        kind: Some(match profile.kind {
            Kind::OAuth => "oauth",
            Kind::ApiKey => "api_key",
            Kind::Environment => "environment",
        }),
        state: one_word(health(profile, provider, now).word_for(profile)),
        expires_at: profile.life.expires_at.map(rfc3339),
        grant_ends_at: login_end(profile, now).map(rfc3339),
        account: profile.account.as_deref(),
        scopes: &profile.scopes,
        store: profile.id.store.word(),
        owner: profile.owner.as_ref().map(|owner| OwnerJson { program: &owner.title, file: &owner.file }),
        last_refresh: profile.last_refresh_of_this_grant().map(LastRefreshJson::new),
        last_test: profile.last_test_of_this_token().map(LastTestJson::new),
        note: profile.note.as_deref(),
        subject: profile.login.subject.as_deref(),
        issuer: profile.login.issuer.as_deref(),
        client_id: profile.client_id.as_deref(),
        seconds_left: profile.life.expires_at.map(|end| (end - now).num_seconds().max(0)),
        refreshable: Some(refresh.is_ok()),
        not_refreshable: refresh.err(),
        refreshes_at: refresh.ok().flatten().map(rfc3339),
    }
}

fn of_broken<'a>(store: StoreId, text: &'a str, at: &'a Where) -> ProfileJson<'a> {
    let exact = ProfileName::parse(text).ok().filter(|_| text.contains('/'));
    let (provider, name) = text.split_once('/').unwrap_or((text, ""));
    ProfileJson {
        profile: exact.map(|name| ProfileId { store, name }.exact()),
        provider,
        name,
        state: one_word(Health::Unreadable.word()),
        store: store.word(),
        owner: owner_of(at),
        ..ProfileJson::default()
    }
}

/// The state as JSON names it.
fn one_word(words: &'static str) -> Cow<'static, str> {
    if words.contains(' ') { words.replace(' ', "_").into() } else { words.into() }
}

/// The program whose file holds an entry that is not understood.
fn owner_of(at: &Where) -> Option<OwnerJson<'_>> {
    match at {
        Where::Borrowed { program, file, .. } => Some(OwnerJson { program, file }),
        Where::Line(_) | Where::File(_) | Where::Variable { .. } | Where::Vault { .. } => None,
    }
}
