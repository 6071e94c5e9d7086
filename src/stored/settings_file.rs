//! Settings file, changed where it stands: comments, order and all other bytes stay.

use serde_yaml::Value;

use crate::domain::setting::Setting;
use crate::domain::settings::Settings;
use crate::stored::amendment::YamlAmendment;
use crate::stored::yaml_editor::YamlEditor;
use crate::stored::yaml_path::PathStep;
use crate::stored::yaml_reader;

/// The text with other values of some settings, each as it is written.
///
/// # Errors
/// A sentence that says why it cannot be changed. A text that is not understood is not.
pub fn with(text: &str, changes: &[(Setting, String)]) -> Result<String, String> {
    Settings::read(text)?;
    let is_empty = text.trim().is_empty();
    let tree = if is_empty { Ok(Value::Null) } else { yaml_reader::parse(text) };
    let tree = tree.map_err(|error| error.to_string())?;
    if tree.is_null() {
        let lines: String =
            changes.iter().map(|(setting, value)| format!("{}: {value}\n", setting.field())).collect();
        let end = if text.is_empty() || text.ends_with('\n') { "" } else { "\n" };
        return Ok(format!("{text}{end}{lines}"));
    }
    let mut editor = YamlEditor::begin(text, tree)?;
    let amendments = changes
        .iter()
        .map(|(setting, value)| YamlAmendment::Set(vec![PathStep::key(setting.field())], scalar(value)));
    editor.make(amendments.collect())?;
    let (text, _) = editor.finish()?;
    Settings::read(&text).map(|_| text)
}

fn scalar(value: &str) -> Value {
    if let Ok(switch) = value.parse::<bool>() {
        return Value::Bool(switch);
    }
    value
        .parse::<u64>()
        .map_or_else(|_| Value::String(value.to_owned()), |number| Value::Number(number.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_order_and_other_settings_stay() {
        let text = "# mine\nmouse: false # no clicks\ntheme: dark\n\n# end\n";
        let changes = [(Setting::Theme, "light".to_owned()), (Setting::ClearClipboard, "30".to_owned())];
        let changed = with(text, &changes).expect("it is plain");
        assert!(changed.starts_with("# mine\nmouse: false # no clicks\ntheme: \"light\"\n"), "{changed}");
        assert!(changed.contains("# end"), "{changed}");
        let wanted = Settings::read("mouse: false\ntheme: light\nclear_clipboard: 30\n");
        assert_eq!(Settings::read(&changed), wanted);
    }

    #[test]
    fn a_file_without_settings_gets_its_first() {
        let changes = [(Setting::Privacy, "true".to_owned())];
        for (text, wanted) in [
            ("", "privacy: true\n"),
            ("# none yet", "# none yet\nprivacy: true\n"),
            ("# none yet\n", "# none yet\nprivacy: true\n"),
        ] {
            assert_eq!(with(text, &changes).as_deref(), Ok(wanted));
        }
    }

    #[test]
    fn a_file_that_is_not_understood_is_not_changed() {
        for text in ["theme: purple\n", "theme: [\n", "- a\n", "colour: red\n"] {
            assert!(with(text, &[(Setting::Ascii, "true".to_owned())]).is_err(), "{text}");
        }
    }
}
