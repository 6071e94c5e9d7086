//! One system call of a program that has to do with a file of its home.

use std::collections::BTreeMap;
use std::path::Path;

/// A call as strace counts it: in each thread on its own.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Call {
    pub(crate) name: String,
    /// The file below the home; what is random in its name is a star, and it then counts with all
    /// others.
    pub(crate) file: String,
    pub(crate) nth: usize,
}

impl Call {
    /// Whether it writes, makes, locks or removes something.
    pub(crate) fn writes(&self) -> bool {
        const WRITING: [&str; 18] = [
            "openat",
            "open",
            "creat",
            "write",
            "pwrite64",
            "ftruncate",
            "fallocate",
            "fsync",
            "fdatasync",
            "rename",
            "renameat",
            "renameat2",
            "flock",
            "mkdir",
            "unlink",
            "unlinkat",
            "fchmod",
            "close",
        ];
        WRITING.contains(&self.name.as_str())
    }
}

/// The calls in a trace that have to do with a file below `root`, in their order.
pub(super) fn all(trace: &str, root: &Path) -> Vec<Call> {
    let mut counts: BTreeMap<(&str, &str, Option<String>), usize> = BTreeMap::new();
    let mut found = Vec::new();
    for line in trace.lines() {
        let Some((thread, name)) = begun(line) else { continue };
        let mut count = |file| {
            let nth = counts.entry((thread, name, file)).or_default();
            *nth += 1;
            *nth
        };
        let among_all = count(None);
        if let Some(file) = file(line, root) {
            let among_its_own = count(Some(file.clone()));
            let nth = if file.contains('*') { among_all } else { among_its_own };
            found.push(Call { name: name.to_owned(), file, nth });
        }
    }
    found
}

/// The name of a call and its file below `root`, of each call in which something struck.
pub(super) fn struck(trace: &str, root: &Path) -> Vec<(String, Option<String>)> {
    let is_struck = |line: &String| line.contains("(INJECTED)") || line.ends_with("= ?");
    let calls = whole(trace).into_iter().filter(is_struck);
    calls.filter_map(|line| Some((begun(&line)?.1.to_owned(), file(&line, root)))).collect()
}

/// The lines of a trace, each call in one: where threads took turns, its end stands further below, and
/// where all of them were killed, nowhere.
fn whole(trace: &str) -> Vec<String> {
    let mut begun: BTreeMap<&str, &str> = BTreeMap::new();
    let mut all = Vec::new();
    for line in trace.lines() {
        let thread = line.split(' ').next().unwrap_or_default();
        let end = line.split_once(" resumed>").map(|(_, end)| end);
        if let Some(begin) = line.strip_suffix("<unfinished ...>") {
            begun.insert(thread, begin);
        } else if let (Some(end), Some(begin)) = (end, begun.remove(thread).filter(|_| end.is_some())) {
            all.push(format!("{begin}{end}"));
        } else {
            all.push(line.to_owned());
        }
    }
    all.extend(begun.into_values().map(|begin| format!("{begin} = ?")));
    all
}

/// The thread and the name of the call that begins in this line.
fn begun(line: &str) -> Option<(&str, &str)> {
    let (thread, rest) = line.split_once(' ')?;
    let (name, _) = rest.trim_start().split_once('(')?;
    name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_').then_some((thread, name))
}

/// The file below `root` in a line, the last one where it is renamed, beside the folder that names are
/// relative to.
fn file(line: &str, root: &Path) -> Option<String> {
    let root = format!("{}/", root.display());
    let (begin, others) = line.split_once("AT_FDCWD<").unwrap_or((line, ""));
    let others = others.split("AT_FDCWD<").map(|part| part.split_once(">,").map_or(part, |(_, rest)| rest));
    let text = format!("{begin}{}", others.collect::<String>());
    let (_, rest) = if text.contains("rename") { text.rsplit_once(&root)? } else { text.split_once(&root)? };
    let path = rest.split(['"', '>']).next()?;
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    Some(match name.strip_suffix(".tmp").and_then(|name| name.rsplit_once('.')) {
        Some((target, _)) => format!("{folder}/{target}.*.tmp"),
        None if folder.ends_with("locks") => format!("{folder}/*"),
        None => path.to_owned(),
    })
}

#[test]
fn a_trace_is_read_by_thread_name_and_file() {
    let root = Path::new("/h");
    let trace = "7 openat(AT_FDCWD</h>, \"/lib/x\", O_RDONLY) = 3</lib/x>\n\
        7 openat(AT_FDCWD</h>, \"/h/c/config.yaml\", O_RDONLY) = 3</h/c/config.yaml>\n\
        8 openat(AT_FDCWD</h>, \"/h/c/.config.yaml.aB3dE6.tmp\", O_RDWR <unfinished ...>\n\
        8 <... openat resumed>) = 4</h/c/.config.yaml.aB3dE6.tmp>\n\
        8 renameat(AT_FDCWD</h>, \"/h/c/.config.yaml.aB3dE6.tmp\", AT_FDCWD</h>, \"/h/c/config.yaml\") = 0\n\
        8 flock(9</h/s/locks/3f>, LOCK_EX|LOCK_NB) = -1 EIO (Input/output error) (INJECTED)\n\
        8 fsync(9</h/c>) = ?\n\
        8 fsync(9</h/c> <unfinished ...>\n\
        7 close(4</h/c/x>) = 0\n\
        8 <... fsync resumed>) = -1 EIO (Input/output error) (INJECTED)\n\
        7 mkdir(\"/h/c\" <unfinished ...>\n\
        8 +++ killed by SIGKILL +++\n";
    let call = |name: &str, nth, file: &str| Call { name: name.into(), nth, file: file.into() };
    assert_eq!(
        all(trace, root),
        [
            call("openat", 1, "c/config.yaml"),
            call("openat", 1, "c/.config.yaml.*.tmp"),
            call("renameat", 1, "c/config.yaml"),
            call("flock", 1, "s/locks/*"),
            call("fsync", 1, "c"),
            call("fsync", 2, "c"),
            call("close", 1, "c/x"),
            call("mkdir", 1, "c"),
        ]
    );
    let strike = |name: &str, file: &str| (name.to_owned(), Some(file.to_owned()));
    assert_eq!(
        struck(trace, root),
        [strike("flock", "s/locks/*"), strike("fsync", "c"), strike("fsync", "c"), strike("mkdir", "c")]
    );
}
