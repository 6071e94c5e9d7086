//! Clipboard: what was copied, how, and when it is taken back.

use crate::domain::clock::Now;
use crate::domain::countdown::countdown;
use crate::domain::trouble::Trouble;
use crate::tui::clipboard_timer::ClipboardTimer;
use crate::tui::message::{Action, ClipboardCleared, Copied, CopySource, Effect, Form};
use crate::tui::model::Model;
use crate::tui::status::{AskedBy, ReportSubject, StatusMessage, Tone};
use crate::tui::update::status::{report, report_on, report_trouble};
use crate::tui::urgency::can_log_in;

/// Says what was copied, and winds the timer of a secret where the settings want it cleared.
pub(super) fn copied(
    model: &mut Model,
    source: &CopySource,
    copied: Result<Copied, Trouble>,
    now: Now,
) -> Vec<Effect> {
    let clears_after = model.settings.clear_clipboard;
    model.clipboard = None;
    let (what, fault) = (source.words(), fault(model, source, now).unwrap_or_default());
    let tone = |usual| if fault.is_empty() { usual } else { Tone::Warn };
    let (text, tone) = match (copied, clears_after) {
        (Err(trouble), _) => {
            report_trouble(model, &trouble);
            return Vec::new();
        }
        (Ok(Copied::NativeSecret), Some(after)) => {
            let tone = tone(Tone::Good);
            let timer = ClipboardTimer { what, fault, until: now.steady.after(after) };
            let text = timer.words(now.steady);
            report_on(model, ReportSubject::Clipboard, text, tone, AskedBy::Person);
            model.clipboard = Some(timer);
            return vec![Effect::ClearClipboardAtEnd];
        }
        (Ok(Copied::Native | Copied::NativeSecret), _) => {
            (format!("Copied {what} to the clipboard."), tone(Tone::Good))
        }
        (Ok(Copied::Terminal), Some(_)) => {
            let text = format!("Copied {what} through the terminal (OSC 52), which authtui cannot clear.");
            (text, tone(Tone::Plain))
        }
        (Ok(Copied::Terminal), None) => {
            (format!("Copied {what} through the terminal (OSC 52)."), tone(Tone::Plain))
        }
    };
    report(model, format!("{text} {fault}").trim_end(), tone, AskedBy::Person);
    Vec::new()
}

/// Why a request with what was copied would fail, and the key that helps; nothing where it may work.
fn fault(model: &Model, source: &CopySource, now: Now) -> Option<String> {
    let CopySource::Profile(id, Form::Token | Form::Header | Form::Curl | Form::Export) = source else {
        return None;
    };
    let profile = model.profile(id)?;
    let end = profile.life.expires_at.filter(|end| *end <= now.wall)?;
    let expired = format!("The token expired {} ago", countdown(now.wall - end).0);
    Some(match model.refreshability(profile, now.wall) {
        Ok(_) => format!("{expired}; {} refreshes it.", model.keys.key(Action::Refresh)),
        Err(_) if can_log_in(model, profile) => {
            format!("{expired}; {} logs in again.", model.keys.key(Action::LogIn))
        }
        Err(_) => format!("{expired}."),
    })
}

/// Counts down in the message, as long as it is the one that is shown, and clears at the end.
pub(super) fn tick(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(timer) = model.clipboard.clone() else { return Vec::new() };
    let is_said = |message: &StatusMessage| message.report.subject == ReportSubject::Clipboard;
    if timer.until <= now.steady {
        model.clipboard = None;
        if model.message.as_ref().is_some_and(is_said) {
            model.message = None;
        }
        return vec![Effect::ClearClipboard];
    }
    if let Some(message) = model.message.as_mut().filter(|message| is_said(message)) {
        message.report.text = timer.words(now.steady);
        message.until = Some(timer.until);
    }
    Vec::new()
}

/// Says what became of the clipboard; that another copy stays is as it was said.
pub(super) fn cleared(model: &mut Model, cleared: ClipboardCleared) {
    match cleared {
        ClipboardCleared::Done => report(model, "Clipboard cleared.", Tone::Plain, AskedBy::Nobody),
        ClipboardCleared::HoldsAnother => {}
        ClipboardCleared::Unreadable => {
            let text = "The clipboard cannot be read, so the copy was not cleared.";
            report(model, text, Tone::Warn, AskedBy::Nobody);
        }
    }
}
