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
mod token;

use crate::domain::change::{Row, Where};
use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::profile::{Kind, Profile};
use crate::domain::refreshability::NotRefreshable;
use crate::domain::relocation;
use crate::oauth::login::preflight::PreflightGoal;
use crate::tui::message::{Action, Form, ScopeAction};
use crate::tui::model::{Model, RowId};
use crate::tui::need::Section;
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::tour::Tour;
use crate::tui::wizard::Page;
use crate::tui::wizard::picker::ProviderList;
use crate::tui::{locked, rows, text_layout};

pub use context::{in_context, means_something};
pub use marked::of_marked;
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
        Action::Filter if matches!(model.screen, Screen::Log(_)) => Ok(()),
        Action::Filter => filter(model),
        Action::NextNeed => next_need(model),
        Action::Palette if !model.screen.allows_palette() => {
            Err(Unavailable::because("Finish this first, or go back with Esc").passing())
        }
        Action::Palette => Ok(()),
        Action::NewLogin => login::may_begin(model),
        Action::LogIn if matches!(model.screen, Screen::Login(_)) => panel::try_again(model),
        Action::LogIn if model.selected_profile().is_some_and(|profile| profile.owner.is_some()) => {
            login::of_borrowed(model, selected(model)?)
        }
        Action::LogIn => {
            login::of_profile(model, stored(model, "there is nothing to log in to")?, PreflightGoal::Login)
        }
        Action::Scopes => login::of_profile(model, stored(model, "it has no scopes")?, PreflightGoal::Scopes),
        Action::Scope(ScopeAction::List) => list_scopes(model),
        Action::Refresh => refresh(model, stored(model, "it cannot be refreshed")?, now),
        Action::RefreshDue => when(due(model, now).next().is_some(), "Nothing is due"),
        Action::Copy => copy(selected(model)?),
        Action::Edit => edit(model),
        Action::Reveal if model.settings.privacy => {
            Err(Unavailable::because("Privacy mode hides tokens").remedy("The settings turn it off."))
        }
        Action::Reveal => copy_form(model, selected(model)?, Form::Token),
        Action::CopyForm(form) => copy_form(model, selected(model)?, form),
        Action::Mark if model.selected.is_some() => Ok(()),
        Action::Mark => selected(model).map(|_| ()),
        Action::Undo => {
            let is_offered = model.undo.as_ref().is_some_and(|undo| undo.is_offered());
            when(is_offered || model.erasing().next().is_some(), "There is no sign-out to undo")
        }
        Action::SignOut | Action::SignOutAtProvider => {
            sign_out(model, stored(model, "authtui cannot erase it")?)
        }
        Action::Test => test(model, selected(model)?, now),
        Action::ToggleAutoRefresh => auto_refresh(model, stored(model, "it cannot be refreshed")?, now),
        Action::Rename => relocate(model, stored(model, "it cannot be renamed")?),
        Action::Note => {
            relocate(model, stored(model, "no note of it is kept")?)?;
            let store = model.selected_profile().and_then(|profile| model.stores.get(&profile.id.store));
            match store.map(|store| &store.writable) {
                Some(Err(trouble)) => Err(Unavailable::because(trouble.to_string())),
                Some(Ok(())) | None => Ok(()),
            }
        }
        Action::MoveStore => {
            let profile = stored(model, "it cannot be moved")?;
            let others = relocation::stores_for_move(profile, model.stores.values());
            when(!others.is_empty(), "There is no other store in which its name is free")?;
            relocate(model, profile)
        }
        Action::SkipTour => {
            when(model.tour.as_ref().is_some_and(Tour::is_open), "Only the demo has hints to skip")
        }
        Action::Unlock => {
            let is_locked = locked::rows(model).next().is_some();
            when(is_locked, "Nothing is locked")
        }
        Action::MakePrivate => {
            let is_open = !model.open_to_others().is_empty();
            when(is_open, "The file is already private")
        }
        Action::Suspend => suspend(model),
        Action::Panel(action) => panel::of(model, action),
    }
}

fn when(is_possible: bool, why_not: &str) -> Result<(), Unavailable> {
    if is_possible { Ok(()) } else { Err(Unavailable::because(why_not)) }
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
    if model.stores.is_empty() || model.order.total > 0 {
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

/// The profiles that are due and can be refreshed.
pub fn due(model: &Model, now: Now) -> impl Iterator<Item = &Profile> {
    let is_due = move |profile: &&Profile| {
        let health = model.health(profile, now.wall);
        let waits = matches!(health, Health::Retrying(at) | Health::Failed(at) if at > now.wall);
        health.is_overdue() && !waits
    };
    let is_free = move |profile: &&Profile| {
        let running = model.running(&profile.id);
        running.revoking.is_none()
            && running.unsaved.is_none()
            && model.refreshability(profile, now.wall).is_ok()
    };
    rows::overdue(model).filter(is_due).filter(is_free)
}

/// The selected profile.
fn selected(model: &Model) -> Result<&Profile, Unavailable> {
    if let Some(profile) = model.selected_profile() {
        return Ok(profile);
    }
    Err(match &model.selected {
        Some(RowId::Broken(_, Where::Variable { name, .. })) => {
            let why = format!("The value of {name} cannot be used");
            Unavailable::because(why).remedy("Set it again or unset it in your shell.").warn()
        }
        Some(RowId::Broken(_, Where::Borrowed { file, .. })) => {
            let why = format!("{file} cannot be understood");
            Unavailable::because(why).remedy("Its program may write it again.").warn()
        }
        Some(RowId::Broken(_, Where::File(_))) => {
            Unavailable::because("authtui does not understand this file")
                .remedy("Delete it if you do not need it.")
                .warn()
        }
        Some(RowId::Broken(store, at @ Where::Line(line))) => {
            let rows = model.stores.get(store).map_or(&[][..], |snapshot| &*snapshot.rows);
            let why = rows.iter().find_map(|row| match row {
                Row::Broken(broken) if broken.at == *at => Some(broken.why.as_str()),
                Row::Broken(_) | Row::Profile(_) => None,
            });
            let why = why.unwrap_or("it is not valid");
            Unavailable::new(format!("Line {line}"), why)
                .remedy(format!("{} opens it in your editor.", model.keys.key(Action::Edit)))
                .warn()
        }
        Some(RowId::Broken(_, Where::Vault { name, .. })) => {
            Unavailable::because(format!("{name} is locked"))
                .remedy(format!("{} unlocks it.", model.keys.key(Action::Unlock)))
                .warn()
        }
        Some(RowId::Profile(id)) => {
            Unavailable::because(format!("{} is hidden while its file cannot be read", id.name)).passing()
        }
        None if !model.filter.is_empty() => Unavailable::because("The filter hides every profile")
            .remedy(format!("{} clears it.", model.keys.key(Action::Back))),
        None => no_profiles(model),
    })
}

/// Whether there is anything to be edited: an entry that is not valid, or a file that cannot be used.
fn edit(model: &Model) -> Result<(), Unavailable> {
    let is_usable = model.own().is_none_or(|own| own.writable.is_ok());
    match &model.selected {
        Some(RowId::Broken(_, Where::Line(_))) => Ok(()),
        _ if !is_usable => Ok(()),
        Some(RowId::Broken(
            _,
            Where::File(_) | Where::Vault { .. } | Where::Variable { .. } | Where::Borrowed { .. },
        )) => selected(model).map(|_| ()),
        Some(RowId::Profile(id)) => {
            let why = "its entry is valid; only an unreadable one opens in the editor";
            Err(Unavailable::new(&id.name, why))
        }
        None => Err(Unavailable::because("Every entry is valid")),
    }
}

/// The selected profile where its store would be written; a variable of the environment is not, and
/// `instead` says what does not happen.
fn stored<'a>(model: &'a Model, instead: &str) -> Result<&'a Profile, Unavailable> {
    written(selected(model)?, instead)
}

fn written<'a>(profile: &'a Profile, instead: &str) -> Result<&'a Profile, Unavailable> {
    ours(profile)?;
    match profile.kind {
        Kind::OAuth | Kind::ApiKey => Ok(profile),
        Kind::Environment => {
            let about = format!("{} is an environment variable", profile.id.name.name());
            Err(Unavailable::new(about, instead).remedy("To remove it, unset it in your shell."))
        }
    }
}

/// Whether no other program keeps it.
fn ours(profile: &Profile) -> Result<(), Unavailable> {
    let owner = profile.owner.as_ref();
    owner.map_or(Ok(()), |owner| Err(Unavailable::because(owner.reads_only())))
}

fn auto_refresh(model: &Model, profile: &Profile, now: Now) -> Result<(), Unavailable> {
    let refreshability = model.refreshability(profile, now.wall);
    refreshability.map(|_| ()).map_err(|why| Unavailable::new(&profile.id.name, why))
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

fn refresh(model: &Model, profile: &Profile, now: Now) -> Result<(), Unavailable> {
    let name = &profile.id.name;
    let running = model.running(&profile.id);
    if running.unsaved.is_some() {
        return Ok(());
    }
    if let Err(why) = model.refreshability(profile, now.wall) {
        let example = model.catalog.example_remedy(name.provider());
        let remedy = match (profile.kind, example) {
            (Kind::OAuth, Some(remedy)) => format!("Next: {remedy}."),
            (Kind::OAuth, None) if why != NotRefreshable::NoProviderFile => press_log_in(model),
            (Kind::OAuth | Kind::ApiKey | Kind::Environment, _) => String::new(),
        };
        return Err(Unavailable::new(name, why).remedy(remedy));
    }
    let busy = if running.revoking.is_some() {
        format!("{name} is being signed out at its provider")
    } else if running.refresh.is_some() {
        format!("{name} is already being refreshed")
    } else {
        return Ok(());
    };
    Err(Unavailable::because(busy).passing())
}

fn sign_out(model: &Model, profile: &Profile) -> Result<(), Unavailable> {
    if model.running(&profile.id).revoking.is_none() {
        return Ok(());
    }
    let why = format!("The provider is already being asked to end {}", profile.id.name);
    Err(Unavailable::because(why).passing())
}
