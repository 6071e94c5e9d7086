//! A home whose provider `demo` is the demo's authority, which runs inside the test.

use authtui::demo::authority::client::{CONFIDENTIAL, PUBLIC};
use authtui::demo::authority::fault::FaultKind;
use authtui::demo::authority::grant::NewGrant;
use authtui::demo::authority::record::Counters;
use authtui::demo::authority::{Authority, AuthoritySettings, TOKEN};
use authtui::demo::serve::{Serving, random_bytes};
use authtui::domain::clock::{Now, TimeDelta, rfc3339};
use authtui::domain::name::ProfileName;
use authtui::domain::profile::Profile;
use authtui::domain::secret::Secret;
use authtui::shell::store_files::{Store, StoreFile};

use crate::home::Home;

/// The home and the server.
pub(crate) struct Served {
    pub(crate) home: Home,
    pub(crate) serving: Serving,
}

/// A pair of tokens, in clear.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Pair {
    pub(crate) access: String,
    pub(crate) refresh: String,
}

impl Served {
    pub(crate) fn start() -> Self {
        Self::on(Serving::start(Authority::new("", AuthoritySettings::default()), 0))
    }

    /// With a server that answers so many requests at a time.
    pub(crate) fn for_many(at_once: usize) -> Self {
        Self::on(Serving::with_threads(Authority::new("", AuthoritySettings::default()), 0, at_once))
    }

    fn on(serving: std::io::Result<Serving>) -> Self {
        let home = Home::new();
        let serving = serving.expect("a free port");
        home.provider("demo", &authtui::demo::provider_file(serving.issuer()));
        Self { home, serving }
    }

    /// A home with `demo/ana`, whose access token has `left` seconds to live.
    pub(crate) fn with_ana(left: i64) -> (Self, Pair) {
        let served = Self::start();
        let (entry, pair) = served.entry("ana", left);
        served.home.store(store(&[entry]));
        (served, pair)
    }

    /// Gives a grant and writes it as an entry of the profiles' file.
    pub(crate) fn entry(&self, name: &str, left: i64) -> (String, Pair) {
        let now = self.serving.now();
        let then = Now { wall: now.wall - TimeDelta::seconds(3600 - left), ..now };
        let account = format!("{name}@demo.test");
        let new = NewGrant { client: PUBLIC, account: &account, scopes: &["profile", "inference"] };
        let random = random_bytes().expect("random bytes");
        let granted = self.serving.with(|authority| authority.grant(new, None, then, random));
        let refresh = granted.tokens.refresh.as_ref().expect("a refresh token");
        let pair =
            Pair { access: granted.tokens.access.expose().to_owned(), refresh: refresh.expose().to_owned() };
        let times = [
            ("obtained_at", Some(then.wall)),
            ("expires_at", granted.life.expires_at),
            ("grant_ends_at", granted.life.grant_ends_at),
        ];
        let times = times.map(|(key, at)| format!("        {key}: {}\n", rfc3339(at.expect("an end"))));
        let entry = format!(
            "      - id: {name}\n        client_id: {PUBLIC}\n        access_token: {}\n        \
             refresh_token: {}\n        account: {account}\n        subject: {}\n        \
             scopes: [profile, inference]\n{}",
            pair.access,
            pair.refresh,
            granted.subject,
            times.concat(),
        );
        (entry, pair)
    }

    /// An entry of a login without a refresh token, whose token was given `from` and ends `to` minutes from now.
    pub(crate) fn last_token(&self, name: &str, (from, to): (i64, i64)) -> String {
        let at = |minutes| rfc3339(self.serving.now().wall + TimeDelta::minutes(minutes));
        let (from, to) = (at(from), at(to));
        format!("      - {{id: {name}, access_token: t-{name}, obtained_at: {from}, expires_at: {to}}}\n")
    }

    /// Makes `demo` a client with `secret`, which it sends as `authentication` says.
    pub(crate) fn with_secret(&self, authentication: &str, secret: &str) {
        self.serving.with(|authority| {
            let client = authority.clients.iter_mut().find(|client| client.id == CONFIDENTIAL);
            client.expect("a client with a secret").secret = Some(Secret::new(secret));
        });
        let file = authtui::demo::provider_file(self.serving.issuer()).replace(
            "id: authtui-demo, authentication: none",
            &format!("id: {CONFIDENTIAL}, authentication: {authentication}"),
        );
        assert!(file.contains(CONFIDENTIAL), "{file}");
        self.home.provider("demo", &file);
    }

    /// Plans what happens to the next `times` token requests.
    pub(crate) fn fault(&self, times: u32, mishap: FaultKind) {
        self.serving.with(|authority| authority.faults.plan(TOKEN, times, mishap));
    }

    /// What the server counted.
    pub(crate) fn counters(&self) -> Counters {
        self.serving.with(|authority| authority.counters().clone())
    }

    /// How many refreshes were asked for, and how many of them with a token that was spent.
    pub(crate) fn refreshes(&self) -> (u64, u64) {
        let counters = self.counters();
        (counters.asked("refresh_token"), counters.reuse_detected)
    }

    /// The profile `demo/NAME` as the file says it now.
    pub(crate) fn profile(&self, name: &str) -> Profile {
        let name = ProfileName::new("demo", name).expect("a name");
        StoreFile::own(self.home.config()).read().profile(&name).expect("a profile").clone()
    }

    /// The access token of `demo/NAME` as the file at `config` says it now.
    pub(crate) fn access_in(config: &std::path::Path, name: &str) -> String {
        let name = ProfileName::new("demo", name).expect("a name");
        let stored = StoreFile::own(config.to_owned()).read();
        let tokens = stored.profile(&name).and_then(|profile| profile.held.tokens());
        tokens.map(|tokens| tokens.access.expose().to_owned()).unwrap_or_default()
    }

    /// The tokens of `demo/NAME` as the file says them now.
    pub(crate) fn stored(&self, name: &str) -> Option<Pair> {
        let profile = self.profile(name);
        let tokens = profile.held.tokens()?;
        let refresh = tokens.refresh.as_ref().map(|token| token.expose().to_owned());
        Some(Pair { access: tokens.access.expose().to_owned(), refresh: refresh.unwrap_or_default() })
    }
}

/// A profiles' file with these entries of `demo`.
pub(crate) fn store(entries: &[String]) -> String {
    format!("version: 1\nproviders:\n  demo:\n    oauth_credentials:\n{}", entries.concat())
}
