//! An API key is kept instead of a login.

use authtui::domain::change::{Change, Edit};
use authtui::domain::clock::{DateTime, TimeDelta, Utc};
use authtui::domain::profile::{Kind, LastTest, Profile, TestResult};
use authtui::domain::provider::{LoginMethod, Provider};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::probe::TestVerdict;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::wizard::key_page::KeyField;
use authtui::tui::wizard::{ListQuestion, Page, TextQuestion, Work};

use super::{changed, choose_own, named_anew, wizard};
use crate::harness::{App, full, id, now, profile, snapshot};

/// A provider with keys beside its logins.
fn with_keys() -> Provider {
    changed(|provider| {
        provider.flows.push(LoginMethod::Key);
        provider.key_page = "https://demo.test/keys".parse().ok();
    })
}

/// Goes to the page of a new key of that name.
fn at_the_key(app: &mut App, provider: &Provider, name: &str) {
    choose_own(app, provider);
    if matches!(wizard(app).page, Page::Choice(ListQuestion::LoginOrKey, _)) {
        app.press("down enter");
    }
    named_anew(app, name);
    app.press("enter");
}

fn key(name: &str) -> Profile {
    let mut profile = Profile::new(id(name), Kind::ApiKey);
    profile.held = StoredTokens::Present(Tokens { access: Secret::new("demo-key"), refresh: None });
    profile.login.origins = with_keys().origins();
    profile
}

fn kept(name: &str) -> Effect {
    let change = Change { name: id(name).name, expects: None, edit: Edit::Add(Box::new(key(name))) };
    Effect::Change(id(name), Box::new(change))
}

/// What the provider says of the key that is tested.
fn tested(status: u16) -> Msg {
    let verdict = TestVerdict::of(&with_keys(), &key("ci"), status, now().wall);
    Msg::KeyTested(Secret::new("demo-key").short().to_owned(), Ok(verdict))
}

/// The change that keeps a key of which a test has said that.
fn kept_as(name: &str, result: TestResult, status: u16) -> Effect {
    let token = Secret::new("demo-key").short().to_owned();
    let last_test = Some(Box::new(LastTest { at: now().wall, result, status, token }));
    let profile = Box::new(Profile { last_test, ..key(name) });
    let change = Change { name: id(name).name, expects: None, edit: Edit::Add(profile) };
    Effect::Change(id(name), Box::new(change))
}

#[test]
fn a_refused_key_is_saved_only_if_it_is_entered_once_more() {
    let mut app = App::of([]);
    at_the_key(&mut app, &with_keys(), "ci");
    app.keys("demo-key");
    assert_eq!(app.press("enter"), [Effect::TestKey(Box::new(key("ci")))]);
    assert_eq!(app.press("enter down"), [], "it is being tested");
    assert_eq!(app.feed(tested(401)), []);
    let asked =
        "The provider refuses this key (401). Type another one, or press Enter again to save it anyway";
    assert_eq!((wizard(&app).complaint.as_deref(), wizard(&app).work), (Some(asked), Work::Idle));
    assert_eq!(app.press("enter"), [kept_as("ci", TestResult::Refused, 401)]);

    let mut app = App::of([]);
    at_the_key(&mut app, &with_keys(), "ci");
    app.keys("demo-key");
    app.press("enter");
    app.feed(tested(401));
    app.keys("2");
    let [Effect::TestKey(other)] = &app.press("enter")[..] else { panic!("another key is tested anew") };
    assert!(!other.holds(Secret::new("demo-key").short()));
    assert_eq!(app.feed(tested(200)), [], "that was the key before");
}

#[test]
fn a_key_that_cannot_be_tested_is_saved_and_that_is_said() {
    let offline =
        Err(Trouble::untouched("cannot test", "it could not be reached", FailureKind::Temporary(None)));
    let offline = Msg::KeyTested(Secret::new("demo-key").short().to_owned(), offline);
    for (answer, words) in [
        (offline, "demo/ci saved (not tested: it could not be reached)."),
        (tested(503), "demo/ci saved (503: the server is having trouble; not tested)."),
    ] {
        let mut app = App::of([]);
        at_the_key(&mut app, &with_keys(), "ci");
        app.keys("demo-key");
        app.press("enter");
        assert_eq!(app.feed(answer), [kept("ci")]);
        app.feed(Msg::Changed(id("ci"), Ok(snapshot([key("ci")]))));
        assert_eq!(app.message(), words);
    }
}

#[test]
fn esc_ends_the_test_of_a_key_and_its_answer_is_dropped() {
    let mut app = App::of([]);
    at_the_key(&mut app, &with_keys(), "ci");
    app.keys("demo-key");
    app.press("enter esc");
    assert!(matches!(wizard(&app).page, Page::Key(_)));
    assert_eq!((app.feed(tested(200)), wizard(&app).work), (vec![], Work::Idle));
}

#[test]
fn a_stored_key_is_replaced_by_the_key_of_a_login() {
    let mut app = App::of([key("ci")]);
    assert_eq!(app.keys("l"), []);
    assert!(matches!(wizard(&app).page, Page::Key(_)), "{:?}", app.model.screen);
    app.keys("other");
    let [Effect::TestKey(new)] = &app.press("enter")[..] else { panic!("it is tested") };
    let before = key("ci").held.fingerprint();
    let verdict = TestVerdict::of(&with_keys(), new, 200, now().wall);
    let effects = app.feed(Msg::KeyTested(Secret::new("other").short().to_owned(), Ok(verdict)));
    let [Effect::Change(_, change)] = &effects[..] else { panic!("it is kept") };
    assert_eq!((change.expects, change.profile().map(|kept| &kept.held)), (before, Some(&new.held)));
    assert!(matches!(change.edit, Edit::Put(_)));
}

/// The change that keeps the key with that end.
fn kept_until(end: DateTime<Utc>) -> Effect {
    let life = Expiry { obtained_at: Some(now().wall), expires_at: Some(end), grant_ends_at: None };
    let profile = Box::new(Profile { life, ..key("ci") });
    Effect::Change(
        id("ci"),
        Box::new(Change { name: id("ci").name, expects: None, edit: Edit::Add(profile) }),
    )
}

#[test]
fn an_end_that_is_typed_beside_the_key_is_said_and_stored_with_it() {
    let mut app = App::of([]);
    at_the_key(
        &mut app,
        &changed(|provider| {
            provider.flows = vec![LoginMethod::Key];
            provider.probe = None;
        }),
        "ci",
    );
    app.keys("demo-key");
    app.press("tab");
    assert!(app.screen().contains("Write it like 2027-01-31"), "{}", app.screen());
    app.keys("90d");
    assert!(app.screen().contains("The key ends on 15 Apr 2027"), "{}", app.screen());
    assert!(app.screen().contains("(in 90d)."), "{}", app.screen());
    assert_eq!(app.press("enter"), [kept_until(now().wall + TimeDelta::days(90))]);
}

#[test]
fn an_end_that_cannot_be_is_said_while_it_is_typed_and_keeps_the_page() {
    let mut app = App::of([]);
    at_the_key(&mut app, &with_keys(), "ci");
    app.keys("demo-key");
    for (typed, says) in [("soon", "Cannot read “soon” as an end"), ("2027-01-14", "has passed")] {
        app.press("tab");
        app.keys(typed);
        assert!(app.screen().contains(says), "{}", app.screen());
        app.press("tab");
        assert_eq!(app.press("enter"), []);
        let Page::Key(page) = &wizard(&app).page else { panic!("the page stays") };
        assert_eq!(page.focus, KeyField::Ends, "there it is mended");
        assert_eq!(app.screen().matches(says).count(), 1, "{}", app.screen());
        for _ in typed.chars() {
            app.press("backspace");
        }
        assert_eq!(wizard(&app).complaint, None);
        app.press("tab");
    }
    assert_eq!(app.press("enter"), [Effect::TestKey(Box::new(key("ci")))], "without an end it goes on");
}

#[test]
fn what_was_typed_about_a_key_is_there_after_going_back() {
    let mut app = App::of([]);
    at_the_key(&mut app, &with_keys(), "ci");
    app.keys("demo-key");
    app.press("tab");
    app.keys("never");
    assert!(app.screen().contains("The key has no end."), "{}", app.screen());
    app.press("esc enter");
    assert_eq!(app.press("enter"), [Effect::TestKey(Box::new(key("ci")))]);
}

#[test]
fn a_provider_with_both_asks_which_and_one_with_keys_alone_does_not() {
    let mut app = App::of([]);
    choose_own(&mut app, &with_keys());
    assert_eq!(wizard(&app).page, Page::Choice(ListQuestion::LoginOrKey, 0));
    app.press("enter");
    assert_eq!(wizard(&app).page.field().map(authtui::tui::field::Field::text), Some("default"));
    app.press("esc down enter");
    assert_eq!(wizard(&app).page.field().map(authtui::tui::field::Field::text), Some("key"));
    choose_own(&mut app, &changed(|provider| provider.flows = vec![LoginMethod::Key]));
    assert_eq!(wizard(&app).page.field().map(authtui::tui::field::Field::text), Some("key"));
    app.press("enter");
    assert!(matches!(wizard(&app).page, Page::Key(_)), "{:?}", wizard(&app).page);
}

#[test]
fn a_key_is_tested_then_saved_once_and_shown() {
    let mut app = App::of([]);
    at_the_key(&mut app, &with_keys(), "ci");
    assert!(app.screen().contains("https://demo.test/keys"), "{}", app.screen());
    app.feed(Msg::Pasted(Secret::new(" demo-key\n")));
    assert!(app.screen().contains("Spaces around the key are removed."), "{}", app.screen());
    assert!(!app.screen().contains("demo-key"), "{}", app.screen());
    assert_eq!(app.press("enter"), [Effect::TestKey(Box::new(key("ci")))]);
    assert_eq!(app.feed(tested(200)), [kept_as("ci", TestResult::Works, 200)]);
    assert_eq!((wizard(&app).work, app.model.saving), (Work::Saving, 1));
    assert_eq!(app.press("enter esc down"), [], "keys wait while it is saved");
    assert_eq!(app.feed(Msg::Changed(id("ci"), Ok(snapshot([key("ci")])))), []);
    assert_eq!((&app.model.screen, app.selected()), (&Screen::List, "demo/ci".to_owned()));
    assert_eq!(app.message(), "demo/ci saved (200: works).");
    assert!(app.screen().contains("no expiry"), "{}", app.screen());
}

#[test]
fn without_a_test_a_key_is_simply_saved() {
    let mut app = App::of([]);
    let provider = changed(|provider| {
        provider.flows = vec![LoginMethod::Key];
        provider.probe = None;
    });
    at_the_key(&mut app, &provider, "ci");
    app.keys("demo-key");
    assert_eq!(app.press("enter"), [kept("ci")]);
    assert_eq!(app.feed(Msg::Changed(id("ci"), Ok(snapshot([key("ci")])))), []);
    assert_eq!(app.message(), "demo/ci is saved.");
}

#[test]
fn a_key_that_could_not_be_saved_stays_in_its_field() {
    let taken =
        Trouble::untouched("cannot change demo/ci", "one of that name is there", FailureKind::NothingToDo);
    for trouble in [full(), taken] {
        let mut app = App::of([]);
        at_the_key(&mut app, &with_keys(), "ci");
        app.keys("demo-key");
        app.press("enter");
        app.feed(tested(200));
        assert_eq!(app.feed(Msg::Changed(id("ci"), Err(trouble.clone()))), [Effect::Read(id("ci").store)]);
        assert_eq!(wizard(&app).complaint, Some(trouble.to_string()));
        let kept = kept_as("ci", TestResult::Works, 200);
        assert_eq!(app.press("enter"), [kept], "the same key once more, which is tested already");
    }
}

#[test]
fn what_is_no_key_or_no_name_of_one_is_refused_with_a_sentence_and_stays() {
    let name = |text: &str| format!("“{text}” is reserved for a list of keys; choose another name");
    let chars = "A key has only visible ASCII characters: no spaces, line ends or accents";
    for (text, sentence) in [
        ("", "Enter the API key"),
        ("   ", "Enter the API key"),
        ("two words", chars),
        ("one\ntwo", chars),
        ("ключ", chars),
        ("sk-\u{200b}x", chars),
    ] {
        let mut app = App::of([]);
        at_the_key(&mut app, &with_keys(), "ci");
        app.feed(Msg::Pasted(Secret::new(text)));
        let before = wizard(&app).page.clone();
        assert_eq!(app.press("enter"), [], "{text:?}");
        assert_eq!(wizard(&app).complaint.as_deref(), Some(sentence), "{text:?}");
        assert_eq!(wizard(&app).page, before, "{text:?}");
    }
    for (text, sentence) in [
        ("key-3", name("key-3")),
        ("work", "demo/work already exists; choose another name".to_owned()),
        ("", "enter a name (up to 64 characters)".to_owned()),
    ] {
        let mut app = App::of([profile("work")]);
        at_the_key(&mut app, &with_keys(), text);
        assert_eq!(wizard(&app).complaint, Some(sentence), "{text:?}");
        assert!(matches!(wizard(&app).page, Page::Text(TextQuestion::Name, _)), "{text:?}");
    }
}
