//! Keys that the person has chosen: no screen and no sentence names another.

use std::collections::BTreeMap;

use authtui::domain::change::{Row, StoreNotice};
use authtui::domain::name::StoreId;
use authtui::tui::availability::availability;
use authtui::tui::custom_keys::CustomKeys;
use authtui::tui::keymap::{KeyContext, bindings};
use authtui::tui::model::{Model, RowId};
use authtui::tui::screen::Screen;
use authtui::tui::tour::{Tour, TourStop};

use super::print::text;
use super::{MIDDLE, SMALLEST, cast};

/// The usual keys of the actions on the profiles whose letters are no words.
const USUAL: [&str; 22] = [
    "l", "r", "y", "v", "x", "T", "S", "X", "u", "R", "e", "F", "n", "s", "t", "L", "q", "N", "Esc", "Enter",
    "Tab", "Space",
];
/// The screen beyond the keys of its own that the timeline has.
const WITHOUT_FOOTER: usize = 23;

#[test]
fn with_all_keys_changed_no_screen_of_the_profiles_names_an_old_one() {
    let rows = cast::rows();
    for row in &rows {
        for screen in [Screen::List, Screen::Pane, Screen::Everything] {
            let mut model = remapped(rows.clone());
            model.selected = Some(id_of(row));
            model.screen = screen;
            model.events = cast::history();
            assert_old_keys_are_absent(&text(&model, (120, 60)));
            assert_old_keys_are_absent(&text(&model, SMALLEST));
        }
    }
    let mut model = remapped(rows);
    model.marks = ["anthropic/lab", "qonic/bim"].map(cast::id).into();
    assert_old_keys_are_absent(&text(&model, MIDDLE));
    model.filter = "no such thing".to_owned();
    assert_old_keys_are_absent(&text(&model, MIDDLE));
    assert_old_keys_are_absent(&text(&remapped(Vec::new()), MIDDLE));
}

#[test]
fn with_all_keys_changed_no_hint_of_the_demo_warning_or_result_names_an_old_one() {
    let mut model = remapped(cast::rows());
    let open = StoreNotice::Readable("config.yaml".to_owned());
    model.stores.get_mut(&StoreId::Own).expect("the store").notices = vec![open];
    let mut tour = Tour::default();
    for _ in TourStop::ALL.into_iter().chain([TourStop::Copy]) {
        model.tour = Some(tour.clone());
        assert_old_keys_are_absent(&text(&model, MIDDLE));
        tour.skip();
    }
    model.results = Some(cast::results());
    model.screen = Screen::Results(0);
    let screen = text(&model, MIDDLE);
    let table: Vec<&str> = screen.lines().take(WITHOUT_FOOTER).collect();
    assert_old_keys_are_absent(&table.join("\n"));
}

#[test]
fn with_all_keys_changed_no_reason_why_something_is_impossible_names_an_old_one() {
    let rows = cast::rows();
    let mut models = vec![remapped(Vec::new()), remapped(rows.clone())];
    models.extend(rows.iter().map(|row| {
        let mut model = remapped(rows.clone());
        model.selected = Some(id_of(row));
        model
    }));
    models.last_mut().expect("a model").filter = "no such thing".to_owned();
    for model in &mut models {
        for is_read_only in [false, true] {
            model.settings.read_only = is_read_only;
            for binding in bindings(KeyContext::Profiles) {
                if let Err(why) = availability(model, binding.action, cast::now(0)) {
                    assert_old_keys_are_absent(&why.sentences());
                }
            }
        }
    }
}

#[test]
fn an_old_key_in_a_sentence_is_found() {
    for sentence in
        ["Press l to log in.", "Line 3. e opens it.", "again (l).", "│ r  refresh it │", "Esc clears it."]
    {
        assert!(!old_keys(sentence).is_empty(), "{sentence}");
    }
    assert_eq!(old_keys("Deleted acme/x. F3 undoes it (10s)"), [""; 0]);
}

fn assert_old_keys_are_absent(screen: &str) {
    for line in screen.lines() {
        assert_eq!(old_keys(line), [""; 0], "{line}\n{screen}");
    }
}

/// The usual keys that stand alone in `line`; the seconds of a number are none.
fn old_keys(line: &str) -> Vec<&str> {
    let is_part = |char: char| char.is_alphanumeric() || "/_-@:·…".contains(char);
    let words: Vec<&str> = line.split(|char| !is_part(char)).filter(|word| !word.is_empty()).collect();
    let is_number = |word: &&str| word.parse::<u32>().is_ok();
    let is_unit = |place: usize, word: &str| {
        word == "s" && place.checked_sub(1).and_then(|before| words.get(before)).is_some_and(is_number)
    };
    let alone = words.iter().enumerate().filter(|(place, word)| !is_unit(*place, word));
    alone.map(|(_, word)| *word).filter(|word| USUAL.contains(word)).collect()
}

/// The cast, with another key for every action on the profiles.
fn remapped(rows: Vec<Row>) -> Model {
    let others = (1..=24).map(|number| format!("F{number}"));
    let others = others.chain("abdefghijkmnopqrstuvwxy0123456789".chars().map(|char| format!("Ctrl-{char}")));
    let actions = bindings(KeyContext::Profiles).map(|binding| binding.action.name().to_owned());
    let chosen: BTreeMap<String, Vec<String>> =
        actions.zip(others).map(|(action, key)| (action, vec![key])).collect();
    assert_eq!(chosen.len(), bindings(KeyContext::Profiles).count());
    let (keys, errors) = CustomKeys::read(&chosen);
    assert_eq!(errors, [""; 0]);
    let mut model = cast::model(rows);
    model.keys = keys;
    model
}

fn id_of(row: &Row) -> RowId {
    match row {
        Row::Profile(profile) => RowId::Profile(profile.id.clone()),
        Row::Broken(broken) => RowId::Broken(StoreId::Own, broken.at.clone()),
    }
}
