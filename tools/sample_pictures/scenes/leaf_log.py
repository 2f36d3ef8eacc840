"""The showpiece of the project `leaf-log`."""
# The outline of a shape stays on one line, as in an SVG file.
# ruff: noqa: E501

from __future__ import annotations

from sample_pictures.stage import FLOOR, Scene, box, darker, dot, lighter, line, shape


def leaf_log() -> Scene:
    """A plant, the sensor in its pot, and the days since it was watered."""
    s = Scene(wall="#9ccb84", spot="#d2edb8", plinth="#fdfaf0")
    s.backdrop("arch")
    s.stand(400)
    # the log on the wall
    s.add(s.shade(box(742, 196, 250, 214, 26, "#000"), 16, 16, 14, 0.3))
    s.add(box(742, 196, 250, 214, 26, s.linear("#ffffff", "#f3f7ea")))
    for i, h in enumerate((118, 92, 64, 38, 126, 102)):
        s.add(box(770 + i * 34, 380 - h, 22, h, 9, "#3a9bd6" if h > 50 else "#f08a4b"))

    # stems and leaves
    def leaf(x: float, y: float, length: float, width: float, turn: float, colour: str) -> None:
        left = f"M0 0 C{-width} {-length * 0.30} {-width * 0.86} {-length * 0.78} 0 {-length} Z"
        right = f"M0 0 C{width} {-length * 0.30} {width * 0.86} {-length * 0.78} 0 {-length} Z"
        g = f'<g transform="translate({x} {y}) rotate({turn})">'
        s.add(
            f'<g transform="translate(20 16)" opacity=".22" filter="url(#blur8)">{g}{shape(left, "#123d1c")}{shape(right, "#123d1c")}</g></g>'
        )
        s.add(
            g
            + shape(left, s.linear(lighter(colour, 0.22), colour))
            + shape(right, s.linear(colour, darker(colour, 0.28)))
            + line(f"M0 0 V{-length * 0.86}", lighter(colour, 0.34), 4)
            + "</g>"
        )

    stems = [
        ("M560 440 C556 380 520 330 470 300", 470, 306, 190, 74, -58, "#2f8f4e"),
        ("M566 440 C562 360 556 300 548 250", 548, 262, 206, 78, -12, "#3aa657"),
        ("M574 440 C582 370 610 320 650 290", 650, 296, 190, 76, 40, "#2b8a55"),
        ("M560 440 C540 410 500 400 456 408", 456, 412, 150, 60, -96, "#54b863"),
        ("M578 440 C600 410 640 400 668 404", 668, 408, 146, 58, 92, "#48b060"),
    ]
    for d, *_ in stems:
        s.add(line(d, "#2c7a43", 11))
    for _, *rest in (stems[3], stems[4], stems[0], stems[2], stems[1]):
        leaf(*rest)
    # the pot
    s.add(s.ground(566, 150, FLOOR + 2, 22, 0.5))
    pot = "M424 460 H708 L676 606 Q672 628 648 632 A300 40 0 0 1 484 632 Q460 628 456 606 Z"
    s.add(s.shade(shape(pot, "#000"), 34, 12, 14, 0.3))
    s.add(shape(pot, s.round("#dd7145")))
    s.add(
        f'<ellipse cx="566" cy="436" rx="158" ry="24" fill="{darker("#dd7145", 0.2)}"/><ellipse cx="566" cy="438" rx="142" ry="18" fill="#4a2c22"/>'
    )
    s.add(shape("M408 436 A158 24 0 0 0 724 436 V470 A158 26 0 0 1 408 470 Z", s.round("#e8804f")))
    # the sensor
    s.add(
        shape(
            "M632 446 V340 a14 14 0 0 1 14 -14 h26 a14 14 0 0 1 14 14 V446 A30 6 0 0 1 632 446 Z",
            s.linear("#2c3e63", "#16223f"),
        )
    )
    s.add(dot(659, 354, 10, "#7dffb0"), f'<circle cx="659" cy="354" r="34" fill="{s.glow("#7dffb0", 0.7)}"/>')
    s.add(line("M650 384 H668 M650 402 H668 M650 420 H668", "#7f93c4", 5))
    s.add(line("M686 350 C726 350 700 300 742 300", "#16223f", 7))
    # a drop
    s.add(s.ground(880, 46, FLOOR + 4, 8, 0.3))
    s.add(
        shape(
            "M884 470 C884 470 930 526 930 556 A46 46 0 0 1 838 556 C838 526 884 470 884 470 Z",
            s.linear("#7cc8f2", "#2b86cc", slant=True),
        ),
        line("M862 556 A24 24 0 0 0 880 580", "#fff", 8, 'opacity=".8"'),
    )
    return s
