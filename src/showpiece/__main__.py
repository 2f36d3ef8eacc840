"""`python -m showpiece`, the same as the command `showpiece`."""

import sys

from showpiece.cli import main

if __name__ == "__main__":
    sys.exit(main())
