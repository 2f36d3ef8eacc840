"""Rendered number plates and the training on them; run from a checkout: `python -m tools.plates.NAME`."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2] / "src"))
