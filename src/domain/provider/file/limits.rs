//! What a provider's file may cost before anybody looks at what it says.
//!
//! The parser needs a time that grows with the square of the depth of brackets, so that they are
//! counted first. How deep blocks and aliases may lie is limited by the parser itself.

use crate::domain::provider::file::Fault;

/// The longest text that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// How deep brackets may lie in each other.
const DEEPEST: usize = 64;

/// Refuses a text that would cost too much.
pub(super) fn within(text: &str) -> Result<(), Fault> {
    if text.len() > LONGEST {
        return Err(Fault::at(None, "the file is larger than 256 KiB"));
    }
    let mut open = 0_usize;
    for (number, line) in (1..).zip(text.lines()) {
        if !line.trim_start().starts_with('#') && deepest(line, &mut open) > DEEPEST {
            let words = format!("lists and maps lie more than {DEEPEST} deep in each other");
            return Err(Fault::at(Some(number), words));
        }
    }
    Ok(())
}

/// How many brackets are open at the deepest place of `line`; those in double quotes are text.
fn deepest(line: &str, open: &mut usize) -> usize {
    let (mut quoted, mut escaped, mut deepest) = (false, false, *open);
    for char in line.chars() {
        match char {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '[' | '{' if !quoted => *open += 1,
            ']' | '}' if !quoted => *open = open.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(*open);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_would_cost_too_much_is_refused_before_it_is_parsed() {
        assert!(within(&"x".repeat(LONGEST + 1)).is_err());
        let deep = within(&format!("a: 1\nb: {}\n", "[".repeat(DEEPEST + 1))).expect_err("too deep");
        assert_eq!(deep.line, Some(2));
        let over_lines = "[\n".repeat(DEEPEST + 1);
        assert!(within(&over_lines).is_err());
        for fine in [
            format!("a: {}{}", "[".repeat(DEEPEST), "]".repeat(DEEPEST)),
            "a: [{}]\n".repeat(100),
            format!("a: \"{}\"", "[".repeat(100)),
            format!("# {}", "{".repeat(100)),
        ] {
            assert_eq!(within(&fine), Ok(()), "{fine}");
        }
    }
}
