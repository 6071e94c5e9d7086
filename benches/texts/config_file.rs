//! Text of a config file with many profiles, as authtui and its like write it.

use std::fmt::Write;

/// How many providers its profiles are of.
const PROVIDERS: usize = 20;

/// How many profiles the files of a bench have.
pub(crate) const COUNTS: [usize; 3] = [10, 1_000, 10_000];

/// A text that begins with `head` and has `count` profiles.
pub(crate) fn text(head: &str, count: usize) -> String {
    let mut text = format!("{head}providers:\n");
    for provider in 0..PROVIDERS.min(count) {
        write!(text, "  acme{provider}:\n    oauth_credentials:\n").expect("writing to a string never fails");
        for index in (provider..count).step_by(PROVIDERS) {
            let token = format!("{index:06}").repeat(16);
            write!(
                text,
                "      - id: profile-{index:06}\n        client_id: client\n        access_token: at_{token}\n        \
                 refresh_token: rt_{token}\n        expires_at: \"2027-01-15T08:00:00Z\"\n        scopes:\n          \
                 - openid\n          - profile\n"
            )
            .expect("writing to a string never fails");
        }
    }
    text
}

/// The name of the profile of that number in it.
pub(crate) fn name(index: usize) -> String {
    format!("acme{}/profile-{index:06}", index % PROVIDERS)
}
