//! A server without a file of its own is described page by page.

use authtui::domain::provider::draft::{Draft, DraftQuestion};
use authtui::domain::secret::Secret;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::stored::provider_file;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::wizard::{ListQuestion, Page, TextQuestion, Work};

use super::{BEGUN, choose, wizard};
use crate::harness::{App, id, provider};

/// What a person types for a server with everything, in the order of the pages.
const ANSWERS: [&str; 8] = [
    "corp",
    "https://id.corp.test/authorize?tenant=1",
    "https://id.corp.test/token",
    "https://id.corp.test/device",
    "https://id.corp.test/revoke",
    "my client",
    "hush-hush",
    "openid  read:all",
];

/// Types the first answers, each on its page.
fn typed(app: &mut App, answers: &[&str]) {
    choose(app, "oauth2");
    for answer in answers {
        app.keys(answer);
        assert_eq!(app.press("enter"), [], "{answer}: {:?}", wizard(app).complaint);
    }
}

/// The file without what its reader does not know.
fn loadable(text: &str) -> String {
    let known = |line: &&str| !line.starts_with("extends") && !line.contains("device:");
    let lines: Vec<&str> = text.lines().filter(known).collect();
    lines.join("\n").replace(", device", "")
}

/// What the wizard wants written.
fn written(app: &mut App) -> (String, String) {
    let effects = app.press("enter");
    let [Effect::Describe(name, text)] = effects.as_slice() else { unreachable!("{effects:?}") };
    (name.clone(), text.clone())
}

#[test]
fn a_server_is_described_shown_written_and_logged_in_to() {
    let mut app = App::of([]);
    app.model.providers = "~/.config/authtui/providers".to_owned();
    typed(&mut app, &ANSWERS);
    assert_eq!(wizard(&app).page, Page::Choice(ListQuestion::Pkce, 0));
    let shown = app.screen();
    for seen in
        ["New server corp · 10 of 11", "Revocation  https://id.corp.test/revoke", "Secret      entered"]
    {
        assert!(shown.contains(seen), "{seen}: {shown}");
    }
    app.press("down enter");
    assert_eq!(wizard(&app).page, Page::Preview(0));
    assert!(app.screen().contains("~/.config/authtui/providers/corp.yaml"), "{}", app.screen());
    let (name, text) = written(&mut app);
    assert_eq!(wizard(&app).work, Work::Saving);
    assert_eq!(
        (name.as_str(), text.as_str()),
        (
            "corp",
            r#"# Written by authtui. Every field is described by `authtui providers fields`.
# A client secret is never kept here, but with the profile.
extends: "oauth2"
name: "corp"
title: "corp"
flows: [code, device]
endpoints:
  authorize: "https://id.corp.test/authorize?tenant=1"
  token: "https://id.corp.test/token"
  device: "https://id.corp.test/device"
  revoke: "https://id.corp.test/revoke"
client:
  id: "my client"
  authentication: post
scopes:
  default: ["openid", "read:all"]
pkce: "off"
"#
        )
    );
    app.feed(Msg::Catalogued(Box::new(provider_file::catalog([(
        "corp.yaml".to_owned(),
        Ok(loadable(&text)),
    )]))));
    assert_eq!(app.feed(Msg::Described(name, Ok(()))), []);
    assert!(matches!(wizard(&app).page, Page::Text(TextQuestion::Name, _)), "{:?}", app.model.screen);
    assert_eq!(app.press("enter"), BEGUN, "{:?}", app.model.screen);
    let plan = app.login().plan();
    assert_eq!((&plan.id, plan.client_id.as_str()), (&id("corp/default"), "my client"));
    assert_eq!(plan.client_secret, Some(Secret::new("hush-hush")));
    assert_eq!(plan.scopes, ["openid", "read:all"]);
}

#[test]
fn a_public_client_without_scopes_and_device_has_a_short_file() {
    let mut app = App::of([]);
    typed(&mut app, &["corp", "https://id.corp.test/a", "https://id.corp.test/t", "", "", "c", "", ""]);
    app.press("enter");
    let (_, text) = written(&mut app);
    assert!(text.contains("flows: [code]\n") && !text.contains("device"), "{text}");
    assert!(text.contains("  authentication: none\nscopes:\n  default: []\npkce: \"required\"\n"), "{text}");
}

#[test]
fn a_file_that_cannot_be_written_leaves_all_that_was_typed() {
    let mut app = App::of([]);
    typed(&mut app, &ANSWERS);
    app.press("enter");
    let (name, text) = written(&mut app);
    assert_eq!(app.press("enter esc"), [], "keys wait while it is saved");
    let why =
        Trouble::untouched("cannot save corp.yaml", "corp.yaml already exists", FailureKind::NothingToDo);
    assert_eq!(app.feed(Msg::Described(name.clone(), Err(why.clone()))), []);
    assert_eq!(wizard(&app).complaint, Some(why.to_string()));
    assert!(app.screen().contains("already exists"), "{}", app.screen());
    app.press("esc esc");
    assert_eq!(wizard(&app).page.field().map(authtui::tui::field::Field::text), Some(ANSWERS[7]));
    app.press("enter enter");
    assert_eq!(written(&mut app), (name, text));
}

#[test]
fn a_file_that_is_written_and_yet_not_usable_says_why() {
    let mut app = App::of([]);
    typed(&mut app, &ANSWERS);
    app.press("enter");
    let (name, _) = written(&mut app);
    let bad = provider_file::catalog([("corp.yaml".to_owned(), Ok("name: corp\n".to_owned()))]);
    app.feed(Msg::Catalogued(Box::new(bad)));
    assert_eq!(app.feed(Msg::Described(name, Ok(()))), []);
    let complaint = wizard(&app).complaint.clone().unwrap_or_default();
    assert!(complaint.starts_with("The file is saved, but it cannot be used: corp.yaml"), "{complaint}");
}

#[test]
fn an_answer_that_cannot_be_is_refused_with_a_sentence_and_stays() {
    let https = "use https, or http on 127.0.0.1, [::1] or localhost";
    let whole = "enter a full address such as https://id.example.org/oauth";
    let part = "use only letters, digits, - _ and . (not first)".to_owned();
    let client = "A client id has only visible ASCII characters (RFC 6749, Appendix A.1)".to_owned();
    let missing = "A client id is required".to_owned();
    let secret = "A client secret is one line of visible ASCII characters".to_owned();
    let scope = "“b\\c” is no scope: one has visible ASCII characters, but no \" and no \\".to_owned();
    for (page, text, sentence) in [
        (0, "", "enter a name (up to 64 characters)".to_owned()),
        (0, "../x", part.clone()),
        (0, "my server", part),
        (0, "demo", "There is already a provider demo; choose another name".to_owned()),
        (0, "oauth2", "There is already a provider oauth2; choose another name".to_owned()),
        (1, "", whole.to_owned()),
        (1, "http://id.corp.test/a", https.to_owned()),
        (2, "file:///etc/passwd", https.to_owned()),
        (2, "https://u:p@id.corp.test/", "leave out user name and password".to_owned()),
        (3, "https://id.corp.test/#x", "leave out the fragment (the part after #)".to_owned()),
        (4, "id.corp.test/#x", "leave out the fragment (the part after #)".to_owned()),
        (5, "", missing),
        (5, "ключ", client),
        (6, "пароль", secret),
        (7, "a b\\c", scope),
    ] {
        let mut app = App::of([]);
        typed(&mut app, &ANSWERS[..page]);
        app.keys(text);
        let before = wizard(&app).page.clone();
        assert_eq!(app.press("enter"), [], "{page} {text:?}");
        assert_eq!(wizard(&app).complaint, Some(sentence), "{page} {text:?}");
        assert_eq!(wizard(&app).page, before, "{page} {text:?}");
    }
}

#[test]
fn nothing_that_is_typed_can_break_out_of_its_quotes() {
    for (question, text) in [
        (DraftQuestion::ClientId, r#"a" , evil: "b"#),
        (DraftQuestion::ClientId, r"back\slash # no comment: {x}"),
        (DraftQuestion::Authorize, "https://id.corp.test/a?q=\"%0a'&x={y}"),
        (DraftQuestion::Scopes, "!&*|>{}[]%@`': #x - ?"),
    ] {
        let mut draft = Draft::from_template(&provider("demo"));
        draft.answer(DraftQuestion::Name, "corp").expect("a name");
        draft.answer(question, text).expect(text);
        let file: serde_yaml::Value = serde_yaml::from_str(&draft.text()).expect("YAML");
        let keys: Vec<_> = file.as_mapping().expect("a map").keys().filter_map(|key| key.as_str()).collect();
        assert_eq!(keys, ["extends", "name", "title", "flows", "endpoints", "client", "scopes", "pkce"]);
        assert_eq!(file["client"]["id"].as_str().unwrap_or_default(), draft.client_id);
        let scopes: Vec<_> = file["scopes"]["default"]
            .as_sequence()
            .expect("a list")
            .iter()
            .filter_map(|it| it.as_str())
            .collect();
        assert_eq!(scopes, draft.scopes);
    }
}
