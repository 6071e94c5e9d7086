//! A server's address typed into a new login, against the demo's MCP server.

use std::sync::Arc;

use authtui::domain::provider::discovered::DiscoveredServer;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::LoginId;
use authtui::oauth::login::{Input, Output};
use authtui::oauth::request::Request;
use authtui::stored::provider_file;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::Screen;
use authtui::tui::wizard::Page;
use authtui::tui::wizard::form::{FormField, ServerForm};

use crate::harness::{App, Server, bound, entropy, reply};

const ADDRESS: &str = "http://127.0.0.1:4000/mcp";

fn asked(effects: &[Effect]) -> (LoginId, Request) {
    let [Effect::Discover(id, request)] = effects else { panic!("{effects:?}") };
    (*id, (**request).clone())
}

fn form(app: &App) -> &ServerForm {
    let Screen::Wizard(wizard) = &app.model.screen else { panic!("{:?}", app.model.screen) };
    wizard.form().expect("a form")
}

/// Types the address, and lets the server answer until a provider file is to be written.
fn discovered(app: &mut App, server: &mut Server) -> DiscoveredServer {
    app.keys("n");
    app.keys(ADDRESS);
    let effects = app.press("enter");
    kept(app, server, effects)
}

/// Lets the server answer until a provider file is to be written.
fn kept(app: &mut App, server: &mut Server, mut effects: Vec<Effect>) -> DiscoveredServer {
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

    written(&mut app, &found);
    let screen = app.screen();
    assert!(screen.contains("Name this profile") && screen.contains(&found.name), "{screen}");
    // The name, and the scopes as the server wants them.
    app.press("enter enter");
    let plan = app.login().plan();
    assert_eq!(plan.provider.resource, [ADDRESS]);
    assert_eq!(Some(&plan.client_id), found.client.id.as_ref());
}

/// Gives the screen the provider file of `found`, as if it was written.
fn written(app: &mut App, found: &DiscoveredServer) -> Vec<Effect> {
    let file = (format!("{}.yaml", found.name), Ok(found.file()));
    app.feed(Msg::Catalogued(Arc::new(provider_file::catalog([file]))));
    app.feed(Msg::Described(found.name.clone(), Ok(())))
}

#[test]
fn where_the_page_refuses_the_client_one_key_leads_to_the_next_way_and_the_same_login() {
    let mut app = App::with(["work"]);
    let mut server = Server::new();
    let first = discovered(&mut app, &mut server);
    written(&mut app, &first);
    app.press("enter enter");
    app.tell(Input::Began(entropy()));
    app.tell(Input::Bound(Ok(bound(8765))));
    let before = app.login().plan().clone();
    assert!(app.screen().contains("r   the page refused authtui: register another way"), "{}", app.screen());

    let effects = app.press("r");
    assert!(effects.contains(&Effect::Login(LoginId(2), Output::CloseListener)), "{effects:?}");
    let effects: Vec<Effect> =
        effects.into_iter().filter(|effect| matches!(effect, Effect::Discover(..))).collect();
    assert_eq!(app.model.login, None);
    let second = kept(&mut app, &mut server, effects);
    assert!(app.screen().contains("http://localhost:8765/callback alone"), "{}", app.screen());
    assert_eq!((&second.name, second.redirect.ports()), (&first.name, vec![8765]));

    written(&mut app, &second);
    let plan = app.login().plan();
    assert_eq!((&plan.id, &plan.scopes), (&before.id, &before.scopes), "nothing is asked again");
    assert_ne!(plan.client_id, before.client_id);
    app.tell(Input::Began(entropy()));
    app.tell(Input::Bound(Ok(bound(8765))));

    let effects = app.press("r");
    let mut effects: Vec<Effect> =
        effects.into_iter().filter(|effect| matches!(effect, Effect::Discover(..))).collect();
    while let [Effect::Discover(id, request)] = effects.as_slice() {
        let answer = server.reply(request, app.now);
        effects = app.feed(Msg::Discovered(*id, Ok(answer)));
    }
    assert_eq!(form(&app).focus(), FormField::ClientId);
    app.keys("authtui-demo");
    app.press("enter");
    let effects = app.press("enter");
    let third = kept(&mut app, &mut server, effects);
    assert_eq!(third.name, first.name);
    written(&mut app, &third);
    let plan = app.login().plan();
    assert_eq!((&plan.id, plan.client_id.as_str()), (&before.id, "authtui-demo"));
    assert_eq!(app.press("r"), [], "the client is the person's own");
    assert!(app.message().contains("not one that authtui registered"), "{}", app.message());
}

#[test]
fn the_requests_of_a_walk_are_shown_during_it_and_stand_before_those_of_its_login() {
    let mut app = App::with(["work"]);
    let mut server = Server::new();
    app.keys("n");
    app.keys(ADDRESS);
    let (id, request) = asked(&app.press("enter"));
    app.press("w");
    let screen = app.screen();
    assert!(screen.contains("not answered yet") && screen.contains(&format!("POST {ADDRESS}")), "{screen}");
    let answer = server.reply(&request, app.now);
    let effects = app.feed(Msg::Discovered(id, Ok(answer)));
    assert!(app.screen().contains("answer 401"), "{}", app.screen());
    let [Effect::SaveTranscript(host, lines)] = &app.press("W")[..] else { panic!("nothing is saved") };
    assert_eq!(host, "127.0.0.1");
    assert!(lines.contains(&format!("POST {ADDRESS}")), "{lines:?}");
    app.press("w");
    assert!(!app.screen().contains("answer 401"), "{}", app.screen());

    let found = kept(&mut app, &mut server, effects);
    written(&mut app, &found);
    app.press("enter enter");
    app.tell(Input::Began(entropy()));
    app.tell(Input::Bound(Ok(bound(8765))));
    let lines = app.login().transcript().lines();
    let place = |words: &str| lines.iter().position(|line| line.contains(words)).expect(words);
    assert!(place("/oauth2/register") < place("the browser opened"), "{lines:?}");
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
fn a_refused_registration_opens_the_form_with_all_that_was_found_and_asks_for_a_client_id() {
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
    assert!(screen.contains("403") && screen.contains("Enter fill in"), "{screen}");
    app.press("enter");
    assert_eq!(form(&app).focus(), FormField::ClientId);
    for field in [FormField::LoginPage, FormField::Token, FormField::Device, FormField::Revocation] {
        assert!(form(&app).is_found(field), "{field:?}");
    }
    assert!(app.screen().contains("/oauth2/token") && app.screen().contains("found"), "{}", app.screen());
    app.keys("authtui-demo");
    app.press("enter");
    let effects = app.press("enter");
    let [Effect::KeepServer(found)] = effects.as_slice() else { panic!("{effects:?} {}", app.screen()) };
    assert_eq!(found.client.id.as_deref(), Some("authtui-demo"));
    assert_eq!(found.resource.as_deref(), Some(ADDRESS), "what has no field is kept");
}

#[test]
fn an_address_that_tells_nothing_opens_the_form_with_its_host_and_what_was_typed_stays() {
    let mut app = App::with(["work"]);
    app.keys("n");
    app.keys("https://id.acme.test/");
    let mut effects = app.press("enter");
    while let [Effect::Discover(id, _)] = effects.as_slice() {
        effects = app.feed(Msg::Discovered(*id, Ok(reply(404, "", app.now))));
    }
    assert!(app.screen().contains("Fill in the rest by hand"), "{}", app.screen());
    app.press("enter");
    assert_eq!(form(&app).focus(), FormField::LoginPage);
    app.keys("authorize");
    assert_eq!(form(&app).typed(FormField::LoginPage), "https://id.acme.test/authorize");
    assert_eq!(form(&app).typed(FormField::Provider), "acme-2", "acme is another provider");
    app.press("esc");
    assert!(matches!(&app.model.screen, Screen::Wizard(wizard) if matches!(wizard.page, Page::Provider(_))));
    let mut effects = app.press("enter");
    while let [Effect::Discover(id, _)] = effects.as_slice() {
        effects = app.feed(Msg::Discovered(*id, Ok(reply(404, "", app.now))));
    }
    app.press("enter");
    assert_eq!(form(&app).typed(FormField::LoginPage), "https://id.acme.test/authorize");
}
