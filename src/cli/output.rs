//! Output of commands: JSON on standard output for scripts, sentences on standard error for people.

use color_eyre::eyre::Result;
use serde::Serialize;

use crate::domain::change::Snapshot;
use crate::domain::settings::Settings;
use crate::domain::text;
use crate::shell::terminal::console::{self, StyledOutput};
use crate::shell::{Services, settings};
use crate::tui::theme::Shape;

/// Says a sentence to the person, under the program's name.
pub(super) fn say(words: &str) {
    console::say(&format!("authtui: {words}"));
}

/// Says what a person should know of a store's file.
pub(super) fn say_problems(snapshot: &Snapshot) {
    snapshot.notices.iter().for_each(|notice| say(&notice.to_string()));
    if let Err(trouble) = &snapshot.writable {
        say(&trouble.to_string());
    }
}

/// The terminal behind standard output, in the theme of the settings, and the settings; nothing where a
/// program reads or words alone are wanted. What is wrong with the settings is said by the screen.
pub(super) fn terminal_output(services: &Services, shape: Shape) -> Option<(StyledOutput, Settings)> {
    let (settings, theme) = settings::read_with_theme(&services.paths.settings);
    let settings = settings.unwrap_or_default();
    let theme = theme.and_then(Result::ok);
    Some((StyledOutput::new(shape, &settings, theme.as_ref())?, settings))
}

/// `document` as one line of JSON that cannot steer a terminal.
///
/// # Errors
/// When it cannot be JSON.
pub(super) fn json(document: &impl Serialize) -> Result<String> {
    Ok(escaped(&serde_json::to_string(document)?) + "\n")
}

/// `json` with every character that could steer a terminal written as an escape. In JSON such a
/// character can stand inside of texts alone.
fn escaped(json: &str) -> String {
    let escape = |char: char| {
        let mut units = [0; 2];
        char.encode_utf16(&mut units).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>()
    };
    let mut escaped = String::with_capacity(json.len() + 1);
    for harmless in json.split_inclusive(text::is_hostile) {
        match harmless.char_indices().next_back().filter(|(_, last)| text::is_hostile(*last)) {
            Some((at, hostile)) => {
                escaped.push_str(harmless.get(..at).unwrap_or_default());
                escaped.push_str(&escape(hostile));
            }
            None => escaped.push_str(harmless),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_holds_nothing_that_steers_a_terminal_and_means_the_same() {
        let account = "a\u{9b}31m\u{202e}b\u{e0001}";
        let json = json(&account).expect("JSON");
        assert!(json.trim_end().chars().all(|char| char.is_ascii_graphic()), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).expect("JSON"), account);
    }
}
