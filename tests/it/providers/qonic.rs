//! Qonic: tokens without an end, and scopes to choose from.

use authtui::demo::authority::client::{CONFIDENTIAL_SECRET, POST};
use authtui::stored::provider_file;
use authtui::tui::wizard::server::{Offer, offers};
use serde_json::{Value, json};

use crate::home::person;
use crate::home::shipped::{Sent, Shipped, challenge, encoded, headers, parameter, parameters};
use crate::terminal::pty::Pty;

const CHANGES: &str = "
endpoints: { authorize: '{issuer}/v1/auth/authorize', token: '{issuer}/v1/auth/token' }
client: { id: authtui-demo-post }
scopes: { list: { get: '{issuer}/v1/auth/scopes' } }
redirect: { port: {port} }
";
const TOKEN: &str = "/v1/auth/token";
const BY_PIPE: &[&str] = &["--client-secret-stdin"];

#[test]
fn qonic_asks_without_a_response_type_and_gets_a_token_without_an_end() {
    let qonic = Shipped::start("qonic", "qonic", CHANGES);

    let (authorize, end, ended) = qonic.log_in(BY_PIPE, CONFIDENTIAL_SECRET);

    let said = ended.said(0);
    assert!(said.contains("  token: expiry unknown"), "{said}");
    let asked = ["client_id", "redirect_uri", "scope", "state", "code_challenge", "code_challenge_method"];
    let mut found = parameters(&authorize);
    found.sort();
    let mut sorted = asked.to_vec();
    sorted.sort_unstable();
    assert_eq!(found, sorted, "these and no response_type");
    let of = |name| parameter(&authorize, name);
    assert_eq!(
        (of("scope"), of("code_challenge_method")),
        ("projects:read models:read".into(), "S256".into())
    );
    let redirect = of("redirect_uri");
    assert_eq!(redirect, format!("http://localhost:{}/callback", end.port().expect("a port")));
    assert_eq!(qonic.sent("/v1/auth/consent").len(), 1, "the page of the server sends the consent");

    let [exchange] = qonic.sent(TOKEN).try_into().expect("one request");
    let verifier = exchange.field("code_verifier");
    assert_eq!(challenge(&verifier), of("code_challenge"));
    let (code, secret) = (parameter(&end, "code"), encoded(CONFIDENTIAL_SECRET));
    let expected = Sent {
        line: format!("POST {TOKEN}"),
        headers: headers(&["accept: application/json", "content-type: application/x-www-form-urlencoded"]),
        body: format!(
            "grant_type=authorization_code&code={code}&client_id={POST}&client_secret={secret}&redirect_uri={}&\
             code_verifier={verifier}",
            encoded(&redirect)
        ),
    };
    assert_eq!(exchange, expected);

    let row = qonic.row();
    assert_eq!(
        (&row["state"], &row["expires_at"], &row["scopes"]),
        (&json!("no_expiry"), &Value::Null, &json!(["projects:read", "models:read"]))
    );
    assert_eq!(qonic.entry().get("refresh_token"), None);
    assert_eq!(qonic.printed(), qonic.entry()["access_token"]);
    let count = qonic.count();
    let refreshed = qonic.run("refresh", &[]);
    assert!(refreshed.said(1).contains("this provider does not refresh tokens"), "{refreshed:?}");
    assert_eq!(qonic.count(), count, "nobody is asked");
    qonic.revoke();
}

#[test]
fn qonic_says_which_scopes_were_not_granted() {
    let qonic = Shipped::start("qonic", "qonic", CHANGES);
    let mut login = qonic.begin(&["--client-secret-stdin", "--scope", "issues:read"], CONFIDENTIAL_SECRET);
    let authorize = login.line("http");
    assert!(authorize.contains("scope=projects%3Aread+models%3Aread+issues%3Aread&"), "{authorize}");
    person::open(&person::choose(&authorize, &["projects:read"]));

    let ended = login.end();

    let said = ended.said(0);
    assert!(said.contains("not granted: models:read issues:read"), "{said}");
    assert_eq!(qonic.row()["scopes"], json!(["projects:read"]));
}

#[test]
fn qonic_shows_the_details_of_an_error_and_of_a_denied_consent() {
    let qonic = Shipped::start("qonic", "qonic", CHANGES);
    let (_, _, ended) = qonic.log_in(BY_PIPE, "wrong");
    let said = ended.said(3);
    assert!(said.contains("wrong or missing client secret") && !said.contains("unreadable"), "{said}");

    let mut login = qonic.begin(BY_PIPE, CONFIDENTIAL_SECRET);
    person::answer(&login.line("http"), "deny");
    let denied = login.end();
    assert!(denied.said(1).contains("access was denied (access_denied"), "{denied:?}");
    assert!(!qonic.home.config().exists());
}

#[test]
fn qonic_lists_its_scopes_to_choose_from_and_shows_nobody_who_asks() {
    let qonic = Shipped::start("qonic", "qonic", CHANGES);
    qonic.home.store("providers: {anthropic: {api_key: sk-ant-api03-0123456789abcdefZz01}}\n");
    let pty = Pty::start(&qonic.home, &[], (120, 36));
    // The prefix of tokens is shown once the provider files have been read.
    pty.wait("sk-ant-api03-…").keys("n").wait("Qonic");
    let catalog = provider_file::catalog([]);
    let place = offers(&catalog, &[], "")
        .iter()
        .position(|offer| matches!(offer, Offer::Provider(it) if it.name == "qonic"))
        .expect("offered");
    pty.keys(&"\x1b[B".repeat(place)).keys("\r").wait("default").keys("\r").wait("ecret");
    pty.keys(CONFIDENTIAL_SECRET).keys("\r");
    pty.wait("libraries:write").wait("Change your libraries");
    assert!(!pty.contents().contains(CONFIDENTIAL_SECRET), "{}", pty.contents());
    pty.keys("\x03");
    assert_eq!(pty.end().code, 0);
    let list = qonic.sent("/v1/auth/scopes");
    let request = Sent {
        line: "GET /v1/auth/scopes".to_owned(),
        headers: headers(&["accept: application/json"]),
        body: String::new(),
    };
    assert_eq!(list, [request]);
}
