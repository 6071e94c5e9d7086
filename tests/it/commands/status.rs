//! `authtui status`: one line by a small file, which knows when it is no longer true.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use authtui::shell::store_files::file::FileStamp;
use serde_json::Value;

use crate::home::Home;
use crate::home::served::{Served, store};

/// The small file.
fn file(home: &Home) -> Option<PathBuf> {
    let folder = fs::read_dir(home.path("state/authtui")).ok()?;
    folder.flatten().map(|entry| entry.path()).find(|path| path.to_string_lossy().contains("status-"))
}

/// Waits until what is stored is older than what could hide a change.
fn settle(home: &Home) {
    let ours = ["config.yaml", "settings.yaml", "providers/demo.yaml"]
        .map(|name| home.path("config/authtui").join(name));
    while ours.iter().filter_map(|path| FileStamp::of(path)).any(|stamp| stamp.may_hide_a_change()) {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

#[test]
fn the_line_counts_who_needs_you_and_names_the_next_end() {
    let served = Served::start();
    let home = &served.home;
    let status = |entries: &[String]| {
        home.store(store(entries));
        let ended = home.run(&["status"]);
        let (code, out) = ended.quietly();
        assert_eq!(code, Some(0));
        out.to_owned()
    };
    let well = served.entry("ana", 3600).0;
    let refreshable = served.entry("cyd", -60).0;
    assert_eq!(status(&[well.clone(), refreshable]), "ok\n");
    let over = served.last_token("emil", (-600, -1));
    assert_eq!(status(std::slice::from_ref(&over)), "1 needs you\n");
    // More than a fifth of its life is left.
    let ends = served.last_token("fay", (-600, 200));
    assert_eq!(status(std::slice::from_ref(&ends)), "next demo/fay 3h\n");
    let both = status(&[well, over, served.last_token("ben", (-600, 12))]);
    assert!(
        ["2 need you · next demo/ben 12m\n", "2 need you · next demo/ben 11m\n"].contains(&&*both),
        "{both}"
    );
    let json: Value = serde_json::from_str(&home.run(&["status", "--json"]).out).expect("JSON");
    assert_eq!((&json["need_you"], &json["next"]["profile"]), (&2.into(), &"demo/ben".into()));
    fs::write(home.path("config/authtui/settings.yaml"), "privacy: true\n").expect("written");
    assert!(home.run(&["status"]).out.starts_with("2 need you · next demo 1"));
}

#[test]
fn it_is_told_by_the_small_file_until_a_store_or_the_settings_are_others() {
    let (served, pair) = Served::with_ana(3600);
    let home = &served.home;
    settle(home);
    assert_eq!(home.run(&["status"]).quietly(), (Some(0), "ok\n"));
    let path = file(home).expect("it is written");
    let text = fs::read_to_string(&path).expect("text");
    assert!(
        !text.contains(&pair.access) && !text.contains(&pair.refresh) && !text.contains("ana@"),
        "{text}"
    );
    assert_eq!(fs::metadata(&path).expect("a file").permissions().mode() & 0o777, 0o600);
    // Whoever tells something else has not read the store.
    let needs = |text: &str| text.replacen("\"needs\":0", "\"needs\":5", 1);
    assert_ne!(needs(&text), text);
    fs::write(&path, needs(&text)).expect("written");
    assert_eq!(home.run(&["status"]).quietly(), (Some(0), "5 need you\n"));
    // The store is another one now.
    home.store([home.bytes(), b"# mine\n".to_vec()].concat());
    assert_eq!(home.run(&["status"]).quietly(), (Some(0), "ok\n"));
    // What is not understood is made anew.
    settle(home);
    for spoiled in ["", "{", "{\"version\":9}"] {
        fs::write(&path, spoiled).expect("written");
        assert_eq!(home.run(&["status"]).quietly(), (Some(0), "ok\n"), "{spoiled}");
    }
    fs::write(&path, needs(&fs::read_to_string(&path).expect("text"))).expect("written");
    fs::write(home.path("config/authtui/settings.yaml"), "privacy: true\n").expect("written");
    assert_eq!(home.run(&["status"]).quietly(), (Some(0), "ok\n"), "the settings count");
}

#[test]
fn a_provider_file_that_is_written_where_it_lies_counts() {
    let (served, _) = Served::with_ana(3600);
    let home = &served.home;
    settle(home);
    assert_eq!(home.run(&["status"]).quietly(), (Some(0), "ok\n"));
    let path = file(home).expect("it is written");
    let text = fs::read_to_string(&path).expect("text");
    fs::write(&path, text.replacen("\"needs\":0", "\"needs\":5", 1)).expect("written");
    assert_eq!(home.run(&["status"]).quietly(), (Some(0), "5 need you\n"));
    let provider = home.path("config/authtui/providers/demo.yaml");
    let text = fs::read_to_string(&provider).expect("text");
    // Nothing of its folder changes.
    fs::write(&provider, text + "# mine\n").expect("written");
    assert_eq!(home.run(&["status"]).quietly(), (Some(0), "ok\n"));
}

#[test]
fn commands_that_have_read_all_write_it_and_those_that_read_a_part_do_not() {
    let (served, _) = Served::with_ana(3600);
    let home = &served.home;
    for arguments in [&["token", "demo/ana"][..], &["check", "demo/ana"], &["list", "--store", "own"]] {
        home.run(arguments);
        assert_eq!(file(home), None, "{arguments:?}");
    }
    for arguments in [&["list"][..], &["list", "--json"], &["check"]] {
        home.run(arguments);
        fs::remove_file(file(home).expect("it is written")).expect("removed");
    }
}
