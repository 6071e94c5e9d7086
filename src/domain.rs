//! What is: profiles, tokens, time, providers. Pure; imports nothing else of this crate.

pub mod afterlife;
pub mod change;
pub mod clock;
pub mod countdown;
pub mod difference;
pub mod event;
pub mod expiry;
pub mod health;
pub mod hosts;
pub mod known;
pub mod name;
pub mod profile;
pub mod provider;
pub mod resolve;
pub mod schedule;
pub mod secret;
pub mod settings;
pub mod text;
pub mod tokens;
pub mod trouble;
pub mod yaml;
