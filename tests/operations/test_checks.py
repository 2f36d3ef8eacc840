"""Each thing that can be missing on a machine is said in one line, with what to do about it."""

import socket
from pathlib import Path

import pytest

from showpiece.commands import checks
from showpiece.commands.console import Problem
from tests.operations.launch import run


def test_a_taken_port_names_a_free_one(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem) as problem:
            checks.check_port("127.0.0.1", port)
    assert f"Port {port} is taken" in problem.value.what
    assert problem.value.remedy.startswith("Start on another: PORT=")
    other = int(problem.value.remedy.split("PORT=")[1].split()[0])
    checks.check_port("127.0.0.1", other)


def test_a_taken_port_stops_the_command_before_it_installs_anything(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        refused = run(SHOWPIECE_HOME=str(tmp_path / "home"), PORT=str(taken.getsockname()[1]))
    assert refused.returncode == 1
    assert "is taken by another program. Start on another: PORT=" in refused.stderr
    assert "1/7" not in refused.stdout


@pytest.mark.parametrize("value", ["0", "70000", "http", "-1", "80 80"])
def test_a_port_that_is_none(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("PORT", value)
    with pytest.raises(Problem, match="no port number"):
        checks.web_address()


@pytest.mark.parametrize(
    ("bind", "address"),
    [
        ("127.0.0.1", "http://127.0.0.1:80"),
        ("0.0.0.0", "http://127.0.0.1:80"),  # noqa: S104
        ("::", "http://[::1]:80"),
        ("::1", "http://[::1]:80"),
        ("shop.example", "http://shop.example:80"),
    ],
)
def test_the_address_to_open(bind: str, address: str) -> None:
    assert checks.url(bind, 80) == address


@pytest.mark.parametrize("absent", ["venv", "ensurepip"])
def test_no_venv_module(absent: str) -> None:
    with pytest.raises(Problem, match=r"Install python3-venv \(apt install python3-venv\)"):
        checks.check_venv_module(lambda name: None if name == absent else object())
    checks.check_venv_module()


def test_no_space(tmp_path: Path) -> None:
    with pytest.raises(Problem, match="Only 99 MB are free"):
        checks.check_space(tmp_path, 100 * checks.MEGABYTE, free=lambda folder: 99 * checks.MEGABYTE)
    checks.check_space(tmp_path / "not" / "made" / "yet", 1)


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    refused = run(SHOWPIECE_HOME=str(tmp_path / "file" / "home"))
    assert refused.returncode == 1
    assert "Cannot write in" in refused.stderr
    assert "SHOWPIECE_HOME=" in refused.stderr
    assert len(refused.stderr.strip().splitlines()) == 1


def test_a_folder_that_nobody_can_write() -> None:
    with pytest.raises(Problem, match="Cannot write in /proc/showpiece"):
        checks.check_writable(Path("/proc/showpiece"), "the data folder")
