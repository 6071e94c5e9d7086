//! Remedy for a row: the command that helps, or what to do in an editor.

use crate::domain::change::{Row, Where};
use crate::domain::clock::Now;
use crate::domain::name::StoreId;
use crate::domain::profile::Kind;
use crate::tui::message::Action;
use crate::tui::model::Model;
use crate::tui::suggestion;

/// What helps `row` of `store`; nothing where nothing does, or nothing is needed.
pub(super) fn of(model: &Model, store: StoreId, row: &Row, now: Now) -> Option<String> {
    let profile = match row {
        Row::Profile(profile) => profile,
        Row::Broken(broken) => {
            let Where::Line(line) = broken.at else { return None };
            let place = &model.stores.get(&store)?.place;
            return Some(format!("correct line {line} of {place}"));
        }
    };
    let action = suggestion::needed_by(model, row, now)?.action;
    let name = profile.id.exact();
    if action != Action::LogIn {
        return Some(format!("authtui refresh {name}"));
    }
    Some(login(&name, profile.kind))
}

/// The command that logs in again, or stores another key.
pub(super) fn login(name: &str, kind: Kind) -> String {
    let option = if kind == Kind::ApiKey { " --key" } else { "" };
    format!("authtui login {name}{option}")
}
