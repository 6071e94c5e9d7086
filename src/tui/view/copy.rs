//! What can be copied of the selected profile.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::{Line, Span};

use crate::domain::profile::{Kind, Profile};
use crate::tui::keymap::{BINDINGS, Place};
use crate::tui::message::{Action, Form};
use crate::tui::model::Model;
use crate::tui::theme::Theme;
use crate::tui::{pane, prose, state};

/// The widest the chooser becomes.
const WIDTH: u16 = 64;
/// Columns of a form's name.
const NAME: u16 = 15;

/// Draws the chooser above `area`.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme) {
    let Some(profile) = model.selected_profile() else { return };
    let forms: Vec<_> = BINDINGS
        .iter()
        .filter(|binding| binding.place == Place::Copy)
        .filter_map(|binding| {
            let Action::CopyForm(form) = binding.action else { return None };
            Some((binding.keys.first()?.word(), form, sample(model, profile, form)?))
        })
        .collect();
    let height = u16::try_from(forms.len().max(1)).unwrap_or(u16::MAX);
    let title = format!("Copy from {}", profile.id.name);
    let inner = pane::above(frame, area, (WIDTH, height), &title, theme);
    if forms.is_empty() {
        frame.render_widget(Line::raw("It holds no tokens."), pane::row(inner, 0));
    }
    for (down, (key, form, sample)) in (0..).zip(forms) {
        let line = Line::from(vec![
            Span::styled(format!("{key}  "), theme.accent),
            Span::raw(prose::fill(form.word(), NAME)),
            Span::styled(prose::cut(&sample, inner.width.saturating_sub(NAME + 3)), theme.muted),
        ]);
        frame.render_widget(line, pane::row(inner, down));
    }
}

/// What the copied text will look like, with a mask for the secret; nothing where there is none.
fn sample(model: &Model, profile: &Profile, form: Form) -> Option<String> {
    let tokens = profile.held.tokens()?;
    let end = prose::safe(&tokens.access.mask(&[]));
    let variable = model.provider(profile).and_then(|provider| provider.export.as_deref());
    Some(match form {
        Form::Token => state::mask(model, profile, &tokens.access),
        Form::Header => format!("Authorization: Bearer {end}"),
        Form::Curl => format!("curl -H 'Authorization: Bearer {end}'"),
        Form::Export => format!("export {}={end}", prose::safe(variable.unwrap_or("TOKEN"))),
        Form::Refresh if profile.kind == Kind::ApiKey => return None,
        Form::Refresh => state::mask(model, profile, tokens.refresh.as_ref()?),
    })
}
