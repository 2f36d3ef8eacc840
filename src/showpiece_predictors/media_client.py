"""The caller's side of `media_child`: starts it when needed, talks to it from any thread, replaces it if it dies."""

from __future__ import annotations

import atexit
import contextlib
import importlib.util
import json
import os
import select
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

REQUEST_BYTES = 512
START_SECONDS = 30.0
GRACE_SECONDS = 5.0  # beyond the child's own limit, before the whole service is taken for stuck
#: Children at a time: each may need a few hundred megabytes, and more of them than cores are no faster.
SLOTS = max(2, os.cpu_count() or 2)

# The package's own __init__ would pull in pydantic and 30 MB with it, so an empty module stands in for it.
_BOOT = """
import sys, types
package = types.ModuleType("showpiece_predictors"); package.__path__ = [sys.argv[1]]
sys.modules["showpiece_predictors"] = package; sys.path.insert(0, sys.argv[2])
from showpiece_predictors.media_child import main
main(int(sys.argv[3]), int(sys.argv[4]))
"""


class ChildFailed(Exception):  # noqa: N818
    """The child was killed by a limit (or crashed) before it could answer."""


class ServiceUnavailable(RuntimeError):  # noqa: N818
    """The image process cannot be started on this machine: the operator's problem, not the image's."""


class _Service:
    """One running `media_child`."""

    def __init__(self) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket = ours
        self.sending = threading.Lock()
        here = Path(__file__).parent
        pillow = importlib.util.find_spec("PIL")
        if pillow is None or pillow.origin is None:
            raise ServiceUnavailable("Pillow is not installed.")
        site = Path(pillow.origin).parent.parent
        with theirs:
            self.process = subprocess.Popen(
                # -I -S: no user site, no .pth files, nothing from the environment; starts in half the time.
                [sys.executable, "-I", "-S", "-c", _BOOT, here, site, str(theirs.fileno()), str(os.getpid())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                cwd="/",
                env={"LANG": "C.UTF-8", "MALLOC_ARENA_MAX": "1", "OMP_NUM_THREADS": "1"},
                start_new_session=True,  # Ctrl-C in a terminal must not end it under a running request
            )
        # Reaps it the moment it dies, whoever killed it: no zombie stays until the next request.
        threading.Thread(target=self.process.wait, name="media-reaper", daemon=True).start()
        ours.settimeout(START_SECONDS)
        try:
            started = ours.recv(1) == b"!"
        except TimeoutError:
            started = False
        if not started:
            self.stop()
            raise ServiceUnavailable("The image process did not start; the lines above say why.")
        ours.settimeout(None)

    def send(self, request: bytes, descriptors: list[int]) -> None:
        with self.sending:
            socket.send_fds(self.socket, [request], descriptors)

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()
        self.process.kill()


class _State:
    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.slots = threading.BoundedSemaphore(SLOTS)
        self.service: _Service | None = None

    def forget(self) -> None:
        """In a forked copy of the caller: the service is the original's, and its threads may have held the locks."""
        service = self.service
        self.__init__()  # type: ignore[misc]
        if service is not None:
            service.process.returncode = 0  # not our child: never wait for it, never complain that it runs
            service.socket.close()


_state = _State()
os.register_at_fork(after_in_child=_state.forget)


def _current() -> _Service:
    with _state.lock:
        if _state.service is None:
            _state.service = _Service()
        return _state.service


def _drop(service: _Service) -> None:
    with _state.lock:
        if _state.service is service:
            _state.service = None
    service.stop()


@atexit.register
def stop() -> None:
    """Stop the service of this process, if it runs. The next request starts a new one."""
    service = _state.service
    if service is not None:
        _drop(service)


def start() -> None:
    """Start the service now, so that the first image does not wait for it (about 0.1 s)."""
    _current()


def pid() -> int | None:
    """Process id of the running service, for tests and for `showpiece doctor`."""
    return _state.service.process.pid if _state.service else None


def anonymous_file(size: int = 0) -> int:
    """A descriptor of a file that has no name and is gone when it is closed. Sparse: unused bytes cost nothing."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("showpiece-media", os.MFD_CLOEXEC)
    else:
        descriptor, name = tempfile.mkstemp()
        Path(name).unlink()
    os.ftruncate(descriptor, size)
    return descriptor


def _lines(pipe: int, deadline: float) -> list[dict[str, Any]]:
    """What was said until the first answer, or until the pipe was closed. Raises `TimeoutError`."""
    poller = select.poll()
    poller.register(pipe, select.POLLIN)
    said = b""
    while b"\n" not in said:
        if not poller.poll(max(0.0, deadline - time.monotonic()) * 1000):
            raise TimeoutError
        part = os.read(pipe, 65536)
        if not part:
            break
        said += part
    return [json.loads(line) for line in said.splitlines()]


def run(request: dict[str, Any], source: int, target: int) -> dict[str, Any]:
    """Have a child do `request` from descriptor `source` into `target` (mapped, never grown) and return its answer.

    Raises `ChildFailed` if it hit a limit. Blocks; any number of threads may call it.
    """
    message = json.dumps(request).encode().ljust(REQUEST_BYTES)
    if len(message) > REQUEST_BYTES:
        raise ValueError("request too long")
    with _state.slots:
        for _ in range(3):  # a service that died (out of memory, kill -9) is replaced and the job done again
            service = _current()
            read, write = os.pipe()
            try:
                try:
                    service.send(message, [source, target, write])
                except OSError:
                    _drop(service)
                    continue
                finally:
                    os.close(write)
                try:
                    answers = _lines(read, time.monotonic() + request["seconds"] + GRACE_SECONDS)
                except TimeoutError:
                    _drop(service)
                    raise ChildFailed("no answer in time") from None
                if not answers:
                    _drop(service)
                    continue
                if "ended" in answers[0]:
                    raise ChildFailed(f"wait status {answers[0]['ended']}")
                return answers[0]
            finally:
                os.close(read)
    raise ServiceUnavailable("The image process keeps dying.")
