//! Crash reports, printed once the terminal is restored.
//!
//! While the screen is ours a panic may come from the loop or from a worker. Its report is kept
//! until the terminal is back, since anything printed before would be lost or spoil the screen.

use std::io::{self, Write};
use std::panic;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use color_eyre::config::HookBuilder;

static SCREEN: AtomicBool = AtomicBool::new(false);
static REPORTS: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Installs the reports: what failed and where, without the environment. Secrets print as
/// `Secret(…)` wherever they are, so that none gets into the words of a panic.
///
/// # Errors
/// When another hook stands already.
pub fn install() -> color_eyre::Result<()> {
    let builder = HookBuilder::blank().display_env_section(false).panic_section(
        "This is a bug in authtui. Stored tokens are safe: a file is only ever replaced as a whole.",
    );
    let (reports, errors) = builder.into_hooks();
    errors.install()?;
    panic::set_hook(Box::new(move |info| {
        let report = reports.panic_report(info).to_string();
        if SCREEN.load(Ordering::SeqCst) {
            keep(report);
        } else {
            // A closed standard error leaves nothing to tell it to.
            let _ = writeln!(io::stderr(), "{report}");
        }
    }));
    Ok(())
}

/// The screen is ours from here on: reports are kept.
pub(super) fn screen_begins() {
    SCREEN.store(true, Ordering::SeqCst);
}

/// The terminal is back: reports are printed.
pub(super) fn screen_ends() {
    SCREEN.store(false, Ordering::SeqCst);
    for report in REPORTS.lock().map(|mut reports| std::mem::take(&mut *reports)).unwrap_or_default() {
        let _ = writeln!(io::stderr(), "{report}");
    }
}

fn keep(report: String) {
    if let Ok(mut reports) = REPORTS.lock() {
        reports.push(report);
    }
}

/// Panics on the first key where `AUTHTUI_FAULT=panic` asks for it: how tests see that a fault
/// gives the terminal back. Not in release builds.
#[cfg(debug_assertions)]
pub(in crate::shell) fn panic_on_request(msg: &crate::tui::message::Msg) {
    let wanted = std::env::var_os("AUTHTUI_FAULT").is_some_and(|fault| fault == "panic");
    #[expect(clippy::panic, reason = "it is asked for")]
    if wanted && matches!(msg, crate::tui::message::Msg::Key(_)) {
        panic!("a fault that was asked for");
    }
}

/// Keeps the memory of this process out of core dumps, away from other processes of the same user, and
/// out of swap, where the system can.
pub fn protect_memory() {
    #[cfg(target_os = "linux")]
    {
        use rustix::mm::{MlockAllFlags, mlockall};
        use rustix::process::{Resource, getrlimit};
        // Under a limit, memory that is locked as it comes would soon be memory that does not come.
        if getrlimit(Resource::Memlock).current.is_none() {
            let _ = mlockall(MlockAllFlags::CURRENT | MlockAllFlags::FUTURE | MlockAllFlags::ONFAULT);
        }
        // Without it everything works; SECURITY.md says what is promised where.
        let _ = rustix::process::set_dumpable_behavior(rustix::process::DumpableBehavior::NotDumpable);
    }
    #[cfg(unix)]
    core_limit::lower();
}

/// Gives back the limit of core dumps, for a program that takes our place.
pub fn restore_core_limit() {
    #[cfg(unix)]
    core_limit::restore();
}

#[cfg(unix)]
mod core_limit {
    use std::sync::OnceLock;

    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

    /// What it was when the program began.
    static AT_START: OnceLock<Rlimit> = OnceLock::new();

    /// Lets nothing be dumped. The maximum stays: one that is lowered could not be given back.
    pub(super) fn lower() {
        let before = AT_START.get_or_init(|| getrlimit(Resource::Core));
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: before.maximum });
    }

    pub(super) fn restore() {
        if let Some(before) = AT_START.get() {
            let _ = setrlimit(Resource::Core, *before);
        }
    }
}
