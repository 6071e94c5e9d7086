//! Dialog: one question and its answers, the safe one first.

use crate::domain::name::{ProfileId, ProfileName};
use crate::domain::trouble::Trouble;
use crate::oauth::login::{ConfirmReason, Login, SaveDecision, Stage};
use crate::oauth::revocation::NotRevocable;
use crate::tui::message::Motion;
use crate::tui::text_layout;

/// A question that is asked, and the answer that is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    pub question: DialogQuestion,
    /// Which answer is marked.
    pub marked: usize,
    /// How many lines of the question are scrolled away, where room is short.
    pub scrolled: usize,
}

/// The most lines of a question that are scrolled away.
const SCROLL_LIMIT: usize = 60;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogQuestion {
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
    Tokens(ConfirmReason, SaveDecision),
    /// What to do with a login's tokens that could not be saved.
    UnsavedLogin(Trouble),
    /// What to do with refreshed tokens that could not be saved.
    UnsavedRefresh(ProfileId, Trouble),
    /// Whether to quit though tokens are held here and nowhere else.
    QuitUnsaved,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogAnswer {
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
    Decide(SaveDecision),
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
    pub fn new(question: DialogQuestion) -> Self {
        Self { question, marked: 0, scrolled: 0 }
    }

    /// What a login that has stopped to ask wants to know; `free` is a name nobody has.
    #[must_use]
    pub fn for_login(login: &Login, free: Option<ProfileName>) -> Option<Self> {
        let question = match login.stage() {
            Stage::Confirming(_, doubt) => DialogQuestion::Tokens(
                doubt.clone(),
                free.map_or(SaveDecision::Discard, SaveDecision::KeepAs),
            ),
            Stage::Unsaved(_, trouble) => DialogQuestion::UnsavedLogin(trouble.clone()),
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Saving(_)
            | Stage::Testing(..)
            | Stage::Over(_) => return None,
        };
        Some(Self::new(question))
    }

    /// Marks the next answer, or the one before; a screenful scrolls the question on, or back to its beginning.
    pub fn step(&mut self, motion: Motion) {
        let count = self.answers().len().max(1);
        match motion {
            Motion::Up | Motion::Top => self.marked = (self.marked + count - 1) % count,
            Motion::Down | Motion::Bottom => self.marked = (self.marked + 1) % count,
            Motion::PageDown => self.scrolled = (self.scrolled + 1).min(SCROLL_LIMIT),
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
        self.buttons().map(|button| text_layout::width(&button) + 2).sum::<u16>() <= columns + 2
    }

    /// The answer that is marked.
    #[must_use]
    pub fn answer(&self) -> DialogAnswer {
        self.answers().into_iter().nth(self.marked).map_or(DialogAnswer::Nothing, |(_, answer)| answer)
    }

    /// The answers and their words, the safe one first.
    #[must_use]
    pub fn answers(&self) -> Vec<(String, DialogAnswer)> {
        let answers = match &self.question {
            DialogQuestion::Revoke(id) => vec![
                ("Cancel", DialogAnswer::Nothing),
                ("Revoke locally", DialogAnswer::Forget(id.clone())),
                ("Remove the profile", DialogAnswer::Remove(id.clone())),
            ],
            DialogQuestion::RevokeAtProvider(id) => vec![
                ("Cancel", DialogAnswer::Nothing),
                ("Revoke at the provider", DialogAnswer::RevokeAtProvider(id.clone())),
            ],
            DialogQuestion::NotRevocable(id, _) => {
                vec![
                    ("Cancel", DialogAnswer::Nothing),
                    ("Revoke locally only", DialogAnswer::Forget(id.clone())),
                ]
            }
            DialogQuestion::NotRevoked(id, _) => vec![
                ("Keep the tokens", DialogAnswer::Nothing),
                ("Ask again", DialogAnswer::RevokeAtProvider(id.clone())),
                ("Revoke locally anyway", DialogAnswer::Forget(id.clone())),
            ],
            DialogQuestion::CancelLogin => {
                vec![("Keep waiting", DialogAnswer::Nothing), ("Cancel the login", DialogAnswer::CancelLogin)]
            }
            DialogQuestion::Tokens(doubt, elsewhere) => return of_tokens(doubt, elsewhere),
            DialogQuestion::UnsavedLogin(_) => vec![
                ("Try to save again", DialogAnswer::Decide(SaveDecision::Keep)),
                ("Discard the new tokens", DialogAnswer::Decide(SaveDecision::Discard)),
            ],
            DialogQuestion::UnsavedRefresh(id, _) => vec![
                ("Try to save again", DialogAnswer::SaveAgain(id.clone())),
                ("Decide later", DialogAnswer::Nothing),
                ("Discard the new tokens", DialogAnswer::Drop(id.clone())),
            ],
            DialogQuestion::QuitUnsaved => {
                vec![("Stay", DialogAnswer::Nothing), ("Quit and lose them", DialogAnswer::Quit)]
            }
        };
        answers.into_iter().map(|(words, answer)| (words.to_owned(), answer)).collect()
    }
}

/// The answers about tokens that came with a doubt.
fn of_tokens(doubt: &ConfirmReason, elsewhere: &SaveDecision) -> Vec<(String, DialogAnswer)> {
    let decide = |words: &str, choice| (words.to_owned(), DialogAnswer::Decide(choice));
    let replace = match doubt {
        ConfirmReason::Cancelled => {
            return vec![
                decide("Save the tokens", SaveDecision::Keep),
                decide("Discard them", SaveDecision::Discard),
            ];
        }
        ConfirmReason::Taken => "Replace what is stored",
        ConfirmReason::OtherAccount { .. } => "Replace the stored account",
    };
    let beside = match elsewhere {
        SaveDecision::KeepAs(name) => Some(decide(&format!("Save as {name}"), elsewhere.clone())),
        SaveDecision::Keep | SaveDecision::Discard => None,
    };
    let rest = [decide("Discard the new tokens", SaveDecision::Discard), decide(replace, SaveDecision::Keep)];
    beside.into_iter().chain(rest).collect()
}
