//! Status row: the message that it shows, refreshes that are told as one, and all that was said.

use std::collections::{BTreeSet, VecDeque};

use ratatui::text::Span;

use crate::domain::clock::{DateTime, Steady, Utc};
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::tui::theme::Theme;

/// How many messages of this window are remembered.
const REMEMBERED: usize = 500;

/// What the status row shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatusMessage {
    pub report: TaskReport,
    /// When it goes; absent: at the next key.
    pub until: Option<Steady>,
}

/// Something to be told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskReport {
    /// What is told of the same thing later takes its place.
    pub subject: ReportSubject,
    pub asked_by: AskedBy,
    pub text: String,
    pub tone: Tone,
    pub place: ReportPlace,
    /// Whether the event log has a line for the same.
    pub has_event: bool,
}

/// Where something is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ReportPlace {
    /// In the status row, and in the log.
    Both,
    /// In the status row alone: the sum of what the log has one by one.
    Row,
    /// In the log alone: a part of a sum.
    Log,
}

/// Who waits for a result.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
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
    /// A sign-out that can be undone.
    Undo,
    /// A secret that lies in the clipboard for a while.
    Clipboard,
    /// All refreshes that were begun together.
    Batch(AskedBy),
    Nothing,
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

impl Tone {
    /// Its glyph, in its colour.
    #[must_use]
    pub fn sign(self, theme: &Theme) -> Span<'static> {
        let (states, steps) = (&theme.glyphs.states, &theme.glyphs.steps);
        match self {
            Self::Good => Span::styled(steps.done, theme.good),
            Self::Plain => Span::styled(states.revoked_here, theme.accent),
            Self::Warn => Span::styled(states.failed, theme.warn),
            Self::Bad => Span::styled(steps.failed, theme.bad),
        }
    }
}

impl TaskReport {
    /// Something about nothing in particular.
    #[must_use]
    pub fn new(text: impl Into<String>, tone: Tone, asked_by: AskedBy) -> Self {
        let (subject, place) = (ReportSubject::Nothing, ReportPlace::Both);
        Self { subject, asked_by, text: text.into(), tone, place, has_event: false }
    }

    /// The same about `subject`.
    #[must_use]
    pub fn about(self, subject: ReportSubject) -> Self {
        Self { subject, ..self }
    }

    /// The same, of which the event log has a line too.
    #[must_use]
    pub fn with_event(self) -> Self {
        Self { has_event: true, ..self }
    }
}

/// Refreshes that were begun together and are told as one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct RefreshBatch {
    pub running: BTreeSet<ProfileId>,
    pub ended: Vec<RefreshReport>,
}

/// How one refresh ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefreshReport {
    pub end: RefreshEnd,
    /// What to say of it where it was alone.
    pub alone: TaskReport,
    /// What to know of it where it is one of several; empty where that is nothing.
    pub brief: String,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RefreshEnd {
    Done,
    Failed,
}

impl RefreshBatch {
    /// What is to be told of it: the end of a single one in its own words, several by their numbers;
    /// `log` is the key that opens the log.
    #[must_use]
    pub fn report(&self, asked_by: AskedBy, log: &str) -> Option<TaskReport> {
        let subject = ReportSubject::Batch(asked_by);
        let row = |text, tone| TaskReport {
            place: ReportPlace::Row,
            ..TaskReport::new(text, tone, asked_by).about(subject.clone())
        };
        match (self.ended.as_slice(), self.running.len()) {
            ([], _) => None,
            ([one], 0) => Some(TaskReport { place: ReportPlace::Row, ..one.alone.clone() }),
            (_, 0) => {
                let worst = self.ended.iter().map(|end| end.alone.tone).max().unwrap_or(Tone::Good);
                Some(row(format!("{}{}", self.counts(), self.briefs(log)), worst))
            }
            (_, _) => Some(row(self.counts(), Tone::Plain)),
        }
    }

    fn counts(&self) -> String {
        let ended = |end| self.ended.iter().filter(|report| report.end == end).count();
        let counts = [
            (ended(RefreshEnd::Done), "refreshed"),
            (ended(RefreshEnd::Failed), "failed"),
            (self.running.len(), "running"),
        ];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts.map(|(count, word)| format!("{count} {word}")).collect();
        format!("{}.", counts.join(", "))
    }

    fn briefs(&self, log: &str) -> String {
        let briefs: Vec<&str> =
            self.ended.iter().map(|end| end.brief.as_str()).filter(|brief| !brief.is_empty()).collect();
        match briefs.as_slice() {
            [] => String::new(),
            [one] => format!(" {one}"),
            [..] => format!(" {log} shows each."),
        }
    }
}

/// Something that was told in this window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ToldMessage {
    pub at: DateTime<Utc>,
    /// The profile that it is about, where it is about one.
    pub profile: Option<ProfileName>,
    pub tone: Tone,
    pub text: String,
    /// Whether the event log has a line for the same.
    pub has_event: bool,
}

/// What was told in this window, oldest first; the oldest are forgotten.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct MessageHistory {
    told: VecDeque<ToldMessage>,
    /// How many messages were told, the forgotten ones too.
    count: u64,
    /// How often it has changed.
    changes: u64,
    /// How much of it nobody has seen: other messages stood in its place.
    pub unseen: usize,
}

impl MessageHistory {
    /// Remembers what is told; the same over again stays one.
    pub fn push(&mut self, told: ToldMessage) {
        self.changes += 1;
        if let Some(last) = self.told.back_mut().filter(|last| last.text == told.text) {
            last.at = told.at;
            return;
        }
        if self.told.len() == REMEMBERED {
            self.told.pop_front();
        }
        self.told.push_back(told);
        self.count += 1;
    }

    /// How often it has changed.
    #[must_use]
    pub fn changes(&self) -> u64 {
        self.changes
    }

    /// The message of that number, unless it is forgotten.
    #[must_use]
    pub fn numbered(&self, number: u64) -> Option<&ToldMessage> {
        let from_the_end = usize::try_from(self.count.checked_sub(number)?).ok()?;
        self.told.get(self.told.len().checked_sub(from_the_end)?)
    }

    /// What was told with its number, the newest first.
    pub fn numbered_newest_first(&self) -> impl Iterator<Item = (u64, &ToldMessage)> {
        (0..self.count).rev().zip(self.told.iter().rev())
    }

    /// What was told, the newest first.
    pub fn newest_first(&self) -> impl Iterator<Item = &ToldMessage> {
        self.told.iter().rev()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixtures::at;

    fn told(number: i64) -> ToldMessage {
        let text = format!("message {number}");
        ToldMessage { at: at(number), profile: None, tone: Tone::Plain, text, has_event: false }
    }

    #[test]
    fn the_oldest_messages_are_forgotten_and_the_same_one_twice_is_one() {
        let mut history = MessageHistory::default();
        for number in 0..600 {
            history.push(told(number));
        }
        history.push(ToldMessage { at: at(700), ..told(599) });
        let kept: Vec<&ToldMessage> = history.newest_first().collect();
        assert_eq!(kept.len(), 500);
        assert_eq!((kept[0].at, kept[0].text.as_str()), (at(700), "message 599"));
        assert_eq!(kept[499].text, "message 100");
    }
}
