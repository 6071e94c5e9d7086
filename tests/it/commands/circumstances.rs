//! Commands that hand tokens to other programs, where something is not as it usually is.

use std::fs::{self, OpenOptions, Permissions};
use std::io::Write;
use std::os::unix::fs::PermissionsExt;
use std::process::Command;

use crate::home::Ended;
use crate::home::running::Running;
use crate::home::served::{Pair, Served};

/// A command that means the profile `NAME`.
struct Handing {
    arguments: &'static [&'static str],
    /// What its caller asks on standard input.
    input: &'static str,
    /// Whether it hands out the token, and not only says how that is done.
    token: bool,
}

const fn printing(arguments: &'static [&'static str]) -> Handing {
    Handing { arguments, input: "", token: true }
}

const COMMANDS: [Handing; 7] = [
    printing(&["token", "NAME"]),
    printing(&["header", "NAME"]),
    printing(&["header", "NAME", "--mcp"]),
    printing(&["kubectl-credential", "NAME"]),
    printing(&["exec", "NAME", "--", "sh", "-c", "echo \"$DEMO_TOKEN\""]),
    Handing {
        arguments: &["git-credential", "--profile", "NAME", "get"],
        input: "protocol=https\nhost=git.acme.test\n\n",
        token: true,
    },
    Handing { arguments: &["connect", "NAME", "--to", "curl"], input: "", token: false },
];

impl Handing {
    fn is_run_by_another(&self) -> bool {
        self.arguments.first() == Some(&"exec")
    }

    fn words<'a>(&self, name: &'a str) -> Vec<&'a str> {
        self.arguments.iter().map(|word| if *word == "NAME" { name } else { *word }).collect()
    }

    fn command(&self, served: &Served, name: &str) -> Command {
        served.home.command(&self.words(name))
    }

    fn run(&self, served: &Served, name: &str) -> Ended {
        self.end(&mut self.command(served, name))
    }

    /// Runs `command`, which asks what the caller of this one asks.
    fn end(&self, command: &mut Command) -> Ended {
        let (input, mut writer) = std::io::pipe().expect("a pipe");
        writer.write_all(self.input.as_bytes()).expect("room in a pipe");
        drop(writer);
        Running::start(command.stdin(input)).end()
    }

    /// Whether what it hands out is there.
    fn is_in(&self, ended: &Ended, pair: &Pair) -> bool {
        ended.out.contains(if self.token { pair.access.as_str() } else { "demo/ana" })
    }
}

/// A home with `demo/ana`, whose token git takes too.
fn with_ana(left: i64) -> (Served, Pair) {
    let (served, pair) = Served::with_ana(left);
    let file = authtui::demo::provider_file(served.serving.issuer());
    served.home.provider("demo", &format!("{file}\ngit: {{ hosts: git.acme.test }}\n"));
    (served, pair)
}

#[test]
fn each_command_hands_out_what_it_is_for() {
    let (served, pair) = with_ana(3600);
    for each in &COMMANDS {
        let ended = each.run(&served, "demo/ana");
        assert!(ended.code == Some(0) && each.is_in(&ended, &pair), "{:?}: {ended:?}", each.arguments);
    }
}

#[test]
fn a_bad_name_is_told_by_its_number_and_never_prints_a_token() {
    let (served, pair) = with_ana(3600);
    for (name, code) in [
        ("demo/ben", 5),
        ("nobody", 5),
        ("demo/../x", 2),
        ("", 2),
        ("demo/", 2),
        ("https://evil.test/mcp", 5),
    ] {
        for each in &COMMANDS {
            let ended = each.run(&served, name);
            assert!(!ended.said(code).contains(&pair.access), "{:?} {name}", each.arguments);
        }
    }
    for each in &COMMANDS {
        let ended = each.run(&served, "sk-ant-api03-0123456789abcdefZz01");
        assert!(!ended.said(5).contains("0123456789"), "{ended:?}");
    }
}

#[test]
fn without_a_store_there_is_no_profile_and_nothing_is_made() {
    let (served, _) = with_ana(3600);
    fs::remove_file(served.home.config()).expect("removed");
    for each in &COMMANDS {
        each.run(&served, "demo/ana").said(5);
        let mut elsewhere = each.command(&served, "demo/ana");
        let missing = each.end(elsewhere.env("AUTHTUI_CONFIG", "/nowhere/config.yaml"));
        assert!(missing.said(5).contains("does not exist"), "{:?}", each.arguments);
    }
    assert!(!served.home.config().exists());
}

#[test]
fn a_store_that_cannot_be_understood_is_left_alone() {
    let (served, _) = with_ana(3600);
    served.home.store("providers: [\n");
    let before = served.home.bytes();
    for each in &COMMANDS {
        let ended = each.run(&served, "demo/ana");
        assert_eq!((ended.code, ended.out.as_str()), (Some(1), ""), "{:?}: {ended:?}", each.arguments);
        let ended = each.run(&served, "ana");
        assert!(ended.said(1).contains("cannot read"), "{:?}: {ended:?}", each.arguments);
    }
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn a_store_that_cannot_be_written_serves_what_lives_and_refreshes_nothing() {
    for (left, code) in [(3600, 0), (-5, 1)] {
        let (served, pair) = with_ana(left);
        let folder = served.home.path("config/authtui");
        fs::set_permissions(&folder, Permissions::from_mode(0o500)).expect("a folder");
        for each in COMMANDS.iter().filter(|each| each.token) {
            let Some(mut command) = served.home.command_of_nobody(&each.words("demo/ana")) else {
                println!("left out: no user namespaces here");
                break;
            };
            let ended = each.end(&mut command);
            assert_eq!(ended.code, Some(code), "{:?}: {ended:?}", each.arguments);
            assert_eq!(each.is_in(&ended, &pair), code == 0, "{:?}: {ended:?}", each.arguments);
        }
        fs::set_permissions(&folder, Permissions::from_mode(0o700)).expect("a folder");
        assert_eq!(served.refreshes(), (0, 0));
    }
}

#[test]
fn a_reader_that_has_gone_is_no_failure_and_a_full_disk_is_one() {
    let (served, _) = with_ana(3600);
    // Standard output of `exec` is that of its command.
    for each in COMMANDS.iter().filter(|each| !each.is_run_by_another()) {
        let (reader, writer) = std::io::pipe().expect("a pipe");
        drop(reader);
        let ended = each.end(each.command(&served, "demo/ana").stdout(writer));
        assert_eq!(ended.quietly(), (Some(0), ""), "{:?}", each.arguments);

        let full = OpenOptions::new().write(true).open("/dev/full").expect("a full device");
        let ended = each.end(each.command(&served, "demo/ana").stdout(full));
        let said = ended.err.contains("No space left");
        assert!(ended.code == Some(1) && said, "{:?}: {ended:?}", each.arguments);
    }
}

#[test]
fn a_home_that_is_not_there_matters_only_where_it_is_looked_at() {
    let (served, pair) = with_ana(3600);
    for each in &COMMANDS {
        for home in ["", "/dev/null/home"] {
            let ended = each.end(each.command(&served, "demo/ana").env("HOME", home));
            assert_eq!(ended.code, Some(0), "{:?} {home}: {ended:?}", each.arguments);
            assert!(each.is_in(&ended, &pair), "{:?} {home}: {ended:?}", each.arguments);
        }
    }
}
