//! Ending a grant at its provider.

use crate::domain::change::Snapshot;
use crate::domain::clock::Now;
use crate::domain::name::ProfileId;
use crate::domain::profile::Profile;
use crate::domain::trouble::Trouble;
use crate::oauth::revocation;
use crate::tui::dialog::{Dialog, Question};
use crate::tui::message::Effect;
use crate::tui::model::{Leaving, Model, Screen, Tone};
use crate::tui::update::{say, say_trouble, stores};

/// Asks whether to end the grant of `profile`, where anybody can be asked to.
pub(super) fn ask(model: &mut Model, profile: &Profile, now: Now) -> Vec<Effect> {
    match revocation::request(profile, model.provider(profile)) {
        Ok(_) => {
            model.screen = Screen::Dialog(Dialog::new(Question::RevokeAtProvider(profile.id.clone())));
        }
        Err(mute) => {
            let text =
                format!("{} is not revoked at its provider: {mute}. x erases it here.", profile.id.name);
            say(model, text, Tone::Plain, Some(now));
        }
    }
    Vec::new()
}

/// Asks the provider.
pub(super) fn begin(model: &mut Model, id: ProfileId, now: Now) -> Vec<Effect> {
    model.saving += 1;
    say(model, format!("Asking the provider to end the grant of {}.", id.name), Tone::Plain, Some(now));
    vec![Effect::Revoke(id)]
}

/// The provider answered, or could not be asked.
pub(super) fn ended(
    model: &mut Model,
    id: &ProfileId,
    revoked: Result<Snapshot, Trouble>,
    now: Now,
) -> Vec<Effect> {
    model.saving = model.saving.saturating_sub(1);
    match revoked {
        Ok(snapshot) => {
            stores::take(model, snapshot, now);
            model.let_go(id);
            let text = format!("{} is revoked at its provider, and its tokens are erased here.", id.name);
            say(model, text, Tone::Good, Some(now));
        }
        Err(trouble) => {
            let asks = matches!(model.screen, Screen::List | Screen::Detail) && model.leaving == Leaving::No;
            say_trouble(model, &trouble);
            if asks {
                model.screen = Screen::Dialog(Dialog::new(Question::NotRevoked(id.clone(), trouble)));
            }
        }
    }
    Vec::new()
}
