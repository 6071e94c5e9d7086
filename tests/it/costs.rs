//! Provider files that would take for ever to be read, were there no limits.

use authtui::stored::provider_file::load;

const SHORT: &str = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n";

#[test]
fn a_file_that_wants_to_take_for_ever_is_read_or_refused() {
    let aliases = |anchor: &str, times: usize| {
        format!("{SHORT}notice: &a {anchor}\nmasks: [{}]\n", vec!["*a"; times].join(","))
    };
    let names = |count: usize| (0..count).map(|number| format!("V{number}")).collect::<Vec<_>>().join(", ");
    for (text, fine) in [
        (aliases(&"x".repeat(200_000), 14_000), false),
        (aliases(&format!("[{}]", "1,".repeat(60_000)), 14_000), false),
        (format!("{SHORT}x: ['\"', {}", "[".repeat(200_000)), false),
        (format!("{SHORT}x: [\"'\", {}", "[".repeat(200_000)), false),
        (format!("{SHORT}x: [a\"b, {}", "]{".repeat(100_000)), false),
        (format!("{SHORT}x:\n {}", "- ".repeat(120_000)), false),
        (format!("{SHORT}environment: [{}]\n", names(25_000)), true),
        (format!("{SHORT}scopes: {{ offered: [{}] }}\n", names(25_000)), true),
    ] {
        assert_eq!(load("acme", &text).is_ok(), fine, "{text:.140}");
    }
}
