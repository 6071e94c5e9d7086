//! Status row: answers to keys at once, results when they come, and the log of both.
//!
//! There is one message at a time, and the last answer wins. News that nobody waits for never takes
//! the place of an answer, and nothing but another failure that of a failure: it stays until the next
//! key. What found no place is counted, and the log has it.

use std::mem;
use std::time::Duration;

use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, ProfileName};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::tui::auto_refresh;
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::status::{
    AskedBy, RefreshEnd, RefreshReport, ReportPlace, ReportSubject, StatusMessage, TaskReport, ToldMessage,
    Tone,
};
use crate::tui::text_layout;

/// How long a message stays that needs no answer.
const MESSAGE_TIME: Duration = Duration::from_secs(6);

/// Answers a key.
pub(super) fn show(model: &mut Model, text: impl Into<String>, tone: Tone, now: Now) {
    let report = TaskReport::new(text, tone, AskedBy::Person);
    remember(model, &report, now);
    place(model, report, now);
}

/// Tells how to go on, which is no news for the log.
pub(super) fn hint(model: &mut Model, text: String, now: Now) {
    place(model, TaskReport::new(text, Tone::Plain, AskedBy::Person), now);
}

/// Takes the message away.
pub(super) fn dismiss(model: &mut Model) {
    model.message = None;
}

/// Takes away what has been said long enough.
pub(super) fn expire(model: &mut Model, now: Now) {
    let is_over = |message: &StatusMessage| message.until.is_some_and(|until| until <= now.steady);
    if model.message.as_ref().is_some_and(is_over) {
        dismiss(model);
    }
}

/// Tells something that happened.
pub(super) fn report(model: &mut Model, text: impl Into<String>, tone: Tone, asked_by: AskedBy) {
    model.reports.push(TaskReport::new(text, tone, asked_by));
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
    let text = match &subject {
        ReportSubject::Profile(id) => with_store(model, id, text),
        ReportSubject::Store(_)
        | ReportSubject::Undo
        | ReportSubject::Clipboard
        | ReportSubject::Batch(_)
        | ReportSubject::Nothing => text,
    };
    model.reports.push(TaskReport::new(text, tone, asked_by).about(subject));
}

/// `text` with the store before the name of `id`, where another one holds that name and would be meant.
fn with_store(model: &Model, id: &ProfileId, text: String) -> String {
    let (name, whole) = (id.name.to_string(), model.overlap.name(id));
    if name == whole { text } else { text.replacen(&name, &whole, 1) }
}

/// Tells what failed though the person asked for it.
pub(super) fn report_trouble(model: &mut Model, trouble: &Trouble) {
    let text = words(model, trouble);
    report(model, text, Tone::Bad, AskedBy::Person);
}

/// Tells refreshes that begin now as one, with those of the same kind that still run.
pub(super) fn begin_batch(model: &mut Model, asked_by: AskedBy, ids: &[ProfileId]) {
    if !ids.is_empty() {
        model.batches.entry(asked_by).or_default().running.extend(ids.iter().cloned());
    }
}

/// Tells how a refresh ended: in its own words, or as one of those it was begun with.
pub(super) fn report_refresh(model: &mut Model, id: &ProfileId, report: RefreshReport) {
    let asked_by = report.alone.asked_by;
    match model.batches.get_mut(&asked_by).filter(|batch| batch.running.contains(id)) {
        None => model.reports.push(report.alone),
        Some(batch) => {
            model.reports.push(TaskReport { place: ReportPlace::Log, ..report.alone.clone() });
            batch.ended.push(report);
            leave_batch(model, id, asked_by);
        }
    }
}

/// Takes a refresh that has ended out of its batch, and tells how far that has come.
pub(super) fn leave_batch(model: &mut Model, id: &ProfileId, asked_by: AskedBy) {
    let log = model.keys.key(Action::Log);
    let Some(batch) = model.batches.get_mut(&asked_by) else { return };
    if !batch.running.remove(id) {
        return;
    }
    let is_over = batch.running.is_empty();
    let report = batch.report(asked_by, &log);
    if is_over {
        model.batches.remove(&asked_by);
    }
    // How far it has come is told only to who waits for it, and where nothing worse stands.
    let is_shown = is_over
        || (asked_by == AskedBy::Person
            && model.message.as_ref().is_none_or(|message| message.report.tone != Tone::Bad));
    model.reports.extend(report.filter(|_| is_shown));
}

/// Tells how the refresh of a profile has failed.
pub(super) fn report_refresh_failure(
    model: &mut Model,
    id: &ProfileId,
    trouble: &Trouble,
    asked_by: AskedBy,
    now: Now,
) {
    let is_temporary = matches!(trouble.kind, FailureKind::Temporary(_));
    let retries =
        model.profile(id).is_some_and(|profile| auto_refresh::planned(model, profile, now).is_some());
    let key = model.keys.key(Action::Refresh);
    // The row counts down to the next try; nobody has to do anything.
    let next = match (is_temporary, retries, asked_by) {
        (false, _, _) => None,
        (true, true, AskedBy::Nobody) => Some(("authtui tries again on its own.".to_owned(), Tone::Warn)),
        (true, true, AskedBy::Person) => {
            Some((format!("authtui tries again on its own; {key} tries now."), Tone::Bad))
        }
        (true, false, AskedBy::Nobody) => Some((format!("Press {key} to try again."), Tone::Warn)),
        (true, false, AskedBy::Person) => Some((format!("Press {key} to try again."), Tone::Bad)),
    };
    let (text, tone) = match next {
        Some((next, tone)) => {
            (format!("{} {next}", text_layout::capital(&trouble.words_without_next())), tone)
        }
        None => (words(model, trouble), Tone::Bad),
    };
    let brief = format!("{}: {}.", id.name, trouble.why);
    let subject = ReportSubject::Profile(id.clone());
    let alone = TaskReport::new(text, tone, asked_by).about(subject).with_event();
    report_refresh(model, id, RefreshReport { end: RefreshEnd::Failed, alone, brief });
}

/// What failed, whether stored tokens are safe, and the key to press.
fn words(model: &Model, trouble: &Trouble) -> String {
    let next = match trouble.kind {
        FailureKind::NeedsLogin => format!("Press {} to log in again.", model.keys.key(Action::LogIn)),
        FailureKind::Temporary(_) | FailureKind::NeedsFix(_) | FailureKind::NothingToDo => {
            return text_layout::capital(&trouble.to_string());
        }
    };
    format!("{} {next}", text_layout::capital(&trouble.words_without_next()))
}

/// Tells what came: in the row where it may stand there, and in the log.
pub(super) fn deliver(model: &mut Model, now: Now) {
    for report in mem::take(&mut model.reports) {
        if report.place != ReportPlace::Row {
            remember(model, &report, now);
        }
        if report.place == ReportPlace::Log || has_result(model, &report) {
            continue;
        }
        match &model.message {
            Some(message) if !gives_way(&message.report, &report) => model.history.unseen += 1,
            Some(_) | None => place(model, report, now),
        }
    }
}

/// Whether the table on the screen says it already.
fn has_result(model: &Model, report: &TaskReport) -> bool {
    let (Screen::Results(_), ReportSubject::Profile(id)) = (&model.screen, &report.subject) else {
        return false;
    };
    model.results.as_ref().is_some_and(|table| table.rows.iter().any(|row| row.id == *id))
}

/// Whether what stands in the row makes room for what comes.
fn gives_way(old: &TaskReport, new: &TaskReport) -> bool {
    let is_same = old.subject != ReportSubject::Nothing && old.subject == new.subject;
    let is_free = match (old.asked_by, new.asked_by) {
        (_, AskedBy::Person) => old.tone != Tone::Bad,
        (AskedBy::Person, AskedBy::Nobody) => false,
        (AskedBy::Nobody, AskedBy::Nobody) => old.tone < Tone::Warn || new.tone >= old.tone,
    };
    is_same || new.tone == Tone::Bad || is_free
}

fn place(model: &mut Model, report: TaskReport, now: Now) {
    let until = (report.tone != Tone::Bad).then(|| now.steady.after(MESSAGE_TIME));
    model.message = Some(StatusMessage { report, until });
}

fn remember(model: &mut Model, report: &TaskReport, now: Now) {
    let TaskReport { tone, has_event, .. } = *report;
    let profile = subject(model, report);
    let text = report.text.clone();
    model.history.push(ToldMessage { at: now.wall, profile, tone, text, has_event });
}

/// The profile that is told of: the one that was meant, or the selected one where it is named.
fn subject(model: &Model, report: &TaskReport) -> Option<ProfileName> {
    match &report.subject {
        ReportSubject::Profile(id) => Some(id.name.clone()),
        ReportSubject::Store(_) | ReportSubject::Undo | ReportSubject::Batch(_) => None,
        ReportSubject::Clipboard | ReportSubject::Nothing => {
            let name = &model.selected_profile()?.id.name;
            report.text.contains(&name.to_string()).then(|| name.clone())
        }
    }
}
