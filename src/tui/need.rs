//! Need of a row: what it wants of a person, if anything, and the section that follows from it.

/// What a row needs, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Only a login helps.
    Login,
    /// Its key has ended: only another one helps.
    NewKey,
    /// The provider refused its token or key in a test.
    Refused,
    /// Its entry in the file is not valid.
    Unreadable,
    /// Its tokens cannot be read until its store is unlocked.
    Locked,
    /// Its new tokens could not be saved.
    NotSaved,
    /// Its last refresh failed, and nothing tries again.
    Failed,
    /// Its login ends within two days.
    LoginEnds,
    /// Its token ends, or has ended, and cannot be refreshed.
    TokenEnds,
    /// Its last refresh failed, and is tried again.
    Retrying,
    /// Its token ends soon.
    Expiring,
    /// Its token has ended; a refresh gets another.
    Due,
    /// Nothing.
    Nothing,
    /// Nothing either: its tokens were erased on purpose.
    SignedOut,
}

/// A part of the list that is ordered by urgency.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Section {
    NeedsYou,
    Soon,
    Fine,
}

impl Section {
    /// Every section, in the order of the list.
    pub const ALL: [Self; 3] = [Self::NeedsYou, Self::Soon, Self::Fine];

    /// Its name above its rows.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::NeedsYou => "NEEDS YOU",
            Self::Soon => "SOON",
            Self::Fine => "FINE",
        }
    }
}

impl Need {
    /// Every need, the most urgent first.
    pub const ALL: [Self; 14] = [
        Self::Login,
        Self::NewKey,
        Self::Refused,
        Self::Unreadable,
        Self::Locked,
        Self::NotSaved,
        Self::Failed,
        Self::LoginEnds,
        Self::TokenEnds,
        Self::Retrying,
        Self::Expiring,
        Self::Due,
        Self::Nothing,
        Self::SignedOut,
    ];

    #[must_use]
    pub fn section(self) -> Section {
        match self {
            Self::Login
            | Self::NewKey
            | Self::Refused
            | Self::Unreadable
            | Self::Locked
            | Self::NotSaved
            | Self::Failed
            | Self::LoginEnds
            | Self::TokenEnds => Section::NeedsYou,
            Self::Retrying | Self::Expiring | Self::Due => Section::Soon,
            Self::Nothing | Self::SignedOut => Section::Fine,
        }
    }

    /// Whether nobody but a person helps.
    #[must_use]
    pub fn is_yours(self) -> bool {
        self.section() == Section::NeedsYou
    }

    /// How many profiles have it, in words; nothing where nobody has to know.
    #[must_use]
    pub fn counted(self, count: usize) -> Option<String> {
        let (one, many) = match self {
            Self::Login => ("needs login", "need login"),
            Self::NewKey => ("needs a new key", "need new keys"),
            Self::Refused => ("refused", "refused"),
            Self::Unreadable => ("unreadable", "unreadable"),
            Self::Locked => ("locked", "locked"),
            Self::NotSaved => ("not saved", "not saved"),
            Self::Failed => ("failed", "failed"),
            Self::LoginEnds => ("login expires soon", "logins expire soon"),
            Self::TokenEnds => ("token expires for good", "tokens expire for good"),
            Self::Retrying => ("retrying", "retrying"),
            Self::Due => ("due", "due"),
            Self::Expiring | Self::Nothing | Self::SignedOut => return None,
        };
        (count > 0).then(|| format!("{count} {}", if count == 1 { one } else { many }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn needs_and_sections_are_listed_in_their_order() {
        assert!(Need::ALL.is_sorted() && Section::ALL.is_sorted());
        assert!(Need::ALL.map(Need::section).is_sorted(), "no section is torn");
    }

    #[test]
    fn what_needs_a_person_is_counted_in_words() {
        for need in Need::ALL.into_iter().filter(|need| need.is_yours()) {
            assert_eq!(need.counted(0), None, "{need:?}");
            assert!(need.counted(2).is_some_and(|words| words.starts_with("2 ")), "{need:?}");
        }
        assert_eq!(Need::Login.counted(1).as_deref(), Some("1 needs login"));
    }
}
