//! Every system call that a program makes to a file is its last one.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;
use authtui::domain::profile::RefreshResult;

use crate::home::served::{Pair, Served, store};
use crate::soak::sweep::{killed, sweep};
use crate::soak::{calm, forget, since, temporary_files};

#[test]
#[ignore = "needs strace"]
fn a_refresh_that_is_killed_at_a_system_call_leaves_the_old_or_the_new() {
    let served = Served::start();
    let (mut refreshed, mut untouched, mut left, mut lost) = (0, 0, 0, 0);
    let begin = || (served.home.command(&["refresh", "demo/ana"]), (fresh(&served), served.refreshes()));
    let swept = sweep(&served.home, killed, begin, |(before, counted), traced| {
        let found = served.stored("ana").unwrap_or_else(|| panic!("{traced:?}"));
        let is_new = found != *before;
        assert!(!traced.err.contains("are saved") || is_new, "{traced:?}");
        assert!(temporary_files(&served.home).len() <= 1, "{traced:?}");
        let (asked, reused) = since(&served, *counted);
        assert!(reused == 0 && asked >= u64::from(is_new), "{traced:?}");

        let next = served.home.run(&["refresh", "demo/ana"]);

        let said = format!("{traced:?}, then {next:?}");
        // What was written whole and never got its place is found by the next refresh.
        let is_left = next.code == Some(0) && asked == 1 && !is_new;
        let is_lost = asked == 1 && !is_new && !is_left;
        let (code, reused) = if is_lost { (3, 1) } else { (0, 0) };
        assert_eq!((next.code, since(&served, *counted).1), (Some(code), reused), "{said}");
        assert!(!is_lost || next.err.contains("ended between request and save"), "{said}");
        assert_eq!(temporary_files(&served.home), [""; 0], "{said}");
        match (asked, is_new) {
            (_, true) => refreshed += 1,
            (0, false) => untouched += 1,
            (_, false) if is_left => left += 1,
            (_, false) => lost += 1,
        }
    });
    println!(
        "deaths of a refresh: {swept}; {untouched} before the request, {lost} between request and save, \
         {left} written and taken by the next refresh, {refreshed} after the save, 0 unreadable"
    );
}

#[test]
#[ignore = "needs strace"]
fn a_refresh_that_is_killed_while_it_writes_down_a_failure_leaves_the_tokens() {
    let served = Served::start();
    let mut written = 0;
    let begin = || {
        let before = fresh(&served);
        calm(&served);
        served.fault(1, FaultKind::Instead(HttpResponse::new(503, "text/plain", "busy")));
        (served.home.command(&["refresh", "demo/ana"]), before)
    };
    let swept = sweep(&served.home, killed, begin, |before, traced| {
        assert_eq!(served.stored("ana").as_ref(), Some(before), "{traced:?}");
        let last = served.profile("ana").last_refresh;
        written += usize::from(last.is_some_and(|last| matches!(last.result, RefreshResult::Passing { .. })));
        calm(&served);
        next_save_cleans_up(&served);
    });
    assert_eq!(served.refreshes().1, 0);
    println!("deaths of a record: {swept}; {written} written down, 0 unreadable");
}

#[test]
#[ignore = "needs strace"]
fn an_erasure_that_is_killed_at_a_system_call_is_done_or_not() {
    for (command, done) in [("logout", "signed out"), ("delete", "deleted")] {
        let served = Served::start();
        let mut erased = 0;
        let begin = || {
            let (entry, other) = (served.entry("ben", 3600).0, fresh(&served));
            let both = format!("{}{entry}", String::from_utf8(served.home.bytes()).expect("text"));
            served.home.store(both);
            (served.home.command(&[command, "demo/ana", "--yes"]), other)
        };
        let swept = sweep(&served.home, killed, begin, |before, traced| {
            assert!(served.stored("ben").is_some(), "{traced:?}");
            let text = String::from_utf8(served.home.bytes()).expect("text");
            let found = if text.contains("id: ana") { served.stored("ana") } else { None };
            assert!(found.is_none() || found.as_ref() == Some(before), "{traced:?}");
            assert!(!traced.err.contains(done) || found.is_none(), "{traced:?}");
            erased += usize::from(found.is_none());
            next_save_cleans_up(&served);
        });
        println!("deaths of {command}: {swept}; {erased} erased all the same, 0 unreadable");
    }
}

/// A save of another profile, after which no temporary file is there: neither the one that was to
/// be renamed nor the room that was kept for new tokens.
fn next_save_cleans_up(served: &Served) {
    assert!(temporary_files(&served.home).len() <= 2);
    let (entry, _) = served.entry("eve", -5);
    let text = String::from_utf8(served.home.bytes()).expect("text");
    let text = if text.contains("oauth_credentials:") { format!("{text}{entry}") } else { store(&[entry]) };
    served.home.store(text);
    let next = served.home.run(&["refresh", "demo/eve"]);
    assert_eq!(next.code, Some(0), "{next:?}");
    assert_eq!(temporary_files(&served.home), [""; 0]);
}

/// A state without a history, and a profile whose token has ended.
fn fresh(served: &Served) -> Pair {
    forget(&served.home);
    let (entry, pair) = served.entry("ana", -5);
    served.home.store(store(&[entry]));
    pair
}
