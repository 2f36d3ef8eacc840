"""Starting the real thing, on a free port and a data folder of its own, and looking for what it leaves behind."""

import contextlib
import http.client
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from bench.startup import free_port

ROOT = Path(__file__).resolve().parents[2]
READY_SECONDS = 180.0
STOP_SECONDS = 90.0


def environment(**more: str) -> dict[str, str]:
    """This process's environment without the settings of a shop."""
    dropped = ("DATABASE_URL", "BROKER_URL", "CACHE_URL", "SHOWPIECE_HOME", "SECRET_KEY", "DEBUG", "PORT")
    kept = {name: value for name, value in os.environ.items() if name not in dropped and not name.startswith("COV_")}
    return kept | more


def run(*arguments: str, root: Path = ROOT, seconds: float = 300, **env: str) -> subprocess.CompletedProcess[str]:
    """`./run` to its end."""
    return subprocess.run(
        [sys.executable, root / "run", *arguments],
        env=environment(**env),
        capture_output=True,
        text=True,
        timeout=seconds,
        check=False,
    )


def processes_of(home: Path) -> list[int]:
    """Every process that was started with this data folder."""
    wanted = b"SHOWPIECE_HOME=" + os.fsencode(home)
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if wanted in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
    return found


class Shop:
    """A `./run` in its own session."""

    def __init__(self, home: Path, **env: str) -> None:
        self.home, self.env = home, env
        self.port = free_port()

    def start(self) -> None:
        self.output = self.home.parent / "output.txt"
        with self.output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, ROOT / "run"],
                env=environment(SHOWPIECE_HOME=str(self.home), PORT=str(self.port), **self.env),
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    def said(self) -> str:
        return self.output.read_text()

    def wait_until_open(self) -> None:
        deadline = time.monotonic() + READY_SECONDS
        while "Stop: Ctrl-C" not in self.said():
            assert self.process.poll() is None, self.said() + self.logs()
            assert time.monotonic() < deadline, self.said() + self.logs()
            time.sleep(0.1)

    def logs(self) -> str:
        return "\n".join(f"== {log.name}\n{log.read_text()[-3000:]}" for log in (self.home / "logs").glob("*.log"))

    def get(self, path: str) -> tuple[int, str]:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def pid_of(self, program: str) -> int:
        return int((self.home / "run" / f"{program}.pid").read_text().split()[0])

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Signal the way a service manager does (the process) or a terminal (the whole foreground group)."""
        if number is signal.SIGINT:
            os.killpg(self.process.pid, number)
        else:
            self.process.send_signal(number)
        return self.process.wait(STOP_SECONDS)

    def assert_nothing_left(self) -> None:
        assert self.wait_until_gone(), [Path(f"/proc/{pid}/cmdline").read_text() for pid in processes_of(self.home)]
        assert list((self.home / "run").iterdir()) == []
        with contextlib.suppress(OSError):
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            connection.connect()
            raise AssertionError("somebody still listens")

    def wait_until_gone(self, seconds: float = 60) -> bool:
        deadline = time.monotonic() + seconds
        while processes_of(self.home) and time.monotonic() < deadline:
            time.sleep(0.1)
        return not processes_of(self.home)

    def kill_all(self) -> None:
        for pid in processes_of(self.home):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def password(self) -> str:
        found = re.search(r"\S+@\S+\s+(\S+)", self.said())
        return found.group(1) if found else ""


@contextlib.contextmanager
def shop(home: Path, **env: str) -> Iterator[Shop]:
    """A started and open shop, gone afterwards whatever happens."""
    opened = Shop(home, **env)
    try:
        opened.start()
        opened.wait_until_open()
        yield opened
    finally:
        opened.kill_all()
        with contextlib.suppress(subprocess.TimeoutExpired):
            opened.process.wait(5)
