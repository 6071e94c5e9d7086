//! One question and its answers, the safe one first.

use crate::domain::name::{ProfileId, ProfileName};
use crate::domain::trouble::Trouble;
use crate::oauth::login::{Choice, Doubt, Login, Stage};
use crate::oauth::revocation::NotRevocable;
use crate::tui::message::Motion;
use crate::tui::prose;

/// A question that is asked, and the answer that is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    /// What is asked.
    pub question: Question,
    /// Which answer is marked.
    pub marked: usize,
    /// How many lines of the question are scrolled away, where room is short.
    pub scrolled: usize,
}

/// The most lines of a question that are scrolled away.
const SCROLLED: usize = 60;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Question {
    /// Whether to erase a profile's tokens here.
    Revoke(ProfileId),
    /// Whether to ask the provider to end a grant, and then to erase it here.
    RevokeAtProvider(ProfileId),
    /// What to do with a grant that no provider can be asked to end.
    NotRevocable(ProfileId, NotRevocable),
    /// What to do with a grant that the provider did not end.
    NotRevoked(ProfileId, Trouble),
    /// Whether to cancel the login.
    CancelLogin,
    /// What to do with the tokens of another account, or of a cancelled login.
    Tokens(Doubt, Choice),
    /// What to do with a login's tokens that could not be saved.
    UnsavedLogin(Trouble),
    /// What to do with refreshed tokens that could not be saved.
    UnsavedRefresh(ProfileId, Trouble),
    /// Whether to quit though tokens are held here and nowhere else.
    QuitUnsaved,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// Leave everything as it is.
    Nothing,
    /// Erase the tokens, keep the profile.
    Forget(ProfileId),
    /// Erase the tokens and the profile.
    Remove(ProfileId),
    /// Ask the provider to end the grant, then erase the tokens.
    RevokeAtProvider(ProfileId),
    /// End the login.
    CancelLogin,
    /// Tell the login.
    Decide(Choice),
    /// Try to save refreshed tokens once more.
    SaveAgain(ProfileId),
    /// Drop refreshed tokens.
    Drop(ProfileId),
    /// End the program.
    Quit,
}

impl Dialog {
    /// A question with its first, safe answer marked.
    #[must_use]
    pub fn new(question: Question) -> Self {
        Self { question, marked: 0, scrolled: 0 }
    }

    /// What a login that has stopped to ask wants to know; `free` is a name nobody has.
    #[must_use]
    pub fn of_login(login: &Login, free: Option<ProfileName>) -> Option<Self> {
        match login.stage() {
            Stage::Confirming(_, doubt) => {
                let elsewhere = free.map_or(Choice::Discard, Choice::KeepAs);
                Some(Self::new(Question::Tokens(doubt.clone(), elsewhere)))
            }
            Stage::Unsaved(_, trouble) => Some(Self::new(Question::UnsavedLogin(trouble.clone()))),
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Saving(_)
            | Stage::Testing(..)
            | Stage::Over(_) => None,
        }
    }

    /// Marks the next answer, or the one before; a screenful scrolls the question on, or back to its beginning.
    pub fn step(&mut self, motion: Motion) {
        let count = self.answers().len().max(1);
        match motion {
            Motion::Up | Motion::Top => self.marked = (self.marked + count - 1) % count,
            Motion::Down | Motion::Bottom => self.marked = (self.marked + 1) % count,
            Motion::PageDown => self.scrolled = (self.scrolled + 1).min(SCROLLED),
            Motion::PageUp => self.scrolled = 0,
        }
    }

    /// The answers as buttons.
    pub fn buttons(&self) -> impl Iterator<Item = String> {
        self.answers().into_iter().map(|(words, _)| format!("[ {words} ]"))
    }

    /// Whether the buttons lie beside each other in so many columns, or below each other.
    #[must_use]
    pub fn is_in_a_row(&self, columns: u16) -> bool {
        self.buttons().map(|button| prose::width(&button) + 2).sum::<u16>() <= columns + 2
    }

    /// The answer that is marked.
    #[must_use]
    pub fn answer(&self) -> Answer {
        self.answers().into_iter().nth(self.marked).map_or(Answer::Nothing, |(_, answer)| answer)
    }

    /// The answers and their words, the safe one first.
    #[must_use]
    pub fn answers(&self) -> Vec<(String, Answer)> {
        let answer = |words: &str, answer| (words.to_owned(), answer);
        match &self.question {
            Question::Revoke(id) => vec![
                answer("Cancel", Answer::Nothing),
                answer("Erase tokens", Answer::Forget(id.clone())),
                answer("Erase and remove the profile", Answer::Remove(id.clone())),
            ],
            Question::RevokeAtProvider(id) => vec![
                answer("Cancel", Answer::Nothing),
                answer("Revoke, then erase here", Answer::RevokeAtProvider(id.clone())),
            ],
            Question::NotRevocable(id, _) => {
                vec![
                    answer("Cancel", Answer::Nothing),
                    answer("Erase it here alone", Answer::Forget(id.clone())),
                ]
            }
            Question::NotRevoked(id, _) => vec![
                answer("Keep the tokens", Answer::Nothing),
                answer("Ask again", Answer::RevokeAtProvider(id.clone())),
                answer("Erase them here anyway", Answer::Forget(id.clone())),
            ],
            Question::CancelLogin => {
                vec![
                    answer("Go on waiting", Answer::Nothing),
                    answer("Cancel the login", Answer::CancelLogin),
                ]
            }
            Question::Tokens(doubt @ (Doubt::OtherAccount { .. } | Doubt::Taken), elsewhere) => {
                let beside = match elsewhere {
                    Choice::KeepAs(name) => {
                        Some((format!("Save as {name}"), Answer::Decide(elsewhere.clone())))
                    }
                    Choice::Keep | Choice::Discard => None,
                };
                let replace = if *doubt == Doubt::Taken {
                    "Replace what is stored"
                } else {
                    "Replace the stored account"
                };
                let rest = [
                    answer("Discard the new tokens", Answer::Decide(Choice::Discard)),
                    answer(replace, Answer::Decide(Choice::Keep)),
                ];
                beside.into_iter().chain(rest).collect()
            }
            Question::Tokens(Doubt::Cancelled, _) => vec![
                answer("Save the tokens", Answer::Decide(Choice::Keep)),
                answer("Discard them", Answer::Decide(Choice::Discard)),
            ],
            Question::UnsavedLogin(_) => vec![
                answer("Try to save again", Answer::Decide(Choice::Keep)),
                answer("Discard the new tokens", Answer::Decide(Choice::Discard)),
            ],
            Question::UnsavedRefresh(id, _) => vec![
                answer("Try to save again", Answer::SaveAgain(id.clone())),
                answer("Decide later", Answer::Nothing),
                answer("Drop the new tokens", Answer::Drop(id.clone())),
            ],
            Question::QuitUnsaved => {
                vec![answer("Stay", Answer::Nothing), answer("Quit and lose them", Answer::Quit)]
            }
        }
    }
}
