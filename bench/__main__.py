"""`./run bench [NAME…] [OPTION…]`: each benchmark prints a table. Without a name, all of them."""

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).resolve().parent
NAMES = sorted(path.stem for path in HERE.glob("*.py") if not path.stem.startswith("_"))
ONE = "import sys; from bench.{} import main; sys.exit(main(sys.argv[1:]))"


def main(argv: Sequence[str]) -> int:
    """Run each in a process of its own, so that one does not find the memory or the caches of another."""
    arguments = list(argv)
    chosen = []
    while arguments and arguments[0] in NAMES:
        chosen.append(arguments.pop(0))
    if arguments and not arguments[0].startswith("-"):
        print(f"run bench: there is no benchmark {arguments[0]!r}; there are {', '.join(NAMES)}", file=sys.stderr)
        return 2
    # A fresh clone has no models, and their download is nothing to measure.
    if subprocess.run([sys.executable, "-m", "showpiece", "models"], cwd=HERE.parent, check=False).returncode:
        return 1
    failed = 0
    for name in chosen or NAMES:
        print(f"\n== {name}", flush=True)
        began = time.monotonic()
        env = os.environ | {"PYTHONPATH": str(HERE.parent)}
        done = subprocess.run([sys.executable, "-c", ONE.format(name), *arguments], env=env, check=False)
        print(f"({time.monotonic() - began:.0f} s)", flush=True)
        failed += done.returncode != 0
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
