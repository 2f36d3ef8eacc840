"""The command `showpiece`."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from showpiece import cli
from showpiece.commands.console import INTERRUPTED, Problem, Steps, Stopped, guarded
from tests.operations.launch import environment

COMMANDS = ["up", "web", "worker", "doctor", "models", "sample", "predict", "manage"]


def showpiece(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "showpiece", *arguments]
    return subprocess.run(command, env=environment(**env), capture_output=True, text=True, timeout=300, check=False)


@pytest.mark.parametrize("asked", [[], ["help"], ["--help"], ["-h"]])
def test_help_names_every_command(asked: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(asked or ["help"]) == 0
    said = capsys.readouterr().out
    for name in COMMANDS:
        assert f"\n  {name} " in said
    assert list(cli.COMMANDS) == COMMANDS


def test_an_unknown_command(capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["dance"]) == 2
    captured = capsys.readouterr()
    assert "'dance'" in captured.err
    assert captured.out == ""


def test_predict_never_loads_django(tmp_path: Path) -> None:
    script = (
        "import json, sys\n"
        "from showpiece.cli import main\n"
        "status = main(['predict', 'faces', '--help'])\n"
        "print(json.dumps([status, sorted(name for name in sys.modules if name.split('.')[0] == 'django')]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-P", "-c", script],
        env=environment(SHOWPIECE_HOME=str(tmp_path)),
        capture_output=True,
        text=True,
        check=True,
    )
    assert json.loads(done.stdout.splitlines()[-1]) == [0, []]


def test_manage_reaches_django(tmp_path: Path) -> None:
    done = showpiece("manage", "version", SHOWPIECE_HOME=str(tmp_path))
    assert done.returncode == 0
    assert done.stdout.startswith("5.")


def test_a_problem_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    def command() -> int:
        raise Problem("The moon is full.", "Wait.")

    before = signal.getsignal(signal.SIGTERM)
    try:
        assert guarded("showpiece", command) == 1
    finally:
        signal.signal(signal.SIGTERM, before)
    assert capsys.readouterr().err == "showpiece: The moon is full. Wait.\n"


@pytest.mark.parametrize(
    ("stop", "status"), [(KeyboardInterrupt, INTERRUPTED), (Stopped, 128 + signal.SIGTERM), (BrokenPipeError, 141)]
)
def test_a_stop_has_the_usual_status(stop: type[BaseException], status: int) -> None:
    def command() -> int:
        raise stop

    before = signal.getsignal(signal.SIGTERM)
    try:
        assert guarded("showpiece", command) == status
    finally:
        signal.signal(signal.SIGTERM, before)


def test_term_unwinds_the_stack() -> None:
    before = signal.getsignal(signal.SIGTERM)
    cleaned = []

    def command() -> int:
        try:
            os.kill(os.getpid(), signal.SIGTERM)
        finally:
            cleaned.append(True)
        return 0

    try:
        assert guarded("showpiece", command) == 128 + signal.SIGTERM
    finally:
        signal.signal(signal.SIGTERM, before)
    assert cleaned


def test_steps_are_numbered(capsys: pytest.CaptureFixture[str]) -> None:
    steps = Steps(3, done=1)
    steps.next("one")
    with steps.during("two"):
        pass
    assert capsys.readouterr().out == "2/3 one\n3/3 two\n"
