//! Who logged in: by the token answer, its ID token, or the userinfo endpoint, and what is asked where it is
//! another account than before.

use authtui::domain::change::Edit;
use authtui::domain::claims::{Claims, FactSource};
use authtui::domain::clock::from_rfc3339;
use authtui::domain::profile::Profile;
use authtui::domain::provider::Provider;
use authtui::domain::provider::request_template::Method;
use authtui::oauth::login::{ConfirmReason, Input, LoginPlan, Outcome, Output, Stage, WantedAccount};
use authtui::oauth::request::Request;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::harness::{
    ISSUER, Journey, PORT, bound, code, entropy, full, plan, profile, reply, saved, sent, unreachable,
    with_userinfo,
};

#[test]
fn the_id_token_says_who_logged_in_and_nobody_else_is_asked() {
    let mut journey = Journey::waiting(login(None));
    let asks = exchange(&mut journey, Some(&claims("1")));
    let ana = (Some("ana@id.test".to_owned()), Some("1".to_owned()), Some(ISSUER.to_owned()));
    assert_eq!(who(&saved_profile(&asks)), ana);
}

#[test]
fn what_an_id_token_says_is_kept_as_such_and_a_name_of_the_server_itself_is_not() {
    let mut journey = Journey::waiting(login(None));
    let mut said = claims("1");
    said["name"] = json!("Ana new-access");
    said["auth_time"] = json!(1_800_000_000);
    said["org_name"] = json!("Globex");
    let profile = saved_profile(&exchange(&mut journey, Some(&said)));
    let from = Some(FactSource::IdToken);
    assert_eq!((profile.login.subject_from, profile.account_from), (from, from));
    let kept = profile.login.id_token.clone().expect("claims");
    assert!(kept.name.as_deref().is_some_and(|name| !name.contains("new-access")), "{kept:?}");
    let beside = Claims {
        organization: Some("Globex".to_owned()),
        audience: vec!["authtui-demo".to_owned()],
        auth_time: from_rfc3339("2027-01-15T08:00:00Z"),
        ..Claims::default()
    };
    assert_eq!(Claims { name: None, ..*kept }, beside);

    let mut journey = Journey::waiting(login(None));
    let mut nameless = claims("1");
    nameless.as_object_mut().expect("claims").remove("email");
    let asks = exchange(&mut journey, Some(&nameless));
    let answer = reply(200, r#"{"sub":"1","email":"ana@id.test"}"#, journey.now);
    let profile = saved_profile(&journey.tell(Input::Replied(sent(&asks).0, Ok(answer))));
    assert_eq!((profile.login.subject_from, profile.account_from), (None, None));
}

#[test]
fn an_id_token_that_must_not_be_believed_names_nobody_and_says_so() {
    let mut journey = Journey::waiting(LoginPlan { provider: without_userinfo(), ..login(None) });
    let other = json!({ "iss": ISSUER, "sub": "1", "aud": "another", "exp": 1_900_000_000, "email": "a@b" });
    let asks = exchange(&mut journey, Some(&other));
    assert_eq!(who(&saved_profile(&asks)), (None, None, Some(ISSUER.to_owned())));
    let notices = journey.login.notices().concat();
    assert!(notices.contains("its ID token is unverified: it is for another client"), "{notices}");

    // Where an account is stored, it is not replaced silently.
    let known = LoginPlan { provider: without_userinfo(), ..login(Some("ana@id.test")) };
    let mut journey = Journey::waiting(known);
    exchange(&mut journey, Some(&other));
    let came = "a@b (unverified)".to_owned();
    let asked = ConfirmReason::OtherAccount { stored: "ana@id.test".to_owned(), came };
    assert!(matches!(journey.login.stage(), Stage::Confirming(_, why) if *why == asked));
}

#[test]
fn the_userinfo_endpoint_is_asked_once_where_the_answer_names_nobody() {
    let mut journey = Journey::waiting(login(None));
    let asks = exchange(&mut journey, None);
    let (request_id, request) = sent(&asks);
    assert_eq!((request.method, request.url.as_str()), (Method::Get, "http://127.0.0.1:4000/me"));
    assert_eq!(authorization(&request), "Bearer new-access");
    assert!(journey.login.is_settling(), "tokens are there and not stored");
    let answer = reply(200, r#"{"sub":"1","email":"ana@id.test"}"#, journey.now);
    let asks = journey.tell(Input::Replied(request_id, Ok(answer)));
    let ana = (Some("ana@id.test".to_owned()), Some("1".to_owned()), Some(ISSUER.to_owned()));
    assert_eq!(who(&saved_profile(&asks)), ana);
}

#[test]
fn tokens_are_kept_whatever_the_userinfo_endpoint_says() {
    let now = Journey::waiting(login(None)).now;
    for (answer, words) in [
        (Ok(reply(302, r#"{"sub":"9","email":"x@y"}"#, now)), "names nobody (302)"),
        (Ok(reply(401, "{}", now)), "names nobody (401)"),
        (Ok(reply(200, "<html>", now)), "names nobody (200)"),
        (Err(unreachable()), "did not answer"),
    ] {
        let mut journey = Journey::waiting(login(Some("ana@id.test")));
        let asks = exchange(&mut journey, None);
        let asks = journey.tell(Input::Replied(sent(&asks).0, answer));
        // What was known of the account stays: nobody contradicts it.
        assert_eq!(saved_profile(&asks).account.as_deref(), Some("ana@id.test"), "{words}");
        let notices = journey.login.notices().concat();
        assert!(notices.contains(words), "{words}: {notices}");
    }
}

#[test]
fn an_account_is_its_subject_at_its_issuer() {
    for (subject, issuer, came) in [
        ("s-ana@id.test", ISSUER, None),
        ("s-bo@id.test", ISSUER, Some("bo@id.test")),
        ("s-ana@id.test", "https://old.test", Some("ana@id.test of another server")),
    ] {
        let mut plan = login(Some("ana@id.test"));
        plan.known.as_mut().expect("a profile").login.issuer = Some(issuer.to_owned());
        let mut journey = Journey::waiting(plan);
        let mut claims = claims(subject);
        claims["email"] = json!(subject.trim_start_matches("s-"));
        exchange(&mut journey, Some(&claims));
        let asked = came.map(|came| ConfirmReason::OtherAccount {
            stored: "ana@id.test".to_owned(),
            came: came.to_owned(),
        });
        let asks_now =
            if let Stage::Confirming(_, why) = journey.login.stage() { Some(why.clone()) } else { None };
        assert_eq!(asks_now, asked, "{subject} {issuer}");
    }
}

#[test]
fn userinfo_of_another_subject_than_the_id_token_is_left_out() {
    let mut journey = Journey::waiting(login(None));
    let mut claims = claims("1");
    claims.as_object_mut().expect("claims").remove("email");
    let asks = exchange(&mut journey, Some(&claims));
    let answer = reply(200, r#"{"sub":"2","email":"bo@id.test"}"#, journey.now);
    let asks = journey.tell(Input::Replied(sent(&asks).0, Ok(answer)));
    assert_eq!(who(&saved_profile(&asks)), (None, Some("1".to_owned()), Some(ISSUER.to_owned())));
}

#[test]
fn whoever_stops_while_it_is_asked_who_logged_in_decides_about_the_tokens() {
    let mut journey = Journey::waiting(login(None));
    let asks = exchange(&mut journey, None);
    assert_eq!(journey.tell(Input::Cancelled), []);
    let answer = reply(200, r#"{"sub":"1"}"#, journey.now);
    journey.tell(Input::Replied(sent(&asks).0, Ok(answer)));
    assert!(matches!(journey.login.stage(), Stage::Confirming(_, ConfirmReason::Cancelled)));
}

#[test]
fn the_person_is_asked_once_whose_account_it_is_where_nobody_says_it() {
    let nameless = || {
        let mut journey = Journey::waiting(LoginPlan { provider: without_userinfo(), ..login(None) });
        exchange(&mut journey, None);
        stored(&mut journey);
        assert!(matches!(journey.login.stage(), Stage::Naming(_)), "{:?}", journey.login.stage());
        assert!(journey.login.unsaved().is_none(), "its tokens are saved");
        journey
    };
    let mut journey = nameless();
    let change = saved(&journey.tell(Input::Named("  Ana \u{202e} Reyes ".to_owned())));
    assert_eq!(change.edit, Edit::RecordAccount("Ana \u{fffd} Reyes".to_owned()));
    journey.tell(Input::Saved(Ok(())));
    let ana = (Some("Ana \u{fffd} Reyes".to_owned()), Some(FactSource::Person));
    assert_eq!(ended(&journey), ana);

    for open in [Input::Named(" ".to_owned()), Input::Cancelled] {
        let mut journey = nameless();
        assert_eq!(journey.tell(open), [Output::CloseListener]);
        assert_eq!(ended(&journey), (None, None));
    }
    let mut journey = nameless();
    journey.tell(Input::Named("Ana".to_owned()));
    journey.tell(Input::Saved(Err(full())));
    assert_eq!(ended(&journey), (None, None));
    assert!(journey.login.notices().concat().contains("could not be saved"));

    // A profile that was there before was asked about then.
    let unnamed =
        |known: Profile| Profile { account: None, ..known }.with_login(|login| login.subject = None);
    let known = login(Some("ana@id.test")).known.map(|known| unnamed(*known));
    let plan = LoginPlan { provider: without_userinfo(), known: known.map(Box::new), ..login(None) };
    let mut journey = Journey::waiting(plan);
    exchange(&mut journey, None);
    stored(&mut journey);
    assert_eq!(ended(&journey), (None, None));
}

#[test]
fn an_account_that_a_person_named_stays_where_nobody_is_named_and_is_compared_by_its_text() {
    let person = Some(FactSource::Person);
    for (email, asked, kept) in [
        (None, None, Some((Some("ANA@id.test".to_owned()), person))),
        (Some("ana@id.test"), None, Some((Some("ana@id.test".to_owned()), Some(FactSource::IdToken)))),
        (Some("bo@id.test"), Some("bo@id.test"), None),
    ] {
        let mut plan = LoginPlan { provider: without_userinfo(), ..login(Some("x")) };
        let known = plan.known.as_mut().expect("a profile");
        known.pin_account("ANA@id.test".to_owned());
        known.login.subject = None;
        let mut journey = Journey::waiting(plan);
        let said = email.map(|email| {
            let mut claims = claims("1");
            claims["email"] = json!(email);
            claims
        });
        let asks = exchange(&mut journey, said.as_ref());
        let other = |came: &str| ConfirmReason::OtherAccount {
            stored: "ANA@id.test".to_owned(),
            came: came.to_owned(),
        };
        let why =
            if let Stage::Confirming(_, why) = journey.login.stage() { Some(why.clone()) } else { None };
        assert_eq!(why, asked.map(other), "{email:?}");
        if let Some(kept) = kept {
            let profile = saved_profile(&asks);
            assert_eq!((profile.account, profile.account_from), kept, "{email:?}");
        }
    }
}

#[test]
fn an_account_that_is_named_before_is_kept_for_nobody_else_and_never_asked_for() {
    let wanted = |account: &str| LoginPlan {
        provider: without_userinfo(),
        wanted: WantedAccount::Named(account.to_owned()),
        ..login(None)
    };
    let mut journey = Journey::waiting(wanted("bo"));
    exchange(&mut journey, Some(&claims("1")));
    let other = ConfirmReason::OtherAccount { stored: "bo".to_owned(), came: "ana@id.test".to_owned() };
    assert!(matches!(journey.login.stage(), Stage::Confirming(_, why) if *why == other));

    let mut journey = Journey::waiting(wanted("bo"));
    exchange(&mut journey, None);
    stored(&mut journey);
    assert_eq!(ended(&journey), (Some("bo".to_owned()), Some(FactSource::Person)));
}

#[test]
fn a_provider_is_asked_to_let_one_choose_where_another_profile_of_it_is_there() {
    for (wanted, prompts, asked) in [
        (WantedAccount::Another, &["consent", "select_account"][..], Some("select_account")),
        (WantedAccount::Another, &["consent"], None),
        (WantedAccount::Stored, &["select_account"], None),
        (WantedAccount::Named("bo".to_owned()), &["select_account"], None),
    ] {
        let plan = plan("work");
        let prompts: Vec<String> = prompts.iter().map(|prompt| (*prompt).to_owned()).collect();
        let provider = Box::new(Provider { prompts, ..*plan.provider.clone() });
        let (mut journey, _) = Journey::begin(LoginPlan { provider, wanted: wanted.clone(), ..plan });
        journey.tell(Input::Began(entropy()));
        let asks = journey.tell(Input::Bound(Ok(bound(PORT))));
        let page = asks.iter().find_map(|ask| if let Output::Open(page) = ask { Some(page) } else { None });
        let page = page.expect("a page");
        let value =
            |name: &str| page.query_pairs().find(|(key, _)| key == name).map(|(_, value)| value.into_owned());
        assert_eq!(value("prompt").as_deref(), asked, "{wanted:?}");
        let hint = if let WantedAccount::Named(account) = &wanted { Some(account.clone()) } else { None };
        assert_eq!(value("login_hint"), hint, "{wanted:?}");
    }
}

/// Saves the profile and tests its token.
fn stored(journey: &mut Journey) {
    let asks = journey.tell(Input::Saved(Ok(())));
    let works = reply(200, "{}", journey.now);
    journey.tell(Input::Replied(sent(&asks).0, Ok(works)));
    journey.tell(Input::Saved(Ok(())));
}

fn ended(journey: &Journey) -> (Option<String>, Option<FactSource>) {
    let Stage::Over(Outcome::Done(profile)) = journey.login.stage() else {
        panic!("{:?}", journey.login.stage())
    };
    (profile.account.clone(), profile.account_from)
}

/// A login at a provider that is known by its issuer and says who somebody is; again, where it holds `account`.
fn login(account: Option<&str>) -> LoginPlan {
    let plan = plan("work");
    let provider = with_userinfo(Provider { issuer: Some(ISSUER.to_owned()), ..(*plan.provider).clone() });
    let known = account.map(|account| {
        let subject = format!("s-{account}");
        let known = Profile { account: Some(account.to_owned()), ..profile("work") };
        Box::new(known.with_login(|login| login.subject = Some(subject)))
    });
    LoginPlan { provider: Box::new(provider), known, ..plan }
}

fn without_userinfo() -> Box<Provider> {
    Box::new(Provider { userinfo: None, ..*login(None).provider })
}

fn claims(subject: &str) -> Value {
    json!({ "iss": ISSUER, "sub": subject, "aud": "authtui-demo", "exp": 1_900_000_000, "email": "ana@id.test" })
}

/// What follows from tokens with an ID token of `claims`.
fn exchange(journey: &mut Journey, claims: Option<&Value>) -> Vec<Output> {
    let (request_id, _) = sent(&journey.tell(code("c0de")));
    let mut answer =
        json!({ "access_token": "new-access", "refresh_token": "new-refresh", "expires_in": 3600 });
    if let Some(claims) = claims {
        let part = |text: &str| URL_SAFE_NO_PAD.encode(text);
        let token = format!("{}.{}.c2ln", part("{}"), part(&claims.to_string()));
        answer.as_object_mut().expect("an object").insert("id_token".to_owned(), token.into());
    }
    let answer = reply(200, &answer.to_string(), journey.now);
    journey.tell(Input::Replied(request_id, Ok(answer)))
}

fn saved_profile(asks: &[Output]) -> Profile {
    let (Edit::Add(profile) | Edit::Put(profile)) = saved(asks).edit else { panic!("{asks:?}") };
    *profile
}

fn who(profile: &Profile) -> (Option<String>, Option<String>, Option<String>) {
    (profile.account.clone(), profile.login.subject.clone(), profile.login.issuer.clone())
}

fn authorization(request: &Request) -> String {
    let header = request.headers.iter().find(|(name, _)| name == "authorization");
    header.expect("a header").1.expose().to_owned()
}
