//! Signals: those that want the program to end, and those that stop it and let it go on.
//!
//! Every signal that would end the program and can be caught is heard as one wish to end in order,
//! so that a terminal is restored and tokens are saved first. A signal that is no usual way to ask is
//! raised again at the end, so that its sender sees a program that it ended: [`reraise`].

use std::sync::atomic::{AtomicBool, Ordering};

/// What a signal says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ending {
    /// Somebody wants the program to end.
    Asked,
    /// Ctrl-C was pressed on the terminal.
    Interrupted,
    /// The terminal is gone.
    HungUp,
}

/// Whether another program has the terminal, so that Ctrl-C on it is meant for that one.
static INTERRUPTS_ARE_OTHERS: AtomicBool = AtomicBool::new(false);

/// Leaves Ctrl-C to another program that has the terminal, or no longer.
pub fn leave_interrupts_to_another(leave: bool) {
    INTERRUPTS_ARE_OTHERS.store(leave, Ordering::SeqCst);
}

/// Whether Ctrl-C is meant for another program.
pub fn interrupts_are_others() -> bool {
    INTERRUPTS_ARE_OTHERS.load(Ordering::SeqCst)
}

/// Catches no signal that was ignored when the program began, so that a program which takes our place ignores
/// it too, as `nohup` wants it. Called before any other function here; only Linux tells which they are.
pub fn leave_ignored() {
    #[cfg(target_os = "linux")]
    unix::LEFT_IGNORED.store(unix::ignored(), Ordering::SeqCst);
}

/// Lets writing beyond a limit of the size of files fail, instead of ending the program.
///
/// # Errors
/// When the system refuses.
pub fn survive_file_limit() -> std::io::Result<()> {
    #[cfg(unix)]
    {
        let signal = signal_hook::consts::SIGXFSZ;
        if !unix::is_left_ignored(signal) {
            signal_hook::flag::register(signal, std::sync::Arc::new(AtomicBool::new(false)))?;
        }
    }
    Ok(())
}

/// Ends the program by the signal that asked for its end, unless that was SIGTERM, SIGINT or SIGHUP.
pub fn reraise() {
    #[cfg(unix)]
    {
        let signal = unix::UNUSUAL.load(Ordering::SeqCst);
        if signal != 0 {
            // Where it fails the exit code has to do.
            let _ = signal_hook::low_level::emulate_default_handler(signal);
        }
    }
}

#[cfg(unix)]
mod unix {
    use std::future::pending;
    use std::sync::atomic::{AtomicI32, AtomicU64, Ordering};

    use futures_util::future::select_all;
    use rustix::process::Signal;
    use tokio::signal::unix::{SignalKind, signal};

    use super::Ending;

    /// The signal that ended the program and is no usual way to ask for it; 0 is none.
    pub(super) static UNUSUAL: AtomicI32 = AtomicI32::new(0);

    /// The signals that were ignored at the start and stay so: bit 0 is signal 1.
    pub(super) static LEFT_IGNORED: AtomicU64 = AtomicU64::new(0);

    pub(super) fn is_left_ignored(signal: i32) -> bool {
        let bit = u32::try_from(signal - 1).ok().and_then(|bit| 1_u64.checked_shl(bit));
        bit.is_some_and(|bit| LEFT_IGNORED.load(Ordering::SeqCst) & bit != 0)
    }

    /// The signals that are ignored; none where the system does not say it.
    #[cfg(target_os = "linux")]
    pub(super) fn ignored() -> u64 {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok()).unwrap_or_default()
    }

    /// How a program is usually asked to end.
    const USUAL: [Signal; 3] = [Signal::TERM, Signal::INT, Signal::HUP];
    /// What else ends a program that does not catch it.
    const OTHERS: [Signal; 9] = [
        Signal::QUIT,
        Signal::ABORT,
        Signal::ALARM,
        Signal::USR1,
        Signal::USR2,
        Signal::VTALARM,
        Signal::PROF,
        Signal::XCPU,
        Signal::IO,
    ];
    #[cfg(target_os = "linux")]
    const OF_THE_SYSTEM: [Signal; 2] = [Signal::POWER, Signal::STKFLT];
    #[cfg(not(target_os = "linux"))]
    const OF_THE_SYSTEM: [Signal; 0] = [];

    /// Waits for a signal that wants the end. From this call on, and not only once it is awaited,
    /// none of them ends the program on its own.
    pub fn ending() -> impl Future<Output = Ending> + Send + use<> {
        let each = USUAL.into_iter().chain(OTHERS).chain(OF_THE_SYSTEM).map(|kind| {
            let caught = heard(kind);
            Box::pin(async move {
                caught.await;
                if !USUAL.contains(&kind) {
                    UNUSUAL.store(kind.as_raw(), Ordering::SeqCst);
                }
                match kind {
                    Signal::HUP => Ending::HungUp,
                    Signal::INT => Ending::Interrupted,
                    _ => Ending::Asked,
                }
            })
        });
        let first = select_all(each);
        async { first.await.0 }
    }

    /// Waits until the program goes on after a stop.
    pub fn continued() -> impl Future<Output = ()> + Send + use<> {
        heard(Signal::CONT)
    }

    /// Waits until somebody wants the program to stop.
    pub fn stopped() -> impl Future<Output = ()> + Send + use<> {
        heard(Signal::TSTP)
    }

    /// Waits until the terminal has another size.
    pub fn resized() -> impl Future<Output = ()> + Send + use<> {
        heard(Signal::WINCH)
    }

    /// Stops the program and those that share its terminal with it, as Ctrl-Z does, until it goes on.
    pub fn stop() {
        // Not SIGTSTP, which the screen hears. Where nobody could let it go on, the system does not stop it.
        let _ = rustix::process::kill_current_process_group(Signal::TTOU);
    }

    fn heard(kind: Signal) -> impl Future<Output = ()> + Send + use<> {
        let is_caught = !is_left_ignored(kind.as_raw());
        let caught = is_caught.then(|| signal(SignalKind::from_raw(kind.as_raw()))).and_then(Result::ok);
        async move {
            match caught {
                Some(mut signal) => {
                    signal.recv().await;
                }
                // Without a handler the signal does what it does on its own.
                None => pending().await,
            }
        }
    }
}

#[cfg(unix)]
pub use unix::{continued, ending, resized, stop, stopped};

/// Waits for Ctrl-C.
#[cfg(not(unix))]
pub async fn ending() -> Ending {
    // Without a handler Ctrl-C ends the program on its own.
    if tokio::signal::ctrl_c().await.is_err() {
        std::future::pending::<()>().await;
    }
    Ending::Asked
}

/// Never: programs are not stopped here.
#[cfg(not(unix))]
pub async fn stopped() {
    std::future::pending::<()>().await;
}

/// Never: programs are not stopped here.
#[cfg(not(unix))]
pub async fn continued() {
    std::future::pending::<()>().await;
}

/// Never: the reader of keys says it.
#[cfg(not(unix))]
pub async fn resized() {
    std::future::pending::<()>().await;
}

/// Does nothing: programs are not stopped here.
#[cfg(not(unix))]
pub fn stop() {}
