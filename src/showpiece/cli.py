"""The command `showpiece`. Each subcommand is imported when it is called: `predict` must not pay for Django."""

import sys
from collections.abc import Callable
from importlib import import_module

from showpiece.commands.console import guarded

HELP = """\
usage: showpiece COMMAND [ARG...]

  up          prepare everything and run it: web server and worker, under a supervisor
  web         the web server alone
  worker      the worker alone
  doctor      look at every part and say what is wrong and how to put it right
  models      fetch the weights of the models
  sample      fill the shop with the sample projects (does nothing if they are there)
  predict     run a model on files, without a server: showpiece predict faces photo.jpg --json
  manage      Django's own commands: showpiece manage migrate
  help        this text

docs/configuration.md lists the settings, docs/operations.md says how to run it.
"""
COMMANDS = {
    "up": "showpiece.commands.up",
    "web": "showpiece.commands.web",
    "worker": "showpiece.commands.worker",
    "doctor": "showpiece.commands.doctor",
    "models": "showpiece.commands.models",
    "sample": "showpiece.commands.sample",
    "predict": "showpiece.commands.predict",
    "manage": "showpiece.commands.manage",
}


def main(arguments: list[str] | None = None) -> int:
    """The entry point; returns the exit status."""
    name, *rest = (sys.argv[1:] if arguments is None else arguments) or ["help"]
    if name in ("help", "-h", "--help"):
        print(HELP, end="")
        return 0
    if name not in COMMANDS:
        print(f"showpiece: there is no command {name!r}.\n\n{HELP}", end="", file=sys.stderr)
        return 2
    command: Callable[[list[str]], int] = import_module(COMMANDS[name]).main
    return guarded("showpiece", lambda: command(rest))
