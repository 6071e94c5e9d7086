//! Limits of a provider file, checked before it is parsed.
//!
//! Brackets are counted wherever they stand, besides what [`yaml_cost`] counts of every text.

use crate::stored::provider_file::error::ProviderFileError;
use crate::stored::yaml_cost::{self, Tags};

/// The longest text that is read, in bytes.
pub const SIZE_LIMIT: usize = 256 * 1024;

/// How many brackets a text may open.
const BRACKET_LIMIT: usize = 2000;

/// How much a text may stand for, aliases and all, in bytes.
const EXPANDED_LIMIT: usize = 1024 * 1024;

/// How deep lists and maps may lie in each other.
pub(super) const DEPTH_LIMIT: usize = 64;

/// Refuses a text that would cost too much.
pub(super) fn check(text: &str) -> Result<(), ProviderFileError> {
    if text.len() > SIZE_LIMIT {
        return Err(ProviderFileError::at(None, "the file is larger than 256 KiB"));
    }
    let mut open = 0_usize;
    for (number, line) in (1_u32..).zip(text.lines()) {
        // Such a line is a comment or lies within a text, so that its brackets open nothing.
        if !line.trim_start().starts_with('#') {
            open += line.matches(['[', '{']).count();
        }
        if open > BRACKET_LIMIT {
            return Err(ProviderFileError::at(
                Some(number),
                format!("there are more than {BRACKET_LIMIT} opening brackets"),
            ));
        }
    }
    yaml_cost::nesting(text, DEPTH_LIMIT).map_err(|at| {
        let why = format!("lists and maps lie more than {DEPTH_LIMIT} deep in each other");
        ProviderFileError::at(Some(at.line), why)
    })?;
    // An alias has an asterisk, and a tag an exclamation mark; a text without them stands for itself.
    if text.contains(['*', '!']) { count(text) } else { Ok(()) }
}

/// Refuses a text that stands for too much. What cannot be counted to its end is refused too: its reader would
/// build what was not counted.
pub(super) fn count(text: &str) -> Result<(), ProviderFileError> {
    let words = "with all that its aliases stand for, the file is larger than 1 MiB";
    let counted = yaml_cost::expanded(text, EXPANDED_LIMIT, words, Tags::Refused);
    counted.map_err(|uncounted| ProviderFileError::from_yaml(&uncounted.error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::stored::provider_file::PRESETS;

    #[test]
    fn a_text_that_would_cost_too_much_is_refused_before_it_is_parsed() {
        assert!(check(&"x".repeat(SIZE_LIMIT + 1)).is_err());
        let deep = check(&format!("a: 1\nb: {}\n", "[".repeat(BRACKET_LIMIT + 1))).expect_err("too many");
        assert_eq!(deep.line, Some(2));
        let over_lines = "[\n".repeat(BRACKET_LIMIT + 1);
        assert!(check(&over_lines).is_err());
        for fine in [
            "a: [{}]\n".repeat(BRACKET_LIMIT / 2),
            format!("a: \"{}\"", "[".repeat(BRACKET_LIMIT)),
            format!("# {}", "{".repeat(BRACKET_LIMIT + 1)),
            format!("a: [{}]", "1,".repeat(SIZE_LIMIT / 2 - 4)),
            format!("a:\n{}", "-\n".repeat(SIZE_LIMIT / 2 - 4)),
            format!("a: &a {}\nb: *a", "x".repeat(200_000)),
        ] {
            assert_eq!(check(&fine), Ok(()), "{:.40}", fine);
        }
    }

    #[test]
    fn what_comes_with_the_program_costs_little() {
        for (name, text) in PRESETS {
            assert_eq!(check(text).and_then(|()| count(text)), Ok(()), "{name}");
        }
    }

    #[test]
    fn what_stands_for_too_much_is_refused_however_it_is_written() {
        let aliases = |anchor: &str, alias: &str, times: usize| {
            format!("a: &a {anchor}\nb: [{}]\n", vec![alias; times].join(","))
        };
        let levels = (1..20).map(|level| format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1));
        let doubled = levels.fold("a0: &a0 [x, x]\n".to_owned(), |text, level| text + &level);
        for (text, line) in [
            // An alias counts where what it stands for is written.
            (aliases(&"x".repeat(200_000), "*a", 14_000), Some(1)),
            (aliases(&"x".repeat(90_000), "*a", 50_000), Some(1)),
            (aliases(&format!("[{}]", "1,".repeat(60_000)), "*a", 14_000), Some(1)),
            (doubled, None),
            // What ends the counting early ends the reading too.
            (format!("c: !t 1\n{}", aliases(&"x".repeat(200_000), "*a", 14_000)), Some(1)),
            (format!("c: *d\n{}", aliases(&"x".repeat(200_000), "*a", 14_000)), Some(1)),
            ("- ".repeat(130_000), Some(1)),
            ("? ".repeat(130_000), Some(1)),
            // Quotation marks that are text, and brackets behind them.
            (format!("x: ['\"', {}", "[".repeat(200_000)), Some(1)),
            (format!("x: [\"'\", {}", "[".repeat(200_000)), Some(1)),
            (format!("x: [a\"b, {}", "]{".repeat(100_000)), Some(1)),
        ] {
            let fault = check(&text).expect_err("it costs too much");
            assert_eq!(fault.line, line, "{fault:?}: {:.40}", text);
        }
    }
}
