//! `authtui header`: the header that carries a valid token, as a line or as JSON.

use std::process::Command;

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::Ended;
use crate::home::running::Running;
use crate::home::served::{Served, store};

const SERVER: &str = "CLAUDE_CODE_MCP_SERVER_URL";

/// A provider of a server at `resource`, as a login by its address leaves it.
fn server(served: &Served, name: &str, resource: &str) {
    let file = authtui::demo::provider_file(served.serving.issuer());
    served.home.provider(
        name,
        &format!("{}\nresource: {resource}\n", file.replace("name: demo\n", &format!("name: {name}\n"))),
    );
}

fn logins(names: &[&str]) -> String {
    let entry = |name: &&str| {
        let (provider, id) = name.split_once('/').expect("a name");
        format!(
            "  {provider}:\n    oauth_credentials: [{{id: {id}, access_token: token-of-{provider}-{id}}}]\n"
        )
    };
    let entries: String = names.iter().map(entry).collect();
    format!("version: 1\nproviders:\n{entries}")
}

fn asked(served: &Served, address: &str, arguments: &[&str]) -> Ended {
    let arguments = [&["header"], arguments].concat();
    served.home.start_with(&arguments, &[(SERVER, address)]).end()
}

#[test]
fn a_name_gives_one_line_and_mcp_one_object() {
    let (served, pair) = Served::with_ana(3600);
    let line = format!("Authorization: Bearer {}\n", pair.access);
    assert_eq!(served.home.run(&["header", "demo/ana"]).quietly(), (Some(0), line.as_str()));
    let json = format!("{{\"Authorization\":\"Bearer {}\"}}\n", pair.access);
    assert_eq!(served.home.run(&["header", "demo/ana", "--mcp"]).quietly(), (Some(0), json.as_str()));
    assert_eq!(served.refreshes(), (0, 0));
}

#[test]
fn what_an_address_holds_behind_its_path_is_not_repeated() {
    let served = Served::start();
    served.home.store(logins(&["demo/ana"]));
    for (address, code) in [
        ("https://mcp.acme.test/mcp?key=hunter2", 5),
        ("http://mcp.acme.test/mcp?key=hunter2", 2),
        ("https://mcp.acme.test/mcp?key=hunter2#x", 2),
        ("https://ana:hunter2@mcp.acme.test/mcp", 2),
    ] {
        let ended = asked(&served, address, &[]);
        assert!(!ended.said(code).contains("hunter2"), "{ended:?}");
    }
}

#[test]
fn a_key_travels_in_the_header_that_its_provider_file_names_and_quotes_are_escaped() {
    let served = Served::start();
    served.home.store("providers: {anthropic: {api_key: 'sk-\"1\\'}, acme: {api_key: sk-2}}\n");
    for (arguments, printed) in [
        (&["header", "anthropic/key"][..], "x-api-key: sk-\"1\\\n"),
        (&["header", "anthropic/key", "--mcp"], "{\"x-api-key\":\"sk-\\\"1\\\\\"}\n"),
        (&["header", "acme/key"], "Authorization: Bearer sk-2\n"),
    ] {
        assert_eq!(served.home.run(arguments).quietly(), (Some(0), printed), "{arguments:?}");
    }
    served.home.provider("acme", "name: acme\nkey: { header: [] }\n");
    let broken = served.home.run(&["header", "acme/key"]);
    assert!(broken.said(5).contains("acme"), "its header is not known: {broken:?}");
}

#[test]
fn a_token_with_little_time_is_refreshed_and_a_live_one_survives_a_server_that_is_down() {
    let (served, old) = Served::with_ana(45);
    served.fault(1, FaultKind::Instead(HttpResponse::new(503, "text/plain", "")));
    let ended = served.home.run(&["header", "demo/ana", "--mcp"]);
    let json = format!("{{\"Authorization\":\"Bearer {}\"}}\n", old.access);
    assert_eq!((ended.code, ended.out), (Some(0), json), "{}", ended.err);
    assert!(ended.err.contains("still good"), "{}", ended.err);

    let ended = served.home.run(&["header", "demo/ana", "--min-ttl", "20m"]);
    let new = served.stored("ana").expect("tokens");
    assert_ne!(new, old);
    assert_eq!(ended.quietly(), (Some(0), format!("Authorization: Bearer {}\n", new.access).as_str()));

    served.serving.with(|authority| authority.withdraw("ana@demo.test"));
    let (entry, _) = served.entry("ben", -5);
    served.serving.with(|authority| authority.withdraw("ben@demo.test"));
    served.home.store(store(&[entry]));
    let dead = served.home.run(&["header", "demo/ben", "--mcp"]);
    assert!(dead.said(3).contains("Next: authtui login demo/ben"), "{dead:?}");
}

#[test]
fn without_a_name_the_profile_is_the_one_for_the_server_that_the_client_asks() {
    let served = Served::start();
    server(&served, "wide", "https://mcp.acme.test/");
    server(&served, "deep", "https://mcp.acme.test/teams/mcp");
    server(&served, "other", "https://mcp.globex.test/mcp");
    served.home.store(logins(&["wide/work", "deep/default", "other/ana"]));
    for (address, token) in [
        ("https://mcp.acme.test/", "wide-work"),
        ("https://mcp.acme.test/mcp", "wide-work"),
        ("https://mcp.acme.test/teams/mcp", "deep-default"),
        ("https://mcp.acme.test/teams/mcp/v1?all=1", "deep-default"),
        ("https://mcp.acme.test/teams/mcp-2", "wide-work"),
        ("https://mcp.globex.test/mcp/", "other-ana"),
    ] {
        let json = format!("{{\"Authorization\":\"Bearer token-of-{token}\"}}\n");
        assert_eq!(asked(&served, address, &[]).quietly(), (Some(0), json.as_str()), "{address}");
    }
    for (address, code) in [
        ("https://mcp.globex.test/", 5),
        ("https://mcp.acme.test.evil.test/mcp", 5),
        ("https://mcp.acme.test:8443/mcp", 5),
        ("http://mcp.acme.test/mcp", 2),
        ("https://ana:x@mcp.acme.test/mcp", 2),
        ("not an address", 2),
        ("", 2),
    ] {
        let ended = asked(&served, address, &["--mcp"]);
        ended.said(code);
        assert!(!ended.err.contains("token-of"), "{ended:?}");
    }
    assert!(served.home.run(&["header", "--mcp"]).said(2).contains(SERVER));
}

#[test]
fn several_profiles_for_a_server_are_listed_unless_one_is_the_default() {
    let served = Served::start();
    server(&served, "acme", "https://mcp.acme.test/mcp");
    let two = |names: [&str; 2]| {
        let entries = names.map(|name| format!("{{id: {name}, access_token: token-of-{name}}}"));
        format!("providers: {{acme: {{oauth_credentials: [{}]}}}}\n", entries.join(", "))
    };
    served.home.store(two(["ana", "ben"]));
    let ended = asked(&served, "https://mcp.acme.test/mcp", &[]);
    assert!(ended.said(5).contains("acme/ana, acme/ben"), "{ended:?}");

    served.home.store(two(["ana", "default"]));
    let ended = asked(&served, "https://mcp.acme.test/mcp", &[]);
    assert_eq!(ended.quietly().1, "{\"Authorization\":\"Bearer token-of-default\"}\n");

    // A second file for the same server, as after a change of its login server.
    server(&served, "acme-2", "https://mcp.acme.test/mcp");
    let ended = asked(&served, "https://mcp.acme.test/mcp", &[]);
    assert_eq!(ended.code, Some(0), "only one has logins: {ended:?}");
    served.home.store(logins(&["acme/ana", "acme-2/ben"]));
    let ended = asked(&served, "https://mcp.acme.test/mcp", &[]);
    assert!(ended.said(5).contains("acme/ana") && ended.err.contains("acme-2/ben"), "{ended:?}");
    served.home.store(logins(&["globex/ana"]));
    assert!(asked(&served, "https://mcp.acme.test/mcp", &[]).said(5).contains("authtui login acme"));
}

#[test]
fn a_login_elsewhere_that_is_called_as_the_servers_provider_is_not_meant() {
    let served = Served::start();
    server(&served, "acme", "https://mcp.acme.test/mcp");
    served.home.store(logins(&["globex/acme"]));
    let ended = asked(&served, "https://mcp.acme.test/mcp", &[]);
    assert!(ended.said(5).contains("acme") && !ended.err.contains("token-of"), "{ended:?}");
}

#[test]
#[ignore = "needs curl"]
fn curl_takes_the_header_from_its_standard_input() {
    let (served, _) = Served::with_ana(-5);
    let script =
        "\"$AUTHTUI\" header demo/ana | curl -sS -o /dev/null -w '%{http_code}' -H @- \"$SERVER/v1/models\"";
    let mut command = served.home.command(&[]);
    let mut shell = Command::new("sh");
    shell.args(["-c", script]).env_clear().envs(served.home.environment());
    shell.env("AUTHTUI", command.get_program()).env("SERVER", served.serving.issuer());
    shell.stdin(std::process::Stdio::null());
    shell.stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    command.env_clear();
    assert_eq!(Running::start(&mut shell).end().quietly(), (Some(0), "200"));
}
