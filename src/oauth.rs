//! OAuth as values: requests, replies, callbacks, logins and refreshes. Pure.

pub mod authorization;
pub mod callback;
pub mod curl;
pub mod device;
pub mod discovery;
pub(crate) mod fixtures;
pub mod form;
pub mod git_request;
pub mod helper_answer;
pub mod identity;
pub mod login;
pub mod pasted;
pub mod probe;
pub mod query;
pub mod redirects;
pub mod refresh;
pub mod registration;
pub mod reply;
pub mod request;
pub mod revocation;
pub mod scopes;
pub mod take_over;
pub mod transcript;

/// One login from choosing a provider to its end, so that a late answer finds its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct LoginId(pub u64);

/// One request of a login, so that a late reply finds its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct RequestId(pub u64);
