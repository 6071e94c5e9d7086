//! List as JSON; `docs/json.md` says what each field means.

use std::borrow::Cow;

use color_eyre::eyre::Result;
use serde::Serialize;

use crate::cli::list::{health, login_end};
use crate::cli::output::{self, JSON_VERSION, Streamed};
use crate::domain::change::{Row, Snapshot, Where};
use crate::domain::clock::{DateTime, Utc, rfc3339};
use crate::domain::health::Health;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, LastRefresh, LastTest, Profile, RefreshResult};
use crate::domain::provider::catalog::Catalog;
use crate::domain::refreshability::{NotRefreshable, refreshability_with_lead};
use crate::domain::schedule::{REFRESH_LEAD, When};
use crate::domain::settings::Settings;

/// What scripts read. Times are RFC 3339 in UTC; what is not known is null.
#[derive(Serialize)]
struct ListJson<'a, P> {
    version: u32,
    profiles: P,
    stores: Vec<StoreJson<'a>>,
}

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

#[derive(Default, Serialize)]
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
    catalog: &Catalog,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, &'static str> {
    let provider = catalog.get(profile.id.name.provider());
    let lead = settings.refresh_lead.unwrap_or(REFRESH_LEAD);
    let refreshable = refreshability_with_lead(profile, provider, lead, now).map_err(|why| why.word())?;
    match refreshable.when {
        When::At(at) if settings.automatic_refresh && !settings.read_only => Ok(Some(at)),
        when if when.is_after_the_grant() => Err(NotRefreshable::GrantDead(String::new()).word()),
        When::At(_) | When::OnRequest(_) => Ok(None),
    }
}

/// Prints the whole document.
///
/// # Errors
/// When it cannot be JSON, or standard output cannot be written to.
pub(super) fn print(
    stores: &[Snapshot],
    catalog: &Catalog,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<()> {
    let rows = || stores.iter().flat_map(|snapshot| snapshot.rows.iter().map(|row| (snapshot.store, row)));
    let profiles = Streamed(|| {
        rows().map(|(store, row)| match row {
            Row::Profile(profile) => {
                of_profile(profile, refresh_at(profile, catalog, settings, now), catalog, now)
            }
            Row::Broken(broken) => of_broken(store, &broken.name, &broken.at),
        })
    });
    let there = stores.iter().filter(|snapshot| snapshot.store.may_be_written() && snapshot.is_there());
    let there = there.map(StoreJson::new).collect();
    output::print_json(&ListJson { version: JSON_VERSION, profiles, stores: there })
}

fn of_profile<'a>(
    profile: &'a Profile,
    refresh: Result<Option<DateTime<Utc>>, &'static str>,
    catalog: &Catalog,
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
        state: one_word(health(profile, catalog, now).word_for(profile)),
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
