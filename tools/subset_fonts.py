"""Makes the web fonts: Inter, cut to the weights, letters and features that the pages use.

    pip install fonttools brotli
    python tools/subset_fonts.py FOLDER_WITH_INTER_WOFF2 src/showpiece/web/static/web/fonts

FOLDER is `files/` of the npm package @fontsource-variable/inter. Run it when the package or the letters change; the
results are kept in the repository, so nobody needs fonttools to run the site.
"""

import sys
from pathlib import Path

from fontTools.subset import Options, Subsetter, parse_unicodes
from fontTools.ttLib import TTFont
from fontTools.varLib.instancer import instantiateVariableFont

WEIGHTS = (400, 700)
# Kerning and tabular figures are all that the style sheet asks for; each other feature carries glyphs of its own.
FEATURES = ["kern", "ccmp", "locl", "tnum"]
# The ranges here and `unicode-range` in site.css must stay equal.
SUBSETS = {
    "inter-latin": (
        "inter-latin-wght-normal.woff2",
        "20-7E,A0-FF,131,152-153,2BB-2BC,2C6,2DA,2DC,2013-2014,2018-201A,201C-201E,2020,2022,2026,2030,"
        "2039-203A,2044,20AC,2122,2190-2193,2212,2215",
    ),
    "inter-cyrillic": ("inter-cyrillic-wght-normal.woff2", "400-45F,490-491,4B0-4B1,2116"),
}


def subset(source: Path, target: Path, unicodes: str) -> int:
    font = TTFont(source)
    options = Options(layout_features=FEATURES, hinting=False, notdef_outline=True, name_IDs=[1, 2])
    cutter = Subsetter(options)
    cutter.populate(unicodes=parse_unicodes(unicodes))
    cutter.subset(font)
    instantiateVariableFont(font, {"wght": WEIGHTS}, inplace=True)
    font.flavor = "woff2"
    font.save(target)
    return target.stat().st_size


def main() -> None:
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    for name, (file, unicodes) in SUBSETS.items():
        size = subset(source / file, target / f"{name}.woff2", unicodes)
        sys.stdout.write(f"{name}.woff2  {size:,} bytes\n")


if __name__ == "__main__":
    main()
