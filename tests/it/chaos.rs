//! Anything in any order at any size: no panic, and no secret on a screen or in a debug print.
//!
//! The messages come from a seeded generator, so that a failure can be played again: its seed is
//! in the failure's words. Every secret that goes in has a core that occurs nowhere else.

pub(crate) mod dice;

use std::collections::BTreeSet;
use std::fmt::{self, Debug, Write};
use std::sync::Arc;
use std::time::Duration;

use authtui::domain::change::{
    Extent, PassphraseNeed, RefreshedTokens, Row, SignedOut, Snapshot, StoreNotice, Unlock, Where,
};
use authtui::domain::clock::{Now, TimeDelta};
use authtui::domain::event::{Author, Event, GrantEvent};
use authtui::domain::known_login::LoginFacts;
use authtui::domain::name::{ProfileId, StoreId};
use authtui::domain::profile::{Kind, LastRefresh, LastTest, Profile, RefreshResult, TestResult};
use authtui::domain::provider::scopes::OfferedScope;
use authtui::domain::provider::{Pkce, Provider};
use authtui::domain::secret::Secret;
use authtui::domain::settings::{Settings, ThemeChoice};
use authtui::domain::store_presence::Prompting;
use authtui::domain::tokens::{Expiry, StoredTokens, Tokens};
use authtui::domain::trouble::{FailureKind, Stored, Trouble};
use authtui::oauth::callback::{AuthorizationResponse, Ignored};
use authtui::oauth::device::NextPoll;
use authtui::oauth::form::Form;
use authtui::oauth::login::{DeviceMethod, Input, Login, Opening, Output, SaveDecision, Stage};
use authtui::oauth::probe::TestVerdict;
use authtui::oauth::refresh::Refreshed;
use authtui::oauth::request::Reply;
use authtui::oauth::revocation::Revoked;
use authtui::oauth::scopes::Listed;
use authtui::oauth::{LoginId, RequestId};
use authtui::stored::rules_file;
use authtui::tui::message::{ClipboardCleared, Copied, CopySource, Msg};
use authtui::tui::model::Model;
use authtui::tui::screen::Screen;
use authtui::tui::screen_map::MouseGesture;
use authtui::tui::theme::Letters;
use authtui::tui::theme::own::OwnTheme;
use authtui::tui::theme::palette::{Background, ColorDepth};
use authtui::tui::theme::terminal::TerminalTraits;
use authtui::tui::wizard::form::FormField;
use authtui::tui::wizard::key_page::KeyField;
use authtui::tui::wizard::{Page, TextQuestion};
use authtui::tui::{update, view, wakes_at};
use crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::Terminal;
use ratatui::backend::TestBackend;

use crate::chaos::dice::Dice;
use crate::harness::{
    DEVICE_VERIFIER, PLACE, STATE, VERIFIER, asks, at, bound, catalog, device, entropy, id, later, now,
    reply, screen_map, with_device, with_device_alone, with_sent_request, without_echo,
};

/// How many runs, and how many messages each.
const RUNS: u64 = 96;
const MESSAGES: usize = 100;
/// Every message, in the order of their enum.
const NAMES: [&str; 40] = [
    "Edited",
    "Revealed",
    "ClipboardCleared",
    "Key",
    "Mouse",
    "Pasted",
    "Resized",
    "Woke",
    "Terminated",
    "Stopped",
    "Continued",
    "HungUp",
    "Catalogued",
    "Asking",
    "Waits",
    "Events",
    "Settled",
    "Themed",
    "Ruled",
    "BackgroundTold",
    "SettingsSaved",
    "SettingsTouched",
    "Touched",
    "Stored",
    "Login",
    "Refreshed",
    "Rescued",
    "Changed",
    "SignedOut",
    "Revoked",
    "MadePrivate",
    "PassphraseTaken",
    "Copied",
    "Tested",
    "KeyTested",
    "Probed",
    "Scopes",
    "Described",
    "Discovered",
    "TranscriptSaved",
];
/// One in so many steps is drawn and its model printed, for speed.
const DRAWN: usize = 5;

/// The cores of the planted secrets. What is shown of a token is its prefix and its last four.
const ACCESS: &str = "0coreOfAccess0";
const REFRESH: &str = "0coreOfRefresh0";
const CLIENT_SECRET: &str = "0coreOfClient0";
const CODE: &str = "0coreOfCode0";
const MASKED: &str = "0coreOfMasked0";
const DEVICE_CODE: &str = "0coreOfDevice0";

#[test]
fn no_order_of_messages_panics_or_leaks() {
    let (mut seen, mut sent) = (BTreeSet::new(), BTreeSet::new());
    for seed in 0..RUNS {
        let mut run = Run::new(seed);
        for _ in 0..MESSAGES {
            sent.insert(run.step());
            seen.insert(word(&run.model.screen));
            seen.extend(run.model.login.as_ref().map(|login| word(login.stage())));
            let methods = run.model.login.as_ref().and_then(Login::methods);
            seen.extend(methods.map(|methods| format!("device {}", word(&methods.device))));
            let code = methods.and_then(|methods| methods.device.code());
            seen.extend(code.map(|code| format!("poll {}", word(&code.poll))));
            seen.extend(methods.and_then(|methods| methods.curl.as_ref()).map(|_| "curl".to_owned()));
        }
    }
    assert_eq!(sent, NAMES.into(), "of the others nothing is known");
    for word in [
        "List",
        "Pane",
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
        "Naming",
        "Over",
        "device Absent",
        "device Requested",
        "device Open",
        "device Closed",
        "poll At",
        "poll Awaited",
        "curl",
    ] {
        assert!(seen.contains(word), "{word} never came, so nothing is known of it: {seen:?}");
    }
}

#[test]
fn the_search_finds_what_it_looks_for() {
    for secret in
        [ACCESS, REFRESH, CLIENT_SECRET, CODE, MASKED, DEVICE_CODE, STATE, VERIFIER, DEVICE_VERIFIER]
    {
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
    /// The request that was sent last.
    sent: RequestId,
    /// The last login that was given another provider.
    widened: u64,
    /// What is drawn and how, so that drawing never changes what comes next.
    brush: Dice,
}

impl Run {
    fn new(seed: u64) -> Self {
        let (dice, brush) = (Dice::new(seed), Dice::new(seed + RUNS));
        let mut run = Self {
            seed,
            dice,
            brush,
            model: Model::new((80, 24)),
            now: now(),
            sent: RequestId(0),
            widened: 0,
        };
        // Most runs begin as the program does.
        if !run.dice.one_in(5) {
            let snapshot = run.snapshot();
            update(&mut run.model, run.now, Msg::Stored(snapshot));
            update(&mut run.model, run.now, Msg::Catalogued(Arc::new(catalog())));
        }
        // Left to chance, few would find the way through the pages of a new login.
        if run.dice.one_in(2) {
            let keys = "ndemo\rnew\r\r\r"
                .chars()
                .map(|char| if char == '\r' { KeyCode::Enter } else { KeyCode::Char(char) });
            for key in keys {
                update(&mut run.model, run.now, Msg::Key(KeyEvent::new(key, KeyModifiers::NONE)));
            }
            run.widen();
        }
        run
    }

    /// The next message, the effects it had, and what comes of both; gives the message's name.
    fn step(&mut self) -> &'static str {
        let wait = self.dice.pick(&[0, 1, 20, 900, 7_000, 61_000, 400_000]);
        self.now = later(self.now, Duration::from_millis(wait));
        let msg = self.message();
        let name = name(&msg);
        self.search("message", &msg);
        let effects = update(&mut self.model, self.now, msg);
        self.sent = asks(&effects).iter().rev().find_map(request_id).unwrap_or(self.sent);
        self.widen();
        self.search("effects", &effects);
        let _ = wakes_at(&self.model, self.now);
        if self.brush.one_in(DRAWN) {
            self.search("model", &self.model);
            self.draw();
        }
        name
    }

    /// Gives a login that has just begun another provider: no file of a test describes all methods.
    fn widen(&mut self) {
        let Some(login) = &self.model.login else { return };
        let begun = matches!(login.stage(), Stage::Opening(opening) if *opening == Opening::default());
        if !begun || self.widened == self.model.attempts {
            return;
        }
        self.widened = self.model.attempts;
        let with_pkce = |provider| Provider { device: Some(device(Pkce::Required)), ..with_device(provider) };
        let changed = self.dice.pick::<fn(Provider) -> Provider>(&[
            with_pkce,
            with_device_alone,
            with_sent_request,
            with_sent_request,
            |provider| with_device(with_sent_request(provider)),
            without_echo,
            |provider| provider,
        ]);
        let plan = at(login.plan().clone(), changed);
        self.model.login = Some(Login::begin(plan, login.id(), self.now).0);
    }

    fn search(&self, what: &str, printed: &impl Debug) {
        let text = format!("{printed:?}");
        assert_eq!(planted(&text), None, "seed {}: a {what} prints a secret: {text}", self.seed);
    }

    fn draw(&mut self) {
        let (columns, rows) = self.model.size;
        let letters = if self.brush.one_in(2) { Letters::Unicode } else { Letters::Ascii };
        let depth = self.brush.pick(&[
            ColorDepth::None,
            ColorDepth::Sixteen,
            ColorDepth::Indexed,
            ColorDepth::Direct,
        ]);
        let terminal = TerminalTraits { letters, depth, ..self.model.terminal };
        let theme = terminal.theme(&self.model.settings, self.model.own_theme.as_ref());
        let mut terminal = Terminal::new(TestBackend::new(columns, rows)).expect("a terminal");
        terminal.draw(|frame| view(frame, &self.model, &theme, self.now)).expect("a frame");
        let cells = terminal.backend().buffer().content();
        let text: String = cells.iter().map(ratatui::buffer::Cell::symbol).collect();
        assert_eq!(leak(&text), None, "seed {}: {columns}×{rows} shows a secret: {text}", self.seed);
    }

    fn message(&mut self) -> Msg {
        let under_way =
            self.model.login.as_ref().is_some_and(|login| !matches!(login.stage(), Stage::Over(_)));
        if under_way && !self.dice.one_in(3) {
            return self.login();
        }
        // Logins are where secrets are; left to chance they would be few.
        if !under_way && self.dice.one_in(5) {
            let key = match self.model.screen {
                Screen::List => KeyCode::Char(self.dice.pick(&['l', 'l', 'n'])),
                Screen::Pane
                | Screen::Everything
                | Screen::Filter(_)
                | Screen::Renaming(..)
                | Screen::Noting(..)
                | Screen::Passphrase(_)
                | Screen::Copy
                | Screen::Reveal(..)
                | Screen::Dialog(_)
                | Screen::Results(_)
                | Screen::Wizard(_)
                | Screen::Login(_)
                | Screen::Log(_)
                | Screen::Settings(_)
                | Screen::Help(..)
                | Screen::Palette(..) => self.dice.pick(&[KeyCode::Enter, KeyCode::Enter, KeyCode::Esc]),
            };
            return Msg::Key(KeyEvent::new(key, KeyModifiers::NONE));
        }
        match self.dice.below(24) {
            0 => Msg::Catalogued(Arc::new(catalog())),
            1 | 2 => Msg::Stored(self.snapshot()),
            3 => self.size(),
            4 => Msg::Woke,
            5 => self.pasted(),
            6..10 => self.login(),
            10 => Msg::Refreshed(self.id(), self.refreshed()),
            11 => {
                let snapshot = self.snapshot();
                Msg::Changed(self.id(), self.or_trouble(snapshot))
            }
            12 => {
                let copied = self.dice.pick(&[Copied::Native, Copied::NativeSecret, Copied::Terminal]);
                Msg::Copied(CopySource::Profile(self.id(), Form::Token), self.or_trouble(copied))
            }
            13 => {
                let id = self.id();
                let token = self.model.profile(&id).and_then(|profile| profile.held.tokens());
                let token = token.map(|tokens| tokens.access.short().to_owned());
                Msg::Tested(id, self.tested(token))
            }
            15 => {
                let offered =
                    vec![OfferedScope { name: "a\u{202e}b".to_owned(), title: None }; self.dice.below(40)];
                let listed = Listed { offered, left_out: 0 };
                Msg::Scopes(self.dice.pick(&["demo", "acme"]).to_owned(), self.or_trouble(listed))
            }
            16 if self.dice.one_in(3) => {
                let body = r#"{"resource":"https://mcp.test","authorization_servers":["https://id.test"]}"#;
                let came = reply(self.dice.pick(&[200, 401, 404, 503]), body, self.now);
                Msg::Discovered(LoginId(self.model.attempts), self.or_trouble(came))
            }
            16 if self.dice.one_in(4) => Msg::TranscriptSaved(self.or_trouble("~/x.txt".to_owned())),
            16 => Msg::Described(self.dice.pick(&["demo", "work"]).to_owned(), self.or_trouble(())),
            14 if self.dice.one_in(12) => self.dice.pick(&[Msg::Terminated, Msg::HungUp]),
            14 if self.dice.one_in(3) => {
                let id = self.id();
                Msg::Revealed(id, Form::Token, self.or_trouble(Secret::new("shown")))
            }
            14 if self.dice.one_in(4) => Msg::PassphraseTaken(StoreId::Keyring, self.or_trouble(())),
            14 if self.dice.one_in(3) => Msg::Edited(self.or_trouble(())),
            14 if self.dice.one_in(2) => Msg::ClipboardCleared(ClipboardCleared::Done),
            17..20 => self.meanwhile(),
            _ if self.dice.one_in(16) => self.mouse(),
            _ => Msg::Key(self.key()),
        }
    }

    fn mouse(&mut self) -> Msg {
        let (columns, rows) = self.model.size;
        let mut below = |count: u16| u16::try_from(self.dice.below(usize::from(count))).expect("small");
        let (column, row) = (below(columns), below(rows));
        let gestures = [MouseGesture::Click, MouseGesture::WheelUp, MouseGesture::WheelDown];
        let gesture = self.dice.pick(&gestures);
        Msg::Mouse(gesture, screen_map(&self.model, self.now).at(column, row))
    }

    /// What others do meanwhile, and what was asked of the shell.
    fn meanwhile(&mut self) -> Msg {
        match self.dice.below(17) {
            14 => {
                let snapshot = self.snapshot();
                let erased = snapshot.profiles().next().cloned().map(|profile| Box::new(profile.into()));
                let erased = erased.filter(|_| self.dice.one_in(2)).map(|erased| (Extent::Tokens, erased));
                let signed_out = SignedOut { snapshot, erased };
                Msg::SignedOut(self.id(), self.or_trouble(signed_out))
            }
            0 => {
                let snapshot = self.snapshot();
                let done = Revoked::Done(snapshot);
                let failed = [Revoked::NotEnded(self.trouble()), Revoked::NotErased(self.trouble())];
                let [one, other] = failed;
                Msg::Revoked(self.id(), self.dice.pick(&[done, one, other]))
            }
            1 => {
                let newer = self.model.running.values().flat_map(|running| &running.rescues);
                let newer: Vec<Profile> = newer.map(|newer| newer.profile.clone()).collect();
                Msg::Rescued(newer.into_iter().map(|profile| (profile, self.or_trouble(()))).collect())
            }
            2 if self.dice.one_in(4) => Msg::Events(Err("no\x1b[31m".to_owned())),
            2 => Msg::Events(Ok(self.events())),
            3 => Msg::Asking(self.profiles().iter().filter_map(Profile::refresh_token_id).take(2).collect()),
            4 => Msg::Waits(self.id(), "authtui token (process 7)".to_owned()),
            5 if self.dice.one_in(4) => Msg::Settled(Err("line 1\x1b[31m".to_owned())),
            5 => Msg::Settled(Ok(self.settings())),
            6 => Msg::Touched(self.dice.pick(&[StoreId::Own, StoreId::Environment])),
            7 => Msg::MadePrivate(self.or_trouble(())),
            8 => {
                let key = Secret::new(format!("x{MASKED}x")).short().to_owned();
                Msg::KeyTested(key.clone(), self.tested(Some(key)))
            }
            9 => Msg::Stopped,
            10 if self.dice.one_in(2) => Msg::Ruled(rules_file::read(
                self.dice.pick(&["folders: {~/a\u{202e}: demo/ana}", "folders: {a\u{1b}[31m: x}"]),
            )),
            10 => Msg::Themed(OwnTheme::read(self.dice.pick(&["good: { fg: red }", "good: red\u{1b}[31m"]))),
            11 => Msg::BackgroundTold(self.dice.pick(&[Background::Dark, Background::Light])),
            12 => Msg::SettingsTouched,
            13 => Msg::SettingsSaved(self.or_trouble(())),
            15 => {
                let prompting = self.dice.pick(&[Prompting::Never, Prompting::Allowed]);
                Msg::Probed(StoreId::Keyring, prompting, self.or_trouble(()))
            }
            _ => Msg::Continued,
        }
    }

    /// What happened to the grants of some profiles: refreshes that ended, and others that did not.
    fn events(&mut self) -> Vec<Event> {
        let mut events = Vec::new();
        for profile in self.profiles() {
            let Some(grant) = profile.refresh_token_id().filter(|_| self.dice.one_in(3)) else { continue };
            let by = Author { program: "authtui\x1b[31m".to_owned(), process: 7 };
            let next =
                self.profiles().iter().rev().find_map(Profile::refresh_token_id).unwrap_or(grant.clone());
            let happened = [
                GrantEvent::RefreshStarted { grant: grant.clone() },
                GrantEvent::Refreshed { grant: grant.clone(), next, generation: 2 },
                GrantEvent::RefreshFailed { grant, is_dead: false, why: "because ".repeat(40) },
            ];
            let what = self.dice.pick(&happened);
            let (at, profile) = (self.now.wall, profile.id.name);
            events.push(Event { at, by, profile, store: PLACE.to_owned(), what });
        }
        events
    }

    fn profiles(&self) -> Vec<Profile> {
        self.model.stores.values().flat_map(Snapshot::profiles).cloned().collect()
    }

    /// What a test says of the token or key with that short fingerprint.
    fn tested(&mut self, token: Option<String>) -> Result<TestVerdict, Trouble> {
        let result = if self.seed.is_multiple_of(2) { TestResult::Works } else { TestResult::Refused };
        let last = token.map(|token| LastTest { at: self.now.wall, result, status: 401, token });
        self.or_trouble(TestVerdict { words: "200: works".to_owned(), last, end: None })
    }

    fn or_trouble<T>(&mut self, value: T) -> Result<T, Trouble> {
        if self.dice.one_in(2) { Ok(value) } else { Err(self.trouble()) }
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
        let masked = match &self.model.screen {
            Screen::Wizard(wizard) => {
                matches!(wizard.page, Page::Text(TextQuestion::ClientSecret, _))
                    || matches!(&wizard.page, Page::Key(page) if page.focus == KeyField::Key)
                    || wizard.form().is_some_and(|form| form.focus() == FormField::ClientSecret)
            }
            Screen::Passphrase(_) => true,
            Screen::List
            | Screen::Pane
            | Screen::Everything
            | Screen::Filter(_)
            | Screen::Renaming(..)
            | Screen::Noting(..)
            | Screen::Copy
            | Screen::Reveal(..)
            | Screen::Dialog(_)
            | Screen::Results(_)
            | Screen::Login(_)
            | Screen::Log(_)
            | Screen::Settings(_)
            | Screen::Help(..)
            | Screen::Palette(..) => false,
        };
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
        let chars = "  nnlllSrRyxxTA/?qjkgGhcetpoa 19é漢";
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
        let login_id = LoginId(if late { last.saturating_sub(1) } else { last });
        let fitting = if self.dice.one_in(3) { None } else { self.fitting() };
        let heard = fitting.unwrap_or_else(|| self.any_heard());
        Msg::Login(login_id, heard)
    }

    /// What the login waits for, so that runs come further than its first steps.
    fn fitting(&mut self) -> Option<Input> {
        Some(match self.model.login.as_ref()?.stage() {
            Stage::Opening(Opening { entropy: None, .. }) => Input::Began(entropy()),
            Stage::Opening(Opening { entropy: Some(_), .. }) => Input::Bound(Ok(bound(8765))),
            Stage::Waiting(methods)
                if methods.callback.is_none() && methods.curl.is_none() && self.dice.one_in(2) =>
            {
                Input::Replied(self.sent, Ok(self.reply()))
            }
            Stage::Waiting(methods) => match (&methods.device, methods.device.code().map(|code| code.poll)) {
                (DeviceMethod::Requested(request_id), _) => {
                    Input::Replied(*request_id, Ok(self.device_reply()))
                }
                (_, Some(NextPoll::Awaited(request_id))) => Input::Replied(request_id, Ok(self.polled())),
                (_, Some(NextPoll::At(_))) if !self.dice.one_in(3) => Input::Woke,
                (_, Some(NextPoll::At(_)) | None) if methods.callback.is_none() => {
                    Input::Typed(self.secret(CODE))
                }
                (_, Some(NextPoll::At(_)) | None) => {
                    Input::Answered(AuthorizationResponse::Code { code: self.secret(CODE), issuer: None })
                }
            },
            Stage::Exchanging(_) if self.dice.one_in(8) => Input::Cancelled,
            Stage::Exchanging(_) | Stage::Identifying(_) => Input::Replied(self.sent, Ok(self.reply())),
            Stage::Testing(request_id, _) => Input::Replied(*request_id, Ok(self.reply())),
            Stage::Naming(profile) if profile.account.is_some() => Input::Saved(self.or_trouble(())),
            Stage::Naming(_) => Input::Named("Ana".to_owned()),
            Stage::Saving(_) if self.dice.one_in(4) => Input::Taken,
            Stage::Saving(_) => Input::Saved(self.or_trouble(())),
            Stage::Confirming(..) | Stage::Unsaved(..) | Stage::Over(_) => return None,
        })
    }

    fn any_heard(&mut self) -> Input {
        match self.dice.below(17) {
            0 => Input::Began(entropy()),
            1 => Input::Bound(if self.dice.one_in(2) { Err(self.trouble()) } else { Ok(bound(8765)) }),
            2 | 3 => Input::Opened(self.or_trouble(())),
            4 => Input::Answered(AuthorizationResponse::Denied {
                error: "access_denied".into(),
                description: None,
            }),
            5 => Input::Answered(AuthorizationResponse::Code { code: self.secret(CODE), issuer: None }),
            6 | 7 => Input::Ignored(Ignored::NotOurs),
            8 | 9 => Input::Typed(self.secret(CODE)),
            10 | 11 => {
                let reply = if self.dice.one_in(2) { Err(self.trouble()) } else { Ok(self.reply()) };
                Input::Replied(self.request_id(), reply)
            }
            12 => {
                let elsewhere = SaveDecision::KeepAs(self.id().name);
                Input::Decided(self.dice.pick(&[SaveDecision::Keep, SaveDecision::Discard, elsewhere]))
            }
            13 => Input::Saved(self.or_trouble(())),
            14 | 15 => {
                self.dice.pick(&[Input::Woke, Input::OpenAgain, Input::ListenerDied("a fault".into())])
            }
            _ => Input::Cancelled,
        }
    }

    /// What comes of asking for a device code.
    fn device_reply(&mut self) -> Reply {
        let body = format!(
            r#"{{"device_code":"{DEVICE_CODE}{}","user_code":"{}","verification_uri":"{}","expires_in":{},"interval":{}}}"#,
            self.dice.below(5),
            self.dice.pick(&["WDJB-MJHT", "漢字\u{202e}", "A"]),
            self.dice.pick(&["https://id.test/d", "https://id.test/d", "javascript:alert(1)"]),
            self.dice.pick(&["900", "\"60\"", "0", "1e300", "null"]),
            self.dice.pick(&["5", "\"1\"", "-1", "1e300", "null"])
        );
        Reply {
            status: 200,
            headers: Vec::new(),
            body: Secret::new(body),
            sent: self.now,
            secrets: Vec::new(),
        }
    }

    /// What comes of asking whether the person has agreed.
    fn polled(&mut self) -> Reply {
        let error = self.dice.pick(&[
            "authorization_pending",
            "authorization_pending",
            "slow_down",
            "expired_token",
            "access_denied",
            "",
        ]);
        if error.is_empty() {
            return self.reply();
        }
        let body =
            format!(r#"{{"error":"{error}","interval":{}}}"#, self.dice.pick(&["1", "\"30\"", "null"]));
        Reply {
            status: 400,
            headers: Vec::new(),
            body: Secret::new(body),
            sent: self.now,
            secrets: Vec::new(),
        }
    }

    fn reply(&mut self) -> Reply {
        let tokens = format!(
            r#"{{"access_token":"dat_{ACCESS}0123456789abcd","refresh_token":"drt_{REFRESH}0123456789abcd",
            "expires_in":{},"account":{}}}"#,
            self.dice.pick(&["60", "-1", "1e300", "\"soon\"", "null"]),
            self.dice.pick(&[r#"{"uuid":"0"}"#, r#"{"uuid":"1"}"#, "null"])
        );
        let (status, body) = match self.dice.below(5) {
            0 => (400, r#"{"error":"invalid_grant"}"#.to_owned()),
            1 => (self.dice.pick(&[200, 302, 404, 500]), "<html>".to_owned()),
            _ => (200, tokens),
        };
        let headers = vec![("retry-after".to_owned(), Secret::new("7"))];
        Reply { status, headers, body: Secret::new(body), sent: self.now, secrets: Vec::new() }
    }

    fn refreshed(&mut self) -> Refreshed {
        match self.dice.below(4) {
            0 => Refreshed::Done(self.snapshot()),
            1 => Refreshed::Enough(self.snapshot()),
            2 => {
                let record = LastRefresh::new(self.now.wall, RefreshResult::Done, None);
                let new_tokens = RefreshedTokens {
                    tokens: self.tokens(),
                    life: self.life(),
                    scopes: None,
                    record,
                    origins: Vec::new(),
                };
                Refreshed::Unsaved(Box::new(new_tokens), self.tokens().fingerprint(), self.trouble())
            }
            _ => {
                let snapshot = if self.dice.one_in(2) { Some(self.snapshot()) } else { None };
                Refreshed::Failed(snapshot, self.trouble())
            }
        }
    }

    fn snapshot(&mut self) -> Snapshot {
        if self.dice.one_in(30) {
            return self.locked();
        }
        let count = self.dice.pick(&[0, 1, 3, 7, 40]);
        let rows = (0..count).map(|number| self.row(number)).collect();
        let writable = if self.dice.one_in(10) { Err(self.trouble()) } else { Ok(()) };
        let notices =
            if self.dice.one_in(8) { vec![StoreNotice::Readable(PLACE.to_owned())] } else { Vec::new() };
        let store = self.dice.pick(&[StoreId::Own, StoreId::Own, StoreId::Environment]);
        Snapshot { place: PLACE.to_owned(), rows, writable, notices, ..Snapshot::empty(store) }
    }

    fn row(&mut self, number: u32) -> Row {
        if self.dice.one_in(10) {
            let at = self.dice.pick(&[
                Where::Line(number),
                Where::Variable { provider: "demo".to_owned(), name: "A\x1b[31m".to_owned() },
            ]);
            return Row::broken("demo/ivy", at, "it is no text");
        }
        let id = self.dice.pick(&[id(&format!("p{number}")), id(&format!("acme/p{number}")), id("nobody/x")]);
        let kind = self.dice.pick(&[Kind::ApiKey, Kind::Environment, Kind::OAuth, Kind::OAuth, Kind::OAuth]);
        let held =
            if self.dice.one_in(6) { StoredTokens::None } else { StoredTokens::Present(self.tokens()) };
        let retry_at = self.now.wall + TimeDelta::seconds(self.dice.pick(&[-5, 5, 500]));
        let result = self.dice.pick(&[
            RefreshResult::Done,
            RefreshResult::Dead { why: "no\x1b[31m".to_owned() },
            RefreshResult::Passing { why: "busy".to_owned(), times: 3, retry_at },
        ]);
        let last = LastRefresh::new(self.now.wall, result, None);
        let login = LoginFacts {
            client_secret: self.dice.one_in(2).then(|| Secret::new(format!("x{CLIENT_SECRET}x"))),
            subject: self.dice.one_in(2).then(|| "0".to_owned()),
            ..LoginFacts::default()
        };
        Row::Profile(Arc::new(Profile {
            held,
            life: self.life(),
            scopes: vec!["a".to_owned(); self.dice.pick(&[0, 1, 30])].into(),
            login: login.into(),
            account: self.dice.one_in(2).then(|| "漢字 ana@demo.test ".repeat(self.dice.pick(&[1, 9]))),
            last_refresh: self.dice.one_in(2).then_some(Box::new(last)),
            revoked_at: self.dice.one_in(4).then_some(self.now.wall),
            ..Profile::new(id, kind)
        }))
    }

    fn tokens(&mut self) -> Tokens {
        let refresh = (!self.dice.one_in(4)).then(|| Secret::new(format!("drt_{REFRESH}0123456789wxyz")));
        Tokens { access: Secret::new(format!("dat_{ACCESS}0123456789{}", self.dice.below(9))), refresh }
    }

    fn life(&mut self) -> Expiry {
        let mut end = |also: i64| {
            let seconds = self.dice.pick(&[-90_000, -1, 0, 1, 59, 3_600, 90_000, 9_000_000, also]);
            (!self.dice.one_in(4)).then(|| self.now.wall + TimeDelta::seconds(seconds))
        };
        Expiry { obtained_at: end(-10), expires_at: end(10), grant_ends_at: end(3_000_000_000) }
    }

    fn trouble(&mut self) -> Trouble {
        let kind = self.dice.pick(&[
            FailureKind::NeedsLogin,
            FailureKind::Temporary(None),
            FailureKind::NothingToDo,
            FailureKind::NeedsFix("look".to_owned()),
        ]);
        let stored = self.dice.pick(&[Stored::Untouched, Stored::NewOnesInMemory]);
        let why = "because ".repeat(self.dice.pick(&[1, 40]));
        Trouble { what: "cannot do it".to_owned(), why, stored, kind }
    }

    fn id(&mut self) -> ProfileId {
        let selected = self.model.selected_profile().map(|profile| profile.id.clone());
        selected.filter(|_| !self.dice.one_in(4)).unwrap_or_else(|| id(&format!("p{}", self.dice.below(4))))
    }

    fn settings(&mut self) -> Settings {
        let own = ThemeChoice::File("mine.yaml".to_owned());
        let theme = self.dice.pick(&[ThemeChoice::Auto, ThemeChoice::Light, ThemeChoice::HighContrast, own]);
        Settings {
            theme,
            ascii: self.dice.one_in(2),
            automatic_refresh: self.dice.one_in(2),
            slow_countdowns: self.dice.one_in(2),
            privacy: self.dice.one_in(2),
            read_only: self.dice.one_in(4),
            ..Settings::default()
        }
    }

    /// One of the first errands of a login.
    fn request_id(&mut self) -> RequestId {
        RequestId(1 + u64::try_from(self.dice.below(3)).expect("small"))
    }

    /// A store whose secrets nobody tells.
    fn locked(&mut self) -> Snapshot {
        let name = "demo/locked".to_owned();
        let unlock = self.dice.pick(&[Unlock::Passphrase, Unlock::Look]);
        let at = Where::Vault { name: name.clone(), unlock };
        let rows = [Row::broken(name, at, "it is locked")].into();
        let passphrase = self.dice.pick(&[None, Some(PassphraseNeed::Known), Some(PassphraseNeed::New)]);
        Snapshot { rows, passphrase, ..Snapshot::empty(StoreId::Keyring) }
    }

    fn secret(&mut self, core: &str) -> Secret {
        Secret::new(format!("{core}{}", self.dice.below(5)))
    }
}

/// The name of a message. A new one is sent by [`Run::message`] too, and stands in [`NAMES`].
fn name(msg: &Msg) -> &'static str {
    match msg {
        Msg::Key(_) => "Key",
        Msg::Mouse(..) => "Mouse",
        Msg::Pasted(_) => "Pasted",
        Msg::Resized(..) => "Resized",
        Msg::Woke => "Woke",
        Msg::Terminated => "Terminated",
        Msg::Stopped => "Stopped",
        Msg::Continued => "Continued",
        Msg::HungUp => "HungUp",
        Msg::Catalogued(_) => "Catalogued",
        Msg::Asking(_) => "Asking",
        Msg::Waits(..) => "Waits",
        Msg::Events(_) => "Events",
        Msg::Settled(_) => "Settled",
        Msg::Themed(_) => "Themed",
        Msg::Ruled(_) => "Ruled",
        Msg::BackgroundTold(_) => "BackgroundTold",
        Msg::SettingsSaved(_) => "SettingsSaved",
        Msg::SettingsTouched => "SettingsTouched",
        Msg::Touched(_) => "Touched",
        Msg::Stored(_) => "Stored",
        Msg::Login(..) => "Login",
        Msg::Refreshed(..) => "Refreshed",
        Msg::Rescued(_) => "Rescued",
        Msg::Changed(..) => "Changed",
        Msg::Relocated(..) => "Relocated",
        Msg::TakenOver(..) => "TakenOver",
        Msg::ServersFound(_) => "ServersFound",
        Msg::SignedOut(..) => "SignedOut",
        Msg::Revoked(..) => "Revoked",
        Msg::MadePrivate(_) => "MadePrivate",
        Msg::PassphraseTaken(..) => "PassphraseTaken",
        Msg::Copied(..) => "Copied",
        Msg::Revealed(..) => "Revealed",
        Msg::Edited(_) => "Edited",
        Msg::ClipboardCleared(_) => "ClipboardCleared",
        Msg::Tested(..) => "Tested",
        Msg::KeyTested(..) => "KeyTested",
        Msg::Probed(..) => "Probed",
        Msg::Scopes(..) => "Scopes",
        Msg::Described(..) => "Described",
        Msg::Discovered(..) => "Discovered",
        Msg::TranscriptSaved(_) => "TranscriptSaved",
    }
}

fn request_id(ask: &Output) -> Option<RequestId> {
    if let Output::Send(request_id, _) = ask { Some(*request_id) } else { None }
}

/// The planted secret in `text`, whether or not a box or a line end cuts it in two.
fn leak(text: &str) -> Option<&'static str> {
    let joined: String =
        text.chars().filter(|char| !char.is_whitespace() && !matches!(char, '│' | '|')).collect();
    planted(text).or_else(|| planted(&joined))
}

/// The planted secret in `text`.
fn planted(text: &str) -> Option<&'static str> {
    let [state, verifier, other] =
        [STATE, VERIFIER, DEVICE_VERIFIER].map(|text| text.get(..16).expect("long enough"));
    let secrets = [ACCESS, REFRESH, CLIENT_SECRET, CODE, MASKED, DEVICE_CODE, state, verifier, other];
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
