//! `authtui git-credential`: the helper that git asks for a password.

mod server;

use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::commands::git_credential::server::GitServer;
use crate::home::running::Running;
use crate::home::served::{Served, store};
use crate::home::{Ended, program};

const HOST: &str = "git.acme.test";

/// The demo's provider, whose tokens open `hosts`.
fn with_hosts(served: &Served, name: &str, hosts: &str) {
    let file = authtui::demo::provider_file(served.serving.issuer());
    let file = file.replace("name: demo\n", &format!("name: {name}\n"));
    served.home.provider(name, &format!("{file}\ngit: {{ hosts: [{hosts}], username: token }}\n"));
}

fn asked(served: &Served, arguments: &[&str], question: &[u8]) -> Ended {
    let arguments = [&["git-credential"], arguments].concat();
    answered(served.home.command(&arguments), question)
}

fn answered(mut command: Command, question: &[u8]) -> Ended {
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
    // One that does not read has closed its end.
    let _ = child.stdin.take().expect("a pipe").write_all(question);
    let output = child.wait_with_output().expect("it ends");
    let text = |bytes| String::from_utf8(bytes).expect("text");
    Ended { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

fn question(more: &str) -> Vec<u8> {
    format!("capability[]=authtype\nprotocol=https\nhost={HOST}\n{more}\n").into_bytes()
}

#[test]
fn a_store_that_is_not_there_or_not_understood_is_told_for_hosts_of_ours_alone() {
    let (served, _) = Served::with_ana(3600);
    with_hosts(&served, "demo", HOST);
    let other = b"protocol=https\nhost=git.other.test\n";
    let none = served.home.path("none.yaml");
    let none = none.to_str().expect("text");
    for action in ["get", "store", "erase"] {
        assert_eq!(asked(&served, &["--config", none, action], other).quietly(), (Some(0), ""));
    }
    let ended = asked(&served, &["--config", none, "get"], &question(""));
    assert!(ended.said(5).contains("none.yaml does not exist"), "{ended:?}");
    served.home.store("{{");
    assert_eq!(asked(&served, &["get"], other).quietly(), (Some(0), ""));
    let ended = asked(&served, &["get"], &question(""));
    assert!(ended.said(0).contains("no valid YAML"), "{ended:?}");
}

#[test]
fn git_gets_user_token_and_end_for_a_host_that_the_provider_file_names() {
    let (served, pair) = Served::with_ana(3600);
    with_hosts(&served, "demo", HOST);
    let end = served.profile("ana").life.expires_at.expect("an end").timestamp();
    let answer =
        |user: &str| format!("username={user}\npassword={}\npassword_expiry_utc={end}\n", pair.access);
    for (more, user) in [
        ("", "token"),
        ("path=team/repository.git\nwwwauth[]=Basic realm=\"git\"\n", "token"),
        ("username=token\n", "token"),
        ("username=ana@demo.test\n", "ana@demo.test"),
        ("username=ana\n", "ana"),
    ] {
        let ended = asked(&served, &["get"], &question(more));
        assert_eq!(ended.quietly(), (Some(0), answer(user).as_str()), "{more}");
    }
    assert_eq!(served.refreshes(), (0, 0));
}

#[test]
fn a_token_is_refreshed_first_and_one_without_an_end_has_none() {
    let (served, old) = Served::with_ana(-5);
    with_hosts(&served, "demo", HOST);
    let ended = asked(&served, &["get"], &question(""));
    let new = served.stored("ana").expect("tokens");
    assert!(new != old && ended.quietly().1.contains(&format!("password={}\n", new.access)), "{ended:?}");

    served.home.store("providers: {demo: {oauth_credentials: [{id: ana, access_token: t}]}}\n");
    assert_eq!(asked(&served, &["get"], &question("")).quietly().1, "username=token\npassword=t\n");

    served
        .home
        .store("providers: {demo: {oauth_credentials: [{id: ana, revoked_at: 2020-01-01T00:00:00Z}]}}\n");
    let dead = asked(&served, &["get"], &question(""));
    assert!(dead.said(3).contains("authtui login demo/ana"), "{dead:?}");
}

#[test]
fn every_other_host_and_protocol_is_left_to_the_next_helper() {
    let (served, _) = Served::with_ana(3600);
    with_hosts(&served, "demo", HOST);
    for question in [
        "protocol=https\nhost=github.com\n",
        "protocol=https\nhost=git.acme.test.evil.test\n",
        "protocol=https\nhost=git.acme.test:8443\n",
        "protocol=https\nhost=evil.test@git.acme.test\n",
        "protocol=https\nhost=acme.test\n",
        "protocol=http\nhost=git.acme.test\n",
        "protocol=ssh\nhost=git.acme.test\n",
        "protocol=https\nhost=git.acme.test\nusername=somebody-else\n",
        "protocol=https\nhost=127.0.0.1\n",
    ] {
        assert_eq!(asked(&served, &["get"], question.as_bytes()).quietly(), (Some(0), ""), "{question}");
        let named = asked(&served, &["--profile", "demo/ana", "get"], question.as_bytes());
        let is_other_user = question.contains("somebody-else");
        assert_eq!(named.quietly().1.contains("password="), is_other_user, "a person chose: {question}");
    }
}

#[test]
fn a_question_that_could_be_read_in_two_ways_gets_no_answer_and_is_not_repeated() {
    let (served, pair) = Served::with_ana(3600);
    with_hosts(&served, "demo", HOST);
    let long = [b"protocol=https\nhost=git.acme.test\npath=".to_vec(), vec![b'a'; 70_000]].concat();
    for question in [
        // CVE-2020-5260: %0a in an address.
        &b"protocol=https\nhost=evil.test\nhost=git.acme.test\n\n"[..],
        // CVE-2020-11008: no host, an empty one, no protocol.
        b"protocol=https\npath=git.acme.test/a\n\n",
        b"protocol=https\nhost=\n\n",
        b"host=git.acme.test\n\n",
        // CVE-2024-50349: what a terminal would show otherwise than it is.
        b"protocol=https\nhost=git.acme.test\x1b[2K\n\n",
        b"protocol=https\nhost=git.acme.test%0a.evil.test\n\n",
        // CVE-2024-52006: a bare carriage return.
        b"protocol=https\nhost=evil.test\rhost=git.acme.test\n\n",
        b"protocol=https\nhost=git.acme.test\r\n\r\n",
        b"protocol=https\nhost=git.acme.test\nusername=a\rpassword=b\n\n",
        b"protocol=https\nhost=git.acme.test\0\n\n",
        b"protocol=https\nhost=git.acme.test\nusername=\x1b]0;a\x07\n\n",
        b"protocol=https\nhost=git.acme.test\xff\n\n",
        b"no question\n\n",
        b"",
        &long,
    ] {
        let ended = asked(&served, &["get"], question);
        assert_eq!(ended.quietly(), (Some(0), ""), "{}", String::from_utf8_lossy(question));
    }
    let named = asked(
        &served,
        &["--profile", "demo/ana", "get"],
        b"protocol=https\nhost=git.acme.test\nusername=a\x1bb\n\n",
    );
    assert!(!named.out.contains(&pair.access) && !named.err.contains('\x1b'), "{named:?}");
}

#[test]
fn of_several_profiles_the_user_in_the_address_or_the_default_is_meant() {
    let served = Served::start();
    let (ana, of_ana) = served.entry("ana", 3600);
    let (ben, of_ben) = served.entry("ben", 3600);
    with_hosts(&served, "demo", HOST);
    served.home.store(store(&[ana.clone(), ben.clone()]));
    let both = asked(&served, &["get"], &question(""));
    assert!(both.said(5).contains("demo/ana, demo/ben may be for this host"), "{both:?}");
    for (more, pair) in [("username=ana\n", &of_ana), ("username=ben@demo.test\n", &of_ben)] {
        assert!(asked(&served, &["get"], &question(more)).quietly().1.contains(&pair.access), "{more}");
    }
    let chosen = asked(&served, &["--profile", "demo/ben", "get"], &question(""));
    assert!(chosen.quietly().1.contains(&of_ben.access));
    assert_eq!(asked(&served, &["--profile", "demo/nobody", "get"], &question("")).code, Some(5));

    let mut chosen = served.home.command(&["git-credential", "get"]);
    chosen.env("AUTHTUI_PROFILE", "demo/ben");
    assert!(answered(chosen, &question("")).quietly().1.contains(&of_ben.access));

    let (default, of_default) = served.entry("default", 3600);
    served.home.store(store(&[ana, default]));
    assert!(asked(&served, &["get"], &question("")).quietly().1.contains(&of_default.access));
}

#[test]
fn what_git_wants_to_store_or_erase_changes_nothing() {
    let (served, pair) = Served::with_ana(3600);
    with_hosts(&served, "demo", HOST);
    let before = served.home.bytes();
    let told = question(&format!("username=token\npassword={}\n", pair.access));
    for action in ["store", "erase", "capability", "something-new"] {
        assert_eq!(asked(&served, &[action], &told).quietly(), (Some(0), ""), "{action}");
    }
    assert_eq!(served.home.bytes(), before);
    assert_eq!(served.stored("ana"), Some(pair));
}

#[test]
fn a_provider_file_with_another_server_does_not_inherit_the_hosts() {
    let (served, _) = Served::with_ana(3600);
    with_hosts(&served, "demo", HOST);
    let entry = "oauth_credentials: [{id: ana, access_token: t}]";
    served.home.store(format!("providers: {{mine: {{{entry}}}}}\n"));
    served.home.provider("mine", "name: mine\nextends: demo\ntitle: Mine\n");
    assert!(asked(&served, &["get"], &question("")).quietly().1.contains("password=t"), "only a title");
    served.home.provider(
        "mine",
        "name: mine\nextends: demo\nendpoints: { token: 'https://id.globex.test/token' }\n",
    );
    assert_eq!(asked(&served, &["get"], &question("")).quietly(), (Some(0), ""));
}

#[test]
fn an_open_pipe_is_read_to_the_empty_line_alone() {
    let (served, pair) = Served::with_ana(3600);
    with_hosts(&served, "demo", HOST);
    let mut command = served.home.command(&["git-credential", "get"]);
    let mut child = command.stdin(Stdio::piped()).spawn().expect("the program starts");
    let mut input = child.stdin.take().expect("a pipe");
    input.write_all(&question("")).expect("it reads");
    let output = child.wait_with_output().expect("it ends while its input is open");
    assert!(String::from_utf8_lossy(&output.stdout).contains(&pair.access));
    drop(input);
}

#[test]
#[ignore = "needs git"]
fn git_clones_fetches_and_pushes_with_it() {
    let (served, _) = Served::with_ana(-5);
    let repositories = served.home.path("repositories");
    std::fs::create_dir(&repositories).expect("a folder");
    let person = Person::new(&served);
    person.git(&repositories, &["init", "--quiet", "--bare", "--initial-branch=main", "work.git"]);
    let config = served.home.config();
    let server =
        GitServer::start(&repositories, move || format!("token:{}", Served::access_in(&config, "ana")));
    with_hosts(&served, "demo", &server.host());
    let address = format!("http://{}/work.git", server.host());
    let home = served.home.path("");

    person.git(&home, &["clone", "--quiet", &address, "one"]);
    let one = served.home.path("one");
    std::fs::write(one.join("a"), "1").expect("written");
    person.git(&one, &["add", "a"]);
    person.git(&one, &["commit", "--quiet", "--message", "a"]);
    person.git(&one, &["push", "--quiet", "origin", "HEAD:main"]);
    person.git(&home, &["clone", "--quiet", &address, "two"]);
    person.git(&one, &["commit", "--quiet", "--allow-empty", "--message", "b"]);
    person.git(&one, &["push", "--quiet", "origin", "HEAD:main"]);
    let two = served.home.path("two");
    person.git(&two, &["fetch", "--quiet"]);
    let log = person.git(&two, &["log", "--format=%s", "origin/main"]);
    assert_eq!(log, "b\na\n");
    assert_eq!(served.refreshes(), (1, 0), "one for all");
    assert!(server.refused() > 0, "git asks without a password first");

    // A server that the file does not name is told nothing.
    with_hosts(&served, "demo", HOST);
    let failed = person.command(&two, &["fetch", "--quiet"]);
    assert!(failed.code != Some(0) && failed.err.contains("could not read Username"), "{failed:?}");
}

/// A person with git, who has authtui as helper.
struct Person<'a>(&'a Served);

impl<'a> Person<'a> {
    fn new(served: &'a Served) -> Self {
        let helper = format!("[credential]\n\thelper = \"!'{}' git-credential\"\n", program().display());
        let user = "[user]\n\tname = Ana\n\temail = ana@demo.test\n";
        std::fs::write(served.home.path("gitconfig"), helper + user).expect("written");
        Self(served)
    }

    fn git(&self, folder: &Path, arguments: &[&str]) -> String {
        let ended = self.command(folder, arguments);
        assert_eq!(ended.code, Some(0), "{arguments:?}: {ended:?}");
        ended.out
    }

    fn command(&self, folder: &Path, arguments: &[&str]) -> Ended {
        let mut command = self.0.home.other("git");
        command.args(arguments).current_dir(folder);
        command.env("GIT_CONFIG_GLOBAL", self.0.home.path("gitconfig")).env("GIT_CONFIG_NOSYSTEM", "1");
        command.env("GIT_TERMINAL_PROMPT", "0").env("GIT_ASKPASS", "");
        Running::start(&mut command).end()
    }
}
