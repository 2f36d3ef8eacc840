"""One Showpiece a data folder: the lock, and what a killed one left behind. Standard library only."""

import contextlib
import fcntl
import json
import os
import signal
import time
from pathlib import Path

from showpiece.commands.console import Problem
from showpiece.commands.processes import alive, die_with_parent, started_at

PROGRAMS = ("web", "worker")
SUPERVISOR_VARIABLE = "SHOWPIECE_SUPERVISOR"  # from the supervisor to its programs: its process number
LEFT_OVER_WAIT = 6.0


def run_folder(home: Path) -> Path:
    """Sockets, process numbers and the lock; only the owner may look in, since the control socket is there."""
    folder = home / "run"
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(0o700)
    return folder


def acquire(home: Path, address: str) -> int:
    """Take the lock of the data folder and return its open file; the kernel lets go of it when the process ends."""
    path = run_folder(home) / "lock"
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            raise _running(home, path) from None
        # A stopping instance removes the file: what was locked must still be what others will find.
        with contextlib.suppress(FileNotFoundError):
            if path.stat().st_ino == os.fstat(descriptor).st_ino:
                break
        os.close(descriptor)
    os.ftruncate(descriptor, 0)
    os.write(descriptor, json.dumps({"pid": os.getpid(), "address": address}).encode())
    return descriptor


def _running(home: Path, path: Path) -> Problem:
    holder = {}
    with contextlib.suppress(OSError, ValueError):
        holder = json.loads(path.read_text())
    pid, address = holder.get("pid", "?"), holder.get("address", "?")
    return Problem(
        f"Showpiece already runs on the data in {home}: process {pid}, {address}.",
        f"Stop it first (kill {pid}), or give this one its own folder: SHOWPIECE_HOME=/path ./run",
    )


def holder(home: Path) -> dict[str, object]:
    """Who runs on this data folder: `pid` and `address`; empty if nobody does."""
    path = home / "run" / "lock"
    try:
        descriptor = os.open(path, os.O_RDWR)
    except OSError:
        return {}
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads(path.read_text()))
        return {"pid": "?", "address": "?"}
    finally:
        os.close(descriptor)
    return {}


def check_not_running(home: Path) -> None:
    """Say so early, before minutes of installing."""
    if holder(home):
        raise _running(home, home / "run" / "lock")


def join_supervisor(home: Path, program: str) -> None:
    """Called by each program at its start: end when the supervisor does, however it ends.

    The process number is left in a file for a next start, should the kernel not have the first part.
    """
    die_with_parent()
    supervisor = os.environ.get(SUPERVISOR_VARIABLE)
    if supervisor is None:
        return  # started by hand, or by another supervisor that keeps its own books
    if supervisor != str(os.getppid()):
        raise SystemExit(f"{program}: the supervisor is gone")
    draft = run_folder(home) / f"{program}.pid.{os.getpid()}"
    draft.write_text(f"{os.getpid()} {started_at(os.getpid())}\n")
    draft.replace(home / "run" / f"{program}.pid")


def _registered(home: Path) -> list[tuple[int, str]]:
    found = []
    for program in PROGRAMS:
        with contextlib.suppress(OSError, ValueError):
            number, start = (home / "run" / f"{program}.pid").read_text().split(maxsplit=1)
            if alive(int(number), start.strip()):
                found.append((int(number), start.strip()))
    return found


def _signal_group(pid: int, number: signal.Signals) -> None:
    # The supervisor makes each program the leader of its own group, so this reaches what it started, too.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def clear_left_overs(home: Path) -> None:
    """End what a killed supervisor left (to be called with the lock held), and remove its files."""
    left = _registered(home)
    for pid, _ in left:
        _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + LEFT_OVER_WAIT
    while any(alive(pid, start) for pid, start in left) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid, start in left:
        if alive(pid, start):
            _signal_group(pid, signal.SIGKILL)
    remove_files(home, keep_lock=True)


def remove_files(home: Path, *, keep_lock: bool = False) -> None:
    """Take away everything in the run folder that speaks of a running instance."""
    for path in (home / "run").iterdir():
        if path.is_dir() or (keep_lock and path.name == "lock"):
            continue
        path.unlink(missing_ok=True)
