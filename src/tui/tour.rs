//! Tour of the demo: what to try next, ticked off as the person does it, in one line.

use crate::domain::secret::Secret;

/// How far the person has come.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tour {
    /// What was done, or skipped.
    passed: Vec<TourStop>,
    is_closed: bool,
}

/// Something to try.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TourStop {
    LogIn,
    NextNeed,
    Refresh,
    Copy,
    SignOut,
    Timeline,
}

/// The client of a person's own that the demo's server knows, so that nobody has to look it up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DemoClient {
    pub id: String,
    pub secret: Secret,
}

impl TourStop {
    /// All, in the order in which they are proposed.
    pub const ALL: [Self; 6] =
        [Self::LogIn, Self::NextNeed, Self::Refresh, Self::Copy, Self::SignOut, Self::Timeline];
}

impl Tour {
    /// The person has done it, whether or not it was proposed.
    pub fn tick(&mut self, stop: TourStop) {
        if !self.passed.contains(&stop) {
            self.passed.push(stop);
        }
    }

    /// Leaves out what is proposed; at the end, closes the tour.
    pub fn skip(&mut self) {
        match self.next() {
            Some(stop) => self.tick(stop),
            None => self.is_closed = true,
        }
    }

    /// Whether there is anything to say.
    #[must_use]
    pub fn is_open(&self) -> bool {
        !self.is_closed
    }

    /// What is proposed.
    #[must_use]
    pub fn next(&self) -> Option<TourStop> {
        TourStop::ALL.into_iter().find(|stop| !self.passed.contains(stop))
    }

    /// The number of what is proposed, of all; it goes up only with another proposal.
    #[must_use]
    pub fn place(&self) -> Option<usize> {
        let next = self.next()?;
        TourStop::ALL.into_iter().position(|stop| stop == next).map(|index| index + 1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_done_is_not_proposed_and_the_rest_is_in_its_order() {
        let mut tour = Tour::default();
        tour.tick(TourStop::Refresh);
        tour.tick(TourStop::Refresh);
        assert_eq!((tour.next(), tour.place()), (Some(TourStop::LogIn), Some(1)));
        tour.tick(TourStop::LogIn);
        tour.tick(TourStop::NextNeed);
        assert_eq!((tour.next(), tour.place()), (Some(TourStop::Copy), Some(4)));
    }

    #[test]
    fn skipping_leads_through_all_and_then_closes_the_tour() {
        let mut tour = Tour::default();
        for stop in TourStop::ALL {
            assert_eq!(tour.next(), Some(stop));
            tour.skip();
        }
        assert!(tour.is_open() && tour.next().is_none());
        tour.skip();
        assert!(!tour.is_open());
    }
}
