//! Page with everything that is known of the selected profile.

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::text::Line;
use ratatui::widgets::Paragraph;

use crate::domain::change::StoreNotice;
use crate::domain::claims::{Claims, NOT_CHECKED};
use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::name::StoreId;
use crate::domain::profile::{AutoRefresh, Kind, LastRefresh, NO_REFRESH_TOKEN, Profile, RefreshResult};
use crate::domain::residual_validity::Validity;
use crate::oauth::identity;
use crate::tui::frame::Focus;
use crate::tui::log;
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::text_block::TextBlock;
use crate::tui::theme::Theme;
use crate::tui::view::ViewContext;
use crate::tui::{auto_refresh, frame, priority, refresh_notes, state, text_layout};

/// Columns of a label.
const LABEL: u16 = 14;

/// Draws the page.
pub(super) fn render(frame: &mut Frame<'_>, area: Rect, view: ViewContext<'_>) {
    let ViewContext { model, theme, now, .. } = view;
    let Some(profile) = model.selected_profile() else { return };
    let title = format!("All of {}", text_layout::named(&profile.id.name));
    let inner = frame::inset(frame::draw(frame, area, &title, Focus::Here, theme), 1);
    let lines = content(model, theme, now, inner.width);
    let (count, height) = (lines.len(), usize::from(inner.height));
    let from = model.scroll.min(count.saturating_sub(height));
    frame::foot_part(frame, area, from..from + height, count, theme);
    frame.render_widget(Paragraph::new(lines.into_iter().skip(from).collect::<Vec<_>>()), inner);
}

/// The lines of the page in so many columns.
pub(in crate::tui) fn content(model: &Model, theme: &Theme, now: Now, columns: u16) -> Vec<Line<'static>> {
    let Some(profile) = model.selected_profile() else { return Vec::new() };
    let mut block = TextBlock::new(columns, theme).with_labels(LABEL);
    state_of(&mut block, model, profile, now);
    tokens(&mut block, model, profile, now);
    account(&mut block, model, profile, now);
    claims(&mut block, model, profile, now);
    stored(&mut block, model, profile);
    events(&mut block, model, profile, now);
    block.lines
}

fn state_of(block: &mut TextBlock<'_>, model: &Model, profile: &Profile, now: Now) {
    let health = model.health(profile, now.wall);
    block.field("State", &[health.word().to_owned(), state::sentence(model, profile, now)]);
    if profile.kind == Kind::OAuth {
        let words = match (auto_refresh::planned(model, profile, now), profile.auto_refresh) {
            (Some(at), _) => format!("on, next {}", state::moment(at, now)),
            (None, AutoRefresh::Off) => {
                format!("off; {} turns it on", model.keys.key(Action::ToggleAutoRefresh))
            }
            (None, AutoRefresh::On) => {
                refresh_notes::no_auto_refresh(model, profile, now).unwrap_or_else(|| "on".to_owned())
            }
        };
        block.field("Auto-refresh", &[words]);
    }
    if let Some(last) = &profile.last_refresh {
        block.field("Last refresh", &last_refresh(profile, last, now));
    }
    if let Some(last) = profile.last_test_of_this_token() {
        block.field("Tested", &[state::moment(last.at, now), last.to_string()]);
    }
    if let Some(note) = state::note(model, profile) {
        block.field("Note", &[note]);
    }
    if let Some(words) = priority::words(model, profile, now.wall) {
        block.field("Priority", &[text_layout::safe(&words)]);
    }
}

fn tokens(block: &mut TextBlock<'_>, model: &Model, profile: &Profile, now: Now) {
    let Some(tokens) = profile.held.tokens() else { return };
    let mask = state::mask(model, profile, &tokens.access);
    match profile.kind {
        Kind::ApiKey => {
            block.rule("Key", Vec::new());
            block.field("Key", &[mask]);
            if profile.life.expires_at.is_some() {
                block.field("Expires", &ends(model, profile.life.expires_at, now));
            }
            if let Some(from) = profile.life.obtained_at {
                block.field("Stored", &[state::moment(from, now)]);
            }
        }
        Kind::Environment => {
            block.rule("Value", Vec::new());
            block.field("Value", &[mask]);
        }
        Kind::OAuth => {
            block.rule("Token", Vec::new());
            block.field("Token", &[mask]);
            block.field("Expires", &ends(model, profile.life.expires_at, now));
            if let Some(from) = profile.life.obtained_at {
                let life = profile.life.expires_at.map(|end| format!("lasts {}", state::span(end - from)));
                let got = [state::moment(from, now)].into_iter().chain(life);
                block.field("Issued", &got.collect::<Vec<_>>());
            }
            login(block, model, profile, now);
        }
    }
}

fn login(block: &mut TextBlock<'_>, model: &Model, profile: &Profile, now: Now) {
    block.rule("Login", Vec::new());
    let Some(token) = profile.refresh_token() else {
        return block.field("Refresh token", &[NO_REFRESH_TOKEN.to_owned()]);
    };
    let rotation = model.provider(profile).map(|provider| provider.rotation.word().to_owned());
    let known = [state::mask(model, profile, token)].into_iter().chain(rotation);
    block.field("Refresh token", &known.collect::<Vec<_>>());
    let ends = match Validity::of_login(profile, now.wall) {
        Some(Validity::Refused) => vec!["ended by the provider".to_owned()],
        Some(Validity::Until(_) | Validity::NoEndKnown | Validity::Ended(_)) | None => {
            ends(model, profile.life.grant_ends_at, now)
        }
    };
    block.field("Expires", &ends);
    if profile.refresh_count > 0 {
        block.field("Refreshed", &[times(profile.refresh_count)]);
    }
}

fn account(block: &mut TextBlock<'_>, model: &Model, profile: &Profile, now: Now) {
    block.rule("Account", Vec::new());
    for (label, words, from) in [
        ("Account", &profile.account, profile.account_from),
        ("Subject", &profile.login.subject, profile.login.subject_from),
    ] {
        if let Some(words) = words {
            let remark = from.map(|from| from.remark().to_owned());
            let pieces = [state::account(model, words)].into_iter().chain(remark);
            block.field(label, &pieces.collect::<Vec<_>>());
        }
    }
    let text = |words: &Option<String>| words.as_deref().map(text_layout::named);
    let secret_end = refresh_notes::client_secret_ends(model, profile).map(|end| {
        let word = if end <= now.wall { "expired" } else { "expires" };
        format!("{word} {}", state::moment(end, now))
    });
    let login = &profile.login;
    for (label, words) in [
        ("Issuer", text(&login.issuer)),
        ("Client", text(&profile.client_id)),
        ("Client secret", secret_end),
        ("Scopes", joined(&profile.scopes)),
        ("Asked for", joined(&login.asked_scopes).filter(|_| login.asked_scopes != *profile.scopes)),
        ("Sent only to", joined(&login.origins)),
    ] {
        if let Some(words) = words {
            block.field(label, &[words]);
        }
    }
}

/// What ID token and access token say besides. A token that cannot be read says nothing.
fn claims(block: &mut TextBlock<'_>, model: &Model, profile: &Profile, now: Now) {
    let known = [&profile.login.issuer, &profile.login.subject, &profile.account].map(Option::as_deref);
    let id_token = profile.login.id_token.as_deref();
    let of_login = id_token.map_or([None; 3], |claims| {
        [&claims.name, &claims.email, &claims.organization].map(Option::as_deref)
    });
    let tokens = profile.held.tokens().filter(|_| profile.kind == Kind::OAuth);
    let access = tokens.and_then(|tokens| identity::claims(&tokens.access));
    let access = access.map(|claims| claims.beside(&[known.as_slice(), &of_login].concat()));
    for (title, claims) in [("ID token says", id_token), ("Access token says", access.as_ref())] {
        if let Some(claims) = claims.filter(|claims| !claims.is_empty()) {
            block.rule(&format!("{title}, {NOT_CHECKED}"), Vec::new());
            said(block, model, claims, now);
        }
    }
}

fn said(block: &mut TextBlock<'_>, model: &Model, claims: &Claims, now: Now) {
    let who = |words: &Option<String>| words.as_deref().map(|words| state::account(model, words));
    for (label, words) in [
        ("Name", who(&claims.name)),
        ("E-mail", who(&claims.email)),
        ("Organisation", who(&claims.organization)),
        ("Subject", who(&claims.subject)),
        ("Issuer", claims.issuer.as_deref().map(text_layout::named)),
        ("Audience", joined(&claims.audience)),
        ("Signed in", claims.auth_time.map(|at| state::moment(at, now))),
    ] {
        if let Some(words) = words {
            block.field(label, &[words]);
        }
    }
}

fn stored(block: &mut TextBlock<'_>, model: &Model, profile: &Profile) {
    let Some(store) = model.stores.get(&profile.id.store) else { return };
    block.rule("Stored in", Vec::new());
    block.field("Store", &[text_layout::safe(&store.place)]);
    if profile.id.store == StoreId::Shared {
        block.field("", &["shared with ai-provider-kit and mcp-code-api".to_owned()]);
    }
    for notice in &store.notices {
        if let StoreNotice::Told(words) = notice {
            block.field("", &[text_layout::safe(words)]);
        }
    }
    let twins: Vec<String> =
        model.twins(&profile.id).iter().map(|twin| text_layout::named(&twin.name)).collect();
    if !twins.is_empty() {
        block.field("Same login", &[twins.join(" ")]);
    }
}

fn events(block: &mut TextBlock<'_>, model: &Model, profile: &Profile, now: Now) {
    let mut entries = log::of_profile(model, &profile.id).peekable();
    if entries.peek().is_some() {
        block.rule("Events", Vec::new());
    }
    for entry in entries {
        let at = state::day(entry.at(), now).replace(text_layout::FIXED_SPACE, " ");
        let by = entry.by().map(|by| text_layout::safe(&by.to_string()));
        let pieces: Vec<String> = [entry.what()].into_iter().chain(by).collect();
        block.field(&at, &pieces);
    }
}

fn joined(words: &[String]) -> Option<String> {
    let words: Vec<String> = words.iter().map(text_layout::named).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn ends(model: &Model, end: Option<DateTime<Utc>>, now: Now) -> Vec<String> {
    match end {
        None => vec![state::UNKNOWN_EXPIRY.to_owned()],
        Some(end) if end <= now.wall => vec![format!("expired {}", state::moment(end, now))],
        Some(end) => {
            vec![format!("in {}", state::left_by_settings(model, end, now)), state::moment(end, now)]
        }
    }
}

fn times(count: u64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{count} times") }
}

fn last_refresh(profile: &Profile, last: &LastRefresh, now: Now) -> Vec<String> {
    let at = state::moment(last.at, now);
    if profile.last_refresh_of_this_grant().is_none() {
        return vec![at, "of an earlier login".to_owned()];
    }
    let result = match &last.result {
        RefreshResult::Done => {
            let odd = last.odd.as_deref().map(|odd| format!("unusual: {}", text_layout::safe(odd)));
            return [at, "done".to_owned()].into_iter().chain(odd).collect();
        }
        RefreshResult::Passing { why, times: 0 | 1, .. } => format!("failed: {}", text_layout::safe(why)),
        RefreshResult::Passing { why, times, .. } => {
            format!("failed {times} times: {}", text_layout::safe(why))
        }
        RefreshResult::Refused { why, .. } | RefreshResult::Dead { why } => text_layout::safe(why),
    };
    vec![at, result]
}
