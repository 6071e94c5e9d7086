//! Strip of the demo's tour: how far it is, what to try next, and the key that skips it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::change::Snapshot;
use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::profile::Profile;
use crate::tui::keymap::KeyCombo;
use crate::tui::message::Action;
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
    let key = model.keys.key(Action::SkipTour);
    let skips = if tour.next().is_some() { " skip" } else { " close" };
    let beside = text_layout::width(&place) + text_layout::width(&key) + text_layout::width(skips) + 5;
    let hint = text_layout::cut(&hint, area.width.saturating_sub(beside));
    let line = Line::from(vec![
        Span::styled(place, theme.accent.patch(theme.strong)),
        Span::raw(format!("  {hint}   ")),
        Span::styled(key.as_str(), theme.key),
        Span::raw(skips),
    ]);
    let end = text_layout::width(&line.to_string());
    let width = (text_layout::width(&key) + text_layout::width(skips)).min(end);
    let place = Rect { x: area.x + end - width, width, ..area }.intersection(area);
    if let Some(KeyCombo::Plain(code)) = KeyCombo::parse(&key) {
        view.map.put(place, MouseTarget::Key(code));
    }
    frame.render_widget(line, area);
}

/// What to try next, in words; nothing where there is no tour.
fn hint(model: &Model, now: Now) -> Option<String> {
    let tour = model.tour.as_ref().filter(|tour| tour.is_open())?;
    let key = |action| model.keys.key(action);
    Some(match tour.next() {
        Some(TourStop::NextNeed) => {
            format!("Press {} for the next profile that needs you.", key(Action::NextNeed))
        }
        Some(TourStop::LogIn) => match first(model, now, |health| health == Health::NeedsLogin) {
            Some(name) => format!("Press {} on {name} to log in again.", key(Action::LogIn)),
            None => format!("Press {} to log in to a profile again.", key(Action::LogIn)),
        },
        Some(TourStop::Refresh) => match first(model, now, |health| health == Health::Due) {
            Some(name) => format!("Press {} on {name} to refresh it: it is due.", key(Action::Refresh)),
            None => format!("Press {} to refresh a profile.", key(Action::Refresh)),
        },
        Some(TourStop::Copy) => {
            format!("Press {}, then h, to copy the token as a header.", key(Action::Copy))
        }
        Some(TourStop::SignOut) => format!("Press {} on a profile to sign out of it.", key(Action::SignOut)),
        Some(TourStop::Timeline) => {
            format!("Press {} for the timeline: it shows when everything expires.", key(Action::Timeline))
        }
        None => {
            let (new, help) = (key(Action::NewLogin), key(Action::Help));
            format!("That was the tour. {new}, then demo-tv, shows a QR code; {help} shows every key.")
        }
    })
}

/// The first profile that stands so.
fn first(model: &Model, now: Now, stands: impl Fn(Health) -> bool) -> Option<String> {
    let mut profiles = model.stores.values().flat_map(Snapshot::profiles);
    let found = profiles.find(|profile: &&Profile| stands(model.health(profile, now.wall)))?;
    Some(found.id.name.to_string())
}
