//! Columns of the list.
//!
//! They follow from the width of the screen and from the widest name and account there are, so
//! nothing moves until a store changes. Where room is short the scopes go first, then the login's
//! gauge and countdown, the account, and the token's gauge; glyph, name, the token's countdown and
//! the key never do.

use crate::tui::row_facts::ContentWidths;

/// Columns of the edge and the glyph, with a gap behind each.
const MARK: u16 = 4;
/// Columns of a state's word or of a countdown.
const TOKEN: u16 = 12;
/// Columns of a gauge, where there is little room and where there is much.
const GAUGE: (u16, u16) = (8, 16);
/// Columns of the login's countdown.
const LOGIN: u16 = 7;
/// Columns of a key with its word, and of one without.
const NOTE: (u16, u16) = (10, 4);
/// Columns between two others.
const GAP: u16 = 2;
/// The narrowest and the widest that a name becomes while others want room too.
const NAME: (u16, u16) = (12, 40);
/// The same of an account.
const ACCOUNT: (u16, u16) = (9, 40);
/// The longest name that is usual.
const USUAL_NAME: u16 = 20;
/// The narrowest that scopes become.
const SCOPES: u16 = 14;
/// From this width on keys have words.
const WITH_WORDS: u16 = 44;

/// One column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Where it begins, counted from the left.
    pub from: u16,
    /// How wide it is.
    pub width: u16,
}

/// Where the columns lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Columns {
    /// The mark of the selection, or of a row that needs somebody.
    pub edge: Column,
    pub glyph: Column,
    pub name: Column,
    pub account: Option<Column>,
    /// The state's word or the countdown.
    pub token: Column,
    pub token_gauge: Option<Column>,
    pub login: Option<Column>,
    pub login_gauge: Option<Column>,
    pub scopes: Option<Column>,
    /// The key that helps, or what happens next.
    pub note: Column,
}

/// How wide the columns are that may be missing.
#[derive(Default)]
struct Widths {
    name: u16,
    account: u16,
    token_gauge: u16,
    login: u16,
    login_gauge: u16,
    scopes: u16,
}

impl Columns {
    /// The columns of a list that is `width` wide.
    #[must_use]
    pub fn new(width: u16, content: ContentWidths) -> Self {
        let note = if width >= WITH_WORDS { NOTE.0 } else { NOTE.1 };
        let free = width.saturating_sub(MARK + GAP + TOKEN + GAP + note);
        let widths = Widths::new(free, content);
        let mut end = MARK;
        let mut place = |width: u16, gap: u16| {
            let from = end + gap;
            end = if width > 0 { from + width } else { end };
            (width > 0).then_some(Column { from, width })
        };
        let column = |from, width| Column { from, width };
        Self {
            edge: column(0, 1),
            glyph: column(2, 1),
            name: place(widths.name, 0).unwrap_or(column(MARK, 0)),
            account: place(widths.account, GAP),
            token: place(TOKEN, GAP).unwrap_or(column(MARK, 0)),
            token_gauge: place(widths.token_gauge, 1),
            login: place(widths.login, GAP),
            login_gauge: place(widths.login_gauge, 1),
            scopes: place(widths.scopes, GAP),
            note: column(width.saturating_sub(note), note),
        }
    }
}

impl Columns {
    /// Whether a key has its word beside it.
    #[must_use]
    pub fn has_words(&self) -> bool {
        self.note.width >= NOTE.0
    }
}

impl Widths {
    /// Shares out what is free, the most important first.
    fn new(free: u16, content: ContentWidths) -> Self {
        let mut rest = free;
        let wanted = content.name.clamp(NAME.0, NAME.1);
        let least = wanted.min(NAME.0 + 4);
        let mut widths = Self::default();
        if rest > least + GAUGE.0 && take(&mut rest, GAUGE.0 + 1) {
            widths.token_gauge = GAUGE.0;
        }
        (widths.name, widths.account) = names(rest, wanted, content.account);
        let account = if widths.account > 0 { widths.account + GAP } else { 0 };
        rest = rest.saturating_sub(widths.name + account);
        if take(&mut rest, LOGIN + GAP) {
            widths.login = LOGIN;
        }
        if widths.login > 0 && take(&mut rest, GAUGE.0 + 1) {
            widths.login_gauge = GAUGE.0;
            let more = (rest / 2).min(GAUGE.1 - GAUGE.0);
            widths.token_gauge += more;
            widths.login_gauge += more;
            rest -= 2 * more;
        }
        if rest >= SCOPES + GAP {
            widths.scopes = rest - GAP;
        } else if widths.account > 0 {
            widths.account += rest;
        } else {
            widths.name += rest;
        }
        widths
    }
}

/// Takes what is wanted out of what is left, where that is enough.
fn take(rest: &mut u16, wanted: u16) -> bool {
    let left = rest.checked_sub(wanted);
    *rest = left.unwrap_or(*rest);
    left.is_some()
}

/// What name and account get of `room`.
fn names(room: u16, name: u16, account: u16) -> (u16, u16) {
    let account = account.min(ACCOUNT.1);
    // A name of usual length is whole before there is an account.
    let usual = name.clamp(NAME.0, USUAL_NAME);
    if account == 0 || room < usual + GAP + ACCOUNT.0 {
        return (name.min(room), 0);
    }
    let room = room - GAP;
    let name = name.min(room.saturating_sub(account).max(room / 5 * 3).max(usual));
    (name, account.max(ACCOUNT.0).min(room - name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns(width: u16, name: u16, account: u16) -> Columns {
        Columns::new(width, ContentWidths { name, account })
    }

    #[test]
    fn no_column_lies_on_another_and_all_lie_within_the_list() {
        for width in 36..=200 {
            for (name, account) in [(0, 0), (5, 5), (14, 0), (14, 20), (70, 3), (70, 70), (12, 70)] {
                let columns = columns(width, name, account);
                let Columns { token_gauge, login, login_gauge, scopes, .. } = columns;
                let all = [Some(columns.edge), Some(columns.glyph), Some(columns.name), columns.account];
                let all = all.into_iter().chain([Some(columns.token), token_gauge, login, login_gauge]);
                let mut end = 0;
                for column in all.chain([scopes, Some(columns.note)]).flatten() {
                    assert!(column.from >= end && column.width > 0, "{width} {name} {account}: {columns:?}");
                    end = column.from + column.width;
                }
                assert!(end <= width, "{width}: {columns:?}");
                assert!(columns.name.width >= 12, "{width} {name} {account}: {columns:?}");
            }
        }
    }

    #[test]
    fn a_name_is_cut_only_where_there_is_no_room_for_it() {
        for width in 60..=200 {
            assert!(columns(width, 14, 15).name.width >= 14, "{width}");
            assert!(columns(width, 30, 0).name.width >= 30.min(width - 39), "{width}");
        }
        assert!(columns(78, 14, 22).account.is_some_and(|account| account.width >= 20));
    }

    #[test]
    fn room_to_spare_shows_the_login_and_its_scopes() {
        assert!(columns(70, 14, 15).login.is_none());
        let wide = columns(136, 14, 15);
        assert!(wide.login.is_some() && wide.login_gauge.is_some() && wide.scopes.is_some(), "{wide:?}");
        let scopes = |width| columns(width, 14, 15).scopes.map_or(0, |scopes| scopes.width);
        assert_eq!(scopes(180), scopes(160) + 20, "the last one grows");
    }
}
