//! Footer: the keys that mean something here, each with its place in the row.
//!
//! On the profiles the left part fits the selected row, the best key first; the right part is the
//! same for every row, so that it stands still. What is not possible is absent. Where room is short
//! the least important keys go, whole ones only. A click on a key finds it by its place.

mod login;
mod profiles;

use std::ops::Range;

use crossterm::event::KeyCode::{self, Down, Enter, Esc, F};
use ratatui::layout::Rect;

use crate::domain::clock::Now;
use crate::domain::setting::ValueStep;
use crate::tui::availability::availability;
use crate::tui::keymap::{Binding, KeyCombo, KeyContext, ShownIn, bindings};
use crate::tui::list_search::ListSearch;
use crate::tui::message::{Action, PanelAction};
use crate::tui::model::Model;
use crate::tui::screen::{Panel, Screen};
use crate::tui::text_layout;
use crate::tui::theme::Letters;
use crate::tui::wizard::form::{FormField, ServerForm};
use crate::tui::wizard::{Page, Wizard, Work};

/// Keys of a text field, which are no actions.
const TYPING: [(KeyCode, &str); 2] = [(Enter, "continue"), (Esc, "back")];
/// Keys of the question whose account it is.
const NAMING: [(KeyCode, &str); 2] = [(Enter, "save"), (Esc, "leave it empty")];
/// Keys of a file that is shown before it is saved.
const SAVING: [(KeyCode, &str); 3] = [(Enter, "save and log in"), (Down, "scroll"), (Esc, "back")];
/// Keys of the results of marked profiles.
const RESULTS: [(KeyCode, &str); 3] = [(Down, "scroll"), (Enter, "open the profile"), (Esc, "close")];
/// Keys of a secret that is shown.
const HIDING: [(KeyCode, &str); 1] = [(Esc, "hide")];
/// Keys of a QR code that is shown alone.
const SCANNING: [(KeyCode, &str); 3] =
    [(Esc, "back"), (KeyCode::Char('c'), "copy link"), (KeyCode::Char('t'), "print link")];
/// What the row shows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Footer {
    /// That a filter hides rows, from the first column on.
    pub note: Option<String>,
    pub keys: Vec<FooterKey>,
    /// The column of the line between the keys of the selected row and the constant ones.
    pub divider: Option<u16>,
}

/// A key in the row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FooterKey {
    /// What a click on it presses.
    pub key: KeyCombo,
    pub label: String,
    /// What it does; empty where there is no room to say it.
    pub hint: String,
    /// Whether it is the best thing to do with the selected row.
    pub is_best: bool,
    /// Its columns on the screen, with its hint.
    pub columns: Range<u16>,
}

/// A key that has no place yet.
#[derive(Debug, Clone)]
struct FooterCandidate {
    key: KeyCombo,
    label: String,
    /// What it does, where that is an action.
    action: Option<Action>,
    hint: &'static str,
    /// The hint where room is short.
    brief: &'static str,
    /// With how many profiles it does that, where they are marked.
    count: Option<usize>,
    /// The higher, the sooner it goes where room is short; one of 0 stays.
    weight: u8,
    is_best: bool,
}

impl FooterCandidate {
    fn new(model: &Model, context: KeyContext, binding: &'static Binding, weight: u8) -> Option<Self> {
        let key = *model.keys.of(context, binding).first()?;
        Some(Self {
            key,
            label: key.word(),
            action: Some(binding.action),
            hint: binding.hint,
            brief: binding.brief,
            count: None,
            weight,
            is_best: false,
        })
    }

    /// The key of an action on the profiles.
    fn of(model: &Model, action: Action, weight: u8) -> Option<Self> {
        let binding = bindings(KeyContext::Profiles).find(|binding| binding.action == action)?;
        Self::new(model, KeyContext::Profiles, binding, weight)
    }

    fn hint(&self) -> String {
        self.count.map_or_else(|| self.hint.to_owned(), |count| format!("{} {count}", self.hint))
    }

    fn width(&self) -> u16 {
        let hint =
            self.count.map_or_else(|| text_layout::width(self.hint), |_| text_layout::width(&self.hint()));
        text_layout::width(&self.label) + u16::from(hint > 0) + hint
    }
}

/// Where the footer is drawn, and what is known of the screen above it.
#[derive(Debug, Clone, Copy)]
pub struct FooterPlace {
    pub row: Rect,
    pub letters: Letters,
    /// Whether the panel of a waiting login names its keys itself.
    pub panel_names_its_keys: bool,
}

/// The footer in its place. Where a text is typed into it, it has no keys.
#[must_use]
pub fn footer(model: &Model, now: Now, place: FooterPlace) -> Footer {
    let row = place.row;
    let keys = match &model.screen {
        Screen::Filter(_) | Screen::Renaming(..) | Screen::Noting(..) | Screen::Passphrase(_) => {
            return Footer::default();
        }
        Screen::Log(page) if page.typing.is_some() => return Footer::default(),
        Screen::List | Screen::Pane | Screen::Everything => return profiles::footer(model, now, row),
        // The chooser itself names its keys, as far as the profile has something to copy.
        Screen::Reveal(..) => fixed(&HIDING),
        Screen::Copy => only(model, KeyContext::Copy, |action| action == Action::Back),
        Screen::Dialog(_) | Screen::Login(Panel::Cancelling(_)) => choices(model, KeyContext::Choices, "↑↓"),
        // It has to be answered: Esc leads nowhere.
        Screen::Login(Panel::Deciding(_)) => {
            let mut keys = choices(model, KeyContext::Choices, "↑↓");
            keys.retain(|key| key.action != Some(Action::Back));
            keys
        }
        Screen::Results(_) => fixed(&RESULTS),
        Screen::Wizard(wizard) => wizard_keys(model, wizard, now),
        Screen::Login(Panel::Pasting(_)) => fixed(&TYPING),
        Screen::Login(Panel::Naming(_)) => fixed(&NAMING),
        Screen::Login(Panel::Qr) => fixed(&SCANNING),
        Screen::Login(Panel::Exchanges(_)) => only(model, KeyContext::Exchanges, |_| true),
        Screen::Login(Panel::Steps) => login::keys(model, now, place),
        Screen::Palette(palette, _) => searching((Enter, "do it"), &palette.search),
        Screen::Settings(_) => choices(model, KeyContext::Settings, "↑↓"),
        Screen::Help(search, _) => {
            let mut keys = searching((Enter, "do it"), search);
            keys.extend(fixed(&[(KeyCode::Char('?'), "close")]));
            keys
        }
        Screen::Log(_) => only(model, KeyContext::Log, |_| true),
    };
    Footer { keys: in_one_group(keys, row), ..Footer::default() }
}

fn wizard_keys(model: &Model, wizard: &Wizard, now: Now) -> Vec<FooterCandidate> {
    if wizard.work == Work::Saving {
        return Vec::new();
    }
    match &wizard.page {
        Page::Provider(search) => searching((Enter, "continue"), search),
        Page::Server(server) if server.exchanges.is_some() => only(model, KeyContext::Exchanges, |_| true),
        Page::Server(server) => {
            let enter = server.enter().map(|hint| (Enter, hint));
            let choose = (!server.ways().is_empty()).then_some((Down, "choose"));
            let mut keys = fixed(&enter.into_iter().chain(choose).collect::<Vec<_>>());
            keys.extend(only(model, KeyContext::Server, |_| true));
            keys
        }
        Page::Choice(..) => choices(model, KeyContext::Lists, "↑↓"),
        Page::Form(form) if form.preview.is_some() => fixed(&SAVING),
        Page::Form(form) => filling(form),
        Page::Scopes(picker) if picker.typing.is_none() => {
            only(model, KeyContext::Scopes, |action| availability(model, action, now).is_ok())
        }
        Page::Text(..) if wizard.store_choice(model.wizard_context()).is_some() => {
            fixed(&[(Enter, "continue"), (KeyCode::Tab, "other store"), (Esc, "back")])
        }
        Page::Key(_) => fixed(&[(Enter, "save"), (KeyCode::Tab, "other field"), (Esc, "back")]),
        Page::Scopes(_) | Page::Text(..) | Page::Notice | Page::Ready => fixed(&TYPING),
    }
}

fn fixed(keys: &[(KeyCode, &'static str)]) -> Vec<FooterCandidate> {
    let candidate = |(code, hint): &(KeyCode, &'static str)| {
        let key = KeyCombo::Plain(*code);
        let label = if *code == KeyCode::Null {
            "type".to_owned()
        } else if matches!(*hint, "scroll" | "choose") {
            "↑↓".to_owned()
        } else {
            key.word()
        };
        let weight = u8::from(!matches!(code, Enter | Esc));
        FooterCandidate { key, label, action: None, hint, brief: hint, count: None, weight, is_best: false }
    };
    keys.iter().map(candidate).collect()
}

/// The keys of a form.
fn filling(form: &ServerForm) -> Vec<FooterCandidate> {
    let enter = if form.focus() == FormField::LogIn { "log in" } else { "next" };
    let change = form.focus().is_choice().then_some((KeyCode::Right, "change"));
    let keys = [Some((Enter, enter)), change, Some((Down, "choose")), Some((F(2), "show the file"))];
    fixed(&keys.into_iter().flatten().chain([(Esc, "back")]).collect::<Vec<_>>())
}

/// The keys of a list that is searched, after the one that takes what is marked.
fn searching(takes: (KeyCode, &'static str), search: &ListSearch) -> Vec<FooterCandidate> {
    let back = if search.field.is_empty() { "back" } else { "clear" };
    fixed(&[takes, (KeyCode::Null, "to search"), (Down, "choose"), (Esc, back)])
}

/// The keys of a question or a list; `arrows` go from one choice to the next.
fn choices(model: &Model, context: KeyContext, arrows: &str) -> Vec<FooterCandidate> {
    let mut keys = only(model, context, |_| true);
    for key in keys.iter_mut().filter(|key| matches!(key.action, Some(Action::Move(_)))) {
        arrows.clone_into(&mut key.label);
    }
    keys
}

/// What the table of keys says of a context, where the action is among the `wanted`; the help
/// wherever it can be had.
fn only(model: &Model, context: KeyContext, wanted: impl Fn(Action) -> bool) -> Vec<FooterCandidate> {
    let is_shown = |binding: &Binding| binding.shown_in == ShownIn::Footer || binding.action == Action::Help;
    let shown = bindings(context).filter(|binding| is_shown(binding) && wanted(binding.action));
    shown
        .filter_map(|binding| {
            FooterCandidate::new(model, context, binding, u8::from(!is_needed(context, binding.action)))
        })
        .collect()
}

/// Whether a key shows a way out of where the person is, or on: it stays though others must go.
fn is_needed(context: KeyContext, action: Action) -> bool {
    use PanelAction::{CopyLink, OpenAgain, Paste, SwitchMethod};
    match context {
        KeyContext::Login => {
            matches!(action, Action::Back | Action::Panel(OpenAgain | CopyLink | Paste | SwitchMethod))
        }
        KeyContext::Choices
        | KeyContext::Server
        | KeyContext::Exchanges
        | KeyContext::Log
        | KeyContext::Lists
        | KeyContext::Scopes
        | KeyContext::Settings => {
            matches!(action, Action::Enter | Action::Back | Action::ChangeMarked(ValueStep::Next))
        }
        KeyContext::Everywhere | KeyContext::Profiles | KeyContext::Timeline | KeyContext::Copy => {
            matches!(action, Action::Help | Action::Back | Action::Quit)
        }
    }
}

/// All keys in their words, or all that fit in fewer.
fn in_one_group(keys: Vec<FooterCandidate>, row: Rect) -> Vec<FooterKey> {
    let gap = if total(&keys, 3) <= row.width { 3 } else { 2 };
    let mut keys = fit(keys, row.width, gap);
    // The last way out is Esc, which needs no word.
    if total(&keys, gap) > row.width
        && let Some(last) = keys.last_mut()
    {
        last.hint = "";
    }
    place(keys, row.x, gap).collect()
}

/// As many keys as fit into `room`: in their words, or in fewer, and then without the least important.
fn fit(mut keys: Vec<FooterCandidate>, room: u16, gap: u16) -> Vec<FooterCandidate> {
    if total(&keys, gap) > room {
        keys.iter_mut().for_each(|key| key.hint = key.brief);
    }
    while total(&keys, gap) > room
        && let Some(heaviest) = keys.iter().map(|key| key.weight).max().filter(|weight| *weight > 0)
        && let Some(at) = keys.iter().rposition(|key| key.weight == heaviest)
    {
        keys.remove(at);
    }
    keys
}

fn total(keys: &[FooterCandidate], gap: u16) -> u16 {
    keys.iter().map(|key| key.width() + gap).sum::<u16>().saturating_sub(gap)
}

fn place(keys: Vec<FooterCandidate>, mut x: u16, gap: u16) -> impl Iterator<Item = FooterKey> {
    keys.into_iter().map(move |key| {
        let columns = x..x + key.width();
        x = columns.end + gap;
        let hint = key.hint();
        FooterKey { key: key.key, label: key.label, hint, is_best: key.is_best, columns }
    })
}
