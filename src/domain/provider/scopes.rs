//! Scopes of a provider: those its file names, and where the provider lists more.

use crate::domain::provider::reply::Pointers;
use crate::domain::provider::request_template::RequestTemplate;
use crate::domain::text;

/// The scope that a refresh token is asked for with (OpenID Connect Core §11).
pub const OFFLINE: &str = "offline_access";

/// What is asked for, how it is joined, and what else there is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scopes {
    /// Asked for unless the person says otherwise.
    pub default: Vec<String>,
    /// The name of the parameter in the authorization address.
    pub parameter: String,
    /// What stands between two scopes in a request.
    pub separator: String,
    /// What can be asked for besides, as the file says.
    pub offered: Vec<OfferedScope>,
    /// Where the provider lists what can be asked for.
    pub list: Option<ScopeList>,
}

/// One scope that can be asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferedScope {
    /// The scope as it is asked for.
    pub name: String,
    /// What it allows, in the provider's words, made safe to show.
    pub title: Option<String>,
}

/// Where a provider lists its scopes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ScopeList {
    /// The request; it carries no secret.
    pub call: RequestTemplate,
    /// The list in the answer: of texts, or of objects.
    pub at: Pointers,
    /// The scope in one object.
    pub name: Pointers,
    /// Its words in one object.
    pub title: Pointers,
}

/// Whether `text` can be one scope (RFC 6749 §3.3: visible ASCII but `"` and `\`).
pub(super) fn is_scope(text: &str) -> bool {
    let fine = |byte: u8| byte.is_ascii_graphic() && byte != b'"' && byte != b'\\';
    !text.is_empty() && text.bytes().all(fine)
}

/// The scopes in a text that a person typed: between spaces, and between the separators of a
/// request.
///
/// # Errors
/// The first of them that is no scope, in a sentence without a full stop.
pub fn typed(text: &str, separator: &str) -> Result<Vec<String>, String> {
    let separated = |char: char| char.is_whitespace() || separator.contains(char);
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split(separated).filter(|scope| !scope.is_empty()) {
        if !is_scope(scope) {
            let scope = text::clean(scope, 40);
            return Err(format!(
                "“{scope}” is no scope: one has visible ASCII characters, but no \" and no \\"
            ));
        }
        if !scopes.iter().any(|earlier| earlier == scope) {
            scopes.push(scope.to_owned());
        }
    }
    Ok(scopes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_people_type_is_split_at_spaces_and_separators() {
        let no_scope =
            |scope| format!("“{scope}” is no scope: one has visible ASCII characters, but no \" and no \\");
        for (text, separator, scopes) in [
            ("", " ", Ok(&[][..])),
            (" a  b a ", " ", Ok(&["a", "b"])),
            ("a,b", ",", Ok(&["a", "b"])),
            ("a, b", ",", Ok(&["a", "b"])),
            ("a,b", " ", Ok(&["a,b"])),
            ("https://id.test/x.read", " ", Ok(&["https://id.test/x.read"])),
            ("a b\"c", " ", Err("b\"c")),
            ("ü", " ", Err("ü")),
        ] {
            let scopes = scopes.map(|scopes| scopes.iter().map(|scope| (*scope).to_owned()).collect());
            assert_eq!(typed(text, separator), scopes.map_err(no_scope), "{text:?} {separator:?}");
        }
    }
}
