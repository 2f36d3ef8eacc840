"""`./run lint`: everything that finds mistakes without running the site."""

import os
import sys
import tempfile
from pathlib import Path

from showpiece.commands.console import guarded, say
from showpiece.commands.develop import root
from showpiece.commands.processes import call

PYTHON = [sys.executable, "-m"]
CHECKS = {
    "ruff check": [*PYTHON, "ruff", "check", ".", "run"],
    "ruff format": [*PYTHON, "ruff", "format", "--check", ".", "run"],
    "mypy": [*PYTHON, "mypy"],
    "djlint": [*PYTHON, "djlint", "--check", "--quiet", "src"],
    "migrations": [*PYTHON, "showpiece", "manage", "makemigrations", "--check", "--dry-run"],
    "system checks": [*PYTHON, "showpiece", "manage", "check", "--fail-level", "WARNING"],
}


def main(arguments: list[str]) -> int:
    """Run them all, whatever the first says."""
    return guarded("run lint", _lint)


def _lint() -> int:
    failed = []
    with tempfile.TemporaryDirectory(prefix="showpiece-lint-") as home:
        env = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "BROKER_URL", "DEBUG")}
        env |= {"SHOWPIECE_HOME": home, "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
        for name, command in CHECKS.items():
            say(f"== {name}")
            status, _ = call(command, cwd=root(), env=env)
            if status != 0:
                failed.append(name)
    say(f"\nFound something: {', '.join(failed)}" if failed else "\nNothing found.")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
