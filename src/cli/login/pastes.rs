//! Pastes: lines from a person or a pipe, joined to what may be one answer.
//!
//! A terminal or a mail breaks a long address, so lines that come together are one paste, and a
//! line after one that did not work may be its rest. [`pasted`](crate::oauth::pasted) reads what was
//! joined: only a state proves that a part is an answer.

use std::time::Duration;

use crate::cli::login::answers::AccountAnswer;
use crate::domain::secret::Secret;
use crate::shell::terminal::console;

/// How long a next line may take and still belong to the one before.
pub(super) const LINE_GAP: Duration = Duration::from_millis(100);
/// The most bytes that are put before a new line.
const BEFORE_LIMIT: usize = 8 * 1024;

/// What is typed where the page refused the client; no code is so short.
pub(super) const PAGE_REFUSED: &str = "refused";

/// What was pasted.
#[derive(Default)]
pub(super) struct Pastes {
    /// Lines that came together and were not used yet.
    coming: Vec<Secret>,
    /// What came before and did not work.
    before: Vec<Secret>,
    /// The answer to a question that was not asked yet.
    early: Option<Secret>,
}

impl Pastes {
    /// Whether lines came that were not used yet.
    pub(super) fn are_coming(&self) -> bool {
        !self.coming.is_empty()
    }

    /// Takes a line, and says whether another one may belong to it.
    pub(super) fn add(&mut self, line: Secret) -> bool {
        if self.are_coming() && answers_a_question(line.expose()) {
            self.early = Some(line);
            return false;
        }
        if !line.is_empty() {
            self.coming.push(line);
        }
        true
    }

    /// Whether the one line that came says that the page refused the client.
    pub(super) fn say_refused(&self) -> bool {
        matches!(self.coming.as_slice(), [line] if line.expose().trim().eq_ignore_ascii_case(PAGE_REFUSED))
    }

    /// What may be the answer: the lines that did not work, an empty line, and the lines that came.
    /// Somebody who pastes the same once more at a terminal means these lines alone.
    pub(super) fn take(&mut self) -> Secret {
        let came = joined(&std::mem::take(&mut self.coming), "\n");
        if console::can_ask() && self.before.last() == Some(&came) {
            return came;
        }
        if self.before.iter().map(|line| line.expose().len()).sum::<usize>() > BEFORE_LIMIT {
            // That something did not work must not be forgotten.
            self.before.truncate(1);
        }
        self.before.push(came);
        joined(&self.before, "\n\n")
    }

    /// Forgets what did not work, because the last paste was an answer.
    pub(super) fn worked(&mut self) {
        self.before.clear();
    }

    /// The answer to a question, where it came already.
    pub(super) fn early(&mut self) -> Option<String> {
        self.early.take().map(|line| line.expose().to_owned())
    }
}

/// Whether what came by a pipe answers a question that the login may ask later.
fn answers_a_question(line: &str) -> bool {
    AccountAnswer::parse(line).is_some()
        || console::is_yes(line)
        || ["n", "no"].contains(&line.to_lowercase().as_str())
}

fn joined(lines: &[Secret], between: &str) -> Secret {
    let lines: Vec<&str> = lines.iter().map(Secret::expose).collect();
    Secret::new(lines.join(between))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(pastes: &mut Pastes, lines: &[&str]) -> String {
        for line in lines {
            pastes.add(Secret::new(*line));
        }
        pastes.take().expose().to_owned()
    }

    #[test]
    fn what_did_not_work_stands_before_what_comes_until_something_works() {
        let mut pastes = Pastes::default();
        assert_eq!(taken(&mut pastes, &["a", "", "b"]), "a\nb");
        assert_eq!(taken(&mut pastes, &["c"]), "a\nb\n\nc");
        pastes.worked();
        assert_eq!(taken(&mut pastes, &["d"]), "d");
        let long = "x".repeat(BEFORE_LIMIT);
        assert_eq!(taken(&mut pastes, &[&long]), format!("d\n\n{long}"));
        assert_eq!(taken(&mut pastes, &["e"]), "d\n\ne", "the first that did not work is never forgotten");
    }

    #[test]
    fn an_answer_behind_a_paste_is_kept_for_its_question() {
        let mut pastes = Pastes::default();
        assert_eq!(taken(&mut pastes, &["c0de", "K"]), "c0de");
        assert_eq!((pastes.early(), pastes.early()), (Some("K".to_owned()), None));
    }
}
