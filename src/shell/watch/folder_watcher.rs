//! Watcher of folders: one for all files that are followed, which are told apart by where they lie.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

use notify::event::ModifyKind;
use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use crate::shell::store_files::EVERY_FILE;
use crate::shell::store_files::file::LINK_LIMIT;

/// A name in a folder that is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Spot {
    folder: PathBuf,
    name: OsString,
}

/// What an event touched, the worse the later.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Touch {
    File,
    /// A folder that is watched has gone; another one may bear its name.
    Folder,
}

/// A watcher of all groups, what it notices, and which of the groups it watches.
pub(super) struct Watched {
    pub(super) watcher: RecommendedWatcher,
    pub(super) touches: UnboundedReceiver<(usize, Touch)>,
    pub(super) is_watched: Vec<bool>,
}

/// Notices whenever something at one of the `spots` of a group is written, made, removed, renamed or gets other rights.
pub(super) fn watch(spots: &[Vec<Spot>]) -> notify::Result<Watched> {
    let (told, touches) = unbounded_channel();
    let known = spots.to_vec();
    let mut watcher = notify::recommended_watcher(move |event| {
        for (group, spots) in known.iter().enumerate() {
            if let Some(touch) = touch(&event, spots) {
                // The task has ended: nobody is left to be told.
                let _ = told.send((group, touch));
            }
        }
    })?;
    let mut folders: BTreeMap<&Path, bool> = BTreeMap::new();
    let mut is_watched = Vec::new();
    for group in spots {
        let mut all = true;
        for Spot { folder, .. } in group {
            let watch = || watcher.watch(folder, RecursiveMode::NonRecursive).is_ok();
            all &= *folders.entry(folder).or_insert_with(watch);
        }
        is_watched.push(all);
    }
    Ok(Watched { watcher, touches, is_watched })
}

fn touch(event: &notify::Result<notify::Event>, spots: &[Spot]) -> Option<Touch> {
    // Something was missed.
    let Ok(event) = event else { return Some(Touch::File) };
    if event.need_rescan() {
        return Some(Touch::File);
    }
    if matches!(event.kind, EventKind::Access(_)) {
        return None;
    }
    let is_folder = |path: &PathBuf| spots.iter().any(|spot| spot.folder == *path);
    let is_named = |path: &PathBuf| {
        let name = path.file_name().unwrap_or_default();
        let is_hidden = name.as_encoded_bytes().starts_with(b".");
        spots.iter().any(|spot| {
            let is_any = spot.name == EVERY_FILE && !is_hidden && path.parent() == Some(&spot.folder);
            is_any || name == spot.name
        })
    };
    let moves = matches!(event.kind, EventKind::Remove(_) | EventKind::Modify(ModifyKind::Name(_)));
    if event.paths.iter().any(is_folder) {
        return Some(if moves { Touch::Folder } else { Touch::File });
    }
    event.paths.iter().any(is_named).then_some(Touch::File)
}

/// Where the `files` lie and what they lead to, each in the nearest folder that is there.
pub(super) fn spots(files: &[PathBuf]) -> Vec<Spot> {
    let mut spots: Vec<Spot> = Vec::new();
    for file in files {
        let mut path = file.clone();
        for _ in 0..LINK_LIMIT {
            spots.extend(spot(&path).filter(|spot| !spots.contains(spot)));
            let Ok(next) = std::fs::read_link(&path) else { break };
            path = path.parent().unwrap_or(&path).join(next);
        }
    }
    spots
}

fn spot(path: &Path) -> Option<Spot> {
    let above = path.ancestors().zip(path.ancestors().skip(1));
    let (child, folder) = above.into_iter().find(|(_, folder)| folder.is_dir())?;
    Some(Spot { folder: folder.to_owned(), name: child.file_name()?.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;
    use notify::Event;
    use notify::event::{
        AccessKind, AccessMode, CreateKind, DataChange, Flag, MetadataKind, RemoveKind, RenameMode,
    };

    fn known() -> Vec<Spot> {
        vec![Spot { folder: "/home/ana/authtui".into(), name: "config.yaml".into() }]
    }

    #[test]
    fn only_what_may_have_changed_the_file_is_a_reason_to_read() {
        let name = EventKind::Modify(ModifyKind::Name(RenameMode::To));
        let rights = EventKind::Modify(ModifyKind::Metadata(MetadataKind::Any));
        for (kind, path, expected) in [
            (EventKind::Modify(ModifyKind::Data(DataChange::Any)), "/config.yaml", Some(Touch::File)),
            (EventKind::Create(CreateKind::File), "/config.yaml", Some(Touch::File)),
            (EventKind::Remove(RemoveKind::File), "/config.yaml", Some(Touch::File)),
            (name, "/config.yaml", Some(Touch::File)),
            (rights, "/config.yaml", Some(Touch::File)),
            (rights, "", Some(Touch::File)),
            (EventKind::Remove(RemoveKind::Folder), "", Some(Touch::Folder)),
            (EventKind::Modify(ModifyKind::Name(RenameMode::From)), "", Some(Touch::Folder)),
            (EventKind::Access(AccessKind::Open(AccessMode::Any)), "/config.yaml", None),
            (EventKind::Create(CreateKind::File), "/config.yaml.lock", None),
        ] {
            let event = Event::new(kind).add_path(format!("/home/ana/authtui{path}").into());
            assert_eq!(touch(&Ok(event), &known()), expected, "{kind:?} {path}");
        }
    }

    #[test]
    fn every_file_of_a_folder_of_credentials_is_a_reason_to_read_but_our_own() {
        let known = vec![Spot { folder: "/home/ana/credentials".into(), name: EVERY_FILE.into() }];
        for (name, expected) in [("0a1b", Some(Touch::File)), (".0a1b.x1y2z3.tmp", None), ("d/0a1b", None)] {
            let event = Event::new(EventKind::Create(CreateKind::File));
            let event = event.add_path(format!("/home/ana/credentials/{name}").into());
            assert_eq!(touch(&Ok(event), &known), expected, "{name}");
        }
    }

    #[test]
    fn what_was_missed_is_a_reason_to_read() {
        let overflow = Event::new(EventKind::Other).set_flag(Flag::Rescan);
        assert_eq!(touch(&Ok(overflow), &known()), Some(Touch::File));
        assert_eq!(touch(&Err(notify::Error::generic("full")), &known()), Some(Touch::File));
    }

    #[test]
    fn a_folder_that_is_not_there_is_awaited_in_the_nearest_one_that_is() {
        let root = tempfile::tempdir().expect("a folder");
        let file = root.path().join("a/b/config.yaml");
        let at =
            |folder: &str, name: &str| vec![Spot { folder: root.path().join(folder), name: name.into() }];
        assert_eq!(spots(std::slice::from_ref(&file)), at("", "a"));
        std::fs::create_dir(root.path().join("a")).expect("made");
        assert_eq!(spots(std::slice::from_ref(&file)), at("a", "b"));
        std::fs::create_dir(root.path().join("a/b")).expect("made");
        assert_eq!(spots(&[file]), at("a/b", "config.yaml"));
    }

    #[cfg(unix)]
    #[test]
    fn every_link_on_the_way_and_its_end_are_watched() {
        let root = tempfile::tempdir().expect("a folder");
        let at = |folder: &str, name: &str| Spot { folder: root.path().join(folder), name: name.into() };
        std::fs::create_dir(root.path().join("dotfiles")).expect("made");
        let file = root.path().join("config.yaml");
        std::os::unix::fs::symlink("dotfiles/own.yaml", &file).expect("a link");
        std::os::unix::fs::symlink("../gone/end.yaml", root.path().join("dotfiles/own.yaml"))
            .expect("a link");
        let found = spots(&[file]);
        assert_eq!(found[..2], [at("", "config.yaml"), at("dotfiles", "own.yaml")]);
        assert_eq!((found.len(), &found[2].name), (3, &OsString::from("gone")));
    }
}
