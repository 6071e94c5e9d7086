//! Output of commands: JSON on standard output for scripts, sentences on standard error for people.

use std::io::{self, Write};

use color_eyre::eyre::Result;
use serde::Serialize;
use serde_json::ser::{Formatter, Serializer};

use crate::domain::change::Snapshot;
use crate::domain::settings::Settings;
use crate::domain::text;
use crate::shell::terminal::console::{self, StyledOutput};
use crate::shell::{Services, settings};
use crate::tui::text_layout;
use crate::tui::theme::Shape;

/// The version of every JSON document; `docs/json.md` says when another one is due.
pub(super) const JSON_VERSION: u32 = 1;

/// Says a sentence to the person, under the program's name.
pub(super) fn say(words: &str) {
    console::say(&format!("authtui: {}", pasteable(words)));
}

/// The words without the full stop behind a command at their end: a command is copied whole.
fn pasteable(words: &str) -> &str {
    let Some(bare) = words.strip_suffix('.') else { return words };
    let next = bare.rsplit_once("Next: ").map_or(bare, |(_, next)| next);
    let command = next.rsplit_once("run: ").or_else(|| next.rsplit_once(": authtui ")).map(|(_, rest)| rest);
    let ends_so = next.starts_with("chmod ") || command.is_some_and(|rest| !rest.contains([',', ';']));
    if ends_so { bare } else { words }
}

/// `text` broken between words at `width`, its further lines set in by `indent`; a command at its end stays in one
/// piece.
pub(super) fn folded(text: &str, width: u16, indent: u16) -> String {
    let whole = match text.rsplit_once(": authtui ") {
        Some((why, command)) => {
            let command = format!("authtui {command}").replace(' ', &text_layout::FIXED_SPACE.to_string());
            format!("{why}: {command}")
        }
        None => text.to_owned(),
    };
    let lines = text_layout::wrap(&whole, width.saturating_sub(indent));
    lines.join(&format!("\n{}", " ".repeat(usize::from(indent))))
}

/// Says what a person should know of a store's file.
pub(super) fn say_problems(snapshot: &Snapshot) {
    snapshot.notices.iter().for_each(|notice| say(&notice.to_string()));
    if let Err(trouble) = &snapshot.writable {
        say(&trouble.to_string());
    }
}

/// How many need somebody: `3 need you`.
pub(super) fn need_you(count: usize) -> String {
    if count == 1 { "1 needs you".to_owned() } else { format!("{count} need you") }
}

/// The terminal behind standard output, in the theme of the settings, and the settings; nothing where a
/// program reads or words alone are wanted. What is wrong with the settings is said by the screen.
pub(super) fn terminal_output(services: &Services, shape: Shape) -> Option<(StyledOutput, Settings)> {
    let (settings, theme) = settings::read_with_theme(&services.paths.settings);
    let settings = settings.unwrap_or_default();
    let theme = theme.and_then(Result::ok);
    Some((StyledOutput::new(shape, &settings, theme.as_ref())?, settings))
}

/// Prints `document` as one line of JSON that cannot steer a terminal.
///
/// # Errors
/// When it cannot be JSON, or standard output cannot be written to.
pub(super) fn print_json(document: &impl Serialize) -> Result<()> {
    Ok(console::print_in_pieces(|out| {
        write_json(out, document)?;
        out.write_all(b"\n")
    })?)
}

/// Writes `value` as JSON that cannot steer a terminal.
pub(super) fn write_json(out: &mut impl Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, HarmlessJson))?)
}

/// A JSON object, written field by field: a list may have ten thousand of them, and a serializer looks at each
/// letter of each key.
pub(super) struct JsonObject<'a> {
    out: &'a mut Vec<u8>,
    is_begun: bool,
}

impl<'a> JsonObject<'a> {
    pub(super) fn begin(out: &'a mut Vec<u8>) -> Self {
        out.push(b'{');
        Self { out, is_begun: false }
    }

    /// A text, or null.
    pub(super) fn text(&mut self, key: &'static str, text: Option<&str>) -> io::Result<()> {
        self.key(key);
        // Without a branch, so that many bytes are compared at once.
        let is_plain = |byte: u8| matches!(byte, b' '..=b'~') & (byte != b'"') & (byte != b'\\');
        match text {
            Some(text) if text.bytes().fold(true, |all, byte| all & is_plain(byte)) => {
                self.write([b"\"", text.as_bytes(), b"\""]);
                Ok(())
            }
            Some(text) => write_json(self.out, text),
            None => write_json(self.out, &()),
        }
    }

    /// Any other value.
    pub(super) fn value(&mut self, key: &'static str, value: &impl Serialize) -> io::Result<()> {
        self.key(key);
        write_json(self.out, value)
    }

    fn key(&mut self, key: &'static str) {
        let before: &[u8] = if self.is_begun { b",\"" } else { b"\"" };
        self.is_begun = true;
        self.write([before, key.as_bytes(), b"\":"]);
    }

    fn write(&mut self, pieces: [&[u8]; 3]) {
        pieces.into_iter().for_each(|piece| self.out.extend_from_slice(piece));
    }

    pub(super) fn end(self) {
        self.out.push(b'}');
    }
}

/// Compact JSON with every character that could steer a terminal written as an escape.
struct HarmlessJson;

impl Formatter for HarmlessJson {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        // Without a branch, so that many bytes are compared at once.
        if fragment.bytes().fold(true, |all, byte| all & matches!(byte, b' '..=b'~')) {
            return out.write_all(fragment.as_bytes());
        }
        let mut bytes = [0; 4];
        fragment.chars().try_for_each(|char| match text::is_hostile(char) {
            true => char.encode_utf16(&mut [0; 2]).iter().try_for_each(|unit| write!(out, "\\u{unit:04x}")),
            false => out.write_all(char.encode_utf8(&mut bytes).as_bytes()),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_full_stop_follows_a_command_that_is_copied() {
        let kept = "run: authtui login acme --yes, or leave it.";
        let list = "there is no profile x; authtui list shows what is there.";
        for (words, shown) in [
            ("it is protected. Next: chmod u+w /a/b.yaml.", "it is protected. Next: chmod u+w /a/b.yaml"),
            ("check client.id: authtui providers show acme.", "check client.id: authtui providers show acme"),
            (kept, kept),
            (list, list),
        ] {
            assert_eq!(pasteable(words), shown);
        }
    }

    #[test]
    fn json_holds_nothing_that_steers_a_terminal_and_means_the_same() {
        let account = "a\u{9b}31m\u{202e}b\u{e0001}";
        let mut json = Vec::new();
        write_json(&mut json, &account).expect("JSON");
        let json = String::from_utf8(json).expect("a text");
        assert!(json.chars().all(|char| char.is_ascii_graphic()), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), account);
    }

    #[test]
    fn an_object_that_is_written_field_by_field_is_what_a_serializer_writes() {
        for text in ["", "plain text", "a \"quoted\" \\ text", "tab\tand\u{7f}\n\0", "é\u{9b}31m\u{202e}😀"]
        {
            let mut written = Vec::new();
            let mut object = JsonObject::begin(&mut written);
            object.text("one", Some(text)).expect("JSON");
            object.text("none", None).expect("JSON");
            object.value("list", &[text]).expect("JSON");
            object.end();
            let mut whole = Vec::new();
            let value = serde_json::json!({ "one": text, "none": null, "list": [text] });
            write_json(&mut whole, &value).expect("JSON");
            let written = String::from_utf8(written).expect("a text");
            assert_eq!(Ok(&written), String::from_utf8(whole).as_ref(), "{text:?}");
            assert_eq!(serde_json::from_str::<serde_json::Value>(&written).expect("JSON"), value);
        }
    }
}
