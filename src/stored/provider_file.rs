//! Provider files, read into [`Provider`]s or refused with line and rule.
//!
//! The fields are documented in `docs/providers.md`; a test holds that page and this reader
//! together. `limits` come first, then [`library`] merges in what the file extends, `schema` names
//! the fields, `rules` look across them, and `conversion` makes a [`Provider`] of them, whose
//! requests are all [`RequestTemplate`](crate::domain::provider::request_template::RequestTemplate)s:
//! the short forms (`endpoints`, `client`, `body`) become such templates, so that there is one
//! interpreter.

mod collections;
mod conversion;
mod error;
pub mod library;
mod limits;
mod request_rules;
mod rules;
mod schema;
mod server_rules;
mod standard_requests;
mod values;

use std::collections::BTreeSet;

use crate::domain::provider::Provider;
use crate::domain::provider::catalog::{Catalog, CatalogEntry, CatalogError, file_stem};
pub use crate::stored::provider_file::error::ProviderFileError;
use crate::stored::provider_file::library::{FileOrigin, Library, LoadedProvider};
pub use crate::stored::provider_file::limits::SIZE_LIMIT;

/// Names the files of `assets/providers`.
macro_rules! presets {
    ($count:literal: $($name:literal),+ $(,)?) => {
        /// The provider files that come with the program: name and text.
        pub const PRESETS: [(&str, &str); $count] =
            [$(($name, include_str!(concat!("../../assets/providers/", $name, ".yaml")))),+];

        /// What the file `name`.yaml says, as the JSON that `build.rs` makes of it, which is parsed faster.
        fn preset_json(name: &str) -> Option<&'static str> {
            match name {
                $($name => Some(include_str!(concat!(env!("OUT_DIR"), "/", $name, ".json"))),)+
                _ => None,
            }
        }
    };
}

presets! {
    23:
    "anthropic",
    "asana",
    "atlassian",
    "auth0",
    "calcom",
    "calcom-platform",
    "github",
    "github-web",
    "gitlab",
    "google",
    "google-device",
    "huggingface",
    "keycloak",
    "linear",
    "microsoft",
    "notion",
    "oauth2",
    "okta",
    "qonic",
    "qwen",
    "slack",
    "spotify",
    "zitadel",
}

/// The path of a file, and its text or why there is none.
pub type ProviderFile = (String, Result<String, String>);

/// Reads the text of the file `name`.yaml, which may extend nothing: [`Library::load`] is for
/// those that do.
///
/// # Errors
/// The first [`ProviderFileError`] found.
pub fn load(name: &str, text: &str) -> Result<Provider, ProviderFileError> {
    Library::default().load(name, FileOrigin::Own, text).map(|loaded| loaded.provider)
}

/// The presets, overridden and added to by `files`.
///
/// A file that cannot be used becomes an error, and its name means nothing then, not even the preset
/// of that name: that one leads to another server, which must not see the tokens of the person's own.
#[must_use]
pub fn catalog(files: impl IntoIterator<Item = ProviderFile>) -> Catalog {
    some_of(&PRESETS, files, |_, _| true)
}

/// `files` alone. They may extend presets all the same.
#[must_use]
pub fn catalog_of_files(files: impl IntoIterator<Item = ProviderFile>) -> Catalog {
    some_of(&[], files, |_, _| true)
}

/// Those of `presets`, overridden and added to by `files`, that are wanted: by their name and the text of one
/// file of that name. No other is read.
#[must_use]
pub fn some_of(
    presets: &[(&'static str, &'static str)],
    files: impl IntoIterator<Item = ProviderFile>,
    is_wanted: impl Fn(&str, &str) -> bool,
) -> Catalog {
    let files: Vec<_> = files.into_iter().collect();
    let own = files.iter().map(|(path, text)| (file_stem(path), text.as_deref().unwrap_or_default()));
    let each = presets.iter().copied().chain(own);
    let wanted: BTreeSet<&str> =
        each.filter(|(name, text)| is_wanted(name, text)).map(|(name, _)| name).collect();
    let library = library(&files);
    let mut catalog = Catalog::default();
    for (name, text) in presets.iter().filter(|(name, _)| wanted.contains(name)) {
        catalog.insert_preset(name, text, read_preset);
    }
    add_files(&mut catalog, &library, files.iter().filter(|(path, _)| wanted.contains(file_stem(path))));
    catalog
}

/// Whether the provider that `text` describes may name variables that `is_set`: it says so, or may inherit it.
#[must_use]
pub fn may_name_variable(text: &str, is_set: impl Fn(&str) -> bool) -> bool {
    let is_in_name = |char: char| char.is_ascii_alphanumeric() || char == '_';
    let mut names = text.split(|char| !is_in_name(char)).filter(|word| rules::is_variable(word));
    library::may_extend(text) || text.contains("environment") && names.any(is_set)
}

/// Whether the provider that `text` describes may have one of these fields: it says so, or may inherit it.
#[must_use]
pub fn may_have(text: &str, fields: &[&str]) -> bool {
    library::may_extend(text) || fields.iter().any(|field| text.contains(field))
}

/// Reads a file that comes with the program. A test holds that it breaks no rule and extends nothing.
fn read_preset(name: &'static str, text: &'static str) -> Option<CatalogEntry> {
    let yaml = serde_json::from_str(preset_json(name)?).ok()?;
    Some(CatalogEntry { provider: conversion::provider(yaml), path: None, text: text.into(), merged: None })
}

/// All that a file may extend: the presets and `files`.
fn library(files: &[ProviderFile]) -> Library<'_> {
    let mut library = Library::of_presets(&PRESETS);
    for (path, text) in files {
        library.add(file_stem(path), text.as_deref().map_err(String::as_str));
    }
    library
}

fn add_files<'a>(
    catalog: &mut Catalog,
    library: &Library<'_>,
    files: impl Iterator<Item = &'a ProviderFile>,
) {
    for (path, text) in files {
        match text {
            Ok(text) => add(catalog, library, path, text),
            Err(rule) => {
                catalog.refuse(CatalogError { path: path.clone(), line: None, rule: rule.clone() });
            }
        }
    }
    catalog.drop_refused();
}

fn add(catalog: &mut Catalog, library: &Library<'_>, path: &str, text: &str) {
    let path = path.to_owned();
    match library.load(file_stem(&path), FileOrigin::Own, text) {
        Ok(LoadedProvider { provider, merged }) => {
            let text = text.to_owned().into();
            catalog.insert(CatalogEntry { provider, path: Some(path), text, merged });
        }
        Err(ProviderFileError { line, rule }) => catalog.refuse(CatalogError { path, line, rule }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::provider::device::UserCodeMode;
    use crate::domain::provider::environment::CredentialSource;
    use crate::domain::provider::meaning::Meaning;
    use crate::domain::provider::request_template::{
        JsonTemplate, Method, Placeholder, RequestBody, RequestTemplate, Template,
    };
    use crate::domain::provider::{Authorize, LoginMethod, Pkce, RefreshScope};

    /// The shortest file that works.
    const SHORT: &str = "\
name: acme
endpoints:
  authorize: https://id.acme.test/authorize
  token: https://id.acme.test/token
";

    /// A file whose requests are all its own.
    const OWN: &str = "\
name: acme
client: { authentication: { header: x-secret } }
pkce: off
state: { echoed: false }
device: { pkce: required }
calls:
  authorize: { post: 'https://a.test/{client_id}/authorize', json: { to: '{redirect}' }, reading: { 400: no } }
  exchange: { post: 'https://a.test/exchange', headers: { authorization: 'Bearer {code}' } }
  refresh: { post: 'https://a.test/refresh', form: { token: '{refresh}' } }
  device: { post: 'https://a.test/device', form: { challenge: '{challenge}' } }
  poll: { post: 'https://a.test/poll', json: [{ code: '{device_code}', 1x: [1, true, null, '{verifier}'] }] }
";

    fn acme(text: &str) -> Provider {
        load("acme", text).unwrap_or_else(|fault| panic!("{fault:?}\n{text}"))
    }

    fn fields(call: &RequestTemplate) -> Vec<&str> {
        match &call.body {
            RequestBody::Empty => Vec::new(),
            RequestBody::Form(fields) => fields.iter().map(|(name, _)| name.as_str()).collect(),
            RequestBody::Json(JsonTemplate::Object(fields)) => {
                fields.iter().map(|(name, _)| name.as_str()).collect()
            }
            RequestBody::Json(other) => panic!("no fields: {other:?}"),
        }
    }

    fn headers(call: &RequestTemplate) -> Vec<&str> {
        call.headers.iter().map(|(name, _)| name.as_str()).collect()
    }

    #[test]
    fn the_shortest_file_gives_a_public_client_with_pkce_on_any_port() {
        let provider = acme(SHORT);
        assert_eq!(provider.redirect.ports(), [8765, 0]);
        assert_eq!((provider.pkce, provider.state.echoed), (Pkce::Required, true));
        let exchange = provider.exchange.expect("an exchange");
        let names = ["grant_type", "code", "client_id", "redirect_uri", "code_verifier"];
        assert_eq!((exchange.method, fields(&exchange)), (Method::Post, names.to_vec()));
        assert_eq!(provider.device, None);
    }

    #[test]
    fn the_addresses_make_the_flows_unless_the_file_says_otherwise() {
        let page = "redirect: { paste: 'https://id.acme.test/code' }\n";
        let device = "  device: https://id.acme.test/device\n";
        for (more, flows) in [
            (String::new(), &[LoginMethod::Code][..]),
            (page.to_owned(), &[LoginMethod::Code, LoginMethod::Paste]),
            (device.to_owned(), &[LoginMethod::Code, LoginMethod::Device]),
            (format!("{device}{page}"), &[LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device]),
            (format!("{device}{page}flows: [code]\n"), &[LoginMethod::Code]),
            (format!("{device}{page}flows: [paste]\n"), &[LoginMethod::Paste]),
            (format!("{device}{page}flows: [device]\n"), &[LoginMethod::Device]),
            (format!("{device}flows: [key]\n"), &[LoginMethod::Key]),
        ] {
            let provider = acme(&format!("{SHORT}{more}"));
            assert_eq!(provider.flows, flows, "{more}");
            let has = |flow| flows.contains(&flow);
            // What no flow uses is not there for anybody.
            assert_eq!(provider.redirect.paste.is_some(), has(LoginMethod::Paste), "{more}");
            assert_eq!(provider.device.is_some(), has(LoginMethod::Device), "{more}");
            let by_code = has(LoginMethod::Code) || has(LoginMethod::Paste);
            assert_eq!(provider.authorize.is_some(), by_code, "{more}");
            assert_eq!(provider.exchange.is_some(), by_code, "{more}");
        }
    }

    #[test]
    fn a_provider_of_keys_alone_needs_no_address() {
        let provider =
            acme("name: acme\nflows: [key]\nkey: { header: X-Key, page: 'https://a.test/keys' }\n");
        assert_eq!((provider.authorize, provider.exchange, provider.refresh), (None, None, None));
        assert_eq!(provider.key_header.as_deref(), Some("X-Key"));
        assert_eq!(provider.key_page.expect("a page").as_str(), "https://a.test/keys");
    }

    #[test]
    fn each_way_of_client_authentication_has_its_place_in_every_standard_request() {
        for (authentication, in_body, in_header) in [
            ("none", &["client_id"][..], None),
            ("post", &["client_id", "client_secret"], None),
            ("basic", &[], Some(("authorization", Placeholder::Basic))),
            ("basic_raw", &[], Some(("authorization", Placeholder::Basic))),
            ("{ header: x-secret }", &["client_id"], Some(("x-secret", Placeholder::ClientSecret))),
        ] {
            let device = "  device: https://id.acme.test/device\n";
            let provider = acme(&format!("{SHORT}{device}client: {{ authentication: {authentication} }}\n"));
            let device = provider.device.expect("a device authorization");
            let calls = [
                provider.exchange.expect("an exchange"),
                provider.refresh.expect("a refresh"),
                device.authorize,
                device.poll,
            ];
            for call in calls {
                let client: Vec<_> =
                    fields(&call).into_iter().filter(|name| name.starts_with("client_")).collect();
                assert_eq!(client, in_body, "{authentication}");
                let proof =
                    call.headers.get(1).map(|(name, value)| (name.as_str(), value.placeholders().next()));
                let expected = in_header.map(|(name, placeholder)| (name, Some(placeholder)));
                assert_eq!((proof, headers(&call)[0]), (expected, "accept"), "{authentication}");
            }
        }
    }

    #[test]
    fn the_requests_of_a_device_code_are_those_of_rfc_8628() {
        let text = format!("{SHORT}  device: https://id.acme.test/device\nbody: json\n");
        let plain = acme(&text).device.expect("a device authorization");
        assert_eq!(fields(&plain.authorize), ["client_id", "scope"]);
        assert_eq!(fields(&plain.poll), ["grant_type", "device_code", "client_id"]);
        let bound = acme(&format!("{text}device: {{ pkce: required, reply: {{ user_code: /x }} }}\n"));
        let bound = bound.device.expect("a device authorization");
        let challenge = ["client_id", "scope", "code_challenge", "code_challenge_method"];
        assert_eq!(fields(&bound.authorize), challenge);
        assert_eq!(fields(&bound.poll), ["grant_type", "device_code", "client_id", "code_verifier"]);
        assert_eq!(bound.reply.user_code.0, ["/x"]);
        assert_eq!((plain.user_code, bound.user_code), (UserCodeMode::Typed, UserCodeMode::Typed));
        let link = acme(&format!("{text}device: {{ user_code: none }}\n")).device;
        assert_eq!(link.map(|link| link.user_code), Some(UserCodeMode::None));
        assert_eq!(bound.reply.device_code.0, ["/device_code"]);
    }

    #[test]
    fn what_tokens_are_asked_for_is_named_in_every_standard_request() {
        let device = "  device: https://id.acme.test/device\n";
        for (body, resource, expected) in [
            ("form", "https://mcp.acme.test/mcp", &["https://mcp.acme.test/mcp"][..]),
            ("form", "[https://a.acme.test, 'urn:b']", &["https://a.acme.test", "urn:b"]),
            ("json", "[https://a.acme.test, 'urn:b']", &["https://a.acme.test", "urn:b"]),
        ] {
            let provider = acme(&format!("{SHORT}{device}body: {body}\nresource: {resource}\n"));
            assert_eq!(provider.resource, expected);
            let device = provider.device.expect("a device authorization");
            let calls = [provider.exchange, provider.refresh, Some(device.authorize), Some(device.poll)];
            for call in calls.into_iter().flatten() {
                assert_eq!(resources(&call.body), expected, "{call:?}");
            }
            let Some(Authorize::Page { parameters, .. }) = provider.authorize else { panic!("no page") };
            let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
            assert_eq!(names, vec!["resource"; expected.len()]);
        }
    }

    fn resources(body: &RequestBody) -> Vec<&str> {
        match body {
            RequestBody::Empty => Vec::new(),
            RequestBody::Form(fields) => {
                let named = fields.iter().filter(|(name, _)| name == "resource");
                named.flat_map(|(_, value)| value.texts()).collect()
            }
            RequestBody::Json(JsonTemplate::Object(fields)) => {
                let (_, value) = fields.iter().find(|(name, _)| name == "resource").expect("a resource");
                let JsonTemplate::List(values) = value else { panic!("no list: {value:?}") };
                values.iter().flat_map(json_text).collect()
            }
            RequestBody::Json(other) => panic!("no fields: {other:?}"),
        }
    }

    fn json_text(json: &JsonTemplate) -> impl Iterator<Item = &str> {
        let JsonTemplate::Text(text) = json else { panic!("no text: {json:?}") };
        text.texts()
    }

    #[test]
    fn a_files_own_requests_replace_those_of_the_short_forms() {
        let provider = acme(OWN);
        assert_eq!(provider.flows, [LoginMethod::Code, LoginMethod::Device]);
        let Some(Authorize::Sent { call, reading }) = &provider.authorize else {
            panic!("not sent: {:?}", provider.authorize)
        };
        assert_eq!((fields(call), reading[&400].as_str()), (vec!["to"], "no"));
        assert_eq!(headers(&provider.exchange.expect("an exchange")), ["accept", "authorization"]);
        assert_eq!(fields(&provider.refresh.expect("a refresh")), ["token"]);
        let poll = provider.device.expect("a device authorization").poll;
        let RequestBody::Json(JsonTemplate::List(items)) = &poll.body else {
            panic!("no list: {:?}", poll.body)
        };
        let JsonTemplate::Object(fields) = &items[0] else { panic!("no object: {items:?}") };
        let JsonTemplate::List(values) = &fields[1].1 else { panic!("no list: {fields:?}") };
        let fixed = |value: serde_json::Value| JsonTemplate::Fixed(value);
        assert_eq!(values[..3], [fixed(1.into()), fixed(true.into()), fixed(serde_json::Value::Null)]);
        let own = acme(&OWN.replace(
            "{ post: 'https://a.test/refresh',",
            "{ post: 'https://a.test/refresh', headers: { Accept: text/plain },",
        ));
        assert_eq!(headers(&own.refresh.expect("a refresh")), ["Accept"]);
    }

    #[test]
    fn what_is_said_of_scopes_meanings_and_the_environment_arrives() {
        let provider = acme(&format!(
            "{SHORT}\
response_type: none
refresh: {{ rotation: reusable, grant_life: 90d }}
scopes: {{ offered: [a, {{ name: b, title: \"B\\e\" }}], list: {{ get: 'https://a.test/scopes' }} }}
meaning: [{{ status: 429, is: slow_down }}, {{ error: gone, is: grant_dead }}]
environment: [ONE, {{ name: TWO, header: x-two, prefixes: [two-] }}]
orders: [{{ name: usual, program: acme, sources: [TWO, ONE, login, key] }}]
"
        ));
        assert_eq!(provider.grant_life.expect("a life").num_days(), 90);
        let titles: Vec<_> = provider.scopes.offered.iter().map(|one| one.title.as_deref()).collect();
        assert_eq!(titles, [None, Some("B\u{fffd}")]);
        let list = provider.scopes.list.expect("a list");
        assert_eq!((list.at.0, list.name.0), (vec![String::new()], vec!["/name".into(), "/id".into()]));
        assert_eq!(provider.meanings.meaning_of(429, None), Some(Meaning::SlowDown));
        assert_eq!(provider.meanings.meaning_of(400, Some("gone")), Some(Meaning::GrantDead));
        assert_eq!(provider.environment[1].prefixes, ["two-"]);
        let variable = |name: &str| CredentialSource::Variable(name.to_owned());
        let sources = [variable("TWO"), variable("ONE"), CredentialSource::Login, CredentialSource::Key];
        assert_eq!(provider.orders[0].sources, sources);
    }

    #[test]
    fn a_refresh_names_its_scopes_where_the_file_says_so() {
        let plain = ["grant_type", "client_id", "refresh_token"];
        let scoped = ["grant_type", "client_id", "refresh_token", "scope"];
        for (refresh, names, scope) in [
            ("{}", &plain[..], RefreshScope::Granted),
            ("{ scope: none }", &plain, RefreshScope::None),
            ("{ scope: granted }", &scoped, RefreshScope::Granted),
            ("{ scope: default }", &scoped, RefreshScope::Default),
        ] {
            let provider = acme(&format!("{SHORT}refresh: {refresh}\n"));
            assert_eq!(fields(&provider.refresh.expect("a refresh")), names, "{refresh}");
            assert_eq!(provider.refresh_scope, scope, "{refresh}");
        }
        let own = "calls: { refresh: { post: 'https://a.test/', form: { a: '{refresh}', b: '{scope}' } } }\n";
        assert_eq!(acme(&format!("{SHORT}{own}")).refresh_scope, RefreshScope::Granted);
    }

    #[test]
    fn pkce_has_a_method_and_an_encoding() {
        for (written, pkce, method) in [
            ("required", Pkce::Required, Some("S256")),
            ("{}", Pkce::Required, Some("S256")),
            ("{ method: S256 }", Pkce::Required, Some("S256")),
            ("{ method: S256, encoding: base64url }", Pkce::Required, Some("S256")),
            ("{ encoding: hex }", Pkce::Hex, Some("S256")),
            ("{ method: plain }", Pkce::Plain, Some("plain")),
            ("plain", Pkce::Plain, Some("plain")),
            ("off", Pkce::Off, None),
        ] {
            let device = "  device: https://id.acme.test/device\n";
            let provider = acme(&format!("{SHORT}{device}pkce: {written}\ndevice: {{ pkce: {written} }}\n"));
            assert_eq!((provider.pkce, provider.pkce.method()), (pkce, method), "{written}");
            let authorize = provider.device.expect("a device authorization").authorize;
            let RequestBody::Form(form) = authorize.body else { panic!("no form") };
            let sent = form.iter().find(|(name, _)| name == "code_challenge_method");
            assert_eq!(sent.and_then(|(_, value)| value.texts().next()), method, "{written}");
        }
    }

    #[test]
    fn a_list_makes_the_same_parameter_several_times() {
        let lists = "{ resource: ['https://a.test/1', 'https://a.test/2'], audience: x }";
        let provider = acme(&format!(
            "{SHORT}authorize_parameters: {lists}\ncalls: {{ refresh: {{ post: 'https://a.test/', form: \
             {{ a: '{{refresh}}', resource: [x, y] }} }} }}\n"
        ));
        let Some(Authorize::Page { parameters, .. }) = &provider.authorize else { panic!("no page") };
        let names: Vec<&str> = parameters.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["resource", "resource", "audience"]);
        assert_eq!(fields(&provider.refresh.expect("a refresh")), ["a", "resource", "resource"]);
    }

    #[test]
    fn a_server_that_is_known_by_its_issuer_is_told_which_account_is_expected() {
        let own = "authorize_parameters: { login_hint: me }\n";
        for (more, hint) in [
            (String::new(), None),
            (
                "issuer: 'https://id.acme.test'\n".to_owned(),
                Some(Template::placeholder(Placeholder::Account)),
            ),
            (format!("issuer: 'https://id.acme.test'\n{own}"), Some(Template::text("me"))),
            (own.to_owned(), Some(Template::text("me"))),
        ] {
            let provider = acme(&format!("{SHORT}{more}"));
            let Some(Authorize::Page { parameters, .. }) = provider.authorize else { panic!("no page") };
            let hints: Vec<&Template> =
                parameters.iter().filter(|(name, _)| name == "login_hint").map(|(_, hint)| hint).collect();
            assert_eq!(hints, hint.iter().collect::<Vec<_>>(), "{more}");
        }
    }

    #[test]
    fn a_provider_without_refresh_has_no_refresh_request() {
        let text = format!("{SHORT}refresh: {{ rotation: none }}\n");
        assert_eq!(acme(&text).refresh, None);
    }

    #[test]
    fn a_file_with_a_bad_field_is_refused_with_its_line_and_rule() {
        // What is added after the four lines of the shortest file.
        for (more, line, words) in [
            ("zzz: 1", 5, "unknown field `zzz`"),
            ("key_header: x-api-key", 5, "unknown field `key_header`"),
            ("  device: http://a.test/d", 5, "https"),
            ("  device: 'https://a.test/{client_id}'", 5, "{placeholders}"),
            ("title: [x]", 5, "expected a string"),
            ("homepage: ftp://a.test", 5, "https"),
            ("flows: []", 5, "code, paste, device and key"),
            ("flows: [implicit]", 5, "unknown variant `implicit`"),
            ("flows: [code, code]", 5, "once"),
            ("flows: [code, paste]", 5, "redirect.paste"),
            ("flows:\n  - code\n  - device", 5, "endpoints.device or calls.device"),
            ("response_type: token", 5, "unknown variant `token`"),
            ("client:\n  id: \"a\\nb\"", 6, "visible ASCII"),
            ("client: { secret: x }", 5, "unknown field `secret`"),
            ("client:\n  authentication: mtls", 6, "unknown variant `mtls`"),
            ("client:\n  authentication: { head: x }", 6, "unknown field `head`"),
            ("client:\n  authentication: {}", 6, "missing field `header`"),
            ("client:\n  authentication:\n    header: 'x: y'", 7, "name of a header"),
            ("client:\n  authentication: { header: expect }", 6, "itself sends expect"),
            ("client:\n  authentication: { header: Authorization }", 6, "authentication: basic"),
            ("body: xml", 5, "unknown variant `xml`"),
            ("scopes: { default: ['a b'] }", 5, "one word"),
            ("scopes: { separator: '' }", 5, "must not be empty"),
            ("scopes: { parameter: 'a b' }", 5, "one word"),
            ("scopes: { parameter: state }", 5, "does not send for something else"),
            (
                "scopes: { parameter: user_scope }\nauthorize_parameters: { user_scope: x }",
                6,
                "itself sends user_scope",
            ),
            ("scopes:\n  offered:\n    - a\n    - b c", 8, "one word"),
            ("scopes:\n  offered:\n    - a\n    - { name: a }", 8, "“a” is offered twice"),
            ("scopes:\n  offered: [{ nam: a }]", 6, "unknown field `nam`"),
            ("scopes:\n  offered: [3]", 6, "a name, or a map with a name"),
            ("scopes:\n  list:\n    get: http://a.test/", 7, "https"),
            ("scopes:\n  list:\n    get: 'https://a.test/?t={access}'", 7, "{placeholders}"),
            ("scopes:\n  list: { at: /x }", 6, "missing field `get`"),
            ("scopes:\n  list: { get: 'https://a.test/', at: x }", 6, "slash"),
            ("redirect:\n  path: callback", 6, "slash"),
            ("redirect:\n  path: /go/x", 6, "short link"),
            ("redirect:\n  host: example.org", 6, "127.0.0.1"),
            ("redirect:\n  port: 0", 6, "65535"),
            ("redirect:\n  port_rule: some", 6, "fixed, any, or a list"),
            ("pkce: maybe", 5, "unknown variant `maybe`"),
            ("pkce:\n  method: S512", 6, "unknown variant `S512`"),
            ("pkce:\n  encoding: base32", 6, "unknown variant `base32`"),
            ("pkce: { method: plain, encoding: hex }", 5, "no encoding"),
            ("pkce: { methods: plain }", 5, "unknown field `methods`"),
            ("refresh:\n  scope: all", 6, "unknown variant `all`"),
            (
                "refresh:\n  scope: none\ncalls: { refresh: { post: 'https://a.test/', form: { a: '{refresh} {scope}' } } }",
                6,
                "nothing fills {scope}",
            ),
            ("authorize_parameters: { resource: [a, [b]] }", 5, "expected a text"),
            ("authorize_parameters:\n  resource: [a, '{code}']", 6, "{code}"),
            (
                "calls:\n  refresh: { get: 'https://a.test/?grant_type=refresh&access_token={access}' }",
                6,
                "may not stand in an address, which servers",
            ),
            ("address: https://HOST/", 5, "an example, whose server is a person's own"),
            ("issuer_in_answers: promised", 5, "no issuer says which"),
            ("issuer_in_answers: always", 5, "unknown variant `always`"),
            ("resource: 'https://a.test/#x'", 5, "without a fragment"),
            ("resource:\n  - a.test", 5, "a full address"),
            ("resource: ['https://a.test', 'https://a.test']", 5, "named once"),
            ("resource: 'x:a'\nauthorize_parameters: { resource: b }", 6, "says it already"),
            ("discovered: { from: 'https://a.test/' }", 5, "missing field `at`"),
            ("discovered: { from: 'https://a.test/', at: today }", 5, "2027-01-15T08:00:00Z"),
            ("client: { secret_ends: 3600 }", 5, "2027-01-15T08:00:00Z"),
            (
                "registration: { redirect: 'http://localhost:8765/callback' }",
                5,
                "http://127.0.0.1:8765/callback",
            ),
            ("registration: { redirect: 'http://127.0.0.1:1/callback' }", 5, "without its port"),
            ("registration: { step: x }", 5, "unknown field `step`"),
            ("state: { bytes: 4 }", 5, "16 to 96"),
            ("state: { echo: false }", 5, "unknown field `echo`"),
            ("flows: [key]\nstate:\n  echoed: false", 7, "logins by code"),
            ("authorize_parameters:\n  a: b\n  state: x", 7, "authtui itself sends state"),
            ("authorize_parameters:\n  a: '{code}'", 6, "{code}"),
            ("authorize_parameters: { a: b, a: c }", 5, "“a” stands there twice"),
            ("device: { pkce: required }", 5, "endpoints.device or calls.device"),
            ("device: { reply: { code: /x } }", 5, "unknown field `code`"),
            ("refresh: { rotation: twice }", 5, "unknown variant `twice`"),
            ("refresh:\n  grant_life: 1y", 6, "365d, 12h"),
            ("refresh:\n  grant_life: 3600", 6, "365d, 12h"),
            ("reply: { access: token }", 5, "slash"),
            ("reply: { acess: /a }", 5, "unknown field `acess`"),
            ("meaning:\n  - { is: pending }", 6, "one status or of one error"),
            ("meaning:\n  - { status: 429, error: x, is: pending }", 6, "one status or of one error"),
            ("meaning:\n  - { status: 99, is: pending }", 6, "100 to 599"),
            ("meaning:\n  - { error: '', is: pending }", 6, "must not be empty"),
            ("meaning:\n  - { error: a, is: bad }", 6, "unknown variant `bad`"),
            ("meaning:\n  - { error: a, is: denied }\n  - { error: a, is: expired }", 7, "already"),
            ("probe:\n  get: 'https://a.test/?t={access}'", 6, "may not stand in an address"),
            ("probe:\n  get: 'https://a.test/{client_id}'", 6, "nothing fills {client_id}"),
            ("probe:\n  get: 'http://a.test/'", 6, "https"),
            ("probe: { get: 'https://a.test/',\n  headers: { a: '{code}' } }", 6, "{code}"),
            ("probe: { get: 'https://a.test/',\n  ends: 'a b' }", 6, "a JSON pointer such as"),
            ("probe: { get: 'https://a.test/',\n  ends: '' }", 6, "a JSON pointer such as"),
            ("probe: { get: 'https://a.test/',\n  headers: { 'a b': x } }", 6, "name of a header"),
            ("probe: { get: 'https://a.test/',\n  headers: { a: \"x\\r\\ny\" } }", 6, "visible ASCII"),
            ("probe: { get: 'https://a.test/',\n  headers: { a: x, A: x } }", 6, "twice"),
            ("probe: { get: 'https://a.test/',\n  headers: { Host: x } }", 6, "itself sends Host"),
            (
                "probe: { get: 'https://a.test/',\n  headers: { accept-encoding: br } }",
                6,
                "itself sends accept-encoding",
            ),
            ("probe: { get: 'https://a.test/',\n  headers: { TE: trailers } }", 6, "itself sends TE"),
            ("probe: { get: 'https://a.test/',\n  headers: { upgrade: h2c } }", 6, "itself sends upgrade"),
            ("probe: { get: 'https://a.test/',\n  reading: { 700: x } }", 6, "100 to 599"),
            ("probe: { get: 'https://a.test/',\n  reading: { 200: x, 200: y } }", 6, "twice"),
            ("key: { header: 'x-key: a' }", 5, "name of a header"),
            ("key:\n  header: ''", 6, "name of a header"),
            ("key: { header: Content-Type }", 5, "itself sends Content-Type"),
            ("key: { header: Accept }", 5, "no secret belongs there"),
            ("key: { page: javascript:x }", 5, "https"),
            ("environment: [one]", 5, "A to Z"),
            ("environment:\n  - ONE\n  - { name: 2WO }", 7, "A to Z"),
            ("environment:\n  - { name: ONE, header: 'a b' }", 6, "name of a header"),
            ("environment:\n  - { name: ONE, header: host }", 6, "itself sends host"),
            ("environment:\n  - { name: ONE, header: accept }", 6, "no secret belongs there"),
            ("environment:\n  - { name: ONE, prefixes: ['a b'] }", 6, "prefix"),
            ("environment:\n  - ONE\n  - { name: ONE }", 7, "ONE stands there twice"),
            ("orders:\n  - { name: a b, program: x, sources: [login] }", 6, "one word"),
            ("orders:\n  - { name: a, program: ' ', sources: [login] }", 6, "whose order"),
            ("orders:\n  - { name: a, program: x, sources: [] }", 6, "at least one"),
            ("orders:\n  - { name: a, program: x, sources: [ONE] }", 6, "ONE is no variable"),
            ("orders:\n  - { name: a, program: x, sources: [key, key] }", 6, "key stands there twice"),
            (
                "orders:\n  - { name: a, program: x, sources: [key] }\n  - { name: a, program: y, sources: [key] }",
                7,
                "two orders a",
            ),
            ("masks: ['']", 5, "1 to 24"),
            ("export: 'A B'", 5, "export"),
            ("extends: [x]", 5, "expected a string"),
            ("extends: nobody", 5, "no such provider file"),
            ("extends: acme", 5, "no such provider file"),
            ("calls: { destroy: {} }", 5, "unknown field `destroy`"),
            ("calls:\n  exchange: { form: { a: '{code}' } }", 6, "exactly one of get, post and delete"),
            (
                "calls:\n  exchange: { get: 'https://a.test/', post: 'https://a.test/' }",
                6,
                "exactly one of get, post and delete",
            ),
            ("calls:\n  exchange: { post: 'https://a.test/', form: {}, json: {} }", 6, "not both"),
            ("calls:\n  exchange: { get: 'https://a.test/', form: {} }", 6, "a get has no body"),
            (
                "calls:\n  exchange: { post: 'https://a.test/', reading: { 400: x } }",
                6,
                "unknown field `reading`",
            ),
            (
                "calls:\n  exchange: { post: 'https://a.test/', json: { a: '{cod}' } }",
                6,
                "known are client_id",
            ),
            ("calls:\n  exchange: { post: 'https://a.test/', json: { a: .nan } }", 6, "no such number"),
            ("calls:\n  exchange: { post: 'https://a.test/', json: { a: 1, a: 2 } }", 6, "twice"),
            ("calls:\n  exchange: { post: 'https://a.test/' }", 6, "carries no {code}"),
            (
                "calls:\n  exchange: { post: 'https://a.test/', form: { a: '{code}' } }",
                6,
                "no {verifier}, though pkce",
            ),
            ("calls:\n  exchange:\n    post: 'https://a.test/{code}'", 7, "may not stand in an address"),
            ("calls:\n  exchange:\n    post: 'https://a.test{client_id}/'", 7, "behind the host"),
            ("calls:\n  exchange:\n    post: 'http://a.test/'", 7, "https"),
            (
                "calls:\n  exchange:\n    post: https://a.test/\n    json:\n      a:\n        - x\n        - '{refresh}'",
                11,
                "nothing fills {refresh} in calls.exchange",
            ),
            (
                "calls:\n  exchange:\n    post: https://a.test/\n    form:\n      a: '{client_secret}'",
                9,
                "client.authentication is none",
            ),
            (
                "calls:\n  exchange:\n    post: https://a.test/\n    headers:\n      content-type: x",
                9,
                "itself sends content-type",
            ),
            (
                "calls:\n  refresh: { post: 'https://a.test/', form: { a: '{code}' } }",
                6,
                "{code} in calls.refresh",
            ),
            ("calls:\n  refresh: { post: 'https://a.test/', form: { a: b } }", 6, "carries no {refresh}"),
            (
                "calls:\n  poll: { post: 'https://a.test/', form: { a: '{state}' } }",
                6,
                "{state} in calls.poll",
            ),
            ("calls:\n  poll: { post: 'https://a.test/', form: { a: b } }", 6, "carries no {device_code}"),
            (
                "calls:\n  device: { post: 'https://a.test/', form: { a: '{verifier}' } }",
                6,
                "{verifier} in calls.device",
            ),
            (
                "calls:\n  device: { post: 'https://a.test/' }\ndevice: { pkce: required }",
                6,
                "carries no {challenge}",
            ),
            (
                "calls:\n  authorize: { post: 'https://a.test/', form: { a: '{client_secret}' } }",
                6,
                "{client_secret} in calls.authorize",
            ),
            (
                "calls:\n  authorize: { post: 'https://a.test/', form: { a: '{challenge}' } }",
                6,
                "echoed: false",
            ),
            (
                "calls:\n  authorize: { post: 'https://a.test/', form: { a: '{state}' } }",
                6,
                "no {challenge}, though pkce",
            ),
            ("calls:\n  authorize: { get: 'https://a.test/?s={state}' }", 6, "may not stand in an address"),
        ] {
            let fault = load("acme", &format!("{SHORT}{more}\n")).expect_err(more);
            assert!(fault.rule.contains(words), "{more}: {}", fault.rule);
            assert_eq!(fault.line, Some(line), "{more}: {}", fault.rule);
        }
    }

    #[test]
    fn a_file_that_lacks_what_its_flow_needs_is_told_so() {
        let authorize = "endpoints: { authorize: 'https://a.test/a' }\n";
        let token = "endpoints: { token: 'https://a.test/t' }\n";
        let device = "endpoints: { device: 'https://a.test/d' }\n";
        let both = "endpoints: { device: 'https://a.test/d', token: 'https://a.test/t' }\n";
        let exchange =
            "calls: { exchange: { post: 'https://a.test/', form: { a: '{code}', b: '{verifier}' } } }\n";
        for (more, line, words) in [
            (String::new(), None, "nothing says how to log in"),
            (token.to_owned(), Some(2), "nothing says how to log in"),
            (format!("{token}flows: [code]\n"), Some(3), "endpoints.authorize or calls.authorize"),
            (format!("{token}redirect: {{ paste: 'https://a.test/p' }}\n"), Some(2), "calls.authorize"),
            (authorize.to_owned(), Some(2), "endpoints.token or calls.exchange"),
            (format!("{authorize}{exchange}"), Some(2), "endpoints.token or calls.refresh"),
            (device.to_owned(), Some(2), "endpoints.token or calls.poll"),
            (format!("{both}flows: [device]\nstate: {{ echoed: false }}\n"), Some(4), "by code"),
        ] {
            let fault = load("acme", &format!("name: acme\n{more}")).expect_err(&more);
            assert!(fault.rule.contains(words), "{more}: {}", fault.rule);
            assert_eq!(fault.line, line, "{more}: {}", fault.rule);
        }
        let none = "refresh: { rotation: none }\n";
        assert_eq!(acme(&format!("name: acme\n{authorize}{exchange}{none}")).refresh, None);
        assert_eq!(acme(&format!("name: acme\n{both}")).flows, [LoginMethod::Device]);
    }

    #[test]
    fn a_login_by_paste_alone_needs_a_page_to_open() {
        let page = "redirect: { paste: 'https://a.test/code' }\n";
        for (flows, fine) in [("[code]", true), ("[code, paste]", true), ("[paste]", false)] {
            let text = format!("{OWN}endpoints: {{ authorize: 'https://a.test/a' }}\n{page}flows: {flows}\n");
            let read = load("acme", &text);
            assert_eq!(read.is_ok(), fine, "{flows}: {read:?}");
            if let Err(fault) = read {
                assert_eq!((fault.line, fault.rule.contains("page to open")), (Some(14), true), "{fault:?}");
            }
        }
    }

    #[test]
    fn a_long_map_is_refused() {
        let many =
            |count: usize, entry: fn(usize) -> String| (0..count).map(entry).collect::<Vec<_>>().join(", ");
        let pair = |number| format!("v{number}: x");
        for (count, fine) in [(256, true), (257, false)] {
            let read = load("acme", &format!("{SHORT}authorize_parameters: {{ {} }}\n", many(count, pair)));
            let said = read.map(|_| ()).map_err(|fault| fault.rule);
            let refused = || Err("authorize_parameters: a map has at most 256 entries".to_owned());
            assert_eq!(said, if fine { Ok(()) } else { refused() }, "{count}");
        }
    }

    #[test]
    fn what_is_no_provider_file_at_all_is_refused() {
        let deep = format!("{SHORT}calls: {{ poll: {{ json: {}", "[".repeat(200));
        let many = format!("{SHORT}calls: {}", "[".repeat(200_000));
        let blocks = format!("{SHORT}calls:\n  poll:\n    json:\n      {}x", "- ".repeat(200));
        for (text, words) in [
            ("", "missing field `name`"),
            ("- x", "a map of fields"),
            ("name: [", "did not find"),
            ("name: [x]", "expected a string"),
            ("name: acme\nflows: [", "did not find"),
            (&deep, "64 deep"),
            (&many, "more than 2000 opening brackets"),
            (&blocks, "64 deep"),
            (&format!("{SHORT}name: acme\n"), "duplicate field `name`"),
            (&SHORT.replace("acme", "other"), "acme.yaml"),
            (&format!("{SHORT}---\n{SHORT}"), "more than one document"),
        ] {
            let fault = load("acme", text).expect_err(text);
            assert!(fault.rule.contains(words), "{text}: {}", fault.rule);
        }
    }

    #[test]
    fn every_preset_is_what_its_yaml_says_and_extends_nothing() {
        let catalog = catalog([]);
        for (name, text) in PRESETS {
            let LoadedProvider { provider, merged } = Library::default()
                .load(name, FileOrigin::Own, text)
                .unwrap_or_else(|error| panic!("{name}: {error:?}"));
            assert_eq!((catalog.get(name), merged), (Some(&provider), None), "{name}");
        }
        assert_eq!((catalog.entries().count(), catalog.errors), (PRESETS.len(), Vec::new()));
    }

    #[test]
    fn a_file_of_the_person_replaces_the_preset_of_its_name() {
        let text = PRESETS[0].1.replace(
            "https://platform.claude.com/v1/oauth/token",
            "https://console.anthropic.com/v1/oauth/token",
        );
        let catalog = catalog([("/home/ana/providers/anthropic.yaml".to_owned(), Ok(text))]);
        let exchange = &catalog.get("anthropic").expect("still there").exchange;
        assert!(format!("{exchange:?}").contains("console.anthropic.com"));
    }

    #[test]
    fn a_bad_file_leaves_no_preset_of_its_name_that_tokens_could_go_to() {
        for text in [Ok("name: anthropic\nendpoints: 7\n".to_owned()), Err("permission denied".to_owned())] {
            let catalog = catalog([("/p/anthropic.yaml".to_owned(), text)]);
            assert!(catalog.get("anthropic").is_none() && catalog.error("anthropic").is_some());
        }
    }

    #[test]
    fn some_of_the_providers_are_what_they_are_among_all() {
        let file = |name: &str, text: &str| (format!("/p/{name}.yaml"), Ok(text.to_owned()));
        let child = "name: child\nextends: anthropic\ntitle: The child\n";
        let broken = ("/p/google.yaml".to_owned(), Err("permission denied".to_owned()));
        let files = || [file("acme", SHORT), file("child", child), file("github", "name: ["), broken.clone()];
        let all = catalog(files());
        let names = ["acme", "child", "github", "google", "gitlab", "anthropic", "nobody"];
        for wanted in names {
            let some = some_of(&PRESETS, files(), |name, _| name == wanted);
            assert_eq!((some.entry(wanted), some.error(wanted)), (all.entry(wanted), all.error(wanted)));
            assert_eq!(some.entries().count(), usize::from(all.get(wanted).is_some()), "{wanted}");
        }
    }

    #[test]
    fn every_provider_that_names_a_variable_is_found_without_reading_it() {
        let child = "name: child\nextends: anthropic\n";
        let mine = format!("{SHORT}environment: [ACME_KEY]\n");
        let files =
            || [("child", child), ("acme", &mine)].map(|(name, text)| (name.to_owned(), Ok(text.to_owned())));
        let all = catalog(files());
        for entry in all.entries() {
            for variable in &entry.provider.environment {
                assert!(
                    may_name_variable(&entry.text, |name| name == variable.name),
                    "{}",
                    entry.provider.name
                );
            }
        }
        assert!(may_name_variable(child, |_| false) && !may_name_variable(&mine, |name| name == "KEY"));
        assert!(PRESETS.iter().all(|(_, text)| !may_name_variable(text, |_| false)));
    }

    #[test]
    fn a_bad_file_is_complained_of_and_the_others_still_work() {
        let bad = ("/p/anthropic.yaml".to_owned(), Ok("name: anthropic\nendpoints: 7\n".to_owned()));
        let unread = ("/p/x.yaml".to_owned(), Err("cannot read it: permission denied".to_owned()));
        let catalog = catalog([bad, unread]);
        assert!(catalog.get("oauth2").is_some());
        assert_eq!(catalog.errors.len(), 2);
        assert!(catalog.get("qonic").is_some());
        assert_eq!(catalog.errors[0].line, Some(2));
    }

    #[test]
    fn a_bad_file_takes_the_preset_of_its_name_out_of_force() {
        let good = PRESETS[0].1;
        for files in [
            vec![("/p/anthropic.yaml", Ok("name: anthropic\nendpoints: 7\n"))],
            vec![("/p/anthropic.yaml", Err("cannot read it: permission denied"))],
            vec![("/p/anthropic.yaml", Ok(good)), ("/p/anthropic.yml", Ok("name: ["))],
            vec![("/p/anthropic.yaml", Ok("name: [")), ("/p/anthropic.yml", Ok(good))],
        ] {
            let told = format!("{files:?}");
            let owned = files
                .into_iter()
                .map(|(path, text)| (path.to_owned(), text.map(str::to_owned).map_err(str::to_owned)));
            let catalog = catalog(owned);
            assert_eq!(catalog.get("anthropic"), None, "{told}");
            let complaint = catalog.error("anthropic").expect("a complaint");
            assert!(complaint.path.starts_with("/p/anthropic."), "{complaint}");
            assert_eq!((catalog.error("oauth2"), catalog.error("x")), (None, None), "{told}");
        }
        let unread = Catalog::unreadable(CatalogError {
            path: "/p".to_owned(),
            line: None,
            rule: "permission denied".to_owned(),
        });
        assert_eq!(unread.get("anthropic"), None);
        assert_eq!(unread.error("anthropic"), unread.errors.first());
    }

    #[test]
    fn a_file_may_extend_one_that_is_read_after_it_and_one_that_is_not_in_the_catalog() {
        let file = |name: &str, text: &str| (format!("/p/{name}.yaml"), Ok(text.to_owned()));
        let files = [
            file("a", "name: a\nextends: z\n"),
            file("z", "name: z\nextends: anthropic\nmasks: [z-]\n"),
            file("anthropic", "name: anthropic\nextends: anthropic\nmasks: [own-]\nexport: OWN\n"),
        ];
        for catalog in [catalog(files.clone()), catalog_of_files(files.clone())] {
            assert_eq!(catalog.errors, []);
            let provider = catalog.get("a").expect("a provider");
            assert_eq!(provider.masks, ["z-"]);
            assert_eq!(provider.export.as_deref(), Some("OWN"), "the person's file comes before the preset");
        }
        assert_eq!(catalog_of_files(files).entries().count(), 3);
    }

    #[test]
    fn a_broken_parent_is_said_in_the_complaint_of_the_child() {
        let file = |name: &str, text: &str| (format!("/p/{name}.yaml"), Ok(text.to_owned()));
        let parent = file("parent", "name: parent\nextends: anthropic\npkce: maybe\n");
        let catalog = catalog([file("child", "name: child\nextends: parent\n"), parent]);
        let said: Vec<String> = catalog.errors.iter().map(ToString::to_string).collect();
        assert_eq!(
            said,
            [
                "/p/child.yaml, line 2: pkce: unknown variant `maybe`, expected one of `required`, `plain`, `off` (so says \
                 line 3 of parent.yaml, which this file extends)",
                "/p/parent.yaml, line 3: pkce: unknown variant `maybe`, expected one of `required`, `plain`, `off`",
            ]
        );
    }
}
