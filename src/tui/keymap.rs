//! Keys: what each does, where, and how footer, help and docs/keys.md say so.

use KeyCombo::{Ctrl, Plain};
use crossterm::event::KeyCode::{self, BackTab, Down, End, Enter, Esc, F, Home, Left, PageDown, PageUp};
use crossterm::event::KeyCode::{Right, Tab, Up};
use crossterm::event::{KeyEvent, KeyModifiers};

use crate::domain::setting::ValueStep;
use crate::tui::message::{Action, Form, Motion, PanelAction, ScopeAction, ZoomStep};

/// Where a key means something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyContext {
    Everywhere,
    /// On the list and the pane of a profile.
    Profiles,
    /// On the timeline, where the keys of the list act on the selected profile too.
    Timeline,
    Copy,
    /// While a login waits.
    Login,
    /// While a server is asked how one logs in.
    Server,
    /// On the requests of a login or of a discovery, and their answers.
    Exchanges,
    /// In a question.
    Choices,
    Log,
    /// In a list of choices, whose letters mean nothing.
    Lists,
    Scopes,
    Settings,
}

/// Where a key is named beside the help. Where room is short the heaviest goes first; what weighs 0 stays.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShownIn {
    /// In the part of the footer that fits the selected row.
    Row(u8),
    /// In the part of the footer that is the same for every row.
    Constant(u8),
    /// In the footer and in the help.
    Footer,
    Help,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Binding {
    /// The keys, any of which will do.
    pub keys: &'static [KeyCombo],
    pub action: Action,
    /// What they do, in the footer and in the help.
    pub hint: &'static str,
    /// The same where room is short.
    pub brief: &'static str,
    /// The same in the help.
    pub words: &'static str,
    pub shown_in: ShownIn,
}

/// A key with or without Ctrl.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyCombo {
    Plain(KeyCode),
    Ctrl(char),
}

const fn char(key: char) -> KeyCombo {
    Plain(KeyCode::Char(key))
}

const fn footer(keys: &'static [KeyCombo], action: Action, hint: &'static str) -> Binding {
    Binding { keys, action, hint, brief: hint, words: hint, shown_in: ShownIn::Footer }
}

const fn help(keys: &'static [KeyCombo], action: Action, hint: &'static str) -> Binding {
    Binding { shown_in: ShownIn::Help, ..footer(keys, action, hint) }
}

const fn row(keys: &'static [KeyCombo], action: Action, hint: &'static str, weight: u8) -> Binding {
    Binding { shown_in: ShownIn::Row(weight), ..footer(keys, action, hint) }
}

const fn constant(keys: &'static [KeyCombo], action: Action, hint: &'static str, weight: u8) -> Binding {
    Binding { shown_in: ShownIn::Constant(weight), ..footer(keys, action, hint) }
}

/// `binding` with other words in the help.
const fn told(words: &'static str, binding: Binding) -> Binding {
    Binding { words, ..binding }
}

const fn login(
    key: &'static [KeyCombo],
    action: PanelAction,
    hint: &'static str,
    brief: &'static str,
) -> Binding {
    Binding { brief, ..footer(key, Action::Panel(action), hint) }
}

/// Every key by where it means something. The first that fits wins; a context comes before `Everywhere`.
const BINDINGS: [(KeyContext, &[Binding]); 17] = [
    (KeyContext::Profiles, &PROFILES),
    (KeyContext::Profiles, &ROWS),
    (KeyContext::Timeline, &TIMELINE),
    (KeyContext::Copy, &COPY),
    (KeyContext::Login, &LOGIN),
    (KeyContext::Server, &SERVER),
    (KeyContext::Server, &ROWS),
    (KeyContext::Exchanges, &EXCHANGES),
    (KeyContext::Exchanges, &ROWS),
    (KeyContext::Choices, &CHOICES),
    (KeyContext::Log, &LOG),
    (KeyContext::Log, &ROWS),
    (KeyContext::Lists, &LISTS),
    (KeyContext::Scopes, &SCOPES),
    (KeyContext::Scopes, &ROWS),
    (KeyContext::Settings, &SETTINGS),
    (KeyContext::Everywhere, &EVERYWHERE),
];

/// First what acts on the selected row, then what is the same for every row; each in the order of the footer.
const PROFILES: [Binding; 34] = [
    row(&[char('l')], Action::LogIn, "log in", 3),
    row(&[char('r')], Action::Refresh, "refresh", 2),
    row(&[char('y')], Action::Copy, "copy", 1),
    told("reveal the token for 10s", row(&[char('v')], Action::Reveal, "reveal", 8)),
    row(&[char('x')], Action::SignOut, "sign out", 4),
    told("test the token", row(&[char('T')], Action::Test, "test", 5)),
    told("log in again with other scopes", row(&[char('S')], Action::Scopes, "scopes", 6)),
    told("turn auto-refresh on or off", row(&[char('A')], Action::ToggleAutoRefresh, "auto-refresh", 7)),
    told("sign out at the provider too", row(&[char('X')], Action::SignOutAtProvider, "at the provider", 9)),
    help(&[char(' ')], Action::Mark, "mark it, to act on several at once"),
    help(&[char('c'), Plain(F(2))], Action::Rename, "rename"),
    help(&[char('w')], Action::Note, "write a note"),
    help(&[char('m')], Action::MoveStore, "move to another store"),
    help(&[char('u')], Action::Undo, "undo a sign-out within 10s"),
    told("refresh all that are due", row(&[char('R')], Action::RefreshDue, "refresh all due", 8)),
    told("edit an unreadable entry", row(&[char('e')], Action::Edit, "edit", 2)),
    told("unlock: enter the passphrase, or ask the keyring", row(&[char('U')], Action::Unlock, "unlock", 2)),
    told("make the file private", row(&[char('F')], Action::MakePrivate, "make private", 6)),
    told("log in to a new profile", constant(&[char('n')], Action::NewLogin, "new", 1)),
    constant(&[char('/')], Action::Filter, "filter", 2),
    Binding {
        brief: "all",
        ..told(
            "find an action, profile or provider",
            constant(&[char(':'), Ctrl('p')], Action::Palette, "all actions", 3),
        )
    },
    told("sort: urgency, name, provider, expiry", constant(&[char('s')], Action::Sort, "sort", 4)),
    told("go to the next that needs you", constant(&[char('!')], Action::NextNeed, "next", 7)),
    told("settings: colours, mouse and more", help(&[char(',')], Action::Settings, "settings")),
    told("timeline of all profiles", constant(&[char('t')], Action::Timeline, "timeline", 3)),
    told("log of events and messages", constant(&[char('L')], Action::Log, "log", 5)),
    told("help: all keys and states", constant(&[char('?'), Plain(F(1))], Action::Help, "help", 0)),
    constant(&[char('q')], Action::Quit, "quit", 0),
    help(&[char('N')], Action::SkipTour, "skip a hint (demo)"),
    help(&[Plain(Enter)], Action::Enter, "open the profile, then all of it"),
    help(&[Plain(Tab)], Action::SwitchFocus, "switch between list and pane"),
    help(&[char(']'), char('J')], Action::Select(Motion::Down), "next profile"),
    help(&[char('['), char('K')], Action::Select(Motion::Up), "previous profile"),
    help(&[Plain(Esc)], Action::Back, "back; clear the filter"),
];

const TIMELINE: [Binding; 5] = [
    constant(&[char('+'), char('=')], Action::Zoom(ZoomStep::Closer), "zoom in", 1),
    constant(&[char('-')], Action::Zoom(ZoomStep::Wider), "zoom out", 2),
    help(&[char('0')], Action::Zoom(ZoomStep::Reset), "reset the zoom"),
    told("back to the list", constant(&[char('t'), char('q')], Action::Timeline, "list", 0)),
    help(&[Plain(Esc)], Action::Back, "clear the filter; back to the list"),
];

const ROWS: [Binding; 6] = [
    help(&[char('j'), Plain(Down)], Action::Move(Motion::Down), "down"),
    help(&[char('k'), Plain(Up)], Action::Move(Motion::Up), "up"),
    help(&[char('g'), Plain(Home)], Action::Move(Motion::Top), "first"),
    help(&[char('G'), Plain(End)], Action::Move(Motion::Bottom), "last"),
    help(&[Plain(PageUp)], Action::Move(Motion::PageUp), "page up"),
    help(&[Plain(PageDown)], Action::Move(Motion::PageDown), "page down"),
];

const COPY: [Binding; 6] = [
    footer(&[char('t'), char('y'), Plain(Enter)], Action::CopyForm(Form::Token), "token"),
    footer(&[char('h')], Action::CopyForm(Form::Header), "header"),
    footer(&[char('c')], Action::CopyForm(Form::Curl), "curl command"),
    footer(&[char('e')], Action::CopyForm(Form::Export), "export line"),
    footer(&[char('r')], Action::CopyForm(Form::Refresh), "refresh token"),
    footer(&[Plain(Esc), char('q')], Action::Back, "back"),
];

const LOGIN: [Binding; 15] = [
    login(&[char('o')], PanelAction::OpenAgain, "open again", "open"),
    login(&[char('c')], PanelAction::CopyLink, "copy link", "copy"),
    login(&[char('p')], PanelAction::Paste, "paste answer", "paste"),
    login(&[char('d')], PanelAction::SwitchMethod, "device code or browser", "device"),
    login(&[char('u')], PanelAction::CopyUserCode, "copy device code", "code"),
    login(&[char('Q')], PanelAction::ShowQr, "QR code", "QR"),
    login(&[char('t')], PanelAction::PlainUrl, "print link", "print"),
    told(
        "the page refused authtui: register another way",
        login(&[char('r')], PanelAction::PageRefused, "page refused", "refused"),
    ),
    login(&[char('i')], PanelAction::UnfoldSteps, "steps", "steps"),
    help(&[char('w')], Action::Panel(PanelAction::Exchanges), "requests and answers"),
    help(&[char('W')], Action::Panel(PanelAction::SaveTranscript), "save them for a bug report"),
    footer(&[Plain(Esc), char('q')], Action::Back, "cancel"),
    help(&[Plain(Enter)], Action::Enter, "close, after it ended"),
    help(&[char('l')], Action::LogIn, "try again, after it failed"),
    help(&[char('?'), Plain(F(1))], Action::Help, "help"),
];

const SERVER: [Binding; 4] = [
    help(&[Plain(Enter)], Action::Enter, "continue: with these addresses, or after a failure"),
    footer(&[char('w')], Action::Panel(PanelAction::Exchanges), "requests and answers"),
    help(&[char('W')], Action::Panel(PanelAction::SaveTranscript), "save them for a bug report"),
    footer(&[Plain(Esc), char('q')], Action::Back, "back"),
];

const EXCHANGES: [Binding; 3] = [
    footer(&[char('W')], Action::Panel(PanelAction::SaveTranscript), "save for a bug report"),
    footer(&[Plain(Esc), char('q'), char('w')], Action::Back, "back"),
    help(&[Plain(Enter)], Action::Enter, "back"),
];

const CHOICES: [Binding; 6] = [
    help(
        &[Plain(Left), Plain(Up), Plain(BackTab), char('h'), char('k')],
        Action::Move(Motion::Up),
        "previous choice",
    ),
    footer(
        &[Plain(Right), Plain(Down), Plain(Tab), char('l'), char('j')],
        Action::Move(Motion::Down),
        "choose",
    ),
    help(&[Plain(PageUp)], Action::Move(Motion::PageUp), "page up"),
    help(&[Plain(PageDown)], Action::Move(Motion::PageDown), "page down"),
    footer(&[Plain(Enter)], Action::Enter, "confirm"),
    footer(&[Plain(Esc), char('q')], Action::Back, "back"),
];

const LOG: [Binding; 5] = [
    told("read it whole, then go to its profile", footer(&[Plain(Enter)], Action::Enter, "open")),
    told("refresh its profile", footer(&[char('r')], Action::Refresh, "refresh")),
    footer(&[char('/')], Action::Filter, "filter"),
    help(&[char(':'), Ctrl('p')], Action::Palette, "find an action, profile or provider"),
    footer(&[Plain(Esc), char('q'), char('L')], Action::Back, "back"),
];

const LISTS: [Binding; 6] = [
    footer(&[Plain(Down), Plain(Tab), char('j')], Action::Move(Motion::Down), "choose"),
    help(&[Plain(Up), Plain(BackTab), char('k')], Action::Move(Motion::Up), "previous choice"),
    help(&[Plain(PageUp)], Action::Move(Motion::PageUp), "page up"),
    help(&[Plain(PageDown)], Action::Move(Motion::PageDown), "page down"),
    footer(&[Plain(Enter)], Action::Enter, "continue"),
    footer(&[Plain(Esc)], Action::Back, "back"),
];

const SCOPES: [Binding; 5] = [
    footer(&[char(' ')], Action::Scope(ScopeAction::Toggle), "tick"),
    footer(&[char('a')], Action::Scope(ScopeAction::Add), "add a scope"),
    footer(&[Plain(Enter)], Action::Enter, "continue"),
    footer(&[char('r')], Action::Scope(ScopeAction::List), "reload the list"),
    footer(&[Plain(Esc)], Action::Back, "back"),
];

const SETTINGS: [Binding; 7] = [
    footer(
        &[Plain(Right), char(' '), Plain(Enter), char('l')],
        Action::ChangeMarked(ValueStep::Next),
        "next value",
    ),
    footer(&[Plain(Left), char('h')], Action::ChangeMarked(ValueStep::Previous), "previous value"),
    footer(&[Plain(Down), Plain(Tab), char('j')], Action::Move(Motion::Down), "choose"),
    help(&[Plain(Up), Plain(BackTab), char('k')], Action::Move(Motion::Up), "previous setting"),
    help(&[Plain(Home), char('g')], Action::Move(Motion::Top), "first"),
    help(&[Plain(End), char('G')], Action::Move(Motion::Bottom), "last"),
    footer(&[Plain(Esc), char('q'), char(',')], Action::Back, "back"),
];

const EVERYWHERE: [Binding; 3] = [
    help(&[Ctrl('l')], Action::Redraw, "redraw, reload the file"),
    help(&[Ctrl('z')], Action::Suspend, "suspend (fg resumes)"),
    help(&[Ctrl('c')], Action::Quit, "quit"),
];

/// The keys of a context with what they do there.
pub fn bindings(context: KeyContext) -> impl Iterator<Item = &'static Binding> {
    BINDINGS.into_iter().filter(move |(each, _)| *each == context).flat_map(|(_, bindings)| bindings)
}

/// Every key with its context.
pub fn all() -> impl Iterator<Item = (KeyContext, &'static Binding)> {
    BINDINGS
        .into_iter()
        .flat_map(|(context, bindings)| bindings.iter().map(move |binding| (context, binding)))
}

impl KeyContext {
    /// Where that is, behind “only”.
    #[must_use]
    pub fn place(self) -> &'static str {
        match self {
            Self::Everywhere => "everywhere",
            Self::Profiles => "on the profiles",
            Self::Timeline => "on the timeline",
            Self::Copy => "while copying",
            Self::Login => "during a login",
            Self::Server => "while a server is asked",
            Self::Exchanges => "on requests and answers",
            Self::Choices => "in a question",
            Self::Log => "in the log",
            Self::Lists => "in a list of choices",
            Self::Scopes => "while choosing scopes",
            Self::Settings => "on the settings",
        }
    }
}

impl Binding {
    /// What it does, after the word of the footer where that says more.
    #[must_use]
    pub fn text(&self) -> String {
        let says_it = self.hint.split(' ').all(|word| self.words.contains(word));
        if says_it { self.words.to_owned() } else { format!("{}: {}", self.hint, self.words) }
    }
}

impl KeyCombo {
    /// Whether `key` is it.
    #[must_use]
    pub fn is(self, key: KeyEvent) -> bool {
        let ctrl = key.modifiers.contains(KeyModifiers::CONTROL);
        let alt = key.modifiers.intersects(KeyModifiers::ALT | KeyModifiers::SUPER);
        match self {
            Self::Plain(code) => key.code == code && !ctrl && !alt,
            Self::Ctrl(char) => key.code == KeyCode::Char(char) && ctrl && !alt,
        }
    }

    /// The key that people write so: `j`, `PgUp`, `Ctrl-L`, `F5`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Self> {
        if let Some(char) = word.strip_prefix("Ctrl-") {
            let mut chars = char.chars();
            let char = chars.next().filter(char::is_ascii_graphic)?;
            return chars.next().is_none().then_some(Self::Ctrl(char.to_ascii_lowercase()));
        }
        if word == "Space" {
            return Some(char(' '));
        }
        if let Some(number) = word.strip_prefix('F').and_then(|number| number.parse().ok()) {
            return (1..=24).contains(&number).then_some(Plain(F(number)));
        }
        let mut chars = word.chars();
        match (chars.next(), chars.next()) {
            (Some(one), None) if one.is_ascii_graphic() => return Some(char(one)),
            _ => {}
        }
        NAMED.into_iter().find(|(_, name)| *name == word).map(|(code, _)| Plain(code))
    }

    /// The key as people read it: `j`, `PgUp`, `Ctrl-L`.
    #[must_use]
    pub fn word(self) -> String {
        match self {
            Self::Ctrl(char) => format!("Ctrl-{}", char.to_ascii_uppercase()),
            Self::Plain(KeyCode::Char(' ')) => "Space".to_owned(),
            Self::Plain(KeyCode::Char(char)) => char.to_string(),
            Self::Plain(F(number)) => format!("F{number}"),
            Self::Plain(code) => named(code).to_owned(),
        }
    }
}

/// The keys that have names.
const NAMED: [(KeyCode, &str); 15] = [
    (Enter, "Enter"),
    (Esc, "Esc"),
    (Up, "↑"),
    (Down, "↓"),
    (Left, "←"),
    (Right, "→"),
    (Home, "Home"),
    (End, "End"),
    (PageUp, "PgUp"),
    (PageDown, "PgDn"),
    (Tab, "Tab"),
    (BackTab, "Shift-Tab"),
    (KeyCode::Insert, "Insert"),
    (KeyCode::Delete, "Delete"),
    (KeyCode::Backspace, "Backspace"),
];

fn named(code: KeyCode) -> &'static str {
    NAMED.into_iter().find(|(each, _)| *each == code).map_or("?", |(_, name)| name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_key_means_two_things_in_one_context_and_each_has_a_name() {
        let keys: Vec<_> = all()
            .flat_map(|(context, binding)| binding.keys.iter().map(move |key| (context, *key)))
            .collect();
        for (index, (context, key)) in keys.iter().enumerate() {
            assert!(*key == char('?') || key.word() != "?", "{key:?} has no name");
            assert!(!keys[index + 1..].contains(&(*context, *key)), "{} in {context:?}", key.word());
        }
    }

    #[test]
    fn a_key_with_ctrl_is_not_the_key() {
        let plain = KeyEvent::new(KeyCode::Char('l'), KeyModifiers::NONE);
        let ctrl = KeyEvent::new(KeyCode::Char('l'), KeyModifiers::CONTROL);
        assert_eq!(usual(KeyContext::Profiles, plain), Some(Action::LogIn));
        assert_eq!(usual(KeyContext::Profiles, ctrl), Some(Action::Redraw));
        assert_eq!(usual(KeyContext::Copy, plain), None);
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
            assert_eq!(usual(KeyContext::Lists, key), wanted, "{letter}");
            assert_ne!(usual(KeyContext::Scopes, key), Some(Action::Back), "{letter}");
        }
    }

    #[test]
    fn a_capital_letter_is_its_own_key() {
        let key = KeyEvent::new(KeyCode::Char('R'), KeyModifiers::SHIFT);
        assert_eq!(usual(KeyContext::Profiles, key), Some(Action::RefreshDue));
    }

    fn usual(context: KeyContext, key: KeyEvent) -> Option<Action> {
        crate::tui::custom_keys::CustomKeys::default().action(context, key)
    }
}
