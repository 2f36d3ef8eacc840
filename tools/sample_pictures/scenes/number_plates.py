"""The showpiece of the project `number-plates`."""
# The outline of a shape stays on one line, as in an SVG file.

from __future__ import annotations

from sample_pictures.stage import FLOOR, Scene, box, brackets, dot, lighter, mix, shape

INK = "#1b1633"


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
