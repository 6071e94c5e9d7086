//! Use of a profile: whether a program that needs a credential would take it, in a few words.

use crate::domain::change::Snapshot;
use crate::domain::clock::{DateTime, Utc};
use crate::domain::name::StoreId;
use crate::domain::profile::{Kind, Profile};
use crate::domain::provider::Provider;
use crate::domain::provider::environment::{CredentialSource, LookupOrder};
use crate::domain::resolve::{Candidate, Lookup, Resolution, Sources, resolve};
use crate::tui::model::Model;
use crate::tui::text_layout;

/// The longest name of a program, in columns.
const PROGRAM_WIDTH: u16 = 20;

/// What a program that looks in the usual order takes, as seen from `profile`. Nothing where the provider's file tells
/// of no program and no variable, or while the environment is not read yet.
#[must_use]
pub fn words(model: &Model, profile: &Profile, now: DateTime<Utc>) -> Option<String> {
    let provider = model.provider(profile)?;
    if provider.environment.is_empty() && provider.orders.is_empty() {
        return None;
    }
    model.stores.get(&StoreId::Environment)?;
    let order = provider.usual_order();
    let stores: Vec<&Snapshot> = model.stores.values().collect();
    let chain = resolve(provider, &order, Sources { stores: &stores, empty: &[] }, None, now);
    // What is said of the program may be a whole clause.
    let by = match order.program_name() {
        "" => "programs: ".to_owned(),
        program => format!("{}: ", text_layout::cut(&text_layout::safe(program), PROGRAM_WIDTH)),
    };
    Some(by + &seen(provider, &order, &chain, profile))
}

fn seen(provider: &Provider, order: &LookupOrder, chain: &Resolution<'_>, profile: &Profile) -> String {
    let (source, what) = match profile.kind {
        Kind::Environment => (CredentialSource::Variable(profile.id.name.name().to_owned()), "this variable"),
        Kind::OAuth => (CredentialSource::Login, "logins"),
        Kind::ApiKey => (CredentialSource::Key, "stored keys"),
    };
    if !order.sources.contains(&source) {
        return format!("never (it ignores {what})");
    }
    match chain.taken() {
        None => "nothing usable".to_owned(),
        Some(candidate) if candidate.found.profile().is_some_and(|taken| taken.id == profile.id) => {
            this_one(provider, candidate, profile)
        }
        Some(candidate) => format!("after {}", candidate.label()),
    }
}

fn this_one(provider: &Provider, candidate: &Candidate<'_>, profile: &Profile) -> String {
    match candidate.found {
        Lookup::Expired(_) => "this one, after a refresh".to_owned(),
        Lookup::NeedsLogin(_) => "this one, but it has expired".to_owned(),
        Lookup::Good(_)
        | Lookup::Value(_)
        | Lookup::Erased(_)
        | Lookup::NotSet
        | Lookup::Empty
        | Lookup::Unusable(_)
        | Lookup::NotStored => {
            let header = profile.header(provider).unwrap_or("Authorization: Bearer");
            format!("this one ({header})")
        }
    }
}
