//! Setting: one of the settings, with its words, its value, and the value that comes next.

use std::time::Duration;

use crate::domain::duration;
use crate::domain::settings::{Settings, ThemeChoice};

/// One of the settings that a key changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Setting {
    Theme,
    Ascii,
    SlowCountdowns,
    Privacy,
    ReadOnly,
    Borrowed,
    AutomaticRefresh,
    RefreshLead,
    ClearClipboard,
    Mouse,
}

/// Which of the values comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ValueStep {
    Next,
    Previous,
}

/// The times that are offered; a file may say others.
const LEADS: [Option<u64>; 6] = [None, Some(600), Some(900), Some(1800), Some(60), Some(120)];
const CLEARS: [Option<u64>; 5] = [None, Some(15), Some(30), Some(60), Some(120)];

impl Setting {
    pub const ALL: [Self; 10] = [
        Self::Theme,
        Self::Ascii,
        Self::SlowCountdowns,
        Self::Privacy,
        Self::ReadOnly,
        Self::Borrowed,
        Self::AutomaticRefresh,
        Self::RefreshLead,
        Self::ClearClipboard,
        Self::Mouse,
    ];

    /// As `settings.yaml` names it.
    #[must_use]
    pub fn field(self) -> &'static str {
        match self {
            Self::Theme => "theme",
            Self::Ascii => "ascii",
            Self::SlowCountdowns => "slow_countdowns",
            Self::Privacy => "privacy",
            Self::ReadOnly => "read_only",
            Self::Borrowed => "borrowed",
            Self::AutomaticRefresh => "automatic_refresh",
            Self::RefreshLead => "refresh_lead",
            Self::ClearClipboard => "clear_clipboard",
            Self::Mouse => "mouse",
        }
    }

    /// As people read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Theme => "Theme",
            Self::Ascii => "ASCII only",
            Self::SlowCountdowns => "Slow countdowns",
            Self::Privacy => "Privacy",
            Self::ReadOnly => "Read-only",
            Self::Borrowed => "Borrowed logins",
            Self::AutomaticRefresh => "Auto-refresh",
            Self::RefreshLead => "Refresh lead",
            Self::ClearClipboard => "Clear clipboard",
            Self::Mouse => "Mouse",
        }
    }

    /// What it does.
    #[must_use]
    pub fn sentence(self) -> &'static str {
        match self {
            Self::Theme => "Colours: by the terminal's background, or as you choose.",
            Self::Ascii => "Draws with ASCII letters, for terminals without Unicode.",
            Self::SlowCountdowns => "Shows only minutes, so the screen moves once a minute.",
            Self::Privacy => "Masks accounts (a…@…) while others see your screen.",
            Self::ReadOnly => "The screen shows everything and changes no profile.",
            Self::Borrowed => "Shows logins of other programs, such as gh; only reads them.",
            Self::AutomaticRefresh => "Refreshes tokens before they expire.",
            Self::RefreshLead => "How long before it expires a token is refreshed.",
            Self::ClearClipboard => "Clears a copied token from the clipboard.",
            Self::Mouse => "Clicks and wheel act in authtui; off leaves them to the terminal.",
        }
    }

    /// Its value as `settings.yaml` says it.
    #[must_use]
    pub fn written(self, settings: &Settings) -> String {
        match self {
            Self::Theme => settings.theme.word().to_owned(),
            Self::Ascii => settings.ascii.to_string(),
            Self::SlowCountdowns => settings.slow_countdowns.to_string(),
            Self::Privacy => settings.privacy.to_string(),
            Self::ReadOnly => settings.read_only.to_string(),
            Self::Borrowed => settings.borrowed.to_string(),
            Self::AutomaticRefresh => settings.automatic_refresh.to_string(),
            Self::RefreshLead => settings.refresh_lead.map_or("auto".to_owned(), duration::text),
            Self::ClearClipboard => {
                settings.clear_clipboard.map_or("off".to_owned(), |after| after.as_secs().to_string())
            }
            Self::Mouse => settings.mouse.to_string(),
        }
    }

    /// Its value as people read it.
    #[must_use]
    pub fn value(self, settings: &Settings) -> String {
        match (self, self.written(settings).as_str()) {
            (_, "true") => "on".to_owned(),
            (_, "false") => "off".to_owned(),
            (Self::Theme, "high_contrast") => "high contrast".to_owned(),
            (Self::RefreshLead, "auto") => "5m".to_owned(),
            (Self::ClearClipboard, seconds) if seconds != "off" => format!("after {seconds}s"),
            (_, written) => written.to_owned(),
        }
    }

    /// The settings with the value that comes next. `theme_file` is the file of the person's own, which
    /// is one of the themes.
    #[must_use]
    pub fn stepped(self, settings: &Settings, step: ValueStep, theme_file: Option<&str>) -> Settings {
        let mut next = settings.clone();
        match self {
            Self::Theme => {
                use ThemeChoice::{Auto, Dark, File, HighContrast, Light, Mono};
                let own = theme_file.map(|path| File(path.to_owned()));
                let all: Vec<_> = [Auto, Dark, Light, HighContrast, Mono].into_iter().chain(own).collect();
                next.theme = beside(&all, &settings.theme, step).unwrap_or_default();
            }
            Self::Ascii => next.ascii = !next.ascii,
            Self::SlowCountdowns => next.slow_countdowns = !next.slow_countdowns,
            Self::Privacy => next.privacy = !next.privacy,
            Self::ReadOnly => next.read_only = !next.read_only,
            Self::Borrowed => next.borrowed = !next.borrowed,
            Self::AutomaticRefresh => next.automatic_refresh = !next.automatic_refresh,
            Self::RefreshLead => next.refresh_lead = offered(&LEADS, settings.refresh_lead, step),
            Self::ClearClipboard => next.clear_clipboard = offered(&CLEARS, settings.clear_clipboard, step),
            Self::Mouse => next.mouse = !next.mouse,
        }
        next
    }
}

fn offered(all: &[Option<u64>], now: Option<Duration>, step: ValueStep) -> Option<Duration> {
    beside(all, &now.map(|now| now.as_secs()), step).flatten().map(Duration::from_secs)
}

/// What stands beside `now` in `all`, around the end; the first where it is none of them.
fn beside<T: Clone + PartialEq>(all: &[T], now: &T, step: ValueStep) -> Option<T> {
    let place = all.iter().position(|each| each == now);
    let next = place.map_or(0, |place| match step {
        ValueStep::Next => (place + 1) % all.len(),
        ValueStep::Previous => (place + all.len() - 1) % all.len(),
    });
    all.get(next).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_can_be_written_and_read_and_steps_lead_around_and_back() {
        let own = Some("~/mine.yaml");
        for setting in Setting::ALL {
            let mut settings = Settings::default();
            let mut values = Vec::new();
            loop {
                let text = format!("{}: {}\n", setting.field(), setting.written(&settings));
                assert_eq!(Settings::read(&text).as_ref(), Ok(&settings), "{text}");
                values.push(setting.value(&settings));
                let next = setting.stepped(&settings, ValueStep::Next, own);
                assert_eq!(setting.stepped(&next, ValueStep::Previous, own), settings);
                if next == Settings::default() {
                    break;
                }
                settings = next;
            }
            values.dedup();
            assert!((2..9).contains(&values.len()), "{values:?}");
        }
    }

    #[test]
    fn a_value_that_is_not_offered_is_left_for_one_that_is() {
        let odd = Settings { refresh_lead: Some(Duration::from_secs(5400)), ..Settings::default() };
        assert_eq!(Setting::RefreshLead.value(&odd), "90m");
        assert_eq!(Setting::RefreshLead.stepped(&odd, ValueStep::Next, None), Settings::default());
    }
}
