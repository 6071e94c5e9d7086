//! When the loop wakes on its own: as often as something visible changes, and no oftener.

use std::collections::BTreeMap;
use std::time::Duration;

use authtui::domain::clock::{Now, Steady, TimeDelta};
use authtui::domain::profile::Profile;
use authtui::domain::provider::LoginMethod;
use authtui::domain::tokens::Expiry;
use authtui::oauth::login::{Locality, PATIENCE, Stage};
use authtui::tui::message::Msg;
use authtui::tui::{update, wakes_at};

use crate::harness::{App, drawn, ends_in, later, now, profile};
use crate::update::key_profile;
use crate::update::panel::with_device;

#[test]
fn a_screen_without_seconds_wakes_once_a_minute() {
    let far = Profile { life: ends_in(TimeDelta::hours(30)), ..profile("work") };
    for mut app in [App::of([]), App::of([key_profile()]), App::of([far])] {
        app.now = later(now(), Duration::from_millis(12_345));
        let wakes = wakes(&mut app, Duration::from_mins(10));
        assert!((9..=20).contains(&wakes.len()), "{} times", wakes.len());
    }
}

#[test]
fn a_countdown_of_seconds_wakes_once_a_second() {
    let soon = Profile { life: ends_in(TimeDelta::minutes(20)), ..profile("work") };
    let mut app = App::of([soon]);
    app.now = later(now(), Duration::from_millis(300));
    let wakes = wakes(&mut app, Duration::from_secs(60));
    assert!((59..=61).contains(&wakes.len()), "{} times", wakes.len());
}

#[test]
fn slow_countdowns_wake_once_a_minute_and_say_minutes() {
    let soon = |number: i64| Profile {
        life: ends_in(TimeDelta::seconds(3000 + number * 7)),
        ..profile(&format!("p{number}"))
    };
    let mut app = App::of((0..20).map(soon));
    app.model.settings.slow_countdowns = true;
    app.now = later(app.now, Duration::from_millis(300));
    assert!(app.screen().contains(" 50m "), "{}", app.screen());
    let before = app.screen();
    let woken = wakes(&mut app, Duration::from_mins(10));
    assert!((9..=12).contains(&woken.len()), "{} times", woken.len());
    assert_ne!(app.screen(), before);
}

#[test]
fn a_countdown_that_is_not_on_the_screen_wakes_nobody() {
    let far = |number: u32| Profile {
        life: Expiry { obtained_at: None, ..ends_in(TimeDelta::hours(30)) },
        ..profile(&format!("p{number}"))
    };
    let soon = Profile { life: ends_in(TimeDelta::minutes(58)), ..profile("soon") };
    let mut app = App::of((0..60).map(far).chain([soon]));
    let wakes = wakes(&mut app, Duration::from_mins(10));
    assert!(wakes.len() <= 21, "{} times", wakes.len());
}

#[test]
fn a_hundred_profiles_wake_at_most_once_a_second() {
    let profile = |number: i64| Profile {
        life: Expiry {
            obtained_at: Some(now().wall - TimeDelta::seconds(3000 + number * 7)),
            expires_at: Some(now().wall + TimeDelta::seconds(30 + number * 11)),
            grant_ends_at: Some(now().wall + TimeDelta::seconds(100 + number * 13)),
        },
        ..profile(&format!("p{number}"))
    };
    let mut app = App::of((0..100).map(profile));
    app.feed(Msg::Resized(200, 60));
    app.now = later(now(), Duration::from_millis(250));
    let mut seconds: BTreeMap<i64, u32> = BTreeMap::new();
    for wake in wakes(&mut app, Duration::from_mins(5)) {
        *seconds.entry(wake.wall.timestamp()).or_default() += 1;
    }
    let most = seconds.iter().max_by_key(|(_, count)| **count).expect("it wakes");
    assert_eq!(*most.1, 1, "wakes in second {}", most.0);
    assert!(seconds.len() >= 299, "{} seconds", seconds.len());
}

#[test]
fn what_is_on_the_screen_is_never_older_than_a_wake() {
    let ends = [3, 61, 290, 301, 3_601, 172_801];
    let profile = |(number, end): (usize, i64)| Profile {
        life: ends_in(TimeDelta::seconds(end)),
        ..profile(&format!("p{number}"))
    };
    let mut app = App::of(ends.into_iter().enumerate().map(profile));
    app.now = later(now(), Duration::from_millis(700));
    let end = later(app.now, Duration::from_secs(130));
    while app.now.steady < end.steady {
        let before = drawn(&app.model, app.now);
        let wake = wakes_at(&app.model, app.now).expect("a wake");
        let wait = app.now.steady.until(wake);
        let just_before = later(app.now, wait.saturating_sub(Duration::from_millis(2)));
        assert_eq!(drawn(&app.model, just_before), before, "changed unseen at {:?}", app.now.wall);
        app.advance(wait);
    }
}

#[test]
fn a_waiting_login_wakes_each_second_and_at_its_deadline() {
    let mut app = App::with(["work"]);
    app.log_in();
    let begun = app.now;
    let wakes = wakes(&mut app, PATIENCE + Duration::from_secs(1));
    assert!((300..=308).contains(&wakes.len()), "{} times", wakes.len());
    assert!(matches!(app.login().stage(), Stage::Over(_)), "{:?}", app.login().stage());
    assert!(wakes.iter().any(|wake| wake.steady == begun.steady.after(PATIENCE)));
}

#[test]
fn all_seconds_of_a_device_code_change_at_once_and_none_unseen() {
    let mut app = with_device(&[LoginMethod::Code, LoginMethod::Device], Locality::OverSsh);
    app.now = later(app.now, Duration::from_millis(300));
    let end = app.now.steady.after(Duration::from_secs(20));
    let mut count = 0;
    while app.now.steady < end {
        let before = drawn(&app.model, app.now);
        let wake = wakes_at(&app.model, app.now).expect("a wake");
        let wait = app.now.steady.until(wake);
        let just_before = later(app.now, wait.saturating_sub(Duration::from_millis(2)));
        assert_eq!(drawn(&app.model, just_before), before, "changed unseen at {:?}", app.now.wall);
        app.advance(wait);
        count += 1;
    }
    // Each second, and for the next question.
    assert!((20..=22).contains(&count), "{count} times");
}

#[test]
fn beside_a_qr_code_nothing_moves() {
    let mut app = with_device(&[LoginMethod::Device], Locality::Local);
    app.keys("Q");
    let wakes = wakes(&mut app, Duration::from_secs(40));
    assert!(wakes.len() <= 3, "{} times", wakes.len());
}

#[test]
fn a_login_below_the_help_wakes_nobody_each_second() {
    let mut app = App::of([key_profile(), profile("work")]);
    app.keys("j");
    app.log_in();
    app.keys("?");
    let wakes = wakes(&mut app, Duration::from_mins(3));
    assert!(wakes.len() <= 4, "{} times", wakes.len());
}

#[test]
fn a_clock_that_is_set_back_or_forward_never_makes_the_loop_spin() {
    let mut app = App::with(["work", "home"]);
    for jump in [-86_400 * 400, -3, 0, 3, 3_599, 3_600, 3_601, 7_200, 86_400 * 400] {
        app.now = Now { wall: now().wall + TimeDelta::seconds(jump), ..now() };
        let wake = wakes_at(&app.model, app.now).expect("a wake");
        assert!(app.now.steady < wake, "{jump}");
        assert!(app.now.steady.until(wake) <= Duration::from_millis(60_001), "{jump}");
    }
}

#[test]
fn a_screen_too_small_to_show_anything_sleeps() {
    let mut app = App::with(["work"]);
    app.feed(Msg::Resized(20, 5));
    assert_eq!(wakes_at(&app.model, app.now), None::<Steady>);
}

/// Plays the loop for so long, and says when it woke. A wake that is due at once would spin.
fn wakes(app: &mut App, during: Duration) -> Vec<Now> {
    let end = app.now.steady.after(during);
    let mut wakes = Vec::new();
    while let Some(wake) = wakes_at(&app.model, app.now).filter(|wake| *wake <= end) {
        assert!(app.now.steady < wake, "woke in the past");
        app.now = later(app.now, app.now.steady.until(wake));
        update(&mut app.model, app.now, Msg::Woke);
        wakes.push(app.now);
    }
    wakes
}
