"""The showpiece of the project `concert-calendar-bot`."""
# The outline of a shape stays on one line, as in an SVG file.
# ruff: noqa: E501

from __future__ import annotations

from sample_pictures.stage import FLOOR, Scene, box, dot, line, mix, shape


def concert_calendar_bot() -> Scene:
    """A calendar with three evenings marked, a message about one, and stage lights."""
    s = Scene(wall="#5f37a8", spot="#8a5cdc", plinth="#eadcff")
    s.backdrop("disc")
    for x, lean, colour in ((300, 250, "#ffd9f2"), (980, -250, "#cfe3ff")):
        beam = s.linear((0, colour), (1, mix(colour, "#8a5cdc", 0.9)))
        s.add(shape(f"M{x - 18} -10 H{x + 18} L{x + lean + 170} 640 H{x + lean - 170} Z", beam, 'opacity=".34"'))
    s.stand(400)
    x, y, w, h = 372, 164, 408, 458
    s.add(s.ground(586, 226, FLOOR + 4, 22, 0.5))
    s.add(s.shade(box(x, y, w, h, 34, "#000"), 38, 26))
    s.add(box(x + 16, y, w, h, 34, "#a685de"))
    s.add(
        shape(
            f"M{x} {y + 90} H{x + w} V{y + h - 34} a34 34 0 0 1 -34 34 H{x + 34} a34 34 0 0 1 -34 -34 Z",
            s.linear("#ffffff", "#f3ebff"),
        )
    )
    s.add(
        shape(
            f"M{x} {y + 100} V{y + 34} A34 34 0 0 1 {x + 34} {y} H{x + w - 34} A34 34 0 0 1 {x + w} {y + 34} V{y + 100} Z",
            s.linear("#ff7a9c", "#f0477a"),
        )
    )
    for rx in (x + 100, x + w - 100):
        s.add(box(rx - 13, y - 34, 26, 74, 13, s.round("#f4ecff")))
    marked = {(1, 1): "#f0477a", (3, 2): "#ffb52e", (2, 3): "#37c3c9"}
    for row in range(4):
        for col in range(5):
            cx, cy = x + 64 + col * 70, y + 158 + row * 76
            if (col, row) in marked:
                s.add(dot(cx, cy, 29, marked[col, row]))
            else:
                s.add(dot(cx, cy, 17, "#ddd0f3"))
    # a note on the evening that is marked
    s.add(line(f"M{x + 130} {y + 244} V{y + 218} L{x + 146} {y + 223}", "#fff", 6), dot(x + 124, y + 244, 7, "#fff"))
    # the messages
    big = "M716 250 H936 A40 40 0 0 1 976 290 V386 A40 40 0 0 1 936 426 H782 L724 474 V426 H716 A40 40 0 0 1 676 386 V290 A40 40 0 0 1 716 250 Z"
    s.add(s.shade(shape(big, "#000"), 20, 24))
    s.add(shape(big, s.linear("#37d0d6", "#1596b4")))
    heights = (34, 70, 104, 62, 92, 48, 26)
    for i, bar in enumerate(heights):
        s.add(box(726 + i * 30, 338 - bar / 2, 16, bar, 8, "#fff"))
    small = "M864 488 H972 A30 30 0 0 1 1002 518 V600 L962 566 H864 A30 30 0 0 1 834 536 V518 A30 30 0 0 1 864 488 Z"
    s.add(s.shade(shape(small, "#000"), 14, 16, 8))
    s.add(shape(small, s.linear("#ffffff", "#efe4ff")))
    s.add(*(dot(cx, 527, 11, "#8a5cdc") for cx in (882, 918, 954)))
    return s
