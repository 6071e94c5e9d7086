//! Actions, each with its consequence.

use std::mem;

use crate::domain::change::StoreNotice;
use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::name::StoreId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::refreshability::NotRefreshable;
use crate::oauth::login::preflight::PreflightGoal;
use crate::tui::dialog::{Dialog, DialogQuestion};
use crate::tui::field::{Field, Sight};
use crate::tui::layout;
use crate::tui::message::{Action, Effect, Form};
use crate::tui::model::{Leaving, Model};
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::update::selected::{on_selected, on_stored};
use crate::tui::update::status::show;
use crate::tui::update::{auto_refresh, login_start, navigation, panel, refresh, revoke, wizard};

/// Does what the person wants.
pub(super) fn act(model: &mut Model, now: Now, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit => quit(model),
        Action::Move(motion) => {
            navigation::step(model, now, motion);
            Vec::new()
        }
        Action::Enter => navigation::enter(model, now),
        Action::Back => navigation::back(model, now),
        Action::NewLogin => login_start::begin_new(model, now),
        Action::LogIn if matches!(model.screen, Screen::Login(_)) => login_start::try_again(model, now),
        Action::LogIn => on_stored(model, now, "there is nothing to log in to", |model, profile| {
            login_start::begin_again(model, profile, PreflightGoal::Login, now)
        }),
        Action::Scopes => on_stored(model, now, "it has no scopes", |model, profile| {
            login_start::begin_again(model, profile, PreflightGoal::Scopes, now)
        }),
        Action::Scope(action) => wizard::choose_scopes(model, action),
        Action::Refresh => on_stored(model, now, "it cannot be refreshed", |model, profile| {
            refresh::ask(model, &profile.id, now)
        }),
        Action::RefreshDue => refresh::ask_due(model, now),
        Action::Copy => on_selected(model, now, |model, profile| choose_copy(model, profile, now)),
        Action::CopyForm(form) => {
            model.screen = Screen::List;
            on_selected(model, now, |model, profile| copy(model, profile, form, now))
        }
        Action::RevokeLocally => on_stored(model, now, "authtui cannot erase it", |model, profile| {
            model.screen = Screen::Dialog(Dialog::new(DialogQuestion::Revoke(profile.id.clone())));
            Vec::new()
        }),
        Action::Test => on_selected(model, now, |model, profile| test(model, profile, now)),
        Action::Filter => {
            model.screen = Screen::Filter(Field::new(&model.filter, Sight::Clear));
            Vec::new()
        }
        Action::Revoke => on_stored(model, now, "authtui cannot revoke it", |model, profile| {
            revoke::ask(model, profile, now)
        }),
        Action::Events => {
            model.screen = Screen::Events(0);
            vec![Effect::ReadEvents]
        }
        Action::ToggleAutoRefresh => on_stored(model, now, "it cannot be refreshed", |model, profile| {
            auto_refresh::toggle(model, profile, now)
        }),
        Action::MakePrivate => make_private(model, now),
        Action::Help => {
            let below = mem::take(&mut model.screen);
            model.screen = Screen::Help(0, Box::new(below));
            Vec::new()
        }
        Action::Redraw => vec![Effect::Redraw, Effect::Read(StoreId::Own)],
        Action::Suspend => suspend(model, now),
        Action::Panel(action) => panel::act(model, now, action),
    }
}

/// A stopped program takes no answer, and an answer may hold the only good tokens.
pub(super) fn suspend(model: &mut Model, now: Now) -> Vec<Effect> {
    match model.unfinished() {
        Some(unfinished) => {
            show(model, format!("Not suspended: still waiting for {unfinished}."), Tone::Plain, now);
            Vec::new()
        }
        None => vec![Effect::Suspend],
    }
}

fn choose_copy(model: &mut Model, profile: &Profile, now: Now) -> Vec<Effect> {
    if profile.held.tokens().is_some() {
        model.screen = Screen::Copy;
    } else {
        show(model, format!("{} has no tokens.", profile.id.name), Tone::Plain, now);
    }
    Vec::new()
}

fn make_private(model: &mut Model, now: Now) -> Vec<Effect> {
    if model.own().is_some_and(|own| own.notices.iter().any(StoreNotice::is_open)) {
        return vec![Effect::MakePrivate];
    }
    show(model, "The file is already private.", Tone::Plain, now);
    Vec::new()
}

fn quit(model: &mut Model) -> Vec<Effect> {
    let asked = matches!(&model.screen, Screen::Dialog(dialog) if dialog.question == DialogQuestion::QuitUnsaved)
        && layout::is_seen(model);
    if model.holds_unsaved() && !asked {
        model.screen = Screen::Dialog(Dialog::new(DialogQuestion::QuitUnsaved));
        return Vec::new();
    }
    model.leaving = Leaving::Yes;
    vec![Effect::Quit]
}

fn copy(model: &mut Model, profile: &Profile, form: Form, now: Now) -> Vec<Effect> {
    if form == Form::Refresh && profile.refresh_token().is_none() {
        show(model, format!("{} has no refresh token.", profile.id.name), Tone::Plain, now);
        return Vec::new();
    }
    vec![Effect::Copy(profile.id.clone(), form)]
}

fn test(model: &mut Model, profile: &Profile, now: Now) -> Vec<Effect> {
    let probe = model.provider(profile).is_some_and(|provider| provider.probe.is_some());
    let ended = profile.kind == Kind::OAuth
        && matches!(Health::of(profile, model.activity(&profile.id), now.wall), Health::Due);
    if profile.held.tokens().is_none() {
        show(
            model,
            format!("{} cannot be tested: it has no tokens. Press l to log in.", profile.id.name),
            Tone::Plain,
            now,
        );
        return Vec::new();
    }
    let why = match (probe, ended) {
        _ if model.provider(profile).is_some_and(|provider| provider.example) => {
            "its provider is only an example"
        }
        (false, _) if model.catalog.is_none() => "the provider files are still loading",
        (false, _) => "its provider file has no test",
        (true, true)
            if matches!(model.refreshability(profile, now.wall), Err(NotRefreshable::OtherOrigin(_))) =>
        {
            "its token has expired; press l to log in again"
        }
        (true, true) => "its token has expired; press r to refresh it first",
        (true, false) => {
            let running = model.running_mut(&profile.id);
            let begins = !mem::replace(&mut running.is_testing, true);
            return if begins {
                show(model, format!("Testing {}.", profile.id.name), Tone::Plain, now);
                vec![Effect::Test(profile.id.clone())]
            } else {
                Vec::new()
            };
        }
    };
    show(model, format!("{} cannot be tested: {why}.", profile.id.name), Tone::Plain, now);
    Vec::new()
}
