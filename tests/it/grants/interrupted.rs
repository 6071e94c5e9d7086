//! A refresh whose program was killed between request and save.

use std::time::Duration;

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::grants::{until, words};
use crate::home::running::Running;
use crate::home::served::Served;
use crate::terminal::pty::Pty;

const SIZE: (u16, u16) = (120, 36);
const LOST: &str = "interrupted between request and save";

#[test]
fn it_is_explained_before_anybody_asks_again_and_after_it_was_refused() {
    let (served, pair) = Served::with_ana(-5);
    let killed = killed(&served);

    let listed = served.home.run(&["list"]);
    let author = format!("by authtui refresh (process {killed}) was {LOST}");
    for words in [
        author.as_str(),
        "may already be used up",
        "Stored tokens are unchanged.",
        "Next: authtui refresh demo/ana",
    ] {
        assert!(listed.err.contains(words), "no “{words}” in {}", listed.err);
    }
    let pty = Pty::start(&served.home, &["--no-auto-refresh"], SIZE);
    pty.until("what was interrupted", |screen| {
        let text = unbroken(screen);
        [format!("process {killed}"), LOST.to_owned(), "r tries again".to_owned()]
            .iter()
            .all(|words| text.contains(words.as_str()))
    });
    assert_eq!(words(&served.home), ["asked"], "nobody has asked again");

    pty.keys("r").until("the refusal and its cause", |screen| {
        let text = unbroken(screen);
        text.contains("invalid_grant")
            && text.contains("so any token it got is lost")
            && text.contains("needs login")
    });
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
    assert_eq!((served.stored("ana"), served.refreshes().0), (Some(pair), 2));
}

#[test]
fn it_is_explained_though_another_refresh_has_failed_since() {
    let (served, _) = Served::with_ana(-5);
    let killed = killed(&served);
    served.fault(1, FaultKind::Instead(HttpResponse::new(503, "text/plain", "busy")));
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(4));
    assert_eq!(words(&served.home), ["asked", "asked", "failed"]);

    let refused = served.home.run(&["refresh", "demo/ana"]);

    let cause = format!("by authtui refresh (process {killed}) ended between request and save");
    assert!(refused.said(3).contains(&cause), "{refused:?}");
}

#[test]
fn one_that_the_provider_never_saw_is_survived_and_that_is_said() {
    let (served, before) = Served::with_ana(-5);
    let silent = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let file = authtui::demo::provider_file(served.serving.issuer());
    let elsewhere = format!("http://{}/token", silent.local_addr().expect("an address"));
    let token = format!("{}{}", served.serving.issuer(), authtui::demo::authority::TOKEN);
    served.home.provider("demo", &file.replace(&token, &elsewhere));
    let mut first = served.home.start(&["refresh", "demo/ana"]);
    until("a note", || words(&served.home) == ["asked"]);
    let (_asking, _) = silent.accept().expect("a visitor");
    first.kill();
    served.home.provider("demo", &file);

    let pty = Pty::start(&served.home, &["--no-auto-refresh"], SIZE);
    pty.until("what was interrupted", |screen| unbroken(screen).contains(LOST));
    pty.keys("r").until("the new tokens and how it went", |screen| {
        let text = unbroken(screen);
        text.contains("the next one got new tokens anyway") && !text.contains(LOST)
    });
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
    assert_ne!(served.stored("ana"), Some(before));
    assert_eq!(words(&served.home), ["asked", "asked", "refreshed"]);
}

#[test]
fn a_token_that_stays_good_is_not_called_spent() {
    let (served, _) = Served::with_ana(-5);
    let often = |file: String| file.replace("rotation: single_use", "rotation: reusable");
    let file = often(authtui::demo::provider_file(served.serving.issuer()));
    assert!(file.contains("reusable"), "{file}");
    served.home.provider("demo", &file);
    killed(&served);
    let listed = served.home.run(&["list"]);
    assert_eq!((listed.code, listed.err.as_str()), (Some(0), ""));

    let refused = served.home.run(&["refresh", "demo/ana"]);

    assert!(refused.said(3).contains("invalid_grant") && !refused.err.contains("is lost"), "{refused:?}");
}

#[test]
fn one_that_is_under_way_is_told_from_one_that_was_killed() {
    let (served, _) = Served::with_ana(-5);
    let pty = Pty::start(&served.home, &["--no-auto-refresh"], SIZE);
    pty.wait("demo/ana");
    served.fault(1, FaultKind::Late(Duration::from_secs(20)));
    let mut first = served.home.start(&["token", "demo/ana"]);
    let asker = format!("authtui token (process {}) is still running.", first.id());
    pty.until("who asks", |screen| unbroken(screen).contains(&asker));
    first.kill();
    pty.until("that it was killed", |screen| unbroken(screen).contains(LOST));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

/// Kills a refresh whose request has reached the provider, and gives the number of its process.
fn killed(served: &Served) -> u32 {
    served.fault(1, FaultKind::Late(Duration::from_millis(500)));
    let mut first: Running = served.home.start(&["refresh", "demo/ana"]);
    until("a request", || served.counters().in_flight == 1);
    let process = first.id();
    first.kill();
    until("the answer nobody hears", || served.counters().in_flight == 0);
    process
}

/// The text of the pane, which stands on the right, and that of the whole screen, without the
/// ends of their lines.
fn unbroken(screen: &vt100::Screen) -> String {
    let columns = screen.size().1.get();
    let begins =
        |column: &u16| *column > 0 && screen.cell(1, *column).is_some_and(|cell| cell.contents() == "┌");
    let from = (0..columns).find(begins).unwrap_or(0);
    let pane: Vec<String> = screen.rows(from, columns - from).collect();
    let whole = format!("{} {}", pane.join(" ").replace('│', " "), screen.contents());
    whole.split_whitespace().collect::<Vec<_>>().join(" ")
}
