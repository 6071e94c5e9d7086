//! Why a profile is not renewed by itself, in words.

use crate::domain::clock::{Now, TimeDelta};
use crate::domain::health::renewable;
use crate::domain::profile::{ClockDiffers, EndBy, Kind, Profile};
use crate::domain::schedule::{self, Never, Plan};
use crate::tui::automatic::{Outlook, Why, outlook};
use crate::tui::model::{Model, OffBy};
use crate::tui::state;

/// Why the screen does not renew `profile` by itself, and what does; nothing where it does, or where
/// the profile's state says it all.
#[must_use]
pub fn hindrance(model: &Model, profile: &Profile, now: Now) -> Option<String> {
    if profile.kind != Kind::OAuth || !renewable(profile, now.wall) {
        return None;
    }
    let Outlook::Not(why) = outlook(model, profile, now) else { return None };
    let words = match why {
        Why::Off(OffBy::CommandLine) => "off: started with --no-auto-refresh".to_owned(),
        Why::Off(OffBy::Settings) => "off by automatic_refresh in settings".to_owned(),
        Why::Off(OffBy::Unreadable) => "off: settings.yaml cannot be read".to_owned(),
        Why::OtherOrigin => "off: the provider file names another server; log in again".to_owned(),
        Why::Unwritable => "off: the file cannot be written".to_owned(),
        Why::Never(Never::Off) => "off here, A turns it on".to_owned(),
        Why::Never(Never::NoEnd) => "by r alone: the provider gives no expiry".to_owned(),
        Why::Never(Never::Brief(life)) => format!("by r alone: it lives only {}", state::span(life)),
        Why::Never(Never::Clock) => "by r alone: a clock is wrong".to_owned(),
        Why::Never(Never::Nothing | Never::Dead | Never::Refused | Never::Ended)
        | Why::NoWay
        | Why::NotNow => return None,
    };
    Some(words)
}

/// What is wrong with a clock, where the last answer of the profile's provider showed that.
#[must_use]
pub fn clock(profile: &Profile, now: Now) -> Option<String> {
    let name = profile.id.name.provider();
    let last = profile.last_refresh_of_this_grant();
    if let Some(ClockDiffers { ahead, end_by }) = last.and_then(|last| last.clock_differs) {
        // To the minute: the answer was on its way for some seconds.
        let by = state::span(TimeDelta::minutes((ahead.num_seconds().saturating_abs() + 30) / 60));
        let side = if ahead < TimeDelta::zero() { "behind" } else { "ahead of" };
        let end = match end_by {
            EndBy::Ours => "",
            EndBy::Theirs => " The end it told may be wrong.",
        };
        return Some(format!("The clock of {name} is {by} {side} this machine's.{end}"));
    }
    let wrong = schedule::plan(profile, now.wall) == Plan::Never(Never::Clock);
    wrong
        .then(|| format!("{name} gave a token that had ended by this machine's clock: one of them is wrong."))
}
