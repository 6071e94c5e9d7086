//! The recipes of `docs/recipes.md`, run as the programs run them.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;

use serde_json::Value;

use crate::home::running::Running;
use crate::home::served::Served;
use crate::home::{Ended, program};

const PAGE: &str = include_str!("../../../docs/recipes.md");
const ADDRESS: &str = "https://mcp.acme.example/mcp";

/// The blocks of code below a heading.
fn blocks(heading: &str) -> Vec<&'static str> {
    let section = PAGE.split("\n## ").find_map(|section| section.strip_prefix(heading)?.strip_prefix('\n'));
    let section = section.unwrap_or_else(|| panic!("no heading {heading}"));
    let fenced = section.split("```").skip(1).step_by(2);
    fenced.map(|block| block.split_once('\n').expect("a language").1).collect()
}

fn json(block: &str) -> Value {
    serde_json::from_str(block).expect("JSON")
}

fn toml(block: &str) -> Value {
    basic_toml::from_str(block).expect("TOML")
}

fn text<'a>(value: &'a Value, pointer: &str) -> &'a str {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_else(|| panic!("{pointer}: {value}"))
}

/// A person with `acme/work`, whose programs are found in one folder.
struct Person {
    served: Served,
}

impl Person {
    fn new(left: i64) -> Self {
        let served = Served::start();
        let (entry, _) = served.entry("work", left);
        served.home.store(format!("providers:\n  acme:\n    oauth_credentials:\n{entry}"));
        let file = authtui::demo::provider_file(served.serving.issuer());
        let file = file.replace("name: demo\n", "name: acme\n").replace("DEMO_TOKEN", "ACME_TOKEN");
        served.home.provider("acme", &format!("{file}\nresource: {ADDRESS}\n"));
        let person = Self { served };
        std::fs::create_dir(person.programs()).expect("a folder");
        std::os::unix::fs::symlink(program(), person.programs().join("authtui")).expect("a link");
        person
    }

    fn programs(&self) -> PathBuf {
        self.served.home.path("bin")
    }

    /// A program that prints a variable, in the place of one that would use it.
    fn player(&self, name: &str, variable: &str) {
        let path = self.programs().join(name);
        std::fs::write(&path, format!("#!/bin/sh\nprintf %s \"${variable}\"\n")).expect("written");
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o755)).expect("a program");
    }

    /// The access token as it is stored now.
    fn token(&self) -> String {
        let file = String::from_utf8(self.served.home.bytes()).expect("text");
        let line = file.lines().find_map(|line| line.trim().strip_prefix("access_token: "));
        line.expect("a token").trim_matches('"').to_owned()
    }

    fn run(&self, program: &str, arguments: &[&str], variables: &[(&str, &str)]) -> Ended {
        let mut command = self.served.home.other(program);
        command.args(arguments);
        let path = std::env::var("PATH").unwrap_or_default();
        command.env("PATH", format!("{}:{path}", self.programs().display()));
        command.envs(variables.iter().copied());
        Running::start(&mut command).end()
    }

    fn shell(&self, script: &str, variables: &[(&str, &str)]) -> Ended {
        self.run("sh", &["-c", script], variables)
    }
}

#[test]
fn claude_code_gets_headers_for_the_server_that_it_connects_to() {
    let person = Person::new(-5);
    let [block] = blocks("Claude Code: an MCP server")[..] else { panic!("one block") };
    let config = json(block);
    let server = config.pointer("/mcpServers/acme").expect("a server");
    let variables =
        [("CLAUDE_CODE_MCP_SERVER_NAME", "acme"), ("CLAUDE_CODE_MCP_SERVER_URL", text(server, "/url"))];
    let ended = person.shell(text(server, "/headersHelper"), &variables);
    let headers: std::collections::BTreeMap<String, String> =
        serde_json::from_str(ended.quietly().1).expect("an object of texts");
    assert_eq!(
        headers.into_iter().collect::<Vec<_>>(),
        [("Authorization".to_owned(), format!("Bearer {}", person.token()))]
    );
    assert_eq!(person.served.refreshes(), (1, 0));
}

#[test]
fn claude_code_gets_a_key_that_outlives_what_it_keeps() {
    // It keeps it for five minutes: one with less is no good.
    let person = Person::new(200);
    let [block] = blocks("Claude Code: a provider of models")[..] else { panic!("one block") };
    let ended = person.shell(text(&json(block), "/apiKeyHelper"), &[]);
    assert_eq!(ended.quietly().1.trim(), person.token());
    assert_eq!(person.served.refreshes(), (1, 0));
}

#[test]
fn codex_and_opencode_find_the_token_in_the_variable_that_their_files_name() {
    let person = Person::new(3600);
    let [config, start] = blocks("Codex: an MCP server")[..] else { panic!("two blocks") };
    let config = toml(config);
    assert_eq!(text(&config, "/mcp_servers/acme/url"), ADDRESS);
    person.player("codex", text(&config, "/mcp_servers/acme/bearer_token_env_var"));
    assert_eq!(person.shell(start, &[]).quietly().1, person.token());

    let [config, start] = blocks("opencode")[..] else { panic!("two blocks") };
    let config = json(config);
    let header = text(&config, "/mcp/acme/headers/Authorization");
    let variable = header.strip_prefix("Bearer {env:").and_then(|rest| rest.strip_suffix('}'));
    person.player("opencode", variable.expect("a variable"));
    assert_eq!(person.shell(start, &[]).quietly().1, person.token());
}

#[test]
fn codex_gets_a_token_for_models_from_a_command_without_a_shell() {
    let person = Person::new(200);
    let [config] = blocks("Codex: a provider of models")[..] else { panic!("one block") };
    let config = toml(config);
    let auth = config.pointer("/model_providers/acme/auth").expect("auth");
    let arguments = auth.pointer("/args").and_then(Value::as_array).expect("arguments");
    let arguments: Vec<&str> = arguments.iter().filter_map(Value::as_str).collect();
    let ended = person.run(text(auth, "/command"), &arguments, &[]);
    assert_eq!(ended.quietly().1.trim(), person.token());
}

#[test]
fn kubectl_gets_the_credential_that_it_asks_for() {
    let person = Person::new(-5);
    let [config] = blocks("kubectl")[..] else { panic!("one block") };
    let config: Value = serde_yaml::from_str(config).expect("YAML");
    let exec = config.pointer("/users/0/user/exec").expect("a plugin");
    let arguments = exec.pointer("/args").and_then(Value::as_array).expect("arguments");
    let arguments: Vec<&str> = arguments.iter().filter_map(Value::as_str).collect();
    let question = serde_json::json!({
        "kind": "ExecCredential",
        "apiVersion": text(exec, "/apiVersion"),
        "spec": { "interactive": false },
    });
    let ended =
        person.run(text(exec, "/command"), &arguments, &[("KUBERNETES_EXEC_INFO", &question.to_string())]);
    let answer = json(ended.quietly().1);
    assert_eq!(text(&answer, "/kind"), "ExecCredential");
    assert_eq!(text(&answer, "/apiVersion"), text(exec, "/apiVersion"));
    assert_eq!(text(&answer, "/status/token"), person.token());
    assert!(text(&answer, "/status/expirationTimestamp").ends_with('Z'));
}

#[test]
fn a_folder_has_the_token_in_its_environment() {
    let person = Person::new(-5);
    let [envrc] = blocks("direnv")[..] else { panic!("one block") };
    let ended = person.shell(&format!("{envrc}printf %s \"$ACME_TOKEN\""), &[]);
    assert_eq!(ended.quietly().1, person.token());
}

#[test]
#[ignore = "needs curl"]
fn curl_sends_the_header() {
    let person = Person::new(-5);
    let [block] = blocks("curl")[..] else { panic!("one block") };
    let served = block.replace("https://api.acme.example", person.served.serving.issuer());
    assert!(person.shell(&served, &[]).quietly().1.contains("\"data\""));
}

#[test]
#[ignore = "needs git"]
fn git_asks_authtui_for_that_host_alone() {
    let person = Person::new(3600);
    person.served.home.store("providers: {github: {oauth_credentials: [{id: work, access_token: gho_1}]}}\n");
    let [block] = blocks("git")[..] else { panic!("one block") };
    let variables = [("GIT_CONFIG_NOSYSTEM", "1"), ("GIT_TERMINAL_PROMPT", "0"), ("GIT_ASKPASS", "true")];
    assert_eq!(person.shell(block, &variables).quietly(), (Some(0), ""));
    let fill = |host: &str| {
        person
            .shell(&format!("printf 'protocol=https\\nhost={host}\\n\\n' | git credential fill"), &variables)
    };
    assert!(fill("github.com").out.contains("username=x-access-token\npassword=gho_1\n"));
    assert!(!fill("gitlab.com").out.contains("gho_1"));
}

#[test]
fn what_connect_prints_is_what_the_recipe_says() {
    let person = Person::new(3600);
    let printed = |arguments: &[&str]| {
        let ended = person.served.home.run(&[&["connect", "acme/work"], arguments].concat());
        assert_eq!(ended.code, Some(0), "{ended:?}");
        ended.out
    };
    let mut claude = json(&printed(&["--to", "claude"]));
    assert_eq!(text(&claude, "/mcpServers/acme/headersHelper"), "authtui header acme/work --mcp");
    claude["mcpServers"]["acme"]["headersHelper"] = Value::from("authtui header --mcp");
    assert_eq!(claude, json(blocks("Claude Code: an MCP server")[0]));
    assert_eq!(
        json(&printed(&["--to", "claude", "--model"])),
        json(blocks("Claude Code: a provider of models")[0])
    );
    assert_eq!(toml(&printed(&["--to", "codex"])), toml(blocks("Codex: an MCP server")[0]));
    let models = printed(&["--to", "codex", "--model", "--url", "https://api.acme.example/v1"]);
    let title = "Demo (a server inside authtui)";
    assert_eq!(toml(&models.replace(title, "Acme")), toml(blocks("Codex: a provider of models")[0]));
    assert_eq!(json(&printed(&["--to", "opencode"])), json(blocks("opencode")[0]));
    let curl = printed(&["--to", "curl", "--url", "https://api.acme.example/v1/models"]);
    assert_eq!(curl, blocks("curl")[0]);

    person.served.home.store("providers: {github: {oauth_credentials: [{id: work, access_token: gho_1}]}}\n");
    let git = person.served.home.run(&["connect", "github/work", "--to", "git"]).out;
    let words = |text: &str| text.lines().map(shlex::split).collect::<Vec<_>>();
    assert_eq!(words(&git), words(blocks("git")[0]));
}
