//! Times of saving one profile of many, beside the floor: the same bytes written to a file, synced, renamed
//! over the old one, and the folder synced.

#![expect(clippy::expect_used, reason = "a benchmark that cannot begin should say so")]
#![expect(clippy::disallowed_methods, reason = "the floor is made of the bare calls")]

#[path = "texts/config_file.rs"]
mod texts;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::Path;

use authtui::domain::change::{Change, Edit, RefreshedTokens};
use authtui::domain::clock::at_seconds;
use authtui::domain::name::ProfileName;
use authtui::domain::profile::{LastRefresh, RefreshResult};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Expiry, Tokens};
use authtui::shell::store_files::{Store, StoreFile};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};

/// New tokens for a profile in the middle of `count`, other ones for each `turn`.
fn change(count: usize, turn: u64) -> Change {
    let (at, index) = (at_seconds(1_800_000_000).expect("in range"), count / 2);
    let tokens = Tokens {
        access: Secret::new(format!("at_{turn:096}")),
        refresh: Some(Secret::new(format!("rt_{turn:096}"))),
    };
    let record = LastRefresh::new(at, RefreshResult::Done, None);
    let refreshed =
        RefreshedTokens { tokens, life: Expiry::default(), scopes: None, record, origins: Vec::new() };
    let name = ProfileName::parse(&texts::name(index)).expect("a name");
    Change { name, expects: None, edit: Edit::Refresh(Box::new(refreshed)) }
}

fn floor(folder: &Path, bytes: &[u8]) {
    let (beside, target) = (folder.join("floor.tmp"), folder.join("floor"));
    let mut file = File::create(&beside).expect("made");
    file.write_all(bytes).expect("written");
    file.sync_all().expect("synced");
    fs::rename(&beside, &target).expect("renamed");
    File::open(folder).and_then(|folder| folder.sync_all()).expect("synced");
}

fn save(criterion: &mut Criterion) {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder");
    let mut group = criterion.benchmark_group("save");
    group.sample_size(50);
    for count in texts::COUNTS {
        let (path, text) = (folder.path().join(format!("{count}.yaml")), texts::text("version: 1\n", count));
        fs::write(&path, &text).expect("written");
        let store = StoreFile::own(path);
        let mut turn = 0;
        group.bench_function(BenchmarkId::new("floor", count), |bench| {
            bench.iter(|| floor(folder.path(), text.as_bytes()));
        });
        group.bench_function(BenchmarkId::new("one_of", count), |bench| {
            bench.iter(|| {
                turn += 1;
                store.apply(&change(count, turn)).expect("saved")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, save);
criterion_main!(benches);
