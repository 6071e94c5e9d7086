//! A refresh that the provider refuses, and who asks again.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::served::Served;
use crate::terminal::pty::Pty;

const SIZE: (u16, u16) = (120, 36);

fn refusal(served: &Served, body: &str) {
    served.fault(1, FaultKind::Instead(HttpResponse::new(400, "application/json", body)));
}

#[test]
fn a_server_that_refuses_for_an_unknown_reason_and_is_well_again_loses_no_login() {
    let (served, pair) = Served::with_ana(-5);
    refusal(&served, r#"{"error":17}"#);
    let pty = Pty::start(&served.home, &[], SIZE);
    pty.wait("refused with 17").wait("Retrying").wait("tries again in");
    assert_eq!((served.stored("ana"), served.refreshes()), (Some(pair), (1, 0)));
    pty.keys("r").wait("demo/ana refreshed").keys("q");
    assert_eq!(pty.end().code, 0);
    assert_eq!(served.refreshes(), (2, 0));
}

#[test]
fn a_plain_reason_is_not_asked_about_again_until_somebody_does() {
    let (served, _) = Served::with_ana(-5);
    refusal(&served, r#"{"error":"invalid_client"}"#);
    let pty = Pty::start(&served.home, &[], SIZE);
    pty.wait("refused with invalid_client").wait("check client.id").wait("r  try again");
    pty.until("the state without a countdown", |screen| {
        let text = screen.contents();
        text.contains("failed") && !text.contains("tries again in") && !text.contains("etrying")
    });
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
    assert_eq!(served.refreshes(), (1, 0));
    assert_eq!(served.home.run(&["token", "demo/ana"]).code, Some(0));
}

#[test]
fn a_login_that_was_said_to_be_over_is_asked_for_only_by_its_name_or_its_key() {
    for by_key in [false, true] {
        let (served, pair) = Served::with_ana(-5);
        refusal(&served, r#"{"error":"invalid_grant"}"#);
        assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(3));
        for command in [&["token", "demo/ana"][..], &["refresh", "--all"], &["refresh", "--due", "10m"]] {
            assert_eq!(served.home.run(command).code, Some(3), "{command:?}");
        }
        assert_eq!((served.stored("ana").as_ref(), served.refreshes()), (Some(&pair), (1, 0)));
        if by_key {
            let pty = Pty::start(&served.home, &[], SIZE);
            pty.wait("needs login").keys("r").wait("demo/ana refreshed").keys("q");
            assert_eq!(pty.end().code, 0);
        } else {
            assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
        }
        assert_ne!(served.stored("ana"), Some(pair));
        assert_eq!(served.refreshes(), (2, 0));
    }
}
