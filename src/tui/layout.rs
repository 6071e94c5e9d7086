//! Layout: how the screen is divided at each size.

use ratatui::layout::Rect;

use crate::tui::frame::BoxPlace;
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::theme::Shape;
use crate::tui::tour::Tour;
use crate::tui::{frame, text_layout};

/// From this width on list and pane lie side by side.
const WIDE: u16 = 110;
/// From this width on the pane lies below the list.
const MIDDLE: u16 = 70;
/// Below this width or height nothing but a sentence is shown, or the question that is asked.
pub const SMALLEST: (u16, u16) = (40, 10);
/// Below this width or height no question is asked either.
const SMALLEST_QUESTION: (u16, u16) = (20, 5);
/// The most rows of a message; one is kept free while nothing is said.
const MESSAGE_ROWS: u16 = 2;
/// From this height on a message may have a second row beside what a person chooses or types in.
const ROOMY: u16 = 16;
/// The fewest and the most columns of the pane beside the list.
const PANE_COLUMNS: (u16, u16) = (46, 72);
/// The fewest and the most rows of the pane below the list, and from which height on it is there.
const PANE_ROWS: (u16, u16) = (9, 18);
const PANE_HEIGHT: u16 = 20;
/// List and pane share one side.
const SHARED: u16 = 1;

/// Columns and the most rows of the palette.
const PALETTE: (u16, u16) = (72, 18);
/// Rows of its field, and the one below it.
const PALETTE_HEAD: u16 = 2;
/// The most columns of a question.
const QUESTION_COLUMNS: u16 = 62;

/// From this height on the demo's tour is shown while nothing else is said, and from this one on it has
/// a row of its own.
const TOUR_HEIGHT: (u16, u16) = (16, 30);

/// Where the parts of the main screen lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    pub header: Rect,
    /// Everything between header and footer.
    pub body: Rect,
    /// The list, with its border.
    pub list: Rect,
    /// The pane, with its border, where it is shown beside the list.
    pub pane: Option<Rect>,
    /// What the demo's tour proposes.
    pub tour: Rect,
    /// What was last said.
    pub message: Rect,
    pub footer: Rect,
}

/// Divides a screen of `size` columns and rows; nothing where it is too small.
#[must_use]
pub fn parts(model: &Model, size: (u16, u16)) -> Option<Parts> {
    let (width, height) = size;
    if !reaches(size, SMALLEST) {
        return None;
    }
    let has_tour = has_tour(model, size);
    // From below: each part but the body has a fixed height.
    let mut bottom = height;
    let mut rows = |count: u16| {
        bottom = bottom.saturating_sub(count);
        Rect::new(0, bottom, width, count)
    };
    let (footer, message) = (rows(1), rows(message_rows(model, size)));
    let tour = rows(u16::from(has_tour && height >= TOUR_HEIGHT.1));
    let (header, body) = (Rect::new(0, 0, width, 1), Rect::new(0, 1, width, bottom.saturating_sub(1)));
    let tour = if has_tour && tour.is_empty() { in_place_of(message, model) } else { tour };
    let parts = Parts { header, body, list: body, pane: None, tour, message, footer };
    // A screen reader reads a row from its beginning to its end: one thing a row.
    if model.terminal.shape == Shape::Words {
        return Some(parts);
    }
    if width >= WIDE {
        let columns = (width / 5 * 2).clamp(PANE_COLUMNS.0, PANE_COLUMNS.1);
        let pane = Rect { x: body.right() - columns, width: columns, ..body };
        let list = Rect { width: body.width - columns + SHARED, ..body };
        return Some(Parts { list, pane: Some(pane), ..parts });
    }
    if width >= MIDDLE && height >= PANE_HEIGHT {
        let rows = (height / 5 * 2).clamp(PANE_ROWS.0, PANE_ROWS.1);
        let pane = Rect { y: body.bottom() - rows, height: rows, ..body };
        let list = Rect { height: body.height - rows + SHARED, ..body };
        return Some(Parts { list, pane: Some(pane), ..parts });
    }
    Some(parts)
}

/// What is left of the row of the `message` while there is none; nothing where there is one.
fn in_place_of(message: Rect, model: &Model) -> Rect {
    if model.message.is_some() || matches!(model.screen, Screen::Filter(_)) {
        return Rect::default();
    }
    let news = news(model, message.width)
        .map_or(0, |(key, rest)| text_layout::width(&key) + text_layout::width(&rest) + 2);
    Rect { width: message.width.saturating_sub(news), height: 1, ..message }
}

/// Whether the demo's tour is shown: where profiles are looked at, and there is room.
fn has_tour(model: &Model, (_, height): (u16, u16)) -> bool {
    let over_the_list = model.screen.shows_profiles() && model.screen != Screen::Everything;
    over_the_list && height >= TOUR_HEIGHT.0 && model.tour.as_ref().is_some_and(Tour::is_open)
}

/// The columns that the message has on a screen of `width` columns, and its lines.
#[must_use]
pub fn message_lines(model: &Model, width: u16) -> (u16, Vec<String>) {
    let news =
        news(model, width).map_or(0, |(key, rest)| text_layout::width(&key) + text_layout::width(&rest) + 2);
    let room = width.saturating_sub(4 + news);
    let text = model.message.as_ref().map(|message| text_layout::safe(&message.report.text));
    (room, text.map_or_else(Vec::new, |text| text_layout::wrap(&text, room)))
}

/// What the right end of the message's row says of news that nobody saw: the key, and the rest.
#[must_use]
pub fn news(model: &Model, width: u16) -> Option<(String, String)> {
    let count = model.history.unseen;
    if count == 0 || !model.screen.is_free() {
        return None;
    }
    let key = model.keys.key(Action::Log);
    Some((key, if width < MIDDLE { format!(" {count} new") } else { format!(" log · {count} new") }))
}

fn message_rows(model: &Model, (width, height): (u16, u16)) -> u16 {
    let most = if model.screen.is_form() && height < ROOMY { 1 } else { MESSAGE_ROWS };
    text_layout::rows(message_lines(model, width).1.len()).clamp(1, most)
}

/// Where the palette lies above `area`: as high as what it finds, and its field always in the same row.
#[must_use]
pub fn palette(area: Rect, found: usize) -> BoxPlace {
    // Where room is short there are no free rows around it.
    let around = if area.height < ROOMY { 2 } else { frame::AROUND };
    let most = frame::place(area, (PALETTE.0, PALETTE.1.min(area.height.saturating_sub(around))));
    let wanted = text_layout::rows(found.max(1)).saturating_add(PALETTE_HEAD + most.around());
    BoxPlace { area: Rect { height: most.area.height.min(wanted), ..most.area }, ..most }
}

/// How many entries of the palette are seen.
#[must_use]
pub fn palette_rows(model: &Model) -> usize {
    let body = parts(model, model.size).map(|parts| parts.body).unwrap_or_default();
    let place = palette(body, usize::MAX);
    usize::from(place.area.height.saturating_sub(PALETTE_HEAD + place.around())).max(1)
}

/// Columns of a question on a screen of `width` columns.
#[must_use]
pub fn question_columns(width: u16) -> u16 {
    QUESTION_COLUMNS.min(width.saturating_sub(frame::AROUND)).max(1)
}

/// Whether the person sees what a key would act on.
#[must_use]
pub fn is_seen(model: &Model) -> bool {
    let least = if model.screen.dialog().is_some() { SMALLEST_QUESTION } else { SMALLEST };
    reaches(model.size, least)
}

fn reaches((width, height): (u16, u16), least: (u16, u16)) -> bool {
    width >= least.0 && height >= least.1
}

/// Columns and rows inside a page that fills the body, as help and events do.
#[must_use]
pub fn page(model: &Model) -> (u16, usize) {
    parts(model, model.size).map_or((1, 1), |parts| {
        let inner = frame::inset(parts.body, 2);
        (inner.width, usize::from(inner.height.saturating_sub(2)).max(1))
    })
}

/// Columns and rows inside the pane, or inside the page that stands in its place.
#[must_use]
pub fn pane(model: &Model) -> (u16, usize) {
    parts(model, model.size).map_or((1, 1), |parts| {
        let area = parts.pane.filter(|_| model.screen == Screen::Pane).unwrap_or(parts.body);
        let rows = usize::from(area.height.saturating_sub(2)).max(1);
        (area.width.saturating_sub(4), rows)
    })
}

/// How many profiles the list shows: its height without border and column heads.
#[must_use]
pub fn list_rows(model: &Model) -> usize {
    parts(model, model.size).map_or(0, |parts| usize::from(parts.list.height.saturating_sub(3)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::status::{AskedBy, StatusMessage, TaskReport, Tone};

    #[test]
    fn each_size_has_its_shape() {
        for (size, pane, rows) in [
            ((120, 32), true, 26),
            ((110, 10), true, 4),
            ((80, 24), true, 10),
            ((80, 20), true, 6),
            ((100, 40), true, 19),
            ((80, 18), false, 12),
            ((69, 24), false, 18),
            ((40, 10), false, 4),
        ] {
            let model = Model::new(size);
            let parts = parts(&model, size).expect("large enough");
            assert_eq!((parts.pane.is_some(), list_rows(&model)), (pane, rows), "{size:?}");
        }
        let parts = |size| parts(&Model::new(size), size);
        assert_eq!((parts((39, 24)), parts((80, 9)), list_rows(&Model::new((1, 1)))), (None, None, 0));
    }

    #[test]
    fn a_message_has_a_row_of_its_own_and_at_most_one_more() {
        for (size, words, rows) in [
            ((80, 24), 0, 1),
            ((80, 24), 1, 1),
            ((80, 24), 30, 2),
            ((80, 24), 400, 2),
            ((40, 10), 0, 1),
            ((40, 10), 400, 2),
        ] {
            let mut model = Model::new(size);
            let report = TaskReport::new("word ".repeat(words), Tone::Bad, AskedBy::Person);
            model.message = Some(StatusMessage { report, until: None });
            let parts = parts(&model, size).expect("large enough");
            assert_eq!((parts.message.height, parts.message.y), (rows, parts.body.bottom()), "{size:?}");
        }
    }
}
