//! Requests of each provider to the letter, and the whole life of its logins by command: log in, list, print, refresh,
//! erase. The provider is the shipped file with its addresses at the authority of the test.

mod anthropic;
mod calcom;
mod faulty;
mod lookup_order;
mod oauth2;
mod qonic;
mod qwen;
mod wishes;
