//! Every way to read a text says the same of it.

use std::sync::Arc;

use proptest::prelude::*;

use crate::domain::change::Row;
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::secret::SecretText;
use crate::stored::config_file::{ConfigFile, read, read_one, read_shared, read_tree};
use crate::stored::mutants::{PLAIN, cases, mutant};
use crate::stored::plain_reader::Extract;
use crate::stored::yaml_reader;

fn profiles(rows: &[Row]) -> impl Iterator<Item = &Arc<Profile>> {
    rows.iter().filter_map(|row| match row {
        Row::Profile(profile) => Some(profile),
        Row::Broken(_) => None,
    })
}

/// The same by what is left of the text where it comes in pieces of so many bytes.
fn read_one_in_pieces(
    file: ConfigFile,
    text: &str,
    name: &ProfileName,
    length: usize,
) -> Option<Arc<Profile>> {
    let mut extract = Extract::of_id(name.name());
    text.as_bytes().chunks(length).try_for_each(|piece| extract.take(piece))?;
    read_one(file, &extract.finish()?, name)
}

#[test]
fn one_entry_is_found_without_the_others() {
    let (file, text) = (ConfigFile::from(StoreId::Own), SecretText::new(PLAIN.to_owned()));
    let rows = read(file, &text).expect("readable").rows;
    let names = profiles(&rows).map(|profile| profile.id.name.exact());
    let order = ["demo/ana b", "demo/ben", "demo/key", "other/key-0", "other/key-1", "own/ci"];
    assert_eq!(names.collect::<Vec<_>>(), order, "those below custom come last");
    let found = profiles(&rows).map(|profile| read_one(file, &text, &profile.id.name));
    // The time of its last refresh is odd, which is to be said.
    let told =
        profiles(&rows).map(|profile| Some(profile).filter(|one| one.id.name.name() != "ana b").cloned());
    let told = told.collect::<Vec<_>>();
    assert_eq!(found.collect::<Vec<_>>(), told);
    for length in [1, 7, 64, text.len()] {
        let found = profiles(&rows).map(|profile| read_one_in_pieces(file, &text, &profile.id.name, length));
        assert_eq!(found.collect::<Vec<_>>(), told, "in pieces of {length} bytes");
    }
    assert!(rows.len() > 5, "{rows:?}");
    for absent in ["demo/nobody", "nobody/ana", "other/key-9", "custom/own"] {
        assert_eq!(read_one(file, &text, &ProfileName::parse(absent).expect("a name")), None, "{absent}");
    }
}

#[test]
fn of_many_entries_one_is_left() {
    let entry = |index| format!("    - id: n{index}\n      access_token: token-{index}\n      scopes: []\n");
    let entries: String = (0..100).map(entry).collect();
    let text =
        format!("providers:\n  demo:\n    oauth_credentials:\n{entries}    api_keys:\n    - a\n    - b\n");
    let mut extract = Extract::of_id("n50");
    text.as_bytes().chunks(100).try_for_each(|piece| extract.take(piece)).expect("plain");
    let left = extract.finish().expect("plain");
    assert_eq!(*left, text.replace(&entries, &(entry(0) + &entry(50))));
    let mixed = text.replace("    - a\n", "    - a\n    - id: x\n");
    let name = ProfileName::parse("demo/key-1").expect("a name");
    let file = ConfigFile::from(StoreId::Own);
    assert_eq!(read_one_in_pieces(file, &text, &name, 100).expect("found").id.name, name);
    assert_eq!(read_one_in_pieces(file, &mixed, &name, 100), None, "nobody knows which the others are");
    assert_eq!(read_one(file, &SecretText::new(mixed), &name), None);
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_quick_reading_says_what_the_strict_one_says_or_nothing(text in mutant(), length in 1_usize..200) {
        let (file, shared) = (ConfigFile::from(StoreId::Own), SecretText::new(text.clone()));
        let strict = yaml_reader::parse_strictly(&text);
        let strict = strict.and_then(|tree| read_tree(file, &text, &(&tree).into()));
        let quick = read_shared(file, &shared);
        prop_assert_eq!(quick.is_ok(), strict.is_ok());
        if let (Ok(quick), Ok(strict)) = (quick, strict) {
            prop_assert_eq!(&quick.rows, &strict.rows);
            prop_assert_eq!((quick.notices(), &quick.read_only), (strict.notices(), &strict.read_only));
            for profile in profiles(&strict.rows) {
                let one = read_one(file, &shared, &profile.id.name);
                prop_assert!(one.is_none_or(|one| one == *profile));
                let one = read_one_in_pieces(file, &text, &profile.id.name, length);
                prop_assert!(one.is_none_or(|one| one == *profile));
            }
        } else {
            // What is no YAML as a whole tells nothing of any part of it.
            for name in ["demo/ana b", "demo/ben", "demo/key", "other/key-0", "other/key-1", "own/ci"] {
                let name = ProfileName::parse(name).expect("a name");
                prop_assert_eq!(read_one_in_pieces(file, &text, &name, length), None);
            }
        }
    }
}
