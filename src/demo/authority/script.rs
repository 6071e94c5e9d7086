//! Faults as a person writes them: `token=503`.
//!
//! The same words stand behind `authtui demo --fault` and the buttons of the server's own page.

use std::error::Error;
use std::fmt;
use std::time::Duration;

use crate::demo::authority::exchange::Answer;
use crate::demo::authority::fault::{Fault, Mishap, Place};
use crate::demo::authority::refusal::ErrorCode;
use crate::domain::text;

/// How late a slow answer is.
const SLOW: Duration = Duration::from_secs(6);

/// The places, and what they mean.
const PLACES: [(&str, Place, &str); 7] = [
    ("authorize", Place::Authorize, "the page or request that begins a login"),
    ("device", Place::Device, "the request for a device code"),
    ("poll", Place::Poll, "a poll with a device code"),
    ("token", Place::Token, "a code or a refresh token becoming tokens"),
    ("revoke", Place::Revoke, "a grant being ended"),
    ("scopes", Place::Scopes, "the list of scopes"),
    ("api", Place::Api, "the test of a token or key"),
];

/// What can go wrong everywhere.
const ANYWHERE: [(&str, &str); 6] = [
    ("400 to 599", "answered with that status"),
    ("slow", "answered after six seconds"),
    ("gzip", "answered compressed, which nobody asked for"),
    ("html", "answered with a page that has nothing to do with it"),
    ("lost", "done, but the answer never comes"),
    ("cut", "not done, and the connection breaks"),
];

/// What can go wrong at one place only.
const SPECIAL: [(&str, &str, ErrorCode, &str); 7] = [
    ("authorize", "denied", ErrorCode::AccessDenied, "the person says no"),
    ("device", "expired", ErrorCode::ExpiredToken, "the code is too old at its next poll"),
    ("poll", "denied", ErrorCode::AccessDenied, "the person says no"),
    ("poll", "expired", ErrorCode::ExpiredToken, "the code is too old"),
    ("poll", "slow_down", ErrorCode::SlowDown, "polled too often"),
    ("token", "dead", ErrorCode::InvalidGrant, "the grant has ended"),
    ("revoke", "unsupported", ErrorCode::UnsupportedTokenType, "tokens of this kind are not revoked"),
];

/// The faults that have a button.
pub(super) const BUTTONS: [&str; 14] = [
    "authorize=denied",
    "device=503",
    "device=expired",
    "poll=slow_down",
    "poll=denied",
    "poll=503",
    "token=503",
    "token=slow",
    "token=html",
    "token=lost",
    "token=dead",
    "revoke=503",
    "revoke=lost",
    "scopes=500",
];

/// Reads `WHERE=WHAT` as a fault of the next request.
///
/// # Errors
/// A [`BadFault`] that names what can be written.
pub fn parse(written: &str) -> Result<Fault, BadFault> {
    let bad = |why| BadFault { written: text::clean(written, 60), why };
    let (at, what) = written.split_once('=').ok_or(bad(Why::Shape))?;
    let (_, place, _) = PLACES.into_iter().find(|(word, ..)| *word == at).ok_or(bad(Why::Place))?;
    let special = SPECIAL.into_iter().find(|(place, word, ..)| *place == at && *word == what);
    if let Some((_, _, error, _)) = special {
        // A code is too old when it is polled with, whatever its own answer says.
        let place = if place == Place::Device { Place::Poll } else { place };
        return Ok(Fault { place, times: 1, mishap: Mishap::Refused(error) });
    }
    let status = what.parse::<u16>().ok().filter(|status| (400..600).contains(status));
    let mishap = match (what, status) {
        (_, Some(status)) => Mishap::Instead(Answer::new(status, "text/plain", "planned in the demo")),
        ("slow", None) => Mishap::Late(SLOW),
        ("html", None) => {
            let page = "<!doctype html><title>Sign in</title><p>Sign in to this network first.</p>";
            Mishap::Instead(Answer::new(200, "text/html; charset=utf-8", page))
        }
        ("gzip", None) => Mishap::Compressed,
        ("lost", None) => Mishap::LostAnswer,
        ("cut", None) => Mishap::LostRequest,
        (_, None) => return Err(bad(Why::What)),
    };
    Ok(Fault { place, times: 1, mishap })
}

/// Everything that can be written, as `--help` shows it.
#[must_use]
pub fn help() -> String {
    let row = |word: &str, meaning: &str| format!("  {word:<18} {meaning}\n");
    let places: String = PLACES.iter().map(|(word, _, meaning)| row(word, meaning)).collect();
    let anywhere: String = ANYWHERE.iter().map(|(word, meaning)| row(word, meaning)).collect();
    let special = SPECIAL.iter().map(|(at, word, _, meaning)| row(&format!("{at}={word}"), meaning));
    let special: String = special.collect();
    format!(
        "Faults: --fault WHERE=WHAT meets the next such request; repeat it for more.\nWHERE:\n{places}WHAT, \
         everywhere:\n{anywhere}and at one place:\n{}",
        special.trim_end()
    )
}

/// Why a written fault is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadFault {
    written: String,
    why: Why,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Why {
    Shape,
    Place,
    What,
}

impl fmt::Display for BadFault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("no such fault: ")?;
        match self.why {
            Why::Shape => f.write_str("write WHERE=WHAT, as in token=503"),
            Why::Place => {
                let words: Vec<&str> = PLACES.iter().map(|(word, ..)| *word).collect();
                write!(f, "WHERE is one of {}", words.join(", "))
            }
            Why::What => {
                let at = self.written.split('=').next().unwrap_or_default();
                let special = SPECIAL.iter().filter(|(place, ..)| *place == at).map(|(_, word, ..)| *word);
                let words: Vec<&str> = ANYWHERE.iter().map(|(word, _)| *word).chain(special).collect();
                write!(f, "WHAT at {at} is one of {}", words.join(", "))
            }
        }
    }
}

impl Error for BadFault {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_word_of_the_help_and_every_button_is_a_fault() {
        for (at, ..) in PLACES {
            for what in ["400", "503", "599", "slow", "gzip", "html", "lost", "cut"] {
                assert!(parse(&format!("{at}={what}")).is_ok(), "{at}={what}");
            }
        }
        for (at, what, ..) in SPECIAL {
            assert!(parse(&format!("{at}={what}")).is_ok(), "{at}={what}");
        }
        for written in BUTTONS {
            assert!(parse(written).is_ok(), "{written}");
        }
    }

    #[test]
    fn what_is_no_fault_is_refused_with_what_can_be_written() {
        for (written, words) in [
            ("token", "write WHERE=WHAT"),
            ("tokens=503", "WHERE is one of authorize, device, poll, token, revoke, scopes, api"),
            ("=503", "WHERE is one of"),
            ("token=200", "WHAT at token is one of 400 to 599, slow, gzip, html, lost, cut, dead"),
            ("token=slow_down", "WHAT at token is"),
            ("scopes=denied", "WHAT at scopes is"),
            ("token=", "WHAT at token is"),
            ("a\u{1b}=x", "no such fault: WHERE is one of"),
        ] {
            let error = parse(written).expect_err(written).to_string();
            assert!(error.contains(words), "{written}: {error}");
        }
    }
}
