//! Keyring of the system: a real Secret Service on a bus of its own.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use portable_pty::CommandBuilder;

use crate::commands::login::provider_with;
use crate::home::Home;
use crate::home::running::Running;
use crate::home::served::Served;
use crate::home::{Ended, PATIENCE, program};
use crate::terminal::pty::Pty;

const SERVICE: &str = "org.freedesktop.Secret.Service";
const COLLECTION: &str = "/org/freedesktop/secrets/collection/login";

#[test]
#[ignore = "needs gnome-keyring and D-Bus"]
fn a_login_moves_into_the_keyring_is_refreshed_there_and_moves_back() {
    let (served, pair) = Served::with_ana(3600);
    let keyring = Keyring::start(&served.home);
    let moved = keyring.run(&served.home, &["move", "demo/ana", "keyring"]);
    assert_eq!(moved.code, Some(0), "{moved:?}");

    let file = written(&served.home);
    assert!(
        file.contains("access_token: \"keyring:") && file.contains("refresh_token: \"keyring:"),
        "{file}"
    );
    let all = served.home.all();
    assert!(!all.contains(&pair.access), "no file holds the token");
    let printed = keyring.run(&served.home, &["token", "demo/ana"]);
    assert_eq!(printed.quietly(), (Some(0), format!("{}\n", pair.access).as_str()));
    assert_eq!(keyring.entries(), 2);

    let refreshed = keyring.run(&served.home, &["refresh", "demo/ana"]);
    assert_eq!(refreshed.code, Some(0), "{refreshed:?}");
    let now = keyring.run(&served.home, &["token", "demo/ana"]);
    assert!(now.code == Some(0) && now.out != printed.out, "{now:?}");
    assert_eq!(keyring.entries(), 2, "what was spent is gone");

    let back = keyring.run(&served.home, &["move", "demo/ana", "own"]);
    assert_eq!((back.code, keyring.entries()), (Some(0), 0), "{back:?}");
    assert_eq!(keyring.run(&served.home, &["token", "demo/ana"]).out, now.out);
}

#[test]
#[ignore = "needs gnome-keyring and D-Bus"]
fn a_keyring_that_is_locked_absent_or_hangs_is_said_in_its_own_words_and_costs_nothing() {
    let (served, pair) = Served::with_ana(3600);
    let mut keyring = Keyring::start(&served.home);
    assert_eq!(keyring.run(&served.home, &["move", "demo/ana", "keyring"]).code, Some(0));
    let file = written(&served.home);

    keyring.lock();
    let locked = keyring.run(&served.home, &["list"]);
    assert!(
        locked.out.contains("the keyring is locked") || locked.out.contains("asks for its password"),
        "{locked:?}"
    );
    keyring.signal("STOP");
    let began = Instant::now();
    let hanging = keyring.run(&served.home, &["token", "demo/ana"]);
    assert!(
        hanging.code != Some(0) && hanging.err.contains("the keyring did not answer in 5 s"),
        "{hanging:?}"
    );
    assert!(began.elapsed() < PATIENCE, "nothing waits for it twice");
    keyring.signal("CONT");
    let absent = served.home.run(&["token", "demo/ana"]);
    assert!(absent.code != Some(0) && absent.err.contains("no keyring answers here"), "{absent:?}");
    let off = served.home.start_with(&["token", "demo/ana"], &[("AUTHTUI_KEYRING", "off")]).end();
    assert_eq!(off.code, Some(5), "{off:?}");

    assert_eq!(written(&served.home), file);
    keyring.unlock(&served.home);
    let printed = keyring.run(&served.home, &["token", "demo/ana"]);
    assert_eq!(printed.quietly(), (Some(0), format!("{}\n", pair.access).as_str()));
}

#[test]
#[ignore = "needs gnome-keyring and D-Bus"]
fn a_save_that_is_killed_leaves_the_old_key_or_the_new_one_and_nothing_over() {
    let served = Served::start();
    provider_with(&served, "[code, key]");
    let keyring = Keyring::start(&served.home);
    let save = |key: &str| {
        let arguments = ["login", "demo/ci", "--key-stdin", "--yes", "--store", "keyring"];
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        let mut command = served.home.command(&arguments);
        command.env("DBUS_SESSION_BUS_ADDRESS", &keyring.address).stdin(reader);
        let running = Running::start(&mut command);
        writer.write_all(key.as_bytes()).expect("a key");
        running
    };
    let first = save("key-before").end();
    assert_eq!(first.code, Some(0), "{first:?}");
    let mut held = "key-before".to_owned();
    for round in 0..25 {
        let ids = || fs::read(served.home.path("state/authtui/keyring.ids")).expect("a list");
        let before = ids();
        let new = format!("key-{round}");
        let mut saving = save(&new);
        // The list of ids changes when a save begins, and once more when it is done.
        until("a save", || ids() != before);
        // Each round is killed a little later than the one before.
        let later = Instant::now() + Duration::from_millis(round);
        until("the next moment", || Instant::now() >= later);
        saving.kill();
        let printed = keyring.run(&served.home, &["token", "demo/ci"]);
        let now = printed.out.trim().to_owned();
        assert!(printed.code == Some(0) && (now == held || now == new), "round {round}: {printed:?}");
        held = now;
    }
    let last = save("key-after").end();
    assert_eq!(last.code, Some(0), "{last:?}");
    assert_eq!(keyring.entries(), 1, "nothing is left over");
}

#[test]
#[ignore = "needs gnome-keyring and D-Bus"]
fn a_refresh_that_is_killed_at_any_moment_after_its_first_entry_keeps_the_login() {
    let (served, _) = Served::with_ana(3600);
    let keyring = Keyring::start(&served.home);
    assert_eq!(keyring.run(&served.home, &["move", "demo/ana", "keyring"]).code, Some(0));
    assert_eq!(keyring.entries(), 2);
    for round in 0..8 {
        let before = keyring.entries();
        let mut refreshing = keyring.start_program(&served.home, &["refresh", "demo/ana"]);
        // Its refresh token comes first. Fewer entries are what an earlier round left, or no answer.
        until("an entry", || keyring.entries() > before);
        let later = Instant::now() + Duration::from_millis(3 * round);
        until("the next moment", || Instant::now() >= later);
        refreshing.kill();
        let again = keyring.run(&served.home, &["refresh", "demo/ana"]);
        assert_eq!(again.code, Some(0), "round {round}: {again:?}");
    }
    assert_eq!(keyring.run(&served.home, &["refresh", "demo/ana"]).code, Some(0));
    assert_eq!(keyring.entries(), 2, "nothing is left over");
}

#[test]
#[ignore = "needs gnome-keyring and D-Bus"]
fn a_keyring_that_is_unlocked_while_the_screen_runs_is_read_by_a_key() {
    let home = Home::new();
    home.store("providers: {acme: {api_key: key-of-acme}, zeta: {api_key: key-of-zeta}}\n");
    let mut keyring = Keyring::start(&home);
    assert_eq!(keyring.run(&home, &["move", "acme/key", "keyring"]).code, Some(0));
    let mut command = CommandBuilder::new(program());
    command.env("DBUS_SESSION_BUS_ADDRESS", &keyring.address);
    keyring.lock();
    let screen = Pty::run(&home, command, (120, 30));
    screen.wait("zeta/key").wait("U unlock");

    keyring.unlock(&home);
    screen.keys("U").until("both keys", |screen| !screen.contents().contains("U unlock"));

    screen.keys("q");
    assert_eq!(screen.end().code, 0);
}

fn written(home: &Home) -> String {
    fs::read_to_string(home.path("config/authtui/keyring.yaml")).expect("a file")
}

fn until(what: &str, there: impl Fn() -> bool) {
    let end = Instant::now() + PATIENCE;
    while !there() {
        assert!(Instant::now() < end, "{what} did not come");
        std::thread::yield_now();
    }
}

/// A bus and the keyring on it; both end with it.
struct Keyring {
    bus: Child,
    daemon: Child,
    address: String,
}

impl Keyring {
    fn start(home: &Home) -> Self {
        fs::create_dir(home.path("data")).expect("a folder");
        let address = format!("unix:path={}", home.path("bus").display());
        let settings = home.path("bus.conf");
        fs::write(&settings, bus_settings(&address)).expect("written");
        let mut bus = Command::new("dbus-daemon")
            .args(["--nofork", "--print-address"])
            .arg(format!("--config-file={}", settings.display()))
            .env("XDG_DATA_HOME", home.path("data"))
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("dbus-daemon runs");
        let mut first = String::new();
        BufReader::new(bus.stdout.take().expect("its output")).read_line(&mut first).expect("an address");
        let daemon = daemon(home, &address);
        let keyring = Self { bus, daemon, address };
        keyring.wait();
        keyring
    }

    /// Waits until it can be used.
    fn wait(&self) {
        until("the keyring", || {
            let alias = self.call("/org/freedesktop/secrets", "ReadAlias", &["string:default"]);
            alias.contains(COLLECTION) && self.is_unlocked()
        });
    }

    fn call(&self, path: &str, method: &str, arguments: &[&str]) -> String {
        let mut call = Command::new("dbus-send");
        call.arg(format!("--bus={}", self.address)).args(["--print-reply", "--dest=org.freedesktop.secrets"]);
        let said = call.arg(path).arg(format!("{SERVICE}.{method}")).args(arguments).output();
        String::from_utf8_lossy(&said.expect("dbus-send runs").stdout).into_owned()
    }

    fn is_unlocked(&self) -> bool {
        let mut get = Command::new("dbus-send");
        get.arg(format!("--bus={}", self.address)).args(["--print-reply", "--dest=org.freedesktop.secrets"]);
        get.args([COLLECTION, "org.freedesktop.DBus.Properties.Get"]);
        get.args(["string:org.freedesktop.Secret.Collection", "string:Locked"]);
        String::from_utf8_lossy(&get.output().expect("dbus-send runs").stdout).contains("boolean false")
    }

    /// How many entries of ours it holds.
    fn entries(&self) -> usize {
        let found =
            self.call("/org/freedesktop/secrets", "SearchItems", &["dict:string:string:service,authtui"]);
        found.matches(COLLECTION).count()
    }

    fn lock(&self) {
        let collection = format!("array:objpath:{COLLECTION}");
        assert!(self.call("/org/freedesktop/secrets", "Lock", &[&collection]).contains(COLLECTION));
    }

    /// Unlocks it as the next session does.
    fn unlock(&mut self, home: &Home) {
        self.daemon.kill().expect("it runs");
        self.daemon.wait().expect("it ends");
        self.daemon = daemon(home, &self.address);
        self.wait();
    }

    fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.daemon.id().to_string()]).status();
        assert!(sent.expect("kill runs").success(), "{name}");
    }

    fn start_program(&self, home: &Home, arguments: &[&str]) -> Running {
        home.start_with(arguments, &[("DBUS_SESSION_BUS_ADDRESS", &self.address)])
    }

    fn run(&self, home: &Home, arguments: &[&str]) -> Ended {
        self.start_program(home, arguments).end_within(PATIENCE * 3)
    }
}

/// A bus that starts no program: a second keyring, a locked one, would take the name of ours.
fn bus_settings(address: &str) -> String {
    format!(
        "<!DOCTYPE busconfig PUBLIC \"-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN\" \
         \"http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd\">\n\
         <busconfig><type>session</type><listen>{address}</listen><auth>EXTERNAL</auth>\n\
         <policy context=\"default\"><allow send_destination=\"*\" eavesdrop=\"true\"/>\n\
         <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>\n"
    )
}

/// The keyring, unlocked, on the bus at `address`.
fn daemon(home: &Home, address: &str) -> Child {
    let mut daemon = Command::new("gnome-keyring-daemon");
    daemon.env_clear().envs(home.environment());
    daemon.env("DBUS_SESSION_BUS_ADDRESS", address).env("XDG_DATA_HOME", home.path("data"));
    daemon.env("XDG_RUNTIME_DIR", home.path("tmp"));
    daemon.args(["--foreground", "--unlock", "--components=secrets"]);
    let daemon = daemon.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn();
    let mut daemon = daemon.expect("gnome-keyring-daemon runs");
    daemon.stdin.take().expect("its input").write_all(b"pw").expect("a password");
    daemon
}

impl Drop for Keyring {
    fn drop(&mut self) {
        for child in [&mut self.daemon, &mut self.bus] {
            // One that was stopped ends too.
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}
