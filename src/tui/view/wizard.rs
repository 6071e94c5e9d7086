//! What a login needs to know before it begins.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::provider::Provider;
use crate::tui::field::Field;
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::wizard::{Page, Wizard};
use crate::tui::{entry, pane, prose};

/// The widest the wizard becomes.
const WIDTH: u16 = 64;
/// Columns of a provider's name.
const NAME: u16 = 16;
/// The most rows about provider files that cannot be used.
const FAULTS: usize = 4;

/// Draws the page that is asked.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, wizard: &Wizard, model: &Model, theme: &Theme) {
    let width = WIDTH.min(area.width.saturating_sub(pane::AROUND));
    let sheet = Sheet { title: title(wizard), area, width, theme };
    let provider = wizard.provider.as_deref();
    let named = provider.map_or_else(String::new, |provider| prose::safe(&provider.title));
    let complaint = wizard.complaint.as_deref();
    match &wizard.page {
        Page::Provider(marked) => sheet.providers(frame, *marked, model),
        Page::Name(field) => {
            let text = format!("A name for this account at {named}, to tell it from your others there.");
            let prompt = provider.map_or_else(String::new, |provider| format!("{}/", provider.name));
            sheet.ask(frame, &text, (&prompt, field), complaint);
        }
        Page::ClientId(field) => {
            let text = format!("The client id that {named} gave you when you registered there.");
            sheet.ask(frame, &text, ("id: ", field), complaint);
        }
        Page::ClientSecret(field) => {
            let text = "The client secret that belongs to the id. It is stored with the profile.";
            sheet.ask(frame, text, ("secret: ", field), complaint);
        }
        Page::Notice => {
            let notice = provider.and_then(|provider| provider.notice.as_deref()).unwrap_or_default();
            sheet.tell(frame, &prose::safe(notice));
        }
        // Nothing is asked: the login is about to take the screen.
        Page::Ready => {}
    }
}

fn title(wizard: &Wizard) -> String {
    match (&wizard.name, &wizard.provider) {
        (Some(name), _) => format!("Log in to {name}"),
        (None, Some(provider)) => format!("New login at {}", provider.name),
        (None, None) => "New login".to_owned(),
    }
}

/// The box of a page.
struct Sheet<'a> {
    title: String,
    area: Rect,
    width: u16,
    theme: &'a Theme,
}

impl Sheet<'_> {
    fn providers(&self, frame: &mut Frame<'_>, marked: usize, model: &Model) {
        let theme = self.theme;
        let usable: Vec<&Provider> =
            model.catalog.as_ref().map(|catalog| catalog.usable().collect()).unwrap_or_default();
        let faults = model.catalog.as_ref().map_or(&[][..], |catalog| &catalog.complaints);
        let faults = faults.iter().map(|fault| format!("Not usable: {}.", prose::safe(&fault.to_string())));
        let faults: Vec<String> =
            faults.flat_map(|fault| prose::wrap(&fault, self.width)).take(FAULTS).collect();
        let below = if faults.is_empty() { 0 } else { rows(faults.len()) + 1 };
        let most = self.area.height.saturating_sub(4 + below).max(1);
        let seen = rows(usable.len()).clamp(1, most);
        let inner = pane::above(frame, self.area, (self.width, 2 + seen + below), &self.title, theme);
        let asked = if usable.is_empty() { "No provider file can be used." } else { "Where is the account?" };
        frame.render_widget(Line::raw(asked), pane::row(inner, 0));
        let first = (marked + 1).saturating_sub(usize::from(seen));
        for (down, (index, provider)) in (0..seen).zip(usable.iter().enumerate().skip(first)) {
            let row = pane::row(inner, 2 + down);
            let selected = index == marked;
            let mark = Span::styled(if selected { theme.glyphs.selection } else { " " }, theme.accent);
            let style = if selected { theme.selected } else { Style::new() };
            let name = prose::fill(&provider.name, NAME);
            let line = prose::fill(&(name + &prose::safe(&provider.title)), row.width.saturating_sub(2));
            frame.render_widget(Line::from(vec![mark, Span::raw(" "), Span::styled(line, style)]), row);
        }
        self.lines(frame, pane::below(inner, 3 + seen), &faults, theme.warn);
    }

    /// A text field below what it is for. Where room is short only the complaint is shown.
    fn ask(
        &self,
        frame: &mut Frame<'_>,
        text: &str,
        (prompt, field): (&str, &Field),
        complaint: Option<&str>,
    ) {
        let complaint = complaint.map(|text| prose::wrap(&prose::safe(text), self.width)).unwrap_or_default();
        let below = if complaint.is_empty() { 0 } else { rows(complaint.len()) + 1 };
        let mut text = prose::wrap(text, self.width);
        if rows(text.len()) + 2 + below + 2 > self.area.height {
            text.clear();
        }
        let above = if text.is_empty() { 0 } else { rows(text.len()) + 1 };
        let inner = pane::above(frame, self.area, (self.width, above + 1 + below), &self.title, self.theme);
        self.lines(frame, inner, &text, Style::new());
        entry::draw(frame, pane::row(inner, above), prompt, field, self.theme);
        self.lines(frame, pane::below(inner, above + 2), &complaint, self.theme.bad);
    }

    fn tell(&self, frame: &mut Frame<'_>, text: &str) {
        let room = usize::from(self.area.height.saturating_sub(4));
        let text = prose::wrap_into(text, self.width, room);
        let height = rows(text.len()) + 2;
        let inner = pane::above(frame, self.area, (self.width, height), &self.title, self.theme);
        self.lines(frame, inner, &text, Style::new());
        let then = Line::styled("Enter goes on, Esc goes back.", self.theme.strong);
        frame.render_widget(then, pane::row(inner, rows(text.len()) + 1));
    }

    fn lines(&self, frame: &mut Frame<'_>, area: Rect, lines: &[String], style: Style) {
        for (down, line) in (0..).zip(lines) {
            frame.render_widget(Line::styled(line.as_str(), style), pane::row(area, down));
        }
    }
}

fn rows(lines: usize) -> u16 {
    u16::try_from(lines).unwrap_or(u16::MAX / 4)
}
