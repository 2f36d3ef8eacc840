"""`showpiece doctor`: looks at every part, and says of each that is wrong how to put it right."""

import logging
import os
import stat
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from showpiece.commands import checks, instance, models, prepare, state
from showpiece.commands.console import Problem
from showpiece.commands.environment import Environment
from showpiece.config.paths import REPOSITORY
from showpiece.config.paths import home as home_folder

REMEDIES = {
    "database": "Check DATABASE_URL and the database's server.",
    "migrations": "Start ./run, or: showpiece manage migrate",
    "cache": "Check CACHE_URL and the cache's server.",
    "storage": "Make the data folder writable.",
    "worker": "Look at logs/worker.log in the data folder; start ./run, or: showpiece worker",
    "models": "showpiece models",
    "broker": "Check BROKER_URL and the broker's server.",
    "mail": "Check EMAIL_URL and the mail server; the page /mail/ shows its words.",
}


@dataclass
class Finding:
    """A row of the table; a part that is all right needs no remedy."""

    part: str
    detail: str
    remedy: str = ""

    def __str__(self) -> str:
        mark = "WRONG" if self.remedy else "ok"
        return f"{mark:<6} {self.part:<11} {self.detail}" + (f"\n{'':<19}→ {self.remedy}" if self.remedy else "")


def main(arguments: list[str]) -> int:
    """Print the table; 1 if something is wrong."""
    wrong = 0
    for finding in findings(home_folder()):
        print(finding, flush=True)
        wrong += bool(finding.remedy)
    print(f"\n{wrong} wrong" if wrong else "\nAll is well.")
    return 1 if wrong else 0


def findings(home: Path) -> Iterator[Finding]:
    """Every part, in the order in which one needs the other."""
    yield Finding("python", f"{sys.version.split()[0]} in {sys.prefix}")
    yield _packages()
    yield _examined("data", str(home), lambda: checks.check_writable(home, "the data folder"))
    free = f"{checks.free_bytes(home) // checks.MEGABYTE} MB free"
    yield _examined("disk", free, lambda: checks.check_space(home, checks.HOME_NEEDS))
    yield secret_key(home)
    yield static_files(home)
    yield _models()
    yield from _inside(home)
    yield _web(home)


def _examined(part: str, detail: str, check: Callable[[], None]) -> Finding:
    try:
        check()
    except Problem as problem:
        return Finding(part, problem.what, problem.remedy)
    return Finding(part, detail)


def _packages() -> Finding:
    if not (REPOSITORY / "requirements.lock").exists():
        return Finding("packages", "installed without the repository: not compared with a lock")
    if Environment(REPOSITORY).is_ready("user"):
        return Finding("packages", "as locked")
    return Finding("packages", "not those of requirements.lock", "Start ./run")


def secret_key(home: Path) -> Finding:
    """Who reads it can sign in as anybody."""
    if os.environ.get("SECRET_KEY"):
        return Finding("secret key", "from SECRET_KEY")
    path = home / "secret_key"
    if not path.exists():
        return Finding("secret key", "will be made at the first start")
    mode = stat.S_IMODE(path.stat().st_mode)
    if mode & 0o077:
        return Finding("secret key", f"{path} can be read by others ({mode:03o})", f"chmod 600 '{path}'")
    return Finding("secret key", f"{path}, only for its owner")


def static_files(home: Path) -> Finding:
    """Pages without them have no style."""
    if state.is_collected(home, state.read(home)):
        return Finding("static", str(home / "static"))
    return Finding("static", "not collected, or older than the source", "Start ./run")


def _models() -> Finding:
    if missing := models.lacking(thorough=True):
        return Finding("models", f"missing or damaged: {', '.join(missing)}", REMEDIES["models"])
    return Finding("models", "there, with the right hashes")


def _inside(home: Path) -> Iterator[Finding]:
    """The parts that the site itself knows how to examine: the same as on /health/ready."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "showpiece.config.settings")
    running = bool(instance.holder(home))
    logging.getLogger("health_check").setLevel(logging.CRITICAL + 1)  # it logs what the table says
    try:
        import django
        from asgiref.sync import async_to_sync

        django.setup()
        from showpiece.web import health
    except Exception as error:  # noqa: BLE001  # whatever keeps the settings from loading is what the owner must see
        yield Finding("settings", f"{type(error).__name__}: {error}", "docs/configuration.md lists them.")
        return
    yield Finding("settings", "they load")
    if prepare.is_new(home):
        yield Finding("database", "not made yet", "Start ./run")
        return
    for part, check in health.checks().items():
        if part == "models":
            continue  # examined above, for every predictor
        if part == "worker" and not running:
            yield Finding(part, "not running, as the rest")
            continue
        fault = async_to_sync(check.get_result)().error
        if fault is None:
            yield Finding(part, "works")
        else:
            yield Finding(part, str(fault), REMEDIES.get(part, "docs/operations.md may help."))


def _web(home: Path) -> Finding:
    try:
        bind, port = checks.web_address()
        if held := instance.holder(home):
            return Finding("web", f"runs at {held['address']}, process {held['pid']}")
        checks.check_port(bind, port)
    except Problem as problem:
        return Finding("web", problem.what, problem.remedy)
    return Finding("web", f"not running; port {port} is free")
