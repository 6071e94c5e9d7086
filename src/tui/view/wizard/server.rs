//! Discovery of a server, step by step.

use ratatui::Frame;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::oauth::discovery::{DiscoveryStage, DiscoveryStep};
use crate::tui::frame;
use crate::tui::text_layout::{self, rows};
use crate::tui::view::wizard::PageBox;
use crate::tui::wizard::Work;
use crate::tui::wizard::server::ServerDiscovery;

/// Columns of the sign before what was found.
const SIGN: u16 = 2;

impl PageBox<'_> {
    /// What was found out so far, what is being asked, and what stands in the way.
    pub(super) fn server(
        &self,
        frame: &mut Frame<'_>,
        server: &ServerDiscovery,
        work: Work,
        complaint: Option<&str>,
    ) {
        let theme = self.theme;
        let steps = theme.glyphs.steps;
        let mut lines = Vec::new();
        for finding in server.discovery.findings() {
            let sign = if finding.is_warning { ("!", theme.warn) } else { (steps.done, theme.good) };
            self.found(&mut lines, sign, &finding.words);
        }
        match server.discovery.stage() {
            DiscoveryStage::Asking(_) => {
                self.found(&mut lines, (steps.now, theme.accent), now(server.discovery.step()));
            }
            DiscoveryStage::Confirming(doubts) => {
                doubts.iter().for_each(|doubt| self.found(&mut lines, ("!", theme.warn), &doubt.to_string()));
                lines.push(Line::default());
                self.found(&mut lines, (" ", theme.strong), "Enter sends requests there. Esc goes back.");
            }
            DiscoveryStage::Over(Err(trouble)) => {
                self.found(&mut lines, (steps.failed, theme.bad), &trouble.to_string());
            }
            DiscoveryStage::Over(Ok(_)) if work == Work::Saving => {
                self.found(&mut lines, (steps.now, theme.accent), "Saving its provider file");
            }
            DiscoveryStage::Over(Ok(_)) => {}
        }
        if let Some(complaint) = complaint {
            self.found(&mut lines, (steps.failed, theme.bad), complaint);
        }
        let ways = server.ways();
        if !ways.is_empty() {
            lines.push(Line::default());
        }
        let inner = self.above(frame, rows(lines.len() + ways.len()));
        // Where not all of it fits, the last lines say what is to be done.
        let seen = inner.height.saturating_sub(rows(ways.len()));
        let above = lines.len().saturating_sub(usize::from(seen));
        for (down, line) in (0..seen).zip(lines.into_iter().skip(above)) {
            frame.render_widget(line, frame::row(inner, down));
        }
        for (down, (place, way)) in (seen..).zip(ways.iter().enumerate()) {
            self.choice(frame, frame::row(inner, down), vec![Span::raw(way.words())], (place, server.marked));
        }
    }

    /// A sentence behind its sign, wrapped.
    fn found(&self, lines: &mut Vec<Line<'_>>, (sign, style): (&'static str, Style), words: &str) {
        let words = text_layout::capital(&text_layout::safe(words));
        let wrapped = text_layout::wrap(&words, self.width.saturating_sub(SIGN));
        for (number, part) in wrapped.into_iter().enumerate() {
            let sign = if number == 0 { sign } else { " " };
            let sign = Span::styled(text_layout::fill(sign, SIGN), style);
            lines.push(Line::from(vec![sign, Span::raw(part)]));
        }
    }
}

/// What a step is doing, as people read it.
fn now(step: DiscoveryStep) -> &'static str {
    match step {
        DiscoveryStep::Address => "Asking the address whether it wants a token",
        DiscoveryStep::Resource => "Asking for its login server",
        DiscoveryStep::Server => "Reading how to log in there",
        DiscoveryStep::Client => "Registering authtui there",
    }
}
