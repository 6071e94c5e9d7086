//! Help of the whole program: its commands in groups.

use clap::Command;

use crate::shell::terminal::console;
use crate::tui::text_layout::wrap;

/// The widest help, in columns.
pub(super) const WIDTH_LIMIT: u16 = 100;

/// The commands by what a person wants; each is in one group.
const GROUPS: [(&str, &[&str]); 4] = [
    ("Log in and out", &["login", "add", "take", "logout", "delete"]),
    (
        "Use tokens",
        &["token", "header", "exec", "git-credential", "kubectl-credential", "connect", "resolve", "refresh"],
    ),
    ("See how they stand", &["list", "status", "check", "events", "doctor"]),
    ("Set up", &["rename", "move", "note", "providers", "completions", "man", "demo", "help"]),
];

/// `command` with a help that shows its commands in groups.
pub(super) fn grouped(mut command: Command) -> Command {
    command.build();
    let columns = console::columns().map_or(WIDTH_LIMIT, |columns| columns.min(WIDTH_LIMIT));
    let groups: String = GROUPS.iter().map(|(title, names)| group(&command, title, names, columns)).collect();
    command.help_template(format!(
        "{{about-with-newline}}\n{{usage-heading}} {{usage}}\n\n{groups}Options:\n{{options}}{{after-help}}"
    ))
}

fn group(command: &Command, title: &str, names: &[&str], columns: u16) -> String {
    let widest = GROUPS.iter().flat_map(|(_, names)| *names).map(|name| name.len()).max().unwrap_or_default();
    let indent = " ".repeat(widest + 4);
    let rest = columns.saturating_sub(u16::try_from(indent.len()).unwrap_or(columns));
    let lines = names.iter().filter_map(|name| command.find_subcommand(name)).map(|one| {
        let about = one.get_about().map(ToString::to_string).unwrap_or_default() + &aliases(one);
        let about = wrap(&about, rest).join(&format!("\n{indent}"));
        format!("  {:<widest$}  {about}\n", one.get_name())
    });
    format!("{title}:\n{}\n", lines.collect::<String>())
}

/// The other names of a command, as clap shows them.
fn aliases(command: &Command) -> String {
    let names: Vec<&str> = command.get_visible_aliases().collect();
    match names.len() {
        0 => String::new(),
        1 => format!(" [alias: {}]", names.join(", ")),
        _ => format!(" [aliases: {}]", names.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;
    use crate::cli::CommandLine;

    #[test]
    fn every_command_is_in_one_group() {
        let mut command = CommandLine::command();
        command.build();
        let mut named: Vec<&str> = GROUPS.iter().flat_map(|(_, names)| *names).copied().collect();
        let shown = command.get_subcommands().filter(|one| !one.is_hide_set());
        let mut there: Vec<&str> = shown.map(Command::get_name).collect();
        named.sort_unstable();
        there.sort_unstable();
        assert_eq!(named, there);
    }
}
