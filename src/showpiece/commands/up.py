"""`showpiece up`: prepare what has to be prepared, then become the supervisor of the processes."""

import argparse
import os
import sys
from pathlib import Path

from showpiece.commands import checks, instance, models, prepare
from showpiece.commands.console import Problem, Steps
from showpiece.commands.processes import become, call
from showpiece.config.paths import home as home_folder

LOCK_DESCRIPTOR = 3  # the supervisor closes the others when it reloads


def main(arguments: list[str]) -> int:
    """Returns only with a problem."""
    parser = argparse.ArgumentParser(prog="showpiece up", description=__doc__)
    parser.add_argument("--after-steps", type=int, default=0, help=argparse.SUPPRESS)
    done = parser.parse_args(arguments).after_steps
    home = home_folder()
    bind, port = checks.web_address()
    checks.check_writable(home, "the data folder")
    lock = instance.acquire(home, checks.url(bind, port))
    instance.clear_left_overs(home)
    checks.check_port(bind, port)
    os.environ["SHOWPIECE_HOME"] = str(home)
    first = not (home / prepare.ACCOUNTS).exists()
    _prepare(home, Steps(done + 5, done))
    say_accounts = first and (home / prepare.ACCOUNTS).exists()
    if lock != LOCK_DESCRIPTOR:
        os.dup2(lock, LOCK_DESCRIPTOR)
    os.set_inheritable(LOCK_DESCRIPTOR, True)
    command = [sys.executable, "-P", "-m", "showpiece.commands.supervise"]
    return become([*command, "--accounts"] if say_accounts else command, os.environ)


def _prepare(home: Path, steps: Steps) -> None:
    for folder in ("logs", "media", "models", "static"):
        (home / folder).mkdir(exist_ok=True)
    try:
        models.fetch(steps)
        if prepare.is_prepared(home):
            prepare.skip(steps)
        else:
            # The numbers of the steps go along, so that the child's lines fit in.
            numbers = [str(steps.total), str(steps.done)]
            status, _ = call([sys.executable, "-P", "-m", "showpiece.commands.prepare", *numbers])
            if status != 0:
                raise SystemExit(status if status > 0 else 128 - status)
            steps.done += 3
    except OSError as error:
        raise Problem(f"{error.filename or home}: {error.strerror}.", "Look after the disk and start again.") from error
    except BaseException:
        instance.remove_files(home)
        raise
    steps.next("Starting web and worker")
