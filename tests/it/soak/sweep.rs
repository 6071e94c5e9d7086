//! Every system call that a program makes to its files, one after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use crate::home::Home;
use crate::soak::divisor;
use crate::soak::traced::call::Call;
use crate::soak::traced::{self, Traced};

/// Where a call is looked for that is not in its place: threads may share their work in another way
/// than before.
const BESIDE: [isize; 6] = [0, 0, 1, -1, 2, -2];

/// How far a call is looked for that was met in no place at all.
const EVERYWHERE: usize = 24;

/// What a sweep met.
#[derive(Debug, Default)]
pub(super) struct Swept {
    cases: usize,
    /// The call was not made in that place, however often it was tried.
    missed: Vec<Call>,
    met: BTreeMap<String, usize>,
    /// What was met nowhere, by name and file: in another thread the fault always strikes sooner.
    nowhere: BTreeSet<(String, String)>,
}

/// How many kinds of calls, by name and file, may be met nowhere.
const NOWHERE: usize = 3;

/// Does each of the faults that `faults` gives for a call to that call of the program. Before each
/// case `begin` makes everything as it was, and after it `judge` looks at what came of it.
pub(super) fn sweep<Before>(
    home: &Home,
    faults: impl Fn(&Call) -> &'static [&'static str],
    begin: impl Fn() -> (Command, Before),
    mut judge: impl FnMut(&Before, &Traced),
) -> Swept {
    // What is made once and for all is there before the calls are counted.
    drop(traced::calls(home, &begin().0));
    let calls = traced::calls(home, &begin().0);
    assert!(calls.len() > 20, "{calls:#?}");
    let cases = calls.iter().flat_map(|call| faults(call).iter().map(move |fault| (call, *fault)));
    let part = cases.enumerate().filter(|(number, _)| number % divisor().unwrap_or(20) == 0);
    let mut swept = Swept::default();
    let mut met = BTreeSet::new();
    for (_, (call, fault)) in part {
        swept.cases += 1;
        let is_met = BESIDE.iter().any(|by| {
            let Some(nth @ 1..) = call.nth.checked_add_signed(*by) else { return false };
            let (command, before) = begin();
            let traced = traced::run(home, &command, &Call { nth, ..call.clone() }, fault);
            judge(&before, &traced);
            traced.met(call)
        });
        if is_met {
            *swept.met.entry(call.name.clone()).or_default() += 1;
            met.insert((call.name.clone(), call.file.clone()));
        } else {
            swept.missed.push(call.clone());
        }
    }
    assert!(swept.missed.len() <= swept.cases.div_ceil(5), "{swept:?}");
    // What has been met nowhere is looked for everywhere. In the count of `openat` and `close` the
    // loader's own come first, and a program that is killed there has not begun.
    let kind = |call: &Call| (call.name.clone(), call.file.clone());
    let counts = |call: &&Call| call.writes() && !["openat", "close"].contains(&call.name.as_str());
    for call in swept.missed.iter().filter(counts) {
        if met.contains(&kind(call)) || swept.nowhere.contains(&kind(call)) {
            continue;
        }
        let is_met = (1..=EVERYWHERE).any(|nth| {
            let (command, before) = begin();
            let fault = faults(call).first().expect("a fault");
            let traced = traced::run(home, &command, &Call { nth, ..call.clone() }, fault);
            judge(&before, &traced);
            traced.met(call)
        });
        if is_met {
            met.insert(kind(call));
        } else {
            swept.nowhere.insert(kind(call));
        }
    }
    assert!(swept.nowhere.len() <= NOWHERE, "never met: {:?}", swept.nowhere);
    swept
}

/// Every call is the last one.
pub(super) fn killed(_: &Call) -> &'static [&'static str] {
    &["signal=KILL"]
}

/// What goes wrong with disks, quotas and rights.
pub(super) fn errors(call: &Call) -> &'static [&'static str] {
    if call.writes() {
        &["error=EIO", "error=ENOSPC", "error=EROFS", "error=EDQUOT"]
    } else {
        &["error=EIO", "error=EACCES"]
    }
}

/// The same where this machine's salt is made, once and for all.
pub(super) fn errors_of_the_salt(call: &Call) -> &'static [&'static str] {
    if call.file.contains("/salt") { errors(call) } else { &[] }
}

impl std::fmt::Display for Swept {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} cases", self.cases)?;
        for (name, count) in &self.met {
            write!(f, ", {name} {count}")?;
        }
        if !self.missed.is_empty() {
            write!(f, ", {} not met", self.missed.len())?;
        }
        for (name, file) in &self.nowhere {
            write!(f, ", {name} of {file} nowhere")?;
        }
        Ok(())
    }
}
