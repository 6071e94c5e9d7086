//! Palette: opening it, finding what is typed, and doing what is chosen.

use std::mem;

use crate::domain::clock::Now;
use crate::tui::availability::availability;
use crate::tui::message::{Action, Effect};
use crate::tui::model::{Model, RowId};
use crate::tui::palette::{CommandPalette, PaletteEntry, remember};
use crate::tui::palette_search;
use crate::tui::screen::Screen;
use crate::tui::update::status::show;
use crate::tui::update::wizard;
use crate::tui::wizard::Wizard;

/// Opens the palette above what is looked at, or closes it.
pub(super) fn toggle(model: &mut Model, now: Now) {
    let screen = mem::take(&mut model.screen);
    model.screen = if let Screen::Palette(_, below) = screen {
        *below
    } else {
        let found = palette_search::search(model, "", now);
        Screen::Palette(CommandPalette::new(found), Box::new(screen))
    };
}

/// Finds what is typed.
pub(super) fn find(model: &mut Model, now: Now) {
    let Screen::Palette(palette, _) = &model.screen else { return };
    let found = palette_search::search(model, palette.search.field.text(), now);
    if let Screen::Palette(palette, _) = &mut model.screen {
        palette.found = found;
    }
}

/// What Enter takes: an action is done by the caller.
pub(super) fn take(model: &mut Model, now: Now) -> Result<Vec<Effect>, Action> {
    let Screen::Palette(palette, below) = &mut model.screen else { return Ok(Vec::new()) };
    let Some(entry) = palette.found.get(palette.search.marked).cloned() else { return Ok(Vec::new()) };
    let below = mem::take(below.as_mut());
    if let PaletteEntry::Do(action) = entry
        && let Err(unavailable) = availability(model, action, now)
    {
        if let Screen::Palette(_, place) = &mut model.screen {
            **place = below;
        }
        show(model, unavailable.sentences(), unavailable.tone, now);
        return Ok(Vec::new());
    }
    remember(&mut model.recent, entry.clone());
    // What is done is seen on the list.
    model.screen = if below.is_free() { below } else { Screen::List };
    match entry {
        PaletteEntry::Do(action) => return Err(action),
        PaletteEntry::Select(row) => select(model, row),
        PaletteEntry::LogInTo(name) => return Ok(log_in_to(model, &name, now)),
    }
    Ok(Vec::new())
}

fn select(model: &mut Model, row: RowId) {
    if !model.filter.is_empty() {
        model.filter.clear();
    }
    model.selected = Some(row);
}

fn log_in_to(model: &mut Model, name: &str, now: Now) -> Vec<Effect> {
    if let Err(unavailable) = availability(model, Action::NewLogin, now) {
        show(model, unavailable.sentences(), unavailable.tone, now);
        return Vec::new();
    }
    let Some(provider) = model.catalog.get(name).cloned() else { return Vec::new() };
    let mut wizard = Box::new(Wizard::new());
    wizard.choose(&provider, model.wizard_context());
    wizard::follow(model, wizard, now)
}
