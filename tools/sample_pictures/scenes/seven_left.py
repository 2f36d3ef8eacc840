"""The showpiece of the project `seven-left`."""
# The outline of a shape stays on one line, as in an SVG file.

from __future__ import annotations

from sample_pictures.stage import FLOOR, Scene, box, darker, dot, lighter, mix, shape


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
