//! Page of the wizard, in a box above the list.

mod form;
mod server;
pub(super) mod words;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::domain::provider::Provider;
use crate::tui::field::Field;
use crate::tui::fuzzy::Fuzzy;
use crate::tui::list_search::ListSearch;
use crate::tui::model::Model;
use crate::tui::screen_map::{MouseTarget, ScreenMap};
use crate::tui::text_layout::rows;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::wizard::key_page::KeyField;
use crate::tui::wizard::server::{Offer, address_error, offers, server_text};
use crate::tui::wizard::{ListQuestion, Page, Wizard, provider_line};
use crate::tui::{frame, text_layout};

/// The widest the wizard becomes.
const WIDTH: u16 = 64;
/// The same of the list of providers, which says how one logs in.
const PROVIDERS_WIDTH: u16 = 92;
/// Columns of a label before an earlier answer.
const LABEL: u16 = 12;
/// The most rows about provider files that cannot be used.
const FAULTS: usize = 4;

/// Draws the page that is asked.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, wizard: &Wizard, view: ViewContext<'_>) {
    let ViewContext { model, theme, map, now } = view;
    let room = area.width.saturating_sub(frame::AROUND);
    let width = match wizard.page {
        Page::Form(_) => form::width(room),
        Page::Provider(_) => PROVIDERS_WIDTH.min(room),
        Page::Server(_)
        | Page::Choice(..)
        | Page::Notice
        | Page::Text(..)
        | Page::Key(_)
        | Page::Scopes(_)
        | Page::Ready => WIDTH.min(room),
    };
    let head = if wizard.form().is_some() { Vec::new() } else { words::entered(wizard) };
    let page_box = PageBox { title: words::title(wizard), head, area, width, theme, map };
    let text = words::text(wizard);
    let complaint = wizard.complaint.as_deref().map(words::complaint);
    let complaint = complaint.as_deref();
    match &wizard.page {
        Page::Provider(search) => page_box.providers(frame, search, model),
        Page::Server(server) => page_box.server(frame, server, wizard.work, complaint),
        Page::Choice(ListQuestion::LoginOrKey, marked) => page_box.choose(frame, &text, *marked, &words::HOW),
        Page::Form(form) => match form.preview {
            Some(from) => page_box.preview(frame, (form, from), &model.providers),
            None => page_box.form(frame, form, wizard.work, complaint, model),
        },
        Page::Notice => page_box.tell(frame, &text),
        Page::Text(question, field) => {
            let note = words::note(wizard, *question, field);
            let said = complaint.map(|text| (text.to_owned(), theme.bad));
            let said = said.or(note.map(|text| (text, theme.muted)));
            let kept = words::kept(wizard, model.wizard_context()).map(|text| (text, Style::new()));
            let below: Vec<(String, Style)> = kept.into_iter().chain(said).collect();
            page_box.ask(frame, &text, &[(&words::prompt(wizard, *question), field, true)], below);
        }
        Page::Key(page) => {
            let end = words::key_end(page, now).map(|end| match end {
                Ok(words) => (words, Style::new()),
                Err(why) => (why, theme.bad),
            });
            // What is wrong with the end is also why it was not taken.
            let is_said = |text: &&str| end.as_ref().is_some_and(|end| end.0 == **text);
            let said = complaint.filter(|text| !is_said(text)).map(|text| (text.to_owned(), theme.bad));
            let said = said.or(words::key_note(wizard, page).map(|text| (text, theme.muted)));
            let [key, ends] = words::KEY_PROMPTS;
            let fields = [
                (key, &page.key, page.focus == KeyField::Key),
                (ends, &page.ends, page.focus == KeyField::Ends),
            ];
            page_box.ask(frame, &text, &fields, end.into_iter().chain(said).collect());
        }
        // The one has a view of its own; at the other the login is about to take the screen.
        Page::Scopes(_) | Page::Ready => {}
    }
}

/// The box of a page.
struct PageBox<'a> {
    title: String,
    /// What was answered on the pages before.
    head: Vec<(&'static str, String)>,
    area: Rect,
    width: u16,
    theme: &'a Theme,
    map: &'a ScreenMap,
}

impl PageBox<'_> {
    /// The providers that fit what is typed, below the field. The box is as high as for all of them, so
    /// that it stands still.
    fn providers(&self, frame: &mut Frame<'_>, search: &ListSearch, model: &Model) {
        let all = |typed| offers(&model.catalog, &model.configured_servers, typed);
        let (found, all) = (all(search.field.text()), all("").len());
        let faults = model.catalog.errors.iter();
        let faults =
            faults.map(|fault| format!("Cannot be used: {}.", text_layout::safe(&fault.to_string())));
        let faults: Vec<String> =
            faults.flat_map(|fault| text_layout::wrap(&fault, self.width)).take(FAULTS).collect();
        let below = if faults.is_empty() { 0 } else { rows(faults.len()) + 1 };
        let most = self.area.height.saturating_sub(4 + below).max(1);
        let seen = rows(all).clamp(1, most);
        let inner = self.above(frame, 2 + seen + below);
        let asked = if all == 0 { "No provider file can be used." } else { "Provider or web address: " };
        search.field.render(frame, frame::row(inner, 0), asked, self.theme);
        if let Some(error) = address_error(search.field.text()) {
            self.lines(frame, frame::row(inner, 1), &[words::complaint(error.rule())], self.theme.bad);
        }
        let first = search.first(search.marked, usize::from(seen));
        let mut fuzzy = Fuzzy::new(search.field.text());
        let cut = |text: &str| text_layout::cut(text, self.width.saturating_sub(frame::MARK));
        for (down, (index, offer)) in (0..seen).zip(found.iter().enumerate().skip(first)) {
            let fitting = self.theme.accent.add_modifier(Modifier::BOLD);
            let text = match offer {
                Offer::Provider(provider) => {
                    let text = cut(&provider_line::text(provider));
                    let marks = self.marks(provider, &text);
                    fuzzy.spans(&text, Style::new(), fitting).into_iter().chain(marks).collect()
                }
                Offer::Server(server) => {
                    let text = server_text(server, &model.configured_servers);
                    let whole = format!("{text} · log in here");
                    let fits = cut(&whole) == whole;
                    fuzzy.spans(&cut(if fits { &whole } else { &text }), Style::new(), fitting)
                }
                Offer::Address(address) => vec![Span::raw(cut(&words::at_address(address)))],
            };
            self.choice(frame, frame::row(inner, 2 + down), text, (index, search.marked));
        }
        if usize::from(seen) < found.len() {
            let place = format!("{} of {}", search.marked + 1, found.len());
            frame::foot(frame, self.around(inner), &place, self.theme);
        }
        self.lines(frame, frame::below(inner, 3 + seen), &faults, self.theme.warn);
    }

    /// How one logs in at `provider`, at the right end of its line, where there is room behind `text`.
    fn marks(&self, provider: &Provider, text: &str) -> Option<Span<'static>> {
        let room = self.width.saturating_sub(frame::MARK + text_layout::width(text) + 2);
        let marks =
            provider_line::marks(provider).into_iter().find(|marks| text_layout::width(marks) <= room)?;
        let gap = usize::from(room + 2 - text_layout::width(&marks));
        Some(Span::styled(" ".repeat(gap) + &marks, self.theme.muted))
    }

    /// Answers of which one is marked, below the question.
    fn choose(&self, frame: &mut Frame<'_>, text: &str, marked: usize, answers: &[&str]) {
        let mut text = text_layout::wrap(text, self.width);
        if rows(text.len() + answers.len()) + 3 > self.area.height {
            text.truncate(1);
        }
        let gap = u16::from(rows(text.len() + answers.len()) + 3 <= self.area.height);
        let above = rows(text.len()) + gap;
        let inner = self.above(frame, above + rows(answers.len()));
        self.lines(frame, inner, &text, Style::new());
        for (down, (index, answer)) in (above..).zip(answers.iter().enumerate()) {
            self.choice(frame, frame::row(inner, down), vec![Span::raw(*answer)], (index, marked));
        }
    }

    fn choice(&self, frame: &mut Frame<'_>, row: Rect, text: Vec<Span<'_>>, (index, marked): (usize, usize)) {
        self.map.put(row, MouseTarget::Choice(index));
        frame.render_widget(Line::from_iter([Span::raw("  ")].into_iter().chain(text)), row);
        if index == marked {
            self.map.put_cursor(row);
            frame::select(frame, row, self.theme);
        }
    }

    /// Text fields below what they are for, each with its prompt, and whether it is typed into. Where room is
    /// short the end of the text is cut.
    fn ask(
        &self,
        frame: &mut Frame<'_>,
        text: &str,
        fields: &[(&str, &Field, bool)],
        below: Vec<(String, Style)>,
    ) {
        let wrapped = |(text, style): (String, Style)| {
            let lines = text_layout::wrap(&text_layout::safe(&text), self.width);
            lines.into_iter().map(move |line| Line::styled(line, style))
        };
        let below: Vec<Line<'_>> = below.into_iter().flat_map(wrapped).collect();
        let under = if below.is_empty() { 0 } else { rows(below.len()) + 1 };
        let room = self.area.height.saturating_sub(under + 3 + rows(fields.len()));
        let text = text_layout::wrap_into(text, self.width, usize::from(room));
        let above = if text.is_empty() { 0 } else { rows(text.len()) + 1 };
        let inner = self.above(frame, above + rows(fields.len()) + under);
        self.lines(frame, inner, &text, Style::new());
        for (place, (prompt, field, is_focused)) in fields.iter().enumerate() {
            let row = frame::row(inner, above + rows(place));
            self.map.put(row, MouseTarget::Choice(place));
            match is_focused {
                true => field.render(frame, row, prompt, self.theme),
                false => {
                    let seen = text_layout::cut(
                        &field.seen(u16::MAX).0,
                        self.width.saturating_sub(text_layout::width(prompt)),
                    );
                    frame.render_widget(Line::from_iter([(*prompt).to_owned(), seen]), row);
                }
            }
        }
        for (down, line) in (above + rows(fields.len()) + 1..).zip(below) {
            frame.render_widget(line, frame::row(inner, down));
        }
    }

    fn tell(&self, frame: &mut Frame<'_>, text: &str) {
        let room = usize::from(self.area.height.saturating_sub(4));
        let text = text_layout::wrap_into(text, self.width, room);
        let inner = self.above(frame, rows(text.len()) + 2);
        self.lines(frame, inner, &text, Style::new());
        let then = Line::styled("Enter continues, Esc goes back.", self.theme.strong);
        frame.render_widget(then, frame::row(inner, rows(text.len()) + 1));
    }

    /// A box for `height` rows, and above them as much of the earlier answers as there is room for.
    fn above(&self, frame: &mut Frame<'_>, height: u16) -> Rect {
        let room = usize::from(self.area.height.saturating_sub(height + frame::AROUND + 1));
        let head = self.head.get(self.head.len().saturating_sub(room)..).unwrap_or_default();
        let above = if head.is_empty() { 0 } else { rows(head.len()) + 1 };
        let size = (self.width, height + above);
        let inner = frame::above(frame, self.area, size, &self.title, self.theme);
        for (down, (label, answer)) in (0..).zip(head) {
            let label = Span::styled(text_layout::fill(label, LABEL), self.theme.muted);
            let answer = text_layout::cut(answer, self.width.saturating_sub(LABEL));
            frame.render_widget(Line::from(vec![label, Span::raw(answer)]), frame::row(inner, down));
        }
        frame::below(inner, above)
    }

    /// The box around `inner`, as [`frame::above`] drew it where room is short.
    fn around(&self, inner: Rect) -> Rect {
        let bottom = (inner.bottom() + 1).min(self.area.bottom());
        let x = inner.x.saturating_sub(2).max(self.area.x);
        let right = (inner.right() + 2).min(self.area.right());
        Rect { x, y: self.area.y, width: right - x, height: bottom - self.area.y }
    }

    fn lines(&self, frame: &mut Frame<'_>, area: Rect, lines: &[String], style: Style) {
        for (down, line) in (0..).zip(lines) {
            frame.render_widget(Line::styled(line.as_str(), style), frame::row(area, down));
        }
    }
}
