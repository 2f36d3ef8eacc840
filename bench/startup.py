"""How long a start takes, and what it keeps in memory: `./run bench startup [--bare]`.

`--bare` also clones the last commit and starts it with an empty home folder and no cache, as a newcomer does.
"""

import argparse
import contextlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from showpiece.commands.processes import die_with_parent

ROOT = Path(__file__).resolve().parents[1]
TICK = os.sysconf("SC_CLK_TCK")
SETTLE_SECONDS = 5.0


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def descendants(pid: int) -> list[int]:
    """The process and all that it started, by the kernel's word."""
    found = [pid]
    for parent in found:
        for tasks in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):  # it ended while we looked
                found += [int(child) for child in tasks.read_text().split()]
    return found


def cpu_seconds(pid: int) -> float:
    """What the process has used, with its children that have ended."""
    with contextlib.suppress(OSError):
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
        return sum(int(field) for field in fields[11:15]) / TICK
    return 0.0


def pss_megabytes(pid: int) -> float:
    """Memory with each shared page counted once over all who share it."""
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
        if line.startswith("Pss:"):
            return int(line.split()[1]) / 1024
    return 0.0


def name(pid: int) -> str:
    """What a process is, from its command line."""
    words = Path(f"/proc/{pid}/cmdline").read_text().split("\0")
    module = words[words.index("-m") + 1] if "-m" in words else words[0]
    rest = [word for word in words if word in ("web", "worker")]
    return " ".join([module.rpartition("/")[2], *rest])


@dataclass
class Started:
    """A running `./run`."""

    process: subprocess.Popen[bytes]
    seconds: float
    cpu: float

    def memory(self) -> list[tuple[str, float]]:
        """Each process with its share, after it has come to rest."""
        time.sleep(SETTLE_SECONDS)
        return [(name(pid), pss_megabytes(pid)) for pid in descendants(self.process.pid)]

    def stop(self) -> float:
        """TERM; the seconds until nothing is left."""
        began = time.monotonic()
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(60)
        return time.monotonic() - began


def start(clone: Path, home: Path, *, path: str = "/health/ready", patience: float = 300, **settings: str) -> Started:
    """Start and wait until `path` answers 200."""
    port = free_port()
    env = os.environ | settings | {"PORT": str(port), "SHOWPIECE_HOME": str(home)}
    began = time.monotonic()
    with (home.parent / "output.txt").open("ab") as output:
        process = subprocess.Popen(
            [clone / "run"], cwd=clone, env=env, stdout=output, stderr=output, preexec_fn=die_with_parent
        )
    while True:
        if process.poll() is not None or time.monotonic() - began > patience:
            process.terminate()
            raise SystemExit("it did not start:\n" + (home.parent / "output.txt").read_text())
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=5) as answer:
                answer.read()
            break
        except (urllib.error.URLError, OSError):
            time.sleep(0.02)
    seconds = time.monotonic() - began
    return Started(process, seconds, sum(cpu_seconds(pid) for pid in descendants(process.pid)))


def row(what: str, value: str, limit: str = "") -> None:
    """One line of the table."""
    print(f"{what:<44} {value:>12}  {limit}")


def bare(folder: Path) -> None:
    """As a newcomer: a fresh clone, an empty home, cold caches."""
    clone, user = folder / "clone", folder / "user"
    user.mkdir()
    subprocess.run(["git", "clone", "--quiet", ROOT, clone], check=True)
    os.sync()
    started = start(clone, folder / "bare", path="/", HOME=str(user), XDG_CACHE_HOME=str(user / ".cache"))
    try:
        row("bare clone to the first page, s", f"{started.seconds:.1f}", "≤ 60")
        row("bare clone to the first page, CPU s", f"{started.cpu:.1f}")
    finally:
        started.stop()


def main(argv: Sequence[str] | None = None) -> int:
    """Print the table."""
    parser = argparse.ArgumentParser(prog="./run bench startup", description=__doc__)
    parser.add_argument("--bare", action="store_true", help="also from a bare clone (needs the registry)")
    options = parser.parse_args(argv)
    folder = Path(tempfile.mkdtemp(prefix="showpiece-bench-"))
    models = os.environ.get("SHOWPIECE_MODELS") or str(ROOT / "var" / "models")
    try:
        if options.bare:
            bare(folder)
        home = folder / "home"
        first = start(ROOT, home, SHOWPIECE_MODELS=models)
        row("first start, packages there, s", f"{first.seconds:.1f}")
        first.stop()
        second = start(ROOT, home, SHOWPIECE_MODELS=models)
        row("second start to ready, s", f"{second.seconds:.1f}", "< 5")
        row("second start to ready, CPU s", f"{second.cpu:.1f}", "< 5")
        try:
            memory = second.memory()
        finally:
            stopped = second.stop()
        for what, megabytes in memory:
            row(f"memory (PSS) of {what}, MB", f"{megabytes:.0f}")
        row("memory (PSS) of everything, MB", f"{sum(share for _, share in memory):.0f}", "< 600")
        row("stop, s", f"{stopped:.1f}")
    finally:
        shutil.rmtree(folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
