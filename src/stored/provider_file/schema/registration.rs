//! Fields that say how the provider and the client came to be known.

use serde::Deserialize;

use crate::stored::provider_file::values::{EndpointYaml, MomentYaml};

/// How a person registers a client.
#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of fields")]
pub(in crate::stored::provider_file) struct RegistrationYaml {
    pub(in crate::stored::provider_file) page: Option<EndpointYaml>,
    pub(in crate::stored::provider_file) steps: Vec<String>,
    pub(in crate::stored::provider_file) redirect: Option<String>,
    pub(in crate::stored::provider_file) issuers: Vec<String>,
}

/// Where and when the file was made by asking the server.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a map of fields")]
pub(in crate::stored::provider_file) struct DiscoveredYaml {
    pub(in crate::stored::provider_file) from: EndpointYaml,
    pub(in crate::stored::provider_file) at: MomentYaml,
    #[serde(default)]
    pub(in crate::stored::provider_file) private_network: bool,
}
