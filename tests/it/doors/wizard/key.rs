//! An API key is kept instead of a login.

use authtui::domain::change::{Change, Edit};
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::provider::{Flow, Provider};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Held, Tokens};
use authtui::domain::trouble::{Next, Trouble};
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::Screen;
use authtui::tui::wizard::{Page, Work};

use super::{changed, choose_own, named_anew, wizard};
use crate::harness::{App, full, id, profile, snapshot};

/// A provider with keys beside its logins.
fn with_keys() -> Provider {
    changed(|provider| {
        provider.flows.push(Flow::Key);
        provider.key_page = "https://demo.test/keys".parse().ok();
    })
}

/// Goes to the page of a new key of that name.
fn at_the_key(app: &mut App, provider: &Provider, name: &str) {
    choose_own(app, provider);
    if matches!(wizard(app).page, Page::How(_)) {
        app.press("down enter");
    }
    named_anew(app, name);
    app.press("enter");
}

fn key(name: &str) -> Profile {
    let mut profile = Profile::new(id(name), Kind::ApiKey);
    profile.held = Held::Here(Tokens { access: Secret::new("demo-key"), refresh: None });
    profile.hosts = with_keys().hosts();
    profile
}

fn kept(name: &str) -> Effect {
    let change = Change { name: id(name).name, expects: None, edit: Edit::Add(Box::new(key(name))) };
    Effect::Change(id(name), Box::new(change))
}

#[test]
fn a_provider_with_both_asks_which_and_one_with_keys_alone_does_not() {
    let mut app = App::of([]);
    choose_own(&mut app, &with_keys());
    assert_eq!(wizard(&app).page, Page::How(0));
    app.press("enter");
    assert_eq!(wizard(&app).page.field().map(authtui::tui::field::Field::text), Some("default"));
    app.press("esc down enter");
    assert_eq!(wizard(&app).page.field().map(authtui::tui::field::Field::text), Some("key"));
    choose_own(&mut app, &changed(|provider| provider.flows = vec![Flow::Key]));
    assert_eq!(wizard(&app).page.field().map(authtui::tui::field::Field::text), Some("key"));
    app.press("enter");
    assert!(matches!(wizard(&app).page, Page::Key(_)), "{:?}", wizard(&app).page);
}

#[test]
fn a_key_is_saved_once_then_tested_and_shown() {
    let mut app = App::of([]);
    at_the_key(&mut app, &with_keys(), "ci");
    assert!(app.screen().contains("https://demo.test/keys"), "{}", app.screen());
    app.feed(Msg::Pasted(Secret::new(" demo-key\n")));
    assert!(app.screen().contains("White space at its ends is left out."), "{}", app.screen());
    assert!(!app.screen().contains("demo-key"), "{}", app.screen());
    assert_eq!(app.press("enter"), [kept("ci")]);
    assert_eq!((wizard(&app).work, app.model.saving), (Work::Saving, 1));
    assert_eq!(app.press("enter esc down"), [], "keys wait while it is saved");
    let effects = app.feed(Msg::Changed(id("ci"), Ok(snapshot([key("ci")]))));
    assert_eq!(effects, [Effect::Test(id("ci"))]);
    assert_eq!((&app.model.screen, app.selected()), (&Screen::List, "demo/ci".to_owned()));
    assert_eq!(app.message(), "demo/ci is saved. Testing it.");
    assert!(app.screen().contains("no clock"), "{}", app.screen());
}

#[test]
fn without_a_test_a_key_is_simply_saved() {
    let mut app = App::of([]);
    let provider = changed(|provider| {
        provider.flows = vec![Flow::Key];
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
    let taken = Trouble::untouched("cannot change demo/ci", "one of that name is there", Next::Nothing);
    for trouble in [full(), taken] {
        let mut app = App::of([]);
        at_the_key(&mut app, &with_keys(), "ci");
        app.keys("demo-key");
        app.press("enter");
        assert_eq!(app.feed(Msg::Changed(id("ci"), Err(trouble.clone()))), [Effect::Read(id("ci").store)]);
        assert_eq!(wizard(&app).complaint, Some(trouble.to_string()));
        assert_eq!(app.press("enter"), [kept("ci")], "the same key once more");
    }
}

#[test]
fn what_is_no_key_or_no_name_of_one_is_refused_with_a_sentence_and_stays() {
    let name = |text: &str| format!("“{text}” is kept for a list of keys; choose another name");
    let chars = "A key has visible ASCII characters alone: no spaces, no line ends, no accents";
    for (text, sentence) in [
        ("", "There is no key yet"),
        ("   ", "There is no key yet"),
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
        ("work", "demo/work is there already; choose another name".to_owned()),
        ("", "cannot use “” as a name: it may have 1 to 64 characters".to_owned()),
    ] {
        let mut app = App::of([profile("work")]);
        at_the_key(&mut app, &with_keys(), text);
        assert_eq!(wizard(&app).complaint, Some(sentence), "{text:?}");
        assert!(matches!(wizard(&app).page, Page::Name(_)), "{text:?}");
    }
}
