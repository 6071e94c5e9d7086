//! Form of a server: a row for each field, what the one with the focus is, and the file beside it.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::tui::frame::{self, MARK};
use crate::tui::model::Model;
use crate::tui::screen_map::MouseTarget;
use crate::tui::text_layout::{self, rows};
use crate::tui::view::wizard::{PageBox, words};
use crate::tui::wizard::Work;
use crate::tui::wizard::form::{FormField, ServerForm};

/// Columns of a label.
const LABEL: u16 = 17;
/// Columns of the word behind a field that the server has told.
const FOUND: u16 = 6;
/// The most columns of the form, and of the form with the file beside it.
const WIDTH: (u16, u16) = (72, 124);
/// From so many columns on the file stands beside the form.
const BESIDE: u16 = 96;
/// With fewer rows than that there is one for what the field is.
const ROOMY: u16 = 10;

/// The columns of the box, where there are so many.
pub(super) fn width(room: u16) -> u16 {
    if room >= BESIDE { WIDTH.1.min(room) } else { WIDTH.0.min(room) }
}

/// A field, with what is said of it.
struct FormRow {
    field: FormField,
    said: Vec<(String, Style)>,
}

impl PageBox<'_> {
    pub(super) fn form(
        &self,
        frame: &mut Frame<'_>,
        form: &ServerForm,
        work: Work,
        complaint: Option<&str>,
        model: &Model,
    ) {
        let columns = if self.width >= BESIDE { self.width / 5 * 3 } else { self.width };
        let list: Vec<FormRow> =
            FormField::ALL.into_iter().map(|field| self.said(form, field, columns, model)).collect();
        let most = self.area.height.saturating_sub(2);
        let (about, style) = self.about(form, work, complaint, model);
        let about = text_layout::wrap_into(&about, columns, if most < ROOMY { 1 } else { 6 });
        let gap = u16::from(most >= ROOMY);
        let height: usize = list.iter().map(|row| 1 + row.said.len()).sum();
        let seen = rows(height).min(most.saturating_sub(rows(about.len()) + gap));
        let inner = self.above(frame, seen + gap + rows(about.len()));
        let left = Rect { width: columns.min(inner.width), ..inner };
        let area = Rect { height: seen.min(left.height), ..left };
        self.fields(frame, (area, self.around(inner)), form, &list);
        self.lines(frame, frame::below(left, seen + gap), &about, style);
        if columns < self.width {
            let beside =
                Rect { x: inner.x + columns + 2, width: inner.width.saturating_sub(columns + 2), ..inner };
            self.file_beside(frame, beside, form);
        }
    }

    /// A row, with what is wrong or to be known below it.
    fn said(&self, form: &ServerForm, field: FormField, columns: u16, model: &Model) -> FormRow {
        let theme = self.theme;
        let complaint =
            form.complaint(field, model.wizard_context()).map(|why| (words::complaint(&why), theme.bad));
        let doubt = || form.doubt(field).map(|doubt| (words::complaint(&doubt), theme.warn));
        let said = complaint.or_else(doubt);
        let said = said.map(|(text, style)| {
            let sign = if style == theme.warn { "!" } else { theme.glyphs.steps.failed };
            let lines = text_layout::wrap_into(&format!("{sign} {text}"), columns - indent(columns), 3);
            lines.into_iter().map(|line| (line, style)).collect()
        });
        FormRow { field, said: said.unwrap_or_default() }
    }

    /// As many rows as there is room for, the one with the focus among them.
    fn fields(
        &self,
        frame: &mut Frame<'_>,
        (area, around): (Rect, Rect),
        form: &ServerForm,
        list: &[FormRow],
    ) {
        let before = |place: usize| list.iter().take(place).map(|row| 1 + row.said.len()).sum::<usize>();
        let focus = form.focus().place();
        let (all, seen) = (before(list.len()), usize::from(area.height));
        // What is said of the field is seen with it, and as much above it as below.
        let middle = (before(focus) + before(focus + 1)) / 2;
        let first = middle.saturating_sub(seen / 2).min(all.saturating_sub(seen));
        for (place, row) in list.iter().enumerate() {
            let line = |more: usize| {
                let down = (before(place) + more).checked_sub(first)?;
                (down < seen).then(|| frame::row(area, rows(down)))
            };
            if let Some(line) = line(0) {
                self.map.put(line, MouseTarget::Choice(place));
                self.field(frame, line, form, row.field);
            }
            for (more, (text, style)) in row.said.iter().enumerate() {
                if let Some(line) = line(more + 1) {
                    let indent = indent(area.width);
                    let line = Rect { x: line.x + indent, width: line.width.saturating_sub(indent), ..line };
                    frame.render_widget(Line::styled(text.as_str(), *style), line);
                }
            }
        }
        if seen < all {
            let place = format!("{} of {}", focus + 1, list.len());
            frame::foot(frame, around, &place, self.theme);
        }
    }

    fn field(&self, frame: &mut Frame<'_>, row: Rect, form: &ServerForm, field: FormField) {
        let theme = self.theme;
        let is_focused = form.focus() == field;
        let is_strong = is_focused || form.is_missing(field);
        let label = if field == FormField::LogIn { "" } else { field.label() };
        let label_style = if is_strong { theme.strong } else { Style::new() };
        let label = Span::styled(text_layout::fill(label, LABEL), label_style);
        frame.render_widget(Line::from(vec![Span::raw("  "), label]), row);
        let found = if form.is_found(field) { FOUND } else { 0 };
        let indent = (MARK + LABEL).min(row.width);
        let value = Rect { x: row.x + indent, width: (row.width - indent).saturating_sub(found), ..row };
        if found > 0 {
            let word = Rect { x: value.right() + 1, width: FOUND - 1, ..row };
            frame.render_widget(Span::styled("found", theme.good), word.intersection(row));
        }
        if is_focused {
            frame::select(frame, row, theme);
        }
        self.value(frame, value, form, field);
        if is_focused && !field.is_text() {
            self.map.put_cursor(row);
        }
    }

    fn value(&self, frame: &mut Frame<'_>, area: Rect, form: &ServerForm, field: FormField) {
        let theme = self.theme;
        let is_focused = form.focus() == field;
        let provider = text_layout::safe(form.typed(FormField::Provider));
        let prompt = if field == FormField::Profile { format!("{provider}/") } else { String::new() };
        let span = match (form.text(field), form.choice(field)) {
            (Some(text), _) if is_focused => return text.render(frame, area, &prompt, theme),
            (Some(text), _) => {
                let nothing = if form.is_missing(field) { "required" } else { "optional" };
                let is_empty =
                    form.typed(field).is_empty() && (field != FormField::ClientSecret || text.is_empty());
                match is_empty {
                    true => Span::styled(nothing, theme.muted),
                    false => Span::raw(text_layout::cut(&(prompt + &text.seen(u16::MAX).0), area.width)),
                }
            }
            (None, Some(choice)) if is_focused => Span::styled(format!("‹ {choice} ›"), theme.accent),
            (None, Some(choice)) => Span::raw(choice),
            (None, None) => Span::styled(
                format!(" {} ", field.label()),
                if is_focused { theme.choice } else { theme.key },
            ),
        };
        frame.render_widget(span, area);
    }

    /// What is said below the fields: what became of it, or what the field with the focus is.
    fn about(
        &self,
        form: &ServerForm,
        work: Work,
        complaint: Option<&str>,
        model: &Model,
    ) -> (String, Style) {
        let theme = self.theme;
        let path = format!("{}/{}.yaml", model.providers, form.typed(FormField::Provider));
        let (text, style) = match (work, complaint) {
            (Work::Saving, _) => (format!("Saving {path}."), Style::new()),
            (_, Some(complaint)) => (complaint.to_owned(), theme.bad),
            (_, None) if form.is_agreed => {
                ("Enter sends codes and secrets to that host. Esc goes back.".to_owned(), theme.warn)
            }
            (_, None) if form.focus() == FormField::LogIn => {
                (format!("Saves {path} and opens the login page."), Style::new())
            }
            (_, None) => (words::of_field(form, form.focus()), Style::new()),
        };
        (text_layout::safe(&text.replace('\n', " ")), style)
    }

    fn file_beside(&self, frame: &mut Frame<'_>, area: Rect, form: &ServerForm) {
        let bar = Span::styled(self.theme.glyphs.border.vertical_left, self.theme.border);
        let area = Rect { x: area.x + 2, width: area.width.saturating_sub(2), ..area };
        let file = form.draft().text();
        // The lines before it say what they say in every file.
        let lines = file.lines().filter(|line| !line.starts_with('#'));
        for (down, line) in (0..area.height).zip(lines.map(Some).chain(std::iter::repeat(None))) {
            let row = frame::row(area, down);
            frame.render_widget(bar.clone(), Rect { x: row.x - 2, width: 1, ..row });
            let line = text_layout::cut(&text_layout::safe(line.unwrap_or_default()), row.width);
            frame.render_widget(Span::styled(line, self.theme.muted), row);
        }
    }

    /// The file as it will be, below where it will lie.
    pub(super) fn preview(&self, frame: &mut Frame<'_>, (form, from): (&ServerForm, usize), folder: &str) {
        let path = format!("This file will be saved as {folder}/{}.yaml:", form.typed(FormField::Provider));
        let file = form.draft().text();
        let file: Vec<String> =
            file.lines().map(|line| text_layout::cut(&text_layout::safe(line), self.width)).collect();
        let most = self.area.height.saturating_sub(2);
        let path = text_layout::wrap_into(&path, self.width, if most < ROOMY { 1 } else { 3 });
        let above = rows(path.len()) + u16::from(most >= ROOMY);
        let seen = rows(file.len()).min(most.saturating_sub(above).max(1));
        let inner = self.above(frame, above + seen);
        self.lines(frame, inner, &path, Style::new());
        let first = from.min(file.len().saturating_sub(usize::from(seen)));
        let shown: Vec<String> = file.iter().skip(first).take(usize::from(seen)).cloned().collect();
        self.lines(frame, frame::below(inner, above), &shown, self.theme.muted);
        let seen = first..first + usize::from(seen);
        frame::foot_part(frame, self.around(inner), seen, file.len(), self.theme);
    }
}

/// Columns before what is said of a field.
fn indent(columns: u16) -> u16 {
    if columns >= 50 { MARK + LABEL } else { MARK }
}
