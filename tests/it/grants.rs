//! One refresh for each grant, whoever asks, and what is said when it goes wrong.

mod example;
mod interrupted;
mod many;
mod moved;
mod other_host;
mod refused;
mod rivals;

use std::time::Instant;

use authtui::domain::event::Event;
use authtui::shell::event_log::EventLog;

use crate::home::{Home, PATIENCE};

/// The events of a home, oldest first.
fn events(home: &Home) -> Vec<Event> {
    EventLog::in_folder(&home.path("state/authtui")).read().expect("a log")
}

/// The words of the log for them.
fn words(home: &Home) -> Vec<&'static str> {
    events(home).iter().map(|event| event.what.word()).collect()
}

/// Waits until `there`.
fn until(what: &str, there: impl Fn() -> bool) {
    let began = Instant::now();
    while !there() {
        assert!(began.elapsed() < PATIENCE, "{what} never comes");
        std::thread::yield_now();
    }
}
