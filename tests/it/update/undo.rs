//! Undoing a sign-out: how long it is offered, what it puts back, and what it never touches.

use std::time::Duration;

use authtui::domain::change::{Change, Edit, Extent, SignedOut};
use authtui::domain::profile::Profile;
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{StoredTokens, Tokens};
use authtui::oauth::revocation::Revoked;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::wakes_at;

use crate::harness::{App, full, id, now, profile, snapshot};

#[test]
fn a_sign_out_can_be_undone_while_the_message_counts_down() {
    let mut app = signed_out();
    assert_eq!(app.message(), "Signed out of demo/work. u undoes it (10s)");
    for left in (1..10).rev() {
        assert!(wakes_at(&app.model, app.now) <= Some(app.now.steady.after(SECOND)));
        app.advance(SECOND);
        assert_eq!(app.message(), format!("Signed out of demo/work. u undoes it ({left}s)"));
    }
    assert_eq!(app.keys("u"), [restoring(Extent::Tokens, profile("work"))]);
    assert_eq!(app.model.message, None, "it is offered once");
    assert_eq!(app.keys("u"), []);

    app.feed(Msg::Changed(id("work"), Ok(snapshot([profile("work"), profile("home")]))));

    assert_eq!(app.message(), "demo/work is back: its tokens are stored again.");
    assert_eq!((app.profile("work"), &app.model.undo), (&profile("work"), &None));
}

#[test]
fn an_undo_before_the_sign_out_is_saved_waits_for_it() {
    let mut app = App::with(["work", "home"]);
    app.keys("xe");
    assert_eq!(app.keys("u"), []);
    assert_eq!(app.message(), "The sign-out is being saved; then it is undone.");
    let erased = Some((Extent::Tokens, Box::new(profile("work").into())));
    let left = snapshot([without_tokens(), profile("home")]);

    let effects = app.feed(Msg::SignedOut(id("work"), Ok(SignedOut { snapshot: left, erased })));

    assert_eq!(effects, [restoring(Extent::Tokens, profile("work"))]);
    app.feed(Msg::Changed(id("work"), Ok(snapshot([profile("work"), profile("home")]))));
    assert_eq!(app.message(), "demo/work is back: its tokens are stored again.");

    let mut app = App::with(["work", "home"]);
    app.keys("xeu");
    app.feed(Msg::SignedOut(id("work"), Err(full())));
    assert_eq!((app.keys("u"), &app.model.undo), (vec![], &None), "nothing was signed out");
}

#[test]
fn after_ten_seconds_nothing_is_kept() {
    let mut app = signed_out();
    app.advance(SECOND * 10);
    assert_eq!((&app.model.undo, &app.model.message), (&None, &None));
    assert_eq!(app.keys("u"), []);
    assert_eq!(app.message(), "There is no sign-out to undo.");
}

#[test]
fn a_deleted_profile_comes_back() {
    let mut app = App::with(["work", "home"]);
    assert_eq!(app.keys("xd"), [Effect::SignOut(id("work"), Extent::Profile)]);
    let erased = Some((Extent::Profile, Box::new(profile("work").into())));
    app.feed(Msg::SignedOut(id("work"), Ok(SignedOut { snapshot: snapshot([profile("home")]), erased })));
    assert_eq!(app.message(), "Deleted demo/work. u undoes it (10s)");
    assert_eq!(app.keys("u"), [restoring(Extent::Profile, profile("work"))]);
    app.feed(Msg::Changed(id("work"), Ok(snapshot([profile("home"), profile("work")]))));
    assert_eq!((app.profile("work"), &app.model.undo), (&profile("work"), &None));
    let words = "demo/work is back, without comments and fields that authtui does not know.";
    assert_eq!(app.message(), words);
}

#[test]
fn it_is_still_there_when_another_answer_has_taken_its_row() {
    let mut app = signed_out();
    app.keys("js");
    assert_ne!(app.message(), "Signed out of demo/work. u undoes it (10s)");
    assert_eq!(app.keys("u"), [restoring(Extent::Tokens, profile("work"))]);
}

#[test]
fn a_login_or_another_program_that_stores_tokens_ends_it() {
    let mut app = signed_out();
    let tokens = Tokens { access: Secret::new("other"), refresh: None };
    let newer = Profile { held: StoredTokens::Present(tokens), ..profile("work") };
    app.feed(Msg::Stored(snapshot([newer, profile("home")])));
    assert_eq!(app.model.undo, None);
    assert!(!app.screen().contains("u undoes it"), "{}", app.screen());
    assert_eq!(app.keys("u"), []);
}

#[test]
fn what_could_not_be_put_back_is_offered_again() {
    let mut app = signed_out();
    app.keys("u");
    app.advance(SECOND * 30);
    app.feed(Msg::Changed(id("work"), Err(full())));
    assert!(app.message().contains("no space is left"), "{}", app.message());
    assert_eq!(app.keys("u"), [restoring(Extent::Tokens, profile("work"))]);
}

#[test]
fn quitting_and_the_next_sign_out_let_go_of_it() {
    let mut app = signed_out();
    assert_eq!(app.keys("q"), [Effect::Quit]);
    assert_eq!(app.model.undo, None);
    let mut app = signed_out();
    app.keys("xd");
    assert_eq!(app.model.undo, None);
}

#[test]
fn a_sign_out_at_the_provider_cannot_be_undone() {
    let mut app = App::with(["work"]);
    app.keys("xs");
    app.feed(Msg::Revoked(id("work"), Revoked::Done(snapshot([without_tokens()]))));
    assert_eq!(app.model.undo, None);
    assert_eq!(app.keys("u"), []);
}

#[test]
fn what_cannot_be_put_back_whole_is_not_offered() {
    let mut app = App::with(["work"]);
    app.keys("xe");
    let gone = SignedOut { snapshot: snapshot([without_tokens()]), erased: None };
    app.feed(Msg::SignedOut(id("work"), Ok(gone)));
    assert_eq!(app.message(), "Signed out of demo/work, here only.");
}

const SECOND: Duration = Duration::from_secs(1);

/// `work` was just signed out here, and `home` is there.
fn signed_out() -> App {
    let mut app = App::with(["work", "home"]);
    assert_eq!(app.keys("xe"), [Effect::SignOut(id("work"), Extent::Tokens)]);
    let erased = Some((Extent::Tokens, Box::new(profile("work").into())));
    let left = snapshot([without_tokens(), profile("home")]);
    assert_eq!(app.feed(Msg::SignedOut(id("work"), Ok(SignedOut { snapshot: left, erased }))), []);
    app
}

fn without_tokens() -> Profile {
    Profile { held: StoredTokens::None, revoked_at: Some(now().wall), ..profile("work") }
}

fn restoring(extent: Extent, erased: Profile) -> Effect {
    let (id, name) = (erased.id.clone(), erased.id.name.clone());
    let edit = Edit::Restore(extent, Box::new(erased.into()));
    Effect::Change(id, Box::new(Change { name, expects: None, edit }))
}
