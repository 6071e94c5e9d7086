//! Login that is under way: its messages, and what its panel is told.

use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, ProfileName};
use crate::domain::profile::Profile;
use crate::oauth::LoginId;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{Input, Login, LoginPlan, Outcome, Output, SaveDecision, Stage};
use crate::tui::auto_refresh::{self, NoAutoRefresh};
use crate::tui::dialog::{Dialog, DialogAnswer, DialogQuestion};
use crate::tui::field::{Field, Sight};
use crate::tui::flash::flash;
use crate::tui::message::{Action, Effect};
use crate::tui::model::{Leaving, Model, RowId};
use crate::tui::screen::{Panel, Screen};
use crate::tui::status::{AskedBy, ReportPlace, ReportSubject, TaskReport, Tone};
use crate::tui::tour::TourStop;
use crate::tui::update::status::show;
use crate::tui::update::stores;
use crate::tui::{rows, state, text_layout};

/// Begins the login that was planned.
pub(super) fn begin(model: &mut Model, plan: LoginPlan, now: Now) -> Vec<Effect> {
    model.attempts += 1;
    let login_id = LoginId(model.attempts);
    let (login, asks) = Login::begin(plan, login_id, now);
    model.login = Some(login);
    model.method = None;
    model.screen = Screen::Login(Panel::Steps);
    effects(login_id, asks)
}

/// A name beside that of the login's profile, which nobody has.
fn free_name(model: &Model, login: &Login) -> Option<ProfileName> {
    let id = &login.plan().id;
    model.stores.get(&id.store)?.free_name(&id.name)
}

/// What must be done for a login.
pub(super) fn effects(login_id: LoginId, asks: Vec<Output>) -> Vec<Effect> {
    asks.into_iter().map(|ask| Effect::Login(login_id, ask)).collect()
}

/// Whether the store was read and no longer holds the profile of the login.
fn is_gone(model: &Model) -> bool {
    let Some(id) = model.login.as_ref().map(|login| &login.plan().id) else { return false };
    let store = model.stores.get(&id.store);
    store.is_some_and(|store| store.writable.is_ok() && store.profile(&id.name).is_none())
}

/// A login's ask was performed, or the person told it something.
pub(super) fn heard(model: &mut Model, login_id: LoginId, heard: Input, now: Now) -> Vec<Effect> {
    let gone = is_gone(model);
    let Some(login) = model.login.as_mut().filter(|login| login.id() == login_id) else {
        // The login has ended; a listener that was bound too late for it must not stay.
        let late = matches!(heard, Input::Bound(Ok(_)));
        return if late { vec![Effect::Login(login_id, Output::CloseListener)] } else { Vec::new() };
    };
    if gone {
        login.known_is_gone();
    }
    let asks = login.advance(heard, now);
    let stage = login.stage().clone();
    match &stage {
        Stage::Confirming(..) | Stage::Unsaved(..) => return decide(model, login_id, asks, now),
        Stage::Over(outcome) => ended(model, outcome, now),
        Stage::Naming(profile) if profile.account.is_none() => {
            return ask_whose(model, login_id, asks, now);
        }
        Stage::Opening(_)
        | Stage::Waiting(_)
        | Stage::Exchanging(_)
        | Stage::Identifying(_)
        | Stage::Saving(_)
        | Stage::Testing(..)
        | Stage::Naming(_) => {
            if let Stage::Saving(profile) = &stage {
                model.running_mut(&profile.id).logged_in = profile.held.fingerprint();
            }
            let is_waiting = matches!(stage, Stage::Waiting(_));
            let is_stale = matches!(model.screen, Screen::Login(Panel::Deciding(_)))
                || (!is_waiting && matches!(model.screen, Screen::Login(Panel::Pasting(_) | Panel::Qr)));
            if is_stale {
                model.screen = Screen::Login(Panel::Steps);
            }
        }
    }
    effects(login_id, asks)
}

/// The login is over: one that worked or was cancelled leaves the screen, any other shows how it ended.
fn ended(model: &mut Model, outcome: &Outcome, now: Now) {
    if let Outcome::Done(profile) = outcome {
        model.new_provider = None;
        model.tick(TourStop::LogIn);
        reveal(model, &profile.id, now);
    }
    model.reports.extend(failure(model, outcome));
    let Screen::Login(panel) = &mut model.screen else { return };
    *panel = Panel::Steps;
    let Some(login) = &model.login else { return };
    let is_refused = matches!(login.steps().mark(LoginStep::Test), StepState::Failed(_));
    let (text, tone) = match outcome {
        Outcome::Done(profile) if !is_refused => success(model, login, profile, now),
        Outcome::Cancelled => {
            let name = login.plan().id.name.clone();
            let stays = what_stays(model).unwrap_or_default();
            (format!("The login to {name} is cancelled. {stays}").trim_end().to_owned(), Tone::Plain)
        }
        Outcome::Done(_)
        | Outcome::Denied(_)
        | Outcome::TimedOut
        | Outcome::Discarded
        | Outcome::Failed(_) => return,
    };
    close_when_over(model, now);
    let mut report = TaskReport::new(text, tone, AskedBy::Person);
    if let Outcome::Done(profile) = outcome {
        report = report.about(ReportSubject::Profile(profile.id.clone())).with_event();
    }
    model.reports.push(report);
}

/// What is told of a login that failed: its panel says it while it is open, and the log afterwards.
fn failure(model: &Model, outcome: &Outcome) -> Option<TaskReport> {
    let id = &model.login.as_ref()?.plan().id;
    let why = match outcome {
        Outcome::Denied(reason) => format!("denied: {}", text_layout::safe(reason)),
        Outcome::TimedOut => "no answer came in time".to_owned(),
        Outcome::Failed(trouble) => text_layout::safe(&trouble.why),
        Outcome::Done(_) | Outcome::Cancelled | Outcome::Discarded => return None,
    };
    let is_seen = matches!(model.screen, Screen::Login(_));
    let place = if is_seen { ReportPlace::Log } else { ReportPlace::Both };
    let text = format!("The login to {} failed: {why}.", id.name);
    let report = TaskReport::new(text, Tone::Bad, AskedBy::Person);
    Some(TaskReport { place, ..report.about(ReportSubject::Profile(id.clone())) })
}

/// Selects a profile and lets its row flash, also one that a filter would hide.
fn reveal(model: &mut Model, id: &ProfileId, now: Now) {
    let row = RowId::Profile(id.clone());
    let mut shown = (0..rows::count(model)).filter_map(|place| rows::at(model, place));
    if !model.filter.is_empty() && !shown.any(|(store, shown)| rows::id(store, shown) == row) {
        model.filter.clear();
    }
    model.selected = Some(row);
    flash(model, id, now);
}

/// Who is logged in, what was not granted, and whether anybody has to think of it again.
fn success(model: &Model, login: &Login, profile: &Profile, now: Now) -> (String, Tone) {
    let who = match &profile.account {
        Some(account) => format!("as {}", state::account(model, account)),
        None => format!("to {}", profile.id.name),
    };
    let missing: Vec<&str> = login
        .plan()
        .scopes
        .iter()
        .filter(|scope| !profile.scopes.contains(scope))
        .map(String::as_str)
        .collect();
    if !missing.is_empty() {
        let missing = text_layout::safe(&missing.join(", "));
        return (format!("Logged in {who}. Not granted: {missing}."), Tone::Warn);
    }
    let then = match auto_refresh::outlook(model, profile, now) {
        Ok(_) | Err(NoAutoRefresh::NotNow) => "Auto-refresh is on.".to_owned(),
        Err(NoAutoRefresh::Off(_) | NoAutoRefresh::OnRequest(_) | NoAutoRefresh::Unwritable) => {
            format!("{} refreshes it.", model.keys.key(Action::Refresh))
        }
        Err(NoAutoRefresh::NotRefreshable(_)) if profile.life.expires_at.is_some() => {
            "Log in again when it expires.".to_owned()
        }
        Err(NoAutoRefresh::NotRefreshable(_)) => String::new(),
    };
    (format!("Logged in {who}. {then}").trim_end().to_owned(), Tone::Good)
}

/// What a login to a new server leaves behind when it ends without tokens.
fn what_stays(model: &mut Model) -> Option<String> {
    let name = model.new_provider.take()?;
    Some(format!("The provider file {name}.yaml stays; {} finds it.", model.keys.key(Action::NewLogin)))
}

/// Says what stays of a new server when the person is back on the list without a login.
pub(super) fn tell_what_stays(model: &mut Model, now: Now) {
    if matches!(model.screen, Screen::List)
        && let Some(stays) = what_stays(model)
    {
        show(model, stays, Tone::Plain, now);
    }
}

/// The login has stopped to ask: the person decides, or, when they have left, nothing is lost.
fn decide(model: &mut Model, login_id: LoginId, asks: Vec<Output>, now: Now) -> Vec<Effect> {
    let mut effects = effects(login_id, asks);
    match model.leaving {
        Leaving::No => model.screen = below(model),
        Leaving::Yes => {
            let confirming =
                model.login.as_ref().is_some_and(|login| matches!(login.stage(), Stage::Confirming(..)));
            // What could not be saved now has had its last try.
            if confirming {
                effects.extend(save_at_the_end(model, now));
            }
        }
    }
    effects
}

/// Asks whose account it is, as long as the person looks at the login; else that stays open.
fn ask_whose(model: &mut Model, login_id: LoginId, asks: Vec<Output>, now: Now) -> Vec<Effect> {
    let mut effects = effects(login_id, asks);
    match (&model.screen, model.leaving) {
        (Screen::Login(Panel::Naming(_)), Leaving::No) => {}
        (Screen::Login(_), Leaving::No) => model.screen = asking_whose(),
        (_, Leaving::No | Leaving::Yes) => effects.extend(name_account(model, String::new(), now)),
    }
    effects
}

fn asking_whose() -> Screen {
    Screen::Login(Panel::Naming(Field::new("", Sight::Clear)))
}

/// Takes from the person whose account it is.
pub(super) fn name_account(model: &mut Model, account: String, now: Now) -> Vec<Effect> {
    if let Screen::Login(panel) = &mut model.screen {
        *panel = Panel::Steps;
    }
    let Some(login_id) = model.login.as_ref().map(Login::id) else { return Vec::new() };
    heard(model, login_id, Input::Named(account), now)
}

/// What lies below a question that does not belong to the login: its panel while it is under
/// way, or the list.
pub(super) fn below(model: &Model) -> Screen {
    let Some(login) = &model.login else { return Screen::List };
    if login.outcome().is_some() {
        return Screen::List;
    }
    if matches!(login.stage(), Stage::Naming(profile) if profile.account.is_none()) {
        return asking_whose();
    }
    let other = stores::other_place(model, login.plan().id.store);
    let dialog = Dialog::for_login(login, free_name(model, login), other);
    Screen::Login(dialog.map_or(Panel::Steps, Panel::Deciding))
}

/// The program must end while a login asks: another account's tokens are kept beside the stored
/// ones, and tokens that could not be saved are tried once more.
pub(super) fn save_at_the_end(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(login) = &model.login else { return Vec::new() };
    let choice = if matches!(login.stage(), Stage::Confirming(..)) {
        free_name(model, login).map(SaveDecision::KeepAs)
    } else {
        matches!(login.stage(), Stage::Unsaved(..)).then_some(SaveDecision::Keep)
    };
    let login_id = login.id();
    choice.map_or_else(Vec::new, |choice| heard(model, login_id, Input::Decided(choice), now))
}

/// Closes the panel of a login that has ended.
pub(super) fn close_when_over(model: &mut Model, now: Now) -> Vec<Effect> {
    if model.login.as_ref().is_none_or(|login| login.outcome().is_some()) {
        model.login = None;
        model.screen = Screen::List;
        tell_what_stays(model, now);
    }
    Vec::new()
}

/// The person wants to leave the panel.
pub(super) fn leave(model: &mut Model, now: Now) -> Vec<Effect> {
    let Some(login) = &model.login else {
        model.screen = Screen::List;
        return Vec::new();
    };
    let login_id = login.id();
    match login.stage() {
        Stage::Over(_) => close_when_over(model, now),
        Stage::Testing(..) | Stage::Naming(_) => heard(model, login_id, Input::Cancelled, now),
        Stage::Exchanging(exchange) if exchange.ending().is_some() || exchange.is_cancelled() => {
            let why = "Too late to cancel: tokens may be on their way.";
            show(model, why, Tone::Plain, now);
            Vec::new()
        }
        Stage::Identifying(_) => heard(model, login_id, Input::Cancelled, now),
        Stage::Opening(_) | Stage::Waiting(_) | Stage::Exchanging(_) => {
            model.screen = Screen::Login(Panel::Cancelling(Dialog::new(DialogQuestion::CancelLogin)));
            Vec::new()
        }
        Stage::Confirming(..) | Stage::Saving(_) | Stage::Unsaved(..) => Vec::new(),
    }
}

/// The person answered a question of the panel.
pub(super) fn answer(model: &mut Model, answer: DialogAnswer, now: Now) -> Vec<Effect> {
    model.screen = Screen::Login(Panel::Steps);
    let Some(login_id) = model.login.as_ref().map(Login::id) else { return Vec::new() };
    let heard = match answer {
        DialogAnswer::CancelLogin => Input::Cancelled,
        DialogAnswer::Decide(choice) => Input::Decided(choice),
        DialogAnswer::Nothing
        | DialogAnswer::LogInAgain(_)
        | DialogAnswer::LogInSeparately(_)
        | DialogAnswer::TakeOver(..)
        | DialogAnswer::Move(..)
        | DialogAnswer::SignOut(..)
        | DialogAnswer::SaveAgain(_)
        | DialogAnswer::SaveIn(..)
        | DialogAnswer::Drop(_)
        | DialogAnswer::Quit => return Vec::new(),
    };
    self::heard(model, login_id, heard, now)
}
