//! The person's browser.

use std::env;
use std::ffi::OsString;
use std::process::{Command, Stdio};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use url::Url;

use crate::domain::provider::endpoint;
use crate::domain::trouble::{Next, Trouble};
use crate::oauth::login::Seat;

/// How long a browser's launcher may take to fail before it is taken to work.
const GRACE: Duration = Duration::from_secs(1);

/// Opens `url` in the person's browser: `$BROWSER` where it is set, else the desktop's own.
///
/// `$BROWSER` is a list separated by `:`; each entry is split into words, `%s` is replaced by
/// the address or else the address is appended. No shell sees it.
///
/// # Errors
/// A [`Trouble`] when there is no browser, none could be started, or it failed at once.
pub async fn open(url: &Url) -> Result<(), Trouble> {
    let failed = |why: &str| {
        let next = Next::Fix("open the address yourself".to_owned());
        Trouble::untouched("cannot open the browser", why, next)
    };
    // What a launcher makes of `file:` or `javascript:` is not for a provider file to decide.
    if !endpoint::is_safe(url) {
        return Err(failed("only https, or http on this machine, is opened"));
    }
    let commands = match env::var_os("BROWSER").filter(|browser| !browser.is_empty()) {
        Some(browser) => named(&browser, url),
        None if !has_display() => return Err(failed("there is no display here")),
        None => open::commands(url.as_str()),
    };
    let mut why = "no browser is installed".to_owned();
    for command in commands {
        match start(command).await {
            Ok(()) => return Ok(()),
            Err(reason) => why = reason,
        }
    }
    Err(failed(&why))
}

/// Whether a window could appear.
#[must_use]
pub fn has_display() -> bool {
    cfg!(any(windows, target_os = "macos")) || is_set("DISPLAY") || is_set("WAYLAND_DISPLAY")
}

/// Whether the person sits at another machine.
#[must_use]
pub fn is_remote() -> bool {
    ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"].into_iter().any(is_set)
}

/// Where the person sits. A display or a `$BROWSER` that somebody has set can show an address,
/// also over SSH.
#[must_use]
pub fn seat() -> Seat {
    match (has_display() || is_set("BROWSER"), is_remote()) {
        (true, _) => Seat::Here,
        (false, true) => Seat::OverSsh,
        (false, false) => Seat::NoDisplay,
    }
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

fn named(browser: &OsString, url: &Url) -> Vec<Command> {
    let browser = browser.to_string_lossy();
    let entries = browser.split(':').map(str::split_whitespace).filter_map(|mut words| {
        let mut command = Command::new(words.next()?);
        let words: Vec<&str> = words.collect();
        command.args(words.iter().map(|word| word.replace("%s", url.as_str())));
        if !words.iter().any(|word| word.contains("%s")) {
            command.arg(url.as_str());
        }
        Some(command)
    });
    entries.collect()
}

/// Starts a command apart from our terminal, and waits for it in a thread, so that it never
/// becomes a zombie.
async fn start(mut command: Command) -> Result<(), String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        // Ctrl-C on our terminal is not meant for the browser.
        command.process_group(0);
    }
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command.spawn().map_err(|error| format!("{program} cannot be started: {error}"))?;
    let (ended, end) = oneshot::channel();
    let reaper = thread::Builder::new().name("browser".to_owned());
    let reaping = reaper.spawn(move || {
        // Nobody listens once the grace is over.
        let _ = ended.send(child.wait());
    });
    reaping.map_err(|error| error.to_string())?;
    match tokio::time::timeout(GRACE, end).await {
        Ok(Ok(Ok(status))) if !status.success() => Err(format!("{program} failed ({status})")),
        Ok(Ok(Err(error))) => Err(format!("{program} cannot be awaited: {error}")),
        Ok(_) | Err(_) => Ok(()),
    }
}
