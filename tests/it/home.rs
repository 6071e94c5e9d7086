//! A home of its own for the real program: no test sees or touches what the person has.

pub(crate) mod held;
pub(crate) mod person;
pub(crate) mod refusing;
pub(crate) mod running;
pub(crate) mod served;
pub(crate) mod shipped;

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use tempfile::TempDir;

use crate::home::running::Running;

/// How long a test waits for what must come.
pub(crate) const PATIENCE: Duration = Duration::from_secs(30);
/// The folders of a home, and the variables that name them.
const FOLDERS: [(&str, &str); 4] =
    [("HOME", "home"), ("XDG_CONFIG_HOME", "config"), ("XDG_STATE_HOME", "state"), ("TMPDIR", "tmp")];

/// A home that goes away with the test.
pub(crate) struct Home {
    folder: TempDir,
}

/// How a command ended.
#[derive(Debug)]
pub(crate) struct Ended {
    /// The exit code; absent when a signal ended it.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Home {
    pub(crate) fn new() -> Self {
        let root = Path::new(env!("CARGO_TARGET_TMPDIR"));
        fs::create_dir_all(root).expect("a folder for temporary files");
        let folder = tempfile::Builder::new().prefix("home-").tempdir_in(root).expect("a folder");
        for (_, name) in FOLDERS {
            fs::create_dir(folder.path().join(name)).expect("a folder");
        }
        Self { folder }
    }

    /// The path of something in this home.
    pub(crate) fn path(&self, below: &str) -> PathBuf {
        self.folder.path().join(below)
    }

    /// Where the program keeps its profiles.
    pub(crate) fn config(&self) -> PathBuf {
        self.path("config/authtui/config.yaml")
    }

    /// The bytes of the profiles' file.
    pub(crate) fn bytes(&self) -> Vec<u8> {
        fs::read(self.config()).expect("a file of profiles")
    }

    /// Writes the profiles' file.
    pub(crate) fn store(&self, text: impl AsRef<[u8]>) {
        write(&self.config(), text.as_ref());
    }

    /// Writes a provider file.
    pub(crate) fn provider(&self, name: &str, text: &str) {
        write(&self.path(&format!("config/authtui/providers/{name}.yaml")), text.as_bytes());
    }

    /// The program with `arguments`, in this home and with nothing of the person's environment.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.other(program());
        command.args(arguments);
        command
    }

    /// Another program, in this home and with nothing of the person's environment.
    pub(crate) fn other(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.environment()).current_dir(self.folder.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// The program with `arguments`, for whom the rights of files hold: root may write anywhere, unless it is in
    /// a namespace where it is nobody. None where the system has no such namespaces.
    pub(crate) fn command_of_nobody(&self, arguments: &[&str]) -> Option<Command> {
        let unshare = |words: &[&OsStr]| {
            let mut command = self.other("unshare");
            command.arg("--user").args(words);
            command
        };
        let can = unshare(&["true".as_ref()]).status().is_ok_and(|status| status.success());
        let program = program();
        let arguments = arguments.iter().map(AsRef::as_ref);
        let words: Vec<&OsStr> = [program.as_os_str()].into_iter().chain(arguments).collect();
        can.then(|| unshare(&words))
    }

    /// Every variable the program gets.
    pub(crate) fn environment(&self) -> Vec<(&'static str, PathBuf)> {
        let root = fs::canonicalize(env!("CARGO_TARGET_TMPDIR")).expect("a folder for temporary files");
        let mut variables = vec![("LANG", PathBuf::from("C.UTF-8")), ("BROWSER", PathBuf::from("true"))];
        for (name, folder) in FOLDERS {
            let folder = fs::canonicalize(self.path(folder)).expect("a folder of this home");
            assert!(folder.starts_with(&root), "{name} would be {}", folder.display());
            variables.push((name, folder));
        }
        for name in ["PATH", "TERM"] {
            variables.extend(std::env::var_os(name).map(|value| (name, PathBuf::from(value))));
        }
        variables
    }

    /// Runs the program to its end. Nobody can be asked.
    pub(crate) fn run(&self, arguments: &[&str]) -> Ended {
        self.start(arguments).end()
    }

    /// Starts the program. Nobody can be asked.
    pub(crate) fn start(&self, arguments: &[&str]) -> Running {
        self.start_with(arguments, &[])
    }

    /// Starts the program with more variables. Nobody can be asked.
    pub(crate) fn start_with(&self, arguments: &[&str], variables: &[(&str, &str)]) -> Running {
        Running::start(self.command(arguments).envs(variables.iter().copied()))
    }

    /// The text of every file in this home.
    pub(crate) fn all(&self) -> String {
        self.files().values().map(|bytes| String::from_utf8_lossy(bytes)).collect()
    }

    /// Every file in this home with its bytes, and every folder without any.
    pub(crate) fn files(&self) -> BTreeMap<PathBuf, Vec<u8>> {
        let mut files = BTreeMap::new();
        let mut folders = vec![self.folder.path().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.is_dir() {
                    folders.push(path);
                } else {
                    let bytes = fs::read(&path).unwrap_or_default();
                    files.insert(path, bytes);
                }
            }
            files.insert(folder, Vec::new());
        }
        files
    }
}

impl Ended {
    /// The exit code and standard output, once nothing was said on standard error.
    pub(crate) fn quietly(&self) -> (Option<i32>, &str) {
        assert_eq!(self.err, "", "{self:?}");
        (self.code, &self.out)
    }

    /// Standard error, once there was no data and the exit code was `code`.
    pub(crate) fn said(&self, code: i32) -> &str {
        assert_eq!((self.code, self.out.as_str()), (Some(code), ""), "{}", self.err);
        &self.err
    }
}

/// The built program. The variable of the long tests counts over Cargo's, and that over what Cargo said
/// while the tests were built.
pub(crate) fn program() -> PathBuf {
    let built: &OsStr = env!("CARGO_BIN_EXE_authtui").as_ref();
    std::env::var_os("AUTHTUI_BIN")
        .or_else(|| std::env::var_os("CARGO_BIN_EXE_authtui"))
        .unwrap_or_else(|| built.to_owned())
        .into()
}

fn write(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    let folder = path.parent().expect("a folder");
    fs::DirBuilder::new().recursive(true).mode(0o700).create(folder).expect("a folder");
    fs::write(path, bytes).expect("written");
    fs::set_permissions(path, fs::Permissions::from_mode(0o600)).expect("private");
}
