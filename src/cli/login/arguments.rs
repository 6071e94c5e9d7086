//! Arguments of `login`. A secret is never one: every program of the machine can read them.

use std::path::PathBuf;

use clap::Args;

use crate::cli::store_arg;
use crate::domain::name::StoreId;

#[derive(Debug, Clone, Args)]
pub(in crate::cli) struct LoginArgs {
    /// Where to log in, and a name for the profile: anthropic, or anthropic/work; or the address of a
    /// server, which is asked how. Without it, login lists the servers that other programs here use
    #[arg(value_name = "PROFILE|URL", default_value = "", hide_default_value = true)]
    pub(super) profile: String,
    /// With an address: a name for the profile, such as work or acme/work
    #[arg(long = "as", value_name = "NAME")]
    pub(super) name: Option<String>,
    /// Where a new profile is kept: own, shared, hashed or keyring [default: own]
    #[arg(long, value_name = "STORE", value_parser = store_arg::written)]
    pub(super) store: Option<StoreId>,
    /// Answer yes to the provider's notice, to the addresses that a server names, to replacing a login that works or a stored key, and to
    /// saving a key that the provider refuses
    #[arg(long, short)]
    pub(super) yes: bool,
    /// Use a device code: you type it at the provider's page, on any device
    #[arg(long, conflicts_with_all = ["paste", "port"], help_heading = WAY)]
    pub(super) device: bool,
    /// Log in by an answer that you paste here, or that standard input holds
    #[arg(long, conflicts_with = "client_secret_stdin", help_heading = WAY)]
    pub(super) paste: bool,
    /// Do not open a browser
    #[arg(long, help_heading = WAY)]
    pub(super) no_browser: bool,
    /// Listen for the browser's answer on this port
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..), help_heading = WAY)]
    pub(super) port: Option<u16>,
    /// Write each request and its answer to this new file, for a bug report; secrets are hidden
    #[arg(long, value_name = "FILE", help_heading = WAY)]
    pub(super) transcript: Option<PathBuf>,
    /// Whose account it is; if another one logs in, you are asked before it is saved
    #[arg(long, value_name = "TEXT", help_heading = WAY)]
    pub(super) account: Option<String>,
    /// Ask for this scope too, beside the usual ones or those of the last login; may be repeated
    #[arg(long, value_name = "SCOPE", help_heading = CLIENT)]
    pub(super) scope: Vec<String>,
    /// The client id that the provider gave you
    #[arg(long, value_name = "ID", help_heading = CLIENT)]
    pub(super) client_id: Option<String>,
    /// With an address: register authtui there anew, because the server has forgotten it or its page refuses it
    #[arg(long, conflicts_with = "client_id", help_heading = CLIENT)]
    pub(super) new_client: bool,
    /// Read the client secret from standard input; on a terminal, prompts without echo
    #[arg(long, conflicts_with = "client_secret_fd", help_heading = CLIENT)]
    pub(super) client_secret_stdin: bool,
    /// Read the client secret from this open file descriptor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(3..), help_heading = CLIENT)]
    pub(super) client_secret_fd: Option<u32>,
    /// Store an API key instead of logging in; prompts without echo. Without /NAME it is called key
    #[arg(long, conflicts_with_all = LOGIN_OPTIONS, help_heading = KEY)]
    pub(super) key: bool,
    /// Read the API key from standard input; on a terminal, prompts without echo
    #[arg(long, conflicts_with_all = LOGIN_OPTIONS, conflicts_with = "key_fd", help_heading = KEY)]
    pub(super) key_stdin: bool,
    /// Read the API key from this open file descriptor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(3..), conflicts_with_all = LOGIN_OPTIONS, help_heading = KEY)]
    pub(super) key_fd: Option<u32>,
    /// When the key expires: 2027-01-31, 2027-01-31T12:00:00Z, 90d or 12h; `never` removes the date. Without
    /// --key, the stored key stays and only its date changes
    #[arg(long, value_name = "DATE", conflicts_with_all = LOGIN_OPTIONS, help_heading = KEY)]
    pub(super) ends: Option<String>,
}

/// The groups of options in the help.
const WAY: &str = "How to log in";
const CLIENT: &str = "Client and scopes";
const KEY: &str = "API key";

/// What says something of a login, and so nothing of a key.
const LOGIN_OPTIONS: [&str; 11] = [
    "account",
    "new_client",
    "device",
    "paste",
    "no_browser",
    "port",
    "transcript",
    "scope",
    "client_id",
    "client_secret_stdin",
    "client_secret_fd",
];

impl LoginArgs {
    /// Whether an API key is to be stored.
    pub(super) fn wants_key(&self) -> bool {
        self.key || self.key_stdin || self.key_fd.is_some()
    }

    /// Where the secret comes from that is given: the client's, or the API key.
    pub(super) fn secret_source(&self) -> Option<SecretSource> {
        match (self.client_secret_fd.or(self.key_fd), self.client_secret_stdin || self.key_stdin) {
            (Some(number), _) => Some(SecretSource::Descriptor(number)),
            (None, true) => Some(SecretSource::Input),
            (None, false) => None,
        }
    }
}

/// Where a secret comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum SecretSource {
    /// Standard input, to its end.
    Input,
    /// An open file descriptor, to its end.
    Descriptor(u32),
}
