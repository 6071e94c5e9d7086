//! `authtui exec`: another command, with tokens in its environment and nowhere else.

use std::collections::BTreeSet;

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::program;
use crate::home::running::Running;
use crate::home::served::{Served, store};

const PRINT: [&str; 4] = ["--", "sh", "-c", "printf %s \"$DEMO_TOKEN\""];

fn exec<'a>(before: &[&'a str], command: &[&'a str]) -> Vec<&'a str> {
    [&["exec"], before, command].concat()
}

#[test]
fn the_command_has_the_token_in_the_variable_of_the_provider_file() {
    let (served, pair) = Served::with_ana(3600);
    let ended = served.home.run(&exec(&["demo/ana"], &PRINT));
    assert_eq!(ended.quietly(), (Some(0), pair.access.as_str()));
    assert_eq!(served.refreshes(), (0, 0));
}

#[test]
fn the_token_is_in_that_one_variable_and_nowhere_else() {
    let (served, pair) = Served::with_ana(3600);
    let script = "env; cat /proc/$$/cmdline | tr '\\0' ' '";
    let ended = served.home.run(&exec(&["demo/ana"], &["--", "sh", "-c", script]));
    assert_eq!(ended.out.matches(&pair.access).count(), 1, "{ended:?}");
    assert!(!ended.out.contains(&pair.refresh), "{ended:?}");
    let given = served.home.environment().into_iter().map(|(name, _)| name.to_owned());
    let given: BTreeSet<String> =
        given.chain(["DEMO_TOKEN", "PWD", "_", "SHLVL", "OLDPWD"].map(str::to_owned)).collect();
    let names = ended.out.lines().filter_map(|line| line.split_once('=')).map(|(name, _)| name);
    let strange: Vec<&str> = names.filter(|name| !given.contains(*name) && !name.contains(' ')).collect();
    assert!(strange.is_empty(), "{strange:?}");
}

#[test]
fn several_profiles_go_into_variables_of_their_own() {
    let served = Served::start();
    let (ana, of_ana) = served.entry("ana", 3600);
    let (ben, of_ben) = served.entry("ben", 3600);
    served.home.store(format!("{}  anthropic:\n    api_key: sk-1\n", store(&[ana, ben])));
    let both = served.home.run(&exec(&["demo/ana", "demo/ben"], &PRINT));
    assert!(both.said(2).contains("demo/ana and demo/ben both go into DEMO_TOKEN"), "{both:?}");

    let print = ["--", "sh", "-c", "printf '%s %s %s' \"$DEMO_TOKEN\" \"$BEN\" \"$ANTHROPIC_API_KEY\""];
    let ended = served.home.run(&exec(&["demo/ana", "BEN=demo/ben", "anthropic/key"], &print));
    let expected = format!("{} {} sk-1", of_ana.access, of_ben.access);
    assert_eq!(ended.quietly(), (Some(0), expected.as_str()));

    for word in ["=demo/ben", "1A=demo/ben", "A-B=demo/ben", "A B=demo/ben"] {
        assert!(served.home.run(&exec(&[word], &PRINT)).said(2).contains("no digit first"), "{word}");
    }
}

#[test]
fn exit_codes_are_those_of_the_command_or_of_a_shell_that_cannot_run_it() {
    let (served, _) = Served::with_ana(3600);
    for code in [0, 3, 42, 255] {
        let exit = format!("exit {code}");
        let ended = served.home.run(&exec(&["demo/ana"], &["--", "sh", "-c", &exit]));
        assert_eq!(ended.quietly(), (Some(code), ""));
    }
    let file = served.home.path("no-program");
    std::fs::write(&file, "echo ran").expect("written");
    let file = file.to_str().expect("a path");
    for (command, code) in
        [("no-such-command-anywhere", 127), ("/no/such/command", 127), ("", 127), (file, 126), ("/", 126)]
    {
        let ended = served.home.run(&exec(&["demo/ana"], &["--", command]));
        assert!(ended.said(code).contains("cannot run "), "{command}: {ended:?}");
    }
    for arguments in
        [&["exec"][..], &["exec", "demo/ana"], &["exec", "demo/ana", "--"], &["exec", "--", "true"]]
    {
        assert_eq!(served.home.run(arguments).code, Some(2), "{arguments:?}");
    }
}

#[test]
fn the_command_takes_the_place_of_the_program_and_hears_its_signals() {
    let (served, _) = Served::with_ana(-5);
    let script = "trap 'kill $!; echo caught; exit 7' TERM; sleep 60 & echo $$ >&2; echo ready >&2; wait";
    let mut running = served.home.start(&exec(&["demo/ana"], &["--", "sh", "-c", script]));
    assert_eq!(running.line(""), running.id().to_string());
    running.line("ready");
    running.signal("TERM");
    let ended = running.end();
    assert_eq!((ended.code, ended.out.as_str()), (Some(7), "caught\n"), "{ended:?}");
    assert_eq!(served.refreshes(), (1, 0));
}

#[test]
fn a_signal_that_was_ignored_stays_ignored_and_one_that_ends_programs_still_does() {
    let (served, _) = Served::with_ana(-5);
    let outer = "trap '' HUP XFSZ INT; grep SigIgn: /proc/$$/status; exec \"$0\" exec demo/ana -- sh -c 'grep SigIgn: /proc/$$/status; kill -HUP $$; echo alive; kill -TERM $$; echo no'";
    let ended = Running::start(served.home.other("sh").args(["-c", outer]).arg(program())).end();
    assert_eq!(ended.code, None, "SIGTERM ended it: {ended:?}");
    let lines: Vec<&str> = ended.out.lines().collect();
    assert_eq!((lines[0], lines[2..].to_vec()), (lines[1], vec!["alive"]), "{ended:?}");
    assert!(lines[0].starts_with("SigIgn:"), "{ended:?}");
}

#[test]
fn limits_and_the_mask_of_signals_are_those_that_the_program_found() {
    let (served, _) = Served::with_ana(-5);
    // A shell blocks signals for as long as it starts a program, so that one looks at itself.
    let look = "ulimit -a; ulimit -Ha; grep -E 'SigBlk|SigIgn' /proc/self/status";
    let outer = format!("{look}; exec \"$0\" exec demo/ana -- sh -c \"$1\"");
    let mut shell = served.home.other("sh");
    let ended = Running::start(shell.args(["-c", &outer]).arg(program()).arg(look)).end();
    let (code, out) = ended.quietly();
    let lines: Vec<&str> = out.lines().collect();
    let (before, after) = lines.split_at(lines.len() / 2);
    assert_eq!((code, before), (Some(0), after));
    assert!(before.iter().any(|line| line.contains("core")), "{out}");
}

#[test]
fn a_token_that_would_end_too_soon_does_not_run_the_command() {
    let down = || FaultKind::Instead(HttpResponse::new(503, "text/plain", ""));
    let (served, _) = Served::with_ana(45);
    served.fault(2, down());
    let ended = served.home.run(&exec(&["demo/ana"], &PRINT));
    assert!(ended.said(4).contains("503"), "a minute is the least: {ended:?}");
    let ended = served.home.run(&exec(&["demo/ana", "--min-ttl", "30m"], &PRINT));
    assert!(ended.said(4).contains("503"), "{ended:?}");
    let asked = served.refreshes();
    let ended = served.home.run(&exec(&["demo/ana", "--min-ttl", "20s"], &PRINT));
    assert_eq!((ended.code, served.refreshes()), (Some(0), asked), "20 s are enough: {ended:?}");

    let ended = served.home.run(&exec(&["demo/ana", "--min-ttl", "50m"], &PRINT));
    let new = served.stored("ana").expect("tokens");
    assert_eq!(ended.quietly(), (Some(0), new.access.as_str()));

    // A token that lives for an hour lasts no two; none is spent to find out.
    let asked = served.refreshes();
    let ended = served.home.run(&exec(&["demo/ana", "--min-ttl", "2h"], &PRINT));
    assert!(ended.said(1).contains("lives for 1h, but --min-ttl asks for 2h"), "{ended:?}");
    assert_eq!(served.refreshes(), asked);

    let (served, _) = Served::with_ana(45);
    served.serving.with(|authority| authority.withdraw("ana@demo.test"));
    let ended = served.home.run(&exec(&["demo/ana"], &PRINT));
    assert!(ended.said(3).contains("authtui login demo/ana"), "{ended:?}");
}

#[test]
fn a_variable_is_not_guessed_where_the_provider_file_cannot_be_understood() {
    let (served, pair) = Served::with_ana(3600);
    served.home.provider("demo", "name: demo\nexport: [MY_TOKEN]\n");
    let ended = served.home.run(&exec(&["demo/ana"], &PRINT));
    assert!(ended.said(5).contains("export"), "{ended:?}");
    let ended = served.home.run(&exec(&["DEMO_TOKEN=demo/ana"], &PRINT));
    assert_eq!(ended.quietly(), (Some(0), pair.access.as_str()));
}

#[test]
fn nothing_runs_where_one_of_several_has_no_token() {
    let (served, _) = Served::with_ana(3600);
    let touch = served.home.path("ran");
    let touch = touch.to_str().expect("a path");
    for (names, code) in [(&["demo/ana", "X=demo/nobody"][..], 5), (&["demo/../x"], 2), (&["nobody"], 5)] {
        served.home.run(&exec(names, &["--", "touch", touch])).said(code);
        assert!(!std::path::Path::new(touch).exists(), "{names:?}");
    }
}
