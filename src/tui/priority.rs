//! Priority of a profile: whether a program that looks for a credential would take it, in a few words.

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::StoreId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::environment::CredentialSource;
use crate::domain::resolve::{Candidate, Lookup, Resolution, Sources, resolve};
use crate::tui::model::Model;

/// What a program that looks in the usual order takes, as seen from `profile`: `2nd, after ACME_KEY`.
/// Nothing where the provider's file tells of no program and no variable, or while the environment is
/// not read yet.
#[must_use]
pub fn words(model: &Model, profile: &Profile, now: DateTime<Utc>) -> Option<String> {
    let provider = model.provider(profile)?;
    if provider.environment.is_empty() && provider.orders.is_empty() {
        return None;
    }
    model.stores.get(&StoreId::Environment)?;
    let order = provider.usual_order();
    let (source, what) = match profile.kind {
        Kind::Environment => (CredentialSource::Variable(profile.id.name.name().to_owned()), "this variable"),
        Kind::OAuth => (CredentialSource::Login, "logins"),
        Kind::ApiKey => (CredentialSource::Key, "stored keys"),
    };
    if !order.sources.contains(&source) {
        return Some(format!("never used: programs ignore {what}"));
    }
    let stores: Vec<&Snapshot> = model.stores.values().collect();
    let chain = resolve(provider, &order, Sources { stores: &stores, empty: &[] }, None, now);
    Some(seen(&chain, &source, profile))
}

fn seen(chain: &Resolution<'_>, source: &CredentialSource, profile: &Profile) -> String {
    let is_this =
        |candidate: &Candidate<'_>| candidate.found.profile().is_some_and(|found| found.id == profile.id);
    let Some(taken) = chain.taken() else { return "nothing usable".to_owned() };
    if is_this(taken) {
        return match taken.found {
            Lookup::Expired(_) => "1st, after a refresh",
            Lookup::NeedsLogin(_) => "1st, but it has expired",
            Lookup::Good(_)
            | Lookup::Value(_)
            | Lookup::Erased(_)
            | Lookup::NotSet
            | Lookup::Empty
            | Lookup::Unusable(_)
            | Lookup::NotStored => "1st",
        }
        .to_owned();
    }
    let before = chain.candidates.iter().take_while(|candidate| candidate.source != *source);
    match before.filter(|candidate| candidate.found.ends_the_search()).count() {
        // Another one of the same kind is taken.
        0 => format!("after {}", taken.label()),
        count => format!("{}, after {}", ordinal(count + 1), taken.label()),
    }
}

fn ordinal(number: usize) -> String {
    match number {
        2 => "2nd".to_owned(),
        3 => "3rd".to_owned(),
        number => format!("{number}th"),
    }
}
