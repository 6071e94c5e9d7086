//! Selection: what an action needs of the selected row before it can do anything.

use crate::domain::change::Where;
use crate::domain::clock::Now;
use crate::domain::profile::{Kind, Profile};
use crate::tui::message::Effect;
use crate::tui::model::{Model, RowId};
use crate::tui::rows;
use crate::tui::status::Tone;
use crate::tui::update::status::show;

/// Does something with the selected profile, or says why there is none.
pub(super) fn on_selected(
    model: &mut Model,
    now: Now,
    act: impl FnOnce(&mut Model, &Profile) -> Vec<Effect>,
) -> Vec<Effect> {
    if let Some(profile) = model.selected_profile().cloned() {
        return act(model, &profile);
    }
    let text = match &model.selected {
        Some(RowId::Broken(_, Where::Variable { name, .. })) => {
            format!("The value of {name} cannot be used. Set it again or unset it in your shell.")
        }
        Some(RowId::Broken(store, at @ Where::Line(line))) => {
            let why = rows::why_broken(model, *store, at).unwrap_or("it is not valid");
            format!("Line {line}: {why}. Open the file in an editor.")
        }
        Some(RowId::Profile(id)) => format!("{} is hidden while its file cannot be read.", id.name),
        None if !model.filter.is_empty() => "The filter hides every profile. Esc clears it.".to_owned(),
        None => "No profiles yet. Press n to log in.".to_owned(),
    };
    let tone = if matches!(model.selected, Some(RowId::Broken(..))) { Tone::Warn } else { Tone::Plain };
    show(model, text, tone, now);
    Vec::new()
}

/// The same where the profile's store would be written; a variable of the environment is not, and
/// `instead` says what does not happen.
pub(super) fn on_stored(
    model: &mut Model,
    now: Now,
    instead: &str,
    act: impl FnOnce(&mut Model, &Profile) -> Vec<Effect>,
) -> Vec<Effect> {
    on_selected(model, now, |model, profile| match profile.kind {
        Kind::OAuth | Kind::ApiKey => act(model, profile),
        Kind::Environment => {
            let name = profile.id.name.name();
            let remedy = "To remove it, unset it in your shell";
            let text = format!("{name} is an environment variable: {instead}. {remedy}.");
            show(model, text, Tone::Plain, now);
            Vec::new()
        }
    })
}
