//! A server by its address on the screen: an address that wants a yes, and a registration that is refused.

use crate::home::Home;
use crate::home::refusing::RefusingServer;
use crate::terminal::pty::Pty;

const REFUSALS: [(u16, &str, &str); 3] = [
    (403, "Forbidden", "refused with 403"),
    (
        400,
        r#"{"error":"invalid_client_metadata","error_description":"client_name is not on the list"}"#,
        "not on the list",
    ),
    (401, r#"{"message":"Register your app in the browser first"}"#, "in the browser first"),
];

#[test]
fn a_doubtful_address_wants_a_yes_and_a_refused_registration_leads_to_a_client_id_of_ones_own() {
    for ((status, body, _), (shown, size)) in REFUSALS.into_iter().zip([
        ("Forbidden", (120, 32)),
        ("invalid_client_metadata", (80, 24)),
        ("Register", (60, 20)),
    ]) {
        let (home, server) = (Home::new(), RefusingServer::start(status, body));
        let pty = Pty::start(&home, &[], size);
        pty.wait("No profiles yet").keys("n").wait("Provider or web address:");
        pty.keys(&format!("{}\r", server.address)).wait("token endpoint is at 127.0.0.1:9");
        pty.wait("Enter sends requests there. Esc goes back.").keys("w").wait("answered after");
        pty.keys("w").wait("Enter sends requests there.").keys("\r").wait(shown);
        pty.wait("Enter fill in").keys("\r").wait("http://127.0.0.1:8765/callback");
        pty.keys("\x03");
        assert_eq!(pty.end().code, 0, "{status}");
        assert!(!home.path("config/authtui/providers").exists(), "nothing was found, so nothing is kept");
    }
}

#[test]
fn a_command_says_who_refused_and_how_to_go_on() {
    for (status, body, words) in REFUSALS {
        let (home, server) = (Home::new(), RefusingServer::start(status, body));
        let asked = home.run(&["login", &server.address]);
        assert!(asked.said(2).contains("accept them with --yes"), "{asked:?}");
        let ended = home.run(&["login", &server.address, "--yes"]);
        let said = ended.said(1);
        for words in [
            words,
            "cannot register authtui at 127.0.0.1",
            "- Enter this redirect address: http://127.0.0.1:8765/callback",
            "--client-id ID",
            "to let authtui register",
        ] {
            assert!(said.contains(words), "{words}: {said}");
        }
    }
}
