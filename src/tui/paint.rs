//! Painting: plain texts are written into their cells letter by letter.
//!
//! ratatui asks of every letter where its cluster ends and how many columns that takes. Nearly every letter
//! of a screen is a cluster of its own in one column ([`text_layout::is_plain`]); what has others is drawn by
//! ratatui, and the cells are the same either way.

use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::{HorizontalAlignment, Rect};
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::Widget;

use crate::tui::text_layout;

/// Draws `span` as its widget does, and says how many columns of `area` it takes.
pub fn span(buffer: &mut Buffer, area: Rect, span: &Span<'_>) -> u16 {
    if !text_layout::is_plain(&span.content) {
        let columns = width(span);
        if columns > 0 {
            span.render(area, buffer);
        }
        return columns;
    }
    let mut columns = 0;
    for (cell, letter) in row(buffer, area).iter_mut().zip(span.content.chars()) {
        cell.set_char(letter).set_style(span.style);
        columns += 1;
    }
    columns
}

/// Draws `line` as its widget does: its style lies on the whole row of `area`.
pub fn line(buffer: &mut Buffer, area: Rect, line: &Line<'_>) {
    let area = area.intersection(buffer.area);
    let indent = match line.alignment {
        Some(HorizontalAlignment::Left) | None => 0,
        Some(HorizontalAlignment::Right) if let Some(indent) = area.width.checked_sub(columns(line)) => {
            indent
        }
        Some(HorizontalAlignment::Right | HorizontalAlignment::Center) => return line.render(area, buffer),
    };
    if line.spans.iter().any(|each| width(each) > 0) {
        style(buffer, area, line.style);
        spans(buffer, behind(area, indent), line);
    }
}

/// Draws `line` from the left of `area` on; its style lies on its letters alone, as in a paragraph.
pub fn text(buffer: &mut Buffer, area: Rect, line: &Line<'_>) {
    if line.style == Style::new() {
        return spans(buffer, area, line);
    }
    let styled = line.spans.iter().map(|span| Span { style: line.style.patch(span.style), ..span.clone() });
    spans(buffer, area, &styled.collect());
}

/// Lays `style` on the first row of `area`.
pub fn style(buffer: &mut Buffer, area: Rect, style: Style) {
    if style != Style::new() {
        for cell in row(buffer, area) {
            cell.set_style(style);
        }
    }
}

/// The columns that `line` takes.
#[must_use]
pub fn columns(line: &Line<'_>) -> u16 {
    line.spans.iter().map(width).fold(0, u16::saturating_add)
}

fn spans(buffer: &mut Buffer, area: Rect, line: &Line<'_>) {
    let mut rest = area;
    for each in &line.spans {
        let columns = span(buffer, rest, each);
        rest = behind(rest, columns);
    }
}

fn width(span: &Span<'_>) -> u16 {
    text_layout::width(&span.content)
}

/// `area` without its first `columns`.
fn behind(area: Rect, columns: u16) -> Rect {
    let columns = columns.min(area.width);
    Rect { x: area.x + columns, width: area.width - columns, ..area }
}

/// The cells of the first row of `area`.
fn row(buffer: &mut Buffer, area: Rect) -> &mut [Cell] {
    let area = area.intersection(buffer.area);
    if area.is_empty() {
        return &mut [];
    }
    let above = usize::from(area.y - buffer.area.y) * usize::from(buffer.area.width);
    let from = above + usize::from(area.x - buffer.area.x);
    buffer.content.get_mut(from..from + usize::from(area.width)).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use ratatui::style::Color;

    use super::*;

    /// Both ways to draw the same.
    fn both<T>(draw: impl Fn(&mut Buffer) -> T, ratatui_draws: impl Fn(&mut Buffer)) -> [Buffer; 2] {
        let mut buffers = [(); 2].map(|()| Buffer::filled(Rect::new(0, 0, 12, 2), Cell::new("x")));
        let [one, other] = &mut buffers;
        draw(one);
        ratatui_draws(other);
        buffers
    }

    #[test]
    fn a_text_is_drawn_as_ratatui_draws_it() {
        let (red, bold) = (Style::new().fg(Color::Red), Style::new().bold());
        for words in [
            "",
            "plain",
            "– ●━╌ · …",
            "longer than there is room",
            "日本語日本語日本語",
            "e\u{301}a",
            "a\u{200b}b",
        ] {
            for area in
                [Rect::new(0, 0, 12, 1), Rect::new(2, 1, 7, 1), Rect::new(9, 1, 9, 3), Rect::new(3, 0, 0, 1)]
            {
                let line =
                    Line::from(vec![Span::styled(words, bold), Span::raw("│"), Span::raw(words)]).style(red);
                for line in [line.clone(), line.clone().right_aligned(), line.centered()] {
                    let [one, other] =
                        both(|buffer| self::line(buffer, area, &line), |buffer| (&line).render(area, buffer));
                    assert_eq!(one, other, "{words} {area:?}");
                }
                let each = Span::styled(words, red);
                let [one, other] =
                    both(|buffer| span(buffer, area, &each), |buffer| (&each).render(area, buffer));
                assert_eq!(one, other, "{words} {area:?}");
            }
        }
    }

    #[test]
    fn the_style_of_a_text_lies_on_its_letters_alone() {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 4, 1));
        let area = buffer.area;
        text(&mut buffer, area, &Line::styled("ab", Style::new().fg(Color::Red)));
        let colors: Vec<Color> = buffer.content.iter().map(|cell| cell.fg).collect();
        assert_eq!(colors, [Color::Red, Color::Red, Color::Reset, Color::Reset]);
    }
}
