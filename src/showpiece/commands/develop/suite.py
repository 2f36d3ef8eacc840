"""`./run test`: every test that this machine can run, on SQLite and then on PostgreSQL, with one count at the end."""

import contextlib
import os
import sys
import tempfile
import xml.etree.ElementTree as ET  # it reads only what pytest has just written
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from showpiece.commands import models
from showpiece.commands.console import Problem, Steps, guarded, say
from showpiece.commands.develop import root, services
from showpiece.commands.processes import call

# Settings of the shop that somebody runs from this clone, or of their shell, are not for the tests.
FOREIGN = (
    *("ALLOWED_HOSTS", "BIND", "BROKER_URL", "CACHE_URL", "CSRF_TRUSTED_ORIGINS", "DATABASE_URL", "DEBUG", "HTTPS"),
    *("LOG_JSON", "LOG_LEVEL", "PORT", "SECRET_KEY", "SHOWPIECE_HOME", "SHOWPIECE_SAMPLE", "TIME_ZONE"),
    *("WEB_CONCURRENCY", "WORKER_THREADS"),
    # Each process would compile all sources anew: fifteen seconds of a processor for every worker of every pass.
    "PYTHONDONTWRITEBYTECODE",
)
NO_TESTS = 5  # pytest's status when everything was deselected
COVERAGE = "--coverage"


@dataclass
class Counts:
    """What came of the passes."""

    passed: int = 0
    failed: list[str] = field(default_factory=list)
    skipped: list[str] = field(default_factory=list)
    broken: bool = False

    def add(self, report: Path, label: str) -> None:
        """Read the report that pytest left."""
        if not report.exists():
            self.broken = True
            return
        for case in ET.parse(report).iter("testcase"):  # noqa: S314
            name = f"{case.get('classname')}.{case.get('name')} [{label}]"
            skipped = case.find("skipped")
            if case.find("failure") is not None or case.find("error") is not None:
                self.failed.append(name)
            elif skipped is not None:
                self.skipped.append(f"{name}: {skipped.get('message')}")
            else:
                self.passed += 1


def main(arguments: list[str]) -> int:
    """`--coverage` measures what the tests reach, and takes half as long again. Other arguments go to pytest."""
    others = [argument for argument in arguments if argument != COVERAGE]
    return guarded("run test", lambda: _test(others, measured=COVERAGE in arguments))


def _test(arguments: list[str], *, measured: bool) -> int:
    required = os.environ.get("SHOWPIECE_REQUIRE_ALL") == "1"
    for name in FOREIGN:
        os.environ.pop(name, None)
    os.environ["PATH"] = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    _provide_models()
    counts = Counts()
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="showpiece-suite-")))
        server = stack.enter_context(_postgres())
        if isinstance(server, str):
            os.environ[services.POSTGRES] = server  # for tests of the first pass that start processes on it
        stack.enter_context(_rabbitmq())
        _pytest(folder, "SQLite", arguments, counts, measured=measured)
        if isinstance(server, str):
            os.environ["DATABASE_URL"] = f"{server.rpartition('/')[0]}/showpiece_{os.getpid()}"
            second = ["-p", "showpiece.commands.develop.database_pass", *arguments]
            _pytest(folder, "PostgreSQL", second, counts, measured=measured)
        else:
            reason = f"the pass on PostgreSQL: {server}"
            (counts.failed if required else counts.skipped).append(reason)
        if measured:
            _coverage(folder)
    return _conclude(counts)


def _provide_models() -> None:
    """The weights of the shop in this clone if it has them, else fetched once into a folder for tests."""
    own = os.environ.get("SHOWPIECE_MODELS")
    for folder in [own] if own else [root() / "var" / "models", root() / "build" / "models"]:
        os.environ["SHOWPIECE_MODELS"] = str(folder)
        if not models.lacking():
            return
    try:
        models.fetch(Steps(1))
    except Problem as problem:
        if os.environ.get("SHOWPIECE_REQUIRE_ALL") == "1":
            raise
        say(f"No weights, so tests that need them cannot pass: {problem}")


@contextlib.contextmanager
def _postgres() -> Iterator[str | services.Missing]:
    """One that runs, else one that we start, else why there is none."""
    try:
        yield services.postgres_server()
    except services.Missing as nobody:
        with contextlib.ExitStack() as stack:
            found: str | services.Missing = nobody
            with contextlib.suppress(services.Missing):
                found = stack.enter_context(services.own_postgres())
            yield found


@contextlib.contextmanager
def _rabbitmq() -> Iterator[None]:
    """One that runs and lets us in, else one that we start; without either the tests that need it say so."""
    try:
        with services.rabbitmq_host():
            pass
    except services.Missing:
        with contextlib.ExitStack() as stack:
            with contextlib.suppress(services.Missing):
                address, control = stack.enter_context(services.own_rabbitmq())
                os.environ |= {services.RABBITMQ: address, services.RABBITMQCTL: control}
            yield
    else:
        yield


def _pytest(folder: Path, label: str, arguments: list[str], counts: Counts, *, measured: bool) -> None:
    say(f"\n== On {label}")
    # Together by group: tests that must not run side by side carry pytest-xdist's `xdist_group`.
    options = ["-n", "auto", "--dist", "loadgroup", "-rs", "--junitxml", str(folder / f"{label}.xml")]
    if measured:
        options += ["--cov", "--cov-report="]
    env = os.environ | {"COVERAGE_FILE": str(folder / f".coverage.{label}")}
    status, _ = call([sys.executable, "-m", "pytest", *options, *arguments], cwd=root(), env=env)
    counts.add(folder / f"{label}.xml", label)
    counts.broken |= status not in (0, 1, NO_TESTS)


def _coverage(folder: Path) -> None:
    kept = root() / ".coverage"
    env = os.environ | {"COVERAGE_FILE": str(kept)}
    found = [str(path) for path in folder.glob(".coverage.*")]
    if not found:
        return
    call([sys.executable, "-m", "coverage", "combine", "--quiet", *found], cwd=root(), env=env, quiet=True)
    say("\n== Coverage of both passes")
    call([sys.executable, "-m", "coverage", "report"], cwd=root(), env=env)


def _conclude(counts: Counts) -> int:
    for title, names in (("Skipped", counts.skipped), ("Failed", counts.failed)):
        if names:
            say(f"\n{title}:")
        for name in names:
            say(f"  {name}")
    if counts.broken:
        say("\npytest itself did not come to its end: see above.")
    say(f"\n{counts.passed} passed, {len(counts.failed)} failed, {len(counts.skipped)} skipped")
    return 1 if counts.broken or counts.failed or not counts.passed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
