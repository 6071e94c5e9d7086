//! `authtui connect`: what another program is told, so that it takes its tokens from here.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt, symlink};

use serde_json::Value;

use crate::home::Home;

const ADDRESS: &str = "https://mcp.acme.test/mcp";
const TOKEN: &str = "secret-token-of-work";

/// A home with `acme/work`, for an MCP server, and `plain/work`, for none.
fn home() -> Home {
    let home = Home::new();
    let file = |name: &str| {
        format!("name: {name}\nendpoints: {{ authorize: 'https://a.test/a', token: 'https://a.test/t' }}\n")
    };
    home.provider("acme", &format!("{}resource: {ADDRESS}\n", file("acme")));
    home.provider("plain", &file("plain"));
    let entry = format!("oauth_credentials: [{{id: work, access_token: {TOKEN}}}]");
    let keyed = format!("api_key: {TOKEN}");
    home.store(format!("providers: {{acme: {{{entry}}}, plain: {{{entry}}}, anthropic: {{{keyed}}}}}\n"));
    home
}

#[test]
fn each_program_gets_its_snippet_and_no_token() {
    let home = home();
    for (program, printed, said) in [
        (
            "claude",
            "\"headersHelper\": \"authtui header acme/work --mcp\"",
            "claude mcp add-json --scope user acme '{",
        ),
        ("codex", "bearer_token_env_var = \"ACME_TOKEN\"", "authtui exec acme/work -- codex"),
        ("opencode", "\"Bearer {env:ACME_TOKEN}\"", "authtui exec acme/work -- opencode"),
        ("vscode", "\"Bearer ${input:authtui-acme}\"", ".vscode/mcp.json"),
        ("curl", "authtui header acme/work | curl -sS -H @- https://mcp.acme.test/mcp\n", ""),
    ] {
        let ended = home.run(&["connect", "acme/work", "--to", program]);
        assert!(ended.code == Some(0) && ended.out.contains(printed), "{program}: {ended:?}");
        assert!(ended.err.contains(said), "{program}: {ended:?}");
        assert!(program == "curl" || ended.out.contains(ADDRESS), "{program}: {ended:?}");
        assert!(!format!("{ended:?}").contains(TOKEN), "{program}: {ended:?}");
    }
    // A key travels in a header of its own.
    let url = ["--url", "https://mcp.anthropic.test/"];
    for (program, printed) in [
        ("codex", "env_http_headers = { \"x-api-key\" = \"ANTHROPIC_API_KEY\" }"),
        ("opencode", "\"x-api-key\": \"{env:ANTHROPIC_API_KEY}\""),
    ] {
        let ended = home.run(&[&["connect", "anthropic/key", "--to", program], &url[..]].concat());
        assert!(ended.out.contains(printed), "{ended:?}");
    }
}

#[test]
fn what_cannot_be_told_is_a_usage_error() {
    let home = home();
    for (arguments, said) in [
        (&["connect", "plain/work", "--to", "claude"][..], "--url"),
        (&["connect", "acme/work", "--to", "git"], "names no hosts for git"),
        (&["connect", "acme/work", "--to", "opencode", "--model"], "no token for models"),
        (&["connect", "acme/work", "--to", "emacs"], "possible values: claude"),
        (&["connect", "acme/work"], "--to"),
        (&["connect", "acme/work", "--to", "claude", "--yes"], "--write"),
        (&["connect", "acme/work", "--to", "claude", "--url", "http://a.test"], "--url"),
        (&["connect", "acme/work", "--to", "codex", "--write"], "leave out --write"),
        (&["connect", "acme/work", "--to", "claude", "--write"], "add --yes"),
    ] {
        assert!(home.run(arguments).said(2).contains(said), "{arguments:?}");
    }
    assert_eq!(home.run(&["connect", "acme/nobody", "--to", "curl"]).code, Some(5));
    assert!(!home.path(".mcp.json").exists());
}

#[test]
fn a_file_is_written_with_its_rights_and_all_its_other_bytes() {
    let home = home();
    let write = ["connect", "acme/work", "--to", "claude", "--write", "--yes"];
    let made = home.run(&write);
    assert!(made.code == Some(0) && made.err.contains("+ "), "{made:?}");
    let file: Value =
        serde_json::from_slice(&fs::read(home.path(".mcp.json")).expect("there")).expect("JSON");
    assert_eq!(file["mcpServers"]["acme"]["url"], ADDRESS);

    let before =
        "{\n    \"mcpServers\": {\n        \"old\":  {\"command\": \"x\"}\n    },\n    \"other\": 1.0\n}";
    fs::write(home.path(".mcp.json"), before).expect("written");
    fs::set_permissions(home.path(".mcp.json"), Permissions::from_mode(0o640)).expect("rights");
    let changed = home.run(&write);
    assert!(changed.said(0).contains("+ ") && !changed.err.contains("1.0"), "{changed:?}");
    let after = fs::read_to_string(home.path(".mcp.json")).expect("there");
    for kept in ["        \"old\":  {\"command\": \"x\"}", "\n    },\n    \"other\": 1.0\n}"] {
        assert!(after.contains(kept), "{after}");
    }
    assert_eq!(fs::metadata(home.path(".mcp.json")).expect("there").permissions().mode() & 0o777, 0o640);
    assert!(home.run(&write).said(0).contains("has this already"));
    assert_eq!(fs::read_to_string(home.path(".mcp.json")).expect("there"), after);
    let left = fs::read_dir(home.path("")).expect("a folder").flatten().map(|entry| entry.file_name());
    let left: Vec<_> = left.filter(|name| name.to_string_lossy().ends_with(".tmp")).collect();
    assert!(left.is_empty(), "{left:?}");
}

#[test]
fn what_other_entries_hold_is_not_shown_with_what_changes() {
    let home = home();
    for before in [
        "{\"env\":{\"KEY\":\"hunter2\"},\"mcpServers\":{}}",
        "{\n  \"mcpServers\": {\n    \"acme\": {\"headers\": {\"Authorization\": \"Bearer hunter2\"}} // hunter2\n  }\n}",
    ] {
        fs::write(home.path(".mcp.json"), before).expect("written");
        let ended = home.run(&["connect", "acme/work", "--to", "claude", "--write", "--yes"]);
        assert!(!ended.said(0).contains("hunter2") && ended.err.contains(ADDRESS), "{ended:?}");
    }
}

#[test]
fn the_file_that_is_there_is_taken_and_a_link_stays_one() {
    let home = home();
    fs::write(home.path("real.jsonc"), "{\n  // mine\n}\n").expect("written");
    symlink("real.jsonc", home.path("opencode.jsonc")).expect("a link");
    let ended = home.run(&["connect", "acme/work", "--to", "opencode", "--write", "--yes"]);
    assert!(ended.said(0).contains("then run: authtui exec acme/work -- opencode"), "{ended:?}");
    assert!(fs::symlink_metadata(home.path("opencode.jsonc")).expect("there").is_symlink());
    let file = fs::read_to_string(home.path("real.jsonc")).expect("there");
    assert!(file.contains("// mine") && file.contains(ADDRESS), "{file}");
    assert!(!home.path("opencode.json").exists());
}

#[test]
fn a_file_that_cannot_be_understood_is_never_written() {
    let home = home();
    for text in [&b"{"[..], b"[]", b"{\"mcpServers\": []}", b"\xff", b"{\"mcpServers\": {}} more"] {
        fs::write(home.path(".mcp.json"), text).expect("written");
        let ended = home.run(&["connect", "acme/work", "--to", "claude", "--write", "--yes"]);
        assert!(ended.said(1).contains("was not changed"), "{ended:?}");
        assert_eq!(fs::read(home.path(".mcp.json")).expect("there"), text);
    }
}

#[test]
#[ignore = "needs git"]
fn git_is_told_by_its_own_command() {
    let home = home();
    home.store("providers: {github: {oauth_credentials: [{id: work, access_token: gho_1}]}}\n");
    for _ in 0..2 {
        let ended = home.run(&["connect", "github/work", "--to", "git", "--write", "--yes"]);
        assert_eq!(ended.code, Some(0), "{ended:?}");
        let config = fs::read_to_string(home.path("home/.gitconfig")).expect("there");
        assert_eq!(config.matches("helper = ").count(), 2, "{config}");
        assert!(config.contains("helper = !authtui git-credential --profile github/work"), "{config}");
    }
}
