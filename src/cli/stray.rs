//! What is said of a command line that is not understood, without what may be a secret in it.

use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What stands in the place of what is not repeated.
const HIDDEN: &str = "(not shown)";

/// `error` without a stray word and without the value of an option about secrets: either may be a
/// secret that somebody typed where none belongs, and terminals and logs keep what is said.
pub(super) fn hushed(mut error: clap::Error) -> clap::Error {
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(_) | None => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    let hidden = || ContextValue::String(HIDDEN.to_owned());
    if error.kind() == ErrorKind::UnknownArgument && !argument.starts_with('-') {
        error.insert(ContextKind::InvalidArg, hidden());
        error.remove(ContextKind::Suggested);
    }
    if error.kind() == ErrorKind::InvalidSubcommand && error.get(ContextKind::SuggestedSubcommand).is_none() {
        error.insert(ContextKind::InvalidSubcommand, hidden());
    }
    if ["key", "secret"].iter().any(|word| argument.contains(word))
        && error.get(ContextKind::InvalidValue).is_some()
    {
        error.insert(ContextKind::InvalidValue, hidden());
    }
    error
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::hushed;
    use crate::cli::Arguments;

    #[test]
    fn a_secret_that_strayed_into_the_command_line_is_not_repeated() {
        for (line, said) in [
            ("login demo --client-secret hunter2", "--client-secret"),
            ("login demo --client-secret=hunter2", "--client-secret"),
            ("login demo hunter2", "unexpected argument '(not shown)'"),
            ("login demo --key hunter2", "unexpected argument '(not shown)'"),
            ("login demo --key=hunter2", "unexpected value '(not shown)'"),
            ("login demo --key-stdin=hunter2", "unexpected value '(not shown)'"),
            ("login demo --client-secret-stdin hunter2", "unexpected argument '(not shown)'"),
            (
                "login demo --client-secret-fd hunter2",
                "invalid value '(not shown)' for '--client-secret-fd <N>'",
            ),
            ("login demo --key-fd=hunter2", "invalid value '(not shown)' for '--key-fd <N>'"),
            ("hunter2", "unrecognized subcommand '(not shown)'"),
            ("sk-ant-hunter2 login", "unrecognized subcommand '(not shown)'"),
            ("providers hunter2", "unrecognized subcommand '(not shown)'"),
            ("list hunter2", "unexpected argument '(not shown)'"),
        ] {
            let line = std::iter::once("authtui").chain(line.split(' '));
            let error = Arguments::try_parse_from(line.clone()).expect_err("a line that is not understood");
            let error = hushed(error).to_string();
            assert!(!error.contains("hunter2") && error.contains(said), "{said}: {error}");
        }
        let slip = Arguments::try_parse_from(["authtui", "lgoin"]).expect_err("no such command");
        let slip = hushed(slip).to_string();
        assert!(slip.contains("'lgoin'") && slip.contains("'login'"), "{slip}");
    }
}
