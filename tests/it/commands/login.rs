//! What `authtui login` takes from its options, standard input and descriptors.

mod address;
mod browser;
mod key;
mod link;

use std::io::Write;
use std::process::Command;

use authtui::domain::secret::Secret;

use crate::home::running::Running;
use crate::home::served::{Served, store};
use crate::home::{Ended, Home, person, program};

/// A secret with everything that a shell, a form or an address would change.
const ODD: &str = "s3cret+/&=% a\"'$x";

/// Starts the program with `bytes` as its standard input.
pub(crate) fn fed(home: &Home, arguments: &[&str], bytes: &[u8]) -> Running {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let running = Running::start(home.command(arguments).stdin(reader));
    feed(writer, bytes);
    running
}

/// Starts the program with `bytes` behind its descriptor 7, and nothing as its standard input.
pub(crate) fn handed(home: &Home, arguments: &[&str], bytes: &[u8]) -> Running {
    let (reader, writer) = std::io::pipe().expect("a pipe");
    let mut command = Command::new("sh");
    command.args(["-c", "exec \"$0\" \"$@\" 7<&0 0</dev/null"]).arg(program()).args(arguments);
    command.env_clear().envs(home.environment()).current_dir(home.path(""));
    command.stdin(reader).stdout(std::process::Stdio::piped()).stderr(std::process::Stdio::piped());
    let running = Running::start(&mut command);
    drop(command);
    feed(writer, bytes);
    running
}

fn feed(mut writer: std::io::PipeWriter, bytes: &[u8]) {
    // A program that refuses at once does not read.
    let _ = writer.write_all(bytes);
}

/// The arguments of a running program, as everybody on the machine can read them.
pub(crate) fn arguments_of(process: u32) -> String {
    let bytes = std::fs::read(format!("/proc/{process}/cmdline")).expect("a running program");
    String::from_utf8_lossy(&bytes).into_owned()
}

#[test]
fn a_client_secret_arrives_exactly_and_stands_nowhere_else() {
    for authentication in ["post", "basic"] {
        for option in ["--client-secret-stdin", "--client-secret-fd"] {
            let served = Served::start();
            served.with_secret(authentication, ODD);
            let bytes = format!("{ODD}\n");
            let mut login = match option {
                "--client-secret-stdin" => {
                    fed(&served.home, &["login", "demo/ana", option], bytes.as_bytes())
                }
                _ => handed(&served.home, &["login", "demo/ana", option, "7"], bytes.as_bytes()),
            };
            let authorize = login.line("http");
            let arguments = arguments_of(login.id());
            assert!(arguments.contains(option) && !arguments.contains("s3cret"), "{arguments}");
            person::answer(&authorize, "allow");

            let ended = login.end();

            assert!(!ended.said(0).contains("s3cret") && !authorize.contains("s3cret"), "{ended:?}");
            assert_eq!(served.profile("ana").login.client_secret, Some(Secret::new(ODD)), "{option}");
            assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0), "{option}");
        }
    }
}

#[test]
fn whoever_has_no_client_id_is_told_where_to_get_one() {
    let home = Home::new();
    let ended = home.run(&["login", "keycloak"]);
    let last =
        "Keycloak is found by the address of your own server: authtui login https://HOST/realms/REALM\n";
    assert!(ended.code == Some(2) && ended.err.ends_with(last), "{ended:?}");
    let ended = home.run(&["login", "gitlab/ana"]);
    for words in [
        "Register an app of your own at https://gitlab.com/-/user_settings/applications\n",
        "- Enter this redirect address: http://127.0.0.1:8765/callback\n",
        "add --client-id",
    ] {
        assert!(ended.err.contains(words), "{words}: {ended:?}");
    }
}

#[test]
fn a_stored_secret_is_used_again_until_another_one_is_given() {
    let served = Served::start();
    served.with_secret("post", "first");
    let mut login = fed(&served.home, &["login", "demo/ana", "--client-secret-stdin"], b"first");
    person::answer(&login.line("http"), "allow");
    assert_eq!(login.end().code, Some(0));

    let mut login = served.home.start(&["login", "demo/ana"]);
    person::answer(&login.line("http"), "allow");
    assert_eq!(login.end().code, Some(0), "the stored secret");

    served.with_secret("post", "second");
    let mut login = fed(&served.home, &["login", "demo/ana", "--client-secret-stdin"], b"second\r\n");
    person::answer(&login.line("http"), "allow");
    assert_eq!(login.end().code, Some(0), "the rotated secret");
    assert_eq!(served.profile("ana").login.client_secret, Some(Secret::new("second")));
}

#[test]
fn a_secret_that_cannot_be_one_is_refused_in_one_line_and_nothing_changes() {
    let (served, pair) = Served::with_ana(3600);
    served.with_secret("post", "x");
    let before = served.home.bytes();
    let huge = vec![b'a'; 65_537];
    for (bytes, word) in [
        (&b""[..], "client secret is required"),
        (b"\n", "client secret is required"),
        (b"hush\nhush\n", "one line of visible ASCII"),
        (b"hush\x07", "one line of visible ASCII"),
        ("hush\u{200b}".as_bytes(), "one line of visible ASCII"),
        (b"hush\xff", "no UTF-8"),
        (&huge, "more than 64 KiB"),
    ] {
        for ended in [
            fed(&served.home, &["login", "demo/ana", "--client-secret-stdin"], bytes).end(),
            handed(&served.home, &["login", "demo/ana", "--client-secret-fd", "7"], bytes).end(),
        ] {
            let said = ended.said(2);
            assert!(said.contains(word) && said.contains("Nothing was changed."), "{word}: {said}");
            assert!(!said.contains("hush") && said.lines().count() == 1, "{word}: {said}");
        }
    }
    let closed = served.home.run(&["login", "demo/ana", "--client-secret-fd", "99"]);
    assert!(closed.said(2).contains("cannot read file descriptor 99"), "{closed:?}");
    assert_eq!((served.home.bytes(), served.stored("ana")), (before, Some(pair)));
    assert_eq!(served.serving.with(|authority| authority.seen_requests().count()), 0);
}

#[test]
fn a_new_name_that_looks_like_another_is_refused_before_anybody_is_asked() {
    let (served, pair) = Served::with_ana(3600);
    let before = served.home.bytes();
    for name in
        ["demo/\u{430}na", "demo/w\u{3bf}rk", "demo/Jose\u{301}", "demo/an\u{200b}a", "demo/an\u{a0}a"]
    {
        let ended = served.home.run(&["login", name]);
        let said = ended.said(2);
        assert!(!said.chars().any(|char| name.contains(char) && !char.is_ascii()), "{said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!((served.home.bytes(), served.stored("ana")), (before, Some(pair)));
    assert_eq!(served.serving.with(|authority| authority.seen_requests().count()), 0);
}

#[test]
fn a_client_without_a_secret_takes_none() {
    let (served, _) = Served::with_ana(3600);
    let ended = fed(&served.home, &["login", "demo/ana", "--client-secret-stdin"], b"hush").end();
    assert!(ended.said(2).contains("its provider file wants none"), "{ended:?}");
}

#[test]
fn what_nobody_can_be_asked_is_one_sentence_with_the_option_that_says_it() {
    let served = Served::start();
    served.with_secret("post", "x");
    let secret = served.home.run(&["login", "demo/ana"]);
    let words = "authtui: demo wants a client secret, and nobody can be asked here; add --client-secret-stdin or \
                 --client-secret-fd. Nothing was changed.\n";
    assert_eq!(secret.said(2), words);
    let file = authtui::demo::provider_file(served.serving.issuer());
    served.home.provider("demo", &file.replace("id: authtui-demo, ", ""));
    let id = served.home.run(&["login", "demo/ana"]);
    assert!(id.said(2).contains("add --client-id"), "{id:?}");
    served.home.provider("demo", &(file + "notice: Think twice.\n"));
    let notice = served.home.run(&["login", "demo/ana"]);
    assert!(
        notice.said(2).contains("Think twice.") && notice.err.contains("accept it with --yes"),
        "{notice:?}"
    );
    served.home.provider("demo", "name: demo\nflows: [key]\n");
    let key = served.home.run(&["login", "demo", "--key"]);
    assert!(key.said(2).starts_with("authtui: demo/key wants an API key, "), "{key:?}");
    assert!(key.err.ends_with(". Nothing was changed.\n"), "{key:?}");
}

#[test]
fn a_client_id_and_scopes_are_asked_for_as_the_options_say() {
    let (served, _) = Served::with_ana(3600);
    let other = ["login", "demo/ana", "--client-id", "other id", "--scope", "admin", "--scope", "profile"];
    let mut login = served.home.start(&other);
    let authorize = url::Url::parse(&login.line("http")).expect("an address");
    login.kill();
    let has =
        |name: &str, value: &str| authorize.query_pairs().any(|(key, found)| key == name && found == value);
    assert!(has("client_id", "other id") && has("scope", "profile inference admin"), "{authorize}");

    for scope in ["a b", "", "\"", "ü"] {
        let ended = served.home.run(&["login", "demo/ana", "--scope", scope]);
        assert!(ended.said(2).contains("A scope is one word"), "{scope:?}: {ended:?}");
    }
}

#[test]
fn a_door_that_is_not_there_is_named_with_those_that_are() {
    let served = Served::start();
    for (flows, option, lacks) in [
        ("[code]", "--device", "no device code"),
        ("[code]", "--key", "no API keys"),
        ("[code]", "--key-stdin", "no API keys"),
    ] {
        provider_with(&served, flows);
        let ended = served.home.run(&["login", "demo/ana", option]);
        let said = ended.said(2);
        assert!(said.contains(lacks) && said.contains("a login by the browser"), "{option}: {said}");
        assert_eq!(said.lines().count(), 1, "{said}");
    }
    assert_eq!(served.serving.with(|authority| authority.seen_requests().count()), 0);
}

#[test]
fn a_port_that_the_provider_does_not_know_is_refused_with_those_it_knows() {
    let served = Served::start();
    let file = authtui::demo::provider_file(served.serving.issuer());
    served.home.provider("demo", &file.replace("port_rule: any", "port_rule: fixed"));
    let ended = served.home.run(&["login", "demo/ana", "--port", "9000"]);
    assert!(ended.said(2).contains("port 8765 only"), "{ended:?}");
}

#[test]
fn the_callback_comes_to_the_port_that_is_wanted_and_the_browser_is_left() {
    let served = Served::start();
    let free = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let port = free.local_addr().expect("an address").port().to_string();
    drop(free);
    let mut login = served.home.start(&["login", "demo/ana", "--port", &port, "--no-browser"]);
    let authorize = login.line("http");
    assert!(
        authorize.contains(&format!("redirect_uri=http%3A%2F%2F127.0.0.1%3A{port}%2Fcallback")),
        "{authorize}"
    );
    person::answer(&authorize, "allow");
    let ended = login.end();
    assert!(!ended.said(0).contains("Opened your browser"), "{ended:?}");
}

#[test]
fn a_pipe_brings_the_answer_that_a_person_would_paste() {
    for whole in [true, false] {
        let served = Served::start();
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        let mut login = Running::start(served.home.command(&["login", "demo/ana", "--paste"]).stdin(reader));
        let page = login.line("http");
        assert!(page.contains("code%2Fcallback"), "the page that shows the code comes first: {page}");
        let end = person::decide(&page, "allow");
        let code = end.query_pairs().find(|(name, _)| name == "code").expect("a code").1.into_owned();
        let pasted = if whole { end.to_string() } else { code };
        writer.write_all(format!("{pasted}\n").as_bytes()).expect("it reads");
        drop(writer);

        let ended = login.end();

        assert_eq!(ended.code, Some(0), "{ended:?}");
        assert!(served.stored("ana").is_some());
    }
}

#[test]
fn another_account_can_be_kept_beside_the_stored_one() {
    for (answer, code, beside, stored) in [
        ("k\n", 0, Some("ben@demo.test"), "ana@demo.test"),
        ("r\n", 0, None, "ben@demo.test"),
        ("d\n", 1, None, "ana@demo.test"),
        ("perhaps\n", 1, None, "ana@demo.test"),
    ] {
        let (served, _) = Served::with_ana(3600);
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        let mut login = Running::start(served.home.command(&["login", "demo/ana"]).stdin(reader));
        let authorize = login.line("http").replace("ana%40demo.test", "ben%40demo.test");
        person::answer(&authorize, "allow");
        login.line("authtui: ben@demo.test logged in, but ana@demo.test is stored");
        writer.write_all(answer.as_bytes()).expect("it reads");
        drop(writer);

        let ended: Ended = login.end();

        assert_eq!(ended.code, Some(code), "{answer}: {ended:?}");
        assert!(ended.err.contains("keep it as demo/ana-2 [k]"), "{ended:?}");
        assert_eq!(served.profile("ana").account.as_deref(), Some(stored), "{answer}");
        let list = served.home.run(&["list", "--json"]).out;
        assert_eq!(list.contains("ana-2"), beside.is_some(), "{answer}: {list}");
        if let Some(account) = beside {
            assert_eq!(served.profile("ana-2").account.as_deref(), Some(account));
        }
    }
}

#[test]
fn a_login_asks_again_for_what_was_asked_before_and_not_for_what_was_granted_unasked() {
    let served = Served::start();
    let (entry, _) = served.entry("ana", 3600);
    served.home.store(store(&[
        entry.replace("[profile, inference]", "[profile, dummy]\n        asked_scopes: [profile, admin]")
    ]));
    let mut login = served.home.start(&["login", "demo/ana"]);
    let authorize = login.line("http");
    login.kill();
    assert!(authorize.contains("scope=profile+inference+admin&"), "{authorize}");
}

#[test]
fn a_transcript_has_every_exchange_without_a_secret_and_takes_nobodys_place() {
    let served = Served::start();
    let file = served.home.path("transcript.txt");
    let path = file.to_str().expect("a path").to_owned();
    let mut login = served.home.start(&["login", "demo/ana", "--no-browser", "--transcript", &path]);
    person::answer(&login.line("http"), "allow");
    login.end().said(0);

    let text = std::fs::read_to_string(&file).expect("a transcript");
    for part in ["came back with a code", "/oauth2/token", "grant_type=authorization_code", "answer 200"] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let pair = served.stored("ana").expect("tokens");
    assert!(!text.contains(&pair.access) && !text.contains("@demo.test"), "{text}");

    let again = served.home.run(&["login", "demo/ana", "--yes", "--no-browser", "--transcript", &path]);
    assert!(again.said(1).contains("cannot write"), "{again:?}");
    assert_eq!(std::fs::read_to_string(&file).expect("the first transcript"), text);
}

/// Gives `demo` these flows, and no test of what it gives.
pub(crate) fn provider_with(served: &Served, flows: &str) {
    tested_provider_with(served, flows);
    let file = served.home.path("config/authtui/providers/demo.yaml");
    let text = std::fs::read_to_string(&file).expect("a file");
    let probe = person::between(&text, "probe:\n", "masks:").to_owned();
    served.home.provider("demo", &text.replace(&format!("probe:\n{probe}"), ""));
}

/// Gives `demo` these flows.
pub(crate) fn tested_provider_with(served: &Served, flows: &str) {
    let file = authtui::demo::provider_file(served.serving.issuer());
    let before = file.lines().find(|line| line.starts_with("flows:")).expect("flows").to_owned();
    served.home.provider("demo", &file.replace(&before, &format!("flows: {flows}")));
}

#[test]
fn a_login_that_only_a_paste_can_answer_ends_with_standard_input() {
    let (served, _) = Served::with_ana(3600);
    let before = served.home.bytes();
    for (bytes, words) in [(&b""[..], "nothing was pasted"), (b"WRONGCODE\n", "what was pasted did not work")]
    {
        let ended = fed(&served.home, &["login", "demo/ana", "--paste"], bytes).end();
        let said = ended.said(1);
        assert!(said.contains(&format!("cannot log in: {words}, and standard input has ended")), "{said}");
        assert_eq!(served.home.bytes(), before);
    }
}

#[test]
fn an_address_that_is_broken_over_lines_is_joined_and_its_rest_is_never_a_code() {
    for (parameter, comes_late) in [("state=", false), ("state=", true), ("code=", false)] {
        let served = Served::start();
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        let mut login = Running::start(served.home.command(&["login", "demo/ana", "--paste"]).stdin(reader));
        let end = person::decide(&login.line("http"), "allow").to_string();
        let (first, rest) = end.split_at(end.find(parameter).expect("a parameter") + parameter.len() + 3);
        writeln!(writer, "{first}").expect("it reads");
        if comes_late {
            login.line("  cannot use the paste: ");
        }
        writeln!(writer, "{rest}").expect("it reads");
        drop(writer);

        let ended = login.end();

        assert_eq!(ended.code, Some(0), "{parameter} {comes_late}: {ended:?}");
        assert_eq!(served.counters().asked("authorization_code"), 1, "{parameter} {comes_late}");
    }
    for lines in
        ["http://127.0.0.1:1/callback?code=c0de&st\nate=5tate\n", "what is this\n\nc0de\n", "a\u{7}\nc0de\n"]
    {
        let served = Served::start();
        let ended = fed(&served.home, &["login", "demo/ana", "--paste"], lines.as_bytes()).end();
        assert!(
            ended.said(1).contains("what was pasted did not work, and standard input has ended"),
            "{ended:?}"
        );
        assert_eq!(served.counters().asked("authorization_code"), 0, "{lines}");
    }
}

#[test]
fn an_answer_that_a_pipe_brings_behind_the_paste_waits_for_its_question() {
    let (served, _) = Served::with_ana(3600);
    let (reader, mut writer) = std::io::pipe().expect("a pipe");
    let mut login = Running::start(served.home.command(&["login", "demo/ana", "--paste"]).stdin(reader));
    let authorize = login.line("http").replace("ana%40demo.test", "ben%40demo.test");
    writeln!(writer, "{}\nk", person::decide(&authorize, "allow")).expect("it reads");
    drop(writer);
    let ended = login.end();
    assert_eq!(ended.code, Some(0), "{ended:?}");
    assert_eq!(served.profile("ana-2").account.as_deref(), Some("ben@demo.test"));
}

#[test]
fn another_account_without_anybody_to_ask_costs_nothing_and_says_how_to_keep_both() {
    let (served, _) = Served::with_ana(3600);
    let before = served.home.bytes();
    let mut login = served.home.start(&["login", "demo/ana"]);
    person::answer(&login.line("http").replace("ana%40demo.test", "ben%40demo.test"), "allow");
    let ended = login.end();
    let said = ended.said(1);
    assert!(said.contains("To keep both, run: authtui login demo/ana-2"), "{said}");
    assert!(said.contains("the new tokens were discarded. Stored tokens are unchanged."), "{said}");
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn a_file_of_ones_own_that_is_still_an_example_is_named_with_the_line() {
    let served = Served::start();
    served.home.provider("acme", "name: acme\nextends: oauth2\nexample: true\n");
    let said = served.home.run(&["login", "acme"]).said(2).to_owned();
    assert!(said.contains("take the line `example: true` out of") && said.contains("acme.yaml"), "{said}");
}
