"""Starting child processes that never outlive their parent. Standard library only."""

import ctypes
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

PR_SET_PDEATHSIG = 1
# Loaded before any fork: a child of a process with threads must not take the loader's lock.
_LIBC = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(death: signal.Signals = signal.SIGTERM) -> None:
    """Have the kernel send this process `death` when its parent ends, however it ends (Linux only)."""
    if _LIBC is not None:
        _LIBC.prctl(PR_SET_PDEATHSIG, int(death), 0, 0, 0)


def call(
    command: Sequence[str | Path], *, cwd: Path | None = None, env: Mapping[str, str] | None = None, quiet: bool = False
) -> tuple[int, str]:
    """Run a child to its end and return its status and output (empty unless `quiet`); it ends if this process does."""
    pipe = subprocess.PIPE if quiet else None
    with subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env) if env is not None else None,
        stdin=subprocess.DEVNULL,
        stdout=pipe,
        stderr=subprocess.STDOUT if quiet else None,
        text=True,
        errors="replace",
        preexec_fn=die_with_parent,
    ) as child:
        try:
            output, _ = child.communicate()
        except BaseException:
            child.terminate()
            try:
                child.wait(10)
            except subprocess.TimeoutExpired:
                child.kill()
            raise
    return child.returncode, output or ""


def started_at(pid: int) -> str:
    """When process `pid` started, in words that no later process with its number repeats; empty if there is none."""
    if _LIBC is not None:
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return ""
        state, *fields = stat[stat.rindex(")") + 2 :].split()
        return "" if state in "ZX" else fields[18]
    return call(["ps", "-o", "lstart=", "-p", str(pid)], quiet=True)[1].strip()


def alive(pid: int, start: str) -> bool:
    """Whether the process that was `pid` when it started at `start` still runs."""
    return bool(start) and started_at(pid) == start


def become(command: Sequence[str | Path], env: Mapping[str, str]) -> NoReturn:
    """Replace this process by `command`."""
    sys.stdout.flush()
    sys.stderr.flush()
    words = [str(word) for word in command]
    os.execve(words[0], words, dict(env))  # noqa: S606
