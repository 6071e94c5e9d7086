//! How long it takes to take a key, a wake or another program's change, and to draw the frame that follows.

#![expect(clippy::expect_used, reason = "a benchmark that cannot begin should say so")]

use authtui::domain::change::{Row, Snapshot};
use authtui::domain::clock::{FixedOffset, Now, Steady, at_seconds};
use authtui::domain::event::{Author, Event, GrantEvent};
use authtui::domain::name::{ProfileId, ProfileName, StoreId};
use authtui::domain::profile::{Kind, LastRefresh, Profile, RefreshResult};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::oauth::refresh::Refreshed;
use authtui::stored::provider_file;
use authtui::tui::message::Msg;
use authtui::tui::model::{AutoRefreshMode, Model};
use authtui::tui::theme::{Glyphs, Theme};
use authtui::tui::{update, view, wakes_at};
use criterion::{BatchSize, BenchmarkId, Criterion, criterion_group, criterion_main};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::hint::black_box;
use std::sync::Arc;

fn now() -> Now {
    let offset = FixedOffset::east_opt(0).expect("in range");
    Now { wall: at_seconds(1_800_000_000).expect("in range"), steady: Steady::default(), offset }
}

/// A store of `count` profiles, each refreshed `round` times and not due.
fn snapshot(count: i64, round: u64) -> Snapshot {
    let rows = (0..count).map(|index| {
        let name = ProfileName::new("anthropic", &format!("profile-{index:05}")).expect("a name");
        let token = |kind: &str| {
            Secret::new(format!("sk-ant-{kind}01-{}", format!("{index:05}{round:03}").repeat(12)))
        };
        let held = StoredTokens::Present(Tokens { access: token("oat"), refresh: Some(token("ort")) });
        let wall = now().wall;
        let expires_at = at_seconds(wall.timestamp() + 1_200 + index * 7);
        let life = Expiry { obtained_at: Some(wall), expires_at, ..Expiry::default() };
        let id = ProfileId { store: StoreId::Own, name };
        let mut profile = Profile { held, life, refresh_count: round, ..Profile::new(id, Kind::OAuth) };
        let (result, grant) = (RefreshResult::Done, profile.refresh_token_id());
        profile.last_refresh = Some(Box::new(LastRefresh::new(wall, result, grant)));
        Row::Profile(Arc::new(profile))
    });
    let (place, rows) = ("config.yaml".to_owned(), rows.collect());
    Snapshot { place, rows, ..Snapshot::empty(StoreId::Own) }
}

fn model(count: i64) -> Model {
    let mut model = Model { auto_refresh: AutoRefreshMode::On, ..Model::new((120, 40)) };
    update(&mut model, now(), Msg::Catalogued(Arc::new(provider_file::catalog([]))));
    update(&mut model, now(), Msg::Stored(snapshot(count, 1)));
    model
}

fn frame(model: &Model, terminal: &mut Terminal<TestBackend>, theme: &Theme) {
    terminal.draw(|frame| view(frame, model, theme, now())).expect("a frame");
    black_box(wakes_at(model, now()));
}

fn key_to_frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("key to frame");
    for count in [10, 1_000, 10_000] {
        let mut model = model(count);
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("a terminal");
        let theme = Theme::colored(Glyphs::unicode());
        let mut keys = ["j", "j", "k", "k"].iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(count), |bench| {
            bench.iter(|| {
                let key = keys.next().and_then(|key| key.chars().next()).unwrap_or('j');
                update(&mut model, now(), Msg::Key(KeyEvent::from(KeyCode::Char(key))));
                frame(&model, &mut terminal, &theme);
            });
        });
    }
    group.finish();
}

fn wake_to_frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("wake to frame");
    for count in [10, 1_000] {
        let mut model = model(count);
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("a terminal");
        let theme = Theme::colored(Glyphs::unicode());
        group.bench_function(BenchmarkId::from_parameter(count), |bench| {
            bench.iter(|| {
                update(&mut model, now(), Msg::Woke);
                frame(&model, &mut terminal, &theme);
            });
        });
    }
    group.finish();
}

/// Another program has refreshed them all.
fn look(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("look");
    for count in [10, 1_000] {
        let mut model = model(count);
        let mut round = 1;
        let other = |round: &mut u64| {
            *round += 1;
            snapshot(count, *round)
        };
        group.bench_function(BenchmarkId::from_parameter(count), |bench| {
            bench.iter_batched(
                || other(&mut round),
                |snapshot| update(&mut model, now(), Msg::Stored(snapshot)),
                BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

/// The refresh of one of them ends, and the rows are put in order.
fn refreshed_to_order(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("refreshed to order");
    for count in [10, 1_000, 10_000] {
        let mut model = model(count);
        let own = model.own().expect("it was read").clone();
        let (mut rows, mut round) = (own.rows.to_vec(), 1);
        let mut refreshed = || {
            round += 1;
            // A save leaves every other row as it was.
            let row = rows.get_mut(usize::try_from(count / 2).expect("few")).expect("a row");
            let Row::Profile(profile) = row else { unreachable!("all are profiles") };
            let (id, token) =
                (profile.id.clone(), |kind| Secret::new(format!("sk-ant-{kind}01-{round:0100}")));
            let held = StoredTokens::Present(Tokens { access: token("oat"), refresh: Some(token("ort")) });
            *row = Row::Profile(Arc::new(Profile { held, refresh_count: round, ..(**profile).clone() }));
            let rows = rows.as_slice().into();
            Msg::Refreshed(id, Refreshed::Done(Snapshot { rows, ..own.clone() }))
        };
        group.bench_function(BenchmarkId::from_parameter(count), |bench| {
            bench.iter_batched(&mut refreshed, |msg| update(&mut model, now(), msg), BatchSize::PerIteration);
        });
    }
    group.finish();
}

/// Somebody scrolls through the log.
fn log_to_frame(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("log to frame");
    for count in [10, 10_000] {
        let mut model = model(10);
        let events = (0..count).map(|index| Event {
            at: at_seconds(now().wall.timestamp() - count + index).expect("in range"),
            by: Author { program: "authtui".to_owned(), process: 1 },
            profile: ProfileName::new("anthropic", "profile-00001").expect("a name"),
            store: "config.yaml".to_owned(),
            what: GrantEvent::LoggedIn,
        });
        update(&mut model, now(), Msg::Events(Ok(events.collect())));
        update(&mut model, now(), Msg::Key(KeyEvent::from(KeyCode::Char('L'))));
        let mut terminal = Terminal::new(TestBackend::new(120, 40)).expect("a terminal");
        let theme = Theme::colored(Glyphs::unicode());
        let mut keys = ["j", "j", "k", "k"].iter().cycle();
        group.bench_function(BenchmarkId::from_parameter(count), |bench| {
            bench.iter(|| {
                let key = keys.next().and_then(|key| key.chars().next()).unwrap_or('j');
                update(&mut model, now(), Msg::Key(KeyEvent::from(KeyCode::Char(key))));
                frame(&model, &mut terminal, &theme);
            });
        });
    }
    group.finish();
}

criterion_group!(benches, key_to_frame, wake_to_frame, look, refreshed_to_order, log_to_frame);
criterion_main!(benches);
