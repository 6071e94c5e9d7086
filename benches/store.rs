//! Times of reading our file and of changing one profile in it, on the quick way of plain texts and on
//! the way of every other YAML.

#![expect(clippy::expect_used, reason = "a benchmark that cannot begin should say so")]

#[path = "texts/config_file.rs"]
mod texts;

use authtui::domain::change::{Change, Edit};
use authtui::domain::clock::at_seconds;
use authtui::domain::name::ProfileName;
use authtui::domain::name::StoreId;
use authtui::stored::config_file;
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use std::hint::black_box;

/// What makes a text plain, and what does not: a comment behind a value.
const VERSIONS: [(&str, &str); 2] = [("plain", "version: 1\n"), ("any_yaml", "version: 1 # ours\n")];

fn read(criterion: &mut Criterion) {
    for (way, version) in VERSIONS {
        let mut group = criterion.benchmark_group(format!("read/{way}"));
        group.sample_size(10);
        for count in texts::COUNTS {
            let text = texts::text(version, count);
            group.bench_with_input(BenchmarkId::from_parameter(count), &text, |bench, text| {
                bench.iter(|| config_file::read(StoreId::Own, black_box(text)));
            });
        }
        group.finish();
    }
}

fn amend(criterion: &mut Criterion) {
    let name = ProfileName::parse(&texts::name(5)).expect("a name");
    let edit = Edit::EraseTokens(at_seconds(1_800_000_000).expect("in range"));
    let change = [Change { name, expects: None, edit }];
    for (way, version) in VERSIONS {
        let mut group = criterion.benchmark_group(format!("amend/{way}"));
        group.sample_size(10);
        for count in texts::COUNTS {
            let text = texts::text(version, count);
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
