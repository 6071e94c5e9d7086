//! Profiles, tokens, time and providers as they are. Pure; imports nothing else of this crate.

pub mod change;
pub mod claims;
pub mod clock;
pub mod countdown;
pub mod duration;
pub mod erased;
pub mod event;
pub mod expiry;
pub(crate) mod fixtures;
pub mod grant_status;
pub mod health;
pub mod name;
pub mod origins;
pub mod profile;
pub mod provider;
pub mod refreshability;
pub mod residual_validity;
pub mod resolve;
pub mod schedule;
pub mod secret;
pub mod setting;
pub mod settings;
pub mod store_diff;
pub mod text;
pub mod tokens;
pub mod trouble;
