//! Help: doing what is chosen in it.

use std::mem;

use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::tui::availability::{Unavailable, availability, means_something};
use crate::tui::help::{self, HelpEntry};
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::update::status::show;

/// Closes the help and gives what is chosen, to be done on the screen below; where that is not possible, says
/// why.
pub(super) fn take(model: &mut Model, now: Now) -> Option<Action> {
    let Screen::Help(search, below) = &model.screen else { return None };
    let found = help::found(&model.keys, search.field.text());
    match found.get(search.marked)? {
        HelpEntry::State(health, _) => {
            if below.is_free() {
                show_state(model, *health);
            }
            None
        }
        HelpEntry::Key(context, binding) => match means_something(model, below, *context) {
            Ok(()) => uncover(model, binding.action, now),
            Err(why) => refuse(model, &why, now),
        },
    }
}

/// Shows the rows of that state alone.
fn show_state(model: &mut Model, health: Health) {
    let word = health.word().split(' ').next().unwrap_or_default();
    model.filter = format!("state:{word}");
    model.screen = Screen::List;
}

fn uncover(model: &mut Model, action: Action, now: Now) -> Option<Action> {
    let Screen::Help(search, below) = mem::take(&mut model.screen) else { return None };
    model.screen = *below;
    if model.marks.is_empty()
        && let Err(why) = availability(model, action, now)
    {
        model.screen = Screen::Help(search, Box::new(mem::take(&mut model.screen)));
        return refuse(model, &why, now);
    }
    Some(action)
}

fn refuse(model: &mut Model, why: &Unavailable, now: Now) -> Option<Action> {
    show(model, why.sentences(), why.tone, now);
    None
}
