//! What the codes of a refused refresh mean, in plain words.

use crate::domain::provider::meaning::Meaning;
use crate::oauth::reply::Refusal;

/// The codes of RFC 6749 §5.2 and what they mean of a refresh.
const CODES: [(&str, &str); 6] = [
    ("invalid_grant", "the refresh token has ended, was revoked, or was used before"),
    ("invalid_client", "the provider does not accept this client id or its secret; check client in its file"),
    ("unauthorized_client", "the provider does not let this client renew tokens"),
    ("unsupported_grant_type", "the provider does not renew tokens this way"),
    ("invalid_scope", "the provider does not give these scopes any more"),
    ("invalid_request", "the provider does not understand the request of its provider file"),
];

/// `refusal` as it is written down: what was said, and what that means.
pub(super) fn words(refusal: &Refusal) -> String {
    let known = refusal.body.code().and_then(|code| CODES.iter().find(|(known, _)| *known == code));
    match (known, refusal.meaning) {
        (Some((_, meaning)), _) => format!("{refusal} ({meaning})"),
        (None, Some(Meaning::GrantDead)) => {
            format!("{refusal} (the grant is over, as its provider file says)")
        }
        (None, Some(_) | None) if refusal.body.code().is_some() => {
            format!("{refusal} (a code that authtui does not know)")
        }
        (None, Some(_) | None) => refusal.to_string(),
    }
}
