//! Device authorization of a provider (RFC 8628), as its file describes it.

use crate::domain::provider::Pkce;
use crate::domain::provider::reply::Pointers;
use crate::domain::provider::request_template::RequestTemplate;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceAuthorization {
    /// The request for a code (RFC 8628 §3.1).
    pub authorize: RequestTemplate,
    /// The question whether the person has agreed (RFC 8628 §3.4).
    pub poll: RequestTemplate,
    /// Whether challenge and verifier travel here too.
    pub pkce: Pkce,
    /// Whether the person types a code.
    pub user_code: UserCodeMode,
    /// Where the answer to the request keeps what.
    pub reply: DeviceReplyMap,
}

/// Whether the person types a code at the provider's page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum UserCodeMode {
    /// They do (RFC 8628 §3.3).
    #[default]
    Typed,
    /// The link is enough.
    None,
}

/// Where a device authorization response keeps what. The defaults are those of RFC 8628 §3.2 and
/// the spellings in use.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct DeviceReplyMap {
    /// What polls carry.
    pub device_code: Pointers,
    /// What the person types.
    pub user_code: Pointers,
    /// Where the person types it.
    pub page: Pointers,
    /// The same address with the code in it.
    pub page_with_code: Pointers,
    /// How many seconds the codes live.
    pub life: Pointers,
    /// How many seconds lie between two polls.
    pub interval: Pointers,
}

impl Default for DeviceReplyMap {
    fn default() -> Self {
        Self {
            device_code: Pointers::new(&["/device_code"]),
            user_code: Pointers::new(&["/user_code"]),
            page: Pointers::new(&["/verification_uri", "/verification_url"]),
            page_with_code: Pointers::new(&["/verification_uri_complete", "/verification_url_complete"]),
            life: Pointers::new(&["/expires_in"]),
            interval: Pointers::new(&["/interval"]),
        }
    }
}
