//! Answers of providers to the question whether they take a token.

use std::collections::BTreeMap;
use std::sync::Arc;

use color_eyre::eyre::Result;
use futures_util::{StreamExt, stream};

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::runtime::until_signal;
use crate::domain::change::Row;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::Profile;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::probe::{self, TestVerdict};
use crate::shell::Services;
use crate::shell::token_test;
use crate::tui::model::Model;

/// What was answered, by profile.
#[derive(Debug, Default)]
pub(super) struct Answers(BTreeMap<ProfileId, Answer>);

/// What a provider says of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Answer {
    Works,
    /// With what was answered.
    Refused(String),
    /// Nobody answered, or the server was in trouble: it says nothing about the token.
    NotTold(String),
    /// Nobody could be asked, and that stays so until something is changed.
    NotAsked(String),
}

impl Answers {
    pub(super) fn get(&self, id: &ProfileId) -> Option<&Answer> {
        self.0.get(id)
    }
}

impl Answer {
    fn of(tested: Result<TestVerdict, Trouble>) -> Self {
        match tested {
            Ok(verdict) if verdict.is_refusal() => Self::Refused(verdict.words),
            Ok(verdict) if verdict.last.is_some() => Self::Works,
            Ok(verdict) => Self::NotTold(verdict.words),
            Err(Trouble { kind: FailureKind::Temporary(_), why, .. }) => Self::NotTold(why),
            Err(trouble) => Self::NotAsked(trouble.why),
        }
    }
}

/// Asks about each token of `rows` that has not ended and whose provider can be asked, `jobs` at a time.
///
/// # Errors
/// When there is no runtime, or a signal wants the end.
pub(super) fn of(
    services: &Arc<Services>,
    model: &Model,
    rows: &[(StoreId, &Row)],
    jobs: usize,
) -> Result<Answers> {
    let now = services.clock.now().wall;
    let asked = rows.iter().filter_map(|(_, row)| match row {
        Row::Profile(profile) => {
            // A token that has ended is refused, and says nothing about the login behind it.
            let is_over = profile.life.expires_at.is_some_and(|end| end <= now);
            (!is_over && can_be_asked(model, profile)).then(|| profile.id.clone())
        }
        Row::Broken(_) => None,
    });
    let asked: Vec<ProfileId> = asked.collect();
    let each = stream::iter(asked).map(|id| async move {
        let tested = token_test::test(services, &id, drop).await;
        (id, Answer::of(tested))
    });
    let all = until_signal(each.buffer_unordered(jobs).collect::<BTreeMap<_, _>>())?;
    let Some(answers) = all else {
        say("stopped before all answers came.");
        return Err(Exit::Failure.into());
    };
    Ok(Answers(answers))
}

fn can_be_asked(model: &Model, profile: &Profile) -> bool {
    let provider = model.provider(profile);
    provider.is_some_and(|provider| matches!(probe::of_profile(provider, profile), Ok(Some(_))))
}
