//! Settings of the person, read from `settings.yaml`.

use std::path::{Path, PathBuf};

use tokio::task::spawn_blocking;

use crate::domain::setting::Setting;
use crate::domain::settings::{Settings, ThemeChoice};
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::inbox::{Inbox, say};
use crate::shell::paths::Paths;
use crate::shell::rules;
use crate::shell::store_files::file::{self, Replaced, shown};
use crate::stored::settings_file;
use crate::tui::message::Msg;
use crate::tui::theme::own::OwnTheme;

/// The longest file that is read, in bytes.
const SIZE_LIMIT: usize = 64 * 1024;
/// How often a save begins anew because somebody else has just written the file.
const TRIES: usize = 3;

/// Tells `inbox` the settings, the theme file that they name, and the rules.
pub async fn tell(paths: &Paths, inbox: &Inbox) {
    let (path, rules) = (paths.settings.clone(), paths.rules.clone());
    let reading = spawn_blocking(move || (read_with_theme(&path), rules::read(&rules))).await;
    let unread = |_| {
        let why = || "a file could not be read".to_owned();
        ((Err(why()), None), Err(why()))
    };
    let ((settings, theme), rules) = reading.unwrap_or_else(unread);
    say(inbox, Msg::Settled(settings));
    say(inbox, Msg::Ruled(rules));
    if let Some(theme) = theme {
        say(inbox, Msg::Themed(theme));
    }
}

/// Writes other values of some settings into the file at `path`; all else in it stays.
///
/// # Errors
/// A [`Trouble`]; the file is as it was.
pub async fn save(path: PathBuf, changes: Vec<(Setting, String)>) -> Result<(), Trouble> {
    let what = format!("cannot save {}", shown(&path));
    let saved = spawn_blocking(move || write(&path, &changes)).await;
    saved.unwrap_or_else(|_| {
        Err(Trouble::untouched(what, "this is a fault of authtui".to_owned(), FailureKind::Temporary(None)))
    })
}

fn write(path: &Path, changes: &[(Setting, String)]) -> Result<(), Trouble> {
    let target = file::target(path)?;
    file::make_folder(&target)?;
    let failed = |why: String| {
        Trouble::untouched(
            format!("cannot save {}", shown(path)),
            why,
            FailureKind::NeedsFix("correct it in an editor".to_owned()),
        )
    };
    for _ in 0..TRIES {
        let before = file::read(&target, SIZE_LIMIT)?;
        let text = before.as_deref().map_or(Ok(""), |bytes| std::str::from_utf8(bytes));
        let text = text.map_err(|_| failed("it is not UTF-8 text".to_owned()))?;
        let after = settings_file::with(text, changes).map_err(failed)?;
        let before = before.as_deref().map(Vec::as_slice);
        if file::replace(&target, before, after.as_bytes(), None)? != Replaced::Overtaken {
            return Ok(());
        }
    }
    Err(failed("another program keeps writing it".to_owned()))
}

/// The settings at `path`, and the theme file that they name.
pub fn read_with_theme(path: &Path) -> (Result<Settings, String>, Option<Result<OwnTheme, String>>) {
    let settings = read(path);
    let theme = match settings.as_ref().map(|settings| &settings.theme) {
        Ok(ThemeChoice::File(file)) => Some(read_theme(&theme_path(path, file))),
        Ok(_) | Err(_) => None,
    };
    (settings, theme)
}

/// The settings at `path`; an absent file is the usual ones.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub fn read(path: &Path) -> Result<Settings, String> {
    let wrong = |why: String| not_used(path, &why);
    let Some(text) = file::read_text(path, SIZE_LIMIT).map_err(wrong)? else {
        return Ok(Settings::default());
    };
    Settings::read(&text).map_err(wrong)
}

/// The theme file that the settings at `path` name, where they can be read.
pub fn theme_file(path: &Path) -> Option<PathBuf> {
    let ThemeChoice::File(file) = read(path).ok()?.theme else { return None };
    Some(theme_path(path, &file))
}

fn read_theme(path: &Path) -> Result<OwnTheme, String> {
    let text = file::read_text(path, SIZE_LIMIT);
    let text = text.and_then(|text| text.ok_or_else(|| "there is no such file".to_owned()));
    text.and_then(|text| OwnTheme::read(&text)).map_err(|why| not_used(path, &why))
}

/// Where `file` lies: `~` is the home folder, and what is relative begins where the settings are.
fn theme_path(settings: &Path, file: &str) -> PathBuf {
    match file.strip_prefix("~/").zip(etcetera::home_dir().ok()) {
        Some((rest, home)) => home.join(rest),
        None => settings.parent().unwrap_or(settings).join(file),
    }
}

fn not_used(path: &Path, why: &str) -> String {
    format!("{} is not used: {why}", shown(path))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn a_theme_file_is_found_from_the_settings_and_its_fault_named_with_its_line() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let settings = at("settings.yaml");
        assert_eq!(read_with_theme(&settings), (Ok(Settings::default()), None));
        fs::write(&settings, "theme: mine.yaml\n").expect("a file");
        assert_eq!(theme_file(&settings), Some(at("mine.yaml")));
        let read = || read_with_theme(&settings).1.expect("one is named");
        assert!(read().expect_err("none").ends_with("mine.yaml is not used: there is no such file"));
        fs::write(at("mine.yaml"), "good: { fg: red }\nbad: { fg: rouge }\n").expect("a file");
        assert!(read().expect_err("a fault").contains("line 2"));
        fs::write(at("mine.yaml"), "good: { fg: red }\n").expect("a file");
        assert_eq!(read(), OwnTheme::read("good: { fg: red }"));
        let absolute = at("mine.yaml").display().to_string();
        fs::write(&settings, format!("theme: {absolute:?}\n")).expect("a file");
        assert!(read().is_ok());
    }
}
