//! The login panel: seven steps, and the one thing the person must do now.
//!
//! The authorization URL is never drawn: a terminal's frame and line ends would get into whatever
//! the person copies. A short link stands for it, and two keys print and copy it whole.

mod steps;

use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::Span;
use ratatui::widgets::Paragraph;

use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::profile::Profile;
use crate::domain::trouble::{Next, Stored, Trouble};
use crate::oauth::login::step::{Mark, Step};
use crate::oauth::login::{Doors, Login, Outcome, Seat, Stage};
use crate::tui::field::Field;
use crate::tui::model::{Model, Panel};
use crate::tui::sheet::{Repeated, Sheet};
use crate::tui::theme::Theme;
use crate::tui::{entry, pane, prose, state};

/// From this height on there is room for empty rows.
const ROOMY: u16 = 14;
/// The most columns that are written on: what a step took stays near the step.
const WIDEST: u16 = 100;
/// How many steps there are.
const STEPS: u16 = 7;

/// Draws the panel.
pub(super) fn render(
    frame: &mut Frame<'_>,
    area: Rect,
    panel: &Panel,
    model: &Model,
    theme: &Theme,
    now: Now,
) {
    let Some(login) = &model.login else { return };
    let inner = pane::draw(frame, area, &format!("Log in to {}", login.plan().id.name), theme);
    let inner = pane::inset(inner, 1);
    let inner = Rect { width: inner.width.min(WIDEST), ..inner };
    let gap = u16::from(inner.height >= ROOMY);
    let inner = pane::below(inner, gap);
    let mut below =
        Below { sheet: Sheet::new(inner.width, theme), theme, now, seat: model.seat, field: None };
    let field = match panel {
        Panel::Pasting(field) => Some(field),
        Panel::Steps | Panel::Cancelling(_) | Panel::Deciding(_) => None,
    };
    below.write(login, field);
    let needed = u16::try_from(below.sheet.lines.len()).unwrap_or(u16::MAX).saturating_add(gap);
    let height = inner.height.saturating_sub(needed).clamp(inner.height.min(2), STEPS);
    steps::render(frame, Rect { height, ..inner }, login, theme, now);
    let rest = pane::below(inner, height + gap);
    frame.render_widget(Paragraph::new(below.sheet.lines), rest);
    if let (Some(field), Some(down)) = (field, below.field) {
        entry::draw(frame, pane::row(rest, down), "> ", field, theme);
    }
}

/// What stands below the steps.
struct Below<'a> {
    sheet: Sheet<'a>,
    theme: &'a Theme,
    now: Now,
    seat: Seat,
    /// The row of the text field.
    field: Option<u16>,
}

impl Below<'_> {
    fn write(&mut self, login: &Login, field: Option<&Field>) {
        match login.stage() {
            Stage::Opening(_) => self.act("Nothing to do: the login is being prepared."),
            Stage::Waiting(_) if field.is_some() => self.pasting(login),
            Stage::Waiting(doors) => self.waiting(login, doors),
            Stage::Exchanging(_) => self.act("Nothing to do: the code is being exchanged for tokens."),
            Stage::Confirming(..) => self.act("Tokens came. Say what is to become of them."),
            Stage::Saving(_) => self.act("Nothing to do: the tokens are being saved."),
            Stage::Unsaved(_, trouble) => {
                self.trouble(trouble);
                self.sheet.gap();
                self.act("Say what is to become of the new tokens.");
            }
            Stage::Testing(..) => self.act("Nothing to do: the tokens are saved, the token is being tested."),
            Stage::Over(outcome) => self.over(outcome, login),
        }
        if !login.notices().is_empty() {
            self.sheet.gap();
        }
        for notice in login.notices() {
            self.sheet.text(&prose::capital(&prose::safe(notice)), self.theme.warn);
        }
    }

    fn waiting(&mut self, login: &Login, doors: &Doors) {
        let opened = !matches!(login.steps().mark(Step::Open), Mark::Failed(_));
        self.act(match (doors.callback.is_some(), opened) {
            (true, _) if self.seat == Seat::OverSsh => {
                "Open the URL in your own browser, allow access, then press p and paste the address it ends on."
            }
            (true, true) => "Allow access in the browser.",
            (true, false) => "Open the link in a browser on this machine, and allow access.",
            (false, true) => "Allow access in the browser, then press p and paste the code it shows.",
            (false, false) => "Open the URL in any browser, allow access, then press p and paste the code.",
        });
        self.sheet.gap();
        self.link(doors);
        self.sheet.field("URL", &["t prints it whole on a plain line, c copies it".to_owned()]);
        if let Some(host) = login.plan().provider.redirect.paste.as_ref().and_then(|url| url.host_str()) {
            self.sheet.field("Code", &[format!("if {host} shows one, p pastes it")]);
        }
    }

    fn pasting(&mut self, login: &Login) {
        self.act("Paste the code, or the whole address of the page you ended on.");
        self.sheet.gap();
        self.field = u16::try_from(self.sheet.lines.len()).ok();
        self.sheet.gap();
        self.sheet.gap();
        if let Some(doors) = login.doors() {
            self.link(doors);
        }
        if let Some(host) = login.plan().provider.redirect.paste.as_ref().and_then(|url| url.host_str()) {
            self.sheet.field("Code", &[format!("{host} shows it once you have allowed access")]);
        }
    }

    /// The short link, if it can stand on one line.
    fn link(&mut self, doors: &Doors) {
        let Some(short) = doors.short.as_ref().filter(|_| self.seat == Seat::Here) else { return };
        if prose::width(short.as_str()) <= self.sheet.beside() {
            self.sheet.field("Link", &[short.to_string()]);
            self.sheet.field("", &["works on this machine; the answer comes back by itself".to_owned()]);
        }
    }

    fn over(&mut self, outcome: &Outcome, login: &Login) {
        let untouched = Stored::Untouched.to_string();
        match outcome {
            Outcome::Done(profile) => self.done(profile, login),
            Outcome::Denied(reason) => {
                let title = prose::safe(&login.plan().provider.title);
                self.sheet
                    .text(&format!("{title} did not allow it: {}.", prose::safe(reason)), self.theme.bad);
                self.sheet.field("Tokens", &[untouched]);
                self.sheet.field("Next", &["Log in again, if that was not meant.".to_owned()]);
            }
            Outcome::TimedOut => {
                self.sheet.text("Nobody answered within 5 minutes.", self.theme.bad);
                self.sheet.field("Tokens", &[untouched]);
                self.sheet.field("Next", &["Log in again when you are ready.".to_owned()]);
            }
            Outcome::Cancelled => self.sheet.text(&format!("Cancelled. {untouched}"), Style::new()),
            Outcome::Discarded => {
                self.sheet.text(&format!("The new tokens were dropped. {untouched}"), Style::new());
            }
            Outcome::Failed(trouble) => self.trouble(trouble),
        }
        self.sheet.gap();
        self.act("Enter closes this panel.");
    }

    fn done(&mut self, profile: &Profile, login: &Login) {
        self.sheet.text(&format!("Logged in: {} is ready.", profile.id.name), self.theme.good);
        self.sheet.gap();
        let account = profile.account.as_deref().map_or("not told".to_owned(), prose::safe);
        self.sheet.field("Account", &[account]);
        self.scopes(&login.plan().scopes, &profile.scopes);
        let access = self.clock(profile.life.expires_at);
        self.sheet.field("Access", &access);
        let grant = match profile.refresh_token() {
            Some(_) => self.clock(profile.life.grant_ends_at),
            None => vec!["no refresh token: only a login renews it".to_owned()],
        };
        self.sheet.field("Grant", &grant);
        self.sheet.field("Store", &[prose::safe(&login.plan().place)]);
        self.sheet.field("Test", &[prose::safe(login.steps().note(Step::Test))]);
    }

    fn scopes(&mut self, asked: &[String], granted: &[String]) {
        let kept: Vec<&str> =
            asked.iter().filter(|scope| granted.contains(scope)).map(String::as_str).collect();
        let refused: Vec<&str> =
            asked.iter().filter(|scope| !granted.contains(scope)).map(String::as_str).collect();
        let more: Vec<&str> =
            granted.iter().filter(|scope| !asked.contains(scope)).map(String::as_str).collect();
        let count = match (kept.len(), asked.len()) {
            (kept, asked) if kept == asked => "all granted".to_owned(),
            (kept, asked) => format!("{kept} of {asked} granted"),
        };
        self.sheet.field("Scopes", &[count, prose::safe(&kept.join(" "))]);
        for (words, scopes) in [("not granted:", refused), ("granted unasked:", more)] {
            if !scopes.is_empty() {
                self.sheet.field("", &[format!("{words} {}", prose::safe(&scopes.join(" ")))]);
            }
        }
    }

    fn clock(&self, end: Option<DateTime<Utc>>) -> Vec<String> {
        match end {
            None => vec!["end not told by the provider".to_owned()],
            Some(end) => {
                let left = format!("{} left", state::left(end, self.now));
                vec![left, format!("until {}", state::moment(end, self.now))]
            }
        }
    }

    fn trouble(&mut self, trouble: &Trouble) {
        let what = format!("{}: {}.", prose::safe(&trouble.what), prose::safe(&trouble.why));
        self.sheet.text(&prose::capital(&what), self.theme.bad);
        self.sheet.field("Tokens", &[trouble.stored.to_string()]);
        let next = match &trouble.next {
            Next::LogIn => "Log in again.".to_owned(),
            Next::Retry => "Try again.".to_owned(),
            Next::Fix(remedy) => prose::capital(&format!("{}.", prose::safe(remedy))),
            Next::Nothing => return,
        };
        self.sheet.field("Next", &[next]);
    }

    /// The one thing the person must do now.
    fn act(&mut self, sentence: &str) {
        let mark = Span::styled(self.theme.glyphs.selection, self.theme.accent);
        self.sheet.marked(&mark, Repeated::OnEachLine, sentence, self.theme.strong);
    }
}
