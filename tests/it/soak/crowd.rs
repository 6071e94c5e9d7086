//! Very many profiles are refreshed at once.

use std::time::{Duration, Instant};

use authtui::demo::authority::fault::FaultKind;
use authtui::shell::store_files::{Store, StoreFile};

use crate::home::running::Running;
use crate::home::served::{Served, store};
use crate::soak::{LONG, calm, rounds, since, temporary_files};

/// More requests than two commands send at a time.
const CONCURRENT_REFRESHES: usize = 40;

#[test]
fn many_profiles_are_asked_for_once_each_by_one_command_or_by_two() {
    let count = rounds(40, 1000);
    let is_whole = count == 1000;
    let latency = Duration::from_millis(if is_whole { 100 } else { 20 });
    let at_once: &[u32] = if is_whole { &[4, 8, 16] } else { &[16] };
    for (jobs, commands) in at_once.iter().flat_map(|jobs| [(*jobs, 1), (*jobs, 2)]) {
        let served = Served::for_many(CONCURRENT_REFRESHES);
        let entries: Vec<String> =
            (0..count).map(|number| served.entry(&format!("p{number}"), -5).0).collect();
        served.home.store(store(&entries));
        let counted = served.refreshes();
        let asked = u32::try_from(count).expect("small");
        served.fault(asked, FaultKind::Late(latency));
        let arguments = ["refresh", "--all", "--jobs", &jobs.to_string()];
        let began = Instant::now();

        let all: Vec<Running> = (0..commands).map(|_| served.home.start(&arguments)).collect();
        let ended: Vec<_> = all.into_iter().map(|run| run.end_within(LONG)).collect();

        let took = began.elapsed();
        calm(&served);
        assert!(ended.iter().all(|ended| ended.code == Some(0)), "{ended:?}");
        assert_eq!(since(&served, counted), (u64::from(asked), 0), "{ended:?}");
        // The server counts an answer out after it has gone, so the next request may be there already.
        let most = served.counters().most_in_flight;
        assert!(most <= 2 * u64::from(jobs) * commands, "{most} in flight");
        let snapshot = StoreFile::own(served.home.config()).read();
        let refreshed = snapshot.profiles().filter(|profile| profile.refresh_count == 1).count();
        assert_eq!(refreshed, count, "{ended:?}");
        assert_eq!(temporary_files(&served.home), [""; 0]);
        let least = latency * asked / jobs;
        let ratio = took.as_secs_f64() / least.as_secs_f64();
        println!(
            "crowd: {count} profiles, {commands} commands, --jobs {jobs}, {latency:?} each, {most} in flight: \
             {took:?}, {ratio:.3} x latency x profiles / jobs"
        );
    }
}
