//! Logins on the screen of somebody whose browser is elsewhere: by device code, and by pasting.

use std::time::Duration;

use authtui::demo::PROVIDERS;
use url::Url;

use crate::home::person;
use crate::home::served::{Served, store};
use crate::terminal::login::over_ssh;
use crate::terminal::pty::Pty;

#[test]
fn over_ssh_a_new_account_is_logged_in_by_its_device_code() {
    let (served, pty) = begun();
    pty.keys("n").wait("Provider or web address:");
    choose(&pty, "demo ");
    pty.wait("How do you want to log in?").keys("\r");
    pty.wait("Name this profile").keys("\x15new\r");
    pty.wait("Choose scopes").keys("\r");
    allow_device(&pty);
    pty.wait("Logged in as").wait("● demo/new");
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
    assert!(served.stored("new").is_some());
}

#[test]
fn over_ssh_a_known_account_is_logged_in_again_by_its_device_code() {
    let (served, pty) = begun();
    let before = served.stored("ana");
    again(&pty);
    allow_device(&pty);
    pty.wait("Logged in as ana@demo.test.").keys("q");
    assert_eq!(pty.end().code, 0);
    assert_ne!(served.stored("ana"), before);
}

#[test]
fn over_ssh_the_answer_can_be_pasted_into_the_panel() {
    for redirect in ["/oauth2/code/callback", "127.0.0.1:"] {
        let (served, pty) = begun();
        let before = served.stored("ana");
        again(&pty);
        pty.wait("Type this code").keys("d").wait("then paste the code");
        pty.keys("t").wait("Press any key");
        let shown = pty.contents();
        assert!(
            shown.find("paste here the code it shows:") < shown.find("paste here the address it ends at")
        );
        assert!(!shown.contains("on this machine;"), "{shown}");
        let end = person::decide(&address(&pty, redirect), "allow");
        pty.keys(" ").until("the panel", |screen| !screen.contents().contains("Press any key"));
        pty.keys("p").keys(&format!("\x1b[200~{end}\x1b[201~")).keys("\r");
        pty.wait("Logged in as ana@demo.test.").keys("q");
        assert_eq!(pty.end().code, 0);
        assert_ne!(served.stored("ana"), before, "{redirect}");
    }
}

/// Logs in again to the selected profile, whose login works.
fn again(pty: &Pty) {
    pty.keys("l").wait("Log in to demo/ana again?").keys("l");
}

/// The screen over SSH with `demo/ana`, whose provider has every way to log in.
fn begun() -> (Served, Pty) {
    let served = Served::start();
    let (_, file) = PROVIDERS.into_iter().find(|(name, _)| *name == "demo").expect("a provider");
    served.home.provider("demo", &file.replace("{issuer}", served.serving.issuer()));
    served.serving.with(|authority| authority.settings.device.interval = Duration::from_secs(1));
    let (entry, _) = served.entry("ana", 3600);
    served.home.store(store(&[entry]));
    let pty = over_ssh(&served.home, &[]);
    // The prefix of tokens is shown once the provider files have been read.
    pty.wait("dat_…");
    (served, pty)
}

/// Goes down to the choice that begins with `name`, and takes it.
fn choose(pty: &Pty, name: &str) {
    // Drawn from the top: with the last row, all are there.
    pty.wait("Another OAuth 2 server");
    let shown = pty.contents();
    let row = |words: &str| shown.lines().position(|line| line.contains(words)).expect("a row");
    // The list below the box has a mark too, above it.
    let marked = shown.lines().collect::<Vec<_>>().iter().rposition(|line| line.contains("│ ▌ "));
    let down = row(&format!("  {name}")) - marked.expect("a marked row");
    pty.keys(&"\x1b[B".repeat(down)).wait(&format!("▌ {name}")).keys("\r");
}

/// Reads the device code from the panel, which starts with it, and allows it at its page.
fn allow_device(pty: &Pty) {
    pty.wait("Type this code in a browser on this machine").wait(" left");
    let shown = pty.contents();
    let page = person::between(&shown, "Link    ", " ");
    let code = person::between(&shown, "Code    ", " ");
    person::type_code(page, code, "allow");
}

/// The address on the plain lines that comes back to `redirect`.
fn address(pty: &Pty, redirect: &str) -> String {
    let shown = pty.contents();
    let found = shown.lines().map(str::trim).find(|line| {
        let url = Url::parse(line).ok();
        let back = url.as_ref().and_then(|url| url.query_pairs().find(|(name, _)| name == "redirect_uri"));
        back.is_some_and(|(_, to)| {
            to.contains(redirect) && redirect.starts_with('/') == to.contains("/oauth2/")
        })
    });
    found.unwrap_or_else(|| panic!("no address that comes back to {redirect} in {shown}")).to_owned()
}
