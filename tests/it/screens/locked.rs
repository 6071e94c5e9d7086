//! Locked rows, and the question for the passphrase that they wait for.

use authtui::domain::change::{PassphraseNeed, Row, Snapshot, Unlock, Where};
use authtui::domain::name::{ProfileId, StoreId};
use authtui::domain::secret::Secret;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::tui::dialog::{Dialog, DialogQuestion, OtherPlace};
use authtui::tui::message::Msg;
use authtui::tui::model::{Model, RowId};
use authtui::tui::screen::Screen;
use authtui::tui::update;
use insta::assert_snapshot;

use super::print::drawn;
use super::{MIDDLE, NARROW, SMALLEST, WIDE, cast};
use crate::harness::key;

/// The cast with two more rows, which are locked.
fn model(unlock: Unlock, why: &str) -> Model {
    let row = |name: &str| {
        let at = Where::Vault { name: name.to_owned(), unlock };
        Row::broken(name, at, why)
    };
    let rows = ["anthropic/vault", "github/vault"].map(row).into();
    let passphrase = (unlock == Unlock::Passphrase).then_some(PassphraseNeed::Known);
    let place = "~/.config/authtui/keyring.yaml".to_owned();
    let mut model = cast::model(cast::rows());
    let writable = Err(Trouble::untouched("cannot read the keyring", why, FailureKind::NothingToDo));
    let locked = Snapshot { rows, passphrase, place, writable, ..Snapshot::empty(StoreId::Keyring) };
    update(&mut model, cast::now(23), Msg::Stored(locked));
    model
}

#[test]
fn the_passphrase_is_asked_above_the_list_at_every_size() {
    let why = "the encrypted file needs its passphrase";
    for (name, size) in [("wide", WIDE), ("middle", MIDDLE), ("narrow", NARROW), ("smallest", SMALLEST)] {
        let mut model = model(Unlock::Passphrase, why);
        if let Some(field) = model.screen.field_mut() {
            field.paste(&Secret::new("hunter2"));
        }
        assert_snapshot!(format!("passphrase_{name}"), drawn(&model, size));
        if let Screen::Passphrase(form) = &mut model.screen {
            *form = form.clone().again(Some("That is not its passphrase.".to_owned()));
        }
        assert_snapshot!(format!("passphrase_wrong_{name}"), drawn(&model, size));
        if let Screen::Passphrase(form) = &mut model.screen {
            form.need = PassphraseNeed::New;
        }
        assert_snapshot!(format!("passphrase_new_{name}"), drawn(&model, size));
    }
}

#[test]
fn a_locked_row_says_why_and_which_key_unlocks_it() {
    for (name, unlock, why) in [
        ("locked_file", Unlock::Passphrase, "the encrypted file needs its passphrase"),
        ("locked_keyring", Unlock::Look, "the keyring asks for its password, and nobody answered in 60 s"),
    ] {
        let mut model = model(unlock, why);
        update(&mut model, cast::now(23), Msg::Key(key("esc")));
        let at = Where::Vault { name: "anthropic/vault".to_owned(), unlock };
        model.selected = Some(RowId::Broken(StoreId::Keyring, at));
        assert_snapshot!(name, drawn(&model, WIDE));
    }
}

#[test]
fn tokens_that_the_keyring_does_not_take_are_asked_about_with_another_place() {
    let why = "the keyring did not answer in 5 s";
    for (name, size) in [("wide", WIDE), ("middle", MIDDLE), ("narrow", NARROW), ("smallest", SMALLEST)] {
        let mut model = cast::model(cast::rows());
        let trouble = Trouble::untouched("cannot save anthropic/lab", why, FailureKind::Temporary(None));
        let other = OtherPlace { store: StoreId::Own, place: cast::PLACE.to_owned() };
        let id = ProfileId { store: StoreId::Keyring, ..cast::id("anthropic/lab") };
        let question = DialogQuestion::UnsavedRefresh(id, trouble.of_new_tokens(), Some(other));
        model.screen = Screen::Dialog(Dialog::new(question));
        assert_snapshot!(format!("not_taken_{name}"), drawn(&model, size));
    }
}
