//! Path pattern: where a file of another program lies, by variables and the home folder.
//!
//! `${NAME:-other}` is the variable NAME, or `other` where it is not set; `~/` at the beginning is the home
//! folder; `*` in a part is any text.

/// The path that `pattern` means; nothing where a variable without another is not set, or where it is not
/// absolute.
#[must_use]
pub fn expand(pattern: &str, home: &str, variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let path = substituted(pattern, variable)?;
    let path = path.strip_prefix("~/").map_or_else(|| path.clone(), |rest| format!("{home}/{rest}"));
    std::path::Path::new(&path).is_absolute().then_some(path)
}

fn substituted(pattern: &str, variable: &dyn Fn(&str) -> Option<String>) -> Option<String> {
    let Some((before, rest)) = pattern.split_once("${") else { return Some(pattern.to_owned()) };
    let (inside, behind) = braced(rest)?;
    let (name, other) = inside.split_once(":-").map_or((inside, None), |(name, other)| (name, Some(other)));
    let value = match variable(name).filter(|value| !value.is_empty()) {
        Some(value) => value,
        None => substituted(other?, variable)?,
    };
    Some(format!("{before}{value}{}", substituted(behind, variable)?))
}

/// What stands before the brace that closes, and what stands behind it.
fn braced(text: &str) -> Option<(&str, &str)> {
    let mut depth = 1;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return Some((text.get(..at)?, text.get(at + 1..)?));
        }
    }
    None
}

/// What stands for the `*` of `part` in `name`, where the two fit.
#[must_use]
pub fn star<'a>(part: &str, name: &'a str) -> Option<&'a str> {
    let (before, behind) = part.split_once('*')?;
    name.strip_prefix(before)?.strip_suffix(behind).filter(|star| !star.is_empty())
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_variable_comes_before_what_stands_behind_it_and_a_home_is_the_home_folder() {
        let pattern = "${GH_CONFIG_DIR:-${XDG_CONFIG_HOME:-~/.config}/gh}/hosts.yml";
        for (set, path) in [
            (&[][..], Some("/home/ana/.config/gh/hosts.yml")),
            (&[("XDG_CONFIG_HOME", "/x")], Some("/x/gh/hosts.yml")),
            (&[("XDG_CONFIG_HOME", "/x"), ("GH_CONFIG_DIR", "/g")], Some("/g/hosts.yml")),
            (&[("GH_CONFIG_DIR", "")], Some("/home/ana/.config/gh/hosts.yml")),
            (&[("GH_CONFIG_DIR", "relative")], None),
        ] {
            let variable = |name: &str| {
                set.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned())
            };
            assert_eq!(expand(pattern, "/home/ana", &variable).as_deref(), path, "{set:?}");
        }
        assert_eq!(expand("${AppData}/x", "/home/ana", &|_| None), None);
    }

    #[test]
    fn a_star_stands_for_any_text_between_two() {
        assert_eq!(star("*_tokens.json", "ab12_tokens.json"), Some("ab12"));
        assert_eq!(star("*.json", ".json"), None);
        assert_eq!(star("*.json", "ab12_tokens.tmp"), None);
    }
}
