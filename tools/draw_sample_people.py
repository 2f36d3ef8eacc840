# ruff: noqa: E501
"""Draws the portraits of the sample shop's people and prints how much they weigh.

    python tools/draw_sample_people.py             all into src/showpiece/sample/people
    python tools/draw_sample_people.py --look DIR  also a sheet to look at

The people are invented: flat shapes, no photograph. The SVG below is turned into pixels by headless Chromium (CHROMIUM
names another binary) and into WebP by Pillow. Needs what the development requirements install.
"""

from __future__ import annotations

import argparse
import io
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from PIL import Image
from playwright.sync_api import sync_playwright

PEOPLE = Path(__file__).resolve().parents[1] / "src" / "showpiece" / "sample" / "people"
SIDE = 400
INK = "#2b2233"


@dataclass(frozen=True)
class Portrait:
    """A bust before a wall. `behind` and `front` are shapes of hair, hat or glasses, behind and before the head."""

    wall: str
    sun: str
    skin: str
    shade: str
    coat: str
    collar: str
    behind: str = ""
    front: str = ""

    def svg(self) -> str:
        return _svg(
            f'<rect width="400" height="400" fill="{self.wall}"/><circle cx="200" cy="205" r="150" fill="{self.sun}"/>'
            f"{self.behind}"
            f'<path d="M58 400C62 318 122 290 200 290S338 318 342 400Z" fill="{self.coat}"/>'
            f'<path d="M164 240H236V296C236 318 164 318 164 296Z" fill="{self.shade}"/>'
            f'<path d="M152 292C164 330 236 330 248 292L262 300C250 350 150 350 138 300Z" fill="{self.collar}"/>'
            f'<ellipse cx="128" cy="196" rx="16" ry="21" fill="{self.shade}"/>'
            f'<ellipse cx="272" cy="196" rx="16" ry="21" fill="{self.shade}"/>'
            f'<path d="M130 168C130 118 160 98 200 98S270 118 270 168V196C270 240 238 268 200 268S130 240 130 196Z" '
            f'fill="{self.skin}"/>'
            f'<g fill="{INK}"><circle cx="172" cy="192" r="7"/><circle cx="228" cy="192" r="7"/></g>'
            f'<path d="M200 196V214" stroke="{self.shade}" stroke-width="8" stroke-linecap="round"/>'
            f'<path d="M178 232Q200 250 222 232" fill="none" stroke="{INK}" stroke-width="6" stroke-linecap="round"/>'
            f"{self.front}"
        )


def _svg(shapes: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{SIDE}" height="{SIDE}" viewBox="0 0 400 400">{shapes}</svg>'
    )


NOOR = Portrait(
    wall="#4b3b8f",
    sun="#6a57b8",
    skin="#c98d63",
    shade="#ab7249",
    coat="#f2b94b",
    collar="#fbe3a6",
    behind='<path d="M104 190C96 100 150 62 200 62S304 100 296 190V300Q310 340 280 350H120Q90 340 104 300Z" fill="#2d2140"/>',
    front='<path d="M126 180C128 116 164 96 214 96 196 132 160 146 126 180Z" fill="#2d2140"/>'
    '<path d="M274 184C276 128 250 100 206 96 222 136 250 146 274 184Z" fill="#2d2140"/>'
    '<path d="M112 190C104 78 296 78 288 190" fill="none" stroke="#f2f0fa" stroke-width="12"/>'
    '<rect x="98" y="174" width="28" height="52" rx="13" fill="#ef6f6c"/><rect x="274" y="174" width="28" height="52" rx="13" fill="#ef6f6c"/>',
)
INKERI = Portrait(
    wall="#1f6f8b",
    sun="#3a8fac",
    skin="#f2cdb0",
    shade="#dcae8c",
    coat="#e4e9dd",
    collar="#c2593f",
    behind='<path d="M116 190C104 104 156 76 200 76S296 104 284 190L292 262H108Z" fill="#d9b45b"/>',
    front='<path d="M122 176C122 104 166 86 204 86S280 106 278 176C246 160 232 138 226 124 204 152 158 160 122 176Z" fill="#e6c56d"/>'
    '<g fill="none" stroke="#2b2233" stroke-width="6"><circle cx="172" cy="192" r="25"/><circle cx="228" cy="192" r="25"/><path d="M197 190h6"/></g>',
)
LEVAN = Portrait(
    wall="#7b3f3a",
    sun="#9c5750",
    skin="#e3ac84",
    shade="#c58c64",
    coat="#2f4858",
    collar="#dfe7ea",
    front='<path d="M126 178C120 112 160 84 200 84S280 112 274 178C262 150 250 140 236 134H164C150 140 138 150 126 178Z" fill="#5b5560"/>'
    '<path d="M130 196C132 226 146 222 160 222 180 210 220 210 240 222 254 222 268 226 270 196 276 258 240 288 200 288S124 258 130 196Z" fill="#5b5560"/>'
    '<path d="M182 240Q200 252 218 240" fill="none" stroke="#f2d6c0" stroke-width="7" stroke-linecap="round"/>',
)
YUKI = Portrait(
    wall="#3f7d4e",
    sun="#62a06c",
    skin="#f3d2b3",
    shade="#ddb28d",
    coat="#f6f1e4",
    collar="#8fb76a",
    behind='<path d="M112 200C104 108 152 78 200 78S296 108 288 200V236H112Z" fill="#27232e"/>',
    front='<path d="M120 186C118 112 158 90 200 90S282 112 280 186C270 170 264 158 262 148H138C136 158 130 170 120 186Z" fill="#27232e"/>'
    '<path d="M214 92C212 66 222 44 254 38 256 66 242 88 214 92Z" fill="#b6dd7c"/><path d="M206 96C204 70 190 52 166 50 166 76 180 92 206 96Z" fill="#9ccf63"/>',
)
ROSA = Portrait(
    wall="#b8862f",
    sun="#d6a64b",
    skin="#a9704a",
    shade="#8b5735",
    coat="#8e2f4f",
    collar="#f5d9de",
    behind='<circle cx="200" cy="84" r="48" fill="#1f1a22"/><path d="M112 196C106 108 154 84 200 84S294 108 288 196V216H112Z" fill="#1f1a22"/>',
    front='<path d="M124 176C124 110 160 92 200 92S276 110 276 176C258 138 236 124 200 124S142 138 124 176Z" fill="#1f1a22"/>'
    '<g fill="#ef6f6c"><circle cx="262" cy="112" r="17"/><circle cx="282" cy="132" r="13"/></g><circle cx="262" cy="112" r="6" fill="#fbe3a6"/>'
    '<circle cx="128" cy="226" r="8" fill="#fbe3a6"/><circle cx="272" cy="226" r="8" fill="#fbe3a6"/>',
)
VISITOR = Portrait(
    wall="#5a6472",
    sun="#7a8695",
    skin="#d9a27a",
    shade="#bd8358",
    coat="#e07a5f",
    collar="#f4f1de",
    front='<path d="M118 166C112 104 156 78 200 78S288 104 282 166Z" fill="#3d5a80"/><path d="M112 160H288Q322 162 326 180 250 172 112 178Z" fill="#2f4766"/>'
    '<circle cx="200" cy="80" r="9" fill="#2f4766"/>',
)
# A workshop, and the people who look after the shop, are no single person.
BENCH = _svg(
    '<rect width="400" height="400" fill="#12372a"/><circle cx="200" cy="190" r="150" fill="#1d5240"/>'
    '<path d="M110 96H290V236H110Z" fill="#f7e7b4"/><path d="M110 96H290V236H110Z" fill="none" stroke="#c9973b" stroke-width="14"/>'
    '<path d="M200 96V236M110 166H290" stroke="#c9973b" stroke-width="10"/>'
    '<path d="M94 76H306L322 118H78Z" fill="#e4572e"/><path d="M136 76H178L172 118H121ZM222 76H264L279 118H228Z" fill="#f7f3e8"/>'
    '<rect x="62" y="262" width="276" height="30" rx="8" fill="#c9973b"/><path d="M92 292H122V372H92ZM278 292H308V372H278Z" fill="#8f6a25"/>'
    '<rect x="150" y="232" width="62" height="30" rx="5" fill="#7fb7be"/><path d="M236 262V216L252 200 268 216V262Z" fill="#e4572e"/>'
)
STAFF = _svg(
    '<rect width="400" height="400" fill="#6b5416"/><circle cx="200" cy="200" r="150" fill="#8c7022"/>'
    '<g fill="none" stroke="#fbe9b7" stroke-width="26"><circle cx="152" cy="150" r="56"/><path d="M192 190L308 306M268 266L304 230M296 294L326 264" stroke-linecap="round"/></g>'
    '<circle cx="134" cy="132" r="13" fill="#6b5416"/>'
)

PORTRAITS = {
    "window-bench": BENCH,
    "noor-waves": NOOR.svg(),
    "inkeri": INKERI.svg(),
    "levan-plays": LEVAN.svg(),
    "yuki-grows": YUKI.svg(),
    "rosa-ships": ROSA.svg(),
    "visitor": VISITOR.svg(),
    "staff": STAFF,
}


def main() -> int:
    parser = argparse.ArgumentParser(description="Draws the portraits of the sample shop's people.")
    parser.add_argument("--look", type=Path, help="a folder for a sheet of all of them")
    options = parser.parse_args()
    PEOPLE.mkdir(parents=True, exist_ok=True)
    drawn: list[Image.Image] = []
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=os.environ.get("CHROMIUM") or shutil.which("chromium"))
        page = browser.new_page(viewport={"width": SIDE, "height": SIDE})
        for name, svg in PORTRAITS.items():
            page.set_content(f"<style>*{{margin:0}}svg{{display:block}}</style>{svg}")
            picture = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
            file = io.BytesIO()
            picture.save(file, "WEBP", quality=88, method=6)
            (PEOPLE / f"{name}.webp").write_bytes(file.getvalue())
            print(f"{name:16}{len(file.getvalue()):>8,}")
            drawn.append(picture)
        browser.close()
    if options.look:
        options.look.mkdir(parents=True, exist_ok=True)
        sheet = Image.new("RGB", (4 * 220, 2 * 220), "white")
        for i, picture in enumerate(drawn):
            sheet.paste(picture.resize((200, 200), Image.Resampling.LANCZOS), (10 + i % 4 * 220, 10 + i // 4 * 220))
        sheet.save(options.look / "people.png")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
