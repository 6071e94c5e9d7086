//! Event loop: hear, update, perform, draw, sleep; and leaving in order.
//!
//! This thread reads the keyboard, draws, and sleeps until something comes; tasks run on one of their own. Neither
//! keeps the other waiting.

use std::io::{self, Write};
use std::mem;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use color_eyre::eyre::{Result, WrapErr};

use crate::domain::clock::Now;
use crate::domain::name::StoreId;
use crate::shell::inbox::{self, Inbox, say};
use crate::shell::incoming::Incoming;
use crate::shell::login::browser;
use crate::shell::perform::{perform, performed};
use crate::shell::status::{self, StatusKeeper};
use crate::shell::store_files::{self, file};
use crate::shell::tasks::Tasks;
use crate::shell::terminal::keyboard::Keyboard;
use crate::shell::terminal::{TerminalScreen, background, editor};
use crate::shell::watch::Watch;
use crate::shell::{Services, http, rules, runtime, settings};
use crate::tui::message::{Effect, Msg};
use crate::tui::model::{AutoRefreshMode, Leaving, Model};
use crate::tui::screen_map::ScreenMap;
use crate::tui::status::{AskedBy, StatusMessage, TaskReport, Tone};
use crate::tui::theme::terminal::TerminalTraits;
use crate::tui::tour::{DemoClient, Tour};
use crate::tui::view::view_with_map;
use crate::tui::window::window;
use crate::tui::{update, wakes_at};

/// The longest sleep: a steady timer stands still while the computer sleeps.
const SLEEP_LIMIT: Duration = Duration::from_secs(60);

/// How long the program may take to end after the terminal was given back, beyond what it waits
/// for on purpose.
const SHUTDOWN_LIMIT: Duration = Duration::from_millis(500);

/// Why the screen was left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LeaveReason {
    /// The person asked for it.
    Asked,
    /// A signal, or the end of the terminal.
    Terminated,
}

/// How the screen begins.
#[derive(Debug, Clone)]
pub struct ScreenOptions {
    /// What the command line says of it, unsettled where the settings may decide.
    pub auto_refresh: AutoRefreshMode,
    /// What the terminal can show, as far as its variables say it.
    pub terminal: TerminalTraits,
    /// Where all that is stored ends with the program, so that nothing can be lost by leaving.
    pub demo: Option<DemoScreen>,
}

/// What the screen of the demo has beside the ordinary one.
#[derive(Debug, Clone)]
pub struct DemoScreen {
    /// A client that its server knows.
    pub client: DemoClient,
    /// What is said first.
    pub greeting: String,
}

/// Runs the screen until the person leaves it.
///
/// # Errors
/// When there is no terminal.
pub fn run(services: &Arc<Services>, options: ScreenOptions) -> Result<LeaveReason> {
    let ScreenOptions { auto_refresh, terminal, demo } = options;
    let size = crossterm::terminal::size().wrap_err("cannot use the terminal")?;
    let providers = file::shown(&services.paths.providers);
    let (locality, settings_path) = (browser::locality(), file::shown(&services.paths.settings));
    let mut model = Model { locality, providers, settings_path, auto_refresh, terminal, ..Model::new(size) };
    if let Some(demo) = demo {
        begin_demo(&mut model, demo);
    }
    // Whoever performs something holds the services until it has ended.
    let holders = Arc::strong_count(services);
    let (inbox, messages) = inbox::pair().map_err(runtime::too_few_files)?;
    // Before the terminal is taken: a signal must not leave it as it is.
    let tasks = Tasks::start(&inbox)?;
    let mut screen = TerminalScreen::take(size).wrap_err("cannot use the terminal")?;
    // Most terminals have answered by the time the files are read, so that the first frame has its colours.
    if background::may_be_asked(terminal) {
        background::ask().wrap_err("cannot draw")?;
    }
    let keyboard = Keyboard::start(&inbox).wrap_err("cannot read the keyboard")?;
    let waits = inbox.clone();
    services.lock_wait.set(move |id, holder| say(&waits, Msg::Waits(id.clone(), holder.to_owned())));
    let watch = Watch::new(services, &inbox);
    let mut rest = Some((read_first(&mut model, services), watch));
    let incoming = Incoming { messages, keyboard };
    let mut event_loop =
        EventLoop { services, inbox: &inbox, tasks: &tasks, incoming, map: ScreenMap::default() };
    let ran = event_loop.until_quit(&mut model, &mut screen, &mut rest);
    drop(screen);
    // A terminal that cannot be drawn on is gone; what must not be lost is waited for all the same.
    let left = ran.unwrap_or(LeaveReason::Terminated);
    event_loop.finish(&mut model, rest.map(|(effects, _)| effects).unwrap_or_default());
    let is_demo = model.is_demo;
    // Freeing its rows one by one takes longer than ending; the system wipes the memory that it gets back.
    mem::forget(model);
    // The demo's server, which ends next, waits for who is connected.
    if is_demo || Arc::strong_count(services) > holders {
        tasks.end(SHUTDOWN_LIMIT);
    } else {
        tasks.leave();
    }
    Ok(left)
}

/// Reads what the first frame shows: the settings with their theme, the rules, the provider files, and all stores
/// that answer at once, so that no key is answered before they are known.
fn read_first(model: &mut Model, services: &Services) -> Vec<Effect> {
    let (settings, theme) = settings::read_with_theme(&services.paths.settings);
    let stored = services.stores.immediate().map(|store| Msg::Stored(services.read_now(store)));
    let ruled = Msg::Ruled(rules::read(&services.paths.rules));
    let catalogued = Msg::Catalogued(services.catalog_now());
    let read = [Some(Msg::Settled(settings)), theme.map(Msg::Themed), Some(ruled), Some(catalogued)];
    read.into_iter()
        .flatten()
        .chain(stored)
        .flat_map(|msg| update(model, services.clock.now(), msg))
        .collect()
}

fn begin_demo(model: &mut Model, demo: DemoScreen) {
    let DemoScreen { client, greeting } = demo;
    (model.is_demo, model.tour, model.demo_client) = (true, Some(Tour::default()), Some(client));
    let report = TaskReport::new(greeting, Tone::Plain, AskedBy::Person);
    model.message = Some(StatusMessage { report, until: None });
}

/// What the loop works with.
struct EventLoop<'a> {
    services: &'a Arc<Services>,
    inbox: &'a Inbox,
    tasks: &'a Tasks,
    incoming: Incoming,
    /// What lies where on the frame that is seen.
    map: ScreenMap,
}

/// Draws a frame, and says what lies where on it.
fn draw(screen: &mut TerminalScreen, model: &Model, now: Now) -> io::Result<ScreenMap> {
    let map = ScreenMap::default();
    screen.draw(window(model), &map, |frame| view_with_map(frame, model, &model.theme(), now, &map))?;
    Ok(map)
}

impl EventLoop<'_> {
    /// Runs until the person quits; `rest` waits for the first frame, and is taken once that is drawn.
    fn until_quit(
        &mut self,
        model: &mut Model,
        screen: &mut TerminalScreen,
        rest: &mut Option<(Vec<Effect>, Watch)>,
    ) -> io::Result<LeaveReason> {
        let mut left = LeaveReason::Asked;
        let mut effects = Vec::new();
        let mut returns = false;
        let mut status = StatusKeeper::start();
        // What came while the files were read belongs to the first frame.
        let mut next = self.incoming.try_next(&self.map);
        loop {
            let size = model.size;
            // What has come meanwhile is taken before anything is drawn.
            while let Some(msg) = next {
                // Any key leads back from printed lines, and means nothing else.
                if screen.is_lent() && matches!(msg, Msg::Key(_)) {
                    returns = true;
                } else {
                    if matches!(msg, Msg::Terminated | Msg::HungUp) {
                        left = LeaveReason::Terminated;
                    }
                    if matches!(msg, Msg::Edited(_)) && screen.is_with_editor() {
                        screen.take_back()?;
                        self.incoming.keyboard.go_on();
                    }
                    #[cfg(debug_assertions)]
                    crate::shell::terminal::crash::panic_on_request(&msg);
                    effects.extend(update(model, self.services.clock.now(), msg));
                }
                next = self.incoming.try_next(&self.map);
            }
            if model.size != size {
                screen.resize(model.size);
            }
            if self.perform_all(screen, mem::take(&mut effects))?.is_break() {
                return Ok(left);
            }
            // A login that has its answer wants to be seen.
            let waits = model.login.as_ref().is_some_and(|login| login.methods().is_some());
            if screen.is_lent() && (returns || !waits) {
                screen.come_back()?;
            }
            returns = false;
            let now = self.services.clock.now();
            self.map = draw(screen, model, now)?;
            if let Some((effects, watch)) = rest.take() {
                self.read_rest(effects, watch);
            }
            if status.is_due(model) {
                let keyring = model.stores.get(&StoreId::Keyring).cloned();
                self.tasks.spawn(status::write_in_background(Arc::clone(self.services), keyring));
            }
            next = Some(self.wait(model, now));
        }
    }

    /// Reads what the first frame does without, and performs what it wanted.
    fn read_rest(&self, effects: Vec<Effect>, watch: Watch) {
        let Self { services, inbox, .. } = *self;
        // A server may let somebody wait: nothing is read after its answer.
        let (refreshes, wanted): (Vec<_>, Vec<_>) =
            effects.into_iter().partition(|effect| matches!(effect, Effect::Refresh(..)));
        for effect in refreshes {
            perform(self.tasks, services, inbox, effect);
        }
        let wanted: Vec<_> = wanted.into_iter().map(|effect| performed(services, inbox, effect)).collect();
        self.tasks.read_rest(services, inbox, watch, async {
            for each in wanted {
                each.await;
            }
        });
    }

    /// Performs `effects`, and breaks where one of them is to quit.
    fn perform_all(
        &mut self,
        screen: &mut TerminalScreen,
        effects: Vec<Effect>,
    ) -> io::Result<ControlFlow<()>> {
        // Tasks first: tokens that came with the same breath as a `q` are saved all the same.
        let (on_terminal, tasks): (Vec<_>, Vec<_>) = effects.into_iter().partition(is_terminal_effect);
        for effect in tasks {
            perform(self.tasks, self.services, self.inbox, effect);
        }
        for effect in on_terminal {
            if effect == Effect::Quit {
                return Ok(ControlFlow::Break(()));
            }
            self.show(screen, &effect)?;
        }
        Ok(ControlFlow::Continue(()))
    }

    /// The next message, or that it is time to look.
    fn wait(&mut self, model: &Model, now: Now) -> Msg {
        let limit = now.steady.after(SLEEP_LIMIT);
        let wake = wakes_at(model, now).map_or(limit, |at| at.min(limit));
        self.incoming.next_within(now.steady.until(wake), &self.map).unwrap_or_else(|| {
            // Signals of several changes of size may be one, so it is read again.
            let found = crossterm::terminal::size().ok().filter(|found| *found != model.size);
            found.map_or(Msg::Woke, |(columns, rows)| Msg::Resized(columns, rows))
        })
    }

    /// Lends the terminal to the person's editor, whose end is a message.
    fn edit(&mut self, screen: &mut TerminalScreen, line: Option<u32>) -> io::Result<()> {
        let inbox = self.inbox.clone();
        let mut command = match editor::command(&self.services.paths.config, line) {
            Ok(command) => command,
            Err(trouble) => {
                say(&inbox, Msg::Edited(Err(trouble)));
                return Ok(());
            }
        };
        self.incoming.keyboard.pause();
        screen.lend_to_editor()?;
        let editing = thread::Builder::new().name("editor".to_owned()).spawn(move || {
            let ended = editor::run(&mut command);
            say(&inbox, Msg::Edited(ended));
        });
        if let Err(error) = editing {
            say(self.inbox, Msg::Edited(Err(editor::not_started(&error))));
        }
        Ok(())
    }

    /// Performs what is the terminal's.
    fn show(&mut self, screen: &mut TerminalScreen, effect: &Effect) -> io::Result<()> {
        if let Effect::Print(texts) = effect {
            return screen.lend_to(texts);
        }
        if let Effect::Edit(line) = effect {
            return self.edit(screen, *line);
        }
        if *effect == Effect::Suspend {
            screen.suspend()?;
            // Much may have been written meanwhile.
            perform(self.tasks, self.services, self.inbox, Effect::Read(StoreId::Own));
            return Ok(());
        }
        screen.retake()
    }

    /// Waits, with the terminal given back, for what must not be lost: a token request that was
    /// posted may have spent the stored tokens. A signal ends it at once. Where no frame was drawn,
    /// nothing of what was `wanted` has begun, and yet it is waited for.
    fn finish(&self, model: &mut Model, wanted: Vec<Effect>) {
        let Some(unfinished) = model.unfinished().filter(|_| !model.is_demo) else { return };
        // A closed standard error leaves nobody to tell.
        let _ = writeln!(io::stderr(), "authtui: waiting for {unfinished}; Ctrl-C ends at once");
        model.leaving = Leaving::Yes;
        self.services.stop_asking();
        wanted.into_iter().for_each(|effect| perform(self.tasks, self.services, self.inbox, effect));
        let services = Arc::clone(self.services);
        self.tasks.spawn(async move {
            // Whoever quits a moment after asking still means it; a host that does not answer is not waited for.
            tokio::time::sleep(Duration::from_secs(1)).await;
            services.give_up();
        });
        let until =
            Instant::now() + http::REQUEST_TIMEOUT + store_files::LOCK_WAIT_LIMIT + Duration::from_secs(5);
        while model.unfinished().is_some() {
            // The terminal is given back, and its keys are no longer ours.
            match self.incoming.messages.next_within(until.saturating_duration_since(Instant::now())) {
                Some(Msg::Terminated) | None => break,
                // A terminal that goes says so twice.
                Some(Msg::HungUp) => {}
                Some(msg) => {
                    for effect in update(model, self.services.clock.now(), msg) {
                        perform(self.tasks, self.services, self.inbox, effect);
                    }
                }
            }
        }
        if model.unfinished().is_some() || model.holds_unsaved() {
            let line = "authtui: stopped before it was saved; you may have to log in again";
            let _ = writeln!(io::stderr(), "{line}");
        }
    }
}

/// Whether the loop itself performs `effect`, since it is the terminal's.
fn is_terminal_effect(effect: &Effect) -> bool {
    match effect {
        Effect::Quit | Effect::Redraw | Effect::Suspend | Effect::Edit(_) | Effect::Print(_) => true,
        Effect::Login(..)
        | Effect::Refresh(..)
        | Effect::Change(..)
        | Effect::SignOut(..)
        | Effect::Relocate(..)
        | Effect::KeepIn(..)
        | Effect::TakeOver(..)
        | Effect::Revoke(..)
        | Effect::Rescue(_)
        | Effect::Copy(..)
        | Effect::CopyText(..)
        | Effect::Reveal(..)
        | Effect::ClearClipboard
        | Effect::ClearClipboardAtEnd
        | Effect::Test(_)
        | Effect::TestKey(_)
        | Effect::Probe(..)
        | Effect::Scopes(..)
        | Effect::SaveTranscript(..)
        | Effect::Discover(..)
        | Effect::KeepServer(_)
        | Effect::Describe(..)
        | Effect::FindServers
        | Effect::Read(_)
        | Effect::GivePassphrase(..)
        | Effect::MakePrivate(_)
        | Effect::ReadEvents
        | Effect::SaveSettings(_)
        | Effect::ReadSettings => false,
    }
}
