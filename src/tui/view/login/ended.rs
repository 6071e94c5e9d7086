//! What a login has brought, or why it has not.

use ratatui::style::Style;

use crate::domain::clock::{DateTime, Now, Utc};
use crate::domain::profile::{NO_REFRESH_TOKEN, Profile};
use crate::domain::trouble::Stored;
use crate::oauth::login::step::Step;
use crate::oauth::login::{Login, Outcome};
use crate::tui::view::login::{Below, Room};
use crate::tui::{prose, state};

impl Below<'_> {
    /// Says how the login has ended.
    pub(super) fn over(&mut self, outcome: &Outcome, login: &Login) {
        let stored = login.plan().stored();
        match outcome {
            Outcome::Done(profile) => self.done(profile, login),
            Outcome::Denied(reason) => {
                let title = prose::safe(&login.plan().provider.title);
                self.sheet
                    .text(&format!("{title} did not allow it: {}.", prose::safe(reason)), self.theme.bad);
                self.stored(stored);
                self.sheet.field("Next", &["Log in again, if that was not meant.".to_owned()]);
            }
            Outcome::TimedOut => {
                self.sheet.text("Nobody answered in time.", self.theme.bad);
                self.stored(stored);
                self.sheet.field("Next", &["Log in again when you are ready.".to_owned()]);
            }
            Outcome::Cancelled => self.sheet.text(&format!("Cancelled.{}", stored.after()), Style::new()),
            Outcome::Discarded => {
                self.sheet.text(&format!("The new tokens were dropped.{}", stored.after()), Style::new());
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

    fn done(&mut self, profile: &Profile, login: &Login) {
        self.sheet.text(&format!("Logged in: {} is ready.", profile.id.name), self.theme.good);
        self.gap();
        let account = profile.account.as_deref().map_or("not told".to_owned(), prose::safe);
        self.sheet.field("Account", &[account]);
        self.scopes(&login.plan().scopes, &profile.scopes);
        self.sheet.field("Access", &clock(profile.life.expires_at, self.now));
        let grant = match profile.refresh_token() {
            Some(_) => clock(profile.life.grant_ends_at, self.now),
            None => vec![NO_REFRESH_TOKEN.to_owned()],
        };
        self.sheet.field("Grant", &grant);
        // The steps say where it lies and how the test went.
        if self.room == Room::Plenty {
            self.sheet.field("Store", &[prose::safe(&login.plan().place)]);
            self.sheet.field("Test", &[prose::safe(login.steps().note(Step::Test))]);
        }
    }

    fn scopes(&mut self, asked: &[String], granted: &[String]) {
        let of = |scopes: &[String], others: &[String], both: bool| {
            let some: Vec<&str> =
                scopes.iter().filter(|scope| others.contains(scope) == both).map(String::as_str).collect();
            prose::safe(&some.join(" "))
        };
        let kept = asked.iter().filter(|scope| granted.contains(scope)).count();
        let count = match (kept, asked.len()) {
            (_, 0) => "none asked for".to_owned(),
            (kept, asked) if kept == asked => "all granted".to_owned(),
            (kept, asked) => format!("{kept} of {asked} granted"),
        };
        let pieces: Vec<String> =
            [count, of(asked, granted, true)].into_iter().filter(|piece| !piece.is_empty()).collect();
        self.sheet.field("Scopes", &pieces);
        for (words, scopes) in
            [("not granted:", of(asked, granted, false)), ("granted unasked:", of(granted, asked, false))]
        {
            if !scopes.is_empty() {
                self.sheet.field("", &[format!("{words} {scopes}")]);
            }
        }
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
