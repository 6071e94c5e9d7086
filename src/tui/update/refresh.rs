//! Asking for refreshes, and what became of them.

use crate::domain::change::{Change, Edit};
use crate::domain::clock::Now;
use crate::domain::health::Health;
use crate::domain::name::ProfileId;
use crate::domain::profile::{Automatic, Kind, Profile};
use crate::domain::schedule::LEAD;
use crate::domain::trouble::{FailureKind, Stored};
use crate::oauth::refresh::{Cannot, Refreshed, Wish};
use crate::tui::automatic::{self, Outlook};
use crate::tui::dialog::{Dialog, Question};
use crate::tui::message::Effect;
use crate::tui::model::{About, End, Leaving, Model, Report, Screen, Tone};
use crate::tui::remark::remarks;
use crate::tui::renewal;
use crate::tui::update::said::{report, say, tell, tell_failure, tell_trouble};
use crate::tui::update::stores;

/// Renews one profile's token because the person asked.
pub(super) fn ask(model: &mut Model, id: &ProfileId, now: Now) -> Vec<Effect> {
    if let Some((_, trouble)) = model.unsaved.get(id) {
        let question = Question::UnsavedRefresh(id.clone(), trouble.clone());
        model.screen = Screen::Dialog(Dialog::new(question));
        return Vec::new();
    }
    let Some(profile) = model.profile(id) else { return Vec::new() };
    if let Some(cannot) = hindrance(model, profile) {
        let example = || model.catalog.as_ref()?.example_remedy(id.name.provider());
        let remedy = match (profile.kind, example()) {
            (Kind::OAuth, Some(remedy)) => format!(" Next: {remedy}."),
            (Kind::OAuth, None) => " Press l to log in.".to_owned(),
            (Kind::ApiKey | Kind::Environment, _) => String::new(),
        };
        say(model, format!("{} cannot be refreshed: {cannot}.{remedy}", id.name), Tone::Plain, Some(now));
        return Vec::new();
    }
    if model.revoking.contains(id) {
        say(model, format!("{} is being revoked at its provider.", id.name), Tone::Plain, Some(now));
        return Vec::new();
    }
    if !model.refreshing.insert(id.clone()) {
        say(model, format!("{} is being refreshed already.", id.name), Tone::Plain, Some(now));
        return Vec::new();
    }
    vec![Effect::Refresh(id.clone(), Wish::New)]
}

/// Turns a profile's automatic renewal on or off.
pub(super) fn toggle(model: &mut Model, profile: &Profile, now: Now) -> Vec<Effect> {
    let automatic = match profile.automatic {
        Automatic::On => Automatic::Off,
        Automatic::Off => Automatic::On,
    };
    if profile.kind != Kind::OAuth {
        say(model, format!("{} is not renewed: {}.", profile.id.name, Cannot::IsKey), Tone::Plain, Some(now));
        return Vec::new();
    }
    let change = Change { name: profile.id.name.clone(), expects: None, edit: Edit::Automatic(automatic) };
    model.saving += 1;
    vec![Effect::Change(profile.id.clone(), Box::new(change))]
}

/// What a profile's automatic renewal is to be from here on, in words.
pub(super) fn toggled(model: &Model, profile: &Profile, now: Now) -> String {
    let name = &profile.id.name;
    match (profile.automatic, automatic::outlook(model, profile, now)) {
        (Automatic::Off, _) => format!("{name} is renewed only when you press r."),
        (Automatic::On, Outlook::At(_)) => format!("{name} renews itself while this screen is open."),
        (Automatic::On, Outlook::Not(_)) => match renewal::hindrance(model, profile, now) {
            Some(why) => format!("{name} may renew itself, yet renewal is {why}."),
            None => format!("{name} may renew itself while this screen is open."),
        },
    }
}

/// Begins the refreshes that are planned for now.
pub(super) fn by_itself(model: &mut Model, now: Now) -> Vec<Effect> {
    let ids = automatic::due(model, now);
    for id in &ids {
        let tried = model.profile(id).map(|profile| automatic::tried(model, profile, now));
        model.tried.extend(tried.map(|tried| (id.clone(), tried)));
        model.refreshing.insert(id.clone());
        model.unasked.insert(id.clone());
    }
    let wish = Wish::Due { within: LEAD };
    ids.into_iter().map(|id| Effect::Refresh(id, wish)).collect()
}

/// What the model alone can tell against a refresh; the rest is decided under the lock.
fn hindrance(model: &Model, profile: &Profile) -> Option<Cannot> {
    match profile.kind {
        Kind::OAuth => {}
        Kind::ApiKey => return Some(Cannot::IsKey),
        Kind::Environment => return Some(Cannot::IsVariable),
    }
    let Some(tokens) = profile.held.tokens() else { return Some(Cannot::NoTokens) };
    if tokens.refresh.is_none() {
        return Some(Cannot::NoRefreshToken);
    }
    model.catalog.as_ref()?;
    match model.provider(profile) {
        None => Some(Cannot::NoProvider),
        Some(provider) if provider.example => Some(Cannot::Example),
        Some(provider) => match &provider.refresh {
            None => Some(Cannot::NeverRenewed),
            Some(_) => profile.other_refresh_host(Some(provider)).map(Cannot::OtherHost),
        },
    }
}

/// Renews every token that is due and can be renewed.
pub(super) fn ask_due(model: &mut Model, now: Now) -> Vec<Effect> {
    let profiles = model.stores.values().flat_map(crate::domain::change::Snapshot::profiles);
    let due = |profile: &&Profile| match model.health(profile, now.wall) {
        Health::Due => true,
        Health::Failed(at) => at <= now.wall,
        Health::NoClock
        | Health::Fresh(_)
        | Health::Aging(_)
        | Health::NeedsLogin
        | Health::Refused
        | Health::RevokedHere
        | Health::Refreshing
        | Health::Unreadable => false,
    };
    let free = |profile: &&Profile| {
        let is_taken = model.unsaved.contains_key(&profile.id) || model.revoking.contains(&profile.id);
        !is_taken && hindrance(model, profile).is_none()
    };
    let ids: Vec<ProfileId> = profiles.filter(due).filter(free).map(|profile| profile.id.clone()).collect();
    let text = match ids.len() {
        0 => "Nothing is due.".to_owned(),
        1 => "Refreshing 1 profile.".to_owned(),
        count => format!("Refreshing {count} profiles."),
    };
    say(model, text, Tone::Plain, Some(now));
    model.refreshing.extend(ids.iter().cloned());
    ids.into_iter().map(|id| Effect::Refresh(id, Wish::New)).collect()
}

/// Tells that new tokens are saved, and what is to be known of them.
fn tell_refreshed(
    model: &mut Model,
    id: &ProfileId,
    text: String,
    scopes: &[String],
    is_awaited: bool,
    now: Now,
) {
    let remarks = model.profile(id).map(|profile| remarks(scopes, profile, now)).unwrap_or_default();
    let (tone, brief) = match remarks.as_slice() {
        [] => (Tone::Good, String::new()),
        some => (Tone::Warn, format!("{}: {}", id.name, some.join(" "))),
    };
    let text = std::iter::once(text).chain(remarks).collect::<Vec<_>>().join(" ");
    report(
        model,
        Report { about: About::Profile(id.clone()), is_awaited, end: End::Refreshed, text, brief, tone },
    );
}

/// A refresh ended.
pub(super) fn ended(model: &mut Model, id: &ProfileId, refreshed: Refreshed, now: Now) -> Vec<Effect> {
    model.refreshing.remove(id);
    let before = model.profile(id).and_then(|profile| profile.held.fingerprint());
    let scopes = model.profile(id).map(|profile| profile.scopes.clone()).unwrap_or_default();
    let is_unasked = model.unasked.remove(id);
    match refreshed {
        Refreshed::Done(snapshot) => {
            stores::take(model, snapshot, now);
            let text = format!("{} refreshed; the new tokens are saved.", id.name);
            tell_refreshed(model, id, text, &scopes, !is_unasked, now);
        }
        Refreshed::Enough(snapshot) => {
            stores::take(model, snapshot, now);
            let after = model.profile(id).and_then(|profile| profile.held.fingerprint());
            if is_unasked && before == after {
                // The file was read meanwhile, or nothing was due under the lock: nothing is news.
                return Vec::new();
            }
            let text = format!("{} was refreshed by another program; its tokens are used.", id.name);
            tell_refreshed(model, id, text, &scopes, !is_unasked, now);
        }
        Refreshed::Unsaved(_, _, trouble) if is_on_disk(trouble.stored) => {
            tell_trouble(model, &trouble);
            return vec![Effect::Read(id.store)];
        }
        Refreshed::Unsaved(renewal, pair, trouble) => {
            model.replaces.insert(id.clone(), pair);
            model.unsaved.insert(id.clone(), (renewal, trouble.clone()));
            if model.leaving == Leaving::Yes {
                // Nobody can be asked any more; one more try is all that is left.
                return save_again(model, id);
            }
            let question = Question::UnsavedRefresh(id.clone(), trouble);
            match &model.screen {
                Screen::List | Screen::Detail => model.screen = Screen::Dialog(Dialog::new(question)),
                Screen::Filter(_)
                | Screen::Copy
                | Screen::Dialog(_)
                | Screen::Wizard(_)
                | Screen::Login(_)
                | Screen::Events(_)
                | Screen::Help(..) => {
                    let text = format!(
                        "The new tokens of {} could not be saved. Press r on it to try again.",
                        id.name
                    );
                    tell(model, text, Tone::Bad, true);
                }
            }
        }
        Refreshed::Failed(snapshot, trouble) => {
            if let Some(snapshot) = snapshot {
                stores::take(model, snapshot, now);
            }
            match trouble.kind {
                FailureKind::NothingToDo => {
                    let text = format!("{}: {}.", trouble.what, trouble.why);
                    tell(model, text, Tone::Plain, !is_unasked);
                }
                FailureKind::NeedsLogin | FailureKind::Temporary(_) | FailureKind::NeedsFix(_) => {
                    tell_failure(model, id, &trouble, !is_unasked);
                }
            }
        }
    }
    Vec::new()
}

/// Whether new tokens that are not saved as they should be outlive this program all the same.
fn is_on_disk(stored: Stored) -> bool {
    match stored {
        Stored::Rescued | Stored::Unsynced => true,
        Stored::Untouched
        | Stored::Absent
        | Stored::PerhapsSpent
        | Stored::NewOnesInMemory
        | Stored::Rotated
        | Stored::Erased => false,
    }
}

/// Tries once more to store tokens that are held here alone.
pub(super) fn save_again(model: &mut Model, id: &ProfileId) -> Vec<Effect> {
    // A pair that somebody else stored since must not be replaced.
    let (Some((renewal, _)), Some(pair)) = (model.unsaved.get(id), model.replaces.get(id)) else {
        return Vec::new();
    };
    let (expects, edit) = (Some(*pair), Edit::Refresh(renewal.clone()));
    let change = Change { name: id.name.clone(), expects, edit };
    model.saving += 1;
    vec![Effect::Change(id.clone(), Box::new(change))]
}
