"""Fetch the free fonts that rendered plates use: `python -m tools.plates.fonts` (needs npm).

All are under the SIL Open Font License 1.1, one (Ubuntu Condensed) under the Ubuntu Font Licence 1.0; their LICENSE
files are kept beside them. They are needed for training only and are not shipped.
"""

from __future__ import annotations

import re
import subprocess
import tarfile
import tempfile
from pathlib import Path

from tools.plates.glyphs import FONTS

FAMILIES = (
    "overpass overpass-mono barlow barlow-condensed barlow-semi-condensed bebas-neue league-gothic "
    "antonio dosis rajdhani teko saira-condensed"
    " saira-semi-condensed saira roboto-condensed roboto-mono share-tech-mono pt-sans-narrow "
    "varela-round m-plus-rounded-1c archivo-narrow oswald"
    " b612-mono spline-sans-mono russo-one play jost nunito ubuntu-condensed fjalla-one signika "
    "red-hat-mono cousine k2d quantico big-shoulders-text"
)
#: For the names of states that are written by hand.
SCRIPTS = "lobster pacifico kaushan-script dancing-script yellowtail satisfy"
VERSION = "5"


def fetch(family: str, to: Path) -> None:
    """Unpack one family's Latin files of weight 400 to 900, upright, and its licence."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(
            ["npm", "pack", "--silent", f"@fontsource/{family}@{VERSION}"],
            cwd=folder,
            check=True,
            stdout=subprocess.DEVNULL,
        )
        with tarfile.open(next(Path(folder).glob("*.tgz"))) as archive:
            for member in archive:
                name = Path(member.name).name
                upright = re.fullmatch(rf"{family}-latin-[4-9]00-normal\.woff", name)
                source = archive.extractfile(member) if upright or name == "LICENSE" else None
                if source:
                    (to / family).mkdir(parents=True, exist_ok=True)
                    (to / family / name).write_bytes(source.read())


if __name__ == "__main__":
    for each in FAMILIES.split():
        fetch(each, FONTS)
    for each in SCRIPTS.split():
        fetch(each, FONTS / "script")
