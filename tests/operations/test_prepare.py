"""What a start prepares, what it skips, and what the doctor says of it."""

import json
import sqlite3
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from showpiece.commands import doctor, prepare, state
from tests.operations.launch import environment


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.delenv("SHOWPIECE_SAMPLE", raising=False)
    return tmp_path


def run_prepare(home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-P", "-m", "showpiece.commands.prepare", "7", "3"],
        env=environment(SHOWPIECE_HOME=str(home), **env),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def showpiece_doctor(home: Path, **env: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-P", "-m", "showpiece", "doctor"]
    return subprocess.run(
        command,
        env=environment(SHOWPIECE_HOME=str(home), **env),
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )


def row(table: str, part: str) -> str:
    return next(line for line in table.splitlines() if line[7:].startswith(f"{part} "))


@pytest.mark.processes
def test_prepared_once_looked_at_cheaply_afterwards_and_the_doctor_agrees(home: Path) -> None:
    before = showpiece_doctor(home)
    assert before.returncode == 1
    assert row(before.stdout, "database").startswith("WRONG")
    assert row(before.stdout, "static").startswith("WRONG")
    assert not (home / "showpiece.sqlite3").exists()  # looking makes nothing

    # A note of another database, which had the sample: this one is empty and gets its own.
    state.write(home, migrations="of another", applied=[], sample=True)
    first = run_prepare(home)
    assert first.returncode == 0, first.stderr
    assert [line.split()[0] for line in first.stdout.splitlines()] == ["4/7", "5/7", "6/7"]
    accounts = (home / "accounts.txt").read_text()
    assert accounts.strip()
    assert stat.S_IMODE((home / "accounts.txt").stat().st_mode) == 0o600
    assert prepare.is_prepared(home)

    after = showpiece_doctor(home)
    assert after.returncode == 0, after.stdout
    assert "All is well." in after.stdout
    assert "Traceback" not in after.stderr

    # A key that others can read is found, and so is what a newer version would have to migrate.
    (home / "secret_key").chmod(0o644)
    note = json.loads((home / "prepared.json").read_text())
    with sqlite3.connect(home / "showpiece.sqlite3") as database:
        database.execute("DELETE FROM django_migrations WHERE app = 'sessions'")
    assert not prepare.is_prepared(home)
    ill = showpiece_doctor(home)
    assert ill.returncode == 1
    assert row(ill.stdout, "secret key").startswith("WRONG")
    assert row(ill.stdout, "migrations").startswith("WRONG")
    assert "2 wrong" in ill.stdout

    # The sample does not come back into a shop that had it, even if the note of the migrations is lost.
    with sqlite3.connect(home / "showpiece.sqlite3") as database:
        database.execute("INSERT INTO django_migrations (app, name, applied) VALUES ('sessions', '0001_initial', 0)")
    (home / "prepared.json").write_text(json.dumps(note | {"migrations": "another"}))
    again = run_prepare(home)
    assert again.returncode == 0, again.stderr
    assert "6/7 Sample shop: filled before" in again.stdout
    assert (home / "accounts.txt").read_text() == accounts

    # Killed between the commit of the sample and the renaming: there is nothing more to print, and nothing is lost.
    (home / "accounts.txt").rename(home / "accounts.txt.new")
    state.write(home, sample=False)
    assert run_prepare(home).returncode == 0
    assert (home / "accounts.txt").read_text() == accounts


@pytest.mark.processes
def test_an_empty_shop_if_wished(home: Path) -> None:
    done = run_prepare(home, SHOWPIECE_SAMPLE="0")
    assert done.returncode == 0
    assert "Sample shop: not wanted" in done.stdout
    assert not (home / "accounts.txt").exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"DATABASE_URL": "postgres://nobody@127.0.0.1:1/none"}, "Check DATABASE_URL"),
        ({"DATABASE_URL": "mysql://127.0.0.1/shop"}, "DATABASE_URL"),
        ({"RUN_MAX_OPEN": "many"}, "docs/configuration.md"),
    ],
)
def test_a_wrong_setting_is_one_line(home: Path, wrong: dict[str, str], said: str) -> None:
    done = run_prepare(home, **wrong)
    assert done.returncode == 1
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1


def test_a_broken_note_means_that_nothing_is_known(home: Path) -> None:
    (home / "prepared.json").write_text('{"sample": tr')
    assert state.read(home) == {}
    assert not prepare.is_prepared(home)


def test_the_key_is_judged_by_who_may_read_it(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SECRET_KEY", raising=False)
    assert not doctor.secret_key(home).remedy
    key = home / "secret_key"
    key.write_text("secret")
    for mode, good in ((0o600, True), (0o400, True), (0o640, False), (0o604, False)):
        key.chmod(mode)
        assert bool(doctor.secret_key(home).remedy) is not good
    monkeypatch.setenv("SECRET_KEY", "given")
    assert not doctor.secret_key(home).remedy


def test_the_database_of_the_settings_is_the_one_that_is_looked_at(home: Path) -> None:
    assert state.applied_migrations(home) is None
    with sqlite3.connect(home / "showpiece.sqlite3") as database:
        database.execute("CREATE TABLE django_migrations (app, name)")
        database.execute("INSERT INTO django_migrations VALUES ('rooms', '0001_initial')")
    assert state.applied_migrations(home) == {"rooms.0001_initial"}
