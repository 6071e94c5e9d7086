//! Clipboard: what was copied, how, and when it is taken back.

use crate::domain::clock::Now;
use crate::domain::trouble::Trouble;
use crate::tui::clipboard_timer::ClipboardTimer;
use crate::tui::message::{ClipboardCleared, Copied, Effect};
use crate::tui::model::Model;
use crate::tui::status::{AskedBy, ReportSubject, StatusMessage, Tone};
use crate::tui::update::status::{report, report_on, report_trouble};

/// Says what was copied, and winds the timer of a secret where the settings want it cleared.
pub(super) fn copied(
    model: &mut Model,
    what: &str,
    copied: Result<Copied, Trouble>,
    now: Now,
) -> Vec<Effect> {
    let clears_after = model.settings.clear_clipboard;
    model.clipboard = None;
    let (text, tone) = match (copied, clears_after) {
        (Err(trouble), _) => {
            report_trouble(model, &trouble);
            return Vec::new();
        }
        (Ok(Copied::NativeSecret), Some(after)) => {
            let timer = ClipboardTimer { what: what.to_owned(), until: now.steady.after(after) };
            let text = timer.words(now.steady);
            report_on(model, ReportSubject::Clipboard, text, Tone::Good, AskedBy::Person);
            model.clipboard = Some(timer);
            return vec![Effect::ClearClipboardAtEnd];
        }
        (Ok(Copied::Native | Copied::NativeSecret), _) => {
            (format!("Copied {what} to the clipboard."), Tone::Good)
        }
        (Ok(Copied::Terminal), Some(_)) => {
            let text = format!("Copied {what} through the terminal (OSC 52), which authtui cannot clear.");
            (text, Tone::Plain)
        }
        (Ok(Copied::Terminal), None) => {
            (format!("Copied {what} through the terminal (OSC 52)."), Tone::Plain)
        }
    };
    report(model, text, tone, AskedBy::Person);
    Vec::new()
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
