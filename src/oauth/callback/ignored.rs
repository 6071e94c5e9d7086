//! Visits to the listener that may have been an answer and were ignored, in words.

use crate::domain::provider::Provider;

/// The longest `error` that is shown of a refusal without proof, in characters.
const ERROR: usize = 40;

/// Why a visit that may have been the answer was ignored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ignored {
    /// Nothing proves that it is ours.
    NotOurs,
    /// It says no, and nothing proves that it is ours; with its `error`, where that is one word.
    Refusal(Option<String>),
    /// It is proven to be ours, and has no code, or an error beside it.
    NoCode,
    /// It came by POST, in a body that is not read (`response_mode=form_post`).
    Posted,
    /// Its address has no query: the answer may stand behind a `#`, which no browser sends.
    NoQuery,
    /// It is proven to be ours and came to another path.
    OtherPath,
    /// It is proven to be ours, and its `Host` is not this listener.
    OtherHost,
    /// It speaks TLS.
    Encrypted,
    /// Another user of this machine sent it, or opened a link of this login.
    OtherUser(u32),
    /// Its sender had hung up before anybody could tell who it was.
    HungUp,
    /// It opened the browser's link, which had been used before.
    UsedLink,
}

impl Ignored {
    /// A refusal without proof, with the `error` that it names.
    ///
    /// Anybody may have written it, so only what looks like a code of the protocol is kept.
    pub(super) fn refusal(error: &str) -> Self {
        let is_code =
            error.len() <= ERROR && error.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_');
        Self::Refusal(Some(error.to_owned()).filter(|error| is_code && !error.is_empty()))
    }

    /// What the person is told, who ends the login with `cancel`.
    #[must_use]
    pub fn words(&self, provider: &Provider, cancel: &str) -> String {
        match self {
            Self::NotOurs => "A reply that was not ours was ignored. Still waiting.".to_owned(),
            Self::Refusal(error) => {
                let error = error.as_ref().map_or_else(String::new, |error| format!(" ({error})"));
                format!(
                    "A refusal{error} that may not belong to this login was ignored. If you refused, press {cancel}."
                )
            }
            Self::NoCode => {
                "The answer to this login had no usable code and was ignored. Open the link again.".to_owned()
            }
            Self::Posted => format!(
                "The answer came by POST, which authtui does not read. Set response_mode: query under authorize_parameters in the provider file of {}, or paste the code.",
                provider.name
            ),
            Self::NoQuery => {
                "The browser came back without an answer. If its address has a # in it, paste the whole address."
                    .to_owned()
            }
            Self::OtherPath => format!(
                "The answer came to the wrong path (not {}) and was ignored. Paste the address that the browser shows, or correct redirect.path in the provider file of {}.",
                provider.redirect.path, provider.name
            ),
            Self::OtherHost => {
                "The answer came to the wrong host name or port and was ignored. Paste the part after the ? of the browser's address."
                    .to_owned()
            }
            Self::Encrypted => {
                "Something connected by https, but authtui waits for http. If your browser shows an error, paste the address it shows."
                    .to_owned()
            }
            Self::OtherUser(uid) => format!(
                "A program of another user (uid {uid}) was refused. If that is your browser, paste the address it shows; if not, press {cancel}."
            ),
            Self::HungUp => {
                "An answer was ignored: its sender disconnected before authtui could check who it was.".to_owned()
            }
            Self::UsedLink => format!(
                "The browser's link was opened twice. If your browser shows no login, somebody else may have opened it: press {cancel}."
            ),
        }
    }
}
