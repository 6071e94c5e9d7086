//! Name of a discovered provider, made of its host.

use std::collections::BTreeSet;

use url::{Host, Url};

use crate::domain::name;

/// What says nothing about whose host it is.
const GENERIC: [&str; 12] =
    ["mcp", "api", "www", "auth", "login", "id", "oauth", "account", "accounts", "sso", "app", "server"];

/// A name for the server at `address` that is none of `taken`: `https://mcp.linear.app/sse` is `linear`.
#[must_use]
pub fn free(address: &Url, taken: &BTreeSet<String>) -> String {
    let usual = usual(address);
    let mut numbered = (2..).map(|number| format!("{usual}-{number}"));
    if taken.contains(&usual) { numbered.find(|name| !taken.contains(name)).unwrap_or(usual) } else { usual }
}

fn usual(address: &Url) -> String {
    let name = match address.host() {
        Some(Host::Domain(host)) => {
            let labels: Vec<&str> = host.split('.').filter(|label| !label.is_empty()).collect();
            // The last label is the top-level domain, unless it is the only one.
            let own = labels.split_last().map_or(&[][..], |(_, own)| own);
            let said = own.iter().find(|label| !GENERIC.contains(label));
            said.or(own.last()).or(labels.first()).map_or_else(String::new, |label| (*label).to_owned())
        }
        Some(Host::Ipv4(ip)) => ip.to_string(),
        Some(Host::Ipv6(_)) | None => String::new(),
    };
    // Room for a number.
    let name: String = name.chars().take(name::PART_LIMIT - 8).collect();
    if name::provider_part(&name).is_ok() { name } else { "server".to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_the_label_of_the_host_that_says_whose_it_is() {
        let taken = BTreeSet::from(["linear".to_owned(), "linear-2".to_owned()]);
        for (address, named) in [
            ("https://mcp.notion.com/mcp", "notion"),
            ("https://mcp.linear.app/sse", "linear-3"),
            ("https://gitlab.example.org/", "gitlab"),
            ("https://api.mcp.io", "mcp"),
            ("http://localhost:9000/mcp", "localhost"),
            ("http://127.0.0.1:9000/mcp", "127.0.0.1"),
            ("http://[::1]:9000/mcp", "server"),
            ("https://con.test/", "server"),
        ] {
            assert_eq!(free(&Url::parse(address).expect(address), &taken), named, "{address}");
        }
    }
}
