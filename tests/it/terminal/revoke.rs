//! Revoking at the provider on the screen, with a provider that counts.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;
use authtui::demo::authority::{REVOKE, USERINFO};

use crate::home::person;
use crate::home::served::{Pair, Served};
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (120, 30);
const NARROW: (u16, u16) = (60, 20);

#[test]
fn a_grant_is_ended_at_its_provider_and_then_erased() {
    for size in [WIDE, NARROW] {
        let (served, pair, pty) = begun(size);

        pty.keys("x").wait("Sign out of demo/ana").wait("Sign out at the provider too");
        pty.keys("\r").until("the list", |screen| !screen.contents().contains("Keep everything"));
        assert_eq!(revocations(&served), 0, "the safe answer asks nobody");
        pty.keys("x").wait("Keep everything").keys("s").wait("here and at its");

        pty.wait("· demo/ana");
        assert_eq!((served.stored("ana"), revocations(&served), lives(&served, &pair)), (None, 1, false));
        pty.keys("L").wait("╭ Log").wait("signed out at th").keys("\x1b").wait("╭ Profiles").keys("q");
        assert_eq!(pty.end().code, 0);
    }
}

#[test]
fn a_provider_that_fails_is_asked_again() {
    let (served, pair, pty) = begun(WIDE);
    plan(&served, 1);
    pty.keys("X").wait("Keep everything").keys("\r");
    pty.wait("demo/ana is not signed out")
        .wait("is having trouble (503)")
        .wait("Stored tokens are unchanged.");
    assert_eq!((served.stored("ana"), lives(&served, &pair)), (Some(pair.clone()), true));

    pty.keys("\t").keys("\r").wait("here and at its");

    assert_eq!((served.stored("ana"), revocations(&served), lives(&served, &pair)), (None, 2, false));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn tokens_can_be_erased_though_the_provider_fails() {
    let (served, pair, pty) = begun(NARROW);
    plan(&served, 1);
    pty.keys("X").wait("Keep everything").keys("\r");
    pty.wait("demo is not notified").keys("ee");
    pty.wait("Signed out of demo/ana");
    assert_eq!((served.stored("ana"), revocations(&served), lives(&served, &pair)), (None, 1, true));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn a_provider_without_a_way_is_said_before_anything_is_erased() {
    let (served, pair) = Served::with_ana(3600);
    let file = authtui::demo::provider_file(served.serving.issuer());
    let revoke = format!(", revoke: \"{}{REVOKE}\"", served.serving.issuer());
    served.home.provider("demo", &file.replace(&revoke, ""));
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("dat_…").keys("X").wait("authtui cannot end this login");
    pty.wait(served.serving.issuer());
    assert_eq!(served.stored("ana"), Some(pair));
    pty.keys("e").wait("Signed out of demo/ana");
    assert_eq!((served.stored("ana"), visits(&served)), (None, 0));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn revoking_locally_sends_nothing() {
    let (served, pair, pty) = begun(WIDE);
    pty.keys("x").wait("is not notified").keys("e").wait("Signed out of demo/ana. u undoes it");
    assert_eq!((served.stored("ana"), visits(&served)), (None, 0));
    pty.keys("u").wait("demo/ana is back");
    assert_eq!((served.stored("ana"), visits(&served)), (Some(pair.clone()), 0));
    assert!(lives(&served, &pair));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn quitting_waits_for_the_answer_and_erases() {
    let (served, pair, pty) = begun(WIDE);
    let late = FaultKind::Late(std::time::Duration::from_millis(700));
    served.serving.with(|authority| authority.faults.plan(REVOKE, 1, late));
    pty.keys("xs").wait("Signing out of demo/ana at its provider");
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
    assert_eq!((served.stored("ana"), lives(&served, &pair)), (None, false));
}

fn begun(size: (u16, u16)) -> (Served, Pair, Pty) {
    let (served, pair) = Served::with_ana(3600);
    let pty = Pty::start(&served.home, &["--no-auto-refresh"], size);
    pty.wait("● demo/ana");
    (served, pair, pty)
}

fn plan(served: &Served, times: u32) {
    let busy = FaultKind::Instead(HttpResponse::new(503, "text/plain", ""));
    served.serving.with(|authority| authority.faults.plan(REVOKE, times, busy));
}

/// How often the provider was asked to end a grant.
fn revocations(served: &Served) -> usize {
    served.serving.with(|authority| authority.seen_requests().filter(|visit| visit.path == REVOKE).count())
}

fn visits(served: &Served) -> usize {
    served.serving.with(|authority| authority.seen_requests().count())
}

/// Whether the provider still takes the access token.
fn lives(served: &Served, pair: &Pair) -> bool {
    let url = format!("{}{USERINFO}", served.serving.issuer()).parse().expect("an address");
    person::call(&url, &pair.access).status == 200
}
