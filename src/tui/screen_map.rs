//! Map of the screen: what lies where on the frame that is seen, for the mouse and the cursor.
//!
//! Whoever draws a row, a button or a key writes it down here, so what answers a click is what
//! the person saw, however the parts are laid out.

use std::cell::{Cell, RefCell};

use crossterm::event::KeyCode;
use ratatui::layout::{Position, Rect};

use crate::tui::row_id::RowId;
use crate::tui::row_order::SortBy;

/// What lies where on a frame.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ScreenMap {
    places: RefCell<Vec<(Rect, MouseTarget)>>,
    cursor: Cell<Option<Position>>,
}

/// Something on the screen that a mouse can point at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MouseTarget {
    /// The list beside its rows.
    List,
    Row(RowId),
    /// The pane of the selected profile.
    Pane,
    /// A page that scrolls.
    Page,
    /// The answer of a question in that place.
    Answer(usize),
    /// What can be chosen of a list, in that place.
    Choice(usize),
    /// What orders the rows so.
    Sort(SortBy),
    /// The name of a key: a click on it is a press of it.
    Key(KeyCode),
}

/// What a mouse does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MouseGesture {
    /// The left button went down.
    Click,
    WheelUp,
    WheelDown,
}

impl ScreenMap {
    /// Writes down what lies in `area`, above what was written down before.
    pub fn put(&self, area: Rect, target: MouseTarget) {
        if !area.is_empty() {
            self.places.borrow_mut().push((area, target));
        }
    }

    /// Writes down where the cursor belongs, for those who do not see colours: before what keys act on.
    pub fn put_cursor(&self, area: Rect) {
        if !area.is_empty() {
            self.cursor.set(Some(area.as_position()));
        }
    }

    /// Forgets what lies below a box: a click on it means nothing any more.
    pub fn cover(&self) {
        self.places.borrow_mut().clear();
        self.cursor.set(None);
    }

    /// Leaves the cursor to the text field that has it.
    pub fn leave_cursor(&self) {
        self.cursor.set(None);
    }

    /// What lies at a column and row.
    #[must_use]
    pub fn at(&self, column: u16, row: u16) -> Option<MouseTarget> {
        let place = Position::new(column, row);
        let places = self.places.borrow();
        places.iter().rev().find(|(area, _)| area.contains(place)).map(|(_, target)| target.clone())
    }

    /// Everything with its place.
    #[must_use]
    pub fn places(&self) -> Vec<(Rect, MouseTarget)> {
        self.places.borrow().clone()
    }

    /// Where the cursor belongs.
    #[must_use]
    pub fn cursor(&self) -> Option<Position> {
        self.cursor.get()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_down_last_lies_above_and_a_box_covers_all() {
        let map = ScreenMap::default();
        map.put(Rect::new(0, 0, 10, 4), MouseTarget::List);
        map.put(Rect::new(2, 1, 3, 1), MouseTarget::Choice(1));
        map.put(Rect::new(2, 2, 0, 1), MouseTarget::Choice(2));
        map.put_cursor(Rect::new(2, 1, 3, 1));
        for (place, target) in [
            ((2, 1), Some(MouseTarget::Choice(1))),
            ((4, 1), Some(MouseTarget::Choice(1))),
            ((5, 1), Some(MouseTarget::List)),
            ((2, 2), Some(MouseTarget::List)),
            ((10, 1), None),
        ] {
            assert_eq!(map.at(place.0, place.1), target, "{place:?}");
        }
        assert_eq!(map.cursor(), Some(Position::new(2, 1)));
        map.cover();
        assert_eq!((map.at(2, 1), map.cursor()), (None, None));
    }
}
