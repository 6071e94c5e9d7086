//! Revoking at the provider: what is asked, what follows from each answer, and what stays.

use authtui::domain::change::{Change, Edit};
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::tokens::StoredTokens;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::refresh::Wish;
use authtui::oauth::revocation::{NotRevocable, Revoked};
use authtui::tui::dialog::DialogQuestion;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::Screen;

use crate::harness::{App, full, id, now, profile, snapshot};

#[test]
fn the_person_is_asked_first_and_the_safe_answer_asks_nobody() {
    let mut app = app(["work", "home"]);
    assert_eq!(app.keys("jX"), []);
    assert_eq!(*question(&app), DialogQuestion::RevokeAtProvider(id("home")));
    assert_eq!(app.press("enter"), []);
    assert_eq!(app.model.screen, Screen::List);
    app.keys("X");
    assert_eq!(app.press("esc"), []);
    assert_eq!((&app.model.screen, app.model.unfinished()), (&Screen::List, None));
}

#[test]
fn a_grant_that_is_over_is_erased_here_and_said_so() {
    let mut app = asked(["work", "home"]);
    assert_eq!(app.message(), "Asking the provider to revoke demo/work …");
    assert_eq!(app.model.unfinished().as_deref(), Some("the revocation of demo/work"));
    assert_eq!(app.keys("X"), [], "asked once");
    assert!(app.message().contains("is already being asked"));
    assert_eq!(app.keys("r"), [], "nothing is refreshed meanwhile");

    assert_eq!(
        app.feed(Msg::Revoked(id("work"), Revoked::Done(snapshot([erased("work"), profile("home")])))),
        []
    );

    assert_eq!(app.message(), "demo/work is revoked at its provider and erased here.");
    assert_eq!((app.profile("work").held.tokens(), app.model.unfinished()), (None, None));
    assert_eq!(app.keys("X"), []);
    assert_eq!(app.message(), "demo/work cannot be revoked at its provider: it has no tokens.");
}

#[test]
fn profiles_of_the_same_grant_are_named() {
    let twin = Profile { held: profile("work").held, ..profile("twin") };
    let mut app = App::of([profile("work"), twin, profile("home")]);
    app.keys("X");
    app.press("tab enter");
    let gone = snapshot([erased("work"), erased("twin"), profile("home")]);
    app.feed(Msg::Revoked(id("work"), Revoked::Done(gone)));
    let words = "demo/work is revoked at its provider and erased here. So is demo/twin.";
    assert_eq!(app.message(), words);
}

#[test]
fn a_login_that_came_meanwhile_stays_and_is_said() {
    let mut app = asked(["work"]);
    app.feed(Msg::Revoked(id("work"), Revoked::Done(snapshot([profile("work")]))));
    let words = "The old login of demo/work is revoked at its provider; a newer login is stored.";
    assert_eq!(app.message(), words);
}

#[test]
fn a_failure_keeps_the_tokens_and_offers_another_try_or_to_erase_them_anyway() {
    let forget = Change { name: id("work").name, expects: None, edit: Edit::EraseTokens(now().wall) };
    for (keys, effects) in [
        ("enter", vec![]),
        ("esc", vec![]),
        ("tab enter", vec![Effect::Revoke(id("work"))]),
        ("tab tab enter", vec![Effect::Change(id("work"), Box::new(forget))]),
    ] {
        let mut app = asked(["work"]);
        assert_eq!(app.feed(Msg::Revoked(id("work"), Revoked::NotEnded(busy()))), []);
        assert_eq!(*question(&app), DialogQuestion::NotRevoked(id("work"), busy()), "{keys}");
        assert_eq!(*app.profile("work"), profile("work"), "{keys}");
        assert_eq!(app.press(keys), effects, "{keys}");
        assert_eq!(*app.profile("work"), profile("work"), "{keys}");
    }
}

#[test]
fn a_failure_never_takes_the_place_of_what_the_person_is_doing() {
    let mut app = asked(["work"]);
    app.keys("/");
    assert_eq!(app.feed(Msg::Revoked(id("work"), Revoked::NotEnded(busy()))), []);
    assert!(matches!(app.model.screen, Screen::Filter(_)));
    assert!(app.message().contains("Stored tokens are unchanged"), "{}", app.message());
}

#[test]
fn a_grant_that_is_over_and_could_not_be_erased_is_not_called_alive() {
    let mut app = asked(["work"]);
    let again = app.feed(Msg::Revoked(id("work"), Revoked::NotErased(full())));
    assert_eq!(again, [Effect::Read(id("work").store)]);
    assert_eq!(app.model.screen, Screen::List);
    assert!(app.message().contains("no space is left"), "{}", app.message());
}

#[test]
fn who_cannot_be_asked_is_said_and_nothing_is_sent() {
    let key = Profile { kind: Kind::ApiKey, ..profile("key") };
    for (profile, mute) in [
        (profile("acme/work"), NotRevocable::NotOffered),
        (key, NotRevocable::ApiKey),
        (profile("elsewhere/work"), NotRevocable::NoProviderFile),
    ] {
        let at = profile.id.clone();
        let mut app = App::of([profile]);
        assert_eq!(app.keys("X"), []);
        assert_eq!(*question(&app), DialogQuestion::NotRevocable(at.clone(), mute));
        assert_eq!(app.press("enter"), []);
        app.keys("X");
        let change = Change { name: at.name.clone(), expects: None, edit: Edit::EraseTokens(now().wall) };
        assert_eq!(app.press("tab enter"), [Effect::Change(at, Box::new(change))]);
    }
}

#[test]
fn erasing_here_sends_nothing_to_anybody() {
    let mut app = app(["work"]);
    app.keys("x");
    let effects = app.press("tab enter");
    assert!(matches!(effects.as_slice(), [Effect::Change(..)]), "{effects:?}");
}

#[test]
fn new_tokens_that_are_not_saved_are_saved_first() {
    let mut app = app(["work"]);
    assert_eq!(app.keys("r"), [Effect::Refresh(id("work"), Wish::New)]);
    let unsaved = super::refresh::not_saved();
    app.feed(Msg::Refreshed(id("work"), unsaved));
    app.press("esc");
    assert_eq!(app.keys("X"), []);
    assert_eq!(app.message(), "The new tokens of demo/work are not saved yet. Press r to save them first.");
}

fn app<const N: usize>(names: [&str; N]) -> App {
    App::of(names.map(profile))
}

/// The same once the person has said yes for the first.
fn asked<const N: usize>(names: [&str; N]) -> App {
    let mut app = app(names);
    app.keys("X");
    let first = names.first().expect("a name");
    assert_eq!(app.press("tab enter"), [Effect::Revoke(id(first))]);
    assert_eq!(app.model.screen, Screen::List);
    app
}

/// `name` after its tokens were erased.
fn erased(name: &str) -> Profile {
    Profile { held: StoredTokens::None, revoked_at: Some(now().wall), ..profile(name) }
}

fn busy() -> Trouble {
    let what = "cannot revoke demo/work at its provider";
    Trouble::untouched(what, "Demo answered 503", FailureKind::Temporary(None))
}

fn question(app: &App) -> &DialogQuestion {
    let Screen::Dialog(dialog) = &app.model.screen else { panic!("{:?}", app.model.screen) };
    assert_eq!(dialog.marked, 0, "the safe answer is first");
    &dialog.question
}
