//! What `authtui login` gives to a browser, and which programs may be one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use portable_pty::CommandBuilder;
use url::Url;

use crate::home::running::Running;
use crate::home::served::Served;
use crate::home::{Home, PATIENCE, person, program};
use crate::terminal::pty::Pty;

/// Writes an executable script.
fn script(home: &Home, name: &str, lines: &str) -> PathBuf {
    let path = home.path(name);
    fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
    fs::write(&path, format!("#!/bin/sh\n{lines}\n")).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("its rights");
    path
}

/// Starts a login whose browser is `browser`.
fn begin(served: &Served, browser: &str) -> Running {
    Running::start(served.home.command(&["login", "demo/ana"]).env("BROWSER", browser))
}

/// Where the redirect of a link leads to.
fn leads_to(link: &str) -> Option<Url> {
    person::open(&Url::parse(link.trim()).expect("an address")).location
}

#[test]
fn the_argument_of_a_browser_says_nothing_of_the_login_and_leads_to_it_once() {
    let served = Served::start();
    let opened = served.home.path("opened");
    let browser = script(&served.home, "browser", &format!("printf '%s ' \"$@\" > {}", opened.display()));
    let mut login = begin(&served, browser.to_str().expect("a path"));
    let authorize = login.line("http");
    let link = written(&opened);
    let parts = Url::parse(link.trim()).expect("one address");
    assert!(parts.host_str() == Some("127.0.0.1") && parts.query().is_none(), "{link}");

    assert_eq!(leads_to(&link).map(String::from), Some(authorize.clone()));
    assert_eq!(person::open(&parts).status, 410, "it works once");
    login.line("  The browser's link was opened twice.");
    person::answer(&authorize, "allow");

    assert_eq!(login.end().code, Some(0));
    assert!(served.stored("ana").is_some());
}

#[test]
fn a_browser_that_may_be_at_the_other_end_of_ssh_gets_the_whole_address() {
    let served = Served::start();
    let opened = served.home.path("opened");
    let browser = script(&served.home, "browser", &format!("printf '%s ' \"$1\" > {}", opened.display()));
    let mut command = served.home.command(&["login", "demo/ana"]);
    let mut login = Running::start(command.env("BROWSER", browser).env("SSH_CONNECTION", "there 1 here 22"));
    let authorize = login.line("http");
    assert_eq!(written(&opened).trim(), authorize);
    login.kill();
}

#[test]
fn a_browser_that_cannot_be_one_is_said_and_the_next_one_is_tried() {
    let served = Served::start();
    let no_program = served.home.path("plain");
    fs::write(&no_program, "true").expect("a file");
    let fails = script(&served.home, "my browser/fails", "exit 3");
    let (no_program, fails) = (no_program.display(), fails.display());
    for (browser, said) in [
        ("/".to_owned(), "Could not open a browser: "),
        (no_program.to_string(), "Could not open a browser: "),
        (format!("'{fails}' %s"), "Could not open a browser: "),
        (format!("{fails}"), "Could not open a browser: "),
        ("'true".to_owned(), "Could not open a browser: $BROWSER has a quote that is not closed"),
        (format!("/:{no_program}:'{fails}':true"), "Waiting 5 minutes"),
    ] {
        let mut login = begin(&served, &browser);
        login.line("http");
        login.line(said);
        login.kill();
    }
}

#[test]
fn a_browser_that_draws_on_the_terminal_has_none() {
    let served = Served::start();
    let browser = script(&served.home, "browser", "(echo DRAWN > /dev/tty) || exit 3");
    let mut command = CommandBuilder::new(program());
    command.args(["login", "demo/ana"]);
    command.env("BROWSER", browser);
    let pty = Pty::run(&served.home, command, (100, 40));
    pty.wait("Could not open a browser");
    assert!(!pty.contents().contains("DRAWN"), "{}", pty.contents());
    pty.signal("TERM");
    assert_eq!(pty.end().code, 1);
}

#[test]
fn a_login_whose_browser_opens_takes_few_lines_and_says_nothing_twice() {
    let served = with_device();
    let browser = script(&served.home, "browser", "exec sleep 2");
    let mut login = begin(&served, browser.to_str().expect("a path"));
    person::answer(&login.line("http"), "allow");
    let ended = login.end();
    let said: Vec<&str> = ended.said(0).lines().filter(|line| !line.is_empty()).collect();
    let [opening, link, waiting, whose, ends, place, next] = said[..] else { panic!("{said:#?}") };
    assert_eq!(opening, "Opening your browser. Nothing happens? Open this link:");
    assert!(link.starts_with("http") && waiting.starts_with("Waiting "), "{said:#?}");
    assert_eq!(whose, "Logged in: demo/ana, as ana@demo.test");
    assert!(ends.starts_with("  token lasts ") && ends.ends_with(" · test 200: works"), "{said:#?}");
    assert!(place.starts_with("  saved in ") && next == "Try: authtui token demo/ana", "{said:#?}");
}

#[test]
fn a_browser_that_does_not_open_brings_the_device_code_and_the_link_is_said_once() {
    let served = with_device();
    let fails = script(&served.home, "fails", "exit 3");
    let mut login = begin(&served, fails.to_str().expect("a path"));
    let link = login.line("http");
    login.line("Could not open a browser: ");
    login.line("Or on this machine: open ");
    person::answer(&link, "allow");
    let ended = login.end();
    assert_eq!(ended.said(0).lines().filter(|line| *line == link).count(), 1, "{ended:?}");
}

/// Somebody whose provider has a device code too.
fn with_device() -> Served {
    let served = Served::start();
    let file = authtui::demo::provider_file(served.serving.issuer());
    let device = format!("endpoints: {{ device: \"{}/oauth2/device\", ", served.serving.issuer());
    let file = file
        .replace("endpoints: { ", &device)
        .replace("flows: [code, paste]", "flows: [code, paste, device]");
    served.home.provider("demo", &file);
    served
}

/// What a browser that was started has written.
fn written(path: &Path) -> String {
    let until = Instant::now() + PATIENCE;
    loop {
        match fs::read_to_string(path) {
            Ok(text) if text.ends_with(' ') => return text,
            Ok(_) | Err(_) => assert!(Instant::now() < until, "no browser was started"),
        }
        std::thread::yield_now();
    }
}
