//! Borrowed logins on the screen: seen, copied, and never changed.

use std::sync::Arc;

use authtui::domain::change::{Row, Snapshot, Where};
use authtui::domain::clock::TimeDelta;
use authtui::domain::configured_server::ConfiguredServer;
use authtui::domain::name::{ProfileId, StoreId};
use authtui::domain::owner::Owner;
use authtui::domain::profile::{Kind, Profile};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::{StoredTokens, Tokens};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::refresh::Refreshed;
use authtui::stored::borrowed::snapshot;
use authtui::tui::message::{Effect, Form, Msg};
use authtui::tui::row_id::RowId;
use authtui::tui::screen::Screen;
use authtui::tui::wizard::Page;

use crate::harness::{App, ends_in, name};

const READS: &str = "Claude Code keeps this login; authtui only reads it.";

#[test]
fn nothing_changes_a_borrowed_login_and_one_sentence_says_why() {
    let mut app = with(borrowed(3600));
    for key in ["r", "x", "X", "T"] {
        assert_eq!(app.keys(key), [], "{key}");
        assert_eq!((app.message(), &app.model.screen), (READS, &Screen::List), "{key}");
    }
    assert_eq!(app.keys("yt"), [Effect::Copy(borrowed(0).id, Form::Token)]);
}

#[test]
fn a_login_here_is_offered_beside_its_program_first_and_a_take_over_says_what_it_does() {
    let mut app = with(borrowed(3600));
    assert_eq!(app.keys("l"), []);
    let screen = app.screen();
    assert!(screen.contains("Log in to anthropic/claude-code here"), "{screen}");
    assert!(screen.contains("beside that of Claude Code"), "{screen}");
    app.press("down");
    let screen = app.screen();
    assert!(screen.contains("refresh token works once, so Claude Code is"), "{screen}");
    assert!(screen.contains("Its file stays as it is"), "{screen}");
    app.press("esc");
    assert_eq!(app.model.screen, Screen::List);
    app.keys("l");
    app.press("enter");
    assert!(matches!(app.model.screen, Screen::Wizard(_)), "a login of our own begins");
}

#[test]
fn a_login_that_is_taken_over_is_selected_and_one_that_is_not_says_why() {
    let mut app = with(borrowed(3600));
    let from = borrowed(0).id;
    let effects = app.keys("lt");
    assert_eq!(effects, [Effect::TakeOver(from.clone(), name_of("anthropic/claude-code"))]);
    let id = ProfileId { store: StoreId::Own, name: name_of("anthropic/claude-code") };
    let ours = Profile { id: id.clone(), owner: None, ..borrowed(7200) };
    let after = Snapshot {
        rows: [Row::Profile(Arc::new(ours))].into(),
        number: 9,
        ..app.model.own().expect("a store").clone()
    };
    app.feed(Msg::TakenOver(from.clone(), Ok((id.clone(), Refreshed::Done(after)))));
    assert_eq!(app.model.selected, Some(RowId::Profile(id.clone())));
    let said = "anthropic/claude-code is in your own file now. Log in to Claude Code again when it asks.";
    assert_eq!(app.message(), said);
    let trouble = Trouble::untouched("cannot take over it", "no answer", FailureKind::NothingToDo);
    let effects = app.feed(Msg::TakenOver(from, Err(trouble)));
    assert_eq!(effects, [Effect::Read(StoreId::Own)]);
    assert!(app.message().contains("annot take over it: no answer"), "{}", app.message());
}

#[test]
fn without_the_client_only_a_separate_login_is_offered_and_the_reason_is_said() {
    let mut app = with(Profile { client_id: None, ..borrowed(3600) });
    app.keys("l");
    let screen = app.screen();
    assert!(screen.contains("its file does not say which"), "{screen}");
    assert!(!screen.contains("Take over"), "{screen}");
}

#[test]
fn a_separate_login_at_a_server_without_a_provider_file_asks_that_server() {
    let there = borrowed(3600);
    let owner = Owner {
        address: Some(url::Url::parse("https://mcp.example.com/mcp").expect("an address")),
        ..(**there.owner.as_ref().expect("an owner")).clone()
    };
    let id = ProfileId { store: StoreId::Borrowed, name: name_of("mcp.example.com/claude-code") };
    let mut app = App::with(["work"]);
    app.feed(Msg::Stored(store(Profile { id, owner: Some(Arc::new(owner)), ..there })));
    app.keys("jl");
    let screen = app.screen();
    assert!(screen.contains("there is no provider file"), "{screen}");
    let effects = app.press("enter");
    let [Effect::Discover(_, request)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(request.url.host_str(), Some("mcp.example.com"));
}

#[test]
fn a_borrowed_login_of_a_provider_that_nobody_knows_says_so() {
    let there = borrowed(3600);
    let id = ProfileId { store: StoreId::Borrowed, name: name_of("openai/codex") };
    let mut app = App::with(["work"]);
    app.feed(Msg::Stored(store(Profile { id, ..there })));
    assert_eq!(app.keys("jl"), []);
    assert_eq!(app.model.screen, Screen::List);
    assert_eq!(app.message(), format!("{READS} There is no provider file for openai to log in with."));
}

#[test]
fn servers_that_other_programs_use_are_offered_first_and_what_is_marked_stays_marked() {
    let mut app = App::with(["work"]);
    assert_eq!(app.keys("n"), [Effect::FindServers]);
    app.press("down");
    let url = |text: &str| url::Url::parse(text).expect("an address");
    let used = |address: &str, programs: &[&str]| ConfiguredServer {
        address: url(address),
        programs: programs.iter().map(|&program| program.to_owned()).collect(),
    };
    let place = |app: &App| {
        let Screen::Wizard(wizard) = &app.model.screen else { panic!("{:?}", app.model.screen) };
        let Page::Provider(search) = &wizard.page else { panic!("{:?}", wizard.page) };
        search.marked
    };
    assert_eq!(place(&app), 1);
    let servers = vec![
        used("https://mcp.example.com/mcp", &["Codex"]),
        used("https://two.test/a", &["Cursor", "VS Code"]),
        used("https://two.test/b", &["Cursor"]),
    ];
    assert_eq!(app.feed(Msg::ServersFound(servers)), []);
    assert_eq!(place(&app), 4, "three came before it");
    let screen = app.screen();
    assert!(screen.contains("mcp.example.com · in Codex's configuration · log in here"), "{screen}");
    assert!(screen.contains("https://two.test/b · in Cursor's configuration"), "{screen}");
    app.press("esc");
    assert_eq!(app.keys("n"), [Effect::FindServers]);
    assert_eq!(place(&app), 0);
    let effects = app.press("enter");
    let [Effect::Discover(_, request)] = &effects[..] else { panic!("{effects:?}") };
    assert_eq!(request.url.host_str(), Some("mcp.example.com"));
    app.press("esc");
    app.keys("two");
    let screen = app.screen();
    assert!(screen.contains("two.test/a") && !screen.contains("in Codex's"), "{screen}");
}

#[test]
fn a_borrowed_token_that_ended_is_quiet_and_its_program_refreshes_it() {
    let app = with(borrowed(-60));
    let screen = app.screen();
    assert!(screen.contains("nothing needs you"), "{screen}");
    assert!(screen.contains("The token expired; Claude Code refreshes it"), "{screen}");
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
    let at = Where::Borrowed {
        program: "Codex".into(),
        file: "/home/ana/.codex/auth.json".into(),
        row: "openai/codex".into(),
    };
    let row = Row::broken("openai/codex", at, "it is empty");
    app.feed(Msg::Stored(snapshot(vec![row], 1)));
    app.keys("j");
    let screen = app.screen();
    assert!(!screen.contains("NEEDS YOU") && screen.contains("nothing needs you"), "{screen}");
    assert!(screen.contains("This file cannot be understood"), "{screen}");
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
        address: None,
    };
    Profile {
        held: StoredTokens::Present(tokens),
        life: ends_in(TimeDelta::seconds(left)),
        client_id: Some("claude".to_owned()),
        owner: Some(Arc::new(owner)),
        ..Profile::new(id, Kind::OAuth)
    }
}

fn name_of(text: &str) -> authtui::domain::name::ProfileName {
    authtui::domain::name::ProfileName::parse(text).unwrap_or_else(|_| name("odd"))
}
