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
use crate::shell::{Services, runtime, settings, signals};
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

    /// Reads the stores beside our own and tells them to `inbox`, and from then on each that was unlocked.
    pub fn read_stores(&self, services: &Arc<Services>, inbox: &Inbox) {
        for each in services.stores.all() {
            let (store, told) = (each.store.id(), inbox.clone());
            each.store.on_unlocked(Box::new(move || say(&told, Msg::Touched(store))));
        }
        let written = services.stores.all().map(|each| each.store.id()).filter(|id| *id != StoreId::Own);
        for store in written.chain(services.paths.borrowed.is_some().then_some(StoreId::Borrowed)) {
            let (services, inbox) = (Arc::clone(services), inbox.clone());
            self.spawn(async move {
                // The loop has ended: nobody is left to be told.
                let _ = inbox.send(Msg::Stored(services.read(store).await));
            });
        }
    }

    /// Reads the provider files and tells them to `inbox`, and then the variables that they name.
    pub fn read_catalog(&self, services: &Arc<Services>, inbox: &Inbox) {
        let (services, inbox) = (Arc::clone(services), inbox.clone());
        self.spawn(async move {
            let catalog = services.catalog().await;
            let _ = inbox.send(Msg::Catalogued(Box::new((*catalog).clone())));
            let _ = inbox.send(Msg::Stored(services.read(StoreId::Environment).await));
        });
    }

    /// Reads the settings and tells them to `inbox`.
    pub fn read_settings(&self, services: &Arc<Services>, inbox: &Inbox) {
        let (path, inbox) = (services.paths.settings.clone(), inbox.clone());
        self.spawn(async move {
            settings::tell(&path, &inbox).await;
        });
    }

    /// Ends the thread, giving workers that hang no longer than `within`.
    pub fn end(self, within: Duration) {
        // A thread that has ended already need not be told.
        let _ = self.end.send(within);
        let _ = self.thread.join();
    }
}
