//! Reveal of a secret: asked for, shown for a few seconds, and hidden by any key.

use std::mem;

use crossterm::event::{KeyCode, KeyEvent};

use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::secret::Secret;
use crate::domain::trouble::Trouble;
use crate::oauth::form::Form;
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::reveal::{REVEAL_TIME, Reveal};
use crate::tui::screen::Screen;
use crate::tui::update::status::report_trouble;

/// Shows what was read, where the person still looks at that profile.
pub(super) fn revealed(
    model: &mut Model,
    id: &ProfileId,
    (form, secret): (Form, Result<Secret, Trouble>),
    now: Now,
) {
    let is_wanted = model.screen.is_free() && model.selected_profile().is_some_and(|there| there.id == *id);
    match secret {
        Ok(secret) if is_wanted => {
            let below = Box::new(mem::take(&mut model.screen));
            let until = now.steady.after(REVEAL_TIME);
            model.screen = Screen::Reveal(Reveal { id: id.clone(), form, secret, until }, below);
        }
        Ok(_) => {}
        Err(trouble) => report_trouble(model, &trouble),
    }
}

/// Hides what is shown; `v` shows the refresh token after the token.
pub(super) fn press(model: &mut Model, key: KeyEvent) -> Vec<Effect> {
    let Some(reveal) = hide(model) else { return Vec::new() };
    let has_refresh = model.profile(&reveal.id).is_some_and(|profile| profile.refresh_token().is_some());
    if key.code == KeyCode::Char('v') && reveal.form == Form::Token && has_refresh {
        return vec![Effect::Reveal(reveal.id, Form::Refresh)];
    }
    Vec::new()
}

/// Hides what has been shown long enough.
pub(super) fn expire(model: &mut Model, now: Now) {
    if matches!(&model.screen, Screen::Reveal(reveal, _) if reveal.until <= now.steady) {
        hide(model);
    }
}

/// Hides what is shown, if anything is.
pub(super) fn hide(model: &mut Model) -> Option<Reveal> {
    if !matches!(model.screen, Screen::Reveal(..)) {
        return None;
    }
    let Screen::Reveal(reveal, below) = mem::take(&mut model.screen) else { return None };
    model.screen = *below;
    Some(reveal)
}
