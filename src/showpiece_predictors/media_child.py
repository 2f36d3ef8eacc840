"""The process that opens untrusted images, or films: a small preloaded parent that forks one limited child for each.

    caller --(request, file descriptors)--> this process --fork--> child: one job, then gone
       ^--------------- lines of JSON on a pipe ---------------------'

Starting an interpreter for each image costs 100 ms, and multiprocessing's forkserver re-imports the caller's `__main__`
(gunicorn, Celery) in every child; a fork from here costs 1 or 2 ms. Before it looks at a byte, the child loses the
network and can no longer open any descriptor (so no file, no socket), write to a file, fork, or outgrow its memory and
time.
It dies with this process, and this process dies with its caller, however either of them ends.

Started by `media_client`, once for each kind of file that the caller opens. It imports the standard library and the
one codec module that it is told (`media_codec`, `media_video_codec`), so that it stays small.
"""

from __future__ import annotations

import contextlib
import ctypes
import gc
import json
import mmap
import os
import resource
import select
import signal
import socket
import sys
import time
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from .media_jobs import Refused, Work

if TYPE_CHECKING:
    from types import ModuleType

REQUEST_BYTES = 1024  # every request is padded to this, so that one read takes one whole request
DESCRIPTORS = 3  # input, output, reply pipe
_PR_SET_PDEATHSIG, _PR_SET_NO_NEW_PRIVS = 1, 38
_CLONE_NEWUSER, _CLONE_NEWNET = 0x10000000, 0x40000000
_LIBC = ctypes.CDLL(None)
#: A caller that has closed its end, or no longer writes to it, wants no more of this child.
_LEFT = getattr(select, "POLLRDHUP", 0)


def _linux(function: str, *arguments: int) -> None:
    """Call a Linux-only libc function, best effort: some hosts forbid it, and elsewhere it does not exist."""
    with contextlib.suppress(OSError, AttributeError):
        getattr(_LIBC, function)(*arguments)


def step_back(niceness: int) -> None:
    """Let others go first, for ever: this process and its children get what the processors have left to give.

    Where Linux shares out time by session first (`sched_autogroup`), the session of this process steps back as well.
    """
    with contextlib.suppress(OSError, AttributeError):
        os.nice(niceness)
    for _ in range(3):
        try:
            Path("/proc/self/autogroup").write_text(str(niceness))
        except BlockingIOError:  # the kernel takes one such change in 100 ms, from anybody
            time.sleep(0.11)
        except OSError:
            return
        else:
            return


def limit(memory_bytes: int, seconds: float) -> None:
    """Take from this process, for ever, whatever a decoder does not need."""
    limits = {
        "RLIMIT_AS": memory_bytes,
        "RLIMIT_CPU": int(seconds) + 1,
        "RLIMIT_CORE": 0,
        "RLIMIT_FSIZE": 0,
        "RLIMIT_NPROC": 0,
        "RLIMIT_NOFILE": 0,  # no new descriptor of any kind; the three that are open stay usable
    }
    for name, value in limits.items():
        # macOS refuses RLIMIT_AS; the pixel limit and the wall clock still hold there.
        with contextlib.suppress(ValueError, OSError, AttributeError):
            resource.setrlimit(getattr(resource, name), (value, value))
    if seconds > 0:
        # RLIMIT_CPU knows whole seconds only; it stays for a decoder that was taken over and lifts this one.
        signal.setitimer(signal.ITIMER_PROF, seconds)


def work(codec: ModuleType, request: dict[str, Any], source: int, target: int, reply: int) -> dict[str, Any]:
    """Set the limits and do one job. Whatever a decoder raises becomes a code; none of its text gets out."""
    # Mapped first, since Python's mmap duplicates the descriptor. The caller made both files; nothing is read yet.
    out = mmap.mmap(target, os.fstat(target).st_size)
    size = os.fstat(source).st_size
    given = mmap.mmap(source, size, prot=mmap.PROT_READ) if size else b""
    try:
        limit(request["memory_bytes"], request["seconds"])
        answer: dict[str, Any] = codec.JOBS[request["job"]](Work(request, source, given, out, reply))
        return answer
    except Refused as refused:
        return {"code": refused.code, **refused.params}
    except MemoryError:
        return {"code": "too_complex"}
    except Exception:  # noqa: BLE001 - a decoder may raise anything at all on a broken file
        return {"code": codec.BROKEN}


def _child(
    codec: ModuleType, parent: int, request: dict[str, Any], descriptors: list[int], inherited: list[int]
) -> NoReturn:
    status = 1
    try:
        _linux("prctl", _PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
        if os.getppid() == parent:  # else it died before the line above
            signal.set_wakeup_fd(-1)
            for descriptor in inherited:
                os.close(descriptor)
            source, target, reply = descriptors
            os.write(reply, json.dumps(work(codec, request, source, target, reply)).encode() + b"\n")
            status = 0
    finally:
        os._exit(status)


class Server:
    """Forks a child a request, kills what overruns its time, and tells the caller how each child ended."""

    def __init__(self, codec: ModuleType, control: socket.socket, caller: int) -> None:
        self.codec = codec
        self.control = control
        self.caller = caller
        self.children: dict[int, tuple[float, int]] = {}  # pid: (deadline, reply pipe)
        self.wake_read, self.wake_write = os.pipe()
        for descriptor in (self.wake_read, self.wake_write):
            os.set_blocking(descriptor, False)
        self.poller = select.poll()
        self.poller.register(control, select.POLLIN)
        self.poller.register(self.wake_read, select.POLLIN)
        self.inherited = [control.fileno(), self.wake_read, self.wake_write]
        self.watch = -1
        # Whoever else the caller forked holds a copy of our socket, so the socket alone would not show that it died.
        with contextlib.suppress(OSError, AttributeError):
            self.watch = os.pidfd_open(caller)
            self.poller.register(self.watch, select.POLLIN)
            self.inherited.append(self.watch)

    def serve(self) -> None:
        """Returns when the caller is gone."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.set_wakeup_fd(self.wake_write, warn_on_full_buffer=False)
        self.control.sendall(b"!")
        while True:
            ready = {descriptor for descriptor, _ in self.poller.poll(self._patience())}
            if self.watch in ready or (self.watch < 0 and os.getppid() != self.caller):
                return
            self._reap(ready)
            if self.control.fileno() in ready and not self._accept():
                return

    def _patience(self) -> float | None:
        """Milliseconds until something is due; None: wait for an event."""
        if self.children:
            return max(0.0, min(deadline for deadline, _ in self.children.values()) - time.monotonic()) * 1000 + 1
        return None if self.watch >= 0 else 1000

    def _accept(self) -> bool:
        try:
            message, descriptors, _, _ = socket.recv_fds(self.control, REQUEST_BYTES, DESCRIPTORS)
        except ConnectionError:
            return False
        if not message:
            return False
        request = json.loads(message)
        parent = os.getpid()
        try:
            pid = os.fork()
        except OSError:  # no process to be had: the caller sees the pipe close without a word and says so
            pid = -1
        if pid == 0:
            others = [reply for _, reply in self.children.values()]
            _child(self.codec, parent, request, descriptors, self.inherited + others)
        source, target, reply = descriptors
        os.close(source)
        os.close(target)
        if pid < 0:
            os.close(reply)
        else:
            self.children[pid] = (time.monotonic() + request.get("wall_seconds", request["seconds"]), reply)
            self.poller.register(reply, _LEFT)
        return True

    def _reap(self, ready: set[int]) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self.wake_read, 4096)
        now = time.monotonic()
        for pid, (deadline, reply) in list(self.children.items()):
            over = now >= deadline or reply in ready
            if over:
                os.kill(pid, signal.SIGKILL)
            ended, status = os.waitpid(pid, 0 if over else os.WNOHANG)
            if ended:
                del self.children[pid]
                self.poller.unregister(reply)
                with contextlib.suppress(OSError):  # the caller may have left
                    os.write(reply, json.dumps({"ended": status}).encode() + b"\n")
                os.close(reply)

    def close(self) -> None:
        for pid in self.children:
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)


def main(name: str, control: int, caller: int, niceness: int) -> None:
    """Serve requests over the socket `control` with the codec module `name` until the process `caller` is gone."""
    for ignored in (signal.SIGINT, signal.SIGHUP):  # Ctrl-C is for the caller; when it ends, so do we
        signal.signal(ignored, signal.SIG_IGN)
    if niceness:
        step_back(niceness)
    codec = import_module(f".{name}", __package__)
    server = Server(codec, socket.socket(fileno=control), caller)
    if os.getppid() != caller:
        sys.exit(0)
    codec.preload()
    _linux("prctl", _PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0)
    _linux("unshare", _CLONE_NEWUSER | _CLONE_NEWNET)
    gc.collect()
    gc.freeze()  # children must not copy pages only because the collector looked at them
    gc.disable()
    try:
        server.serve()
    finally:
        server.close()
