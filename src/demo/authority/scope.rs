//! What can be asked for, and how the consent page puts it.

/// A scope and what it allows, as the consent page says it.
pub type Scope = (&'static str, &'static str);

/// The scopes of the standard paths.
pub const STANDARD: &[Scope] = &[
    ("profile", "See your name and e-mail address"),
    ("inference", "Run models in your name"),
    ("files", "Read your files"),
];

/// The scopes of seed 001 and those that current clients ask for beside them.
pub const ANTHROPIC: &[Scope] = &[
    ("org:create_api_key", "Make API keys for your organization"),
    ("user:profile", "See your name and e-mail address"),
    ("user:inference", "Run models in your name"),
    ("user:sessions:claude_code", "See your coding sessions"),
    ("user:mcp_servers", "Use your MCP servers"),
    ("user:file_upload", "Upload files in your name"),
];

/// The scopes of Cal.com's OAuth 2.0.
pub const CAL: &[Scope] = &[
    ("PROFILE_READ", "See your profile"),
    ("BOOKING_READ", "See your bookings"),
    ("BOOKING_WRITE", "Make, move and cancel bookings"),
    ("EVENT_TYPE_READ", "See your event types"),
];

/// The scopes of seed 004.
pub const QONIC: &[Scope] = &[
    ("projects:read", "See your projects"),
    ("projects:write", "Change your projects"),
    ("models:read", "See your models"),
    ("models:write", "Change your models"),
    ("issues:read", "See issues"),
    ("libraries:read", "See your libraries"),
    ("libraries:write", "Change your libraries"),
];

/// The scopes of Qwen's device codes.
pub const QWEN: &[Scope] = &[
    ("openid", "Know who you are"),
    ("profile", "See your name"),
    ("email", "See your e-mail address"),
    ("model.completion", "Run models in your name"),
];

/// The scopes that let a token run models.
pub const INFERENCE: [&str; 3] = ["inference", "user:inference", "model.completion"];

/// The scopes in a `scope` parameter, each once, split at `separators` (RFC 6749 §3.3).
pub(super) fn split(text: &str, separators: &[char]) -> Vec<String> {
    let mut scopes: Vec<String> = Vec::new();
    for scope in text.split(separators).filter(|scope| !scope.is_empty()) {
        if !scopes.iter().any(|known| known == scope) {
            scopes.push(scope.to_owned());
        }
    }
    scopes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_counts_once() {
        assert_eq!(split(" a  b a ", &[' ']), ["a", "b"]);
        assert_eq!(split("a,b c", &[' ', ',']), ["a", "b", "c"]);
        assert_eq!(split("a,b", &[' ']), ["a,b"]);
    }
}
