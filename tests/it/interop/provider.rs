//! The provider as a process of its own, and a home with a provider file for it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;

use serde_json::Value;
use url::Url;

use crate::home::running::Running;
use crate::home::{Home, PATIENCE, person};

/// How often the provider is started anew when it does not answer.
const TRIES: u32 = 3;

/// A provider that answers; dropping it ends it.
pub(crate) struct Provider {
    pub(crate) home: Home,
    client: Client,
    issuer: Url,
    process: Child,
}

/// Which of the provider's clients logs in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Client {
    Public,
    Post,
    Basic,
}

impl Client {
    /// Its secret; a public client has none.
    pub(crate) fn secret(self) -> &'static str {
        match self {
            Self::Public => "",
            Self::Post => "authtui-confidential-secret",
            Self::Basic => "basic secret: 100% + /&=?",
        }
    }

    fn lines(self) -> &'static str {
        match self {
            Self::Public => "{ id: authtui-public, authentication: none }",
            Self::Post => "{ id: authtui-confidential, authentication: post }",
            Self::Basic => "{ id: authtui-confidential-basic, authentication: basic }",
        }
    }
}

impl Provider {
    /// Starts the provider, and describes it to the program as `op`, with the flow of the browser.
    pub(crate) fn start(client: Client) -> Self {
        Self::with(client, "[code]", &[])
    }

    /// Starts the provider with these settings, and describes it as `op` with these flows.
    pub(crate) fn with(client: Client, flows: &str, settings: &[(&str, &str)]) -> Self {
        let mut provider = Self::unknown(settings);
        provider.client = client;
        let issuer = provider.issuer();
        provider.home.provider(
            "op",
            &format!(
                "name: op\nissuer: {issuer}\nflows: {flows}\nendpoints: {{ authorize: '{issuer}/auth', \
                 token: '{issuer}/token', device: '{issuer}/device/auth', \
                 revoke: '{issuer}/token/revocation' }}\n\
                 client: {}\nscopes: {{ default: [openid, offline_access] }}\n\
                 redirect: {{ host: 127.0.0.1, port: 8765, port_rule: any, path: /callback }}\n\
                 authorize_parameters: {{ prompt: consent }}\n",
                client.lines()
            ),
        );
        provider
    }

    /// Starts the provider, and describes it to nobody.
    pub(crate) fn unknown(settings: &[(&str, &str)]) -> Self {
        let (issuer, process) = (0..TRIES)
            .find_map(|_| started(settings))
            .expect("a provider; tests/interop/install.sh installs what it needs");
        let issuer = Url::parse(&issuer).expect("an address");
        Self { home: Home::new(), client: Client::Public, issuer, process }
    }

    /// The issuer, as the provider writes it.
    pub(crate) fn issuer(&self) -> &str {
        self.issuer.as_str().trim_end_matches('/')
    }

    /// The address of the resource that the provider protects, at another origin.
    pub(crate) fn resource(&self) -> String {
        let health = self.admin("health");
        health.get("resource").and_then(Value::as_str).expect("an address").to_owned()
    }

    /// Starts a login to `op/work` with the scripted browser, which gets `variables`.
    pub(crate) fn login(&self, variables: &[(&str, &str)]) -> Running {
        let variables: Vec<_> = variables.iter().map(|(name, value)| (*name, value.into())).collect();
        let browser = [("BROWSER", browser())];
        self.begin(&[], browser.into_iter().chain(variables))
    }

    /// Starts a login to `op/work` with `options`, these variables, and the client's secret, if it
    /// has one, as standard input.
    pub(crate) fn begin<'a>(
        &self,
        options: &[&str],
        variables: impl IntoIterator<Item = (&'a str, PathBuf)>,
    ) -> Running {
        let secret = self.client.secret();
        let by_input = if secret.is_empty() { &[][..] } else { &["--client-secret-stdin"] };
        let mut command = self.home.command(&[&["login", "op/work"], options, by_input].concat());
        let (reader, mut writer) = std::io::pipe().expect("a pipe");
        if !secret.is_empty() {
            command.stdin(reader);
            writer.write_all(secret.as_bytes()).expect("it fits into the pipe");
        }
        Running::start(command.envs(variables))
    }

    /// Signs in as a person who opens the printed address.
    pub(crate) fn sign_in(&self, address: &str) {
        self.visit(address, &[]);
    }

    /// Signs in at `address` as a person who may be told at its end that it did not work.
    pub(crate) fn lead(&self, address: &str) {
        Command::new(browser()).arg(address).stderr(Stdio::null()).status().expect("Node.js");
    }

    /// Opens `address` with the scripted browser, which gets `variables`.
    pub(crate) fn visit(&self, address: &str, variables: &[(&str, &str)]) {
        let mut command = Command::new(browser());
        let done = command.arg(address).envs(variables.iter().copied()).status().expect("Node.js");
        assert!(done.success(), "{address}");
    }

    /// What `authtui token` prints, once that is one line.
    pub(crate) fn token(&self) -> String {
        let ended = self.home.run(&["token", "op/work"]);
        let (code, out) = ended.quietly();
        let token = out.strip_suffix('\n').unwrap_or_default();
        assert!(code == Some(0) && token.len() > 20 && !token.contains(char::is_whitespace), "{ended:?}");
        token.to_owned()
    }

    /// What the provider counted at that place of its counters.
    pub(crate) fn count(&self, pointer: &str) -> u64 {
        let counters = self.admin("counters");
        counters.pointer(pointer).and_then(Value::as_u64).unwrap_or_default()
    }

    /// Waits until the provider has counted at least so much at that place.
    pub(crate) fn until(&self, pointer: &str, least: u64) {
        let page = person::open(&self.address(&format!("admin/until?at={pointer}&least={least}")));
        assert_eq!(page.status, 200, "{pointer} is never {least}: {}", page.body);
    }

    /// The requests to `path`, in their order, as the provider noted them.
    pub(crate) fn log(&self, path: &str) -> Vec<Value> {
        let log = self.admin("log");
        let all = log.as_array().expect("a list").iter();
        all.filter(|entry| entry["path"] == path).cloned().collect()
    }

    /// Lets the next request to `path` be answered with `status` and `body` instead.
    pub(crate) fn fault(&self, path: &str, status: u16, body: &Value) {
        let fault = serde_json::json!({ "path": path, "status": status, "body": body });
        let page = person::send(
            &self.address("admin/fault"),
            "Content-Type: application/json\r\n",
            &fault.to_string(),
        );
        assert_eq!(page.status, 200, "{page:?}");
    }

    fn admin(&self, what: &str) -> Value {
        let page = person::open(&self.address(&format!("admin/{what}")));
        serde_json::from_str(&page.body).expect("JSON")
    }

    pub(crate) fn address(&self, path: &str) -> Url {
        self.issuer.join(path).expect("an address")
    }
}

/// The provider's process once it answers, and where. Node.js sometimes hangs before its first line.
fn started(settings: &[(&str, &str)]) -> Option<(String, Child)> {
    let mut node = Command::new("node");
    node.args(["server.mjs", "0"]).current_dir(folder());
    node.env("ACCESS_TOKEN_TTL", "600").envs(settings.iter().copied());
    node.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut process = node.spawn().expect("Node.js");
    let out = process.stdout.take().expect("standard output");
    let (tell, told) = mpsc::channel();
    // It has more to say later, and ends if nobody listens.
    thread::spawn(move || {
        for line in BufReader::new(out).lines().map_while(Result::ok) {
            if let Some(issuer) = line.strip_prefix("READY ") {
                // Nobody waits any more for one that was given up.
                let _ = tell.send(issuer.to_owned());
            }
        }
    });
    match told.recv_timeout(PATIENCE) {
        Ok(issuer) => Some((issuer, process)),
        Err(_) => {
            let _ = process.kill();
            let _ = process.wait();
            None
        }
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        // It has no end of its own.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// The scripted browser, as `$BROWSER` names it.
pub(crate) fn browser() -> PathBuf {
    folder().join("browser.mjs")
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop")
}
