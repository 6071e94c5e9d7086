//! Tour of the demo: what a message says the person has done.

use crate::domain::profile::Profile;
use crate::oauth::refresh::Refreshed;
use crate::oauth::revocation::Revoked;
use crate::tui::message::Msg;
use crate::tui::model::Model;
use crate::tui::screen::Screen;
use crate::tui::status::AskedBy;
use crate::tui::tour::TourStop;

/// Ticks off what `msg` is the end of.
pub(super) fn hear(model: &mut Model, msg: &Msg) {
    if model.tour.is_none() {
        return;
    }
    let holds = |profile: &Profile| profile.held.tokens().is_some();
    let refreshed = matches!(msg, Msg::Refreshed(id, Refreshed::Done(_)) if model.running(id).refresh == Some(AskedBy::Person));
    let copied = matches!(msg, Msg::Copied(_, Ok(_)) if !matches!(model.screen, Screen::Login(_)));
    let erased = matches!(msg, Msg::Changed(id, Ok(snapshot))
        if model.profile(id).is_some_and(holds) && !snapshot.profile(&id.name).is_some_and(holds));
    let revoked = matches!(msg, Msg::Revoked(_, Revoked::Done(_)));
    for (is_done, stop) in
        [(refreshed, TourStop::Refresh), (copied, TourStop::Copy), (erased || revoked, TourStop::SignOut)]
    {
        if is_done {
            model.tick(stop);
        }
    }
}
