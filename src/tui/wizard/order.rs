//! Which page of the wizard comes next, and how each begins.

use crate::domain::provider::{Flow, Provider};
use crate::oauth::login::needs::{Needs, Question};
use crate::tui::field::{Field, Sight};
use crate::tui::wizard::page::DESCRIBING;
use crate::tui::wizard::picker::Picker;
use crate::tui::wizard::{Page, Step, Wizard, WizardContext};

impl Wizard {
    /// The page that comes after `step`.
    pub(super) fn next(&self, step: Step) -> Step {
        let Some(needs) = &self.needs else {
            let at = DESCRIBING.iter().position(|each| *each == step).map_or(0, |at| at + 1);
            return DESCRIBING.get(at).copied().unwrap_or(Step::Preview);
        };
        match step {
            Step::Provider | Step::Preview if has_both(needs.provider()) => Step::How,
            Step::Provider
            | Step::Draft(_)
            | Step::Pkce
            | Step::Preview
            | Step::How
            | Step::Asked(_)
            | Step::Ready => needs.next().map_or(Step::Ready, Step::Asked),
        }
    }

    /// A page of `step` on which nothing was typed.
    pub(super) fn fresh(&self, step: Step, context: WizardContext<'_>) -> Page {
        match step {
            Step::Provider => Page::Provider(0),
            Step::Draft(question) => Page::Draft(question, Page::field_of(question)),
            Step::Pkce => Page::Pkce(0),
            Step::Preview => Page::Preview(0),
            Step::How => Page::How(0),
            Step::Asked(question) => {
                self.needs.as_ref().map_or(Page::Ready, |needs| asked(needs, question, context))
            }
            Step::Ready => Page::Ready,
        }
    }
}

fn asked(needs: &Needs, question: Question, context: WizardContext<'_>) -> Page {
    let field = |text: &str| Field::new(text, Sight::Clear);
    let masked = || Field::new("", Sight::Masked);
    match question {
        Question::Name => {
            let usual = context.own.and_then(|snapshot| needs.usual_name(snapshot));
            Page::Name(field(usual.as_ref().map_or("", |name| name.name())))
        }
        Question::ClientId => Page::ClientId(field("")),
        Question::ClientSecret => Page::ClientSecret(masked()),
        Question::Scopes => Page::Scopes(Box::new(Picker::of(needs.provider(), needs.known()))),
        Question::Notice | Question::Replace => Page::Notice,
        Question::Key => Page::Key(masked()),
    }
}

fn has_both(provider: &Provider) -> bool {
    provider.flows.contains(&Flow::Key) && has_login(provider)
}

/// Whether one can log in at a provider, or only keep a key of it.
pub(super) fn has_login(provider: &Provider) -> bool {
    provider.flows.iter().any(|flow| *flow != Flow::Key)
}
