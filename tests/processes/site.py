"""The site as separate processes that a test may kill, and a visitor who talks HTTP to it."""

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import psycopg

from bench.startup import free_port
from tests import parts
from tests.operations.launch import ROOT, environment

# How long anything may take that the site does by itself. Far more than it promises: a machine that is busy with other
# tests is slow, and a deadline costs nothing when all is well. What is lost for ever is noticed all the same.
PATIENCE_SECONDS = 150.0
# Names the place of a prepared shop that all tests of one run share.
TEMPLATE = "SHOWPIECE_TEST_SHOP"
SHOWPIECE = [sys.executable, "-P", "-m", "showpiece"]

# Reads pieces of Python, one a line, and answers each with what it printed and how it failed. It holds no connection
# between them, and ends with its caller, whose end of the pipe closes then.
MANAGE = """
import contextlib, io, json, sys, traceback
from django.db import connections
for line in sys.stdin:
    said, failed = io.StringIO(), ""
    try:
        with contextlib.redirect_stdout(said):
            exec(json.loads(line), {"__name__": "__main__"})
    except Exception:
        failed = traceback.format_exc()
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()
    print(json.dumps([said.getvalue(), failed]), flush=True)
"""


@dataclass
class Site:
    """Web and worker on one data folder, started and killed one by one."""

    home: Path
    env: dict[str, str] = field(default_factory=dict)
    port: int = field(default_factory=free_port)
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)
    # How often the worker had become ready when it was started last.
    readied: int = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def _environment(self) -> dict[str, str]:
        own = {
            "SHOWPIECE_HOME": str(self.home),
            "SHOWPIECE_MODELS": os.environ["SHOWPIECE_MODELS"],
            "PORT": str(self.port),
            "RUN_LEASE_SECONDS": "3",
        }
        return environment(**own | self.env)

    def prepare(self) -> None:
        """Migrate, collect the static files and fill the sample shop."""
        if TEMPLATE not in os.environ or self.home.exists():
            self._prepare()
            return
        # A shop that was prepared once is copied, with its database: twelve seconds faster.
        database = self.env.get("DATABASE_URL")
        template = Path(os.environ[TEMPLATE]).with_suffix(".server" if database else ".file")
        with template.with_suffix(f"{template.suffix}.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            if not template.exists() or (database and not parts.has_postgres_template()):
                shutil.rmtree(template, ignore_errors=True)
                new = Site(template.with_suffix(f"{template.suffix}.new"), self.env)
                new._prepare()
                if database:
                    parts.keep_postgres_template(database)
                new.home.rename(template)
            elif database:
                parts.copy_postgres_template(database)
        shutil.copytree(template, self.home)

    def _prepare(self) -> None:
        self.home.mkdir(parents=True, exist_ok=True)
        command = [sys.executable, "-P", "-m", "showpiece.commands.prepare", "3", "0"]
        done = subprocess.run(command, env=self._environment(), capture_output=True, text=True, check=False, cwd=ROOT)
        assert done.returncode == 0, done.stdout + done.stderr

    def start(self, *names: str) -> None:
        for name in names:
            if name == "worker":
                self.readied = self._times_ready()
            with (self.home / f"{name}.log").open("ab") as log:
                self.running[name] = subprocess.Popen(
                    [*SHOWPIECE, name],
                    env=self._environment(),
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    cwd=ROOT,
                )

    def kill(self, *names: str) -> None:
        """`kill -9` of everything that the program consists of."""
        for name in names:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.running[name].pid, signal.SIGKILL)
            process = self.running.pop(name)
            process.wait(PATIENCE_SECONDS)
            for pipe in (process.stdin, process.stdout):
                if pipe is not None:
                    pipe.close()

    def stop(self, name: str, seconds: float = PATIENCE_SECONDS) -> int:
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        return process.wait(seconds)

    def wait_until_ready(self) -> None:
        """Until the site says that it works, and a worker that was started takes jobs.

        The site alone does not tell: a worker that was killed a moment ago still counts as alive.
        """
        self.wait_for_worker()
        deadline = time.monotonic() + PATIENCE_SECONDS
        answer = "no answer"
        while time.monotonic() < deadline:
            with contextlib.suppress(httpx.HTTPError):
                got = httpx.get(f"{self.url}/health/ready", timeout=30)
                if got.status_code == 200:
                    return
                answer = got.text
            time.sleep(0.1)
        raise AssertionError(f"{answer}\n{self.logs()}")

    def wait_for_worker(self) -> None:
        """Until the worker that was started last, if one runs, takes jobs."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while "worker" in self.running and self._times_ready() <= self.readied:
            assert self.running["worker"].poll() is None, self.logs()
            assert time.monotonic() < deadline, self.logs()
            time.sleep(0.005)

    def _times_ready(self) -> int:
        log = self.home / "worker.log"
        return log.read_text().count("worker ready") if log.exists() else 0

    def ask(self, statement: str) -> list[tuple[Any, ...]]:
        """Rows straight from the shop's database: starting Django takes longer than what is to be watched."""
        if url := self.env.get("DATABASE_URL"):
            with psycopg.connect(url) as postgres:
                cursor = postgres.execute(statement)
                return cursor.fetchall() if cursor.description else []
        lite = sqlite3.connect(self.home / "showpiece.sqlite3", timeout=PATIENCE_SECONDS)
        try:
            with lite:
                return lite.execute(statement).fetchall()
        finally:
            lite.close()

    def logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text()[-4000:]}" for log in self.home.glob("*.log"))

    def manage(self, code: str) -> str:
        """What a piece of Python prints inside the site's Django."""
        if "manage" not in self.running:
            self._start_manage()
        process = self.running["manage"]
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.write(json.dumps(code).encode() + b"\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        assert answer, self.logs()
        said, failed = json.loads(answer)
        assert not failed, failed
        return str(said).strip()

    def _start_manage(self) -> None:
        """One process for all pieces: two seconds of a processor go into loading Django, and milliseconds into each."""
        with (self.home / "manage.log").open("ab") as log:
            self.running["manage"] = subprocess.Popen(
                [*SHOWPIECE, "manage", "shell", "--no-imports", "-c", MANAGE],
                env=self._environment(),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
                cwd=ROOT,
            )


@contextlib.contextmanager
def site(home: Path, *programs: str, **env: str) -> Iterator[Site]:
    """A prepared site with the programs running, killed in the end."""
    opened = Site(home, env)
    try:
        opened.prepare()
        opened.start(*programs)
        if "web" in programs and "worker" in programs:
            opened.wait_until_ready()
        yield opened
    finally:
        opened.kill(*list(opened.running))


class Visitor:
    """A browser without JavaScript."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.client = httpx.Client(base_url=site.url, timeout=PATIENCE_SECONDS)

    def form(self, path: str = "/@window-bench/faces/") -> dict[str, str]:
        """The hidden fields of the form, and the options as they stand."""
        html = self.client.get(path).text
        hidden = dict(re.findall(r'<input type="hidden" name="(csrfmiddlewaretoken|key)" value="([^"]+)"', html))
        return {**hidden, "min_confidence": "0.5", "max_faces": "100", "labels": "on"}

    def send(self, photo: bytes | None, path: str = "/@window-bench/faces/", **fields: Any) -> httpx.Response:
        """Send a photo, or the sample for None."""
        body = {**self.form(path), **fields}
        if photo is None:
            return self.client.post(f"{path}run/", data={**body, "use_sample": "1"})
        return self.client.post(f"{path}run/", data=body, files={"image": ("photo.jpg", photo, "image/jpeg")})

    def run(self, photo: bytes | None) -> str:
        """The address of a run that was taken on."""
        answer = self.send(photo)
        assert answer.status_code == 302, answer.text[:2000]
        return answer.headers["location"]

    def status(self, run: str) -> str:
        html = self.client.get(run).text
        found = re.search(r'data-status="(\w+)"', html)
        assert found, html[:2000]
        return found.group(1)

    def wait(self, run: str) -> str:
        """The state in which the run ends.

        What was lost is sent again after ten seconds at the most, then twenty, then forty, so there is time for three.
        """
        deadline = time.monotonic() + PATIENCE_SECONDS
        while (status := self.status(run)) in ("starting", "processing"):
            assert time.monotonic() < deadline, f"still {status}\n{self.site.logs()}"
            time.sleep(0.1)
        return status
