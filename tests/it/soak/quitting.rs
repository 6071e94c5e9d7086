//! Leaving while the answer to a refresh is awaited.

use std::time::{Duration, Instant};

use authtui::demo::authority::fault::FaultKind;

use crate::home::served::Served;
use crate::soak::{HELD, divisor, events, rounds, until};
use crate::terminal::pty::Pty;

/// What the person or the system does, the keys of it, and the signal.
const WAYS: [(&str, &str, &str); 5] = [
    ("q", "q", ""),
    ("Ctrl-C", "\x03", ""),
    ("SIGTERM", "", "TERM"),
    ("SIGHUP", "", "HUP"),
    ("SIGINT", "", "INT"),
];

#[test]
fn whoever_leaves_during_a_refresh_has_the_terminal_at_once_and_the_new_tokens_later() {
    let mut longest = Duration::ZERO;
    let rounds = rounds(1, 20);
    for round in 0..rounds {
        let all = std::thread::scope(|scope| {
            let all = WAYS.map(|way| scope.spawn(move || leave(way, round)));
            all.map(|leaving| leaving.join().expect("it left in order"))
        });
        longest = all.into_iter().fold(longest, Duration::max);
    }
    println!(
        "quitting: {} times by {} ways before the answer: the terminal was back within {longest:?}, the \
         tokens were saved every time",
        rounds * WAYS.len(),
        WAYS.len()
    );
}

#[test]
fn a_terminal_that_goes_away_during_a_refresh_costs_no_tokens() {
    let latency = Duration::from_millis(if divisor() == Some(1) { 5000 } else { 500 });
    let rounds = rounds(1, 20);
    for round in 0..rounds {
        let (served, before) = Served::with_ana(-60);
        served.fault(1, FaultKind::Late(latency));
        let keys = [("demo/ana", "r"), ("refreshing", "")];
        assert_eq!(Pty::vanish(&served.home, &keys, || served.refreshes().0 == 1), 1, "round {round}");
        let after = served.stored("ana").expect("tokens");
        assert_ne!(after.refresh, before.refresh, "round {round}");
        assert_eq!(served.refreshes(), (1, 0), "round {round}");
    }
    println!("quitting: {rounds} terminals went away, the tokens were saved every time");
}

#[test]
fn whoever_does_not_wait_for_the_answer_is_told_what_may_be_lost_then_and_afterwards() {
    for signal in ["TERM", "INT"] {
        let (served, before) = Served::with_ana(-60);
        served.fault(1, FaultKind::Late(Duration::from_secs(20)));
        let pty = Pty::start(&served.home, &[], (120, 30));
        pty.wait("demo/ana").keys("r").wait("refreshing");
        assert!(until("a request", || false, || served.refreshes().0 == 1));
        pty.keys("q").wait("authtui: waiting for the refresh of demo/ana");

        pty.signal(signal);

        let left = pty.end();
        assert!(left.text.contains("stopped before it was saved"), "{signal}: {}", left.text);
        assert_eq!(served.counters().in_flight, 1, "{signal}: nobody waited");
        assert_eq!(served.stored("ana"), Some(before), "{signal}");
        assert_eq!(events(&served.home).len(), 1, "{signal}: what was begun is written down");
        let next = served.home.run(&["refresh", "demo/ana"]);
        assert!(next.said(3).contains("ended between request and save"), "{signal}: {next:?}");
    }
}

/// Leaves by `way` while the answer is awaited, and says when the terminal was back.
fn leave((way, keys, signal): (&str, &str, &str), round: usize) -> Duration {
    let (served, before) = Served::with_ana(-60);
    served.fault(1, FaultKind::Late(HELD));
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

    assert_eq!(served.counters().in_flight, 1, "{way}, round {round}: after {took:?}");
    served.serving.let_go();
    let left = pty.end();
    assert!(left.text.contains("waiting for the refresh of demo/ana"), "{way}, {round}: {}", left.text);
    assert_eq!(left.code, u32::from(!signal.is_empty()), "{way}, round {round}");
    assert_ne!(served.stored("ana"), Some(before), "{way}, round {round}");
    assert_eq!(served.refreshes(), (1, 0), "{way}, round {round}");
    took
}
