//! The profiles' file is away while the answer to a refresh is awaited, and comes back.

use std::fs;
use std::time::Duration;

use authtui::demo::authority::fault::FaultKind;

use crate::home::Home;
use crate::home::served::Served;
use crate::soak::{forget, rounds, since, temporary_files, until};

/// How the file goes away and how it comes back.
type Away = (&'static str, fn(&Home), fn(&Home));

const EACH: &[Away] = &[
    (
        "renamed",
        |home| moved(home, "config.yaml", "config.yaml~"),
        |home| moved(home, "config.yaml~", "config.yaml"),
    ),
    (
        "the folder is renamed",
        |home| fs::rename(home.path("config/authtui"), home.path("config/away")).expect("renamed"),
        |home| fs::rename(home.path("config/away"), home.path("config/authtui")).expect("renamed"),
    ),
    (
        "a link that leads nowhere",
        |home| {
            moved(home, "config.yaml", "real.yaml~");
            std::os::unix::fs::symlink("real.yaml", home.config()).expect("a link");
        },
        |home| moved(home, "real.yaml~", "real.yaml"),
    ),
    (
        "a folder in its place",
        |home| {
            moved(home, "config.yaml", "config.yaml~");
            fs::create_dir(home.config()).expect("a folder");
        },
        |home| {
            fs::remove_dir(home.config()).expect("an empty folder");
            moved(home, "config.yaml~", "config.yaml");
        },
    ),
    (
        "empty",
        |home| {
            fs::copy(home.config(), home.path("config/authtui/config.yaml~")).expect("copied");
            fs::write(home.config(), "").expect("written");
        },
        |home| moved(home, "config.yaml~", "config.yaml"),
    ),
    (
        "the beginning alone",
        |home| {
            fs::copy(home.config(), home.path("config/authtui/config.yaml~")).expect("copied");
            fs::write(home.config(), "version: 1\nproviders:\n  demo:\n    oauth_cred").expect("written");
        },
        |home| moved(home, "config.yaml~", "config.yaml"),
    ),
];

fn moved(home: &Home, from: &str, to: &str) {
    let folder = home.path("config/authtui");
    fs::rename(folder.join(from), folder.join(to)).expect("renamed");
}

#[test]
fn a_file_that_is_away_when_the_answer_comes_costs_no_tokens() {
    let mut rescued = 0;
    for round in 0..rounds(1, 20) {
        for (how, goes, comes) in EACH {
            let (served, before) = Served::with_ana(-5);
            let counted = served.refreshes();
            served.fault(1, FaultKind::Late(Duration::from_millis(100)));
            let mut run = served.home.start(&["refresh", "demo/ana"]);
            assert!(until("a request", || run.has_ended(), || served.counters().in_flight > 0));
            goes(&served.home);

            let ended = run.end();

            let said = format!("round {round}, {how}: {ended:?}");
            assert!(ended.code != Some(0) && ended.err.contains("kept outside the file"), "{said}");
            assert!(!ended.err.contains("removed") && !ended.err.contains("dropped"), "{said}");
            comes(&served.home);
            assert_eq!(served.stored("ana").as_ref(), Some(&before), "{said}");
            let next = served.home.run(&["refresh", "demo/ana"]);
            assert_eq!(next.code, Some(0), "{said}, then {next:?}");
            assert_ne!(served.stored("ana").as_ref(), Some(&before), "{said}");
            let again = served.home.run(&["refresh", "demo/ana"]);
            assert_eq!(again.code, Some(0), "{said}, then {again:?}");
            assert_eq!(since(&served, counted).1, 0, "{said}: a spent token was used again");
            assert_eq!(temporary_files(&served.home), [""; 0], "{said}");
            rescued += 1;
        }
    }
    println!("absent: {rescued} answers came while the file was away, all rescued, 0 lost");
}

#[test]
fn an_editor_that_renames_while_the_answer_comes_costs_not_even_a_word() {
    let served = Served::start();
    for round in 0..rounds(3, 100) {
        forget(&served.home);
        let (entry, before) = served.entry("ana", -5);
        served.home.store(crate::home::served::store(&[entry]));
        served.fault(1, FaultKind::Late(Duration::from_millis(50)));
        let mut run = served.home.start(&["refresh", "demo/ana"]);
        assert!(until("a request", || run.has_ended(), || served.counters().in_flight > 0));
        moved(&served.home, "config.yaml", "config.yaml~");
        until("the answer", || run.has_ended(), || served.counters().in_flight == 0);
        moved(&served.home, "config.yaml~", "config.yaml");

        let ended = run.end();

        assert_eq!(ended.code, Some(0), "round {round}: {ended:?}");
        assert_ne!(served.stored("ana"), Some(before), "round {round}");
    }
    assert_eq!(served.refreshes().1, 0);
}
