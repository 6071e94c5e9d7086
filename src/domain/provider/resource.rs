//! Resource: which server's address a token of a provider is for (RFC 8707), or a rule.

use url::Url;

use crate::domain::provider::Provider;

impl Provider {
    /// How many segments of the path of `address` its longest fitting resource has; nothing where a token of
    /// it is not for that server. A server without a resource in its file is the address that was asked.
    #[must_use]
    pub fn resource_depth(&self, address: &Url) -> Option<usize> {
        let asked = self.discovered.iter().map(|source| source.from.clone());
        let named = self.resource.iter().filter_map(|resource| Url::parse(resource).ok());
        let asked = asked.filter(|_| self.resource.is_empty());
        named.chain(asked).filter_map(|resource| depth(&resource, address)).max()
    }
}

/// The number of segments of `resource`, where it is `address` or stands above it at the same origin.
#[must_use]
pub fn depth(resource: &Url, address: &Url) -> Option<usize> {
    let has_origin = resource.origin().is_tuple() && resource.origin() == address.origin();
    let has_query = resource.query().is_none() || resource.query() == address.query();
    if !has_origin || !has_query {
        return None;
    }
    let (above, below) = (segments(resource), segments(address));
    let rest = below.strip_prefix(above.as_slice())?;
    let stays = above.is_empty() || !rest.iter().any(|segment| climbs(segment));
    stays.then_some(above.len())
}

/// Whether some servers take a segment for a way up: `..%2Fadmin`.
fn climbs(segment: &str) -> bool {
    let segment = segment.to_ascii_lowercase().replace("%2e", ".");
    let segment = segment.replace("%2f", "/").replace("%5c", "/");
    segment.split('/').any(|part| part == "..")
}

/// The parts of the path; one slash at the end makes no difference.
fn segments(url: &Url) -> Vec<&str> {
    let path = url.path();
    let path = path.strip_suffix('/').unwrap_or(path);
    path.split('/').skip(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn depth_of(resource: &str, address: &str) -> Option<usize> {
        depth(&Url::parse(resource).expect("an address"), &Url::parse(address).expect("an address"))
    }

    #[test]
    fn a_resource_is_for_its_address_and_for_all_below_it_at_the_same_origin() {
        for (resource, address, segments) in [
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp", 1),
            ("https://mcp.acme.test/mcp/", "https://mcp.acme.test/mcp", 1),
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp/", 1),
            ("https://mcp.acme.test", "https://mcp.acme.test/v1/mcp", 0),
            ("https://mcp.acme.test/v1", "https://mcp.acme.test/v1/mcp?tools=all", 1),
            ("https://mcp.acme.test:443/v1", "https://MCP.acme.test/v1/../v1/mcp", 1),
            ("https://mcp.acme.test/v1?a=1", "https://mcp.acme.test/v1?a=1", 1),
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp/acme%2Fapp..", 1),
            ("http://127.0.0.1:4000/mcp", "http://127.0.0.1:4000/mcp", 1),
        ] {
            assert_eq!(depth_of(resource, address), Some(segments), "{resource} {address}");
        }
    }

    #[test]
    fn a_token_is_for_no_other_host_port_scheme_or_path() {
        for (resource, address) in [
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp-2"),
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp/../admin"),
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp/%2e%2e/admin"),
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp/..%2Fadmin"),
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/mcp/a%5C.%2E%2fadmin"),
            ("https://mcp.acme.test/mcp", "https://mcp.acme.test/MCP"),
            ("https://mcp.acme.test/mcp/v1", "https://mcp.acme.test/mcp"),
            ("https://mcp.acme.test", "https://mcp.acme.test:8443/"),
            ("https://mcp.acme.test", "http://mcp.acme.test/"),
            ("https://mcp.acme.test", "https://mcp.acme.test.evil.test/"),
            ("https://mcp.acme.test", "https://evil.test/mcp.acme.test"),
            ("https://acme.test", "https://mcp.acme.test"),
            ("https://mcp.acme.test/v1?a=1", "https://mcp.acme.test/v1"),
            ("data:text/plain,a", "data:text/plain,a"),
        ] {
            assert_eq!(depth_of(resource, address), None, "{resource} {address}");
        }
    }
}
