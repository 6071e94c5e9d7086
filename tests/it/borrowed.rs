//! Logins that other programs keep: found, shown, copied, and never written.

mod programs;
mod servers;
mod shapes;

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use authtui::domain::change::Row;
use authtui::shell::borrowed;
use authtui::shell::paths::Paths;
use portable_pty::CommandBuilder;

use crate::home::{Home, program};
use crate::terminal::pty::Pty;

/// The columns of the table that a row is told by.
fn rows(home: &Home) -> Vec<String> {
    let ended = home.run(&["list"]);
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let cells = |line: &str| line.split_whitespace().take(2).collect::<Vec<_>>().join(" ");
    ended.out.lines().skip(1).map(cells).collect()
}

#[test]
fn the_logins_of_eight_programs_are_listed_with_the_program_that_keeps_each() {
    let home = programs::home();
    assert_eq!(
        rows(&home),
        [
            "anthropic/claude-code fresh",
            "mcp.linear.app/claude-code fresh",
            "openai/codex fresh",
            "google/gemini-cli expired",
            "openai/opencode no",
            "github/gh-ana no",
            "github/gh-bot no",
            "gitlab/glab fresh",
            "google/gcloud no",
            "aws/aws-sso expired",
        ]
    );
    let json = home.run(&["list", "--json"]).out;
    assert!(json.contains(r#""store":"borrowed""#) && json.contains(r#""program":"Claude Code""#), "{json}");
    for secret in programs::SECRETS {
        assert!(!json.contains(secret), "{secret}");
    }
}

#[test]
fn a_borrowed_token_is_printed_and_nothing_else_is_done_with_it() {
    let home = programs::home();
    let before = programs::files(&home);
    assert_eq!(home.run(&["token", "anthropic/claude-code"]).out, "sk-ant-oat01-claude\n");
    assert_eq!(home.run(&["token", "borrowed:github/gh-ana"]).out, "gho_ana\n");
    let header = home.run(&["resolve", "github/gh-ana", "--header"]);
    assert_eq!(header.out, "Authorization: Bearer gho_ana\n", "{header:?}");
    for (arguments, words) in [
        (&["refresh", "anthropic/claude-code"][..], "Claude Code refreshes it when it runs."),
        (&["refresh", "anthropic/claude-code", "openai/codex"], "Claude Code refreshes it when it runs."),
        (&["token", "google/gemini-cli"], "Gemini CLI refreshes it when it runs."),
        (&["logout", "anthropic/claude-code", "--yes"], "authtui only reads it."),
        (&["logout", "anthropic/claude-code", "--yes", "--remote"], "authtui only reads it."),
        (&["delete", "openai/codex", "--yes"], "authtui only reads it."),
    ] {
        let ended = home.run(arguments);
        assert!(ended.code != Some(0) && ended.err.contains(words), "{arguments:?}: {ended:?}");
    }
    assert!(home.run(&["refresh", "--all"]).out.is_empty());
    // No request carries what another program keeps, unless a person names it.
    assert_eq!(home.run(&["resolve", "github"]).code, Some(5));
    assert_eq!(programs::files(&home), before);
    assert!(!home.path("config/authtui").exists(), "nothing is made");
}

#[test]
fn what_is_odd_is_one_row_and_takes_nothing_from_the_others() {
    let home = programs::home();
    let claude = home.path("home/.claude/.credentials.json");
    let odd = |text: &str, why: &str| {
        fs::write(&claude, text).expect("written");
        let ended = home.run(&["list"]);
        let rows: Vec<&str> = ended.out.lines().skip(1).collect();
        assert!(rows[0].starts_with("anthropic/claude-code"), "{ended:?}");
        assert!(rows[0].contains("unreadable") && rows[0].contains(why), "{why}: {ended:?}");
        let json = home.run(&["list", "--json"]).out;
        let owner = r#""owner":{"program":"Claude Code","file":""#;
        assert!(json.contains("\"state\":\"unreadable\"") && json.contains(owner), "{json}");
        assert_eq!(rows.len(), 9, "{ended:?}");
    };
    odd("", "it is empty");
    odd(r#"{"claudeAiOauth": {"accessTok"#, "it is not valid JSON (line 1");
    odd("null", "not what its program writes");
    odd(&format!("{{\"a\": \"{}\"}}", "x".repeat(1024 * 1024)), "it is longer than 1 MiB");
    fs::remove_file(&claude).expect("removed");
    fs::create_dir(&claude).expect("a folder");
    let ended = home.run(&["list"]);
    assert!(ended.out.contains("it is a folder"), "{ended:?}");
}

/// What is read of Claude Code alone, whose files lie in that home.
fn read(home: &Home) -> Vec<Row> {
    let below = Paths::below(&home.path("state"));
    let paths = Paths { borrowed: Some(home.path("home")), ..below };
    let rows = borrowed::read(&paths).rows.to_vec();
    let is_claude = |row: &Row| match row {
        Row::Profile(profile) => profile.id.name.name().starts_with("claude-code"),
        Row::Broken(broken) => broken.name.contains("claude-code"),
    };
    rows.into_iter().filter(is_claude).collect()
}

fn claude(access: &str) -> String {
    format!(
        r#"{{"claudeAiOauth": {{"accessToken": "{access}", "refreshToken": "r", "expiresAt": 4102444800000}}}}"#
    )
}

#[test]
fn a_file_that_is_replaced_while_it_is_read_is_the_old_one_or_the_new_one() {
    let home = programs::home();
    let (path, beside) = (home.path("home/.claude/.credentials.json"), home.path("home/.claude/new"));
    fs::write(&path, claude("a")).expect("written");
    let is_over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            for round in 0.. {
                fs::write(&beside, claude(if round % 2 == 0 { "b" } else { "a" })).expect("written");
                fs::rename(&beside, &path).expect("replaced");
                if is_over.load(Ordering::Relaxed) {
                    return;
                }
            }
        });
        for _ in 0..30 {
            assert!(matches!(&read(&home)[..], [Row::Profile(_)]), "never broken and never gone");
        }
        is_over.store(true, Ordering::Relaxed);
    });
}

#[test]
fn a_file_that_is_half_written_is_read_once_its_program_has_written_the_rest() {
    let home = programs::home();
    let path = home.path("home/.claude/.credentials.json");
    for round in 0..5 {
        let text = claude(&format!("token-{round}"));
        let (first, rest) = text.split_at(text.len() / 2);
        let mut file = fs::File::create(&path).expect("emptied");
        file.write_all(first.as_bytes()).expect("half of it");
        thread::scope(|scope| {
            scope.spawn(move || {
                // A program that takes its time.
                thread::sleep(Duration::from_millis(40));
                file.write_all(rest.as_bytes()).expect("the rest");
            });
            assert!(matches!(&read(&home)[..], [Row::Profile(_)]), "round {round}");
        });
    }
}

#[test]
fn a_link_is_followed_and_stays_one() {
    let home = programs::home();
    let claude = home.path("home/.claude/.credentials.json");
    fs::rename(&claude, home.path("home/elsewhere.json")).expect("moved");
    symlink(home.path("home/elsewhere.json"), &claude).expect("a link");
    assert_eq!(home.run(&["token", "anthropic/claude-code"]).out, "sk-ant-oat01-claude\n");
    assert!(claude.is_symlink());
}

#[test]
fn the_setting_and_the_variable_keep_the_files_unread() {
    let home = programs::home();
    let off = home.start_with(&["list", "--json"], &[("AUTHTUI_BORROWED", "off")]).end();
    assert_eq!(off.out, "{\"version\":1,\"profiles\":[],\"stores\":[]}\n");
    fs::create_dir_all(home.path("config/authtui")).expect("a folder");
    fs::write(home.path("config/authtui/settings.yaml"), "borrowed: false\n").expect("written");
    assert_eq!(home.run(&["list", "--json"]).out, off.out);
}

#[test]
fn the_screen_shows_them_notices_a_change_and_hides_them_by_the_setting() {
    let home = programs::home();
    let pty = Pty::start(&home, &[], (120, 32));
    pty.wait("anthropic/claude-code").wait("Found 10 logins of Claude Code");
    pty.keys("jjr").wait("Codex keeps this login; authtui only reads it.").wait("ana@example.org");
    fs::write(home.path("home/.codex/auth.json"), programs::codex("eve@example.org")).expect("written");
    pty.wait("eve@example.org");
    // A folder that comes later.
    fs::create_dir_all(home.path("home/.qwen")).expect("a folder");
    fs::write(home.path("home/.qwen/oauth_creds.json"), r#"{"access_token": "q"}"#).expect("written");
    pty.wait("qwen/qwen-code");
    fs::create_dir_all(home.path("config/authtui")).expect("a folder");
    fs::write(home.path("config/authtui/settings.yaml"), "borrowed: false\n").expect("written");
    pty.wait("No profiles yet");
    fs::write(home.path("config/authtui/settings.yaml"), "borrowed: true\n").expect("written");
    pty.wait("qwen/qwen-code").keys("q");
    assert_eq!(pty.end().code, 0);
}

#[test]
#[ignore = "needs strace"]
fn no_borrowed_file_is_opened_for_writing_locked_or_touched() {
    let home = programs::home();
    let before = programs::files(&home);
    let log = home.path("trace");
    let traced = |arguments: &[&str]| {
        let mut command = CommandBuilder::new("strace");
        command.args(["-f", "-y", "-A", "-s", "4096", "-e", "trace=%file,%desc", "-e", "signal=none", "-o"]);
        command.arg(&log);
        command.arg("--");
        command.arg(program());
        command.args(arguments);
        Pty::run(&home, command, (120, 32))
    };
    for arguments in [
        &["list"][..],
        &["token", "anthropic/claude-code"],
        &["refresh", "anthropic/claude-code"],
        &["refresh", "--all"],
        &["logout", "github/gh-ana", "--yes"],
        &["resolve", "github/gh-ana"],
    ] {
        traced(arguments).end();
    }
    let screen = traced(&[]);
    screen.wait("anthropic/claude-code").wait("Found 10 logins of Claude Code");
    for key in ["j", "r", "x", "T", "k"] {
        screen.keys(key);
    }
    screen.wait("authtui only reads it").keys("l").wait("Log in separately").keys("\u{1b}");
    screen.until("no question", |screen| !screen.contents().contains("Log in separately"));
    screen.keys("n").wait("in Codex's configuration").keys("\u{1b}");
    screen.until("no wizard", |screen| !screen.contents().contains("New login")).keys("q");
    screen.end();

    let trace = fs::read_to_string(&log).expect("a trace");
    let paths: Vec<String> = before.iter().map(|(path, _)| path.display().to_string()).collect();
    let about = |line: &&str| paths.iter().any(|path| line.contains(path.as_str()));
    let lines: Vec<&str> = trace.lines().filter(about).collect();
    let opened = lines.iter().filter(|line| line.contains("openat(")).count();
    assert!(opened > paths.len(), "they are read: {opened}");
    let changes = |line: &&&str| {
        let call = line.split_once(' ').map_or("", |(_, call)| call.trim_start());
        let name = call.split('(').next().unwrap_or_default();
        let reads = [
            "fcntl",
            "openat",
            "open",
            "read",
            "pread64",
            "close",
            "fstat",
            "stat",
            "lstat",
            "statx",
            "newfstatat",
            "readlink",
            "readlinkat",
            "lseek",
            "access",
            "faccessat2",
            "inotify_add_watch",
            "mmap",
            "getdents64",
        ];
        let writes = ["O_WRONLY", "O_RDWR", "O_CREAT", "O_TRUNC", "O_APPEND", "F_SETLK", "F_OFD_SETLK"];
        let is_call = call.contains('(') && !call.starts_with(['<', '+', '-']);
        is_call && (!reads.contains(&name) || writes.iter().any(|flag| call.contains(flag)))
    };
    let wrong: Vec<&&str> = lines.iter().filter(changes).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert_eq!(programs::files(&home), before);
    let beside = |path: &Path| fs::read_dir(path.parent().expect("a folder")).expect("entries").count();
    assert!(before.iter().all(|(path, _)| beside(path) <= 2), "nothing is put beside them");
}
