//! Other programs that write the file while the screen is open.

use std::fs::{self, File, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::Path;

use crate::home::Home;
use crate::home::served::Served;
use crate::terminal::pty::Pty;

const SIZE: (u16, u16) = (120, 30);
const TWO: &str = "providers: {acme: {keys: [{id: ana, api_key: sk-1}, {id: ben, api_key: sk-2}]}}\n";
const THREE: &str = "providers: {acme: {keys: [{id: eve, api_key: sk-3}, {id: ana, api_key: sk-1}, {id: ben, api_key: sk-2}]}}\n";

/// Writes the profiles' file of a home.
type Save<'a> = &'a dyn Fn(&Home, &str);

#[test]
fn every_way_to_save_is_noticed_and_the_selection_stays() {
    let by_rename = |home: &Home, text: &str| {
        let beside = home.path("config/authtui/.config.yaml.swp");
        fs::write(&beside, text).expect("written");
        fs::set_permissions(&beside, Permissions::from_mode(0o600)).expect("ours");
        fs::rename(beside, home.config()).expect("renamed");
    };
    let anew = |home: &Home, text: &str| {
        fs::remove_file(home.config()).expect("removed");
        fs::write(home.config(), text).expect("written");
    };
    let in_steps = |home: &Home, text: &str| {
        let mut file = File::create(home.config()).expect("emptied");
        for part in text.as_bytes().chunks(9) {
            file.write_all(part).and_then(|()| file.sync_all()).expect("written");
        }
    };
    let elsewhere = |home: &Home, text: &str| {
        let folder = home.path("config/authtui");
        fs::rename(&folder, home.path("config/old")).expect("moved away");
        fs::create_dir(&folder).expect("made anew");
        fs::write(home.config(), text).expect("written");
    };
    let in_place = |home: &Home, text: &str| fs::write(home.config(), text).expect("written");
    let ways: [(&str, Save<'_>); 5] = [
        ("in place", &in_place),
        ("by rename", &by_rename),
        ("removed and made anew", &anew),
        ("in steps", &in_steps),
        ("with its folder", &elsewhere),
    ];
    for (way, save) in ways {
        let home = Home::new();
        home.store(TWO);
        let pty = Pty::start(&home, &[], SIZE);
        pty.wait("acme/ben").keys("j").until("ben selected", |screen| selected(screen).contains("acme/ben"));

        save(&home, THREE);

        pty.until(way, |screen| {
            screen.contents().contains("acme/eve") && selected(screen).contains("acme/ben")
        });
        // Any other way may be seen half done: as a file that is empty, or gone, and then there again.
        if way == "by rename" {
            pty.wait("Another program added acme/eve.");
        }
        pty.keys("q");
        assert_eq!((pty.end().code, home.bytes()), (0, THREE.as_bytes().to_vec()), "{way}: not undone");
    }
}

#[test]
fn other_bytes_of_the_same_size_and_time_are_noticed() {
    let home = Home::new();
    home.store(TWO);
    let modified = fs::metadata(home.config()).and_then(|found| found.modified()).expect("a time");
    let pty = Pty::start(&home, &[], SIZE);
    pty.wait("acme/ben");
    fs::write(home.config(), TWO.replace("id: ben", "id: bob")).expect("written");
    let file = OpenOptions::new().write(true).open(home.config()).expect("there");
    file.set_modified(modified).expect("set");
    pty.wait("acme/bob").until("no ben in the list", |screen| !list(screen).contains("acme/ben"));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn the_file_that_a_link_leads_to_is_watched_and_the_link_too() {
    let home = Home::new();
    home.store(TWO);
    let (dots, more) = (home.path("home/dots"), home.path("home/more"));
    for folder in [&dots, &more] {
        fs::create_dir(folder).expect("made");
    }
    fs::rename(home.config(), dots.join("own.yaml")).expect("moved");
    symlink(dots.join("own.yaml"), home.config()).expect("a link");
    let pty = Pty::start(&home, &[], SIZE);
    pty.wait("acme/ben");
    write(&dots.join("own.yaml"), THREE);
    pty.wait("acme/eve");

    write(&more.join("own.yaml"), &TWO.replace("id: ana", "id: zoe"));
    fs::remove_file(home.config()).expect("removed");
    symlink(more.join("own.yaml"), home.config()).expect("a link");
    pty.wait("acme/zoe");
    write(&more.join("own.yaml"), &TWO.replace("id: ana", "id: uma"));
    pty.wait("acme/uma").keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn a_folder_that_is_made_later_is_noticed() {
    let home = Home::new();
    let pty = Pty::start(&home, &[], SIZE);
    pty.wait("log in");
    home.store(TWO);
    pty.wait("acme/ben");
    fs::remove_dir_all(home.path("config/authtui")).expect("removed");
    pty.until("an empty list", |screen| !screen.contents().contains("acme/ben"));
    home.store(THREE);
    pty.wait("acme/eve").keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn a_file_that_goes_wrong_is_said_with_its_line_and_comes_back_with_its_selection() {
    let home = Home::new();
    home.store(TWO);
    let pty = Pty::start(&home, &[], SIZE);
    pty.wait("acme/ben").keys("j").until("ben selected", |screen| selected(screen).contains("acme/ben"));
    fs::write(home.config(), "providers: [\n").expect("written");
    pty.wait("line 2").until("no rows", |screen| !screen.contents().contains("acme/ana"));
    fs::write(home.config(), THREE).expect("written");
    pty.wait("can be read again").until("ben selected", |screen| selected(screen).contains("acme/ben"));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn what_is_open_stays_open() {
    let home = Home::new();
    home.store(TWO);
    let pty = Pty::start(&home, &[], SIZE);
    pty.wait("acme/ben").keys("j").keys("x").wait("Keep everything");
    fs::write(home.config(), THREE).expect("written");
    pty.wait("acme/eve").until("the dialog", |screen| screen.contents().contains("Keep everything"));
    pty.keys("\x1b").until("the list", |screen| !screen.contents().contains("Keep everything"));
    pty.keys("/be").wait("/be");
    fs::write(home.config(), TWO).expect("written");
    pty.until("the filter and one row", |screen| {
        let list = list(screen);
        list.contains("acme/ben") && !list.contains("acme/ana")
    });
    pty.keys("n").until("the filter goes on", |screen| screen.contents().contains("/ben"));
    pty.keys("\x1b\x1bq");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn what_authtui_itself_saves_is_not_said_to_be_anothers() {
    let (served, _) = Served::with_ana(-60);
    let pty = Pty::start(&served.home, &["--no-auto-refresh"], SIZE);
    pty.wait("demo/ana");
    for count in 1..=3 {
        pty.keys("r").wait(&format!("refreshed (#{count})"));
    }
    pty.keys("x").wait("Keep everything").keys("j\r").wait("igned out");
    pty.keys("q");
    let raw = String::from_utf8_lossy(&pty.end().raw).into_owned();
    assert!(!raw.contains("another program"), "{raw}");
}

#[test]
fn what_another_window_renews_is_shown_and_said() {
    let (served, _) = Served::with_ana(-60);
    let pty = Pty::start(&served.home, &["--no-auto-refresh"], SIZE);
    pty.wait("demo/ana");
    let older = served.home.bytes();
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));
    pty.wait("Another program stored new tokens for demo/ana.").wait("refreshed (#1)");
    let newer = served.stored("ana");
    served.home.store(older);
    pty.wait("demo/ana has older tokens again").wait("These are older tokens");
    pty.wait("older tokens were stored").keys("r").wait("Another program refreshed").keys("q");
    assert_eq!(pty.end().code, 0);
    assert_eq!((served.stored("ana"), served.refreshes()), (newer, (1, 0)));
}

#[test]
fn a_file_that_cannot_be_watched_is_looked_at_each_second() {
    let home = Home::new();
    home.store(TWO);
    let mut command = portable_pty::CommandBuilder::new("strace");
    command.args(["-f", "-qq", "-o", "/dev/null", "-e", "trace=inotify_init1"]);
    command.args(["-e", "inject=inotify_init1:error=EMFILE"]);
    command.arg(crate::home::program());
    if std::process::Command::new("strace").arg("-V").output().is_err() {
        return crate::soak::leave_out("there is no strace here");
    }
    let pty = Pty::run(&home, command, SIZE);
    pty.wait("acme/ben");
    fs::write(home.config(), THREE).expect("written");
    pty.wait("Another program added acme/eve.");
    fs::write(home.config(), TWO).expect("written");
    pty.wait("Another program deleted acme/eve.").keys("q");
    assert_eq!(pty.end().code, 0);
}

fn write(path: &Path, text: &str) {
    fs::write(path, text).expect("written");
    fs::set_permissions(path, Permissions::from_mode(0o600)).expect("ours");
}

/// The list's part of the screen.
fn list(screen: &vt100::Screen) -> String {
    let columns = screen.size().1.get();
    let begins =
        |column: &u16| *column > 0 && screen.cell(1, *column).is_some_and(|cell| cell.contents() == "┌");
    let until = (0..columns).find(begins).unwrap_or(columns);
    screen.rows(0, until).collect::<Vec<_>>().join("\n")
}

/// The line of the list that is selected.
fn selected(screen: &vt100::Screen) -> String {
    let list = list(screen);
    list.lines().find(|line| line.contains('▌')).unwrap_or_default().to_owned()
}
