"""Commands for those who work on Showpiece: they need the clone and the developers' packages."""

import os
from pathlib import Path


def root() -> Path:
    """The clone."""
    return Path(os.environ.get("SHOWPIECE_ROOT") or Path(__file__).resolve().parents[4])
