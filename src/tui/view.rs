//! The screen: header, what is looked at, what was last said, and the keys.
//!
//! Everything is drawn from the model and `now` alone, on every frame anew. A part of the screen
//! is a file with one function, `render`; no part knows another.

mod copy;
mod detail;
mod dialog;
mod empty;
mod events;
mod footer;
mod header;
mod help;
mod login;
mod message;
mod profiles;
mod scopes;
mod wizard;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Paragraph;

use crate::domain::clock::Now;
use crate::tui::layout::{self, Parts};
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::theme::{self, Letters, Theme};
use crate::tui::wizard::Page;
use crate::tui::{prose, rows};

/// Draws the model.
pub fn view(frame: &mut Frame<'_>, model: &Model, theme: &Theme, now: Now) {
    let area = frame.area();
    match layout::parts(model, (area.width, area.height)) {
        Some(parts) => {
            header::render(frame, parts.header, model, theme, now);
            screen(frame, &parts, &model.screen, model, theme, now);
            message::render(frame, parts.message, model, theme);
            footer::render(frame, parts.footer, model, theme, now);
        }
        None => match model.screen.dialog() {
            Some(question) => dialog::render(frame, area, question, model, theme, now),
            None => too_small(frame, area),
        },
    }
    theme::replace_doubtful(frame.buffer_mut());
    if theme.glyphs.letters == Letters::Ascii {
        theme::fold(frame.buffer_mut());
    }
}

fn screen(frame: &mut Frame<'_>, parts: &Parts, screen: &Screen, model: &Model, theme: &Theme, now: Now) {
    match screen {
        Screen::List | Screen::Filter(_) => list(frame, parts, model, theme, now),
        Screen::Detail => detail::render(frame, parts.body, model, theme, now),
        Screen::Copy => {
            list(frame, parts, model, theme, now);
            copy::render(frame, parts.body, model, theme);
        }
        Screen::Dialog(question) => {
            list(frame, parts, model, theme, now);
            dialog::render(frame, parts.body, question, model, theme, now);
        }
        Screen::Wizard(wizard) => {
            list(frame, parts, model, theme, now);
            if let Page::Scopes(picker) = &wizard.page {
                scopes::render(frame, parts.body, wizard, picker, theme);
            } else {
                wizard::render(frame, parts.body, wizard, model, theme);
            }
        }
        Screen::Login(panel) => {
            login::render(frame, parts.body, panel, model, theme, now);
            if let Some(question) = screen.dialog() {
                dialog::render(frame, parts.body, question, model, theme, now);
            }
        }
        Screen::Events(scrolled) => events::render(frame, parts.body, *scrolled, model, theme, now),
        Screen::Help(scrolled, _) => help::render(frame, parts.body, *scrolled, theme),
    }
}

fn list(frame: &mut Frame<'_>, parts: &Parts, model: &Model, theme: &Theme, now: Now) {
    let read = !model.stores.is_empty();
    if read && rows::all(model).next().is_none() {
        let mut files = model.stores.values().filter(|snapshot| snapshot.store.is_file());
        let writable = files.all(|snapshot| snapshot.writable.is_ok());
        return match writable {
            true => empty::render(frame, parts.body, model, theme),
            false => profiles::render(frame, parts.body, model, theme, now),
        };
    }
    profiles::render(frame, parts.list, model, theme, now);
    if let Some(area) = parts.detail {
        detail::render(frame, area, model, theme, now);
    }
}

fn too_small(frame: &mut Frame<'_>, area: Rect) {
    let (width, height) = layout::SMALLEST;
    let sentence = format!("authtui needs {width}×{height}; this is {}×{}", area.width, area.height);
    frame.render_widget(Paragraph::new(prose::wrap(&sentence, area.width).join("\n")), area);
}
