//! Line of a provider, as it is offered and searched: its name, its title, and how one logs in.

use crate::domain::provider::{LoginMethod, Provider};
use crate::tui::text_layout;

/// Columns of a name before its title.
const NAME: u16 = 16;
/// How a provider is offered that no file describes.
const OTHER: &str = "Another OAuth 2 server…";

/// Its name and its title.
#[must_use]
pub fn text(provider: &Provider) -> String {
    let title = match (&provider.address, provider.example) {
        (Some(_), _) => format!("{}, by its address", text_layout::safe(&provider.title)),
        (None, true) => OTHER.to_owned(),
        (None, false) => text_layout::safe(&provider.title),
    };
    text_layout::fill(&provider.name, NAME) + &title
}

/// How one logs in there, with few words and with fewer.
#[must_use]
pub fn marks(provider: &Provider) -> [String; 2] {
    if provider.example {
        return [String::new(), String::new()];
    }
    let has = |methods: &[LoginMethod]| methods.iter().any(|method| provider.flows.contains(method));
    let ways = [
        ("browser", has(&[LoginMethod::Code, LoginMethod::Paste])),
        ("device", has(&[LoginMethod::Device])),
        ("key", has(&[LoginMethod::Key])),
    ];
    let ways: Vec<&str> = ways.into_iter().filter_map(|(way, has)| has.then_some(way)).collect();
    let short = ways.join(" · ");
    let long =
        if needs_client_id(provider) { format!("{short} · needs a client id") } else { short.clone() };
    [long, short]
}

/// Whether a person must register a client there first.
fn needs_client_id(provider: &Provider) -> bool {
    let has_login = provider.flows.iter().any(|method| *method != LoginMethod::Key);
    has_login && provider.client.id.is_none() && provider.registration_endpoint.is_none()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stored::provider_file;

    #[test]
    fn the_line_of_a_provider_says_how_one_logs_in_and_whether_it_needs_a_client_id() {
        let catalog = provider_file::catalog([]);
        for (name, long) in [
            ("github", "device · needs a client id"),
            ("github-web", "browser · needs a client id"),
            ("anthropic", "browser · key"),
            ("gitlab", "browser · device · needs a client id"),
            ("oauth2", ""),
            ("keycloak", ""),
        ] {
            let provider = &catalog.entry(name).expect("a preset").provider;
            assert_eq!(marks(provider)[0], long, "{name}: {:?}", provider.flows);
        }
    }
}
