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
/// The secret of [`CONFIDENTIAL`]. It protects nothing but the demo.
pub const CONFIDENTIAL_SECRET: &str = "demo-client-secret/with+odd characters";

/// A program that may ask for tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Client {
    /// Its `client_id`.
    pub id: String,
    /// What the consent page calls it.
    pub title: String,
    /// Its secret; absent for a public client.
    pub secret: Option<Secret>,
    /// What becomes of a refresh token that was used.
    pub rotation: Rotation,
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
    let client = |id: &str, title: &str, secret: Option<&str>| Client {
        id: id.to_owned(),
        title: title.to_owned(),
        secret: secret.map(Secret::new),
        rotation: Rotation::SingleUse,
    };
    vec![
        client(PUBLIC, "authtui demo", None),
        client(CONFIDENTIAL, "authtui demo, with a secret", Some(CONFIDENTIAL_SECRET)),
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
    let posted = parameters.get("client_secret").map(Secret::new);
    let (id, secret) = match (basic(asked)?, posted) {
        (Some(_), Some(_)) => {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "the client authenticates twice"));
        }
        (Some((id, secret)), None) => {
            if parameters.get("client_id").is_some_and(|named| named != id) {
                return Err(Refusal::new(ErrorCode::InvalidRequest, "two client ids"));
            }
            (id, Some(secret))
        }
        (None, posted) => {
            let missing = Refusal::new(ErrorCode::InvalidClient, "client_id is missing");
            (parameters.get("client_id").ok_or(missing)?.to_owned(), posted)
        }
    };
    let client = clients.iter().find(|client| client.id == id);
    match client {
        Some(client) if client.secret == secret => Ok(client.clone()),
        Some(_) => Err(Refusal::new(ErrorCode::InvalidClient, "wrong or missing client secret")),
        None => Err(Refusal::new(ErrorCode::InvalidClient, "unknown client")),
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
