//! Judgement of one row: what its place, the counts and the next event follow from.

use crate::domain::change::{BrokenRow, Row};
use crate::domain::clock::Now;
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::residual_validity::Validity;
use crate::tui::filter::{Filter, FilteredRow};
use crate::tui::model::Model;
use crate::tui::need::Need;
use crate::tui::row_facts::{ContentWidths, RowFacts};
use crate::tui::{auto_refresh, rows, text_layout, urgency};

/// What is found out about a row; where `kept` holds, no more than whether the filter shows it.
pub(super) fn judge(
    model: &Model,
    filter: &Filter,
    (store, row): (StoreId, &Row),
    kept: Option<RowFacts>,
    now: Now,
) -> RowFacts {
    let facts = kept.unwrap_or_else(|| match row {
        Row::Profile(profile) => of_profile(model, profile, now),
        Row::Broken(broken) => of_broken(broken, urgency::need(model, row, now)),
    });
    if filter.is_empty() {
        return RowFacts { is_shown: true, filter_holds_until: None, ..facts };
    }
    filtered(model, filter, (store, row), facts, now)
}

fn of_profile(model: &Model, profile: &Profile, now: Now) -> RowFacts {
    let health = model.health_at_rest(profile, now.wall);
    let plan = auto_refresh::plan(model, profile, now);
    let changes_at = urgency::changes_at(profile, health, now.wall);
    let name = &profile.id.name;
    let store = rows::store_before(model, &profile.id).map_or(0, |store| width(&store.to_string()) + 1);
    RowFacts {
        need: urgency::need_of(model, profile, health, now),
        is_refreshing: model.running(&profile.id).refresh.is_some(),
        is_overdue: health.is_overdue(),
        works: health.good_until().is_some(),
        is_shown: true,
        widths: ContentWidths {
            name: store + width(name.provider()) + 1 + width(name.name()),
            account: profile.account.as_deref().map_or(0, width),
        },
        token_ends_at: profile.life.expires_at.filter(|_| profile.held.tokens().is_some()),
        login_ends_at: Validity::of_login(profile, now.wall).and_then(Validity::until),
        refreshes_at: plan.at,
        holds_only_now: plan.holds_only_now,
        holds_until: changes_at.into_iter().chain(plan.holds_until).min(),
        filter_holds_until: None,
    }
}

fn of_broken(broken: &BrokenRow, need: Need) -> RowFacts {
    RowFacts {
        need,
        is_refreshing: false,
        is_overdue: false,
        works: false,
        is_shown: true,
        widths: ContentWidths { name: width(&broken.name), account: 0 },
        token_ends_at: None,
        login_ends_at: None,
        refreshes_at: None,
        holds_only_now: false,
        holds_until: None,
        filter_holds_until: None,
    }
}

fn width(text: &str) -> u16 {
    match text.is_ascii() {
        true => u16::try_from(text.len()).unwrap_or(u16::MAX),
        false => text_layout::width(&text_layout::named(text)),
    }
}

/// `facts` with whether `filter` shows the row, and until when that is so.
fn filtered(
    model: &Model,
    filter: &Filter,
    (store, row): (StoreId, &Row),
    facts: RowFacts,
    now: Now,
) -> RowFacts {
    let text = rows::text(model, row, now.wall).to_lowercase();
    let store = store.to_string();
    let (token_end, login_end) = match row {
        Row::Profile(profile) if profile.held.tokens().is_some() => {
            (profile.life.expires_at, profile.life.grant_ends_at)
        }
        Row::Profile(_) | Row::Broken(_) => (None, None),
    };
    let filtered = FilteredRow {
        text: &text,
        state: rows::health(model, row, now.wall).word(),
        provider: rows::names(row).0,
        store: &store,
        token_end,
        login_end,
        needs_somebody: facts.need.is_yours(),
    };
    let filter_holds_until = filter.changes_at(filtered, now.wall);
    RowFacts { is_shown: filter.shows(filtered, now.wall), filter_holds_until, ..facts }
}
