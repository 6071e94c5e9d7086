//! Leaving while the answer to a refresh is awaited.

use std::time::{Duration, Instant};

use authtui::demo::authority::fault::Mishap;

use crate::home::served::Served;
use crate::soak::{rounds, until};
use crate::terminal::pty::Pty;

#[test]
fn whoever_leaves_during_a_refresh_has_the_terminal_at_once_and_the_new_tokens_later() {
    let mut longest = Duration::ZERO;
    for round in 0..rounds(1, 20) {
        for (way, keys, signal) in [("q", "q", ""), ("SIGTERM", "", "TERM"), ("SIGHUP", "", "HUP")] {
            let (served, before) = Served::with_ana(-60);
            served.fault(1, Mishap::Late(Duration::from_millis(1500)));
            let pty = Pty::start(&served.home, &[], (120, 30));
            pty.wait("demo/ana").keys("r").wait("refreshing");
            assert!(until("a request", || false, || served.refreshes().0 == 1));

            let began = Instant::now();
            pty.keys(keys);
            if !signal.is_empty() {
                pty.signal(signal);
            }
            pty.until("the ordinary screen", |screen| !screen.alternate_screen() && !screen.hide_cursor());
            let took = began.elapsed();

            // Before the answer comes, however slow the machine is.
            assert_eq!(served.counters().in_flight, 1, "{way}, round {round}: after {took:?}");
            longest = longest.max(took);
            let left = pty.end();
            assert!(left.text.contains("waiting for"), "{way}, round {round}: {}", left.text);
            assert_ne!(served.stored("ana"), Some(before), "{way}, round {round}");
            assert_eq!(served.refreshes(), (1, 0), "{way}, round {round}");
        }
    }
    println!("quitting: the terminal was back within {longest:?}");
}
