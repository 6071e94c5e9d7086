//! Anything in any order at any size: no panic, and no secret on a screen or in a debug print.
//!
//! The messages come from a seeded generator, so that a failure can be played again: its seed is
//! in the failure's words. Every secret that goes in has a core that occurs nowhere else.

mod dice;

use std::collections::BTreeSet;
use std::fmt::{self, Debug, Write};
use std::time::Duration;

use authtui::domain::change::{Renewal, Row, Snapshot};
use authtui::domain::clock::{Now, TimeDelta};
use authtui::domain::name::{ProfileId, StoreId};
use authtui::domain::profile::{Kind, LastRefresh, Profile, RefreshResult};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{Held, Life, Tokens};
use authtui::domain::trouble::{Next, Stored, Trouble};
use authtui::oauth::callback::Answer;
use authtui::oauth::login::{Choice, Heard, Stage};
use authtui::oauth::request::Reply;
use authtui::oauth::{Attempt, Errand};
use authtui::tui::message::{Copied, Msg, Refreshed};
use authtui::tui::model::{Model, Screen};
use authtui::tui::theme::{Glyphs, Theme};
use authtui::tui::wizard::Page;
use authtui::tui::{update, view, wakes_at};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::chaos::dice::Dice;
use crate::harness::{PLACE, VERIFIER, bound, catalog, entropy, id, later, now};

/// How many runs, and how many messages each.
const RUNS: u64 = 60;
const MESSAGES: usize = 100;
/// One in so many steps is drawn and its model printed, for speed.
const DRAWN: usize = 5;

/// The cores of the planted secrets. What is shown of a token is its prefix and its last four.
const ACCESS: &str = "0coreOfAccess0";
const REFRESH: &str = "0coreOfRefresh0";
const CLIENT_SECRET: &str = "0coreOfClient0";
const CODE: &str = "0coreOfCode0";
const MASKED: &str = "0coreOfMasked0";

#[test]
fn no_order_of_messages_panics_or_leaks() {
    let mut seen = BTreeSet::new();
    for seed in 0..RUNS {
        let mut run = Run::new(seed);
        for _ in 0..MESSAGES {
            run.step();
            seen.insert(word(&run.model.screen));
            seen.extend(run.model.login.as_ref().map(|login| word(login.stage())));
        }
    }
    for word in [
        "List",
        "Detail",
        "Filter",
        "Copy",
        "Dialog",
        "Wizard",
        "Login",
        "Help",
        "Opening",
        "Waiting",
        "Exchanging",
        "Confirming",
        "Saving",
        "Unsaved",
        "Testing",
        "Over",
    ] {
        assert!(seen.contains(word), "{word} never came, so nothing is known of it: {seen:?}");
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for secret in [ACCESS, REFRESH, CLIENT_SECRET, CODE, MASKED, VERIFIER] {
        assert_eq!(leak(&format!("before {secret} after")), leak(secret));
        assert!(leak(secret).is_some(), "{secret}");
    }
    let (one, other) = ACCESS.split_at(7);
    assert!(leak(&format!("│ {one} │\n│ {other} │")).is_some(), "wrapped in a box");
    assert_eq!(leak("nothing to see"), None);
}

/// One run: a screen, a clock, and what is thrown at them.
struct Run {
    seed: u64,
    dice: Dice,
    model: Model,
    now: Now,
    /// What is drawn and how, so that drawing never changes what comes next.
    brush: Dice,
}

impl Run {
    fn new(seed: u64) -> Self {
        let (dice, brush) = (Dice::new(seed), Dice::new(seed + RUNS));
        let mut run = Self { seed, dice, brush, model: Model::new((80, 24)), now: now() };
        // Most runs begin as the program does.
        if !run.dice.one_in(5) {
            let snapshot = run.snapshot();
            update(&mut run.model, run.now, Msg::Stored(snapshot));
            update(&mut run.model, run.now, Msg::Catalogued(Box::new(catalog())));
        }
        run
    }

    /// The next message, the effects it had, and what comes of both.
    fn step(&mut self) {
        let wait = self.dice.pick(&[0, 1, 20, 900, 7_000, 61_000, 400_000]);
        self.now = later(self.now, Duration::from_millis(wait));
        let msg = self.message();
        self.search("message", &msg);
        let effects = update(&mut self.model, self.now, msg);
        self.search("effects", &effects);
        let _ = wakes_at(&self.model, self.now);
        if self.brush.one_in(DRAWN) {
            self.search("model", &self.model);
            self.draw();
        }
    }

    fn search(&self, what: &str, printed: &impl Debug) {
        let text = format!("{printed:?}");
        assert_eq!(planted(&text), None, "seed {}: a {what} prints a secret: {text}", self.seed);
    }

    fn draw(&mut self) {
        let (columns, rows) = self.model.size;
        let glyphs = if self.brush.one_in(2) { Glyphs::unicode() } else { Glyphs::ascii() };
        let theme = if self.brush.one_in(2) { Theme::colored(glyphs) } else { Theme::mono(glyphs) };
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal");
        terminal.draw(|frame| view(frame, &self.model, &theme, self.now)).expect("a frame");
        let cells = terminal.backend().buffer().content();
        let text: String = cells.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(leak(&text), None, "seed {}: {columns}×{rows} shows a secret: {text}", self.seed);
    }

    fn message(&mut self) -> Msg {
        let under_way =
            self.model.login.as_ref().is_some_and(|login| !matches!(login.stage(), Stage::Over(_)));
        if under_way && self.dice.one_in(2) {
            return self.login();
        }
        // Logins are where secrets are; left to chance they would be few.
        if !under_way && self.dice.one_in(5) {
            let key = match self.model.screen {
                Screen::List => KeyCode::Char(self.dice.pick(&['l', 'l', 'n'])),
                Screen::Detail
                | Screen::Filter(_)
                | Screen::Copy
                | Screen::Dialog(_)
                | Screen::Wizard(_)
                | Screen::Login(_)
                | Screen::Help(..) => self.dice.pick(&[KeyCode::Enter, KeyCode::Enter, KeyCode::Esc]),
            };
            return Msg::Key(KeyEvent::new(key, KeyModifiers::NONE));
        }
        match self.dice.below(20) {
            0 => Msg::Catalogued(Box::new(catalog())),
            1 | 2 => Msg::Stored(self.snapshot()),
            3 => self.size(),
            4 => Msg::Woke,
            5 => self.pasted(),
            6..10 => self.login(),
            10 => Msg::Refreshed(self.id(), self.refreshed()),
            11 => {
                let changed = if self.dice.one_in(2) { Ok(self.snapshot()) } else { Err(self.trouble()) };
                Msg::Changed(self.id(), changed)
            }
            12 => {
                let copied = self.dice.pick(&[Copied::Native, Copied::Terminal]);
                let copied = if self.dice.one_in(2) { Ok(copied) } else { Err(self.trouble()) };
                Msg::Copied("the token".to_owned(), copied)
            }
            13 => {
                let tested =
                    if self.dice.one_in(2) { Ok("200: works".to_owned()) } else { Err(self.trouble()) };
                Msg::Tested(self.id(), tested)
            }
            14 if self.dice.one_in(20) => Msg::Terminated,
            _ => Msg::Key(self.key()),
        }
    }

    fn size(&mut self) -> Msg {
        let usual = [(80, 24), (120, 30), (1, 1), (200, 60), (40, 10), (70, 12), (39, 9), (110, 10)];
        if self.dice.one_in(2) {
            let (columns, rows) = self.dice.pick(&usual);
            return Msg::Resized(columns, rows);
        }
        let (columns, rows) = (1 + self.dice.below(200), 1 + self.dice.below(60));
        Msg::Resized(u16::try_from(columns).expect("small"), u16::try_from(rows).expect("small"))
    }

    /// Where the field is masked, a secret; elsewhere what can be seen may be seen.
    fn pasted(&mut self) -> Msg {
        let masked = matches!(&self.model.screen, Screen::Wizard(wizard) if matches!(wizard.page, Page::ClientSecret(_)));
        let text = if masked {
            format!("x{MASKED}x")
        } else {
            self.dice
                .pick(&["work", "c0de#x", "a\u{202e}b\x1b[2J", "☃ 漢字", "", "?code=x&state=y"])
                .to_owned()
        };
        Msg::Pasted(Secret::new(text))
    }

    fn key(&mut self) -> KeyEvent {
        let chars = "nnlllrRyxT/?qjkgGhcetpoa19é漢";
        let codes = [
            KeyCode::Enter,
            KeyCode::Enter,
            KeyCode::Enter,
            KeyCode::Esc,
            KeyCode::Tab,
            KeyCode::BackTab,
            KeyCode::Up,
            KeyCode::Down,
            KeyCode::Left,
            KeyCode::Right,
            KeyCode::Home,
            KeyCode::End,
            KeyCode::PageUp,
            KeyCode::PageDown,
            KeyCode::Backspace,
            KeyCode::Delete,
            KeyCode::F(1),
            KeyCode::Null,
        ];
        if self.dice.one_in(2) {
            return KeyEvent::new(self.dice.pick(&codes), KeyModifiers::NONE);
        }
        let chars: Vec<char> = chars.chars().collect();
        let modifiers = if self.dice.one_in(20) { KeyModifiers::CONTROL } else { KeyModifiers::NONE };
        KeyEvent::new(KeyCode::Char(self.dice.pick(&chars)), modifiers)
    }

    fn login(&mut self) -> Msg {
        let late = self.dice.one_in(8);
        let last = self.model.attempts;
        let attempt = Attempt(if late { last.saturating_sub(1) } else { last });
        let fitting = if self.dice.one_in(3) { None } else { self.fitting() };
        let heard = fitting.unwrap_or_else(|| self.any_heard());
        Msg::Login(attempt, heard)
    }

    /// What the login waits for, so that runs come further than its first steps.
    fn fitting(&mut self) -> Option<Heard> {
        Some(match self.model.login.as_ref()?.stage() {
            Stage::Opening(None) => Heard::Began(entropy()),
            Stage::Opening(Some(_)) => Heard::Bound(Ok(bound(8765))),
            Stage::Waiting(_) => Heard::Answered(Answer::Code { code: self.secret(CODE), issuer: None }),
            Stage::Exchanging(_) => Heard::Replied(Errand(1), Ok(self.reply())),
            Stage::Testing(errand, _) => Heard::Replied(*errand, Ok(self.reply())),
            Stage::Saving(_) => Heard::Saved(if self.dice.one_in(2) { Ok(()) } else { Err(self.trouble()) }),
            Stage::Confirming(..) | Stage::Unsaved(..) | Stage::Over(_) => return None,
        })
    }

    fn any_heard(&mut self) -> Heard {
        match self.dice.below(17) {
            0 => Heard::Began(entropy()),
            1 => Heard::Bound(if self.dice.one_in(2) { Err(self.trouble()) } else { Ok(bound(8765)) }),
            2 | 3 => Heard::Opened(if self.dice.one_in(2) { Ok(()) } else { Err(self.trouble()) }),
            4 => Heard::Answered(Answer::Denied { error: "access_denied".into(), description: None }),
            5 => Heard::Answered(Answer::Code { code: self.secret(CODE), issuer: None }),
            6 | 7 => Heard::Stray,
            8 | 9 => Heard::Typed(self.secret(CODE)),
            10 | 11 => {
                let errand = Errand(1 + u64::try_from(self.dice.below(3)).expect("small"));
                let reply = if self.dice.one_in(2) { Err(self.trouble()) } else { Ok(self.reply()) };
                Heard::Replied(errand, reply)
            }
            12 => {
                let elsewhere = Choice::KeepAs(self.id().name);
                Heard::Decided(self.dice.pick(&[Choice::Keep, Choice::Discard, elsewhere]))
            }
            13 => Heard::Saved(if self.dice.one_in(2) { Ok(()) } else { Err(self.trouble()) }),
            14 | 15 => {
                self.dice.pick(&[Heard::Woke, Heard::OpenAgain, Heard::ListenerDied("a fault".into())])
            }
            _ => Heard::Cancelled,
        }
    }

    fn reply(&mut self) -> Reply {
        let tokens = format!(
            r#"{{"access_token":"dat_{ACCESS}0123456789abcd","refresh_token":"drt_{REFRESH}0123456789abcd",
            "expires_in":{},"account":{{"uuid":"{}"}}}}"#,
            self.dice.pick(&["60", "-1", "1e300", "\"soon\"", "null"]),
            self.dice.below(2)
        );
        let (status, body) = match self.dice.below(5) {
            0 => (400, r#"{"error":"invalid_grant"}"#.to_owned()),
            1 => (self.dice.pick(&[200, 302, 404, 500]), "<html>".to_owned()),
            _ => (200, tokens),
        };
        let headers = vec![("retry-after".to_owned(), Secret::new("7"))];
        Reply { status, headers, body: Secret::new(body), sent: self.now }
    }

    fn refreshed(&mut self) -> Refreshed {
        match self.dice.below(4) {
            0 => Refreshed::Done(self.snapshot()),
            1 => Refreshed::Enough(self.snapshot()),
            2 => {
                let record = LastRefresh { at: self.now.wall, result: RefreshResult::Done, grant: None };
                let renewal = Renewal { tokens: self.tokens(), life: self.life(), scopes: None, record };
                Refreshed::Unsaved(Box::new(renewal), self.trouble())
            }
            _ => {
                let snapshot = if self.dice.one_in(2) { Some(self.snapshot()) } else { None };
                Refreshed::Failed(snapshot, self.trouble())
            }
        }
    }

    fn snapshot(&mut self) -> Snapshot {
        let count = self.dice.pick(&[0, 1, 3, 7, 40]);
        let rows = (0..count).map(|number| self.row(number)).collect();
        let writable = if self.dice.one_in(10) { Err(self.trouble()) } else { Ok(()) };
        let notices =
            if self.dice.one_in(8) { vec!["The file is private now.".to_owned()] } else { Vec::new() };
        Snapshot { store: StoreId::Own, place: PLACE.to_owned(), rows, writable, notices }
    }

    fn row(&mut self, number: u32) -> Row {
        if self.dice.one_in(10) {
            return Row::Broken {
                name: "demo/ivy".to_owned(),
                line: number,
                why: "it is no text".to_owned(),
            };
        }
        let id = self.dice.pick(&[id(&format!("p{number}")), id(&format!("acme/p{number}")), id("nobody/x")]);
        let kind = if self.dice.one_in(8) { Kind::ApiKey } else { Kind::OAuth };
        let held = if self.dice.one_in(6) { Held::Nothing } else { Held::Here(self.tokens()) };
        let retry_at = self.now.wall + TimeDelta::seconds(self.dice.pick(&[-5, 5, 500]));
        let result = self.dice.pick(&[
            RefreshResult::Done,
            RefreshResult::Dead { why: "no\x1b[31m".to_owned() },
            RefreshResult::Passing { why: "busy".to_owned(), times: 3, retry_at },
        ]);
        let last = LastRefresh { at: self.now.wall, result, grant: None };
        Row::Profile(Box::new(Profile {
            client_secret: self.dice.one_in(2).then(|| Secret::new(format!("x{CLIENT_SECRET}x"))),
            held,
            life: self.life(),
            scopes: vec!["a".to_owned(); self.dice.pick(&[0, 1, 30])],
            subject: self.dice.one_in(2).then(|| "0".to_owned()),
            account: self.dice.one_in(2).then(|| "漢字 ana@demo.test ".repeat(self.dice.pick(&[1, 9]))),
            last_refresh: self.dice.one_in(2).then_some(last),
            revoked_at: self.dice.one_in(4).then_some(self.now.wall),
            ..Profile::new(id, kind)
        }))
    }

    fn tokens(&mut self) -> Tokens {
        let refresh = (!self.dice.one_in(4)).then(|| Secret::new(format!("drt_{REFRESH}0123456789wxyz")));
        Tokens { access: Secret::new(format!("dat_{ACCESS}0123456789{}", self.dice.below(9))), refresh }
    }

    fn life(&mut self) -> Life {
        let mut end = |also: i64| {
            let seconds = self.dice.pick(&[-90_000, -1, 0, 1, 59, 3_600, 90_000, 9_000_000, also]);
            (!self.dice.one_in(4)).then(|| self.now.wall + TimeDelta::seconds(seconds))
        };
        Life { obtained_at: end(-10), expires_at: end(10), grant_ends_at: end(3_000_000_000) }
    }

    fn trouble(&mut self) -> Trouble {
        let next = self.dice.pick(&[Next::LogIn, Next::Retry, Next::Nothing, Next::Fix("look".to_owned())]);
        let stored = self.dice.pick(&[Stored::Untouched, Stored::NewOnesInMemory]);
        let why = "because ".repeat(self.dice.pick(&[1, 40]));
        Trouble { what: "cannot do it".to_owned(), why, stored, next }
    }

    fn id(&mut self) -> ProfileId {
        let selected = self.model.selected_profile().map(|profile| profile.id.clone());
        selected.filter(|_| !self.dice.one_in(4)).unwrap_or_else(|| id(&format!("p{}", self.dice.below(4))))
    }

    fn secret(&mut self, core: &str) -> Secret {
        Secret::new(format!("{core}{}", self.dice.below(5)))
    }
}

/// The planted secret in `text`, whether or not a box or a line end cuts it in two.
fn leak(text: &str) -> Option<&'static str> {
    let joined: String =
        text.chars().filter(|char| !char.is_whitespace() && !matches!(char, '│' | '|')).collect();
    planted(text).or_else(|| planted(&joined))
}

/// The planted secret in `text`.
fn planted(text: &str) -> Option<&'static str> {
    let verifier = VERIFIER.get(..16).expect("long enough");
    let secrets = [ACCESS, REFRESH, CLIENT_SECRET, CODE, MASKED, verifier];
    secrets.into_iter().find(|secret| text.contains(secret))
}

/// The name of a variant.
fn word(value: &impl Debug) -> String {
    let mut word = Word(String::new());
    // The word is complete once something else comes; that ends the printing.
    let _ = write!(word, "{value:?}");
    word.0
}

struct Word(String);

impl Write for Word {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.extend(text.chars().take_while(|char| char.is_alphanumeric()));
        if text.chars().all(char::is_alphanumeric) { Ok(()) } else { Err(fmt::Error) }
    }
}
