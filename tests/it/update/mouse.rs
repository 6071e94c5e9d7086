//! The mouse: what is seen answers a click, and what is pointed at scrolls.

use authtui::tui::message::Effect;
use authtui::tui::model::RowId;
use authtui::tui::row_order::SortBy;
use authtui::tui::screen::Screen;
use authtui::tui::screen_map::{MouseGesture, MouseTarget};
use crossterm::event::KeyCode;

use crate::harness::{App, due, id, profile, screen_map};

const SIZES: [(u16, u16); 6] = [(200, 60), (120, 32), (110, 10), (80, 24), (60, 20), (40, 10)];

#[test]
fn every_row_that_is_seen_is_selected_by_a_click_on_any_of_its_columns() {
    for size in SIZES {
        let mut app = App::of((0..30).map(|number| profile(&format!("p{number:02}"))));
        app.model.size = size;
        app.press("down");
        let rows: Vec<_> = screen_map(&app.model, app.now)
            .places()
            .into_iter()
            .filter_map(
                |(area, target)| if let MouseTarget::Row(row) = target { Some((area, row)) } else { None },
            )
            .collect();
        assert!(rows.len() > 3, "{size:?}: {rows:?}");
        let screen = app.screen();
        for (area, row) in rows {
            let RowId::Profile(id) = &row else { unreachable!("all are profiles") };
            let line = screen.lines().nth(usize::from(area.top())).expect("a line");
            assert!(line.contains(id.name.name()), "{size:?}: {line}");
            for column in [area.left(), area.right() - 1] {
                app.model.screen = Screen::List;
                app.press("home");
                assert_eq!(app.mouse(MouseGesture::Click, (column, area.top())), [], "{size:?}");
                assert_eq!(app.model.selected.as_ref(), Some(&row), "{size:?} {column}");
            }
        }
    }
}

#[test]
fn a_click_on_the_selected_row_opens_it() {
    let mut app = App::with(["work", "home"]);
    app.click("demo/home");
    assert_eq!((app.selected().as_str(), &app.model.screen), ("demo/home", &Screen::List));
    app.click("demo/home");
    assert_eq!(app.model.screen, Screen::Pane);
}

#[test]
fn the_wheel_moves_through_the_list_it_points_at() {
    let mut app = App::of((0..30).map(|number| profile(&format!("p{number:02}"))));
    let row = app.place("demo/p03");
    app.mouse(MouseGesture::WheelDown, row);
    app.mouse(MouseGesture::WheelDown, row);
    assert_eq!(app.selected(), "demo/p02");
    app.mouse(MouseGesture::WheelUp, row);
    assert_eq!(app.selected(), "demo/p01");
}

#[test]
fn the_wheel_over_a_question_leaves_its_answers_as_they_are() {
    let mut app = App::with(["work"]);
    app.keys("x");
    let before = app.model.screen.dialog().expect("a question").marked;
    let cancel = app.place("Keep everything");
    app.mouse(MouseGesture::WheelDown, cancel);
    assert_eq!(app.model.screen.dialog().expect("still a question").marked, before);
}

#[test]
fn an_answer_is_taken_by_a_click_and_nothing_below_a_question_is() {
    for size in SIZES {
        let mut app = App::with(["work", "home"]);
        app.model.size = size;
        app.keys("x");
        let places = screen_map(&app.model, app.now).places();
        assert!(
            places.iter().all(|(_, target)| matches!(target, MouseTarget::Answer(_) | MouseTarget::Key(_))),
            "{size:?}: {places:?}"
        );
        app.mouse(MouseGesture::Click, (1, 3));
        assert_eq!((app.selected().as_str(), app.model.screen.dialog().is_some()), ("demo/work", true));
        app.click("Keep everything");
        assert_eq!(app.model.screen, Screen::List, "{size:?}");
    }
}

#[test]
fn a_choice_of_a_list_is_marked_by_a_click() {
    let mut app = App::with(["work"]);
    app.keys("n");
    app.click("Another OAuth 2");
    let marked = app.screen();
    assert!(marked.lines().any(|line| line.contains("▌") && line.contains("Another OAuth 2")), "{marked}");
}

#[test]
fn what_can_be_copied_is_copied_by_a_click() {
    let mut app = App::with(["work"]);
    app.keys("y");
    let map = screen_map(&app.model, app.now);
    let is_token = |target: &MouseTarget| *target == MouseTarget::Key(KeyCode::Char('t'));
    let (area, _) = map.places().into_iter().find(|(_, target)| is_token(target)).expect("the token's row");
    let effects = app.mouse(MouseGesture::Click, (area.x, area.y));
    assert!(matches!(effects.as_slice(), [Effect::Copy(copied, _)] if *copied == id("work")), "{effects:?}");
}

#[test]
fn the_cursor_is_on_the_row_or_the_answer_that_keys_act_on_and_leaves_text_fields_theirs() {
    let mut app = App::of([profile("work"), due("home")]);
    for keys in ["", "j"] {
        app.keys(keys);
        let map = screen_map(&app.model, app.now);
        let cursor = map.cursor().expect("a place");
        assert_eq!(map.at(cursor.x, cursor.y), app.model.selected.clone().map(MouseTarget::Row));
    }
    app.keys("x");
    let map = screen_map(&app.model, app.now);
    let cursor = map.cursor().expect("a place");
    assert_eq!(map.at(cursor.x, cursor.y), Some(MouseTarget::Answer(0)));
    app.press("esc");
    app.keys("/");
    assert_eq!(screen_map(&app.model, app.now).cursor(), None);
}

#[test]
fn a_head_orders_the_rows_by_its_column_and_once_more_by_urgency() {
    let mut app = App::of([due("work"), profile("home")]);
    for (head, sorted) in [
        ("token", SortBy::Expiry),
        ("profile", SortBy::Name),
        ("profile", SortBy::Provider),
        ("profile", SortBy::Urgency),
        ("token", SortBy::Expiry),
        ("token", SortBy::Urgency),
    ] {
        if app.model.sort == SortBy::Urgency && head == "profile" {
            app.click("by urgency");
        } else {
            let row = app.place("token").1;
            let line = app.screen().lines().nth(usize::from(row)).map(str::to_owned).expect("the heads");
            let column = line.find(head).map(|at| line[..at].chars().count()).expect("a head");
            app.mouse(MouseGesture::Click, (u16::try_from(column).expect("small"), row));
        }
        assert_eq!(app.model.sort, sorted, "{head}");
    }
}

#[test]
fn the_first_click_on_a_line_of_a_page_chooses_it_and_the_second_takes_it() {
    let mut app = App::with(["work"]);
    app.keys("?");
    assert_eq!(app.click("test the token"), []);
    assert!(matches!(app.model.screen, Screen::Help(..)));
    assert_eq!(app.click("test the token"), [Effect::Test(id("work"))]);

    let mut app = App::of([due("work"), due("home")]);
    app.keys(",");
    let before = app.model.settings.clone();
    app.click("Privacy");
    assert_eq!(app.model.settings, before);
    app.click("Privacy");
    assert_ne!(app.model.settings, before);

    let mut app = App::of([due("work"), due("home")]);
    app.keys("  T");
    assert_eq!(app.model.screen, Screen::Results(0));
    let places = screen_map(&app.model, app.now).places();
    let row = |place: usize| {
        let (area, _) =
            places.iter().find(|(_, target)| *target == MouseTarget::Choice(place)).expect("a row");
        (area.x, area.y)
    };
    let second = row(1);
    app.mouse(MouseGesture::WheelDown, second);
    assert_eq!(app.model.screen, Screen::Results(1));
    app.mouse(MouseGesture::WheelUp, second);
    app.mouse(MouseGesture::Click, second);
    assert_eq!(app.model.screen, Screen::Results(1));
    let wanted = app.model.results.as_ref().and_then(|table| table.rows.get(1)).map(|row| row.id.clone());
    app.mouse(MouseGesture::Click, second);
    assert_eq!(app.model.selected, wanted.map(RowId::Profile));
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn a_line_of_the_palette_is_done_by_a_click() {
    let mut app = App::of([due("work")]);
    app.keys(":refresh");
    let refresh = app.place("refresh");
    assert!(matches!(app.model.screen, Screen::Palette(..)), "{refresh:?}");
    app.keys(" all that");
    let effects = app.click("refresh all that are due");
    assert!(matches!(effects.as_slice(), [Effect::Refresh(..)]), "{effects:?}");
}
