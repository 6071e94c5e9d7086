//! A login by the address of a server that is known by nothing else: the issuer itself, or what it protects.

use serde_json::Value;
use url::Url;

use crate::home::{Ended, person};
use crate::interop::provider::{Provider, browser};

/// The only profile of a provider that was found at a server of this machine.
const FOUND: &str = "127.0.0.1/default";

/// Logs in at `address` as a person who has only that.
fn log_in(provider: &Provider, address: &str, options: &[&str], variables: &[(&str, &str)]) -> Ended {
    let browser = browser().display().to_string();
    let variables = [&[("BROWSER", browser.as_str())], variables].concat();
    provider.home.start_with(&[&["login", address], options].concat(), &variables).end()
}

/// The account that `authtui list --json` names for the profile `name`.
fn account(provider: &Provider, name: &str) -> Option<String> {
    let list = provider.home.run(&["list", "--json"]);
    let list: Value = serde_json::from_str(list.quietly().1).expect("JSON");
    let rows = list.get("profiles").and_then(Value::as_array).expect("a list");
    let row = rows.iter().find(|row| row.get("name").is_some_and(|of| of == name));
    Some(row?.get("account")?.as_str()?.to_owned())
}

fn registrations(provider: &Provider) -> usize {
    provider.log("/reg").len()
}

#[test]
#[ignore = "needs Node"]
fn an_issuer_alone_registers_authtui_and_its_tokens_are_renewed() {
    // Refresh tokens as the standard has them: for offline_access alone.
    let provider = Provider::unknown(&[("REFRESH", "offline_access")]);

    let ended = log_in(&provider, provider.issuer(), &[], &[]);

    let said = ended.said(0);
    assert!(
        said.contains("registered authtui as") && said.contains(&format!("Logged in: {FOUND}")),
        "{said}"
    );
    assert!(said.contains("alice@example.test") && !said.contains("not granted"), "{said}");
    for _ in 0..2 {
        let renewed = provider.home.run(&["refresh", FOUND]);
        assert_eq!(renewed.code, Some(0), "{renewed:?}");
    }
    assert_eq!((provider.count("/refresh/rotated"), provider.count("/refresh/reuse_detected")), (2, 0));
    let token = provider.home.run(&["token", provider.issuer()]);
    let page = person::call(&provider.address("me"), token.quietly().1.trim_end());
    assert!(page.status == 200 && page.body.contains("alice"), "{page:?}");
    let checked = provider.home.run(&["providers", "check", "127.0.0.1"]);
    assert!(checked.said(0).contains("its file says what its server says"), "{checked:?}");
    assert_eq!(registrations(&provider), 1);
}

#[test]
#[ignore = "needs Node"]
fn a_registered_client_proves_itself_by_its_secret_at_each_refresh() {
    for (method, noted) in [("client_secret_basic", "basic"), ("client_secret_post", "post")] {
        let provider = Provider::unknown(&[("CLIENT_AUTH", method)]);

        let ended = log_in(&provider, provider.issuer(), &[], &[]);
        assert!(ended.said(0).contains(&format!("Logged in: {FOUND}")), "{ended:?}");
        let second = log_in(&provider, provider.issuer(), &["--as", "second"], &[]);
        assert_eq!(second.code, Some(0), "{second:?}");
        for name in [FOUND, "127.0.0.1/second"] {
            let renewed = provider.home.run(&["refresh", name]);
            assert_eq!(renewed.code, Some(0), "{renewed:?}");
        }

        let all = provider.log("/token");
        let ways: Vec<&str> = all.iter().filter_map(|request| request["client_auth"].as_str()).collect();
        assert_eq!(ways, [noted; 4], "two logins and two refreshes");
        assert_eq!((registrations(&provider), provider.count("/refresh/rotated")), (1, 2));
        let file = provider.home.path("config/authtui/providers/127.0.0.1.yaml");
        let file = std::fs::read_to_string(file).expect("a file");
        assert!(file.contains(&format!("authentication: {noted}")), "{file}");
        // The secret is with the profiles, and nowhere else.
        let config = String::from_utf8(provider.home.bytes()).expect("text");
        let secret = config.lines().find_map(|line| line.trim().strip_prefix("client_secret:"));
        let secret = secret.expect("a secret").trim().trim_matches(['"', '\'']);
        assert!(secret.len() > 20 && !file.contains(secret), "{file}");
        assert!(!ended.err.contains(secret) && !ended.out.contains(secret), "{ended:?}");
    }
}

#[test]
#[ignore = "needs Node"]
fn a_second_account_is_a_name_and_the_wrong_account_is_not_saved_unasked() {
    let provider = Provider::unknown(&[]);
    let bob = &[("INTEROP_LOGIN", "bob")];
    assert_eq!(log_in(&provider, provider.issuer(), &[], &[]).code, Some(0));

    let second = log_in(&provider, provider.issuer(), &["--as", "bob"], bob);

    assert!(second.said(0).contains("the provider 127.0.0.1 is for this server"), "{second:?}");
    assert_eq!(registrations(&provider), 1);
    let accounts = ["default", "bob"].map(|name| account(&provider, name));
    assert_eq!(accounts, ["alice@example.test", "bob@example.test"].map(|name| Some(name.to_owned())));

    let before = provider.home.bytes();
    let wrong = log_in(&provider, provider.issuer(), &["--yes"], bob);
    assert_ne!(wrong.code, Some(0), "{wrong:?}");
    let asked = "bob@example.test logged in, but alice@example.test is stored under this name";
    assert!(wrong.err.contains(asked), "{wrong:?}");
    assert_eq!(provider.home.bytes(), before);
    assert_eq!(provider.home.run(&["refresh", FOUND]).code, Some(0));
}

#[test]
#[ignore = "needs Node"]
fn an_answer_of_another_server_or_of_none_sends_no_code_where_a_name_is_promised() {
    for (tampered, words) in
        [("iss", "it comes from another server than the one that was asked"), ("drop-iss", "server")]
    {
        let provider = Provider::unknown(&[]);
        let ended = log_in(&provider, provider.issuer(), &[], &[("INTEROP_TAMPER", tampered)]);
        assert!(ended.said(1).contains(words), "{ended:?}");
        assert!(provider.log("/token").is_empty(), "{tampered}");
        assert!(!provider.home.config().exists(), "{tampered}");
    }
}

#[test]
#[ignore = "needs Node"]
fn a_resource_at_another_origin_leads_to_its_issuer_and_its_token_is_for_it_alone() {
    let provider = Provider::unknown(&[]);
    let resource = provider.resource();

    let ended = log_in(&provider, &resource, &[], &[]);

    let said = ended.said(0);
    for words in ["Interop notes", "registered authtui as", "Logged in: 127.0.0.1/default"] {
        assert!(said.contains(words), "{words}: {said}");
    }
    for _ in 0..2 {
        let token = provider.home.run(&["token", &resource]);
        let page = person::call(&Url::parse(&resource).expect("an address"), token.quietly().1.trim_end());
        assert_eq!(page.status, 200, "{page:?}");
        assert_eq!(provider.home.run(&["refresh", FOUND]).code, Some(0));
    }
    assert_eq!((provider.count("/resource/ok"), provider.count("/refresh/rotated")), (2, 2));
    let named = [provider.log("/auth"), provider.log("/token")].concat();
    let named: Vec<&str> = named.iter().filter_map(|request| request["resource"].as_str()).collect();
    assert_eq!(named, vec![resource.as_str(); 4], "in the login, its exchange and each refresh");
}

#[test]
#[ignore = "needs Node"]
fn endpoints_at_another_origin_than_their_issuer_are_shown_and_nothing_is_sent_without_a_yes() {
    let provider = Provider::unknown(&[("ENDPOINT_HOST", "localhost")]);
    let resource = provider.resource();

    let ended = log_in(&provider, &resource, &[], &[]);

    let said = ended.said(2);
    assert!(said.contains("the token endpoint is at localhost:") && said.contains("--yes"), "{said}");
    assert_eq!(registrations(&provider), 0);
    assert!(!provider.home.path("config/authtui/providers/127.0.0.1.yaml").exists());

    let ended = log_in(&provider, &resource, &["--yes"], &[]);
    assert!(ended.said(0).contains(&format!("Logged in: {FOUND}")), "{ended:?}");
    assert_eq!(provider.home.run(&["refresh", FOUND]).code, Some(0));
}

#[test]
#[ignore = "needs Node"]
fn a_server_that_sends_the_person_to_another_one_never_gets_the_code() {
    let honest = Provider::unknown(&[]);
    assert_eq!(log_in(&honest, honest.issuer(), &[], &[]).code, Some(0));
    let clients = honest.log("/token");
    let client = clients.first().and_then(|request| request.get("client_id")?.as_str()).expect("a client");
    let mixing = Provider::unknown(&[]);
    let mut login = mixing.home.start(&["login", mixing.issuer()]);
    let theirs = Url::parse(&login.line("http")).expect("an address");

    // The login page of the one leads to that of the other, for the client that authtui is there.
    let mut page = honest.address("auth");
    let pairs = theirs.query_pairs().map(|(name, value)| match &*name {
        "client_id" => (name.into_owned(), client.to_owned()),
        _ => (name.into_owned(), value.into_owned()),
    });
    page.query_pairs_mut().extend_pairs(pairs);
    honest.lead(page.as_str());

    assert!(login.end().said(1).contains("it comes from another server than the one that was asked"));
    assert_eq!(honest.count("/authorization/success"), 2, "the honest one gave a code");
    assert!(mixing.log("/token").is_empty() && !mixing.home.config().exists());
    assert_eq!(honest.log("/token").len(), clients.len());
}
