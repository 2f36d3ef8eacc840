"""The virtual environment with the locked packages: made once, checked by hash afterwards. Standard library only."""

import contextlib
import fcntl
import hashlib
import json
import os
import re
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from showpiece.commands import checks
from showpiece.commands.console import Problem, Steps
from showpiece.commands.processes import call

LOCKS = {"user": "requirements.lock", "developer": "requirements-dev.lock"}
BAD_CERTIFICATE = re.compile(r"certificate|UnknownIssuer|invalid peer", re.IGNORECASE)
BAD_HASH = re.compile(r"hash mismatch|HASHES|do not match the hash|computed:", re.IGNORECASE)
NO_SPACE = re.compile(r"No space left on device|os error 28|Errno 28", re.IGNORECASE)


class Environment:
    """`.venv` in the clone. Developers' packages are added to the same one: their lock contains the users' lock."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.folder = root / ".venv"
        self.python = self.folder / "bin" / "python"
        self._pip = [str(self.python), "-m", "pip"]
        self.marker = self.folder / "showpiece.json"

    def _wanted(self, lock: str) -> str:
        """What an installed set depends on: the lock, the project's own metadata, where it lies, and the Python."""
        digest = hashlib.sha256()
        for name in (LOCKS[lock], "pyproject.toml"):
            digest.update((self.root / name).read_bytes())
        digest.update(f"{self.folder}\n{sys.version}".encode())
        return digest.hexdigest()

    def _installed(self) -> dict[str, str]:
        with contextlib.suppress(OSError, ValueError):
            return dict(json.loads(self.marker.read_text()))
        return {}

    def is_ready(self, lock: str) -> bool:
        """Whether the set of this lock is installed as it is now."""
        return self.python.exists() and self._installed().get(lock) == self._wanted(lock)

    @contextlib.contextmanager
    def _alone(self) -> Iterator[None]:
        # A lock on the folder of the clone itself: nothing to leave behind.
        descriptor = os.open(self.root, os.O_RDONLY)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            yield
        finally:
            os.close(descriptor)

    def make(self, lock: str, steps: Steps) -> None:
        """Bring the environment to the lock in two steps; whatever is already done is not done again."""
        if self.is_ready(lock):
            steps.next("Python environment: ready")
            steps.next("Packages: as locked")
            return
        with self._alone():
            checks.check_space(self.root, checks.INSTALL_NEEDS)
            if self._works():
                steps.next("Python environment: ready")
            else:
                with steps.during(f"Python environment: making {self.folder.name}"):
                    self._create()
            count = len(re.findall(r"^[a-z0-9]\S*==", (self.root / LOCKS[lock]).read_text(), re.MULTILINE))
            with steps.during(f"Packages: installing {count}"):
                self._install(lock)
            # The marker comes last. Developers' packages contain the users', in the same versions.
            done = {name: self._wanted(name) for name in ({lock, "user"} if lock == "developer" else {lock})}
            self.marker.write_text(json.dumps(self._installed() | done))

    def _works(self) -> bool:
        """Whether there is a whole environment of the right Python at the right place."""
        if not self.python.exists():
            return False
        script = "import json, pip, sys; print(json.dumps([sys.version, sys.prefix]))"
        status, output = call([self.python, "-P", "-c", script], quiet=True)
        return status == 0 and json.loads(output) == [sys.version, str(self.folder)]

    def _create(self) -> None:
        checks.check_venv_module()
        status, output = call([sys.executable, "-m", "venv", "--clear", self.folder], quiet=True)
        if status != 0:
            if "ensurepip" in output:
                raise Problem("Python's venv module is not whole.", "Install python3-venv (apt install python3-venv).")
            raise self._explained("Cannot make the virtual environment.", output)

    def _install(self, lock: str) -> None:
        file = self.root / LOCKS[lock]
        uv = self.folder / "bin" / "uv"
        output = ""
        if not uv.exists():
            output = self._install_uv(file)
        done = uv.exists() and self._by_uv(uv, ["--require-hashes", "-r", str(file)])
        if not done:
            # uv reads none of pip's configuration (a company's mirror, say): where it cannot, pip may.
            pip = [*self._pip, "install", "--quiet", "--retries", "2", "--require-hashes", "-r", str(file)]
            status, output = call(pip, quiet=True)
            if status != 0:
                raise self._explained("Cannot install the packages.", output)
        # The project itself, by the build backend that the lock has just installed: nothing is downloaded here.
        itself = ["--no-deps", "--no-build-isolation", "--editable", str(self.root)]
        if not (uv.exists() and self._by_uv(uv, itself)):
            status, output = call([*self._pip, "install", "--quiet", *itself], quiet=True)
            if status != 0:
                raise self._explained("Cannot install Showpiece itself.", output)
        # Compiled now: where Python is told not to write bytecode, each start would compile everything anew. What does
        # not compile (a package's files for another version) does not matter until it is imported.
        call([self.python, "-m", "compileall", "-q", "-j", "0", "-x", "/tests?/", self.folder / "lib"], quiet=True)

    def _install_uv(self, file: Path) -> str:
        """By pip, with the hashes of the lock."""
        block = re.search(r"^uv==.*?(?=^\S)", file.read_text(), re.MULTILINE | re.DOTALL)
        if block is None:
            return ""
        with tempfile.NamedTemporaryFile("w", suffix=".txt") as only_uv:
            only_uv.write(block.group())
            only_uv.flush()
            options = ["--quiet", "--retries", "2", "--no-deps", "--require-hashes", "-r", only_uv.name]
            status, output = call([*self._pip, "install", *options], quiet=True)
        if status != 0 and (BAD_HASH.search(output) or NO_SPACE.search(output)):
            raise self._explained("Cannot install uv.", output)
        if status != 0 and "Failed to establish a new connection" in output:
            raise self._explained("Cannot install the packages.", output)
        return output

    def _by_uv(self, uv: Path, arguments: list[str]) -> bool:
        """Try uv; False if pip should have a go."""
        env = dict(os.environ)
        # pip's index, so that both look in one place; an address may carry a password and is not for the command line.
        index = (
            env.get("PIP_INDEX_URL")
            or call([self.python, "-m", "pip", "config", "get", "global.index-url"], quiet=True)[1]
        )
        if index.strip().startswith("http"):
            env.setdefault("UV_DEFAULT_INDEX", index.strip())
        env |= {"UV_PYTHON_DOWNLOADS": "never", "UV_NO_CONFIG": "1"}
        base = [str(uv), "pip", "install", "--quiet", "--python", str(self.python)]
        status, output = call([*base, *arguments], env=env, quiet=True)
        if status != 0 and BAD_CERTIFICATE.search(output):
            status, output = call([*base, "--system-certs", *arguments], env=env, quiet=True)
        if status != 0 and (BAD_HASH.search(output) or NO_SPACE.search(output)):
            raise self._explained("Cannot install the packages.", output)
        return status == 0

    def _explained(self, what: str, output: str) -> Problem:
        """The one line that helps, from a long one of a tool; the rest goes into a file."""
        log = self.folder / "install.log"
        with contextlib.suppress(OSError):
            log.parent.mkdir(exist_ok=True)
            log.write_text(output)
        if NO_SPACE.search(output):
            return Problem("The disk is full.", "Free some space and start again; what is done is kept.")
        if BAD_HASH.search(output):
            return Problem(
                f"{what} A package is not the one that was locked (its hash differs; see {log}).",
                "Restore requirements.lock from git, or ask your mirror's owner: nothing was installed from it.",
            )
        if BAD_CERTIFICATE.search(output):
            return Problem(
                f"{what} The registry's certificate is not trusted here (see {log}).",
                "Set SSL_CERT_FILE and PIP_CERT to your company's certificates.",
            )
        if re.search(r"connection|resolve|timed? ?out|unreachable|No matching distribution", output, re.IGNORECASE):
            return Problem(
                f"{what} The package registry cannot be reached (see {log}).",
                "Check the network; for a proxy set HTTPS_PROXY, for a mirror PIP_INDEX_URL. Then start again.",
            )
        last = output.strip().splitlines()[-1:] or ["no output"]
        return Problem(f"{what} {last[0]}", f"The whole output is in {log}.")
