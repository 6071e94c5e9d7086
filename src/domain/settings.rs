//! Settings of the person for the whole program.

use serde::Deserialize;

/// The settings. A field that is left out has its usual value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(default, deny_unknown_fields, expecting = "a map of settings")]
pub struct Settings {
    /// Whether the screen refreshes tokens before they expire.
    pub automatic_refresh: bool,
}

impl Default for Settings {
    fn default() -> Self {
        Self { automatic_refresh: true }
    }
}

impl Settings {
    /// Reads the text of `settings.yaml`; one without any setting is fine.
    ///
    /// # Errors
    /// What is wrong, with its line where it is known.
    pub fn read(text: &str) -> Result<Self, String> {
        let read: Option<Self> = serde_yaml::from_str(text).map_err(|error| error.to_string())?;
        Ok(read.unwrap_or_default())
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
            assert_eq!(Settings::read(text).expect(text).automatic_refresh, automatic, "{text}");
        }
        for text in ["automatic: false\n", "automatic_refresh: 7\n", "- a\n", "automatic_refresh: [\n"] {
            let why = Settings::read(text).expect_err(text);
            assert!(
                ["line", "settings", "unknown field"].iter().any(|word| why.contains(word)),
                "{text}: {why}"
            );
        }
    }
}
