//! Steps of a login, numbered, as people follow them.

use std::time::Duration;

use crate::domain::clock::Steady;

/// One step of a login.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum LoginStep {
    /// Start the callback listener.
    Listen,
    /// Build the authorization URL.
    Build,
    /// Get a device code.
    Device,
    /// Open the browser.
    Open,
    /// Wait for the answer.
    Wait,
    /// Exchange the code.
    Exchange,
    /// Save the tokens.
    Save,
    /// Test the token.
    Test,
}

impl LoginStep {
    /// The steps in their order.
    pub const ALL: [Self; 8] = [
        Self::Listen,
        Self::Build,
        Self::Device,
        Self::Open,
        Self::Wait,
        Self::Exchange,
        Self::Save,
        Self::Test,
    ];

    /// What people call it.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Listen => "Start callback listener",
            Self::Build => "Build authorization URL",
            Self::Device => "Get a device code",
            Self::Open => "Open browser",
            Self::Wait => "Wait for authorization",
            Self::Exchange => "Exchange code",
            Self::Save => "Save",
            Self::Test => "Test token",
        }
    }
}

/// How far a step has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StepState {
    /// It is still to come.
    Todo,
    /// It is going on since then.
    Now(Steady),
    /// It is done and took so long.
    Done(Duration),
    /// It was not needed.
    Skipped,
    /// It did not work and took so long.
    Failed(Duration),
}

/// The steps of one login. Which ones it has is settled when it begins, so that the place of
/// each in the list is its number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoginSteps(Vec<(LoginStep, StepState, String)>);

impl LoginSteps {
    /// These steps, all still to come.
    #[must_use]
    pub fn of(steps: impl IntoIterator<Item = LoginStep>) -> Self {
        Self(steps.into_iter().map(|step| (step, StepState::Todo, String::new())).collect())
    }

    /// Each step with its mark and what is to be said of it.
    pub fn iter(&self) -> impl Iterator<Item = (LoginStep, StepState, &str)> {
        self.0.iter().map(|(step, mark, note)| (*step, *mark, note.as_str()))
    }

    /// How far `step` has come; what the login does not have is still to come.
    #[must_use]
    pub fn mark(&self, step: LoginStep) -> StepState {
        self.0.iter().find(|(each, ..)| *each == step).map_or(StepState::Todo, |(_, mark, _)| *mark)
    }

    /// What is to be said of `step`.
    #[must_use]
    pub fn note(&self, step: LoginStep) -> &str {
        self.iter().find(|(each, ..)| *each == step).map_or("", |(_, _, note)| note)
    }

    /// `step` begins, for the first time or again.
    pub(super) fn begin(&mut self, step: LoginStep, note: impl Into<String>, now: Steady) {
        self.set(step, StepState::Now(now), note.into());
    }

    /// `step` is done.
    pub(super) fn done(&mut self, step: LoginStep, note: impl Into<String>, now: Steady) {
        let taken = self.taken(step, now);
        self.set(step, StepState::Done(taken), note.into());
    }

    /// `step` did not work.
    pub(super) fn failed(&mut self, step: LoginStep, note: impl Into<String>, now: Steady) {
        let taken = self.taken(step, now);
        self.set(step, StepState::Failed(taken), note.into());
    }

    /// `step` is not needed.
    pub(super) fn skip(&mut self, step: LoginStep, note: impl Into<String>) {
        self.set(step, StepState::Skipped, note.into());
    }

    /// `step` is to come again.
    pub(super) fn reset(&mut self, step: LoginStep) {
        self.set(step, StepState::Todo, String::new());
    }

    fn taken(&self, step: LoginStep, now: Steady) -> Duration {
        match self.mark(step) {
            StepState::Now(since) => since.until(now),
            StepState::Todo | StepState::Done(_) | StepState::Skipped | StepState::Failed(_) => {
                Duration::ZERO
            }
        }
    }

    fn set(&mut self, step: LoginStep, mark: StepState, note: String) {
        if let Some(entry) = self.0.iter_mut().find(|(each, ..)| *each == step) {
            *entry = (step, mark, note);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_step_says_how_long_it_took() {
        let mut steps = LoginSteps::of(LoginStep::ALL);
        let at = |millis| Steady(Duration::from_millis(millis));
        steps.begin(LoginStep::Wait, "", at(100));
        assert_eq!(steps.mark(LoginStep::Wait), StepState::Now(at(100)));
        steps.done(LoginStep::Wait, "", at(350));
        assert_eq!(steps.mark(LoginStep::Wait), StepState::Done(Duration::from_millis(250)));
    }

    #[test]
    fn a_step_that_the_login_does_not_have_is_never_listed() {
        let mut steps = LoginSteps::of([LoginStep::Open, LoginStep::Wait]);
        steps.skip(LoginStep::Listen, "not needed");
        steps.begin(LoginStep::Wait, "", Steady::default());
        let listed: Vec<_> = steps.iter().map(|(step, ..)| step).collect();
        assert_eq!(listed, [LoginStep::Open, LoginStep::Wait]);
        assert_eq!((steps.mark(LoginStep::Listen), steps.note(LoginStep::Listen)), (StepState::Todo, ""));
    }
}
