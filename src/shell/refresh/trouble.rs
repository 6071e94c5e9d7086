//! Words for a refresh that failed.

use std::io;
use std::path::Path;

use crate::domain::change::ChangeError;
use crate::domain::clock::{DateTime, FixedOffset, Utc, local};
use crate::domain::event::Event;
use crate::domain::profile::{LastRefresh, RefreshResult, with_subject};
use crate::domain::provider::catalog::Catalog;
use crate::domain::refreshability::NotRefreshable;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::shown;

/// What a refusal means after a refresh of the same grant that was interrupted.
pub(super) fn explained(last: LastRefresh, interrupted: Option<&Event>, offset: FixedOffset) -> LastRefresh {
    let (RefreshResult::Dead { why }, Some(event)) = (&last.result, interrupted) else { return last };
    let why = format!(
        "{why}; a refresh of {} by {} ended between request and save, so any token it got is lost",
        local(event.at, offset),
        event.by
    );
    LastRefresh { result: RefreshResult::Dead { why }, ..last }
}

/// A grant that was refreshed elsewhere, where its tokens can no longer be found.
pub(super) fn lost(what: &str, event: &Event, offset: FixedOffset) -> Trouble {
    let why = format!(
        "this refresh token was already used on {} by {}, and the new tokens are no longer in \
         {}; using it again would end those too",
        local(event.at, offset),
        event.by,
        shown(Path::new(&event.store)),
    );
    Trouble::untouched(what, why, FailureKind::NeedsLogin)
}

/// New tokens that came for a profile which is no longer what they were asked for; `holders` are
/// the names of those that share its grant and hold them since.
pub(super) fn dropped(what: &str, moved: ChangeError, holders: &str) -> Trouble {
    let why = if holders.is_empty() {
        format!("{moved}, so the new tokens were discarded; the provider was not notified")
    } else {
        format!("{moved}, so only {holders} got the new tokens; the provider was not notified")
    };
    Trouble::untouched(what, why, FailureKind::NothingToDo)
}

/// What to say of a refresh that failed, `title` being the provider's.
pub(super) fn failed(last: &LastRefresh, title: &str, what: &str, now: DateTime<Utc>) -> Trouble {
    match &last.result {
        RefreshResult::Dead { why } => {
            Trouble::untouched(what, with_subject(why, title), FailureKind::NeedsLogin)
        }
        RefreshResult::Passing { why, retry_at, .. } => {
            let pause = (*retry_at > now).then(|| *retry_at - now);
            Trouble::untouched(what, with_subject(why, title), FailureKind::Temporary(pause))
        }
        RefreshResult::Refused { why, next, .. } => {
            Trouble::untouched(what, with_subject(why, title), FailureKind::NeedsFix(next.clone()))
        }
        RefreshResult::Done => Trouble::untouched(what, "it is done", FailureKind::NothingToDo),
    }
}

/// A refresh that is not begun because the event log at `path` cannot say so.
pub(super) fn unwritten(what: &str, path: &Path, error: &io::Error) -> Trouble {
    let is_odd = matches!(error.kind(), io::ErrorKind::IsADirectory | io::ErrorKind::InvalidInput);
    let path = shown(path);
    let remedy = if is_odd {
        format!("move {path} away")
    } else {
        format!(
            "make sure that {path} can be written \
            and the disk has room"
        )
    };
    let why = format!("the event log cannot be written: {error}");
    Trouble::untouched(what, why, FailureKind::NeedsFix(remedy))
}

/// A refresh that is not begun any more.
pub(super) fn ending(what: &str) -> Trouble {
    Trouble::untouched(what, "the program is ending", FailureKind::NothingToDo)
}

/// What to say of a profile of `provider`, which does not exist or whose file is faulty.
pub(super) fn no_provider(what: &str, catalog: &Catalog, provider: &str) -> Trouble {
    match catalog.error(provider) {
        Some(complaint) => Trouble::untouched(what, complaint.to_string(), corrected()),
        None => match catalog.example_remedy(provider) {
            Some(remedy) => {
                Trouble::untouched(what, NotRefreshable::Example.to_string(), FailureKind::NeedsFix(remedy))
            }
            None => hindered(what, &NotRefreshable::NoProviderFile),
        },
    }
}

/// What to say of a profile that cannot be refreshed.
pub(super) fn hindered(what: &str, cannot: &NotRefreshable) -> Trouble {
    let kind = match cannot {
        NotRefreshable::ApiKey | NotRefreshable::NotOffered | NotRefreshable::Borrowed(_) => {
            FailureKind::NothingToDo
        }
        NotRefreshable::EnvironmentVariable => {
            FailureKind::NeedsFix("set it again or unset it in your shell".to_owned())
        }
        NotRefreshable::NoTokens
        | NotRefreshable::NoRefreshToken
        | NotRefreshable::GrantDead(_)
        | NotRefreshable::OtherOrigin(_) => FailureKind::NeedsLogin,
        NotRefreshable::NoProviderFile => FailureKind::NeedsFix(
            "add a provider file of that name; authtui providers shows where".to_owned(),
        ),
        NotRefreshable::Example | NotRefreshable::BadAddress => corrected(),
    };
    let trouble = Trouble::untouched(what, cannot.to_string(), kind);
    match cannot {
        NotRefreshable::NoTokens
        | NotRefreshable::ApiKey
        | NotRefreshable::EnvironmentVariable
        | NotRefreshable::Borrowed(_) => trouble.without_tokens(),
        NotRefreshable::NoRefreshToken
        | NotRefreshable::GrantDead(_)
        | NotRefreshable::NotOffered
        | NotRefreshable::NoProviderFile
        | NotRefreshable::Example
        | NotRefreshable::OtherOrigin(_)
        | NotRefreshable::BadAddress => trouble,
    }
}

fn corrected() -> FailureKind {
    FailureKind::NeedsFix("correct the provider file".to_owned())
}
