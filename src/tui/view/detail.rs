//! The selected profile: how it stands, both clocks, and where it is kept.

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
use crate::tui::model::{Model, RowId};
use crate::tui::past;
use crate::tui::screen::Screen;
use crate::tui::sheet::{Repeated, Sheet};
use crate::tui::theme::Theme;
use crate::tui::{pane, prose, renewal, state, used};

/// What is said of an end that nobody told.
const NOT_TOLD: &str = "expiry unknown";

/// How many of the last events are shown.
const EVENTS: usize = 2;

/// Draws the detail.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, model: &Model, theme: &Theme, now: Now) {
    let mut sheet = Sheet::new(area.width.saturating_sub(4), theme);
    let title = match &model.selected {
        Some(RowId::Profile(id)) => {
            if let Some(profile) = model.profile(id) {
                whole(&mut sheet, model, profile, theme, now);
            }
            prose::named(&id.name)
        }
        Some(RowId::Broken(store, at)) => {
            model.stores.get(store).and_then(|store| broken(&mut sheet, store, at, theme)).unwrap_or_default()
        }
        None => String::new(),
    };
    let inner = pane::inset(pane::draw(frame, area, &title, theme), 1);
    if sheet.lines.len() > usize::from(inner.height) {
        let more = if model.screen == Screen::Detail { "…" } else { "Enter shows all" };
        pane::foot(frame, area, more, theme);
    }
    frame.render_widget(Paragraph::new(sheet.lines), inner);
}

fn whole(sheet: &mut Sheet<'_>, model: &Model, profile: &Profile, theme: &Theme, now: Now) {
    let health = model.health(profile, now.wall);
    stands(sheet, health, &state::sentence(model, profile, now), theme);
    if let Some(end) = state::grant_ends_soon(profile, now) {
        let words = format!("The grant ends in {}: log in again before then.", state::left(end, now));
        sheet.text(&words, theme.warn);
    }
    if model.running(&profile.id).is_testing {
        sheet.text("The token is being tested.", theme.accent);
    }
    if let Some(unsaved) = &model.running(&profile.id).unsaved {
        let why = prose::safe(&unsaved.trouble.why);
        sheet.text(&format!("Its new tokens are in memory only, they could not be saved: {why}."), theme.bad);
    }
    if is_explained(profile, health) && profile.held.tokens().is_some() {
        let until = if profile.has_dead_grant() { ", and stay until x erases them" } else { "" };
        sheet.text(&format!("Stored tokens are as they were{until}."), theme.muted);
    }
    if let Some((how, words)) = past::of(model, profile, now) {
        let style = match how {
            GrantStatus::UnderWay(_) => theme.accent,
            GrantStatus::Interrupted(_) | GrantStatus::Outdated(_) => theme.warn,
            GrantStatus::Survived(_) => theme.muted,
        };
        sheet.text(&words, style);
    }
    if let Some(never) = state::never_refreshed(model, profile) {
        sheet.text(&never, theme.warn);
    }
    if let Some(wrong) = renewal::clock(profile, now) {
        sheet.text(&prose::safe(&wrong), theme.warn);
    }
    sheet.gap();
    if let Some(tokens) = profile.held.tokens() {
        let mask = state::mask(model, profile, &tokens.access);
        match profile.kind {
            Kind::ApiKey => sheet.field("Key", &[mask]),
            Kind::Environment => sheet.field("Value", &[mask]),
            Kind::OAuth => {
                let clock = access(profile, now);
                sheet.field("Access", &[vec![mask], clock].concat());
                sheet.field("Grant", &grant(model, profile, now));
                if let Some(why) = renewal::hindrance(model, profile, now) {
                    sheet.field("Renewal", &[why]);
                }
            }
        }
    }
    if let Some(last) = profile.last_test_of_this_token() {
        sheet.field("Tested", &[state::moment(last.at, now), last.to_string()]);
    }
    if let Some(words) = used::words(model, profile, now.wall) {
        sheet.short_field("Used by", &prose::safe(&words), 2);
    }
    if let Some(account) = &profile.account {
        sheet.field("Account", &[prose::named(account)]);
    }
    if !profile.scopes.is_empty() {
        let scopes: Vec<String> = profile.scopes.iter().map(prose::named).collect();
        sheet.field("Scopes", &[scopes.join(" ")]);
    }
    if let Some(last) = &profile.last_refresh {
        sheet.field("Refresh", &refresh(profile, last, is_explained(profile, health), now));
    }
    if let Some(store) = model.stores.get(&profile.id.store) {
        sheet.field("Store", &[prose::safe(&store.place)]);
        for notice in &store.notices {
            if let StoreNotice::Told(words) = notice {
                sheet.field("", &[prose::safe(words)]);
            }
        }
    }
    let events = model.events.iter().rev().filter(|event| event.profile == profile.id.name);
    for (index, event) in events.take(EVENTS).enumerate() {
        let words = format!("{} {}", local_minute(event.at, now.offset), prose::safe(&event.what.words()));
        sheet.field(if index == 0 { "Events" } else { "" }, &[words]);
    }
    if let Some(client) = &profile.client_id {
        sheet.field("Client", &[prose::safe(client)]);
    }
}

/// Writes what is known of an entry that cannot be understood, and gives its name.
fn broken(sheet: &mut Sheet<'_>, store: &Snapshot, at: &Where, theme: &Theme) -> Option<String> {
    let (name, why) = store.rows.iter().find_map(|row| match row {
        Row::Broken { name, at: here, why } if here == at => Some((name, why)),
        Row::Broken { .. } | Row::Profile(_) => None,
    })?;
    stands(sheet, Health::Unreadable, Health::Unreadable.word(), theme);
    sheet.gap();
    let remedy = match at {
        Where::Line(line) => {
            sheet.field("File", &[prose::safe(&store.place)]);
            sheet.field("Line", &[line.to_string()]);
            "authtui never writes this entry. Open the file in an editor."
        }
        Where::Variable { .. } => {
            sheet.field("Store", &[prose::safe(&store.place)]);
            "Set it again, or unset it, in the shell that starts authtui."
        }
    };
    sheet.field("Reason", &[prose::safe(why)]);
    sheet.gap();
    sheet.text(remedy, Style::new());
    Some(prose::safe(name))
}

fn stands(sheet: &mut Sheet<'_>, health: Health, sentence: &str, theme: &Theme) {
    sheet.marked(&state::glyph(health, theme), Repeated::Once, sentence, state::style(health, theme));
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
        None => vec![NOT_TOLD.to_owned()],
        Some(end) if end <= now.wall => vec![format!("ended {}", state::moment(end, now))],
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
        return vec![at, "of an earlier grant".to_owned()];
    }
    let result = match &last.result {
        RefreshResult::Done => {
            let count = Some(profile.refresh_count).filter(|count| *count > 1);
            let count = count.map(|count| format!("{count} times so far"));
            let odd = last.odd.as_deref().map(|odd| format!("odd: {}", prose::safe(odd)));
            return [at, "done".to_owned()].into_iter().chain(count).chain(odd).collect();
        }
        RefreshResult::Passing { times: 0 | 1, .. } if is_explained => "failed".to_owned(),
        RefreshResult::Passing { times, .. } if is_explained => format!("failed {times} times"),
        RefreshResult::Refused { .. } | RefreshResult::Dead { .. } if is_explained => "refused".to_owned(),
        RefreshResult::Passing { why, times: 0 | 1, .. } => format!("failed: {}", prose::safe(why)),
        RefreshResult::Passing { why, times, .. } => format!("failed {times} times: {}", prose::safe(why)),
        RefreshResult::Refused { why, .. } | RefreshResult::Dead { why } => {
            format!("refused: {}", prose::safe(why))
        }
    };
    vec![at, result]
}
