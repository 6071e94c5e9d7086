//! Very many profiles are renewed at once.

use std::time::{Duration, Instant};

use authtui::demo::authority::fault::Mishap;
use authtui::domain::name::StoreId;
use authtui::shell::stores::Stores;

use crate::home::running::Running;
use crate::home::served::{Served, store};
use crate::soak::{LONG, calm, rounds, since, temporary_files};

#[test]
fn many_profiles_are_asked_for_once_each_by_one_command_or_by_two() {
    let count = rounds(40, 1000);
    let latency = Duration::from_millis(if count > 100 { 100 } else { 20 });
    let asked = u64::try_from(count).expect("small");
    let (all, due) = (["refresh", "--all", "--jobs", "16"], ["refresh", "--due", "0s", "--jobs", "16"]);
    for commands in [vec![&all[..]], vec![&due[..]; 2]] {
        let served = Served::start();
        let entries: Vec<String> =
            (0..count).map(|number| served.entry(&format!("p{number}"), -5).0).collect();
        served.home.store(store(&entries));
        let counted = served.refreshes();
        served.fault(u32::try_from(count).expect("small"), Mishap::Late(latency));
        let began = Instant::now();

        let all: Vec<Running> = commands.iter().map(|arguments| served.home.start(arguments)).collect();
        let ended: Vec<_> = all.into_iter().map(|run| run.end_within(LONG)).collect();

        let took = began.elapsed();
        calm(&served);
        assert!(ended.iter().all(|ended| ended.code == Some(0)), "{ended:?}");
        assert_eq!(since(&served, counted), (asked, 0), "{ended:?}");
        let most = served.counters().most_in_flight;
        let snapshot = Stores::new(served.home.config()).read(StoreId::Own);
        let renewed = snapshot.profiles().filter(|profile| profile.refresh_count == 1).count();
        assert_eq!(renewed, count, "{ended:?}");
        assert_eq!(temporary_files(&served.home), [""; 0]);
        println!(
            "crowd: {count} profiles, {} commands, {latency:?} each, {most} in flight: {took:?}",
            commands.len()
        );
    }
}
