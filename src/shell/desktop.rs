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

/// What is set where a window could appear.
const DISPLAYS: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];
/// What is set where the person came over SSH.
const SSH: [&str; 3] = ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"];
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
        None if seat() != Seat::Here => {
            return Err(failed(seat().obstacle().unwrap_or("there is no display here")));
        }
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
    Windows::of_this_system() == Windows::OnItsScreen || DISPLAYS.into_iter().any(is_set)
}

/// Whether the person sits at another machine.
#[must_use]
pub fn is_remote() -> bool {
    SSH.into_iter().any(is_set)
}

/// Whether what `$BROWSER` names may open addresses where the person sits, at another machine.
#[must_use]
pub fn may_be_elsewhere() -> bool {
    is_remote() && is_set("BROWSER")
}

/// Where the person sits. A display or a `$BROWSER` that somebody has set can show an address,
/// also over SSH.
#[must_use]
pub fn seat() -> Seat {
    seat_by(Windows::of_this_system(), is_set)
}

/// Where a system shows windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Windows {
    /// On a screen of its own, which a person who came over SSH does not see.
    OnItsScreen,
    /// Where a variable says so; it may be the person's screen at the other end of SSH.
    AsVariablesSay,
}

impl Windows {
    fn of_this_system() -> Self {
        let own = cfg!(any(windows, target_os = "macos"));
        if own { Self::OnItsScreen } else { Self::AsVariablesSay }
    }
}

fn seat_by(windows: Windows, is_set: impl Fn(&str) -> bool) -> Seat {
    let is_remote = SSH.into_iter().any(&is_set);
    let shows = match windows {
        Windows::OnItsScreen => !is_remote,
        Windows::AsVariablesSay => DISPLAYS.into_iter().any(&is_set),
    };
    match (shows || is_set("BROWSER"), is_remote) {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_over_ssh_has_no_browser_here_unless_a_variable_brings_one() {
        use Seat::{Here, NoDisplay, OverSsh};
        use Windows::{AsVariablesSay, OnItsScreen};
        for (windows, set, seat) in [
            (OnItsScreen, &[][..], Here),
            (OnItsScreen, &["SSH_CONNECTION"], OverSsh),
            (OnItsScreen, &["SSH_TTY", "DISPLAY"], OverSsh),
            (OnItsScreen, &["SSH_CLIENT", "BROWSER"], Here),
            (AsVariablesSay, &[], NoDisplay),
            (AsVariablesSay, &["DISPLAY"], Here),
            (AsVariablesSay, &["SSH_CONNECTION"], OverSsh),
            (AsVariablesSay, &["SSH_CONNECTION", "DISPLAY"], Here),
            (AsVariablesSay, &["SSH_TTY", "WAYLAND_DISPLAY"], Here),
            (AsVariablesSay, &["SSH_TTY", "BROWSER"], Here),
            (AsVariablesSay, &["BROWSER"], Here),
        ] {
            assert_eq!(seat_by(windows, |name| set.contains(&name)), seat, "{windows:?} {set:?}");
        }
    }
}
