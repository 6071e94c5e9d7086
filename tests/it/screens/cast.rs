//! A fixed moment, one profile in every state at it, and logins at every stage.

use std::sync::Arc;
use std::time::Duration;

use authtui::domain::change::{Row, Snapshot, Where};
use authtui::domain::claims::{Claims, FactSource};
use authtui::domain::clock::{FixedOffset, Now, Steady, TimeDelta, from_rfc3339};
use authtui::domain::event::{Author, Event, GrantEvent};
use authtui::domain::name::{ProfileId, ProfileName, StoreId};
use authtui::domain::profile::{Kind, LastRefresh, Profile, RefreshResult};
use authtui::domain::provider::Provider;
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::oauth::callback::AuthorizationResponse;
use authtui::oauth::login::{
    BoundListener, Input, Locality, Login, LoginOptions, LoginPlan, Output, WantedAccount,
};
use authtui::oauth::request::{Entropy, Reply};
use authtui::oauth::revocation::NotRevocable;
use authtui::oauth::transcript::Transcript;
use authtui::oauth::{LoginId, RequestId};
use authtui::stored::provider_file;
use authtui::tui::dialog::DialogQuestion;
use authtui::tui::message::Action;
use authtui::tui::model::{Model, RowId};
use authtui::tui::result_table::{MarkedAction, ResultTable, RowEnd};
use authtui::tui::sign_out::{SecretHeld, SignOutTarget};
use authtui::tui::status::{AskedBy, Tone};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::harness::preset;

/// Where the cast is kept.
pub(super) const PLACE: &str = "~/.config/authtui/config.yaml";

/// 14:03 in Berlin, `seconds` after the program began.
pub(crate) fn now(seconds: u64) -> Now {
    let begin = from_rfc3339("2026-11-22T13:03:00Z").expect("a time");
    Now {
        wall: begin + TimeDelta::seconds(i64::try_from(seconds).expect("small")),
        steady: Steady(Duration::from_secs(seconds)),
        offset: FixedOffset::east_opt(3600).expect("in range"),
    }
}

pub(super) fn id(name: &str) -> ProfileId {
    ProfileId { store: StoreId::Own, name: ProfileName::parse(name).expect("a name") }
}

/// A profile with an account, given so many minutes ago and ending in so many minutes.
fn profile(name: &str, account: &str, minutes: Option<(i64, i64)>) -> Profile {
    let mut profile = Profile::new(id(name), Kind::OAuth);
    let wall = now(0).wall;
    let access = Secret::new(format!("sk-ant-oat01-{name}-0123456789-3fQA"));
    let refresh = Some(Secret::new(format!("sk-ant-ort01-{name}-0123456789-9kQe")));
    profile.held = StoredTokens::Present(Tokens { access, refresh });
    profile.account = (!account.is_empty()).then(|| account.to_owned());
    profile.scopes = ["org:create_api_key", "user:profile", "user:inference"].map(String::from).into();
    profile.client_id = Some("9d1c250a-e61b-44d9-88ed-5944d1962f5e".into());
    if let Some((ago, left)) = minutes {
        profile.life = Expiry {
            obtained_at: Some(wall - TimeDelta::minutes(ago)),
            expires_at: Some(wall + TimeDelta::minutes(left)),
            grant_ends_at: None,
        };
    }
    profile
}

fn refreshed(profile: &mut Profile, minutes_ago: i64, result: RefreshResult) {
    let at = now(0).wall - TimeDelta::minutes(minutes_ago);
    profile.last_refresh = Some(Box::new(LastRefresh::new(at, result, profile.refresh_token_id())));
    profile.refresh_count = 7;
}

/// One profile in every state, in the order of a list.
pub(super) fn rows() -> Vec<Row> {
    let in_days = |days| Some(now(0).wall + TimeDelta::days(days));
    let mut work = profile("anthropic/work", "ana@acme.dev", Some((6, 1434)));
    refreshed(&mut work, 6, RefreshResult::Done);
    let home = profile("anthropic/home", "ana@home.net", Some((56, 4)));
    let mut soon = profile("anthropic/lab", "ana@lab.example.org", Some((10, 50)));
    soon.life.grant_ends_at = Some(now(0).wall + TimeDelta::minutes(1_899));
    let mut due = profile("calcom/prod", "owner 4411", Some((90, -30)));
    due.life.grant_ends_at = in_days(340);
    let mut running = profile("github/ana", "ana", Some((400, -20)));
    running.life.grant_ends_at = in_days(160);
    let mut failed = profile("gitlab/ci", "ci-bot", Some((120, -1)));
    let retry_at = now(51).wall;
    let why = "gitlab.example.org answered 503".to_owned();
    refreshed(&mut failed, 1, RefreshResult::Passing { why, times: 3, retry_at });
    let mut dead = profile("qonic/bim", "", Some((90, -30)));
    refreshed(&mut dead, 30, RefreshResult::Dead { why: "invalid_grant: token was revoked".into() });
    let mut key = profile("anthropic/key", "", None);
    key.kind = Kind::ApiKey;
    key.client_id = None;
    key.scopes = Arc::default();
    key.held = StoredTokens::Present(Tokens {
        access: Secret::new("sk-ant-api03-0123456789abcdefZz01"),
        refresh: None,
    });
    let mut revoked = profile("anthropic/old", "日本語テスト@例え.jp", None);
    revoked.held = StoredTokens::None;
    revoked.revoked_at = Some(now(0).wall - TimeDelta::days(12));
    let profiles = [work, home, soon, due, running, failed, dead, key, revoked];
    let why = "expires_at is “tomorrow”, which cannot be read as a time";
    let broken = Row::broken("slack/team", Where::Line(88), why);
    profiles.into_iter().map(|profile| Row::Profile(Arc::new(profile))).chain([broken]).collect()
}

/// A login whose ID token and access token say more than the profile.
pub(super) fn of_a_company() -> Row {
    let mut profile = profile("globex/work", "ana.reyes@globex.example", Some((6, 54)));
    let payload = r#"{"iss":"https://id.globex.example/tenant","sub":"00u1a2b3","aud":["https://api.globex.example","https://id.globex.example/userinfo"],"tid":"7f3c"}"#;
    let access = Secret::new(format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(payload)));
    profile.held = StoredTokens::Present(Tokens { access, refresh: None });
    profile.login.issuer = Some("https://id.globex.example/tenant".into());
    profile.login.subject = Some("00u1a2b3".into());
    (profile.login.subject_from, profile.account_from) =
        (Some(FactSource::IdToken), Some(FactSource::IdToken));
    profile.login.id_token = Some(Box::new(Claims {
        name: Some("Ana Reyes".into()),
        organization: Some("Globex".into()),
        audience: vec!["0oa9c8".into()],
        auth_time: Some(now(0).wall - TimeDelta::minutes(6)),
        ..Claims::default()
    }));
    Row::Profile(Arc::new(profile))
}

/// The list with `rows`, the first one selected.
pub(super) fn model(rows: Vec<Row>) -> Model {
    let mut model = Model::new((120, 32));
    let selected = rows.iter().find_map(|row| match row {
        Row::Profile(profile) => Some(RowId::Profile(profile.id.clone())),
        Row::Broken(_) => None,
    });
    model.catalog = Arc::new(provider_file::catalog_of_files(
        ["anthropic", "oauth2"]
            .map(preset)
            .into_iter()
            .chain(["github", "gitlab", "qonic"].map(provider_file)),
    ));
    let snapshot = Snapshot { place: PLACE.into(), rows: rows.into(), ..Snapshot::empty(StoreId::Own) };
    model.stores.insert(StoreId::Own, snapshot);
    model.selected = selected;
    model.running_mut(&id("github/ana")).refresh = Some(AskedBy::Person);
    model
}

/// A login at a provider that names variables, and what these of them hold.
pub(super) fn environment(set: &[&str]) -> Model {
    let text = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                client: { id: c }\nmasks: [ak-]\nenvironment: [{ name: KEY, header: x-api-key }, BEARER, OTHER, BROKEN]\n\
                orders: [{ name: acme-code, program: 'Acme Code, as its documentation of last year describes it', sources: [KEY, BEARER, BROKEN, login] }]\n";
    let work = profile("acme/work", "ana@acme.dev", Some((6, 1434)));
    let mut model = model(vec![Row::Profile(Arc::new(work))]);
    let catalog = provider_file::catalog_of_files([("acme.yaml".to_owned(), Ok(text.to_owned()))]);
    assert_eq!(catalog.errors, []);
    let value = |name: &&str| {
        let value = if *name == "BROKEN" { "two words" } else { "ak-0123456789abcdefZz01" };
        ((*name).to_owned(), Secret::new(value))
    };
    let values = set.iter().map(value).collect();
    let snapshot = authtui::stored::environment::snapshot(catalog.usable(), &values);
    model.stores.insert(StoreId::Environment, snapshot);
    model.catalog = Arc::new(catalog);
    model
}

/// One event of each kind, with reasons that are longer than a line.
pub(super) fn events() -> Vec<Event> {
    let why = || "gitlab.example.org answered 503, and asks to be left alone for a minute or two".to_owned();
    let grant = || "9d1c250a".into();
    let all = [
        GrantEvent::RefreshStarted { grant: grant() },
        GrantEvent::Refreshed { grant: grant(), next: "e61b44d9".into(), generation: 7 },
        GrantEvent::Adopted { grant: grant(), next: "e61b44d9".into() },
        GrantEvent::NewerKept { grant: grant(), next: "e61b44d9".into() },
        GrantEvent::RefreshFailed { grant: grant(), is_dead: false, why: why() },
        GrantEvent::RefreshFailed { grant: grant(), is_dead: true, why: why() },
        GrantEvent::NotSaved { grant: grant(), why: why() },
        GrantEvent::LoggedIn,
        GrantEvent::Erased,
        GrantEvent::Revoked,
        GrantEvent::NotRevoked { why: why() },
    ];
    let by = || Author { program: "authtui refresh".to_owned(), process: 4711 };
    let event = |what| Event {
        at: now(0).wall,
        by: by(),
        profile: id("anthropic/work").name,
        store: PLACE.to_owned(),
        what,
    };
    all.map(event).into_iter().collect()
}

/// What happened to some of them in the last days, oldest first.
pub(super) fn history() -> Vec<Event> {
    let grant = || "9d1c250a".into();
    let refreshed =
        |generation| GrantEvent::Refreshed { grant: grant(), next: "e61b44d9".into(), generation };
    let failed =
        |is_dead, why: &str| GrantEvent::RefreshFailed { grant: grant(), is_dead, why: why.to_owned() };
    let all = [
        (1446, "anthropic/work", refreshed(6)),
        (700, "anthropic/home", GrantEvent::LoggedIn),
        (400, "github/ana", refreshed(3)),
        (56, "anthropic/home", refreshed(2)),
        (45, "gitlab/ci", failed(false, "gitlab.example.org answered 503")),
        (30, "qonic/bim", failed(true, "invalid_grant: token was revoked")),
        (10, "anthropic/lab", refreshed(4)),
        (6, "anthropic/work", refreshed(7)),
        (1, "gitlab/ci", failed(false, "gitlab.example.org answered 503")),
    ];
    let event = |(minutes, name, what)| Event {
        at: now(0).wall - TimeDelta::minutes(minutes),
        by: Author { program: "authtui".to_owned(), process: 4711 },
        profile: id(name).name,
        store: PLACE.to_owned(),
        what,
    };
    all.map(event).into_iter().collect()
}

/// `count` profiles that can be told apart.
pub(super) fn many(count: usize) -> Vec<Row> {
    let profiles = (1..=count).map(|number| profile(&format!("github/p{number:04}"), "ana", Some((6, 1434))));
    profiles.map(|profile| Row::Profile(Arc::new(profile))).collect()
}

/// A provider's file like the example that comes with the program.
fn provider_file(name: &str) -> (String, Result<String, String>) {
    let text = preset("oauth2").1.expect("a text");
    let text =
        text.replace("name: oauth2", &format!("name: {name}")).replace("example: true", "example: false");
    let path = format!("~/.config/authtui/providers/{name}.yaml");
    (path, Ok(text.replace("OAuth 2 (an example to copy)", "OAuth 2")))
}

/// The preset whose login can call back and be pasted.
pub(super) fn provider() -> Provider {
    provider_file::catalog([]).get("anthropic").expect("a preset").clone()
}

/// A login that waits since 23 seconds for its answer.
pub(super) fn waiting() -> Login {
    waiting_at(Locality::Local)
}

/// The same for a person who sits there.
pub(super) fn waiting_at(locality: Locality) -> Login {
    let provider = Box::new(provider());
    let plan = LoginPlan {
        id: id("anthropic/work"),
        client_id: provider.client.id.clone().expect("the preset has one"),
        client_secret: None,
        scopes: provider.scopes.default.clone(),
        known: None,
        place: PLACE.into(),
        options: LoginOptions::of(&provider, locality),
        wanted: WantedAccount::Stored,
        walk: Transcript::default(),
        provider,
    };
    let (mut login, _) = Login::begin(plan, LoginId(1), now(0));
    login.advance(Input::Began(Entropy::new([7; Entropy::BYTES])), now(0));
    login.advance(
        Input::Bound(Ok(BoundListener { port: 8765, addresses: "127.0.0.1 and ::1".into() })),
        now(0),
    );
    if locality == Locality::Local {
        login.advance(Input::Opened(Ok(())), now(1));
    }
    login
}

/// A login whose code is being exchanged, and the request for it.
pub(super) fn exchanging() -> (Login, RequestId) {
    let mut login = waiting();
    let code = AuthorizationResponse::Code { code: Secret::new("c0de"), issuer: None };
    let asks = login.advance(Input::Answered(code), now(23));
    (login, sent(&asks))
}

/// A login whose tokens are being saved.
pub(super) fn saving() -> Login {
    given(
        r#"{"access_token":"sk-ant-oat01-0123456789abcdef3fQA","token_type":"bearer","expires_in":28800,
        "refresh_token":"sk-ant-ort01-0123456789abcdef9kQe","scope":"user:profile user:inference",
        "account":{"email_address":"ana@acme.dev","uuid":"u-1"}}"#,
    )
}

/// A login that was answered with `body`.
fn given(body: &str) -> Login {
    let (mut login, request_id) = exchanging();
    login.advance(Input::Replied(request_id, Ok(reply(200, body))), now(24));
    login
}

/// A login that has ended well.
pub(super) fn done() -> Login {
    tested(saving(), 403)
}

/// A login of somebody whom the provider does not name.
pub(super) fn naming() -> Login {
    tested(given(r#"{"access_token":"sk-ant-oat01-0123456789abcdef3fQA","expires_in":28800}"#), 200)
}

/// A login whose ID token alone says who it is, and whose token is refused.
pub(super) fn refused_with_id_token() -> Login {
    let claims = r#"{"iss":"https://id.acme.dev","sub":"1","aud":"9d1c250a-e61b-44d9-88ed-5944d1962f5e",
        "exp":1900000000,"email":"ana@acme.dev"}"#;
    let token = format!("e30.{}.c2ln", URL_SAFE_NO_PAD.encode(claims));
    let body = r#"{"access_token":"sk-ant-oat01-0123456789abcdef3fQA","expires_in":28800,"id_token":"#;
    tested(given(&format!("{body}\"{token}\"}}")), 401)
}

fn tested(mut login: Login, status: u16) -> Login {
    let asks = login.advance(Input::Saved(Ok(())), now(24));
    login.advance(Input::Replied(sent(&asks), Ok(reply(status, "{}"))), now(25));
    login.advance(Input::Saved(Ok(())), now(25));
    login
}

/// A login whose code was refused.
pub(super) fn refused() -> Login {
    let (mut login, request_id) = exchanging();
    let body = r#"{"error":"invalid_grant","error_description":"the code was used before"}"#;
    login.advance(Input::Replied(request_id, Ok(reply(400, body))), now(24));
    login
}

fn sent(asks: &[Output]) -> RequestId {
    let request_id = asks
        .iter()
        .find_map(|ask| if let Output::Send(request_id, _) = ask { Some(*request_id) } else { None });
    request_id.expect("a request is sent")
}

fn reply(status: u16, body: &str) -> Reply {
    Reply { status, headers: Vec::new(), body: Secret::new(body), sent: now(23), secrets: Vec::new() }
}

/// The question how to sign out of those of [`rows`].
pub(crate) fn signing_out(names: &[&str]) -> DialogQuestion {
    let model = model(rows());
    let target = |name: &&str| {
        let profile = model.profile(&id(name)).expect("a profile");
        SignOutTarget::new(profile, model.provider(profile))
    };
    DialogQuestion::SignOut(names.iter().map(target).collect())
}

/// The same of one that its provider cannot be asked to end.
pub(crate) fn not_revocable(name: &str) -> DialogQuestion {
    let target = SignOutTarget {
        id: id(name),
        holds: SecretHeld::Login,
        not_revocable: Some(NotRevocable::NotOffered),
    };
    DialogQuestion::SignOut(vec![target])
}

/// What became of three marked profiles, one of which still runs.
pub(super) fn results() -> ResultTable {
    let names = ["anthropic/lab", "qonic/bim", "anthropic/key", "github/ana"];
    let mut table = ResultTable::new(MarkedAction::Refresh, names.map(id));
    while table.start_next().is_some() {}
    table.end(&id("anthropic/lab"), RowEnd::new("refreshed", Tone::Good));
    let refused = "the provider ended this login (invalid_grant)";
    table.end(&id("qonic/bim"), RowEnd::new(refused, Tone::Bad).next(Action::LogIn, "log in"));
    table.end(&id("anthropic/key"), RowEnd::new("API keys cannot be refreshed", Tone::Warn));
    table
}
