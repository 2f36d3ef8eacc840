"""The showpiece of the project `halves`."""
# The outline of a shape stays on one line, as in an SVG file.

from __future__ import annotations

from sample_pictures.stage import FLOOR, Scene, box, cylinder, dot, line, mix, shape


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
