//! Line of the stores: which are there, and in a word what is wrong with one.

use crate::tui::model::Model;

/// A store in the line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreWord {
    pub text: String,
    pub is_faulty: bool,
}

/// The line in fewer and fewer words; none where our own file is all there is.
#[must_use]
pub fn lines(model: &Model) -> Vec<Vec<StoreWord>> {
    let written = model.stores.values().filter(|snapshot| snapshot.store.may_be_written());
    let there: Vec<_> = written.filter(|snapshot| snapshot.is_there()).collect();
    let own = model.own().filter(|own| !own.is_there());
    if there.len() + usize::from(own.is_some()) < 2 {
        return Vec::new();
    }
    let all: Vec<_> = own.into_iter().chain(there).collect();
    let word = |name: &str, fault: Option<&'static str>| StoreWord {
        text: fault.map_or_else(|| name.to_owned(), |fault| format!("{name} {fault}")),
        is_faulty: fault.is_some(),
    };
    let long = all.iter().map(|snapshot| word(snapshot.store.title(), snapshot.fault())).collect();
    let short: Vec<StoreWord> =
        all.iter().map(|snapshot| word(&snapshot.store.to_string(), snapshot.fault())).collect();
    let faulty = short.iter().filter(|word| word.is_faulty).cloned().collect();
    vec![long, short, faulty]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::change::Snapshot;
    use crate::domain::name::StoreId;
    use crate::domain::store_presence::StorePresence;
    use crate::domain::trouble::{FailureKind, Trouble};

    fn said(model: &Model) -> Vec<String> {
        let texts =
            |line: Vec<StoreWord>| line.into_iter().map(|word| word.text).collect::<Vec<_>>().join(" · ");
        lines(model).into_iter().map(texts).collect()
    }

    #[test]
    fn stores_that_are_there_are_named_with_what_is_wrong_and_our_own_file_alone_is_not() {
        let mut model = Model::new((80, 24));
        let mut put = |store, presence, writable| {
            model.stores.insert(store, Snapshot { presence, writable, ..Snapshot::empty(store) });
            said(&model)
        };
        let trouble = || Err(Trouble::untouched("no", "no", FailureKind::NothingToDo));
        assert!(put(StoreId::Own, StorePresence::Absent, Ok(())).is_empty());
        assert!(put(StoreId::Hashed, StorePresence::Absent, Ok(())).is_empty());
        assert!(put(StoreId::Borrowed, StorePresence::There, trouble()).is_empty());
        let fine = ["own file · hashed folder", "own · hashed", ""];
        assert_eq!(put(StoreId::Hashed, StorePresence::There, Ok(())), fine);
        let locked = put(StoreId::Keyring, StorePresence::Locked, trouble());
        let words =
            ["own file · hashed folder · keyring locked", "own · hashed · keyring locked", "keyring locked"];
        assert_eq!(locked, words);
        assert_eq!(
            put(StoreId::Shared, StorePresence::There, trouble())[2],
            "shared unreadable · keyring locked"
        );
    }
}
