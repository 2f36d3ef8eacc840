"""The showpiece of the project `tideline`."""
# The outline of a shape stays on one line, as in an SVG file.

from __future__ import annotations

import math

from sample_pictures.stage import Scene, box, darker, lighter, shape

INK = "#1b1633"


def blob(cx: float, cy: float, rx: float, ry: float, seed: float, rough: float = 0.10) -> str:
    """A closed, smooth, irregular outline: a coast."""
    n = 14
    pts = []
    for i in range(n):
        a = 2 * math.pi * i / n
        r = 1 + rough * (math.sin(2 * a + seed) + 0.7 * math.sin(3 * a + seed * 1.7) + 0.45 * math.sin(5 * a - seed))
        pts.append((cx + rx * r * math.cos(a), cy + ry * r * math.sin(a)))
    d = f"M{pts[0][0]:.1f} {pts[0][1]:.1f}"
    for i in range(n):
        p0, p1, p2, p3 = (pts[(i + k - 1) % n] for k in range(4))
        d += (
            f" C{p1[0] + (p2[0] - p0[0]) / 6:.1f} {p1[1] + (p2[1] - p0[1]) / 6:.1f}"
            f" {p2[0] - (p3[0] - p1[0]) / 6:.1f} {p2[1] - (p3[1] - p1[1]) / 6:.1f} {p2[0]:.1f} {p2[1]:.1f}"
        )
    return d + " Z"


def tideline() -> Scene:
    """An island cut from layers of paper: depths, beach, heights, and a light."""
    s = Scene(wall="#0d6d94", spot="#2b9dc0", plinth="#d8f0f2")
    s.backdrop("disc")
    s.stand(420, top=594, tilt=0.21)
    s.add(s.ground(640, 372, 602, 76, 0.45))
    layers = [
        (576, 370, 76, "#0f5288"),
        (552, 330, 70, "#1673a5"),
        (528, 290, 63, "#2698bd"),
        (504, 248, 55, "#56c2d0"),
        (482, 206, 46, "#aee6df"),
        (460, 168, 38, "#f8e1ae"),
        (432, 132, 30, "#93ca6c"),
        (402, 96, 22, "#5cab58"),
        (372, 60, 14, "#3b8b4c"),
    ]
    for i, (y, rx, ry, colour) in enumerate(layers):
        cx = 640 - i * 5
        seed = 1.1 + i * 0.13
        d = blob(cx, y, rx, ry, seed, 0.03 + i * 0.009)
        depth = 22 if i < 5 else 26
        if i:
            s.add(f'<g transform="translate(16 24)" opacity=".32" filter="url(#blur8)">{shape(d, "#04253c")}</g>')
        side = s.linear((0, darker(colour, 0.16)), (0.5, darker(colour, 0.28)), (1, darker(colour, 0.5)), across=True)
        for k in range(depth, 0, -2):
            s.add(f'<g transform="translate(0 {k})">{shape(d, side)}</g>')
        s.add(shape(d, s.linear(lighter(colour, 0.20), colour, slant=True)))
    # the lighthouse
    x, y = 600, 366
    s.add(shape(f"M{x} {y - 187} L1280 -40 V230 Z", s.beam("#fff3bd", 0.75)))
    s.add(f'<circle cx="{x}" cy="{y - 187}" r="80" fill="{s.glow("#fff3b0", 1)}"/>')
    s.add(f'<ellipse cx="{x + 22}" cy="{y + 4}" rx="40" ry="8" fill="#123" opacity=".4" filter="url(#blur3)"/>')
    tower = f"M{x - 28} {y} L{x - 19} {y - 162} H{x + 19} L{x + 28} {y} A28 7 0 0 1 {x - 28} {y} Z"
    s.add(shape(tower, s.round("#fff6ea")))
    inside = s.clip(shape(tower, "#000"))
    red = s.round("#e2543f")
    s.add(
        f'<g clip-path="{inside}">' + "".join(box(x - 34, y - 126 + k * 64, 68, 32, 0, red) for k in range(2)) + "</g>"
    )
    s.add(
        box(x - 28, y - 170, 56, 12, 6, INK),
        box(x - 16, y - 204, 32, 36, 4, "#fff1a8"),
        shape(f"M{x - 24} {y - 202} L{x} {y - 236} L{x + 24} {y - 202} Z", "#c8402f"),
    )
    # a sail on the deep water
    s.add('<ellipse cx="906" cy="592" rx="62" ry="9" fill="#062a4d" opacity=".45" filter="url(#blur3)"/>')
    s.add(
        shape("M898 548 v-96 q50 50 56 96 Z", s.linear("#ffffff", "#dcebf5")),
        shape("M888 548 v-70 q-34 36 -40 70 Z", "#ffd06b"),
        shape("M838 556 H968 Q952 590 918 590 H884 Q854 590 838 556 Z", s.linear("#f0664c", "#c8402f")),
    )
    return s
