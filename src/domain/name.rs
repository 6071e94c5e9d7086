//! Names of profiles and stores.

use std::fmt;
use std::sync::Arc;

use crate::domain::text;

/// The longest part of a profile's name, in characters.
pub const PART_LIMIT: usize = 64;
/// The longest part of a profile's name whose every letter is written out, as in `<U+0430>`.
const WRITTEN_OUT: usize = PART_LIMIT * "<U+10FFFF>".len();

/// A profile's name: `provider/name`. Never a path: it is only shown, compared and stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileName {
    provider: Arc<str>,
    name: Arc<str>,
}

impl ProfileName {
    ///
    /// # Errors
    /// A [`NameError`] when a part breaks the rule of its kind.
    pub fn new(provider: &str, name: &str) -> Result<Self, NameError> {
        provider_part(provider)?;
        name_part(name)?;
        Ok(Self { provider: provider.into(), name: name.into() })
    }

    /// The profile called `name` of the same provider.
    ///
    /// # Errors
    /// A [`NameError`] when `name` breaks the rule for it.
    pub fn beside(&self, name: &str) -> Result<Self, NameError> {
        name_part(name)?;
        Ok(Self { provider: Arc::clone(&self.provider), name: name.into() })
    }

    /// Reads `provider/name`, or `provider` alone, which means `provider/default`.
    ///
    /// # Errors
    /// A [`NameError`] when a part breaks the rule of its kind.
    pub fn parse(text: &str) -> Result<Self, NameError> {
        let (provider, name) = text.split_once('/').unwrap_or((text, "default"));
        Self::new(provider, name)
    }

    /// The part before the slash.
    #[must_use]
    pub fn provider(&self) -> &str {
        &self.provider
    }

    /// The part after the slash.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// `provider/name` letter by letter, for files, other programs, and commands to be run.
    #[must_use]
    pub fn exact(&self) -> String {
        [&*self.provider, "/", &*self.name].concat()
    }

    /// Whether the name is kept for API keys (`key`, `key-1`, …), so that no login may take it.
    #[must_use]
    pub fn is_reserved(&self) -> bool {
        let digits = |rest: &str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit());
        &*self.name == "key" || self.name.strip_prefix("key-").is_some_and(digits)
    }
}

/// For people: told from names that look the same. Files and commands take [`ProfileName::exact`].
impl fmt::Display for ProfileName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.provider, text::distinct(&self.name, WRITTEN_OUT))
    }
}

/// Checks a provider's name: letters, digits, `-`, `_` and `.`. It is the name of a file too, also
/// where a dot at the end is dropped and some names mean devices.
///
/// # Errors
/// A [`NameError`] that says which rule is broken.
pub fn provider_part(text: &str) -> Result<(), NameError> {
    let fine = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_' | '.');
    length(text, Part::Provider)?;
    if text.starts_with('.') || !text.chars().all(fine) {
        return Err(NameError {
            part: Part::Provider,
            text: text::clean(text, PART_LIMIT),
            rule: "use only letters, digits, - _ and . (not first)",
        });
    }
    if text.ends_with('.') || is_device(text) {
        let rule = "use no dot at the end and no device name of Windows, such as con, nul or com1";
        return Err(NameError { part: Part::Provider, text: text::clean(text, PART_LIMIT), rule });
    }
    Ok(())
}

/// Whether a file of that name is a device on Windows, whatever ending it has.
fn is_device(name: &str) -> bool {
    let begun = name.split('.').next().unwrap_or(name).to_ascii_lowercase();
    let port = begun.strip_prefix("com").or_else(|| begun.strip_prefix("lpt"));
    let numbered = port.is_some_and(|rest| matches!(rest.as_bytes(), [b'1'..=b'9']));
    numbered || ["con", "nul", "aux", "prn"].contains(&begun.as_str())
}

fn name_part(text: &str) -> Result<(), NameError> {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'@');
    if (1..=PART_LIMIT).contains(&text.len()) && text.bytes().all(is_plain) {
        return Ok(());
    }
    length(text, Part::Name)?;
    if text.contains('/') || text.chars().any(text::is_hostile) || text.trim() != text {
        let rule = "use no slash, no control or invisible characters, and no space at either end";
        return Err(NameError { part: Part::Name, text: text::clean(text, PART_LIMIT), rule });
    }
    Ok(())
}

fn length(text: &str, part: Part) -> Result<(), NameError> {
    if text.is_empty() || text.chars().nth(PART_LIMIT).is_some() {
        return Err(NameError { part, text: text::clean(text, 20), rule: "use 1 to 64 characters" });
    }
    Ok(())
}

/// Which half of a profile's name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    Provider,
    Name,
}

/// Why a text is no profile name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NameError {
    /// Which half is wrong.
    pub part: Part,
    /// The half, made safe to show.
    pub text: String,
    /// The rule it breaks.
    pub rule: &'static str,
}

impl fmt::Display for NameError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let part = match self.part {
            Part::Provider => "provider",
            Part::Name => "name",
        };
        if self.text.is_empty() {
            return write!(f, "enter a name (up to {PART_LIMIT} characters)");
        }
        write!(f, "cannot use “{}” as a {part}: {}", self.text, self.rule)
    }
}

/// A place where profiles are kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StoreId {
    /// Our own `config.yaml`, or the file named by `--config`.
    Own,
    /// The `config.yaml` of mcp-code-api and ai-provider-kit.
    Shared,
    /// The folder `~/.claude/credentials`, one file a credential.
    Hashed,
    /// `keyring.yaml`, whose secrets lie in the keyring of the system or in an encrypted file.
    Keyring,
    /// The environment that the program was started with. It is only ever read.
    Environment,
    /// What other programs keep for themselves. It is only ever read.
    Borrowed,
}

impl StoreId {
    /// Every store, in the order in which they are looked through and shown.
    pub const ALL: [Self; 6] =
        [Self::Own, Self::Shared, Self::Hashed, Self::Keyring, Self::Environment, Self::Borrowed];

    /// Every store that we may write.
    pub fn written() -> impl Iterator<Item = Self> {
        Self::ALL.into_iter().filter(|store| store.may_be_written())
    }

    /// Whether we may write it, unless something is wrong with it.
    #[must_use]
    pub fn may_be_written(self) -> bool {
        match self {
            Self::Own | Self::Shared | Self::Hashed | Self::Keyring => true,
            Self::Environment | Self::Borrowed => false,
        }
    }

    /// The store that `text` begins with, `hashed:acme/work`, and the name behind it.
    #[must_use]
    pub fn split(text: &str) -> (Option<Self>, &str) {
        let found = text.split_once(':').and_then(|(before, name)| {
            let store = Self::ALL.into_iter().find(|store| store.word() == before)?;
            Some((Some(store), name))
        });
        found.unwrap_or((None, text))
    }

    /// The word for it in commands, names and JSON.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Own => "own",
            Self::Shared => "shared",
            Self::Hashed => "hashed",
            Self::Keyring => "keyring",
            Self::Environment => "environment",
            Self::Borrowed => "borrowed",
        }
    }

    /// What people know it as.
    #[must_use]
    pub fn title(self) -> &'static str {
        match self {
            Self::Own => "own file",
            Self::Shared => "shared file",
            Self::Hashed => "hashed folder",
            Self::Keyring => "keyring",
            Self::Environment => "environment",
            Self::Borrowed => "other programs",
        }
    }
}

impl fmt::Display for StoreId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A profile in its store: two stores may hold the same name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId {
    /// Where it is kept.
    pub store: StoreId,
    /// What it is called there.
    pub name: ProfileName,
}

impl ProfileId {
    /// What means this profile in a command, whatever other stores hold: our own store needs no word.
    #[must_use]
    pub fn exact(&self) -> String {
        match self.store {
            StoreId::Own => self.name.exact(),
            StoreId::Shared
            | StoreId::Hashed
            | StoreId::Keyring
            | StoreId::Environment
            | StoreId::Borrowed => format!("{}:{}", self.store, self.name.exact()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_shown_apart_from_those_that_look_the_same_and_written_as_it_is() {
        for (text, shown) in [
            ("demo/ana", "demo/ana"),
            ("demo/\u{430}na", "demo/<U+0430>na"),
            ("demo/José", "demo/José"),
            ("demo/Jose\u{301}", "demo/Jose<U+0301>"),
        ] {
            let name = ProfileName::parse(text).expect("a name");
            assert_eq!((name.to_string().as_str(), name.exact().as_str()), (shown, text));
        }
        let longest = format!("demo/{}", "\u{430}".repeat(PART_LIMIT));
        let name = ProfileName::parse(&longest).expect("a name");
        assert_eq!(name.to_string(), format!("demo/{}", "<U+0430>".repeat(PART_LIMIT)));
    }

    #[test]
    fn a_provider_alone_means_its_default_profile() {
        let name = ProfileName::parse("anthropic").expect("a name");
        assert_eq!(name.to_string(), "anthropic/default");
    }

    #[test]
    fn names_that_could_mislead_are_refused_with_their_rule() {
        for text in [
            "",
            "/work",
            "a/",
            "../x",
            ".a/b",
            "a b/c",
            "a/b/c",
            "a/../x",
            "a/\u{202e}x",
            "a/x\n",
            "a/ x",
            "a./x",
            "con/x",
            "NUL/x",
            "aux.old/x",
            "prn/x",
            "com1/x",
            "Lpt9.a/x",
            &"a".repeat(65),
        ] {
            assert!(ProfileName::parse(text).is_err(), "{text:?}");
        }
        for text in [
            "com/x",
            "com10/x",
            "com0/x",
            "icon/x",
            "a.con/con",
            "a/ana@acme.dev",
            "my_op.2/Ana Müller",
            "a/日本",
        ] {
            assert!(ProfileName::parse(text).is_ok(), "{text:?}");
        }
    }

    #[test]
    fn names_of_api_keys_are_reserved() {
        for (text, reserved) in
            [("a/key", true), ("a/key-0", true), ("a/key-12", true), ("a/key-", false), ("a/keys", false)]
        {
            assert_eq!(ProfileName::parse(text).expect("a name").is_reserved(), reserved, "{text}");
        }
    }
}
