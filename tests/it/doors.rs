//! Every way a login can go beside the straight one: refusals, strangers, time, cancelling, and
//! methods that do not open.

mod again;
mod device;
mod identity;
mod issuer;
mod sent;
mod unsaved;
mod wizard;

use std::time::Duration;

use authtui::domain::change::{Change, Edit};
use authtui::domain::name::StoreId;
use authtui::domain::profile::Profile;
use authtui::domain::provider::Provider;
use authtui::domain::trouble::{FailureKind, Trouble};
use authtui::oauth::RequestId;
use authtui::oauth::callback::{CallbackVerdict, Ignored};
use authtui::oauth::login::step::{LoginStep, StepState};
use authtui::oauth::login::{
    ConfirmReason, Input, LoginOptions, LoginPlan, Outcome, Output, PATIENCE, SaveDecision, Stage,
};
use authtui::tui::message::{Effect, Msg};
use authtui::tui::screen::{Panel, Screen};
use url::Url;

use crate::harness::{
    App, ISSUER, Journey, PORT, STATE, asks, bound, check, code, entropy, form, id, plan, profile, reply,
    saved, sent, typed, unreachable, visit,
};

/// A reply with tokens for somebody whom the provider does not name.
const TOKENS: &str = r#"{"access_token":"new-access","refresh_token":"new-refresh","expires_in":3600}"#;
/// What the tests' provider says to a code it does not like.
const BAD_CODE: &str = r#"{"error":"invalid_grant","error_description":"unknown code"}"#;

#[test]
fn a_no_with_our_state_ends_the_login() {
    let mut journey = Journey::waiting(plan("work"));
    let no = journey.decide("deny", None);
    assert_eq!(journey.tell(no), [Output::CloseListener]);
    let words = "access_denied: the person said no".to_owned();
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Denied(words)));
    assert!(matches!(journey.login.steps().mark(LoginStep::Wait), StepState::Failed(_)));
}

#[test]
fn a_no_that_was_pasted_ends_the_login_too() {
    let mut journey = Journey::waiting(plan("work"));
    let no = typed(&format!("http://127.0.0.1:{PORT}/callback?error=access_denied&state={STATE}"));
    assert_eq!(journey.tell(no), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Denied("access_denied".to_owned())));
}

#[test]
fn an_answer_with_a_foreign_state_is_a_stray_and_our_own_still_counts() {
    let mut journey = Journey::waiting(plan("work"));
    let check = journey.check.clone().expect("a check");
    for query in ["code=c0de&state=theirs", "error=access_denied&state=theirs", "code=c0de"] {
        let redirect = Url::parse(&format!("http://127.0.0.1:{PORT}/callback?{query}")).expect("an address");
        let CallbackVerdict::Rejected { status: 400, ignored: Some(ignored) } = visit(&redirect, &check)
        else {
            panic!("{query}");
        };
        assert_eq!(journey.tell(Input::Ignored(ignored)), [], "{query}");
    }
    let ours = journey.decide("allow", None);
    assert_eq!(sent(&journey.tell(ours)).0, RequestId(1));
}

#[test]
fn what_is_ignored_is_named_with_what_to_do() {
    let refusal = || Ignored::Refusal(Some("access_denied".to_owned()));
    for (ignored, cancel_key, words) in [
        (refusal(), "Esc", "A refusal (access_denied) that may not belong to this login"),
        (refusal(), "Esc", "If you refused, press Esc."),
        (refusal(), "Ctrl-C", "If you refused, press Ctrl-C."),
        (Ignored::Refusal(None), "Esc", "A refusal that may not belong to this login"),
        (Ignored::Posted, "Esc", "Set response_mode: query under authorize_parameters"),
        (Ignored::NoQuery, "Esc", "paste the whole address"),
        (Ignored::OtherPath, "Esc", "the wrong path (not /callback)"),
        (Ignored::Encrypted, "Esc", "by https"),
        (Ignored::OtherUser(1001), "Ctrl-C", "another user (uid 1001) was refused"),
        (Ignored::UsedLink, "Esc", "opened twice"),
    ] {
        let options = LoginOptions { cancel_key, ..plan("work").options };
        let mut journey = Journey::waiting(LoginPlan { options, ..plan("work") });
        assert_eq!(journey.tell(Input::Ignored(ignored)), []);
        assert!(matches!(journey.login.stage(), Stage::Waiting(_)), "{words}");
        assert!(journey.login.notices().concat().contains(words), "{:?}", journey.login.notices());
    }
}

#[test]
fn many_strays_are_one_notice() {
    let mut journey = Journey::waiting(plan("work"));
    for _ in 0..20 {
        assert_eq!(journey.tell(Input::Ignored(Ignored::NotOurs)), []);
    }
    assert_eq!(journey.login.notices(), ["A reply that was not ours was ignored. Still waiting."]);
}

#[test]
fn a_stray_that_comes_when_nobody_waits_any_more_says_nothing() {
    let mut journey = Journey::waiting(plan("work"));
    journey.tell(Input::Cancelled);
    assert_eq!(journey.tell(Input::Ignored(Ignored::NotOurs)), []);
    assert!(journey.login.notices().is_empty(), "{:?}", journey.login.notices());
}

#[test]
fn a_pasted_answer_with_a_foreign_state_is_refused_and_the_login_waits() {
    for text in ["c0de#theirs".to_owned(), format!("http://127.0.0.1:{PORT}/callback?code=c&state=theirs")] {
        let mut journey = Journey::waiting(plan("work"));
        assert_eq!(journey.tell(typed(&text)), [], "{text}");
        assert!(matches!(journey.login.stage(), Stage::Waiting(_)), "{text}");
        let notices = journey.login.notices().join(" ");
        assert!(notices.contains("its state is not ours"), "{notices}");
    }
}

#[test]
fn a_login_waits_five_minutes_and_not_a_moment_longer() {
    let mut journey = Journey::waiting(plan("work"));
    assert_eq!(PATIENCE, Duration::from_mins(5));
    assert_eq!(journey.login.wakes_at(), Some(journey.now.steady.after(PATIENCE)));
    journey.advance(PATIENCE - Duration::from_millis(1));
    assert_eq!(journey.tell(Input::Woke), []);
    assert!(matches!(journey.login.stage(), Stage::Waiting(_)));
    journey.advance(Duration::from_millis(1));
    assert_eq!(journey.tell(Input::Woke), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::TimedOut));
    assert_eq!(journey.login.wakes_at(), None);
}

#[test]
fn a_code_that_is_being_redeemed_does_not_time_out() {
    let mut journey = Journey::waiting(plan("work"));
    journey.tell(code("c0de"));
    journey.advance(PATIENCE);
    assert_eq!(journey.tell(Input::Woke), []);
    assert!(matches!(journey.login.stage(), Stage::Exchanging(_)));
}

#[test]
fn cancelling_before_a_code_came_ends_the_login() {
    let (mut opening, _) = Journey::begin(plan("work"));
    let (mut bound, _) = Journey::begin(plan("work"));
    bound.tell(Input::Began(entropy()));
    for mut journey in [&mut opening, &mut bound, &mut Journey::waiting(plan("work"))] {
        let journey = &mut journey;
        assert_eq!(journey.tell(Input::Cancelled), [Output::CloseListener]);
        assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Cancelled));
        assert_eq!(journey.tell(code("late")), []);
        assert_eq!(journey.tell(Input::Began(entropy())), []);
    }
}

#[test]
fn a_listener_that_is_bound_after_the_end_is_closed() {
    let (mut journey, _) = Journey::begin(plan("work"));
    journey.tell(Input::Began(entropy()));
    journey.tell(Input::Cancelled);
    assert_eq!(journey.tell(Input::Bound(Ok(bound(PORT)))), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Cancelled));
}

#[test]
fn tokens_that_come_after_cancelling_are_asked_about_and_kept_on_demand() {
    let mut journey = Journey::waiting(plan("work"));
    let answer = journey.decide("allow", None);
    let asks = journey.tell(answer);
    assert_eq!(journey.tell(Input::Cancelled), []);
    assert!(journey.login.is_settling());
    let reply = journey.reply(&asks);
    assert_eq!(journey.tell(reply), [Output::CloseListener]);
    let Stage::Confirming(kept, ConfirmReason::Cancelled) = journey.login.stage().clone() else {
        panic!("{:?}", journey.login.stage())
    };
    assert_eq!(journey.login.unsaved(), Some(&*kept));
    let change = Change { name: id("work").name, expects: None, edit: Edit::Add(kept) };
    assert_eq!(
        journey.tell(Input::Decided(SaveDecision::Keep)),
        [Output::Save(StoreId::Own, Box::new(change))]
    );
}

#[test]
fn tokens_that_come_after_cancelling_can_be_discarded() {
    let mut journey = cancelled_with_tokens(plan("work"));
    assert_eq!(journey.tell(Input::Decided(SaveDecision::Discard)), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Discarded));
}

#[test]
fn a_cancelled_login_whose_code_is_refused_is_simply_over() {
    let mut journey = Journey::waiting(plan("work"));
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    journey.tell(Input::Cancelled);
    let refused = Input::Replied(request_id, Ok(reply(400, BAD_CODE, journey.now)));
    assert_eq!(journey.tell(refused), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Cancelled));
}

#[test]
fn cancelling_the_test_leaves_the_saved_tokens() {
    let mut journey = Journey::waiting(plan("work"));
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    journey.tell(Input::Replied(request_id, Ok(reply(200, TOKENS, journey.now))));
    journey.tell(Input::Saved(Ok(())));
    assert_eq!(journey.tell(Input::Cancelled), [Output::CloseListener]);
    assert!(matches!(journey.login.stage(), Stage::Over(Outcome::Done(_))));
    assert_eq!(journey.login.steps().mark(LoginStep::Test), StepState::Skipped);
}

#[test]
fn a_pasted_code_that_is_refused_goes_back_to_waiting_and_the_callback_still_wins() {
    let mut journey = Journey::waiting(plan("work"));
    let asks = journey.tell(typed("wr0ng"));
    let refused = journey.reply(&asks);
    assert_eq!(journey.tell(refused), []);
    assert!(matches!(journey.login.stage(), Stage::Waiting(_)), "{:?}", journey.login.stage());
    let said = journey.login.notices().last().map(String::as_str);
    assert_eq!(
        said,
        Some(
            "The pasted code did not work: Demo (a server inside authtui) refused with invalid_grant: unknown code."
        )
    );
    let answer = journey.decide("allow", None);
    let asks = journey.tell(answer);
    assert_eq!(sent(&asks).0, RequestId(2));
    let reply = journey.reply(&asks);
    assert!(matches!(journey.tell(reply).as_slice(), [Output::Save(..), Output::CloseListener]));
}

#[test]
fn a_callback_that_came_while_a_bad_paste_was_redeemed_is_used() {
    let mut journey = Journey::waiting(plan("work"));
    let pasted = journey.tell(typed("wr0ng"));
    let answer = journey.decide("allow", None);
    assert_eq!(journey.tell(answer), []);
    let refused = journey.reply(&pasted);
    let asks = journey.tell(refused);
    let (request_id, request) = sent(&asks);
    assert_eq!((request_id, asks.len()), (RequestId(2), 1));
    assert!(form(&request).contains(&redirect(&format!("http://127.0.0.1:{PORT}/callback"))));
    let reply = journey.reply(&asks);
    assert!(matches!(journey.tell(reply).as_slice(), [Output::Save(..), Output::CloseListener]));
}

#[test]
fn a_code_is_never_sent_twice_whatever_became_of_it() {
    let callback = format!("http://127.0.0.1:{PORT}/callback?code=c0de&state={STATE}");
    for (again, over) in [(typed("c0de"), false), (typed(&callback), false), (code("c0de"), true)] {
        let mut journey = Journey::waiting(plan("work"));
        let (request_id, _) = sent(&journey.tell(typed("c0de")));
        assert_eq!(journey.tell(Input::Replied(request_id, Err(unreachable()))), []);
        let asks = journey.tell(again.clone());
        assert!(!asks.iter().any(|ask| matches!(ask, Output::Send(..))), "{again:?}: {asks:?}");
        assert_eq!(matches!(journey.login.stage(), Stage::Over(Outcome::Failed(_))), over, "{again:?}");
    }
}

#[test]
fn a_callback_with_the_very_code_that_was_pasted_is_not_sent_again() {
    let mut journey = Journey::waiting(plan("work"));
    let (request_id, _) = sent(&journey.tell(typed("c0de")));
    assert_eq!(journey.tell(code("c0de")), []);
    assert_eq!(journey.tell(Input::Replied(request_id, Err(unreachable()))), [Output::CloseListener]);
    assert!(matches!(journey.login.stage(), Stage::Over(Outcome::Failed(_))), "{:?}", journey.login.stage());
}

#[test]
fn a_network_failure_of_the_exchange_ends_the_login_without_a_second_try() {
    let mut journey = Journey::waiting(plan("work"));
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    assert_eq!(journey.tell(Input::Replied(request_id, Err(unreachable()))), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Failed(unreachable())));
    assert_eq!(journey.tell(code("c0de")), []);
    assert_eq!(journey.tell(typed("c0de")), []);
    assert_eq!(journey.tell(Input::Woke), []);
}

#[test]
fn a_second_answer_changes_nothing() {
    let mut journey = Journey::waiting(plan("work"));
    journey.tell(code("c0de"));
    let before = journey.login.clone();
    assert_eq!(journey.tell(code("0ther")), []);
    assert_eq!(journey.login.stage(), before.stage());
}

#[test]
fn a_reply_to_another_errand_changes_nothing() {
    let mut journey = Journey::waiting(plan("work"));
    journey.tell(code("c0de"));
    let before = journey.login.clone();
    let stale = reply(200, TOKENS, journey.now);
    assert_eq!(journey.tell(Input::Replied(RequestId(7), Ok(stale))), []);
    assert_eq!(journey.login, before);
}

#[test]
fn what_comes_late_from_a_cancelled_login_changes_nothing() {
    let mut app = App::with(["work"]);
    app.log_in();
    let late = app.login_id();
    app.press("esc down enter");
    app.press("enter");
    assert_eq!(app.model.login, None);

    for heard in
        [code("c0de"), Input::Ignored(Ignored::NotOurs), typed("c0de"), Input::Woke, Input::Opened(Ok(()))]
    {
        let before = app.model.clone();
        assert_eq!(app.feed(Msg::Login(late, heard.clone())), [], "{heard:?}");
        assert_eq!(app.model, before, "{heard:?}");
    }
    assert_eq!(*app.profile("work"), profile("work"));
    assert_eq!(
        app.feed(Msg::Login(late, Input::Bound(Ok(bound(PORT))))),
        [Effect::Login(late, Output::CloseListener)]
    );
    let failed = Input::Bound(Err(unreachable()));
    assert_eq!(app.feed(Msg::Login(late, failed)), []);
}

#[test]
fn what_comes_late_from_one_login_does_not_touch_the_next() {
    let mut app = App::with(["work"]);
    app.log_in();
    let first = app.login_id();
    app.press("esc down enter");
    app.press("enter");
    app.log_in();
    assert_ne!(app.login_id(), first);
    let before = app.model.clone();
    assert_eq!(app.feed(Msg::Login(first, code("c0de"))), []);
    assert_eq!(app.model, before);
    let late = app.feed(Msg::Login(first, Input::Bound(Ok(bound(9)))));
    assert_eq!(late, [Effect::Login(first, Output::CloseListener)]);
    assert_eq!(app.model, before);
}

#[test]
fn leaving_the_panel_asks_first_and_the_safe_answer_goes_on_waiting() {
    let mut app = App::with(["work"]);
    app.log_in();
    assert_eq!(app.press("esc"), []);
    assert!(matches!(app.model.screen, Screen::Login(Panel::Cancelling(_))));
    assert_eq!(app.press("enter"), []);
    assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
    let login_id = app.login_id();
    assert_eq!(app.press("esc tab enter"), [Effect::Login(login_id, Output::CloseListener)]);
    assert_eq!(app.message(), "The login to demo/work is cancelled.");
    assert_eq!((app.model.screen, app.model.login), (Screen::List, None));
}

#[test]
fn a_failed_login_is_tried_again_with_one_key() {
    let mut app = App::with(["work"]);
    app.log_in();
    let first = app.login_id();
    assert_eq!(app.keys("l"), [], "while it waits there is nothing to try again");
    app.advance(Duration::from_secs(600));
    assert_eq!(*app.login().stage(), Stage::Over(Outcome::TimedOut));
    assert!(app.screen().contains("l try again   Enter close"), "{}", app.screen());
    assert_eq!(asks(&app.keys("l")), [Output::Entropy]);
    assert_ne!(app.login_id(), first);
    assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
}

#[test]
fn an_answer_that_comes_while_the_person_types_a_paste_closes_the_field() {
    let mut app = App::with(["work"]);
    app.log_in();
    app.keys("p");
    assert!(matches!(app.model.screen, Screen::Login(Panel::Pasting(_))));
    app.tell(code("c0de"));
    assert_eq!(app.model.screen, Screen::Login(Panel::Steps));
}

#[test]
fn a_taken_port_leaves_the_providers_page_where_there_is_one() {
    let (mut journey, _) = Journey::begin(plan("work"));
    journey.tell(Input::Began(entropy()));
    let asks = journey.tell(Input::Bound(Err(taken())));
    let methods = journey.login.methods().expect("open methods").clone();
    assert_eq!(asks, [Output::Open(methods.paste.clone().expect("a paste method"))]);
    assert_eq!((methods.callback, methods.short), (None, None));
    assert!(matches!(journey.login.steps().mark(LoginStep::Listen), StepState::Failed(_)));
    let asks = journey.tell(typed(&format!("c0de#{STATE}")));
    assert!(form(&sent(&asks).1).contains(&redirect(&format!("{ISSUER}/oauth2/code/callback"))));
}

#[test]
fn a_taken_port_ends_the_login_where_no_page_shows_the_code() {
    let (mut journey, _) = Journey::begin(plan("oauth2/work"));
    journey.tell(Input::Began(entropy()));
    assert_eq!(journey.tell(Input::Bound(Err(taken()))), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Failed(taken())));
}

#[test]
fn another_free_port_is_in_the_redirect_of_both_requests() {
    let (mut journey, _) = Journey::begin(plan("oauth2/work"));
    journey.tell(Input::Began(entropy()));
    let asks = journey.tell(Input::Bound(Ok(bound(40_001))));
    let uri = "http://127.0.0.1:40001/callback";
    let authorize = check(&asks).authorize.expect("a page");
    assert!(authorize.query_pairs().any(|pair| pair == ("redirect_uri".into(), uri.into())), "{authorize}");
    assert!(form(&sent(&journey.tell(code("c0de"))).1).contains(&redirect(uri)));
}

#[test]
fn missing_random_bytes_end_the_login() {
    let (mut journey, _) = Journey::begin(plan("work"));
    assert_eq!(journey.tell(Input::Bound(Err(unreachable()))), [Output::CloseListener]);
    assert_eq!(*journey.login.stage(), Stage::Over(Outcome::Failed(unreachable())));
}

#[test]
fn a_provider_without_callback_opens_its_page_and_no_listener() {
    let plan = plan("work");
    let provider =
        Provider { flows: vec![authtui::domain::provider::LoginMethod::Paste], ..*plan.provider.clone() };
    let (mut journey, _) = Journey::begin(LoginPlan { provider: Box::new(provider), ..plan });
    let asks = journey.tell(Input::Began(entropy()));
    let methods = journey.login.methods().expect("open methods");
    assert_eq!(asks, [Output::Open(methods.paste.clone().expect("a paste method"))]);
    assert_eq!(journey.login.steps().mark(LoginStep::Listen), StepState::Skipped);
}

#[test]
fn a_browser_that_cannot_be_started_leaves_the_doors_open() {
    let mut journey = Journey::waiting(plan("work"));
    let first = journey.login.methods().expect("open methods").first().expect("a page").clone();
    let trouble = Trouble::untouched("cannot open the browser", "there is none", FailureKind::NothingToDo);
    assert_eq!(journey.tell(Input::Opened(Err(trouble))), []);
    assert!(matches!(journey.login.steps().mark(LoginStep::Open), StepState::Failed(_)));
    assert_eq!(journey.login.steps().note(LoginStep::Open), "there is none; open the link yourself");
    assert_eq!(journey.tell(Input::OpenAgain), [Output::Open(first)]);
    assert_eq!(sent(&journey.tell(code("c0de"))).0, RequestId(1));
}

#[test]
fn a_listener_that_dies_leaves_the_paste_door() {
    let mut journey = Journey::waiting(plan("work"));
    assert_eq!(journey.tell(Input::ListenerDied("a fault".to_owned())), []);
    assert_eq!(journey.login.notices(), ["The callback listener ended (a fault). Paste the answer instead."]);
    assert_eq!(sent(&journey.tell(typed("c0de"))).0, RequestId(1));
}

#[test]
fn a_token_endpoint_that_is_not_there_names_the_provider_file() {
    let mut journey = Journey::waiting(plan("anthropic/work"));
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    journey.tell(Input::Replied(request_id, Ok(reply(404, "not found", journey.now))));
    let Stage::Over(Outcome::Failed(trouble)) = journey.login.stage() else {
        panic!("{:?}", journey.login.stage())
    };
    let remedy = "check endpoints.token in the provider file: authtui providers show anthropic";
    assert_eq!(trouble.kind, FailureKind::NeedsFix(remedy.to_owned()));
    assert!(trouble.why.starts_with("Anthropic (claude.ai account) answered 404"), "{}", trouble.why);
}

#[test]
fn another_account_is_asked_about_before_anything_is_saved() {
    let mut journey = Journey::waiting(known("ana@demo.test"));
    let reply = other_account(&mut journey);
    assert_eq!(journey.tell(reply), [Output::CloseListener]);
    let doubt = ConfirmReason::OtherAccount { stored: "ana@demo.test".into(), came: "bo@demo.test".into() };
    let Stage::Confirming(came, doubted) = journey.login.stage().clone() else {
        panic!("{:?}", journey.login.stage())
    };
    assert_eq!(doubted, doubt);
    let elsewhere = id("work-2");
    let change = |id: &authtui::domain::name::ProfileId| {
        let profile = Profile { id: id.clone(), ..(*came).clone() };
        let profile = Box::new(profile);
        // A name that nobody has yet is not taken from whoever comes first.
        let edit = if *id == elsewhere { Edit::Add(profile) } else { Edit::Put(profile) };
        Change { name: id.name.clone(), expects: None, edit }
    };
    for (choice, asks) in [
        (
            SaveDecision::KeepAs(elsewhere.name.clone()),
            [Output::Save(StoreId::Own, Box::new(change(&elsewhere)))],
        ),
        (SaveDecision::Keep, [Output::Save(StoreId::Own, Box::new(change(&id("work"))))]),
        (SaveDecision::Discard, [Output::CloseListener]),
    ] {
        let mut login = journey.login.clone();
        assert_eq!(login.advance(Input::Decided(choice), journey.now), asks);
    }
}

#[test]
fn the_same_account_is_saved_without_a_question() {
    let mut journey = Journey::waiting(known("ana@demo.test"));
    let answer = journey.decide("allow", None);
    let asks = journey.tell(answer);
    let reply = journey.reply(&asks);
    assert_eq!(saved(&journey.tell(reply)).name, id("work").name);
}

#[test]
fn another_account_is_told_even_when_the_login_was_cancelled() {
    let mut journey = Journey::waiting(known("ana@demo.test"));
    let answer = journey.decide("allow", Some("bo@demo.test"));
    let asks = journey.tell(answer);
    journey.tell(Input::Cancelled);
    let reply = journey.reply(&asks);
    journey.tell(reply);
    assert!(
        matches!(journey.login.stage(), Stage::Confirming(_, ConfirmReason::OtherAccount { .. })),
        "{:?}",
        journey.login.stage()
    );
}

/// A login again to `work`, which holds tokens of `account`.
fn known(account: &str) -> LoginPlan {
    let stored = Profile { account: Some(account.to_owned()), ..profile("work") };
    let subject = authtui::demo::authority::grant::subject(account);
    let stored = stored.with_login(|login| login.subject = Some(subject));
    LoginPlan { known: Some(Box::new(stored)), ..plan("work") }
}

/// `bo` logs in, whoever was expected; the reply to the exchange.
fn other_account(journey: &mut Journey) -> Input {
    let answer = journey.decide("allow", Some("bo@demo.test"));
    let asks = journey.tell(answer);
    journey.reply(&asks)
}

/// A login that was cancelled while its code was redeemed, and got tokens.
fn cancelled_with_tokens(plan: LoginPlan) -> Journey {
    let mut journey = Journey::waiting(plan);
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    journey.tell(Input::Cancelled);
    journey.tell(Input::Replied(request_id, Ok(reply(200, TOKENS, journey.now))));
    journey
}

fn redirect(uri: &str) -> (String, String) {
    ("redirect_uri".to_owned(), uri.to_owned())
}

fn taken() -> Trouble {
    let next = FailureKind::NeedsFix("end the program that holds port 8765".to_owned());
    Trouble::untouched("cannot listen", "port 8765 is taken", next)
}
