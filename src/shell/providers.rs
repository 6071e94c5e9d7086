//! The provider files of the person, read beside the presets.

use std::fs;
use std::io::{self, Read};
use std::path::Path;

use crate::domain::provider::catalog::Catalog;
use crate::shell::file::shown;

/// The largest provider file that is read, in bytes.
const LARGEST: u64 = 256 * 1024;

/// Reads every `.yaml` and `.yml` file of `folder`, by name, and the presets. A folder that is
/// not there holds no files.
#[must_use]
pub fn read(folder: &Path) -> Catalog {
    let Ok(entries) = fs::read_dir(folder) else { return Catalog::read([]) };
    let mut paths: Vec<_> = entries
        .filter_map(|entry| Some(entry.ok()?.path()))
        .filter(|path| path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml"))
        .collect();
    paths.sort();
    Catalog::read(
        paths
            .iter()
            .map(|path| (shown(path), text(path).map_err(|error| format!("cannot read it: {error}")))),
    )
}

fn text(path: &Path) -> io::Result<String> {
    let mut text = String::new();
    let read = fs::File::open(path)?.take(LARGEST + 1).read_to_string(&mut text)?;
    if u64::try_from(read).unwrap_or(u64::MAX) > LARGEST {
        return Err(io::Error::other("it is larger than 256 KiB"));
    }
    Ok(text)
}
