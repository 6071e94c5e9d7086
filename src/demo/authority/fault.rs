//! What goes wrong next: a list of mishaps, each waiting for requests to its path.

use std::collections::VecDeque;
use std::time::Duration;

use crate::demo::authority::exchange::Answer;

/// What happens to a request in place of the ordinary.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mishap {
    /// This answer comes instead; the request changes nothing.
    Instead(Answer),
    /// The request does what it does, and its answer comes late.
    Late(Duration),
    /// The request does what it does, and its answer never comes.
    LostAnswer,
    /// The request changes nothing and is never answered.
    LostRequest,
}

/// A mishap for the next requests to one path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The path it waits for.
    pub path: String,
    /// How many more requests it meets.
    pub times: u32,
    /// What it does to them.
    pub mishap: Mishap,
}

/// The faults that are still to come, in the order they were planned.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Faults(VecDeque<Fault>);

impl Faults {
    /// Plans `mishap` for the next `times` requests to `path`, after what is planned already.
    pub fn plan(&mut self, path: &str, times: u32, mishap: Mishap) {
        self.0.push_back(Fault { path: path.to_owned(), times, mishap });
    }

    /// Forgets everything planned.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// The mishap of a request to `path` that is here now, which is one time less to come.
    pub fn strike(&mut self, path: &str) -> Option<Mishap> {
        self.0.retain(|fault| fault.times > 0);
        let fault = self.0.iter_mut().find(|fault| fault.path == path)?;
        fault.times -= 1;
        Some(fault.mishap.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_meets_its_path_as_often_as_planned() {
        let mut faults = Faults::default();
        faults.plan("/token", 2, Mishap::LostAnswer);
        faults.plan("/token", 1, Mishap::LostRequest);
        faults.plan("/never", 0, Mishap::LostRequest);

        assert_eq!(faults.strike("/other"), None);
        assert_eq!(faults.strike("/never"), None);
        assert_eq!(faults.strike("/token"), Some(Mishap::LostAnswer));
        assert_eq!(faults.strike("/token"), Some(Mishap::LostAnswer));
        assert_eq!(faults.strike("/token"), Some(Mishap::LostRequest));
        assert_eq!(faults.strike("/token"), None);
    }
}
