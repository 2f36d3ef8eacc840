"""One Showpiece a data folder, and what a killed one leaves."""

import fcntl
import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

from showpiece.commands import instance
from showpiece.commands.console import Problem
from showpiece.commands.processes import alive, call, started_at


def test_the_lock_is_for_one(tmp_path: Path) -> None:
    descriptor = instance.acquire(tmp_path, "http://127.0.0.1:8000")
    assert instance.holder(tmp_path) == {"pid": os.getpid(), "address": "http://127.0.0.1:8000"}
    with pytest.raises(Problem, match=f"already runs on the data in .*process {os.getpid()}, http://127.0.0.1:8000"):
        instance.acquire(tmp_path, "http://127.0.0.1:8001")
    with pytest.raises(Problem, match="already runs"):
        instance.check_not_running(tmp_path)
    os.close(descriptor)
    assert instance.holder(tmp_path) == {}
    instance.check_not_running(tmp_path)
    os.close(instance.acquire(tmp_path, "http://127.0.0.1:8001"))


def test_a_lock_that_was_just_removed_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = instance.run_folder(tmp_path) / "lock"
    path.touch()
    real, calls = fcntl.flock, []

    def flock(descriptor: int, operation: int) -> None:
        if not calls:
            path.unlink()  # the one before us ends between our opening and our locking
        calls.append(operation)
        real(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", flock)
    descriptor = instance.acquire(tmp_path, "http://127.0.0.1:8000")
    assert len(calls) == 2
    assert path.stat().st_ino == os.fstat(descriptor).st_ino
    os.close(descriptor)


def test_left_overs_are_ended_with_what_they_started(tmp_path: Path) -> None:
    stubborn = (
        "import os, signal, subprocess, time\n"
        "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "child = subprocess.Popen(['sleep', '60'])\n"
        "print(child.pid, flush=True)\n"
        "time.sleep(60)\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", stubborn], stdout=subprocess.PIPE, text=True, process_group=0
    ) as process:
        assert process.stdout is not None
        child = int(process.stdout.readline())
        start = started_at(child)
        (instance.run_folder(tmp_path) / "worker.pid").write_text(f"{process.pid} {started_at(process.pid)}\n")
        (tmp_path / "run" / "supervisor.sock").touch()
        instance.LEFT_OVER_WAIT, before = 0.5, instance.LEFT_OVER_WAIT
        try:
            instance.clear_left_overs(tmp_path)
        finally:
            instance.LEFT_OVER_WAIT = before
        assert process.wait(5) == -9
        time.sleep(0.1)
        assert not alive(child, start)
    assert list((tmp_path / "run").iterdir()) == []


def test_a_number_that_another_process_got_meanwhile_is_left_alone(tmp_path: Path) -> None:
    with subprocess.Popen(["sleep", "60"]) as innocent:
        (instance.run_folder(tmp_path) / "web.pid").write_text(f"{innocent.pid} 1\n")
        (tmp_path / "run" / "worker.pid").write_text("not a number\n")
        instance.clear_left_overs(tmp_path)
        assert innocent.poll() is None
        innocent.kill()


def test_a_program_whose_supervisor_is_gone_does_not_start(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(instance.SUPERVISOR_VARIABLE, "1")
    monkeypatch.setattr(instance, "die_with_parent", lambda: None)
    with pytest.raises(SystemExit, match="web: the supervisor is gone"):
        instance.join_supervisor(tmp_path, "web")


def test_a_child_ends_with_its_parent() -> None:
    script = (
        "import subprocess, sys\n"
        "from showpiece.commands.processes import call\n"
        "call([sys.executable, '-c', 'import os, time; print(os.getpid(), flush=True); time.sleep(60)'])\n"
    )
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = int(parent.stdout.readline())
        start = started_at(child)
        parent.kill()
        deadline = time.monotonic() + 5
        while alive(child, start) and time.monotonic() < deadline:
            time.sleep(0.05)
        assert not alive(child, start)


def test_the_output_of_a_quiet_child() -> None:
    assert call([sys.executable, "-c", "print('said'); raise SystemExit(3)"], quiet=True) == (3, "said\n")
