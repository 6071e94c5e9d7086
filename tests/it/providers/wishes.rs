//! What a provider may want beyond the standard, as its server gets it.

use authtui::demo::authority::client::{BASIC, PUBLIC};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use crate::home::shipped::{Shipped, parameter};

const CHANGES: &str = "
endpoints: { authorize: '{issuer}/oauth2/auth', token: '{issuer}/oauth2/token' }
client: { id: CLIENT, authentication: PROOF }
scopes: { default: [profile] }
";
const TOKEN: &str = "/oauth2/token";

fn acme(more: &str) -> Shipped {
    Shipped::start("acme", "oauth2", &(CHANGES.replace("CLIENT", PUBLIC).replace("PROOF", "none") + more))
}

#[test]
fn a_refresh_names_the_scopes_that_the_file_says() {
    let own = "calls: { refresh: { post: '{issuer}/oauth2/token', form: { grant_type: refresh_token, client_id: \
               '{client_id}', refresh_token: '{refresh}', scope: '{scope}' } } }";
    for (more, scope) in [
        ("", None),
        ("refresh: { scope: none }", None),
        ("refresh: { scope: granted }", Some("profile inference")),
        ("refresh: { scope: default }", Some("profile")),
        (own, Some("profile inference")),
    ] {
        let acme = acme(more);
        acme.log_in(&["--scope", "inference"], "");
        assert_eq!(acme.run("refresh", &[]).code, Some(0), "{more}");
        let sent = acme.sent(TOKEN).pop().expect("a refresh");
        assert_eq!(sent.fields("scope").first().map(String::as_str), scope, "{more}");
    }
}

#[test]
fn the_challenge_is_made_as_the_file_says() {
    let hex: fn(&str) -> String =
        |verifier| Sha256::digest(verifier).iter().map(|byte| format!("{byte:02x}")).collect();
    let plain: fn(&str) -> String = |verifier| verifier.to_owned();
    for (pkce, method, challenge) in [("{ encoding: hex }", "S256", hex), ("plain", "plain", plain)] {
        let acme = acme(&format!("pkce: {pkce}"));
        let (authorize, _, ended) = acme.log_in(&[], "");
        assert_eq!(ended.code, Some(0), "{pkce}: {ended:?}");
        let [exchange] = acme.sent(TOKEN).try_into().expect("one request");
        let verifier = exchange.field("code_verifier");
        assert_eq!(parameter(&authorize, "code_challenge_method"), method);
        assert_eq!(parameter(&authorize, "code_challenge"), challenge(&verifier), "{pkce}");
        let warned = "PKCE is plain";
        let listed = acme.home.run(&["providers"]);
        assert_eq!(
            (ended.err.contains(warned), listed.err.contains(warned)),
            (method == "plain", method == "plain")
        );
    }
}

#[test]
fn a_raw_secret_travels_undecoded_in_the_header() {
    let acme =
        Shipped::start("acme", "oauth2", &CHANGES.replace("CLIENT", BASIC).replace("PROOF", "basic_raw"));
    let secret = "p%ss$w+rd/=~";
    acme.log_in(&["--client-secret-stdin"], secret);
    let [exchange] = acme.sent(TOKEN).try_into().expect("one request");
    let header = format!("authorization: Basic {}", STANDARD.encode(format!("{BASIC}:{secret}")));
    assert!(exchange.headers.contains(&header), "{exchange:?}");
}

#[test]
fn a_list_is_sent_as_the_same_parameter_several_times() {
    let acme = acme(
        "authorize_parameters: { audience: ['https://one.test/', 'https://two.test/'] }
calls:
  exchange:
    post: '{issuer}/oauth2/token'
    form:
      grant_type: authorization_code
      client_id: '{client_id}'
      code: '{code}'
      redirect_uri: '{redirect}'
      code_verifier: '{verifier}'
      audience: ['https://one.test/', 'https://two.test/']
",
    );
    let (authorize, _, ended) = acme.log_in(&[], "");
    assert_eq!(ended.code, Some(0), "{ended:?}");
    let both = ["https://one.test/", "https://two.test/"];
    let asked: Vec<_> = authorize.query_pairs().filter(|(name, _)| name == "audience").collect();
    assert_eq!(asked.iter().map(|(_, value)| &**value).collect::<Vec<_>>(), both);
    let [exchange] = acme.sent(TOKEN).try_into().expect("one request");
    assert_eq!(exchange.fields("audience"), both);
}
