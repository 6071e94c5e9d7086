//! Who may ask for tokens, and how they prove who they are.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::demo::authority::exchange::Asked;
use crate::demo::authority::parameter::{self, Parameters};
use crate::demo::authority::refusal::{ErrorCode, Refusal};
use crate::domain::secret::Secret;

/// The client that has no secret.
pub const PUBLIC: &str = "authtui-demo";
/// The client that has one, sent in the body or by HTTP Basic.
pub const CONFIDENTIAL: &str = "authtui-demo-confidential";
/// The client whose secret is sent in the body and nowhere else.
pub const POST: &str = "authtui-demo-post";
/// The client whose secret is sent by HTTP Basic and nowhere else.
pub const BASIC: &str = "authtui-demo-basic";
/// The client whose secret is sent in the header [`SECRET_HEADER`].
pub const HEADER: &str = "authtui-demo-header";
/// The client of the platform paths (seed 002).
pub const PLATFORM: &str = "authtui-demo-platform";
/// The public client of seed 001.
pub const SEED: &str = "9d1c250a-e61b-44d9-88ed-5944d1962f5e";
/// The secret of every client that has one. It protects nothing but the demo.
pub const CONFIDENTIAL_SECRET: &str = "demo-client-secret/with+odd characters";
/// The header that carries the secret of [`HEADER`].
pub const SECRET_HEADER: &str = "x-client-secret";

/// A program that may ask for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// What the consent page calls it.
    pub title: String,
    /// Its secret; absent for a public client.
    pub secret: Option<Secret>,
    /// How it may send its secret.
    pub proofs: Vec<Proof>,
    /// What it may ask for.
    pub may: Vec<May>,
    /// What becomes of a refresh token that was used.
    pub rotation: Rotation,
}

impl Client {
    /// Refuses what this client may not ask for.
    pub(super) fn must(&self, may: May) -> Result<(), Refusal> {
        let why = "this client may not ask so";
        if self.may.contains(&may) { Ok(()) } else { Err(Refusal::new(ErrorCode::UnauthorizedClient, why)) }
    }
}

/// How a client sends its secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proof {
    /// In the body (RFC 6749 §2.3.1).
    Post,
    /// By HTTP Basic (RFC 6749 §2.3.1).
    Basic,
    /// As it is, in the header [`SECRET_HEADER`].
    Header,
}

impl Proof {
    /// The way as the index page names it.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Post => "body",
            Self::Basic => "Basic",
            Self::Header => SECRET_HEADER,
        }
    }
}

/// What a client may ask for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum May {
    /// Authorization codes.
    Code,
    /// Device codes.
    Device,
    /// The platform paths.
    Platform,
}

/// What becomes of a refresh token that was used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// A new one replaces it; using it again ends the grant (RFC 9700 §4.14.2).
    SingleUse,
    /// It stays, and the reply repeats it.
    Reusable,
    /// It stays, and the reply does not speak of it (RFC 6749 §6).
    Silent,
}

/// The clients that are known from the start.
#[must_use]
pub fn known() -> Vec<Client> {
    let client = |id: &str, title: &str, proofs: &[Proof], may: &[May]| Client {
        id: id.to_owned(),
        title: title.to_owned(),
        secret: None,
        proofs: proofs.to_vec(),
        may: may.to_vec(),
        rotation: Rotation::SingleUse,
    };
    let secret = |client: Client| Client { secret: Some(Secret::new(CONFIDENTIAL_SECRET)), ..client };
    let login = [May::Code, May::Device];
    vec![
        client(PUBLIC, "authtui demo", &[], &login),
        secret(client(CONFIDENTIAL, "authtui demo, with a secret", &[Proof::Post, Proof::Basic], &login)),
        secret(client(POST, "authtui demo, secret in the body", &[Proof::Post], &login)),
        secret(client(BASIC, "authtui demo, secret by Basic", &[Proof::Basic], &login)),
        secret(client(HEADER, "authtui demo, secret in a header", &[Proof::Header], &login)),
        secret(client(PLATFORM, "authtui demo, platform", &[Proof::Post], &[May::Platform])),
        client(SEED, "authtui demo, client of seed 001", &[], &login),
    ]
}

/// Finds out who asks (RFC 6749 §2.3.1).
///
/// A public client that sends a secret is refused: it gives away something it should not have.
pub(super) fn authenticate(
    clients: &[Client],
    asked: &Asked<'_>,
    parameters: &Parameters,
) -> Result<Client, Refusal> {
    let refused = |error, why| Err(Refusal::new(error, why));
    let basic = basic(asked)?;
    let named = parameters.get("client_id");
    if let (Some((id, _)), Some(named)) = (&basic, named)
        && id != named
    {
        return refused(ErrorCode::InvalidRequest, "two client ids");
    }
    let Some(id) = named.map(str::to_owned).or_else(|| basic.as_ref().map(|(id, _)| id.clone())) else {
        return refused(ErrorCode::InvalidClient, "client_id is missing");
    };
    let posted = parameters.get("client_secret").map(|secret| (Proof::Post, Secret::new(secret)));
    let basic = basic.map(|(_, secret)| (Proof::Basic, secret));
    let header = asked.header(SECRET_HEADER).map(|secret| (Proof::Header, Secret::new(secret)));
    let shown: Vec<(Proof, Secret)> = posted.into_iter().chain(basic).chain(header).collect();
    if shown.len() > 1 {
        return refused(ErrorCode::InvalidRequest, "the client authenticates twice");
    }
    let Some(client) = clients.iter().find(|client| client.id == id) else {
        return refused(ErrorCode::InvalidClient, "unknown client");
    };
    match (shown.first(), &client.secret) {
        (None, None) => Ok(client.clone()),
        (Some((proof, shown)), Some(secret)) if shown == secret => {
            if client.proofs.contains(proof) {
                Ok(client.clone())
            } else {
                refused(ErrorCode::InvalidClient, "this client sends its secret in another way")
            }
        }
        (Some(_) | None, Some(_)) | (Some(_), None) => {
            refused(ErrorCode::InvalidClient, "wrong or missing client secret")
        }
    }
}

/// The `client_id` a request names in its parameters or by HTTP Basic.
pub(super) fn named(asked: &Asked<'_>, parameters: &Parameters) -> Option<String> {
    let by_header = || basic(asked).ok().flatten().map(|(id, _)| id);
    parameters.get("client_id").map(str::to_owned).or_else(by_header)
}

fn basic(asked: &Asked<'_>) -> Result<Option<(String, Secret)>, Refusal> {
    let Some(encoded) = asked.header("Authorization").and_then(|value| value.strip_prefix("Basic ")) else {
        return Ok(None);
    };
    let decoded = STANDARD.decode(encoded.trim()).ok().and_then(|bytes| String::from_utf8(bytes).ok());
    let pair = decoded.as_deref().and_then(|text| text.split_once(':'));
    let (id, secret) = pair.ok_or(Refusal::new(ErrorCode::InvalidClient, "unreadable Basic header"))?;
    Ok(Some((parameter::form_decoded(id), Secret::new(parameter::form_decoded(secret)))))
}
