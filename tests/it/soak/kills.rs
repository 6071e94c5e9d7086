//! Many processes want the same profile refreshed, and some of them are killed.
//!
//! Whoever is killed before its request arrives, or after the save, costs nothing: the server sees
//! one request, no token twice, and all who live have the new one. Whoever is killed between takes
//! with it what the server gave; the next one cannot know whether the stored token is spent, so it
//! asks once and explains the refusal, and all others know from the log.

mod moment;

use std::collections::BTreeMap;

use authtui::domain::event::{Event, GrantEvent};
use authtui::domain::tokens::RefreshTokenId;

use crate::chaos::dice::Dice;
use crate::home::Ended;
use crate::home::running::Running;
use crate::home::served::{Pair, Served, store};
use crate::soak::kills::moment::Moment;
use crate::soak::{calm, events, rounds, since, temporary_files};

/// What the rounds of one moment came to.
#[derive(Debug, Default)]
struct Sum {
    rounds: usize,
    killed: usize,
    survivors: usize,
    requests: u64,
    reuses: u64,
}

/// One round when it is over.
struct Round<'a> {
    served: &'a Served,
    before: Pair,
    now: Pair,
    counted: (u64, u64),
    log: Vec<Event>,
    ended: &'a [Ended],
    said: &'a str,
}

#[test]
fn whoever_is_killed_one_request_is_sent_unless_its_answer_died_with_the_one_who_asked() {
    let served = Served::start();
    let mut dice = Dice::new(11);
    let mut sums: BTreeMap<String, Sum> = BTreeMap::new();
    let (mut number, mut exact) = (0, 0);
    let mut most_temporary = 0;
    for processes in [2, 4, 8, 16] {
        for round in 0..rounds(2, 100) {
            let anytime = Moment::Anytime(u64::try_from(dice.below(30_000)).expect("small"));
            let moments = [
                Moment::Holding,
                Moment::Saved,
                Moment::Received,
                Moment::Waiting,
                Moment::Sent,
                anytime,
                Moment::Answered,
                Moment::Waiting,
                Moment::Holding,
                Moment::Saved,
            ];
            let moment = moments[number % moments.len()];
            number += 1;
            let (entry, before) = served.entry("ana", -5);
            served.home.store(store(&[entry]));
            let (counted, written) = (served.refreshes(), events(&served.home).len());
            calm(&served);

            let (alive, killed, moment) = moment.strike(&served, processes, &["token", "demo/ana"]);
            most_temporary = most_temporary.max(temporary_files(&served.home).len());
            let ended: Vec<Ended> = alive.into_iter().map(Running::end).collect();

            let log = events(&served.home).split_off(written);
            let said =
                format!("{processes} processes, round {round}, killed at {moment:?}: {ended:?}\n{log:#?}");
            let now = served.stored("ana").expect("tokens");
            let counted = since(&served, counted);
            let over = Round { served: &served, before, now, counted, log, ended: &ended, said: &said };
            assert!(killed > 0 || matches!(moment, Moment::Anytime(_)), "{said}");
            exact += usize::from(!matches!(moment, Moment::Anytime(_)) && !moment.loses());
            assert!(!ended.is_empty(), "{said}");
            assert_eq!(over.known_to_be_spent(), 0, "{said}");
            match moment {
                Moment::Anytime(_) if over.counted.1 == 0 => over.is_refreshed(),
                Moment::Anytime(_) | Moment::Answered | Moment::Received => over.is_lost(),
                Moment::Waiting | Moment::Holding | Moment::Sent | Moment::Saved => over.is_refreshed(),
            }
            let name = if let Moment::Anytime(_) = moment { "Anytime".into() } else { format!("{moment:?}") };
            let sum = sums.entry(name).or_default();
            sum.rounds += 1;
            sum.killed += killed;
            sum.survivors += ended.len();
            sum.requests += over.counted.0;
            sum.reuses += over.counted.1;
        }
    }
    for (moment, Sum { rounds, killed, survivors, requests, reuses }) in &sums {
        println!(
            "kills, {moment}: {rounds} rounds, {killed} killed, {survivors} lived, {requests} requests, {reuses} reuses"
        );
    }
    assert!(2 * exact >= number, "{exact} of {number} rounds cost nothing");
    println!(
        "kills: {number} rounds, {exact} of them with a kill that must cost nothing and did; at most {most_temporary} temporary files at once"
    );
    // One that somebody dead has left, and one of somebody alive.
    assert!(most_temporary <= 2);
    let (entry, _) = served.entry("ana", -5);
    served.home.store(store(&[entry]));
    calm(&served);
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    assert_eq!(temporary_files(&served.home), [""; 0]);
}

impl Round<'_> {
    /// One request, no token twice, and everybody who lives has the new one.
    fn is_refreshed(&self) {
        assert_eq!(self.counted, (1, 0), "{}", self.said);
        assert_ne!(self.now, self.before, "{}", self.said);
        assert_eq!(self.served.profile("ana").refresh_count, 1, "{}", self.said);
        let token = format!("{}\n", self.now.access);
        let all = self.ended.iter().all(|ended| (ended.code, &ended.out) == (Some(0), &token));
        assert!(all, "{}", self.said);
    }

    /// What the server gave died with who asked: one more request finds that out, for everybody.
    fn is_lost(&self) {
        assert_eq!(self.counted, (2, 1), "{}", self.said);
        assert_eq!(self.now, self.before, "{}", self.said);
        let explained = |ended: &Ended| ended.err.contains("ended between request and save");
        let all = self.ended.iter().all(|ended| ended.code == Some(3) && explained(ended));
        assert!(all, "{}", self.said);
    }

    /// How many requests were written down for a grant after its end was.
    fn known_to_be_spent(&self) -> usize {
        let is_end = |event: &Event, of: &RefreshTokenId| {
            let ends = matches!(
                event.what,
                GrantEvent::Refreshed { .. } | GrantEvent::RefreshFailed { is_dead: true, .. }
            );
            ends && event.what.grant() == Some(of)
        };
        let known = |at: usize, asked: &Event| {
            let is_known = |grant| self.log.iter().take(at).any(|earlier| is_end(earlier, grant));
            asked.what.grant().is_some_and(is_known)
        };
        let asks = self.log.iter().enumerate();
        let asks = asks.filter(|(_, event)| matches!(event.what, GrantEvent::RefreshStarted { .. }));
        asks.filter(|(at, asked)| known(*at, asked)).count()
    }
}
