//! A provider made of what its file says.

use crate::domain::provider::call::{Body, Call, Method, Slot, Template};
use crate::domain::provider::device::Device;
use crate::domain::provider::environment::{Order, Source, Variable};
use crate::domain::provider::file::standard;
use crate::domain::provider::file::written::calls::OwnCall;
use crate::domain::provider::file::written::environment::Order as WrittenOrder;
use crate::domain::provider::file::written::scopes::Scopes as WrittenScopes;
use crate::domain::provider::file::written::{Address, Probe as WrittenProbe, Redirect as WrittenRedirect};
use crate::domain::provider::file::written::{Told, Written};
use crate::domain::provider::meaning::Meanings;
use crate::domain::provider::scopes::{Offered, ScopeList, Scopes};
use crate::domain::provider::{
    Authorize, Client, Flow, Probe, Provider, Redirect, RefreshScope, Rotation, State,
};
use crate::domain::text;

/// The longest title of a scope or a program that is kept, in characters.
const LONGEST: usize = 160;

/// The provider that `written` describes; it has passed the rules.
pub(super) fn provider(mut written: Written) -> Provider {
    let flows = written.flows();
    let by_code = flows.contains(&Flow::Code) || flows.contains(&Flow::Paste);
    let device = if flows.contains(&Flow::Device) { device(&mut written) } else { None };
    let token = written.endpoints.token.as_ref();
    let standard = |make: fn(&Written, &url::Url) -> Call| token.map(|token| make(&written, &token.0));
    let exchange = own(&written.calls.exchange).or_else(|| standard(standard::exchange));
    let refresh = own(&written.calls.refresh).or_else(|| standard(standard::refresh));
    let ended = written.endpoints.revoke.as_ref().map(|revoke| standard::revoke(&written, &revoke.0));
    let revoke = own(&written.calls.revoke).or(ended);
    let exchange = exchange.filter(|_| by_code);
    let refresh = refresh.filter(|_| written.refresh.rotation != Rotation::None);
    Provider {
        title: written.title.take().unwrap_or_else(|| written.name.clone()),
        example: written.example,
        notice: written.notice.take(),
        homepage: written.homepage.take().map(|address| address.0),
        authorize: if by_code { authorize(&mut written) } else { None },
        device,
        client: Client { id: written.client.id, authentication: written.client.authentication },
        scopes: scopes(written.scopes),
        redirect: redirect(written.redirect, flows.contains(&Flow::Paste)),
        flows,
        pkce: written.pkce,
        state: State { bytes: written.state.bytes, echoed: written.state.echoed },
        exchange,
        refresh,
        revoke,
        revoke_page: written.revoke.page.map(|address| address.0),
        rotation: written.refresh.rotation,
        refresh_scope: written.refresh.scope.unwrap_or(RefreshScope::Granted),
        grant_life: written.refresh.grant_life.map(|span| span.0),
        reply: written.reply,
        meanings: meanings(written.meaning),
        probe: written.probe.map(probe),
        issuer: written.issuer,
        key_header: written.key.header,
        key_page: written.key.page.map(|address| address.0),
        environment: written
            .environment
            .into_iter()
            .map(|variable| variable.0)
            .map(|one| Variable { name: one.name, header: one.header, prefixes: one.prefixes })
            .collect(),
        orders: written.orders.into_iter().map(order).collect(),
        masks: written.masks,
        export: written.export,
        name: written.name,
    }
}

fn own(call: &Option<OwnCall>) -> Option<Call> {
    call.as_ref().map(|call| call.0.clone())
}

fn authorize(written: &mut Written) -> Option<Authorize> {
    let page = written.endpoints.authorize.take();
    match written.calls.authorize.take() {
        Some(sent) => Some(Authorize::Sent { call: sent.call, reading: sent.reading.0 }),
        None => page.map(|Address(url)| Authorize::Page {
            url,
            parameters: std::mem::take(&mut written.authorize_parameters.0),
            response_type: written.response_type,
        }),
    }
}

fn device(written: &mut Written) -> Option<Device> {
    let endpoints = &written.endpoints;
    let asked = || endpoints.device.as_ref().map(|device| standard::device(written, &device.0));
    let polled = || endpoints.token.as_ref().map(|token| standard::poll(written, &token.0));
    let authorize = own(&written.calls.device).or_else(asked)?;
    let poll = own(&written.calls.poll).or_else(polled)?;
    let pkce = written.device_pkce();
    let special = written.device.take().unwrap_or_default();
    Some(Device { authorize, poll, pkce, user_code: special.user_code, reply: special.reply })
}

fn scopes(written: WrittenScopes) -> Scopes {
    let offered = written.offered.into_iter().map(|offered| offered.0).map(|offered| Offered {
        name: offered.name,
        title: offered.title.map(|title| text::clean(&title, LONGEST)),
    });
    let list = written.list.map(|list| ScopeList {
        call: Call {
            method: Method::Get,
            url: Template::text(list.get.0.as_str()),
            headers: vec![standard::accept()],
            body: Body::Empty,
        },
        at: list.at,
        name: list.name,
        title: list.title,
    });
    Scopes { default: written.default, separator: written.separator, offered: offered.collect(), list }
}

/// The redirect; a page that no flow uses is not there for anybody.
fn redirect(written: WrittenRedirect, pastes: bool) -> Redirect {
    Redirect {
        host: written.host,
        port: written.port,
        rule: written.port_rule,
        path: written.path,
        paste: written.paste.filter(|_| pastes).map(|address| address.0),
    }
}

fn meanings(written: Vec<Told>) -> Meanings {
    let mut meanings = Meanings::default();
    for told in written {
        meanings.errors.extend(told.error.map(|code| (code, told.is)));
        meanings.statuses.extend(told.status.map(|status| (status, told.is)));
    }
    meanings
}

fn probe(written: WrittenProbe) -> Probe {
    let mut headers = written.headers.0;
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        headers.push(("authorization".into(), Template::prefixed("Bearer ", Slot::Access)));
    }
    Probe {
        call: Call { method: Method::Get, url: written.get, headers, body: Body::Empty },
        reading: written.reading.0,
    }
}

fn order(written: WrittenOrder) -> Order {
    let source = |word: String| match word.as_str() {
        "login" => Source::Login,
        "key" => Source::Key,
        _ => Source::Variable(word),
    };
    Order {
        name: written.name,
        program: text::clean(&written.program, LONGEST),
        sources: written.sources.into_iter().map(source).collect(),
    }
}
