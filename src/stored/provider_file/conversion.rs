//! Conversion of what a file says, once it has passed the rules, to a provider.

use crate::domain::provider::device::DeviceAuthorization;
use crate::domain::provider::discovered::DiscoverySource;
use crate::domain::provider::environment::{CredentialSource, LookupOrder, Variable};
use crate::domain::provider::git::GitAccess;
use crate::domain::provider::meaning::Meanings;
use crate::domain::provider::registration::{IssuerPattern, RegistrationRecipe};
use crate::domain::provider::request_template::{Method, RequestBody, RequestTemplate, Template};
use crate::domain::provider::scopes::{OfferedScope, ScopeList, Scopes};
use crate::domain::provider::{
    Authorize, Client, EndSource, LoginMethod, Probe, Provider, Redirect, RefreshScope, Rotation,
    StateParameter,
};
use crate::domain::text;
use crate::stored::provider_file::collections::NameOrMap;
use crate::stored::provider_file::schema::{
    AuthorizeCallYaml, CallYaml, ClientYaml, DiscoveredYaml, MeaningYaml, OrderYaml, ProbeYaml, ProviderYaml,
    RedirectYaml, RegistrationYaml, RequestYaml, ScopesYaml, SentAuthorizationYaml, VariableYaml,
};
use crate::stored::provider_file::standard_requests;
use crate::stored::provider_file::values::EndpointYaml;

/// The longest title of a scope or a program that is kept, in characters.
const TITLE_LIMIT: usize = 160;

/// The longest step of a registration that is kept, in characters.
const STEP_LIMIT: usize = 300;

pub(super) fn provider(mut yaml: ProviderYaml) -> Provider {
    let flows = yaml.flows();
    let by_code = flows.contains(&LoginMethod::Code) || flows.contains(&LoginMethod::Paste);
    let device = if flows.contains(&LoginMethod::Device) { device(&mut yaml) } else { None };
    let token = yaml.endpoints.token.as_ref();
    let standard = |make: fn(&ProviderYaml, &url::Url) -> _| token.map(|token| make(&yaml, &token.0));
    let exchange = own(&yaml.calls.exchange).or_else(|| standard(standard_requests::exchange));
    let refresh = own(&yaml.calls.refresh).or_else(|| standard(standard_requests::refresh));
    let revoke = yaml.endpoints.revoke.as_ref().map(|revoke| standard_requests::revoke(&yaml, &revoke.0));
    let revoke = own(&yaml.calls.revoke).or(revoke);
    let exchange = exchange.filter(|_| by_code);
    let refresh = refresh.filter(|_| yaml.refresh.rotation != Rotation::None);
    Provider {
        title: yaml.title.take().unwrap_or_else(|| yaml.name.clone()),
        example: yaml.example,
        address: yaml.address.take(),
        notice: yaml.notice.take(),
        homepage: yaml.homepage.take().map(|page| page.0),
        authorize: if by_code { authorize(&mut yaml) } else { None },
        device,
        client: client(yaml.client),
        scopes: scopes(yaml.scopes),
        redirect: redirect(yaml.redirect, flows.contains(&LoginMethod::Paste)),
        flows,
        pkce: yaml.pkce,
        state: StateParameter { bytes: yaml.state.bytes, echoed: yaml.state.echoed },
        exchange,
        refresh,
        revoke,
        revoke_page: yaml.revoke.page.map(|page| page.0),
        rotation: yaml.refresh.rotation,
        refresh_scope: yaml.refresh.scope.unwrap_or(RefreshScope::Granted),
        grant_life: yaml.refresh.grant_life.map(|span| span.0),
        reply: yaml.reply,
        meanings: meanings(yaml.meaning),
        probe: yaml.probe.map(probe),
        issuer: yaml.issuer,
        issuer_in_answers: yaml.issuer_in_answers,
        resource: yaml.resource.0,
        prompts: yaml.prompts.0,
        registration_endpoint: yaml.endpoints.registration.map(|url| url.0),
        userinfo: yaml.endpoints.userinfo.map(|url| standard_requests::userinfo(&url.0)),
        discovered: yaml.discovered.map(discovery_source),
        registration: yaml.registration.map(registration),
        key_header: yaml.key.header,
        key_page: yaml.key.page.map(|page| page.0),
        environment: yaml.environment.into_iter().map(variable).collect(),
        orders: yaml.orders.into_iter().map(order).collect(),
        masks: yaml.masks,
        export: yaml.export,
        git: yaml.git.map(|git| GitAccess { hosts: git.hosts.0, username: git.username }),
        name: yaml.name,
    }
}

fn client(yaml: ClientYaml) -> Client {
    Client {
        id: yaml.id,
        authentication: yaml.authentication,
        registered: yaml.registered.map(|at| at.0),
        secret_ends: yaml.secret_ends.map(|at| at.0),
    }
}

fn discovery_source(yaml: DiscoveredYaml) -> DiscoverySource {
    DiscoverySource { from: yaml.from.0, at: yaml.at.0, private_network: yaml.private_network }
}

fn registration(yaml: RegistrationYaml) -> RegistrationRecipe {
    RegistrationRecipe {
        page: yaml.page.map(|page| page.0),
        steps: yaml.steps.iter().map(|step| text::clean(step, STEP_LIMIT)).collect(),
        redirect: yaml.redirect,
        issuers: yaml.issuers.iter().filter_map(|written| IssuerPattern::parse(written)).collect(),
    }
}

fn own(request: &Option<RequestYaml>) -> Option<RequestTemplate> {
    request.as_ref().map(|request| request.0.clone())
}

fn authorize(yaml: &mut ProviderYaml) -> Option<Authorize> {
    let page = yaml.endpoints.authorize.take();
    let sent = yaml.calls.authorize.take();
    let parameters = std::mem::take(&mut yaml.authorize_parameters.0);
    let hint = standard_requests::login_hint(yaml, &parameters);
    let resources = standard_requests::resources(yaml);
    match sent {
        Some(sent) => Some(Authorize::Sent { call: sent.request, reading: sent.reading.0 }),
        None => page.map(|EndpointYaml(url)| Authorize::Page {
            url,
            parameters: hint.into_iter().chain(parameters).chain(resources).collect(),
            response_type: yaml.response_type,
        }),
    }
}

fn device(yaml: &mut ProviderYaml) -> Option<DeviceAuthorization> {
    let endpoints = &yaml.endpoints;
    let standard = || endpoints.device.as_ref().map(|url| standard_requests::device(yaml, &url.0));
    let standard_poll = || endpoints.token.as_ref().map(|url| standard_requests::poll(yaml, &url.0));
    let authorize = own(&yaml.calls.device).or_else(standard)?;
    let poll = own(&yaml.calls.poll).or_else(standard_poll)?;
    let pkce = yaml.device_pkce();
    let special = yaml.device.take().unwrap_or_default();
    Some(DeviceAuthorization { authorize, poll, pkce, user_code: special.user_code, reply: special.reply })
}

fn scopes(yaml: ScopesYaml) -> Scopes {
    let offered = yaml.offered.into_iter().map(|offered| offered.0).map(|offered| OfferedScope {
        name: offered.name,
        title: offered.title.map(|title| text::clean(&title, TITLE_LIMIT)),
    });
    let list = yaml.list.map(|list| ScopeList {
        call: RequestTemplate {
            method: Method::Get,
            url: Template::text(list.get.0.as_str()),
            headers: vec![standard_requests::accept()],
            body: RequestBody::Empty,
        },
        at: list.at,
        name: list.name,
        title: list.title,
    });
    Scopes {
        default: yaml.default,
        parameter: yaml.parameter,
        separator: yaml.separator,
        offered: offered.collect(),
        list,
    }
}

/// The redirect; a page that no flow uses is left out.
fn redirect(yaml: RedirectYaml, pastes: bool) -> Redirect {
    Redirect {
        host: yaml.host,
        port: yaml.port,
        rule: yaml.port_rule,
        path: yaml.path,
        paste: yaml.paste.filter(|_| pastes).map(|page| page.0),
    }
}

fn meanings(yaml: Vec<MeaningYaml>) -> Meanings {
    let mut meanings = Meanings::default();
    for one in yaml {
        meanings.errors.extend(one.error.map(|code| (code, one.is)));
        meanings.statuses.extend(one.status.map(|status| (status, one.is)));
    }
    meanings
}

fn probe(yaml: ProbeYaml) -> Probe {
    let mut headers = yaml.headers.0;
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
        headers.push(standard_requests::bearer());
    }
    Probe {
        call: RequestTemplate { method: Method::Get, url: yaml.get, headers, body: RequestBody::Empty },
        reading: yaml.reading.0,
        ends: yaml.ends.map(|ends| match ends.starts_with('/') {
            true => EndSource::Body(ends),
            false => EndSource::Header(ends.to_ascii_lowercase()),
        }),
    }
}

fn variable(NameOrMap(yaml): NameOrMap<VariableYaml>) -> Variable {
    Variable { name: yaml.name, header: yaml.header, prefixes: yaml.prefixes }
}

fn order(yaml: OrderYaml) -> LookupOrder {
    let source = |word: String| match word.as_str() {
        "login" => CredentialSource::Login,
        "key" => CredentialSource::Key,
        _ => CredentialSource::Variable(word),
    };
    LookupOrder {
        name: yaml.name,
        program: text::clean(&yaml.program, TITLE_LIMIT),
        sources: yaml.sources.into_iter().map(source).collect(),
    }
}

impl TryFrom<CallYaml> for RequestYaml {
    type Error = &'static str;

    fn try_from(yaml: CallYaml) -> Result<Self, &'static str> {
        request(yaml).map(Self)
    }
}

impl TryFrom<AuthorizeCallYaml> for SentAuthorizationYaml {
    type Error = &'static str;

    fn try_from(yaml: AuthorizeCallYaml) -> Result<Self, &'static str> {
        let AuthorizeCallYaml { get, post, delete, headers, form, json, reading } = yaml;
        let request = request(CallYaml { get, post, delete, headers, form, json })?;
        Ok(Self { request, reading })
    }
}

fn request(yaml: CallYaml) -> Result<RequestTemplate, &'static str> {
    let named = [(Method::Get, yaml.get), (Method::Post, yaml.post), (Method::Delete, yaml.delete)];
    let mut named = named.into_iter().filter_map(|(method, url)| Some((method, url?)));
    let (Some((method, url)), None) = (named.next(), named.next()) else {
        return Err("a call has exactly one of get, post and delete");
    };
    let body = match (yaml.form, yaml.json) {
        (None, None) => RequestBody::Empty,
        (Some(fields), None) => RequestBody::Form(fields.0),
        (None, Some(json)) => RequestBody::Json(json),
        (Some(_), Some(_)) => return Err("a call has one body: form or json, not both"),
    };
    if method == Method::Get && body != RequestBody::Empty {
        return Err("a get has no body; write post, or leave form and json out");
    }
    let mut headers = yaml.headers.0;
    if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("accept")) {
        headers.insert(0, standard_requests::accept());
    }
    Ok(RequestTemplate { method, url, headers, body })
}
