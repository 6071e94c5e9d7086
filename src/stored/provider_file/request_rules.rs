//! Rules of a file's own requests: what they may carry, what they must, and where they may lead.

use std::collections::BTreeSet;

use crate::domain::provider::request_template::{
    JsonTemplate, Method, Placeholder, RequestBody, RequestTemplate, Template, TemplatePart,
};
use crate::domain::provider::{RefreshScope, endpoint};
use crate::stored::provider_file::error::FieldError;
use crate::stored::provider_file::schema::{ProviderYaml, RequestYaml};
use crate::stored::yaml_path::PathStep;

/// One request of the file's own.
struct OwnRequest<'a> {
    /// Its field below `calls`.
    name: &'static str,
    request: &'a RequestTemplate,
    /// What can fill it.
    known: Vec<Placeholder>,
    /// What the answer to it depends on.
    required: Vec<Placeholder>,
}

/// What `authorize_parameters` may hold beyond the standard.
pub(super) const PARAMETER: &[Placeholder] = &[Placeholder::Account];
const PROBE: &[Placeholder] = &[Placeholder::Access];
const CLIENT: &[Placeholder] = &[Placeholder::ClientId, Placeholder::ClientSecret, Placeholder::Basic];
const AUTHORIZE: &[Placeholder] = &[
    Placeholder::ClientId,
    Placeholder::Redirect,
    Placeholder::Scope,
    Placeholder::Challenge,
    Placeholder::Account,
    Placeholder::State,
];
const EXCHANGE: &[Placeholder] =
    &[Placeholder::Code, Placeholder::State, Placeholder::Redirect, Placeholder::Verifier];
const REVOKE: &[Placeholder] =
    &[Placeholder::Token, Placeholder::TokenHint, Placeholder::Refresh, Placeholder::Access];

/// The first rule that a request of `yaml` breaks.
pub(super) fn broken_rule(yaml: &ProviderYaml) -> Option<FieldError> {
    let has_secret = yaml.client.authentication.has_secret();
    own_requests(yaml)
        .iter()
        .find_map(|own| broken_request(own, has_secret))
        .or_else(|| unscoped_refresh(yaml))
        .or_else(|| probe(yaml))
}

/// A refresh that names its scopes, of which the file says that there are none.
fn unscoped_refresh(yaml: &ProviderYaml) -> Option<FieldError> {
    let request = &yaml.calls.refresh.as_ref()?.0;
    let is_unscoped = matches!(yaml.refresh.scope, Some(RefreshScope::None));
    let names_scope = request.placeholders().contains(&Placeholder::Scope);
    let rule = "refresh.scope is none, so that nothing fills {scope} in calls.refresh";
    (is_unscoped && names_scope).then(|| FieldError::at(&["refresh", "scope"], rule))
}

fn own_requests(yaml: &ProviderYaml) -> Vec<OwnRequest<'_>> {
    use Placeholder::{Challenge, Code, DeviceCode, Refresh, Scope, State, Verifier};

    let calls = &yaml.calls;
    let by_code = |placeholder| yaml.pkce.is_on().then_some(placeholder);
    let by_device = |placeholder| yaml.device_pkce().is_on().then_some(placeholder);
    let state = yaml.state.echoed.then_some(State);
    let authorize = calls.authorize.as_ref().map(|sent| OwnRequest {
        name: "authorize",
        request: &sent.request,
        known: AUTHORIZE.to_vec(),
        required: by_code(Challenge).into_iter().chain(state).collect(),
    });
    let others: [(_, _, &[_], [_; 2]); 5] = [
        ("exchange", &calls.exchange, EXCHANGE, [Some(Code), by_code(Verifier)]),
        ("refresh", &calls.refresh, &[Refresh, Scope], [Some(Refresh), None]),
        ("device", &calls.device, &[Scope, Challenge], [None, by_device(Challenge)]),
        ("revoke", &calls.revoke, REVOKE, [None, None]),
        ("poll", &calls.poll, &[DeviceCode, Verifier], [Some(DeviceCode), by_device(Verifier)]),
    ];
    let others = others.into_iter().filter_map(|(name, request, known, required)| {
        let RequestYaml(request) = request.as_ref()?;
        let required = required.into_iter().flatten().collect();
        Some(OwnRequest { name, request, known: [CLIENT, known].concat(), required })
    });
    authorize.into_iter().chain(others).collect()
}

fn broken_request(own: &OwnRequest<'_>, has_secret: bool) -> Option<FieldError> {
    let OwnRequest { name, request, known, required } = own;
    let place = format!("calls.{name}");
    let at = |below: &[PathStep], rule: String| {
        let path = [PathStep::key("calls"), PathStep::key(*name)];
        Some(FieldError { path: [&path, below].concat(), rule })
    };
    let all = templates(request);
    if let Some(rule) = secret_in_address(&request.url) {
        return at(&[method(request)], rule);
    }
    for (path, template) in &all {
        let rule = unfilled(&place, template, known);
        if let Some(rule) = rule.or_else(|| unasked_secret(template).filter(|_| !has_secret)) {
            return at(path, rule);
        }
    }
    if let Some(rule) = bad_address(&request.url) {
        return at(&[method(request)], rule);
    }
    if let Some((header, rule)) = bad_header(&request.headers) {
        return at(&[PathStep::key("headers"), PathStep::key(header)], rule);
    }
    let carried: BTreeSet<Placeholder> =
        all.iter().flat_map(|(_, template)| template.placeholders()).collect();
    let tokens = [Placeholder::Token, Placeholder::Refresh, Placeholder::Access];
    if *name == "revoke" && !tokens.iter().any(|token| carried.contains(token)) {
        return at(&[], format!("{place} carries none of {{token}}, {{refresh}} and {{access}}"));
    }
    let missing = required.iter().find(|placeholder| !carried.contains(placeholder))?;
    at(&[], format!("{place} carries no {{{}}}{}", missing.word(), why_required(*missing)))
}

/// The rule that `template` breaks by waiting for a secret that nobody is asked for.
fn unasked_secret(template: &Template) -> Option<String> {
    let is_secret = |one: &Placeholder| matches!(one, Placeholder::ClientSecret | Placeholder::Basic);
    let secret = template.placeholders().find(is_secret)?;
    Some(format!("client.authentication is none, so that nobody is asked for {{{}}}", secret.word()))
}

/// Why a request must carry `placeholder`, where that does not go without saying.
fn why_required(placeholder: Placeholder) -> &'static str {
    if matches!(placeholder, Placeholder::Challenge | Placeholder::Verifier) {
        ", though pkce is not off"
    } else if placeholder == Placeholder::State {
        ", so that no answer can bring it back; then say state: { echoed: false }"
    } else {
        ""
    }
}

fn probe(yaml: &ProviderYaml) -> Option<FieldError> {
    let probe = yaml.probe.as_ref()?;
    let headers = &probe.headers.0;
    let get = || bad_address(&probe.get).or_else(|| unfilled("probe", &probe.get, PROBE));
    if let Some(rule) = get() {
        return Some(FieldError::at(&["probe", "get"], rule));
    }
    if let Some(rule) = probe.ends.as_deref().and_then(bad_end) {
        return Some(FieldError::at(&["probe", "ends"], rule));
    }
    let mut unfilled =
        headers.iter().filter_map(|(name, value)| Some((name.as_str(), unfilled("probe", value, PROBE)?)));
    let (header, rule) = unfilled.next().or_else(|| bad_header(headers))?;
    Some(FieldError::at(&["probe", "headers", header], rule))
}

/// Why `ends` names no place of an answer.
fn bad_end(ends: &str) -> Option<String> {
    let is_pointer = ends.starts_with('/');
    let rule = || {
        "ends is a JSON pointer such as /data/expires_at, or the name of a header of the answer".to_owned()
    };
    (!is_pointer && bad_header_name(ends).is_some()).then(rule)
}

/// The field that holds the address.
fn method(request: &RequestTemplate) -> PathStep {
    PathStep::key(match request.method {
        Method::Get => "get",
        Method::Post => "post",
        Method::Delete => "delete",
    })
}

/// Every template of `request`, and the path of its field below that of the request.
fn templates(request: &RequestTemplate) -> Vec<(Vec<PathStep>, &Template)> {
    let named = |part: &str, name: &str| vec![PathStep::key(part), PathStep::key(name)];
    let mut all = vec![(vec![method(request)], &request.url)];
    all.extend(request.headers.iter().map(|(name, value)| (named("headers", name), value)));
    match &request.body {
        RequestBody::Empty => {}
        RequestBody::Form(fields) => {
            all.extend(fields.iter().map(|(name, value)| (named("form", name), value)));
        }
        RequestBody::Json(json) => gather(json, &mut vec![PathStep::key("json")], &mut all),
    }
    all
}

fn gather<'a>(
    json: &'a JsonTemplate,
    path: &mut Vec<PathStep>,
    all: &mut Vec<(Vec<PathStep>, &'a Template)>,
) {
    let mut below = |step: PathStep, json: &'a JsonTemplate| {
        path.push(step);
        gather(json, path, all);
        path.pop();
    };
    match json {
        JsonTemplate::Text(template) => all.push((path.clone(), template)),
        JsonTemplate::Fixed(_) => {}
        JsonTemplate::List(items) => {
            items.iter().enumerate().for_each(|(index, item)| below(PathStep::Nth(index), item));
        }
        JsonTemplate::Object(fields) => {
            fields.iter().for_each(|(name, field)| below(PathStep::key(name), field));
        }
    }
}

/// The rule that `template` breaks by a placeholder that is none of `known`. `place` is where it stands.
pub(super) fn unfilled(place: &str, template: &Template, known: &[Placeholder]) -> Option<String> {
    let placeholder = template.placeholders().find(|placeholder| !known.contains(placeholder))?;
    let known: Vec<String> = known.iter().map(|known| format!("{{{}}}", known.word())).collect();
    Some(format!("nothing fills {{{}}} in {place}; known there: {}", placeholder.word(), known.join(", ")))
}

/// The rule that an address breaks by a secret in it. A provider that refreshes a token by a GET with
/// the token in its address is refused by design.
fn secret_in_address(template: &Template) -> Option<String> {
    template.placeholders().any(Placeholder::is_secret).then(|| {
        "a secret may not stand in an address, which servers and proxies write into their logs; use a header or \
         the body (a provider that takes neither cannot be asked for this)"
            .to_owned()
    })
}

/// The rule by which `template` is no address that secrets may go to, whatever fills its placeholders.
fn bad_address(template: &Template) -> Option<String> {
    if let Some(rule) = secret_in_address(template) {
        return Some(rule);
    }
    let mut filled = String::new();
    for part in template.parts() {
        match part {
            TemplatePart::Text(text) => filled.push_str(text),
            TemplatePart::Placeholder(placeholder) if !names_a_host(&filled) => {
                let rule = "a placeholder may stand behind the host of an address, not in or before it";
                return Some(format!("{rule}: {{{}}}", placeholder.word()));
            }
            // What fills a placeholder is encoded, so that it stays a part of the path or the query.
            TemplatePart::Placeholder(placeholder) => filled.push_str(placeholder.word()),
        }
    }
    endpoint::parse(&filled).err().map(|error| error.to_string())
}

/// Whether the host of the address that begins so cannot be changed by what follows.
fn names_a_host(begun: &str) -> bool {
    let Some((_, rest)) = begun.split_once("://") else { return false };
    rest.find(['/', '?', '#', '\\']).is_some_and(|end| end > 0)
}

/// The first of these headers that cannot be sent, and why.
fn bad_header(headers: &[(String, Template)]) -> Option<(&str, String)> {
    let mut seen = BTreeSet::new();
    for (name, value) in headers {
        if let Some(rule) = bad_header_name(name) {
            return Some((name, rule));
        }
        if !seen.insert(name.to_ascii_lowercase()) {
            return Some((name, format!("the header {name} stands there twice")));
        }
        let is_visible = |byte: u8| byte.is_ascii_graphic() || byte == b' ';
        if !value.texts().all(|text| text.bytes().all(is_visible)) {
            return Some((name, "the value of a header is visible ASCII characters".to_owned()));
        }
    }
    None
}

/// The headers that follow from the address and the body, and those that belong to the connection
/// (RFC 9110 §7.6.1, §7.8, §10.1.1) or change how the answer is written (§12.5.3).
const OWN_HEADERS: [&str; 9] = [
    "host",
    "connection",
    "content-length",
    "content-type",
    "transfer-encoding",
    "accept-encoding",
    "te",
    "expect",
    "upgrade",
];

/// The rule by which no header of a file's own can be called `name`.
pub(super) fn bad_header_name(name: &str) -> Option<String> {
    // RFC 9110 §5.6.2.
    let is_token_byte = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte);
    if name.is_empty() || !name.bytes().all(is_token_byte) {
        let rule = "the name of a header is letters, digits and !#$%&'*+-.^_`|~, such as x-api-key";
        return Some(rule.to_owned());
    }
    let is_own = OWN_HEADERS.iter().any(|own| name.eq_ignore_ascii_case(own));
    is_own.then(|| format!("authtui itself sends {name}, or never does; leave it out here"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_leads_to_the_same_host_whatever_fills_it() {
        for (written, fine) in [
            ("https://a.test/{client_id}/token", true),
            ("https://a.test/?c={client_id}&r={redirect}", true),
            ("https://a.test?c={client_id}", true),
            ("http://127.0.0.1:9/{client_id}", true),
            ("https://a.test", true),
            ("https://a.test{client_id}/", false),
            ("https://{client_id}.a.test/", false),
            ("https://{client_id}@a.test/", false),
            ("https://a.test:{client_id}/", false),
            ("https:///{client_id}", false),
            ("https://\\{client_id}", false),
            ("https:{client_id}", false),
            ("{client_id}://a.test/", false),
            ("{redirect}", false),
            ("http://a.test/{client_id}", false),
            ("https://u@a.test/{client_id}", false),
            ("https://a.test/#{client_id}", false),
            ("https://a.test/ {client_id}", false),
            ("https://a.test/{code}", false),
            ("https://a.test/?s={state}", false),
            ("/token", false),
            ("", false),
        ] {
            let template = Template::parse(written).expect("a template");
            assert_eq!(bad_address(&template).is_none(), fine, "{written}: {:?}", bad_address(&template));
        }
    }
}
