//! Questions at every size: what Enter would do is always on the screen.

use authtui::domain::change::Extent;
use authtui::domain::name::StoreId;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::login::{ConfirmReason, SaveDecision};
use authtui::tui::dialog::{Dialog, DialogQuestion, OtherPlace};
use authtui::tui::message::{Effect, Motion, Msg};
use authtui::tui::model::Model;
use authtui::tui::screen::{Panel, Screen};
use authtui::tui::status::Tone;
use authtui::tui::theme::{Glyphs, Theme};
use authtui::tui::update;
use ratatui::buffer::Cell;

use super::{cast, message, print};
use crate::harness::key;

/// Every kind of question, with the longest words it may come with.
fn questions() -> Vec<DialogQuestion> {
    let id = || cast::id("anthropic/lab");
    let why = "the server answered 503 and asks to be left alone; ".repeat(4);
    let trouble = || Trouble::untouched("cannot save anthropic/lab", &why, FailureKind::Temporary(None));
    let name = cast::id("anthropic/a-profile-whose-name-is-as-long-as-names-of-profiles-can-be-64").name;
    let other_place = || OtherPlace { store: StoreId::Own, place: cast::PLACE.into() };
    let other = || ConfirmReason::OtherAccount { stored: "ana@acme.dev".into(), came: "ana@home.net".into() };
    vec![
        cast::signing_out(&["anthropic/lab"]),
        cast::signing_out(&["anthropic/key"]),
        cast::not_revocable("anthropic/lab"),
        cast::signing_out(&["anthropic/lab", "anthropic/key", "anthropic/work", "qonic/bim"]),
        DialogQuestion::NotRevoked(id(), Extent::Profile, trouble()),
        DialogQuestion::Move(id(), vec![StoreId::Shared, StoreId::Hashed]),
        DialogQuestion::Borrowed(id(), Ok(name.clone())),
        DialogQuestion::CancelLogin,
        DialogQuestion::Tokens(other(), SaveDecision::KeepAs(name)),
        DialogQuestion::Tokens(ConfirmReason::Taken, SaveDecision::Discard),
        DialogQuestion::Tokens(ConfirmReason::Cancelled, SaveDecision::Discard),
        DialogQuestion::UnsavedLogin(trouble(), Some(other_place())),
        DialogQuestion::UnsavedRefresh(id(), trouble(), Some(other_place())),
        DialogQuestion::QuitUnsaved,
    ]
}

fn asking(question: DialogQuestion, size: (u16, u16), said: &str) -> Model {
    let mut model = cast::model(cast::rows());
    model.size = size;
    model.login = Some(cast::waiting());
    model.message = (!said.is_empty()).then(|| message(said, Tone::Bad));
    let dialog = Dialog::new(question);
    model.screen = match dialog.question {
        DialogQuestion::CancelLogin => Screen::Login(Panel::Cancelling(dialog)),
        DialogQuestion::Tokens(..) | DialogQuestion::UnsavedLogin(..) => {
            Screen::Login(Panel::Deciding(dialog))
        }
        DialogQuestion::SignOut(_)
        | DialogQuestion::NotRevoked(..)
        | DialogQuestion::UnsavedRefresh(..)
        | DialogQuestion::LogInAgain(_)
        | DialogQuestion::Move(..)
        | DialogQuestion::Borrowed(..)
        | DialogQuestion::QuitUnsaved => Screen::Dialog(dialog),
    };
    model
}

/// A screen for every question.
pub(super) fn all() -> impl Iterator<Item = Model> {
    questions().into_iter().map(|question| asking(question, (80, 24), ""))
}

fn dialog(model: &mut Model) -> &mut Dialog {
    if let Screen::Dialog(dialog) | Screen::Login(Panel::Cancelling(dialog) | Panel::Deciding(dialog)) =
        &mut model.screen
    {
        return dialog;
    }
    unreachable!("a question is asked")
}

#[test]
fn the_marked_answer_is_on_the_screen_at_every_size_whatever_is_said() {
    let long = "a long message ".repeat(40);
    for size in
        [(20, 5), (20, 12), (25, 8), (39, 9), (40, 10), (41, 11), (60, 20), (80, 24), (120, 40), (200, 5)]
    {
        for said in ["", "demo/hal refreshed.", &long] {
            for question in questions() {
                let mut model = asking(question, size, said);
                let choices = dialog(&mut model).choices();
                for (index, choice) in choices.iter().enumerate() {
                    assert_eq!(dialog(&mut model).marked, index);
                    let shown: String = print::reversed(&model, size).split_whitespace().collect();
                    let wanted: String = choice.words.split_whitespace().collect();
                    // Of a long name there is the beginning where even two lines are too few.
                    let begun = shown
                        .strip_suffix('…')
                        .is_some_and(|begun| begun.len() >= 15 && wanted.starts_with(begun));
                    assert!(shown == wanted || begun, "{shown} for {wanted} at {size:?}");
                    update(&mut model, cast::now(23), Msg::Key(key("down")));
                }
            }
        }
    }
}

#[test]
fn beside_a_question_no_row_is_seen_in_pieces() {
    let accent = print::colored().border_focused.fg;
    for size in [(80, 24), (100, 30), (120, 32), (200, 60)] {
        for question in questions() {
            let mut boxed = 0;
            for row in print::cells(&asking(question, size, ""), size) {
                let is_side = |cell: &Cell| cell.symbol() == "│" && Some(cell.fg) == accent;
                let (Some(left), Some(right)) = (row.iter().position(is_side), row.iter().rposition(is_side))
                else {
                    continue;
                };
                boxed += 1;
                let beside = row.iter().take(left).skip(1).chain(row.iter().skip(right + 1).rev().skip(1));
                let beside: String = beside.map(Cell::symbol).collect();
                assert_eq!(beside.trim(), "", "{size:?}");
            }
            assert!(boxed > 2, "{size:?}");
        }
    }
}

#[test]
fn choices_lie_below_each_other_and_both_pairs_of_arrows_work() {
    for size in [(40, 10), (60, 20), (80, 24), (120, 32)] {
        for question in questions() {
            let mut model = asking(question, size, "");
            let text = print::text(&model, size);
            let footer = text.lines().last().expect("a footer");
            assert!(footer.contains("↑↓ choose"), "{text}");
            for (pressed, marked) in [("right", 1), ("left", 0), ("down", 1), ("up", 0)] {
                update(&mut model, cast::now(23), Msg::Key(key(pressed)));
                assert_eq!(dialog(&mut model).marked, marked, "{pressed}");
            }
        }
    }
}

#[test]
fn a_letter_is_underlined_or_named_where_there_is_no_colour() {
    for question in questions() {
        let mut model = asking(question, (120, 32), "");
        let choices = dialog(&mut model).choices();
        let underlined = print::underlined(&model, (120, 32)).to_lowercase();
        let letters: String = choices.iter().filter_map(|choice| choice.letter).collect();
        assert_eq!(underlined, letters);
        for theme in [Theme::mono(Glyphs::unicode()), Theme::colored(Glyphs::ascii())] {
            let text = print::with(&model, (120, 32), theme);
            for letter in letters.chars() {
                assert!(text.contains(&format!("[{letter}] ")), "{letter}: {text}");
            }
        }
    }
}

#[test]
fn a_question_that_is_longer_than_its_box_scrolls_to_its_end_and_back() {
    for question in questions() {
        for size in [(20, 5), (40, 10), (80, 24)] {
            let mut model = asking(question.clone(), size, "");
            let first = print::text(&model, size);
            let mut seen = first.clone();
            for _ in 0..60 {
                dialog(&mut model).step(Motion::PageDown);
                seen = print::text(&model, size);
            }
            assert!(!seen.contains("PgDn: more"), "{seen}");
            assert_eq!(first.contains("PgDn: more"), first != seen, "{first}{seen}");
            dialog(&mut model).step(Motion::PageUp);
            assert_eq!(print::text(&model, size), first);
        }
    }
}

#[test]
fn no_key_acts_on_what_cannot_be_seen() {
    for (size, question) in [((19, 5), true), ((20, 4), true), ((39, 10), false), ((40, 9), false)] {
        let mut model = cast::model(cast::rows());
        model.size = size;
        if question {
            model = asking(cast::signing_out(&["anthropic/lab"]), size, "");
            dialog(&mut model).step(Motion::Up);
        }
        let before = model.screen.clone();
        for name in ["enter", "esc", "down"] {
            assert_eq!(update(&mut model, cast::now(23), Msg::Key(key(name))), [], "{name} at {size:?}");
        }
        assert_eq!(model.screen, before, "{size:?}");
        assert_eq!(update(&mut model, cast::now(23), Msg::Key(key("ctrl-c"))), [Effect::Quit]);
    }
}
