"""The showpiece of the project `lockstep`."""
# The outline of a shape stays on one line, as in an SVG file.
# ruff: noqa: E501

from __future__ import annotations

from sample_pictures.stage import FLOOR, Scene, box, cylinder, darker, dot, lighter, line, shape


def lockstep() -> Scene:
    """A database in layers; the one that moves shows whether it locks."""
    s = Scene(wall="#34508f", spot="#5b7ac4", plinth="#dbe5f7")
    s.backdrop("pill")
    s.stand(420)
    s.add(s.ground(600, 250, FLOOR + 4, 30, 0.55))

    def slab(cx: float, top: float, colour: str, lamp: str, rx: float = 232) -> None:
        ry, h = rx * 0.2, 86
        s.add(
            f'<g transform="translate(26 20)" opacity=".35" filter="url(#blur14)">{cylinder(cx, top, rx, ry, h, "#0b1430", "#0b1430")}</g>'
        )
        s.add(cylinder(cx, top, rx, ry, h, s.round(colour), s.linear(lighter(colour, 0.4), colour, slant=True)))
        s.add(
            f'<ellipse cx="{cx}" cy="{top}" rx="{rx * 0.74}" ry="{ry * 0.74}" fill="none" stroke="#fff" stroke-opacity=".35" stroke-width="5"/>'
        )
        x, y = cx - rx * 0.62, top + h * 0.5 + ry * 0.80
        s.add(dot(x, y, 13, lamp), f'<circle cx="{x}" cy="{y}" r="40" fill="{s.glow(lamp, 0.6)}"/>')
        s.add(line(f"M{x + 44} {y + 9} q60 12 130 13", darker(colour, 0.42), 12))

    slab(580, 500, "#f4f7ff", "#2fd08a")
    slab(700, 372, "#ffb02e", "#ff5a4a")
    slab(580, 244, "#35c6c9", "#2fd08a")
    # the arrow of the move
    # the padlock
    x, y = 872, 408
    s.add(s.shade(box(x - 92, y, 184, 156, 34, "#000"), 20, 26, 14, 0.4))
    s.add(line(f"M{x - 52} {y + 14} V{y - 46} a52 52 0 0 1 104 0 V{y - 28}", darker("#dfe7f7", 0.25), 30))
    s.add(line(f"M{x - 52} {y + 14} V{y - 46} a52 52 0 0 1 104 0 V{y - 28}", "#eef3ff", 20))
    s.add(
        box(x - 92, y + 8, 184, 156, 34, "#9c2c2c"),
        box(x - 92, y, 184, 156, 34, s.linear("#ff8264", "#e8473f", slant=True)),
    )
    s.add(
        dot(x, y + 64, 21, "#5d1220"), shape(f"M{x - 10} {y + 70} H{x + 10} L{x + 16} {y + 116} H{x - 16} Z", "#5d1220")
    )
    return s
