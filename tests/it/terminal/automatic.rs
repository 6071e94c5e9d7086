//! Tokens that refresh themselves while the screen is open, with a real server and real files.

use std::time::{Duration, Instant};

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::grant::Lifetimes;
use authtui::domain::clock::TimeDelta;
use authtui::domain::event::GrantEvent;
use authtui::domain::profile::RefreshResult;
use authtui::shell::event_log::EventLog;

use crate::home::PATIENCE;
use crate::home::served::{Served, store};
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (120, 30);

#[test]
fn a_token_that_is_due_soon_renews_itself_and_its_new_end_is_on_disk() {
    let (served, before) = Served::with_ana(60);
    let end = served.profile("ana").life.expires_at;
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("demo/ana refreshed.").wait("refreshes in");
    let after = served.profile("ana");
    assert!(after.life.expires_at > end && served.stored("ana") != Some(before));
    assert_eq!((served.refreshes(), after.refresh_count), ((1, 0), 1));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
    assert_eq!(served.refreshes(), (1, 0));
}

#[test]
fn whoever_quits_before_the_first_frame_is_not_kept_waiting_for_what_never_began() {
    let (served, _) = Served::with_ana(-60);
    let many = |number| format!("      - id: many-{number}\n        access_token: a\n");
    let many: String = (0..10_000).map(many).collect();
    served.home.store([served.home.bytes(), many.into_bytes()].concat());
    let pty = Pty::start(&served.home, &[], WIDE);
    // Keys are taken one by one from here on, and the file is not read yet.
    pty.until_written("\x1b[?1049h").keys("q");
    let left = pty.end();
    assert_eq!(left.code, 0);
    assert!(!left.text.contains("may have to log in"), "{}", left.text);
}

/// The shell takes the first key alone, so that the second is there before the program begins.
#[test]
fn a_key_from_before_the_first_frame_belongs_to_it() {
    let (served, _) = Served::with_ana(3600);
    let script =
        "stty -icanon -echo; echo READY; dd bs=1 count=1 2>/dev/null; \"$AUTHTUI\"; stty icanon echo";
    let pty = Pty::shell(&served.home, script, WIDE);
    pty.wait("READY").keys("xL").wait("╭ Log");
    let raw = pty.raw();
    assert!(!String::from_utf8_lossy(&raw).contains("Profiles"), "the list was drawn first");
    pty.keys("q").wait("Profiles").keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn nothing_renews_itself_where_the_command_line_or_the_settings_say_so() {
    let cases: [(&[&str], &str, &str); 3] = [
        (&["--no-auto-refresh"], "", "Auto-refresh is off (started"),
        (&[], "automatic_refresh: false\n", "Auto-refresh is off"),
        (&[], "automatic_refresh: perhaps\n", "Auto-refresh is off: settings.yaml"),
    ];
    for (arguments, settings, why) in cases {
        let served = Served::start();
        let (ana, before) = served.entry("ana", -5);
        served.home.store(store(&[ana, served.entry("ben", -5).0]));
        std::fs::write(served.home.path("config/authtui/settings.yaml"), settings).expect("written");
        let pty = Pty::start(&served.home, arguments, WIDE);
        pty.wait("auto-refresh off").wait(why);
        // What a person asks for is done, and what was due all the while is not.
        pty.keys("jr").wait("demo/ben refreshed.").wait("1 due");
        pty.keys("q");
        assert_eq!(pty.end().code, 0);
        assert_eq!((served.refreshes(), served.stored("ana")), ((1, 0), Some(before)), "{why}");
    }
}

#[test]
fn a_profile_that_was_turned_off_stays_so_until_it_is_turned_on_again() {
    let (served, before) = Served::with_ana(3600);
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("refreshes in")
        .keys("A")
        .wait("Auto-refresh is off for")
        .wait("Auto-refresh is off; A turns it on");
    let text = String::from_utf8(served.home.bytes()).expect("text");
    assert!(text.contains("automatic: false"), "{text}");
    let ended = served.home.run(&["list"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    pty.keys("A").wait("Auto-refresh is on for").keys("q");
    assert_eq!(pty.end().code, 0);
    assert!(!String::from_utf8(served.home.bytes()).expect("text").contains("automatic: false"));
    assert_eq!((served.refreshes(), served.stored("ana")), ((0, 0), Some(before)));
}

#[test]
fn a_token_of_a_few_seconds_is_asked_for_once() {
    let served = Served::start();
    let lives = Lifetimes { access: TimeDelta::seconds(4), grant: Some(TimeDelta::days(30)) };
    served.serving.with(|authority| authority.settings.accounts.insert("ana@demo.test".to_owned(), lives));
    // Nothing tells how long the first one lives; the second one tells.
    let (entry, _) = served.entry("ana", 3598);
    let entry: String =
        entry.lines().filter(|line| !line.contains("obtained_at")).map(|line| format!("{line}\n")).collect();
    served.home.store(store(&[entry]));
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("demo/ana refreshed").wait("nly r refreshes it");
    pty.wait("The token expired.").wait("r  refresh it");
    assert_eq!(served.refreshes(), (1, 0));
    pty.keys("r").until("a second refresh", |_| served.refreshes() == (2, 0));
    pty.wait("The token expired.").wait("r  refresh it").keys("q");
    assert_eq!(pty.end().code, 0);
    assert_eq!(served.refreshes(), (2, 0), "one of its own, and one that a person wanted");
}

#[test]
fn two_windows_and_a_command_at_once_ask_once() {
    let served = Served::start();
    let (ana, before) = served.entry("ana", 60);
    // Long enough that all are there before the first has its answer.
    served.fault(1, FaultKind::Late(Duration::from_millis(700)));
    served.home.store(store(&[ana]));
    let windows = [(), ()].map(|()| Pty::start(&served.home, &[], WIDE));
    let command = served.home.start(&["refresh", "--due", "5m"]);

    for window in &windows {
        window.wait("nothing needs you").wait("refreshes in");
    }
    let ended = command.end();

    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(served.refreshes(), (1, 0), "{ended:?}");
    assert_ne!(served.stored("ana"), Some(before));
    for window in windows {
        window.keys("q");
        assert_eq!(window.end().code, 0);
    }
    assert_eq!((served.refreshes(), served.profile("ana").refresh_count), ((1, 0), 1));
    let asked = EventLog::in_folder(&served.home.path("state/authtui")).read().expect("a log");
    let asked = asked.iter().filter(|event| matches!(event.what, GrantEvent::RefreshStarted { .. })).count();
    assert_eq!(asked, 1);
}

#[test]
fn many_that_are_due_are_refreshed_four_at_a_time() {
    let served = Served::start();
    let names: Vec<String> = (0..12).map(|number| format!("p{number}")).collect();
    let entries: Vec<String> = names.iter().map(|name| served.entry(name, -5).0).collect();
    served.home.store(store(&entries));
    served.fault(12, FaultKind::Late(Duration::from_millis(100)));
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("nothing needs you").keys("q");
    assert_eq!(pty.end().code, 0);
    assert_eq!(served.refreshes(), (12, 0));
    let most = served.counters().most_in_flight;
    assert!((2..=4).contains(&most), "{most} at a time");
}

#[test]
fn a_server_that_wants_to_be_left_alone_is_and_the_screen_counts_down() {
    use authtui::demo::authority::response::HttpResponse;
    let (served, before) = Served::with_ana(-5);
    let busy = HttpResponse::new(503, "text/plain", "").with("Retry-After", "2");
    served.fault(1, FaultKind::Instead(busy));
    let began = Instant::now();
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("Retrying").wait("tries again in");
    assert_eq!(served.stored("ana"), Some(before));
    let last = served.profile("ana").last_refresh.expect("a record");
    assert!(matches!(last.result, RefreshResult::Passing { times: 1, .. }), "{last:?}");
    // By itself it waits half a minute at least; a person need not.
    pty.keys("r").wait("demo/ana refreshed").keys("q");
    assert_eq!(pty.end().code, 0);
    assert!(began.elapsed() < PATIENCE);
    assert_eq!(served.refreshes(), (2, 0));
}
