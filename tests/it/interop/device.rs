//! Device codes (RFC 8628) of a provider that this project did not write.

use authtui::domain::clock::{DateTime, TimeDelta};
use serde_json::{Value, json};

use crate::home::running::Running;
use crate::interop::provider::{Client, Provider, browser};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:device_code";
/// The shortest pause, and a provider that counts who does not keep it.
const STRICT: [(&str, &str); 2] = [("DEVICE_INTERVAL", "1"), ("DEVICE_SLOW_DOWN", "1")];

/// What a login shows of its device code.
pub(super) struct Code {
    /// The page without the code in it.
    pub(super) page: String,
    pub(super) user_code: String,
    pub(super) page_with_code: String,
}

impl Code {
    pub(super) fn shown(login: &mut Running) -> Self {
        let page = login.line("    http").trim().to_owned();
        let user_code = login.line("    ").trim().to_owned();
        Self { page, user_code, page_with_code: login.line("    http").trim().to_owned() }
    }

    /// As it is shown in one line, beside the address for the browser.
    fn shown_beside(login: &mut Running) -> Self {
        let line = login.line("Or on this machine: open ");
        let (before, user_code) = line.split_once(" and type ").expect("a page and a code");
        let page = before.rsplit(' ').next().expect("an address");
        let page_with_code = format!("{page}?user_code={user_code}");
        Self { page: page.to_owned(), user_code: user_code.to_owned(), page_with_code }
    }
}

/// Starts a login by device code alone that leaves the browser to the person.
pub(super) fn by_device(provider: &Provider) -> (Running, Code) {
    let mut login = provider.begin(&["--device", "--no-browser"], []);
    let code = Code::shown(&mut login);
    (login, code)
}

#[test]
#[ignore = "needs Node"]
fn a_code_is_allowed_at_either_page_and_its_tokens_are_refreshed() {
    for typed in [false, true] {
        let provider = Provider::with(Client::Public, "[device]", &STRICT);
        let (mut login, code) = by_device(&provider);
        login.line("  Not approved yet; checking every 1 s.");
        assert_eq!((provider.count("/device/pending"), provider.home.config().exists()), (1, false));
        if typed {
            provider.visit(&code.page, &[("INTEROP_USER_CODE", &code.user_code)]);
        } else {
            provider.visit(&code.page_with_code, &[]);
        }

        let ended = login.end();

        assert!(ended.said(0).contains("Logged in: op/work"), "{ended:?}");
        assert_eq!(ended.err.matches("Not approved yet").count(), 1, "one line for a change");
        let polls = provider.count("/device/polls");
        assert_eq!((provider.count("/device/pending"), provider.count("/device/slow_down")), (polls - 1, 0));
        assert_eq!(provider.count(&format!("/token/{GRANT}/ok")), 1);
        let first = provider.token();
        assert_eq!(provider.home.run(&["refresh", "op/work"]).code, Some(0));
        assert_ne!(provider.token(), first);
        assert_eq!((provider.count("/refresh/rotated"), provider.count("/refresh/reuse_detected")), (1, 0));
    }
}

#[test]
#[ignore = "needs Node"]
fn the_browser_is_opened_at_the_page_with_the_code_in_it() {
    let provider = Provider::with(Client::Public, "[device]", &STRICT);
    let ended = provider.begin(&["--device"], [("BROWSER", browser())]).end();
    assert!(ended.said(0).contains("Logged in: op/work"), "{ended:?}");
    assert_eq!(provider.count("/device/authorizations"), 1);
}

#[test]
#[ignore = "needs Node"]
fn no_question_comes_too_early_and_slow_down_puts_off_the_next_one_by_five_seconds() {
    let provider = Provider::with(Client::Public, "[device]", &STRICT);
    let (mut login, code) = by_device(&provider);
    provider.until("/device/pending", 2);
    provider.fault("/token", 400, &json!({ "error": "slow_down" }));
    login.line("  The server wants fewer checks: every 6 s.");
    provider.sign_in(&code.page_with_code);

    let ended = login.end();

    assert!(ended.said(0).contains("Logged in: op/work"), "{ended:?}");
    assert_eq!((provider.count("/faults_fired"), provider.count("/device/slow_down")), (1, 0));
    let log = provider.log("/token");
    let slowed = log.iter().position(|entry| entry["route"] == "fault").expect("the fault");
    for (number, pair) in log.windows(2).enumerate() {
        let [before, after] = pair else { panic!("{pair:?}") };
        let least = TimeDelta::seconds(if number < slowed { 1 } else { 6 });
        assert!(at(after) - at(before) >= least, "{number}: {pair:#?}");
    }
    assert_eq!(slowed + 2, log.len(), "one question after it: {log:#?}");
}

#[test]
#[ignore = "needs Node"]
fn a_server_that_fails_while_the_code_is_asked_about_is_asked_again() {
    let provider = Provider::with(Client::Public, "[device]", &STRICT);
    let (mut login, code) = by_device(&provider);
    provider.fault("/token", 503, &json!({ "error": "temporarily_unavailable" }));
    login.line("  The server could not be asked");
    provider.sign_in(&code.page_with_code);
    assert_eq!(login.end().code, Some(0));
    assert_eq!((provider.count("/device/slow_down"), provider.count("/faults_fired")), (0, 1));
}

#[test]
#[ignore = "needs Node"]
fn a_code_that_is_denied_saves_nothing() {
    let provider = Provider::with(Client::Public, "[device]", &STRICT);
    let (login, code) = by_device(&provider);
    provider.visit(&code.page_with_code, &[("INTEROP_DENY", "1")]);
    let ended = login.end();
    assert!(ended.said(1).contains("access was denied (access_denied"), "{ended:?}");
    assert!(!provider.home.config().exists());
    assert_eq!(provider.count(&format!("/token/{GRANT}/ok")), 0);
}

#[test]
#[ignore = "needs Node"]
fn a_code_that_nobody_types_ends_and_is_not_asked_about_any_more() {
    let brief = [("DEVICE_INTERVAL", "1"), ("DEVICE_CODE_TTL", "4")];
    let provider = Provider::with(Client::Public, "[device]", &brief);
    let (login, _) = by_device(&provider);
    let ended = login.end();
    assert!(ended.said(4).contains("nobody answered in time"), "{ended:?}");
    // One poll a second, and the last one may meet the end.
    assert!(provider.count("/device/pending") >= 1 && provider.count("/device/polls") <= 4, "{ended:?}");
    assert!(!provider.home.config().exists());

    // The provider may say so first.
    let provider = Provider::with(Client::Public, "[device]", &STRICT);
    provider.fault("/token", 400, &json!({ "error": "expired_token" }));
    let (login, _) = by_device(&provider);
    let ended = login.end();
    assert!(ended.said(4).contains("nobody answered in time"), "{ended:?}");
}

#[test]
#[ignore = "needs Node"]
fn a_client_with_a_secret_sends_it_with_every_request_as_the_file_says() {
    for (client, means) in [(Client::Post, "post"), (Client::Basic, "basic")] {
        let provider = Provider::with(client, "[device]", &STRICT);
        let (login, code) = by_device(&provider);
        provider.until("/device/pending", 1);
        provider.sign_in(&code.page_with_code);

        let ended = login.end();

        assert!(ended.said(0).contains("Logged in: op/work"), "{means}: {ended:?}");
        assert!(!ended.err.contains(client.secret()), "{ended:?}");
        assert_eq!(provider.home.run(&["refresh", "op/work"]).code, Some(0), "{means}");
        let asked = [provider.log("/device/auth"), provider.log("/token")].concat();
        assert!(asked.len() >= 4 && asked.iter().all(|entry| entry["client_auth"] == means), "{asked:#?}");
        assert_eq!(provider.count("/refresh/reuse_detected"), 0);
    }
}

#[test]
#[ignore = "needs Node"]
fn the_first_of_two_methods_that_answers_wins_and_the_other_is_closed() {
    // The callback.
    let provider = Provider::with(Client::Public, "[code, device]", &STRICT);
    let mut login = provider.begin(&["--no-browser"], []);
    let authorize = login.line("http");
    let code = Code::shown_beside(&mut login);
    provider.until("/device/pending", 1);
    provider.sign_in(&authorize);
    assert!(login.end().said(0).contains("(callback)") || provider.home.config().exists());
    assert_eq!(won(&provider), (1, 0));
    let polls = provider.count("/device/polls");
    assert_eq!(provider.count("/device/pending"), polls, "no question was answered by tokens");
    // Whoever types the code later brings nothing to anybody.
    provider.sign_in(&code.page_with_code);
    provider.token();
    assert_eq!((provider.count("/device/polls"), won(&provider)), (polls, (1, 0)));

    // The device code.
    let provider = Provider::with(Client::Public, "[code, device]", &STRICT);
    let mut login = provider.begin(&["--no-browser"], []);
    let authorize = login.line("http");
    let code = Code::shown_beside(&mut login);
    provider.sign_in(&code.page_with_code);
    let ended = login.end();
    assert!(ended.said(0).contains("Logged in: op/work"), "{ended:?}");
    assert_eq!(won(&provider), (0, 1));
    let authorize = url::Url::parse(&authorize).expect("an address");
    let redirect = authorize.query_pairs().find(|(name, _)| name == "redirect_uri").expect("a redirect").1;
    let redirect = url::Url::parse(&redirect).expect("an address");
    let listener = (redirect.host_str().expect("a host"), redirect.port().expect("a port"));
    assert!(std::net::TcpStream::connect(listener).is_err(), "the callback's method is closed");
    provider.token();
}

/// How many codes of the callback, and of devices, were redeemed for tokens.
fn won(provider: &Provider) -> (u64, u64) {
    (provider.count("/token/authorization_code/ok"), provider.count(&format!("/token/{GRANT}/ok")))
}

/// When the provider noted a request.
fn at(entry: &Value) -> DateTime<authtui::domain::clock::FixedOffset> {
    DateTime::parse_from_rfc3339(entry["at"].as_str().expect("a time")).expect("a time")
}
