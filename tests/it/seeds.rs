//! Every seed's requests to the letter, and its whole life by command: log in, list, print, renew,
//! erase. The provider is the shipped file with its addresses at the authority of the test.

mod anthropic;
mod calcom;
mod faulty;
mod forms;
mod precedence;
mod qonic;
mod qwen;
mod wishes;
