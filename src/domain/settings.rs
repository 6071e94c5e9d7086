//! Settings of the person for the whole program.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::de::{Error, SeqAccess, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use url::Url;

use crate::domain::duration;
use crate::domain::text;

/// The settings. A field that is left out has its usual value.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of settings")]
pub struct Settings {
    pub theme: ThemeChoice,
    /// Whether only letters of seven bits are drawn, whatever the terminal can show.
    pub ascii: bool,
    /// Whether the screen refreshes tokens before they expire.
    pub automatic_refresh: bool,
    /// How long before its end a token is refreshed; absent: the usual time.
    #[serde(deserialize_with = "lead")]
    pub refresh_lead: Option<Duration>,
    /// Whether clicks and the wheel are taken.
    pub mouse: bool,
    /// Whether countdowns show minutes alone, and so move once a minute.
    pub slow_countdowns: bool,
    /// Whether accounts are masked, for a screen that others see.
    pub privacy: bool,
    /// Whether nothing is refreshed, written or logged in to from the screen.
    pub read_only: bool,
    /// Whether the logins that other programs keep are shown.
    pub borrowed: bool,
    /// After how long what was copied is taken from the clipboard again; absent: never.
    #[serde(deserialize_with = "seconds_or_off")]
    pub clear_clipboard: Option<Duration>,
    /// Where a document describes authtui to servers that take its address for a client id.
    #[serde(deserialize_with = "document")]
    pub client_metadata_url: Option<Url>,
    /// The keys of actions, by the action's name.
    #[serde(deserialize_with = "keys")]
    pub keys: BTreeMap<String, Vec<String>>,
}

/// Which colours are used.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum ThemeChoice {
    /// By the terminal's background.
    #[default]
    Auto,
    Dark,
    Light,
    Mono,
    HighContrast,
    /// A file of the person's own, as they wrote its path.
    File(String),
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            theme: ThemeChoice::Auto,
            ascii: false,
            automatic_refresh: true,
            refresh_lead: None,
            mouse: true,
            slow_countdowns: false,
            privacy: false,
            read_only: false,
            borrowed: true,
            clear_clipboard: None,
            client_metadata_url: None,
            keys: BTreeMap::new(),
        }
    }
}

impl Settings {
    /// Reads the text of `settings.yaml`; one without any setting is fine.
    ///
    /// # Errors
    /// What is wrong, with its line where it is known.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Option<Self> =
            serde_yaml::from_str(text).map_err(|error| text::without_value(&error.to_string()))?;
        Ok(read.unwrap_or_default())
    }
}

impl ThemeChoice {
    /// As `settings.yaml` says it.
    #[must_use]
    pub fn word(&self) -> &str {
        match self {
            Self::Auto => "auto",
            Self::Dark => "dark",
            Self::Light => "light",
            Self::Mono => "mono",
            Self::HighContrast => "high_contrast",
            Self::File(path) => path,
        }
    }
}

impl<'de> Deserialize<'de> for ThemeChoice {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(WordVisitor(
            "auto, dark, light, mono, high_contrast, or the path of a file",
            theme,
        ))
    }
}

fn theme(word: &str) -> Option<ThemeChoice> {
    use ThemeChoice::{Auto, Dark, File, HighContrast, Light, Mono};
    let named = [Auto, Dark, Light, Mono, HighContrast].into_iter().find(|choice| choice.word() == word);
    let is_path = word.contains(['/', '\\']) || word.ends_with(".yaml") || word.ends_with(".yml");
    named.or_else(|| is_path.then(|| File(word.to_owned())))
}

fn document<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Url>, D::Error> {
    let read = |word: &str| {
        let url = Url::parse(word).ok()?;
        let fits = url.scheme() == "https" && url.path() != "/" && url.fragment().is_none();
        fits.then_some(Some(url))
    };
    from.deserialize_any(WordVisitor("an https address with a path", read))
}

fn lead<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let read = |word: &str| if word == "auto" { Some(None) } else { lead_time(word).map(Some) };
    from.deserialize_any(WordVisitor("a time such as 90s, 5m or 1h, or auto", read))
}

/// From one second to one day.
fn lead_time(word: &str) -> Option<Duration> {
    duration::parse(word).filter(|lead| (1..=86_400).contains(&lead.as_secs()))
}

fn seconds_or_off<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Duration>, D::Error> {
    let read = |word: &str| match word {
        "off" | "false" => Some(None),
        _ => word
            .parse()
            .ok()
            .filter(|seconds| (1..=3600).contains(seconds))
            .map(Duration::from_secs)
            .map(Some),
    };
    from.deserialize_any(WordVisitor("a number of seconds from 1 to 3600, or off", read))
}

/// A word or a number: what may stand there, and what each means.
struct WordVisitor<Read>(&'static str, Read);

impl<T, Read: Fn(&str) -> Option<T>> Visitor<'_> for WordVisitor<Read> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }

    fn visit_str<E: Error>(self, word: &str) -> Result<T, E> {
        (self.1)(word).ok_or_else(|| E::invalid_value(Unexpected::Str(word), &self.0))
    }

    fn visit_u64<E: Error>(self, number: u64) -> Result<T, E> {
        (self.1)(&number.to_string()).ok_or_else(|| E::invalid_value(Unexpected::Unsigned(number), &self.0))
    }

    fn visit_bool<E: Error>(self, switch: bool) -> Result<T, E> {
        (self.1)(&switch.to_string()).ok_or_else(|| E::invalid_value(Unexpected::Bool(switch), &self.0))
    }
}

fn keys<'de, D: Deserializer<'de>>(from: D) -> Result<BTreeMap<String, Vec<String>>, D::Error> {
    let keys: Option<BTreeMap<String, Keys>> = Option::deserialize(from)?;
    Ok(keys.unwrap_or_default().into_iter().map(|(action, Keys(keys))| (action, keys)).collect())
}

/// The keys of one action: one, or several.
struct Keys(Vec<String>);

impl<'de> Deserialize<'de> for Keys {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_any(KeysOfAction)
    }
}

struct KeysOfAction;

impl<'de> Visitor<'de> for KeysOfAction {
    type Value = Keys;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key, or a list of keys")
    }

    fn visit_str<E: Error>(self, key: &str) -> Result<Keys, E> {
        Ok(Keys(vec![key.to_owned()]))
    }

    fn visit_u64<E: Error>(self, digit: u64) -> Result<Keys, E> {
        Ok(Keys(vec![digit.to_string()]))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut list: A) -> Result<Keys, A::Error> {
        let mut keys = Vec::new();
        while let Some(Keys(mut key)) = list.next_element()? {
            keys.append(&mut key);
        }
        Ok(Keys(keys))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_left_out_is_as_usual_and_what_is_not_known_is_refused() {
        for (text, automatic) in
            [("", true), ("# none\n", true), ("automatic_refresh: false\n", false), ("{}", true)]
        {
            let usual = Settings { automatic_refresh: automatic, ..Settings::default() };
            assert_eq!(Settings::read(text), Ok(usual), "{text}");
        }
        for (text, words) in [
            ("automatic: false\n", "unknown field"),
            ("automatic_refresh: 7\n", "automatic_refresh"),
            ("- a\n", "settings"),
            ("automatic_refresh: [\n", "line"),
            ("ascii: true\ntheme: purple\n", "theme: invalid value"),
            ("ascii: true\nrefresh_lead: 5\n", "a time such as 90s"),
            ("refresh_lead: 0s\n", "a time such as 90s"),
            ("refresh_lead: 25h\n", "a time such as 90s"),
            ("clear_clipboard: 0\n", "a number of seconds"),
            ("clear_clipboard: on\n", "a number of seconds"),
            ("client_metadata_url: https://a.test\n", "an https address with a path"),
            ("client_metadata_url: http://a.test/c\n", "an https address with a path"),
            ("keys: j\n", "expected a map"),
            ("keys: {quit: {}}\n", "a key, or a list"),
        ] {
            let why = Settings::read(text).expect_err(text);
            assert!(why.contains(words), "{text}: {why}");
            let line = text.lines().count();
            assert!(
                text == "- a\n" || text.starts_with("automatic:") || why.contains(&format!("line {line}")),
                "{text}: {why}"
            );
        }
    }

    #[test]
    fn every_setting_can_be_written() {
        let text = "theme: ~/themes/mine.yaml\nascii: true\nautomatic_refresh: false\nrefresh_lead: 90s\n\
                    mouse: false\nslow_countdowns: true\nprivacy: true\nread_only: true\nborrowed: false\nclear_clipboard: 45\n\
                    client_metadata_url: https://authtui.test/client.json\nkeys: {refresh: F5, quit: [q, Ctrl-Q]}\n";
        let settings = Settings {
            client_metadata_url: Some(Url::parse("https://authtui.test/client.json").expect("an address")),
            theme: ThemeChoice::File("~/themes/mine.yaml".to_owned()),
            ascii: true,
            automatic_refresh: false,
            refresh_lead: Some(Duration::from_secs(90)),
            mouse: false,
            slow_countdowns: true,
            privacy: true,
            borrowed: false,
            read_only: true,
            clear_clipboard: Some(Duration::from_secs(45)),
            keys: [("refresh", vec!["F5"]), ("quit", vec!["q", "Ctrl-Q"])]
                .map(|(action, keys)| (action.to_owned(), keys.into_iter().map(str::to_owned).collect()))
                .into(),
        };
        assert_eq!(Settings::read(text), Ok(settings));
        for (text, theme) in [("auto", ThemeChoice::Auto), ("high_contrast", ThemeChoice::HighContrast)] {
            assert_eq!(Settings::read(&format!("theme: {text}")).expect(text).theme, theme);
        }
        let off = "clear_clipboard: off\nrefresh_lead: auto\nkeys:\n";
        assert_eq!(Settings::read(off), Ok(Settings::default()));
    }
}
