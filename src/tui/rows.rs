//! Rows that are shown, and the selection among them.

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::health::Health;
use crate::domain::name::StoreId;
use crate::tui::model::{Model, RowId};

/// Every row, in the order of the stores and of their files.
pub fn all(model: &Model) -> impl Iterator<Item = (StoreId, &Row)> {
    model.stores.values().flat_map(|snapshot| snapshot.rows.iter().map(|row| (snapshot.store, row)))
}

/// The rows that contain the filter's words in their name, account, state or scopes.
#[must_use]
pub fn shown(model: &Model, now: DateTime<Utc>) -> Vec<(StoreId, &Row)> {
    if model.filter.trim().is_empty() {
        return all(model).collect();
    }
    let filter = model.filter.to_lowercase();
    let words: Vec<&str> = filter.split_whitespace().collect();
    let matches = |row: &Row| {
        let text = text(model, row, now).to_lowercase();
        words.iter().all(|word| text.contains(word))
    };
    all(model).filter(|(_, row)| matches(row)).collect()
}

/// What a filter's words are looked for in. A secret never is.
fn text(model: &Model, row: &Row, now: DateTime<Utc>) -> String {
    match row {
        Row::Profile(profile) => {
            let account = profile.account.as_deref().unwrap_or_default();
            let state = health(model, row, now).word();
            format!("{} {account} {state} {}", profile.id.name.exact(), profile.scopes.join(" "))
        }
        Row::Broken { name, .. } => format!("{name} {}", Health::Unreadable.word()),
    }
}

/// How a row stands.
#[must_use]
pub fn health(model: &Model, row: &Row, now: DateTime<Utc>) -> Health {
    match row {
        Row::Profile(profile) => model.health(profile, now),
        Row::Broken { .. } => Health::Unreadable,
    }
}

/// What tells a row from the others.
#[must_use]
pub fn id(store: StoreId, row: &Row) -> RowId {
    match row {
        Row::Profile(profile) => RowId::Profile(profile.id.clone()),
        Row::Broken { at, .. } => RowId::Broken(store, at.clone()),
    }
}

/// The place of the selected row among the shown ones.
#[must_use]
pub fn place(model: &Model, shown: &[(StoreId, &Row)]) -> Option<usize> {
    let selected = model.selected.as_ref()?;
    shown.iter().position(|(store, row)| match (row, selected) {
        (Row::Profile(profile), RowId::Profile(id)) => profile.id == *id,
        (Row::Broken { at, .. }, RowId::Broken(of, there)) => store == of && at == there,
        (Row::Profile(_), RowId::Broken(..)) | (Row::Broken { .. }, RowId::Profile(_)) => false,
    })
}
