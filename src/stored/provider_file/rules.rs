//! Rules of a provider file that reach across its fields.

use std::collections::BTreeSet;

use crate::domain::name;
use crate::domain::provider::{Authentication, LoginMethod, PortRule, Rotation};
use crate::stored::provider_file::error::FieldError;
use crate::stored::provider_file::request_rules::{self, bad_header_name, unfilled};
use crate::stored::provider_file::schema::ProviderYaml;
use crate::stored::provider_file::server_rules;

/// The first rule that `yaml`, the content of `name`.yaml, breaks.
pub(super) fn broken_rule(name: &str, yaml: &ProviderYaml) -> Option<FieldError> {
    identity(name, yaml)
        .or_else(|| redirect(yaml))
        .or_else(|| flows(yaml))
        .or_else(|| flow_requests(yaml))
        .or_else(|| authorization(yaml))
        .or_else(|| server_rules::broken_rule(yaml))
        .or_else(|| request_rules::broken_rule(yaml))
        .or_else(|| scopes(yaml))
        .or_else(|| secret_headers(yaml))
        .or_else(|| variables(yaml))
        .or_else(|| orders(yaml))
        .or_else(|| export(yaml))
        .or_else(|| meanings(yaml))
        .or_else(|| masks(yaml))
}

/// The first item that stands in `all` before.
fn doubled<T: Ord>(all: &[T]) -> Option<(usize, &T)> {
    let mut seen = BTreeSet::new();
    all.iter().enumerate().find(|(_, one)| !seen.insert(*one))
}

fn is_word(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_graphic())
}

fn identity(name: &str, yaml: &ProviderYaml) -> Option<FieldError> {
    if let Err(error) = name::provider_part(&yaml.name) {
        return Some(FieldError::at(&["name"], error.to_string()));
    }
    if yaml.name != name {
        let rule = format!("the file is {name}.yaml, so its name must be {name}, not {}", yaml.name);
        return Some(FieldError::at(&["name"], rule));
    }
    let is_visible =
        |id: &String| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_graphic() || byte == b' ');
    FieldError::first_broken(&[(
        !yaml.client.id.iter().all(is_visible),
        &["client", "id"],
        "client.id must be visible ASCII characters",
    )])
}

fn redirect(yaml: &ProviderYaml) -> Option<FieldError> {
    let redirect = &yaml.redirect;
    let is_loopback = ["localhost", "127.0.0.1", "[::1]"].contains(&redirect.host.as_str());
    let is_plain = |char: char| char.is_ascii_alphanumeric() || "/-_.~".contains(char);
    let is_path = redirect.path.starts_with('/') && redirect.path.chars().all(is_plain);
    let lists_zero = match &redirect.port_rule {
        PortRule::List(ports) => ports.contains(&0),
        PortRule::Fixed | PortRule::Any => false,
    };
    FieldError::first_broken(&[
        (
            !is_loopback,
            &["redirect", "host"],
            "redirect.host must be localhost, 127.0.0.1 or [::1] (RFC 8252 §7.3)",
        ),
        (
            !is_path,
            &["redirect", "path"],
            "redirect.path must begin with a slash and hold letters, digits and /-_.~",
        ),
        (
            redirect.path.starts_with("/go/"),
            &["redirect", "path"],
            "redirect.path must not begin with /go/, which the short link uses",
        ),
        (redirect.port == 0 || lists_zero, &["redirect", "port"], "a port is a number from 1 to 65535"),
    ])
}

/// The path where something missing is told: where flows are named, else where addresses are.
fn missing_path(yaml: &ProviderYaml) -> &'static [&'static str] {
    if yaml.flows.is_some() { &["flows"] } else { &["endpoints"] }
}

/// The names of the flows, and whether there is a page for them.
fn flows(yaml: &ProviderYaml) -> Option<FieldError> {
    let flows = yaml.flows();
    let (code, paste) = (flows.contains(&LoginMethod::Code), flows.contains(&LoginMethod::Paste));
    FieldError::first_broken(&[
        (
            flows.is_empty() && yaml.flows.is_some(),
            &["flows"],
            "flows must name at least one of code, paste, device and key",
        ),
        (
            flows.is_empty() && yaml.address.is_none(),
            &["endpoints"],
            "nothing says how to log in: give endpoints.authorize or endpoints.device, or flows: [key]",
        ),
        (doubled(&flows).is_some(), &["flows"], "each flow is named once"),
        (
            paste && yaml.redirect.paste.is_none(),
            &["flows"],
            "paste in flows needs redirect.paste, the provider's page that shows the code",
        ),
        (
            paste && !code && yaml.calls.authorize.is_some(),
            &["flows"],
            "paste in flows needs a page to open; with calls.authorize there is none, so say code",
        ),
    ])
}

/// The requests that each flow needs.
fn flow_requests(yaml: &ProviderYaml) -> Option<FieldError> {
    let (flows, missing) = (yaml.flows(), missing_path(yaml));
    let by_code = flows.contains(&LoginMethod::Code) || flows.contains(&LoginMethod::Paste);
    let by_device = flows.contains(&LoginMethod::Device);
    let (token, calls) = (yaml.endpoints.token.is_some(), &yaml.calls);
    let refreshes = yaml.refresh.rotation != Rotation::None && (by_code || by_device);
    FieldError::first_broken(&[
        (
            by_code && !yaml.has_authorization(),
            missing,
            "a login by code needs endpoints.authorize or calls.authorize",
        ),
        (
            by_device && !yaml.has_device(),
            missing,
            "a login by device code needs endpoints.device or calls.device",
        ),
        (
            yaml.device.is_some() && !yaml.has_device(),
            &["device"],
            "device speaks about endpoints.device or calls.device; neither is there",
        ),
        (
            by_code && !token && calls.exchange.is_none(),
            missing,
            "a login by code needs endpoints.token or calls.exchange",
        ),
        (
            by_device && !token && calls.poll.is_none(),
            missing,
            "a login by device code needs endpoints.token or calls.poll",
        ),
        (
            refreshes && !token && calls.refresh.is_none(),
            missing,
            "a refresh needs endpoints.token or calls.refresh; without one say refresh: { rotation: none }",
        ),
        (
            !yaml.state.echoed && !by_code,
            &["state", "echoed"],
            "state.echoed speaks about logins by code, and flows has none",
        ),
    ])
}

/// The parameters of an authorization request that the program itself sends (RFC 6749 §4.1.1,
/// RFC 7636 §4.3).
const OWN_PARAMETERS: [&str; 7] = [
    "client_id",
    "redirect_uri",
    "response_type",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
];

fn authorization(yaml: &ProviderYaml) -> Option<FieldError> {
    if !(16..=96).contains(&yaml.state.bytes) {
        return Some(FieldError::at(&["state", "bytes"], "state.bytes must be 16 to 96"));
    }
    let parameters = &yaml.authorize_parameters.0;
    let is_own = |name: &str| OWN_PARAMETERS.contains(&name) || name == yaml.scopes.parameter;
    if let Some((name, _)) = parameters.iter().find(|(name, _)| is_own(name)) {
        let rule = format!("authtui itself sends {name}; leave it out here");
        return Some(FieldError::at(&["authorize_parameters", name], rule));
    }
    for (name, value) in parameters {
        if let Some(rule) = unfilled("authorize_parameters", value, request_rules::PARAMETER) {
            return Some(FieldError::at(&["authorize_parameters", name], rule));
        }
    }
    let is_resource = |key: &str| key == "resource" && !yaml.resource.0.is_empty();
    let is_sent =
        |key: &str| is_own(key) || is_resource(key) || parameters.iter().any(|(name, _)| name == key);
    let mut query = yaml.endpoints.authorize.iter().flat_map(|address| address.0.query_pairs());
    let clash = query.find(|(key, _)| is_sent(key))?.0;
    let rule = format!("the address already says {clash}, which is sent as well");
    Some(FieldError::at(&["endpoints", "authorize"], rule))
}

fn scopes(yaml: &ProviderYaml) -> Option<FieldError> {
    const ONE_WORD: &str = "a scope is one word; write several as a list";
    let scopes = &yaml.scopes;
    let is_scope = |scope: &str| !scope.is_empty() && !scope.contains(char::is_whitespace);
    let offered: Vec<&str> = scopes.offered.iter().map(|offered| offered.0.name.as_str()).collect();
    let odd = offered.iter().position(|name| !is_scope(name)).unwrap_or(offered.len());
    let fixed = FieldError::first_broken(&[
        (!scopes.default.iter().all(|scope| is_scope(scope)), &["scopes", "default"], ONE_WORD),
        (scopes.separator.is_empty(), &["scopes", "separator"], "scopes.separator must not be empty"),
        (
            !is_word(&scopes.parameter)
                || scopes.parameter != "scope" && OWN_PARAMETERS.contains(&&*scopes.parameter),
            &["scopes", "parameter"],
            "scopes.parameter is one word that authtui does not send for something else",
        ),
        (odd < offered.len(), &["scopes", "offered", &odd.to_string()], ONE_WORD),
    ]);
    fixed.or_else(|| {
        let (index, name) = doubled(&offered)?;
        let rule = format!("“{name}” is offered twice");
        Some(FieldError::at(&["scopes", "offered", &index.to_string()], rule))
    })
}

/// The headers that carry the client's secret and API keys.
fn secret_headers(yaml: &ProviderYaml) -> Option<FieldError> {
    const PATH: &[&str] = &["client", "authentication", "header"];
    let header = |path: &[&str], name: &str| Some(FieldError::at(path, bad_secret_header(name)?));
    let client = match &yaml.client.authentication {
        // There the scheme comes first (RFC 6749 §2.3.1).
        Authentication::Header(name) if name.eq_ignore_ascii_case("authorization") => {
            let rule = "no server takes a bare secret in authorization; say authentication: basic";
            Some(FieldError::at(PATH, rule))
        }
        Authentication::Header(name) => header(PATH, name),
        Authentication::None | Authentication::Post | Authentication::Basic | Authentication::BasicRaw => {
            None
        }
    };
    client.or_else(|| header(&["key", "header"], yaml.key.header.as_deref()?))
}

/// Why no credential travels in the header `name`.
fn bad_secret_header(name: &str) -> Option<String> {
    let accept = || format!("{name} says what answers are understood; no secret belongs there");
    bad_header_name(name).or_else(|| name.eq_ignore_ascii_case("accept").then(accept))
}

const VARIABLE_NAME: &str = "the name of an environment variable is A to Z, 0 to 9 and _, no digit first";

pub(super) fn is_variable(name: &str) -> bool {
    let word = |byte: u8| byte.is_ascii_uppercase() || byte.is_ascii_digit() || byte == b'_';
    !name.is_empty() && !name.starts_with(|char: char| char.is_ascii_digit()) && name.bytes().all(word)
}

fn variable_names(yaml: &ProviderYaml) -> Vec<&str> {
    yaml.environment.iter().map(|variable| variable.0.name.as_str()).collect()
}

fn variables(yaml: &ProviderYaml) -> Option<FieldError> {
    for (index, variable) in yaml.environment.iter().enumerate() {
        let (index, variable) = (index.to_string(), &variable.0);
        let bad_header = variable.header.as_deref().and_then(bad_secret_header);
        let broken = FieldError::first_broken(&[
            // A name alone has no fields; then its line is that of the item.
            (!is_variable(&variable.name), &["environment", &index, "name"], VARIABLE_NAME),
            (
                bad_header.is_some(),
                &["environment", &index, "header"],
                bad_header.as_deref().unwrap_or_default(),
            ),
            (
                !variable.prefixes.iter().all(|prefix| is_word(prefix)),
                &["environment", &index, "prefixes"],
                "a prefix is visible ASCII characters without spaces",
            ),
        ]);
        if broken.is_some() {
            return broken;
        }
    }
    let names = variable_names(yaml);
    let (index, name) = doubled(&names)?;
    Some(FieldError::at(&["environment", &index.to_string()], format!("{name} stands there twice")))
}

fn orders(yaml: &ProviderYaml) -> Option<FieldError> {
    let known = variable_names(yaml);
    for (index, order) in yaml.orders.iter().enumerate() {
        let index = index.to_string();
        let sources: Vec<&str> = order.sources.iter().map(String::as_str).collect();
        let broken = FieldError::first_broken(&[
            (!is_word(&order.name), &["orders", &index, "name"], "the name of an order is one word"),
            (
                order.program.trim().is_empty(),
                &["orders", &index, "program"],
                "program says whose order it is",
            ),
            (sources.is_empty(), &["orders", &index, "sources"], "an order names at least one source"),
        ]);
        if broken.is_some() {
            return broken;
        }
        let at_sources = |rule: String| Some(FieldError::at(&["orders", &index, "sources"], rule));
        let is_known = |source: &&&str| ["login", "key"].contains(*source) || known.contains(*source);
        if let Some(source) = sources.iter().find(|source| !is_known(source)) {
            return at_sources(format!("{source} is no variable of environment, nor login or key"));
        }
        if let Some((_, source)) = doubled(&sources) {
            return at_sources(format!("{source} stands there twice"));
        }
    }
    let names: Vec<&str> = yaml.orders.iter().map(|order| order.name.as_str()).collect();
    let (index, name) = doubled(&names)?;
    Some(FieldError::at(&["orders", &index.to_string()], format!("there are two orders {name}")))
}

fn export(yaml: &ProviderYaml) -> Option<FieldError> {
    let name = yaml.export.as_deref()?;
    let rule = || FieldError::at(&["export"], format!("export: {VARIABLE_NAME}"));
    (!is_variable(name)).then(rule)
}

fn meanings(yaml: &ProviderYaml) -> Option<FieldError> {
    for (index, one) in yaml.meaning.iter().enumerate() {
        let rule = match (one.status, one.error.as_deref()) {
            (Some(100..=599), None) => continue,
            (Some(_), None) => "a status is a number from 100 to 599",
            (None, Some("")) => "an error code must not be empty",
            (None, Some(_)) => continue,
            (Some(_), Some(_)) | (None, None) => "a meaning is that of one status or of one error, not both",
        };
        return Some(FieldError::at(&["meaning", &index.to_string()], rule));
    }
    let keys: Vec<_> = yaml.meaning.iter().map(|one| (one.status, one.error.as_deref())).collect();
    let (index, _) = doubled(&keys)?;
    let rule = "the same status or error has a meaning already";
    Some(FieldError::at(&["meaning", &index.to_string()], rule))
}

fn masks(yaml: &ProviderYaml) -> Option<FieldError> {
    let is_mask = |mask: &String| (1..=24).contains(&mask.len());
    FieldError::first_broken(&[(
        !yaml.masks.iter().all(is_mask),
        &["masks"],
        "a mask is a public prefix of 1 to 24 characters",
    )])
}
