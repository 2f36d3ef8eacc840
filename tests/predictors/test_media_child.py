"""The process that decodes: its limits, its neighbours, its death."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from showpiece_predictors import media, media_client

from . import images
from .images import QUARTERS, close, corners, encoded, quarters

SMALL = encoded(quarters())
linux = pytest.mark.skipif(not Path("/proc/self/ns/net").exists(), reason="looks into /proc, which only Linux has")


@pytest.fixture(scope="module")
def slow() -> bytes:
    """An image within all limits that takes about a second to decode."""
    return encoded(images.noise(64, 64).resize((6000, 6000)), "JPEG", quality=60, progressive=True)


def until(condition: Callable[[], object], seconds: float = 60) -> bool:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return True
        time.sleep(0.005)
    return False


def children(parent: int) -> dict[int, str]:
    """Process ids of the children of `parent`, each with its state letter."""
    found = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, owner = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:  # gone since
            continue
        if int(owner) == parent:
            found[int(stat.parent.name)] = state
    return found


def service() -> int:
    media_client.start()
    pid = media_client.pid()
    assert pid is not None
    return pid


def script(code: str) -> subprocess.Popen[str]:
    """Another caller with a service of its own."""
    start = "import os, signal, sys, time; from showpiece_predictors import media, media_client; media_client.start()\n"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.Popen([sys.executable, "-c", start + code], stdout=subprocess.PIPE, text=True, env=environment)


@pytest.fixture
def working(slow: bytes) -> Iterator[tuple[int, threading.Thread, list[object]]]:
    """A child in the middle of its work: its id, the thread that waits for it, and what that thread will get."""
    parent = service()
    before = set(children(parent))
    results: list[object] = []

    def read() -> None:
        try:
            results.append(media.read_image(slow).pixels.shape)
        except media.MediaError as error:
            results.append(error.code)

    thread = threading.Thread(target=read)
    thread.start()
    new: set[int] = set()
    assert until(lambda: new.update(set(children(parent)) - before) or new)
    (child,) = new
    yield child, thread, results
    thread.join(30)


@linux
def test_a_working_child_has_its_limits_and_no_network(working: tuple[int, threading.Thread, list[object]]) -> None:
    child, thread, results = working
    assert until(lambda: "Max open files            0 " in Path(f"/proc/{child}/limits").read_text())
    limits = Path(f"/proc/{child}/limits").read_text()
    assert "Max address space         1073741824" in limits
    assert "Max cpu time              16 " in limits
    for none in ("Max file size             0 ", "Max core file size        0 "):
        assert none in limits
    opened = [str(link.readlink()) for link in Path(f"/proc/{child}/fd").iterdir()]
    assert not [name for name in opened if name.startswith("socket")]
    thread.join(30)
    assert results == [(6000, 6000, 3)]


@linux
def test_the_service_has_left_the_network_where_the_host_allows_it() -> None:
    allowed = subprocess.run(["unshare", "-Un", "true"], check=False, capture_output=True).returncode == 0
    apart = Path(f"/proc/{service()}/ns/net").readlink() != Path("/proc/self/ns/net").readlink()
    assert apart or not allowed


@linux
def test_the_service_stands_back_for_models_and_pages() -> None:
    service()
    media_client.stop()
    media_client.start()
    parent = service()
    own = os.getpriority(os.PRIO_PROCESS, 0)
    assert os.getpriority(os.PRIO_PROCESS, parent) == min(19, own + media_client.images.niceness) > own
    group = Path(f"/proc/{parent}/autogroup")
    if group.exists():  # where the kernel shares out by session first, that is what counts
        assert until(lambda: group.read_text().strip().endswith(f" nice {media_client.images.niceness}"))


def test_after_the_limits_nothing_can_be_opened_or_written(tmp_path: Path) -> None:
    code = f"""
import os, socket
from showpiece_predictors import media_child
kept = open({str(tmp_path / "kept")!r}, "wb", buffering=0)
import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
media_child.limit(1 << 29, 5)
for name, attempt in [
    ("socket", lambda: socket.socket()),
    ("open", lambda: os.open("/etc/hostname", os.O_RDONLY)),
    ("pipe", lambda: os.pipe()),
    ("write", lambda: kept.write(b"x")),
    ("memory", lambda: bytearray(1 << 30)),
]:
    try:
        attempt()
    except (OSError, MemoryError) as error:
        print(name, type(error).__name__)
    else:
        print(name, "allowed")
"""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, env=environment)
    assert done.stdout.split("\n")[:-1] == [
        "socket OSError",
        "open OSError",
        "pipe OSError",
        "write OSError",
        "memory MemoryError",
    ]
    assert (tmp_path / "kept").read_bytes() == b""


def test_too_little_memory_is_a_refusal() -> None:
    large = encoded(Image.new("L", (6000, 6000)), "PNG")
    with pytest.raises(media.MediaError) as caught:
        media.read_image(large, limits=media.ImageLimits(memory_bytes=300 << 20))
    assert caught.value.code == "too_complex"
    assert media.read_image(SMALL).width == 64


def test_too_little_time_is_a_refusal_and_ends_the_child(slow: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(media.MediaError) as caught:
        media.read_image(slow, limits=media.ImageLimits(seconds=0.05))
    assert caught.value.code == "too_complex"
    assert time.monotonic() - started < 3


@linux
def test_a_stopped_child_is_killed_when_its_time_is_up(slow: bytes) -> None:
    parent = service()
    before = set(children(parent))

    def stop_it() -> None:
        new: set[int] = set()
        if until(lambda: new.update(set(children(parent)) - before) or new):
            os.kill(new.pop(), signal.SIGSTOP)  # uses no CPU time any more, and answers nothing

    stopper = threading.Thread(target=stop_it)
    stopper.start()
    with pytest.raises(media.MediaError) as caught:
        media.read_image(slow, limits=media.ImageLimits(seconds=0.4))
    stopper.join()
    assert caught.value.code == "too_complex"
    assert until(lambda: not children(parent))
    assert media_client.pid() == parent


@linux
def test_no_zombie_stays_behind(slow: bytes) -> None:
    for _ in range(5):
        media.read_image(SMALL)
    with pytest.raises(media.MediaError):
        media.read_image(slow, limits=media.ImageLimits(seconds=0.05))
    assert until(lambda: not children(service()))


@linux
def test_a_killed_child_is_a_refusal(working: tuple[int, threading.Thread, list[object]]) -> None:
    child, thread, results = working
    os.kill(child, signal.SIGSEGV)
    thread.join(30)
    assert results == ["too_complex"]


@linux
def test_kill_9_of_the_service_in_the_middle_of_a_job_is_not_noticed(
    working: tuple[int, threading.Thread, list[object]],
) -> None:
    child, thread, results = working
    old = service()
    os.kill(old, signal.SIGKILL)
    thread.join(30)
    assert results == [(6000, 6000, 3)]
    assert media_client.pid() != old
    assert until(lambda: not Path(f"/proc/{child}").exists())
    assert until(lambda: old not in children(os.getpid()))  # not even as a zombie


def test_kill_9_of_the_idle_service_is_not_noticed() -> None:
    os.kill(service(), signal.SIGKILL)
    assert close(corners(media.read_image(SMALL).pixels), QUARTERS, by=20)


def test_stop_and_start_again() -> None:
    old = service()
    media_client.stop()
    assert media_client.pid() is None
    assert media.read_image(SMALL).width == 64
    assert service() != old


@linux
@pytest.mark.parametrize("death", ["os.kill(os.getpid(), signal.SIGKILL)", "sys.exit(0)", "os._exit(1)"])
def test_the_service_dies_with_its_caller(death: str) -> None:
    # A forked copy that lives on holds the same socket: it must not keep the service alive.
    caller = script(
        "print(media_client.pid(), flush=True)\n"
        "copy = os.fork()\n"
        "if copy == 0:\n    os.close(1); time.sleep(8); os._exit(0)\n"
        f"print(copy, flush=True)\n{death}"
    )
    assert caller.stdout
    pid, copy = (int(caller.stdout.readline()) for _ in range(2))
    caller.wait(20)
    try:
        assert until(lambda: not Path(f"/proc/{pid}").exists() or "Z" in children_state(pid))
    finally:
        os.kill(copy, signal.SIGKILL)
    caller.stdout.close()


def children_state(pid: int) -> str:
    """The state letter of a process, or "Z" if it is gone: an orphan is reaped by whoever adopts orphans here."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return "Z"


def test_a_forked_caller_gets_a_service_of_its_own() -> None:
    caller = script(
        "data = bytes.fromhex(sys.stdin.read()) if False else " + repr(SMALL) + "\n"
        "first = media_client.pid(); media.read_image(data)\n"
        "copy = os.fork()\n"
        "if copy == 0:\n"
        "    ok = media.read_image(data).width == 64 and media_client.pid() != first\n"
        "    media_client.stop(); os._exit(0 if ok else 3)\n"
        "status = os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1])\n"
        "print(status, media.read_image(data).width, media_client.pid() == first, flush=True)"
    )
    output, _ = caller.communicate(timeout=60)
    assert output.split() == ["0", "64", "True"]


def test_sixteen_threads_at_once() -> None:
    photos = [images.noise(40 + n, 50, seed=n) for n in range(16)]
    files = [encoded(photo, "PNG") for photo in photos]
    wrong = b"\x89PNG\r\n\x1a\n"

    def read(n: int) -> bool:
        if n % 5 == 4:
            with pytest.raises(media.MediaError):
                media.read_image(wrong)
            return True
        return bool(np.array_equal(media.read_image(files[n % 16]).pixels, np.asarray(photos[n % 16])))

    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(read, range(96)))


@linux
def test_no_descriptor_leaks() -> None:
    media.read_image(SMALL)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        media.clean_image(SMALL)
        with pytest.raises(media.MediaError):
            media.read_image(SMALL[:100])
    assert len(list(Path("/proc/self/fd").iterdir())) <= before
    assert len(list(Path(f"/proc/{service()}/fd").iterdir())) < 12
