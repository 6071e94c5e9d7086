//! `authtui login URL`: from the address of a server to a token for it.

use authtui::demo::serve::Serving;

use crate::home::person;
use crate::home::served::Served;

/// The names of clients that were registered by themselves.
fn registered(serving: &Serving) -> Vec<String> {
    serving.with(|authority| {
        let clients = authority.clients.iter().map(|client| client.id.clone());
        clients.filter(|id| id.starts_with("client-")).collect()
    })
}

fn log_in(served: &Served, arguments: &[&str]) -> String {
    let address = format!("{}/mcp", served.serving.issuer());
    let mut login = served.home.start(&[&["login", &address][..], arguments].concat());
    let authorize = login.line("http");
    person::answer(&authorize, "allow");
    login.end().said(0).to_owned()
}

#[test]
fn an_address_is_enough_for_a_login_and_a_second_account_needs_no_second_client() {
    let served = Served::start();
    let address = format!("{}/mcp", served.serving.issuer());

    let said = log_in(&served, &[]);

    for words in ["it wants a token", "it describes itself as “Demo notes”", "registered authtui as client-"]
    {
        assert!(said.contains(words), "{words}: {said}");
    }
    assert!(said.contains("Logged in: 127.0.0.1/default"), "{said}");
    assert_eq!(registered(&served.serving).len(), 1);
    let token = served.home.run(&["token", &address]);
    assert_eq!(token.quietly(), served.home.run(&["token", "127.0.0.1/default"]).quietly());
    assert!(token.out.starts_with("dat_"), "{token:?}");
    assert_eq!(served.home.run(&["refresh", "127.0.0.1/default"]).code, Some(0));

    let file = served.home.path("walk.txt").display().to_string();
    let said = log_in(&served, &["--as", "work", "--transcript", &file]);
    let written = std::fs::read_to_string(&file).expect("a transcript");
    for words in ["POST http", "/.well-known/oauth-protected-resource/mcp", "/oauth2/token", "answer 401"] {
        assert!(written.contains(words), "{words}: {written}");
    }
    assert!(!written.contains("dat_") && !written.contains("/oauth2/register\n"), "{written}");
    assert!(said.contains("the provider 127.0.0.1 is for this server"), "{said}");
    assert!(said.contains("Logged in: 127.0.0.1/work"), "{said}");
    assert_eq!(registered(&served.serving).len(), 1);

    // A server that forgot its client is asked anew, and the old file stays.
    let token = served.home.run(&["token", &address]);
    served.serving.with(|authority| authority.clients.retain(|client| !client.id.starts_with("client-")));
    let forgotten = served.home.run(&["refresh", "127.0.0.1/default"]);
    let command = format!("authtui login {address} --new-client");
    assert!(forgotten.said(1).contains(&command), "{forgotten:?}");
    assert_eq!(served.home.run(&["token", &address]).quietly(), token.quietly(), "the tokens stay");
    let said = log_in(&served, &["--new-client", "--yes"]);
    assert!(said.contains("Logged in: 127.0.0.1/default"), "{said}");
    let [second] = &registered(&served.serving)[..] else { panic!("{said}") };
    let folder = served.home.path("config/authtui/providers");
    let read = |name: &str| std::fs::read_to_string(folder.join(name)).expect(name);
    assert!(read("127.0.0.1.yaml").contains(second) && !read("127.0.0.1.yaml.old").contains(second));
    assert_eq!(served.home.run(&["refresh", "127.0.0.1/default"]).code, Some(0));
}

#[test]
fn an_address_is_one_without_its_scheme_too_and_what_is_kept_of_a_cancelled_login_is_said() {
    let served = Served::start();
    let address = format!("{}/mcp", served.serving.issuer());
    let typed = address.trim_start_matches("http://").to_owned();

    let mut login = served.home.start(&["login", &typed]);
    login.line("Waiting ");
    login.signal("INT");
    let said = login.end().said(1).to_owned();

    let kept = format!("cancelled; the registration at {address} is kept in ");
    assert!(said.contains(&kept) && said.contains("127.0.0.1.yaml, and nothing else was changed."), "{said}");
    assert_eq!(registered(&served.serving).len(), 1);

    // Nothing is registered this time, so nothing is kept.
    let mut login = served.home.start(&["login", &typed]);
    login.line("Waiting ");
    login.signal("INT");
    assert!(login.end().said(1).contains("cancelled; nothing was changed."));

    let mut login = served.home.start(&["login", &typed]);
    person::answer(&login.line("http"), "allow");
    assert_eq!(login.end().code, Some(0));
    let token = served.home.run(&["token", &typed]);
    assert_eq!(token.quietly(), served.home.run(&["token", "127.0.0.1/default"]).quietly());
    // A name stays a name, also where its provider is called like a host.
    let unknown = served.home.run(&["token", "127.0.0.1/other"]);
    assert!(unknown.said(5).contains("there is no profile 127.0.0.1/other"), "{unknown:?}");
}

#[test]
fn a_client_whose_secret_has_ended_is_registered_anew_by_a_login_by_name() {
    let served = Served::start();
    log_in(&served, &[]);
    let file = served.home.path("config/authtui/providers/127.0.0.1.yaml");
    let text = std::fs::read_to_string(&file).expect("a file").replace("  authentication: none\n", "");
    let ended = "client:\n  authentication: post\n  secret_ends: \"2020-01-01T00:00:00Z\"\n";
    std::fs::write(&file, text.replace("client:\n", ended)).expect("written");

    let mut login = served.home.start(&["login", "127.0.0.1/default", "--yes"]);
    person::answer(&login.line("http"), "allow");

    let said = login.end().said(0).to_owned();
    assert!(said.contains("The client secret expired on 2020-01-01. Registering authtui anew"), "{said}");
    let [_, second] = &registered(&served.serving)[..] else { panic!("{said}") };
    assert!(std::fs::read_to_string(&file).expect("a file").contains(second), "{said}");
    assert_eq!(served.home.run(&["refresh", "127.0.0.1/default"]).code, Some(0));
}

#[test]
fn a_check_walks_the_same_way_and_registers_nobody() {
    let served = Served::start();
    let address = format!("{}/mcp", served.serving.issuer());
    let checked = served.home.run(&["providers", "check", &address]);
    assert!(checked.said(0).contains("authtui would be registered at"), "{checked:?}");
    assert_eq!((registered(&served.serving).len(), checked.out.as_str()), (0, ""));

    log_in(&served, &["--as", "acme/default"]);
    let checked = served.home.run(&["providers", "check", "acme"]);
    assert!(checked.said(0).contains("acme: its file says what its server says."), "{checked:?}");
    let file = served.home.path("config/authtui/providers/acme.yaml");
    let text = std::fs::read_to_string(&file).expect("a file");
    std::fs::write(&file, text.replace("/oauth2/token", "/oauth2/tokens")).expect("written");
    let checked = served.home.run(&["providers", "check", &file.display().to_string()]);
    assert!(checked.said(1).contains("endpoints.token is “"), "{checked:?}");
}

#[test]
fn what_cannot_be_found_out_ends_with_the_reason_and_writes_nothing() {
    let served = Served::start();
    let issuer = served.serving.issuer().to_owned();
    let failed = served.home.path("failed.txt").display().to_string();
    for (arguments, code, words) in [
        (&["login", "http://acme.test/mcp"][..], 2, "use https"),
        (&["login", "https://u:p@acme.test/mcp"], 2, "leave out user name and password"),
        (&["login", "acme", "--as", "work"], 2, "go with an address"),
        (&["login", "acme", "--new-client"], 2, "go with an address"),
        (&["token", "https://acme.test/mcp"], 5, "finds out how to log in there"),
        (&["login", &format!("{issuer}/mcp"), "--key"], 2, "under a provider's name"),
        (&["login", &format!("{issuer}/other")], 1, "cannot find out how to log in"),
        (&["login", &format!("{issuer}/other"), "--transcript", &failed], 1, "cannot find out"),
        (&["login", "http://127.0.0.1:1/mcp"], 4, "cannot ask http://127.0.0.1:1/mcp"),
        (&["providers", "check", "http://127.0.0.1:1/mcp"], 4, "cannot ask http://127.0.0.1:1/mcp"),
        (&["providers", "check", "nothing"], 5, "nothing"),
    ] {
        let ended = served.home.run(arguments);
        assert!(ended.said(code).contains(words), "{arguments:?}: {ended:?}");
        assert!(!ended.err.contains("u:p"), "{ended:?}");
    }
    assert!(!served.home.path("config/authtui/providers/127.0.0.1.yaml").exists());
    let written = std::fs::read_to_string(&failed).expect("a transcript of a walk that failed");
    assert!(written.contains(&format!("POST {issuer}/other")), "{written}");
}
