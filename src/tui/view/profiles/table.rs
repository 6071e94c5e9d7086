//! Table of the profiles: heads, and a row for each with both clocks and what helps it.
//!
//! A row that needs nobody is quiet. One that needs somebody has an edge, a bold name, and at its
//! end the key that helps.

use std::collections::BTreeMap;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::domain::change::{Row, Where};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::health::Health;
use crate::domain::name::ProfileId;
use crate::domain::profile::{Kind, Profile, RefreshResult};
use crate::domain::residual_validity::Validity;
use crate::tui::columns::{Column, Columns};
use crate::tui::model::Model;
use crate::tui::need::{Need, Section};
use crate::tui::screen_map::{MouseTarget, ScreenMap};
use crate::tui::suggestion::{self, Suggestion};
use crate::tui::theme::{Shape, Theme};
use crate::tui::{auto_refresh, frame, gauge, paint, rows, spoken, state, text_layout};

/// What every row is drawn with.
pub(super) struct ProfileTable<'a> {
    pub(super) columns: Columns,
    /// When the logins of the rows that are seen began, where that is known.
    pub(super) logins: BTreeMap<&'a ProfileId, DateTime<Utc>>,
    pub(super) model: &'a Model,
    pub(super) theme: &'a Theme,
    pub(super) now: Now,
}

/// A row, and how it stands.
#[derive(Clone, Copy)]
struct Standing<'a> {
    row: &'a Row,
    need: Need,
    health: Health,
}

impl ProfileTable<'_> {
    /// The names of the columns, in line with the name of the section that begins there.
    pub(super) fn heads(
        &self,
        frame: &mut Frame<'_>,
        area: Rect,
        section: Option<(Section, usize)>,
        map: &ScreenMap,
    ) {
        if self.theme.glyphs.shape == Shape::Words {
            // Sentences have no columns.
            if let Some((section, count)) = section {
                self.section(frame, area, section, count);
            }
            return;
        }
        let Columns { name, account, token, login, scopes, .. } = self.columns;
        if let Some((section, count)) = section {
            self.section(frame, area, section, count);
        } else {
            self.head(frame, area, Some(name.from), "profile");
            map.put(place(area, name), MouseTarget::Sort(self.model.sort.clicked_on_name()));
        }
        for (column, text) in [(account, "account"), (scopes, "scopes")] {
            self.head(frame, area, column.map(|column| column.from), text);
        }
        for (column, text) in [(Some(token), "token"), (login, "login")] {
            let from =
                column.map(|column| (column.from + column.width).saturating_sub(text_layout::width(text)));
            self.head(frame, area, from, text);
        }
        map.put(place(area, token), MouseTarget::Sort(self.model.sort.clicked_on_expiry()));
    }

    /// The name of a column; a blank at each side keeps it off the line that it may lie on.
    fn head(&self, frame: &mut Frame<'_>, area: Rect, from: Option<u16>, text: &str) {
        let Some(from) = from else { return };
        let place = Column { from: from.saturating_sub(1), width: text_layout::width(text) + 2 };
        cell(frame, area, place, Line::styled(format!(" {text} "), self.theme.muted));
    }

    /// The name of a section, and a line to the right of it.
    pub(super) fn section(&self, frame: &mut Frame<'_>, area: Rect, section: Section, count: usize) {
        let style = match section {
            Section::NeedsYou => self.theme.bad.add_modifier(Modifier::BOLD),
            Section::Soon => self.theme.warn.add_modifier(Modifier::BOLD),
            Section::Fine => self.theme.section,
        };
        let words = format!("{} {count} ", section.title());
        let from = self.columns.glyph.from;
        let room = area.width.saturating_sub(text_layout::width(&words) + from);
        let line = Line::from(vec![Span::styled(words, style), frame::rule(room, self.theme)]);
        cell(frame, area, Column { from, width: area.width.saturating_sub(from) }, line);
    }

    pub(super) fn row(&self, frame: &mut Frame<'_>, area: Rect, row: &Row, need: Need) {
        if self.theme.glyphs.shape == Shape::Words {
            let width = area.width.saturating_sub(2);
            let words = text_layout::cut(&spoken::row(self.model, row, self.now), width);
            return cell(frame, area, Column { from: 2, width }, Line::raw(words));
        }
        let health = rows::health(self.model, row, self.now.wall);
        let standing = Standing { row, need, health };
        let glyph = self.sign(standing);
        let style = glyph.style;
        cell(frame, area, self.columns.glyph, Line::from(glyph));
        self.name(frame, area, standing);
        match row {
            Row::Profile(profile) => self.profile(frame, area, profile, standing),
            Row::Broken(broken) => {
                let place = match &broken.at {
                    Where::Line(line) => format!("line {line}"),
                    Where::File(_) => "file".to_owned(),
                    Where::Variable { .. } => "variable".to_owned(),
                    Where::Borrowed { .. } => "borrowed".to_owned(),
                    Where::Vault { .. } => "keyring".to_owned(),
                };
                optional(frame, area, self.columns.account, Line::styled(place, self.theme.muted));
                let word = Line::styled(rows::broken_word(&broken.at), style.add_modifier(Modifier::BOLD));
                cell(frame, area, self.columns.token, word.right_aligned());
            }
        }
        self.note(frame, area, standing);
        if need.is_yours() {
            let edge = Style::reset().patch(style).add_modifier(Modifier::BOLD);
            cell(frame, area, self.columns.edge, Line::styled(self.theme.glyphs.edge, edge));
        }
    }

    fn profile(&self, frame: &mut Frame<'_>, area: Rect, profile: &Profile, standing: Standing<'_>) {
        let Columns { account, token, token_gauge, login, login_gauge, scopes, .. } = self.columns;
        let width = account.map_or(0, |column| column.width);
        optional(frame, area, account, self.account(profile, width));
        cell(frame, area, token, self.token(profile, standing).right_aligned());
        optional(frame, area, token_gauge, self.token_gauge(profile, standing));
        optional(frame, area, login, self.login(profile).right_aligned());
        optional(frame, area, login_gauge, self.login_gauge(profile));
        let width = scopes.map_or(0, |column| column.width);
        let words = text_layout::cut(&text_layout::safe(&profile.scopes.join(" ")), width);
        optional(frame, area, scopes, Line::styled(words, self.theme.muted));
    }

    /// The sign of a row that is marked.
    pub(super) fn mark(&self, frame: &mut Frame<'_>, area: Rect, row: &Row) {
        if let Row::Profile(profile) = row
            && self.model.marks.contains(&profile.id)
        {
            let sign = Line::styled(self.theme.glyphs.mark, self.theme.key);
            cell(frame, area, self.columns.edge, sign);
        }
    }

    fn sign(&self, Standing { need, health, .. }: Standing<'_>) -> Span<'static> {
        if need.is_yours() && health != Health::Refreshing {
            let (glyph, style) = state::sign(need, self.theme);
            return Span::styled(glyph, style);
        }
        state::glyph(health, self.theme)
    }

    fn name(&self, frame: &mut Frame<'_>, area: Rect, standing: Standing<'_>) {
        let width = self.columns.name.width;
        let name = match standing.row {
            Row::Profile(profile) => rows::name_in_list(self.model, &profile.id, width),
            Row::Broken(broken) => text_layout::cut(&text_layout::named(&broken.name), width),
        };
        let style = if standing.need.is_yours() { self.theme.strong } else { Style::new() };
        cell(frame, area, self.columns.name, Line::styled(name, style));
    }

    fn account(&self, profile: &Profile, width: u16) -> Line<'static> {
        let key = profile.held.tokens().filter(|_| profile.kind != Kind::OAuth);
        let text = match (&profile.account, key) {
            _ if profile.owner.is_some() => state::owned_account(self.model, profile),
            (Some(account), _) => state::account(self.model, account),
            // Its end tells one key from another, its known prefix does not.
            (None, Some(tokens)) => text_layout::safe(&tokens.access.mask(&[])),
            (None, None) => "–".to_owned(),
        };
        Line::styled(text_layout::cut(&text, width), self.theme.muted)
    }

    /// The state's word, or the time that is left of what ends first.
    fn token(&self, profile: &Profile, Standing { need, health, .. }: Standing<'_>) -> Line<'static> {
        let style = match need.is_yours() {
            true => state::sign(need, self.theme).1.add_modifier(Modifier::BOLD),
            false => state::style(health, self.theme),
        };
        let words = match health {
            Health::Refreshing => return Line::styled(health.word(), state::style(health, self.theme)),
            _ if need == Need::NotSaved => "not saved".to_owned(),
            _ if need == Need::LoginEnds && self.columns.login.is_none() => {
                let end = state::grant_ends_soon(profile, self.now);
                end.map_or_else(String::new, |end| {
                    format!("login {}", state::left_by_settings(self.model, end, self.now))
                })
            }
            Health::Fresh(end) => return Line::raw(state::left_by_settings(self.model, end, self.now)),
            Health::Expiring(end) => state::left_by_settings(self.model, end, self.now),
            Health::Retrying(_)
                if let Some(at) = self.planned(profile).filter(|_| !self.columns.has_words()) =>
            {
                format!("retry {}", state::left_by_settings(self.model, at, self.now))
            }
            Health::Failed(_) | Health::Retrying(_) => match tries(profile) {
                ..=1 => health.word().to_owned(),
                times => format!("{} {times}×", health.word()),
            },
            Health::NoExpiry => return Line::styled(health.word(), self.theme.muted),
            Health::Due | Health::NeedsLogin | Health::Refused | Health::SignedOut | Health::Unreadable => {
                health.word_for(profile).to_owned()
            }
        };
        Line::styled(words, style)
    }

    /// What is left of the token's life, where it runs down.
    fn token_gauge(&self, profile: &Profile, Standing { need, health, .. }: Standing<'_>) -> Line<'static> {
        let width = self.columns.token_gauge.map_or(0, |column| column.width);
        let Some(end) = health.good_until() else { return Line::default() };
        let style = match health == Health::Expiring(end) {
            true => self.theme.warn,
            false => self.theme.good.add_modifier(Modifier::DIM),
        };
        // Where the login's time stands before it, a gauge of the token would be read as that.
        let is_other = need == Need::LoginEnds && self.columns.login.is_none();
        let from = profile.life.obtained_at.filter(|from| *from < end);
        match from.filter(|_| !is_other) {
            Some(from) => self.gauge((from, end), width, style),
            None => Line::default(),
        }
    }

    fn login(&self, profile: &Profile) -> Line<'static> {
        match Validity::of_login(profile, self.now.wall).and_then(Validity::end) {
            None => Line::styled("–", self.theme.muted),
            Some(end) if end <= self.now.wall => Line::styled("expired", self.theme.bad),
            Some(end) if state::grant_ends_soon(profile, self.now).is_some() => Line::styled(
                state::left_by_settings(self.model, end, self.now),
                self.theme.warn.add_modifier(Modifier::BOLD),
            ),
            Some(end) => Line::raw(state::left_by_settings(self.model, end, self.now)),
        }
    }

    fn login_gauge(&self, profile: &Profile) -> Line<'static> {
        let width = self.columns.login_gauge.map_or(0, |column| column.width);
        let style = match state::grant_ends_soon(profile, self.now) {
            Some(_) => self.theme.warn,
            None => self.theme.good.add_modifier(Modifier::DIM),
        };
        let end = Validity::of_login(profile, self.now.wall).and_then(Validity::until);
        let from = self.logins.get(&profile.id).copied();
        let life = from.zip(end).filter(|(from, end)| from < end);
        life.map_or_else(Line::default, |life| self.gauge(life, width, style))
    }

    fn gauge(&self, (from, end): (DateTime<Utc>, DateTime<Utc>), width: u16, style: Style) -> Line<'static> {
        Line::from_iter(gauge::bar(gauge::left(from, end, self.now.wall), width, style, self.theme))
    }

    /// When the profile is refreshed without anybody asking, where that is yet to come.
    fn planned(&self, profile: &Profile) -> Option<DateTime<Utc>> {
        auto_refresh::planned(self.model, profile, self.now).filter(|at| *at > self.now.wall)
    }

    /// At the end of the row: the key that helps, or when it is refreshed, or when its login ends.
    fn note(&self, frame: &mut Frame<'_>, area: Rect, standing: Standing<'_>) {
        let mut column = self.columns.note;
        // Most rows need nothing, and no suggestion has to be found for them.
        let may_need = !matches!(standing.need, Need::Nothing | Need::SignedOut);
        let suggestion =
            may_need.then(|| suggestion::needed_by(self.model, standing.row, self.now)).flatten();
        let line = match (suggestion, standing.row) {
            (Some(Suggestion { action, brief, .. }), _) => {
                let key = Span::styled(self.model.keys.key(action), self.theme.key);
                let whole = Line::from(vec![key.clone(), Span::raw(format!(" {brief}"))]);
                if paint::columns(&whole) <= column.width { whole } else { Line::from(key) }
            }
            (None, Row::Profile(profile)) => {
                if profile.owner.is_some() {
                    // The gap before it too: no program's name is longer than that.
                    column = Column { from: column.from.saturating_sub(2), width: column.width + 2 };
                }
                self.event(profile, standing, column.width)
            }
            (None, Row::Broken(_)) => return,
        };
        cell(frame, area, column, line.right_aligned());
    }

    fn event(
        &self,
        profile: &Profile,
        Standing { need, health, .. }: Standing<'_>,
        width: u16,
    ) -> Line<'static> {
        let is_twice = self.model.overlap.logins.contains_key(&profile.id);
        if is_twice && width >= text_layout::width(SAME_LOGIN) {
            return Line::styled(SAME_LOGIN, self.theme.warn);
        }
        let is_soon = need.section() == Section::Soon && health != Health::Refreshing;
        if is_soon && let Some(at) = self.planned(profile) {
            let text = format!(
                "{} {}",
                self.theme.glyphs.states.refreshing,
                state::left_by_settings(self.model, at, self.now)
            );
            let fits = text_layout::width(&text) <= width;
            return Line::styled(if fits { text } else { String::new() }, self.theme.accent);
        }
        let login = Validity::of_login(profile, self.now.wall);
        match login.filter(|_| self.columns.login.is_none() && need.section() != Section::NeedsYou) {
            Some(Validity::Until(end)) => {
                let left = state::left_by_settings(self.model, end, self.now);
                let wide = format!("login {left}");
                let text = if text_layout::width(&wide) <= width { wide } else { left };
                Line::styled(text, self.theme.muted)
            }
            Some(Validity::NoEndKnown | Validity::Ended(_) | Validity::Refused) | None => {
                // Where no column says whose it is.
                let owner = profile.owner.as_ref().filter(|_| self.columns.account.is_none());
                let title = owner.map_or_else(String::new, |owner| text_layout::named(&owner.title));
                // A piece of a word says nothing.
                let mut words = [title.as_str(), "borrowed"].into_iter();
                let fitting = words.find(|words| text_layout::width(words) <= width).unwrap_or("");
                Line::styled(fitting.to_owned(), self.theme.muted)
            }
        }
    }
}

/// What stands at the end of a row whose login lies in another store too.
const SAME_LOGIN: &str = "same login";

/// How many refreshes in a row have failed.
fn tries(profile: &Profile) -> u32 {
    match profile.last_refresh_of_this_grant().map(|last| &last.result) {
        Some(RefreshResult::Passing { times, .. } | RefreshResult::Refused { times, .. }) => *times,
        Some(RefreshResult::Done | RefreshResult::Dead { .. }) | None => 0,
    }
}

/// Draws into a column that may be missing.
fn optional(frame: &mut Frame<'_>, area: Rect, column: Option<Column>, line: Line<'_>) {
    if let Some(column) = column {
        cell(frame, area, column, line);
    }
}

/// Draws into a column of a row, as far as the row reaches.
fn cell(frame: &mut Frame<'_>, area: Rect, column: Column, line: Line<'_>) {
    paint::line(frame.buffer_mut(), place(area, column), &line);
}

/// Where a column lies in a row, as far as that reaches.
fn place(area: Rect, column: Column) -> Rect {
    Rect { x: area.x.saturating_add(column.from), width: column.width, ..area }.intersection(area)
}
