//! Very many profiles hold refresh tokens that the event log knows as spent.

use crate::home::served::{Served, store};
use crate::soak::traced::calls;
use crate::soak::{LONG, calm, rounds, since};

/// More requests than a command sends at a time.
const CONCURRENT_REFRESHES: usize = 20;

#[test]
#[ignore = "needs strace"]
fn the_event_log_is_read_once_for_all_of_them_and_nothing_is_asked_or_written() {
    let count = rounds(40, 1000);
    let served = Served::for_many(CONCURRENT_REFRESHES);
    let entries: Vec<String> = (0..count).map(|number| served.entry(&format!("p{number}"), -5).0).collect();
    let older = store(&entries);
    served.home.store(&older);
    let arguments = ["refresh", "--all", "--jobs", "16"];
    let first = served.home.start(&arguments).end_within(LONG);
    assert_eq!(first.code, Some(0), "{first:?}");
    calm(&served);
    let counted = served.refreshes();
    served.home.store(&older);

    let calls = calls(&served.home, &served.home.command(&arguments));

    assert_eq!(since(&served, counted), (0, 0));
    assert_eq!(std::fs::read_to_string(served.home.config()).expect("there"), older);
    let of = |names: &[&str], file: &str| {
        calls.iter().filter(|call| names.contains(&&*call.name) && call.file.ends_with(file)).count()
    };
    assert_eq!(of(&["openat"], "events.jsonl"), 1);
    assert_eq!(of(&["fsync", "fdatasync", "rename", "renameat2"], ""), of(&["fsync"], "salt"), "{calls:?}");
    let looks = of(&["openat"], "config.yaml");
    assert!((1..=4 * count).contains(&looks), "{looks}");
    println!("spent: {count} profiles, the event log read once, the file looked at {looks} times");
}
