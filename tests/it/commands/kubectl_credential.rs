//! `authtui kubectl-credential`: the plugin that kubectl asks for a token.

use authtui::domain::clock::rfc3339;

use crate::home::Ended;
use crate::home::served::Served;

const VARIABLE: &str = "KUBERNETES_EXEC_INFO";

fn asked(served: &Served, question: &str) -> Ended {
    served.home.start_with(&["kubectl-credential", "demo/ana"], &[(VARIABLE, question)]).end()
}

/// What kubectl asks, in `version`.
fn question(version: &str) -> String {
    format!(
        "{{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/{version}\",\
         \"spec\":{{\"interactive\":false,\"cluster\":{{\"server\":\"https://k8s.acme.test\"}}}}}}"
    )
}

#[test]
fn the_answer_is_of_the_version_that_was_asked_for() {
    let (served, pair) = Served::with_ana(3600);
    let end = rfc3339(served.profile("ana").life.expires_at.expect("an end"));
    let answer = |version: &str| {
        format!(
            "{{\"kind\":\"ExecCredential\",\"apiVersion\":\"client.authentication.k8s.io/{version}\",\"status\":\
             {{\"expirationTimestamp\":\"{end}\",\"token\":\"{}\"}}}}\n",
            pair.access
        )
    };
    for version in ["v1", "v1beta1"] {
        assert_eq!(asked(&served, &question(version)).quietly(), (Some(0), answer(version).as_str()));
    }
    assert_eq!(served.home.run(&["kubectl-credential", "demo/ana"]).quietly().1, answer("v1"));
}

#[test]
fn another_question_is_refused() {
    let (served, pair) = Served::with_ana(3600);
    for question in [
        question("v1alpha1").as_str(),
        question("v2").as_str(),
        &question("v1").replace("ExecCredential", "TokenReview"),
        "{}",
        "[]",
        "not JSON",
    ] {
        let ended = asked(&served, question);
        assert!(
            ended.said(2).contains(VARIABLE) && !ended.err.contains(&pair.access),
            "{question}: {ended:?}"
        );
    }
}

#[test]
fn a_token_is_refreshed_first_and_one_without_an_end_has_no_time() {
    let (served, old) = Served::with_ana(-5);
    let ended = asked(&served, &question("v1"));
    let new = served.stored("ana").expect("tokens");
    assert!(new != old && ended.quietly().1.contains(&new.access), "{ended:?}");
    served.home.store("providers: {demo: {oauth_credentials: [{id: ana, access_token: 't\"1'}]}}\n");
    let ended = asked(&served, &question("v1"));
    assert!(ended.quietly().1.ends_with("\"status\":{\"token\":\"t\\\"1\"}}\n"), "{ended:?}");
}
