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
use crate::stored::connect_guide::{self, ConnectGuide, PROGRAMS, Snippet, SnippetValues};

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
    let provider = profile_arg::provider(services, &profile)?;
    let Some(guide) = connect_guide::guide(&args.to) else { return Ok(Exit::Usage) };
    let snippets = snippets(args, &guide, &profile, provider.as_ref())?;
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
    let values = values(profile, provider);
    if let Some(host) = &guide.host {
        return for_hosts(host, profile, provider, values);
    }
    let address = args.url.clone().or_else(|| known_address(provider)).map(String::from);
    if let Some(any) = &guide.any {
        let address = address.or_else(|| probe_address(provider)).unwrap_or_else(|| "URL".to_owned());
        let address = shlex::try_quote(&address).unwrap_or_default().into_owned();
        return Ok(vec![with_address(any, values, address)]);
    }
    let has_header = provider.and_then(|provider| profile.header(provider)).is_some();
    let snippet = match (args.model, &guide.server_with_header) {
        (true, _) => &guide.model,
        (false, Some(_)) if has_header => &guide.server_with_header,
        (false, _) => &guide.server,
    };
    let Some(snippet) = snippet else {
        let title = &guide.title;
        say(&format!("{title} takes no token for models from a command or a variable."));
        return Err(Exit::Usage);
    };
    let Some(address) = address.or_else(|| args.model.then(|| "ADDRESS OF ITS API".to_owned())) else {
        let next = "add --url with the address of the MCP server, or --model";
        say(&format!("the provider file of {} names no server; {next}.", profile.id.name.provider()));
        return Err(Exit::Usage);
    };
    Ok(vec![with_address(snippet, values, address)])
}

/// What git is told of each host that the token opens.
fn for_hosts(
    snippet: &Snippet,
    profile: &Profile,
    provider: Option<&Provider>,
    values: SnippetValues<'_>,
) -> Result<Vec<Snippet>, Exit> {
    let Some(git) = provider.and_then(|provider| provider.git.as_ref()) else {
        let name = profile.id.name.provider();
        say(&format!(
            "the provider file of {name} names no hosts for git; `authtui providers fields` explains its field git."
        ));
        return Err(Exit::Usage);
    };
    Ok(git.addresses().map(|address| with_address(snippet, values.clone(), address)).collect())
}

fn with_address(snippet: &Snippet, mut values: SnippetValues<'_>, address: String) -> Snippet {
    values.insert("address", address);
    snippet.filled(&values)
}

/// The address of the harmless question that tests a token.
fn probe_address(provider: Option<&Provider>) -> Option<String> {
    let probe = provider?.probe.as_ref()?;
    Some(probe.call.url.texts().collect())
}

/// The address of the server that the provider file is for.
fn known_address(provider: Option<&Provider>) -> Option<Url> {
    let provider = provider?;
    let resource = provider.resource.first().and_then(|resource| Url::parse(resource).ok());
    resource.or_else(|| provider.discovered.as_ref().map(|source| source.from.clone()))
}

/// What stands for the placeholders, but for the address.
fn values(profile: &Profile, provider: Option<&Provider>) -> SnippetValues<'static> {
    let name = profile.id.exact();
    let header = provider.and_then(|provider| profile.header(provider));
    let prefix = if header.is_some() { "" } else { "Bearer " };
    let server = profile.id.name.provider().replace('.', "-");
    let title = provider.map_or_else(|| server.clone(), |provider| provider.title.clone());
    SnippetValues::from([
        ("profile", shlex::try_quote(&name).unwrap_or_default().into_owned()),
        ("name", name),
        ("server", server),
        ("title", title),
        ("variable", form::variable(profile, provider)),
        ("header", header.unwrap_or("Authorization").to_owned()),
        ("prefix", prefix.to_owned()),
    ])
}
