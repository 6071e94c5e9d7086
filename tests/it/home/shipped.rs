//! A home with a provider that is shipped, of which no more than its addresses and its client
//! is changed: what it sends to the authority of the test, it would send to its own server.

use authtui::demo::authority::record::RawRequest;
use authtui::demo::authority::{Authority, AuthoritySettings};
use authtui::demo::serve::Serving;
use serde_json::Value;
use url::Url;

use crate::home::person::{decide, open};
use crate::home::running::Running;
use crate::home::{Ended, Home};

/// The home, the server, and the provider's name.
pub(crate) struct Shipped {
    pub(crate) home: Home,
    pub(crate) serving: Serving,
    name: &'static str,
}

/// A request as the server got it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sent {
    /// Method, path and query.
    pub(crate) line: String,
    /// The headers beside those of the connection itself, sorted, names in small letters.
    pub(crate) headers: Vec<String>,
    pub(crate) body: String,
}

impl Shipped {
    /// `name` extends `preset` by `changes`, in which `{issuer}` is the server and `{port}` a free
    /// port.
    pub(crate) fn start(name: &'static str, preset: &str, changes: &str) -> Self {
        let home = Home::new();
        let serving =
            Serving::start(Authority::new("", AuthoritySettings::default()), 0).expect("a free port");
        serving.with(Authority::keep_requests);
        let shipped = Self { home, serving, name };
        shipped.change(preset, changes);
        shipped
    }

    /// Writes the provider file anew.
    pub(crate) fn change(&self, preset: &str, changes: &str) {
        let changes =
            changes.replace("{issuer}", self.serving.issuer()).replace("{port}", &free_port().to_string());
        self.home.provider(self.name, &format!("name: {}\nextends: {preset}\n{changes}", self.name));
    }

    /// Logs in: `secret` is what standard input holds, and the person allows it. Gives the
    /// authorization address, the address the browser ended at, and how the command ended.
    pub(crate) fn log_in(&self, arguments: &[&str], secret: &str) -> (Url, Url, Ended) {
        let mut login = self.begin(arguments, secret);
        let authorize = login.line("http");
        let end = decide(&authorize, "allow");
        let page = open(&end);
        assert!(page.body.contains("Return to authtui"), "{page:?}");
        (Url::parse(&authorize).expect("an address"), end, login.end())
    }

    /// Starts a login with these options and `secret` as its standard input.
    pub(crate) fn begin(&self, arguments: &[&str], secret: &str) -> Running {
        let arguments: Vec<&str> =
            ["login", self.name].into_iter().chain(arguments.iter().copied()).collect();
        if secret.is_empty() {
            return self.home.start(&arguments);
        }
        crate::commands::login::fed(&self.home, &arguments, secret.as_bytes())
    }

    /// Runs a command on the profile.
    pub(crate) fn run(&self, command: &str, options: &[&str]) -> Ended {
        let arguments: Vec<&str> = [command, self.name].into_iter().chain(options.iter().copied()).collect();
        self.home.run(&arguments)
    }

    /// The requests to `path`, oldest first.
    pub(crate) fn sent(&self, path: &str) -> Vec<Sent> {
        let all: Vec<Sent> = self.serving.with(|authority| authority.requests().map(Sent::of).collect());
        all.into_iter().filter(|sent| sent.path() == path).collect()
    }

    /// How many requests came to any path.
    pub(crate) fn count(&self) -> usize {
        self.serving.with(|authority| authority.requests().count())
    }

    /// The one row of `authtui list --json`.
    pub(crate) fn row(&self) -> Value {
        let ended = self.home.run(&["list", "--json"]);
        let list: Value = serde_json::from_str(ended.quietly().1).expect("JSON");
        let [row] = list.pointer("/profiles").and_then(Value::as_array).expect("profiles").as_slice() else {
            panic!("{list}")
        };
        row.clone()
    }

    /// The profiles' file.
    pub(crate) fn file(&self) -> String {
        String::from_utf8(self.home.bytes()).expect("text")
    }

    /// The one stored login, field by field.
    pub(crate) fn entry(&self) -> Value {
        let file: Value = serde_yaml::from_str(&self.file()).expect("YAML");
        file.pointer(&format!("/providers/{}/oauth_credentials/0", self.name)).expect("a login").clone()
    }

    /// Lets the stored access token be one that ended long ago.
    pub(crate) fn let_end(&self) {
        let (mut file, entry) = (self.file(), self.entry());
        for (field, past) in [("obtained_at", "2020-01-01T00:00:00Z"), ("expires_at", "2020-01-01T01:00:00Z")]
        {
            let now = text(&entry, field);
            file = file.replacen(&format!("{field}: \"{now}\""), &format!("{field}: \"{past}\""), 1);
            assert!(file.contains(past), "{file}");
        }
        self.home.store(file);
    }

    /// Lists, prints, refreshes, and erases what was logged in: the rest of a
    /// profile's life. Gives what the refresh sent to `path`.
    pub(crate) fn live_on(&self, path: &str, account: Option<&str>) -> Sent {
        let row = self.row();
        let said = |name: &str| row.get(name).and_then(Value::as_str);
        assert_eq!((said("state"), said("account")), (Some("fresh"), account), "{row}");
        let first = self.entry();
        assert_eq!(self.printed(), text(&first, "access_token"));

        let refreshed = self.run("refresh", &[]);
        assert!(refreshed.said(0).contains("refreshed"), "{refreshed:?}");
        let sent = self.sent(path).pop().expect("a request");
        let second = self.entry();
        for token in ["access_token", "refresh_token"] {
            assert_ne!(text(&second, token), text(&first, token));
        }
        assert_eq!(self.printed(), text(&second, "access_token"));
        self.revoke();
        sent
    }

    /// Erases the tokens here, and tells nobody.
    pub(crate) fn revoke(&self) {
        let (before, count) = (self.entry(), self.count());
        let revoked = self.run("revoke", &["--yes"]);
        assert!(revoked.said(0).contains("is not notified"), "{revoked:?}");
        assert_eq!((text(&self.row(), "state"), self.count()), ("signed_out", count));
        for token in ["access_token", "refresh_token"] {
            assert!(
                before.get(token).and_then(Value::as_str).is_none_or(|token| !self.file().contains(token)),
                "{token}"
            );
        }
        assert_eq!(self.run("token", &[]).code, Some(3));
    }

    /// What `authtui token` prints.
    pub(crate) fn printed(&self) -> String {
        let printed = self.run("token", &[]);
        let (code, token) = printed.quietly();
        assert_eq!(code, Some(0));
        token.trim_end().to_owned()
    }
}

impl Sent {
    fn of(kept: &RawRequest) -> Self {
        let mut headers: Vec<String> = kept
            .headers
            .iter()
            .map(|(name, value)| (name.to_ascii_lowercase(), value.expose()))
            .filter(|(name, _)| !["host", "content-length", "connection"].contains(&name.as_str()))
            .map(|(name, value)| format!("{name}: {value}"))
            .collect();
        headers.sort();
        let line = format!("{} {}", kept.method, kept.target.expose());
        Self { line, headers, body: kept.body.expose().to_owned() }
    }

    fn path(&self) -> &str {
        let target = self.line.split(' ').nth(1).unwrap_or_default();
        target.split('?').next().unwrap_or_default()
    }

    /// A member of the body, which is JSON.
    pub(crate) fn member(&self, name: &str) -> String {
        let body: Value = serde_json::from_str(&self.body).expect("JSON");
        text(&body, name).to_owned()
    }

    /// A field of the body, which is a form.
    pub(crate) fn field(&self, name: &str) -> String {
        self.fields(name).into_iter().next().unwrap_or_else(|| panic!("no {name} in {}", self.body))
    }

    /// Every field of that name.
    pub(crate) fn fields(&self, name: &str) -> Vec<String> {
        let fields = url::form_urlencoded::parse(self.body.as_bytes());
        fields.filter(|(field, _)| field == name).map(|(_, value)| value.into_owned()).collect()
    }
}

/// The text of a field.
pub(crate) fn text<'a>(fields: &'a Value, name: &str) -> &'a str {
    fields.get(name).and_then(Value::as_str).unwrap_or_else(|| panic!("no {name} in {fields}"))
}

/// The headers of a request with these and authtui's own.
pub(crate) fn headers(more: &[&str]) -> Vec<String> {
    let agent = format!("user-agent: authtui/{}", env!("CARGO_PKG_VERSION"));
    let own = [agent, "accept-encoding: identity".to_owned()];
    let mut headers: Vec<String> = more.iter().map(|header| (*header).to_owned()).chain(own).collect();
    headers.sort();
    headers
}

/// A part of an address's query.
pub(crate) fn parameter(url: &Url, name: &str) -> String {
    let found = url.query_pairs().find(|(parameter, _)| parameter == name);
    found.unwrap_or_else(|| panic!("no {name} in {url}")).1.into_owned()
}

/// The names in an address's query, in their order.
pub(crate) fn parameters(url: &Url) -> Vec<String> {
    url.query_pairs().map(|(name, _)| name.into_owned()).collect()
}

/// `value` as it stands in a form.
pub(crate) fn encoded(value: &str) -> String {
    url::form_urlencoded::byte_serialize(value.as_bytes()).collect()
}

/// The challenge of a verifier by S256 (RFC 7636 §4.2).
pub(crate) fn challenge(verifier: &str) -> String {
    use base64::Engine;
    use sha2::Digest;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(sha2::Sha256::digest(verifier))
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    listener.local_addr().expect("an address").port()
}
