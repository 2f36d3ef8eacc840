"""`./run bench`: hands over to the benchmarks in the clone, which are no part of the package."""

import sys
from importlib import import_module

from showpiece.commands.console import guarded
from showpiece.commands.develop import root


def main(arguments: list[str]) -> int:
    """Arguments are names of benchmarks and what they take."""
    sys.path.insert(0, str(root()))
    dispatch = import_module("bench.__main__").main
    return guarded("run bench", lambda: int(dispatch(arguments)))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
