//! Detail of the selected profile: how it stands, both clocks, and where it is kept.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::widgets::Paragraph;

use crate::domain::change::{Row, Snapshot, StoreNotice, Where};
use crate::domain::clock::{DateTime, Now, Utc, local_minute};
use crate::domain::grant_status::GrantStatus;
use crate::domain::health::Health;
use crate::domain::profile::{Kind, LastRefresh, NO_REFRESH_TOKEN, Profile, RefreshResult};
use crate::domain::residual_validity::Validity;
use crate::tui::frame::Focus;
use crate::tui::model::{Model, RowId};
use crate::tui::screen::Screen;
use crate::tui::text_block::{Repeated, TextBlock};
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{frame, refresh_notes, state, text_layout, used_by};

/// What is said of an end that nobody told.
const UNKNOWN_EXPIRY: &str = "expiry unknown";

/// How many of the last events are shown.
const EVENTS: usize = 2;

/// Draws the detail.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let ViewContext { model, theme, .. } = view;
    let mut block = TextBlock::new(area.width.saturating_sub(4), theme);
    let title = match &model.selected {
        Some(RowId::Profile(id)) => {
            if let Some(profile) = model.profile(id) {
                whole(&mut block, profile, view);
            }
            text_layout::named(&id.name)
        }
        Some(RowId::Broken(store, at)) => {
            model.stores.get(store).and_then(|store| broken(&mut block, store, at, theme)).unwrap_or_default()
        }
        None => String::new(),
    };
    let inner =
        frame::inset(frame::draw(frame, area, &title, Focus::here(model.screen == Screen::Detail), theme), 1);
    if block.lines.len() > usize::from(inner.height) {
        let more = if model.screen == Screen::Detail { "…" } else { "Enter shows all" };
        frame::foot(frame, area, more, theme);
    }
    frame.render_widget(Paragraph::new(block.lines), inner);
}

/// Writes how a profile stands, and then the facts about it.
fn whole(block: &mut TextBlock<'_>, profile: &Profile, view: ViewContext<'_>) {
    let ViewContext { model, now, .. } = view;
    sentences(block, profile, view);
    block.gap();
    tokens(block, model, profile, now);
    if let Some(last) = profile.last_test_of_this_token() {
        block.field("Tested", &[state::moment(last.at, now), last.to_string()]);
    }
    if let Some(words) = used_by::words(model, profile, now.wall) {
        block.short_field("Used by", &text_layout::safe(&words), 2);
    }
    if let Some(account) = &profile.account {
        block.field("Account", &[text_layout::named(account)]);
    }
    if !profile.scopes.is_empty() {
        let scopes: Vec<String> = profile.scopes.iter().map(text_layout::named).collect();
        block.field("Scopes", &[scopes.join(" ")]);
    }
    if let Some(last) = &profile.last_refresh {
        let is_explained = is_explained(profile, model.health(profile, now.wall));
        block.field("Refresh", &refresh(profile, last, is_explained, now));
    }
    if let Some(store) = model.stores.get(&profile.id.store) {
        block.field("Store", &[text_layout::safe(&store.place)]);
        for notice in &store.notices {
            if let StoreNotice::Told(words) = notice {
                block.field("", &[text_layout::safe(words)]);
            }
        }
    }
    let events = model.events.iter().rev().filter(|event| event.profile == profile.id.name);
    for (index, event) in events.take(EVENTS).enumerate() {
        let words =
            format!("{} {}", local_minute(event.at, now.offset), text_layout::safe(&event.what.words()));
        block.field(if index == 0 { "Events" } else { "" }, &[words]);
    }
    if let Some(client) = &profile.client_id {
        block.field("Client", &[text_layout::safe(client)]);
    }
}

/// Says how the profile stands, and what is odd about it.
fn sentences(block: &mut TextBlock<'_>, profile: &Profile, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let (health, running) = (model.health(profile, now.wall), model.running(&profile.id));
    stands(block, health, &state::sentence(model, profile, now), theme);
    if let Some(end) = state::grant_ends_soon(profile, now) {
        let words = format!("The login expires in {}: log in again before then.", state::left(end, now));
        block.text(&words, theme.warn);
    }
    if running.is_testing {
        block.text("Testing the token.", theme.accent);
    }
    if let Some(unsaved) = &running.unsaved {
        let why = text_layout::safe(&unsaved.trouble.why);
        block.text(&format!("New tokens could not be saved and are only in memory: {why}."), theme.bad);
    }
    if is_explained(profile, health) && profile.held.tokens().is_some() {
        let words = if profile.has_dead_grant() {
            "The old tokens are still here; x erases them."
        } else {
            "Stored tokens are unchanged."
        };
        block.text(words, theme.muted);
    }
    if let Some((how, words)) = refresh_notes::grant_history(model, profile, now) {
        let style = match how {
            GrantStatus::UnderWay(_) => theme.accent,
            GrantStatus::Interrupted(_) | GrantStatus::Outdated(_) => theme.warn,
            GrantStatus::Survived(_) => theme.muted,
        };
        block.text(&words, style);
    }
    let clock = refresh_notes::clock(profile, now).map(|words| text_layout::safe(&words));
    for warning in state::never_refreshed(model, profile, now).into_iter().chain(clock) {
        block.text(&warning, theme.warn);
    }
    if let Some(why) = refresh_notes::no_auto_refresh(model, profile, now) {
        block.text(&format!("{}.", text_layout::capital(&why)), theme.muted);
    }
}

/// Writes both tokens with what is left of them.
fn tokens(block: &mut TextBlock<'_>, model: &Model, profile: &Profile, now: Now) {
    let Some(tokens) = profile.held.tokens() else { return };
    let mask = state::mask(model, profile, &tokens.access);
    match profile.kind {
        Kind::ApiKey => block.field("Key", &[mask]),
        Kind::Environment => block.field("Value", &[mask]),
        Kind::OAuth => {
            let clock = access(profile, now);
            block.field("Token", &[vec![mask], clock].concat());
            block.field("Login", &grant(model, profile, now));
        }
    }
}

/// Writes what is known of an entry that cannot be understood, and gives its name.
fn broken(block: &mut TextBlock<'_>, store: &Snapshot, at: &Where, theme: &Theme) -> Option<String> {
    let (name, why) = store.rows.iter().find_map(|row| match row {
        Row::Broken { name, at: here, why } if here == at => Some((name, why)),
        Row::Broken { .. } | Row::Profile(_) => None,
    })?;
    stands(block, Health::Unreadable, Health::Unreadable.word(), theme);
    block.gap();
    let remedy = match at {
        Where::Line(line) => {
            block.field("File", &[text_layout::safe(&store.place)]);
            block.field("Line", &[line.to_string()]);
            "Correct it in an editor; authtui leaves it as it is."
        }
        Where::Variable { .. } => {
            block.field("Store", &[text_layout::safe(&store.place)]);
            "Set it again or unset it in your shell."
        }
    };
    block.field("Reason", &[text_layout::safe(why)]);
    block.gap();
    block.text(remedy, Style::new());
    Some(text_layout::safe(name))
}

fn stands(block: &mut TextBlock<'_>, health: Health, sentence: &str, theme: &Theme) {
    block.marked(&state::glyph(health, theme), Repeated::Once, sentence, state::style(health, theme));
}

fn access(profile: &Profile, now: Now) -> Vec<String> {
    let Some(end) = profile.life.expires_at.filter(|end| *end > now.wall) else {
        return ends(profile.life.expires_at, now);
    };
    let life =
        profile.life.obtained_at.map_or_else(String::new, |from| format!(" of {}", state::span(end - from)));
    vec![state::left(end, now) + &life, format!("until {}", state::moment(end, now))]
}

fn grant(model: &Model, profile: &Profile, now: Now) -> Vec<String> {
    let Some(token) = profile.refresh_token() else {
        return vec![NO_REFRESH_TOKEN.to_owned()];
    };
    let rotation = model.provider(profile).map(|provider| provider.rotation.word().to_owned());
    let known = [state::mask(model, profile, token)].into_iter().chain(rotation);
    match Validity::of_login(profile, now.wall) {
        Some(Validity::Refused) => known.chain(["ended by the provider".to_owned()]).collect(),
        Some(Validity::Until(_) | Validity::NoEndKnown | Validity::Ended(_)) | None => {
            known.chain(ends(profile.life.grant_ends_at, now)).collect()
        }
    }
}

fn ends(end: Option<DateTime<Utc>>, now: Now) -> Vec<String> {
    match end {
        None => vec![UNKNOWN_EXPIRY.to_owned()],
        Some(end) if end <= now.wall => vec![format!("expired {}", state::moment(end, now))],
        Some(end) => vec![state::left(end, now), format!("until {}", state::moment(end, now))],
    }
}

/// Whether the sentence of its state says why its last refresh failed.
fn is_explained(profile: &Profile, health: Health) -> bool {
    matches!(health, Health::Retrying(_) | Health::Failed(_))
        || (health == Health::NeedsLogin && profile.has_dead_grant())
}

fn refresh(profile: &Profile, last: &LastRefresh, is_explained: bool, now: Now) -> Vec<String> {
    let at = state::moment(last.at, now);
    if profile.last_refresh_of_this_grant().is_none() {
        return vec![at, "of an earlier login".to_owned()];
    }
    let result = match &last.result {
        RefreshResult::Done => {
            let count = Some(profile.refresh_count).filter(|count| *count > 1);
            let count = count.map(|count| format!("{count} times so far"));
            let odd = last.odd.as_deref().map(|odd| format!("unusual: {}", text_layout::safe(odd)));
            return [at, "done".to_owned()].into_iter().chain(count).chain(odd).collect();
        }
        RefreshResult::Passing { times: 0 | 1, .. } if is_explained => "failed".to_owned(),
        RefreshResult::Passing { times, .. } if is_explained => format!("failed {times} times"),
        RefreshResult::Refused { .. } | RefreshResult::Dead { .. } if is_explained => "refused".to_owned(),
        RefreshResult::Passing { why, times: 0 | 1, .. } => format!("failed: {}", text_layout::safe(why)),
        RefreshResult::Passing { why, times, .. } => {
            format!("failed {times} times: {}", text_layout::safe(why))
        }
        RefreshResult::Refused { why, .. } | RefreshResult::Dead { why } => {
            format!("refused: {}", text_layout::safe(why))
        }
    };
    vec![at, result]
}
