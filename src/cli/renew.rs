//! Refreshes and other requests that a command waits for, also after a first signal.

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;
use tokio::time::timeout;

use crate::cli::screen;
use crate::domain::name::ProfileId;
use crate::oauth::refresh::{Refreshed, Wish};
use crate::shell::refresh::refresh;
use crate::shell::terminal::console;
use crate::shell::{Services, signals};

/// How long the end of the work may take before the person is told that it is waited for.
pub(super) const NOTICE_AFTER: Duration = Duration::from_millis(500);

/// Fulfils `wish`.
///
/// # Errors
/// When there is no runtime.
pub(super) fn renew(services: &Arc<Services>, id: &ProfileId, wish: Wish) -> Result<Option<Refreshed>> {
    finish_posted(services, refresh(services, id, wish))
}

/// Waits for `work`. After the first signal nothing more is posted, so work that has not posted its request
/// ends at once. A posted request may have spent the stored token, so its answer is still waited for. A
/// second signal ends the wait.
///
/// # Errors
/// When there is no runtime.
pub(super) fn finish_posted<T>(services: &Arc<Services>, work: impl Future<Output = T>) -> Result<Option<T>> {
    let waiting = async {
        tokio::pin!(work);
        tokio::select! {
            done = &mut work => return Some(done),
            _ = signals::ending() => {}
        }
        let once_more = signals::ending();
        services.give_up();
        if let Ok(done) = timeout(NOTICE_AFTER, &mut work).await {
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
