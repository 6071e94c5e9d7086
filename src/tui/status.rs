//! Status row: the message that it shows, and the results that wait for it.

use crate::domain::clock::Steady;
use crate::domain::name::{ProfileId, StoreId};

/// What the status row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusMessage {
    pub text: String,
    pub tone: Tone,
    /// When it goes; absent: at the next key.
    pub until: Option<Steady>,
    pub origin: MessageOrigin,
}

/// Why a message is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MessageOrigin {
    /// It answers a key.
    Key,
    /// It sums up the reports.
    Reports,
}

/// The result of something that has ended, shown as soon as the row is free.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskReport {
    /// Of one subject only the last report counts.
    pub subject: ReportSubject,
    pub asked_by: AskedBy,
    pub kind: ReportKind,
    pub text: String,
    /// What to know of it where it is one of several; empty where that is nothing.
    pub brief: String,
    pub tone: Tone,
}

/// Who waits for a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AskedBy {
    /// The person, who has pressed a key for it.
    Person,
    /// Nobody: a schedule began it, or it came from outside.
    Nobody,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReportSubject {
    Profile(ProfileId),
    /// A store as a whole: whether it can be read.
    Store(StoreId),
    Nothing,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportKind {
    Refreshed,
    RefreshFailed,
    Other,
}

/// How a message is meant, the worst last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    Good,
    /// Something to know.
    Plain,
    /// Something to mend before it does harm.
    Warn,
    /// Something failed.
    Bad,
}
