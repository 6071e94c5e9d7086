//! `authtui login` at a server whose device flow has a link and no code to type.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::served::Served;

const BEGIN: &str = "/index.php/login/v2";
const POLL: &str = "/index.php/login/v2/poll";

/// A provider file of such a server.
fn file(issuer: &str) -> String {
    format!(
        "name: demo
flows: [device]
client: {{ id: authtui }}
calls:
  device: {{ post: '{issuer}{BEGIN}' }}
  poll: {{ post: '{issuer}{POLL}', form: {{ token: '{{device_code}}' }} }}
device:
  user_code: none
  reply: {{ device_code: /poll/token, page: /login, interval: /poll/interval }}
reply: {{ access: /appPassword, account: /loginName }}
meaning: [{{ status: 404, is: pending }}]
refresh: {{ rotation: none }}
"
    )
}

#[test]
fn a_device_flow_without_a_code_shows_the_link_alone_and_brings_the_token() {
    let served = Served::start();
    let issuer = served.serving.issuer().to_owned();
    served.home.provider("demo", &file(&issuer));
    let json = |status, body: String| FaultKind::Instead(HttpResponse::new(status, "application/json", body));
    let link = format!("{issuer}/login/v2/flow/abc123");
    let begun =
        format!(r#"{{"poll":{{"token":"p0ll","endpoint":"{issuer}{POLL}","interval":1}},"login":"{link}"}}"#);
    served.serving.with(|authority| {
        authority.faults.plan(BEGIN, 1, json(200, begun));
        authority.faults.plan(POLL, 1, json(404, "[]".to_owned()));
        let agreed = r#"{"server":"https://cloud.test","loginName":"ana","appPassword":"appl1cation"}"#;
        authority.faults.plan(POLL, 1, json(200, agreed.to_owned()));
    });

    let mut login = served.home.start(&["login", "demo/ana"]);
    login.line("Open this link in a browser on this machine and allow access:");
    assert_eq!(login.line("    http").trim(), link);
    let ended = login.end();

    let said = ended.said(0);
    assert!(said.contains("The link is good for 1"), "{said}");
    assert!(said.contains("Not approved yet"), "{said}");
    for word in ["type the code", "letter by letter", "user code"] {
        assert!(!said.contains(word), "{word}: {said}");
    }
    assert!(!said.contains("p0ll") && !said.contains("appl1cation"), "{said}");
    let stored = served.stored("ana").expect("tokens");
    assert_eq!(stored.access, "appl1cation");
    assert_eq!(served.profile("ana").account.as_deref(), Some("ana"));
}
