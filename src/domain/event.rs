//! Event of the log: who did what to which grant, and when. Never a secret.
//!
//! [`GrantEvent::RefreshStarted`] is written before a refresh is sent. Where its end is missing, the
//! refresh was interrupted between request and save, and nobody knows whether the provider has spent the
//! refresh token.

use std::collections::BTreeSet;

use crate::domain::change::Edit;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::ProfileName;
use crate::domain::profile::Kind;
use crate::domain::text;
use crate::domain::tokens::RefreshTokenId;

/// Something that happened to a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    pub at: DateTime<Utc>,
    pub by: Author,
    pub profile: ProfileName,
    /// The path of the store's file.
    pub store: String,
    pub what: GrantEvent,
}

/// A program that did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// What it was started as: `authtui token`.
    pub program: String,
    /// The number of its process.
    pub process: u32,
}

impl std::fmt::Display for Author {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} (process {})", self.program, self.process)
    }
}

/// What happened. Grants go by their [`RefreshTokenId`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum GrantEvent {
    /// A refresh is about to be sent.
    RefreshStarted {
        /// The grant whose refresh token it carries.
        grant: RefreshTokenId,
    },
    /// New tokens came, and are stored in the place of the old ones or elsewhere.
    Refreshed {
        /// The grant that was refreshed.
        grant: RefreshTokenId,
        /// The grant it is called since.
        next: RefreshTokenId,
        /// How often it was refreshed, this time included.
        generation: u64,
    },
    /// Tokens that somebody else had got were taken over.
    Adopted {
        /// The grant as it was called here.
        grant: RefreshTokenId,
        /// The grant that was taken over.
        next: RefreshTokenId,
    },
    /// An older pair was stored again by another program, and the newer one is kept elsewhere for the
    /// next refresh.
    NewerKept {
        /// The grant of the older pair.
        grant: RefreshTokenId,
        /// The grant that is kept.
        next: RefreshTokenId,
    },
    /// No new tokens came; the stored ones are as they were.
    RefreshFailed {
        /// The grant that was asked for.
        grant: RefreshTokenId,
        /// Whether a login alone helps.
        is_dead: bool,
        /// What was said, for people.
        why: String,
    },
    /// New tokens came and could not be stored.
    NotSaved {
        /// The grant they were asked for.
        grant: RefreshTokenId,
        /// Why, for people.
        why: String,
    },
    /// A login stored tokens.
    LoggedIn,
    /// An API key was stored.
    KeyStored,
    /// It got another name.
    Renamed {
        /// The part of the new name after the slash.
        to: String,
    },
    /// It was moved to another store.
    MovedTo {
        /// The path of the other store's file.
        place: String,
    },
    /// It was moved here from another program, which its title names.
    TakenOver { from: String },
    /// The tokens were erased here.
    Erased,
    /// Tokens that were erased here were put back.
    Restored,
    /// The provider ended the grant.
    Revoked,
    /// The provider was asked to end the grant and did not.
    NotRevoked {
        /// What was said, for people.
        why: String,
    },
}

impl GrantEvent {
    /// The grant that it was done to, where it is one of a refresh.
    #[must_use]
    pub fn grant(&self) -> Option<&RefreshTokenId> {
        match self {
            Self::RefreshStarted { grant }
            | Self::Refreshed { grant, .. }
            | Self::Adopted { grant, .. }
            | Self::NewerKept { grant, .. }
            | Self::RefreshFailed { grant, .. }
            | Self::NotSaved { grant, .. } => Some(grant),
            Self::LoggedIn
            | Self::KeyStored
            | Self::Renamed { .. }
            | Self::MovedTo { .. }
            | Self::TakenOver { .. }
            | Self::Erased
            | Self::Restored
            | Self::Revoked
            | Self::NotRevoked { .. } => None,
        }
    }

    /// What an edit is called once it was made; a refresh writes down more than its edit.
    #[must_use]
    pub fn of(edit: &Edit) -> Option<Self> {
        match edit {
            Edit::Put(profile) | Edit::Add(profile) if profile.kind == Kind::ApiKey => Some(Self::KeyStored),
            Edit::Put(_) | Edit::Add(_) => Some(Self::LoggedIn),
            Edit::EraseTokens(_) | Edit::Remove => Some(Self::Erased),
            Edit::Restore(..) => Some(Self::Restored),
            Edit::Rename(name) => Some(Self::Renamed { to: name.name().to_owned() }),
            Edit::Refresh(_)
            | Edit::RecordRefresh(_)
            | Edit::RecordTest(_)
            | Edit::RecordAccount(_)
            | Edit::RecordEnd(_)
            | Edit::RecordNote(_)
            | Edit::AutoRefresh(_) => None,
        }
    }

    /// The word of the log for it.
    #[must_use]
    pub fn word(&self) -> &'static str {
        match self {
            Self::RefreshStarted { .. } => "asked",
            Self::Refreshed { .. } => "refreshed",
            Self::Adopted { .. } => "adopted",
            Self::NewerKept { .. } => "kept",
            Self::RefreshFailed { is_dead: true, .. } => "dead",
            Self::RefreshFailed { is_dead: false, .. } => "failed",
            Self::NotSaved { .. } => "unsaved",
            Self::LoggedIn => "logged_in",
            Self::KeyStored => "key_stored",
            Self::Renamed { .. } => "renamed",
            Self::MovedTo { .. } => "moved",
            Self::TakenOver { .. } => "taken_over",
            Self::Erased => "erased",
            Self::Restored => "restored",
            Self::Revoked => "revoked",
            Self::NotRevoked { .. } => "not_revoked",
        }
    }

    /// What happened, for people: `refreshed (#7)`.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::RefreshStarted { .. } => "refresh started".to_owned(),
            Self::Refreshed { generation, .. } => format!("refreshed (#{generation})"),
            Self::Adopted { .. } => "took over another program's new tokens".to_owned(),
            Self::NewerKept { .. } => {
                "older tokens were stored; the newer ones are kept for the next refresh".to_owned()
            }
            Self::RefreshFailed { is_dead: true, why, .. } => format!("login ended by the provider: {why}"),
            Self::RefreshFailed { is_dead: false, why, .. } => format!("refresh failed: {why}"),
            Self::NotSaved { why, .. } => format!("new tokens could not be saved: {why}"),
            Self::LoggedIn => "logged in".to_owned(),
            Self::KeyStored => "key stored".to_owned(),
            Self::Renamed { to } => format!("renamed to {to}"),
            Self::MovedTo { place } => format!("moved to {}", text::clean(place, 400)),
            Self::TakenOver { from } => format!("taken over from {from}"),
            Self::Erased => "tokens erased here".to_owned(),
            Self::Restored => "sign-out undone".to_owned(),
            Self::Revoked => "signed out at the provider".to_owned(),
            Self::NotRevoked { why } => format!("could not sign out at the provider: {why}"),
        }
    }
}

/// What the log knows of a grant that is about to be refreshed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantHistory<'a> {
    Plain,
    /// It was refreshed already: whoever asks with it again loses both.
    Spent {
        event: &'a Event,
        /// What it is called since.
        next: &'a RefreshTokenId,
    },
    /// A refresh was about to be sent, and nobody knows how it ended.
    Interrupted(&'a Event),
}

/// What `events`, oldest first, know of `grant`.
#[must_use]
pub fn grant_history<'a>(events: &'a [Event], grant: &RefreshTokenId) -> GrantHistory<'a> {
    if let Some(event) = events.iter().rfind(|event| event.what.grant() == Some(grant))
        && let GrantEvent::Refreshed { next, .. }
        | GrantEvent::Adopted { next, .. }
        | GrantEvent::NewerKept { next, .. } = &event.what
        // A server that gives no new refresh token leaves the grant its name.
        && next != grant
    {
        return GrantHistory::Spent { event, next };
    }
    open_requests(events, grant).last().map_or(GrantHistory::Plain, |event| GrantHistory::Interrupted(event))
}

/// The refreshes of `grant` in `events`, oldest first, that have no end. A failure that is not final ends
/// the request of its own author alone: what an earlier one did at the provider is no better known.
#[must_use]
pub fn open_requests<'a>(
    events: impl IntoIterator<Item = &'a Event>,
    grant: &RefreshTokenId,
) -> Vec<&'a Event> {
    let mut open: Vec<&Event> = Vec::new();
    for event in events.into_iter().filter(|event| event.what.grant() == Some(grant)) {
        match event.what {
            GrantEvent::RefreshStarted { .. } => open.push(event),
            GrantEvent::RefreshFailed { is_dead: false, .. } => {
                if open.last().is_some_and(|request| request.by == event.by) {
                    open.pop();
                }
            }
            GrantEvent::RefreshFailed { is_dead: true, .. }
            | GrantEvent::Refreshed { .. }
            | GrantEvent::Adopted { .. }
            | GrantEvent::NewerKept { .. }
            | GrantEvent::NotSaved { .. } => open.clear(),
            GrantEvent::LoggedIn
            | GrantEvent::KeyStored
            | GrantEvent::Renamed { .. }
            | GrantEvent::MovedTo { .. }
            | GrantEvent::TakenOver { .. }
            | GrantEvent::Erased
            | GrantEvent::Restored
            | GrantEvent::Revoked
            | GrantEvent::NotRevoked { .. } => {}
        }
    }
    open
}

/// The grants whose last event in `events` is a request without an end: it is under way, or was
/// interrupted.
#[must_use]
pub fn open(events: &[Event]) -> BTreeSet<&RefreshTokenId> {
    let mut open = BTreeSet::new();
    for event in events {
        let Some(grant) = event.what.grant() else { continue };
        if matches!(event.what, GrantEvent::RefreshStarted { .. }) {
            open.insert(grant);
        } else {
            open.remove(grant);
        }
    }
    open
}

/// The refresh that was interrupted before `grant` was got, by which the grant survived: it had not
/// reached the provider, or the provider forgave it.
#[must_use]
pub fn survived<'a>(events: &'a [Event], grant: &RefreshTokenId) -> Option<&'a Event> {
    let got = events.iter().rposition(
        |event| matches!(&event.what, GrantEvent::Refreshed { grant: old, next, .. } if next == grant && old != grant),
    )?;
    let (before, rest) = events.split_at(got);
    let old = rest.first()?.what.grant()?;
    let is_request =
        |event: &Event| matches!(&event.what, GrantEvent::RefreshStarted { grant } if grant == old);
    let own = before.iter().rposition(is_request)?;
    open_requests(before.iter().take(own), old).pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::fixtures::event;

    fn asked(grant: &str) -> Event {
        event(GrantEvent::RefreshStarted { grant: grant.into() })
    }

    fn refreshed(grant: &str, next: &str) -> Event {
        event(GrantEvent::Refreshed { grant: grant.into(), next: next.into(), generation: 2 })
    }

    #[test]
    fn a_refresh_without_an_end_was_interrupted() {
        let events = [asked("g1"), refreshed("g1", "g2"), asked("g2"), asked("other")];
        assert_eq!(grant_history(&events, &"g2".into()), GrantHistory::Interrupted(&events[2]));
        assert_eq!(grant_history(&events, &"unknown".into()), GrantHistory::Plain);
        assert_eq!(open(&events), BTreeSet::from([&"g2".into(), &"other".into()]));
    }

    #[test]
    fn a_grant_that_was_refreshed_under_another_name_is_spent() {
        let events = [asked("g1"), refreshed("g1", "g2")];
        assert_eq!(
            grant_history(&events, &"g1".into()),
            GrantHistory::Spent { event: &events[1], next: &"g2".into() }
        );
        assert_eq!(grant_history(&events, &"g2".into()), GrantHistory::Plain);
        let reusable = [asked("g1"), refreshed("g1", "g1")];
        assert_eq!(grant_history(&reusable, &"g1".into()), GrantHistory::Plain);
    }

    #[test]
    fn a_failure_ends_its_own_refresh_and_no_earlier_one() {
        let by =
            |process: u32, event: Event| Event { by: Author { program: "authtui".into(), process }, ..event };
        let failed = |is_dead: bool| {
            event(GrantEvent::RefreshFailed { grant: "g1".into(), is_dead, why: "503".into() })
        };
        let unsaved = event(GrantEvent::NotSaved { grant: "g1".into(), why: "no room".into() });
        let killed = by(1, asked("g1"));
        let known = GrantHistory::Interrupted(&killed);
        for (rest, expected) in [
            (vec![], known),
            (vec![asked("g1"), failed(false)], known),
            (vec![asked("g1"), failed(false), asked("g1"), failed(false)], known),
            (vec![failed(false)], known),
            (vec![by(1, failed(false))], GrantHistory::Plain),
            (vec![asked("g1"), failed(true)], GrantHistory::Plain),
            (vec![asked("g1"), unsaved], GrantHistory::Plain),
            (vec![asked("g1"), refreshed("g1", "g1")], GrantHistory::Plain),
        ] {
            let events = [vec![killed.clone()], rest].concat();
            assert_eq!(grant_history(&events, &"g1".into()), expected, "{events:?}");
        }
    }

    #[test]
    fn a_grant_that_survived_an_interrupted_refresh_is_known_by_the_two_that_asked() {
        let survivor = [asked("g1"), asked("g1"), refreshed("g1", "g2")];
        assert_eq!(survived(&survivor, &"g2".into()), Some(&survivor[0]));
        let by = Author { program: "authtui".into(), process: 1 };
        let killed = Event { by, ..asked("g1") };
        let unsaved = event(GrantEvent::NotSaved { grant: "g1".into(), why: "no room".into() });
        let busy = event(GrantEvent::RefreshFailed { grant: "g1".into(), is_dead: false, why: "503".into() });
        let late = [killed, asked("g1"), busy, asked("g1"), unsaved, refreshed("g1", "g2")];
        assert_eq!(survived(&late, &"g2".into()), Some(&late[0]));
        let failed =
            event(GrantEvent::RefreshFailed { grant: "g1".into(), is_dead: false, why: "503".into() });
        let plain =
            [asked("g1"), failed, asked("g1"), refreshed("g1", "g2"), asked("g2"), refreshed("g2", "g3")];
        assert_eq!((survived(&plain, &"g2".into()), survived(&plain, &"g3".into())), (None, None));
        assert_eq!(survived(&[asked("g1"), asked("g1"), refreshed("g1", "g1")], &"g1".into()), None);
    }
}
