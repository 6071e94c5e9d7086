//! Pane of the selected profile: how it stands, the key to press, both gauges, and what happened last.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::{Modifier, Style};
use ratatui::text::{Line, Span};

use crate::domain::change::{BrokenRow, Row, Snapshot, Where};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::grant_status::GrantStatus;
use crate::domain::health::Health;
use crate::domain::profile::{Kind, NO_REFRESH_TOKEN, Profile};
use crate::domain::residual_validity::Validity;
use crate::tui::frame::Focus;
use crate::tui::log::{self, LogEntry};
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::row_id::RowId;
use crate::tui::screen::Screen;
use crate::tui::suggestion::{self, Suggestion};
use crate::tui::text_block::{Repeated, TextBlock};
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, gauge, login_age, paint, refresh_notes, rows, state, text_layout};

/// From this width on a gauge and what belongs to it stand on one line.
const WIDE: u16 = 66;
/// Columns of a gauge there, and of the time beside each.
const GAUGE: u16 = 16;
const TIME: u16 = 7;
/// How many of the last events are shown where the rest is as high as the pane, and how many by their signs
/// alone.
const EVENTS: usize = 10;
const SIGNS: usize = 16;

/// Draws the pane.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let size = (area.width.saturating_sub(4), usize::from(area.height.saturating_sub(2)));
    let (title, lines) = content(model, theme, now, size);
    let focus = Focus::here(model.screen == Screen::Pane);
    let inner = frame::inset(frame::draw(frame, area, &title, focus, theme), 1);
    let (count, height) = (lines.len(), usize::from(inner.height));
    let from = match focus {
        Focus::Here => model.scroll.min(count.saturating_sub(height)),
        Focus::Elsewhere => 0,
    };
    let enter = model.keys.key(Action::Enter);
    let more = match (focus, count > height) {
        (Focus::Here, true) => format!("{}–{} of {count} · {enter}: all", from + 1, from + height),
        (Focus::Here, false) => format!("{enter}: all"),
        (Focus::Elsewhere, true) => format!("{enter}: more"),
        (Focus::Elsewhere, false) => String::new(),
    };
    if !more.is_empty() {
        frame::foot(frame, area, &more, theme);
    }
    for (down, line) in (0..inner.height).zip(lines.iter().skip(from)) {
        paint::text(frame.buffer_mut(), frame::row(inner, down), line);
    }
}

/// The title of the pane, and its lines in so many columns; as many events as so many rows have room for.
pub(in crate::tui) fn content(
    model: &Model,
    theme: &Theme,
    now: Now,
    (columns, rows): (u16, usize),
) -> (String, Vec<Line<'static>>) {
    let mut pane = Pane { block: TextBlock::new(columns, theme), rows, model, theme, now };
    let title = match &model.selected {
        Some(RowId::Profile(id)) => {
            if let Some(profile) = model.selected_profile() {
                pane.profile(profile);
            }
            text_layout::named(model.overlap.name(id))
        }
        Some(RowId::Broken(store, at)) => {
            model.stores.get(store).and_then(|store| pane.broken(store, at)).unwrap_or_default()
        }
        None => String::new(),
    };
    (title, pane.block.lines)
}

struct Pane<'a> {
    block: TextBlock<'a>,
    rows: usize,
    model: &'a Model,
    theme: &'a Theme,
    now: Now,
}

impl Pane<'_> {
    fn profile(&mut self, profile: &Profile) {
        let health = self.model.health(profile, self.now.wall);
        self.headline(health, health.word_for(profile));
        self.sentences(profile, health);
        self.keys(&suggestion::of_profile(self.model, profile, self.now));
        if profile.held.tokens().is_some() {
            self.block.rule("", Vec::new());
            self.tokens(profile, health);
        }
        self.account(profile);
        if let Some(owner) = &profile.owner {
            self.block.rule("", Vec::new());
            self.block.path("File", &owner.file);
        }
        self.last(profile);
    }

    /// The state, alone on its line.
    fn headline(&mut self, health: Health, word: &str) {
        let style = state::style(health, self.theme);
        let word = text_layout::capital(word);
        let glyph = state::glyph(health, self.theme);
        self.block.marked(&glyph, Repeated::Once, &word, style.add_modifier(Modifier::BOLD));
    }

    fn keys(&mut self, suggestions: &[Suggestion]) {
        for Suggestion { action, words, .. } in suggestions {
            let key = self.model.keys.key(*action);
            let key = Span::styled(format!("  {key}  "), self.theme.key);
            self.block.lines.push(Line::from(vec![key, Span::raw(*words)]));
        }
    }

    /// Says why it stands so, and what is odd about it.
    fn sentences(&mut self, profile: &Profile, health: Health) {
        let Self { model, theme, now, .. } = *self;
        let running = model.running(&profile.id);
        let plain = Style::new();
        let sentence = state::sentence(model, profile, now);
        if !sentence.is_empty() {
            self.block.text(&sentence, plain);
        }
        if let Some(owner) = &profile.owner {
            self.block.text(&format!("{}.", text_layout::safe(&owner.reads_only())), plain);
        }
        if let Some(end) = state::grant_ends_soon(profile, now) {
            let words = format!(
                "The login expires in {}: log in again before then.",
                state::left_by_settings(model, end, now)
            );
            self.block.text(&words, theme.warn);
        }
        if let Some([other, ..]) = model.overlap.logins.get(&profile.id).map(Vec::as_slice) {
            let keys = &model.keys;
            let words = format!(
                "Same login as {}:{}. The one that refreshes first logs the other out. Keep one: {} erases this \
                 copy.",
                other.store,
                text_layout::named(&other.name),
                keys.key(Action::SignOut),
            );
            self.block.text(&words, theme.warn);
        }
        if running.is_testing {
            self.block.text("Testing the token.", theme.accent);
        }
        if let Some(unsaved) = &running.unsaved {
            let why = text_layout::safe(&unsaved.trouble.why);
            let words = format!("New tokens could not be saved and are only in memory: {why}.");
            self.block.text(&words, theme.bad);
        }
        if is_explained(profile, health) && profile.held.tokens().is_some() {
            let words = match profile.has_dead_grant() {
                true => {
                    format!("The old tokens are still here; {} erases them.", model.keys.key(Action::SignOut))
                }
                false => "Stored tokens are unchanged.".to_owned(),
            };
            self.block.text(&words, plain);
        }
        if let Some((how, words)) = refresh_notes::grant_history(model, profile, now) {
            let style = match how {
                GrantStatus::UnderWay(_) => theme.accent,
                GrantStatus::Interrupted(_) | GrantStatus::Outdated(_) => theme.warn,
                GrantStatus::Survived(_) => plain,
            };
            self.block.text(&words, style);
        }
        let clock = refresh_notes::clock(profile, now).map(|words| text_layout::safe(&words));
        let secret = refresh_notes::client_secret(model, profile, now);
        let never = state::never_refreshed(model, profile, now);
        for warning in never.into_iter().chain(clock).chain(secret) {
            self.block.text(&warning, theme.warn);
        }
        if let Some(why) = refresh_notes::no_auto_refresh(model, profile, now) {
            self.block.text(&format!("{}.", text_layout::capital(&why)), plain);
        }
    }

    /// Writes both tokens with what is left of them.
    fn tokens(&mut self, profile: &Profile, health: Health) {
        let Some(tokens) = profile.held.tokens() else { return };
        let mask = state::mask(self.model, profile, &tokens.access);
        match profile.kind {
            Kind::ApiKey if profile.life.expires_at.is_some() => {
                let style = state::style(health, self.theme);
                self.gauge("Key", (profile.life.obtained_at, profile.life.expires_at), style, vec![mask]);
            }
            Kind::ApiKey => self.block.field("Key", &[mask]),
            Kind::Environment => self.block.field("Value", &[mask]),
            Kind::OAuth => {
                let style = state::style(health, self.theme);
                let from = profile.life.obtained_at;
                self.gauge("Token", (from, profile.life.expires_at), style, vec![mask]);
                self.login(profile);
            }
        }
    }

    fn login(&mut self, profile: &Profile) {
        let Some(token) = profile.refresh_token() else {
            return self.block.field("Login", &[NO_REFRESH_TOKEN.to_owned()]);
        };
        let mask = state::mask(self.model, profile, token);
        match Validity::of_login(profile, self.now.wall) {
            Some(Validity::Refused) => {
                let words = Span::styled("ended by the provider", self.theme.bad);
                self.block.beside_label("Login", [words]);
            }
            Some(Validity::Until(_) | Validity::NoEndKnown | Validity::Ended(_)) | None => {
                let is_soon = state::grant_ends_soon(profile, self.now).is_some();
                let style = if is_soon { self.theme.warn } else { self.theme.good };
                let from = login_age::beginning(self.model, &profile.id);
                self.gauge("Login", (from, profile.life.grant_ends_at), style, vec![mask]);
            }
        }
    }

    /// Writes what is left of a life as a bar, how long that is, until when, and what belongs to it.
    fn gauge(
        &mut self,
        label: &str,
        (from, end): (Option<DateTime<Utc>>, Option<DateTime<Utc>>),
        style: Style,
        beside: Vec<String>,
    ) {
        let now = self.now;
        let Some(end) = end else {
            return self.block.field(label, &[vec![state::UNKNOWN_EXPIRY.to_owned()], beside].concat());
        };
        let has_ended = end <= now.wall;
        let until = format!("{} {}", if has_ended { "since" } else { "until" }, state::day(end, now));
        let time =
            if has_ended { "expired".to_owned() } else { state::left_by_settings(self.model, end, now) };
        let Some(from) = from.filter(|from| *from < end) else {
            return self.block.field(label, &[vec![time, until], beside].concat());
        };
        let is_wide = self.block.width >= WIDE;
        let columns = if is_wide { GAUGE } else { self.block.beside().saturating_sub(TIME + 1).max(4) };
        let [full, track] = gauge::bar(gauge::left(from, end, now.wall), columns, style, self.theme);
        let time = Span::styled(format!("{time:>width$}", width = usize::from(TIME) + 1), style);
        let rest = [vec![until], beside].concat();
        if is_wide {
            let rest = rest.join(" · ").replace(text_layout::FIXED_SPACE, " ");
            return self.block.beside_label(label, [full, track, time, Span::raw(format!("  {rest}"))]);
        }
        self.block.beside_label(label, [full, track, time]);
        self.block.field("", &rest);
    }

    fn account(&mut self, profile: &Profile) {
        let scopes: Vec<String> = profile.scopes.iter().map(text_layout::named).collect();
        let tested = profile.last_test_of_this_token();
        let note = state::note(self.model, profile);
        let places = state::ruled_places(self.model, profile);
        let is_empty = scopes.is_empty() && tested.is_none() && note.is_none() && places.is_empty();
        if profile.account.is_none() && is_empty {
            return;
        }
        self.block.rule("", Vec::new());
        if let Some(account) = &profile.account {
            self.block.field("Account", &[state::account(self.model, account)]);
        }
        if !scopes.is_empty() {
            self.block.field("Scopes", &[scopes.join(" ")]);
        }
        if let Some(note) = note {
            self.block.field("Note", &[note]);
        }
        if !places.is_empty() {
            self.block.field("Rule", &[format!("used in {}", places.join(", "))]);
        }
        if let Some(last) = tested {
            self.block.field("Tested", &[state::day(last.at, self.now), last.to_string()]);
        }
    }

    /// What happened last: each in a line, and the last ones as a strip of signs, the newest at its end.
    fn last(&mut self, profile: &Profile) {
        let most = EVENTS.max(self.rows.saturating_sub(self.block.lines.len() + 1));
        let entries: Vec<LogEntry<'_>> =
            log::of_profile(self.model, &profile.id).take(SIGNS.max(most)).collect();
        if entries.is_empty() {
            return;
        }
        let signs = entries.iter().take(SIGNS).rev().map(|entry| entry.sign(self.theme));
        let signs = if entries.len() > 1 { signs.collect() } else { Vec::new() };
        self.block.rule("Last", signs);
        let at =
            |entry: &LogEntry<'_>| state::day(entry.at(), self.now).replace(text_layout::FIXED_SPACE, " ");
        let widest = entries.iter().take(most).map(|entry| text_layout::width(&at(entry))).max().unwrap_or(0);
        for entry in entries.into_iter().take(most) {
            let at = format!("{:>width$}", at(&entry), width = usize::from(widest));
            let indent = widest + 3;
            let what = text_layout::wrap(&entry.what(), self.block.width.saturating_sub(indent));
            for (index, line) in what.into_iter().enumerate() {
                let head = [Span::styled(format!("{at} "), self.theme.muted), entry.sign(self.theme)];
                let line = Span::raw(format!(" {line}"));
                self.block.lines.push(match index {
                    0 => head.into_iter().chain([line]).collect(),
                    _ => Line::from(vec![Span::raw(" ".repeat(usize::from(indent) - 1)), line]),
                });
            }
        }
    }

    /// Writes what is known of an entry that cannot be understood, and gives its name.
    fn broken(&mut self, store: &Snapshot, at: &Where) -> Option<String> {
        let (row, BrokenRow { name, why, .. }) = store.rows.iter().find_map(|row| match row {
            Row::Broken(broken) if broken.at == *at => Some((row, &**broken)),
            Row::Broken(_) | Row::Profile(_) => None,
        })?;
        self.headline(Health::Unreadable, rows::broken_word(at));
        let why = text_layout::safe(why);
        let (what, then) = match at {
            Where::Line(line) => (format!("Line {line}: {why}."), "authtui leaves the entry as it is."),
            Where::File(_) => {
                let why = text_layout::capital(&why);
                (format!("{why}."), "authtui leaves the file as it is. Delete it if you do not need it.")
            }
            Where::Variable { .. } => {
                (format!("{}.", text_layout::capital(&why)), "Set it again or unset it in your shell.")
            }
            Where::Borrowed { .. } => (
                format!("This file cannot be understood: {why}."),
                "authtui only reads it. Its program may write it again.",
            ),
            Where::Vault { .. } => {
                (format!("{}.", text_layout::capital(&why)), "The stored tokens are unchanged.")
            }
        };
        self.block.text(&what, Style::new());
        self.block.text(then, Style::new());
        self.keys(&suggestion::suggestions(self.model, row, self.now));
        self.block.rule("", Vec::new());
        let (label, place) = match at {
            Where::Line(_) => ("File", &store.place),
            Where::File(_) | Where::Variable { .. } | Where::Vault { .. } => ("Store", &store.place),
            Where::Borrowed { file, .. } => ("File", file),
        };
        self.block.path(label, place);
        Some(text_layout::safe(name))
    }
}

/// Whether the sentence of its state says why its last refresh failed.
fn is_explained(profile: &Profile, health: Health) -> bool {
    matches!(health, Health::Retrying(_) | Health::Failed(_))
        || (health == Health::NeedsLogin && profile.has_dead_grant())
}
