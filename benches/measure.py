#!/usr/bin/env python3
"""What authtui costs beside the least that such a program costs: docs/performance.md says what is measured.

Python 3.11 and Linux alone. Everything happens in folders of its own, and nobody is asked. Programs run in turn,
A B A B, so that a noisy machine is noisy for all of them: trust the ratios, not the milliseconds.
"""
import argparse, fcntl, os, platform, pty, random, re, select, shutil, signal, struct, subprocess, sys, tempfile, termios, time
from datetime import datetime, timedelta, timezone
from math import log10
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
PAGE, PLOT = ROOT / "docs/performance.md", ROOT / "docs/performance.svg"
BEGIN, END = "<!-- figures -->\n", "<!-- end of figures -->\n"
COLUMNS, ROWS = 120, 40
SIZES = (10, 1_000, 10_000)
# 100,000 profiles would be 33 MB; the reader takes files up to 10 MiB.
GROWTH = (10, 100, 1_000, 10_000, 30_000)
PROVIDERS = ("anthropic", "github", "gitlab", "google", "linear", "microsoft", "notion", "qwen", "slack", "spotify")
ESCAPE = re.compile(rb"\x1b\[[0-9;?<>=]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[@-Z\\^_=>]")
NAME = re.compile(rb"profile-\d{6}")
QUIET, PATIENCE = 0.15, 20.0


# ---------------------------------------------------------------- what is measured

class Store:
    """A home of its own with so many profiles: none is due, nothing of the machine is read, nobody is asked."""

    def __init__(self, folder: Path, count: int):
        self.count, self.home = count, folder / f"home-{count}"
        settings = self.home / "config/authtui"
        settings.mkdir(parents=True)
        (settings / "settings.yaml").write_text("automatic_refresh: false\nborrowed: false\n")
        self.config = settings / "config.yaml"
        self.config.write_text(self.text())
        self.config.chmod(0o600)
        # None of the variables of whoever runs this gets through.
        self.env = {"HOME": str(self.home), "PATH": "/usr/bin:/bin", "TERM": "xterm-256color", "LANG": "C.UTF-8",
                    "COLORTERM": "truecolor", "AUTHTUI_KEYRING": "off", "AUTHTUI_BORROWED": "off"}
        for kind in ("CONFIG", "STATE", "CACHE", "DATA"):
            self.env[f"XDG_{kind}_HOME"] = str(self.home / kind.lower())

    def text(self) -> str:
        """The structure that authtui writes, the same bytes but for the times whenever it is made."""
        chance, now = random.Random(1), datetime.now(timezone.utc)
        token = lambda kind, index, length: f"{kind}_{index:06}_" + "".join(chance.choices("abcdefghijkmnpqrstuvwxyz23456789", k=length))
        lines = ["version: 1", "providers:"]
        for at, provider in enumerate(PROVIDERS):
            lines += [f"  {provider}:", "    oauth_credentials:"]
            for index in range(at, self.count, len(PROVIDERS)):
                ends = now + timedelta(days=30, seconds=61 * (index * 7919 % 50_000))
                lines += [f"      - id: profile-{index:06}", "        client_id: client",
                          f"        access_token: {token('at', index, 90)}", f"        refresh_token: {token('rt', index, 40)}",
                          f"        expires_at: \"{ends:%Y-%m-%dT%H:%M:%SZ}\"", "        scopes:", "          - openid", "          - profile"]
        return "\n".join(lines) + "\n"


class Program:
    """One of the programs that are compared, and all that was measured of it: name of the measure to values."""

    def __init__(self, name: str, screen: list[str], commands: dict[str, list[str]]):
        self.name, self.screen, self.commands = name, screen, commands
        self.values: dict[str, list[float]] = {}

    def add(self, measure: str, value: float):
        self.values.setdefault(measure, []).append(value)


COMMANDS = ("token", "header", "status", "list", "version")


def authtui(name: str, binary: Path) -> Program:
    binary = str(binary)
    last = f"{PROVIDERS[9]}/profile-000009"
    lines = (["token", last], ["header", last, "--mcp"], ["status"], ["list", "--json"], ["--version"])
    # An older build may not have all of them.
    told = subprocess.run([binary, "--help"], capture_output=True, text=True).stdout
    has = lambda command: command == "version" or re.search(rf"^ +{command} ", told, re.M)
    return Program(name, [binary], {command: [binary, *line] for command, line in zip(COMMANDS, lines) if has(command)})


def floor(folder: Path, count: int) -> Program:
    return Program("floor", [str(folder / "floor"), str(count)], dict.fromkeys(COMMANDS, [str(folder / "hello")]))


def build_floor() -> Path:
    """Builds `benches/floor` with the versions of our own lock file, in a folder of its own."""
    target = ROOT / "target/measure"
    source = target / "source"
    shutil.copytree(ROOT / "benches/floor", source, dirs_exist_ok=True)
    shutil.copyfile(ROOT / "Cargo.lock", source / "Cargo.lock")
    env = {**os.environ, "CARGO_TARGET_DIR": str(target)}
    subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=source, env=env, check=True)
    return target / "release"


# ---------------------------------------------------------------- the screen

class Screen:
    """A program in a terminal of its own. `text` is what it wrote, without escape sequences."""

    def __init__(self, argv: list[str], env: dict[str, str]):
        self.terminal, inner = pty.openpty()
        fcntl.ioctl(inner, termios.TIOCSWINSZ, struct.pack("HHHH", ROWS, COLUMNS, 0, 0))
        # A session's leader that opens a terminal is controlled by it.
        actions = [(os.POSIX_SPAWN_OPEN, 0, os.ttyname(inner), os.O_RDWR, 0), (os.POSIX_SPAWN_DUP2, 0, 1), (os.POSIX_SPAWN_DUP2, 0, 2)]
        self.raw, self.last, self.began = b"", 0.0, time.perf_counter()
        self.pid = os.posix_spawn(argv[0], argv, env, file_actions=actions, setsid=True)
        self.ended = os.pidfd_open(self.pid)
        os.close(inner)

    def read(self, wait: float) -> bool:
        """Takes what is written next, within `wait` seconds, and answers what a terminal would."""
        if not select.select([self.terminal], [], [], max(wait, 0))[0]:
            return False
        try:
            piece = os.read(self.terminal, 1 << 16)
        except OSError:  # the other end is closed
            return False
        self.last = time.perf_counter()
        self.raw += piece
        if b"\x1b]11;?" in piece:
            os.write(self.terminal, b"\x1b]11;rgb:1717/1a1a/2121\x1b\\")
        if b"\x1b[c" in piece:
            os.write(self.terminal, b"\x1b[?62;22c")
        return True

    def until(self, words: bytes):
        """Until the screen has shown `words`."""
        end = time.perf_counter() + PATIENCE
        while words not in ESCAPE.sub(b"", self.raw):
            if not self.read(end - time.perf_counter()):
                self.kill()
                sys.exit(f"the screen never showed {words.decode()}:\n{ESCAPE.sub(b'', self.raw).decode(errors='replace')[-2000:]}")

    def settle(self, quiet: float = QUIET):
        while self.read(quiet):
            pass

    def cpu(self) -> float:
        """Milliseconds on a processor, of all its threads, also of those that have ended."""
        return time.clock_gettime_ns(~self.pid << 3 | 2) / 1e6  # CPUCLOCK_SCHED of that process

    def wakes(self) -> int:
        """How often a thread gave up the processor to wait."""
        status = ((task / "status").read_text() for task in self.tasks())
        return sum(int(re.search(r"^voluntary_ctxt_switches:\s+(\d+)", text, re.M)[1]) for text in status)

    def pss(self) -> float:
        """MiB of memory, shared pages by share."""
        text = Path(f"/proc/{self.pid}/smaps_rollup").read_text()
        return int(re.search(r"^Pss:\s+(\d+)", text, re.M)[1]) / 1024

    def tasks(self) -> list[Path]:
        return list(Path(f"/proc/{self.pid}/task").iterdir())

    def quit(self) -> float:
        """Milliseconds from `q` to the end of the process."""
        began = time.perf_counter()
        os.write(self.terminal, b"q")
        end = began + PATIENCE
        while self.ended not in select.select([self.terminal, self.ended], [], [], end - time.perf_counter())[0]:
            if not self.read(0) and time.perf_counter() > end:
                break
        took = (time.perf_counter() - began) * 1000
        self.kill()
        return took

    def kill(self):
        if not select.select([self.ended], [], [], 0)[0]:
            signal.pidfd_send_signal(self.ended, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)
        os.close(self.ended)


def last_row(program: Program, store: Store) -> bytes:
    """The name in the last row of the first screen, found in a run that is not measured and fills the caches."""
    screen = Screen(program.screen, store.env)
    screen.until(b"profile-")
    screen.settle(1.0)
    names = NAME.findall(ESCAPE.sub(b"", screen.raw))
    screen.quit()
    # The last that was new; a name that is shown twice belongs to the row that is selected.
    return list(dict.fromkeys(names))[-1]


def measure_start(program: Program, screen: Screen, row: bytes):
    screen.until(row)
    program.add("first frame", (screen.last - screen.began) * 1000)
    program.add("cpu", screen.cpu())
    screen.settle()
    program.add("settled", (screen.last - screen.began) * 1000)


def measure_keys(program: Program, screen: Screen, count: int):
    for key in (b"j" * count + b"k" * count):
        screen.settle(0.03)
        began = time.perf_counter()
        os.write(screen.terminal, bytes([key]))
        if screen.read(PATIENCE):
            program.add("key", (screen.last - began) * 1000)


def measure_rest(program: Program, screen: Screen, seconds: float):
    """What it holds and does while nobody touches it."""
    program.add("pss", screen.pss())
    program.add("threads", len(screen.tasks()))
    if seconds:
        end, before = time.perf_counter() + seconds, screen.wakes()
        while (left := end - time.perf_counter()) > 0:
            screen.read(left)
        program.add("wakes", (screen.wakes() - before) / seconds)


def measure_screen(program: Program, store: Store, row: bytes, keys: int, idle: float):
    screen = Screen(program.screen, store.env)
    measure_start(program, screen, row)
    measure_keys(program, screen, keys)
    screen.settle(0.3)
    measure_rest(program, screen, idle)
    program.add("quit", screen.quit())


# ---------------------------------------------------------------- commands

def measure_command(program: Program, store: Store, command: str):
    """From before it starts to its end, with all that it printed read, as `$(…)` sees it."""
    argv = program.commands[command]
    out, inner = os.pipe()
    actions = [(os.POSIX_SPAWN_DUP2, inner, 1), (os.POSIX_SPAWN_OPEN, 2, os.devnull, os.O_WRONLY, 0)]
    began = time.perf_counter()
    pid = os.posix_spawn(argv[0], argv, store.env, file_actions=actions)
    os.close(inner)
    said = b""
    while piece := os.read(out, 1 << 16):
        said += piece
    _, status, used = os.wait4(pid, 0)
    program.add(command, (time.perf_counter() - began) * 1000)
    program.add(f"{command} cpu", (used.ru_utime + used.ru_stime) * 1000)
    os.close(out)
    if status or not said:
        sys.exit(f"{' '.join(argv)} ended with {os.waitstatus_to_exitcode(status)} and {len(said)} bytes")


def measure(programs: list[Program], store: Store, runs: int, idle_runs: int, idle: float):
    """All measures of all programs, in turn."""
    rows = [last_row(program, store) for program in programs]
    for run in range(runs):
        for program, row in zip(programs, rows):
            measure_screen(program, store, row, 6, idle if run < idle_runs else 0)
    for run in range(runs * 3 + 1):
        for command in COMMANDS:
            for program in programs:
                if command in program.commands:
                    measure_command(program, store, command)
        if run == 0:  # the first of each fills the caches
            for program in programs:
                for command in program.commands:
                    program.values[command].clear(), program.values[f"{command} cpu"].clear()
    said = ", ".join(f"{program.name} {median(program.values['first frame']):.1f} ms" for program in programs)
    print(f"{store.count:>6,} profiles, {store.config.stat().st_size:,} bytes, first frame: {said}", file=sys.stderr)


# ---------------------------------------------------------------- the table

def ratio(above: list[float], below: list[float]) -> str:
    """The ratio of the medians and its 95 % interval, by bootstrap."""
    chance = random.Random(1)
    again = lambda values: median(chance.choices(values, k=len(values)))
    ratios = sorted(again(above) / max(again(below), 1e-9) for _ in range(1000))
    return f"{median(above) / median(below):.2f} [{ratios[25]:.2f}–{ratios[975]:.2f}]"


def beside_floor(measure: str):
    return lambda mine, floor: f"{ratio(mine[measure], floor[measure])} ({median(mine[measure]):.1f} ms)"


def alone(measure: str, unit: str, digits: int = 1):
    return lambda mine, floor: f"{median(mine[measure]):.{digits}f}{unit} ({median(floor[measure]):.{digits}f})"


def quit_cell(mine: dict, floor: dict) -> str:
    late = sorted(mine["quit"])[int(len(mine["quit"]) * 0.99)]
    return f"{median(mine['quit']):.1f} ms, p99 {late:.1f} ({median(floor['quit']):.1f})"


LINES = (
    ("first frame / floor", beside_floor("first frame"), "≤ 1.2 / ≤ 1.5 / ≤ 4"),
    ("CPU to the first frame / floor", beside_floor("cpu"), "≤ 1.5 / ≤ 2 / ≤ 5"),
    ("output settled / floor", beside_floor("settled"), "≤ 1.3"),
    ("key to frame / floor", beside_floor("key"), "≤ 1.1, the same at every size"),
    ("memory, PSS (floor)", alone("pss", " MiB"), "≤ 5 MiB; ≤ 1 KiB a profile"),
    ("threads (floor)", alone("threads", "", 0), "none that is not needed"),
    ("wake-ups a second, idle (floor)", alone("wakes", ""), "≤ 1"),
    ("quit (floor)", quit_cell, "≤ 2 ms, p99 ≤ 5"),
    ("`token NAME` / hello", beside_floor("token"), "≤ 1.3 / ≤ 2 / ≤ 8"),
    ("`header NAME --mcp` / hello", beside_floor("header"), "≤ 1.3 / ≤ 2 / –"),
    ("`status` / hello", beside_floor("status"), "≤ 1.2 at every size"),
    ("`list --json` / hello", beside_floor("list"), "≤ 2 / ≤ 4 / ≤ 20"),
    ("`--version` / hello", beside_floor("version"), "–"),
)


def line(words: str, cell, above: str, below: str, results: dict[int, list[Program]]) -> str:
    by_name = [{program.name: program.values for program in programs} for programs in results.values()]
    return f"| {words} | " + " | ".join(cell(programs[above], programs[below]) for programs in by_name) + " |"


def table(name: str, results: dict[int, list[Program]]) -> str:
    """That program beside the floor: a column for each size."""
    text = f"| {name} | " + " | ".join(f"{count:,}" for count in results) + " | goal |\n" + "|---" * (len(results) + 2) + "|\n"
    return text + "".join(f"{line(words, cell, name, 'floor', results)} {goal} |\n" for words, cell, goal in LINES)


def comparison(name: str, results: dict[int, list[Program]]) -> str:
    """Ours beside another build; beside itself (`--null`) each interval should hold 1."""
    text = f"| authtui / {name} | " + " | ".join(f"{count:,}" for count in results) + " |\n" + "|---" * (len(results) + 1) + "|\n"
    for measure in ("first frame", "cpu", "settled", "key", "pss", "quit", "token", "list", "version"):
        text += line(measure, lambda mine, other: ratio(mine[measure], other[measure]), "authtui", name, results) + "\n"
    return text


def pressure() -> tuple[float, float]:
    """The clock, and for how many of its seconds something waited for a processor so far."""
    line = Path("/proc/pressure/cpu").read_text().splitlines()[0]
    return time.monotonic(), int(line.rsplit("total=", 1)[1]) / 1e6


def machine(began: tuple[float, float], runs: int) -> str:
    ended = pressure()
    share = (ended[1] - began[1]) / (ended[0] - began[0])
    processor = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.M)
    kind = "a virtual machine" if "hypervisor" in Path("/proc/cpuinfo").read_text() else platform.machine()
    return (f"{datetime.now():%Y-%m-%d}, {os.cpu_count()} cores of {kind} ({processor[1] if processor else platform.machine()}), Linux "
            f"{platform.release().split('-')[0]}, {COLUMNS}×{ROWS}; {runs} runs of each screen, {runs * 3} of each command. "
            f"Something waited for a processor {share:.0%} of the time"
            f"{': a busy machine, so look at the ratios alone' if share > 0.1 else ''}.\n")


# ---------------------------------------------------------------- the plot

SERIES = (("first frame", "cpu", "#3b82f6"), ("list --json", "list cpu", "#d97706"), ("token NAME", "token cpu", "#16a34a"))


def plot(results: dict[int, Program]) -> str:
    """Milliseconds of CPU against profiles, both by powers of ten; its colours are seen on white and on black."""
    tops = [median(program.values[measure]) for program in results.values() for _, measure, _ in SERIES]
    low, high = 0, 1
    while 10 ** high < max(tops):
        high += 1
    x = lambda count: 70 + 420 * (log10(count) - 1) / (log10(max(results)) - 1)
    y = lambda value: 270 - 230 * (log10(max(value, 1.0)) - low) / (high - low)
    text = ('<svg xmlns="http://www.w3.org/2000/svg" width="640" height="330" viewBox="0 0 640 330" role="img" '
            'font-family="system-ui,sans-serif" font-size="13"><title>CPU time against the number of profiles</title>'
            '<g fill="#808080" stroke="none">\n<text x="70" y="22">CPU time in milliseconds</text>'
            '<text x="280" y="318" text-anchor="middle">profiles</text>\n')
    for power in range(low, high + 1):
        at = y(10 ** power)
        text += (f'<path d="M70 {at:.0f}H490" stroke="#808080" stroke-opacity=".3"/>'
                 f'<text x="62" y="{at + 4:.0f}" text-anchor="end">{10 ** power:,}</text>\n')
    for count in results:
        text += f'<text x="{x(count):.0f}" y="292" text-anchor="middle">{count:,}</text>\n'
    text += "</g>\n"
    ends: list[float] = []
    for words, measure, colour in SERIES:
        points = [(x(count), y(median(program.values[measure]))) for count, program in results.items()]
        path = "L".join(f"{across:.1f} {down:.1f}" for across, down in points)
        at = points[-1][1]
        while any(abs(at - other) < 16 for other in ends):  # labels do not lie on one another
            at += 4
        ends.append(at)
        text += f'<path d="M{path}" fill="none" stroke="{colour}" stroke-width="2"/>'
        text += "".join(f'<circle cx="{across:.1f}" cy="{down:.1f}" r="3" fill="{colour}"/>' for across, down in points)
        text += f'<text x="500" y="{at + 4:.1f}" fill="{colour}">{words}: {median(list(results.values())[-1].values[measure]):.0f} ms</text>\n'
    return text + "</svg>\n"


# ---------------------------------------------------------------- command line

def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--binary", type=Path, help="the authtui to measure; without it a release is built")
    options.add_argument("--old", type=Path, metavar="BIN", help="another build of authtui to put beside it")
    options.add_argument("--null", action="store_true", help="the same build a second time: how far two equal programs lie apart")
    options.add_argument("--quick", action="store_true", help="few runs: two minutes")
    options.add_argument("--plot", action="store_true", help="also measure how cost grows, and write docs/performance.svg")
    options.add_argument("--write", action="store_true", help="put the table into docs/performance.md")
    asked = options.parse_args()
    runs, idle_runs, idle = (5, 1, 5.0) if asked.quick else (25, 3, 20.0)
    floors = build_floor()
    if not asked.binary:
        subprocess.run(["cargo", "build", "--release", "--quiet"], cwd=ROOT, check=True)
        target = Path(os.environ.get("CARGO_TARGET_DIR", ROOT / "target"))
        asked.binary = target / "release/authtui"
    builds = {"authtui": asked.binary, "old": asked.old, "again": asked.binary if asked.null else None}
    builds = {name: binary.resolve() for name, binary in builds.items() if binary}

    began, results, growth = pressure(), {}, {}
    with tempfile.TemporaryDirectory(prefix="authtui-measure-") as folder:
        for count in SIZES:
            programs = [floor(floors, count)] + [authtui(name, binary) for name, binary in builds.items()]
            measure(programs, Store(Path(folder), count), runs, idle_runs, idle)
            results[count] = programs
        for count in GROWTH if asked.plot else ():
            program = next((program for program in results.get(count, []) if program.name == "authtui"), None)
            if not program:
                program = authtui("authtui", builds["authtui"])
                measure([program], Store(Path(folder), count), max(runs // 2, 3), 0, 0)
            growth[count] = program
    text = machine(began, runs) + "\n" + table("authtui", results)
    text += "".join("\n" + comparison(name, results) for name in list(builds)[1:])
    print(text)
    if asked.plot:
        PLOT.write_text(plot(growth))
    if asked.write:
        head, rest = PAGE.read_text().split(BEGIN)
        PAGE.write_text(head + BEGIN + "\n" + text + "\n" + END + rest.split(END)[1])


if __name__ == "__main__":
    main()
