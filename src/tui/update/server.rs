//! Discovery of a server whose address was typed into the wizard, request by request.

use std::mem;

use url::Url;

use crate::domain::clock::Now;
use crate::domain::configured_server::ConfiguredServer;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::endpoint::EndpointError;
use crate::domain::trouble::Trouble;
use crate::oauth::LoginId;
use crate::oauth::discovery::{
    Discovered, Discovery, DiscoveryGoal, DiscoveryPlan, DiscoveryStage, KnownServer,
};
use crate::oauth::login::Input;
use crate::oauth::request::Reply;
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::update::{login, wizard};
use crate::tui::wizard::form::ServerForm;
use crate::tui::wizard::server::{self, Offer, ServerDiscovery, WayOn, offers};
use crate::tui::wizard::{Page, Wizard, Work};

/// Takes what was chosen or typed in the wizard.
pub(super) fn submit(model: &mut Model, now: Now) -> Vec<Effect> {
    if address_error(model).is_some() {
        return Vec::new();
    }
    let address = typed_address(model);
    let Some(wizard) = model.screen.wizard_mut().filter(|wizard| wizard.work == Work::Idle) else {
        return Vec::new();
    };
    let is_server = matches!(wizard.page, Page::Server(_));
    if address.is_none() && !is_server {
        return wizard::submit(model, now);
    }
    let Screen::Wizard(wizard) = mem::take(&mut model.screen) else { return Vec::new() };
    match address {
        Some(address) => discover(model, wizard, address, now),
        None => enter(model, wizard, now),
    }
}

/// Why what is typed cannot be asked, which is shown below it.
fn address_error(model: &Model) -> Option<EndpointError> {
    let Screen::Wizard(wizard) = &model.screen else { return None };
    let Page::Provider(search) = &wizard.page else { return None };
    server::address_error(search.field.text())
}

/// The address that is typed, or that of a server that another program uses, where it is what is marked.
fn typed_address(model: &Model) -> Option<Url> {
    let Screen::Wizard(wizard) = &model.screen else { return None };
    let Page::Provider(search) = &wizard.page else { return None };
    let found = offers(&model.catalog, &model.configured_servers, search.field.text());
    match found.into_iter().nth(search.marked)? {
        Offer::Address(address) => Some(address),
        Offer::Server(server) => Some(server.address.clone()),
        Offer::Provider(_) => None,
    }
}

/// The configurations of other programs were looked through: what is marked stays marked.
pub(super) fn found(model: &mut Model, servers: Vec<ConfiguredServer>, now: Now) -> Vec<Effect> {
    let Some(own) = model.own() else { return Vec::new() };
    let servers = KnownServer::without_login(servers, &model.catalog, own, now.wall);
    let before = mem::replace(&mut model.configured_servers, servers);
    let Model { screen: Screen::Wizard(wizard), catalog, configured_servers, .. } = model else {
        return Vec::new();
    };
    if let Page::Provider(search) = &mut wizard.page {
        let offered = |servers| offers(catalog, servers, search.field.text());
        let marked = offered(&before).into_iter().nth(search.marked);
        let place = offered(configured_servers).into_iter().position(|offer| Some(offer) == marked);
        search.marked = place.unwrap_or(0);
    }
    Vec::new()
}

/// Begins to find out how one logs in at `address`.
pub(super) fn discover(model: &mut Model, mut wizard: Box<Wizard>, address: Url, now: Now) -> Vec<Effect> {
    let Some(own) = model.own() else {
        wizard.complaint = Some("The file is still loading".to_owned());
        model.screen = Screen::Wizard(wizard);
        return Vec::new();
    };
    let plan = DiscoveryPlan {
        known: KnownServer::all(&model.catalog, own, now.wall),
        client_metadata: model.settings.client_metadata_url.clone(),
        ..DiscoveryPlan::new(address, DiscoveryGoal::Login, &model.catalog)
    };
    let plan = match &wizard.refused {
        Some(refused) => plan.refusing(&refused.provider.name),
        None => plan,
    };
    model.attempts += 1;
    let server = ServerDiscovery {
        id: LoginId(model.attempts),
        discovery: Discovery::begin(plan, now),
        exchanges: None,
        marked: 0,
    };
    wizard.complaint = None;
    wizard.address = Some(server.discovery.address().clone());
    wizard.open(Page::Server(Box::new(server)));
    go_on(model, wizard, now)
}

/// Ends a login whose page refused its client, and asks its server for the next way to be one.
pub(super) fn page_refused(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(login) = &mut model.login else { return Vec::new() };
    let Some(source) = login.plan().provider.discovered.clone() else { return Vec::new() };
    let mut effects = login::effects(login.id(), login.advance(Input::Cancelled, now));
    let plan = Box::new(login.plan().clone());
    model.login = None;
    let mut wizard = Box::new(Wizard::new());
    wizard.refused = Some(plan);
    effects.extend(discover(model, wizard, source.from, now));
    effects
}

/// Takes what a server replied.
pub(super) fn replied(
    model: &mut Model,
    id: LoginId,
    reply: Result<Reply, Trouble>,
    now: Now,
) -> Vec<Effect> {
    let Some(wizard) = model.screen.wizard_mut() else { return Vec::new() };
    let Page::Server(server) = &mut wizard.page else { return Vec::new() };
    if server.id != id {
        return Vec::new();
    }
    server.discovery.replied(reply, now);
    let Screen::Wizard(wizard) = mem::take(&mut model.screen) else { return Vec::new() };
    go_on(model, wizard, now)
}

/// Takes Enter on the page of a discovery.
fn enter(model: &mut Model, mut wizard: Box<Wizard>, now: Now) -> Vec<Effect> {
    let Page::Server(server) = &mut wizard.page else { return Vec::new() };
    match server.discovery.stage() {
        DiscoveryStage::Confirming(_) => server.discovery.agreed(now),
        DiscoveryStage::Over(Err(_)) if server.way() == Some(WayOn::FillIn) => {
            return fill_in(model, wizard);
        }
        DiscoveryStage::Over(Err(_)) => {
            let address = server.discovery.address().clone();
            return discover(model, wizard, address, now);
        }
        // Its request is on the way; a second one would give a reply too many.
        DiscoveryStage::Asking(_) | DiscoveryStage::Over(Ok(_)) => {
            model.screen = Screen::Wizard(wizard);
            return Vec::new();
        }
    }
    go_on(model, wizard, now)
}

/// Sends what the discovery wants, or goes on with what it has found.
fn go_on(model: &mut Model, mut wizard: Box<Wizard>, now: Now) -> Vec<Effect> {
    let Page::Server(server) = &wizard.page else {
        model.screen = Screen::Wizard(wizard);
        return Vec::new();
    };
    wizard.walk = server.discovery.transcript().clone();
    let effects = match server.discovery.stage() {
        DiscoveryStage::Asking(request) => vec![Effect::Discover(server.id, request.clone())],
        DiscoveryStage::Confirming(_) | DiscoveryStage::Over(Err(_)) => Vec::new(),
        DiscoveryStage::Over(Ok(Discovered::Known(provider))) => {
            if let Some(found) = model.catalog.get(provider).cloned() {
                wizard.restart();
                wizard.choose(&found, model.wizard_context());
            }
            return wizard::follow(model, wizard, now);
        }
        DiscoveryStage::Over(Ok(Discovered::New(found, _))) if found.client.id.is_none() => {
            return fill_in(model, wizard);
        }
        DiscoveryStage::Over(Ok(Discovered::New(found, secret))) => {
            let (found, secret) = (found.clone(), secret.clone());
            wizard.client_secret = secret.or(wizard.client_secret.take());
            wizard.work = Work::Saving;
            vec![Effect::KeepServer(found)]
        }
    };
    model.screen = Screen::Wizard(wizard);
    effects
}

/// Lets the person fill in what the discovery could not find.
fn fill_in(model: &mut Model, mut wizard: Box<Wizard>) -> Vec<Effect> {
    let context = model.wizard_context();
    let template = context.catalog.and_then(Catalog::template);
    match (&wizard.page, template) {
        (Page::Server(server), Some(template)) => {
            let found = server.discovery.without_client();
            let has_found = found.is_some();
            let mut form = ServerForm::of_address(template, server.discovery.address(), found, context);
            form.recipe = has_found.then(|| server.discovery.recipe());
            if let Some(plan) = &wizard.refused {
                form.log_in_again(plan.id.name.name());
            }
            wizard.describe(form);
        }
        (_, _) => {
            let why = "There is no example of a provider file to begin with";
            wizard.complaint = Some(why.to_owned());
        }
    }
    model.screen = Screen::Wizard(wizard);
    Vec::new()
}
