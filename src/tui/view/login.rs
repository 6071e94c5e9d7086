//! Login panel: its steps, and the one thing the person must do now.
//!
//! The authorization URL is never drawn: a terminal's frame and line ends would get into whatever
//! the person copies. A short link stands for it, and two keys print and copy it whole.

mod banner;
mod device;
mod ended;
mod methods;
mod qr;
mod steps;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;

use crate::domain::clock::Now;
use crate::domain::provider::LoginMethod;
use crate::domain::trouble::{FailureKind, Stored, Trouble};
use crate::oauth::login::{Locality, Login, Stage};
use crate::tui::field::Field;
use crate::tui::frame::Focus;
use crate::tui::screen::Panel;
use crate::tui::shown_method::ShownMethod;
use crate::tui::text_block::{Repeated, TextBlock};
use crate::tui::theme::{Letters, Theme};
use crate::tui::view::ViewContext;
use crate::tui::view::login::qr::Qr;
use crate::tui::{frame, text_layout};

/// From this height on there is room for empty rows.
const ROOMY: u16 = 14;
/// The most columns that are written on: what a step took stays near the step.
const CONTENT_WIDTH: u16 = 100;
/// The fewest columns that a QR code must leave beside it.
const BESIDE: u16 = 64;
/// How many steps are shown at least, while there is anything but them.
const STEPS: [(Space, u16); 3] = [(Space::Plenty, 3), (Space::Less, 3), (Space::Short, 2)];

/// How much there is room for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Space {
    /// Everything, with space between.
    Plenty,
    /// The same without what is only good to know.
    Less,
    /// What the person cannot do without.
    Short,
}

/// Draws the panel.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, panel: &Panel, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let Some(login) = &model.login else { return };
    let inner = frame::draw(frame, area, &format!("Log in to {}", login.plan().id.name), Focus::Here, theme);
    let shown = ShownMethod::of(model).filter(|_| matches!(login.stage(), Stage::Waiting(_)));
    if let (Panel::Qr, Some(shown)) = (panel, &shown) {
        return qr::render(frame, inner, shown, theme);
    }
    let field = match panel {
        Panel::Pasting(field) => Some(field),
        Panel::Steps | Panel::Qr | Panel::Cancelling(_) | Panel::Deciding(_) => None,
    };
    let inner = frame::inset(inner, 1);
    let gap = u16::from(inner.height >= ROOMY);
    let inner = match &shown {
        Some(shown) if field.is_none() => beside_qr(frame, inner, shown, theme),
        Some(_) | None => inner,
    };
    let inner = frame::below(Rect { width: inner.width.min(CONTENT_WIDTH), ..inner }, gap);
    let below = |room| {
        let block = TextBlock::new(inner.width, theme);
        let mut below =
            Below { block, theme, now, locality: model.locality, room, noticed: false, field: None };
        below.write(login, shown.as_ref(), field);
        below
    };
    let count = text_layout::rows(login.steps().iter().count());
    let rows = |below: &Below<'_>| text_layout::rows(below.block.lines.len());
    let [plenty, less, short] = STEPS.map(|(room, least)| {
        let gap = if room == Space::Short { 0 } else { gap };
        let below = below(room);
        let left = inner.height.saturating_sub(rows(&below).saturating_add(gap));
        let height = left.clamp(least.min(inner.height), count.max(least));
        (below, height, gap, left >= least.min(count))
    });
    let (below, height, gap, _) = match (plenty.3, less.3) {
        (true, _) => plenty,
        (false, true) => less,
        (false, false) => short,
    };
    steps::render(frame, Rect { height, ..inner }, login, theme, now);
    let rest = frame::below(inner, height + gap);
    frame.render_widget(Paragraph::new(below.block.lines), rest);
    if let (Some(field), Some(down)) = (field, below.field) {
        field.render(frame, frame::row(rest, down), "> ", theme);
    }
}

/// Draws the QR code of a device method at the right, where it fits, and gives what is left.
fn beside_qr(frame: &mut Frame<'_>, area: Rect, shown: &ShownMethod<'_>, theme: &Theme) -> Rect {
    if shown.method != LoginMethod::Device || theme.glyphs.letters == Letters::Ascii {
        return area;
    }
    let room = area.width.saturating_sub(BESIDE);
    let Some(qr) = Qr::fitting(&shown.scannable(), room, area.height) else { return area };
    let width = qr.columns();
    qr.draw(frame, Rect { x: area.right() - width, width, ..area }, theme);
    Rect { width: area.width - width - 2, ..area }
}

/// What stands below the steps.
struct Below<'a> {
    block: TextBlock<'a>,
    theme: &'a Theme,
    now: Now,
    locality: Locality,
    room: Space,
    /// Whether the notices are written.
    noticed: bool,
    /// The row of the text field.
    field: Option<u16>,
}

impl Below<'_> {
    fn write(&mut self, login: &Login, shown: Option<&ShownMethod<'_>>, field: Option<&Field>) {
        match (login.stage(), shown) {
            (Stage::Opening(_), _) => self.act("Preparing the login."),
            (Stage::Waiting(_), shown) if field.is_some() => self.pasting(login, shown),
            (Stage::Waiting(_), Some(shown)) => self.waiting(login, shown),
            (Stage::Waiting(_), None) => {}
            (Stage::Exchanging(exchange), _) => self.exchanging(exchange, login),
            (Stage::Confirming(..), _) => self.act("Logged in, not saved yet. What should happen?"),
            (Stage::Saving(_), _) => self.act("Saving the tokens."),
            (Stage::Unsaved(_, trouble), _) => {
                self.trouble(trouble);
                self.gap();
                self.act("What should happen to the new tokens?");
            }
            (Stage::Testing(..), _) => {
                self.act("Saved. Testing the token.");
            }
            (Stage::Over(outcome), _) => self.over(outcome, login),
        }
        if !self.noticed {
            self.notices(login);
        }
    }

    /// What the person should know; where room is short, what was said last.
    fn notices(&mut self, login: &Login) {
        self.noticed = true;
        let notices = match self.room {
            Space::Plenty | Space::Less => login.notices(),
            Space::Short => login.notices().last().map_or(&[][..], std::slice::from_ref),
        };
        if !notices.is_empty() {
            self.gap();
        }
        for notice in notices {
            self.block.text(&text_layout::capital(&text_layout::safe(notice)), self.theme.warn);
        }
    }

    fn trouble(&mut self, trouble: &Trouble) {
        let what = format!("{}: {}.", text_layout::safe(&trouble.what), text_layout::safe(&trouble.why));
        self.block.text(&text_layout::capital(&what), self.theme.bad);
        self.stored(trouble.stored);
        let next = match &trouble.kind {
            FailureKind::NothingToDo => return,
            kind @ (FailureKind::NeedsLogin | FailureKind::Temporary(_) | FailureKind::NeedsFix(_)) => {
                text_layout::capital(&format!("{}.", text_layout::safe(&kind.to_string())))
            }
        };
        self.block.field("Next", &[next]);
    }

    /// What became of the stored tokens, where there are any.
    fn stored(&mut self, stored: Stored) {
        if stored != Stored::Absent {
            self.block.field("Tokens", &[stored.to_string()]);
        }
    }

    /// Leaves a line empty where there is room.
    fn gap(&mut self) {
        if self.room != Space::Short {
            self.block.gap();
        }
    }

    /// The one thing the person must do now.
    fn act(&mut self, sentence: &str) {
        let mark = Span::styled(self.theme.glyphs.selection, self.theme.accent);
        self.block.marked(&mark, Repeated::OnEachLine, sentence, self.theme.strong);
    }
}
