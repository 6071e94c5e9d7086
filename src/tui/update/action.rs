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
use crate::tui::list_search::ListSearch;
use crate::tui::log;
use crate::tui::log_page::LogPage;
use crate::tui::message::{Action, Effect, Form, Motion, ZoomStep};
use crate::tui::model::{Leaving, Model};
use crate::tui::row_id::RowId;
use crate::tui::screen::Screen;
use crate::tui::sign_out::SignOutWay;
use crate::tui::status::Tone;
use crate::tui::time_axis::{Timeline, Zoom};
use crate::tui::tour::{Tour, TourStop};
use crate::tui::update::status::show;
use crate::tui::update::{
    auto_refresh, help, login_start, marked, navigation, note, palette, panel, passphrase, refresh,
    relocation, settings, sign_out, undo, wizard,
};

/// Does what the person wants, or says why that is not possible.
pub(super) fn act(model: &mut Model, now: Now, action: Action) -> Vec<Effect> {
    if let Some(effects) = marked::act(model, action, now) {
        return effects;
    }
    // In the log the profile of the line is meant.
    if let (Screen::Log(page), Action::Refresh) = (&model.screen, action) {
        let Some(id) = log::profile(model, page) else {
            show(model, "This line belongs to no profile.", Tone::Plain, now);
            return Vec::new();
        };
        model.selected = Some(RowId::Profile(id));
    }
    if let Err(unavailable) = availability(model, action, now) {
        show(model, unavailable.sentences(), unavailable.tone, now);
        return Vec::new();
    }
    perform(model, now, action)
}

/// Does what is possible.
fn perform(model: &mut Model, now: Now, action: Action) -> Vec<Effect> {
    match action {
        Action::Quit => return quit(model),
        Action::Move(motion) => navigation::step(model, now, motion),
        Action::Enter => return enter(model, now),
        Action::Back => return navigation::back(model, now),
        Action::SwitchFocus => return navigation::switch_focus(model),
        Action::Select(motion) => navigation::select(model, motion, 1),
        Action::NewLogin => return login_start::begin_new(model),
        Action::LogIn => return log_in(model, now),
        Action::Scopes => return log_in_for_scopes(model, now),
        Action::Scope(action) => return wizard::choose_scopes(model, action),
        Action::Refresh => return on_selected(model, |model, profile| refresh::begin(model, &profile.id)),
        Action::RefreshDue => return refresh::begin_due(model, now),
        Action::Copy => model.screen = Screen::Copy,
        Action::CopyForm(form) => return copy(model, form),
        Action::Reveal => return on_selected(model, reveal),
        Action::Undo => return undo::undo(model, now),
        Action::Mark => mark(model, now),
        Action::Rename => return on_selected(model, relocation::ask_for_name),
        Action::Note => return on_selected(model, note::ask),
        Action::MoveStore => return on_selected(model, relocation::ask_for_store),
        Action::SignOut => return ask_to_sign_out(model, None),
        Action::SignOutAtProvider => return ask_to_sign_out(model, Some(SignOutWay::AtProvider)),
        Action::Test => return on_selected(model, |model, profile| test(model, profile, now)),
        Action::Filter => model.screen = filter(model),
        Action::Sort => navigation::sort(model, model.sort.next(), now),
        Action::NextNeed => navigation::select_next_need(model),
        Action::Log => return open_log(model),
        Action::Settings => model.screen = Screen::Settings(0),
        Action::ChangeMarked(step) => return settings::change_marked(model, step, now),
        Action::ChangeSetting(setting) => return settings::change(model, setting, ValueStep::Next, now),
        Action::Timeline => toggle_timeline(model),
        Action::Zoom(step) => zoom(model, step),
        Action::ToggleAutoRefresh => return on_selected(model, auto_refresh::toggle),
        Action::SkipTour => model.tour.iter_mut().for_each(Tour::skip),
        Action::MakePrivate => return vec![Effect::MakePrivate(model.open_to_others())],
        Action::Palette => palette::toggle(model, now),
        Action::Help => open_help(model),
        Action::Edit => return vec![Effect::Edit(selected_line(model))],
        Action::Redraw => return redraw(model),
        Action::Unlock => return passphrase::unlock(model, now),
        Action::Suspend => return vec![Effect::Suspend],
        Action::Panel(action) => return panel::act(model, now, action),
    }
    Vec::new()
}

/// Does something with the selected profile.
fn on_selected(model: &mut Model, act: impl FnOnce(&mut Model, &Profile) -> Vec<Effect>) -> Vec<Effect> {
    match model.selected_profile().cloned() {
        Some(profile) => act(model, &profile),
        None => Vec::new(),
    }
}

/// Does what the chosen line of palette or help says, or opens what is selected.
fn enter(model: &mut Model, now: Now) -> Vec<Effect> {
    if matches!(model.screen, Screen::Palette(..)) {
        return palette::take(model, now).unwrap_or_else(|action| act(model, now, action));
    }
    if matches!(model.screen, Screen::Help(..)) {
        return help::take(model, now).map_or_else(Vec::new, |action| act(model, now, action));
    }
    navigation::enter(model, now)
}

fn log_in(model: &mut Model, now: Now) -> Vec<Effect> {
    match matches!(model.screen, Screen::Login(_)) {
        true => login_start::try_again(model, now),
        false => on_selected(model, |model, profile| login_start::ask_or_begin(model, profile, now)),
    }
}

fn log_in_for_scopes(model: &mut Model, now: Now) -> Vec<Effect> {
    let goal = PreflightGoal::Scopes;
    on_selected(model, |model, profile| login_start::begin_again(model, profile, goal, now))
}

fn copy(model: &mut Model, form: Form) -> Vec<Effect> {
    model.screen = Screen::List;
    on_selected(model, |_, profile| vec![Effect::Copy(profile.id.clone(), form)])
}

fn mark(model: &mut Model, now: Now) {
    marked::mark(model);
    navigation::step(model, now, Motion::Down);
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

fn reveal(_: &mut Model, profile: &Profile) -> Vec<Effect> {
    vec![Effect::Reveal(profile.id.clone(), Form::Token)]
}

fn ask_to_sign_out(model: &mut Model, marked: Option<SignOutWay>) -> Vec<Effect> {
    on_selected(model, |model, profile| sign_out::ask(model, slice::from_ref(profile), marked))
}

/// The screen with the field of its filter.
fn filter(model: &Model) -> Screen {
    if let Screen::Log(page) = &model.screen {
        let typing = Some(Field::new(&page.filter, Sight::Clear));
        return Screen::Log(LogPage { typing, reading: None, ..page.clone() });
    }
    Screen::Filter(Field::new(&model.filter, Sight::Clear))
}

fn open_log(model: &mut Model) -> Vec<Effect> {
    model.history.unseen = 0;
    model.screen = Screen::Log(LogPage::default());
    vec![Effect::ReadEvents]
}

fn open_help(model: &mut Model) {
    model.screen = Screen::Help(ListSearch::at(0), Box::new(mem::take(&mut model.screen)));
}

/// Draws everything anew, and reads the file and what is locked again.
fn redraw(model: &mut Model) -> Vec<Effect> {
    let all = [Effect::Redraw, Effect::Read(StoreId::Own)].into_iter();
    all.chain(passphrase::look_again(model)).collect()
}

fn toggle_timeline(model: &mut Model) {
    model.tick(TourStop::Timeline);
    model.timeline = if model.timeline.is_none() { Some(Timeline::default()) } else { None };
}

fn zoom(model: &mut Model, step: ZoomStep) {
    if let Some(timeline) = &mut model.timeline {
        timeline.zoom = match step {
            ZoomStep::Closer => timeline.zoom.closer(),
            ZoomStep::Wider => timeline.zoom.wider(),
            ZoomStep::Reset => Zoom::default(),
        };
    }
}

/// The line of the selected entry, where it is one that is not valid.
fn selected_line(model: &Model) -> Option<u32> {
    match &model.selected {
        Some(RowId::Broken(_, Where::Line(line))) => Some(*line),
        Some(
            RowId::Broken(
                _,
                Where::File(_) | Where::Variable { .. } | Where::Vault { .. } | Where::Borrowed { .. },
            )
            | RowId::Profile(_),
        )
        | None => None,
    }
}
