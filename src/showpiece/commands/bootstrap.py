"""What `./run` does before there is anything installed: the environment, then the command in it."""

import os
import sys
from collections.abc import Callable
from pathlib import Path

from showpiece.commands import checks, instance
from showpiece.commands.console import Steps, guarded
from showpiece.commands.environment import Environment
from showpiece.commands.processes import become

STEPS = 7
STEPS_HERE = 2
HELP = """\
usage: ./run [COMMAND]

  ./run                 install, fill the sample shop on first start, and serve it
  ./run test [ARG...]   run every test that this machine can run; ARGs go to pytest,
                        except --coverage: tell what no test reaches
  ./run bench [NAME]    measure; prints tables
  ./run lint            look for mistakes without running anything
  ./run lock            renew requirements.lock and requirements-dev.lock
  ./run help            this text

The shop appears on http://127.0.0.1:8000 (PORT chooses another port), its data in ./var (SHOWPIECE_HOME chooses
another folder). docs/configuration.md lists every setting, docs/operations.md says how to run it for long.
"""


def home_folder(root: Path) -> Path:
    """The data folder, as `showpiece.config.paths` has it."""
    return Path(os.environ.get("SHOWPIECE_HOME") or root / "var").resolve()


def up(root: Path, arguments: list[str]) -> int:
    """Check the machine, install, and become `showpiece up`."""
    home = home_folder(root)
    checks.check_writable(root, "the clone")
    checks.check_writable(home, "the data folder")
    checks.check_space(home, checks.HOME_NEEDS)
    instance.check_not_running(home)
    checks.check_port(*checks.web_address())
    environment = Environment(root)
    environment.make("user", Steps(STEPS))
    command = [str(environment.python), "-P", "-m", "showpiece", "up", "--after-steps", str(STEPS_HERE), *arguments]
    return become(command, os.environ | {"SHOWPIECE_HOME": str(home)})


def developing(module: str) -> Callable[[Path, list[str]], int]:
    """A command for those who work on Showpiece: it needs their packages, too."""

    def command(root: Path, arguments: list[str]) -> int:
        checks.check_writable(root, "the clone")
        environment = Environment(root)
        if not environment.is_ready("developer"):
            environment.make("developer", Steps(STEPS_HERE))
        return become(
            [environment.python, "-P", "-m", f"showpiece.commands.develop.{module}", *arguments],
            os.environ | {"SHOWPIECE_ROOT": str(root)},
        )

    return command


COMMANDS: dict[str, Callable[[Path, list[str]], int]] = {
    "up": up,
    "test": developing("suite"),
    "bench": developing("measure"),
    "lint": developing("lint"),
    "lock": developing("lock"),
}


def main(arguments: list[str], root: str) -> int:
    """The entry point, called by `run`."""
    name, *rest = arguments or ["up"]
    if name in ("help", "-h", "--help"):
        print(HELP, end="")
        return 0
    if name not in COMMANDS or (name == "up" and rest):
        print(f"run: there is no command {' '.join(arguments)!r}.\n\n{HELP}", end="", file=sys.stderr)
        return 2
    return guarded("run", lambda: COMMANDS[name](Path(root), rest))
