//! Times of reading our file and of changing one profile in it, on the quick way of plain texts and on
//! the way of every other YAML.

#![expect(clippy::expect_used, reason = "a benchmark that cannot begin should say so")]

use authtui::domain::change::{Change, Edit};
use authtui::domain::clock::at_seconds;
use authtui::domain::name::ProfileName;
use authtui::domain::name::StoreId;
use authtui::stored::config_file;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::fmt::Write;
use std::hint::black_box;

const COUNTS: [usize; 3] = [10, 1_000, 10_000];

/// What makes a text plain, and what does not: a comment behind a value.
const VERSIONS: [(&str, &str); 2] = [("plain", "version: 1\n"), ("any_yaml", "version: 1 # ours\n")];

/// A file of `count` profiles, as authtui and its like write it.
fn file(version: &str, count: usize) -> String {
    let mut text = format!("{version}providers:\n  acme:\n    oauth_credentials:\n");
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
    for (way, version) in VERSIONS {
        let mut group = criterion.benchmark_group(format!("read/{way}"));
        group.sample_size(10);
        for count in COUNTS {
            let text = file(version, count);
            group.bench_with_input(BenchmarkId::from_parameter(count), &text, |bench, text| {
                bench.iter(|| config_file::read(StoreId::Own, black_box(text)));
            });
        }
        group.finish();
    }
}

fn amend(criterion: &mut Criterion) {
    let name = ProfileName::parse("acme/profile-000005").expect("a name");
    let edit = Edit::EraseTokens(at_seconds(1_800_000_000).expect("in range"));
    let change = [Change { name, expects: None, edit }];
    for (way, version) in VERSIONS {
        let mut group = criterion.benchmark_group(format!("amend/{way}"));
        group.sample_size(10);
        for count in COUNTS {
            let text = file(version, count);
            let content = config_file::read(StoreId::Own, &text).expect("readable");
            group.bench_with_input(BenchmarkId::from_parameter(count), &text, |bench, text| {
                bench.iter(|| content.amend_each(StoreId::Own, black_box(text), &change).is_ok());
            });
        }
        group.finish();
    }
}

criterion_group!(benches, read, amend);
criterion_main!(benches);
