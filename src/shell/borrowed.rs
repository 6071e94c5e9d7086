//! Files of other programs: found by what is known of each program, and read. Never opened for writing, never
//! locked, never touched.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use std::{env, fs, thread};

use zeroize::Zeroizing;

use crate::domain::change::Snapshot;
use crate::domain::clock::DateTime;
use crate::domain::configured_server::{self, ConfiguredServer};
use crate::domain::name::StoreId;
use crate::shell::paths::Paths;
use crate::shell::settings;
use crate::shell::store_files::file::{self, FileStamp, shown};
use crate::stored::borrowed::path_pattern::{expand, star};
use crate::stored::borrowed::program::{FileRule, Program, programs};
use crate::stored::borrowed::{self, BorrowedFile, ProgramLogins};

/// The longest file that is read, in bytes.
const LONGEST: usize = 1024 * 1024;
/// The same of a configuration, which may hold what was done in every folder.
const CONFIGURATION_LIMIT: usize = 8 * 1024 * 1024;
/// How many names of one folder are looked at.
const NAME_LIMIT: usize = 500;
/// How often a file is read again that is being written, and how long is waited in between.
const TRIES: usize = 40;
const MOMENT: Duration = Duration::from_millis(20);
/// A file that was written longer ago is not being written.
const WRITING: Duration = Duration::from_secs(2);

/// Of two readings the one with the greater number began later.
static READINGS: AtomicU64 = AtomicU64::new(1);

/// What other programs keep now; nothing where the settings do not want it.
#[must_use]
pub fn read(paths: &Paths) -> Snapshot {
    let number = READINGS.fetch_add(1, Ordering::Relaxed);
    let Some(home) = wanted(paths) else {
        return Snapshot { number, ..Snapshot::empty(StoreId::Borrowed) };
    };
    let programs = programs();
    let rows = programs.iter().flat_map(|program| {
        let mut logins = ProgramLogins::default();
        for rule in &program.files {
            for (path, star) in places(rule, home) {
                add(&mut logins, program, rule, (&path, star));
            }
        }
        logins.rows(program)
    });
    borrowed::snapshot(rows.collect(), number)
}

/// The MCP servers that other programs use, by their configurations; none where the settings do not want it.
#[must_use]
pub fn servers(paths: &Paths) -> Vec<ConfiguredServer> {
    let mut servers = Vec::new();
    let Some(home) = wanted(paths) else { return servers };
    for program in programs() {
        for rule in &program.configurations {
            let path = home.to_str().and_then(|home| expand(rule.path(), home, &variable));
            let Some(Ok(Some(bytes))) = path.map(|path| file::read(Path::new(&path), CONFIGURATION_LIMIT))
            else {
                continue;
            };
            let text = std::str::from_utf8(&bytes).ok().filter(|text| text.len() <= CONFIGURATION_LIMIT);
            for address in text.map_or_else(Vec::new, |text| rule.addresses(text)) {
                configured_server::add(&mut servers, address, &program.title);
            }
        }
    }
    servers
}

/// The home folder whose files are read, unless nobody wants it.
fn wanted(paths: &Paths) -> Option<&Path> {
    let is_wanted = settings::read(&paths.settings).map_or(true, |settings| settings.borrowed);
    paths.borrowed.as_deref().filter(|_| is_wanted)
}

/// The files to be watched, those too that are not there; for a folder `*` in it. None where the settings do not
/// want them read.
#[must_use]
pub fn watched(paths: &Paths) -> Vec<PathBuf> {
    let mut all = Vec::new();
    let Some(home) = wanted(paths) else { return all };
    let programs = programs();
    for rule in programs.iter().flat_map(|program| &program.files) {
        let Some(path) = pattern(rule, home) else { continue };
        match path.contains('*') {
            false => all.push(PathBuf::from(path)),
            true => all.extend(folders(Path::new(&path)).into_iter().map(|(folder, _)| folder.join("*"))),
        }
    }
    all
}

/// Adds what the file at `path` holds. One that is being written is read again.
fn add(logins: &mut ProgramLogins, program: &Program, rule: &FileRule, (path, star): (&Path, String)) {
    for left in (0..TRIES).rev() {
        let before = FileStamp::of(path);
        let Some(bytes) = content(path) else {
            let is_used = cfg!(target_os = "macos") && path.parent().is_some_and(Path::is_dir);
            if let Some(absent) = rule.absent_on_macos.as_ref().filter(|_| is_used) {
                logins.add_absent(absent, shown(path));
            }
            return;
        };
        let text = bytes.and_then(|bytes| match std::str::from_utf8(&bytes) {
            Ok(_) => Ok(bytes),
            Err(_) => Err("it is not UTF-8 text".to_owned()),
        });
        let text = text.as_ref().map(|bytes| std::str::from_utf8(bytes).unwrap_or_default());
        let (text, written) = (text.map_err(Clone::clone), written(path));
        let found = BorrowedFile {
            shown: shown(path),
            star: star.clone(),
            written: written.map(DateTime::from),
            text,
        };
        let mut read = ProgramLogins::default();
        let is_understood = read.add(program, rule, &found);
        // Its program may be in the middle of writing it, and tells nobody.
        let may_be_torn = !is_understood && written.is_some_and(is_recent);
        if may_be_torn && left > 0 {
            thread::sleep(MOMENT);
            continue;
        }
        if left == 0 || FileStamp::of(path) == before {
            logins.join(read);
            return;
        }
    }
}

fn written(path: &Path) -> Option<SystemTime> {
    fs::metadata(path).ok()?.modified().ok()
}

/// Whether so little time has passed since then. A time that is to come is that of a clock that was set back.
fn is_recent(written: SystemTime) -> bool {
    written.elapsed().is_ok_and(|ago| ago < WRITING)
}

/// The bytes of the file at `path`, or why there are none; nothing where no file is there.
fn content(path: &Path) -> Option<Result<Zeroizing<Vec<u8>>, String>> {
    Some(match file::read(path, LONGEST) {
        Ok(None) => return None,
        Ok(Some(bytes)) if bytes.len() > LONGEST => Err("it is longer than 1 MiB".to_owned()),
        Ok(Some(bytes)) => Ok(bytes),
        Err(trouble) => Err(trouble.why),
    })
}

/// Where the files of `rule` lie, and what stands for the last `*` of each; one without `*` need not be there.
fn places(rule: &FileRule, home: &Path) -> Vec<(PathBuf, String)> {
    let Some(path) = pattern(rule, home) else { return Vec::new() };
    if !path.contains('*') {
        return vec![(PathBuf::from(path), String::new())];
    }
    let path = Path::new(&path);
    let Some(part) = path.file_name().and_then(|part| part.to_str()) else { return Vec::new() };
    let files = folders(path).into_iter().flat_map(|(folder, star)| below(&folder, part, &star));
    files.filter(|(path, _)| path.is_file()).collect()
}

/// The folders that files of `path` lie in, each with what stands for its last `*`.
fn folders(path: &Path) -> Vec<(PathBuf, String)> {
    let mut found = vec![(PathBuf::new(), String::new())];
    for part in path.parent().into_iter().flat_map(Path::components) {
        let part = part.as_os_str();
        found = match part.to_str().filter(|text| text.contains('*')) {
            None => found.into_iter().map(|(folder, star)| (folder.join(part), star)).collect(),
            Some(text) => {
                let inside = |(folder, star): (PathBuf, String)| below(&folder, text, &star);
                let beside = found.iter().map(|(folder, _)| (folder.join("*"), String::new()));
                // The folder itself is looked at for more of them.
                let beside: Vec<_> = beside.collect();
                let inside = found.into_iter().flat_map(inside).filter(|(folder, _)| folder.is_dir());
                inside.chain(beside).collect()
            }
        };
    }
    found
}

/// What fits `part` in `folder`, in the order of the names.
fn below(folder: &Path, part: &str, before: &str) -> Vec<(PathBuf, String)> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.take(NAME_LIMIT).filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    let mut names: Vec<String> = names.collect();
    names.sort();
    let fitting = names.iter().filter_map(|name| match part.contains('*') {
        true => Some((folder.join(name), star(part, name)?.to_owned())),
        false => (name == part).then(|| (folder.join(name), before.to_owned())),
    });
    fitting.collect()
}

fn pattern(rule: &FileRule, home: &Path) -> Option<String> {
    expand(rule.path(), home.to_str()?, &variable)
}

fn variable(name: &str) -> Option<String> {
    env::var(name).ok()
}
