"""`./run lock`: renews both locks. They hold hashes and no addresses, so that any mirror can serve them."""

import sys
from pathlib import Path

from showpiece.commands.console import Problem, guarded
from showpiece.commands.develop import root
from showpiece.commands.processes import call

UV = Path(sys.executable).parent / "uv"
COMPILE = ["pip", "compile", "--quiet", "--universal", "--generate-hashes", "--no-header", "--python-version", "3.11"]


def main(arguments: list[str]) -> int:
    """Arguments go to `uv pip compile`: `--upgrade`, `--upgrade-package django`."""
    return guarded("run lock", lambda: _lock(arguments))


def _lock(arguments: list[str]) -> int:
    # The users' lock first: it holds the versions that the developers' has to take.
    for name in ("requirements", "requirements-dev"):
        command = [str(UV), *COMPILE, *arguments, f"{name}.in", "-o", f"{name}.lock"]
        status, output = call(command, cwd=root(), quiet=True)
        if status != 0:
            raise Problem(f"{name}.in cannot be locked:\n{output}", "Correct it and try again.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
