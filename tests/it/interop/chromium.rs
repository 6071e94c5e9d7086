//! A real headless Chromium at the pages of both: the provider's, and ours.
//!
//! Its pictures lie in `screenshots` of the folder for tests' files, for people to look at.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use authtui::demo::PROVIDERS;
use serde_json::Value;

use crate::home::running::Running;
use crate::home::served::Served;
use crate::interop::device::{Code, by_device};
use crate::interop::provider::{Client, Provider, browser};

/// What the page of our callback says.
const RETURN: &str = "Return to authtui";
/// How long a visit may take, also where the browser shares two cores with much else.
const VISIT_LIMIT: Duration = Duration::from_secs(120);

#[test]
#[ignore = "needs Chromium"]
fn every_client_signs_in_with_a_real_browser_and_comes_back() {
    for (client, means) in [(Client::Public, "none"), (Client::Post, "post"), (Client::Basic, "basic")] {
        let provider = Provider::start(client);
        let album = Album::new(&format!("provider-{means}"));
        let ended = provider.begin(&[], album.variables()).end_within(VISIT_LIMIT);
        assert!(ended.said(0).contains("Logged in: op/work"), "{means}: {ended:?}");
        provider.token();
        let asked = provider.log("/token");
        assert!(asked.iter().all(|entry| entry["client_auth"] == means), "{asked:#?}");
        assert!(asked.iter().all(|entry| entry["pkce"] == "verifier"), "{asked:#?}");
        let seen = album.seen();
        assert!(seen["page"]["text"].as_str().is_some_and(|text| text.contains(RETURN)), "{seen:#}");
        assert!(seen["page"]["title"].as_str().is_some_and(|title| title.ends_with("· authtui")), "{seen:#}");
        assert_eq!(album.pictures(), 3, "sign in, consent, and our own page: {seen:#}");
    }
}

#[test]
#[ignore = "needs Chromium"]
fn a_device_code_is_opened_or_typed_in_a_real_browser() {
    let settings = [("DEVICE_INTERVAL", "1"), ("DEVICE_SLOW_DOWN", "1")];
    let provider = Provider::with(Client::Public, "[device]", &settings);
    let opened = Album::new("provider-device-opened");
    let ended = provider.begin(&["--device"], opened.variables()).end_within(VISIT_LIMIT);
    assert!(ended.said(0).contains("Logged in: op/work"), "{ended:?}");
    assert!(opened.pictures() >= 3, "{:#}", opened.seen());

    let provider = Provider::with(Client::Public, "[device]", &settings);
    let typed = Album::new("provider-device-typed");
    let (login, code) = by_device(&provider);
    typed.open(&code.page, &[("INTEROP_USER_CODE", &code.user_code)]);
    assert!(login.end_within(VISIT_LIMIT).said(0).contains("Logged in: op/work"));
    assert!(typed.pictures() >= 4, "{:#}", typed.seen());
    assert_eq!(provider.count("/device/slow_down"), 0);
}

#[test]
#[ignore = "needs Chromium"]
fn our_own_consent_page_leads_back_whatever_the_window_and_the_taste() {
    for (name, taste) in [
        ("light", ("INTEROP_DARK", "0")),
        ("dark", ("INTEROP_DARK", "1")),
        ("narrow", ("INTEROP_WIDTH", "360")),
    ] {
        for (decision, code) in [("0", 0), ("1", 1)] {
            let served = demo();
            let album = Album::new(&format!("demo-{name}{}", if code == 0 { "" } else { "-denied" }));
            let mut command = served.home.command(&["login", "demo/alice"]);
            command.envs(album.variables()).envs([taste, ("INTEROP_DENY", decision)]);
            let ended = Running::start(&mut command).end_within(VISIT_LIMIT);
            assert_eq!(ended.code, Some(code), "{ended:?}");
            assert_eq!(served.home.config().exists(), code == 0);
            let seen = album.seen();
            assert!(seen["page"]["text"].as_str().is_some_and(|text| text.contains(RETURN)), "{seen:#}");
            assert_eq!(album.pictures(), 2, "{seen:#}");
        }
    }
}

#[test]
#[ignore = "needs Chromium"]
fn our_own_device_page_takes_the_code_opened_or_typed() {
    for (name, taste, typed) in [
        ("opened", ("INTEROP_DARK", "0"), false),
        ("typed", ("INTEROP_DARK", "0"), true),
        ("dark", ("INTEROP_DARK", "1"), false),
        ("narrow", ("INTEROP_WIDTH", "360"), true),
    ] {
        let served = demo();
        let album = Album::new(&format!("demo-device-{name}"));
        let mut login = served.home.start(&["login", "demo/alice", "--device", "--no-browser"]);
        let code = Code::shown(&mut login);
        if typed {
            album.open(&code.page, &[taste, ("INTEROP_USER_CODE", &code.user_code)]);
        } else {
            album.open(&code.page_with_code, &[taste]);
        }
        assert!(login.end_within(VISIT_LIMIT).said(0).contains("Logged in: demo/alice"));
        assert!(served.stored("alice").is_some());
        assert!(album.pictures() >= 3, "{:#}", album.seen());
    }

    let served = demo();
    let album = Album::new("demo-device-denied");
    let mut login = served.home.start(&["login", "demo/alice", "--device", "--no-browser"]);
    album.open(&Code::shown(&mut login).page_with_code, &[("INTEROP_DENY", "1")]);
    assert!(login.end_within(VISIT_LIMIT).said(1).contains("access was denied"));
}

#[test]
#[ignore = "needs Chromium"]
fn our_own_page_shows_a_code_that_can_be_pasted() {
    for (name, taste) in [
        ("light", ("INTEROP_DARK", "0")),
        ("dark", ("INTEROP_DARK", "1")),
        ("narrow", ("INTEROP_WIDTH", "360")),
    ] {
        let served = demo();
        let album = Album::new(&format!("demo-paste-{name}"));
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        let mut login =
            Running::start(served.home.command(&["login", "demo/alice", "--paste"]).stdin(reader));
        album.open(&login.line("http"), &[taste]);
        let seen = album.seen();
        let text = seen["page"]["text"].as_str().expect("a text");
        let code = text.lines().find(|line| line.contains('#')).expect("a code with its state");
        std::io::Write::write_all(&mut writer, format!("{code}\n").as_bytes()).expect("it reads");
        drop(writer);
        assert!(login.end_within(VISIT_LIMIT).said(0).contains("Logged in: demo/alice"));
        assert_eq!(album.pictures(), 2, "{seen:#}");
    }
}

#[test]
#[ignore = "needs Chromium"]
fn the_front_page_of_our_own_server_shows_what_can_be_tried() {
    for (name, taste) in [
        ("light", ("INTEROP_DARK", "0")),
        ("dark", ("INTEROP_DARK", "1")),
        ("narrow", ("INTEROP_WIDTH", "360")),
    ] {
        let served = demo();
        let album = Album::new(&format!("demo-front-{name}"));
        album.open(served.serving.issuer(), &[taste, ("INTEROP_LOOK", "1")]);
        assert_eq!(album.pictures(), 1, "{:#}", album.seen());
    }
}

/// A home whose `demo` is the demo's server with every way to log in.
fn demo() -> Served {
    let served = Served::start();
    let (_, file) = PROVIDERS.into_iter().find(|(name, _)| *name == "demo").expect("a provider");
    served.home.provider("demo", &file.replace("{issuer}", served.serving.issuer()));
    served.serving.with(|authority| authority.settings.device.interval = Duration::from_secs(1));
    served
}

/// A folder for the pictures of one visit.
struct Album {
    folder: PathBuf,
}

impl Album {
    /// An empty one.
    fn new(name: &str) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("screenshots").join(name);
        if folder.exists() {
            std::fs::remove_dir_all(&folder).expect("old pictures are removed");
        }
        std::fs::create_dir_all(&folder).expect("a folder for pictures");
        Self { folder }
    }

    /// What the scripted browser must know to be a real one and take pictures.
    fn variables(&self) -> [(&'static str, PathBuf); 5] {
        [
            ("BROWSER", browser()),
            ("INTEROP_BROWSER_MODE", PathBuf::from("chromium")),
            ("INTEROP_TIMEOUT", VISIT_LIMIT.as_secs().to_string().into()),
            ("INTEROP_STEPS", self.folder.clone()),
            ("INTEROP_LOG", self.folder.join("seen.json")),
        ]
    }

    /// Opens `address` in it and gets to the end.
    fn open(&self, address: &str, variables: &[(&str, &str)]) {
        let mut command = Command::new(browser());
        command.arg(address).envs(self.variables()).envs(variables.iter().copied());
        assert!(command.status().expect("Node.js").success(), "{:#}", self.seen());
    }

    /// What the browser says of its visit, once it has closed: the program does not wait for that.
    fn seen(&self) -> Value {
        let until = Instant::now() + VISIT_LIMIT;
        loop {
            let text = std::fs::read_to_string(self.folder.join("seen.json")).unwrap_or_default();
            match serde_json::from_str(&text) {
                Ok(seen) => return seen,
                Err(why) => assert!(Instant::now() < until, "no visit: {why}"),
            }
            std::thread::sleep(Duration::from_millis(10));
        }
    }

    /// How many pictures there are, once each is a PNG of a page that is not empty and not wider
    /// than its window.
    fn pictures(&self) -> usize {
        let seen = self.seen();
        let shots = seen.get("shots").and_then(Value::as_array).expect("pictures");
        for shot in shots {
            let file = shot.get("file").and_then(Value::as_str).expect("a file");
            let png = std::fs::read(file).expect(file);
            assert!(png.starts_with(b"\x89PNG\r\n\x1a\n"), "{file}");
            assert!(
                shot.get("colours").and_then(Value::as_u64).is_some_and(|colours| colours > 20),
                "{file} is empty: {shot}"
            );
            assert_eq!(shot.get("scrolls"), Some(&Value::Bool(false)), "{file} is wider than its window");
        }
        shots.len()
    }
}
