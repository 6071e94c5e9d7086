//! A provider's file, read into a [`Provider`] or refused with line and rule.
//!
//! The fields are documented in `assets/providers/README.md`; a test holds that page and this
//! reader together. Short forms become [`Call`]s here.

mod rules;
mod written;

use std::fmt;

use crate::domain::provider::call::{Body, Call, Method, Slot, Template, Tree};
use crate::domain::provider::file::rules::broken;
use crate::domain::provider::file::written::{BodyForm, Written};
use crate::domain::provider::meaning::Meanings;
use crate::domain::provider::scopes::Scopes;
use crate::domain::provider::{
    Authentication, Authorize, Client, Flow, Probe, Provider, Redirect, ResponseType, Rotation, State,
};

/// What is wrong with a provider's file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Complaint {
    /// The file.
    pub path: String,
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The rule that is broken, for people.
    pub rule: String,
}

impl fmt::Display for Complaint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.path, self.rule),
            None => write!(f, "{}: {}", self.path, self.rule),
        }
    }
}

/// What is wrong with a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The line, counted from 1, where it is known.
    pub line: Option<usize>,
    /// The rule that is broken, for people.
    pub rule: String,
}

/// Reads the text of the file `name`.yaml.
///
/// # Errors
/// The first [`Fault`] found.
pub fn load(name: &str, text: &str) -> Result<Provider, Fault> {
    let written: Written = serde_yaml::from_str(text).map_err(|error| Fault {
        line: error.location().map(|location| location.line()),
        rule: without_place(&error.to_string()),
    })?;
    match broken(name, &written) {
        Some(rule) => Err(Fault { line: rules::line_of(text, rule.path), rule: rule.words }),
        None => Ok(built(written)),
    }
}

/// The reader's words without the line and column that [`Fault`] carries beside them.
fn without_place(words: &str) -> String {
    words.rsplit_once(" at line ").map_or(words, |(before, _)| before).to_owned()
}

fn built(written: Written) -> Provider {
    let flows = written.flows();
    let pastes = flows.contains(&Flow::Paste);
    let authentication = written.client.authentication.clone();
    let exchange = token_call(&written, "authorization_code", &exchange_fields(&written));
    let refresh = token_call(&written, "refresh_token", &refresh_fields(&written));
    let probe = written.probe.map(|probe| {
        let mut headers = probe.headers.0;
        if !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("authorization")) {
            headers.push(("authorization".into(), bearer()));
        }
        Probe {
            call: Call { method: Method::Get, url: probe.get, headers, body: Body::Empty },
            reading: probe.reading,
        }
    });
    Provider {
        title: written.title.unwrap_or_else(|| written.name.clone()),
        name: written.name,
        example: written.example,
        notice: written.notice,
        homepage: written.homepage.map(|address| address.0),
        flows,
        authorize: Some(Authorize::Page {
            url: written.endpoints.authorize.0,
            parameters: written.authorize_parameters.0,
            response_type: ResponseType::Code,
        }),
        device: None,
        client: Client { id: written.client.id, authentication },
        scopes: Scopes {
            default: written.scopes.default,
            separator: written.scopes.separator,
            offered: Vec::new(),
            list: None,
        },
        redirect: Redirect {
            host: written.redirect.host,
            port: written.redirect.port,
            rule: written.redirect.port_rule,
            path: written.redirect.path,
            paste: written.redirect.paste.filter(|_| pastes).map(|address| address.0),
        },
        pkce: written.pkce,
        state: State { bytes: written.state.bytes, echoed: true },
        exchange: Some(exchange),
        refresh: (written.refresh.rotation != Rotation::None).then_some(refresh),
        rotation: written.refresh.rotation,
        grant_life: None,
        reply: written.reply,
        meanings: Meanings::default(),
        probe,
        issuer: written.issuer,
        key_header: written.key_header,
        key_page: None,
        environment: Vec::new(),
        orders: Vec::new(),
        masks: written.masks,
        export: written.export,
    }
}

/// The fields of the token request after `grant_type` (RFC 6749 §4.1.3, RFC 7636 §4.5).
fn exchange_fields(written: &Written) -> Vec<(&'static str, Slot)> {
    let state = written.state.in_token_request.then_some(("state", Slot::State));
    let client = client_fields(&written.client.authentication);
    let rest = [("redirect_uri", Slot::Redirect), ("code_verifier", Slot::Verifier)];
    [("code", Slot::Code)].into_iter().chain(state).chain(client).chain(rest).collect()
}

/// The fields of the refresh request after `grant_type` (RFC 6749 §6).
fn refresh_fields(written: &Written) -> Vec<(&'static str, Slot)> {
    client_fields(&written.client.authentication)
        .into_iter()
        .chain([("refresh_token", Slot::Refresh)])
        .collect()
}

fn client_fields(authentication: &Authentication) -> Vec<(&'static str, Slot)> {
    match authentication {
        Authentication::None | Authentication::Header(_) => vec![("client_id", Slot::ClientId)],
        Authentication::Post => vec![("client_id", Slot::ClientId), ("client_secret", Slot::ClientSecret)],
        Authentication::Basic => Vec::new(),
    }
}

/// A request to the token endpoint.
fn token_call(written: &Written, grant_type: &str, fields: &[(&str, Slot)]) -> Call {
    let holes = fields.iter().map(|(name, slot)| ((*name).to_owned(), Template::hole(*slot)));
    let body = std::iter::once(("grant_type".to_owned(), Template::text(grant_type))).chain(holes).collect();
    let mut headers = vec![("accept".to_owned(), Template::text("application/json"))];
    if written.client.authentication == Authentication::Basic {
        headers.push(("authorization".to_owned(), Template::prefixed("Basic ", Slot::Basic)));
    }
    Call {
        method: Method::Post,
        url: Template::text(written.endpoints.token.0.as_str()),
        headers,
        body: match written.body {
            BodyForm::Form => Body::Form(body),
            BodyForm::Json => Body::Json(Tree::Object(
                body.into_iter().map(|(name, text)| (name, Tree::Text(text))).collect(),
            )),
        },
    }
}

fn bearer() -> Template {
    Template::prefixed("Bearer ", Slot::Access)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The shortest file that works.
    const SHORT: &str = "\
name: acme
endpoints:
  authorize: https://id.acme.test/authorize
  token: https://id.acme.test/token
client: { id: authtui }
";

    fn fault(text: &str) -> Fault {
        load("acme", text).expect_err(text)
    }

    #[test]
    fn the_shortest_file_gives_a_public_client_with_pkce_on_any_port() {
        let provider = load("acme", SHORT).expect("a provider");
        assert_eq!(provider.redirect.ports(), [8765, 0]);
        assert_eq!(provider.pkce, crate::domain::provider::Pkce::Required);
        let exchange = provider.exchange.expect("an exchange");
        let Body::Form(fields) = &exchange.body else { panic!("not a form: {:?}", exchange.body) };
        let names: Vec<_> = fields.iter().map(|(name, _)| name.as_str()).collect();
        assert_eq!(names, ["grant_type", "code", "client_id", "redirect_uri", "code_verifier"]);
    }

    #[test]
    fn the_page_that_shows_codes_makes_pasting_a_flow_unless_the_file_says_otherwise() {
        let page = "redirect: { paste: 'https://id.acme.test/code' }\n";
        for (more, flows) in [
            ("", &[Flow::Code][..]),
            (page, &[Flow::Code, Flow::Paste]),
            (&format!("{page}flows: [code]\n"), &[Flow::Code]),
            (&format!("{page}flows: [paste]\n"), &[Flow::Paste]),
        ] {
            let provider = load("acme", &format!("{SHORT}{more}")).expect(more);
            assert_eq!(provider.flows, flows, "{more}");
            // A page that no flow uses is not there for anybody.
            assert_eq!(provider.redirect.paste.is_some(), flows.contains(&Flow::Paste), "{more}");
        }
    }

    #[test]
    fn each_way_of_client_authentication_has_its_place() {
        for (authentication, in_body, in_header) in
            [("none", "ClientId", false), ("post", "ClientSecret", false), ("basic", "", true)]
        {
            let text =
                SHORT.replace("id: authtui", &format!("id: authtui, authentication: {authentication}"));
            let provider = load("acme", &text).expect("a provider");
            let exchange = provider.exchange.expect("an exchange");
            assert!(format!("{:?}", exchange.body).contains(in_body), "{authentication}");
            assert_eq!(exchange.headers.len() == 2, in_header, "{authentication}");
            let mut holes = exchange.headers.iter().flat_map(|(_, value)| value.slots());
            assert_eq!(holes.any(|slot| slot == Slot::Basic), in_header);
        }
    }

    #[test]
    fn a_bad_file_is_refused_with_its_line_and_rule() {
        for (from, to, line, words) in [
            ("https://id.acme.test/token", "http://id.acme.test/token", 4, "https"),
            ("client: { id: authtui }", "client: { id: authtui }\nhost: x", 6, "unknown field `host`"),
            (
                "client: { id: authtui }",
                "client: { id: authtui, authentication: mtls }",
                5,
                "unknown variant `mtls`",
            ),
            ("name: acme", "name: other", 1, "acme.yaml"),
            ("client: { id: authtui }", "redirect:\n  path: callback", 6, "slash"),
            ("client: { id: authtui }", "redirect:\n  host: example.org", 6, "127.0.0.1"),
            ("client: { id: authtui }", "state: { bytes: 4 }", 5, "16 to 96"),
            ("client: { id: authtui }", "authorize_parameters: { state: x }", 5, "state"),
            ("client: { id: authtui }", "flows: []", 5, "code"),
            ("client: { id: authtui }", "flows: [code, paste]", 5, "redirect.paste"),
            ("client: { id: authtui }", "flows: [paste]", 5, "redirect.paste"),
            ("client: { id: authtui }", "export: 'A B'", 5, "export"),
            ("client: { id: authtui }", "key_header: 'x-key: a'", 5, "letters, digits and -"),
            ("client: { id: authtui }", "key_header: ''", 5, "letters, digits and -"),
            ("client: { id: authtui }", "probe: { get: 'https://x.test/?t={access}' }", 5, "address"),
            (
                "client: { id: authtui }",
                "probe: { get: 'https://x.test/', headers: { a: '{code}' } }",
                5,
                "{code}",
            ),
            ("client: { id: authtui }", "reply: { access: token }", 5, "slash"),
        ] {
            let fault = fault(&SHORT.replace(from, to));
            assert!(fault.rule.contains(words), "{to}: {}", fault.rule);
            assert_eq!(fault.line, Some(line), "{to}: {}", fault.rule);
        }
    }

    #[test]
    fn a_provider_without_refresh_has_no_refresh_request() {
        let text = format!("{SHORT}refresh: {{ rotation: none }}\n");
        assert_eq!(load("acme", &text).expect("a provider").refresh, None);
    }
}
