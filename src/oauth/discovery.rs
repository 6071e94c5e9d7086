//! Discovery: from the address of a server to a provider that one can log in with.
//!
//! A [`Discovery`] is a value without I/O. It says which request to send, hears the reply, and ends with a
//! [`Discovered`] or with the reason why there is none:
//!
//! ```text
//! Address ──▶ Resource ──▶ Server ──▶ Client ──▶ Over
//! ask it      which login   its        known,     a provider file, and
//!             server it has endpoints  registered the secret of a new client
//! ```
//!
//! MCP servers are found this way (MCP authorization, revisions 2025-03-26 to 2026-07-28), and so is every
//! authorization server that describes itself. No reply is trusted beyond its own server: a resource
//! must be the one that was asked, an issuer must be the one that was named, and an address that is
//! private or at another server waits for a yes.

mod challenge;
mod client;
mod client_way;
mod document;
mod documents;
mod doubt;
mod finding;
mod known;
mod plan;
mod provider_name;
mod resource_metadata;
mod server_metadata;
mod well_known;

use std::collections::VecDeque;
use std::mem;

use serde_json::{Value, json};
use url::Url;

use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::provider::discovered::DiscoveredServer;
use crate::domain::provider::endpoint;
use crate::domain::provider::request_template::Method;
use crate::domain::secret::Secret;
use crate::domain::text;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::RequestId;
use crate::oauth::discovery::challenge::Challenge;
use crate::oauth::discovery::client_way::ClientWay;
use crate::oauth::discovery::resource_metadata::ResourceMetadata;
use crate::oauth::discovery::server_metadata::ServerMetadata;
use crate::oauth::request::{Reply, Request};
use crate::oauth::transcript::Transcript;

pub use crate::oauth::discovery::doubt::DoubtfulAddress;
pub use crate::oauth::discovery::finding::{DiscoveryStep, Finding};
pub use crate::oauth::discovery::known::KnownServer;
pub use crate::oauth::discovery::plan::{DiscoveryGoal, DiscoveryPlan, OwnClient};
pub use crate::oauth::discovery::provider_name::free as free_provider_name;

/// The revision of MCP that the first request speaks.
const MCP_REVISION: &str = "2025-11-25";
/// The revision that has no first request, but says all of it in each.
const MCP_STATELESS_REVISION: &str = "2026-07-28";
/// The longest address that is shown, in characters.
const ADDRESS_LIMIT: usize = 120;

/// One walk from an address to a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Discovery {
    plan: DiscoveryPlan,
    began_at: DateTime<Utc>,
    stage: DiscoveryStage,
    findings: Vec<Finding>,
    asked: Asked,
    /// Addresses of documents that are still to be tried.
    candidates: VecDeque<DocumentCandidate>,
    /// Documents that were tried in vain: the address, and what came.
    tried: Vec<(String, String)>,
    /// Whether the address answered that it wants a token.
    wants_token: bool,
    challenge: Challenge,
    resource: Option<ResourceMetadata>,
    server: Option<Box<ServerMetadata>>,
    /// How the client comes to be one.
    client_way: ClientWay,
    /// What is done after a yes.
    after_yes: Option<AfterYes>,
    requests_made: u64,
    transcript: Transcript,
}

/// Where a discovery stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DiscoveryStage {
    /// A request is to be sent, and its reply told by [`Discovery::replied`].
    Asking(Box<Request>),
    /// Addresses are to be shown; [`Discovery::agreed`] goes on.
    Confirming(Vec<DoubtfulAddress>),
    /// It has ended.
    Over(Result<Discovered, Trouble>),
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Discovered {
    /// The provider of that name is for this server.
    Known(String),
    /// A provider that has no file yet, and the secret of its client.
    New(Box<DiscoveredServer>, Option<Secret>),
}

/// What the reply that is awaited is about.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Asked {
    Address,
    /// The address, for its tools: some want no token before.
    Tools,
    /// A document of the resource; whether a redirect was followed already.
    Resource(DocumentCandidate, bool),
    /// A document of the authorization server.
    Server(DocumentCandidate, bool),
    Client,
}

/// Where a document may be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct DocumentCandidate {
    url: Url,
    /// The issuers that a document there may be of.
    issuers: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum AfterYes {
    Send(Box<Request>),
    UseServer,
}

impl Discovery {
    #[must_use]
    pub fn begin(plan: DiscoveryPlan, now: Now) -> Self {
        let mut discovery = Self {
            began_at: now.wall,
            stage: DiscoveryStage::Asking(Box::new(initialize(&plan.address))),
            plan,
            findings: Vec::new(),
            asked: Asked::Address,
            candidates: VecDeque::new(),
            tried: Vec::new(),
            wants_token: false,
            challenge: Challenge::default(),
            resource: None,
            server: None,
            client_way: ClientWay::Own,
            after_yes: None,
            requests_made: 0,
            transcript: Transcript::default(),
        };
        discovery.prepare_request(now);
        discovery
    }

    /// What the person typed.
    #[must_use]
    pub fn address(&self) -> &Url {
        &self.plan.address
    }

    #[must_use]
    pub fn stage(&self) -> &DiscoveryStage {
        &self.stage
    }

    /// What is known so far, in the order it was learned.
    #[must_use]
    pub fn findings(&self) -> &[Finding] {
        &self.findings
    }

    /// The requests so far, and their answers.
    #[must_use]
    pub fn transcript(&self) -> &Transcript {
        &self.transcript
    }

    /// The step that is under way.
    #[must_use]
    pub fn step(&self) -> DiscoveryStep {
        match self.asked {
            Asked::Address | Asked::Tools => DiscoveryStep::Address,
            Asked::Resource(..) => DiscoveryStep::Resource,
            Asked::Server(..) => DiscoveryStep::Server,
            Asked::Client => DiscoveryStep::Client,
        }
    }

    /// Takes the reply to the request of [`DiscoveryStage::Asking`].
    pub fn replied(&mut self, reply: Result<Reply, Trouble>, now: Now) {
        if !matches!(self.stage, DiscoveryStage::Asking(_)) {
            return;
        }
        self.transcript.answered(RequestId(self.requests_made), &reply, now);
        // Nothing was sent, and somebody must say first that it may be.
        if matches!(self.asked, Asked::Resource(..) | Asked::Server(..))
            && let Err(barred @ Trouble { kind: FailureKind::NeedsFix(_), .. }) = reply
        {
            self.asked = Asked::Address;
            return self.end(Err(barred.without_tokens()));
        }
        match mem::replace(&mut self.asked, Asked::Address) {
            Asked::Address => self.address_replied(reply),
            Asked::Tools => self.tools_replied(reply),
            Asked::Resource(candidate, moved) => self.resource_replied(candidate, moved, reply),
            Asked::Server(candidate, moved) => self.server_replied(candidate, moved, reply),
            Asked::Client => self.client_replied(reply),
        }
        self.prepare_request(now);
    }

    /// Takes the yes to the addresses of [`DiscoveryStage::Confirming`].
    pub fn agreed(&mut self, now: Now) {
        self.go_on();
        self.prepare_request(now);
    }

    /// Writes the request that is to be sent into the transcript, and says whether its host must be public.
    fn prepare_request(&mut self, now: Now) {
        let is_doubted = !self.plan.agreed;
        if let DiscoveryStage::Asking(request) = &mut self.stage {
            let is_typed = request.url.host() == self.plan.address.host();
            request.must_be_public = is_doubted && !is_typed && !endpoint::is_private(&request.url);
            self.requests_made += 1;
            self.transcript.sent(RequestId(self.requests_made), request, now);
        }
    }

    /// Does what waited for a yes.
    fn go_on(&mut self) {
        if !matches!(self.stage, DiscoveryStage::Confirming(_)) {
            return;
        }
        match self.after_yes.take() {
            Some(AfterYes::Send(request)) => self.stage = DiscoveryStage::Asking(request),
            Some(AfterYes::UseServer) => self.choose_client(),
            None => {}
        }
    }

    /// Sends the request for a document, once its address needs no yes.
    fn ask(&mut self, asked: Asked) {
        let url = match &asked {
            Asked::Resource(candidate, _) | Asked::Server(candidate, _) => candidate.url.clone(),
            Asked::Address | Asked::Tools | Asked::Client => return,
        };
        self.asked = asked;
        let doubt = DoubtfulAddress::of_private("a document about it", &url, &self.plan.address);
        self.confirm(doubt.into_iter().collect(), AfterYes::Send(Box::new(document::request(&url))));
    }

    /// Goes on after a yes to `doubts`, at once where there are none or the yes was given before.
    fn confirm(&mut self, doubts: Vec<DoubtfulAddress>, after_yes: AfterYes) {
        let is_agreed = doubts.is_empty() || self.plan.agreed;
        if self.plan.agreed {
            let step = self.step();
            doubts.iter().for_each(|doubt| self.warn(step, doubt.to_string()));
        }
        self.after_yes = Some(after_yes);
        self.stage = DiscoveryStage::Confirming(doubts);
        if is_agreed {
            self.go_on();
        }
    }

    fn found(&mut self, step: DiscoveryStep, words: String) {
        self.findings.push(Finding { step, words, is_warning: false });
    }

    fn warn(&mut self, step: DiscoveryStep, words: String) {
        self.findings.push(Finding { step, words, is_warning: true });
    }

    fn refuse(&mut self, why: String, next: &str) {
        let what = format!("cannot find out how to log in to {}", shown(&self.plan.address));
        let kind = FailureKind::NeedsFix(next.to_owned());
        self.end(Err(Trouble { what, why, stored: Stored::Absent, kind }));
    }

    fn end(&mut self, ended: Result<Discovered, Trouble>) {
        self.stage = DiscoveryStage::Over(ended);
    }
}

/// The first request of an MCP client, without a token (MCP transports, streamable HTTP).
fn initialize(address: &Url) -> Request {
    let params = json!({
        "protocolVersion": MCP_REVISION,
        "capabilities": {},
        "clientInfo": { "name": "authtui", "version": env!("CARGO_PKG_VERSION") },
    });
    mcp_call(address, &json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }))
}

/// The request for the tools of the server that gave `reply` to the first one. What is no success comes from a
/// server of the newest revision, which has no first call.
fn list_tools(address: &Url, reply: &Reply) -> Request {
    let revision = if reply.status < 300 { MCP_REVISION } else { MCP_STATELESS_REVISION };
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": revision,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({ "_meta": meta });
    let call = json!({ "jsonrpc": "2.0", "id": 2, "method": "tools/list", "params": params });
    let mut request = mcp_call(address, &call);
    let session = reply.header("mcp-session-id").map(|id| ("mcp-session-id".to_owned(), id.clone()));
    let revision = ("mcp-protocol-version".to_owned(), Secret::new(revision));
    request.headers.extend(session.into_iter().chain([revision]));
    request
}

fn mcp_call(address: &Url, call: &Value) -> Request {
    let accept = Secret::new("application/json, text/event-stream");
    Request {
        method: Method::Post,
        url: address.clone(),
        headers: vec![("accept".to_owned(), accept)],
        body: Some(("application/json", Secret::new(call.to_string()))),
        secrets: Vec::new(),
        must_be_public: false,
    }
}

/// `url` for people.
fn shown(url: &Url) -> String {
    text::clean(url.as_str(), ADDRESS_LIMIT)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::fixtures::now;
    use crate::domain::provider::catalog::Catalog;
    use crate::domain::provider::{Authentication, IssuerInAnswers, Redirect};
    use crate::oauth::fixtures::reply;

    const ADDRESS: &str = "https://mcp.acme.test/mcp";
    const ISSUER: &str = "https://id.acme.test/t";
    const RESOURCE_AT: &str = "https://mcp.acme.test/.well-known/oauth-protected-resource/mcp";
    const SERVER_AT: &str = "https://id.acme.test/.well-known/oauth-authorization-server/t";
    const REGISTER: &str = "https://id.acme.test/register";

    /// Servers that answer by address; what they do not know is 404.
    #[derive(Clone)]
    struct Net {
        replies: BTreeMap<String, Reply>,
        asked: Vec<String>,
    }

    impl Net {
        /// An MCP server whose authorization server registers clients.
        fn acme() -> Self {
            let mut net = Self { replies: BTreeMap::new(), asked: Vec::new() };
            let mut refusal = reply(401, "");
            let challenge = format!("Bearer resource_metadata=\"{RESOURCE_AT}\", scope=\"read write\"");
            refusal.headers.push(("www-authenticate".to_owned(), Secret::new(challenge)));
            net.replies.insert(ADDRESS.to_owned(), refusal);
            net.says(RESOURCE_AT, resource());
            net.says(SERVER_AT, server());
            net.replies.insert(REGISTER.to_owned(), reply(201, r#"{"client_id":"c1"}"#));
            net
        }

        fn says(&mut self, url: &str, document: Value) {
            self.replies.insert(url.to_owned(), reply(200, &document.to_string()));
        }

        fn answers(&mut self, url: &str, status: u16, body: &str) {
            self.replies.insert(url.to_owned(), reply(status, body));
        }

        /// Walks to the end, or to the first question.
        fn walk(&mut self, plan: DiscoveryPlan) -> Discovery {
            let mut discovery = Discovery::begin(plan, now());
            self.go_on(&mut discovery);
            discovery
        }

        fn go_on(&mut self, discovery: &mut Discovery) {
            while let DiscoveryStage::Asking(request) = discovery.stage() {
                assert!(self.asked.len() < 20, "{:?}", self.asked);
                let url = request.url.to_string();
                let came = self.replies.get(&url).cloned();
                self.asked.push(url);
                discovery.replied(Ok(came.unwrap_or_else(|| reply(404, ""))), now());
            }
        }
    }

    fn resource() -> Value {
        json!({ "resource": ADDRESS, "resource_name": "Acme", "authorization_servers": [ISSUER],
            "scopes_supported": ["read", "write", "admin"] })
    }

    fn server() -> Value {
        json!({ "issuer": ISSUER, "authorization_endpoint": "https://id.acme.test/authorize",
            "token_endpoint": "https://id.acme.test/token", "registration_endpoint": REGISTER,
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["none", "client_secret_post"],
            "authorization_response_iss_parameter_supported": true })
    }

    fn with(mut document: Value, name: &str, value: Value) -> Value {
        document[name] = value;
        document
    }

    fn plan(address: &str) -> DiscoveryPlan {
        let address = Url::parse(address).expect(address);
        DiscoveryPlan::new(address, DiscoveryGoal::Login, &Catalog::default())
    }

    fn known(discovery: &Discovery) -> KnownServer {
        let (server, secret) = new(discovery);
        KnownServer {
            provider: server.name,
            issuer: server.issuer,
            resource: server.resource.into_iter().collect(),
            from: Some(server.source.from),
            client: server.client,
            redirect: server.redirect,
            secret,
            has_worked: false,
        }
    }

    fn new(discovery: &Discovery) -> (DiscoveredServer, Option<Secret>) {
        match discovery.stage() {
            DiscoveryStage::Over(Ok(Discovered::New(server, secret))) => ((**server).clone(), secret.clone()),
            DiscoveryStage::Over(_) | DiscoveryStage::Asking(_) | DiscoveryStage::Confirming(_) => {
                panic!("{:#?}", (discovery.stage(), discovery.findings()))
            }
        }
    }

    fn refused(discovery: &Discovery) -> String {
        match discovery.stage() {
            DiscoveryStage::Over(Err(trouble)) => trouble.to_string(),
            DiscoveryStage::Over(_) | DiscoveryStage::Asking(_) | DiscoveryStage::Confirming(_) => {
                panic!("{:#?}", discovery.stage())
            }
        }
    }

    #[test]
    fn the_walk_goes_from_the_challenge_to_a_registered_client() {
        let mut net = Net::acme();
        let discovery = net.walk(plan(ADDRESS));
        assert_eq!(net.asked, [ADDRESS, RESOURCE_AT, SERVER_AT, REGISTER]);
        let (server, secret) = new(&discovery);
        assert_eq!((server.name.as_str(), server.title.as_str(), secret), ("acme", "Acme", None));
        assert_eq!((server.issuer.as_deref(), server.resource.as_deref()), (Some(ISSUER), Some(ADDRESS)));
        assert_eq!(server.issuer_in_answers, IssuerInAnswers::Promised);
        assert_eq!(server.scopes, ["read", "write"], "what the challenge names");
        assert_eq!(
            (server.client.id.as_deref(), server.client.authentication),
            (Some("c1"), Authentication::None)
        );
        assert_eq!(server.client.registered, Some(now().wall));
        assert_eq!(server.redirect.ports(), [8765, 8766, 8767]);
        let steps: Vec<_> = discovery.findings().iter().map(|finding| finding.step).collect();
        assert_eq!(steps, DiscoveryStep::ALL);
    }

    #[test]
    fn the_resource_is_looked_for_at_its_path_and_then_at_the_root_whatever_the_address_answers() {
        let at_root = "https://mcp.acme.test/.well-known/oauth-protected-resource";
        for status in [200, 302, 401, 404, 405, 500] {
            let mut net = Net::acme();
            net.answers(ADDRESS, status, "<html>");
            net.answers(RESOURCE_AT, 404, "");
            net.says(at_root, resource());
            new(&net.walk(plan(ADDRESS)));
            assert_eq!(net.asked, [ADDRESS, RESOURCE_AT, at_root, SERVER_AT, REGISTER], "{status}");
        }
    }

    #[test]
    fn a_server_that_takes_the_first_call_from_anybody_is_asked_for_its_tools() {
        let mut net = Net::acme();
        let challenge = net.replies.insert(ADDRESS.to_owned(), reply(200, "{}")).expect("a challenge");
        let mut discovery = Discovery::begin(plan(ADDRESS), now());
        let mut first = reply(200, r#"{"jsonrpc":"2.0"}"#);
        first.headers.push(("mcp-session-id".to_owned(), Secret::new("s1")));
        discovery.replied(Ok(first), now());
        let DiscoveryStage::Asking(tools) = discovery.stage() else { panic!("{discovery:?}") };
        assert!(tools.headers.contains(&("mcp-session-id".to_owned(), Secret::new("s1"))));
        discovery.replied(Ok(challenge), now());
        net.go_on(&mut discovery);
        assert_eq!(new(&discovery).0.scopes, ["read", "write"]);
    }

    #[test]
    fn metadata_of_another_resource_end_the_walk() {
        for resource_named in
            ["https://evil.test/mcp", "https://mcp.acme.test/other", "https://mcp.acme.test:8443/mcp"]
        {
            let mut net = Net::acme();
            net.says(RESOURCE_AT, with(resource(), "resource", json!(resource_named)));
            let said = refused(&net.walk(plan(ADDRESS)));
            assert!(said.contains(&format!("is about another server, “{resource_named}”")), "{said}");
            assert_eq!(net.asked, [ADDRESS, RESOURCE_AT]);
        }
    }

    #[test]
    fn each_form_of_the_servers_address_is_tried_and_all_are_named_where_none_works() {
        let forms = [
            SERVER_AT,
            "https://id.acme.test/.well-known/openid-configuration/t",
            "https://id.acme.test/t/.well-known/openid-configuration",
        ];
        for works in forms {
            let mut net = Net::acme();
            net.answers(forms[0], 404, "");
            net.answers(forms[1], 500, "<html>");
            net.says(works, server());
            new(&net.walk(plan(ADDRESS)));
        }
        let mut net = Net::acme();
        net.answers(forms[0], 404, "");
        net.answers(forms[1], 500, "");
        net.answers(forms[2], 200, "<html>");
        let said = refused(&net.walk(plan(ADDRESS)));
        for (form, why) in forms.iter().zip(["answered 404", "answered 500", "answered with a web page"]) {
            assert!(said.contains(&format!("{form} (it {why})")), "{said}");
        }
        assert!(!net.asked.contains(&REGISTER.to_owned()));
        net.replies.remove(forms[1]);
        net.replies.remove(forms[2]);
        let said = refused(&net.walk(plan(ADDRESS)));
        assert!(said.contains(&format!("tried {SERVER_AT} and 2 more (it answered 404). Next:")), "{said}");
    }

    #[test]
    fn a_document_of_another_issuer_is_never_used() {
        for issuer in ["https://id.acme.test/t/", "https://ID.acme.test/t", "https://evil.test/t", ""] {
            let mut net = Net::acme();
            net.says(SERVER_AT, with(server(), "issuer", json!(issuer)));
            let said = refused(&net.walk(plan(ADDRESS)));
            let named =
                if issuer.is_empty() { "no issuer".to_owned() } else { format!("the issuer “{issuer}”") };
            assert!(said.contains(&format!("it names {named}, and not “{ISSUER}”")), "{said}");
            assert!(!net.asked.contains(&REGISTER.to_owned()));
        }
    }

    #[test]
    fn a_document_may_have_moved_once_and_only_on_its_own_server() {
        for (location, goes_on) in
            [("/moved", true), ("https://id.acme.test/moved", true), ("https://evil.test/moved", false)]
        {
            let mut net = Net::acme();
            let mut moved = reply(307, "");
            moved.headers.push(("location".to_owned(), Secret::new(location)));
            net.replies.insert(SERVER_AT.to_owned(), moved.clone());
            net.says("https://id.acme.test/moved", server());
            net.says("https://evil.test/moved", server());
            let ended = net.walk(plan(ADDRESS));
            assert_eq!(matches!(ended.stage(), DiscoveryStage::Over(Ok(_))), goes_on, "{location}");
            assert!(!net.asked.iter().any(|url| url.contains("evil")));
            if goes_on {
                net.replies.insert("https://id.acme.test/moved".to_owned(), moved);
                assert!(matches!(net.walk(plan(ADDRESS)).stage(), DiscoveryStage::Over(Err(_))));
            }
        }
    }

    #[test]
    fn a_server_without_s256_is_refused_for_mcp_and_warned_of_where_it_is_asked_itself() {
        for methods in [Value::Null, json!(["plain"])] {
            let mut net = Net::acme();
            net.says(SERVER_AT, with(server(), "code_challenge_methods_supported", methods.clone()));
            let said = refused(&net.walk(plan(ADDRESS)));
            assert!(said.contains("does not offer PKCE with S256"), "{said}");
            let discovery = net.walk(plan(ISSUER));
            new(&discovery);
            let warned = discovery.findings().iter().filter(|finding| finding.is_warning);
            assert_eq!(warned.count(), 1, "{methods}");
        }
    }

    #[test]
    fn an_issuer_can_be_typed_with_or_without_its_last_slash() {
        for (typed, issuer) in
            [(ISSUER, ISSUER), ("https://id.acme.test/t/", ISSUER), (ISSUER, "https://id.acme.test/t/")]
        {
            let mut net = Net::acme();
            net.says(SERVER_AT, with(server(), "issuer", json!(issuer)));
            let (found, _) = new(&net.walk(plan(typed)));
            assert_eq!((found.issuer.as_deref(), found.resource), (Some(issuer), None));
        }
    }

    #[test]
    fn a_server_of_the_first_revision_has_its_endpoints_at_the_root() {
        let mut net = Net::acme();
        net.answers(RESOURCE_AT, 404, "");
        let at_root = "https://mcp.acme.test/.well-known/oauth-authorization-server";
        net.answers("https://mcp.acme.test/register", 201, r#"{"client_id":"c2"}"#);
        let (found, _) = new(&net.walk(plan(ADDRESS)));
        assert_eq!((found.issuer, found.endpoints.token.as_str()), (None, "https://mcp.acme.test/token"));
        assert_eq!(found.resource.as_deref(), Some(ADDRESS));
        net.says(at_root, with(server(), "issuer", json!("https://mcp.acme.test")));
        let agreed = DiscoveryPlan { agreed: true, ..plan(ADDRESS) };
        assert_eq!(new(&net.walk(agreed)).0.issuer.as_deref(), Some("https://mcp.acme.test"));
        // What wants no token has no such addresses.
        let mut silent = Net { replies: BTreeMap::new(), asked: Vec::new() };
        let said = refused(&silent.walk(plan(ADDRESS)));
        assert!(said.contains("it does not say how to log in; tried"), "{said}");
    }

    #[test]
    fn scopes_are_those_of_the_challenge_or_all_of_the_resource_or_none() {
        let offline = json!(["read", "offline_access"]);
        for (challenge, listed, server_has, scopes) in [
            (true, json!(["admin"]), Value::Null, &["read", "write"][..]),
            (true, json!(["admin"]), offline.clone(), &["read", "write", "offline_access"]),
            (false, json!(["admin", "read"]), Value::Null, &["admin", "read"]),
            (false, Value::Null, offline, &[]),
            (false, json!("read"), Value::Null, &[]),
        ] {
            let mut net = Net::acme();
            if !challenge {
                net.answers(ADDRESS, 401, "");
            }
            net.says(RESOURCE_AT, with(resource(), "scopes_supported", listed.clone()));
            net.says(SERVER_AT, with(server(), "scopes_supported", server_has));
            assert_eq!(new(&net.walk(plan(ADDRESS))).0.scopes, scopes, "{challenge} {listed}");
        }
    }

    #[test]
    fn a_login_to_an_issuer_itself_asks_who_it_is_and_for_a_refresh_token() {
        for (offered, scopes) in [
            (
                json!(["email", "offline_access", "openid", "phone"]),
                &["openid", "email", "offline_access"][..],
            ),
            (json!(["openid"]), &["openid"]),
            (json!(["email", "read"]), &[]),
        ] {
            let mut net = Net { replies: BTreeMap::new(), asked: Vec::new() };
            net.says(SERVER_AT, with(server(), "scopes_supported", offered));
            net.answers(REGISTER, 201, r#"{"client_id":"c1"}"#);
            assert_eq!(new(&net.walk(plan(ISSUER))).0.scopes, scopes);
        }
    }

    #[test]
    fn nothing_is_asked_of_a_private_address_without_a_yes() {
        for inside in ["https://169.254.169.254/latest", "http://127.0.0.1:8080/m", "https://10.0.0.7/"] {
            let mut net = Net::acme();
            let mut refusal = reply(401, "");
            let challenge = format!("Bearer resource_metadata=\"{inside}\"");
            refusal.headers.push(("www-authenticate".to_owned(), Secret::new(challenge)));
            net.replies.insert(ADDRESS.to_owned(), refusal);
            let mut discovery = net.walk(plan(ADDRESS));
            assert!(matches!(discovery.stage(), DiscoveryStage::Confirming(doubts) if doubts.len() == 1));
            assert_eq!(net.asked, [ADDRESS]);
            discovery.agreed(now());
            net.go_on(&mut discovery);
            assert!(net.asked.contains(&inside.to_owned()), "{:?}", net.asked);
        }
    }

    #[test]
    fn endpoints_at_another_server_than_their_issuer_wait_for_a_yes() {
        let mut net = Net::acme();
        net.says(SERVER_AT, with(server(), "token_endpoint", json!("https://tokens.acme.test/t")));
        let mut discovery = net.walk(plan(ADDRESS));
        let DiscoveryStage::Confirming(doubts) = discovery.stage() else { panic!("{discovery:?}") };
        let doubts: Vec<String> = doubts.iter().map(ToString::to_string).collect();
        assert_eq!(doubts, ["the token endpoint is at tokens.acme.test, and not at id.acme.test"]);
        assert!(!net.asked.contains(&REGISTER.to_owned()));
        discovery.agreed(now());
        net.go_on(&mut discovery);
        new(&discovery);
        let agreed = net.walk(DiscoveryPlan { agreed: true, ..plan(ADDRESS) });
        new(&agreed);
        assert_eq!(agreed.findings().iter().filter(|finding| finding.is_warning).count(), 1);
    }

    #[test]
    fn a_refused_registration_says_who_refused_and_the_ways_on() {
        for (status, body, words) in [
            (403, "Forbidden", "it refused with 403 and says “Forbidden”"),
            (
                400,
                r#"{"error":"invalid_client_metadata"}"#,
                "it refused with 400 and says “invalid_client_metadata”",
            ),
            (401, "register in the browser", "says “register in the browser”"),
        ] {
            let mut net = Net::acme();
            net.answers(REGISTER, status, body);
            let said = refused(&net.walk(plan(ADDRESS)));
            assert!(said.starts_with("cannot register authtui at id.acme.test: "), "{said}");
            assert!(said.contains(words), "{said}");
            assert!(said.contains("run: authtui login https://mcp.acme.test/mcp --client-id ID"), "{said}");
            assert!(said.contains("ask id.acme.test to let authtui register"), "{said}");
            assert_eq!(net.asked.iter().filter(|url| *url == REGISTER).count(), 1);
        }
        let mut net = Net::acme();
        net.answers(REGISTER, 503, "");
        assert!(refused(&net.walk(plan(ADDRESS))).ends_with("Next: try again."));
    }

    #[test]
    fn a_server_that_registers_nobody_leaves_the_client_to_the_person() {
        let mut net = Net::acme();
        net.says(SERVER_AT, with(server(), "registration_endpoint", Value::Null));
        assert_eq!(new(&net.walk(plan(ADDRESS))).0.client.id, None);
        for (has_secret, authentication) in [(false, Authentication::None), (true, Authentication::Post)] {
            let client = Some(OwnClient { id: "mine".to_owned(), has_secret });
            let (found, _) = new(&net.walk(DiscoveryPlan { client, ..plan(ADDRESS) }));
            assert_eq!(found.client.id.as_deref(), Some("mine"));
            assert_eq!((found.client.authentication, found.redirect), (authentication, Redirect::default()));
        }
    }

    #[test]
    fn a_server_whose_issuer_a_preset_knows_is_registered_at_by_its_steps_with_our_redirect_address() {
        let yaml = "name: acme-idp\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                    client: { id: x }\n\
                    registration: { issuers: ['https://*.acme.test/t'], steps: [Create a client.] }";
        let preset =
            crate::stored::provider_file::catalog([("acme-idp.yaml".to_owned(), Ok(yaml.to_owned()))]);
        assert_eq!(preset.errors, []);
        let address = Url::parse(ADDRESS).expect("an address");
        let plan = DiscoveryPlan::new(address, DiscoveryGoal::Login, &preset);
        let lines = [
            "Register an app of your own:",
            "- Enter this redirect address: http://127.0.0.1:8765/callback",
            "- Create a client.",
        ];
        let mut net = Net::acme();
        net.answers(REGISTER, 403, "Forbidden");
        let walked = net.walk(plan.clone());
        assert!(walked.wants_own_client());
        assert_eq!(walked.recipe().lines(), lines);
        net.says(SERVER_AT, with(server(), "registration_endpoint", Value::Null));
        let (found, _) = new(&net.walk(plan.clone()));
        assert_eq!(found.registration.map(|recipe| recipe.lines()), Some(lines.map(str::to_owned).to_vec()));
        let mut net = Net::acme();
        net.answers(REGISTER, 503, "");
        assert!(!net.walk(plan).wants_own_client(), "it may do better later");
    }

    #[test]
    fn a_document_that_describes_authtui_is_used_where_the_server_takes_one() {
        let document = Url::parse("https://authtui.test/client.json").expect("an address");
        for takes in [true, false] {
            let mut net = Net::acme();
            net.says(SERVER_AT, with(server(), "client_id_metadata_document_supported", json!(takes)));
            let plan = DiscoveryPlan { client_metadata: Some(document.clone()), ..plan(ADDRESS) };
            let id = new(&net.walk(plan.clone())).0.client.id;
            assert_eq!(id.as_deref(), Some(if takes { document.as_str() } else { "c1" }));
            let anew = DiscoveryPlan { goal: DiscoveryGoal::NewClient, ..plan };
            assert_eq!(new(&net.walk(anew)).0.client.id.as_deref(), Some("c1"), "the page refused it");
        }
    }

    #[test]
    fn a_page_that_refuses_client_after_client_is_led_through_all_ways_under_one_name() {
        let mut net = Net::acme();
        net.says(SERVER_AT, with(server(), "client_id_metadata_document_supported", json!(true)));
        let document = Url::parse("https://authtui.test/client.json").expect("an address");
        let plan = DiscoveryPlan { client_metadata: Some(document.clone()), ..plan(ADDRESS) };
        let mut walked = net.walk(plan.clone());
        let mut clients = Vec::new();
        for _ in 0..4 {
            let (found, _) = new(&walked);
            clients.push((found.name.clone(), found.client.id, found.redirect.ports()));
            let known = vec![known(&walked)];
            let taken = std::collections::BTreeSet::from(["acme".to_owned()]);
            walked = net.walk(DiscoveryPlan { known, taken, ..plan.clone() }.refusing("acme"));
        }
        let (three, one) = (vec![8765, 8766, 8767], vec![8765]);
        let acme =
            |id: Option<&str>, ports: &[u16]| ("acme".to_owned(), id.map(str::to_owned), ports.to_vec());
        assert_eq!(clients[1..], [acme(Some("c1"), &three), acme(Some("c1"), &one), acme(None, &[8765, 0])]);
        assert_eq!(clients[0].1.as_deref(), Some(document.as_str()));
    }

    #[test]
    fn every_request_of_a_walk_can_be_read_without_a_secret_of_it() {
        let mut net = Net::acme();
        let issued =
            r#"{"client_id":"c1","client_secret":"s3cret-0","registration_access_token":"t0ken-00"}"#;
        net.answers(REGISTER, 201, issued);
        let said = net.walk(plan(ADDRESS)).transcript().lines().join("\n");
        for url in [ADDRESS, RESOURCE_AT, SERVER_AT, REGISTER] {
            assert!(said.contains(url), "{url}: {said}");
        }
        assert!(said.contains(r#""client_secret": "… (8 characters)""#), "{said}");
        assert!(!said.contains("s3cret") && !said.contains("t0ken"), "{said}");
    }

    #[test]
    fn nobody_is_registered_twice_at_one_issuer_and_a_secret_that_is_missing_is_no_client() {
        let mut net = Net::acme();
        net.answers(REGISTER, 201, r#"{"client_id":"c1","client_secret":"s3cret"}"#);
        let first = net.walk(plan(ADDRESS));
        let known = known(&first);
        assert_eq!(known.secret, Some(Secret::new("s3cret")));
        let again = net.walk(DiscoveryPlan { known: vec![known.clone()], ..plan(ADDRESS) });
        assert_eq!(again.stage(), &DiscoveryStage::Over(Ok(Discovered::Known("acme".to_owned()))));

        // Another resource of the same issuer has the same client.
        let (other, other_at) = (
            "https://other.acme.test/mcp",
            "https://other.acme.test/.well-known/oauth-protected-resource/mcp",
        );
        net.says(other_at, with(resource(), "resource", json!(other)));
        let registered = |net: &Net| net.asked.iter().filter(|url| *url == REGISTER).count();
        let plan_other = DiscoveryPlan { known: vec![known.clone()], ..plan(other) };
        let (found, secret) = new(&net.walk(plan_other.clone()));
        assert_eq!((found.client.id.as_deref(), secret), (Some("c1"), Some(Secret::new("s3cret"))));
        assert_eq!((found.redirect, registered(&net)), (known.redirect.clone(), 1));

        let lost = KnownServer { secret: None, ..known.clone() };
        new(&net.walk(DiscoveryPlan { known: vec![lost], ..plan_other }));
        assert_eq!(registered(&net), 2);
        new(&net.walk(DiscoveryPlan { known: vec![known], goal: DiscoveryGoal::NewClient, ..plan(ADDRESS) }));
        assert_eq!(registered(&net), 3);
    }

    #[test]
    fn a_resource_that_moved_to_another_issuer_is_a_new_provider_with_a_new_client() {
        let mut net = Net::acme();
        let known = known(&net.walk(plan(ADDRESS)));
        let moved_to = "https://new.acme.test";
        net.says(RESOURCE_AT, with(resource(), "authorization_servers", json!([moved_to])));
        let mut moved = with(server(), "issuer", json!(moved_to));
        for name in ["authorization_endpoint", "token_endpoint", "registration_endpoint"] {
            moved[name] = json!(format!("{moved_to}/{name}"));
        }
        net.says("https://new.acme.test/.well-known/oauth-authorization-server", moved);
        net.answers("https://new.acme.test/registration_endpoint", 201, r#"{"client_id":"c9"}"#);
        let taken = std::collections::BTreeSet::from(["acme".to_owned()]);
        let (found, _) = new(&net.walk(DiscoveryPlan { known: vec![known], taken, ..plan(ADDRESS) }));
        assert_eq!((found.name.as_str(), found.client.id.as_deref()), ("acme-2", Some("c9")));
    }

    #[test]
    fn of_several_servers_the_one_is_taken_that_knows_our_client() {
        let mut net = Net::acme();
        let known = known(&net.walk(plan(ADDRESS)));
        let other = "https://mcp2.acme.test/mcp";
        let servers = json!(["https://first.acme.test", ISSUER]);
        let document = with(with(resource(), "resource", json!(other)), "authorization_servers", servers);
        net.says("https://mcp2.acme.test/.well-known/oauth-protected-resource/mcp", document);
        let (found, _) = new(&net.walk(DiscoveryPlan { known: vec![known], ..plan(other) }));
        assert_eq!(found.issuer.as_deref(), Some(ISSUER));
    }

    #[test]
    fn a_check_registers_nobody() {
        let mut net = Net::acme();
        let discovery = net.walk(DiscoveryPlan { goal: DiscoveryGoal::Check, ..plan(ADDRESS) });
        assert_eq!(new(&discovery).0.client.id, None);
        assert_eq!(net.asked, [ADDRESS, RESOURCE_AT, SERVER_AT]);
        assert!(discovery.findings().last().expect("a finding").words.contains("would be registered at"));
    }

    #[test]
    fn what_a_server_writes_cannot_steer_a_terminal() {
        let mut net = Net::acme();
        let steering = "\u{1b}[2J\u{202e}x";
        net.says(RESOURCE_AT, with(resource(), "resource_name", json!(steering)));
        net.answers(REGISTER, 403, steering);
        let discovery = net.walk(plan(ADDRESS));
        let said: String = discovery.findings().iter().map(|finding| finding.words.clone()).collect();
        let said = said + &refused(&discovery);
        assert!(!said.chars().any(text::is_hostile), "{said:?}");
    }
}
