//! Rows that are shown, and the selection among them.

use crate::domain::change::{Row, Where};
use crate::domain::clock::{DateTime, Utc};
use crate::domain::health::Health;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::tui::filter::Filter;
use crate::tui::model::{Model, RowId};
use crate::tui::need::Need;
use crate::tui::{state, text_layout};

/// Every row, in the order of the stores and of their files.
pub fn all(model: &Model) -> impl Iterator<Item = (StoreId, &Row)> {
    model.stores.values().flat_map(|snapshot| snapshot.rows.iter().map(|row| (snapshot.store, row)))
}

/// The row that is shown in that place.
#[must_use]
pub fn at(model: &Model, place: usize) -> Option<(StoreId, &Row)> {
    model.order.row_at(&model.stores, place)
}

/// The same, with what it needs.
#[must_use]
pub fn with_need(model: &Model, place: usize) -> Option<(StoreId, &Row, Need)> {
    let (store, row) = at(model, place)?;
    Some((store, row, model.order.rows.get(place)?.need))
}

/// The profiles whose token has ended, or whose last refresh failed, shown or not.
pub fn overdue(model: &Model) -> impl Iterator<Item = &Profile> {
    let row = |(store, index): &(StoreId, usize)| model.stores.get(store)?.rows.get(*index);
    model.order.overdue.iter().filter_map(row).filter_map(|row| match row {
        Row::Profile(profile) => Some(&**profile),
        Row::Broken(_) => None,
    })
}

/// How many rows are shown.
#[must_use]
pub fn count(model: &Model) -> usize {
    model.order.rows.len()
}

/// The place of the selected row among the shown ones. It is looked for only where it has moved.
#[must_use]
pub fn place(model: &Model) -> Option<usize> {
    let selected = model.selected.as_ref()?;
    let is_selected = |place: &usize| at(model, *place).is_some_and(|(store, row)| is(store, row, selected));
    let known = model.order.place.filter(is_selected);
    known.or_else(|| (0..count(model)).find(is_selected))
}

fn is(store: StoreId, row: &Row, id: &RowId) -> bool {
    match (row, id) {
        (Row::Profile(profile), RowId::Profile(id)) => profile.id == *id,
        (Row::Broken(broken), RowId::Broken(of, there)) => store == *of && broken.at == *there,
        (Row::Profile(_), RowId::Broken(..)) | (Row::Broken(_), RowId::Profile(_)) => false,
    }
}

/// The filter that the person has typed.
#[must_use]
pub fn filter(model: &Model) -> Filter {
    let states = state::MEANINGS.map(|(health, _)| health.word());
    let stores = StoreId::ALL.map(|store| store.to_string());
    Filter::read(&model.filter, &states, &stores.each_ref().map(String::as_str))
}

/// What a filter's words are looked for in. A secret never is.
#[must_use]
pub fn text(model: &Model, row: &Row, now: DateTime<Utc>) -> String {
    match row {
        Row::Profile(profile) => {
            let account = profile.account.as_deref().unwrap_or_default();
            let state = health(model, row, now).word_for(profile);
            let owner = profile.owner.as_ref().map_or("", |owner| owner.title.as_str());
            let note = profile.note.as_deref().unwrap_or_default();
            let (name, scopes) = (profile.id.name.exact(), profile.scopes.join(" "));
            format!("{name} {account} {state} {owner} {scopes} {note}")
        }
        Row::Broken(broken) => format!("{} {}", broken.name, broken_word(&broken.at)),
    }
}

/// How an entry stands that cannot be understood, or whose secrets are not told.
#[must_use]
pub fn broken_word(at: &Where) -> &'static str {
    match at {
        Where::Vault { .. } => "locked",
        Where::Line(_) | Where::File(_) | Where::Variable { .. } | Where::Borrowed { .. } => {
            Health::Unreadable.word()
        }
    }
}

/// How a row stands.
#[must_use]
pub fn health(model: &Model, row: &Row, now: DateTime<Utc>) -> Health {
    match row {
        Row::Profile(profile) => model.health(profile, now),
        Row::Broken(_) => Health::Unreadable,
    }
}

/// The provider and the own name of a row.
#[must_use]
pub fn names(row: &Row) -> (&str, &str) {
    match row {
        Row::Profile(profile) => (profile.id.name.provider(), profile.id.name.name()),
        Row::Broken(broken) => broken.name.split_once('/').unwrap_or(("", &broken.name)),
    }
}

/// What tells a row from the others.
#[must_use]
pub fn id(store: StoreId, row: &Row) -> RowId {
    match row {
        Row::Profile(profile) => RowId::Profile(profile.id.clone()),
        Row::Broken(broken) => RowId::Broken(store, broken.at.clone()),
    }
}

/// The store that stands before the name of a profile in the list: where another store's of that name would be
/// meant.
#[must_use]
pub fn store_before(model: &Model, id: &ProfileId) -> Option<StoreId> {
    (id.store != StoreId::Own && model.overlap.names.contains(&id.name)).then_some(id.store)
}

/// The name of a profile in the list, with its store before it where that is needed.
#[must_use]
pub fn name_in_list(model: &Model, id: &ProfileId, width: u16) -> String {
    let Some(store) = store_before(model, id) else { return short_name(&id.name, width) };
    let store = format!("{store}:");
    let rest = width.saturating_sub(text_layout::width(&store));
    text_layout::cut(&format!("{store}{}", short_name(&id.name, rest)), width)
}

/// A name in so many columns: what tells two profiles apart stands behind the slash, so the
/// provider is cut first.
#[must_use]
pub fn short_name(name: &ProfileName, width: u16) -> String {
    let own = text_layout::named(name.name());
    let provider =
        text_layout::cut(name.provider(), width.saturating_sub(text_layout::width(&own) + 1).max(4));
    text_layout::cut(&format!("{provider}/{own}"), width)
}
