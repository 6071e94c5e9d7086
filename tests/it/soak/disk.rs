//! A disk that is full, before a refresh or while its answer is awaited.

use std::fs;
use std::process::{Command, Stdio};

use authtui::demo::authority::fault::FaultKind;

use crate::home::program;
use crate::home::running::Running;
use crate::home::served::{Pair, Served};
use crate::soak::{HELD, leave_out, rounds, until};

/// Puts the folders of a home on a small disk of its own, fills it (at once, or when a file says
/// so), and keeps what is there afterwards.
const SCRIPT: &str = r#"
set -e
mkdir -p "$KEPT"
cp -a "$XDG_CONFIG_HOME" "$KEPT/before"
mount -t tmpfs -o size=96k,mode=700 small "$XDG_CONFIG_HOME"
cp -a "$KEPT/before/." "$XDG_CONFIG_HOME"
if [ "$WHEN" = meanwhile ]; then
    export XDG_STATE_HOME="$XDG_CONFIG_HOME/state"
    mkdir "$XDG_STATE_HOME"
fi
fill() { cat /dev/zero >"$XDG_CONFIG_HOME/filler" 2>/dev/null || :; }
[ "$WHEN" = meanwhile ] || fill
code=0
"$AUTHTUI" refresh demo/ana & run=$!
if [ "$WHEN" = meanwhile ]; then
    until [ -e "$KEPT/go" ]; do sleep 0.01; done
    fill
    : >"$KEPT/full"
fi
wait $run || code=$?
cp -a "$XDG_CONFIG_HOME/authtui/config.yaml" "$KEPT/after.yaml"
ls -A "$XDG_CONFIG_HOME/authtui" >"$KEPT/names"
exit $code
"#;

#[test]
fn a_full_disk_is_noticed_before_the_tokens_are_spent_and_never_after() {
    if !can_mount() {
        return leave_out("no right to mount a small disk here");
    }
    for round in 0..rounds(1, 40) {
        let (served, before) = Served::with_ana(-5);
        let ended = start(&served, "before").end();
        assert_eq!((ended.code, served.refreshes()), (Some(1), (0, 0)), "round {round}: {ended:?}");
        for words in ["o space left", "Stored tokens are unchanged", "make room"] {
            assert!(ended.err.contains(words), "round {round}: no “{words}” in {}", ended.err);
        }
        assert_eq!(kept(&served), before, "round {round}");

        let (served, before) = Served::with_ana(-5);
        served.fault(1, FaultKind::Late(HELD));
        let mut run = start(&served, "meanwhile");
        assert!(until("a request", || run.has_ended(), || served.counters().in_flight == 1));
        fs::write(served.home.path("kept/go"), "").expect("written");
        let full = served.home.path("kept/full");
        assert!(until("a full disk", || run.has_ended(), || full.exists()));
        let still_awaited = served.counters().in_flight == 1;
        served.serving.let_go();
        let ended = run.end();
        assert!(still_awaited, "round {round}: the disk was filled too late");
        assert_eq!((ended.code, served.refreshes()), (Some(0), (1, 0)), "round {round}: {ended:?}");
        assert_ne!(kept(&served), before, "round {round}");
    }
    println!("disk: full before and full meanwhile, nothing lost");
}

fn start(served: &Served, when: &str) -> Running {
    let mut command = unshare();
    command.args(["sh", "-c", SCRIPT]).env_clear().envs(served.home.environment());
    command.env("AUTHTUI", program()).env("KEPT", served.home.path("kept")).env("WHEN", when);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    Running::start(&mut command)
}

/// The tokens that were in the file at the end; no temporary file was beside it.
fn kept(served: &Served) -> Pair {
    let names = fs::read_to_string(served.home.path("kept/names")).expect("names");
    assert!(!names.contains(".tmp"), "{names}");
    let text = fs::read(served.home.path("kept/after.yaml")).expect("a file");
    served.home.store(text);
    served.stored("ana").expect("tokens")
}

fn unshare() -> Command {
    let mut command = Command::new("unshare");
    command.args(["--user", "--map-root-user", "--mount"]);
    command
}

fn can_mount() -> bool {
    let mut command = unshare();
    command.args(["sh", "-c", "mount -t tmpfs -o size=64k small /mnt"]);
    command.stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|status| status.success())
}
