//! The person's editor, which has the terminal meanwhile.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use portable_pty::CommandBuilder;
use vt100::MouseProtocolMode;

use crate::home::{Home, program};
use crate::terminal::pty::Pty;

const WIDE: (u16, u16) = (120, 30);
const BROKEN: &str = "providers:\n  acme: {api_key: sk-1}\n  zeta:\n    api_key: 7\n";

#[test]
fn an_entry_that_is_not_valid_is_opened_at_its_line_and_read_again() {
    let home = Home::new();
    home.store(BROKEN);
    let editor = editor(&home);
    let mut command = CommandBuilder::new(program());
    command.env("EDITOR", format!("'{editor}' -x"));
    let pty = Pty::run(&home, command, WIDE);
    pty.wait("unreadable").keys("ge").wait("editing -x +4 ").until("the ordinary screen", |screen| {
        let takes_mouse = screen.mouse_protocol_mode() != MouseProtocolMode::None;
        !screen.alternate_screen() && !screen.hide_cursor() && !screen.bracketed_paste() && !takes_mouse
    });
    // What is typed is the editor's, until it ends.
    pty.keys("qqq\r").until("the screen again", |screen| {
        let text = screen.contents();
        screen.alternate_screen() && text.contains("zeta/key") && !text.contains("unreadable")
    });
    assert_eq!(fs::read_to_string(home.path("typed")).expect("what was typed"), "qqq");
    pty.keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
fn without_an_editor_it_says_which_line_of_which_file() {
    let home = Home::new();
    home.store(BROKEN);
    for (name, words) in [("", "neither $VISUAL nor $EDITOR is set"), ("/nowhere/vi", "cannot be started")] {
        let mut command = CommandBuilder::new(program());
        command.env("EDITOR", name);
        let pty = Pty::run(&home, command, WIDE);
        pty.wait("unreadable").keys("ge").wait(words);
        if name.is_empty() {
            pty.wait("config.yaml at line 4");
        }
        pty.keys("q");
        assert_eq!(pty.end().code, 0);
    }
}

/// An editor that says how it was called, takes a word from the terminal, and mends the file.
fn editor(home: &Home) -> String {
    let path = home.path("vi");
    let typed = home.path("typed");
    let mended = BROKEN.replace("api_key: 7", "api_key: sk-7").replace('\n', "\\n");
    let script = format!(
        "#!/bin/sh\necho \"editing $*\"\nread -r word\nprintf %s \"$word\" > '{}'\nfor file; do :; done\nprintf '{mended}' > \"$file\"\n",
        typed.display()
    );
    fs::write(&path, script).expect("a script");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700)).expect("rights");
    path.display().to_string()
}
