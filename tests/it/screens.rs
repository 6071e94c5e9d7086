//! Whole screens, as text and as styles.

pub(crate) mod cast;
pub(crate) mod doors;
mod locked;
mod names;
mod pages;
mod print;
mod questions;
mod remapped;
mod servers;

use std::sync::LazyLock;

use authtui::domain::change::{Extent, PassphraseNeed, Row};
use authtui::domain::name::StoreId;
use authtui::domain::provider::LoginMethod;
use authtui::domain::secret::Secret;
use authtui::domain::trouble::{FailureKind, Stored, Trouble};
use authtui::oauth::login::preflight::{Preflight, PreflightGoal};
use authtui::oauth::login::{ConfirmReason, Input, Locality, Login, SaveDecision};
use authtui::tui::dialog::{Dialog, DialogQuestion};
use authtui::tui::field::{Field, Sight};
use authtui::tui::list_search::ListSearch;
use authtui::tui::log_page::LogPage;
use authtui::tui::message::Msg;
use authtui::tui::model::{AutoRefreshMode, Model, RowId};
use authtui::tui::passphrase::PassphraseForm;
use authtui::tui::screen::{Panel, Screen};
use authtui::tui::status::{AskedBy, StatusMessage, TaskReport, Tone};
use authtui::tui::theme::{Glyphs, Theme};
use authtui::tui::time_axis::{Timeline, Zoom};
use authtui::tui::update;
use authtui::tui::wizard::{ListQuestion, Page, TextQuestion, Wizard};
use insta::assert_snapshot;
use proptest::prelude::*;
use ratatui::buffer::Cell;

use self::doors::Last;
use self::print::{drawn, text, with};
use crate::documents::assert_page_has;
use crate::harness::key;

const WIDE: (u16, u16) = (120, 32);
const MIDDLE: (u16, u16) = (80, 24);
const PICTURE: (u16, u16) = (116, 17);
const NARROW: (u16, u16) = (60, 20);
const SMALLEST: (u16, u16) = (40, 10);

#[test]
fn the_list_shows_every_state_at_each_width() {
    let model = cast::model(cast::rows());
    for (name, size) in [("wide", WIDE), ("middle", MIDDLE), ("narrow", NARROW), ("smallest", SMALLEST)] {
        assert_snapshot!(format!("list_{name}"), drawn(&model, size));
    }
}

#[test]
fn the_picture_on_the_first_page_is_the_screen() {
    let screen = text(&cast::model(cast::rows()), PICTURE);
    assert_page_has("README.md", "```\n", "\n```", screen.trim_end());
}

#[test]
fn the_timeline_shows_past_and_future_at_each_width() {
    let model = timeline(Zoom::default());
    for (name, size) in [("wide", WIDE), ("middle", MIDDLE), ("narrow", NARROW), ("smallest", SMALLEST)] {
        assert_snapshot!(format!("timeline_{name}"), drawn(&model, size));
    }
    let zooms = [Zoom::Hour, Zoom::Day, Zoom::Year].map(|zoom| text(&timeline(zoom), MIDDLE));
    assert_snapshot!("timeline_zooms", zooms.join("\n"));
    assert_snapshot!("timeline_mono", with(&model, MIDDLE, Theme::mono(Glyphs::unicode())));
    assert_snapshot!("timeline_ascii", with(&model, WIDE, Theme::colored(Glyphs::ascii())));
}

/// The cast on the timeline, with a past.
fn timeline(zoom: Zoom) -> Model {
    let mut model = cast::model(cast::rows());
    model.timeline = Some(Timeline { zoom, first: 0 });
    model.auto_refresh = AutoRefreshMode::On;
    model.events = cast::history();
    model
}

#[test]
fn marked_rows_and_what_became_of_them_are_shown() {
    let mut model = cast::model(cast::rows());
    model.marks = ["anthropic/lab", "qonic/bim", "anthropic/key"].map(cast::id).into();
    assert_snapshot!("list_marked", drawn(&model, MIDDLE));
    model.results = Some(cast::results());
    model.screen = Screen::Results(1);
    for (name, size) in [("wide", WIDE), ("middle", MIDDLE), ("smallest", SMALLEST)] {
        assert_snapshot!(format!("results_{name}"), drawn(&model, size));
    }
    assert_snapshot!("dialog_sign_out_marked", {
        let names = ["anthropic/lab", "qonic/bim", "anthropic/key"];
        model.screen = Screen::Dialog(Dialog::new(cast::signing_out(&names)));
        drawn(&model, MIDDLE)
    });
}

#[test]
fn every_list_marks_its_selected_row_in_the_same_way() {
    let tint = print::colored().selected.bg;
    for pressed in ["", "t", ":", "?", ",", "L", "n", "results"] {
        for size in [WIDE, MIDDLE, NARROW, SMALLEST] {
            let mut model = cast::model(cast::rows());
            model.events = cast::history();
            model.size = size;
            match pressed {
                "" => {}
                "results" => {
                    model.results = Some(cast::results());
                    model.screen = Screen::Results(1);
                }
                pressed => drop(update(&mut model, cast::now(23), Msg::Key(key(pressed)))),
            }
            let rows = print::cells(&model, size);
            let tinted = rows.iter().filter_map(|row| {
                let first = row.iter().position(|cell| Some(cell.bg) == tint)?;
                Some((first, row.iter().filter(|cell| Some(cell.bg) == tint).count(), row))
            });
            let tinted: Vec<_> = tinted.collect();
            assert!(!tinted.is_empty(), "{pressed} at {size:?}: {}", text(&model, size));
            for (first, count, row) in tinted {
                let around: String = row[first - 2..first + 2].iter().map(Cell::symbol).collect();
                assert_eq!(around, "│ ▌ ", "{pressed} at {size:?}");
                assert!(row[first..first + count].iter().all(|cell| Some(cell.bg) == tint), "{pressed}");
            }
        }
    }
}

#[test]
fn the_list_needs_neither_colour_nor_unicode() {
    let mut model = cast::model(cast::rows());
    model.message = Some(message("anthropic/work is refreshed.", Tone::Good));
    assert_snapshot!("list_mono", with(&model, MIDDLE, Theme::mono(Glyphs::unicode())));
    assert_snapshot!("list_ascii", with(&model, WIDE, Theme::colored(Glyphs::ascii())));
}

#[test]
fn every_state_has_its_pane() {
    let rows = cast::rows();
    let mut panes = String::new();
    for row in &rows {
        let mut model = cast::model(rows.clone());
        model.screen = Screen::Pane;
        model.selected = Some(match row {
            Row::Profile(profile) => RowId::Profile(profile.id.clone()),
            Row::Broken(broken) => RowId::Broken(cast::id("a/b").store, broken.at.clone()),
        });
        model.events = cast::events();
        model.size = (56, 26);
        let screen = text(&model, model.size);
        let lines: Vec<&str> = screen.lines().skip(1).take(23).collect();
        panes += &(lines.join("\n") + "\n");
    }
    assert_snapshot!("pane", panes);
}

#[test]
fn a_profile_is_read_whole_on_a_page_of_its_own() {
    let mut model = cast::model(cast::rows());
    model.events = cast::events();
    model.screen = Screen::Everything;
    assert_snapshot!("everything", drawn(&model, MIDDLE));
    assert_snapshot!("everything_smallest", text(&model, SMALLEST));
}

#[test]
fn the_page_of_a_profile_says_what_its_tokens_say_and_that_nobody_checked_it() {
    let mut model = cast::model(vec![cast::of_a_company()]);
    model.screen = Screen::Everything;
    let each = [WIDE, MIDDLE, NARROW].map(|size| text(&model, size));
    assert_snapshot!("everything_claims", each.join("\n\n"));
    model.settings.privacy = true;
    let private = text(&model, WIDE);
    assert!(!private.contains("Ana Reyes") && !private.contains("Globex"), "{private}");
}

#[test]
fn the_detail_says_which_credential_a_program_would_take() {
    let mut panes = String::new();
    let mut models = Vec::new();
    for selected in ["KEY", "BEARER", "OTHER", "BROKEN", "work"] {
        models.push((selected, cast::environment(&["KEY", "BEARER", "OTHER", "BROKEN"])));
    }
    models.push(("BEARER", cast::environment(&["BEARER"])));
    models.push(("work", cast::environment(&[])));
    for (selected, mut model) in models {
        let shown = authtui::tui::rows::all(&model);
        let named = |row: &Row| match row {
            Row::Profile(profile) => profile.id.name.name() == selected,
            Row::Broken(broken) => broken.name.ends_with(selected),
        };
        let row = shown.into_iter().find(|(_, row)| named(row)).expect("a row");
        model.selected = Some(authtui::tui::rows::id(row.0, row.1));
        model.screen = Screen::Everything;
        let screen = text(&model, (70, 14));
        panes += &(screen.lines().skip(1).take(12).collect::<Vec<_>>().join("\n") + "\n");
    }
    assert_snapshot!("pane_used", panes);
    let all = cast::environment(&["KEY", "BEARER", "OTHER", "BROKEN"]);
    assert_snapshot!("list_environment", drawn(&all, MIDDLE));
}

#[test]
fn an_empty_list_says_how_to_begin_and_an_unread_one_says_nothing() {
    assert_snapshot!("empty", drawn(&cast::model(Vec::new()), MIDDLE));
    assert_snapshot!("empty_smallest", drawn(&cast::model(Vec::new()), SMALLEST));
    assert_snapshot!("unread", drawn(&Model::new(MIDDLE), MIDDLE));
}

#[test]
fn a_store_that_cannot_be_written_says_why_above_its_rows() {
    let why = "line 12 begins with a tab, which YAML does not allow";
    let next = FailureKind::NeedsFix(format!("correct {} and it is read again", cast::PLACE));
    let trouble = Trouble::untouched("cannot read the profiles", why, next);
    for (name, rows) in [("unreadable", Vec::new()), ("read_only", cast::rows())] {
        let mut model = cast::model(rows);
        model.stores.values_mut().for_each(|snapshot| snapshot.writable = Err(trouble.clone()));
        assert_snapshot!(name, drawn(&model, MIDDLE));
    }
}

#[test]
fn a_filter_is_typed_counted_and_noted() {
    let mut model = cast::model(cast::rows());
    model.filter = "ana".into();
    assert_snapshot!("filter_noted", drawn(&model, MIDDLE));
    model.screen = Screen::Filter(Field::new("ana", Sight::Clear));
    assert_snapshot!("filter_typed", drawn(&model, NARROW));
    model.screen = Screen::Renaming(cast::id("anthropic/work"), Field::new("play", Sight::Clear));
    assert_snapshot!("name_typed", drawn(&model, MIDDLE));
}

#[test]
fn a_long_message_stands_above_the_keys() {
    let mut model = cast::model(cast::rows());
    let text = "cannot refresh gitlab/ci: gitlab.example.org answered 503, and asks to be left alone \
        for a minute. Stored tokens are unchanged. Next: try again.";
    model.message = Some(message(text, Tone::Bad));
    assert_snapshot!("message", drawn(&model, MIDDLE));
}

#[test]
fn a_login_shows_its_steps_and_the_one_thing_to_do() {
    for (name, login) in [
        ("waiting", noticed(cast::waiting())),
        ("exchanging", cast::exchanging().0),
        ("saving", cast::saving()),
        ("done", cast::done()),
        ("refused", cast::refused()),
        ("timed_out", after(cast::waiting(), Input::Woke, 301)),
    ] {
        let mut model = cast::model(cast::rows());
        model.login = Some(login);
        model.screen = Screen::Login(Panel::Steps);
        assert_snapshot!(format!("login_{name}"), drawn(&model, MIDDLE));
        assert_snapshot!(format!("login_{name}_smallest"), text(&model, SMALLEST));
    }
}

#[test]
fn one_key_unfolds_the_steps_into_a_line_for_each() {
    for (name, size) in [("", MIDDLE), ("_narrow", NARROW), ("_smallest", SMALLEST)] {
        let mut model = at(cast::waiting(), Panel::Steps);
        model.shows_steps = true;
        assert_snapshot!(format!("login_unfolded{name}"), text(&model, size));
    }
}

#[test]
fn a_login_from_afar_or_without_a_browser_shows_the_door_that_can_work() {
    let unopened = Trouble::untouched("cannot open a browser", "there is none", FailureKind::NothingToDo);
    for (name, locality, login) in [
        ("over_ssh", Locality::OverSsh, cast::waiting_at(Locality::OverSsh)),
        ("no_display", Locality::NoDisplay, cast::waiting_at(Locality::NoDisplay)),
        ("unopened", Locality::Local, after(cast::waiting(), Input::Opened(Err(unopened)), 2)),
    ] {
        let mut model = cast::model(cast::rows());
        model.locality = locality;
        model.login = Some(login);
        model.screen = Screen::Login(Panel::Steps);
        assert_snapshot!(format!("login_{name}"), drawn(&model, MIDDLE));
        assert_snapshot!(format!("login_{name}_narrow"), text(&model, NARROW));
        assert_snapshot!(format!("login_{name}_smallest"), text(&model, SMALLEST));
    }
}

#[test]
fn a_device_code_is_shown_with_its_link_at_every_size() {
    let all = [LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device];
    for (name, login, locality) in [
        (
            "alone",
            doors::device(&[LoginMethod::Device], Locality::Local, false, Last::Pending),
            Locality::Local,
        ),
        ("over_ssh", doors::device(&all, Locality::OverSsh, true, Last::SlowDown), Locality::OverSsh),
        (
            "unreachable",
            doors::device(&all, Locality::NoDisplay, true, Last::Unreachable),
            Locality::NoDisplay,
        ),
    ] {
        let mut model = at(login, Panel::Steps);
        model.locality = locality;
        assert_snapshot!(format!("device_{name}_wide"), drawn(&model, WIDE));
        assert_snapshot!(format!("device_{name}"), drawn(&model, MIDDLE));
        assert_snapshot!(format!("device_{name}_narrow"), text(&model, NARROW));
        assert_snapshot!(format!("device_{name}_smallest"), drawn(&model, SMALLEST));
        let ascii = Theme::colored(Glyphs::ascii());
        assert_snapshot!(format!("device_{name}_ascii"), with(&model, MIDDLE, ascii));
        assert_snapshot!(format!("device_{name}_ascii_smallest"), with(&model, SMALLEST, ascii));
    }
}

#[test]
fn a_link_that_needs_no_code_is_shown_alone() {
    let mut model = at(doors::link(&[LoginMethod::Device], Locality::Local), Panel::Steps);
    assert_snapshot!("link_alone", drawn(&model, MIDDLE));
    assert_snapshot!("link_alone_narrow", text(&model, NARROW));
    assert_snapshot!("link_alone_smallest", text(&model, SMALLEST));
    model.screen = Screen::Login(Panel::Qr);
    assert_snapshot!("link_alone_qr", text(&model, MIDDLE));
    let beside = at(doors::link(&[LoginMethod::Code, LoginMethod::Device], Locality::Local), Panel::Steps);
    assert_snapshot!("link_beside", text(&beside, MIDDLE));
}

#[test]
fn a_device_code_stands_beside_a_callback_and_is_one_key_away() {
    let login =
        doors::device(&[LoginMethod::Code, LoginMethod::Device], Locality::Local, true, Last::Pending);
    let mut model = at(login, Panel::Steps);
    assert_snapshot!("device_beside", text(&model, MIDDLE));
    assert_snapshot!("device_beside_smallest", text(&model, SMALLEST));
    model.method = Some(LoginMethod::Device);
    assert_snapshot!("device_chosen", text(&model, MIDDLE));
    assert_snapshot!("device_chosen_narrow", text(&model, NARROW));
}

#[test]
fn a_qr_code_is_black_on_white_in_every_theme_and_a_sentence_where_it_cannot_be() {
    let model = at(doors::device(&[LoginMethod::Device], Locality::Local, true, Last::Pending), Panel::Qr);
    assert_snapshot!("qr", with(&model, MIDDLE, Theme::mono(Glyphs::unicode())));
    assert_snapshot!("qr_narrow", text(&model, NARROW));
    assert_snapshot!("qr_smallest", text(&model, SMALLEST));
    assert_snapshot!("qr_ascii", with(&model, MIDDLE, Theme::colored(Glyphs::ascii())));
}

#[test]
fn a_provider_that_wants_the_persons_browser_gets_a_curl_line() {
    let mut model = at(doors::curl(), Panel::Steps);
    assert_snapshot!("curl", drawn(&model, MIDDLE));
    assert_snapshot!("curl_narrow", text(&model, NARROW));
    assert_snapshot!("curl_smallest", text(&model, SMALLEST));
    model.screen = Screen::Login(Panel::Pasting(Field::new("", Sight::Clear)));
    assert_snapshot!("curl_pasting", text(&model, MIDDLE));
}

#[test]
fn a_waiting_login_needs_neither_unicode_nor_room() {
    let mut model = cast::model(cast::rows());
    model.login = Some(cast::waiting());
    model.screen = Screen::Login(Panel::Steps);
    assert_snapshot!("login_ascii", with(&model, MIDDLE, Theme::colored(Glyphs::ascii())));
    assert_snapshot!("login_narrow", text(&model, NARROW));
}

#[test]
fn an_answer_is_pasted_below_the_steps() {
    let mut model = cast::model(cast::rows());
    model.login = Some(cast::waiting());
    model.screen = Screen::Login(Panel::Pasting(Field::new("c0de#st", Sight::Clear)));
    assert_snapshot!("login_pasting", drawn(&model, MIDDLE));
    assert_snapshot!("login_pasting_smallest", drawn(&model, SMALLEST));
}

#[test]
fn whose_account_it_is_is_asked_for_below_what_is_done() {
    let mut model = cast::model(cast::rows());
    model.login = Some(cast::naming());
    model.screen = Screen::Login(Panel::Naming(Field::new("ana@acme.dev", Sight::Clear)));
    let each = [WIDE, MIDDLE, NARROW, SMALLEST].map(|size| drawn(&model, size));
    assert_snapshot!("login_naming", each.join("\n\n"));
}

#[test]
fn a_login_that_an_id_token_names_says_at_its_end_that_nobody_checked_it() {
    let model = at(cast::refused_with_id_token(), Panel::Steps);
    let each = [WIDE, MIDDLE, NARROW].map(|size| text(&model, size));
    assert_snapshot!("login_refused_with_id_token", each.join("\n\n"));
}

#[test]
fn a_question_is_asked_before_anything_is_lost() {
    let revoke = |name| Screen::Dialog(Dialog::new(cast::signing_out(&[name])));
    for (name, size, screen) in [
        ("sign_out", MIDDLE, revoke("anthropic/work")),
        ("sign_out_smallest", SMALLEST, revoke("anthropic/lab")),
        ("sign_out_key", MIDDLE, revoke("anthropic/key")),
        (
            "log_in_again",
            MIDDLE,
            Screen::Dialog(Dialog::new(DialogQuestion::LogInAgain(cast::id("anthropic/work")))),
        ),
        ("cancel", MIDDLE, Screen::Login(Panel::Cancelling(Dialog::new(DialogQuestion::CancelLogin)))),
        ("other_account", MIDDLE, Screen::Login(Panel::Deciding(other_account()))),
        ("not_saved", MIDDLE, Screen::Dialog(not_saved())),
        ("not_saved_smallest", SMALLEST, Screen::Dialog(not_saved())),
    ] {
        let mut model = cast::model(cast::rows());
        model.login = Some(cast::waiting());
        model.screen = screen;
        assert_snapshot!(format!("dialog_{name}"), drawn(&model, size));
    }
}

#[test]
fn revoking_at_the_provider_is_asked_and_what_it_did_not_do_is_said() {
    let work = || cast::id("anthropic/work");
    let why = "Anthropic (claude.ai account) answered 503 with an empty body; it may be asked again in 2m00s";
    let busy = Trouble::untouched(
        "cannot sign out of anthropic/work at its provider",
        why,
        FailureKind::Temporary(None),
    );
    for (name, question) in [
        ("sign_out_twins", cast::signing_out(&["anthropic/work"])),
        ("not_revocable", cast::not_revocable("anthropic/work")),
        ("not_revoked", DialogQuestion::NotRevoked(work(), Extent::Tokens, busy)),
    ] {
        let mut rows = cast::rows();
        if let [Row::Profile(first), Row::Profile(second), ..] = rows.as_mut_slice() {
            std::sync::Arc::make_mut(second).held = first.held.clone();
        }
        let mut model = cast::model(rows);
        model.screen = Screen::Dialog(Dialog::new(question));
        for (size, columns) in
            [("wide", WIDE), ("middle", MIDDLE), ("narrow", NARROW), ("smallest", SMALLEST)]
        {
            assert_snapshot!(format!("dialog_{name}_{size}"), drawn(&model, columns));
        }
    }
}

#[test]
fn the_wizard_asks_for_what_a_login_needs() {
    let mut wizard = Wizard::new();
    for (name, page) in [
        ("provider", Page::Provider(ListSearch::at(0))),
        ("name", Page::Text(TextQuestion::Name, Field::new("work", Sight::Clear))),
        ("client_id", Page::Text(TextQuestion::ClientId, Field::new("", Sight::Clear))),
        ("client_secret", Page::Text(TextQuestion::ClientSecret, Field::new("hunter2", Sight::Masked))),
        ("notice", Page::Notice),
    ] {
        wizard.page = page;
        let mut model = cast::model(cast::rows());
        model.screen = Screen::Wizard(Box::new(wizard.clone()));
        assert_snapshot!(format!("wizard_{name}"), drawn(&model, MIDDLE));
        assert_snapshot!(format!("wizard_{name}_smallest"), text(&model, SMALLEST));
        wizard.preflight = Some(Preflight::new(&cast::provider(), PreflightGoal::Login));
        wizard.complaint =
            (name == "provider").then(|| "anthropic/work already exists; choose another name".to_owned());
    }
}

#[test]
fn help_and_copy_list_their_keys() {
    let mut model = cast::model(cast::rows());
    model.screen = Screen::Help(ListSearch::at(0), Box::new(Screen::List));
    assert_snapshot!("help_wide", drawn(&model, WIDE));
    model.screen = Screen::Help(ListSearch::at(70), Box::new(Screen::List));
    assert_snapshot!("help_narrow_end", drawn(&model, NARROW));
    model.screen = Screen::Copy;
    assert_snapshot!("copy", drawn(&model, MIDDLE));
    model.selected = Some(RowId::Profile(cast::id("anthropic/key")));
    assert_snapshot!("copy_key", drawn(&model, SMALLEST));
}

#[test]
fn a_terminal_that_is_too_small_is_told_so() {
    let model = cast::model(cast::rows());
    assert_snapshot!("too_small", drawn(&model, (30, 8)));
    assert_snapshot!("far_too_small", drawn(&model, (1, 1)));
}

#[test]
fn of_a_thousand_profiles_those_around_the_selected_one_are_drawn() {
    let mut model = cast::model(cast::many(1500));
    model.selected = Some(RowId::Profile(cast::id("github/p0705")));
    model.offset = 699;
    assert_snapshot!("thousand", text(&model, MIDDLE));
}

#[test]
fn the_settings_fit_every_size() {
    let mut model = cast::model(cast::rows());
    model.settings_path = "/home/ana/.config/authtui/settings.yaml".to_owned();
    model.screen = Screen::Settings(3);
    assert_snapshot!("settings_wide", drawn(&model, WIDE));
    assert_snapshot!("settings_middle", drawn(&model, MIDDLE));
    assert_snapshot!("settings_smallest", drawn(&model, SMALLEST));
    model.settings_fault = Some("settings.yaml is not used: theme: invalid value at line 2".to_owned());
    assert_snapshot!("settings_fault", text(&model, MIDDLE));
}

#[test]
fn in_privacy_no_screen_shows_an_account() {
    for mut model in everything() {
        model.settings.privacy = true;
        let profiles = model.stores.values().flat_map(authtui::domain::change::Snapshot::profiles);
        let accounts: Vec<String> = profiles.filter_map(|profile| profile.account.clone()).collect();
        for size in [WIDE, MIDDLE, NARROW, (200, 60)] {
            let shown = text(&model, size);
            let seen =
                accounts.iter().find(|account| account.contains('@') && shown.contains(account.as_str()));
            assert_eq!(seen, None, "{shown}");
        }
    }
}

#[test]
fn every_sign_of_the_program_has_a_form_in_seven_bits() {
    for model in everything() {
        for size in [WIDE, MIDDLE, NARROW, SMALLEST, (30, 8)] {
            for theme in [Theme::colored, Theme::mono] {
                let missing = print::without_ascii(&model, size, theme);
                assert_eq!(missing, [""; 0], "{size:?}\n{}", text(&model, size));
            }
        }
    }
}

#[test]
fn what_is_marked_is_one_block() {
    for mut model in everything() {
        for _ in 0..12 {
            for (size, glyphs) in
                [(WIDE, Glyphs::ascii()), (MIDDLE, Glyphs::unicode()), (SMALLEST, Glyphs::unicode())]
            {
                let theme = Theme::colored(glyphs);
                assert!(
                    print::has_whole_marks(&model, size, theme),
                    "{}",
                    with(&model, size, Theme::colored(glyphs))
                );
            }
            update(&mut model, cast::now(23), Msg::Key(key("down")));
        }
    }
}

#[test]
fn the_log_says_what_happened_at_every_size() {
    let mut model = cast::model(cast::rows());
    model.events = cast::events();
    model.screen = Screen::Log(LogPage::default());
    assert_snapshot!("log", drawn(&model, MIDDLE));
    for size in [WIDE, NARROW, SMALLEST] {
        let screen = text(&model, size);
        for words in ["refresh failed", "login ended", "could not sign out"] {
            assert!(screen.contains(words) || size == SMALLEST, "{words}:\n{screen}");
        }
    }
    assert_snapshot!("log_smallest", text(&model, SMALLEST));
}

#[test]
fn a_reason_is_read_whole_in_the_log_and_on_the_page_of_its_profile() {
    let whole = |text: &str| -> String {
        text.chars().filter(|char| !char.is_whitespace() && !"│╭╮╰╯┌┐└┘─".contains(*char)).collect()
    };
    let why = "gitlab.example.org answered 503, and asks to be left alone for a minute or two";
    for size in [(40, 10), (60, 20), (80, 24), (120, 32)] {
        let mut model = cast::model(cast::rows());
        model.size = size;
        model.events = cast::events();
        model.screen = Screen::Log(LogPage::default());
        let mut seen = String::new();
        for _ in 0..cast::events().len() {
            update(&mut model, cast::now(23), Msg::Key(key("enter")));
            seen += &whole(&text(&model, size));
            update(&mut model, cast::now(23), Msg::Key(key("pagedown")));
            seen += &whole(&text(&model, size));
            update(&mut model, cast::now(23), Msg::Key(key("esc")));
            update(&mut model, cast::now(23), Msg::Key(key("down")));
        }
        for said in [
            "Refresh failed:",
            "Login ended by the provider:",
            "New tokens could not be saved:",
            "Could not sign out at the provider:",
        ] {
            assert!(seen.contains(&whole(said)), "{said} at {size:?}");
        }
        assert!(
            seen.contains(&whole(&format!("Could not sign out at the provider: {why}"))) || size == (40, 10)
        );
        model.screen = Screen::Everything;
        let page = whole(&text(&model, (size.0, 60)));
        assert!(page.contains(&whole(&format!("could not sign out at the provider: {why}"))), "{page}");
    }
}

/// Every page of the program, with questions, events, the help and waiting logins.
fn everything() -> Vec<Model> {
    let of = |screen: Screen| {
        let mut model = cast::model(cast::rows());
        model.events = cast::events();
        model.login = Some(noticed(cast::waiting()));
        model.screen = screen;
        model
    };
    let helps = (0..14).map(|page| of(Screen::Help(ListSearch::at(page * 8), Box::new(Screen::List))));
    let panes = cast::rows().into_iter().map(|row| {
        let mut model = of(Screen::Pane);
        model.selected = Some(authtui::tui::rows::id(StoreId::Own, &row));
        model
    });
    let all = [LoginMethod::Code, LoginMethod::Paste, LoginMethod::Device];
    let devices = [Last::Pending, Last::SlowDown, Last::Unreachable].map(|last| {
        let mut model = at(doors::device(&all, Locality::OverSsh, true, last), Panel::Steps);
        model.locality = Locality::OverSsh;
        model
    });
    let pages = pages::all().into_iter().map(|wizard| of(Screen::Wizard(Box::new(wizard))));
    let environment = cast::environment(&["KEY", "BEARER", "OTHER", "BROKEN"]);
    MODELS
        .iter()
        .cloned()
        .chain(helps)
        .chain(panes)
        .chain(devices)
        .chain(pages)
        .chain(questions::all())
        .chain([
            of(Screen::Settings(0)),
            timeline(Zoom::default()),
            of(Screen::Log(LogPage::default())),
            at(doors::curl(), Panel::Steps),
            environment,
        ])
        .collect()
}

proptest! {
    #[test]
    fn no_size_is_too_odd_to_draw(width in 1u16..=200, height in 1u16..=60, index in 0usize..MODELS.len()) {
        let model = MODELS.get(index).expect("in range");
        drawn(model, (width, height));
        with(model, (width, height), Theme::mono(Glyphs::ascii()));
    }
}

/// A screen with that login.
fn at(login: Login, panel: Panel) -> Model {
    let mut model = cast::model(cast::rows());
    model.login = Some(login);
    model.screen = Screen::Login(panel);
    model
}

fn other_account() -> Dialog {
    let doubt = ConfirmReason::OtherAccount { stored: "ana@acme.dev".into(), came: "ana@home.net".into() };
    Dialog::new(DialogQuestion::Tokens(doubt, SaveDecision::KeepAs(cast::id("anthropic/work-2").name)))
}

fn not_saved() -> Dialog {
    let mut trouble =
        Trouble::untouched("cannot save github/ana", "the disk is full", FailureKind::Temporary(None));
    trouble.stored = Stored::NewOnesInMemory;
    Dialog::new(DialogQuestion::UnsavedRefresh(cast::id("github/ana"), trouble, None))
}

/// A model for every screen.
static MODELS: LazyLock<Vec<Model>> = LazyLock::new(|| {
    let field = || {
        Field::new("日本語 and a text that is longer than many screens are wide, so it scrolls", Sight::Clear)
    };
    let trouble = Trouble::untouched("cannot save", "the disk is full", FailureKind::Temporary(None));
    let question = |question| Dialog::new(question);
    let wizard = |page| {
        let preflight = Some(Preflight::new(&cast::provider(), PreflightGoal::Login));
        Screen::Wizard(Box::new(Wizard {
            page,
            preflight,
            complaint: Some("why ".repeat(30)),
            ..Wizard::new()
        }))
    };
    let screens = [
        Screen::List,
        Screen::Pane,
        Screen::Everything,
        Screen::Filter(field()),
        Screen::Renaming(cast::id("anthropic/lab"), field()),
        Screen::Passphrase(PassphraseForm::new(StoreId::Keyring, PassphraseNeed::New)),
        Screen::Copy,
        Screen::Help(ListSearch::at(7), Box::new(Screen::List)),
        Screen::Dialog(question(cast::signing_out(&["anthropic/lab"]))),
        Screen::Dialog(question(DialogQuestion::UnsavedRefresh(
            cast::id("anthropic/lab"),
            trouble.clone(),
            None,
        ))),
        Screen::Dialog(question(DialogQuestion::QuitUnsaved)),
        Screen::Dialog(question(cast::not_revocable("anthropic/lab"))),
        Screen::Dialog(question(DialogQuestion::NotRevoked(
            cast::id("anthropic/lab"),
            Extent::Tokens,
            trouble.clone(),
        ))),
        wizard(Page::Provider(ListSearch::at(3))),
        wizard(Page::Text(TextQuestion::Name, field())),
        wizard(Page::Text(TextQuestion::ClientSecret, field())),
        wizard(Page::Notice),
        wizard(Page::Choice(ListQuestion::LoginOrKey, 1)),
        wizard(Page::Key(Box::default())),
        wizard(Page::Scopes(Box::new(pages::many_scopes()))),
        Screen::Wizard(Box::new(pages::preview())),
        Screen::Login(Panel::Steps),
        Screen::Login(Panel::Qr),
        Screen::Login(Panel::Pasting(field())),
        Screen::Login(Panel::Cancelling(question(DialogQuestion::CancelLogin))),
        Screen::Login(Panel::Deciding(question(DialogQuestion::UnsavedLogin(trouble, None)))),
    ];
    let full = screens.into_iter().map(|screen| {
        let mut model = cast::model(cast::rows());
        model.login = Some(noticed(cast::waiting()));
        model.message = Some(message(&"a long message ".repeat(20), Tone::Plain));
        model.screen = screen;
        model
    });
    let ended = [cast::done(), cast::refused(), cast::saving(), cast::naming()].map(|login| {
        let mut model = cast::model(cast::rows());
        model.login = Some(login);
        model.screen = Screen::Login(Panel::Steps);
        model
    });
    full.chain(ended).chain([Model::new((1, 1)), cast::model(Vec::new())]).collect()
});

fn noticed(mut login: Login) -> Login {
    login.advance(Input::Typed(Secret::new("https://elsewhere.example.org/?code=1&state=2")), cast::now(9));
    login
}

fn after(mut login: Login, heard: Input, seconds: u64) -> Login {
    login.advance(heard, cast::now(seconds));
    login
}

fn message(text: &str, tone: Tone) -> StatusMessage {
    StatusMessage { report: TaskReport::new(text, tone, AskedBy::Person), until: None }
}
