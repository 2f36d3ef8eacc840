"""The ten showpieces."""
# The outline of a shape stays on one line, as in an SVG file.
# ruff: noqa: E501

from __future__ import annotations

import math
from collections.abc import Callable

from sample_pictures.stage import FLOOR, Scene, box, brackets, cylinder, darker, dot, lighter, line, mix, shape

INK = "#1b1633"
CREAM = "#fff3e0"


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


# The glyphs of the plate, drawn with one stroke on a 10 x 16 grid.
GLYPHS = {
    "A": "M0 16 L5 0 L10 16 M1.9 10.4 H8.1",
    "B": "M0 0 H5.6 A3.7 3.7 0 0 1 5.6 7.6 H0 M5.6 7.6 H6 A4.2 4.2 0 0 1 6 16 H0 V0",
    "C": "M9.6 3.4 A5 5 0 0 0 0.2 5 V11 A5 5 0 0 0 9.6 12.6",
    "1": "M1.6 3.4 L6 0 V16",
    "2": "M0.4 3.6 A4.8 4.4 0 0 1 9.4 5 C9.4 8.6 2 11.4 0.2 16 H9.8",
    "3": "M0.6 0 H9.2 L4.8 6.2 A4.9 4.9 0 1 1 0.4 13",
}


def glyphs(text: str, centre: float, y: float, size: float, colour: str, width: float) -> str:
    """The text, centred; a letter takes its own width, a gap and, at a space, some air."""
    steps = {" ": 5.0, "1": 10.4}
    x = centre - (sum(steps.get(letter, 14.4) for letter in text) - 4.4) * size / 2
    out = []
    for letter in text:
        if letter != " ":
            out.append(
                f'<path d="{GLYPHS[letter]}" transform="translate({x:.1f} {y:.1f}) scale({size})" fill="none"'
                f' stroke="{colour}" stroke-width="{width / size:.2f}" stroke-linecap="round" stroke-linejoin="round"/>'
            )
        x += steps.get(letter, 14.4) * size
    return "".join(out)


def number_plates() -> Scene:
    """The nose of a car on a turntable; the reader has found its plate."""
    s = Scene(wall="#2a45b8", spot="#4a6cf0", plinth="#dfe6ff")
    s.backdrop("pill")
    s.stand(455)
    coat, deep, dark = "#ffb52e", "#e07a16", "#26244a"
    roof = shape(
        "M446 300 C464 190 500 158 552 150 Q640 138 728 150 C780 158 816 190 834 300 Z",
        s.linear(lighter(coat, 0.1), mix(coat, deep, 0.6)),
    )
    body_d = (
        "M262 420 C262 336 330 292 420 282 Q640 258 860 282 C950 292 1018 336 1018 420 V536"
        " Q1018 588 966 590 H314 Q262 588 262 536 Z"
    )
    s.add(s.ground(640, 390, FLOOR, 28, 0.6))
    for x in (304, 854):
        s.add(box(x, 520, 122, 112, 28, s.linear("#34325e", "#15132e")))
    s.add(s.shade(roof + shape(body_d, "#000"), 34, 10))
    for x in (390, 822):
        s.add(box(x, 238, 68, 44, 21, deep))
    s.add(roof)
    glass = "M484 290 C498 206 524 184 564 178 Q640 169 716 178 C756 184 782 206 796 290 Q640 274 484 290 Z"
    s.add(shape(glass, s.linear("#d5e4ff", "#6287ea", slant=True)))
    glint = shape("M560 140 H650 L590 320 H480 Z", "#fff", 'opacity=".35"')
    s.add(f'<g clip-path="{s.clip(shape(glass, "#000"))}">{glint}</g>')
    s.add(shape(body_d, s.linear((0, lighter(coat, 0.4)), (0.26, coat), (0.66, coat), (1, deep))))
    s.add(
        shape(
            "M300 372 C318 330 366 312 430 306 Q640 286 850 306 C914 312 962 330 980 372 C930 342 900 336 850 332"
            " Q640 312 430 332 C380 336 350 342 300 372 Z",
            "#fff",
            'opacity=".35"',
        )
    )
    # lamps
    for x in (352, 928):
        s.add(
            dot(x, 392, 62, deep),
            dot(x, 392, 53, "#e4ecff"),
            dot(x, 392, 28, "#fff2bd"),
            f'<circle cx="{x}" cy="392" r="116" fill="{s.glow("#fff7d6", 0.5)}"/>',
        )
    # grille and lower lip
    for y in (346, 370):
        s.add(box(480, y, 320, 13, 6.5, dark))
    s.add(box(292, 538, 696, 54, 27, s.linear("#3c3a6a", "#1b1938")))
    s.add(*(dot(x, 565, 13, "#ff8a5c") for x in (336, 944)))
    # the plate
    px, py, pw, ph = 440, 416, 400, 104
    s.add(s.shade(box(px, py, pw, ph, 16, "#000"), 8, 12, 8, 0.4))
    s.add(box(px, py + 6, pw, ph, 16, "#8f9cc6"), box(px, py, pw, ph, 16, s.linear("#ffffff", "#e6ecfd")))
    s.add(box(px + 8, py + 8, pw - 16, ph - 16, 10, "none", f'stroke="{INK}" stroke-width="4.5"'))
    s.add(glyphs("A 123 BC", px + pw / 2, py + 25, 3.36, INK, 11.5))
    s.add(brackets(px - 20, py - 24, pw + 40, ph + 48, "#ffffff", 40, 11))
    return s


def exercises() -> Scene:
    """A pull-up: an athlete, the joints that the model sees, and the count."""
    s = Scene(wall="#0b7d69", spot="#27b394", plinth="#d6f5e4")
    s.backdrop("arch")
    s.stand(400)
    p = {
        "ls": (566, 268),
        "rs": (714, 268),
        "le": (484, 344),
        "re": (796, 344),
        "lh": (514, 204),
        "rh": (766, 204),
        "lp": (606, 434),
        "rp": (674, 434),
        "lk": (590, 516),
        "rk": (690, 516),
        "lf": (612, 590),
        "rf": (668, 590),
    }

    def path(*names: str) -> str:
        return "M" + " L".join(f"{p[n][0]} {p[n][1]}" for n in names)

    skin, shirt, shorts = "#ffd9b0", "#ffc23d", "#123a5e"
    arms, legs = [("lh", "le", "ls"), ("rh", "re", "rs")], [("lp", "lk", "lf"), ("rp", "rk", "rf")]
    # the bar's posts
    for x in (334, 926):
        s.add(s.ground(x + 10, 58, FLOOR + 2, 10))
        s.add(s.shade(box(x, 196, 20, 420, 10, "#000"), 22, 8, 8, 0.25))
        s.add(box(x, 190, 20, 428, 10, "#e4f6ee"))
        s.add(f'<ellipse cx="{x + 10}" cy="{FLOOR}" rx="44" ry="9" fill="#b5e4d0"/>')
    s.add(s.ground(634, 92, FLOOR + 2, 13, 0.28))
    torso = "M566 240 H714 Q744 244 742 274 C738 330 706 372 704 432 H576 C574 372 542 330 538 274 Q536 244 566 240 Z"
    hips = "M576 420 H704 L716 500 Q690 516 662 506 L640 458 L618 506 Q590 516 564 500 Z"
    limbs = "".join(line(path(*n), skin, 42) for n in arms) + "".join(line(path(*n), skin, 44) for n in legs)
    head = '<ellipse cx="640" cy="134" rx="47" ry="57" fill="{}"/>'
    s.add(s.shade(limbs + shape(torso, "#000") + shape(hips, "#000") + head.format("#000"), 46, 20, 14, 0.3))
    lit = mix(skin, "#e8743c", 0.45)
    for n in legs:
        s.add(line(path(*n), skin, 44))
    for x, way in ((612, -1), (668, 1)):
        s.add(line(f"M{x} 588 L{x + way * 7} 606", "#ffffff", 40))
    s.add(shape(hips, shorts))
    s.add(box(616, 170, 48, 84, 20, lit))
    s.add(head.format(s.linear((0, lighter(skin, 0.3)), (0.5, skin), (1, mix(skin, "#e8743c", 0.4)), across=True)))
    hair = "M590 134 C578 72 612 62 644 62 C682 62 700 84 690 134 C686 112 672 100 650 98 C624 102 600 108 590 134 Z"
    s.add(shape(hair, s.linear("#4a2b50", "#2b1838", across=True)))
    for x in (622, 658):
        s.add(line(f"M{x - 9} 140 q9 8 18 0", "#6b2b35", 5))
    s.add(line("M627 168 q13 9 26 0", "#6b2b35", 5))
    for n in arms:
        s.add(line(path(*n), skin, 42))
    s.add(shape(torso, s.linear(shirt, mix(shirt, "#d9641c", 0.5), across=True)))
    for a, b in (("ls", "le"), ("rs", "re")):
        (x0, y0), (x1, y1) = p[a], p[b]
        s.add(
            line(
                f"M{x0} {y0} L{x0 + (x1 - x0) * 0.34:.0f} {y0 + (y1 - y0) * 0.34:.0f}",
                shirt if a == "ls" else "#f3a428",
                52,
            )
        )
    s.add(box(300, 190, 680, 26, 13, s.linear("#ffffff", "#9fd3c0")))
    for x in (514, 766):
        s.add(box(x - 24, 180, 48, 46, 21, skin))
    # what the model sees
    for n in [*arms, *legs, ("ls", "rs"), ("lp", "rp"), ("ls", "lp"), ("rs", "rp")]:
        s.add(line(path(*n), "#ff4f5e", 8))
    s.add(*(dot(*at, 14, "#fff", 'stroke="#ff4f5e" stroke-width="8"') for at in p.values()))
    # the count
    s.add(line("M868 486 V330 M840 358 L868 328 L896 358", "#fff", 13))
    s.add(s.shade(box(1012, 282, 68, 226, 34, "#000"), 10, 12, 14, 0.25))
    s.add(box(1012, 282, 68, 226, 34, "#fff"))
    s.add(*(dot(1046, 473 - i * 52, 18, "#ff4f5e" if i < 3 else "#d3ece2") for i in range(4)))
    return s


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


def seven_left() -> Scene:
    """Two kings and a pawn; the pawn's shadow is what it wants to become."""
    s = Scene(wall="#8c1f45", spot="#cb4a70", plinth="#fbe2d6")
    s.backdrop("arch")
    s.stand(430)

    # the shadow of a queen on the wall
    def at_q(dx: float, dy: float) -> str:
        return f"{668 + dx:.0f} {500 - dy:.0f}"

    crown = [(0, 322), (34, 404), (64, 338), (104, 392), (86, 270)]
    pts = [*(at_q(-a, b) for a, b in reversed(crown)), *(at_q(a, b) for a, b in crown[1:])]
    queen = (
        f"M{' L'.join(pts)} Q{at_q(70, 244)} {at_q(52, 236)} C{at_q(40, 150)} {at_q(60, 60)} {at_q(116, -20)}"
        f" H{668 - 116} C{at_q(-60, 60)} {at_q(-40, 150)} {at_q(-52, 236)} Q{at_q(-70, 244)} {at_q(-86, 270)} Z"
    )
    tips = "".join(dot(668 + a, 500 - b, 15, "#000") for a, b in ((-104, 398), (-34, 412), (34, 412), (104, 398)))
    s.add(f'<g opacity=".55" style="--ink:#7c1740" class="ink" filter="url(#blur3)">{shape(queen, "#000")}{tips}</g>')

    def at(u: float, v: float) -> tuple[float, float]:
        """Board (0..4, 0..4) to the picture; v grows away from the viewer."""
        half = 386 - 78 * (v / 4)
        return 640 + (u / 2 - 1) * half, 632 - 136 * (1 - (1 - v / 4) ** 1.25)

    def quad(u: int, v: int) -> str:
        corners = [at(u, v), at(u + 1, v), at(u + 1, v + 1), at(u, v + 1)]
        return "M" + " L".join(f"{a:.1f} {b:.1f}" for a, b in corners) + " Z"

    s.add(s.ground(640, 404, FLOOR + 22, 40, 0.5))
    (x0, y0), (x1, _), (x2, y2), (x3, _) = at(0, 0), at(4, 0), at(4, 4), at(0, 4)
    s.add(
        shape(
            f"M{x0 - 16} {y0 + 8} H{x1 + 16} V{y0 + 34} q0 8 -8 8 H{x0 - 8} q-8 0 -8 -8 Z",
            s.linear("#7a3b22", "#4a1d18"),
        )
    )
    s.add(shape(f"M{x0 - 16} {y0 + 9} H{x1 + 16} L{x2 + 11} {y2 - 7} H{x3 - 11} Z", "#a85c36"))
    for u in range(4):
        for v in range(4):
            s.add(shape(quad(u, v), "#f8e6c8" if (u + v) % 2 else "#c8683f"))
    s.add(*(shape(quad(2, v), "#ffcb52", f'opacity="{o}"') for v, o in ((2, 0.55), (3, 0.95))))

    def piece(cx: float, base: float, k: float, colour: str, kind: str) -> None:
        def n(*values: float) -> str:
            """Pairs from the middle of the foot, up and right, to the picture."""
            pairs = zip(values[::2], values[1::2], strict=True)
            return " ".join(f"{cx + a * k:.1f} {base - b * k:.1f}" for a, b in pairs)

        def ring(half: float, low: float, high: float) -> str:
            return box(
                round(cx - half * k, 1),
                round(base - high * k, 1),
                round(2 * half * k, 1),
                round((high - low) * k, 1),
                round((high - low) * k / 2, 1),
                paint,
            )

        dark = darker(colour, 0.5) if kind == "black king" else mix(colour, "#a8453c", 0.55)
        paint = s.linear(
            (0, mix(colour, dark, 0.25)), (0.26, lighter(colour, 0.3)), (0.52, colour), (1, dark), across=True
        )
        foot = shape(
            f"M{n(-64, 4)} V{base - 20 * k:.1f} Q{n(-64, 32, -44, 36)} H{cx + 44 * k:.1f} Q{n(64, 32, 64, 20)}"
            f" V{base - 4 * k:.1f} A{64 * k:.1f} {14 * k:.1f} 0 0 1 {n(-64, 4)} Z",
            paint,
        )
        if kind == "pawn":
            parts = [
                foot,
                shape(
                    f"M{n(-46, 32)} C{n(-22, 62, -20, 110, -19, 146)} L{n(19, 146)} C{n(20, 110, 22, 62, 46, 32)} Z",
                    paint,
                ),
                ring(40, 138, 158),
                dot(cx, base - 194 * k, round(46 * k, 1), paint),
            ]
        else:
            parts = [
                foot,
                shape(
                    f"M{n(-48, 32)} C{n(-24, 72, -24, 150, -24, 216)} L{n(24, 216)} C{n(24, 150, 24, 72, 48, 32)} Z",
                    paint,
                ),
                ring(38, 200, 214),
                shape(f"M{n(-30, 232)} L{n(-52, 312)} Q{n(0, 344, 52, 312)} L{n(30, 232)} Z", paint),
                ring(47, 213, 236),
                box(round(cx - 8 * k, 1), round(base - 396 * k, 1), 16 * k, 74 * k, 5, paint),
                box(round(cx - 27 * k, 1), round(base - 376 * k, 1), 54 * k, 16 * k, 5, paint),
            ]
        s.add(
            f'<ellipse cx="{cx + 24 * k}" cy="{base - 4 * k}" rx="{82 * k}" ry="{15 * k}" fill="#3a0716" opacity=".5"'
            ' filter="url(#blur8)"/>'
        )
        s.add(s.shade("".join(parts), 30, 10, 14, 0.25))
        s.add(*parts)

    piece(*at(0.55, 2.3), 0.86, "#4a2650", "black king")
    piece(*at(3.45, 1.0), 1.0, "#fff1dc", "king")
    piece(*at(1.72, 0.55), 1.16, "#fff1dc", "pawn")
    return s


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


def halves() -> Scene:
    """One receipt, cut for three people."""
    s = Scene(wall="#f0819f", spot="#ffb9c8", plinth="#fff4f0")
    s.backdrop("disc")
    s.stand(410)
    people = ["#5b4bd6", "#ff922b", "#0fa391"]
    w = 340

    def strip(who: int, x: float, y: float, turn: float, h: float, rows: list[tuple[float, float]]) -> None:
        teeth = "".join(f"l{w / 24:.2f} -10 l{w / 24:.2f} 10 " for _ in range(12))
        back = "".join(f"l{-w / 24:.2f} 10 l{-w / 24:.2f} -10 " for _ in range(12))
        d = "M0 0 " + (teeth if who == 0 else f"h{w} ") + f"v{h} " + (back if who == 2 else f"h{-w} ") + "Z"
        place = f'<g transform="translate({x} {y}) rotate({turn} {w / 2} {h / 2})">'
        s.add(s.shade(place + shape(d, "#000") + "</g>", 24, 18, 14, 0.3))
        out = [shape(d, s.linear((0, "#ffffff"), (0.62, "#fff8f4"), (1, "#f3d9d8"), across=True))]
        if who < 2:
            out.append(line(f"M14 {h - 4} H{w - 14}", mix(people[who], "#ffffff", 0.55), 5, 'stroke-dasharray="2 14"'))
        out.append(
            dot(56, h / 2, 30, people[who])
            + dot(56, h / 2 - 8, 9, "#fff")
            + shape(f"M38 {h / 2 + 18} a18 16 0 0 1 36 0 Z", "#fff")
        )
        for k, (name, price) in enumerate(rows):
            yy = h / 2 + (k - (len(rows) - 1) / 2) * 40 - 8
            out += [box(112, yy, name, 16, 8, "#e0d0d6"), box(w - 30 - price, yy, price, 16, 8, people[who])]
        s.add(place + "".join(out) + "</g>")

    s.add(s.ground(640, 220, FLOOR + 4, 18, 0.4))
    strip(2, 470, 446, 0, 168, [(120, 50), (84, 62), (132, 40)])
    strip(1, 496, 306, 3.0, 118, [(96, 60), (130, 44)])
    strip(0, 452, 128, -4.5, 158, [(130, 44), (96, 58), (118, 36)])

    def coins(cx: float, base: float, n: int, colour: str) -> None:
        s.add(s.ground(cx, 70, base + 8, 12, 0.4))
        gold = s.linear((0, "#e79a1e"), (0.3, "#ffd873"), (0.6, "#f6b93a"), (1, "#c9741a"), across=True)
        face = s.linear("#fff0b8", "#f7c350", slant=True)
        for k in range(n):
            s.add(cylinder(cx + (k % 2) * 6 - 3, base - (k + 1) * 26, 62, 14, 24, gold, face))
        s.add(f'<ellipse cx="{cx + ((n - 1) % 2) * 6 - 3}" cy="{base - n * 26}" rx="42" ry="9" fill="{colour}"/>')

    coins(350, FLOOR + 2, 6, people[0])
    coins(886, FLOOR - 14, 4, people[2])
    coins(948, FLOOR + 12, 2, people[1])
    return s


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


SCENES: dict[str, Callable[[], Scene]] = {
    "faces": faces,
    "number-plates": number_plates,
    "exercises": exercises,
    "concert-calendar-bot": concert_calendar_bot,
    "patch-drawer": patch_drawer,
    "tideline": tideline,
    "seven-left": seven_left,
    "leaf-log": leaf_log,
    "halves": halves,
    "lockstep": lockstep,
}
