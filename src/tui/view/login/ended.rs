//! End of a login: what it has brought or why it has not, and the wait for the last word about it.

use ratatui::style::Style;

use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::profile::{NO_REFRESH_TOKEN, Profile};
use crate::domain::trouble::Stored;
use crate::oauth::login::step::LoginStep;
use crate::oauth::login::{Exchange, Login, Outcome};
use crate::tui::view::login::{Below, Space};
use crate::tui::{state, text_layout};

impl Below<'_> {
    /// Says how the login has ended.
    pub(super) fn over(&mut self, outcome: &Outcome, login: &Login) {
        let stored = login.plan().stored();
        match outcome {
            Outcome::Done(profile) => self.done(profile, login),
            Outcome::Denied(reason) => {
                let title = text_layout::safe(&login.plan().provider.title);
                self.block.text(
                    &format!("{title} denied the login: {}.", text_layout::safe(reason)),
                    self.theme.bad,
                );
                self.stored(stored);
                self.block.field("Next", &["Log in again if that was a mistake.".to_owned()]);
            }
            Outcome::TimedOut => {
                self.block.text("No answer came in time.", self.theme.bad);
                self.stored(stored);
                self.block.field("Next", &["Log in again when you are ready.".to_owned()]);
            }
            Outcome::Cancelled => self.block.text(&format!("Cancelled.{}", stored.after()), Style::new()),
            Outcome::Discarded => {
                self.block.text(&format!("The new tokens were discarded.{}", stored.after()), Style::new());
            }
            Outcome::Failed(trouble) if stored == Stored::Absent => {
                self.trouble(&trouble.clone().without_tokens());
            }
            Outcome::Failed(trouble) => self.trouble(trouble),
        }
        self.gap();
        self.act(match outcome {
            Outcome::Done(_) => "Enter closes this panel.",
            Outcome::Denied(_)
            | Outcome::TimedOut
            | Outcome::Cancelled
            | Outcome::Discarded
            | Outcome::Failed(_) => "l tries again, Enter closes this panel.",
        });
    }

    /// Says what is awaited, and what becomes of tokens that come.
    pub(super) fn exchanging(&mut self, exchange: &Exchange, login: &Login) {
        let over = match exchange.ending() {
            None => {
                self.act("Exchanging the code for tokens.");
                exchange.is_cancelled().then(|| "The login is cancelled".to_owned())
            }
            Some(ending) => {
                self.act("Waiting for the last answer about the device code, at most half a minute.");
                Some(ending_words(ending, login))
            }
        };
        let Some(over) = over else { return };
        let then = if exchange.is_cancelled() { "you decide what happens to them" } else { "they are saved" };
        self.block.text(&format!("{over}. If tokens still arrive, {then}."), Style::new());
    }

    fn done(&mut self, profile: &Profile, login: &Login) {
        self.block.text(&format!("Logged in: {} is ready.", profile.id.name), self.theme.good);
        self.gap();
        let account = profile.account.as_deref().map_or("unknown".to_owned(), text_layout::safe);
        self.block.field("Account", &[account]);
        self.scopes(&login.plan().scopes, &profile.scopes);
        self.block.field("Token", &clock(profile.life.expires_at, self.now));
        let grant = match profile.refresh_token() {
            Some(_) => clock(profile.life.grant_ends_at, self.now),
            None => vec![NO_REFRESH_TOKEN.to_owned()],
        };
        self.block.field("Login", &grant);
        // The steps say where it lies and how the test went.
        if self.room == Space::Plenty {
            self.block.field("Store", &[text_layout::safe(&login.plan().place)]);
            self.block.field("Test", &[text_layout::safe(login.steps().note(LoginStep::Test))]);
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
        self.block.field("Scopes", &pieces);
        for (words, scopes) in
            [("not granted:", of(asked, granted, false)), ("also granted:", of(granted, asked, false))]
        {
            if !scopes.is_empty() {
                self.block.field("", &[format!("{words} {scopes}")]);
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

fn clock(end: Option<DateTime<Utc>>, now: Now) -> Vec<String> {
    match end {
        None => vec!["expiry unknown".to_owned()],
        Some(end) => {
            let left = format!("{} left", state::left(end, now));
            vec![left, format!("until {}", state::moment(end, now))]
        }
    }
}
