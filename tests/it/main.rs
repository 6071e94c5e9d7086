//! What authtui does as a whole, on loopback and in temporary folders only.
#![expect(clippy::expect_used, reason = "tests fail by panicking")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests play the world outside")]

mod callback;
mod documents;
mod doors;
mod harness;
mod login;
mod screens;
