//! The example `oauth2`: every server that is asked by forms.

use authtui::demo::authority::client::{BASIC, CONFIDENTIAL_SECRET, POST, PUBLIC};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::home::shipped::{Sent, Shipped, challenge, encoded, headers, parameter, parameters, text};

const CHANGES: &str = "
endpoints: { authorize: '{issuer}/oauth2/auth', token: '{issuer}/oauth2/token' }
client: { id: CLIENT, authentication: PROOF }
scopes: { default: [profile, inference] }
pkce: PKCE
";
const TOKEN: &str = "/oauth2/token";
const FORM: [&str; 2] = ["accept: application/json", "content-type: application/x-www-form-urlencoded"];

#[test]
fn oauth2_sends_forms_with_and_without_a_secret_and_pkce_and_lives_to_its_local_end() {
    for (client, proof, pkce) in [
        (PUBLIC, "none", "required"),
        (POST, "post", "required"),
        (POST, "post", "off"),
        (BASIC, "basic", "required"),
        (BASIC, "basic", "off"),
    ] {
        let changes = CHANGES.replace("CLIENT", client).replace("PROOF", proof).replace("PKCE", pkce);
        let acme = Shipped::start("acme", "oauth2", &changes);
        let (secret, options) = match proof {
            "none" => ("", &[][..]),
            _ => (CONFIDENTIAL_SECRET, &["--client-secret-stdin"][..]),
        };

        let (authorize, end, ended) = acme.log_in(options, secret);

        assert_eq!(ended.code, Some(0), "{client} {pkce}: {ended:?}");
        let mut asked = vec!["client_id", "response_type", "redirect_uri", "scope"];
        asked.extend(
            (pkce == "required").then_some(["code_challenge", "code_challenge_method"]).iter().flatten(),
        );
        asked.push("state");
        assert_eq!(parameters(&authorize), asked, "{client} {pkce}");
        assert!(
            authorize.as_str().contains("response_type=code&")
                && authorize.as_str().contains("scope=profile+inference&")
        );
        let [exchange] = acme.sent(TOKEN).try_into().expect("one request");
        let verifier = match pkce {
            "off" => String::new(),
            _ => {
                let verifier = exchange.field("code_verifier");
                assert_eq!(parameter(&authorize, "code_challenge_method"), "S256");
                assert_eq!(challenge(&verifier), parameter(&authorize, "code_challenge"));
                format!("&code_verifier={verifier}")
            }
        };
        let (id, posted, header) = identity(client, proof);
        let redirect = encoded(&parameter(&authorize, "redirect_uri"));
        let code = parameter(&end, "code");
        let sent = |body| {
            let more: Vec<&str> = FORM.into_iter().chain(header.as_deref()).collect();
            Sent { line: format!("POST {TOKEN}"), headers: headers(&more), body }
        };
        let body = format!(
            "grant_type=authorization_code&code={code}{id}{posted}&redirect_uri={redirect}{verifier}"
        );
        assert_eq!(exchange, sent(body), "{client} {pkce}");

        let refresh = text(&acme.entry(), "refresh_token").to_owned();
        let refreshed = acme.live_on(TOKEN, None);
        let body = format!("grant_type=refresh_token{id}{posted}&refresh_token={refresh}");
        assert_eq!(refreshed, sent(body), "{client} {pkce}");
    }
}

/// How a client says who it is: by the fields of its id and secret, or by a header.
fn identity(client: &str, proof: &str) -> (String, String, Option<String>) {
    let id = format!("&client_id={client}");
    let secret = encoded(CONFIDENTIAL_SECRET);
    match proof {
        "post" => (id, format!("&client_secret={secret}"), None),
        "basic" => {
            let pair = STANDARD.encode(format!("{client}:{secret}"));
            (String::new(), String::new(), Some(format!("authorization: Basic {pair}")))
        }
        _ => (id, String::new(), None),
    }
}
