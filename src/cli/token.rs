//! Command `token`: an access token that is still valid, and nothing else.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::profile_arg;
use crate::cli::refresh::time;
use crate::cli::valid_token::{MIN_TTL, MinTtl, ValidToken, valid};
use crate::shell::Services;
use crate::shell::terminal::console;

#[derive(Debug, Args)]
pub(super) struct TokenArgs {
    /// The profile: provider/name, or one part of it if only one profile fits [default: $AUTHTUI_PROFILE, else by a rule]
    #[arg(value_name = "PROFILE")]
    pub(super) name: Option<String>,
    /// Refresh the token first if it expires within this time, or within half its lifetime if that is
    /// shorter: 90s, 10m, 2h
    #[arg(long, value_name = "TIME", value_parser = time, default_value = MIN_TTL)]
    pub(super) min_ttl: Duration,
}

pub(super) fn run(services: &Arc<Services>, args: &TokenArgs) -> Result<Exit> {
    let profile = profile_arg::find_here(services, args.name.as_deref())?;
    let ValidToken { profile, exit } = valid(services, profile, MinTtl::Preferred(args.min_ttl))?;
    if let Some(tokens) = profile.held.tokens() {
        console::print_secret(&tokens.access)?;
    }
    Ok(exit)
}
