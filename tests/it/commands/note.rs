//! `authtui note`: what a person writes down about a profile.

use crate::home::running::Running;
use crate::home::served::Served;

#[test]
fn a_note_is_written_printed_listed_and_removed_and_survives_a_refresh_and_another_name() {
    let (served, _) = Served::with_ana(60);
    let note = |arguments: &[&str]| served.home.run(&[&["note"], arguments].concat());

    assert!(note(&["demo/ana"]).said(0).contains("demo/ana has no note"));
    assert!(note(&["demo/ana", "  for the nightly build "]).said(0).contains("the note is saved"));
    assert_eq!(note(&["demo/ana"]).out, "for the nightly build\n");
    assert!(served.home.run(&["list", "--json"]).out.contains(r#""note":"for the nightly build""#));
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    assert_eq!(served.home.run(&["rename", "demo/ana", "work"]).code, Some(0));
    assert_eq!(note(&["demo/work"]).out, "for the nightly build\n");
    assert!(note(&["demo/work", "two\nlines"]).said(2).contains("one line of text. Nothing was changed."));
    assert!(note(&["demo/work", ""]).said(0).contains("no note now"));
    assert!(!String::from_utf8(served.home.bytes()).expect("text").contains("note:"));
    assert!(note(&["demo/nobody", "x"]).said(5).contains("demo has demo/work"));
}

#[test]
fn a_note_goes_with_its_profile_into_each_store() {
    let (served, _) = Served::with_ana(3600);
    assert_eq!(served.home.run(&["note", "demo/ana", "mine"]).code, Some(0));
    for store in ["hashed", "shared", "own"] {
        let moved = served.home.run(&["move", "demo/ana", store, "--yes"]);
        assert_eq!(moved.code, Some(0), "{moved:?}");
        assert_eq!(served.home.run(&["note", "demo/ana"]).out, "mine\n", "{store}");
        let shared = std::fs::read_to_string(served.home.path("home/.mcp-code-api/config.yaml"));
        assert!(!shared.is_ok_and(|text| text.contains("note")), "others read that file");
    }
}

#[test]
fn a_key_that_is_a_text_has_a_note_beside_it_which_goes_with_it() {
    let served = Served::start();
    served.home.store("providers:\n  demo:\n    api_key: k # mine\n");
    assert_eq!(served.home.run(&["note", "demo/key", "of the team"]).code, Some(0));
    let text = String::from_utf8(served.home.bytes()).expect("text");
    assert!(text.contains("api_key: k # mine\n") && text.contains("key_facts:"), "{text}");
    assert_eq!(served.home.run(&["note", "demo/key"]).out, "of the team\n");
    assert_eq!(served.home.run(&["delete", "demo/key", "--yes"]).code, Some(0));
    assert!(!String::from_utf8(served.home.bytes()).expect("text").contains("team"));
}

#[test]
fn nothing_that_is_only_read_gets_a_note() {
    let served = Served::start();
    served.home.store("providers: {}\n");
    let file = authtui::demo::provider_file(served.serving.issuer());
    served.home.provider("demo", &format!("{file}\nenvironment: [DEMO_KEY]\n"));
    let mut command = served.home.command(&["note", "demo/DEMO_KEY", "x"]);
    let ended = Running::start(command.env("DEMO_KEY", "v")).end();
    assert!(ended.said(2).contains("it is only read here, so no note of it is kept"), "{ended:?}");
}
