//! Arrangement of the rows: when they are ordered anew, and the selection that follows its row.

use std::collections::BTreeSet;
use std::mem;
use std::sync::Arc;

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc, span};
use crate::domain::name::{ProfileId, StoreId};
use crate::tui::model::{AutoRefreshMode, Model};
use crate::tui::need::{Need, Section};
use crate::tui::row_facts::{ChangedRows, FactBasis, FactInputs, KeptFacts, RowFacts};
use crate::tui::row_order::{NextEvent, NextEventKind, OrderedRow, RowOrder, SortBy};
use crate::tui::timeline::parts;
use crate::tui::update::judgement;
use crate::tui::{list_lines, rows};

/// A clock that goes so far off within one order was set.
const CLOCK_DRIFT: TimeDelta = TimeDelta::seconds(1);

/// So many rows are put in their places one by one; with more, all are sorted.
const FEW: usize = 32;

/// Orders the rows anew where the model or the time says that they may lie otherwise.
pub(super) fn arrange_if_stale(model: &mut Model, now: Now) {
    let facts = &model.order.facts;
    let is_other_filter = facts.filter != model.filter;
    if is_other_filter {
        // Who looks for something wants to see the first that is found.
        model.order.place = None;
    }
    let is_stale = is_other_filter
        || model.order.sorted_by != model.sort
        || !model.running_changed.is_empty()
        || facts.basis != basis(model)
        || !holds(&model.order, now);
    if is_stale {
        arrange(model, now);
    }
}

/// What all rows are judged by.
fn basis(model: &Model) -> FactBasis {
    FactBasis {
        catalog: Arc::clone(&model.catalog),
        refresh_lead: model.refresh_lead(),
        auto_refreshes: model.auto_refresh == AutoRefreshMode::On,
        ambiguous: Arc::clone(&model.overlap.names),
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
    let (before, changed) = (mem::take(&mut model.order), mem::take(&mut model.running_changed));
    model.order = order(model, before, &changed, now);
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

/// The order of the rows, made of what is known since `before` as far as that still holds.
fn order(model: &Model, before: RowOrder, running_changed: &BTreeSet<ProfileId>, now: Now) -> RowOrder {
    // What will be is reckoned from what was. A clock that was set back turns that round.
    let goes_on = before.made_at.is_some_and(|made| made.wall <= now.wall);
    let mut facts = if goes_on { before.facts } else { KeptFacts::default() };
    let filter = rows::filter(model);
    let inputs = FactInputs {
        stores: &model.stores,
        basis: basis(model),
        filter: &model.filter,
        running_changed,
        now: now.wall,
    };
    let changed =
        facts.renew(inputs, |store, row, kept| judgement::judge(model, &filter, (store, row), kept, now));
    let mut order = sums(&facts, now);
    order.rows = match changed {
        ChangedRows::InPlace(changed) if before.sorted_by == model.sort && changed.len() <= FEW => {
            placed(&facts, before.rows, &changed, model.sort)
        }
        ChangedRows::InPlace(_) | ChangedRows::Moved => sorted(&facts, model.sort),
    };
    order.sections =
        Section::ALL.map(|section| order.rows.iter().filter(|row| row.need.section() == section).count());
    RowOrder { sorted_by: model.sort, facts, made_at: Some(now), place: before.place, ..order }
}

/// What is known of all rows together.
fn sums(facts: &KeptFacts, now: Now) -> RowOrder {
    let mut order = RowOrder::default();
    let mut next: Option<(DateTime<Utc>, NextEventKind, StoreId, usize)> = None;
    for (store, index, row) in facts.all() {
        order.total += 1;
        // One whose token is on its way waits for nothing.
        if !(row.need == Need::Due && row.is_refreshing) {
            *order.needs.entry(row.need).or_default() += 1;
        }
        order.widths.name = order.widths.name.max(row.widths.name);
        order.widths.account = order.widths.account.max(row.widths.account);
        if row.is_overdue {
            order.overdue.push((store, index));
        }
        order.refreshes_at = earlier(order.refreshes_at, row.refreshes_at);
        for until in [row.holds_until, row.filter_holds_until] {
            order.holds_until = earlier(order.holds_until, until);
        }
        for (at, kind) in events(row).filter(|(at, _)| *at > now.wall) {
            if next.is_none_or(|(earliest, ..)| at < earliest) {
                next = Some((at, kind, store, index));
            }
        }
    }
    order.next_event = next.and_then(|(at, kind, store, index)| match facts.row(store, index)?.0 {
        Row::Profile(profile) => Some(NextEvent { at, name: profile.id.name.clone(), kind }),
        Row::Broken(_) => None,
    });
    order
}

/// What happens to a row next.
fn events(row: &RowFacts) -> impl Iterator<Item = (DateTime<Utc>, NextEventKind)> {
    let refresh = row.refreshes_at.map(|at| (at, NextEventKind::Refresh));
    let end = row.token_ends_at.filter(|_| row.works).map(|at| (at, NextEventKind::TokenEnd));
    let login = row.login_ends_at.map(|at| (at, NextEventKind::LoginEnd));
    refresh.or(end).into_iter().chain(login)
}

fn earlier(one: Option<DateTime<Utc>>, other: Option<DateTime<Utc>>) -> Option<DateTime<Utc>> {
    one.into_iter().chain(other).min()
}

/// The rows as they lay before, with each of the few that have changed in its place.
fn placed(
    facts: &KeptFacts,
    mut rows: Vec<OrderedRow>,
    changed: &[(StoreId, usize)],
    by: SortBy,
) -> Vec<OrderedRow> {
    if !changed.is_empty() {
        rows.retain(|row| changed.binary_search(&(row.store, row.index)).is_err());
    }
    for (store, index) in changed {
        let Some((_, known)) = facts.row(*store, *index).filter(|(_, known)| known.is_shown) else {
            continue;
        };
        let row = OrderedRow { store: *store, index: *index, need: known.need };
        let key = SortKey::of(facts, row, by);
        rows.insert(rows.partition_point(|other| SortKey::of(facts, *other, by) < key), row);
    }
    rows
}

/// All rows that are shown, sorted.
fn sorted(facts: &KeptFacts, by: SortBy) -> Vec<OrderedRow> {
    let shown = facts.all().filter(|(.., row)| row.is_shown);
    let mut rows: Vec<_> =
        shown.map(|(store, index, row)| OrderedRow { store, index, need: row.need }).collect();
    rows.sort_by_cached_key(|row| SortKey::of(facts, *row, by));
    rows
}

/// What the place of a row follows from; of two that are alike, that one comes first which does in the stores.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
struct SortKey<'a>(Option<SortPart<'a>>, StoreId, usize);

/// The part of it that depends on what the rows are sorted by.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
enum SortPart<'a> {
    Urgency(Need, Option<DateTime<Utc>>),
    Name(String, &'a str),
    Provider(&'a str, String),
    /// The first end comes first.
    End(DateTime<Utc>),
    /// Those without one come last.
    NoEnd,
}

impl<'a> SortKey<'a> {
    fn of(facts: &'a KeptFacts, at: OrderedRow, by: SortBy) -> Self {
        let part = |(row, known): (&'a Row, &RowFacts)| match by {
            SortBy::Urgency => SortPart::Urgency(known.need, moment(known)),
            SortBy::Name => {
                let (provider, name) = rows::names(row);
                SortPart::Name(name.to_lowercase(), provider)
            }
            SortBy::Provider => {
                let (provider, name) = rows::names(row);
                SortPart::Provider(provider, name.to_lowercase())
            }
            SortBy::Expiry => known.token_ends_at.map_or(SortPart::NoEnd, SortPart::End),
        };
        Self(facts.row(at.store, at.index).map(part), at.store, at.index)
    }
}

/// The moment by which rows of one need are ordered, where it has one.
fn moment(row: &RowFacts) -> Option<DateTime<Utc>> {
    match row.need {
        Need::LoginEnds => row.login_ends_at,
        Need::TokenEnds | Need::Expiring => row.token_ends_at,
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

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::option;
    use proptest::prelude::*;
    use proptest::sample::{Index, select};

    use super::*;
    use crate::domain::change::{Extent, RefreshedTokens, Snapshot, Unlock, Where};
    use crate::domain::fixtures;
    use crate::domain::name::ProfileName;
    use crate::domain::owner::Owner;
    use crate::domain::profile::{
        AutoRefresh, Kind, LastRefresh, LastTest, Profile, RefreshResult, TestResult,
    };
    use crate::domain::provider::catalog::Catalog;
    use crate::domain::secret::Fingerprint;
    use crate::domain::settings::Settings;
    use crate::domain::tokens::{Expiry, StoredTokens};
    use crate::domain::trouble::Trouble;
    use crate::stored::provider_file::catalog_of_files;
    use crate::tui::running::UnsavedTokens;
    use crate::tui::status::AskedBy;
    use crate::tui::store_overlap::StoreOverlap;

    const FILTERS: [&str; 11] = [
        "",
        "",
        "!",
        "ana",
        "state:due",
        "state:ref",
        "state:e",
        "due<1h",
        "login>2d",
        "store:own",
        "a due<9m",
    ];

    /// One thing that happens between two orders.
    #[derive(Debug, Clone)]
    enum Step {
        Put(Place, Seed),
        Insert(Place, Seed),
        Remove(Place),
        Swap(Place, Index),
        /// The file is read anew: all is as it was, and lies elsewhere in memory.
        Reread(StoreId),
        /// The store can be written no more, or can again.
        TurnWritable(StoreId),
        Run(Place, Work),
        /// So many milliseconds pass.
        Pass(i64),
        /// So many milliseconds around what is to come: the end of the order, a refresh, another event.
        Await(u8, i64),
        /// Somebody sets the clock, or it is corrected.
        SetClock(i64),
        Filter(&'static str),
        Sort,
        Lead(Option<u64>),
        TurnCatalog,
        TurnAutoRefresh,
    }

    type Place = (StoreId, Index);

    #[derive(Debug, Clone, Copy)]
    enum Work {
        Refresh,
        EndRefresh,
        /// An auto-refresh without new tokens.
        TryInVain,
        HoldUnsaved,
        ForgetUnsaved,
        Revoke,
        EndAll,
    }

    /// A row, with its moments counted from the one at which it comes, in milliseconds.
    #[derive(Debug, Clone)]
    struct Seed {
        store: StoreId,
        name: String,
        kind: Kind,
        held: (bool, bool),
        ends: [Option<i64>; 3],
        last_refresh: Option<(i64, u8, i64)>,
        flags: [bool; 4],
        origin: Option<&'static str>,
        broken: Option<Where>,
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, cases: 96, ..ProptestConfig::default() })]

        /// Whatever has happened, what is known of the rows already leads to the same order as nothing does.
        #[test]
        fn an_order_by_difference_is_the_one_made_of_nothing(
            first in vec(seed(), 0..40),
            steps in vec(step(), 1..40),
        ) {
            let mut now = fixtures::now();
            let mut model = Model { auto_refresh: AutoRefreshMode::On, ..Model::new((120, 40)) };
            model.catalog = catalogs()[0].clone();
            for store in [StoreId::Own, StoreId::Hashed] {
                let rows = first.iter().filter(|seed| seed.store == store).map(|seed| row(seed, now)).collect();
                put(&mut model, store, rows);
            }
            arrange(&mut model, now);
            for step in steps {
                let are_other_rows = happen(&mut model, &mut now, &step);
                let mut anew = model.clone();
                anew.order = RowOrder { place: model.order.place, ..RowOrder::default() };
                arrange(&mut anew, now);
                let mut kept = model.clone();
                arrange(&mut kept, now);
                prop_assert_eq!(&kept.order, &anew.order, "{:?}", step);
                // Most messages order the rows only where they lie otherwise.
                if are_other_rows { arrange(&mut model, now) } else { arrange_if_stale(&mut model, now) }
                let seen = |model: &Model| {
                    let RowOrder { rows, needs, sections, overdue, widths, .. } = model.order.clone();
                    (rows, needs, sections, overdue, widths)
                };
                let is_corrected = matches!(step, Step::SetClock(by) if by < 0);
                prop_assert!(is_corrected || seen(&model) == seen(&anew), "{:?}", step);
            }
        }
    }

    #[test]
    fn a_pause_after_a_try_in_vain_goes_by_the_steady_clock_though_the_other_is_corrected() {
        let mut now = fixtures::now();
        let mut model = Model { auto_refresh: AutoRefreshMode::On, ..Model::new((120, 40)) };
        model.catalog = catalogs()[0].clone();
        let due = Profile {
            life: Expiry { expires_at: Some(now.wall), ..Expiry::default() },
            ..fixtures::profile("acme/ana")
        };
        put(&mut model, StoreId::Own, vec![Row::Profile(Arc::new(due.clone()))]);
        run(&mut model, &due, Work::TryInVain, now);
        arrange(&mut model, now);
        let ends = |model: &Model| model.order.refreshes_at.expect("planned") - fixtures::now().wall;
        assert_eq!(ends(&model), TimeDelta::seconds(30));
        now.wall += TimeDelta::seconds(5);
        arrange(&mut model, now);
        assert_eq!(ends(&model), TimeDelta::seconds(35));
    }

    /// Whether a store has other rows after it.
    fn happen(model: &mut Model, now: &mut Now, step: &Step) -> bool {
        let mut edit = |(store, index): &Place, edit: &dyn Fn(&mut Vec<Row>, usize)| {
            let mut rows = model.stores[store].rows.to_vec();
            if !rows.is_empty() {
                let index = index.index(rows.len());
                edit(&mut rows, index);
                put(model, *store, rows);
            }
            true
        };
        match step {
            Step::Put(place, seed) => {
                edit(place, &|rows, index| rows[index] = row(&Seed { store: place.0, ..seed.clone() }, *now))
            }
            Step::Insert(place, seed) => edit(place, &|rows, index| {
                rows.insert(index, row(&Seed { store: place.0, ..seed.clone() }, *now))
            }),
            Step::Remove(place) => edit(place, &|rows, index| drop(rows.remove(index))),
            Step::Swap(place, other) => edit(place, &|rows, index| {
                let other = other.index(rows.len());
                rows.swap(index, other);
            }),
            Step::Reread(store) => {
                let rows = model.stores[store].rows.iter().map(|row| match row {
                    Row::Profile(profile) => Row::Profile(Arc::new((**profile).clone())),
                    Row::Broken(_) => row.clone(),
                });
                let rows = rows.collect();
                put(model, *store, rows);
                true
            }
            Step::TurnWritable(store) => {
                let writable = &mut model.stores.get_mut(store).expect("a store").writable;
                *writable = if writable.is_ok() { Err(trouble()) } else { Ok(()) };
                true
            }
            Step::Run((store, index), work) => {
                let rows = Arc::clone(&model.stores[store].rows);
                if let Some(Row::Profile(profile)) = rows.get(index.index(rows.len().max(1))) {
                    run(model, profile, *work, *now);
                }
                false
            }
            Step::Pass(millis) => {
                pass(now, TimeDelta::milliseconds(*millis));
                false
            }
            Step::Await(which, millis) => {
                let RowOrder { holds_until, refreshes_at, next_event, .. } = &model.order;
                let next = match which {
                    0 => *holds_until,
                    1 => *refreshes_at,
                    _ => next_event.as_ref().map(|next| next.at),
                };
                let by = next.unwrap_or(now.wall) + TimeDelta::milliseconds(*millis) - now.wall;
                pass(now, by.max(TimeDelta::zero()));
                false
            }
            Step::SetClock(millis) => {
                now.wall += TimeDelta::milliseconds(*millis);
                false
            }
            Step::Filter(filter) => {
                (*filter).clone_into(&mut model.filter);
                false
            }
            Step::Sort => {
                model.sort = model.sort.next();
                false
            }
            Step::Lead(minutes) => {
                let lead = minutes.map(|minutes| std::time::Duration::from_secs(minutes * 60));
                model.settings = Settings { refresh_lead: lead, ..Settings::default() };
                false
            }
            Step::TurnCatalog => {
                let [one, other] = catalogs();
                model.catalog = if model.catalog == one { other } else { one };
                false
            }
            Step::TurnAutoRefresh => {
                let is_on = model.auto_refresh == AutoRefreshMode::On;
                model.auto_refresh = if is_on { AutoRefreshMode::Unsettled } else { AutoRefreshMode::On };
                false
            }
        }
    }

    fn pass(now: &mut Now, by: TimeDelta) {
        let steady = now.steady.after(by.to_std().expect("forward"));
        *now = Now { wall: now.wall + by, steady, ..*now };
    }

    fn put(model: &mut Model, store: StoreId, rows: Vec<Row>) {
        let before = model.stores.remove(&store).unwrap_or_else(|| Snapshot::empty(store));
        model.stores.insert(store, Snapshot { rows: rows.into(), ..before });
        model.overlap = StoreOverlap::new(&model.stores);
    }

    fn run(model: &mut Model, profile: &Profile, work: Work, now: Now) {
        let running = model.running_mut(&profile.id);
        match work {
            Work::Refresh => running.refresh = Some(AskedBy::Person),
            Work::EndRefresh => running.refresh = None,
            Work::TryInVain => {
                running.begin_auto_refresh(profile, now.steady);
                running.refresh = None;
            }
            Work::HoldUnsaved => {
                running.unsaved = RefreshedTokens::from_profile(profile).map(|tokens| UnsavedTokens {
                    tokens: Box::new(tokens),
                    replaces: Fingerprint::of([]),
                    trouble: trouble(),
                });
            }
            Work::ForgetUnsaved => running.unsaved = None,
            Work::Revoke => running.revoking = Some(Extent::Tokens),
            Work::EndAll => *running = crate::tui::running::Running::default(),
        }
    }

    fn trouble() -> Trouble {
        crate::domain::owner::read_only()
    }

    /// A provider that refreshes, one without a refresh and an example; then the first at another server, alone.
    fn catalogs() -> [Arc<Catalog>; 2] {
        static READ: std::sync::LazyLock<[Arc<Catalog>; 2]> = std::sync::LazyLock::new(|| {
            let file = |name: &str, server: &str, more: &str| {
                let ends = format!("{{ authorize: 'https://{server}/a', token: 'https://{server}/t' }}");
                (format!("{name}.yaml"), Ok(format!("name: {name}\nendpoints: {ends}\n{more}")))
            };
            let one = [
                file("acme", "a.test", ""),
                file("bare", "a.test", "flows: [paste]\n"),
                file("shop", "a.test", "example: true\n"),
            ];
            [catalog_of_files(one).into(), catalog_of_files([file("acme", "b.test", "")]).into()]
        });
        READ.clone()
    }

    fn row(seed: &Seed, now: Now) -> Row {
        if let Some(at) = &seed.broken {
            return Row::broken(&seed.name, at.clone(), "no text");
        }
        let moment = |millis: i64| now.wall + TimeDelta::milliseconds(millis);
        let [obtained_at, expires_at, grant_ends_at] = seed.ends.map(|millis| millis.map(moment));
        let [is_refused, is_off, is_borrowed, is_revoked] = seed.flags;
        let tokens = fixtures::tokens(&seed.name, seed.held.1.then_some("r"));
        let held = if seed.held.0 { StoredTokens::Present(tokens) } else { StoredTokens::None };
        let name = ProfileName::parse(&seed.name).expect("a name");
        let id = ProfileId { store: seed.store, name };
        let mut profile = Profile {
            held,
            life: Expiry { obtained_at, expires_at, grant_ends_at },
            ..Profile::new(id, seed.kind)
        };
        profile.last_refresh = seed.last_refresh.map(|(ago, result, retry)| {
            let (why, retry_at) = ("503".to_owned(), moment(retry));
            let result = match result {
                0 => RefreshResult::Done,
                1 => RefreshResult::Passing { why, times: 1, retry_at },
                2 => RefreshResult::Refused { why, next: String::new(), times: 1, retry_at: Some(retry_at) },
                3 => RefreshResult::Refused { why, next: String::new(), times: 1, retry_at: None },
                _ => RefreshResult::Dead { why },
            };
            Box::new(LastRefresh::new(moment(-ago), result, profile.refresh_token_id()))
        });
        profile.last_test = profile.token_fingerprint().filter(|_| is_refused).map(|token| {
            Box::new(LastTest { at: now.wall, result: TestResult::Refused, status: 401, token })
        });
        if is_off {
            profile.auto_refresh = AutoRefresh::Off;
        }
        profile.owner = is_borrowed.then(|| {
            let (title, file) = ("Other program".to_owned(), "~/.other".to_owned());
            Arc::new(Owner { title, file, elsewhere: None, address: None })
        });
        profile.revoked_at = is_revoked.then_some(now.wall);
        profile.account = seed.held.1.then(|| format!("{}@acme.dev", seed.name));
        Row::Profile(Arc::new(
            profile.with_login(|login| login.origins = seed.origin.into_iter().map(str::to_owned).collect()),
        ))
    }

    fn store() -> impl Strategy<Value = StoreId> {
        select(vec![StoreId::Own, StoreId::Hashed])
    }

    fn place() -> impl Strategy<Value = Place> {
        (store(), any::<Index>())
    }

    /// Milliseconds around a moment, near and far.
    fn millis() -> impl Strategy<Value = i64> {
        let seconds =
            prop_oneof![-700_i64..700, -9000_i64..9000, -400_000_i64..400_000, -900_000_i64..900_000];
        (seconds, select(vec![0, 0, 250])).prop_map(|(seconds, rest)| seconds * 1000 + rest)
    }

    fn seed() -> impl Strategy<Value = Seed> {
        let name = (
            select(vec!["acme", "acme", "bare", "shop", "none"]),
            select(vec!["ana", "Ben", "cleo", "zoë", "a-long-name"]),
        );
        let kind = prop_oneof![6 => Just(Kind::OAuth), 2 => Just(Kind::ApiKey), 1 => Just(Kind::Environment)];
        let last = option::of((prop_oneof![0_i64..4_000_000, millis()], 0_u8..5, millis()));
        let flags = [0.1, 0.1, 0.1, 0.5].map(prop::bool::weighted);
        let places = vec![
            Where::Line(3),
            Where::Vault { name: "acme/ana".to_owned(), unlock: Unlock::Look },
            Where::Borrowed { program: "P".to_owned(), file: "f".to_owned(), row: "r".to_owned() },
        ];
        let broken = option::weighted(0.1, select(places));
        let held = (prop::bool::weighted(0.9), prop::bool::weighted(0.8));
        let ends = [option::of(millis()), option::weighted(0.9, millis()), option::of(millis())];
        let origin = option::of(select(vec!["https://a.test", "https://b.test"]));
        (store(), name, kind, held, ends, last, flags, origin, broken).prop_map(
            |(store, (provider, name), kind, held, ends, last_refresh, flags, origin, broken)| Seed {
                store,
                name: format!("{provider}/{name}"),
                kind,
                held,
                ends,
                last_refresh,
                flags,
                origin,
                broken,
            },
        )
    }

    fn step() -> impl Strategy<Value = Step> {
        let work = select(vec![
            Work::Refresh,
            Work::EndRefresh,
            Work::TryInVain,
            Work::HoldUnsaved,
            Work::ForgetUnsaved,
            Work::Revoke,
            Work::EndAll,
        ]);
        let passed = prop_oneof![1_i64..2_000, 1_i64..700_000, 1_i64..400_000_000];
        let set = prop_oneof![-900_i64..900, millis()];
        prop_oneof![
            4 => (place(), seed()).prop_map(|(place, seed)| Step::Put(place, seed)),
            2 => (place(), seed()).prop_map(|(place, seed)| Step::Insert(place, seed)),
            2 => place().prop_map(Step::Remove),
            1 => (place(), any::<Index>()).prop_map(|(place, other)| Step::Swap(place, other)),
            1 => store().prop_map(Step::Reread),
            1 => store().prop_map(Step::TurnWritable),
            6 => (place(), work).prop_map(|(place, work)| Step::Run(place, work)),
            5 => passed.prop_map(Step::Pass),
            5 => (0_u8..3, -1100_i64..1100).prop_map(|(which, millis)| Step::Await(which, millis)),
            1 => set.prop_map(Step::SetClock),
            3 => select(FILTERS.to_vec()).prop_map(Step::Filter),
            2 => Just(Step::Sort),
            1 => option::of(1_u64..60).prop_map(Step::Lead),
            1 => Just(Step::TurnCatalog),
            1 => Just(Step::TurnAutoRefresh),
        ]
    }
}
