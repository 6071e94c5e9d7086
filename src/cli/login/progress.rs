//! Progress of a login on the command line: its steps as they end, its addresses, its device code.

use std::mem::replace;

use url::Url;

use crate::domain::clock::{Now, span};
use crate::domain::countdown::countdown;
use crate::domain::provider::endpoint;
use crate::oauth::device::{DeviceCode, Progress};
use crate::oauth::login::step::Mark;
use crate::oauth::login::{DeviceDoor, Door, Doors, Login, Plan, Stage};
use crate::shell::terminal::console;

/// What was shown, so that nothing is shown twice.
#[derive(Default)]
pub(super) struct LoginProgress {
    /// How many steps were shown: their lines come in the order of their numbers.
    steps: usize,
    notices: usize,
    obstacle: bool,
    pages: bool,
    curl: bool,
    waiting: bool,
    /// The code that was shown, and what was last said of it.
    device: Option<(Url, Option<String>, Option<Progress>)>,
}

/// Whether an answer can be pasted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Pasting {
    /// It is the only thing that the person wants.
    Wanted,
    /// It can.
    Possible,
    /// Standard input was read for something else.
    Impossible,
}

impl LoginProgress {
    /// Shows what is new.
    pub(super) fn show(&mut self, login: &Login, pasting: Pasting, now: Now) {
        self.show_steps(login);
        self.show_notices(login);
        let Some(doors) = login.doors() else { return };
        let lead = match pasting {
            Pasting::Wanted => Door::Paste,
            Pasting::Possible | Pasting::Impossible => doors.lead(login.plan().ways.seat),
        };
        // What leads is shown first, once it is there.
        let awaited = lead == Door::Device && matches!(doors.device, DeviceDoor::Asked(_));
        let has_pages = doors.callback.is_some() || doors.paste.is_some();
        if has_pages && lead != Door::Callback && !awaited && !replace(&mut self.obstacle, true) {
            obstacle(login.plan(), pasting);
        }
        self.show_device(&doors.device, now);
        if has_pages && !awaited && !replace(&mut self.pages, true) {
            pages(doors, login.plan(), lead);
        }
        if let Some(curl) = doors.curl.as_ref().filter(|_| !replace(&mut self.curl, true)) {
            console::say(&format!(
                "\nSend the request with your own browser session, and paste the address that it answers with:\n{curl}"
            ));
        }
        // A device code that is awaited may prolong the login.
        let settled = !matches!(doors.device, DeviceDoor::Asked(_));
        let opened = self.pages || self.curl || self.device.is_some();
        if opened && settled && !replace(&mut self.waiting, true) {
            let minutes = now.steady.until(doors.deadline).as_secs().div_ceil(60);
            let paste = if self.pages || self.curl { paste(pasting) } else { "" };
            console::say(&format!("\nWaiting {minutes} minutes for the answer.{paste}"));
        }
    }

    /// Shows the steps that have ended, each once and none before the one that comes before it.
    /// Where the login is over, nothing more is waited for.
    fn show_steps(&mut self, login: &Login) {
        let is_over = matches!(login.stage(), Stage::Over(_));
        let steps: Vec<_> = login.steps().iter().collect();
        let has_ended = |mark: &Mark| !matches!(mark, Mark::Todo | Mark::Now(_));
        // A step that began again will end again, and so will those behind it.
        let again = steps.iter().take(self.steps).position(|(_, mark, _)| !has_ended(mark));
        self.steps = again.filter(|_| !is_over).unwrap_or(self.steps);
        for (step, mark, note) in steps.iter().skip(self.steps) {
            if !has_ended(mark) && !is_over {
                break;
            }
            self.steps += 1;
            let (word, taken) = match mark {
                Mark::Todo | Mark::Now(_) => continue,
                Mark::Failed(taken) => ("failed", format!(" ({:.1} s)", taken.as_secs_f64())),
                Mark::Done(taken) => ("done", format!(" ({:.1} s)", taken.as_secs_f64())),
                Mark::Skipped => ("skipped", String::new()),
            };
            let note = if note.is_empty() { String::new() } else { format!(": {note}") };
            console::say(&format!("{} {} {word}{taken}{note}", self.steps, step.title()));
        }
    }

    fn show_notices(&mut self, login: &Login) {
        let fresh = login.noticed().saturating_sub(self.notices);
        let known = login.notices().len().saturating_sub(fresh);
        for notice in login.notices().iter().skip(known) {
            console::say(&format!("  {notice}"));
        }
        self.notices = login.noticed();
    }

    fn show_device(&mut self, door: &DeviceDoor, now: Now) {
        match door {
            // Why it closed is a notice of the login, or how it ended.
            DeviceDoor::Absent | DeviceDoor::Asked(_) | DeviceDoor::Closed(_) => {}
            DeviceDoor::Open(device) => {
                let progress = device.last.as_ref().map(|(_, progress)| progress.clone());
                let (page, typed) = (&device.page, &device.user_code);
                let shown = (page.clone(), typed.clone(), progress.clone());
                let before = self.device.replace(shown);
                let same = before.filter(|(before, code, _)| before == page && code == typed);
                if same.is_none() {
                    code(device, now);
                }
                // One line for a change, not for every poll.
                if let Some(progress) = progress
                    && same.is_none_or(|(_, _, before)| before.as_ref() != Some(&progress))
                {
                    console::say(&format!("  {}", words(&progress, device)));
                }
            }
        }
    }
}

fn code(device: &DeviceCode, now: Now) {
    let is_here = endpoint::is_loopback(&device.page);
    let left = countdown(span(now.steady.until(device.ends_at))).0;
    let Some(code) = &device.user_code else {
        let place = if is_here { "in a browser on this machine" } else { "on any device" };
        console::say(&format!("\nOpen this link {place} and agree there:\n\n    {}\n", device.page));
        return console::say(&format!("The link ends in {left}."));
    };
    let place = if is_here { "On this machine" } else { "On any device" };
    console::say(&format!("\n{place}, open\n\n    {}\n", device.page));
    let spaced: Vec<String> = code.chars().map(String::from).collect();
    let spaced = spaced.join(" ");
    console::say(&format!("and type the code\n\n    {code}\n\n    letter by letter:  {spaced}\n"));
    if let Some(page) = &device.page_with_code {
        console::say(&format!("The same page with the code in it:\n\n    {page}\n"));
    }
    console::say(&format!("The code ends in {left}."));
}

fn words(progress: &Progress, device: &DeviceCode) -> String {
    let every = device.interval.as_secs();
    match progress {
        Progress::Pending => format!("Not allowed there yet; asking every {every} s."),
        Progress::SlowDown => format!("The server wants to be asked less often: every {every} s."),
        Progress::Unreachable(why) => format!("The server could not be asked ({why}); asking again."),
    }
}

/// Says why another door than the callback leads.
fn obstacle(plan: &Plan, pasting: Pasting) {
    if let Some(obstacle) = plan.ways.seat.obstacle().filter(|_| pasting != Pasting::Wanted) {
        let first: String = obstacle.chars().take(1).flat_map(char::to_uppercase).collect();
        let rest: String = obstacle.chars().skip(1).collect();
        console::say(&format!("\n{first}{rest}."));
    }
}

fn pages(doors: &Doors, plan: &Plan, lead: Door) {
    let host = &plan.provider.redirect.host;
    let shown = |words: &str, url: &Url| console::say(&format!("\n{words}:\n{url}"));
    let (callback, page) = (doors.callback.as_ref(), doors.paste.as_ref());
    match lead {
        Door::Callback => {
            callback.inspect(|url| shown("Allow access in the browser on this machine", url));
            page.inspect(|url| shown("Or in any browser, which then shows a code to paste here", url));
        }
        Door::Paste | Door::Device => {
            let or = if lead == Door::Device { "Or open" } else { "Open" };
            page.inspect(|url| {
                shown(&format!("{or} this in any browser; it then shows a code to paste here"), url)
            });
            let or = if lead == Door::Device || page.is_some() { "Or open" } else { "Open" };
            callback.inspect(|url| {
                let there = format!("{or} this. The browser ends at an address that begins with http://{host} and may not load");
                shown(&format!("{there}; paste that address here"), url);
            });
        }
    }
}

/// What is to be pasted, in words.
fn paste(pasting: Pasting) -> &'static str {
    match pasting {
        Pasting::Impossible => {
            " Nothing can be pasted here: standard input held the secret (--client-secret-fd leaves it free)."
        }
        Pasting::Wanted | Pasting::Possible if !console::can_ask() => "",
        Pasting::Wanted => " Then paste it here (the whole address, or the code) and press Enter.",
        Pasting::Possible => " You may also paste it here (the whole address, or the code) and press Enter.",
    }
}
