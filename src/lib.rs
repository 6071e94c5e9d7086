//! Every OAuth account you have, side by side in one terminal window, and kept alive.

pub mod demo;
pub mod domain;
pub mod oauth;
pub mod stored;
pub mod tui;
