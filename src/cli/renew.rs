//! A refresh that a command waits for, whatever signals come.

use std::sync::Arc;

use color_eyre::eyre::Result;

use crate::cli::screen;
use crate::domain::name::ProfileId;
use crate::oauth::refresh::Wish;
use crate::shell::refresh::refresh;
use crate::shell::{Hands, console, signals};
use crate::tui::message::Refreshed;

/// Fulfils `wish`. At the first signal nothing is posted any more, and what was posted is waited for,
/// because it may have spent the stored token; the second ends the wait.
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
        let once_more = signals::ending();
        hands.stop_asking();
        console::say(
            "authtui: ending; an answer that may hold new tokens is waited for; once more ends at once",
        );
        tokio::select! {
            refreshed = &mut refreshing => Some(refreshed),
            _ = once_more => None,
        }
    };
    Ok(screen::runtime()?.block_on(waiting))
}
