//! Search of a list: what is typed, and which of what fits it is marked.

use crate::tui::field::{Field, Sight};
use crate::tui::message::Motion;

/// A list that letters narrow.
#[derive(Debug, Clone, PartialEq)]
pub struct ListSearch {
    pub field: Field,
    /// The place of the marked one among those that fit.
    pub marked: usize,
    /// The first line that was seen when something was last marked.
    first: usize,
}

impl ListSearch {
    /// A search for which nothing is typed yet, and the one in that place is marked.
    #[must_use]
    pub fn at(marked: usize) -> Self {
        Self { field: Field::new("", Sight::Clear), marked, first: 0 }
    }

    /// A search with a text in its field.
    #[must_use]
    pub fn for_text(text: &str) -> Self {
        Self { field: Field::new(text, Sight::Clear), ..Self::at(0) }
    }

    /// Begins at the first again: what is typed has changed.
    pub fn restart(&mut self) {
        (self.marked, self.first) = (0, 0);
    }

    /// Marks another of `count`, of which `page` are seen, a line each.
    pub fn step(&mut self, motion: Motion, count: usize, page: usize) {
        self.marked = motion.from(self.marked, count, page);
        self.first = self.first(self.marked, page);
    }

    /// Lets the line of the marked one be seen, where not every line can be marked.
    pub fn scroll_to(&mut self, line: usize, page: usize) {
        self.first = self.first(line, page);
    }

    /// The first of `page` lines, so that the line of the marked one is among them.
    #[must_use]
    pub fn first(&self, line: usize, page: usize) -> usize {
        self.first.clamp((line + 1).saturating_sub(page), line)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_moves_only_where_the_marked_one_would_be_out_of_sight() {
        let mut search = ListSearch::at(0);
        let firsts = |search: &mut ListSearch, motion, times: usize| -> Vec<usize> {
            let step = |_| {
                search.step(motion, 6, 3);
                search.first(search.marked, 3)
            };
            (0..times).map(step).collect()
        };
        assert_eq!(firsts(&mut search, Motion::Down, 5), [0, 0, 1, 2, 3]);
        assert_eq!(firsts(&mut search, Motion::Up, 5), [3, 3, 2, 1, 0]);
    }
}
