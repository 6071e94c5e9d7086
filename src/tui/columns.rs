//! Columns of the list.
//!
//! They follow from the width alone, so that nothing moves when data arrives. Where room is
//! short the account goes first, then the bar; glyph, name and both countdowns never do.

/// Columns of the selection's mark, the glyph and the gap behind it.
const MARK: u16 = 3;
/// Columns of a state's word or of a countdown.
const ACCESS: u16 = 12;
/// Columns of the bar.
pub const BAR: u16 = 8;
/// Columns of the grant's countdown.
const GRANT: u16 = 7;
/// Columns between two others.
const GAP: u16 = 2;
/// The widest a name or an account becomes.
const NAME_LIMIT: u16 = 40;
/// From this width on there is a bar.
const WITH_BAR: u16 = 50;
/// From this width on there is an account.
const WITH_ACCOUNT: u16 = 62;

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
    /// The mark of the selection.
    pub mark: Column,
    pub glyph: Column,
    pub name: Column,
    pub account: Option<Column>,
    /// The state's word or the countdown.
    pub access: Column,
    /// What is left of the token's life.
    pub bar: Option<Column>,
    pub grant: Column,
}

impl Columns {
    /// The columns of a list that is `width` wide.
    #[must_use]
    pub fn for_width(width: u16) -> Self {
        let bar = if width >= WITH_BAR { BAR + 1 } else { 0 };
        let free = width.saturating_sub(MARK + GAP + ACCESS + bar + 1 + GRANT + 1);
        let account = if width >= WITH_ACCOUNT { (free / 2).saturating_sub(GAP).min(NAME_LIMIT) } else { 0 };
        let account_and_gap = if account > 0 { account + GAP } else { 0 };
        let name = free.saturating_sub(account_and_gap).min(NAME_LIMIT);
        let after_name = MARK + name + GAP;
        let access = after_name + account_and_gap;
        let column = |from, width| Column { from, width };
        Self {
            mark: column(0, 1),
            glyph: column(1, 1),
            name: column(MARK, name),
            account: (account > 0).then(|| column(after_name, account)),
            access: column(access, ACCESS),
            bar: (bar > 0).then(|| column(access + ACCESS + 1, BAR)),
            grant: column(access + ACCESS + bar + 1, GRANT),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_column_lies_on_another_and_all_lie_within_the_list() {
        for width in 38..=200 {
            let columns = Columns::for_width(width);
            let all = [Some(columns.mark), Some(columns.glyph), Some(columns.name), columns.account];
            let all = all.into_iter().chain([Some(columns.access), columns.bar, Some(columns.grant)]);
            let mut end = 0;
            for column in all.flatten() {
                assert!(column.from >= end && column.width > 0, "{width}: {columns:?}");
                end = column.from + column.width;
            }
            assert!(end < width, "{width}: {columns:?}");
            assert!(columns.name.width >= 12, "{width}");
        }
    }
}
