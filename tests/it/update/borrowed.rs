//! Borrowed logins on the screen: seen, copied, and never changed.

use std::sync::Arc;

use authtui::domain::change::{Row, Snapshot, Where};
use authtui::domain::clock::TimeDelta;
use authtui::domain::name::{ProfileId, StoreId};
use authtui::domain::owner::Owner;
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{StoredTokens, Tokens};
use authtui::stored::borrowed::snapshot;
use authtui::tui::message::{Effect, Form, Msg};
use authtui::tui::screen::Screen;

use crate::harness::{App, ends_in, name};

const READS: &str = "Claude Code keeps this login; authtui only reads it.";

#[test]
fn nothing_changes_a_borrowed_login_and_one_sentence_says_why() {
    let mut app = with(borrowed(3600));
    for key in ["r", "x", "X", "T", "l"] {
        assert_eq!(app.keys(key), [], "{key}");
        assert_eq!((app.message(), &app.model.screen), (READS, &Screen::List), "{key}");
    }
    assert_eq!(app.keys("yt"), [Effect::Copy(borrowed(0).id, Form::Token)]);
}

#[test]
fn a_borrowed_token_that_ended_is_quiet_and_its_program_renews_it() {
    let app = with(borrowed(-60));
    let screen = app.screen();
    assert!(screen.contains("both are fine"), "{screen}");
    assert!(screen.contains("The token expired; Claude Code renews it"), "{screen}");
    assert!(screen.contains("Expired") && !screen.contains("Due"), "{screen}");
}

#[test]
fn a_change_by_its_program_is_shown_and_not_told() {
    let mut app = with(borrowed(3600));
    let mut other = borrowed(7200);
    other.held = StoredTokens::Present(Tokens { access: Secret::new("b"), refresh: None });
    assert_eq!(app.feed(Msg::Stored(store(other.clone()))), []);
    assert_eq!(app.message(), "");
    assert_eq!(app.model.profile(&other.id), Some(&other));
}

#[test]
fn an_unreadable_file_is_a_row_that_needs_nobody() {
    let mut app = App::with(["work"]);
    let at = Where::Borrowed { file: "/home/ana/.codex/auth.json".into(), row: "openai/codex".into() };
    let row = Row::Broken { name: "openai/codex".into(), at, why: "it is empty".into() };
    app.feed(Msg::Stored(snapshot(vec![row], 1)));
    app.keys("j");
    let screen = app.screen();
    assert!(!screen.contains("NEEDS YOU") && screen.contains("both are fine"), "{screen}");
    assert!(screen.contains("This file of another program is not"), "{screen}");
    assert_eq!(app.keys("r"), []);
    assert!(
        app.message().starts_with("/home/ana/.codex/auth.json cannot be understood."),
        "{}",
        app.message()
    );
}

fn with(profile: Profile) -> App {
    let mut app = App::with(["work"]);
    assert_eq!(app.feed(Msg::Stored(store(profile))), []);
    app.keys("j");
    assert_eq!(app.selected(), "anthropic/claude-code");
    app
}

fn store(profile: Profile) -> Snapshot {
    snapshot(vec![Row::Profile(Arc::new(profile))], 1)
}

/// A login of Claude Code whose token ends in so many seconds.
fn borrowed(left: i64) -> Profile {
    let id = ProfileId { store: StoreId::Borrowed, name: name_of("anthropic/claude-code") };
    let tokens = Tokens { access: Secret::new("a"), refresh: Some(Secret::new("r")) };
    let owner = Owner {
        title: "Claude Code".to_owned(),
        file: "/home/ana/.claude/.credentials.json".to_owned(),
        elsewhere: None,
    };
    Profile {
        held: StoredTokens::Present(tokens),
        life: ends_in(TimeDelta::seconds(left)),
        owner: Some(Arc::new(owner)),
        ..Profile::new(id, Kind::OAuth)
    }
}

fn name_of(text: &str) -> authtui::domain::name::ProfileName {
    authtui::domain::name::ProfileName::parse(text).unwrap_or_else(|_| name("odd"))
}
