//! Availability of a profile to act on: whether one is selected, and whether its store would be written.

use crate::domain::change::{Row, Where};
use crate::domain::profile::{Kind, Profile};
use crate::tui::availability::{Unavailable, no_profiles};
use crate::tui::message::Action;
use crate::tui::model::{Model, RowId};

/// The selected profile.
pub(super) fn selected(model: &Model) -> Result<&Profile, Unavailable> {
    if let Some(profile) = model.selected_profile() {
        return Ok(profile);
    }
    Err(match &model.selected {
        Some(RowId::Broken(_, Where::Variable { name, .. })) => {
            let why = format!("The value of {name} cannot be used");
            Unavailable::because(why).remedy("Set it again or unset it in your shell.").warn()
        }
        Some(RowId::Broken(_, Where::Borrowed { file, .. })) => {
            let why = format!("{file} cannot be understood");
            Unavailable::because(why).remedy("Its program may write it again.").warn()
        }
        Some(RowId::Broken(_, Where::File(_))) => {
            Unavailable::because("authtui does not understand this file")
                .remedy("Delete it if you do not need it.")
                .warn()
        }
        Some(RowId::Broken(store, at @ Where::Line(line))) => {
            let rows = model.stores.get(store).map_or(&[][..], |snapshot| &*snapshot.rows);
            let why = rows.iter().find_map(|row| match row {
                Row::Broken(broken) if broken.at == *at => Some(broken.why.as_str()),
                Row::Broken(_) | Row::Profile(_) => None,
            });
            let why = why.unwrap_or("it is not valid");
            Unavailable::new(format!("Line {line}"), why)
                .remedy(format!("{} opens it in your editor.", model.keys.key(Action::Edit)))
                .warn()
        }
        Some(RowId::Broken(_, Where::Vault { name, .. })) => {
            Unavailable::because(format!("{name} is locked"))
                .remedy(format!("{} unlocks it.", model.keys.key(Action::Unlock)))
                .warn()
        }
        Some(RowId::Profile(id)) => {
            Unavailable::because(format!("{} is hidden while its file cannot be read", id.name)).passing()
        }
        None if !model.filter.is_empty() => Unavailable::because("The filter hides every profile")
            .remedy(format!("{} clears it.", model.keys.key(Action::Back))),
        None => no_profiles(model),
    })
}

/// The selected profile where its store would be written; a variable of the environment is not, and
/// `instead` says what does not happen.
pub(super) fn stored<'a>(model: &'a Model, instead: &str) -> Result<&'a Profile, Unavailable> {
    written(selected(model)?, instead)
}

pub(super) fn written<'a>(profile: &'a Profile, instead: &str) -> Result<&'a Profile, Unavailable> {
    ours(profile)?;
    match profile.kind {
        Kind::OAuth | Kind::ApiKey => Ok(profile),
        Kind::Environment => {
            let about = format!("{} is an environment variable", profile.id.name.name());
            Err(Unavailable::new(about, instead).remedy("To remove it, unset it in your shell."))
        }
    }
}

/// Whether no other program keeps it.
pub(super) fn ours(profile: &Profile) -> Result<(), Unavailable> {
    let owner = profile.owner.as_ref();
    owner.map_or(Ok(()), |owner| Err(Unavailable::because(owner.reads_only())))
}

/// Whether there is anything to be edited: an entry that is not valid, or a file that cannot be used.
pub(super) fn edit(model: &Model) -> Result<(), Unavailable> {
    let is_usable = model.own().is_none_or(|own| own.writable.is_ok());
    match &model.selected {
        Some(RowId::Broken(_, Where::Line(_))) => Ok(()),
        _ if !is_usable => Ok(()),
        Some(RowId::Broken(
            _,
            Where::File(_) | Where::Vault { .. } | Where::Variable { .. } | Where::Borrowed { .. },
        )) => selected(model).map(|_| ()),
        Some(RowId::Profile(id)) => {
            let why = "its entry is valid; only an unreadable one opens in the editor";
            Err(Unavailable::new(&id.name, why))
        }
        None => Err(Unavailable::because("Every entry is valid")),
    }
}
