//! Many processes want the same profile renewed, and whoever asks for it is killed.
//!
//! A program that is killed between request and save takes with it what the server gave, and the
//! next one cannot know whether the stored token is spent: it may ask once. What it learns, all
//! others know. So in each round, whoever is killed and whenever:
//! - the file can be read, and who prints a token prints the one that is stored;
//! - nobody asks with a token of which the log says that it is spent or refused;
//! - the server sees at most one reuse for each request that was cut off;
//! - who ends without a token says that a refresh was interrupted;
//! - without a reuse everybody who lives has the new token.

use std::time::Duration;

use authtui::demo::authority::fault::Mishap;
use authtui::domain::event::{Event, Happened};

use crate::chaos::dice::Dice;
use crate::home::running::Running;
use crate::home::served::{Served, store};
use crate::soak::{calm, events, rounds, since, temporary_files, until};

/// When the one who asks is killed.
#[derive(Debug, Clone, Copy)]
enum Moment {
    Written,
    Posted,
    Answered,
    Saved,
    /// So many microseconds after it was written down.
    After(u64),
}

#[test]
fn whoever_is_killed_while_it_asks_nobody_asks_with_a_token_that_is_known_to_be_spent() {
    let served = Served::start();
    let (mut killed, mut lost, mut most_temporary) = (0, 0, 0);
    let mut dice = Dice::new(11);
    for processes in [2, 4, 8, 16] {
        for round in 0..rounds(1, 100) {
            let (entry, before) = served.entry("ana", -5);
            served.home.store(store(&[entry]));
            let counted = served.refreshes();
            let written = events(&served.home).len();
            calm(&served);
            served.fault(9, Mishap::Late(Duration::from_millis(10)));
            let mut all: Vec<Option<Running>> =
                (0..processes).map(|_| Some(served.home.start(&["token", "demo/ana"]))).collect();

            let kills = if processes > 2 && dice.one_in(3) { 2 } else { 1 };
            let mut story = Vec::new();
            for kill in 1..=kills {
                let after = Moment::After(u64::try_from(dice.below(30_000)).expect("small"));
                let moments =
                    [Moment::Written, Moment::Posted, Moment::Answered, Moment::Saved, after, after];
                let moment = dice.pick(&moments);
                let Some(asker) = wait(&served, &mut all, moment, kill, counted.0, written) else { break };
                let found = all.iter_mut().find(|each| each.as_ref().is_some_and(|run| run.id() == asker));
                if let Some(mut victim) = found.and_then(Option::take) {
                    victim.kill();
                    story.push((moment, asker));
                }
            }
            killed += story.len();
            most_temporary = most_temporary.max(temporary_files(&served.home).len());
            let ended: Vec<_> = all.into_iter().flatten().map(Running::end).collect();

            let log: Vec<Event> = events(&served.home).split_off(written);
            let said = format!("{processes} processes, round {round}, killed {story:?}: {ended:?}\n{log:#?}");
            let now = served.stored("ana").expect("tokens");
            let (asked, reused) = since(&served, counted);
            let cut_off = interrupted(&log);
            assert_eq!(known_to_be_spent(&log), 0, "{said}");
            assert!(reused <= cut_off, "{reused} reuses, {cut_off} were cut off; {said}");
            assert!(asked <= 1 + cut_off, "{asked} requests; {said}");
            assert!(cut_off <= u64::try_from(story.len()).expect("small"), "{said}");
            for ended in &ended {
                match ended.code {
                    Some(0) => assert_eq!(ended.out, format!("{}\n", now.access), "{said}"),
                    Some(3) => {
                        assert!(ended.err.contains("ended between request and save"), "{said}");
                        assert!(reused > 0, "{said}");
                    }
                    _ => panic!("{said}"),
                }
            }
            let has_survivors = !ended.is_empty();
            assert!(!has_survivors || reused > 0 || now != before, "{said}");
            lost += usize::from(reused > 0);
        }
    }
    let (asked, reused) = served.refreshes();
    println!(
        "kills: {killed} killed, {asked} requests, {reused} reuses that nobody could know of, \
         {lost} rounds ended in a login, at most {most_temporary} temporary files at once"
    );
    let (entry, _) = served.entry("ana", -5);
    served.home.store(store(&[entry]));
    calm(&served);
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    assert_eq!(temporary_files(&served.home), [""; 0]);
}

/// Waits for the moment of the `kill`th kill and says who asks then.
fn wait(
    served: &Served,
    all: &mut [Option<Running>],
    moment: Moment,
    kill: usize,
    counted: u64,
    written: usize,
) -> Option<u32> {
    let askers = || {
        let log = events(&served.home).split_off(written);
        let asks = log.iter().filter(|event| matches!(event.what, Happened::Asked { .. }));
        asks.map(|event| event.by.process).collect::<Vec<_>>()
    };
    let before = served.profile("ana").held.fingerprint();
    let nth = u64::try_from(kill).expect("small");
    let mut over = || all.iter_mut().flatten().all(Running::has_ended);
    if !until("a request", &mut over, || askers().len() >= kill) {
        return None;
    }
    let there = until("the moment", &mut over, || match moment {
        Moment::Written | Moment::After(_) => true,
        Moment::Posted => served.refreshes().0 >= counted + nth || served.counters().in_flight > 0,
        Moment::Answered => served.refreshes().0 >= counted + nth && served.counters().in_flight == 0,
        Moment::Saved => served.profile("ana").held.fingerprint() != before,
    });
    if let Moment::After(micros) = moment {
        std::thread::sleep(Duration::from_micros(micros));
    }
    askers().last().copied().filter(|_| there)
}

/// How many requests have no end in the log.
fn interrupted(log: &[Event]) -> u64 {
    let has_end = |at: usize, asked: &Event| {
        let mut later = log.iter().skip(at + 1).filter(|event| event.by.process == asked.by.process);
        later.any(|event| event.what.grant().is_some())
    };
    let asks = log.iter().enumerate().filter(|(_, event)| matches!(event.what, Happened::Asked { .. }));
    u64::try_from(asks.filter(|(at, asked)| !has_end(*at, asked)).count()).expect("small")
}

/// How many requests were written down for a grant after its end was.
fn known_to_be_spent(log: &[Event]) -> usize {
    let is_end = |event: &Event, of: &str| {
        let ends = matches!(event.what, Happened::Renewed { .. } | Happened::Failed { is_dead: true, .. });
        ends && event.what.grant() == Some(of)
    };
    let known = |at: usize, asked: &Event| {
        let grant = asked.what.grant().unwrap_or_default();
        log.iter().take(at).any(|earlier| is_end(earlier, grant))
    };
    let asks = log.iter().enumerate().filter(|(_, event)| matches!(event.what, Happened::Asked { .. }));
    asks.filter(|(at, asked)| known(*at, asked)).count()
}
