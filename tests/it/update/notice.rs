//! What is said of other programs' changes, and what is not.

use std::collections::BTreeSet;
use std::time::Duration;

use authtui::domain::change::{Edit, Snapshot};
use authtui::domain::event::{Author, Event, GrantEvent};
use authtui::domain::profile::Profile;
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{StoredTokens, Tokens};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::refresh::Refreshed;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::wakes_at;

use crate::harness::{App, PLACE, due, id, name, now, profile, snapshot};

#[test]
fn one_change_is_said_in_words_and_many_are_counted() {
    for (after, said) in [
        (vec![profile("work"), profile("home")], ""),
        (vec![profile("home"), profile("work")], ""),
        (vec![profile("work")], "Another program deleted demo/home."),
        (vec![profile("work"), held("home", "new")], "Another program stored new tokens for demo/home."),
        (
            vec![profile("work"), Profile { held: StoredTokens::None, ..profile("home") }],
            "Another program erased the tokens of demo/home.",
        ),
        (
            vec![held("work", "new"), profile("lab")],
            "Another program changed 3 profiles: 1 added, 1 deleted, 1 with new tokens.",
        ),
    ] {
        let mut app = App::with(["work", "home"]);
        assert_eq!(app.feed(Msg::Stored(snapshot(after))), []);
        assert_eq!(app.message(), said);
    }
}

#[test]
fn what_is_done_here_is_not_said_to_be_anothers() {
    let twin = Profile { held: profile("work").held, ..due("twin") };
    let mut app = App::of([due("work"), twin, profile("home")]);
    app.keys("r");
    app.feed(Msg::Stored(snapshot([held("work", "new"), held("twin", "new"), profile("home")])));
    assert_eq!(app.message(), "", "a refresh of ours and the same grant");
    app.feed(Msg::Stored(snapshot([held("work", "new"), held("twin", "new"), held("home", "new")])));
    assert_eq!(app.message(), "Another program stored new tokens for demo/home.");
    let mut app = App::with(["work"]);
    app.model.saving = 1;
    app.feed(Msg::Stored(snapshot([held("work", "new")])));
    assert_eq!(app.message(), "", "a change of ours");
}

#[test]
fn a_reading_from_before_a_save_changes_nothing_when_it_comes_late() {
    let mut app = App::of([due("work")]);
    app.keys("r");
    let saved = Snapshot { number: 7, ..snapshot([held("work", "new")]) };
    app.feed(Msg::Refreshed(id("work"), Refreshed::Done(saved)));
    let said = app.message().to_owned();
    let late = Snapshot { number: 6, ..snapshot([due("work")]) };
    assert_eq!(app.feed(Msg::Stored(late.clone())), []);
    assert_eq!((&app.profile("work").held, app.message()), (&held("work", "new").held, said.as_str()));
    app.feed(Msg::Refreshed(id("work"), Refreshed::Enough(late)));
    assert_eq!(app.profile("work").held, held("work", "new").held);
    app.feed(Msg::Stored(Snapshot { number: 8, ..snapshot([due("work")]) }));
    assert_eq!(app.profile("work").held, due("work").held, "another program's");
}

#[test]
fn what_must_be_read_is_not_talked_over() {
    let mut app = App::with(["work", "home"]);
    let trouble = Trouble::untouched("cannot refresh demo/work", "refused", FailureKind::NeedsLogin);
    app.feed(Msg::Refreshed(id("work"), Refreshed::Failed(None, trouble)));
    let before = app.message().to_owned();
    app.feed(Msg::Stored(snapshot([profile("work")])));
    assert_eq!(app.message(), before);
}

#[test]
fn a_file_that_cannot_be_read_for_a_while_keeps_the_selection_filter_or_not() {
    for filter in ["", "demo"] {
        let mut app = App::with(["work", "home"]);
        app.keys("j");
        filter.clone_into(&mut app.model.filter);
        let trouble = Trouble::untouched("cannot read it", "line 2", FailureKind::NothingToDo);
        let unread = Snapshot { writable: Err(trouble), ..snapshot([]) };
        app.feed(Msg::Stored(unread));
        assert!(app.message().starts_with(&format!("{PLACE} cannot be read")), "{}", app.message());
        assert_eq!(app.keys("r"), [], "there is nothing to act on");
        app.advance(Duration::from_secs(7));
        app.feed(Msg::Stored(snapshot([profile("lab"), profile("work"), profile("home")])));
        assert_eq!(
            (app.message(), app.selected()),
            (format!("{PLACE} can be read again.").as_str(), "demo/home".into())
        );
    }
}

#[test]
fn newer_tokens_that_nobody_else_has_are_kept_when_older_ones_come_back() {
    let (mut app, older, newer) = renewed_twice();

    let effects = app.feed(Msg::Stored(snapshot(older.clone())));

    assert_eq!(effects, [Effect::Rescue(newer.clone())], "all of them together");
    assert_eq!(app.model.unfinished().as_deref(), Some("the newer tokens of 2 profiles"));
    assert_eq!(app.feed(Msg::Rescued(newer.iter().map(|newer| (newer.clone(), Ok(()))).collect())), []);
    assert_eq!((app.model.unfinished(), app.model.holds_unsaved()), (None, false));
    assert_eq!(app.feed(Msg::Stored(snapshot(newer))), []);
}

#[test]
fn newer_tokens_that_cannot_be_kept_are_held_and_can_be_saved() {
    let (mut app, older, newer) = renewed_twice();
    app.feed(Msg::Stored(snapshot(older.clone())));
    let answers = newer.iter().map(|newer| (newer.clone(), Err(crate::harness::full()))).collect();
    assert_eq!(app.feed(Msg::Rescued(answers)), []);
    assert_eq!(
        app.message(),
        "Older tokens of demo/work were stored, and the newer ones cannot be kept: no space is left on \
         the device. Press r on it to save them. The same goes for 1 more."
    );
    assert_eq!(app.keys("q"), [], "it asks");
    app.press("esc");
    app.keys("r");
    let effects = app.press("enter");
    let [Effect::Change(changed, change)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!((changed, change.expects), (&id("work"), older[0].held.fingerprint()));
    let Edit::Refresh(new_tokens) = &change.edit else { panic!("{change:?}") };
    assert_eq!(Some(&new_tokens.tokens), newer[0].held.tokens());
}

#[test]
fn nothing_is_refreshed_by_itself_while_its_newer_tokens_are_being_kept() {
    let (mut app, older, newer) = renewed_twice();
    app.model.auto_refresh = authtui::tui::model::AutoRefreshMode::On;
    let ended: Vec<Profile> =
        older.into_iter().map(|older| Profile { life: due("any").life, ..older }).collect();
    assert_eq!(app.feed(Msg::Stored(snapshot(ended))), [Effect::Rescue(newer.clone())]);
    let effects = app.feed(Msg::Rescued(newer.into_iter().map(|newer| (newer, Ok(()))).collect()));
    assert!(matches!(effects.as_slice(), [Effect::Refresh(..), Effect::Refresh(..)]), "{effects:?}");
}

/// A screen with two profiles, what they held before, and what they hold.
fn renewed_twice() -> (App, Vec<Profile>, Vec<Profile>) {
    let (older, newer) = (profile("work"), held("work", "new"));
    let twin = |profile: &Profile| Profile { id: id("twin"), ..profile.clone() };
    let grant = |profile: &Profile| profile.refresh_token_id().expect("a grant");
    let mut app = App::of([newer.clone(), twin(&newer)]);
    let what = GrantEvent::Refreshed { grant: grant(&older), next: grant(&newer), generation: 2 };
    app.feed(Msg::Events(Ok(vec![event(what)])));
    (app, vec![older.clone(), twin(&older)], vec![newer.clone(), twin(&newer)])
}

#[test]
fn while_somebody_asks_the_log_is_read_each_second() {
    let mut app = App::of([Profile { life: authtui::domain::tokens::Expiry::default(), ..profile("work") }]);
    let grant = app.profile("work").refresh_token_id().expect("a grant");
    app.feed(Msg::Events(Ok(vec![event(GrantEvent::RefreshStarted { grant: grant.clone() })])));
    assert_eq!(app.advance(Duration::from_secs(1)), []);
    app.feed(Msg::Asking(BTreeSet::from([grant])));
    assert!(app.screen().contains("is still running"), "{}", app.screen());
    let soon = wakes_at(&app.model, app.now).expect("a moment");
    assert!(soon <= app.now.steady.after(Duration::from_secs(1)));
    assert_eq!(app.advance(Duration::from_secs(1)), [Effect::ReadEvents]);
    app.feed(Msg::Asking(BTreeSet::new()));
    assert!(app.screen().contains("was interrupted"), "{}", app.screen());
    assert_eq!(app.advance(Duration::from_secs(1)), []);
}

/// `name` with other tokens.
fn held(name: &str, token: &str) -> Profile {
    let tokens =
        Tokens { access: Secret::new(token), refresh: Some(Secret::new(format!("{token}-refresh"))) };
    Profile { held: StoredTokens::Present(tokens), ..profile(name) }
}

fn event(what: GrantEvent) -> Event {
    let by = Author { program: "authtui token".into(), process: 7 };
    Event { at: now().wall, by, profile: name("work"), store: "/config.yaml".into(), what }
}
