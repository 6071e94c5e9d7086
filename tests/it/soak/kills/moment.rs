//! The moment at which a process is killed, and how the others are kept from passing it by.
//!
//! Nothing here is a matter of luck but [`Moment::Anytime`]: the test holds a lock that the process
//! needs next, or the answer it waits for, and lets go once it is dead.

use std::fs::{File, OpenOptions};
use std::net::TcpListener;
use std::path::Path;
use std::time::Duration;

use authtui::demo::authority::TOKEN;
use authtui::demo::authority::fault::FaultKind;
use authtui::domain::event::GrantEvent;
use authtui::domain::secret::Fingerprint;

use crate::home::running::Running;
use crate::home::served::Served;
use crate::soak::{events, since, until};

/// How late an answer comes that a process is killed over.
const LATE: Duration = Duration::from_millis(500);
/// How late one comes that a process may be killed over or not.
const SOON: Duration = Duration::from_millis(10);

/// When somebody is killed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Moment {
    /// Those who wait, while another one asks.
    Waiting,
    /// Who holds the grant's lock and has sent nothing; and then the next one who holds it.
    Holding,
    /// Who has sent a request that never arrives.
    Sent,
    /// Whose request the server has answered, while the answer is on its way.
    Answered,
    /// Who has been answered and has not saved.
    Received,
    /// Who has saved and has not written that down.
    Saved,
    /// Who asks, so many microseconds after it was written down.
    Anytime(u64),
}

impl Moment {
    /// Whether the new tokens are lost by it: the server has given them, and they are not saved.
    pub(super) fn loses(self) -> bool {
        matches!(self, Self::Answered | Self::Received)
    }

    /// Starts `count` processes with these `arguments` and kills those that the moment is for. Gives
    /// those that live on, how many do not, and the moment that it was where it was none of these: a
    /// machine with much else to do may let an answer arrive before the test has seen the request.
    pub(super) fn strike(
        self,
        served: &Served,
        count: usize,
        arguments: &[&str],
    ) -> (Vec<Running>, usize, Self) {
        let mut scene = Scene {
            served,
            counted: served.refreshes(),
            written: events(&served.home).len(),
            before: served.profile("ana").held.fingerprint(),
            all: Vec::new(),
            killed: 0,
        };
        match self {
            Self::Holding => {
                let log = Held::take(&served.home.path("state/authtui/events.lock"));
                scene.start(count, arguments);
                for _ in 0..count.min(3) - 1 {
                    let holder = scene.holder();
                    scene.kill(holder);
                }
                drop(log);
            }
            Self::Sent => {
                let file = authtui::demo::provider_file(served.serving.issuer());
                let silent = TcpListener::bind("127.0.0.1:0").expect("a free port");
                let nowhere = format!("http://{}{TOKEN}", silent.local_addr().expect("an address"));
                let token = format!("{}{TOKEN}", served.serving.issuer());
                served.home.provider("demo", &file.replace(&token, &nowhere));
                scene.start(1, arguments);
                let _connection = silent.accept().expect("a request");
                served.home.provider("demo", &file);
                scene.start(count - 1, arguments);
                let asker = scene.asker();
                scene.kill(asker);
            }
            Self::Waiting | Self::Answered | Self::Received | Self::Saved | Self::Anytime(_) => {
                let late = if let Self::Anytime(_) = self { SOON } else { LATE };
                served.fault(1, FaultKind::Late(late));
                scene.start(count, arguments);
                self.strike_the_asker(&mut scene);
            }
        }
        let is_saved = served.profile("ana").held.fingerprint() != scene.before;
        let log = events(&served.home).split_off(scene.written);
        let is_told = log.iter().any(|event| matches!(event.what, GrantEvent::Refreshed { .. }));
        let in_time = match self {
            Self::Answered | Self::Received => !is_saved,
            Self::Saved => !is_told,
            Self::Waiting | Self::Holding | Self::Sent | Self::Anytime(_) => true,
        };
        (scene.all, scene.killed, if in_time { self } else { Self::Anytime(0) })
    }

    fn strike_the_asker(self, scene: &mut Scene<'_>) {
        let asker = scene.asker();
        if let Self::Anytime(micros) = self {
            // At any moment, which differs from scene to scene.
            std::thread::sleep(Duration::from_micros(micros));
            return scene.kill(asker);
        }
        let (served, counted) = (scene.served, scene.counted);
        assert!(until("a request", || false, || since(served, counted).0 == 1));
        match self {
            Self::Waiting => {
                let others: Vec<u32> = scene.all.iter().map(Running::id).filter(|id| *id != asker).collect();
                for other in others.iter().take(others.len().div_ceil(2)) {
                    scene.kill(*other);
                }
            }
            Self::Received => {
                let store = Held::take(&served.home.path("config/authtui/config.yaml.lock"));
                assert!(until("an answer", || false, || served.counters().in_flight == 0));
                scene.kill(asker);
                drop(store);
            }
            Self::Saved => {
                let log = Held::take(&served.home.path("state/authtui/events.lock"));
                let is_saved = || served.profile("ana").held.fingerprint() != scene.before;
                assert!(until("a save", || false, is_saved));
                scene.kill(asker);
                drop(log);
            }
            Self::Answered | Self::Holding | Self::Sent | Self::Anytime(_) => scene.kill(asker),
        }
    }
}

/// The processes of one round.
struct Scene<'a> {
    served: &'a Served,
    counted: (u64, u64),
    written: usize,
    /// The pair that is stored at the beginning.
    before: Option<Fingerprint>,
    all: Vec<Running>,
    killed: usize,
}

impl Scene<'_> {
    fn start(&mut self, count: usize, arguments: &[&str]) {
        self.all.extend((0..count).map(|_| self.served.home.start(arguments)));
    }

    fn kill(&mut self, process: u32) {
        let found = self.all.iter().position(|run| run.id() == process).expect("one of these");
        let mut victim = self.all.swap_remove(found);
        if !victim.has_ended() {
            victim.kill();
            self.killed += 1;
        }
    }

    /// Who wrote down that it asks.
    fn asker(&self) -> u32 {
        let asker = || {
            let log = events(&self.served.home).split_off(self.written);
            log.iter()
                .find(|event| matches!(event.what, GrantEvent::RefreshStarted { .. }))
                .map(|event| event.by.process)
        };
        assert!(until("a request", || false, || asker().is_some()));
        asker().expect("a request")
    }

    /// Who says of itself that it holds a grant's lock.
    fn holder(&self) -> u32 {
        let mut found = None;
        let locks = self.served.home.path("state/authtui/locks");
        assert!(until(
            "a holder",
            || false,
            || {
                let said = std::fs::read_dir(&locks).into_iter().flatten().flatten();
                let said =
                    said.filter_map(|lock| std::fs::read_to_string(lock.path()).ok()).collect::<Vec<_>>();
                let says = |id: u32| said.iter().any(|said| said.ends_with(&format!(" (process {id})")));
                found = self.all.iter().map(Running::id).find(|id| says(*id));
                found.is_some()
            }
        ));
        found.expect("a holder")
    }
}

/// A lock of the program in the services of the test.
struct Held {
    _file: File,
}

impl Held {
    fn take(path: &Path) -> Self {
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path).expect("a lock");
        assert!(until("a lock", || false, || file.try_lock().is_ok()));
        Self { _file: file }
    }
}
