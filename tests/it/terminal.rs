//! The screen in a real terminal: it starts, listens to keys, and leaves no trace.

mod automatic;
mod demo;
mod editor;
mod login;
mod panel;
mod passphrase;
mod plain;
mod process;
mod prompts;
pub(crate) mod pty;
mod revoke;
mod server;
mod window;

use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;

use authtui::demo::authority::fault::FaultKind;

use crate::home::served::Served;
use crate::home::{Home, program};
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (120, 30);

#[test]
fn it_shows_the_profiles_and_every_key_on_the_way_works() {
    let (served, _) = Served::with_ana(3600);
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("demo/ana").wait("fresh").wait("59m");
    pty.keys("?").wait("Keys and states").keys("?").wait("demo/ana");
    pty.keys("/zzz").wait("Nothing matches “zzz”.");
    pty.keys("\x1b").until("the whole list", |screen| !screen.contents().contains("zzz"));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn a_key_is_answered_at_once_though_nothing_else_changes() {
    let home = Home::new();
    home.store("providers: {acme: {api_key: sk-1}}\n");
    let pty = Pty::start(&home, &[], WIDE);
    pty.wait("acme/key");
    let began = Instant::now();
    for _ in 0..5 {
        pty.keys("?").wait("Keys and states").keys("?").wait("acme/key");
    }
    assert!(began.elapsed() < Duration::from_secs(5), "10 keys took {:?}", began.elapsed());
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn every_way_out_gives_the_terminal_back() {
    for (way, keys, signal) in [
        ("q", "q", ""),
        ("Ctrl-C", "\x03", ""),
        ("SIGTERM", "", "TERM"),
        ("SIGHUP", "", "HUP"),
        ("SIGINT", "", "INT"),
    ] {
        let (served, _) = Served::with_ana(3600);
        let pty = Pty::start(&served.home, &[], WIDE);
        pty.wait("demo/ana").until("a hidden cursor", |screen| {
            screen.alternate_screen() && screen.hide_cursor() && screen.bracketed_paste()
        });
        pty.keys(keys);
        if !signal.is_empty() {
            pty.signal(signal);
        }
        let left = pty.end();
        // Whoever asked for the end by a signal is told that it was not the person's own.
        let code = u32::from(!signal.is_empty());
        assert_eq!((left.code, left.text.as_str()), (code, ""), "{way}");
    }
}

#[test]
fn a_stopped_program_gives_the_terminal_back_and_draws_anew_when_it_goes_on() {
    let (served, _) = Served::with_ana(3600);
    let script =
        "set -m; \"$AUTHTUI\"; echo \"stopped with $?\"; read -r _; fg >/dev/null; echo \"ended with $?\"";
    let pty = Pty::shell(&served.home, script, WIDE);
    pty.wait("demo/ana").keys("\x1a");
    pty.wait("stopped with").until("the ordinary screen", |screen| {
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste()
    });
    pty.keys("\r")
        .wait("demo/ana")
        .until("the alternate screen", |screen| screen.alternate_screen() && screen.hide_cursor());
    pty.keys("?").wait("Keys and states").keys("?").wait("demo/ana").keys("q");
    let left = pty.end();
    assert!(left.text.contains("ended with 0"), "{}", left.text);
}

#[cfg(debug_assertions)]
#[test]
fn a_fault_gives_the_terminal_back_and_then_says_what_it_was() {
    let (served, pair) = Served::with_ana(3600);
    let mut command = CommandBuilder::new(program());
    command.env("AUTHTUI_FAULT", "panic");
    let pty = Pty::run(&served.home, command, WIDE);
    pty.wait("demo/ana").keys("j");
    let left = pty.end();
    assert_ne!(left.code, 0);
    for words in ["a fault that was asked for", "This is a bug in authtui."] {
        assert!(left.text.contains(words), "{}", left.text);
    }
    let raw = String::from_utf8_lossy(&left.raw);
    let (screen, report) = raw.rsplit_once("\x1b[?1049l").expect("the alternate screen was left");
    assert!(!screen.contains("a fault that") && report.contains("a fault that"), "{raw}");
    assert!(!raw.contains(&pair.access[8..]) && !raw.contains(&pair.refresh[8..]), "{raw}");
}

#[test]
fn a_window_that_is_closed_during_a_refresh_costs_no_tokens() {
    let (served, before) = Served::with_ana(-60);
    served.fault(1, FaultKind::Late(Duration::from_secs(1)));

    let code =
        Pty::vanish(&served.home, &[("demo/ana", "r"), ("refreshing", "")], || served.refreshes().0 == 1);

    assert_eq!(code, 1);
    let after = served.stored("ana").expect("tokens");
    assert_ne!(after.refresh, before.refresh, "the spent one is still stored");
    assert_eq!(served.refreshes(), (1, 0));
}

#[test]
fn any_size_is_fit_to_live_in() {
    let (served, _) = Served::with_ana(3600);
    for size in [(1, 1), (20, 5), (200, 60)] {
        let pty = Pty::start(&served.home, &[], size);
        pty.until("a screen", vt100::Screen::alternate_screen);
        // Help, and Escape: crossterm reads two of them as one key.
        pty.keys("j?\x1b\x1bq");
        assert_eq!(pty.end().code, 0, "{size:?}");
    }
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("demo/ana");
    for size in [(1, 1), (300, 2), (2, 100), (20, 5), (60, 20), (100, 30), (200, 60)] {
        pty.resize(size);
    }
    // crossterm may keep a key that comes together with a change of size until the next one.
    let corner = |screen: &vt100::Screen| screen.cell(57, 199).is_some_and(|cell| cell.contents() == "╯");
    pty.until("a frame of the last size", corner).wait("ana@demo.test").keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn no_token_is_ever_written_to_the_terminal() {
    let (served, pair) = Served::with_ana(-5);
    let pty = Pty::start(&served.home, &["--no-auto-refresh"], WIDE);
    pty.wait("due").keys("r").wait("demo/ana refreshed");
    pty.keys("T").wait("works");
    pty.keys("y").wait("refresh token");
    pty.keys("qx").wait("Keep everything").keys("qq");
    let raw = String::from_utf8_lossy(&pty.end().raw).into_owned();
    let now = served.stored("ana").expect("tokens");
    for token in [pair.access, pair.refresh, now.access, now.refresh] {
        // The prefix and the last four characters are shown.
        assert!(!raw.contains(&token[4..12]) && !raw.contains(&token[token.len() - 9..]), "{raw}");
    }
}

#[test]
fn a_token_that_is_shown_for_some_seconds_is_hidden_by_a_key_and_left_nowhere() {
    let (served, pair) = Served::with_ana(3600);
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("dat_…").keys("v").wait(&pair.access).wait("Hidden in").keys("v").wait(&pair.refresh);
    pty.keys(" ").until("the list alone", |screen| {
        let text = screen.contents();
        !text.contains(&pair.access) && !text.contains(&pair.refresh) && text.contains("demo/ana")
    });
    pty.keys("v").wait(&pair.access).keys("\x03");
    let left = pty.end();
    assert_eq!((left.code, left.text.as_str()), (0, ""));
}

#[test]
fn a_file_that_is_not_understood_is_shown_as_such_and_kept() {
    let home = Home::new();
    home.store("providers: [\n");
    let pty = Pty::start(&home, &[], WIDE);
    pty.wait("config.yaml").wait("line 2");
    pty.keys("q");
    assert_eq!((pty.end().code, home.bytes()), (0, b"providers: [\n".to_vec()));
}
