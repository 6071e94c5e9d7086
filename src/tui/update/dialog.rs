//! Answers to questions that stand over the list.

use crate::domain::change::{Change, Edit};
use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::tui::dialog::DialogAnswer;
use crate::tui::message::Effect;
use crate::tui::model::{Leaving, Model};
use crate::tui::update::{login, revoke, unsaved};

/// Does what the person answered.
pub(super) fn answered(model: &mut Model, answer: DialogAnswer, now: Now) -> Vec<Effect> {
    match answer {
        DialogAnswer::Nothing => Vec::new(),
        DialogAnswer::Forget(id) => change(model, id, Edit::Forget(now.wall)),
        DialogAnswer::Remove(id) => change(model, id, Edit::Remove),
        DialogAnswer::RevokeAtProvider(id) => revoke::begin(model, id, now),
        DialogAnswer::SaveAgain(id) => unsaved::save_again(model, &id),
        DialogAnswer::Drop(id) => {
            model.forget_unsaved(&id);
            Vec::new()
        }
        DialogAnswer::Quit => {
            model.leaving = Leaving::Yes;
            vec![Effect::Quit]
        }
        DialogAnswer::CancelLogin | DialogAnswer::Decide(_) => login::answer(model, answer, now),
    }
}

/// What the person wants of a profile holds whatever its tokens are by then.
fn change(model: &mut Model, id: ProfileId, edit: Edit) -> Vec<Effect> {
    model.saving += 1;
    let change = Change { name: id.name.clone(), expects: None, edit };
    vec![Effect::Change(id, Box::new(change))]
}
