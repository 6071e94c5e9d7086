//! A server's address typed into a new login, against the demo's MCP server.

use authtui::domain::provider::discovered::DiscoveredServer;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::LoginId;
use authtui::oauth::discovery::DiscoveryStage;
use authtui::oauth::request::Request;
use authtui::stored::provider_file;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::wizard::Page;

use crate::harness::{App, Server, reply};

const ADDRESS: &str = "http://127.0.0.1:4000/mcp";

fn asked(effects: &[Effect]) -> (LoginId, Request) {
    let [Effect::Discover(id, request)] = effects else { panic!("{effects:?}") };
    (*id, (**request).clone())
}

/// Types the address, and lets the server answer until a provider file is to be written.
fn discovered(app: &mut App, server: &mut Server) -> DiscoveredServer {
    app.keys("n");
    app.keys(ADDRESS);
    let mut effects = app.press("enter");
    loop {
        if let [Effect::KeepServer(found)] = effects.as_slice() {
            return (**found).clone();
        }
        let (id, request) = asked(&effects);
        let reply = server.reply(&request, app.now);
        effects = app.feed(Msg::Discovered(id, Ok(reply)));
    }
}

#[test]
fn an_address_becomes_a_provider_and_a_name_is_all_that_is_asked_before_its_login() {
    let mut app = App::with(["work"]);
    let mut server = Server::new();
    let found = discovered(&mut app, &mut server);
    assert!(app.screen().contains("Saving its provider file"), "{}", app.screen());

    let file = (format!("{}.yaml", found.name), Ok(found.file()));
    app.feed(Msg::Catalogued(Box::new(provider_file::catalog([file]))));
    app.feed(Msg::Described(found.name.clone(), Ok(())));
    let screen = app.screen();
    assert!(screen.contains("Name this profile") && screen.contains(&found.name), "{screen}");
    // The name, and the scopes as the server wants them.
    app.press("enter enter");
    let plan = app.login().plan();
    assert_eq!(plan.provider.resource, [ADDRESS]);
    assert_eq!(Some(&plan.client_id), found.client.id.as_ref());
}

#[test]
fn a_discovery_that_is_left_sends_no_further_request() {
    let mut app = App::with(["work"]);
    app.keys("n");
    app.keys(ADDRESS);
    let (id, request) = asked(&app.press("enter"));
    app.press("esc");
    let late = Server::new().reply(&request, app.now);
    assert_eq!(app.feed(Msg::Discovered(id, Ok(late))), []);
    assert!(matches!(&app.model.screen, Screen::Wizard(wizard) if matches!(wizard.page, Page::Provider(_))));
}

#[test]
fn enter_sends_no_second_request_while_a_reply_is_awaited() {
    let mut app = App::with(["work"]);
    app.keys("n");
    app.keys(ADDRESS);
    let (id, request) = asked(&app.press("enter"));
    assert_eq!(app.press("enter"), []);
    let answer = Server::new().reply(&request, app.now);
    asked(&app.feed(Msg::Discovered(id, Ok(answer))));
}

#[test]
fn an_address_that_cannot_be_asked_says_why_and_enter_begins_nothing() {
    let mut app = App::with(["work"]);
    app.keys("n");
    app.keys("http://id.acme.test/mcp");
    let screen = app.screen();
    assert!(screen.contains("Use https, or http on 127.0.0.1, [::1] or localhost."), "{screen}");
    assert_eq!(app.press("enter"), []);
    assert!(matches!(&app.model.screen, Screen::Wizard(wizard) if matches!(wizard.page, Page::Provider(_))));
}

#[test]
fn an_address_where_nobody_answers_is_said_and_tried_again() {
    let mut app = App::with(["work"]);
    app.keys("n");
    app.keys(ADDRESS);
    let mut effects = app.press("enter");
    while let [Effect::Discover(id, _)] = effects.as_slice() {
        let why = "connection refused".to_owned();
        let lost = Trouble::untouched("cannot ask 127.0.0.1", why, FailureKind::Temporary(None));
        effects = app.feed(Msg::Discovered(*id, Err(lost)));
    }
    let screen = app.screen();
    assert!(screen.contains("connection refused") && screen.contains("Enter try again"), "{screen}");
    asked(&app.press("enter"));
}

#[test]
fn a_refused_registration_asks_for_a_client_of_the_persons_own() {
    let mut app = App::with(["work"]);
    let mut server = Server::new();
    app.keys("n");
    app.keys(ADDRESS);
    let mut effects = app.press("enter");
    while let [Effect::Discover(id, request)] = effects.as_slice() {
        let answer = match request.url.path() {
            "/oauth2/register" => reply(403, "not on the list", app.now),
            _ => server.reply(request, app.now),
        };
        effects = app.feed(Msg::Discovered(*id, Ok(answer)));
    }
    let screen = app.screen();
    assert!(screen.contains("403") && screen.contains("Enter enter a client id"), "{screen}");
    app.press("enter");
    app.keys("authtui-demo");
    app.press("enter");
    let mut effects = app.press("enter");
    let found = loop {
        if let [Effect::KeepServer(found)] = effects.as_slice() {
            break found.clone();
        }
        let (id, request) = asked(&effects);
        assert_ne!(request.url.path(), "/oauth2/register");
        effects = app.feed(Msg::Discovered(id, Ok(server.reply(&request, app.now))));
    };
    assert_eq!(found.client.id.as_deref(), Some("authtui-demo"));
    let Screen::Wizard(wizard) = &app.model.screen else { panic!("{:?}", app.model.screen) };
    let Page::Server(shown) = &wizard.page else { panic!("another page") };
    assert!(matches!(shown.discovery.stage(), DiscoveryStage::Over(Ok(_))));
}
