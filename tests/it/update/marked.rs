//! Marks: what is marked, what is done with all of them, and what became of each.

use authtui::domain::change::{Change, Edit, Extent, Row, SignedOut, Where};
use authtui::domain::name::StoreId;
use authtui::domain::profile::{AutoRefresh, Profile};
use authtui::domain::tokens::StoredTokens;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::refresh::{Refreshed, Wish};
use authtui::oauth::revocation::Revoked;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::row_id::RowId;
use authtui::tui::screen::Screen;

use crate::harness::{App, id, now, profile, snapshot};

const SIX: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

#[test]
fn space_marks_a_row_or_no_longer_and_goes_down() {
    let mut app = App::with(SIX);
    app.keys("  ");
    assert_eq!(marks(&app), ["demo/a", "demo/b"]);
    assert_eq!(app.selected(), "demo/c");
    assert!(app.screen().contains("2 marked"), "{}", app.screen());
    app.keys("k ");
    assert_eq!(marks(&app), ["demo/a"]);
}

#[test]
fn esc_clears_the_marks_before_the_filter() {
    let mut app = App::with(SIX);
    app.model.filter = "demo".to_owned();
    app.keys(" ");
    app.press("esc");
    assert_eq!((marks(&app).len(), app.model.filter.as_str()), (0, "demo"));
    app.press("esc");
    assert_eq!(app.model.filter, "");
}

#[test]
fn esc_clears_the_marks_where_no_filter_is_and_the_footer_says_so() {
    let mut app = App::with(SIX);
    app.keys("  ");
    assert!(app.screen().contains("r refresh 2  x sign out 2"), "{}", app.screen());
    assert!(app.screen().contains("Esc unmark"), "{}", app.screen());
    app.press("esc");
    assert_eq!(marks(&app), [""; 0]);
    assert!(!app.screen().contains("unmark"), "{}", app.screen());
}

#[test]
fn space_on_an_entry_that_is_not_valid_only_goes_down() {
    let mut app = App::with(["work"]);
    let row = Row::broken("demo/bad", Where::Line(7), "it is odd");
    let mut rows = snapshot([profile("work")]);
    rows.rows = std::iter::once(row).chain(rows.rows.iter().cloned()).collect();
    app.feed(Msg::Stored(rows));
    app.model.selected = Some(RowId::Broken(StoreId::Own, Where::Line(7)));
    app.keys(" ");
    assert_eq!((app.selected(), app.message(), marks(&app).len()), ("demo/work".to_owned(), "", 0));
}

#[test]
fn a_mark_goes_with_its_profile() {
    let mut app = App::with(["a", "b"]);
    app.keys("  ");
    app.feed(Msg::Stored(snapshot([profile("b")])));
    assert_eq!(marks(&app), ["demo/b"]);
}

#[test]
fn all_marked_are_refreshed_a_few_at_a_time_and_told_in_a_table() {
    let mut app = App::with(SIX);
    app.keys("      ");
    let refresh = |name| Effect::Refresh(id(name), Wish::New);
    assert_eq!(app.keys("r"), ["a", "b", "c", "d"].map(refresh));
    assert_eq!((&app.model.screen, marks(&app).len()), (&Screen::Results(0), 0));
    let done = || Refreshed::Done(snapshot(SIX.map(profile)));
    assert_eq!(app.feed(Msg::Refreshed(id("b"), done())), [refresh("e")]);
    for (ended, next) in [("a", vec![refresh("f")]), ("c", vec![]), ("d", vec![]), ("e", vec![])] {
        assert_eq!(app.feed(Msg::Refreshed(id(ended), done())), next);
    }
    assert!(app.screen().contains("Refresh · 5 done · 1 to go"), "{}", app.screen());
    app.feed(Msg::Refreshed(id("f"), done()));
    assert!(app.screen().contains("Refresh · 6 done"), "{}", app.screen());
    app.press("down enter");
    assert_eq!((&app.model.screen, app.selected().as_str()), (&Screen::List, "demo/b"));
}

#[test]
fn what_is_not_possible_with_one_is_said_in_its_row_and_the_others_go_on() {
    let gone = Profile { held: StoredTokens::None, revoked_at: Some(now().wall), ..profile("a") };
    let mut app = App::of([gone, profile("b")]);
    for name in ["a", "b"] {
        app.model.marks.insert(id(name));
    }
    assert_eq!(app.keys("T"), [Effect::Test(id("b"))]);
    assert!(app.screen().contains("It has no tokens"), "{}", app.screen());
}

#[test]
fn what_the_table_says_is_said_once() {
    let mut app = App::with(["a", "b"]);
    app.keys("  r");
    let why = "the server answered 503";
    let trouble = Trouble::untouched("cannot refresh demo/a", why, FailureKind::Temporary(None));
    app.feed(Msg::Refreshed(id("a"), Refreshed::Failed(None, trouble)));
    assert_eq!((app.message(), app.screen().matches(why).count()), ("", 1), "{}", app.screen());
    app.press("esc L");
    assert!(app.screen().contains(why), "the log has it: {}", app.screen());
}

#[test]
fn profiles_that_were_deleted_are_called_so() {
    let mut app = App::with(["a", "b", "c"]);
    app.keys("  xd");
    for (name, left) in [("a", vec!["b", "c"]), ("b", vec!["c"])] {
        let erased = Some((Extent::Profile, Box::new(profile(name).into())));
        let snapshot = snapshot(left.into_iter().map(profile));
        app.feed(Msg::SignedOut(id(name), Ok(SignedOut { snapshot, erased })));
    }
    assert_eq!(app.message(), "Deleted 2 profiles. u undoes it (10s)");
    assert_eq!(app.screen().matches("deleted, here only").count(), 2, "{}", app.screen());
}

#[test]
fn one_question_signs_out_of_all_and_one_key_undoes_it() {
    let mut app = App::with(["a", "b", "c"]);
    app.keys("  x");
    let question = app.screen();
    assert!(
        question.contains("Sign out of 2 profiles") && question.contains("demo/a, demo/b."),
        "{question}"
    );
    let sign_out = |name| Effect::SignOut(id(name), Extent::Tokens);
    assert_eq!(app.keys("e"), ["a", "b"].map(sign_out));
    let without = |name: &str| Profile { held: StoredTokens::None, ..profile(name) };
    let mut left = ["a", "b", "c"].map(profile);
    for (place, name) in ["a", "b"].into_iter().enumerate() {
        left[place] = without(name);
        let erased = Some((Extent::Tokens, Box::new(profile(name).into())));
        app.feed(Msg::SignedOut(id(name), Ok(SignedOut { snapshot: snapshot(left.clone()), erased })));
    }
    assert_eq!(app.message(), "Signed out of 2 profiles. u undoes it (10s)");
    let restore = |name| {
        let edit = Edit::Restore(Extent::Tokens, Box::new(profile(name).into()));
        Effect::Change(id(name), Box::new(Change { name: id(name).name, expects: None, edit }))
    };
    assert_eq!(app.keys("u"), ["b", "a"].map(restore), "the last one first");
}

#[test]
fn each_provider_is_asked_and_its_answer_stands_in_the_row() {
    let mut app = App::with(["a", "b"]);
    let revoke = |name| Effect::Revoke(id(name), Extent::Tokens);
    app.keys("  X");
    assert_eq!(app.press("enter"), ["a", "b"].map(revoke));
    let without = |name: &str| Profile { held: StoredTokens::None, ..profile(name) };
    app.feed(Msg::Revoked(id("a"), Revoked::Done(snapshot([without("a"), profile("b")]))));
    assert!(app.screen().contains("signed out here and at its provider"), "{}", app.screen());
    assert_eq!(app.model.screen, Screen::Results(0));
}

#[test]
fn auto_refresh_is_turned_the_same_way_for_all() {
    let off = Profile { auto_refresh: AutoRefresh::Off, ..profile("b") };
    let mut app = App::of([profile("a"), off]);
    app.keys("  ");
    let turn = |name| {
        let edit = Edit::AutoRefresh(AutoRefresh::Off);
        Effect::Change(id(name), Box::new(Change { name: id(name).name, expects: None, edit }))
    };
    assert_eq!(app.keys("A"), ["a", "b"].map(turn));
}

fn marks(app: &App) -> Vec<String> {
    app.model.marks.iter().map(|id| id.name.to_string()).collect()
}
