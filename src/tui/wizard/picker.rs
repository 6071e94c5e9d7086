//! The scopes among which a person chooses what a login asks for.

use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::scopes::{self, OfferedScope};
use crate::domain::trouble::Trouble;
use crate::oauth::login::needs::asked_before;
use crate::oauth::scopes::Listed;
use crate::tui::field::{Field, Sight};

/// The scopes that can be asked for, and which of them are.
#[derive(Debug, Clone, PartialEq)]
pub struct Picker {
    /// Every scope that is known, in the order of the page.
    pub choices: Vec<Choice>,
    /// The marked one.
    pub marked: usize,
    /// How far the provider's own list is.
    pub list: List,
    /// Another scope that is being typed.
    pub typing: Option<Field>,
    separator: String,
}

/// A scope that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// The scope.
    pub name: String,
    /// What it allows, in the provider's words.
    pub title: Option<String>,
    /// Whether the profile has it.
    pub granted: Granted,
    /// Whether it is asked for.
    pub asked: Asked,
}

/// Whether a profile has a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Granted {
    /// It has.
    Yes,
    /// It has not, or there is none yet.
    No,
}

/// Whether a scope is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Asked {
    /// It is.
    Yes,
    /// It is not.
    No,
    /// It is listed and no scope, so that it cannot be.
    Never,
}

/// How far the provider's own list of scopes is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum List {
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
    pub fn of(provider: &Provider, known: Option<&Profile>) -> Self {
        let granted = known.map_or(&[][..], |profile| &profile.scopes);
        let asked = known.map(|known| asked_before(provider, known)).unwrap_or_default();
        let mut picker = Self {
            choices: Vec::new(),
            marked: 0,
            list: if provider.scopes.list.is_some() { List::Wanted } else { List::None },
            typing: None,
            separator: provider.scopes.separator.clone(),
        };
        let ticked = |is_ticked: bool| if is_ticked { Asked::Yes } else { Asked::No };
        for name in granted {
            picker.add(name, None, Granted::Yes, ticked(asked.contains(name)));
        }
        for name in &asked {
            picker.add(name, None, Granted::No, Asked::Yes);
        }
        let usual = ticked(asked.is_empty());
        for name in &provider.scopes.default {
            picker.add(name, None, Granted::No, usual);
        }
        picker.offer(&provider.scopes.offered);
        picker
    }

    /// Adds what can be asked for besides, and the words for what is there.
    pub fn offer(&mut self, offered: &[OfferedScope]) {
        for OfferedScope { name, title } in offered {
            let is_scope = scopes::typed(name, &self.separator).is_ok_and(|typed| typed == [name.as_str()]);
            self.add(name, title.as_deref(), Granted::No, if is_scope { Asked::No } else { Asked::Never });
        }
    }

    fn add(&mut self, name: &str, title: Option<&str>, granted: Granted, asked: Asked) {
        let title = title.map(str::to_owned);
        match self.choices.iter_mut().find(|choice| choice.name == name) {
            Some(choice) => choice.title = choice.title.take().or(title),
            None => self.choices.push(Choice { name: name.to_owned(), title, granted, asked }),
        }
    }

    /// Takes the provider's list, or why there is none.
    pub fn listed(&mut self, listed: Result<Listed, Trouble>) {
        match listed {
            Ok(Listed { offered, left_out }) => {
                self.offer(&offered);
                self.list = List::Here { left_out };
            }
            Err(trouble) => self.list = List::Failed(trouble),
        }
    }

    /// Asks for the marked scope, or no longer.
    pub fn toggle(&mut self) {
        if let Some(choice) = self.choices.get_mut(self.marked) {
            choice.asked = match choice.asked {
                Asked::Yes => Asked::No,
                Asked::No => Asked::Yes,
                Asked::Never => Asked::Never,
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
            self.add(&name, None, Granted::No, Asked::Yes);
            if let Some(at) = self.choices.iter().position(|choice| choice.name == name) {
                self.marked = at;
            }
            if let Some(choice) = self.choices.get_mut(self.marked) {
                choice.asked = Asked::Yes;
            }
        }
        self.typing = None;
        Ok(())
    }

    /// What the login asks for.
    #[must_use]
    pub fn asked(&self) -> Vec<String> {
        let asked = self.choices.iter().filter(|choice| choice.asked == Asked::Yes);
        asked.map(|choice| choice.name.clone()).collect()
    }

    /// How many scopes the profile has that are not asked for again.
    #[must_use]
    pub fn given_up(&self) -> usize {
        let given_up = |choice: &&Choice| choice.granted == Granted::Yes && choice.asked == Asked::No;
        self.choices.iter().filter(given_up).count()
    }
}
