//! An authorization request that is sent from here (the Cal.com platform API), and providers that do not return
//! the state.

use authtui::domain::provider::LoginMethod;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::RequestId;
use authtui::oauth::callback::{AuthorizationResponse, CallbackVerdict};
use authtui::oauth::login::step::{LoginStep, StepState};
use authtui::oauth::login::{Input, Locality, LoginOptions, LoginPlan, Outcome, Output, Stage};
use authtui::oauth::request::Reply;
use authtui::tui::screen::{Panel, Screen};
use url::Url;

use crate::doors::{BAD_CODE, TOKENS};
use crate::harness::{
    App, Journey, PORT, STATE, at, code, entropy, form, plan, reply, sent, typed, unreachable, visit,
    with_device, with_sent_request, without_echo,
};

const CALLBACK: &str = "http://127.0.0.1:8765/callback";
const WAIVER: &str = "Demo (a server inside authtui) does not return the state, so authtui cannot check \
    that an answer belongs to this login.";

#[test]
fn the_request_is_sent_without_a_listener_and_its_location_brings_the_code_whatever_the_status() {
    for status in [200, 201, 302, 303, 307] {
        brings_the_code(status);
    }
}

fn brings_the_code(status: u16) {
    let (mut journey, asks) = asked();
    let (request_id, request) = sent(&asks);
    assert!(matches!(asks.as_slice(), [Output::Send(..)]), "no listener, no browser: {asks:?}");
    assert_eq!(journey.login.steps().mark(LoginStep::Listen), StepState::Skipped);
    assert_eq!(request.url.as_str(), "https://api.cal.test/v2/oauth/authtui-demo/authorize");
    let body = request.body.expect("a body").1;
    assert_eq!(body.expose(), format!(r#"{{"redirectUri":"{CALLBACK}"}}"#));
    assert_eq!(journey.login.steps().mark(LoginStep::Open), StepState::Skipped);

    let asks = journey.tell(located(&journey, request_id, status, &format!("{CALLBACK}?code=c0de")));
    let (request_id, exchange) = sent(&asks);
    assert!(form(&exchange).contains(&("code".to_owned(), "c0de".to_owned())));
    assert!(form(&exchange).contains(&("redirect_uri".to_owned(), CALLBACK.to_owned())));
    assert!(journey.login.notices().is_empty(), "{:?}", journey.login.notices());
    let asks = journey.tell(Input::Replied(request_id, Ok(reply(200, TOKENS, journey.now))));
    assert!(matches!(asks.as_slice(), [Output::Save(..), Output::CloseListener]));
}

#[test]
fn nobody_can_bring_an_answer_to_a_request_that_is_sent_from_here() {
    let stranger = |answer: Input| {
        let (mut journey, asks) = asked();
        assert_eq!(journey.tell(answer.clone()), [], "while it is on its way");
        journey.tell(Input::Replied(sent(&asks).0, Ok(reply(401, "{}", journey.now))));
        assert_eq!(journey.tell(answer.clone()), [], "once the command is offered");
        assert!(matches!(journey.login.stage(), Stage::Waiting(_)), "{answer:?}");
        let (request_id, _) = sent(&journey.tell(typed("wr0ng")));
        assert_eq!(journey.tell(answer), [], "while a paste is redeemed");
        assert_eq!(journey.tell(Input::Replied(request_id, Ok(reply(400, BAD_CODE, journey.now)))), []);
        assert!(matches!(journey.login.stage(), Stage::Waiting(_)), "{:?}", journey.login.stage());
    };
    stranger(code("the1rs"));
    stranger(Input::Answered(AuthorizationResponse::Denied {
        error: "access_denied".to_owned(),
        description: None,
    }));
}

#[test]
fn the_redirect_has_the_port_of_the_file_or_the_one_that_is_wanted() {
    for (wanted, port) in [(None, 8765), (Some(7000), 7000)] {
        let plan = at(plan("work"), with_sent_request);
        let options = LoginOptions { port: wanted, ..plan.options.clone() };
        let (mut journey, _) = Journey::begin(LoginPlan { options, ..plan });
        let body = sent(&journey.tell(Input::Began(entropy()))).1.body.expect("a body").1;
        assert!(body.expose().contains(&format!("127.0.0.1:{port}/")), "{}", body.expose());
    }
}

#[test]
fn a_request_that_is_on_its_way_names_no_device_code_that_is_not_there() {
    let alone = at(plan("work"), with_sent_request);
    let beside = at(plan("work"), |provider| with_device(with_sent_request(provider)));
    for (plan, method) in [(alone, LoginMethod::Paste), (beside, LoginMethod::Device)] {
        let (mut journey, _) = Journey::begin(plan);
        journey.tell(Input::Began(entropy()));
        for locality in [Locality::Local, Locality::OverSsh, Locality::NoDisplay] {
            assert_eq!(journey.login.methods().expect("methods").lead(locality), method, "{locality:?}");
        }
        let mut app = App::with(["work"]);
        app.model.login = Some(journey.login);
        app.model.screen = Screen::Login(Panel::Steps);
        assert!(app.screen().contains("Asking the provider"), "{}", app.screen());
    }
}

#[test]
fn an_answer_that_came_to_the_redirect_while_a_paste_was_redeemed_is_used_if_that_fails() {
    let (mut journey, asks) = asked();
    let (paste, _) = sent(&journey.tell(typed("wr0ng")));
    assert_eq!(journey.tell(redirected(&journey, sent(&asks).0, &format!("{CALLBACK}?code=c0de"))), []);
    let (_, exchange) = sent(&journey.tell(Input::Replied(paste, Ok(reply(400, BAD_CODE, journey.now)))));
    assert!(form(&exchange).contains(&("code".to_owned(), "c0de".to_owned())));
}

#[test]
fn a_refusal_in_the_redirect_ends_the_login() {
    let (mut journey, asks) = asked();
    let no = redirected(&journey, sent(&asks).0, &format!("{CALLBACK}?error=access_denied"));
    assert_eq!(journey.tell(no), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Denied("access_denied".to_owned())));
}

#[test]
fn a_refusal_that_the_file_has_words_for_ends_the_login_with_them() {
    let (mut journey, asks) = asked();
    let (request_id, _) = sent(&asks);
    assert_eq!(
        journey.tell(Input::Replied(request_id, Ok(reply(400, "{}", journey.now)))),
        [Output::CloseListener]
    );
    let next =
        "check the client id, and the redirect in the provider file: authtui providers show demo".to_owned();
    let why = "Demo (a server inside authtui) answered 400: the client or its redirect is unknown, or you have allowed it already";
    let trouble = Trouble::untouched("cannot log in", why, FailureKind::NeedsFix(next));
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Failed(trouble)));
}

#[test]
fn a_request_that_wants_a_browsers_session_becomes_a_command_and_its_address_is_pasted() {
    for (status, location, why) in [
        (401, "", "answered 401: it needs the session of your browser. "),
        (403, "", "answered 403: it needs the session of your browser. "),
        (200, "", "answered 200 without a code. "),
        (500, "", "answered 500 without a code. "),
        (302, "https://app.cal.test/login?code=x", "redirected to app.cal.test, which authtui never"),
        (302, "/auth/login", "redirected to another page of its own"),
        (302, "http://127.0.0.1:8766/callback?code=x", "redirected to 127.0.0.1"),
        (302, "http://127.0.0.1:8765/callback/?code=x", "redirected to 127.0.0.1"),
        (302, "https://127.0.0.1:8765/callback?code=x", "redirected to 127.0.0.1"),
        (302, "http://127.0.0.1:8765/callback?code=x&state=theirs", "its state is not ours"),
        (302, "http://127.0.0.1:8765/callback", "it carries no code"),
        (0, "", "could not be asked: the connection broke"),
    ] {
        let (mut journey, asks) = asked();
        let (request_id, _) = sent(&asks);
        let heard = match status {
            0 => Input::Replied(request_id, Err(unreachable())),
            302 => redirected(&journey, request_id, location),
            _ => Input::Replied(request_id, Ok(reply(status, "{}", journey.now))),
        };
        assert_eq!(journey.tell(heard), [], "{why}");
        let methods = journey.login.methods().expect("methods");
        assert_eq!(
            methods.curl.as_deref(),
            Some(
                r#"curl -gsS -o /dev/null -D - -b 'PUT-YOUR-SESSION-COOKIE-HERE' -H 'accept: application/json' -H 'content-type: application/json' --data-raw '{"redirectUri":"http://127.0.0.1:8765/callback"}' 'https://api.cal.test/v2/oauth/authtui-demo/authorize' | tr -d '\r' | awk 'tolower($1) == "location:" { print $2; found = 1 } /^HTTP/ { status = $0 } END { if (!found) print status }'"#
            )
        );
        assert_eq!(methods.lead(Locality::Local), LoginMethod::Paste);
        let notices = journey.login.notices().join(" ");
        assert!(notices.contains(why) && notices.contains("paste the address it prints"), "{notices}");
        assert!(notices.contains(WAIVER), "{notices}");
        let (request_id, request) = sent(&journey.tell(typed(&format!("{CALLBACK}?code=c0de"))));
        assert!(form(&request).contains(&("redirect_uri".to_owned(), CALLBACK.to_owned())));
        assert_eq!(journey.login.notices(), [WAIVER]);
        assert_eq!(journey.tell(Input::Replied(request_id, Ok(reply(400, BAD_CODE, journey.now)))), []);
        assert!(matches!(journey.login.stage(), Stage::Waiting(_)), "a bad paste ends nothing");
    }
}

#[test]
fn an_answer_without_state_counts_on_the_exact_path_once_and_is_taken_at_its_word() {
    let mut journey = Journey::waiting(at(plan("work"), without_echo));
    assert_eq!(journey.login.notices(), [WAIVER]);
    let check = journey.check.clone().expect("a check");
    let judged = |target: &str| {
        visit(&Url::parse(&format!("http://127.0.0.1:{PORT}{target}")).expect("an address"), &check)
    };
    assert!(matches!(judged("/callback?error=access_denied"), CallbackVerdict::Rejected { status: 400, .. }));
    assert!(matches!(judged("/?code=c0de"), CallbackVerdict::Rejected { status: 404, .. }));
    assert!(matches!(
        judged("/callback?code=c0de&state=theirs"),
        CallbackVerdict::Rejected { status: 400, .. }
    ));
    let CallbackVerdict::Answer(answer) = judged("/callback?code=c0de") else { panic!("a stray") };
    assert!(matches!(answer, AuthorizationResponse::Code { .. }));
    assert_eq!(sent(&journey.tell(Input::Answered(answer))).0, RequestId(1));
    let before = journey.login.clone();
    assert_eq!(journey.tell(code("0ther")), []);
    assert_eq!(journey.login.stage(), before.stage());
}

#[test]
fn a_pasted_answer_without_state_is_taken_only_where_the_provider_returns_none() {
    let pasted = format!("{CALLBACK}?code=c0de");
    let mut waived = Journey::waiting(at(plan("work"), without_echo));
    assert_eq!(waived.tell(typed(&format!("{pasted}&state=theirs"))), []);
    assert_eq!(sent(&waived.tell(typed(&pasted))).0, RequestId(1));
    assert_eq!(waived.login.notices(), [WAIVER]);
    let mut proven = Journey::waiting(at(plan("work"), without_echo));
    sent(&proven.tell(typed(&format!("{pasted}&state={STATE}"))));
    assert_eq!(proven.login.notices(), [WAIVER], "the callback is still taken");
    let mut wrong = Journey::waiting(at(plan("work"), without_echo));
    assert_eq!(wrong.tell(typed(&format!("{CALLBACK}?error=access_denied"))), []);
    assert!(matches!(wrong.login.stage(), Stage::Waiting(_)), "{:?}", wrong.login.stage());
    let [first, second] = wrong.login.notices() else { panic!("{:?}", wrong.login.notices()) };
    assert!(first == WAIVER && second.contains("it carries no state"), "{second}");
    let mut demanded = Journey::waiting(plan("work"));
    assert_eq!(demanded.tell(typed(&pasted)), []);
}

/// A login whose authorization request is on its way, and what was asked with it.
fn asked() -> (Journey, Vec<Output>) {
    let (mut journey, _) = Journey::begin(at(plan("work"), with_sent_request));
    let asks = journey.tell(Input::Began(entropy()));
    (journey, asks)
}

fn redirected(journey: &Journey, request_id: RequestId, location: &str) -> Input {
    located(journey, request_id, 302, location)
}

fn located(journey: &Journey, request_id: RequestId, status: u16, location: &str) -> Input {
    let location = ("location".to_owned(), authtui::domain::secret::Secret::new(location));
    let reply = Reply { headers: vec![location], ..reply(status, "", journey.now) };
    Input::Replied(request_id, Ok(reply))
}
