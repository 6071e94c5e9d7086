//! The timeline: it shows the list's rows, takes the list's keys, and wakes when a column changes.

use std::time::Duration;

use authtui::domain::clock::TimeDelta;
use authtui::domain::event::{Author, Event, GrantEvent};
use authtui::domain::profile::Profile;
use authtui::domain::tokens::Expiry;
use authtui::oauth::refresh::Wish;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::wakes_at;
use crossterm::event::KeyCode;

use crate::harness::{App, drawn, due, ends_in, id, later, now, profile};

#[test]
fn keys_of_the_list_act_on_the_selected_row_of_the_timeline() {
    let mut app = App::of([profile("work"), due("home")]);
    app.keys("t");
    assert!(app.screen().contains("Timeline 2"), "{}", app.screen());
    assert_eq!(app.keys("r"), [Effect::Refresh(id("home"), Wish::New)]);
    app.keys("x");
    assert!(matches!(app.model.screen, Screen::Dialog(_)));
    app.press("esc");
    assert!(app.screen().contains("Timeline 2"), "a question is asked above it:\n{}", app.screen());
    assert_eq!(app.selected(), "demo/home");
}

#[test]
fn every_way_back_from_the_timeline_leads_to_the_list_and_none_out_of_the_program() {
    for back in [KeyCode::Char('t'), KeyCode::Char('q'), KeyCode::Esc] {
        let mut app = App::with(["work", "home"]);
        app.keys("jt");
        assert_eq!(app.feed(Msg::Key(back.into())), []);
        assert!(!app.screen().contains("Timeline"), "{back:?}");
        assert_eq!(app.selected(), "demo/home");
    }
}

#[test]
fn the_axis_reaches_as_far_as_the_person_wants() {
    let mut app = App::with(["work"]);
    app.keys("t");
    let first = app.screen();
    for (key, shows) in
        [("+", "+15m"), ("+", "+5m"), ("+", "+5m"), ("0", "+7d"), ("-", "+12mo"), ("-", "+12mo")]
    {
        app.keys(key);
        assert!(app.screen().contains(shows), "{key}:\n{}", app.screen());
    }
    app.keys("0");
    assert_eq!(app.screen(), first);
}

#[test]
fn the_selected_row_stays_on_a_timeline_that_is_longer_than_the_screen() {
    let mut app = App::of((0..300).map(|number| profile(&format!("p{number:03}"))));
    app.keys("t");
    for (key, name) in
        [('G', "demo/p299"), ('k', "demo/p298"), ('k', "demo/p297"), ('g', "demo/p000"), ('j', "demo/p001")]
    {
        app.keys(&key.to_string());
        let selected = app.selected();
        assert_eq!(selected, name, "{key}");
        assert!(app.screen().contains(&selected), "{key}:\n{}", app.screen());
    }
}

#[test]
fn what_happened_and_what_will_is_told_below_the_rows() {
    let mut work = profile("work");
    work.life.grant_ends_at = Some(now().wall + TimeDelta::days(29));
    let mut app = App::of([work, profile("home")]);
    let event = |minutes, name: &str, what| Event {
        at: now().wall - TimeDelta::minutes(minutes),
        by: Author { program: "authtui".into(), process: 7 },
        profile: id(name).name,
        store: String::new(),
        what,
    };
    let failed = GrantEvent::RefreshFailed { grant: "g".into(), is_dead: false, why: "answered 503".into() };
    app.feed(Msg::Events(Ok(vec![event(90, "work", failed), event(5, "home", GrantEvent::LoggedIn)])));
    app.feed(Msg::Resized(120, 32));
    app.keys("t");
    for words in ["07:30", "refresh failed: answered 503", "login expires, in 29d", "token expires"] {
        assert!(app.screen().contains(words), "{words}:\n{}", app.screen());
    }
}

#[test]
fn the_timeline_wakes_once_a_minute_while_no_column_changes() {
    let far = Profile { life: ends_in(TimeDelta::days(20)), ..profile("work") };
    let mut app = App::of([far]);
    app.keys("t");
    app.now = later(now(), Duration::from_millis(12_345));
    let end = app.now.steady.after(Duration::from_mins(30));
    let mut count = 0;
    while let Some(wake) = wakes_at(&app.model, app.now).filter(|wake| *wake <= end) {
        app.advance(app.now.steady.until(wake));
        count += 1;
    }
    assert!((30..=45).contains(&count), "{count} times");
}

#[test]
fn no_column_of_the_timeline_is_older_than_a_wake() {
    let profile = |(number, end): (usize, i64)| {
        let life = Expiry {
            grant_ends_at: Some(now().wall + TimeDelta::seconds(end * 30)),
            ..ends_in(TimeDelta::seconds(end))
        };
        Profile { life, ..profile(&format!("p{number}")) }
    };
    for zoom in ["0", "+", "++", "-"] {
        let mut app = App::of([3, 61, 301, 3_601, 86_399].into_iter().enumerate().map(profile));
        app.keys("t");
        app.keys(zoom);
        app.now = later(app.now, Duration::from_millis(700));
        let end = app.now.steady.after(Duration::from_secs(400));
        let mut count = 0;
        while app.now.steady < end {
            let before = drawn(&app.model, app.now);
            let wake = wakes_at(&app.model, app.now).expect("a wake");
            let wait = app.now.steady.until(wake);
            let just_before = later(app.now, wait.saturating_sub(Duration::from_millis(2)));
            assert_eq!(drawn(&app.model, just_before), before, "{zoom}: unseen at {:?}", app.now.wall);
            app.advance(wait);
            count += 1;
        }
        assert!(count <= 400, "{zoom}: {count} times");
    }
}
