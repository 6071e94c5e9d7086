//! A server that refuses for reasons that nobody knows, and then is well again.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::served::Served;
use crate::soak::{rounds, since};

const STATUSES: [u16; 20] =
    [200, 302, 307, 400, 401, 402, 403, 404, 405, 409, 410, 418, 422, 423, 428, 429, 451, 500, 503, 599];

const BODIES: [&str; 21] = [
    "",
    "{}",
    "[]",
    "null",
    "no",
    r#"{"access_to"#,
    "<html>Sign in to the network</html>",
    r#"{"error":17}"#,
    r#"{"error":true,"message":"gone"}"#,
    r#"{"error":{"type":"api_error"}}"#,
    r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED"}}"#,
    r#"{"error":"oops","error_description":"invalid_grant"}"#,
    r#"{"error":"invalid_request"}"#,
    r#"{"error":"invalid_client"}"#,
    r#"{"error":"unauthorized_client"}"#,
    r#"{"error":"unsupported_grant_type"}"#,
    r#"{"error":"invalid_scope"}"#,
    r#"{"error":"access_denied"}"#,
    r#"{"error":"token_expired"}"#,
    r#"{"ok":false,"error":"ratelimited"}"#,
    r#"{"status":"BAD_REFRESH_TOKEN","message":"missing or invalid refresh token"}"#,
];

#[test]
fn no_refusal_but_the_one_that_ends_a_grant_costs_a_login() {
    let (served, mut pair) = Served::with_ana(-5);
    let all = STATUSES.len() * BODIES.len();
    for round in 0..rounds(24, all) {
        // Such a step meets every pair of a status and a body once.
        let number = round * 131 % all;
        let (status, body) = (STATUSES[number % STATUSES.len()], BODIES[number / STATUSES.len()]);
        let before = served.refreshes();
        served.fault(1, FaultKind::Instead(HttpResponse::new(status, "application/json", body)));

        let refused = served.home.run(&["refresh", "demo/ana"]);

        assert!(matches!(refused.code, Some(1 | 4)), "{status} {body}: {refused:?}");
        assert!(refused.err.contains("Stored tokens are unchanged. Next: "), "{status} {body}: {refused:?}");
        assert_eq!(served.stored("ana"), Some(pair), "{status} {body}");
        let listed = served.home.run(&["list", "--json"]);
        let is_failed =
            ["failed", "retrying"].map(|state| listed.out.contains(&format!("\"state\":\"{state}\"")));
        assert!(is_failed.contains(&true), "{status} {body}: {listed:?}");

        let well = served.home.run(&["refresh", "--all"]);

        assert_eq!((well.code, since(&served, before)), (Some(0), (2, 0)), "{status} {body}: {well:?}");
        pair = served.stored("ana").expect("tokens");
    }
}
