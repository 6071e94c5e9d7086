//! `authtui` and `authtui demo`: the screen.

use std::sync::Arc;

use color_eyre::eyre::{Result, WrapErr};
use tokio::runtime::{Builder, Runtime};

use crate::cli::exit::Exit;
use crate::demo::{Demo, cast};
use crate::shell::run::{self, Left};
use crate::shell::{Hands, console, surroundings};

/// A runtime of one thread.
pub(super) fn runtime() -> Result<Runtime> {
    Builder::new_current_thread().enable_all().build().wrap_err("cannot start the runtime")
}

/// Shows the screen; `keys` are pressed before the first frame.
pub(super) fn run(hands: &Arc<Hands>, keys: &str) -> Result<Exit> {
    if !has_terminal() {
        return Ok(Exit::Usage);
    }
    Ok(match run::run(hands, &surroundings::theme(), keys)? {
        Left::Asked => Exit::Done,
        Left::Terminated => Exit::Failure,
    })
}

pub(super) fn demo() -> Result<Exit> {
    if !has_terminal() {
        return Ok(Exit::Usage);
    }
    let demo = Demo::start()?;
    let exit = run(demo.hands(), cast::KEYS)?;
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
