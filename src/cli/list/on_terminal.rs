//! List on a terminal: the rows in the order and the words of the screen, fitted to its width.

use std::io;
use std::sync::Arc;

use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::cli::list::login_end;
use crate::cli::output::need_you;
use crate::cli::remedy;
use crate::domain::change::{BrokenRow, Row, Snapshot};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::health::Health;
use crate::domain::name::StoreId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::catalog::Catalog;
use crate::domain::settings::Settings;
use crate::shell::terminal::console::StyledOutput;
use crate::tui::model::Model;
use crate::tui::need::{Need, Section};
use crate::tui::update::arrangement;
use crate::tui::{gauge, rows, standing, state, text_layout};

/// Columns before the name: the edge and the sign, with a blank behind each.
const SIGN: u16 = 4;
/// The least that is left of a name and of an account.
const SHORTEST: u16 = 9;
/// Columns of the gauge behind the token's time.
const GAUGE: u16 = 8;

/// What the rows are printed with.
pub(super) struct TerminalList<'a> {
    pub(super) model: Model,
    pub(super) output: &'a StyledOutput,
    pub(super) now: Now,
}

/// The cells of a row, in the order of the columns.
struct Cells([Line<'static>; 6]);

/// The place of a column among [`Cells`].
const NAME: usize = 0;
const TOKEN: usize = 2;
const TOKEN_GAUGE: usize = 3;
const LOGIN: usize = 4;
const ACCOUNT: usize = 5;
const HEADS: [&str; 6] = ["PROFILE", "STATE", "TOKEN", "", "LOGIN", "ACCOUNT"];

impl<'a> TerminalList<'a> {
    pub(super) fn new(
        stores: Vec<Snapshot>,
        catalog: &Arc<Catalog>,
        settings: Settings,
        output: &'a StyledOutput,
        now: Now,
    ) -> Self {
        let model = standing::model(stores, catalog, settings);
        let mut model = Model { size: (output.width, 0), terminal: output.traits, ..model };
        arrangement::arrange(&mut model, now);
        Self { model, output, now }
    }

    /// The profiles, the most urgent first.
    pub(super) fn profiles(&self) -> impl Iterator<Item = &Profile> {
        self.rows().filter_map(|(_, row, _)| match row {
            Row::Profile(profile) => Some(&**profile),
            Row::Broken(_) => None,
        })
    }

    /// What is wrong with each entry that is not valid.
    pub(super) fn faults(&self) -> impl Iterator<Item = String> {
        self.rows().filter_map(|(store, row, _)| match row {
            Row::Broken(broken) if broken.at.unlock().is_none() => {
                let BrokenRow { name, why, .. } = &**broken;
                let next = remedy::of(&self.model, store, row, self.now)
                    .map_or_else(String::new, |next| format!(". Next: {next}"));
                Some(text_layout::safe(&format!("{name}: {why}{next}")))
            }
            // What is wrong with their keyring is said once, above.
            Row::Profile(_) | Row::Broken(_) => None,
        })
    }

    fn rows(&self) -> impl Iterator<Item = (StoreId, &Row, Need)> {
        (0..rows::count(&self.model)).filter_map(|place| rows::with_need(&self.model, place))
    }

    pub(super) fn print(&self) -> io::Result<()> {
        let theme = &self.output.theme;
        let cells: Vec<(&Row, Need, Cells)> =
            self.rows().map(|(_, row, need)| (row, need, self.cells(row, need))).collect();
        let mut widths = HEADS.map(text_layout::width);
        for (_, _, Cells(cells)) in &cells {
            for (width, cell) in widths.iter_mut().zip(cells) {
                *width = (*width).max(u16::try_from(cell.width()).unwrap_or(u16::MAX));
            }
        }
        let widths = fitted(widths, self.output.width);
        let heads = HEADS.map(|head| Line::styled(head, theme.muted));
        let mut lines = vec![row_line(Line::raw("    "), heads, widths)];
        let mut before = None;
        for (row, need, Cells(cells)) in cells {
            let section = need.section();
            if self.model.order.has_sections() && before.replace(section) != Some(section) {
                lines.push(self.section(section, total(widths)));
            }
            lines.push(row_line(self.sign(row, need), cells, widths));
        }
        self.output.print(&lines)
    }

    /// The name of a section, and a line to its right.
    fn section(&self, section: Section, width: u16) -> Line<'static> {
        let theme = &self.output.theme;
        let style = match section {
            Section::NeedsYou => theme.bad.add_modifier(Modifier::BOLD),
            Section::Soon => theme.warn.add_modifier(Modifier::BOLD),
            Section::Fine => theme.section,
        };
        let count = self.model.order.filled_sections().find(|(filled, _)| *filled == section);
        let words = format!("  {} {} ", section.title(), count.map_or(0, |(_, count)| count));
        let room = width.min(self.output.width).saturating_sub(text_layout::width(&words));
        let rule = theme.glyphs.border.horizontal_top.repeat(usize::from(room));
        Line::from(vec![Span::styled(words, style), Span::styled(rule, theme.border)])
    }

    fn sign(&self, row: &Row, need: Need) -> Line<'static> {
        let theme = &self.output.theme;
        if need.is_yours() {
            let (glyph, style) = state::sign(need, theme);
            let style = style.add_modifier(Modifier::BOLD);
            return Line::from(vec![
                Span::styled(theme.glyphs.edge, style),
                " ".into(),
                Span::styled(glyph, style),
                " ".into(),
            ]);
        }
        let health = rows::health(&self.model, row, self.now.wall);
        Line::from(vec!["  ".into(), state::glyph(health, theme), " ".into()])
    }

    fn cells(&self, row: &Row, need: Need) -> Cells {
        let theme = &self.output.theme;
        let health = rows::health(&self.model, row, self.now.wall);
        let style = match need.is_yours() {
            true => state::sign(need, theme).1.add_modifier(Modifier::BOLD),
            false => state::style(health, theme),
        };
        let name_style = if need.is_yours() { theme.strong } else { Style::new() };
        let is_last = need == Need::LoginEnds;
        let login_style = if is_last { theme.warn.add_modifier(Modifier::BOLD) } else { Style::new() };
        let state = match row {
            Row::Profile(profile) => health.word_for(profile),
            Row::Broken(_) => health.word(),
        };
        let word = if is_last { "login expires" } else { state };
        let word = Line::styled(word, style);
        match row {
            Row::Profile(profile) => Cells([
                Line::styled(text_layout::named(&profile.id.name), name_style),
                word,
                self.left(profile.life.expires_at, Style::new()),
                self.gauge(profile, health),
                self.left(login_end(profile, self.now.wall), login_style),
                Line::styled(self.account(profile), theme.muted),
            ]),
            Row::Broken(broken) => Cells([
                Line::styled(text_layout::named(&broken.name), name_style),
                word,
                Line::default(),
                Line::default(),
                Line::default(),
                Line::styled(text_layout::safe(&broken.at.to_string()), theme.muted),
            ]),
        }
    }

    fn left(&self, end: Option<DateTime<Utc>>, style: Style) -> Line<'static> {
        match end {
            Some(end) if end > self.now.wall => Line::styled(state::left(end, self.now), style),
            Some(_) => Line::styled("expired", self.output.theme.muted),
            None => Line::styled("–", self.output.theme.muted),
        }
    }

    fn gauge(&self, profile: &Profile, health: Health) -> Line<'static> {
        let theme = &self.output.theme;
        let Some((from, end)) = profile.life.obtained_at.zip(health.good_until()) else {
            return Line::default();
        };
        let style = if health == Health::Expiring(end) { theme.warn } else { theme.good };
        let part = gauge::left(from, end, self.now.wall);
        if from < end { Line::from_iter(gauge::bar(part, GAUGE, style, theme)) } else { Line::default() }
    }

    /// The account, or the end of a key, which tells one key from another.
    fn account(&self, profile: &Profile) -> String {
        let key = profile.held.tokens().filter(|_| profile.kind != Kind::OAuth);
        match (&profile.account, key) {
            _ if profile.owner.is_some() => {
                format!("borrowed: {}", state::owned_account(&self.model, profile))
            }
            (Some(account), _) => state::account(&self.model, account),
            (None, Some(tokens)) => text_layout::safe(&tokens.access.mask(&[])),
            (None, None) => "–".to_owned(),
        }
    }

    /// Prints how many rows need somebody, and the command that helps the first of them.
    pub(super) fn print_hint(&self) -> io::Result<()> {
        let theme = &self.output.theme;
        let yours: Vec<_> = self.rows().filter(|(_, _, need)| need.is_yours()).collect();
        let Some((_, _, first)) = yours.first() else {
            let sign = Span::styled(theme.glyphs.states.fresh, theme.good);
            return self.output.print(&[Line::from(vec![" ".into(), sign, " Nothing needs you.".into()])]);
        };
        let (glyph, style) = state::sign(*first, theme);
        let style = style.add_modifier(Modifier::BOLD);
        let count = need_you(yours.len());
        let suggestion =
            yours.iter().find_map(|(store, row, _)| remedy::of(&self.model, *store, row, self.now));
        let mut spans = vec![Span::raw(" "), Span::styled(format!("{glyph} {count}"), style)];
        if let Some(suggestion) = suggestion {
            spans.extend([": ".into(), Span::styled(suggestion, theme.key)]);
        }
        self.output.print(&[Line::from(spans)])
    }
}

/// The widths of the columns where so much room is: the least important are cut, or go, first.
fn fitted(mut widths: [u16; 6], room: u16) -> [u16; 6] {
    let missing = |widths: [u16; 6]| total(widths).saturating_sub(room);
    for column in [TOKEN_GAUGE, ACCOUNT, LOGIN, NAME, TOKEN] {
        let missing = missing(widths);
        if missing == 0 {
            break;
        }
        let Some(width) = widths.get_mut(column) else { continue };
        let least = if column == NAME || column == ACCOUNT { SHORTEST } else { *width };
        *width = match width.checked_sub(missing).filter(|left| *left >= least) {
            Some(left) => left,
            None if column == NAME => SHORTEST.min(*width),
            None => 0,
        };
    }
    widths
}

/// The columns of a whole row.
fn total(widths: [u16; 6]) -> u16 {
    let gaps = widths.iter().enumerate().map(|(column, width)| if *width == 0 { 0 } else { gap(column) });
    SIGN.saturating_add(widths.iter().copied().chain(gaps).fold(0, u16::saturating_add))
}

/// Columns before a column.
fn gap(column: usize) -> u16 {
    match column {
        NAME => 0,
        TOKEN_GAUGE => 1,
        _ => 2,
    }
}

/// A row of the table: `sign`, and each cell in its column.
fn row_line(sign: Line<'static>, cells: [Line<'static>; 6], widths: [u16; 6]) -> Line<'static> {
    let mut spans = sign.spans;
    for (column, (cell, width)) in
        cells.into_iter().zip(widths).enumerate().filter(|(_, (_, width))| *width > 0)
    {
        let cell = cut(cell, width);
        let missing = usize::from(width).saturating_sub(cell.width());
        let (before, behind) = if matches!(column, TOKEN | LOGIN) { (missing, 0) } else { (0, missing) };
        spans.push(Span::raw(" ".repeat(usize::from(gap(column)) + before)));
        let style = cell.style;
        spans.extend(cell.spans.into_iter().map(|span| span.patch_style(style)));
        spans.push(Span::raw(" ".repeat(behind)));
    }
    Line::from(spans)
}

fn cut(cell: Line<'static>, width: u16) -> Line<'static> {
    if cell.width() <= usize::from(width) {
        return cell;
    }
    let text: String = cell.spans.iter().map(|span| span.content.as_ref()).collect();
    let style = cell.spans.first().map_or(cell.style, |span| cell.style.patch(span.style));
    Line::styled(text_layout::cut(&text, width), style)
}
