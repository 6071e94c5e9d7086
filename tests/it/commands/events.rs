//! `authtui events`: what happened, in columns for people and in lines for scripts.

use crate::home::Home;
use crate::terminal::pty::Pty;

#[test]
fn on_a_terminal_events_have_heads_seconds_and_every_word_at_any_width() {
    let home = Home::new();
    home.store("providers: {acme: {oauth_credentials: [{id: work, access_token: t}]}}\n");
    assert_eq!(home.run(&["logout", "acme/work", "--yes"]).code, Some(0));
    for columns in [120, 80, 40] {
        let text = Pty::start(&home, &["events"], (columns, 20)).end().text;
        let head = text.lines().next().unwrap_or_default();
        assert!(head.starts_with("TIME") && head.contains("PROFILE"), "{columns}: {text}");
        let line = text.lines().find(|line| line.contains("acme/work")).expect("the event");
        assert_eq!(line.matches(':').count(), 2, "minutes and seconds: {line}");
        assert!(text.contains("tokens erased here"), "{columns}: {text}");
        assert_eq!(text.contains("authtui logout, process"), columns >= 80, "{columns}: {text}");
    }
    let plain = home.run(&["events"]).out;
    assert!(
        !plain.contains("TIME") && plain.contains("tokens erased here  (authtui logout, process "),
        "{plain}"
    );
}

#[test]
fn an_event_log_that_cannot_be_read_is_said_with_what_helps() {
    let home = Home::new();
    home.store("providers: {acme: {api_key: sk-1}}\n");
    std::fs::create_dir_all(home.path("state/authtui/events.jsonl")).expect("a folder in its place");
    let ended = home.run(&["events"]);
    let said = ended.said(1);
    assert!(said.contains("Stored tokens are unchanged. Next: "), "{said}");
}
