//! Frames around the parts of the screen, and around boxes that lie above it.

use std::ops::Range;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::symbols::merge::MergeStrategy;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, Clear};

use crate::tui::theme::{Shape, Theme};
use crate::tui::{paint, text_layout};

/// Rows and columns that a box above others takes beside its content.
pub const AROUND: u16 = 4;

/// The fewest columns beside a box; one that leaves fewer takes them too.
const LEAST_BESIDE: u16 = 4;

/// Columns of the mark before a row that can be selected, and of the blank behind it.
pub const MARK: u16 = 2;

/// Where a box lies above others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BoxPlace {
    /// The box with its frame.
    pub area: Rect,
    /// Whether it has a free row above and below the content.
    pub is_roomy: bool,
}

impl BoxPlace {
    /// Its rows that are not for its content.
    #[must_use]
    pub fn around(self) -> u16 {
        if self.is_roomy { AROUND } else { 2 }
    }
}

/// Whether keys act on what a frame is drawn around.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Focus {
    Here,
    Elsewhere,
}

impl Focus {
    /// Here, if so.
    #[must_use]
    pub fn here(is_here: bool) -> Self {
        if is_here { Self::Here } else { Self::Elsewhere }
    }
}

/// Draws a box around `area` and gives what is inside. Where it shares a side with a box that is there
/// already, the two become one; draw the one with the focus last, and a box below another before it.
pub fn draw(frame: &mut Frame<'_>, area: Rect, title: &str, focus: Focus, theme: &Theme) -> Rect {
    let style = match focus {
        Focus::Here => theme.border_focused,
        Focus::Elsewhere => theme.border,
    };
    // The box below has its title there.
    let is_closed = !stands_on_another(frame, area);
    border(frame, area, is_closed, style, theme);
    if let Some(title) = title_line(area, title, theme) {
        paint::text(frame.buffer_mut(), inset(Rect { height: area.height.min(1), ..area }, 1), &title);
    }
    Block::bordered().inner(area)
}

/// Draws the sides of `area`, without the lowest where it is not closed, into those that are there already.
fn border(frame: &mut Frame<'_>, area: Rect, is_closed: bool, style: Style, theme: &Theme) {
    if area.is_empty() {
        return;
    }
    let buffer = frame.buffer_mut();
    let mut put = |x: u16, y: u16, symbol: &str| {
        if let Some(cell) = buffer.cell_mut((x, y)) {
            cell.merge_symbol(symbol, MergeStrategy::Fuzzy).set_style(style);
        }
    };
    let set = theme.glyphs.border;
    let (right, bottom) = (area.right() - 1, area.bottom() - 1);
    for y in area.y + 1..bottom + u16::from(!is_closed) {
        put(area.x, y, set.vertical_left);
        put(right, y, set.vertical_right);
    }
    for x in area.x + 1..right {
        put(x, area.y, set.horizontal_top);
        if is_closed {
            put(x, bottom, set.horizontal_bottom);
        }
    }
    if is_closed {
        put(right, bottom, set.bottom_right);
    }
    put(right, area.y, set.top_right);
    if is_closed {
        put(area.x, bottom, set.bottom_left);
    }
    put(area.x, area.y, set.top_left);
}

/// Whether the lowest row of `area` is the upper side of a box that is drawn already.
fn stands_on_another(frame: &mut Frame<'_>, area: Rect) -> bool {
    let row = area.bottom().saturating_sub(1);
    [area.x, area.right().saturating_sub(1)].into_iter().all(|column| {
        frame.buffer_mut().cell((column, row)).is_some_and(|cell| !cell.symbol().trim().is_empty())
    })
}

/// Draws a box with room for `width` columns and `height` rows in the middle of `area`, above
/// what is there, which steps back; gives the room, which is smaller where `area` is.
pub fn above(frame: &mut Frame<'_>, area: Rect, size: (u16, u16), title: &str, theme: &Theme) -> Rect {
    over(frame, area, place(area, size), title, theme)
}

/// The same where that place is known.
pub fn over(frame: &mut Frame<'_>, area: Rect, place: BoxPlace, title: &str, theme: &Theme) -> Rect {
    let BoxPlace { area: place, is_roomy } = place;
    frame.buffer_mut().set_style(area, Style::reset().patch(theme.border));
    // A screen reader would read the rows above and below too.
    let cleared = if theme.glyphs.shape == Shape::Words { area } else { band(frame, area, place, theme) };
    frame.render_widget(Clear, cleared);
    let block = block(place, title, theme).border_style(theme.border_focused);
    let inner = inset(block.inner(place), 1);
    frame.render_widget(block, place);
    if is_roomy { Rect { y: inner.y + 1, height: inner.height.saturating_sub(2), ..inner } } else { inner }
}

/// The rows of a box at `place` and one above and below it, between the sides of the frame that lies below,
/// which go on beside it: no row is seen in pieces.
fn band(frame: &mut Frame<'_>, area: Rect, place: Rect, theme: &Theme) -> Rect {
    let y = place.y.saturating_sub(1).max(area.y + 1).min(place.y);
    let bottom = (place.bottom() + 1).min(area.bottom().saturating_sub(1)).max(place.bottom());
    let band = Rect { y, height: bottom - y, ..area };
    if place.y == area.y || place.bottom() == area.bottom() {
        // Where its upper or lower side is covered, a frame has no sides either.
        return band;
    }
    let side = theme.glyphs.border.vertical_left;
    for row in y..bottom {
        for column in [area.x, area.right().saturating_sub(1)] {
            let cell = frame.buffer_mut().cell_mut((column, row));
            if let Some(cell) = cell.filter(|cell| !cell.symbol().trim().is_empty()) {
                cell.set_symbol(side);
            }
        }
    }
    inset(band, 1)
}

/// Where [`above`] draws its box.
#[must_use]
pub fn place(area: Rect, (width, height): (u16, u16)) -> BoxPlace {
    let is_roomy = height.saturating_add(AROUND) <= area.height;
    let width = width.saturating_add(AROUND);
    let width = if width + 2 * LEAST_BESIDE > area.width { area.width } else { width };
    let height = height.saturating_add(if is_roomy { AROUND } else { 2 }).min(area.height);
    let x = area.x + (area.width - width) / 2;
    let y = area.y + (area.height - height) / 2;
    BoxPlace { area: Rect { x, y, width, height }, is_roomy }
}

/// Shows that keys act on `row`: a mark in its first column, and a tint behind all of it, which keeps the
/// colours of the text.
pub fn select(frame: &mut Frame<'_>, row: Rect, theme: &Theme) {
    paint::span(frame.buffer_mut(), row, &Span::styled(theme.glyphs.selection, theme.accent));
    paint::style(frame.buffer_mut(), row, theme.selected);
}

/// Writes `text` into the lower right of the frame around `area`.
pub fn foot(frame: &mut Frame<'_>, area: Rect, text: &str, theme: &Theme) {
    let width = text_layout::width(text) + 2;
    if area.width > width + 3 && area.height > 1 {
        let place = Rect::new(area.right() - width - 2, area.bottom() - 1, width, 1);
        paint::span(frame.buffer_mut(), place, &Span::styled(format!(" {text} "), theme.muted));
    }
}

/// Writes there which of `count` lines are seen, where that is a part of them.
pub fn foot_part(frame: &mut Frame<'_>, area: Rect, seen: Range<usize>, count: usize, theme: &Theme) {
    if seen.len() < count {
        foot(frame, area, &format!("{}–{} of {count}", seen.start + 1, seen.end.min(count)), theme);
    }
}

/// A thin line of so many columns.
#[must_use]
pub fn rule(columns: u16, theme: &Theme) -> Span<'static> {
    Span::styled(theme.glyphs.border.horizontal_top.repeat(usize::from(columns)), theme.border)
}

/// `area` without `columns` at the left and at the right.
#[must_use]
pub fn inset(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width / 2);
    Rect { x: area.x + columns, width: area.width - 2 * columns, ..area }
}

/// `area` without its first `rows`.
#[must_use]
pub fn below(area: Rect, rows: u16) -> Rect {
    let rows = rows.min(area.height);
    Rect { y: area.y + rows, height: area.height - rows, ..area }
}

/// The row of `area` that is `down` from its top; an empty one where it ends before.
#[must_use]
pub fn row(area: Rect, down: u16) -> Rect {
    let below = below(area, down);
    Rect { height: below.height.min(1), ..below }
}

fn block<'a>(area: Rect, title: &str, theme: &Theme) -> Block<'a> {
    let block = Block::bordered().border_set(theme.glyphs.border);
    match title_line(area, title, theme) {
        Some(title) => block.title(title),
        None => block,
    }
}

/// The title of a box, as far as it has room.
fn title_line(area: Rect, title: &str, theme: &Theme) -> Option<Line<'static>> {
    let title = text_layout::cut(title, area.width.saturating_sub(4));
    // A title lies on the frame and would otherwise be as faint as it.
    let style = Style::reset().patch(theme.strong);
    (!title.is_empty()).then(|| Line::styled(format!(" {title} "), style))
}
