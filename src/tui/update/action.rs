//! Every action to its consequence.

use std::mem;

use crate::domain::change::{Change, Edit, StoreNotice};
use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::profile::{Kind, Profile};
use crate::oauth::login::needs::Goal;
use crate::tui::dialog::{Answer, Dialog, Question};
use crate::tui::field::{Field, Sight};
use crate::tui::layout::{self, list_rows};
use crate::tui::message::{Action, Effect, Form, Motion};
use crate::tui::model::{Leaving, Model, Panel, Screen, Tone};
use crate::tui::update::said::say;
use crate::tui::update::selected::{on_selected, on_stored};
use crate::tui::update::{input, login, panel, refresh, revoke, wizard};
use crate::tui::wizard::choices;
use crate::tui::{help, rows};

/// Does what the person wants.
pub(super) fn act(model: &mut Model, now: Now, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit => quit(model),
        Action::Move(motion) => {
            step(model, now, motion);
            Vec::new()
        }
        Action::Enter => enter(model, now),
        Action::Back => back(model, now),
        Action::NewLogin => login::begin_new(model, now),
        Action::LogIn if matches!(model.screen, Screen::Login(_)) => login::try_again(model, now),
        Action::LogIn => on_stored(model, now, "there is nothing to log in to", |model, profile| {
            login::begin_again(model, profile, Goal::Login, now)
        }),
        Action::Scopes => on_stored(model, now, "it has no scopes to choose", |model, profile| {
            login::begin_again(model, profile, Goal::Scopes, now)
        }),
        Action::ToggleScope | Action::AddScope | Action::ListScopes => wizard::choose_scopes(model, action),
        Action::Refresh => on_stored(model, now, "it is not refreshed", |model, profile| {
            refresh::ask(model, &profile.id, now)
        }),
        Action::RefreshDue => refresh::ask_due(model, now),
        Action::Copy => on_selected(model, now, |model, profile| {
            if profile.held.tokens().is_some() {
                model.screen = Screen::Copy;
            } else {
                say(model, format!("{} holds no tokens.", profile.id.name), Tone::Plain, Some(now));
            }
            Vec::new()
        }),
        Action::CopyForm(form) => {
            model.screen = Screen::List;
            on_selected(model, now, |model, profile| copy(model, profile, form, now))
        }
        Action::RevokeLocally => on_stored(model, now, "it is not erased", |model, profile| {
            model.screen = Screen::Dialog(Dialog::new(Question::Revoke(profile.id.clone())));
            Vec::new()
        }),
        Action::Test => on_selected(model, now, |model, profile| test(model, profile, now)),
        Action::Filter => {
            model.screen = Screen::Filter(Field::new(&model.filter, Sight::Clear));
            Vec::new()
        }
        Action::Revoke => {
            on_stored(model, now, "it is not revoked", |model, profile| revoke::ask(model, profile, now))
        }
        Action::Events => {
            model.screen = Screen::Events(0);
            vec![Effect::ReadEvents]
        }
        Action::Automatic => on_stored(model, now, "it is never renewed", |model, profile| {
            refresh::toggle(model, profile, now)
        }),
        Action::MakePrivate => make_private(model, now),
        Action::Help => {
            let below = mem::take(&mut model.screen);
            model.screen = Screen::Help(0, Box::new(below));
            Vec::new()
        }
        Action::Redraw => vec![Effect::Redraw, Effect::Read(StoreId::Own)],
        Action::Suspend => suspend(model, now),
        Action::OpenAgain
        | Action::CopyLink
        | Action::CopyUserCode
        | Action::Paste
        | Action::SwitchDoor
        | Action::ShowQr
        | Action::PlainUrl => panel::act(model, now, action),
    }
}

/// A stopped program takes no answer, and an answer may hold the only good tokens.
pub(super) fn suspend(model: &mut Model, now: Now) -> Vec<Effect> {
    match model.unfinished() {
        Some(unfinished) => {
            say(model, format!("Not suspended: {unfinished} is awaited."), Tone::Plain, Some(now));
            Vec::new()
        }
        None => vec![Effect::Suspend],
    }
}

fn make_private(model: &mut Model, now: Now) -> Vec<Effect> {
    if model.own().is_some_and(|own| own.notices.iter().any(StoreNotice::is_open)) {
        return vec![Effect::MakePrivate];
    }
    say(model, "Only you can read the file already.", Tone::Plain, Some(now));
    Vec::new()
}

fn quit(model: &mut Model) -> Vec<Effect> {
    let asked = matches!(&model.screen, Screen::Dialog(dialog) if dialog.question == Question::QuitUnsaved)
        && layout::is_seen(model);
    if model.holds_unsaved() && !asked {
        model.screen = Screen::Dialog(Dialog::new(Question::QuitUnsaved));
        return Vec::new();
    }
    model.leaving = Leaving::Yes;
    vec![Effect::Quit]
}

fn step(model: &mut Model, now: Now, motion: Motion) {
    let page = list_rows(model).max(1);
    let (columns, rows) = layout::page(model);
    match &mut model.screen {
        Screen::Dialog(dialog) | Screen::Login(Panel::Cancelling(dialog) | Panel::Deciding(dialog)) => {
            dialog.step(motion);
        }
        Screen::Events(lines) => {
            let last = model.events.len();
            *lines = motion.from(*lines, last, rows);
        }
        Screen::Help(lines, _) => {
            *lines = motion.from(*lines, help::last(columns, rows) + 1, rows);
        }
        Screen::Wizard(wizard) => {
            let choices = model.catalog.as_ref().map_or(0, |catalog| choices(catalog).len());
            if let Some((place, count)) = wizard.marked(choices) {
                *place = motion.from(*place, count, page);
            }
        }
        Screen::List | Screen::Detail | Screen::Filter(_) | Screen::Copy | Screen::Login(_) => {
            let shown = rows::shown(model, now.wall);
            let place = rows::place(model, &shown).unwrap_or(0);
            let to = motion.from(place, shown.len(), page);
            if let Some(id) = shown.get(to).map(|(store, row)| rows::id(*store, row)) {
                model.selected = Some(id);
            }
        }
    }
}

fn enter(model: &mut Model, now: Now) -> Vec<Effect> {
    match &model.screen {
        Screen::List => {
            if model.selected.is_some() {
                model.screen = Screen::Detail;
            }
            Vec::new()
        }
        Screen::Dialog(dialog) => {
            let answer = dialog.answer();
            model.screen = login::below(model);
            answered(model, answer, now)
        }
        Screen::Login(Panel::Cancelling(dialog) | Panel::Deciding(dialog)) => {
            let answer = dialog.answer();
            login::answer(model, answer, now)
        }
        Screen::Login(Panel::Steps) => login::close_when_over(model),
        Screen::Login(Panel::Qr) => back(model, now),
        Screen::Wizard(_) | Screen::Filter(_) | Screen::Login(Panel::Pasting(_)) => input::submit(model, now),
        Screen::Help(..) | Screen::Events(_) => back(model, now),
        Screen::Detail | Screen::Copy => Vec::new(),
    }
}

fn back(model: &mut Model, now: Now) -> Vec<Effect> {
    match mem::take(&mut model.screen) {
        Screen::List | Screen::Filter(_) => model.filter.clear(),
        Screen::Detail | Screen::Copy | Screen::Events(_) => {}
        Screen::Dialog(_) => model.screen = login::below(model),
        Screen::Help(_, below) => model.screen = *below,
        Screen::Wizard(wizard) => model.screen = wizard::back(wizard),
        Screen::Login(Panel::Steps) => {
            model.screen = Screen::Login(Panel::Steps);
            return login::leave(model, now);
        }
        Screen::Login(Panel::Qr | Panel::Pasting(_) | Panel::Cancelling(_)) => {
            model.screen = Screen::Login(Panel::Steps);
        }
        // Tokens that came are kept or discarded on purpose, not by leaving.
        Screen::Login(Panel::Deciding(dialog)) => {
            model.screen = Screen::Login(Panel::Deciding(dialog));
            say(
                model,
                "Say what is to become of the tokens: choose an answer and press Enter.",
                Tone::Plain,
                Some(now),
            );
        }
    }
    Vec::new()
}

fn answered(model: &mut Model, answer: Answer, now: Now) -> Vec<Effect> {
    match answer {
        Answer::Nothing => Vec::new(),
        Answer::Forget(id) => change(model, id, Edit::Forget(now.wall)),
        Answer::Remove(id) => change(model, id, Edit::Remove),
        Answer::RevokeAtProvider(id) => revoke::begin(model, id, now),
        Answer::SaveAgain(id) => refresh::save_again(model, &id),
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

fn copy(model: &mut Model, profile: &Profile, form: Form, now: Now) -> Vec<Effect> {
    if form == Form::Refresh && profile.refresh_token().is_none() {
        say(model, format!("{} has no refresh token.", profile.id.name), Tone::Plain, Some(now));
        return Vec::new();
    }
    vec![Effect::Copy(profile.id.clone(), form)]
}

fn test(model: &mut Model, profile: &Profile, now: Now) -> Vec<Effect> {
    let probe = model.provider(profile).is_some_and(|provider| provider.probe.is_some());
    let ended = profile.kind == Kind::OAuth
        && matches!(Health::of(profile, model.activity(&profile.id), now.wall), Health::Due);
    if profile.held.tokens().is_none() {
        say(
            model,
            format!("{} is not tested: it holds no tokens. Press l to log in.", profile.id.name),
            Tone::Plain,
            Some(now),
        );
        return Vec::new();
    }
    let why = match (probe, ended) {
        _ if model.provider(profile).is_some_and(|provider| provider.example) => {
            "its provider is an example to copy"
        }
        (false, _) if model.catalog.is_none() => "the provider files are still being read",
        (false, _) => "its provider file names no test",
        (true, true) if profile.other_refresh_host(model.provider(profile)).is_some() => {
            "its token has ended; press l to log in again"
        }
        (true, true) => "its token has ended; press r to renew it first",
        (true, false) => {
            return if model.testing.insert(profile.id.clone()) {
                say(model, format!("Testing {}.", profile.id.name), Tone::Plain, Some(now));
                vec![Effect::Test(profile.id.clone())]
            } else {
                Vec::new()
            };
        }
    };
    say(model, format!("{} is not tested: {why}.", profile.id.name), Tone::Plain, Some(now));
    Vec::new()
}
