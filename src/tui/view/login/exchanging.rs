//! A login that waits for the last word about its tokens: nothing of it can be cancelled.

use ratatui::style::Style;

use crate::oauth::login::{Exchange, Login, Outcome};
use crate::tui::prose;
use crate::tui::view::login::Below;

impl Below<'_> {
    /// Says what is awaited, and what becomes of tokens that come.
    pub(super) fn exchanging(&mut self, exchange: &Exchange, login: &Login) {
        let over = match exchange.ending() {
            None => {
                self.act("Nothing to do: the code is being exchanged for tokens.");
                exchange.is_cancelled().then(|| "The login is cancelled".to_owned())
            }
            Some(ending) => {
                self.act("Nothing to do: the last answer about the device code is awaited, for half a minute at most.");
                Some(over(ending, login))
            }
        };
        let Some(over) = over else { return };
        let then = if exchange.is_cancelled() { "you are asked about them" } else { "they are saved" };
        self.sheet.text(&format!("{over}. If tokens come all the same, {then}."), Style::new());
    }
}

fn over(ending: &Outcome, login: &Login) -> String {
    match ending {
        Outcome::Denied(words) => {
            let title = prose::safe(&login.plan().provider.title);
            format!("{title} did not allow it: {}", prose::safe(words))
        }
        Outcome::TimedOut => "Nobody answered in time".to_owned(),
        Outcome::Failed(trouble) => {
            prose::capital(&format!("{}: {}", prose::safe(&trouble.what), prose::safe(&trouble.why)))
        }
        Outcome::Cancelled => "The login is cancelled".to_owned(),
        Outcome::Discarded | Outcome::Done(_) => "The login is over".to_owned(),
    }
}
