//! Command `connect`: what another program is told, so that it takes its tokens from authtui.

mod writing;

use std::sync::Arc;

use clap::Args;
use clap::builder::PossibleValuesParser;
use color_eyre::eyre::Result;
use url::Url;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::profile_arg;
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::oauth::form;
use crate::shell::Services;
use crate::shell::terminal::console;
use crate::stored::connect_guide::{self, ConnectGuide, PROGRAMS, Snippet, Values};

#[derive(Debug, Args)]
pub(super) struct ConnectArgs {
    /// The profile: provider/name, or one part of it if only one profile fits
    #[arg(value_name = "PROFILE")]
    name: String,
    /// The program to connect
    #[arg(long, value_name = "PROGRAM", value_parser = PossibleValuesParser::new(PROGRAMS.map(|(name, _)| name)))]
    to: String,
    /// The address of the server [default: the one in the provider file]
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    url: Option<Url>,
    /// Connect to a provider of models, not to an MCP server
    #[arg(long)]
    model: bool,
    /// Write it into the program's file in this folder, or run the commands; shows all changes and asks first
    #[arg(long)]
    write: bool,
    /// Answer yes to the question of --write
    #[arg(long, short, requires = "write")]
    yes: bool,
}

fn address(text: &str) -> Result<Url, String> {
    crate::domain::provider::endpoint::parse(text).map_err(|error| error.to_string())
}

pub(super) fn run(services: &Arc<Services>, args: &ConnectArgs) -> Result<Exit> {
    let profile = profile_arg::find_here(services, Some(&args.name))?;
    let catalog = services.catalog_now();
    let name = profile.id.name.provider();
    if catalog.error(name).is_some() {
        return Ok(profile_arg::no_provider(&catalog, name, ""));
    }
    let provider = catalog.get(name);
    let Some(guide) = connect_guide::guide(&args.to) else { return Ok(Exit::Usage) };
    let snippets = snippets(args, &guide, &profile, provider)?;
    if args.write {
        return writing::write(&guide.title, &snippets, args.yes);
    }
    for snippet in &snippets {
        console::print(&snippet.shown())?;
    }
    for snippet in &snippets {
        explain(snippet);
    }
    Ok(Exit::Done)
}

/// Says where a snippet goes, and what to do then.
fn explain(snippet: &Snippet) {
    if let Some(file) = snippet.files.first() {
        let next = if snippet.json.is_some() { "; --write does it" } else { "" };
        say(&format!("add this to {file}{next}."));
    }
    if let Some(also) = &snippet.also {
        say(&format!("for all your projects run: {also}"));
    }
    if let Some(start) = &snippet.start {
        say(&format!("then run: {start}"));
    }
}

/// What the program is told.
fn snippets(
    args: &ConnectArgs,
    guide: &ConnectGuide,
    profile: &Profile,
    provider: Option<&Provider>,
) -> Result<Vec<Snippet>, Exit> {
    let title = &guide.title;
    let mut values = values(profile, provider);
    if let Some(host) = &guide.host {
        let Some(git) = provider.and_then(|provider| provider.git.as_ref()) else {
            say(&format!(
                "the provider file of {} names no hosts for git; `authtui providers fields` explains its field git.",
                profile.id.name.provider()
            ));
            return Err(Exit::Usage);
        };
        return Ok(git
            .addresses()
            .map(|address| {
                values.insert("address", address);
                host.filled(&values)
            })
            .collect());
    }
    let address = args.url.clone().or_else(|| known_address(provider));
    if let Some(any) = &guide.any {
        let probe = provider.and_then(|provider| provider.probe.as_ref());
        let probe = probe.map(|probe| probe.call.url.texts().collect::<String>());
        let address = address.map(String::from).or(probe).unwrap_or_else(|| "URL".to_owned());
        values.insert("address", shlex::try_quote(&address).unwrap_or_default().into_owned());
        return Ok(vec![any.filled(&values)]);
    }
    let has_header = provider.and_then(|provider| profile.header(provider)).is_some();
    let snippet = match (args.model, &guide.server_with_header) {
        (true, _) => &guide.model,
        (false, Some(_)) if has_header => &guide.server_with_header,
        (false, _) => &guide.server,
    };
    let Some(snippet) = snippet else {
        say(&format!("{title} takes no token for models from a command or a variable."));
        return Err(Exit::Usage);
    };
    match address {
        Some(address) => values.insert("address", address.into()),
        None if args.model => values.insert("address", "ADDRESS OF ITS API".to_owned()),
        None => {
            let next = "add --url with the address of the MCP server, or --model";
            say(&format!("the provider file of {} names no server; {next}.", profile.id.name.provider()));
            return Err(Exit::Usage);
        }
    };
    Ok(vec![snippet.filled(&values)])
}

/// The address of the server that the provider file is for.
fn known_address(provider: Option<&Provider>) -> Option<Url> {
    let provider = provider?;
    let resource = provider.resource.first().and_then(|resource| Url::parse(resource).ok());
    resource.or_else(|| provider.discovered.as_ref().map(|source| source.from.clone()))
}

/// What stands for the placeholders, but for the address.
fn values(profile: &Profile, provider: Option<&Provider>) -> Values<'static> {
    let name = profile.id.exact();
    let header = provider.and_then(|provider| profile.header(provider));
    let prefix = if header.is_some() { "" } else { "Bearer " };
    let server = profile.id.name.provider().replace('.', "-");
    let title = provider.map_or_else(|| server.clone(), |provider| provider.title.clone());
    Values::from([
        ("profile", shlex::try_quote(&name).unwrap_or_default().into_owned()),
        ("name", name),
        ("server", server),
        ("title", title),
        ("variable", form::variable(profile, provider)),
        ("header", header.unwrap_or("Authorization").to_owned()),
        ("prefix", prefix.to_owned()),
    ])
}
