//! Paths of the program's files and folders.

use std::io::ErrorKind::NotFound;
use std::path::{Path, PathBuf};
use std::{env, fs};

use color_eyre::eyre::{Result, WrapErr};
use etcetera::BaseStrategy;

/// The file of mcp-code-api, below the home folder.
const SHARED: &str = ".mcp-code-api/config.yaml";
/// The folder of hashed credentials, below the home folder.
const HASHED: &str = ".claude/credentials";

/// The variable that keeps the files of other programs unread where it is `off`.
const BORROWED_SWITCH: &str = "AUTHTUI_BORROWED";

/// The program's folders and files.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paths {
    /// Our own store.
    pub config: PathBuf,
    /// Whether the person named that file, by `--config` or `$AUTHTUI_CONFIG`.
    pub is_named: bool,
    /// The file that mcp-code-api and ai-provider-kit share, unless it is our own store.
    pub shared: Option<PathBuf>,
    /// The folder with one file a credential.
    pub hashed: Option<PathBuf>,
    /// The file of profiles whose secrets lie in the keyring.
    pub keyring: Option<PathBuf>,
    /// The home folder, below which other programs keep their logins; none: nobody looks for them.
    pub borrowed: Option<PathBuf>,
    /// The user's settings.
    pub settings: PathBuf,
    /// Which profile is meant where.
    pub rules: PathBuf,
    /// The user's provider files.
    pub providers: PathBuf,
    /// Locks and what else is only for this machine.
    pub state: PathBuf,
}

impl Paths {
    /// The paths of this user; `config` is what `--config` named.
    ///
    /// macOS uses the XDG folders too; Windows `%APPDATA%` and `%LOCALAPPDATA%`. A relative
    /// XDG variable is ignored, as the XDG specification says.
    ///
    /// # Errors
    /// When the home folder cannot be found.
    pub fn of_user(config: Option<PathBuf>) -> Result<Self> {
        let named = config
            .or_else(|| env::var_os("AUTHTUI_CONFIG").filter(|path| !path.is_empty()).map(PathBuf::from));
        let (folder, state) = folders()?;
        let is_named = named.is_some();
        let config = match named {
            Some(path) => std::path::absolute(&path).wrap_err("cannot use the path of the configuration")?,
            None => folder.join("config.yaml"),
        };
        let home = etcetera::home_dir().wrap_err("cannot find the home folder")?;
        let shared = home.join(SHARED);
        let borrows = env::var_os(BORROWED_SWITCH).is_none_or(|switch| switch != "off");
        Ok(Self {
            shared: Some(shared).filter(|shared| *shared != config),
            hashed: Some(home.join(HASHED)),
            keyring: Some(folder.join("keyring.yaml")).filter(|keyring| *keyring != config),
            borrowed: Some(home).filter(|_| borrows),
            config,
            is_named,
            settings: folder.join("settings.yaml"),
            rules: folder.join("rules.yaml"),
            providers: folder.join("providers"),
            state,
        })
    }

    /// The named file, where there is none of that name.
    #[must_use]
    pub fn missing(&self) -> Option<&Path> {
        let is_missing = || fs::symlink_metadata(&self.config).is_err_and(|error| error.kind() == NotFound);
        (self.is_named && is_missing()).then_some(&*self.config)
    }

    /// All paths below one folder, for the demo.
    #[must_use]
    pub fn below(folder: &Path) -> Self {
        Self {
            config: folder.join("config.yaml"),
            is_named: false,
            shared: None,
            hashed: None,
            keyring: None,
            borrowed: None,
            settings: folder.join("settings.yaml"),
            rules: folder.join("rules.yaml"),
            providers: folder.join("providers"),
            state: folder.join("state"),
        }
    }
}

#[cfg(not(windows))]
fn folders() -> Result<(PathBuf, PathBuf)> {
    let base = etcetera::base_strategy::Xdg::new().wrap_err("cannot find the home folder: set HOME")?;
    let state = base.state_dir().unwrap_or_else(|| base.data_dir());
    Ok((base.config_dir().join("authtui"), state.join("authtui")))
}

#[cfg(windows)]
fn folders() -> Result<(PathBuf, PathBuf)> {
    let base = etcetera::base_strategy::Windows::new().wrap_err("cannot find the home folder")?;
    Ok((base.config_dir().join("authtui"), base.cache_dir().join("authtui")))
}
