//! `authtui` and `authtui demo`: the screen.

use std::sync::Arc;

use clap::Args;
use color_eyre::eyre::Result;
use tokio::runtime::Runtime;

use crate::cli::exit::Exit;
use crate::demo::authority::fault::Fault;
use crate::demo::authority::script;
use crate::demo::{Demo, cast};
use crate::shell::run::{self, LeaveReason};
use crate::shell::store_files::file::shown;
use crate::shell::terminal::{self, console};
use crate::shell::{Services, runtime, signals};
use crate::tui::model::AutoRefresh;

/// What `authtui demo` is told.
#[derive(Debug, Args)]
#[command(after_help = script::help())]
pub(super) struct Demonstration {
    /// Let the next such request go wrong, as in token=503; may be given more than once
    #[arg(long = "fault", value_name = "WHERE=WHAT", value_parser = script::parse)]
    faults: Vec<Fault>,
}

/// A runtime of one thread.
pub(super) fn runtime() -> Result<Runtime> {
    Ok(runtime::start()?)
}

/// Waits for `task`, but not beyond a signal that wants everything to end: a question that was asked
/// before leaves no signal that would end the program by itself.
pub(super) fn until_signal<T>(task: impl Future<Output = T>) -> Result<Option<T>> {
    let runtime = runtime()?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = task => Some(done),
            _ = signals::ending() => None,
        }
    });
    // What hangs cannot be cancelled, only left behind.
    runtime.shutdown_background();
    Ok(done)
}

/// Shows the screen; `keys` are pressed before the first frame.
pub(super) fn run(services: &Arc<Services>, keys: &str, auto_refresh: AutoRefresh) -> Result<Exit> {
    if !has_terminal() {
        return Ok(Exit::Usage);
    }
    if let Some(path) = services.paths.missing() {
        console::say(&format!("authtui: {} does not exist; the first login creates it.", shown(path)));
    }
    Ok(match run::run(services, &terminal::theme(), keys, auto_refresh)? {
        LeaveReason::Asked => Exit::Done,
        LeaveReason::Terminated => Exit::Failure,
    })
}

pub(super) fn demo(arguments: &Demonstration, auto_refresh: AutoRefresh) -> Result<Exit> {
    if !has_terminal() {
        return Ok(Exit::Usage);
    }
    runtime::check_limits()?;
    let demo = Demo::start(&arguments.faults)?;
    let exit = run(demo.services(), cast::KEYS, auto_refresh)?;
    console::say("authtui: the demo's server and files are gone; nothing of yours was touched.");
    Ok(exit)
}

fn has_terminal() -> bool {
    let there = console::has_terminal();
    if !there {
        console::say(
            "authtui: the screen needs a terminal. In a pipe use authtui list or authtui token NAME.",
        );
    }
    there
}
