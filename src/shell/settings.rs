//! The person's settings, read from `settings.yaml`.

use std::path::Path;

use crate::domain::settings::Settings;
use crate::shell::store_files::file::{self, shown};

/// The longest file that is read, in bytes.
const LONGEST: usize = 64 * 1024;

/// The settings at `path`; an absent file is the usual ones.
///
/// # Errors
/// A sentence that says what is wrong with the file.
pub fn read(path: &Path) -> Result<Settings, String> {
    let failed = |why: &str| format!("{} is not used: {why}", shown(path));
    let bytes = file::read(path, LONGEST).map_err(|trouble| failed(&trouble.why))?;
    let Some(bytes) = bytes else { return Ok(Settings::default()) };
    if bytes.len() > LONGEST {
        return Err(failed("it is too long"));
    }
    let text = std::str::from_utf8(&bytes).map_err(|_| failed("it is not UTF-8 text"))?;
    Settings::read(text).map_err(|why| failed(&why))
}
