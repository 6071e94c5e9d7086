//! What a provider's file may cost before anybody looks at what it says.
//!
//! Brackets are counted wherever they stand, besides what [`yaml`] counts of every text.

use crate::domain::provider::file::Fault;
use crate::domain::yaml::{self, Tags};

/// The longest text that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// How many brackets a text may open.
const BRACKETS: usize = 2000;

/// How much a text may stand for, aliases and all, in bytes.
const LARGEST: usize = 1024 * 1024;

/// How deep lists and maps may lie in each other.
const DEEPEST: usize = 64;

/// Refuses a text that would cost too much.
pub(super) fn within(text: &str) -> Result<(), Fault> {
    if text.len() > LONGEST {
        return Err(Fault::at(None, "the file is larger than 256 KiB"));
    }
    let mut open = 0_usize;
    for (number, line) in (1..).zip(text.lines()) {
        // Such a line is a comment or lies within a text, so that its brackets open nothing.
        if !line.trim_start().starts_with('#') {
            open += line.matches(['[', '{']).count();
        }
        if open > BRACKETS {
            return Err(Fault::at(Some(number), format!("there are more than {BRACKETS} opening brackets")));
        }
    }
    yaml::nesting(text, DEEPEST).map_err(|at| {
        let why = format!("lists and maps lie more than {DEEPEST} deep in each other");
        Fault::at(usize::try_from(at.line).ok(), why)
    })?;
    // What cannot be counted to its end is refused too: its reader would build what was not counted.
    let words = "with all that its aliases stand for, the file is larger than 1 MiB";
    let counted = yaml::expanded(text, LARGEST, words, Tags::Refused);
    counted.map_err(|uncounted| Fault::of_yaml(&uncounted.error))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_cost_too_much_is_refused_before_it_is_parsed() {
        assert!(within(&"x".repeat(LONGEST + 1)).is_err());
        let deep = within(&format!("a: 1\nb: {}\n", "[".repeat(BRACKETS + 1))).expect_err("too many");
        assert_eq!(deep.line, Some(2));
        let over_lines = "[\n".repeat(BRACKETS + 1);
        assert!(within(&over_lines).is_err());
        for fine in [
            "a: [{}]\n".repeat(BRACKETS / 2),
            format!("a: \"{}\"", "[".repeat(BRACKETS)),
            format!("# {}", "{".repeat(BRACKETS + 1)),
            format!("a: [{}]", "1,".repeat(LONGEST / 2 - 4)),
            format!("a:\n{}", "-\n".repeat(LONGEST / 2 - 4)),
            format!("a: &a {}\nb: *a", "x".repeat(200_000)),
        ] {
            assert_eq!(within(&fine), Ok(()), "{:.40}", fine);
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
            let fault = within(&text).expect_err("it costs too much");
            assert_eq!(fault.line, line, "{fault:?}: {:.40}", text);
        }
    }
}
