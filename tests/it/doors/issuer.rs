//! Answers that name their server, or should (RFC 9207): where it is not the one that was asked, nothing is sent
//! and nothing of the answer is shown.

use authtui::domain::provider::{IssuerInAnswers, Provider};
use authtui::domain::trouble::FailureKind;
use authtui::oauth::callback::CallbackVerdict;
use authtui::oauth::login::{Input, LoginPlan, Outcome, Output, Stage};
use url::Url;

use crate::harness::{ISSUER, Journey, PORT, STATE, plan, typed, visit};

const WORDS: &str = "call-0900";

/// What answers say of their server: text, whether it was promised, and whether the answer is used.
const CASES: [(&str, IssuerInAnswers, bool); 6] = [
    ("right", IssuerInAnswers::Promised, true),
    ("right", IssuerInAnswers::Optional, true),
    ("", IssuerInAnswers::Optional, true),
    ("", IssuerInAnswers::Promised, false),
    ("&iss=https://evil.test", IssuerInAnswers::Promised, false),
    ("&iss=https://evil.test", IssuerInAnswers::Optional, false),
];

#[test]
fn no_token_request_follows_a_callback_of_another_server_than_was_asked() {
    for (iss, promise, is_used) in CASES {
        for answer in ["code=c0de".to_owned(), format!("error=access_denied&error_description={WORDS}")] {
            let mut journey = waiting(promise);
            let check = journey.check.clone().expect("a check");
            let CallbackVerdict::Answer(response) = visit(&redirect(&answer, iss), &check) else {
                panic!("{iss} {answer}")
            };
            let asks = journey.tell(Input::Answered(response));
            assert_eq!(requests(&asks), usize::from(is_used && answer.starts_with("code")), "{iss} {answer}");
            if is_used {
                continue;
            }
            assert_eq!(asks, [Output::CloseListener]);
            let Stage::Over(Outcome::Failed(trouble)) = journey.login.stage() else {
                panic!("{:?}", journey.login.stage())
            };
            assert!(matches!(trouble.kind, FailureKind::NeedsFix(_)), "{trouble:?}");
            assert!(trouble.why.contains("server"), "{trouble:?}");
            let shown = format!("{:?}", journey.login);
            assert!(
                !shown.contains(WORDS) && !shown.contains("evil") && !shown.contains("access_denied"),
                "{shown}"
            );
            let again = journey.tell(typed(redirect("code=c0de", "right").as_str()));
            assert_eq!(requests(&again), 0);
        }
    }
}

#[test]
fn a_pasted_answer_of_another_server_is_not_sent_and_the_right_one_still_is() {
    for (iss, promise, is_used) in CASES {
        let mut journey = waiting(promise);
        let asks = journey.tell(typed(redirect("code=c0de", iss).as_str()));
        assert_eq!(requests(&asks), usize::from(is_used), "{iss} {promise:?}");
        if is_used {
            continue;
        }
        let shown = format!("{:?}", journey.login);
        assert!(!shown.contains("evil") && shown.contains("cannot use the paste"), "{shown}");
        let right = journey.tell(typed(redirect("code=c0de", "right").as_str()));
        assert_eq!(requests(&right), 1);
    }
}

#[test]
fn a_bare_code_names_no_server() {
    for (promise, sent) in [(IssuerInAnswers::Promised, 0), (IssuerInAnswers::Optional, 1)] {
        for text in ["c0de".to_owned(), format!("c0de#{STATE}")] {
            let asks = waiting(promise).tell(typed(&text));
            assert_eq!(requests(&asks), sent, "{text}");
        }
    }
}

fn waiting(issuer_in_answers: IssuerInAnswers) -> Journey {
    let plan = plan("work");
    let provider = Provider { issuer: Some(ISSUER.to_owned()), issuer_in_answers, ..*plan.provider };
    Journey::waiting(LoginPlan { provider: Box::new(provider), ..plan })
}

fn redirect(answer: &str, iss: &str) -> Url {
    let iss = if iss == "right" { format!("&iss={ISSUER}") } else { iss.to_owned() };
    let redirect = format!("http://127.0.0.1:{PORT}/callback?{answer}&state={STATE}{iss}");
    Url::parse(&redirect).expect("an address")
}

fn requests(asks: &[Output]) -> usize {
    asks.iter().filter(|ask| matches!(ask, Output::Send(..))).count()
}
