//! Picker of scopes: what a login may ask for, and what it does.

use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::scopes::{self, OfferedScope};
use crate::domain::trouble::Trouble;
use crate::oauth::login::preflight::asked_before;
use crate::oauth::scopes::Listed;
use crate::tui::field::{Field, Sight};

/// The scopes that can be asked for, and which of them are.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    /// Every scope that is known, in the order of the page.
    pub choices: Vec<ScopeChoice>,
    pub marked: usize,
    /// How far the provider's own list is.
    pub list: ProviderList,
    /// Another scope that is being typed.
    pub typing: Option<Field>,
    /// What the profile has.
    granted: Vec<String>,
    separator: String,
}

/// A scope that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeChoice {
    pub name: String,
    /// What it allows, in the provider's words.
    pub title: Option<String>,
    /// Whether the profile has it.
    pub is_granted: bool,
    pub tick: Tick,
}

/// The box before a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tick {
    /// It is asked for.
    On,
    Off,
    /// None: what is listed is no scope, and cannot be asked for.
    NotAScope,
}

/// How far the provider's own list of scopes is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ProviderList {
    /// The provider has none.
    None,
    /// It has not been asked for.
    Wanted,
    /// It is being read.
    Coming,
    /// Its scopes are among the choices.
    Here {
        /// How many more it has.
        left_out: usize,
    },
    /// It could not be read.
    Failed(Trouble),
}

impl Picker {
    /// What can be asked for at `provider`, with what `known` was granted. What its login asked for is
    /// ticked, or else the usual scopes.
    #[must_use]
    pub fn for_provider(provider: &Provider, known: Option<&Profile>) -> Self {
        let granted = known.map(|profile| profile.scopes.to_vec()).unwrap_or_default();
        let asked = known.map(|known| asked_before(provider, known)).unwrap_or_default();
        let mut picker = Self {
            choices: Vec::new(),
            marked: 0,
            list: if provider.scopes.list.is_some() { ProviderList::Wanted } else { ProviderList::None },
            typing: None,
            granted: granted.clone(),
            separator: provider.scopes.separator.clone(),
        };
        let ticked = |is_ticked: bool| if is_ticked { Tick::On } else { Tick::Off };
        for name in &granted {
            picker.add(name, None, ticked(asked.contains(name)));
        }
        for name in &asked {
            picker.add(name, None, Tick::On);
        }
        let usual = ticked(asked.is_empty());
        for name in &provider.scopes.default {
            picker.add(name, None, usual);
        }
        picker.offer(&provider.scopes.offered);
        picker
    }

    /// Adds what can be asked for besides, and the words for what is there.
    pub fn offer(&mut self, offered: &[OfferedScope]) {
        for OfferedScope { name, title } in offered {
            let is_scope = scopes::typed(name, &self.separator).is_ok_and(|typed| typed == [name.as_str()]);
            self.add(name, title.as_deref(), if is_scope { Tick::Off } else { Tick::NotAScope });
        }
    }

    fn add(&mut self, name: &str, title: Option<&str>, tick: Tick) {
        let title = title.map(str::to_owned);
        match self.choices.iter_mut().find(|choice| choice.name == name) {
            Some(choice) => choice.title = choice.title.take().or(title),
            None => {
                let is_granted = self.granted.iter().any(|granted| granted == name);
                self.choices.push(ScopeChoice { name: name.to_owned(), title, is_granted, tick });
            }
        }
    }

    /// Takes the provider's list, or why there is none.
    pub fn listed(&mut self, listed: Result<Listed, Trouble>) {
        match listed {
            Ok(Listed { offered, left_out }) => {
                self.offer(&offered);
                self.list = ProviderList::Here { left_out };
            }
            Err(trouble) => self.list = ProviderList::Failed(trouble),
        }
    }

    /// Asks for the marked scope, or no longer.
    pub fn toggle(&mut self) {
        if let Some(choice) = self.choices.get_mut(self.marked) {
            choice.tick = match choice.tick {
                Tick::On => Tick::Off,
                Tick::Off => Tick::On,
                Tick::NotAScope => Tick::NotAScope,
            };
        }
    }

    /// Opens the field for another scope.
    pub fn open(&mut self) {
        self.typing = Some(Field::new("", Sight::Clear));
    }

    /// Takes what was typed, ticked and the last of it marked.
    ///
    /// # Errors
    /// Why it is no scope; the field stays open.
    pub fn close(&mut self) -> Result<(), String> {
        let Some(field) = &self.typing else { return Ok(()) };
        let typed = scopes::typed(field.text(), &self.separator)?;
        for name in typed {
            self.add(&name, None, Tick::On);
            if let Some(at) = self.choices.iter().position(|choice| choice.name == name) {
                self.marked = at;
            }
            if let Some(choice) = self.choices.get_mut(self.marked) {
                choice.tick = Tick::On;
            }
        }
        self.typing = None;
        Ok(())
    }

    /// What the login asks for.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        let asked = self.choices.iter().filter(|choice| choice.tick == Tick::On);
        asked.map(|choice| choice.name.clone()).collect()
    }

    /// How many scopes the profile has that are not asked for again.
    #[must_use]
    pub fn given_up(&self) -> usize {
        let given_up = |choice: &&ScopeChoice| choice.is_granted && choice.tick == Tick::Off;
        self.choices.iter().filter(given_up).count()
    }
}
