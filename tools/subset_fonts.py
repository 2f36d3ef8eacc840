"""Makes the fonts: Inter, cut to the weights, letters and features that the pages use, and once more for PDF files.

    pip install fonttools brotli
    python tools/subset_fonts.py FOLDER_WITH_INTER_WOFF2 src/showpiece/web/static/web/fonts src/showpiece/receipts/fonts

FOLDER is `files/` of the npm package @fontsource-variable/inter. Run it when the package or the letters change; the
results are kept in the repository, so nobody needs fonttools to run the site.
"""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools.merge import Merger
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

# A PDF has no fonts of the reader's to fall back on: all of Inter's letters and currency signs, in one file a weight.
PAPER_WEIGHTS = {"inter-regular": 400, "inter-bold": 650}
PAPER_PARTS = ("latin", "latin-ext", "cyrillic", "cyrillic-ext", "greek", "greek-ext", "vietnamese")
DIGITS = range(ord("0"), ord("9") + 1)


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


def paper(source: Path, target: Path, weight: int) -> int:
    """One TrueType file of a weight, without tables that only browsers use; digits are of one width, for columns."""
    taken: set[int] = set()
    with TemporaryDirectory() as folder:
        parts = []
        for part in PAPER_PARTS:
            font = TTFont(source / f"inter-{part}-wght-normal.woff2")
            letters = set(font.getBestCmap()) - taken
            cutter = Subsetter(Options(layout_features=["tnum"], hinting=False, notdef_outline=True, name_IDs=[1, 2]))
            cutter.populate(unicodes=letters)
            cutter.subset(font)
            instantiateVariableFont(font, {"wght": weight}, inplace=True)
            _set_in_columns(font)
            for table in {"GSUB", "GPOS", "GDEF", "STAT", "gasp", "prep"} & set(font.keys()):
                del font[table]
            font.flavor = None
            parts.append(str(Path(folder) / f"{part}.ttf"))
            font.save(parts[-1])
            taken |= letters
        merged = Merger().merge(parts)
    merged.save(target)
    return target.stat().st_size


def _set_in_columns(font: TTFont) -> None:
    lookups = font["GSUB"].table.LookupList.Lookup if "GSUB" in font and font["GSUB"].table.LookupList else []
    wide = {}
    for lookup in lookups:
        for table in lookup.SubTable:
            wide |= getattr(getattr(table, "ExtSubTable", table), "mapping", {})
    for table in font["cmap"].tables:
        table.cmap |= {code: wide.get(name, name) for code, name in table.cmap.items() if code in DIGITS}


def main() -> None:
    source, target, papers = map(Path, sys.argv[1:4])
    target.mkdir(parents=True, exist_ok=True)
    papers.mkdir(parents=True, exist_ok=True)
    for name, (file, unicodes) in SUBSETS.items():
        size = subset(source / file, target / f"{name}.woff2", unicodes)
        sys.stdout.write(f"{name}.woff2  {size:,} bytes\n")
    for name, weight in PAPER_WEIGHTS.items():
        size = paper(source, papers / f"{name}.ttf", weight)
        sys.stdout.write(f"{name}.ttf  {size:,} bytes\n")


if __name__ == "__main__":
    main()
