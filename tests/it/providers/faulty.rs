//! A provider file with a fault in any of its fields: one sentence with the line, and nothing else.

use crate::home::shipped::Shipped;

/// A file that works, a field a line.
const SOUND: &str = "\
endpoints: { authorize: '{issuer}/oauth2/auth', token: '{issuer}/oauth2/token' }
client: { id: authtui-demo }
scopes: { default: [profile] }
";

#[test]
fn a_file_with_a_fault_is_one_sentence_with_its_line_and_nobody_is_asked_and_nothing_written() {
    let acme = Shipped::start("acme", "oauth2", SOUND);
    for (fault, words) in [
        ("name: other", "the file is acme.yaml, so its name must be acme, not other"),
        ("extends: nobody", "there is no such provider file"),
        ("title: [a]", "title: invalid type: sequence, expected a string"),
        ("homepage: 'http://a.test/'", "homepage: cannot use the address “http://a.test/”"),
        ("example: 1", "example: invalid type"),
        ("flows: [coed]", "flows[0]: unknown variant `coed`"),
        ("flows: [paste]", "paste in flows needs redirect.paste"),
        ("response_type: token", "response_type: unknown variant `token`"),
        ("endpoints: { token: 'http://a.test/t' }", "endpoints.token: cannot use the address"),
        ("endpoints: { tokn: 'https://a.test/t' }", "endpoints: unknown field `tokn`"),
        ("endpoints: { token: 'https://ana:hunter2@a.test/t' }", "leave out user name and password"),
        ("client: { secret: hunter2 }", "client: unknown field `secret`"),
        ("client: { authentication: form }", "client.authentication: unknown variant `form`"),
        ("body: xml", "body: unknown variant `xml`"),
        ("scopes: { default: [a b] }", "a scope is one word"),
        ("scopes: { list: { get: 'https://a.test/s', at: scopes } }", "a pointer begins with a slash"),
        ("redirect: { host: a.test }", "redirect.host must be localhost, 127.0.0.1 or [::1]"),
        ("redirect: { port: 0 }", "a port is a number from 1 to 65535"),
        ("redirect: { port_rule: some }", "redirect.port_rule: fixed, any, or a list of ports"),
        ("redirect: { paste: 'http://a.test/code' }", "redirect.paste: cannot use the address"),
        ("pkce: maybe", "pkce: unknown variant `maybe`"),
        ("state: { bytes: 8 }", "state.bytes must be 16 to 96"),
        ("authorize_parameters: { state: x }", "authtui itself sends state"),
        ("device: { pkce: required }", "device speaks about endpoints.device or calls.device"),
        ("refresh: { grant_life: soon }", "refresh.grant_life: a time is written like 365d"),
        ("calls: { exchange: { post: 'https://a.test/t' } }", "calls.exchange carries no {code}"),
        ("calls: { refresh: { post: 'https://a.test/{refresh}' } }", "a secret may not stand in an address"),
        ("reply: { access: token }", "reply.access: a pointer begins with a slash, unlike “token”"),
        ("meaning: [{ status: 99, is: slow_down }]", "a status is a number from 100 to 599"),
        ("probe: { get: 'https://a.test/{access}' }", "a secret may not stand in an address"),
        ("key: { page: 'javascript:x' }", "key.page: cannot use the address"),
        ("environment: [a-b]", "the name of an environment variable is A to Z"),
        ("orders: [{ name: x, program: p, sources: [NOBODY] }]", "NOBODY"),
        ("masks: ['']", "a mask is a public prefix"),
        ("export: 'a b'", "export: the name of an environment variable is"),
        ("typo: 1", "unknown field `typo`"),
        ("\"open: 1", "while scanning a quoted scalar"),
    ] {
        let field = fault.split(':').next().unwrap_or_default();
        let mut lines: Vec<&str> =
            ["name: acme", "extends: oauth2"].into_iter().chain(SOUND.lines()).collect();
        lines.retain(|line| !line.starts_with(&format!("{field}:")));
        lines.push(fault);
        acme.home.provider("acme", &lines.join("\n").replace("{issuer}", acme.serving.issuer()));

        let ended = acme.run("login", &[]);

        let said = ended.said(5);
        let line = lines.len();
        assert!(said.contains(words) && said.lines().count() == 1, "{fault}: {said}");
        assert!(said.contains(&format!("/acme.yaml, line {line}: ")), "{fault}: {said}");
        assert!(!said.contains("hunter2"), "{fault}: {said}");
    }
    assert_eq!(acme.count(), 0);
    assert!(!acme.home.config().exists() && !acme.home.path("state/authtui").exists());
    acme.change("oauth2", SOUND);
    assert_eq!(acme.log_in(&[], "").2.code, Some(0), "the sound file works");
}

#[test]
fn a_file_with_a_fault_does_not_leave_its_tokens_to_the_preset_of_its_name() {
    let anthropic = Shipped::start("anthropic", "anthropic", "endpoints: { tokn: '{issuer}/t' }\n");
    let entry = "{id: default, access_token: a, refresh_token: r, expires_at: 2020-01-01T00:00:00Z}";
    anthropic.home.store(format!("providers: {{anthropic: {{oauth_credentials: [{entry}]}}}}\n"));
    let before = anthropic.file();
    for (command, code, words) in [
        ("login", 5, "endpoints: unknown field `tokn`"),
        ("resolve", 5, "endpoints: unknown field `tokn`"),
        ("refresh", 1, "endpoints: unknown field `tokn`"),
        ("token", 1, "endpoints: unknown field `tokn`"),
    ] {
        let ended = anthropic.run(command, &[]);
        assert!(ended.said(code).contains(words), "{command}: {ended:?}");
        assert_eq!(ended.err.lines().count(), 1, "{command}: {ended:?}");
    }
    assert_eq!(anthropic.file(), before);
}
