//! The provider files of the person, read beside the presets, and new ones written.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use tempfile::NamedTempFile;

use crate::domain::name;
use crate::domain::provider::catalog::CatalogError;
use crate::domain::trouble::{FailureKind, Trouble};
use crate::shell::store_files::file::{self, rights, shown};
use crate::stored::provider_file::{PRESETS, ProviderFile, SIZE_LIMIT};

/// How many provider files are read.
const MOST: usize = 256;

/// Every `.yaml` and `.yml` file of `folder`, by name, with its text or why there is none. A folder
/// that is not there holds no files; what is beyond 256 of them is complained of in one go.
///
/// # Errors
/// A [`CatalogError`] about a folder that cannot be read: nobody knows which presets its files replace.
pub fn files(folder: &Path) -> Result<Vec<ProviderFile>, CatalogError> {
    match paths(folder) {
        Ok(mut paths) => {
            let more = paths.split_off(paths.len().min(MOST)).len();
            let unread = format!("{more} provider files are not read: there may be {MOST}");
            let unread = (more > 0).then(|| (shown(folder), Err(unread)));
            Ok(paths.iter().map(|path| (shown(path), text(path))).chain(unread).collect())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(CatalogError {
            path: shown(folder),
            line: None,
            rule: format!("cannot read the folder: {error}"),
        }),
    }
}

/// Writes the file of a new provider into `folder`, private to its owner. It comes into being whole
/// or not at all, and never in the place of another.
///
/// # Errors
/// A [`Trouble`] when it cannot be written.
pub fn add(folder: &Path, name: &str, text: &str) -> Result<(), Trouble> {
    let path = folder.join(format!("{name}.yaml"));
    let what = || format!("cannot save {}", shown(&path));
    let failed = |error: io::Error| {
        let remedy = "check the rights of the folder and the room on the disk, then press Enter again";
        Trouble::untouched(what(), error.to_string(), FailureKind::NeedsFix(remedy.to_owned()))
    };
    let taken = |why: String| {
        Trouble::untouched(what(), why, FailureKind::NeedsFix("go back and choose another name".to_owned()))
    };
    // The name becomes a path: what is no provider's name must not lead elsewhere.
    name::provider_part(name).map_err(|bad| taken(bad.to_string()))?;
    file::make_folder(&path)?;
    if fs::symlink_metadata(folder.join(format!("{name}.yml"))).is_ok() {
        return Err(taken(format!("{name}.yml already exists")));
    }
    let temporary = written(folder, text).map_err(failed)?;
    match temporary.persist_noclobber(&path) {
        Ok(_) => Ok(()),
        Err(error) if error.error.kind() == io::ErrorKind::AlreadyExists => {
            Err(taken("it already exists".to_owned()))
        }
        Err(error) => Err(failed(error.error)),
    }
}

/// Writes `text` in the place of the file of the provider `name`, which stays beside it as `NAME.yaml.old`.
///
/// # Errors
/// A [`Trouble`] when it cannot be written; then the file is as it was.
pub fn replace(folder: &Path, name: &str, text: &str) -> Result<(), Trouble> {
    let [usual, short] = ["yaml", "yml"].map(|ending| folder.join(format!("{name}.{ending}")));
    let path = if usual.exists() { usual } else { short };
    let failed = |error: io::Error| {
        let what = format!("cannot save {}", shown(&path));
        let remedy = "check the rights of the folder and the room on the disk";
        Trouble::untouched(what, error.to_string(), FailureKind::NeedsFix(remedy.to_owned()))
    };
    let mut old = path.clone().into_os_string();
    old.push(".old");
    let temporary = written(folder, text).map_err(failed)?;
    fs::copy(&path, &old).map_err(failed)?;
    temporary.persist(&path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// `text` in a file of `folder` that goes away unless it is kept.
fn written(folder: &Path, text: &str) -> io::Result<NamedTempFile> {
    let mut temporary = tempfile::Builder::new();
    temporary.prefix(".provider.").suffix(".tmp");
    let mut temporary = temporary.tempfile_in(folder)?;
    temporary.write_all(text.as_bytes())?;
    temporary.as_file().sync_all()?;
    Ok(temporary)
}

fn paths(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut paths = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|ending| ending == "yaml" || ending == "yml") {
            paths.push(path);
        }
    }
    // Those that stand for a preset first: it must not come into force because there are many files.
    let is_preset = |path: &PathBuf| {
        let stem = path.file_stem().unwrap_or_default();
        PRESETS.iter().any(|(name, _)| stem == *name)
    };
    paths.sort_by_cached_key(|path| (!is_preset(path), path.clone()));
    Ok(paths)
}

/// The text of the provider file at `path`.
///
/// # Errors
/// Why it is not used, as a sentence without a full stop.
pub fn text(path: &Path) -> Result<String, String> {
    let cannot = |why: &str| format!("cannot read it: {why}");
    // What is no file, a named pipe say, is not even opened.
    let found = fs::metadata(path).map_err(|error| cannot(&error.to_string()))?;
    if !found.is_file() {
        return Err(cannot("it is no ordinary file"));
    }
    trusted(path, &found).map_err(|why| format!("it is not used: {why}"))?;
    let bytes = file::read(path, SIZE_LIMIT).map_err(|trouble| cannot(&trouble.why))?;
    let bytes = bytes.ok_or_else(|| cannot("it has just disappeared"))?;
    if bytes.len() > SIZE_LIMIT {
        return Err(cannot("it is larger than 256 KiB"));
    }
    String::from_utf8(bytes.to_vec()).map_err(|_| cannot("it is not UTF-8 text"))
}

/// Refuses a file that somebody else may change, as `ssh` does with its configuration: it decides
/// where tokens go. A link counts by its own folder and by the file that it leads to.
fn trusted(path: &Path, found: &fs::Metadata) -> Result<(), String> {
    let remedy = |command: &str, path: &Path| {
        let path = shown(path).replace('\'', r"'\''");
        format!("so they could change where tokens go; run: {command} '{path}'")
    };
    let real = fs::canonicalize(path).map_err(|error| error.to_string())?;
    if rights::is_foreign(found) {
        return Err(format!("it belongs to another user, {}", remedy("sudo chown \"$(id -un)\"", &real)));
    }
    if rights::others_may_write(found) {
        return Err(format!("other users may write to it, {}", remedy("chmod go-w", &real)));
    }
    for folder in [path.parent(), real.parent()].into_iter().flatten() {
        let found = fs::metadata(folder).map_err(|error| error.to_string())?;
        if rights::is_foreign(&found) {
            let remedy = remedy("sudo chown \"$(id -un)\"", folder);
            return Err(format!("its folder belongs to another user, {remedy}"));
        }
        if rights::others_may_replace(&found) {
            return Err(format!("other users may write to its folder, {}", remedy("chmod go-w", folder)));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::provider::catalog::Catalog;
    use crate::stored::provider_file;

    #[test]
    fn a_folder_that_is_missing_is_silent_and_one_that_cannot_be_read_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        assert_eq!(read(&folder.path().join("none")).errors, []);
        let file = folder.path().join("file");
        fs::write(&file, "").expect("a file");
        let catalog = read(&file);
        assert_eq!(catalog.entries().count(), 0, "nobody knows which presets are replaced there");
        let errors = catalog.errors;
        assert_eq!(errors.len(), 1, "{errors:?}");
        assert!(errors[0].rule.starts_with("cannot read the folder"), "{errors:?}");
    }

    fn read(folder: &Path) -> Catalog {
        files(folder).map_or_else(Catalog::unreadable, provider_file::catalog)
    }

    #[test]
    fn what_is_no_readable_file_is_complained_of_and_the_rest_is_read() {
        let folder = tempfile::tempdir().expect("a folder");
        let at = |name: &str| folder.path().join(name);
        let acme = "name: acme\nendpoints: { authorize: 'https://a.test/a', token: 'https://a.test/t' }\n";
        fs::write(at("acme.yaml"), acme).expect("a file");
        fs::write(at("big.yaml"), vec![b' '; SIZE_LIMIT + 1]).expect("a file");
        fs::write(at("bytes.yaml"), [0xff]).expect("a file");
        fs::create_dir(at("folder.yaml")).expect("a folder");
        #[cfg(target_os = "linux")]
        {
            let kind = rustix::fs::FileType::Fifo;
            let mode = rustix::fs::Mode::RWXU;
            rustix::fs::mknodat(rustix::fs::CWD, at("pipe.yaml"), kind, mode, 0).expect("a pipe");
        }
        let catalog = read(folder.path());
        assert!(catalog.get("acme").is_some());
        let said: Vec<_> = catalog.errors.iter().map(|complaint| complaint.rule.as_str()).collect();
        let no_file = "cannot read it: it is no ordinary file";
        let pipe: &[&str] = if cfg!(target_os = "linux") { &[no_file] } else { &[] };
        let other =
            ["cannot read it: it is larger than 256 KiB", "cannot read it: it is not UTF-8 text", no_file];
        assert_eq!(said, [&other[..], pipe].concat());
    }

    #[cfg(unix)]
    #[test]
    fn a_file_that_others_may_change_is_refused_with_what_mends_it() {
        use std::os::unix::fs::{PermissionsExt, symlink};

        let around = tempfile::tempdir().expect("a folder");
        let set =
            |path: &Path, mode| fs::set_permissions(path, fs::Permissions::from_mode(mode)).expect("a mode");
        let (folder, elsewhere) = (around.path().join("it's mine"), around.path().join("elsewhere"));
        for made in [&folder, &elsewhere] {
            fs::create_dir(made).expect("a folder");
        }
        let (file, linked) = (folder.join("qwen.yaml"), elsewhere.join("qwen.yaml"));
        for made in [&file, &linked] {
            fs::write(made, "name: qwen\nflows: [key]\n").expect("a file");
        }
        let faulty = |words: &str, mends: &Path| {
            let catalog = read(&folder);
            let complaint = catalog.error("qwen").expect("a complaint");
            assert_eq!(catalog.get("qwen"), None, "neither the file nor the preset of its name is in force");
            let command = format!("run: chmod go-w '{}'", mends.display().to_string().replace('\'', r"'\''"));
            assert!(complaint.rule.contains(words) && complaint.rule.ends_with(&command), "{complaint}");
        };
        for (of_file, of_folder, is_fine) in [
            (0o600, 0o700, true),
            (0o644, 0o755, true),
            (0o600, 0o1777, true),
            (0o620, 0o700, false),
            (0o602, 0o700, false),
            (0o666, 0o700, false),
        ] {
            set(&file, of_file);
            set(&folder, of_folder);
            assert_eq!(read(&folder).errors.is_empty(), is_fine, "{of_file:o} {of_folder:o}");
            if !is_fine {
                faulty("other users may write to it", &file);
            }
        }
        set(&file, 0o600);
        for mode in [0o770, 0o707] {
            set(&folder, mode);
            faulty("other users may write to its folder", &folder);
        }
        set(&folder, 0o700);
        // A link is as safe as the file that it leads to.
        fs::remove_file(&file).expect("removed");
        symlink(&linked, &file).expect("a link");
        assert_eq!(read(&folder).errors, []);
        set(&linked, 0o664);
        faulty("other users may write to it", &linked);
        set(&linked, 0o600);
        set(&elsewhere, 0o777);
        faulty("other users may write to its folder", &elsewhere);
    }

    #[cfg(unix)]
    #[test]
    fn a_file_or_folder_of_another_user_is_refused_with_what_mends_it() {
        use std::os::unix::fs::chown;

        const OTHER: Option<u32> = Some(65_534);
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("providers");
        fs::create_dir(&folder).expect("a folder");
        let file = folder.join("qwen.yaml");
        fs::write(&file, "name: qwen\nflows: [key]\n").expect("a file");
        assert_eq!(read(&folder).errors, []);
        if !rustix::process::geteuid().is_root() {
            eprintln!("not tried: only root can give a file to another user");
            return;
        }
        for (given, words) in
            [(&file, "it belongs to another user"), (&folder, "its folder belongs to another user")]
        {
            chown(given, OTHER, None).expect("given away");
            let catalog = read(&folder);
            let complaint = catalog.error("qwen").expect("a complaint");
            let command = format!("run: sudo chown \"$(id -un)\" '{}'", given.display());
            assert!(complaint.rule.contains(words) && complaint.rule.ends_with(&command), "{complaint}");
            assert_eq!(catalog.get("qwen"), None, "neither the file nor the preset of its name is in force");
            chown(given, Some(0), None).expect("taken back");
            assert_eq!(read(&folder).errors, []);
        }
    }

    #[test]
    fn of_too_many_files_those_that_stand_for_presets_are_read_and_the_rest_is_one_complaint() {
        let folder = tempfile::tempdir().expect("a folder");
        for number in 0..MOST + 44 {
            let text = format!("name: a{number}\nflows: [key]\n");
            fs::write(folder.path().join(format!("a{number}.yaml")), text).expect("a file");
        }
        fs::write(folder.path().join("qwen.yaml"), "name: [").expect("a file");
        let catalog = read(folder.path());
        assert_eq!(catalog.entries().count(), MOST - 1 + PRESETS.len() - 1);
        assert_eq!(catalog.get("qwen"), None);
        let said: Vec<_> = catalog.errors.iter().map(|complaint| complaint.rule.as_str()).collect();
        assert_eq!(said.len(), 2, "{said:?}");
        assert_eq!(said[1], "45 provider files are not read: there may be 256");
    }

    #[test]
    fn a_file_is_replaced_whole_and_the_old_one_stays_beside_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let read = |name: &str| fs::read_to_string(folder.path().join(name)).expect(name);
        add(folder.path(), "acme", "first").expect("saved");
        replace(folder.path(), "acme", "second").expect("saved");
        assert_eq!((read("acme.yaml"), read("acme.yaml.old")), ("second".to_owned(), "first".to_owned()));
        assert!(replace(folder.path(), "other", "x").is_err(), "there is none");
        assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 2, "nothing is left behind");
    }

    #[test]
    fn a_new_file_is_private_and_takes_nobodys_place() {
        let around = tempfile::tempdir().expect("a folder");
        let folder = around.path().join("a").join("providers");
        add(&folder, "acme", "first").expect("saved");
        let refused = add(&folder, "acme", "second").expect_err("it is there");
        assert_eq!(refused.why, "it already exists");
        assert_eq!(fs::read_to_string(folder.join("acme.yaml")).expect("a text"), "first");
        fs::write(folder.join("other.yml"), "").expect("a file");
        assert!(add(&folder, "other", "x").is_err());
        assert!(add(&folder, "../x", "x").is_err());
        assert_eq!(fs::read_dir(&folder).expect("a folder").count(), 2, "nothing is left behind");
        #[cfg(unix)]
        {
            use std::os::unix::fs::{PermissionsExt, symlink};
            let mode = |path: &Path| fs::metadata(path).expect("there").permissions().mode() & 0o777;
            assert_eq!((mode(&folder), mode(&folder.join("acme.yaml"))), (0o700, 0o600));
            symlink(around.path().join("nowhere"), folder.join("link.yaml")).expect("a link");
            assert!(add(&folder, "link", "x").is_err(), "a link is not followed");
        }
    }
}
