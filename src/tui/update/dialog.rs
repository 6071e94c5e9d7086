//! Answers to questions that stand over the list.

use crate::domain::change::{Change, Edit};
use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::tui::dialog::Answer;
use crate::tui::message::Effect;
use crate::tui::model::{Leaving, Model};
use crate::tui::update::{login, revoke, unsaved};

/// Does what the person answered.
pub(super) fn answered(model: &mut Model, answer: Answer, now: Now) -> Vec<Effect> {
    match answer {
        Answer::Nothing => Vec::new(),
        Answer::Forget(id) => change(model, id, Edit::Forget(now.wall)),
        Answer::Remove(id) => change(model, id, Edit::Remove),
        Answer::RevokeAtProvider(id) => revoke::begin(model, id, now),
        Answer::SaveAgain(id) => unsaved::save_again(model, &id),
        Answer::Drop(id) => {
            model.let_go(&id);
            Vec::new()
        }
        Answer::Quit => {
            model.leaving = Leaving::Yes;
            vec![Effect::Quit]
        }
        Answer::CancelLogin | Answer::Decide(_) => login::answer(model, answer, now),
    }
}

/// What the person wants of a profile holds whatever its tokens are by then.
fn change(model: &mut Model, id: ProfileId, edit: Edit) -> Vec<Effect> {
    model.saving += 1;
    let change = Change { name: id.name.clone(), expects: None, edit };
    vec![Effect::Change(id, Box::new(change))]
}
