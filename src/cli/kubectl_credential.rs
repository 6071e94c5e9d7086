//! Command `kubectl-credential`: the plugin that kubectl asks for a token.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;
use serde::Deserialize;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::profile_arg;
use crate::cli::refresh::time;
use crate::cli::valid_token::{MIN_TTL, MinTtl, ValidToken, valid};
use crate::oauth::helper_answer;
use crate::shell::terminal::console;
use crate::shell::{Services, environment};

/// How kubectl tells its plugin what it wants.
const QUESTION: &str = "KUBERNETES_EXEC_INFO";

/// The versions of the answer, the one first that is given where nothing is asked.
const VERSIONS: [&str; 2] = ["client.authentication.k8s.io/v1", "client.authentication.k8s.io/v1beta1"];

#[derive(Debug, Args)]
pub(super) struct KubectlCredentialArgs {
    /// The profile: provider/name, or one part of it if only one profile fits
    #[arg(value_name = "PROFILE")]
    name: String,
    /// Refresh the token first if it expires within this time, or within half its lifetime if that is
    /// shorter: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = time, default_value = MIN_TTL)]
    min_ttl: Duration,
}

/// What is read of the question.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Question {
    api_version: String,
    kind: String,
}

pub(super) fn run(services: &Arc<Services>, args: &KubectlCredentialArgs) -> Result<Exit> {
    let version = version(environment::text(QUESTION).as_deref())?;
    let profile = profile_arg::find_here(services, Some(&args.name))?;
    let ValidToken { profile, exit } = valid(services, profile, MinTtl::Preferred(args.min_ttl))?;
    if let Some(answer) = helper_answer::kubernetes(&profile, version, services.clock.now().wall) {
        console::print_secret(&answer)?;
    }
    Ok(exit)
}

/// The version that is asked for.
fn version(question: Option<&str>) -> Result<&'static str, Exit> {
    let [usual, _] = VERSIONS;
    let Some(question) = question else { return Ok(usual) };
    let asked =
        serde_json::from_str::<Question>(question).ok().filter(|asked| asked.kind == "ExecCredential");
    let known = asked.and_then(|asked| VERSIONS.into_iter().find(|version| *version == asked.api_version));
    known.ok_or_else(|| {
        say(&format!(
            "${QUESTION} must ask for an ExecCredential of {}. Correct apiVersion in the kubeconfig.",
            VERSIONS.join(" or ")
        ));
        Exit::Usage
    })
}
