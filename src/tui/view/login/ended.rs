//! End of a login: that it worked or why it did not, and the wait for the last word about it.

use ratatui::style::Style;
use ratatui::text::Span;

use crate::domain::clock::{DateTime, Utc};
use crate::domain::profile::{NO_REFRESH_TOKEN, Profile};
use crate::domain::trouble::Stored;
use crate::oauth::login::step::{LoginStep, StepState};
use crate::oauth::login::{Exchange, Login, Outcome};
use crate::tui::view::login::{PanelText, Space, WIDE_KEY};
use crate::tui::{state, text_layout};

impl PanelText<'_> {
    /// Says how the login has ended, and what can be done now.
    pub(super) fn over(&mut self, outcome: &Outcome, login: &Login) {
        let stored = login.plan().stored();
        match outcome {
            Outcome::Done(profile) => self.done(profile, login),
            Outcome::Denied(reason) => {
                let title = text_layout::safe(&login.plan().provider.title);
                self.ended(&format!("{title} denied the login"));
                self.sentence(
                    &format!("{}.", text_layout::capital(&text_layout::safe(reason))),
                    self.theme.bad,
                );
                self.stored(stored);
            }
            Outcome::TimedOut => {
                self.ended("No answer came in time");
                self.stored(stored);
            }
            Outcome::Cancelled => {
                self.headline("Cancelled");
                self.stored(stored);
            }
            Outcome::Discarded => {
                self.headline("The new tokens were discarded");
                self.stored(stored);
            }
            Outcome::Failed(trouble) => {
                self.ended("The login failed");
                if stored == Stored::Absent {
                    self.trouble(&trouble.clone().without_tokens());
                } else {
                    self.trouble(trouble);
                }
            }
        }
        if self.space == Space::Short {
            return;
        }
        self.gap();
        if !matches!(outcome, Outcome::Done(_)) {
            self.way("l", WIDE_KEY, "try again");
        }
        self.way("Enter", WIDE_KEY, "close");
    }

    /// The headline of a login that failed.
    fn ended(&mut self, sentence: &str) {
        let mark = Span::styled(self.theme.glyphs.steps.failed, self.theme.bad);
        self.headed(mark, sentence, self.theme.bad.patch(self.theme.strong));
    }

    /// Asks whose account it is.
    pub(super) fn naming(&mut self, login: &Login) {
        self.headline("Whose account is this?");
        let title = text_layout::safe(&login.plan().provider.title);
        if self.space != Space::Short {
            self.sentence(
                &format!(
                    "The login is saved; {title} does not say whose it is. Enter alone leaves it empty."
                ),
                Style::new(),
            );
        }
        self.gap();
        self.field = u16::try_from(self.block.lines.len()).ok();
        self.block.gap();
    }

    /// Says what is awaited, and what becomes of tokens that come.
    pub(super) fn exchanging(&mut self, exchange: &Exchange, login: &Login) {
        let over = match exchange.ending() {
            None => {
                self.headline("Exchanging the code for tokens");
                exchange.is_cancelled().then(|| "The login is cancelled".to_owned())
            }
            Some(ending) => {
                self.headline("Waiting for the last answer about the device code");
                Some(ending_words(ending, login))
            }
        };
        let Some(over) = over else { return };
        let then = if exchange.is_cancelled() { "you decide what happens to them" } else { "they are saved" };
        self.sentence(&format!("{over}. If tokens still arrive, {then}."), Style::new());
    }

    fn done(&mut self, profile: &Profile, login: &Login) {
        let name = &profile.id.name;
        match login.steps().mark(LoginStep::Test) {
            StepState::Failed(_) => {
                let mark = Span::styled(self.theme.glyphs.states.failed, self.theme.warn);
                self.headed(mark, &format!("{name} is saved, but its test failed"), self.theme.strong);
                let why = text_layout::safe(login.steps().note(LoginStep::Test));
                self.sentence(&format!("{}.", text_layout::capital(&why)), self.theme.warn);
            }
            StepState::Todo | StepState::Now(_) | StepState::Done(_) | StepState::Skipped => {
                let mark = Span::styled(self.theme.glyphs.steps.done, self.theme.good);
                self.headed(mark, &format!("Logged in: {name}"), self.theme.strong);
            }
        }
        self.gap();
        let account = profile.account.as_deref();
        let account = account.map_or("unknown".to_owned(), |account| state::account(self.model, account));
        let remark = profile.account_from.map(|from| from.remark().to_owned());
        self.field("Account", &[account].into_iter().chain(remark).collect::<Vec<_>>());
        self.scopes(&login.plan().scopes, &profile.scopes);
        self.field("Token", &self.clock(profile.life.expires_at));
        let grant = match profile.refresh_token() {
            Some(_) => self.clock(profile.life.grant_ends_at),
            None => vec![NO_REFRESH_TOKEN.to_owned()],
        };
        self.field("Login", &grant);
        if self.space == Space::Plenty {
            self.field("Store", &[text_layout::safe(&login.plan().place)]);
        }
    }

    fn clock(&self, end: Option<DateTime<Utc>>) -> Vec<String> {
        match end {
            None => vec![state::UNKNOWN_EXPIRY.to_owned()],
            Some(end) => {
                let left = format!("{} left", state::left_by_settings(self.model, end, self.now));
                vec![left, format!("until {}", state::moment(end, self.now))]
            }
        }
    }

    fn scopes(&mut self, asked: &[String], granted: &[String]) {
        let of = |scopes: &[String], others: &[String], both: bool| {
            let some: Vec<&str> =
                scopes.iter().filter(|scope| others.contains(scope) == both).map(String::as_str).collect();
            text_layout::safe(&some.join(" "))
        };
        let kept = asked.iter().filter(|scope| granted.contains(scope)).count();
        let count = match (kept, asked.len()) {
            (_, 0) => "none requested".to_owned(),
            (kept, asked) if kept == asked => "all granted".to_owned(),
            (kept, asked) => format!("{kept} of {asked} granted"),
        };
        let pieces: Vec<String> =
            [count, of(asked, granted, true)].into_iter().filter(|piece| !piece.is_empty()).collect();
        self.field("Scopes", &pieces);
        for (words, scopes) in
            [("not granted:", of(asked, granted, false)), ("also granted:", of(granted, asked, false))]
        {
            if !scopes.is_empty() {
                self.field("", &[format!("{words} {scopes}")]);
            }
        }
    }
}

fn ending_words(ending: &Outcome, login: &Login) -> String {
    match ending {
        Outcome::Denied(words) => {
            let title = text_layout::safe(&login.plan().provider.title);
            format!("{title} denied the login: {}", text_layout::safe(words))
        }
        Outcome::TimedOut => "No answer came in time".to_owned(),
        Outcome::Failed(trouble) => text_layout::capital(&format!(
            "{}: {}",
            text_layout::safe(&trouble.what),
            text_layout::safe(&trouble.why)
        )),
        Outcome::Cancelled => "The login is cancelled".to_owned(),
        Outcome::Discarded | Outcome::Done(_) => "The login is over".to_owned(),
    }
}
