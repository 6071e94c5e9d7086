//! Unsaved tokens: they are held here alone until a store has them, or nobody wants them.

use crate::domain::change::{Change, Edit};
use crate::domain::name::ProfileId;
use crate::tui::dialog::DialogQuestion;
use crate::tui::message::Effect;
use crate::tui::model::Model;
use crate::tui::screen::Screen;

/// Tries once more to store the unsaved tokens of a profile.
pub(super) fn save_again(model: &mut Model, id: &ProfileId) -> Vec<Effect> {
    let Some(unsaved) = &model.running(id).unsaved else { return Vec::new() };
    // A pair that somebody else stored since must not be replaced.
    let (expects, edit) = (Some(unsaved.replaces), Edit::Refresh(unsaved.tokens.clone()));
    let change = Change { name: id.name.clone(), expects, edit };
    model.saving += 1;
    vec![Effect::Change(id.clone(), Box::new(change))]
}

/// Lets go of tokens that are stored by now, whoever has stored them.
pub(super) fn forget_stored(model: &mut Model) {
    let pair = |id: &ProfileId| model.profile(id).and_then(|profile| profile.held.fingerprint());
    let stored =
        model.unsaved().filter(|(id, unsaved)| pair(id) == Some(unsaved.tokens.tokens.fingerprint()));
    let stored: Vec<ProfileId> = stored.map(|(id, _)| id.clone()).collect();
    if stored.is_empty() {
        return;
    }
    stored.iter().for_each(|id| model.forget_unsaved(id));
    let Screen::Dialog(dialog) = &model.screen else { return };
    let is_settled = matches!(&dialog.question, DialogQuestion::UnsavedRefresh(id, _) if stored.contains(id))
        || (dialog.question == DialogQuestion::QuitUnsaved && !model.holds_unsaved());
    if is_settled {
        model.screen = Screen::List;
    }
}
