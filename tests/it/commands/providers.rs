//! `authtui providers`: what one can log in to, and whose fault it is when one cannot.

use authtui::stored::provider_file::PRESETS;

use crate::home::Home;
use crate::terminal::pty::Pty;

const ACME: &str = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\nclient: { id: c }\n";

#[test]
fn presets_and_own_files_are_listed_and_shown_as_they_are_written() {
    let home = Home::new();
    home.provider("acme", ACME);

    let ended = home.run(&["providers"]);

    let names: Vec<&str> = ended.out.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let presets = PRESETS.map(|(name, _)| name);
    assert_eq!((ended.code, names), (Some(0), [&["acme"], &presets[..]].concat()), "{ended:?}");
    assert!(ended.err.contains("/authtui/providers/NAME.yaml"), "{ended:?}");
    assert_eq!(home.run(&["providers", "show", "acme"]).quietly(), (Some(0), ACME));
    let preset = include_str!("../../../assets/providers/oauth2.yaml");
    assert_eq!(home.run(&["providers", "show", "oauth2"]).quietly(), (Some(0), preset));
    let fields = include_str!("../../../docs/providers.md");
    assert_eq!(home.run(&["providers", "fields"]).quietly(), (Some(0), fields));
}

#[test]
fn a_title_cannot_steer_the_terminal_and_the_homepage_follows_it() {
    let home = Home::new();
    home.provider("acme", &format!("{ACME}title: \"Acme\\e[2J\"\nhomepage: https://a.test/docs\n"));
    let ended = home.run(&["providers"]);
    assert!(ended.out.contains("Acme\u{fffd}[2J  https://a.test/docs  (/"), "{ended:?}");
    assert!(!ended.out.contains('\u{1b}'), "{ended:?}");
}

#[test]
fn a_file_of_the_same_name_replaces_a_preset() {
    let home = Home::new();
    let mine = ACME.replace("acme", "anthropic");
    home.provider("anthropic", &mine);
    assert_eq!(home.run(&["providers", "show", "anthropic"]).quietly(), (Some(0), mine.as_str()));
}

#[test]
fn a_file_that_extends_a_preset_is_shown_as_both_together() {
    let home = Home::new();
    let mine = "extends: anthropic\nname: anthropic\nexport: MINE\n";
    home.provider("anthropic", mine);
    let shown = home.run(&["providers", "show", "anthropic"]);
    assert!(shown.out.contains("export: MINE\n") && shown.out.contains("claude.ai"), "{shown:?}");
    assert!(!shown.out.contains("extends"), "{shown:?}");
    // What is shown can be copied.
    home.provider("anthropic", &shown.out);
    assert_eq!(home.run(&["providers", "show", "anthropic"]).quietly(), (Some(0), shown.out.as_str()));
}

#[test]
fn a_bad_file_is_named_with_its_line_and_rule_and_the_others_still_work() {
    let home = Home::new();
    home.provider("acme", ACME);
    home.provider("typo", &ACME.replace("acme", "typo").replace("client:", "cleint:"));
    home.provider("plain", &ACME.replace("acme", "plain").replace("https://a.test/t", "http://a.test/t"));
    home.provider("broken", "name: [\n");
    home.provider("other", ACME);

    let ended = home.run(&["providers"]);

    assert_eq!(ended.code, Some(1), "{ended:?}");
    assert!(ended.out.contains("acme ") && ended.out.contains("anthropic "), "{ended:?}");
    for (file, line, word) in
        [("typo", 3, "cleint"), ("plain", 2, "https"), ("broken", 2, "did not find"), ("other", 1, "acme")]
    {
        let complaint = ended.err.lines().find(|line| line.contains(&format!("/{file}.yaml")));
        let complaint = complaint.unwrap_or_else(|| panic!("{file}: {}", ended.err));
        assert!(complaint.contains(&format!("line {line}")) && complaint.contains(word), "{complaint}");
        let login = home.run(&["login", file]);
        assert!(login.said(5).contains(&format!("/{file}.yaml")), "{login:?}");
    }
}

#[test]
fn a_file_that_is_no_provider_is_refused_without_a_word_of_what_stands_in_it() {
    let home = Home::new();
    for text in [
        "root:x:0:hunter2\nbin:x:1:1\n",
        "key: hunter2 and more\n",
        "- hunter2\n",
        "'hunter2 x': 1\n",
        "12345678\n",
    ] {
        let path = home.path("other.txt");
        std::fs::write(&path, text).expect("a file");
        let ended = home.run(&["providers", "check", &path.display().to_string()]);
        let said = ended.said(1);
        assert!(said.contains("other.txt, line 1: "), "{text}: {said}");
        assert!(!said.contains("hunter2") && !said.contains("12345678"), "{text}: {said}");
    }
}

#[test]
fn a_typo_in_ones_own_file_never_brings_a_preset_back_into_force() {
    let home = Home::new();
    let stored = "providers: {anthropic: {oauth_credentials: [{id: ana, access_token: old, refresh_token: r, \
                  expires_at: 2020-01-01T00:00:00Z}]}}\n";
    home.store(stored);
    home.provider("anthropic", &ACME.replace("acme", "anthropic").replace("client:", "cleint:"));
    for (arguments, code) in [
        (&["login", "anthropic"][..], 5),
        (&["refresh", "anthropic/ana"], 1),
        (&["token", "anthropic/ana"], 1),
        (&["resolve", "anthropic"], 5),
        (&["providers", "show", "anthropic"], 5),
    ] {
        let ended = home.run(arguments);
        let said = ended.said(code);
        assert!(said.contains("/anthropic.yaml, line 3: unknown field `cleint`"), "{arguments:?}: {said}");
    }
}

#[test]
fn on_a_terminal_providers_have_heads_and_say_how_one_logs_in() {
    let home = Home::new();
    for (columns, ways, has_file) in [
        (120, "browser · device · needs a client id", true),
        (80, "browser · device", true),
        (60, "browser · device", false),
    ] {
        let text = Pty::start(&home, &["providers"], (columns, 40)).end().text;
        let head = text.lines().next().unwrap_or_default();
        assert!(head.starts_with("PROVIDER") && head.contains("LOGIN"), "{columns}: {text}");
        let line = text.lines().find(|line| line.starts_with("gitlab ")).expect("a provider");
        assert!(line.contains(ways), "{columns}: {line}");
        assert_eq!(
            (head.contains("FILE"), line.contains("built in")),
            (has_file, has_file),
            "{columns}: {text}"
        );
    }
    let plain = home.run(&["providers"]).out;
    assert!(
        plain.contains("gitlab           GitLab  https://docs.gitlab.com/api/oauth2/  (built in)"),
        "{plain}"
    );
}
