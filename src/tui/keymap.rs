//! Every key: what it does, where, and how footer, help and docs/keys.md say so.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::message::{Action, Form, Motion};

/// Where a key means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// On every screen.
    Everywhere,
    /// On the list and the detail of a profile.
    Profiles,
    /// While choosing what to copy.
    Copy,
    /// While a login waits.
    Login,
    /// In a question, in the events, or the help.
    Choices,
    /// In a list of choices, whose letters mean nothing.
    Lists,
    /// While choosing scopes.
    Scopes,
}

/// Whether the footer names a key, or only the help does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Said {
    /// In the footer and in the help.
    Footer,
    /// In the help.
    Help,
}

/// A key and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The keys, any of which will do.
    pub keys: &'static [Key],
    /// What they do.
    pub action: Action,
    /// How it is said.
    pub hint: &'static str,
    /// How it is said where room is short.
    pub brief: &'static str,
    /// How the help says it.
    pub words: &'static str,
    /// Where they do it.
    pub place: Place,
    /// Where it is said.
    pub said: Said,
}

/// A key with or without Ctrl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// Without.
    Plain(KeyCode),
    /// With.
    Ctrl(char),
}

const fn char(key: char) -> Key {
    Key::Plain(KeyCode::Char(key))
}

const fn footer(place: Place, keys: &'static [Key], action: Action, hint: &'static str) -> Binding {
    Binding { keys, action, hint, brief: hint, words: hint, place, said: Said::Footer }
}

const fn login(keys: &'static [Key], action: Action, hint: &'static str, brief: &'static str) -> Binding {
    Binding { keys, action, hint, brief, words: hint, place: Place::Login, said: Said::Footer }
}

const fn help(place: Place, keys: &'static [Key], action: Action, hint: &'static str) -> Binding {
    Binding { keys, action, hint, brief: hint, words: hint, place, said: Said::Help }
}

/// Every key of the program. The first that fits wins; a place comes before `Everywhere`.
pub const BINDINGS: &[Binding] = &[
    footer(Place::Profiles, &[char('n')], Action::NewLogin, "new login"),
    footer(Place::Profiles, &[char('l')], Action::LogIn, "log in"),
    help(Place::Profiles, &[char('S')], Action::Scopes, "log in again with other scopes"),
    footer(Place::Profiles, &[char('r')], Action::Refresh, "refresh"),
    help(Place::Profiles, &[char('R')], Action::RefreshDue, "refresh all that are due"),
    footer(Place::Profiles, &[char('y')], Action::Copy, "copy"),
    footer(Place::Profiles, &[char('x')], Action::RevokeLocally, "revoke locally"),
    Binding {
        words: "revoke at the provider",
        ..footer(Place::Profiles, &[char('X')], Action::Revoke, "revoke")
    },
    help(Place::Profiles, &[char('T')], Action::Test, "test token"),
    help(Place::Profiles, &[char('A')], Action::ToggleAutoRefresh, "renew by itself, or not"),
    help(Place::Profiles, &[char('L')], Action::Events, "events"),
    help(Place::Profiles, &[char('F')], Action::MakePrivate, "make the file private"),
    footer(Place::Profiles, &[char('/')], Action::Filter, "filter"),
    footer(Place::Profiles, &[char('?'), Key::Plain(KeyCode::F(1))], Action::Help, "help"),
    footer(Place::Profiles, &[char('q')], Action::Quit, "quit"),
    help(Place::Profiles, &[Key::Plain(KeyCode::Enter)], Action::Enter, "open the profile"),
    help(Place::Profiles, &[Key::Plain(KeyCode::Esc)], Action::Back, "back; clear the filter"),
    help(Place::Profiles, &[char('j'), Key::Plain(KeyCode::Down)], Action::Move(Motion::Down), "down"),
    help(Place::Profiles, &[char('k'), Key::Plain(KeyCode::Up)], Action::Move(Motion::Up), "up"),
    help(Place::Profiles, &[char('g'), Key::Plain(KeyCode::Home)], Action::Move(Motion::Top), "first"),
    help(Place::Profiles, &[char('G'), Key::Plain(KeyCode::End)], Action::Move(Motion::Bottom), "last"),
    help(Place::Profiles, &[Key::Plain(KeyCode::PageUp)], Action::Move(Motion::PageUp), "a screenful up"),
    help(
        Place::Profiles,
        &[Key::Plain(KeyCode::PageDown)],
        Action::Move(Motion::PageDown),
        "a screenful down",
    ),
    footer(Place::Copy, &[char('t')], Action::CopyForm(Form::Token), "token"),
    footer(Place::Copy, &[char('h')], Action::CopyForm(Form::Header), "header"),
    footer(Place::Copy, &[char('c')], Action::CopyForm(Form::Curl), "curl command"),
    footer(Place::Copy, &[char('e')], Action::CopyForm(Form::Export), "export line"),
    footer(Place::Copy, &[char('r')], Action::CopyForm(Form::Refresh), "refresh token"),
    footer(Place::Copy, &[Key::Plain(KeyCode::Esc), char('q')], Action::Back, "back"),
    login(&[char('o')], Action::OpenAgain, "open again", "open"),
    login(&[char('c')], Action::CopyLink, "copy link", "copy"),
    login(&[char('p')], Action::Paste, "paste answer", "paste"),
    login(&[char('d')], Action::SwitchDoor, "device code, and back", "device"),
    login(&[char('u')], Action::CopyUserCode, "copy device code", "code"),
    login(&[char('Q')], Action::ShowQr, "QR code", "QR"),
    login(&[char('t')], Action::PlainUrl, "plain URL", "plain"),
    login(&[Key::Plain(KeyCode::Esc), char('q')], Action::Back, "cancel", "cancel"),
    help(Place::Login, &[Key::Plain(KeyCode::Enter)], Action::Enter, "close, once it is over"),
    help(Place::Login, &[char('l')], Action::LogIn, "try again, once it has failed"),
    help(Place::Login, &[char('?'), Key::Plain(KeyCode::F(1))], Action::Help, "help"),
    help(
        Place::Choices,
        &[
            Key::Plain(KeyCode::Left),
            Key::Plain(KeyCode::Up),
            Key::Plain(KeyCode::BackTab),
            char('h'),
            char('k'),
        ],
        Action::Move(Motion::Up),
        "previous choice",
    ),
    footer(
        Place::Choices,
        &[
            Key::Plain(KeyCode::Right),
            Key::Plain(KeyCode::Down),
            Key::Plain(KeyCode::Tab),
            char('l'),
            char('j'),
        ],
        Action::Move(Motion::Down),
        "choose",
    ),
    help(Place::Choices, &[Key::Plain(KeyCode::PageUp)], Action::Move(Motion::PageUp), "a screenful up"),
    help(
        Place::Choices,
        &[Key::Plain(KeyCode::PageDown)],
        Action::Move(Motion::PageDown),
        "a screenful down",
    ),
    footer(Place::Choices, &[Key::Plain(KeyCode::Enter)], Action::Enter, "confirm"),
    footer(Place::Choices, &[Key::Plain(KeyCode::Esc), char('q'), char('?')], Action::Back, "back"),
    footer(
        Place::Lists,
        &[Key::Plain(KeyCode::Down), Key::Plain(KeyCode::Tab), char('j')],
        Action::Move(Motion::Down),
        "choose",
    ),
    help(
        Place::Lists,
        &[Key::Plain(KeyCode::Up), Key::Plain(KeyCode::BackTab), char('k')],
        Action::Move(Motion::Up),
        "previous choice",
    ),
    help(Place::Lists, &[Key::Plain(KeyCode::PageUp)], Action::Move(Motion::PageUp), "a screenful up"),
    help(Place::Lists, &[Key::Plain(KeyCode::PageDown)], Action::Move(Motion::PageDown), "a screenful down"),
    footer(Place::Lists, &[Key::Plain(KeyCode::Enter)], Action::Enter, "go on"),
    footer(Place::Lists, &[Key::Plain(KeyCode::Esc)], Action::Back, "back"),
    footer(Place::Scopes, &[char(' ')], Action::ToggleScope, "tick"),
    footer(Place::Scopes, &[char('a')], Action::AddScope, "another"),
    footer(Place::Scopes, &[Key::Plain(KeyCode::Enter)], Action::Enter, "go on"),
    footer(Place::Scopes, &[char('r')], Action::ListScopes, "read the list again"),
    footer(Place::Scopes, &[Key::Plain(KeyCode::Esc)], Action::Back, "back"),
    help(Place::Scopes, &[char('j'), Key::Plain(KeyCode::Down)], Action::Move(Motion::Down), "down"),
    help(Place::Scopes, &[char('k'), Key::Plain(KeyCode::Up)], Action::Move(Motion::Up), "up"),
    help(Place::Scopes, &[char('g'), Key::Plain(KeyCode::Home)], Action::Move(Motion::Top), "first"),
    help(Place::Scopes, &[char('G'), Key::Plain(KeyCode::End)], Action::Move(Motion::Bottom), "last"),
    help(Place::Scopes, &[Key::Plain(KeyCode::PageUp)], Action::Move(Motion::PageUp), "a screenful up"),
    help(Place::Scopes, &[Key::Plain(KeyCode::PageDown)], Action::Move(Motion::PageDown), "a screenful down"),
    help(Place::Everywhere, &[Key::Ctrl('l')], Action::Redraw, "draw anew, read the file again"),
    help(Place::Everywhere, &[Key::Ctrl('z')], Action::Suspend, "suspend; fg brings it back"),
    help(Place::Everywhere, &[Key::Ctrl('c')], Action::Quit, "quit"),
];

/// What `key` means at `place`.
#[must_use]
pub fn action(place: Place, key: KeyEvent) -> Option<Action> {
    let here = BINDINGS.iter().filter(|binding| binding.place == place);
    let everywhere = BINDINGS.iter().filter(|binding| binding.place == Place::Everywhere);
    let fits = |binding: &&Binding| binding.keys.iter().any(|each| each.is(key));
    here.chain(everywhere).find(fits).map(|binding| binding.action)
}

impl Key {
    fn is(self, key: KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER);
        match self {
            Self::Plain(code) => key.code == code && !ctrl && !alt,
            Self::Ctrl(char) => key.code == KeyCode::Char(char) && ctrl && !alt,
        }
    }

    /// The key as people read it: `j`, `PgUp`, `Ctrl-L`.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Ctrl(char) => format!("Ctrl-{}", char.to_ascii_uppercase()),
            Self::Plain(KeyCode::Char(' ')) => "Space".to_owned(),
            Self::Plain(KeyCode::Char(char)) => char.to_string(),
            Self::Plain(KeyCode::F(number)) => format!("F{number}"),
            Self::Plain(code) => named(code).to_owned(),
        }
    }
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the enum is crossterm's; only these keys are in the table"
)]
fn named(code: KeyCode) -> &'static str {
    match code {
        KeyCode::Enter => "Enter",
        KeyCode::Esc => "Esc",
        KeyCode::Up => "↑",
        KeyCode::Down => "↓",
        KeyCode::Left => "←",
        KeyCode::Right => "→",
        KeyCode::Home => "Home",
        KeyCode::End => "End",
        KeyCode::PageUp => "PgUp",
        KeyCode::PageDown => "PgDn",
        KeyCode::Tab => "Tab",
        KeyCode::BackTab => "Shift-Tab",
        _ => "?",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_at_one_place() {
        for (index, binding) in BINDINGS.iter().enumerate() {
            for key in binding.keys {
                assert_ne!(key.word(), "?x", "{binding:?}");
                let twice = BINDINGS[index + 1..]
                    .iter()
                    .any(|other| other.place == binding.place && other.keys.contains(key));
                assert!(!twice, "{} at {:?}", key.word(), binding.place);
            }
        }
    }

    #[test]
    fn a_key_with_ctrl_is_not_the_key() {
        let plain = KeyEvent::new(KeyCode::Char('l'), KeyModifiers::NONE);
        let ctrl = KeyEvent::new(KeyCode::Char('l'), KeyModifiers::CONTROL);
        assert_eq!(action(Place::Profiles, plain), Some(Action::LogIn));
        assert_eq!(action(Place::Profiles, ctrl), Some(Action::Redraw));
        assert_eq!(action(Place::Copy, plain), None);
    }

    #[test]
    fn no_letter_closes_a_list_or_takes_a_choice() {
        for letter in 'a'..='z' {
            let key = KeyEvent::new(KeyCode::Char(letter), KeyModifiers::NONE);
            let wanted = match letter {
                'j' => Some(Action::Move(Motion::Down)),
                'k' => Some(Action::Move(Motion::Up)),
                _ => None,
            };
            assert_eq!(action(Place::Lists, key), wanted, "{letter}");
            assert_ne!(action(Place::Scopes, key), Some(Action::Back), "{letter}");
        }
    }

    #[test]
    fn a_capital_letter_is_its_own_key() {
        let key = KeyEvent::new(KeyCode::Char('R'), KeyModifiers::SHIFT);
        assert_eq!(action(Place::Profiles, key), Some(Action::RefreshDue));
    }
}
