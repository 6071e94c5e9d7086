//! What a person reads on one device and types on another (RFC 8628 §6.1).

use crate::demo::authority::mint::Mint;

/// Consonants that are not mistaken for another letter or digit: no word comes of them.
const LETTERS: [char; 20] =
    ['B', 'C', 'D', 'F', 'G', 'H', 'J', 'K', 'L', 'M', 'N', 'P', 'Q', 'R', 'S', 'T', 'V', 'W', 'X', 'Z'];

/// A user code without its dash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct UserCode(String);

impl UserCode {
    /// A new one.
    pub(super) fn drawn(mint: &Mint) -> Self {
        let letter = |byte: u8| LETTERS.get(usize::from(byte) % LETTERS.len());
        Self(mint.bytes("user code").into_iter().filter_map(letter).take(8).collect())
    }

    /// What somebody typed: case, spaces and dashes do not count.
    pub(super) fn typed(text: &str) -> Self {
        let letters = text.chars().filter(|char| char.is_alphanumeric());
        Self(letters.take(64).flat_map(char::to_uppercase).collect())
    }

    /// The code as it is shown: `BCDF-GHJK`.
    pub(super) fn shown(&self) -> String {
        let (first, rest) = self.0.split_at_checked(4).unwrap_or((&self.0, ""));
        format!("{first}-{rest}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_is_found_however_it_is_typed() {
        let code = UserCode("BCDFGHJK".to_owned());
        assert_eq!(code.shown(), "BCDF-GHJK");
        for typed in ["BCDF-GHJK", "bcdfghjk", " bcdf ghjk ", "b-c-d-f-g-h-j-k", "BCDF\u{2013}GHJK"] {
            assert_eq!(UserCode::typed(typed), code, "{typed}");
        }
        for typed in ["", "BCDF", "BCDF-GHJ", "BCDF-GHJKL", "BCDF-GHJZ"] {
            assert_ne!(UserCode::typed(typed), code, "{typed}");
        }
    }

    #[test]
    fn eight_letters_are_drawn_and_no_vowel() {
        for serial in 0..100 {
            let shown = UserCode::drawn(&Mint { dice: [7; 64], serial }).shown();
            let (first, rest) = shown.split_once('-').expect("a dash");
            assert_eq!((first.len(), rest.len()), (4, 4), "{shown}");
            assert!(shown.chars().all(|char| char == '-' || LETTERS.contains(&char)), "{shown}");
        }
    }
}
