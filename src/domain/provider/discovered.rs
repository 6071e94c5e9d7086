//! Discovered server: what a server told of itself when its address was asked (RFC 8414, RFC 9728), and the provider
//! file that is made of it.
//!
//! It never holds a secret. What it says was checked by whoever asked; still every text of it stands in the file
//! as a quoted one, and a scope that is none is left out.

use std::collections::BTreeSet;

use url::Url;

use crate::domain::clock::{DateTime, Utc, rfc3339};
use crate::domain::provider::file_text::{FileText, address, quoted};
use crate::domain::provider::registration::RegistrationRecipe;
use crate::domain::provider::scopes::{OFFLINE, is_scope};
use crate::domain::provider::{Authentication, IssuerInAnswers, PortRule, Provider, Redirect};
use crate::domain::text;

/// The longest title that is kept, in characters.
const TITLE_LIMIT: usize = 80;

/// The longest address of a command that is shown, in characters.
const COMMAND_LIMIT: usize = 300;

/// How many scopes a file names of those that a server offers.
const SCOPE_LIMIT: usize = 200;

/// How many values of `prompt` a file names.
const PROMPT_LIMIT: usize = 16;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredServer {
    /// The part of a profile's name before the slash, and the file's name.
    pub name: String,
    /// What the server calls itself; it is made safe to show when it is written.
    pub title: String,
    /// Absent where the server has no metadata that name it.
    pub issuer: Option<String>,
    pub issuer_in_answers: IssuerInAnswers,
    /// What tokens are asked for (RFC 8707), as the server writes it.
    pub resource: Option<String>,
    pub endpoints: DiscoveredEndpoints,
    pub client: DiscoveredClient,
    /// How the person registers a client, where there is none.
    pub registration: Option<RegistrationRecipe>,
    pub redirect: Redirect,
    /// Asked for unless the person says otherwise.
    pub scopes: Vec<String>,
    /// What can be asked for besides.
    pub offered: Vec<String>,
    /// What its login page takes as `prompt`.
    pub prompts: Vec<String>,
    pub source: DiscoverySource,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredEndpoints {
    pub authorize: Option<Url>,
    pub token: Url,
    pub device: Option<Url>,
    pub revoke: Option<Url>,
    pub registration: Option<Url>,
    pub userinfo: Option<Url>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoveredClient {
    /// Absent: the person is asked at each first login. An address is that of a client id metadata document.
    pub id: Option<String>,
    pub authentication: Authentication,
    /// When the server registered it (RFC 7591).
    pub registered: Option<DateTime<Utc>>,
    /// When its secret ends.
    pub secret_ends: Option<DateTime<Utc>>,
}

/// Where and when a provider was discovered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DiscoverySource {
    /// The address that was asked first.
    pub from: Url,
    pub at: DateTime<Utc>,
    /// Whether the person agreed that a public name leads to a private network.
    pub private_network: bool,
}

impl Provider {
    /// The command that registers authtui anew at a server that does not know its client any more; nothing
    /// where the client is the person's own.
    #[must_use]
    pub fn new_client_command(&self) -> Option<String> {
        let is_document = self.client.id.as_ref().is_some_and(|id| id.starts_with("https://"));
        let is_ours = self.client.registered.is_some() || is_document;
        let source = self.discovered.as_ref().filter(|_| is_ours)?;
        Some(format!("authtui login {} --new-client", text::clean(source.from.as_str(), COMMAND_LIMIT)))
    }
}

impl DiscoveredServer {
    /// The provider file.
    #[must_use]
    pub fn file(&self) -> String {
        let mut file = FileText::new();
        file.text("name", &self.name);
        let title = text::clean(&self.title, TITLE_LIMIT);
        file.text("title", if title.trim().is_empty() { &self.name } else { &title });
        let DiscoverySource { from, at, private_network } = &self.source;
        let inside = if *private_network { ", private_network: true" } else { "" };
        file.field(
            "discovered",
            format_args!("{{ from: {}, at: {}{inside} }}", address(from), quoted(&rfc3339(*at))),
        );
        if let Some(issuer) = &self.issuer {
            file.text("issuer", issuer);
            if self.issuer_in_answers == IssuerInAnswers::Promised {
                file.field("issuer_in_answers", "promised");
            }
        }
        if let Some(resource) = &self.resource {
            file.text("resource", resource);
        }
        self.write_endpoints(&mut file);
        self.write_client(&mut file);
        self.write_registration(&mut file);
        self.write_scopes(&mut file);
        self.write_redirect(&mut file);
        let has_page = self.endpoints.authorize.is_some();
        if has_page && self.scopes.iter().any(|scope| scope == OFFLINE) {
            // Servers may leave the scope out of a login that does not ask for consent.
            file.field("authorize_parameters", "{ prompt: consent }");
        }
        let prompts = self.prompts.iter().map(String::as_str).filter(|prompt| is_scope(prompt));
        let prompts: Vec<&str> = prompts.take(PROMPT_LIMIT).collect();
        if !prompts.is_empty() {
            file.texts("prompts", prompts);
        }
        file.into_text()
    }

    fn write_endpoints(&self, file: &mut FileText) {
        let DiscoveredEndpoints { authorize, token, device, revoke, registration, userinfo } =
            &self.endpoints;
        file.endpoints([
            ("authorize", authorize.as_ref()),
            ("token", Some(token)),
            ("device", device.as_ref()),
            ("revoke", revoke.as_ref()),
            ("registration", registration.as_ref()),
            ("userinfo", userinfo.as_ref()),
        ]);
    }

    fn write_client(&self, file: &mut FileText) {
        let DiscoveredClient { id, authentication, registered, secret_ends } = &self.client;
        file.client(id.as_deref(), authentication);
        for (name, at) in [("  registered", registered), ("  secret_ends", secret_ends)] {
            if let Some(at) = at {
                file.text(name, &rfc3339(*at));
            }
        }
    }

    fn write_registration(&self, file: &mut FileText) {
        let Some(RegistrationRecipe { page, steps, redirect, issuers: _ }) = &self.registration else {
            return;
        };
        file.map("registration");
        if let Some(page) = page {
            file.field("  page", address(page));
        }
        if !steps.is_empty() {
            file.texts("  steps", steps.iter().map(String::as_str));
        }
        if let Some(redirect) = redirect {
            file.text("  redirect", redirect);
        }
    }

    fn write_scopes(&self, file: &mut FileText) {
        let mut seen = BTreeSet::new();
        let mut fresh = |scope: &&str| is_scope(scope) && seen.insert((*scope).to_owned());
        let default: Vec<&str> = self.scopes.iter().map(String::as_str).filter(&mut fresh).collect();
        let offered = self.offered.iter().map(String::as_str).filter(fresh).take(SCOPE_LIMIT);
        let offered: Vec<&str> = offered.collect();
        if default.is_empty() && offered.is_empty() {
            return;
        }
        file.map("scopes");
        file.texts("  default", default);
        if !offered.is_empty() {
            file.texts("  offered", offered);
        }
    }

    fn write_redirect(&self, file: &mut FileText) {
        let Redirect { host, port, rule, path, paste: _ } = &self.redirect;
        file.map("redirect");
        file.text("  host", host);
        file.field("  port", port);
        match rule {
            PortRule::Fixed => file.field("  port_rule", "fixed"),
            PortRule::Any => file.field("  port_rule", "any"),
            PortRule::List(ports) => {
                let ports: Vec<String> = ports.iter().map(u16::to_string).collect();
                file.field("  port_rule", format_args!("[{}]", ports.join(", ")));
            }
        }
        file.text("  path", path);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::clock::from_rfc3339;
    use crate::domain::provider::{Authorize, LoginMethod, Pkce};
    use crate::stored::provider_file::load;

    fn url(text: &str) -> Url {
        text.parse().expect("an address")
    }

    fn server() -> DiscoveredServer {
        let at = from_rfc3339("2026-11-29T04:00:00Z").expect("a time");
        DiscoveredServer {
            name: "mcp.acme.test".to_owned(),
            title: "Acme".to_owned(),
            issuer: Some("https://id.acme.test/tenant".to_owned()),
            issuer_in_answers: IssuerInAnswers::Promised,
            resource: Some("https://mcp.acme.test/mcp".to_owned()),
            endpoints: DiscoveredEndpoints {
                authorize: Some(url("https://id.acme.test/authorize")),
                token: url("https://id.acme.test/token"),
                device: None,
                revoke: Some(url("https://id.acme.test/revoke")),
                registration: Some(url("https://id.acme.test/register")),
                userinfo: Some(url("https://id.acme.test/me")),
            },
            client: DiscoveredClient {
                id: Some("c1".to_owned()),
                authentication: Authentication::Post,
                registered: Some(at),
                secret_ends: from_rfc3339("2027-02-01T00:00:00Z"),
            },
            registration: None,
            redirect: Redirect::default(),
            scopes: vec!["read".to_owned()],
            offered: vec!["read".to_owned(), "write".to_owned()],
            prompts: ["none", "select_account", "a b"].map(str::to_owned).to_vec(),
            source: DiscoverySource { from: url("https://mcp.acme.test/mcp"), at, private_network: false },
        }
    }

    fn loaded(server: &DiscoveredServer) -> Provider {
        load(&server.name, &server.file()).unwrap_or_else(|fault| panic!("{fault:?}\n{}", server.file()))
    }

    #[test]
    fn the_file_of_a_discovered_server_says_all_of_it_in_the_order_of_the_page() {
        assert_eq!(
            server().file(),
            r#"# Written by authtui. Every field is described by `authtui providers fields`.
# A client secret is never kept here, but with the profile.
name: "mcp.acme.test"
title: "Acme"
discovered: { from: "https://mcp.acme.test/mcp", at: "2026-11-29T04:00:00Z" }
issuer: "https://id.acme.test/tenant"
issuer_in_answers: promised
resource: "https://mcp.acme.test/mcp"
endpoints:
  authorize: "https://id.acme.test/authorize"
  token: "https://id.acme.test/token"
  revoke: "https://id.acme.test/revoke"
  registration: "https://id.acme.test/register"
  userinfo: "https://id.acme.test/me"
client:
  id: "c1"
  authentication: post
  registered: "2026-11-29T04:00:00Z"
  secret_ends: "2027-02-01T00:00:00Z"
scopes:
  default: ["read"]
  offered: ["write"]
redirect:
  host: "127.0.0.1"
  port: 8765
  port_rule: any
  path: "/callback"
prompts: ["none", "select_account"]
"#
        );
    }

    #[test]
    fn the_reader_of_provider_files_gives_back_what_was_discovered() {
        let server = server();
        let provider = loaded(&server);
        assert_eq!((&provider.name, &provider.title), (&server.name, &server.title));
        assert_eq!(
            (&provider.issuer, provider.issuer_in_answers),
            (&server.issuer, IssuerInAnswers::Promised)
        );
        assert_eq!(provider.resource, ["https://mcp.acme.test/mcp"]);
        assert_eq!((provider.flows.as_slice(), provider.pkce), (&[LoginMethod::Code][..], Pkce::Required));
        assert_eq!(provider.registration_endpoint, server.endpoints.registration);
        assert!(provider.userinfo.is_some() && provider.revoke.is_some() && provider.refresh.is_some());
        assert_eq!(provider.client.id, server.client.id);
        assert_eq!(provider.client.authentication, server.client.authentication);
        assert_eq!(
            (provider.client.registered, provider.client.secret_ends),
            (server.client.registered, server.client.secret_ends)
        );
        assert_eq!((provider.redirect, provider.discovered), (server.redirect, Some(server.source)));
        assert_eq!(provider.prompts, ["none", "select_account"]);
        assert_eq!((provider.scopes.default, provider.scopes.offered.len()), (server.scopes, 1));
    }

    #[test]
    fn whatever_a_server_calls_itself_and_offers_the_file_can_be_read() {
        let server = DiscoveredServer {
            title: "\u{202e}A\n\"x\": {y}\u{1f600}# ".to_owned(),
            issuer: None,
            resource: None,
            endpoints: DiscoveredEndpoints {
                authorize: Some(url("https://id.acme.test/a?x={y}")),
                device: Some(url("https://id.acme.test/d")),
                revoke: None,
                registration: None,
                userinfo: None,
                ..server().endpoints
            },
            client: DiscoveredClient {
                id: None,
                authentication: Authentication::None,
                registered: None,
                secret_ends: None,
            },
            redirect: Redirect { rule: PortRule::List(vec![8766]), ..Redirect::default() },
            scopes: Vec::new(),
            offered: ["a b", "ok", "ok", "", "\"", "\u{fc}"].map(str::to_owned).to_vec(),
            ..server()
        };
        let provider = loaded(&server);
        assert_eq!(provider.flows, [LoginMethod::Code, LoginMethod::Device]);
        assert_eq!((provider.issuer, provider.issuer_in_answers), (None, IssuerInAnswers::Optional));
        let offered: Vec<&str> = provider.scopes.offered.iter().map(|scope| scope.name.as_str()).collect();
        assert_eq!((offered, provider.redirect.ports()), (vec!["ok"], vec![8765, 8766]));
        let bare = DiscoveredServer { title: " ".to_owned(), offered: Vec::new(), ..server };
        assert_eq!((loaded(&bare).title, bare.file().contains("scopes")), (bare.name, false));
    }

    #[test]
    fn how_a_client_is_registered_and_that_a_private_network_is_fine_are_written_and_read() {
        let recipe = RegistrationRecipe {
            page: Some(url("https://id.acme.test/clients")),
            steps: vec!["Leave “Client authentication” off: {no}.".to_owned()],
            redirect: Some("http://127.0.0.1:8765/callback".to_owned()),
            issuers: Vec::new(),
        };
        let source = DiscoverySource { private_network: true, ..server().source };
        let server = DiscoveredServer { registration: Some(recipe), source, ..server() };
        let provider = loaded(&server);
        assert_eq!((provider.registration, provider.discovered), (server.registration, Some(server.source)));
    }

    #[test]
    fn a_scope_that_needs_consent_is_asked_for_with_it() {
        for (scopes, is_asked) in [(["openid", "offline_access"], true), (["openid", "read"], false)] {
            let server = DiscoveredServer { scopes: scopes.map(str::to_owned).to_vec(), ..server() };
            let Some(Authorize::Page { parameters, .. }) = loaded(&server).authorize else {
                panic!("no page")
            };
            let names: Vec<String> = parameters.into_iter().map(|(name, _)| name).collect();
            assert_eq!(names.contains(&"prompt".to_owned()), is_asked, "{names:?}");
        }
    }
}
