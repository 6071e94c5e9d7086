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
    let (Some(tour), Some(hints)) = (&model.tour, hints(model, now)) else { return };
    let area = frame::inset(area, 1);
    let count = TourStop::ALL.len();
    let place = match tour.place() {
        Some(place) => format!("{place}/{count}"),
        None => theme.glyphs.steps.done.to_owned(),
    };
    let key = model.keys.key(Action::SkipTour);
    let skips = if tour.next().is_some() { " skip" } else { " close" };
    let beside = text_layout::width(&place) + text_layout::width(&key) + text_layout::width(skips) + 5;
    let room = area.width.saturating_sub(beside);
    let [whole, brief] = hints;
    let hint = if text_layout::width(&whole) <= room { whole } else { text_layout::cut(&brief, room) };
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

/// What to try next, in words, and in fewer; nothing where there is no tour.
fn hints(model: &Model, now: Now) -> Option<[String; 2]> {
    let tour = model.tour.as_ref().filter(|tour| tour.is_open())?;
    let key = |action| model.keys.key(action);
    let once = |words: String| [words.clone(), words];
    Some(match tour.next() {
        Some(TourStop::NextNeed) => {
            let next = key(Action::NextNeed);
            [
                format!("Press {next} for the next profile that needs you."),
                format!("{next}: the next that needs you."),
            ]
        }
        Some(TourStop::LogIn) => match first(model, now, |health| health == Health::NeedsLogin) {
            Some(name) => once(format!("Press {} on {name} to log in again.", key(Action::LogIn))),
            None => once(format!("Press {} to log in to a profile again.", key(Action::LogIn))),
        },
        Some(TourStop::Refresh) => match first(model, now, |health| health == Health::Due) {
            Some(name) => {
                let press = format!("Press {} on {name} to refresh it", key(Action::Refresh));
                [format!("{press}: it is due."), format!("{press}.")]
            }
            None => once(format!("Press {} to refresh a profile.", key(Action::Refresh))),
        },
        Some(TourStop::Copy) => {
            let copy = key(Action::Copy);
            [
                format!("Press {copy}, then h, to copy the token as a header."),
                format!("{copy}, then h, copies the token as a header."),
            ]
        }
        Some(TourStop::SignOut) => {
            once(format!("Press {} on a profile to sign out of it.", key(Action::SignOut)))
        }
        Some(TourStop::Timeline) => {
            let press = format!("Press {} for the timeline", key(Action::Timeline));
            [format!("{press}: it shows when everything expires."), format!("{press}.")]
        }
        None => {
            let (new, help) = (key(Action::NewLogin), key(Action::Help));
            [
                format!("That was the tour. {new}, then demo-tv, shows a QR code; {help} every key."),
                format!("{new}, then demo-tv: a QR code; {help}: every key."),
            ]
        }
    })
}

/// The first profile that stands so.
fn first(model: &Model, now: Now, stands: impl Fn(Health) -> bool) -> Option<String> {
    let mut profiles = model.stores.values().flat_map(Snapshot::profiles);
    let found = profiles.find(|profile: &&Profile| stands(model.health(profile, now.wall)))?;
    Some(found.id.name.to_string())
}
