//! Screens: what is looked at, and what a screen has for keys to act on.

use crate::domain::name::ProfileId;
use crate::tui::dialog::Dialog;
use crate::tui::field::Field;
use crate::tui::keymap::KeyContext;
use crate::tui::list_search::ListSearch;
use crate::tui::log_page::LogPage;
use crate::tui::palette::CommandPalette;
use crate::tui::passphrase::PassphraseForm;
use crate::tui::reveal::Reveal;
use crate::tui::wizard::{Page, Wizard, Work};

/// What is looked at. List and pane lie below everything else.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Screen {
    /// The list, with the pane where there is room.
    #[default]
    List,
    /// The selected profile: its pane has the focus, or stands alone where there is no room for both.
    Pane,
    /// Everything that is known of it.
    Everything,
    /// A filter is being typed.
    Filter(Field),
    /// Another name for a profile is being typed.
    Renaming(ProfileId, Field),
    /// A note about a profile is being typed.
    Noting(ProfileId, Field),
    /// A passphrase is being typed.
    Passphrase(PassphraseForm),
    /// What to copy is being chosen.
    Copy,
    /// A secret is shown for a few seconds, above another screen.
    Reveal(Reveal, Box<Screen>),
    Dialog(Dialog),
    /// What became of each marked profile; the row in that place is marked.
    Results(usize),
    /// What a login needs to know before it begins.
    Wizard(Box<Wizard>),
    Login(Panel),
    /// What happened and what was said, newest first.
    Log(LogPage),
    /// The settings, with the marked one.
    Settings(usize),
    /// All keys and states, one of them chosen, above another screen.
    Help(ListSearch, Box<Screen>),
    /// Everything that can be done or gone to, above another screen.
    Palette(CommandPalette, Box<Screen>),
}

/// What the login panel shows.
#[derive(Debug, Clone, PartialEq, Default)]
pub enum Panel {
    #[default]
    Steps,
    /// The link alone, to be scanned.
    Qr,
    /// Its requests and their answers, scrolled down by so many lines.
    Exchanges(usize),
    /// A field for the provider's answer.
    Pasting(Field),
    /// A field for whose account it is.
    Naming(Field),
    /// Whether to cancel is asked.
    Cancelling(Dialog),
    /// What to do with the tokens that came is asked.
    Deciding(Dialog),
}

impl Screen {
    /// The question that is asked on it.
    #[must_use]
    pub fn dialog(&self) -> Option<&Dialog> {
        if let Self::Dialog(dialog) | Self::Login(Panel::Cancelling(dialog) | Panel::Deciding(dialog)) = self
        {
            Some(dialog)
        } else {
            None
        }
    }

    /// The same, to be answered.
    pub fn dialog_mut(&mut self) -> Option<&mut Dialog> {
        if let Self::Dialog(dialog) | Self::Login(Panel::Cancelling(dialog) | Panel::Deciding(dialog)) = self
        {
            Some(dialog)
        } else {
            None
        }
    }

    /// The text field that takes what is typed.
    pub fn field_mut(&mut self) -> Option<&mut Field> {
        if let Self::Filter(field)
        | Self::Renaming(_, field)
        | Self::Noting(_, field)
        | Self::Login(Panel::Pasting(field) | Panel::Naming(field)) = self
        {
            Some(field)
        } else if let Self::Palette(CommandPalette { search, .. }, _) | Self::Help(search, _) = self {
            Some(&mut search.field)
        } else if let Self::Passphrase(form) = self {
            (!form.is_tried).then_some(&mut form.field)
        } else if let Self::Log(page) = self {
            page.typing.as_mut()
        } else {
            self.wizard_mut().filter(|wizard| wizard.work == Work::Idle)?.page.field_mut()
        }
    }

    /// Whether a list is narrowed by what is typed on it.
    #[must_use]
    pub fn searches(&self) -> bool {
        match self {
            Self::Filter(_) | Self::Palette(..) | Self::Help(..) => true,
            Self::Wizard(wizard) => matches!(wizard.page, Page::Provider(_)),
            Self::List
            | Self::Pane
            | Self::Everything
            | Self::Renaming(..)
            | Self::Noting(..)
            | Self::Passphrase(_)
            | Self::Copy
            | Self::Reveal(..)
            | Self::Dialog(_)
            | Self::Results(_)
            | Self::Login(_)
            | Self::Settings(_) => false,
            Self::Log(page) => page.typing.is_some(),
        }
    }

    /// What is searched on it, where that is a list to choose from.
    pub fn search_mut(&mut self) -> Option<&mut ListSearch> {
        if let Self::Palette(CommandPalette { search, .. }, _) | Self::Help(search, _) = self {
            Some(search)
        } else if let Page::Provider(search) = &mut self.wizard_mut()?.page {
            Some(search)
        } else {
            None
        }
    }

    pub fn wizard_mut(&mut self) -> Option<&mut Wizard> {
        if let Self::Wizard(wizard) = self { Some(wizard) } else { None }
    }

    /// Whether list or pane are seen, though a question may lie above them.
    #[must_use]
    pub fn shows_profiles(&self) -> bool {
        match self {
            Self::List
            | Self::Pane
            | Self::Everything
            | Self::Filter(_)
            | Self::Renaming(..)
            | Self::Noting(..)
            | Self::Passphrase(_)
            | Self::Copy
            | Self::Reveal(..)
            | Self::Dialog(_)
            | Self::Results(_) => true,
            Self::Wizard(_) | Self::Login(_) | Self::Log(_) | Self::Settings(_) | Self::Help(..) => false,
            Self::Palette(_, below) => below.shows_profiles(),
        }
    }

    /// Whether profiles are looked at and nothing else, so that a question may be put over them.
    #[must_use]
    pub fn is_free(&self) -> bool {
        matches!(self, Self::List | Self::Pane | Self::Everything)
    }

    /// Whether the person chooses or types something on it, other than a filter.
    #[must_use]
    pub fn is_form(&self) -> bool {
        matches!(
            self,
            Self::Copy
                | Self::Renaming(..)
                | Self::Noting(..)
                | Self::Passphrase(_)
                | Self::Reveal(..)
                | Self::Dialog(_)
                | Self::Results(_)
                | Self::Wizard(_)
                | Self::Login(_)
                | Self::Palette(..)
        )
    }

    /// Whether the palette may be put over it: nothing is chosen, typed or narrowed there.
    #[must_use]
    pub fn allows_palette(&self) -> bool {
        !self.is_form() && (!self.searches() || matches!(self, Self::Help(..)))
    }

    /// Where a key is looked up; nowhere while a text is being typed.
    #[must_use]
    pub fn key_context(&self) -> Option<KeyContext> {
        match self {
            Self::List | Self::Pane | Self::Everything => Some(KeyContext::Profiles),
            Self::Copy => Some(KeyContext::Copy),
            Self::Log(page) => page.typing.is_none().then_some(KeyContext::Log),
            Self::Login(Panel::Steps | Panel::Qr) => Some(KeyContext::Login),
            Self::Login(Panel::Exchanges(_)) => Some(KeyContext::Exchanges),
            Self::Dialog(_) | Self::Results(_) | Self::Login(Panel::Cancelling(_) | Panel::Deciding(_)) => {
                Some(KeyContext::Choices)
            }
            Self::Wizard(wizard) => wizard.key_context(),
            Self::Settings(_) => Some(KeyContext::Settings),
            Self::Filter(_)
            | Self::Renaming(..)
            | Self::Noting(..)
            | Self::Passphrase(_)
            | Self::Reveal(..)
            | Self::Palette(..)
            | Self::Help(..)
            | Self::Login(Panel::Pasting(_) | Panel::Naming(_)) => None,
        }
    }
}
