//! Status of a profile's grant as the event log tells it: under way, interrupted, outdated.

use std::collections::BTreeSet;

use crate::domain::clock::Now;
use crate::domain::event::{self, Event, GrantHistory};
use crate::domain::profile::Profile;
use crate::domain::provider::{Provider, Rotation};
use crate::domain::residual_validity::Moment;
use crate::domain::text;
use crate::domain::tokens::RefreshTokenId;

/// The longest name of a program that is shown, in characters.
const AUTHOR_LIMIT: usize = 200;

/// What is known, and the event that says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrantStatus<'a> {
    /// Somebody is asking with it.
    UnderWay(&'a Event),
    /// Whoever asked has gone, and nobody knows what the provider did.
    Interrupted(&'a Event),
    /// Whoever asked has gone, and somebody has refreshed the grant since.
    Survived(&'a Event),
    /// It was refreshed, and what is stored is the old pair again.
    Outdated(&'a Event),
}

impl<'a> GrantStatus<'a> {
    /// What `events`, oldest first, know of the grant of `profile`, whose provider is `provider` where
    /// that is known; `asking` are the grants for which somebody asks at this moment.
    #[must_use]
    pub fn of(
        events: &'a [Event],
        profile: &Profile,
        provider: Option<&Provider>,
        asking: &BTreeSet<RefreshTokenId>,
    ) -> Option<Self> {
        let grant = profile.refresh_token_id()?;
        // Such a token is not spent by asking.
        if provider.is_some_and(|provider| provider.rotation == Rotation::Reusable) {
            return None;
        }
        let is_meant = |event: &Event| event.profile.provider() == profile.id.name.provider();
        match event::grant_history(events, &grant) {
            GrantHistory::Interrupted(event) if is_meant(event) && asking.contains(&grant) => {
                return Some(Self::UnderWay(event));
            }
            GrantHistory::Interrupted(event) if is_meant(event) => return Some(Self::Interrupted(event)),
            GrantHistory::Spent { event, .. } if is_meant(event) => return Some(Self::Outdated(event)),
            GrantHistory::Plain | GrantHistory::Spent { .. } | GrantHistory::Interrupted(_) => {}
        }
        event::survived(events, &grant).filter(|event| is_meant(event)).map(Self::Survived)
    }

    /// What is known, without a full stop; `moment` writes a time as people read it.
    #[must_use]
    pub fn words(&self, now: Now, moment: Moment) -> String {
        let when = |event: &Event| {
            let by = text::clean(&event.by.to_string(), AUTHOR_LIMIT);
            (moment(event.at, now), by)
        };
        let refresh = |event| {
            let (at, by) = when(event);
            format!("the refresh of {at} by {by}")
        };
        match self {
            Self::UnderWay(event) => format!("{} is still running", refresh(event)),
            Self::Interrupted(event) => format!(
                "{} was interrupted between request and save, so the refresh token may already be used up",
                refresh(event)
            ),
            Self::Survived(event) => {
                format!("{} was interrupted; the next one got new tokens anyway", refresh(event))
            }
            Self::Outdated(event) => {
                let (at, by) = when(event);
                format!("these are older tokens: they were refreshed on {at} by {by}")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::domain::event::GrantEvent;
    use crate::domain::fixtures::{event, profile};
    use crate::domain::name::ProfileName;

    use crate::stored::provider_file;

    #[test]
    fn a_token_that_stays_good_is_never_called_spent() {
        let profile = profile("acme/ana");
        let grant = profile.refresh_token_id().expect("a grant");
        let asked = |grant: &RefreshTokenId| event(GrantEvent::RefreshStarted { grant: grant.clone() });
        let refreshed = |grant: &RefreshTokenId, next: &RefreshTokenId| {
            event(GrantEvent::Refreshed { grant: grant.clone(), next: next.clone(), generation: 2 })
        };
        let provider = |rotation: &str| {
            let text = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n\
                        client: { id: c }\n";
            provider_file::load("acme", &format!("{text}refresh: {{ rotation: {rotation} }}\n"))
                .expect("a provider")
        };
        let (once, often) = (provider("single_use"), provider("reusable"));
        let (asking, nobody) = (BTreeSet::from([grant.clone()]), BTreeSet::new());
        let old = RefreshTokenId::from("old");
        let interrupted = [asked(&grant)];
        let outdated = [refreshed(&grant, &"next".into())];
        let survived = [asked(&old), asked(&old), refreshed(&old, &grant)];
        let foreign = [Event { profile: ProfileName::parse("other/ana").expect("a name"), ..asked(&grant) }];
        for (events, asking, known) in [
            (&interrupted[..], &nobody, Some(GrantStatus::Interrupted(&interrupted[0]))),
            (&interrupted, &asking, Some(GrantStatus::UnderWay(&interrupted[0]))),
            (&outdated, &nobody, Some(GrantStatus::Outdated(&outdated[0]))),
            (&survived, &nobody, Some(GrantStatus::Survived(&survived[0]))),
            (&foreign, &nobody, None),
            (&[], &nobody, None),
        ] {
            assert_eq!(GrantStatus::of(events, &profile, Some(&once), asking), known);
            assert_eq!(GrantStatus::of(events, &profile, None, asking), known);
            assert_eq!(GrantStatus::of(events, &profile, Some(&often), asking), None);
        }
    }
}
