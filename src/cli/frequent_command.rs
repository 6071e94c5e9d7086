//! Frequent commands, read without clap: describing all commands to it takes longer than running one of these.
//! Any other command line is left to clap, and a test compares both.

use std::time::Duration;

use crate::cli::header::HeaderArgs;
use crate::cli::list::ListArgs;
use crate::cli::refresh::time;
use crate::cli::token::TokenArgs;
use crate::cli::valid_token::MIN_TTL;
use crate::cli::{Command, CommandLine};

/// The command line that `words` are, if it is one of these.
pub(super) fn read(words: &[String]) -> Option<CommandLine> {
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let command = match words[..] {
        [] => None,
        ["list"] => Some(Command::List(ListArgs { json: false, store: None }.into())),
        ["list", "--json"] => Some(Command::List(ListArgs { json: true, store: None }.into())),
        ["token", name] => {
            Some(Command::Token(TokenArgs { name: Some(profile(name)?), min_ttl: min_ttl()? }.into()))
        }
        ["header", name] => Some(header(name, false)?),
        ["header", name, "--mcp"] => Some(header(name, true)?),
        _ => return None,
    };
    Some(CommandLine { config: None, no_auto_refresh: false, plain: false, command })
}

fn header(name: &str, mcp: bool) -> Option<Command> {
    Some(Command::Header(HeaderArgs { name: Some(profile(name)?), mcp, min_ttl: min_ttl()? }.into()))
}

/// A word that is no option.
fn profile(word: &str) -> Option<String> {
    (!word.starts_with('-')).then(|| word.to_owned())
}

fn min_ttl() -> Option<Duration> {
    time(MIN_TTL).ok()
}

#[cfg(test)]
mod tests {
    use clap::{CommandFactory, Parser};

    use super::*;
    use crate::cli::VERSION;

    #[test]
    fn a_frequent_command_means_what_clap_says() {
        let frequent =
            ["", "list", "list --json", "token a/b", "token help", "header a/b", "header a/b --mcp"];
        let others = [
            "token",
            "token -x",
            "token --help",
            "token -- a/b",
            "list -h",
            "header",
            "header --mcp",
            "status",
        ];
        let read = |line: &str| read(&line.split_whitespace().map(str::to_owned).collect::<Vec<_>>());
        for line in frequent {
            let parsed = CommandLine::try_parse_from(["authtui"].into_iter().chain(line.split_whitespace()));
            assert_eq!(format!("{:?}", read(line).unwrap()), format!("{:?}", parsed.unwrap()), "{line}");
        }
        for line in others {
            assert!(read(line).is_none(), "{line}");
        }
        assert_eq!(CommandLine::command().render_version(), VERSION);
    }
}
