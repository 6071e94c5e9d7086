//! Dialog: one question and what can be answered, the safe choice first; each has a letter.

use crate::domain::change::Extent;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::trouble::Trouble;
use crate::oauth::login::{ConfirmReason, Login, SaveDecision, Stage};
use crate::tui::message::Motion;
use crate::tui::sign_out::{self, SignOutTarget, SignOutWay};

/// A question that is asked, and the answer that is marked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dialog {
    pub question: DialogQuestion,
    /// Which answer is marked.
    pub marked: usize,
    /// How many lines of the question are scrolled away, where room is short.
    pub scrolled: usize,
}

/// What saves tokens in our own file that belong elsewhere.
const SAVE_IN_OWN: &str = "Save to our own file instead";

/// The most lines of a question that are scrolled away.
const SCROLL_LIMIT: usize = 60;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogQuestion {
    /// How to sign out of these profiles.
    SignOut(Vec<SignOutTarget>),
    /// What to do with a login that the provider did not end, and how much was to be erased then.
    NotRevoked(ProfileId, Extent, Trouble),
    /// Whether to replace a login that works.
    LogInAgain(ProfileId),
    /// Whether to log in beside the program that keeps it, or to move its login here under that name; or
    /// why it cannot be moved.
    Borrowed(ProfileId, Result<ProfileName, String>),
    /// Which of these stores to move it to.
    Move(ProfileId, Vec<StoreId>),
    /// Whether to cancel the login.
    CancelLogin,
    /// What to do with the tokens of another account, or of a cancelled login.
    Tokens(ConfirmReason, SaveDecision),
    /// What to do with a login's tokens that could not be saved.
    UnsavedLogin(Trouble, Option<OtherPlace>),
    /// What to do with refreshed tokens that could not be saved.
    UnsavedRefresh(ProfileId, Trouble, Option<OtherPlace>),
    /// Whether to quit though tokens are held here and nowhere else.
    QuitUnsaved,
}

/// A store that is offered for tokens which theirs does not take, and where it lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OtherPlace {
    pub store: StoreId,
    pub place: String,
}

/// An answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum DialogAnswer {
    /// Leave everything as it is.
    Nothing,
    /// Sign out of these profiles.
    SignOut(Vec<ProfileId>, SignOutWay),
    /// Log in again.
    LogInAgain(ProfileId),
    /// Begin a login of our own for what another program keeps.
    LogInSeparately(ProfileId),
    /// Move a borrowed login here, under that name.
    TakeOver(ProfileId, ProfileName),
    /// Move it to that store.
    Move(ProfileId, StoreId),
    /// End the login.
    CancelLogin,
    /// Tell the login.
    Decide(SaveDecision),
    /// Try to save refreshed tokens once more.
    SaveAgain(ProfileId),
    /// Save refreshed tokens in that store, and take the profile from its own.
    SaveIn(ProfileId, StoreId),
    /// Drop refreshed tokens.
    Drop(ProfileId),
    /// End the program.
    Quit,
}

/// An answer with its words and its key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DialogChoice {
    pub words: String,
    /// The letter in its words that takes it; absent: only Esc and Enter do.
    pub letter: Option<char>,
    pub answer: DialogAnswer,
}

impl DialogChoice {
    /// A choice that `letter`, which stands in its words, takes.
    #[must_use]
    pub fn new(letter: char, words: impl Into<String>, answer: DialogAnswer) -> Self {
        Self { words: words.into(), letter: Some(letter), answer }
    }

    /// The choice that leaves everything as it is, as Esc does.
    #[must_use]
    pub fn keep(words: &str) -> Self {
        Self { words: words.to_owned(), letter: None, answer: DialogAnswer::Nothing }
    }
}

/// `words` before `letter`, the letter as it stands there, and the words behind it.
#[must_use]
pub fn around_letter(words: &str, letter: char) -> Option<(&str, &str, &str)> {
    let (at, found) = words.char_indices().find(|(_, char)| char.eq_ignore_ascii_case(&letter))?;
    let (before, rest) = words.split_at(at);
    let (key, after) = rest.split_at(found.len_utf8());
    Some((before, key, after))
}

/// What a letter means in a question.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LetterPress {
    /// It is no choice's.
    Foreign,
    /// Its choice is marked now.
    Marks,
    /// Its choice is taken.
    Takes,
}

impl Dialog {
    /// A question with its first, safe answer marked.
    #[must_use]
    pub fn new(question: DialogQuestion) -> Self {
        Self { question, marked: 0, scrolled: 0 }
    }

    /// What a login that has stopped to ask wants to know; `free` is a name nobody has, `other` a store that
    /// may take its tokens instead.
    #[must_use]
    pub fn for_login(login: &Login, free: Option<ProfileName>, other: Option<OtherPlace>) -> Option<Self> {
        let question = match login.stage() {
            Stage::Confirming(_, doubt) => DialogQuestion::Tokens(
                doubt.clone(),
                free.map_or(SaveDecision::Discard, SaveDecision::KeepAs),
            ),
            Stage::Unsaved(_, trouble) => DialogQuestion::UnsavedLogin(trouble.clone(), other),
            Stage::Opening(_)
            | Stage::Waiting(_)
            | Stage::Exchanging(_)
            | Stage::Identifying(_)
            | Stage::Saving(_)
            | Stage::Testing(..)
            | Stage::Naming(_)
            | Stage::Over(_) => return None,
        };
        Some(Self::new(question))
    }

    /// Marks the next answer, or the one before; a screenful scrolls the question on, or back to its beginning.
    pub fn step(&mut self, motion: Motion) {
        let count = self.choices().len().max(1);
        match motion {
            Motion::Up | Motion::Top => self.mark((self.marked + count - 1) % count),
            Motion::Down | Motion::Bottom => self.mark((self.marked + 1) % count),
            Motion::PageDown => self.scrolled = (self.scrolled + 1).min(SCROLL_LIMIT),
            Motion::PageUp => self.scrolled = 0,
        }
    }

    fn mark(&mut self, place: usize) {
        (self.marked, self.scrolled) = (place, 0);
    }

    /// The same question with the first choice marked whose answer is wanted.
    #[must_use]
    pub fn with_marked(mut self, wanted: impl Fn(&DialogAnswer) -> bool) -> Self {
        let place = self.choices().iter().position(|choice| wanted(&choice.answer));
        self.mark(place.unwrap_or(0));
        self
    }

    /// Takes a letter. In a question that nobody asked for it may have been meant for the screen below,
    /// so it marks its choice first.
    pub fn press(&mut self, letter: char) -> LetterPress {
        let letter = Some(letter.to_ascii_lowercase());
        let Some(place) = self.choices().iter().position(|choice| choice.letter == letter) else {
            return LetterPress::Foreign;
        };
        let takes = self.question.was_asked_for() || place == self.marked;
        self.mark(place);
        if takes { LetterPress::Takes } else { LetterPress::Marks }
    }

    /// The answer that is marked.
    #[must_use]
    pub fn answer(&self) -> DialogAnswer {
        self.choices().into_iter().nth(self.marked).map_or(DialogAnswer::Nothing, |choice| choice.answer)
    }

    /// What can be answered, the safe choice first.
    #[must_use]
    pub fn choices(&self) -> Vec<DialogChoice> {
        use DialogChoice as Choice;
        match &self.question {
            DialogQuestion::SignOut(targets) => sign_out(targets),
            DialogQuestion::NotRevoked(id, extent, _) => {
                let (again, here) = match extent {
                    Extent::Tokens => (SignOutWay::AtProvider, SignOutWay::EraseHere),
                    Extent::Profile => (SignOutWay::DeleteAtBoth, SignOutWay::DeleteHere),
                };
                let sign_out = |way| DialogAnswer::SignOut(vec![id.clone()], way);
                vec![
                    Choice::keep("Keep the tokens"),
                    Choice::new('a', "Ask again", sign_out(again)),
                    Choice::new('e', "Erase them here anyway", sign_out(here)),
                ]
            }
            DialogQuestion::CancelLogin => vec![
                Choice::keep("Keep waiting"),
                Choice::new('c', "Cancel the login", DialogAnswer::CancelLogin),
            ],
            DialogQuestion::LogInAgain(id) => vec![
                Choice::keep("Keep this login"),
                Choice::new('l', "Log in again", DialogAnswer::LogInAgain(id.clone())),
            ],
            DialogQuestion::Borrowed(id, take) => borrowed(id, take.as_ref().ok()),
            DialogQuestion::Move(id, stores) => moves(id, stores),
            DialogQuestion::Tokens(doubt, elsewhere) => of_tokens(doubt, elsewhere),
            DialogQuestion::UnsavedLogin(_, other) => {
                let keep_in = |other: &OtherPlace| {
                    let decision = SaveDecision::KeepIn(other.store, other.place.clone());
                    Choice::new('o', SAVE_IN_OWN, DialogAnswer::Decide(decision))
                };
                let again = Choice::new('s', "Save again", DialogAnswer::Decide(SaveDecision::Keep));
                let discard = DialogAnswer::Decide(SaveDecision::Discard);
                let discard = Choice::new('d', "Discard the new tokens", discard);
                [again].into_iter().chain(other.as_ref().map(keep_in)).chain([discard]).collect()
            }
            DialogQuestion::UnsavedRefresh(id, _, other) => {
                let save_in = |other: &OtherPlace| {
                    Choice::new('o', SAVE_IN_OWN, DialogAnswer::SaveIn(id.clone(), other.store))
                };
                let again = Choice::new('s', "Save again", DialogAnswer::SaveAgain(id.clone()));
                let later = Choice::keep("Decide later");
                let discard = Choice::new('d', "Discard the new tokens", DialogAnswer::Drop(id.clone()));
                [again].into_iter().chain(other.as_ref().map(save_in)).chain([later, discard]).collect()
            }
            DialogQuestion::QuitUnsaved => {
                vec![Choice::keep("Stay"), Choice::new('l', "Quit and lose them", DialogAnswer::Quit)]
            }
        }
    }
}

fn sign_out(targets: &[SignOutTarget]) -> Vec<DialogChoice> {
    let ids = || targets.iter().map(|target| target.id.clone()).collect();
    let offers = sign_out::offers(targets).into_iter();
    let offers =
        offers.map(|each| DialogChoice::new(each.letter, each.words, DialogAnswer::SignOut(ids(), each.way)));
    std::iter::once(DialogChoice::keep("Keep everything")).chain(offers).collect()
}

impl DialogQuestion {
    /// Whether it answers a key, and does not come up while the person may be typing something else.
    fn was_asked_for(&self) -> bool {
        match self {
            Self::SignOut(_)
            | Self::LogInAgain(_)
            | Self::Borrowed(..)
            | Self::Move(..)
            | Self::CancelLogin
            | Self::QuitUnsaved => true,
            Self::NotRevoked(..) | Self::Tokens(..) | Self::UnsavedLogin(..) | Self::UnsavedRefresh(..) => {
                false
            }
        }
    }
}

/// The two ways to use here what another program keeps; the one that changes nothing for it first.
fn borrowed(id: &ProfileId, name: Option<&ProfileName>) -> Vec<DialogChoice> {
    let separately = DialogChoice::new('l', "Log in separately", DialogAnswer::LogInSeparately(id.clone()));
    let take = |name: &ProfileName| {
        DialogChoice::new('t', "Take over", DialogAnswer::TakeOver(id.clone(), name.clone()))
    };
    [separately].into_iter().chain(name.map(take)).collect()
}

/// The stores to choose from.
fn moves(id: &ProfileId, stores: &[StoreId]) -> Vec<DialogChoice> {
    let choice = |store: &StoreId| {
        let (letter, words) = match store {
            StoreId::Own => ('o', "Our own file"),
            StoreId::Shared => ('s', "The shared file"),
            StoreId::Hashed => ('h', "The hashed folder"),
            StoreId::Keyring => ('r', "The keyring"),
            StoreId::Environment | StoreId::Borrowed => return None,
        };
        Some(DialogChoice::new(letter, words, DialogAnswer::Move(id.clone(), *store)))
    };
    std::iter::once(DialogChoice::keep("Leave it here")).chain(stores.iter().filter_map(choice)).collect()
}

/// The choices about tokens that came with a doubt.
fn of_tokens(doubt: &ConfirmReason, elsewhere: &SaveDecision) -> Vec<DialogChoice> {
    let decide = |letter, words: &str, choice| DialogChoice::new(letter, words, DialogAnswer::Decide(choice));
    let replace = match doubt {
        ConfirmReason::Cancelled => {
            return vec![
                decide('s', "Save the tokens", SaveDecision::Keep),
                decide('d', "Discard them", SaveDecision::Discard),
            ];
        }
        ConfirmReason::Taken => "Replace what is stored",
        ConfirmReason::OtherAccount { .. } => "Replace the stored account",
    };
    let beside = match elsewhere {
        SaveDecision::KeepAs(name) => Some(decide('s', &format!("Save as {name}"), elsewhere.clone())),
        SaveDecision::Keep | SaveDecision::KeepIn(..) | SaveDecision::Discard => None,
    };
    let rest = [
        decide('d', "Discard the new tokens", SaveDecision::Discard),
        decide('r', replace, SaveDecision::Keep),
    ];
    beside.into_iter().chain(rest).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::trouble::FailureKind;
    use crate::oauth::revocation::NotRevocable;
    use crate::tui::sign_out::SecretHeld;

    #[test]
    fn every_letter_stands_in_its_words_means_one_choice_and_moves_nothing() {
        for question in questions() {
            let dialog = Dialog::new(question);
            let choices = dialog.choices();
            let letters: Vec<char> = choices.iter().filter_map(|choice| choice.letter).collect();
            for (index, letter) in letters.iter().enumerate() {
                assert!(!"jkq?".contains(*letter), "{letter} in {dialog:?}");
                assert!(!letters[index + 1..].contains(letter), "{letter} twice in {dialog:?}");
            }
            for choice in choices {
                let Some(letter) = choice.letter else { continue };
                let (before, key, after) = around_letter(&choice.words, letter).expect("a letter");
                assert_eq!(format!("{before}{key}{after}"), choice.words);
            }
        }
    }

    #[test]
    fn a_letter_takes_its_choice_or_marks_it_first_where_nobody_asked() {
        let mut asked = Dialog::new(DialogQuestion::CancelLogin);
        assert_eq!(asked.press('x'), LetterPress::Foreign);
        assert_eq!((asked.press('c'), asked.answer()), (LetterPress::Takes, DialogAnswer::CancelLogin));
        let mut came = Dialog::new(DialogQuestion::UnsavedRefresh(id(), trouble(), None));
        assert_eq!(came.press('D'), LetterPress::Marks);
        assert_eq!((came.press('d'), came.answer()), (LetterPress::Takes, DialogAnswer::Drop(id())));
    }

    #[test]
    fn a_sign_out_offers_only_what_makes_a_difference() {
        let letters = |targets: &[(SecretHeld, bool)]| -> String {
            let target = |(holds, revocable): &(SecretHeld, bool)| SignOutTarget {
                id: id(),
                holds: *holds,
                not_revocable: (!revocable).then_some(NotRevocable::NotOffered),
            };
            let targets: Vec<SignOutTarget> = targets.iter().map(target).collect();
            sign_out::offers(&targets).into_iter().map(|offer| offer.letter).collect()
        };
        use SecretHeld::{Key, Login, Nothing};
        for (targets, offered) in [
            (&[(Login, true)][..], "esdb"),
            (&[(Login, false)], "ed"),
            (&[(Key, false)], "e"),
            (&[(Nothing, false)], "d"),
            (&[(Key, false), (Login, true)], "esdb"),
            (&[(Key, false), (Nothing, false)], "ed"),
            (&[(Key, false), (Key, false)], "e"),
        ] {
            assert_eq!(letters(targets), offered, "{targets:?}");
        }
    }

    fn id() -> ProfileId {
        ProfileId { store: StoreId::Own, name: ProfileName::parse("acme/work").expect("a name") }
    }

    fn trouble() -> Trouble {
        Trouble::untouched("cannot save", "no space is left", FailureKind::NothingToDo)
    }

    fn other_place() -> OtherPlace {
        OtherPlace { store: StoreId::Own, place: "~/config.yaml".to_owned() }
    }

    fn questions() -> Vec<DialogQuestion> {
        let target = |holds, not_revocable| SignOutTarget { id: id(), holds, not_revocable };
        let other = ConfirmReason::OtherAccount { stored: "a".into(), came: "b".into() };
        vec![
            DialogQuestion::SignOut(vec![target(SecretHeld::Login, None)]),
            DialogQuestion::SignOut(vec![target(SecretHeld::Key, Some(NotRevocable::ApiKey))]),
            DialogQuestion::SignOut(vec![target(SecretHeld::Nothing, Some(NotRevocable::NoTokens))]),
            DialogQuestion::SignOut(vec![
                target(SecretHeld::Login, None),
                target(SecretHeld::Key, Some(NotRevocable::ApiKey)),
            ]),
            DialogQuestion::NotRevoked(id(), Extent::Tokens, trouble()),
            DialogQuestion::Move(id(), vec![StoreId::Shared, StoreId::Hashed]),
            DialogQuestion::CancelLogin,
            DialogQuestion::Tokens(other, SaveDecision::KeepAs(id().name)),
            DialogQuestion::Tokens(ConfirmReason::Taken, SaveDecision::KeepAs(id().name)),
            DialogQuestion::Tokens(ConfirmReason::Cancelled, SaveDecision::Discard),
            DialogQuestion::UnsavedLogin(trouble(), None),
            DialogQuestion::UnsavedLogin(trouble(), Some(other_place())),
            DialogQuestion::UnsavedRefresh(id(), trouble(), None),
            DialogQuestion::UnsavedRefresh(id(), trouble(), Some(other_place())),
            DialogQuestion::QuitUnsaved,
        ]
    }
}
