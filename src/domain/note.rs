//! Note that a person writes about a profile.

/// The longest note, in characters.
pub const LIMIT: usize = 200;

/// Reads a note that was typed: one line, and nothing where it is empty.
///
/// # Errors
/// A sentence without a full stop when it cannot be kept.
pub fn typed_note(typed: &str) -> Result<Option<String>, String> {
    let typed = typed.trim();
    if typed.chars().any(char::is_control) {
        return Err("a note is one line of text".to_owned());
    }
    match typed.chars().count() {
        0 => Ok(None),
        1..=LIMIT => Ok(Some(typed.to_owned())),
        _ => Err(format!("a note has at most {LIMIT} characters")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_note_is_one_short_line() {
        assert_eq!(typed_note("  for the build  "), Ok(Some("for the build".to_owned())));
        assert_eq!(typed_note("  "), Ok(None));
        assert!(typed_note("two\nlines").is_err_and(|why| why.contains("one line")));
        assert_eq!(typed_note(&"ö".repeat(LIMIT)), Ok(Some("ö".repeat(LIMIT))));
        assert!(typed_note(&"ö".repeat(LIMIT + 1)).is_err_and(|why| why.contains("200")));
    }
}
