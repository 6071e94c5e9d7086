//! Finding of a check: a profile that needs somebody, why, and the command that helps.

use serde::Serialize;

use crate::cli::check::answers::{Answer, Answers};
use crate::cli::exit::Exit;
use crate::cli::output;
use crate::cli::remedy;
use crate::domain::change::{BrokenRow, Row};
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, rfc3339};
use crate::domain::countdown::countdown;
use crate::domain::name::StoreId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::text;
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::{standing, urgency};

/// The longest reason, in characters.
const REASON_LIMIT: usize = 200;
/// Columns before the further lines of a long one, on a terminal.
const INDENT: u16 = 2;

/// What scripts read.
#[derive(Debug, Serialize)]
pub(super) struct CheckReport {
    pub(super) version: u32,
    pub(super) checked: usize,
    pub(super) profiles: Vec<CheckFinding>,
}

/// What is not known is null.
#[derive(Debug, Serialize)]
pub(super) struct CheckFinding {
    profile: String,
    need: &'static str,
    why: String,
    ends_at: Option<String>,
    command: Option<String>,
    #[serde(skip)]
    exit: Exit,
}

impl CheckReport {
    /// A line for each profile that needs somebody; on a terminal broken between words at its `width`.
    pub(super) fn text(&self, width: Option<u16>) -> String {
        let line = |finding: &CheckFinding| {
            let next =
                finding.command.as_ref().map_or_else(|| ".".to_owned(), |next| format!(". Next: {next}"));
            let line = format!("{} {}{next}", finding.profile, finding.why);
            width.map_or_else(|| line.clone(), |width| output::folded(&line, width, INDENT)) + "\n"
        };
        self.profiles.iter().map(line).collect()
    }

    /// The number for the whole: a login that is needed comes before anything else that is, and that
    /// before what may pass. A store that cannot be read or written `is_faulty`.
    pub(super) fn exit(&self, is_faulty: bool) -> Exit {
        let has = |exit: Exit| self.profiles.iter().any(|finding| finding.exit == exit);
        match () {
            () if has(Exit::NeedsLogin) => Exit::NeedsLogin,
            () if has(Exit::Failure) || is_faulty => Exit::Failure,
            () if has(Exit::Temporary) => Exit::Temporary,
            () => Exit::Done,
        }
    }
}

impl CheckFinding {
    /// What `row` needs, if anything; what a provider answered counts more than what is stored.
    pub(super) fn of(
        model: &Model,
        (store, row): (StoreId, &Row),
        within: Option<TimeDelta>,
        answers: &Answers,
        now: Now,
    ) -> Option<Self> {
        let need = standing::need_within(model, row, within, now);
        let profile = match row {
            Row::Profile(profile) => profile,
            Row::Broken(broken) => {
                let BrokenRow { name, why, .. } = &**broken;
                let word = word(need)?;
                let words = format!("is {}: {}", word.replace('_', " "), text::clean(why, REASON_LIMIT));
                let command = remedy::of(model, store, row, now);
                let profile = text::clean(name, REASON_LIMIT);
                return Some(Self {
                    profile,
                    need: word,
                    why: words,
                    ends_at: None,
                    command,
                    exit: Exit::Failure,
                });
            }
        };
        match answers.get(&profile.id) {
            Some(Answer::Refused(said)) => {
                return Some(Self::refused(
                    model,
                    profile,
                    format!("was refused by its provider ({said})"),
                    now,
                ));
            }
            Some(Answer::Works) if need == Need::Refused => return None,
            Some(Answer::NotTold(why)) if word(need).is_none() => {
                return Some(Self::not_told(profile, why, Exit::Temporary));
            }
            Some(Answer::NotAsked(why)) if word(need).is_none() => {
                return Some(Self::not_told(profile, why, Exit::Failure));
            }
            Some(Answer::Works | Answer::NotTold(_) | Answer::NotAsked(_)) | None => {}
        }
        if need == Need::Refused {
            return Some(Self::refused(
                model,
                profile,
                "was refused by its provider at the last test".to_owned(),
                now,
            ));
        }
        Self::by_need(model, profile, need, now)
    }

    fn by_need(model: &Model, profile: &Profile, need: Need, now: Now) -> Option<Self> {
        let (end, name) = (standing::ends_at(model, profile, now.wall), profile.id.exact());
        let login = || login_command(model, profile);
        let (why, command, exit) = match need {
            Need::Login => ("needs a login".to_owned(), login(), Exit::NeedsLogin),
            Need::NewKey => ("has an expired key".to_owned(), login(), Exit::NeedsLogin),
            Need::LoginEnds => {
                (format!("has a login that expires{}", left(end, now)), login(), Exit::NeedsLogin)
            }
            Need::TokenEnds => {
                let what = if profile.kind == Kind::ApiKey { "key" } else { "token" };
                (
                    format!("has a {what} that expires{} and cannot be refreshed", left(end, now)),
                    login(),
                    Exit::NeedsLogin,
                )
            }
            Need::Failed | Need::NotSaved => {
                ("could not be refreshed".to_owned(), Some(format!("authtui refresh {name}")), Exit::Failure)
            }
            Need::Retrying => (
                "could not be refreshed (temporary failure)".to_owned(),
                Some(format!("authtui refresh {name}")),
                Exit::Temporary,
            ),
            Need::Refused
            | Need::Unreadable
            | Need::Locked
            | Need::Expiring
            | Need::Due
            | Need::Nothing
            | Need::SignedOut => return None,
        };
        Some(Self { profile: name, need: word(need)?, why, ends_at: end.map(rfc3339), command, exit })
    }

    /// A refusal, which another token may end.
    fn refused(model: &Model, profile: &Profile, why: String, now: Now) -> Self {
        let name = profile.id.exact();
        let (command, exit) = match profile.kind {
            Kind::OAuth if standing::is_refreshed(model, profile, now.wall) => {
                (Some(format!("authtui refresh {name}")), Exit::Failure)
            }
            Kind::OAuth | Kind::ApiKey => (login_command(model, profile), Exit::NeedsLogin),
            Kind::Environment => (None, Exit::Failure),
        };
        let need = word(Need::Refused).unwrap_or_default();
        Self { profile: name, need, why, ends_at: None, command, exit }
    }

    fn not_told(profile: &Profile, why: &str, exit: Exit) -> Self {
        let why = format!("could not be tested: {}", text::clean(why, REASON_LIMIT));
        Self { profile: profile.id.exact(), need: "not_tested", why, ends_at: None, command: None, exit }
    }
}

/// The command that logs in again, where there is a way.
fn login_command(model: &Model, profile: &Profile) -> Option<String> {
    let can = profile.kind == Kind::ApiKey || urgency::can_log_in(model, profile);
    can.then(|| remedy::login(&profile.id.exact(), profile.kind))
}

fn left(end: Option<DateTime<Utc>>, now: Now) -> String {
    end.map_or_else(String::new, |end| format!(" in {}", countdown(end - now.wall).0))
}

/// A need of somebody as scripts read it.
fn word(need: Need) -> Option<&'static str> {
    Some(match need {
        Need::Login => "login",
        Need::NewKey => "new_key",
        Need::Refused => "refused",
        Need::Unreadable => "unreadable",
        Need::Locked => "locked",
        Need::NotSaved => "not_saved",
        Need::Failed => "failed",
        Need::LoginEnds => "login_ends",
        Need::TokenEnds => "token_ends",
        Need::Retrying => "retrying",
        Need::Expiring | Need::Due | Need::Nothing | Need::SignedOut => return None,
    })
}
