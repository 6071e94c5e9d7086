//! Runtime of commands: work that is waited for, and left in order when a signal wants the end.

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;
use tokio::time::timeout;

use crate::cli::output::say;
use crate::domain::name::ProfileId;
use crate::oauth::refresh::Refreshed;
use crate::oauth::refresh::Wish;
use crate::shell::refresh::refresh;
use crate::shell::{Services, runtime, signals};

/// How long the end of the work may take before the person is told that it is waited for.
const NOTICE_AFTER: Duration = Duration::from_millis(500);

/// Does `work` on a runtime of one thread.
///
/// # Errors
/// When there is no runtime.
pub(super) fn block_on<T>(work: impl Future<Output = T>) -> Result<T> {
    Ok(runtime::start()?.block_on(work))
}

/// Waits for `work`, but not beyond a signal that wants the end: a question that was asked before
/// leaves no signal that would end the program on its own.
///
/// # Errors
/// When there is no runtime.
pub(super) fn until_signal<T>(work: impl Future<Output = T>) -> Result<Option<T>> {
    let runtime = runtime::start()?;
    let done = runtime.block_on(async {
        tokio::select! {
            done = work => Some(done),
            _ = signals::ending() => None,
        }
    });
    // What hangs cannot be cancelled, only left behind.
    runtime.shutdown_background();
    Ok(done)
}

/// Fulfils `wish` by [`finish_posted`].
///
/// # Errors
/// When there is no runtime.
pub(super) fn refresh_and_wait(
    services: &Arc<Services>,
    id: &ProfileId,
    wish: Wish,
) -> Result<Option<Refreshed>> {
    finish_posted(services, refresh(services, id, wish))
}

/// Waits for `work`. After the first signal nothing more is posted, so work that has not posted its request
/// ends at once. A posted request may have spent the stored token, so its answer is still waited for. A
/// second signal ends the wait.
///
/// # Errors
/// When there is no runtime.
pub(super) fn finish_posted<T>(services: &Services, work: impl Future<Output = T>) -> Result<Option<T>> {
    block_on(async {
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
        say("finishing what was sent, so that no new token is lost; press Ctrl-C again to stop at once.");
        tokio::select! {
            done = &mut work => Some(done),
            _ = once_more => None,
        }
    })
}
