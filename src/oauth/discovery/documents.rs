//! Documents of a discovery: what the address says of itself, and what its login server does.

use std::collections::VecDeque;

use url::Url;

use crate::domain::provider::endpoint;
use crate::domain::text;
use crate::domain::trouble::{Stored, Trouble};
use crate::oauth::discovery::challenge::Challenge;
use crate::oauth::discovery::doubt::{DoubtfulAddress, host};
use crate::oauth::discovery::finding::DiscoveryStep;
use crate::oauth::discovery::resource_metadata::ResourceMetadata;
use crate::oauth::discovery::server_metadata::{ChallengeMethods, ServerMetadata, ServerMetadataError};
use crate::oauth::discovery::{
    AfterYes, Asked, Discovery, DiscoveryStage, DocumentCandidate, document, list_tools, shown, well_known,
};
use crate::oauth::reply;
use crate::oauth::request::Reply;

/// The longest text of a document that is shown, in characters.
const TEXT_LIMIT: usize = 120;

impl Discovery {
    pub(super) fn address_replied(&mut self, reply: Result<Reply, Trouble>) {
        let reply = match reply {
            Ok(reply) => reply,
            Err(trouble) => return self.not_asked(trouble),
        };
        let is_mcp = match reply.status {
            200..300 => !reply::is_page(&reply),
            401 | 403 | 405 => false,
            400..500 => reply::json(&reply).is_some_and(|body| body.is_object()),
            _ => false,
        };
        if is_mcp {
            self.asked = Asked::Tools;
            self.stage = DiscoveryStage::Asking(Box::new(list_tools(&self.plan.address, &reply)));
            return;
        }
        self.challenged(&reply);
    }

    pub(super) fn tools_replied(&mut self, reply: Result<Reply, Trouble>) {
        match reply {
            Ok(reply) => self.challenged(&reply),
            Err(trouble) => self.not_asked(trouble),
        }
    }

    /// Ends because the address itself gave no answer that can be read.
    fn not_asked(&mut self, trouble: Trouble) {
        let what = format!("cannot ask {}", shown(&self.plan.address));
        self.end(Err(Trouble { what, stored: Stored::Absent, ..trouble }));
    }

    /// Hears what the address says of tokens.
    fn challenged(&mut self, reply: &Reply) {
        self.wants_token = reply.status == 401;
        self.challenge = Challenge::of(reply).unwrap_or_default();
        let words = match (reply.status, document::redirect(&self.plan.address, reply)) {
            (401, _) => "it wants a token".to_owned(),
            // Without its query, which may hold a code.
            (status, Some(to)) => {
                let (path, host) = (text::clean(to.path(), TEXT_LIMIT), host(&to));
                format!("it answered {status} and leads to {}://{host}{path}", to.scheme())
            }
            (status, None) => format!("it answered {status}"),
        };
        self.found(DiscoveryStep::Address, format!("asked {}: {words}", shown(&self.plan.address)));
        let named = self.challenge.resource_metadata.as_deref();
        let named = named.and_then(|written| endpoint::parse(written).ok());
        let mut urls = well_known::of_resource(&self.plan.address);
        if let Some(named) = named {
            urls.retain(|url| *url != named);
            urls.insert(0, named);
        }
        self.candidates =
            urls.into_iter().map(|url| DocumentCandidate { url, issuers: Vec::new() }).collect();
        self.ask_for_resource();
    }

    fn ask_for_resource(&mut self) {
        match self.candidates.pop_front() {
            Some(candidate) => self.ask(Asked::Resource(candidate, false)),
            None => self.look_for_server(),
        }
    }

    pub(super) fn resource_replied(
        &mut self,
        candidate: DocumentCandidate,
        moved: bool,
        reply: Result<Reply, Trouble>,
    ) {
        if let Some(candidate) = Self::moved(&candidate, moved, &reply) {
            return self.ask(Asked::Resource(candidate, true));
        }
        let read = reply.map_err(|trouble| trouble.why).and_then(|reply| document::read(&reply));
        let metadata: ResourceMetadata = match read {
            Ok(metadata) => metadata,
            Err(why) => {
                self.note_tried(&candidate, &why);
                return self.ask_for_resource();
            }
        };
        if !metadata.are_about(&self.plan.address) {
            let (at, named) = (shown(&candidate.url), text::clean(&metadata.resource, TEXT_LIMIT));
            let why = format!("{at} is about another server, “{named}”");
            return self.refuse(why, "check the address, or ask who runs the server");
        }
        let name = metadata
            .resource_name
            .as_deref()
            .map_or_else(String::new, |name| format!(" as “{}”", text::clean(name, TEXT_LIMIT)));
        self.found(
            DiscoveryStep::Resource,
            format!("it describes itself{name} at {}", shown(&candidate.url)),
        );
        self.resource = Some(metadata);
        self.look_for_server();
    }

    /// Looks for the metadata of the authorization server: the one that the resource names, or else the
    /// address itself and its root.
    fn look_for_server(&mut self) {
        let named =
            self.resource.as_ref().map(|resource| resource.authorization_servers.clone()).unwrap_or_default();
        let known = named.iter().find(|issuer| self.plan.known_client(issuer).is_some());
        let Some(issuer) = known.or(named.first()).cloned() else {
            self.candidates = of_address(&self.plan.address);
            return self.ask_for_server();
        };
        let Ok(url) = endpoint::parse(&issuer) else {
            let issuer = text::clean(&issuer, TEXT_LIMIT);
            let why = format!("its login server “{issuer}” is no address that is safe to use");
            return self.refuse(why, "ask who runs the server");
        };
        self.candidates = candidates(&url, &[issuer]).collect();
        self.ask_for_server();
    }

    fn ask_for_server(&mut self) {
        if let Some(candidate) = self.candidates.pop_front() {
            return self.ask(Asked::Server(candidate, false));
        }
        let names_server =
            self.resource.as_ref().is_some_and(|found| !found.authorization_servers.is_empty());
        if !names_server
            && self.wants_token
            && let Some(server) = ServerMetadata::at_root_of(&self.plan.address)
        {
            return self.use_server(
                server,
                "it describes no login server, so the usual addresses at its root are used".to_owned(),
            );
        }
        let what = if names_server { "its login server" } else { "it" };
        let why = format!("{what} does not say how to log in; tried {}", self.tried_in_words());
        self.refuse(
            why,
            "check the address; if you know the endpoints, write a provider file (authtui providers fields)",
        );
    }

    pub(super) fn server_replied(
        &mut self,
        candidate: DocumentCandidate,
        moved: bool,
        reply: Result<Reply, Trouble>,
    ) {
        if let Some(candidate) = Self::moved(&candidate, moved, &reply) {
            return self.ask(Asked::Server(candidate, true));
        }
        let read = reply
            .map_err(|trouble| ServerMetadataError::Elsewhere(trouble.why))
            .and_then(|reply| ServerMetadata::read(&reply, &candidate.issuers));
        match read {
            Ok(server) => {
                let issuer = text::clean(server.issuer.as_deref().unwrap_or_default(), TEXT_LIMIT);
                let words = format!("its login server is {issuer}, as {} says", shown(&candidate.url));
                self.use_server(server, words);
            }
            Err(ServerMetadataError::Elsewhere(why)) => {
                self.note_tried(&candidate, &why);
                self.ask_for_server();
            }
            Err(ServerMetadataError::Unfit(why)) => {
                self.refuse(format!("{}: {why}", shown(&candidate.url)), "ask who runs the server");
            }
        }
    }

    fn use_server(&mut self, server: ServerMetadata, words: String) {
        self.found(DiscoveryStep::Server, words);
        for note in &server.left_out {
            self.warn(DiscoveryStep::Server, note.clone());
        }
        let is_mcp = self.resource.is_some() || self.wants_token;
        match server.challenges {
            ChallengeMethods::S256 => {}
            ChallengeMethods::Others | ChallengeMethods::Unsaid if is_mcp => {
                let why =
                    "its login server does not offer PKCE with S256, so a stolen login code could be used";
                return self.refuse(why.to_owned(), "ask who runs the server");
            }
            ChallengeMethods::Others | ChallengeMethods::Unsaid => {
                let note = "it does not say that it takes PKCE with S256; authtui sends it all the same";
                self.warn(DiscoveryStep::Server, note.to_owned());
            }
        }
        let doubts = self.doubts(&server);
        self.server = Some(Box::new(server));
        self.confirm(doubts, AfterYes::UseServer);
    }

    fn doubts(&self, server: &ServerMetadata) -> Vec<DoubtfulAddress> {
        let at = &server.endpoints;
        let issuer = server.issuer.as_deref().and_then(|issuer| Url::parse(issuer).ok());
        let endpoints = [
            ("the login page", at.authorize.as_ref()),
            ("the token endpoint", Some(&at.token)),
            ("the device authorization endpoint", at.device.as_ref()),
            ("the revocation endpoint", at.revoke.as_ref()),
            ("the registration endpoint", at.registration.as_ref()),
            ("the userinfo endpoint", at.userinfo.as_ref()),
        ];
        let doubt = |(what, url): (&'static str, Option<&Url>)| {
            DoubtfulAddress::of_endpoint(what, url?, issuer.as_ref(), &self.plan.address)
        };
        endpoints.into_iter().filter_map(doubt).collect()
    }

    fn note_tried(&mut self, candidate: &DocumentCandidate, why: &str) {
        self.tried.push((shown(&candidate.url), why.to_owned()));
    }

    /// The addresses that were tried in vain, those with the same reason together.
    fn tried_in_words(&self) -> String {
        let groups = self.tried.chunk_by(|(_, one), (_, other)| one == other);
        let words = groups.filter_map(|group| {
            let (first, why) = group.first()?;
            Some(match group.len() {
                1 => format!("{first} ({why})"),
                count => format!("{first} and {} more ({why})", count - 1),
            })
        });
        words.collect::<Vec<_>>().join(", ")
    }

    /// Follows the redirect of a document once, on its own server.
    fn moved(
        candidate: &DocumentCandidate,
        moved: bool,
        reply: &Result<Reply, Trouble>,
    ) -> Option<DocumentCandidate> {
        let reply = reply.as_ref().ok().filter(|_| !moved)?;
        let url = document::moved(&candidate.url, reply)?;
        Some(DocumentCandidate { url, issuers: candidate.issuers.clone() })
    }
}

/// Where the document of `issuer`, written as one of `issuers`, may be.
fn candidates(issuer: &Url, issuers: &[String]) -> impl Iterator<Item = DocumentCandidate> {
    well_known::of_server(issuer).into_iter().map(|url| DocumentCandidate { url, issuers: issuers.to_vec() })
}

/// Where the document may be if the address is an issuer itself, or its server is. A typed address says
/// nothing of the slash at an issuer's end.
fn of_address(address: &Url) -> VecDeque<DocumentCandidate> {
    let mut issuer = address.clone();
    issuer.set_query(None);
    let mut root = issuer.clone();
    root.set_path("/");
    let written = |url: &Url| {
        let bare = url.as_str().trim_end_matches('/').to_owned();
        [bare.clone(), bare + "/"]
    };
    let mut found: VecDeque<DocumentCandidate> = candidates(&issuer, &written(&issuer)).collect();
    if issuer.path() != "/" {
        found.extend(candidates(&root, &written(&root)));
    }
    found
}
