//! Command `doctor`: what would keep authtui from working here, and what mends it. It changes nothing.

mod diagnosis;
mod files;
mod machine;

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;
use serde::Serialize;

use crate::cli::doctor::diagnosis::{Diagnosis, Severity};
use crate::cli::exit::Exit;
use crate::cli::output::{self, JSON_VERSION};
use crate::cli::runtime::block_on;
use crate::domain::name::StoreId;
use crate::domain::text;
use crate::shell::Services;
use crate::shell::terminal::console;

/// What its numbers mean, as its help shows them.
const EXIT_CODES: &str = "Exit codes: 0 nothing is failing, 1 something is.";
/// The longest text that is printed, in characters.
const TEXT_LIMIT: usize = 2000;

#[derive(Debug, Args)]
#[command(after_help = EXIT_CODES)]
pub(super) struct DoctorArgs {
    /// Print JSON: {"version":1,"checks":[…]}
    #[arg(long)]
    json: bool,
}

#[derive(Serialize)]
struct DoctorJson<'a> {
    version: u32,
    authtui: &'static str,
    system: &'static str,
    checks: &'a [Diagnosis],
}

pub(super) fn run(services: &Arc<Services>, args: &DoctorArgs) -> Result<Exit> {
    let snapshots = StoreId::ALL.map(|store| services.read_now(store));
    let mut diagnoses = files::diagnoses(services, &snapshots);
    diagnoses.extend(block_on(machine::diagnoses(services, &snapshots))?);
    if args.json {
        let (authtui, system) = (env!("CARGO_PKG_VERSION"), std::env::consts::OS);
        output::print_json(&DoctorJson { version: JSON_VERSION, authtui, system, checks: &diagnoses })?;
    } else {
        console::print(&page(&diagnoses, console::columns()))?;
    }
    let worst = diagnoses.iter().map(|diagnosis| diagnosis.severity).max();
    Ok(if worst == Some(Severity::Failing) { Exit::Failure } else { Exit::Done })
}

/// A line for each diagnosis, and one for what mends it; on a terminal broken between words at its `width`.
fn page(diagnoses: &[Diagnosis], width: Option<u16>) -> String {
    let widest = diagnoses.iter().map(|diagnosis| diagnosis.check.len()).max().unwrap_or_default();
    let indent = "failing".len() + 2 + widest + 2;
    let fit = |text: String| match (width, u16::try_from(indent)) {
        (Some(width), Ok(indent)) => output::folded(&text, width, indent),
        (Some(_) | None, _) => text,
    };
    let line = |diagnosis: &Diagnosis| {
        let words = fit(text::clean(&diagnosis.words, TEXT_LIMIT));
        let said = format!("{:<8} {:<widest$}  {words}\n", diagnosis.severity.word(), diagnosis.check);
        let next = diagnosis.next.as_ref().map(|next| {
            let next = fit(format!("Next: {}", text::clean(next, TEXT_LIMIT)));
            format!("{:indent$}{next}\n", "")
        });
        said + &next.unwrap_or_default()
    };
    diagnoses.iter().map(line).collect()
}
