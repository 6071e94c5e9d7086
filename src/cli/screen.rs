//! Screen, of the user's own files or of the demo.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::demo::Demo;
use crate::demo::authority::client::{CONFIDENTIAL_SECRET, POST};
use crate::demo::authority::fault::{self, Fault};
use crate::domain::secret::Secret;
use crate::shell::run::{self, DemoScreen, LeaveReason, ScreenOptions};
use crate::shell::store_files::file::shown;
use crate::shell::terminal::{self, console};
use crate::shell::{Services, runtime};
use crate::tui::model::AutoRefreshMode;
use crate::tui::theme::Shape;
use crate::tui::tour::DemoClient;

#[derive(Debug, Args)]
#[command(after_help = fault::help())]
pub(super) struct DemoArgs {
    /// Let the next such request go wrong, as in token=503; may be given more than once
    #[arg(long = "fault", value_name = "WHERE=WHAT", value_parser = fault::parse)]
    faults: Vec<Fault>,
}

/// Shows the screen of the person's own files.
pub(super) fn run(services: &Arc<Services>, auto_refresh: AutoRefreshMode, shape: Shape) -> Result<Exit> {
    show(services, ScreenOptions { auto_refresh, terminal: terminal::traits(shape), demo: None })
}

fn show(services: &Arc<Services>, options: ScreenOptions) -> Result<Exit> {
    if !has_terminal() {
        return Ok(Exit::Usage);
    }
    if let Some(path) = services.paths.missing() {
        say(&format!("{} does not exist; the first login creates it.", shown(path)));
    }
    Ok(match run::run(services, options)? {
        LeaveReason::Asked => Exit::Done,
        LeaveReason::Terminated => Exit::Failure,
    })
}

pub(super) fn demo(args: &DemoArgs, auto_refresh: AutoRefreshMode, shape: Shape) -> Result<Exit> {
    if !has_terminal() {
        return Ok(Exit::Usage);
    }
    runtime::check_limits()?;
    let demo = Demo::start(&args.faults)?;
    let issuer = demo.serving().issuer();
    let greeting = format!("All of this is made up. Its server: {issuer}/");
    let client = DemoClient { id: POST.to_owned(), secret: Secret::new(CONFIDENTIAL_SECRET) };
    let demo_screen = Some(DemoScreen { client, greeting });
    let options = ScreenOptions { auto_refresh, terminal: terminal::traits(shape), demo: demo_screen };
    let exit = show(demo.services(), options)?;
    say("the demo's server and files are gone; nothing of yours was touched.");
    Ok(exit)
}

fn has_terminal() -> bool {
    let there = console::has_terminal();
    if !there {
        say("the screen needs a terminal. In a pipe use authtui list or authtui token PROFILE.");
    }
    there
}
