//! Seconds of a login that waits.
//!
//! All that runs up or down in its panel is counted on one beat, that of its deadline, so that
//! everything changes in the same moment and the screen is drawn once a second, or once a minute.

use std::time::Duration;

use crate::domain::clock::{Now, Steady, span};
use crate::domain::countdown::countdown;
use crate::oauth::login::LoginMethods;

/// The seconds of a login that waits, at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seconds {
    deadline: Steady,
    now: Steady,
    /// How many pass from one beat to the next.
    step: u64,
}

impl Seconds {
    /// The seconds of a login with these methods.
    #[must_use]
    pub fn of(methods: &LoginMethods, now: Now) -> Self {
        Self { deadline: methods.deadline, now: now.steady, step: 1 }
    }

    /// The same where only the minutes are to be seen.
    #[must_use]
    pub fn by_minutes(self, is_slow: bool) -> Self {
        Self { step: if is_slow { 60 } else { 1 }, ..self }
    }

    /// Whether only the minutes are to be seen.
    #[must_use]
    pub fn is_slow(self) -> bool {
        self.step > 1
    }

    /// How many are left until the login gives up.
    #[must_use]
    pub fn left(self) -> u64 {
        self.beat(self.now).next_multiple_of(self.step)
    }

    /// How many have gone by since then.
    #[must_use]
    pub fn since(self, then: Steady) -> u64 {
        self.beat(then).saturating_sub(self.left())
    }

    /// How many are left until then; none when it has passed.
    #[must_use]
    pub fn until(self, then: Steady) -> u64 {
        let beyond = self.deadline.until(then).as_secs();
        (self.left() + beyond).saturating_sub(self.beat(then))
    }

    /// How long each of the above stays as it is; nothing when the login gives up before.
    #[must_use]
    pub fn hold(self) -> Option<Duration> {
        let left = self.now.until(self.deadline);
        // What is left just before the next beat, which lies a whole step below what is shown.
        let end = Duration::from_secs((self.left() + 1).saturating_sub(self.step));
        (left.as_secs() > 0).then(|| left.saturating_sub(end) + Duration::from_millis(1))
    }

    fn beat(self, at: Steady) -> u64 {
        at.until(self.deadline).as_secs()
    }
}

/// The whole seconds left until `end`, the one that has begun among them.
#[must_use]
pub fn left(end: Steady, now: Steady) -> u64 {
    let left = now.until(end);
    left.as_secs() + u64::from(left.subsec_nanos() > 0)
}

/// When [`left`] is another number.
#[must_use]
pub fn next(end: Steady, now: Steady) -> Steady {
    let left = now.until(end);
    let into_second = Duration::from_nanos(u64::from(left.subsec_nanos()));
    now.after(if into_second.is_zero() { Duration::from_secs(1) } else { into_second }.min(left))
}

/// A span as it runs down: `4m37s`.
#[must_use]
pub fn running(seconds: u64) -> String {
    countdown(span(Duration::from_secs(seconds))).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seconds_that_are_left_change_when_it_is_said() {
        for (now, seconds, change) in [(0, 10, 1000), (1, 10, 1000), (999, 10, 1000), (9500, 1, 10_000)] {
            assert_eq!(
                (left(at(10_000), at(now)), next(at(10_000), at(now))),
                (seconds, at(change)),
                "{now}"
            );
        }
        assert_eq!(left(at(10_000), at(10_000)), 0);
    }

    fn at(millis: u64) -> Steady {
        Steady(Duration::from_millis(millis))
    }

    #[test]
    fn what_runs_up_and_what_runs_down_changes_in_the_same_moment() {
        let (asked, again, far) = (at(10_250), at(17_700), at(400_400));
        let texts = |now| {
            let seconds = Seconds { deadline: at(300_000), now: at(now), step: 1 };
            (seconds.left(), seconds.since(asked), seconds.until(again), seconds.until(far))
        };
        let mut changes = Vec::new();
        for millis in 10_251..16_000 {
            if texts(millis) != texts(millis - 1) {
                changes.push(millis);
                let before = Seconds { deadline: at(300_000), now: at(millis - 1), step: 1 };
                assert!(before.hold().is_some_and(|hold| hold <= Duration::from_millis(1000)), "{millis}");
            }
        }
        assert_eq!(changes, [11_001, 12_001, 13_001, 14_001, 15_001]);
        assert_eq!(texts(12_000), (288, 1, 6, 388));
    }

    #[test]
    fn by_minutes_what_is_left_changes_when_it_is_said_and_no_sooner() {
        let seconds = |millis| Seconds { deadline: at(300_000), now: at(millis), step: 60 };
        let mut millis = 0;
        let mut seen = vec![seconds(millis).left()];
        while let Some(hold) = seconds(millis).hold() {
            let hold = u64::try_from(hold.as_millis()).expect("short");
            assert_eq!(seconds(millis + hold - 1).left(), seconds(millis).left(), "{millis}");
            millis += hold;
            seen.push(seconds(millis).left());
        }
        assert_eq!(seen, [300, 240, 180, 120, 60, 0]);
    }

    #[test]
    fn what_has_passed_is_not_counted_below_nothing() {
        let seconds = Seconds { deadline: at(5_000), now: at(9_000), step: 1 };
        assert_eq!((seconds.left(), seconds.until(at(1_000)), seconds.since(at(8_000))), (0, 0, 0));
        assert_eq!(seconds.hold(), None);
    }

    #[test]
    fn a_span_runs_down_in_minutes_and_seconds() {
        for (seconds, text) in [(277, "4m37s"), (9, "9s"), (900, "15m00s"), (0, "0s")] {
            assert_eq!(running(seconds), text);
        }
    }
}
