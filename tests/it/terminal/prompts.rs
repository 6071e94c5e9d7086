//! Every question of the commands in a terminal: it ends when the terminal goes, takes a paste whole, and
//! leaves nothing behind.

use portable_pty::CommandBuilder;

use crate::commands::login::provider_with;
use crate::home::served::Served;
use crate::home::{Home, person};
use crate::terminal::login::{address, over_ssh};
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (200, 60);

#[test]
fn every_question_ends_with_its_terminal_though_the_hang_up_is_ignored() {
    for (arguments, question) in [
        ("login open/ci --key", "API key (not shown):"),
        ("login demo/ana", "Client secret (not shown):"),
        ("login demo/ana --client-secret-stdin", "Client secret (not shown):"),
        ("login open/ana --paste", "paste it here"),
        ("login open/ana", "paste it here"),
        ("revoke open/key", "[y/N]"),
        ("remove open/key", "[y/N]"),
        ("login open/ci --key --key-stdin", "API key (not shown):"),
        ("login open --key", "Replace it? [y/N]"),
    ] {
        let served = Served::start();
        served.with_secret("post", "x");
        served.home.provider("open", &with_keys(&served));
        served.home.store("providers: {open: {api_key: k}}\n");
        let before = served.home.bytes();
        let script = format!("env -u DISPLAY -u BROWSER \"$AUTHTUI\" {arguments}");

        let code = Pty::vanish_unheard(&served.home, &script, question);

        assert_eq!((code, served.home.bytes()), (1, before), "{arguments}");
    }
}

#[test]
fn a_long_paste_comes_whole_with_and_without_brackets() {
    for (before, behind) in [("", "\r"), ("\x1b[200~", "\x1b[201~\r"), ("\x1b[200~", "\r\x1b[201~")] {
        let served = Served::start();
        let pty = over_ssh(&served.home, &["login", "demo/ana", "--paste"]);
        pty.wait("paste it here");
        let end = person::decide(&address(&pty, "/oauth2/code/callback"), "allow");
        // The state stands behind what a terminal would keep of a line.
        let (page, query) = end.as_str().split_once('?').expect("an answer");
        let long = format!("{page}?pad={}&{query}", "x".repeat(5000));
        pty.keys(&format!("{before}{long}{behind}")).wait("Logged in: demo/ana");
        assert_eq!(pty.end().code, 0);
    }
}

#[test]
fn a_paste_that_the_terminal_cut_is_said_and_never_sent() {
    let served = Served::start();
    let script = "read -r _; exec \"$AUTHTUI\" login demo/ana --paste";
    let pty = Pty::shell(&served.home, script, WIDE);
    // The shell takes its line; what is behind it waits in the terminal, which keeps 4,095 bytes.
    pty.keys(&format!("go\r{}\r", "x".repeat(5000)));
    pty.wait("a line was ignored: the terminal cut it; paste it again.").keys("\x03");
    let left = pty.end();
    assert!(left.code == 1 && left.text.contains("cancelled; nothing was changed."), "{}", left.text);
}

#[test]
fn a_long_key_with_a_line_end_is_taken_at_once() {
    let served = Served::start();
    provider_with(&served, "[code, key]");
    let key = format!("sk-{}", "k".repeat(1497));
    let pty = over_ssh(&served.home, &["login", "demo/ci", "--key"]);
    pty.wait("API key (not shown):").keys(&format!("{key}\r")).wait("Stored: demo/ci");
    assert_eq!(pty.end().code, 0);
    assert_eq!(served.home.run(&["token", "demo/ci"]).quietly(), (Some(0), format!("{key}\n").as_str()));
}

#[test]
fn nothing_that_was_pasted_is_left_for_the_shell() {
    for (pasted, said) in [
        ("sk-1\rtouch x\r", "Stored: demo/ci"),
        ("\x1b[200~sk-1\rtouch x\r\x1b[201~", "A key has only visible ASCII characters"),
        ("\x1b[200~sk-1\r\x1b[201~", "Stored: demo/ci"),
    ] {
        let served = Served::start();
        provider_with(&served, "[code, key]");
        let script = "\"$AUTHTUI\" login demo/ci --key; was=$(stty -g); stty -icanon -echo min 0 time 0; \
                      printf 'left[%s]' \"$(cat)\"; stty \"$was\"";
        let pty = Pty::shell(&served.home, script, WIDE);
        pty.wait("API key (not shown):").keys(pasted);
        let left = pty.end();
        assert!(left.text.contains(said) && left.text.contains("left[]"), "{}", left.text);
    }
}

#[test]
fn what_is_typed_is_shown_and_can_be_corrected() {
    let home = Home::new();
    home.store("providers: {acme: {api_key: sk-1}}\n");
    let pty = Pty::start(&home, &["remove", "acme/key"], WIDE);
    pty.wait("[y/N]").keys("nonsé\x1b[D").wait("[y/N] nonsé").keys("\x7f\x7f").wait("[y/N] non");
    pty.until("what was erased to be gone", |screen| !screen.contents().contains("nons"));
    // Also what comes in one piece with its end.
    pty.keys("\x15y\r");
    let left = pty.end();
    assert!(
        left.code == 0 && left.text.contains("[y/N] y") && left.text.contains("acme/key: key deleted"),
        "{}",
        left.text
    );
}

#[test]
fn a_question_is_asked_anew_after_a_stop() {
    let home = Home::new();
    home.store("providers: {acme: {api_key: sk-1}}\n");
    let script = "set -m; \"$AUTHTUI\" remove acme/key; echo \"lines: $(stty -a | grep -c ' icanon')\"; read -r _; fg >/dev/null; echo \"ended with $?\"";
    let pty = Pty::shell(&home, script, WIDE);
    pty.wait("[y/N]").keys("y\x1a").wait("lines: 1").keys("\r");
    pty.until("the question again", |screen| screen.contents().matches("[y/N] y").count() == 2).keys("\r");
    let left = pty.end();
    assert!(left.text.contains("ended with 0"), "{}", left.text);
}

#[test]
fn a_program_that_is_stopped_by_force_hides_a_secret_when_it_goes_on() {
    let served = Served::start();
    provider_with(&served, "[code, key]");
    let mut command = CommandBuilder::new("sh");
    // The shell of the person sets the terminal for itself while the program is stopped.
    command.args([
        "-c",
        "set -m; \"$AUTHTUI\" login demo/ci --key; stty echo icanon; echo stopped; read -r _; fg",
    ]);
    let pty = Pty::run(&served.home, command, WIDE);
    pty.wait("API key (not shown):");
    let found =
        std::fs::read_to_string(format!("/proc/{0}/task/{0}/children", pty.process())).expect("children");
    let stop = std::process::Command::new("kill").args(["-STOP", found.trim()]).status().expect("kill runs");
    assert!(stop.success());
    pty.wait("stopped").keys("\r");
    pty.until("the question again", |screen| screen.contents().matches("API key (not shown):").count() == 2);
    pty.keys("sk-hush\r").wait("Stored: demo/ci");
    let raw = pty.end().raw;
    assert!(!String::from_utf8_lossy(&raw).contains("hush"));
}

/// The demo's provider with keys, as `open`, without a client secret.
fn with_keys(served: &Served) -> String {
    let file = authtui::demo::provider_file(served.serving.issuer());
    file.replace("name: demo", "name: open").replace("flows: [code, paste]", "flows: [code, paste, key]")
}
