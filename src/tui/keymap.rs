//! Every key: what it does, where, and how footer, help and docs/keys.md say so.

use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};

use crate::tui::message::{Action, Form, Motion, PanelAction, ScopeAction};

/// Where a key means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyContext {
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
pub enum ShownIn {
    /// In the footer and in the help.
    Footer,
    /// In the help.
    Help,
}

/// A key and what it does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The keys, any of which will do.
    pub keys: &'static [KeyCombo],
    /// What they do.
    pub action: Action,
    /// How it is said.
    pub hint: &'static str,
    /// How it is said where room is short.
    pub brief: &'static str,
    /// How the help says it.
    pub words: &'static str,
    /// Where they do it.
    pub context: KeyContext,
    /// Where it is said.
    pub shown_in: ShownIn,
}

/// A key with or without Ctrl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCombo {
    /// Without.
    Plain(KeyCode),
    /// With.
    Ctrl(char),
}

const fn char(key: char) -> KeyCombo {
    KeyCombo::Plain(KeyCode::Char(key))
}

const fn footer(
    context: KeyContext,
    keys: &'static [KeyCombo],
    action: Action,
    hint: &'static str,
) -> Binding {
    Binding { keys, action, hint, brief: hint, words: hint, context, shown_in: ShownIn::Footer }
}

const fn login(
    keys: &'static [KeyCombo],
    action: PanelAction,
    hint: &'static str,
    brief: &'static str,
) -> Binding {
    Binding { brief, ..footer(KeyContext::Login, keys, Action::Panel(action), hint) }
}

const fn help(context: KeyContext, keys: &'static [KeyCombo], action: Action, hint: &'static str) -> Binding {
    Binding { shown_in: ShownIn::Help, ..footer(context, keys, action, hint) }
}

/// Every key of the program. The first that fits wins; a context comes before `Everywhere`.
pub const BINDINGS: &[Binding] = &[
    footer(KeyContext::Profiles, &[char('n')], Action::NewLogin, "new login"),
    footer(KeyContext::Profiles, &[char('l')], Action::LogIn, "log in"),
    help(KeyContext::Profiles, &[char('S')], Action::Scopes, "log in again with other scopes"),
    footer(KeyContext::Profiles, &[char('r')], Action::Refresh, "refresh"),
    help(KeyContext::Profiles, &[char('R')], Action::RefreshDue, "refresh all that are due"),
    footer(KeyContext::Profiles, &[char('y')], Action::Copy, "copy"),
    footer(KeyContext::Profiles, &[char('x')], Action::RevokeLocally, "revoke locally"),
    Binding {
        words: "revoke at the provider",
        ..footer(KeyContext::Profiles, &[char('X')], Action::Revoke, "revoke")
    },
    help(KeyContext::Profiles, &[char('T')], Action::Test, "test token"),
    help(KeyContext::Profiles, &[char('A')], Action::ToggleAutoRefresh, "renew by itself, or not"),
    help(KeyContext::Profiles, &[char('L')], Action::Events, "events"),
    help(KeyContext::Profiles, &[char('F')], Action::MakePrivate, "make the file private"),
    footer(KeyContext::Profiles, &[char('/')], Action::Filter, "filter"),
    footer(KeyContext::Profiles, &[char('?'), KeyCombo::Plain(KeyCode::F(1))], Action::Help, "help"),
    footer(KeyContext::Profiles, &[char('q')], Action::Quit, "quit"),
    help(KeyContext::Profiles, &[KeyCombo::Plain(KeyCode::Enter)], Action::Enter, "open the profile"),
    help(KeyContext::Profiles, &[KeyCombo::Plain(KeyCode::Esc)], Action::Back, "back; clear the filter"),
    help(
        KeyContext::Profiles,
        &[char('j'), KeyCombo::Plain(KeyCode::Down)],
        Action::Move(Motion::Down),
        "down",
    ),
    help(KeyContext::Profiles, &[char('k'), KeyCombo::Plain(KeyCode::Up)], Action::Move(Motion::Up), "up"),
    help(
        KeyContext::Profiles,
        &[char('g'), KeyCombo::Plain(KeyCode::Home)],
        Action::Move(Motion::Top),
        "first",
    ),
    help(
        KeyContext::Profiles,
        &[char('G'), KeyCombo::Plain(KeyCode::End)],
        Action::Move(Motion::Bottom),
        "last",
    ),
    help(
        KeyContext::Profiles,
        &[KeyCombo::Plain(KeyCode::PageUp)],
        Action::Move(Motion::PageUp),
        "a screenful up",
    ),
    help(
        KeyContext::Profiles,
        &[KeyCombo::Plain(KeyCode::PageDown)],
        Action::Move(Motion::PageDown),
        "a screenful down",
    ),
    footer(KeyContext::Copy, &[char('t')], Action::CopyForm(Form::Token), "token"),
    footer(KeyContext::Copy, &[char('h')], Action::CopyForm(Form::Header), "header"),
    footer(KeyContext::Copy, &[char('c')], Action::CopyForm(Form::Curl), "curl command"),
    footer(KeyContext::Copy, &[char('e')], Action::CopyForm(Form::Export), "export line"),
    footer(KeyContext::Copy, &[char('r')], Action::CopyForm(Form::Refresh), "refresh token"),
    footer(KeyContext::Copy, &[KeyCombo::Plain(KeyCode::Esc), char('q')], Action::Back, "back"),
    login(&[char('o')], PanelAction::OpenAgain, "open again", "open"),
    login(&[char('c')], PanelAction::CopyLink, "copy link", "copy"),
    login(&[char('p')], PanelAction::Paste, "paste answer", "paste"),
    login(&[char('d')], PanelAction::SwitchDoor, "device code, and back", "device"),
    login(&[char('u')], PanelAction::CopyUserCode, "copy device code", "code"),
    login(&[char('Q')], PanelAction::ShowQr, "QR code", "QR"),
    login(&[char('t')], PanelAction::PlainUrl, "plain URL", "plain"),
    footer(KeyContext::Login, &[KeyCombo::Plain(KeyCode::Esc), char('q')], Action::Back, "cancel"),
    help(KeyContext::Login, &[KeyCombo::Plain(KeyCode::Enter)], Action::Enter, "close, once it is over"),
    help(KeyContext::Login, &[char('l')], Action::LogIn, "try again, once it has failed"),
    help(KeyContext::Login, &[char('?'), KeyCombo::Plain(KeyCode::F(1))], Action::Help, "help"),
    help(
        KeyContext::Choices,
        &[
            KeyCombo::Plain(KeyCode::Left),
            KeyCombo::Plain(KeyCode::Up),
            KeyCombo::Plain(KeyCode::BackTab),
            char('h'),
            char('k'),
        ],
        Action::Move(Motion::Up),
        "previous choice",
    ),
    footer(
        KeyContext::Choices,
        &[
            KeyCombo::Plain(KeyCode::Right),
            KeyCombo::Plain(KeyCode::Down),
            KeyCombo::Plain(KeyCode::Tab),
            char('l'),
            char('j'),
        ],
        Action::Move(Motion::Down),
        "choose",
    ),
    help(
        KeyContext::Choices,
        &[KeyCombo::Plain(KeyCode::PageUp)],
        Action::Move(Motion::PageUp),
        "a screenful up",
    ),
    help(
        KeyContext::Choices,
        &[KeyCombo::Plain(KeyCode::PageDown)],
        Action::Move(Motion::PageDown),
        "a screenful down",
    ),
    footer(KeyContext::Choices, &[KeyCombo::Plain(KeyCode::Enter)], Action::Enter, "confirm"),
    footer(KeyContext::Choices, &[KeyCombo::Plain(KeyCode::Esc), char('q'), char('?')], Action::Back, "back"),
    footer(
        KeyContext::Lists,
        &[KeyCombo::Plain(KeyCode::Down), KeyCombo::Plain(KeyCode::Tab), char('j')],
        Action::Move(Motion::Down),
        "choose",
    ),
    help(
        KeyContext::Lists,
        &[KeyCombo::Plain(KeyCode::Up), KeyCombo::Plain(KeyCode::BackTab), char('k')],
        Action::Move(Motion::Up),
        "previous choice",
    ),
    help(
        KeyContext::Lists,
        &[KeyCombo::Plain(KeyCode::PageUp)],
        Action::Move(Motion::PageUp),
        "a screenful up",
    ),
    help(
        KeyContext::Lists,
        &[KeyCombo::Plain(KeyCode::PageDown)],
        Action::Move(Motion::PageDown),
        "a screenful down",
    ),
    footer(KeyContext::Lists, &[KeyCombo::Plain(KeyCode::Enter)], Action::Enter, "go on"),
    footer(KeyContext::Lists, &[KeyCombo::Plain(KeyCode::Esc)], Action::Back, "back"),
    footer(KeyContext::Scopes, &[char(' ')], Action::Scope(ScopeAction::Toggle), "tick"),
    footer(KeyContext::Scopes, &[char('a')], Action::Scope(ScopeAction::Add), "another"),
    footer(KeyContext::Scopes, &[KeyCombo::Plain(KeyCode::Enter)], Action::Enter, "go on"),
    footer(KeyContext::Scopes, &[char('r')], Action::Scope(ScopeAction::List), "read the list again"),
    footer(KeyContext::Scopes, &[KeyCombo::Plain(KeyCode::Esc)], Action::Back, "back"),
    help(
        KeyContext::Scopes,
        &[char('j'), KeyCombo::Plain(KeyCode::Down)],
        Action::Move(Motion::Down),
        "down",
    ),
    help(KeyContext::Scopes, &[char('k'), KeyCombo::Plain(KeyCode::Up)], Action::Move(Motion::Up), "up"),
    help(
        KeyContext::Scopes,
        &[char('g'), KeyCombo::Plain(KeyCode::Home)],
        Action::Move(Motion::Top),
        "first",
    ),
    help(
        KeyContext::Scopes,
        &[char('G'), KeyCombo::Plain(KeyCode::End)],
        Action::Move(Motion::Bottom),
        "last",
    ),
    help(
        KeyContext::Scopes,
        &[KeyCombo::Plain(KeyCode::PageUp)],
        Action::Move(Motion::PageUp),
        "a screenful up",
    ),
    help(
        KeyContext::Scopes,
        &[KeyCombo::Plain(KeyCode::PageDown)],
        Action::Move(Motion::PageDown),
        "a screenful down",
    ),
    help(KeyContext::Everywhere, &[KeyCombo::Ctrl('l')], Action::Redraw, "draw anew, read the file again"),
    help(KeyContext::Everywhere, &[KeyCombo::Ctrl('z')], Action::Suspend, "suspend; fg brings it back"),
    help(KeyContext::Everywhere, &[KeyCombo::Ctrl('c')], Action::Quit, "quit"),
];

/// What `key` means in `context`.
#[must_use]
pub fn action(context: KeyContext, key: KeyEvent) -> Option<Action> {
    let here = BINDINGS.iter().filter(|binding| binding.context == context);
    let everywhere = BINDINGS.iter().filter(|binding| binding.context == KeyContext::Everywhere);
    let fits = |binding: &&Binding| binding.keys.iter().any(|each| each.is(key));
    here.chain(everywhere).find(fits).map(|binding| binding.action)
}

impl KeyCombo {
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
    fn no_key_means_two_things_in_one_context() {
        for (index, binding) in BINDINGS.iter().enumerate() {
            for key in binding.keys {
                assert!(*key == char('?') || key.word() != "?", "{binding:?} has a key without a name");
                let twice = BINDINGS[index + 1..]
                    .iter()
                    .any(|other| other.context == binding.context && other.keys.contains(key));
                assert!(!twice, "{} in {:?}", key.word(), binding.context);
            }
        }
    }

    #[test]
    fn a_key_with_ctrl_is_not_the_key() {
        let plain = KeyEvent::new(KeyCode::Char('l'), KeyModifiers::NONE);
        let ctrl = KeyEvent::new(KeyCode::Char('l'), KeyModifiers::CONTROL);
        assert_eq!(action(KeyContext::Profiles, plain), Some(Action::LogIn));
        assert_eq!(action(KeyContext::Profiles, ctrl), Some(Action::Redraw));
        assert_eq!(action(KeyContext::Copy, plain), None);
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
            assert_eq!(action(KeyContext::Lists, key), wanted, "{letter}");
            assert_ne!(action(KeyContext::Scopes, key), Some(Action::Back), "{letter}");
        }
    }

    #[test]
    fn a_capital_letter_is_its_own_key() {
        let key = KeyEvent::new(KeyCode::Char('R'), KeyModifiers::SHIFT);
        assert_eq!(action(KeyContext::Profiles, key), Some(Action::RefreshDue));
    }
}
