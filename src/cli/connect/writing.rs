//! Writing of a snippet: what changes is shown, a person agrees, and then it is done.

use color_eyre::eyre::Result;

use crate::cli::exit::Exit;
use crate::cli::output::say;
use crate::cli::runtime::block_on;
use crate::shell::program_file::{self, ProgramFile};
use crate::shell::store_files::file::Replaced;
use crate::shell::terminal::console::{self, Prompter};
use crate::stored::connect_guide::Snippet;
use crate::stored::json_editor;

/// Writes the snippets, or runs their commands.
pub(super) fn write(title: &str, snippets: &[Snippet], yes: bool) -> Result<Exit> {
    let commands: Vec<&Vec<String>> = snippets.iter().flat_map(|snippet| &snippet.commands).collect();
    if !commands.is_empty() {
        snippets.iter().for_each(|snippet| console::say(snippet.shown().trim_end()));
        agree("Run these commands?", yes)?;
        return run(&commands);
    }
    let Some((snippet, json)) = snippets.iter().find_map(|snippet| Some((snippet, snippet.json.as_ref()?)))
    else {
        say(&format!(
            "authtui does not write this file of {title}; leave out --write and paste what is printed."
        ));
        return Ok(Exit::Usage);
    };
    let file = match ProgramFile::read(&snippet.files) {
        Ok(file) => file,
        Err(trouble) => {
            say(&trouble.to_string());
            return Ok(Exit::Failure);
        }
    };
    let before = file.text();
    let after =
        before.map_err(str::to_owned).and_then(|text| json_editor::with_member(text, &snippet.at, json));
    let (before, after) = match (before, after) {
        (Ok(before), Ok(after)) => (before.unwrap_or_default(), after),
        (_, Err(why)) | (Err(_), Ok(why)) => {
            say(&format!(
                "{} was not changed: {why}. Correct it, or leave out --write and paste what is printed.",
                file.path()
            ));
            return Ok(Exit::Failure);
        }
    };
    if before == after {
        say(&format!("{} has this already.", file.path()));
        return Ok(Exit::Done);
    }
    console::say(&format!("{}:\n{}", file.path(), difference(before, &after, &json.to_string())));
    agree("Write this?", yes)?;
    Ok(match file.replace(&after) {
        Ok(Replaced::Done(_)) => {
            say(&format!("{} was written.", file.path()));
            if let Some(start) = &snippet.start {
                say(&format!("then run: {start}"));
            }
            Exit::Done
        }
        Ok(Replaced::Overtaken) => {
            say(&format!("another program has just changed {}. Run the same command again.", file.path()));
            Exit::Temporary
        }
        Err(trouble) => {
            say(&trouble.to_string());
            Exit::Failure
        }
    })
}

fn run(commands: &[&Vec<String>]) -> Result<Exit> {
    for command in commands {
        let program = command.first().map(String::as_str).unwrap_or_default();
        match program_file::run(command) {
            Ok(true) => {}
            Ok(false) => {
                say(&format!("{program} reported a failure; nothing after this command was run."));
                return Ok(Exit::Failure);
            }
            Err(error) => {
                say(&format!("cannot run {program}: {error}."));
                return Ok(Exit::Failure);
            }
        }
    }
    Ok(Exit::Done)
}

/// Asks whether to go on.
fn agree(question: &str, yes: bool) -> Result<()> {
    if yes {
        return Ok(());
    }
    if !console::can_ask() {
        say("there is no terminal to ask on; add --yes.");
        return Err(Exit::Usage.into());
    }
    if block_on(async { Prompter::new().agrees(question).await })? {
        return Ok(());
    }
    say("nothing was changed.");
    Err(Exit::Failure.into())
}

/// The lines that go and those that come, between what stays at both ends. `ours` is the JSON that authtui writes.
fn difference(before: &str, after: &str, ours: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (before.lines().collect(), after.lines().collect());
    let head = old.iter().zip(&new).take_while(|(old, new)| old == new).count();
    let behind = |lines: &[&str]| lines.len().saturating_sub(head);
    let most = behind(&old).min(behind(&new));
    let tail = old.iter().rev().zip(new.iter().rev()).take(most).take_while(|(old, new)| old == new).count();
    let changed = |lines: &[&str], sign: char| -> Vec<String> {
        let inner = lines.iter().skip(head).take(behind(lines).saturating_sub(tail));
        inner.map(|line| format!("{sign} {}", harmless(line, ours))).collect()
    };
    [changed(&old, '-'), changed(&new, '+')].concat().join("\n")
}

/// A line of JSON with `…` for remarks and for texts that are not `ours`: each may be a secret of another program.
fn harmless(line: &str, ours: &str) -> String {
    let mut shown = String::new();
    let mut rest = line;
    while let Some((before, behind)) = rest.split_once('"') {
        if let Some(code) = before_remark(before) {
            return format!("{shown}{code}…");
        }
        let (text, after) = string_of(behind);
        let is_name = after.trim_start().starts_with(':');
        let is_shown = text.is_empty() || is_name || ours.contains(&format!("\"{text}\""));
        shown += &format!("{before}\"{}\"", if is_shown { text } else { "…" });
        rest = after;
    }
    before_remark(rest).map_or_else(|| format!("{shown}{rest}"), |code| format!("{shown}{code}…"))
}

/// What stands before a remark and the sign that begins it, where there is one.
fn before_remark(code: &str) -> Option<&str> {
    let begin = code.find("//").into_iter().chain(code.find("/*")).min()?;
    code.get(..begin + 2)
}

/// The text of a string up to the quote that ends it, and what stands behind.
fn string_of(text: &str) -> (&str, &str) {
    let mut is_escaped = false;
    let end = text.find(|char| {
        let ends = char == '"' && !is_escaped;
        is_escaped = char == '\\' && !is_escaped;
        ends
    });
    let parts = end.and_then(|end| Some((text.get(..end)?, text.get(end + 1..)?)));
    parts.unwrap_or((text, ""))
}

#[cfg(test)]
mod tests {
    use super::{difference, harmless};

    #[test]
    fn a_difference_is_the_lines_that_go_and_those_that_come() {
        for (before, after, shown) in [
            ("a\nb\nc\n", "a\nx\nc\n", "- b\n+ x"),
            ("a\nc\n", "a\nb\nc\n", "+ b"),
            ("", "a\nb\n", "+ a\n+ b"),
            ("a\na\n", "a\na\na\n", "+ a"),
            ("a\nb\n", "a\n", "- b"),
        ] {
            assert_eq!(difference(before, after, ""), shown);
        }
    }

    #[test]
    fn what_other_programs_keep_in_the_same_lines_is_not_shown() {
        let ours = r#"{"url":"https://a.test","n":"a\"b"}"#;
        for (line, shown) in [
            (r#"  "url": "https://a.test","#, r#"  "url": "https://a.test","#),
            (
                r#"{"n":"a\"b","k":"hush","l":["hush", 1, true]}"#,
                r#"{"n":"a\"b","k":"…","l":["…", 1, true]}"#,
            ),
            (r#"  "k": "hu\"sh\\", "z": """#, r#"  "k": "…", "z": """#),
            (r#"  "k": 1, // "hush""#, r#"  "k": 1, //…"#),
            (r#"  "k": /* hush */ 1"#, r#"  "k": /*…"#),
            (r#"  "hush"#, r#"  "…""#),
        ] {
            assert_eq!(harmless(line, ours), shown, "{line}");
        }
    }
}
