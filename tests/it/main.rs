//! What authtui does as a whole, on loopback and in temporary folders only.
#![expect(clippy::expect_used, clippy::panic, reason = "tests fail by panicking")]
#![expect(clippy::disallowed_methods, clippy::disallowed_types, reason = "tests play the world outside")]

mod borrowed;
mod callback;
mod chaos;
mod commands;
mod conformance;
mod contention;
mod costs;
mod documents;
mod doors;
mod grants;
mod harness;
mod home;
mod interop;
mod journeys;
mod keyring;
mod layers;
mod login;
mod pictures;
mod presets;
mod providers;
mod screens;
mod soak;
mod terminal;
mod update;
mod watch;
mod wire;
