//! `authtui login` in a terminal: what is asked, what is not echoed, and every way out.

use std::time::Duration;

use authtui::demo::authority::Authority;
use authtui::domain::secret::Secret;
use portable_pty::CommandBuilder;
use url::Url;

use crate::commands::login::arguments_of;
use crate::home::served::{Served, store};
use crate::home::{Home, person, program};
use crate::terminal::pty::Pty;

/// Wide enough for an address on one line.
const WIDE: (u16, u16) = (600, 40);
const ODD: &str = "s3cret+/&=% a\"'$x";

/// Somebody who sits elsewhere: no display and no browser here.
pub(super) fn over_ssh(home: &Home, arguments: &[&str]) -> Pty {
    let mut command = CommandBuilder::new(program());
    command.args(arguments);
    for (name, value) in [
        ("DISPLAY", ""),
        ("WAYLAND_DISPLAY", ""),
        ("BROWSER", ""),
        ("SSH_CONNECTION", "192.0.2.1 50000 192.0.2.2 22"),
    ] {
        command.env(name, value);
    }
    Pty::run(home, command, WIDE)
}

/// The address on the screen that comes back to `redirect`.
pub(super) fn address(pty: &Pty, redirect: &str) -> String {
    let shown = pty.contents();
    let found = shown.lines().map(str::trim).find(|line| {
        let url = Url::parse(line).ok();
        let back = url.as_ref().and_then(|url| url.query_pairs().find(|(name, _)| name == "redirect_uri"));
        back.is_some_and(|(_, to)| to.contains(redirect))
    });
    found.unwrap_or_else(|| panic!("no address that comes back to {redirect} in {shown}")).to_owned()
}

#[test]
pub(super) fn over_ssh_the_pasted_final_address_completes_the_login() {
    for redirect in ["/oauth2/code/callback", "127.0.0.1:"] {
        let served = Served::start();
        let pty = over_ssh(&served.home, &["login", "demo/ana", "--paste"]);
        pty.wait("paste it here");
        let end = person::decide(&address(&pty, redirect), "allow");
        pty.keys(&format!("{end}\r")).wait("Logged in: demo/ana");
        assert_eq!(pty.end().code, 0);
        assert!(served.stored("ana").is_some());
    }
}

#[test]
pub(super) fn over_ssh_it_says_why_it_does_not_open_a_browser() {
    let served = Served::start();
    let pty = over_ssh(&served.home, &["login", "demo/ana"]);
    pty.wait("You are connected over SSH, so your browser is on another machine.").wait("paste it here");
    let end = person::decide(&address(&pty, "/oauth2/code/callback"), "allow");
    pty.keys(&format!("{end}\r")).wait("Logged in: demo/ana");
    assert_eq!(pty.end().code, 0);
}

#[test]
pub(super) fn over_ssh_the_device_code_completes_the_login() {
    for (arguments, pages) in
        [(&["login", "demo/ana"][..], true), (&["login", "demo/ana", "--device"], false)]
    {
        let served = Served::start();
        served.serving.with(|authority| authority.settings.device.interval = Duration::from_secs(1));
        give_device_codes(&served);

        let pty = over_ssh(&served.home, arguments);
        pty.wait("Waiting 10 minutes").wait("Not approved yet; checking every 1 s.");
        let shown = pty.contents();
        let code = person::between(&shown, "and type the code\n\n", "\n").trim().to_owned();
        let page = person::between(&shown, "On this machine, open\n\n", "\n").trim().to_owned();
        assert!(shown.contains(&code.chars().map(String::from).collect::<Vec<_>>().join(" ")), "{shown}");
        assert!(shown.contains(&format!("{page}?user_code={code}")), "{shown}");
        assert_eq!(shown.contains("paste it here"), pages, "{shown}");
        person::type_code(&page, &code, "allow");
        pty.wait("Logged in: demo/ana");

        let left = pty.end();
        assert_eq!(left.code, 0);
        assert_eq!(left.text.matches("Not approved yet").count(), 1, "one line for a change");
        assert!(served.stored("ana").is_some());
    }
}

#[test]
fn a_device_code_that_is_denied_changes_nothing() {
    let (served, pair) = Served::with_ana(3600);
    served.serving.with(|authority| authority.settings.device.interval = Duration::from_secs(1));
    give_device_codes(&served);
    let pty = over_ssh(&served.home, &["login", "demo/ana", "--device", "--yes"]);
    pty.wait("Waiting 10 minutes");
    let shown = pty.contents();
    let code = person::between(&shown, "and type the code\n\n", "\n").trim().to_owned();
    let page = person::between(&shown, "On this machine, open\n\n", "\n").trim().to_owned();
    person::type_code(&page, &code, "deny");
    let left = pty.end();
    assert!(left.code == 1 && left.text.contains("access was denied"), "{}", left.text);
    assert_eq!(served.stored("ana"), Some(pair));
}

/// Gives `demo` the flow of device codes.
fn give_device_codes(served: &Served) {
    let mut file = authtui::demo::provider_file(served.serving.issuer());
    if !file.contains("device") {
        let endpoint = format!("{{ device: \"{}/oauth2/device\", ", served.serving.issuer());
        file = file.replace("endpoints: { ", &format!("endpoints: {endpoint}"));
        file = file.replace("flows: [code, paste]", "flows: [code, paste, device]");
    }
    served.home.provider("demo", &file);
}

#[test]
fn ctrl_c_while_it_waits_changes_nothing_and_says_so() {
    let (served, _) = Served::with_ana(3600);
    let before = served.home.bytes();
    let pty = over_ssh(&served.home, &["login", "demo/ana", "--yes"]);
    pty.wait("paste it here").keys("\x03");
    let left = pty.end();
    assert_eq!(left.code, 1);
    assert!(left.text.contains("cancelled; nothing was changed."), "{}", left.text);
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn a_secret_is_typed_unseen_and_arrives_exactly() {
    let served = Served::start();
    served.with_secret("basic", ODD);
    let pty = over_ssh(&served.home, &["login", "demo/ana", "--paste"]);
    pty.wait("Client secret (not shown):").keys(&format!("wrong\x15{ODD}\r")).wait("paste it here");
    let arguments = arguments_of(pty.process());
    let end = person::decide(&address(&pty, "/oauth2/code/callback"), "allow");
    pty.keys(&format!("{end}\r")).wait("Logged in: demo/ana");
    let left = pty.end();
    assert_eq!(left.code, 0);
    let raw = String::from_utf8_lossy(&left.raw);
    assert!(!raw.contains("s3cret") && !raw.contains("wrong") && !arguments.contains("s3cret"), "{raw}");
    assert_eq!(served.profile("ana").login.client_secret, Some(Secret::new(ODD)));
}

#[test]
fn a_key_is_typed_unseen_and_an_old_one_stays_without_a_yes() {
    let served = Served::start();
    crate::commands::login::provider_with(&served, "[code, key]");
    let pty = over_ssh(&served.home, &["login", "demo/ci", "--key"]);
    pty.wait("API key (not shown):").keys("sk-+/&=%1\r").wait("Stored: demo/ci");
    let left = pty.end();
    assert!(!String::from_utf8_lossy(&left.raw).contains("sk-+"), "{}", left.text);
    assert_eq!(served.home.run(&["token", "demo/ci"]).quietly(), (Some(0), "sk-+/&=%1\n"));

    let before = served.home.bytes();
    let pty = over_ssh(&served.home, &["login", "demo/ci", "--key"]);
    pty.wait("Replace it? [y/N]").keys("\r");
    let left = pty.end();
    assert!(left.code == 1 && left.text.contains("nothing was changed"), "{}", left.text);
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn a_rotated_secret_can_be_typed_again() {
    let (served, _) = Served::with_ana(3600);
    served.with_secret("post", "second");
    let text = String::from_utf8(served.home.bytes()).expect("text");
    let old = "client_id: authtui-demo-confidential\n        client_secret: first";
    served.home.store(text.replace("client_id: authtui-demo", old));
    let pty = over_ssh(&served.home, &["login", "demo/ana", "--client-secret-stdin", "--yes"]);
    pty.wait("Client secret (not shown):").keys("second\r").wait("paste it here");
    let end = person::decide(&address(&pty, "/oauth2/code/callback"), "allow");
    pty.keys(&format!("{end}\r")).wait("Logged in: demo/ana");
    assert_eq!(pty.end().code, 0);
    assert_eq!(served.profile("ana").login.client_secret, Some(Secret::new("second")));
}

#[test]
fn every_way_out_of_a_secret_gives_the_terminal_back() {
    for (way, keys, signal) in [
        ("Ctrl-C", "hush\x03", ""),
        ("Ctrl-D", "\x04", ""),
        ("Esc", "hush\x1b", ""),
        ("SIGTERM", "hush", "TERM"),
        ("SIGINT", "", "INT"),
        ("SIGHUP", "hush", "HUP"),
        ("SIGQUIT", "hush", "QUIT"),
        ("Ctrl-\\", "hush\x1c", ""),
        ("SIGUSR1", "hush", "USR1"),
        ("SIGALRM", "hush", "ALRM"),
        ("SIGABRT", "hush", "ABRT"),
    ] {
        let served = Served::start();
        served.with_secret("post", "x");
        let pty = over_ssh(&served.home, &["login", "demo/ana"]);
        pty.wait("Client secret (not shown):").keys(keys);
        if !signal.is_empty() {
            pty.signal(signal);
        }
        // `end` compares the terminal's settings with those before.
        let left = pty.end();
        assert_eq!(left.code, 1, "{way}");
        assert!(left.text.contains("cancelled; nothing was changed."), "{way}: {}", left.text);
        assert!(!String::from_utf8_lossy(&left.raw).contains("hush"), "{way}: {}", left.text);
        assert!(!served.home.config().exists(), "{way}");
    }
}

#[test]
fn an_empty_answer_sends_no_stored_secret_to_a_server_that_the_login_was_not_made_with() {
    let served = Served::start();
    served.with_secret("post", "s3cret");
    served.serving.with(Authority::keep_requests);
    let (entry, _) = served.entry("ana", 3600);
    let hosts = "        client_secret: s3cret\n        hosts: ['https://before.test']\n";
    let entry = format!("{entry}{hosts}")
        .replace("client_id: authtui-demo\n", "client_id: authtui-demo-confidential\n");
    served.home.store(store(&[entry]));
    let before = served.home.bytes();
    let pty = over_ssh(&served.home, &["login", "demo/ana"]);
    pty.wait("Client secret (not shown):").keys("\r");
    let left = pty.end();
    assert_ne!(left.code, 0);
    assert_eq!(served.home.bytes(), before);
    served.serving.with(|authority| assert_eq!(authority.requests().count(), 0));
}

#[test]
fn an_empty_or_odd_secret_is_refused_in_one_sentence() {
    for (keys, word) in [("\r", "client secret is required"), ("a\tb\r", "one line of visible ASCII")] {
        let served = Served::start();
        served.with_secret("post", "x");
        let pty = over_ssh(&served.home, &["login", "demo/ana"]);
        pty.wait("Client secret (not shown):").keys(keys);
        let left = pty.end();
        assert!(left.code == 2 && left.text.contains(word), "{}", left.text);
    }
}

#[test]
fn a_login_that_works_stays_without_a_yes() {
    let (served, _) = Served::with_ana(3600);
    let before = served.home.bytes();
    let pty = over_ssh(&served.home, &["login", "demo/ana"]);
    pty.wait("demo/ana is logged in. Log in again? [y/N]").keys("\r");
    let left = pty.end();
    assert!(left.code == 1 && left.text.contains("nothing was changed"), "{}", left.text);
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn a_mistyped_answer_is_asked_again_and_another_account_is_kept_beside() {
    let (served, _) = Served::with_ana(3600);
    let pty = over_ssh(&served.home, &["login", "demo/ana"]);
    pty.wait("demo/ana is logged in. Log in again? [y/N]").keys("y\r").wait("paste it here");
    let authorize = address(&pty, "/oauth2/code/callback").replace("ana%40demo.test", "ben%40demo.test");
    let end = person::decide(&authorize, "allow");
    pty.keys(&format!("{end}\r")).wait("keep it as demo/ana-2 [k]").keys("x\rk\r");
    pty.wait("Logged in: demo/ana-2");
    assert_eq!(pty.end().code, 0);
    assert_eq!(served.profile("ana").account.as_deref(), Some("ana@demo.test"));
    assert_eq!(served.profile("ana-2").account.as_deref(), Some("ben@demo.test"));
}
