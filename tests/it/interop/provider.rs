//! The provider as a process of its own, and a home with a provider file for it.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
use url::Url;

use crate::home::running::Running;
use crate::home::{Home, person};

/// A provider that answers; dropping it ends it.
pub(crate) struct Provider {
    pub(crate) home: Home,
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
    /// Starts the provider, and describes it to the program as `op`.
    pub(crate) fn start(client: Client) -> Self {
        let mut node = Command::new("node");
        node.args(["server.mjs", "0"]).current_dir(folder()).env("ACCESS_TOKEN_TTL", "600");
        node.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut process = node.spawn().expect("Node.js");
        let out = process.stdout.take().expect("standard output");
        let mut lines = BufReader::new(out).lines().map_while(Result::ok);
        let ready = lines.find_map(|line| line.strip_prefix("READY ").map(str::to_owned));
        let issuer = ready.expect("a provider; tests/interop/install.sh installs what it needs");
        let home = Home::new();
        home.provider(
            "op",
            &format!(
                "name: op\nissuer: {issuer}\nendpoints: {{ authorize: '{issuer}/auth', token: '{issuer}/token' }}\n\
                 client: {}\nscopes: {{ default: [openid, offline_access] }}\n\
                 redirect: {{ host: 127.0.0.1, port: 8765, port_rule: any, path: /callback }}\n\
                 authorize_parameters: {{ prompt: consent }}\n",
                client.lines()
            ),
        );
        Self { home, issuer: Url::parse(&issuer).expect("an address"), process }
    }

    /// Starts a login to `op/work` with the scripted browser, which gets `variables`.
    pub(crate) fn login(&self, variables: &[(&str, &str)]) -> Running {
        let mut command = self.home.command(&["login", "op/work"]);
        Running::start(command.env("BROWSER", browser()).envs(variables.iter().copied()))
    }

    /// Signs in as a person who opens the printed address.
    pub(crate) fn sign_in(&self, authorize: &str) {
        let done = Command::new(browser()).arg(authorize).status().expect("Node.js");
        assert!(done.success());
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
        let page = person::open(&self.issuer.join("/admin/counters").expect("an address"));
        let counters: Value = serde_json::from_str(&page.body).expect("JSON");
        counters.pointer(pointer).and_then(Value::as_u64).unwrap_or_default()
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
