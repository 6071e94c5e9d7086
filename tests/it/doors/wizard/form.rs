//! A server without a file of its own is described on one page.

use std::sync::Arc;

use authtui::demo::authority::client::PUBLIC;
use authtui::domain::provider::draft::{Draft, DraftQuestion};
use authtui::domain::secret::Secret;
use authtui::domain::tokens::StoredTokens;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::callback::CallbackVerdict;
use authtui::oauth::login::Input;
use authtui::stored::provider_file;
use authtui::tui::message::{Effect, Msg};
use authtui::tui::wizard::Work;
use authtui::tui::wizard::form::{FormField, ServerForm};

use super::{BEGUN, choose, wizard};
use crate::harness::{
    App, ISSUER, PORT, Server, asks, bound, check, entropy, id, profile, provider, saved, sent, visit,
};

/// What a person types for a server with everything, and the keys between; an endpoint begins beside the
/// login page.
const EVERYTHING: [(&str, &str); 9] = [
    ("id.corp.test/authorize?tenant=1", "enter"),
    ("token", "enter"),
    ("revoke", "enter"),
    ("device", "enter"),
    ("my client", "down"),
    ("hush-hush", "down down"),
    (" ", "down"),
    ("openid  read:all", "down down down"),
    ("work", "enter"),
];

fn form(app: &App) -> &ServerForm {
    wizard(app).form().expect("a form")
}

/// Opens the form, and types.
fn filled(answers: &[(&str, &str)]) -> App {
    let mut app = App::of([]);
    app.model.providers = "~/.config/authtui/providers".to_owned();
    choose(&mut app, "oauth2");
    for (text, keys) in answers {
        app.keys(text);
        assert_eq!(app.press(keys), [], "{text}");
    }
    app
}

/// What the form wants written, after Enter.
fn written(app: &mut App) -> (String, String) {
    let effects = app.press("enter");
    let [Effect::Describe(name, text)] = effects.as_slice() else { panic!("{effects:?} {}", app.screen()) };
    (name.clone(), text.clone())
}

/// Tells that the file was written.
fn kept(app: &mut App, name: String, text: String) -> Vec<Effect> {
    let files = [(format!("{name}.yaml"), Ok(text))];
    app.feed(Msg::Catalogued(Arc::new(provider_file::catalog(files))));
    app.feed(Msg::Described(name, Ok(())))
}

#[test]
fn a_server_is_described_shown_written_and_logged_in_to() {
    let mut app = filled(&EVERYTHING);
    assert_eq!(form(&app).focus(), FormField::LogIn);
    let shown = app.screen();
    for seen in ["New server corp", "corp/work", "Saves ~/.config/authtui/providers/corp.yaml"] {
        assert!(shown.contains(seen), "{seen}: {shown}");
    }
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
    assert_eq!(kept(&mut app, name, text), BEGUN, "{:?}", app.model.screen);
    let plan = app.login().plan();
    assert_eq!((&plan.id, plan.client_id.as_str()), (&id("corp/work"), "my client"));
    assert_eq!(plan.client_secret, Some(Secret::new("hush-hush")));
    assert_eq!(plan.scopes, ["openid", "read:all"]);
}

#[test]
fn the_keys_from_a_new_login_to_a_logged_in_profile_at_the_demos_server() {
    let mut app = filled(&[
        (&format!("{ISSUER}/oauth2/auth"), "enter"),
        ("token", "enter"),
        ("revoke", "enter enter"),
        (PUBLIC, "down down down down"),
        ("profile inference", "enter"),
    ]);
    let (name, text) = written(&mut app);
    assert_eq!(name, "127.0.0.1");
    assert_eq!(kept(&mut app, name, text), BEGUN);

    let mut server = Server::new();
    app.tell(Input::Began(entropy()));
    let check = check(&asks(&app.tell(Input::Bound(Ok(bound(PORT))))));
    app.tell(Input::Opened(Ok(())));
    let url = app.login().methods().expect("open methods").first().expect("a page").clone();
    let CallbackVerdict::Answer(answer) = visit(&server.browse(&url, "allow", None, app.now), &check) else {
        panic!("no answer")
    };
    let (request_id, request) = sent(&asks(&app.tell(Input::Answered(answer))));
    let reply = server.reply(&request, app.now);
    let change = saved(&asks(&app.tell(Input::Replied(request_id, Ok(reply)))));
    let profile = change.profile().expect("a profile");
    assert_eq!(profile.id, id("127.0.0.1/default"));
    assert!(matches!(profile.held, StoredTokens::Present(_)), "{:?}", profile.held);
}

#[test]
fn a_public_client_without_scopes_and_device_has_a_short_file() {
    let mut app = filled(&[
        ("id.corp.test/a", "enter"),
        ("token", "enter"),
        ("", "enter"),
        ("", "enter"),
        ("c", "enter"),
    ]);
    let (_, text) = written(&mut app);
    assert!(
        text.contains("flows: [code]\n") && !text.contains("device") && !text.contains("revoke"),
        "{text}"
    );
    assert!(text.contains("  authentication: none\nscopes:\n  default: []\npkce: \"required\"\n"), "{text}");
}

#[test]
fn the_redirect_is_changed_as_the_server_wants_it() {
    let mut app = filled(&EVERYTHING);
    app.press("up up up ctrl-u");
    app.keys("http://localhost:3000/cb");
    app.press("down down down");
    let (_, text) = written(&mut app);
    let redirect = "redirect:\n  host: \"localhost\"\n  port: 3000\n  path: \"/cb\"\n";
    assert!(text.contains(redirect), "{text}");
}

#[test]
fn a_file_that_cannot_be_written_leaves_all_that_was_typed() {
    let mut app = filled(&EVERYTHING);
    let (name, text) = written(&mut app);
    assert_eq!(app.press("enter esc"), [], "keys wait while it is saved");
    let why =
        Trouble::untouched("cannot save corp.yaml", "corp.yaml already exists", FailureKind::NothingToDo);
    assert_eq!(app.feed(Msg::Described(name.clone(), Err(why.clone()))), []);
    assert_eq!(wizard(&app).complaint, Some(why.to_string()));
    assert!(app.screen().contains("already exists"), "{}", app.screen());
    // The list of providers, and the same form.
    app.press("esc enter");
    assert_eq!(written(&mut app), (name, text));
}

#[test]
fn a_file_that_is_written_and_yet_not_usable_says_why() {
    let mut app = filled(&EVERYTHING);
    let (name, _) = written(&mut app);
    let bad = provider_file::catalog([("corp.yaml".to_owned(), Ok("name: corp\n".to_owned()))]);
    app.feed(Msg::Catalogued(Arc::new(bad)));
    assert_eq!(app.feed(Msg::Described(name, Ok(()))), []);
    let complaint = wizard(&app).complaint.clone().unwrap_or_default();
    assert!(complaint.starts_with("The file is saved, but it cannot be used: corp.yaml"), "{complaint}");
}

#[test]
fn the_file_is_shown_before_it_is_saved_and_scrolls() {
    let mut app = filled(&EVERYTHING);
    app.model.size = (40, 10);
    app.press("f2");
    let shown = app.screen();
    assert!(shown.contains("This file will be saved as") && shown.contains("# Written by"), "{shown}");
    app.press("pagedown");
    assert!(app.screen().contains("authorize: "), "{}", app.screen());
    app.press("esc");
    assert!(app.screen().contains("Log in"), "{}", app.screen());
    app.press("f2");
    written(&mut app);
}

/// What is said while the form has that in a field, before any Enter.
fn said(field: FormField, text: &str) -> String {
    let mut app = App::of([profile("corp/taken")]);
    choose(&mut app, "oauth2");
    app.keys("id.corp.test/a");
    while form(&app).focus() != field {
        app.press("down");
    }
    app.press("ctrl-u");
    app.keys(text);
    let said = form(&app).complaint(field, app.model.wizard_context());
    if let Some(said) = &said {
        let begin: String = said.chars().skip(1).take(12).collect();
        assert!(app.screen().contains(&begin), "{begin} {}", app.screen());
    }
    said.unwrap_or_default()
}

#[test]
fn what_cannot_be_is_said_beside_its_field_while_it_is_typed() {
    let https = "use https, or http on 127.0.0.1, [::1] or localhost";
    for (field, text, sentence) in [
        (FormField::LoginPage, "id.corp.test", "Enter a full address: https://id.acme.dev/authorize"),
        (FormField::LoginPage, "http://id.corp.test/a", https),
        (FormField::Token, "https://cid", "Enter a full address: https://id.acme.dev/token"),
        (FormField::Token, "file:///etc/passwd", https),
        (FormField::Token, "https://u:p@id.corp.test/", "leave out user name and password"),
        (FormField::Revocation, "https://id.corp.test/#x", "leave out the fragment (the part after #)"),
        (FormField::Device, "https://cid", "Enter a full address: https://id.acme.dev/device"),
        (FormField::Device, "", ""),
        (FormField::ClientId, "", ""),
        (
            FormField::ClientId,
            "ключ",
            "A client id has only visible ASCII characters (RFC 6749, Appendix A.1)",
        ),
        (FormField::ClientSecret, "пароль", "A client secret is one line of visible ASCII characters"),
        (
            FormField::Scopes,
            "a b\\c",
            "“b\\c” is no scope: one has visible ASCII characters, but no \" and no \\",
        ),
        (
            FormField::Redirect,
            "https://corp.test/cb",
            "Enter an address of this computer with its port: http://127.0.0.1:8765/callback",
        ),
        (FormField::Provider, "../x", "use only letters, digits, - _ and . (not first)"),
        (FormField::Provider, "demo", "There is already a provider demo; choose another name"),
        (FormField::Provider, "oauth2", "There is already a provider oauth2; choose another name"),
        (FormField::Profile, "key", "“key” is reserved for API keys; choose another name"),
        (FormField::Profile, "taken", "corp/taken already exists; choose another name"),
    ] {
        assert_eq!(said(field, text), sentence, "{field:?} {text:?}");
    }
}

#[test]
fn what_is_missing_is_said_once_a_login_is_tried_and_the_focus_goes_there() {
    let mut app = filled(&[("id.corp.test/a", "pagedown pagedown pagedown")]);
    assert!(!app.screen().contains("A client id is required"), "{}", app.screen());
    assert_eq!(app.press("enter"), []);
    assert_eq!(form(&app).focus(), FormField::Token);
    let shown = app.screen();
    for said in ["Enter a full address: https://id.acme.dev/token", "A client id is required."] {
        assert!(shown.contains(said), "{said} {shown}");
    }
}

#[test]
fn enter_goes_to_the_next_field_and_to_the_end_once_all_that_is_needed_is_there() {
    let mut app = filled(&[("id.corp.test/a", "enter")]);
    assert_eq!(form(&app).focus(), FormField::Token);
    app.keys("t");
    app.press("enter backtab tab enter enter");
    assert_eq!(form(&app).focus(), FormField::ClientId);
    app.keys("c");
    app.press("enter");
    assert_eq!(form(&app).focus(), FormField::LogIn);
}

#[test]
fn the_provider_is_named_after_its_login_page_until_the_person_names_it() {
    let mut app = filled(&[("login.corp.test/a", "down")]);
    assert_eq!(form(&app).typed(FormField::Provider), "corp");
    while form(&app).focus() != FormField::Provider {
        app.press("down");
    }
    app.keys("mine");
    app.press("pageup pageup");
    app.keys("b");
    assert_eq!(form(&app).typed(FormField::Provider), "mine");
}

#[test]
fn an_endpoint_at_another_host_is_shown_and_asked_about() {
    let mut app = filled(&EVERYTHING);
    app.press("pageup pageup pageup down ctrl-u");
    app.keys("https://tokens.other.test/token");
    assert!(app.screen().contains("The token endpoint is at tokens.other.test"), "{}", app.screen());
    app.press("pagedown pagedown pagedown");
    assert_eq!(app.press("enter"), []);
    assert!(app.screen().contains("Enter sends codes and secrets to that host"), "{}", app.screen());
    assert_eq!(app.press("esc"), []);
    assert!(!app.screen().contains("Enter sends"), "{}", app.screen());
    assert_eq!(app.press("enter"), []);
    let (_, text) = written(&mut app);
    assert!(text.contains("https://tokens.other.test/token"), "{text}");
}

#[test]
fn a_secret_is_sent_in_the_form_unless_the_person_chooses_otherwise() {
    for (keys, way, complaint) in [
        ("", Some("form"), false),
        ("right", Some("basic"), false),
        ("left", Some("none"), true),
        ("right right", Some("none"), true),
    ] {
        let mut app = filled(&EVERYTHING[..6]);
        app.press("up");
        keys.split(' ').filter(|key| !key.is_empty()).for_each(|key| drop(app.press(key)));
        assert_eq!(form(&app).choice(FormField::Authentication), way, "{keys}");
        let said = form(&app).complaint(FormField::Authentication, app.model.wizard_context());
        assert_eq!(said.is_some(), complaint, "{keys}");
    }
}

#[test]
fn a_click_goes_to_a_field_and_changes_a_choice() {
    let mut app = filled(&EVERYTHING[..5]);
    app.click("PKCE");
    assert_eq!((form(&app).focus(), form(&app).choice(FormField::Pkce)), (FormField::Pkce, Some("on")));
    app.click("PKCE");
    assert_eq!(form(&app).choice(FormField::Pkce), Some("off"));
    app.click("Client id");
    app.keys("2");
    assert_eq!(form(&app).typed(FormField::ClientId), "my client2");
}

#[test]
fn nothing_that_is_typed_can_break_out_of_its_quotes() {
    for (question, text) in [
        (DraftQuestion::ClientId, r#"a" , evil: "b"#),
        (DraftQuestion::ClientId, r"back\slash # no comment: {x}"),
        (DraftQuestion::Authorize, "https://id.corp.test/a?q=\"%0a'&x={y}"),
        (DraftQuestion::Scopes, "!&*|>{}[]%@`': #x - ?"),
        (DraftQuestion::Redirect, "http://127.0.0.1:1/'x:,&*"),
    ] {
        let mut draft = Draft::from_template(&provider("demo"));
        draft.answer(DraftQuestion::Name, "corp").expect("a name");
        draft.answer(DraftQuestion::ClientId, "c").expect("an id");
        draft.answer(question, text).expect(text);
        let file: serde_yaml::Value = serde_yaml::from_str(&draft.text()).expect("YAML");
        let keys = file.as_mapping().expect("a map").keys().filter_map(|key| key.as_str());
        let keys: Vec<_> = keys.filter(|key| *key != "redirect").collect();
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
