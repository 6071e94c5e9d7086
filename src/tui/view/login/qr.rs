//! QR code of a link: the way to a device that has a camera.

use std::ops::RangeInclusive;

use qrcode::{Color, EcLevel, QrCode};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};
use ratatui::widgets::Paragraph;
use url::Url;

use crate::tui::shown_method::ShownMethod;
use crate::tui::theme::{Letters, Theme};
use crate::tui::{frame, text_layout};

/// Light modules around a code: as few as cameras need, and as many as the standard asks for (ISO/IEC
/// 18004) where there is room.
const MARGIN: RangeInclusive<usize> = 2..=4;

/// A link as a QR code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Qr<'a> {
    pub(super) url: &'a Url,
    /// Two rows of modules in one of half blocks, with the light ones around them.
    lines: Vec<String>,
}

impl<'a> Qr<'a> {
    /// The first of `urls` whose code fits into `columns` and `rows`.
    pub(super) fn fitting(urls: &[&'a Url], columns: u16, rows: u16) -> Option<Self> {
        urls.iter().find_map(|url| {
            let code = code(url)?;
            let margin = |room: usize| MARGIN.rev().find(|margin| code.width() + 2 * margin <= room);
            let (across, down) = (margin(columns.into())?, margin(2 * usize::from(rows))?);
            Some(Self { url, lines: lines(&code, (across, down)) })
        })
    }

    pub(super) fn columns(&self) -> u16 {
        self.lines.first().map_or(0, |line| text_layout::width(line))
    }

    /// Draws it into the upper left of `area`.
    pub(super) fn draw(&self, frame: &mut Frame<'_>, area: Rect, theme: &Theme) {
        for (down, line) in (0..).zip(&self.lines) {
            let line = Span::styled(line.as_str(), theme.paper);
            let row = frame::row(area, down);
            frame.render_widget(line, Rect { width: row.width.min(self.columns()), ..row });
        }
    }
}

/// Draws the code alone, with what to do with it; or why there is none.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, shown: &ShownMethod<'_>, theme: &Theme) {
    let urls = shown.scannable();
    if urls.is_empty() {
        let why = "No QR code: the link works only on this machine.";
        return instead(frame, area, why, theme);
    }
    if theme.glyphs.letters == Letters::Ascii {
        let why = "This terminal cannot draw a QR code.";
        return instead(frame, area, why, theme);
    }
    let Some(qr) = Qr::fitting(&urls, area.width, area.height.saturating_sub(1)) else {
        let (columns, rows) = urls.iter().filter_map(|url| needed(url)).min().unwrap_or_default();
        let (rows, width, height) = (rows + 1, area.width, area.height);
        let why =
            format!("The QR code needs {columns}×{rows} characters; there is room for {width}×{height}.");
        return instead(frame, area, &why, theme);
    };
    let words = match (shown.device(), shown.user_code()) {
        (Some(device), Some(code)) if device.page_with_code.as_ref() == Some(qr.url) => {
            format!("Scan it; the page must show {code}")
        }
        (Some(_), Some(code)) => format!("Scan it, then type {code}"),
        (Some(_), None) => "Scan it, then allow access".to_owned(),
        (None, _) => "Scan it, allow access, then paste the code here".to_owned(),
    };
    caption(frame, frame::row(area, 0), &words, theme);
    let below = frame::below(area, 1);
    let x = below.x + (below.width - qr.columns()) / 2;
    qr.draw(frame, Rect { x, width: below.right() - x, ..below }, theme);
}

/// The columns and rows that the code of `url` needs at least.
fn needed(url: &Url) -> Option<(u16, u16)> {
    let side = code(url)?.width() + 2 * MARGIN.start();
    Some((u16::try_from(side).ok()?, u16::try_from(side.div_ceil(2)).ok()?))
}

fn code(url: &Url) -> Option<QrCode> {
    QrCode::with_error_correction_level(url.as_str(), EcLevel::L).ok()
}

fn instead(frame: &mut Frame<'_>, area: Rect, why: &str, theme: &Theme) {
    let text = format!("{why} Press c to copy the link, or t to print it.");
    let lines = text_layout::wrap(&text, area.width.saturating_sub(2));
    let lines: Vec<Line<'_>> = lines.into_iter().map(|line| Line::styled(line, theme.strong)).collect();
    frame.render_widget(Paragraph::new(lines), frame::inset(area, 1));
}

fn caption(frame: &mut Frame<'_>, area: Rect, words: &str, theme: &Theme) {
    let words = text_layout::cut(words, area.width.saturating_sub(2));
    let mark = Span::styled(theme.glyphs.selection, theme.accent);
    let line = Line::from(vec![mark, Span::raw(" "), Span::styled(words, theme.strong)]);
    frame.render_widget(line.centered(), area);
}

fn lines(code: &QrCode, (across, down): (usize, usize)) -> Vec<String> {
    let side = code.width();
    let modules = code.to_colors();
    let dark = |x: usize, y: usize| {
        let place = x.checked_sub(across).zip(y.checked_sub(down));
        let place = place.filter(|(x, y)| *x < side && *y < side);
        place.and_then(|(x, y)| modules.get(y * side + x)).is_some_and(|module| *module == Color::Dark)
    };
    let cell = |x, y| match (dark(x, y), dark(x, y + 1)) {
        (true, true) => '█',
        (true, false) => '▀',
        (false, true) => '▄',
        (false, false) => ' ',
    };
    let (columns, rows) = (side + 2 * across, side + 2 * down);
    (0..rows).step_by(2).map(|y| (0..columns).map(|x| cell(x, y)).collect()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "https://github.com/login/device";

    #[test]
    fn a_code_is_as_large_as_its_link_is_long_and_has_light_around_it() {
        let page = Url::parse(PAGE).expect("an address");
        let qr = Qr::fitting(&[&page], 80, 40).expect("a code");
        // Version 2 has 25 modules a side.
        assert_eq!((qr.columns(), qr.lines.len()), (33, 17));
        let (first, last) = (&qr.lines[..2], &qr.lines[15..]);
        for light in [first, last].concat().iter().take(2).chain(qr.lines.last()) {
            assert_eq!(light.trim(), "", "{light:?}");
        }
        assert!(qr.lines.iter().all(|line| line.starts_with("    ") && line.ends_with("    ")));
        assert!(qr.lines[2].trim_start().starts_with("█▀▀▀▀▀█"), "a finder pattern");
    }

    #[test]
    fn where_room_is_short_a_narrower_margin_or_a_shorter_link_is_taken_and_else_none() {
        let long = Url::parse(&format!("{PAGE}?user_code=WDJB-MJHT&client=somebody")).expect("an address");
        let page = Url::parse(PAGE).expect("an address");
        for (columns, rows, url, size) in [
            (80, 40, Some(&long), (41, 21)),
            (40, 40, Some(&long), (39, 21)),
            (37, 19, Some(&long), (37, 19)),
            (80, 18, Some(&page), (33, 17)),
            (30, 15, Some(&page), (29, 15)),
            (28, 40, None, (0, 0)),
            (80, 14, None, (0, 0)),
        ] {
            let qr = Qr::fitting(&[&long, &page], columns, rows);
            assert_eq!(qr.as_ref().map(|qr| qr.url), url, "{columns} {rows}");
            assert_eq!(qr.map_or((0, 0), |qr| (qr.columns(), qr.lines.len())), size);
        }
    }
}
