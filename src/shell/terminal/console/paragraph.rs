//! Paragraph of standard input: what a program writes that calls us, until an empty line.

use std::io::{self, BufRead};

use zeroize::Zeroizing;

/// The most bytes of a paragraph that are read.
const PARAGRAPH_LIMIT: u64 = 64 * 1024;

/// Reads standard input until an empty line or its end; nothing where it cannot be read or is too long.
#[must_use]
pub fn paragraph_from_input() -> Option<Zeroizing<Vec<u8>>> {
    paragraph_of(io::stdin().lock())
}

fn paragraph_of(from: impl BufRead) -> Option<Zeroizing<Vec<u8>>> {
    let mut from = from.take(PARAGRAPH_LIMIT + 1);
    let mut all = Zeroizing::new(Vec::new());
    loop {
        let begin = all.len();
        let read = from.read_until(b'\n', &mut all).ok()?;
        if from.limit() == 0 {
            return None;
        }
        if read == 0 || all.get(begin..) == Some(b"\n") {
            return Some(all);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_paragraph_ends_with_an_empty_line_or_the_input() {
        for (bytes, all) in [("a=1\nb=2\n\nc=3\n", "a=1\nb=2\n\n"), ("a=1", "a=1"), ("", ""), ("\na", "\n")] {
            assert_eq!(paragraph_of(bytes.as_bytes()).as_deref().map(Vec::as_slice), Some(all.as_bytes()));
        }
        for long in [vec![b'a'; 65_537], b"a\n".repeat(40_000)] {
            assert_eq!(paragraph_of(&long[..]), None);
        }
        assert!(paragraph_of(&[b'a'; 65_536][..]).is_some());
    }
}
