//! Availability: whether an action is possible here and now, or why not.
//!
//! Whatever offers or takes an action asks here: the keys before they act, and footer, palette and
//! help before they name one. So nothing is offered that does nothing, and nothing is refused
//! without a reason.

mod context;
pub(super) mod login;
mod marked;
mod panel;
pub mod reach;
mod refresh;
mod selected;
mod token;

use crate::domain::clock::Now;
use crate::domain::profile::Profile;
use crate::domain::relocation;
use crate::oauth::login::preflight::PreflightGoal;
use crate::tui::message::{Action, Form, ScopeAction};
use crate::tui::model::Model;
use crate::tui::need::{Need, Section};
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::text_layout;
use crate::tui::tour::Tour;
use crate::tui::wizard::Page;
use crate::tui::wizard::picker::ProviderList;

pub use context::{in_context, means_something};
pub use marked::of_marked;
pub use refresh::due;
use refresh::{auto_refresh, refresh};
use selected::{edit, selected, stored};
use token::{copy, copy_form, test};

/// Why an action is not possible: about what, why, and what helps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unavailable {
    /// What it is about; empty where `why` says it.
    about: String,
    why: String,
    /// A sentence, or nothing.
    remedy: String,
    pub tone: Tone,
    /// Whether it soon ends, so that nobody needs to be told of it.
    pub is_passing: bool,
}

impl Unavailable {
    fn new(about: impl ToString, why: impl ToString) -> Self {
        let (about, why) = (about.to_string(), why.to_string());
        Self { about, why, remedy: String::new(), tone: Tone::Plain, is_passing: false }
    }

    /// For a reason that is a sentence.
    fn because(sentence: impl ToString) -> Self {
        Self::new("", sentence)
    }

    fn remedy(self, remedy: impl ToString) -> Self {
        Self { remedy: remedy.to_string(), ..self }
    }

    fn warn(self) -> Self {
        Self { tone: Tone::Warn, ..self }
    }

    fn passing(self) -> Self {
        Self { is_passing: true, ..self }
    }

    /// What answers a key: about what, why, and what helps.
    #[must_use]
    pub fn sentences(&self) -> String {
        let about = if self.about.is_empty() { String::new() } else { format!("{}: ", self.about) };
        let end = if self.why.ends_with('.') { "" } else { "." };
        let remedy = if self.remedy.is_empty() { String::new() } else { format!(" {}", self.remedy) };
        format!("{about}{}{end}{remedy}", self.why)
    }

    /// The reason alone, to stand beside the action.
    #[must_use]
    pub fn brief(&self) -> String {
        if self.about.is_empty() { self.why.clone() } else { text_layout::capital(&self.why) }
    }
}

/// Whether `action` is possible here and now.
///
/// # Errors
/// Why it is not.
pub fn availability(model: &Model, action: Action, now: Now) -> Result<(), Unavailable> {
    reach::check(model, action)?;
    match action {
        Action::Quit
        | Action::Move(_)
        | Action::Enter
        | Action::Back
        | Action::SwitchFocus
        | Action::Select(_)
        | Action::Sort
        | Action::Log
        | Action::Settings
        | Action::ChangeMarked(_)
        | Action::ChangeSetting(_)
        | Action::Timeline
        | Action::Zoom(_)
        | Action::Help
        | Action::Redraw
        | Action::Scope(ScopeAction::Toggle | ScopeAction::Add) => Ok(()),
        Action::Filter => filter(model),
        Action::NextNeed => next_need(model),
        Action::Palette => palette(model),
        Action::NewLogin => login::may_begin(model),
        Action::LogIn => log_in(model),
        Action::Scopes => login::of_profile(model, stored(model, "it has no scopes")?, PreflightGoal::Scopes),
        Action::Scope(ScopeAction::List) => list_scopes(model),
        Action::Refresh => refresh(model, stored(model, "it cannot be refreshed")?, now),
        Action::RefreshDue => when(due(model, now).next().is_some(), "Nothing is due"),
        Action::Copy => copy(selected(model)?),
        Action::Edit => edit(model),
        Action::Reveal => reveal(model),
        Action::CopyForm(form) => copy_form(model, selected(model)?, form),
        Action::Mark if model.selected.is_some() => Ok(()),
        Action::Mark => selected(model).map(|_| ()),
        Action::Undo => undo(model),
        Action::SignOut | Action::SignOutAtProvider => {
            sign_out(model, stored(model, "authtui cannot erase it")?)
        }
        Action::Test => test(model, selected(model)?, now),
        Action::ToggleAutoRefresh => auto_refresh(model, stored(model, "it cannot be refreshed")?, now),
        Action::Rename => relocate(model, stored(model, "it cannot be renamed")?),
        Action::Note => note(model, stored(model, "no note of it is kept")?),
        Action::MoveStore => move_store(model, stored(model, "it cannot be moved")?),
        Action::SkipTour => {
            when(model.tour.as_ref().is_some_and(Tour::is_open), "Only the demo has hints to skip")
        }
        Action::Unlock => when(model.order.needs.contains_key(&Need::Locked), "Nothing is locked"),
        Action::MakePrivate => when(!model.open_to_others().is_empty(), "The file is already private"),
        Action::Suspend => suspend(model),
        Action::Panel(action) => panel::of(model, action),
    }
}

fn when(is_possible: bool, why_not: &str) -> Result<(), Unavailable> {
    if is_possible { Ok(()) } else { Err(Unavailable::because(why_not)) }
}

fn palette(model: &Model) -> Result<(), Unavailable> {
    if model.screen.allows_palette() {
        return Ok(());
    }
    Err(Unavailable::because("Finish this first, or go back with Esc").passing())
}

/// Whether the login on the panel may begin anew, or one to the selected profile.
fn log_in(model: &Model) -> Result<(), Unavailable> {
    if matches!(model.screen, Screen::Login(_)) {
        return panel::try_again(model);
    }
    if model.selected_profile().is_some_and(|profile| profile.owner.is_some()) {
        return login::of_borrowed(model, selected(model)?);
    }
    login::of_profile(model, stored(model, "there is nothing to log in to")?, PreflightGoal::Login)
}

fn reveal(model: &Model) -> Result<(), Unavailable> {
    if model.settings.privacy {
        return Err(Unavailable::because("Privacy mode hides tokens").remedy("The settings turn it off."));
    }
    copy_form(model, selected(model)?, Form::Token)
}

fn undo(model: &Model) -> Result<(), Unavailable> {
    let is_offered = model.undo.as_ref().is_some_and(|undo| undo.is_offered());
    when(is_offered || model.erasing().next().is_some(), "There is no sign-out to undo")
}

fn note(model: &Model, profile: &Profile) -> Result<(), Unavailable> {
    relocate(model, profile)?;
    match model.stores.get(&profile.id.store).map(|store| &store.writable) {
        Some(Err(trouble)) => Err(Unavailable::because(trouble.to_string())),
        Some(Ok(())) | None => Ok(()),
    }
}

fn move_store(model: &Model, profile: &Profile) -> Result<(), Unavailable> {
    let others = relocation::stores_for_move(profile, model.stores.values());
    when(!others.is_empty(), "There is no other store in which its name is free")?;
    relocate(model, profile)
}

/// Whether nothing is under way for `profile` that would miss it under its name.
fn relocate(model: &Model, profile: &Profile) -> Result<(), Unavailable> {
    let running = model.running(&profile.id);
    let name = &profile.id.name;
    if running.refresh.is_some() || running.revoking.is_some() || running.erasing.is_some() {
        return Err(Unavailable::new(name, "wait until what is under way for it is done").passing());
    }
    if running.unsaved.is_some() {
        return Err(Unavailable::new(name, "save its new tokens first"));
    }
    Ok(())
}

fn filter(model: &Model) -> Result<(), Unavailable> {
    if matches!(model.screen, Screen::Log(_)) || model.stores.is_empty() || model.order.total > 0 {
        return Ok(());
    }
    Err(no_profiles(model))
}

fn suspend(model: &Model) -> Result<(), Unavailable> {
    match model.unfinished() {
        Some(unfinished) => {
            let why = format!("Not suspended: still waiting for {unfinished}");
            Err(Unavailable::because(why).passing())
        }
        None => Ok(()),
    }
}

fn no_profiles(model: &Model) -> Unavailable {
    Unavailable::because("No profiles yet")
        .remedy(format!("Press {} to log in.", model.keys.key(Action::NewLogin)))
}

fn press_log_in(model: &Model) -> String {
    format!("Press {} to log in.", model.keys.key(Action::LogIn))
}

fn next_need(model: &Model) -> Result<(), Unavailable> {
    if model.order.filled_sections().any(|(section, _)| section == Section::NeedsYou) {
        return Ok(());
    }
    let is_hidden = model.order.needs.keys().any(|need| need.is_yours());
    Err(match is_hidden {
        true => Unavailable::because("The filter hides what needs you")
            .remedy(format!("{} clears it.", model.keys.key(Action::Back))),
        false => Unavailable::because("Nothing needs you"),
    })
}

fn list_scopes(model: &Model) -> Result<(), Unavailable> {
    let Screen::Wizard(wizard) = &model.screen else { return Ok(()) };
    let Page::Scopes(picker) = &wizard.page else { return Ok(()) };
    match picker.list {
        ProviderList::Failed(_) | ProviderList::Here { .. } => Ok(()),
        ProviderList::None => Err(Unavailable::because("This provider offers no list of scopes")),
        ProviderList::Wanted | ProviderList::Coming => {
            Err(Unavailable::because("The list is still loading").passing())
        }
    }
}

fn sign_out(model: &Model, profile: &Profile) -> Result<(), Unavailable> {
    if model.running(&profile.id).revoking.is_none() {
        return Ok(());
    }
    let why = format!("The provider is already being asked to end {}", profile.id.name);
    Err(Unavailable::because(why).passing())
}
