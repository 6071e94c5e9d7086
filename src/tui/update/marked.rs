//! Actions on all marked profiles: begun, a few at a time, and noted in their table as they end.

use crate::domain::change::{Change, Edit, SignedOut, Snapshot};
use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::{AutoRefresh, Profile, TestResult};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::probe::TestVerdict;
use crate::oauth::refresh::Refreshed;
use crate::oauth::revocation::Revoked;
use crate::tui::availability;
use crate::tui::availability::reach::{self, MarkedWish, Reach};
use crate::tui::message::{Action, Effect};
use crate::tui::model::{Leaving, Model};
use crate::tui::result_table::{MarkedAction, ResultTable, RowEnd};
use crate::tui::row_id::RowId;
use crate::tui::screen::Screen;
use crate::tui::status::Tone;
use crate::tui::update::status::show;
use crate::tui::update::{refresh, sign_out, undo};

/// Marks the selected profile, or no longer, and goes on to the next row.
pub(super) fn mark(model: &mut Model) {
    if let Some(RowId::Profile(id)) = model.selected.clone()
        && !model.marks.remove(&id)
    {
        model.marks.insert(id);
    }
}

/// Lets go of the marks of profiles that are gone.
pub(super) fn forget_gone(model: &mut Model) {
    let marks = std::mem::take(&mut model.marks);
    model.marks = marks.into_iter().filter(|id| model.profile(id).is_some()).collect();
}

/// Selects the profile of a row of the table, and closes it.
pub(super) fn open(model: &mut Model, place: usize) {
    let row = model.results.as_ref().and_then(|table| table.rows.get(place));
    if let Some(id) = row.map(|row| row.id.clone()).filter(|id| model.profile(id).is_some()) {
        model.selected = Some(RowId::Profile(id));
    }
    model.screen = Screen::List;
}

/// Does `action` with all marked profiles; nothing where none is marked, where it is about one alone,
/// or where nothing may be written.
pub(super) fn act(model: &mut Model, action: Action, now: Now) -> Option<Vec<Effect>> {
    let Reach::Marked(wish) = Reach::of(action) else { return None };
    if model.marks.is_empty() || !model.screen.is_free() || reach::check(model, action).is_err() {
        return None;
    }
    let profiles: Vec<Profile> = model.marks.iter().filter_map(|id| model.profile(id).cloned()).collect();
    let marked = match wish {
        MarkedWish::Refresh => MarkedAction::Refresh,
        MarkedWish::Test => MarkedAction::Test,
        MarkedWish::ToggleAutoRefresh => {
            let is_on = profiles.iter().any(|profile| profile.auto_refresh == AutoRefresh::On);
            MarkedAction::AutoRefresh(if is_on { AutoRefresh::Off } else { AutoRefresh::On })
        }
        MarkedWish::SignOut(way) => return Some(sign_out::ask(model, &profiles, way)),
    };
    let ids = profiles.iter().map(|profile| profile.id.clone()).collect();
    Some(begin(model, marked, ids, now))
}

/// Begins with these profiles, and shows their table; their marks have done their work.
pub(super) fn begin(model: &mut Model, action: MarkedAction, ids: Vec<ProfileId>, now: Now) -> Vec<Effect> {
    model.screen = Screen::Results(0);
    if model.results.as_ref().is_some_and(|table| !table.is_over()) {
        show(model, "Some marked profiles are not finished yet. Try again when they are.", Tone::Plain, now);
        return Vec::new();
    }
    if let MarkedAction::SignOut(_) = action {
        undo::forget(model);
    }
    model.marks.clear();
    model.results = Some(ResultTable::new(action, ids));
    go_on(model, now)
}

/// Notes how one ended, and begins with the next.
pub(super) fn ended(model: &mut Model, id: &ProfileId, end: RowEnd, now: Now) -> Vec<Effect> {
    if let Some(table) = &mut model.results {
        table.end(id, end);
    }
    go_on(model, now)
}

fn go_on(model: &mut Model, now: Now) -> Vec<Effect> {
    let mut effects = Vec::new();
    // Who has left does not want what waits any more.
    while model.leaving == Leaving::No {
        let Some(table) = &mut model.results else { break };
        let action = table.action;
        let Some(id) = table.start_next() else { break };
        match begin_one(model, &id, action, now) {
            Ok(begun) => effects.extend(begun),
            Err(end) => {
                if let Some(table) = &mut model.results {
                    table.end(&id, end);
                }
            }
        }
    }
    effects
}

fn begin_one(
    model: &mut Model,
    id: &ProfileId,
    action: MarkedAction,
    now: Now,
) -> Result<Vec<Effect>, RowEnd> {
    let profile =
        model.profile(id).cloned().ok_or_else(|| RowEnd::new("it was deleted meanwhile", Tone::Warn))?;
    availability::of_marked(model, action, &profile, now)
        .map_err(|why| RowEnd::new(why.brief(), Tone::Warn))?;
    if model.running(id).unsaved.is_some() {
        return Err(
            RowEnd::new("its new tokens are not saved yet", Tone::Bad).next(Action::Refresh, "save them")
        );
    }
    Ok(match action {
        MarkedAction::Refresh => refresh::begin(model, id),
        MarkedAction::Test => {
            model.running_mut(id).is_testing = true;
            vec![Effect::Test(id.clone())]
        }
        MarkedAction::SignOut(way) => sign_out::begin_one(model, id.clone(), way, now),
        MarkedAction::AutoRefresh(wanted) => {
            model.saving += 1;
            let edit = Edit::AutoRefresh(wanted);
            let change = Change { name: id.name.clone(), expects: None, edit };
            vec![Effect::Change(id.clone(), Box::new(change))]
        }
    })
}

pub(super) fn of_sign_out(id: &ProfileId, signed_out: &Result<SignedOut, Trouble>) -> RowEnd {
    match signed_out {
        Ok(SignedOut { snapshot, erased }) => {
            let words = match snapshot.profile(&id.name) {
                Some(_) => "signed out, here only",
                None => "deleted, here only",
            };
            let done = RowEnd::new(words, Tone::Good);
            if erased.is_some() { done.next(Action::Undo, "undo") } else { done }
        }
        Err(trouble) => of_trouble(trouble),
    }
}

pub(super) fn of_change(changed: &Result<Snapshot, Trouble>) -> RowEnd {
    changed.as_ref().map_or_else(of_trouble, |_| RowEnd::new("saved", Tone::Good))
}

pub(super) fn of_test(tested: &Result<TestVerdict, Trouble>) -> RowEnd {
    let verdict = match tested {
        Ok(verdict) => verdict,
        Err(trouble) => return of_trouble(trouble),
    };
    let is_refused = verdict.last.as_ref().is_some_and(|last| last.result == TestResult::Refused);
    match is_refused {
        true => RowEnd::new(verdict.words.clone(), Tone::Bad).next(Action::LogIn, "log in"),
        false => RowEnd::new(verdict.words.clone(), Tone::Good),
    }
}

pub(super) fn of_revocation(id: &ProfileId, revoked: &Revoked) -> RowEnd {
    match revoked {
        Revoked::Done(snapshot) if snapshot.profile(&id.name).is_none() => {
            RowEnd::new("signed out at its provider and deleted", Tone::Good)
        }
        Revoked::Done(_) => RowEnd::new("signed out here and at its provider", Tone::Good),
        Revoked::NotEnded(trouble) => of_trouble(trouble).next(Action::SignOut, "sign out"),
        Revoked::NotErased(trouble) => of_trouble(trouble),
    }
}

pub(super) fn of_refresh(refreshed: &Refreshed) -> RowEnd {
    match refreshed {
        Refreshed::Done(_) => RowEnd::new("refreshed", Tone::Good),
        Refreshed::Enough(_) => RowEnd::new("refreshed by another program", Tone::Good),
        Refreshed::Unsaved(_, _, trouble) => {
            RowEnd::new(trouble.why.clone(), Tone::Bad).next(Action::Refresh, "save them")
        }
        Refreshed::Failed(_, trouble) => of_trouble(trouble),
    }
}

fn of_trouble(trouble: &Trouble) -> RowEnd {
    match trouble.kind {
        FailureKind::NeedsLogin => RowEnd::new(trouble.why.clone(), Tone::Bad).next(Action::LogIn, "log in"),
        FailureKind::Temporary(_) => {
            RowEnd::new(trouble.why.clone(), Tone::Warn).next(Action::Refresh, "try again")
        }
        FailureKind::NeedsFix(_) => RowEnd::new(trouble.why.clone(), Tone::Bad),
        FailureKind::NothingToDo => RowEnd::new(trouble.why.clone(), Tone::Plain),
    }
}
