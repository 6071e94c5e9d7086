//! Words of the dialogs: what is asked, and what would follow from each answer.

use crate::domain::clock::Now;
use crate::domain::name::{ProfileId, ProfileName, StoreId};
use crate::domain::owner::Owner;
use crate::domain::relocation::left_behind;
use crate::domain::residual_validity;
use crate::domain::trouble::Trouble;
use crate::oauth::login::{ConfirmReason, SaveDecision};
use crate::oauth::revocation::{self, NotRevocable};
use crate::tui::dialog::{DialogAnswer, DialogQuestion};
use crate::tui::model::Model;
use crate::tui::sign_out::{SecretHeld, SignOutTarget, SignOutWay};
use crate::tui::{state, text_layout};

/// The most profiles that are named one by one.
const NAMES_SHOWN: usize = 8;

/// The columns of a store's path where room is short.
const PATH: u16 = 33;

/// What is asked.
pub(super) struct DialogText {
    pub(super) title: String,
    pub(super) parts: Vec<String>,
    /// The same where room is short.
    pub(super) short: String,
}

/// What would follow from a choice.
pub(super) struct ChoiceNote {
    pub(super) words: String,
    /// The same where room is short.
    pub(super) short: String,
}

impl ChoiceNote {
    fn new(words: String) -> Self {
        Self { short: words.clone(), words }
    }
}

impl DialogText {
    fn new(title: impl Into<String>, parts: Vec<String>) -> Self {
        Self { title: title.into(), short: parts.join(" "), parts }
    }
}

/// The words of a question.
pub(super) fn text(question: &DialogQuestion, model: &Model, now: Now) -> DialogText {
    match question {
        DialogQuestion::SignOut(targets) => sign_out(targets, model),
        DialogQuestion::NotRevoked(id, _, trouble) => not_revoked(id, trouble, model),
        DialogQuestion::LogInAgain(id) => log_in_again(id, model, now),
        DialogQuestion::Borrowed(id, take) => borrowed(id, take, model),
        DialogQuestion::Move(id, _) => move_to(id, model),
        DialogQuestion::CancelLogin => {
            let text = "The link stops working. Stored tokens do not change.".to_owned();
            DialogText::new("Cancel the login?", vec![text])
        }
        DialogQuestion::Tokens(doubt, elsewhere) => tokens(doubt, elsewhere, model),
        DialogQuestion::UnsavedLogin(trouble, _) => {
            DialogText::new("The new tokens are not saved", vec![sentence(trouble)])
        }
        DialogQuestion::UnsavedRefresh(id, trouble, _) => {
            let spent = "The stored tokens may no longer work.".to_owned();
            let title = format!("New tokens of {} are not saved", text_layout::named(&id.name));
            DialogText::new(title, vec![sentence(trouble), spent])
        }
        DialogQuestion::QuitUnsaved => {
            let login = model.login.as_ref().filter(|login| login.unsaved().is_some());
            let names = model.unsaved().map(|(id, _)| id).chain(login.map(|login| &login.plan().id));
            let names: Vec<String> = names.map(|id| text_layout::named(&id.name)).collect();
            let text = format!("New tokens of {} are only in memory. Quitting loses them.", names.join(", "));
            DialogText::new("Quit without saving?", vec![text])
        }
    }
}

/// What would follow from an answer to `question`, where its words do not say it.
pub(super) fn note(
    question: &DialogQuestion,
    answer: &DialogAnswer,
    model: &Model,
    now: Now,
) -> Option<ChoiceNote> {
    match (question, answer) {
        (DialogQuestion::SignOut(targets), DialogAnswer::SignOut(_, way)) => match targets.as_slice() {
            [one] => of_one(one, *way, model, now),
            many => of_many(many, *way),
        },
        (DialogQuestion::Move(id, _), DialogAnswer::Move(_, to)) => Some(moved(id, *to, model)),
        (DialogQuestion::Borrowed(id, _), answer) => {
            let owner = model.profile(id)?.owner.clone()?;
            of_borrowed(answer, &owner)
        }
        (DialogQuestion::NotRevoked(id, ..), DialogAnswer::SignOut(_, way)) if !way.asks_provider() => {
            not_notified(id, model, now)
        }
        _ => None,
    }
}

fn log_in_again(id: &ProfileId, model: &Model, now: Now) -> DialogText {
    let profile = model.profile(id);
    let account = profile.and_then(|profile| profile.account.as_deref());
    let account =
        account.map_or_else(String::new, |account| format!(" as {}", state::account(model, account)));
    let end = profile.and_then(|profile| profile.life.grant_ends_at.or(profile.life.expires_at));
    let until = end.map_or_else(String::new, |end| format!(" until {}", state::moment(end, now)));
    let text = format!("It is logged in{account}{until}.");
    let then = "A new login replaces its tokens once it is done.".to_owned();
    DialogText {
        title: format!("Log in to {} again?", text_layout::named(&id.name)),
        short: text.clone(),
        parts: vec![text, then],
    }
}

fn borrowed(id: &ProfileId, take: &Result<ProfileName, String>, model: &Model) -> DialogText {
    let owner = model.profile(id).and_then(|profile| profile.owner.clone());
    let kept = owner.map(|owner| format!("{}.", text_layout::safe(&owner.reads_only())));
    let why = take.as_ref().err().map(|why| format!("It cannot be taken over: {}.", text_layout::safe(why)));
    let title = format!("Log in to {} here", text_layout::named(&id.name));
    DialogText::new(title, kept.into_iter().chain(why).collect())
}

fn of_borrowed(answer: &DialogAnswer, owner: &Owner) -> Option<ChoiceNote> {
    let title = text_layout::safe(&owner.title);
    if let DialogAnswer::LogInSeparately(_) = answer {
        let words = format!("A login of your own beside that of {title}. Nobody is logged out.");
        return Some(ChoiceNote::new(words));
    }
    matches!(answer, DialogAnswer::TakeOver(..)).then(|| ChoiceNote {
        words: format!(
            "authtui copies the tokens and refreshes them at once. {}. Its file stays as it is.",
            text_layout::safe(&owner.is_logged_out())
        ),
        short: format!("{title} is logged out the next time it refreshes."),
    })
}

fn move_to(id: &ProfileId, model: &Model) -> DialogText {
    let store = model.stores.get(&id.store);
    let place = store.map_or_else(String::new, |store| text_layout::safe(&store.place));
    let stands = format!("It is in {place}.");
    let then = "authtui writes it to the new place, reads it back there, and then erases it here.".to_owned();
    let short = format!("It is in {}.", text_layout::path(&place, PATH));
    let title = format!("Move {} to another store", text_layout::named(&id.name));
    DialogText { title, short, parts: vec![stands, then] }
}

/// Where it would be, and what of it that store has no room for.
fn moved(id: &ProfileId, to: StoreId, model: &Model) -> ChoiceNote {
    let place = model.stores.get(&to).map_or_else(String::new, |store| text_layout::safe(&store.place));
    let left = model.profile(id).map(|profile| left_behind(profile, to)).unwrap_or_default();
    let noted = match left.is_empty() {
        true => String::new(),
        false => format!(
            " That file has no field for {}: authtui keeps this on this machine alone.",
            all_of(&left)
        ),
    };
    let short = format!("To {}.{noted}", text_layout::path(&place, PATH));
    ChoiceNote { words: format!("To {place}.{noted}"), short }
}

/// Several things in one sentence: `this, that and more`.
fn all_of(things: &[&str]) -> String {
    match things {
        [others @ .., last] if !others.is_empty() => format!("{} and {last}", others.join(", ")),
        [] | [..] => things.concat(),
    }
}

fn sentence(trouble: &Trouble) -> String {
    text_layout::capital(&text_layout::safe(&trouble.to_string()))
}

fn tokens(doubt: &ConfirmReason, elsewhere: &SaveDecision, model: &Model) -> DialogText {
    match doubt {
        ConfirmReason::OtherAccount { stored, came } => {
            let (stored, came) = (state::account(model, stored), state::account(model, came));
            let text =
                format!("You logged in as {came}, but this profile is {stored}. Nothing is saved yet.");
            let beside = match elsewhere {
                SaveDecision::KeepAs(name) => Some(format!("It can be saved as {name} instead.")),
                SaveDecision::Keep | SaveDecision::KeepIn(..) | SaveDecision::Discard => None,
            };
            DialogText::new("Another account logged in", [text].into_iter().chain(beside).collect())
        }
        ConfirmReason::Taken => {
            let text = "Another program stored a profile with this name. This login is not saved yet.";
            DialogText::new("The name is taken", vec![text.to_owned()])
        }
        ConfirmReason::Cancelled => {
            let text = "The provider sent them before you cancelled. They are only in memory.";
            DialogText::new("Cancelled, but tokens arrived", vec![text.to_owned()])
        }
    }
}

fn sign_out(targets: &[SignOutTarget], model: &Model) -> DialogText {
    let [one] = targets else {
        let named: Vec<String> =
            targets.iter().take(NAMES_SHOWN).map(|target| text_layout::named(&target.id.name)).collect();
        let more = match targets.len().saturating_sub(NAMES_SHOWN) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let names = format!("{}{more}.", named.join(", "));
        return DialogText::new(format!("Sign out of {} profiles", targets.len()), vec![names]);
    };
    let id = &one.id;
    let store = model.stores.get(&id.store);
    let place = store.map_or_else(String::new, |store| text_layout::safe(&store.place));
    let stands = match one.holds {
        SecretHeld::Login => format!("Its tokens are in {place}."),
        SecretHeld::Key => format!("The key is in {place}."),
        SecretHeld::Nothing => format!("It has no tokens. The profile is in {place}."),
    };
    let by_hand = by_hand_instead(one, model);
    let title = format!("Sign out of {}", text_layout::named(&id.name));
    let short = by_hand.clone().unwrap_or_else(|| format!("In {}", text_layout::path(&place, PATH)));
    DialogText { title, parts: [stands].into_iter().chain(by_hand).collect(), short }
}

/// Why the provider of a login cannot be asked to end it, and what the person can do there.
fn by_hand_instead(target: &SignOutTarget, model: &Model) -> Option<String> {
    let reason = target.not_revocable.as_ref().filter(|reason| **reason != NotRevocable::NoTokens)?;
    let complaint = model.catalog.error(target.id.name.provider());
    let why = match (complaint, reason) {
        (Some(complaint), NotRevocable::NoProviderFile) => text_layout::safe(&complaint.to_string()),
        (Some(_) | None, reason) => reason.to_string(),
    };
    let by_hand = format!("To end it there, {}.", by_hand(&target.id, model));
    Some(match target.holds {
        SecretHeld::Key => by_hand,
        SecretHeld::Login | SecretHeld::Nothing => {
            format!("authtui cannot end this login at the provider: {why}. {by_hand}")
        }
    })
}

fn of_one(target: &SignOutTarget, way: SignOutWay, model: &Model, now: Now) -> Option<ChoiceNote> {
    match way {
        SignOutWay::EraseHere => not_notified(&target.id, model, now),
        SignOutWay::AtProvider => Some(at_provider(&target.id, model)),
        SignOutWay::DeleteHere | SignOutWay::DeleteAtBoth => None,
    }
}

fn of_many(targets: &[SignOutTarget], way: SignOutWay) -> Option<ChoiceNote> {
    match way {
        SignOutWay::EraseHere => {
            let words = "No provider is notified: copies of the tokens work there until they expire.";
            Some(ChoiceNote::new(words.to_owned()))
        }
        SignOutWay::AtProvider => {
            let ended = targets.iter().filter(|target| target.is_revocable()).count();
            let rest = targets
                .iter()
                .filter(|target| !target.is_revocable() && target.holds != SecretHeld::Nothing)
                .count();
            let rest = match rest {
                0 => String::new(),
                1 => " The other one is erased here only.".to_owned(),
                rest => format!(" The other {rest} are erased here only."),
            };
            Some(ChoiceNote::new(format!("{ended} of {} can be ended there.{rest}", targets.len())))
        }
        SignOutWay::DeleteHere | SignOutWay::DeleteAtBoth => None,
    }
}

fn at_provider(id: &ProfileId, model: &Model) -> ChoiceNote {
    let profile = model.profile(id);
    let title = profile.and_then(|profile| model.provider(profile)).map(|provider| &provider.title);
    let title = title.map_or_else(|| id.name.provider().to_owned(), |title| text_layout::safe(title));
    let twins: Vec<String> = model.twins(id).iter().map(|twin| text_layout::named(&twin.name)).collect();
    let too = match twins.as_slice() {
        [] => String::new(),
        [one] => format!(" {one} uses the same login and is signed out too."),
        all => format!(" {} use the same login and are signed out too.", all.join(", ")),
    };
    let words = format!(
        "{title} ends this login, then the tokens are erased here. Other programs that use it must log in \
         again.{too}"
    );
    ChoiceNote { words, short: format!("{} ends this login for every program.{too}", id.name.provider()) }
}

fn not_revoked(id: &ProfileId, trouble: &Trouble, model: &Model) -> DialogText {
    let why = format!("{}.", text_layout::capital(&text_layout::safe(&trouble.why)));
    let by_hand = format!("Stored tokens are unchanged. You can {}.", by_hand(id, model));
    let short = format!("Stored tokens are unchanged. {why}");
    let title = format!("{} is not signed out", text_layout::named(&id.name));
    DialogText { title, parts: vec![why, by_hand], short }
}

/// What erasing here alone leaves alive at the provider.
fn not_notified(id: &ProfileId, model: &Model, now: Now) -> Option<ChoiceNote> {
    let (profile, store) = (model.profile(id)?, model.stores.get(&id.store));
    let words = residual_validity::not_notified(profile, store, now, state::moment)?;
    let briefly = residual_validity::brief(profile, store, now, state::moment)?;
    Some(ChoiceNote { words, short: format!("{} is not notified: it {briefly} there.", id.name.provider()) })
}

fn by_hand(id: &ProfileId, model: &Model) -> String {
    let profile = model.profile(id);
    let words = profile.map(|profile| revocation::by_hand(profile, model.provider(profile)));
    text_layout::safe(&words.unwrap_or_default())
}
