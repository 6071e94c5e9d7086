//! Many profiles, renewed a few at a time.

use std::sync::Arc;
use std::time::Duration;

use color_eyre::eyre::Result;
use futures_util::{FutureExt, StreamExt, future, stream};
use tokio::time::timeout;

use crate::cli::exit::{self, Exit};
use crate::cli::refresh::report::{Ended, Report};
use crate::cli::renew::NOTICE_AFTER;
use crate::cli::screen;
use crate::domain::change::Snapshot;
use crate::domain::clock::{Now, span};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::catalog::Catalog;
use crate::domain::secret::Fingerprint;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::refresh::{Refreshed, Wish};
use crate::shell::terminal::console;
use crate::shell::{Services, refresh, signals};

/// How many more than ask or are ready to may wait for a lock or be saved: what waits is saved together.
const BESIDE: usize = 48;

/// Which profiles.
#[derive(Debug)]
pub(super) enum Chosen {
    /// These.
    Named(Vec<ProfileName>),
    /// Those whose access token ends so soon.
    Due(Duration),
    /// All that can be renewed.
    All,
}

/// How it is said how each ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Spoken {
    /// On standard error, for people.
    Words,
    /// On standard output too, for scripts.
    Json,
}

/// Renews the `chosen` profiles, `jobs` at a time, and says how each ended.
pub(super) fn run(services: &Arc<Services>, chosen: &Chosen, jobs: usize, spoken: Spoken) -> Result<Exit> {
    let snapshot = services.read_now(StoreId::Own);
    if let Err(trouble) = &snapshot.writable {
        console::say(&format!("authtui: {trouble}"));
        return Ok(Exit::Failure);
    }
    let runtime = screen::runtime()?;
    let catalog = runtime.block_on(services.catalog());
    let now = services.clock.now();
    // The pair each holds now: what another program renews from here on counts as renewed.
    let all: Vec<(ProfileId, Option<Fingerprint>)> = snapshot
        .profiles()
        .filter(|profile| is_meant(profile, chosen, &catalog, now))
        .map(|profile| (profile.id.clone(), profile.held.fingerprint()))
        .collect();
    if all.is_empty() {
        if spoken == Spoken::Json {
            console::print(&Report::new().json()?)?;
        }
        console::say("authtui: nothing is to be renewed.");
        return Ok(Exit::Done);
    }
    services.ask_at_once(jobs);
    let wish = match chosen {
        Chosen::Due(within) => Wish::Due { within: *within },
        Chosen::All => Wish::NewUnlessDead,
        Chosen::Named(_) => Wish::New,
    };
    let mut tally = Tally { report: Report::new(), ..Tally::default() };
    runtime.block_on(async {
        let each = stream::iter(all).map(|(id, seen)| async move {
            let refreshed = renewed(services, &id, wish, seen).await;
            (id, refreshed)
        });
        let mut each = std::pin::pin!(each.buffer_unordered(2 * jobs + BESIDE));
        let mut ending = Box::pin(signals::ending());
        let mut notice = Box::pin(future::pending().left_future());
        loop {
            tokio::select! {
                next = each.next() => match next {
                    Some((id, refreshed)) => tally.take(&id, refreshed),
                    None => break,
                },
                _ = &mut ending => {
                    ending = Box::pin(signals::ending());
                    if services.is_ending() {
                        tally.is_cut_short = true;
                        break;
                    }
                    // What was posted may have spent a token: it is waited for, and nothing else is begun.
                    services.give_up();
                    notice.set(timeout(NOTICE_AFTER, future::pending::<()>()).map(drop).right_future());
                }
                () = &mut notice => {
                    notice.set(future::pending().left_future());
                    console::say(
                        "authtui: ending; answers that may hold new tokens are waited for; once more ends at once",
                    );
                }
            }
        }
    });
    let exit = tally.end();
    if spoken == Spoken::Json {
        console::print(&tally.report.json()?)?;
    }
    Ok(exit)
}

/// Fulfils `wish`. What could not be saved is tried once more, when whatever was in the way may have
/// gone.
async fn renewed(
    services: &Arc<Services>,
    id: &ProfileId,
    wish: Wish,
    seen: Option<Fingerprint>,
) -> Refreshed {
    let refreshed = refresh::since(services, id, wish, seen).await;
    let Refreshed::Unsaved(renewal, expects, trouble) = refreshed else { return refreshed };
    console::say(&format!("authtui: {}: {trouble}", id.name));
    match refresh::save_again(services, id, expects, renewal.clone()).await {
        Ok(snapshot) => return Refreshed::Done(snapshot),
        Err(_) if trouble.stored != Stored::NewOnesInMemory => {}
        Err(failure) => console::say(&format!(
            "authtui: {}: {failure}. The new tokens are lost with this command; the provider may want a new login.",
            id.name
        )),
    }
    Refreshed::Unsaved(renewal, expects, trouble)
}

fn is_meant(profile: &Profile, chosen: &Chosen, catalog: &Catalog, now: Now) -> bool {
    let provider = catalog.get(profile.id.name.provider());
    let can = profile.kind == Kind::OAuth
        && profile.refresh_token().is_some()
        && provider.is_some_and(|provider| provider.refresh.is_some());
    match chosen {
        Chosen::Named(names) => names.contains(&profile.id.name),
        Chosen::All => can,
        Chosen::Due(within) => {
            can && profile.life.expires_at.is_some_and(|end| end - now.wall <= span(*within))
        }
    }
}

/// How they ended.
#[derive(Debug, Default)]
struct Tally {
    renewed: usize,
    adopted: usize,
    needs_login: usize,
    passing: usize,
    failed: usize,
    /// Nobody waited for the rest.
    is_cut_short: bool,
    report: Report,
}

impl Tally {
    fn take(&mut self, id: &ProfileId, refreshed: Refreshed) {
        let (snapshot, trouble) = match refreshed {
            Refreshed::Done(snapshot) => return self.count(id, Ended::Renewed, None, Some(&snapshot)),
            Refreshed::Enough(snapshot) => return self.count(id, Ended::Adopted, None, Some(&snapshot)),
            Refreshed::Unsaved(_, _, trouble) => return self.count(id, Ended::Failed, Some(&trouble), None),
            Refreshed::Failed(snapshot, trouble) => (snapshot, trouble),
        };
        let ended = match trouble.kind {
            FailureKind::NeedsLogin => Ended::NeedsLogin,
            FailureKind::Temporary(_) => Ended::Passing,
            FailureKind::NeedsFix(_) | FailureKind::NothingToDo => Ended::Failed,
        };
        self.count(id, ended, Some(&trouble), snapshot.as_ref());
        exit::trouble(&trouble, &id.name.exact());
    }

    fn count(
        &mut self,
        id: &ProfileId,
        ended: Ended,
        trouble: Option<&Trouble>,
        snapshot: Option<&Snapshot>,
    ) {
        match ended {
            Ended::Renewed => self.renewed += 1,
            Ended::Adopted => self.adopted += 1,
            Ended::NeedsLogin => self.needs_login += 1,
            Ended::Passing => self.passing += 1,
            Ended::Failed => self.failed += 1,
        }
        self.report.add(id, ended, trouble, snapshot.and_then(|snapshot| snapshot.profile(&id.name)));
    }

    fn end(&self) -> Exit {
        let parts = [
            (self.renewed, "renewed"),
            (self.adopted, "renewed by another program or still good"),
            (self.needs_login, "need a login"),
            (self.passing, "to be tried again later"),
            (self.failed, "failed"),
        ];
        let words: Vec<String> = parts
            .into_iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{count} {word}"))
            .collect();
        if !words.is_empty() {
            console::say(&format!("authtui: {}.", words.join(", ")));
        }
        if self.is_cut_short {
            console::say(
                "authtui: ended before every answer came; a provider that was asked may want a new login.",
            );
            return Exit::Failure;
        }
        if self.needs_login > 0 {
            Exit::NeedsLogin
        } else if self.passing > 0 {
            Exit::Passing
        } else if self.failed > 0 {
            Exit::Failure
        } else {
            Exit::Done
        }
    }
}
