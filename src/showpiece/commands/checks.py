"""What can be wrong with a machine before anything is started, each with its remedy. Standard library only."""

import importlib.util
import os
import shutil
import socket
from collections.abc import Callable
from pathlib import Path

from showpiece.commands.console import Problem

MEGABYTE = 2**20
INSTALL_NEEDS = 900 * MEGABYTE
HOME_NEEDS = 100 * MEGABYTE


def web_address() -> tuple[str, int]:
    """Where the web server listens: `BIND` and `PORT`."""
    text = os.environ.get("PORT") or "8000"
    if not text.isdecimal() or not 0 < int(text) < 2**16:
        raise Problem(f"PORT is {text!r}, which is no port number.", "Set it to a number from 1 to 65535.")
    return os.environ.get("BIND") or "127.0.0.1", int(text)


def url(bind: str, port: int) -> str:
    """The address to open in a browser on this machine."""
    host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(bind, f"[{bind}]" if ":" in bind else bind)  # noqa: S104
    return f"http://{host}:{port}"


def _can_listen(bind: str, port: int) -> OSError | None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as error:
            return error
    return None


def check_port(bind: str, port: int) -> None:
    """The port must be free, else name one that is."""
    error = _can_listen(bind, port)
    if error is None:
        return
    if isinstance(error, PermissionError):
        raise Problem(f"Port {port} is only for root.", "Start on another: PORT=8000 ./run")
    free = next((other for other in range(port + 1, min(port + 50, 2**16)) if _can_listen(bind, other) is None), None)
    if free is None:
        raise Problem(f"Cannot listen on {bind} port {port}: {error.strerror}.", "Set BIND and PORT to others.")
    raise Problem(f"Port {port} is taken by another program.", f"Start on another: PORT={free} ./run")


def check_venv_module(find: Callable[[str], object] = importlib.util.find_spec) -> None:
    """Debian and Ubuntu leave parts of Python out of the python3 package."""
    if find("venv") is None or find("ensurepip") is None:
        raise Problem("Python's venv module is missing.", "Install python3-venv (apt install python3-venv).")


def check_writable(folder: Path, name: str) -> None:
    """Make `folder` and prove that files can be made in it (a read-only disk passes os.access for root)."""
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # people's files and the database are for nobody else
        probe.touch()
        probe.unlink()
    except OSError as error:
        remedy = f"Make it writable, or choose another folder: SHOWPIECE_HOME=/path ./run ({name})."
        raise Problem(f"Cannot write in {folder}: {error.strerror}.", remedy) from error


def free_bytes(folder: Path) -> int:
    """How much an ordinary user may still write where `folder` is or will be."""
    while not folder.exists():
        folder = folder.parent
    return shutil.disk_usage(folder).free


def check_space(folder: Path, needed: int, free: Callable[[Path], int] = free_bytes) -> None:
    """Better to say so now than to fail in the middle of a package."""
    left = free(folder)
    if left < needed:
        raise Problem(
            f"Only {left // MEGABYTE} MB are free on the disk of {folder}, {needed // MEGABYTE} MB are needed.",
            "Free some space and start again; what is done is kept.",
        )
