//! What the environment says of the terminal.

use std::env;

use crate::tui::theme::{Glyphs, Theme};

/// The theme for this terminal: `NO_COLOR` keeps bold and reverse, a locale that is not UTF-8
/// gets ASCII.
#[must_use]
pub fn theme() -> Theme {
    let text = |name| env::var(name).ok().filter(|value: &String| !value.is_empty());
    let term = text("TERM").unwrap_or_default();
    let mono = text("NO_COLOR").is_some() || term == "dumb" || term.starts_with("vt1");
    // The first that is set decides (POSIX).
    let locale = ["LC_ALL", "LC_CTYPE", "LANG"].into_iter().find_map(text).unwrap_or_default().to_lowercase();
    let utf8 = locale.contains("utf-8") || locale.contains("utf8") || cfg!(any(windows, target_os = "macos"));
    let glyphs = if utf8 { Glyphs::unicode() } else { Glyphs::ascii() };
    if mono { Theme::mono(glyphs) } else { Theme::colored(glyphs) }
}
