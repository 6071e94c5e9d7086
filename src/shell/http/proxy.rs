//! Proxies that the environment names. The library would ignore one that it cannot read and connect
//! directly, so such a value is found before.

use std::env;

use url::Url;

/// The variables that name a proxy for `https`.
const VARIABLES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
/// What a proxy may speak.
const SCHEMES: [&str; 6] = ["http", "https", "socks4", "socks4a", "socks5", "socks5h"];

/// The first variable whose value is no address of a proxy.
pub(super) fn unusable() -> Option<&'static str> {
    VARIABLES
        .into_iter()
        .find(|name| env::var_os(name).is_some_and(|value| !is_proxy(&value.to_string_lossy())))
}

fn is_proxy(value: &str) -> bool {
    let url = if value.contains("://") { Url::parse(value) } else { Url::parse(&format!("http://{value}")) };
    // An empty one means none.
    value.is_empty() || url.is_ok_and(|url| SCHEMES.contains(&url.scheme()) && url.has_host())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_library_would_pass_over_is_no_proxy() {
        for (value, is) in [
            ("", true),
            ("proxy.test:3128", true),
            ("proxy.test", true),
            ("http://ana:hunter2@proxy.test:3128/", true),
            ("socks5h://[::1]:1080", true),
            ("socks6://proxy.test", false),
            ("foo://proxy.test:1", false),
            ("http://", false),
            ("http://[bad", false),
            ("a b", false),
        ] {
            assert_eq!(is_proxy(value), is, "{value}");
        }
    }
}
