//! Browser of the person: found, started apart from the terminal, and told an address.

use std::env;
use std::ffi::OsStr;
use std::io;
use std::mem;
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

#[cfg(unix)]
use process_wrap::std::{CommandWrap, ProcessSession};
use tokio::sync::oneshot;
use url::Url;

use crate::domain::provider::endpoint;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::oauth::login::Locality;

/// What is set where a window could appear.
const DISPLAYS: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];
/// What is set where the person came over SSH.
const SSH: [&str; 3] = ["SSH_CONNECTION", "SSH_TTY", "SSH_CLIENT"];
/// What stands between the entries of `$BROWSER`.
const SEPARATOR: char = if cfg!(windows) { ';' } else { ':' };
const NONE_INSTALLED: &str = "no browser is installed";
/// How long a browser's launcher may take to fail before it is taken to work.
const LAUNCH_TIMEOUT: Duration = Duration::from_secs(1);

/// Opens `url` in the person's browser: `$BROWSER` where it is set, else the desktop's own.
///
/// `$BROWSER` is a list separated by `:` (on Windows `;`). Each entry is the path of a program, or
/// is split into words as a shell splits them; `%s` is replaced by the address, or else the address
/// is appended, and `%%` is a percent sign. No shell sees it.
///
/// # Errors
/// A [`Trouble`] when there is no browser, none could be started, or it failed at once.
pub async fn open(url: &Url) -> Result<(), Trouble> {
    // What a launcher makes of `file:` or `javascript:` is not for a provider file to decide.
    if !endpoint::is_safe(url) {
        return Err(failed("only https, or http on this machine, is opened"));
    }
    if url.host_str().is_some_and(|host| host.ends_with(".test")) {
        return Err(failed("a name that ends in .test does not exist"));
    }
    let commands = commands(url)?;
    let mut why = NONE_INSTALLED.to_owned();
    for command in commands {
        match start(command).await {
            Ok(()) => return Ok(()),
            Err(reason) => why = reason,
        }
    }
    Err(failed(&why))
}

/// The program that would be started to open an address.
///
/// # Errors
/// A [`Trouble`] when there is none.
pub fn program() -> Result<String, Trouble> {
    let any = Url::parse("http://127.0.0.1/").map_err(|_| failed(NONE_INSTALLED))?;
    let commands = commands(&any)?;
    let found = commands.iter().map(Command::get_program).find(|program| is_installed(program));
    found.map(|program| program.to_string_lossy().into_owned()).ok_or_else(|| failed(NONE_INSTALLED))
}

/// What could open `url`, the likeliest first.
fn commands(url: &Url) -> Result<Vec<Command>, Trouble> {
    match env::var_os("BROWSER").filter(|browser| !browser.is_empty()) {
        Some(browser) => browser_commands(&browser, url).map_err(|why| failed(&format!("$BROWSER {why}"))),
        None if locality() != Locality::Local => {
            Err(failed(locality().obstacle().unwrap_or("there is no display here")))
        }
        None => Ok(open::commands(url.as_str())),
    }
}

fn failed(why: &str) -> Trouble {
    let next = FailureKind::NeedsFix("open the address yourself".to_owned());
    Trouble::untouched("cannot open the browser", why, next)
}

/// Whether `program` is a file, or the name of one in the folders of `$PATH`.
fn is_installed(program: &OsStr) -> bool {
    let folders = env::var_os("PATH").unwrap_or_default();
    Path::new(program).is_file() || env::split_paths(&folders).any(|folder| folder.join(program).is_file())
}

/// Whether a window could appear.
#[must_use]
pub fn has_display() -> bool {
    WindowSystem::of_this_system() == WindowSystem::OnItsScreen || DISPLAYS.into_iter().any(is_set)
}

/// Whether the person sits at another machine.
#[must_use]
pub fn is_remote() -> bool {
    SSH.into_iter().any(is_set)
}

/// Whether what `$BROWSER` names may open addresses where the person sits, at another machine.
#[must_use]
pub fn browser_may_be_remote() -> bool {
    is_remote() && is_set("BROWSER")
}

/// Where the person sits. A display or a `$BROWSER` that somebody has set can show an address,
/// also over SSH.
#[must_use]
pub fn locality() -> Locality {
    locality_by(WindowSystem::of_this_system(), is_set)
}

/// Where a system shows windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum WindowSystem {
    /// On a screen of its own, which a person who came over SSH does not see.
    OnItsScreen,
    /// Where a variable says so; it may be the person's screen at the other end of SSH.
    AsVariablesSay,
}

impl WindowSystem {
    fn of_this_system() -> Self {
        let own = cfg!(any(windows, target_os = "macos"));
        if own { Self::OnItsScreen } else { Self::AsVariablesSay }
    }
}

fn locality_by(windows: WindowSystem, is_set: impl Fn(&str) -> bool) -> Locality {
    let is_remote = SSH.into_iter().any(&is_set);
    let shows = match windows {
        WindowSystem::OnItsScreen => !is_remote,
        WindowSystem::AsVariablesSay => DISPLAYS.into_iter().any(&is_set),
    };
    match (shows || is_set("BROWSER"), is_remote) {
        (true, _) => Locality::Local,
        (false, true) => Locality::OverSsh,
        (false, false) => Locality::NoDisplay,
    }
}

fn is_set(name: &str) -> bool {
    env::var_os(name).is_some_and(|value| !value.is_empty())
}

/// The programs that `$BROWSER` names, each with the address.
fn browser_commands(browser: &OsStr, url: &Url) -> Result<Vec<Command>, &'static str> {
    let text = browser.to_str().ok_or("is not UTF-8 text")?;
    let commands: Vec<Command> = browser_entries(text)
        .iter()
        .filter_map(|entry| command(entry.trim(), url).transpose())
        .collect::<Result<_, _>>()?;
    if commands.is_empty() { Err("names no program") } else { Ok(commands) }
}

/// The entries of a list; no separator within quotes, or behind a backslash, ends one.
fn browser_entries(text: &str) -> Vec<String> {
    let (mut entries, mut entry) = (Vec::new(), String::new());
    let (mut quote, mut is_escaped) = (None, false);
    for char in text.chars() {
        match (quote, char) {
            _ if is_escaped => is_escaped = false,
            (None | Some('"'), '\\') => is_escaped = true,
            (None, '"' | '\'') => quote = Some(char),
            (Some(open), _) if open == char => quote = None,
            (None, SEPARATOR) => {
                entries.push(mem::take(&mut entry));
                continue;
            }
            (None | Some(_), _) => {}
        }
        entry.push(char);
    }
    entries.push(entry);
    entries
}

/// The program of an entry with its arguments; none where the entry is empty.
fn command(entry: &str, url: &Url) -> Result<Option<Command>, &'static str> {
    if Path::new(entry).is_file() {
        let mut command = Command::new(entry);
        command.arg(url.as_str());
        return Ok(Some(command));
    }
    let mut words =
        shlex::split(entry).ok_or("has a quote that is not closed, or ends with a backslash")?.into_iter();
    let Some(program) = words.next() else { return Ok(None) };
    let mut command = Command::new(program);
    let mut has_address = false;
    // A lone `&` asks a shell to go on meanwhile, which happens anyway.
    for word in words.filter(|word| word != "&") {
        let pieces: Vec<String> = word.split("%%").map(|piece| piece.replace("%s", url.as_str())).collect();
        has_address |= word.split("%%").any(|piece| piece.contains("%s"));
        command.arg(pieces.join("%"));
    }
    if !has_address {
        command.arg(url.as_str());
    }
    Ok(Some(command))
}

/// Starts a command apart from our terminal, and waits for it in a thread, so that it never
/// becomes a zombie.
async fn start(mut command: Command) -> Result<(), String> {
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let program = command.get_program().to_string_lossy().into_owned();
    let wait = spawn(command).map_err(|error| format!("{program} cannot be started: {error}"))?;
    let (ended, end) = oneshot::channel();
    let reaper = thread::Builder::new().name("browser".to_owned());
    let reaping = reaper.spawn(move || {
        // Nobody listens once the grace is over.
        let _ = ended.send(wait());
    });
    reaping.map_err(|error| error.to_string())?;
    match tokio::time::timeout(LAUNCH_TIMEOUT, end).await {
        Ok(Ok(Ok(status))) if !status.success() => Err(format!("{program} failed ({status})")),
        Ok(Ok(Err(error))) => Err(format!("{program} cannot be awaited: {error}")),
        Ok(_) | Err(_) => Ok(()),
    }
}

/// Starts a command in a session of its own, and gives what waits for its end. There it has no
/// terminal: a browser that draws on one does not draw on ours, and our Ctrl-C is not meant for it.
#[cfg(unix)]
fn spawn(command: Command) -> io::Result<impl FnOnce() -> io::Result<ExitStatus> + Send> {
    let mut child = CommandWrap::from(command).wrap(ProcessSession).spawn()?.into_inner();
    Ok(move || child.wait())
}

/// Starts a command, and gives what waits for its end.
#[cfg(not(unix))]
fn spawn(mut command: Command) -> io::Result<impl FnOnce() -> io::Result<ExitStatus> + Send> {
    let mut child = command.spawn()?;
    Ok(move || child.wait())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_name_that_does_not_exist_is_not_opened() {
        let url = Url::parse("https://device.demo.test/activate").expect("an address");
        let why = open(&url).await.expect_err("it is not opened").why;
        assert_eq!(why, "a name that ends in .test does not exist");
    }

    #[test]
    fn a_person_over_ssh_has_no_browser_here_unless_a_variable_brings_one() {
        use Locality::{Local, NoDisplay, OverSsh};
        use WindowSystem::{AsVariablesSay, OnItsScreen};
        for (windows, set, locality) in [
            (OnItsScreen, &[][..], Local),
            (OnItsScreen, &["SSH_CONNECTION"], OverSsh),
            (OnItsScreen, &["SSH_TTY", "DISPLAY"], OverSsh),
            (OnItsScreen, &["SSH_CLIENT", "BROWSER"], Local),
            (AsVariablesSay, &[], NoDisplay),
            (AsVariablesSay, &["DISPLAY"], Local),
            (AsVariablesSay, &["SSH_CONNECTION"], OverSsh),
            (AsVariablesSay, &["SSH_CONNECTION", "DISPLAY"], Local),
            (AsVariablesSay, &["SSH_TTY", "WAYLAND_DISPLAY"], Local),
            (AsVariablesSay, &["SSH_TTY", "BROWSER"], Local),
            (AsVariablesSay, &["BROWSER"], Local),
        ] {
            assert_eq!(locality_by(windows, |name| set.contains(&name)), locality, "{windows:?} {set:?}");
        }
    }

    #[test]
    fn what_browser_names_is_split_as_a_shell_splits_it() {
        let url = Url::parse("http://127.0.0.1:1/go/x").expect("an address");
        let shell = env::current_exe().expect("a program").display().to_string();
        for (browser, commands) in [
            ("firefox", &["firefox U"][..]),
            ("firefox -P work", &["firefox -P work U"]),
            ("'/opt/my browser/b' %s", &["/opt/my browser/b U"]),
            ("/opt/my\\ browser/b", &["/opt/my browser/b U"]),
            ("\"/opt/my browser/b\" --app='%s' -x", &["/opt/my browser/b --app=U -x"]),
            ("b --title '100%% %s %u'", &["b --title 100% U %u"]),
            ("b %%s", &["b %s U"]),
            ("b %s &", &["b U"]),
            (":w3m %s: :'a:b c' d:", &["w3m U", "a:b c d U"]),
            ("a\\:b", &["a:b U"]),
            ("'C:\\Program Files\\b.exe' %s", &["C:\\Program Files\\b.exe U"]),
            (&format!(" {shell} "), &[&*format!("{shell} U")]),
        ] {
            let named = browser_commands(OsStr::new(browser), &url).expect(browser);
            let shown: Vec<String> = named
                .iter()
                .map(|command| {
                    let words = [command.get_program()].into_iter().chain(command.get_args());
                    let words: Vec<_> = words.map(OsStr::to_string_lossy).collect();
                    words.join(" ").replace(url.as_str(), "U")
                })
                .collect();
            assert_eq!(shown, commands, "{browser}");
        }
        for (browser, why) in [
            ("'/opt/my browser/b %s", "has a quote that is not closed, or ends with a backslash"),
            ("firefox:b\\", "has a quote that is not closed, or ends with a backslash"),
            (" : :", "names no program"),
        ] {
            assert_eq!(browser_commands(OsStr::new(browser), &url).map(|_| ()), Err(why), "{browser}");
        }
    }
}
