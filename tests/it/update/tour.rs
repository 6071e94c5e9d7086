//! The demo's tour: what it proposes, and what ticks it off.

use authtui::domain::profile::Profile;
use authtui::domain::tokens::StoredTokens;
use authtui::oauth::refresh::Refreshed;
use authtui::tui::message::{Copied, CopySource, Msg};
use authtui::tui::tour::Tour;

use crate::harness::{App, due, id, profile, snapshot};

/// The demo with a profile that works, one that is due, and one that needs a login.
fn demo() -> App {
    let ended = Profile { held: StoredTokens::None, ..profile("gone") };
    let mut app = App::of([profile("work"), due("home"), ended]);
    app.model.tour = Some(Tour::default());
    app
}

#[test]
fn what_the_person_does_is_ticked_off() {
    let mut app = demo();
    assert!(app.screen().contains("1/6  Press l on demo/gone"), "{}", app.screen());
    app.keys("N");
    assert!(app.screen().contains("2/6  Press ! for the next profile"), "{}", app.screen());
    app.keys("!");
    assert!(app.screen().contains("3/6  Press r on demo/home to refresh it: it is due"), "{}", app.screen());
    app.press("home down");
    app.keys("r");
    let fresh = Refreshed::Done(snapshot([profile("work"), profile("home")]));
    app.feed(Msg::Refreshed(id("home"), fresh));
    assert!(app.screen().contains("4/6  Press y"), "{}", app.screen());
    app.feed(Msg::Copied(CopySource::Text("a header"), Ok(Copied::Terminal)));
    assert!(app.screen().contains("5/6  Press x"), "{}", app.screen());
}

#[test]
fn one_key_leads_through_the_tour_and_out_of_it() {
    let mut app = demo();
    app.keys("NNNNNN");
    assert!(app.screen().contains("That was the tour"), "{}", app.screen());
    app.click("N close");
    assert!(!app.screen().contains("tour"), "{}", app.screen());
    app.keys("N");
    assert_eq!(app.message(), "Only the demo has hints to skip.");
}

#[test]
fn without_the_demo_there_is_no_tour() {
    let mut app = App::with(["work"]);
    assert!(!app.screen().contains("1/6"), "{}", app.screen());
    app.keys("N");
    assert_eq!(app.message(), "Only the demo has hints to skip.");
}
