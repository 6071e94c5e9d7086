//! Whether a login may begin.

use crate::domain::profile::{Kind, Profile};
use crate::oauth::login::preflight::{Preflight, PreflightGoal};
use crate::tui::availability::Unavailable;
use crate::tui::model::Model;

/// Whether any login may begin.
pub(super) fn may_begin(model: &Model) -> Result<(), Unavailable> {
    let refuse = |why: &str| Err(Unavailable::because(why).warn());
    if model.login.as_ref().is_some_and(|login| login.is_settling() || login.unsaved().is_some()) {
        return refuse("The tokens of the last login are not saved yet");
    }
    match model.own().map(|snapshot| &snapshot.writable) {
        None => Err(Unavailable::because("The file is still loading").warn().passing()),
        Some(Err(trouble)) => refuse(&format!("New tokens could not be saved here. {trouble}")),
        Some(Ok(())) => Ok(()),
    }
}

/// Whether a login may begin for what another program keeps.
pub(in crate::tui) fn of_borrowed(model: &Model, profile: &Profile) -> Result<(), Unavailable> {
    let reads_only = profile.owner.as_ref().map(|owner| owner.reads_only()).unwrap_or_default();
    if profile.kind == Kind::ApiKey {
        return Err(Unavailable::because(reads_only));
    }
    may_begin(model)?;
    let has_address = profile.owner.as_ref().is_some_and(|owner| owner.address.is_some());
    if has_address || model.provider(profile).is_some() {
        return Ok(());
    }
    let remedy = format!("There is no provider file for {} to log in with.", profile.id.name.provider());
    Err(Unavailable::because(reads_only).remedy(remedy))
}

/// Whether a login to a stored profile may begin.
pub(super) fn of_profile(model: &Model, profile: &Profile, goal: PreflightGoal) -> Result<(), Unavailable> {
    may_begin(model)?;
    if profile.kind == Kind::ApiKey && goal == PreflightGoal::Scopes {
        let about = format!("{} is an API key", profile.id.name);
        return Err(Unavailable::new(about, "it has no scopes"));
    }
    let name = profile.id.name.provider();
    let unavailable = match model.provider(profile) {
        None => match model.catalog.error(name) {
            Some(complaint) => {
                Unavailable::because(format!("The provider {name} cannot be used")).remedy(complaint)
            }
            None => Unavailable::because(format!("There is no provider file for {name}"))
                .remedy(format!("Add providers/{name}.yaml; authtui providers shows where.")),
        },
        Some(provider) if provider.example => {
            let remedy = model.catalog.example_remedy(name).unwrap_or_default();
            Unavailable::because(format!("{name} is only an example")).remedy(format!("Next: {remedy}."))
        }
        Some(_) => {
            let goal = if profile.kind == Kind::ApiKey { PreflightGoal::Key } else { goal };
            match Preflight::check_kind(profile, goal) {
                Ok(()) => return Ok(()),
                Err(why) => Unavailable::because(why),
            }
        }
    };
    Err(unavailable.warn())
}
