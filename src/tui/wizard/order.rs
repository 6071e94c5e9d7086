//! Which page of the wizard comes next, and how each begins.

use crate::domain::name::ProfileName;
use crate::domain::provider::{Flow, Provider};
use crate::tui::field::{Field, Sight};
use crate::tui::model::Model;
use crate::tui::wizard::picker::Picker;
use crate::tui::wizard::{Doubt, Page, Purpose, Step, Wizard};

impl Wizard {
    /// The page that comes after `step`.
    pub(super) fn next(&self, step: Step) -> Step {
        let after = Step::ALL.into_iter().skip_while(|each| *each != step).skip(1);
        after.into_iter().find(|step| self.wants(*step)).unwrap_or(Step::Ready)
    }

    fn wants(&self, step: Step) -> bool {
        let drafting = self.draft.is_some() && self.provider.is_none();
        let provider = self.provider.as_deref();
        let logs_in = self.purpose != Purpose::Key;
        match step {
            Step::Provider => false,
            Step::Draft(_) | Step::Pkce | Step::Preview => drafting,
            Step::How => self.known.is_none() && provider.is_some_and(has_both),
            Step::Name => self.known.is_none() && !(self.draft.is_some() && self.name.is_some()),
            Step::Key => !logs_in,
            Step::ClientId => {
                let known = self.known.as_deref().is_some_and(|profile| profile.client_id.is_some());
                logs_in && !known && provider.is_some_and(|provider| provider.client.id.is_none())
            }
            Step::ClientSecret => {
                let stored = self.known.as_deref().is_some_and(|profile| profile.client_secret.is_some());
                let given = stored && self.doubt == Doubt::No || self.draft.is_some();
                let secret = provider.is_some_and(|provider| provider.client.authentication.has_secret());
                logs_in && secret && !given
            }
            Step::Scopes => match self.purpose {
                Purpose::Login => self.known.is_none() && provider.is_some_and(offers_scopes),
                Purpose::Scopes => true,
                Purpose::Key => false,
            },
            Step::Notice => logs_in && provider.is_some_and(|provider| provider.notice.is_some()),
            Step::Ready => true,
        }
    }

    /// A page of `step` on which nothing was typed.
    pub(super) fn fresh(&self, step: Step, model: Option<&Model>) -> Page {
        let empty = || Field::new("", Sight::Clear);
        let masked = || Field::new("", Sight::Masked);
        match step {
            Step::Provider => Page::Provider(0),
            Step::Draft(question) => Page::Draft(question, Page::field_of(question)),
            Step::Pkce => Page::Pkce(0),
            Step::Preview => Page::Preview(0),
            Step::How => Page::How(0),
            Step::Name => {
                let usual = if self.purpose == Purpose::Key { "key" } else { "default" };
                let provider = self.provider.as_deref().map_or("", |provider| provider.name.as_str());
                let free = ProfileName::new(provider, usual)
                    .is_ok_and(|name| model.is_none_or(|model| !model.has_profile(&name)));
                Page::Name(Field::new(if free { usual } else { "" }, Sight::Clear))
            }
            Step::Key => Page::Key(masked()),
            Step::ClientId => Page::ClientId(empty()),
            Step::ClientSecret => Page::ClientSecret(masked()),
            Step::Scopes => {
                let picker =
                    self.provider.as_deref().map(|provider| Picker::of(provider, self.known.as_deref()));
                picker.map_or(Page::Ready, |picker| Page::Scopes(Box::new(picker)))
            }
            Step::Notice => Page::Notice,
            Step::Ready => Page::Ready,
        }
    }
}

/// Whether there is something to choose among a provider's scopes.
pub(super) fn offers_scopes(provider: &Provider) -> bool {
    provider.scopes.list.is_some() || !provider.scopes.offered.is_empty()
}

fn has_both(provider: &Provider) -> bool {
    provider.flows.contains(&Flow::Key) && has_login(provider)
}

/// Whether one can log in at a provider, or only keep a key of it.
pub(super) fn has_login(provider: &Provider) -> bool {
    provider.flows.iter().any(|flow| *flow != Flow::Key)
}
