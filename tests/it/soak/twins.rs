//! The same grant in two places: whoever comes later takes what the first one got.

use std::time::Duration;

use authtui::demo::authority::fault::FaultKind;
use authtui::domain::event::GrantEvent;
use authtui::shell::store_files::{Store, StoreFile};

use crate::home::running::Running;
use crate::home::served::{Served, store};
use crate::soak::{events, rounds, since};

#[test]
fn the_same_grant_in_two_files_is_refreshed_by_one_and_taken_over_by_the_other() {
    let served = Served::start();
    for round in 0..rounds(3, 100) {
        let (entry, before) = served.entry("ana", -5);
        served.home.store(store(&[entry]));
        let other = served.home.path("config/authtui/other.yaml");
        std::fs::copy(served.home.config(), &other).expect("copied");
        let (counted, written) = (served.refreshes(), events(&served.home).len());
        served.fault(1, FaultKind::Late(Duration::from_millis(20)));
        let other_path = other.to_str().expect("text");
        let all = [
            served.home.start(&["refresh", "--due", "0s"]),
            served.home.start(&["--config", other_path, "refresh", "--due", "0s"]),
        ];

        let ended = all.map(Running::end);

        let log = events(&served.home).split_off(written);
        let said = format!("round {round}: {ended:?}\n{log:#?}");
        assert!(ended.iter().all(|ended| ended.code == Some(0)), "{said}");
        assert_eq!(since(&served, counted), (1, 0), "{said}");
        let adopted = log.iter().filter(|event| matches!(event.what, GrantEvent::Adopted { .. })).count();
        assert_eq!(adopted, 1, "{said}");
        let here = served.profile("ana");
        let snapshot = StoreFile::own(other.clone()).read();
        let there = snapshot.profile(&here.id.name).expect("a profile");
        assert_eq!(there.held, here.held, "{said}");
        assert_ne!(served.stored("ana"), Some(before), "{said}");

        // The working token is the next one too: the other file asks, and this one takes it over.
        let counted = served.refreshes();
        assert_eq!(served.home.run(&["--config", other_path, "refresh", "demo/ana"]).code, Some(0), "{said}");
        let ended = served.home.run(&["refresh", "demo/ana"]);
        assert_eq!((ended.code, since(&served, counted)), (Some(0), (1, 0)), "{said} {ended:?}");
    }
    println!("twins: {:?} requests and reuses", served.refreshes());
}

#[test]
fn the_same_grant_as_two_profiles_of_one_file_is_refreshed_once_and_both_have_it() {
    let served = Served::start();
    for round in 0..rounds(2, 100) {
        let (entry, before) = served.entry("ana", -5);
        let twin = entry.replace("id: ana", "id: ben");
        served.home.store(store(&[entry, twin]));
        let counted = served.refreshes();
        served.fault(1, FaultKind::Late(Duration::from_millis(20)));
        let all = ["demo/ana", "demo/ben"].map(|name| served.home.start(&["token", name]));

        let ended = all.map(Running::end);

        let said = format!("round {round}: {ended:?}");
        assert_eq!(since(&served, counted), (1, 0), "{said}");
        assert!(ended.iter().all(|ended| ended.code == Some(0)), "{said}");
        assert!(
            served.stored("ana") == served.stored("ben") && served.stored("ana") != Some(before),
            "{said}"
        );
    }
}
