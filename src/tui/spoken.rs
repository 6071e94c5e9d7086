//! Spoken row: a profile in one sentence, for those who hear the screen.

use crate::domain::change::Row;
use crate::domain::clock::{DateTime, Now, TimeDelta, Utc};
use crate::domain::health::Health;
use crate::domain::profile::Profile;
use crate::domain::residual_validity::Validity;
use crate::tui::model::Model;
use crate::tui::{rows, state, text_layout};

/// The row in words: whose it is, how it stands, and how long it lasts.
#[must_use]
pub fn row(model: &Model, row: &Row, now: Now) -> String {
    let health = rows::health(model, row, now.wall);
    match row {
        Row::Broken(broken) => {
            format!("{}: {}", text_layout::named(&broken.name), rows::broken_word(&broken.at))
        }
        Row::Profile(profile) => {
            let account = match &profile.owner {
                Some(_) => Some(state::owned_account(model, profile)),
                None => profile.account.as_deref().map(|account| state::account(model, account)),
            };
            let account = account.map_or_else(String::new, |account| format!(", {account}"));
            let name = text_layout::named(&profile.id.name);
            let mark = if model.marks.contains(&profile.id) { ", marked" } else { "" };
            let (token, login) = (token(health, now), login(profile, now));
            format!("{name}{account}: {}{token}{login}{mark}", health.word_for(profile))
        }
    }
}

fn token(health: Health, now: Now) -> String {
    match health {
        Health::Fresh(end) | Health::Expiring(end) => format!(", {} left", left(end, now)),
        Health::Retrying(at) if at > now.wall => format!(", next try in {}", left(at, now)),
        Health::Retrying(_)
        | Health::NoExpiry
        | Health::Due
        | Health::Failed(_)
        | Health::NeedsLogin
        | Health::Refused
        | Health::SignedOut
        | Health::Refreshing
        | Health::Unreadable => String::new(),
    }
}

fn login(profile: &Profile, now: Now) -> String {
    match Validity::of_login(profile, now.wall).and_then(Validity::end) {
        Some(end) if end > now.wall => format!("; login ends in {}", left(end, now)),
        Some(_) | None => String::new(),
    }
}

fn left(end: DateTime<Utc>, now: Now) -> String {
    span(end - now.wall)
}

/// A span in whole words; seconds would be read out again and again.
fn span(span: TimeDelta) -> String {
    let (minutes, hours, days) = (span.num_minutes(), span.num_hours(), span.num_days());
    let count = |number: i64, word: &str| match number {
        1 => format!("1 {word}"),
        many => format!("{many} {word}s"),
    };
    match (days, hours, minutes) {
        (2.., ..) => count(days, "day"),
        (_, 1.., _) if minutes % 60 == 0 => count(hours, "hour"),
        (_, 1.., _) => format!("{} {}", count(hours, "hour"), count(minutes % 60, "minute")),
        (_, _, 1..) => count(minutes, "minute"),
        _ => "less than a minute".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_said_in_words_and_without_seconds() {
        for (seconds, words) in [
            (0, "less than a minute"),
            (59, "less than a minute"),
            (60, "1 minute"),
            (299, "4 minutes"),
            (3600, "1 hour"),
            (86_160, "23 hours 56 minutes"),
            (90_060, "25 hours 1 minute"),
            (172_800, "2 days"),
        ] {
            assert_eq!(span(TimeDelta::seconds(seconds)), words);
        }
    }
}
