//! Command `providers`: what one can log in to, and the files to copy.

mod check;
mod on_terminal;

use std::sync::Arc;

use clap::{Args, Subcommand};
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::output::{say, terminal_output};
use crate::cli::profile_arg;
use crate::cli::runtime::block_on;
use crate::domain::provider::Pkce;
use crate::domain::provider::catalog::CatalogEntry;
use crate::domain::text;
use crate::shell::Services;
use crate::shell::store_files::file::shown;
use crate::shell::terminal::console;
use crate::tui::theme::Shape;

/// The format of provider files, field by field.
const FIELDS: &str = include_str!("../../docs/providers.md");

/// The longest text of a provider file that is printed, in characters.
const TEXT_LIMIT: usize = 2000;

#[derive(Debug, Args)]
pub(super) struct ProvidersArgs {
    #[command(subcommand)]
    command: Option<ProvidersCommand>,
}

#[derive(Debug, Subcommand)]
enum ProvidersCommand {
    /// Print the file of a provider, to copy and change
    Show {
        /// The provider's name
        #[arg(value_name = "PROVIDER")]
        name: String,
    },
    /// Ask a server how one logs in, and compare that with its provider file; nobody is logged in
    Check {
        /// A provider's name, a provider file, or the address of a server
        #[arg(value_name = "PROVIDER|FILE|URL")]
        target: String,
        /// Ask addresses in private networks too
        #[arg(long, short)]
        yes: bool,
    },
    /// Print what each field of a provider file means
    Fields,
}

pub(super) fn run(services: &Arc<Services>, args: &ProvidersArgs, shape: Shape) -> Result<Exit> {
    let catalog = services.catalog_now();
    match &args.command {
        Some(ProvidersCommand::Fields) => {
            console::print(FIELDS)?;
            Ok(Exit::Done)
        }
        Some(ProvidersCommand::Check { target, yes }) => {
            Ok(block_on(check::run(services, target, *yes))?.unwrap_or_else(|exit| exit))
        }
        Some(ProvidersCommand::Show { name }) => match catalog.entry(name) {
            Some(entry) => {
                console::print(entry.whole_text())?;
                Ok(Exit::Done)
            }
            None => Ok(profile_arg::no_provider(&catalog, name, "authtui providers lists them.")),
        },
        None => {
            if let Some((output, _)) = terminal_output(services, shape) {
                on_terminal::print(&catalog, &output)?;
            } else {
                let widest = catalog.entries().map(|entry| entry.provider.name.len()).max();
                let line = |entry| line(entry, widest.unwrap_or_default());
                console::print(&catalog.entries().map(line).collect::<String>())?;
            }
            console::say(&format!("Your own files: {}/NAME.yaml", shown(&services.paths.providers)));
            for entry in catalog.entries().filter(|entry| entry.provider.pkce == Pkce::Plain) {
                say(&format!("{}: {}", entry.provider.name, Pkce::PLAIN_WARNING));
            }
            for complaint in &catalog.errors {
                say(&text::clean(&format!("not used: {complaint}"), TEXT_LIMIT));
            }
            Ok(if catalog.errors.is_empty() { Exit::Done } else { Exit::Failure })
        }
    }
}

/// Name, title, homepage and origin of a provider; the name fills `widest` columns.
fn line(entry: &CatalogEntry, widest: usize) -> String {
    let provider = &entry.provider;
    let homepage = provider.homepage.as_ref().map_or_else(String::new, |url| format!("  {url}"));
    let from = entry.path.as_deref().unwrap_or("built in");
    let line = format!("{:widest$}  {}{homepage}  ({from})", provider.name, provider.title);
    text::clean(&line, TEXT_LIMIT) + "\n"
}
