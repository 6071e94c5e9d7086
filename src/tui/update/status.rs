//! Status row: answers to keys at once, results when the row is free.
//!
//! An answer stays until the next key, or goes after a short while. Results that nobody waits for
//! never take its place, and results that come together are summed up.

use std::time::Duration;

use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::tui::model::Model;
use crate::tui::status::{
    AskedBy, MessageOrigin, ReportKind, ReportSubject, StatusMessage, TaskReport, Tone,
};

/// How long a message stays that needs no answer.
const MESSAGE_TIME: Duration = Duration::from_secs(6);
/// The most failures that are told one by one.
const FAILURES_SHOWN: usize = 3;

/// Answers a key; the answer goes after a short while.
pub(super) fn show(model: &mut Model, text: impl Into<String>, tone: Tone, now: Now) {
    dismiss(model);
    let until = Some(now.steady.after(MESSAGE_TIME));
    model.message = Some(StatusMessage { text: text.into(), tone, until, origin: MessageOrigin::Key });
}

/// Takes the message away, and the results that it told.
pub(super) fn dismiss(model: &mut Model) {
    if model.message.take().is_some_and(|message| message.origin == MessageOrigin::Reports) {
        model.reports.clear();
    }
}

/// Takes away what has been said long enough.
pub(super) fn expire(model: &mut Model, now: Now) {
    let is_over = |message: &StatusMessage| message.until.is_some_and(|until| until <= now.steady);
    if model.message.as_ref().is_some_and(is_over) {
        dismiss(model);
    }
}

/// Tells a result as soon as the row is free. Of one profile the last result counts, and what the
/// person waits for stands without news beside it.
pub(super) fn push_report(model: &mut Model, report: TaskReport) {
    let is_same = |old: &TaskReport| old.subject != ReportSubject::Nothing && old.subject == report.subject;
    let gives_way = |old: &TaskReport| {
        report.asked_by == AskedBy::Person && old.asked_by == AskedBy::Nobody && old.tone != Tone::Bad
    };
    model.reports.retain(|old| old.text != report.text && !is_same(old) && !gives_way(old));
    model.reports.push(report);
}

/// Tells something that happened.
pub(super) fn report(model: &mut Model, text: impl Into<String>, tone: Tone, asked_by: AskedBy) {
    report_on(model, ReportSubject::Nothing, text.into(), tone, asked_by);
}

/// Tells how something ended that the person asked for a profile.
pub(super) fn report_profile(model: &mut Model, id: &ProfileId, text: String, tone: Tone) {
    report_on(model, ReportSubject::Profile(id.clone()), text, tone, AskedBy::Person);
}

/// Tells the state of something.
pub(super) fn report_on(
    model: &mut Model,
    subject: ReportSubject,
    text: String,
    tone: Tone,
    asked_by: AskedBy,
) {
    push_report(
        model,
        TaskReport { subject, asked_by, kind: ReportKind::Other, text, brief: String::new(), tone },
    );
}

/// Tells what failed though the person asked for it.
pub(super) fn report_trouble(model: &mut Model, trouble: &Trouble) {
    report(model, words(trouble), Tone::Bad, AskedBy::Person);
}

/// Tells how the refresh of a profile has failed.
pub(super) fn report_refresh_failure(
    model: &mut Model,
    id: &ProfileId,
    trouble: &Trouble,
    asked_by: AskedBy,
) {
    let retries = matches!(trouble.kind, FailureKind::Temporary(_)) && asked_by == AskedBy::Nobody;
    let text = match trouble.kind {
        FailureKind::Temporary(_) if retries => {
            format!("{} authtui tries again on its own.", trouble.words_without_next())
        }
        FailureKind::NeedsLogin
        | FailureKind::Temporary(_)
        | FailureKind::NeedsFix(_)
        | FailureKind::NothingToDo => words(trouble),
    };
    // The row counts down to the next try; nobody has to do anything.
    let tone = if retries { Tone::Warn } else { Tone::Bad };
    let (subject, brief) = (ReportSubject::Profile(id.clone()), format!("{}: {}.", id.name, trouble.why));
    push_report(model, TaskReport { subject, asked_by, kind: ReportKind::RefreshFailed, text, brief, tone });
}

/// What failed, whether stored tokens are safe, and the key to press.
fn words(trouble: &Trouble) -> String {
    match trouble.kind {
        FailureKind::NeedsLogin => {
            format!("{} Press l to log in again.", trouble.words_without_next())
        }
        FailureKind::Temporary(_) | FailureKind::NeedsFix(_) | FailureKind::NothingToDo => {
            trouble.to_string()
        }
    }
}

/// Shows the results where nothing that is more important stands there: an error, or an answer to a
/// key while nobody waits for them.
pub(super) fn deliver(model: &mut Model, now: Now) {
    let is_free = match &model.message {
        Some(StatusMessage { origin: MessageOrigin::Key, until, .. }) => {
            until.is_some() && model.reports.iter().any(|report| report.asked_by == AskedBy::Person)
        }
        Some(StatusMessage { origin: MessageOrigin::Reports, .. }) | None => true,
    };
    if model.reports.is_empty() || !is_free {
        return;
    }
    let text = summary(model);
    if model.message.as_ref().is_some_and(|message| message.text == text) {
        return;
    }
    let tone = model.reports.iter().map(|report| report.tone).max().unwrap_or(Tone::Good);
    let until = (tone != Tone::Bad).then(|| now.steady.after(MESSAGE_TIME));
    model.message = Some(StatusMessage { text, tone, until, origin: MessageOrigin::Reports });
}

/// One result in its own words, several refreshes by their numbers and what is to be known of each.
fn summary(model: &Model) -> String {
    let (others, refreshes): (Vec<&TaskReport>, Vec<&TaskReport>) =
        model.reports.iter().partition(|report| report.kind == ReportKind::Other);
    // An error stands alone: what is only good to know is seen in the list.
    let worst = model.reports.iter().map(|report| report.tone).max();
    let is_told = |report: &&TaskReport| worst != Some(Tone::Bad) || report.tone == Tone::Bad;
    let mut texts: Vec<String> =
        others.into_iter().filter(is_told).map(|report| report.text.clone()).collect();
    match refreshes.as_slice() {
        [] => {}
        [one] => texts.push(one.text.clone()),
        many => {
            let ended = |kind| many.iter().filter(|report| report.kind == kind).count();
            let running = model.refreshing().filter(|(_, asked_by)| *asked_by == AskedBy::Person).count();
            let counts = [
                (ended(ReportKind::Refreshed), "refreshed"),
                (ended(ReportKind::RefreshFailed), "failed"),
                (running, "running"),
            ];
            let counts = counts.into_iter().filter(|(count, _)| *count > 0);
            let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
            texts.push(format!("{}.", counts.join(", ")));
            let briefs: Vec<&str> =
                many.iter().map(|report| report.brief.as_str()).filter(|brief| !brief.is_empty()).collect();
            texts.extend(briefs.iter().take(FAILURES_SHOWN).map(|brief| (*brief).to_owned()));
            if briefs.len() > FAILURES_SHOWN {
                texts.push(format!("L shows {} more.", briefs.len() - FAILURES_SHOWN));
            }
        }
    }
    texts.join(" ")
}
