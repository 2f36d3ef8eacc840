"""How `./run test` counts, and which tests it runs twice."""

from pathlib import Path

import pytest

from showpiece.commands.develop import database_pass, services, suite
from tests import parts

pytest_plugins = ["pytester"]

REPORT = """<?xml version="1.0"?><testsuites><testsuite>
<testcase classname="tests.a" name="good"/>
<testcase classname="tests.a" name="bad"><failure message="no"/></testcase>
<testcase classname="tests.a" name="broken"><error message="no"/></testcase>
<testcase classname="tests.a" name="left_out"><skipped message="there is no Chromium"/></testcase>
</testsuite></testsuites>"""


def test_counts_come_from_the_reports(tmp_path: Path) -> None:
    (tmp_path / "report.xml").write_text(REPORT)
    counts = suite.Counts()
    counts.add(tmp_path / "report.xml", "SQLite")
    assert counts.passed == 1
    assert counts.failed == ["tests.a.bad [SQLite]", "tests.a.broken [SQLite]"]
    assert counts.skipped == ["tests.a.left_out [SQLite]: there is no Chromium"]
    assert not counts.broken
    counts.add(tmp_path / "none.xml", "PostgreSQL")
    assert counts.broken


@pytest.mark.parametrize(
    ("counts", "status"),
    [
        (suite.Counts(passed=2, skipped=["x"]), 0),
        (suite.Counts(passed=2, failed=["x"]), 1),
        (suite.Counts(passed=2, broken=True), 1),
        (suite.Counts(), 1),
    ],
)
def test_the_last_line_and_the_status(counts: suite.Counts, status: int, capsys: pytest.CaptureFixture[str]) -> None:
    assert suite._conclude(counts) == status
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"{counts.passed} passed, {len(counts.failed)} failed, {len(counts.skipped)} skipped"


PAIR = """
import pytest
@pytest.mark.django_db
def test_marked(): pass
def test_by_fixture(db): pass
def test_pure(): pass
@pytest.mark.django_db
@pytest.mark.browser
def test_browser(): pass
@pytest.mark.processes
def test_processes(db): pass
"""


def test_the_second_pass_runs_what_a_database_can_change(pytester: pytest.Pytester) -> None:
    pytester.makepyfile(PAIR)
    pytester.makeini("[pytest]\nmarkers =\n  browser\n  processes\n  django_db\n")
    items, _ = pytester.inline_genitems("-p", "no:django", "-p", "no:cov")
    assert [item.name for item in items if database_pass._is_wanted(item)] == ["test_marked", "test_by_fixture"]


def test_a_missing_part_is_skipped_and_required_where_everything_is(monkeypatch: pytest.MonkeyPatch) -> None:
    def nowhere() -> str:
        raise services.Missing("there is none")

    monkeypatch.setenv("SHOWPIECE_REQUIRE_ALL", "")
    with pytest.raises(pytest.skip.Exception, match="there is none"):
        parts._needed(nowhere)
    monkeypatch.setenv("SHOWPIECE_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match="required here: there is none"):
        parts._needed(nowhere)


def test_the_chromium_without_windows_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(services.CHROMIUM, raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    for name in ("chromium", "chromium-headless-shell"):
        (tmp_path / name).touch(0o755)
        assert services.chromium() == str(tmp_path / name)


def test_a_machine_without_the_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(services.POSTGRES, "postgres://nobody@127.0.0.1:1/none")
    monkeypatch.setenv(services.RABBITMQ, "amqp://nobody@127.0.0.1:1")
    monkeypatch.delenv(services.CHROMIUM, raising=False)
    monkeypatch.setenv("PATH", "/nowhere")
    for find in (services.postgres_server, services.rabbitmq_server, services.chromium):
        with pytest.raises(services.Missing):
            find()
