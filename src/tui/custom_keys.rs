//! Custom keys: those that the person has chosen for the actions on the profiles.
//!
//! `settings.yaml` names actions and keys. What cannot be used is said in words, and such an action
//! keeps its usual keys: no key ever means two things.

use std::collections::BTreeMap;

use crossterm::event::KeyEvent;

use crate::tui::keymap::{self, Binding, KeyCombo, KeyContext};
use crate::tui::message::Action;

/// The keys of actions that have others than usual, by the action's name.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CustomKeys(BTreeMap<&'static str, Vec<KeyCombo>>);

impl CustomKeys {
    /// What can be used of the keys that the settings name, and what is wrong with the others.
    #[must_use]
    pub fn read(chosen: &BTreeMap<String, Vec<String>>) -> (Self, Vec<String>) {
        let (mut keys, mut errors) = (Self::default(), Vec::new());
        for (name, words) in chosen {
            let Some(binding) = changeable().find(|binding| binding.action.name() == name) else {
                errors.push(format!("keys: there is no action “{name}”"));
                continue;
            };
            let read: Result<Vec<KeyCombo>, &String> =
                words.iter().map(|word| KeyCombo::parse(word).ok_or(word)).collect();
            match read {
                Ok(read) if read.is_empty() => errors.push(format!("keys: {name} has no key")),
                Ok(read) => {
                    keys.0.insert(binding.action.name(), read);
                }
                Err(word) => errors.push(format!("keys: “{word}” of {name} is not a key")),
            }
        }
        while let Some((name, other, key)) = keys.conflict() {
            keys.0.remove(name);
            errors.push(format!("keys: {} of {name} already belongs to {other}", key.word()));
        }
        (keys, errors)
    }

    /// A chosen key that another action has too: its action, the other one, and the key.
    fn conflict(&self) -> Option<(&'static str, &'static str, KeyCombo)> {
        let everywhere = keymap::bindings(KeyContext::Everywhere).map(|each| (each, each.keys));
        let taken: Vec<(&Binding, &[KeyCombo])> =
            changeable().map(|each| (each, self.of(KeyContext::Profiles, each))).chain(everywhere).collect();
        self.0.iter().find_map(|(name, keys)| {
            let mut others = taken.iter().filter(|(other, _)| other.action.name() != *name);
            others.find_map(|(other, theirs)| {
                let key = keys.iter().find(|key| theirs.contains(key))?;
                Some((*name, other.action.name(), *key))
            })
        })
    }

    /// The keys of a binding.
    #[must_use]
    pub fn of(&self, context: KeyContext, binding: &'static Binding) -> &[KeyCombo] {
        let chosen = if context == KeyContext::Profiles { self.0.get(binding.action.name()) } else { None };
        chosen.map_or(binding.keys, Vec::as_slice)
    }

    /// The first key of `action` in `context`, as people read it; empty where it has none.
    #[must_use]
    pub fn word(&self, context: KeyContext, action: Action) -> String {
        let binding = keymap::bindings(context).find(|binding| binding.action == action);
        let key = binding.and_then(|binding| self.of(context, binding).first());
        key.map_or_else(String::new, |key| key.word())
    }

    /// The first key of `action` on the profiles, as people read it.
    #[must_use]
    pub fn key(&self, action: Action) -> String {
        self.word(KeyContext::Profiles, action)
    }

    /// What `key` means in `context`.
    #[must_use]
    pub fn action(&self, context: KeyContext, key: KeyEvent) -> Option<Action> {
        let in_context = |context| {
            keymap::bindings(context)
                .find(|binding| self.of(context, binding).iter().any(|each| each.is(key)))
        };
        // What the timeline does not say is as on the list.
        let list = if context == KeyContext::Timeline { in_context(KeyContext::Profiles) } else { None };
        let found = in_context(context).or(list).or_else(|| in_context(KeyContext::Everywhere));
        found.map(|binding| binding.action)
    }
}

/// The bindings whose keys can be changed.
fn changeable() -> impl Iterator<Item = &'static Binding> {
    keymap::bindings(KeyContext::Profiles)
}

#[cfg(test)]
mod tests {
    use crossterm::event::{KeyCode, KeyModifiers};

    use super::*;

    #[test]
    fn a_chosen_key_takes_the_place_of_the_usual_ones() {
        let (keys, errors) =
            read(&[("refresh", &["Delete", "F5"]), ("down", &["n"]), ("new_login", &["Ctrl-N"])]);
        assert_eq!(errors, [""; 0]);
        for (key, modifiers, action) in [
            (KeyCode::Delete, KeyModifiers::NONE, Some(Action::Refresh)),
            (KeyCode::F(5), KeyModifiers::NONE, Some(Action::Refresh)),
            (KeyCode::Char('r'), KeyModifiers::NONE, None),
            (KeyCode::Char('n'), KeyModifiers::CONTROL, Some(Action::NewLogin)),
            (KeyCode::Char('q'), KeyModifiers::NONE, Some(Action::Quit)),
        ] {
            assert_eq!(keys.action(KeyContext::Profiles, KeyEvent::new(key, modifiers)), action, "{key:?}");
        }
        let r = KeyEvent::new(KeyCode::Char('r'), KeyModifiers::NONE);
        assert!(keys.action(KeyContext::Copy, r).is_some(), "other contexts keep their keys");
    }

    #[test]
    fn two_actions_may_change_places() {
        let (keys, errors) = read(&[("refresh", &["x"]), ("sign_out", &["r"])]);
        assert_eq!(errors, [""; 0]);
        let x = KeyEvent::new(KeyCode::Char('x'), KeyModifiers::NONE);
        assert_eq!(keys.action(KeyContext::Profiles, x), Some(Action::Refresh));
    }

    #[test]
    fn what_cannot_be_used_is_named_and_the_usual_key_stays() {
        for (name, chosen, error) in [
            ("refrsh", "r", "keys: there is no action “refrsh”"),
            ("refresh", "Entr", "keys: “Entr” of refresh is not a key"),
            ("refresh", "x", "keys: x of refresh already belongs to sign_out"),
            ("refresh", "Ctrl-C", "keys: Ctrl-C of refresh already belongs to quit"),
        ] {
            let (keys, errors) = read(&[(name, &[chosen])]);
            assert_eq!((keys, errors), (CustomKeys::default(), vec![error.to_owned()]));
        }
    }

    #[test]
    fn every_key_of_the_table_can_be_written_in_the_settings_as_people_read_it() {
        for (_, binding) in keymap::all() {
            for key in binding.keys {
                assert_eq!(KeyCombo::parse(&key.word()), Some(*key), "{}", key.word());
            }
        }
    }

    #[test]
    fn every_action_on_the_profiles_has_a_name_of_its_own() {
        let names: Vec<&str> = changeable().map(|binding| binding.action.name()).collect();
        for (place, name) in names.iter().enumerate() {
            assert!(!names[place + 1..].contains(name), "{name}");
        }
    }

    fn read(chosen: &[(&str, &[&str])]) -> (CustomKeys, Vec<String>) {
        let keys = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
        CustomKeys::read(&chosen.iter().map(|(name, words)| ((*name).to_owned(), keys(words))).collect())
    }
}
