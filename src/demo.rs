//! `authtui demo`: everything to try without an account and without a network.
//!
//! [`authority`] is an authorization server as a value; [`serve`] puts it on a loopback port.

pub mod authority;
#[expect(
    clippy::disallowed_methods,
    clippy::disallowed_types,
    reason = "the demo's own server listens on loopback"
)]
pub mod serve;
