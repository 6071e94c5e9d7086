//! The profile that a command means.

use crate::cli::exit::Exit;
use crate::domain::change::{Row, Snapshot};
use crate::domain::name::{ProfileName, StoreId};
use crate::domain::profile::Profile;
use crate::shell::{Hands, console};

/// The profile called `text` (`provider/name`, or `provider` for its default), and its store.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn find(hands: &Hands, text: &str) -> Result<(Snapshot, Profile), Exit> {
    let name = name(text)?;
    let snapshot = hands.read_now(StoreId::Own);
    for notice in &snapshot.notices {
        console::say(&format!("authtui: {notice}"));
    }
    if let Some(profile) = snapshot.profile(&name).cloned() {
        return Ok((snapshot, profile));
    }
    if let Some(why) = unreadable(&snapshot, &name) {
        console::say(&format!(
            "authtui: {name} cannot be used: {why}. Correct {}; it is never written.",
            snapshot.place
        ));
        return Err(Exit::Failure);
    }
    if let Err(trouble) = &snapshot.writable {
        console::say(&format!("authtui: {trouble}"));
        return Err(Exit::Failure);
    }
    let near = snapshot.profiles().map(|profile| &profile.id.name);
    let near: Vec<String> =
        near.filter(|other| other.provider() == name.provider()).map(ToString::to_string).collect();
    let hint = if near.is_empty() {
        "authtui list shows what is there".to_owned()
    } else {
        format!("of {} there are {}", name.provider(), near.join(", "))
    };
    console::say(&format!("authtui: there is no profile {name}; {hint}."));
    Err(Exit::NotFound)
}

/// What is wrong with the entry of that name, if it cannot be understood.
pub(super) fn unreadable(snapshot: &Snapshot, name: &ProfileName) -> Option<String> {
    let text = name.to_string();
    snapshot.rows.iter().find_map(|row| match row {
        Row::Broken { name, line, why } if *name == text => Some(format!("line {line}: {why}")),
        Row::Broken { .. } | Row::Profile(_) => None,
    })
}

/// Reads a profile's name.
///
/// # Errors
/// The number to end with, once the reason was said.
pub(super) fn name(text: &str) -> Result<ProfileName, Exit> {
    ProfileName::parse(text).map_err(|bad| {
        console::say(&format!("authtui: {bad}."));
        Exit::Usage
    })
}
