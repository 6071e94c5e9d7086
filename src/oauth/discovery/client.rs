//! Client of a discovery: one that is known, given, described or registered.

use crate::domain::provider::discovered::{DiscoveredClient, DiscoveredServer, DiscoverySource};
use crate::domain::provider::scopes::OFFLINE;
use crate::domain::provider::{Authentication, IssuerInAnswers, Redirect};
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::discovery::doubt::host;
use crate::oauth::discovery::finding::DiscoveryStep;
use crate::oauth::discovery::plan::DiscoveryGoal;
use crate::oauth::discovery::server_metadata::ServerMetadata;
use crate::oauth::discovery::{Asked, Discovered, Discovery, DiscoveryStage, shown};
use crate::oauth::registration;
use crate::oauth::request::Reply;
use crate::oauth::scopes::union;

/// The longest client id that is shown, in characters.
const ID_LIMIT: usize = 80;

/// The scope that makes a login one of OpenID Connect.
const OPENID: &str = "openid";
/// The scope that says who logged in (OpenID Connect Core §5.4).
const EMAIL: &str = "email";

/// A client, and how a login with it goes.
struct ChosenClient {
    client: DiscoveredClient,
    redirect: Redirect,
    secret: Option<Secret>,
}

impl ChosenClient {
    /// One of which nothing but its id is known.
    fn plain(id: Option<String>, authentication: Authentication) -> Self {
        let client = DiscoveredClient { id, authentication, registered: None, secret_ends: None };
        Self { client, redirect: Redirect::default(), secret: None }
    }
}

impl Discovery {
    /// Takes the client that is known for the server, or asks for one.
    pub(super) fn choose_client(&mut self) {
        self.asked = Asked::Client;
        let Some(server) = self.server.clone() else { return };
        let resource = self.resource.as_ref().map(|resource| resource.resource.as_str());
        if let Some(known) = self.plan.known_server(server.issuer.as_deref(), resource) {
            let name = known.provider.clone();
            self.found(DiscoveryStep::Client, format!("the provider {name} is for this server"));
            return self.end(Ok(Discovered::Known(name)));
        }
        let (words, chosen) = match self.known_client(&server) {
            Some(known) => known,
            None => match &server.endpoints.registration {
                Some(at) if self.plan.goal == DiscoveryGoal::Check => {
                    let words = format!("authtui would be registered at {}", shown(at));
                    (words, ChosenClient::plain(None, server.authentication(false)))
                }
                Some(at) => {
                    let way = server.authentication(false);
                    let request = registration::request(
                        at,
                        &self.plan.redirect,
                        &way,
                        server.endpoints.device.is_some(),
                    );
                    self.stage = DiscoveryStage::Asking(Box::new(request));
                    return;
                }
                None => {
                    let host = self.server_host();
                    let words = format!("{host} registers no programs, so it wants a client id of yours");
                    (words, ChosenClient::plain(None, server.authentication(false)))
                }
            },
        };
        self.found(DiscoveryStep::Client, words);
        self.finish(&server, chosen);
    }

    /// A client that need not be registered, and whose it is.
    fn known_client(&self, server: &ServerMetadata) -> Option<(String, ChosenClient)> {
        if let Some(own) = &self.plan.client {
            let words = format!("the client id {} is yours", text::clean(&own.id, ID_LIMIT));
            let authentication = server.authentication(own.has_secret);
            return Some((words, ChosenClient::plain(Some(own.id.clone()), authentication)));
        }
        if let Some(known) = server.issuer.as_deref().and_then(|issuer| self.plan.known_client(issuer)) {
            let words = format!("the client of the provider {} is registered there", known.provider);
            let (client, redirect) = (known.client.clone(), known.redirect.clone());
            return Some((words, ChosenClient { client, redirect, secret: known.secret.clone() }));
        }
        // What a page refused to take is not offered to it again.
        let is_refused =
            self.plan.goal == DiscoveryGoal::NewClient && server.endpoints.registration.is_some();
        let takes_document = server.takes_metadata_document && !is_refused;
        let document = self.plan.client_metadata.as_ref().filter(|_| takes_document)?;
        let words = format!("the client id is the document {}", shown(document));
        Some((words, ChosenClient::plain(Some(document.to_string()), Authentication::None)))
    }

    /// Hears what became of the registration.
    pub(super) fn client_replied(&mut self, reply: Result<Reply, Trouble>) {
        self.asked = Asked::Client;
        let Some(server) = self.server.clone() else { return };
        let read = match &reply {
            Ok(reply) => registration::read(reply, &server.authentication(false)),
            Err(lost) => {
                return self.not_registered(lost.why.clone(), FailureKind::Temporary(None));
            }
        };
        match read {
            Ok(issued) => {
                let words = format!("registered authtui as {}", text::clean(&issued.id, ID_LIMIT));
                self.found(DiscoveryStep::Client, words);
                let client = DiscoveredClient {
                    id: Some(issued.id),
                    authentication: issued.authentication,
                    registered: Some(self.began_at),
                    secret_ends: issued.secret_ends,
                };
                let redirect = self.plan.redirect.clone();
                self.finish(&server, ChosenClient { client, redirect, secret: issued.secret });
            }
            Err(refusal) => {
                let kind = match refusal.is_passing() {
                    true => FailureKind::Temporary(None),
                    false => FailureKind::NeedsFix(self.ways_on()),
                };
                self.not_registered(refusal.to_string(), kind);
            }
        }
    }

    fn not_registered(&mut self, why: String, kind: FailureKind) {
        let what = format!("cannot register authtui at {}", self.server_host());
        self.end(Err(Trouble { what, why, stored: Stored::Absent, kind }));
    }

    fn ways_on(&self) -> String {
        format!(
            "register a client of your own there, then run: authtui login {} --client-id ID; or ask {} to \
             let authtui register",
            shown(&self.plan.address),
            self.server_host()
        )
    }

    fn finish(&mut self, server: &ServerMetadata, chosen: ChosenClient) {
        let address = &self.plan.address;
        let resource = self.resource.as_ref().map(|resource| resource.resource.as_str());
        let offered: &[String] = self.resource.as_ref().map_or(&[], |resource| &resource.scopes_supported);
        let titled = self.resource.as_ref().and_then(|resource| resource.resource_name.clone());
        let found = DiscoveredServer {
            name: self.plan.new_name(server.issuer.as_deref(), resource),
            title: titled.unwrap_or_else(|| host(address)),
            issuer: server.issuer.clone(),
            issuer_in_answers: match server.names_issuer {
                true => IssuerInAnswers::Promised,
                false => IssuerInAnswers::Optional,
            },
            resource: self.named_resource(),
            endpoints: server.endpoints.clone(),
            client: chosen.client,
            redirect: chosen.redirect,
            scopes: self.scopes(server),
            offered: union(offered, &server.scopes),
            source: DiscoverySource { from: address.clone(), at: self.began_at },
        };
        self.end(Ok(Discovered::New(Box::new(found), chosen.secret)));
    }

    /// What tokens are asked for: what the resource calls itself; of one without metadata its address.
    fn named_resource(&self) -> Option<String> {
        let address = || {
            let mut address = self.plan.address.clone();
            address.set_fragment(None);
            let bare = address.path() == "/" && address.query().is_none();
            let written = address.as_str();
            if bare { written.trim_end_matches('/') } else { written }.to_owned()
        };
        match &self.resource {
            Some(resource) => Some(resource.resource.clone()),
            None => self.wants_token.then(address),
        }
    }

    /// What a token needs here: what the server's answer says, or else all that the resource has.
    fn scopes(&self, server: &ServerMetadata) -> Vec<String> {
        let offers = |scope: &str| server.scopes.iter().any(|offered| offered == scope);
        let mut scopes = match (&self.resource, self.challenge.scopes.is_empty()) {
            (_, false) => self.challenge.scopes.clone(),
            (Some(resource), true) => resource.scopes_supported.clone(),
            // Without the first there is no login to the issuer itself, and without the second no name for it.
            (None, true) if offers(OPENID) && !self.wants_token => {
                let wanted = [OPENID, EMAIL].into_iter().filter(|scope| offers(scope));
                wanted.map(str::to_owned).collect()
            }
            (None, true) => Vec::new(),
        };
        // Alone it would stand in the place of the server's usual scopes.
        if !scopes.is_empty() && offers(OFFLINE) {
            scopes = union(&scopes, &[OFFLINE.to_owned()]);
        }
        scopes
    }

    /// The server that registers programs, or would, as people read it.
    fn server_host(&self) -> String {
        let endpoints = self.server.as_ref().map(|server| &server.endpoints);
        let registers =
            endpoints.map(|at| at.registration.as_ref().or(at.authorize.as_ref()).unwrap_or(&at.token));
        host(registers.unwrap_or(&self.plan.address))
    }
}
