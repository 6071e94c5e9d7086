//! `authtui rename`, `authtui move`, and a login that goes to another store.

use std::fs;
use std::time::Instant;

use crate::home::PATIENCE;
use crate::home::served::{Pair, Served, store};

#[test]
fn a_profile_is_renamed_and_its_comments_stay() {
    let (served, pair) = Served::with_ana(3600);
    let text = String::from_utf8(served.home.bytes()).expect("text");
    served.home.store(text.replacen("- id: ana", "# mine\n      - id: ana\n        colour: red", 1));

    let ended = served.home.run(&["rename", "demo/ana", "work"]);

    assert!(ended.said(0).contains("demo/ana: renamed to demo/work."), "{ended:?}");
    let text = String::from_utf8(served.home.bytes()).expect("text");
    assert!(
        text.contains("# mine") && text.contains("colour: red") && text.contains(&pair.refresh),
        "{text}"
    );
    assert!(served.home.run(&["list"]).out.contains("demo/work"));
    assert!(served.home.run(&["events"]).out.contains("renamed to work"));
    for (new, why) in [("key", "reserved"), ("acme/x", "belongs to demo"), ("work", "already")] {
        let ended = served.home.run(&["rename", "demo/work", new]);
        assert!(ended.said(2).contains(why), "{ended:?}");
    }
}

#[test]
fn a_profile_moves_to_the_folder_is_refreshed_there_and_comes_back() {
    let (served, pair) = Served::with_ana(60);

    let ended = served.home.run(&["move", "demo/ana", "hashed"]);

    assert!(ended.said(0).contains("demo/ana: moved to hashed ("), "{ended:?}");
    assert!(!String::from_utf8(served.home.bytes()).expect("text").contains(&pair.refresh));
    let folder = served.home.path("home/.claude/credentials");
    let files = || {
        let all = fs::read_dir(&folder).expect("a folder").flatten();
        let all = all.map(|file| file.file_name().to_string_lossy().into_owned());
        all.filter(|name| !name.starts_with('.')).collect::<Vec<_>>()
    };
    let [file] = &files()[..] else { panic!("{:?}", files()) };
    assert!(fs::read_to_string(folder.join(file)).expect("there").contains(&pair.refresh));
    assert!(served.home.run(&["list", "--json"]).out.contains("\"store\":\"hashed\""));
    let again = served.home.run(&["move", "demo/ana", "hashed"]);
    assert!(again.said(1).contains("is in hashed already"), "{again:?}");
    let refreshed = served.home.run(&["refresh", "hashed:demo/ana"]);
    assert_eq!(refreshed.code, Some(0), "{refreshed:?}");
    let second = fs::read_to_string(folder.join(file)).expect("there");
    assert!(!second.contains(&pair.refresh));
    let batch = served.home.run(&["refresh", "--all"]);
    assert!(batch.said(0).contains("1 refreshed"), "{batch:?}");
    assert_ne!(fs::read_to_string(folder.join(file)).expect("there"), second, "every store is refreshed");

    let asked = served.home.run(&["move", "demo/ana", "shared"]);
    assert!(asked.said(2).contains("shared has no room for") && asked.err.contains("--yes"), "{asked:?}");
    assert_eq!(served.home.run(&["move", "demo/ana", "own"]).code, Some(0));
    assert_eq!(files(), Vec::<String>::new());
    let renamed = served.home.run(&["rename", "demo/ana", "ben"]);
    assert_eq!(renamed.code, Some(0), "{renamed:?}");
}

#[test]
fn events_follow_a_profile_to_its_new_name_and_store() {
    let (served, _pair) = Served::with_ana(60);
    let commands: [&[&str]; 3] =
        [&["refresh", "demo/ana"], &["rename", "demo/ana", "work"], &["move", "demo/work", "hashed"]];
    for command in commands {
        let ended = served.home.run(command);
        assert_eq!(ended.code, Some(0), "{ended:?}");
    }
    for name in ["demo/work", "hashed:demo/work"] {
        let events = served.home.run(&["events", name]).out;
        for words in ["refreshed (#", "renamed to work", "moved to "] {
            assert!(events.contains(words), "{name}: {events}");
        }
    }
    let before = served.home.run(&["events", "demo/ana"]).out;
    assert!(before.contains("renamed to work") && !before.contains("moved to"), "{before}");
}

#[test]
fn a_name_of_two_stores_is_listed_with_them_and_a_command_asks_which_is_meant() {
    let (served, _pair) = Served::with_ana(3600);
    assert_eq!(served.home.run(&["move", "demo/ana", "shared", "--yes"]).code, Some(0));
    let shared = served.home.path("home/.mcp-code-api/config.yaml");
    let text = fs::read(&shared).expect("there");
    assert_eq!(served.home.run(&["move", "demo/ana", "hashed"]).code, Some(0));
    fs::write(&shared, text).expect("written");

    let listed = served.home.run(&["list"]);
    assert!(listed.out.contains("shared:demo/ana") && listed.out.contains("hashed:demo/ana"), "{listed:?}");
    let one = served.home.run(&["list", "--store", "hashed"]).out;
    assert!(one.contains("demo/ana") && one.lines().count() == 2, "{one}");
    let ended = served.home.run(&["token", "demo/ana"]);
    assert!(ended.said(5).contains("may mean shared:demo/ana, hashed:demo/ana. Write one"), "{ended:?}");
    assert_eq!(served.home.run(&["token", "shared:demo/ana"]).code, Some(0));
    let bad = served.home.run(&["list", "--store", "attic"]);
    assert!(bad.said(2).contains("own, shared, hashed, keyring, environment, borrowed"), "{bad:?}");
}

#[test]
fn a_key_is_stored_where_the_command_says() {
    let served = Served::start();
    let ended = served.home.run(&["move", "demo/ana", "nowhere"]);
    assert!(ended.said(2).contains("own, shared, hashed"), "{ended:?}");
}

#[test]
fn a_move_of_all_that_is_killed_is_ended_by_the_same_command_and_loses_none() {
    let served = Served::start();
    let names: Vec<String> = (0..24).map(|number| format!("ana{number}")).collect();
    let entries: Vec<(String, Pair)> = names.iter().map(|name| served.entry(name, 3600)).collect();
    let text: Vec<String> = entries.iter().map(|(entry, _)| entry.clone()).collect();
    served.home.store(store(&text));
    let folder = served.home.path("home/.claude/credentials");
    let texts = || -> Vec<String> {
        let all = fs::read_dir(&folder).into_iter().flatten().flatten();
        let all = all.filter(|file| !file.file_name().to_string_lossy().starts_with('.'));
        all.filter_map(|file| fs::read_to_string(file.path()).ok()).collect()
    };
    let all = ["move", "--all", "--from", "own", "--to", "hashed"];
    for half in
        [["move", "--all", "--from", "own"].as_slice(), &["move", "--all", "--from", "own", "--to", "own"]]
    {
        assert_eq!(served.home.run(half).code, Some(2), "{half:?}");
    }

    for moved in [3, 9] {
        let mut moving = served.home.start(&all);
        until("some are moved", || texts().len() >= moved);
        moving.kill();
        let own = String::from_utf8(served.home.bytes()).expect("text");
        let there = texts().concat();
        for (_, pair) in &entries {
            assert!(own.contains(&pair.refresh) || there.contains(&pair.refresh), "one is lost");
        }
    }
    let ended = served.home.run(&all);

    assert!(ended.said(0).contains("moved to hashed."), "{ended:?}");
    let own = String::from_utf8(served.home.bytes()).expect("text");
    let there = texts();
    assert_eq!(there.len(), entries.len());
    for (_, pair) in &entries {
        assert!(!own.contains(&pair.refresh) && there.concat().contains(&pair.refresh));
    }
    let back = served.home.run(&["move", "--all", "--from", "hashed", "--to", "own"]);
    assert!(back.said(0).contains("24 moved to own."), "{back:?}");
    assert_eq!(texts(), Vec::<String>::new());
}

fn until(what: &str, there: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !there() {
        assert!(Instant::now() < end, "{what} never");
        std::thread::yield_now();
    }
}
