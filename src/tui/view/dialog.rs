//! Dialog: one question and its answers.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::Kind;
use crate::domain::residual_validity;
use crate::domain::trouble::Trouble;
use crate::oauth::login::{ConfirmReason, SaveDecision};
use crate::oauth::revocation::{self, NotRevocable};
use crate::tui::dialog::{Dialog, DialogQuestion};
use crate::tui::model::Model;
use crate::tui::screen_map::{MouseTarget, ScreenMap};
use crate::tui::text_layout::rows;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, layout, state, text_layout};

/// The most lines of an answer.
const ANSWER: usize = 2;
/// Columns between answers beside each other.
const GAP: u16 = 2;

/// What is asked, in words.
struct DialogText {
    title: String,
    text: Vec<String>,
    /// The same where room is short.
    short: Option<String>,
}

/// Draws the question in the middle of `area`. The marked answer is always seen; where room is short
/// the question is asked in fewer words, and scrolls.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, dialog: &Dialog, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let words = words(&dialog.question, model, now);
    let width = layout::question_columns(area.width);
    let answers = answers(dialog, width, theme);
    let room = area.height.saturating_sub(2);
    let (text, gap) = fitted(&words, width, room, rows(answers.len()));
    // The text keeps one row, however many the answers want.
    let seen = room.saturating_sub(rows(answers.len())).max(1).min(rows(text.len()));
    let gap = if seen < rows(text.len()) { 0 } else { gap };
    let size = (width, seen + gap + rows(answers.len()));
    let inner = frame::above(frame, area, size, &words.title, theme);
    let seen = seen.min(inner.height.saturating_sub(1));
    let hidden = text.len().saturating_sub(usize::from(seen));
    let first = dialog.scrolled.min(hidden);
    if hidden > 0 {
        let more = if first < hidden { "PgDn: more" } else { "PgUp: back" };
        frame::foot(frame, frame::place(area, size).0, more, theme);
    }
    for (down, line) in (0..seen).zip(text.iter().skip(first)) {
        frame.render_widget(Line::raw(line.as_str()), frame::row(inner, down));
    }
    let place = frame::below(inner, seen + gap);
    let marked = answers.iter().rposition(|(_, index)| *index == dialog.marked).unwrap_or(0);
    let first = (marked + 1).saturating_sub(usize::from(place.height));
    for (down, (line, index)) in (0..place.height).zip(answers.into_iter().skip(first)) {
        let row = frame::row(place, down);
        if dialog.is_in_a_row(width) {
            put_row(view.map, row, dialog);
        } else {
            view.map.put(row, MouseTarget::Answer(index));
            if index == dialog.marked {
                view.map.put_cursor(row);
            }
        }
        frame.render_widget(line, row);
    }
}

/// Writes down where each of the answers lies that are beside each other in `row`.
fn put_row(map: &ScreenMap, row: Rect, dialog: &Dialog) {
    let mut x = row.x;
    for (index, button) in dialog.buttons().enumerate() {
        let width = text_layout::width(&button);
        let area = Rect { x, width, ..row }.intersection(row);
        map.put(area, MouseTarget::Answer(index));
        if index == dialog.marked {
            map.put_cursor(area);
        }
        x = x.saturating_add(width + GAP);
    }
}

/// The answers in lines, each with the place of the answer it belongs to: beside each other where they fit,
/// in the one line of the marked answer.
fn answers(dialog: &Dialog, width: u16, theme: &Theme) -> Vec<(Line<'static>, usize)> {
    let styled = dialog.buttons().enumerate().map(|(index, words)| {
        let marked = index == dialog.marked;
        (words, index, if marked { theme.choice } else { Style::new() })
    });
    if dialog.is_in_a_row(width) {
        let spans = styled.flat_map(|(words, _, style)| {
            [Span::styled(words, style), Span::raw(" ".repeat(usize::from(GAP)))]
        });
        return vec![(Line::from(spans.collect::<Vec<_>>()), dialog.marked)];
    }
    styled
        .flat_map(|(words, index, style)| {
            text_layout::wrap_into(&words, width, ANSWER)
                .into_iter()
                .map(move |line| (Line::from(Span::styled(line, style)), index))
        })
        .collect()
}

/// The lines of the question, and how many empty ones follow: the whole of it where there is room.
fn fitted(words: &DialogText, width: u16, room: u16, answers: u16) -> (Vec<String>, u16) {
    let lines: Vec<String> = words.text.iter().flat_map(|part| text_layout::wrap(part, width)).collect();
    if rows(lines.len()) + 1 + answers + 2 <= room {
        return (lines, 1);
    }
    let text = words.short.clone().unwrap_or_else(|| words.text.join(" "));
    (text_layout::wrap(&text, width), 0)
}

fn words(question: &DialogQuestion, model: &Model, now: Now) -> DialogText {
    let words = |title: &str, text: Vec<String>| DialogText { title: title.to_owned(), text, short: None };
    match question {
        DialogQuestion::Revoke(id) => revoke(id, model, now),
        DialogQuestion::RevokeAtProvider(id) => at_provider(id, model),
        DialogQuestion::NotRevocable(id, reason) => not_revocable(id, reason, model, now),
        DialogQuestion::NotRevoked(id, trouble) => not_revoked(id, trouble, model, now),
        DialogQuestion::CancelLogin => {
            let text = "The link stops working. Stored tokens do not change.".to_owned();
            words("Cancel the login?", vec![text])
        }
        DialogQuestion::Tokens(ConfirmReason::OtherAccount { stored, came }, elsewhere) => {
            let (stored, came) = (text_layout::named(stored), text_layout::named(came));
            let text = format!(
                "You logged in as {came}, but this profile is {stored}. Nothing is saved \
                yet."
            );
            let beside = match elsewhere {
                SaveDecision::KeepAs(name) => Some(format!("It can be saved as {name} instead.")),
                SaveDecision::Keep | SaveDecision::Discard => None,
            };
            words("Another account logged in", [text].into_iter().chain(beside).collect())
        }
        DialogQuestion::Tokens(ConfirmReason::Taken, _) => {
            let text = "Another program stored a profile with this name. This login is not saved yet.";
            words("The name is taken", vec![text.to_owned()])
        }
        DialogQuestion::Tokens(ConfirmReason::Cancelled, _) => {
            let text = "The provider sent them before you cancelled. They are only in memory.";
            words("Cancelled, but tokens arrived", vec![text.to_owned()])
        }
        DialogQuestion::UnsavedLogin(trouble) => {
            let text = text_layout::capital(&text_layout::safe(&trouble.to_string()));
            words("The new tokens are not saved", vec![text])
        }
        DialogQuestion::UnsavedRefresh(id, trouble) => {
            let text = text_layout::capital(&text_layout::safe(&trouble.to_string()));
            let spent = "The stored tokens may no longer work.".to_owned();
            words(&format!("New tokens of {} are not saved", text_layout::named(&id.name)), vec![text, spent])
        }
        DialogQuestion::QuitUnsaved => {
            let login = model.login.as_ref().filter(|login| login.unsaved().is_some());
            let names = model.unsaved().map(|(id, _)| id).chain(login.map(|login| &login.plan().id));
            let names: Vec<String> = names.map(|id| text_layout::named(&id.name)).collect();
            let text = format!("New tokens of {} are only in memory. Quitting loses them.", names.join(", "));
            words("Quit without saving?", vec![text])
        }
    }
}

fn revoke(id: &ProfileId, model: &Model, now: Now) -> DialogText {
    let title = format!("Sign out of {}", text_layout::named(&id.name));
    let provider = id.name.provider();
    let place = model.stores.get(&id.store).map_or_else(String::new, |store| text_layout::safe(&store.place));
    let profile = model.profile(id);
    let Some((profile, tokens)) = profile.and_then(|profile| Some((profile, profile.held.tokens()?))) else {
        let text = format!("It has no tokens. Removing it takes the profile out of {place}.");
        return DialogText { title, text: vec![text], short: None };
    };
    let store = model.stores.get(&id.store);
    let lives_on = residual_validity::words(profile, store, now, state::moment).unwrap_or_default();
    let not_told = format!("{provider} is not notified: {lives_on}.");
    let briefly = residual_validity::brief(profile, store, now, state::moment).unwrap_or_default();
    if profile.kind == Kind::ApiKey {
        let text = vec![format!("This erases the key from {place}."), not_told];
        let short = format!("This erases the key here. {provider} is not notified: there it {briefly}.");
        return DialogText { title, text, short: Some(short) };
    }
    let what = match tokens.refresh {
        Some(_) => "the token and the refresh token",
        None => "the token",
    };
    let text = vec![format!("This erases {what} from {place}."), not_told];
    let short = format!("This erases it here. {provider} is not notified: there it {briefly}.");
    DialogText { title, text, short: Some(short) }
}

fn at_provider(id: &ProfileId, model: &Model) -> DialogText {
    let title = named(id, model);
    let twins: Vec<String> = model.twins(id).iter().map(|twin| text_layout::named(&twin.name)).collect();
    let ask = format!("authtui asks {title} to revoke this login, then erases the tokens here.");
    let too = match twins.as_slice() {
        [] => None,
        [one] => Some(format!("{one} uses the same login; its tokens are erased too.")),
        all => Some(format!("{} use the same login; their tokens are erased too.", all.join(", "))),
    };
    let after = "Other programs that use this login must log in again.".to_owned();
    let with = if twins.is_empty() { String::new() } else { format!(" and in {}", twins.join(", ")) };
    let short =
        format!("authtui asks {} to revoke this login, then erases it here{with}.", id.name.provider());
    let text = [Some(ask), too, Some(after)].into_iter().flatten().collect();
    DialogText {
        title: format!("Revoke {} at its provider", text_layout::named(&id.name)),
        text,
        short: Some(short),
    }
}

fn not_revocable(id: &ProfileId, reason: &NotRevocable, model: &Model, now: Now) -> DialogText {
    let why = text_layout::capital(&reason.to_string());
    let complaint = model.catalog.as_ref().and_then(|catalog| catalog.error(id.name.provider()));
    let why = complaint.map_or(why, |complaint| text_layout::safe(&complaint.to_string()));
    let by_hand = format!("Nothing is erased yet. You can {}.", by_hand(id, model));
    let short = Some(format!("{why}. {by_hand}"));
    let text = [Some(format!("{why}.")), Some(by_hand), erased_alone(id, model, now)];
    DialogText {
        title: format!("{} cannot be revoked at its provider", text_layout::named(&id.name)),
        text: text.into_iter().flatten().collect(),
        short,
    }
}

fn not_revoked(id: &ProfileId, trouble: &Trouble, model: &Model, now: Now) -> DialogText {
    let why = text_layout::capital(&text_layout::safe(&trouble.why));
    let by_hand = format!("Stored tokens are unchanged. You can {}.", by_hand(id, model));
    let short = Some(format!("Stored tokens are unchanged. {why}."));
    let text = [Some(format!("{why}.")), Some(by_hand), erased_alone(id, model, now)];
    DialogText {
        title: format!("{} could not be revoked", text_layout::named(&id.name)),
        text: text.into_iter().flatten().collect(),
        short,
    }
}

/// What erasing here leaves alive at the provider.
fn erased_alone(id: &ProfileId, model: &Model, now: Now) -> Option<String> {
    let lives_on =
        residual_validity::words(model.profile(id)?, model.stores.get(&id.store), now, state::moment)?;
    Some(format!("Erasing it here does not stop it working at the provider: {lives_on}."))
}

fn by_hand(id: &ProfileId, model: &Model) -> String {
    let profile = model.profile(id);
    let words = profile.map(|profile| revocation::by_hand(profile, model.provider(profile)));
    text_layout::safe(&words.unwrap_or_default())
}

/// What people call the provider.
fn named(id: &ProfileId, model: &Model) -> String {
    let provider = model.profile(id).and_then(|profile| model.provider(profile));
    provider.map_or_else(|| id.name.provider().to_owned(), |provider| text_layout::safe(&provider.title))
}
