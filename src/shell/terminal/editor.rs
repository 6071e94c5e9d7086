//! Editor of the person: found, and told which line of which file to open.

use std::env;
use std::path::Path;
use std::process::Command;

use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::shown;

/// What names an editor, the first that is set.
const VARIABLES: [&str; 2] = ["VISUAL", "EDITOR"];
/// Editors that take the line as `+LINE` before the file.
const PLUS: [&str; 14] = [
    "vi",
    "vim",
    "nvim",
    "view",
    "nano",
    "pico",
    "emacs",
    "emacsclient",
    "micro",
    "ne",
    "joe",
    "kak",
    "mg",
    "jed",
];
/// Editors that take it as `FILE:LINE`.
const COLON: [&str; 2] = ["hx", "helix"];
/// The same of editors with a window of their own, which only then end with the file.
const COLON_AND_WAIT: [&str; 2] = ["subl", "zed"];
/// Editors that take it as `-g FILE:LINE`, and end with the file only when they are told to.
const GOTO: [&str; 4] = ["code", "code-insiders", "codium", "cursor"];

/// The command that opens `path`, at `line` where there is one.
///
/// # Errors
/// A [`Trouble`] when no editor is named, or its name cannot be read.
pub fn command(path: &Path, line: Option<u32>) -> Result<Command, Trouble> {
    let place = match line {
        Some(line) => format!("open {} at line {line} yourself", shown(path)),
        None => format!("open {} yourself", shown(path)),
    };
    let failed =
        |why: &str| Trouble::untouched("cannot open an editor", why, FailureKind::NeedsFix(place.clone()));
    let named = |name| env::var(name).ok().filter(|value: &String| !value.trim().is_empty());
    let Some(editor) = VARIABLES.into_iter().find_map(named) else {
        return Err(failed("neither $VISUAL nor $EDITOR is set"));
    };
    let mut words = if Path::new(&editor).is_file() {
        vec![editor]
    } else {
        shlex::split(&editor).ok_or_else(|| failed("$EDITOR has a quote that is not closed"))?
    };
    words.extend(arguments(&words, path, line));
    let mut words = words.into_iter();
    let program = words.next().ok_or_else(|| failed("$EDITOR names no program"))?;
    let mut command = Command::new(program);
    command.args(words);
    Ok(command)
}

/// Runs an editor on our terminal until the person leaves it; how it ends is its own business.
///
/// # Errors
/// A [`Trouble`] when it cannot be started.
pub fn run(command: &mut Command) -> Result<(), Trouble> {
    let program = command.get_program().to_string_lossy().into_owned();
    command.status().map(|_| ()).map_err(|error| {
        let next = FailureKind::NeedsFix("set $EDITOR to an editor that is installed".to_owned());
        Trouble::untouched("cannot open an editor", format!("{program} cannot be started: {error}"), next)
    })
}

/// What is said where the system has no room for an editor.
#[must_use]
pub fn not_started(error: &std::io::Error) -> Trouble {
    Trouble::untouched("cannot open an editor", error.to_string(), FailureKind::Temporary(None))
}

/// What follows the words of an editor, so that it opens `path` at `line`.
fn arguments(words: &[String], path: &Path, line: Option<u32>) -> Vec<String> {
    let program = words.first().map(Path::new).and_then(Path::file_stem);
    let program = program.map_or_else(String::new, |name| name.to_string_lossy().into_owned());
    let is_any = |names: &[&str]| names.contains(&program.as_str());
    let waits = words.iter().any(|word| word == "-w" || word == "--wait");
    let wait = (!waits && (is_any(&GOTO) || is_any(&COLON_AND_WAIT))).then(|| "--wait".to_owned());
    let path = path.to_string_lossy().into_owned();
    let file = match line {
        Some(line) if is_any(&PLUS) => vec![format!("+{line}"), path],
        Some(line) if is_any(&COLON) || is_any(&COLON_AND_WAIT) => vec![format!("{path}:{line}")],
        Some(line) if is_any(&GOTO) => vec!["-g".to_owned(), format!("{path}:{line}")],
        Some(_) | None => vec![path],
    };
    wait.into_iter().chain(file).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_editor_is_told_the_line_as_it_understands_it() {
        for (editor, asked) in [
            ("vim", "vim +7 /c.yaml"),
            ("/usr/bin/nvim -p", "/usr/bin/nvim -p +7 /c.yaml"),
            ("emacsclient -t", "emacsclient -t +7 /c.yaml"),
            ("hx", "hx /c.yaml:7"),
            ("code", "code --wait -g /c.yaml:7"),
            ("code -w", "code -w -g /c.yaml:7"),
            ("subl -w", "subl -w /c.yaml:7"),
            ("ed", "ed /c.yaml"),
        ] {
            let words = shlex::split(editor).expect("words");
            let all = [words.clone(), arguments(&words, Path::new("/c.yaml"), Some(7))].concat();
            assert_eq!(all.join(" "), asked);
        }
        assert_eq!(arguments(&["vi".to_owned()], Path::new("/c.yaml"), None), ["/c.yaml"]);
    }
}
