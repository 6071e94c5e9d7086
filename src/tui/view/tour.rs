//! Strip of the demo's tour: how far it is, what to try next, and the key that skips it.

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::change::Snapshot;
use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::profile::Profile;
use crate::tui::model::Model;
use crate::tui::screen_map::MouseTarget;
use crate::tui::tour::TourStop;
use crate::tui::view::ViewContext;
use crate::tui::{frame, text_layout};

/// Draws the strip, where there is one.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let (Some(tour), Some(hint)) = (&model.tour, hint(model, now)) else { return };
    let area = frame::inset(area, 1);
    let count = TourStop::ALL.len();
    let place = if tour.next().is_some() {
        format!("{}/{count}", tour.passed() + 1)
    } else {
        theme.glyphs.steps.done.to_owned()
    };
    let (key, skips) = ("N", if tour.next().is_some() { " skip" } else { " close" });
    let beside = text_layout::width(&place) + text_layout::width(key) + text_layout::width(skips) + 5;
    let hint = text_layout::cut(&hint, area.width.saturating_sub(beside));
    let line = Line::from(vec![
        Span::styled(place, theme.accent.patch(theme.strong)),
        Span::raw(format!("  {hint}   ")),
        Span::styled(key, theme.key),
        Span::raw(skips),
    ]);
    let end = text_layout::width(&line.to_string());
    let width = (text_layout::width(key) + text_layout::width(skips)).min(end);
    let place = Rect { x: area.x + end - width, width, ..area }.intersection(area);
    view.map.put(place, MouseTarget::Key(KeyCode::Char('N')));
    frame.render_widget(line, area);
}

/// What to try next, in words; nothing where there is no tour.
fn hint(model: &Model, now: Now) -> Option<String> {
    let tour = model.tour.as_ref().filter(|tour| tour.is_open())?;
    Some(match tour.next() {
        Some(TourStop::NextNeed) => "Press ! for the next profile that needs you.".to_owned(),
        Some(TourStop::LogIn) => match first(model, now, |health| health == Health::NeedsLogin) {
            Some(name) => format!("Press l on {name} to log in again."),
            None => "Press l to log in to a profile again.".to_owned(),
        },
        Some(TourStop::Refresh) => match first(model, now, |health| health == Health::Due) {
            Some(name) => format!("Press r on {name} to refresh it: it is due."),
            None => "Press r to refresh a profile.".to_owned(),
        },
        Some(TourStop::Copy) => "Press y, then h, to copy the token as a header.".to_owned(),
        Some(TourStop::SignOut) => "Press x on a profile to sign out of it.".to_owned(),
        Some(TourStop::Timeline) => "Press t for the timeline: it shows when everything expires.".to_owned(),
        None => "That was the tour. n, then demo-tv, shows a QR code; ? shows every key.".to_owned(),
    })
}

/// The first profile that stands so.
fn first(model: &Model, now: Now, stands: impl Fn(Health) -> bool) -> Option<String> {
    let mut profiles = model.stores.values().flat_map(Snapshot::profiles);
    let found = profiles.find(|profile: &&Profile| stands(model.health(profile, now.wall)))?;
    Some(found.id.name.to_string())
}
