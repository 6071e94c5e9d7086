//! Work that a command waits for, whatever signals come.

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;
use tokio::time::timeout;

use crate::cli::screen;
use crate::domain::name::ProfileId;
use crate::oauth::refresh::Wish;
use crate::shell::refresh::refresh;
use crate::shell::{Hands, console, signals};
use crate::tui::message::Refreshed;

/// How long what was not posted takes to end; whoever ends sooner needs no word.
pub(super) const AT_ONCE: Duration = Duration::from_millis(500);

/// Fulfils `wish`.
///
/// # Errors
/// When there is no runtime.
pub(super) fn renew(hands: &Arc<Hands>, id: &ProfileId, wish: Wish) -> Result<Option<Refreshed>> {
    to_its_end(hands, refresh(hands, id, wish))
}

/// Waits for `work`. At the first signal nothing is posted any more, so that what was not posted ends at
/// once; what was posted is waited for, because it may have spent the stored token. The second signal
/// ends the wait.
///
/// # Errors
/// When there is no runtime.
pub(super) fn to_its_end<T>(hands: &Arc<Hands>, work: impl Future<Output = T>) -> Result<Option<T>> {
    let waiting = async {
        tokio::pin!(work);
        tokio::select! {
            done = &mut work => return Some(done),
            _ = signals::ending() => {}
        }
        let once_more = signals::ending();
        hands.give_up();
        if let Ok(done) = timeout(AT_ONCE, &mut work).await {
            return Some(done);
        }
        console::say(
            "authtui: ending; an answer that may hold new tokens is waited for; once more ends at once",
        );
        tokio::select! {
            done = &mut work => Some(done),
            _ = once_more => None,
        }
    };
    Ok(screen::runtime()?.block_on(waiting))
}
