//! How long it takes to read our file, and to change one profile of it.

#![expect(clippy::expect_used, reason = "a benchmark that cannot begin should say so")]

use authtui::domain::change::{Change, Edit};
use authtui::domain::clock::at_seconds;
use authtui::domain::name::ProfileName;
use authtui::stored::own;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;

/// A file of `count` profiles, as authtui and its like write it.
fn file(count: usize) -> String {
    let mut text = String::from("version: 1\nproviders:\n  acme:\n    oauth_credentials:\n");
    for index in 0..count {
        let token = format!("{index:06}").repeat(16);
        write!(
            text,
            "      - id: profile-{index:06}\n        client_id: client\n        access_token: at_{token}\n        \
             refresh_token: rt_{token}\n        expires_at: \"2027-01-15T08:00:00Z\"\n        scopes:\n          \
             - openid\n          - profile\n"
        )
        .expect("writing to a string never fails");
    }
    text
}

fn read(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("read");
    for count in [10, 1_000, 10_000] {
        let text = file(count);
        group.bench_with_input(BenchmarkId::from_parameter(count), &text, |bench, text| {
            bench.iter(|| own::read(black_box(text)));
        });
    }
    group.finish();
}

fn amend(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("amend");
    group.sample_size(10);
    let name = ProfileName::parse("acme/profile-000005").expect("a name");
    let edit = Edit::Forget(at_seconds(1_800_000_000).expect("in range"));
    let change = Change { name, expects: None, edit };
    for count in [10, 1_000] {
        let text = file(count);
        group.bench_with_input(BenchmarkId::from_parameter(count), &text, |bench, text| {
            bench.iter(|| own::amend(Some(black_box(text)), &change).is_ok());
        });
    }
    group.finish();
}

criterion_group!(benches, read, amend);
criterion_main!(benches);
