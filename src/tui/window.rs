//! Window around the screen: its title, and whether the mouse is ours or the person's.

use url::Url;

use crate::tui::links::links;
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::screen::Screen;

/// What the terminal shows and does beside the cells of the screen.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Window {
    /// Holds no name of an account: whoever shares a screen shares its title too.
    pub title: String,
    pub mouse: MouseUse,
    /// What can be opened where it stands.
    pub links: Vec<Url>,
}

/// Who gets what the mouse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseUse {
    /// It points at what is on the screen.
    Ours,
    /// It selects text, as in any other program.
    Selects,
}

/// The window of the model.
#[must_use]
pub fn window(model: &Model) -> Window {
    let count = |need| model.order.needs.get(&need).copied().unwrap_or_default();
    let needs = count(Need::Login) + count(Need::Refused);
    let name = if model.is_demo { "authtui demo" } else { "authtui" };
    let title = match needs {
        0 => name.to_owned(),
        1 => format!("{name} · 1 needs login"),
        many => format!("{name} · {many} need login"),
    };
    Window { title, mouse: mouse(model), links: links(model) }
}

/// A login shows links and codes, and a revealed token is one, which people select to copy them.
fn mouse(model: &Model) -> MouseUse {
    if !model.settings.mouse {
        return MouseUse::Selects;
    }
    match model.screen {
        Screen::Login(_) if model.screen.dialog().is_none() => MouseUse::Selects,
        Screen::Reveal(..) => MouseUse::Selects,
        Screen::List
        | Screen::Pane
        | Screen::Everything
        | Screen::Filter(_)
        | Screen::Renaming(..)
        | Screen::Noting(..)
        | Screen::Passphrase(_)
        | Screen::Copy
        | Screen::Dialog(_)
        | Screen::Results(_)
        | Screen::Wizard(_)
        | Screen::Login(_)
        | Screen::Log(_)
        | Screen::Settings(_)
        | Screen::Help(..)
        | Screen::Palette(..) => MouseUse::Ours,
    }
}
