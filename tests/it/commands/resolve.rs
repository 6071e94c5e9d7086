//! `authtui resolve` and the environment's rows, in the real program: variables are set for the
//! child alone.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;
use serde_json::{Value, json};

use crate::home::Ended;
use crate::home::running::Running;
use crate::home::served::{Served, store};

/// What is added to the demo's provider file.
const FIELDS: &str = "
environment: [{ name: DEMO_KEY, header: x-api-key, prefixes: [dk-] }, DEMO_BEARER]
orders:
  - { name: usual, program: claw-code, sources: [DEMO_KEY, DEMO_BEARER, login, key] }
  - { name: documented, program: Claude Code, sources: [DEMO_BEARER, DEMO_KEY, login] }
";
const KEY: (&str, &str) = ("DEMO_KEY", "dk-0123456789abcdefZz01");
const BEARER: (&str, &str) = ("DEMO_BEARER", "0123456789abcdefghij");

#[test]
fn each_source_is_named_with_what_it_holds_and_the_first_is_used() {
    let (served, _) = with_ana(3600 * 3);
    let ended = run(&served, &["resolve", "demo"], &[("DEMO_KEY", ""), BEARER]);
    let login = "  3 login demo/ana  fresh for 2h59m; DEMO_BEARER comes first";
    let lines: Vec<&str> = ended.quietly().1.lines().collect();
    assert_eq!(
        lines,
        [
            "demo takes the first of these that holds something:",
            "  1 DEMO_KEY        set but empty, so it counts as not set",
            "> 2 DEMO_BEARER     set",
            login,
            "  4 key             none stored",
            "Header: Authorization: Bearer …ghij",
            "Order: usual. Others for --order: documented",
        ]
    );
}

#[test]
fn the_header_is_printed_whole_for_scripts_and_alone() {
    let (served, pair) = with_ana(3600);
    for (order, set, header) in [
        ("usual", &[KEY, BEARER][..], "x-api-key: dk-0123456789abcdefZz01".to_owned()),
        ("documented", &[KEY, BEARER], "Authorization: Bearer 0123456789abcdefghij".to_owned()),
        ("documented", &[KEY], "x-api-key: dk-0123456789abcdefZz01".to_owned()),
        ("usual", &[], format!("Authorization: Bearer {}", pair.access)),
    ] {
        let ended = run(&served, &["resolve", "demo", "--order", order, "--header"], set);
        assert_eq!(ended.quietly(), (Some(0), format!("{header}\n").as_str()), "{order}");
    }
    let masked = run(&served, &["resolve", "demo"], &[KEY]);
    assert!(masked.out.contains("Header: x-api-key: …Zz01"), "{}", masked.out);
    assert!(!masked.out.contains("0123456789"), "{}", masked.out);
}

#[test]
fn a_login_that_has_ended_is_refreshed_on_the_way_and_only_if_it_comes_first() {
    let (served, before) = with_ana(-5);
    let shadowed = run(&served, &["resolve", "demo", "--header"], &[KEY]);
    assert_eq!((shadowed.code, served.refreshes()), (Some(0), (0, 0)), "{shadowed:?}");

    let ended = run(&served, &["resolve", "demo/ana"], &[]);

    assert_eq!((ended.code, served.refreshes()), (Some(0), (1, 0)), "{ended:?}");
    assert!(ended.out.contains("> 3 login demo/ana  refreshed just now, fresh for "), "{}", ended.out);
    let now = served.stored("ana").expect("tokens");
    assert_ne!(now, before);
    let header = run(&served, &["resolve", "demo", "--header"], &[]);
    assert_eq!(header.quietly(), (Some(0), format!("Authorization: Bearer {}\n", now.access).as_str()));
    assert_eq!(served.refreshes(), (1, 0));
}

#[test]
fn nothing_found_an_end_for_good_and_an_end_for_now_are_three_errors() {
    let (served, _) = with_ana(-5);
    served.fault(1, FaultKind::Instead(HttpResponse::new(503, "text/plain", "")));
    let passing = run(&served, &["resolve", "demo", "--header"], &[]);
    assert!(passing.said(4).contains("503"), "{passing:?}");

    served.serving.with(|authority| authority.withdraw("ana@demo.test"));
    for asked in [2, 2] {
        let over = run(&served, &["resolve", "demo", "--header"], &[]);
        assert_eq!(over.said(3), "authtui: the login of demo/ana has ended: authtui login demo/ana\n");
        assert_eq!(served.refreshes().0, asked, "what was said once is not asked again");
    }

    served.home.store("providers: {}\n");
    let missing = run(&served, &["resolve", "demo", "--header"], &[("DEMO_KEY", "")]);
    let words = "authtui: no API key, token or login for demo: set DEMO_KEY, or log in: authtui login demo\n";
    assert_eq!(missing.said(5), words);

    let unusable = run(&served, &["resolve", "demo", "--header"], &[("DEMO_KEY", "a\n"), BEARER]);
    let words = "authtui: DEMO_KEY comes first and cannot be used (there is white space around it): set it again, or unset it.\n";
    assert_eq!(unusable.said(1), words);
}

#[test]
fn a_stored_key_that_the_order_does_not_look_at_is_told_with_a_step_that_works() {
    let (served, _) = with_ana(-5);
    served.home.store("providers: {demo: {api_key: dk-0123456789abcdefZz01}}\n");
    let keyed =
        authtui::demo::provider_file(served.serving.issuer()) + FIELDS + "key: { header: x-api-key }\n";
    served.home.provider("demo", &keyed);
    for name in ["demo", "demo/key"] {
        let ended = run(&served, &["resolve", name, "--order", "documented", "--header"], &[]);
        let words = "authtui: Claude Code does not look at stored keys, such as demo/key: set DEMO_KEY, or look in \
                     another order: --order usual, or log in: authtui login demo\n";
        assert_eq!(ended.said(5), words, "{name}");
        assert_eq!(run(&served, &["resolve", name, "--order", "usual", "--header"], &[]).code, Some(0));
    }
    served.home.store("providers: {}\n");
    let ended = run(&served, &["resolve", "demo", "--order", "documented", "--header"], &[]);
    assert!(ended.said(5).starts_with("authtui: no API key, token or login for demo: set DEMO_BEARER"));
}

#[test]
fn a_value_in_the_wrong_variable_is_pointed_out() {
    let (served, _) = with_ana(3600);
    let set = [("DEMO_BEARER", KEY.1)];
    let hint = "DEMO_BEARER holds a value that begins with dk-, which belongs in DEMO_KEY.";
    let shown = run(&served, &["resolve", "demo"], &set);
    assert_eq!(shown.quietly().1.lines().last(), Some(format!("Hint: {hint}").as_str()));
    let header = run(&served, &["resolve", "demo", "--header"], &set);
    assert_eq!((header.code, header.err), (Some(0), format!("authtui: {hint}\n")));
}

#[test]
fn the_json_holds_the_chain_what_is_used_and_the_error() {
    let (served, _) = with_ana(-5);
    let read = |ended: &Ended| serde_json::from_str::<Value>(&ended.out).expect("JSON");
    let used = run(&served, &["resolve", "demo", "--json"], &[KEY]);
    let first = "DEMO_KEY comes first";
    let item = |source: &str, name: Value, state: &str, why: String| json!({ "source": source, "name": name, "state": state, "why": why, "used": state == "set" });
    assert_eq!(
        read(&used),
        json!({
            "version": 1, "provider": "demo", "order": "usual", "program": "claw-code",
            "used": {
                "name": "DEMO_KEY", "store": "environment", "header": "x-api-key", "value": "…Zz01", "refreshed": false,
            },
            "chain": [
                item("variable", json!("DEMO_KEY"), "set", "set".to_owned()),
                item("variable", json!("DEMO_BEARER"), "not_set", "not set".to_owned()),
                item("login", json!("ana"), "ended", format!("its token has expired: refresh first; \
                    {first}")),
                item("key", Value::Null, "not_stored", "none stored".to_owned()),
            ],
            "hints": [], "chosen_by": null, "error": null,
        })
    );

    served.home.store("providers: {}\n");
    let missing = run(&served, &["resolve", "demo", "--json"], &[]);
    let document = read(&missing);
    assert_eq!(
        (missing.code, &document["used"], &document["error"]["kind"]),
        (Some(5), &Value::Null, &json!("missing"))
    );
}

#[test]
fn what_is_not_known_is_named_with_what_is() {
    let (served, _) = with_ana(3600);
    for (arguments, code, words) in [
        (&["resolve", "acme"][..], 5, "there is no provider acme. Known are: "),
        (&["resolve", "demo/ben"], 5, "there is no profile demo/ben"),
        (&["resolve", "demo", "--order", "zsh"], 2, "demo has no such order; there are usual, documented."),
        (&["resolve", "demo", "--json", "--header"], 2, "cannot be used with"),
        (&["resolve", "../x"], 2, "cannot use"),
    ] {
        let ended = run(&served, arguments, &[KEY]);
        assert!(ended.said(code).contains(words), "{arguments:?}: {ended:?}");
    }
}

#[test]
fn a_provider_without_orders_is_looked_through_all_the_same() {
    let (served, pair) = Served::with_ana(3600);
    let ended = run(&served, &["resolve", "demo", "--header"], &[KEY]);
    assert_eq!(ended.quietly(), (Some(0), format!("Authorization: Bearer {}\n", pair.access).as_str()));
}

#[test]
fn a_variable_is_a_row_that_is_printed_and_never_changed() {
    let (served, _) = with_ana(3600);
    let set = [KEY, ("DEMO_BEARER", "two words"), ("DEMO_TOKEN", "x")];
    let list = run(&served, &["list", "--json"], &set);
    let list: Value = serde_json::from_str(list.quietly().1).expect("JSON");
    let profiles = list["profiles"].as_array().expect("profiles");
    let told = |field: &str| profiles.iter().map(|row| row[field].clone()).collect::<Vec<_>>();
    assert_eq!(told("name"), [json!("ana"), json!("DEMO_KEY"), json!("DEMO_BEARER")]);
    assert_eq!(told("kind"), [json!("oauth"), json!("environment"), Value::Null]);
    assert_eq!(told("store"), [json!("own"), json!("environment"), json!("environment")]);
    assert_eq!(told("state"), [json!("fresh"), json!("no_expiry"), json!("unreadable")]);
    let table = run(&served, &["list"], &set);
    assert!(table.out.contains("the variable DEMO_BEARER: it has characters that no token may have"));

    for name in ["demo/DEMO_KEY", "environment:demo/DEMO_KEY"] {
        let token = run(&served, &["token", name], &set);
        assert_eq!(token.quietly(), (Some(0), format!("{}\n", KEY.1).as_str()), "{name}");
    }
    assert_eq!(run(&served, &["token", "own:demo/DEMO_KEY"], &set).code, Some(5));
    assert_eq!(run(&served, &["token", "demo/DEMO_KEY"], &[]).code, Some(5));
    let broken = run(&served, &["token", "demo/DEMO_BEARER"], &set);
    let words = "demo/DEMO_BEARER cannot be used: the variable DEMO_BEARER: it has characters";
    assert!(broken.said(1).contains(words), "{broken:?}");
    let before = served.home.bytes();
    for command in ["revoke", "remove", "refresh"] {
        let ended = run(&served, &[command, "demo/DEMO_KEY"], &set);
        assert!(ended.said(1).contains("in your shell"), "{command}: {ended:?}");
    }
    assert_eq!(served.home.bytes(), before);
}

#[test]
fn our_own_store_wins_the_name_of_a_variable() {
    let served = Served::start();
    with_fields(&served);
    let (entry, pair) = served.entry("DEMO_KEY", 3600);
    served.home.store(store(&[entry]));
    for (name, token) in [("demo/DEMO_KEY", pair.access.as_str()), ("environment:demo/DEMO_KEY", KEY.1)] {
        let ended = run(&served, &["token", name], &[KEY]);
        assert_eq!(ended.quietly(), (Some(0), format!("{token}\n").as_str()), "{name}");
    }
}

/// A home whose provider has variables and orders, with `demo/ana`.
fn with_ana(left: i64) -> (Served, crate::home::served::Pair) {
    let (served, pair) = Served::with_ana(left);
    with_fields(&served);
    (served, pair)
}

fn with_fields(served: &Served) {
    let text = authtui::demo::provider_file(served.serving.issuer()) + FIELDS;
    served.home.provider("demo", &text);
}

/// Runs the program with these variables in its environment alone.
fn run(served: &Served, arguments: &[&str], set: &[(&str, &str)]) -> Ended {
    Running::start(served.home.command(arguments).envs(set.iter().copied())).end()
}

#[test]
fn the_name_of_a_variable_never_means_another_credential() {
    let (served, _) = with_ana(-5);
    let name = "demo/DEMO_BEARER";
    for (order, set, code, out, words) in [
        ("documented", &[KEY, BEARER][..], 0, "Authorization: Bearer 0123456789abcdefghij\n", ""),
        ("usual", &[BEARER], 0, "Authorization: Bearer 0123456789abcdefghij\n", ""),
        ("usual", &[KEY, BEARER], 1, "", "DEMO_BEARER is set, but DEMO_KEY comes first"),
        ("usual", &[KEY], 5, "", "DEMO_BEARER is not set"),
        ("usual", &[], 5, "", "DEMO_BEARER is not set"),
    ] {
        let ended = run(&served, &["resolve", name, "--order", order, "--header"], set);
        assert_eq!((ended.code, ended.out.as_str()), (Some(code), out), "{set:?}: {ended:?}");
        assert!(ended.err.contains(words), "{words}: {ended:?}");
        let shown = run(&served, &["resolve", name, "--order", order], set);
        assert_eq!(shown.code, Some(code), "{shown:?}");
    }
}

#[test]
fn an_example_is_copied_first_and_a_provider_without_keys_has_no_place_for_them() {
    let served = Served::start();
    let example = served.home.run(&["resolve", "oauth2"]);
    assert_eq!(example.code, Some(5), "{example:?}");
    assert!(example.err.contains("copy the example first") && !example.err.contains("authtui login"));
    assert!(!example.out.contains("key"), "{example:?}");
}

#[test]
fn a_value_that_cannot_be_used_is_refused_with_its_reason() {
    let (served, _) = with_ana(3600);
    let ended = run(&served, &["resolve", "demo", "--header"], &[("DEMO_KEY", "two words")]);
    let words = "DEMO_KEY comes first and cannot be used (it has characters that no token may have)";
    assert!(ended.said(1).contains(words), "{ended:?}");
}
