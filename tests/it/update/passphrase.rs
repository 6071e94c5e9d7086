//! The passphrase of the encrypted file, and locked rows.

use authtui::domain::change::{PassphraseNeed, Row, Snapshot, Unlock, Where};
use authtui::domain::name::{ProfileId, StoreId};
use authtui::domain::secret::Secret;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::tui::message::{Effect, Msg};
use authtui::tui::model::RowId;
use authtui::tui::screen::Screen;

use crate::harness::{App, id};

const OWN: [&str; 1] = ["work"];

/// The store of the keyring with one locked row.
fn locked(unlock: Unlock, passphrase: Option<PassphraseNeed>) -> Snapshot {
    let name = "demo/ana".to_owned();
    let at = Where::Vault { name: name.clone(), unlock };
    let rows = [Row::broken(name, at, "it is locked")].into();
    Snapshot { rows, passphrase, ..Snapshot::empty(StoreId::Keyring) }
}

fn waiting() -> Snapshot {
    locked(Unlock::Passphrase, Some(PassphraseNeed::Known))
}

fn another() -> Trouble {
    let next = FailureKind::NeedsFix("enter the passphrase that it was made with".to_owned());
    Trouble::untouched("cannot open ~/secrets-key.age", "that is not its passphrase", next)
}

fn typed(app: &App) -> bool {
    matches!(&app.model.screen, Screen::Passphrase(form) if !form.field.is_empty())
}

#[test]
fn it_is_asked_once_when_rows_wait_for_it_and_by_a_key_from_then_on() {
    let mut app = App::with(OWN);
    app.feed(Msg::Stored(waiting()));
    assert!(matches!(app.model.screen, Screen::Passphrase(_)));
    app.keys("hunter2");
    assert!(typed(&app) && !app.screen().contains("hunter2"), "{}", app.screen());
    assert_eq!(app.press("esc"), []);
    assert_eq!(app.model.screen, Screen::List);
    assert!(app.message().contains("U unlocks them"), "{}", app.message());

    app.feed(Msg::Stored(waiting()));
    assert_eq!(app.model.screen, Screen::List, "it was asked already");
    app.keys("U");
    assert!(matches!(app.model.screen, Screen::Passphrase(_)) && !typed(&app));
    app.keys("horse");
    let given = Effect::GivePassphrase(StoreId::Keyring, Secret::new("horse"));
    assert_eq!(app.press("enter"), [given]);
    assert_eq!((app.press("enter"), app.keys("x")), (vec![], vec![]), "it is tried already");

    assert_eq!(app.feed(Msg::PassphraseTaken(StoreId::Keyring, Err(another()))), []);
    assert!(matches!(app.model.screen, Screen::Passphrase(_)) && !typed(&app));
    assert!(app.screen().contains("That is not its passphrase."), "{}", app.screen());
    app.keys("horses");
    assert_eq!(app.press("enter").len(), 1);
    let taken = app.feed(Msg::PassphraseTaken(StoreId::Keyring, Ok(())));
    assert_eq!(taken, [Effect::Read(StoreId::Keyring)]);
    assert_eq!(app.model.screen, Screen::List);
}

#[test]
fn it_does_not_come_up_while_something_else_is_looked_at() {
    let mut app = App::with(OWN);
    app.keys("/");
    app.feed(Msg::Stored(waiting()));
    assert!(matches!(app.model.screen, Screen::Filter(_)));
    app.press("esc");
    app.keys("U");
    assert!(matches!(app.model.screen, Screen::Passphrase(_)));
}

#[test]
fn a_locked_keyring_is_looked_at_again_by_its_key_and_by_a_redraw() {
    let mut app = App::with(OWN);
    assert_eq!(app.keys("U"), []);
    assert!(app.message().contains("Nothing is locked"), "{}", app.message());
    app.feed(Msg::Stored(locked(Unlock::Look, None)));
    assert_eq!(app.model.screen, Screen::List);
    let at = Where::Vault { name: "demo/ana".to_owned(), unlock: Unlock::Look };
    app.model.selected = Some(RowId::Broken(StoreId::Keyring, at));
    assert_eq!(app.keys("r"), []);
    assert!(app.message().contains("demo/ana is locked. U unlocks it."), "{}", app.message());
    assert_eq!(app.keys("U"), [Effect::Read(StoreId::Keyring)]);
    assert!(app.press("ctrl-l").contains(&Effect::Read(StoreId::Keyring)));
    assert!(app.feed(Msg::Touched(StoreId::Keyring)).contains(&Effect::Read(StoreId::Keyring)));
}

#[test]
fn a_move_into_an_encrypted_file_that_is_not_there_yet_asks_for_a_new_one_twice() {
    let mut app = App::with(OWN);
    app.model.selected = Some(RowId::Profile(id("work")));
    let passphrase = Some(PassphraseNeed::New);
    app.feed(Msg::Stored(Snapshot { passphrase, ..Snapshot::empty(StoreId::Keyring) }));
    assert_eq!(app.model.screen, Screen::List, "nothing waits for it yet");

    assert_eq!(app.keys("mr"), []);
    app.keys("horse");
    assert_eq!(app.press("enter"), []);
    app.keys("house");
    assert_eq!(app.press("enter"), []);
    assert!(app.screen().contains("The two differ"), "{}", app.screen());
    app.keys("horse");
    assert_eq!(app.press("enter"), []);
    app.keys("horse");
    let given = Effect::GivePassphrase(StoreId::Keyring, Secret::new("horse"));
    assert_eq!(app.press("enter"), [given]);

    let to = ProfileId { store: StoreId::Keyring, ..id("work") };
    let moves = app.feed(Msg::PassphraseTaken(StoreId::Keyring, Ok(())));
    assert!(moves.contains(&Effect::Relocate(id("work"), to)), "{moves:?}");
}
