//! What a provider's file may cost before anybody looks at what it says.
//!
//! The parser needs a time that grows with the square of the depth of brackets, so that they are
//! counted first, wherever they stand: what is a quotation mark and what is text, only the parser
//! knows. An alias stands for all that its anchor holds, so that what a text stands for is counted
//! by the parser, which stops at the limit, before anything is built of it.

use std::cell::Cell;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, EnumAccess, Error, MapAccess, SeqAccess, Visitor};

use crate::domain::provider::file::Fault;

/// The longest text that is read, in bytes.
const LONGEST: usize = 256 * 1024;

/// How many brackets a text may open.
const BRACKETS: usize = 2000;

/// How much a text may stand for, aliases and all, in bytes.
const LARGEST: usize = 1024 * 1024;

/// What a value costs beside its own bytes; a text without aliases never reaches the limit.
const VALUE: usize = 4;

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
    expanded(text)
}

/// Refuses a text that stands for too much, or that cannot be counted to its end: its reader would
/// build what was not counted.
fn expanded(text: &str) -> Result<(), Fault> {
    let left = Cell::new(LARGEST);
    let counted = Count(&left).deserialize(serde_yaml::Deserializer::from_str(text));
    counted.map_err(|error| Fault::of_yaml(&error))
}

/// Counts what a text stands for, and fails where nothing is left.
#[derive(Clone, Copy)]
struct Count<'a>(&'a Cell<usize>);

impl Count<'_> {
    fn take<E: Error>(self, bytes: usize) -> Result<(), E> {
        let left = self.0.get().checked_sub(bytes + VALUE);
        let words = "with all that its aliases stand for, the file is larger than 1 MiB";
        self.0.set(left.ok_or_else(|| E::custom(words))?);
        Ok(())
    }
}

impl<'de> DeserializeSeed<'de> for Count<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Count<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E: Error>(self) -> Result<(), E> {
        self.take(0)
    }

    fn visit_none<E: Error>(self) -> Result<(), E> {
        self.take(0)
    }

    fn visit_bool<E: Error>(self, _: bool) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i64<E: Error>(self, _: i64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_i128<E: Error>(self, _: i128) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u64<E: Error>(self, _: u64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_u128<E: Error>(self, _: u128) -> Result<(), E> {
        self.take(0)
    }

    fn visit_f64<E: Error>(self, _: f64) -> Result<(), E> {
        self.take(0)
    }

    fn visit_str<E: Error>(self, text: &str) -> Result<(), E> {
        self.take(text.len())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<(), A::Error> {
        self.take(0)?;
        while list.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        self.take(0)?;
        while map.next_key_seed(self)?.is_some() {
            map.next_value_seed(self)?;
        }
        Ok(())
    }

    fn visit_enum<A: EnumAccess<'de>>(self, _: A) -> Result<(), A::Error> {
        Err(A::Error::custom("a tag, such as !word, has no place in a provider file"))
    }
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
