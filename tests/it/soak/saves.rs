//! Saves that are cut off: at any moment, and at every system call.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout};
use std::time::Duration;

use authtui::domain::change::{Change, Edit};
use authtui::domain::name::{ProfileId, ProfileName, StoreId};
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{StoredTokens, Tokens};
use authtui::shell::store_files::{Store, StoreFile};

use crate::chaos::dice::Dice;
use crate::home::Home;
use crate::soak::sweep::{killed as killed_there, sweep};
use crate::soak::{again, rounds, temporary_files};

/// The file the writer saves to, and how often.
const FILE: &str = "AUTHTUI_SOAK_FILE";
const SAVES: &str = "AUTHTUI_SOAK_SAVES";
const WRITER: &str = "soak::saves::a_writer_that_says_what_it_has_saved";
/// How many profiles are in the file beside the one that is written.
const OTHERS: usize = 40;

#[test]
fn a_writer_that_is_killed_at_any_moment_leaves_what_it_saved_last_or_was_saving() {
    let home = Home::new();
    let stores = filled(&home);
    let mut dice = Dice::new(23);
    let (mut unreported, mut during, mut most) = (0, 0, 0);
    let rounds = rounds(8, 1000);
    for round in 0..rounds {
        let file = home.config();
        let mut command = again(&home, WRITER, &[(FILE, file.to_str().expect("text"))]);
        command.stderr(std::process::Stdio::null());
        let mut writer = command.spawn().expect("it starts");
        let mut said = BufReader::new(writer.stdout.take().expect("standard output")).lines();
        let mut last = first(&mut said);
        // It is killed at any moment of its work.
        std::thread::sleep(Duration::from_micros(u64::try_from(dice.below(50_000)).expect("small")));
        killed(&mut writer);
        last = said.map_while(Result::ok).filter_map(|line| number(&line)).last().unwrap_or(last);
        let temporary = temporary_files(&home).len();
        most = most.max(temporary);
        during += usize::from(temporary > 0);
        let found = count(&stores).unwrap_or_else(|| panic!("round {round}: the file cannot be read"));
        unreported += usize::from(found == last + 1);
        assert!(found == last || found == last + 1, "round {round}: {last} was reported, {found} is there");
    }
    assert!(most <= 1, "{most} temporary files at once");
    stores.apply(&keep("demo/w", "0")).expect("saved");
    assert_eq!(temporary_files(&home), [""; 0]);
    println!(
        "saves: {rounds} kills, {during} of them while a temporary file was there and {unreported} between a save and \
         its report; 0 reports lost, 0 unreadable, at most {most} temporary files, 0 in the end"
    );
}

#[test]
#[ignore = "needs strace"]
fn a_login_whose_save_is_killed_at_a_system_call_leaves_the_old_or_the_new() {
    let home = Home::new();
    let stores = filled(&home);
    let file = home.config();
    let variables = [(FILE, file.to_str().expect("text")), (SAVES, "3")];
    let begin = || (again(&home, WRITER, &variables), count(&stores).expect("readable"));
    let mut reported = 0;
    let swept = sweep(&home, killed_there, begin, |before, traced| {
        let last = traced.out.lines().filter_map(number).next_back();
        let after = count(&stores).unwrap_or_else(|| panic!("{traced:?}"));
        let least = last.unwrap_or(*before);
        assert!(after == least || after == least + 1, "{before} {last:?} {after} {traced:?}");
        assert!(temporary_files(&home).len() <= 1, "{traced:?}");
        reported += usize::from(last.is_some());
    });
    stores.apply(&keep("demo/w", "0")).expect("saved");
    assert_eq!(temporary_files(&home), [""; 0]);
    println!("deaths of a login's save: {swept}; {reported} after a save that was reported, 0 unreadable");
}

/// Not a test of its own: the process that the others kill.
#[test]
#[ignore = "run by the tests beside it"]
fn a_writer_that_says_what_it_has_saved() {
    let Some(file) = std::env::var_os(FILE) else { return };
    let stores = StoreFile::own(PathBuf::from(file));
    let saves = std::env::var(SAVES).ok().and_then(|saves| saves.parse().ok()).unwrap_or(usize::MAX);
    let first = count(&stores).expect("readable");
    // What the harness says of the test has no end of its line yet.
    println!();
    for number in (first..).skip(1).take(saves) {
        stores.apply(&keep("demo/w", &number.to_string())).expect("saved");
        println!("saved {number}");
    }
}

/// A store with some profiles, and its file.
fn filled(home: &Home) -> StoreFile {
    let stores = StoreFile::own(home.config());
    let others: Vec<Change> = (0..OTHERS).map(|number| keep(&format!("demo/p{number}"), "x")).collect();
    stores.apply_each(&others).expect("saved");
    stores.apply(&keep("demo/w", "0")).expect("saved");
    stores
}

fn keep(name: &str, access: &str) -> Change {
    let name = ProfileName::parse(name).expect("a name");
    let mut profile = Profile::new(ProfileId { store: StoreId::Own, name: name.clone() }, Kind::OAuth);
    let refresh = Some(Secret::new("r".repeat(200)));
    profile.held = StoredTokens::Present(Tokens { access: Secret::new(access), refresh });
    Change { name, expects: None, edit: Edit::Put(Box::new(profile)) }
}

/// What the writer saved last, if the file is whole.
fn count(stores: &StoreFile) -> Option<usize> {
    let snapshot = stores.read();
    let name = ProfileName::parse("demo/w").expect("a name");
    let is_whole = snapshot.writable.is_ok() && snapshot.profiles().count() == OTHERS + 1;
    let tokens = snapshot.profile(&name).and_then(|profile| profile.held.tokens().cloned());
    tokens.filter(|_| is_whole).and_then(|tokens| tokens.access.expose().parse().ok())
}

fn first(said: &mut std::io::Lines<BufReader<ChildStdout>>) -> usize {
    let mut numbers = said.map_while(Result::ok);
    numbers.find_map(|line| number(&line)).expect("it saves")
}

fn number(line: &str) -> Option<usize> {
    line.strip_prefix("saved ")?.parse().ok()
}

fn killed(process: &mut Child) {
    process.kill().expect("it runs");
    process.wait().expect("it ends");
}
