//! Well-known addresses: where the metadata of a resource and of an authorization server are looked for.

use url::Url;

/// The metadata of the resource at `address`: with its path put in, then at the root (RFC 9728 §3.1).
pub(super) fn of_resource(address: &Url) -> Vec<Url> {
    let name = "oauth-protected-resource";
    let mut found = vec![inserted(address, name)];
    let mut root = address.clone();
    root.set_path("");
    root.set_query(None);
    let root = inserted(&root, name);
    if !found.contains(&root) {
        found.push(root);
    }
    found
}

/// The metadata of the authorization server `issuer` (RFC 8414 §3.1, OpenID Connect Discovery §4).
pub(super) fn of_server(issuer: &Url) -> Vec<Url> {
    let names = ["oauth-authorization-server", "openid-configuration"];
    let mut found: Vec<Url> = names.iter().map(|name| inserted(issuer, name)).collect();
    if issuer.path() != "/" {
        let mut appended = issuer.clone();
        let path = issuer.path().trim_end_matches('/');
        appended.set_path(&format!("{path}/.well-known/openid-configuration"));
        found.push(appended);
    }
    found
}

fn inserted(address: &Url, name: &str) -> Url {
    let mut well_known = address.clone();
    let path = address.path().trim_end_matches('/');
    well_known.set_path(&format!("/.well-known/{name}{path}"));
    well_known.set_fragment(None);
    well_known
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(urls: &[Url]) -> Vec<&str> {
        urls.iter().map(Url::as_str).collect()
    }

    #[test]
    fn each_form_has_its_place_in_the_order() {
        let url = |text: &str| Url::parse(text).expect(text);
        assert_eq!(
            texts(&of_resource(&url("https://a.test/mcp/x?k=1"))),
            [
                "https://a.test/.well-known/oauth-protected-resource/mcp/x?k=1",
                "https://a.test/.well-known/oauth-protected-resource",
            ]
        );
        for address in ["https://a.test", "https://a.test/"] {
            let found = of_resource(&url(address));
            assert_eq!(texts(&found), ["https://a.test/.well-known/oauth-protected-resource"]);
            assert_eq!(
                texts(&of_server(&url(address))),
                [
                    "https://a.test/.well-known/oauth-authorization-server",
                    "https://a.test/.well-known/openid-configuration",
                ]
            );
        }
        for address in ["https://a.test:8443/t/1", "https://a.test:8443/t/1/"] {
            assert_eq!(
                texts(&of_server(&url(address))),
                [
                    "https://a.test:8443/.well-known/oauth-authorization-server/t/1",
                    "https://a.test:8443/.well-known/openid-configuration/t/1",
                    "https://a.test:8443/t/1/.well-known/openid-configuration",
                ]
            );
        }
    }
}
