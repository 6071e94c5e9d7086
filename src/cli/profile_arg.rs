//! Profile argument: which profile a word of the command line means.
//!
//! A whole name, `provider/name`, always means that one. Less than that means the default of a provider,
//! its only profile, the only profile of a name, or what fits a provider's beginning.

pub(super) mod choice;

use std::collections::BTreeSet;
use std::sync::Arc;

use url::Url;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::passphrase::{self, Wanted};
use crate::cli::profile_arg::choice::{Choice, ChosenBy};
use crate::cli::redact;
use crate::domain::change::{Row, Snapshot};
use crate::domain::name::{self, NameError, ProfileId, ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::domain::provider::Provider;
use crate::domain::provider::catalog::Catalog;
use crate::domain::provider::endpoint::{self, EndpointError};
use crate::domain::text;
use crate::shell::{Services, discovery};

/// The longest sentence about a provider that is printed, in characters.
const SENTENCE_LIMIT: usize = 2000;

/// Where to look for the names of profiles.
pub(super) const LIST_HINT: &str = "authtui list shows what is there";

/// What is meant by `named`: itself, or what `AUTHTUI_PROFILE` or a rule says where it is nothing, or a
/// provider alone.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn here(services: &Services, named: Option<&str>) -> Result<Meant, Exit> {
    let Some(text) = named else { return choice::here(services).map(Meant::from) };
    let choice = match name::provider_part(text) {
        Ok(()) => choice::of_provider(services, text)?,
        Err(_) => None,
    };
    Ok(choice.map_or_else(|| Meant { name: text.to_owned(), by: None }, Meant::from))
}

/// The profile that is [meant here](here), read as little as it takes.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn find_here(services: &Services, named: Option<&str>) -> Result<Arc<Profile>, Exit> {
    let meant = here(services, named)?;
    find_profile(services, &meant.name).map_err(|exit| meant.explain(services, exit))
}

/// A name, and what chose it where the command line did not.
#[derive(Debug)]
pub(super) struct Meant {
    pub(super) name: String,
    pub(super) by: Option<ChosenBy>,
}

impl From<Choice> for Meant {
    fn from(Choice { name, by }: Choice) -> Self {
        Self { name, by: Some(by) }
    }
}

impl Meant {
    /// Says what chose a profile that cannot be used.
    pub(super) fn explain(&self, services: &Services, exit: Exit) -> Exit {
        if let Some(by) = &self.by {
            // What stands in a variable may be a secret that was meant for another one.
            let name = redact::word(Some(&services.catalog_now()), &self.name);
            say(&format!("{name} was chosen by {by}."));
        }
        exit
    }
}

/// The profile that `text` means, and its store. `provider/name` is one; a word alone is the default of
/// the provider of that name, else the only profile there, else the only profile of that name anywhere.
/// A provider that is not there may be the beginning of one that is. Our own store wins a name;
/// `STORE:provider/name` means one of another, and is asked for where two others hold it.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn find(services: &Services, text: &str) -> Result<(Snapshot, Profile), Exit> {
    let (wanted, text) = StoreId::split(text);
    let name = meant(services, wanted, text)?;
    if let Some(found) = look(services, wanted, &name)? {
        return Ok(found);
    }
    if let Some(begun) = begun_by(services, wanted, name.provider(), Some(name.name()))?
        && let Some(found) = look(services, wanted, &begun)?
    {
        return Ok(found);
    }
    let there = names(services, wanted);
    let near: Vec<String> =
        there.iter().filter(|other| other.provider() == name.provider()).map(ToString::to_string).collect();
    let hint = match near.is_empty() {
        true => LIST_HINT.to_owned(),
        false => format!("{} has {}", name.provider(), near.join(", ")),
    };
    Err(no_profile(&services.catalog_now(), &name.to_string(), &hint))
}

/// The profile of that whole name, and its store; nothing where there is none.
///
/// # Errors
/// The number to end with where it cannot be used, once that was said.
fn look(
    services: &Services,
    wanted: Option<StoreId>,
    name: &ProfileName,
) -> Result<Option<(Snapshot, Profile)>, Exit> {
    for store in StoreId::ALL.into_iter().filter(|id| wanted.is_none_or(|wanted| wanted == *id)) {
        let snapshot = passphrase::read(services, store, Wanted::Profile(name));
        let found = snapshot.profile(name).cloned();
        for notice in &snapshot.notices {
            say(&notice.to_string());
        }
        if let Some(profile) = found {
            let others = if wanted.is_none() { others(services, &profile.id) } else { Vec::new() };
            if !others.is_empty() {
                let all = std::iter::once(&profile.id).chain(&others).map(ProfileId::exact);
                return Err(ambiguous(&name.to_string(), &all.collect::<Vec<_>>()));
            }
            return Ok(Some((snapshot, profile)));
        }
        if let (Some(_), Err(trouble)) = (snapshot.passphrase, &snapshot.writable) {
            say(&trouble.to_string());
            return Err(Exit::Failure);
        }
        if let Some(why) = unreadable(&snapshot, name) {
            let remedy = match store.may_be_written() {
                true => format!("Correct it in {}", snapshot.place),
                false if store == StoreId::Borrowed => "authtui only reads it".to_owned(),
                false => "Set it again, or unset it".to_owned(),
            };
            say(&format!("{name} cannot be used: {why}. {remedy}."));
            return Err(Exit::Failure);
        }
        if let (true, Err(trouble)) = (store.may_be_written(), &snapshot.writable) {
            say(&trouble.to_string());
            return Err(Exit::Failure);
        }
    }
    Ok(None)
}

/// The same without the store: nothing is read but that one entry where `text` names it wholly.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn find_profile(services: &Services, text: &str) -> Result<Arc<Profile>, Exit> {
    let (store, name) = StoreId::split(text);
    let name = name.split_once('/').and_then(|(provider, name)| ProfileName::new(provider, name).ok());
    let found = name.and_then(|name| services.read_one(store.unwrap_or(StoreId::Own), &name));
    found.map_or_else(|| find(services, text).map(|(_, profile)| Arc::new(profile)), Ok)
}

/// The address that `text` is, where it looks like one and names no provider or profile that is there.
///
/// # Errors
/// An [`EndpointError`] when it is an address that cannot be used.
pub(super) fn address(services: &Services, text: &str) -> Option<Result<Url, EndpointError>> {
    let address = endpoint::typed(text)?;
    let names_one = || {
        let provider = text.split('/').next().unwrap_or(text);
        let snapshots = StoreId::ALL.map(|store| services.read_now(store));
        services.catalog_now().entry(provider).is_some()
            || snapshots.iter().flat_map(Snapshot::profiles).any(|one| one.id.name.provider() == provider)
    };
    (text.contains("://") || !names_one()).then_some(address)
}

/// Whether `text` names the profile itself, and is no shorter word that means it.
pub(super) fn is_exact(text: &str, name: &ProfileName) -> bool {
    ProfileName::parse(StoreId::split(text).1).is_ok_and(|parsed| parsed == *name)
}

/// The name that a word means, among all that are there.
fn meant(services: &Services, store: Option<StoreId>, text: &str) -> Result<ProfileName, Exit> {
    let addressed = match address(services, text) {
        Some(Ok(address)) => Some(of_address(services, &address)?),
        Some(Err(_)) => return Err(no_profile(&services.catalog_now(), text, LIST_HINT)),
        None => None,
    };
    let (named, text) = StoreId::split(addressed.as_deref().unwrap_or(text));
    let store = store.or(named);
    if text.contains('/') {
        return parse(text);
    }
    let names = names(services, store);
    let parsed = ProfileName::parse(text);
    if let Ok(default) = &parsed
        && names.contains(default)
    {
        return Ok(default.clone());
    }
    let called = |part: fn(&ProfileName) -> &str| -> Vec<&ProfileName> {
        names.iter().filter(|name| part(name) == text).collect()
    };
    let there = called(ProfileName::provider);
    let found = if there.is_empty() { called(ProfileName::name) } else { there };
    match found[..] {
        [one] => Ok(one.clone()),
        [] => {
            // What can be no name at all is told by the rule that it breaks.
            parse(text)?;
            if let Some(begun) = begun_by(services, store, text, None)? {
                return Ok(begun);
            }
            all_read(services, store)?;
            Err(no_profile(&services.catalog_now(), text, LIST_HINT))
        }
        _ => {
            let all: Vec<String> = found.iter().map(ToString::to_string).collect();
            Err(ambiguous(&redact::word(Some(&services.catalog_now()), text), &all))
        }
    }
}

/// Says which store cannot be read, so that nobody takes a profile in it for one that is not there.
///
/// # Errors
/// The number to end with then.
fn all_read(services: &Services, store: Option<StoreId>) -> Result<(), Exit> {
    let mut stores = StoreId::written().filter(|id| store.is_none_or(|store| store == *id));
    let unread = stores.find_map(|store| {
        let snapshot = services.read_now(store);
        snapshot.writable.err().filter(|_| snapshot.rows.is_empty())
    });
    unread.map_or(Ok(()), |trouble| {
        say(&trouble.to_string());
        Err(Exit::Failure)
    })
}

/// Every name that is there, also of entries that cannot be understood.
fn names(services: &Services, store: Option<StoreId>) -> BTreeSet<ProfileName> {
    let stores = StoreId::ALL.into_iter().filter(|id| store.is_none_or(|store| store == *id));
    let stores: Vec<Snapshot> = stores.map(|store| services.read_now(store)).collect();
    let names = stores.iter().flat_map(|snapshot| &*snapshot.rows).filter_map(|row| match row {
        Row::Profile(profile) => Some(profile.id.name.clone()),
        Row::Broken(broken) => ProfileName::parse(&broken.name).ok(),
    });
    names.collect()
}

/// The profile, called `name` where that is said, of the providers that begin with `beginning`; nothing where
/// that is a provider itself.
///
/// # Errors
/// The number to end with where several fit, once that was said.
fn begun_by(
    services: &Services,
    store: Option<StoreId>,
    beginning: &str,
    name: Option<&str>,
) -> Result<Option<ProfileName>, Exit> {
    let names = names(services, store);
    if services.catalog_now().entry(beginning).is_some()
        || names.iter().any(|one| one.provider() == beginning)
    {
        return Ok(None);
    }
    let fits = |one: &&ProfileName| {
        one.provider().starts_with(beginning) && name.is_none_or(|name| one.name() == name)
    };
    let found: Vec<&ProfileName> = names.iter().filter(fits).collect();
    match found[..] {
        [] => Ok(None),
        [one] => Ok(Some(one.clone())),
        _ => {
            let word = name.map_or_else(|| beginning.to_owned(), |name| format!("{beginning}/{name}"));
            let all: Vec<String> = found.iter().map(ToString::to_string).collect();
            Err(ambiguous(&redact::word(Some(&services.catalog_now()), &word), &all))
        }
    }
}

/// The profiles of that name that a bare name may mean as well. What our own store holds is meant always, and
/// a keyring is not asked for this.
fn others(services: &Services, id: &ProfileId) -> Vec<ProfileId> {
    let files = [StoreId::Shared, StoreId::Hashed].into_iter();
    let others =
        files.filter(|store| id.store != StoreId::Own && id.store.may_be_written() && *store != id.store);
    let holders = others.filter(|store| services.read_now(*store).is_taken(&id.name));
    holders.map(|store| ProfileId { store, name: id.name.clone() }).collect()
}

fn ambiguous(word: &str, all: &[String]) -> Exit {
    say(&format!("{word} may mean {}. Write one of them.", all.join(", ")));
    Exit::NotFound
}

/// The profile for an address as a command takes it: what a rule says, else the provider that was found for it.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn of_address(services: &Services, address: &Url) -> Result<String, Exit> {
    if let Some(choice) = choice::of_address(services, address)? {
        return Ok(choice.name);
    }
    let known = discovery::known(services).into_iter().find(|known| known.is_at(address));
    known.map(|known| known.provider).ok_or_else(|| no_profile_for(services, address))
}

/// Says that there is no profile for `address`.
pub(super) fn no_profile_for(services: &Services, address: &Url) -> Exit {
    let next = "authtui login with that address finds out how to log in there";
    no_profile(&services.catalog_now(), address.as_str(), next)
}

/// What is wrong with the entry of that name, if it cannot be understood.
pub(super) fn unreadable(snapshot: &Snapshot, name: &ProfileName) -> Option<String> {
    let text = name.exact();
    snapshot.rows.iter().find_map(|row| match row {
        Row::Broken(broken) if broken.name == text => Some(format!("{}: {}", broken.at, broken.why)),
        Row::Broken(_) | Row::Profile(_) => None,
    })
}

/// Reads a profile's name.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn parse(text: &str) -> Result<ProfileName, Exit> {
    ProfileName::parse(text).map_err(|bad| {
        let bad = NameError { text: redact::word(None, &bad.text), ..bad };
        say(&format!("{bad}."));
        Exit::Usage
    })
}

/// The provider of `profile`, if there is one; no other file is read.
///
/// # Errors
/// The number to end with where its file cannot be understood, once that was said.
pub(super) fn provider(services: &Services, profile: &Profile) -> Result<Option<Provider>, Exit> {
    let name = profile.id.name.provider();
    let catalog = services.some_providers(|each, _| each == name);
    match catalog.error(name) {
        Some(_) => Err(no_provider(&catalog, name, "")),
        None => Ok(catalog.get(name).cloned()),
    }
}

/// Says that there is no profile called `name`, and what there is instead.
pub(super) fn no_profile(catalog: &Catalog, name: &str, instead: &str) -> Exit {
    say(&format!("there is no profile {}; {instead}.", redact::word(Some(catalog), name)));
    Exit::NotFound
}

/// Says why there is no provider called `name`: what is wrong with its file, else `known`, what
/// there is instead.
pub(super) fn no_provider(catalog: &Catalog, name: &str, known: &str) -> Exit {
    let complaint = catalog.error(&text::clean(name, 64));
    let name = redact::word(Some(catalog), name);
    let words = match complaint {
        Some(complaint) => format!("the provider {name} cannot be used: {complaint}"),
        None => format!("there is no provider {name}. {known}"),
    };
    say(&text::clean(&words, SENTENCE_LIMIT));
    Exit::NotFound
}
