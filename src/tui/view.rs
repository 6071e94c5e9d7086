//! Screen as it is drawn: header, what is looked at, message, and keys.
//!
//! Everything is drawn from the model and `now` alone, on every frame anew. A part of the screen
//! is a file with one function, `render`; no part knows another.

mod copy;
mod dialog;
mod empty;
pub(super) mod everything;
pub(super) mod exchanges;
mod filter_hint;
mod footer;
mod header;
pub(super) mod help;
mod log;
pub(super) mod login;
mod message;
mod palette;
pub(super) mod pane;
mod passphrase;
mod profiles;
mod results;
mod reveal;
mod scopes;
mod settings;
mod timeline;
mod tour;
mod wizard;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::widgets::Paragraph;

use crate::domain::clock::Now;
use crate::tui::layout::{self, Parts};
use crate::tui::model::Model;
use crate::tui::screen::{Panel, Screen};
use crate::tui::screen_map::{MouseTarget, ScreenMap};
use crate::tui::theme::{self, Letters, Shape, Theme};
use crate::tui::wizard::Page;
use crate::tui::{rows, text_layout};

/// What every part of the screen is drawn from.
#[derive(Debug, Clone, Copy)]
struct ViewContext<'a> {
    model: &'a Model,
    theme: &'a Theme,
    now: Now,
    map: &'a ScreenMap,
}

/// Draws the model.
///
/// ```text
/// authtui  ✗ 1 needs login  ○ 1 due   next: demo/ben refreshes in 3m  12:04       header
/// ╭ Profiles 7 · by urgency ─────────────╮╭ demo/emil ──────────────────────╮
/// │   NEEDS YOU 1 ────── token ─── login ││ ✗ Needs login                   │   profiles | pane
/// │ ▌ ✗ demo/emil  needs login  l log in ││ The provider ended this login.  │   above them: dialog,
/// │   SOON 1 ─────────────────────────── ││   l  log in again               │   copy, wizard, scopes;
/// │   ○ demo/home          due        6d ││ ─────────────────────────────── │   in their place: timeline,
/// ╰──────────────────────────────────────╯╰─────────────────────────────────╯   login, help, log, empty
/// 3/6  Press r on demo/home to refresh it: it is due.   N skip                   tour (demo)
/// ✓ demo/work refreshed.                                       L log · 2 new     message
/// l log in   x sign out                     │  n new   / filter   ? help         footer
/// ```
pub fn view(frame: &mut Frame<'_>, model: &Model, theme: &Theme, now: Now) {
    view_with_map(frame, model, theme, now, &ScreenMap::default());
}

/// Draws the model, and writes down in `map` what lies where.
pub fn view_with_map(frame: &mut Frame<'_>, model: &Model, theme: &Theme, now: Now, map: &ScreenMap) {
    // The frame's own area is that of a terminal which may have no buffer of its own.
    let area = frame.buffer_mut().area;
    let view = ViewContext { model, theme, now, map };
    match (layout::parts(model, (area.width, area.height)), model.screen.dialog()) {
        (Some(parts), _) => {
            header::render(frame, parts.header, view);
            screen(frame, &parts, &model.screen, view);
            tour::render(frame, parts.tour, view);
            message::render(frame, parts.message, model, theme);
            filter_hint::render(frame, parts.message, model, theme);
            footer::render(frame, &parts, view);
        }
        (None, Some(question)) => dialog::render(frame, area, question, view),
        (None, None) => too_small(frame, area),
    }
    if model.screen.key_context().is_none() {
        map.leave_cursor();
    }
    // A screen reader follows the cursor; others see the selected row.
    if theme.glyphs.shape == Shape::Words
        && let Some(place) = map.cursor()
    {
        frame.set_cursor_position(place);
    }
    theme::lay_ground(frame.buffer_mut(), theme.ground);
    theme::settle_clusters(frame.buffer_mut());
    let reads_names = theme.glyphs.shape == Shape::Words && model.terminal.letters == Letters::Unicode;
    if theme.glyphs.letters == Letters::Ascii && !reads_names {
        theme::fold(frame.buffer_mut());
    }
}

fn screen(frame: &mut Frame<'_>, parts: &Parts, looked_at: &Screen, view: ViewContext<'_>) {
    let ViewContext { model, .. } = view;
    let body = parts.body;
    match looked_at {
        Screen::Palette(palette, below) => {
            screen(frame, parts, below, view);
            view.map.cover();
            palette::render(frame, body, palette, view);
        }
        Screen::List
        | Screen::Filter(_)
        | Screen::Renaming(..)
        | Screen::Noting(..)
        | Screen::Passphrase(_)
        | Screen::Copy
        | Screen::Dialog(_)
        | Screen::Results(_)
        | Screen::Wizard(_) => {
            list(frame, parts, view);
        }
        Screen::Reveal(..) => list(frame, parts, view),
        Screen::Pane if parts.pane.is_some() => list(frame, parts, view),
        Screen::Pane => {
            view.map.put(body, MouseTarget::Pane);
            pane::render(frame, body, view);
        }
        Screen::Everything if model.selected_profile().is_none() => list(frame, parts, view),
        Screen::Everything => {
            view.map.put(body, MouseTarget::Page);
            everything::render(frame, body, view);
        }
        Screen::Login(Panel::Exchanges(from)) => {
            if let Some(login) = &model.login {
                let title = format!("Log in to {}", login.plan().id.name);
                exchanges::render(frame, body, &title, (login.transcript(), *from), view.theme);
            }
        }
        Screen::Login(panel) => login::render(frame, body, panel, view),
        Screen::Settings(marked) => settings::render(frame, body, *marked, view),
        Screen::Log(page) => {
            view.map.put(body, MouseTarget::Page);
            log::render(frame, body, page, view);
        }
        Screen::Help(search, below) => {
            view.map.put(body, MouseTarget::Page);
            help::render(frame, body, (search, below), view);
        }
    }
    above(frame, body, view);
}

/// What lies above the screen: a question, or a form.
fn above(frame: &mut Frame<'_>, body: Rect, view: ViewContext<'_>) {
    let ViewContext { model, .. } = view;
    let is_panel = matches!(
        model.screen,
        Screen::Login(Panel::Steps | Panel::Qr | Panel::Pasting(_) | Panel::Naming(_))
    );
    let is_palette = matches!(model.screen, Screen::Palette(..));
    if model.screen.is_form() && !is_panel && !is_palette {
        view.map.cover();
    }
    if let Some(question) = model.screen.dialog() {
        dialog::render(frame, body, question, view);
    } else if let Screen::Wizard(wizard) = &model.screen {
        match &wizard.page {
            Page::Scopes(picker) => scopes::render(frame, body, wizard, picker, view),
            Page::Server(server) if let Some(from) = server.exchanges => {
                let title = format!("Log in at {}", server.host());
                let shown = (server.discovery.transcript(), from);
                exchanges::render(frame, body, &title, shown, view.theme);
            }
            Page::Provider(_)
            | Page::Server(_)
            | Page::Choice(..)
            | Page::Text(..)
            | Page::Key(_)
            | Page::Form(_)
            | Page::Notice
            | Page::Ready => {
                wizard::render(frame, body, wizard, view);
            }
        }
    } else if let Screen::Passphrase(form) = &model.screen {
        passphrase::render(frame, body, form, view);
    } else if let Screen::Results(place) = model.screen {
        results::render(frame, body, place, view);
    } else if let Screen::Reveal(reveal, _) = &model.screen {
        reveal::render(frame, body, reveal, view);
    } else if model.screen == Screen::Copy {
        copy::render(frame, body, view);
    }
}

fn list(frame: &mut Frame<'_>, parts: &Parts, view: ViewContext<'_>) {
    let model = view.model;
    let is_empty = !model.stores.is_empty() && rows::all(model).next().is_none();
    if is_empty {
        let mut files = model.stores.values().filter(|snapshot| snapshot.store.may_be_written());
        return match files.all(|snapshot| snapshot.writable.is_ok()) {
            true => empty::render(frame, parts.body, model, view.theme),
            false => profiles::render(frame, parts.body, view),
        };
    }
    if let Some(timeline) = model.timeline.filter(|_| model.screen != Screen::Pane) {
        return timeline::render(frame, parts.body, timeline, view);
    }
    view.map.put(parts.list, MouseTarget::List);
    // What has the focus is drawn last: the side that both share is drawn for it.
    let is_pane_first = model.screen != Screen::Pane;
    if !is_pane_first {
        profiles::render(frame, parts.list, view);
    }
    if let Some(area) = parts.pane {
        view.map.put(area, MouseTarget::Pane);
        pane::render(frame, area, view);
    }
    if is_pane_first {
        profiles::render(frame, parts.list, view);
    }
}

fn too_small(frame: &mut Frame<'_>, area: Rect) {
    let (width, height) = layout::SMALLEST;
    let sentence = format!("authtui needs {width}×{height}; this is {}×{}", area.width, area.height);
    frame.render_widget(Paragraph::new(text_layout::wrap(&sentence, area.width).join("\n")), area);
}
