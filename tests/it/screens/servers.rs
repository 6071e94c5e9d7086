//! Pages of a server whose address was typed: the walk, a question, and refusals.

use authtui::domain::provider::catalog::Catalog;
use authtui::domain::secret::Secret;
use authtui::oauth::LoginId;
use authtui::oauth::discovery::{Discovery, DiscoveryGoal, DiscoveryPlan, DiscoveryStage};
use authtui::oauth::request::Reply;
use authtui::tui::screen::Screen;
use authtui::tui::wizard::server::ServerDiscovery;
use authtui::tui::wizard::{Page, Wizard};
use insta::assert_snapshot;
use url::Url;

use super::print::{drawn, text};
use super::{MIDDLE, NARROW, SMALLEST, WIDE, cast};

const RESOURCE: &str = r#"{"resource":"https://mcp.acme.test/mcp","resource_name":"Acme","authorization_servers":["https://id.acme.test"]}"#;

#[test]
fn a_server_is_asked_step_by_step_and_what_stands_in_the_way_is_said_at_each_size() {
    let refused = |status, body| (server("https://id.acme.test"), Some((status, body)));
    for (name, (server, registration)) in [
        ("asked", (server("https://id.acme.test"), None)),
        ("requests", (server("https://id.acme.test"), None)),
        ("doubtful", (server("https://10.0.0.7"), None)),
        ("refused", refused(403, "Forbidden")),
        (
            "not_on_the_list",
            refused(
                400,
                r#"{"error":"invalid_client_metadata","error_description":"client_name is not on the list"}"#,
            ),
        ),
        ("only_in_the_browser", refused(401, r#"{"message":"Register your app in the browser first"}"#)),
    ] {
        let discovery = walked(&server, registration);
        let exchanges = (name == "requests").then_some(0);
        let page =
            Page::Server(Box::new(ServerDiscovery { id: LoginId(1), discovery, exchanges, marked: 0 }));
        let mut model = cast::model(cast::rows());
        model.screen = Screen::Wizard(Box::new(Wizard { page, ..Wizard::new() }));
        assert_snapshot!(format!("server_{name}"), drawn(&model, MIDDLE));
        let others = [WIDE, NARROW, SMALLEST].map(|size| text(&model, size));
        assert_snapshot!(format!("server_{name}_sizes"), others.join("\n"));
    }
}

/// A walk to the registration, which was answered so; without an answer it is awaited.
fn walked(server: &str, registration: Option<(u16, &str)>) -> Discovery {
    let address = Url::parse("https://mcp.acme.test/mcp").expect("an address");
    let plan = DiscoveryPlan::new(address, DiscoveryGoal::Login, &Catalog::default());
    let mut discovery = Discovery::begin(plan, cast::now(0));
    for second in 1.. {
        let DiscoveryStage::Asking(request) = discovery.stage() else { return discovery };
        let (status, body) = match (request.url.path(), registration) {
            ("/mcp", _) => (401, ""),
            ("/.well-known/oauth-protected-resource/mcp", _) => (200, RESOURCE),
            ("/register", Some(answer)) => answer,
            ("/register", None) => return discovery,
            (_, _) => (200, server),
        };
        let (headers, secrets, sent) = (Vec::new(), Vec::new(), cast::now(second));
        let reply = Reply { status, headers, body: Secret::new(body), sent, secrets };
        discovery.replied(Ok(reply), cast::now(second));
    }
    discovery
}

/// Metadata of a server whose token endpoint is at `tokens`.
fn server(tokens: &str) -> String {
    format!(
        r#"{{"issuer":"https://id.acme.test","authorization_endpoint":"https://id.acme.test/a","token_endpoint":"{tokens}/t","registration_endpoint":"https://id.acme.test/register","code_challenge_methods_supported":["S256"]}}"#
    )
}
