//! `authtui demo` as somebody who tries it out meets it.

use std::path::PathBuf;

use authtui::domain::name::{ProfileId, ProfileName, StoreId};
use authtui::domain::profile::Profile;
use authtui::shell::store_files::{Store, StoreFile};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::home::{Home, person};
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (120, 36);

#[test]
fn a_login_a_refresh_a_copy_and_an_erasure_work_in_the_demo() {
    let home = Home::new();
    let pty = Pty::start(&home, &["demo"], WIDE);
    for row in ["● demo/ana", "◐ demo/ben", "○ demo/cleo", "▲ demo/dora", "✗ demo/emil", "· demo/fay"]
    {
        pty.wait(row);
    }
    // The prefix of tokens is shown once the provider files have been read.
    pty.wait("dat_…").wait("↻ demo/hal").wait("– demo/key").wait("? other/ivy");
    pty.wait("demo-cal/ida").wait("demo-qonic/jon");

    pty.keys("g").wait("1/6  Press l on demo/emil");
    pty.keys("l").wait("print the link").keys("t").wait("Press any key");
    let shown = pty.contents().replace('\n', "");
    let url = person::between(&shown, "on its own:", "Open in any");
    person::answer(url, "allow");
    pty.wait("Logged in as emil@demo.test. Auto-refresh is on.").wait("● demo/emil");

    let before = profile(&home, "cleo");
    pty.wait("2/6  Press !");
    pty.keys("/cleo\r").wait("▌ ○ demo/cleo").keys("r").wait("demo/cleo refreshed.");
    let after = profile(&home, "cleo");
    assert!(after.held != before.held && after.refresh_count == before.refresh_count + 1);

    pty.keys("y").wait("refresh token").keys("t").wait("OSC 52");
    let raw = String::from_utf8_lossy(&pty.raw()).into_owned();
    let copied = STANDARD.decode(person::between(&raw, "\x1b]52;c;", "\x07")).expect("base64");
    let token = after.held.tokens().expect("tokens").access.expose();
    assert_eq!(copied, token.as_bytes());

    pty.keys("x").wait("Keep everything").keys("e").wait("signed out");
    pty.until("its tokens erased", |_| profile(&home, "cleo").held.tokens().is_none());
    pty.keys("q");
    let left = pty.end();
    assert_eq!(left.code, 0);
    assert!(left.text.contains("the demo's server and files are gone"), "{}", left.text);
    assert_eq!(std::fs::read_dir(home.path("tmp")).expect("a folder").count(), 0, "files are left");
    assert!(!home.path("config/authtui").exists() && !home.path("state/authtui").exists());
}

#[test]
fn a_fault_that_is_none_is_refused_with_what_can_be_written() {
    let home = Home::new();
    for (fault, words) in
        [("token=teapot", "400 to 599, slow, gzip, html, lost, cut, dead"), ("x=503", "WHERE is one of")]
    {
        let ended = home.run(&["demo", "--fault", fault]);
        assert_eq!(ended.code, Some(2), "{fault}");
        assert!(ended.err.contains(words), "{ended:?}");
    }
}

#[test]
fn the_demo_takes_no_file_of_the_persons() {
    let ended = Home::new().run(&["demo", "--config", "mine.yaml"]);
    assert!(ended.said(2).contains("leave out --config"), "{ended:?}");
}

#[test]
fn a_fault_that_was_asked_for_meets_the_login_in_the_demo() {
    let home = Home::new();
    let pty = Pty::start(&home, &["demo", "--fault", "authorize=denied"], WIDE);
    pty.wait("dat_…").keys("g").wait("▌ ✗ demo/emil");
    pty.keys("l").wait("print the link").keys("t").wait("Press any key");
    let shown = pty.contents().replace('\n', "");
    let url = person::between(&shown, "on its own:", "Open in any");
    let page = person::open(&url.parse().expect("an address"));
    let back = page.location.expect("the browser is sent back");
    assert!(back.query().is_some_and(|query| query.contains("error=access_denied")), "{back}");
    person::open(&back);
    pty.until("the panel says so", |screen| !screen.contents().contains("Press any key"));
    pty.wait("Stored tokens are unchanged");
    pty.keys("\rq");
    assert_eq!(pty.end().code, 0);
}

/// The profile `demo/NAME` as the running demo has stored it.
fn profile(home: &Home, name: &str) -> Profile {
    let folders = std::fs::read_dir(home.path("tmp")).expect("a folder").flatten();
    let folders: Vec<PathBuf> = folders.map(|entry| entry.path()).collect();
    let [folder] = folders.as_slice() else { panic!("{folders:?}") };
    let name = ProfileName::new("demo", name).expect("a name");
    let id = ProfileId { store: StoreId::Own, name };
    StoreFile::own(folder.join("config.yaml")).read().profile(&id.name).expect("a profile").clone()
}
