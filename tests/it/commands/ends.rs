//! `authtui login --ends`: the end of a key, which a person or a test tells.

use authtui::demo::authority::MODELS;
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::resource::KEY;
use authtui::demo::authority::response::HttpResponse;
use authtui::domain::secret::Secret;

use crate::commands::login::{fed, tested_provider_with};
use crate::home::Ended;
use crate::home::served::Served;

fn started() -> Served {
    let served = Served::start();
    tested_provider_with(&served, "[code, key]");
    served
}

fn keyed(served: &Served, name: &str, more: &[&str]) -> Ended {
    fed(&served.home, &[&["login", name, "--key-stdin"], more].concat(), KEY.as_bytes()).end()
}

#[test]
fn a_key_with_an_end_is_listed_with_its_countdown_and_then_wants_another_one() {
    let served = started();
    for name in ["demo/key", "demo/ci"] {
        let stored = keyed(&served, name, &["--ends", "90d"]);
        assert!(stored.said(0).contains("  ends     ") && stored.err.contains("(in 89d"), "{stored:?}");
    }
    let text = String::from_utf8(served.home.bytes()).expect("text");
    assert_eq!((text.matches("expires_at:").count(), text.matches("key_facts:").count()), (2, 1), "{text}");
    let list = served.home.run(&["list", "--json"]).out;
    assert!(list.matches(r#""state":"fresh","expires_at":"2"#).count() == 2, "{list}");

    let shorter = served.home.run(&["login", "demo/ci", "--ends", "36h"]);
    assert!(
        shorter.said(0).contains("demo/ci: ends on ") && shorter.err.contains("(in 36h00m)"),
        "{shorter:?}"
    );
    let never = served.home.run(&["login", "demo/key", "--ends", "never"]);
    assert!(never.said(0).contains("demo/key: no end is known now"), "{never:?}");
    assert_eq!(served.home.run(&["token", "demo/ci"]).out.trim(), KEY, "the key stays");
    let list = served.home.run(&["list"]).out;
    assert!(list.contains("no expiry") && list.contains("35h59m"), "{list}");

    let past = text.replace("expires_at: \"202", "expires_at: \"200");
    served.home.store(past);
    let list = served.home.run(&["list"]);
    assert!(list.out.contains("expired"), "{list:?}");
    assert!(list.err.contains("Next: authtui login demo/ci --key"), "{list:?}");
    let printed = served.home.run(&["token", "demo/ci"]);
    assert_eq!(printed.out.trim(), KEY);
    assert!(printed.err.contains("should have expired"), "{printed:?}");
    assert_eq!(keyed(&served, "demo/ci", &["--yes"]).code, Some(0));
    assert!(served.home.run(&["list"]).out.contains("no expiry"), "another key has another end");
}

#[test]
fn an_end_that_has_passed_or_cannot_be_read_changes_nothing() {
    let served = started();
    for (ends, why) in [("2020-01-31", "has passed"), ("soon", "cannot read “soon” as an end")] {
        let refused = keyed(&served, "demo/key", &["--ends", ends]);
        assert!(refused.said(2).contains(why), "{refused:?}");
        assert!(!served.home.config().exists());
    }
    let (served, _) = Served::with_ana(3600);
    let login = served.home.run(&["login", "demo/ana", "--ends", "3d"]);
    assert!(login.said(2).contains("its provider says when its token ends"), "{login:?}");
}

#[test]
fn a_test_that_learns_the_end_stores_it() {
    let served = started();
    let path = served.home.path("config/authtui/providers/demo.yaml");
    let file = std::fs::read_to_string(&path).expect("a file");
    let file = file.replace("probe:\n", "probe:\n  ends: x-key-ends\n");
    served.home.provider("demo", &file);
    let mut answer = HttpResponse::new(200, "application/json", "{}");
    answer.headers.push(("x-key-ends".to_owned(), Secret::new("2999-01-31 00:00:00 UTC")));
    served.serving.with(|authority| authority.faults.plan(MODELS, 1, FaultKind::Instead(answer)));
    let stored = keyed(&served, "demo/key", &[]);
    assert!(stored.said(0).contains("200: works") && stored.err.contains("2999"), "{stored:?}");
    let list = served.home.run(&["list", "--json"]).out;
    assert!(list.contains(r#""expires_at":"2999-01-31T00:00:00Z""#), "{list}");
}
