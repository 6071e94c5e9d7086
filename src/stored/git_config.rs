//! Configuration of a git repository: where its `origin` lies.

/// The address of `origin` in the text of a repository's `config`.
#[must_use]
pub fn origin(text: &str) -> Option<String> {
    let mut is_origin = false;
    for line in text.trim_start_matches('\u{feff}').lines().map(str::trim) {
        // An entry may stand behind the head of its section.
        let entry = match line.strip_prefix('[') {
            Some(head) => {
                let (head, entry) = head.split_once(']').unwrap_or_default();
                is_origin = is_section_of_origin(head);
                entry
            }
            None => line,
        };
        if is_origin
            && let Some((key, value)) = entry.split_once('=')
            && key.trim().eq_ignore_ascii_case("url")
        {
            return value_of(value.trim());
        }
    }
    None
}

fn is_section_of_origin(head: &str) -> bool {
    let Some((section, name)) = head.trim().split_once(char::is_whitespace) else { return false };
    section.eq_ignore_ascii_case("remote") && name.trim() == "\"origin\""
}

/// A value without its quotes and without a remark behind it.
fn value_of(written: &str) -> Option<String> {
    let value = match written.strip_prefix('"') {
        Some(quoted) => quoted.split('"').next()?,
        None => written.split([' ', '\t', ';', '#']).next()?,
    };
    (!value.is_empty()).then(|| value.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_address_of_origin_is_taken() {
        let text = "[core]\n\turl = no\n[remote \"up\"]\n\turl = git@a.test:up/app\n[remote \"origin\"]\n\
                    \tfetch = +refs/*\n\tURL = git@a.test:acme/app.git # mine\n[branch \"main\"]\n\tremote = origin\n";
        assert_eq!(origin(text).as_deref(), Some("git@a.test:acme/app.git"));
        assert_eq!(
            origin("[remote \"origin\"]\nurl=\"https://a.test/b\"\n").as_deref(),
            Some("https://a.test/b")
        );
        assert_eq!(
            origin("\u{feff}[remote \"origin\"] url = https://a.test/b ; mine\n").as_deref(),
            Some("https://a.test/b")
        );
        for text in
            ["", "[remote \"origin\"]\n", "[remote \"origin\"]\nurl =\n", "[remote]\nurl = x\n", "url = x"]
        {
            assert_eq!(origin(text), None, "{text}");
        }
    }
}
