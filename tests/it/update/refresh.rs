//! Asking for refreshes, and what becomes of their answers.

use std::sync::Arc;

use authtui::domain::change::{Change, Edit, Extent, RefreshedTokens, Row, Snapshot};
use authtui::domain::clock::TimeDelta;
use authtui::domain::name::{ProfileId, StoreId};
use authtui::domain::profile::{LastRefresh, Profile, RefreshResult};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{StoredTokens, Tokens};
use authtui::domain::trouble::{FailureKind, Stored, Trouble};
use authtui::oauth::refresh::{Refreshed, Wish};
use authtui::tui::dialog::DialogQuestion;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::RowId;
use authtui::tui::screen::Screen;
use authtui::tui::status::{AskedBy, Tone};

use crate::harness::{App, due, ends_in, full, id, now, profile, snapshot};
use crate::update::key_profile;

#[test]
fn a_refresh_is_asked_once_for_the_selected_profile_and_shown() {
    let mut app = App::with(["work", "home"]);
    assert_eq!(app.keys("jr"), [Effect::Refresh(id("home"), Wish::New)]);
    assert!(app.screen().contains("refreshing"), "{}", app.screen());
    assert_eq!(app.keys("r"), []);
    assert_eq!(app.message(), "demo/home is already being refreshed.");
}

#[test]
fn what_cannot_be_refreshed_says_why_and_names_a_key_only_where_it_helps() {
    let access_only = StoredTokens::Present(Tokens { access: Secret::new("a"), refresh: None });
    for (profile, why, login_helps) in [
        (key_profile(), "API keys cannot be refreshed", false),
        (Profile { held: StoredTokens::None, ..profile("work") }, "its tokens were erased here", true),
        (Profile { held: access_only, ..profile("work") }, "the provider gave no refresh token", true),
        (profile("nobody/work"), "there is no provider file for it", false),
    ] {
        let mut app = App::of([profile]);
        assert_eq!(app.keys("r"), [], "{why}");
        assert!(app.message().contains(why), "{}", app.message());
        assert_eq!(app.message().contains("Press l"), login_helps, "{}", app.message());
    }
}

#[test]
fn only_what_is_due_is_refreshed_together() {
    let retrying = |name: &str, minutes| {
        let retry_at = now().wall + TimeDelta::minutes(minutes);
        let result = RefreshResult::Passing { why: "busy".to_owned(), times: 1, retry_at };
        Profile { last_refresh: Some(Box::new(LastRefresh::new(now().wall, result, None))), ..due(name) }
    };
    let dead = LastRefresh::new(now().wall, RefreshResult::Dead { why: "no".into() }, None);
    let mut app = App::of([
        due("a"),
        profile("fresh"),
        Profile { life: ends_in(TimeDelta::minutes(2)), ..profile("aging") },
        retrying("later", 1),
        retrying("now", 0),
        Profile { last_refresh: Some(Box::new(dead)), ..due("dead") },
        Profile { id: id("nobody/b"), ..due("b") },
        key_profile(),
        due("c"),
        due("running"),
        due("ending"),
    ]);
    app.model.running_mut(&id("running")).refresh = Some(AskedBy::Person);
    app.model.running_mut(&id("ending")).revoking = Some(Extent::Tokens);
    let refresh = |name| Effect::Refresh(id(name), Wish::New);
    assert_eq!(app.keys("R"), [refresh("a"), refresh("now"), refresh("c")]);
    assert_eq!(app.message(), "Refreshing 3 profiles.");
    assert_eq!(app.keys("R"), []);
    assert_eq!(app.message(), "Nothing is due.");
}

#[test]
fn new_tokens_are_shown_and_said() {
    let mut app = App::of([due("work"), profile("home")]);
    app.keys("r");
    let done = Refreshed::Done(snapshot([profile("work"), profile("home")]));
    assert_eq!(app.feed(Msg::Refreshed(id("work"), done)), []);
    assert_eq!(app.message(), "demo/work refreshed.");
    assert_eq!(*app.profile("work"), profile("work"));
    assert_eq!(app.keys("r"), [Effect::Refresh(id("work"), Wish::New)]);
}

#[test]
fn tokens_of_another_program_are_taken_and_said() {
    let mut app = App::of([due("work")]);
    app.keys("r");
    let enough = Refreshed::Enough(snapshot([profile("work")]));
    assert_eq!(app.feed(Msg::Refreshed(id("work"), enough)), []);
    assert_eq!(app.message(), "Another program refreshed demo/work.");
    assert_eq!(*app.profile("work"), profile("work"));
}

#[test]
fn a_refresh_that_failed_says_what_to_press_and_takes_what_was_written_down() {
    let mut app = App::of([due("work")]);
    app.keys("r");
    let result = RefreshResult::Dead { why: "refused with invalid_grant".to_owned() };
    let last = LastRefresh::new(now().wall, result, None);
    let written = Profile { last_refresh: Some(Box::new(last)), ..due("work") };
    let trouble =
        Trouble::untouched("cannot refresh demo/work", "refused with invalid_grant", FailureKind::NeedsLogin);
    let failed = Refreshed::Failed(Some(snapshot([written.clone()])), trouble);
    assert_eq!(app.feed(Msg::Refreshed(id("work"), failed)), []);
    assert_eq!(
        app.message(),
        "Cannot refresh demo/work: refused with invalid_grant. Stored tokens are unchanged. Press l to \
         log in again."
    );
    assert_eq!(*app.profile("work"), written);
    assert!(app.screen().contains("needs login"), "{}", app.screen());
    assert_eq!(
        app.model.message.as_ref().map(|message| (message.report.tone, message.until)),
        Some((Tone::Bad, None))
    );
}

#[test]
fn a_failure_without_a_snapshot_leaves_the_rows() {
    let mut app = App::of([due("work")]);
    app.keys("r");
    assert_eq!(app.feed(Msg::Refreshed(id("work"), Refreshed::Failed(None, full()))), []);
    assert_eq!(*app.profile("work"), due("work"));
    assert_eq!(app.model.refreshing().count(), 0);
}

#[test]
fn tokens_that_could_not_be_saved_are_asked_about_tried_again_and_then_let_go() {
    let mut app = unsaved();
    let Screen::Dialog(dialog) = &app.model.screen else { panic!("{:?}", app.model.screen) };
    assert_eq!(dialog.question, DialogQuestion::UnsavedRefresh(id("work"), full(), None));
    let old = due("work").held.fingerprint();
    let edit = Edit::Refresh(Box::new(new_tokens()));
    let change = Change { name: id("work").name, expects: old, edit };
    assert_eq!(app.press("enter"), [Effect::Change(id("work"), Box::new(change.clone()))]);

    assert_eq!(app.feed(Msg::Changed(id("work"), Err(full()))), [Effect::Read(StoreId::Own)]);
    assert!(app.model.holds_unsaved());
    assert_eq!(app.keys("r"), [], "r asks again, it does not spend the old token");
    assert_eq!(app.press("enter"), [Effect::Change(id("work"), Box::new(change))]);
    let stored = Profile { held: StoredTokens::Present(new_tokens().tokens), ..profile("work") };
    assert_eq!(app.feed(Msg::Changed(id("work"), Ok(snapshot([stored])))), []);
    assert!(!app.model.holds_unsaved());
    assert_eq!(app.message(), "demo/work is saved.");
}

#[test]
fn tokens_that_could_not_be_saved_can_wait_or_be_dropped() {
    let mut app = unsaved();
    assert_eq!(app.press("tab enter"), []);
    assert!(app.model.holds_unsaved());
    assert_eq!(app.keys("R"), [], "the old token is spent");
    assert_eq!(app.keys("r"), []);
    assert_eq!(app.press("up enter"), []);
    assert!(!app.model.holds_unsaved());
}

#[test]
fn a_pair_that_somebody_stored_meanwhile_is_not_replaced() {
    let mut app = unsaved();
    app.press("esc");
    let theirs = StoredTokens::Present(Tokens { access: Secret::new("theirs"), refresh: None });
    app.feed(Msg::Stored(snapshot([Profile { held: theirs, ..profile("work") }])));
    app.keys("r");
    let effects = app.press("enter");
    let [Effect::Change(_, change)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(change.expects, due("work").held.fingerprint());
}

#[test]
fn a_pair_that_was_stored_before_the_save_failed_is_not_replaced_either() {
    for theirs in [Some("theirs"), None] {
        let mut app = App::of([due("work")]);
        app.keys("r");
        let held = theirs.map_or(StoredTokens::None, |access| {
            StoredTokens::Present(Tokens { access: Secret::new(access), refresh: None })
        });
        app.feed(Msg::Stored(snapshot([Profile { held, ..profile("work") }])));
        app.feed(Msg::Refreshed(id("work"), not_saved()));
        let effects = app.press("enter");
        let [Effect::Change(_, change)] = effects.as_slice() else { panic!("{effects:?}") };
        assert_eq!(change.expects, due("work").held.fingerprint(), "{theirs:?}");
    }
}

#[test]
fn tokens_that_are_on_disk_all_the_same_are_told_as_such_and_keep_nobody() {
    for stored in [Stored::Rescued, Stored::Unsynced] {
        let mut app = App::of([due("work")]);
        app.keys("r");
        let Refreshed::Unsaved(new_tokens, pair, trouble) = not_saved() else { panic!() };
        let unsaved = Refreshed::Unsaved(new_tokens, pair, Trouble { stored, ..trouble });
        assert_eq!(app.feed(Msg::Refreshed(id("work"), unsaved)), [Effect::Read(StoreId::Own)]);
        assert!(app.message().contains(&stored.to_string()), "{}", app.message());
        assert!(!app.screen().contains("only in memory"), "{}", app.screen());
        assert_eq!(app.keys("q"), [Effect::Quit]);
    }
}

#[test]
fn tokens_that_another_program_has_stored_meanwhile_are_let_go() {
    let stored = || Profile { held: StoredTokens::Present(new_tokens().tokens), ..profile("work") };
    let mut app = unsaved();
    app.feed(Msg::Stored(snapshot([stored()])));
    assert!(!app.model.holds_unsaved());
    assert_eq!(app.model.screen, Screen::List, "nobody is asked about what is settled");
    let mut app = unsaved();
    app.press("esc ctrl-c");
    app.feed(Msg::Stored(snapshot([stored()])));
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn unsaved_tokens_do_not_take_the_screen_from_what_the_person_types() {
    let mut app = App::of([due("work")]);
    app.keys("r/wo");
    app.feed(Msg::Refreshed(id("work"), not_saved()));
    assert!(matches!(app.model.screen, Screen::Filter(_)), "{:?}", app.model.screen);
    assert_eq!(app.message(), "The new tokens of demo/work could not be saved. Press r on it to try again.");
}

/// A screen that asks about refreshed tokens of `work` that could not be saved.
pub(crate) fn unsaved() -> App {
    let mut app = App::of([due("work")]);
    app.keys("r");
    let unsaved = not_saved();
    assert_eq!(app.feed(Msg::Refreshed(id("work"), unsaved)), []);
    app
}

/// What a refresh of `work` says whose tokens could not be saved.
pub(crate) fn not_saved() -> Refreshed {
    let pair = due("work").held.fingerprint().expect("a pair");
    Refreshed::Unsaved(Box::new(new_tokens()), pair, full())
}

pub(crate) fn new_tokens() -> RefreshedTokens {
    RefreshedTokens {
        tokens: Tokens { access: Secret::new("new-access"), refresh: Some(Secret::new("new-refresh")) },
        life: ends_in(TimeDelta::hours(1)),
        scopes: None,
        record: LastRefresh::new(now().wall, RefreshResult::Done, None),
        origins: Vec::new(),
    }
}

#[test]
fn tokens_that_the_keyring_does_not_take_can_go_to_our_own_file() {
    let in_keyring = ProfileId { store: StoreId::Keyring, ..id("ana") };
    let mut app = App::with(["work"]);
    let stored = Profile { id: in_keyring.clone(), ..due("ana") };
    let rows = [Row::Profile(Arc::new(stored.clone()))].into();
    app.feed(Msg::Stored(Snapshot { rows, ..Snapshot::empty(StoreId::Keyring) }));
    app.model.selected = Some(RowId::Profile(in_keyring.clone()));
    let pair = stored.held.fingerprint().expect("tokens");
    for rescued in [Stored::NewOnesInMemory, Stored::Rescued] {
        app.model.running_mut(&in_keyring).refresh = Some(AskedBy::Person);
        let trouble = Trouble { stored: rescued, ..full() };
        let came = Refreshed::Unsaved(Box::new(new_tokens()), pair, trouble);
        app.feed(Msg::Refreshed(in_keyring.clone(), came));
        assert!(app.screen().contains("Save to our own file instead"), "{}", app.screen());
        app.press("esc");
        assert!(app.model.holds_unsaved());
    }
    app.keys("r");
    assert_eq!(app.keys("o"), [], "it was not asked for, so the letter marks it first");
    let effects = app.press("enter");
    let [Effect::KeepIn(StoreId::Own, newer, older)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!((&newer.id, *older), (&in_keyring, pair));
    assert_eq!(newer.held.tokens(), Some(&new_tokens().tokens));

    let own = Profile { id: id("ana"), ..(**newer).clone() };
    let snapshots = vec![snapshot([profile("work"), own]), Snapshot::empty(StoreId::Keyring)];
    app.feed(Msg::Relocated(in_keyring, id("ana"), Ok(snapshots)));
    assert!(!app.model.holds_unsaved());
    assert_eq!(app.model.saving, 0);
}
