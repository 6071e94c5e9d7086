//! Arguments of `login`. A secret is never one: every program of the machine can read them.

use clap::Args;

#[derive(Debug, Args)]
pub(in crate::cli) struct LoginArgs {
    /// Where to log in, and the profile's name: anthropic, or anthropic/work
    pub(super) profile: String,
    /// Only by a code that you type at the provider's page, on any machine
    #[arg(long, conflicts_with_all = ["paste", "port"])]
    pub(super) device: bool,
    /// Only by an answer that you paste here, or that comes by standard input
    #[arg(long, conflicts_with = "client_secret_stdin")]
    pub(super) paste: bool,
    /// Leave it to you to open the address
    #[arg(long)]
    pub(super) no_browser: bool,
    /// The port that the callback comes to
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    pub(super) port: Option<u16>,
    /// Ask for this as well as for what is usual or was asked for before; may be repeated
    #[arg(long, value_name = "SCOPE")]
    pub(super) scope: Vec<String>,
    /// The client id that the provider gave you
    #[arg(long, value_name = "ID")]
    pub(super) client_id: Option<String>,
    /// Read the client's secret from standard input; on a terminal it is asked for, unseen
    #[arg(long, conflicts_with = "client_secret_fd")]
    pub(super) client_secret_stdin: bool,
    /// Read the client's secret from this open file descriptor
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(3..))]
    pub(super) client_secret_fd: Option<u32>,
    /// Store an API key instead of logging in; it is asked for, unseen. Without /NAME it is called
    /// key
    #[arg(long, conflicts_with_all = LOGIN_OPTIONS)]
    pub(super) key: bool,
    /// Store the API key that standard input holds; on a terminal it is asked for, unseen
    #[arg(long, conflicts_with_all = LOGIN_OPTIONS, conflicts_with = "key_fd")]
    pub(super) key_stdin: bool,
    /// Store the API key that this open file descriptor holds
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(3..), conflicts_with_all = LOGIN_OPTIONS)]
    pub(super) key_fd: Option<u32>,
    /// Answer yes: to the provider's notice, to the end of a stored key, or to a new one that the
    /// provider refuses
    #[arg(long, short)]
    pub(super) yes: bool,
}

/// What says something of a login, and so nothing of a key.
const LOGIN_OPTIONS: [&str; 8] = [
    "device",
    "paste",
    "no_browser",
    "port",
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
