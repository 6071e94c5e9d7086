//! Flash of a row: something has just happened to it, and for a moment it shows that.

use std::time::Duration;

use ratatui::style::Style;

use crate::domain::change::Row;
use crate::domain::clock::{Now, Steady};
use crate::domain::name::ProfileId;
use crate::tui::model::Model;
use crate::tui::theme::Theme;

/// How long a row flashes.
const FLASH_TIME: Duration = Duration::from_millis(700);

/// Lets the row of `id` flash.
pub fn flash(model: &mut Model, id: &ProfileId, now: Now) {
    model.flashes.insert(id.clone(), now.steady.after(FLASH_TIME));
}

/// When the row of `id` stops flashing; nothing where it does not flash.
#[must_use]
pub fn ends_at(model: &Model, id: &ProfileId, now: Now) -> Option<Steady> {
    model.flashes.get(id).copied().filter(|until| *until > now.steady)
}

/// The style that is laid over `row`, which is none where it does not flash.
#[must_use]
pub fn style(model: &Model, row: &Row, theme: &Theme, now: Now) -> Style {
    match row {
        Row::Profile(profile) if ends_at(model, &profile.id, now).is_some() => theme.flash,
        Row::Profile(_) | Row::Broken(_) => Style::new(),
    }
}

/// Forgets the flashes that are over.
pub fn expire(model: &mut Model, now: Now) {
    model.flashes.retain(|_, until| *until > now.steady);
}
