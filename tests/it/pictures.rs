//! The pictures of docs/pictures, made from the demo itself: the real program in a terminal.
//!
//! `AUTHTUI_PICTURES=1 cargo test --test it pictures:: -- --ignored` writes them. Every step waits for what it
//! leads to, so other words on the screen change the pictures and not this file.

mod svg;

use std::cell::RefCell;
use std::fs;
use std::path::Path;

use authtui::domain::health::Health;
use authtui::tui::keymap::{self, Binding, KeyCombo};
use crossterm::event::KeyCode;
use portable_pty::CommandBuilder;

use self::svg::{DARK, Frame, LIGHT, Paint, Shot};
use crate::home::{Home, person, program};
use crate::terminal::pty::Pty;

/// The size of a picture, and of the recording.
const PICTURE: (u16, u16) = (110, 30);
const RECORDING: (u16, u16) = (100, 28);
/// Of one of several.
const SMALL: (u16, u16) = (110, 25);
/// Stands before the selected row.
const SELECTED: &str = "▌";
/// Columns of a row that say how it stands.
const ROW: usize = 48;
/// How often a screen must look the same to be called still.
const STILL: usize = 4;
const NAMES: [&str; 2] = ["dark", "light"];

#[test]
#[ignore = "needs AUTHTUI_PICTURES=1, and writes docs/pictures"]
fn the_pictures_show_the_demo() {
    if !is_wanted() {
        return;
    }
    for (name, paint) in NAMES.into_iter().zip([DARK, LIGHT]) {
        let camera = Camera::start(paint, PICTURE, &[]);
        camera.select("demo/emil");
        keep(&format!("list-{name}"), &svg::still(&camera.shot(), &paint, "authtui"));
        camera.press("t", "Timeline");
        keep(&format!("timeline-{name}"), &svg::still(&camera.shot(), &paint, "authtui · t timeline"));
        camera.press("t", "Profiles 12");
        if has_palette() {
            camera.press(":", "Find an action");
            keep(&format!("palette-{name}"), &svg::still(&camera.shot(), &paint, "authtui · : all actions"));
        }
        camera.quit();
        let camera = Camera::start(paint, PICTURE, &[("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22")]);
        camera.select("demo/emil");
        camera.press("l", "");
        camera.pty.until("the panel", |screen| !screen.contents().contains("Profiles 12"));
        if !shows_code(&camera.pty.contents()) {
            // Once the login waits, the panel names the way by a device code.
            camera.pty.until("the other way", |screen| screen.contents().contains("device"));
            camera.pty.keys("d");
            camera.pty.until("a device code", |screen| shows_code(&screen.contents()));
        }
        keep(&format!("login-{name}"), &svg::still(&camera.shot(), &paint, "ssh host · authtui · l log in"));
        camera.quit();
    }
}

#[test]
#[ignore = "needs AUTHTUI_PICTURES=1, and writes docs/pictures"]
fn one_picture_shows_the_themes() {
    if !is_wanted() {
        return;
    }
    let shots = [
        (DARK, "dark", &[][..]),
        (LIGHT, "light", &[]),
        (DARK, "NO_COLOR", &[("NO_COLOR", "1")]),
        (DARK, "LANG=C", &[("LANG", "C"), ("COLORTERM", "")]),
    ];
    let shots = shots.map(|(paint, title, environment)| {
        let camera = Camera::start(paint, SMALL, environment);
        let shot = camera.shot();
        camera.quit();
        (shot, paint, title)
    });
    keep("themes", &svg::sheet(&shots));
}

#[test]
#[ignore = "needs AUTHTUI_PICTURES=1, and writes docs/pictures"]
fn the_recording_shows_a_walk_through_the_demo() {
    if !is_wanted() {
        return;
    }
    for (name, paint) in NAMES.into_iter().zip([DARK, LIGHT]) {
        let picture = walk(paint);
        assert!(picture.len() < 400_000, "{} bytes are too many for a page", picture.len());
        keep(&format!("recording-{name}"), &picture);
    }
}

/// Half a minute with the demo.
fn walk(paint: Paint) -> String {
    let camera = Camera::start(paint, RECORDING, &[]);
    let film = RefCell::new(Vec::new());
    let take = |millis: u32, caption: &str| {
        film.borrow_mut().push(Frame { shot: camera.shot(), caption: caption.to_owned(), millis });
    };
    take(2_500, "authtui demo");
    for _ in 0..3 {
        camera.press("j", "");
        take(350, "j  down");
    }
    camera.find("!", "demo/emil");
    take(1_500, "!  the next that needs you");
    camera.press("l", "");
    camera.pty.until("the browser is asked", |_| camera.home.path("tmp/url").exists());
    take(2_500, "l  log in: the browser opens");
    camera.allow();
    camera.until_list();
    camera.until_fine("demo/emil");
    take(2_500, "✓  allowed, and logged in");
    camera.select("demo/cleo");
    take(900, "its token has expired");
    camera.press("r", "");
    camera.until_fine("demo/cleo");
    take(1_800, "r  refresh");
    camera.press("t", "Timeline");
    take(2_800, "t  timeline");
    for _ in 0..2 {
        camera.press("+", "");
        take(1_000, "+  zoom in");
    }
    camera.press("0", "");
    take(800, "0  reset the zoom");
    camera.press("t", "Profiles 12");
    take(600, "t  list");
    if has_palette() {
        camera.press(":", "Find an action");
        take(1_500, ":  all actions");
        for letter in ["c", "o", "p", "y"] {
            camera.press(letter, "");
            take(250, ":  all actions");
        }
        take(1_500, ":  all actions");
        camera.press("\x1b", "");
    }
    take(1_500, "authtui");
    camera.quit();
    svg::recording(&film.into_inner(), &paint)
}

/// The demo in a terminal, and what takes pictures of it.
struct Camera {
    home: Home,
    pty: Pty,
    paint: Paint,
}

impl Camera {
    /// Starts the demo, on a terminal with the background of `paint`, and waits for its first screen.
    fn start(paint: Paint, size: (u16, u16), environment: &[(&str, &str)]) -> Self {
        let home = Home::new();
        let mut command = CommandBuilder::new(program());
        command.arg("demo");
        command.env("COLORTERM", "truecolor");
        let browser = home.path("browser");
        let script = format!("#!/bin/sh\nprintf %s \"$1\" > '{}'\n", home.path("tmp/url").display());
        fs::write(&browser, script).expect("a browser");
        fs::set_permissions(&browser, std::os::unix::fs::PermissionsExt::from_mode(0o755)).expect("runs");
        command.env("BROWSER", &browser);
        // The place of the demo's file is in the pictures, and must not name a folder of this machine.
        command.env("TMPDIR", "/tmp");
        for (name, value) in environment {
            command.env(name, value);
        }
        let pty = Pty::run(&home, command, size);
        let camera = Self { home, pty, paint };
        // The demo refreshes one unasked; the pictures are taken after that, and after its flash.
        camera.until_fine("demo/hal");
        if camera.pty.raw().windows(5).any(|bytes| bytes == b"\x1b]11;") {
            let (red, green, blue) = paint.back;
            let twice = |part: u8| format!("{part:02x}{part:02x}");
            let answer = [red, green, blue].map(twice).join("/");
            camera.pty.keys(&format!("\x1b]11;rgb:{answer}\x1b\\"));
        }
        for _ in 0..3 {
            let before = camera.pty.contents();
            camera.pty.until("another second", |screen| screen.contents() != before);
        }
        camera
    }

    /// Waits until the screen looks the same several times in a row, and takes a picture.
    fn shot(&self) -> Shot {
        let seen = RefCell::new((String::new(), 0));
        self.pty.until("a screen that stays", |screen| {
            let mut seen = seen.borrow_mut();
            let formatted = screen.contents_formatted();
            seen.1 = if seen.0 == formatted { seen.1 + 1 } else { 0 };
            seen.0 = formatted;
            seen.1 >= STILL
        });
        let shot = RefCell::new(None);
        self.pty.until("a picture", |screen| {
            *shot.borrow_mut() = Some(Shot::of(screen, &self.paint));
            true
        });
        shot.into_inner().expect("a picture")
    }

    /// Presses `keys` and waits until the screen is another, and until it shows `words`.
    fn press(&self, keys: &str, words: &str) {
        let before = self.pty.contents();
        self.pty.keys(keys);
        self.pty.until(&format!("{words} after {keys}"), |screen| {
            let contents = screen.contents();
            contents != before && contents.contains(words)
        });
    }

    /// Waits until the row of `name` neither needs anything nor is busy.
    fn until_fine(&self, name: &str) {
        let busy = [Health::Due, Health::Refreshing, Health::NeedsLogin].map(Health::word);
        self.pty.until(&format!("{name} in a good state"), |screen| {
            let contents = screen.contents();
            let from = |line: &str| Some(line.get(line.find(name)?..)?.chars().take(ROW).collect::<String>());
            let row = contents.lines().find_map(from);
            row.is_some_and(|row| busy.iter().all(|word| !row.contains(word)))
        });
    }

    /// Selects the row of `name` from the first row on.
    fn select(&self, name: &str) {
        self.pty.keys("g");
        self.find("j", name);
    }

    /// Presses `key` until the row of `name` is selected.
    fn find(&self, key: &str, name: &str) {
        let is_selected = |contents: &str| {
            contents
                .lines()
                .any(|line| line.split(SELECTED).nth(1).is_some_and(|row| row.trim_start().contains(name)))
        };
        for _ in 0..30 {
            self.shot();
            if is_selected(&self.pty.contents()) {
                return;
            }
            self.press(key, "");
        }
        panic!("{name} is never selected:\n{}", self.pty.contents());
    }

    /// Allows what the browser was opened for.
    fn allow(&self) {
        let link = fs::read_to_string(self.home.path("tmp/url")).expect("a link");
        let page = person::open(&link.parse().expect("an address"));
        let authorize = page.location.map_or(link, |to| to.to_string());
        person::answer(&authorize, "allow");
    }

    /// Waits for the list: the panel of a login that has worked closes itself.
    fn until_list(&self) {
        self.pty.until("the list", |screen| screen.contents().contains("Profiles 12"));
    }

    fn quit(self) {
        self.pty.keys("\x1b");
        drop(self.pty);
    }
}

/// Whether a device code or a QR code is on the screen: both are drawn with half blocks.
fn shows_code(contents: &str) -> bool {
    contents.matches(['▀', '▄', '█']).count() > 40
}

/// Whether the demo has a palette.
fn has_palette() -> bool {
    let opens = |binding: &Binding| binding.keys.contains(&KeyCombo::Plain(KeyCode::Char(':')));
    keymap::all().any(|(_, binding)| opens(binding))
}

fn is_wanted() -> bool {
    std::env::var_os("AUTHTUI_PICTURES").is_some()
}

/// Writes a picture.
fn keep(name: &str, picture: &str) {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/pictures");
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join(format!("{name}.svg")), picture).expect("written");
}
