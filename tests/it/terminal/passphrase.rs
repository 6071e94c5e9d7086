//! The passphrase of the encrypted file, typed in a terminal.

use portable_pty::CommandBuilder;

use crate::home::{Home, program};
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (120, 30);
const STORE: &str = "providers: {acme: {api_key: key-of-acme}, zeta: {api_key: key-of-zeta}}\n";
const FILE: [(&str, &str); 1] = [("AUTHTUI_KEYRING", "file")];

fn start(home: &Home, arguments: &[&str]) -> Pty {
    let mut command = CommandBuilder::new(program());
    command.args(arguments);
    command.env("AUTHTUI_KEYRING", "file");
    Pty::run(home, command, WIDE)
}

#[test]
fn a_move_makes_it_and_the_screen_and_commands_ask_for_it_when_it_is_needed() {
    let home = Home::new();
    home.store(STORE);
    let first = start(&home, &[]);
    first.wait("acme/key").wait("no expiry");
    first.keys("m").wait("The keyring").keys("r");
    first.wait("A passphrase for the encrypted file").keys("correct horse\r");
    first.wait("once more").keys("correct house\r").wait("The two differ").keys("correct horse\r");
    first.wait("once more").keys("correct horse\r").wait("keyring.yaml now").keys("q");
    assert_eq!(first.end().code, 0);
    assert!(!home.all().contains("key-of-acme") && !home.all().contains("AGE-SECRET-KEY"));

    let screen = start(&home, &[]);
    screen.wait("Unlock the encrypted file").keys("wrong").wait("•••••").keys("\r");
    screen.wait("That is not its passphrase").keys("\x1b").wait("The rows stay locked");
    screen.keys("U").wait("Unlock the encrypted file").keys("correct horse\r").wait("Unlocked");
    screen.until("both keys", |screen| !screen.contents().contains("locked")).keys("q");
    assert_eq!(screen.end().code, 0);

    let command = start(&home, &["token", "acme/key"]);
    command.wait("Passphrase of secrets.age").keys("correct horse\r").wait("key-of-acme");
    assert_eq!(command.end().code, 0);
    let other = start(&home, &["token", "zeta/key"]);
    other.wait("key-of-zeta");
    assert!(!other.contents().contains("assphrase"), "{}", other.contents());
    assert_eq!(other.end().code, 0);
}

#[test]
fn without_a_terminal_nobody_is_asked_and_the_reason_is_said() {
    let home = Home::new();
    home.store(STORE);
    let moving = start(&home, &["move", "acme/key", "keyring"]);
    moving.wait("New passphrase for secrets.age").keys("horse\r").wait("once more").keys("horse\r");
    moving.wait("moved to keyring");
    assert_eq!(moving.end().code, 0);

    let locked = home.start_with(&["token", "acme/key"], &FILE).end();
    let why = "the encrypted file needs its passphrase";
    assert!(locked.code == Some(1) && locked.err.contains(why), "{locked:?}");
    let other = home.start_with(&["token", "zeta/key"], &FILE).end();
    assert_eq!(other.quietly(), (Some(0), "key-of-zeta\n"));
}
