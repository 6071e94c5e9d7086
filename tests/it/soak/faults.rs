//! Every system call of a refresh and of an erasure to a file fails once.

use std::fs;

use crate::home::served::{Pair, Served, store};
use crate::soak::sweep::{errors, errors_of_the_salt, sweep};
use crate::soak::traced::Traced;
use crate::soak::{forget, since, temporary_files};

/// What came of the refreshes of a sweep.
#[derive(Debug, Default)]
struct Sum {
    /// Nothing was asked for; the stored tokens are still good.
    untouched: usize,
    /// The new tokens are in the file.
    saved: usize,
    /// They are elsewhere, and the next refresh took them from there.
    rescued: usize,
    /// They were printed.
    printed: usize,
    /// They could be kept nowhere, which was said.
    lost: usize,
    /// The program died of two faults at once.
    died: usize,
}

/// The stored tokens, and what the server had counted.
type Before = (Pair, (u64, u64));

#[test]
#[ignore = "needs strace"]
fn a_refresh_whose_system_calls_fail_saves_keeps_or_prints_the_new_tokens_and_says_so() {
    let is_first = |command: &str| command == "the first refresh";
    for command in ["refresh", "token", "the first refresh"] {
        let served = Served::start();
        let mut sum = Sum::default();
        let begin = || {
            let before = fresh(&served);
            if is_first(command) {
                let _ = fs::remove_file(served.home.path("state/authtui/salt"));
            }
            let word = if is_first(command) { "refresh" } else { command };
            (served.home.command(&[word, "demo/ana"]), before)
        };
        let faults = if is_first(command) { errors_of_the_salt } else { errors };
        let swept = sweep(&served.home, faults, begin, |before, traced| {
            after_a_fault(&served, before, traced, &mut sum);
        });
        assert_eq!(served.refreshes().1, 0, "a spent token was used again");
        println!("faults of {command}: {swept}; {sum:?}, {:?} requests and reuses", served.refreshes());
    }
}

#[test]
#[ignore = "needs strace"]
fn a_save_whose_system_calls_fail_is_not_called_saved() {
    for (command, done) in [("logout", "signed out"), ("delete", "deleted")] {
        let served = Served::start();
        let mut saved = 0;
        let begin = || {
            let before = fresh(&served);
            (served.home.command(&[command, "demo/ana", "--yes"]), before)
        };
        let swept = sweep(&served.home, errors, begin, |(before, _), traced| {
            let found = tokens(&served);
            assert!(found.is_none() || found.as_ref() == Some(before), "{traced:?}");
            // Standard error is one of the things that fail.
            assert!(!traced.err.contains(done) || traced.code == Some(0), "{traced:?}");
            assert!(traced.code != Some(0) || found.is_none(), "{traced:?}");
            assert!(found.is_some() || !traced.err.contains("are unchanged"), "{traced:?}");
            saved += usize::from(found.is_none());
        });
        println!("faults of {command}: {swept}; {saved} saved all the same, 0 said without being so");
    }
}

/// What must hold after `traced`, and after the refresh that follows it without a fault.
fn after_a_fault(served: &Served, (before, counted): &Before, traced: &Traced, sum: &mut Sum) {
    let found = served.stored("ana").unwrap_or_else(|| panic!("{traced:?}"));
    let (asked, reused) = since(served, *counted);
    let is_new = found != *before;
    assert!(asked <= 1 && reused == 0, "{traced:?}");
    assert!(asked == 1 || !is_new, "{traced:?}");
    assert!(!traced.err.contains("tokens are saved") || is_new, "{traced:?}");
    assert!(is_new || traced.code != Some(0), "{traced:?}");
    assert!(!is_new || !traced.err.contains("stored ones are unchanged"), "{traced:?}");
    let files = traced.files();
    // Without its lock a grant is not asked for.
    let no_lock = traced.struck.iter().any(|(name, file)| {
        ["openat", "flock"].contains(&name.as_str())
            && file.as_deref().is_some_and(|file| file.contains("authtui/locks"))
    });
    assert!(!no_lock || asked == 0, "{traced:?}");
    // The log loses nothing: either it fails before the request, or what came is saved.
    let only_the_log = !files.is_empty() && files.iter().all(|file| file.contains("/events."));
    assert!(!only_the_log || asked == 0 || is_new, "{traced:?}");

    let next = served.home.run(&["refresh", "demo/ana"]);

    let said = format!("{traced:?}, then {next:?}");
    let reused = since(served, *counted).1;
    // strace counts the calls of each thread for itself. Where the runtime's own call was struck as well,
    // the program died before it could rescue anything, as if it had been killed.
    let died_of_two = traced.code.is_none() && traced.struck.len() > 1;
    assert!(reused == 0 || died_of_two, "{said}");
    if reused > 0 {
        return sum.died += 1;
    }
    assert_eq!(temporary_files(&served.home), [""; 0], "{said}");
    match (asked, is_new, next.code) {
        (0, _, Some(0)) => sum.untouched += 1,
        (_, true, Some(0)) => sum.saved += 1,
        (_, false, Some(0)) => sum.rescued += 1,
        (_, false, Some(3)) if !traced.out.is_empty() => sum.printed += 1,
        // One fault alone never costs tokens: both places that they are kept in must fail.
        (_, false, Some(3)) if traced.err.contains("are lost") && files.len() > 1 => sum.lost += 1,
        _ => panic!("{said}"),
    }
}

/// A state without a history, and a profile whose token has ended.
fn fresh(served: &Served) -> Before {
    forget(&served.home);
    let (entry, pair) = served.entry("ana", -5);
    served.home.store(store(&[entry]));
    (pair, served.refreshes())
}

/// The tokens of a profile that may have gone.
fn tokens(served: &Served) -> Option<Pair> {
    let text = String::from_utf8(served.home.bytes()).expect("text");
    text.contains("id: ana").then(|| served.stored("ana")).flatten()
}
