//! Progress of a login on the command line: its addresses, its device code, and what became of them.

use std::mem::replace;

use url::Url;

use crate::cli::login::pastes::PAGE_REFUSED;
use crate::domain::clock::{Now, span};
use crate::domain::countdown::countdown;
use crate::domain::provider::LoginMethod;
use crate::domain::provider::endpoint;
use crate::oauth::device::{DeviceCode, Progress};
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{BrowserOpening, DeviceMethod, Login, LoginMethods, LoginPlan};
use crate::shell::terminal::console;

/// What was shown, so that nothing is shown twice.
#[derive(Default)]
pub(super) struct LoginProgress {
    listener: bool,
    browser: bool,
    notices: usize,
    obstacle: bool,
    /// The link of the browser that authtui opens.
    link: bool,
    pages: bool,
    curl: bool,
    waiting: bool,
    /// Whether it was said how the next way to be a client is taken.
    pub(super) offers_next_way: bool,
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
        self.show_opening(login, pasting);
        self.show_notices(login);
        let Some(methods) = login.methods() else { return };
        let lead = lead(methods, login.plan(), pasting);
        if let Some(link) = opening_link(login, pasting) {
            if !replace(&mut self.link, true) {
                console::say(&format!("Opening your browser. Nothing happens? Open this link:\n{link}"));
            }
            return self.show_waiting(methods, (login.plan(), pasting), now);
        }
        // What leads is shown first, once it is there.
        let awaited = lead == LoginMethod::Device && matches!(methods.device, DeviceMethod::Requested(_));
        let has_pages = methods.callback.is_some() || methods.paste.is_some();
        if has_pages && lead != LoginMethod::Code && !awaited && !replace(&mut self.obstacle, true) {
            obstacle(login.plan(), pasting);
        }
        self.show_device(&methods.device, lead, now);
        if has_pages && !awaited && !replace(&mut self.pages, true) {
            pages(methods, login.plan(), (lead, self.link));
        }
        if let Some(curl) = methods.curl.as_ref().filter(|_| !replace(&mut self.curl, true)) {
            console::say(&format!(
                "\nSend the request with your own browser session, and paste the address that it answers with:\n{curl}"
            ));
        }
        self.show_waiting(methods, (login.plan(), pasting), now);
    }

    /// Says how long the answer is waited for.
    fn show_waiting(&mut self, methods: &LoginMethods, (plan, pasting): (&LoginPlan, Pasting), now: Now) {
        // A device code that is awaited may prolong the login.
        let settled = !matches!(methods.device, DeviceMethod::Requested(_));
        let can_paste = self.link || self.pages || self.curl;
        if (can_paste || self.device.is_some()) && settled && !replace(&mut self.waiting, true) {
            let minutes = now.steady.until(methods.deadline).as_secs().div_ceil(60);
            let paste = if can_paste { paste(pasting) } else { "" };
            let gap = if self.pages || self.curl || self.device.is_some() { "\n" } else { "" };
            console::say(&format!("{gap}Waiting {minutes} minutes for the answer.{paste}"));
            self.offers_next_way = console::can_ask()
                && pasting != Pasting::Impossible
                && plan.provider.new_client_command().is_some();
            if self.offers_next_way {
                console::say(&format!(
                    "If the page refuses authtui, type {PAGE_REFUSED} and press Enter: authtui registers another way."
                ));
            }
        }
    }

    /// Shows what became of the listener and of the browser.
    fn show_opening(&mut self, login: &Login, pasting: Pasting) {
        let steps = login.steps();
        if matches!(steps.mark(LoginStep::Listen), StepState::Failed(_)) && !replace(&mut self.listener, true)
        {
            let why = steps.note(LoginStep::Listen);
            console::say(&format!("This machine cannot take the browser's answer: {why}."));
        }
        let words = match steps.mark(LoginStep::Open) {
            // Why there is no browser is said with the address.
            StepState::Todo | StepState::Now(_) | StepState::Skipped => return,
            StepState::Done(_) if self.link || opening_link(login, pasting).is_some() => return,
            StepState::Done(_) => "Opened your browser.".to_owned(),
            StepState::Failed(_) => format!("Could not open a browser: {}.", steps.note(LoginStep::Open)),
        };
        if !replace(&mut self.browser, true) {
            console::say(&words);
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

    fn show_device(&mut self, method: &DeviceMethod, lead: LoginMethod, now: Now) {
        match method {
            // Why it closed is a notice of the login, or how it ended.
            DeviceMethod::Absent | DeviceMethod::Requested(_) | DeviceMethod::Closed(_) => {}
            DeviceMethod::Open(device) => {
                let progress = device.last.as_ref().map(|(_, progress)| progress.clone());
                let (page, typed) = (&device.page, &device.user_code);
                let shown = (page.clone(), typed.clone(), progress.clone());
                let before = self.device.replace(shown);
                let same = before.filter(|(before, code, _)| before == page && code == typed);
                if same.is_none() {
                    code(device, lead, now);
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

/// The method that is shown first.
fn lead(methods: &LoginMethods, plan: &LoginPlan, pasting: Pasting) -> LoginMethod {
    match pasting {
        Pasting::Wanted => LoginMethod::Paste,
        Pasting::Possible | Pasting::Impossible => methods.lead(plan.options.locality),
    }
}

/// The link that authtui opens in a browser on this machine, which needs no other beside it; nothing where
/// it could not be started.
fn opening_link(login: &Login, pasting: Pasting) -> Option<&Url> {
    let (methods, plan) = (login.methods()?, login.plan());
    let by_itself = lead(methods, plan, pasting) == LoginMethod::Code
        && plan.options.browser == BrowserOpening::AtOnce
        && methods.curl.is_none()
        && !matches!(login.steps().mark(LoginStep::Open), StepState::Failed(_));
    methods.callback.as_ref().filter(|_| by_itself)
}

fn code(device: &DeviceCode, lead: LoginMethod, now: Now) {
    let is_here = endpoint::is_loopback(&device.page);
    let left = countdown(span(now.steady.until(device.ends_at))).0;
    let Some(code) = &device.user_code else {
        let place = if is_here { "in a browser on this machine" } else { "on any device" };
        console::say(&format!("\nOpen this link {place} and allow access:\n\n    {}\n", device.page));
        return console::say(&format!("The link is good for {left}."));
    };
    if lead != LoginMethod::Device {
        let place = if is_here { "on this machine" } else { "on any device" };
        return console::say(&format!("\nOr {place}: open {} and type {code}", device.page));
    }
    let place = if is_here { "On this machine" } else { "On any device" };
    console::say(&format!("\n{place}, open\n\n    {}\n", device.page));
    let spaced: Vec<String> = code.chars().map(String::from).collect();
    let spaced = spaced.join(" ");
    console::say(&format!("and type the code\n\n    {code}\n\n    letter by letter:  {spaced}\n"));
    if let Some(page) = &device.page_with_code {
        console::say(&format!("The same page with the code in it:\n\n    {page}\n"));
    }
    console::say(&format!("The code is good for {left}."));
}

fn words(progress: &Progress, device: &DeviceCode) -> String {
    let every = device.interval.as_secs();
    match progress {
        Progress::Pending => format!("Not approved yet; checking every {every} s."),
        Progress::SlowDown => format!("The server wants fewer checks: every {every} s."),
        Progress::Unreachable(why) => format!("The server could not be asked ({why}); trying again."),
    }
}

/// Says why another method than the callback leads.
fn obstacle(plan: &LoginPlan, pasting: Pasting) {
    if let Some(obstacle) = plan.options.locality.obstacle().filter(|_| pasting != Pasting::Wanted) {
        let first: String = obstacle.chars().take(1).flat_map(char::to_uppercase).collect();
        let rest: String = obstacle.chars().skip(1).collect();
        console::say(&format!("\n{first}{rest}."));
    }
}

/// Shows the links that are left, `has_link` if that of the browser on this machine was shown.
fn pages(methods: &LoginMethods, plan: &LoginPlan, (lead, has_link): (LoginMethod, bool)) {
    let host = &plan.provider.redirect.host;
    let shown = |words: &str, url: &Url| console::say(&format!("\n{words}:\n{url}"));
    let (callback, page) = (methods.callback.as_ref(), methods.paste.as_ref());
    match lead {
        LoginMethod::Code => {
            callback
                .filter(|_| !has_link)
                .inspect(|url| shown("Open this link in a browser on this machine", url));
            page.inspect(|url| {
                shown("Or open this link in any browser; it then shows a code to paste here", url)
            });
        }
        LoginMethod::Paste | LoginMethod::Device | LoginMethod::Key => {
            let or = if lead == LoginMethod::Device { "Or open" } else { "Open" };
            page.inspect(|url| {
                shown(&format!("{or} this link in any browser; it then shows a code to paste here"), url)
            });
            let or = if lead == LoginMethod::Device || page.is_some() { "Or open" } else { "Open" };
            callback.inspect(|url| {
                let there = format!("{or} this link. The browser ends at an address that begins with http://{host} and may not load");
                shown(&format!("{there}; paste that address here"), url);
            });
        }
    }
}

/// What is to be pasted, in words.
fn paste(pasting: Pasting) -> &'static str {
    match pasting {
        Pasting::Impossible => {
            " Nothing can be pasted here, since standard input held the secret; --client-secret-fd leaves it free."
        }
        Pasting::Wanted | Pasting::Possible if !console::can_ask() => "",
        Pasting::Wanted => " Then paste it here: the whole address, or the code.",
        Pasting::Possible => " You may also paste it here, then press Enter.",
    }
}
