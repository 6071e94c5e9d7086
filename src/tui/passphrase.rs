//! Passphrase of the encrypted file, as it is asked on the screen.

use crate::domain::change::PassphraseNeed;
use crate::domain::name::{ProfileId, StoreId};
use crate::domain::secret::Secret;
use crate::tui::field::{Field, Sight};

/// The question for it, and what is typed.
#[derive(Debug, Clone, PartialEq)]
pub struct PassphraseForm {
    /// The store that waits for it.
    pub store: StoreId,
    pub need: PassphraseNeed,
    pub field: Field,
    /// A new one that was typed and must be typed once more.
    pub first: Option<Secret>,
    /// What is wrong with what was typed.
    pub complaint: Option<String>,
    /// Whether it is being tried.
    pub is_tried: bool,
    /// The profile that is moved once the store takes it, and where it is then.
    pub moves: Option<(ProfileId, ProfileId)>,
}

impl PassphraseForm {
    /// An empty one.
    #[must_use]
    pub fn new(store: StoreId, need: PassphraseNeed) -> Self {
        let field = Field::new("", Sight::Masked);
        Self { store, need, field, first: None, complaint: None, is_tried: false, moves: None }
    }

    /// The same, for a profile that is to be moved there.
    #[must_use]
    pub fn before_move(self, from: ProfileId, to: ProfileId) -> Self {
        Self { moves: Some((from, to)), ..self }
    }

    /// The same with nothing typed, and why.
    #[must_use]
    pub fn again(self, complaint: Option<String>) -> Self {
        Self { complaint, moves: self.moves.clone(), ..Self::new(self.store, self.need) }
    }

    /// Takes what was typed, and gives it once nothing more has to be.
    pub fn take(&mut self) -> Option<Secret> {
        if self.field.is_empty() || self.is_tried {
            return None;
        }
        let typed = self.field.as_typed();
        self.field = Field::new("", Sight::Masked);
        self.complaint = None;
        match (self.need, self.first.take()) {
            (PassphraseNeed::New, None) => {
                self.first = Some(typed);
                None
            }
            (PassphraseNeed::New, Some(first)) if first != typed => {
                self.complaint = Some("The two differ. Type a new passphrase.".to_owned());
                None
            }
            (PassphraseNeed::New, Some(_)) | (PassphraseNeed::Known, _) => {
                self.is_tried = true;
                Some(typed)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(form: &mut PassphraseForm, text: &str) -> Option<Secret> {
        form.field.paste(&Secret::new(text));
        form.take()
    }

    #[test]
    fn a_new_one_is_typed_twice_and_a_known_one_once() {
        let mut known = PassphraseForm::new(StoreId::Keyring, PassphraseNeed::Known);
        assert_eq!(typed(&mut known, ""), None);
        assert_eq!(typed(&mut known, "horse"), Some(Secret::new("horse")));
        assert_eq!(typed(&mut known, "horse"), None, "the first is still being tried");

        let mut new = PassphraseForm::new(StoreId::Keyring, PassphraseNeed::New);
        for (text, taken, complains) in [
            ("horse", None, false),
            ("house", None, true),
            ("horse", None, false),
            ("horse", Some("horse"), false),
        ] {
            assert_eq!(typed(&mut new, text), taken.map(Secret::new), "{text}");
            assert_eq!(new.complaint.is_some(), complains, "{text}");
        }
    }
}
