//! Log: what happened to the profiles of this machine and what this window has said, as one list.

use std::collections::{BTreeMap, BTreeSet};

use ratatui::style::Style;
use ratatui::text::{Line, Span};

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::event::{Author, Event, GrantEvent};
use crate::domain::lineage::names_now;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::tokens::RefreshTokenId;
use crate::tui::log_page::{LogMark, LogPage};
use crate::tui::merged_log::{LogBasis, LogLine, MergedLog};
use crate::tui::message::Motion;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::status::ToldMessage;
use crate::tui::text_layout;
use crate::tui::theme::{Glyphs, Theme};
use crate::tui::{layout, profile_events, state};

/// How far a message and the line of the event log for the same may lie apart.
const SAME_WITHIN: TimeDelta = TimeDelta::seconds(5);

/// From so many rows on the selected line is read whole below the list, in so many rows.
const ROOMY: usize = 14;
const READ_ROWS: usize = 6;

/// A line of the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogEntry<'a> {
    /// Of the event log.
    Event(&'a Event),
    /// Said in this window.
    Told(&'a ToldMessage),
}

impl<'a> LogEntry<'a> {
    #[must_use]
    pub fn at(self) -> DateTime<Utc> {
        match self {
            Self::Event(event) => event.at,
            Self::Told(told) => told.at,
        }
    }

    #[must_use]
    pub fn profile(self) -> Option<&'a ProfileName> {
        match self {
            Self::Event(event) => Some(&event.profile),
            Self::Told(told) => told.profile.as_ref(),
        }
    }

    /// Who did it.
    #[must_use]
    pub fn by(self) -> Option<&'a Author> {
        match self {
            Self::Event(event) => Some(&event.by),
            Self::Told(_) => None,
        }
    }

    /// What happened; the profile is named beside it.
    #[must_use]
    pub fn what(self) -> String {
        match self {
            Self::Event(event) => text_layout::safe(&event.what.words()),
            Self::Told(told) => {
                let text = text_layout::safe(&told.text);
                let name = told.profile.as_ref().map(ToString::to_string);
                let own = name.and_then(|name| text.strip_prefix(&name).map(str::to_owned));
                match own.as_deref().map(|rest| rest.trim_start_matches([':', ' '])) {
                    Some(rest) if !rest.is_empty() => rest.to_owned(),
                    Some(_) | None => text,
                }
            }
        }
    }

    /// The same in all the words it was told in.
    #[must_use]
    pub fn whole(self) -> String {
        match self {
            Self::Event(_) => text_layout::capital(&self.what()),
            Self::Told(told) => text_layout::safe(&told.text),
        }
    }

    /// Whether it has all these words, which are in small letters; it is found under the name of now too.
    fn has_words(self, words: &str, name_now: &str) -> bool {
        let name = self.profile().map(ToString::to_string).unwrap_or_default();
        let by = self.by().map(ToString::to_string).unwrap_or_default();
        let text = format!("{name} {name_now} {} {by}", self.whole()).to_lowercase();
        words.split_whitespace().all(|word| text.contains(word))
    }

    /// Its glyph, in its colour.
    #[must_use]
    pub fn sign(self, theme: &Theme) -> Span<'static> {
        let (states, steps, times) = (&theme.glyphs.states, &theme.glyphs.steps, &theme.glyphs.timeline);
        let event = match self {
            Self::Event(event) => event,
            Self::Told(told) => return told.tone.sign(theme),
        };
        let (glyph, style) = match event.what {
            GrantEvent::RefreshStarted { .. } => (states.refreshing, theme.accent),
            GrantEvent::Refreshed { .. } | GrantEvent::Adopted { .. } => (steps.done, theme.good),
            GrantEvent::NewerKept { .. } => (states.failed, theme.warn),
            GrantEvent::RefreshFailed { is_dead: true, .. } => (states.needs_login, theme.bad),
            GrantEvent::RefreshFailed { is_dead: false, .. } => (states.failed, theme.warn),
            GrantEvent::NotSaved { .. } | GrantEvent::NotRevoked { .. } => (states.failed, theme.bad),
            GrantEvent::LoggedIn
            | GrantEvent::KeyStored
            | GrantEvent::TakenOver { .. }
            | GrantEvent::Restored => (times.logged_in, theme.good),
            GrantEvent::Renamed { .. } | GrantEvent::MovedTo { .. } => (steps.done, Style::new()),
            GrantEvent::Erased | GrantEvent::Revoked => (times.signed_out, Style::new()),
        };
        Span::styled(glyph, style)
    }
}

/// The lines of the log that a page shows, the newest first.
#[must_use]
pub fn shown<'a>(model: &'a Model, page: &LogPage) -> Vec<LogEntry<'a>> {
    let merged = &model.merged_log;
    match merged.basis == Some(basis(model)) && merged.filter == page.filter {
        true => merged.shown.iter().filter_map(|line| entry(model, *line)).collect(),
        false => fitting(model, &lines(model), &page.filter).filter_map(|line| entry(model, line)).collect(),
    }
}

/// How many lines the log has.
#[must_use]
pub fn total(model: &Model) -> usize {
    match model.merged_log.basis == Some(basis(model)) {
        true => model.merged_log.lines.len(),
        false => lines(model).len(),
    }
}

/// Merges events and messages anew where the log is on the screen and either has changed, or the filter.
pub fn rebuild(model: &mut Model) {
    let Screen::Log(page) = &model.screen else { return };
    let (now, filter) = (basis(model), page.filter.clone());
    let is_merged = model.merged_log.basis == Some(now);
    if is_merged && model.merged_log.filter == filter {
        return;
    }
    let made = model.merged_log.made + u64::from(!is_merged);
    let lines = if is_merged { std::mem::take(&mut model.merged_log.lines) } else { lines(model) };
    let shown = fitting(model, &lines, &filter).collect();
    model.merged_log = MergedLog { basis: Some(now), lines, shown, filter, made };
}

fn basis(model: &Model) -> LogBasis {
    LogBasis { events: (model.events_read, model.events.len()), told: model.history.changes() }
}

fn entry(model: &Model, line: LogLine) -> Option<LogEntry<'_>> {
    match line {
        LogLine::Event(place) => model.events.get(place).map(LogEntry::Event),
        LogLine::Told(number) => model.history.numbered(number).map(LogEntry::Told),
    }
}

/// Those of `lines` that have all the words of `filter`.
fn fitting<'a>(model: &'a Model, lines: &'a [LogLine], filter: &str) -> impl Iterator<Item = LogLine> + 'a {
    let filter = filter.trim().to_lowercase();
    let names = if filter.is_empty() { BTreeMap::new() } else { names_now(&model.events) };
    let name_now = move |line: LogLine| match line {
        LogLine::Event(place) => names.get(&place).map(ToString::to_string).unwrap_or_default(),
        LogLine::Told(_) => String::new(),
    };
    let fits = move |line: &LogLine| {
        filter.is_empty()
            || entry(model, *line).is_some_and(|entry| entry.has_words(&filter, &name_now(*line)))
    };
    lines.iter().copied().filter(fits)
}

/// The whole log, the newest first.
fn lines(model: &Model) -> Vec<LogLine> {
    let told = model.history.numbered_newest_first().filter(|(_, told)| !has_event(&model.events, told));
    let (mut told, mut lines) = (told.peekable(), Vec::with_capacity(model.events.len()));
    for (place, event) in without_ended_starts_in_place(model.events.iter().enumerate().rev()) {
        while let Some((number, _)) = told.next_if(|(_, told)| told.at >= event.at) {
            lines.push(LogLine::Told(number));
        }
        lines.push(LogLine::Event(place));
    }
    lines.extend(told.map(|(number, _)| LogLine::Told(number)));
    lines
}

/// What happened to one profile, the newest first.
pub fn of_profile<'a>(model: &'a Model, id: &'a ProfileId) -> impl Iterator<Item = LogEntry<'a>> {
    let events = profile_events::of_each(model, BTreeSet::from([id])).remove(id).unwrap_or_default();
    without_ended_starts(events.into_iter().rev()).map(LogEntry::Event)
}

/// The events without each beginning of a refresh whose end is there too: one line tells both.
pub fn without_ended_starts<'a>(
    newest_first: impl Iterator<Item = &'a Event>,
) -> impl Iterator<Item = &'a Event> {
    without_ended_starts_in_place(newest_first.map(|event| ((), event))).map(|((), event)| event)
}

/// The same of events with their places.
fn without_ended_starts_in_place<'a, P>(
    newest_first: impl Iterator<Item = (P, &'a Event)>,
) -> impl Iterator<Item = (P, &'a Event)> {
    let mut ended: BTreeSet<(&RefreshTokenId, &ProfileName, u32)> = BTreeSet::new();
    newest_first.filter(move |(_, event)| {
        let Some(grant) = event.what.grant() else { return true };
        let key = (grant, &event.profile, event.by.process);
        if matches!(event.what, GrantEvent::RefreshStarted { .. }) {
            return !ended.remove(&key);
        }
        ended.insert(key);
        true
    })
}

/// The profile of an entry, with its store before it where another one holds that name and would be meant.
#[must_use]
pub fn profile_name(model: &Model, entry: LogEntry<'_>) -> Option<String> {
    let name = entry.profile()?;
    let LogEntry::Event(event) = entry else { return Some(text_layout::named(name)) };
    let holds = |snapshot: &&Snapshot| snapshot.store.may_be_written() && snapshot.place == event.store;
    match model.stores.values().find(holds).filter(|_| model.overlap.names.contains(name)) {
        Some(snapshot) => Some(model.overlap.name(&ProfileId { store: snapshot.store, name: name.clone() })),
        None => Some(text_layout::named(name)),
    }
}

/// Whether the event log has a line for what was told.
fn has_event(events: &[Event], told: &ToldMessage) -> bool {
    let (true, Some(name)) = (told.has_event, &told.profile) else { return false };
    let first = events.partition_point(|event| event.at < told.at - SAME_WITHIN);
    let near = events.iter().skip(first).take_while(|event| event.at <= told.at + SAME_WITHIN);
    near.filter(|event| event.profile == *name)
        .any(|event| !matches!(event.what, GrantEvent::RefreshStarted { .. }))
}

/// The place of the selected line.
#[must_use]
pub fn place(entries: &[LogEntry<'_>], page: &LogPage) -> usize {
    let Some(mark) = page.mark else { return 0 };
    let first = entries.iter().position(|entry| entry.at() <= mark.at);
    let place = first.map_or(entries.len(), |first| first + mark.nth);
    place.min(entries.len().saturating_sub(1))
}

/// The first line that is seen where `height` of `count` are, so that the selected one is among them.
#[must_use]
pub fn first(page: &LogPage, place: usize, count: usize, height: usize) -> usize {
    let least = (place + 1).saturating_sub(height);
    page.first.clamp(least, place).min(count.saturating_sub(height))
}

/// How many lines are seen in so many rows, beside their head and the one that is read whole.
#[must_use]
pub fn list_rows(rows: usize) -> usize {
    rows.saturating_sub(1 + if rows >= ROOMY { READ_ROWS } else { 0 }).max(1)
}

/// The page after somebody moved on it.
#[must_use]
pub fn moved(model: &Model, page: &LogPage, motion: Motion, now: Now) -> LogPage {
    let list = shown(model, page);
    let place = place(&list, page);
    let (columns, rows) = layout::page(model);
    if let (Some(scrolled), Some(entry)) = (page.reading, list.get(place)) {
        let count = text(*entry, &Theme::mono(Glyphs::unicode()), now, columns).len();
        let last = count.saturating_sub(rows);
        return LogPage { reading: Some(motion.from(scrolled.min(last), last + 1, rows)), ..page.clone() };
    }
    let height = list_rows(rows);
    at_place(&list, page, motion.from(place, list.len(), height), height)
}

/// The page with the line in that place selected.
#[must_use]
pub fn at_place(list: &[LogEntry<'_>], page: &LogPage, to: usize, height: usize) -> LogPage {
    let mark = list.get(to).filter(|_| to > 0).map(|entry| LogMark {
        at: entry.at(),
        nth: list.iter().take(to).filter(|other| other.at() == entry.at()).count(),
    });
    LogPage { mark, first: first(page, to, list.len(), height), reading: None, ..page.clone() }
}

/// The profile that the selected line is about, where it is still there.
#[must_use]
pub fn profile(model: &Model, page: &LogPage) -> Option<ProfileId> {
    let list = shown(model, page);
    let name = list.get(place(&list, page))?.profile()?.clone();
    let ids = StoreId::ALL.map(|store| ProfileId { store, name: name.clone() });
    ids.into_iter().find(|id| model.profile(id).is_some())
}

/// An entry with all its words.
#[must_use]
pub fn text(entry: LogEntry<'_>, theme: &Theme, now: Now, columns: u16) -> Vec<Line<'static>> {
    let moment = state::moment(entry.at(), now).replace(text_layout::FIXED_SPACE, " ");
    let mut head = vec![entry.sign(theme), Span::raw(" ")];
    if let Some(name) = entry.profile() {
        head.push(Span::styled(text_layout::named(name), theme.strong));
        head.push(Span::raw(" · "));
    }
    let beside: usize = head.iter().map(Span::width).sum();
    let moment = text_layout::cut(&moment, columns.saturating_sub(text_layout::rows(beside)));
    head.push(Span::styled(moment, theme.muted));
    let what = text_layout::wrap(&entry.whole(), columns).into_iter().map(Line::raw);
    let by = entry.by().map(|by| format!("by {}", text_layout::safe(&by.to_string())));
    let by = by.into_iter().flat_map(|by| text_layout::wrap(&by, columns));
    let by = by.map(|line| Line::styled(line, theme.muted));
    [Line::from(head)].into_iter().chain(what).chain(by).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{at, event};
    use crate::tui::status::Tone;

    fn told(seconds: i64, text: &str, has_event: bool) -> ToldMessage {
        let profile = Some(event(GrantEvent::LoggedIn).profile);
        ToldMessage { at: at(seconds), profile, tone: Tone::Good, text: text.to_owned(), has_event }
    }

    fn happened(seconds: i64, what: GrantEvent) -> Event {
        Event { at: at(seconds), ..event(what) }
    }

    #[test]
    fn events_and_messages_are_one_list_and_nothing_stands_in_it_twice() {
        let mut model = Model::new((80, 24));
        model.events = vec![
            happened(10, GrantEvent::LoggedIn),
            happened(20, GrantEvent::RefreshStarted { grant: "g1".into() }),
            happened(21, GrantEvent::Refreshed { grant: "g1".into(), next: "g2".into(), generation: 1 }),
            happened(90, GrantEvent::RefreshStarted { grant: "g2".into() }),
        ];
        let name = model.events[0].profile.to_string();
        model.history.push(told(15, "Nothing is due.", false));
        model.history.push(told(22, &format!("{name} refreshed."), true));
        model.history.push(told(50, &format!("{name}: works (200)"), false));
        let page = LogPage::default();
        let list =
            |model: &Model| -> Vec<String> { shown(model, &page).into_iter().map(LogEntry::what).collect() };
        let expected = ["refresh started", "works (200)", "refreshed (#1)", "Nothing is due.", "logged in"];
        assert_eq!(list(&model), expected);
        model.screen = Screen::Log(page.clone());
        rebuild(&mut model);
        assert_eq!((list(&model), total(&model)), (expected.map(String::from).to_vec(), 5), "as it is kept");
        model.history.push(told(95, "Nothing matches.", false));
        assert_eq!((list(&model)[0].as_str(), total(&model)), ("Nothing matches.", 6), "what is kept is old");
    }
}
