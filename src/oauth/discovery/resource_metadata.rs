//! Metadata of a protected resource: what it is called, and who gives tokens for it (RFC 9728 §2).

use serde::Deserialize;
use url::Url;

use crate::oauth::discovery::document;

#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub(super) struct ResourceMetadata {
    pub(super) resource: String,
    pub(super) resource_name: Option<String>,
    #[serde(default, deserialize_with = "document::texts")]
    pub(super) authorization_servers: Vec<String>,
    #[serde(default, deserialize_with = "document::texts")]
    pub(super) scopes_supported: Vec<String>,
}

impl ResourceMetadata {
    /// Whether they are about `address`: the resource is the address, or what its path begins with on
    /// the same server.
    pub(super) fn are_about(&self, address: &Url) -> bool {
        let Ok(resource) = Url::parse(&self.resource) else { return false };
        let segments = |url: &Url| -> Vec<String> {
            url.path().split('/').filter(|part| !part.is_empty()).map(str::to_owned).collect()
        };
        let same_query = resource.query().is_none() || resource.query() == address.query();
        resource.origin() == address.origin()
            && resource.origin().is_tuple()
            && same_query
            && resource.fragment().is_none()
            && segments(address).starts_with(&segments(&resource))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_are_about_the_address_itself_or_what_its_path_begins_with() {
        let address = Url::parse("https://a.test/mcp/x").expect("an address");
        for (resource, fits) in [
            ("https://a.test/mcp/x", true),
            ("https://A.test:443/mcp/x/", true),
            ("https://a.test/mcp", true),
            ("https://a.test", true),
            ("https://a.test/mc", false),
            ("https://a.test/mcp/x/y", false),
            ("https://a.test/other", false),
            ("https://evil.test/mcp/x", false),
            ("https://a.test.evil.test/mcp", false),
            ("http://a.test/mcp/x", false),
            ("https://a.test:8443/mcp/x", false),
            ("https://a.test/mcp/x?tenant=2", false),
            ("https://a.test/mcp/x#f", false),
            ("urn:a", false),
            ("a.test", false),
        ] {
            let metadata = ResourceMetadata {
                resource: resource.to_owned(),
                resource_name: None,
                authorization_servers: Vec::new(),
                scopes_supported: Vec::new(),
            };
            assert_eq!(metadata.are_about(&address), fits, "{resource}");
        }
    }
}
