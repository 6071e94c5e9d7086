//! The last row: the keys that mean something here, or the filter.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::clock::Now;
use crate::oauth::login::{Door, Login, Outcome, Stage};
use crate::tui::field::Field;
use crate::tui::front_door::FrontDoor;
use crate::tui::keymap::{BINDINGS, Binding, Place, Said};
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::screen::{Panel, Screen};
use crate::tui::theme::{Letters, Theme};
use crate::tui::wizard::picker::List;
use crate::tui::wizard::{Page, Wizard, Work};
use crate::tui::{entry, layout, pane, prose, rows};

/// Keys of a text field, which are no actions.
const TYPING: [(&str, &str); 2] = [("Enter", "go on"), ("Esc", "back")];
/// Keys of a file that is shown before it is saved.
const SAVING: [(&str, &str); 3] = [("Enter", "save and log in"), ("↑↓", "scroll"), ("Esc", "back")];
/// Keys of the help.
const SCROLLING: [(&str, &str); 4] = [("↓", "down"), ("↑", "up"), ("PgDn", "a screenful"), ("Esc", "back")];
/// Keys of a QR code that is shown alone.
const SCANNING: [(&str, &str); 3] = [("Esc", "back to the steps"), ("c", "copy link"), ("t", "plain URL")];
/// Keys of a login that has ended.
const CLOSING: [(&str, &str); 1] = [("Enter", "close")];
/// Keys of a login that has ended without tokens.
const FAILED: [(&str, &str); 2] = [("l", "try again"), ("Enter", "close")];

/// A key and what it does.
struct Item {
    key: String,
    /// What it does, where that is an action.
    action: Option<Action>,
    hint: &'static str,
    /// The hint where room is short.
    brief: &'static str,
    /// Whether it stays though others must go.
    kept: bool,
}

/// Draws the footer.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme, now: Now) {
    let area = pane::inset(area, 1);
    let items = match &model.screen {
        Screen::Filter(field) => return filtering(frame, area, field, model, theme, now),
        Screen::List if !model.stores.is_empty() && rows::all(model).next().is_none() => first(),
        Screen::List => {
            let area = note(frame, area, model, theme, now);
            return keys(frame, area, &of(Place::Profiles), theme);
        }
        Screen::Detail => {
            let area = note(frame, area, model, theme, now);
            let back = Item {
                key: "Esc".to_owned(),
                action: Some(Action::Back),
                hint: "back",
                brief: "back",
                kept: true,
            };
            let items: Vec<Item> = [back].into_iter().chain(of(Place::Profiles)).collect();
            return keys(frame, area, &items, theme);
        }
        // The chooser itself names its keys, as far as the profile has something to copy.
        Screen::Copy => only(Place::Copy, |action| action == Action::Back),
        Screen::Dialog(dialog) | Screen::Login(Panel::Cancelling(dialog) | Panel::Deciding(dialog)) => {
            let columns = layout::question_columns(frame.area().width);
            choices(Place::Choices, if dialog.is_in_a_row(columns) { "←→" } else { "↑↓" })
        }
        Screen::Wizard(wizard) => wizard_keys(wizard),
        Screen::Login(Panel::Pasting(_)) => said(&TYPING),
        Screen::Login(Panel::Qr) => said(&SCANNING),
        Screen::Login(Panel::Steps) => login(model, theme),
        Screen::Help(..) | Screen::Events(_) => said(&SCROLLING),
    };
    keys(frame, area, &items, theme);
}

fn wizard_keys(wizard: &Wizard) -> Vec<Item> {
    if wizard.work == Work::Saving {
        return Vec::new();
    }
    match &wizard.page {
        Page::Choice(..) => choices(Place::Lists, "↑↓"),
        Page::Preview(_) => said(&SAVING),
        Page::Scopes(picker) if picker.typing.is_none() => {
            let again = matches!(picker.list, List::Failed(_) | List::Here { .. });
            only(Place::Scopes, |action| again || action != Action::ListScopes)
        }
        Page::Scopes(_) | Page::Text(..) | Page::Notice | Page::Ready => said(&TYPING),
    }
}

/// The keys that mean something while there are no profiles.
fn first() -> Vec<Item> {
    only(Place::Profiles, |action| matches!(action, Action::NewLogin | Action::Help | Action::Quit))
}

/// The keys of a login, as far as they mean something at its stage and for the door it shows.
fn login(model: &Model, theme: &Theme) -> Vec<Item> {
    match model.login.as_ref().map(Login::stage) {
        Some(Stage::Waiting(_)) => match FrontDoor::of(model) {
            Some(front) => waiting(&front, theme),
            None => of(Place::Login),
        },
        Some(Stage::Over(Outcome::Done(_))) | None => said(&CLOSING),
        Some(Stage::Over(_)) => said(&FAILED),
        Some(
            Stage::Opening(_)
            | Stage::Exchanging(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..),
        ) => only(Place::Login, |action| matches!(action, Action::Back | Action::Help)),
    }
}

fn waiting(front: &FrontDoor<'_>, theme: &Theme) -> Vec<Item> {
    // An authorization URL is seldom short enough to be scanned; the key tells.
    let scans =
        front.device().is_some() && !front.scannable().is_empty() && theme.glyphs.letters == Letters::Unicode;
    let idle = [
        (Action::OpenAgain, front.address().is_none()),
        (Action::CopyLink, front.copied().is_none()),
        (Action::Paste, !front.takes_paste()),
        (Action::SwitchDoor, front.other().is_none()),
        (Action::CopyUserCode, front.door != Door::Device || front.user_code().is_none()),
        (Action::ShowQr, !scans),
    ];
    let mut items = only(Place::Login, |action| !idle.contains(&(action, true)));
    for item in &mut items {
        (item.hint, item.brief) = match item.action {
            Some(Action::SwitchDoor) if front.door == Door::Device => ("other way", "back"),
            Some(Action::SwitchDoor) => ("device code", "device"),
            Some(Action::CopyLink) if front.doors.curl.is_some() => ("copy curl line", "copy"),
            Some(Action::PlainUrl) if front.doors.curl.is_some() => ("plain line", "plain"),
            Some(_) | None => (item.hint, item.brief),
        };
    }
    items
}

fn said(keys: &[(&str, &'static str)]) -> Vec<Item> {
    keys.iter()
        .map(|(key, hint)| {
            let kept = matches!(*key, "Enter" | "Esc");
            Item { key: (*key).to_owned(), action: None, hint, brief: hint, kept }
        })
        .collect()
}

/// What the table of keys says of a place.
fn of(place: Place) -> Vec<Item> {
    only(place, |_| true)
}

/// The keys of a question or a list; `arrows` go from one choice to the next.
fn choices(place: Place, arrows: &str) -> Vec<Item> {
    let mut items = of(place);
    for item in items.iter_mut().filter(|item| matches!(item.action, Some(Action::Move(_)))) {
        arrows.clone_into(&mut item.key);
    }
    items
}

/// What the table of keys says of a place, where the action is among the `wanted`; the help
/// wherever it can be had.
fn only(place: Place, wanted: impl Fn(Action) -> bool) -> Vec<Item> {
    let said = |binding: &Binding| binding.said == Said::Footer || binding.action == Action::Help;
    let here = BINDINGS.iter().filter(|binding| binding.place == place);
    let items = here.filter(|binding| said(binding) && wanted(binding.action));
    let item = |binding: &Binding| Item {
        key: binding.keys.first().map_or_else(String::new, |key| key.word()),
        action: Some(binding.action),
        hint: binding.hint,
        brief: binding.brief,
        kept: is_needed(binding),
    };
    items.map(item).collect()
}

/// Whether a key shows a way out of where the person is, or on: it stays though others must go.
fn is_needed(binding: &Binding) -> bool {
    let waiting = [Action::OpenAgain, Action::CopyLink, Action::Paste, Action::SwitchDoor];
    match binding.place {
        Place::Login => waiting.contains(&binding.action) || binding.action == Action::Back,
        Place::Choices | Place::Lists | Place::Scopes => {
            matches!(binding.action, Action::Enter | Action::Back)
        }
        Place::Everywhere | Place::Profiles | Place::Copy => {
            matches!(binding.action, Action::Help | Action::Back | Action::Quit)
        }
    }
}

/// Draws as many keys as fit, whole ones only: all in their words, or all that fit in fewer.
fn keys(frame: &mut Frame<'_>, area: Rect, items: &[Item], theme: &Theme) {
    let full: Vec<(&Item, &str)> = items.iter().map(|item| (item, item.hint)).collect();
    for gap in [3, 2] {
        if all(&full, gap) <= area.width + gap {
            return draw(frame, area, &full, gap, theme);
        }
    }
    let gap = 2;
    let mut brief: Vec<(&Item, &str)> = items.iter().map(|item| (item, item.brief)).collect();
    let kept = |items: &[(&Item, &str)]| {
        items.iter().filter(|(item, _)| item.kept).map(|item| width(item, gap)).sum::<u16>()
    };
    // The last way out is Esc, which needs no word.
    if kept(&brief) > area.width + gap
        && let Some((_, hint)) = brief.iter_mut().rfind(|(item, _)| item.kept)
    {
        *hint = "";
    }
    let mut room = (area.width + gap).saturating_sub(kept(&brief));
    brief.retain(|item| {
        let needed = if item.0.kept { 0 } else { width(item, gap) };
        let fits = needed <= room;
        room -= if fits { needed } else { 0 };
        fits
    });
    draw(frame, area, &brief, gap, theme);
}

fn all(items: &[(&Item, &str)], gap: u16) -> u16 {
    items.iter().map(|item| width(item, gap)).sum()
}

fn width((item, hint): &(&Item, &str), gap: u16) -> u16 {
    prose::width(&item.key) + u16::from(!hint.is_empty()) + prose::width(hint) + gap
}

fn draw(frame: &mut Frame<'_>, area: Rect, items: &[(&Item, &str)], gap: u16, theme: &Theme) {
    let mut line = Line::default();
    for (item, hint) in items {
        line.push_span(Span::styled(item.key.clone(), theme.accent));
        let between = if hint.is_empty() { "" } else { " " };
        line.push_span(Span::raw(format!("{between}{hint}{}", " ".repeat(usize::from(gap)))));
    }
    frame.render_widget(line, area);
}

/// Says that a filter hides rows, and gives the room beside it.
fn note(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme, now: Now) -> Rect {
    let filter = model.filter.trim();
    if filter.is_empty() {
        return area;
    }
    let rest = format!(" · {} · Esc clears", counted(model, now));
    let room = area.width.saturating_sub(prose::width(&rest) + 8);
    let words = format!("filter: {}{rest}", prose::cut(&prose::safe(filter), room.min(30)));
    frame.render_widget(Line::styled(words.as_str(), theme.warn), area);
    let used = (prose::width(&words) + 3).min(area.width);
    Rect { x: area.x + used, width: area.width - used, ..area }
}

fn filtering(frame: &mut Frame<'_>, area: Rect, field: &Field, model: &Model, theme: &Theme, now: Now) {
    let words = format!("{} · Enter keeps it · Esc clears", counted(model, now));
    let width = prose::width(&words);
    let entry = if area.width > width + 16 { area.width - width - 2 } else { area.width };
    if entry < area.width {
        frame.render_widget(Line::styled(words, theme.muted).right_aligned(), area);
    }
    entry::draw(frame, Rect { width: entry, ..area }, "/", field, theme);
}

fn counted(model: &Model, now: Now) -> String {
    format!("{} of {}", rows::shown(model, now.wall).len(), rows::all(model).count())
}
