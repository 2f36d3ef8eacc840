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
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Generator

REQUEST_BYTES = 1024
START_SECONDS = 30.0
TRIES = 3
LINE_BYTES = 65536  # an answer is far shorter: a child that a file has taken over must not fill our memory
GRACE_SECONDS = 5.0  # beyond the child's own limit, before the whole service is taken for stuck
#: Children at a time: each may need a few hundred megabytes, and more of them than cores are no faster.
SLOTS = max(2, os.cpu_count() or 2)

# The package's own __init__ would pull in pydantic and 30 MB with it, so an empty module stands in for it.
_BOOT = """
import os, sys, types
package = types.ModuleType("showpiece_predictors"); package.__path__ = [sys.argv[1]]
sys.modules["showpiece_predictors"] = package; sys.path[:0] = sys.argv[2].split(os.pathsep)
from showpiece_predictors.media_child import main
main(sys.argv[3], *map(int, sys.argv[4:]))
"""


class ChildFailed(Exception):  # noqa: N818
    """The child was killed by a limit (or crashed) before it could answer."""


class ServiceUnavailable(RuntimeError):  # noqa: N818
    """The media process cannot be started on this machine: the operator's problem, not the file's."""


class _Service:
    """One running `media_child`."""

    def __init__(self, codec: str, packages: tuple[str, ...], niceness: int) -> None:
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket = ours
        self.sending = threading.Lock()
        here = Path(__file__).parent
        site = os.pathsep.join(dict.fromkeys(str(_site(package)) for package in packages))
        numbers = (theirs.fileno(), os.getpid(), niceness)
        with theirs:
            self.process = subprocess.Popen(
                # -I -S: no user site, no .pth files, nothing from the environment; starts in half the time.
                [sys.executable, "-I", "-S", "-c", _BOOT, here, site, codec, *map(str, numbers)],
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
            raise ServiceUnavailable("The media process did not start; the lines above say why.")
        ours.settimeout(None)

    def send(self, request: bytes, descriptors: list[int]) -> None:
        with self.sending:
            socket.send_fds(self.socket, [request], descriptors)

    def stop(self) -> None:
        with contextlib.suppress(OSError):
            self.socket.close()
        self.process.kill()


def anonymous_file(size: int = 0) -> int:
    """A descriptor of a file that has no name and is gone when it is closed. Sparse: unused bytes cost nothing."""
    if hasattr(os, "memfd_create"):
        descriptor = os.memfd_create("showpiece-media", os.MFD_CLOEXEC)
    else:
        descriptor, name = tempfile.mkstemp()
        Path(name).unlink()
    os.ftruncate(descriptor, size)
    return descriptor


def _site(package: str) -> Path:
    """The directory to import `package` from."""
    found = importlib.util.find_spec(package)
    if found is None or found.origin is None:
        raise ServiceUnavailable(f"The Python package {package} is not installed.")
    return Path(found.origin).parent.parent


def _message(request: dict[str, Any]) -> bytes:
    message = json.dumps(request).encode().ljust(REQUEST_BYTES)
    if len(message) > REQUEST_BYTES:
        raise ValueError("request too long")
    return message


def _wall_seconds(request: dict[str, Any]) -> float:
    return float(request.get("wall_seconds", request["seconds"]))


def _lines(pipe: int, deadline: float) -> list[dict[str, Any]]:
    """What was said until the first answer, or until the pipe was closed.

    Raises `TimeoutError`, and `ChildFailed` for what no child of ours says.
    """
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
        if len(said) > LINE_BYTES:
            raise ChildFailed("said too much")
    try:
        answers = [json.loads(line) for line in said.splitlines()]
    except ValueError:
        raise ChildFailed("said nothing that makes sense") from None
    if not all(isinstance(answer, dict) for answer in answers):
        raise ChildFailed("said nothing that makes sense")
    return answers


class Client:
    """The service for one kind of file: started by the first request, or by `start`.

    `niceness`: how far its processes stand back for others, from 0 (not at all) to 19.
    """

    def __init__(self, codec: str, packages: tuple[str, ...], *, niceness: int = 0) -> None:
        self.codec = codec
        self.packages = packages
        self.niceness = niceness
        self._renew()
        os.register_at_fork(after_in_child=self._forget)
        atexit.register(self.stop)

    def _renew(self) -> None:
        self.lock = threading.Lock()
        self.slots = threading.BoundedSemaphore(SLOTS)
        self.service: _Service | None = None

    def _forget(self) -> None:
        """In a forked copy of the caller: the service is the original's, and its threads may have held the locks."""
        service = self.service
        self._renew()
        if service is not None:
            service.process.returncode = 0  # not our child: never wait for it, never complain that it runs
            service.socket.close()

    def _current(self) -> _Service:
        with self.lock:
            if self.service is None:
                self.service = _Service(self.codec, self.packages, self.niceness)
            return self.service

    def _drop(self, service: _Service) -> None:
        with self.lock:
            if self.service is service:
                self.service = None
        service.stop()

    def start(self) -> None:
        """Start the service now, so that the first file does not wait for it (about 0.1 s)."""
        self._current()

    def stop(self) -> None:
        """Stop the service of this process, if it runs. The next request starts a new one."""
        service = self.service
        if service is not None:
            self._drop(service)

    def pid(self) -> int | None:
        """Process id of the running service, for tests and for `showpiece doctor`."""
        return self.service.process.pid if self.service else None

    def run(self, request: dict[str, Any], source: int, target: int) -> dict[str, Any]:
        """Have a child do `request` from descriptor `source` into `target` (mapped, never grown); return its answer.

        Raises `ChildFailed` if it hit a limit. Blocks; any number of threads may call it.
        """
        message = _message(request)
        with self.slots:
            for _ in range(TRIES):  # a service that died (out of memory, kill -9) is replaced and the job done again
                service = self._current()
                read, write = os.pipe()
                try:
                    try:
                        service.send(message, [source, target, write])
                    except OSError:
                        self._drop(service)
                        continue
                    finally:
                        os.close(write)
                    try:
                        answers = _lines(read, time.monotonic() + _wall_seconds(request) + GRACE_SECONDS)
                    except TimeoutError:
                        self._drop(service)
                        raise ChildFailed("no answer in time") from None
                    if not answers:
                        self._drop(service)
                        continue
                    if "ended" in answers[0]:
                        raise ChildFailed(f"wait status {answers[0]['ended']}")
                    return answers[0]
                finally:
                    os.close(read)
        raise ServiceUnavailable("The media process keeps dying.")

    def stream(self, request: dict[str, Any], source: int, target: int) -> Generator[dict[str, Any], None, None]:
        """The same for a job with many answers. Asking for the next one tells the child that its last one is used.

        Ends after the answer that has "code" or "done". Closing the iterator ends the child before it returns. Raises
        `ChildFailed` also if nothing is heard for `request["silence_seconds"]`.
        """
        message = _message(request)
        for _ in range(TRIES):
            service = self._current()
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
            with ours:
                try:
                    service.send(message, [source, target, theirs.fileno()])
                except OSError:
                    self._drop(service)
                    continue
                finally:
                    theirs.close()
                heard = yield from self._answers(service, ours, request["silence_seconds"])
                if heard:
                    return
                self._drop(service)
        raise ServiceUnavailable("The media process keeps dying.")

    def _answers(self, service: _Service, ours: socket.socket, silence: float) -> Generator[dict[str, Any], None, bool]:
        """True once an answer has come: from then on the job cannot be begun again."""
        heard = False
        ours.settimeout(silence)
        lines = ours.makefile("rb")
        try:
            while line := lines.readline(LINE_BYTES):
                try:
                    answer = json.loads(line)
                except ValueError:
                    raise ChildFailed("what it said makes no sense") from None
                if "ended" in answer:
                    raise ChildFailed(f"wait status {answer['ended']}")
                heard = True
                yield answer
                if "code" in answer or "done" in answer:
                    return True
                with contextlib.suppress(OSError):  # it died: what it said last is still to be read
                    ours.sendall(b".")
        except TimeoutError:
            raise ChildFailed("nothing heard in time") from None
        except ConnectionError:  # the same as the end of the lines: the service is gone
            pass
        finally:
            self._end(ours, service)
            lines.close()
        if heard:
            raise ChildFailed("the media process died")
        return False

    def _end(self, ours: socket.socket, service: _Service) -> None:
        """Have the service kill what is left of the child, and wait until it has."""
        with contextlib.suppress(OSError):
            ours.shutdown(socket.SHUT_WR)
            ours.settimeout(GRACE_SECONDS)
            try:
                while ours.recv(65536):
                    pass
            except TimeoutError:
                self._drop(service)


# Who is in goes first: a model at work or a page is not slowed down by what arrives meanwhile. While both keep all
# processors busy, a picture gets a quarter of one. Films in the making stand back further (see the worker's threads).
images = Client("media_codec", ("PIL",), niceness=5)
start, stop, pid, run = images.start, images.stop, images.pid, images.run
