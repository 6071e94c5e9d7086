//! What a login asks before it begins.

mod form;
mod key;
mod scopes;

use std::sync::Arc;

use authtui::domain::change::Snapshot;
use authtui::domain::name::StoreId;
use authtui::domain::provider::Provider;
use authtui::domain::secret::Secret;
use authtui::domain::store_presence::{Prompting, StorePresence};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::LoginId;
use authtui::oauth::login::{Input, Output};
use authtui::stored::provider_file;
use authtui::tui::field::Field;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::tour::DemoClient;
use authtui::tui::wizard::server::{Offer, offers};
use authtui::tui::wizard::{Page, TextQuestion, Wizard};

use crate::harness::{App, id, preset, profile, provider, snapshot};

/// The effects of a login that has begun.
const BEGUN: [Effect; 1] = [Effect::Login(LoginId(1), Output::Entropy)];

#[test]
fn a_provider_without_open_questions_is_two_enters_away() {
    let mut app = App::of([]);
    choose(&mut app, "demo");
    assert!(matches!(wizard(&app).page, Page::Text(TextQuestion::Name, _)), "{:?}", wizard(&app).page);
    assert_eq!(app.press("enter"), BEGUN);
    assert_eq!(app.login().plan().id, id("demo/default"));
    assert_eq!(app.login().plan().known, None);
}

/// A store of that name that is there and holds nothing.
fn open(app: &mut App, store: StoreId) {
    app.feed(Msg::Stored(Snapshot { presence: StorePresence::There, ..Snapshot::empty(store) }));
}

fn stored_in(app: &App) -> StoreId {
    app.login().plan().id.store
}

#[test]
fn a_new_login_is_kept_in_the_store_that_is_chosen_beside_its_name() {
    let mut app = App::with(["work"]);
    app.feed(Msg::Stored(Snapshot::empty(StoreId::Shared)));
    choose(&mut app, "demo");
    assert!(!app.screen().contains("Kept in"), "the shared file is not there: {}", app.screen());
    open(&mut app, StoreId::Hashed);
    assert!(app.screen().contains("Kept in: own file · Tab: hashed folder"), "{}", app.screen());
    app.press("tab");
    named_anew(&mut app, "work");
    assert!(app.screen().contains("Kept in: hashed folder · Tab: own file"), "{}", app.screen());
    assert_eq!(app.press("enter"), BEGUN, "no other profile of the folder has that name");
    assert_eq!((stored_in(&app), &app.login().plan().id.name), (StoreId::Hashed, &id("work").name));
}

#[test]
fn a_keyring_is_offered_once_it_answers_and_asked_before_a_login_into_it_begins() {
    let mut app = App::of([]);
    app.feed(Msg::Stored(Snapshot::empty(StoreId::Keyring)));
    app.keys("n");
    mark(&mut app, "demo");
    assert_eq!(app.press("enter"), [Effect::Probe(StoreId::Keyring, Prompting::Never)]);
    assert!(!app.screen().contains("Kept in"), "{}", app.screen());
    app.feed(Msg::Probed(StoreId::Keyring, Prompting::Never, Ok(())));
    app.press("tab");
    assert!(app.screen().contains("Kept in: keyring · Tab: own file"), "{}", app.screen());
    let asks = [Effect::Probe(StoreId::Keyring, Prompting::Allowed)];
    assert_eq!(app.press("enter"), asks);
    let locked = FailureKind::NeedsFix("unlock it".to_owned());
    let locked = Trouble::untouched("cannot save", "the keyring is locked", locked);
    assert_eq!(app.feed(Msg::Probed(StoreId::Keyring, Prompting::Allowed, Err(locked))), []);
    assert!(app.screen().contains("the keyring is locked"), "{}", app.screen());
    assert_eq!(app.press("enter"), asks);
    assert_eq!(app.press("esc"), [], "nobody waits for it any more");
    assert_eq!(app.feed(Msg::Probed(StoreId::Keyring, Prompting::Allowed, Ok(()))), []);
    assert_eq!(app.press("enter"), asks);
    assert_eq!(app.feed(Msg::Probed(StoreId::Keyring, Prompting::Allowed, Ok(()))), BEGUN);
    assert_eq!(stored_in(&app), StoreId::Keyring);
}

#[test]
fn a_name_that_is_reserved_bad_or_taken_is_refused_with_the_reason() {
    for (name, reason) in [
        ("key", "reserved for API keys"),
        ("key-3", "reserved for API keys"),
        ("work", "already exists"),
        ("", "up to 64 characters"),
        ("a/b", "no slash"),
        ("\u{430}na", "“<U+0430>na” has letters that look like others"),
        ("\u{430}\u{441}\u{435}", "has letters that look like others"),
        ("w\u{3bf}rk", "has letters that look like others"),
        ("\u{ff41}na", "has letters that look like others"),
        ("Jose\u{301}", "has letters that look like others"),
    ] {
        let mut app = App::with(["work"]);
        named(&mut app, name);
        assert_eq!(app.press("enter"), [], "{name}");
        let complaint = wizard(&app).complaint.clone().unwrap_or_default();
        assert!(complaint.contains(reason), "{name}: {complaint}");
        assert!(matches!(wizard(&app).page, Page::Text(TextQuestion::Name, _)), "{name}");
        named_anew(&mut app, "home");
        assert_eq!(app.press("enter"), BEGUN, "{name}");
        assert_eq!(app.login().plan().id, id("home"));
    }
}

#[test]
fn a_client_that_nobody_knows_is_asked_for_and_a_notice_wants_its_yes() {
    let mut app = App::of([]);
    choose(&mut app, "acme");
    app.press("enter");
    assert!(matches!(wizard(&app).page, Page::Text(TextQuestion::ClientId, _)), "{:?}", wizard(&app).page);
    app.press("enter");
    assert_eq!(wizard(&app).complaint.as_deref(), Some("A client id is required"));
    app.keys("my-client");
    app.press("enter");
    assert!(
        matches!(wizard(&app).page, Page::Text(TextQuestion::ClientSecret, _)),
        "{:?}",
        wizard(&app).page
    );
    app.press("enter");
    assert_eq!(wizard(&app).complaint.as_deref(), Some("A client secret is required"));
    app.feed(Msg::Pasted(Secret::new("hush-hush\n")));
    assert!(!app.screen().contains("hush"), "{}", app.screen());
    assert_eq!(app.press("enter"), []);
    assert_eq!(wizard(&app).page, Page::Notice);
    assert!(app.screen().contains("Acme wants a yes."), "{}", app.screen());
    assert_eq!(app.press("enter"), BEGUN);
    let plan = app.login().plan();
    assert_eq!(plan.client_id, "my-client");
    assert_eq!(plan.client_secret, Some(Secret::new("hush-hush")));
}

#[test]
fn the_page_of_the_client_id_says_how_to_register_an_app() {
    for (name, seen) in [
        ("github", ["https://github.com/settings/applications/new", "Enable Device Flow"]),
        ("gitlab", ["http://127.0.0.1:8765/callback", "Clear “Confidential”"]),
    ] {
        let mut app = App::of([]);
        app.feed(Msg::Catalogued(Arc::new(provider_file::catalog_of_files([preset(name)]))));
        choose(&mut app, name);
        app.press("enter");
        assert!(
            matches!(wizard(&app).page, Page::Text(TextQuestion::ClientId, _)),
            "{:?}",
            wizard(&app).page
        );
        for words in seen.into_iter().chain(["Then enter the client id that"]) {
            assert!(app.screen().contains(words), "{words}: {}", app.screen());
        }
    }
}

#[test]
fn the_demo_proposes_a_client_that_its_server_knows() {
    let mut app = App::of([]);
    app.model.demo_client = Some(DemoClient { id: "the-demos".to_owned(), secret: Secret::new("no-secret") });
    choose(&mut app, "acme");
    assert_eq!(app.press("enter enter enter enter"), BEGUN);
    let plan = app.login().plan();
    assert_eq!(
        (plan.client_id.as_str(), &plan.client_secret),
        ("the-demos", &Some(Secret::new("no-secret")))
    );
}

#[test]
fn a_notice_that_is_refused_begins_no_login() {
    let mut app = App::with(["anthropic/work"]);
    assert_eq!(app.begin_login(), []);
    assert_eq!(wizard(&app).page, Page::Notice);
    assert_eq!(app.press("esc"), []);
    assert_eq!((app.model.screen, app.model.login), (Screen::List, None));
}

#[test]
fn going_back_leads_from_page_to_page_and_loses_nothing_that_was_typed() {
    let mut app = App::of([]);
    choose(&mut app, "acme");
    named_anew(&mut app, "work");
    app.press("enter");
    app.keys("my-client");
    app.press("enter");
    app.keys("hush");
    app.press("enter");
    assert_eq!(wizard(&app).page, Page::Notice);
    let secret = |app: &App| wizard(app).page.field().map(Field::secret);
    let mut seen = Vec::new();
    for _ in 0..3 {
        app.press("esc");
        seen.extend(secret(&app));
    }
    assert_eq!(seen, ["hush", "my-client", "work"].map(Secret::new));
    app.press("esc");
    assert!(matches!(wizard(&app).page, Page::Provider(_)));
    app.press("enter enter enter enter");
    assert_eq!(wizard(&app).page, Page::Notice);
    assert_eq!(app.press("enter"), BEGUN);
    assert_eq!(app.login().plan().client_secret, Some(Secret::new("hush")));
    assert_eq!(app.login().plan().id, id("acme/work"));
}

#[test]
fn another_provider_is_not_asked_what_was_typed_for_the_first() {
    let mut app = App::of([]);
    choose(&mut app, "acme");
    named_anew(&mut app, "work");
    app.press("esc");
    mark(&mut app, "demo");
    app.press("enter");
    assert_eq!(wizard(&app).page.field().map(Field::text), Some("default"));
    app.press("esc esc");
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn a_stored_client_secret_is_used_unasked_until_a_login_with_it_failed() {
    let mut stored = profile("acme/work");
    stored.client_id = Some("my-client".to_owned());
    stored.login.client_secret = Some(Secret::new("old"));
    for (typed, sent) in [("", "old"), ("new", "new")] {
        let mut app = App::of([stored.clone()]);
        app.begin_login();
        assert_eq!(wizard(&app).page, Page::Notice);
        assert_eq!(app.press("enter"), BEGUN);
        let why = Trouble::untouched("cannot listen", "port 9000 is taken", FailureKind::NothingToDo);
        app.tell(Input::Began(crate::harness::entropy()));
        app.tell(Input::Bound(Err(why)));
        app.press("enter");
        app.begin_login();
        assert!(
            matches!(wizard(&app).page, Page::Text(TextQuestion::ClientSecret, _)),
            "{:?}",
            wizard(&app).page
        );
        assert!(app.screen().contains("The last login failed."), "{}", app.screen());
        app.keys(typed);
        app.press("enter enter");
        assert_eq!(app.login().plan().client_secret, Some(Secret::new(sent)), "{typed}");
    }
}

#[test]
fn a_login_again_asks_nothing_that_is_known_and_keeps_the_profile_in_mind() {
    let mut app = App::with(["work", "home"]);
    app.keys("j");
    assert_eq!(app.begin_login(), BEGUN);
    assert_eq!(app.login().plan().known.as_deref(), Some(&profile("home")));
}

#[test]
fn a_profile_that_no_provider_file_describes_cannot_log_in() {
    let mut app = App::with(["nobody/work"]);
    assert_eq!(app.keys("l"), []);
    assert!(app.message().starts_with("There is no provider file for nobody."), "{}", app.message());
    assert_eq!(app.model.login, None);

    let faulty = ("/p/nobody.yaml".to_owned(), Ok("name: nobody\ntypo: 1\n".to_owned()));
    app.model.catalog = Arc::new(provider_file::catalog([faulty]));
    assert_eq!(app.keys("l"), []);
    let said = "The provider nobody cannot be used. /p/nobody.yaml, line 2: unknown field `typo`";
    assert!(app.message().starts_with(said), "{}", app.message());
}

#[test]
fn no_login_begins_where_its_tokens_could_not_be_saved() {
    let mut app = App::of([]);
    let why = Trouble::untouched(
        "cannot write",
        "the file is damaged",
        FailureKind::NeedsFix("repair it".to_owned()),
    );
    app.feed(Msg::Stored(Snapshot { writable: Err(why), ..snapshot([]) }));
    assert_eq!(app.keys("n"), []);
    assert_eq!(app.model.screen, Screen::List);
    assert!(
        app.message().starts_with("New tokens could not be saved here. cannot write"),
        "{}",
        app.message()
    );
}

fn wizard(app: &App) -> &Wizard {
    let Screen::Wizard(wizard) = &app.model.screen else { unreachable!("{:?}", app.model.screen) };
    wizard
}

/// Chooses `demo` and types a name for the new profile.
fn named(app: &mut App, name: &str) {
    choose(app, "demo");
    named_anew(app, name);
}

/// Begins a new login at that provider.
fn choose(app: &mut App, provider: &str) {
    app.keys("n");
    mark(app, provider);
    app.press("enter");
}

/// Marks that provider in the list of all.
fn mark(app: &mut App, provider: &str) {
    let catalog = Arc::clone(&app.model.catalog);
    let place = offers(&catalog, &[], "")
        .iter()
        .position(|offer| matches!(offer, Offer::Provider(it) if it.name == provider))
        .expect("offered");
    for _ in 0..catalog.entries().count() {
        app.press("up");
    }
    for _ in 0..place {
        app.press("down");
    }
}

/// Begins a new login at a provider of the test's own.
fn choose_own(app: &mut App, provider: &Provider) {
    let mut wizard = Wizard::new();
    wizard.choose(provider, app.model.wizard_context());
    app.model.screen = Screen::Wizard(Box::new(wizard));
}

/// The demo's provider, changed.
fn changed(change: impl FnOnce(&mut Provider)) -> Provider {
    let mut changed = provider("demo");
    change(&mut changed);
    changed
}

fn named_anew(app: &mut App, name: &str) {
    for _ in 0..70 {
        app.press("backspace");
    }
    app.keys(name);
}
