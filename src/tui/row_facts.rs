//! Facts about rows: what was found out about each one, kept for as long as it holds.
//!
//! The order of the rows is made of them. A row is judged anew where it is another one, where work on it has
//! begun or ended, and where its own moment has come; all of them are where something else changes that they
//! are judged by. So a refresh of one of ten thousand costs little more than a look at each row.

use std::collections::{BTreeMap, BTreeSet};
use std::mem;
use std::sync::Arc;
use std::time::Duration;

use crate::domain::change::{Row, Snapshot};
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::provider::catalog::Catalog;
use crate::tui::need::Need;

/// What was found out about one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RowFacts {
    pub need: Need,
    /// Whether a refresh of it runs.
    pub is_refreshing: bool,
    /// Whether its token has ended, or its last refresh failed, and another may help.
    pub is_overdue: bool,
    /// Whether its token works until it ends.
    pub works: bool,
    /// Whether the filter shows it.
    pub is_shown: bool,
    /// The columns that its name and account take.
    pub widths: ContentWidths,
    /// When the token that it holds ends, or has ended.
    pub token_ends_at: Option<DateTime<Utc>>,
    /// When its login ends, if that is yet to come.
    pub login_ends_at: Option<DateTime<Utc>>,
    /// When it is refreshed automatically, past moments too.
    pub refreshes_at: Option<DateTime<Utc>>,
    /// Whether any of this changes with each moment.
    pub holds_only_now: bool,
    /// When time alone changes any of this otherwise.
    pub holds_until: Option<DateTime<Utc>>,
    /// When time alone changes whether the filter shows it.
    pub filter_holds_until: Option<DateTime<Utc>>,
}

/// How many columns a name and an account take, or the widest of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ContentWidths {
    pub name: u16,
    pub account: u16,
}

/// What all rows are judged by beside the time.
#[derive(Debug, Clone, Default)]
pub struct FactBasis {
    pub catalog: Arc<Catalog>,
    /// How long before its end a token is refreshed.
    pub refresh_lead: Duration,
    /// Whether tokens are refreshed automatically.
    pub auto_refreshes: bool,
    /// The names that say which profile is meant only with the store before them.
    pub ambiguous: Arc<BTreeSet<ProfileName>>,
}

impl PartialEq for FactBasis {
    fn eq(&self, other: &Self) -> bool {
        // What two catalogs say is not compared: that would read every provider file there is.
        let is_same_catalog = Arc::ptr_eq(&self.catalog, &other.catalog);
        let rest = |basis: &Self| (basis.refresh_lead, basis.auto_refreshes);
        is_same_catalog && rest(self) == rest(other) && self.ambiguous == other.ambiguous
    }
}

/// All that facts depend on, at one moment.
#[derive(Debug)]
pub struct FactInputs<'a> {
    pub stores: &'a BTreeMap<StoreId, Snapshot>,
    pub basis: FactBasis,
    /// The filter as it was typed.
    pub filter: &'a str,
    /// The profiles on which work may have begun or ended since the last time.
    pub running_changed: &'a BTreeSet<ProfileId>,
    /// Not before the last time.
    pub now: DateTime<Utc>,
}

/// The rows that are others than the last time.
#[derive(Debug, PartialEq, Eq)]
pub enum ChangedRows {
    /// These, by the places that they had and have in their stores.
    InPlace(Vec<(StoreId, usize)>),
    /// Some have come or gone, so that any may be in another place.
    Moved,
}

/// The facts about all rows, and what they depend on.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct KeptFacts {
    pub basis: FactBasis,
    pub filter: String,
    stores: BTreeMap<StoreId, StoreFacts>,
}

/// The facts about the rows of one store.
#[derive(Debug, Clone, PartialEq)]
struct StoreFacts {
    rows: Arc<[Row]>,
    can_save: bool,
    facts: Vec<RowFacts>,
}

impl KeptFacts {
    /// Brings the facts up to date. `judge` is asked for those that are not known or hold no more; where facts
    /// are given to it, the filter alone is to be asked again.
    pub fn renew(
        &mut self,
        inputs: FactInputs<'_>,
        mut judge: impl FnMut(StoreId, &Row, Option<RowFacts>) -> RowFacts,
    ) -> ChangedRows {
        let mut before = mem::take(&mut self.stores);
        if self.basis != inputs.basis {
            before.clear();
        }
        let is_same_filter = self.filter == inputs.filter;
        let (mut changed, mut have_moved) = (Vec::new(), false);
        for (store, snapshot) in inputs.stores {
            let (rows, can_save) = (Arc::clone(&snapshot.rows), snapshot.writable.is_ok());
            let known = before.remove(store).filter(|known| known.can_save == can_save);
            let known_count = known.as_ref().map_or(0, |known| known.rows.len());
            have_moved |= known_count != rows.len();
            let facts = rows.iter().enumerate().map(|(index, row)| {
                let known_of = |index: usize| known.as_ref()?.of(index, row);
                let here = known_of(index);
                let shifted = || known_of((index + known_count).checked_sub(rows.len())?);
                let kept = here.or_else(|| shifted().filter(|_| known_count != rows.len()));
                let kept = kept.filter(|kept| {
                    !kept.holds_only_now
                        && holds(kept.holds_until, inputs.now)
                        && !has_changed(row, inputs.running_changed)
                });
                match kept {
                    Some(kept) if is_same_filter && holds(kept.filter_holds_until, inputs.now) => kept,
                    Some(_) | None => {
                        let facts = judge(*store, row, kept);
                        if here != Some(facts) {
                            changed.push((*store, index));
                        }
                        facts
                    }
                }
            });
            let facts = facts.collect();
            self.stores.insert(*store, StoreFacts { rows, can_save, facts });
        }
        inputs.filter.clone_into(&mut self.filter);
        self.basis = inputs.basis;
        match have_moved || !before.is_empty() {
            true => ChangedRows::Moved,
            false => ChangedRows::InPlace(changed),
        }
    }

    /// The facts about every row with its store and its place there, in the order of the stores and of their files.
    pub fn all(&self) -> impl Iterator<Item = (StoreId, usize, &RowFacts)> {
        self.stores.iter().flat_map(|(store, known)| {
            known.facts.iter().enumerate().map(|(index, facts)| (*store, index, facts))
        })
    }

    /// The row in that place with its facts.
    #[must_use]
    pub fn row(&self, store: StoreId, index: usize) -> Option<(&Row, &RowFacts)> {
        let known = self.stores.get(&store)?;
        known.rows.get(index).zip(known.facts.get(index))
    }
}

impl StoreFacts {
    /// What is known of `row`, if it lay there.
    fn of(&self, index: usize, row: &Row) -> Option<RowFacts> {
        self.rows.get(index).filter(|known| *known == row)?;
        self.facts.get(index).copied()
    }
}

fn holds(until: Option<DateTime<Utc>>, now: DateTime<Utc>) -> bool {
    until.is_none_or(|until| until > now)
}

fn has_changed(row: &Row, changed: &BTreeSet<ProfileId>) -> bool {
    match row {
        Row::Profile(profile) => !changed.is_empty() && changed.contains(&profile.id),
        Row::Broken(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::{at, profile, snapshot};

    /// Facts that are known of so many rows, of which the third holds for a minute.
    fn known(count: usize) -> (KeptFacts, Vec<Row>) {
        let rows: Vec<_> =
            (0..count).map(|index| Row::Profile(Arc::new(profile(&format!("acme/p{index:02}"))))).collect();
        let mut facts = KeptFacts::default();
        let judged = renew(&mut facts, &rows, &[], 0);
        assert_eq!((judged.0.len(), judged.1), (count, ChangedRows::Moved));
        (facts, rows)
    }

    fn facts_of(row: &Row) -> RowFacts {
        let is_third = matches!(row, Row::Profile(profile) if profile.id.name.name() == "p03");
        RowFacts {
            need: Need::Nothing,
            is_refreshing: false,
            is_overdue: false,
            works: true,
            is_shown: true,
            widths: ContentWidths::default(),
            token_ends_at: None,
            login_ends_at: None,
            refreshes_at: None,
            holds_only_now: false,
            holds_until: is_third.then(|| at(60)),
            filter_holds_until: None,
        }
    }

    /// The names of the rows that are judged so many seconds later, and those that are others.
    fn renew(
        facts: &mut KeptFacts,
        rows: &[Row],
        running_changed: &[&str],
        later: i64,
    ) -> (Vec<String>, ChangedRows) {
        let (mut judged, own) = (Vec::new(), snapshot(rows.to_vec()));
        let running_changed = running_changed.iter().map(|name| profile(name).id).collect();
        let inputs = FactInputs {
            stores: &[(own.store, own)].into(),
            basis: facts.basis.clone(),
            filter: "",
            running_changed: &running_changed,
            now: at(later),
        };
        let changed = facts.renew(inputs, |_, row, kept| {
            assert_eq!(kept, None, "no filter was typed");
            judged.extend(match row {
                Row::Profile(profile) => Some(profile.id.name.name().to_owned()),
                Row::Broken(_) => None,
            });
            facts_of(row)
        });
        (judged, changed)
    }

    #[test]
    fn of_many_rows_only_those_are_judged_that_are_others_or_whose_moment_has_come() {
        let (mut facts, mut rows) = known(20);
        let in_place = |index: &[usize]| {
            ChangedRows::InPlace(index.iter().map(|index| (StoreId::Own, *index)).collect())
        };
        assert_eq!(renew(&mut facts, &rows, &[], 59), (Vec::new(), in_place(&[])));
        let Row::Profile(seventh) = &mut rows[7] else { panic!("a profile") };
        Arc::make_mut(seventh).refresh_count = 1;
        assert_eq!(renew(&mut facts, &rows, &[], 59), (vec!["p07".to_owned()], in_place(&[7])));
        // What is found out anew is the same.
        assert_eq!(renew(&mut facts, &rows, &["acme/p05"], 59), (vec!["p05".to_owned()], in_place(&[])));
        assert_eq!(renew(&mut facts, &rows, &[], 60), (vec!["p03".to_owned()], in_place(&[])));
    }

    #[test]
    fn rows_that_come_or_go_leave_the_others_known() {
        let (mut facts, mut rows) = known(20);
        rows.remove(5);
        assert_eq!(renew(&mut facts, &rows, &[], 0), (Vec::new(), ChangedRows::Moved));
        rows.insert(9, Row::Profile(Arc::new(profile("acme/new"))));
        assert_eq!(renew(&mut facts, &rows, &[], 0), (vec!["new".to_owned()], ChangedRows::Moved));
    }

    #[test]
    fn a_file_that_is_read_again_as_it_was_leaves_all_known() {
        let (mut facts, rows) = known(20);
        let copies = rows.iter().map(|row| match row {
            Row::Profile(profile) => Row::Profile(Arc::new((**profile).clone())),
            Row::Broken(_) => row.clone(),
        });
        let copies: Vec<_> = copies.collect();
        assert_eq!(renew(&mut facts, &copies, &[], 0), (Vec::new(), ChangedRows::InPlace(Vec::new())));
    }

    #[test]
    fn facts_are_small() {
        assert!(size_of::<RowFacts>() <= 72, "{}", size_of::<RowFacts>());
    }
}
