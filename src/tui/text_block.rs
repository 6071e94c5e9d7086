//! Block of text as wide as its box: sentences, and labels with what they stand for.

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::tui::theme::Theme;
use crate::tui::{frame, text_layout};

/// Columns of a label, if nothing else is said.
const LABEL: u16 = 8;

#[derive(Debug, Clone)]
pub struct TextBlock<'a> {
    /// Columns of a line.
    pub width: u16,
    pub lines: Vec<Line<'static>>,
    label: u16,
    theme: &'a Theme,
    /// How many lines there were once the last thin line was drawn, unless it says something at its end.
    below_rule: Option<usize>,
}

impl<'a> TextBlock<'a> {
    #[must_use]
    pub fn new(width: u16, theme: &'a Theme) -> Self {
        Self { width, lines: Vec::new(), label: LABEL, theme, below_rule: None }
    }

    /// The same with labels of so many columns.
    #[must_use]
    pub fn with_labels(self, label: u16) -> Self {
        Self { label, ..self }
    }

    /// Columns beside a label.
    #[must_use]
    pub fn beside(&self) -> u16 {
        self.width.saturating_sub(self.label)
    }

    /// Writes a label and the pieces it stands for: as many on a line as fit.
    pub fn field(&mut self, label: &str, pieces: &[String]) {
        let width = self.beside();
        let mut lines: Vec<String> = Vec::new();
        for piece in pieces {
            match lines.last_mut() {
                Some(last) if text_layout::width(last) + 3 + text_layout::width(piece) <= width => {
                    last.push_str(" · ");
                    last.push_str(&piece.replace(text_layout::FIXED_SPACE, " "));
                }
                Some(_) | None => lines.extend(text_layout::wrap(piece, width)),
            }
        }
        self.labelled(label, lines);
    }

    /// Writes a label and a path.
    pub fn path(&mut self, label: &str, path: &str) {
        self.labelled(label, text_layout::wrap_path(&text_layout::safe(path), self.beside()));
    }

    fn labelled(&mut self, label: &str, lines: Vec<String>) {
        for (index, line) in lines.into_iter().enumerate() {
            self.beside_label(if index == 0 { label } else { "" }, [Span::raw(line)]);
        }
    }

    /// Writes a label, and what stands beside it as it is.
    pub fn beside_label(&mut self, label: &str, spans: impl IntoIterator<Item = Span<'static>>) {
        let label = Span::styled(text_layout::fill(label, self.label), self.theme.muted);
        self.lines.push([label].into_iter().chain(spans).collect());
    }

    /// Draws a thin line across, with the name of what follows and something at its right end.
    /// One that nothing followed goes.
    pub fn rule(&mut self, title: &str, end: Vec<Span<'static>>) {
        if self.below_rule == Some(self.lines.len()) {
            self.lines.pop();
        }
        let says_nothing = end.is_empty();
        let rule = |columns| frame::rule(columns, self.theme);
        let mut line = Line::default();
        if !title.is_empty() {
            line.push_span(rule(2));
            line.push_span(Span::styled(format!(" {title} "), self.theme.section));
        }
        let beside = end.iter().map(Span::width).sum::<usize>() + if end.is_empty() { 0 } else { 4 };
        line.push_span(rule(self.width.saturating_sub(text_layout::rows(line.width() + beside))));
        if !end.is_empty() {
            line.push_span(" ");
            line.extend(end);
            line.extend([Span::raw(" "), rule(2)]);
        }
        self.lines.push(line);
        self.below_rule = says_nothing.then_some(self.lines.len());
    }

    /// Writes a sentence.
    pub fn text(&mut self, text: &str, style: Style) {
        self.lines
            .extend(text_layout::wrap(text, self.width).into_iter().map(|line| Line::styled(line, style)));
    }

    /// Writes a sentence behind a glyph, which is repeated on each of its lines or stands alone.
    pub fn marked(&mut self, glyph: &Span<'static>, repeated: Repeated, text: &str, style: Style) {
        for (index, line) in text_layout::wrap(text, self.width.saturating_sub(2)).into_iter().enumerate() {
            let first = index == 0 || repeated == Repeated::OnEachLine;
            let glyph = if first { glyph.clone() } else { Span::raw(" ") };
            self.lines.push(Line::from(vec![glyph, Span::raw(" "), Span::styled(line, style)]));
        }
    }

    /// Leaves a line empty.
    pub fn gap(&mut self) {
        self.lines.push(Line::default());
    }
}

/// Where the glyph before a sentence stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeated {
    /// Before its first line.
    Once,
    /// Before each of its lines.
    OnEachLine,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::theme::Glyphs;

    #[test]
    fn a_path_is_broken_behind_its_folders() {
        let theme = Theme::colored(Glyphs::unicode());
        let mut block = TextBlock::new(30, &theme);
        block.path("File", "/home/ana/.config/gcloud/application_default.json");
        assert_eq!(
            block.lines.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["File    /home/ana/.config/", "        gcloud/", "        application_default.js", "        on"]
        );
    }

    #[test]
    fn a_part_without_a_line_has_no_head() {
        let theme = Theme::colored(Glyphs::unicode());
        let mut block = TextBlock::new(20, &theme);
        block.rule("Account", Vec::new());
        block.rule("Login", vec![Span::raw("2d")]);
        block.rule("Stored in", Vec::new());
        block.path("File", "a.yaml");
        assert_eq!(
            block.lines.iter().map(ToString::to_string).collect::<Vec<_>>(),
            ["── Login ───── 2d ──", "── Stored in ───────", "File    a.yaml"]
        );
    }

    #[test]
    fn pieces_share_a_line_where_they_fit() {
        let theme = Theme::colored(Glyphs::unicode());
        let pieces = ["sk-…3fQA", "23h53m of 24h", "until 23 Nov"].map(String::from);
        for (width, texts) in [
            (50, &["Token   sk-…3fQA · 23h53m of 24h · until 23 Nov"][..]),
            (40, &["Token   sk-…3fQA · 23h53m of 24h", "        until 23 Nov"]),
            (24, &["Token   sk-…3fQA", "        23h53m of 24h", "        until 23 Nov"]),
        ] {
            let mut block = TextBlock::new(width, &theme);
            block.field("Token", &pieces);
            assert_eq!(block.lines.iter().map(ToString::to_string).collect::<Vec<_>>(), texts);
        }
    }
}
