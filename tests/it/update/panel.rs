//! The keys of the login panel, and which method they act on.

use std::time::Duration;

use authtui::domain::provider::LoginMethod;
use authtui::domain::secret::Secret;
use authtui::oauth::login::{Input, Locality, Output};
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::{Panel, Screen};
use authtui::tui::screen_map::MouseGesture;
use authtui::tui::wakes_at;
use url::Url;

use crate::harness::{App, PORT, asks, unreachable};
use crate::screens::cast;
use crate::screens::doors::{self, Last, device};

const PASTE: &str = "http%3A%2F%2F127.0.0.1%3A4000%2Foauth2%2Fcode%2Fcallback";

/// A login that waits, of a person who sits there.
fn waiting(locality: Locality) -> App {
    let mut app = App::with(["work"]);
    app.model.locality = locality;
    app.log_in();
    app
}

fn copied(effects: &[Effect]) -> Url {
    match effects {
        [Effect::CopyText("the link", text)] => Url::parse(text.expose()).expect("an address"),
        other => panic!("{other:?}"),
    }
}

fn returns_to_callback(url: &Url) -> bool {
    url.query_pairs().any(|(name, value)| {
        name == "redirect_uri" && value == format!("http://127.0.0.1:{PORT}/callback").as_str()
    })
}

#[test]
fn the_link_that_is_copied_is_that_of_the_door_that_can_work() {
    for (locality, by_callback) in
        [(Locality::Local, true), (Locality::OverSsh, false), (Locality::NoDisplay, false)]
    {
        let mut app = waiting(locality);
        let link = copied(&app.keys("c"));
        assert_eq!(returns_to_callback(&link), by_callback, "{locality:?}");
        assert_eq!(link.as_str().contains(PASTE), !by_callback, "{locality:?}");
    }
}

#[test]
fn a_login_that_failed_stays_in_the_log_and_can_be_tried_again() {
    let mut app = waiting(Locality::Local);
    app.advance(Duration::from_secs(3600));
    assert!(app.screen().contains("No answer came in time"), "{}", app.screen());
    assert!(app.screen().contains("l try again"), "{}", app.screen());
    app.press("enter");
    app.keys("L");
    assert!(
        app.screen().contains("The login to demo/work failed: no answer came in time."),
        "{}",
        app.screen()
    );
}

#[test]
fn a_waiting_login_changes_once_a_minute_where_countdowns_are_slow() {
    let mut app = waiting(Locality::Local);
    app.model.settings.slow_countdowns = true;
    let next = wakes_at(&app.model, app.now).expect("a deadline");
    assert!(app.now.steady.until(next) > Duration::from_secs(1), "{next:?}");
    let before = app.screen();
    assert!(before.contains("m left"), "{before}");
    let mut changes = 0;
    for _ in 0..120 {
        let last = app.screen();
        app.advance(Duration::from_secs(1));
        changes += usize::from(app.screen() != last);
    }
    assert!((2..=4).contains(&changes), "{changes}: with its own minute and that of the clock");
}

#[test]
fn a_browser_that_did_not_open_turns_the_person_to_pasting() {
    let mut app = waiting(Locality::Local);
    let login_id = app.login().id();
    assert_eq!(app.feed(Msg::Login(login_id, Input::Opened(Err(unreachable())))), []);
    assert!(app.screen().contains("No browser could be opened here."), "{}", app.screen());
    assert!(app.screen().contains("then paste the code"), "{}", app.screen());
    assert!(!returns_to_callback(&copied(&app.keys("c"))));
}

#[test]
fn a_link_that_needs_no_code_is_copied_and_printed_alone() {
    let mut app = App::with(["work"]);
    app.model.login = Some(doors::link(&[LoginMethod::Device], Locality::Local));
    app.model.screen = Screen::Login(Panel::Steps);
    assert_eq!(app.keys("u"), []);
    assert_eq!(app.message(), "There is no code to type: the link is enough.");
    assert_eq!(app.keys("p"), []);
    assert_eq!(app.message(), "Nothing to paste: open the link and allow access.");
    let effects = app.keys("t");
    let [Effect::Print(texts)] = effects.as_slice() else { panic!("{effects:?}") };
    let texts: Vec<_> = texts.iter().map(|(label, text)| (*label, text.expose())).collect();
    let link = "https://id.example.org/device";
    assert_eq!(texts, [("Open this link on any device and allow access:", link)]);
}

#[test]
fn a_browser_is_opened_again_at_the_door_that_is_shown() {
    for (locality, by_callback) in [(Locality::Local, true), (Locality::OverSsh, false)] {
        let mut app = waiting(locality);
        let opened = asks(&app.keys("o"));
        let [Output::Open(url)] = opened.as_slice() else { panic!("{opened:?}") };
        assert_eq!(returns_to_callback(url), by_callback, "{locality:?}");
    }
}

#[test]
fn every_address_is_printed_on_a_line_of_its_own() {
    let effects = waiting(Locality::Local).keys("t");
    let [Effect::Print(texts)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(texts.len(), 2);
    assert!(
        texts.iter().all(|(label, url)| label.ends_with(':') && Url::parse(url.expose()).is_ok()),
        "{texts:?}"
    );
}

#[test]
fn a_qr_code_is_shown_and_left_by_the_same_key_and_by_escape() {
    for back in ["Q", "esc", "enter"] {
        let mut app = with_device(&[LoginMethod::Device], Locality::OverSsh);
        assert_eq!(app.keys("Q"), []);
        assert_eq!(app.model.screen, Screen::Login(Panel::Qr));
        assert_eq!(if back == "Q" { app.keys(back) } else { app.press(back) }, []);
        assert_eq!(app.model.screen, Screen::Login(Panel::Steps), "{back}");
    }
}

#[test]
fn a_link_of_this_machine_alone_is_no_qr_code() {
    let mut app = waiting(Locality::OverSsh);
    assert_eq!(app.keys("Q"), []);
    assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
    assert!(app.screen().contains("No QR code"), "{}", app.screen());
}

/// A login with a device code that has been asked about.
pub(crate) fn with_device(flows: &[LoginMethod], locality: Locality) -> App {
    let mut app = App::with(["work"]);
    app.model.locality = locality;
    app.model.login = Some(device(flows, locality, true, Last::Pending));
    app.model.screen = Screen::Login(Panel::Steps);
    app.now = cast::now(23);
    app
}

#[test]
fn a_device_code_has_its_keys() {
    let link = "https://id.example.org/device?user_code=WDJB-MJHT";
    let mut app =
        with_device(&[LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device], Locality::OverSsh);
    assert_eq!(copied(&app.keys("c")).as_str(), link);
    assert_eq!(app.keys("u"), [Effect::CopyText("the code", Secret::new("WDJB-MJHT"))]);
    let opened = asks(&app.keys("o"));
    let [Output::Open(url)] = opened.as_slice() else { panic!("{opened:?}") };
    assert_eq!(url.as_str(), link);
    let effects = app.keys("t");
    let [Effect::Print(texts)] = effects.as_slice() else { panic!("{effects:?}") };
    let texts: Vec<&str> = texts.iter().map(|(_, text)| text.expose()).collect();
    assert_eq!(texts[..3], ["https://id.example.org/device", "WDJB-MJHT", link]);
    assert_eq!(texts.len(), 5, "and both addresses of the other way");
}

#[test]
fn one_key_goes_from_the_device_code_to_the_other_way_and_back() {
    for (locality, lead, other) in [
        (Locality::OverSsh, LoginMethod::Device, LoginMethod::Paste),
        (Locality::Local, LoginMethod::Code, LoginMethod::Device),
    ] {
        let mut app = with_device(&[LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device], locality);
        assert_eq!(app.model.method, None);
        let link = copied(&app.keys("c"));
        app.keys("d");
        assert_eq!(app.model.method, Some(other), "{locality:?}");
        assert_ne!(copied(&app.keys("c")), link);
        app.keys("d");
        assert_eq!((app.model.method, copied(&app.keys("c"))), (Some(lead), link), "{locality:?}");
    }
}

#[test]
fn nothing_is_pasted_where_a_device_code_is_the_only_way() {
    let mut app = with_device(&[LoginMethod::Device], Locality::Local);
    app.keys("p");
    assert_eq!(app.message(), "Nothing to paste: type the code on the page.");
    app.feed(Msg::Pasted(Secret::new("c0de")));
    assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
}

#[test]
fn a_login_without_a_device_code_says_so() {
    let mut app = waiting(Locality::Local);
    assert_eq!(app.keys("d"), []);
    assert_eq!(app.message(), "There is no other way to log in here.");
    assert_eq!(app.keys("u"), []);
    assert_eq!(app.model.method, None);
}

#[test]
fn a_click_on_a_way_of_the_panel_is_a_press_of_its_key() {
    let mut app = waiting(Locality::Local);
    let at = app.place("print the link");
    let effects = app.mouse(MouseGesture::Click, at);
    assert!(matches!(effects.as_slice(), [Effect::Print(_)]), "{effects:?}");
    let at = app.place("steps");
    app.mouse(MouseGesture::Click, at);
    assert!(app.screen().contains("Start callback listener"), "{}", app.screen());
}

#[test]
fn the_footer_names_the_keys_of_the_ways_only_where_the_panel_does_not() {
    for (size, named) in [((120, 32), false), ((80, 24), false), ((60, 12), true), ((40, 10), true)] {
        let mut app = waiting(Locality::Local);
        app.model.size = size;
        let screen = app.screen();
        let footer = screen.lines().last().expect("a footer");
        assert_eq!(footer.contains("c copy"), named, "{size:?}: {footer}");
        assert_eq!(screen.contains("c   copy the link"), !named, "{size:?}: {screen}");
    }
}

#[test]
fn the_requests_of_a_login_can_be_looked_at_and_saved_without_a_secret() {
    let mut app = with_device(&[LoginMethod::Code, LoginMethod::Device], Locality::Local);
    app.keys("w");
    let screen = app.screen();
    assert!(
        screen.contains("POST https://id.example.org/device") && screen.contains("answer 200"),
        "{screen}"
    );
    let effects = app.keys("W");
    let [Effect::SaveTranscript(provider, lines)] = effects.as_slice() else { panic!("{effects:?}") };
    assert_eq!(provider, "anthropic");
    assert!(lines.iter().any(|line| line.contains("\"device_code\": \"… (")), "{lines:?}");
    app.feed(Msg::TranscriptSaved(Ok("~/transcript.txt".to_owned())));
    assert_eq!(app.message(), "Saved to ~/transcript.txt. It holds no secret.");
    app.press("esc");
    assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
}
