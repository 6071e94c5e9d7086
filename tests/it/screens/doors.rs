//! Logins that wait at other methods than the callback.

use authtui::domain::provider::device::{DeviceAuthorization, DeviceReplyMap, UserCodeMode};
use authtui::domain::provider::request_template::{
    Method, Placeholder, RequestBody, RequestTemplate, Template,
};
use authtui::domain::provider::{Authorize, LoginMethod, Pkce, Provider};
use authtui::domain::secret::Secret;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::login::{
    BoundListener, Input, Locality, Login, LoginOptions, LoginPlan, Output, WantedAccount,
};
use authtui::oauth::request::{Entropy, Reply};
use authtui::oauth::transcript::Transcript;
use authtui::oauth::{LoginId, RequestId};

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
pub(crate) fn device(flows: &[LoginMethod], locality: Locality, in_link: bool, last: Last) -> Login {
    polled(flows, locality, in_link, UserCodeMode::Typed, last)
}

/// The same where the link is enough.
pub(crate) fn link(flows: &[LoginMethod], locality: Locality) -> Login {
    polled(flows, locality, false, UserCodeMode::None, Last::Pending)
}

fn polled(
    flows: &[LoginMethod],
    locality: Locality,
    in_link: bool,
    user_code: UserCodeMode,
    last: Last,
) -> Login {
    let mut provider = cast::provider();
    provider.device = Some(DeviceAuthorization {
        authorize: call("https://id.example.org/device/code"),
        poll: call("https://id.example.org/token"),
        pkce: Pkce::Off,
        user_code,
        reply: DeviceReplyMap::default(),
    });
    let (mut login, asks) = begun(provider, flows, locality);
    let with_code = r#","verification_uri_complete":"https://id.example.org/device?user_code=WDJB-MJHT""#;
    let body = format!(
        r#"{{"device_code":"dev1ce","user_code":"WDJB-MJHT","verification_uri":"https://id.example.org/device",
            "expires_in":900,"interval":5{}}}"#,
        if in_link { with_code } else { "" }
    );
    login.advance(Input::Replied(sent(&asks), Ok(reply(200, &body))), cast::now(1));
    if flows.contains(&LoginMethod::Code) {
        login.advance(Input::Bound(Ok(bound())), cast::now(1));
    }
    if locality == Locality::Local {
        login.advance(Input::Opened(Ok(())), cast::now(1));
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
    let asks = login.advance(Input::Woke, cast::now(19));
    login.advance(Input::Replied(sent(&asks), answer), cast::now(19));
    login
}

/// A login at a provider that answers nobody but the person's own browser.
pub(super) fn curl() -> Login {
    let mut provider = cast::provider();
    provider.title = "Cal.com".to_owned();
    provider.authorize =
        Some(Authorize::Sent { call: call("https://api.cal.test/authorize"), reading: [].into() });
    let (mut login, asks) = begun(provider, &[LoginMethod::Code], Locality::Local);
    login.advance(Input::Replied(sent(&asks), Ok(reply(401, ""))), cast::now(1));
    login
}

fn begun(mut provider: Provider, flows: &[LoginMethod], locality: Locality) -> (Login, Vec<Output>) {
    provider.flows = flows.to_vec();
    let provider = Box::new(provider);
    let plan = LoginPlan {
        id: cast::id("anthropic/work"),
        client_id: "authtui".to_owned(),
        client_secret: None,
        scopes: provider.scopes.default.clone(),
        known: None,
        place: cast::PLACE.into(),
        options: LoginOptions::of(&provider, locality),
        wanted: WantedAccount::Stored,
        walk: Transcript::default(),
        provider,
    };
    let (mut login, _) = Login::begin(plan, LoginId(1), cast::now(0));
    let asks = login.advance(Input::Began(Entropy::new([7; Entropy::BYTES])), cast::now(0));
    (login, asks)
}

fn bound() -> BoundListener {
    BoundListener { port: 8765, addresses: "127.0.0.1 and ::1".into() }
}

fn call(url: &str) -> RequestTemplate {
    RequestTemplate {
        method: Method::Post,
        url: Template::parse(url).expect("a template"),
        headers: Vec::new(),
        body: RequestBody::Form(vec![("client_id".to_owned(), Template::placeholder(Placeholder::ClientId))]),
    }
}

fn sent(asks: &[Output]) -> RequestId {
    let request_id = asks
        .iter()
        .find_map(|ask| if let Output::Send(request_id, _) = ask { Some(*request_id) } else { None });
    request_id.expect("a request is sent")
}

fn reply(status: u16, body: &str) -> Reply {
    let headers = vec![("content-type".to_owned(), Secret::new("application/json"))];
    Reply { status, headers, body: Secret::new(body), sent: cast::now(0), secrets: Vec::new() }
}
