//! Redaction: words of the command line as they may be repeated, without what may be a secret.

use crate::cli::CommandLine;
use crate::domain::provider::catalog::Catalog;
use crate::domain::secret::Secret;
use crate::domain::text;

use clap::CommandFactory;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What stands in the place of what is not repeated.
const HIDDEN: &str = "(not shown)";

/// The longest word that is repeated, in characters.
const WORD_LIMIT: usize = 2 * crate::domain::name::PART_LIMIT + 1;

/// What secrets of well-known services begin with.
const SECRET_PREFIXES: [&str; 15] = [
    "sk-",
    "sk_",
    "pk_",
    "rk_",
    "gho_",
    "ghp_",
    "ghu_",
    "ghs_",
    "ghr_",
    "github_pat_",
    "glpat-",
    "xox",
    "ya29.",
    "hf_",
    "eyJ",
];

/// A word of the command line as it may be repeated: what begins as a secret of a well-known
/// service or of a provider does is masked, in both halves of `provider/name`. Of an address the query is left
/// out, where some servers take a key.
pub(super) fn word(catalog: Option<&Catalog>, word: &str) -> String {
    let (word, query) = match word.split_once('?') {
        Some((address, _)) if word.contains("://") => (address, "?…"),
        Some(_) | None => (word, ""),
    };
    let providers = || catalog.into_iter().flat_map(Catalog::entries).map(|entry| &entry.provider);
    let variables = providers().flat_map(|one| &one.environment).flat_map(|variable| &variable.prefixes);
    let known = providers().flat_map(|one| &one.masks).chain(variables).cloned();
    let known: Vec<String> =
        known.chain(SECRET_PREFIXES.map(str::to_owned)).filter(|known| !known.is_empty()).collect();
    let half = |half: &str| {
        let begins = known.iter().any(|prefix| half.starts_with(prefix.as_str()));
        if begins { Secret::new(half).mask(&known) } else { half.to_owned() }
    };
    let halves: Vec<String> = word.split('/').map(half).collect();
    text::clean(&halves.join("/"), WORD_LIMIT) + query
}

/// `error` without a stray word and without the value of an option: either may be a
/// secret that somebody typed where none belongs, and terminals and logs keep what is said.
pub(super) fn error(mut error: clap::Error) -> clap::Error {
    if error.kind() == ErrorKind::InvalidSubcommand {
        return unknown_command(&error);
    }
    let text = |kind| match error.get(kind) {
        Some(ContextValue::String(text)) => text.clone(),
        Some(_) | None => String::new(),
    };
    let argument = text(ContextKind::InvalidArg);
    // A value that was left out is told by its absence.
    let has_value = !text(ContextKind::InvalidValue).is_empty();
    let hidden = || ContextValue::String(HIDDEN.to_owned());
    if error.kind() == ErrorKind::UnknownArgument && !argument.starts_with('-') {
        error.insert(ContextKind::InvalidArg, hidden());
        error.remove(ContextKind::Suggested);
    }
    if has_value {
        error.insert(ContextKind::InvalidValue, hidden());
    }
    error
}

/// What is said in the place of a word that is no command: the nearest one, and all there are.
fn unknown_command(error: &clap::Error) -> clap::Error {
    let mut all = CommandLine::command();
    all.build();
    let usage = error.get(ContextKind::Usage).map(ToString::to_string).unwrap_or_default();
    let within = all.get_subcommands().find(|one| usage.contains(&format!("authtui {} ", one.get_name())));
    let names = within.unwrap_or(&all).get_subcommands().filter(|one| !one.is_hide_set());
    let names: Vec<&str> = names.map(clap::Command::get_name).collect();
    let near = match error.get(ContextKind::SuggestedSubcommand) {
        Some(ContextValue::String(near)) => Some(near.clone()),
        Some(ContextValue::Strings(near)) => near.last().cloned(),
        Some(_) | None => None,
    };
    let near = near.map_or_else(String::new, |near| format!("; did you mean {near}?"));
    let end = if near.is_empty() { "." } else { "" };
    let words = format!("unknown command{near}{end} Commands: {}\n", names.join(", "));
    CommandLine::command().error(ErrorKind::InvalidSubcommand, words)
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::{error, word};
    use crate::cli::CommandLine;
    use crate::stored::provider_file;

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
            ("login demo --port hunter2", "invalid value '(not shown)' for '--port <N>'"),
            ("demo --fault token=hunter2", "invalid value '(not shown)' for '--fault <WHERE=WHAT>'"),
            ("demo --fault hunter2", "write WHERE=WHAT"),
            ("hunter2-hunter2", "unknown command. Commands: demo, list, token,"),
            ("sk-ant-hunter2 login", "unknown command. Commands: demo, list, token,"),
            ("providers hunter2", "unknown command. Commands: show"),
            ("list hunter2", "unexpected argument '(not shown)'"),
        ] {
            let line = std::iter::once("authtui").chain(line.split(' '));
            let failed =
                CommandLine::try_parse_from(line.clone()).expect_err("a line that is not understood");
            let error = error(failed).to_string();
            assert!(!error.contains("hunter2") && error.contains(said), "{said}: {error}");
        }
        for (typed, nearest) in [("lgoin", "login"), ("tokne", "token")] {
            let slip = CommandLine::try_parse_from(["authtui", typed]).expect_err("no such command");
            let slip = error(slip).to_string();
            let said = format!("unknown command; did you mean {nearest}? Commands: demo, list,");
            assert!(slip.contains(&said) && !slip.contains("(not shown)"), "{slip}");
        }
    }

    #[test]
    fn a_word_that_begins_as_a_secret_does_is_masked_and_another_is_not() {
        let catalog = provider_file::catalog([]);
        for (typed, shown) in [
            ("acme", "acme"),
            ("acme/ana@acme.dev", "acme/ana@acme.dev"),
            ("sk-ant-api03-0123456789abcdefZz01", "sk-ant-api03-…Zz01"),
            ("ghp_short", "ghp_…"),
            ("anthropic/sk-0123456789abcdefZz01", "anthropic/sk-…Zz01"),
            ("eyJhbGciOi", "eyJ…"),
            ("sk-a/bc", "sk-…/bc"),
            ("https://mcp.test/mcp?key=hunter2", "https://mcp.test/mcp?…"),
        ] {
            assert_eq!(word(Some(&catalog), typed), shown, "{typed}");
        }
        assert_eq!(word(None, "xoxb-1"), "xox…");
    }
}
