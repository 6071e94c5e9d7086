//! A screen without a terminal, a login without a screen, a provider without a socket.
//!
//! [`App`] feeds `update` and moves its own clock; [`Journey`] does the same for one [`Login`];
//! [`Server`] is the demo's authority, asked as a function. Nothing here touches a socket, a
//! file or the real time.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use authtui::demo::authority::request::HttpRequest;
use authtui::demo::authority::response::HttpResponse;
use authtui::demo::authority::{AUTHORIZE, Authority, AuthoritySettings};
use authtui::demo::provider_file;
use authtui::domain::change::{Change, Row, Snapshot};
use authtui::domain::clock::{FixedOffset, Now, Steady, TimeDelta, at_seconds, span};
use authtui::domain::name::{ProfileId, ProfileName, StoreId};
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::provider::catalog::Catalog;
use authtui::domain::provider::device::{DeviceAuthorization, DeviceReplyMap, UserCodeMode};
use authtui::domain::provider::request_template::{
    JsonTemplate, Method, Placeholder, RequestBody, RequestTemplate, Template,
};
use authtui::domain::provider::{Authorize, LoginMethod, Pkce, Provider, StateParameter};
use authtui::domain::secret::Secret;
use authtui::domain::settings::Settings;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::callback::{AuthorizationResponse, CallbackCheck, CallbackVerdict, receive};
use authtui::oauth::login::{
    BoundListener, Input, Locality, Login, LoginOptions, LoginPlan, Output, WantedAccount,
};
use authtui::oauth::request::{Entropy, Reply, Request};
use authtui::oauth::transcript::Transcript;
use authtui::oauth::{LoginId, RequestId};
use authtui::stored::provider_file::{self, PRESETS};
use authtui::tui::dialog::DialogQuestion;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::Model;
use authtui::tui::screen_map::{MouseGesture, ScreenMap};
use authtui::tui::theme::{Glyphs, Theme};
use authtui::tui::view::view_with_map;
use authtui::tui::{update, view};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use url::{Url, form_urlencoded};

/// Where the provider `demo` lives.
pub(crate) const ISSUER: &str = "http://127.0.0.1:4000";
/// Where the store lies, as shown to people.
pub(crate) const PLACE: &str = "~/.config/authtui/config.yaml";
/// The port a login is told that its listener got.
pub(crate) const PORT: u16 = 8765;
/// What [`entropy`] makes of a `state` of 32 bytes.
pub(crate) const STATE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// What [`entropy`] makes of the verifier.
pub(crate) const VERIFIER: &str = "YGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn8";
/// The S256 challenge of [`VERIFIER`], as another program computed it.
pub(crate) const CHALLENGE: &str = "EopC8O_Hh7RxCIGieHPq2V388Tqd-9-cofLwYA7LlAc";
/// What [`entropy`] makes of the verifier of a device code.
pub(crate) const DEVICE_VERIFIER: &str = "jI2Oj5CRkpOUlZaXmJmam5ydnp-goaKjpKWmp6ipqqs";
/// What [`entropy`] makes of the short link.
pub(crate) const GO: &str = "gIGCg4SFhoeIiYqL";

/// A provider that must be told everything: client id, secret, and a yes to its notice.
const ACME: &str = "\
name: acme
title: Acme
notice: Acme wants a yes.
endpoints: { authorize: https://id.acme.test/authorize, token: https://id.acme.test/token }
client: { authentication: post }
redirect: { port: 9000, port_rule: fixed }
";

/// The moment at which every test begins: 15 January 2027, 08:00:00 UTC.
pub(crate) fn now() -> Now {
    Now {
        wall: at_seconds(1_800_000_000).expect("in range"),
        steady: Steady(Duration::from_secs(1000)),
        offset: FixedOffset::east_opt(3600).expect("in range"),
    }
}

/// `now`, later on both clocks.
pub(crate) fn later(now: Now, by: Duration) -> Now {
    Now { wall: now.wall + span(by), steady: now.steady.after(by), ..now }
}

/// Bytes that all differ: with equal ones a state could stand in for a verifier unnoticed.
pub(crate) fn entropy() -> Entropy {
    Entropy::new(std::array::from_fn(|at| u8::try_from(at).expect("small")))
}

/// Two of the presets, `demo` at [`ISSUER`], and `acme`: a new preset moves no row of a list.
pub(crate) fn catalog() -> Catalog {
    static READ: LazyLock<Catalog> = LazyLock::new(|| {
        let own = [("demo", provider_file(ISSUER)), ("acme", ACME.to_owned())];
        let own = own.into_iter().map(|(name, text)| (format!("{name}.yaml"), Ok(text)));
        provider_file::catalog_of_files(own.chain(["anthropic", "oauth2"].map(preset)))
    });
    READ.clone()
}

/// The preset `name` as if it were the person's own file.
pub(crate) fn preset(name: &str) -> (String, Result<String, String>) {
    let (_, text) = PRESETS.into_iter().find(|(each, _)| *each == name).expect("a preset");
    (format!("{name}.yaml"), Ok(text.to_owned()))
}

pub(crate) fn provider(name: &str) -> Provider {
    catalog().get(name).expect("a provider of that name").clone()
}

/// `work` is `demo/work`.
pub(crate) fn name(name: &str) -> ProfileName {
    let full = if name.contains('/') { name.to_owned() } else { format!("demo/{name}") };
    ProfileName::parse(&full).expect("a name")
}

pub(crate) fn id(text: &str) -> ProfileId {
    ProfileId { store: StoreId::Own, name: name(text) }
}

/// A fresh profile of an hour with a refresh token: `dat_work` and `drt_work`.
pub(crate) fn profile(text: &str) -> Profile {
    let id = id(text);
    let (access, refresh) = (format!("dat_{}", id.name.name()), format!("drt_{}", id.name.name()));
    Profile {
        held: StoredTokens::Present(Tokens {
            access: Secret::new(access),
            refresh: Some(Secret::new(refresh)),
        }),
        life: ends_in(TimeDelta::hours(1)),
        scopes: ["profile".to_owned()].into(),
        ..Profile::new(id, Kind::OAuth)
    }
}

/// Both clocks of a token of two hours that ends so long after [`now`].
pub(crate) fn ends_in(left: TimeDelta) -> Expiry {
    let end = now().wall + left;
    Expiry { obtained_at: Some(end - TimeDelta::hours(2)), expires_at: Some(end), grant_ends_at: None }
}

/// A profile whose access token has ended and whose grant can refresh it.
pub(crate) fn due(name: &str) -> Profile {
    Profile { life: ends_in(TimeDelta::minutes(-5)), ..profile(name) }
}

pub(crate) fn snapshot(profiles: impl IntoIterator<Item = Profile>) -> Snapshot {
    Snapshot {
        place: PLACE.to_owned(),
        rows: profiles.into_iter().map(|profile| Row::Profile(Arc::new(profile))).collect(),
        ..Snapshot::empty(StoreId::Own)
    }
}

/// A failure of the network.
pub(crate) fn unreachable() -> Trouble {
    Trouble::untouched("cannot reach the provider", "the connection broke", FailureKind::Temporary(None))
}

/// A disk without room.
pub(crate) fn full() -> Trouble {
    Trouble::untouched("cannot save", "no space is left on the device", FailureKind::Temporary(None))
}

/// An answer of a provider that was asked at `sent`.
pub(crate) fn reply(status: u16, body: &str, sent: Now) -> Reply {
    let headers = vec![("content-type".to_owned(), Secret::new("application/json"))];
    Reply { status, headers, body: Secret::new(body), sent, secrets: Vec::new() }
}

/// The callback's answer with that code.
pub(crate) fn code(code: &str) -> Input {
    Input::Answered(AuthorizationResponse::Code { code: Secret::new(code), issuer: None })
}

/// `provider`, which says at `/me` whose a token is.
pub(crate) fn with_userinfo(provider: Provider) -> Provider {
    let userinfo = RequestTemplate {
        method: Method::Get,
        url: Template::text(&format!("{ISSUER}/me")),
        headers: vec![("authorization".to_owned(), Template::prefixed("Bearer ", Placeholder::Access))],
        body: RequestBody::Empty,
    };
    Provider { userinfo: Some(userinfo), ..provider }
}

/// What a person pastes.
pub(crate) fn typed(text: &str) -> Input {
    Input::Typed(Secret::new(text))
}

pub(crate) fn bound(port: u16) -> BoundListener {
    BoundListener { port, addresses: "127.0.0.1 and ::1".to_owned() }
}

/// The one request among `asks`.
pub(crate) fn sent(asks: &[Output]) -> (RequestId, Request) {
    let requests = asks.iter().filter_map(|ask| match ask {
        Output::Send(request_id, request) => Some((*request_id, (**request).clone())),
        Output::Entropy
        | Output::Listen(_)
        | Output::ExpectCallback(_)
        | Output::CloseListener
        | Output::Open(_)
        | Output::Save(..) => None,
    });
    let requests: Vec<_> = requests.collect();
    assert_eq!(requests.len(), 1, "one request in {asks:?}");
    requests.into_iter().next().expect("one")
}

/// The one change among `asks`.
pub(crate) fn saved(asks: &[Output]) -> Change {
    let found =
        asks.iter().find_map(|ask| if let Output::Save(_, change) = ask { Some(change) } else { None });
    (**found.expect("a change")).clone()
}

/// The check among `asks`.
pub(crate) fn check(asks: &[Output]) -> CallbackCheck {
    let found =
        asks.iter().find_map(|ask| if let Output::ExpectCallback(check) = ask { Some(check) } else { None });
    (**found.expect("a check")).clone()
}

/// What a login wants, out of an app's effects.
pub(crate) fn asks(effects: &[Effect]) -> Vec<Output> {
    let ask = |effect: &Effect| if let Effect::Login(_, ask) = effect { Some(ask.clone()) } else { None };
    effects.iter().filter_map(ask).collect()
}

/// The fields of a form body.
pub(crate) fn form(request: &Request) -> Vec<(String, String)> {
    let (kind, body) = request.body.as_ref().expect("a body");
    assert_eq!(*kind, "application/x-www-form-urlencoded");
    form_urlencoded::parse(body.expose().as_bytes()).into_owned().collect()
}

/// What becomes of a browser that the provider sends to `redirect`.
pub(crate) fn visit(redirect: &Url, check: &CallbackCheck) -> CallbackVerdict {
    let target = redirect.as_str().split_once(&format!(":{PORT}")).expect("our port").1;
    let head = format!("GET {target} HTTP/1.1\r\nHost: 127.0.0.1:{PORT}\r\n\r\n");
    receive(head.as_bytes(), Some(check), false, PORT)
}

/// The demo's authorization server, asked as a function.
pub(crate) struct Server {
    pub(crate) authority: Authority,
}

impl Server {
    pub(crate) fn new() -> Self {
        Self { authority: Authority::new(ISSUER, AuthoritySettings::default()) }
    }

    /// What it replies to a request of ours.
    pub(crate) fn reply(&mut self, request: &Request, now: Now) -> Reply {
        let plain = |(name, value): &(String, Secret)| (name.clone(), value.expose().to_owned());
        let mut headers: Vec<_> = request.headers.iter().map(plain).collect();
        let body = request.body.as_ref().map_or("", |(kind, body)| {
            headers.push(("content-type".to_owned(), (*kind).to_owned()));
            body.expose()
        });
        let method = match request.method {
            Method::Get => "GET",
            Method::Post => "POST",
            Method::Delete => "DELETE",
        };
        let served = self.hear(method, &request.url, &headers, body, now);
        let headers = served.headers.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
        let secrets = request.secrets.clone();
        Reply { status: served.status, headers, body: served.body, sent: now, secrets }
    }

    /// Opens `url` as a browser does, logs in as `account` or as whoever is proposed, decides
    /// `allow` or `deny`, and says where the browser is sent.
    pub(crate) fn browse(&mut self, url: &Url, decision: &str, account: Option<&str>, now: Now) -> Url {
        let page = self.hear("GET", url, &[], "", now);
        assert_eq!(page.status, 200, "{}", page.body.expose());
        let (_, consent) = page.body.expose().split_once("name=\"consent\" value=\"").expect("a form");
        let (consent, _) = consent.split_once('"').expect("an end");
        let mut form = form_urlencoded::Serializer::new(String::new());
        form.append_pair("consent", consent).append_pair("decision", decision);
        if let Some(account) = account {
            form.append_pair("login", account);
        }
        let headers = [("content-type".to_owned(), "application/x-www-form-urlencoded".to_owned())];
        let authorize = Url::parse(&format!("{ISSUER}{AUTHORIZE}")).expect("an address");
        let answer = self.hear("POST", &authorize, &headers, &form.finish(), now);
        let location = answer.header("location").expect("a way back");
        Url::parse(location.expose()).expect("an address")
    }

    fn hear(
        &mut self,
        method: &str,
        url: &Url,
        headers: &[(String, String)],
        body: &str,
        now: Now,
    ) -> HttpResponse {
        let query = url.query().unwrap_or_default();
        self.authority.respond(&HttpRequest { method, path: url.path(), query, headers, body }, now, [7; 64])
    }
}

/// One login, the provider it talks to, and a clock.
pub(crate) struct Journey {
    pub(crate) login: Login,
    pub(crate) server: Server,
    pub(crate) now: Now,
    pub(crate) check: Option<CallbackCheck>,
}

/// A login to a new profile of that name.
pub(crate) fn plan(text: &str) -> LoginPlan {
    let id = id(text);
    let provider = Box::new(provider(id.name.provider()));
    LoginPlan {
        client_id: provider.client.id.clone().expect("a client id"),
        client_secret: None,
        scopes: provider.scopes.default.clone(),
        known: None,
        place: PLACE.to_owned(),
        options: LoginOptions::of(&provider, Locality::Local),
        wanted: WantedAccount::Stored,
        walk: Transcript::default(),
        provider,
        id,
    }
}

/// `plan` to a provider that was changed, by all the ways it has then.
pub(crate) fn at(plan: LoginPlan, change: impl FnOnce(Provider) -> Provider) -> LoginPlan {
    let provider = Box::new(change(*plan.provider));
    LoginPlan { options: LoginOptions::of(&provider, plan.options.locality), provider, ..plan }
}

/// `provider` with device codes (RFC 8628) beside what it has.
pub(crate) fn with_device(provider: Provider) -> Provider {
    let flows = provider.flows.iter().copied().chain([LoginMethod::Device]).collect();
    Provider { device: Some(device(Pkce::Off)), flows, ..provider }
}

/// `provider` with device codes and nothing else.
pub(crate) fn with_device_alone(provider: Provider) -> Provider {
    let provider = with_device(provider);
    Provider { flows: vec![LoginMethod::Device], authorize: None, exchange: None, ..provider }
}

/// Device authorization as the standard has it, at `id.test`.
pub(crate) fn device(pkce: Pkce) -> DeviceAuthorization {
    let field = |name: &str, text: &str| (name.to_owned(), Template::parse(text).expect("a template"));
    let call = |path: &str, fields: Vec<(String, Template)>| RequestTemplate {
        method: Method::Post,
        url: Template::text(&format!("https://id.test{path}")),
        headers: vec![field("accept", "application/json")],
        body: RequestBody::Form(fields),
    };
    let authorize = vec![
        field("client_id", "{client_id}"),
        field("scope", "{scope}"),
        field("code_challenge", "{challenge}"),
    ];
    let poll = vec![
        field("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        field("device_code", "{device_code}"),
        field("client_id", "{client_id}"),
        field("code_verifier", "{verifier}"),
    ];
    DeviceAuthorization {
        authorize: call("/device", authorize),
        poll: call("/token", poll),
        pkce,
        user_code: UserCodeMode::Typed,
        reply: DeviceReplyMap::default(),
    }
}

/// `provider` whose authorization request is sent from here and whose answers carry no state.
pub(crate) fn with_sent_request(provider: Provider) -> Provider {
    let field = |name: &str, text: &str| (name.to_owned(), Template::parse(text).expect("a template"));
    let placeholder = JsonTemplate::Text(Template::placeholder(Placeholder::Redirect));
    let call = RequestTemplate {
        method: Method::Post,
        url: Template::parse("https://api.cal.test/v2/oauth/{client_id}/authorize").expect("a template"),
        headers: vec![field("accept", "application/json")],
        body: RequestBody::Json(JsonTemplate::Object(vec![("redirectUri".to_owned(), placeholder)])),
    };
    let reading = [(400, "the client or its redirect is unknown, or you have allowed it already".to_owned())];
    Provider {
        flows: vec![LoginMethod::Code],
        authorize: Some(Authorize::Sent { call, reading: reading.into() }),
        pkce: Pkce::Off,
        state: StateParameter { echoed: false, ..provider.state },
        ..provider
    }
}

/// `provider` whose answers carry no state.
pub(crate) fn without_echo(provider: Provider) -> Provider {
    Provider { state: StateParameter { echoed: false, ..provider.state }, ..provider }
}

impl Journey {
    /// A login that has just begun, and its first asks.
    pub(crate) fn begin(plan: LoginPlan) -> (Self, Vec<Output>) {
        let (login, asks) = Login::begin(plan, LoginId(1), now());
        (Self { login, server: Server::new(), now: now(), check: None }, asks)
    }

    /// A login whose methods are open.
    pub(crate) fn waiting(plan: LoginPlan) -> Self {
        let (mut journey, _) = Self::begin(plan);
        journey.tell(Input::Began(entropy()));
        let asks = journey.tell(Input::Bound(Ok(bound(PORT))));
        journey.check = Some(check(&asks));
        journey.tell(Input::Opened(Ok(())));
        journey
    }

    pub(crate) fn tell(&mut self, heard: Input) -> Vec<Output> {
        self.login.advance(heard, self.now)
    }

    pub(crate) fn advance(&mut self, by: Duration) {
        self.now = later(self.now, by);
    }

    /// What the listener says after the person decided in the browser.
    pub(crate) fn decide(&mut self, decision: &str, account: Option<&str>) -> Input {
        let url = self.login.methods().expect("open methods").first().expect("a page").clone();
        let redirect = self.server.browse(&url, decision, account, self.now);
        match visit(&redirect, self.check.as_ref().expect("a check")) {
            CallbackVerdict::Answer(answer) => Input::Answered(answer),
            CallbackVerdict::Rejected { ignored, .. } => Input::Ignored(ignored.expect("a notice")),
            other @ (CallbackVerdict::Redirect { .. } | CallbackVerdict::Finished) => {
                unreachable!("{other:?}")
            }
        }
    }

    /// The provider's reply to the request among `asks`.
    pub(crate) fn reply(&mut self, asks: &[Output]) -> Input {
        let (request_id, request) = sent(asks);
        Input::Replied(request_id, Ok(self.server.reply(&request, self.now)))
    }
}

/// The screen: a model, a clock, and no terminal.
pub(crate) struct App {
    pub(crate) model: Model,
    pub(crate) now: Now,
}

impl App {
    /// Fresh profiles of those names, the first selected.
    pub(crate) fn with<const N: usize>(names: [&str; N]) -> Self {
        Self::of(names.map(profile))
    }

    /// Those profiles, the first selected.
    pub(crate) fn of(profiles: impl IntoIterator<Item = Profile>) -> Self {
        let mut app = Self { model: Model::new((120, 30)), now: now() };
        assert_eq!(app.feed(Msg::Catalogued(Arc::new(catalog()))), []);
        assert_eq!(app.feed(Msg::Stored(snapshot(profiles))), []);
        app
    }

    pub(crate) fn feed(&mut self, msg: Msg) -> Vec<Effect> {
        update(&mut self.model, self.now, msg)
    }

    /// Presses each character.
    pub(crate) fn keys(&mut self, keys: &str) -> Vec<Effect> {
        let press = |char| self.feed(Msg::Key(KeyEvent::new(KeyCode::Char(char), KeyModifiers::NONE)));
        keys.chars().flat_map(press).collect()
    }

    /// Presses named keys: `press("down down enter")`.
    pub(crate) fn press(&mut self, names: &str) -> Vec<Effect> {
        names.split(' ').flat_map(|name| self.feed(Msg::Key(key(name)))).collect()
    }

    /// Lets time pass, at whose end the loop wakes.
    pub(crate) fn advance(&mut self, by: Duration) -> Vec<Effect> {
        self.now = later(self.now, by);
        self.feed(Msg::Woke)
    }

    pub(crate) fn profile(&self, name: &str) -> &Profile {
        self.model.profile(&id(name)).expect("a profile of that name")
    }

    pub(crate) fn selected(&self) -> String {
        self.model.selected_profile().expect("a selected profile").id.name.to_string()
    }

    pub(crate) fn message(&self) -> &str {
        self.model.message.as_ref().map_or("", |message| &message.report.text)
    }

    pub(crate) fn login(&self) -> &Login {
        self.model.login.as_ref().expect("a login")
    }

    pub(crate) fn login_id(&self) -> LoginId {
        self.login().id()
    }

    /// Tells the login that is under way.
    pub(crate) fn tell(&mut self, heard: Input) -> Vec<Effect> {
        self.feed(Msg::Login(self.login_id(), heard))
    }

    /// Begins a login to the selected profile, also in place of one that works.
    pub(crate) fn begin_login(&mut self) -> Vec<Effect> {
        let effects = self.keys("l");
        let question = self.model.screen.dialog().map(|dialog| &dialog.question);
        if matches!(question, Some(DialogQuestion::LogInAgain(_))) { self.keys("l") } else { effects }
    }

    /// Logs in to the selected profile until the methods are open.
    pub(crate) fn log_in(&mut self) {
        let effects = self.begin_login();
        assert_eq!(asks(&effects), [Output::Entropy], "{}", self.message());
        self.tell(Input::Began(entropy()));
        self.tell(Input::Bound(Ok(bound(PORT))));
        self.tell(Input::Opened(Ok(())));
    }

    /// Tells the settings, as they are read at the start.
    pub(crate) fn tell_settings(&mut self, settings: Settings) {
        assert_eq!(self.feed(Msg::Settled(Ok(settings))), [Effect::ReadEvents]);
    }

    /// Lets the mouse do something at a column and row.
    pub(crate) fn mouse(&mut self, gesture: MouseGesture, (column, row): (u16, u16)) -> Vec<Effect> {
        let target = screen_map(&self.model, self.now).at(column, row);
        self.feed(Msg::Mouse(gesture, target))
    }

    /// Clicks on words that are on the screen.
    pub(crate) fn click(&mut self, words: &str) -> Vec<Effect> {
        let place = self.place(words);
        self.mouse(MouseGesture::Click, place)
    }

    /// The column and row at which words begin that are on the screen.
    pub(crate) fn place(&self, words: &str) -> (u16, u16) {
        let screen = self.screen();
        let found = screen.lines().zip(0..).find_map(|(line, row)| Some((line.split_once(words)?.0, row)));
        let (before, row) = found.unwrap_or_else(|| panic!("no {words} in {screen}"));
        (u16::try_from(before.chars().count()).expect("small"), row)
    }

    /// The screen as text, one line a row.
    pub(crate) fn screen(&self) -> String {
        drawn(&self.model, self.now)
    }
}

/// The model drawn at its size, one line a row.
pub(crate) fn drawn(model: &Model, now: Now) -> String {
    let mut terminal = Terminal::new(TestBackend::new(model.size.0, model.size.1)).expect("a terminal");
    let theme = Theme::colored(Glyphs::unicode());
    terminal.draw(|frame| view(frame, model, &theme, now)).expect("a frame");
    let buffer = terminal.backend().buffer();
    let width = usize::from(buffer.area.width.max(1));
    let rows = buffer.content().chunks(width);
    rows.map(|row| row.iter().map(ratatui::buffer::Cell::symbol).collect::<String>() + "\n").collect()
}

/// What lies where on the frame of the model.
pub(crate) fn screen_map(model: &Model, now: Now) -> ScreenMap {
    let map = ScreenMap::default();
    let mut terminal = Terminal::new(TestBackend::new(model.size.0, model.size.1)).expect("a terminal");
    let theme = Theme::colored(Glyphs::unicode());
    terminal.draw(|frame| view_with_map(frame, model, &theme, now, &map)).expect("a frame");
    map
}

/// The key of that name.
pub(crate) fn key(name: &str) -> KeyEvent {
    if let Some(char) = name.strip_prefix("ctrl-").and_then(|rest| rest.chars().next()) {
        return KeyEvent::new(KeyCode::Char(char), KeyModifiers::CONTROL);
    }
    let code = match name {
        "esc" => KeyCode::Esc,
        "enter" => KeyCode::Enter,
        "up" => KeyCode::Up,
        "down" => KeyCode::Down,
        "left" => KeyCode::Left,
        "right" => KeyCode::Right,
        "tab" => KeyCode::Tab,
        "backtab" => KeyCode::BackTab,
        "pageup" => KeyCode::PageUp,
        "pagedown" => KeyCode::PageDown,
        "home" => KeyCode::Home,
        "end" => KeyCode::End,
        "backspace" => KeyCode::Backspace,
        "f2" => KeyCode::F(2),
        other => match other.chars().next() {
            Some(char) if other.len() == 1 => KeyCode::Char(char),
            Some(_) | None => unreachable!("no key is called {other}"),
        },
    };
    KeyEvent::new(code, KeyModifiers::NONE)
}
