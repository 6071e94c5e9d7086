//! Lines of the list: its rows, and the heads of the sections between them.
//!
//! The first section needs no line of its own: the head of the columns names it. Where room is
//! short, and heads would push rows out of it, no section is named.

use std::ops::Range;

use crate::tui::layout;
use crate::tui::model::Model;
use crate::tui::need::Section;
use crate::tui::row_order::SortBy;

/// From this height on sections have heads where every row is seen beside them, and from this one on
/// they always have.
const WITH_HEADS: (usize, usize) = (6, 12);

/// A line of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ListLine {
    /// The head of a section, and how many rows it has.
    Head(Section, usize),
    /// The row in that place.
    Row(usize),
}

/// The sections that are named, each with how many rows it has; none where all lie in one, or in
/// another order.
pub fn sections(model: &Model) -> impl Iterator<Item = (Section, usize)> {
    let order = &model.order;
    order.filled_sections().filter(|_| model.sort == SortBy::Urgency && order.has_sections())
}

/// The line of the row in that place.
#[must_use]
pub fn line_of(model: &Model, place: usize) -> usize {
    let mut end = 0;
    let before = sections(model).take_while(|(_, count)| {
        end += count;
        end <= place
    });
    let before = before.count();
    place + if has_heads(model) { before } else { 0 }
}

/// How many lines there are.
#[must_use]
pub fn count(model: &Model) -> usize {
    model.order.rows.len() + if has_heads(model) { heads(model) } else { 0 }
}

/// What stands in `lines`, as far as there are so many.
pub fn between(model: &Model, lines: Range<usize>) -> impl Iterator<Item = ListLine> {
    // It takes the layout of the whole screen.
    let has_heads = has_heads(model);
    lines.map_while(move |line| line_of_list(model, line, has_heads))
}

/// What stands in that line.
#[must_use]
pub fn at(model: &Model, line: usize) -> Option<ListLine> {
    line_of_list(model, line, has_heads(model))
}

fn line_of_list(model: &Model, line: usize, has_heads: bool) -> Option<ListLine> {
    let mut place = line;
    if has_heads {
        let mut end = 0;
        for (index, (section, count)) in sections(model).enumerate() {
            if index > 0 && line == end {
                return Some(ListLine::Head(section, count));
            }
            end += count + usize::from(index > 0);
            place = line - index;
            if line < end {
                break;
            }
        }
    }
    (place < model.order.rows.len()).then_some(ListLine::Row(place))
}

/// The section at the top of what is seen from that line on, whose head stands above the columns; none
/// where the others have no heads, because rows of theirs would stand below it.
#[must_use]
pub fn top_section(model: &Model, line: usize) -> Option<(Section, usize)> {
    if !has_heads(model) {
        return None;
    }
    let row = match at(model, line)? {
        ListLine::Row(place) => place,
        // What is above it ends there.
        ListLine::Head(..) => match at(model, line.checked_sub(1)?)? {
            ListLine::Row(place) => place,
            ListLine::Head(..) => return None,
        },
    };
    let section = model.order.rows.get(row)?.need.section();
    sections(model).find(|(each, _)| *each == section)
}

/// The first line to show so that `line` is seen: `offset` as far as that goes, and the head of a
/// section with its first row.
#[must_use]
pub fn scrolled(model: &Model, offset: usize, line: usize) -> usize {
    let height = layout::list_rows(model).max(1);
    let above = line.checked_sub(1).filter(|above| matches!(at(model, *above), Some(ListLine::Head(..))));
    let least = (line + 1).saturating_sub(height);
    offset.clamp(least, above.unwrap_or(line).max(least)).min(count(model).saturating_sub(height))
}

fn has_heads(model: &Model) -> bool {
    match layout::list_rows(model) {
        rows if rows < WITH_HEADS.0 => false,
        rows => rows >= WITH_HEADS.1 || model.order.rows.len() + heads(model) <= rows,
    }
}

fn heads(model: &Model) -> usize {
    sections(model).count().saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tui::need::Need;
    use crate::tui::row_order::{OrderedRow, RowOrder};

    /// A list of so many rows in each section.
    fn model(sections: [usize; 3], height: u16) -> Model {
        let needs = [Need::Login, Need::Due, Need::Nothing].into_iter().zip(sections);
        let row = |need| OrderedRow { store: crate::domain::name::StoreId::Own, index: 0, need };
        let rows = needs.flat_map(|(need, count)| std::iter::repeat_n(row(need), count)).collect();
        let order = RowOrder { rows, sections, ..RowOrder::default() };
        Model { order, ..Model::new((120, height)) }
    }

    #[test]
    fn each_row_has_a_line_and_each_line_what_stands_in_it() {
        for sections in [[2, 3, 4], [0, 2, 3], [1, 0, 1], [0, 0, 5], [3, 0, 0], [0, 0, 0]] {
            for height in [32, 10] {
                let model = model(sections, height);
                for place in 0..model.order.rows.len() {
                    let line = line_of(&model, place);
                    assert_eq!(at(&model, line), Some(ListLine::Row(place)), "{sections:?} {height} {place}");
                }
                let count = count(&model);
                assert!((0..count).all(|line| at(&model, line).is_some()), "{sections:?} {height}");
                assert_eq!(at(&model, count), None, "{sections:?} {height}");
            }
        }
    }

    #[test]
    fn a_section_after_the_first_has_a_head_where_there_is_room() {
        let heads = |model: &Model| {
            let lines = (0..count(model)).filter_map(|line| at(model, line));
            lines.filter(|line| matches!(line, ListLine::Head(..))).collect::<Vec<_>>()
        };
        let both = [ListLine::Head(Section::Soon, 3), ListLine::Head(Section::Fine, 4)];
        assert_eq!(heads(&model([2, 3, 4], 32)), both);
        assert_eq!(heads(&model([2, 3, 4], 10)), []);
        assert_eq!(
            heads(&model([1, 2, 4], 15)),
            [ListLine::Head(Section::Soon, 2), ListLine::Head(Section::Fine, 4)]
        );
        assert_eq!(heads(&model([1, 2, 7], 15)), [], "rows are worth more");
        assert_eq!(heads(&model([0, 0, 4], 32)), []);
        let named = Model { sort: SortBy::Name, ..model([2, 3, 4], 32) };
        assert_eq!(heads(&named), []);
    }

    #[test]
    fn the_top_names_its_section_and_the_first_row_of_one_shows_its_head() {
        let model = model([2, 30, 4], 20);
        let title = |line| top_section(&model, line).map(|(section, _)| section);
        assert_eq!(
            (title(0), title(2), title(3)),
            (Some(Section::NeedsYou), Some(Section::NeedsYou), Some(Section::Soon))
        );
        let first = line_of(&model, 2);
        assert_eq!(scrolled(&model, 9, first), first - 1);
        assert_eq!(scrolled(&model, 9, line_of(&model, 0)), 0);
        assert_eq!(scrolled(&model, 0, line_of(&model, 35)) + layout::list_rows(&model), count(&model));
    }
}
