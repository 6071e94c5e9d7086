//! Client of a discovery: one that is known, given, described or registered.

use crate::domain::provider::discovered::{DiscoveredClient, DiscoveredServer, DiscoverySource};
use crate::domain::provider::registration::RegistrationRecipe;
use crate::domain::provider::scopes::OFFLINE;
use crate::domain::provider::{Authentication, IssuerInAnswers, Redirect};
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::discovery::client_way::{ClientOffer, ClientWay};
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
            None => match self.new_client(&server) {
                Some(new) => new,
                None => return,
            },
        };
        self.found(DiscoveryStep::Client, words);
        self.finish(&server, chosen);
    }

    /// A client by the first way, or by the next one after what a page refused; nothing where it is asked for
    /// by a request.
    fn new_client(&mut self, server: &ServerMetadata) -> Option<(String, ChosenClient)> {
        let document = self.plan.client_metadata.as_ref().filter(|_| server.takes_metadata_document);
        let registration = server.endpoints.registration.as_ref();
        let offer = ClientOffer { document: document.is_some(), registration: registration.is_some() };
        let resource = self.resource.as_ref().map(|resource| resource.resource.as_str());
        self.client_way = self.plan.client_way(server.issuer.as_deref(), resource, offer);
        let by_person = || ChosenClient::plain(None, server.authentication(false));
        match (self.client_way, document, registration) {
            (ClientWay::Document, Some(document), _) => {
                let words = format!("the client id is the document {}", shown(document));
                Some((words, ChosenClient::plain(Some(document.to_string()), Authentication::None)))
            }
            (ClientWay::Registration | ClientWay::OneAddress, _, Some(at))
                if self.plan.goal == DiscoveryGoal::Check =>
            {
                Some((format!("authtui would be registered at {}", shown(at)), by_person()))
            }
            (way @ (ClientWay::Registration | ClientWay::OneAddress), _, Some(at)) => {
                let redirect = way.redirect(&self.plan.redirect);
                let authentication = server.authentication(false);
                let has_device_codes = server.endpoints.device.is_some();
                let request = registration::request(at, &redirect, &authentication, has_device_codes);
                self.stage = DiscoveryStage::Asking(Box::new(request));
                None
            }
            (ClientWay::Own, _, Some(_)) => {
                let host = self.server_host();
                Some((
                    format!("no other way is left at {host}, so it wants a client id of yours"),
                    by_person(),
                ))
            }
            (_, _, _) => {
                let host = self.server_host();
                Some((format!("{host} registers no programs, so it wants a client id of yours"), by_person()))
            }
        }
    }

    /// A client that need not be registered, and whose it is.
    fn known_client(&self, server: &ServerMetadata) -> Option<(String, ChosenClient)> {
        if let Some(own) = &self.plan.client {
            let words = format!("the client id {} is yours", text::clean(&own.id, ID_LIMIT));
            let authentication = server.authentication(own.has_secret);
            return Some((words, ChosenClient::plain(Some(own.id.clone()), authentication)));
        }
        let known = self.plan.known_client(server.issuer.as_deref()?)?;
        let words = format!("the client of the provider {} is registered there", known.provider);
        let (client, redirect) = (known.client.clone(), known.redirect.clone());
        Some((words, ChosenClient { client, redirect, secret: known.secret.clone() }))
    }

    /// Hears what became of the registration.
    pub(super) fn client_replied(&mut self, reply: Result<Reply, Trouble>) {
        self.asked = Asked::Client;
        let Some(server) = self.server.clone() else { return };
        let read = match &reply {
            Ok(reply) => registration::read(reply, &server.authentication(false)),
            Err(lost) => {
                return self.not_registered(lost.why.clone(), lost.kind.clone());
            }
        };
        match read {
            Ok(issued) => {
                let redirect = self.client_way.redirect(&self.plan.redirect);
                let alone = match self.client_way {
                    ClientWay::OneAddress => redirect.loopback(redirect.port),
                    ClientWay::Document | ClientWay::Registration | ClientWay::Own => None,
                };
                let alone = alone.map_or_else(String::new, |alone| format!(" for {alone} alone"));
                let words = format!("registered authtui as {}{alone}", text::clean(&issued.id, ID_LIMIT));
                self.found(DiscoveryStep::Client, words);
                let client = DiscoveredClient {
                    id: Some(issued.id),
                    authentication: issued.authentication,
                    registered: Some(self.began_at),
                    secret_ends: issued.secret_ends,
                };
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

    /// How the person registers a client at the server: as a preset says whose issuers fit, with the redirect
    /// address that a login with it uses.
    #[must_use]
    pub fn recipe(&self) -> RegistrationRecipe {
        let issuer = self.server.as_ref().and_then(|server| server.issuer.as_deref());
        let fits = |recipe: &&RegistrationRecipe| {
            issuer.is_some_and(|issuer| recipe.issuers.iter().any(|pattern| pattern.fits(issuer)))
        };
        let fitting = self.plan.recipes.iter().find(fits).cloned().unwrap_or_default();
        let redirect = Redirect::default();
        let address = redirect.loopback(redirect.port).map(String::from);
        RegistrationRecipe { redirect: address, issuers: Vec::new(), ..fitting }
    }

    /// Whether it ended because authtui is no client there, so that one of the person's would help.
    #[must_use]
    pub fn wants_own_client(&self) -> bool {
        let is_final =
            matches!(self.stage(), DiscoveryStage::Over(Err(Trouble { kind: FailureKind::NeedsFix(_), .. })));
        is_final && self.step() == DiscoveryStep::Client
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
        let secret = chosen.secret.clone();
        let found = self.described(server, chosen);
        self.end(Ok(Discovered::New(Box::new(found), secret)));
    }

    /// What the server has told of itself, without a client, and how a client with a secret proves itself
    /// there; nothing before its endpoints are known.
    #[must_use]
    pub fn without_client(&self) -> Option<(DiscoveredServer, Authentication)> {
        let server = self.server.as_ref()?;
        let none = ChosenClient::plain(None, server.authentication(false));
        Some((self.described(server, none), server.authentication(true)))
    }

    fn described(&self, server: &ServerMetadata, chosen: ChosenClient) -> DiscoveredServer {
        let address = &self.plan.address;
        let resource = self.resource.as_ref().map(|resource| resource.resource.as_str());
        let offered: &[String] = self.resource.as_ref().map_or(&[], |resource| &resource.scopes_supported);
        let titled = self.resource.as_ref().and_then(|resource| resource.resource_name.clone());
        DiscoveredServer {
            name: self.plan.new_name(server.issuer.as_deref(), resource),
            title: titled.unwrap_or_else(|| host(address)),
            issuer: server.issuer.clone(),
            issuer_in_answers: match server.names_issuer {
                true => IssuerInAnswers::Promised,
                false => IssuerInAnswers::Optional,
            },
            resource: self.named_resource(),
            endpoints: server.endpoints.clone(),
            registration: chosen.client.id.is_none().then(|| self.recipe()),
            client: chosen.client,
            redirect: chosen.redirect,
            scopes: self.scopes(server),
            offered: union(offered, &server.scopes),
            prompts: server.prompts.clone(),
            source: DiscoverySource {
                from: address.clone(),
                at: self.began_at,
                private_network: self.plan.agreed,
            },
        }
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
