//! Login panel: the one thing the person must do now, the time that is left for it, and the ways below.
//!
//! ```text
//! ◝ Allow access in your browser                   headline
//!   Then nothing more: authtui continues on its own.
//!
//!   ━━━━━━━━━━━━━━━━━━━━━╌╌╌╌╌ 4m37s left            gauge
//!
//!   o   open the browser again                      ways
//!   c   copy the link
//!
//! ✓ prepare  ✓ browser  ▸ your answer  · tokens     steps
//! ```
//!
//! The authorization URL is never drawn: a terminal's frame and line ends would get into whatever
//! the person copies. A short link stands for it, and two keys print and copy it whole.

mod banner;
mod device;
mod ended;
mod gauge;
mod methods;
mod qr;
mod steps;

use crossterm::event::KeyCode;
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;

use crate::domain::clock::Now;
use crate::domain::provider::LoginMethod;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::login::{Locality, Login, Stage};
use crate::tui::field::Field;
use crate::tui::frame::Focus;
use crate::tui::model::Model;
use crate::tui::screen::Panel;
use crate::tui::screen_map::MouseTarget;
use crate::tui::shown_method::ShownMethod;
use crate::tui::text_block::TextBlock;
use crate::tui::theme::{Letters, Theme};
use crate::tui::view::ViewContext;
use crate::tui::view::login::qr::Qr;
use crate::tui::{frame, text_layout};

/// The most columns that are written on.
const COLUMN: u16 = 72;
/// The most columns of the steps, each in its line.
const STEPS: u16 = 100;
/// The columns that a QR code leaves to the text beside it, and those between them.
const BESIDE_QR: (u16, u16) = (56, 3);
/// Rows above the text by the rows of the panel.
const TOP: [(u16, u16); 4] = [(50, 12), (34, 4), (24, 2), (14, 1)];
/// Columns of a key before what it does, and of everything below a headline.
const INDENT: u16 = 2;
const KEY: u16 = 4;
const WIDE_KEY: u16 = 8;

/// How much there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// Everything, with space between.
    Plenty,
    /// The same without what is only good to know.
    Less,
    /// What is to be done, with space between; the footer has the keys.
    Brief,
    /// What the person cannot do without.
    Short,
}

/// Draws the panel.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, panel: &Panel, view: ViewContext<'_>) {
    let ViewContext { model, theme, .. } = view;
    let Some(login) = &model.login else { return };
    let inner = frame::draw(frame, area, &format!("Log in to {}", login.plan().id.name), Focus::Here, theme);
    let shown = shown_method(model, login);
    if let (Panel::Qr, Some(shown)) = (panel, &shown) {
        return qr::render(frame, inner, shown, theme);
    }
    let (column, qr) = columns(inner, field_of(panel), shown.as_ref(), theme);
    if let Some((qr, place)) = &qr {
        qr.draw(frame, *place, theme);
    }
    let place = TextPlace::new(inner, column, qr.is_some());
    let text = PanelText::fitting(login, shown.as_ref(), field_of(panel), place, view);
    for (down, code) in &text.keys {
        view.map.put(frame::row(column, *down), MouseTarget::Key(*code));
    }
    view.map.put_cursor(frame::row(column, 0));
    frame.render_widget(Paragraph::new(text.block.lines), Rect { width: place.steps, ..column });
    if let (Some(field), Some(down)) = (field_of(panel), text.field) {
        view.map.leave_cursor();
        let row = frame::row(column, down);
        let row = Rect { x: row.x + INDENT.min(row.width), width: row.width.saturating_sub(INDENT), ..row };
        field.render(frame, row, "> ", theme);
    }
}

/// Whether the panel in `area` names the keys of its ways itself.
pub(super) fn names_its_keys(area: Rect, view: ViewContext<'_>) -> bool {
    let Some(login) = &view.model.login else { return false };
    let shown = shown_method(view.model, login);
    let inner = frame::inset(frame::below(area, 2), 1);
    let (column, qr) = columns(inner, None, shown.as_ref(), view.theme);
    let place = TextPlace::new(inner, column, qr.is_some());
    PanelText::fitting(login, shown.as_ref(), None, place, view).has_ways()
}

fn shown_method<'a>(model: &'a Model, login: &Login) -> Option<ShownMethod<'a>> {
    ShownMethod::of(model).filter(|_| matches!(login.stage(), Stage::Waiting(_)))
}

fn field_of(panel: &Panel) -> Option<&Field> {
    match panel {
        Panel::Pasting(field) | Panel::Naming(field) => Some(field),
        Panel::Steps | Panel::Qr | Panel::Exchanges(_) | Panel::Cancelling(_) | Panel::Deciding(_) => None,
    }
}

/// Where the text stands, and beside it the QR code of a device method where it fits.
fn columns<'a>(
    inner: Rect,
    field: Option<&Field>,
    shown: Option<&ShownMethod<'a>>,
    theme: &Theme,
) -> (Rect, Option<(Qr<'a>, Rect)>) {
    let inner = frame::inset(inner, 1);
    let top = TOP.into_iter().find(|(rows, _)| inner.height >= *rows).map_or(0, |(_, top)| top);
    let inner = frame::below(inner, top);
    let is_device = shown.is_some_and(|shown| shown.method == LoginMethod::Device);
    let (beside, gap) = BESIDE_QR;
    let qr = shown.filter(|_| is_device && field.is_none() && theme.glyphs.letters == Letters::Unicode);
    let room = inner.width.saturating_sub(beside + gap);
    let qr = qr.and_then(|shown| Qr::fitting(&shown.scannable(), room, inner.height));
    let Some(qr) = qr else {
        let width = COLUMN.min(inner.width);
        return (Rect { x: inner.x + (inner.width - width) / 2, width, ..inner }, None);
    };
    let width = COLUMN.min(inner.width - qr.columns() - gap);
    let x = inner.x + (inner.width - width - gap - qr.columns()) / 2;
    let place = Rect { x: x + width + gap, width: qr.columns(), ..inner };
    (Rect { x, width, ..inner }, Some((qr, place)))
}

/// Where the text stands.
#[derive(Debug, Clone, Copy)]
struct TextPlace {
    column: Rect,
    /// Columns of the steps, whose notes are long.
    steps: u16,
    /// Whether a QR code stands beside.
    has_qr: bool,
}

impl TextPlace {
    fn new(inner: Rect, column: Rect, has_qr: bool) -> Self {
        let room = inner.right().saturating_sub(column.x + 1);
        let steps = if has_qr { column.width } else { room.min(STEPS).max(column.width) };
        Self { column, steps, has_qr }
    }
}

/// What stands on the panel.
struct PanelText<'a> {
    block: TextBlock<'a>,
    model: &'a Model,
    theme: &'a Theme,
    now: Now,
    locality: Locality,
    space: Space,
    place: TextPlace,
    /// Whether the notices are written.
    noticed: bool,
    /// The row of the text field.
    field: Option<u16>,
    /// The rows that name a key, for the mouse.
    keys: Vec<(u16, KeyCode)>,
}

impl<'a> PanelText<'a> {
    /// As much as there is room for.
    fn fitting(
        login: &Login,
        shown: Option<&ShownMethod<'_>>,
        field: Option<&Field>,
        place: TextPlace,
        view: ViewContext<'a>,
    ) -> Self {
        let written = |space| {
            let block = TextBlock::new(place.column.width, view.theme);
            let ViewContext { model, theme, now, .. } = view;
            let (locality, noticed) = (model.locality, false);
            let mut text = Self {
                block,
                model,
                theme,
                now,
                locality,
                space,
                place,
                noticed,
                field: None,
                keys: Vec::new(),
            };
            text.write(login, shown, field);
            text.steps(login, model.shows_steps);
            text
        };
        let fits = |text: &Self| text_layout::rows(text.block.lines.len()) <= place.column.height;
        let roomy = [Space::Plenty, Space::Less, Space::Brief];
        roomy.into_iter().map(written).find(fits).unwrap_or_else(|| written(Space::Short))
    }

    fn write(&mut self, login: &Login, shown: Option<&ShownMethod<'_>>, field: Option<&Field>) {
        match (login.stage(), shown) {
            (Stage::Opening(_), _) => self.headline("Preparing the login"),
            (Stage::Waiting(_), shown) if field.is_some() => self.pasting(login, shown),
            (Stage::Waiting(_), Some(shown)) => self.waiting(login, shown),
            (Stage::Waiting(_), None) => {}
            (Stage::Exchanging(exchange), _) => self.exchanging(exchange, login),
            (Stage::Identifying(_), _) => self.headline("Asking who logged in"),
            (Stage::Confirming(..), _) => self.headline("Logged in, not saved yet"),
            (Stage::Saving(_), _) => self.headline("Saving the tokens"),
            (Stage::Unsaved(_, trouble), _) => {
                self.headline("The new tokens are not saved");
                self.trouble(trouble);
            }
            (Stage::Testing(..), _) => self.headline("Saved, testing the token"),
            (Stage::Naming(_), _) if field.is_some() => self.naming(login),
            (Stage::Naming(_), _) => self.headline("Saving whose account it is"),
            (Stage::Over(outcome), _) => self.over(outcome, login),
        }
        if !self.noticed {
            self.notices(login);
        }
    }

    /// The one thing the person must do now, or what is done for them.
    fn headline(&mut self, sentence: &str) {
        let mark = Span::styled(self.theme.glyphs.steps.now, self.theme.accent);
        self.headed(mark, sentence, self.theme.strong);
    }

    fn headed(&mut self, mark: Span<'static>, sentence: &str, style: Style) {
        let width = self.block.width.saturating_sub(INDENT);
        for (index, line) in text_layout::wrap(sentence, width).into_iter().enumerate() {
            let mark = if index == 0 { mark.clone() } else { Span::raw(" ") };
            self.block.lines.push(Line::from(vec![mark, Span::raw(" "), Span::styled(line, style)]));
        }
    }

    /// A sentence below the headline.
    fn sentence(&mut self, sentence: &str, style: Style) {
        let width = self.block.width.saturating_sub(INDENT);
        self.block.lines.extend(
            text_layout::wrap(sentence, width)
                .into_iter()
                .map(|line| Line::from(vec![Span::raw("  "), Span::styled(line, style)])),
        );
    }

    /// A label and what it stands for, below the headline.
    fn field(&mut self, label: &str, pieces: &[String]) {
        let mut block = TextBlock::new(self.block.width.saturating_sub(INDENT), self.theme);
        block.field(label, pieces);
        for mut line in block.lines {
            line.spans.insert(0, Span::raw("  "));
            self.block.lines.push(line);
        }
    }

    /// Whether there is room for the ways that keys open; else the footer has them.
    fn has_ways(&self) -> bool {
        matches!(self.space, Space::Plenty | Space::Less)
    }

    /// A key in so many columns and what it does; without a key, more of the one before.
    fn way(&mut self, key: &str, column: u16, words: &str) {
        let width = self.block.width.saturating_sub(INDENT + column);
        let down = text_layout::rows(self.block.lines.len());
        let code = match key {
            "" => None,
            "Enter" => Some(KeyCode::Enter),
            letter => letter.chars().next().map(KeyCode::Char),
        };
        self.keys.extend(code.map(|code| (down, code)));
        for (index, line) in text_layout::wrap(words, width).into_iter().enumerate() {
            let key = text_layout::fill(if index == 0 { key } else { "" }, column);
            self.block.lines.push(Line::from(vec![
                Span::raw("  "),
                Span::styled(key, self.theme.key),
                Span::raw(line),
            ]));
        }
    }

    /// What the person should know; where room is short, what was said last.
    fn notices(&mut self, login: &Login) {
        self.noticed = true;
        let notices = match self.space {
            Space::Plenty | Space::Less | Space::Brief => login.notices(),
            Space::Short => login.notices().last().map_or(&[][..], std::slice::from_ref),
        };
        if !notices.is_empty() {
            self.gap();
        }
        for notice in notices {
            self.sentence(&text_layout::capital(&text_layout::safe(notice)), self.theme.warn);
        }
    }

    fn trouble(&mut self, trouble: &Trouble) {
        let what = format!("{}: {}.", text_layout::safe(&trouble.what), text_layout::safe(&trouble.why));
        self.sentence(&text_layout::capital(&what), self.theme.bad);
        self.stored(trouble.stored);
        let next = match &trouble.kind {
            FailureKind::NothingToDo => return,
            kind @ (FailureKind::NeedsLogin | FailureKind::Temporary(_) | FailureKind::NeedsFix(_)) => {
                text_layout::capital(&format!("{}.", text_layout::safe(&kind.to_string())))
            }
        };
        self.field("Next", &[next]);
    }

    /// What became of the stored tokens, where there are any.
    fn stored(&mut self, stored: Stored) {
        if stored != Stored::Absent {
            self.field("Tokens", &[stored.to_string()]);
        }
    }

    /// The steps: one line, or all of them in their lines, as far as there is room.
    fn steps(&mut self, login: &Login, unfolded: bool) {
        let (width, theme) = (self.place.steps, self.theme);
        let left = self.place.column.height.saturating_sub(text_layout::rows(self.block.lines.len()));
        let lines = match (unfolded, self.space) {
            (true, Space::Plenty | Space::Less) => steps::list(login, width, steps::Notes::Whole, theme),
            (true, Space::Brief) => steps::list(login, width, steps::Notes::Cut, theme),
            (true, Space::Short) => {
                steps::current(steps::list(login, width, steps::Notes::Cut, theme), login, left)
            }
            (false, Space::Short) if left == 0 => return,
            (false, _) => vec![steps::line(login, self.block.width, theme)],
        };
        self.gap();
        self.keys.push((text_layout::rows(self.block.lines.len()), KeyCode::Char('i')));
        self.block.lines.extend(lines);
    }

    /// Leaves a line empty where there is room.
    fn gap(&mut self) {
        if self.space != Space::Short {
            self.block.gap();
        }
    }
}
