"""How the commands speak: numbered steps, and problems as one line with the remedy. Standard library only."""

import contextlib
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType

INTERRUPTED = 130


class Problem(Exception):  # noqa: N818  # not an error of ours: something on this machine that its owner can put right
    """Something that the operator can put right: what is wrong, and what to do about it."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy


class Stopped(BaseException):
    """TERM arrived; unwinds the stack so that child processes are stopped on the way out."""


def say(text: str = "") -> None:
    """Print a line at once; a reader that has gone away is no reason to fail."""
    with contextlib.suppress(BrokenPipeError, OSError):
        print(text, flush=True)


class Steps:
    """Prints "3/7 Model weights: 3 files" and so on."""

    def __init__(self, total: int, done: int = 0) -> None:
        self.total = total
        self.done = done

    def next(self, text: str) -> None:
        """A step that took no time worth speaking of."""
        self.done += 1
        say(f"{self.done}/{self.total} {text}")

    @contextlib.contextmanager
    def during(self, text: str) -> Iterator[None]:
        """A step that takes a while: said before, and in a terminal the seconds count up beside it."""
        self.done += 1
        label = f"{self.done}/{self.total} {text}"
        say(label)
        if not sys.stdout.isatty():
            yield
            return
        began, ended = time.monotonic(), threading.Event()

        def tick() -> None:
            while not ended.wait(1):
                print(f"\r    {time.monotonic() - began:.0f} s\r", end="", flush=True)

        ticker = threading.Thread(target=tick, daemon=True)
        ticker.start()
        try:
            yield
        finally:
            ended.set()
            ticker.join()


def guarded(name: str, command: Callable[[], int]) -> int:
    """Run a command; its problems, Ctrl-C and TERM end it with one line and the usual exit status."""

    def stop(number: int, frame: FrameType | None) -> None:
        raise Stopped

    signal.signal(signal.SIGTERM, stop)
    try:
        return command()
    except Problem as problem:
        sys.stdout.flush()
        print(f"{name}: {problem}", file=sys.stderr)
        return 1
    except (KeyboardInterrupt, Stopped) as stopped:
        print(f"\n{name}: stopped half-way; the next start goes on from here.", file=sys.stderr)
        return INTERRUPTED if isinstance(stopped, KeyboardInterrupt) else 128 + signal.SIGTERM
    except BrokenPipeError:
        return 128 + signal.SIGPIPE
