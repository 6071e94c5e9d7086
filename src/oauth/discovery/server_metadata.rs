//! Metadata of an authorization server (RFC 8414 §2, OpenID Connect Discovery §3), checked before anything
//! of them is used.

use serde::Deserialize;
use url::Url;

use crate::domain::provider::discovered::DiscoveredEndpoints;
use crate::domain::provider::{Authentication, endpoint};
use crate::domain::text;
use crate::oauth::discovery::document;
use crate::oauth::request::Reply;

/// The longest issuer that is shown, in characters.
const ISSUER_LIMIT: usize = 120;

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ServerMetadata {
    /// Absent where the server has no document.
    pub(super) issuer: Option<String>,
    pub(super) endpoints: DiscoveredEndpoints,
    /// How it can be proved that a code is ours (RFC 7636).
    pub(super) challenges: ChallengeMethods,
    /// How clients prove themselves at the token endpoint; empty where the server does not say it.
    pub(super) authentications: Vec<String>,
    pub(super) scopes: Vec<String>,
    /// What its login page takes as `prompt` (Initiating User Registration via OpenID Connect 1.0 §4).
    pub(super) prompts: Vec<String>,
    /// Whether every answer names the issuer (RFC 9207 §3).
    pub(super) names_issuer: bool,
    /// Whether a client id may be the address of the client's own document.
    pub(super) takes_metadata_document: bool,
    /// Endpoints that are left out, each with its rule.
    pub(super) left_out: Vec<String>,
}

/// What a server says of PKCE.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ChallengeMethods {
    /// S256 is among them.
    S256,
    /// There are others only.
    Others,
    /// It says nothing.
    Unsaid,
}

/// Why a document cannot be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum ServerMetadataError {
    /// There is none at this address, or it is of another issuer; another address may have it.
    Elsewhere(String),
    /// It says what must not be.
    Unfit(String),
}

#[derive(Deserialize)]
struct ServerDocument {
    issuer: Option<String>,
    authorization_endpoint: Option<String>,
    token_endpoint: Option<String>,
    device_authorization_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    registration_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    #[serde(default)]
    code_challenge_methods_supported: Option<Vec<String>>,
    #[serde(default, deserialize_with = "document::texts")]
    token_endpoint_auth_methods_supported: Vec<String>,
    #[serde(default, deserialize_with = "document::texts")]
    scopes_supported: Vec<String>,
    #[serde(default, deserialize_with = "document::texts")]
    prompt_values_supported: Vec<String>,
    authorization_response_iss_parameter_supported: Option<bool>,
    client_id_metadata_document_supported: Option<bool>,
}

impl ServerMetadata {
    /// The metadata in `reply`, which was asked for as those of one of `issuers`.
    pub(super) fn read(reply: &Reply, issuers: &[String]) -> Result<Self, ServerMetadataError> {
        let document: ServerDocument = document::read(reply).map_err(ServerMetadataError::Elsewhere)?;
        let named = document.issuer.as_deref().unwrap_or_default();
        // Compared as texts (RFC 8414 §3.3).
        let Some(issuer) = issuers.iter().find(|issuer| *issuer == named) else {
            let asked = issuers.first().map_or("", String::as_str);
            let named = match named {
                "" => "no issuer".to_owned(),
                named => format!("the issuer “{}”", text::clean(named, ISSUER_LIMIT)),
            };
            let asked = text::clean(asked, ISSUER_LIMIT);
            return Err(ServerMetadataError::Elsewhere(format!("it names {named}, and not “{asked}”")));
        };
        let mut left_out = Vec::new();
        let endpoints = endpoints(&document, &mut left_out)?;
        let challenges = match &document.code_challenge_methods_supported {
            None => ChallengeMethods::Unsaid,
            Some(methods) if methods.iter().any(|method| method == "S256") => ChallengeMethods::S256,
            Some(_) => ChallengeMethods::Others,
        };
        Ok(Self {
            issuer: Some(issuer.clone()),
            endpoints,
            challenges,
            authentications: document.token_endpoint_auth_methods_supported,
            scopes: document.scopes_supported,
            prompts: document.prompt_values_supported,
            names_issuer: document.authorization_response_iss_parameter_supported == Some(true),
            takes_metadata_document: document.client_id_metadata_document_supported == Some(true),
            left_out,
        })
    }

    /// Those of a server without a document, as the MCP revision of 2025-03-26 has them.
    pub(super) fn at_root_of(address: &Url) -> Option<Self> {
        let at = |path: &str| address.join(path).ok();
        Some(Self {
            issuer: None,
            endpoints: DiscoveredEndpoints {
                authorize: Some(at("/authorize")?),
                token: at("/token")?,
                device: None,
                revoke: None,
                registration: Some(at("/register")?),
                userinfo: None,
            },
            challenges: ChallengeMethods::S256,
            authentications: Vec::new(),
            scopes: Vec::new(),
            prompts: Vec::new(),
            names_issuer: false,
            takes_metadata_document: false,
            left_out: Vec::new(),
        })
    }

    /// How a client proves itself: with its secret in the way that the server takes, or without one.
    /// A server that names no way takes the secret in a header (RFC 8414 §2).
    pub(super) fn authentication(&self, has_secret: bool) -> Authentication {
        let takes = |method: &str| self.authentications.iter().any(|known| known == method);
        match has_secret {
            false if takes("none") || self.authentications.is_empty() => Authentication::None,
            true | false if takes("client_secret_post") && !takes("client_secret_basic") => {
                Authentication::Post
            }
            true | false => Authentication::Basic,
        }
    }
}

/// The endpoints. Those that a login needs must be fit; of the others an unfit one is left out.
fn endpoints(
    document: &ServerDocument,
    left_out: &mut Vec<String>,
) -> Result<DiscoveredEndpoints, ServerMetadataError> {
    let needed = |what: &str, written: &Option<String>| match written.as_deref().map(endpoint::parse) {
        None => Ok(None),
        Some(Ok(url)) => Ok(Some(url)),
        Some(Err(error)) => {
            let (written, rule) = (error.written(), error.rule());
            let why = format!("its {what} endpoint “{written}” is not safe to use ({rule})");
            Err(ServerMetadataError::Unfit(why))
        }
    };
    let authorize = needed("authorization", &document.authorization_endpoint)?;
    let token = needed("token", &document.token_endpoint)?;
    let registration = needed("registration", &document.registration_endpoint)?;
    let mut optional = |what: &str, written: &Option<String>| {
        let parsed = endpoint::parse(written.as_deref()?);
        let note = |rule| format!("its {what} endpoint is left out: {rule}");
        parsed.map_err(|error| left_out.push(note(error.rule()))).ok()
    };
    let device = optional("device authorization", &document.device_authorization_endpoint);
    let revoke = optional("revocation", &document.revocation_endpoint);
    let userinfo = optional("userinfo", &document.userinfo_endpoint);
    let missing = |what: &str| ServerMetadataError::Unfit(format!("it names no {what} endpoint"));
    if authorize.is_none() && device.is_none() {
        return Err(missing("authorization"));
    }
    let token = token.ok_or_else(|| missing("token"))?;
    Ok(DiscoveredEndpoints { authorize, token, device, revoke, registration, userinfo })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::oauth::fixtures::reply;

    const ISSUER: &str = "https://id.test";

    fn read(amend: Value) -> Result<ServerMetadata, ServerMetadataError> {
        let mut document = json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://id.test/a",
            "token_endpoint": "https://id.test/t",
        });
        let fields = document.as_object_mut().expect("an object");
        for (name, value) in amend.as_object().expect("an object") {
            fields.insert(name.clone(), value.clone());
        }
        ServerMetadata::read(&reply(200, &document.to_string()), &[ISSUER.to_owned()])
    }

    #[test]
    fn an_issuer_that_differs_in_anything_makes_the_document_one_of_another_server() {
        assert!(read(json!({})).is_ok());
        for issuer in [
            json!("https://id.test/"),
            json!("https://ID.test"),
            json!("https://id.test:443"),
            json!("https://evil.test"),
            json!("http://id.test"),
            json!(""),
            Value::Null,
        ] {
            let error = read(json!({ "issuer": issuer })).expect_err("another issuer");
            assert!(matches!(error, ServerMetadataError::Elsewhere(_)), "{issuer}: {error:?}");
        }
    }

    #[test]
    fn an_endpoint_that_is_not_safe_is_never_taken() {
        for address in [
            "http://id.test/t",
            "file:///etc/passwd",
            "data:text/html,x",
            "javascript:alert(1)",
            "https://u:p@id.test/t",
            "https://id.test/t#f",
            "t",
            "",
        ] {
            for (field, name) in [
                ("authorization_endpoint", "authorization"),
                ("token_endpoint", "token"),
                ("registration_endpoint", "registration"),
            ] {
                let Err(ServerMetadataError::Unfit(why)) = read(json!({ field: address })) else {
                    panic!("{field} {address}");
                };
                assert!(why.starts_with(&format!("its {name} endpoint “")), "{why}");
                assert!(why.contains("” is not safe to use ("), "{why}");
                assert!(!why.contains("u:p"), "{why}");
            }
            for field in ["revocation_endpoint", "device_authorization_endpoint", "userinfo_endpoint"] {
                let server = read(json!({ field: address })).expect("the rest is fine");
                let DiscoveredEndpoints { device, revoke, userinfo, .. } = server.endpoints;
                assert_eq!((device, revoke, userinfo), (None, None, None), "{field} {address}");
                assert_eq!(server.left_out.len(), 1);
            }
        }
        assert!(read(json!({ "token_endpoint": "http://127.0.0.1:9/t" })).is_ok());
    }

    #[test]
    fn a_login_needs_a_page_or_a_device_code_and_a_token_endpoint() {
        let device =
            json!({ "authorization_endpoint": null, "device_authorization_endpoint": "https://id.test/d" });
        assert!(read(device).is_ok());
        for (field, why) in [
            ("authorization_endpoint", "it names no authorization endpoint"),
            ("token_endpoint", "it names no token endpoint"),
        ] {
            assert_eq!(read(json!({ field: null })), Err(ServerMetadataError::Unfit(why.to_owned())));
        }
    }

    #[test]
    fn what_is_said_of_pkce_and_of_secrets_is_read_and_silence_is_told_apart() {
        for (methods, read_as) in [
            (json!(["plain", "S256"]), ChallengeMethods::S256),
            (json!(["plain"]), ChallengeMethods::Others),
            (json!([]), ChallengeMethods::Others),
            (json!(["s256"]), ChallengeMethods::Others),
            (Value::Null, ChallengeMethods::Unsaid),
        ] {
            let server = read(json!({ "code_challenge_methods_supported": methods })).expect("metadata");
            assert_eq!(server.challenges, read_as, "{methods}");
        }
        let (none, post, basic) = ("none", "client_secret_post", "client_secret_basic");
        for (listed, public, confidential) in [
            (vec![], Authentication::None, Authentication::Basic),
            (vec![none], Authentication::None, Authentication::Basic),
            (vec![none, post, basic], Authentication::None, Authentication::Basic),
            (vec![post], Authentication::Post, Authentication::Post),
            (vec![none, post], Authentication::None, Authentication::Post),
            (vec![basic], Authentication::Basic, Authentication::Basic),
            (vec![post, basic], Authentication::Basic, Authentication::Basic),
        ] {
            let server = read(json!({ "token_endpoint_auth_methods_supported": listed })).expect("metadata");
            let chosen = (server.authentication(false), server.authentication(true));
            assert_eq!(chosen, (public, confidential), "{listed:?}");
        }
    }

    #[test]
    fn what_is_no_document_leads_on_to_the_next_address() {
        for (status, body) in
            [(404, "{}"), (500, ""), (200, "<html>"), (200, "[]"), (302, ""), (200, r#"{"issuer":7}"#)]
        {
            let error = ServerMetadata::read(&reply(status, body), &[ISSUER.to_owned()]);
            assert!(matches!(error, Err(ServerMetadataError::Elsewhere(_))), "{status} {body}: {error:?}");
        }
    }
}
