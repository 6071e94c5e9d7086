//! Arrangement of the rows: when they are ordered anew, and the selection that follows its row.

use std::cmp::Reverse;

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, span};
use crate::domain::health::Health;
use crate::domain::name::StoreId;
use crate::domain::profile::Profile;
use crate::domain::residual_validity::Validity;
use crate::tui::filter::{Filter, FilteredRow};
use crate::tui::model::{AutoRefreshMode, Leaving, Model};
use crate::tui::need::{Need, Section};
use crate::tui::row_order::{ContentWidths, NextEvent, NextEventKind, OrderedRow, RowOrder, SortBy};
use crate::tui::timeline::parts;
use crate::tui::{auto_refresh, list_lines, rows, text_layout, urgency};

/// A clock that goes so far off within one order was set.
const CLOCK_DRIFT: TimeDelta = TimeDelta::seconds(1);

/// What the order of the rows depends on beside the rows themselves and the time.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OrderBasis {
    filter: String,
    sort: SortBy,
    running_changes: u64,
    auto_refresh: AutoRefreshMode,
    leaving: Leaving,
}

impl OrderBasis {
    pub(super) fn of(model: &Model) -> Self {
        let Model { filter, sort, running_changes, auto_refresh, leaving, .. } = model;
        Self {
            filter: filter.clone(),
            sort: *sort,
            running_changes: *running_changes,
            auto_refresh: *auto_refresh,
            leaving: *leaving,
        }
    }
}

/// Orders the rows anew where `before` or the time says that they may lie otherwise.
pub(super) fn arrange_if_stale(model: &mut Model, now: Now, before: &OrderBasis) {
    if model.filter != before.filter {
        // Who looks for something wants to see the first that is found.
        model.order.place = None;
    }
    if *before != OrderBasis::of(model) || !holds(&model.order, now) {
        arrange(model, now);
    }
}

fn holds(order: &RowOrder, now: Now) -> bool {
    let Some(made) = order.made_at else { return false };
    let drift = (now.wall - made.wall) - span(made.steady.until(now.steady));
    drift.abs() <= CLOCK_DRIFT && order.holds_until.is_none_or(|until| until > now.wall)
}

/// Orders the rows anew. The selected row keeps its line on the screen, and the others move.
pub fn arrange(model: &mut Model, now: Now) {
    let line = |model: &Model| model.order.place.map(|place| list_lines::line_of(model, place));
    let seen = line(model).and_then(|line| line.checked_sub(model.offset));
    let near = model.order.place;
    model.order = order(model, now);
    model.order.place = rows::place(model);
    if let (Some(seen), Some(line)) = (seen, line(model)) {
        model.offset = line.saturating_sub(seen);
    }
    model.order.place = model.order.place.or(near);
}

/// Keeps something selected, and the selected row on the screen: where it has gone, the row that
/// took its place.
pub(super) fn follow_selection(model: &mut Model) {
    let last = model.order.rows.len().checked_sub(1);
    let place = rows::place(model).or_else(|| Some(model.order.place.unwrap_or(0).min(last?)));
    let selected = place.and_then(|place| rows::at(model, place)).map(|(store, row)| rows::id(store, row));
    // Keys never act on what nobody sees; what is selected stays so while no store is read yet, and
    // comes back when its file can be read again.
    let hides = !model.filter.is_empty() && rows::all(model).next().is_some();
    if selected.is_some() || hides {
        model.selected = selected;
        model.order.place = place;
    }
    let line = list_lines::line_of(model, place.unwrap_or(0));
    model.offset = list_lines::scrolled(model, model.offset, line);
    parts::follow(model, place.unwrap_or(0));
}

/// A row with what its place follows from.
struct UnplacedRow<'a> {
    ordered: OrderedRow,
    row: &'a Row,
    /// The end that its need is about.
    moment: Option<DateTime<Utc>>,
}

fn order(model: &Model, now: Now) -> RowOrder {
    let filter = rows::filter(model);
    let mut order = RowOrder { made_at: Some(now), ..RowOrder::default() };
    let mut unplaced = Vec::new();
    for (store, snapshot) in &model.stores {
        for (index, row) in snapshot.rows.iter().enumerate() {
            let health = match row {
                Row::Profile(profile) => Some((profile, model.health_at_rest(profile, now.wall))),
                Row::Broken(_) => None,
            };
            let need = match health {
                Some((profile, health)) => urgency::need_of(model, profile, health, now),
                None => urgency::need(model, row, now),
            };
            order.total += 1;
            if !(need == Need::Due && is_refreshing(model, row)) {
                *order.needs.entry(need).or_default() += 1;
            }
            widen(&mut order.widths, row, model);
            if let Some((profile, health)) = health {
                look_ahead(&mut order, model, (profile, health), now);
                if health.is_overdue() {
                    order.overdue.push((*store, index));
                }
            }
            if !filter.is_empty() && !passes(&mut order, &filter, model, (*store, row, need), now) {
                continue;
            }
            let ordered = OrderedRow { store: *store, index, need };
            unplaced.push(UnplacedRow { ordered, row, moment: moment(row, need) });
        }
    }
    sort(&mut unplaced, model.sort);
    order.rows = unplaced.into_iter().map(|row| row.ordered).collect();
    order.sections =
        Section::ALL.map(|section| order.rows.iter().filter(|row| row.need.section() == section).count());
    order
}

fn sort(unplaced: &mut [UnplacedRow<'_>], by: SortBy) {
    match by {
        SortBy::Urgency => unplaced.sort_by_key(|each| (each.ordered.need, each.moment)),
        SortBy::Name => unplaced.sort_by_cached_key(|each| {
            let (provider, name) = names(each.row);
            (name.to_lowercase(), provider.to_owned())
        }),
        SortBy::Provider => unplaced.sort_by_cached_key(|each| {
            let (provider, name) = names(each.row);
            (provider.to_owned(), name.to_lowercase())
        }),
        SortBy::Expiry => unplaced.sort_by_key(|each| {
            let end = match each.row {
                Row::Profile(profile) => profile.life.expires_at.filter(|_| profile.held.tokens().is_some()),
                Row::Broken(_) => None,
            };
            // Those without an end come last.
            Reverse(end.map(Reverse))
        }),
    }
}

/// Whether the token of `row` is on its way, so that nobody has to wait for its turn.
fn is_refreshing(model: &Model, row: &Row) -> bool {
    match row {
        Row::Profile(profile) => model.running(&profile.id).refresh.is_some(),
        Row::Broken(_) => false,
    }
}

/// The provider and the own name of a row.
fn names(row: &Row) -> (&str, &str) {
    match row {
        Row::Profile(profile) => (profile.id.name.provider(), profile.id.name.name()),
        Row::Broken(broken) => broken.name.split_once('/').unwrap_or(("", &broken.name)),
    }
}

/// The moment by which rows of one need are ordered, where it has one.
fn moment(row: &Row, need: Need) -> Option<DateTime<Utc>> {
    let Row::Profile(profile) = row else { return None };
    match need {
        Need::LoginEnds => profile.life.grant_ends_at,
        Need::TokenEnds | Need::Expiring => profile.life.expires_at,
        Need::Login
        | Need::NewKey
        | Need::Refused
        | Need::Unreadable
        | Need::Locked
        | Need::NotSaved
        | Need::Failed
        | Need::Retrying
        | Need::Due
        | Need::Nothing
        | Need::SignedOut => None,
    }
}

fn widen(widths: &mut ContentWidths, row: &Row, model: &Model) {
    let width = |text: &str| match text.is_ascii() {
        true => u16::try_from(text.len()).unwrap_or(u16::MAX),
        false => text_layout::width(&text_layout::named(text)),
    };
    let (name, account) = match row {
        Row::Profile(profile) => {
            let (provider, name) = names(row);
            let store =
                rows::store_before(model, &profile.id).map_or(0, |store| width(&store.to_string()) + 1);
            (store + width(provider) + 1 + width(name), profile.account.as_deref().map_or(0, width))
        }
        Row::Broken(broken) => (width(&broken.name), 0),
    };
    widths.name = widths.name.max(name);
    widths.account = widths.account.max(account);
}

/// Notes when something happens to `profile` next.
fn look_ahead(order: &mut RowOrder, model: &Model, (profile, health): (&Profile, Health), now: Now) {
    let planned = auto_refresh::planned(model, profile, now);
    order.refreshes_at = earlier(order.refreshes_at, planned);
    order.holds_until = earlier(order.holds_until, urgency::changes_at(profile, health, now.wall));
    let ends = health.good_until();
    let token =
        planned.map(|at| (at, NextEventKind::Refresh)).or(ends.map(|at| (at, NextEventKind::TokenEnd)));
    let login_end = Validity::of_login(profile, now.wall).and_then(Validity::until);
    let login = login_end.map(|end| (end, NextEventKind::LoginEnd));
    for (at, kind) in token.into_iter().chain(login).filter(|(at, _)| *at > now.wall) {
        if order.next_event.as_ref().is_none_or(|next| at < next.at) {
            order.next_event = Some(NextEvent { at, name: profile.id.name.clone(), kind });
        }
    }
}

fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.into_iter().chain(other).min()
}

/// Whether the filter shows a row; notes when time alone changes that.
fn passes(
    order: &mut RowOrder,
    filter: &Filter,
    model: &Model,
    (store, row, need): (StoreId, &Row, Need),
    now: Now,
) -> bool {
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
        provider: names(row).0,
        store: &store,
        token_end,
        login_end,
        needs_somebody: need.is_yours(),
    };
    order.holds_until = earlier(order.holds_until, filter.changes_at(filtered, now.wall));
    filter.shows(filtered, now.wall)
}
