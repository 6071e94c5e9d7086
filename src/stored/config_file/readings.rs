//! Every way to read a text says the same of it.

use std::sync::Arc;

use proptest::prelude::*;

use crate::domain::change::Row;
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::secret::SecretText;
use crate::stored::config_file::{ConfigFile, read, read_one, read_shared, read_tree};
use crate::stored::mutants::{PLAIN, cases, mutant};
use crate::stored::yaml_reader;

fn profiles(rows: &[Row]) -> impl Iterator<Item = &Arc<Profile>> {
    rows.iter().filter_map(|row| match row {
        Row::Profile(profile) => Some(profile),
        Row::Broken { .. } => None,
    })
}

#[test]
fn one_entry_is_found_without_the_others() {
    let text = format!("{PLAIN}  custom:\n    own:\n      keys:\n      - id: ci\n        api_key: c\n");
    let (file, text) = (ConfigFile::from(StoreId::Own), SecretText::new(text));
    let rows = read(file, &text).expect("readable").rows;
    let found = profiles(&rows).map(|profile| read_one(file, &text, &profile.id.name));
    // The time of its last refresh is odd, which is to be said.
    let told =
        profiles(&rows).map(|profile| Some(profile).filter(|one| one.id.name.name() != "ana b").cloned());
    assert_eq!(found.collect::<Vec<_>>(), told.collect::<Vec<_>>());
    assert!(rows.len() > 5, "{rows:?}");
    for absent in ["demo/nobody", "nobody/ana", "other/key-9", "custom/own"] {
        assert_eq!(read_one(file, &text, &ProfileName::parse(absent).expect("a name")), None, "{absent}");
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_quick_reading_says_what_the_strict_one_says_or_nothing(text in mutant()) {
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
            }
        }
    }
}
