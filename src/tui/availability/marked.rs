//! Availability of an action with one of several marked profiles.

use crate::domain::clock::Now;
use crate::domain::profile::Profile;
use crate::tui::availability::refresh::{auto_refresh, refresh};
use crate::tui::availability::selected::written;
use crate::tui::availability::token::test;
use crate::tui::availability::{Unavailable, sign_out};
use crate::tui::model::Model;
use crate::tui::result_table::MarkedAction;

/// Whether what is done with marked profiles is possible with one of them.
///
/// # Errors
/// Why it is not.
pub fn of_marked(
    model: &Model,
    action: MarkedAction,
    profile: &Profile,
    now: Now,
) -> Result<(), Unavailable> {
    match action {
        MarkedAction::Test => test(model, profile, now),
        MarkedAction::Refresh => refresh(model, written(profile, "it cannot be refreshed")?, now),
        MarkedAction::SignOut(_) => sign_out(model, written(profile, "authtui cannot erase it")?),
        MarkedAction::AutoRefresh(_) => auto_refresh(model, written(profile, "it cannot be refreshed")?, now),
    }
}
