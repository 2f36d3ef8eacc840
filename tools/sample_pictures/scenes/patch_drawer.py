"""The showpiece of the project `patch-drawer`."""
# The outline of a shape stays on one line, as in an SVG file.
# ruff: noqa: E501

from __future__ import annotations

import math

from sample_pictures.stage import FLOOR, Scene, box, dot, line, shape

INK = "#1b1633"


def patch_drawer() -> Scene:
    """A synthesizer that is also a card index."""
    s = Scene(wall="#eca01f", spot="#ffcb61", plinth="#fff0cf")
    s.backdrop("disc")
    s.stand(440)
    # the cards, each with its wave
    waves = {
        "sine": "q22 -46 44 0 q22 46 44 0",
        "saw": "l40 -34 v34 l40 -34 v34",
        "square": "v-32 h42 v32 h42 v-32",
        "triangle": "l22 -38 l22 38 l22 -38 l22 38",
    }
    cards = [
        (318, "#e2543f", "sine", 128),
        (474, "#fff7e6", "saw", 104),
        (630, "#1f8a86", "square", 128),
        (786, "#fff7e6", "triangle", 100),
    ]
    for x, colour, wave, top in cards:
        d = f"M{x} 420 V{top + 62} a16 16 0 0 1 16 -16 h18 l14 -34 h68 l14 34 h30 a16 16 0 0 1 16 16 V420 Z"
        s.add(s.shade(shape(d, "#000"), 20, 12, 8, 0.3))
        s.add(shape(d, colour))
        stroke = INK if colour == "#fff7e6" else "#fff"
        s.add(line(f"M{x + 44} {top + 124} {waves[wave]}", stroke, 9))
    s.add(s.ground(640, 390, FLOOR + 4, 30, 0.55))
    # the case
    s.add(s.shade(box(262, 300, 756, 322, 30, "#000"), 34, 16))
    s.add(box(252, 292, 776, 330, 30, "#93502e"))
    s.add(box(290, 292, 700, 330, 8, s.linear("#433a63", "#221a3c")))
    # the screen
    s.add(box(322, 330, 240, 118, 16, "#0f2f33"))
    s.add(line("M352 390 q45 -84 90 0 t90 0", "#57f0c7", 9))

    # knobs
    def knob(cx: float, cy: float, r: float, colour: str, turn: float) -> None:
        s.add(s.shade(dot(cx, cy, r, "#000"), 6, 10, 8, 0.6))
        s.add(dot(cx, cy, r, colour))
        a = math.radians(turn - 90)
        s.add(
            line(
                f"M{cx + math.cos(a) * r * 0.3:.1f} {cy + math.sin(a) * r * 0.3:.1f} L{cx + math.cos(a) * r * 0.78:.1f} {cy + math.sin(a) * r * 0.78:.1f}",
                INK,
                8,
            )
        )

    knob(646, 390, 48, "#fff3e0", -48)
    knob(774, 390, 48, "#ff7a55", 30)
    knob(902, 390, 48, "#37b8b0", 100)
    # faders
    for i, at in enumerate((556, 510, 536)):
        x = 366 + i * 76
        s.add(box(x - 5, 482, 10, 112, 5, "#0e0b1c"))
        s.add(box(x - 23, at - 14, 46, 28, 9, "#fff3e0"))
    # jacks and cables
    jacks = [646, 731, 816, 902]
    for x in jacks:
        for y in (498, 568):
            s.add(dot(x, y, 21, "#5d567e"))
    for d, colour in (
        ("M646 568 C650 690 812 690 816 568", "#ffca5f"),
        ("M902 498 C950 660 752 650 731 568", "#ff6f52"),
        ("M646 498 C650 560 800 560 816 498", "#49d3c4"),
    ):
        s.add(f'<g transform="translate(8 12)" opacity=".45" filter="url(#blur8)">{line(d, "#000", 15)}</g>')
        s.add(line(d, colour, 16))
        start, end = d.split("C")[0][1:].split(), d.split()[-2:]
        s.add(*(dot(float(a), float(b), 15, colour) for a, b in (start, end)))
    return s
