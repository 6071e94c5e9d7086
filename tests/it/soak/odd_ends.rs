//! Answers whose ends no file and no calendar can hold.

use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::response::HttpResponse;

use crate::home::served::{Served, store};
use crate::soak::{forget, rounds};

const ENDS: &[&str] = &[
    r#""expires_at":1904000000000000"#,
    r#""expires_at":253402300800000"#,
    r#""expires_at":"+275760-09-13T00:00:00.000Z""#,
    r#""expires_at":"10000-01-01T00:00:00Z""#,
    r#""expires_at":9223372036854775807"#,
    r#""expires_at":-62135596800"#,
    r#""expires_at":"0001-01-01T00:00:00Z""#,
    r#""expires_at":"2030-01-01T00:00:00""#,
    r#""expires_at":"Tue Jan 01 2030 00:00:00 GMT+0000 (Coordinated Universal Time)""#,
    r#""expires_at":"soon""#,
    r#""expires_at":1e300"#,
    r#""expires_in":1e300"#,
    r#""expires_in":9223372036854775807"#,
    r#""expires_in":3600,"refresh_expires_in":1e18"#,
    r#""expires_in":3600,"scope":" \u2028\u0000\u0085 a""#,
];

#[test]
fn new_tokens_are_saved_and_read_again_whatever_end_comes_with_them() {
    let served = Served::start();
    let mut count = 0;
    for round in 0..rounds(1, 10) {
        for end in ENDS {
            forget(&served.home);
            served.home.store(store(&[served.entry("ana", -5).0]));
            count += 1;
            let body = format!(r#"{{"access_token":"a-{count}","refresh_token":"r-{count}",{end}}}"#);
            served.fault(1, FaultKind::Instead(HttpResponse::new(200, "application/json", body.as_str())));

            let ended = served.home.run(&["refresh", "demo/ana"]);

            assert_eq!(ended.code, Some(0), "round {round}: {end}: {ended:?}");
            let stored = served.stored("ana").expect("tokens");
            assert_eq!(
                (stored.access, stored.refresh),
                (format!("a-{count}"), format!("r-{count}")),
                "{end}"
            );
            let listed = served.home.run(&["list"]);
            assert_eq!(listed.code, Some(0), "{end}: {listed:?}");
        }
    }
    println!("odd ends: {count} answers, all saved and read again");
}
