//! Fuzzy search: how well a text fits what is typed, and which of its letters do.

use nucleo_matcher::pattern::{AtomKind, CaseMatching, Normalization, Pattern};
use nucleo_matcher::{Config, Matcher, Utf32Str};
use ratatui::style::Style;
use ratatui::text::Span;
use unicode_segmentation::UnicodeSegmentation;

/// What is typed, ready to be compared with many texts.
pub struct Fuzzy {
    pattern: Pattern,
    matcher: Matcher,
    letters: Vec<char>,
}

impl Fuzzy {
    #[must_use]
    pub fn new(typed: &str) -> Self {
        let pattern = Pattern::new(typed, CaseMatching::Ignore, Normalization::Smart, AtomKind::Fuzzy);
        Self { pattern, matcher: Matcher::new(Config::DEFAULT), letters: Vec::new() }
    }

    /// How well `text` fits, the more the better; nothing where it does not.
    pub fn score(&mut self, text: &str) -> Option<u32> {
        self.pattern.score(Utf32Str::new(text, &mut self.letters), &mut self.matcher)
    }

    /// Those that fit, the best first; all of them in their order where nothing is typed.
    pub fn sorted<T>(&mut self, all: impl IntoIterator<Item = T>, text: impl Fn(&T) -> String) -> Vec<T> {
        let scored = all.into_iter().filter_map(|each| Some((self.score(&text(&each))?, each)));
        let mut scored: Vec<(u32, T)> = scored.collect();
        scored.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        scored.into_iter().map(|(_, each)| each).collect()
    }

    /// `text` with the letters that fit in another style.
    pub fn spans(&mut self, text: &str, style: Style, fitting: Style) -> Vec<Span<'static>> {
        let places = self.fitting(text);
        let mut spans: Vec<Span<'static>> = Vec::new();
        for (place, letter) in (0_u32..).zip(text.graphemes(true)) {
            let style = if places.binary_search(&place).is_ok() { fitting } else { style };
            match spans.last_mut() {
                Some(last) if last.style == style => last.content.to_mut().push_str(letter),
                Some(_) | None => spans.push(Span::styled(letter.to_owned(), style)),
            }
        }
        spans
    }

    /// The places of the letters that fit among the graphemes of `text`.
    fn fitting(&mut self, text: &str) -> Vec<u32> {
        let mut places = Vec::new();
        self.pattern.indices(Utf32Str::new(text, &mut self.letters), &mut self.matcher, &mut places);
        places.sort_unstable();
        places.dedup();
        places
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_comes_first_and_without_a_word_all_stay_in_their_order() {
        let all = ["log in", "log of events", "settings"];
        let found = |typed: &str| Fuzzy::new(typed).sorted(all, |each| (*each).to_owned());
        assert_eq!(found(""), all);
        assert_eq!(found("loe"), ["log of events"]);
        assert_eq!(found("SET"), ["settings"]);
        assert_eq!(found("zz"), [""; 0]);
    }
}
