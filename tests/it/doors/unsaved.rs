//! Tokens that came and are not stored: asked about on the screen, tried again, never lost
//! without a word.

use authtui::domain::change::{Change, Edit};
use authtui::domain::name::StoreId;
use authtui::domain::profile::Profile;
use authtui::domain::trouble::{Stored, Trouble};
use authtui::oauth::LoginId;
use authtui::oauth::login::{Input, Outcome, Output, SaveDecision, Stage};
use authtui::tui::dialog::DialogQuestion;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::{Panel, Screen};

use crate::doors::TOKENS;
use crate::harness::{App, asks, code, full, id, profile, reply, saved, sent, snapshot};

#[test]
fn a_save_that_fails_keeps_the_tokens_and_is_tried_again() {
    let mut app = App::with(["work"]);
    let save = redeemed(&mut app);
    assert_eq!(app.tell(Input::Saved(Err(full()))), []);
    let trouble = Trouble { stored: Stored::NewOnesInMemory, ..full() };
    let Stage::Unsaved(held, told) = app.login().stage().clone() else { panic!("{:?}", app.login().stage()) };
    assert_eq!((told, app.login().unsaved()), (trouble, Some(&*held)));
    assert!(app.screen().contains("no space is left on the device"), "{}", app.screen());

    assert_eq!(app.press("esc"), [], "leaving is no decision");
    assert_eq!(app.press("enter"), [Effect::Login(LoginId(1), Output::Save(StoreId::Own, Box::new(save)))]);
    assert_eq!(asks(&app.tell(Input::Saved(Ok(())))).len(), 1, "the test of the token");
}

#[test]
fn a_save_that_fails_can_be_given_up() {
    let mut app = App::with(["work"]);
    redeemed(&mut app);
    app.tell(Input::Saved(Err(full())));
    assert_eq!(app.press("tab enter"), [Effect::Login(LoginId(1), Output::CloseListener)]);
    assert_eq!(*app.login().stage(), Stage::Over(Outcome::Discarded));
    assert_eq!(*app.profile("work"), profile("work"), "the stored tokens are as they were");
}

#[test]
fn the_old_tokens_stay_until_the_store_says_otherwise() {
    let mut app = App::with(["work"]);
    let change = redeemed(&mut app);
    assert_eq!(*app.profile("work"), profile("work"));
    app.tell(Input::Saved(Ok(())));
    assert_eq!(*app.profile("work"), profile("work"), "only a snapshot changes what is shown");
    let Edit::Put(new) = change.edit else { panic!("no profile") };
    assert_eq!(app.feed(Msg::Stored(snapshot([*new.clone()]))), []);
    assert_eq!(*app.profile("work"), *new);
}

#[test]
fn another_account_can_be_kept_beside_under_a_name_nobody_has() {
    let mut app = App::of([ana(), profile("work-2")]);
    let [came] = bo_logs_in(&mut app);
    assert!(app.screen().contains("Save as demo/work-3"), "{}", app.screen());
    let profile = Profile { id: id("work-3"), ..came };
    let change = Change { name: id("work-3").name, expects: None, edit: Edit::Add(Box::new(profile)) };
    assert_eq!(
        app.press("enter"),
        [Effect::Login(LoginId(1), Output::Save(StoreId::Own, Box::new(change)))],
        "the safe answer comes first"
    );
    app.feed(Msg::Stored(snapshot([ana(), self::profile("work-2"), self::profile("work-3")])));
    app.tell(Input::Saved(Ok(())));
    app.press("esc");
    assert_eq!(app.selected(), "demo/work-3");
}

#[test]
fn a_profile_that_was_removed_meanwhile_is_nobodys_place() {
    let mut app = App::of([ana()]);
    let [came] = bo_logs_in(&mut app);
    app.feed(Msg::Stored(snapshot([])));
    let change = Change { name: came.id.name.clone(), expects: None, edit: Edit::Add(Box::new(came)) };
    let save = Effect::Login(LoginId(1), Output::Save(StoreId::Own, Box::new(change)));
    assert_eq!(app.press("tab tab enter"), [save]);
}

#[test]
fn another_account_can_replace_the_stored_one_or_be_discarded() {
    for (keys, kept) in [("tab enter", false), ("tab tab enter", true)] {
        let mut app = App::of([ana()]);
        let [came] = bo_logs_in(&mut app);
        let change = Change { name: id("work").name, expects: None, edit: Edit::Put(Box::new(came)) };
        let ask = if kept { Output::Save(StoreId::Own, Box::new(change)) } else { Output::CloseListener };
        assert_eq!(app.press(keys), [Effect::Login(LoginId(1), ask)]);
    }
}

#[test]
fn whose_account_it_is_is_typed_in_the_panel_or_left_open() {
    for (typed, key, named) in [("Ana", "enter", true), ("", "enter", false), ("Ana", "esc", false)] {
        let mut app = App::with(["work"]);
        redeemed(&mut app);
        // So it is a new profile.
        app.feed(Msg::Stored(snapshot([])));
        let (request_id, _) = sent(&asks(&app.tell(Input::Saved(Ok(())))));
        let works = reply(200, "{}", app.now);
        app.tell(Input::Replied(request_id, Ok(works)));
        app.tell(Input::Saved(Ok(())));
        assert!(app.screen().contains("Whose account is this?"), "{}", app.screen());
        app.press("ctrl-c");
        assert!(!is_asked_about_quitting(&app), "everything is saved");

        app.keys(typed);
        let asks = asks(&app.press(key));

        if named {
            assert_eq!(saved(&asks).edit, Edit::RecordAccount("Ana".to_owned()));
            app.tell(Input::Saved(Ok(())));
        }
        assert_eq!(app.model.screen, Screen::List, "{typed} {key}");
        assert_eq!(app.message().contains("as Ana"), named, "{}", app.message());
    }
}

#[test]
fn staying_after_all_leads_back_to_the_question_about_the_tokens() {
    for stay in ["enter", "esc"] {
        let mut app = App::of([ana()]);
        bo_logs_in(&mut app);
        assert_eq!(app.press("ctrl-c"), []);
        assert!(is_asked_about_quitting(&app));
        assert_eq!(app.press(stay), []);
        assert!(matches!(app.model.screen, Screen::Login(Panel::Deciding(_))), "{:?}", app.model.screen);
    }
}

#[test]
fn no_login_begins_while_another_holds_tokens() {
    let mut app = App::of([ana()]);
    bo_logs_in(&mut app);
    let held = app.login().clone();
    app.model.screen = Screen::List;
    for key in ["l", "n"] {
        assert_eq!(app.keys(key), [], "{key}");
        assert_eq!(app.model.login.as_ref(), Some(&held), "{key}");
    }
}

#[test]
fn quitting_with_tokens_in_hand_asks_and_can_be_insisted_on() {
    let mut app = App::with(["work"]);
    redeemed(&mut app);
    app.tell(Input::Saved(Err(full())));
    assert_eq!(app.press("ctrl-c"), []);
    assert!(is_asked_about_quitting(&app));
    assert_eq!(app.press("tab enter"), [Effect::Quit]);
}

#[test]
fn a_program_that_must_end_keeps_the_tokens_of_another_account_beside() {
    let mut app = App::of([ana()]);
    let [came] = bo_logs_in(&mut app);
    let effects = app.feed(Msg::Terminated);
    let profile = Profile { id: id("work-2"), ..came };
    let change = Change { name: id("work-2").name, expects: None, edit: Edit::Add(Box::new(profile)) };
    // Nothing after Quit is performed.
    let save = Effect::Login(LoginId(1), Output::Save(StoreId::Own, Box::new(change)));
    assert_eq!(effects, [save, Effect::Quit]);
    assert!(app.model.unfinished().is_some(), "the end waits for the save");
    assert_eq!(app.tell(Input::Saved(Err(full()))), [], "there is no third try");
    assert_eq!(app.model.unfinished(), None);
}

#[test]
fn a_program_that_must_end_tries_once_more_to_save() {
    let mut app = App::with(["work"]);
    let change = redeemed(&mut app);
    app.tell(Input::Saved(Err(full())));
    let save = Effect::Login(LoginId(1), Output::Save(StoreId::Own, Box::new(change)));
    assert_eq!(app.feed(Msg::Terminated), [save, Effect::Quit]);
}

#[test]
fn tokens_that_come_while_the_program_ends_are_saved() {
    let mut app = App::with(["work"]);
    app.log_in();
    let (request_id, _) = sent(&asks(&app.tell(code("c0de"))));
    assert_eq!(app.feed(Msg::Terminated), [Effect::Quit]);
    assert!(app.model.unfinished().is_some(), "the end waits for the reply");
    let effects = app.tell(Input::Replied(request_id, Ok(reply(200, TOKENS, app.now))));
    assert_eq!(saved(&asks(&effects)).name, id("work").name);
    app.tell(Input::Saved(Ok(())));
    assert_eq!(app.model.unfinished(), None);
}

#[test]
fn a_decision_is_heard_only_where_one_is_asked_for() {
    let mut app = App::with(["work"]);
    app.log_in();
    let before = app.model.clone();
    for choice in [SaveDecision::Keep, SaveDecision::Discard, SaveDecision::KeepAs(id("other").name)] {
        assert_eq!(app.tell(Input::Decided(choice)), []);
    }
    assert_eq!(app.tell(Input::Saved(Ok(()))), []);
    assert_eq!(app.model, before);
}

/// Logs in to the selected profile until its tokens are being saved; the change that saves them.
fn redeemed(app: &mut App) -> Change {
    app.log_in();
    let (request_id, _) = sent(&asks(&app.tell(code("c0de"))));
    let tokens = reply(200, TOKENS, app.now);
    let asks = asks(&app.tell(Input::Replied(request_id, Ok(tokens))));
    let change = saved(&asks);
    assert_eq!(asks, [Output::Save(StoreId::Own, Box::new(change.clone())), Output::CloseListener]);
    assert_eq!(change.name, id("work").name);
    change
}

fn ana() -> Profile {
    Profile { account: Some("ana@demo.test".to_owned()), ..profile("work") }
        .with_login(|login| login.subject = Some("1".to_owned()))
}

/// Somebody else logs in to the selected profile; what came.
fn bo_logs_in(app: &mut App) -> [Profile; 1] {
    app.log_in();
    let (request_id, _) = sent(&asks(&app.tell(code("c0de"))));
    let body = r#"{"access_token":"new","account":{"uuid":"2","email_address":"bo@demo.test"}}"#;
    let effects = app.tell(Input::Replied(request_id, Ok(reply(200, body, app.now))));
    assert_eq!(effects, [Effect::Login(LoginId(1), Output::CloseListener)]);
    [app.login().unsaved().expect("tokens").clone()]
}

fn is_asked_about_quitting(app: &App) -> bool {
    matches!(&app.model.screen, Screen::Dialog(dialog) if dialog.question == DialogQuestion::QuitUnsaved)
}
