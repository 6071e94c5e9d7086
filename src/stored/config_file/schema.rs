//! Schema of a config file: which fields its other readers know.

use std::path::Path;

use crate::domain::name::StoreId;

/// Where the file of ai-provider-kit and mcp-code-api lies, below some home folder.
const SHARED_PLACE: &str = ".mcp-code-api/config.yaml";

/// The providers that ai-provider-kit looks for by their own names; all others it looks for under `custom`.
const NAMED_PROVIDERS: [&str; 6] = ["anthropic", "openai", "cerebras", "gemini", "qwen", "openrouter"];

/// Who else reads a config file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSchema {
    /// Nobody: it has the fields that are ours.
    Ours,
    /// ai-provider-kit and mcp-code-api, which drop or refuse what they do not know.
    Shared,
}

impl FileSchema {
    /// The schema of the file at `path`, which is `store`: whoever names the shared file as its own shares
    /// it all the same.
    #[must_use]
    pub fn of_place(store: StoreId, path: &Path) -> Self {
        if path.ends_with(SHARED_PLACE) { Self::Shared } else { Self::from(store) }
    }

    /// Whether a provider that is not there yet goes under `custom`.
    pub(super) fn is_custom(self, provider: &str) -> bool {
        self == Self::Shared && !NAMED_PROVIDERS.contains(&provider)
    }
}

impl From<StoreId> for FileSchema {
    fn from(store: StoreId) -> Self {
        match store {
            StoreId::Own | StoreId::Hashed | StoreId::Keyring | StoreId::Environment | StoreId::Borrowed => {
                Self::Ours
            }
            StoreId::Shared => Self::Shared,
        }
    }
}

/// A config file: the store that it is, and its schema.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConfigFile {
    pub store: StoreId,
    pub schema: FileSchema,
}

impl From<StoreId> for ConfigFile {
    fn from(store: StoreId) -> Self {
        Self { store, schema: store.into() }
    }
}
