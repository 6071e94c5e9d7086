//! The order of the rows: what comes first, when it is made anew, and what the selection does meanwhile.

use std::sync::Arc;
use std::time::Duration;

use authtui::domain::change::{Row, Snapshot, Where};
use authtui::domain::clock::TimeDelta;
use authtui::domain::profile::{AutoRefresh, LastRefresh, Profile, RefreshResult};
use authtui::domain::settings::Settings;
use authtui::domain::tokens::{Expiry, StoredTokens};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::refresh::Refreshed;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::RowId;
use authtui::tui::{rows, wakes_at};

use crate::harness::{App, due, ends_in, id, later, now, profile, snapshot};
use crate::update::key_profile;

#[test]
fn rows_that_need_somebody_come_first_and_those_that_were_signed_out_last() {
    let app = App::of(cast());
    assert_eq!(
        shown(&app),
        ["dead", "failed", "ending", "soon", "later", "due", "fresh", "key", "gone"],
        "{}",
        app.screen()
    );
    let heads: Vec<_> =
        app.screen().lines().filter_map(|line| line.split("──").next()).map(str::to_owned).collect();
    for head in ["NEEDS YOU 3", "SOON 3", "FINE 3"] {
        assert!(heads.iter().any(|line| line.contains(head)), "{}", app.screen());
    }
}

#[test]
fn an_entry_that_is_not_valid_needs_somebody() {
    let mut app = App::with(["work"]);
    let broken = Row::broken("demo/ivy", Where::Line(12), "no text");
    let rows = [Row::Profile(Arc::new(profile("work"))), broken].into();
    app.feed(Msg::Stored(Snapshot { rows, ..snapshot([]) }));
    app.keys("!");
    assert!(matches!(app.model.selected, Some(RowId::Broken(..))), "{:?}", app.model.selected);
}

#[test]
fn s_orders_by_name_provider_and_expiry_and_says_so() {
    let mut app = App::of([profile("zoe"), due("acme/ben"), profile("ana"), key_profile()]);
    for (words, order) in [
        ("name", ["ana", "ben", "key", "zoe"]),
        ("provider", ["ben", "ana", "key", "zoe"]),
        ("expiry", ["ben", "zoe", "ana", "key"]),
        ("urgency", ["ben", "zoe", "ana", "key"]),
    ] {
        app.keys("s");
        assert_eq!(app.message(), format!("Sorted by {words}."));
        assert!(app.screen().contains(&format!("Profiles 4 · by {words}")), "{}", app.screen());
        assert_eq!(shown(&app), order, "{words}");
    }
}

#[test]
fn the_next_row_that_needs_somebody_is_one_key_away_and_after_the_last_comes_the_first() {
    let mut app = App::of(cast());
    app.keys("G");
    for name in ["dead", "failed", "ending", "dead"] {
        assert_eq!(app.keys("!"), []);
        assert_eq!(app.selected(), format!("demo/{name}"));
    }
    app.keys("s");
    app.keys("!");
    assert_eq!(app.selected(), "demo/ending", "in each order");
    let mut well = App::with(["work", "home"]);
    well.keys("j!");
    assert_eq!((well.message(), well.selected().as_str()), ("Nothing needs you.", "demo/home"));
    let mut hidden = App::of(cast());
    hidden.keys("/gone");
    hidden.press("enter");
    hidden.keys("!");
    assert_eq!(hidden.message(), "The filter hides what needs you. Esc clears it.");
}

#[test]
fn a_refresh_that_runs_moves_no_row() {
    let mut app = App::of(cast());
    let before = shown(&app);
    app.keys("j");
    assert_eq!(app.selected(), "demo/failed");
    assert!(matches!(app.keys("r").as_slice(), [Effect::Refresh(..)]), "{}", app.message());
    assert!(app.screen().contains("refreshing"), "{}", app.screen());
    assert_eq!(shown(&app), before);
}

#[test]
fn the_selected_row_keeps_its_line_when_it_moves_among_the_others() {
    let many = || (0..60).map(|number| profile(&format!("p{number:02}")));
    let mut app = App::of(many());
    app.keys(&"j".repeat(40));
    app.keys("kkkk");
    let line = |app: &App| {
        let name = app.selected();
        app.screen().lines().position(|line| line.contains(&name) && line.contains('▌'))
    };
    let (name, before) = (app.selected(), line(&app));
    let dead = (0..9).map(|number| dead(&format!("d{number}")));
    app.feed(Msg::Stored(snapshot(many().chain(dead))));
    assert_eq!((app.selected(), line(&app)), (name, before), "{}", app.screen());
}

#[test]
fn a_token_that_ends_moves_its_row_at_that_moment_and_the_loop_wakes_for_it() {
    let mut app =
        App::of([profile("long"), Profile { life: ends_in(TimeDelta::seconds(90)), ..profile("short") }]);
    assert_eq!(shown(&app), ["short", "long"], "it is expiring");
    app.feed(Msg::Stored(snapshot([
        profile("long"),
        Profile { life: ends_in(TimeDelta::minutes(25)), ..profile("short") },
    ])));
    assert_eq!(shown(&app), ["long", "short"]);
    // Of two hours a fifth are left in one minute.
    let end = app.now.steady.after(Duration::from_secs(62));
    while let Some(wake) = wakes_at(&app.model, app.now).filter(|wake| *wake <= end) {
        let wait = app.now.steady.until(wake);
        app.advance(wait);
    }
    assert_eq!(shown(&app), ["short", "long"]);
}

#[test]
fn keys_that_change_nothing_order_nothing_anew() {
    let mut app = App::of((0..2000).map(|number| profile(&format!("p{number:04}"))));
    let made = app.model.order.made_at;
    assert!(made.is_some());
    app.now = later(app.now, Duration::from_secs(3));
    app.keys("jjjkGgy");
    app.press("esc enter esc pagedown");
    app.feed(Msg::Woke);
    app.feed(Msg::Resized(200, 60));
    assert_eq!(app.model.order.made_at, made);
    app.keys("s");
    assert_ne!(app.model.order.made_at, made);
}

#[test]
fn a_clock_that_was_set_orders_the_rows_anew() {
    let mut app =
        App::of([profile("long"), Profile { life: ends_in(TimeDelta::minutes(26)), ..profile("short") }]);
    assert_eq!(shown(&app), ["long", "short"]);
    app.now.wall += TimeDelta::minutes(20);
    app.feed(Msg::Woke);
    assert_eq!(shown(&app), ["short", "long"]);
    app.now.wall -= TimeDelta::minutes(20);
    app.feed(Msg::Woke);
    assert_eq!(shown(&app), ["long", "short"]);
}

#[test]
fn a_half_typed_filter_hides_nothing_and_says_what_is_missing() {
    let mut app = App::of(cast());
    let all = shown(&app);
    app.keys("/state:");
    assert_eq!(shown(&app), all);
    assert!(app.screen().contains("which one? fresh, expiring, due"), "{}", app.screen());
    app.keys("due");
    assert_eq!(shown(&app), ["due"]);
    app.press("esc");
    app.keys("/due<");
    assert_eq!(shown(&app), all);
    app.keys("30m");
    assert_eq!(shown(&app), ["failed", "soon", "later", "due"]);
    app.press("esc");
    app.keys("/!");
    assert_eq!(shown(&app), ["dead", "failed", "ending"]);
    assert!(app.screen().contains("Profiles 3 of 9"), "{}", app.screen());
}

#[test]
fn a_filter_by_time_shows_a_row_when_its_time_has_come() {
    let mut app =
        App::of([profile("long"), Profile { life: ends_in(TimeDelta::minutes(50)), ..profile("short") }]);
    app.keys("/due<49m");
    assert_eq!(shown(&app), [""; 0]);
    app.advance(Duration::from_secs(61));
    assert_eq!(shown(&app), ["short"]);
}

#[test]
fn a_row_flashes_after_its_refresh_and_the_loop_wakes_when_that_is_over() {
    let far = |name| Profile { life: ends_in(TimeDelta::seconds(108_030)), ..profile(name) };
    let mut app = App::of([far("work"), far("home")]);
    authtui::tui::flash::flash(&mut app.model, &id("home"), app.now);
    let until = app.now.steady.after(Duration::from_millis(700));
    assert_eq!(wakes_at(&app.model, app.now), Some(until));
    app.advance(Duration::from_millis(700));
    assert!(app.model.flashes.is_empty());
    assert!(wakes_at(&app.model, app.now).is_some_and(|wake| wake > until));
}

#[test]
fn the_header_says_what_needs_somebody_and_what_comes_next() {
    let header = |app: &App| app.screen().lines().next().unwrap_or_default().to_owned();
    let mut app = App::of(cast());
    let words = header(&app);
    for part in ["1 needs login", "1 failed", "1 login expires soon", "1 due"] {
        assert!(words.contains(part), "{words}");
    }
    app.feed(Msg::Stored(snapshot([profile("work"), profile("home"), profile("lab")])));
    app.feed(Msg::Settled(Ok(Settings::default())));
    let words = header(&app);
    assert!(words.contains("nothing needs you"), "{words}");
    assert!(words.contains("next: demo/") && words.contains("refreshes in 5"), "{words}");
}

#[test]
fn the_header_counts_no_profile_as_due_while_it_is_refreshed() {
    let header = |app: &App| app.screen().lines().next().unwrap_or_default().to_owned();
    let mut app = App::of([due("work"), due("home")]);
    assert!(header(&app).contains("2 due"), "{}", header(&app));
    app.keys("r");
    assert!(header(&app).contains("1 due"), "{}", header(&app));
    let selected = app.model.selected_profile().expect("a profile").id.clone();
    let failed = Trouble::untouched("cannot refresh", "offline", FailureKind::Temporary(None));
    app.feed(Msg::Refreshed(selected, Refreshed::Failed(None, failed)));
    assert!(header(&app).contains("2 due"), "{}", header(&app));
}

/// The own names of the rows that are shown, in their order.
fn shown(app: &App) -> Vec<String> {
    let rows = (0..rows::count(&app.model)).filter_map(|place| rows::at(&app.model, place));
    rows.map(|(_, row)| match row {
        Row::Profile(profile) => profile.id.name.name().to_owned(),
        Row::Broken(broken) => broken.name.clone(),
    })
    .collect()
}

/// One profile of each need, in another order than theirs.
fn cast() -> Vec<Profile> {
    let gone = Profile {
        held: StoredTokens::None,
        revoked_at: Some(now().wall),
        life: Expiry::default(),
        ..profile("gone")
    };
    let soon = |name, seconds| Profile { life: ends_in(TimeDelta::seconds(seconds)), ..profile(name) };
    let mut ending = profile("ending");
    ending.life.grant_ends_at = Some(now().wall + TimeDelta::hours(47));
    let mut failed = Profile { auto_refresh: AutoRefresh::Off, ..due("failed") };
    let why = RefreshResult::Passing { why: "503".to_owned(), times: 3, retry_at: now().wall };
    failed.last_refresh = Some(Box::new(LastRefresh::new(now().wall, why, failed.refresh_token_id())));
    vec![
        gone,
        profile("fresh"),
        key_profile(),
        due("due"),
        soon("later", 240),
        soon("soon", 120),
        ending,
        failed,
        dead("dead"),
    ]
}

fn dead(name: &str) -> Profile {
    let mut dead = profile(name);
    let why = RefreshResult::Dead { why: "invalid_grant".to_owned() };
    dead.last_refresh = Some(Box::new(LastRefresh::new(now().wall, why, dead.refresh_token_id())));
    dead
}
