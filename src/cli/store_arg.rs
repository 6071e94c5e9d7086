//! Store argument: which store a word of the command line means.

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::domain::name::StoreId;

/// The store that `--store` names, or the profile's name itself.
///
/// # Errors
/// The number to end with, once it was said that they name two.
pub(super) fn one(option: Option<StoreId>, text: &str) -> Result<Option<StoreId>, Exit> {
    match (option, StoreId::split(text).0) {
        (Some(option), Some(named)) if option != named => {
            say(&format!("--store says {option}, and the name says {named}. Write one of them."));
            Err(Exit::Usage)
        }
        (option, named) => Ok(option.or(named)),
    }
}

/// The written store that a word means.
///
/// # Errors
/// Which words there are.
pub(super) fn written(text: &str) -> Result<StoreId, String> {
    one_of(StoreId::written(), text)
}

/// The store that a word means.
///
/// # Errors
/// Which words there are.
pub(super) fn any(text: &str) -> Result<StoreId, String> {
    one_of(StoreId::ALL.into_iter(), text)
}

fn one_of(stores: impl Iterator<Item = StoreId>, text: &str) -> Result<StoreId, String> {
    let stores: Vec<StoreId> = stores.collect();
    stores.iter().copied().find(|store| store.to_string() == text).ok_or_else(|| {
        let words: Vec<String> = stores.iter().map(ToString::to_string).collect();
        format!("write {}", words.join(", "))
    })
}
