//! Who may read what the program writes: its owner alone.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use crate::home::person;
use crate::home::served::Served;

#[test]
fn files_are_private_to_their_owner_and_folders_too() {
    let served = Served::start();
    let providers = served.home.path("config/authtui/providers");
    let mut login = served.home.start(&["login", "demo/ana"]);
    person::answer(&login.line("http"), "allow");
    assert_eq!(login.end().code, Some(0));
    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));

    for top in ["config/authtui", "state/authtui"] {
        for path in all(&served.home.path(top)).into_iter().filter(|path| !path.starts_with(&providers)) {
            let found = fs::metadata(&path).expect("there");
            let expected = if found.is_dir() { 0o700 } else { 0o600 };
            assert_eq!(found.permissions().mode() & 0o777, expected, "{}", path.display());
        }
    }
    assert!(served.home.path("state/authtui/salt").exists() && served.home.config().exists());
}

#[test]
fn a_file_that_others_could_read_is_private_after_the_next_save() {
    let (served, _) = Served::with_ana(3600);
    fs::set_permissions(served.home.config(), Permissions::from_mode(0o644)).expect("opened");
    assert!(served.home.run(&["list"]).err.contains("other users can read"));

    assert_eq!(served.home.run(&["refresh", "demo/ana"]).code, Some(0));

    let mode = fs::metadata(served.home.config()).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    assert!(!served.home.run(&["list"]).err.contains("others"));
}

/// `path` and everything below it.
fn all(path: &Path) -> Vec<std::path::PathBuf> {
    let below = fs::read_dir(path).into_iter().flatten().flatten().flat_map(|entry| all(&entry.path()));
    std::iter::once(path.to_owned()).chain(below).collect()
}
