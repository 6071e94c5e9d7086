//! Navigation: moving the selection, opening what is selected, answering, and going back.

use std::mem;

use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::oauth::login::preflight::PreflightGoal;
use crate::oauth::login::{Input, Login};
use crate::tui::dialog::DialogAnswer;
use crate::tui::help::found;
use crate::tui::layout::{self, list_rows};
use crate::tui::list_search::ListSearch;
use crate::tui::log;
use crate::tui::log_page::LogPage;
use crate::tui::message::{Effect, Motion};
use crate::tui::model::{Leaving, Model};
use crate::tui::result_table::MarkedAction;
use crate::tui::row_id::RowId;
use crate::tui::row_order::SortBy;
use crate::tui::rows;
use crate::tui::screen::{Panel, Screen};
use crate::tui::status::Tone;
use crate::tui::theme::{Glyphs, Theme};
use crate::tui::tour::TourStop;
use crate::tui::update::status::{dismiss, show};
use crate::tui::update::{
    borrowed, form, login, login_start, marked, note, passphrase, relocation, server, settings, sign_out,
    stores, undo, wizard,
};
use crate::tui::view::{everything, exchanges, help, pane};
use crate::tui::wizard::Page;
use crate::tui::wizard::server::offers;

/// Moves the selection, the mark, or what is scrolled.
pub(super) fn step(model: &mut Model, now: Now, motion: Motion) {
    if form::go(model, motion) {
        return;
    }
    let page = list_rows(model).max(1);
    let (columns, rows) = layout::page(model);
    let entries = layout::palette_rows(model);
    if let Some(dialog) = model.screen.dialog_mut() {
        return dialog.step(motion);
    }
    if let Screen::Log(page) = &model.screen {
        model.screen = Screen::Log(log::moved(model, page, motion, now));
        return;
    }
    match &mut model.screen {
        Screen::Palette(palette, _) => palette.search.step(motion, palette.found.len(), entries),
        Screen::Settings(marked) => settings::step(marked, motion),
        Screen::Help(..) => step_help(model, motion),
        Screen::Wizard(wizard) => {
            if let Page::Provider(search) = &mut wizard.page {
                let count = offers(&model.catalog, &model.configured_servers, search.field.text()).len();
                search.step(motion, count, page);
            } else if let Page::Server(server) = &mut wizard.page
                && server.exchanges.is_some()
            {
                let count = exchanges::count(server.discovery.transcript(), columns);
                server.scroll(|from| motion.from(from, count.saturating_sub(rows) + 1, rows));
            } else if let Some((place, count)) = wizard.marked() {
                *place = motion.from(*place, count, page);
            }
        }
        Screen::Results(place) => {
            let count = model.results.as_ref().map_or(0, |table| table.rows.len());
            *place = motion.from(*place, count, page);
        }
        Screen::Login(Panel::Exchanges(from)) => {
            let count = model.login.as_ref().map_or(0, |login| exchanges::count(login.transcript(), columns));
            *from = motion.from(*from, count.saturating_sub(rows) + 1, rows);
        }
        Screen::Reveal(..) => {}
        Screen::Pane | Screen::Everything => scroll(model, now, motion),
        Screen::List
        | Screen::Filter(_)
        | Screen::Renaming(..)
        | Screen::Noting(..)
        | Screen::Passphrase(_)
        | Screen::Copy
        | Screen::Dialog(_)
        | Screen::Log(_)
        | Screen::Login(_) => select(model, motion, page),
    }
}

/// Chooses another line of the help.
fn step_help(model: &mut Model, motion: Motion) {
    let page = layout::page(model);
    let Screen::Help(search, _) = &model.screen else { return };
    let mut search = search.clone();
    let count = found(&model.keys, search.field.text()).len();
    help::step(model, &mut search, (motion, count), page);
    if let Screen::Help(place, _) = &mut model.screen {
        *place = search;
    }
}

/// Scrolls the pane, or the page with everything, as far as it goes.
fn scroll(model: &mut Model, now: Now, motion: Motion) {
    let (columns, rows) = layout::pane(model);
    let theme = Theme::mono(Glyphs::unicode());
    let count = if model.screen == Screen::Everything {
        everything::content(model, &theme, now, columns).len()
    } else {
        pane::content(model, &theme, now, (columns, rows)).1.len()
    };
    let last = count.saturating_sub(rows);
    model.scroll = motion.from(model.scroll.min(last), last + 1, rows);
}

/// Gives the focus to the pane, or back to the list.
pub(super) fn switch_focus(model: &mut Model) -> Vec<Effect> {
    match model.screen {
        Screen::List if model.selected.is_some() => model.screen = Screen::Pane,
        Screen::Pane | Screen::Everything => model.screen = Screen::List,
        Screen::List
        | Screen::Filter(_)
        | Screen::Renaming(..)
        | Screen::Noting(..)
        | Screen::Passphrase(_)
        | Screen::Copy
        | Screen::Reveal(..)
        | Screen::Dialog(_)
        | Screen::Results(_)
        | Screen::Wizard(_)
        | Screen::Login(_)
        | Screen::Log(_)
        | Screen::Settings(_)
        | Screen::Help(..)
        | Screen::Palette(..) => {}
    }
    model.scroll = 0;
    Vec::new()
}

/// Selects another row of the list.
pub(super) fn select(model: &mut Model, motion: Motion, page: usize) {
    let place = rows::place(model).unwrap_or(0);
    select_place(model, motion.from(place, rows::count(model), page));
    if motion == Motion::Top {
        model.offset = 0;
    }
}

fn select_place(model: &mut Model, place: usize) {
    if let Some((store, row)) = rows::at(model, place) {
        (model.selected, model.scroll) = (Some(rows::id(store, row)), 0);
        model.order.place = Some(place);
    }
}

/// Selects the next row that needs somebody; after the last one comes the first.
pub(super) fn select_next_need(model: &mut Model) {
    model.tick(TourStop::NextNeed);
    let count = rows::count(model);
    let from = rows::place(model).map_or(0, |place| place + 1);
    let needs = |place: &usize| model.order.rows.get(*place).is_some_and(|row| row.need.is_yours());
    if let Some(place) = (0..count).map(|step| (from + step) % count.max(1)).find(needs) {
        select_place(model, place);
    }
}

/// Orders the rows by that.
pub(super) fn sort(model: &mut Model, by: SortBy, now: Now) {
    model.sort = by;
    show(model, format!("Sorted by {}.", model.sort.word()), Tone::Plain, now);
}

/// Opens what is selected, or takes what was chosen or typed.
pub(super) fn enter(model: &mut Model, now: Now) -> Vec<Effect> {
    match &model.screen {
        // No pane is seen beside the timeline.
        Screen::List if model.timeline.is_some() => {
            if model.selected_profile().is_some() {
                (model.screen, model.scroll) = (Screen::Everything, 0);
            }
            Vec::new()
        }
        Screen::List => switch_focus(model),
        Screen::Dialog(dialog) => {
            let answer = dialog.answer();
            model.screen = login::below(model);
            answered(model, answer, now)
        }
        Screen::Login(Panel::Cancelling(dialog) | Panel::Deciding(dialog)) => {
            let answer = dialog.answer();
            // That it has to be answered is no longer true.
            if model.message.as_ref().is_some_and(|message| message.report.tone == Tone::Plain) {
                dismiss(model);
            }
            login::answer(model, answer, now)
        }
        Screen::Login(Panel::Steps) => login::close_when_over(model, now),
        Screen::Login(Panel::Pasting(_)) => paste_answer(model, now),
        Screen::Login(Panel::Naming(field)) => {
            let account = field.text().to_owned();
            login::name_account(model, account, now)
        }
        Screen::Wizard(_) => server::submit(model, now),
        Screen::Renaming(..) => relocation::take_name(model, now),
        Screen::Noting(..) => note::take(model, now),
        Screen::Passphrase(_) => passphrase::enter(model),
        Screen::Filter(_) => {
            model.screen = Screen::List;
            Vec::new()
        }
        Screen::Results(place) => {
            let place = *place;
            marked::open(model, place);
            Vec::new()
        }
        Screen::Login(Panel::Qr | Panel::Exchanges(_))
        | Screen::Help(..)
        | Screen::Palette(..)
        | Screen::Settings(_) => back(model, now),
        Screen::Log(page) => {
            let page = page.clone();
            open_logged(model, page)
        }
        Screen::Pane => {
            if model.selected_profile().is_some() {
                (model.screen, model.scroll) = (Screen::Everything, 0);
            }
            Vec::new()
        }
        Screen::Everything | Screen::Copy | Screen::Reveal(..) => Vec::new(),
    }
}

/// Reads the selected line of the log whole, and then goes to its profile.
fn open_logged(model: &mut Model, page: LogPage) -> Vec<Effect> {
    if page.typing.is_some() {
        model.screen = Screen::Log(LogPage { typing: None, ..page });
    } else if page.reading.is_none() {
        model.screen = Screen::Log(LogPage { reading: Some(0), ..page });
    } else if let Some(id) = log::profile(model, &page) {
        (model.selected, model.scroll) = (Some(RowId::Profile(id)), 0);
        model.screen = Screen::Pane;
    }
    Vec::new()
}

/// Services the answer that was typed or pasted to the login.
fn paste_answer(model: &mut Model, now: Now) -> Vec<Effect> {
    let Screen::Login(Panel::Pasting(field)) = mem::replace(&mut model.screen, Screen::Login(Panel::Steps))
    else {
        return Vec::new();
    };
    match model.login.as_ref().map(Login::id) {
        Some(login_id) if !field.is_empty() => {
            login::heard(model, login_id, Input::Typed(field.secret()), now)
        }
        Some(_) | None => Vec::new(),
    }
}

/// Goes back one screen.
pub(super) fn back(model: &mut Model, now: Now) -> Vec<Effect> {
    match mem::take(&mut model.screen) {
        Screen::List if !model.marks.is_empty() => model.marks.clear(),
        Screen::List if model.filter.is_empty() => model.timeline = None,
        Screen::List | Screen::Filter(_) => model.filter.clear(),
        Screen::Log(page) if page.reading.is_some() => {
            model.screen = Screen::Log(LogPage { reading: None, ..page });
        }
        Screen::Log(page) if page.typing.is_some() || !page.filter.is_empty() => {
            model.screen = Screen::Log(LogPage::default());
        }
        Screen::Pane
        | Screen::Copy
        | Screen::Renaming(..)
        | Screen::Noting(..)
        | Screen::Results(_)
        | Screen::Log(_)
        | Screen::Settings(_) => {}
        Screen::Passphrase(form) => {
            model.screen = Screen::Passphrase(form);
            passphrase::leave(model, now);
        }
        Screen::Everything if model.timeline.is_some() => model.scroll = 0,
        Screen::Everything => (model.screen, model.scroll) = (Screen::Pane, 0),
        Screen::Dialog(_) => model.screen = login::below(model),
        Screen::Help(search, below) if !search.field.is_empty() => {
            model.screen = Screen::Help(ListSearch::at(0), below);
        }
        Screen::Help(_, below) | Screen::Reveal(_, below) | Screen::Palette(_, below) => {
            model.screen = *below
        }
        Screen::Wizard(wizard) => {
            model.screen = wizard::back(wizard);
            login::tell_what_stays(model, now);
        }
        Screen::Login(Panel::Steps) => {
            model.screen = Screen::Login(Panel::Steps);
            return login::leave(model, now);
        }
        Screen::Login(Panel::Qr | Panel::Exchanges(_) | Panel::Pasting(_) | Panel::Cancelling(_)) => {
            model.screen = Screen::Login(Panel::Steps);
        }
        Screen::Login(Panel::Naming(_)) => return login::name_account(model, String::new(), now),
        // Tokens that came are kept or discarded on purpose, not by leaving.
        Screen::Login(Panel::Deciding(dialog)) => {
            model.screen = Screen::Login(Panel::Deciding(dialog));
            show(model, "Choose what happens to the new tokens, then press Enter.", Tone::Plain, now);
        }
    }
    Vec::new()
}

/// Does what the person answered.
fn answered(model: &mut Model, answer: DialogAnswer, now: Now) -> Vec<Effect> {
    match answer {
        DialogAnswer::Nothing => Vec::new(),
        DialogAnswer::SignOut(ids, way) => match ids.as_slice() {
            [id] => sign_out::begin(model, id.clone(), way, now),
            _ => marked::begin(model, MarkedAction::SignOut(way), ids, now),
        },
        DialogAnswer::LogInAgain(id) => match model.profile(&id).cloned() {
            Some(profile) => login_start::begin_again(model, &profile, PreflightGoal::Login, now),
            None => Vec::new(),
        },
        DialogAnswer::LogInSeparately(id) => borrowed::log_in_separately(model, &id, now),
        DialogAnswer::TakeOver(id, name) => borrowed::take_over(model, &id, name, now),
        DialogAnswer::Move(id, to) => {
            let there = ProfileId { store: to, ..id.clone() };
            passphrase::before_move(model, id, there)
        }
        DialogAnswer::SaveAgain(id) => stores::save_again(model, &id),
        DialogAnswer::SaveIn(id, store) => stores::save_in(model, &id, store),
        DialogAnswer::Drop(id) => {
            model.forget_unsaved(&id);
            Vec::new()
        }
        DialogAnswer::Quit => {
            model.leaving = Leaving::Yes;
            undo::forget(model);
            vec![Effect::Quit]
        }
        DialogAnswer::CancelLogin | DialogAnswer::Decide(_) => login::answer(model, answer, now),
    }
}
