//! Signing out: what is asked, what follows from each answer, and what stays.

use authtui::domain::change::Extent;
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::tokens::StoredTokens;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::refresh::Wish;
use authtui::oauth::revocation::{NotRevocable, Revoked};
use authtui::tui::dialog::{Dialog, DialogQuestion};
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::sign_out::SignOutTarget;

use crate::harness::{App, full, id, now, profile, snapshot};

#[test]
fn one_question_offers_every_way_by_letter_arrow_and_tab() {
    let local = |extent| vec![Effect::SignOut(id("work"), extent)];
    let remote = |extent| vec![Effect::Revoke(id("work"), extent)];
    for (keys, effects) in [
        ("e", local(Extent::Tokens)),
        ("s", remote(Extent::Tokens)),
        ("d", local(Extent::Profile)),
        ("b", remote(Extent::Profile)),
        ("E", local(Extent::Tokens)),
        ("down enter", local(Extent::Tokens)),
        ("tab tab enter", remote(Extent::Tokens)),
        ("right down down enter", local(Extent::Profile)),
        ("up enter", remote(Extent::Profile)),
        ("down up enter", vec![]),
        ("enter", vec![]),
        ("esc", vec![]),
        ("q", vec![]),
    ] {
        let mut app = app(["work", "home"]);
        assert_eq!(app.keys("x"), []);
        assert_eq!(question(&app).question, signing_out(&app, "work"));
        assert_eq!(question(&app).marked, 0, "the safe answer is first");
        let pressed = if keys.len() == 1 { app.keys(keys) } else { app.press(keys) };
        assert_eq!(pressed, effects, "{keys}");
        assert_eq!(app.model.screen, Screen::List, "{keys}");
        assert_eq!(*app.profile("work"), profile("work"), "the store has not answered");
    }
}

#[test]
fn a_letter_that_no_choice_has_does_nothing() {
    let mut app = app(["work"]);
    app.keys("x");
    assert_eq!(app.keys("rnyzXT"), []);
    assert_eq!(question(&app).question, signing_out(&app, "work"));
}

#[test]
fn the_short_cut_opens_the_same_question_with_the_provider_marked() {
    let mut app = app(["work", "home"]);
    assert_eq!(app.keys("jX"), []);
    assert_eq!(question(&app).question, signing_out(&app, "home"));
    assert_eq!(app.press("enter"), [Effect::Revoke(id("home"), Extent::Tokens)]);
    app.feed(Msg::Revoked(id("home"), Revoked::NotErased(full())));
    app.keys("X");
    assert_eq!(app.press("esc"), []);
    assert_eq!((&app.model.screen, app.model.unfinished()), (&Screen::List, None));
}

#[test]
fn a_profile_can_be_deleted_once_its_provider_has_ended_the_login() {
    let mut app = app(["work", "home"]);
    app.keys("xb");
    app.feed(Msg::Revoked(id("work"), Revoked::Done(snapshot([profile("home")]))));
    assert_eq!(app.message(), "Signed out of demo/work at its provider and deleted the profile.");
    assert_eq!(app.model.profile(&id("work")), None);
}

#[test]
fn a_grant_that_is_over_is_erased_here_and_said_so() {
    let mut app = asked(["work", "home"]);
    assert_eq!(app.message(), "Signing out of demo/work at its provider …");
    assert_eq!(app.model.unfinished().as_deref(), Some("the sign-out of demo/work"));
    assert_eq!(app.keys("X"), [], "asked once");
    assert!(app.message().contains("is already being asked"));
    assert_eq!(app.keys("r"), [], "nothing is refreshed meanwhile");

    assert_eq!(
        app.feed(Msg::Revoked(id("work"), Revoked::Done(snapshot([erased("work"), profile("home")])))),
        []
    );

    assert_eq!(app.message(), "Signed out of demo/work here and at its provider.");
    assert_eq!((app.profile("work").held.tokens(), app.model.unfinished()), (None, None));
}

#[test]
fn profiles_of_the_same_grant_are_named() {
    let twin = Profile { held: profile("work").held, ..profile("twin") };
    let mut app = App::of([profile("work"), twin, profile("home")]);
    app.keys("xs");
    let gone = snapshot([erased("work"), erased("twin"), profile("home")]);
    app.feed(Msg::Revoked(id("work"), Revoked::Done(gone)));
    let words = "Signed out of demo/work here and at its provider. demo/twin used the same login and is signed \
        out too.";
    assert_eq!(app.message(), words);
}

#[test]
fn a_login_that_came_meanwhile_stays_and_is_said() {
    let mut app = asked(["work"]);
    app.feed(Msg::Revoked(id("work"), Revoked::Done(snapshot([profile("work")]))));
    let words = "The old login of demo/work has ended at its provider; a newer login is stored.";
    assert_eq!(app.message(), words);
}

#[test]
fn a_failure_keeps_the_tokens_and_offers_another_try_or_to_erase_them_anyway() {
    let again = Effect::Revoke(id("work"), Extent::Tokens);
    let erase = Effect::SignOut(id("work"), Extent::Tokens);
    for (keys, effects) in [
        ("enter", vec![]),
        ("esc", vec![]),
        ("tab enter", vec![again.clone()]),
        ("a a", vec![again.clone()]),
        ("a enter", vec![again]),
        ("tab tab enter", vec![erase.clone()]),
        ("e e", vec![erase.clone()]),
    ] {
        let mut app = asked(["work"]);
        assert_eq!(app.feed(Msg::Revoked(id("work"), Revoked::NotEnded(busy()))), []);
        let failed = DialogQuestion::NotRevoked(id("work"), Extent::Tokens, busy());
        assert_eq!(question(&app).question, failed, "{keys}");
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
    for (profile, reason) in [
        (profile("acme/work"), NotRevocable::NotOffered),
        (key, NotRevocable::ApiKey),
        (profile("elsewhere/work"), NotRevocable::NoProviderFile),
    ] {
        let at = profile.id.clone();
        let mut app = App::of([profile]);
        assert_eq!(app.keys("X"), []);
        let dialog = question(&app);
        let DialogQuestion::SignOut(targets) = &dialog.question else { panic!("{dialog:?}") };
        assert_eq!(targets.first().and_then(|target| target.not_revocable.clone()), Some(reason));
        assert_eq!(dialog.marked, 0, "there is nothing to mark for the short cut");
        assert_eq!(app.keys("s"), [], "it is not offered");
        assert_eq!(app.keys("e"), [Effect::SignOut(at, Extent::Tokens)]);
    }
}

#[test]
fn a_signed_out_profile_can_only_be_deleted() {
    let mut app = App::of([erased("work")]);
    for key in ["x", "X"] {
        app.keys(key);
        let choices = question(&app).choices();
        let words: Vec<&str> = choices.iter().map(|choice| choice.words.as_str()).collect();
        assert_eq!(words, ["Keep everything", "Delete the profile"], "{key}");
        app.press("esc");
    }
    app.keys("x");
    assert_eq!(app.keys("d"), [Effect::SignOut(id("work"), Extent::Profile)]);
}

#[test]
fn new_tokens_that_are_not_saved_are_saved_first() {
    let mut app = app(["work"]);
    assert_eq!(app.keys("r"), [Effect::Refresh(id("work"), Wish::New)]);
    let unsaved = super::refresh::not_saved();
    app.feed(Msg::Refreshed(id("work"), unsaved));
    app.press("esc");
    assert_eq!(app.keys("xs"), []);
    assert_eq!(app.message(), "The new tokens of demo/work are not saved yet. Press r to save them first.");
}

fn app<const N: usize>(names: [&str; N]) -> App {
    App::of(names.map(profile))
}

/// The same once the person wants the first ended at its provider.
fn asked<const N: usize>(names: [&str; N]) -> App {
    let mut app = app(names);
    let first = names.first().expect("a name");
    assert_eq!(app.keys("xs"), [Effect::Revoke(id(first), Extent::Tokens)]);
    assert_eq!(app.model.screen, Screen::List);
    app
}

/// `name` after its tokens were erased.
fn erased(name: &str) -> Profile {
    Profile { held: StoredTokens::None, revoked_at: Some(now().wall), ..profile(name) }
}

fn busy() -> Trouble {
    let what = "cannot sign out of demo/work at its provider";
    Trouble::untouched(what, "Demo answered 503", FailureKind::Temporary(None))
}

fn signing_out(app: &App, name: &str) -> DialogQuestion {
    let profile = app.profile(name);
    DialogQuestion::SignOut(vec![SignOutTarget::new(profile, app.model.provider(profile))])
}

fn question(app: &App) -> &Dialog {
    let Screen::Dialog(dialog) = &app.model.screen else { panic!("{:?}", app.model.screen) };
    dialog
}
