//! Styled output of commands, where standard output is a terminal.

use std::env;
use std::io::{self, IsTerminal};

use ratatui::backend::IntoCrossterm;
use ratatui::buffer::{Buffer, Cell};
use ratatui::layout::Rect;
use ratatui::style::{Color, Style};
use ratatui::text::Line;

use crate::domain::settings::Settings;
use crate::shell::terminal;
use crate::shell::terminal::console;
use crate::tui::text_layout;
use crate::tui::theme::own::OwnTheme;
use crate::tui::theme::terminal::TerminalTraits;
use crate::tui::theme::{self, Letters, Shape, Theme};

/// The width of a terminal that does not say it.
const USUAL_WIDTH: u16 = 80;

/// The terminal behind standard output.
#[derive(Debug, Clone, Copy)]
pub struct StyledOutput {
    pub width: u16,
    pub theme: Theme,
    pub traits: TerminalTraits,
    /// Whether it understands more than letters.
    has_styles: bool,
}

/// How wide the terminal behind standard output is; none where a program reads.
#[must_use]
pub fn columns() -> Option<u16> {
    let size = || crossterm::terminal::size().ok().filter(|(columns, _)| *columns > 0);
    io::stdout().is_terminal().then(|| size().map_or(USUAL_WIDTH, |(columns, _)| columns))
}

impl StyledOutput {
    /// Nothing where a program reads, or where words alone are wanted.
    #[must_use]
    pub fn new(shape: Shape, settings: &Settings, own: Option<&OwnTheme>) -> Option<Self> {
        if shape == Shape::Words {
            return None;
        }
        let width = columns()?;
        let traits = terminal::traits(shape);
        Some(Self {
            width,
            theme: traits.theme(settings, own),
            traits,
            has_styles: env::var_os("TERM").is_some_and(|term| term != "dumb"),
        })
    }

    /// Prints `lines`, each cut at the width.
    ///
    /// # Errors
    /// When standard output cannot be written to.
    pub fn print(&self, lines: &[Line<'_>]) -> io::Result<()> {
        console::print(&lines.iter().map(|line| self.text(line) + "\n").collect::<String>())
    }

    /// What a terminal is sent to show `line`.
    fn text(&self, line: &Line<'_>) -> String {
        let mut buffer = Buffer::empty(Rect::new(0, 0, self.width, 1));
        buffer.set_line(0, 0, line, self.width);
        theme::settle_clusters(&mut buffer);
        if self.theme.glyphs.letters == Letters::Ascii {
            theme::fold(&mut buffer);
        }
        let cells = buffer.content.iter();
        let end = cells.clone().rposition(|cell| cell.symbol() != " ").map_or(0, |last| last + 1);
        let (mut text, mut run, mut style, mut covered) = (String::new(), String::new(), Style::new(), 0);
        for cell in cells.take(end) {
            // A wide character covers the cell behind it.
            if covered > 0 {
                covered -= 1;
                continue;
            }
            covered = text_layout::width(cell.symbol()).saturating_sub(1);
            if style_of(cell) != style {
                text += &self.styled(&run, style);
                run.clear();
                style = style_of(cell);
            }
            run += cell.symbol();
        }
        text + &self.styled(&run, style)
    }

    fn styled(&self, run: &str, style: Style) -> String {
        if run.is_empty() || style == Style::new() || !self.has_styles {
            return run.to_owned();
        }
        style.into_crossterm().apply(run).to_string()
    }
}

/// The style of a cell, without the colours that are the terminal's own.
fn style_of(cell: &Cell) -> Style {
    let own = |color: Color| Some(color).filter(|color| *color != Color::Reset);
    Style { fg: own(cell.fg), bg: own(cell.bg), underline_color: None, ..Style::new() }
        .add_modifier(cell.modifier)
}

#[cfg(test)]
mod tests {
    use ratatui::text::Span;

    use super::*;

    use crate::tui::theme::Glyphs;
    use crate::tui::theme::palette::{ColorDepth, Palette};

    fn output(glyphs: Glyphs, has_styles: bool) -> StyledOutput {
        let theme = Theme::of(Palette::Terminal, ColorDepth::Sixteen, glyphs);
        StyledOutput { width: 8, theme, traits: TerminalTraits::default(), has_styles }
    }

    #[test]
    fn a_line_ends_at_the_width_and_its_styles_end_with_their_words() {
        let output = output(Glyphs::unicode(), true);
        let line =
            Line::from(vec![Span::styled("日本", Style::new().fg(Color::Red)), Span::raw(" and more")]);
        let text = output.text(&line);
        assert!(text.starts_with('\x1b') && text.ends_with(" and"), "{text:?}");
        assert_eq!(text.matches("日本").count(), 1, "{text:?}");
    }

    #[test]
    fn a_dumb_terminal_is_sent_letters_alone() {
        let output = output(Glyphs::ascii(), false);
        assert_eq!(output.text(&Line::styled("a… \u{1b}[1m✗  ", Style::new().fg(Color::Red))), "a~ [1m?");
    }
}
