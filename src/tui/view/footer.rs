//! Footer: the keys that mean something here, or the filter.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::provider::LoginMethod;
use crate::oauth::login::{Login, Outcome, Stage};
use crate::tui::availability::availability;
use crate::tui::field::Field;
use crate::tui::keymap::{Binding, KeyContext, ShownIn, bindings};
use crate::tui::layout::Parts;
use crate::tui::message::{Action, PanelAction, ScopeAction};
use crate::tui::model::Model;
use crate::tui::screen::{Panel, Screen};
use crate::tui::shown_method::ShownMethod;
use crate::tui::theme::{Letters, Theme};
use crate::tui::view::{ViewContext, login as panel};
use crate::tui::wizard::picker::ProviderList;
use crate::tui::wizard::{Page, Wizard, Work};
use crate::tui::{frame, rows, text_layout};

/// Keys of a text field, which are no actions.
const TYPING: [(&str, &str); 2] = [("Enter", "continue"), ("Esc", "back")];
/// Keys of a file that is shown before it is saved.
const SAVING: [(&str, &str); 3] = [("Enter", "save and log in"), ("↑↓", "scroll"), ("Esc", "back")];
/// Keys of the help.
const SCROLLING: [(&str, &str); 4] = [("↓", "down"), ("↑", "up"), ("PgDn", "page"), ("Esc", "back")];
/// Keys of a QR code that is shown alone.
const SCANNING: [(&str, &str); 3] = [("Esc", "back to the steps"), ("c", "copy link"), ("t", "print link")];
/// Keys of a login that has ended.
const CLOSING: [(&str, &str); 2] = [("Enter", "close"), ("i", "steps")];
/// Keys of a login that has ended without tokens.
const FAILED: [(&str, &str); 3] = [("l", "try again"), ("Enter", "close"), ("i", "steps")];

/// A key and what it does.
struct FooterKey {
    key: String,
    /// What it does, where that is an action.
    action: Option<Action>,
    hint: &'static str,
    /// The hint where room is short.
    brief: &'static str,
    /// Whether it stays though others must go.
    kept: bool,
}

/// Draws it.
pub(super) fn render(frame: &mut Frame<'_>, parts: &Parts, view: ViewContext<'_>) {
    let area = parts.footer;
    let ViewContext { model, theme, .. } = view;
    let area = frame::inset(area, 1);
    let items = match &model.screen {
        Screen::Filter(field) => return filtering(frame, area, field, view),
        Screen::List if !model.stores.is_empty() && rows::all(model).next().is_none() => first(),
        Screen::List => {
            let area = note(frame, area, model, theme);
            return keys(frame, area, &of(KeyContext::Profiles), theme);
        }
        Screen::Detail => {
            let area = note(frame, area, model, theme);
            let back = FooterKey {
                key: "Esc".to_owned(),
                action: Some(Action::Back),
                hint: "back",
                brief: "back",
                kept: true,
            };
            let items: Vec<FooterKey> = [back].into_iter().chain(of(KeyContext::Profiles)).collect();
            return keys(frame, area, &items, theme);
        }
        // The chooser itself names its keys, as far as the profile has something to copy.
        Screen::Copy => only(KeyContext::Copy, |action| action == Action::Back),
        Screen::Dialog(_) | Screen::Login(Panel::Cancelling(_) | Panel::Deciding(_)) => {
            choices(KeyContext::Choices, "↑↓")
        }
        Screen::Wizard(wizard) => wizard_keys(wizard),
        Screen::Login(Panel::Pasting(_)) => fixed(&TYPING),
        Screen::Login(Panel::Qr) => fixed(&SCANNING),
        Screen::Login(Panel::Steps) => login(view, parts.body),
        Screen::Help(..) | Screen::Events(_) => fixed(&SCROLLING),
    };
    keys(frame, area, &items, theme);
}

fn wizard_keys(wizard: &Wizard) -> Vec<FooterKey> {
    if wizard.work == Work::Saving {
        return Vec::new();
    }
    match &wizard.page {
        Page::Choice(..) => choices(KeyContext::Lists, "↑↓"),
        Page::Preview(_) => fixed(&SAVING),
        Page::Scopes(picker) if picker.typing.is_none() => {
            let again = matches!(picker.list, ProviderList::Failed(_) | ProviderList::Here { .. });
            only(KeyContext::Scopes, |action| again || action != Action::Scope(ScopeAction::List))
        }
        Page::Scopes(_) | Page::Text(..) | Page::Notice | Page::Ready => fixed(&TYPING),
    }
}

/// The keys that mean something while there are no profiles.
fn first() -> Vec<FooterKey> {
    only(KeyContext::Profiles, |action| matches!(action, Action::NewLogin | Action::Help | Action::Quit))
}

/// The keys of a login, as far as they mean something at its stage and for the method it shows.
fn login(view: ViewContext<'_>, body: Rect) -> Vec<FooterKey> {
    let beside =
        |action| matches!(action, Action::Panel(PanelAction::UnfoldSteps) | Action::Back | Action::Help);
    match view.model.login.as_ref().map(Login::stage) {
        Some(Stage::Waiting(_)) if panel::names_its_keys(body, view) => only(KeyContext::Login, beside),
        Some(Stage::Waiting(_)) => match ShownMethod::of(view.model) {
            Some(shown) => waiting(view, &shown),
            None => of(KeyContext::Login),
        },
        Some(Stage::Over(Outcome::Done(_))) | None => fixed(&CLOSING),
        Some(Stage::Over(_)) => fixed(&FAILED),
        Some(
            Stage::Opening(_)
            | Stage::Exchanging(_)
            | Stage::Confirming(..)
            | Stage::Saving(_)
            | Stage::Unsaved(..)
            | Stage::Testing(..),
        ) => only(KeyContext::Login, beside),
    }
}

fn waiting(view: ViewContext<'_>, shown: &ShownMethod<'_>) -> Vec<FooterKey> {
    let ViewContext { model, theme, now, .. } = view;
    // An authorization URL is seldom short enough to be scanned; the key tells.
    let scans = shown.device().is_some() && theme.glyphs.letters == Letters::Unicode;
    let mut items = only(KeyContext::Login, |action| {
        availability(model, action, now).is_ok() && (scans || action != Action::Panel(PanelAction::ShowQr))
    });
    for item in &mut items {
        (item.hint, item.brief) = match item.action {
            Some(Action::Panel(PanelAction::SwitchMethod)) if shown.method == LoginMethod::Device => {
                ("browser", "back")
            }
            Some(Action::Panel(PanelAction::SwitchMethod)) => ("device code", "device"),
            Some(Action::Panel(PanelAction::CopyLink)) if shown.methods.curl.is_some() => {
                ("copy curl command", "copy")
            }
            Some(Action::Panel(PanelAction::PlainUrl)) if shown.methods.curl.is_some() => {
                ("print command", "plain")
            }
            Some(_) | None => (item.hint, item.brief),
        };
    }
    items
}

fn fixed(keys: &[(&str, &'static str)]) -> Vec<FooterKey> {
    keys.iter()
        .map(|(key, hint)| {
            let kept = matches!(*key, "Enter" | "Esc");
            FooterKey { key: (*key).to_owned(), action: None, hint, brief: hint, kept }
        })
        .collect()
}

/// What the table of keys says of a context.
fn of(context: KeyContext) -> Vec<FooterKey> {
    only(context, |_| true)
}

/// The keys of a question or a list; `arrows` go from one choice to the next.
fn choices(context: KeyContext, arrows: &str) -> Vec<FooterKey> {
    let mut items = of(context);
    for item in items.iter_mut().filter(|item| matches!(item.action, Some(Action::Move(_)))) {
        arrows.clone_into(&mut item.key);
    }
    items
}

/// What the table of keys says of a context, where the action is among the `wanted`; the help
/// wherever it can be had.
fn only(context: KeyContext, wanted: impl Fn(Action) -> bool) -> Vec<FooterKey> {
    let shown = |binding: &Binding| binding.shown_in == ShownIn::Footer || binding.action == Action::Help;
    let items = bindings(context).filter(|binding| shown(binding) && wanted(binding.action));
    let item = |binding: &Binding| FooterKey {
        key: binding.keys.first().map_or_else(String::new, |key| key.word()),
        action: Some(binding.action),
        hint: binding.hint,
        brief: binding.brief,
        kept: is_needed(context, binding.action),
    };
    items.map(item).collect()
}

/// Whether a key shows a way out of where the person is, or on: it stays though others must go.
fn is_needed(context: KeyContext, action: Action) -> bool {
    use PanelAction::{CopyLink, OpenAgain, Paste, SwitchMethod};
    match context {
        KeyContext::Login => {
            matches!(action, Action::Back | Action::Panel(OpenAgain | CopyLink | Paste | SwitchMethod))
        }
        KeyContext::Choices | KeyContext::Lists | KeyContext::Scopes => {
            matches!(action, Action::Enter | Action::Back)
        }
        KeyContext::Everywhere | KeyContext::Profiles | KeyContext::Copy => {
            matches!(action, Action::Help | Action::Back | Action::Quit)
        }
    }
}

/// Draws as many keys as fit, whole ones only: all in their words, or all that fit in fewer.
fn keys(frame: &mut Frame<'_>, area: Rect, items: &[FooterKey], theme: &Theme) {
    let full: Vec<(&FooterKey, &str)> = items.iter().map(|item| (item, item.hint)).collect();
    for gap in [3, 2] {
        if all(&full, gap) <= area.width + gap {
            return draw(frame, area, &full, gap, theme);
        }
    }
    let gap = 2;
    let mut brief: Vec<(&FooterKey, &str)> = items.iter().map(|item| (item, item.brief)).collect();
    let kept = |items: &[(&FooterKey, &str)]| {
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

fn all(items: &[(&FooterKey, &str)], gap: u16) -> u16 {
    items.iter().map(|item| width(item, gap)).sum()
}

fn width((item, hint): &(&FooterKey, &str), gap: u16) -> u16 {
    text_layout::width(&item.key) + u16::from(!hint.is_empty()) + text_layout::width(hint) + gap
}

fn draw(frame: &mut Frame<'_>, area: Rect, items: &[(&FooterKey, &str)], gap: u16, theme: &Theme) {
    let mut line = Line::default();
    for (item, hint) in items {
        line.push_span(Span::styled(item.key.clone(), theme.key));
        let between = if hint.is_empty() { "" } else { " " };
        line.push_span(Span::raw(format!("{between}{hint}{}", " ".repeat(usize::from(gap)))));
    }
    frame.render_widget(line, area);
}

/// Says that a filter hides rows, and gives the room beside it.
fn note(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) -> Rect {
    let filter = model.filter.trim();
    if filter.is_empty() {
        return area;
    }
    let rest = format!(" · {} · Esc clears", counted(model));
    let room = area.width.saturating_sub(text_layout::width(&rest) + 8);
    let words = format!("filter: {}{rest}", text_layout::cut(&text_layout::safe(filter), room.min(30)));
    frame.render_widget(Line::styled(words.as_str(), theme.warn), area);
    let used = (text_layout::width(&words) + 3).min(area.width);
    Rect { x: area.x + used, width: area.width - used, ..area }
}

fn filtering(frame: &mut Frame<'_>, area: Rect, field: &Field, view: ViewContext<'_>) {
    let ViewContext { model, theme, .. } = view;
    let words = format!("{} · Enter keeps it · Esc clears", counted(model));
    let width = text_layout::width(&words);
    let entry = if area.width > width + 16 { area.width - width - 2 } else { area.width };
    if entry < area.width {
        frame.render_widget(Line::styled(words, theme.muted).right_aligned(), area);
    }
    field.render(frame, Rect { width: entry, ..area }, "/", theme);
}

fn counted(model: &Model) -> String {
    format!("{} of {}", rows::count(model), model.order.total)
}
