//! Many processes want the same expired profile refreshed; nobody is killed.

use std::time::Duration;

use authtui::demo::authority::fault::FaultKind;

use crate::home::running::Running;
use crate::home::served::{Served, store};
use crate::soak::{rounds, since, temporary_files};

#[test]
fn however_many_processes_want_a_new_token_one_request_is_sent_and_all_have_its_answer() {
    let served = Served::start();
    for processes in [2, 4, 8, 16] {
        for round in 0..rounds(1, 100) {
            let (entry, before) = served.entry("ana", -5);
            served.home.store(store(&[entry]));
            let counted = served.refreshes();
            served.fault(1, FaultKind::Late(Duration::from_millis(20)));
            // Neither of the two wants a new token where another process has just stored one.
            let commands = [&["token", "demo/ana"][..], &["refresh", "--due", "0s"]];
            let all: Vec<Running> = (0..processes)
                .map(|number| served.home.start(commands[(number + round) % commands.len()]))
                .collect();

            let ended: Vec<_> = all.into_iter().map(Running::end).collect();

            let said = format!("{processes} processes, round {round}: {ended:?}");
            let now = served.stored("ana").expect("tokens");
            assert_ne!(now, before, "{said}");
            let token = format!("{}\n", now.access);
            assert!(ended.iter().all(|ended| ended.code == Some(0)), "{said}");
            assert!(ended.iter().all(|ended| ended.out.is_empty() || ended.out == token), "{said}");
            assert_eq!(since(&served, counted), (1, 0), "{said}");
            assert_eq!(served.profile("ana").refresh_count, 1, "{said}");
        }
    }
    assert_eq!(temporary_files(&served.home), [""; 0]);
    println!("races: {:?} requests and reuses", served.refreshes());
}
