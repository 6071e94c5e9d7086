//! MCP servers in the configurations of other programs: only their addresses are taken.

use std::fs;

use authtui::stored::borrowed::program::programs;

use crate::home::Home;

/// The addresses that `program` names by what is in its file whose path ends so.
fn told(program: &str, path: &str, text: &str) -> Vec<String> {
    let program = programs().into_iter().find(|known| known.name == program).expect("a program");
    let rule = program.configurations.iter().find(|rule| rule.path().ends_with(path)).expect("a file");
    rule.addresses(text).iter().map(ToString::to_string).collect()
}

#[test]
fn every_program_names_its_servers_in_a_form_of_its_own() {
    let claude = r#"{"mcpServers": {"a": {"type": "http", "url": "https://a.test/mcp", "headers": {"Authorization": "Bearer s"}},
        "local": {"command": "npx", "args": ["x"], "env": {"KEY": "s"}}},
        "projects": {"/p": {"mcpServers": {"b": {"url": "https://b.test/mcp"}}}, "/q": {"mcpServers": {}}}}"#;
    assert_eq!(told("claude-code", ".claude.json", claude), ["https://a.test/mcp", "https://b.test/mcp"]);
    let codex = "model = \"m\"\n# mine\n[mcp_servers.a]\nurl = \"https://a.test/mcp\"\nbearer_token_env_var = \"T\"\n\n\
                 [mcp_servers.local]\ncommand = \"npx\"\nenv = { KEY = \"s\" }\n\n\
                 [mcp_servers.off]\nurl = \"https://off.test/mcp\"\nenabled = false\n";
    assert_eq!(told("codex", "config.toml", codex), ["https://a.test/mcp"]);
    let gemini = r#"{"mcpServers": {"a": {"httpUrl": "https://a.test/mcp"}, "b": {"url": "http://localhost:8080/sse"}}}"#;
    for program in ["gemini-cli", "qwen-code"] {
        let told = told(program, "settings.json", gemini);
        assert_eq!(told, ["https://a.test/mcp", "http://localhost:8080/sse"], "{program}");
    }
    let opencode = r#"{
        // a comment
        "mcp": {"a": {"type": "remote", "url": "https://a.test/mcp", "enabled": true},
                "off": {"type": "remote", "url": "https://off.test/mcp", "enabled": false},
                "servers": {"b": {"url": "https://b.test/mcp"}},},
    }"#;
    assert_eq!(told("opencode", "opencode.jsonc", opencode), ["https://a.test/mcp", "https://b.test/mcp"]);
    let windsurf = r#"{"mcpServers": {"a": {"serverUrl": "https://a.test/mcp"}}}"#;
    assert_eq!(told("windsurf", "mcp_config.json", windsurf), ["https://a.test/mcp"]);
    let vscode = r#"{"servers": {"a": {"type": "http", "url": "https://a.test/mcp"}}, "inputs": []}"#;
    assert_eq!(told("vscode", "mcp.json", vscode), ["https://a.test/mcp"]);
    for (program, path) in [("cursor", "mcp.json"), ("copilot", "mcp-config.json")] {
        let text = r#"{"mcpServers": {"a": {"url": "https://a.test/mcp"}}}"#;
        assert_eq!(told(program, path, text), ["https://a.test/mcp"], "{program}");
    }
}

#[test]
fn what_is_no_plain_address_is_left_out() {
    let nested = "[".repeat(5000);
    for text in
        ["", "{", "[]", "null", &nested, r#"{"mcpServers": []}"#, r#"{"mcpServers": {"a": {"url": 1}}}"#]
    {
        assert_eq!(told("cursor", "mcp.json", text), [""; 0], "{text}");
    }
    assert_eq!(told("codex", "config.toml", &format!("a = {nested}")), [""; 0]);
    for url in [
        "https://a.test/mcp?key=secret",
        "https://user:secret@a.test/mcp",
        "https://a.test/${SECRET}/mcp",
        "http://a.test/mcp",
        "ftp://a.test/mcp",
        "https://a.test/mcp\\u202e",
        "a.test/mcp",
        "https://localhost:$PORT/mcp",
    ] {
        let text = format!(r#"{{"mcpServers": {{"a": {{"url": "{url}"}}}}}}"#);
        assert_eq!(told("cursor", "mcp.json", &text), [""; 0], "{url}");
    }
}

/// A home in which two programs use servers.
fn home() -> Home {
    let home = Home::new();
    for (path, text) in [
        (
            "home/.codex/config.toml",
            "[mcp_servers.a]\nurl = \"https://mcp.example.com/mcp\"\nhttp_headers = { Authorization = \"Bearer hush\" }\n",
        ),
        (
            "home/.cursor/mcp.json",
            r#"{"mcpServers": {"a": {"url": "https://mcp.example.com/mcp"}, "b": {"url": "https://other.test/mcp"}}}"#,
        ),
    ] {
        let path = home.path(path);
        fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        fs::write(path, text).expect("written");
    }
    home
}

#[test]
fn a_login_without_a_place_names_the_servers_that_programs_here_use() {
    let home = home();
    let ended = home.run(&["login"]);
    let said = ended.said(2);
    assert!(said.contains("Known are: anthropic"), "{said}");
    for line in [
        "in the configurations of Codex, Cursor: authtui login https://mcp.example.com/mcp",
        "in Cursor's configuration: authtui login https://other.test/mcp",
    ] {
        assert!(said.contains(line), "{said}");
    }
    assert!(!said.contains("hush"), "{said}");
    let ended = home.run(&["login", "example"]);
    assert!(ended.said(5).contains("authtui login https://mcp.example.com/mcp"), "{ended:?}");
    assert!(!ended.err.contains("other.test"), "{ended:?}");
    let off = home.start_with(&["login"], &[("AUTHTUI_BORROWED", "off")]).end();
    assert!(!off.said(2).contains("example.com"), "{off:?}");
}

#[test]
fn one_at_which_somebody_has_logged_in_here_is_named_no_more() {
    let home = home();
    home.provider("example", "name: example\nissuer: https://id.example.com\nresource: https://mcp.example.com/mcp\n\
        endpoints: { authorize: 'https://id.example.com/a', token: 'https://id.example.com/t' }\nclient: { id: c }\n");
    assert!(home.run(&["login"]).err.contains("https://mcp.example.com/mcp"), "a file alone is no login");
    home.store("providers: {example: {oauth_credentials: [{id: ana, access_token: a, refresh_token: r}]}}\n");
    let ended = home.run(&["login"]);
    assert!(!ended.err.contains("mcp.example.com"), "{ended:?}");
}
