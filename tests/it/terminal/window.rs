//! The window around the screen, and the mouse in it.

use vt100::MouseProtocolMode;

use crate::home::Home;
use crate::home::served::{Served, store};
use crate::terminal::login::over_ssh;
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (120, 30);

#[test]
fn a_row_is_selected_and_a_key_is_pressed_by_a_click() {
    let home = Home::new();
    home.store("providers: {acme: {api_key: sk-1}, zeta: {api_key: sk-2}}\n");
    let pty = Pty::start(&home, &[], WIDE);
    pty.wait("zeta/key").until("a screen that takes clicks", takes_mouse);
    click(&pty, "zeta/key");
    pty.until("the other row", |screen| selected(screen).contains("zeta/key"));
    pty.keys("y").wait("Copy from zeta/key");
    pty.keys("\x1b").until("the list", |screen| !screen.contents().contains("Copy from"));
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn a_login_gives_the_mouse_back_to_whoever_selects_its_link() {
    let served = with_lost_ana();
    let pty = over_ssh(&served.home, &[]);
    pty.wait("dat_…").until("a screen that takes clicks", takes_mouse);
    pty.keys("l").until("a mouse that selects", |screen| !takes_mouse(screen));
    pty.keys("\x1b").until("a question that takes clicks", takes_mouse);
    pty.signal("TERM");
    pty.end();
}

#[test]
fn the_title_says_how_many_need_a_login_and_names_no_account() {
    let served = with_lost_ana();
    let pty = Pty::start(&served.home, &[], WIDE);
    pty.wait("needs login").keys("q");
    let left = pty.end();
    let raw = String::from_utf8_lossy(&left.raw);
    assert!(raw.contains("\x1b]0;authtui · 1 needs login\x07"), "{raw}");
    assert!(
        !raw.split("\x1b]0;").skip(1).any(|title| title
            .split('\x07')
            .next()
            .unwrap_or_default()
            .contains("ana"))
    );
}

#[test]
fn a_console_that_has_no_window_is_sent_nothing_for_it() {
    let home = Home::new();
    home.store("providers: {acme: {api_key: sk-1}}\n");
    for term in ["linux", "dumb"] {
        let mut command = portable_pty::CommandBuilder::new(crate::home::program());
        command.env("TERM", term);
        let pty = Pty::run(&home, command, WIDE);
        pty.wait("acme/key").keys("q");
        let raw = pty.end().raw;
        assert!(!raw.windows(2).any(|two| two == b"\x1b]"), "{term}: {}", String::from_utf8_lossy(&raw));
    }
}

#[test]
fn an_address_of_a_login_can_be_opened_where_it_stands() {
    let served = with_lost_ana();
    let (_, file) =
        authtui::demo::PROVIDERS.into_iter().find(|(name, _)| *name == "demo").expect("a provider");
    served.home.provider("demo", &file.replace("{issuer}", served.serving.issuer()));
    let pty = over_ssh(&served.home, &[]);
    pty.wait("dat_…")
        .keys("l")
        .wait("Link")
        .until("an address", |screen| screen.contents().contains("http://"));
    let shown = pty.contents();
    let address =
        shown.split_once("http://").map(|(_, rest)| rest.split_whitespace().next().unwrap_or_default());
    let link = format!("\x1b]8;;http://{}\x1b\\", address.expect("an address"));
    pty.until_written(&link);
    pty.signal("TERM");
    pty.end();
}

/// A provider at which `demo/ana` needs a login: her token has expired, and nothing refreshes it.
fn with_lost_ana() -> Served {
    let served = Served::start();
    let (entry, _) = served.entry("ana", -60);
    let entry: String = entry
        .lines()
        .filter(|line| !line.contains("refresh_token:"))
        .fold(String::new(), |all, line| all + line + "\n");
    served.home.store(store(&[entry]));
    served
}

fn takes_mouse(screen: &vt100::Screen) -> bool {
    screen.mouse_protocol_mode() != MouseProtocolMode::None
}

/// The row that the cursor is on.
fn selected(screen: &vt100::Screen) -> String {
    let (row, _) = screen.cursor_position();
    screen.contents().lines().nth(usize::from(row)).unwrap_or_default().to_owned()
}

fn click(pty: &Pty, words: &str) {
    let shown = pty.contents();
    let found = shown.lines().zip(1..).find_map(|(line, row)| Some((line.split_once(words)?.0, row)));
    let (before, row) = found.unwrap_or_else(|| panic!("no {words} in {shown}"));
    let column = before.chars().count() + 1;
    pty.keys(&format!("\x1b[<0;{column};{row}M\x1b[<0;{column};{row}m"));
}
