//! What `authtui login` gives to a browser, and which programs may be one.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use url::Url;

use crate::home::Home;
use crate::home::person;
use crate::home::running::Running;
use crate::home::served::Served;

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
    login.line("3 Open browser done");
    let link = fs::read_to_string(&opened).expect("an argument");
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
    let browser = script(&served.home, "browser", &format!("printf '%s' \"$1\" > {}", opened.display()));
    let mut command = served.home.command(&["login", "demo/ana"]);
    let mut login = Running::start(command.env("BROWSER", browser).env("SSH_CONNECTION", "there 1 here 22"));
    let authorize = login.line("http");
    login.line("3 Open browser done");
    assert_eq!(fs::read_to_string(&opened).expect("an argument"), authorize);
    login.kill();
}
