//! The device code as a method beside the others, and alone.

use std::time::Duration;

use authtui::domain::change::Edit;
use authtui::domain::provider::{LoginMethod, Pkce, Provider};
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::RequestId;
use authtui::oauth::device::{DeviceCode, NextPoll, Progress};
use authtui::oauth::login::step::{LoginStep, StepState};
use authtui::oauth::login::{
    BrowserOpening, ConfirmReason, DeviceEnd, DeviceMethod, Input, Locality, LoginOptions, LoginPlan,
    Outcome, Output, PATIENCE, SaveDecision, Stage,
};
use authtui::tui::screen::{Panel, Screen};
use serde_json::{Value, json};

use crate::doors::{BAD_CODE, TOKENS, taken};
use crate::harness::{
    App, DEVICE_VERIFIER, Journey, PORT, at, bound, code, device, entropy, form, plan, reply, saved, sent,
    typed, unreachable, with_device, with_device_alone,
};

const PENDING: &str = r#"{"error":"authorization_pending"}"#;
const SLOW_DOWN: &str = r#"{"error":"slow_down"}"#;
/// What lies between two polls of an interval of five seconds.
const TURN: Duration = Duration::from_millis(5200);

#[test]
fn the_code_is_asked_for_beside_the_listener_and_its_polls_bring_the_tokens() {
    let (mut journey, _) = Journey::begin(at(plan("work"), with_device));
    let asks = journey.tell(Input::Began(entropy()));
    let (request_id, request) = sent(&asks);
    assert_eq!(asks.len(), 2, "{asks:?}");
    assert_eq!(asks.first(), Some(&Output::Listen(vec![PORT, 0])));
    assert_eq!(request.url.as_str(), "https://id.test/device");
    let client = ("client_id".to_owned(), "authtui-demo".to_owned());
    let fields = form(&request);
    assert_eq!(fields, [client.clone(), ("scope".to_owned(), "profile inference".to_owned())].to_vec());

    let asks = journey.tell(Input::Bound(Ok(bound(PORT))));
    assert!(matches!(asks.as_slice(), [Output::ExpectCallback(_), Output::Open(_)]), "{asks:?}");
    assert_eq!(journey.tell(answer(&journey, request_id, 200, codes())), []);
    let shown = device_code(&journey);
    assert_eq!((shown.user_code.as_deref(), shown.page.as_str()), (Some("WDJB-MJHT"), "https://id.test/d"));
    assert_eq!(journey.login.steps().note(LoginStep::Device), "id.test");

    let asks = wait(&mut journey, TURN);
    let (request_id, request) = sent(&asks);
    assert_eq!(request.url.as_str(), "https://id.test/token");
    let expected = [
        ("grant_type", "urn:ietf:params:oauth:grant-type:device_code"),
        ("device_code", "s3cret"),
        ("client_id", "authtui-demo"),
    ];
    assert_eq!(form(&request), expected.map(|(name, value)| (name.to_owned(), value.to_owned())).to_vec());
    assert!(journey.login.is_settling(), "its answer may hold tokens");
    journey.advance(Duration::from_millis(300));
    let asks = journey.tell(answer(&journey, request_id, 200, TOKENS));
    assert!(matches!(asks.as_slice(), [Output::Save(..), Output::CloseListener]), "{asks:?}");
    assert_eq!(journey.login.steps().note(LoginStep::Wait), "device code");
    assert_eq!(journey.login.steps().mark(LoginStep::Exchange), StepState::Skipped);
}

#[test]
fn a_device_code_alone_needs_no_listener_and_opens_its_own_page() {
    let (mut journey, _) = Journey::begin(at(plan("work"), with_device_alone));
    let listed: Vec<_> = journey.login.steps().iter().map(|(step, ..)| step).collect();
    assert_eq!(
        listed,
        [LoginStep::Device, LoginStep::Open, LoginStep::Wait, LoginStep::Save, LoginStep::Test]
    );
    let asks = journey.tell(Input::Began(entropy()));
    let (request_id, _) = sent(&asks);
    assert_eq!(asks.len(), 1, "{asks:?}");
    assert_eq!(journey.login.methods().expect("methods").lead(Locality::Local), LoginMethod::Device);
    let mut with_page = codes();
    with_page["verification_uri_complete"] = json!("https://id.test/d?code=WDJB-MJHT");
    let asks = journey.tell(answer(&journey, request_id, 200, &with_page));
    assert_eq!(asks, [Output::Open("https://id.test/d?code=WDJB-MJHT".parse().expect("a URL"))]);
    assert!(matches!(journey.login.steps().mark(LoginStep::Wait), StepState::Now(_)));
    let (request_id, _) = sent(&wait(&mut journey, TURN));
    let asks = journey.tell(answer(&journey, request_id, 200, TOKENS));
    let Edit::Add(profile) = saved(&asks).edit else { panic!("no profile") };
    assert_eq!(*profile.scopes, ["profile", "inference"]);
}

#[test]
fn a_person_elsewhere_gets_the_code_and_no_browser() {
    let plan = plan("work");
    let over_ssh = |provider: &Provider| LoginOptions::of(provider, Locality::OverSsh);
    let provider = with_device(*plan.provider.clone());
    let options = over_ssh(&provider);
    let mut journey = opened(LoginPlan { provider: Box::new(provider), options, ..plan }, &codes());
    let obstacle = Locality::OverSsh.obstacle().expect("one");
    assert_eq!(journey.login.steps().mark(LoginStep::Open), StepState::Skipped);
    assert_eq!(journey.login.steps().note(LoginStep::Open), obstacle);
    assert_eq!(journey.login.methods().expect("methods").lead(Locality::OverSsh), LoginMethod::Device);
    let first = journey.login.methods().and_then(|methods| methods.first().cloned()).expect("a page");
    assert_eq!(journey.tell(Input::OpenAgain), [Output::Open(first)]);
    assert!(matches!(journey.login.steps().mark(LoginStep::Open), StepState::Now(_)));
}

#[test]
fn challenge_and_verifier_travel_where_the_provider_wants_them() {
    let with_pkce = |provider| Provider { device: Some(device(Pkce::Required)), ..with_device(provider) };
    let (mut journey, _) = Journey::begin(at(plan("work"), with_pkce));
    let (request_id, request) = sent(&journey.tell(Input::Began(entropy())));
    let challenge = form(&request).into_iter().find(|(name, _)| name == "code_challenge").expect("one").1;
    let verifier = authtui::domain::secret::Secret::new(DEVICE_VERIFIER);
    assert_eq!(challenge, authtui::oauth::authorization::challenge(Pkce::Required, &verifier).expose());
    journey.tell(Input::Bound(Ok(bound(PORT))));
    journey.tell(answer(&journey, request_id, 200, codes()));
    let (_, request) = sent(&wait(&mut journey, TURN));
    assert!(form(&request).contains(&("code_verifier".to_owned(), DEVICE_VERIFIER.to_owned())));
}

#[test]
fn polls_keep_their_distance_whatever_is_answered() {
    let mut journey = opened(at(plan("work"), with_device), &codes());
    for (status, body, waits) in [
        (400, PENDING, 5),
        (400, SLOW_DOWN, 10),
        (400, PENDING, 10),
        (429, r#"{"error":"slow_down","interval":"30"}"#, 30),
        (400, r#"{"error":"slow_down","interval":1}"#, 35),
        (503, "", 60),
        (400, PENDING, 35),
    ] {
        let due = journey.login.wakes_at().expect("a poll");
        let early = journey.now.steady.until(due) - Duration::from_millis(1);
        assert_eq!(wait(&mut journey, early), [], "{body}: too early");
        let (request_id, _) = sent(&wait(&mut journey, Duration::from_millis(1)));
        assert_eq!(journey.tell(Input::Woke), [], "one at a time");
        assert_eq!(journey.tell(answer(&journey, request_id, status, body)), []);
        let next = journey.now.steady.after(Duration::from_secs(waits) + Duration::from_millis(200));
        assert_eq!(device_code(&journey).poll, NextPoll::At(next), "{body}");
    }
    let (at, progress) = device_code(&journey).last.clone().expect("an answer");
    assert_eq!((at, progress), (journey.now.steady, Progress::Pending));
}

#[test]
fn an_interval_that_is_a_text_and_a_page_in_the_other_spelling_are_read() {
    let body = json!({ "device_code": "s3cret", "user_code": "WDJB-MJHT", "interval": "7",
        "verification_url": "https://id.test/d" });
    let journey = opened(at(plan("work"), with_device), &body);
    let first = journey.now.steady.after(Duration::from_millis(7200));
    assert_eq!(device_code(&journey).poll, NextPoll::At(first));
}

#[test]
fn a_provider_that_cannot_be_reached_is_asked_ever_less_often_until_the_code_ends() {
    let mut journey = opened(at(plan("work"), with_device_alone), &codes());
    let end = device_code(&journey).ends_at;
    let mut pauses = Vec::new();
    while let Some(due) = journey.login.wakes_at().filter(|due| *due < end) {
        pauses.push(journey.now.steady.until(due).as_secs());
        let pause = journey.now.steady.until(due);
        let (request_id, _) = sent(&wait(&mut journey, pause));
        assert_eq!(journey.tell(Input::Replied(request_id, Err(unreachable()))), []);
        let (_, progress) = device_code(&journey).last.clone().expect("an answer");
        assert_eq!(progress, Progress::Unreachable("the connection broke".to_owned()));
    }
    assert_eq!(pauses.get(..6), Some(&[5, 10, 20, 40, 60, 60][..]));
    let rest = journey.now.steady.until(end);
    assert_eq!(wait(&mut journey, rest), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::TimedOut));
}

#[test]
fn a_login_waits_as_long_as_its_code_and_no_longer_than_half_an_hour() {
    for (life, waits) in [(60, 300), (900, 900), (3600, 1800)] {
        let mut body = codes();
        body["expires_in"] = json!(life);
        let journey = opened(at(plan("work"), with_device), &body);
        let deadline = journey.now.steady.after(Duration::from_secs(waits));
        assert_eq!(journey.login.methods().expect("methods").deadline, deadline, "{life}");
    }
    assert_eq!(PATIENCE.as_secs(), 300);
}

#[test]
fn a_code_that_ends_first_closes_its_door_alone() {
    let mut body = codes();
    body["expires_in"] = json!(60);
    let mut journey = opened(at(plan("work"), with_device), &body);
    assert_eq!(wait(&mut journey, Duration::from_mins(1)), [], "nothing is asked after the end");
    let closed = DeviceMethod::Closed(DeviceEnd::Expired);
    assert_eq!(journey.login.methods().expect("methods").device, closed);
    assert_eq!(journey.login.notices(), ["The device code no longer works: the code has expired."]);
    assert_eq!(sent(&journey.tell(code("c0de"))).1.url.path(), "/oauth2/token");
}

#[test]
fn a_no_at_the_providers_page_ends_the_login() {
    for error in ["access_denied", "authorization_declined"] {
        let mut journey = opened(at(plan("work"), with_device), &codes());
        let (request_id, _) = sent(&wait(&mut journey, TURN));
        let no = answer(&journey, request_id, 400, format!(r#"{{"error":"{error}"}}"#));
        assert_eq!(journey.tell(no), [Output::CloseListener]);
        assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Denied(error.to_owned())));
    }
}

#[test]
fn a_code_that_is_refused_or_too_old_leaves_the_other_doors_open() {
    let failed =
        |why: &str, next| Outcome::Failed(Trouble::untouched("cannot log in with a device code", why, next));
    let refused = "Demo (a server inside authtui) refused with invalid_grant (status 400)";
    let nobody = "Demo (a server inside authtui) answered 404 with an empty body";
    let check = "check endpoints.token in the provider file: authtui providers show demo";
    for (status, body, why, outcome) in [
        (400, r#"{"error":"expired_token"}"#, "the code has expired", Outcome::TimedOut),
        (400, r#"{"error":"invalid_grant"}"#, refused, failed(refused, FailureKind::NeedsLogin)),
        (404, "", &format!("{nobody}; {check}"), failed(nobody, FailureKind::NeedsFix(check.to_owned()))),
    ] {
        let mut beside = opened(at(plan("work"), with_device), &codes());
        let (request_id, _) = sent(&wait(&mut beside, TURN));
        assert_eq!(beside.tell(answer(&beside, request_id, status, body)), []);
        assert_eq!(beside.login.notices(), [format!("The device code no longer works: {why}.")]);
        let mut alone = opened(at(plan("work"), with_device_alone), &codes());
        let (request_id, _) = sent(&wait(&mut alone, TURN));
        assert_eq!(alone.tell(answer(&alone, request_id, status, body)), [Output::CloseListener]);
        assert_eq!(*alone.login.stage(), Stage::Over(outcome));
    }
}

#[test]
fn a_code_that_cannot_be_had_ends_a_login_only_where_it_is_the_only_door() {
    let missing = r#"{"device_code":"s3cret"}"#.to_owned();
    let unsafe_page = codes().to_string().replace("https://id.test/d", "javascript:alert(1)");
    let client = "check client.id in the provider file: authtui providers show demo";
    let other = "log in another way, or check the provider file: authtui providers show demo";
    let check = "check endpoints.device in the provider file: authtui providers show demo";
    for (status, body, why, next) in [
        (
            400,
            r#"{"error":"unauthorized_client"}"#.to_owned(),
            "refused with unauthorized_client",
            FailureKind::NeedsFix(client.to_owned()),
        ),
        (404, String::new(), "answered 404", FailureKind::NeedsFix(check.to_owned())),
        (503, String::new(), "is having trouble (503)", FailureKind::Temporary(None)),
        (429, r#"{"error":"slow_down"}"#.to_owned(), "slow_down", FailureKind::Temporary(None)),
        (200, missing, "the answer has no code to type", FailureKind::NeedsFix(check.to_owned())),
        (200, "<html>sign in</html>".to_owned(), "a web page", FailureKind::Temporary(None)),
        (
            200,
            format!(
                "{}{}",
                r#"{"error":"device_flow_disabled","error_description":"off for this client","#,
                &codes().to_string()[1..]
            ),
            "refused with device_flow_disabled: off for this client",
            FailureKind::NeedsFix(other.to_owned()),
        ),
        (200, unsafe_page, "the page for the code is not safe", FailureKind::Temporary(None)),
    ] {
        let journey = opened(at(plan("work"), with_device), &Value::Null);
        let mut beside = Journey { login: journey.login.clone(), ..journey };
        assert_eq!(beside.tell(answer(&beside, RequestId(1), status, &body)), []);
        let notices = beside.login.notices().join(" ");
        assert!(notices.contains(why), "{notices}");
        assert_eq!(notices.contains(check), next == FailureKind::NeedsFix(check.to_owned()), "{notices}");
        assert!(matches!(beside.login.steps().mark(LoginStep::Device), StepState::Failed(_)));
        assert!(matches!(beside.tell(code("c0de")).as_slice(), [Output::Send(..)]));

        let mut alone = opened(at(plan("work"), with_device_alone), &Value::Null);
        alone.tell(answer(&alone, RequestId(1), status, &body));
        let Stage::Over(Outcome::Failed(trouble)) = alone.login.stage() else { panic!("{body}") };
        assert!(trouble.why.contains(why), "{trouble}");
        assert_eq!(trouble.kind, next, "{trouble}");
    }
    let mut alone = opened(at(plan("work"), with_device_alone), &Value::Null);
    alone.tell(Input::Replied(RequestId(1), Err(unreachable())));
    let Stage::Over(Outcome::Failed(trouble)) = alone.login.stage() else { panic!() };
    assert_eq!(trouble.kind, FailureKind::Temporary(None), "{trouble}");
}

#[test]
fn a_listener_that_cannot_be_bound_leaves_the_device_code() {
    let code_and_device = |provider: Provider| {
        let provider = with_device(provider);
        Provider {
            flows: provider.flows.into_iter().filter(|flow| !format!("{flow:?}").contains("Paste")).collect(),
            ..provider
        }
    };
    let (mut journey, _) = Journey::begin(at(plan("work"), code_and_device));
    let (request_id, _) = sent(&journey.tell(Input::Began(entropy())));
    assert_eq!(journey.tell(Input::Bound(Err(taken()))), []);
    assert_eq!(journey.login.notices(), ["The browser cannot answer here; log in with the device code."]);
    assert_eq!(journey.login.steps().mark(LoginStep::Build), StepState::Skipped);
    let asks = journey.tell(answer(&journey, request_id, 200, codes()));
    assert_eq!(asks, [Output::Open("https://id.test/d".parse().expect("a URL"))]);
    assert_eq!(sent(&wait(&mut journey, TURN)).0, RequestId(2));
}

#[test]
fn a_callback_that_wins_the_race_is_redeemed_and_no_poll_is_sent_meanwhile() {
    let mut journey = opened(at(plan("work"), with_device), &codes());
    let (exchange, _) = sent(&journey.tell(code("c0de")));
    assert_eq!(wait(&mut journey, TURN), []);
    assert_eq!(journey.login.wakes_at(), None);
    let asks = journey.tell(answer(&journey, exchange, 200, TOKENS));
    assert!(matches!(asks.as_slice(), [Output::Save(..), Output::CloseListener]));
}

#[test]
fn tokens_of_a_poll_are_kept_while_a_code_is_redeemed_and_used_if_it_fails() {
    for first in [code("c0de"), typed("c0de")] {
        let mut journey = opened(at(plan("work"), with_device), &codes());
        let (poll, _) = sent(&wait(&mut journey, TURN));
        let (exchange, _) = sent(&journey.tell(first.clone()));
        assert_eq!(journey.tell(answer(&journey, poll, 200, TOKENS)), []);
        let mut lucky = Journey { login: journey.login.clone(), ..journey };
        let refused = answer(&lucky, exchange, 400, BAD_CODE);
        let asks = lucky.tell(refused);
        let Edit::Add(profile) = saved(&asks).edit else { panic!("no profile") };
        let access = profile.held.tokens().expect("tokens").access.clone();
        assert_eq!(access, authtui::domain::secret::Secret::new("new-access"), "{first:?}");
    }
}

#[test]
fn tokens_of_a_poll_are_dropped_where_the_code_brought_some() {
    let mut journey = opened(at(plan("work"), with_device), &codes());
    let (poll, _) = sent(&wait(&mut journey, TURN));
    let (exchange, _) = sent(&journey.tell(code("c0de")));
    let asks = journey.tell(answer(&journey, exchange, 200, r#"{"access_token":"first"}"#));
    let Edit::Add(profile) = saved(&asks).edit else { panic!("no profile") };
    let before = journey.login.clone();
    assert_eq!(journey.tell(answer(&journey, poll, 200, TOKENS)), []);
    assert_eq!(journey.login.stage(), before.stage());
    assert!(!format!("{:?}", profile.held).contains("new-access"));
}

#[test]
fn a_callback_that_fails_while_a_poll_is_on_its_way_waits_for_its_answer() {
    for (body, saves) in [(TOKENS, true), (PENDING, false)] {
        let mut journey = opened(at(plan("work"), with_device), &codes());
        let (poll, _) = sent(&wait(&mut journey, TURN));
        let (exchange, _) = sent(&journey.tell(code("c0de")));
        assert_eq!(journey.tell(Input::Replied(exchange, Err(unreachable()))), [Output::CloseListener]);
        assert!(matches!(journey.login.stage(), Stage::Exchanging(_)));
        let asks = journey.tell(answer(&journey, poll, if saves { 200 } else { 400 }, body));
        assert_eq!(asks.iter().any(|ask| matches!(ask, Output::Save(..))), saves, "{body}");
        let failed = Stage::Over(Outcome::Failed(unreachable()));
        assert_eq!(*journey.login.stage() == failed, !saves, "{:?}", journey.login.stage());
    }
}

#[test]
fn a_bad_paste_leaves_the_device_code_open() {
    let mut journey = opened(at(plan("work"), with_device), &codes());
    journey.tell(typed("c0de#theirs"));
    assert!(matches!(journey.login.stage(), Stage::Waiting(_)));
    let (exchange, _) = sent(&journey.tell(typed("wr0ng")));
    journey.advance(TURN);
    assert_eq!(journey.tell(answer(&journey, exchange, 400, BAD_CODE)), []);
    let (poll, _) = sent(&journey.tell(Input::Woke));
    let asks = journey.tell(answer(&journey, poll, 200, TOKENS));
    assert!(matches!(asks.as_slice(), [Output::Save(..), Output::CloseListener]));
}

#[test]
fn cancelling_while_a_poll_is_on_its_way_asks_about_the_tokens_it_brings() {
    let mut journey = opened(at(plan("work"), with_device), &codes());
    let (poll, _) = sent(&wait(&mut journey, TURN));
    assert_eq!(journey.tell(Input::Cancelled), [Output::CloseListener]);
    assert!(journey.login.is_settling());
    let mut nothing = Journey { login: journey.login.clone(), ..Journey::begin(plan("work")).0 };
    assert_eq!(nothing.tell(answer(&nothing, poll, 400, PENDING)), []);
    assert_eq!(*nothing.login.stage(), Stage::Over(Outcome::Cancelled));
    journey.tell(answer(&journey, poll, 200, TOKENS));
    assert!(matches!(journey.login.stage(), Stage::Confirming(_, ConfirmReason::Cancelled)));
    assert!(matches!(journey.tell(Input::Decided(SaveDecision::Keep)).as_slice(), [Output::Save(..)]));
}

#[test]
fn an_ended_login_says_what_it_awaits_and_no_key_can_drop_it() {
    let awaited = "last answer about the device code";
    let mut failed = codes();
    failed["interval"] = json!(50);
    failed["expires_in"] = json!(60);
    let denied = Input::Answered(authtui::oauth::callback::AuthorizationResponse::Denied {
        error: "access_denied".to_owned(),
        description: None,
    });
    for (end, after, words, then) in [
        (Input::Cancelled, 0, "The login is cancelled.", "you decide what happens to them."),
        (denied, 0, "denied the login: access_denied.", "you decide what happens to them."),
        (Input::Woke, 300, "No answer came in time.", "they are saved."),
    ] {
        let mut journey = opened(at(plan("work"), with_device), &failed);
        let (poll, _) = sent(&wait(&mut journey, Duration::from_millis(50_200)));
        journey.advance(Duration::from_secs(after));
        assert_eq!(journey.tell(end), [Output::CloseListener]);
        let mut app = App::with(["work"]);
        app.now = journey.now;
        app.model.login = Some(journey.login.clone());
        app.model.screen = Screen::Login(Panel::Steps);
        let shown = app.screen().split_whitespace().collect::<Vec<_>>().join(" ").replace(" │ │ ", " ");
        for words in [awaited, words, then] {
            assert!(shown.contains(words), "{words}: {}", app.screen());
        }
        for key in ["esc", "enter", "esc"] {
            assert_eq!(app.press(key), []);
            assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
            assert_eq!(app.model.login.as_ref(), Some(&journey.login), "{key}");
        }
        assert!(app.message().contains("Too late to cancel"), "{}", app.message());
        journey.tell(answer(&journey, poll, 200, TOKENS));
        let kept = matches!(journey.login.stage(), Stage::Confirming(..) | Stage::Saving(_));
        assert!(kept, "{:?}", journey.login.stage());
    }
}

#[test]
fn cancelling_between_two_polls_ends_the_login_at_once() {
    let mut journey = opened(at(plan("work"), with_device), &codes());
    assert_eq!(journey.tell(Input::Cancelled), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Cancelled));
    assert_eq!(journey.login.wakes_at(), None);
    assert_eq!(journey.tell(answer(&journey, RequestId(2), 200, TOKENS)), []);
}

#[test]
fn time_that_runs_out_while_a_poll_is_on_its_way_waits_for_its_answer() {
    for (body, saves) in [(TOKENS, true), (PENDING, false)] {
        let mut slow = codes();
        slow["interval"] = json!(50);
        slow["expires_in"] = json!(60);
        let mut journey = opened(at(plan("work"), with_device), &slow);
        let (poll, _) = sent(&wait(&mut journey, Duration::from_millis(50_200)));
        assert_eq!(wait(&mut journey, PATIENCE), [Output::CloseListener]);
        let asks = journey.tell(answer(&journey, poll, if saves { 200 } else { 400 }, body));
        assert_eq!(asks.iter().any(|ask| matches!(ask, Output::Save(..))), saves, "{body}");
        assert_eq!(*journey.login.stage() == Stage::Over(Outcome::TimedOut), !saves);
    }
}

#[test]
fn only_the_wanted_doors_open_and_only_on_the_wanted_port() {
    for (flows, asked, code, device) in [
        (vec![LoginMethod::Code], 1, true, false),
        (vec![LoginMethod::Device], 1, false, true),
        (vec![LoginMethod::Code, LoginMethod::Device], 2, true, true),
        (vec![LoginMethod::Code, LoginMethod::Key], 1, true, false),
    ] {
        let plan = at(plan("work"), with_device);
        let options = LoginOptions {
            flows: flows.clone(),
            port: Some(7000),
            browser: BrowserOpening::OnRequest,
            ..plan.options.clone()
        };
        let (mut journey, _) = Journey::begin(LoginPlan { options, ..plan });
        let asks = journey.tell(Input::Began(entropy()));
        assert_eq!(asks.len(), asked, "{flows:?}: {asks:?}");
        assert_eq!(asks.contains(&Output::Listen(vec![7000])), code, "{flows:?}");
        assert_eq!(asks.iter().any(|ask| matches!(ask, Output::Send(..))), device, "{flows:?}");
        if code {
            let asks = journey.tell(Input::Bound(Ok(bound(7000))));
            assert!(
                matches!(asks.as_slice(), [Output::ExpectCallback(_)]),
                "{flows:?}: no browser: {asks:?}"
            );
            assert_eq!(journey.login.steps().note(LoginStep::Open), "not needed");
        }
        let methods = journey.login.methods().expect("methods");
        assert_eq!((methods.callback.is_some(), &methods.paste), (code, &None), "{flows:?}");
        let steps: Vec<_> = journey.login.steps().iter().map(|(step, ..)| step).collect();
        assert_eq!(steps.contains(&LoginStep::Device), device, "{flows:?}");
        assert_eq!(steps.contains(&LoginStep::Listen), code, "{flows:?}");
    }
}

/// What the provider answers to the request for a code.
fn codes() -> Value {
    json!({ "device_code": "s3cret", "user_code": "WDJB-MJHT", "verification_uri": "https://id.test/d",
        "expires_in": 900, "interval": 5 })
}

/// A login whose methods are open; its device code came as `codes` unless that is null.
fn opened(plan: LoginPlan, codes: &Value) -> Journey {
    let listens = plan.opens(LoginMethod::Code);
    let (mut journey, _) = Journey::begin(plan);
    let (request_id, _) = sent(&journey.tell(Input::Began(entropy())));
    if listens {
        journey.tell(Input::Bound(Ok(bound(PORT))));
    }
    if !codes.is_null() {
        journey.tell(answer(&journey, request_id, 200, codes));
    }
    journey
}

/// An answer to `request_id` that comes now.
fn answer(journey: &Journey, request_id: RequestId, status: u16, body: impl ToString) -> Input {
    Input::Replied(request_id, Ok(reply(status, &body.to_string(), journey.now)))
}

/// Time passes, at whose end the login wakes.
fn wait(journey: &mut Journey, by: Duration) -> Vec<Output> {
    journey.advance(by);
    journey.tell(Input::Woke)
}

fn device_code(journey: &Journey) -> &DeviceCode {
    journey.login.methods().and_then(|methods| methods.device.code()).expect("an open device method")
}
