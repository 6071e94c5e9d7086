//! Logins that wait at other doors than the callback.

use authtui::domain::provider::device::{DeviceAuthorization, DeviceReplyMap, UserCodeMode};
use authtui::domain::provider::request_template::{
    Method, Placeholder, RequestBody, RequestTemplate, Template,
};
use authtui::domain::provider::{Authorize, Flow, Pkce, Provider};
use authtui::domain::secret::Secret;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::login::{Ask, Bound, Heard, Login, Plan, Seat, Ways};
use authtui::oauth::request::{Entropy, Reply};
use authtui::oauth::{Attempt, Errand};

use super::cast;

/// The answer to the last question about a device code, before the moment of the screens.
pub(crate) enum Last {
    /// Not yet.
    Pending,
    /// Not yet, and ask less often.
    SlowDown,
    /// None.
    Unreachable,
}

/// A login with these flows at a provider that has them all, whose device code was asked about.
pub(crate) fn device(flows: &[Flow], seat: Seat, in_link: bool, last: Last) -> Login {
    polled(flows, seat, in_link, UserCodeMode::Typed, last)
}

/// The same where the link is enough.
pub(crate) fn link(flows: &[Flow], seat: Seat) -> Login {
    polled(flows, seat, false, UserCodeMode::None, Last::Pending)
}

fn polled(flows: &[Flow], seat: Seat, in_link: bool, user_code: UserCodeMode, last: Last) -> Login {
    let mut provider = cast::provider();
    provider.device = Some(DeviceAuthorization {
        authorize: call("https://id.example.org/device/code"),
        poll: call("https://id.example.org/token"),
        pkce: Pkce::Off,
        user_code,
        reply: DeviceReplyMap::default(),
    });
    let (mut login, asks) = begun(provider, flows, seat);
    let with_code = r#","verification_uri_complete":"https://id.example.org/device?user_code=WDJB-MJHT""#;
    let body = format!(
        r#"{{"device_code":"dev1ce","user_code":"WDJB-MJHT","verification_uri":"https://id.example.org/device",
            "expires_in":900,"interval":5{}}}"#,
        if in_link { with_code } else { "" }
    );
    login.hear(Heard::Replied(sent(&asks), Ok(reply(200, &body))), cast::now(1));
    if flows.contains(&Flow::Code) {
        login.hear(Heard::Bound(Ok(bound())), cast::now(1));
    }
    if seat == Seat::Here {
        login.hear(Heard::Opened(Ok(())), cast::now(1));
    }
    let answer = match last {
        Last::Pending => Ok(reply(400, r#"{"error":"authorization_pending"}"#)),
        Last::SlowDown => Ok(reply(400, r#"{"error":"slow_down"}"#)),
        Last::Unreachable => Err(Trouble::untouched(
            "cannot reach the provider",
            "the connection broke",
            FailureKind::Temporary(None),
        )),
    };
    let asks = login.hear(Heard::Woke, cast::now(19));
    login.hear(Heard::Replied(sent(&asks), answer), cast::now(19));
    login
}

/// A login at a provider that answers nobody but the person's own browser.
pub(super) fn curl() -> Login {
    let mut provider = cast::provider();
    provider.title = "Cal.com".to_owned();
    provider.authorize =
        Some(Authorize::Sent { call: call("https://api.cal.test/authorize"), reading: [].into() });
    let (mut login, asks) = begun(provider, &[Flow::Code], Seat::Here);
    login.hear(Heard::Replied(sent(&asks), Ok(reply(401, ""))), cast::now(1));
    login
}

fn begun(mut provider: Provider, flows: &[Flow], seat: Seat) -> (Login, Vec<Ask>) {
    provider.flows = flows.to_vec();
    let provider = Box::new(provider);
    let plan = Plan {
        id: cast::id("anthropic/work"),
        client_id: "authtui".to_owned(),
        client_secret: None,
        scopes: provider.scopes.default.clone(),
        known: None,
        place: cast::PLACE.into(),
        ways: Ways::of(&provider, seat),
        provider,
    };
    let (mut login, _) = Login::begin(plan, Attempt(1), cast::now(0));
    let asks = login.hear(Heard::Began(Entropy::new([7; Entropy::BYTES])), cast::now(0));
    (login, asks)
}

fn bound() -> Bound {
    Bound { port: 8765, addresses: "127.0.0.1 and ::1".into() }
}

fn call(url: &str) -> RequestTemplate {
    RequestTemplate {
        method: Method::Post,
        url: Template::parse(url).expect("a template"),
        headers: Vec::new(),
        body: RequestBody::Form(vec![("client_id".to_owned(), Template::placeholder(Placeholder::ClientId))]),
    }
}

fn sent(asks: &[Ask]) -> Errand {
    let errand =
        asks.iter().find_map(|ask| if let Ask::Send(errand, _) = ask { Some(*errand) } else { None });
    errand.expect("a request is sent")
}

fn reply(status: u16, body: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), Secret::new("application/json"))];
    Reply { status, headers, body: Secret::new(body), sent: cast::now(0), secrets: Vec::new() }
}
