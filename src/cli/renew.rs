//! A refresh that a command waits for, whatever signals come.

use std::sync::Arc;

use color_eyre::eyre::Result;

use crate::cli::screen;
use crate::domain::name::ProfileId;
use crate::oauth::refresh::Wish;
use crate::shell::refresh::refresh;
use crate::shell::{Hands, console, signals};
use crate::tui::message::Refreshed;

/// Fulfils `wish`. A posted refresh may have spent the stored token, so the first signal only says
/// so; the second ends the wait.
///
/// # Errors
/// When there is no runtime.
pub(super) fn renew(hands: &Arc<Hands>, id: &ProfileId, wish: Wish) -> Result<Option<Refreshed>> {
    let waiting = async {
        let refreshing = refresh(hands, id, wish);
        tokio::pin!(refreshing);
        tokio::select! {
            refreshed = &mut refreshing => return Some(refreshed),
            _ = signals::ending() => {}
        }
        console::say(
            "authtui: waiting for the provider's answer, which may hold new tokens; once more ends at once",
        );
        tokio::select! {
            refreshed = &mut refreshing => Some(refreshed),
            _ = signals::ending() => None,
        }
    };
    Ok(screen::runtime()?.block_on(waiting))
}
