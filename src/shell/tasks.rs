//! Task thread: one small runtime, apart from the screen.

use std::future::Future;
use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::oneshot;

use crate::domain::name::StoreId;
use crate::shell::inbox::{Inbox, say};
use crate::shell::signals::Ending;
use crate::shell::watch::Watch;
use crate::shell::{Services, runtime, signals};
use crate::tui::message::Msg;

/// The thread that runs the tasks.
pub struct Tasks {
    runtime: Handle,
    end: oneshot::Sender<Duration>,
    thread: JoinHandle<()>,
}

impl Tasks {
    /// Starts the thread. From here on signals that ask for the end are told to `inbox`.
    ///
    /// # Errors
    /// When the system has no more threads or files.
    pub fn start(inbox: &Inbox) -> io::Result<Self> {
        let runtime = runtime::start()?;
        let handle = runtime.handle().clone();
        let caught = {
            let _inside = runtime.enter();
            (signals::ending(), signals::stopped(), signals::continued(), signals::resized())
        };
        let (end, mut ended) = oneshot::channel();
        let told = inbox.clone();
        let thread = thread::Builder::new().name("tasks".to_owned()).spawn(move || {
            let within = runtime.block_on(async {
                let (ending, stopped, continued, resized) = caught;
                let mut ending: Pin<Box<dyn Future<Output = Ending>>> = Box::pin(ending);
                let mut stopped: Pin<Box<dyn Future<Output = ()>>> = Box::pin(stopped);
                let mut continued: Pin<Box<dyn Future<Output = ()>>> = Box::pin(continued);
                let mut resized: Pin<Box<dyn Future<Output = ()>>> = Box::pin(resized);
                loop {
                    let msg = tokio::select! {
                        within = &mut ended => return within.unwrap_or_default(),
                        how = &mut ending => {
                            ending = Box::pin(signals::ending());
                            match how {
                                Ending::Interrupted if signals::interrupts_are_others() => continue,
                                Ending::Asked | Ending::Interrupted => Msg::Terminated,
                                Ending::HungUp => Msg::HungUp,
                            }
                        }
                        () = &mut stopped => {
                            stopped = Box::pin(signals::stopped());
                            Msg::Stopped
                        }
                        () = &mut continued => {
                            continued = Box::pin(signals::continued());
                            Msg::Continued
                        }
                        () = &mut resized => {
                            resized = Box::pin(signals::resized());
                            let Ok((columns, rows)) = crossterm::terminal::size() else { continue };
                            Msg::Resized(columns, rows)
                        }
                    };
                    // The loop has ended: nobody is left to be told.
                    say(&told, msg);
                }
            });
            // A disk or a clipboard that hangs cannot be cancelled, only left behind.
            runtime.shutdown_timeout(within);
        })?;
        Ok(Self { runtime: handle, end, thread })
    }

    /// Runs `task`.
    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.runtime.spawn(task);
    }

    /// Reads what the first frame does without and tells it to `inbox`: stores that answer late, the environment,
    /// and other programs. One thing is done after the other, `wanted` too, so that few workers are enough.
    /// What is written meanwhile is noticed by `watch`.
    pub fn read_rest(
        &self,
        services: &Arc<Services>,
        inbox: &Inbox,
        watch: Watch,
        wanted: impl Future<Output = ()> + Send + 'static,
    ) {
        for each in services.stores.all() {
            let (store, told) = (each.store.id(), inbox.clone());
            each.store.on_unlocked(Box::new(move || say(&told, Msg::Touched(store))));
        }
        for store in services.stores.late() {
            self.spawn(read(Arc::clone(services), inbox.clone(), store));
        }
        let (services, inbox, runtime) = (Arc::clone(services), inbox.clone(), self.runtime.clone());
        self.spawn(async move {
            runtime.spawn(watch.begin().await.follow());
            wanted.await;
            let borrowed = services.paths.borrowed.is_some().then_some(StoreId::Borrowed);
            for store in [StoreId::Environment].into_iter().chain(borrowed) {
                read(Arc::clone(&services), inbox.clone(), store).await;
            }
        });
    }

    /// Ends the thread, giving workers that hang no longer than `within`.
    pub fn end(self, within: Duration) {
        // A thread that has ended already need not be told.
        let _ = self.end.send(within);
        let _ = self.thread.join();
    }

    /// Leaves the thread to go with the program: it does nothing but wait for signals and for changes of files.
    pub fn leave(self) {
        // Without the other end of its channel it would wake, only to end what ends anyway.
        std::mem::forget(self.end);
    }
}

async fn read(services: Arc<Services>, inbox: Inbox, store: StoreId) {
    say(&inbox, Msg::Stored(services.read(store).await));
}
