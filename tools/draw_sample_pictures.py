"""Draws the covers of the sample shop and prints how much they weigh.

    python tools/draw_sample_pictures.py             all covers into src/showpiece/sample/pictures
    python tools/draw_sample_pictures.py faces       only this one
    python tools/draw_sample_pictures.py --look DIR  also PNG copies and contact sheets to look at

The SVG comes from tools/sample_pictures; headless Chromium turns it into pixels (CHROMIUM names another binary) and
Pillow into WebP. Needs what the development requirements install.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageFilter
from playwright.sync_api import sync_playwright

sys.path.insert(0, str(Path(__file__).resolve().parent))
from sample_pictures.scenes import SCENES
from sample_pictures.stage import HEIGHT, WIDTH

PICTURES = Path(__file__).resolve().parents[1] / "src" / "showpiece" / "sample" / "pictures"
LARGE_LIMIT, CARD_LIMIT = 45_000, 9_000
CARD = (640, 400)
SOFTEN = 0.8  # pixels: not seen on a card, and a tenth off each file


def webp(picture: Image.Image, quality: int) -> bytes:
    out = io.BytesIO()
    picture.save(out, "WEBP", quality=quality, method=6)
    return out.getvalue()


def contact_sheet(pictures: dict[str, Image.Image], ground: str, columns: int = 3) -> Image.Image:
    width, height, gap = 400, 250, 32
    rows = -(-len(pictures) // columns)
    sheet = Image.new("RGB", (gap + columns * (width + gap), gap + rows * (height + gap)), ground)
    for i, picture in enumerate(pictures.values()):
        spot = (gap + i % columns * (width + gap), gap + i // columns * (height + gap))
        sheet.paste(picture.resize((width, height), Image.Resampling.LANCZOS), spot)
    return sheet


def main() -> int:
    parser = argparse.ArgumentParser(description="Draws the covers of the sample shop.")
    parser.add_argument("names", nargs="*", help="covers to draw (all by default)")
    parser.add_argument("--look", type=Path, help="a folder for PNG copies and contact sheets")
    options = parser.parse_args()
    unknown = set(options.names) - SCENES.keys()
    if unknown:
        parser.error(f"no such cover: {', '.join(sorted(unknown))}")
    names = options.names or list(SCENES)
    PICTURES.mkdir(parents=True, exist_ok=True)

    pictures: dict[str, Image.Image] = {}
    chromium = os.environ.get("CHROMIUM") or shutil.which("chromium")
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=chromium)
        page = browser.new_page(viewport={"width": WIDTH, "height": HEIGHT})
        for name in names:
            page.set_content(f"<style>*{{margin:0}}svg{{display:block}}</style>{SCENES[name]().svg()}")
            drawn = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            pictures[name] = drawn.filter(ImageFilter.GaussianBlur(SOFTEN))
        browser.close()

    heavy = []
    print(f"{'cover':24}{'1280x800':>10}{'640x400':>10}")
    for name, picture in pictures.items():
        large = webp(picture, 82)
        card = webp(Image.open(io.BytesIO(large)).resize(CARD, Image.Resampling.LANCZOS), 75)  # as the site makes it
        (PICTURES / f"{name}.webp").write_bytes(large)
        print(f"{name:24}{len(large):>10,}{len(card):>10,}")
        if len(large) > LARGE_LIMIT or len(card) > CARD_LIMIT:
            heavy.append(name)

    if options.look:
        options.look.mkdir(parents=True, exist_ok=True)
        for name, picture in pictures.items():
            picture.save(options.look / f"{name}.png")
        for tone, ground in (("light", "#ffffff"), ("dark", "#0f0f14")):
            contact_sheet(pictures, ground).save(options.look / f"sheet-{tone}.png")
    if heavy:
        print(f"too heavy: {', '.join(heavy)}", file=sys.stderr)
    return 1 if heavy else 0


if __name__ == "__main__":
    raise SystemExit(main())
