//! Result table: one action on all marked profiles, and what became of each.
//!
//! Only a few run at once; the others wait in the order of their rows.

use crate::domain::name::ProfileId;
use crate::domain::profile::AutoRefresh;
use crate::domain::schedule::CONCURRENT_REFRESHES;
use crate::tui::custom_keys::CustomKeys;
use crate::tui::message::Action;
use crate::tui::sign_out::SignOutWay;
use crate::tui::status::Tone;
use crate::tui::text_layout;

/// One action on several profiles.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultTable {
    pub action: MarkedAction,
    pub rows: Vec<ResultRow>,
    /// Kept here, so that a frame looks at no row that is not seen.
    pub widths: ResultWidths,
    /// Everything that helps any of them, once.
    nexts: Vec<(Action, &'static str)>,
}

/// The most columns that any name, and what became of it, take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ResultWidths {
    pub name: u16,
    pub text: u16,
}

/// What can be done with all marked profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MarkedAction {
    Refresh,
    Test,
    SignOut(SignOutWay),
    AutoRefresh(AutoRefresh),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResultRow {
    pub id: ProfileId,
    pub stage: RowStage,
}

/// How far it is with one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum RowStage {
    Waiting,
    Running,
    Ended(RowEnd),
}

/// What became of one profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RowEnd {
    pub text: String,
    pub tone: Tone,
    /// What helps, and the words for it.
    pub next: Option<(Action, &'static str)>,
}

impl RowStage {
    /// The stage in words.
    #[must_use]
    pub fn text(&self) -> &str {
        match self {
            Self::Waiting => "waiting",
            Self::Running => "running",
            Self::Ended(end) => &end.text,
        }
    }

    /// The key that helps, and what it does; empty where none does.
    #[must_use]
    pub fn key(&self, keys: &CustomKeys) -> String {
        match self {
            Self::Ended(RowEnd { next: Some((action, words)), .. }) => {
                format!("{} {words}", keys.key(*action))
            }
            Self::Waiting | Self::Running | Self::Ended(RowEnd { next: None, .. }) => String::new(),
        }
    }
}

impl RowEnd {
    #[must_use]
    pub fn new(text: impl AsRef<str>, tone: Tone) -> Self {
        Self { text: text_layout::safe(text.as_ref()), tone, next: None }
    }

    #[must_use]
    pub fn next(self, action: Action, words: &'static str) -> Self {
        Self { next: Some((action, words)), ..self }
    }
}

impl ResultTable {
    #[must_use]
    pub fn new(action: MarkedAction, ids: impl IntoIterator<Item = ProfileId>) -> Self {
        let row = |id| ResultRow { id, stage: RowStage::Waiting };
        let rows: Vec<ResultRow> = ids.into_iter().map(row).collect();
        let names = rows.iter().map(|row| text_layout::width(&text_layout::named(&row.id.name)));
        let text =
            text_layout::width(RowStage::Waiting.text()).max(text_layout::width(RowStage::Running.text()));
        let widths = ResultWidths { name: names.max().unwrap_or(0), text };
        Self { action, rows, widths, nexts: Vec::new() }
    }

    /// The next profile whose turn it is; it runs from now on.
    pub fn start_next(&mut self) -> Option<ProfileId> {
        let running = self.rows.iter().filter(|row| row.stage == RowStage::Running).count();
        let next = self.rows.iter_mut().find(|row| row.stage == RowStage::Waiting)?;
        (running < CONCURRENT_REFRESHES).then(|| {
            next.stage = RowStage::Running;
            next.id.clone()
        })
    }

    /// Notes what became of the profile, if it was running.
    pub fn end(&mut self, id: &ProfileId, end: RowEnd) {
        let running = self.rows.iter_mut().find(|row| row.id == *id && row.stage == RowStage::Running);
        if let Some(row) = running {
            self.widths.text = self.widths.text.max(text_layout::width(&end.text));
            self.nexts.extend(end.next.filter(|next| !self.nexts.contains(next)));
            row.stage = RowStage::Ended(end);
        }
    }

    /// The columns of the widest key that helps, with what it does; none where none does.
    #[must_use]
    pub fn key_columns(&self, keys: &CustomKeys) -> u16 {
        let widths = self
            .nexts
            .iter()
            .map(|(action, words)| text_layout::width(&keys.key(*action)) + 1 + text_layout::width(words));
        widths.max().unwrap_or(0)
    }

    #[must_use]
    pub fn is_over(&self) -> bool {
        self.rows.iter().all(|row| matches!(row.stage, RowStage::Ended(_)))
    }

    /// What is being done, and how it went: `Refresh · 2 done · 1 failed`.
    #[must_use]
    pub fn title(&self) -> String {
        let what = match self.action {
            MarkedAction::Refresh => "Refresh",
            MarkedAction::Test => "Test",
            MarkedAction::SignOut(_) => "Sign out",
            MarkedAction::AutoRefresh(AutoRefresh::On) => "Auto-refresh on",
            MarkedAction::AutoRefresh(AutoRefresh::Off) => "Auto-refresh off",
        };
        let ended = |is_bad: bool| {
            let is_it = |row: &&ResultRow| match &row.stage {
                RowStage::Ended(end) => (end.tone >= Tone::Warn) == is_bad,
                RowStage::Waiting | RowStage::Running => false,
            };
            self.rows.iter().filter(is_it).count()
        };
        let (done, failed) = (ended(false), ended(true));
        let left = self.rows.len() - done - failed;
        let counts = [(done, "done"), (failed, "failed"), (left, "to go")];
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts = counts.map(|(count, word)| format!(" · {count} {word}"));
        format!("{what}{}", counts.collect::<String>())
    }
}
