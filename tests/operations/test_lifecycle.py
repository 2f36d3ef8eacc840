"""The real `./run`: it opens, it stops on every signal, it comes back after a kill, and leaves nothing behind."""

import os
import signal
import sqlite3
import stat
import time
from pathlib import Path

import pytest

from tests import parts
from tests.operations.launch import READY_SECONDS, Shop, processes_of, run, shop

pytestmark = pytest.mark.processes
# Filling the sample takes most of a first start, and says nothing about how programs start and stop.
EMPTY = {"SHOWPIECE_SAMPLE": "0"}


def users(home: Path) -> int:
    with sqlite3.connect(home / "showpiece.sqlite3") as database:
        return int(database.execute("SELECT count(*) FROM accounts_user").fetchone()[0])


def test_opens_and_stops_and_opens_again_with_its_data(tmp_path: Path) -> None:
    home = tmp_path / "a shop; it's 100%s ours" / ("long" * 25)
    home.parent.mkdir()
    with shop(home) as first:
        assert first.get("/")[0] == 200
        assert first.get("/health/ready")[0] == 200
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert stat.S_IMODE((home / "run").stat().st_mode) == 0o700
        said = first.said()
        assert "7/7" in said
        assert f"http://127.0.0.1:{first.port}" in said
        kept = (home / "accounts.txt").read_text()
        assert kept.strip()
        assert kept.splitlines()[0].strip() in said
        assert stat.S_IMODE((home / "accounts.txt").stat().st_mode) == 0o600
        count = users(home)
        assert first.stop(signal.SIGTERM) == 0
        first.assert_nothing_left()
    began = time.monotonic()
    with shop(home) as second:
        assert time.monotonic() - began < 60  # the promise of five seconds is measured by `./run bench startup`
        assert second.get("/")[0] == 200
        assert users(home) == count
        assert kept.splitlines()[0].strip() not in second.said()
        assert str(home / "accounts.txt") in second.said()
        assert "Database: up to date" in second.said()
        assert "Static files: up to date" in second.said()
        assert second.stop(signal.SIGINT) == 0
        second.assert_nothing_left()


def test_a_second_one_on_the_same_data_is_refused(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with shop(home, **EMPTY) as running:
        refused = run(SHOWPIECE_HOME=str(home), PORT=str(running.port))
        assert refused.returncode == 1
        assert f"process {running.process.pid}" in refused.stderr
        assert f"kill {running.process.pid}" in refused.stderr
        assert len(refused.stderr.strip().splitlines()) == 1
        assert running.get("/health/ready")[0] == 200


def test_comes_back_after_the_supervisor_was_killed(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with shop(home, **EMPTY) as first:
        first.stop(signal.SIGKILL)
        assert first.wait_until_gone()  # nobody outlives the supervisor
        assert list((home / "run").iterdir())  # it could not tidy up
    with shop(home, **EMPTY) as second:
        assert second.get("/")[0] == 200
        assert second.stop() == 0
        second.assert_nothing_left()


def test_a_killed_program_is_started_again(tmp_path: Path) -> None:
    with shop(tmp_path / "home", **EMPTY) as running:
        for program in ("web", "worker"):
            before = running.pid_of(program)
            os.kill(before, signal.SIGKILL)
            deadline = time.monotonic() + READY_SECONDS
            while running.pid_of(program) == before and time.monotonic() < deadline:
                time.sleep(0.1)
            assert running.pid_of(program) != before
        deadline = time.monotonic() + READY_SECONDS
        while time.monotonic() < deadline:
            try:
                if running.get("/health/ready")[0] == 200:
                    break
            except OSError:
                pass
            time.sleep(0.2)
        assert running.get("/health/ready")[0] == 200
        assert running.stop() == 0
        running.assert_nothing_left()


@pytest.mark.parametrize("seconds", [1.0, 2.5])
def test_an_interrupted_start_is_finished_by_the_next(tmp_path: Path, seconds: float) -> None:
    home = tmp_path / "home"
    interrupted = Shop(home)
    interrupted.start()
    time.sleep(seconds)
    interrupted.stop(signal.SIGKILL if seconds == 1.0 else signal.SIGINT)
    assert interrupted.wait_until_gone()
    with shop(home) as opened:
        assert opened.get("/")[0] == 200
        assert (home / "accounts.txt").read_text().strip()
        assert opened.stop() == 0
        opened.assert_nothing_left()


def test_a_web_server_that_cannot_start_ends_the_start_with_its_log(tmp_path: Path) -> None:
    home = tmp_path / "home"
    broken = Shop(home, WEB_CONCURRENCY="many", **EMPTY)
    broken.start()
    assert broken.process.wait(60) == 1
    assert "web does not start" in broken.said()
    assert "many" in broken.said()
    broken.assert_nothing_left()


def test_the_same_command_runs_on_postgresql_and_rabbitmq(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with shop(home, DATABASE_URL=parts.postgres_url(), BROKER_URL=parts.rabbitmq_url()) as scaled:
        status, body = scaled.get("/health/ready")
        assert status == 200
        assert '"broker"' in body
        assert not (home / "showpiece.sqlite3").exists()
        assert scaled.stop() == 0
        scaled.assert_nothing_left()
    assert processes_of(home) == []
