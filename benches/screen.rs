//! How long it takes to take a key and to draw the frame that follows.

#![expect(clippy::expect_used, reason = "a benchmark that cannot begin should say so")]

use authtui::domain::change::{Row, Snapshot};
use authtui::domain::clock::{FixedOffset, Now, Steady, at_seconds};
use authtui::domain::name::{ProfileId, ProfileName, StoreId};
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Held, Life, Tokens};
use authtui::tui::message::Msg;
use authtui::tui::model::Model;
use authtui::tui::theme::{Glyphs, Theme};
use authtui::tui::{update, view, wakes_at};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use crossterm::event::{KeyCode, KeyEvent};
use ratatui::Terminal;
use ratatui::backend::TestBackend;
use std::hint::black_box;
use std::sync::Arc;

fn now() -> Now {
    let offset = FixedOffset::east_opt(0).expect("in range");
    Now { wall: at_seconds(1_800_000_000).expect("in range"), steady: Steady::default(), offset }
}

fn model(count: i64) -> Model {
    let rows = (0..count).map(|index| {
        let name = ProfileName::new("acme", &format!("profile-{index}")).expect("a name");
        let held = Held::Here(Tokens { access: Secret::new("at"), refresh: Some(Secret::new("rt")) });
        let life = Life { expires_at: at_seconds(1_800_000_000 + index * 7), ..Life::default() };
        let id = ProfileId { store: StoreId::Own, name };
        Row::Profile(Arc::new(Profile { held, life, ..Profile::new(id, Kind::OAuth) }))
    });
    let (place, rows) = ("config.yaml".to_owned(), rows.collect());
    let snapshot = Snapshot { store: StoreId::Own, place, rows, writable: Ok(()), notices: Vec::new() };
    let mut model = Model::new((120, 40));
    update(&mut model, now(), Msg::Stored(snapshot));
    model
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
                terminal.draw(|frame| view(frame, &model, &theme, now())).expect("a frame");
                black_box(wakes_at(&model, now()))
            });
        });
    }
    group.finish();
}

criterion_group!(benches, key_to_frame);
criterion_main!(benches);
