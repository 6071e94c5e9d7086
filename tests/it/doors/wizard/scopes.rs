//! The person chooses what a login asks for.

use authtui::domain::profile::Profile;
use authtui::domain::provider::Provider;
use authtui::domain::provider::scopes::OfferedScope;
use authtui::domain::secret::Secret;
use authtui::oauth::login::Locality;
use authtui::oauth::login::preflight::{Preflight, PreflightGoal};
use authtui::oauth::scopes::Listed;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::wizard::picker::{Picker, ProviderList};
use authtui::tui::wizard::{Page, Wizard};

use super::{BEGUN, changed, choose_own, wizard};
use crate::harness::{App, profile, provider, unreachable};

fn offered(names: &[&str]) -> Vec<OfferedScope> {
    names.iter().map(|name| OfferedScope { name: (*name).to_owned(), title: None }).collect()
}

fn listed(names: &[&str]) -> Listed {
    Listed { offered: offered(names), left_out: 0 }
}

/// A provider with `a` by default and `b`, `c` besides.
fn with_scopes() -> Provider {
    changed(|provider| {
        provider.scopes.default = vec!["a".to_owned()];
        provider.scopes.offered = offered(&["b", "c"]);
    })
}

/// A profile with those scopes.
fn granted(scopes: &[&str]) -> Profile {
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    Profile { scopes: scopes.clone().into(), ..profile("work") }
        .with_login(|login| login.asked_scopes = scopes)
}

/// The page of scopes of a login again.
fn again(profile: &Profile, provider: &Provider) -> App {
    let mut app = App::of([profile.clone()]);
    let wizard = Wizard::again(Preflight::again(profile, provider, PreflightGoal::Scopes).expect("a login"));
    app.model.screen = Screen::Wizard(Box::new(wizard));
    app
}

fn picker(app: &App) -> &Picker {
    let Page::Scopes(picker) = &wizard(app).page else { unreachable!("{:?}", wizard(app).page) };
    picker
}

#[test]
fn a_new_login_asks_for_what_is_ticked() {
    let mut app = App::of([]);
    choose_own(&mut app, &with_scopes());
    assert_eq!(app.press("enter"), [], "the file offers scopes, so nothing is fetched");
    assert_eq!(picker(&app).asked(), ["a"]);
    app.press("down down");
    app.keys(" ");
    assert_eq!(app.press("enter"), BEGUN);
    assert_eq!(app.login().plan().scopes, ["a", "c"]);
}

#[test]
fn adding_a_scope_keeps_those_that_are_granted() {
    let mut app = again(&granted(&["b", "x"]), &with_scopes());
    assert_eq!(picker(&app).asked(), ["b", "x"], "the default that is not granted is not ticked");
    app.press("end");
    app.keys(" ");
    assert_eq!(picker(&app).given_up(), 0);
    assert_eq!(app.press("enter"), BEGUN);
    assert_eq!(app.login().plan().scopes, ["b", "x", "c"]);
}

#[test]
fn giving_a_granted_scope_up_is_said_and_done() {
    let mut app = again(&granted(&["a", "b"]), &with_scopes());
    app.keys(" ");
    let screen = app.screen();
    assert!(screen.contains("1 granted scope is not selected. Some providers"), "{screen}");
    assert_eq!(app.press("enter"), BEGUN);
    assert_eq!(app.login().plan().scopes, ["b"]);
}

#[test]
fn a_login_again_asks_for_what_was_chosen_before() {
    for (scopes, asked) in [(&["b", "c"][..], &["b", "c"][..]), (&[], &["a"])] {
        let preflight =
            Preflight::again(&granted(scopes), &with_scopes(), PreflightGoal::Login).expect("a login");
        assert_eq!(Wizard::again(preflight).plan("", Locality::Local).expect("a plan").scopes, asked);
    }
    let preflight =
        Preflight::again(&granted(&["b"]), &provider("demo"), PreflightGoal::Login).expect("a login");
    let plan = Wizard::again(preflight).plan("", Locality::Local).expect("a plan");
    assert_eq!(plan.scopes, ["profile", "inference", "b"], "nothing could be given up there");
}

#[test]
fn a_key_chooses_the_scopes_of_any_profile() {
    let mut app = App::with(["work"]);
    assert_eq!(app.keys("S"), []);
    assert!(picker(&app).asked().contains(&"profile".to_owned()));
    app.press("esc");
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn another_scope_is_typed_and_ticked_and_a_bad_one_stays_in_its_field() {
    let mut app = again(&granted(&["a"]), &with_scopes());
    app.keys("a");
    app.keys("q \"x");
    assert_eq!(app.press("enter"), []);
    let sentence = "“\"x” is no scope: one has visible ASCII characters, but no \" and no \\";
    assert_eq!(wizard(&app).complaint.as_deref(), Some(sentence));
    for _ in 0..4 {
        app.press("backspace");
    }
    app.feed(Msg::Pasted(Secret::new("read:all c")));
    app.press("enter");
    assert_eq!(picker(&app).asked(), ["a", "c", "read:all"]);
    assert_eq!(wizard(&app).complaint, None);
    app.keys("a");
    app.press("esc");
    assert_eq!(picker(&app).typing, None, "Esc closes the field, and not the page");
}

#[test]
fn no_scope_at_all_is_asked_for_only_where_that_is_usual() {
    let mut app = again(&granted(&["a"]), &with_scopes());
    app.keys(" ");
    assert_eq!(app.press("enter"), []);
    let sentence = "Choose at least one scope";
    assert_eq!(wizard(&app).complaint.as_deref(), Some(sentence));
    let without = changed(|provider| provider.scopes.default.clear());
    let mut app = again(&granted(&[]), &without);
    assert_eq!(app.press("enter"), BEGUN);
    assert!(app.login().plan().scopes.is_empty());
}

#[test]
fn the_list_of_the_provider_comes_fails_and_is_asked_for_again() {
    let mut app = App::of([]);
    choose_own(&mut app, &listing());
    assert_eq!(app.press("enter"), [fetch()]);
    assert!(app.screen().contains("Loading the provider's list."), "{}", app.screen());
    assert_eq!(app.keys("r"), [], "it is on its way");
    app.feed(Msg::Scopes("other".to_owned(), Ok(listed(&["z"]))));
    assert_eq!(picker(&app).list, ProviderList::Coming, "somebody else's list");
    app.feed(Msg::Scopes("demo".to_owned(), Err(unreachable())));
    let screen = app.screen();
    assert!(screen.contains("cannot be read: the connection broke. r tries again."), "{screen}");
    assert_eq!(app.keys("r"), [fetch()]);
    app.keys(" ");
    app.feed(Msg::Scopes("demo".to_owned(), Ok(listed(&["z", "a", "z"]))));
    let names: Vec<_> = picker(&app).choices.iter().map(|choice| choice.name.as_str()).collect();
    assert_eq!(names, ["a", "z"], "each once, and what was ticked meanwhile stays");
    assert!(picker(&app).asked().is_empty());
}

#[test]
fn a_list_that_comes_after_the_person_went_back_is_there_when_they_return() {
    let mut app = App::of([]);
    choose_own(&mut app, &listing());
    app.press("enter esc");
    app.feed(Msg::Scopes("demo".to_owned(), Ok(listed(&["z"]))));
    assert_eq!(app.press("enter"), []);
    assert_eq!(picker(&app).list, ProviderList::Here { left_out: 0 });
}

fn fetch() -> Effect {
    Effect::Scopes("demo".to_owned(), listing().client.id.expect("a client"))
}

/// A provider with `a` by default, which lists its scopes itself.
fn listing() -> Provider {
    use authtui::domain::provider::reply::Pointers;
    use authtui::domain::provider::request_template::{Method, RequestBody, RequestTemplate, Template};
    use authtui::domain::provider::scopes::ScopeList;
    let pointers = || Pointers::default();
    changed(|provider| {
        let url = Template::text("https://demo.test/scopes");
        let call =
            RequestTemplate { method: Method::Get, url, headers: Vec::new(), body: RequestBody::Empty };
        provider.scopes.default = vec!["a".to_owned()];
        provider.scopes.list = Some(ScopeList { call, at: pointers(), name: pointers(), title: pointers() });
    })
}

#[test]
fn what_is_listed_and_no_scope_cannot_be_ticked() {
    let mut picker = Picker::for_provider(&with_scopes(), None);
    picker.listed(Ok(listed(&["d", "a b", "\u{fc}", r#"{"key":"x"}"#])));
    for at in 0..picker.choices.len() {
        picker.marked = at;
        picker.toggle();
    }
    assert_eq!(picker.asked(), ["b", "c", "d"]);
}
