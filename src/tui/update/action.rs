//! Actions, each with its consequence.

use std::{mem, slice};

use crate::domain::change::Where;
use crate::domain::clock::Now;
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::setting::ValueStep;
use crate::oauth::login::preflight::PreflightGoal;
use crate::tui::availability::availability;
use crate::tui::dialog::{Dialog, DialogQuestion};
use crate::tui::field::{Field, Sight};
use crate::tui::layout;
use crate::tui::log;
use crate::tui::log_page::LogPage;
use crate::tui::message::{Action, Effect, Motion, ZoomStep};
use crate::tui::model::{Leaving, Model};
use crate::tui::row_id::RowId;
use crate::tui::screen::Screen;
use crate::tui::sign_out::SignOutWay;
use crate::tui::status::Tone;
use crate::tui::time_axis::{Timeline, Zoom};
use crate::tui::tour::TourStop;
use crate::tui::update::status::show;
use crate::tui::update::{
    auto_refresh, login_start, marked, navigation, palette, panel, refresh, settings, sign_out, undo, wizard,
};

/// Does what the person wants, or says why that is not possible.
pub(super) fn act(model: &mut Model, now: Now, action: Action) -> Vec<Effect> {
    if let Some(effects) = marked::act(model, action, now) {
        return effects;
    }
    // In the log the profile of the line is meant.
    if let (Screen::Events(page), Action::Refresh) = (&model.screen, action) {
        let Some(id) = log::profile(model, page) else {
            show(model, "This line is about no profile.", Tone::Plain, now);
            return Vec::new();
        };
        model.selected = Some(RowId::Profile(id));
    }
    if let Err(unavailable) = availability(model, action, now) {
        show(model, unavailable.sentences(), unavailable.tone, now);
        return Vec::new();
    }
    match action {
        Action::Quit => quit(model),
        Action::Move(motion) => {
            navigation::step(model, now, motion);
            Vec::new()
        }
        Action::Enter if matches!(model.screen, Screen::Palette(..)) => match palette::take(model, now) {
            Ok(effects) => effects,
            Err(action) => act(model, now, action),
        },
        Action::Enter => navigation::enter(model, now),
        Action::Back => navigation::back(model, now),
        Action::SwitchFocus => navigation::switch_focus(model),
        Action::Select(motion) => {
            navigation::select(model, motion, 1);
            Vec::new()
        }
        Action::NewLogin => login_start::begin_new(model),
        Action::LogIn if matches!(model.screen, Screen::Login(_)) => login_start::try_again(model, now),
        Action::LogIn => on_selected(model, |model, profile| login_start::ask_or_begin(model, profile, now)),
        Action::Scopes => on_selected(model, |model, profile| {
            login_start::begin_again(model, profile, PreflightGoal::Scopes, now)
        }),
        Action::Scope(action) => wizard::choose_scopes(model, action),
        Action::Refresh => on_selected(model, |model, profile| refresh::begin(model, &profile.id)),
        Action::RefreshDue => refresh::begin_due(model, now),
        Action::Copy => {
            model.screen = Screen::Copy;
            Vec::new()
        }
        Action::CopyForm(form) => {
            model.screen = Screen::List;
            on_selected(model, |_, profile| vec![Effect::Copy(profile.id.clone(), form)])
        }
        Action::Reveal => on_selected(model, |_, profile| {
            vec![Effect::Reveal(profile.id.clone(), crate::oauth::form::Form::Token)]
        }),
        Action::Undo => undo::undo(model),
        Action::Mark => {
            marked::mark(model);
            navigation::step(model, now, Motion::Down);
            Vec::new()
        }
        Action::SignOut => {
            on_selected(model, |model, profile| sign_out::ask(model, slice::from_ref(profile), None))
        }
        Action::SignOutAtProvider => {
            let marked = Some(SignOutWay::AtProvider);
            on_selected(model, |model, profile| sign_out::ask(model, slice::from_ref(profile), marked))
        }
        Action::Test => on_selected(model, |model, profile| test(model, profile, now)),
        Action::Filter => {
            model.screen = Screen::Filter(Field::new(&model.filter, Sight::Clear));
            Vec::new()
        }
        Action::Sort => {
            navigation::sort(model, now);
            Vec::new()
        }
        Action::NextNeed => {
            model.tick(TourStop::NextNeed);
            navigation::select_next_need(model);
            Vec::new()
        }
        Action::Events => {
            model.history.unseen = 0;
            model.screen = Screen::Events(LogPage::default());
            vec![Effect::ReadEvents]
        }
        Action::Settings => {
            model.screen = Screen::Settings(0);
            Vec::new()
        }
        Action::ChangeMarked(step) => settings::change_marked(model, step, now),
        Action::ChangeSetting(setting) => settings::change(model, setting, ValueStep::Next, now),
        Action::Timeline => {
            model.tick(TourStop::Timeline);
            model.timeline = if model.timeline.is_none() { Some(Timeline::default()) } else { None };
            Vec::new()
        }
        Action::Zoom(step) => {
            if let Some(timeline) = &mut model.timeline {
                timeline.zoom = match step {
                    ZoomStep::Closer => timeline.zoom.closer(),
                    ZoomStep::Wider => timeline.zoom.wider(),
                    ZoomStep::Reset => Zoom::default(),
                };
            }
            Vec::new()
        }
        Action::ToggleAutoRefresh => on_selected(model, auto_refresh::toggle),
        Action::SkipTour => {
            if let Some(tour) = &mut model.tour {
                tour.skip();
            }
            Vec::new()
        }
        Action::MakePrivate => vec![Effect::MakePrivate],
        Action::Palette => {
            palette::toggle(model, now);
            Vec::new()
        }
        Action::Help => {
            let below = mem::take(&mut model.screen);
            model.screen = Screen::Help(0, Box::new(below));
            Vec::new()
        }
        Action::Edit => {
            use crate::tui::model::RowId::{Broken, Profile};
            let line = match &model.selected {
                Some(Broken(_, Where::Line(line))) => Some(*line),
                Some(Broken(_, Where::Variable { .. }) | Profile(_)) | None => None,
            };
            vec![Effect::Edit(line)]
        }
        Action::Redraw => vec![Effect::Redraw, Effect::Read(StoreId::Own)],
        Action::Suspend => vec![Effect::Suspend],
        Action::Panel(action) => panel::act(model, now, action),
    }
}

/// Does something with the selected profile.
fn on_selected(model: &mut Model, act: impl FnOnce(&mut Model, &Profile) -> Vec<Effect>) -> Vec<Effect> {
    match model.selected_profile().cloned() {
        Some(profile) => act(model, &profile),
        None => Vec::new(),
    }
}

fn quit(model: &mut Model) -> Vec<Effect> {
    let asked = matches!(&model.screen, Screen::Dialog(dialog) if dialog.question == DialogQuestion::QuitUnsaved)
        && layout::is_seen(model);
    if model.holds_unsaved() && !asked {
        model.screen = Screen::Dialog(Dialog::new(DialogQuestion::QuitUnsaved));
        return Vec::new();
    }
    model.leaving = Leaving::Yes;
    undo::forget(model);
    vec![Effect::Quit]
}

fn test(model: &mut Model, profile: &Profile, now: Now) -> Vec<Effect> {
    model.running_mut(&profile.id).is_testing = true;
    show(model, format!("Testing {}.", profile.id.name), Tone::Plain, now);
    vec![Effect::Test(profile.id.clone())]
}
