"""The showpiece of the project `faces`."""
# The outline of a shape stays on one line, as in an SVG file.
# ruff: noqa: E501

from __future__ import annotations

import math

from sample_pictures.stage import FLOOR, Scene, box, brackets, darker, dot, lighter, line, mix, shape


def faces() -> Scene:
    """Three busts of three ages, each in the box that the detector would draw."""
    s = Scene(wall="#e0533c", spot="#f58a64", plinth="#fde4cd")
    s.backdrop("twin")
    s.stand(430)

    def bust(cx: float, size: float, skin: str, coat: str, hair: str, style: str) -> None:
        def x(v: float) -> float:
            return round(cx + v * size, 1)

        def y(v: float) -> float:
            return round(FLOOR + 6 - v * size, 1)

        def r(v: float) -> float:
            return round(v * size, 1)

        skin_paint, hair_paint = skin, mix(hair, "#ffffff", 0.04)
        coat_paint = s.linear(lighter(coat, 0.1), darker(coat, 0.4), across=True)
        shade = mix(skin, "#5e1230", 0.34)
        shoulders = shape(
            f"M{x(-130)} {y(0)} V{y(44)} C{x(-130)} {y(112)} {x(-76)} {y(130)} {x(-34)} {y(140)} H{x(34)}"
            f" C{x(76)} {y(130)} {x(130)} {y(112)} {x(130)} {y(44)} V{y(0)} A{r(130)} {r(17)} 0 0 1 {x(-130)} {y(0)} Z",
            coat_paint,
        )
        neck_d = f"M{x(-33)} {y(205)} V{y(136)} A{r(33)} {r(22)} 0 0 0 {x(33)} {y(136)} V{y(205)} Z"
        head_d = (
            f"M{x(-74)} {y(290)} A{r(74)} {r(90)} 0 0 1 {x(74)} {y(290)} V{y(250)}"
            f" C{x(74)} {y(184)} {x(38)} {y(156)} {x(0)} {y(156)} C{x(-38)} {y(156)} {x(-74)} {y(184)} {x(-74)} {y(250)} Z"
        )
        behind, before = {
            "bob": (
                f"M{x(-98)} {y(168)} V{y(300)} A{r(98)} {r(102)} 0 0 1 {x(98)} {y(300)} V{y(168)}"
                f" Q{x(98)} {y(146)} {x(76)} {y(146)} H{x(-76)} Q{x(-98)} {y(146)} {x(-98)} {y(168)} Z",
                f"M{x(-80)} {y(262)} V{y(300)} A{r(80)} {r(86)} 0 0 1 {x(80)} {y(300)} V{y(262)}"
                f" C{x(78)} {y(308)} {x(40)} {y(336)} {x(-22)} {y(344)} C{x(-44)} {y(320)} {x(-76)} {y(304)} {x(-80)} {y(262)} Z",
            ),
            "crop": (
                "",
                f"M{x(-81)} {y(262)} V{y(300)} A{r(80)} {r(88)} 0 0 1 {x(-2)} {y(390)} H{x(14)} A{r(70)} {r(82)} 0 0 1"
                f" {x(81)} {y(304)} V{y(262)} L{x(70)} {y(310)} C{x(20)} {y(308)} {x(-16)} {y(322)} {x(-36)} {y(344)}"
                f" C{x(-44)} {y(320)} {x(-58)} {y(306)} {x(-70)} {y(304)} Z",
            ),
            "curls": ("", ""),
        }[style]
        back = shape(behind, hair_paint) if behind else ""
        if style == "curls":
            ring = [(math.radians(a), 1.0) for a in range(190, 351, 32)]
            back = dot(x(0), y(312), r(98), hair_paint) + "".join(
                dot(x(96 * math.cos(a)), y(312 - 88 * math.sin(a)), r(30), hair_paint) for a, _ in ring
            )
        front = (
            shape(before, hair_paint)
            if before
            else "".join(
                dot(x(a), y(b), r(c), hair_paint)
                for a, b, c in ((-50, 352, 26), (-14, 362, 28), (24, 360, 28), (56, 346, 24))
            )
        )
        s.add(s.ground(cx, 140 * size))
        s.add(s.shade(back + shoulders + shape(neck_d, "#000") + shape(head_d, "#000") + front, 38, 14, opacity=0.26))
        s.add(back, shoulders)
        s.add(line(f"M{x(-42)} {y(138)} Q{x(0)} {y(88)} {x(42)} {y(138)}", lighter(coat, 0.3), r(10)))
        s.add(shape(neck_d, s.linear(mix(skin, "#5e1230", 0.45), mix(skin, "#5e1230", 0.2))))
        s.add(dot(x(-75), y(258), r(17), skin), dot(x(75), y(258), r(17), shade))
        s.add(shape(head_d, skin_paint))
        # the light comes from the left: the nose throws half of the face into shade
        nose = f"M{x(0)} {y(390)} V{y(272)} L{x(17)} {y(226)} H{x(0)} V{y(150)} H{x(90)} V{y(390)} Z"
        s.add(f'<g clip-path="{s.clip(shape(head_d, "#000"))}">{shape(nose, shade)}</g>')
        ink = darker(mix(skin, "#5e1230", 0.3), 0.7)
        for v in (-35, 35):
            s.add(line(f"M{x(v - 14)} {y(268)} q{r(14)} {r(11)} {r(28)} 0", ink, r(7)))
            s.add(line(f"M{x(v - 17)} {y(293)} q{r(17)} {r(-10)} {r(34)} 0", hair, r(7)))
        s.add(line(f"M{x(-20)} {y(200)} q{r(20)} {r(15)} {r(40)} 0", ink, r(7)))
        s.add(front)

    def tag(cx: float, y: float, w: float, start: float, end: float, colour: str) -> None:
        """An age as a range: a track with a lit stretch, no figures."""
        x, track = cx - w / 2, w - 40
        s.add(s.shade(box(x, y, w, 44, 22, "#000"), 8, 8, 8, 0.3))
        s.add(box(x, y, w, 44, 22, "#fff"), box(x + 20, y + 18, track, 8, 4, "#eedfd6"))
        s.add(box(x + 20 + track * start, y + 14, track * (end - start), 16, 8, colour))

    bust(640, 1.14, "#cf8559", "#14506a", "#3a1638", "bob")
    bust(356, 0.96, "#f5c49d", "#f3ab2c", "#e6e0ea", "crop")
    bust(908, 0.84, "#99593a", "#7b2a63", "#3a1624", "curls")
    s.add(brackets(524, 176, 232, 284), brackets(256, 230, 200, 254), brackets(804, 258, 208, 246))
    tag(640, 112, 184, 0.32, 0.62, "#e0533c")
    tag(356, 166, 172, 0.64, 0.96, "#f3ab2c")
    tag(908, 194, 172, 0.04, 0.34, "#7b2a63")
    return s
