//! `authtui login --key`: an API key is stored where other programs read it, and shown nowhere.

use authtui::demo::authority::MODELS;
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::resource::KEY;
use authtui::demo::authority::response::HttpResponse;

use crate::commands::login::{fed, handed, provider_with, tested_provider_with};
use crate::home::served::Served;
use crate::terminal::pty::Pty;

#[test]
fn a_refused_key_is_not_stored_without_a_yes_and_one_that_cannot_be_tested_is() {
    let served = Served::start();
    tested_provider_with(&served, "[code, key]");
    let login = |more: &[&str]| {
        fed(&served.home, &[&["login", "demo", "--key-stdin"], more].concat(), b"wrong").end()
    };

    let refused = login(&[]);
    let said = refused.said(3);
    assert!(said.contains("401: the provider refuses this key.") && said.contains("is not saved"), "{said}");
    assert!(said.contains("Add --yes to save it anyway.") && !said.contains("wrong"), "{said}");
    assert!(!served.home.config().exists());

    assert!(login(&["--yes"]).said(0).contains("Stored: demo/key"));
    let list = served.home.run(&["list", "--json"]).out;
    assert!(list.contains(r#""state":"refused""#), "{list}");
    let printed = served.home.run(&["token", "demo/key"]);
    assert_eq!((printed.code, printed.out.as_str()), (Some(0), "wrong\n"));
    assert!(printed.err.contains("refused this token"), "{printed:?}");

    let busy = FaultKind::Instead(HttpResponse::new(503, "text/plain", ""));
    served.serving.with(|authority| authority.faults.plan(MODELS, 1, busy));
    let stored = fed(&served.home, &["login", "demo/ci", "--key-stdin"], b"other").end();
    let said = stored.said(0);
    assert!(
        said.contains("Stored: demo/ci") && said.contains("the server is having trouble; not tested"),
        "{said}"
    );
    let good = fed(&served.home, &["login", "demo/key", "--key-stdin", "--yes"], KEY.as_bytes()).end();
    assert!(good.said(0).contains("200: works"), "{good:?}");
    assert!(!served.home.run(&["list", "--json"]).out.contains("refused"));
}

#[test]
fn a_person_may_enter_another_key_in_the_place_of_a_refused_one_or_save_it_anyway() {
    for (answers, code, stored) in
        [(&["y\r"][..], 0, Some("wrong")), (&["n\r", "n\r"], 1, None), (&["n\r", "y\r"], 0, Some(KEY))]
    {
        let served = Served::start();
        tested_provider_with(&served, "[code, key]");
        let pty = Pty::start(&served.home, &["login", "demo", "--key"], (100, 30));
        pty.wait("API key (not shown):").keys("wrong\r").wait("the provider refuses this key");
        for (answer, question) in answers.iter().zip(["Save it anyway?", "Enter another key?"]) {
            pty.wait(question).keys(answer);
        }
        if stored == Some(KEY) {
            let twice = |screen: &vt100::Screen| screen.contents().matches("API key (not").count() == 2;
            pty.until("the question again", twice).keys(&format!("{KEY}\r"));
        }
        assert_eq!(pty.end().code, code, "{answers:?}");
        let printed = served.home.run(&["token", "demo/key"]).out;
        assert_eq!(printed.trim(), stored.unwrap_or_default(), "{answers:?}");
    }
}

#[test]
fn a_key_is_stored_exactly_under_its_name_and_printed_by_token() {
    for (arguments, name, text) in [
        (&["login", "demo", "--key-stdin"][..], "demo/key", "    api_key: \"sk-+/&=%1\"\n"),
        (&["login", "demo", "--key", "--key-stdin"], "demo/key", "    api_key: \"sk-+/&=%1\"\n"),
        (
            &["login", "demo/ci", "--key-stdin"],
            "demo/ci",
            "      - id: \"ci\"\n        api_key: \"sk-+/&=%1\"\n",
        ),
    ] {
        let served = Served::start();
        provider_with(&served, "[code, key]");

        let ended = fed(&served.home, arguments, b"sk-+/&=%1\n").end();

        let said = ended.said(0);
        assert!(said.contains(&format!("Stored: {name}")) && !said.contains("sk-+"), "{said}");
        let written = String::from_utf8(served.home.bytes()).expect("text");
        assert!(written.contains(text), "{written}");
        assert_eq!(served.home.run(&["token", name]).quietly(), (Some(0), "sk-+/&=%1\n"));
    }
}

#[test]
fn a_key_comes_by_a_descriptor_too() {
    let served = Served::start();
    provider_with(&served, "[key, code]");
    let ended = handed(&served.home, &["login", "demo/ci", "--key-fd", "7"], b"sk-1").end();
    assert!(ended.said(0).contains("Stored: demo/ci"), "{ended:?}");
    assert_eq!(served.home.run(&["token", "demo/ci"]).quietly(), (Some(0), "sk-1\n"));
}

#[test]
fn a_stored_key_is_replaced_only_after_a_yes() {
    let served = Served::start();
    provider_with(&served, "[code, key]");
    let text = "providers:\n  demo:\n    api_key: old # mine\n    model: m\n";
    served.home.store(text);

    let refused = fed(&served.home, &["login", "demo", "--key-stdin"], b"new").end();
    assert!(refused.said(2).contains("add --yes to replace it"), "{refused:?}");
    assert_eq!(served.home.bytes(), text.as_bytes());

    let replaced = fed(&served.home, &["login", "demo", "--key-stdin", "--yes"], b"new").end();
    assert_eq!(replaced.code, Some(0), "{replaced:?}");
    let written = String::from_utf8(served.home.bytes()).expect("text");
    assert!(written.contains("\"new\" # mine\n    model: m\n") && !written.contains("old"), "{written}");
}

#[test]
fn a_key_that_cannot_be_one_or_has_no_place_is_refused_and_nothing_changes() {
    let (served, _) = Served::with_ana(3600);
    provider_with(&served, "[code, key]");
    let before = served.home.bytes();
    for (name, bytes, word) in [
        ("demo", &b""[..], "Enter the API key"),
        ("demo", b"hush hush", "no spaces"),
        ("demo", b"hush\nhush", "line ends"),
        ("demo/ana", b"hush", "demo/ana is a login; choose another name"),
        ("demo/key-1", b"hush", "reserved for a list of keys"),
    ] {
        let ended = fed(&served.home, &["login", name, "--key-stdin"], bytes).end();
        let said = ended.said(2);
        assert!(said.contains(word) && !said.contains("hush"), "{word}: {said}");
        assert_eq!(served.home.bytes(), before);
    }
    let nobody = served.home.run(&["login", "demo", "--key"]);
    assert!(nobody.said(2).contains("add --key-stdin or --key-fd"), "{nobody:?}");
}

#[test]
fn white_space_around_a_key_is_left_out_and_that_is_said() {
    let (served, _) = Served::with_ana(3600);
    provider_with(&served, "[code, key]");
    let ended = fed(&served.home, &["login", "demo/ci", "--key-stdin"], b" hush\n\n").end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert!(ended.err.contains("Spaces at both ends are removed."), "{ended:?}");
    assert_eq!(served.home.run(&["token", "demo/ci"]).out, "hush\n");
}

#[test]
fn no_profile_may_hide_an_environment_variable() {
    let (served, _) = Served::with_ana(3600);
    provider_with(&served, "[code, key]\nenvironment: [DEMO_KEY]");
    let before = served.home.bytes();
    for line in [&["login", "demo/DEMO_KEY"][..], &["login", "demo/DEMO_KEY", "--key-stdin"]] {
        let ended = fed(&served.home, line, b"hush").end();
        let sentence = "“DEMO_KEY” is reserved for the environment variable; choose another name";
        assert!(ended.said(2).contains(sentence), "{ended:?}");
    }
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn a_secret_in_the_place_of_a_name_is_masked() {
    let served = Served::start();
    let secret = "sk-ant-api03-0123456789abcdefZz01";
    for line in [&["login"][..], &["token"], &["resolve"], &["refresh"], &["revoke"], &["providers", "show"]]
    {
        let ended = served.home.run(&[line, &[secret]].concat());
        let said = ended.said(5);
        assert!(said.contains("sk-ant-api03-…Zz01") && !said.contains("0123"), "{line:?}: {said}");
    }
}
