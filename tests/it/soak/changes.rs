//! Two writers, and an editor between them: nothing that was saved is undone.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use authtui::demo::authority::fault::FaultKind;
use authtui::domain::change::{Change, Edit, RefreshedTokens};
use authtui::domain::clock::at_seconds;
use authtui::domain::name::{ProfileId, ProfileName, StoreId};
use authtui::domain::profile::{Kind, LastRefresh, Profile, RefreshResult};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::shell::store_files::{Store, StoreFile};
use rustix::process::{Pid, Signal, kill_process};

use crate::chaos::dice::Dice;
use crate::home::Home;
use crate::home::running::Running;
use crate::home::served::Served;
use crate::soak::{LONG, again, rounds, temporary_files, until};

const FILE: &str = "AUTHTUI_SOAK_FILE";
const NAME: &str = "AUTHTUI_SOAK_NAME";
const COUNT: &str = "AUTHTUI_SOAK_COUNT";
const CHANGER: &str = "soak::changes::a_process_that_makes_changes";
/// A login, three refreshes and an erasure.
const STEPS: usize = 5;

#[test]
fn two_processes_that_change_different_profiles_lose_no_change() {
    let home = Home::new();
    let count = rounds(10, 100);

    let ended = changers(&home, count).map(|run| run.end_within(LONG));

    assert!(ended.iter().all(|ended| ended.code == Some(0)), "{ended:?}");
    all_changes_are_there(&home, count);
    println!("changes: 2 processes, {} changes each, all there", count * STEPS);
}

#[test]
fn what_an_editor_saves_between_the_changes_of_two_processes_is_not_undone() {
    let home = Home::new();
    home.store("version: 1\nproviders:\n  edited:\n    api_key: k0\n");
    let count = rounds(10, 100);
    let mut both = changers(&home, count);
    let mut editor = Editor::default();

    let mut dice = Dice::new(5);
    let mut last = home.bytes();
    let mut have_ended = false;
    while !have_ended {
        // A change of theirs lies between two saves of the editor.
        let mut over = || both.iter_mut().all(Running::has_ended);
        have_ended = !until("a change", &mut over, || home.bytes() != last);
        // At any moment of their work, which differs from round to round.
        std::thread::sleep(Duration::from_micros(u64::try_from(dice.below(10_000)).expect("small")));
        for run in &mut both {
            pause(run);
        }
        editor.save(&home);
        last = home.bytes();
        for run in &both {
            signal(run, Signal::CONT);
        }
    }

    let ended = both.map(|run| run.end_within(LONG));
    assert!(ended.iter().all(|ended| ended.code == Some(0)), "{ended:?}");
    editor.is_all_there(&home);
    let text = String::from_utf8(home.bytes()).expect("text");
    let own = text.replace(&format!("  edited:\n    api_key: k{}\n", editor.saves), "");
    home.store(own);
    all_changes_are_there(&home, count);
    println!(
        "changes: 2 processes, {} changes each, an editor that saved {} times between them: all there",
        count * STEPS,
        editor.saves
    );
}

/// Somebody who edits the file with other means: a comment for each save, and a key that changes with
/// it. Both processes stand still from its reading to its writing, wherever they are, so it overwrites
/// nothing by its own fault; all the rest is theirs to see.
#[derive(Debug, Default)]
struct Editor {
    saves: usize,
}

impl Editor {
    /// Reads, changes and writes: by a rename, and every other time in place.
    fn save(&mut self, home: &Home) {
        let before = format!("api_key: k{}\n", self.saves);
        self.saves += 1;
        let text = String::from_utf8(home.bytes()).expect("text");
        assert!(text.contains(&before), "save {} was undone: {text}", self.saves - 1);
        let text = text.replace(&before, &format!("api_key: k{}\n", self.saves));
        let text = format!("# save {}\n{text}", self.saves);
        if self.saves.is_multiple_of(2) {
            std::fs::write(home.config(), text).expect("written");
        } else {
            let beside = home.path("config/authtui/config.yaml~");
            std::fs::write(&beside, text).expect("written");
            std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600)).expect("ours");
            std::fs::rename(&beside, home.config()).expect("renamed");
        }
    }

    fn is_all_there(&self, home: &Home) {
        let text = String::from_utf8(home.bytes()).expect("text");
        for save in 1..=self.saves {
            assert!(text.contains(&format!("# save {save}\n")), "save {save} of {} was undone", self.saves);
        }
        assert!(text.contains(&format!("api_key: k{}\n", self.saves)), "{text}");
    }
}

/// Stops a process wherever it is, unless it has ended.
fn pause(run: &mut Running) {
    let stat = format!("/proc/{}/stat", run.id());
    signal(run, Signal::STOP);
    let state = || std::fs::read_to_string(&stat).unwrap_or_default();
    let stands = || state().rsplit(") ").next().is_some_and(|rest| rest.starts_with(['T', 'Z']));
    assert!(until("a stop", || run.has_ended(), stands) || run.has_ended());
}

fn signal(run: &Running, signal: Signal) {
    let id = i32::try_from(run.id()).ok().and_then(Pid::from_raw).expect("a process");
    // It may have ended meanwhile; until it is asked for, its number is nobody else's.
    let _ = kill_process(id, signal);
}

/// Two processes that make `count` times [`STEPS`] changes each.
fn changers(home: &Home, count: usize) -> [Running; 2] {
    let file = home.config();
    ["one", "two"].map(|name| {
        let variables = [(FILE, file.to_str().expect("text")), (NAME, name), (COUNT, &count.to_string())];
        Running::start(&mut again(home, CHANGER, &variables))
    })
}

fn all_changes_are_there(home: &Home, count: usize) {
    let snapshot = StoreFile::own(home.config()).read();
    let there: Vec<_> = snapshot
        .profiles()
        .map(|profile| (profile.refresh_count, profile.revoked_at.is_some(), profile.held.tokens().is_some()))
        .collect();
    assert_eq!(there.len(), 2 * count);
    let odd = (0..count).filter(|number| number % 2 == 1).count();
    assert_eq!(there.iter().filter(|each| **each == (3, true, false)).count(), 2 * (count - odd));
    assert_eq!(there.iter().filter(|each| **each == (4, false, true)).count(), 2 * odd);
    assert_eq!(temporary_files(home), [""; 0]);
}

#[test]
fn what_an_editor_saves_while_the_answer_is_awaited_is_there_afterwards() {
    for round in 0..rounds(2, 40) {
        for in_place in [true, false] {
            let (served, before) = Served::with_ana(-5);
            served.fault(1, FaultKind::Late(Duration::from_millis(100)));
            let mut run = served.home.start(&["refresh", "demo/ana"]);
            assert!(until("a request", || run.has_ended(), || served.counters().in_flight > 0));

            let entry = served.entry("ben", 3600).0;
            let text = format!("# edited\n{}{entry}", String::from_utf8(served.home.bytes()).expect("text"));
            if in_place {
                std::fs::write(served.home.config(), &text).expect("written");
            } else {
                let beside = served.home.path("config/authtui/config.yaml~");
                std::fs::write(&beside, &text).expect("written");
                std::fs::set_permissions(&beside, std::fs::Permissions::from_mode(0o600)).expect("ours");
                std::fs::rename(&beside, served.home.config()).expect("renamed");
            }

            let ended = run.end();
            let after = String::from_utf8(served.home.bytes()).expect("text");
            assert_eq!(ended.code, Some(0), "round {round}: {ended:?}");
            assert!(after.starts_with("# edited\n") && after.contains(&entry), "round {round}: {after}");
            assert_ne!(served.stored("ana"), Some(before), "round {round}");
        }
    }
}

/// Not a test of its own: the process that the first one starts twice.
#[test]
#[ignore = "run by the tests beside it"]
fn a_process_that_makes_changes() {
    let (Some(file), Ok(name)) = (std::env::var_os(FILE), std::env::var(NAME)) else { return };
    let count: usize = std::env::var(COUNT).expect("a number").parse().expect("a number");
    let stores = StoreFile::own(PathBuf::from(file));
    for number in 0..count {
        let name = ProfileName::new("demo", &format!("{name}-{number}")).expect("a name");
        let refresh = |step: usize| Edit::Refresh(Box::new(new_tokens(&format!("{name}-{step}"))));
        let at = at_seconds(1_800_000_000).expect("in range");
        let mut profile = Profile::new(ProfileId { store: StoreId::Own, name: name.clone() }, Kind::OAuth);
        profile.held = StoredTokens::Present(tokens("first"));
        let last = if number % 2 == 1 { refresh(4) } else { Edit::EraseTokens(at) };
        for edit in [Edit::Put(Box::new(profile)), refresh(1), refresh(2), refresh(3), last] {
            let change = Change { name: name.clone(), expects: None, edit };
            stores.apply(&change).expect("saved");
        }
    }
}

fn tokens(access: &str) -> Tokens {
    Tokens { access: Secret::new(access), refresh: Some(Secret::new(format!("{access}-refresh"))) }
}

fn new_tokens(access: &str) -> RefreshedTokens {
    let at = at_seconds(1_800_000_000).expect("in range");
    let record = LastRefresh::new(at, RefreshResult::Done, None);
    RefreshedTokens {
        tokens: tokens(access),
        life: Expiry::default(),
        scopes: None,
        record,
        origins: Vec::new(),
    }
}
